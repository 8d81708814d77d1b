//! API keys: the text of a new one is shown once, with a line that tries it. Revoking asks first.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_base::Instante;
use ramal_web::pagina::{Aviso, Enlace, Formulario, Insignia, Listado, Marco, page, redirect};
use ramal_web::{App, ClaveIdempotencia, Problem, Ruta};
use uuid::Uuid;

use super::super::permisos::{AdministrarClaves, LeerClaves};
use super::comun::{Procedencia, refused, say_of, tabs};
use super::permisos_en_palabras::{Area, areas, sentence};
use super::usuarios::shown_once;
use crate::permiso::covers;
use crate::textos::TEXTOS;
use crate::{Clave, ClaveId, Error, NuevaClave, Vista, create_clave, revoke_clave, storage};

#[derive(Template)]
#[template(path = "plataforma/claves.html", blocks = ["lista"])]
struct Claves {
    marco: Marco,
    pestanas: Vec<Enlace>,
    l: Listado,
    filas: Vec<Fila>,
}

struct Fila {
    id: ClaveId,
    nombre: String,
    prefijo: String,
    permisos: String,
    creada: Instante,
    uso: Option<Instante>,
    insignia: Insignia,
    viva: bool,
}

#[derive(Template)]
#[template(path = "plataforma/claves_alta.html")]
struct Alta {
    marco: Marco,
    f: Formulario,
    idem: String,
    areas: Vec<Area>,
    plena: bool,
}

#[derive(Template)]
#[template(path = "plataforma/claves_creada.html")]
struct Creada {
    marco: Marco,
    nombre: String,
    texto: String,
    orden: String,
    permisos: Vec<String>,
}

#[derive(Template)]
#[template(path = "plataforma/claves_revocar.html")]
struct Revocar {
    marco: Marco,
    clave: Fila,
    ruta: String,
}

const LISTA: &str = "/admin/integraciones/claves";

fn row(marco: &Marco, c: Clave) -> Fila {
    let viva = c.revocada.is_none();
    let insignia = if viva {
        Insignia::ok(marco.t("claves-estado-vigente"))
    } else {
        Insignia::cruz(marco.t("claves-estado-revocada"))
    };
    Fila {
        id: c.id,
        permisos: sentence(marco, &c.permisos).join(" · "),
        nombre: c.nombre,
        prefijo: c.prefijo,
        creada: c.creado,
        uso: c.ultimo_uso,
        insignia,
        viva,
    }
}

/// The keys, the oldest first.
pub async fn get_claves(
    vista: Vista<LeerClaves>,
    State(app): State<App>,
) -> Result<Response, Problem> {
    let marco = vista.marco(&TEXTOS, "claves-titulo");
    let l = Listado::new(&marco, Vec::new());
    let pagina = storage::claves(&app.db, &l.cursor()).await?;
    let l = l.paged(&pagina);
    let filas = pagina.datos.into_iter().map(|c| row(&marco, c)).collect();
    let p = Claves { pestanas: tabs(&marco), marco, l, filas };
    if vista.peticion().hx.wants("lista") {
        return page(StatusCode::OK, &p.as_lista());
    }
    page(StatusCode::OK, &p)
}

fn shell<P>(vista: &Vista<P>, clave: &str) -> Marco {
    let marco = vista.marco(&TEXTOS, clave);
    let lista = marco.t("claves-titulo");
    marco.miga(lista, LISTA)
}

/// The form of a new key.
pub async fn get_alta(
    vista: Vista<AdministrarClaves>,
    quien: Procedencia,
) -> Result<Response, Problem> {
    let idem = vista.peticion().idem();
    page(StatusCode::OK, &blank(&vista, &quien, Formulario::default(), idem))
}

fn blank(
    vista: &Vista<AdministrarClaves>,
    quien: &Procedencia,
    f: Formulario,
    idem: String,
) -> Alta {
    let otorga = vista.identidad().permisos_plenos();
    let suyos: Vec<&'static str> =
        quien.puerta.permisos.iter().copied().filter(|p| covers(&otorga, p)).collect();
    let marco = shell(vista, "claves-alta-titulo");
    let areas = areas(&marco, &suyos, &[]);
    Alta { areas, plena: covers(&otorga, "*"), marco, f, idem }
}

/// Makes a key and shows it, this once.
pub async fn post_alta(
    vista: Vista<AdministrarClaves>,
    State(app): State<App>,
    quien: Procedencia,
    f: Formulario,
) -> Result<Response, Problem> {
    let idem = ClaveIdempotencia::of_form(vista.peticion(), &f);
    let tx = app.db.begin().await?;
    if let Some(hecha) = idem.recall(&tx).await? {
        return Ok(hecha);
    }
    let permisos: Vec<String> = f.values("permisos").into_iter().map(ToOwned::to_owned).collect();
    let otorga = vista.identidad().permisos_plenos();
    let hecha = match permisos.iter().find(|p| !covers(&otorga, p)) {
        Some(ajeno) => Err(Error::PermisoAjeno(ajeno.clone())),
        None => {
            let nueva = NuevaClave { nombre: f.value("nombre").to_owned(), permisos };
            create_clave(&tx, vista.cx(), nueva).await
        }
    };
    let creada = match hecha {
        Ok(creada) => creada,
        Err(error) => {
            tx.rollback().await?;
            let (estado, f) = refused(f, error)?;
            let idem = f.value("_idem").to_owned();
            return page(estado, &blank(&vista, &quien, f, idem));
        }
    };
    idem.remember_redirect(&tx, vista.cx(), LISTA).await?;
    tx.commit().await?;
    let marco = shell(&vista, "claves-creada-titulo");
    let url = app.entorno.url_publica.as_str();
    let pagina = Creada {
        permisos: sentence(&marco, &creada.clave.permisos),
        nombre: creada.clave.nombre,
        orden: format!("curl -H 'Authorization: Bearer {}' {url}/api/v1/empresa", creada.texto),
        texto: creada.texto,
        marco,
    };
    shown_once(page(StatusCode::CREATED, &pagina)?)
}

/// Asks before a key stops being good: whoever uses it stops at once.
pub async fn get_revocar(
    vista: Vista<AdministrarClaves>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
) -> Result<Response, Problem> {
    let clave = storage::clave_by_id(&app.db, ClaveId::from_uuid(id)).await?;
    let marco = shell(&vista, "claves-revocar-titulo");
    let ruta = format!("{LISTA}/{id}/revocar");
    page(StatusCode::OK, &Revocar { clave: row(&marco, clave), marco, ruta })
}

/// Revokes a key.
pub async fn post_revocar(
    vista: Vista<AdministrarClaves>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
    _f: Formulario,
) -> Result<Response, Problem> {
    let clave = storage::clave_by_id(&app.db, ClaveId::from_uuid(id)).await?;
    let tx = app.db.begin().await?;
    revoke_clave(&tx, vista.cx(), clave.id).await?;
    tx.commit().await?;
    let aviso = Aviso::ok(say_of(vista.peticion(), "claves-revocada", &clave.nombre));
    Ok(redirect(&app, LISTA, &[aviso]))
}
