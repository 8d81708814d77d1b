//! The list of invoices that people see: filters, sorts, pages and counts that stay quick over a
//! hundred thousand. It changes nothing and checks no permission.
//!
//! What matches little is gathered and then sorted; what matches much is read along the index of
//! its sort until the page is full. The count, which stops at [`TOPE`], tells which of both.

mod armado;
mod buscar;
mod estado;

pub use buscar::{Buscar, printed, resolve};
pub use estado::EstadoLista;

use ramal_base::{Fecha, Instante};
use ramal_db::{Consulta, DbError, FromQueryResult, Value};
use uuid::Uuid;

use armado::{Armado, Plan};

/// Rows from which the list says "more than".
pub const TOPE: i64 = 10_000;

/// Matches from which following the order reads fewer rows than gathering them all.
const DENSAS: i64 = 2_500;

/// Filters of the list; all optional, combined with "and".
#[derive(Clone, Debug, Default)]
pub struct FiltroLista {
    /// State as people see it.
    pub estado: Option<EstadoLista>,
    /// `factura`, `recibo`, `nota_credito`, `nota_debito`.
    pub clase: Option<String>,
    /// Who issues.
    pub emisor_id: Option<Uuid>,
    /// Serie, exactly.
    pub serie: Option<String>,
    /// Customer.
    pub cliente_id: Option<Uuid>,
    /// First day of issue.
    pub desde: Option<Fecha>,
    /// Last day of issue.
    pub hasta: Option<Fecha>,
    /// Run that made them.
    pub corrida_id: Option<Uuid>,
    /// Smallest total, minor units.
    pub minimo: Option<i64>,
    /// Largest total, minor units.
    pub maximo: Option<i64>,
    /// What is owed of it.
    pub saldo: Option<ConSaldo>,
    /// Code of the authority.
    pub codigo: Option<String>,
    /// What was typed in the search field.
    pub buscar: Option<Buscar>,
}

/// What is owed of an invoice, as a filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConSaldo {
    /// Something is owed.
    Con,
    /// Part was paid and part is owed.
    Parcial,
    /// Nothing is owed.
    Sin,
}

impl ConSaldo {
    /// All of them, in the order of the filter.
    pub const TODOS: [ConSaldo; 3] = [ConSaldo::Con, ConSaldo::Parcial, ConSaldo::Sin];

    /// Word in addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            ConSaldo::Con => "con",
            ConSaldo::Parcial => "parcial",
            ConSaldo::Sin => "sin",
        }
    }

    /// Reads the word.
    pub fn parse(texto: &str) -> Option<ConSaldo> {
        ConSaldo::TODOS.into_iter().find(|s| s.as_str() == texto)
    }
}

/// Column of the order; ties go by id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Campo {
    /// Day of issue.
    #[default]
    Fecha,
    /// Total.
    Total,
    /// Due day.
    Vence,
}

impl Campo {
    /// Word in addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Campo::Fecha => "fecha",
            Campo::Total => "total",
            Campo::Vence => "vence",
        }
    }

    /// Reads the word.
    pub fn parse(texto: &str) -> Option<Campo> {
        [Campo::Fecha, Campo::Total, Campo::Vence].into_iter().find(|c| c.as_str() == texto)
    }

    fn column(self) -> &'static str {
        match self {
            Campo::Fecha => "fecha",
            Campo::Total => "total",
            Campo::Vence => "vencimiento",
        }
    }
}

/// Which end comes first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sentido {
    /// The newest or largest.
    #[default]
    Baja,
    /// The oldest or smallest.
    Sube,
}

/// Order of the list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Orden {
    /// Column.
    pub campo: Campo,
    /// Which end comes first.
    pub sentido: Sentido,
}

/// Where a list is read from and how much of it.
#[derive(Clone, Debug, Default)]
pub struct Lectura {
    /// Order.
    pub orden: Orden,
    /// Cursor of the page before, as [`Tramo::siguiente`] gave it.
    pub cursor: Option<String>,
    /// Rows of the page.
    pub filas: i64,
    /// Today in the zone of the company: it tells due from overdue.
    pub hoy: Option<Fecha>,
}

/// A row of the list.
#[derive(Clone, Debug, FromQueryResult)]
pub struct FilaLista {
    /// Invoice.
    pub id: Uuid,
    /// Kind of commercial document.
    pub clase: String,
    /// Kind of legal document, or `R`.
    pub tipo: String,
    /// Serie.
    pub serie: String,
    /// Folio.
    pub folio: i64,
    /// Day of issue.
    pub fecha: Fecha,
    /// Due day.
    pub vencimiento: Fecha,
    /// Currency.
    pub moneda: String,
    /// Before taxes, minor units.
    pub subtotal: i64,
    /// Taxes, minor units.
    pub impuestos: i64,
    /// Total, minor units.
    pub total: i64,
    /// Credited by notes, minor units.
    pub acreditado: i64,
    /// Settled by payments, minor units.
    pub aplicado: i64,
    /// Commercial state.
    pub estado: String,
    /// When it was settled.
    pub pagada: Option<Instante>,
    /// State of its legal document.
    pub legal: Option<String>,
    /// Fiscal UUID.
    pub uuid_fiscal: Option<String>,
    /// Printed number of the customer.
    pub cliente_numero: i64,
    /// Name of the customer.
    pub cliente: String,
    /// Document number of the customer.
    pub documento: String,
}

impl FilaLista {
    /// Printed number.
    pub fn numero(&self) -> String {
        format!("{}-{}", self.serie, self.folio)
    }

    /// What people see of its state on a day.
    pub fn vista(&self, hoy: Fecha) -> EstadoLista {
        let legal = self.legal.as_deref();
        EstadoLista::of((&self.estado, &self.clase, &self.tipo), legal, (self.vencimiento, hoy))
    }

    /// Still owed, minor units; zero of what is not owed.
    pub fn saldo(&self) -> i64 {
        let debe = self.estado == "emitida" && self.clase != "nota_credito";
        if debe { (self.total - self.acreditado - self.aplicado).max(0) } else { 0 }
    }
}

/// A page of the list.
#[derive(Clone, Debug, Default)]
pub struct Tramo {
    /// The rows.
    pub filas: Vec<FilaLista>,
    /// Cursor of the next page, if any.
    pub siguiente: Option<String>,
    /// How many match; [`TOPE`] + 1 means more than [`TOPE`].
    pub total: i64,
}

/// A page of the list with the count of all that match.
///
/// Errors: `Storage`. A cursor that is not one of ours begins the list again.
pub async fn page(
    c: &impl Consulta,
    filtro: &FiltroLista,
    lectura: &Lectura,
) -> Result<Tramo, DbError> {
    let total = count(c, filtro, lectura.hoy).await?;
    rows(c, filtro, lectura, total).await
}

/// How many match, at most [`TOPE`] + 1.
pub async fn count(
    c: &impl Consulta,
    filtro: &FiltroLista,
    hoy: Option<Fecha>,
) -> Result<i64, DbError> {
    let Armado { desde, donde, valores } = Armado::of(filtro, Plan::Pocas, hoy);
    let limite = TOPE + 1;
    let sql = format!(
        "SELECT COUNT(*) FROM (SELECT f.id FROM {desde} WHERE {donde} LIMIT {limite}) AS t"
    );
    Ok(c.scalar(&sql, valores).await?.unwrap_or(0))
}

const COLUMNAS: &str = "f.id, f.clase, f.tipo, f.serie, f.folio, f.fecha, f.vencimiento, \
    f.moneda, f.subtotal, f.impuestos, f.total, f.acreditado, f.aplicado, f.estado, f.pagada, \
    k.estado AS legal, k.uuid_fiscal, c.numero AS cliente_numero, c.razon_social AS cliente, \
    c.numero_documento AS documento";

/// The rows of a page, knowing how many match in all.
pub async fn rows(
    c: &impl Consulta,
    filtro: &FiltroLista,
    lectura: &Lectura,
    total: i64,
) -> Result<Tramo, DbError> {
    let plan = match total {
        n if n > DENSAS => Plan::Muchas(lectura.orden.campo),
        _ => Plan::Pocas,
    };
    let mut armado = Armado::of(filtro, plan, lectura.hoy);
    let elegidas = chosen(&mut armado, lectura, plan);
    let vuelta = direction(lectura.orden.sentido);
    let sql = format!(
        "SELECT {COLUMNAS} FROM ({elegidas}) AS o JOIN facturas f ON f.id = o.id \
         LEFT JOIN comprobantes k ON k.id = f.comprobante_id \
         JOIN clientes c ON c.id = f.cliente_id ORDER BY o.k {vuelta}, o.id {vuelta}"
    );
    let mut filas: Vec<FilaLista> = c.all(&sql, armado.valores).await?;
    let limite = usize::try_from(lectura.filas).unwrap_or(50);
    let hay_mas = filas.len() > limite;
    filas.truncate(limite);
    let ultima = filas.last().filter(|_| hay_mas);
    let siguiente = ultima.map(|f| cursor_of(f, lectura.orden.campo));
    Ok(Tramo { filas, siguiente, total })
}

fn direction(sentido: Sentido) -> &'static str {
    match sentido {
        Sentido::Baja => "DESC",
        Sentido::Sube => "ASC",
    }
}

/// Statement that names the rows of the page, in their order.
fn chosen(armado: &mut Armado, lectura: &Lectura, plan: Plan) -> String {
    let (columna, vuelta) = (lectura.orden.campo.column(), direction(lectura.orden.sentido));
    let limite = lectura.filas + 1;
    let Armado { desde, donde, .. } = &*armado;
    let (desde, donde) = (desde.clone(), donde.clone());
    match plan {
        Plan::Pocas => {
            let tras = after(armado, lectura, ("p.k", "p.id"));
            format!(
                "SELECT p.id, p.k FROM (SELECT f.id AS id, f.{columna} AS k FROM {desde} \
                 WHERE {donde} LIMIT {}) AS p WHERE {tras} \
                 ORDER BY p.k {vuelta}, p.id {vuelta} LIMIT {limite}",
                TOPE + 1
            )
        }
        Plan::Muchas(_) => {
            let tras = after(armado, lectura, (&format!("f.{columna}"), "f.id"));
            format!(
                "SELECT f.id AS id, f.{columna} AS k FROM {desde} WHERE {donde} AND {tras} \
                 ORDER BY f.{columna} {vuelta}, f.id {vuelta} LIMIT {limite}"
            )
        }
    }
}

/// Condition that leaves out the pages before.
fn after(armado: &mut Armado, lectura: &Lectura, (columna, id): (&str, &str)) -> String {
    let Some((valor, ultimo)) = lectura.cursor.as_deref().and_then(|c| parsed(c, lectura)) else {
        return "1 = 1".to_owned();
    };
    let (valor, ultimo) = (armado.bind(valor), armado.bind(ultimo.into()));
    let signo = if lectura.orden.sentido == Sentido::Baja { "<" } else { ">" };
    format!("({columna}, {id}) {signo} ({valor}, {ultimo})")
}

fn cursor_of(f: &FilaLista, campo: Campo) -> String {
    match campo {
        Campo::Fecha => format!("{}~{}", f.fecha, f.id),
        Campo::Vence => format!("{}~{}", f.vencimiento, f.id),
        Campo::Total => format!("{}~{}", f.total, f.id),
    }
}

fn parsed(cursor: &str, lectura: &Lectura) -> Option<(Value, Uuid)> {
    let (valor, id) = cursor.split_once('~')?;
    let valor = match lectura.orden.campo {
        Campo::Total => Value::from(valor.parse::<i64>().ok()?),
        _ => Value::from(crate::vistas::within_calendar(Fecha::parse(valor).ok()?)),
    };
    Some((valor, id.parse().ok()?))
}

/// Invoice with the name that a report gives it.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Nombrada {
    /// Invoice.
    pub id: Uuid,
    /// Serie.
    pub serie: String,
    /// Folio.
    pub folio: i64,
}

/// What matches, up to a limit, oldest first, for a bulk act.
pub async fn named(
    c: &impl Consulta,
    filtro: &FiltroLista,
    hoy: Option<Fecha>,
    limite: i64,
) -> Result<Vec<Nombrada>, DbError> {
    let Armado { desde, donde, valores } = Armado::of(filtro, Plan::Pocas, hoy);
    let sql = format!(
        "SELECT f.id, f.serie, f.folio FROM {desde} WHERE {donde} ORDER BY f.id LIMIT {limite}"
    );
    c.all(&sql, valores).await
}

/// These invoices with their names, for a bulk act on chosen rows.
pub async fn named_of(c: &impl Consulta, ids: &[Uuid]) -> Result<Vec<Nombrada>, DbError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let lista = ramal_db::consulta::placeholders(1, ids.len());
    let sql = format!("SELECT id, serie, folio FROM facturas WHERE id IN {lista} ORDER BY id");
    c.all(&sql, ids.iter().map(|i| Value::from(*i)).collect()).await
}
