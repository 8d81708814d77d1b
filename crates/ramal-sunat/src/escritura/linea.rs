//! One line of 01, 03, 07 or 08 (§5.9). The notes put the discount after the taxes; nothing else
//! differs.

use super::bloques::descuento;
use super::pluma::{self, Pluma, UNECE};
use crate::modelo::Linea;
use crate::texto::{decimal, porcentaje};
use ramal_base::{Dinero, Moneda};

/// Names that change with the document.
pub(super) struct Nombres {
    /// `cac:InvoiceLine`…
    pub(super) linea: &'static str,
    /// `cbc:InvoicedQuantity`…
    pub(super) cantidad: &'static str,
    /// Whether `cac:AllowanceCharge` goes before `cac:TaxTotal` (01 and 03 only).
    pub(super) descuento_antes: bool,
}

/// Writes all lines, numbered from 1.
pub(super) fn lineas(p: &mut Pluma, nombres: &Nombres, lineas: &[Linea], moneda: Moneda) {
    for (i, linea) in lineas.iter().enumerate() {
        p.abrir(nombres.linea);
        p.hoja("cbc:ID", &(i + 1).to_string());
        cuerpo(p, nombres, linea, moneda);
        p.cerrar(nombres.linea);
    }
}

fn cuerpo(p: &mut Pluma, nombres: &Nombres, linea: &Linea, moneda: Moneda) {
    let unidad = [
        ("unitCode", linea.unidad.as_str()),
        ("unitCodeListAgencyName", UNECE),
        ("unitCodeListID", "UN/ECE rec 20"),
    ];
    p.codigo(nombres.cantidad, &unidad, &decimal(linea.cantidad));
    p.monto("cbc:LineExtensionAmount", linea.valor_venta);
    let con_moneda = [("currencyID", moneda.codigo())];
    p.abrir("cac:PricingReference");
    p.abrir("cac:AlternativeConditionPrice");
    p.codigo("cbc:PriceAmount", &con_moneda, &decimal(linea.precio_unitario));
    let tipo_precio = if linea.afectacion.is_gratuita() { "02" } else { "01" };
    p.codigo("cbc:PriceTypeCode", pluma::TIPO_PRECIO, tipo_precio);
    p.cerrar("cac:AlternativeConditionPrice");
    p.cerrar("cac:PricingReference");
    if nombres.descuento_antes {
        rebaja(p, linea);
    }
    impuesto(p, linea);
    if !nombres.descuento_antes {
        rebaja(p, linea);
    }
    articulo(p, linea);
    p.abrir("cac:Price");
    p.codigo("cbc:PriceAmount", &con_moneda, &decimal(linea.valor_unitario));
    p.cerrar("cac:Price");
}

fn rebaja(p: &mut Pluma, linea: &Linea) {
    if let Some(d) = &linea.descuento {
        descuento(p, "00", d.factor, d.monto, Some(d.base));
    }
}

/// Tax of the line. A free line adds nothing to pay, so its `TaxTotal` is zero (§10.2).
fn impuesto(p: &mut Pluma, linea: &Linea) {
    let gratuita = linea.afectacion.is_gratuita();
    let se_paga = if gratuita { Dinero::cero(linea.impuesto.moneda) } else { linea.impuesto };
    p.abrir("cac:TaxTotal");
    p.monto("cbc:TaxAmount", se_paga);
    p.abrir("cac:TaxSubtotal");
    p.monto("cbc:TaxableAmount", linea.valor_venta);
    p.monto("cbc:TaxAmount", linea.impuesto);
    p.abrir("cac:TaxCategory");
    p.hoja("cbc:Percent", &porcentaje(linea.tasa));
    p.codigo("cbc:TaxExemptionReasonCode", pluma::AFECTACION, linea.afectacion.codigo());
    p.tributo(linea.afectacion.tributo().ficha(), pluma::TRIBUTO);
    p.cerrar("cac:TaxCategory");
    p.cerrar("cac:TaxSubtotal");
    p.cerrar("cac:TaxTotal");
}

fn articulo(p: &mut Pluma, linea: &Linea) {
    p.abrir("cac:Item");
    p.hoja("cbc:Description", &linea.descripcion);
    if let Some(codigo) = &linea.codigo {
        p.abrir("cac:SellersItemIdentification");
        p.hoja("cbc:ID", codigo);
        p.cerrar("cac:SellersItemIdentification");
    }
    if let Some(unspsc) = &linea.unspsc {
        p.abrir("cac:CommodityClassification");
        p.codigo("cbc:ItemClassificationCode", pluma::UNSPSC, unspsc);
        p.cerrar("cac:CommodityClassification");
    }
    p.cerrar("cac:Item");
}
