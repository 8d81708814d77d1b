//! From a sale to a line with its net, tax and unit prices (§10.1, §10.2). Header sums are in
//! `totales`.

use ramal_base::dinero::{rh, rh_div};
use ramal_base::{Dinero, Moneda};
use rust_decimal::Decimal;

use super::ImportesError;
use crate::catalogos::Afectacion;
use crate::modelo::{DescuentoLinea, Linea};

/// Price of a line as it was sold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precio {
    /// Gross to charge for the whole line, IGV inside, after the discount.
    Incluido(Dinero),
    /// Unit value without IGV, before the discount, and its currency.
    MasImpuesto(Decimal, Moneda),
}

/// Discount of a line, in the mode of its price: gross with `Incluido`, net with `MasImpuesto`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Descuento {
    /// Amount taken off the whole line.
    pub monto: Dinero,
    /// The percentage it came from, if any: 0.1 means 10 %.
    pub factor: Option<Decimal>,
}

/// What is sold in one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Venta {
    /// 1 to 500 characters; put the billing period here.
    pub descripcion: String,
    /// Greater than zero, up to ten decimals.
    pub cantidad: Decimal,
    /// UN/ECE rec 20.
    pub unidad: String,
    /// Price as sold.
    pub precio: Precio,
    /// Catalogue 07.
    pub afectacion: Afectacion,
    /// Discount already taken (`Incluido`) or to take (`MasImpuesto`).
    pub descuento: Option<Descuento>,
    /// Code of the seller.
    pub codigo: Option<String>,
    /// UNSPSC code.
    pub unspsc: Option<String>,
}

impl Venta {
    /// Service sold at `bruto` for the whole line, IGV inside: the usual price of an ISP.
    pub fn incluido(
        descripcion: &str,
        cantidad: Decimal,
        bruto: Dinero,
        afectacion: Afectacion,
    ) -> Venta {
        Venta::new(descripcion, cantidad, Precio::Incluido(bruto), afectacion)
    }

    /// Service sold at `valor` each, IGV on top.
    pub fn mas_impuesto(
        descripcion: &str,
        cantidad: Decimal,
        valor: (Decimal, Moneda),
        afectacion: Afectacion,
    ) -> Venta {
        Venta::new(descripcion, cantidad, Precio::MasImpuesto(valor.0, valor.1), afectacion)
    }

    fn new(descripcion: &str, cantidad: Decimal, precio: Precio, afectacion: Afectacion) -> Venta {
        Venta {
            descripcion: descripcion.to_owned(),
            cantidad,
            unidad: "ZZ".to_owned(),
            precio,
            afectacion,
            descuento: None,
            codigo: None,
            unspsc: None,
        }
    }
}

/// Figures of a line, before they are dressed as a `Linea`.
struct Cifras {
    valor_unitario: Decimal,
    valor_venta: Dinero,
    impuesto: Dinero,
    descuento: Option<DescuentoLinea>,
}

/// Computes a line at the IGV rate `tasa` (percent) of the issue date.
///
/// Errors: `Cantidad`, `Descuento`, `SinBase` (3105), `Moneda`, `Desborde`. Source: §10.1, §10.2.
pub fn linea(venta: Venta, tasa: Decimal) -> Result<Linea, ImportesError> {
    if venta.cantidad <= Decimal::ZERO || venta.cantidad.normalize().scale() > 10 {
        return Err(ImportesError::Cantidad);
    }
    let descuento_valido = |d: &Descuento| d.monto.centavos > 0 && !venta.afectacion.is_gratuita();
    if venta.descuento.as_ref().is_some_and(|d| !descuento_valido(d)) {
        return Err(ImportesError::Descuento);
    }
    let efectiva = if venta.afectacion.lleva_igv() { tasa } else { Decimal::ZERO };
    let cifras = match venta.precio {
        Precio::Incluido(bruto) => incluido(&venta, bruto, efectiva)?,
        Precio::MasImpuesto(valor, moneda) => mas_impuesto(&venta, valor, moneda, efectiva)?,
    };
    if cifras.valor_venta.centavos <= 0 {
        return Err(ImportesError::SinBase);
    }
    vestir(venta, tasa, cifras)
}

/// `G` splits into net and IGV by difference: net + IGV is always the price that was sold.
fn incluido(venta: &Venta, bruto: Dinero, tasa: Decimal) -> Result<Cifras, ImportesError> {
    let rebaja = venta.descuento.map_or(Dinero::cero(bruto.moneda), |d| d.monto);
    let antes = bruto.plus(rebaja)?;
    let valor_unitario = dividir(antes.decimal(), venta.cantidad)
        .and_then(|p| dividir(p, uno_mas(tasa)))
        .map(|v| rh(v, 10))?;
    let valor_venta = sin_igv(bruto, tasa)?;
    let impuesto = Dinero::new(bruto.centavos - valor_venta.centavos, bruto.moneda);
    let descuento = match venta.descuento {
        None => None,
        Some(d) => Some(DescuentoLinea {
            factor: d.factor,
            monto: sin_igv(d.monto, tasa)?,
            base: producto(venta.cantidad, valor_unitario, bruto.moneda)?,
        }),
    };
    Ok(Cifras { valor_unitario, valor_venta, impuesto, descuento })
}

/// Net from quantity × value − discount; IGV on top.
fn mas_impuesto(
    venta: &Venta,
    valor: Decimal,
    moneda: Moneda,
    tasa: Decimal,
) -> Result<Cifras, ImportesError> {
    let valor_unitario = rh(valor, 10);
    let base = producto(venta.cantidad, valor_unitario, moneda)?;
    let rebaja = venta.descuento.map_or(Dinero::cero(moneda), |d| d.monto);
    let valor_venta = base.plus(Dinero::new(-rebaja.centavos, rebaja.moneda))?;
    let impuesto = igv(valor_venta, tasa)?;
    let descuento =
        venta.descuento.map(|d| DescuentoLinea { factor: d.factor, monto: d.monto, base });
    Ok(Cifras { valor_unitario, valor_venta, impuesto, descuento })
}

fn vestir(venta: Venta, tasa: Decimal, cifras: Cifras) -> Result<Linea, ImportesError> {
    let gratuita = venta.afectacion.is_gratuita();
    let pagado =
        if gratuita { cifras.valor_venta } else { cifras.valor_venta.plus(cifras.impuesto)? };
    let precio_unitario = rh(dividir(pagado.decimal(), venta.cantidad)?, 10);
    let valor_unitario = if gratuita { Decimal::ZERO } else { cifras.valor_unitario };
    Ok(Linea {
        cantidad: venta.cantidad,
        unidad: venta.unidad,
        descripcion: venta.descripcion,
        codigo: venta.codigo,
        unspsc: venta.unspsc,
        afectacion: venta.afectacion,
        tasa,
        valor_unitario,
        precio_unitario,
        valor_venta: cifras.valor_venta,
        impuesto: cifras.impuesto,
        descuento: cifras.descuento,
    })
}

/// Line of a nota de crédito of motive 13: it changes instalments, so every figure is zero (§7).
pub fn linea_en_cero(descripcion: &str, tasa: Decimal, moneda: Moneda) -> Linea {
    Linea {
        cantidad: Decimal::ONE,
        unidad: "ZZ".to_owned(),
        descripcion: descripcion.to_owned(),
        codigo: None,
        unspsc: None,
        afectacion: Afectacion::Gravado,
        tasa,
        valor_unitario: Decimal::ZERO,
        precio_unitario: Decimal::ZERO,
        valor_venta: Dinero::cero(moneda),
        impuesto: Dinero::cero(moneda),
        descuento: None,
    }
}

/// `rh(x / (1 + r), 2)` on integers. `tasa` in percent, up to five decimals.
pub(super) fn sin_igv(bruto: Dinero, tasa: Decimal) -> Result<Dinero, ImportesError> {
    if tasa.is_zero() {
        return Ok(bruto);
    }
    let entero = (tasa * Decimal::from(100_000)).trunc().to_string();
    let entero: i128 = entero.parse().map_err(|_| ImportesError::SinTasa)?;
    let (cien, divisor) = (10_000_000_i128, 10_000_000_i128 + entero);
    if divisor <= 0 {
        return Err(ImportesError::SinTasa);
    }
    Ok(Dinero::new(rh_div(i128::from(bruto.centavos) * cien, divisor), bruto.moneda))
}

/// `rh(base × r, 2)`. `tasa` in percent.
pub(super) fn igv(base: Dinero, tasa: Decimal) -> Result<Dinero, ImportesError> {
    let exacto = base.decimal().checked_mul(tasa).ok_or(ImportesError::Desborde)?;
    Ok(Dinero::from_decimal(exacto / Decimal::ONE_HUNDRED, base.moneda)?)
}

fn uno_mas(tasa: Decimal) -> Decimal {
    Decimal::ONE + tasa / Decimal::ONE_HUNDRED
}

fn dividir(a: Decimal, b: Decimal) -> Result<Decimal, ImportesError> {
    a.checked_div(b).ok_or(ImportesError::Desborde)
}

fn producto(cantidad: Decimal, valor: Decimal, moneda: Moneda) -> Result<Dinero, ImportesError> {
    let exacto = cantidad.checked_mul(valor).ok_or(ImportesError::Desborde)?;
    Ok(Dinero::from_decimal(exacto, moneda)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pen(centavos: i64) -> Dinero {
        Dinero::new(centavos, Moneda::Pen)
    }

    fn vender(centavos: i64) -> Linea {
        let venta = Venta::incluido("x", Decimal::ONE, pen(centavos), Afectacion::Gravado);
        linea(venta, Decimal::from(18)).unwrap()
    }

    #[test]
    fn isp_prices_split_as_the_table_says() {
        let tabla = [
            (4990, 4229, 761),
            (5990, 5076, 914),
            (6990, 5924, 1066),
            (7990, 6771, 1219),
            (8990, 7619, 1371),
            (9990, 8466, 1524),
            (11990, 10161, 1829),
            (14990, 12703, 2287),
            (19990, 16941, 3049),
            (29990, 25415, 4575),
            (10, 8, 2),
            (1, 1, 0),
            (10000, 8475, 1525),
            (39900, 33814, 6086),
            (12990, 11008, 1982),
        ];
        for (bruto, base, igv) in tabla {
            let l = vender(bruto);
            assert_eq!((l.valor_venta.centavos, l.impuesto.centavos), (base, igv), "{bruto}");
        }
    }

    #[test]
    fn the_sold_price_is_never_missed_by_a_cent() {
        let mut ingenuo = 0;
        for bruto in 1..=100_000 {
            let l = vender(bruto);
            assert_eq!(l.valor_venta.centavos + l.impuesto.centavos, bruto);
            let naive = igv(l.valor_venta, Decimal::from(18)).unwrap();
            ingenuo += i32::from(naive.centavos + l.valor_venta.centavos != bruto);
        }
        assert_eq!(ingenuo, 15_254, "the naive method misses as many as the norm counted");
    }

    #[test]
    fn unit_prices_keep_ten_decimals() {
        let l = vender(10000);
        assert_eq!(l.valor_unitario.to_string(), "84.7457627119");
        assert_eq!(crate::texto::decimal(l.precio_unitario), "100");
    }

    #[test]
    fn discount_of_a_tax_included_price_is_declared_net() {
        let mut venta = Venta::incluido("x", Decimal::ONE, pen(9000), Afectacion::Gravado);
        venta.descuento = Some(Descuento { monto: pen(1000), factor: None });
        let l = linea(venta, Decimal::from(18)).unwrap();
        let d = l.descuento.unwrap();
        assert_eq!((l.valor_venta.centavos, l.impuesto.centavos), (7627, 1373));
        assert_eq!((d.monto.centavos, d.base.centavos), (847, 8475));
        assert_eq!(l.valor_unitario.to_string(), "84.7457627119");
    }

    #[test]
    fn impossible_sales_are_refused() {
        let tasa = Decimal::from(18);
        let venta =
            |c, q: &str| Venta::incluido("x", q.parse().unwrap(), pen(c), Afectacion::Gravado);
        assert_eq!(linea(venta(0, "1"), tasa), Err(ImportesError::SinBase));
        assert_eq!(linea(venta(-5, "1"), tasa), Err(ImportesError::SinBase));
        assert_eq!(linea(venta(100, "0"), tasa), Err(ImportesError::Cantidad));
        assert_eq!(linea(venta(100, "0.00000000001"), tasa), Err(ImportesError::Cantidad));
        let mut gratis = venta(100, "1");
        gratis.afectacion = Afectacion::GratuitoInafecto(1);
        gratis.descuento = Some(Descuento { monto: pen(1), factor: None });
        assert_eq!(linea(gratis, tasa), Err(ImportesError::Descuento));
    }
}
