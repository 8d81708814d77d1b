//! What the SAT knows of receivers, kept as lines beside the state so that it outlives a restart.
//! It judges nothing.

use std::collections::HashMap;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

use super::Contribuyente;
use crate::Error;

const ARCHIVO: &str = "padron.jsonl";

/// The registered receivers by RFC; the last line of an RFC rules. Empty without a folder.
pub(super) fn read(dir: Option<&Path>) -> Result<HashMap<String, Contribuyente>, Error> {
    let Some(dir) = dir else { return Ok(HashMap::new()) };
    let texto = match std::fs::read_to_string(dir.join(ARCHIVO)) {
        Ok(texto) => texto,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(HashMap::new()),
        Err(e) => return Err(e.into()),
    };
    let mut padron = HashMap::new();
    for linea in texto.lines().filter(|l| !l.trim().is_empty()) {
        let datos: Contribuyente = serde_json::from_str(linea)?;
        padron.insert(datos.rfc.clone(), datos);
    }
    Ok(padron)
}

/// Adds a receiver to the file.
pub(super) fn append(dir: Option<&Path>, datos: &Contribuyente) -> Result<(), Error> {
    let Some(dir) = dir else { return Ok(()) };
    let mut archivo = OpenOptions::new().create(true).append(true).open(dir.join(ARCHIVO))?;
    writeln!(archivo, "{}", serde_json::to_string(datos)?)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_sat_knows_outlives_a_restart() {
        let dir = tempfile::tempdir().unwrap();
        let con = |codigo_postal: &str| Contribuyente {
            rfc: "MOJR800101AB1".to_owned(),
            nombre: "JAVIER MOSCA".to_owned(),
            codigo_postal: codigo_postal.to_owned(),
            regimenes: Vec::new(),
        };
        append(Some(dir.path()), &con("64000")).unwrap();
        append(Some(dir.path()), &con("64010")).unwrap();
        let padron = read(Some(dir.path())).unwrap();
        assert_eq!(padron["MOJR800101AB1"].codigo_postal, "64010");
        assert!(read(None).unwrap().is_empty());
    }
}
