//! OFX 1 (SGML, closing tags left out) and OFX 2 (XML): the statement lists of bank accounts. One
//! tolerant reader serves both; it follows no entity but the five of XML.

use ramal_base::{Fecha, Moneda};

use crate::error::{Motivo, Rechazo};
use crate::importe::centavos;
use crate::linea::{Extracto, Linea, MAX_BYTES};
use crate::texto::{clipped, decode, decode_loose};

/// A tag with the text that follows it, up to the next tag.
struct Etiqueta<'t> {
    renglon: u32,
    nombre: String,
    cierra: bool,
    texto: &'t str,
}

/// Reads the statements of a file.
///
/// Errors: the file is refused whole, with the line. Source: integrations 2.5.
pub fn read(bytes: &[u8]) -> Result<Vec<Extracto>, Rechazo> {
    let texto = text(bytes)?;
    let inicio = texto.find("<OFX>").ok_or_else(|| Rechazo::whole(Motivo::Formato("OFX")))?;
    if texto.to_uppercase().contains("<!DOCTYPE") {
        return Err(Rechazo::whole(Motivo::Doctype));
    }
    let antes = texto[..inicio].matches('\n').count();
    let etiquetas = tags(&texto[inicio..], u32::try_from(antes).unwrap_or(0))?;
    if !etiquetas.iter().any(|e| e.cierra && e.nombre == "OFX") {
        return Err(Rechazo::whole(Motivo::Cortado));
    }
    statements(&etiquetas)
}

fn text(bytes: &[u8]) -> Result<String, Rechazo> {
    if bytes.len() > MAX_BYTES {
        return Err(Rechazo::whole(Motivo::Grande));
    }
    let cabeza = String::from_utf8_lossy(&bytes[..bytes.len().min(400)]).to_uppercase();
    if cabeza.contains("CHARSET:1252") {
        // Headers often say 1252 over UTF-8 text; UTF-8 with accents is never valid by chance.
        return decode_loose(bytes);
    }
    if cabeza.contains("<?XML") {
        return decode(bytes, &crate::camt::declared(bytes));
    }
    decode_loose(bytes)
}

fn tags(texto: &str, antes: u32) -> Result<Vec<Etiqueta<'_>>, Rechazo> {
    let mut lista = Vec::new();
    let mut renglon = antes + 1;
    let mut resto = texto;
    while let Some(abre) = resto.find('<') {
        renglon += count(&resto[..abre]);
        resto = &resto[abre + 1..];
        let fin = resto.find('>').ok_or_else(|| Rechazo::at(renglon, Motivo::Cortado))?;
        let dentro = resto[..fin].trim();
        resto = &resto[fin + 1..];
        let cierra = dentro.starts_with('/');
        let nombre = dentro.trim_matches('/').split_whitespace().next().unwrap_or("");
        let hasta = resto.find('<').unwrap_or(resto.len());
        let nombre = nombre.to_uppercase();
        lista.push(Etiqueta { renglon, nombre, cierra, texto: resto[..hasta].trim() });
    }
    Ok(lista)
}

fn count(texto: &str) -> u32 {
    u32::try_from(texto.matches('\n').count()).unwrap_or(0)
}

/// What is known while walking the tags.
#[derive(Default)]
struct Estado {
    cuenta: String,
    moneda: Option<Moneda>,
    desde: u32,
    cierre: Option<i64>,
    en_saldo: bool,
    lineas: Vec<Linea>,
    actual: Option<Movimiento>,
}

#[derive(Default)]
struct Movimiento {
    renglon: u32,
    campos: Vec<(String, String)>,
}

impl Movimiento {
    fn get(&self, nombre: &str) -> Option<&str> {
        self.campos.iter().find(|(n, _)| n == nombre).map(|(_, v)| v.as_str())
    }
}

fn statements(etiquetas: &[Etiqueta<'_>]) -> Result<Vec<Extracto>, Rechazo> {
    let mut extractos = Vec::new();
    let mut estado: Option<Estado> = None;
    for e in etiquetas {
        let es_lista = matches!(e.nombre.as_str(), "STMTRS" | "CCSTMTRS");
        if es_lista && !e.cierra {
            estado = Some(Estado { desde: e.renglon, ..Estado::default() });
        } else if es_lista {
            extractos.extend(estado.take().map(closed).transpose()?);
        } else if let Some(estado) = &mut estado {
            step(estado, e)?;
        }
    }
    if estado.is_some() {
        return Err(Rechazo::whole(Motivo::Cortado));
    }
    if extractos.is_empty() { Err(Rechazo::whole(Motivo::Vacio)) } else { Ok(extractos) }
}

fn closed(estado: Estado) -> Result<Extracto, Rechazo> {
    let moneda = estado.moneda.ok_or_else(|| Rechazo::at(estado.desde, Motivo::Moneda))?;
    let extracto = Extracto {
        cuenta: estado.cuenta,
        moneda,
        saldo_inicial: None,
        saldo_final: estado.cierre,
        lineas: estado.lineas,
    };
    extracto.ordered().sealed()
}

fn step(estado: &mut Estado, e: &Etiqueta<'_>) -> Result<(), Rechazo> {
    let at = |motivo| Rechazo::at(e.renglon, motivo);
    match (e.nombre.as_str(), e.cierra) {
        ("STMTTRN", false) => {
            // OFX 1 may leave the closing tag out of aggregates too.
            finish(estado)?;
            estado.actual = Some(Movimiento { renglon: e.renglon, campos: Vec::new() });
        }
        ("STMTTRN" | "BANKTRANLIST", true) => finish(estado)?,
        ("LEDGERBAL", cierra) => {
            finish(estado)?;
            estado.en_saldo = !cierra;
        }
        ("BALAMT", false) if estado.en_saldo => {
            estado.cierre = Some(amount(e.texto).map_err(at)?);
        }
        ("CURDEF", false) => {
            estado.moneda = Some(Moneda::parse(e.texto).ok_or_else(|| at(Motivo::Moneda))?);
        }
        ("ACCTID", false) if estado.actual.is_none() => estado.cuenta = clipped(e.texto, 64),
        (nombre, false) => {
            if let Some(actual) = &mut estado.actual {
                actual.campos.push((nombre.to_owned(), plain(e.texto)));
            }
        }
        _ => {}
    }
    Ok(())
}

fn finish(estado: &mut Estado) -> Result<(), Rechazo> {
    let Some(actual) = estado.actual.take() else { return Ok(()) };
    let at = |motivo| Rechazo::at(actual.renglon, motivo);
    let falta = |que: &str| at(Motivo::Falta(que.to_owned()));
    let moneda = estado.moneda.ok_or_else(|| at(Motivo::Moneda))?;
    let importe = amount(actual.get("TRNAMT").ok_or_else(|| falta("TRNAMT"))?).map_err(at)?;
    let dia = day(actual.get("DTPOSTED").ok_or_else(|| falta("DTPOSTED"))?).map_err(at)?;
    let mut linea = Linea::new(actual.renglon, dia, importe, moneda);
    if let Some(valor) = actual.get("DTAVAIL") {
        linea.fecha_valor = day(valor).map_err(at)?;
    }
    let texto = |n: &str, largo| clipped(actual.get(n).unwrap_or(""), largo);
    linea.id_banco = Some(texto("FITID", 255)).filter(|t| !t.is_empty());
    linea.referencia = texto("REFNUM", 64);
    if linea.referencia.is_empty() {
        linea.referencia = texto("CHECKNUM", 64);
    }
    linea.contraparte = texto("NAME", 140);
    linea.concepto = texto("MEMO", 400);
    estado.lineas.push(linea);
    Ok(())
}

/// Dots or commas: the norm allows both, never with thousands separators.
fn amount(texto: &str) -> Result<i64, Motivo> {
    match (texto.matches('.').count(), texto.matches(',').count()) {
        (0 | 1, 0) => centavos(texto, '.'),
        (0, 1) => centavos(texto, ','),
        _ => Err(Motivo::Importe),
    }
}

/// `20261119120000[-6:CST]`: its day in the zone that it is written in.
fn day(texto: &str) -> Result<Fecha, Motivo> {
    crate::importe::fecha(texto.get(..8).unwrap_or(texto), "aaaammdd")
}

fn plain(texto: &str) -> String {
    let texto = texto.replace("&lt;", "<").replace("&gt;", ">").replace("&apos;", "'");
    texto.replace("&quot;", "\"").replace("&nbsp;", " ").replace("&amp;", "&")
}
