//! The slice's background work: handlers, subscriptions, schedules. What each does lies in its
//! module.

use std::sync::Arc;

use ramal_base::{Cx, Zona};
use ramal_db::{Db, Objetos};
use ramal_jobs::{CorrerTanda, Horario, Manejador};
use ramal_plataforma::Sello;

use crate::actions::ReintentarEnTanda;
use crate::conexiones::{Conexiones, Servicio};
use crate::{alarma, archivo, baja, comprobacion, constancias, envio, lotes, vigilancia};

/// Sends documents that wait for this one.
pub const TRABAJO_DEPENDIENTES: &str = "fiscal.dependientes";
/// Queues again what lost its job.
pub const TRABAJO_BARRIDO: &str = "fiscal.barrido";
/// Queues the documents of an emisor that was resumed.
pub const TRABAJO_REANUDAR: &str = "fiscal.reanudar";
/// Asks for a cancellation and follows it (MX).
pub const TRABAJO_BAJA: &str = "fiscal.baja";
/// Gathers documents of a day into an RC or RA (PE).
pub const TRABAJO_RESUMEN: &str = "fiscal.resumen";
/// Sends an RC or RA and follows its ticket (PE).
pub const TRABAJO_LOTE: &str = "fiscal.lote";
/// Asks for the summaries of the days that ended (PE).
pub const TRABAJO_RESUMENES_DIARIOS: &str = "fiscal.resumenes_diarios";
/// Moves bytes to object storage.
pub const TRABAJO_ARCHIVAR: &str = "fiscal.archivar";
/// Looks at the certificates that end soon.
pub const TRABAJO_CERTIFICADOS: &str = "fiscal.certificados";

/// Tries the connection of an emisor.
pub const TRABAJO_PROBAR: &str = "fiscal.probar";

/// Asks again for the constancias that never came (PE).
pub const TRABAJO_CONSTANCIAS: &str = "fiscal.constancias";
/// Looks at the documents whose term to be sent runs out.
pub const TRABAJO_PLAZOS: &str = "fiscal.plazos";

/// Events of the slice that its own jobs wait for: `(event, job)`.
pub const SUSCRIPCIONES: &[(&str, &str)] = &[
    ("comprobante.aceptado", TRABAJO_DEPENDIENTES),
    ("comprobante.detenido", TRABAJO_DEPENDIENTES),
    ("comprobante.anulado", TRABAJO_DEPENDIENTES),
];

/// Schedules, read in the zone of the company.
pub fn horarios(zona: Zona) -> Vec<Horario> {
    let horario =
        |nombre, cron, trabajo_tipo| Horario { nombre, cron, zona: zona.clone(), trabajo_tipo };
    vec![
        horario("fiscal.barrido", "*/10 * * * *", TRABAJO_BARRIDO),
        horario("fiscal.archivar", "*/2 * * * *", TRABAJO_ARCHIVAR),
        horario("fiscal.resumenes_diarios", "30 2 * * *", TRABAJO_RESUMENES_DIARIOS),
        horario("fiscal.constancias", "*/30 * * * *", TRABAJO_CONSTANCIAS),
        horario("fiscal.plazos", "5-55/10 * * * *", TRABAJO_PLAZOS),
        horario("fiscal.certificados", "0 7 * * *", TRABAJO_CERTIFICADOS),
    ]
}

/// Handlers of the slice. Cheap to make; one set per worker.
pub fn manejadores(
    db: Db,
    cx: Cx,
    sello: Arc<Sello>,
    objetos: Objetos,
    conexiones: Arc<dyn Conexiones>,
) -> Vec<Arc<dyn Manejador>> {
    let bulk = CorrerTanda::new(db.clone(), cx.clone(), ReintentarEnTanda(db.clone()));
    let servicio = Servicio { db, cx, sello, objetos, conexiones };
    vec![
        Arc::new(envio::Enviar::new(servicio.clone())),
        Arc::new(envio::Dependientes(servicio.clone())),
        Arc::new(envio::Barrido(servicio.clone())),
        Arc::new(envio::Reanudar(servicio.clone())),
        Arc::new(baja::SeguirBaja(servicio.clone())),
        Arc::new(lotes::Reunir(servicio.clone())),
        Arc::new(lotes::EnviarLote(servicio.clone())),
        Arc::new(lotes::ResumenesDiarios(servicio.clone())),
        Arc::new(archivo::Archivar(servicio.clone())),
        Arc::new(alarma::VigilarPlazos(servicio.clone())),
        Arc::new(comprobacion::Probar(servicio.clone())),
        Arc::new(constancias::PedirConstancias(servicio.clone())),
        Arc::new(bulk),
        Arc::new(vigilancia::VigilarCertificados(servicio)),
    ]
}
