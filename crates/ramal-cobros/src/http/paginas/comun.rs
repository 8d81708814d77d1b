//! What the pages of the slice share: amounts, words and badges of states, tabs, which cobro an
//! address names. It renders nothing.

use ramal_base::{Dinero, Moneda, Problema};
use ramal_db::Consulta;
use ramal_plataforma::Permiso;
use ramal_web::pagina::{Enlace, Insignia};
use ramal_web::{Marco, Problem};

use crate::cobro::{Estado, Fila};
use crate::permisos::LeerCobros;
use crate::storage::cobros;
use crate::{CobroId, Error};

/// Where the list is.
pub(super) const LISTA: &str = "/facturacion/cobros";
/// Where the payments that wait are.
pub(super) const CUARENTENA: &str = "/facturacion/conciliacion/cuarentena";

/// Address of a cobro.
pub(super) fn route(fila: &Fila) -> String {
    format!("{LISTA}/{}", fila.codigo())
}

/// The cobro that an address names: printed number or identifier. Errors: 404.
pub(super) async fn named(c: &impl Consulta, nombre: &str) -> Result<Fila, Error> {
    let numero = nombre.strip_prefix("CB-").or_else(|| nombre.strip_prefix("cb-"));
    let fila = match (numero.and_then(|n| n.parse().ok()), nombre.parse::<CobroId>()) {
        (Some(numero), _) => cobros::by_numero(c, numero).await?,
        (None, Ok(id)) => cobros::by_id(c, id).await?,
        (None, Err(_)) => None,
    };
    fila.ok_or(Error::NotFound("cobro"))
}

/// An amount as the country writes it.
pub(super) fn amount(marco: &Marco, centavos: i64, moneda: &str) -> String {
    match Moneda::parse(moneda) {
        Some(moneda) => marco.dinero(&Dinero::new(centavos, moneda)),
        None => ramal_base::dinero::format_centavos(centavos),
    }
}

/// A state in words.
pub(super) fn state_word(marco: &Marco, estado: Estado) -> String {
    marco.t(&format!("cobros-estado-{}", estado.as_str().replace('_', "-")))
}

/// Badge of a state.
pub(super) fn badge(marco: &Marco, estado: Estado) -> Insignia {
    let texto = state_word(marco, estado);
    match estado {
        Estado::Creado => Insignia::gris(texto),
        Estado::Incierto | Estado::Pendiente => Insignia::aviso(texto),
        Estado::EnProceso => Insignia::ramal(texto),
        Estado::Acreditado => Insignia::ok(texto),
        Estado::Rechazado | Estado::Contracargado => Insignia::mal(texto),
        Estado::Vencido | Estado::Cancelado | Estado::Devuelto => Insignia::cruz(texto),
    }
}

/// A means in words, as a customer reads it.
pub(super) fn means_word(marco: &Marco, medio: &str) -> String {
    marco.t(&format!("cobros-medio-{medio}"))
}

/// A gateway by its name.
pub(super) fn gateway_word(marco: &Marco, pasarela: &str) -> String {
    marco.t(&format!("cobros-pasarela-{pasarela}"))
}

/// A tab: key of its text, address, permission without which it is absent.
type Pestana = (&'static str, &'static str, &'static str);

/// Tabs of the payments of the workspace; this slice's is the active one.
pub(super) fn pagos_tabs(marco: &Marco) -> Vec<Enlace> {
    const PAGOS: &str = "pagos:leer";
    let todas = [
        ("cobros-tab-pagos", "/facturacion/pagos", PAGOS),
        ("cobros-tab-cobros", LISTA, LeerCobros::NOMBRE),
        ("cobros-tab-caja", "/facturacion/caja", PAGOS),
        ("cobros-tab-devoluciones", "/facturacion/devoluciones", PAGOS),
        ("cobros-tab-reporte", "/facturacion/pagos/reporte", PAGOS),
    ];
    tabs(marco, &todas, LISTA)
}

/// Tabs of the reconciliation of the workspace.
pub(super) fn conciliation_tabs(marco: &Marco) -> Vec<Enlace> {
    const LOTES: &str = "conciliacion:leer";
    let todas = [
        ("cobros-tab-lotes", "/facturacion/conciliacion", LOTES),
        ("cobros-tab-comprobantes", "/facturacion/comprobantes", "comprobantes_pago:leer"),
        ("cobros-tab-cuentas", "/facturacion/conciliacion/cuentas", LOTES),
        ("cobros-tab-cuarentena", CUARENTENA, LeerCobros::NOMBRE),
    ];
    tabs(marco, &todas, CUARENTENA)
}

fn tabs(marco: &Marco, todas: &[Pestana], activa: &str) -> Vec<Enlace> {
    let suyas = todas.iter().filter(|(_, _, permiso)| marco.puede(permiso));
    let enlace = |(clave, ruta, _): &Pestana| Enlace {
        texto: marco.t(clave),
        ruta: (*ruta).to_owned(),
        activo: *ruta == activa,
    };
    suyas.map(enlace).collect()
}

/// The refusal that a form shows; anything else is a page of its own.
pub(super) fn of_form(error: Error) -> Result<Problema, Problem> {
    let problema = Problema::from(error);
    if problema.estado == 422 { Ok(problema) } else { Err(Problem(problema)) }
}
