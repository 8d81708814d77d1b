//! SQL of the suspension episodes and of the exemptions.

use ramal_base::{Cx, Fecha, Id, Instante};
use ramal_db::{Consulta, DbError, FromQueryResult, Tx, params};
use uuid::Uuid;

use super::ids_in;

/// An episode as it lies in its table: one suspension for debt, from the cut to the return.
#[derive(Clone, Debug, FromQueryResult)]
pub struct EpisodioFila {
    /// Identifier.
    pub id: Uuid,
    /// The service.
    pub servicio_id: Uuid,
    /// Whose.
    pub cliente_id: Uuid,
    /// List that cut it.
    pub corte_id: Option<Uuid>,
    /// First day without service.
    pub desde: Fecha,
    /// When it was asked of the network.
    pub suspendido: Instante,
    /// First day back; none while it lasts.
    pub hasta: Option<Fecha>,
    /// When the return was asked of the network.
    pub terminado: Option<Instante>,
    /// Why it ended: see [`crate::episodio::Fin`].
    pub fin: Option<String>,
    /// When the network confirmed the block (S7).
    pub confirmado: Option<Instante>,
    /// State of its reconnection fee: see [`crate::episodio::EstadoCargo`].
    pub cargo: String,
    /// Fee, minor units.
    pub cargo_monto: i64,
    /// Currency of the fee.
    pub cargo_moneda: String,
    /// Why it was waived.
    pub cargo_motivo: Option<String>,
    /// The fee of billing.
    pub cargo_recargo_id: Option<Uuid>,
    /// Invoice that carries it, if it was billed at once.
    pub cargo_factura_id: Option<Uuid>,
}

const COLUMNAS: &str = "id, servicio_id, cliente_id, corte_id, desde, suspendido, hasta, \
    terminado, fin, confirmado, cargo, cargo_monto, cargo_moneda, cargo_motivo, \
    cargo_recargo_id, cargo_factura_id";

/// Opens an episode. Errors: `Unique` if the service has one open.
pub async fn open(
    tx: &Tx,
    cx: &Cx,
    (servicio, cliente): (Uuid, Uuid),
    (corte, desde): (Option<Uuid>, Fecha),
    moneda: &str,
) -> Result<Uuid, DbError> {
    const SQL: &str = "INSERT INTO episodios (id, servicio_id, cliente_id, corte_id, desde, \
        suspendido, cargo, cargo_monto, cargo_moneda) \
        VALUES ($1, $2, $3, $4, $5, $6, 'ninguno', 0, $7)";
    let id: Id<EpisodioFila> = cx.new_id();
    tx.exec(SQL, params![id, servicio, cliente, corte, desde, cx.now(), moneda]).await?;
    Ok(id.uuid())
}

/// Episodes of these customers that last.
pub async fn live_of(c: &impl Consulta, clientes: &[Uuid]) -> Result<Vec<EpisodioFila>, DbError> {
    if clientes.is_empty() {
        return Ok(Vec::new());
    }
    let (lista, ids) = ids_in(1, clientes);
    let sql = format!(
        "SELECT {COLUMNAS} FROM episodios WHERE hasta IS NULL AND cliente_id IN {lista} ORDER BY id"
    );
    c.all(&sql, ids).await
}

/// The episode of a service that lasts, its row locked until the end of the transaction.
pub async fn lock_live(tx: &Tx, servicio: Uuid) -> Result<Option<EpisodioFila>, DbError> {
    let cierre = tx.motor().for_update();
    let sql = format!(
        "SELECT {COLUMNAS} FROM episodios WHERE servicio_id = $1 AND hasta IS NULL{cierre}"
    );
    tx.opt(&sql, params![servicio]).await
}

/// One episode, its row locked until the end of the transaction.
pub async fn lock(tx: &Tx, id: Uuid) -> Result<Option<EpisodioFila>, DbError> {
    let cierre = tx.motor().for_update();
    let sql = format!("SELECT {COLUMNAS} FROM episodios WHERE id = $1{cierre}");
    tx.opt(&sql, params![id]).await
}

/// Episodes of a customer, newest first, at most `limite`.
pub async fn latest(
    c: &impl Consulta,
    cliente: Uuid,
    limite: i64,
) -> Result<Vec<EpisodioFila>, DbError> {
    let sql =
        format!("SELECT {COLUMNAS} FROM episodios WHERE cliente_id = $1 ORDER BY id DESC LIMIT $2");
    c.all(&sql, params![cliente, limite]).await
}

/// Ends an episode that lasts; false if it had ended.
pub async fn close(
    tx: &Tx,
    cx: &Cx,
    id: Uuid,
    (hasta, fin): (Fecha, &str),
) -> Result<bool, DbError> {
    const SQL: &str = "UPDATE episodios SET hasta = $2, terminado = $3, fin = $4 \
        WHERE id = $1 AND hasta IS NULL";
    Ok(tx.exec(SQL, params![id, hasta, cx.now(), fin]).await? == 1)
}

/// Records that the network confirmed the block of the episode that lasts.
pub async fn confirm(tx: &Tx, servicio: Uuid, cuando: Instante) -> Result<(), DbError> {
    const SQL: &str = "UPDATE episodios SET confirmado = $2 WHERE servicio_id = $1 \
        AND hasta IS NULL AND confirmado IS NULL";
    tx.exec(SQL, params![servicio, cuando]).await.map(|_| ())
}

/// Moves the fee of an episode from one state to another; false if it was in another.
pub async fn set_cargo(
    tx: &Tx,
    id: Uuid,
    (de, a): (&str, &str),
    (monto, motivo): (i64, Option<&str>),
) -> Result<bool, DbError> {
    const SQL: &str = "UPDATE episodios SET cargo = $3, cargo_monto = $4, cargo_motivo = $5 \
        WHERE id = $1 AND cargo = $2";
    Ok(tx.exec(SQL, params![id, de, a, monto, motivo]).await? == 1)
}

/// Records which fee of billing it is, and the invoice that carries it.
pub async fn set_recargo(
    tx: &Tx,
    id: Uuid,
    (recargo, factura): (Uuid, Option<Uuid>),
) -> Result<(), DbError> {
    const SQL: &str = "UPDATE episodios SET cargo_recargo_id = $2, cargo_factura_id = $3 \
        WHERE id = $1";
    tx.exec(SQL, params![id, recargo, factura]).await.map(|_| ())
}

/// An exemption as it lies in its table.
#[derive(Clone, Debug, FromQueryResult)]
pub struct ExencionFila {
    /// Identifier.
    pub id: Uuid,
    /// The service.
    pub servicio_id: Uuid,
    /// Whose.
    pub cliente_id: Uuid,
    /// Last exempt day.
    pub hasta: Fecha,
    /// Why.
    pub motivo: String,
    /// Who gave it.
    pub actor: String,
    /// When.
    pub creada: Instante,
}

const EXENCION: &str = "id, servicio_id, cliente_id, hasta, motivo, actor, creada";

/// Exemptions of these customers that were not withdrawn.
pub async fn exenciones_of(
    c: &impl Consulta,
    clientes: &[Uuid],
) -> Result<Vec<ExencionFila>, DbError> {
    if clientes.is_empty() {
        return Ok(Vec::new());
    }
    let (lista, ids) = ids_in(1, clientes);
    let sql = format!(
        "SELECT {EXENCION} FROM exenciones WHERE retirada IS NULL AND cliente_id IN {lista} \
         ORDER BY id"
    );
    c.all(&sql, ids).await
}

/// Withdraws the exemption of a service; false if it has none.
pub async fn withdraw_exencion(tx: &Tx, cx: &Cx, servicio: Uuid) -> Result<bool, DbError> {
    const SQL: &str = "UPDATE exenciones SET retirada = $2 WHERE servicio_id = $1 \
        AND retirada IS NULL";
    Ok(tx.exec(SQL, params![servicio, cx.now()]).await? == 1)
}

/// Writes an exemption. Errors: `Unique` if the service has one.
pub async fn insert_exencion(
    tx: &Tx,
    cx: &Cx,
    (servicio, cliente): (Uuid, Uuid),
    (hasta, motivo): (Fecha, &str),
) -> Result<Uuid, DbError> {
    const SQL: &str = "INSERT INTO exenciones (id, servicio_id, cliente_id, hasta, motivo, \
        actor, creada) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let id: Id<ExencionFila> = cx.new_id();
    let valores = params![id, servicio, cliente, hasta, motivo, cx.actor(), cx.now()];
    tx.exec(SQL, valores).await?;
    Ok(id.uuid())
}
