//! What came in, by day, means and cashier. It reads; the sums are made here, once.

use std::collections::BTreeMap;

use ramal_base::Fecha;
use ramal_db::{Consulta, DbError, FromQueryResult, params};

/// Longest span of a report, days.
pub const DIAS: i64 = 366;

/// A group of payments of one day, means, cashier and currency.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Grupo {
    /// Day of posting.
    pub fecha: Fecha,
    /// Means.
    pub medio: String,
    /// Who registered them.
    pub actor: String,
    /// Currency.
    pub moneda: String,
    /// How many still count.
    pub n: i64,
    /// What those add up to, minor units.
    pub monto: i64,
    /// How many were taken back.
    pub deshechos: i64,
    /// What those added up to, minor units.
    pub deshecho: i64,
}

/// Groups of the payments posted between two days, both included, by day, means and cashier.
pub async fn grupos(c: &impl Consulta, desde: Fecha, hasta: Fecha) -> Result<Vec<Grupo>, DbError> {
    const SQL: &str = "SELECT fecha, medio, actor, moneda, \
        CAST(SUM(CASE WHEN estado = 'vigente' THEN 1 ELSE 0 END) AS BIGINT) AS n, \
        CAST(SUM(CASE WHEN estado = 'vigente' THEN monto ELSE 0 END) AS BIGINT) AS monto, \
        CAST(SUM(CASE WHEN estado = 'vigente' THEN 0 ELSE 1 END) AS BIGINT) AS deshechos, \
        CAST(SUM(CASE WHEN estado = 'vigente' THEN 0 ELSE monto END) AS BIGINT) AS deshecho \
        FROM pagos WHERE fecha >= $1 AND fecha <= $2 \
        GROUP BY fecha, medio, actor, moneda ORDER BY fecha, medio, actor, moneda";
    c.all(SQL, params![desde, hasta]).await
}

/// Sums of a part of the report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Suma {
    /// How many still count.
    pub n: i64,
    /// What those add up to, minor units.
    pub monto: i64,
    /// What was taken back, minor units.
    pub deshecho: i64,
}

/// Sums by a key and currency, in their order.
pub fn sums<'a, K: Ord>(
    grupos: &'a [Grupo],
    clave: impl Fn(&'a Grupo) -> K,
) -> BTreeMap<(K, &'a str), Suma> {
    let mut sumas: BTreeMap<(K, &str), Suma> = BTreeMap::new();
    for g in grupos {
        let suma = sumas.entry((clave(g), g.moneda.as_str())).or_default();
        suma.n += g.n;
        suma.monto += g.monto;
        suma.deshecho += g.deshecho;
    }
    sumas
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn currencies_are_never_added_together() {
        let grupo = |moneda: &str, monto| Grupo {
            fecha: Fecha::parse("2026-11-20").unwrap(),
            medio: "efectivo".into(),
            actor: "usuario:1".into(),
            moneda: moneda.into(),
            n: 1,
            monto,
            deshechos: 0,
            deshecho: 0,
        };
        let grupos = [grupo("PEN", 100), grupo("USD", 7), grupo("PEN", 50)];
        let sumas = sums(&grupos, |g| g.medio.as_str());
        let vistas: Vec<_> = sumas.iter().map(|((_, m), s)| (*m, s.n, s.monto)).collect();
        assert_eq!(vistas, [("PEN", 2, 150), ("USD", 1, 7)]);
    }
}
