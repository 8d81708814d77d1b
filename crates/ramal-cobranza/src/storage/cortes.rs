//! SQL of the lists of cuts and of their lines.

use ramal_base::{Cx, Fecha, Id, Instante};
use ramal_db::{Bulk, Consulta, DbError, FromQueryResult, Tx, Value, params};
use uuid::Uuid;

/// A list as it lies in its table.
#[derive(Clone, Debug, FromQueryResult)]
pub struct CorteFila {
    /// Identifier.
    pub id: Uuid,
    /// Day of the cuts.
    pub fecha: Fecha,
    /// See [`crate::corte::EstadoCorte`].
    pub estado: String,
    /// Services to cut.
    pub incluidos: i64,
    /// Services that stay out.
    pub excluidos: i64,
    /// Services cut.
    pub suspendidos: i64,
    /// Services that were in and were not cut in the end.
    pub omitidos: i64,
    /// Services in service when it was made.
    pub activos: i64,
    /// JSON of why it waits for a person.
    pub espera: Option<String>,
    /// Who approved it.
    pub aprobada_por: Option<String>,
    /// When.
    pub aprobada: Option<Instante>,
    /// When its last line was settled.
    pub ejecutada: Option<Instante>,
    /// Grows by one with every change.
    pub version: i64,
}

const COLUMNAS: &str = "id, fecha, estado, incluidos, excluidos, suspendidos, omitidos, activos, \
    espera, aprobada_por, aprobada, ejecutada, version";

/// The list of a day.
pub async fn by_fecha(c: &impl Consulta, fecha: Fecha) -> Result<Option<CorteFila>, DbError> {
    let sql = format!("SELECT {COLUMNAS} FROM cortes WHERE fecha = $1");
    c.opt(&sql, params![fecha]).await
}

/// The list of a day, its row locked until the end of the transaction.
pub async fn lock(tx: &Tx, fecha: Fecha) -> Result<Option<CorteFila>, DbError> {
    let cierre = tx.motor().for_update();
    let sql = format!("SELECT {COLUMNAS} FROM cortes WHERE fecha = $1{cierre}");
    tx.opt(&sql, params![fecha]).await
}

/// Begins the list of a day; nothing if it is there.
pub async fn open(tx: &Tx, cx: &Cx, fecha: Fecha, activos: u32) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO cortes (id, fecha, estado, incluidos, excluidos, suspendidos, \
        omitidos, activos, creada, version) VALUES ($1, $2, 'propuesta', 0, 0, 0, 0, $3, $4, 1) \
        ON CONFLICT (fecha) DO NOTHING";
    let id: Id<CorteFila> = cx.new_id();
    tx.exec(SQL, params![id, fecha, i64::from(activos), cx.now()]).await.map(|_| ())
}

/// Moves a list to a state, with why it waits.
pub async fn set_estado(
    tx: &Tx,
    id: Uuid,
    estado: &str,
    espera: Option<&str>,
) -> Result<(), DbError> {
    const SQL: &str = "UPDATE cortes SET estado = $2, espera = $3, version = version + 1 \
        WHERE id = $1";
    tx.exec(SQL, params![id, estado, espera]).await.map(|_| ())
}

/// Records who approved a list.
pub async fn approve(tx: &Tx, cx: &Cx, id: Uuid) -> Result<(), DbError> {
    const SQL: &str = "UPDATE cortes SET estado = 'aprobada', aprobada_por = $2, aprobada = $3, \
        version = version + 1 WHERE id = $1";
    tx.exec(SQL, params![id, cx.actor(), cx.now()]).await.map(|_| ())
}

/// Counts the lines of a list again.
pub async fn recount(tx: &Tx, id: Uuid) -> Result<(), DbError> {
    const SQL: &str = "UPDATE cortes SET \
        incluidos = (SELECT COUNT(*) FROM corte_renglones WHERE corte_id = $1 \
            AND decision = 'incluido'), \
        excluidos = (SELECT COUNT(*) FROM corte_renglones WHERE corte_id = $1 \
            AND decision = 'excluido'), \
        suspendidos = (SELECT COUNT(*) FROM corte_renglones WHERE corte_id = $1 \
            AND resultado = 'suspendido'), \
        omitidos = (SELECT COUNT(*) FROM corte_renglones WHERE corte_id = $1 \
            AND resultado = 'omitido') WHERE id = $1";
    tx.exec(SQL, params![id]).await.map(|_| ())
}

/// Ends a list whose lines are settled.
pub async fn finish(tx: &Tx, cx: &Cx, id: Uuid) -> Result<(), DbError> {
    const SQL: &str = "UPDATE cortes SET estado = 'ejecutada', ejecutada = $2, \
        version = version + 1 WHERE id = $1 AND estado = 'aprobada'";
    tx.exec(SQL, params![id, cx.now()]).await.map(|_| ())
}

/// Lists of earlier days that nobody executed are of no use any more: a new one was made since.
pub async fn expire_before(tx: &Tx, fecha: Fecha) -> Result<u64, DbError> {
    const SQL: &str = "UPDATE cortes SET estado = 'vencida', version = version + 1 \
        WHERE fecha < $1 AND estado IN ('propuesta', 'por_aprobar', 'aprobada')";
    tx.exec(SQL, params![fecha]).await
}

/// Lengths of the last lists that were executed before a day.
pub async fn lengths_before(
    c: &impl Consulta,
    fecha: Fecha,
    limite: i64,
) -> Result<Vec<u32>, DbError> {
    const SQL: &str = "SELECT suspendidos + omitidos FROM cortes WHERE fecha < $1 \
        AND estado = 'ejecutada' ORDER BY fecha DESC LIMIT $2";
    let largos: Vec<i64> = c.column(SQL, params![fecha, limite]).await?;
    Ok(largos.into_iter().map(|n| u32::try_from(n).unwrap_or(u32::MAX)).collect())
}

/// Lists, newest day first.
pub async fn latest(
    c: &impl Consulta,
    antes: Option<Fecha>,
    limite: i64,
) -> Result<Vec<CorteFila>, DbError> {
    let antes = antes.or_else(|| Fecha::new(9999, 12, 31).ok());
    let sql =
        format!("SELECT {COLUMNAS} FROM cortes WHERE fecha < $1 ORDER BY fecha DESC LIMIT $2");
    c.all(&sql, params![antes, limite]).await
}

/// A line as it lies in its table.
#[derive(Clone, Debug, FromQueryResult)]
pub struct RenglonFila {
    /// The list.
    pub corte_id: Uuid,
    /// The service.
    pub servicio_id: Uuid,
    /// Whose.
    pub cliente_id: Uuid,
    /// `incluido` or `excluido`.
    pub decision: String,
    /// JSON of the reasons.
    pub motivos: String,
    /// Overdue, minor units.
    pub vencido: i64,
    /// Currency.
    pub moneda: String,
    /// Days overdue.
    pub dias: i64,
    /// `pendiente`, `suspendido`, `omitido` or `fuera`.
    pub resultado: String,
    /// When it was settled.
    pub resuelto: Option<Instante>,
}

const RENGLON: &str = "corte_id, servicio_id, cliente_id, decision, motivos, vencido, moneda, \
    dias, resultado, resuelto";

const ALTA: &[&str] = &[
    "corte_id",
    "servicio_id",
    "cliente_id",
    "decision",
    "motivos",
    "vencido",
    "moneda",
    "dias",
    "resultado",
    "resuelto",
];

/// Writes lines; one that is there and not settled yet says what the new one says.
pub async fn write_renglones(tx: &Tx, renglones: &[RenglonFila]) -> Result<(), DbError> {
    let mut filas = Bulk::new("corte_renglones", ALTA);
    for r in renglones {
        filas.push([
            Value::from(r.corte_id),
            Value::from(r.servicio_id),
            Value::from(r.cliente_id),
            Value::from(r.decision.as_str()),
            Value::from(r.motivos.as_str()),
            Value::from(r.vencido),
            Value::from(r.moneda.as_str()),
            Value::from(r.dias),
            Value::from(r.resultado.as_str()),
            Value::from(None::<Instante>),
        ]);
    }
    if !filas.is_empty() {
        filas.insert_ignoring(tx).await?;
    }
    Ok(())
}

/// Lines of a list in a result, by service after `cursor`.
pub async fn by_resultado(
    c: &impl Consulta,
    corte: Uuid,
    resultado: &str,
    (cursor, limite): (Option<Uuid>, i64),
) -> Result<Vec<RenglonFila>, DbError> {
    let sql = format!(
        "SELECT {RENGLON} FROM corte_renglones WHERE corte_id = $1 AND resultado = $2 \
         AND servicio_id > $3 ORDER BY servicio_id LIMIT $4"
    );
    let tras = cursor.unwrap_or(Uuid::nil());
    c.all(&sql, params![corte, resultado, tras, limite]).await
}

/// Lines of a list with a decision, by service after `cursor`.
pub async fn by_decision(
    c: &impl Consulta,
    corte: Uuid,
    decision: &str,
    (cursor, limite): (Option<Uuid>, i64),
) -> Result<Vec<RenglonFila>, DbError> {
    let sql = format!(
        "SELECT {RENGLON} FROM corte_renglones WHERE corte_id = $1 AND decision = $2 \
         AND servicio_id > $3 ORDER BY servicio_id LIMIT $4"
    );
    let tras = cursor.unwrap_or(Uuid::nil());
    c.all(&sql, params![corte, decision, tras, limite]).await
}

/// One line.
pub async fn renglon(
    c: &impl Consulta,
    corte: Uuid,
    servicio: Uuid,
) -> Result<Option<RenglonFila>, DbError> {
    let sql =
        format!("SELECT {RENGLON} FROM corte_renglones WHERE corte_id = $1 AND servicio_id = $2");
    c.opt(&sql, params![corte, servicio]).await
}

/// Settles a line that was pending; false if it was settled before.
pub async fn settle_renglon(
    tx: &Tx,
    cx: &Cx,
    (corte, servicio): (Uuid, Uuid),
    resultado: &str,
    motivos: &str,
) -> Result<bool, DbError> {
    const SQL: &str = "UPDATE corte_renglones SET resultado = $3, motivos = $4, resuelto = $5 \
        WHERE corte_id = $1 AND servicio_id = $2 AND resultado = 'pendiente'";
    Ok(tx.exec(SQL, params![corte, servicio, resultado, motivos, cx.now()]).await? == 1)
}

/// How many lines stay out of a list, by their first reason.
pub async fn excluded_by_reason(
    c: &impl Consulta,
    corte: Uuid,
) -> Result<Vec<(String, i64)>, DbError> {
    #[derive(FromQueryResult)]
    struct Fila {
        motivos: String,
        n: i64,
    }
    const SQL: &str = "SELECT motivos, COUNT(*) AS n FROM corte_renglones WHERE corte_id = $1 \
        AND decision = 'excluido' GROUP BY motivos";
    let filas: Vec<Fila> = c.all(SQL, params![corte]).await?;
    Ok(filas.into_iter().map(|f| (f.motivos, f.n)).collect())
}
