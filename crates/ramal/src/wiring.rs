//! The choreography of the company on one screen: which jobs exist, which event wakes which job,
//! which routes are served.

use std::sync::Arc;

use ramal_base::Zona;
use ramal_jobs::{ArchivoPublicador, Registro};
use ramal_web::{Rutas, Sitio};

use crate::casa::Casa;
use crate::conexiones::Enlaces;
use crate::mantenimiento;

/// Jobs, subscriptions, schedules and the sink of events.
pub fn registro(casa: &Casa, enlaces: &Arc<Enlaces>, zona: &Zona) -> Registro {
    let (db, sello) = (casa.db.clone(), casa.sello.clone());
    let cx = casa.cx.as_actor("trabajo");
    let manejadores = [
        ramal_fiscal::manejadores(
            db.clone(),
            cx.clone(),
            sello.clone(),
            casa.objetos.clone(),
            enlaces.clone(),
        ),
        mantenimiento::manejadores(&db, &cx),
        ramal_contratos::manejadores(&db, &cx),
        ramal_facturacion::manejadores(db, cx, sello),
    ];
    let suscripciones = [ramal_fiscal::SUSCRIPCIONES, ramal_facturacion::SUSCRIPCIONES];
    let horarios = [
        ramal_fiscal::horarios(zona.clone()),
        mantenimiento::horarios(zona),
        ramal_contratos::horarios(zona),
        ramal_facturacion::horarios(zona.clone()),
    ];
    let eventos = ArchivoPublicador::new(casa.carpeta.join("eventos.jsonl"), "/ramal");
    let mut registro = Registro::new().publish_to(Arc::new(eventos));
    for manejador in manejadores.into_iter().flatten() {
        registro = registro.handler(manejador);
    }
    for (evento, trabajo) in suscripciones.into_iter().flatten() {
        registro = registro.on(evento, trabajo);
    }
    for horario in horarios.into_iter().flatten() {
        registro = registro.schedule(horario);
    }
    registro
}

/// Routes of every slice, relative to `/api/v1`.
pub fn rutas() -> Vec<Rutas> {
    vec![
        ramal_plataforma::rutas(),
        ramal_clientes::rutas(),
        ramal_catalogo::rutas(),
        ramal_contratos::rutas(),
        ramal_facturacion::rutas(),
        ramal_fiscal::rutas(),
        ramal_migracion::rutas(),
    ]
}

/// Pages of every slice.
pub fn sitio() -> Sitio {
    Sitio::new()
}
