//! An upload by how far it is: progress, what would happen, why it cannot be read; and what can be
//! done with it.

use std::collections::HashMap;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use ramal_base::Problema;
use ramal_plataforma::Vista;
use ramal_web::pagina::{Aviso, Formulario, Insignia, Marco, Opcion, page, redirect};
use ramal_web::{App, ClaveIdempotencia, Problem, Ruta};
use uuid::Uuid;

use super::lista::badge;
use super::nueva::{choices, options};
use super::resumen::Resumen;
use super::{RAIZ, csv, for_form, problem, status};
use crate::actions::Intencion;
use crate::fuente::Fuente;
use crate::permisos::ImportarClientes;
use crate::storage::subidas;
use crate::subida::{EstadoSubida, Subida, SubidaId};
use crate::textos::TEXTOS;

/// Tells htmx to go to another page.
const HX_REDIRECT: HeaderName = HeaderName::from_static("hx-redirect");

#[derive(Template)]
#[template(path = "importaciones/subida.html", blocks = ["avance"])]
struct Pagina {
    marco: Marco,
    s: Subida,
    id: String,
    estado: Insignia,
    peso: String,
    /// Progress in words, while something works on it.
    avance: String,
    total: i64,
    r: Option<Resumen>,
    f: Formulario,
    idem: String,
    perfiles: Vec<Opcion>,
    emisores: Vec<Opcion>,
    repetidos: Vec<Opcion>,
}

/// `GET /admin/importaciones/subidas/{id}`
pub async fn get_subida(
    vista: Vista<ImportarClientes>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
) -> Result<Response, Problem> {
    let subida = found(&app, id).await?;
    let avance = vista.peticion().hx.wants("avance");
    if let (EstadoSubida::Terminada, Some(lote)) = (subida.estado, subida.lote) {
        let ruta = format!("{RAIZ}/{lote}");
        return Ok(if avance { elsewhere(&ruta) } else { redirect(&app, &ruta, &[]) });
    }
    if avance && !subida.estado.is_trabajando() {
        return Ok(elsewhere(&route(&subida)));
    }
    let f = filled(&subida);
    let pagina = render(&app, &vista, subida, f).await?;
    if avance { page(StatusCode::OK, &pagina.as_avance()) } else { page(StatusCode::OK, &pagina) }
}

/// An empty answer that takes htmx to another page.
fn elsewhere(ruta: &str) -> Response {
    let mut respuesta = Response::new(axum::body::Body::empty());
    if let Ok(valor) = HeaderValue::from_str(ruta) {
        respuesta.headers_mut().insert(HX_REDIRECT, valor);
    }
    respuesta
}

async fn found(app: &App, id: Uuid) -> Result<Subida, Problem> {
    let subida = subidas::subida(&app.db, SubidaId::from_uuid(id)).await?;
    subida.ok_or_else(|| Problem(Problema::no_encontrado("importacion")))
}

fn route(subida: &Subida) -> String {
    format!("{RAIZ}/subidas/{}", subida.id)
}

fn filled(subida: &Subida) -> Formulario {
    let o = &subida.opciones;
    Formulario::filled([
        ("perfil", o.perfil.clone()),
        ("emisor", o.emisor.clone()),
        ("al", o.al.to_string()),
        ("duplicados", o.duplicados.clone()),
    ])
}

/// `POST /admin/importaciones/subidas/{id}/opciones`
pub async fn post_opciones(
    vista: Vista<ImportarClientes>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
    form: Formulario,
) -> Result<Response, Problem> {
    let subida = found(&app, id).await?;
    let emisores = ramal_plataforma::emisores(&app.db).await?;
    let hoy = vista.peticion().navegante.formato.zona.fecha(app.cx.now());
    let opciones = match options(&form, &emisores, hoy) {
        Ok(opciones) => opciones,
        Err(problema) => {
            let problema = for_form(problema)?;
            let estado = status(&problema);
            let pagina = render(&app, &vista, subida, form.refused(&problema)).await?;
            return page(estado, &pagina);
        }
    };
    let tx = app.db.begin().await?;
    let actual = subidas::lock_subida(&tx, subida.id).await?;
    if actual.is_some_and(|s| matches!(s.estado, EstadoSubida::Lista | EstadoSubida::Fallida)) {
        subidas::set_opciones(&tx, subida.id, &opciones).await?;
        let actor = &vista.identidad().actor;
        subidas::restart_subida(&tx, subida.id, EstadoSubida::Simulando, actor).await?;
        work::ask(&tx, &app, &subida).await?;
    }
    tx.commit().await?;
    work::now_if_small(&app, &subida).await?;
    Ok(redirect(&app, &route(&subida), &[]))
}

/// `POST /admin/importaciones/subidas/{id}/importar`
pub async fn post_importar(
    vista: Vista<ImportarClientes>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
    form: Formulario,
) -> Result<Response, Problem> {
    let idem = ClaveIdempotencia::of_form(vista.peticion(), &form);
    let subida = found(&app, id).await?;
    let ruta = route(&subida);
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let actual = subidas::lock_subida(&tx, subida.id).await?;
    if actual.is_none_or(|s| s.estado != EstadoSubida::Lista) {
        return Ok(redirect(&app, &ruta, &[]));
    }
    let actor = &vista.identidad().actor;
    subidas::restart_subida(&tx, subida.id, EstadoSubida::Importando, actor).await?;
    work::ask(&tx, &app, &subida).await?;
    idem.remember_redirect(&tx, vista.cx(), &ruta).await?;
    tx.commit().await?;
    work::now_if_small(&app, &subida).await?;
    Ok(redirect(&app, &ruta, &[]))
}

/// `POST /admin/importaciones/subidas/{id}/descartar`
pub async fn post_descartar(
    vista: Vista<ImportarClientes>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
    _form: Formulario,
) -> Result<Response, Problem> {
    let id = SubidaId::from_uuid(id);
    let tx = app.db.begin().await?;
    let Some(subida) = subidas::lock_subida(&tx, id).await? else {
        return Ok(redirect(&app, RAIZ, &[]));
    };
    if subida.estado == EstadoSubida::Importando {
        let detalle = "El archivo se está importando; esperar a que termine y deshacer el lote.";
        return Err(Problem(Problema::conflicto("importacion_en_curso", detalle)));
    }
    subidas::delete_subida(&tx, id).await?;
    tx.commit().await?;
    let marco = vista.marco(&TEXTOS, "importaciones-titulo");
    let texto = marco.t1("importaciones-descartada", "archivo", &subida.archivo);
    Ok(redirect(&app, RAIZ, &[Aviso::ok(texto)]))
}

/// `GET /admin/importaciones/subidas/{id}/rechazos.csv`
pub async fn get_rechazos(
    _vista: Vista<ImportarClientes>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
) -> Result<Response, Problem> {
    let subida = found(&app, id).await?;
    let defectos = subida.informe.as_ref().map_or(&[][..], |i| &i.rechazadas);
    let crudas = raw_rows(&app, &subida).await?;
    csv::rejects(&subida.archivo, defectos, &crudas)
}

/// The rejected rows of an upload as they came, by line: its bytes are read again.
async fn raw_rows(app: &App, subida: &Subida) -> Result<HashMap<u64, String>, Problem> {
    let Some(informe) = &subida.informe else { return Ok(HashMap::new()) };
    let malas: std::collections::HashSet<u64> =
        informe.rechazadas.iter().map(|d| d.linea).collect();
    let bytes = app.objetos.get(&subida.objeto(), &subida.huella).await?;
    let pedido = subida.pedido(bytes, Intencion::Simular).map_err(problem)?;
    let mut fuente = Fuente::open(&pedido.origen, &pedido.perfil).await.map_err(problem)?;
    let mut crudas = HashMap::new();
    while let Some(fila) = fuente.next_row().map_err(problem)? {
        if malas.contains(&fila.linea) {
            crudas.insert(fila.linea, fila.crudo);
        }
    }
    Ok(crudas)
}

async fn render(
    app: &App,
    vista: &Vista<ImportarClientes>,
    s: Subida,
    f: Formulario,
) -> Result<Pagina, Problem> {
    let emisores = ramal_plataforma::emisores(&app.db).await?;
    let marco = vista.marco(&TEXTOS, "importaciones-titulo").refused(&f);
    let raiz = marco.t("importaciones-titulo");
    let titulo = marco.t1(title_key(s.estado), "archivo", &s.archivo);
    let marco = marco.miga(raiz, RAIZ).titled(titulo);
    let [perfiles, emisores, repetidos] = choices(&marco, &emisores);
    let total = s.informe.as_ref().map_or(s.lineas, |i| i64::try_from(i.filas).unwrap_or(0));
    let total = total.max(s.filas).max(1);
    Ok(Pagina {
        id: s.id.to_string(),
        estado: badge(&marco, Some(s.estado)),
        peso: weight(&marco, s.peso),
        avance: marco.t2(
            "importaciones-avance",
            ("n", marco.numero(&s.filas)),
            ("total", marco.numero(&total)),
        ),
        total,
        r: s.informe.as_ref().map(|i| Resumen::new(&marco, i)),
        f,
        idem: vista.peticion().idem(),
        perfiles,
        emisores,
        repetidos,
        s,
        marco,
    })
}

fn title_key(estado: EstadoSubida) -> &'static str {
    match estado {
        EstadoSubida::Simulando => "importaciones-titulo-simulando",
        EstadoSubida::Importando => "importaciones-titulo-importando",
        EstadoSubida::Fallida => "importaciones-titulo-fallida",
        EstadoSubida::Lista | EstadoSubida::Terminada => "importaciones-titulo-revisar",
    }
}

fn weight(marco: &Marco, bytes: i64) -> String {
    let kb = (bytes + 1023) / 1024;
    marco.t1("importaciones-kb", "n", marco.numero(&kb))
}

/// Who does the work on an upload: the request if the file is small, and in any case a job, which
/// finds nothing left to do unless the request died.
pub(super) mod work {
    use ramal_base::Instante;
    use ramal_db::Tx;
    use ramal_jobs::{NuevoTrabajo, enqueue};
    use ramal_web::capas::TIEMPO_MAXIMO;
    use ramal_web::{App, Problem};
    use serde_json::json;

    use super::super::problem;
    use crate::Error;
    use crate::actions::{Mesa, procesar};
    use crate::jobs::{DatosSubida, TRABAJO_SUBIDA};
    use crate::subida::Subida;

    /// Largest file, in bytes, whose work a request does itself: some 4,000 rows.
    const CHICO: i64 = 512 * 1024;

    /// Asks for the job, in the transaction that puts the upload to work.
    pub async fn ask(tx: &Tx, app: &App, subida: &Subida) -> Result<(), Problem> {
        let datos = json!(DatosSubida { subida: subida.id });
        let trabajo = NuevoTrabajo::new(TRABAJO_SUBIDA, datos);
        let ahora = app.cx.now();
        let tope = i64::try_from(TIEMPO_MAXIMO.as_millis()).unwrap_or(60_000);
        let cuando = Instante::from_millis(ahora.millis() + tope);
        let chico = subida.peso <= CHICO;
        let trabajo = if chico { trabajo.no_antes_de(cuando) } else { trabajo };
        Ok(enqueue(tx, &app.cx, trabajo).await?)
    }

    /// Does the work now if the file is small. Another run of the same rows is no failure: the job
    /// tries again.
    pub async fn now_if_small(app: &App, subida: &Subida) -> Result<(), Problem> {
        if subida.peso > CHICO {
            return Ok(());
        }
        let (db, cx, objetos) = (app.db.clone(), app.cx.clone(), app.objetos.clone());
        match procesar(&Mesa { db, cx, objetos }, subida.id).await {
            Ok(()) | Err(Error::EnCurso) => Ok(()),
            Err(error) => Err(problem(error)),
        }
    }
}
