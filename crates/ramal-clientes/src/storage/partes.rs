//! SQL of what hangs from a customer: addresses, contacts, consents. Consents are only ever added.

use ramal_base::Instante;
use ramal_db::consulta::placeholders;
use ramal_db::{Bulk, Consulta, DbError, FromQueryResult, Tx, Value, params};
use uuid::Uuid;

use crate::ClienteId;
use crate::cliente::{Consentimiento, Contacto, Domicilio};

/// Marker of the rows that hang from a customer.
pub struct ParteMarca;

const COLUMNAS_DOMICILIO: &[&str] = &[
    "id",
    "cliente_id",
    "clase",
    "linea",
    "colonia",
    "ciudad",
    "region",
    "codigo_postal",
    "ubigeo",
    "zona_id",
    "creado",
];

const COLUMNAS_CONTACTO: &[&str] =
    &["id", "cliente_id", "nombre", "cargo", "email", "telefono", "creado"];

/// Writes addresses in bulk, each with its customer.
pub async fn insert_domicilios(
    tx: &Tx,
    ahora: Instante,
    domicilios: &[(ClienteId, Domicilio)],
) -> Result<(), DbError> {
    let mut bulk = Bulk::new("domicilios", COLUMNAS_DOMICILIO);
    for (cliente, d) in domicilios {
        bulk.push([
            d.id.into(),
            (*cliente).into(),
            d.clase.as_str().into(),
            d.linea.as_str().into(),
            d.colonia.clone().into(),
            d.ciudad.clone().into(),
            d.region.clone().into(),
            d.codigo_postal.clone().into(),
            d.ubigeo.clone().into(),
            d.zona_id.into(),
            ahora.into(),
        ]);
    }
    bulk.insert(tx).await.map(|_| ())
}

/// Writes contacts in bulk, each with its customer.
pub async fn insert_contactos(
    tx: &Tx,
    ahora: Instante,
    contactos: &[(ClienteId, Contacto)],
) -> Result<(), DbError> {
    let mut bulk = Bulk::new("contactos", COLUMNAS_CONTACTO);
    for (cliente, c) in contactos {
        bulk.push([
            c.id.into(),
            (*cliente).into(),
            c.nombre.as_str().into(),
            c.cargo.clone().into(),
            c.email.clone().into(),
            c.telefono.clone().into(),
            ahora.into(),
        ]);
    }
    bulk.insert(tx).await.map(|_| ())
}

/// Addresses of a customer, oldest first.
pub async fn domicilios(c: &impl Consulta, cliente: ClienteId) -> Result<Vec<Domicilio>, DbError> {
    #[derive(FromQueryResult)]
    struct Fila {
        id: Uuid,
        clase: String,
        linea: String,
        colonia: Option<String>,
        ciudad: Option<String>,
        region: Option<String>,
        codigo_postal: Option<String>,
        ubigeo: Option<String>,
        zona_id: Option<Uuid>,
    }
    const SQL: &str = "SELECT id, clase, linea, colonia, ciudad, region, codigo_postal, ubigeo, \
        zona_id FROM domicilios WHERE cliente_id = $1 ORDER BY id";
    let filas = c.all::<Fila>(SQL, params![cliente]).await?;
    let domicilio = |f: Fila| Domicilio {
        id: f.id,
        clase: f.clase,
        linea: f.linea,
        colonia: f.colonia,
        ciudad: f.ciudad,
        region: f.region,
        codigo_postal: f.codigo_postal,
        ubigeo: f.ubigeo,
        zona_id: f.zona_id,
    };
    Ok(filas.into_iter().map(domicilio).collect())
}

/// Zones of the addresses of these customers, oldest address first.
pub async fn zonas_de(
    c: &impl Consulta,
    clientes: &[ClienteId],
) -> Result<Vec<(ClienteId, Uuid)>, DbError> {
    #[derive(FromQueryResult)]
    struct Fila {
        cliente_id: ClienteId,
        zona_id: Uuid,
    }
    if clientes.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT cliente_id, zona_id FROM domicilios \
         WHERE zona_id IS NOT NULL AND cliente_id IN {} ORDER BY id",
        placeholders(1, clientes.len())
    );
    let filas = c.all::<Fila>(&sql, clientes.iter().map(|i| Value::from(*i)).collect()).await?;
    Ok(filas.into_iter().map(|f| (f.cliente_id, f.zona_id)).collect())
}

/// Contacts of a customer, oldest first.
pub async fn contactos(c: &impl Consulta, cliente: ClienteId) -> Result<Vec<Contacto>, DbError> {
    #[derive(FromQueryResult)]
    struct Fila {
        id: Uuid,
        nombre: String,
        cargo: Option<String>,
        email: Option<String>,
        telefono: Option<String>,
    }
    const SQL: &str = "SELECT id, nombre, cargo, email, telefono FROM contactos \
        WHERE cliente_id = $1 ORDER BY id";
    let filas = c.all::<Fila>(SQL, params![cliente]).await?;
    let contacto = |f: Fila| Contacto {
        id: f.id,
        nombre: f.nombre,
        cargo: f.cargo,
        email: f.email,
        telefono: f.telefono,
    };
    Ok(filas.into_iter().map(contacto).collect())
}

/// Every version of every consent of a customer, oldest version first within purpose and channel.
pub async fn consentimientos(
    c: &impl Consulta,
    cliente: ClienteId,
) -> Result<Vec<Consentimiento>, DbError> {
    #[derive(FromQueryResult)]
    struct Fila {
        finalidad: String,
        canal: String,
        version: i64,
        otorgado: bool,
        origen: String,
        fecha: Instante,
    }
    const SQL: &str = "SELECT finalidad, canal, version, otorgado, origen, fecha \
        FROM consentimientos WHERE cliente_id = $1 ORDER BY finalidad, canal, version";
    let filas = c.all::<Fila>(SQL, params![cliente]).await?;
    let consentimiento = |f: Fila| Consentimiento {
        finalidad: f.finalidad,
        canal: f.canal,
        version: f.version,
        otorgado: f.otorgado,
        origen: f.origen,
        fecha: f.fecha,
    };
    Ok(filas.into_iter().map(consentimiento).collect())
}

/// Highest version of a consent for its purpose and channel; 0 if there is none.
pub async fn consentimiento_version(
    c: &impl Consulta,
    cliente: ClienteId,
    finalidad: &str,
    canal: &str,
) -> Result<i64, DbError> {
    const SQL: &str = "SELECT MAX(version) FROM consentimientos \
        WHERE cliente_id = $1 AND finalidad = $2 AND canal = $3";
    Ok(c.scalar(SQL, params![cliente, finalidad, canal]).await?.unwrap_or(0))
}
