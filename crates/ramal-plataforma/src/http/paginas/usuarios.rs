//! The list of users and the form of a new one. The link of a new user's first password is shown
//! once, because messaging may not be there to send it.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use ramal_base::Instante;
use ramal_web::pagina::{
    Conteo, Enlace, Filtro, Formulario, Insignia, Listado, Marco, Opcion, page,
};
use ramal_web::{App, ClaveIdempotencia, Problem};

use super::super::permisos::{AdministrarUsuarios, LeerUsuarios};
use super::comun::{Procedencia, refused, tabs};
use crate::actions::change_contrasena::make_enlace;
use crate::actions::create_usuario::create_usuario;
use crate::http::paginas::vistas::vistas_de;
use crate::permiso::covers;
use crate::storage::usuarios::FiltroUsuarios;
use crate::textos::TEXTOS;
use crate::usuario::EstadoUsuario;
use crate::{
    Error, NuevoUsuario, Rol, RolDado, Sucursal, SucursalId, Usuario, UsuarioId, Vista, storage,
};

#[derive(Template)]
#[template(path = "plataforma/usuarios.html", blocks = ["lista"])]
struct Usuarios {
    marco: Marco,
    pestanas: Vec<Enlace>,
    l: Listado,
    filas: Vec<Fila>,
    roles: Vec<Opcion>,
    estados: Vec<Opcion>,
}

struct Fila {
    id: UsuarioId,
    nombre: String,
    correo: String,
    roles: String,
    insignia: Insignia,
    con_codigo: bool,
    ultimo: Option<Instante>,
}

#[derive(Template)]
#[template(path = "plataforma/usuarios_alta.html")]
struct Alta {
    marco: Marco,
    f: Formulario,
    idem: String,
    grupos: Vec<GrupoRoles>,
}

#[derive(Template)]
#[template(path = "plataforma/usuarios_creado.html")]
struct Creado {
    marco: Marco,
    ruta: String,
    enlace: String,
}

/// Roles that may be given, everywhere or in one branch: a set of checkboxes.
pub(super) struct GrupoRoles {
    /// Name of the fields: `roles`, or `roles_<branch>`.
    pub campo: String,
    /// Name of the branch; empty for all of them.
    pub sucursal: String,
    /// One for each role that the giver may give.
    pub opciones: Vec<Opcion>,
}

/// The word and the shape of a user's state.
pub(super) fn badge(marco: &Marco, estado: EstadoUsuario) -> Insignia {
    let texto = marco.t(&format!("usuarios-estado-{}", estado.as_str()));
    match estado {
        EstadoUsuario::Activo => Insignia::ok(texto),
        EstadoUsuario::Suspendido => Insignia::pausa(texto),
    }
}

/// The list, filtered by the address; whoever manages a branch sees its people alone.
pub async fn get_usuarios(
    vista: Vista<LeerUsuarios>,
    State(app): State<App>,
) -> Result<Response, Problem> {
    let marco = vista.marco(&TEXTOS, "usuarios-titulo");
    let todos = storage::roles::roles(&app.db).await?;
    let roles: Vec<Opcion> =
        todos.iter().map(|r| Opcion::new(r.codigo.as_str(), r.nombre.as_str())).collect();
    let estados: Vec<Opcion> = [EstadoUsuario::Activo, EstadoUsuario::Suspendido]
        .map(|e| Opcion::new(e.as_str(), badge(&marco, e).texto))
        .into();
    let l = Listado::new(
        &marco,
        vec![
            Filtro::texto("q", "usuarios-filtro-texto"),
            Filtro::opciones("estado", "usuarios-estado", estados.clone()),
            Filtro::opciones("rol", "usuarios-rol", roles.clone()),
        ],
    );
    let filtro = FiltroUsuarios {
        texto: l.value("q").to_owned(),
        estado: l.value("estado").to_owned(),
        rol: l.value("rol").to_owned(),
        sucursales: vista.alcance().sucursales(),
    };
    let pagina = storage::usuarios::usuarios(&app.db, &filtro, &l.cursor()).await?;
    let cuantos = storage::usuarios::count_usuarios(&app.db, &filtro).await?;
    let aqui = (l.ruta().to_owned(), l.consulta());
    let vistas = vistas_de(&app.db, vista.identidad().usuario(), (&aqui.0, &aqui.1)).await?;
    let l = l.paged(&pagina).counted(&marco, Conteo::of(cuantos)).views(vistas);
    let filas = rows(&app, &marco, &todos, pagina.datos).await?;
    let p = Usuarios { pestanas: tabs(&marco), marco, l, filas, roles, estados };
    if vista.peticion().hx.wants("lista") {
        return page(StatusCode::OK, &p.as_lista());
    }
    page(StatusCode::OK, &p)
}

async fn rows(
    app: &App,
    marco: &Marco,
    todos: &[Rol],
    usuarios: Vec<Usuario>,
) -> Result<Vec<Fila>, Problem> {
    let ids: Vec<UsuarioId> = usuarios.iter().map(|u| u.id).collect();
    let dados = storage::usuarios::roles_de_varios(&app.db, &ids).await?;
    let nombres = |id: UsuarioId| {
        let suyos = dados.iter().filter(|(de, _)| *de == id);
        let mut lista: Vec<&str> = suyos
            .filter_map(|(_, d)| todos.iter().find(|r| r.codigo == d.rol))
            .map(|r| r.nombre.as_str())
            .collect();
        lista.dedup();
        lista.join(", ")
    };
    let fila = |u: Usuario| Fila {
        roles: nombres(u.id),
        insignia: badge(marco, u.estado),
        id: u.id,
        nombre: u.nombre,
        correo: u.correo,
        con_codigo: u.con_codigo,
        ultimo: u.ultimo_ingreso,
    };
    Ok(usuarios.into_iter().map(fila).collect())
}

/// Sets of checkboxes of the roles that somebody may give.
pub(super) async fn groups(app: &App, otorga: &[String]) -> Result<Vec<GrupoRoles>, Problem> {
    let roles = storage::roles::roles(&app.db).await?;
    let suyo = |r: &&Rol| r.permisos.iter().all(|p| covers(otorga, p));
    let opciones: Vec<Opcion> = roles
        .iter()
        .filter(suyo)
        .map(|r| Opcion::new(r.codigo.as_str(), format!("{}: {}", r.nombre, r.descripcion)))
        .collect();
    let en = |s: Sucursal| GrupoRoles {
        campo: format!("roles_{}", s.id),
        sucursal: s.nombre,
        opciones: opciones.clone(),
    };
    let mut grupos = vec![GrupoRoles {
        campo: "roles".to_owned(),
        sucursal: String::new(),
        opciones: opciones.clone(),
    }];
    grupos.extend(storage::roles::sucursales(&app.db).await?.into_iter().map(en));
    Ok(grupos)
}

/// The roles that a form gives.
pub(super) fn roles_of(f: &Formulario) -> Vec<RolDado> {
    let dado = |(nombre, rol): &(String, String)| {
        if nombre == "roles" {
            return Some(RolDado::everywhere(rol.as_str()));
        }
        let sucursal: SucursalId = nombre.strip_prefix("roles_")?.parse().ok()?;
        Some(RolDado { rol: rol.clone(), sucursal: Some(sucursal) })
    };
    f.fields().iter().filter_map(dado).collect()
}

/// The form of a new user.
pub async fn get_alta(
    vista: Vista<AdministrarUsuarios>,
    State(app): State<App>,
) -> Result<Response, Problem> {
    let idem = vista.peticion().idem();
    page(StatusCode::OK, &blank(&vista, &app, (Formulario::default(), idem)).await?)
}

async fn blank(
    vista: &Vista<AdministrarUsuarios>,
    app: &App,
    (f, idem): (Formulario, String),
) -> Result<Alta, Problem> {
    let grupos = groups(app, &vista.identidad().permisos_plenos()).await?;
    let marco = vista.marco(&TEXTOS, "usuarios-alta-titulo");
    let volver = marco.t("usuarios-titulo");
    Ok(Alta { marco: marco.miga(volver, "/admin/usuarios"), f, idem, grupos })
}

/// Makes the user and shows the link with which he puts his password.
pub async fn post_alta(
    vista: Vista<AdministrarUsuarios>,
    State(app): State<App>,
    quien: Procedencia,
    f: Formulario,
) -> Result<Response, Problem> {
    let idem = ClaveIdempotencia::of_form(vista.peticion(), &f);
    let tx = app.db.begin().await?;
    if let Some(hecha) = idem.recall(&tx).await? {
        return Ok(hecha);
    }
    let otorga = vista.identidad().permisos_plenos();
    let nuevo = NuevoUsuario {
        correo: f.value("correo").to_owned(),
        nombre: f.value("nombre").to_owned(),
        roles: roles_of(&f),
    };
    let usuario = match create_usuario(&tx, vista.cx(), &otorga, nuevo).await {
        Ok(usuario) => usuario,
        Err(error) => {
            tx.rollback().await?;
            return again(&vista, &app, f, error).await;
        }
    };
    let lugar = (&quien.puerta, app.entorno.url_publica.as_str());
    let enlace = make_enlace(&tx, vista.cx(), lugar, usuario.id).await?;
    let ruta = format!("/admin/usuarios/{}", usuario.id);
    idem.remember_redirect(&tx, vista.cx(), &ruta).await?;
    tx.commit().await?;
    let marco = vista.marco(&TEXTOS, "usuarios-creado-titulo");
    let volver = marco.t("usuarios-titulo");
    let marco = marco.miga(volver, "/admin/usuarios");
    shown_once(page(StatusCode::CREATED, &Creado { marco, ruta, enlace })?)
}

async fn again(
    vista: &Vista<AdministrarUsuarios>,
    app: &App,
    f: Formulario,
    error: Error,
) -> Result<Response, Problem> {
    let (estado, f) = refused(f, error)?;
    let idem = f.value("_idem").to_owned();
    page(estado, &blank(vista, app, (f, idem)).await?)
}

/// A page with something that is not shown again: no cache keeps it.
pub(super) fn shown_once(mut respuesta: Response) -> Result<Response, Problem> {
    let valor = HeaderValue::from_static("no-store");
    respuesta.headers_mut().insert(header::CACHE_CONTROL, valor);
    Ok(respuesta)
}
