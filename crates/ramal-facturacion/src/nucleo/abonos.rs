//! Charges to paper: positives become lines, negatives reduce drafts or credit issued lines
//! (facturacion.md C4, N1).
//! It neither numbers nor taxes documents; amounts are as sold, tax included.

use std::collections::HashMap;

use ramal_base::Fecha;
use ramal_base::dinero::rh_div;
use ramal_contratos::Centavos;
use uuid::Uuid;

use super::pendientes::{CargoPropuesto, Clase};

/// Millionths of the currency per minor unit; lines keep net and tax at six decimals (R4).
const MILLONESIMAS_POR_CENTAVO: i64 = 10_000;

/// A line of an invoice, in a draft or issued, with what was credited on it before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineaFacturada {
    /// Id of the line.
    pub linea: Uuid,
    /// Posting key of the charge on it.
    pub periodo_desde: Fecha,
    /// Kind of the charge on it.
    pub clase: Clase,
    /// Whether its document is still a draft (R6: only a draft may change).
    pub borrador: bool,
    /// Gross amount, positive.
    pub bruto: Centavos,
    /// Net amount in millionths of the currency.
    pub neto_millonesimas: i64,
    /// Gross already credited.
    pub abonado: Centavos,
    /// Net already credited, in millionths.
    pub neto_abonado_millonesimas: i64,
}

impl LineaFacturada {
    /// Most that can still be credited (N1, N5).
    pub fn maximo(&self) -> Centavos {
        (self.bruto - self.abonado).max(0)
    }

    /// Credit of `monto` on the line, capped at [`maximo`](Self::maximo).
    ///
    /// The credit that takes the rest takes the exact remainder of net and tax, so that all
    /// credits add up to the line (N1).
    pub fn credit(&self, monto: Centavos) -> Abono {
        let bruto = monto.clamp(0, self.maximo());
        let neto = if bruto == self.maximo() {
            self.neto_millonesimas - self.neto_abonado_millonesimas
        } else {
            let producto = i128::from(self.neto_millonesimas) * i128::from(bruto);
            rh_div(producto, i128::from(self.bruto))
        };
        let impuesto_millonesimas = bruto * MILLONESIMAS_POR_CENTAVO - neto;
        let LineaFacturada { linea, borrador, .. } = *self;
        Abono { linea, borrador, bruto, neto_millonesimas: neto, impuesto_millonesimas }
    }
}

/// Reduction of one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Abono {
    /// The line.
    pub linea: Uuid,
    /// True: reduce the draft line. False: credit note line.
    pub borrador: bool,
    /// Gross, positive.
    pub bruto: Centavos,
    /// Net in millionths of the currency.
    pub neto_millonesimas: i64,
    /// Tax in millionths of the currency.
    pub impuesto_millonesimas: i64,
}

/// Where each proposed charge goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reparto {
    /// Charges that become invoice lines.
    pub lineas: Vec<CargoPropuesto>,
    /// Reductions of lines that exist, one per line.
    pub abonos: Vec<Abono>,
    /// Part of negative charges that no line can take: posted, but on no paper yet, or billed by
    /// hand. It stays in the ledger and nets with the next line of the service.
    pub sin_linea: Centavos,
}

impl Reparto {
    /// Sum of lines less reductions; always the sum of the charges.
    pub fn neto(&self) -> Centavos {
        let lineas: Centavos = self.lineas.iter().map(|c| c.monto).sum();
        let abonos: Centavos = self.abonos.iter().map(|a| a.bruto).sum();
        lineas - abonos - self.sin_linea
    }
}

/// Splits the charges of one service into lines and credits.
///
/// `facturadas`: lines of the service in order of issue. A negative charge takes the lines of its
/// own key, drafts before issued ones and the newest first, each up to its cap. Lines come out in
/// the order of G5, then by period.
pub fn repartir(propuestos: Vec<CargoPropuesto>, facturadas: &[LineaFacturada]) -> Reparto {
    let (mut lineas, negativos): (Vec<_>, Vec<_>) =
        propuestos.into_iter().partition(|c| c.monto > 0);
    lineas.sort_by_key(|c| (orden_en_papel(c), c.periodo.desde));
    let mut reparto = Reparto { lineas, ..Reparto::default() };
    let mut tomado: HashMap<Uuid, Centavos> = HashMap::new();
    for cargo in negativos {
        let mut resto = -cargo.monto;
        for linea in de_la_clave(&cargo, facturadas) {
            let antes = tomado.entry(linea.linea).or_default();
            let toma = resto.min(linea.maximo() - *antes);
            *antes += toma;
            resto -= toma;
        }
        reparto.sin_linea += resto;
    }
    let abonos = facturadas.iter().filter_map(|linea| {
        let monto = tomado.get(&linea.linea).copied().filter(|monto| *monto > 0)?;
        Some(linea.credit(monto))
    });
    reparto.abonos = abonos.collect();
    reparto
}

/// Lines of the charge's key: drafts first, then the newest.
fn de_la_clave<'a>(
    cargo: &CargoPropuesto,
    facturadas: &'a [LineaFacturada],
) -> impl Iterator<Item = &'a LineaFacturada> {
    let (desde, clase) = (cargo.periodo.desde, cargo.clase);
    let propias = move |l: &&LineaFacturada| l.periodo_desde == desde && l.clase == clase;
    let de_tipo = move |borrador| facturadas.iter().rev().filter(move |l| l.borrador == borrador);
    de_tipo(true).chain(de_tipo(false)).filter(propias)
}

/// Position on paper (G5): recurring, adjustments, instalments, fees, discounts.
///
/// A revision of a period reads as an adjustment although its key is the recurring one.
pub fn orden_en_papel(cargo: &CargoPropuesto) -> Clase {
    match cargo.clase {
        Clase::Recurrente if cargo.revision > 0 => Clase::Ajuste,
        clase => clase,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ramal_contratos::Periodo;

    fn f(texto: &str) -> Fecha {
        Fecha::parse(texto).unwrap()
    }

    fn cargo(desde: &str, monto: Centavos, revision: u32) -> CargoPropuesto {
        CargoPropuesto {
            periodo: Periodo::new(f(desde), f(desde).plus_meses(1)),
            clase: Clase::Recurrente,
            revision,
            monto,
            esperado: monto,
            publicado: 0,
            explicacion: Vec::new(),
        }
    }

    fn linea(id: u128, bruto: Centavos, abonado: Centavos) -> LineaFacturada {
        let neto = |c: Centavos| rh_div(i128::from(c) * 10_000 * 100, 116);
        LineaFacturada {
            linea: Uuid::from_u128(id),
            periodo_desde: f("2026-11-01"),
            clase: Clase::Recurrente,
            borrador: false,
            bruto,
            neto_millonesimas: neto(bruto),
            abonado,
            neto_abonado_millonesimas: neto(abonado),
        }
    }

    #[test]
    fn a_line_with_an_earlier_credit_only_takes_the_rest() {
        let linea = linea(1, 39900, 10640);
        assert_eq!(linea.maximo(), 29260);
        assert_eq!(linea.credit(99999).bruto, 29260);
    }

    #[test]
    fn credits_of_a_line_add_up_to_it_tax_included() {
        for partes in [[1, 2], [9999, 1], [13300, 13301], [333, 20000]] {
            let mut linea = linea(1, 39900, 0);
            assert_eq!(linea.neto_millonesimas, 343_965_517);
            let (mut neto, mut impuesto) = (0, 0);
            for monto in partes.into_iter().chain([39900]) {
                let abono = linea.credit(monto);
                assert_eq!(
                    abono.neto_millonesimas + abono.impuesto_millonesimas,
                    abono.bruto * 10_000
                );
                linea.abonado += abono.bruto;
                linea.neto_abonado_millonesimas += abono.neto_millonesimas;
                neto += abono.neto_millonesimas;
                impuesto += abono.impuesto_millonesimas;
            }
            assert_eq!((linea.abonado, neto, impuesto), (39900, 343_965_517, 55_034_483));
        }
    }

    #[test]
    fn a_credit_takes_drafts_first_then_the_newest_line_and_leaves_the_rest_in_the_ledger() {
        let mut lineas = [linea(1, 39900, 0), linea(2, 10000, 0), linea(3, 500, 0)];
        lineas[2].borrador = true;
        let reparto = repartir(vec![cargo("2026-11-01", -11000, 1)], &lineas);
        let tomado: Vec<_> = reparto.abonos.iter().map(|a| (a.linea.as_u128(), a.bruto)).collect();
        assert_eq!(tomado, [(1, 500), (2, 10000), (3, 500)]);
        assert!(reparto.abonos[2].borrador);
        assert_eq!(reparto.neto(), -11000);
        let dos = vec![cargo("2026-11-01", -50000, 1), cargo("2026-11-01", -900, 2)];
        let reparto = repartir(dos, &lineas);
        assert_eq!(reparto.sin_linea, 500);
        assert_eq!(reparto.neto(), -50900);
        assert_eq!(repartir(vec![cargo("2026-12-01", -5, 0)], &lineas).sin_linea, 5);
    }

    #[test]
    fn lines_are_printed_recurring_first_then_adjustments() {
        let cargos = vec![
            cargo("2026-11-01", 100, 2),
            cargo("2026-12-01", 200, 0),
            CargoPropuesto { clase: Clase::Cargo, ..cargo("2026-10-01", 5, 0) },
            cargo("2026-10-01", 300, 0),
        ];
        let reparto = repartir(cargos, &[]);
        let montos: Vec<_> = reparto.lineas.iter().map(|c| c.monto).collect();
        assert_eq!(montos, [300, 200, 100, 5]);
    }
}
