//! Which charges share an invoice (facturacion.md 5.6). Grouping never changes an amount.

use std::collections::BTreeMap;

use ramal_base::Moneda;
use ramal_contratos::Centavos;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::abonos::orden_en_papel;
use super::pendientes::{CargoPropuesto, Clase};

/// What two charges must share to be on one invoice (G1).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClaveGrupo {
    /// Legal entity that issues.
    pub emisor: Uuid,
    /// Who pays.
    pub cliente: Uuid,
    /// Identity on the document.
    pub perfil_fiscal: Uuid,
    /// Currency.
    pub moneda: Moneda,
    /// Document type and series, as the country pack names them (`I/A`, `01/F001`, `03/B001`).
    pub documento: String,
    /// Days from issue to due date (G3).
    pub terminos_dias: u16,
    /// Group label; empty = none.
    pub etiqueta: String,
}

/// Company setting, or the opt-out of one service (G2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Agrupacion {
    /// All services of a key on one invoice.
    #[default]
    Agrupada,
    /// One invoice per service.
    PorServicio,
}

/// A charge with what decides its invoice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CargoAgrupable {
    /// Key.
    pub clave: ClaveGrupo,
    /// Service that it belongs to.
    pub servicio: Uuid,
    /// Together with others or alone.
    pub agrupacion: Agrupacion,
    /// The charge.
    pub cargo: CargoPropuesto,
}

/// An invoice to be drafted; lines in the order of G5.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Borrador {
    /// Key of all its lines.
    pub clave: ClaveGrupo,
    /// The only service of it, when it is not grouped.
    pub servicio: Option<Uuid>,
    /// Service and charge of each line.
    pub lineas: Vec<(Uuid, CargoPropuesto)>,
}

impl Borrador {
    /// Sum of the lines as sold.
    pub fn total(&self) -> Centavos {
        self.lineas.iter().map(|(_, cargo)| cargo.monto).sum()
    }
}

/// One invoice to be: the key, and the service when it is alone on it.
type Papel = (ClaveGrupo, Option<Uuid>);

/// Invoices of the charges, in order of key; the same input in any order gives the same invoices.
pub fn agrupar(cargos: Vec<CargoAgrupable>) -> Vec<Borrador> {
    let mut grupos: BTreeMap<Papel, Vec<(Uuid, CargoPropuesto)>> = BTreeMap::new();
    for CargoAgrupable { clave, servicio, agrupacion, cargo } in cargos {
        let solo = match agrupacion {
            Agrupacion::Agrupada => None,
            Agrupacion::PorServicio => Some(servicio),
        };
        grupos.entry((clave, solo)).or_default().push((servicio, cargo));
    }
    let borrador = |((clave, servicio), mut lineas): (Papel, Vec<_>)| {
        lineas.sort_by_key(orden_de_linea);
        Borrador { clave, servicio, lineas }
    };
    grupos.into_iter().map(borrador).collect()
}

fn orden_de_linea((servicio, cargo): &(Uuid, CargoPropuesto)) -> (Clase, Uuid, i32, u32) {
    let dia = ramal_contratos::numero_de_dia(cargo.periodo.desde);
    (orden_en_papel(cargo), *servicio, dia, cargo.revision)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use ramal_base::Fecha;
    use ramal_contratos::Periodo;

    fn cargo(servicio: u8, cliente: u8, terminos: u16, monto: Centavos) -> CargoAgrupable {
        let desde = Fecha::new(2026, 11, 1).unwrap();
        CargoAgrupable {
            clave: ClaveGrupo {
                emisor: Uuid::nil(),
                cliente: Uuid::from_u128(cliente.into()),
                perfil_fiscal: Uuid::nil(),
                moneda: Moneda::Pen,
                documento: "01/F001".to_owned(),
                terminos_dias: terminos,
                etiqueta: String::new(),
            },
            servicio: Uuid::from_u128(servicio.into()),
            agrupacion: Agrupacion::Agrupada,
            cargo: CargoPropuesto {
                periodo: Periodo::new(desde, desde.plus_meses(1)),
                clase: Clase::Recurrente,
                revision: 0,
                monto,
                esperado: monto,
                publicado: 0,
                explicacion: Vec::new(),
            },
        }
    }

    fn por_servicio(borradores: &[Borrador]) -> BTreeMap<Uuid, Centavos> {
        let mut sumas = BTreeMap::new();
        for (servicio, cargo) in borradores.iter().flat_map(|b| &b.lineas) {
            *sumas.entry(*servicio).or_default() += cargo.monto;
        }
        sumas
    }

    #[test]
    fn different_terms_never_share_an_invoice() {
        let cargos = vec![cargo(1, 1, 10, 100), cargo(2, 1, 15, 200), cargo(3, 1, 10, 300)];
        let borradores = agrupar(cargos);
        assert_eq!(borradores.iter().map(Borrador::total).collect::<Vec<_>>(), [400, 200]);
    }

    #[test]
    fn a_service_that_opted_out_gets_its_own_invoice() {
        let mut cargos = vec![cargo(1, 1, 10, 100), cargo(2, 1, 10, 200), cargo(3, 1, 10, 300)];
        cargos[1].agrupacion = Agrupacion::PorServicio;
        let borradores = agrupar(cargos);
        assert_eq!(borradores.len(), 2);
        assert_eq!(borradores[1].servicio, Some(Uuid::from_u128(2)));
        assert_eq!(borradores[0].total(), 400);
    }

    proptest! {
        #[test]
        fn grouping_changes_no_amount(
            filas in prop::collection::vec((0u8..9, 0u8..3, 0u16..3, 1i64..90_000), 0..40)
        ) {
            let juntos: Vec<_> =
                filas.iter().map(|(s, c, t, m)| cargo(*s, *c, *t, *m)).collect();
            let mut sueltos = juntos.clone();
            sueltos.iter_mut().for_each(|c| c.agrupacion = Agrupacion::PorServicio);
            sueltos.reverse();
            let (juntos, sueltos) = (agrupar(juntos), agrupar(sueltos));
            prop_assert_eq!(por_servicio(&juntos), por_servicio(&sueltos));
            prop_assert!(juntos.len() <= sueltos.len());
            let total = |b: &[Borrador]| b.iter().map(Borrador::total).sum::<Centavos>();
            prop_assert_eq!(total(&juntos), filas.iter().map(|f| f.3).sum::<Centavos>());
            prop_assert_eq!(total(&juntos), total(&sueltos));
        }
    }
}
