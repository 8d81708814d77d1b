//! Fees as they lie in their table: one row per key. Decides nothing.

use std::collections::HashMap;

use ramal_base::Instante;
use ramal_db::consulta::placeholders;
use ramal_db::{Consulta, DbError, FromQueryResult, Tx, Value, params};
use uuid::Uuid;

use crate::Error;
use crate::recargo::EstadoRecargo;

/// A fee.
#[derive(Clone, Debug, FromQueryResult)]
pub struct RecargoFila {
    /// Identifier.
    pub id: Uuid,
    /// Who owes it.
    pub cliente_id: Uuid,
    /// Who must bill it, if known.
    pub emisor_id: Option<Uuid>,
    /// Invoice that it is late on.
    pub factura_id: Option<Uuid>,
    /// Service that was reconnected.
    pub servicio_id: Option<Uuid>,
    /// Kind: see [`crate::recargo::ClaseRecargo`].
    pub clase: String,
    /// What makes it one.
    pub clave: String,
    /// Minor units, taxes included.
    pub monto: i64,
    /// Currency.
    pub moneda: String,
    /// What the customer reads.
    pub descripcion: String,
    /// State: see [`EstadoRecargo`].
    pub estado: String,
    /// Invoice that carries it.
    pub cargada_en: Option<Uuid>,
    /// Its line there.
    pub linea: Option<i32>,
    /// Why it was forgiven.
    pub motivo: Option<String>,
    /// When it was added.
    pub creado: Instante,
}

const COLUMNAS: &str = "id, cliente_id, emisor_id, factura_id, servicio_id, clase, clave, monto, \
    moneda, descripcion, estado, cargada_en, linea, motivo, creado";

/// Writes a new fee. Errors: `Unique` if its key was charged before.
pub async fn insert(tx: &Tx, r: &RecargoFila) -> Result<(), Error> {
    let sql = format!(
        "INSERT INTO recargos ({COLUMNAS}, version) VALUES {}",
        placeholders(1, 15).replace(')', ", 1)")
    );
    let valores = params![
        r.id,
        r.cliente_id,
        r.emisor_id,
        r.factura_id,
        r.servicio_id,
        r.clase.as_str(),
        r.clave.as_str(),
        r.monto,
        r.moneda.as_str(),
        r.descripcion.as_str(),
        r.estado.as_str(),
        r.cargada_en,
        r.linea,
        r.motivo.clone(),
        r.creado,
    ];
    tx.exec(&sql, valores).await?;
    Ok(())
}

async fn read(
    c: &impl Consulta,
    donde: &str,
    valores: Vec<Value>,
) -> Result<Vec<RecargoFila>, DbError> {
    c.all(&format!("SELECT {COLUMNAS} FROM recargos WHERE {donde} ORDER BY id"), valores).await
}

/// One fee.
pub async fn by_id(c: &impl Consulta, id: Uuid) -> Result<Option<RecargoFila>, DbError> {
    Ok(read(c, "id = $1", params![id]).await?.into_iter().next())
}

/// The fee of a key.
pub async fn by_clave(c: &impl Consulta, clave: &str) -> Result<Option<RecargoFila>, DbError> {
    Ok(read(c, "clave = $1", params![clave]).await?.into_iter().next())
}

/// Fees of a customer, oldest first, at most a hundred.
pub async fn of_cliente(c: &impl Consulta, cliente: Uuid) -> Result<Vec<RecargoFila>, DbError> {
    let mut todos = read(c, "cliente_id = $1", params![cliente]).await?;
    todos.truncate(100);
    Ok(todos)
}

/// Fees that an invoice's lateness brought and nobody forgave.
pub async fn of_factura(c: &impl Consulta, factura: Uuid) -> Result<Vec<RecargoFila>, DbError> {
    let donde = "factura_id = $1 AND estado IN ('pendiente', 'facturado')";
    read(c, donde, params![factura]).await
}

/// Fees that an invoice carries.
pub async fn charged_on(c: &impl Consulta, factura: Uuid) -> Result<Vec<RecargoFila>, DbError> {
    let donde = "cargada_en = $1 AND estado IN ('facturado', 'por_acreditar')";
    read(c, donde, params![factura]).await
}

/// Fees that wait, by customer: one statement for a chunk of a run.
pub async fn pendientes(
    c: &impl Consulta,
    clientes: &[Uuid],
) -> Result<HashMap<Uuid, Vec<RecargoFila>>, DbError> {
    let mut por_cliente: HashMap<Uuid, Vec<RecargoFila>> = HashMap::new();
    for parte in clientes.chunks(400) {
        let lista = placeholders(1, parte.len());
        let donde = format!("estado = 'pendiente' AND cliente_id IN {lista}");
        let valores = parte.iter().map(|i| Value::from(*i)).collect();
        for fila in read(c, &donde, valores).await? {
            por_cliente.entry(fila.cliente_id).or_default().push(fila);
        }
    }
    Ok(por_cliente)
}

/// Says on which line of which invoice fees are charged. Errors: `Corrupt` if one was charged or
/// forgiven meanwhile, which the customer's lock prevents.
pub async fn mark_charged(tx: &Tx, factura: Uuid, recargos: &[(Uuid, i32)]) -> Result<(), DbError> {
    const SQL: &str = "UPDATE recargos SET estado = 'facturado', cargada_en = $2, linea = $3, \
        version = version + 1 WHERE id = $1 AND estado = 'pendiente'";
    for (id, linea) in recargos {
        if tx.exec(SQL, params![*id, factura, *linea]).await? != 1 {
            return Err(DbError::Corrupt("a recargo is charged twice"));
        }
    }
    Ok(())
}

/// Moves a fee to a state.
pub async fn set_estado(
    tx: &Tx,
    id: Uuid,
    (estado, motivo): (EstadoRecargo, Option<&str>),
) -> Result<(), Error> {
    const SQL: &str = "UPDATE recargos SET estado = $2, motivo = $3, version = version + 1 \
        WHERE id = $1";
    tx.exec(SQL, params![id, estado.as_str(), motivo.map(str::to_owned)]).await?;
    Ok(())
}

/// Puts a fee back among those that wait.
pub async fn reopen(tx: &Tx, id: Uuid) -> Result<(), Error> {
    const SQL: &str = "UPDATE recargos SET estado = 'pendiente', cargada_en = NULL, \
        linea = NULL, version = version + 1 WHERE id = $1";
    tx.exec(SQL, params![id]).await?;
    Ok(())
}
