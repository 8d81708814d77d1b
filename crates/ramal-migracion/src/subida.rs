//! A file that somebody uploaded and has not finished importing: kept as it came, rehearsed, then
//! imported over the same bytes. It judges no row.

use std::sync::Arc;

use ramal_base::{Fecha, Id, Instante};
use uuid::Uuid;

use crate::actions::{Duplicados, Intencion, PedidoImportacion};
use crate::fuente::Origen;
use crate::perfil::Perfil;
use crate::{Error, Informe};

/// Identifier of an upload.
pub type SubidaId = Id<Subida>;

/// How far an upload is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EstadoSubida {
    /// Being rehearsed.
    Simulando,
    /// Rehearsed: somebody looks at what would happen.
    Lista,
    /// Being imported.
    Importando,
    /// Imported; its batch tells the rest.
    Terminada,
    /// It could not be read so; it says why.
    Fallida,
}

impl EstadoSubida {
    const TODOS: [EstadoSubida; 5] = [
        EstadoSubida::Simulando,
        EstadoSubida::Lista,
        EstadoSubida::Importando,
        EstadoSubida::Terminada,
        EstadoSubida::Fallida,
    ];

    /// Stored text.
    pub fn as_str(self) -> &'static str {
        match self {
            EstadoSubida::Simulando => "simulando",
            EstadoSubida::Lista => "lista",
            EstadoSubida::Importando => "importando",
            EstadoSubida::Terminada => "terminada",
            EstadoSubida::Fallida => "fallida",
        }
    }

    /// Reads the stored text.
    pub fn parse(texto: &str) -> Option<EstadoSubida> {
        EstadoSubida::TODOS.into_iter().find(|e| e.as_str() == texto)
    }

    /// Whether something works on it now.
    pub fn is_trabajando(self) -> bool {
        matches!(self, EstadoSubida::Simulando | EstadoSubida::Importando)
    }
}

/// How to read an uploaded file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opciones {
    /// Own profile of the program.
    pub perfil: String,
    /// RFC or RUC of who will bill.
    pub emisor: String,
    /// What fell before it counts as billed by the old system.
    pub al: Fecha,
    /// `retener` or `servicio`.
    pub duplicados: String,
}

/// An uploaded file.
#[derive(Clone, Debug)]
pub struct Subida {
    /// Identifier.
    pub id: SubidaId,
    /// SHA-256 of the bytes, hexadecimal; names the object.
    pub huella: String,
    /// Name by which people know it.
    pub archivo: String,
    /// Bytes.
    pub peso: i64,
    /// Lines without the header, roughly: what the progress counts towards.
    pub lineas: i64,
    /// How to read it.
    pub opciones: Opciones,
    /// How far it is.
    pub estado: EstadoSubida,
    /// Rows done by the work that goes on.
    pub filas: i64,
    /// Rows of those that stay out.
    pub rechazadas: i64,
    /// Report of the rehearsal, once there is one.
    pub informe: Option<Informe>,
    /// Why it failed; empty if it did not.
    pub motivo: String,
    /// Its batch, once imported.
    pub lote: Option<Uuid>,
    /// In whose name it is imported.
    pub actor: String,
    /// When it came.
    pub creado: Instante,
}

impl Subida {
    /// Where the bytes are kept.
    pub fn objeto(&self) -> String {
        object(&self.huella)
    }

    /// The request for the import. Errors: `PerfilNotFound`, `Perfil`.
    pub fn pedido(&self, bytes: Vec<u8>, intencion: Intencion) -> Result<PedidoImportacion, Error> {
        let Opciones { perfil, emisor, al, duplicados } = &self.opciones;
        let leido = Perfil::own(perfil).ok_or_else(|| Error::PerfilNotFound(perfil.clone()))??;
        let bytes: Arc<[u8]> = bytes.into();
        let origen = Origen::Bytes(self.archivo.clone(), bytes);
        Ok(PedidoImportacion {
            intencion,
            al: Some(*al),
            emisor: Some(emisor.clone()),
            duplicados: Duplicados::parse(duplicados).unwrap_or_default(),
            ..PedidoImportacion::new(origen, leido)
        })
    }
}

/// Where the bytes with a hash are kept.
pub fn object(huella: &str) -> String {
    format!("importaciones/{huella}")
}
