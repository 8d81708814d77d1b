//! Import of a catalogue file: it is kept as it came, shown as it would be, and written by one POST
//! over the same bytes. How it reads is in `archivo`.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_base::{Moneda, Problema};
use ramal_db::DbError;
use ramal_plataforma::Vista;
use ramal_web::pagina::{
    Archivo, Aviso, Formulario, FormularioConArchivos, Insignia, Marco, Opcion, page, redirect,
};
use ramal_web::{App, ClaveIdempotencia, Problem, Ruta};

use super::producto_form::currency;
use super::{RAIZ, for_form, palabras, query_form, status};
use crate::actions::{self, Importado};
use crate::archivo::FilaInvalida;
use crate::permisos::EditarCatalogo;
use crate::textos::TEXTOS;
use crate::{Producto, storage};

/// Largest file, in bytes: some 10,000 products.
pub const MAXIMO: usize = 1 << 20;
/// Rows that the page shows of each list.
const MUESTRA: usize = 100;

#[derive(Template)]
#[template(path = "catalogo/importar.html")]
struct Subir {
    marco: Marco,
    f: Formulario,
    monedas: Vec<Opcion>,
}

#[derive(Template)]
#[template(path = "catalogo/importar_revisar.html")]
struct Revisar {
    marco: Marco,
    errores: Vec<FilaInvalida>,
    /// Refused fields that are not shown.
    mas_errores: i64,
    cambios: Vec<Cambio>,
    mas_cambios: i64,
    iguales: i64,
    hecho: Importado,
    moneda: String,
    idem: String,
    accion: String,
}

/// A product that the file makes or changes.
struct Cambio {
    nombre: String,
    clase: String,
    /// What it costs now; empty if it is new.
    antes: String,
    precio: String,
    estado: Insignia,
}

/// `GET /admin/catalogo/importar`
pub async fn get_importar(
    vista: Vista<EditarCatalogo>,
    State(app): State<App>,
) -> Result<Response, Problem> {
    let f = Formulario::filled([("moneda", currency(&app).await?.codigo())]);
    show_subir(&vista, StatusCode::OK, f)
}

/// `POST /admin/catalogo/importar`
pub async fn post_importar(
    vista: Vista<EditarCatalogo>,
    State(app): State<App>,
    pedido: Result<FormularioConArchivos, Problem>,
) -> Result<Response, Problem> {
    let pedido = match pedido {
        Ok(pedido) => pedido,
        Err(problema) if problema.0.estado == 413 => {
            let motivo = "El archivo pesa más de 1 MB. Dividirlo en partes y subirlas de a una.";
            let problema = Problem::campo("archivo", "archivo_grande", motivo).0;
            let f = Formulario::filled([("moneda", currency(&app).await?.codigo())]);
            return show_subir(&vista, StatusCode::PAYLOAD_TOO_LARGE, f.refused(&problema));
        }
        Err(problema) => return Err(problema),
    };
    match keep(&app, &pedido).await {
        Ok(ruta) => Ok(redirect(&app, &ruta, &[])),
        Err(problema) => {
            let problema = for_form(problema)?;
            show_subir(&vista, status(&problema), pedido.form.refused(&problema))
        }
    }
}

/// Keeps the bytes before anybody understands them, and gives the address of their check page.
async fn keep(app: &App, pedido: &FormularioConArchivos) -> Result<String, Problem> {
    let archivo = pedido.file("archivo")?;
    check_text(archivo)?;
    let moneda = Moneda::parse(pedido.form.value("moneda"));
    let moneda = match moneda {
        Some(moneda) => moneda,
        None => return Err(Problem::campo("moneda", "moneda_desconocida", "Elegir la moneda.")),
    };
    let huella = hex::encode(<sha2::Sha256 as sha2::Digest>::digest(&archivo.bytes));
    app.objetos.put(&object(&huella), archivo.bytes.clone()).await?;
    Ok(format!("{RAIZ}/importar/{huella}?moneda={}", moneda.codigo()))
}

fn object(huella: &str) -> String {
    format!("catalogo/importaciones/{huella}.csv")
}

/// Refuses what is no text, saying what it seems to be.
fn check_text(archivo: &Archivo) -> Result<(), Problem> {
    let bytes = &archivo.bytes;
    let motivo = if bytes.is_empty() {
        "El archivo está vacío."
    } else if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        "Es un libro de Excel. En Excel: Guardar como, CSV UTF-8; y subir ese archivo."
    } else if bytes.starts_with(b"%PDF") {
        "Es un PDF. El catálogo se sube como CSV."
    } else if bytes.contains(&0) {
        "No es un archivo de texto. El catálogo se sube como CSV."
    } else {
        return Ok(());
    };
    Err(Problem::campo("archivo", "archivo_no_es_csv", motivo))
}

/// `GET /admin/catalogo/importar/{huella}`
pub async fn get_revisar(
    vista: Vista<EditarCatalogo>,
    State(app): State<App>,
    Ruta(huella): Ruta<String>,
) -> Result<Response, Problem> {
    let bytes = read(&app, &huella).await?;
    let moneda = Moneda::parse(query_form(&vista.peticion().consulta).value("moneda"));
    let moneda = match moneda {
        Some(moneda) => moneda,
        None => currency(&app).await?,
    };
    show_revisar(&app, &vista, StatusCode::OK, (&huella, &bytes, moneda)).await
}

/// `POST /admin/catalogo/importar/{huella}`
pub async fn post_confirmar(
    vista: Vista<EditarCatalogo>,
    State(app): State<App>,
    Ruta(huella): Ruta<String>,
    form: Formulario,
) -> Result<Response, Problem> {
    let idem = ClaveIdempotencia::of_form(vista.peticion(), &form);
    let bytes = read(&app, &huella).await?;
    let moneda = match Moneda::parse(form.value("moneda")) {
        Some(moneda) => moneda,
        None => currency(&app).await?,
    };
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let hecho = actions::import_catalogo(&tx, vista.cx(), moneda, &bytes).await?;
    if !hecho.errores.is_empty() {
        tx.rollback().await?;
        let estado = StatusCode::UNPROCESSABLE_ENTITY;
        return show_revisar(&app, &vista, estado, (&huella, &bytes, moneda)).await;
    }
    idem.remember_redirect(&tx, vista.cx(), RAIZ).await?;
    tx.commit().await?;
    let marco = vista.marco(&TEXTOS, "catalogo-titulo");
    let texto = marco.t2(
        "catalogo-importado",
        ("creados", hecho.creados),
        ("actualizados", hecho.actualizados),
    );
    Ok(redirect(&app, RAIZ, &[Aviso::ok(texto)]))
}

/// The bytes that were kept. Errors: 404 if nobody uploaded them.
async fn read(app: &App, huella: &str) -> Result<Vec<u8>, Problem> {
    let bien = huella.len() == 64 && huella.bytes().all(|b| b.is_ascii_hexdigit());
    let ausente = || Problem(Problema::no_encontrado("archivo"));
    if !bien {
        return Err(ausente());
    }
    app.objetos.get(&object(huella), huella).await.map_err(|error| match error {
        DbError::Objetos(_) => ausente(),
        otro => otro.into(),
    })
}

fn show_subir(
    vista: &Vista<EditarCatalogo>,
    estado: StatusCode,
    f: Formulario,
) -> Result<Response, Problem> {
    let marco = vista.marco(&TEXTOS, "catalogo-importar").refused(&f);
    let raiz = marco.t("catalogo-titulo");
    let marco = marco.miga(raiz, RAIZ);
    let monedas = ["MXN", "PEN", "USD"].map(|m| Opcion::new(m, m)).to_vec();
    page(estado, &Subir { marco, f, monedas })
}

/// What the file would do: the import itself, in a transaction that is let go.
async fn show_revisar(
    app: &App,
    vista: &Vista<EditarCatalogo>,
    estado: StatusCode,
    (huella, bytes, moneda): (&str, &[u8], Moneda),
) -> Result<Response, Problem> {
    let tx = app.db.begin().await?;
    let antes = storage::all(&tx).await?;
    let mut hecho = actions::import_catalogo(&tx, vista.cx(), moneda, bytes).await?;
    let despues = storage::all(&tx).await?;
    tx.rollback().await?;
    let marco = vista.marco(&TEXTOS, "catalogo-revisar-archivo");
    let (raiz, importar) = (marco.t("catalogo-titulo"), marco.t("catalogo-importar"));
    let marco = marco.miga(raiz, RAIZ).miga(importar, format!("{RAIZ}/importar"));
    let mut errores = std::mem::take(&mut hecho.errores);
    let mas_errores = over(errores.len());
    errores.truncate(MUESTRA);
    let mut cambios = changes(&marco, &antes, &despues);
    let mas_cambios = over(cambios.len());
    cambios.truncate(MUESTRA);
    let iguales = hecho.productos - hecho.creados - hecho.actualizados;
    let pagina = Revisar {
        marco,
        errores,
        mas_errores,
        cambios,
        mas_cambios,
        iguales: i64::try_from(iguales).unwrap_or(i64::MAX),
        hecho,
        moneda: moneda.codigo().to_owned(),
        idem: vista.peticion().idem(),
        accion: format!("{RAIZ}/importar/{huella}"),
    };
    page(estado, &pagina)
}

fn over(n: usize) -> i64 {
    i64::try_from(n.saturating_sub(MUESTRA)).unwrap_or(i64::MAX)
}

/// The products that are other after the import than before.
fn changes(marco: &Marco, antes: &[Producto], despues: &[Producto]) -> Vec<Cambio> {
    let cambio = |p: &Producto| {
        let anterior = antes.iter().find(|a| a.id == p.id);
        if anterior.is_some_and(|a| a.version == p.version) {
            return None;
        }
        Some(Cambio {
            nombre: p.nombre.clone(),
            clase: palabras::clase(marco, p.clase),
            antes: anterior.map_or_else(String::new, |a| marco.dinero(&a.precio)),
            precio: marco.dinero(&p.precio),
            estado: match anterior {
                None => Insignia::ok(marco.t("catalogo-nuevo-producto")),
                Some(_) => Insignia::aviso(marco.t("catalogo-cambia")),
            },
        })
    };
    despues.iter().filter_map(cambio).collect()
}
