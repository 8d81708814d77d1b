//! From filters to SQL that both engines take: tables to begin with, conditions, values. It runs
//! nothing.
//!
//! Along an order (`Plan::Muchas`) the other columns are written as `COALESCE(x, x)`, which says
//! the same and keeps an engine without statistics from leaving the index of the order.

use ramal_base::Fecha;
use ramal_db::Value;

use super::buscar::Buscar;
use super::{Campo, ConSaldo, EstadoLista, FiltroLista};
use crate::cobro::ABIERTA;

/// How the rows are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Plan {
    /// Gather what matches, then sort.
    Pocas,
    /// Follow the index of the order and keep what matches.
    Muchas(Campo),
}

/// Pieces of a statement.
pub(super) struct Armado {
    /// What follows `FROM`; the invoice is `f`.
    pub(super) desde: String,
    /// What follows `WHERE`.
    pub(super) donde: String,
    /// Values, in order.
    pub(super) valores: Vec<Value>,
}

const LEGAL: &str = "facturas f LEFT JOIN comprobantes k ON k.id = f.comprobante_id";
const CON_LEGAL: &str = "comprobantes k JOIN facturas f ON f.comprobante_id = k.id";
/// What has no document yet, and what is in the queue: both have an index.
const EN_CAMINO: &str = "(SELECT x.id AS id FROM facturas x \
    WHERE x.comprobante_id IS NULL AND x.tipo <> 'R' \
    UNION ALL SELECT y.id AS id FROM comprobantes q JOIN facturas y ON y.comprobante_id = q.id \
    WHERE q.estado IN ('en_cola', 'enviando')) AS e JOIN facturas f ON f.id = e.id";
/// The few documents in these states are gathered once, instead of looking at that of each invoice.
const SIN_TROPIEZO: &str = "(f.comprobante_id IS NULL OR f.comprobante_id NOT IN \
    (SELECT q.id FROM comprobantes q \
    WHERE q.estado IN ('rechazado', 'excepcion', 'incierto', 'pausado')))";
const ACEPTADO: &str = "(f.tipo = 'R' OR (f.comprobante_id IS NOT NULL \
    AND f.comprobante_id NOT IN (SELECT q.id FROM comprobantes q WHERE q.estado IN \
    ('en_cola', 'enviando', 'rechazado', 'excepcion', 'incierto', 'pausado'))))";

impl Armado {
    pub(super) fn of(filtro: &FiltroLista, plan: Plan, hoy: Option<Fecha>) -> Armado {
        let mut armado =
            Armado { desde: "facturas f".into(), donde: String::new(), valores: Vec::new() };
        let mut donde = vec!["1 = 1".to_owned()];
        if let Some(estado) = filtro.estado {
            armado.state(&mut donde, estado, (filtro, plan), hoy);
        }
        armado.plain(&mut donde, filtro, plan);
        donde.extend(filtro.saldo.map(owed));
        if let Some(codigo) = &filtro.codigo {
            armado.join_legal();
            let valor = armado.bind(codigo.as_str().into());
            donde.push(format!("k.codigo = {valor}"));
        }
        if let Some(buscar) = &filtro.buscar {
            armado.search(&mut donde, buscar, plan);
        }
        armado.donde = donde.join(" AND ");
        armado
    }

    /// Adds a value and gives its placeholder.
    pub(super) fn bind(&mut self, valor: Value) -> String {
        self.valores.push(valor);
        format!("${}", self.valores.len())
    }

    fn join_legal(&mut self) {
        if !self.desde.contains("comprobantes k") {
            self.desde.push_str(" LEFT JOIN comprobantes k ON k.id = f.comprobante_id");
        }
    }

    fn state(
        &mut self,
        donde: &mut Vec<String>,
        estado: EstadoLista,
        (filtro, plan): (&FiltroLista, Plan),
        hoy: Option<Fecha>,
    ) {
        let acotado =
            filtro.cliente_id.is_some() || filtro.corrida_id.is_some() || filtro.buscar.is_some();
        let columna = if acotado { hidden("f.estado") } else { column("f.estado", plan) };
        let es = |palabra: &str| format!("{columna} = '{palabra}'");
        let todas = plan != Plan::Pocas || acotado;
        let vence = column("f.vencimiento", plan);
        match estado {
            EstadoLista::Borrador | EstadoLista::Anulada => donde.push(es(estado.as_str())),
            EstadoLista::Rechazada => self.stopped(donde, "k.estado = 'rechazado'", todas),
            EstadoLista::Detenida => {
                let cuales = "k.estado IN ('excepcion', 'incierto', 'pausado')";
                self.stopped(donde, cuales, todas);
            }
            EstadoLista::Pagada => {
                donde.extend([es("pagada"), SIN_TROPIEZO.to_owned()]);
            }
            EstadoLista::Enviando if todas => {
                LEGAL.clone_into(&mut self.desde);
                let cola = "f.tipo <> 'R' AND (k.estado IS NULL \
                    OR k.estado IN ('en_cola', 'enviando'))";
                donde.extend([es("emitida"), cola.to_owned()]);
            }
            EstadoLista::Enviando => {
                EN_CAMINO.clone_into(&mut self.desde);
                donde.push(format!("{} = 'emitida'", hidden("f.estado")));
            }
            EstadoLista::Emitida => {
                donde.extend([es("emitida"), "f.clase = 'nota_credito'".into(), ACEPTADO.into()]);
            }
            EstadoLista::Pendiente | EstadoLista::Vencida => {
                let signo = if estado == EstadoLista::Vencida { "<" } else { ">=" };
                let hoy = hoy.map_or_else(|| "f.vencimiento".into(), |h| self.bind(h.into()));
                donde.push(es("emitida"));
                donde.push(format!("f.clase <> 'nota_credito' AND {vence} {signo} {hoy}"));
                donde.push(ACEPTADO.to_owned());
            }
        }
    }

    /// Few among many: begin with the documents, unless something else narrows more.
    fn stopped(&mut self, donde: &mut Vec<String>, cuales: &str, todas: bool) {
        let desde = if todas { LEGAL } else { CON_LEGAL };
        desde.clone_into(&mut self.desde);
        donde.extend([cuales.to_owned(), "f.estado <> 'anulada'".to_owned()]);
    }

    fn plain(&mut self, donde: &mut Vec<String>, filtro: &FiltroLista, plan: Plan) {
        let mut when = |columna: &str, signo: &str, valor: Option<Value>| {
            if let Some(valor) = valor {
                let valor = self.bind(valor);
                donde.push(format!("{} {signo} {valor}", column(columna, plan)));
            }
        };
        when("f.clase", "=", filtro.clase.as_deref().map(Value::from));
        when("f.emisor_id", "=", filtro.emisor_id.map(Value::from));
        when("f.serie", "=", filtro.serie.as_deref().map(Value::from));
        when("f.cliente_id", "=", filtro.cliente_id.map(Value::from));
        when("f.corrida_id", "=", filtro.corrida_id.map(Value::from));
        when("f.fecha", ">=", filtro.desde.map(Value::from));
        when("f.fecha", "<=", filtro.hasta.map(Value::from));
        when("f.total", ">=", filtro.minimo.map(Value::from));
        when("f.total", "<=", filtro.maximo.map(Value::from));
    }

    fn search(&mut self, donde: &mut Vec<String>, buscar: &Buscar, plan: Plan) {
        let mut alguna = Vec::new();
        if let Some((serie, folio)) = &buscar.numero {
            let folio = self.bind((*folio).into());
            let mut una = format!("{} = {folio}", column("f.folio", plan));
            if let Some(serie) = serie {
                let serie = self.bind(serie.as_str().into());
                una = format!("{una} AND {} = {serie}", column("f.serie", plan));
            }
            alguna.push(format!("({una})"));
        }
        if !buscar.clientes.is_empty() {
            let lista: Vec<String> =
                buscar.clientes.iter().map(|id| self.bind((*id).into())).collect();
            let columna = column("f.cliente_id", plan);
            alguna.push(format!("{columna} IN ({})", lista.join(", ")));
        }
        if !buscar.palabras.is_empty() {
            let una = |p: &String| {
                let valor = self.bind(p.as_str().into());
                format!("n.nombre_busqueda LIKE {valor} ESCAPE '!'")
            };
            let todas: Vec<String> = buscar.palabras.iter().map(una).collect();
            let todas = todas.join(" AND ");
            let columna = column("f.cliente_id", plan);
            // A name that many have is asked of each invoice; a rarer one leads to its invoices.
            alguna.push(match plan == Plan::Pocas && !buscar.comun {
                true => format!("{columna} IN (SELECT n.id FROM clientes n WHERE {todas})"),
                false => {
                    format!("EXISTS (SELECT 1 FROM clientes n WHERE n.id = {columna} AND {todas})")
                }
            });
        }
        let nada = || "1 = 0".to_owned();
        donde.push(if alguna.is_empty() { nada() } else { format!("({})", alguna.join(" OR ")) });
    }
}

/// What is owed of it; the words of the partial indexes on what is open.
fn owed(saldo: ConSaldo) -> String {
    match saldo {
        ConSaldo::Con => ABIERTA.to_owned(),
        ConSaldo::Parcial => format!("{ABIERTA} AND f.aplicado > 0"),
        ConSaldo::Sin => format!("NOT ({ABIERTA})"),
    }
}

/// A column as the plan wants it written.
fn column(columna: &str, plan: Plan) -> String {
    match plan {
        Plan::Muchas(campo) if columna != format!("f.{}", campo.column()) => hidden(columna),
        _ => columna.to_owned(),
    }
}

fn hidden(columna: &str) -> String {
    format!("COALESCE({columna}, {columna})")
}
