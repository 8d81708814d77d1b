//! SQL of customers; what hangs from them is in `partes`, their lists in `lista`. Nothing outside
//! writes their tables.

use ramal_base::documentos::TipoDocumento;
use ramal_base::{Instante, Pais};
use ramal_db::{Bulk, Consulta, DbError, FromQueryResult, Tx, Value, params};
use uuid::Uuid;

use crate::cliente::EstadoCliente;
use crate::{Cliente, ClienteId, busqueda};

mod lista;
mod lotes;
mod partes;

pub use lista::{CONTADOS, FiltroClientes, Orden, count, ids, list, suggest};
pub use lotes::{FilaLote, delete_lote_fila, insert_lote, lote};
pub use partes::{
    ParteMarca, consentimiento_version, consentimientos, contactos, domicilios, insert_contactos,
    insert_domicilios, zonas_de,
};

/// Columns of a customer, in the order that every query here lists them.
const COLUMNAS: &str = "id, numero, pais, tipo_documento, numero_documento, razon_social, \
    nombre_comercial, email, telefono, regimen_fiscal, uso_cfdi, codigo_postal, direccion, estado, \
    notas, version, creado, actualizado";

#[derive(FromQueryResult)]
struct Fila {
    id: ClienteId,
    numero: i64,
    pais: String,
    tipo_documento: String,
    numero_documento: String,
    razon_social: String,
    nombre_comercial: Option<String>,
    email: Option<String>,
    telefono: Option<String>,
    regimen_fiscal: Option<String>,
    uso_cfdi: Option<String>,
    codigo_postal: Option<String>,
    direccion: Option<String>,
    estado: String,
    notas: Option<String>,
    version: i64,
    creado: Instante,
    actualizado: Instante,
}

impl TryFrom<Fila> for Cliente {
    type Error = DbError;

    fn try_from(f: Fila) -> Result<Cliente, DbError> {
        let tipo: Result<TipoDocumento, _> = f.tipo_documento.parse();
        Ok(Cliente {
            id: f.id,
            numero: f.numero,
            pais: Pais::parse(&f.pais).ok_or(DbError::Corrupt("pais of a cliente"))?,
            tipo_documento: tipo.map_err(|_| DbError::Corrupt("document kind of a cliente"))?,
            numero_documento: f.numero_documento,
            razon_social: f.razon_social,
            nombre_comercial: f.nombre_comercial,
            email: f.email,
            telefono: f.telefono,
            regimen_fiscal: f.regimen_fiscal,
            uso_cfdi: f.uso_cfdi,
            codigo_postal: f.codigo_postal,
            direccion: f.direccion,
            estado: EstadoCliente::parse(&f.estado)
                .ok_or(DbError::Corrupt("state of a cliente"))?,
            notas: f.notas,
            version: f.version,
            creado: f.creado,
            actualizado: f.actualizado,
        })
    }
}

fn clientes(filas: Vec<Fila>) -> Result<Vec<Cliente>, DbError> {
    filas.into_iter().map(Cliente::try_from).collect()
}

/// One customer.
pub async fn by_id(c: &impl Consulta, id: ClienteId) -> Result<Option<Cliente>, DbError> {
    let sql = format!("SELECT {COLUMNAS} FROM clientes WHERE id = $1");
    c.opt::<Fila>(&sql, params![id]).await?.map(Cliente::try_from).transpose()
}

/// One customer, its row locked until the end of the transaction.
pub async fn lock(tx: &Tx, id: ClienteId) -> Result<Option<Cliente>, DbError> {
    let sql = format!("SELECT {COLUMNAS} FROM clientes WHERE id = $1{}", tx.motor().for_update());
    tx.opt::<Fila>(&sql, params![id]).await?.map(Cliente::try_from).transpose()
}

/// Customers by id, in no order; on the server engine their rows stay locked.
pub async fn lock_many(tx: &Tx, ids: &[ClienteId]) -> Result<Vec<Cliente>, DbError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let lista = ramal_db::consulta::placeholders(1, ids.len());
    let sql = format!(
        "SELECT {COLUMNAS} FROM clientes WHERE id IN {lista} ORDER BY id{}",
        tx.motor().for_update()
    );
    clientes(tx.all::<Fila>(&sql, ids.iter().map(|id| Value::from(*id)).collect()).await?)
}

/// Customers by id, in order of id, without locking them.
pub async fn by_ids(c: &impl Consulta, ids: &[ClienteId]) -> Result<Vec<Cliente>, DbError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let lista = ramal_db::consulta::placeholders(1, ids.len());
    let sql = format!("SELECT {COLUMNAS} FROM clientes WHERE id IN {lista} ORDER BY id");
    clientes(c.all::<Fila>(&sql, ids.iter().map(|id| Value::from(*id)).collect()).await?)
}

/// The customer that owns an identity.
pub async fn by_identidad(
    c: &impl Consulta,
    identidad: &str,
) -> Result<Option<ClienteId>, DbError> {
    c.scalar("SELECT id FROM clientes WHERE identidad = $1", params![identidad]).await
}

/// The customer with a printed number.
pub async fn id_by_numero(c: &impl Consulta, numero: i64) -> Result<Option<ClienteId>, DbError> {
    c.scalar("SELECT id FROM clientes WHERE numero = $1", params![numero]).await
}

const COLUMNAS_ALTA: &[&str] = &[
    "id",
    "numero",
    "pais",
    "tipo_documento",
    "numero_documento",
    "identidad",
    "razon_social",
    "nombre_busqueda",
    "busqueda",
    "nombre_comercial",
    "email",
    "telefono",
    "regimen_fiscal",
    "uso_cfdi",
    "codigo_postal",
    "direccion",
    "estado",
    "notas",
    "lote_id",
    "version",
    "creado",
    "actualizado",
];

/// Writes customers in bulk; `lote` marks those of an import. Errors: `Unique` on a known identity.
pub async fn insert_many(tx: &Tx, clientes: &[Cliente], lote: Option<Uuid>) -> Result<(), DbError> {
    let mut bulk = Bulk::new("clientes", COLUMNAS_ALTA);
    for c in clientes {
        bulk.push([
            c.id.into(),
            c.numero.into(),
            c.pais.codigo().into(),
            c.tipo_documento.as_str().into(),
            c.numero_documento.as_str().into(),
            Cliente::identidad(c.tipo_documento, c.pais, &c.numero_documento).into(),
            c.razon_social.as_str().into(),
            busqueda::normalize(&c.razon_social).into(),
            busqueda::line(c).into(),
            c.nombre_comercial.clone().into(),
            c.email.clone().into(),
            c.telefono.clone().into(),
            c.regimen_fiscal.clone().into(),
            c.uso_cfdi.clone().into(),
            c.codigo_postal.clone().into(),
            c.direccion.clone().into(),
            c.estado.as_str().into(),
            c.notas.clone().into(),
            lote.into(),
            c.version.into(),
            c.creado.into(),
            c.actualizado.into(),
        ]);
    }
    bulk.insert(tx).await.map(|_| ())
}

/// Writes the changeable fields of a customer.
pub async fn update(tx: &Tx, c: &Cliente) -> Result<(), DbError> {
    const SQL: &str = "UPDATE clientes SET razon_social = $2, nombre_busqueda = $3, \
        nombre_comercial = $4, email = $5, telefono = $6, regimen_fiscal = $7, uso_cfdi = $8, \
        codigo_postal = $9, direccion = $10, estado = $11, notas = $12, version = $13, \
        actualizado = $14, busqueda = $15 WHERE id = $1";
    let valores = params![
        c.id,
        c.razon_social.as_str(),
        busqueda::normalize(&c.razon_social),
        c.nombre_comercial.clone(),
        c.email.clone(),
        c.telefono.clone(),
        c.regimen_fiscal.clone(),
        c.uso_cfdi.clone(),
        c.codigo_postal.clone(),
        c.direccion.clone(),
        c.estado.as_str(),
        c.notas.clone(),
        c.version,
        c.actualizado,
        busqueda::line(c),
    ];
    tx.exec(SQL, valores).await.map(|_| ())
}

/// Takes back the customers of an import that have nothing else.
pub async fn delete_lote(tx: &Tx, lote: Uuid) -> Result<u64, DbError> {
    for tabla in ["consentimientos", "contactos", "domicilios", "clientes_lotes"] {
        let sql = format!(
            "DELETE FROM {tabla} WHERE cliente_id IN (SELECT id FROM clientes WHERE lote_id = $1)"
        );
        tx.exec(&sql, params![lote]).await?;
    }
    tx.exec("DELETE FROM clientes WHERE lote_id = $1", params![lote]).await
}
