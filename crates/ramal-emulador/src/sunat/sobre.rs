//! File names and zips, in and out. It deliberately reads one document per zip.

use std::io::{Cursor, Read, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::fallo::{Fallo, ensure};

/// Largest document, bytes.
const MAX_XML: u64 = 4 * 1024 * 1024;

/// What a file name says: `RUC-TT-SERIE-NUMERO` or `RUC-RC-YYYYMMDD-n`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nombre {
    /// Issuer.
    pub ruc: String,
    /// 01, 03, 07, 08, RC, RA.
    pub tipo: String,
    /// Series, or date of a summary.
    pub serie: String,
    /// Number.
    pub numero: String,
}

impl Nombre {
    /// Reads a name with `.zip`. Errors: 0151.
    pub fn parse(archivo: &str) -> Result<Nombre, Fallo> {
        let error = || Fallo::new("0151", archivo);
        let base = archivo.strip_suffix(".zip").or_else(|| archivo.strip_suffix(".ZIP"));
        let partes: Vec<&str> = base.ok_or_else(error)?.split('-').collect();
        let [ruc, tipo, serie, numero] = partes[..] else {
            return Err(error());
        };
        let nombre = Nombre {
            ruc: ruc.into(),
            tipo: tipo.into(),
            serie: serie.into(),
            numero: numero.into(),
        };
        if nombre.is_valid() { Ok(nombre) } else { Err(error()) }
    }

    fn is_valid(&self) -> bool {
        let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
        let serie = |inicio: &str| {
            self.serie.len() == 4
                && self.serie.starts_with(|c| inicio.contains(c))
                && self.serie.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
        };
        let largo = match self.tipo.as_str() {
            "01" if serie("F") => 8,
            "03" if serie("B") => 8,
            "07" | "08" if serie("FB") => 8,
            "RC" | "RA" if self.serie.len() == 8 && digits(&self.serie) => 5,
            _ => return false,
        };
        let numero = digits(&self.numero) && self.numero.len() <= largo;
        self.ruc.len() == 11 && digits(&self.ruc) && numero && !self.numero.starts_with('0')
    }

    /// The name without extension.
    pub fn base(&self) -> String {
        format!("{}-{}-{}-{}", self.ruc, self.tipo, self.serie, self.numero)
    }

    /// Document ID: `F001-1` or `RC-20261120-1`.
    pub fn id(&self) -> String {
        match self.is_summary() {
            true => format!("{}-{}-{}", self.tipo, self.serie, self.numero),
            false => format!("{}-{}", self.serie, self.numero),
        }
    }

    /// Whether it goes by `sendSummary`.
    pub fn is_summary(&self) -> bool {
        self.tipo == "RC" || self.tipo == "RA"
    }
}

/// The document inside the zip, which must have the zip's name. Errors: 0155 to 0161.
pub fn unzip(bytes: &[u8], base: &str) -> Result<Vec<u8>, Fallo> {
    ensure(!bytes.is_empty(), "0155", "")?;
    let corrupt = |_| Fallo::new("0156", "");
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Fallo::new("0156", ""))?;
    ensure(zip.len() <= 16, "0158", "")?;
    let mut nombres = Vec::new();
    for i in 0..zip.len() {
        let entrada = zip.by_index_raw(i).map_err(corrupt)?;
        if !entrada.is_dir() && !entrada.name().starts_with("dummy/") {
            nombres.push((i, entrada.name().to_owned()));
        }
    }
    ensure(!nombres.is_empty(), "0157", "")?;
    ensure(nombres.len() == 1, "0158", "")?;
    let (i, nombre) = &nombres[0];
    let esperado = format!("{base}.xml");
    ensure(nombre.to_lowercase().ends_with(".xml"), "0159", nombre.as_str())?;
    ensure(*nombre == esperado, "0161", nombre.as_str())?;
    let entrada = zip.by_index(*i).map_err(corrupt)?;
    let mut xml = Vec::new();
    entrada.take(MAX_XML + 1).read_to_end(&mut xml).map_err(|_| Fallo::new("0156", ""))?;
    ensure(!xml.is_empty(), "0160", "el archivo XML está vacío")?;
    ensure(xml.len() as u64 <= MAX_XML, "0156", "el archivo excede el tamaño permitido")?;
    Ok(xml)
}

/// A zip with one entry, and a `dummy/` folder before it if asked.
pub fn pack(nombre: &str, xml: &[u8], dummy: bool) -> Result<Vec<u8>, zip::result::ZipError> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let opciones = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(zip::DateTime::default());
    if dummy {
        zip.add_directory("dummy/", opciones)?;
    }
    zip.start_file(nombre, opciones)?;
    zip.write_all(xml)?;
    Ok(zip.finish()?.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_the_rules_of_series_and_padding() {
        for bueno in [
            "20600000005-01-F001-1.zip",
            "20600000005-03-B001-12345678.zip",
            "20600000005-07-FC01-9.zip",
            "20600000005-RC-20261120-1.zip",
        ] {
            assert!(Nombre::parse(bueno).is_ok(), "{bueno}");
        }
        for malo in [
            "20600000005-01-B001-1.zip",
            "20600000005-01-F001-01.zip",
            "20600000005-01-F001-1.xml",
            "2060000005-01-F001-1.zip",
            "20600000005-99-F001-1.zip",
            "20600000005-RC-2026112-1.zip",
            "20600000005-01-ñAB-1.zip",
            "20600000005-RC-ññññ-1.zip",
            "----.zip",
            "",
        ] {
            assert_eq!(Nombre::parse(malo).unwrap_err().codigo, "0151", "{malo}");
        }
    }

    #[test]
    fn zip_must_hold_exactly_the_named_document() {
        let base = "20600000005-01-F001-1";
        let bueno = pack(&format!("{base}.xml"), b"<a/>", true).unwrap();
        assert_eq!(unzip(&bueno, base).unwrap(), b"<a/>");
        let otro = pack("otro.xml", b"<a/>", false).unwrap();
        assert_eq!(unzip(&otro, base).unwrap_err().codigo, "0161");
        assert_eq!(unzip(b"", base).unwrap_err().codigo, "0155");
        assert_eq!(unzip(b"PK no es un zip", base).unwrap_err().codigo, "0156");
        assert_eq!(unzip(&bueno[..bueno.len() / 2], base).unwrap_err().codigo, "0156");
    }
}
