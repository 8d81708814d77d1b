//! Runs and what became of each customer in them.

use ramal_base::{Cx, Fecha, Id, Instante};
use ramal_db::{Bulk, Consulta, DbError, FromQueryResult, Tx, params};
use uuid::Uuid;

use crate::corrida::plan::Motivo;

/// Marker of run ids.
pub struct CorridaMarca;

/// Identifier of a run.
pub type CorridaId = Id<CorridaMarca>;

/// Kind of the monthly and daily recurring run.
pub const CLASE_RECURRENTE: &str = "recurrente";

/// A run as it lies in its table.
#[derive(Clone, Debug, FromQueryResult)]
pub struct CorridaFila {
    /// Identifier.
    pub id: CorridaId,
    /// Business day.
    pub fecha: Fecha,
    /// `cargos`, `pausada` or `emitida`.
    pub estado: String,
    /// When it began.
    pub creado: Instante,
    /// When everything was signed and stored.
    pub terminado: Option<Instante>,
}

/// The run of a day, made if it is missing.
pub async fn ensure(tx: &Tx, cx: &Cx, fecha: Fecha) -> Result<CorridaFila, DbError> {
    const SQL: &str = "INSERT INTO corridas \
        (id, fecha, clase, estado, clientes, facturas, notas, creado) \
        VALUES ($1, $2, $3, 'cargos', 0, 0, 0, $4) ON CONFLICT (fecha, clase) DO NOTHING";
    let id: CorridaId = cx.new_id();
    tx.exec(SQL, params![id, fecha, CLASE_RECURRENTE, cx.now()]).await?;
    by_fecha(tx, fecha).await?.ok_or(DbError::Corrupt("a run vanished"))
}

/// The run of a day, if it ever began.
pub async fn by_fecha(c: &impl Consulta, fecha: Fecha) -> Result<Option<CorridaFila>, DbError> {
    const SQL: &str = "SELECT id, fecha, estado, creado, terminado FROM corridas \
        WHERE fecha = $1 AND clase = $2";
    c.opt(SQL, params![fecha, CLASE_RECURRENTE]).await
}

/// Moves a run to a state; `terminado` once everything is signed and stored.
pub async fn set_estado(
    tx: &Tx,
    id: CorridaId,
    estado: &str,
    terminado: Option<Instante>,
) -> Result<(), DbError> {
    const SQL: &str = "UPDATE corridas SET estado = $2, terminado = $3 WHERE id = $1";
    tx.exec(SQL, params![id, estado, terminado]).await.map(|_| ())
}

/// Stops a run between two chunks, from a moment, or lets it go on. Done chunks stay done.
pub async fn set_pausada(tx: &Tx, id: CorridaId, pausada: Option<Instante>) -> Result<(), DbError> {
    const SQL: &str = "UPDATE corridas SET pausada = $2 WHERE id = $1";
    tx.exec(SQL, params![id, pausada]).await.map(|_| ())
}

/// Whether somebody stopped a run.
pub async fn is_pausada(c: &impl Consulta, id: CorridaId) -> Result<bool, DbError> {
    const SQL: &str = "SELECT COUNT(*) FROM corridas WHERE id = $1 AND pausada IS NOT NULL";
    Ok(c.scalar::<i64>(SQL, params![id]).await?.unwrap_or(0) > 0)
}

/// A run of another day that has begun and not ended, if there is one.
pub async fn open_elsewhere(
    c: &impl Consulta,
    fecha: Fecha,
) -> Result<Option<CorridaFila>, DbError> {
    const SQL: &str = "SELECT id, fecha, estado, creado, terminado FROM corridas \
        WHERE clase = $1 AND fecha <> $2 AND estado <> 'emitida' ORDER BY fecha DESC LIMIT 1";
    c.opt(SQL, params![CLASE_RECURRENTE, fecha]).await
}

/// Records what became of customers: done, or set aside with a reason. The last word stands.
pub async fn mark_clientes(
    tx: &Tx,
    corrida: CorridaId,
    hechos: &[Uuid],
    aparcados: &[(Uuid, Motivo)],
) -> Result<(), DbError> {
    const COLUMNAS: &[&str] = &["corrida_id", "cliente_id", "estado", "codigo", "motivo"];
    let mut filas = Bulk::new("corrida_clientes", COLUMNAS);
    let nada = || None::<String>;
    for cliente in hechos {
        let fila = params![corrida, *cliente, "hecho", nada(), nada()];
        filas.push(fila);
    }
    for (cliente, motivo) in aparcados {
        let fila = params![
            corrida,
            *cliente,
            "aparcado",
            Some(motivo.codigo.clone()),
            Some(motivo.texto.clone()),
        ];
        filas.push(fila);
    }
    filas.insert_replacing(tx, "(corrida_id, cliente_id)", &["estado", "codigo", "motivo"]).await?;
    Ok(())
}
