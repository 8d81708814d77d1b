//! Notices of the ladder: where each is, and telling that one was given by other means.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_db::Pagina;
use ramal_plataforma::{Permiso, Vista};
use ramal_web::pagina::{Aviso, Enlace, Filtro, Insignia, Listado, Opcion, page, redirect};
use ramal_web::{App, ClaveIdempotencia, Formulario, Marco, Problem, Ruta};
use uuid::Uuid;

use super::acto::Acto;
use super::comun::{AVISOS, of_body, of_form, printed_facturas, tabs, word};
use crate::Error;
use crate::actions;
use crate::aviso::EstadoAviso;
use crate::http::vistas::DatosMotivo;
use crate::permisos::{AvisarCobranza, LeerCobranza};
use crate::storage::avisos::{self as tabla, AvisoFila};
use crate::storage::deuda;
use crate::textos::TEXTOS;

const ESTADOS: [&str; 8] = [
    "pendiente",
    "encolado",
    "entregado",
    "dos_canales",
    "fallido",
    "manual",
    "reemplazado",
    "innecesario",
];

#[derive(Template)]
#[template(path = "cobranza/avisos.html", blocks = ["lista"])]
struct Avisos {
    marco: Marco,
    pestanas: Vec<Enlace>,
    l: Listado,
    estados: Vec<Opcion>,
    filas: Vec<Fila>,
    puede_avisar: bool,
    vacia: bool,
}

struct Fila {
    cliente: String,
    ruta: String,
    factura: String,
    que: String,
    dia: String,
    salio: String,
    insignia: Insignia,
    motivo: String,
    entregar: String,
}

/// `GET /facturacion/morosos/avisos`
pub async fn lista(
    vista: Vista<LeerCobranza>,
    State(app): State<App>,
) -> Result<Response, Problem> {
    let marco = vista.marco(&TEXTOS, "cobranza-avisos-titulo");
    let opcion = |e: &str| Opcion::new(e, marco.t(&format!("cobranza-aviso-{}", word(e))));
    let estados: Vec<Opcion> = ESTADOS.into_iter().map(opcion).collect();
    let filtros = vec![Filtro::opciones("estado", "kit-estado", estados.clone())];
    let l = Listado::new(&marco, filtros);
    let cursor = l.cursor();
    let tras = cursor.cursor.as_deref().and_then(|t| t.parse::<Uuid>().ok());
    let filas = tabla::page(&app.db, l.get("estado"), tras, cursor.filas()).await?;
    let pagina = Pagina::cut(filas, &cursor, |f| f.id.to_string());
    let vacia = pagina.datos.is_empty() && !l.has_filtros();
    let filas = rows(&app, &marco, &pagina.datos).await?;
    let l = l.paged(&pagina);
    let fragmento = vista.peticion().hx.wants("lista");
    let puede_avisar = vista.may(AvisarCobranza::NOMBRE);
    let pestanas = tabs(&marco, AVISOS);
    let p = Avisos { marco, pestanas, l, estados, filas, puede_avisar, vacia };
    if fragmento {
        return page(StatusCode::OK, &p.as_lista());
    }
    page(StatusCode::OK, &p)
}

async fn rows(app: &App, marco: &Marco, avisos: &[AvisoFila]) -> Result<Vec<Fila>, Problem> {
    let clientes: Vec<Uuid> = avisos.iter().map(|a| a.cliente_id).collect();
    let nombres = deuda::nombres(&app.db, &clientes).await?;
    let facturas: Vec<Uuid> = avisos.iter().map(|a| a.factura_id).collect();
    let facturas = printed_facturas(&app.db, &facturas).await?;
    let fila = |a: &AvisoFila| {
        let nombre = nombres.get(&a.cliente_id);
        let codigo = nombre.map_or_else(String::new, |n| format!("C-{}", n.numero));
        let factura = facturas.iter().find(|(id, _)| *id == a.factura_id);
        let falta = !EstadoAviso::parse(&a.estado).is_some_and(EstadoAviso::counts);
        Fila {
            cliente: nombre.map_or_else(String::new, |n| n.razon_social.clone()),
            ruta: format!("/admin/clientes/{codigo}/cobranza"),
            factura: factura.map_or_else(String::new, |(_, numero)| numero.clone()),
            que: marco.t(&format!("cobranza-clase-{}", a.clase)),
            dia: marco.fecha(&a.fecha),
            salio: a.avisado.map(|d| marco.fecha(&d)).unwrap_or_default(),
            insignia: notice_badge(marco, &a.estado),
            motivo: reason_of(marco, a),
            entregar: if falta && a.clase == "corte" {
                format!("{AVISOS}/{}/entregado", a.id)
            } else {
                String::new()
            },
        }
    };
    Ok(avisos.iter().map(fila).collect())
}

fn reason_of(marco: &Marco, a: &AvisoFila) -> String {
    match a.motivo.as_deref() {
        Some("sin_canal") => marco.t("cobranza-aviso-sin-canal"),
        Some(otro) => otro.to_owned(),
        None => String::new(),
    }
}

/// Badge of a notice.
pub(super) fn notice_badge(marco: &Marco, estado: &str) -> Insignia {
    let texto = marco.t(&format!("cobranza-aviso-{}", word(estado)));
    match estado {
        "entregado" | "manual" => Insignia::ok(texto),
        "dos_canales" | "pendiente" => Insignia::aviso(texto),
        "encolado" => Insignia::ramal(texto),
        "fallido" => Insignia::mal(texto),
        _ => Insignia::gris(texto),
    }
}

fn given_page(vista: &Vista<AvisarCobranza>, id: Uuid, f: Formulario) -> Result<Response, Problem> {
    let marco = vista.marco(&TEXTOS, "cobranza-aviso-entregar");
    let lista = marco.t("cobranza-avisos-titulo");
    let marco = marco.miga(lista, AVISOS).refused(&f);
    Acto {
        consecuencia: marco.t("cobranza-aviso-entregar-efecto"),
        accion: format!("{AVISOS}/{id}/entregado"),
        idem: vista.peticion().idem(),
        volver: AVISOS.to_owned(),
        boton: "cobranza-aviso-entregar",
        marco,
        f,
    }
    .page()
}

/// `GET /facturacion/morosos/avisos/{id}/entregado`
pub async fn get_entregado(
    vista: Vista<AvisarCobranza>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
) -> Result<Response, Problem> {
    tabla::by_id(&app.db, id).await?.ok_or(Error::NotFound("aviso"))?;
    given_page(&vista, id, Formulario::default())
}

/// `POST /facturacion/morosos/avisos/{id}/entregado`
pub async fn post_entregado(
    vista: Vista<AvisarCobranza>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
    form: Formulario,
) -> Result<Response, Problem> {
    let datos: DatosMotivo = match form.parse() {
        Ok(datos) => datos,
        Err(problem) => return given_page(&vista, id, form.refused(&of_body(problem)?)),
    };
    let idem = ClaveIdempotencia::of_form(vista.peticion(), &form);
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    if let Err(error) = actions::entrega_manual(&tx, vista.cx(), id, &datos.motivo).await {
        tx.rollback().await?;
        return given_page(&vista, id, form.refused(&of_form(error)?));
    }
    idem.remember_redirect(&tx, vista.cx(), AVISOS).await?;
    tx.commit().await?;
    let marco = vista.marco(&TEXTOS, "cobranza-aviso-entregar");
    Ok(redirect(&app, AVISOS, &[Aviso::ok(marco.t("cobranza-aviso-entregado-hecho"))]))
}
