//! Settling one factura whole, as the route that has always done it asks: a payment of what it has
//! open. It chooses no other factura.

use ramal_base::{Cx, Fecha};
use ramal_clientes::ClienteId;
use ramal_db::{DbError, Tx};
use ramal_facturacion::cobro::{Destino, Partida, abierta};
use ramal_facturacion::storage::cambios;
use ramal_facturacion::{ClaseFactura, EstadoFactura, FacturaId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::record_pago::{Detalle, Operacion, check_day, record_detailed};
use crate::medio::FORMAS;
use crate::{Error, Medio, NuevoPago, OrigenPago, Pago};

/// Cuerpo de `PATCH /facturacion/{uuid}/pagar`; todo es opcional.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DatosPago {
    /// Día en que entró el dinero; hoy si no se dice.
    #[schema(value_type = Option<String>, format = Date, example = "2026-11-20")]
    pub fecha: Option<Fecha>,
    /// Medio de pago, c_FormaPago; `03` transferencia si no se dice.
    #[schema(example = "03")]
    pub forma_pago: Option<String>,
    /// Número de la operación, hasta 100 caracteres.
    #[schema(example = "SPEI-8841")]
    pub operacion: Option<String>,
}

/// Pays what a factura has open; a settled one stays as it is.
///
/// The operation number may repeat: one operation may have settled several facturas.
/// Errors: `NotFound("factura")`; 409 `nota_no_se_cobra`, `estado_no_permite`; `Refused` naming the
/// bad field; those of [`super::record_pago`].
pub async fn pay_factura(
    tx: &Tx,
    cx: &Cx,
    factura: FacturaId,
    datos: DatosPago,
) -> Result<Option<Pago>, Error> {
    let leida = cambios::by_id(tx, factura.uuid()).await?.ok_or(Error::NotFound("factura"))?;
    ramal_clientes::storage::lock(tx, ClienteId::from_uuid(leida.cliente_id)).await?;
    let fila = cambios::lock(tx, factura.uuid()).await?.ok_or(Error::NotFound("factura"))?;
    match (EstadoFactura::parse(&fila.estado), ClaseFactura::parse(&fila.clase)) {
        (_, Some(ClaseFactura::NotaCredito)) => {
            let detalle = "Una nota de crédito no se cobra.";
            return Err(Error::conflicto("nota_no_se_cobra", detalle));
        }
        (Some(EstadoFactura::Pagada), _) => return Ok(None),
        (Some(EstadoFactura::Emitida), _) => {}
        (Some(EstadoFactura::Anulada), _) => return Err(state("anulada")),
        _ => return Err(state("en borrador")),
    }
    let hoy = super::partes::today(tx, cx).await?;
    let fecha_valor = datos.fecha.unwrap_or(hoy);
    check_day("fecha", hoy, fecha_valor)?;
    let forma = datos.forma_pago.unwrap_or_else(|| "03".to_owned());
    if !FORMAS.contains(&forma.as_str()) {
        let motivo = "Use una clave de c_FormaPago: 01 efectivo, 03 transferencia, 04 tarjeta…";
        return Err(Error::campo("forma_pago", "forma_pago_invalida", motivo));
    }
    let Some(abierta) = abierta(tx, factura.uuid()).await? else { return Ok(None) };
    let partida = Partida { factura_id: factura.uuid(), linea: None, monto: abierta.abierto };
    let nuevo = NuevoPago {
        cliente_id: abierta.cliente_id,
        moneda: abierta.moneda,
        monto: abierta.abierto,
        medio: Medio::of_forma_pago(&forma),
        origen: OrigenPago::Manual,
        proveedor: None,
        referencia: None,
        fecha_valor,
        operacion: datos.operacion,
        notas: None,
        destino: Destino::Explicito(vec![partida]),
        turno_id: None,
    };
    let detalle = Detalle { forma_pago: Some(forma), operacion: Operacion::Repetible };
    let registrado = record_detailed(tx, cx, nuevo, detalle).await?;
    if !registrado.nuevo {
        return Err(DbError::Corrupt("a payment without reference was there already").into());
    }
    Ok(Some(registrado.pago))
}

fn state(estado: &str) -> Error {
    let detalle = format!("La factura está {estado} y no admite esta operación.");
    Error::conflicto("estado_no_permite", detalle)
}
