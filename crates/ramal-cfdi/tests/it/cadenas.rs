//! Cadena original against the vectors that libxslt made with the stylesheet of the SAT.

use ramal_cfdi::cadena::cadena_original;
use ramal_cfdi::construir::{
    DatosEgreso, DatosGlobal, DatosPago, Factura, GrupoImpuesto, Linea, PagoRecibido, Partida,
    Periodo, Recibo, egreso, global, ingreso, pago,
};
use ramal_cfdi::importes::{Perfil, Precio, Tasa, totales};
use ramal_cfdi::modelo::Comprobante;
use ramal_cfdi::texto::hex;
use ramal_cfdi::valor::Valor;

use crate::mundo::{FECHA, NO_CERTIFICADO, datos, emisor, linea, receptor};

fn sha(documento: &Comprobante) -> String {
    hex(&ramal_xml::sha256(&cadena_original(documento, NO_CERTIFICADO)))
}

fn texto(documento: &Comprobante) -> String {
    String::from_utf8(cadena_original(documento, NO_CERTIFICADO)).unwrap()
}

#[test]
fn v1_ingreso_with_ieps_and_a_dirty_description() {
    let internet = Linea {
        no_identificacion: Some("INT-100".into()),
        ..linea(
            "81112101",
            "  Internet 100 Mbps\t  noviembre & \"fibra\" ñ ",
            Precio::SinImpuestos(43_017),
            Perfil::IVA_16,
        )
    };
    let perfil = Perfil::IVA_16.con_ieps(Tasa::IEPS_3);
    let telefonia = linea("83111501", "Telefonia fija", Precio::SinImpuestos(10_000), perfil);
    let mut v1 = ingreso(datos("F", "1", "99"), vec![internet, telefonia]).unwrap();
    v1.conceptos[1].valor_unitario = Valor::entero(100);
    v1.conceptos[0].descripcion = "  Internet 100 Mbps\t  noviembre & \"fibra\" ñ ".into();
    let esperado = "2dc7d672829c7a837ac2e0469b5009f3d6de2d03c7b35c74c3d66ffb24e3408d";
    assert_eq!(sha(&v1), esperado, "{}", texto(&v1));
}

#[test]
fn v2_egreso_related_to_its_invoice() {
    let credito = linea(
        "84111506",
        "Bonificacion por falla de servicio 3 dias",
        Precio::SinImpuestos(4_302),
        Perfil::IVA_16,
    );
    let mut cabecera = datos("NC", "1", "15");
    cabecera.receptor = receptor("G02");
    let datos = DatosEgreso {
        cabecera,
        tipo_relacion: "01".into(),
        uuids: vec!["5A9C1B2E-0000-4000-8000-000000000001".into()],
    };
    let v2 = egreso(datos, vec![Linea { clave_unidad: "ACT".into(), ..credito }]).unwrap();
    let esperado = "69cf65939fd169465bc6d83d43ff92baddea5226b4fe25f6849cd6aab3246b61";
    assert_eq!(sha(&v2), esperado, "{}", texto(&v2));
}

#[test]
fn v3_global_with_three_receipts() {
    let recibo = |i: usize| Recibo {
        folio: format!("R-{i}").into(),
        lineas: vec![linea("81112101", "x", Precio::SinImpuestos(25_862), Perfil::IVA_16)],
    };
    let datos = DatosGlobal {
        serie: Some("G".into()),
        folio: Some("1".into()),
        fecha: FECHA.into(),
        forma_pago: "01".into(),
        lugar_expedicion: "64000".into(),
        emisor: emisor(),
        periodo: Periodo::Mensual,
        mes: 11,
        anio: 2026,
    };
    let v3 = global(datos, (0..3).map(recibo).collect()).unwrap();
    let esperado = "2202a35068c3adaa241587803b3c48b4605fc0d66cfe068db4b3071f5cc1d685";
    assert_eq!(sha(&v3), esperado, "{}", texto(&v3));
}

#[test]
fn v4_discount_and_two_retentions() {
    let perfil =
        Perfil::IVA_16.con_retenciones(Some(Tasa::ISR_RESICO), Some(Tasa::IVA_DOS_TERCIOS));
    let enlace = Linea {
        descuento: Some(1_000),
        ..linea("81112101", "Enlace", Precio::SinImpuestos(20_001), perfil)
    };
    let mut v4 = ingreso(datos("F", "9", "03"), vec![enlace]).unwrap();
    v4.conceptos[0].cantidad = Valor::entero(2);
    v4.conceptos[0].valor_unitario = Valor::parse("100.005").unwrap();
    assert_eq!(totales(&v4.conceptos).unwrap().total, v4.total);
    let esperado = "525fba39d55d8c3a7ec8ee508047fcc49143426d9eabf3de7ed0c28cb2b66086";
    assert_eq!(sha(&v4), esperado, "{}", texto(&v4));
}

#[test]
fn v5_rep_of_a_partial_payment() {
    let lineas = vec![linea("81112101", "Internet", Precio::ConImpuestos(49_900), Perfil::IVA_16)];
    let factura = ingreso(datos("F", "1", "99"), lineas).unwrap();
    let partida = Partida {
        factura: Factura {
            uuid: "5A9C1B2E-0000-4000-8000-000000000001".into(),
            serie: Some("F".into()),
            folio: Some("1".into()),
            total: 49_900,
            grupos: GrupoImpuesto::de_conceptos(&factura.conceptos),
        },
        num_parcialidad: 1,
        saldo_anterior: 49_900,
        pagado: 30_000,
    };
    let recibido = PagoRecibido {
        fecha: "2026-11-19T12:00:00".into(),
        forma_de_pago: "03".into(),
        num_operacion: Some("SPEI123".into()),
        partidas: vec![partida],
    };
    let datos = DatosPago {
        serie: Some("P".into()),
        folio: Some("1".into()),
        fecha: FECHA.into(),
        lugar_expedicion: "64000".into(),
        emisor: emisor(),
        receptor: receptor("G03"),
        relacionados: Vec::new(),
    };
    let v5 = pago(datos, vec![recibido]).unwrap();
    let esperado = "569aa90a3d4ae51b6f9f90c5c0595b0c5275c2d5e4a79e23425427e3963ec889";
    assert_eq!(sha(&v5), esperado, "{}", texto(&v5));
}

#[test]
fn the_cadena_of_the_bytes_is_the_cadena_of_the_model() {
    for muestra in crate::mundo::todas() {
        let xml = crate::mundo::sellada(&muestra);
        let documento = ramal_xml::parse(&xml, &ramal_xml::Limits::default()).unwrap();
        let leida = ramal_cfdi::cadena::cadena_de_documento(
            &documento,
            ramal_cfdi::cadena::Espacios::Conservar,
        );
        let numero = crate::mundo::csd().no_certificado();
        let tipada = cadena_original(&muestra, numero);
        assert_eq!(String::from_utf8(leida.unwrap().cadena), String::from_utf8(tipada));
    }
}
