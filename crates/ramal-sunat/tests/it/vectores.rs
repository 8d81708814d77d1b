//! Figures of the vectors of §10.4 and the form in which every shape is signed. The XSD is
//! checked outside.

use ramal_sunat::lectura::{leer, verificar};
use ramal_sunat::modelo::{Comun, FormaPago};
use ramal_sunat::{FirmanteSunat, Tributo, escribir_cpe, escribir_nota};
use ramal_xml::{C14n, Limits, Llave, canonicalize, parse};

use crate::comun::{ahora, firmante};
use crate::muestras;

fn subtotal(c: &Comun, tributo: Tributo) -> (i64, i64) {
    let s = c.totales.subtotales.iter().find(|s| s.tributo == tributo).unwrap();
    (s.base.centavos, s.impuesto.centavos)
}

#[test]
fn vectors_a_to_h_come_out_to_the_cent() {
    let a = muestras::caso_a().comun;
    assert_eq!((subtotal(&a, Tributo::Igv), a.totales.total.centavos), ((8475, 1525), 10000));
    let b = muestras::caso_b();
    assert_eq!(subtotal(&b.comun, Tributo::Igv), (100_000, 18_000));
    assert_eq!(b.detraccion.as_ref().unwrap().monto.centavos, 14_200);
    let Some(FormaPago::Credito { pendiente, .. }) = &b.forma_pago else { panic!("credit") };
    assert_eq!((pendiente.centavos, b.comun.totales.total.centavos), (103_800, 118_000));
    let c = muestras::caso_c().comun;
    assert_eq!(subtotal(&c, Tributo::Igv), (18_000, 3_240));
    assert_eq!(subtotal(&c, Tributo::Exonerado), (5_000, 0));
    assert_eq!(subtotal(&c, Tributo::Inafecto), (1_000, 0));
    assert_eq!((c.totales.valor_venta.centavos, c.totales.total.centavos), (24_000, 27_240));
    let d = muestras::caso_d().comun;
    assert_eq!(subtotal(&d, Tributo::Igv), (8_475, 1_525));
    assert_eq!(subtotal(&d, Tributo::Gratuito), (10_000, 1_800));
    assert_eq!((d.totales.impuestos.centavos, d.totales.total.centavos), (1_525, 10_000));
    assert!(d.leyendas.iter().any(|l| l.codigo == "1002"), "a free line carries its legend");
    let e = muestras::caso_e().comun;
    assert_eq!((subtotal(&e, Tributo::Igv), e.totales.total.centavos), ((19_000, 3_420), 22_420));
    let f = muestras::caso_f().comun;
    assert_eq!(subtotal(&f, Tributo::Igv), (70_000, 12_600));
    let t = &f.totales;
    let sumas = [t.valor_venta, t.precio_venta, t.anticipos, t.total].map(|d| d.centavos);
    assert_eq!(sumas, [100_000, 118_000, 35_400, 82_600]);
    let g = muestras::caso_g().comun;
    assert_eq!((subtotal(&g, Tributo::Igv), g.totales.total.centavos), ((4_237, 763), 5_000));
    let h = muestras::caso_h().comun;
    assert_eq!((subtotal(&h, Tributo::Igv), h.totales.total.centavos), ((1_000, 180), 1_180));
}

#[test]
fn every_shape_is_written_canonical_and_verifies() {
    for (nombre, documento) in muestras::todas() {
        let xml = parse(documento.bytes(), &Limits::default()).unwrap();
        let canonico = canonicalize(&xml, xml.document_id(), None, C14n::Inclusive, &[]);
        let escrito = String::from_utf8_lossy(documento.bytes());
        assert_eq!(String::from_utf8_lossy(&canonico), escrito, "{nombre}");
        let firmado = firmante().firmar(&documento, ahora()).unwrap();
        let v = verificar(&firmado.xml, Some(&format!("{nombre}.xml")));
        assert!(v.valido && v.avisos.is_empty(), "{nombre}: {v:#?}");
        assert_eq!(v.digest.as_deref(), Some(firmado.digest_b64.as_str()));
        assert_eq!(v.totales_cuadran, (v.tipo.as_deref() != Some("RA")).then_some(true));
    }
}

#[test]
fn one_altered_byte_or_another_name_is_seen() {
    let documento = escribir_cpe(&muestras::caso_a());
    let firmado = firmante().firmar(&documento, ahora()).unwrap();
    let texto = String::from_utf8(firmado.xml).unwrap();
    for (antes, despues) in [
        (">100.00</cbc:PayableAmount>", ">100.01</cbc:PayableAmount>"),
        ("CLIENTE EMPRESA", "CLIENTE EMPRESX"),
        ("<ds:DigestValue>5", "<ds:DigestValue>6"),
        ("<ds:SignatureValue>", "<ds:SignatureValue>AAAA"),
    ] {
        assert!(texto.contains(antes), "{antes}");
        let v = verificar(texto.replace(antes, despues).as_bytes(), None);
        assert!(v.legible && !v.firma_valida && !v.valido, "{antes}: {v:#?}");
    }
    let v = verificar(texto.as_bytes(), Some("20600000005-01-F001-2.xml"));
    assert!(v.firma_valida && !v.valido, "the name says another number");
}

#[test]
fn expired_or_foreign_certificates_do_not_sign() {
    let documento = escribir_nota(&muestras::caso_g());
    let despues = ahora().plus_millis(400 * 86_400_000);
    assert!(firmante().firmar(&documento, despues).is_err());
    assert!(firmante().comprobar(muestras::RUC, ahora()).is_ok());
    assert!(firmante().comprobar("20512333797", ahora()).is_err());
    assert_eq!(firmante().dias_para_vencer(ahora()), 365);
    let certificado = firmante().certificado().der();
    let guardado = FirmanteSunat::from_der(&firmante().llave_pkcs8_der(), certificado).unwrap();
    assert_eq!(
        guardado.firmar(&documento, ahora()).unwrap(),
        firmante().firmar(&documento, ahora()).unwrap()
    );
    let otra = Llave::generate(2048).unwrap().to_pkcs8_der();
    assert!(FirmanteSunat::from_der(&otra, certificado).is_err(), "a key of another certificate");
}

#[test]
fn the_view_reads_back_what_was_written() {
    let vista = leer(escribir_cpe(&muestras::caso_f()).bytes()).unwrap();
    assert_eq!((vista.tipo.as_str(), vista.id.as_str()), ("01", "F001-6"));
    assert_eq!(vista.relacionados[0].id, "F001-1");
    assert_eq!(vista.anticipos[0].1.texto, "354.00");
    assert_eq!(vista.cargos[0].codigo, "04");
    assert_eq!(vista.totales.anticipos.texto, "354.00");
    assert_eq!(vista.cliente.unwrap().numero, "20512333797");
    let nota = leer(escribir_nota(&muestras::nota_cuotas()).bytes()).unwrap();
    assert_eq!(nota.motivos[0].codigo, "13");
    assert_eq!(nota.terminos[2].medio, "Cuota002");
}
