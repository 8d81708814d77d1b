//! Complement Pagos 2.0 as bytes; its namespace is declared on the root. It writes no bank data.

use super::{Xml, lista, retenciones};
use crate::modelo::{DoctoRelacionado, Pago, Pagos, TotalesPagos};
use crate::valor::Valor;

/// `cfdi:Complemento` with `pago20:Pagos`.
pub(super) fn pagos(x: &mut Xml, p: &Pagos) {
    x.crudo("<cfdi:Complemento><pago20:Pagos Version=\"2.0\">");
    totales(x, &p.totales);
    p.pagos.iter().for_each(|p| pago(x, p));
    x.crudo("</pago20:Pagos></cfdi:Complemento>");
}

fn totales(x: &mut Xml, t: &TotalesPagos) {
    x.crudo("<pago20:Totales");
    x.valor_opcional("TotalRetencionesIVA", t.retenciones_iva);
    x.valor_opcional("TotalRetencionesISR", t.retenciones_isr);
    x.valor_opcional("TotalRetencionesIEPS", t.retenciones_ieps);
    x.valor_opcional("TotalTrasladosBaseIVA16", t.base_iva16);
    x.valor_opcional("TotalTrasladosImpuestoIVA16", t.impuesto_iva16);
    x.valor_opcional("TotalTrasladosBaseIVA8", t.base_iva8);
    x.valor_opcional("TotalTrasladosImpuestoIVA8", t.impuesto_iva8);
    x.valor_opcional("TotalTrasladosBaseIVA0", t.base_iva0);
    x.valor_opcional("TotalTrasladosImpuestoIVA0", t.impuesto_iva0);
    x.valor_opcional("TotalTrasladosBaseIVAExento", t.base_exento);
    x.valor("MontoTotalPagos", t.monto_total);
    x.crudo("/>");
}

fn pago(x: &mut Xml, p: &Pago) {
    x.crudo("<pago20:Pago");
    x.attr("FechaPago", &p.fecha);
    x.attr("FormaDePagoP", &p.forma_de_pago);
    x.attr("MonedaP", &p.moneda);
    x.valor_opcional("TipoCambioP", p.tipo_cambio);
    x.valor("Monto", p.monto);
    x.attr_opcional("NumOperacion", p.num_operacion.as_ref());
    x.crudo(">");
    p.documentos.iter().for_each(|d| documento(x, d));
    if !p.traslados.is_empty() || !p.retenciones.is_empty() {
        x.crudo("<pago20:ImpuestosP>");
        retenciones(x, "pago20:RetencionesP", "pago20:RetencionP", "P", &p.retenciones);
        lista(x, "pago20:TrasladosP", "pago20:TrasladoP", "P", &p.traslados);
        x.crudo("</pago20:ImpuestosP>");
    }
    x.crudo("</pago20:Pago>");
}

fn documento(x: &mut Xml, d: &DoctoRelacionado) {
    x.crudo("<pago20:DoctoRelacionado");
    x.attr("IdDocumento", &d.id_documento);
    x.attr_opcional("Serie", d.serie.as_ref());
    x.attr_opcional("Folio", d.folio.as_ref());
    x.attr("MonedaDR", &d.moneda);
    x.valor_opcional("EquivalenciaDR", d.equivalencia);
    x.valor("NumParcialidad", Valor::entero(i64::from(d.num_parcialidad)));
    x.valor("ImpSaldoAnt", d.saldo_anterior);
    x.valor("ImpPagado", d.pagado);
    x.valor("ImpSaldoInsoluto", d.saldo_insoluto);
    x.attr("ObjetoImpDR", &d.objeto_imp);
    if d.traslados.is_empty() && d.retenciones.is_empty() {
        x.crudo("/>");
        return;
    }
    x.crudo("><pago20:ImpuestosDR>");
    lista(x, "pago20:RetencionesDR", "pago20:RetencionDR", "DR", &d.retenciones);
    lista(x, "pago20:TrasladosDR", "pago20:TrasladoDR", "DR", &d.traslados);
    x.crudo("</pago20:ImpuestosDR></pago20:DoctoRelacionado>");
}
