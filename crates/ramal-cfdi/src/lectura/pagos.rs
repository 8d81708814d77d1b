//! Reading of complement Pagos 2.0. Pagos 1.0 of CFDI 3.3 is known to the cadena, but not read
//! here.

use ramal_xml::NodeRef;

use super::campos::Lector;
use crate::modelo::{DoctoRelacionado, Pago, Pagos, TotalesPagos};
use crate::valor::Valor;

const NS_PAGOS: &str = "http://www.sat.gob.mx/Pagos20";

/// The complement of a document; `None` if it has none.
pub(super) fn read(l: &mut Lector, raiz: NodeRef<'_>) -> Option<Pagos> {
    let complementos: Vec<_> = l.hijos(raiz, "Complemento").collect();
    let nodo = complementos.iter().flat_map(|c| c.children()).find(|n| n.is(NS_PAGOS, "Pagos"))?;
    let mut suyo = l.en(NS_PAGOS);
    let pagos = pagos(&mut suyo, nodo);
    l.problemas = suyo.problemas;
    Some(pagos)
}

fn pagos(l: &mut Lector, n: NodeRef<'_>) -> Pagos {
    let totales = l.hijo(n, "Totales");
    if totales.is_none() {
        l.problema("Pagos.Totales", "faltan los totales de los pagos");
    }
    let nodos: Vec<_> = l.hijos(n, "Pago").collect();
    Pagos {
        totales: totales.map_or_else(sin_totales, |t| leer_totales(l, t)),
        pagos: nodos.into_iter().map(|p| pago(l, p)).collect(),
    }
}

fn leer_totales(l: &mut Lector, n: NodeRef<'_>) -> TotalesPagos {
    TotalesPagos {
        retenciones_iva: l.valor_opcional(n, "TotalRetencionesIVA"),
        retenciones_isr: l.valor_opcional(n, "TotalRetencionesISR"),
        retenciones_ieps: l.valor_opcional(n, "TotalRetencionesIEPS"),
        base_iva16: l.valor_opcional(n, "TotalTrasladosBaseIVA16"),
        impuesto_iva16: l.valor_opcional(n, "TotalTrasladosImpuestoIVA16"),
        base_iva8: l.valor_opcional(n, "TotalTrasladosBaseIVA8"),
        impuesto_iva8: l.valor_opcional(n, "TotalTrasladosImpuestoIVA8"),
        base_iva0: l.valor_opcional(n, "TotalTrasladosBaseIVA0"),
        impuesto_iva0: l.valor_opcional(n, "TotalTrasladosImpuestoIVA0"),
        base_exento: l.valor_opcional(n, "TotalTrasladosBaseIVAExento"),
        monto_total: l.valor(n, "MontoTotalPagos"),
    }
}

fn sin_totales() -> TotalesPagos {
    TotalesPagos {
        retenciones_iva: None,
        retenciones_isr: None,
        retenciones_ieps: None,
        base_iva16: None,
        impuesto_iva16: None,
        base_iva8: None,
        impuesto_iva8: None,
        base_iva0: None,
        impuesto_iva0: None,
        base_exento: None,
        monto_total: Valor::CERO,
    }
}

fn pago(l: &mut Lector, n: NodeRef<'_>) -> Pago {
    let impuestos = l.hijo(n, "ImpuestosP");
    let documentos: Vec<_> = l.hijos(n, "DoctoRelacionado").collect();
    Pago {
        fecha: l.requerido(n, "FechaPago"),
        forma_de_pago: l.requerido(n, "FormaDePagoP"),
        moneda: l.requerido(n, "MonedaP"),
        tipo_cambio: l.valor_opcional(n, "TipoCambioP"),
        monto: l.valor(n, "Monto"),
        num_operacion: l.opcional(n, "NumOperacion"),
        documentos: documentos.into_iter().map(|d| documento(l, d)).collect(),
        retenciones: l.retenciones(impuestos, "RetencionesP", "RetencionP", "P"),
        traslados: l.impuestos(impuestos, "TrasladosP", "TrasladoP", "P"),
    }
}

fn documento(l: &mut Lector, n: NodeRef<'_>) -> DoctoRelacionado {
    let impuestos = l.hijo(n, "ImpuestosDR");
    let parcialidad = n.attr("NumParcialidad").and_then(|p| p.trim().parse().ok());
    if parcialidad.is_none() {
        l.problema("DoctoRelacionado.NumParcialidad", "la parcialidad no es un número de 1 a 999");
    }
    DoctoRelacionado {
        id_documento: l.requerido(n, "IdDocumento"),
        serie: l.opcional(n, "Serie"),
        folio: l.opcional(n, "Folio"),
        moneda: l.requerido(n, "MonedaDR"),
        equivalencia: l.valor_opcional(n, "EquivalenciaDR"),
        num_parcialidad: parcialidad.unwrap_or(0),
        saldo_anterior: l.valor(n, "ImpSaldoAnt"),
        pagado: l.valor(n, "ImpPagado"),
        saldo_insoluto: l.valor(n, "ImpSaldoInsoluto"),
        objeto_imp: l.texto(n, "ObjetoImpDR"),
        retenciones: l.impuestos(impuestos, "RetencionesDR", "RetencionDR", "DR"),
        traslados: l.impuestos(impuestos, "TrasladosDR", "TrasladoDR", "DR"),
    }
}
