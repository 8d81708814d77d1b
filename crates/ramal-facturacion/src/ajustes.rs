//! The settings that billing reads: their keys, what each accepts, and changing them. A value that
//! does not fit is refused here, so that no run ever meets one.

use ramal_base::{CampoInvalido, Cx, Problema};
use ramal_contratos::PoliticaAncla;
use ramal_contratos::tramos::SuspensionCobro;
use ramal_db::Tx;
use ramal_fiscal::Impuesto;
use ramal_plataforma::{EmisorId, update_ajustes_emisor, update_ajustes_empresa};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::nucleo::{Agrupacion, PrimerPeriodo, Prorrateo};

/// A setting: its key, what it takes in words, and the check.
type Ajuste = (&'static str, &'static str, fn(&Value) -> bool);

/// Settings of the company.
const DE_EMPRESA: &[Ajuste] = &[
    ("prorrateo", "DIAS_REALES, MES_30 o SIN_PRORRATEO", fits::<Prorrateo>),
    ("primer_periodo", "SEPARADO, CON_SIGUIENTE, DIFERIDO o GRATIS", fits::<PrimerPeriodo>),
    ("suspension_cobro", "no_cobrar, cobrar_hasta_fin_periodo o cobrar", fits::<SuspensionCobro>),
    ("agrupacion", "agrupada o por_servicio", fits::<Agrupacion>),
    ("ancla", "la política del día de facturación", fits::<PoliticaAncla>),
    ("terminos_dias", "de 0 a 90 días", |v| v.as_u64().is_some_and(|n| n <= 90)),
    ("ventana_dias", "de 0 a 10 días", |v| v.as_u64().is_some_and(|n| n <= 10)),
    ("orden_imputacion", "una lista con servicios, cuotas y recargos", |v| {
        crate::cobro::Orden::parse(v).is_some()
    }),
    ("impuesto_recargo", "general, frontera, cero, exento o inafecto", fits::<Impuesto>),
    ("corrida_automatica", "true o false", Value::is_boolean),
];

/// Settings of an emisor.
const DE_EMISOR: &[Ajuste] = &[
    ("boletas", "individual o resumen", |v| one_of(v, &["individual", "resumen"])),
    ("publico_general", "individual o global", |v| one_of(v, &["individual", "global"])),
    ("forma_pago_nota", "una clave de c_FormaPago, como 15", |v| {
        v.as_str().is_some_and(|t| t.len() == 2 && t.bytes().all(|b| b.is_ascii_digit()))
    }),
];

fn fits<T: DeserializeOwned>(valor: &Value) -> bool {
    serde_json::from_value::<T>(valor.clone()).is_ok()
}

fn one_of(valor: &Value, palabras: &[&str]) -> bool {
    valor.as_str().is_some_and(|t| palabras.contains(&t))
}

/// Whose settings they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dueno {
    /// The company's.
    Empresa,
    /// An emisor's.
    Emisor(EmisorId),
}

impl Dueno {
    fn known(self) -> &'static [Ajuste] {
        match self {
            Dueno::Empresa => DE_EMPRESA,
            Dueno::Emisor(_) => DE_EMISOR,
        }
    }
}

/// Changes settings; a null gives a key its default back. Gives all of them.
///
/// Errors: 422 naming every key that is unknown or whose value does not fit; those of plataforma.
pub async fn change(
    tx: &Tx,
    cx: &Cx,
    dueno: Dueno,
    cambios: &Map<String, Value>,
) -> Result<Value, Problema> {
    let malos = check(dueno, cambios);
    if !malos.is_empty() {
        return Err(Problema::campos(malos));
    }
    let hecho = match dueno {
        Dueno::Empresa => update_ajustes_empresa(tx, cx, cambios).await,
        Dueno::Emisor(id) => update_ajustes_emisor(tx, cx, id, cambios).await,
    };
    hecho.map_err(Problema::from)
}

fn check(dueno: Dueno, cambios: &Map<String, Value>) -> Vec<CampoInvalido> {
    let known = dueno.known();
    let judge = |(clave, valor): (&String, &Value)| match known.iter().find(|a| a.0 == clave) {
        None => {
            let claves: Vec<&str> = known.iter().map(|a| a.0).collect();
            let motivo = format!("No existe ese ajuste. Los que hay: {}.", claves.join(", "));
            Some(CampoInvalido::new(clave, "ajuste_desconocido", motivo))
        }
        Some((_, _, fits)) if valor.is_null() || fits(valor) => None,
        Some((_, admite, _)) => {
            Some(CampoInvalido::new(clave, "ajuste_invalido", format!("Debe ser {admite}.")))
        }
    };
    cambios.iter().filter_map(judge).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn codes(dueno: Dueno, cambios: Value) -> Vec<(String, String)> {
        let malos = check(dueno, cambios.as_object().unwrap());
        malos.into_iter().map(|m| (m.campo, m.codigo)).collect()
    }

    #[test]
    fn a_misspelt_setting_is_refused_and_not_ignored() {
        let malos = codes(
            Dueno::Empresa,
            json!({ "agrupasion": "agrupada", "terminos_dias": 900, "prorrateo": "MES_30" }),
        );
        let esperados =
            [("agrupasion", "ajuste_desconocido"), ("terminos_dias", "ajuste_invalido")];
        assert_eq!(malos, esperados.map(|(a, b)| (a.to_owned(), b.to_owned())));
    }

    #[test]
    fn every_documented_value_is_taken() {
        let buenos = json!({
            "prorrateo": "DIAS_REALES", "primer_periodo": "DIFERIDO",
            "suspension_cobro": "cobrar_hasta_fin_periodo", "agrupacion": "por_servicio",
            "terminos_dias": 0, "ventana_dias": 10, "corrida_automatica": true, "ancla": null,
            "orden_imputacion": ["cuotas", "servicios", "recargos"], "impuesto_recargo": "cero",
        });
        assert!(codes(Dueno::Empresa, buenos).is_empty());
        let id = EmisorId::from_uuid(uuid::Uuid::nil());
        let buenos = json!({ "boletas": "resumen", "publico_general": "global" });
        assert!(codes(Dueno::Emisor(id), buenos).is_empty());
    }
}
