//! Legal terms: until when a document may be sent, cancelled or voided. It reads no clock.

use ramal_base::{Fecha, Instante, Zona};
use ramal_sunat::normas;

use crate::storage::ComprobanteFila;
use crate::{EmisorFiscal, Tipo};

const HORA_MS: i64 = 3_600_000;
/// The SAT takes documents of up to 72 hours; two are kept for the alarm (cfdi.md 16.1).
const TIMBRADO_MS: i64 = 70 * HORA_MS;
/// Days after the issue in which SUNAT takes a voiding (sunat.md 20).
pub(crate) const DIAS_BAJA_PE: i64 = 7;

/// Instant after which sending the document again makes no sense.
pub(crate) fn limite_envio(fila: &ComprobanteFila, emisor: &EmisorFiscal) -> Instante {
    match Tipo::parse(&fila.tipo) {
        Some(Tipo::Factura | Tipo::Boleta | Tipo::NotaCredito | Tipo::NotaDebito) => {
            let tipo = ramal_sunat::Tipo::parse(&fila.tipo).unwrap_or(ramal_sunat::Tipo::Factura);
            let dias = normas::plazo(tipo, fila.serie.starts_with('B'), fila.fecha).unwrap_or(3);
            end_of_day(fila.fecha.plus_dias(dias), &emisor.zona)
        }
        _ => fila.emitido.plus_millis(TIMBRADO_MS),
    }
}

/// Whole hundredths of the term that have passed; 0 before it begins, 100 once it ended.
pub(crate) fn por_ciento(desde: Instante, limite: Instante, ahora: Instante) -> i64 {
    let largo = limite.millis().saturating_sub(desde.millis()).max(1);
    let pasado = ahora.millis().saturating_sub(desde.millis());
    (pasado.saturating_mul(100) / largo).clamp(0, 100)
}

fn end_of_day(dia: Fecha, zona: &Zona) -> Instante {
    let fin = zona.instante(&format!("{}T00:00:00", dia.plus_dias(1)));
    fin.unwrap_or(Instante::from_millis(i64::MAX / 2))
}

/// Last day on which a CFDI of `fecha` may be cancelled (cfdi.md 14.3).
pub(crate) fn limite_cancelacion(fecha: Fecha, rfc: &str) -> Fecha {
    let moral = rfc.chars().count() == 12;
    let (mes, dia) = if moral { (3, 31) } else { (4, 30) };
    Fecha::new(fecha.anio() + 1, mes, dia).unwrap_or(fecha)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_of_a_term_never_leaves_its_bounds() {
        let de = |pasado| {
            let desde = Instante::from_millis(1_000);
            por_ciento(desde, desde.plus_millis(200), desde.plus_millis(pasado))
        };
        assert_eq!([de(-5), de(0), de(99), de(100), de(159), de(160)], [0, 0, 49, 50, 79, 80]);
        assert_eq!((de(200), de(10_000)), (100, 100));
    }

    #[test]
    fn companies_have_until_march_and_persons_until_april() {
        let fecha = Fecha::parse("2026-11-20").unwrap();
        assert_eq!(limite_cancelacion(fecha, "EKU9003173C9").to_string(), "2027-03-31");
        assert_eq!(limite_cancelacion(fecha, "CACX7605101P8").to_string(), "2027-04-30");
    }
}
