//! Daily summaries (RC) and voiding notices (RA) of Peru: gathered, numbered, frozen, sent,
//! followed by their ticket. They inform of documents that exist; they hold no sale of their own.
//!
//! Source: sunat.md 8, 9, 17.5 and 17.6.

mod armado;
mod cierre;
mod enviar;
mod filas;
mod reunir;

pub use filas::{
    FiltroLotes, LoteFila, MiembroFila, cdr_of, count, list, lote, members, of_comprobante, page,
};

pub(crate) use filas::bytes;

pub(crate) use enviar::EnviarLote;
pub(crate) use reunir::{ResumenesDiarios, Reunir};

use ramal_base::Fecha;
use ramal_jobs::NuevoTrabajo;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use crate::jobs::{TRABAJO_LOTE, TRABAJO_RESUMEN};

/// What a file asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pedido {
    /// RC that informs boletas and their notes (condition 1).
    Alta,
    /// RC that voids boletas and their notes (condition 3).
    BajaResumen,
    /// RA that voids facturas and their notes.
    BajaComunicada,
}

impl Pedido {
    /// Kind of file.
    pub(crate) fn tipo(self) -> ramal_sunat::Tipo {
        match self {
            Pedido::Alta | Pedido::BajaResumen => ramal_sunat::Tipo::Resumen,
            Pedido::BajaComunicada => ramal_sunat::Tipo::Baja,
        }
    }

    /// Condition of its lines; 0 in an RA, which has none.
    pub(crate) fn condicion(self) -> i32 {
        match self {
            Pedido::Alta => 1,
            Pedido::BajaResumen => 3,
            Pedido::BajaComunicada => 0,
        }
    }

    pub(crate) fn of_condicion(condicion: i32) -> Pedido {
        match condicion {
            1 => Pedido::Alta,
            3 => Pedido::BajaResumen,
            _ => Pedido::BajaComunicada,
        }
    }
}

/// The job that gathers what waits for a file of that day. It finds nothing if another did it.
pub(crate) fn gather_job(emisor: Uuid, fecha: Fecha, pedido: Pedido) -> NuevoTrabajo {
    let datos = json!({ "emisor_id": emisor, "fecha": fecha, "pedido": pedido });
    NuevoTrabajo::new(TRABAJO_RESUMEN, datos)
}

/// The job that sends a file and follows its ticket.
pub(crate) fn lote_job(resumen: Uuid) -> NuevoTrabajo {
    NuevoTrabajo::new(TRABAJO_LOTE, json!({ "resumen_id": resumen }))
        .with_clave(resumen.to_string())
}
