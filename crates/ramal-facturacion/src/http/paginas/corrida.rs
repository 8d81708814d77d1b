//! The third and fourth steps of a run: how it goes and what came of it, counted from the database,
//! so that closing the page or looking from another changes nothing.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use futures_util::stream;
use ramal_base::{Fecha, Instante};
use ramal_db::{Consulta, params};
use ramal_jobs::start_tanda;
use ramal_plataforma::{Permiso, Vista};
use ramal_web::pagina::{Aviso, Insignia, Paso, Textos, page, redirect};
use ramal_web::{App, ClaveIdempotencia, Formulario, Marco, Problem, Ruta};

use super::comun::LISTA;
use super::corridas::{CORRIDAS, phase_badge, run_route, steps};
use super::exportar::{download, row as csv_row};
use super::fallos::{field_key, field_of};
use super::lista::with_query;
use super::lote::{batch, stopped};
use super::revisar::day_of;
use crate::Error;
use crate::corrida::{Detenido, ResumenCorrida, resumen};
use crate::http::facturacion::ask;
use crate::permisos::{EjecutarFacturacion, EmitirFacturas, LeerFacturacion};
use crate::storage::corridas;
use crate::storage::lista::{EstadoLista, FiltroLista};
use crate::textos::TEXTOS;

#[derive(Template)]
#[template(path = "facturacion/corrida.html", blocks = ["avance"])]
struct Corrida {
    marco: Marco,
    pasos: Vec<Paso>,
    ruta: String,
    pausar: String,
    insignia: Insignia,
    avance: Avance,
    totales: Vec<(String, String)>,
    grupos: Vec<Grupo>,
    apartados: Vec<(String, String, String)>,
    apartados_total: i64,
    facturas: String,
    puede: bool,
    puede_reenviar: bool,
    viva: bool,
    pausada: bool,
    idem: String,
}

/// How far a run is.
struct Avance {
    hechas: i64,
    total: i64,
    texto: String,
    aceptadas: String,
    rechazadas: String,
    en_cola: String,
    ritmo: String,
}

/// Documents that stopped for one reason.
struct Grupo {
    codigo: String,
    motivo: String,
    campo: String,
    cuantas: String,
    lista: String,
    estado: String,
    idem: String,
}

/// `GET /facturacion/corridas/{corrida}`
pub async fn ver(
    vista: Vista<LeerFacturacion>,
    State(app): State<App>,
    Ruta(dia): Ruta<String>,
) -> Result<Response, Problem> {
    let fecha = day_of(&dia)?;
    let r = resumen(&app.db, fecha).await?;
    let corrida = corridas::by_fecha(&app.db, fecha).await?.ok_or(Error::NotFound("corrida"))?;
    let marco = vista.marco(&TEXTOS, "facturacion-corrida-titulo");
    let titulo = marco.t1("facturacion-corrida-de", "dia", marco.fecha_texto(&fecha));
    let lista = marco.t("facturacion-corridas-titulo");
    let marco = marco.titled(titulo).miga(lista, CORRIDAS).listens(&["corrida", "comprobante"]);
    let viva = matches!(r.estado.as_str(), "cargos" | "enviando");
    let paso = if viva || r.estado == "pausada" { 2 } else { 3 };
    let recientes = recent(&app, &corrida, vista.cx().now()).await?;
    let p = Corrida {
        pasos: steps(&marco, paso, Some(fecha)),
        ruta: run_route(fecha),
        pausar: format!("{}/pausar", run_route(fecha)),
        insignia: phase_badge(&marco, &r.estado),
        avance: progress(&marco, &r, recientes),
        totales: totals(&marco, &r),
        grupos: r
            .detenidos
            .iter()
            .map(|d| group(&marco, (fecha, vista.peticion().idem()), d))
            .collect(),
        apartados: parked(&app, &r).await?,
        apartados_total: r.aparcados,
        facturas: with_query(LISTA, &format!("corrida={fecha}")),
        puede: vista.may(EjecutarFacturacion::NOMBRE),
        puede_reenviar: vista.may(EmitirFacturas::NOMBRE),
        viva,
        pausada: r.estado == "pausada",
        idem: vista.peticion().idem(),
        marco,
    };
    if vista.peticion().hx.wants("avance") {
        return page(StatusCode::OK, &p.as_avance());
    }
    page(StatusCode::OK, &p)
}

/// Documents accepted in the last minute.
async fn recent(
    app: &App,
    corrida: &corridas::CorridaFila,
    ahora: Instante,
) -> Result<i64, Problem> {
    const SQL: &str = "SELECT COUNT(*) FROM facturas f \
        JOIN comprobantes k ON k.id = f.comprobante_id \
        WHERE f.corrida_id = $1 AND k.aceptado >= $2";
    let desde = ahora.plus_millis(-60_000);
    Ok(app.db.scalar(SQL, params![corrida.id, desde]).await?.unwrap_or(0))
}

fn progress(marco: &Marco, r: &ResumenCorrida, recientes: i64) -> Avance {
    let cuenta =
        |estados: &[&str]| -> i64 { estados.iter().filter_map(|e| r.comprobantes.get(*e)).sum() };
    let aceptadas = cuenta(&["aceptado", "aceptado_obs", "baja_pendiente", "baja"]);
    let rechazadas = cuenta(&["rechazado", "excepcion", "incierto"]);
    let en_cola = cuenta(&["por_sellar", "en_cola", "enviando", "pausado"]);
    let legales = aceptadas + rechazadas + en_cola;
    let total = r.facturas + r.notas;
    let hechas = total - (legales - aceptadas - rechazadas);
    let numero = |n: i64| marco.formato().numero(n);
    let decimas = if total == 0 { 0 } else { hechas * 1_000 / total };
    let ritmo = match (recientes, en_cola) {
        (n, cola) if n > 0 && cola > 0 => {
            let minutos = ("minutos", (cola / n) + 1);
            marco.t2("facturacion-ritmo", ("n", numero(n)), minutos)
        }
        _ => String::new(),
    };
    let variables = [
        ("hechas", numero(hechas)),
        ("total", numero(total)),
        ("parte", marco.formato().porcentaje(decimas)),
    ];
    Avance {
        texto: marco.textos.with("facturacion-avance", &variables),
        aceptadas: numero(aceptadas),
        rechazadas: numero(rechazadas),
        en_cola: numero(en_cola),
        hechas,
        total,
        ritmo,
    }
}

fn totals(marco: &Marco, r: &ResumenCorrida) -> Vec<(String, String)> {
    let numero = |n: i64| marco.formato().numero(n);
    let importe = |(moneda, texto): (&String, &String)| {
        let centavos = ramal_base::dinero::parse_centavos(texto).unwrap_or(0);
        (
            format!("{} {moneda}", marco.t("kit-total")),
            super::comun::amount(marco, centavos, moneda),
        )
    };
    let mut datos = vec![
        (marco.t("facturacion-corrida-clientes"), numero(r.clientes)),
        (marco.t("facturacion-corrida-documentos"), numero(r.facturas)),
    ];
    if r.notas > 0 {
        datos.push((marco.t("facturacion-corrida-notas"), numero(r.notas)));
    }
    datos.extend(r.totales.iter().map(importe));
    datos
}

fn group(marco: &Marco, (fecha, idem): (Fecha, String), d: &Detenido) -> Grupo {
    let estado = if d.estado == "rechazado" { "rechazada" } else { "detenida" };
    let mut consulta = form_urlencoded::Serializer::new(String::new());
    consulta.append_pair("corrida", &fecha.to_string()).append_pair("estado", estado);
    if !d.codigo.is_empty() && d.estado != "pausado" {
        consulta.append_pair("codigo", &d.codigo);
    }
    Grupo {
        codigo: d.codigo.clone(),
        motivo: d.motivo.clone(),
        campo: field_of(&d.codigo).map(|c| marco.t(field_key(c))).unwrap_or_default(),
        cuantas: marco.formato().numero(d.comprobantes),
        lista: with_query(LISTA, &consulta.finish()),
        estado: estado.to_owned(),
        idem,
    }
}

/// Customers set aside: name, page, reason.
async fn parked(app: &App, r: &ResumenCorrida) -> Result<Vec<(String, String, String)>, Problem> {
    let ids: Vec<ramal_clientes::ClienteId> = r
        .aparcados_detalle
        .iter()
        .map(|a| ramal_clientes::ClienteId::from_uuid(a.cliente_id))
        .collect();
    let clientes = ramal_clientes::storage::by_ids(&app.db, &ids).await?;
    let fila = |a: &crate::corrida::Aparcamiento| {
        let cliente = clientes.iter().find(|c| c.id.uuid() == a.cliente_id)?;
        let nombre = format!("{} {}", cliente.codigo(), cliente.razon_social);
        Some((nombre, format!("/admin/clientes/{}", cliente.codigo()), a.motivo.clone()))
    };
    Ok(r.aparcados_detalle.iter().filter_map(fila).collect())
}

/// `POST /facturacion/corridas/{corrida}/pausar`
pub async fn post_pausar(
    vista: Vista<EjecutarFacturacion>,
    State(app): State<App>,
    Ruta(dia): Ruta<String>,
    _form: Formulario,
) -> Result<Response, Problem> {
    let fecha = day_of(&dia)?;
    let tx = app.db.begin().await?;
    let corrida = corridas::by_fecha(&tx, fecha).await?.ok_or(Error::NotFound("corrida"))?;
    corridas::set_pausada(&tx, corrida.id, Some(vista.cx().now())).await?;
    let registro = ramal_plataforma::Registro::new("facturacion.pausar", "corrida", corrida.id);
    ramal_plataforma::audit(&tx, vista.cx(), registro).await.map_err(Error::from)?;
    tx.commit().await?;
    let marco = vista.marco(&TEXTOS, "facturacion-corrida-titulo");
    let aviso = Aviso::info(marco.t("facturacion-pausa-pedida"));
    Ok(redirect(&app, &run_route(fecha), &[aviso]))
}

/// `POST /facturacion/corridas/{corrida}/seguir`: goes on, or looks once more for what is due.
pub async fn post_seguir(
    vista: Vista<EjecutarFacturacion>,
    State(app): State<App>,
    Ruta(dia): Ruta<String>,
    form: Formulario,
) -> Result<Response, Problem> {
    let fecha = day_of(&dia)?;
    let idem = ClaveIdempotencia::of_form(vista.peticion(), &form);
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    corridas::by_fecha(&tx, fecha).await?.ok_or(Error::NotFound("corrida"))?;
    ask(&tx, vista.cx(), fecha).await?;
    idem.remember_redirect(&tx, vista.cx(), &run_route(fecha)).await?;
    tx.commit().await?;
    let marco = vista.marco(&TEXTOS, "facturacion-corrida-titulo");
    Ok(redirect(&app, &run_route(fecha), &[Aviso::ok(marco.t("facturacion-corrida-sigue"))]))
}

/// `POST /facturacion/corridas/{corrida}/reintentar`: those of one reason, or all that stopped.
pub async fn post_reintentar(
    vista: Vista<EmitirFacturas>,
    State(app): State<App>,
    Ruta(dia): Ruta<String>,
    form: Formulario,
) -> Result<Response, Problem> {
    let fecha = day_of(&dia)?;
    let corrida = corridas::by_fecha(&app.db, fecha).await?.ok_or(Error::NotFound("corrida"))?;
    let filtro = FiltroLista {
        corrida_id: Some(corrida.id.uuid()),
        estado: EstadoLista::parse(form.value("estado")),
        codigo: Some(form.value("codigo").to_owned()).filter(|c| !c.is_empty()),
        ..FiltroLista::default()
    };
    let elegidas = stopped(&app, filtro).await?;
    let idem = ClaveIdempotencia::of_form(vista.peticion(), &form);
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let textos = Textos::new(&TEXTOS, vista.peticion().navegante.formato.pais);
    let tanda = batch(textos.get("facturacion-lote-titulo"), run_route(fecha), &elegidas);
    let id = start_tanda(&tx, vista.cx(), tanda).await.map_err(ramal_base::Problema::from)?;
    let destino = format!("/facturacion/tandas/{id}");
    idem.remember_redirect(&tx, vista.cx(), &destino).await?;
    tx.commit().await?;
    Ok(redirect(&app, &destino, &[]))
}

#[derive(ramal_db::FromQueryResult)]
struct Rechazo {
    serie: String,
    folio: i64,
    cliente: String,
    numero: i64,
    estado: String,
    codigo: Option<String>,
    mensaje: Option<String>,
}

/// `GET /facturacion/corridas/{corrida}/rechazos.csv`
pub async fn rechazos(
    vista: Vista<LeerFacturacion>,
    State(app): State<App>,
    Ruta(dia): Ruta<String>,
) -> Result<Response, Problem> {
    const SQL: &str = "SELECT f.serie, f.folio, c.razon_social AS cliente, c.numero, k.estado, \
        k.codigo, k.mensaje FROM facturas f JOIN comprobantes k ON k.id = f.comprobante_id \
        JOIN clientes c ON c.id = f.cliente_id WHERE f.corrida_id = $1 \
        AND k.estado IN ('rechazado', 'excepcion', 'incierto', 'pausado') \
        ORDER BY k.codigo, f.id LIMIT 100000";
    let fecha = day_of(&dia)?;
    let corrida = corridas::by_fecha(&app.db, fecha).await?.ok_or(Error::NotFound("corrida"))?;
    let filas: Vec<Rechazo> = app.db.all(SQL, params![corrida.id]).await?;
    let textos = Textos::new(&TEXTOS, vista.peticion().navegante.formato.pais);
    let claves = [
        "facturacion-numero",
        "facturacion-filtro-cliente",
        "facturacion-cliente",
        "kit-estado",
        "facturacion-filtro-codigo",
        "facturacion-motivo",
    ];
    let mut texto = format!("\u{feff}{}", csv_row(claves.map(|c| textos.get(c))));
    for r in filas {
        texto.push_str(&csv_row([
            format!("{}-{}", r.serie, r.folio),
            format!("C-{}", r.numero),
            r.cliente,
            r.estado,
            r.codigo.unwrap_or_default(),
            r.mensaje.unwrap_or_default(),
        ]));
    }
    let cuerpo = stream::once(async move { Ok(axum::body::Bytes::from(texto)) });
    Ok(download(cuerpo, &format!("rechazos-{fecha}.csv")))
}
