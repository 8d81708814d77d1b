//! Rules of RC and RA that the file alone can answer (§8, §9). What SUNAT has registered is asked
//! elsewhere.

use ramal_base::Fecha;
use rust_decimal::Decimal;

use super::cliente::is_anonimo;
use super::{Contexto, Hallazgos, is_importe, is_numero, is_ruc, is_texto, por, suma};
use crate::lectura::{LineaBajaLeida, LineaResumenLeida, Monto, Vista};
use crate::nombres::{Nombre, is_id, is_numero as is_numero_de_serie, is_serie};
use crate::normas;

pub(super) fn resumen(h: &mut Hallazgos, v: &Vista, c: &Contexto<'_>) {
    cabeza(h, v, c, "1.1", ["2212", "2214"]);
    let campo = "líneas";
    h.si(v.resumen.is_empty(), "2279", campo, "el resumen necesita al menos un comprobante");
    h.si(v.resumen.len() > 500, "2279", campo, "un resumen lleva hasta 500 comprobantes");
    let fecha = Fecha::parse(&v.fecha_documentos).ok();
    for (i, l) in v.resumen.iter().enumerate() {
        let en = format!("línea {}", i + 1);
        correlativo(h, &en, &l.linea, v.resumen[..i].iter().any(|o| o.linea == l.linea));
        linea_de_resumen(h, &en, l, fecha);
        repeticiones(h, &en, l, &v.resumen[..i]);
        importes_de_resumen(h, &en, l, fecha);
    }
}

pub(super) fn baja(h: &mut Hallazgos, v: &Vista, c: &Contexto<'_>) {
    cabeza(h, v, c, "1.0", ["2320", "2318"]);
    h.si(v.bajas.is_empty(), "2316", "líneas", "la baja necesita al menos un comprobante");
    for (i, l) in v.bajas.iter().enumerate() {
        let en = format!("línea {}", i + 1);
        correlativo(h, &en, &l.linea, v.bajas[..i].iter().any(|o| o.linea == l.linea));
        linea_de_baja(h, &en, l);
        let mismo =
            |o: &LineaBajaLeida| (&o.tipo, &o.serie, &o.numero) == (&l.tipo, &l.serie, &l.numero);
        let repetido = v.bajas[..i].iter().any(mismo);
        h.si(repetido, "2348", &en, "el comprobante está repetido en la baja");
    }
    if let (Ok(emision), Some(hoy)) = (Fecha::parse(&v.fecha_documentos), c.hoy) {
        let plazo = normas::valor("plazo.RA", emision).unwrap_or_default();
        let tarde = Decimal::from(emision.dias_hasta(hoy)) > plazo;
        let motivo = "pasaron más de 7 días; anule con una nota de crédito";
        h.si(tarde, "2957", "cbc:ReferenceDate", motivo);
    }
}

fn cabeza(h: &mut Hallazgos, v: &Vista, c: &Contexto<'_>, version: &str, codigos: [&str; 2]) {
    let [ubl, personalizacion] = codigos;
    h.si(v.ubl != "2.0", ubl, "cbc:UBLVersionID", "la versión de UBL debe ser 2.0");
    let motivo = format!("la versión del documento debe ser {version}");
    h.si(v.version != version, personalizacion, "cbc:CustomizationID", &motivo);
    let partes: Vec<&str> = v.id.split('-').collect();
    let bien = match partes[..] {
        [tipo, dia, n] => {
            tipo == v.tipo && dia.len() == 8 && (1..=5).contains(&n.len()) && is_numero_de_serie(n)
        }
        _ => false,
    };
    let motivo = "el identificador debe ser como RC-20261120-1";
    h.si(!bien, if v.tipo == "RC" { "2210" } else { "2283" }, "cbc:ID", motivo);
    let dia = v.fecha.replace('-', "");
    let motivo = "la fecha de generación debe ser la del identificador";
    let otro_dia = bien && partes[1] != dia;
    h.si(otro_dia, if v.tipo == "RC" { "2346" } else { "2330" }, "cbc:IssueDate", motivo);
    fechas(h, v, c.hoy);
    emisor(h, v);
    if let Some(Ok(nombre)) = c.nombre.map(Nombre::parse) {
        let ajeno = nombre.ruc != v.emisor.numero;
        h.si(ajeno, "2221", "archivo", "el RUC del nombre no es el del emisor");
        h.si(nombre.id() != v.id, "2220", "archivo", "el nombre no es el del identificador");
    }
}

fn fechas(h: &mut Hallazgos, v: &Vista, hoy: Option<Fecha>) {
    let (generacion, documentos) = (Fecha::parse(&v.fecha), Fecha::parse(&v.fecha_documentos));
    h.si(generacion.is_err(), "2230", "cbc:IssueDate", "la fecha debe ser AAAA-MM-DD");
    h.si(documentos.is_err(), "2233", "cbc:ReferenceDate", "la fecha debe ser AAAA-MM-DD");
    let (Ok(generacion), Ok(documentos)) = (generacion, documentos) else { return };
    let futura = hoy.is_some_and(|hoy| generacion > hoy);
    h.si(futura, "2236", "cbc:IssueDate", "la fecha de generación no puede ser futura");
    let motivo = "los comprobantes no pueden ser posteriores a la generación";
    h.si(documentos > generacion, "2671", "cbc:ReferenceDate", motivo);
}

fn emisor(h: &mut Hallazgos, v: &Vista) {
    let e = &v.emisor;
    h.si(e.tipo != "6", "2218", "emisor", "el emisor se identifica con RUC (6)");
    h.si(!is_ruc(&e.numero), "RUC", "emisor", "el RUC del emisor no es válido");
    let motivo = "la razón social debe tener de 3 a 100 caracteres en una sola línea";
    h.si(!is_texto(&e.nombre, 3, 100), "2228", "emisor", motivo);
    h.si(v.firmante != e.numero, "2078", "cac:Signature", "debe nombrar el RUC del emisor");
}

fn correlativo(h: &mut Hallazgos, en: &str, linea: &str, repetida: bool) {
    h.si(!is_numero_de_serie(linea), "2239", en, "el número de línea es un correlativo desde 1");
    h.si(repetida, "2752", en, "el número de línea está repetido");
}

fn linea_de_resumen(h: &mut Hallazgos, en: &str, l: &LineaResumenLeida, fecha: Option<Fecha>) {
    let malo = !["03", "07", "08"].contains(&l.tipo.as_str());
    h.si(malo, "2241", en, "un resumen lleva boletas (03) y sus notas (07, 08)");
    let serie_b = is_id(&l.id) && l.id.starts_with('B');
    h.si(!serie_b, "2512", en, "el comprobante debe ser de serie B, como B001-1");
    let mala = !["1", "2", "3"].contains(&l.condicion.as_str());
    h.si(mala, "2896", en, "la condición debe ser 1 (adicionar), 2 (modificar) o 3 (anular)");
    let nota = l.tipo == "07" || l.tipo == "08";
    let motivo = "la nota debe decir qué boleta modifica, y la boleta no lleva referencia";
    h.si(nota != l.afectado.is_some(), "2582", en, motivo);
    let otra = l.afectado.as_ref().is_some_and(|a| a.tipo != "03" || !a.id.starts_with('B'));
    h.si(otra, "2399", en, "una nota de serie B modifica una boleta (03)");
    let umbral = fecha.and_then(|f| normas::valor("boleta.identificar", f));
    let nadie = l.cliente.as_ref().is_none_or(|(tipo, numero)| is_anonimo(tipo, numero));
    let exige = umbral.is_some_and(|u| l.total.o_cero() > u) && nadie;
    h.si(exige, "2514", en, "sobre S/ 700 hay que identificar al cliente");
    if let Some((tipo, numero)) = &l.cliente {
        let dni = tipo == "1" && !(numero.len() == 8 && is_numero(numero, 8, 1));
        h.si(dni, "4207", en, "el DNI debe tener 8 dígitos");
        let ruc = tipo == "6" && !is_ruc(numero);
        h.si(ruc, "RUC", en, "el RUC del cliente no es válido");
        let espacios = numero.is_empty() || numero.chars().any(char::is_whitespace);
        h.si(espacios, "2017", en, "el documento del cliente va sin espacios");
    }
}

/// Same document twice: 3094 same state, 3095 added and modified, 3096 modified and voided.
fn repeticiones(h: &mut Hallazgos, en: &str, l: &LineaResumenLeida, antes: &[LineaResumenLeida]) {
    let mismos = antes.iter().filter(|o| (&o.tipo, &o.id) == (&l.tipo, &l.id));
    for otro in mismos {
        let mut par = [otro.condicion.as_str(), l.condicion.as_str()];
        par.sort_unstable();
        let codigo = match par {
            [a, b] if a == b => "3094",
            ["1", "2"] => "3095",
            ["2", "3"] => "3096",
            _ => continue,
        };
        h.si(true, codigo, en, "el comprobante ya está en este resumen; déjelo una sola vez");
    }
}

fn importes_de_resumen(h: &mut Hallazgos, en: &str, l: &LineaResumenLeida, fecha: Option<Fecha>) {
    h.si(!is_importe(&l.total.texto), "2251", en, "el total debe tener dos decimales");
    for (i, (monto, codigo)) in l.pagos.iter().enumerate() {
        let nulo = !is_importe(&monto.texto) || monto.o_cero().is_zero();
        h.si(nulo, "2254", en, "los importes en cero no se informan");
        let raro = !["01", "02", "03", "04", "05"].contains(&codigo.as_str());
        h.si(raro, "2256", en, "el tipo de importe no está en el catálogo 11");
        let repetido = l.pagos[..i].iter().any(|(_, c)| c == codigo);
        h.si(repetido, "2357", en, "el tipo de importe está repetido");
    }
    let igv = l.impuestos.iter().find(|i| i.subtotales.iter().any(|s| s.tributo == "1000"));
    h.si(igv.is_none(), "2278", en, "el IGV se informa siempre, aunque sea 0.00");
    for impuesto in &l.impuestos {
        let igual = impuesto.subtotales.len() == 1
            && impuesto.subtotales[0].impuesto.valor() == impuesto.total.valor();
        h.si(!igual, "2344", en, "el impuesto debe ser igual a su subtotal");
    }
    let moneda_distinta = |m: &Monto| m.esta() && m.moneda != l.total.moneda;
    let mezcla = l.pagos.iter().any(|(m, _)| moneda_distinta(m));
    h.si(mezcla, "2071", en, "la moneda debe ser la misma en toda la línea");
    sumas_de_resumen(h, en, l, (fecha, igv.map(|i| i.total.o_cero()).unwrap_or_default()));
}

/// IGV within ±5 of base × rate (4019) and total within ±5 of its parts (4027).
fn sumas_de_resumen(
    h: &mut Hallazgos,
    en: &str,
    l: &LineaResumenLeida,
    (fecha, igv): (Option<Fecha>, Decimal),
) {
    let cinco = Decimal::from(5);
    let gravado = l.pagos.iter().find(|(_, c)| c == "01").map(|(m, _)| m.o_cero());
    let tasa = fecha.and_then(normas::tasa_igv).unwrap_or_default() / Decimal::ONE_HUNDRED;
    let esperado = por(gravado.unwrap_or_default(), tasa);
    h.cuadre("4019", &format!("{en}, IGV"), (igv, esperado), cinco);
    let pagos = l.pagos.iter().filter(|(_, c)| c != "05").map(|(m, _)| m.o_cero());
    let impuestos = l.impuestos.iter().map(|i| i.total.o_cero());
    let cargos = l.cargos.iter().map(|c| c.monto.o_cero());
    let total = suma(pagos.chain(impuestos).chain(cargos));
    h.cuadre("4027", &format!("{en}, total"), (l.total.o_cero(), total), cinco);
}

fn linea_de_baja(h: &mut Hallazgos, en: &str, l: &LineaBajaLeida) {
    let malo = !["01", "07", "08"].contains(&l.tipo.as_str()) || l.serie.starts_with('B');
    let motivo = "una baja lleva facturas y sus notas; la boleta se anula en un resumen diario";
    h.si(malo, "2308", en, motivo);
    h.si(!is_serie(&l.serie), "2310", en, "la serie debe ser como F001");
    h.si(!is_numero_de_serie(&l.numero), "2312", en, "el número tiene de 1 a 8 dígitos");
    let motivo = "el motivo de la baja debe tener de 3 a 100 caracteres";
    h.si(!is_texto(&l.motivo, 3, 100), "2314", en, motivo);
}
