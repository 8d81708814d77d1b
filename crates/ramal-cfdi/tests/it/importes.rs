//! Golden amounts and the promise that a price with taxes comes back to the cent.

use ramal_cfdi::construir::{Linea, ingreso};
use ramal_cfdi::importes::{Perfil, Precio, Tasa, totales};
use ramal_cfdi::modelo::Comprobante;
use ramal_cfdi::valor::Valor;

use crate::mundo::{datos, linea};

const TV: Perfil = Perfil::IVA_16.con_ieps(Tasa::IEPS_3);

fn bruto(centavos: i64, perfil: Perfil) -> Linea {
    linea("81112101", "Servicio", Precio::ConImpuestos(centavos), perfil)
}

/// Sums without the nudge, so that case D shows the cent that it misses.
fn sumas(lineas: Vec<Linea>) -> ramal_cfdi::importes::Totales {
    let conceptos: Vec<_> =
        lineas.into_iter().map(|l| ramal_cfdi::construir::concepto(l).unwrap()).collect();
    totales(&conceptos).unwrap()
}

fn grupos(lineas: Vec<Linea>) -> (String, Vec<(String, String)>, String) {
    let t = sumas(lineas);
    let impuestos = t.impuestos.unwrap();
    let par = |i: &ramal_cfdi::modelo::ImpuestoLinea| {
        (i.base.to_string(), i.importe.unwrap().to_string())
    };
    let traslados = impuestos.traslados.iter().map(par).collect();
    (t.sub_total.to_string(), traslados, t.total.to_string())
}

fn pares(lista: &[(&str, &str)]) -> Vec<(String, String)> {
    lista.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
}

/// Name, lines, SubTotal, groups of taxes (base, amount) and Total.
type Caso =
    (&'static str, Vec<Linea>, &'static str, &'static [(&'static str, &'static str)], &'static str);

#[test]
fn golden_amounts_a_to_g() {
    let casos: [Caso; 7] = [
        ("A", vec![bruto(49_900, Perfil::IVA_16)], "430.17", &[("430.17", "68.83")], "499.00"),
        ("B", vec![bruto(50_000, Perfil::IVA_16)], "431.03", &[("431.03", "68.97")], "500.00"),
        ("C", vec![bruto(49_900, Perfil::IVA_8)], "462.04", &[("462.04", "36.96")], "499.00"),
        (
            "D",
            vec![bruto(19_900, TV)],
            "166.56",
            &[("171.55", "27.45"), ("166.56", "5.00")],
            "199.01",
        ),
        (
            "E",
            vec![bruto(35_000, Perfil::IVA_16), bruto(19_900, TV), bruto(5_000, TV)],
            "510.13",
            &[("516.38", "82.62"), ("208.40", "6.25")],
            "599.00",
        ),
        ("F", vec![bruto(33_333, Perfil::IVA_16); 3], "862.06", &[("862.06", "137.93")], "999.99"),
        (
            "G",
            vec![Linea { cantidad: Valor::entero(3), ..bruto(14_990, Perfil::IVA_16) }],
            "387.67",
            &[("387.67", "62.03")],
            "449.70",
        ),
    ];
    for (caso, lineas, sub_total, esperados, total) in casos {
        let esperado = (sub_total.to_owned(), pares(esperados), total.to_owned());
        assert_eq!(grupos(lineas), esperado, "caso {caso}");
    }
}

#[test]
fn lines_of_the_golden_cases_have_six_decimals() {
    let unitario = |l: Linea| {
        let c = ramal_cfdi::construir::concepto(l).unwrap();
        (c.valor_unitario.to_string(), c.traslados[0].importe.unwrap().to_string())
    };
    let par = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    assert_eq!(unitario(bruto(49_900, Perfil::IVA_16)), par("430.172414", "68.827586"));
    assert_eq!(unitario(bruto(50_000, Perfil::IVA_16)), par("431.034483", "68.965517"));
    assert_eq!(unitario(bruto(49_900, Perfil::IVA_8)), par("462.037037", "36.962963"));
    assert_eq!(unitario(bruto(33_333, Perfil::IVA_16)), par("287.353448", "45.976552"));
}

#[test]
fn every_cent_up_to_two_thousand_comes_back() {
    for centavos in 1..=200_000i64 {
        let total = sumas(vec![bruto(centavos, Perfil::IVA_16)]).total;
        assert_eq!(total, Valor::centavos(centavos), "precio {centavos}");
    }
}

#[test]
fn a_bundle_with_ieps_lands_on_its_price() {
    let documento = ingreso(datos("F", "1", "03"), vec![bruto(19_900, TV)]).unwrap();
    assert_eq!(documento.total.to_string(), "199.00");
    let movido = documento.conceptos[0].valor_unitario.en_micros() - 166_555_072;
    assert!(movido != 0 && movido.abs() <= 5_000, "{movido}");
}

#[test]
fn the_nudge_settles_nearly_every_bundle_and_never_moves_the_price_visibly() {
    let (mut exactos, mut casos) = (0, 0);
    for precio in (5_000..65_000).step_by(97) {
        let lineas = vec![bruto(35_000, Perfil::IVA_16), bruto(precio, TV), bruto(5_000, TV)];
        let documento: Comprobante = ingreso(datos("F", "1", "03"), lineas).unwrap();
        let diferencia = documento.total.en_centavos() - i128::from(40_000 + precio);
        assert!(diferencia.abs() <= 1, "precio {precio}");
        casos += 1;
        exactos += i32::from(diferencia == 0);
    }
    assert!(exactos * 100 >= casos * 97, "{exactos} de {casos}");
}

#[test]
fn discounts_and_retentions_reach_the_header() {
    let perfil =
        Perfil::IVA_16.con_retenciones(Some(Tasa::ISR_RESICO), Some(Tasa::IVA_DOS_TERCIOS));
    let enlace = Linea {
        descuento: Some(1_000),
        ..linea("81112101", "Enlace", Precio::SinImpuestos(20_001), perfil)
    };
    let t = sumas(vec![enlace]);
    let textos = |v: Option<Valor>| v.unwrap().to_string();
    assert_eq!(textos(t.descuento), "10.00");
    let i = t.impuestos.unwrap();
    assert_eq!(textos(i.total_retenidos), "22.65");
    assert_eq!(textos(i.total_trasladados), "30.40");
    assert_eq!(t.total.to_string(), "197.76");
}

#[test]
fn exempt_documents_have_a_base_and_no_total_of_taxes() {
    let i = sumas(vec![bruto(10_000, Perfil::EXENTO)]).impuestos.unwrap();
    assert_eq!(i.total_trasladados, None);
    assert_eq!(i.traslados[0].base.to_string(), "100.00");
    assert_eq!(sumas(vec![bruto(10_000, Perfil::NO_OBJETO)]).impuestos, None);
}
