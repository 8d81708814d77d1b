//! Doors to the outside: the webhook, the public link, the JSON routes.

use ramal_db::Db;
use ramal_mensajeria::{Canal, Clase, EstadoNotificacion, PERMISOS, baja};
use ramal_plataforma::{NuevaClave, create_clave, put_secret};
use ramal_testkit::both_engines;
use serde_json::{Value, json};

use crate::mundo::{MIGRACIONES, Mundo, delivery, orden, promocion, text};

const WEBHOOK: &str = "/webhooks/whatsapp";

impl Mundo {
    async fn with_secrets(&self) {
        let tx = self.db.begin().await.unwrap();
        for (cual, texto) in [("app_secret", "secreto-app-demo"), ("verify_token", "verifica")] {
            let nombre = self.linea.secreto(cual);
            put_secret(&tx, &self.cx, &self.sello, &nombre, texto.as_bytes()).await.unwrap();
        }
        tx.commit().await.unwrap();
    }

    async fn clave(&self, permisos: &[&str]) -> String {
        let permisos = permisos.iter().map(|p| (*p).to_owned()).collect();
        self.in_tx(async |tx| {
            let nueva = NuevaClave { nombre: "prueba".into(), permisos };
            create_clave(tx, &self.cx, nueva).await.unwrap().texto
        })
        .await
    }
}

/// Signature of Meta over the bytes.
fn sign(cuerpo: &[u8]) -> String {
    let llave = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, b"secreto-app-demo");
    format!("sha256={}", hex::encode(aws_lc_rs::hmac::sign(&llave, cuerpo)))
}

both_engines! {
    migraciones: MIGRACIONES;

    async fn the_handshake_answers_the_challenge_and_nothing_else(db: Db) {
        let m = Mundo::new(db).await;
        let n = m.navegador(&[]);
        let ruta = |token: &str| format!(
            "{WEBHOOK}?hub.mode=subscribe&hub.verify_token={token}&hub.challenge=1158201444");
        assert_eq!(n.ver(&ruta("verifica")).await.estado, 403);
        m.with_secrets().await;
        let buena = n.ver(&ruta("verifica")).await;
        assert_eq!((buena.estado, buena.html.as_str()), (200, "1158201444"));
        assert!(buena.cabeceras["content-type"].to_str().unwrap().starts_with("text/plain"));
        assert_eq!(n.ver(&ruta("otra")).await.estado, 403);
        assert_eq!(n.ver(WEBHOOK).await.estado, 403);
    }

    async fn what_is_not_signed_is_refused_counted_and_not_kept(db: Db) {
        let m = Mundo::new(db).await;
        let n = m.navegador(&[]);
        let cuerpo = serde_json::to_vec(&delivery(&[], &[text("wamid.1", "ñandú", 1)])).unwrap();
        let firma = sign(&cuerpo);
        assert_eq!(n.entregar(WEBHOOK, &cuerpo, Some(&firma)).await.estado, 403);
        m.with_secrets().await;
        for firma in [None, Some("sha256=00"), Some("sha1=00")] {
            assert_eq!(n.entregar(WEBHOOK, &cuerpo, firma).await.estado, 403, "{firma:?}");
        }
        let otro = [&cuerpo[..], b" "].concat();
        assert_eq!(n.entregar(WEBHOOK, &otro, Some(&firma)).await.estado, 403);
        assert_eq!(m.count("SELECT COUNT(*) FROM webhooks_whatsapp").await, 0);
        assert_eq!(m.count("SELECT CAST(SUM(n) AS BIGINT) FROM webhooks_rechazados").await, 5);
        for _ in 0..3 {
            assert_eq!(n.entregar(WEBHOOK, &cuerpo, Some(&firma)).await.estado, 200);
        }
        assert_eq!(m.count("SELECT COUNT(*) FROM webhooks_whatsapp").await, 1);
        m.work().await;
        assert_eq!(m.count("SELECT COUNT(*) FROM mensajes_recibidos").await, 1);
    }

    async fn a_delivery_of_three_megabytes_is_taken(db: Db) {
        let m = Mundo::new(db).await;
        m.with_secrets().await;
        let largo = "a".repeat(3_000_000);
        let cuerpo = serde_json::to_vec(&delivery(&[], &[text("wamid.1", &largo, 1)])).unwrap();
        let firma = sign(&cuerpo);
        let vuelta = m.navegador(&[]).entregar(WEBHOOK, &cuerpo, Some(&firma)).await;
        assert_eq!(vuelta.estado, 200);
    }

    async fn the_link_of_an_advertisement_stops_it_and_looking_at_it_does_not(db: Db) {
        let m = Mundo::new(db).await;
        let id = m.tell(promocion("p/1", &[Canal::Email])).await;
        m.work().await;
        let carta = String::from_utf8_lossy(&m.canales.correos()[0].bytes).into_owned();
        let envio = m.envios(id).await[0].id;
        let ruta = format!("/baja/{}", baja::token(&m.sello, envio));
        let plana = carta.replace("\r\n ", "");
        let cabecera = format!("List-Unsubscribe: <https://ramal.test{ruta}>");
        assert!(plana.contains(&cabecera), "{plana}");
        let n = m.navegador(&[]);
        assert_eq!(n.ver(&ruta).await.estado, 200);
        let otra = m.tell(promocion("p/2", &[Canal::Email])).await;
        assert_eq!(m.estado(otra).await, EstadoNotificacion::Encolada);
        // A mail program posts by itself, without session or form token.
        let vuelta = n.entregar(&ruta, b"List-Unsubscribe=One-Click", None).await;
        assert_eq!(vuelta.estado, 200, "{}", vuelta.html);
        m.pass(1_000, 200).await;
        assert_eq!(m.estado(otra).await, EstadoNotificacion::Suprimida);
        let deuda = m.tell(orden("f/1", &[Canal::Email])).await;
        m.pass(1_000, 200).await;
        assert_eq!(m.estado(deuda).await, EstadoNotificacion::Enviada);
        assert_eq!(n.ver(&format!("{}0", &ruta[..ruta.len() - 1])).await.estado, 404);
    }

    async fn a_program_tells_somebody_once_however_often_it_asks(db: Db) {
        let m = Mundo::new(db).await;
        let clave = m.clave(&["mensajes:enviar", "mensajes:leer"]).await;
        let n = m.navegador(&[]);
        let mut cmd = json!({"clase": "orden_pago",
            "destinatario": {"nombre": "Ana", "email": "ana@ejemplo.test", "canales": ["email"]},
            "variables": {"importe": {"importe": "79.90", "moneda": "PEN"},
                "vencimiento": "2026-12-05", "enlace": "https://ramal.test/f/1"}});
        let una = n.api("POST", "/notificaciones", &clave, &cmd.to_string()).await;
        assert_eq!(una.estado, 201, "{}", una.html);
        let otra = n.api("POST", "/notificaciones", &clave, &cmd.to_string()).await;
        assert_eq!(otra.html, una.html);
        assert_eq!(m.count("SELECT COUNT(*) FROM notificaciones").await, 1);
        m.work().await;
        let lista = n.api("GET", "/mensajes/envios?canal=email", &clave, "").await;
        let lista: Value = serde_json::from_str(&lista.html).unwrap();
        assert_eq!(lista["datos"][0]["estado"], "enviado");
        let ruta = format!("/mensajes/envios/{}", lista["datos"][0]["id"].as_str().unwrap());
        let uno: Value = serde_json::from_str(&n.api("GET", &ruta, &clave, "").await.html).unwrap();
        assert!(uno["texto"].as_str().unwrap().contains("79.90"));
        assert_eq!(uno["pasos"][0]["paso"], "en_cola");
        cmd["variables"] = json!({"monto": "1", "vencimiento": "ayer"});
        let otra_clave = m.navegador(&[]);
        let mala = otra_clave.api("POST", "/notificaciones?x=1", &clave, &cmd.to_string()).await;
        assert!(mala.estado == 422 || mala.estado == 409, "{}", mala.html);
    }

    async fn a_template_is_edited_over_the_version_that_was_read(db: Db) {
        let m = Mundo::new(db).await;
        let clave = m.clave(&["mensajes:leer", "plantillas:editar"]).await;
        let n = m.navegador(PERMISOS);
        let ruta = "/mensajes/plantillas/orden_pago/email?pais=MX";
        let leida = n.api("GET", ruta, &clave, "").await;
        assert_eq!((leida.estado, leida.cabeceras["etag"].to_str().unwrap()), (200, "\"v0\""));
        let nueva = json!({"asunto": "A", "cuerpo": "Son {{importe}}."}).to_string();
        assert_eq!(n.api("PUT", ruta, &clave, &nueva).await.estado, 200);
        assert_eq!(n.api("PUT", ruta, &clave, &nueva).await.estado, 412);
        let todas = n.api("GET", "/mensajes/plantillas?pais=MX", &clave, "").await;
        let todas: Value = serde_json::from_str(&todas.html).unwrap();
        assert_eq!(todas.as_array().unwrap().len(), Clase::TODAS.len() * 3);
    }
}
