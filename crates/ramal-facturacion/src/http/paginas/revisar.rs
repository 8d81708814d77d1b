//! The second step of a run: what it would do, frozen, and the confirmation that issues exactly
//! that. What changed meanwhile is told with 409 and nothing is issued.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_base::Fecha;
use ramal_plataforma::{Permiso, Vista};
use ramal_web::pagina::{Aviso, Enlace, Paso, page, redirect};
use ramal_web::{App, ClaveIdempotencia, Filtros, Formulario, Marco, Problem, Ruta};
use serde::Deserialize;

use super::comun::{amount, cliente_code, period};
use super::corridas::{CORRIDAS, ask_preview, issue_key, run_route, steps};
use super::revisar_vista::{Certificado, Frente, SumaFila, against, certificates, sums};
use crate::Error;
use crate::corrida::previa::{self, Distinta, ResumenPrevia, Vigencia};
use crate::http::facturacion::ask;
use crate::permisos::{EjecutarFacturacion, LeerFacturacion};
use crate::storage::corridas;
use crate::storage::previas::{self, FilaNombrada, Previa, Ver};
use crate::textos::TEXTOS;

/// Rows of a page, and of the sample.
const FILAS: i64 = 50;
const MUESTRA: i64 = 10;

/// Which rows are looked at.
#[derive(Debug, Default, Deserialize)]
pub struct Mirada {
    #[serde(default)]
    ver: String,
    desde: Option<i64>,
}

#[derive(Template)]
#[template(path = "facturacion/revisar.html", blocks = ["estado"])]
struct Revisar {
    marco: Marco,
    pasos: Vec<Paso>,
    ruta: String,
    accion: String,
    lista: bool,
    documentos: i64,
    documentos_texto: String,
    resumen: ResumenPrevia,
    sumas: Vec<SumaFila>,
    frente: Option<Frente>,
    certificados: Vec<Certificado>,
    abierta: Option<Enlace>,
    puede: bool,
    bloqueada: bool,
    proxima: String,
    vistas: Vec<Enlace>,
    apartados: bool,
    filas: Vec<Fila>,
    siguiente: String,
    f: Formulario,
    idem: String,
    previa: String,
    huella: String,
    emitir: &'static str,
}

struct Fila {
    codigo: String,
    cliente: String,
    ruta: String,
    servicios: i64,
    periodo: String,
    subtotal: String,
    impuestos: String,
    total: String,
    anterior: String,
    motivo: String,
    corregir: String,
}

/// The day that an address names. Errors: 404 `corrida_no_encontrada`.
pub(super) fn day_of(texto: &str) -> Result<Fecha, Problem> {
    let dia = Fecha::parse(texto).map_err(|_| Error::NotFound("corrida"))?;
    Ok(crate::vistas::within_calendar(dia))
}

/// `GET /facturacion/corridas/{corrida}/revisar`
pub async fn get_revisar(
    vista: Vista<LeerFacturacion>,
    State(app): State<App>,
    Ruta(dia): Ruta<String>,
    Filtros(mirada): Filtros<Mirada>,
) -> Result<Response, Problem> {
    let fecha = day_of(&dia)?;
    let previa = previas::latest(&app.db, fecha).await?;
    let previa = previa.ok_or(Error::NotFound("revision"))?;
    if previa.estado == "emitida" {
        return Ok(redirect(&app, &run_route(fecha), &[]));
    }
    render(&vista, &app, (&previa, &mirada), Formulario::default()).await
}

async fn render<P>(
    vista: &Vista<P>,
    app: &App,
    (previa, mirada): (&Previa, &Mirada),
    f: Formulario,
) -> Result<Response, Problem> {
    let fecha = previa.fecha;
    let marco = vista.marco(&TEXTOS, "facturacion-revisar-titulo");
    let titulo = marco.t1("facturacion-revisar-de", "dia", marco.fecha_texto(&fecha));
    let lista = marco.t("facturacion-corridas-titulo");
    let marco = marco.titled(titulo).miga(lista, CORRIDAS).listens(&["corrida"]).refused(&f);
    let resumen: ResumenPrevia =
        previa.resumen.as_deref().and_then(|r| serde_json::from_str(r).ok()).unwrap_or_default();
    let ver = Ver::parse(&mirada.ver);
    let ruta = format!("{}/revisar", run_route(fecha));
    let cuantas = if ver == Ver::Muestra { MUESTRA } else { FILAS };
    let desde = mirada.desde.unwrap_or(-1);
    let mut filas = previas::page(&app.db, previa.id, ver, (desde, cuantas)).await?;
    let corte = usize::try_from(cuantas).unwrap_or(50);
    let hay_mas = ver != Ver::Muestra && filas.len() > corte;
    filas.truncate(corte);
    let siguiente = match filas.last() {
        Some(ultima) if hay_mas => format!("{ruta}?ver={}&desde={}", ver.as_str(), ultima.orden),
        _ => String::new(),
    };
    let certificados = certificates(&app.db, &marco, &resumen.emisores).await?;
    let abierta = corridas::open_elsewhere(&app.db, fecha).await?;
    let puede = vista.may(EjecutarFacturacion::NOMBRE);
    let sin_firma = certificados.iter().any(|c| !c.vigente);
    let estado = if f.is_refused() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let p = Revisar {
        pasos: steps(&marco, 1, Some(fecha)),
        accion: format!("{}/emitir", run_route(fecha)),
        lista: previa.estado == "lista",
        documentos: resumen.documentos,
        documentos_texto: marco.formato().numero(resumen.documentos),
        sumas: sums(&marco, &resumen),
        frente: against(&marco, &resumen),
        bloqueada: sin_firma || abierta.is_some() || resumen.documentos == 0,
        abierta: abierta.map(|c| open_link(&marco, c.fecha)),
        proxima: next_due(app, &marco, fecha).await?,
        vistas: views(&marco, (&ruta, ver), &resumen),
        apartados: ver == Ver::Apartados,
        filas: filas.iter().map(|r| row(&marco, r)).collect(),
        idem: vista.peticion().idem(),
        previa: previa.id.to_string(),
        huella: previa.huella.clone().unwrap_or_default(),
        emitir: issue_key(marco.formato().pais),
        siguiente,
        certificados,
        puede,
        ruta,
        resumen,
        f,
        marco,
    };
    if vista.peticion().hx.wants("estado") {
        return page(StatusCode::OK, &p.as_estado());
    }
    page(estado, &p)
}

fn open_link(marco: &Marco, fecha: Fecha) -> Enlace {
    let texto = marco.t1("facturacion-corrida-abierta", "dia", marco.fecha_texto(&fecha));
    Enlace { texto, ruta: run_route(fecha), activo: false }
}

async fn next_due(app: &App, marco: &Marco, fecha: Fecha) -> Result<String, Problem> {
    use ramal_db::Consulta;
    const SQL: &str = "SELECT MIN(proxima_revision) FROM servicios WHERE proxima_revision > $1";
    let dia: Option<Fecha> = app.db.scalar(SQL, ramal_db::params![fecha]).await?;
    Ok(dia.map(|d| marco.fecha_texto(&d)).unwrap_or_default())
}

fn views(marco: &Marco, (ruta, actual): (&str, Ver), r: &ResumenPrevia) -> Vec<Enlace> {
    let cuantos = |v: Ver| match v {
        Ver::Muestra => None,
        Ver::Todos => Some(r.documentos - r.notas),
        Ver::Altas => Some(r.altas),
        Ver::Cambios => Some(r.cambios),
        Ver::Apartados => Some(r.apartados),
        Ver::Notas => Some(r.notas),
    };
    let enlace = |v: Ver| {
        let nombre = marco.t(&format!("facturacion-ver-{}", v.as_str()));
        let texto = match cuantos(v) {
            Some(n) => format!("{nombre} ({})", marco.formato().numero(n)),
            None => nombre,
        };
        Enlace { texto, ruta: format!("{ruta}?ver={}", v.as_str()), activo: v == actual }
    };
    let util = |v: &Ver| *v == actual || cuantos(*v) != Some(0);
    Ver::TODAS.into_iter().filter(util).map(enlace).collect()
}

fn row(marco: &Marco, r: &FilaNombrada) -> Fila {
    let dinero = |centavos| amount(marco, centavos, &r.moneda);
    let codigo = cliente_code(r.numero);
    Fila {
        ruta: format!("/admin/clientes/{codigo}/facturas"),
        cliente: r.cliente.clone(),
        servicios: r.servicios,
        periodo: period(marco, r.desde, r.hasta),
        subtotal: dinero(r.subtotal),
        impuestos: dinero(r.impuestos),
        total: dinero(r.total),
        anterior: r.anterior.map(dinero).unwrap_or_default(),
        motivo: r.motivo.clone().unwrap_or_default(),
        corregir: match r.codigo.as_deref() {
            Some("datos_fiscales") => format!("/admin/clientes/{codigo}/editar"),
            Some("sin_certificado" | "certificado_vencido") => {
                "/admin/ajustes/certificados".to_owned()
            }
            Some(_) => format!("/admin/clientes/{codigo}/servicios"),
            None => String::new(),
        },
        codigo,
    }
}

/// `POST /facturacion/corridas/{corrida}/revisar`: computes it again.
pub async fn post_revisar(
    vista: Vista<LeerFacturacion>,
    State(app): State<App>,
    Ruta(dia): Ruta<String>,
    _form: Formulario,
) -> Result<Response, Problem> {
    let fecha = crate::http::facturacion::run_day(&app, Some(day_of(&dia)?)).await?;
    let tx = app.db.begin().await?;
    ask_preview(&tx, vista.cx(), fecha).await?;
    tx.commit().await?;
    Ok(redirect(&app, &format!("{}/revisar", run_route(fecha)), &[]))
}

#[derive(Template)]
#[template(path = "facturacion/cambio_previa.html")]
struct CambioPrevia {
    marco: Marco,
    pasos: Vec<Paso>,
    ruta: String,
    cuantas: String,
    distintas: Vec<DistintaFila>,
}

struct DistintaFila {
    cliente: String,
    ruta: String,
    antes: String,
    ahora: String,
}

/// `POST /facturacion/corridas/{corrida}/emitir`
pub async fn post_emitir(
    vista: Vista<EjecutarFacturacion>,
    State(app): State<App>,
    Ruta(dia): Ruta<String>,
    form: Formulario,
) -> Result<Response, Problem> {
    let fecha = day_of(&dia)?;
    let idem = ClaveIdempotencia::of_form(vista.peticion(), &form);
    let marco = vista.marco(&TEXTOS, "facturacion-revisar-titulo");
    let vista_id = form.value("previa").parse().unwrap_or_default();
    let previa = previas::by_id(&app.db, vista_id).await?.filter(|p| p.fecha == fecha);
    let Some(previa) = previa else { return changed(&app, marco, fecha, &[]).await };
    if previa.estado == "emitida" {
        let aviso = Aviso::info(marco.t("facturacion-corrida-ya"));
        return Ok(redirect(&app, &run_route(fecha), &[aviso]));
    }
    if let Some(problema) = refused(&app, &previa, &form).await? {
        let mirada = Mirada::default();
        return render(&vista, &app, (&previa, &mirada), form.refused(&problema.0)).await;
    }
    if let Vigencia::Cambiada(distintas) = previa::check(&app.db, vista.cx(), &previa).await? {
        return changed(&app, marco, fecha, &distintas).await;
    }
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    ask(&tx, vista.cx(), fecha).await?;
    previas::confirm(&tx, previa.id, fecha).await?;
    idem.remember_redirect(&tx, vista.cx(), &run_route(fecha)).await?;
    tx.commit().await?;
    Ok(redirect(&app, &run_route(fecha), &[]))
}

/// What keeps the run from being issued, said on its form.
async fn refused(
    app: &App,
    previa: &Previa,
    form: &Formulario,
) -> Result<Option<Problem>, Problem> {
    let resumen: ResumenPrevia =
        previa.resumen.as_deref().and_then(|r| serde_json::from_str(r).ok()).unwrap_or_default();
    let escrita: String = form.value("cantidad").chars().filter(char::is_ascii_digit).collect();
    if previa.estado != "lista" || resumen.documentos == 0 {
        let motivo = "La revisión aún no está lista o no tiene nada que emitir.";
        return Ok(Some(Problem::campo("cantidad", "revision_sin_terminar", motivo)));
    }
    if escrita.parse() != Ok(resumen.documentos) {
        let motivo = format!("Para emitir, escribir {}.", resumen.documentos);
        return Ok(Some(Problem::campo("cantidad", "cantidad_distinta", motivo)));
    }
    if corridas::open_elsewhere(&app.db, previa.fecha).await?.is_some() {
        let motivo = "Hay otra corrida abierta. Se emite una a la vez.";
        return Ok(Some(Problem::campo("cantidad", "otra_corrida_abierta", motivo)));
    }
    Ok(None)
}

/// 409 with what changed since the preview was looked at.
async fn changed(
    app: &App,
    marco: Marco,
    fecha: Fecha,
    distintas: &[Distinta],
) -> Result<Response, Problem> {
    let ids: Vec<ramal_clientes::ClienteId> = distintas
        .iter()
        .take(100)
        .map(|d| ramal_clientes::ClienteId::from_uuid(d.cliente_id))
        .collect();
    let clientes = ramal_clientes::storage::by_ids(&app.db, &ids).await?;
    let titulo = marco.t("facturacion-previa-cambio");
    let fila = |d: &Distinta| {
        let cliente = clientes.iter().find(|c| c.id.uuid() == d.cliente_id)?;
        let codigo = cliente.codigo();
        let dinero = |centavos: Option<i64>| {
            centavos.map(|c| amount(&marco, c, &d.moneda)).unwrap_or_else(|| marco.t("kit-ninguno"))
        };
        Some(DistintaFila {
            cliente: format!("{codigo} {}", cliente.razon_social),
            ruta: format!("/admin/clientes/{codigo}/servicios"),
            antes: dinero(d.antes),
            ahora: dinero(d.ahora),
        })
    };
    let filas = distintas.iter().take(100).filter_map(fila).collect();
    let p = CambioPrevia {
        pasos: steps(&marco, 1, Some(fecha)),
        ruta: format!("{}/revisar", run_route(fecha)),
        cuantas: marco.formato().numero(i64::try_from(distintas.len()).unwrap_or(i64::MAX)),
        distintas: filas,
        marco: marco.titled(titulo),
    };
    page(StatusCode::CONFLICT, &p)
}
