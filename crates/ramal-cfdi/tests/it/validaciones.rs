//! Local validation: what Ramal builds passes, and each fault has its code.

use ramal_cfdi::modelo::{CfdiRelacionados, Comprobante, InformacionGlobal};
use ramal_cfdi::validacion::validar;
use ramal_cfdi::valor::Valor;

use crate::mundo::todas;

fn codigos(documento: &Comprobante) -> Vec<&'static str> {
    validar(documento).into_iter().map(|h| h.codigo).collect()
}

#[test]
fn what_is_built_passes() {
    for documento in todas() {
        assert_eq!(validar(&documento), [], "{}", documento.tipo.clave());
    }
}

/// Index in `todas`, what is broken, and the code that must appear.
type Caso = (usize, fn(&mut Comprobante), &'static str);

const CASOS: &[Caso] = &[
    (0, |d| d.fecha = "2026-11-20".into(), "CFDI40101"),
    (3, |d| d.forma_pago = Some("03".into()), "CFDI40103"),
    (0, |d| d.forma_pago = Some("77".into()), "CFDI40104"),
    (0, |d| d.forma_pago = Some("03".into()), "CFDI40105"),
    (0, |d| d.sub_total = Valor::centavos(1), "CFDI40108"),
    (3, |d| d.total = Valor::centavos(1), "CFDI40109"),
    (0, |d| d.descuento = Some(Valor::centavos(1)), "CFDI40110"),
    (3, |d| d.moneda = "MXN".into(), "CFDI40113"),
    (0, |d| d.tipo_cambio = Some(Valor::entero(2)), "CFDI40114"),
    (0, |d| d.total = Valor::centavos(1), "CFDI40119"),
    (0, |d| d.metodo_pago = Some("XYZ".into()), "CFDI40124"),
    (3, |d| d.metodo_pago = Some("PUE".into()), "CFDI40125"),
    (0, |d| d.lugar_expedicion = "640".into(), "CFDI40126"),
    (2, |d| d.informacion_global = None, "CFDI40130"),
    (0, |d| d.informacion_global = Some(global("04", "11")), "CFDI40130"),
    (2, |d| d.informacion_global = Some(global("05", "13")), "CFDI40132"),
    (2, |d| d.informacion_global = Some(global("04", "13")), "CFDI40134"),
    (2, |d| d.informacion_global = Some(global("04", "19")), "CFDI40133"),
    (1, |d| d.relacionados[0].tipo_relacion = "99".into(), "CFDI40137"),
    (1, |d| d.relacionados.clear(), "CFDI40137"),
    (0, |d| d.relacionados.push(relacion("x")), "CFDI40999"),
    (0, |d| d.emisor.rfc = "ABC".into(), "CFDI40138"),
    (0, |d| d.emisor.regimen_fiscal = "999".into(), "CFDI40140"),
    (0, |d| d.emisor.regimen_fiscal = "612".into(), "CFDI40141"),
    (0, |d| d.receptor.rfc = "EKU9013173C9".into(), "CFDI40143"),
    (0, |d| d.receptor.nombre = "PUBLICO EN GENERAL".into(), "CFDI40146"),
    (2, |d| d.receptor.domicilio_fiscal = "36257".into(), "CFDI40149"),
    (0, |d| d.receptor.residencia_fiscal = Some("USA".into()), "CFDI40151"),
    (0, |d| d.receptor.regimen_fiscal = "601".into(), "CFDI40158"),
    (0, |d| d.receptor.regimen_fiscal = "605".into(), "CFDI40161"),
    (3, |d| d.receptor.uso_cfdi = "G03".into(), "CFDI40161"),
    (0, |d| d.conceptos[0].clave_prod_serv = "811".into(), "CFDI40162"),
    (0, |d| d.conceptos[0].clave_unidad = "".into(), "CFDI40165"),
    (0, |d| d.conceptos[0].valor_unitario = Valor::CERO, "CFDI40166"),
    (0, |d| d.conceptos[0].importe = Valor::centavos(1), "CFDI40167"),
    (0, |d| d.conceptos[0].descuento = Some(Valor::entero(999)), "CFDI40169"),
    (0, |d| d.conceptos[0].objeto_imp = "09".into(), "CFDI40170"),
    (0, |d| d.conceptos[0].traslados.clear(), "CFDI40171"),
    (0, |d| d.conceptos[0].objeto_imp = "01".into(), "CFDI40172"),
    (0, |d| d.conceptos[0].traslados[0].base = Valor::CERO, "CFDI40174"),
    (0, |d| d.conceptos[0].traslados[0].importe = None, "CFDI40177"),
    (0, |d| d.conceptos[0].traslados[0].importe = Some(Valor::CERO), "CFDI40180"),
    (0, |d| d.conceptos[0].descripcion = "a|b".into(), "CFDI40999"),
    (0, |d| d.impuestos = None, "CFDI40213"),
    (0, |d| total_trasladado(d, None), "CFDI40212"),
    (0, |d| total_trasladado(d, Some(Valor::centavos(1))), "CFDI40215"),
    (3, |d| d.pagos = None, "CRP20101"),
    (3, |d| d.conceptos[0].descripcion = "Abono".into(), "CRP20109"),
    (3, |d| pago(d).forma_de_pago = "99".into(), "CRP20212"),
    (3, |d| pago(d).tipo_cambio = None, "CRP20215"),
    (3, |d| pago(d).monto = Valor::centavos(1), "CRP20217"),
    (3, |d| pago(d).documentos[0].equivalencia = None, "CRP20238"),
    (3, |d| pago(d).documentos[0].saldo_insoluto = Valor::centavos(1), "CRP20244"),
    (3, |d| pago(d).documentos[0].traslados.clear(), "CRP20246"),
    (3, |d| pago(d).documentos[0].traslados[0].importe = Some(Valor::CERO), "CRP20261"),
    (3, |d| pago(d).traslados[0].base = Valor::CERO, "CRP20268"),
];

fn global(periodicidad: &'static str, meses: &'static str) -> InformacionGlobal {
    InformacionGlobal { periodicidad: periodicidad.into(), meses: meses.into(), anio: 2026 }
}

fn relacion(uuid: &'static str) -> CfdiRelacionados {
    CfdiRelacionados { tipo_relacion: "04".into(), uuids: vec![uuid.into()] }
}

fn total_trasladado(d: &mut Comprobante, valor: Option<Valor>) {
    d.impuestos.as_mut().unwrap().total_trasladados = valor;
}

fn pago(d: &mut Comprobante) -> &mut ramal_cfdi::modelo::Pago {
    &mut d.pagos.as_mut().unwrap().pagos[0]
}

#[test]
fn each_fault_has_its_code() {
    for (i, (indice, romper, codigo)) in CASOS.iter().enumerate() {
        let mut documento = todas().remove(*indice);
        romper(&mut documento);
        let hallados = codigos(&documento);
        assert!(hallados.contains(codigo), "caso {i}: {codigo} no está en {hallados:?}");
    }
}

#[test]
fn generic_receivers_keep_their_rules() {
    let mut documento = todas().remove(0);
    documento.receptor = ramal_cfdi::construir::publico_en_general("64000".into());
    documento.receptor.nombre = "JAVIER MOSCA".into();
    assert_eq!(validar(&documento), []);
    documento.receptor.rfc = "XEXX010101000".into();
    documento.receptor.residencia_fiscal = Some("USA".into());
    assert_eq!(codigos(&documento), ["CFDI40155"]);
    documento.receptor.num_reg_id_trib = Some("123456789".into());
    assert_eq!(validar(&documento), []);
    documento.receptor.regimen_fiscal = "612".into();
    assert_eq!(codigos(&documento), ["CFDI40158"]);
}
