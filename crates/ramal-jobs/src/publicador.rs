//! Where the relay publishes events: CloudEvents 1.0 in JSON, one per line, in a file. Reads
//! nothing back.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use ramal_db::{DbError, EventoRegistrado};
use serde_json::json;

use crate::EventoEntregado;

/// Sink of events. Delivery is at least once: after a fall the last batch may be given again.
#[async_trait]
pub trait Publicador: Send + Sync {
    /// Publishes the events in order; `Ok` only when they are safe on the other side.
    async fn publish(&self, eventos: &[EventoRegistrado]) -> Result<(), DbError>;
}

/// Appends CloudEvents as JSON lines to a local file.
pub struct ArchivoPublicador {
    ruta: PathBuf,
    source: String,
}

impl ArchivoPublicador {
    /// Sink in the file `ruta`, made if missing. `source` is the CloudEvents source, a URI
    /// reference.
    pub fn new(ruta: impl Into<PathBuf>, source: impl Into<String>) -> ArchivoPublicador {
        ArchivoPublicador { ruta: ruta.into(), source: source.into() }
    }
}

#[async_trait]
impl Publicador for ArchivoPublicador {
    async fn publish(&self, eventos: &[EventoRegistrado]) -> Result<(), DbError> {
        let mut texto = String::new();
        for evento in eventos {
            texto.push_str(&cloud_event(evento, &self.source)?);
            texto.push('\n');
        }
        let ruta = self.ruta.clone();
        let escrito = tokio::task::spawn_blocking(move || append(&ruta, texto.as_bytes())).await;
        match escrito {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(DbError::Storage(format!("cannot append events: {error}"))),
            Err(_) => Err(DbError::Storage("the append of events was cut".into())),
        }
    }
}

/// The event as one line of CloudEvents 1.0, structured mode, JSON format.
///
/// Errors: `Corrupt` if the stored data are not JSON. Source: CloudEvents 1.0.2, JSON event format
/// 1.0.2.
fn cloud_event(evento: &EventoRegistrado, source: &str) -> Result<String, DbError> {
    let entregado = EventoEntregado::from_registrado(evento)?;
    let sobre = json!({
        "specversion": "1.0",
        "id": entregado.id,
        "source": source,
        "type": entregado.tipo,
        "subject": entregado.sujeto,
        "time": entregado.instante,
        "datacontenttype": "application/json",
        "data": entregado.datos,
    });
    Ok(sobre.to_string())
}

/// Appends and flushes to the disk. A line torn by a fall is closed first, so that it spoils no
/// other.
fn append(ruta: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut archivo = OpenOptions::new().create(true).read(true).append(true).open(ruta)?;
    if is_torn(&mut archivo)? {
        archivo.write_all(b"\n")?;
    }
    archivo.write_all(bytes)?;
    archivo.sync_data()
}

fn is_torn(archivo: &mut File) -> io::Result<bool> {
    if archivo.seek(SeekFrom::End(0))? == 0 {
        return Ok(false);
    }
    archivo.seek(SeekFrom::End(-1))?;
    let mut ultimo = [0_u8];
    archivo.read_exact(&mut ultimo)?;
    Ok(ultimo[0] != b'\n')
}

#[cfg(test)]
mod tests {
    use super::*;
    use ramal_base::{Id, Instante};

    fn evento(datos: &str) -> EventoRegistrado {
        EventoRegistrado {
            id: Id::from_uuid(uuid::Uuid::from_u128(1)),
            tipo: "cliente.creado".into(),
            sujeto: "cliente/66489".into(),
            instante: Instante::parse("2026-11-20T15:00:00Z").unwrap(),
            datos: datos.into(),
        }
    }

    #[test]
    fn a_cloud_event_has_every_required_attribute() {
        let linea = cloud_event(&evento(r#"{"nombre":"Javier\nMosca"}"#), "/ramal").unwrap();
        let leido: serde_json::Value = serde_json::from_str(&linea).unwrap();
        let esperado = json!({
            "specversion": "1.0",
            "id": "00000000-0000-0000-0000-000000000001",
            "source": "/ramal",
            "type": "cliente.creado",
            "subject": "cliente/66489",
            "time": "2026-11-20T15:00:00Z",
            "datacontenttype": "application/json",
            "data": {"nombre": "Javier\nMosca"},
        });
        assert_eq!(leido, esperado);
        assert!(!linea.contains('\n'), "one event is one line");
    }

    #[test]
    fn data_that_are_not_json_are_refused() {
        assert!(matches!(cloud_event(&evento("{"), "/ramal"), Err(DbError::Corrupt(_))));
    }

    #[test]
    fn a_torn_line_does_not_spoil_the_next() {
        let carpeta = tempfile::tempdir().unwrap();
        let ruta = carpeta.path().join("eventos.jsonl");
        append(&ruta, b"{\"a\":1}\n{\"b\"").unwrap();
        append(&ruta, b"{\"c\":3}\n").unwrap();
        let texto = std::fs::read_to_string(&ruta).unwrap();
        assert_eq!(texto, "{\"a\":1}\n{\"b\"\n{\"c\":3}\n");
    }
}
