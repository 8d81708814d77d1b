//! Promises of payment on the wire. Thin: the policy decides.

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::Response;
use ramal_base::{Dinero, Fecha};
use ramal_catalogo::dinero_view::DineroView;
use ramal_db::{Consulta, Pagina};
use ramal_plataforma::Can;
use ramal_web::ensamble::PREFIJO;
use ramal_web::{
    App, CabeceraIdempotencia, ClaveIdempotencia, Filtros, PaginaView, Paginacion, Parsed, Problem,
    Ruta,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::morosos::bad_cursor;
use super::vistas::{DatosMotivo, MotivoView, PromesaView};
use crate::actions::{self, DatosPromesa, evaluate_promesa};
use crate::error::limite;
use crate::permisos::{AnularPromesas, LeerPromesas, RegistrarPromesas};
use crate::reglas::Reglas;
use crate::storage::promesas::{self, FiltroPromesas, PromesaFila};
use crate::{Error, expediente};

/// Filtros de la lista de promesas.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FiltroPromesasQuery {
    /// `vigente`, `cumplida`, `rota` o `anulada`.
    pub estado: Option<String>,
    /// Cliente: identificador o código impreso.
    pub cliente_id: Option<String>,
    /// Con fecha desde este día.
    #[param(value_type = Option<String>, format = Date)]
    pub desde: Option<Fecha>,
    /// Con fecha hasta este día.
    #[param(value_type = Option<String>, format = Date)]
    pub hasta: Option<Fecha>,
}

/// Lista promesas, la fecha más lejana primero
#[utoipa::path(get, path = "/promesas", tag = "cobranza", params(FiltroPromesasQuery, Paginacion),
    responses((status = 200, description = "Una página", body = PaginaView<PromesaView>)))]
pub async fn get_promesas(
    _can: Can<LeerPromesas>,
    State(app): State<App>,
    Filtros(query): Filtros<FiltroPromesasQuery>,
    Filtros(pagina): Filtros<Paginacion>,
) -> Result<Json<PaginaView<PromesaView>>, Problem> {
    let cliente = match query.cliente_id.as_deref() {
        None => None,
        Some(texto) => Some(ramal_contratos::actions::cliente_id(&app.db, texto).await?.uuid()),
    };
    let FiltroPromesasQuery { estado, desde, hasta, .. } = query;
    let filtro = FiltroPromesas { estado, cliente, desde, hasta };
    let cursor = pagina.cursor();
    let desde = match &cursor.cursor {
        None => None,
        Some(texto) => Some(read(texto).ok_or_else(bad_cursor)?),
    };
    let filas = promesas::page(&app.db, &filtro, desde, cursor.filas()).await?;
    let pagina = Pagina::cut(filas, &cursor, key);
    Ok(Json(PaginaView::of(pagina, PromesaView::from)))
}

/// Cursor of a promise in its list.
pub(crate) fn key(f: &PromesaFila) -> String {
    format!("{}~{}", f.fecha, f.id)
}

/// Reads a cursor.
pub(crate) fn read(texto: &str) -> Option<(Fecha, Uuid)> {
    let (fecha, id) = texto.split_once('~')?;
    Some((Fecha::parse(fecha).ok()?, id.parse().ok()?))
}

/// Registra una promesa de pago
///
/// La política decide sola: si la concede, el corte pasa a después de la fecha y lo suspendido
/// vuelve sin cargo; si no, 409 con cada límite que pasa. La misma clave da la misma promesa.
#[utoipa::path(post, path = "/promesas", tag = "cobranza", params(CabeceraIdempotencia),
    request_body = DatosPromesa,
    responses((status = 201, description = "Concedida", body = PromesaView,
        headers(("Location" = String)))))]
pub async fn post_promesa(
    can: Can<RegistrarPromesas>,
    State(app): State<App>,
    idem: ClaveIdempotencia,
    Parsed(datos): Parsed<DatosPromesa>,
) -> Result<Response, Problem> {
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let reglas = Reglas::load(&tx, can.cx()).await?;
    let promesa = actions::create_promesa(&tx, can.cx(), &reglas, datos, None).await?;
    let lugar = [(header::LOCATION, format!("{PREFIJO}/promesas/{}", promesa.id))];
    let creado = (StatusCode::CREATED, &lugar[..]);
    let vista = PromesaView::from(promesa);
    let respuesta = idem.remember_with(&tx, can.cx(), creado, &vista).await?;
    tx.commit().await?;
    Ok(respuesta)
}

/// Lo que se pregunta a la política.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct EvaluacionQuery {
    /// Cliente: identificador o código impreso.
    pub cliente_id: String,
    /// Último día para pagar.
    #[param(value_type = String, format = Date)]
    pub fecha: Fecha,
}

/// Lo que respondería la política.
#[derive(Debug, Serialize, ToSchema)]
pub struct EvaluacionView {
    /// Si la concedería.
    pub concedida: bool,
    /// Cada límite que pasa, con su frase en `detalle`.
    pub rechazos: Vec<MotivoView>,
    /// Lo que cubriría, por moneda.
    #[schema(value_type = Vec<DineroView>)]
    pub cubre: Vec<Dinero>,
    /// Primer día en que se podría cortar después.
    #[schema(value_type = Option<String>, format = Date)]
    pub corte: Option<Fecha>,
    /// Servicios que volverían enseguida.
    pub reconecta: usize,
    /// Último día que concede la política.
    #[schema(value_type = String, format = Date)]
    pub ultimo_dia: Fecha,
}

/// Pregunta a la política por una promesa, sin registrar nada
#[utoipa::path(get, path = "/promesas/evaluacion", tag = "cobranza", params(EvaluacionQuery),
    responses((status = 200, description = "La respuesta", body = EvaluacionView)))]
pub async fn get_evaluacion(
    can: Can<RegistrarPromesas>,
    State(app): State<App>,
    Filtros(query): Filtros<EvaluacionQuery>,
) -> Result<Json<EvaluacionView>, Problem> {
    let reglas = Reglas::load(&app.db, can.cx()).await?;
    let cliente = ramal_contratos::actions::cliente_id(&app.db, &query.cliente_id).await?;
    let e = expediente::load(&app.db, &reglas, cliente.uuid(), reglas.hoy).await?;
    let r = evaluate_promesa(&e, reglas.hoy, query.fecha);
    let rechazo = |x: &crate::nucleo::promesa::Rechazo| MotivoView {
        codigo: x.codigo().to_owned(),
        detalle: limite(*x),
    };
    Ok(Json(EvaluacionView {
        concedida: r.rechazos.is_empty(),
        rechazos: r.rechazos.iter().map(rechazo).collect(),
        cubre: r.cubre.iter().map(|(m, monto)| Dinero::new(*monto, *m)).collect(),
        corte: r.corte,
        reconecta: r.reconecta,
        ultimo_dia: r.ultimo_dia,
    }))
}

/// Una promesa: por identificador o por código impreso
#[utoipa::path(get, path = "/promesas/{id}", tag = "cobranza",
    params(("id" = String, Path, description = "Identificador o código", example = "PR-12")),
    responses((status = 200, description = "La promesa", body = PromesaView)))]
pub async fn get_promesa(
    _can: Can<LeerPromesas>,
    State(app): State<App>,
    Ruta(id): Ruta<String>,
) -> Result<Json<PromesaView>, Problem> {
    Ok(Json(named(&app.db, &id).await?.into()))
}

/// The promise that an address names. Errors: 404.
pub(crate) async fn named(c: &impl Consulta, id: &str) -> Result<PromesaFila, Error> {
    let numero = id.strip_prefix("PR-").or_else(|| id.strip_prefix("pr-")).unwrap_or(id);
    let promesa = match (id.parse::<Uuid>(), numero.parse::<i64>()) {
        (Ok(id), _) => promesas::by_id(c, id).await?,
        (_, Ok(numero)) => promesas::by_numero(c, numero).await?,
        _ => None,
    };
    promesa.ok_or(Error::NotFound("promesa"))
}

/// Anula una promesa vigente
#[utoipa::path(post, path = "/promesas/{id}/anular", tag = "cobranza",
    params(("id" = String, Path, description = "Identificador o código", example = "PR-12"),
        CabeceraIdempotencia),
    request_body = DatosMotivo,
    responses((status = 200, description = "La promesa como quedó", body = PromesaView)))]
pub async fn post_anular(
    can: Can<AnularPromesas>,
    State(app): State<App>,
    Ruta(id): Ruta<String>,
    idem: ClaveIdempotencia,
    Parsed(datos): Parsed<DatosMotivo>,
) -> Result<Response, Problem> {
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let reglas = Reglas::load(&tx, can.cx()).await?;
    let id = named(&tx, &id).await?.id;
    let promesa = actions::annul_promesa(&tx, can.cx(), &reglas, id, &datos.motivo).await?;
    let vista = PromesaView::from(promesa);
    let respuesta = idem.remember(&tx, can.cx(), StatusCode::OK, &vista).await?;
    tx.commit().await?;
    Ok(respuesta)
}
