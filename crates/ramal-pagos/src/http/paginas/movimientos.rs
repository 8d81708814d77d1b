//! The movements of a shift as rows for people. It moves nothing.

use ramal_web::pagina::Insignia;
use ramal_web::{App, Marco, Problem};

use super::comun::{LISTA, Nombres, amount_of, means_of};
use crate::caja::{Caja, MovimientoFila, Turno};

/// A movement.
pub(super) struct Movimiento {
    pub(super) momento: String,
    pub(super) clase: Insignia,
    pub(super) que: String,
    pub(super) ruta: String,
    pub(super) motivo: String,
    pub(super) medio: String,
    pub(super) quien: String,
    pub(super) monto: String,
}

/// The rows, with the number of each receipt and who did it.
pub(super) async fn listed(
    app: &App,
    marco: &Marco,
    (filas, cajas, turno): (&[MovimientoFila], &[Caja], &Turno),
) -> Result<Vec<Movimiento>, Problem> {
    let actores = filas.iter().map(|m| m.actor.as_str());
    let nombres = Nombres::load(&app.db, &marco.textos, actores).await?;
    let caja = cajas.iter().find(|c| c.id == turno.caja_id).map_or("", |c| c.codigo.as_str());
    Ok(filas.iter().map(|m| one(marco, m, (caja, &nombres))).collect())
}

fn one(marco: &Marco, m: &MovimientoFila, (caja, nombres): (&str, &Nombres)) -> Movimiento {
    let clase = marco.t(&format!("pagos-movimiento-{}", m.clase));
    let pago = m.pago_numero.map(|n| format!("P-{n}"));
    let recibo = m.recibo_numero.map(|n| format!("{caja}-{n:06}"));
    Movimiento {
        momento: marco.momento(&m.registrado),
        clase: if m.monto < 0 { Insignia::aviso(clase) } else { Insignia::ok(clase) },
        ruta: pago.as_ref().map(|p| format!("{LISTA}/{p}")).unwrap_or_default(),
        que: [recibo, pago].into_iter().flatten().collect::<Vec<_>>().join(" · "),
        motivo: m.motivo.clone().unwrap_or_default(),
        medio: means_of(&marco.textos, &m.medio),
        quien: nombres.of(&m.actor),
        monto: amount_of(marco, m.monto, &m.moneda),
    }
}
