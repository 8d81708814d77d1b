//! One's own account: name, password, sessions, preferences. Everything here is about who asks and
//! nobody else.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use ramal_base::{CampoInvalido, Instante};
use ramal_web::pagina::{Aviso, Formulario, Marco, Opcion, page, redirect};
use ramal_web::{App, Peticion, Problem, Ruta};
use uuid::Uuid;

use super::comun::{Propia, own_shell, refused, say};
use super::entrar::with_cookie;
use crate::actions::change_contrasena::change_contrasena;
use crate::actions::open_sesion::{close_sesion, close_sesiones, rotate_sesion};
use crate::actions::update_usuario::rename_self;
use crate::http::capa::session_cookie;
use crate::sesion::{self, OCIO_MS, Sesion, SesionActual, SesionId};
use crate::vista_guardada::VistaGuardada;
use crate::{Cualquiera, Error, Usuario, Vista, contrasena, ingreso, storage};

#[derive(Template)]
#[template(path = "plataforma/perfil.html")]
struct Perfil {
    marco: Marco,
    f: Formulario,
    preferencias: Formulario,
    usuario: Usuario,
    roles: Vec<String>,
    sesiones: Vec<FilaSesion>,
    temas: Vec<Opcion>,
    densidades: Vec<Opcion>,
    vistas: Vec<VistaGuardada>,
}

struct FilaSesion {
    id: SesionId,
    agente: String,
    direccion: String,
    metodo: String,
    creada: Instante,
    ultima: Instante,
    esta: bool,
}

#[derive(Template)]
#[template(path = "plataforma/perfil_contrasena.html")]
struct Contrasena {
    marco: Marco,
    f: Formulario,
    tiene: bool,
}

#[derive(Template)]
#[template(path = "plataforma/perfil_atajos.html")]
struct Atajos {
    marco: Marco,
    preferencias: Formulario,
    globales: Vec<Atajo>,
    listas: Vec<Atajo>,
}

struct Atajo {
    tecla: &'static str,
    texto: String,
}

/// The account of who asks.
pub async fn get_perfil(
    vista: Vista<Cualquiera>,
    Propia(actual): Propia,
    State(app): State<App>,
) -> Result<Response, Problem> {
    let usuario = storage::usuarios::usuario(&app.db, actual.usuario).await?;
    let f = Formulario::filled([
        ("nombre", usuario.nombre.clone()),
        ("version", usuario.version.to_string()),
    ]);
    let pagina = whole(&vista, &app, &actual, usuario, f).await?;
    page(StatusCode::OK, &pagina)
}

async fn whole(
    vista: &Vista<Cualquiera>,
    app: &App,
    actual: &SesionActual,
    usuario: Usuario,
    f: Formulario,
) -> Result<Perfil, Problem> {
    let marco = own_shell(vista, "perfil-titulo");
    let ahora = app.cx.now();
    let vivas = (ahora, ahora.plus_millis(-OCIO_MS));
    let sesiones = storage::sesiones::sesiones(&app.db, usuario.id, vivas).await?;
    let todos = storage::roles::roles(&app.db).await?;
    let dados = storage::usuarios::roles_de(&app.db, usuario.id).await?;
    let suyos = todos.into_iter().filter(|r| dados.iter().any(|d| d.rol == r.codigo));
    Ok(Perfil {
        roles: suyos.map(|r| r.nombre).collect(),
        sesiones: sesiones.into_iter().map(|s| row(&marco, s, actual.id)).collect(),
        temas: options(&marco, &["sistema", "claro", "oscuro"]),
        densidades: options(&marco, &["comoda", "compacta"]),
        preferencias: preferences(vista.peticion()),
        vistas: storage::vistas::todas(&app.db, usuario.id).await?,
        marco,
        f,
        usuario,
    })
}

fn row(marco: &Marco, s: Sesion, actual: SesionId) -> FilaSesion {
    FilaSesion {
        esta: s.id == actual,
        metodo: marco.t(&format!("sesion-metodo-{}", s.metodo.as_str())),
        id: s.id,
        agente: s.agente,
        direccion: s.direccion,
        creada: s.creada,
        ultima: s.ultima,
    }
}

fn options(marco: &Marco, valores: &[&str]) -> Vec<Opcion> {
    valores.iter().map(|v| Opcion::new(*v, marco.t(&format!("perfil-pref-{v}")))).collect()
}

fn preferences(peticion: &Peticion) -> Formulario {
    use ramal_web::pagina::Tema;
    let tema = match peticion.tema {
        Tema::Sistema => "sistema",
        Tema::Claro => "claro",
        Tema::Oscuro => "oscuro",
    };
    let atajos = if peticion.atajos { "si" } else { "no" };
    Formulario::filled([("tema", tema), ("densidad", peticion.densidad), ("atajos", atajos)])
}

/// Changes one's own name.
pub async fn post_perfil(
    vista: Vista<Cualquiera>,
    Propia(actual): Propia,
    State(app): State<App>,
    f: Formulario,
) -> Result<Response, Problem> {
    let version = f.value("version").parse().unwrap_or(0);
    let tx = app.db.begin().await?;
    let hecho = rename_self(&tx, vista.cx(), (actual.usuario, version), f.value("nombre")).await;
    let Err(error) = hecho else {
        tx.commit().await?;
        let aviso = Aviso::ok(say(vista.peticion(), "perfil-guardado"));
        return Ok(redirect(&app, "/perfil", &[aviso]));
    };
    tx.rollback().await?;
    let (estado, f) = refused(f, error)?;
    let usuario = storage::usuarios::usuario(&app.db, actual.usuario).await?;
    page(estado, &whole(&vista, &app, &actual, usuario, f).await?)
}

/// The form of a new password.
pub async fn get_contrasena(
    vista: Vista<Cualquiera>,
    Propia(actual): Propia,
    State(app): State<App>,
) -> Result<Response, Problem> {
    let usuario = storage::usuarios::usuario(&app.db, actual.usuario).await?;
    let marco = own_shell(&vista, "contrasena-titulo");
    let pagina = Contrasena { marco, f: Formulario::default(), tiene: usuario.con_contrasena };
    page(StatusCode::OK, &pagina)
}

/// Changes one's own password: the old one is asked for, the other sessions end, this one takes
/// another token.
pub async fn post_contrasena(
    vista: Vista<Cualquiera>,
    Propia(actual): Propia,
    State(app): State<App>,
    cabeceras: HeaderMap,
    f: Formulario,
) -> Result<Response, Problem> {
    let usuario = storage::usuarios::usuario(&app.db, actual.usuario).await?;
    let tiene = usuario.con_contrasena;
    match change(&vista, &app, &usuario, (&actual, &f)).await {
        Ok(()) => {
            let aviso = Aviso::ok(say(vista.peticion(), "contrasena-hecho"));
            let respuesta = redirect(&app, "/perfil", &[aviso]);
            Ok(rotated(&app, &cabeceras, &actual, respuesta).await?)
        }
        Err(error) => {
            let (estado, f) = refused(f, error)?;
            let marco = own_shell(&vista, "contrasena-titulo");
            page(estado, &Contrasena { marco, f, tiene })
        }
    }
}

async fn change(
    vista: &Vista<Cualquiera>,
    app: &App,
    usuario: &Usuario,
    (actual, f): (&SesionActual, &Formulario),
) -> Result<(), Error> {
    if !usuario.con_contrasena {
        let motivo = "Esta cuenta entra por el proveedor de identidad. Para tener contraseña hay \
            que pedir un enlace en «Recuperar».";
        let malo = CampoInvalido::new("contrasena_actual", "sin_contrasena", motivo);
        return Err(Error::Campos(vec![malo]));
    }
    ingreso::confirm_contrasena(app, usuario, f.value("contrasena_actual")).await?;
    let nueva = f.value("contrasena");
    contrasena::check(nueva, &usuario.correo).map_err(|c| Error::Campos(vec![c]))?;
    let hash = contrasena::hash(nueva).await?;
    let tx = app.db.begin().await?;
    change_contrasena(&tx, vista.cx(), (usuario.id, &hash), Some(actual.id)).await?;
    Ok(tx.commit().await?)
}

/// The same answer with another token for this session: what was known before is worth nothing.
pub(super) async fn rotated(
    app: &App,
    cabeceras: &HeaderMap,
    actual: &SesionActual,
    respuesta: Response,
) -> Result<Response, Problem> {
    let nombre = sesion::galleta(&app.entorno);
    let Some(viejo) = ramal_web::pagina::peticion::cookie(cabeceras, nombre) else {
        return Ok(respuesta);
    };
    let tx = app.db.begin().await?;
    let nuevo = rotate_sesion(&tx, &app.cx, actual.id, viejo).await?;
    tx.commit().await?;
    Ok(with_cookie(respuesta, nuevo.and_then(|token| session_cookie(app, &token))))
}

/// Ends one of one's own sessions. Errors: 404 if it is another's.
pub async fn post_cerrar(
    vista: Vista<Cualquiera>,
    Propia(actual): Propia,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
    _f: Formulario,
) -> Result<Response, Problem> {
    let tx = app.db.begin().await?;
    close_sesion(&tx, vista.cx(), actual.usuario, SesionId::from_uuid(id)).await?;
    tx.commit().await?;
    let aviso = Aviso::ok(say(vista.peticion(), "sesiones-cerrada"));
    Ok(redirect(&app, "/perfil", &[aviso]))
}

/// Ends all of one's own sessions but this one.
pub async fn post_cerrar_otras(
    vista: Vista<Cualquiera>,
    Propia(actual): Propia,
    State(app): State<App>,
    _f: Formulario,
) -> Result<Response, Problem> {
    let tx = app.db.begin().await?;
    close_sesiones(&tx, vista.cx(), actual.usuario, Some(actual.id)).await?;
    tx.commit().await?;
    let aviso = Aviso::ok(say(vista.peticion(), "sesiones-cerradas"));
    Ok(redirect(&app, "/perfil", &[aviso]))
}

/// Keeps the theme, the density and the shortcuts in the browser; anybody may.
pub async fn post_preferencias(
    peticion: Peticion,
    State(app): State<App>,
    f: Formulario,
) -> Result<Response, Problem> {
    const ADMITIDAS: [(&str, &[&str]); 3] = [
        ("tema", &["sistema", "claro", "oscuro"]),
        ("densidad", &["comoda", "compacta"]),
        ("atajos", &["si", "no"]),
    ];
    let volver = f.value("volver");
    let destino = peticion.open_volver(volver).unwrap_or(match volver {
        "/perfil/atajos" => "/perfil/atajos",
        _ if peticion.navegante.is_identificado() => "/perfil",
        _ => "/entrar",
    });
    let aviso = Aviso::ok(say(&peticion, "perfil-pref-hecho"));
    let mut respuesta = redirect(&app, destino, &[aviso]);
    for (nombre, valores) in ADMITIDAS {
        if let Some(valor) = valores.iter().find(|v| **v == f.value(nombre)) {
            respuesta = with_cookie(respuesta, preference(&app, nombre, valor));
        }
    }
    Ok(respuesta)
}

/// A cookie of a year that scripts may read: it says nothing of the person.
fn preference(app: &App, nombre: &str, valor: &str) -> Option<HeaderValue> {
    let seguro = if app.entorno.is_https() { "; Secure" } else { "" };
    let texto = format!("ramal_{nombre}={valor}; Path=/; SameSite=Lax; Max-Age=31536000{seguro}");
    HeaderValue::from_str(&texto).ok()
}

/// The shortcuts of the keyboard, and whether they are on.
pub async fn get_atajos(vista: Vista<Cualquiera>) -> Result<Response, Problem> {
    const GLOBALES: [(&str, &str); 7] = [
        ("b", "buscar"),
        ("Ctrl+K", "ordenes"),
        ("g a", "ir-admin"),
        ("g f", "ir-facturacion"),
        ("g b", "ir-bandeja"),
        ("z", "deshacer"),
        ("?", "ayuda"),
    ];
    const LISTAS: [(&str, &str); 5] = [
        ("j", "siguiente"),
        ("k", "anterior"),
        ("Enter", "abrir"),
        ("x", "elegir"),
        ("Shift+x", "tramo"),
    ];
    let marco = own_shell(&vista, "atajos-titulo");
    let fila = |(tecla, clave): &(&'static str, &str)| Atajo {
        tecla,
        texto: marco.t(&format!("atajos-{clave}")),
    };
    let (globales, listas) =
        (GLOBALES.iter().map(fila).collect(), LISTAS.iter().map(fila).collect());
    let preferencias = preferences(vista.peticion());
    page(StatusCode::OK, &Atajos { marco, preferencias, globales, listas })
}
