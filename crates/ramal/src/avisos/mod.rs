//! What the company tells its clientes when something happens: which event, or which step of
//! collections, becomes which notification. Texts and channels belong to messaging.

mod cobranza;
mod destinatario;
mod dinero;
mod facturas;

use std::sync::Arc;

use async_trait::async_trait;
use ramal_base::{Cx, Fecha};
use ramal_db::{Db, DbError, Objetos, Tx};
use ramal_jobs::{EventoEntregado, JobError, Manejador, Trabajo};
use ramal_mensajeria::{Clase, NuevaNotificacion, Variables, notify};
use ramal_web::Entorno;
use serde_json::Value;
use uuid::Uuid;

pub use cobranza::AvisosDeCobranza;
pub use destinatario::addressee;

/// Tells the cliente what an event means to him.
pub const TRABAJO: &str = "ramal.avisar";

/// Events that somebody is told of.
pub const SUSCRIPCIONES: &[(&str, &str)] = &[
    ("comprobante.aceptado", TRABAJO),
    ("factura.emitida", TRABAJO),
    ("pago.registrado", TRABAJO),
];

/// News older than these days is told to nobody: whoever imports or mends the past must not wake
/// his clientes.
const FRESCO_DIAS: i32 = 3;

/// Handler of [`TRABAJO`].
pub struct Avisar {
    /// Database.
    pub db: Db,
    /// Clock and ids.
    pub cx: Cx,
    /// Where printed forms are kept.
    pub objetos: Objetos,
    /// Address and key of the links.
    pub entorno: Entorno,
}

/// Handlers of the module.
pub fn manejadores(avisar: Avisar) -> Vec<Arc<dyn Manejador>> {
    vec![Arc::new(avisar)]
}

#[async_trait]
impl Manejador for Avisar {
    fn tipo(&self) -> &'static str {
        TRABAJO
    }

    async fn run(&self, trabajo: &Trabajo) -> Result<(), JobError> {
        let evento = trabajo.evento()?;
        match evento.tipo.as_str() {
            "comprobante.aceptado" => self.document(&evento).await,
            "factura.emitida" => self.charge(&evento).await,
            "pago.registrado" => self.pago(&evento).await,
            otro => Err(JobError::fail(format!("nadie avisa de {otro}"))),
        }
    }
}

/// What a notification says and what it is about.
struct Noticia {
    clase: Clase,
    cliente: Uuid,
    variables: Variables,
    objeto: (&'static str, Uuid),
}

impl Avisar {
    /// Asks messaging to tell it; the same event twice tells once.
    async fn tell(&self, tx: &Tx, evento: &EventoEntregado, n: Noticia) -> Result<(), JobError> {
        let Some(nueva) = self.compose(tx, evento, n).await? else { return Ok(()) };
        notify(tx, &self.cx, nueva).await.map_err(JobError::retry).map(drop)
    }

    async fn compose(
        &self,
        tx: &Tx,
        evento: &EventoEntregado,
        n: Noticia,
    ) -> Result<Option<NuevaNotificacion>, JobError> {
        let Some(destinatario) = addressee(tx, n.cliente, n.clase).await? else { return Ok(None) };
        let clave = format!("{}/{}", n.clase.as_str(), evento.id);
        let nueva = NuevaNotificacion::new(n.clase, destinatario, n.variables, clave);
        let grupo = Some(format!("{}/{}", n.clase.as_str(), n.cliente));
        let objeto = Some((n.objeto.0.to_owned(), n.objeto.1));
        Ok(Some(NuevaNotificacion { objeto, grupo, ..nueva }))
    }

    /// Whether something of that day is still news.
    async fn is_fresh(&self, tx: &Tx, dia: Fecha) -> Result<bool, DbError> {
        let empresa = ramal_plataforma::empresa_if_any(tx).await.ok().flatten();
        let zona = empresa.map_or_else(ramal_base::Zona::utc, |e| e.zona());
        Ok(dia.plus_dias(FRESCO_DIAS) >= zona.fecha(self.cx.now()))
    }

    fn link(&self, factura: Uuid) -> String {
        link(&self.entorno, factura)
    }
}

/// Where a cliente sees a factura and pays it.
fn link(entorno: &Entorno, factura: Uuid) -> String {
    let ruta = ramal_facturacion::enlace_publico(&entorno.firma, factura);
    format!("{}{ruta}", entorno.url_publica)
}

/// An id that an event carries.
fn id_in(evento: &EventoEntregado, campo: &str) -> Result<Uuid, JobError> {
    let texto = evento.datos.get(campo).and_then(Value::as_str);
    let id = texto.and_then(|t| t.parse().ok());
    id.ok_or_else(|| JobError::fail(format!("el evento {} no trae {campo}", evento.tipo)))
}
