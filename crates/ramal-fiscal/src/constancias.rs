//! Constancias (CDR) that were lost on the way: documents that SUNAT has and whose proof never
//! came. It asks for them again until it has them; it sends no document.
//!
//! SUNAT answers for F series alone; the proof of a boleta is fetched by a person.

use std::collections::HashSet;

use async_trait::async_trait;
use ramal_conectores::{Aceptacion, ConsultaCdr, Respuesta};
use ramal_db::{Consulta, DbError, params};
use ramal_jobs::{JobError, Manejador, Trabajo};
use uuid::Uuid;

use crate::ComprobanteId;
use crate::conexiones::Servicio;
use crate::envio::is_pausado;
use crate::jobs::TRABAJO_CONSTANCIAS;
use crate::storage::{self, Cambio, Clase, ComprobanteFila};

/// Documents asked for per run.
const MAXIMO: i64 = 200;

/// Handler of `fiscal.constancias`.
pub(crate) struct PedirConstancias(pub(crate) Servicio);

#[async_trait]
impl Manejador for PedirConstancias {
    fn tipo(&self) -> &'static str {
        TRABAJO_CONSTANCIAS
    }

    async fn run(&self, _trabajo: &Trabajo) -> Result<(), JobError> {
        const SQL: &str = "SELECT id FROM comprobantes WHERE cdr_pendiente = TRUE \
            AND substr(serie, 1, 1) <> 'B' ORDER BY id LIMIT $1";
        let ids: Vec<Uuid> = self.0.db.column(SQL, params![MAXIMO]).await?;
        // An emisor whose SUNAT does not answer now is not asked again in this run.
        let mut mudos = HashSet::new();
        for id in ids {
            let fila = storage::by_id(&self.0.db, ComprobanteId::from_uuid(id)).await?;
            let Some(fila) = fila.filter(|f| !mudos.contains(&f.emisor_id)) else { continue };
            let emisor = fila.emisor_id;
            if !self.fetch(fila).await? {
                mudos.insert(emisor);
            }
        }
        Ok(())
    }
}

impl PedirConstancias {
    /// Asks for one proof; whether its emisor may be asked for more.
    async fn fetch(&self, fila: ComprobanteFila) -> Result<bool, DbError> {
        let s = &self.0;
        if is_pausado(&s.db, fila.emisor_id).await? {
            return Ok(false);
        }
        let emisor = s.emisor(fila.emisor_id).await?.fiscal;
        let sunat = s.conexiones.sunat(&emisor);
        if !sunat.can_consultar(&fila.serie) {
            return Ok(true);
        }
        let consulta = ConsultaCdr {
            ruc: &emisor.numero,
            tipo: &fila.tipo,
            serie: &fila.serie,
            numero: u32::try_from(fila.folio).unwrap_or(0),
            digest: Some(&fila.digest),
        };
        match sunat.consultar_cdr(&consulta).await {
            Respuesta::Aceptado(a) if !a.bytes.is_empty() => self.keep(&fila, &a).await,
            Respuesta::Reintentar { .. }
            | Respuesta::Incierto { .. }
            | Respuesta::Configuracion(_) => Ok(false),
            _ => Ok(true),
        }
    }

    async fn keep(&self, fila: &ComprobanteFila, a: &Aceptacion) -> Result<bool, DbError> {
        const SQL: &str = "UPDATE comprobantes SET cdr_pendiente = FALSE \
            WHERE id = $1 AND cdr_pendiente = TRUE";
        let (s, id) = (&self.0, fila.id);
        let tx = s.db.begin().await?;
        let actual = storage::lock(&tx, id).await?;
        let Some(actual) = actual.filter(|f| f.cdr_pendiente) else { return Ok(true) };
        tx.exec(SQL, params![id]).await?;
        storage::put_bytes(&tx, &s.cx, id, Clase::Cdr, a.bytes.clone()).await?;
        let cambio = Cambio {
            estado: actual.estado()?,
            codigo: Some(a.codigo.as_str()).filter(|c| !c.is_empty()),
            mensaje: Some("SUNAT entregó la constancia que faltaba."),
            intento: actual.intentos,
        };
        storage::change(&tx, &s.cx, id, &cambio).await?;
        tx.commit().await?;
        Ok(true)
    }
}
