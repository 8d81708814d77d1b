//! What a run waits for: documents on their way, and those that only a person can move. It sends
//! nothing.

use ramal_base::Fecha;
use ramal_db::{Consulta, DbError, FromQueryResult, params};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::storage::corridas::{self, CorridaId};

/// Documents of a run that stopped for one reason.
#[derive(Clone, Debug, Serialize, ToSchema, FromQueryResult)]
pub struct Detenido {
    /// State before the authority.
    pub estado: String,
    /// Code of the authority, or ours.
    pub codigo: String,
    /// What is wrong and what to do.
    pub motivo: String,
    /// How many.
    pub comprobantes: i64,
}

/// Reasons in a report.
const DETALLE: i64 = 100;

/// Why documents of a run stopped, the most frequent first. A paused emisor stops all of its own.
pub(super) async fn detenidos(
    c: &impl Consulta,
    corrida: CorridaId,
) -> Result<Vec<Detenido>, DbError> {
    const SQL: &str = "SELECT estado, codigo, motivo, COUNT(*) AS comprobantes FROM ( \
        SELECT CASE WHEN p.codigo IS NULL THEN k.estado ELSE 'pausado' END AS estado, \
            COALESCE(p.codigo, k.codigo, '') AS codigo, \
            COALESCE(p.mensaje, k.mensaje, '') AS motivo \
        FROM facturas f JOIN comprobantes k ON k.id = f.comprobante_id \
        LEFT JOIN fiscal_pausas p ON p.emisor_id = k.emisor_id \
            AND k.estado IN ('en_cola', 'enviando', 'pausado') \
        WHERE f.corrida_id = $1 AND (p.codigo IS NOT NULL \
            OR k.estado IN ('rechazado', 'excepcion', 'incierto', 'pausado')) \
        ) AS t GROUP BY estado, codigo, motivo \
        ORDER BY comprobantes DESC, codigo, motivo LIMIT $2";
    c.all(SQL, params![corrida, DETALLE]).await
}

/// Whether some document of a run will still change by itself.
///
/// What does not: all of a paused emisor, what has no certificate to be signed with, and notes
/// about a document that stopped.
pub(super) async fn is_moving(c: &impl Consulta, corrida: CorridaId) -> Result<bool, DbError> {
    const SQL: &str = "SELECT COUNT(*) FROM facturas f \
        LEFT JOIN comprobantes k ON k.id = f.comprobante_id \
        LEFT JOIN facturas r ON r.id = f.relacionada_id \
        LEFT JOIN comprobantes o ON o.id = r.comprobante_id \
        WHERE f.corrida_id = $1 AND f.tipo <> 'R' \
        AND (o.estado IS NULL OR o.estado NOT IN ('excepcion', 'incierto', 'pausado')) \
        AND NOT EXISTS (SELECT 1 FROM fiscal_pausas p WHERE p.emisor_id = f.emisor_id) \
        AND (k.estado IN ('en_cola', 'enviando') OR k.estado IS NULL \
            AND (o.estado IS NULL OR o.estado NOT IN ('rechazado', 'baja')) \
            AND EXISTS (SELECT 1 FROM certificados s \
                WHERE s.emisor_id = f.emisor_id AND s.activo))";
    let n: i64 = c.scalar(SQL, params![corrida]).await?.unwrap_or(0);
    Ok(n > 0)
}

#[derive(FromQueryResult)]
struct Dia {
    emisor_id: Uuid,
    fecha: Fecha,
}

/// Emisores with documents of the run of a day still queued, and the days of those documents: who
/// sends boletas in a summary need not wait for the night.
pub async fn dias_en_cola(c: &impl Consulta, fecha: Fecha) -> Result<Vec<(Uuid, Fecha)>, DbError> {
    let Some(corrida) = corridas::by_fecha(c, fecha).await? else { return Ok(Vec::new()) };
    const SQL: &str = "SELECT DISTINCT k.emisor_id, k.fecha FROM facturas f \
        JOIN comprobantes k ON k.id = f.comprobante_id \
        WHERE f.corrida_id = $1 AND k.estado = 'en_cola'";
    let dias: Vec<Dia> = c.all(SQL, params![corrida.id]).await?;
    Ok(dias.into_iter().map(|d| (d.emisor_id, d.fecha)).collect())
}
