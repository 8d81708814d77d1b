//! Background work of the slice: the nightly pass, notices, cuts, the network, and what follows a
//! payment. Each may be done again without effect.

mod avisos;
mod noche;
mod pagos;
mod red;
mod tandas;

use std::sync::Arc;

use ramal_base::{Cx, Zona};
use ramal_db::Db;
use ramal_jobs::{CorrerTanda, Horario, Manejador};

use crate::puertos::Puertos;

pub use avisos::send_pending;
pub use red::{reconcile, sweep};
pub use tandas::TANDA_RECORDAR;

/// Nightly pass.
pub const DIARIA: &str = "cobranza.diaria";
/// Sends the steps of the ladder that came due and reads how far the others got.
pub const AVISOS: &str = "cobranza.avisos";
/// Tells a customer one thing.
pub const AVISAR: &str = "cobranza.avisar";
/// Executes the list of cuts of a day.
pub const EJECUTAR: &str = "cobranza.ejecutar_cortes";
/// Executes today's list at every hour, so that what waited is cut within the hours of the policy.
pub const HORA: &str = "cobranza.hora_de_cortes";
/// Looks at a customer whose money or papers moved.
pub const PAGO: &str = "cobranza.pago";
/// An invoice was opened again.
pub const REABIERTA: &str = "cobranza.reabierta";
/// Follows the contract of a service.
pub const CONTRATO: &str = "cobranza.contrato";
/// Sets the network to what is desired for one service.
pub const RED: &str = "cobranza.red";
/// Looks for services whose network differs from what is desired.
pub const BARRIDO: &str = "cobranza.red_barrido";
/// Closes the pauses whose day of return has come.
pub const PAUSAS: &str = "cobranza.pausas";

/// Events that the slice waits for: `(event, job)`.
pub const SUSCRIPCIONES: &[(&str, &str)] = &[
    ("factura.pagada", PAGO),
    ("pago.aplicado", PAGO),
    ("factura.anulada", PAGO),
    ("factura.reabierta", REABIERTA),
    ("servicio.suspendido", CONTRATO),
    ("servicio.reactivado", CONTRATO),
    ("servicio.cancelado", CONTRATO),
    ("servicio.vencido", CONTRATO),
];

/// Handlers of the slice over its ports.
pub fn manejadores(db: &Db, cx: &Cx, puertos: &Puertos) -> Vec<Arc<dyn Manejador>> {
    let base = Base { db: db.clone(), cx: cx.clone(), puertos: puertos.clone() };
    let recordar = tandas::Recordar { db: db.clone() };
    vec![
        Arc::new(noche::Diaria(base.named(DIARIA))),
        Arc::new(noche::Ejecutar(base.named(EJECUTAR))),
        Arc::new(noche::Hora(base.named(HORA))),
        Arc::new(noche::Pausas(base.named(PAUSAS))),
        Arc::new(avisos::Enviar(base.named(AVISOS))),
        Arc::new(avisos::Avisar(base.named(AVISAR))),
        Arc::new(pagos::Pago(base.named(PAGO))),
        Arc::new(pagos::Reabierta(base.named(REABIERTA))),
        Arc::new(pagos::Contrato(base.named(CONTRATO))),
        Arc::new(red::Reconciliar(base.named(RED))),
        Arc::new(red::Barrido(base.named(BARRIDO))),
        Arc::new(CorrerTanda::new(db.clone(), cx.clone(), recordar)),
    ]
}

/// Schedules in the company's zone.
pub fn horarios(zona: &Zona) -> Vec<Horario> {
    let horario = |nombre, cron| Horario { nombre, cron, zona: zona.clone(), trabajo_tipo: nombre };
    vec![
        horario(DIARIA, "30 1 * * *"),
        horario(PAUSAS, "15 0 * * *"),
        horario(AVISOS, "*/20 * * * *"),
        horario(HORA, "10 * * * *"),
        horario(BARRIDO, "*/5 * * * *"),
    ]
}

/// What every handler has.
struct Base {
    db: Db,
    cx: Cx,
    puertos: Puertos,
}

impl Base {
    fn named(&self, tipo: &str) -> Base {
        let cx = self.cx.as_actor(&format!("trabajo:{tipo}"));
        Base { db: self.db.clone(), cx, puertos: self.puertos.clone() }
    }
}
