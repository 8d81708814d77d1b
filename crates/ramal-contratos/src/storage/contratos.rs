//! SQL of contracts. It reads no service.

use ramal_base::{Fecha, Instante};
use ramal_clientes::ClienteId;
use ramal_db::{Bulk, Consulta, DbError, FromQueryResult, Tx, params};
use uuid::Uuid;

use crate::contrato::{Contrato, ContratoId};

const SELECT: &str = "SELECT id, numero, cliente_id, domicilio_id, emisor_id, desde, creado \
    FROM contratos";

#[derive(FromQueryResult)]
struct Fila {
    id: ContratoId,
    numero: i64,
    cliente_id: ClienteId,
    domicilio_id: Option<Uuid>,
    emisor_id: Uuid,
    desde: Fecha,
    creado: Instante,
}

impl From<Fila> for Contrato {
    fn from(f: Fila) -> Contrato {
        Contrato {
            id: f.id,
            numero: f.numero,
            cliente_id: f.cliente_id,
            domicilio_id: f.domicilio_id,
            emisor_id: f.emisor_id,
            desde: f.desde,
            creado: f.creado,
        }
    }
}

/// One contract.
pub async fn contrato_by_id(
    c: &impl Consulta,
    id: ContratoId,
) -> Result<Option<Contrato>, DbError> {
    let fila = c.opt::<Fila>(&format!("{SELECT} WHERE id = $1"), params![id]).await?;
    Ok(fila.map(Contrato::from))
}

/// The contract with a printed number.
pub async fn contrato_by_numero(
    c: &impl Consulta,
    numero: i64,
) -> Result<Option<Contrato>, DbError> {
    let fila = c.opt::<Fila>(&format!("{SELECT} WHERE numero = $1"), params![numero]).await?;
    Ok(fila.map(Contrato::from))
}

/// Contracts of a customer, oldest first.
pub async fn contratos_by_cliente(
    c: &impl Consulta,
    cliente: ClienteId,
) -> Result<Vec<Contrato>, DbError> {
    let sql = format!("{SELECT} WHERE cliente_id = $1 ORDER BY numero");
    let filas: Vec<Fila> = c.all(&sql, params![cliente]).await?;
    Ok(filas.into_iter().map(Contrato::from).collect())
}

/// Writes a new contract.
pub async fn insert_contrato(tx: &Tx, c: &Contrato) -> Result<(), DbError> {
    const COLUMNAS: &[&str] =
        &["id", "numero", "cliente_id", "domicilio_id", "emisor_id", "desde", "estado", "creado"];
    let mut fila = Bulk::new("contratos", COLUMNAS);
    fila.push([
        c.id.into(),
        c.numero.into(),
        c.cliente_id.into(),
        c.domicilio_id.into(),
        c.emisor_id.into(),
        c.desde.into(),
        "vigente".into(),
        c.creado.into(),
    ]);
    fila.insert(tx).await.map(|_| ())
}
