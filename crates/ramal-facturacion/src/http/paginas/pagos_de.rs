//! The money that settles an invoice, for its page and for its link. It changes nothing.

use std::collections::BTreeMap;

use ramal_cuenta::{Abono, abono, imputaciones_de_factura};
use ramal_db::{Consulta, DbError};
use ramal_web::Marco;
use uuid::Uuid;

use super::comun::amount;

/// Money that settles part of an invoice.
pub(super) struct PagoAplicado {
    /// Day on which the customer paid.
    pub(super) dia: String,
    /// Means of payment.
    pub(super) forma: String,
    /// Number of the operation; empty without one.
    pub(super) operacion: String,
    /// What it settles here.
    pub(super) monto: String,
    /// Its page.
    pub(super) ruta: String,
}

/// Abonos with what they settle of an invoice now, in order of value date.
pub(super) async fn pagos_of(
    c: &impl Consulta,
    marco: &Marco,
    factura: Uuid,
) -> Result<Vec<PagoAplicado>, DbError> {
    let mut netos: BTreeMap<Uuid, i64> = BTreeMap::new();
    for i in imputaciones_de_factura(c, factura).await? {
        *netos.entry(i.abono_id).or_default() += i.monto;
    }
    let mut pagos: Vec<(Abono, i64)> = Vec::new();
    for (id, monto) in netos.into_iter().filter(|(_, monto)| *monto > 0) {
        pagos.extend(abono(c, id).await?.map(|a| (a, monto)));
    }
    pagos.sort_by_key(|(a, _)| (a.fecha_valor, a.id));
    Ok(pagos.iter().map(|(a, monto)| row(marco, a, *monto)).collect())
}

fn row(marco: &Marco, a: &Abono, monto: i64) -> PagoAplicado {
    let forma = a.forma_pago.as_deref().unwrap_or("");
    let clave = format!("facturacion-forma-{forma}");
    let texto = marco.t(&clave);
    PagoAplicado {
        dia: marco.fecha_texto(&a.fecha_valor),
        forma: if texto == clave { forma.to_owned() } else { texto },
        operacion: a.operacion.clone().unwrap_or_default(),
        monto: amount(marco, monto, &a.moneda),
        ruta: format!("/facturacion/pagos/{}", a.id),
    }
}
