//! What is frozen, as Python's parser and dkimpy read it.

use std::sync::Arc;

use ramal_base::{Cx, FixedClock, Instante};
use ramal_canales::correo::dkim::{ClaseDkim, FirmaDkim, LlaveDkim};
use ramal_canales::correo::{
    AdjuntoCorreo, BajaCorreo, Buzon, CorreoInvalido, Hilo, NuevoCorreo, Origen, freeze,
};
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::python::judge;

pub fn cx() -> Cx {
    let ahora = Instante::parse("2026-11-20T15:30:00Z").unwrap();
    Cx::fixed(Arc::new(FixedClock::new(ahora)), "prueba")
}

pub fn correo(para: &str) -> NuevoCorreo {
    let de = Buzon::new("Fibra del Sur", "avisos@fibra.example").unwrap();
    let para = Buzon::new("Javier Ñúñez, «El Conde»", para).unwrap();
    let id = Uuid::from_u128(7);
    NuevoCorreo::new(id, de, para, "Su factura F001-123 vence mañana", "Hola, Javier.\nSaludos.\n")
}

fn header<'a>(leido: &'a Value, nombre: &str) -> Vec<&'a str> {
    let todas = leido["cabeceras"].as_array().unwrap();
    todas.iter().filter(|c| c[0] == nombre).map(|c| c[1].as_str().unwrap()).collect()
}

fn pdf() -> AdjuntoCorreo {
    let bytes: Vec<u8> = (0..=255u8).cycle().take(100_000).collect();
    let nombre = "Factura «mañana» F001/123.pdf".to_owned();
    AdjuntoCorreo { nombre, mime: "application/pdf".into(), bytes, cid: None }
}

#[test]
fn a_whole_mail_is_read_back_by_python_as_it_was_written() {
    let imagen = AdjuntoCorreo {
        nombre: "orden.png".into(),
        mime: "image/png".into(),
        bytes: b"\x89PNG\r\n\x1a\n".to_vec(),
        cid: Some("orden@ramal".into()),
    };
    let xml = AdjuntoCorreo {
        nombre: "F001-123.xml".into(),
        mime: "application/xml".into(),
        bytes: b"<a>\n.\nuno\rdos\n</a>".to_vec(),
        cid: None,
    };
    let largo = "x".repeat(3_000);
    let nuevo = NuevoCorreo {
        html: Some(format!("<p>Hola, Ñandú {largo}</p><img src=\"cid:orden@ramal\">")),
        adjuntos: vec![pdf(), imagen, xml.clone()],
        responder_a: Some(Buzon::new("Soporte", "soporte+t.9@fibra.example").unwrap()),
        hilo: Some(Hilo {
            en_respuesta_a: "<b@c.example>".into(),
            referencias: vec!["<a@c.example>".into(), "roto\r\nBcc: x@y.pe".into()],
        }),
        ..correo("javier@correo.example")
    };
    let c = freeze(&cx(), &nuevo, &[]).unwrap();
    let leido = judge(&c.bytes, &[]);
    assert_eq!(leido["defectos"], serde_json::json!([]));
    assert_eq!(leido["ascii"], true);
    assert_eq!(leido["lf_sueltos"], 0);
    assert!(leido["linea_mas_larga"].as_u64().unwrap() <= 998);
    assert_eq!(
        leido["estructura"],
        serde_json::json!([
            "multipart/mixed",
            "multipart/alternative",
            "text/plain",
            "multipart/related",
            "text/html",
            "image/png",
            "application/pdf",
            "application/xml"
        ])
    );
    assert_eq!(header(&leido, "Subject"), ["Su factura F001-123 vence mañana"]);
    let para = header(&leido, "To");
    assert!(para[0].contains("Javier Ñúñez, «El Conde»"), "{para:?}");
    assert_eq!(
        header(&leido, "Message-ID"),
        ["<00000000-0000-0000-0000-000000000007@fibra.example>"]
    );
    assert_eq!(c.message_id, header(&leido, "Message-ID")[0]);
    assert_eq!(header(&leido, "Date"), ["Fri, 20 Nov 2026 15:30:00 +0000"]);
    assert_eq!(header(&leido, "Auto-Submitted"), ["auto-generated"]);
    assert_eq!(header(&leido, "In-Reply-To"), ["<b@c.example>"]);
    assert_eq!(header(&leido, "References"), ["<a@c.example> <b@c.example>"]);
    assert!(header(&leido, "Bcc").is_empty());
    assert!(header(&leido, "List-Unsubscribe").is_empty());
    assert!(header(&leido, "Reply-To")[0].contains("soporte+t.9@fibra.example"));
    let partes = leido["partes"].as_array().unwrap();
    assert_eq!(partes[0]["texto"], "Hola, Javier.\r\nSaludos.\r\n");
    assert!(partes[1]["texto"].as_str().unwrap().contains(&largo));
    assert_eq!(partes[2]["cid"], "<orden@ramal>");
    assert_eq!(partes[3]["nombre"], "Factura «mañana» F001_123.pdf");
    assert_eq!(partes[3]["sha256"], hex::encode(Sha256::digest(&pdf().bytes)));
    assert_eq!(partes[4]["sha256"], hex::encode(Sha256::digest(&xml.bytes)));
}

#[test]
fn what_people_write_never_becomes_a_header() {
    let trampa = "Hola\r\nBcc: ladron@x.example\r\n\r\nCuerpo falso";
    let mut nuevo = correo("javier@correo.example");
    nuevo.asunto = trampa.into();
    nuevo.de = Buzon { nombre: trampa.into(), ..nuevo.de };
    nuevo.para[0].nombre = trampa.into();
    nuevo.adjuntos = vec![AdjuntoCorreo { nombre: trampa.into(), ..pdf() }];
    let leido = judge(&freeze(&cx(), &nuevo, &[]).unwrap().bytes, &[]);
    assert_eq!(leido["defectos"], serde_json::json!([]));
    assert!(header(&leido, "Bcc").is_empty());
    assert_eq!(header(&leido, "Subject"), ["Hola Bcc: ladron@x.example Cuerpo falso"]);
    assert_eq!(leido["partes"].as_array().unwrap().len(), 2);
    let de = Buzon { nombre: String::new(), direccion: "a@b.pe>\r\nBcc: <x@y.pe".into() };
    nuevo.de = de;
    assert_eq!(freeze(&cx(), &nuevo, &[]), Err(CorreoInvalido::Direccion));
}

#[test]
fn marketing_can_be_stopped_with_one_click_and_nothing_else_offers_it() {
    let url = format!("https://fibra.example/baja/{}", "t".repeat(200));
    let nuevo = NuevoCorreo {
        baja: Some(BajaCorreo { url: url.clone() }),
        origen: Origen::Persona,
        ..correo("javier@correo.example")
    };
    let c = freeze(&cx(), &nuevo, &[]).unwrap();
    let leido = judge(&c.bytes, &[]);
    assert_eq!(header(&leido, "List-Unsubscribe"), [format!("<{url}>")]);
    assert_eq!(header(&leido, "List-Unsubscribe-Post"), ["List-Unsubscribe=One-Click"]);
    assert!(header(&leido, "Auto-Submitted").is_empty());
    for mala in ["http://x.example", "https://x.example/\r\nBcc: a@b.pe", "https://x.example/>"] {
        let malo = NuevoCorreo { baja: Some(BajaCorreo { url: mala.into() }), ..nuevo.clone() };
        assert_eq!(freeze(&cx(), &malo, &[]), Err(CorreoInvalido::Baja), "{mala}");
    }
}

#[test]
fn the_same_mail_at_the_same_time_gives_the_same_bytes() {
    let nuevo = NuevoCorreo {
        html: Some("<p>Hola</p>".into()),
        adjuntos: vec![pdf()],
        ..correo("javier@correo.example")
    };
    assert_eq!(freeze(&cx(), &nuevo, &[]), freeze(&cx(), &nuevo, &[]));
}

#[test]
fn a_mail_without_subject_recipient_or_too_big_is_refused() {
    let base = correo("javier@correo.example");
    let malos = [
        (NuevoCorreo { asunto: " \r\n".into(), ..base.clone() }, CorreoInvalido::Asunto),
        (NuevoCorreo { asunto: "x".repeat(256), ..base.clone() }, CorreoInvalido::Asunto),
        (NuevoCorreo { para: vec![], ..base.clone() }, CorreoInvalido::SinDestinatario),
        (NuevoCorreo { texto: "x".repeat(26 << 20), ..base.clone() }, CorreoInvalido::Tamanio),
        (NuevoCorreo { retorno: Some("no".into()), ..base }, CorreoInvalido::Direccion),
    ];
    for (malo, error) in malos {
        assert_eq!(freeze(&cx(), &malo, &[]), Err(error));
    }
}

fn signer(clase: ClaseDkim, selector: &str) -> (FirmaDkim, (String, String)) {
    let llave = LlaveDkim::from_pkcs8(&LlaveDkim::generate(clase).unwrap()).unwrap();
    let registro = (format!("{selector}._domainkey.fibra.example"), llave.dns_record().unwrap());
    (FirmaDkim::new("fibra.example", selector, llave).unwrap(), registro)
}

#[test]
fn dkimpy_accepts_both_signatures_and_refuses_an_altered_mail() {
    let (rsa, registro_rsa) = signer(ClaseDkim::Rsa, "r2026");
    let (ed, registro_ed) = signer(ClaseDkim::Ed25519, "e2026");
    let dns = [registro_rsa, registro_ed];
    let nuevo = NuevoCorreo {
        html: Some(format!("<p>Hola  {}</p>\n\n\n", "ñ ".repeat(400))),
        adjuntos: vec![pdf()],
        baja: Some(BajaCorreo { url: "https://fibra.example/b".into() }),
        ..correo("javier@correo.example")
    };
    let c = freeze(&cx(), &nuevo, &[rsa, ed]).unwrap();
    let leido = judge(&c.bytes, &dns);
    assert_eq!(leido["dkim"], serde_json::json!([true, true]));
    assert!(leido["linea_mas_larga"].as_u64().unwrap() <= 998);

    let texto = String::from_utf8(c.bytes.clone()).unwrap();
    let alterados = [
        texto.replacen("F001-123", "F001-124", 1),
        texto.replacen("Hola", "Bola", 1),
        texto.replacen("From: ", "From: otro@x.example\r\nFrom: ", 1),
        texto.replacen("To: ", "Subject: otro\r\nTo: ", 1),
    ];
    for alterado in alterados {
        assert_ne!(alterado, texto);
        let leido = judge(alterado.as_bytes(), &dns);
        let valida = leido["dkim"].as_array().unwrap().iter().any(|v| v == true);
        assert!(!valida, "an altered mail was taken for ours");
    }
    let otra = [(dns[0].0.clone(), signer(ClaseDkim::Rsa, "x").1.1)];
    let leido = judge(&c.bytes, &otra);
    assert!(leido["dkim"].as_array().unwrap().iter().all(|v| v != true));
}

#[test]
fn a_key_is_read_in_der_and_pem_and_a_name_is_one_of_dns() {
    use base64::Engine;
    let der = LlaveDkim::generate(ClaseDkim::Ed25519).unwrap();
    let b64 = base64::engine::general_purpose::STANDARD.encode(&der);
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{b64}\n-----END PRIVATE KEY-----\n");
    let registro = LlaveDkim::from_pem(&pem).unwrap().dns_record().unwrap();
    assert_eq!(registro, LlaveDkim::from_pkcs8(&der).unwrap().dns_record().unwrap());
    assert!(registro.starts_with("v=DKIM1; k=ed25519; p="));
    assert!(LlaveDkim::from_pem("-----BEGIN RSA PRIVATE KEY-----").is_err());
    for malo in ["", "a b", "x;\r\n d=otro"] {
        let llave = LlaveDkim::from_pkcs8(&der).unwrap();
        assert!(FirmaDkim::new("fibra.example", malo, llave).is_err(), "{malo:?}");
    }
}
