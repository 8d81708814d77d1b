//! JSON routes of cobros. Thin: authorize, begin, one action, commit, ask the gateway, render.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use ramal_base::dinero::parse_centavos;
use ramal_base::{CampoInvalido, Cx, Problema};
use ramal_db::Db;
use ramal_facturacion::cobro::abierta;
use ramal_pasarelas::{MedioRemoto, Secreto};
use ramal_plataforma::Can;
use ramal_web::ensamble::PREFIJO;
use ramal_web::{
    App, CabeceraIdempotencia, ClaveIdempotencia, Filtros, PaginaView, Paginacion, Parsed, Problem,
    Ruta,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::Puertas;
use super::vistas::{CobroResumenView, CobroView, FiltroCobrosQuery};
use crate::actions::{
    Ida, Intencion, NuevoCobro, Pedida, ask_refund, cancel_cobro, create_cobro, launch_cobro,
    may_launch, refusal, resolve_partidas, send_refund,
};
use crate::cobro::{Estado, Fila, Origen};
use crate::flujo::{Hito, flujo};
use crate::permisos::{CrearCobros, DevolverCobros, LeerCobros};
use crate::puerto::Pasarelas;
use crate::storage::{cobros, lista};
use crate::{CobroId, Error, cobro_link};

/// Una factura que se quiere cobrar.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CobroFacturaPedida)]
pub struct FacturaPedida {
    /// Factura.
    pub factura_id: Uuid,
    /// Monto; sin él, todo lo que debe.
    #[schema(example = "79.00")]
    pub monto: Option<String>,
}

/// Cuerpo de `POST /cobros`.
#[derive(Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DatosCobro {
    /// Facturas de un mismo cliente y una misma moneda.
    pub facturas: Vec<FacturaPedida>,
    /// `enlace`, `spei`, `oxxo`, `pagoefectivo`, `yape` o `tarjeta`; `enlace` si no se dice.
    #[schema(example = "enlace")]
    pub medio: Option<String>,
    /// Pasarela; la predeterminada si no se dice.
    #[schema(example = "emulada")]
    pub pasarela: Option<String>,
    /// Token de un solo uso que obtuvo el dispositivo de quien paga; solo para tarjeta y Yape. No
    /// se guarda.
    pub token: Option<String>,
}

impl std::fmt::Debug for DatosCobro {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "DatosCobro({} facturas)", self.facturas.len())
    }
}

/// Pide dinero por una pasarela
///
/// Devuelve el enlace o la referencia con que se paga. Si ya hay un cobro abierto por lo mismo,
/// devuelve ese. 202 si la pasarela no confirmó: en minutos se resuelve solo.
#[utoipa::path(post, path = "/cobros", tag = "cobros", params(CabeceraIdempotencia),
    request_body = DatosCobro,
    responses((status = 201, description = "Pedido", body = CobroView,
        headers(("Location" = String))),
        (status = 202, description = "Sin confirmar", body = CobroView)))]
pub async fn post_cobro(
    can: Can<CrearCobros>,
    State(app): State<App>,
    puertas: Puertas,
    idem: ClaveIdempotencia,
    Parsed(datos): Parsed<DatosCobro>,
) -> Result<Response, Problem> {
    let token = datos.token.clone().map(Secreto::new);
    let tx = app.db.begin().await?;
    let intencion = match idem.recall(&tx).await? {
        Some(respuesta) => {
            let id = named_in(&respuesta).ok_or(Error::NotFound("cobro"))?;
            let fila = cobros::by_id(&tx, id).await?.ok_or(Error::NotFound("cobro"))?;
            tx.rollback().await?;
            Intencion::YaPedida(fila)
        }
        None => {
            let nuevo = wanted(&tx, puertas.as_ref(), datos).await?;
            let intencion = create_cobro(&tx, can.cx(), nuevo).await?;
            let lugar = format!("{PREFIJO}/cobros/{}", intencion.fila().id);
            let lugar = [(header::LOCATION, lugar)];
            let creado = (StatusCode::CREATED, &lugar[..]);
            idem.remember_with(&tx, can.cx(), creado, &json!({})).await?;
            tx.commit().await?;
            intencion
        }
    };
    let id = intencion.fila().id;
    let ida = Ida { token, ..outward(&app, intencion.fila()).await? };
    let fila = launched(&app.db, can.cx(), puertas.as_ref(), (intencion, &ida)).await?;
    if let Some(problema) = refusal(&fila) {
        return Err(Problem(problema));
    }
    let estado = match fila.estado()? {
        Estado::Incierto => StatusCode::ACCEPTED,
        _ => StatusCode::CREATED,
    };
    let vista = view(&app, fila).await?;
    let lugar = HeaderValue::from_str(&format!("{PREFIJO}/cobros/{id}"));
    let lugar = lugar.map_err(|_| Problem(Problema::interno()))?;
    Ok((estado, [(header::LOCATION, lugar)], Json(vista)).into_response())
}

/// The cobro whose address an answer carries.
fn named_in(respuesta: &Response) -> Option<CobroId> {
    let lugar = respuesta.headers().get(header::LOCATION)?.to_str().ok()?;
    lugar.rsplit('/').next()?.parse().ok()
}

/// Asks the gateway for a new cobro; for one that was asked for already, only if nobody else is in
/// the middle of asking.
pub(crate) async fn launched(
    db: &Db,
    cx: &Cx,
    pasarelas: &dyn Pasarelas,
    (intencion, ida): (Intencion, &Ida),
) -> Result<Fila, Error> {
    let fila = match intencion {
        Intencion::YaPedida(fila) if !may_launch(&fila, cx.now()) => return Ok(fila),
        Intencion::YaPedida(fila) | Intencion::Nueva(fila) => fila,
    };
    let pasarela = pasarelas.get(&fila.pasarela).ok_or(Error::SinPasarela)?;
    launch_cobro(db, cx, pasarela.as_ref(), (fila.id, ida)).await
}

/// What the gateway is told of the way back and of its notices.
pub(crate) async fn outward(app: &App, fila: &Fila) -> Result<Ida, Error> {
    let partidas = cobros::partidas(&app.db, fila.id).await?;
    let sitio = &app.entorno.url_publica;
    let ruta = partidas.first().map(|p| cobro_link(&app.entorno.firma, p.factura_id, fila.id));
    Ok(Ida {
        retorno: format!("{sitio}{}?regreso=1", ruta.unwrap_or_default()),
        aviso: format!("{sitio}/webhooks/{}", fila.pasarela),
        token: None,
    })
}

/// The intent that a body asks for.
async fn wanted(
    tx: &ramal_db::Tx,
    pasarelas: &dyn Pasarelas,
    datos: DatosCobro,
) -> Result<NuevoCobro, Error> {
    let medio = datos.medio.as_deref().unwrap_or("enlace");
    let medio = MedioRemoto::parse(medio).ok_or_else(|| {
        let motivo = "Use enlace, spei, oxxo, pagoefectivo, yape o tarjeta.";
        Error::campo("medio", "medio_desconocido", motivo)
    })?;
    let con_token = matches!(medio, MedioRemoto::Tarjeta | MedioRemoto::Yape);
    if con_token != datos.token.is_some() {
        let motivo = "Tarjeta y Yape llevan el token del dispositivo; los demás no llevan ninguno.";
        return Err(Error::campo("token", "token_no_cuadra", motivo));
    }
    let pasarela = match &datos.pasarela {
        Some(codigo) => pasarelas.get(codigo),
        None => pasarelas.predeterminada(),
    };
    let pasarela = pasarela.ok_or(Error::SinPasarela)?.codigo().to_owned();
    let primera = datos
        .facturas
        .first()
        .ok_or_else(|| Error::campo("facturas", "sin_facturas", "Indique al menos una factura."))?;
    let primera = abierta(tx, primera.factura_id).await?.ok_or_else(|| {
        let motivo = "La factura no existe o no debe nada.";
        Error::campo("facturas[0]", "factura_no_cobrable", motivo)
    })?;
    let de = (primera.cliente_id, primera.moneda);
    let partidas = resolve_partidas(tx, de, &amounts(&datos.facturas)?).await?;
    let (cliente_id, moneda) = de;
    Ok(NuevoCobro { cliente_id, moneda, partidas, medio, pasarela, origen: Origen::Api })
}

fn amounts(facturas: &[FacturaPedida]) -> Result<Vec<(Uuid, Option<i64>)>, Error> {
    let mut malos = Vec::new();
    let mut pedidas = Vec::new();
    for (i, f) in facturas.iter().enumerate() {
        match f.monto.as_deref().map(parse_centavos).transpose() {
            Ok(monto) => pedidas.push((f.factura_id, monto)),
            Err(_) => malos.push(CampoInvalido::new(
                format!("facturas[{i}].monto"),
                "monto_invalido",
                "Escriba el monto con punto y hasta dos decimales: 79.00.",
            )),
        }
    }
    if malos.is_empty() { Ok(pedidas) } else { Err(Error::Refused(Problema::campos(malos))) }
}

async fn view(app: &App, fila: Fila) -> Result<CobroView, Problem> {
    let id = fila.id;
    let enlace = |factura| {
        let ruta = cobro_link(&app.entorno.firma, factura, id);
        format!("{}{ruta}", app.entorno.url_publica)
    };
    Ok(CobroView::load(&app.db, fila, enlace).await?)
}

/// Lista cobros, del más nuevo al más viejo
#[utoipa::path(get, path = "/cobros", tag = "cobros", params(FiltroCobrosQuery, Paginacion),
    responses((status = 200, description = "Una página", body = PaginaView<CobroResumenView>)))]
pub async fn get_cobros(
    _can: Can<LeerCobros>,
    State(app): State<App>,
    Filtros(query): Filtros<FiltroCobrosQuery>,
    Filtros(pagina): Filtros<Paginacion>,
) -> Result<Json<PaginaView<CobroResumenView>>, Problem> {
    let zona = ramal_plataforma::empresa(&app.db).await?.zona();
    let filas = lista::list(&app.db, &query.filtro(&zona), &pagina.cursor()).await?;
    let filas = filas.ok_or_else(bad_cursor)?;
    let siguiente = filas.siguiente;
    let datos = filas.datos.into_iter().map(CobroResumenView::of).collect::<Result<_, _>>()?;
    Ok(Json(PaginaView { datos, siguiente }))
}

pub(crate) fn bad_cursor() -> Problem {
    let motivo = "Use el valor de «siguiente» de la página anterior, sin cambiarlo.";
    Problem::campo("cursor", "cursor_invalido", motivo)
}

/// Un cobro con sus facturas, sus pagos y cómo pagarlo
#[utoipa::path(get, path = "/cobros/{id}", tag = "cobros",
    params(("id" = Uuid, Path, description = "Identificador del cobro")),
    responses((status = 200, description = "El cobro", body = CobroView)))]
pub async fn get_cobro(
    _can: Can<LeerCobros>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
) -> Result<Json<CobroView>, Problem> {
    let fila = cobros::by_id(&app.db, CobroId::from_uuid(id)).await?;
    view(&app, fila.ok_or(Error::NotFound("cobro"))?).await.map(Json)
}

/// La línea de tiempo de un cobro, del aviso a la confirmación
#[utoipa::path(get, path = "/cobros/{id}/flujo", tag = "cobros",
    params(("id" = Uuid, Path, description = "Identificador del cobro")),
    responses((status = 200, description = "Los pasos, en orden", body = Vec<Hito>)))]
pub async fn get_flujo(
    _can: Can<LeerCobros>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
) -> Result<Json<Vec<Hito>>, Problem> {
    Ok(Json(flujo(&app.db, CobroId::from_uuid(id)).await?))
}

/// Cancela un cobro que nadie pagó
///
/// Si alguien lo pagó mientras tanto, queda pagado y así se devuelve. Repetirlo no cambia nada.
#[utoipa::path(post, path = "/cobros/{id}/cancelar", tag = "cobros",
    params(("id" = Uuid, Path, description = "Identificador del cobro")),
    responses((status = 200, description = "El cobro como quedó", body = CobroView)))]
pub async fn post_cancelar(
    can: Can<CrearCobros>,
    State(app): State<App>,
    puertas: Puertas,
    Ruta(id): Ruta<Uuid>,
) -> Result<Json<CobroView>, Problem> {
    let id = CobroId::from_uuid(id);
    let fila = cancel_cobro(&app.db, can.cx(), puertas.as_ref(), id).await?;
    view(&app, fila).await.map(Json)
}

/// Devuelve dinero de un cobro por la pasarela
///
/// El pago y sus facturas siguen lo que la pasarela confirme. Sin monto se devuelve todo lo que
/// queda.
#[utoipa::path(post, path = "/cobros/{id}/devolver", tag = "cobros",
    params(("id" = Uuid, Path, description = "Identificador del cobro"), CabeceraIdempotencia),
    request_body = Pedida,
    responses((status = 200, description = "El cobro como quedó", body = CobroView)))]
pub async fn post_devolver(
    can: Can<DevolverCobros>,
    State(app): State<App>,
    puertas: Puertas,
    Ruta(id): Ruta<Uuid>,
    idem: ClaveIdempotencia,
    Parsed(pedida): Parsed<Pedida>,
) -> Result<Json<CobroView>, Problem> {
    let cobro = CobroId::from_uuid(id);
    let tx = app.db.begin().await?;
    if idem.recall(&tx).await?.is_none() {
        let devolucion = ask_refund(&tx, can.cx(), cobro, &pedida).await?;
        idem.remember(&tx, can.cx(), StatusCode::OK, &json!({ "id": devolucion.id })).await?;
        tx.commit().await?;
        send_refund(&app.db, can.cx(), puertas.as_ref(), devolucion.id).await?;
    }
    let fila = cobros::by_id(&app.db, cobro).await?.ok_or(Error::NotFound("cobro"))?;
    view(&app, fila).await.map(Json)
}
