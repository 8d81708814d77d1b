//! The check of invoices against the account (facturacion.md Y4). Mends nothing.

use ramal_cuenta::{Descuadre, check_cuenta};
use ramal_db::{Consulta, FromQueryResult, params};
use uuid::Uuid;

use crate::Error;

#[derive(FromQueryResult)]
struct Fila {
    objeto: Uuid,
    escrito: i64,
    suma: i64,
}

/// Checks that lines, invoices, allocations and accounts say the same; empty is right.
///
/// What each line has settled is what its allocations add up to and never more than the line less
/// its credits; what each customer owes is the sum of what is open. `cliente` none checks
/// everybody.
/// Errors: `Storage`.
pub async fn check(c: &impl Consulta, cliente: Option<Uuid>) -> Result<Vec<Descuadre>, Error> {
    let mut descuadres = check_cuenta(c, cliente).await?;
    for (regla, sql) in rules(cliente.is_some()) {
        let valores = cliente.map_or_else(Vec::new, |id| params![id]);
        let filas: Vec<Fila> = c.all(&sql, valores).await?;
        let descuadre =
            |f: Fila| Descuadre { regla, objeto: f.objeto, escrito: f.escrito, suma: f.suma };
        descuadres.extend(filas.into_iter().map(descuadre));
    }
    Ok(descuadres)
}

const IMPUTADO: &str = "CAST(COALESCE((SELECT SUM(i.monto) FROM imputaciones i \
    WHERE i.factura_id = l.factura_id AND i.linea = l.linea), 0) AS BIGINT)";

fn rules(de_uno: bool) -> [(&'static str, String); 5] {
    let suyo = if de_uno { "f.cliente_id = $1" } else { "1 = 1" };
    let lineas = "FROM factura_lineas l JOIN facturas f ON f.id = l.factura_id";
    let facturas = |escrito: &str, suma: &str| {
        format!(
            "SELECT t.id AS objeto, t.escrito, t.suma FROM (SELECT f.id, {escrito} AS escrito, \
             CAST(SUM({suma}) AS BIGINT) AS suma {lineas} WHERE {suyo} \
             GROUP BY f.id, {escrito}) t WHERE t.escrito <> t.suma"
        )
    };
    [
        (
            "linea_aplicada",
            format!(
                "SELECT l.factura_id AS objeto, l.aplicado AS escrito, {IMPUTADO} AS suma {lineas} \
                 WHERE {suyo} AND l.aplicado <> {IMPUTADO}"
            ),
        ),
        (
            "linea_excedida",
            format!(
                "SELECT l.factura_id AS objeto, l.cobrable AS escrito, l.rebajado + l.aplicado \
                 AS suma {lineas} WHERE {suyo} AND (l.rebajado + l.aplicado > l.cobrable \
                 OR l.aplicado < 0 OR l.acreditado > l.importe)"
            ),
        ),
        ("factura_aplicada", facturas("f.aplicado", "l.aplicado")),
        ("factura_total", facturas("f.total", "l.cobrable")),
        ("deuda", owed(suyo)),
    ]
}

/// What the account says that is owed against what is open.
fn owed(suyo: &str) -> String {
    let s = suyo.replace("f.cliente_id", "s.cliente_id");
    format!(
        "SELECT s.cliente_id AS objeto, s.por_cobrar AS escrito, COALESCE(t.abierto, 0) AS suma \
         FROM saldos_cliente s LEFT JOIN (SELECT f.cliente_id, f.moneda, \
             CAST(SUM(f.total - f.acreditado - f.aplicado) AS BIGINT) AS abierto FROM facturas f \
             WHERE {suyo} AND f.estado IN ('emitida', 'pagada') \
             AND f.clase IN ('factura', 'recibo', 'nota_debito') \
             GROUP BY f.cliente_id, f.moneda) t \
         ON t.cliente_id = s.cliente_id AND t.moneda = s.moneda \
         WHERE {s} AND s.por_cobrar <> COALESCE(t.abierto, 0)"
    )
}
