//! Archive: once a document is settled its bytes move from the database to object storage, with
//! their hash in the row. Reading goes through `storage::bytes` either way; nothing is deleted.

use std::collections::HashMap;

use async_trait::async_trait;
use ramal_db::{Consulta, DbError, FromQueryResult, Value, consulta, params};
use ramal_jobs::{JobError, Manejador, Politica, Trabajo};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::conexiones::Servicio;
use crate::jobs::TRABAJO_ARCHIVAR;
use crate::nombre::nombre_archivo;
use crate::storage::{self, Clase, ComprobanteFila};

/// Documents in memory at once: keeps the peak flat however many wait.
const LOTE: i64 = 64;
/// Documents per run; the next run goes on.
const POR_CORRIDA: usize = 20_000;
/// Bytes written to the store at once.
const PARALELO: usize = 8;

/// Handler of `fiscal.archivar`.
pub(crate) struct Archivar(pub(crate) Servicio);

#[derive(FromQueryResult)]
struct Pendiente {
    comprobante_id: Uuid,
    clase: String,
    huella: String,
    contenido: Vec<u8>,
}

#[async_trait]
impl Manejador for Archivar {
    fn tipo(&self) -> &'static str {
        TRABAJO_ARCHIVAR
    }

    fn politica(&self) -> Politica {
        Politica { concurrencia: 1, ..Politica::default() }
    }

    async fn run(&self, _trabajo: &Trabajo) -> Result<(), JobError> {
        let emisores = ramal_plataforma::emisores(&self.0.db).await.map_err(JobError::retry)?;
        let carpetas: HashMap<Uuid, (String, String)> = emisores
            .into_iter()
            .map(|e| (e.id.uuid(), (e.pais.codigo().to_ascii_lowercase(), e.numero)))
            .collect();
        let mut hechos = 0;
        while hechos < POR_CORRIDA {
            let n = self.move_some(&carpetas).await?;
            if n == 0 {
                break;
            }
            hechos += n;
        }
        Ok(())
    }
}

impl Archivar {
    async fn move_some(
        &self,
        carpetas: &HashMap<Uuid, (String, String)>,
    ) -> Result<usize, JobError> {
        const SQL: &str = "SELECT d.comprobante_id, d.clase, d.huella, d.contenido \
            FROM documentos d JOIN comprobantes c ON c.id = d.comprobante_id \
            WHERE d.ruta IS NULL AND d.contenido IS NOT NULL \
            AND c.estado IN ('aceptado', 'aceptado_obs', 'rechazado', 'baja', 'baja_pendiente') \
            ORDER BY d.comprobante_id, d.clase LIMIT $1";
        let pendientes: Vec<Pendiente> = self.0.db.all(SQL, params![LOTE]).await?;
        let n = pendientes.len();
        let filas = self.rows(&pendientes).await?;
        let mut movidos = Vec::with_capacity(n);
        let mut puestos = JoinSet::new();
        for p in pendientes {
            let fila = filas.get(&p.comprobante_id).ok_or_else(|| JobError::fail("sin fila"))?;
            let (pais, numero) = carpetas
                .get(&fila.emisor_id)
                .ok_or_else(|| JobError::fail("un comprobante nombra un emisor que no existe"))?;
            let ruta = path(pais, numero, fila, &p.clase);
            let objetos = self.0.objetos.clone();
            puestos.spawn(async move {
                let huella = objetos.put(&ruta, p.contenido).await?;
                let igual = huella == p.huella;
                let movido = (p.comprobante_id, p.clase, ruta, p.huella);
                if igual { Ok(movido) } else { Err(DbError::Corrupt("a stored document changed")) }
            });
            if puestos.len() >= PARALELO {
                movidos.extend(joined(puestos.join_next().await)?);
            }
        }
        while let Some(fin) = puestos.join_next().await {
            movidos.extend(joined(Some(fin))?);
        }
        self.point(movidos).await?;
        Ok(n)
    }

    async fn rows(&self, p: &[Pendiente]) -> Result<HashMap<Uuid, ComprobanteFila>, DbError> {
        let mut ids: Vec<Uuid> = p.iter().map(|p| p.comprobante_id).collect();
        ids.dedup();
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let sql = format!(
            "SELECT {} FROM comprobantes c WHERE c.id IN {}",
            storage::columns_of("c"),
            consulta::placeholders(1, ids.len())
        );
        let valores = ids.into_iter().map(Value::from).collect();
        let filas: Vec<ComprobanteFila> = self.0.db.all(&sql, valores).await?;
        Ok(filas.into_iter().map(|f| (f.id.uuid(), f)).collect())
    }

    /// Only after every object is in the store do the rows let go of their bytes.
    async fn point(&self, movidos: Vec<Movido>) -> Result<(), DbError> {
        const SQL: &str = "UPDATE documentos SET ruta = $3, contenido = NULL \
            WHERE comprobante_id = $1 AND clase = $2 AND huella = $4 AND ruta IS NULL";
        if movidos.is_empty() {
            return Ok(());
        }
        let tx = self.0.db.begin().await?;
        for (id, clase, ruta, huella) in movidos {
            tx.exec(SQL, params![id, clase, ruta, huella]).await?;
        }
        tx.commit().await
    }
}

/// Document, class, path and hash of bytes that are in the store.
type Movido = (Uuid, String, String, String);

fn joined(
    fin: Option<Result<Result<Movido, DbError>, tokio::task::JoinError>>,
) -> Result<Option<Movido>, JobError> {
    match fin {
        None => Ok(None),
        Some(Ok(Ok(movido))) => Ok(Some(movido)),
        Some(Ok(Err(e))) => Err(e.into()),
        Some(Err(_)) => Err(JobError::retry("el archivado se interrumpió")),
    }
}

/// `{pais}/{numero}/{aaaa}/{mm}/{nombre}`; what is no legal file keeps its class in the name.
fn path(pais: &str, numero: &str, fila: &ComprobanteFila, clase: &str) -> String {
    let nombre = match Clase::parse(clase) {
        Some(conocida) => nombre_archivo(numero, fila, conocida),
        None => format!("{}_{clase}", nombre_archivo(numero, fila, Clase::Anterior)),
    };
    format!("{pais}/{numero}/{:04}/{:02}/{nombre}", fila.fecha.anio(), fila.fecha.mes())
}
