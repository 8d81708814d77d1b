//! Versions, identity, dates, legends and parties of a document. It deliberately checks no amount.

use ramal_base::Fecha;
use ramal_xml::NodeRef;

use super::Observaciones;
use crate::sunat::catalogos::{IDENTIDAD, LEYENDA, OPERACION, is_ruc};
use crate::sunat::fallo::{Fallo, ensure};
use crate::sunat::sobre::Nombre;
use crate::xml::{attr, children, text_at};

/// Days after the issue in which a factura can be sent.
const PLAZO_FACTURA: i64 = 3;
/// Days after the issue in which a boleta can be sent alone.
const PLAZO_BOLETA: i64 = 5;

/// Versions, ID against file name, dates, type, legends, currency, signer.
pub fn check(root: NodeRef<'_>, nombre: &Nombre, hoy: Fecha) -> Result<(), Fallo> {
    check_version(root, "2.1", "2.0")?;
    check_id(root, nombre)?;
    check_date(&text_at(root, &["IssueDate"]), nombre, hoy)?;
    if nombre.tipo == "01" || nombre.tipo == "03" {
        check_type(root, nombre)?;
    }
    check_legends(root)?;
    check_currency(root)?;
    check_signer(root, nombre)
}

/// UBLVersionID and CustomizationID.
pub fn check_version(root: NodeRef<'_>, ubl: &str, propia: &str) -> Result<(), Fallo> {
    let (escrita, estructura) =
        (text_at(root, &["UBLVersionID"]), text_at(root, &["CustomizationID"]));
    ensure(!escrita.is_empty(), "2075", "falta UBLVersionID")?;
    ensure(escrita == ubl, "2074", format!("UBLVersionID debe ser {ubl}"))?;
    ensure(!estructura.is_empty(), "2073", "falta CustomizationID")?;
    ensure(estructura == propia, "2072", format!("CustomizationID debe ser {propia}"))
}

fn check_id(root: NodeRef<'_>, nombre: &Nombre) -> Result<(), Fallo> {
    let id = text_at(root, &["ID"]);
    let Some((serie, numero)) = id.split_once('-') else {
        return Err(Fallo::new("1001", "el ID no cumple el formato serie-número"));
    };
    let digits = !numero.is_empty() && numero.bytes().all(|b| b.is_ascii_digit());
    let forma = serie.len() == 4 && digits && numero.len() <= 8;
    ensure(forma, "1001", "el ID no cumple el formato serie-número")?;
    ensure(serie == nombre.serie, "1035", "la serie no es la del nombre del archivo")?;
    ensure(numero == nombre.numero, "1036", "el número no es el del nombre del archivo")
}

fn check_date(texto: &str, nombre: &Nombre, hoy: Fecha) -> Result<(), Fallo> {
    let fecha = Fecha::parse(texto);
    let fecha = fecha.map_err(|_| Fallo::new("0306", "IssueDate no es una fecha"))?;
    let dias = fecha.dias_hasta(hoy);
    ensure(dias >= -2, "2329", "")?;
    match nombre.serie.starts_with('F') {
        true => ensure(dias <= PLAZO_FACTURA, "2108", ""),
        false => ensure(dias <= PLAZO_BOLETA, "1079", ""),
    }
}

fn check_type(root: NodeRef<'_>, nombre: &Nombre) -> Result<(), Fallo> {
    let tipo = root.child("InvoiceTypeCode");
    let tipo = tipo.ok_or_else(|| Fallo::new("1004", "falta InvoiceTypeCode"))?;
    let mismo = tipo.text().trim() == nombre.tipo;
    ensure(mismo, "1003", "InvoiceTypeCode no es el del nombre del archivo")?;
    let operacion = attr(tipo, "listID");
    ensure(!operacion.is_empty(), "3205", "falta el tipo de operación")?;
    ensure(OPERACION.contains(&operacion), "3206", "el tipo de operación no existe")
}

fn check_legends(root: NodeRef<'_>) -> Result<(), Fallo> {
    let mut vistas = Vec::new();
    for nota in children(root, "Note") {
        let texto = nota.text();
        let limpio = is_clean(&texto, 1, 200);
        ensure(limpio, "3006", "la leyenda no cumple el formato")?;
        let Some(codigo) = nota.attr("languageLocaleID") else {
            continue;
        };
        ensure(LEYENDA.contains(&codigo), "3027", "el código de leyenda no existe")?;
        ensure(!vistas.contains(&codigo), "3014", "el código de leyenda se repite")?;
        vistas.push(codigo);
    }
    Ok(())
}

fn check_currency(root: NodeRef<'_>) -> Result<(), Fallo> {
    let moneda = text_at(root, &["DocumentCurrencyCode"]);
    ensure(!moneda.is_empty(), "2070", "falta la moneda")?;
    let forma = moneda.len() == 3 && moneda.bytes().all(|b| b.is_ascii_uppercase());
    ensure(forma, "3088", "la moneda no existe")?;
    let mut pending: Vec<NodeRef<'_>> = root.children().collect();
    while let Some(node) = pending.pop() {
        // The detraccion is written in PEN whatever the currency (3208 watches it).
        if node.name() == "PaymentTerms" && text_at(node, &["ID"]) == "Detraccion" {
            continue;
        }
        let otra = node.attr("currencyID").is_some_and(|c| c != moneda);
        ensure(!otra, "2071", format!("{} lleva otra moneda", node.qname()))?;
        pending.extend(node.children());
    }
    Ok(())
}

/// `cac:Signature` names the issuer.
pub fn check_signer(root: NodeRef<'_>, nombre: &Nombre) -> Result<(), Fallo> {
    let firmas: Vec<NodeRef<'_>> = children(root, "Signature").collect();
    let [firma] = firmas[..] else {
        return Err(Fallo::new("2076", "debe haber un cac:Signature"));
    };
    ensure(!text_at(firma, &["ID"]).is_empty(), "2076", "falta cac:Signature/cbc:ID")?;
    let firmante = text_at(firma, &["SignatoryParty", "PartyIdentification", "ID"]);
    ensure(firmante == nombre.ruc, "2078", "el firmante no es el emisor")?;
    let uri = text_at(firma, &["DigitalSignatureAttachment", "ExternalReference", "URI"]);
    ensure(!uri.is_empty(), "2082", "falta la referencia a la firma")
}

/// Issuer and customer.
pub fn check_parties(
    root: NodeRef<'_>,
    nombre: &Nombre,
    notas: &mut Observaciones,
) -> Result<(), Fallo> {
    let emisor = root.descend(&["AccountingSupplierParty", "Party"]);
    let emisor = emisor.ok_or_else(|| Fallo::new("1008", "falta el emisor"))?;
    let ids: Vec<NodeRef<'_>> = children(emisor, "PartyIdentification").collect();
    ensure(ids.len() <= 1, "3089", "hay más de una identificación del emisor")?;
    let id = emisor.descend(&["PartyIdentification", "ID"]);
    let id = id.ok_or_else(|| Fallo::new("1008", "falta el RUC del emisor"))?;
    ensure(attr(id, "schemeID") == "6", "1007", "el tipo de documento del emisor debe ser 6")?;
    let mismo = id.text().trim() == nombre.ruc;
    ensure(mismo, "1034", "el RUC no es el del nombre del archivo")?;
    let legal = emisor.child("PartyLegalEntity");
    let razon = legal.map_or_else(String::new, |l| text_at(l, &["RegistrationName"]));
    ensure(is_clean(&razon, 1, 1500), "1037", "falta la razón social del emisor")?;
    let domicilio = legal.and_then(|l| l.child("RegistrationAddress"));
    let anexo = domicilio.map_or_else(String::new, |d| text_at(d, &["AddressTypeCode"]));
    let forma = anexo.len() == 4 && anexo.bytes().all(|b| b.is_ascii_digit());
    ensure(forma, "3030", "falta el código del establecimiento")?;
    let ubigeo = domicilio.map_or_else(String::new, |d| text_at(d, &["ID"]));
    notas.add(ubigeo.len() == 6, "4093", "El código de ubigeo no existe");
    check_customer(root, nombre, notas)
}

fn check_customer(
    root: NodeRef<'_>,
    nombre: &Nombre,
    notas: &mut Observaciones,
) -> Result<(), Fallo> {
    let cliente = root.descend(&["AccountingCustomerParty", "Party"]);
    let cliente = cliente.ok_or_else(|| Fallo::new("2014", "falta el adquirente"))?;
    let id = cliente.descend(&["PartyIdentification", "ID"]);
    let id = id.ok_or_else(|| Fallo::new("2014", "falta el número del adquirente"))?;
    let (tipo, numero) = (attr(id, "schemeID"), id.text().trim().to_owned());
    ensure(!numero.is_empty(), "2014", "falta el número del adquirente")?;
    ensure(!tipo.is_empty(), "2015", "falta el tipo de documento del adquirente")?;
    ensure(IDENTIDAD.contains(&tipo), "2016", "el tipo de documento no existe")?;
    let operacion = root.child("InvoiceTypeCode").map_or("", |t| attr(t, "listID"));
    check_customer_type(nombre, operacion, tipo)?;
    if tipo == "6" {
        let once = numero.len() == 11 && numero.bytes().all(|b| b.is_ascii_digit());
        ensure(once, "2017", "el RUC del adquirente debe tener 11 dígitos")?;
        ensure(is_ruc(&numero), "1083", "el RUC del adquirente no existe")?;
    }
    let dni = tipo != "1" || (numero.len() == 8 && numero.bytes().all(|b| b.is_ascii_digit()));
    if nombre.serie.starts_with('F') {
        ensure(dni, "2801", "el DNI debe tener 8 dígitos")?;
    }
    notas.add(dni, "4207", "El DNI debe tener 8 dígitos");
    let largo = numero.chars().count() <= 15 && !numero.contains(char::is_whitespace);
    ensure(largo, "2802", "el número de documento no cumple el formato")?;
    let razon = cliente.child("PartyLegalEntity").and_then(|l| l.child("RegistrationName"));
    let razon = razon.ok_or_else(|| Fallo::new("2021", "falta el nombre del adquirente"))?;
    ensure(is_clean(&razon.text(), 3, 1500), "2022", "")
}

fn check_customer_type(nombre: &Nombre, operacion: &str, tipo: &str) -> Result<(), Fallo> {
    if nombre.tipo != "01" {
        return Ok(());
    }
    let vale = match operacion {
        "0112" => tipo == "1" || tipo == "6",
        "0200" | "0201" | "0204" => tipo != "6",
        o if o.starts_with("02") || o == "0401" => true,
        _ => tipo == "6",
    };
    ensure(vale, "2800", "el tipo de documento del adquirente no va con esa operación")
}

/// Between two lengths, with no white space but single characters U+0020, not blank.
pub fn is_clean(texto: &str, min: usize, max: usize) -> bool {
    let largo = texto.chars().count();
    (min..=max).contains(&largo)
        && !texto.trim().is_empty()
        && !texto.chars().any(|c| c != ' ' && (c.is_whitespace() || c.is_control()))
}
