//! Accounts and references that are one customer's alone.

use ramal_base::{Cx, Instante};
use ramal_db::consulta::placeholders;
use ramal_db::{Consulta, DbError, FromQueryResult, Tx, Value, params};
use uuid::Uuid;

/// An account or reference of one customer.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct ReferenciaPago {
    /// Identifier.
    pub id: Uuid,
    /// Whose.
    pub cliente_id: Uuid,
    /// `clabe`, `cci` or `referencia`.
    pub clase: String,
    /// Letters and digits, capitals, without leading zeros taken off.
    pub valor: String,
    /// Who gave it, if a gateway did.
    pub proveedor: Option<String>,
    /// When.
    pub creado: Instante,
}

const COLUMNAS: &str = "id, cliente_id, clase, valor, proveedor, creado";

/// Those of a customer.
pub async fn of_cliente(c: &impl Consulta, cliente: Uuid) -> Result<Vec<ReferenciaPago>, DbError> {
    let sql = format!("SELECT {COLUMNAS} FROM referencias_pago WHERE cliente_id = $1 ORDER BY id");
    c.all(&sql, params![cliente]).await
}

/// Those with some values.
pub async fn by_values(
    c: &impl Consulta,
    valores: &[String],
) -> Result<Vec<ReferenciaPago>, DbError> {
    if valores.is_empty() {
        return Ok(Vec::new());
    }
    let lista = placeholders(1, valores.len());
    let sql = format!("SELECT {COLUMNAS} FROM referencias_pago WHERE valor IN {lista} ORDER BY id");
    c.all(&sql, valores.iter().map(|v| Value::from(v.as_str())).collect()).await
}

/// Writes one; `false` if somebody has the value.
pub(crate) async fn insert(tx: &Tx, cx: &Cx, r: &ReferenciaPago) -> Result<bool, DbError> {
    const SQL: &str = "INSERT INTO referencias_pago \
        (id, cliente_id, clase, valor, proveedor, creado) VALUES ($1, $2, $3, $4, $5, $6) \
        ON CONFLICT (valor) DO NOTHING";
    let valores = params![
        r.id,
        r.cliente_id,
        r.clase.as_str(),
        r.valor.as_str(),
        r.proveedor.clone(),
        cx.now(),
    ];
    Ok(tx.exec(SQL, valores).await? == 1)
}
