//! Money put into a drawer or taken out of it for another reason than a cliente's payment: change,
//! a taxi, the deposit of the day.

use ramal_base::{Cx, Dinero};
use ramal_db::Tx;
use ramal_plataforma::{Registro, audit};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::partes::{motivo, own_turno, positive};
use crate::caja::{ClaseMovimiento, Conteo, Turno};
use crate::storage::caja::{self, NuevoMovimientoCaja};
use crate::{Error, Medio};

/// Cuerpo de `POST /caja/movimientos`.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DatosMovimiento {
    /// `ingreso` o `egreso`.
    pub clase: ClaseMovimiento,
    /// Importe en efectivo, en la moneda de la caja.
    #[schema(example = "50.00")]
    pub monto: String,
    /// Por qué, de 3 a 200 caracteres.
    #[schema(example = "Depósito al banco")]
    pub motivo: String,
}

/// Moves cash in the open shift of who acts.
///
/// Errors: `SinTurno`; `Refused` naming the bad field; 409 `caja_sin_efectivo` if more would leave
/// than the drawer should hold; `Storage`.
pub async fn record_movimiento(tx: &Tx, cx: &Cx, datos: DatosMovimiento) -> Result<Turno, Error> {
    let turno = own_turno(tx, cx).await?;
    let monto = positive("monto", &datos.monto)?;
    let razon = motivo("motivo", &datos.motivo)?;
    let con_signo = match datos.clase {
        ClaseMovimiento::Ingreso => monto,
        ClaseMovimiento::Egreso => -monto,
        _ => {
            let motivo = "Elegir ingreso o egreso.";
            return Err(Error::campo("clase", "clase_invalida", motivo));
        }
    };
    let nuevo = NuevoMovimientoCaja {
        clase: datos.clase,
        medio: Medio::Efectivo,
        dinero: Dinero::new(con_signo, turno.moneda),
        pago_id: None,
        motivo: Some(&razon),
    };
    // The movement locks the shift; the sum is read after it.
    if !caja::insert_movimiento(tx, cx, turno.id, &nuevo).await? {
        return Err(Error::SinTurno);
    }
    let queda =
        caja::esperado(tx, &turno).await?.first().map_or(0, |c: &Conteo| c.esperado.centavos);
    if queda < 0 {
        let hay = Dinero::new(queda + monto, turno.moneda);
        let detalle = format!("En la caja debería haber {hay}. No se puede sacar más que eso.");
        return Err(Error::conflicto("caja_sin_efectivo", detalle));
    }
    let registro = Registro::new("turno.mover", "turno", turno.id);
    let importe = Dinero::new(con_signo, turno.moneda).to_string();
    let despues = json!({ "clase": datos.clase, "monto": importe, "motivo": razon });
    audit(tx, cx, registro.despues(despues)).await?;
    Ok(turno)
}
