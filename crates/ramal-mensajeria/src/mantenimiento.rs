//! Work that nobody asks for: queues again what lost its job, tries parked statuses, forgets old
//! deliveries, mirrors Meta's templates, tries channels on request, hears withdrawn consents.

use async_trait::async_trait;
use ramal_base::Instante;
use ramal_canales::FallaEnvio;
use ramal_db::DbError;
use ramal_jobs::{JobError, Manejador, Trabajo};
use serde::Deserialize;
use uuid::Uuid;

use crate::actions::ask_prueba;
use crate::entrada::{estados, novedades};
use crate::events::TopeAlcanzado;
use crate::jobs::{TRABAJO_BARRIDO, TRABAJO_CONSENTIMIENTO, TRABAJO_PLANTILLAS, TRABAJO_PROBAR};
use crate::salida::{Servicio, ask_send, revision};
use crate::storage::lineas::{self, CORREO, Linea};
use crate::storage::oposiciones::{self, Palabra};
use crate::storage::{ajustes, costos, entrada, envios};
use crate::{Canal, ajustes::Ajustes};

/// A status without envio is tried again for this long (W24), in milliseconds.
const APARCADO_MS: i64 = 600_000;
/// An envio that waits for longer without leaving is asked for again, in milliseconds.
const OLVIDADO_MS: i64 = 300_000;
/// Deliveries are kept for this long, in milliseconds: 30 days.
const CRUDOS_MS: i64 = 30 * 86_400_000;

/// Handler of [`TRABAJO_BARRIDO`].
pub struct Barrido(pub Servicio);

#[async_trait]
impl Manejador for Barrido {
    fn tipo(&self) -> &'static str {
        TRABAJO_BARRIDO
    }

    async fn run(&self, _: &Trabajo) -> Result<(), JobError> {
        let ahora = self.0.cx.now();
        self.requeue(ahora).await?;
        self.unpark(ahora).await?;
        self.cap(ahora).await?;
        let tx = self.0.db.begin().await?;
        lineas::purge_paces(&tx, ahora.plus_millis(-3_600_000)).await?;
        entrada::purge_raw(&tx, ahora.plus_millis(-CRUDOS_MS)).await?;
        Ok(tx.commit().await?)
    }
}

impl Barrido {
    async fn requeue(&self, ahora: Instante) -> Result<(), DbError> {
        let antes = ahora.plus_millis(-OLVIDADO_MS);
        let tx = self.0.db.begin().await?;
        for id in envios::waiting(&tx, antes, 5_000).await? {
            ask_send(&tx, &self.0.cx, id, ahora).await?;
        }
        tx.commit().await
    }

    async fn unpark(&self, ahora: Instante) -> Result<(), DbError> {
        let desde = ahora.plus_millis(-APARCADO_MS);
        let tx = self.0.db.begin().await?;
        for dicho in entrada::parked(&tx, desde).await? {
            estados::settle(&tx, &self.0.cx, &dicho.wamid).await?;
        }
        tx.commit().await
    }

    /// Tells once a month that the cap was reached.
    async fn cap(&self, ahora: Instante) -> Result<(), DbError> {
        let tx = self.0.db.begin().await?;
        let reglas: Ajustes = ajustes::load(&tx, ajustes::NOTIFICACIONES).await?.valor;
        let mes = revision::month(ahora);
        let gastado = costos::spent(&tx, &mes).await?;
        if reglas.tope_micros == 0 || gastado < reglas.tope_micros {
            return Ok(());
        }
        let dicho: ajustes::Versionado<Option<String>> = ajustes::load(&tx, "tope_dicho").await?;
        let primero = dicho.valor.as_deref() != Some(mes.as_str());
        if primero && ajustes::save(&tx, "tope_dicho", &Some(&mes), dicho.version).await? {
            tracing::warn!(%mes, gastado, "the month reached the cap of WhatsApp");
            let evento = TopeAlcanzado { mes, micros: gastado, tope_micros: reglas.tope_micros };
            tx.emit(&self.0.cx, &evento).await?;
        }
        tx.commit().await
    }
}

/// Handler of [`TRABAJO_CONSENTIMIENTO`]: what a cliente withdrew counts for what waits to leave.
pub struct OirConsentimiento(pub Servicio);

#[derive(Deserialize)]
struct Consentimiento {
    cliente_id: Uuid,
    finalidad: String,
    canal: String,
    otorgado: bool,
}

#[async_trait]
impl Manejador for OirConsentimiento {
    fn tipo(&self) -> &'static str {
        TRABAJO_CONSENTIMIENTO
    }

    async fn run(&self, trabajo: &Trabajo) -> Result<(), JobError> {
        let evento = trabajo.evento()?;
        let dicho: Consentimiento = serde_json::from_value(evento.datos)
            .map_err(|_| JobError::fail("el evento no es un consentimiento"))?;
        let finalidad = match dicho.finalidad.as_str() {
            "facturacion" => "facturacion",
            "cobranza" => "cobranza",
            "marketing" => "marketing",
            _ => return Ok(()),
        };
        let Some(canal) = Canal::parse(&dicho.canal) else { return Ok(()) };
        let palabra = Palabra {
            canal,
            direccion: format!("cliente/{}", dicho.cliente_id),
            finalidad,
            vigente: !dicho.otorgado,
            origen: "consentimiento".to_owned(),
            momento: evento.instante,
        };
        let tx = self.0.db.begin().await?;
        oposiciones::say(&tx, &palabra).await?;
        Ok(tx.commit().await?)
    }
}

/// Handler of [`TRABAJO_PLANTILLAS`].
pub struct Espejo(pub Servicio);

#[async_trait]
impl Manejador for Espejo {
    fn tipo(&self) -> &'static str {
        TRABAJO_PLANTILLAS
    }

    async fn run(&self, _: &Trabajo) -> Result<(), JobError> {
        for linea in lineas::lineas(&self.0.db).await? {
            if linea.activa
                && let Err(falla) = mirror(&self.0, &linea).await?
            {
                let codigo = falla.codigo();
                tracing::warn!(linea = %linea.id, codigo, "the templates could not be read");
            }
        }
        Ok(())
    }
}

/// Reads every page of the templates of a line's account.
pub(crate) async fn mirror(
    servicio: &Servicio,
    linea: &Linea,
) -> Result<Result<(), FallaEnvio>, DbError> {
    let canal = match servicio.canales.whatsapp(linea).await {
        Ok(canal) => canal,
        Err(falla) => return Ok(Err(falla)),
    };
    let mut cursor = None;
    for _ in 0..50 {
        let pagina = match canal.templates(cursor.as_deref()).await {
            Ok(pagina) => pagina,
            Err(falla) => return Ok(Err(falla)),
        };
        let tx = servicio.db.begin().await?;
        for remota in &pagina.plantillas {
            novedades::mirror(&tx, &servicio.cx, &linea.cuenta_id, remota).await?;
        }
        tx.commit().await?;
        cursor = pagina.siguiente;
        if cursor.is_none() {
            break;
        }
    }
    Ok(Ok(()))
}

/// Handler of [`TRABAJO_PROBAR`].
pub struct Probar(pub Servicio);

#[derive(Deserialize)]
struct DatosPrueba {
    clave: String,
}

#[async_trait]
impl Manejador for Probar {
    fn tipo(&self) -> &'static str {
        TRABAJO_PROBAR
    }

    async fn run(&self, trabajo: &Trabajo) -> Result<(), JobError> {
        let datos: DatosPrueba = trabajo.datos_as()?;
        let hecho = self.attempt(&datos.clave).await?;
        let tx = self.0.db.begin().await?;
        let hecho = hecho.map_err(|f| format!("{}: {}", f.codigo(), f.mensaje()));
        ask_prueba::answer(&tx, &self.0.cx, &datos.clave, hecho).await?;
        Ok(tx.commit().await?)
    }
}

impl Probar {
    /// The mailbox says hello; a line tells its templates, which are mirrored on the way.
    async fn attempt(&self, clave: &str) -> Result<Result<(), FallaEnvio>, DbError> {
        if clave == CORREO {
            return Ok(self.0.canales.check_correo().await);
        }
        let id = clave.strip_prefix("linea/").and_then(|t| t.parse::<Uuid>().ok());
        let linea = match id {
            Some(id) => lineas::linea(&self.0.db, id).await?,
            None => None,
        };
        match linea {
            Some(linea) => mirror(&self.0, &linea).await,
            None => Ok(Err(FallaEnvio::retry("sin_linea", "la línea ya no existe"))),
        }
    }
}
