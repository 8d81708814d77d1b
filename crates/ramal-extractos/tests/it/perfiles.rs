//! Every profile that comes with the program reads its sample. Whether a bank changed its headings
//! since is not known here.

use ramal_base::Moneda;
use ramal_extractos::perfiles::{PERFILES, by_code, shipped};
use ramal_extractos::{Extracto, Motivo, Perfil, Rechazo, tabla};

fn sample(codigo: &str) -> &'static [u8] {
    match codigo {
        "bbva_mx" => include_bytes!("../muestras/bbva_mx.txt"),
        "banorte_mx" => include_bytes!("../muestras/banorte_mx.csv"),
        "santander_mx" => include_bytes!("../muestras/santander_mx.csv"),
        "banamex_mx" => include_bytes!("../muestras/banamex_mx.txt"),
        "bcp_pe" => include_bytes!("../muestras/bcp_pe.csv"),
        "interbank_pe" => include_bytes!("../muestras/interbank_pe.csv"),
        "bbva_pe" => include_bytes!("../muestras/bbva_pe.csv"),
        "mercadopago" => include_bytes!("../muestras/mercadopago.csv"),
        "stripe" => include_bytes!("../muestras/stripe.csv"),
        "emulada" => include_bytes!("../muestras/emulada.csv"),
        otro => panic!("no sample of {otro}"),
    }
}

fn parsed(codigo: &str) -> Extracto {
    let perfil = by_code(codigo).unwrap();
    let leidos =
        tabla::read(sample(codigo), &perfil, None).unwrap_or_else(|e| panic!("{codigo}: {e}"));
    leidos.into_iter().next().unwrap()
}

fn told(codigo: &str) -> Vec<String> {
    let linea = |l: &ramal_extractos::Linea| {
        format!(
            "{} {} {} [{}] [{}] [{}]",
            l.fecha_operacion,
            l.importe,
            l.moneda,
            l.referencia,
            l.contraparte,
            l.id_banco.as_deref().unwrap_or("")
        )
    };
    parsed(codigo).lineas.iter().map(linea).collect()
}

#[test]
fn every_profile_is_valid_and_has_a_sample() {
    assert_eq!(shipped().len(), PERFILES.len());
    for perfil in shipped() {
        assert!(!parsed(&perfil.codigo).lineas.is_empty(), "{}", perfil.codigo);
        let json = serde_json::to_string(&perfil).unwrap();
        assert_eq!(Perfil::parse(&json).unwrap(), perfil);
    }
}

#[test]
fn mexican_banks() {
    assert_eq!(
        told("bbva_mx"),
        [
            "2026-11-19 99800 MXN [] [] []",
            "2026-11-19 49900 MXN [0012345678] [JAVIER MOSCA NÚÑEZ] []",
            "2026-11-20 -580 MXN [] [] []",
        ]
    );
    assert_eq!(
        told("banorte_mx"),
        [
            "2026-11-18 149900 MXN [0000008841] [ANA QUISPE ROJAS] [MBAN01002611180012345678]",
            "2026-11-19 -900000 MXN [0000000000] [] []",
        ]
    );
    assert_eq!(
        told("santander_mx"),
        [
            "2026-11-18 39900 MXN [8842] [JOSE PEÑA] [058-18/11/2026/18-001TNTB0]",
            "2026-11-19 -1250 MXN [0] [] []",
        ]
    );
    assert_eq!(parsed("santander_mx").lineas[0].documento, "PEXJ800101AAA");
    assert_eq!(
        told("banamex_mx"),
        ["2026-11-18 39900 MXN [8843] [LUZ PEÑA] []", "2026-11-19 -19900 MXN [] [] []",]
    );
    let e = parsed("banamex_mx");
    assert_eq!(
        (e.cuenta.as_str(), e.saldo_inicial, e.saldo_final),
        ("7001234567", Some(500_000), Some(520_000))
    );
}

#[test]
fn peruvian_banks() {
    assert_eq!(
        told("bcp_pe"),
        [
            "2026-11-18 15000 PEN [00987654] [LUIS ÑAHUI] []",
            "2026-11-18 -10 PEN [00000000] [] []",
            "2026-11-19 9990 PEN [00123456] [ANA QUISPE ROJAS] []",
        ]
    );
    assert_eq!(parsed("bcp_pe").cuenta, "191-1234567-0-11");
    assert_eq!(
        told("interbank_pe"),
        ["2026-11-18 7990 PEN [00012345] [ROSA DÍAZ] []", "2026-11-19 -990 PEN [00012399] [] []",]
    );
    assert_eq!(
        told("bbva_pe"),
        ["2026-11-18 12990 PEN [0008855] [CARLOS RÍOS] []", "2026-11-19 -2000 PEN [0000000] [] []",]
    );
    assert_eq!(parsed("bbva_pe").saldo_final, Some(110_990));
}

#[test]
fn reports_of_providers_keep_gross_fee_and_pay_out() {
    let l = &parsed("mercadopago").lineas[0];
    assert_eq!((l.importe, l.bruto, l.comision), (47_879, Some(49_900), Some(2_021)));
    assert_eq!(l.liquidacion.as_deref(), Some("P-77"));
    let l = &parsed("stripe").lineas;
    assert_eq!((l[0].importe, l[0].bruto, l[0].comision), (47_804, Some(49_900), Some(2_096)));
    assert_eq!((l[1].importe, l[1].moneda), (-10_000, Moneda::Mxn));
    let l = &parsed("emulada").lineas[1];
    assert_eq!((l.importe, l.liquidacion.as_deref()), (38_703, Some("liq_1")));
}

fn changed(codigo: &str, de: &str, a: &str) -> Rechazo {
    let perfil = by_code(codigo).unwrap();
    let (texto, _, _) = encoding_rs::Encoding::for_label(perfil.codificacion.as_bytes())
        .unwrap()
        .decode(sample(codigo));
    assert!(texto.contains(de));
    let texto = texto.replace(de, a);
    let label = encoding_rs::Encoding::for_label(perfil.codificacion.as_bytes()).unwrap();
    let (bytes, _, _) = label.encode(&texto);
    tabla::read(&bytes, &perfil, None).unwrap_err()
}

#[test]
fn what_does_not_fit_the_profile_is_told_with_its_line() {
    let r = changed("bbva_mx", "499.00\t12,497.00", "499.01\t12,497.00");
    assert_eq!(r, Rechazo::at(3, Motivo::SaldoCorrido));
    let r = changed(
        "banamex_mx",
        "SALDO FINAL              5,200.00",
        "SALDO FINAL              5,200.01",
    );
    assert!(matches!(r.motivo, Motivo::Descuadre { .. }));
    let r = changed("interbank_pe", "18/11/2026;18", "31/02/2026;18");
    assert_eq!(r, Rechazo::at(2, Motivo::Fecha("dd/mm/aaaa".to_owned())));
    let r = changed("interbank_pe", ";S/ 79.90;", ";S/ 79,9;");
    assert_eq!(r, Rechazo::at(2, Motivo::Importe));
    let r = changed("interbank_pe", "APP;;S/ 79.90", "APP;S/ 1.00;S/ 79.90");
    assert_eq!(r, Rechazo::at(2, Motivo::CargoAbono));
    let r = changed("stripe", "478.04", "usd");
    assert_eq!(r.linea, 2);
    let r = changed("stripe", "mxn", "eur");
    assert_eq!(r, Rechazo::at(2, Motivo::Moneda));
    let r = changed("bcp_pe", "Monto", "Importe");
    assert!(matches!(r.motivo, Motivo::Falta(_)));
}

#[test]
fn a_profile_that_cannot_work_is_refused_when_it_is_written() {
    let bueno = serde_json::to_value(by_code("emulada").unwrap()).unwrap();
    for (campo, valor) in [
        ("codificacion", "klingon"),
        ("decimal", "x"),
        ("fecha", "hoy"),
        ("codigo", ""),
        ("cuenta", "(("),
        ("cuenta", "sin grupo"),
        ("saldo_final", "(a)(b)"),
        ("cuenta", "(a{1000}{1000}{1000})"),
    ] {
        let mut malo = bueno.clone();
        malo[campo] = valor.into();
        assert!(Perfil::parse(&malo.to_string()).is_err(), "{campo} {valor}");
    }
}
