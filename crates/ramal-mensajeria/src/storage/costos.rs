//! What WhatsApp charges: rates by market, category and day, and a line per message. Units are
//! millionths of the currency, because one message costs less than a cent.

use ramal_base::{Fecha, Instante};
use ramal_db::{Consulta, DbError, FromQueryResult, Tx, params};
use uuid::Uuid;

use crate::EnvioId;

/// A rate in force.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Tarifa {
    /// Market, ISO country.
    pub mercado: String,
    /// Category.
    pub categoria: String,
    /// First day.
    pub desde: Fecha,
    /// Currency.
    pub moneda: String,
    /// Price of a message, millionths.
    pub micros: i64,
}

/// The rate of a day, if the table has one.
pub async fn rate(
    c: &impl Consulta,
    mercado: &str,
    categoria: &str,
    dia: Fecha,
) -> Result<Option<Tarifa>, DbError> {
    const SQL: &str = "SELECT mercado, categoria, desde, moneda, micros FROM tarifas_whatsapp \
        WHERE mercado = $1 AND categoria = $2 AND desde <= $3 ORDER BY desde DESC LIMIT 1";
    c.opt(SQL, params![mercado, categoria, dia]).await
}

/// Every rate, the latest of each first.
pub async fn rates(c: &impl Consulta) -> Result<Vec<Tarifa>, DbError> {
    const SQL: &str = "SELECT mercado, categoria, desde, moneda, micros FROM tarifas_whatsapp \
        ORDER BY mercado, categoria, desde DESC LIMIT 500";
    c.all(SQL, params![]).await
}

/// Writes a rate.
pub async fn put_rate(tx: &Tx, t: &Tarifa) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO tarifas_whatsapp (mercado, categoria, desde, moneda, micros) \
        VALUES ($1, $2, $3, $4, $5) ON CONFLICT (mercado, categoria, desde) \
        DO UPDATE SET moneda = excluded.moneda, micros = excluded.micros";
    let valores =
        params![t.mercado.as_str(), t.categoria.as_str(), t.desde, t.moneda.as_str(), t.micros];
    tx.exec(SQL, valores).await.map(|_| ())
}

/// What one message cost.
#[derive(Clone, Debug)]
pub struct Costo {
    /// Number of ours, at Meta.
    pub telefono_id: String,
    /// Message.
    pub wamid: String,
    /// Envio, once known.
    pub envio_id: Option<EnvioId>,
    /// Cliente.
    pub cliente_id: Option<Uuid>,
    /// Kind.
    pub clase: Option<String>,
    /// Market.
    pub mercado: String,
    /// Category, as Meta told it.
    pub categoria: String,
    /// Pricing model.
    pub modelo: String,
    /// Type: `regular`, `free_customer_service`, …
    pub tipo: String,
    /// Whether it is charged.
    pub facturable: bool,
    /// Price, millionths.
    pub micros: i64,
    /// Currency.
    pub moneda: String,
    /// When.
    pub momento: Instante,
    /// Month, `2026-11`.
    pub mes: String,
}

/// Writes a cost. Several statuses carry it: the earliest counts.
pub async fn put(tx: &Tx, c: &Costo) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO costos_whatsapp (telefono_id, wamid, envio_id, cliente_id, \
        clase, mercado, categoria, modelo, tipo, facturable, micros, moneda, momento, mes) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) \
        ON CONFLICT (telefono_id, wamid) DO UPDATE SET categoria = excluded.categoria, \
        modelo = excluded.modelo, tipo = excluded.tipo, facturable = excluded.facturable, \
        micros = excluded.micros, moneda = excluded.moneda, momento = excluded.momento, \
        mes = excluded.mes WHERE excluded.momento < costos_whatsapp.momento";
    let valores = params![
        c.telefono_id.as_str(),
        c.wamid.as_str(),
        c.envio_id,
        c.cliente_id,
        c.clase.clone(),
        c.mercado.as_str(),
        c.categoria.as_str(),
        c.modelo.as_str(),
        c.tipo.as_str(),
        c.facturable,
        c.micros,
        c.moneda.as_str(),
        c.momento,
        c.mes.as_str()
    ];
    tx.exec(SQL, valores).await.map(|_| ())
}

/// The cost of a message belongs to an envio.
pub async fn attach(
    tx: &Tx,
    wamid: &str,
    (envio, cliente, clase): (EnvioId, Option<Uuid>, &str),
) -> Result<(), DbError> {
    const SQL: &str = "UPDATE costos_whatsapp SET envio_id = $1, cliente_id = $2, clase = $3 \
        WHERE wamid = $4 AND envio_id IS NULL";
    tx.exec(SQL, params![envio, cliente, clase, wamid]).await.map(|_| ())
}

/// What a month cost, by some name.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Suma {
    /// Month, category or kind.
    pub nombre: String,
    /// Currency.
    pub moneda: String,
    /// Messages.
    pub mensajes: i64,
    /// Of them, charged.
    pub cobrados: i64,
    /// Cost, millionths.
    pub micros: i64,
}

const SUMAS: &str = "moneda, COUNT(*) AS mensajes, \
    CAST(SUM(CASE WHEN facturable THEN 1 ELSE 0 END) AS BIGINT) AS cobrados, \
    CAST(SUM(micros) AS BIGINT) AS micros";

/// By what a month is divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Por {
    /// Category of Meta.
    Categoria,
    /// Kind of notification.
    Clase,
}

/// A month divided, dearest first.
pub async fn of_month(c: &impl Consulta, mes: &str, por: Por) -> Result<Vec<Suma>, DbError> {
    let columna = match por {
        Por::Categoria => "categoria",
        Por::Clase => "COALESCE(clase, '')",
    };
    let sql = format!(
        "SELECT {columna} AS nombre, {SUMAS} FROM costos_whatsapp WHERE mes = $1 \
         GROUP BY {columna}, moneda ORDER BY micros DESC, nombre LIMIT 100"
    );
    c.all(&sql, params![mes]).await
}

/// The months from `desde`, in order.
pub async fn months(c: &impl Consulta, desde: &str) -> Result<Vec<Suma>, DbError> {
    let sql = format!(
        "SELECT mes AS nombre, {SUMAS} FROM costos_whatsapp WHERE mes >= $1 \
         GROUP BY mes, moneda ORDER BY nombre, moneda LIMIT 200"
    );
    c.all(&sql, params![desde]).await
}

/// What one cliente cost in a month, millionths by currency.
pub async fn of_cliente(c: &impl Consulta, cliente: Uuid, mes: &str) -> Result<Vec<Suma>, DbError> {
    let sql = format!(
        "SELECT categoria AS nombre, {SUMAS} FROM costos_whatsapp \
         WHERE cliente_id = $1 AND mes = $2 GROUP BY categoria, moneda ORDER BY nombre LIMIT 50"
    );
    c.all(&sql, params![cliente, mes]).await
}

/// What a month has cost so far in all currencies, millionths.
pub async fn spent(c: &impl Consulta, mes: &str) -> Result<i64, DbError> {
    const SQL: &str = "SELECT CAST(SUM(micros) AS BIGINT) FROM costos_whatsapp WHERE mes = $1";
    Ok(c.scalar(SQL, params![mes]).await?.unwrap_or(0))
}

/// What one message cost, if it is known: millionths, currency, whether it is charged.
pub async fn of_envio(
    c: &impl Consulta,
    envio: EnvioId,
) -> Result<Option<(i64, String, bool)>, DbError> {
    #[derive(FromQueryResult)]
    struct Fila {
        micros: i64,
        moneda: String,
        facturable: bool,
    }
    const SQL: &str = "SELECT c.micros, c.moneda, c.facturable FROM envios e \
        JOIN costos_whatsapp c ON c.wamid = e.wamid WHERE e.id = $1 LIMIT 1";
    let fila = c.opt::<Fila>(SQL, params![envio]).await?;
    Ok(fila.map(|f| (f.micros, f.moneda, f.facturable)))
}
