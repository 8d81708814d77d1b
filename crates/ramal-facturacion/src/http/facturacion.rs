//! The run over HTTP: preview, pending list, execution, runs. The run itself lives in `corrida`.

use std::collections::HashMap;

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::Response;
use ramal_base::{Cx, Dinero, Fecha, Moneda};
use ramal_clientes::ClienteId;
use ramal_db::{Cursor, DbError, Pagina, Tx};
use ramal_jobs::{NuevoTrabajo, enqueue};
use ramal_plataforma::{Can, Registro, audit};
use ramal_web::ensamble::PREFIJO;
use ramal_web::{
    App, CabeceraIdempotencia, ClaveIdempotencia, Filtros, PaginaView, Paginacion, Parsed, Problem,
    Ruta,
};
use serde_json::json;
use uuid::Uuid;

use super::facturas::{bad_cursor, company_zone};
use crate::corrida::preview::{Visto, preview_each};
use crate::corrida::{Contexto, ResumenCorrida, carga, plan, resumen};
use crate::jobs::TRABAJO_CORRIDA;
use crate::permisos::{EjecutarFacturacion, LeerFacturacion};
use crate::storage::consultas;
use crate::storage::corridas::{self, CorridaFila};
use crate::vistas::within_calendar;
use crate::vistas_corrida::{
    CargoPendienteView, CorridaPedidaView, CorridaView, DatosCorrida, DiferenciaView, FechaQuery,
    PendienteView, PreviewQuery, PreviewView,
};
use crate::{ClaseFactura, Error};

/// Lo que haría la corrida de un día, sin hacer nada
///
/// Trae totales, clientes apartados y por qué, clientes nuevos, y los que cambian más que el umbral
/// frente a lo último que se les facturó.
#[utoipa::path(get, path = "/facturacion/preview", tag = "facturacion", params(PreviewQuery),
    responses((status = 200, description = "La vista previa", body = PreviewView)))]
pub async fn get_preview(
    can: Can<LeerFacturacion>,
    State(app): State<App>,
    Filtros(query): Filtros<PreviewQuery>,
) -> Result<Json<PreviewView>, Problem> {
    let fecha = run_day(&app, query.fecha).await?;
    let mut nuevos: HashMap<(Uuid, &'static str), i64> = HashMap::new();
    let ver = |cliente: Uuid, visto: Visto<'_>| {
        let Visto::Papeles(papeles) = visto else { return };
        for p in papeles {
            let credito = p.clase == ClaseFactura::NotaCredito;
            let suma = nuevos.entry((cliente, p.moneda)).or_default();
            *suma += if credito { 0 } else { p.montos.total };
        }
    };
    let resumen = preview_each(&app.db, can.cx(), fecha, ver).await?;
    let clientes: Vec<Uuid> = nuevos.keys().map(|(cliente, _)| *cliente).collect();
    let antes = consultas::ultimo_facturado(&app.db, &clientes).await?;
    let umbral = i64::from(query.umbral.unwrap_or(20));
    Ok(Json(compared(resumen, &nuevos, &antes, umbral)?))
}

fn compared(
    resumen: ResumenCorrida,
    nuevos: &HashMap<(Uuid, &'static str), i64>,
    antes: &HashMap<(Uuid, String), i64>,
    umbral: i64,
) -> Result<PreviewView, DbError> {
    let mut clientes_nuevos = 0;
    let mut diferencias = Vec::new();
    for ((cliente, moneda), nuevo) in nuevos {
        let Some(anterior) = antes.get(&(*cliente, (*moneda).to_owned())) else {
            clientes_nuevos += 1;
            continue;
        };
        let cambio = change(*anterior, *nuevo);
        if cambio.abs() > umbral {
            let moneda: Moneda = moneda.parse().map_err(|_| DbError::Corrupt("currency"))?;
            diferencias.push(DiferenciaView {
                cliente_id: *cliente,
                anterior: Dinero::new(*anterior, moneda),
                nuevo: Dinero::new(*nuevo, moneda),
                cambio,
            });
        }
    }
    diferencias.sort_by_key(|d| (std::cmp::Reverse(d.cambio.abs()), d.cliente_id));
    let n = i64::try_from(diferencias.len()).unwrap_or(i64::MAX);
    diferencias.truncate(100);
    Ok(PreviewView { resumen, clientes_nuevos, diferencias: n, diferencias_detalle: diferencias })
}

/// Change in percentage points, with sign.
fn change(anterior: i64, nuevo: i64) -> i64 {
    if anterior == 0 {
        return if nuevo == 0 { 0 } else { 100 };
    }
    let diferencia = i128::from(nuevo) - i128::from(anterior);
    ramal_base::dinero::rh_div(diferencia * 100, i128::from(anterior))
}

/// The asked day, or today; a run is not asked for a day so far ahead that it must be a mistake.
pub(super) async fn run_day(app: &App, pedida: Option<Fecha>) -> Result<Fecha, Problem> {
    let hoy = company_zone(app).await?.fecha(app.cx.now());
    match pedida {
        None => Ok(hoy),
        Some(fecha) if (hoy.plus_dias(-1100)..=hoy.plus_dias(62)).contains(&fecha) => Ok(fecha),
        Some(_) => {
            let motivo = "Elija un día de hasta 62 días por delante.";
            Err(Problem::campo("fecha", "fecha_fuera_de_rango", motivo))
        }
    }
}

/// Lo que está por facturarse un día, cliente por cliente
#[utoipa::path(get, path = "/facturacion/pendientes", tag = "facturacion",
    params(FechaQuery, Paginacion),
    responses((status = 200, description = "Una página de clientes",
        body = PaginaView<PendienteView>)))]
pub async fn get_pendientes(
    _can: Can<LeerFacturacion>,
    State(app): State<App>,
    Filtros(query): Filtros<FechaQuery>,
    Filtros(pagina): Filtros<Paginacion>,
) -> Result<Json<PaginaView<PendienteView>>, Problem> {
    let fecha = run_day(&app, query.fecha).await?;
    let ctx = Contexto::load(&app.db, fecha).await?;
    let cursor = pagina.cursor();
    let despues = after(&cursor)?;
    let (limite, filas) = (ctx.limite(), cursor.filas());
    let ids = ramal_contratos::storage::clientes_por_revisar(&app.db, limite, despues, filas);
    let ids: Pagina<ClienteId> = Pagina::cut(ids.await?, &cursor, |id| id.to_string());
    let clientes = ramal_clientes::storage::by_ids(&app.db, &ids.datos).await?;
    let lote = carga::load(&app.db, &ctx, clientes).await?;
    let datos = lote.clientes.into_iter().map(|(c, suyas)| pending(&ctx, c, suyas)).collect();
    Ok(Json(PaginaView { datos, siguiente: ids.siguiente }))
}

fn after(cursor: &Cursor) -> Result<Option<ClienteId>, Problem> {
    let Some(texto) = cursor.cursor.as_deref() else { return Ok(None) };
    texto.parse().map(Some).map_err(|_| bad_cursor())
}

fn pending(
    ctx: &Contexto,
    cliente: ramal_clientes::Cliente,
    historias: Vec<plan::Historia>,
) -> PendienteView {
    let mut vista = PendienteView {
        cliente_id: cliente.id.uuid(),
        cliente: cliente.razon_social,
        cargos: Vec::new(),
        aparcado: None,
    };
    for historia in historias {
        match plan::compute(ctx, historia) {
            Ok(calculo) => vista.cargos.extend(charges(calculo)),
            Err(motivo) => vista.aparcado = Some(motivo.texto),
        }
    }
    vista
}

fn charges(calculo: plan::Calculo) -> Vec<CargoPendienteView> {
    let plan::Calculo { servicio, cargos, .. } = calculo;
    let cargo = |c: crate::nucleo::CargoPropuesto| CargoPendienteView {
        servicio_id: servicio.id.uuid(),
        servicio: format!("S-{}", servicio.numero),
        descripcion: servicio.descripcion.clone(),
        desde: c.periodo.desde,
        hasta: c.periodo.hasta,
        importe: Dinero::new(c.monto, servicio.precio.moneda),
    };
    cargos.into_iter().map(cargo).collect()
}

/// Ejecuta la corrida de un día
///
/// Trabaja en segundo plano; el enlace dice cómo va. Ejecutarla otra vez no cobra nada dos veces.
#[utoipa::path(post, path = "/facturacion/ejecutar", tag = "facturacion",
    params(CabeceraIdempotencia), request_body = DatosCorrida,
    responses((status = 202, description = "En marcha", body = CorridaPedidaView,
        headers(("Location" = String)))))]
pub async fn post_ejecutar(
    can: Can<EjecutarFacturacion>,
    State(app): State<App>,
    idem: ClaveIdempotencia,
    Parsed(datos): Parsed<DatosCorrida>,
) -> Result<Response, Problem> {
    let fecha = run_day(&app, datos.fecha).await?;
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let vista = ask(&tx, can.cx(), fecha).await?;
    let cabeceras = [(header::LOCATION, vista.enlace.clone())];
    let aceptado = (StatusCode::ACCEPTED, &cabeceras[..]);
    let respuesta = idem.remember_with(&tx, can.cx(), aceptado, &vista).await?;
    tx.commit().await?;
    Ok(respuesta)
}

/// Asks for the run of a day; one that was paused goes on.
pub(super) async fn ask(tx: &Tx, cx: &Cx, fecha: Fecha) -> Result<CorridaPedidaView, Error> {
    let corrida = corridas::ensure(tx, cx, fecha).await?;
    corridas::set_pausada(tx, corrida.id, None).await?;
    enqueue(tx, cx, NuevoTrabajo::new(TRABAJO_CORRIDA, json!({ "fecha": fecha }))).await?;
    let registro = Registro::new("facturacion.ejecutar", "corrida", corrida.id);
    audit(tx, cx, registro.despues(json!({ "fecha": fecha }))).await?;
    let enlace = format!("{PREFIJO}/facturacion/corridas/{fecha}");
    Ok(CorridaPedidaView { corrida: corrida.id.uuid(), fecha, enlace })
}

/// Las corridas, del día más nuevo al más viejo
#[utoipa::path(get, path = "/facturacion/corridas", tag = "facturacion", params(Paginacion),
    responses((status = 200, description = "Una página", body = PaginaView<CorridaView>)))]
pub async fn get_corridas(
    _can: Can<LeerFacturacion>,
    State(app): State<App>,
    Filtros(pagina): Filtros<Paginacion>,
) -> Result<Json<PaginaView<CorridaView>>, Problem> {
    let filas = consultas::corridas(&app.db, &pagina.cursor()).await?.ok_or_else(bad_cursor)?;
    let view = |c: CorridaFila| CorridaView {
        corrida: c.id.uuid(),
        fecha: c.fecha,
        estado: c.estado,
        creado: c.creado,
        terminado: c.terminado,
    };
    Ok(Json(PaginaView::of(filas, view)))
}

/// Cómo va o cómo quedó la corrida de un día
#[utoipa::path(get, path = "/facturacion/corridas/{fecha}", tag = "facturacion",
    params(("fecha" = String, Path, format = Date, description = "Día", example = "2026-12-01")),
    responses((status = 200, description = "La corrida", body = ResumenCorrida)))]
pub async fn get_corrida(
    _can: Can<LeerFacturacion>,
    State(app): State<App>,
    Ruta(fecha): Ruta<Fecha>,
) -> Result<Json<ResumenCorrida>, Problem> {
    Ok(Json(resumen(&app.db, within_calendar(fecha)).await?))
}

#[cfg(test)]
mod tests {
    use super::change;

    #[test]
    fn a_change_keeps_its_sign_and_a_gift_is_not_a_division_by_zero() {
        assert_eq!((change(39_900, 29_260), change(100, 150), change(0, 5)), (-27, 50, 100));
        assert_eq!(change(0, 0), 0);
    }
}
