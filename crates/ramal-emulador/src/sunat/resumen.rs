//! Rules of the daily summary (RC) and of the voiding notice (RA) that need only the file. It
//! deliberately leaves what SUNAT already knows to `registro`.

use std::collections::{BTreeMap, BTreeSet};

use ramal_base::Fecha;
use ramal_xml::NodeRef;
use rust_decimal::Decimal;

use super::fallo::{Fallo, ensure};
use super::reglas::Referencia;
use super::sobre::Nombre;
use crate::decimales::{self, near};
use crate::xml::{attr, children, text_at};

/// What a line asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Accion {
    /// State 1.
    Adicionar,
    /// State 2.
    Modificar,
    /// State 3, or a line of an RA.
    Anular,
}

/// A document named by a line.
#[derive(Clone, Debug)]
pub struct Linea {
    /// 01, 03, 07, 08.
    pub tipo: String,
    /// `B001-1`.
    pub id: String,
    /// What to do with it.
    pub accion: Accion,
    /// Total; zero in an RA.
    pub total: Decimal,
    /// Currency; empty in an RA.
    pub moneda: String,
    /// Document that a note modifies.
    pub afectado: Option<Referencia>,
}

/// A file whose form is right.
pub struct Archivo {
    /// Issue date of all its documents.
    pub referencia: Fecha,
    /// Its lines.
    pub lineas: Vec<Linea>,
    /// Observations.
    pub notas: Vec<String>,
}

/// Reads and checks an RC or RA. `hoy` is the day of reception in Lima.
pub fn read(root: NodeRef<'_>, nombre: &Nombre, hoy: Fecha) -> Result<Archivo, Fallo> {
    let resumen = nombre.tipo == "RC";
    let version = if resumen { "1.1" } else { "1.0" };
    check_header(root, nombre, version)?;
    let referencia = check_dates(root, nombre, hoy)?;
    let mut archivo = Archivo { referencia, lineas: Vec::new(), notas: Vec::new() };
    if resumen && referencia.dias_hasta(hoy) > 7 {
        archivo.notas.push("4443 - El resumen se presenta después de siete días".into());
    }
    let nodo = if resumen { "SummaryDocumentsLine" } else { "VoidedDocumentsLine" };
    let mut ids = BTreeSet::new();
    for linea in children(root, nodo) {
        let id = text_at(linea, &["LineID"]);
        ensure(id.parse::<u32>().is_ok_and(|n| n > 0), "2239", "LineID no cumple el formato")?;
        ensure(ids.insert(id), "2752", "el número de orden se repite")?;
        let linea =
            if resumen { summary_line(linea, &mut archivo.notas)? } else { voided_line(linea)? };
        archivo.lineas.push(linea);
    }
    let cuantas = (1..=500).contains(&archivo.lineas.len());
    ensure(cuantas, "0306", "el archivo lleva de 1 a 500 líneas")?;
    check_repeated(&archivo.lineas)?;
    Ok(archivo)
}

fn check_header(root: NodeRef<'_>, nombre: &Nombre, version: &str) -> Result<(), Fallo> {
    let (ubl, propia) = (text_at(root, &["UBLVersionID"]), text_at(root, &["CustomizationID"]));
    ensure(ubl == "2.0", "2074", "UBLVersionID debe ser 2.0")?;
    ensure(propia == version, "2072", format!("CustomizationID debe ser {version}"))?;
    let id = text_at(root, &["ID"]);
    ensure(id == nombre.id(), "2220", "el ID no es el del nombre del archivo")?;
    let firmante = ["Signature", "SignatoryParty", "PartyIdentification", "ID"];
    ensure(text_at(root, &firmante) == nombre.ruc, "2078", "el firmante no es el emisor")?;
    let emisor = root.child("AccountingSupplierParty");
    let emisor = emisor.ok_or_else(|| Fallo::new("1008", "falta el emisor"))?;
    let ruc = text_at(emisor, &["CustomerAssignedAccountID"]);
    ensure(ruc == nombre.ruc, "1034", "el RUC no es el del nombre del archivo")?;
    ensure(text_at(emisor, &["AdditionalAccountID"]) == "6", "1007", "el tipo debe ser 6")?;
    let razon = text_at(emisor, &["Party", "PartyLegalEntity", "RegistrationName"]);
    let largo = (3..=100).contains(&razon.chars().count());
    ensure(largo, "1037", "la razón social lleva de 3 a 100 caracteres")
}

fn check_dates(root: NodeRef<'_>, nombre: &Nombre, hoy: Fecha) -> Result<Fecha, Fallo> {
    let date = |nombre: &str| {
        Fecha::parse(&text_at(root, &[nombre]))
            .map_err(|_| Fallo::new("0306", format!("{nombre} no es una fecha")))
    };
    let (referencia, emision) = (date("ReferenceDate")?, date("IssueDate")?);
    let del_nombre = emision.to_string().replace('-', "") == nombre.serie;
    ensure(del_nombre, "2346", "la fecha de generación no es la del nombre")?;
    ensure(emision <= hoy, "2236", "la fecha de generación está en el futuro")?;
    ensure(emision >= referencia, "2671", "la generación es anterior a la emisión")?;
    Ok(referencia)
}

fn number_at(node: NodeRef<'_>, path: &[&str]) -> Option<Decimal> {
    decimales::parse_signed(&text_at(node, path), 2)
}

fn summary_line(n: NodeRef<'_>, notas: &mut Vec<String>) -> Result<Linea, Fallo> {
    let tipo = text_at(n, &["DocumentTypeCode"]);
    let conocido = ["03", "07", "08"].contains(&tipo.as_str());
    ensure(conocido, "2241", "el tipo de documento no va en un resumen")?;
    let id = text_at(n, &["ID"]);
    ensure(is_id(&id, 'B'), "2513", format!("el ID {id} no cumple el formato"))?;
    let accion = match text_at(n, &["Status", "ConditionCode"]).as_str() {
        "1" => Accion::Adicionar,
        "2" => Accion::Modificar,
        "3" => Accion::Anular,
        _ => return Err(Fallo::new("2896", "el estado del ítem no existe")),
    };
    let total = number_at(n, &["TotalAmount"]);
    let total = total.ok_or_else(|| Fallo::new("2251", "el total no es un número"))?;
    let cliente = n.child("AccountingCustomerParty");
    let identificado = cliente.is_some_and(|c| {
        !text_at(c, &["CustomerAssignedAccountID"]).is_empty()
            && !text_at(c, &["AdditionalAccountID"]).is_empty()
    });
    let chica = total <= Decimal::from(700);
    ensure(chica || identificado, "2514", "falta el adquirente de más de 700")?;
    let afectado = n.descend(&["BillingReference", "InvoiceDocumentReference"]);
    ensure(tipo != "03" || afectado.is_none(), "2582", "solo las notas llevan referencia")?;
    ensure(tipo == "03" || afectado.is_some(), "2524", "falta el documento afectado")?;
    let pagado = check_payments(n)?;
    let tributos = check_taxes(n)?;
    check_sums(n, total, &pagado, &tributos, notas);
    let afectado = afectado
        .map(|a| Referencia { tipo: text_at(a, &["DocumentTypeCode"]), id: text_at(a, &["ID"]) });
    let moneda = n.child("TotalAmount").map_or("", |t| attr(t, "currencyID")).to_owned();
    Ok(Linea { tipo, id, accion, total, moneda, afectado })
}

fn is_id(id: &str, inicio: char) -> bool {
    id.split_once('-').is_some_and(|(serie, numero)| {
        serie.len() == 4
            && serie.starts_with(inicio)
            && (1..=8).contains(&numero.len())
            && numero.bytes().all(|b| b.is_ascii_digit())
    })
}

fn check_payments(n: NodeRef<'_>) -> Result<BTreeMap<String, Decimal>, Fallo> {
    let mut vistos = BTreeMap::new();
    for pago in children(n, "BillingPayment") {
        let codigo = text_at(pago, &["InstructionID"]);
        let conocido = ["01", "02", "03", "04", "05"].contains(&codigo.as_str());
        ensure(conocido, "2256", "el tipo de valor no existe")?;
        let monto = number_at(pago, &["PaidAmount"]).filter(|m| *m > Decimal::ZERO);
        let monto = monto.ok_or_else(|| Fallo::new("2254", "el valor debe ser mayor a cero"))?;
        let repetido = vistos.insert(codigo, monto).is_some();
        ensure(!repetido, "2357", "el tipo de valor se repite")?;
    }
    Ok(vistos)
}

fn check_taxes(n: NodeRef<'_>) -> Result<BTreeMap<String, Decimal>, Fallo> {
    let mut vistos = BTreeMap::new();
    for total in children(n, "TaxTotal") {
        let escrito = number_at(total, &["TaxAmount"]);
        let monto = number_at(total, &["TaxSubtotal", "TaxAmount"]);
        ensure(escrito.is_some() && escrito == monto, "2344", "los montos del tributo difieren")?;
        let id = text_at(total, &["TaxSubtotal", "TaxCategory", "TaxScheme", "ID"]);
        ensure(super::catalogos::tributo(&id).is_some(), "2268", "el tributo no existe")?;
        let repetido = vistos.insert(id, monto.unwrap_or_default()).is_some();
        ensure(!repetido, "2355", "el tributo se repite")?;
    }
    ensure(vistos.contains_key("1000"), "2278", "falta el IGV del ítem")?;
    Ok(vistos)
}

fn check_sums(
    n: NodeRef<'_>,
    total: Decimal,
    pagado: &BTreeMap<String, Decimal>,
    tributos: &BTreeMap<String, Decimal>,
    notas: &mut Vec<String>,
) {
    let cinco = Decimal::from(5);
    let gravado = pagado.get("01").copied().unwrap_or_default();
    let igv = tributos.get("1000").copied().unwrap_or_default();
    let id = text_at(n, &["ID"]);
    if !near(igv, gravado * Decimal::new(18, 2), cinco) {
        notas.push(format!("4019 - El IGV de {id} no corresponde a su base"));
    }
    let valores: Decimal = pagado.iter().filter(|(c, _)| *c != "05").map(|(_, m)| *m).sum();
    let cargos: Decimal =
        children(n, "AllowanceCharge").filter_map(|a| number_at(a, &["Amount"])).sum();
    let suma = valores + cargos + tributos.values().sum::<Decimal>();
    if !near(total, suma, cinco) {
        notas.push(format!("4027 - El total de {id} no corresponde a sus valores"));
    }
}

fn voided_line(n: NodeRef<'_>) -> Result<Linea, Fallo> {
    let tipo = text_at(n, &["DocumentTypeCode"]);
    let (serie, numero) = (text_at(n, &["DocumentSerialID"]), text_at(n, &["DocumentNumberID"]));
    let boleta = tipo == "03" || serie.starts_with('B');
    ensure(!boleta, "2308", "una boleta se anula por resumen diario")?;
    let conocido = ["01", "07", "08"].contains(&tipo.as_str());
    ensure(conocido, "2307", "el tipo de documento no va en una baja")?;
    let id = format!("{serie}-{numero}");
    let forma = is_id(&id, 'F') && !numero.starts_with('0');
    ensure(forma, "2310", format!("el ID {id} no cumple el formato"))?;
    let motivo = text_at(n, &["VoidReasonDescription"]);
    let largo = (3..=100).contains(&motivo.chars().count());
    ensure(largo, "2315", "el motivo lleva de 3 a 100 caracteres")?;
    let (total, moneda) = (Decimal::ZERO, String::new());
    Ok(Linea { tipo, id, accion: Accion::Anular, total, moneda, afectado: None })
}

fn check_repeated(lineas: &[Linea]) -> Result<(), Fallo> {
    let mut vistas: BTreeMap<(&str, &str), BTreeSet<Accion>> = BTreeMap::new();
    for l in lineas {
        let acciones = vistas.entry((&l.tipo, &l.id)).or_default();
        ensure(acciones.insert(l.accion), "3094", format!("{} se repite", l.id))?;
        let modificada = acciones.contains(&Accion::Modificar);
        let texto = format!("{} se adiciona y modifica", l.id);
        ensure(!(modificada && acciones.contains(&Accion::Adicionar)), "3095", texto)?;
        let texto = format!("{} se modifica y anula", l.id);
        ensure(!(modificada && acciones.contains(&Accion::Anular)), "3096", texto)?;
    }
    Ok(())
}
