//! Random documents and hostile texts: whatever is sold, the document adds up, is canonical and
//! signs.

use proptest::prelude::*;
use ramal_base::Moneda;
use ramal_sunat::importes::{Descuento, ImportesError, Precio, Venta};
use ramal_sunat::lectura::{leer, verificar};
use ramal_sunat::modelo::Cliente;
use ramal_sunat::validador::{Contexto, validar_xml};
use ramal_sunat::{Afectacion, SinFirma, armado, escribir_cpe, texto};
use ramal_xml::{C14n, Limits, canonicalize, parse};
use rust_decimal::Decimal;

use crate::comun::{ahora, firmante};
use crate::muestras::{cabecera, empresa, pen};

fn afectacion() -> impl Strategy<Value = Afectacion> {
    prop_oneof![
        6 => Just(Afectacion::Gravado),
        1 => Just(Afectacion::Exonerado),
        1 => Just(Afectacion::Inafecto),
        1 => (1u8..=6).prop_map(Afectacion::GratuitoGravado),
        1 => Just(Afectacion::GratuitoExonerado),
        1 => (1u8..=7).prop_map(Afectacion::GratuitoInafecto),
    ]
}

fn venta() -> impl Strategy<Value = Venta> {
    let precio = prop_oneof![
        (100i64..5_000_000).prop_map(|c| Precio::Incluido(pen(c))),
        (1i64..900_000_000, 2u32..6)
            .prop_map(|(m, e)| Precio::MasImpuesto(Decimal::new(m, e), Moneda::Pen)),
    ];
    let cantidad = (1i64..5_000, 0u32..3).prop_map(|(m, e)| Decimal::new(m, e));
    (precio, cantidad, afectacion(), 0i64..90).prop_map(|(precio, cantidad, afectacion, rebaja)| {
        let mut venta = Venta::incluido("Servicio", cantidad, pen(1), afectacion);
        venta.precio = precio;
        if rebaja > 30 && !afectacion.is_gratuita() {
            venta.descuento = Some(Descuento { monto: pen(rebaja), factor: None });
        }
        venta
    })
}

/// What must be charged: the price as sold when the IGV is inside.
fn cobrado(ventas: &[Venta]) -> Option<i64> {
    let pagadas = ventas.iter().filter(|v| !v.afectacion.is_gratuita());
    pagadas
        .map(|v| match v.precio {
            Precio::Incluido(bruto) => Some(bruto.centavos),
            Precio::MasImpuesto(..) => None,
        })
        .sum()
}

fn is_canonico(documento: &SinFirma) -> bool {
    let xml = parse(documento.bytes(), &Limits::default()).unwrap();
    canonicalize(&xml, xml.document_id(), None, C14n::Inclusive, &[]) == documento.bytes()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn whatever_is_sold_adds_up(ventas in proptest::collection::vec(venta(), 1..100)) {
        let cpe = match armado::factura(cabecera("F001", 9, empresa()), ventas.clone()) {
            Ok(cpe) => cpe,
            Err(ImportesError::Desvio | ImportesError::SinBase) => return Ok(()),
            Err(otro) => panic!("{otro}"),
        };
        if let Some(centavos) = cobrado(&ventas) {
            prop_assert_eq!(cpe.comun.totales.total.centavos, centavos);
        }
        let documento = escribir_cpe(&cpe);
        prop_assert!(is_canonico(&documento));
        let hallazgos = validar_xml(documento.bytes(), &Contexto::default()).unwrap();
        prop_assert_eq!(hallazgos, []);
    }

    #[test]
    fn hostile_text_never_breaks_the_document(
        nombre in "\\PC{3,80}",
        descripcion in any::<String>(),
        codigo in proptest::option::of("[\u{0}-\u{ffff}]{1,20}"),
    ) {
        let cliente = Cliente::dni("10117410", &nombre);
        let mut venta = Venta::incluido(&descripcion, Decimal::ONE, pen(4990), Afectacion::Gravado);
        venta.codigo = codigo;
        let cpe = armado::boleta(cabecera("B001", 9, cliente), vec![venta]).unwrap();
        let documento = escribir_cpe(&cpe);
        prop_assert!(is_canonico(&documento));
        let firmado = firmante().firmar(&documento, ahora()).unwrap();
        let v = verificar(&firmado.xml, None);
        prop_assert!(v.valido, "{:?}", v.problemas);
        let vista = leer(&firmado.xml).unwrap();
        let esperada = texto::limpiar(&descripcion);
        prop_assert_eq!(&vista.lineas[0].descripcion, esperada.as_ref());
    }
}

#[test]
fn the_worst_texts_survive_the_round_trip() {
    let largo = "ñ".repeat(500);
    let textos = [
        "]]> <![CDATA[ <x/> &amp; & \" ' -->",
        "línea\r\nnueva\ttab\u{0}nulo",
        "🦙 \u{202e}derecha\u{202c} שלום",
        "e\u{301} cafe\u{301}",
        largo.as_str(),
    ];
    for hostil in textos {
        let venta = Venta::incluido(hostil, Decimal::ONE, pen(4990), Afectacion::Gravado);
        let cliente = Cliente::dni("10117410", hostil);
        let cpe = armado::boleta(cabecera("B001", 9, cliente), vec![venta]).unwrap();
        let documento = escribir_cpe(&cpe);
        assert!(is_canonico(&documento), "{hostil}");
        let hallazgos = validar_xml(documento.bytes(), &Contexto::default()).unwrap();
        assert_eq!(hallazgos, [], "{hostil}");
        let firmado = firmante().firmar(&documento, ahora()).unwrap();
        assert!(verificar(&firmado.xml, None).valido, "{hostil}");
    }
}

#[test]
fn monstrous_figures_are_findings_not_panics() {
    let xml = String::from_utf8(escribir_cpe(&crate::muestras::caso_c()).bytes().to_vec()).unwrap();
    let enorme = "9".repeat(15);
    for cifra in [enorme.as_str(), "-999999999999999.999999999999", "1e99", "NaN", "-", "٣"] {
        let roto = xml.replace(">180.00<", &format!(">{cifra}<"));
        let roto =
            roto.replace(">2</cbc:InvoicedQuantity>", &format!(">{cifra}</cbc:InvoicedQuantity>"));
        let roto = roto.replace(">100</cbc:PriceAmount>", &format!(">{cifra}</cbc:PriceAmount>"));
        assert!(!validar_xml(roto.as_bytes(), &Contexto::default()).unwrap().is_empty(), "{cifra}");
        assert_eq!(verificar(roto.as_bytes(), None).totales_cuadran, Some(false), "{cifra}");
    }
}

#[test]
fn same_input_gives_the_same_bytes() {
    let documento = || escribir_cpe(&crate::muestras::caso_c());
    let firmado = || firmante().firmar(&documento(), ahora()).unwrap();
    assert_eq!(firmado(), firmado());
}
