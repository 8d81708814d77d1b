//! The check of the accounts (facturacion.md Y4): summaries against movements, abonos against
//! allocations. Mends nothing.

use ramal_db::{Consulta, DbError, FromQueryResult, params};
use uuid::Uuid;

use crate::extracto::SUMAS;

/// Something that does not add up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Descuadre {
    /// Rule that failed: a stable word.
    pub regla: &'static str,
    /// What it was found on: an account, an abono, a line.
    pub objeto: Uuid,
    /// What is written, minor units.
    pub escrito: i64,
    /// What the rows below add up to, minor units.
    pub suma: i64,
}

#[derive(FromQueryResult)]
struct Fila {
    objeto: Uuid,
    escrito: i64,
    suma: i64,
}

/// Compares the summary of the accounts with their movements and each abono with its allocations.
///
/// `cliente` none checks everybody. Gives what does not add up; empty is right. Errors: `Storage`.
pub async fn check_cuenta(
    c: &impl Consulta,
    cliente: Option<Uuid>,
) -> Result<Vec<Descuadre>, DbError> {
    let suyo = |columna: &str| match cliente {
        Some(_) => format!("{columna} = $1"),
        None => "1 = 1".to_owned(),
    };
    let sumas = format!(
        "SELECT m.cliente_id, m.moneda, {SUMAS} FROM movimientos m WHERE {} \
         GROUP BY m.cliente_id, m.moneda",
        suyo("m.cliente_id")
    );
    let lado = |columna: &str| {
        format!(
            "SELECT COALESCE(s.cliente_id, t.cliente_id) AS objeto, \
             COALESCE(s.{columna}, 0) AS escrito, COALESCE(t.{columna}, 0) AS suma \
             FROM (SELECT * FROM saldos_cliente x WHERE {}) s FULL JOIN ({sumas}) t \
             ON t.cliente_id = s.cliente_id AND t.moneda = s.moneda \
             WHERE COALESCE(s.{columna}, 0) <> COALESCE(t.{columna}, 0)",
            suyo("x.cliente_id")
        )
    };
    let de = suyo("a.cliente_id");
    let reglas: [(&'static str, String); 5] = [
        ("saldo_por_cobrar", lado("por_cobrar")),
        ("saldo_a_favor", lado("a_favor")),
        ("abono_aplicado", applied(&de)),
        ("abono_excedido", exceeded(&de)),
        ("a_favor_sin_abonos", in_favour(&sumas, &de)),
    ];
    let mut descuadres = Vec::new();
    for (regla, sql) in reglas {
        let valores = cliente.map_or_else(Vec::new, |id| params![id]);
        let filas: Vec<Fila> = c.all(&sql, valores).await?;
        let descuadre =
            |f: Fila| Descuadre { regla, objeto: f.objeto, escrito: f.escrito, suma: f.suma };
        descuadres.extend(filas.into_iter().map(descuadre));
    }
    Ok(descuadres)
}

/// What an abono says that it settles against its allocations.
fn applied(de: &str) -> String {
    const SUMA: &str = "CAST(COALESCE((SELECT SUM(i.monto) FROM imputaciones i \
        WHERE i.abono_id = a.id), 0) AS BIGINT)";
    format!(
        "SELECT a.id AS objeto, a.aplicado AS escrito, {SUMA} AS suma FROM abonos a \
         WHERE {de} AND a.aplicado <> {SUMA}"
    )
}

/// No abono settles more than it has; one taken back settles nothing.
fn exceeded(de: &str) -> String {
    format!(
        "SELECT a.id AS objeto, a.monto AS escrito, a.aplicado + a.retirado AS suma \
         FROM abonos a WHERE {de} AND (a.aplicado + a.retirado > a.monto OR a.aplicado < 0 \
         OR a.retirado < 0 OR a.estado = 'revertido' AND a.aplicado <> 0)"
    )
}

/// Balance in favour = money in − money back − what settles invoices.
fn in_favour(sumas: &str, de: &str) -> String {
    format!(
        "SELECT t.cliente_id AS objeto, t.a_favor AS escrito, COALESCE(r.resto, 0) AS suma \
         FROM ({sumas}) t LEFT JOIN (SELECT a.cliente_id, a.moneda, CAST(SUM(CASE \
             WHEN a.estado = 'vigente' THEN a.monto - a.aplicado - a.retirado \
             ELSE -a.retirado END) AS BIGINT) AS resto \
             FROM abonos a WHERE {de} GROUP BY a.cliente_id, a.moneda) r \
         ON r.cliente_id = t.cliente_id AND r.moneda = t.moneda \
         WHERE t.a_favor <> COALESCE(r.resto, 0)"
    )
}
