//! The slice's background work: kinds of job, handlers, subscriptions, schedules. What each does
//! lies in its module.

use std::sync::Arc;

use ramal_base::{Cx, Zona};
use ramal_db::{Db, Objetos};
use ramal_jobs::{Horario, Manejador};
use ramal_plataforma::Sello;

use crate::canales::Canales;
use crate::entrada::recibir::LeerWebhook;
use crate::mantenimiento::{Barrido, Espejo, OirConsentimiento, Probar};
use crate::registro_meta::Registrar;
use crate::salida::Servicio;
use crate::salida::enviar::Enviar;
use crate::salida::preparar::Preparar;
use crate::salida::respaldo::Respaldo;

/// Chooses the channel of a notification, renders it and freezes what will leave.
pub const TRABAJO_PREPARAR: &str = "mensajeria.preparar";
/// Lets an envio leave.
pub const TRABAJO_ENVIAR: &str = "mensajeria.enviar";
/// Looks for the second channel.
pub const TRABAJO_RESPALDO: &str = "mensajeria.respaldo";
/// Reads a delivery of WhatsApp.
pub const TRABAJO_WEBHOOK: &str = "mensajeria.webhook";
/// Queues again, unparks, forgets, minds the cap.
pub const TRABAJO_BARRIDO: &str = "mensajeria.barrido";
/// Mirrors Meta's templates.
pub const TRABAJO_PLANTILLAS: &str = "mensajeria.plantillas";
/// Sends to Meta the templates that it does not have; without data, those of the company's country.
pub const TRABAJO_ALTA_PLANTILLAS: &str = "mensajeria.alta_plantillas";
/// Tries a channel.
pub const TRABAJO_PROBAR: &str = "mensajeria.probar";
/// Hears that a cliente gave or withdrew a consent.
pub const TRABAJO_CONSENTIMIENTO: &str = "mensajeria.consentimiento";

/// Events that jobs of the slice wait for: `(event, job)`. The consents are of the slice of
/// customers, above this one: the binary subscribes, here is only said to what.
pub const SUSCRIPCIONES: &[(&str, &str)] =
    &[("consentimiento.actualizado", TRABAJO_CONSENTIMIENTO)];

/// Schedules, read in the zone of the company.
pub fn horarios(zona: Zona) -> Vec<Horario> {
    let horario =
        |nombre, cron, trabajo_tipo| Horario { nombre, cron, zona: zona.clone(), trabajo_tipo };
    vec![
        horario("mensajeria.barrido", "* * * * *", TRABAJO_BARRIDO),
        horario("mensajeria.plantillas", "17 * * * *", TRABAJO_PLANTILLAS),
    ]
}

/// Handlers of the slice. `sitio` is the address of the site without bar at the end.
pub fn manejadores(
    (db, cx): (Db, Cx),
    sello: Arc<Sello>,
    objetos: Objetos,
    canales: Arc<dyn Canales>,
    sitio: &str,
) -> Vec<Arc<dyn Manejador>> {
    let servicio =
        Servicio { db: db.clone(), cx: cx.clone(), sello, objetos, canales, sitio: sitio.into() };
    vec![
        Arc::new(Preparar(servicio.clone())),
        Arc::new(Enviar(servicio.clone())),
        Arc::new(Respaldo(servicio.clone())),
        Arc::new(LeerWebhook { db, cx }),
        Arc::new(Barrido(servicio.clone())),
        Arc::new(Espejo(servicio.clone())),
        Arc::new(Probar(servicio.clone())),
        Arc::new(Registrar(servicio.clone())),
        Arc::new(OirConsentimiento(servicio)),
    ]
}
