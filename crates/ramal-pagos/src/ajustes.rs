//! The limits that the company sets: how much may be given back without approval, how much a
//! closing may differ. Their keys, their defaults, and changing them. It enforces none.

use ramal_base::dinero::{format_centavos, parse_centavos};
use ramal_base::{CampoInvalido, Cx, Moneda, Problema};
use ramal_db::Tx;
use ramal_plataforma::{Empresa, update_ajustes_empresa};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::Error;

const DEVOLUCION: &str = "devolucion_limite";
const DIFERENCIA: &str = "caja_diferencia_limite";

/// Limits in one currency, minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limites {
    /// Largest refund without approval.
    pub devolucion: i64,
    /// Largest difference of a closing without a supervisor, either way.
    pub diferencia: i64,
}

/// Limits of a company in a currency.
pub fn limites(empresa: &Empresa, moneda: Moneda) -> Limites {
    let (devolucion, diferencia) = match moneda {
        Moneda::Mxn => (100_000, 5_000),
        Moneda::Pen => (20_000, 1_000),
        Moneda::Usd => (5_000, 500),
    };
    let puesto = |clave: &str| {
        let texto = empresa.ajustes[clave][moneda.codigo()].as_str()?;
        parse_centavos(texto).ok().filter(|n| *n >= 0)
    };
    Limites {
        devolucion: puesto(DEVOLUCION).unwrap_or(devolucion),
        diferencia: puesto(DIFERENCIA).unwrap_or(diferencia),
    }
}

/// Cuerpo de `PATCH /caja/limites`; lo que no se dice queda como estaba.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DatosLimites {
    /// Moneda de los límites; la de la empresa si no se dice.
    #[schema(example = "PEN")]
    pub moneda: Option<String>,
    /// Devolución más grande sin aprobación.
    #[schema(example = "200.00")]
    pub devolucion: Option<String>,
    /// Diferencia de cierre más grande sin supervisor.
    #[schema(example = "10.00")]
    pub diferencia: Option<String>,
}

/// Changes the limits of a currency.
///
/// Errors: `Refused` naming the bad fields; those of plataforma.
pub async fn change(tx: &Tx, cx: &Cx, datos: DatosLimites) -> Result<(), Error> {
    let empresa = ramal_plataforma::empresa(tx).await?;
    let moneda = match datos.moneda.as_deref() {
        None => empresa.moneda,
        Some(texto) => Moneda::parse(texto).ok_or_else(|| {
            Error::campo("moneda", "moneda_desconocida", "Se admite MXN, PEN o USD.")
        })?,
    };
    let mut malos = Vec::new();
    let mut cambios = Map::new();
    let pedidos = [
        ("devolucion", DEVOLUCION, datos.devolucion),
        ("diferencia", DIFERENCIA, datos.diferencia),
    ];
    for (campo, clave, texto) in pedidos {
        let Some(texto) = texto else { continue };
        match parse_centavos(&texto) {
            Ok(n) if (0..=100_000_000).contains(&n) => {
                cambios.insert(clave.to_owned(), merged(&empresa, clave, (moneda, n)));
            }
            _ => {
                let motivo = "Escribir un importe de cero en adelante: 200.00.";
                malos.push(CampoInvalido::new(campo, "importe_invalido", motivo));
            }
        }
    }
    if !malos.is_empty() {
        return Err(Error::Refused(Problema::campos(malos)));
    }
    update_ajustes_empresa(tx, cx, &cambios).await?;
    Ok(())
}

fn merged(empresa: &Empresa, clave: &str, (moneda, centavos): (Moneda, i64)) -> Value {
    let mut mapa = empresa.ajustes[clave].as_object().cloned().unwrap_or_default();
    mapa.insert(moneda.codigo().to_owned(), Value::from(format_centavos(centavos)));
    Value::Object(mapa)
}
