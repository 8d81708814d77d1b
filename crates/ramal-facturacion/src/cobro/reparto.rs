//! The split of money over open invoices: a pure function (Y2, Y3). Reads and writes nothing.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::{Abierta, Destino, Imputada, Partida};

/// Splits `disponible` over open invoices that are in order of settling.
///
/// Never gives a line more than it has open, nor in all more than `disponible`. Errors: the first
/// invoice named by an explicit choice that `conocidas` does not hold.
pub fn allocate(
    abiertas: &[Abierta],
    disponible: i64,
    destino: &Destino,
    conocida: impl Fn(Uuid) -> bool,
) -> Result<Vec<Imputada>, Uuid> {
    let mut reparto = Reparto::new(abiertas, disponible);
    match destino {
        Destino::ACuenta => {}
        Destino::Automatico => {
            for factura in abiertas {
                reparto.settle(factura.factura_id.uuid(), None, i64::MAX);
            }
        }
        Destino::Explicito(partidas) => {
            for Partida { factura_id, linea, monto } in partidas {
                if !conocida(*factura_id) {
                    return Err(*factura_id);
                }
                reparto.settle(*factura_id, *linea, *monto);
            }
        }
    }
    Ok(reparto.done())
}

struct Reparto<'a> {
    abiertas: &'a [Abierta],
    disponible: i64,
    dado: BTreeMap<(usize, usize), i64>,
}

impl<'a> Reparto<'a> {
    fn new(abiertas: &'a [Abierta], disponible: i64) -> Reparto<'a> {
        Reparto { abiertas, disponible: disponible.max(0), dado: BTreeMap::new() }
    }

    /// Gives an invoice, or one of its lines, up to `tope`.
    fn settle(&mut self, factura: Uuid, linea: Option<i32>, tope: i64) {
        let mut queda = tope.max(0);
        let Some(i) = self.abiertas.iter().position(|a| a.factura_id.uuid() == factura) else {
            return;
        };
        for (j, l) in self.abiertas[i].lineas.iter().enumerate() {
            if linea.is_some_and(|pedida| pedida != l.linea) {
                continue;
            }
            let dado = self.dado.entry((i, j)).or_default();
            let toma = (l.abierto - *dado).min(queda).min(self.disponible).max(0);
            *dado += toma;
            queda -= toma;
            self.disponible -= toma;
        }
    }

    fn done(self) -> Vec<Imputada> {
        let imputada = |((i, j), monto): ((usize, usize), i64)| Imputada {
            factura_id: self.abiertas[i].factura_id.uuid(),
            linea: self.abiertas[i].lineas[j].linea,
            monto,
        };
        self.dado.into_iter().filter(|(_, monto)| *monto > 0).map(imputada).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FacturaId;
    use crate::cobro::LineaAbierta;
    use proptest::prelude::*;
    use ramal_base::{Fecha, Moneda};

    fn factura(n: u128, vence: &str, lineas: &[(&str, i64)]) -> Abierta {
        let linea = |(i, (clase, abierto)): (usize, &(&str, i64))| LineaAbierta {
            linea: i32::try_from(i + 1).unwrap(),
            servicio_id: None,
            clase: (*clase).into(),
            periodo_desde: None,
            abierto: *abierto,
        };
        let lineas: Vec<LineaAbierta> = lineas.iter().enumerate().map(linea).collect();
        let total = lineas.iter().map(|l| l.abierto).sum();
        Abierta {
            factura_id: FacturaId::from_uuid(Uuid::from_u128(n)),
            numero: format!("F-{n}"),
            tipo: "I".into(),
            cliente_id: Uuid::nil(),
            emisor_id: Uuid::nil(),
            moneda: Moneda::Mxn,
            vencimiento: Fecha::parse(vence).unwrap(),
            fecha: Fecha::parse("2026-10-01").unwrap(),
            total,
            abierto: total,
            lineas,
        }
    }

    fn y5() -> Vec<Abierta> {
        vec![
            factura(1, "2026-10-05", &[("recurrente", 39_900)]),
            factura(2, "2026-11-05", &[("recurrente", 39_900), ("cuota", 10_000)]),
        ]
    }

    fn montos(reparto: &[Imputada]) -> Vec<(u128, i32, i64)> {
        reparto.iter().map(|i| (i.factura_id.as_u128(), i.linea, i.monto)).collect()
    }

    #[test]
    fn vector_y5_oldest_due_first_and_services_before_instalments() {
        let mut abiertas = y5();
        let todo = |_| true;
        let primero = allocate(&abiertas, 70_000, &Destino::Automatico, todo).unwrap();
        assert_eq!(montos(&primero), [(1, 1, 39_900), (2, 1, 30_100)]);
        abiertas.remove(0);
        abiertas[0].lineas[0].abierto -= 30_100;
        let segundo = allocate(&abiertas, 30_000, &Destino::Automatico, todo).unwrap();
        assert_eq!(montos(&segundo), [(2, 1, 9_800), (2, 2, 10_000)]);
        assert_eq!(30_000 - segundo.iter().map(|i| i.monto).sum::<i64>(), 10_200);
    }

    #[test]
    fn an_explicit_choice_wins_and_never_gets_more_than_is_open() {
        let parte =
            |n: u128, linea, monto| Partida { factura_id: Uuid::from_u128(n), linea, monto };
        let pedido = vec![parte(2, Some(2), 5_000), parte(2, None, 90_000), parte(1, None, 1)];
        let destino = Destino::Explicito(pedido);
        let hecho = allocate(&y5(), 60_000, &destino, |_| true).unwrap();
        assert_eq!(montos(&hecho), [(1, 1, 1), (2, 1, 39_900), (2, 2, 10_000)]);
        let ajena = Destino::Explicito(vec![parte(9, None, 1)]);
        assert_eq!(allocate(&y5(), 1, &ajena, |id| id.as_u128() < 3), Err(Uuid::from_u128(9)));
        assert!(allocate(&y5(), 1, &Destino::ACuenta, |_| true).unwrap().is_empty());
    }

    #[test]
    fn fees_and_interest_are_no_base_of_another_fee() {
        let lineas = [("recurrente", 39_900), ("recargo", 1_995), ("interes", 131)];
        let tarde = factura(1, "2026-10-05", &lineas);
        assert_eq!((tarde.abierto, tarde.sin_recargos()), (42_026, 39_900));
        assert_eq!(crate::nucleo::interes(tarde.sin_recargos(), 1_200, 10), 131);
    }

    proptest! {
        #[test]
        fn no_line_gets_more_than_it_has_and_no_money_is_made(
            dinero in 0_i64..200_000,
            pedidos in proptest::collection::vec(
                (1_u128..4, proptest::option::of(1_i32..4), 1_i64..80_000), 0..6),
        ) {
            let abiertas = y5();
            let partidas = pedidos.into_iter().map(|(n, linea, monto)| Partida {
                factura_id: Uuid::from_u128(n), linea, monto });
            for destino in [Destino::Automatico, Destino::Explicito(partidas.collect())] {
                let hecho = allocate(&abiertas, dinero, &destino, |_| true).unwrap();
                prop_assert!(hecho.iter().map(|i| i.monto).sum::<i64>() <= dinero);
                for i in &hecho {
                    let f = abiertas.iter().find(|a| a.factura_id.uuid() == i.factura_id).unwrap();
                    let l = f.lineas.iter().find(|l| l.linea == i.linea).unwrap();
                    prop_assert!(i.monto > 0 && i.monto <= l.abierto);
                }
            }
        }
    }
}
