//! The local validator against our own shapes (silent) and against each kind of damage (the right
//! code).

use ramal_base::Fecha;
use ramal_sunat::modelo::Cliente;
use ramal_sunat::validador::{Contexto, EstadoAfectado, Registro, Rigor, validar_xml};
use ramal_sunat::{SinFirma, armado, escribir_baja, escribir_cpe, escribir_nota, escribir_resumen};
use rust_decimal::Decimal;

use crate::muestras;

fn codigos(documento: &SinFirma, cambios: &[(&str, &str)], c: &Contexto<'_>) -> Vec<String> {
    let mut texto = String::from_utf8(documento.bytes().to_vec()).unwrap();
    for (antes, despues) in cambios {
        assert!(texto.contains(antes), "{antes} is not in the document");
        texto = texto.replacen(antes, despues, 1);
    }
    let hallazgos = validar_xml(texto.as_bytes(), c).unwrap();
    hallazgos.into_iter().map(|h| h.codigo).collect()
}

fn rompe(documento: &SinFirma, antes: &str, despues: &str, codigo: &str) {
    let lista = codigos(documento, &[(antes, despues)], &Contexto::default());
    assert!(lista.iter().any(|c| c == codigo), "{antes} -> {despues}: {lista:?} lacks {codigo}");
}

#[test]
fn our_own_documents_have_no_findings() {
    let hoy = Some(muestras::fecha("2026-11-21"));
    for (nombre, documento) in muestras::todas() {
        for rigor in [Rigor::Propio, Rigor::Sunat] {
            let contexto = Contexto { hoy, nombre: Some(&nombre), rigor, afectado: None };
            let hallazgos = validar_xml(documento.bytes(), &contexto).unwrap();
            assert_eq!(hallazgos, [], "{nombre}");
        }
    }
}

#[test]
fn broken_structure_gives_the_code_of_sunat() {
    let a = escribir_cpe(&muestras::caso_a());
    rompe(&a, "<cbc:UBLVersionID>2.1", "<cbc:UBLVersionID>2.0", "2074");
    rompe(&a, ">2.0</cbc:CustomizationID>", "></cbc:CustomizationID>", "2073");
    rompe(&a, "<cbc:ID>F001-1<", "<cbc:ID>B001-1<", "1001");
    rompe(&a, "<cbc:ID>F001-1<", "<cbc:ID>F001-0<", "1001");
    rompe(&a, "listID=\"0101\"", "listID=\"9999\"", "3206");
    rompe(&a, "listID=\"0101\"", "listID=\"1001\"", "3127");
    rompe(&a, ">PEN</cbc:DocumentCurrencyCode>", ">USD</cbc:DocumentCurrencyCode>", "2071");
    rompe(&a, ">PEN</cbc:DocumentCurrencyCode>", ">ABC</cbc:DocumentCurrencyCode>", "3088");
    rompe(&a, "languageLocaleID=\"1000\"", "languageLocaleID=\"7777\"", "3027");
    rompe(&a, ">20512333797<", ">20512333798<", "RUC");
    rompe(&a, ">20512333797<", ">2051233379<", "2017");
    rompe(&a, ">CLIENTE EMPRESA S.A.C.<", ">X<", "2022");
    rompe(&a, ">CLIENTE EMPRESA S.A.C.<", "><", "2021");
    rompe(&a, ">0000</cbc:AddressTypeCode>", "></cbc:AddressTypeCode>", "3030");
    let dni = "schemeURI=\"urn:pe:gob:sunat:cpe:see:gem:catalogos:catalogo06\">20512333797";
    let sin_ruc = [(dni, "schemeURI=\"x\">10117410")];
    assert!(codigos(&a, &sin_ruc, &Contexto::default()).contains(&"2017".to_owned()));
}

#[test]
fn broken_lines_give_the_code_of_sunat() {
    let a = escribir_cpe(&muestras::caso_a());
    let cantidad = "unitCodeListID=\"UN/ECE rec 20\">1<";
    rompe(&a, cantidad, "unitCodeListID=\"UN/ECE rec 20\">0<", "2025");
    rompe(&a, cantidad, "unitCodeListID=\"UN/ECE rec 20\"><", "2024");
    rompe(&a, "unitCode=\"ZZ\"", "unitCode=\"\"", "2883");
    rompe(&a, "unitCode=\"ZZ\"", "unitCode=\"zz\"", "2936");
    rompe(&a, "<cbc:Percent>18.00</cbc:Percent>", "", "2992");
    rompe(&a, "catalogo07\">10<", "catalogo07\">20<", "2040");
    rompe(&a, "catalogo07\">10<", "catalogo07\">99<", "3105");
    rompe(&a, ">84.7457627119<", ">90<", "3271");
    rompe(
        &a,
        "<cbc:PriceAmount currencyID=\"PEN\">100<",
        "<cbc:PriceAmount currencyID=\"PEN\">99<",
        "3270",
    );
    rompe(&a, "<cbc:Percent>18.00", "<cbc:Percent>10.00", "3103");
    let d = escribir_cpe(&muestras::caso_d());
    rompe(
        &d,
        "<cbc:PriceAmount currencyID=\"PEN\">0<",
        "<cbc:PriceAmount currencyID=\"PEN\">5<",
        "2640",
    );
    rompe(&d, "catalogo07\">11<", "catalogo07\">21<", "3110");
    let c = escribir_cpe(&muestras::caso_c());
    rompe(&c, "<cbc:MultiplierFactorNumeric>0.1<", "<cbc:MultiplierFactorNumeric>0.2<", "3290");
}

#[test]
fn broken_sums_give_the_code_of_sunat() {
    let a = escribir_cpe(&muestras::caso_a());
    let base = "<cbc:TaxableAmount currencyID=\"PEN\">84.75<";
    rompe(&a, base, "<cbc:TaxableAmount currencyID=\"PEN\">84.76<", "3277");
    rompe(
        &a,
        "<cbc:TaxAmount currencyID=\"PEN\">15.25<",
        "<cbc:TaxAmount currencyID=\"PEN\">15.26<",
        "3294",
    );
    rompe(&a, ">84.75</cbc:LineExtensionAmount>", ">84.74</cbc:LineExtensionAmount>", "3278");
    rompe(&a, ">100.00</cbc:TaxInclusiveAmount>", ">100.01</cbc:TaxInclusiveAmount>", "3279");
    rompe(&a, ">100.00</cbc:PayableAmount>", ">100.01</cbc:PayableAmount>", "3280");
    let sunat = Contexto { rigor: Rigor::Sunat, ..Contexto::default() };
    let leve = [(">100.00</cbc:PayableAmount>", ">100.99</cbc:PayableAmount>")];
    assert!(codigos(&a, &leve, &sunat).is_empty(), "SUNAT tolerates one unit");
    let grave = [(">100.00</cbc:PayableAmount>", ">101.01</cbc:PayableAmount>")];
    assert_eq!(codigos(&a, &grave, &sunat), ["3280"]);
    let f = escribir_cpe(&muestras::caso_f());
    rompe(&f, ">354.00</cbc:PaidAmount>", ">353.00</cbc:PaidAmount>", "2509");
}

#[test]
fn broken_payment_gives_the_code_of_sunat() {
    let a = escribir_cpe(&muestras::caso_a());
    rompe(&a, "<cbc:ID>FormaPago</cbc:ID>", "<cbc:ID>Otro</cbc:ID>", "3244");
    rompe(&a, ">Contado<", ">Fiado<", "3246");
    rompe(&a, ">Contado<", ">Credito<", "3249");
    rompe(&a, ">Contado<", ">Cuota001<", "3252");
    let b = escribir_cpe(&muestras::caso_b());
    rompe(&b, "2026-12-05</cbc:PaymentDueDate>", "2026-11-20</cbc:PaymentDueDate>", "3267");
    rompe(&b, ">1038.00</cbc:Amount>", ">1037.00</cbc:Amount>", "3319");
    rompe(&b, ">1038.00</cbc:Amount>", ">1180.01</cbc:Amount>", "3265");
    rompe(&b, "catalogo54\">022<", "catalogo54\">006<", "3033");
    rompe(&b, ">00-045-091619<", "><", "3034");
    rompe(
        &b,
        "<cbc:Amount currencyID=\"PEN\">142.00<",
        "<cbc:Amount currencyID=\"USD\">142.00<",
        "3208",
    );
    rompe(&b, "languageLocaleID=\"2006\"", "languageLocaleID=\"2001\"", "4265");
    rompe(&b, "listID=\"1001\"", "listID=\"0101\"", "3128");
}

#[test]
fn broken_notes_give_the_code_of_sunat() {
    let g = escribir_nota(&muestras::caso_g());
    rompe(&g, "catalogo09\">09<", "catalogo09\">99<", "2172");
    rompe(
        &g,
        "catalogo01\">01</cbc:DocumentTypeCode>",
        "catalogo01\">03</cbc:DocumentTypeCode>",
        "2116",
    );
    let afectado = "<cac:InvoiceDocumentReference><cbc:ID>F001-1<";
    rompe(&g, afectado, "<cac:InvoiceDocumentReference><cbc:ID>hola<", "2117");
    let n = escribir_nota(&muestras::nota_cuotas());
    rompe(&n, ">0.00</cbc:PayableAmount>", ">1.00</cbc:PayableAmount>", "3315");
    let registro = Registro {
        estado: EstadoAfectado::DeBaja,
        fecha: Fecha::parse("2026-11-21").unwrap(),
        moneda: "USD".into(),
        total: Decimal::from(10),
        a_credito: false,
    };
    let contexto = Contexto { afectado: Some(&registro), ..Contexto::default() };
    assert_eq!(codigos(&g, &[], &contexto), ["2120", "2885", "3209", "3286"]);
    assert_eq!(codigos(&n, &[], &contexto), ["2120", "2885", "3209", "3260", "3320"]);
}

#[test]
fn broken_batches_give_the_code_of_sunat() {
    let rc = escribir_resumen(&muestras::resumen());
    rompe(&rc, "<cbc:ID>RC-20261121-1<", "<cbc:ID>RC-20261122-1<", "2346");
    rompe(&rc, ">2026-11-20</cbc:ReferenceDate>", ">2026-11-22</cbc:ReferenceDate>", "2671");
    rompe(&rc, "<cbc:LineID>2<", "<cbc:LineID>1<", "2752");
    rompe(&rc, "<cbc:ID>B001-2<", "<cbc:ID>F001-2<", "2512");
    rompe(&rc, ">89.90</sac:TotalAmount>", ">95.90</sac:TotalAmount>", "4027");
    let repetida = [("<cbc:ID>B001-2<", "<cbc:ID>B001-1<"), ("Code>3<", "Code>1<")];
    assert!(codigos(&rc, &repetida, &Contexto::default()).contains(&"3094".to_owned()));
    let ra = escribir_baja(&muestras::baja());
    rompe(&ra, ">F001</sac:DocumentSerialID>", ">B001</sac:DocumentSerialID>", "2308");
    rompe(&ra, "Error en el cliente<", "X<", "2314");
    let hoy = Some(muestras::fecha("2026-11-28"));
    assert_eq!(codigos(&ra, &[], &Contexto { hoy, ..Contexto::default() }), ["2957"]);
}

#[test]
fn a_large_boleta_names_its_buyer() {
    let boleta = |centavos, cliente| {
        let cabecera = muestras::cabecera("B001", 1, cliente);
        escribir_cpe(&armado::boleta(cabecera, vec![muestras::internet(centavos)]).unwrap())
    };
    let varios = Cliente::varios;
    assert!(codigos(&boleta(70_000, varios()), &[], &Contexto::default()).is_empty());
    assert_eq!(codigos(&boleta(70_001, varios()), &[], &Contexto::default()), ["2514"]);
    assert!(codigos(&boleta(70_001, muestras::persona()), &[], &Contexto::default()).is_empty());
}

#[test]
fn terms_run_from_the_issue_date() {
    let a = escribir_cpe(&muestras::caso_a());
    let b = escribir_cpe(&muestras::boleta());
    let en = |documento: &SinFirma, dia: &str| {
        let contexto = Contexto { hoy: Some(muestras::fecha(dia)), ..Contexto::default() };
        codigos(documento, &[], &contexto)
    };
    assert!(en(&a, "2026-11-23").is_empty(), "third day is still in time");
    assert_eq!(en(&a, "2026-11-24"), ["2108"]);
    assert!(en(&a, "2026-11-18").is_empty());
    assert_eq!(en(&a, "2026-11-17"), ["2329"]);
    assert!(en(&b, "2026-11-25").is_empty());
    assert_eq!(en(&b, "2026-11-26"), ["1079"]);
}
