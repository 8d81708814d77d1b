//! What the slice tells: one event per batch, not one per customer, because whoever greets new
//! customers must not greet ten thousand old ones.

use ramal_db::Evento;
use serde::Serialize;
use uuid::Uuid;

use crate::actions::Deshecho;
use crate::informe::Informe;

/// A source was read to its end.
#[derive(Serialize)]
pub struct LoteImportado {
    /// The batch.
    pub lote: Uuid,
    /// Customers made.
    pub clientes: u64,
    /// Services made.
    pub servicios: u64,
    /// Rows that stayed out.
    pub filas_rechazadas: u64,
}

impl From<&Informe> for LoteImportado {
    fn from(informe: &Informe) -> LoteImportado {
        LoteImportado {
            lote: informe.lote,
            clientes: informe.clientes,
            servicios: informe.servicios,
            filas_rechazadas: informe.filas_rechazadas,
        }
    }
}

impl Evento for LoteImportado {
    const TIPO: &'static str = "lote.importado";
    fn sujeto(&self) -> String {
        format!("lote/{}", self.lote)
    }
}

/// A batch was taken back.
#[derive(Serialize)]
pub struct LoteDeshecho {
    /// The batch.
    pub lote: Uuid,
    /// Customers removed.
    pub clientes: u64,
    /// Services removed.
    pub servicios: u64,
}

impl From<Deshecho> for LoteDeshecho {
    fn from(d: Deshecho) -> LoteDeshecho {
        LoteDeshecho { lote: d.lote, clientes: d.clientes, servicios: d.servicios }
    }
}

impl Evento for LoteDeshecho {
    const TIPO: &'static str = "lote.deshecho";
    fn sujeto(&self) -> String {
        format!("lote/{}", self.lote)
    }
}
