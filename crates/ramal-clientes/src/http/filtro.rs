//! The filters of the list of customers as its address writes them. It words none of them.

use ramal_web::pagina::{Filtro, Listado};

use crate::cliente::EstadoCliente;
use crate::storage::{FiltroClientes, Orden};

/// How a slice above narrows the list: the value of the filter `servicio` and the condition.
pub type Condicion = (&'static str, &'static str);

/// Customers with a service in a state.
///
/// The rows belong to the slice of contracts, which alone writes them; here they are only read, so
/// that the list of people and an act on all that match see the same customers. Nearly all have an
/// active one, so that is asked row by row; the other states are few and are read first.
pub const SERVICIOS: [Condicion; 3] = [
    (
        "activo",
        "EXISTS (SELECT 1 FROM servicios s \
         WHERE s.cliente_id = clientes.id AND s.estado = 'activo')",
    ),
    ("suspendido", "id IN (SELECT cliente_id FROM servicios WHERE estado = 'suspendido')"),
    ("cancelado", "id IN (SELECT cliente_id FROM servicios WHERE estado = 'cancelado')"),
];

/// Reads the list's filters.
pub trait FiltroLista {
    /// The filter and the order as storage wants them; what is not understood is not filtered.
    fn filtro(&self) -> FiltroClientes;
}

impl FiltroLista for Listado {
    fn filtro(&self) -> FiltroClientes {
        let servicio = self.value("servicio");
        FiltroClientes {
            buscar: self.get("q").map(|q| q.chars().take(100).collect()),
            estado: EstadoCliente::parse(self.value("estado")),
            documento: None,
            tipo_documento: self.value("tipo").parse().ok(),
            zona: self.value("zona").parse().ok(),
            entre: SERVICIOS.iter().find(|(valor, _)| *valor == servicio).map(|(_, sql)| *sql),
            orden: self.orden().and_then(|o| Orden::parse(&o.to_string())).unwrap_or_default(),
        }
    }
}

/// Names of the filters, without labels.
pub fn declared() -> Vec<Filtro> {
    ["q", "estado", "tipo", "zona", "servicio"].map(|n| Filtro::texto(n, "clientes-titulo")).into()
}

/// The filter inside a query, as a bulk form carries it.
pub fn of_query(consulta: &str) -> FiltroClientes {
    Listado::of("", consulta, declared()).filtro()
}
