//! The summary of each account, moved in the transaction that posts. It is checked against the
//! movements, never believed over them.

use std::collections::BTreeMap;

use ramal_base::Moneda;
use ramal_db::{Consulta, DbError, FromQueryResult, Tx, Value, params};
use uuid::Uuid;

/// Where an account stands, minor units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Saldo {
    /// Owed by the customer.
    pub por_cobrar: i64,
    /// Money of the customer that settles nothing yet.
    pub a_favor: i64,
}

impl Saldo {
    /// Balance of the account: above zero the customer owes, below it has money in favour.
    pub fn neto(self) -> i64 {
        self.por_cobrar - self.a_favor
    }
}

/// Where an account stands in one currency.
#[derive(Clone, Debug, FromQueryResult)]
pub struct SaldoFila {
    /// Currency.
    pub moneda: String,
    /// Owed by the customer, minor units.
    pub por_cobrar: i64,
    /// Money in favour, minor units.
    pub a_favor: i64,
}

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Cambio {
    pub(crate) por_cobrar: i64,
    pub(crate) a_favor: i64,
}

/// Where the account of a customer stands; nothing owed if it has no movement.
pub async fn saldo(c: &impl Consulta, cliente: Uuid, moneda: Moneda) -> Result<Saldo, DbError> {
    const SQL: &str = "SELECT moneda, por_cobrar, a_favor FROM saldos_cliente \
        WHERE cliente_id = $1 AND moneda = $2";
    let fila: Option<SaldoFila> = c.opt(SQL, params![cliente, moneda.codigo()]).await?;
    Ok(fila.map_or_else(Saldo::default, |f| Saldo { por_cobrar: f.por_cobrar, a_favor: f.a_favor }))
}

/// Where the accounts of a customer stand, by currency.
pub async fn saldos_de(c: &impl Consulta, cliente: Uuid) -> Result<Vec<SaldoFila>, DbError> {
    const SQL: &str = "SELECT moneda, por_cobrar, a_favor FROM saldos_cliente \
        WHERE cliente_id = $1 ORDER BY moneda";
    c.all(SQL, params![cliente]).await
}

/// Rows per statement.
const TANDA: usize = 100;

/// Adds changes to the summaries; in order of customer, so that two writers never cross.
pub(crate) async fn add_saldos(
    tx: &Tx,
    cambios: &BTreeMap<(Uuid, Moneda), Cambio>,
) -> Result<(), DbError> {
    let filas: Vec<_> =
        cambios.iter().filter(|(_, c)| c.por_cobrar != 0 || c.a_favor != 0).collect();
    for tanda in filas.chunks(TANDA) {
        let lista: Vec<String> = (0..tanda.len())
            .map(|i| {
                let n = i * 4;
                format!("(${}, ${}, ${}, ${})", n + 1, n + 2, n + 3, n + 4)
            })
            .collect();
        let sql = format!(
            "INSERT INTO saldos_cliente (cliente_id, moneda, por_cobrar, a_favor) VALUES {} \
             ON CONFLICT (cliente_id, moneda) DO UPDATE SET \
             por_cobrar = saldos_cliente.por_cobrar + excluded.por_cobrar, \
             a_favor = saldos_cliente.a_favor + excluded.a_favor",
            lista.join(", ")
        );
        let mut valores: Vec<Value> = Vec::with_capacity(tanda.len() * 4);
        for ((cliente, moneda), c) in tanda {
            valores.extend(params![*cliente, moneda.codigo(), c.por_cobrar, c.a_favor]);
        }
        tx.exec(&sql, valores).await?;
    }
    Ok(())
}
