//! Whether a choice of a person fits what is open: a pure check. It splits nothing.

use std::collections::BTreeMap;

use ramal_base::{CampoInvalido, Dinero, Problema};
use ramal_facturacion::cobro::{Abierta, Partida};
use uuid::Uuid;

use crate::Error;

/// Most parts of one choice.
const MAXIMO: usize = 200;

/// Every part fits its line, the parts of a factura fit it, and all of them fit the money.
///
/// Errors: `Refused` naming each part by its index; 422 `reparto_excede` if the sum is too much.
pub(super) fn check(
    abiertas: &[Abierta],
    disponible: i64,
    partidas: &[Partida],
) -> Result<(), Error> {
    if partidas.len() > MAXIMO {
        let motivo = "Se reparte entre 200 líneas a la vez como mucho.";
        return Err(Error::campo("partidas", "demasiadas_partidas", motivo));
    }
    let mut malos = Vec::new();
    let mut dado: BTreeMap<(Uuid, Option<i32>), i64> = BTreeMap::new();
    for (i, p) in partidas.iter().enumerate() {
        if let Some(motivo) = judge(abiertas, &mut dado, p) {
            malos.push(CampoInvalido::new(format!("partidas[{i}].monto"), motivo.0, motivo.1));
        }
    }
    let suma: i128 = partidas.iter().map(|p| i128::from(p.monto)).sum();
    if malos.is_empty() && suma > i128::from(disponible) {
        let motivo = "Lo repartido suma más que el dinero. Bajar alguna parte o subir el importe.";
        malos.push(CampoInvalido::new("monto", "reparto_excede", motivo));
    }
    if malos.is_empty() { Ok(()) } else { Err(Error::Refused(Problema::campos(malos))) }
}

/// What is wrong with a part, given those before it.
fn judge(
    abiertas: &[Abierta],
    dado: &mut BTreeMap<(Uuid, Option<i32>), i64>,
    p: &Partida,
) -> Option<(&'static str, String)> {
    if p.monto <= 0 {
        return Some(("importe_invalido", "Escribir un importe mayor que cero.".to_owned()));
    }
    let Some(factura) = abiertas.iter().find(|a| a.factura_id.uuid() == p.factura_id) else {
        let motivo = "Esa factura ya no tiene nada por pagar. Revisar las facturas abiertas.";
        return Some(("factura_sin_saldo", motivo.to_owned()));
    };
    let linea = p.linea.map(|n| factura.lineas.iter().find(|l| l.linea == n).map(|l| l.abierto));
    let abierto_linea = match linea {
        None => factura.abierto,
        Some(Some(abierto)) => abierto,
        Some(None) => {
            let motivo = format!("Esa línea de {} ya no tiene nada por pagar.", factura.numero);
            return Some(("linea_sin_saldo", motivo));
        }
    };
    let mut add = |clave| {
        let suma = dado.entry(clave).or_default();
        *suma = suma.saturating_add(p.monto);
        *suma
    };
    let (de_factura, de_linea) = (
        add((p.factura_id, None)),
        match p.linea {
            None => p.monto,
            Some(n) => add((p.factura_id, Some(n))),
        },
    );
    if de_linea <= abierto_linea && de_factura <= factura.abierto {
        return None;
    }
    let tope = Dinero::new(abierto_linea.min(factura.abierto), factura.moneda);
    Some(("importe_excede", format!("A {} le quedan {tope} por pagar.", factura.numero)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ramal_base::{Fecha, Moneda};
    use ramal_facturacion::FacturaId;
    use ramal_facturacion::cobro::LineaAbierta;

    fn factura(n: u128, lineas: &[i64]) -> Abierta {
        let linea = |(i, abierto): (usize, &i64)| LineaAbierta {
            linea: i32::try_from(i + 1).unwrap(),
            servicio_id: None,
            clase: "recurrente".into(),
            periodo_desde: None,
            abierto: *abierto,
        };
        Abierta {
            factura_id: FacturaId::from_uuid(Uuid::from_u128(n)),
            numero: format!("F-{n}"),
            tipo: "I".into(),
            cliente_id: Uuid::nil(),
            emisor_id: Uuid::nil(),
            moneda: Moneda::Pen,
            vencimiento: Fecha::parse("2026-10-05").unwrap(),
            fecha: Fecha::parse("2026-10-01").unwrap(),
            total: lineas.iter().sum(),
            abierto: lineas.iter().sum(),
            lineas: lineas.iter().enumerate().map(linea).collect(),
        }
    }

    fn codes(disponible: i64, partidas: &[(u128, Option<i32>, i64)]) -> Vec<String> {
        let abiertas = [factura(1, &[39_900]), factura(2, &[39_900, 10_000])];
        let partidas: Vec<Partida> = partidas
            .iter()
            .map(|(n, linea, monto)| Partida {
                factura_id: Uuid::from_u128(*n),
                linea: *linea,
                monto: *monto,
            })
            .collect();
        match check(&abiertas, disponible, &partidas) {
            Ok(()) => Vec::new(),
            Err(Error::Refused(p)) => p.errores.into_iter().map(|e| e.codigo).collect(),
            Err(otro) => vec![otro.to_string()],
        }
    }

    #[test]
    fn a_choice_that_fits_is_taken() {
        assert!(codes(70_000, &[(1, None, 39_900), (2, Some(1), 30_100)]).is_empty());
        assert!(codes(1, &[]).is_empty());
    }

    #[test]
    fn what_does_not_fit_is_named_part_by_part() {
        assert_eq!(codes(90_000, &[(1, None, 39_901)]), ["importe_excede"]);
        assert_eq!(codes(90_000, &[(2, Some(2), 10_001)]), ["importe_excede"]);
        assert_eq!(
            codes(90_000, &[(2, Some(3), 1), (9, None, 1)]),
            ["linea_sin_saldo", "factura_sin_saldo"]
        );
        assert_eq!(codes(90_000, &[(2, None, 0)]), ["importe_invalido"]);
        assert_eq!(codes(100, &[(1, None, 101)]), ["reparto_excede"]);
    }

    #[test]
    fn two_parts_of_one_line_do_not_pass_it_together() {
        assert_eq!(codes(90_000, &[(2, Some(2), 6_000), (2, Some(2), 6_000)]), ["importe_excede"]);
        let dos = [(2, Some(1), 39_900), (2, None, 10_001)];
        assert_eq!(codes(90_000, &dos), ["importe_excede"]);
    }
}
