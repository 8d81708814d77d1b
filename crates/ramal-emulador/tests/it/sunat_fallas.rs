//! Faults of the emulated SUNAT and the shapes of its CDR.

use ramal_emulador::fallas::{FallaCodigo, Fallas, PrefijoCdr, Regla, VarianteCdr};
use ramal_emulador::servir;
use ramal_xml::verify_enveloped;
use tokio_util::sync::CancellationToken;

use crate::http::post_raw;
use crate::ubl::{BILL, Cpe, RUC, bill, cdr, clock, emulador, fault, field, send, verdict, zipped};

const UNA: Regla = Regla { proximas: 1, por_diez_mil: 0 };

async fn zip_of(variante: VarianteCdr) -> String {
    let (emulador, router) = emulador(clock());
    emulador.control().replace(Fallas { cdr: variante, ..Fallas::default() });
    let f = Cpe::factura(1);
    let r = send(&router, "sendBill", &f.base(), &f.xml()).await;
    field(&r, "applicationResponse").unwrap()
}

#[tokio::test]
async fn every_shape_of_cdr_is_read_and_verifies() {
    let notas = vec!["4252 - Señal ñ €".to_owned()];
    for (variante, nombre) in [
        (VarianteCdr::default(), "R-20600000005-01-F001-1.xml"),
        (VarianteCdr { dummy: true, ..Default::default() }, "R-20600000005-01-F001-1.xml"),
        (VarianteCdr { mayusculas: true, ..Default::default() }, "R-20600000005-01-F001-1.XML"),
        (
            VarianteCdr { prefijo: PrefijoCdr::Ns3, latin1: true, notas, ..Default::default() },
            "R-20600000005-01-F001-1.xml",
        ),
        (
            VarianteCdr { prefijo: PrefijoCdr::Ninguno, ..Default::default() },
            "R-20600000005-01-F001-1.xml",
        ),
    ] {
        let (entrada, xml) = cdr(&zip_of(variante.clone()).await);
        assert_eq!(entrada, nombre);
        let doc = ramal_xml::parse(&xml, &ramal_xml::Limits::default()).unwrap();
        assert_eq!(doc.root().name(), "ApplicationResponse");
        let informe = verify_enveloped(&doc).unwrap();
        assert!(informe.is_valid(), "{variante:?} {:?}", informe.problems);
        let nota = doc.root().child("Note").map(|n| n.text());
        assert_eq!(nota.as_deref(), variante.notas.first().map(String::as_str));
    }
    let equivocada = VarianteCdr { referencia_equivocada: true, ..Default::default() };
    let (_, xml) = cdr(&zip_of(equivocada).await);
    let texto = String::from_utf8(xml).unwrap();
    assert_eq!(field(&texto, "ReferenceID").unwrap(), "F999-99999999");
    let corrupto = zip_of(VarianteCdr { zip_corrupto: true, ..Default::default() }).await;
    let bytes = ramal_xml::b64::decode(&corrupto).unwrap();
    assert!(zip::ZipArchive::new(std::io::Cursor::new(bytes)).is_err());
}

#[tokio::test]
async fn a_lost_answer_is_1033_the_second_time_and_one_registration() {
    let (emulador, router) = emulador(clock());
    let cancel = CancellationToken::new();
    let addr =
        servir(router.clone(), "127.0.0.1:0".parse().unwrap(), cancel.clone()).await.unwrap();
    emulador.control().replace(Fallas { cortar_despues: UNA, ..Fallas::default() });
    let f = Cpe::factura(1);
    let cuerpo = format!(
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Header><Security>\
         <Username>{RUC}MODDATOS</Username><Password>moddatos</Password></Security></s:Header>\
         <s:Body><ser:sendBill xmlns:ser=\"http://service.sunat.gob.pe\"><fileName>{}.zip\
         </fileName><contentFile>{}</contentFile></ser:sendBill></s:Body></s:Envelope>",
        f.base(),
        zipped(&f.base(), &f.xml())
    );
    assert!(post_raw(addr, BILL, "text/xml", cuerpo.as_bytes()).await.is_empty());
    assert_eq!(bill(&router, &f).await.unwrap_err(), "1033");
    assert_eq!(emulador.conteos()["20600000005-01-F001-1"].aceptaciones, 1);
    cancel.cancel();
}

#[tokio::test]
async fn fixed_codes_answer_by_their_class() {
    let (emulador, router) = emulador(clock());
    let fix = |codigo: &str| {
        let codigo = FallaCodigo { regla: UNA, codigo: codigo.into(), mensaje: String::new() };
        emulador.control().replace(Fallas { codigo, ..Fallas::default() });
    };
    fix("0109");
    let f = Cpe::factura(1);
    let r = send(&router, "sendBill", &f.base(), &f.xml()).await;
    assert!(r.contains("soap-env:Server.0109"), "{r}");
    fix("1033");
    assert_eq!(bill(&router, &f).await.unwrap_err(), "1033");
    fix("2022");
    assert_eq!(verdict(&bill(&router, &f).await.unwrap()), "2022");
    assert_eq!(bill(&router, &f).await.unwrap_err(), "1032");
}

#[tokio::test]
async fn a_share_is_rejected_by_seed_and_can_come_as_a_fault() {
    let (emulador, router) = emulador(clock());
    emulador.control().replace(Fallas {
        rechazo_por_diez_mil: 2_500,
        rechazo_como_fault: true,
        ..Fallas::default()
    });
    let mut rechazadas = 0;
    for n in 1..=24 {
        if let Err(codigo) = bill(&router, &Cpe::boleta(n)).await {
            assert_eq!(codigo, "2022");
            rechazadas += 1;
        }
    }
    assert!((1..=15).contains(&rechazadas), "{rechazadas}");
}

#[tokio::test]
async fn a_moved_clock_makes_documents_late() {
    let (emulador, router) = emulador(clock());
    let cuatro_dias = 4 * 86_400_000;
    emulador.control().replace(Fallas { reloj_desfase_ms: cuatro_dias, ..Fallas::default() });
    assert_eq!(verdict(&bill(&router, &Cpe::factura(1)).await.unwrap()), "2108");
    let r = send(&router, "sendPack", "x", "y").await;
    assert_eq!(fault(&r), "0153");
}
