//! Due dates of services and the financial summary of a customer's services (C-07). Balances and
//! pending invoices are not here: they belong to billing.

use std::collections::BTreeMap;

use ramal_base::dinero::rh_div;
use ramal_base::{Dinero, Fecha, Moneda};
use ramal_clientes::ClienteId;
use ramal_db::{Consulta, DbError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{EstadoServicio, Servicio, storage};

/// Days before the due date on which a service begins to be about to fall due.
const DIAS_AVISO: i64 = 3;

/// Where a service stands with respect to its due date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum EstadoVencimiento {
    /// More than three days left.
    AlDia,
    /// One to three days left.
    PorVencer,
    /// Today.
    VenceHoy,
    /// The day has passed.
    Vencido,
    /// The service is not active, so nothing falls due.
    Inactivo,
}

impl EstadoVencimiento {
    /// Standing of a service in `estado` whose next unbilled period begins in `dias` days; none =
    /// nothing more will be billed.
    pub fn of(estado: EstadoServicio, dias: Option<i64>) -> EstadoVencimiento {
        if estado != EstadoServicio::Activo {
            return EstadoVencimiento::Inactivo;
        }
        match dias {
            Some(..0) => EstadoVencimiento::Vencido,
            Some(0) => EstadoVencimiento::VenceHoy,
            Some(1..=DIAS_AVISO) => EstadoVencimiento::PorVencer,
            _ => EstadoVencimiento::AlDia,
        }
    }
}

/// Due date of a service from its mark: the start of the next period not yet billed.
///
/// Shape: may be past (an unbilled service is overdue); none if it ends before. Without a mark it
/// is the first boundary from `hoy` on.
pub fn fecha_vencimiento(s: &Servicio, marca: Option<Fecha>, hoy: Fecha) -> Option<Fecha> {
    let vence = marca.unwrap_or_else(|| s.proximo_vencimiento(hoy));
    s.fin.is_none_or(|fin| vence < fin).then_some(vence)
}

/// What a service costs per month: its price by its months, rounded half up.
pub fn importe_mensual(s: &Servicio) -> Dinero {
    let centavos = rh_div(i128::from(s.precio.centavos), i128::from(s.ancla.meses()));
    Dinero::new(centavos, s.precio.moneda)
}

/// Financial summary of the services of a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResumenServicios {
    /// Active services.
    pub activos: u32,
    /// Monthly amount of the active ones, one per currency, list prices.
    pub monto_mensual: Vec<Dinero>,
    /// Earliest due date of the active ones; may be past.
    pub proximo_vencimiento: Option<Fecha>,
}

/// Summary of these services, each with its due mark.
pub fn resumen(servicios: &[(Servicio, Option<Fecha>)], hoy: Fecha) -> ResumenServicios {
    let activos: Vec<_> =
        servicios.iter().filter(|(s, _)| s.estado == EstadoServicio::Activo).collect();
    let mut montos: BTreeMap<Moneda, i64> = BTreeMap::new();
    for (servicio, _) in &activos {
        let mensual = importe_mensual(servicio);
        let suma = montos.entry(mensual.moneda).or_default();
        *suma = suma.saturating_add(mensual.centavos);
    }
    ResumenServicios {
        activos: u32::try_from(activos.len()).unwrap_or(u32::MAX),
        monto_mensual: montos.into_iter().map(|(m, c)| Dinero::new(c, m)).collect(),
        proximo_vencimiento: activos
            .iter()
            .filter_map(|(s, marca)| fecha_vencimiento(s, *marca, hoy))
            .min(),
    }
}

/// Summary of the services of a customer on `hoy`, for whoever adds invoices and balance to it.
pub async fn resumen_servicios(
    c: &impl Consulta,
    cliente: ClienteId,
    hoy: Fecha,
) -> Result<ResumenServicios, DbError> {
    let servicios = storage::by_cliente(c, cliente).await?;
    Ok(resumen(&storage::with_marcas(c, servicios).await?, hoy))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_itself_is_neither_overdue_nor_ahead() {
        use EstadoVencimiento::{AlDia, Inactivo, PorVencer, VenceHoy, Vencido};
        let activo = |dias| EstadoVencimiento::of(EstadoServicio::Activo, Some(dias));
        let dias = [-30, -1, 0, 1, 3, 4, 300].map(activo);
        assert_eq!(dias, [Vencido, Vencido, VenceHoy, PorVencer, PorVencer, AlDia, AlDia]);
        assert_eq!(EstadoVencimiento::of(EstadoServicio::Activo, None), AlDia);
        for estado in
            [EstadoServicio::Suspendido, EstadoServicio::Cancelado, EstadoServicio::Vencido]
        {
            assert_eq!(EstadoVencimiento::of(estado, Some(-1)), Inactivo);
        }
        let texto = serde_json::to_value(VenceHoy).unwrap();
        assert_eq!(texto, "VENCE_HOY");
    }
}
