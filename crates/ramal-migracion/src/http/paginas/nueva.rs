//! Upload of a file to import. Its bytes are kept before anybody understands them, so that the
//! rehearsal and the import read the same.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_base::{CampoInvalido, Fecha, Problema};
use ramal_plataforma::{Emisor, Vista};
use ramal_web::pagina::{
    Archivo, Formulario, FormularioConArchivos, Marco, Opcion, page, redirect,
};
use ramal_web::{App, ClaveIdempotencia, Problem};

use super::resumen::profile;
use super::subida::work;
use super::{RAIZ, for_form, status};
use crate::actions::Duplicados;
use crate::perfil::Perfil;
use crate::permisos::ImportarClientes;
use crate::storage::subidas;
use crate::subida::{EstadoSubida, Opciones, Subida, object};
use crate::textos::TEXTOS;

#[derive(Template)]
#[template(path = "importaciones/nueva.html")]
struct Pagina {
    marco: Marco,
    f: Formulario,
    idem: String,
    perfiles: Vec<Opcion>,
    emisores: Vec<Opcion>,
    repetidos: Vec<Opcion>,
}

/// `GET /admin/importaciones/nueva`
pub async fn get_nueva(
    vista: Vista<ImportarClientes>,
    State(app): State<App>,
) -> Result<Response, Problem> {
    let emisores = ramal_plataforma::emisores(&app.db).await?;
    let unico = emisores.first().filter(|_| emisores.len() == 1);
    let mut f = Formulario::filled([("duplicados", "retener")]);
    if let Some(emisor) = unico {
        f.set("emisor", emisor.numero.clone());
        let suyo = Perfil::nombres().find(|p| country(p) == Some(emisor.pais));
        f.set("perfil", suyo.unwrap_or_default());
    }
    show(&vista, &emisores, StatusCode::OK, f)
}

fn country(perfil: &str) -> Option<ramal_base::Pais> {
    Perfil::own(perfil).and_then(Result::ok).map(|p| p.pais())
}

/// `POST /admin/importaciones/nueva`
pub async fn post_nueva(
    vista: Vista<ImportarClientes>,
    State(app): State<App>,
    pedido: Result<FormularioConArchivos, Problem>,
) -> Result<Response, Problem> {
    let emisores = ramal_plataforma::emisores(&app.db).await?;
    let pedido = match pedido {
        Ok(pedido) => pedido,
        Err(problema) if problema.0.estado == 413 => {
            let motivo = "El archivo pesa más de 64 MB. Dividirlo en partes y subirlas de a una.";
            let problema = Problem::campo("archivo", "archivo_grande", motivo).0;
            let f = Formulario::filled([("duplicados", "retener")]).refused(&problema);
            return show(&vista, &emisores, StatusCode::PAYLOAD_TOO_LARGE, f);
        }
        Err(problema) => return Err(problema),
    };
    match keep(&app, &vista, &pedido, &emisores).await {
        Ok(respuesta) => Ok(respuesta),
        Err(problema) => {
            let problema = for_form(problema)?;
            show(&vista, &emisores, status(&problema), pedido.form.refused(&problema))
        }
    }
}

/// Keeps the bytes and the upload, and begins its rehearsal.
async fn keep(
    app: &App,
    vista: &Vista<ImportarClientes>,
    pedido: &FormularioConArchivos,
    emisores: &[Emisor],
) -> Result<Response, Problem> {
    let idem = ClaveIdempotencia::of_form(vista.peticion(), &pedido.form);
    let hoy = vista.peticion().navegante.formato.zona.fecha(app.cx.now());
    let opciones = options(&pedido.form, emisores, hoy);
    let archivo = pedido.file("archivo").and_then(|a| check_text(a).map(|()| a));
    let (archivo, opciones) = match (archivo, opciones) {
        (Ok(archivo), Ok(opciones)) => (archivo, opciones),
        (Err(a), Err(b)) => {
            let errores = a.0.errores.into_iter().chain(b.0.errores).collect();
            return Err(Problem(Problema::campos(errores)));
        }
        (Err(problema), _) | (_, Err(problema)) => return Err(problema),
    };
    let subida = upload(app, vista, archivo, opciones).await?;
    let ruta = format!("{RAIZ}/subidas/{}", subida.id);
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    subidas::insert_subida(&tx, &subida).await?;
    work::ask(&tx, app, &subida).await?;
    idem.remember_redirect(&tx, vista.cx(), &ruta).await?;
    tx.commit().await?;
    work::now_if_small(app, &subida).await?;
    Ok(redirect(app, &ruta, &[]))
}

async fn upload(
    app: &App,
    vista: &Vista<ImportarClientes>,
    archivo: &Archivo,
    opciones: Opciones,
) -> Result<Subida, Problem> {
    let huella = hex::encode(<sha2::Sha256 as sha2::Digest>::digest(&archivo.bytes));
    app.objetos.put(&object(&huella), archivo.bytes.clone()).await?;
    let saltos = archivo.bytes.iter().filter(|b| **b == b'\n').count();
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    Ok(Subida {
        id: app.cx.new_id(),
        huella,
        archivo: archivo.nombre.clone(),
        peso: count(archivo.bytes.len()),
        lineas: count(saltos),
        opciones,
        estado: EstadoSubida::Simulando,
        filas: 0,
        rechazadas: 0,
        informe: None,
        motivo: String::new(),
        lote: None,
        actor: vista.identidad().actor.clone(),
        creado: app.cx.now(),
    })
}

/// How a form says that the file reads. Errors: 422 with every field that does not fit.
pub(super) fn options(
    form: &Formulario,
    emisores: &[Emisor],
    hoy: Fecha,
) -> Result<Opciones, Problem> {
    let mut errores = Vec::new();
    let mut refuse = |campo: &str, codigo: &str, motivo: &str| {
        errores.push(CampoInvalido::new(campo, codigo, motivo));
    };
    let perfil = form.value("perfil").to_owned();
    if country(&perfil).is_none() {
        refuse("perfil", "perfil_no_encontrado", "Elegir de qué sistema viene el archivo.");
    }
    let emisor = form.value("emisor").to_owned();
    match emisores.iter().find(|e| e.numero == emisor) {
        None => refuse("emisor", "emisor_no_encontrado", "Elegir quién va a facturar."),
        Some(e) if country(&perfil).is_some_and(|p| p != e.pais) => {
            let motivo = "Ese emisor es de otro país que el archivo; elegir el otro.";
            refuse("emisor", "emisor_de_otro_pais", motivo);
        }
        Some(_) => {}
    }
    let texto = form.value("al").trim();
    let al = if texto.is_empty() { Some(hoy) } else { Fecha::parse(texto).ok() };
    if al.is_none_or(|f| !(2000..=2199).contains(&f.anio())) {
        refuse("al", "fecha_invalida", "Esa fecha no existe; escribirla como 2026-12-01.");
    }
    let duplicados = form.value("duplicados").to_owned();
    if Duplicados::parse(&duplicados).is_none() {
        refuse("duplicados", "valor_desconocido", "Elegir qué se hace con los repetidos.");
    }
    match al {
        Some(al) if errores.is_empty() => Ok(Opciones { perfil, emisor, al, duplicados }),
        _ => Err(Problem(Problema::campos(errores))),
    }
}

/// Refuses what is no text, saying what it seems to be.
fn check_text(archivo: &Archivo) -> Result<(), Problem> {
    let bytes = &archivo.bytes;
    let motivo = if bytes.is_empty() {
        "El archivo está vacío."
    } else if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        "Es un libro de Excel. En Excel: Guardar como, CSV UTF-8; y subir ese archivo."
    } else if bytes.starts_with(b"%PDF") {
        "Es un PDF. La lista de clientes se sube como CSV."
    } else if bytes.contains(&0) {
        "No es un archivo de texto. La lista de clientes se sube como CSV."
    } else {
        return Ok(());
    };
    Err(Problem::campo("archivo", "archivo_no_es_csv", motivo))
}

/// Choices of the form: profiles, emisores, what to do with repeated numbers.
pub(super) fn choices(marco: &Marco, emisores: &[Emisor]) -> [Vec<Opcion>; 3] {
    let perfiles = Perfil::nombres().map(|p| Opcion::new(p, profile(marco, p))).collect();
    let emisor = |e: &Emisor| Opcion::new(&e.numero, format!("{} · {}", e.numero, e.razon_social));
    let repetidos = ["retener", "servicio"]
        .map(|d| Opcion::new(d, marco.t(&format!("importaciones-repetidos-{d}"))));
    [perfiles, emisores.iter().map(emisor).collect(), repetidos.to_vec()]
}

fn show(
    vista: &Vista<ImportarClientes>,
    emisores: &[Emisor],
    estado: StatusCode,
    f: Formulario,
) -> Result<Response, Problem> {
    let marco = vista.marco(&TEXTOS, "importaciones-nueva").refused(&f);
    let raiz = marco.t("importaciones-titulo");
    let marco = marco.miga(raiz, RAIZ);
    let [perfiles, emisores, repetidos] = choices(&marco, emisores);
    let idem = vista.peticion().idem();
    page(estado, &Pagina { marco, f, idem, perfiles, emisores, repetidos })
}
