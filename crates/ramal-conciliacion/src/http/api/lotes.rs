//! Lotes: bringing a statement, reading its lines, closing.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_plataforma::{Can, Permiso};
use ramal_web::{
    App, CabeceraIdempotencia, ClaveIdempotencia, Filtros, PaginaView, Paginacion, Parsed, Problem,
    Ruta,
};

use super::{lote_named, required};
use crate::actions::{Ajuste, NuevoLote, close_lote, receive_lote, reopen_lote};
use crate::permisos::{AjustarLotes, CerrarLotes, Conciliar, ImportarExtractos, LeerConciliacion};
use crate::storage::lotes::{self, FiltroLotes};
use crate::storage::renglones::{self, FiltroRenglones};
use crate::storage::vinculos;
use crate::tanda::accept_exact;
use crate::vistas::{
    CerrarDatos, FiltroLotesQuery, FiltroRenglonesQuery, LoteView, RenglonView, SubirLoteQuery,
    TandaPedidaView, cents,
};
use crate::{CuentaId, Error, Lote, Renglon};

/// Lista lotes, del más nuevo al más viejo
#[utoipa::path(get, path = "/conciliacion/lotes", tag = "conciliacion",
    params(FiltroLotesQuery, Paginacion),
    responses((status = 200, description = "Una página", body = PaginaView<LoteView>)))]
pub async fn get_lotes(
    _can: Can<LeerConciliacion>,
    State(app): State<App>,
    Filtros(query): Filtros<FiltroLotesQuery>,
    Filtros(pagina): Filtros<Paginacion>,
) -> Result<Json<PaginaView<LoteView>>, Problem> {
    let cuenta = query.cuenta.map(CuentaId::from_uuid);
    let filtro = FiltroLotes { estado: query.estado, cuenta };
    let tramo = lotes::page(&app.db, &filtro, &pagina.cursor()).await?;
    let ids: Vec<_> = tramo.datos.iter().map(|l| l.id).collect();
    let sumas = lotes::sums(&app.db, &ids).await?;
    Ok(Json(PaginaView::of(tramo, |l: Lote| {
        let suma = sumas.get(&l.id).copied().unwrap_or_default();
        LoteView::of(l, &suma)
    })))
}

/// Importa un extracto o un reporte
///
/// El archivo va como cuerpo. MT940, camt.053 y OFX se reconocen solos; lo demás se lee con el
/// perfil de la cuenta. El mismo archivo es el mismo lote. Se lee y coteja en segundo plano.
#[utoipa::path(post, path = "/conciliacion/lotes", tag = "conciliacion",
    params(SubirLoteQuery, CabeceraIdempotencia),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 202, description = "El lote", body = LoteView)))]
pub async fn post_lote(
    can: Can<ImportarExtractos>,
    State(app): State<App>,
    Filtros(query): Filtros<SubirLoteQuery>,
    idem: ClaveIdempotencia,
    bytes: Bytes,
) -> Result<Response, Problem> {
    idem.with_body(&bytes);
    let cuenta = CuentaId::from_uuid(query.cuenta);
    let nuevo = NuevoLote::keep(&app.objetos, cuenta, &query.archivo, bytes.to_vec()).await?;
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let lote = receive_lote(&tx, can.cx(), nuevo).await?;
    let suma = lotes::sum(&tx, lote.id).await?;
    let vista = LoteView::of(lote, &suma);
    let respuesta = idem.remember(&tx, can.cx(), StatusCode::ACCEPTED, &vista).await?;
    tx.commit().await?;
    Ok(respuesta)
}

/// Un lote con sus sumas
#[utoipa::path(get, path = "/conciliacion/lotes/{lote}", tag = "conciliacion",
    params(("lote" = String, Path, description = "Identificador o número", example = "L-12")),
    responses((status = 200, description = "El lote", body = LoteView)))]
pub async fn get_lote(
    _can: Can<LeerConciliacion>,
    State(app): State<App>,
    Ruta(lote): Ruta<String>,
) -> Result<Json<LoteView>, Problem> {
    let lote = lote_named(&app.db, &lote).await?;
    let suma = lotes::sum(&app.db, lote.id).await?;
    Ok(Json(LoteView::of(lote, &suma)))
}

/// Los renglones de un lote, en el orden del archivo
#[utoipa::path(get, path = "/conciliacion/lotes/{lote}/renglones", tag = "conciliacion",
    params(("lote" = String, Path, description = "Identificador o número"), FiltroRenglonesQuery,
        Paginacion),
    responses((status = 200, description = "Una página", body = PaginaView<RenglonView>)))]
pub async fn get_renglones(
    _can: Can<LeerConciliacion>,
    State(app): State<App>,
    Ruta(lote): Ruta<String>,
    Filtros(query): Filtros<FiltroRenglonesQuery>,
    Filtros(pagina): Filtros<Paginacion>,
) -> Result<Json<PaginaView<RenglonView>>, Problem> {
    let lote = lote_named(&app.db, &lote).await?;
    let filtro = FiltroRenglones { lote: lote.id, estado: query.estado };
    let tramo = renglones::page(&app.db, &filtro, &pagina.cursor()).await?;
    let ids: Vec<_> = tramo.datos.iter().map(|r| r.id).collect();
    let pagos = vinculos::of_lines(&app.db, &ids).await?;
    Ok(Json(PaginaView::of(tramo, |r: Renglon| {
        RenglonView::of(&r, pagos.get(&r.id).map_or(&[][..], Vec::as_slice))
    })))
}

/// Vuelve a cotejar lo que espera, por si hubo facturas o pagos después
#[utoipa::path(post, path = "/conciliacion/lotes/{lote}/cotejar", tag = "conciliacion",
    params(("lote" = String, Path, description = "Identificador o número")),
    responses((status = 202, description = "El lote", body = LoteView)))]
pub async fn post_cotejar(
    can: Can<Conciliar>,
    State(app): State<App>,
    Ruta(lote): Ruta<String>,
) -> Result<(StatusCode, Json<LoteView>), Problem> {
    let tx = app.db.begin().await?;
    let lote = lote_named(&tx, &lote).await?;
    crate::jobs::ask_matching(&tx, can.cx(), &lote).await?;
    tx.commit().await?;
    let suma = lotes::sum(&app.db, lote.id).await?;
    Ok((StatusCode::ACCEPTED, Json(LoteView::of(lote, &suma))))
}

/// Acepta todas las sugerencias exactas de un lote, en segundo plano
#[utoipa::path(post, path = "/conciliacion/lotes/{lote}/aceptar-exactas", tag = "conciliacion",
    params(("lote" = String, Path, description = "Identificador o número"), CabeceraIdempotencia),
    responses((status = 202, description = "La tanda", body = TandaPedidaView)))]
pub async fn post_exactas(
    can: Can<Conciliar>,
    State(app): State<App>,
    Ruta(lote): Ruta<String>,
    idem: ClaveIdempotencia,
) -> Result<Response, Problem> {
    required(&idem)?;
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let lote = lote_named(&tx, &lote).await?;
    let titulo = format!("Aceptar exactas de {}", lote.codigo());
    let tanda = accept_exact(&tx, can.cx(), &lote, titulo).await?;
    let vista = TandaPedidaView { tanda_id: tanda.to_string() };
    let respuesta = idem.remember(&tx, can.cx(), StatusCode::ACCEPTED, &vista).await?;
    tx.commit().await?;
    Ok(respuesta)
}

/// Cierra un lote
///
/// Sin diferencia, o con un ajuste que la nombra; esto pide además `ajustes_conciliacion:aprobar`.
#[utoipa::path(post, path = "/conciliacion/lotes/{lote}/cerrar", tag = "conciliacion",
    params(("lote" = String, Path, description = "Identificador o número"), CabeceraIdempotencia),
    request_body = CerrarDatos,
    responses((status = 200, description = "El lote", body = LoteView)))]
pub async fn post_cerrar(
    can: Can<CerrarLotes>,
    State(app): State<App>,
    Ruta(lote): Ruta<String>,
    idem: ClaveIdempotencia,
    Parsed(datos): Parsed<CerrarDatos>,
) -> Result<Response, Problem> {
    required(&idem)?;
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let lote = lote_named(&tx, &lote).await?;
    let ajuste = adjustment(&datos, can.may(AjustarLotes::NOMBRE).into())?;
    let lote = close_lote(&tx, can.cx(), lote.id, ajuste).await?;
    let suma = lotes::sum(&tx, lote.id).await?;
    let vista = LoteView::of(lote, &suma);
    let respuesta = idem.remember(&tx, can.cx(), StatusCode::OK, &vista).await?;
    tx.commit().await?;
    Ok(respuesta)
}

/// Whether somebody may name a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Facultad {
    /// He may.
    Ajusta,
    /// He may not.
    Cierra,
}

impl From<bool> for Facultad {
    fn from(puede: bool) -> Facultad {
        if puede { Facultad::Ajusta } else { Facultad::Cierra }
    }
}

/// The adjustment that a body names. Errors: 422, 403 without permission.
pub(crate) fn adjustment(datos: &CerrarDatos, facultad: Facultad) -> Result<Option<Ajuste>, Error> {
    let texto = datos.ajuste.as_deref().unwrap_or("").trim();
    if texto.is_empty() {
        return Ok(None);
    }
    if facultad == Facultad::Cierra {
        return Err(Error::Refused(ramal_base::Problema::new(
            403,
            "permiso_requerido",
            "Falta un permiso",
            "Para cerrar con un ajuste hace falta el permiso ajustes_conciliacion:aprobar.",
        )));
    }
    let importe = cents("ajuste", texto)?;
    Ok(Some(Ajuste { importe, motivo: datos.motivo.clone() }))
}

/// Vuelve a abrir un lote cerrado
#[utoipa::path(post, path = "/conciliacion/lotes/{lote}/reabrir", tag = "conciliacion",
    params(("lote" = String, Path, description = "Identificador o número")),
    responses((status = 200, description = "El lote", body = LoteView)))]
pub async fn post_reabrir(
    can: Can<CerrarLotes>,
    State(app): State<App>,
    Ruta(lote): Ruta<String>,
) -> Result<Json<LoteView>, Problem> {
    let tx = app.db.begin().await?;
    let lote = lote_named(&tx, &lote).await?;
    let lote = reopen_lote(&tx, can.cx(), lote.id).await?;
    let suma = lotes::sum(&tx, lote.id).await?;
    tx.commit().await?;
    Ok(Json(LoteView::of(lote, &suma)))
}
