//! Lotes by key and in pages, and the sums of their lines.

use std::collections::BTreeMap;

use ramal_base::Cx;
use ramal_db::consulta::placeholders;
use ramal_db::{Consulta, Cursor, DbError, FromQueryResult, Pagina, Tx, Value, params};
use uuid::Uuid;

use super::{CONTADOS, Suma, after};
use crate::lote::FilaLote;
use crate::{CuentaId, EstadoLote, Lote, LoteId};

const COLUMNAS: &str = "id, numero, cuenta_id, archivo, formato, sha256, objeto, estado, motivo, \
    linea_mala, leidos, nuevos, cotejados, desde, hasta, saldo_inicial, saldo_final, ajuste, \
    ajuste_motivo, actor, creado, cerrado, cerrado_por, version";

/// Filters of the list of lotes.
#[derive(Clone, Debug, Default)]
pub struct FiltroLotes {
    /// State.
    pub estado: Option<EstadoLote>,
    /// Account.
    pub cuenta: Option<CuentaId>,
}

impl FiltroLotes {
    fn sql(&self) -> (String, Vec<Value>) {
        let mut valores: Vec<Value> = Vec::new();
        let mut donde = vec!["1 = 1".to_owned()];
        if let Some(estado) = self.estado {
            valores.push(estado.as_str().into());
            donde.push(format!("estado = ${}", valores.len()));
        }
        if let Some(cuenta) = self.cuenta {
            valores.push(cuenta.into());
            donde.push(format!("cuenta_id = ${}", valores.len()));
        }
        (donde.join(" AND "), valores)
    }
}

/// A lote.
pub async fn by_id(c: &impl Consulta, id: LoteId) -> Result<Option<Lote>, DbError> {
    let sql = format!("SELECT {COLUMNAS} FROM conciliacion_lotes WHERE id = $1");
    c.opt::<FilaLote>(&sql, params![id]).await?.map(Lote::try_from).transpose()
}

/// The lote with a printed number.
pub async fn by_numero(c: &impl Consulta, numero: i64) -> Result<Option<Lote>, DbError> {
    let sql = format!("SELECT {COLUMNAS} FROM conciliacion_lotes WHERE numero = $1");
    c.opt::<FilaLote>(&sql, params![numero]).await?.map(Lote::try_from).transpose()
}

/// The lote that a file of an account already is.
pub async fn by_file(
    c: &impl Consulta,
    cuenta: CuentaId,
    sha256: &str,
) -> Result<Option<Lote>, DbError> {
    let sql =
        format!("SELECT {COLUMNAS} FROM conciliacion_lotes WHERE cuenta_id = $1 AND sha256 = $2");
    c.opt::<FilaLote>(&sql, params![cuenta, sha256]).await?.map(Lote::try_from).transpose()
}

/// Keeps the row until the end of the transaction.
pub(crate) async fn lock(tx: &Tx, id: LoteId) -> Result<Option<Lote>, DbError> {
    let marca = tx.motor().for_update();
    let sql = format!("SELECT {COLUMNAS} FROM conciliacion_lotes WHERE id = $1{marca}");
    tx.opt::<FilaLote>(&sql, params![id]).await?.map(Lote::try_from).transpose()
}

/// A page, newest first.
pub async fn page(
    c: &impl Consulta,
    filtro: &FiltroLotes,
    cursor: &Cursor,
) -> Result<Pagina<Lote>, DbError> {
    let (mut donde, mut valores) = filtro.sql();
    if let Some(id) = after(cursor) {
        valores.push(id.into());
        donde.push_str(&format!(" AND id < ${}", valores.len()));
    }
    let sql = format!(
        "SELECT {COLUMNAS} FROM conciliacion_lotes WHERE {donde} ORDER BY id DESC LIMIT {}",
        cursor.filas()
    );
    let filas: Vec<FilaLote> = c.all(&sql, valores).await?;
    let lotes: Result<Vec<Lote>, DbError> = filas.into_iter().map(Lote::try_from).collect();
    Ok(Pagina::cut(lotes?, cursor, |l| l.id.to_string()))
}

/// How many, at most [`CONTADOS`].
pub async fn count(c: &impl Consulta, filtro: &FiltroLotes) -> Result<i64, DbError> {
    let (donde, valores) = filtro.sql();
    let sql = format!(
        "SELECT COUNT(*) FROM (SELECT id FROM conciliacion_lotes WHERE {donde} LIMIT {CONTADOS}) \
         AS t"
    );
    Ok(c.scalar(&sql, valores).await?.unwrap_or(0))
}

/// Writes a new lote; `false` if the file is there already.
pub(crate) async fn insert(tx: &Tx, l: &Lote) -> Result<bool, DbError> {
    const SQL: &str = "INSERT INTO conciliacion_lotes (id, numero, cuenta_id, archivo, formato, \
        sha256, objeto, estado, leidos, nuevos, cotejados, actor, creado, version) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0, 0, $9, $10, 1) \
        ON CONFLICT (cuenta_id, sha256) DO NOTHING";
    let valores = params![
        l.id,
        l.numero,
        l.cuenta_id,
        l.archivo.as_str(),
        l.formato.as_str(),
        l.sha256.as_str(),
        l.objeto.as_str(),
        l.estado.as_str(),
        l.actor.as_str(),
        l.creado,
    ];
    Ok(tx.exec(SQL, valores).await? == 1)
}

/// The file was refused.
pub(crate) async fn reject(
    tx: &Tx,
    id: LoteId,
    (linea, motivo): (i64, &str),
) -> Result<bool, DbError> {
    const SQL: &str = "UPDATE conciliacion_lotes SET estado = 'rechazado', motivo = $2, \
        linea_mala = $3, version = version + 1 WHERE id = $1 AND estado = 'recibido'";
    let linea = (linea > 0).then_some(linea);
    Ok(tx.exec(SQL, params![id, motivo, linea]).await? == 1)
}

/// The file was read; its lines are in.
pub(crate) async fn note_read(tx: &Tx, l: &Lote) -> Result<bool, DbError> {
    const SQL: &str = "UPDATE conciliacion_lotes SET estado = 'cotejando', leidos = $2, \
        desde = $3, hasta = $4, saldo_inicial = $5, saldo_final = $6, version = version + 1, \
        nuevos = (SELECT COUNT(*) FROM conciliacion_renglones WHERE lote_id = $1) \
        WHERE id = $1 AND estado = 'recibido'";
    let valores = params![l.id, l.leidos, l.desde, l.hasta, l.saldo_inicial, l.saldo_final];
    Ok(tx.exec(SQL, valores).await? == 1)
}

/// How many lines are in while the file is being read.
pub(crate) async fn note_progress(tx: &Tx, id: LoteId, leidos: i64) -> Result<(), DbError> {
    const SQL: &str = "UPDATE conciliacion_lotes SET leidos = $2 \
        WHERE id = $1 AND estado = 'recibido'";
    tx.exec(SQL, params![id, leidos]).await.map(|_| ())
}

/// How many lines the matching has looked at.
pub(crate) async fn note_matched(tx: &Tx, id: LoteId, cotejados: i64) -> Result<(), DbError> {
    const SQL: &str = "UPDATE conciliacion_lotes SET cotejados = $2 WHERE id = $1";
    tx.exec(SQL, params![id, cotejados]).await.map(|_| ())
}

/// The matching ended: people go on.
pub(crate) async fn open(tx: &Tx, id: LoteId) -> Result<bool, DbError> {
    const SQL: &str = "UPDATE conciliacion_lotes SET estado = 'abierto', version = version + 1 \
        WHERE id = $1 AND estado = 'cotejando'";
    Ok(tx.exec(SQL, params![id]).await? == 1)
}

/// Closes, with its adjustment if any; or opens again.
pub(crate) async fn close(
    tx: &Tx,
    cx: &Cx,
    id: LoteId,
    ajuste: Option<(i64, &str)>,
) -> Result<bool, DbError> {
    const SQL: &str = "UPDATE conciliacion_lotes SET estado = 'cerrado', ajuste = $2, \
        ajuste_motivo = $3, cerrado = $4, cerrado_por = $5, version = version + 1 \
        WHERE id = $1 AND estado = 'abierto'";
    let (monto, motivo) = (ajuste.map(|a| a.0), ajuste.map(|a| a.1.to_owned()));
    Ok(tx.exec(SQL, params![id, monto, motivo, cx.now(), cx.actor()]).await? == 1)
}

/// Opens a closed lote again.
pub(crate) async fn reopen(tx: &Tx, id: LoteId) -> Result<bool, DbError> {
    const SQL: &str = "UPDATE conciliacion_lotes SET estado = 'abierto', ajuste = NULL, \
        ajuste_motivo = NULL, cerrado = NULL, cerrado_por = NULL, version = version + 1 \
        WHERE id = $1 AND estado = 'cerrado'";
    Ok(tx.exec(SQL, params![id]).await? == 1)
}

/// What the lines of a lote come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resumen {
    /// Lines whose lote this is.
    pub todos: Suma,
    /// With payment or pay-out.
    pub conciliados: Suma,
    /// Nobody knows yet.
    pub por_conciliar: Suma,
    /// Set aside.
    pub apartados: Suma,
    /// Not customers' money.
    pub ajustes: Suma,
    /// Of those to resolve, whose suggestion leaves nothing to think about.
    pub exactas: i64,
}

impl Resumen {
    /// Money that nobody explained, minor units: what closing asks to be zero.
    pub fn diferencia(&self) -> i64 {
        self.por_conciliar.total.saturating_add(self.apartados.total)
    }

    /// Lines that nobody explained.
    pub fn pendientes(&self) -> i64 {
        self.por_conciliar.n + self.apartados.n
    }
}

#[derive(FromQueryResult)]
struct FilaSuma {
    lote_id: Uuid,
    estado: String,
    n: i64,
    total: i64,
    exactas: i64,
}

/// Sums of the lines of some lotes.
pub async fn sums(
    c: &impl Consulta,
    lotes: &[LoteId],
) -> Result<BTreeMap<LoteId, Resumen>, DbError> {
    let mut todos: BTreeMap<LoteId, Resumen> = BTreeMap::new();
    if lotes.is_empty() {
        return Ok(todos);
    }
    let sql = format!(
        "SELECT lote_id, estado, COUNT(*) AS n, CAST(SUM(importe) AS BIGINT) AS total, \
         CAST(SUM(CASE WHEN exacta = TRUE THEN 1 ELSE 0 END) AS BIGINT) AS exactas \
         FROM conciliacion_renglones WHERE lote_id IN {} GROUP BY lote_id, estado",
        placeholders(1, lotes.len())
    );
    let valores = lotes.iter().map(|l| Value::from(*l)).collect();
    for f in c.all::<FilaSuma>(&sql, valores).await? {
        let r = todos.entry(LoteId::from_uuid(f.lote_id)).or_default();
        let suma = Suma { n: f.n, total: f.total };
        r.todos = Suma { n: r.todos.n + f.n, total: r.todos.total.saturating_add(f.total) };
        match f.estado.as_str() {
            "conciliado" => r.conciliados = suma,
            "apartado" => r.apartados = suma,
            "ajuste" => r.ajustes = suma,
            _ => {
                r.por_conciliar = suma;
                r.exactas = f.exactas;
            }
        }
    }
    Ok(todos)
}

/// Sums of the lines of one lote.
pub async fn sum(c: &impl Consulta, lote: LoteId) -> Result<Resumen, DbError> {
    Ok(sums(c, &[lote]).await?.remove(&lote).unwrap_or_default())
}

/// A refused file is to be read again.
pub(crate) async fn retry(tx: &Tx, id: LoteId) -> Result<bool, DbError> {
    const SQL: &str = "UPDATE conciliacion_lotes SET estado = 'recibido', motivo = NULL, \
        linea_mala = NULL, leidos = 0, version = version + 1 \
        WHERE id = $1 AND estado = 'rechazado'";
    Ok(tx.exec(SQL, params![id]).await? == 1)
}
