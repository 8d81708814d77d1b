//! One envio: what was read, its timeline, its brothers, its cost. `/admin/mensajes/envios/{id}`.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_base::Instante;
use ramal_plataforma::{Permiso, Vista};
use ramal_web::pagina::{Aviso, Familia, Hito, Insignia, Marco, page, redirect};
use ramal_web::{App, ClaveIdempotencia, Formulario, Problem, Ruta};

use super::{envios as hoja_envios, palabras};
use crate::actions::retry_envio::{self, Duplicado};
use crate::permisos::{EnviarMensajes, LeerMensajes};
use crate::plantilla::pintado::Pintado;
use crate::storage::envios::{self, EnvioFila, PasoFila};
use crate::storage::{costos, notificaciones};
use crate::textos::TEXTOS;
use crate::{EnvioId, Error, EstadoEnvio, cancel};

struct Hermano {
    ruta: String,
    canal: String,
    estado: Insignia,
    actual: bool,
}

#[derive(Template)]
#[template(path = "mensajeria/envio.html")]
struct Pagina {
    marco: Marco,
    envio: EnvioFila,
    visto: Pintado,
    estado: Insignia,
    clase: String,
    canal: String,
    direccion: String,
    motivo: String,
    costo: String,
    objeto: String,
    doble: bool,
    hitos: Vec<Hito>,
    hermanos: Vec<Hermano>,
    reintenta: bool,
    cancela: bool,
    incierto: bool,
    accion: String,
    idem: String,
    f: Formulario,
}

/// `GET /admin/mensajes/envios/{id}`
pub(super) async fn ver(
    vista: Vista<LeerMensajes>,
    State(app): State<App>,
    Ruta(id): Ruta<String>,
) -> Result<Response, Problem> {
    let id = read_id(&id)?;
    show(&vista, &app, id, (StatusCode::OK, Formulario::default())).await
}

fn read_id(texto: &str) -> Result<EnvioId, Problem> {
    Ok(texto.parse().map_err(|_| Error::EnvioNotFound)?)
}

async fn show<P>(
    vista: &Vista<P>,
    app: &App,
    id: EnvioId,
    (codigo, f): (StatusCode, Formulario),
) -> Result<Response, Problem> {
    let marco = vista.marco(&TEXTOS, "mensajes-envio-titulo").refused(&f);
    let arriba = marco.t("mensajes-envios-titulo");
    let marco = marco.miga(arriba, hoja_envios::RUTA);
    let envio = envios::by_id(&app.db, id).await?.ok_or(Error::EnvioNotFound)?;
    let notificacion = notificaciones::by_id(&app.db, envio.notificacion_id).await?;
    let notificacion = notificacion.ok_or(Error::NotificacionNotFound)?;
    let estado = envio.estado()?;
    let pasos = envios::pasos(&app.db, id).await?;
    let costo = costos::of_envio(&app.db, id).await?;
    let hermanos = envios::of_notificacion(&app.db, envio.notificacion_id).await?;
    let repetible =
        matches!(estado, EstadoEnvio::Fallido | EstadoEnvio::Suprimido | EstadoEnvio::Incierto);
    let pagina = Pagina {
        estado: palabras::badge(&marco, &envio.estado),
        clase: palabras::kind(&marco, &envio.clase),
        canal: palabras::channel(&marco, &envio.canal),
        direccion: hoja_envios::shown_address(&marco, &envio),
        motivo: cause(&marco, &envio),
        costo: costo.map_or_else(String::new, |(n, m, _)| palabras::micros(&marco, n, &m)),
        objeto: notificacion.objeto_tipo.clone().unwrap_or_default(),
        doble: notificacion.doble,
        hitos: milestones(&marco, &envio, pasos),
        hermanos: hermanos.iter().map(|h| brother(&marco, h, id)).collect(),
        reintenta: repetible && vista.may(EnviarMensajes::NOMBRE),
        cancela: estado == EstadoEnvio::EnCola && vista.may(EnviarMensajes::NOMBRE),
        incierto: estado == EstadoEnvio::Incierto,
        accion: format!("{}/{id}/reintentar", hoja_envios::RUTA),
        idem: vista.peticion().idem(),
        visto: envio.visto()?,
        marco,
        envio,
        f,
    };
    page(codigo, &pagina)
}

fn cause(marco: &Marco, envio: &EnvioFila) -> String {
    let codigo = envio.codigo.as_deref().map(|c| palabras::reason(marco, c));
    let partes = [codigo, envio.mensaje.clone().filter(|m| !m.is_empty())];
    partes.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn brother(marco: &Marco, h: &EnvioFila, actual: EnvioId) -> Hermano {
    Hermano {
        ruta: format!("{}/{}", hoja_envios::RUTA, h.id),
        canal: format!("{}. {}", h.orden, palabras::channel(marco, &h.canal)),
        estado: palabras::badge(marco, &h.estado),
        actual: h.id == actual,
    }
}

/// The steps that we wrote, and the moments that the provider told.
fn milestones(marco: &Marco, envio: &EnvioFila, pasos: Vec<PasoFila>) -> Vec<Hito> {
    let mut hitos: Vec<(Instante, Hito)> =
        pasos.into_iter().map(|p| (p.momento, milestone(marco, p))).collect();
    let dichos = [
        ("enviado", envio.enviado),
        ("entregado", envio.entregado),
        ("leido", envio.leido),
        ("fallido", envio.fallido),
    ];
    for (nombre, momento) in dichos {
        // What the provider dates is told once, with its date.
        let titulo = marco.t(&format!("mensajes-estado-{nombre}"));
        let ya = hitos.iter().any(|(_, h)| h.titulo == titulo);
        if let Some(momento) = momento.filter(|_| !ya) {
            hitos.push((momento, Hito::new(momento, titulo).family(family(nombre))));
        }
    }
    hitos.sort_by_key(|(momento, _)| *momento);
    hitos.into_iter().map(|(_, h)| h).collect()
}

fn milestone(marco: &Marco, paso: PasoFila) -> Hito {
    let clave = match EstadoEnvio::parse(&paso.paso) {
        Some(_) => format!("mensajes-estado-{}", palabras::slug(&paso.paso)),
        None => format!("mensajes-paso-{}", palabras::slug(&paso.paso)),
    };
    let codigo = paso.codigo.as_deref().map(|c| palabras::reason(marco, c));
    let detalle: Vec<String> = [codigo, paso.detalle].into_iter().flatten().collect();
    Hito::new(paso.momento, marco.t(&clave)).detail(detalle.join(" · ")).family(family(&paso.paso))
}

fn family(paso: &str) -> Familia {
    match paso {
        "entregado" | "leido" => Familia::Ok,
        "fallido" => Familia::Mal,
        "incierto" | "reintento" | "respaldo" => Familia::Aviso,
        _ => Familia::Gris,
    }
}

/// `POST /admin/mensajes/envios/{id}/reintentar`
pub(super) async fn reintentar(
    vista: Vista<EnviarMensajes>,
    State(app): State<App>,
    Ruta(id): Ruta<String>,
    form: Formulario,
) -> Result<Response, Problem> {
    let id = read_id(&id)?;
    let idem = ClaveIdempotencia::of_form(vista.peticion(), &form);
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let acepta = form.has("aunque_duplique", "on");
    let duplicado = if acepta { Duplicado::Aceptado } else { Duplicado::Sin };
    let nuevo = match retry_envio::retry(&tx, vista.cx(), id, duplicado).await {
        Ok(nuevo) => nuevo,
        Err(error) => {
            tx.rollback().await?;
            let refuse = palabras::refused(form, error)?;
            return show(&vista, &app, id, refuse).await;
        }
    };
    let lugar = format!("{}/{nuevo}", hoja_envios::RUTA);
    idem.remember_redirect(&tx, vista.cx(), &lugar).await?;
    tx.commit().await?;
    let aviso = Aviso::ok(palabras::say(vista.peticion(), "mensajes-reintentado"));
    Ok(redirect(&app, &lugar, &[aviso]))
}

/// `POST /admin/mensajes/envios/{id}/cancelar`: what has not left does not leave.
pub(super) async fn cancelar(
    vista: Vista<EnviarMensajes>,
    State(app): State<App>,
    Ruta(id): Ruta<String>,
    _form: Formulario,
) -> Result<Response, Problem> {
    let id = read_id(&id)?;
    let tx = app.db.begin().await?;
    let envio = envios::by_id(&tx, id).await?.ok_or(Error::EnvioNotFound)?;
    let hecho = cancel(&tx, vista.cx(), envio.notificacion_id).await?;
    tx.commit().await?;
    let lugar = format!("{}/{id}", hoja_envios::RUTA);
    let aviso = match hecho {
        true => Aviso::ok(palabras::say(vista.peticion(), "mensajes-cancelado")),
        false => Aviso::mal(palabras::say(vista.peticion(), "mensajes-cancelar-tarde")),
    };
    Ok(redirect(&app, &lugar, &[aviso]))
}
