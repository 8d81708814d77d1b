//! Trying the connection of an emisor: whether its authority answers and takes our credentials, and
//! in how long. It sends no document.

use async_trait::async_trait;
use ramal_base::{Cx, Instante, Pais};
use ramal_db::{Consulta, DbError, FromQueryResult, Tx, params};
use ramal_jobs::{JobError, Manejador, NuevoTrabajo, Politica, Trabajo, enqueue};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use crate::carga::sentence;
use crate::conexiones::Servicio;
use crate::jobs::TRABAJO_PROBAR;

/// The last try of an emisor's connection.
#[derive(Clone, Debug, FromQueryResult)]
pub struct PruebaFila {
    /// Emisor.
    pub emisor_id: Uuid,
    /// When it was asked for.
    pub pedida: Instante,
    /// When the answer came; none while it has not.
    pub hecha: Option<Instante>,
    /// `emulado` or `real`: whom the program asked.
    pub modo: Option<String>,
    /// Whether the authority answered and took our credentials.
    pub bien: Option<bool>,
    /// Milliseconds that the answer took.
    pub espera_ms: Option<i64>,
    /// What it answered, if it was not well.
    pub detalle: Option<String>,
}

/// The last try of each emisor that was ever tried.
pub async fn pruebas(c: &impl Consulta) -> Result<Vec<PruebaFila>, DbError> {
    const SQL: &str = "SELECT emisor_id, pedida, hecha, modo, bien, espera_ms, detalle \
        FROM conexion_pruebas";
    c.all(SQL, params![]).await
}

/// Asks for a try; while one waits for its answer a second is the same one.
pub async fn ask(tx: &Tx, cx: &Cx, emisor: Uuid) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO conexion_pruebas (emisor_id, pedida) VALUES ($1, $2) \
        ON CONFLICT (emisor_id) DO UPDATE SET pedida = excluded.pedida, hecha = NULL, \
        modo = NULL, bien = NULL, espera_ms = NULL, detalle = NULL";
    tx.exec(SQL, params![emisor, cx.now()]).await?;
    let trabajo = NuevoTrabajo::new(TRABAJO_PROBAR, json!({ "emisor_id": emisor }));
    enqueue(tx, cx, trabajo.with_clave(emisor.to_string())).await
}

/// Handler of `fiscal.probar`.
pub(crate) struct Probar(pub(crate) Servicio);

#[async_trait]
impl Manejador for Probar {
    fn tipo(&self) -> &'static str {
        TRABAJO_PROBAR
    }

    /// Whoever asked waits in front of the screen.
    fn politica(&self) -> Politica {
        Politica { esperas_ms: &[1_000], max_intentos: 3, concurrencia: 4 }
    }

    async fn run(&self, trabajo: &Trabajo) -> Result<(), JobError> {
        #[derive(Deserialize)]
        struct Datos {
            emisor_id: Uuid,
        }
        let datos: Datos = trabajo.datos_as()?;
        let (s, id) = (&self.0, datos.emisor_id);
        let emisor = s.emisor(id).await?.fiscal;
        let antes = s.cx.now();
        let falla = match emisor.pais {
            Pais::Pe => s.conexiones.sunat(&emisor).comprobar().await,
            _ => s.conexiones.timbrador(&emisor).comprobar().await,
        };
        let espera = s.cx.now().millis().saturating_sub(antes.millis());
        let detalle = falla.err().map(|f| sentence(&f.to_string()));
        const SQL: &str = "UPDATE conexion_pruebas SET hecha = $1, modo = $2, bien = $3, \
            espera_ms = $4, detalle = $5 WHERE emisor_id = $6";
        let modo = s.conexiones.modo(&emisor).as_str();
        let tx = s.db.begin().await?;
        let bien = detalle.is_none();
        tx.exec(SQL, params![s.cx.now(), modo, bien, espera, detalle, id]).await?;
        Ok(tx.commit().await?)
    }
}
