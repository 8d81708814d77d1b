//! The nouns of a bulk act: what is asked for, its states, its events. No statement.

use ramal_base::Id;
use ramal_db::{DbError, Evento};
use serde::Serialize;
use uuid::Uuid;

/// Marker of the ids of tandas.
pub struct TandaMarca;
/// Identifier of a tanda.
pub type TandaId = Id<TandaMarca>;

/// An object of a bulk act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Objeto {
    /// Its identifier, handed to the action.
    pub id: Uuid,
    /// How people call it: `F001-12`, `C-66489`. Shown in the report.
    pub etiqueta: String,
}

impl Objeto {
    /// An object with the name that people give it.
    pub fn new(id: impl Into<Uuid>, etiqueta: impl Into<String>) -> Objeto {
        Objeto { id: id.into(), etiqueta: etiqueta.into() }
    }
}

/// A bulk act that somebody asks for; who asks is the actor of the context.
#[derive(Clone, Debug)]
pub struct NuevaTanda {
    /// Kind of action; the `tipo` of its [`crate::AccionDeTanda`].
    pub tipo: &'static str,
    /// Permission that looking at it, stopping it and retrying it take.
    pub permiso: &'static str,
    /// What is done, in words: `Reintentar documentos`.
    pub titulo: String,
    /// Path and query of the list it was asked from, to go back to.
    pub origen: String,
    /// Path of an object's page, with `{id}` or `{etiqueta}` in it; empty if objects have none.
    pub destino: &'static str,
    /// What the action needs to know besides the object.
    pub datos: serde_json::Value,
    /// The objects, in the order they are done; one that repeats counts once.
    pub objetos: Vec<Objeto>,
}

/// How far a bulk act is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EstadoTanda {
    /// It advances, or will as soon as a worker is free.
    EnCurso,
    /// Somebody stopped it; the rest waits.
    Detenida,
    /// No object waits.
    Terminada,
}

impl EstadoTanda {
    /// Text in the database and on the wire.
    pub fn texto(self) -> &'static str {
        match self {
            EstadoTanda::EnCurso => "en_curso",
            EstadoTanda::Detenida => "detenida",
            EstadoTanda::Terminada => "terminada",
        }
    }

    /// Errors: `Corrupt` if no tanda has such a state.
    pub(crate) fn read(texto: &str) -> Result<EstadoTanda, DbError> {
        [EstadoTanda::EnCurso, EstadoTanda::Detenida, EstadoTanda::Terminada]
            .into_iter()
            .find(|e| e.texto() == texto)
            .ok_or(DbError::Corrupt("a tanda has an unknown state"))
    }
}

/// What became of one object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EstadoItem {
    /// Its turn has not come.
    Pendiente,
    /// Done.
    Hecho,
    /// Left out, with the reason; nothing failed.
    Omitido,
    /// Failed, with the reason; may be tried again.
    Fallido,
}

impl EstadoItem {
    /// Text in the database, on the wire and in addresses.
    pub fn texto(self) -> &'static str {
        match self {
            EstadoItem::Pendiente => "pendiente",
            EstadoItem::Hecho => "hecho",
            EstadoItem::Omitido => "omitido",
            EstadoItem::Fallido => "fallido",
        }
    }

    /// The state of a text; `None` if it names none.
    pub fn parse(texto: &str) -> Option<EstadoItem> {
        [EstadoItem::Pendiente, EstadoItem::Hecho, EstadoItem::Omitido, EstadoItem::Fallido]
            .into_iter()
            .find(|e| e.texto() == texto)
    }
}

/// `tanda.avanzo`: a tanda moved. Told at most once a second, so that a screen may listen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TandaAvanzo {
    /// Which.
    pub tanda_id: TandaId,
}

impl Evento for TandaAvanzo {
    const TIPO: &'static str = "tanda.avanzo";

    fn sujeto(&self) -> String {
        format!("tanda/{}", self.tanda_id)
    }
}

/// `tanda.termino`: no object of a tanda waits any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TandaTermino {
    /// Which.
    pub tanda_id: TandaId,
    /// Objects done.
    pub hechos: i64,
    /// Objects left out.
    pub omitidos: i64,
    /// Objects that failed.
    pub fallidos: i64,
}

impl Evento for TandaTermino {
    const TIPO: &'static str = "tanda.termino";

    fn sujeto(&self) -> String {
        format!("tanda/{}", self.tanda_id)
    }
}
