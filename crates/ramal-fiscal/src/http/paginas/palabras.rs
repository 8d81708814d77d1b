//! Words of the pages: badges of states, names of kinds, weights, money. They decide no state.

use ramal_base::{Dinero, Moneda};
use ramal_plataforma::{Emisor, emisores};
use ramal_web::pagina::{Enlace, Insignia, Marco, Opcion};
use ramal_web::{App, Problem};
use uuid::Uuid;

use crate::{Error, Estado, Tipo};

/// Badge of a document's state; an unknown one is shown as it is.
pub(super) fn insignia(marco: &Marco, estado: &str) -> Insignia {
    let Some(estado) = Estado::parse(estado) else { return Insignia::gris(estado) };
    let texto = state_text(marco, estado);
    match estado {
        Estado::EnCola => Insignia::gris(texto),
        Estado::Enviando | Estado::Incierto | Estado::BajaPendiente => Insignia::aviso(texto),
        Estado::Aceptado | Estado::AceptadoObs => Insignia::ok(texto),
        Estado::Rechazado | Estado::Excepcion => Insignia::mal(texto),
        Estado::Pausado => Insignia::pausa(texto),
        Estado::Baja => Insignia::cruz(texto),
    }
}

/// Name of a document's state.
pub(super) fn state_text(marco: &Marco, estado: Estado) -> String {
    marco.t(&format!("fiscal-estado-{}", estado.as_str().replace('_', "-")))
}

/// Badge of a summary's state.
pub(super) fn insignia_lote(marco: &Marco, estado: &str) -> Insignia {
    let texto = || marco.t(&format!("fiscal-lote-{}", estado.replace('_', "-")));
    match estado {
        "en_cola" => Insignia::gris(texto()),
        "enviando" | "en_proceso" | "incierto" => Insignia::aviso(texto()),
        "aceptado" => Insignia::ok(texto()),
        "rechazado" | "excepcion" => Insignia::mal(texto()),
        otro => Insignia::gris(otro),
    }
}

/// Name of a kind; an unknown one is shown as it is.
pub(super) fn kind(marco: &Marco, codigo: &str) -> String {
    match Tipo::parse(codigo) {
        Some(_) => marco.t(&format!("fiscal-tipo-{}", codigo.to_ascii_lowercase())),
        None => codigo.to_owned(),
    }
}

/// Money as the country writes it; minor units with their ISO code.
pub(super) fn money(marco: &Marco, centavos: i64, moneda: &str) -> String {
    match Moneda::parse(moneda) {
        Some(moneda) => marco.dinero(&Dinero { centavos, moneda }),
        None => format!("{moneda} {centavos}"),
    }
}

/// Weight of a file: `900 B`, `12 KB`, `1,204 KB`.
pub(super) fn weight(marco: &Marco, bytes: i64) -> String {
    if bytes < 1_000 {
        return format!("{bytes}\u{a0}B");
    }
    format!("{}\u{a0}KB", marco.formato().numero((bytes + 512) / 1_024))
}

/// Emisores of the company with the text of a choice: `EKU9003173C9 · Escuela Kemper`.
pub(super) async fn emisor_options(app: &App) -> Result<(Vec<Emisor>, Vec<Opcion>), Problem> {
    let todos = emisores(&app.db).await?;
    let opcion =
        |e: &Emisor| Opcion::new(e.id.to_string(), format!("{} · {}", e.numero, e.razon_social));
    let opciones = todos.iter().map(opcion).collect();
    Ok((todos, opciones))
}

/// The id of an address. Errors: 404, because nothing has such an address.
pub(super) fn id_of(texto: &str) -> Result<Uuid, Problem> {
    texto.parse().map_err(|_| Error::NotFound.into())
}

/// Tabs of the documents.
pub(super) fn document_tabs(marco: &Marco) -> Vec<Enlace> {
    let rutas = [
        ("fiscal-seccion-documentos", "/facturacion/documentos"),
        ("fiscal-seccion-resumenes", "/facturacion/resumenes"),
    ];
    tabs(marco, &marco.ruta, &rutas)
}

/// Tabs of the settings that the person may open.
pub(super) fn setting_tabs(marco: &Marco) -> Vec<Enlace> {
    setting_tabs_at(marco, &marco.ruta)
}

/// The same as if the page asked for were another; a refused form is shown at the address it was
/// sent to.
pub(super) fn setting_tabs_at(marco: &Marco, aqui: &str) -> Vec<Enlace> {
    let mut rutas = Vec::new();
    if marco.puede("empresa:leer") {
        rutas.push(("menu-empresa", "/admin/ajustes"));
    }
    if marco.puede("certificados:leer") {
        rutas.push(("menu-certificados", "/admin/ajustes/certificados"));
    }
    if marco.puede("comprobantes:leer") {
        rutas.push(("menu-series", "/admin/ajustes/series"));
    }
    if marco.puede("certificados:leer") {
        rutas.push(("fiscal-seccion-conexion", "/admin/ajustes/conexion"));
    }
    tabs(marco, aqui, &rutas)
}

fn tabs(marco: &Marco, aqui: &str, rutas: &[(&str, &str)]) -> Vec<Enlace> {
    let enlace = |(clave, ruta): &(&str, &str)| Enlace {
        texto: marco.t(clave),
        ruta: (*ruta).to_owned(),
        activo: aqui == *ruta || (*ruta == "/admin/ajustes" && is_emisor(aqui)),
    };
    rutas.iter().map(enlace).collect()
}

fn is_emisor(ruta: &str) -> bool {
    ruta.starts_with("/admin/ajustes/emisores/")
}
