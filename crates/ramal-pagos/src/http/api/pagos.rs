//! Reading and registering payments.

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::Response;
use ramal_base::Moneda;
use ramal_db::{Consulta, Cursor, Tx};
use ramal_facturacion::cobro;
use ramal_plataforma::Can;
use ramal_web::ensamble::PREFIJO;
use ramal_web::{
    App, CabeceraIdempotencia, ClaveIdempotencia, Filtros, PaginaView, Paginacion, Parsed, Problem,
    Ruta,
};
use uuid::Uuid;

use super::{Novedad, bad_cursor, detail, required};
use crate::actions::{Detalle, positive, record_detailed};
use crate::permisos::{LeerPagos, RegistrarPagos};
use crate::storage::abiertas;
use crate::storage::lista::{self, FiltroPagos, Lectura, within_calendar};
use crate::storage::pagos as tabla;
use crate::vistas::{
    DatosNuevoPago, FiltroPagosQuery, FiltroPendientesQuery, PagoDetalleView, PagoView,
    PendienteView, at_sent, destino,
};
use crate::{Error, NuevoPago, OrigenPago, Pago, Registrado};

/// Lista pagos, del más nuevo al más viejo
#[utoipa::path(get, path = "/pagos", tag = "pagos", params(FiltroPagosQuery, Paginacion),
    responses((status = 200, description = "Una página", body = PaginaView<PagoView>)))]
pub async fn get_pagos(
    _can: Can<LeerPagos>,
    State(app): State<App>,
    Filtros(query): Filtros<FiltroPagosQuery>,
    Filtros(pagina): Filtros<Paginacion>,
) -> Result<Json<PaginaView<PagoView>>, Problem> {
    let Cursor { limite, cursor } = pagina.cursor();
    if cursor.as_deref().is_some_and(|c| lista::parsed(c).is_none()) {
        return Err(bad_cursor());
    }
    let filtro = filter(&app, query).await?;
    let lectura = Lectura { cursor, filas: i64::from(limite), ..Lectura::default() };
    let tramo = lista::page(&app.db, &filtro, &lectura).await?;
    let datos = tramo.filas.into_iter().map(|f| PagoView::from(f.pago)).collect();
    Ok(Json(PaginaView { datos, siguiente: tramo.siguiente }))
}

async fn filter(app: &App, query: FiltroPagosQuery) -> Result<FiltroPagos, Problem> {
    let cliente_id = match query.cliente.as_deref() {
        None => None,
        Some(texto) => Some(cliente(&app.db, texto).await?),
    };
    let buscar = match query.q.as_deref() {
        None => None,
        Some(texto) => Some(lista::resolve(&app.db, texto).await?),
    };
    Ok(FiltroPagos {
        buscar,
        estado: query.estado,
        medio: query.medio,
        origen: query.origen,
        cliente_id,
        desde: query.desde.map(within_calendar),
        hasta: query.hasta.map(within_calendar),
        ..FiltroPagos::default()
    })
}

async fn cliente(c: &impl Consulta, texto: &str) -> Result<Uuid, Error> {
    Ok(ramal_clientes::referencia::resolve(c, texto.trim()).await?.uuid())
}

/// Un pago con lo que paga, sus devoluciones y su recibo
#[utoipa::path(get, path = "/pagos/{id}", tag = "pagos",
    params(("id" = String, Path, description = "Identificador o número", example = "P-881")),
    responses((status = 200, description = "El pago", body = PagoDetalleView)))]
pub async fn get_pago(
    _can: Can<LeerPagos>,
    State(app): State<App>,
    Ruta(id): Ruta<String>,
) -> Result<Json<PagoDetalleView>, Problem> {
    let pago = named(&app.db, &id).await?;
    Ok(Json(detail(&app.db, pago, Novedad::Conocido).await?))
}

/// The payment that an address names: `P-881` or its identifier. Errors: `NotFound`, `Storage`.
pub(crate) async fn named(c: &impl Consulta, texto: &str) -> Result<Pago, Error> {
    let pago = match (lista::printed(texto), texto.parse::<Uuid>()) {
        (Some(numero), _) => tabla::by_numero(c, numero).await?,
        (None, Ok(id)) => tabla::by_id(c, id).await?,
        (None, Err(_)) => None,
    };
    pago.ok_or(Error::NotFound("pago"))
}

/// Registra un pago
///
/// Paga lo que diga el reparto; el resto queda a favor del cliente. La misma operación por el
/// mismo medio es el mismo dinero: con los mismos datos devuelve el primer pago (200, `nuevo:
/// false`), con otros responde 409 `referencia_usada`.
#[utoipa::path(post, path = "/pagos", tag = "pagos", params(CabeceraIdempotencia),
    request_body = DatosNuevoPago,
    responses(
        (status = 201, description = "Registrado", body = PagoDetalleView,
            headers(("Location" = String))),
        (status = 200, description = "Ya estaba registrado", body = PagoDetalleView)))]
pub async fn post_pago(
    can: Can<RegistrarPagos>,
    State(app): State<App>,
    idem: ClaveIdempotencia,
    Parsed(datos): Parsed<DatosNuevoPago>,
) -> Result<Response, Problem> {
    required(&idem)?;
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let Registrado { pago, nuevo } = register(&tx, can.cx(), datos).await?;
    let lugar = [(header::LOCATION, format!("{PREFIJO}/pagos/{}", pago.id))];
    let (estado, novedad) = match nuevo {
        true => (StatusCode::CREATED, Novedad::Nuevo),
        false => (StatusCode::OK, Novedad::Conocido),
    };
    let vista = detail(&tx, pago, novedad).await?;
    let respuesta = idem.remember_with(&tx, can.cx(), (estado, &lugar), &vista).await?;
    tx.commit().await?;
    Ok(respuesta)
}

/// Registers what a body says. Errors: those of the action; `Refused` naming the bad fields.
pub(crate) async fn register(
    tx: &Tx,
    cx: &ramal_base::Cx,
    datos: DatosNuevoPago,
) -> Result<Registrado, Error> {
    let empresa = ramal_plataforma::empresa(tx).await?;
    let moneda = match datos.moneda.as_deref() {
        None => empresa.moneda,
        Some(texto) => Moneda::parse(texto).ok_or_else(|| {
            Error::campo("moneda", "moneda_desconocida", "Se admite MXN, PEN o USD.")
        })?,
    };
    let detalle = Detalle { forma_pago: datos.forma()?, ..Detalle::default() };
    let nuevo = NuevoPago {
        cliente_id: cliente(tx, &datos.cliente).await?,
        moneda,
        monto: positive("monto", &datos.monto)?,
        medio: datos.medio,
        origen: OrigenPago::Manual,
        proveedor: None,
        referencia: None,
        fecha_valor: datos.fecha_valor.unwrap_or_else(|| empresa.zona().fecha(cx.now())),
        operacion: datos.operacion,
        notas: datos.notas,
        destino: destino(datos.reparto, &datos.partidas)?,
        turno_id: None,
    };
    let hecho = record_detailed(tx, cx, nuevo, detalle).await;
    hecho.map_err(|error| at_sent(error, &datos.partidas))
}

/// Facturas con algo por pagar, con sus líneas
///
/// De un cliente, en el orden en que el dinero las paga; de todos, por vencimiento.
#[utoipa::path(get, path = "/pagos/pendientes", tag = "pagos",
    params(FiltroPendientesQuery, Paginacion),
    responses((status = 200, description = "Una página", body = PaginaView<PendienteView>)))]
pub async fn get_pendientes(
    _can: Can<LeerPagos>,
    State(app): State<App>,
    Filtros(query): Filtros<FiltroPendientesQuery>,
    Filtros(pagina): Filtros<Paginacion>,
) -> Result<Json<PaginaView<PendienteView>>, Problem> {
    if let Some(texto) = query.cliente.as_deref() {
        let id = cliente(&app.db, texto).await?;
        let suyas = cobro::abiertas(&app.db, id, None).await.map_err(Error::from)?;
        let datos = suyas.into_iter().map(PendienteView::from).collect();
        return Ok(Json(PaginaView { datos, siguiente: None }));
    }
    let pagina = abiertas::page(&app.db, &pagina.cursor()).await?.ok_or_else(bad_cursor)?;
    Ok(Json(PaginaView::of(pagina, PendienteView::from)))
}
