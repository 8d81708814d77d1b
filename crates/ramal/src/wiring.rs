//! The choreography of the company on one screen: which jobs exist, which event wakes which job,
//! which routes are served.

use std::sync::Arc;

use axum::{Extension, Router};
use ramal_base::Zona;
use ramal_catalogo::Afecta;
use ramal_jobs::{ArchivoPublicador, Registro};
use ramal_plataforma::Puerta;
use ramal_web::sse::{self, Canal};
use ramal_web::{App, Rutas, Sitio};
use tokio_util::sync::CancellationToken;

use crate::afectados::EnContratos;
use crate::avisos::{self, Avisar};
use crate::casa::Casa;
use crate::conexiones::Enlaces;
use crate::emuladores::{Emuladores, RUTA_PASARELA};
use crate::puertos::Puertos;
use crate::seguimiento::Mensajes;
use crate::{mantenimiento, paginas};

/// Whether clientes are told of what happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Voz {
    /// They are.
    Viva,
    /// They are not: the past is being lived again.
    Callada,
}

/// Jobs, subscriptions, schedules and the sink of events.
pub fn registro(
    casa: &Casa,
    (enlaces, puertos): (&Arc<Enlaces>, &Puertos),
    (zona, voz): (&Zona, Voz),
) -> Registro {
    let (db, sello) = (casa.db.clone(), casa.sello.clone());
    let avisar = Avisar {
        db: db.clone(),
        cx: casa.cx.as_actor("avisos"),
        objetos: casa.objetos.clone(),
        entorno: puertos.entorno.clone(),
    };
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
        ramal_migracion::manejadores(db.clone(), cx.clone(), casa.objetos.clone()),
        ramal_mensajeria::manejadores(
            (db.clone(), cx.clone()),
            sello.clone(),
            casa.objetos.clone(),
            puertos.canales.clone(),
            &puertos.entorno.url_publica,
        ),
        ramal_pagos::manejadores(db.clone(), cx.clone()),
        ramal_cobros::manejadores(db.clone(), cx.clone(), puertos.pasarelas.clone()),
        ramal_conciliacion::manejadores(db.clone(), cx.clone(), casa.objetos.clone()),
        ramal_cobranza::manejadores(&db, &cx, &puertos.cobranza),
        avisos::manejadores(avisar),
        ramal_facturacion::manejadores(db, cx, sello),
    ];
    let suscripciones = [
        ramal_fiscal::SUSCRIPCIONES,
        ramal_facturacion::SUSCRIPCIONES,
        ramal_mensajeria::SUSCRIPCIONES,
        ramal_pagos::SUSCRIPCIONES,
        ramal_cobros::SUSCRIPCIONES,
        ramal_conciliacion::SUSCRIPCIONES,
        ramal_cobranza::SUSCRIPCIONES,
        if voz == Voz::Viva { avisos::SUSCRIPCIONES } else { &[] },
    ];
    let horarios = [
        ramal_fiscal::horarios(zona.clone()),
        mantenimiento::horarios(zona),
        ramal_contratos::horarios(zona),
        ramal_facturacion::horarios(zona.clone()),
        ramal_mensajeria::horarios(zona.clone()),
        ramal_cobros::horarios(zona.clone()),
        ramal_cobranza::horarios(zona),
    ];
    let eventos = ArchivoPublicador::new(casa.carpeta.join("eventos.jsonl"), "/ramal");
    let mut registro = Registro::new().publish_to(Arc::new(eventos));
    for manejador in manejadores.into_iter().flatten() {
        registro = registro.handler(manejador);
    }
    for (evento, trabajo) in suscripciones.into_iter().flatten() {
        registro = registro.on(evento, trabajo);
    }
    for horario in horarios.into_iter().flatten().filter(|_| voz == Voz::Viva) {
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
        ramal_mensajeria::rutas(),
        ramal_pagos::rutas(),
        ramal_cobros::rutas(),
        ramal_conciliacion::rutas(),
        ramal_cobranza::rutas(),
    ]
}

/// Pages of every slice, with nobody signed in.
pub fn paginas() -> Sitio {
    [
        ramal_plataforma::sitio(),
        ramal_clientes::sitio(),
        ramal_catalogo::sitio(),
        ramal_contratos::sitio(),
        ramal_facturacion::sitio(),
        ramal_fiscal::sitio(),
        ramal_migracion::sitio(),
        ramal_mensajeria::sitio(),
        ramal_pagos::sitio(),
        ramal_cobros::sitio(),
        ramal_conciliacion::sitio(),
        ramal_cobranza::sitio(),
        gallery(),
    ]
    .into_iter()
    .fold(paginas::sitio(), Sitio::merge)
}

/// Every component in every state, in debug builds alone.
fn gallery() -> Sitio {
    #[cfg(debug_assertions)]
    return ramal_web::pagina::galeria::sitio();
    #[cfg(not(debug_assertions))]
    Sitio::new()
}

/// The pages as they are served: with who signs people in and what tells open pages of changes.
pub fn sitio(app: &App, puerta: Puerta, cierre: CancellationToken) -> Sitio {
    let canal = Canal::new(app.db.clone(), app.cx.clone(), TEMAS, cierre);
    let afecta: Afecta = Arc::new(EnContratos(app.db.clone()));
    let todas = paginas().wrap(|router| router.layer(Extension(afecta)));
    ramal_plataforma::identify(todas.merge(sse::sitio(canal)), app, puerta)
}

/// The doors to the outside, for the pages that use them.
pub fn doors(router: Router, casa: &Casa, puertos: &Puertos) -> Router {
    router
        .layer(Extension(casa.sello.clone()))
        .layer(Extension(puertos.pasarelas.clone()))
        .layer(Extension(puertos.canales.clone()))
        .layer(Extension(puertos.cobranza.clone()))
        .layer(Extension(Mensajes::shared(&casa.db)))
}

/// What the emulators show inside the program: chats and letters that would have been sent, and the
/// page of the gateway where one pays.
pub fn emulator_pages(router: Router, emuladores: &Emuladores) -> Router {
    let cartas = emuladores.correo.aqui.clone().paginas();
    let router = match &emuladores.pasarela.aqui {
        Some(pasarela) => router.nest(RUTA_PASARELA, pasarela.clone().router()),
        None => router,
    };
    // Their pages carry no icon; browsers ask for one all the same.
    let icon = axum::routing::get(|| async { axum::http::StatusCode::NO_CONTENT });
    let router = router.route("/favicon.ico", icon).merge(cartas);
    match &emuladores.whatsapp.aqui {
        Some(whatsapp) => router.merge(whatsapp.clone().paginas()),
        None => router,
    }
}

/// Topics that open pages may listen to, with the permission that each takes.
const TEMAS: &[(&str, &str)] = &[
    ("cliente", "clientes:leer"),
    ("servicio", "servicios:leer"),
    ("factura", "facturas:leer"),
    ("corrida", "facturacion:leer"),
    ("comprobante", "comprobantes:leer"),
    ("tanda", "comprobantes:leer"),
    ("pago", "pagos:leer"),
    ("cobro", "cobros:leer"),
    ("cuarentena", "cobros:leer"),
    ("promesa", "promesas:leer"),
    ("lote", "conciliacion:leer"),
    ("comprobante_pago", "comprobantes_pago:leer"),
    ("corte", "cobranza:leer"),
    ("notificacion", "mensajes:leer"),
];

/// Every permission that a role may hold.
pub fn permisos() -> Vec<&'static str> {
    let listas = [
        ramal_plataforma::PERMISOS,
        ramal_fiscal::PERMISOS,
        ramal_clientes::PERMISOS,
        ramal_catalogo::PERMISOS,
        ramal_contratos::PERMISOS,
        ramal_facturacion::PERMISOS,
        ramal_migracion::PERMISOS,
        ramal_mensajeria::PERMISOS,
        ramal_pagos::PERMISOS,
        ramal_cobros::PERMISOS,
        ramal_conciliacion::PERMISOS,
        ramal_cobranza::PERMISOS,
        paginas::PERMISOS,
    ];
    listas.concat()
}
