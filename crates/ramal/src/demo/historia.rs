//! What happened to the demo company between its two billed months: a plan that grew, a price that
//! changed, a cut, and two customers whose data are not those of the tax office. It bills nothing.

use std::sync::Arc;

use anyhow::Context;
use ramal_base::{Cx, Fecha, FixedClock, Zona};
use ramal_clientes::{ClienteId, DatosCliente, actions as clientes, validacion};
use ramal_contratos::actions::{self as contratos, BajaInmediata};
use ramal_contratos::comandos::CambioServicio;
use ramal_db::Tx;
use ramal_emulador::pac;
use ramal_plataforma::Emisor;
use serde_json::json;

use super::{NUMERO_JAVIER, contract};
use crate::casa::Casa;
use crate::salida::problem;

/// The two months that the demo bills, both before the one that runs.
pub struct Meses {
    /// First day of the first month.
    pub primero: Fecha,
    /// Last day of the first month.
    pub cierre_primero: Fecha,
    /// First day of the second month.
    pub segundo: Fecha,
    /// Last day of the second month.
    pub cierre_segundo: Fecha,
}

impl Meses {
    /// The two months before the month of a day.
    pub fn before(hoy: Fecha) -> Meses {
        let actual = hoy.plus_dias(1 - i32::from(hoy.dia()));
        let segundo = actual.plus_meses(-1);
        Meses {
            primero: actual.plus_meses(-2),
            cierre_primero: segundo.plus_dias(-1),
            segundo,
            cierre_segundo: actual.plus_dias(-1),
        }
    }
}

/// Customers of the stories whose registered data differ: number, name, RFC, postal code that they
/// gave, postal code that the SAT has.
const DISTINTOS: [(i64, &str, &str, &str, &str); 2] = [
    (66_501, "Ximena Peñaloza Rojas", "PERX850412AB7", "64000", "64610"),
    (66_502, "Óscar Ibáñez Güemes", "IAGO790923KL4", "64000", "66220"),
];

/// Makes what happened in the second month; repeating it changes nothing.
pub async fn live(casa: &Casa, emisor: &Emisor, meses: &Meses) -> anyhow::Result<()> {
    let tx = casa.db.begin().await?;
    if ramal_clientes::storage::id_by_numero(&tx, DISTINTOS[0].0).await?.is_some() {
        return Ok(());
    }
    register(casa)?;
    for distinto in DISTINTOS {
        let cliente = newcomer(&tx, casa, distinto).await?;
        contract(&tx, &casa.cx, (cliente, emisor), ("FIBRA 100", meses.segundo)).await?;
    }
    let javier = ramal_clientes::storage::id_by_numero(&tx, NUMERO_JAVIER).await?;
    grow(&tx, javier.context("falta Javier Mosca")?, meses).await?;
    tx.commit().await?;
    Ok(())
}

/// What the emulated SAT knows of the two.
fn register(casa: &Casa) -> anyhow::Result<()> {
    let dir = Some(casa.carpeta.join("emulador").join("pac"));
    let pac = pac::Emulador::abrir(pac::Opciones { dir, ..pac::Opciones::new(casa.cx.clock()) })?;
    for (_, nombre, rfc, _, codigo_postal) in DISTINTOS {
        pac.register(pac::Contribuyente {
            rfc: rfc.to_owned(),
            nombre: nombre.to_uppercase(),
            codigo_postal: codigo_postal.to_owned(),
            regimenes: Vec::new(),
        })?;
    }
    Ok(())
}

async fn newcomer(
    tx: &Tx,
    casa: &Casa,
    (numero, nombre, rfc, codigo_postal, _): (i64, &str, &str, &str, &str),
) -> anyhow::Result<ClienteId> {
    let datos = DatosCliente {
        tipo_documento: "RFC".to_owned(),
        numero_documento: rfc.to_owned(),
        razon_social: nombre.to_uppercase(),
        email: Some(format!("{}@correo.example", rfc.to_lowercase())),
        codigo_postal: Some(codigo_postal.to_owned()),
        regimen_fiscal: Some("605".to_owned()),
        rfc_confirmado: true,
        ..DatosCliente::default()
    };
    let validos = validacion::check(&datos).map_err(ramal_base::Problema::campos)?;
    let cliente = clientes::new_cliente(&casa.cx, &datos, validos, numero);
    ramal_clientes::storage::insert_many(tx, std::slice::from_ref(&cliente), None).await?;
    Ok(cliente.id)
}

/// Javier's fibre grows to 300 Mb: his next invoice differs from the last.
async fn grow(tx: &Tx, javier: ClienteId, meses: &Meses) -> anyhow::Result<()> {
    let servicios = ramal_contratos::storage::by_cliente(tx, javier).await?;
    let fibra = servicios.into_iter().find(|s| s.descripcion.contains("FIBRA"));
    let fibra = fibra.context("Javier no tiene fibra")?;
    let plan = ramal_catalogo::storage::by_nombre(tx, "FIBRA 300").await?;
    let plan = plan.context("falta el plan FIBRA 300 en el catálogo")?;
    let cambio: CambioServicio = serde_json::from_value(json!({
        "producto_id": plan.id,
        "momento": "inmediato",
        "descripcion": plan.nombre,
        "motivo": "Pidió pasar a 300 Mb",
    }))?;
    let cx = that_day(meses.segundo.plus_dias(10))?;
    let baja = BajaInmediata::Negada;
    let hecho = contratos::update_servicio(tx, &cx, (fibra.id, None), cambio, baja).await;
    hecho.map_err(problem)?;
    Ok(())
}

/// A context at noon of a day gone by: what happened then is dated then.
fn that_day(dia: Fecha) -> anyhow::Result<Cx> {
    let mediodia = Zona::utc().instante(&format!("{dia}T18:00:00"))?;
    Ok(Cx::with_clock(Arc::new(FixedClock::new(mediodia)), "demo"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_two_months_end_before_the_one_that_runs() {
        let meses = Meses::before(Fecha::parse("2026-03-31").unwrap());
        let dias = [meses.primero, meses.cierre_primero, meses.segundo, meses.cierre_segundo];
        let textos = dias.map(|d| d.to_string());
        assert_eq!(textos, ["2026-01-01", "2026-01-31", "2026-02-01", "2026-02-28"]);
    }
}
