//! SQL of the list of those who owe: one row per customer and currency, brought up to date by the
//! pass and by every payment.

use ramal_base::{Fecha, Instante};
use ramal_db::{Bulk, Consulta, DbError, FromQueryResult, Tx, Value, params};
use uuid::Uuid;

use super::ids_in;

/// Somebody who owes, as it lies in its table.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct MorosoFila {
    /// The customer.
    pub cliente_id: Uuid,
    /// Currency.
    pub moneda: String,
    /// Overdue, minor units.
    pub vencido: i64,
    /// Due day of the oldest overdue invoice.
    pub desde: Fecha,
    /// Overdue invoices.
    pub facturas: i64,
    /// Worst state of his services: see `EstadoCobranza`.
    pub estado: String,
    /// First day on which one of them may be cut.
    pub corte: Option<Fecha>,
    /// When it was brought up to date.
    pub actualizado: Instante,
}

const COLUMNAS: &str = "cliente_id, moneda, vencido, desde, facturas, estado, corte, actualizado";

const ALTA: &[&str] =
    &["cliente_id", "moneda", "vencido", "desde", "facturas", "estado", "corte", "actualizado"];

/// Puts these rows in the place of all those of these customers.
pub async fn replace(tx: &Tx, clientes: &[Uuid], filas: &[MorosoFila]) -> Result<(), DbError> {
    if clientes.is_empty() {
        return Ok(());
    }
    let (lista, ids) = ids_in(1, clientes);
    tx.exec(&format!("DELETE FROM morosos WHERE cliente_id IN {lista}"), ids).await?;
    let mut bulk = Bulk::new("morosos", ALTA);
    for f in filas {
        bulk.push([
            Value::from(f.cliente_id),
            Value::from(f.moneda.as_str()),
            Value::from(f.vencido),
            Value::from(f.desde),
            Value::from(f.facturas),
            Value::from(f.estado.as_str()),
            Value::from(f.corte),
            Value::from(f.actualizado),
        ]);
    }
    if bulk.is_empty() { Ok(()) } else { bulk.insert(tx).await.map(|_| ()) }
}

/// Which ones.
#[derive(Clone, Debug, Default)]
pub struct FiltroMorosos {
    /// Oldest due day from this one on.
    pub desde: Option<Fecha>,
    /// Oldest due day up to this one.
    pub hasta: Option<Fecha>,
    /// In this state.
    pub estado: Option<String>,
    /// In this currency.
    pub moneda: Option<String>,
    /// Only these customers.
    pub clientes: Option<Vec<Uuid>>,
}

impl FiltroMorosos {
    fn sql(&self) -> (String, Vec<Value>) {
        let mut donde = vec!["1 = 1".to_owned()];
        let mut valores = Vec::new();
        let mut add = |campo: &str, valor: Option<Value>| {
            if let Some(valor) = valor {
                valores.push(valor);
                donde.push(format!("{campo} ${}", valores.len()));
            }
        };
        add("desde >=", self.desde.map(Value::from));
        add("desde <=", self.hasta.map(Value::from));
        add("estado =", self.estado.clone().map(Value::from));
        add("moneda =", self.moneda.clone().map(Value::from));
        if let Some(clientes) = &self.clientes {
            let ninguno = [Uuid::nil()];
            let suyos = if clientes.is_empty() { &ninguno[..] } else { clientes };
            let (lista, ids) = ids_in(valores.len() + 1, suyos);
            donde.push(format!("cliente_id IN {lista}"));
            valores.extend(ids);
        }
        (donde.join(" AND "), valores)
    }
}

/// Order of the list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OrdenMorosos {
    /// Oldest debt first.
    #[default]
    Dias,
    /// Largest debt first.
    Vencido,
}

/// A page, after `cursor` (the last row seen).
pub async fn page(
    c: &impl Consulta,
    filtro: &FiltroMorosos,
    orden: OrdenMorosos,
    cursor: Option<&(String, Uuid, String)>,
    limite: i64,
) -> Result<Vec<MorosoFila>, DbError> {
    let (mut donde, mut valores) = filtro.sql();
    let (campo, mayor, sentido) = match orden {
        OrdenMorosos::Dias => ("desde", ">", "ASC"),
        OrdenMorosos::Vencido => ("vencido", "<", "DESC"),
    };
    if let Some((clave, cliente, moneda)) = cursor {
        let n = valores.len();
        donde.push_str(&format!(
            " AND ({campo} {mayor} ${a} OR {campo} = ${b} AND (cliente_id > ${c} \
             OR cliente_id = ${d} AND moneda > ${e}))",
            a = n + 1,
            b = n + 2,
            c = n + 3,
            d = n + 4,
            e = n + 5,
        ));
        let clave = || key_value(orden, clave);
        valores.extend([clave(), clave()]);
        valores.extend(params![*cliente, *cliente, moneda.as_str()]);
    }
    valores.push(Value::from(limite));
    let sql = format!(
        "SELECT {COLUMNAS} FROM morosos WHERE {donde} \
         ORDER BY {campo} {sentido}, cliente_id, moneda LIMIT ${}",
        valores.len()
    );
    c.all(&sql, valores).await
}

fn key_value(orden: OrdenMorosos, clave: &str) -> Value {
    match orden {
        OrdenMorosos::Dias => Value::from(Fecha::parse(clave).ok()),
        OrdenMorosos::Vencido => Value::from(clave.parse::<i64>().unwrap_or(0)),
    }
}

/// How many match, up to one more than `tope`.
pub async fn count(c: &impl Consulta, filtro: &FiltroMorosos, tope: i64) -> Result<i64, DbError> {
    let (donde, mut valores) = filtro.sql();
    valores.push(Value::from(tope + 1));
    let sql = format!(
        "SELECT COUNT(*) FROM (SELECT 1 FROM morosos WHERE {donde} LIMIT ${}) t",
        valores.len()
    );
    Ok(c.scalar(&sql, valores).await?.unwrap_or(0))
}

/// How many owe and how much, in one currency, with the oldest debt between two days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromQueryResult)]
pub struct Tramo {
    /// Customers.
    pub clientes: i64,
    /// Overdue, minor units.
    pub vencido: i64,
}

/// One age bucket of a currency.
pub async fn bucket(
    c: &impl Consulta,
    moneda: &str,
    (desde, hasta): (Option<Fecha>, Option<Fecha>),
) -> Result<Tramo, DbError> {
    let filtro =
        FiltroMorosos { desde, hasta, moneda: Some(moneda.to_owned()), ..FiltroMorosos::default() };
    let (donde, valores) = filtro.sql();
    let sql = format!(
        "SELECT COUNT(*) AS clientes, CAST(COALESCE(SUM(vencido), 0) AS BIGINT) AS vencido \
         FROM morosos WHERE {donde}"
    );
    Ok(c.opt(&sql, valores).await?.unwrap_or_default())
}

/// Currencies in which somebody owes.
pub async fn monedas(c: &impl Consulta) -> Result<Vec<String>, DbError> {
    c.column("SELECT DISTINCT moneda FROM morosos ORDER BY moneda", vec![]).await
}
