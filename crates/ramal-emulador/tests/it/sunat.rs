//! Documents sent one by one: accepted, refused with their code, repeated, late; notes and
//! consultation.

use ramal_emulador::sunat::{Emulador, Opciones};
use ramal_xml::verify_enveloped;
use serde_json::json;

use crate::cfdi::at;
use crate::http;
use crate::ubl::{
    BILL, CONSULTA, CONTADO, Cpe, RUC, bill, bill_xml, call, call_as, clock, emulador, fault,
    field, verdict, zipped,
};

#[tokio::test]
async fn a_good_factura_gets_a_signed_cdr() {
    let (_, router) = emulador(clock());
    let cdr = bill(&router, &Cpe::factura(1)).await.unwrap();
    assert_eq!(verdict(&cdr), "0");
    assert_eq!(field(&cdr, "ReferenceID").unwrap(), "F001-1");
    assert_eq!(field(&cdr, "Description").unwrap(), "La Factura número F001-1, ha sido aceptada");
    assert_eq!(field(&cdr, "IssueTime").unwrap(), "11:00:00");
    let doc = ramal_xml::parse(cdr.as_bytes(), &ramal_xml::Limits::default()).unwrap();
    let informe = verify_enveloped(&doc).unwrap();
    assert!(informe.is_valid(), "{:?}", informe.problems);
    assert!(informe.signature_method.ends_with("rsa-sha512"));
}

#[tokio::test]
async fn a_repeated_document_is_1033_and_registered_once() {
    let (emulador, router) = emulador(clock());
    bill(&router, &Cpe::factura(1)).await.unwrap();
    assert_eq!(bill(&router, &Cpe::factura(1)).await.unwrap_err(), "1033");
    let conteo = &emulador.conteos()["20600000005-01-F001-1"];
    assert_eq!((conteo.recibidos, conteo.aceptaciones, conteo.repetidos), (2, 1, 1));
}

#[tokio::test]
async fn a_rejected_number_is_burned() {
    let (_, router) = emulador(clock());
    let mala = Cpe { igv: "18.25", total: "103.00", ..Cpe::factura(1) };
    let cdr = bill(&router, &mala).await.unwrap();
    assert_eq!(verdict(&cdr), "3103");
    assert_eq!(bill(&router, &Cpe::factura(1)).await.unwrap_err(), "1032");
}

#[tokio::test]
async fn each_rule_has_its_code() {
    let f = Cpe::factura(1);
    let xml = |cpe: &Cpe, de: &str, a: &str| {
        let (antes, firmado) = (cpe.xml(), "<cbc:UBLVersionID>");
        let cuerpo = antes.split_once(firmado).unwrap().1.strip_suffix("</Invoice>").unwrap();
        let cuerpo = format!("{firmado}{cuerpo}");
        assert!(cuerpo.contains(de), "{de}");
        crate::ubl::signed("Invoice", &cuerpo.replacen(de, a, 1))
    };
    let cuota = |fecha: &str, monto: &str| {
        format!(
            "<cac:PaymentTerms><cbc:ID>FormaPago</cbc:ID><cbc:PaymentMeansID>Credito\
             </cbc:PaymentMeansID><cbc:Amount currencyID=\"PEN\">100.00</cbc:Amount>\
             </cac:PaymentTerms><cac:PaymentTerms><cbc:ID>FormaPago</cbc:ID><cbc:PaymentMeansID>\
             Cuota001</cbc:PaymentMeansID><cbc:Amount currencyID=\"PEN\">{monto}</cbc:Amount>\
             <cbc:PaymentDueDate>{fecha}</cbc:PaymentDueDate></cac:PaymentTerms>"
        )
    };
    let ruc_malo = ("6", "20512333798", "CLIENTE EMPRESA S.A.C.");
    let casos = [
        ("2335", f.xml().replace("Internet fibra", "Internet cobre")),
        ("2085", f.xml().replace(" Id=\"SIGN-20600000005\"", "")),
        ("0306", xml(&f, "<cbc:IssueDate>2026-11-20</cbc:IssueDate>", "")),
        ("0306", xml(&f, "<cac:Price>", "<cac:Precio></cac:Precio><cac:Price>")),
        ("0306", "<Invoice".to_owned()),
        ("2074", xml(&f, ">2.1<", ">2.0<")),
        ("2072", xml(&f, "ID>2.0<", "ID>1.0<")),
        ("1036", xml(&f, ">F001-1<", ">F001-2<")),
        ("1003", xml(&f, ">01</cbc:InvoiceTypeCode>", ">03</cbc:InvoiceTypeCode>")),
        ("3206", xml(&f, "listID=\"0101\"", "listID=\"9999\"")),
        ("2800", Cpe { cliente: ("1", "10117410", "JAVIER MOSCA"), ..f.clone() }.xml()),
        ("1083", Cpe { cliente: ruc_malo, ..f.clone() }.xml()),
        ("2022", Cpe { cliente: ("6", "20512333797", "AB"), ..f.clone() }.xml()),
        ("3030", xml(&f, "<cbc:AddressTypeCode>0000</cbc:AddressTypeCode>", "")),
        ("2936", xml(&f, "unitCode=\"ZZ\"", "unitCode=\"QQ\"")),
        ("3105", xml(&f, ">10</cbc:TaxExemptionReasonCode>", ">20</cbc:TaxExemptionReasonCode>")),
        ("3051", xml(&f, "<cbc:Name>IGV</cbc:Name>", "<cbc:Name>IVA</cbc:Name>")),
        ("3271", Cpe { unitario: "90", ..f.clone() }.xml()),
        (
            "3280",
            xml(
                &f,
                "PayableAmount currencyID=\"PEN\">100.00",
                "PayableAmount currencyID=\"PEN\">110.00",
            ),
        ),
        (
            "3279",
            xml(
                &f,
                "TaxInclusiveAmount currencyID=\"PEN\">100.00",
                "TaxInclusiveAmount currencyID=\"PEN\">110.00",
            ),
        ),
        ("3244", Cpe { pago: String::new(), ..f.clone() }.xml()),
        ("3248", Cpe { pago: format!("{CONTADO}{CONTADO}"), ..f.clone() }.xml()),
        ("3267", Cpe { pago: cuota("2026-11-20", "100.00"), ..f.clone() }.xml()),
        ("3319", Cpe { pago: cuota("2026-12-20", "99.00"), ..f.clone() }.xml()),
        ("2108", Cpe { fecha: "2026-11-16", ..f.clone() }.xml()),
        ("2329", Cpe { fecha: "2026-11-23", ..f.clone() }.xml()),
    ];
    for (esperado, xml) in casos {
        let (_, router) = emulador(clock());
        let codigo = match bill_xml(&router, &f.base(), &xml).await {
            Ok(cdr) => verdict(&cdr),
            Err(codigo) => codigo,
        };
        assert_eq!(codigo, esperado, "{xml}");
    }
    let (_, router) = emulador(clock());
    let a_credito = Cpe { pago: cuota("2026-12-20", "100.00"), ..f };
    assert_eq!(verdict(&bill(&router, &a_credito).await.unwrap()), "0");
}

#[tokio::test]
async fn users_names_and_zips_are_checked_before_the_document() {
    let (_, router) = emulador(clock());
    let f = Cpe::factura(1);
    let campos = |nombre: &str, zip: &str| {
        format!("<fileName>{nombre}</fileName><contentFile>{zip}</contentFile>")
    };
    let bueno = zipped(&f.base(), &f.xml());
    let archivo = format!("{}.zip", f.base());
    let otro = "20512333797-01-F001-1.zip";
    for (esperado, usuario, nombre, zip) in [
        ("0102", "20600000005OTRO", archivo.as_str(), bueno.as_str()),
        ("0102", "20600000006MODDATOS", archivo.as_str(), bueno.as_str()),
        ("0151", "20600000005MODDATOS", "factura.zip", bueno.as_str()),
        ("0154", "20600000005MODDATOS", otro, bueno.as_str()),
        ("0152", "20600000005MODDATOS", "20600000005-RC-20261120-1.zip", bueno.as_str()),
        ("0155", "20600000005MODDATOS", archivo.as_str(), ""),
        ("0156", "20600000005MODDATOS", archivo.as_str(), "UEs="),
        ("0161", "20600000005MODDATOS", "20600000005-01-F001-2.zip", bueno.as_str()),
    ] {
        let r = call_as(&router, BILL, usuario, "sendBill", &campos(nombre, zip)).await;
        assert_eq!(fault(&r), esperado, "{r}");
    }
}

#[tokio::test]
async fn a_late_boleta_goes_only_by_summary() {
    let reloj = clock();
    let (_, router) = emulador(reloj.clone());
    assert_eq!(verdict(&bill(&router, &Cpe::boleta(1)).await.unwrap()), "0");
    reloj.set(at("2026-11-26T16:00:00Z"));
    assert_eq!(bill(&router, &Cpe::boleta(2)).await.unwrap_err(), "1079");
}

#[tokio::test]
async fn a_note_waits_for_its_factura() {
    let (_, router) = emulador(clock());
    let nota = Cpe::credito(1, "F001-1");
    assert_eq!(verdict(&bill(&router, &nota).await.unwrap()), "2119");
    bill(&router, &Cpe::factura(1)).await.unwrap();
    let nota = Cpe::credito(2, "F001-1");
    assert_eq!(verdict(&bill(&router, &nota).await.unwrap()), "0");
    let grande = Cpe {
        valor: "169.49",
        igv: "30.51",
        total: "200.00",
        unitario: "169.49",
        ..Cpe::credito(3, "F001-1")
    };
    assert_eq!(verdict(&bill(&router, &grande).await.unwrap()), "3286");
    let previa = Cpe { fecha: "2026-11-19", ..Cpe::credito(4, "F001-1") };
    assert_eq!(verdict(&bill(&router, &previa).await.unwrap()), "2885");
    let cruzada = Cpe { afecta: Some(("03", "B001-1")), ..Cpe::credito(5, "F001-1") };
    assert_eq!(verdict(&bill(&router, &cruzada).await.unwrap()), "2116");
}

fn comprobante(numero: u32) -> String {
    format!(
        "<rucComprobante>{RUC}</rucComprobante><tipoComprobante>01</tipoComprobante>\
         <serieComprobante>F001</serieComprobante><numeroComprobante>{numero}</numeroComprobante>"
    )
}

#[tokio::test]
async fn consult_gives_back_the_lost_cdr_also_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let open = || {
        let opciones = Opciones { dir: Some(dir.path().into()), ..Opciones::new(clock()) };
        Emulador::abrir(opciones).unwrap()
    };
    let router = open().router();
    let r = call(&router, CONSULTA, "getStatusCdr", &comprobante(1)).await;
    assert_eq!(field(&r, "statusCode").unwrap(), "0011");
    let cdr = bill(&router, &Cpe::factura(1)).await.unwrap();
    let otro = open();
    let router = otro.clone().router();
    let r = call(&router, CONSULTA, "getStatusCdr", &comprobante(1)).await;
    assert_eq!(field(&r, "statusCode").unwrap(), "0001");
    let guardado = crate::ubl::cdr(&field(&r, "content").unwrap());
    assert_eq!(guardado.0, "R-20600000005-01-F001-1.xml");
    assert_eq!(String::from_utf8(guardado.1).unwrap(), cdr);
    assert_eq!(bill(&router, &Cpe::factura(1)).await.unwrap_err(), "1033");
    assert_eq!(otro.conteos()["20600000005-01-F001-1"].aceptaciones, 1);
}

#[tokio::test]
async fn validity_service_knows_boletas() {
    let (_, router) = emulador(clock());
    bill(&router, &Cpe::boleta(1)).await.unwrap();
    let ruta = "/v1/clientesextranet/demo/oauth2/token/";
    let token = http::json(&router, "POST", ruta, json!({})).await.json();
    let token = token["access_token"].as_str().unwrap().to_owned();
    for (numero, esperado) in [("1", "1"), ("2", "0")] {
        let cuerpo = json!({
            "numRuc": RUC, "codComp": "03", "numeroSerie": "B001", "numero": numero,
            "fechaEmision": "20/11/2026", "monto": "100.00",
        });
        let ruta = format!("/v1/contribuyente/contribuyentes/{RUC}/validarcomprobante");
        let pedido = axum::http::Request::post(ruta)
            .header("content-type", "application/json")
            .header("authorization", format!("Bearer {token}"))
            .body(axum::body::Body::from(cuerpo.to_string()));
        let r = http::send(&router, pedido.unwrap()).await.json();
        assert_eq!(r["data"]["estadoCp"], esperado);
    }
}
