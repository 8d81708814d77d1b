//! Where the rows come from: a file, the body of a request, a table of another database. All give
//! the same rows with the same lines; none is judged here.

use std::fs::File;
use std::io::{BufRead, BufReader, Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::fila::Cabecera;
use crate::lectura::{FilaCruda, Lector, recognize};
use crate::perfil::Perfil;
use crate::{Error, origen_db};

/// Where to read from.
#[derive(Clone, Debug)]
pub enum Origen {
    /// Delimited text in a file.
    Archivo(PathBuf),
    /// Delimited text in memory, and the name by which people know it.
    Bytes(String, Arc<[u8]>),
    /// A table of a SQLite file.
    Sqlite(PathBuf),
    /// A table of a PostgreSQL database, by its address.
    Postgres(String),
}

impl Origen {
    /// Tells the kind of source from what the operator wrote: an address or a path.
    ///
    /// Errors: `MotorNoSoportado` for MySQL.
    pub fn parse(texto: &str) -> Result<Origen, Error> {
        let motor = texto.split_once("://").map(|(motor, _)| motor);
        match motor {
            Some("mysql" | "mariadb") => return Err(Error::MotorNoSoportado),
            Some("postgres" | "postgresql") => return Ok(Origen::Postgres(texto.to_owned())),
            _ => {}
        }
        if let Some(resto) = texto.strip_prefix("sqlite:") {
            let ruta = resto.strip_prefix("//").unwrap_or(resto);
            let ruta = ruta.split('?').next().unwrap_or(ruta);
            return Ok(Origen::Sqlite(ruta.into()));
        }
        let ruta = PathBuf::from(texto);
        Ok(if is_sqlite(&ruta) { Origen::Sqlite(ruta) } else { Origen::Archivo(ruta) })
    }

    /// Name by which the report calls it; never an address with a password.
    fn nombre(&self) -> String {
        let archivo = |ruta: &Path| {
            ruta.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned())
        };
        match self {
            Origen::Archivo(ruta) | Origen::Sqlite(ruta) => archivo(ruta),
            Origen::Bytes(nombre, _) => nombre.clone(),
            Origen::Postgres(_) => "PostgreSQL".to_owned(),
        }
    }
}

/// Whether a file begins as every SQLite database does.
fn is_sqlite(ruta: &Path) -> bool {
    let mut inicio = [0u8; 16];
    let leido = File::open(ruta).and_then(|mut f| f.read_exact(&mut inicio));
    leido.is_ok() && inicio == *b"SQLite format 3\0"
}

/// An open source: its header is read, its rows wait.
pub struct Fuente {
    /// SHA-256 of the content, hexadecimal.
    pub huella: String,
    /// Name by which the report calls it.
    pub nombre: String,
    /// Columns.
    pub cabecera: Cabecera,
    filas: Filas,
}

enum Filas {
    Texto(Lector<Box<dyn BufRead + Send>>),
    Tabla(std::vec::IntoIter<FilaCruda>),
}

impl Fuente {
    /// Opens a source. Errors: `Lectura`, `ColumnasFaltantes`.
    pub async fn open(origen: &Origen, perfil: &Perfil) -> Result<Fuente, Error> {
        let nombre = origen.nombre();
        match origen {
            Origen::Archivo(ruta) => {
                let primera = open_file(ruta)?;
                let segunda = Box::new(BufReader::with_capacity(1 << 16, open_file(ruta)?));
                text(nombre, perfil, primera, segunda)
            }
            Origen::Bytes(_, bytes) => {
                let segunda = Box::new(Cursor::new(bytes.clone()));
                text(nombre, perfil, &bytes[..], segunda)
            }
            Origen::Sqlite(ruta) => {
                table(nombre, perfil, origen_db::read_sqlite(ruta, perfil).await?)
            }
            Origen::Postgres(url) => {
                table(nombre, perfil, origen_db::read_postgres(url, perfil).await?)
            }
        }
    }

    /// The next row. Errors: `Lectura`.
    pub fn next_row(&mut self) -> Result<Option<FilaCruda>, Error> {
        match &mut self.filas {
            Filas::Texto(lector) => lector.next_row(),
            Filas::Tabla(filas) => Ok(filas.next()),
        }
    }
}

fn open_file(ruta: &Path) -> Result<File, Error> {
    File::open(ruta).map_err(|e| Error::Lectura(format!("{}: {e}", ruta.display())))
}

/// First pass for the hash and the encoding, second for the rows.
fn text(
    nombre: String,
    perfil: &Perfil,
    primera: impl Read,
    segunda: Box<dyn BufRead + Send>,
) -> Result<Fuente, Error> {
    let visto = recognize(primera)?;
    let mut lector = Lector::new(segunda, perfil, visto.utf8);
    let titulos = lector.next_row()?.map(|f| f.celdas);
    let titulos = titulos.ok_or_else(|| Error::Lectura("el archivo está vacío".into()))?;
    let cabecera = Cabecera::new(perfil, &titulos)?;
    Ok(Fuente { huella: visto.huella, nombre, cabecera, filas: Filas::Texto(lector) })
}

fn table(nombre: String, perfil: &Perfil, filas: Vec<FilaCruda>) -> Result<Fuente, Error> {
    let mut huella = Sha256::new();
    for fila in &filas {
        huella.update(fila.crudo.as_bytes());
        huella.update(b"\n");
    }
    let cabecera = Cabecera::new(perfil, &perfil.required_columns())?;
    let filas = Filas::Tabla(filas.into_iter());
    Ok(Fuente { huella: hex::encode(huella.finalize()), nombre, cabecera, filas })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_told_from_a_path_and_mysql_says_what_to_do() {
        assert!(matches!(Origen::parse("clientes.csv"), Ok(Origen::Archivo(_))));
        assert!(matches!(Origen::parse("postgres://u:secreto@h/x"), Ok(Origen::Postgres(_))));
        let Ok(Origen::Sqlite(ruta)) = Origen::parse("sqlite:///datos/a.db?mode=ro") else {
            panic!("a sqlite address is a file")
        };
        assert_eq!(ruta, Path::new("/datos/a.db"));
        let error = Origen::parse("mysql://u@h/x").unwrap_err();
        assert!(error.to_string().contains("CSV"), "{error}");
        let nombre = Origen::parse("postgres://u:secreto@h/x").unwrap().nombre();
        assert!(!nombre.contains("secreto"));
    }
}
