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
    /// Where the account stands after the last row of the page.
    pub fn last(&self) -> Saldo {
        self.filas.last().map_or(self.inicial, |r| r.saldo)
    }
}

/// Movements of an account with their running balance, in order of posting.
///
/// A cursor that is not one of ours gives `None`. Errors: `Storage`.
pub async fn movimientos_de(
    c: &impl Consulta,
    (cliente, moneda): (Uuid, Moneda),
    rango: Rango,
    cursor: &Cursor,
) -> Result<Option<Extracto>, DbError> {
    let Some(tras) = cursor.cursor.as_deref().map(parse_cursor).transpose().ok() else {
        return Ok(None);
    };
    let inicial = before(c, (cliente, moneda), (rango.desde, tras)).await?;
    let mut valores = params![cliente, moneda.codigo()];
    let mut donde = "m.cliente_id = $1 AND m.moneda = $2".to_owned();
    if let Some(desde) = rango.desde {
        donde.push_str(&format!(" AND m.fecha >= {}", bind(&mut valores, desde)));
    }
    if let Some(hasta) = rango.hasta {
        donde.push_str(&format!(" AND m.fecha <= {}", bind(&mut valores, hasta)));
    }
    if let Some((fecha, id)) = tras {
        let (f, i) = (bind(&mut valores, fecha), bind(&mut valores, id));
        donde.push_str(&format!(" AND (m.fecha > {f} OR m.fecha = {f} AND m.id > {i})"));
    }
    let sql = format!(
        "SELECT {COLUMNAS} FROM movimientos m WHERE {donde} ORDER BY m.fecha, m.id LIMIT {}",
        cursor.filas()
    );
    let filas: Vec<MovimientoFila> = c.all(&sql, valores).await?;
    let pagina = ramal_db::Pagina::cut(filas, cursor, |m| format!("{}_{}", m.fecha, m.id));
    let mut saldo = inicial;
    let renglon = |movimiento: MovimientoFila| {
        saldo.por_cobrar += movimiento.por_cobrar();
        saldo.a_favor += movimiento.a_favor();
        Renglon { movimiento, saldo }
    };
    let siguiente = pagina.siguiente;
    Ok(Some(Extracto {
        inicial,
        filas: pagina.datos.into_iter().map(renglon).collect(),
        siguiente,
    }))
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

/// Where the account stood before a day, or up to the movement of a cursor.
async fn before(
    c: &impl Consulta,
    (cliente, moneda): (Uuid, Moneda),
    (desde, tras): (Option<Fecha>, Option<(Fecha, Uuid)>),
) -> Result<Saldo, DbError> {
    let mut valores = params![cliente, moneda.codigo()];
    let donde = match (desde, tras) {
        (_, Some((fecha, id))) => {
            let (f, i) = (bind(&mut valores, fecha), bind(&mut valores, id));
            format!("(m.fecha < {f} OR m.fecha = {f} AND m.id <= {i})")
        }
        (Some(desde), None) => format!("m.fecha < {}", bind(&mut valores, desde)),
        (None, None) => return Ok(Saldo::default()),
    };
    let sql = format!(
        "SELECT {SUMAS} FROM movimientos m WHERE m.cliente_id = $1 AND m.moneda = $2 AND {donde}"
    );
    let suma: Option<Suma> = c.opt(&sql, valores).await?;
    Ok(suma.map_or_else(Saldo::default, |s| Saldo { por_cobrar: s.por_cobrar, a_favor: s.a_favor }))
}
