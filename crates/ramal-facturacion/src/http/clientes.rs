//! What a customer has and owes, in one look (C-01, C-07). Changes nothing.

use axum::Json;
use axum::extract::State;
use ramal_base::{Dinero, Fecha};
use ramal_clientes::permisos::LeerClientes;
use ramal_clientes::{Cliente, referencia};
use ramal_contratos::vencimiento::{fecha_vencimiento, resumen};
use ramal_contratos::{EstadoServicio, Servicio};
use ramal_db::DbError;
use ramal_plataforma::Can;
use ramal_web::{App, Problem, Ruta};

use super::facturas::{company_zone, monies};
use crate::Error;
use crate::factura::FacturaFila;
use crate::storage::consultas;
use crate::vistas_corrida::{EstadoView, ResumenClienteView, ServicioEstadoView, UltimoPagoView};

struct Cuenta {
    cliente: Cliente,
    /// Each with the start of its next period not yet billed.
    servicios: Vec<(Servicio, Option<Fecha>)>,
    hoy: Fecha,
}

async fn account(app: &App, id: &str) -> Result<Cuenta, Error> {
    let id = referencia::resolve(&app.db, id).await?;
    let cliente = ramal_clientes::storage::by_id(&app.db, id).await?;
    let cliente = cliente.ok_or(Error::NotFound("cliente"))?;
    let servicios = ramal_contratos::storage::by_cliente(&app.db, id).await?;
    let servicios = ramal_contratos::storage::with_marcas(&app.db, servicios).await?;
    let hoy = company_zone(app).await?.fecha(app.cx.now());
    Ok(Cuenta { cliente, servicios, hoy })
}

/// Estado de cuenta de un cliente: servicios, deuda y último pago
///
/// Los tickets y el equipo vienen de sus propios módulos: mientras no estén, cero y nulo.
#[utoipa::path(get, path = "/clientes/{id}/estado", tag = "clientes",
    params(("id" = String, Path, description = "Identificador o código impreso", example = "C-1")),
    responses((status = 200, description = "El estado de cuenta", body = EstadoView)))]
pub async fn get_estado(
    _can: Can<LeerClientes>,
    State(app): State<App>,
    Ruta(id): Ruta<String>,
) -> Result<Json<EstadoView>, Problem> {
    let Cuenta { cliente, servicios, hoy } = account(&app, &id).await?;
    let saldos = consultas::deuda(&app.db, cliente.id.uuid()).await?;
    let ultimo = consultas::ultima_pagada(&app.db, cliente.id.uuid()).await?;
    Ok(Json(EstadoView {
        cliente_id: cliente.id.uuid(),
        codigo: cliente.codigo(),
        servicios: servicios.into_iter().map(|(s, marca)| service(s, marca, hoy)).collect(),
        facturas_pendientes: saldos.iter().map(|s| s.n).sum(),
        deuda: monies(saldos)?,
        ultimo_pago: ultimo.map(last_pago).transpose()?,
        tickets_abiertos: 0,
        router: None,
    }))
}

fn service(s: Servicio, marca: Option<Fecha>, hoy: Fecha) -> ServicioEstadoView {
    let vivo = matches!(s.estado, EstadoServicio::Activo | EstadoServicio::Suspendido);
    let proximo = if vivo { fecha_vencimiento(&s, marca, hoy) } else { None };
    ServicioEstadoView {
        servicio_id: s.id.uuid(),
        codigo: format!("S-{}", s.numero),
        descripcion: s.descripcion,
        estado: s.estado.texto(),
        precio: s.precio,
        proximo_vencimiento: proximo,
        dias_restantes: proximo.map(|p| hoy.dias_hasta(p)),
    }
}

fn last_pago(f: FacturaFila) -> Result<UltimoPagoView, DbError> {
    let moneda = f.moneda.parse().map_err(|_| DbError::Corrupt("currency of a factura"))?;
    Ok(UltimoPagoView {
        fecha: f.pagada,
        factura_id: f.id.uuid(),
        numero: f.numero(),
        importe: Dinero::new(f.aplicado, moneda),
    })
}

/// Resumen financiero de un cliente
#[utoipa::path(get, path = "/clientes/{id}/resumen", tag = "clientes",
    params(("id" = String, Path, description = "Identificador o código impreso", example = "C-1")),
    responses((status = 200, description = "El resumen", body = ResumenClienteView)))]
pub async fn get_resumen(
    _can: Can<LeerClientes>,
    State(app): State<App>,
    Ruta(id): Ruta<String>,
) -> Result<Json<ResumenClienteView>, Problem> {
    let Cuenta { cliente, servicios, hoy } = account(&app, &id).await?;
    let suma = resumen(&servicios, hoy);
    let saldos = consultas::deuda(&app.db, cliente.id.uuid()).await?;
    Ok(Json(ResumenClienteView {
        cliente_id: cliente.id.uuid(),
        total_servicios_activos: i64::from(suma.activos),
        monto_mensual: suma.monto_mensual,
        proximo_vencimiento: suma.proximo_vencimiento,
        facturas_pendientes: saldos.iter().map(|s| s.n).sum(),
        saldo_pendiente: monies(saldos)?,
    }))
}
