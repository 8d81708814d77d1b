//! One-entry zips for sending and the bounded reading of what SUNAT answers (§3, §16). It
//! extracts nothing to disk.

use std::io::{Cursor, Read, Write};

use ::zip::write::SimpleFileOptions;
use ::zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

/// Largest zip that is read, bytes.
pub const ZIP_MAX_BYTES: usize = 1024 * 1024;
/// Largest entry that is read, bytes.
pub const ENTRADA_MAX_BYTES: u64 = 4 * 1024 * 1024;
const ENTRADAS_MAX: usize = 16;

/// Why a zip was not read.
#[derive(Debug, thiserror::Error)]
pub enum ZipError {
    /// Over the limits of §16.
    #[error("el zip supera los límites de tamaño o de entradas")]
    Limite,
    /// No bytes.
    #[error("el zip está vacío")]
    Vacio,
    /// No XML inside.
    #[error("el zip no contiene ningún XML")]
    SinXml,
    /// Not a zip, cut, encrypted or with a wrong checksum.
    #[error("el zip está dañado")]
    Corrupto(#[source] Box<dyn std::error::Error + Send + Sync>),
}

fn corrupto<E: std::error::Error + Send + Sync + 'static>(error: E) -> ZipError {
    ZipError::Corrupto(Box::new(error))
}

/// Zip with the single entry `<nombre>.xml`: the same XML gives the same bytes, for ever.
///
/// Errors: `Corrupto` only if the writer fails, which memory does not.
pub fn empaquetar(nombre: &str, xml: &[u8]) -> Result<Vec<u8>, ZipError> {
    let opciones = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    let mut zip = ZipWriter::new(Cursor::new(Vec::with_capacity(xml.len() / 2 + 256)));
    zip.start_file(format!("{nombre}.xml"), opciones).map_err(corrupto)?;
    zip.write_all(xml).map_err(corrupto)?;
    Ok(zip.finish().map_err(corrupto)?.into_inner())
}

/// File of a zip: name inside and bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entrada {
    /// Name as written in the zip.
    pub nombre: String,
    /// Uncompressed bytes.
    pub bytes: Vec<u8>,
}

/// Reads the CDR: the entry that begins with `R-`, else the first XML (§16).
///
/// Errors: `Limite`, `Vacio`, `SinXml`, `Corrupto`.
pub fn leer_cdr(bytes: &[u8]) -> Result<Entrada, ZipError> {
    let mut archivo = abrir(bytes)?;
    let nombres = xmls(&mut archivo)?;
    let base = |n: &str| n.rsplit(['/', '\\']).next().unwrap_or(n).to_owned();
    let elegido = nombres.iter().find(|(_, n)| base(n).starts_with("R-")).or(nombres.first());
    let (indice, _) = elegido.ok_or(ZipError::SinXml)?;
    extraer(&mut archivo, *indice)
}

/// Reads every XML of a zip that was sent, as an authority would (0155–0158).
///
/// Errors: `Limite`, `Vacio`, `SinXml`, `Corrupto`.
pub fn leer_envio(bytes: &[u8]) -> Result<Vec<Entrada>, ZipError> {
    let mut archivo = abrir(bytes)?;
    let nombres = xmls(&mut archivo)?;
    if nombres.is_empty() {
        return Err(ZipError::SinXml);
    }
    nombres.iter().map(|(i, _)| extraer(&mut archivo, *i)).collect()
}

type Archivo<'a> = ZipArchive<Cursor<&'a [u8]>>;

fn abrir(bytes: &[u8]) -> Result<Archivo<'_>, ZipError> {
    if bytes.is_empty() {
        return Err(ZipError::Vacio);
    }
    if bytes.len() > ZIP_MAX_BYTES {
        return Err(ZipError::Limite);
    }
    let archivo = ZipArchive::new(Cursor::new(bytes)).map_err(corrupto)?;
    match archivo.len() {
        0 => Err(ZipError::Vacio),
        n if n > ENTRADAS_MAX => Err(ZipError::Limite),
        _ => Ok(archivo),
    }
}

/// Index and name of the entries that are XML files.
fn xmls(archivo: &mut Archivo<'_>) -> Result<Vec<(usize, String)>, ZipError> {
    let mut lista = Vec::new();
    for i in 0..archivo.len() {
        let entrada = archivo.by_index_raw(i).map_err(corrupto)?;
        let nombre = entrada.name().to_owned();
        if entrada.is_file() && nombre.to_ascii_lowercase().ends_with(".xml") {
            lista.push((i, nombre));
        }
    }
    Ok(lista)
}

fn extraer(archivo: &mut Archivo<'_>, indice: usize) -> Result<Entrada, ZipError> {
    let entrada = archivo.by_index(indice).map_err(corrupto)?;
    let nombre = entrada.name().to_owned();
    let mut bytes = Vec::new();
    entrada.take(ENTRADA_MAX_BYTES + 1).read_to_end(&mut bytes).map_err(corrupto)?;
    if bytes.len() as u64 > ENTRADA_MAX_BYTES {
        return Err(ZipError::Limite);
    }
    Ok(Entrada { nombre, bytes })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn con(entradas: &[(&str, &[u8])]) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (nombre, bytes) in entradas {
            if nombre.ends_with('/') {
                zip.add_directory(*nombre, SimpleFileOptions::default()).unwrap();
            } else {
                zip.start_file(*nombre, SimpleFileOptions::default()).unwrap();
                zip.write_all(bytes).unwrap();
            }
        }
        zip.finish().unwrap().into_inner()
    }

    #[test]
    fn same_xml_gives_the_same_zip() {
        let uno = empaquetar("20600000005-01-F001-1", b"<Invoice/>").unwrap();
        assert_eq!(uno, empaquetar("20600000005-01-F001-1", b"<Invoice/>").unwrap());
        let entradas = leer_envio(&uno).unwrap();
        assert_eq!(entradas.len(), 1);
        assert_eq!(entradas[0].nombre, "20600000005-01-F001-1.xml");
        assert_eq!(entradas[0].bytes, b"<Invoice/>");
        assert_eq!(uno[6] & 0x08, 0, "no data descriptor");
    }

    #[test]
    fn the_cdr_is_found_among_dummies_and_upper_case() {
        let zip = con(&[("dummy/", b""), ("otro.xml", b"<x/>"), ("R-a.XML", b"<cdr/>")]);
        assert_eq!(leer_cdr(&zip).unwrap().bytes, b"<cdr/>");
        let sin_r = con(&[("leeme.txt", b"x"), ("primero.xml", b"<p/>"), ("b.xml", b"<b/>")]);
        assert_eq!(leer_cdr(&sin_r).unwrap().bytes, b"<p/>");
        assert!(matches!(leer_cdr(&con(&[("dummy/", b"")])), Err(ZipError::SinXml)));
    }

    #[test]
    fn bombs_and_rubbish_are_refused() {
        assert!(matches!(leer_cdr(b""), Err(ZipError::Vacio)));
        assert!(matches!(leer_cdr(b"<html>401</html>"), Err(ZipError::Corrupto(_))));
        let muchas: Vec<(String, &[u8])> =
            (0..17).map(|i| (format!("{i}.xml"), &b"<x/>"[..])).collect();
        let vistas: Vec<(&str, &[u8])> = muchas.iter().map(|(n, b)| (n.as_str(), *b)).collect();
        assert!(matches!(leer_cdr(&con(&vistas)), Err(ZipError::Limite)));
        let ceros = vec![0_u8; 5 * 1024 * 1024];
        assert!(matches!(leer_cdr(&con(&[("R-x.xml", &ceros)])), Err(ZipError::Limite)));
        let mut danado = con(&[("R-x.xml", b"<cdr>aaaaaaaaaaaaaaaaaaaaaaaa</cdr>")]);
        danado[40] ^= 0xff;
        assert!(leer_cdr(&danado).is_err());
    }
}
