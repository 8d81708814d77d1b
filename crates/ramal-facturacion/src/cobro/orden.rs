//! In which order money settles the lines of one invoice (`orden_imputacion`, Y2). The order
//! between invoices is not a choice.

use ramal_base::Fecha;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::LineaAbierta;

/// Lines that are settled together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grupo {
    /// Services and what was sold once.
    Servicios,
    /// Instalments.
    Cuotas,
    /// Late fees, reconnection fees, interest.
    Recargos,
}

impl Grupo {
    /// Group of a kind of charge.
    pub fn of(clase: &str) -> Grupo {
        match clase {
            "cuota" => Grupo::Cuotas,
            "recargo" | "reconexion" | "interes" => Grupo::Recargos,
            _ => Grupo::Servicios,
        }
    }
}

/// Order of the groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Orden([Grupo; 3]);

impl Default for Orden {
    fn default() -> Orden {
        Orden([Grupo::Servicios, Grupo::Cuotas, Grupo::Recargos])
    }
}

impl Orden {
    /// Reads the setting: the three groups, each once. None if it is not that.
    pub fn parse(valor: &Value) -> Option<Orden> {
        let grupos: [Grupo; 3] = serde_json::from_value(valor.clone()).ok()?;
        let [a, b, c] = grupos;
        (a != b && b != c && a != c).then_some(Orden(grupos))
    }

    /// Puts the lines of an invoice issued on `fecha` in the order in which money settles them:
    /// group, then oldest period, then position.
    pub fn sort(self, lineas: &mut [LineaAbierta], fecha: Fecha) {
        let rango = |l: &LineaAbierta| {
            let grupo = Grupo::of(&l.clase);
            let lugar = self.0.iter().position(|g| *g == grupo);
            (lugar, l.periodo_desde.unwrap_or(fecha), l.linea)
        };
        lineas.sort_by_key(rango);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_order_names_each_group_once() {
        assert!(Orden::parse(&json!(["recargos", "servicios", "cuotas"])).is_some());
        for malo in [json!(["recargos", "recargos", "cuotas"]), json!(["servicios"]), json!(null)] {
            assert_eq!(Orden::parse(&malo), None, "{malo}");
        }
    }

    #[test]
    fn fees_are_settled_last_and_old_periods_first() {
        let f = |t: &str| Fecha::parse(t).unwrap();
        let linea = |linea, clase: &str, desde: Option<&str>| LineaAbierta {
            linea,
            servicio_id: None,
            clase: clase.into(),
            periodo_desde: desde.map(f),
            abierto: 1,
        };
        let mut lineas = vec![
            linea(1, "recargo", None),
            linea(2, "cuota", Some("2026-09-01")),
            linea(3, "recurrente", Some("2026-11-01")),
            linea(4, "recurrente", Some("2026-10-01")),
        ];
        Orden::default().sort(&mut lineas, f("2026-11-01"));
        assert_eq!(lineas.iter().map(|l| l.linea).collect::<Vec<_>>(), [4, 3, 2, 1]);
    }
}
