//! REP: the published vector, and that partial payments add up to the invoice.

use ramal_cfdi::construir::{
    DatosPago, Factura, GrupoImpuesto, PagoRecibido, Partida, ingreso, pago,
};
use ramal_cfdi::importes::{ImporteError, Perfil, Precio, Tasa};
use ramal_cfdi::modelo::{Comprobante, Factor, Impuesto};
use ramal_cfdi::valor::Valor;

use crate::mundo::{FECHA, datos, emisor, linea, receptor};

fn factura() -> Factura {
    let lineas = vec![linea("81112101", "Internet", Precio::ConImpuestos(49_900), Perfil::IVA_16)];
    let documento = ingreso(datos("F", "1", "99"), lineas).unwrap();
    factura_de(&documento)
}

fn factura_de(documento: &Comprobante) -> Factura {
    Factura {
        uuid: "5A9C1B2E-0000-4000-8000-000000000001".into(),
        serie: documento.serie.clone(),
        folio: documento.folio.clone(),
        total: i64::try_from(documento.total.en_centavos()).unwrap(),
        grupos: GrupoImpuesto::de_conceptos(&documento.conceptos),
    }
}

fn rep(factura: &Factura, parcialidad: u16, saldo: i64, pagado: i64) -> Comprobante {
    let partida = Partida {
        factura: factura.clone(),
        num_parcialidad: parcialidad,
        saldo_anterior: saldo,
        pagado,
    };
    pago(cabecera(), vec![recibido(vec![partida])]).unwrap()
}

fn cabecera() -> DatosPago {
    DatosPago {
        serie: Some("P".into()),
        folio: Some("1".into()),
        fecha: FECHA.into(),
        lugar_expedicion: "64000".into(),
        emisor: emisor(),
        receptor: receptor("G03"),
        relacionados: Vec::new(),
    }
}

fn recibido(partidas: Vec<Partida>) -> PagoRecibido {
    PagoRecibido {
        fecha: "2026-11-19T12:00:00".into(),
        forma_de_pago: "03".into(),
        num_operacion: Some("SPEI123".into()),
        partidas,
    }
}

#[test]
fn three_partial_payments_follow_the_vector() {
    let factura = factura();
    let esperados = [
        (49_900, 30_000, "258.620690", "41.379310", "258.62", "41.38", "199.00"),
        (19_900, 10_000, "86.206896", "13.793103", "86.21", "13.79", "99.00"),
        (9_900, 9_900, "85.344828", "13.655172", "85.34", "13.66", "0.00"),
    ];
    let mut bases = 0;
    for (i, (saldo, pagado, base, importe, total_base, total_iva, resto)) in
        esperados.into_iter().enumerate()
    {
        let documento = rep(&factura, u16::try_from(i).unwrap() + 1, saldo, pagado);
        let pagos = documento.pagos.unwrap();
        let docto = &pagos.pagos[0].documentos[0];
        let traslado = docto.traslados[0];
        assert_eq!(traslado.base.to_string(), base);
        assert_eq!(traslado.importe.unwrap().to_string(), importe);
        assert_eq!(pagos.totales.base_iva16.unwrap().to_string(), total_base);
        assert_eq!(pagos.totales.impuesto_iva16.unwrap().to_string(), total_iva);
        assert_eq!(docto.saldo_insoluto.to_string(), resto);
        bases += traslado.base.en_micros();
    }
    assert_eq!(bases, factura.grupos[0].base_micros);
}

#[test]
fn a_payment_beyond_the_balance_is_refused() {
    let factura = factura();
    for (saldo, pagado) in [(10_000, 10_001), (10_000, 0), (49_901, 100), (10_000, -5)] {
        let partida =
            Partida { factura: factura.clone(), num_parcialidad: 1, saldo_anterior: saldo, pagado };
        let resultado = pago(cabecera(), vec![recibido(vec![partida])]);
        assert_eq!(resultado, Err(ImporteError::PagoExcesivo), "{saldo} {pagado}");
    }
    assert_eq!(pago(cabecera(), Vec::new()), Err(ImporteError::SinLineas));
    assert_eq!(pago(cabecera(), vec![recibido(Vec::new())]), Err(ImporteError::SinLineas));
}

#[test]
fn ieps_is_in_the_payment_but_has_no_total() {
    let tv = Perfil::IVA_16.con_ieps(Tasa::IEPS_3);
    let lineas = vec![linea("83111801", "TV", Precio::ConImpuestos(19_900), tv)];
    let factura = factura_de(&ingreso(datos("F", "2", "99"), lineas).unwrap());
    let pagos = rep(&factura, 1, factura.total, factura.total).pagos.unwrap();
    let claves: Vec<_> = pagos.pagos[0].traslados.iter().map(|t| t.impuesto).collect();
    assert_eq!(claves, [Impuesto::Iva, Impuesto::Ieps]);
    assert_eq!(pagos.totales.retenciones_ieps, None);
    assert_eq!(pagos.totales.monto_total, Valor::centavos(factura.total));
}

#[test]
fn an_invoice_without_taxes_is_paid_without_tax_nodes() {
    let lineas = vec![linea("84111506", "X", Precio::ConImpuestos(10_000), Perfil::NO_OBJETO)];
    let factura = factura_de(&ingreso(datos("F", "3", "99"), lineas).unwrap());
    let pagos = rep(&factura, 1, 10_000, 10_000).pagos.unwrap();
    assert_eq!(pagos.pagos[0].documentos[0].objeto_imp, "01");
    assert!(pagos.pagos[0].traslados.is_empty());
    assert_eq!(pagos.totales.base_exento, None);
}

#[test]
fn exempt_and_withheld_groups_reach_the_totals() {
    let retiene = Perfil::IVA_16.con_retenciones(Some(Tasa::ISR_RESICO), None);
    let lineas = vec![
        linea("81112101", "A", Precio::SinImpuestos(10_000), retiene),
        linea("81112101", "B", Precio::SinImpuestos(5_000), Perfil::EXENTO),
    ];
    let factura = factura_de(&ingreso(datos("F", "4", "99"), lineas).unwrap());
    let pagos = rep(&factura, 1, factura.total, factura.total).pagos.unwrap();
    assert_eq!(pagos.totales.base_exento.unwrap().to_string(), "50.00");
    assert_eq!(pagos.totales.retenciones_isr.unwrap().to_string(), "1.25");
    assert!(pagos.pagos[0].traslados.iter().any(|t| t.factor == Factor::Exento));
}
