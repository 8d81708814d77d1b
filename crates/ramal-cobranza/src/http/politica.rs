//! Policies and calendar on the wire. Thin: what fits is judged by the policy itself.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_base::Fecha;
use ramal_db::{Consulta, DbError};
use ramal_plataforma::Can;
use ramal_web::{App, CabeceraIdempotencia, ClaveIdempotencia, Filtros, Parsed, Problem, Ruta};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::Error;
use crate::actions::{self, NuevoDia};
use crate::nucleo::{Impedimento, Politica};
use crate::permisos::{AjustarCobranza, LeerCobranza};
use crate::reglas::{Ambito, Reglas};
use crate::storage::politicas;

/// De quién es la política.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AmbitoQuery {
    /// Zona; sin zona ni segmento, la de la empresa.
    pub zona_id: Option<Uuid>,
    /// Tipo de documento de los clientes, por ejemplo `RUC`.
    pub segmento: Option<String>,
}

impl AmbitoQuery {
    pub(crate) fn ambito(&self) -> Ambito {
        match (self.zona_id, self.segmento.as_deref().filter(|s| !s.is_empty())) {
            (_, Some(segmento)) => Ambito::Segmento(segmento.to_owned()),
            (Some(zona), None) => Ambito::Zona(zona),
            (None, None) => Ambito::Empresa,
        }
    }
}

/// Una política con su versión.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PoliticaView {
    /// Versión que se leyó; 0 si el ámbito no tiene una propia.
    pub version: i64,
    /// La política.
    pub politica: Politica,
}

/// The policy of a scope as it is stored, or the default with version 0. Errors: `Storage`.
pub(crate) async fn stored(c: &impl Consulta, ambito: &Ambito) -> Result<PoliticaView, Error> {
    let (nombre, clave) = ambito.stored();
    let Some(fila) = politicas::one(c, (nombre, &clave)).await? else {
        return Ok(PoliticaView { version: 0, politica: Politica::default() });
    };
    let politica = serde_json::from_str(&fila.datos);
    let politica = politica.map_err(|_| DbError::Corrupt("policy of collections"))?;
    Ok(PoliticaView { version: fila.version, politica })
}

/// La política de cobranza de la empresa, de una zona o de un segmento
#[utoipa::path(get, path = "/cobranza/politica", tag = "cobranza", params(AmbitoQuery),
    responses((status = 200, description = "La política", body = PoliticaView)))]
pub async fn get_politica(
    _can: Can<LeerCobranza>,
    State(app): State<App>,
    Filtros(query): Filtros<AmbitoQuery>,
) -> Result<Json<PoliticaView>, Problem> {
    Ok(Json(stored(&app.db, &query.ambito()).await?))
}

/// Cambia la política de cobranza
///
/// Lo que falte queda en su valor por defecto. Lleva la versión que se leyó: si otra persona la
/// cambió, 412.
#[utoipa::path(put, path = "/cobranza/politica", tag = "cobranza",
    params(AmbitoQuery, CabeceraIdempotencia), request_body = PoliticaView,
    responses((status = 200, description = "La política como quedó", body = PoliticaView)))]
pub async fn put_politica(
    can: Can<AjustarCobranza>,
    State(app): State<App>,
    Filtros(query): Filtros<AmbitoQuery>,
    idem: ClaveIdempotencia,
    Parsed(datos): Parsed<PoliticaView>,
) -> Result<Response, Problem> {
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let ambito = query.ambito();
    actions::write_politica(&tx, can.cx(), &ambito, &datos.politica, datos.version).await?;
    let vista = stored(&tx, &ambito).await?;
    let respuesta = idem.remember(&tx, can.cx(), StatusCode::OK, &vista).await?;
    tx.commit().await?;
    Ok(respuesta)
}

/// Un día en que no se corta.
#[derive(Debug, Serialize, ToSchema)]
pub struct DiaView {
    /// El día.
    #[schema(value_type = String, format = Date)]
    pub fecha: Fecha,
    /// Por qué no se corta: `semana`, `feriado`, `vispera` o `sin_reconexion`.
    pub motivo: &'static str,
    /// Su nombre, o el número del día de la semana.
    pub nombre: String,
}

/// El próximo día en que se corta, explicado.
#[derive(Debug, Serialize, ToSchema)]
pub struct CalendarioView {
    /// Desde cuándo se mira.
    #[schema(value_type = String, format = Date)]
    pub desde: Fecha,
    /// El primer día permitido.
    #[schema(value_type = Option<String>, format = Date)]
    pub corte: Option<Fecha>,
    /// Los días anteriores, cada uno con lo que lo impide.
    pub antes: Vec<DiaView>,
}

/// Desde cuándo y dónde.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CalendarioQuery {
    /// Desde este día; si falta, hoy.
    #[param(value_type = Option<String>, format = Date)]
    pub desde: Option<Fecha>,
    /// Zona.
    pub zona_id: Option<Uuid>,
}

/// El próximo día permitido para cortar, con lo que impide los anteriores
#[utoipa::path(get, path = "/cobranza/calendario", tag = "cobranza", params(CalendarioQuery),
    responses((status = 200, description = "El calendario", body = CalendarioView)))]
pub async fn get_calendario(
    can: Can<LeerCobranza>,
    State(app): State<App>,
    Filtros(query): Filtros<CalendarioQuery>,
) -> Result<Json<CalendarioView>, Problem> {
    let reglas = Reglas::load(&app.db, can.cx()).await?;
    let (_, calendario) = reglas.of(query.zona_id, "");
    let desde = query.desde.unwrap_or(reglas.hoy);
    let dia = |(fecha, i): (Fecha, Impedimento)| {
        let (motivo, nombre) = words(&i);
        DiaView { fecha, motivo, nombre }
    };
    let antes = calendario.explicacion(desde).into_iter().map(dia).collect();
    Ok(Json(CalendarioView { desde, corte: calendario.primer_permitido(desde), antes }))
}

/// Code and name of what stops a day.
pub(crate) fn words(i: &Impedimento) -> (&'static str, String) {
    match i {
        Impedimento::Semana(n) => ("semana", n.to_string()),
        Impedimento::Feriado(nombre) => ("feriado", nombre.clone()),
        Impedimento::Vispera(nombre) => ("vispera", nombre.clone()),
        Impedimento::SinReconexion(nombre) => ("sin_reconexion", nombre.clone()),
    }
}

/// Un día agregado.
#[derive(Debug, Serialize, ToSchema)]
pub struct DiaCreadoView {
    /// Identificador.
    pub id: Uuid,
}

/// Agrega un día al calendario: feriado local, día sin reconexión o día hábil
#[utoipa::path(post, path = "/cobranza/calendario", tag = "cobranza",
    params(CabeceraIdempotencia), request_body = NuevoDia,
    responses((status = 201, description = "Agregado", body = DiaCreadoView)))]
pub async fn post_dia(
    can: Can<AjustarCobranza>,
    State(app): State<App>,
    idem: ClaveIdempotencia,
    Parsed(dia): Parsed<NuevoDia>,
) -> Result<Response, Problem> {
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let id = actions::add_dia(&tx, can.cx(), dia).await?;
    let vista = DiaCreadoView { id };
    let respuesta = idem.remember(&tx, can.cx(), StatusCode::CREATED, &vista).await?;
    tx.commit().await?;
    Ok(respuesta)
}

/// Quita un día del calendario
#[utoipa::path(delete, path = "/cobranza/calendario/{id}", tag = "cobranza",
    params(("id" = Uuid, Path, description = "Identificador del día")),
    responses((status = 204, description = "Quitado")))]
pub async fn delete_dia(
    can: Can<AjustarCobranza>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
) -> Result<StatusCode, Problem> {
    let tx = app.db.begin().await?;
    actions::delete_dia(&tx, can.cx(), id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
