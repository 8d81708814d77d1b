//! Append-only journal of JSON lines, in a file or in memory. It deliberately never rewrites or
//! compacts a line.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Error;

/// Where a line lies in the journal, so that documents need not stay in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lugar {
    inicio: u64,
    largo: u64,
}

enum Destino {
    Memoria(Vec<u8>),
    Archivo { archivo: File, largo: u64 },
}

/// The journal. One owner writes it, under the lock of the state that it records.
pub struct Bitacora {
    destino: Destino,
}

impl Bitacora {
    /// Opens (or creates) `nombre` inside `dir`, or a journal in memory without `dir`.
    ///
    /// A last line cut short by a kill is dropped: its answer never left.
    pub fn abrir(dir: Option<&Path>, nombre: &str) -> Result<Bitacora, Error> {
        let Some(dir) = dir else {
            return Ok(Bitacora { destino: Destino::Memoria(Vec::new()) });
        };
        std::fs::create_dir_all(dir)?;
        let ruta = dir.join(nombre);
        let archivo =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(ruta)?;
        let largo = whole_lines(&archivo)?;
        archivo.set_len(largo)?;
        Ok(Bitacora { destino: Destino::Archivo { archivo, largo } })
    }

    /// Writes one event and hands it to the operating system before it returns.
    pub fn append<T: Serialize>(&mut self, evento: &T) -> Result<Lugar, Error> {
        let mut linea = serde_json::to_vec(evento)?;
        linea.push(b'\n');
        let largo_linea = linea.len() as u64;
        match &mut self.destino {
            Destino::Memoria(bytes) => {
                let inicio = bytes.len() as u64;
                bytes.extend_from_slice(&linea);
                Ok(Lugar { inicio, largo: largo_linea })
            }
            Destino::Archivo { archivo, largo } => {
                archivo.seek(SeekFrom::Start(*largo))?;
                archivo.write_all(&linea)?;
                let lugar = Lugar { inicio: *largo, largo: largo_linea };
                *largo += largo_linea;
                Ok(lugar)
            }
        }
    }

    /// Reads back one event.
    pub fn read<T: DeserializeOwned>(&mut self, lugar: Lugar) -> Result<T, Error> {
        match &mut self.destino {
            Destino::Memoria(bytes) => {
                let inicio = usize::try_from(lugar.inicio).unwrap_or(usize::MAX);
                let largo = usize::try_from(lugar.largo).unwrap_or(usize::MAX);
                let linea = bytes.get(inicio..inicio.saturating_add(largo)).unwrap_or_default();
                Ok(serde_json::from_slice(linea)?)
            }
            Destino::Archivo { archivo, .. } => {
                archivo.seek(SeekFrom::Start(lugar.inicio))?;
                let mut linea = Vec::new();
                archivo.take(lugar.largo).read_to_end(&mut linea)?;
                Ok(serde_json::from_slice(&linea)?)
            }
        }
    }

    /// Gives every event from the first, to rebuild the state on start.
    pub fn replay<T: DeserializeOwned>(
        &self,
        mut visit: impl FnMut(T, Lugar),
    ) -> Result<(), Error> {
        let Destino::Archivo { archivo, .. } = &self.destino else {
            return Ok(());
        };
        let mut lector = BufReader::new(archivo);
        lector.seek(SeekFrom::Start(0))?;
        let mut inicio = 0;
        let mut linea = Vec::new();
        while lector.read_until(b'\n', &mut linea)? > 0 {
            let largo = linea.len() as u64;
            visit(serde_json::from_slice(&linea)?, Lugar { inicio, largo });
            inicio += largo;
            linea.clear();
        }
        Ok(())
    }
}

/// Length of the file up to its last line feed.
fn whole_lines(archivo: &File) -> Result<u64, Error> {
    let mut lector = BufReader::new(archivo);
    lector.seek(SeekFrom::Start(0))?;
    let (mut total, mut linea) = (0, Vec::new());
    while lector.read_until(b'\n', &mut linea)? > 0 {
        if linea.last() == Some(&b'\n') {
            total += linea.len() as u64;
        }
        linea.clear();
    }
    Ok(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_cut_by_a_kill_is_dropped_and_the_rest_survives() {
        let dir = tempfile::tempdir().unwrap();
        let mut b = Bitacora::abrir(Some(dir.path()), "b.jsonl").unwrap();
        b.append(&"uno").unwrap();
        let lugar = b.append(&"dos").unwrap();
        assert_eq!(b.read::<String>(lugar).unwrap(), "dos");
        drop(b);
        let ruta = dir.path().join("b.jsonl");
        let mut bytes = std::fs::read(&ruta).unwrap();
        bytes.extend_from_slice(b"\"tre");
        std::fs::write(&ruta, bytes).unwrap();
        let mut b = Bitacora::abrir(Some(dir.path()), "b.jsonl").unwrap();
        b.append(&"cuatro").unwrap();
        let mut vistos = Vec::new();
        b.replay(|texto: String, _| vistos.push(texto)).unwrap();
        assert_eq!(vistos, ["uno", "dos", "cuatro"]);
    }
}
