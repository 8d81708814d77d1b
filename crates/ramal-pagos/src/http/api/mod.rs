//! The JSON routes, and what they share. Thin: authorize, begin, one action, commit, render.

pub mod actos;
pub mod caja;
pub mod facturas;
pub mod pagos;

use ramal_base::Problema;
use ramal_db::Consulta;
use ramal_web::{ClaveIdempotencia, Problem};

use crate::storage::{caja as cajas, devoluciones, pagos as tabla};
use crate::vistas::{AplicacionView, DevolucionView, PagoDetalleView, PagoView};
use crate::{Error, Pago};

/// A route that moves money is not called without a key: a repeated call must be known as one.
pub(crate) fn required(idem: &ClaveIdempotencia) -> Result<(), Problem> {
    if idem.is_given() {
        return Ok(());
    }
    Err(Problem(Problema::new(
        400,
        "idempotencia_clave_requerida",
        "Falta Idempotency-Key",
        "Esta ruta mueve dinero: enviar la cabecera Idempotency-Key, por ejemplo un UUID. Repetir \
         la petición con la misma clave no cobra dos veces.",
    )))
}

/// A cursor that is not one of ours.
pub(crate) fn bad_cursor() -> Problem {
    let motivo = "Use el valor de «siguiente» de la página anterior, sin cambiarlo.";
    Problem::campo("cursor", "cursor_invalido", motivo)
}

/// A payment with everything that hangs from it.
pub(crate) async fn detail(
    c: &impl Consulta,
    pago: Pago,
    nuevo: Novedad,
) -> Result<PagoDetalleView, Error> {
    let id = pago.id;
    let pago = PagoView::from(pago);
    let aplicado = tabla::aplicado_a(c, id).await?;
    let devueltas = devoluciones::de_pago(c, id).await?;
    let recibo = cajas::recibo(c, id.uuid()).await?;
    Ok(PagoDetalleView {
        aplicaciones: aplicado.into_iter().map(|a| AplicacionView::of(a, &pago)).collect(),
        devoluciones: devueltas.into_iter().map(DevolucionView::from).collect(),
        recibo: recibo.map(|r| r.codigo()),
        nuevo: nuevo == Novedad::Nuevo,
        pago,
    })
}

/// Whether a payment was made by this request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Novedad {
    /// Now.
    Nuevo,
    /// Before.
    Conocido,
}
