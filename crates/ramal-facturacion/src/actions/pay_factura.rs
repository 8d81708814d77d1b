//! Settling an invoice whole by hand: a payment of what it has open.

use ramal_base::{Cx, Fecha, Zona};
use ramal_db::Tx;
use ramal_plataforma::{EmisorId, Registro, audit};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::create_factura::checked_means;
use super::partes::open;
use crate::cobro::{Cuenta, Destino, NuevoAbono, Partida, record_abono};
use crate::{ClaseFactura, Error, EstadoFactura, FacturaId};

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

/// Marker of ids of money that came in by hand.
struct AbonoMarca;

/// Settles an invoice whole with money of its own.
///
/// Errors: `NotFound`, `Estado` if voided, `Refused`, `Storage`. A paid one stays as it was paid.
/// Emits `PagoAplicado` and `FacturaPagada`.
pub async fn pay_factura(
    tx: &Tx,
    cx: &Cx,
    factura: FacturaId,
    datos: DatosPago,
) -> Result<(), Error> {
    let fila = open(tx, factura.uuid()).await?;
    match (EstadoFactura::parse(&fila.estado), ClaseFactura::parse(&fila.clase)) {
        (_, Some(ClaseFactura::NotaCredito)) => {
            let detalle = "Una nota de crédito no se cobra.";
            return Err(Error::conflicto("nota_no_se_cobra", detalle));
        }
        (Some(EstadoFactura::Pagada), _) => return Ok(()),
        (Some(EstadoFactura::Emitida), _) => {}
        (Some(EstadoFactura::Anulada), _) => return Err(Error::Estado("anulada")),
        _ => return Err(Error::Estado("en borrador")),
    }
    let emisor = ramal_plataforma::emisor(tx, EmisorId::from_uuid(fila.emisor_id)).await?;
    let (fecha_valor, forma_pago, operacion) = checked(cx, &emisor.zona(), &datos)?;
    let monto = fila.saldo();
    if monto == 0 {
        return Ok(());
    }
    let efectivo = forma_pago == "01";
    let moneda = fila.moneda.parse().map_err(|_| ramal_db::DbError::Corrupt("currency"))?;
    let nuevo = NuevoAbono {
        id: cx.new_id::<AbonoMarca>().uuid(),
        cliente_id: fila.cliente_id,
        moneda,
        monto,
        contrapartida: if efectivo { Cuenta::Caja } else { Cuenta::Banco },
        fecha_valor,
        forma_pago,
        operacion,
    };
    let partida = Partida { factura_id: factura.uuid(), linea: None, monto };
    let registro = Registro::new("factura.pagar", "factura", factura);
    let datos = json!({ "fecha": fecha_valor, "abono_id": nuevo.id });
    record_abono(tx, cx, nuevo, Destino::Explicito(vec![partida])).await?;
    audit(tx, cx, registro.despues(datos)).await?;
    Ok(())
}

fn checked(
    cx: &Cx,
    zona: &Zona,
    datos: &DatosPago,
) -> Result<(Fecha, String, Option<String>), Error> {
    let hoy = zona.fecha(cx.now());
    let fecha = datos.fecha.unwrap_or(hoy);
    if fecha > hoy || fecha < hoy.plus_dias(-3660) {
        let motivo = "El día del pago no puede ser futuro.";
        return Err(Error::campo("fecha", "fecha_invalida", motivo));
    }
    let operacion = datos.operacion.as_deref().map(str::trim).filter(|o| !o.is_empty());
    if operacion.is_some_and(|o| o.chars().count() > 100 || o.chars().any(|c| c == '|')) {
        let motivo = "El número de operación lleva hasta 100 caracteres, sin la barra |.";
        return Err(Error::campo("operacion", "operacion_invalida", motivo));
    }
    let forma_pago = checked_means(datos.forma_pago.as_deref())?.unwrap_or_else(|| "03".into());
    Ok((fecha, forma_pago, operacion.map(str::to_owned)))
}
