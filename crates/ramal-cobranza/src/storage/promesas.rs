//! SQL of the promises of payment.

use ramal_base::{Cx, Fecha, Instante};
use ramal_db::{Bulk, Consulta, DbError, FromQueryResult, Tx, Value, params};
use uuid::Uuid;

use super::ids_in;

/// A promise as it lies in its table.
#[derive(Clone, Debug, FromQueryResult)]
pub struct PromesaFila {
    /// Identifier.
    pub id: Uuid,
    /// Printed number; shown as `PR-<numero>`.
    pub numero: i64,
    /// Whose.
    pub cliente_id: Uuid,
    /// Last day to pay.
    pub fecha: Fecha,
    /// Day on which it was made.
    pub hecha: Fecha,
    /// How he asked.
    pub canal: String,
    /// Who granted it.
    pub otorgada_por: String,
    /// See `EstadoPromesa`.
    pub estado: String,
    /// Covered when it was made, in `moneda`, minor units.
    pub monto: i64,
    /// Currency of `monto`.
    pub moneda: String,
    /// Notes of the staff.
    pub notas: Option<String>,
    /// Why it was annulled, or corrected.
    pub motivo: Option<String>,
    /// When it stopped being live.
    pub resuelta: Option<Instante>,
    /// When it was recorded.
    pub creada: Instante,
}

impl PromesaFila {
    /// Printed code, e.g. `PR-12`.
    pub fn codigo(&self) -> String {
        format!("PR-{}", self.numero)
    }
}

/// What a promise covers of an invoice.
#[derive(Clone, Debug, FromQueryResult)]
pub struct PartidaFila {
    /// The promise.
    pub promesa_id: Uuid,
    /// The invoice.
    pub factura_id: Uuid,
    /// Open when it was made, minor units.
    pub monto: i64,
    /// Currency.
    pub moneda: String,
}

const COLUMNAS: &str = "id, numero, cliente_id, fecha, hecha, canal, otorgada_por, estado, \
    monto, moneda, notas, motivo, resuelta, creada";

/// Writes a promise with what it covers. Errors: `Unique` if the customer has a live one or the
/// key was used.
pub async fn insert(
    tx: &Tx,
    p: &PromesaFila,
    clave: Option<&str>,
    partidas: &[PartidaFila],
) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO promesas (id, numero, cliente_id, fecha, hecha, canal, \
        otorgada_por, estado, monto, moneda, notas, clave, creada, version) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 1)";
    let valores = params![
        p.id,
        p.numero,
        p.cliente_id,
        p.fecha,
        p.hecha,
        p.canal.as_str(),
        p.otorgada_por.as_str(),
        p.estado.as_str(),
        p.monto,
        p.moneda.as_str(),
        p.notas.clone(),
        clave,
        p.creada,
    ];
    tx.exec(SQL, valores).await?;
    let mut filas = Bulk::new("promesa_partidas", &["promesa_id", "factura_id", "monto", "moneda"]);
    for partida in partidas {
        filas.push([
            Value::from(p.id),
            Value::from(partida.factura_id),
            Value::from(partida.monto),
            Value::from(partida.moneda.as_str()),
        ]);
    }
    filas.insert(tx).await.map(|_| ())
}

/// One promise.
pub async fn by_id(c: &impl Consulta, id: Uuid) -> Result<Option<PromesaFila>, DbError> {
    let sql = format!("SELECT {COLUMNAS} FROM promesas WHERE id = $1");
    c.opt(&sql, params![id]).await
}

/// The promise with a printed number.
pub async fn by_numero(c: &impl Consulta, numero: i64) -> Result<Option<PromesaFila>, DbError> {
    let sql = format!("SELECT {COLUMNAS} FROM promesas WHERE numero = $1");
    c.opt(&sql, params![numero]).await
}

/// The promise made with a key (M6).
pub async fn by_clave(c: &impl Consulta, clave: &str) -> Result<Option<PromesaFila>, DbError> {
    let sql = format!("SELECT {COLUMNAS} FROM promesas WHERE clave = $1");
    c.opt(&sql, params![clave]).await
}

/// One promise, its row locked until the end of the transaction.
pub async fn lock(tx: &Tx, id: Uuid) -> Result<Option<PromesaFila>, DbError> {
    let cierre = tx.motor().for_update();
    let sql = format!("SELECT {COLUMNAS} FROM promesas WHERE id = $1{cierre}");
    tx.opt(&sql, params![id]).await
}

/// Promises of these customers, newest first.
pub async fn of_clientes(
    c: &impl Consulta,
    clientes: &[Uuid],
) -> Result<Vec<PromesaFila>, DbError> {
    if clientes.is_empty() {
        return Ok(Vec::new());
    }
    let (lista, ids) = ids_in(1, clientes);
    let sql =
        format!("SELECT {COLUMNAS} FROM promesas WHERE cliente_id IN {lista} ORDER BY id DESC");
    c.all(&sql, ids).await
}

/// What these promises cover.
pub async fn partidas(c: &impl Consulta, promesas: &[Uuid]) -> Result<Vec<PartidaFila>, DbError> {
    if promesas.is_empty() {
        return Ok(Vec::new());
    }
    let (lista, ids) = ids_in(1, promesas);
    let sql = format!(
        "SELECT promesa_id, factura_id, monto, moneda FROM promesa_partidas \
         WHERE promesa_id IN {lista} ORDER BY promesa_id, factura_id"
    );
    c.all(&sql, ids).await
}

/// Moves a promise from one state to another; false if it was in another.
pub async fn move_estado(
    tx: &Tx,
    cx: &Cx,
    id: Uuid,
    (de, a): (&str, &str),
    motivo: Option<&str>,
) -> Result<bool, DbError> {
    const SQL: &str = "UPDATE promesas SET estado = $3, motivo = $4, resuelta = $5, \
        version = version + 1 WHERE id = $1 AND estado = $2";
    Ok(tx.exec(SQL, params![id, de, a, motivo, cx.now()]).await? == 1)
}

/// A page of promises by date: the state, the customer, and where the page begins.
#[derive(Clone, Debug, Default)]
pub struct FiltroPromesas {
    /// Only in this state.
    pub estado: Option<String>,
    /// Only of this customer.
    pub cliente: Option<Uuid>,
    /// Only with a date from this day on.
    pub desde: Option<Fecha>,
    /// Only with a date up to this day.
    pub hasta: Option<Fecha>,
}

impl FiltroPromesas {
    fn sql(&self) -> (String, Vec<Value>) {
        let mut donde = vec!["1 = 1".to_owned()];
        let mut valores = Vec::new();
        let mut add = |campo: &str, valor: Option<Value>| {
            if let Some(valor) = valor {
                valores.push(valor);
                donde.push(format!("{campo} ${}", valores.len()));
            }
        };
        add("estado =", self.estado.clone().map(Value::from));
        add("cliente_id =", self.cliente.map(Value::from));
        add("fecha >=", self.desde.map(Value::from));
        add("fecha <=", self.hasta.map(Value::from));
        (donde.join(" AND "), valores)
    }
}

/// A page of promises, latest date first, after `cursor` (date and id of the last one seen).
pub async fn page(
    c: &impl Consulta,
    filtro: &FiltroPromesas,
    cursor: Option<(Fecha, Uuid)>,
    limite: i64,
) -> Result<Vec<PromesaFila>, DbError> {
    let (mut donde, mut valores) = filtro.sql();
    if let Some((fecha, id)) = cursor {
        let n = valores.len();
        donde.push_str(&format!(
            " AND (fecha < ${} OR fecha = ${} AND id < ${})",
            n + 1,
            n + 2,
            n + 3
        ));
        valores.extend(params![fecha, fecha, id]);
    }
    valores.push(Value::from(limite));
    let sql = format!(
        "SELECT {COLUMNAS} FROM promesas WHERE {donde} ORDER BY fecha DESC, id DESC LIMIT ${}",
        valores.len()
    );
    c.all(&sql, valores).await
}

/// How many match, up to one more than `tope`.
pub async fn count(c: &impl Consulta, filtro: &FiltroPromesas, tope: i64) -> Result<i64, DbError> {
    let (donde, mut valores) = filtro.sql();
    valores.push(Value::from(tope + 1));
    let sql = format!(
        "SELECT COUNT(*) FROM (SELECT 1 FROM promesas WHERE {donde} LIMIT ${}) t",
        valores.len()
    );
    Ok(c.scalar(&sql, valores).await?.unwrap_or(0))
}

/// Promises kept and broken of a customer, for whoever measures how far he can be trusted (B-06).
pub async fn kept_and_broken(c: &impl Consulta, cliente: Uuid) -> Result<(i64, i64), DbError> {
    #[derive(FromQueryResult)]
    struct Fila {
        estado: String,
        n: i64,
    }
    const SQL: &str = "SELECT estado, COUNT(*) AS n FROM promesas WHERE cliente_id = $1 \
        AND estado IN ('cumplida', 'rota') GROUP BY estado";
    let filas: Vec<Fila> = c.all(SQL, params![cliente]).await?;
    let de = |estado: &str| filas.iter().find(|f| f.estado == estado).map_or(0, |f| f.n);
    Ok((de("cumplida"), de("rota")))
}
