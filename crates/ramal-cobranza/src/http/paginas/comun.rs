//! What the pages of collections share: tabs, badges, amounts, days. It renders nothing.

use ramal_base::{Cx, Dinero, Fecha, Problema};
use ramal_db::{Consulta, DbError, FromQueryResult};
use ramal_web::pagina::{Enlace, Insignia};
use ramal_web::{Marco, Problem};
use uuid::Uuid;

use crate::Error;
use crate::nucleo::Motivo;
use crate::permisos::{LeerCobranza, LeerPromesas};
use crate::storage::deuda::currency;
use crate::storage::ids_in;
use ramal_plataforma::Permiso;

/// Where those who owe are.
pub(super) const MOROSOS: &str = "/facturacion/morosos";
/// Where promises are.
pub(super) const PROMESAS: &str = "/facturacion/morosos/promesas";
/// Where lists of cuts are.
pub(super) const CORTES: &str = "/facturacion/morosos/cortes";
/// Where notices are.
pub(super) const AVISOS: &str = "/facturacion/morosos/avisos";

/// Tabs of the collections that the person may open.
pub(super) fn tabs(marco: &Marco, actual: &str) -> Vec<Enlace> {
    let todas = [
        (MOROSOS, "cobranza-morosos-titulo", LeerCobranza::NOMBRE),
        (PROMESAS, "cobranza-promesas-titulo", LeerPromesas::NOMBRE),
        (CORTES, "cobranza-cortes-titulo", LeerCobranza::NOMBRE),
        (AVISOS, "cobranza-avisos-titulo", LeerCobranza::NOMBRE),
    ];
    let suyas = todas.into_iter().filter(|(_, _, permiso)| marco.puede(permiso));
    suyas
        .map(|(ruta, clave, _)| Enlace {
            texto: marco.t(clave),
            activo: ruta == actual,
            ruta: ruta.to_owned(),
        })
        .collect()
}

/// Today in the zone of the company.
pub(super) async fn today(c: &impl Consulta, cx: &Cx) -> Result<Fecha, Problem> {
    Ok(ramal_contratos::actions::hoy(c, cx).await?)
}

/// An amount as the country writes it; its number alone without a known currency.
pub(super) fn amount(marco: &Marco, centavos: i64, moneda: &str) -> String {
    match currency(moneda) {
        Ok(moneda) => marco.dinero(&Dinero::new(centavos, moneda)),
        Err(_) => ramal_base::dinero::format_centavos(centavos),
    }
}

/// Badge of a state of collections.
pub(super) fn badge(marco: &Marco, estado: &str) -> Insignia {
    let texto = marco.t(&format!("cobranza-estado-{}", word(estado)));
    match estado {
        "AL_DIA" => Insignia::ok(texto),
        "POR_VENCER" | "PROMESA" => Insignia::aviso(texto),
        "VENCIDO" | "EN_GRACIA" => Insignia::mal(texto),
        "SUSPENDIDO" | "CORTADO" | "PAUSA_CLIENTE" => Insignia::pausa(texto),
        "BAJA" => Insignia::cruz(texto),
        _ => Insignia::gris(texto),
    }
}

/// A stored word as the end of a key.
pub(super) fn word(texto: &str) -> String {
    texto.to_lowercase().replace('_', "-")
}

/// A reason in words.
pub(super) fn reason(marco: &Marco, m: &Motivo) -> String {
    let clave = format!("cobranza-motivo-{}", word(m.codigo()));
    marco.t1(&clave, "detalle", detail(marco, m))
}

/// What goes with a reason: days and days of the week are worded, names are not.
fn detail(marco: &Marco, m: &Motivo) -> String {
    let texto = m.detalle();
    match (m, Fecha::parse(texto)) {
        (_, Ok(dia)) => marco.fecha_texto(&dia),
        (Motivo::DiaNoPermitido(_), _) if texto.parse::<u8>().is_ok() => {
            marco.t(&format!("cobranza-dia-{texto}"))
        }
        _ => texto.to_owned(),
    }
}

/// Names and codes of services.
#[derive(Clone, Debug, FromQueryResult)]
pub(super) struct NombreServicio {
    /// The service.
    pub(super) id: Uuid,
    /// Printed number.
    pub(super) numero: i64,
    /// What the customer reads.
    pub(super) descripcion: String,
}

/// Names of these services.
pub(super) async fn services(
    c: &impl Consulta,
    ids: &[Uuid],
) -> Result<Vec<NombreServicio>, DbError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let (lista, valores) = ids_in(1, ids);
    let sql = format!("SELECT id, numero, descripcion FROM servicios WHERE id IN {lista}");
    c.all(&sql, valores).await
}

/// Printed numbers of these facturas.
pub(super) async fn printed_facturas(
    c: &impl Consulta,
    ids: &[Uuid],
) -> Result<Vec<(Uuid, String)>, DbError> {
    #[derive(FromQueryResult)]
    struct Fila {
        id: Uuid,
        serie: String,
        folio: i64,
    }
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let (lista, valores) = ids_in(1, ids);
    let sql = format!("SELECT id, serie, folio FROM facturas WHERE id IN {lista}");
    let filas: Vec<Fila> = c.all(&sql, valores).await?;
    Ok(filas.into_iter().map(|f| (f.id, format!("{}-{}", f.serie, f.folio))).collect())
}

/// The refusal that a form shows: what is wrong with its fields, and what the policy or a state do
/// not allow. Anything else is a page of its own.
pub(super) fn of_form(error: Error) -> Result<Problema, Problem> {
    let problema = Problema::from(error);
    if matches!(problema.estado, 409 | 412 | 422) { Ok(problema) } else { Err(Problem(problema)) }
}

/// The same of what refused a body.
pub(super) fn of_body(problem: Problem) -> Result<Problema, Problem> {
    if problem.0.estado == 422 { Ok(problem.0) } else { Err(problem) }
}

/// A path with a query, if there is one.
pub(super) fn with_query(ruta: &str, consulta: &str) -> String {
    if consulta.is_empty() { ruta.to_owned() } else { format!("{ruta}?{consulta}") }
}
