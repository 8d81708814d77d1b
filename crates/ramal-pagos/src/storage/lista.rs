//! The list of payments that people see: filters, two orders, pages, and a count that stops at
//! 10,001 with what it adds up to. It changes nothing and checks no permission.

use std::collections::BTreeMap;

use ramal_base::Fecha;
use ramal_db::{Consulta, DbError, FromQueryResult, Value, params};
use ramal_facturacion::storage::lista as facturas;
use uuid::Uuid;

use super::pagos::{COLUMNAS, TABLAS, plain_operation};
use crate::pago::FilaPago;
use crate::{EstadoPago, Medio, OrigenPago, Pago};

/// Rows from which the list says "more than".
pub const TOPE: i64 = 10_000;

/// Filters of the list; all optional, combined with "and".
#[derive(Clone, Debug, Default)]
pub struct FiltroPagos {
    /// What was typed in the search field.
    pub buscar: Option<BuscarPago>,
    /// State.
    pub estado: Option<EstadoPago>,
    /// Means.
    pub medio: Option<Medio>,
    /// Door through which it entered.
    pub origen: Option<OrigenPago>,
    /// Cliente.
    pub cliente_id: Option<Uuid>,
    /// Shift.
    pub turno_id: Option<Uuid>,
    /// Who registered it.
    pub actor: Option<String>,
    /// First day of posting.
    pub desde: Option<Fecha>,
    /// Last day of posting.
    pub hasta: Option<Fecha>,
    /// Smallest amount, minor units.
    pub minimo: Option<i64>,
    /// Largest amount, minor units.
    pub maximo: Option<i64>,
    /// Only these.
    pub ids: Option<Vec<Uuid>>,
}

/// A search understood; any of its parts is enough.
#[derive(Clone, Debug, Default)]
pub struct BuscarPago {
    numero: Option<i64>,
    operacion: Option<String>,
    clientes: Vec<Uuid>,
    palabras: Vec<String>,
}

impl BuscarPago {
    /// What was typed as the number of a payment or of an operation alone; `None` if it cannot be
    /// either.
    pub fn exact(texto: &str) -> Option<BuscarPago> {
        let numero = printed(texto);
        let cifras = texto.bytes().filter(u8::is_ascii_digit).count();
        let operacion = plain_operation(texto).filter(|_| numero.is_none() && cifras >= 4);
        let algo = numero.is_some() || operacion.is_some();
        algo.then(|| BuscarPago { numero, operacion, ..BuscarPago::default() })
    }
}

/// Understands what was typed: `P-881`, an operation number, a cliente's code, document or name.
///
/// Errors: `Storage`.
pub async fn resolve(c: &impl Consulta, texto: &str) -> Result<BuscarPago, DbError> {
    let texto = texto.trim();
    if let Some(numero) = printed(texto) {
        return Ok(BuscarPago { numero: Some(numero), ..BuscarPago::default() });
    }
    let facturas::Buscar { clientes, palabras, .. } = facturas::resolve(c, texto).await?;
    Ok(BuscarPago { numero: None, operacion: plain_operation(texto), clientes, palabras })
}

/// `P-881` → 881.
pub fn printed(texto: &str) -> Option<i64> {
    let cifras = texto.trim().strip_prefix(['P', 'p'])?.strip_prefix('-')?;
    let bien = (1..=18).contains(&cifras.len()) && cifras.bytes().all(|b| b.is_ascii_digit());
    cifras.parse().ok().filter(|_| bien)
}

/// A day that every engine can hold.
pub(crate) fn within_calendar(dia: Fecha) -> Fecha {
    match (Fecha::new(1900, 1, 1), Fecha::new(2999, 12, 31)) {
        (Ok(primero), Ok(ultimo)) => dia.clamp(primero, ultimo),
        _ => dia,
    }
}

/// Order of the list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Orden {
    /// Newest first.
    #[default]
    Nuevos,
    /// Oldest first.
    Viejos,
    /// Largest first.
    Mayores,
    /// Smallest first.
    Menores,
}

impl Orden {
    fn columns(self) -> (Option<&'static str>, &'static str, &'static str) {
        match self {
            Orden::Nuevos => (None, "<", "DESC"),
            Orden::Viejos => (None, ">", "ASC"),
            Orden::Mayores => (Some("p.monto"), "<", "DESC"),
            Orden::Menores => (Some("p.monto"), ">", "ASC"),
        }
    }
}

/// A row of the list.
#[derive(Clone, Debug)]
pub struct FilaLista {
    /// Payment.
    pub pago: Pago,
    /// Printed number of its cliente.
    pub cliente_numero: i64,
    /// Name of its cliente.
    pub cliente: String,
}

/// How many match and what they add up to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Total {
    /// How many match; [`TOPE`] + 1 means more than [`TOPE`].
    pub n: i64,
    /// Sum of those that still count, by currency, minor units; partial over [`TOPE`].
    pub sumas: BTreeMap<String, i64>,
}

struct Armado {
    donde: String,
    valores: Vec<Value>,
}

impl Armado {
    fn of(f: &FiltroPagos) -> Armado {
        let mut a = Armado { donde: "1 = 1".to_owned(), valores: Vec::new() };
        a.when("p.medio =", f.medio.map(|m| m.as_str().into()));
        a.when("p.origen =", f.origen.map(|o| o.as_str().into()));
        a.when("p.cliente_id =", f.cliente_id.map(Value::from));
        a.when("p.turno_id =", f.turno_id.map(Value::from));
        a.when("p.actor =", f.actor.as_deref().map(Value::from));
        a.when("p.fecha >=", f.desde.map(Value::from));
        a.when("p.fecha <=", f.hasta.map(Value::from));
        a.when("p.monto >=", f.minimo.map(Value::from));
        a.when("p.monto <=", f.maximo.map(Value::from));
        if let Some(estado) = f.estado {
            a.and(state(estado));
        }
        if let Some(ids) = &f.ids {
            let lista = a.list(ids);
            a.and(&format!("p.id IN {lista}"));
        }
        if let Some(buscar) = &f.buscar {
            a.search(buscar);
        }
        a
    }

    fn and(&mut self, condicion: &str) {
        self.donde.push_str(" AND ");
        self.donde.push_str(condicion);
    }

    fn bind(&mut self, valor: Value) -> String {
        self.valores.push(valor);
        format!("${}", self.valores.len())
    }

    fn when(&mut self, izquierda: &str, valor: Option<Value>) {
        if let Some(valor) = valor {
            let valor = self.bind(valor);
            self.and(&format!("{izquierda} {valor}"));
        }
    }

    /// `($1, $2)`; a list that matches nothing if it is empty.
    fn list(&mut self, ids: &[Uuid]) -> String {
        if ids.is_empty() {
            return "(NULL)".to_owned();
        }
        let lista: Vec<String> = ids.iter().map(|id| self.bind((*id).into())).collect();
        format!("({})", lista.join(", "))
    }

    fn search(&mut self, buscar: &BuscarPago) {
        let mut alguna = Vec::new();
        if let Some(numero) = buscar.numero {
            alguna.push(format!("p.numero = {}", self.bind(numero.into())));
        }
        if let Some(operacion) = &buscar.operacion {
            let valor = self.bind(operacion.as_str().into());
            alguna.push(format!("p.operacion_busqueda = {valor}"));
        }
        if !buscar.clientes.is_empty() {
            alguna.push(format!("p.cliente_id IN {}", self.list(&buscar.clientes)));
        }
        if !buscar.palabras.is_empty() {
            let mut todas = Vec::new();
            for palabra in &buscar.palabras {
                let valor = self.bind(palabra.as_str().into());
                todas.push(format!("n.nombre_busqueda LIKE {valor} ESCAPE '!'"));
            }
            alguna.push(format!(
                "EXISTS (SELECT 1 FROM clientes n WHERE n.id = p.cliente_id AND {})",
                todas.join(" AND ")
            ));
        }
        let alguna = if alguna.is_empty() { "1 = 0".to_owned() } else { alguna.join(" OR ") };
        self.and(&format!("({alguna})"));
    }
}

/// The condition of a state; the rare ones begin at an index that holds only them.
fn state(estado: EstadoPago) -> &'static str {
    match estado {
        EstadoPago::Revertido => "p.estado = 'revertido'",
        EstadoPago::Contracargado => "p.estado = 'contracargado'",
        EstadoPago::Registrado => {
            "p.estado = 'vigente' AND p.id IN (SELECT x.id FROM abonos x WHERE \
             x.estado = 'vigente' AND x.aplicado + x.retirado < x.monto AND x.aplicado = 0)"
        }
        EstadoPago::Parcial => {
            "p.estado = 'vigente' AND p.id IN (SELECT x.id FROM abonos x WHERE \
             x.estado = 'vigente' AND x.aplicado + x.retirado < x.monto AND x.aplicado > 0)"
        }
        EstadoPago::Devuelto => {
            "p.estado = 'vigente' AND p.id IN (SELECT d.pago_id FROM devoluciones d) \
             AND a.retirado = a.monto"
        }
        EstadoPago::Aplicado => {
            "p.estado = 'vigente' AND a.aplicado > 0 AND a.aplicado + a.retirado = a.monto"
        }
    }
}

#[derive(FromQueryResult)]
struct FilaTotal {
    moneda: String,
    n: i64,
    suma: i64,
}

/// How many match, at most [`TOPE`] + 1, and what they add up to.
pub async fn total(c: &impl Consulta, filtro: &FiltroPagos) -> Result<Total, DbError> {
    let Armado { donde, valores } = Armado::of(filtro);
    let sql = format!(
        "SELECT t.moneda, COUNT(*) AS n, CAST(SUM(t.monto) AS BIGINT) AS suma FROM \
         (SELECT p.moneda, CASE WHEN p.estado = 'vigente' THEN p.monto ELSE 0 END AS monto \
         FROM {TABLAS} WHERE {donde} LIMIT {}) AS t GROUP BY t.moneda",
        TOPE + 1
    );
    let mut total = Total::default();
    for f in c.all::<FilaTotal>(&sql, valores).await? {
        total.n += f.n;
        total.sumas.insert(f.moneda, f.suma);
    }
    Ok(total)
}

#[derive(FromQueryResult)]
struct ConCliente {
    #[sea_orm(nested)]
    pago: FilaPago,
    cliente_numero: i64,
    cliente: String,
}

/// Where a list is read from, and how much of it.
#[derive(Clone, Debug, Default)]
pub struct Lectura {
    /// Order.
    pub orden: Orden,
    /// Cursor of the page before, as [`Tramo::siguiente`] gave it.
    pub cursor: Option<String>,
    /// Rows of the page.
    pub filas: i64,
}

/// A page of the list.
#[derive(Clone, Debug, Default)]
pub struct Tramo {
    /// Rows.
    pub filas: Vec<FilaLista>,
    /// Cursor of the next page.
    pub siguiente: Option<String>,
}

/// The rows of a page. A cursor that is not one of ours begins the list again. Errors: `Storage`.
pub async fn page(
    c: &impl Consulta,
    filtro: &FiltroPagos,
    lectura: &Lectura,
) -> Result<Tramo, DbError> {
    let mut a = Armado::of(filtro);
    let (columna, signo, vuelta) = lectura.orden.columns();
    if let Some((valor, id)) = lectura.cursor.as_deref().and_then(parsed) {
        let id = a.bind(id.into());
        match columna {
            None => a.and(&format!("p.id {signo} {id}")),
            Some(columna) => {
                let valor = a.bind(valor.into());
                a.and(&format!("({columna}, p.id) {signo} ({valor}, {id})"));
            }
        }
    }
    let orden = match columna {
        None => format!("p.id {vuelta}"),
        Some(columna) => format!("{columna} {vuelta}, p.id {vuelta}"),
    };
    let sql = format!(
        "SELECT {COLUMNAS}, c.numero AS cliente_numero, c.razon_social AS cliente FROM {TABLAS} \
         JOIN clientes c ON c.id = p.cliente_id WHERE {} ORDER BY {orden} LIMIT {}",
        a.donde,
        lectura.filas + 1
    );
    let filas: Vec<ConCliente> = c.all(&sql, a.valores).await?;
    let hay_mas = i64::try_from(filas.len()).unwrap_or(i64::MAX) > lectura.filas;
    let mut tramo = Tramo::default();
    let limite = usize::try_from(lectura.filas).unwrap_or(50);
    for f in filas.into_iter().take(limite) {
        let ConCliente { pago, cliente_numero, cliente } = f;
        tramo.filas.push(FilaLista { pago: Pago::try_from(pago)?, cliente_numero, cliente });
    }
    let ultima = tramo.filas.last().filter(|_| hay_mas);
    tramo.siguiente = ultima.map(|f| format!("{}~{}", f.pago.monto, f.pago.id));
    Ok(tramo)
}

/// What a cursor of ours says; `None` if it is not one.
pub(crate) fn parsed(cursor: &str) -> Option<(i64, Uuid)> {
    let (valor, id) = cursor.split_once('~')?;
    Some((valor.parse().ok()?, id.parse().ok()?))
}

/// Who has registered payments since a day: the cashiers of a filter. At most 100.
pub async fn actores(c: &impl Consulta, desde: Fecha) -> Result<Vec<String>, DbError> {
    const SQL: &str = "SELECT DISTINCT actor FROM pagos WHERE fecha >= $1 ORDER BY actor LIMIT 100";
    c.column(SQL, params![desde]).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_printed_number_is_read_and_nothing_else() {
        assert_eq!((printed("P-881"), printed(" p-1 ")), (Some(881), Some(1)));
        for malo in ["881", "P881", "P-", "P-8x", "C-8", ""] {
            assert_eq!(printed(malo), None, "{malo}");
        }
    }
}
