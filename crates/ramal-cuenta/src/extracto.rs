//! The statement of an account: its movements with the balance after each. Prints nothing.

use ramal_base::{Fecha, Moneda};
use ramal_db::{Consulta, Cursor, DbError, FromQueryResult, Value, params};
use uuid::Uuid;

use crate::movimiento::COLUMNAS;
use crate::{MovimientoFila, Saldo};

/// Days of a statement, both included; open where none is given.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rango {
    /// First day of posting.
    pub desde: Option<Fecha>,
    /// Last day of posting.
    pub hasta: Option<Fecha>,
}

/// A movement with where the account stands after it.
#[derive(Clone, Debug)]
pub struct Renglon {
    /// The movement.
    pub movimiento: MovimientoFila,
    /// Where the account stands after it.
    pub saldo: Saldo,
}

/// Page of a statement, oldest movement first.
#[derive(Clone, Debug)]
pub struct Extracto {
    /// Where the account stood before the first row of the page.
    pub inicial: Saldo,
    /// Rows.
    pub filas: Vec<Renglon>,
    /// Cursor of the next page.
    pub siguiente: Option<String>,
}

impl Extracto {
    /// Where the account stands after the newest row of the page.
    pub fn last(&self) -> Saldo {
        let nueva = self.filas.iter().max_by_key(|r| (r.movimiento.fecha, r.movimiento.id));
        nueva.map_or(self.inicial, |r| r.saldo)
    }
}

/// Which end of a statement comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sentido {
    /// Oldest first: a statement to read down.
    Sube,
    /// Newest first: what a screen shows.
    Baja,
}

/// Movements of an account with their running balance, oldest first.
///
/// A cursor that is not one of ours gives `None`. Errors: `Storage`.
pub async fn movimientos_de(
    c: &impl Consulta,
    cuenta: (Uuid, Moneda),
    rango: Rango,
    cursor: &Cursor,
) -> Result<Option<Extracto>, DbError> {
    page(c, cuenta, (rango, Sentido::Sube), cursor).await
}

/// The same, newest first; `inicial` is then where the account stood before the oldest row of the
/// page.
pub async fn ultimos_movimientos(
    c: &impl Consulta,
    cuenta: (Uuid, Moneda),
    rango: Rango,
    cursor: &Cursor,
) -> Result<Option<Extracto>, DbError> {
    page(c, cuenta, (rango, Sentido::Baja), cursor).await
}

async fn page(
    c: &impl Consulta,
    (cliente, moneda): (Uuid, Moneda),
    (rango, sentido): (Rango, Sentido),
    cursor: &Cursor,
) -> Result<Option<Extracto>, DbError> {
    let Ok(tras) = cursor.cursor.as_deref().map(parse_cursor).transpose() else {
        return Ok(None);
    };
    let mut valores = params![cliente, moneda.codigo()];
    let donde = conditions(&mut valores, rango, (tras, sentido));
    let orden = match sentido {
        Sentido::Sube => "m.fecha, m.id",
        Sentido::Baja => "m.fecha DESC, m.id DESC",
    };
    let sql = format!(
        "SELECT {COLUMNAS} FROM movimientos m WHERE {donde} ORDER BY {orden} LIMIT {}",
        cursor.filas()
    );
    let filas: Vec<MovimientoFila> = c.all(&sql, valores).await?;
    let pagina = ramal_db::Pagina::cut(filas, cursor, |m| format!("{}_{}", m.fecha, m.id));
    let siguiente = pagina.siguiente;
    let mut filas = pagina.datos;
    if sentido == Sentido::Baja {
        filas.reverse();
    }
    let inicial = match filas.first() {
        Some(m) => before(c, (cliente, moneda), (m.fecha, m.id)).await?,
        None => Saldo::default(),
    };
    let mut saldo = inicial;
    let renglon = |movimiento: MovimientoFila| {
        saldo.por_cobrar += movimiento.por_cobrar();
        saldo.a_favor += movimiento.a_favor();
        Renglon { movimiento, saldo }
    };
    let mut filas: Vec<Renglon> = filas.into_iter().map(renglon).collect();
    if sentido == Sentido::Baja {
        filas.reverse();
    }
    Ok(Some(Extracto { inicial, filas, siguiente }))
}

fn conditions(
    valores: &mut Vec<Value>,
    rango: Rango,
    (tras, sentido): (Option<(Fecha, Uuid)>, Sentido),
) -> String {
    let mut donde = "m.cliente_id = $1 AND m.moneda = $2".to_owned();
    if let Some(desde) = rango.desde {
        donde.push_str(&format!(" AND m.fecha >= {}", bind(valores, desde)));
    }
    if let Some(hasta) = rango.hasta {
        donde.push_str(&format!(" AND m.fecha <= {}", bind(valores, hasta)));
    }
    if let Some((fecha, id)) = tras {
        let signo = if sentido == Sentido::Sube { ">" } else { "<" };
        let (f, i) = (bind(valores, fecha), bind(valores, id));
        donde.push_str(&format!(" AND (m.fecha, m.id) {signo} ({f}, {i})"));
    }
    donde
}

fn bind(valores: &mut Vec<Value>, valor: impl Into<Value>) -> String {
    valores.push(valor.into());
    format!("${}", valores.len())
}

fn parse_cursor(texto: &str) -> Result<(Fecha, Uuid), ()> {
    let (fecha, id) = texto.split_once('_').ok_or(())?;
    Ok((Fecha::parse(fecha).map_err(|_| ())?, id.parse().map_err(|_| ())?))
}

#[derive(FromQueryResult)]
struct Suma {
    por_cobrar: i64,
    a_favor: i64,
}

/// Both sides of an account as sums of its movements.
pub(crate) const SUMAS: &str = "\
    CAST(COALESCE(SUM(CASE WHEN m.debe = 'por_cobrar' THEN m.monto \
        WHEN m.haber = 'por_cobrar' THEN -m.monto ELSE 0 END), 0) AS BIGINT) AS por_cobrar, \
    CAST(COALESCE(SUM(CASE WHEN m.haber = 'a_favor' THEN m.monto \
        WHEN m.debe = 'a_favor' THEN -m.monto ELSE 0 END), 0) AS BIGINT) AS a_favor";

/// Where the account stood before a movement.
async fn before(
    c: &impl Consulta,
    (cliente, moneda): (Uuid, Moneda),
    (fecha, id): (Fecha, Uuid),
) -> Result<Saldo, DbError> {
    let sql = format!(
        "SELECT {SUMAS} FROM movimientos m WHERE m.cliente_id = $1 AND m.moneda = $2 \
         AND (m.fecha, m.id) < ($3, $4)"
    );
    let suma: Option<Suma> = c.opt(&sql, params![cliente, moneda.codigo(), fecha, id]).await?;
    Ok(suma.map_or_else(Saldo::default, |s| Saldo { por_cobrar: s.por_cobrar, a_favor: s.a_favor }))
}
