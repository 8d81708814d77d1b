//! List of batches, with the uploads that wait for somebody above it. It changes nothing.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_plataforma::{Emisor, Permiso, Vista};
use ramal_web::pagina::{Conteo, Filtro, Insignia, Listado, Marco, Opcion, page};
use ramal_web::{App, Problem};
use uuid::Uuid;

use super::resumen::profile;
use crate::perfil::Perfil;
use crate::permisos::{ImportarClientes, LeerImportaciones};
use crate::storage::listado::{self, FiltroLotes, LoteListado};
use crate::storage::subidas;
use crate::storage::{DESHECHO, EN_CURSO, TERMINADO};
use crate::subida::EstadoSubida;
use crate::textos::TEXTOS;

#[derive(Template)]
#[template(path = "importaciones/lista.html", blocks = ["lista"])]
struct Lista {
    marco: Marco,
    l: Listado,
    perfiles: Vec<Opcion>,
    estados: Vec<Opcion>,
    pendientes: Vec<Pendiente>,
    filas: Vec<Fila>,
}

/// An upload that waits.
struct Pendiente {
    id: String,
    archivo: String,
    estado: Insignia,
    cuando: ramal_base::Instante,
}

/// A batch of the list.
struct Fila {
    id: String,
    archivo: String,
    perfil: String,
    emisor: String,
    cuando: ramal_base::Instante,
    filas: String,
    importadas: String,
    rechazadas: String,
    estado: Insignia,
}

/// `GET /admin/importaciones`
pub async fn get_lista(
    vista: Vista<LeerImportaciones>,
    State(app): State<App>,
) -> Result<Response, Problem> {
    let marco = vista.marco(&TEXTOS, "importaciones-titulo");
    let perfiles: Vec<Opcion> =
        Perfil::nombres().map(|p| Opcion::new(p, profile(&marco, p))).collect();
    let estado = |e: &'static str| Opcion::new(e, marco.t(&state_key(e)));
    let estados = [EN_CURSO, TERMINADO, DESHECHO].map(estado).to_vec();
    let filtros = vec![
        Filtro::texto("q", "importaciones-buscar"),
        Filtro::opciones("perfil", "importaciones-perfil", perfiles.clone()),
        Filtro::opciones("estado", "kit-estado", estados.clone()),
    ];
    let l = Listado::new(&marco, filtros);
    let filtro = FiltroLotes {
        buscar: l.get("q").map(|t| t.chars().take(100).collect()),
        estado: l.get("estado").map(str::to_owned),
        perfil: l.get("perfil").map(str::to_owned),
    };
    let pagina = listado::list_lotes(&app.db, &filtro, &l.cursor()).await?;
    let total = listado::count_lotes(&app.db, &filtro).await?;
    let l = l.paged(&pagina).counted(&marco, Conteo::of(total));
    let ids: Vec<Uuid> = pagina.datos.iter().map(|lote| lote.id).collect();
    let rechazadas = listado::rechazadas_de(&app.db, &ids).await?;
    let emisores = ramal_plataforma::emisores(&app.db).await?;
    let fila = |lote: LoteListado| row(&marco, lote, &emisores, &rechazadas);
    let filas = pagina.datos.into_iter().map(fila).collect();
    let pendientes = waiting(&app, &vista, &marco).await?;
    let lista = Lista { marco, l, perfiles, estados, pendientes, filas };
    if vista.peticion().hx.wants("lista") {
        return page(StatusCode::OK, &lista.as_lista());
    }
    page(StatusCode::OK, &lista)
}

/// The uploads that wait, for who may go on with them.
async fn waiting(
    app: &App,
    vista: &Vista<LeerImportaciones>,
    marco: &Marco,
) -> Result<Vec<Pendiente>, Problem> {
    if !vista.may(ImportarClientes::NOMBRE) {
        return Ok(Vec::new());
    }
    let pendiente = |p: subidas::Pendiente| Pendiente {
        id: p.id.to_string(),
        archivo: p.archivo,
        estado: badge(marco, EstadoSubida::parse(&p.estado)),
        cuando: p.creado,
    };
    Ok(subidas::pendientes(&app.db).await?.into_iter().map(pendiente).collect())
}

/// Badge of how far an upload is.
pub(super) fn badge(marco: &Marco, estado: Option<EstadoSubida>) -> Insignia {
    match estado {
        Some(EstadoSubida::Simulando) => Insignia::aviso(marco.t("importaciones-simulando")),
        Some(EstadoSubida::Importando) => Insignia::aviso(marco.t("importaciones-importando")),
        Some(EstadoSubida::Lista) => Insignia::gris(marco.t("importaciones-por-confirmar")),
        Some(EstadoSubida::Terminada) => Insignia::ok(marco.t("importaciones-terminado")),
        Some(EstadoSubida::Fallida) | None => Insignia::mal(marco.t("importaciones-no-se-leyo")),
    }
}

fn state_key(estado: &str) -> String {
    format!("importaciones-{}", estado.replace('_', "-"))
}

/// Badge of the state of a batch.
pub(super) fn lote_badge(marco: &Marco, estado: &str) -> Insignia {
    let texto = marco.t(&state_key(estado));
    match estado {
        TERMINADO => Insignia::ok(texto),
        DESHECHO => Insignia::cruz(texto),
        _ => Insignia::aviso(texto),
    }
}

fn row(marco: &Marco, lote: LoteListado, emisores: &[Emisor], rechazadas: &[(Uuid, i64)]) -> Fila {
    let emisor = emisores.iter().find(|e| e.id.uuid() == lote.emisor_id);
    let fuera = rechazadas.iter().find(|(id, _)| *id == lote.id).map_or(0, |(_, n)| *n);
    Fila {
        id: lote.id.to_string(),
        archivo: lote.archivo,
        perfil: profile(marco, &lote.perfil),
        emisor: emisor.map_or_else(String::new, |e| e.numero.clone()),
        cuando: lote.creado,
        filas: marco.numero(&lote.filas),
        importadas: marco.numero(&lote.importadas),
        rechazadas: marco.numero(&fuera),
        estado: lote_badge(marco, &lote.estado),
    }
}
