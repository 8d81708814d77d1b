//! What the slice tells. A state event is told once, on the day on which the state changes; the
//! request that scheduled it is told as `contrato.modificado`. Events carry identifiers only.

use ramal_base::{Cx, Fecha};
use ramal_clientes::ClienteId;
use ramal_db::{DbError, Evento, Tx};
use serde::Serialize;
use uuid::Uuid;

use crate::contrato::{Contrato, ContratoId};
use crate::{EstadoServicio, Servicio, ServicioId};

/// A service, as the events name it.
#[derive(Clone, Debug, Serialize)]
pub struct Sujeto {
    /// The service.
    pub servicio_id: ServicioId,
    /// Whose it is.
    pub cliente_id: ClienteId,
    /// Contract that groups it.
    pub contrato_id: Option<Uuid>,
    /// Product in force.
    pub producto_id: Uuid,
    /// Version after the change.
    pub version: i64,
}

impl From<&Servicio> for Sujeto {
    fn from(s: &Servicio) -> Sujeto {
        Sujeto {
            servicio_id: s.id,
            cliente_id: s.cliente_id,
            contrato_id: s.contrato_id,
            producto_id: s.producto_id.uuid(),
            version: s.version,
        }
    }
}

macro_rules! evento_de_servicio {
    ($(#[$doc:meta])* $nombre:ident, $tipo:literal) => {
        $(#[$doc])*
        #[derive(Serialize)]
        pub struct $nombre {
            /// The service.
            #[serde(flatten)]
            pub servicio: Sujeto,
            /// Day from which it counts.
            pub desde: Fecha,
        }

        impl Evento for $nombre {
            const TIPO: &'static str = $tipo;
            fn sujeto(&self) -> String {
                format!("servicio/{}", self.servicio.servicio_id)
            }
            fn cliente(&self) -> Option<Uuid> {
                Some(self.servicio.cliente_id.uuid())
            }
        }
    };
}

evento_de_servicio!(
    /// A customer contracted a service.
    ServicioContratado, "servicio.contratado"
);
evento_de_servicio!(
    /// A service was cut or paused.
    ServicioSuspendido, "servicio.suspendido"
);
evento_de_servicio!(
    /// A service is back.
    ServicioReactivado, "servicio.reactivado"
);
evento_de_servicio!(
    /// A service ended for good.
    ServicioCancelado, "servicio.cancelado"
);
evento_de_servicio!(
    /// The term of a service ended.
    ServicioVencido, "servicio.vencido"
);

/// What was contracted changed: a fact was recorded, now or for a later day.
#[derive(Serialize)]
pub struct ContratoModificado {
    /// The service.
    #[serde(flatten)]
    pub servicio: Sujeto,
    /// Kinds of the recorded facts, e.g. `cambio_precio`; or names of changed fields.
    pub cambios: Vec<String>,
}

impl Evento for ContratoModificado {
    const TIPO: &'static str = "contrato.modificado";
    fn sujeto(&self) -> String {
        match self.servicio.contrato_id {
            Some(contrato) => format!("contrato/{contrato}"),
            None => format!("servicio/{}", self.servicio.servicio_id),
        }
    }
    fn cliente(&self) -> Option<Uuid> {
        Some(self.servicio.cliente_id.uuid())
    }
}

/// A contract was signed.
#[derive(Serialize)]
pub struct ContratoCreado {
    /// The contract.
    pub contrato_id: ContratoId,
    /// Who signed it.
    pub cliente_id: ClienteId,
}

impl From<&Contrato> for ContratoCreado {
    fn from(c: &Contrato) -> ContratoCreado {
        ContratoCreado { contrato_id: c.id, cliente_id: c.cliente_id }
    }
}

impl Evento for ContratoCreado {
    const TIPO: &'static str = "contrato.creado";
    fn sujeto(&self) -> String {
        format!("contrato/{}", self.contrato_id)
    }
    fn cliente(&self) -> Option<Uuid> {
        Some(self.cliente_id.uuid())
    }
}

/// Tells the state that a service has just entered.
pub(crate) async fn emit_estado(
    tx: &Tx,
    cx: &Cx,
    s: &Servicio,
    desde: Fecha,
) -> Result<(), DbError> {
    let servicio = Sujeto::from(s);
    match s.estado {
        EstadoServicio::Activo => tx.emit(cx, &ServicioReactivado { servicio, desde }).await,
        EstadoServicio::Suspendido => tx.emit(cx, &ServicioSuspendido { servicio, desde }).await,
        EstadoServicio::Cancelado => tx.emit(cx, &ServicioCancelado { servicio, desde }).await,
        EstadoServicio::Vencido => tx.emit(cx, &ServicioVencido { servicio, desde }).await,
    }
}
