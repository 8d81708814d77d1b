//! What leaves: once, at an hour, at a pace, in the shape that the window admits.

use ramal_canales::whatsapp::{Contenido, of_codigo};
use ramal_canales::{Causa, CausaDetener, FallaEnvio};
use ramal_db::Db;
use ramal_mensajeria::EstadoNotificacion::{
    Encolada, Entregada, Enviada, Fallida, Incierta, Suprimida,
};
use ramal_mensajeria::ajustes::Ajustes;
use ramal_mensajeria::entrada::novedades;
use ramal_mensajeria::salida::asiento;
use ramal_mensajeria::{Canal, Clase, Error, NuevaNotificacion, Valor, Variables, notify};
use ramal_testkit::both_engines;
use serde_json::json;

use crate::mundo::{ANA, CUENTA, MIGRACIONES, Mundo, ana, delivery, orden, status, text};

const WA: &[Canal] = &[Canal::Whatsapp];
const WA_EMAIL: &[Canal] = &[Canal::Whatsapp, Canal::Email];
const EMAIL: &[Canal] = &[Canal::Email];

fn is_template(contenido: &Contenido) -> bool {
    matches!(contenido, Contenido::Plantilla(_))
}

both_engines! {
    migraciones: MIGRACIONES;

    async fn the_same_key_twice_is_one_message(db: Db) {
        let m = Mundo::new(db).await;
        let una = m.tell(orden("factura/1", WA)).await;
        let otra = m.tell(orden("factura/1", WA)).await;
        assert_eq!(una, otra);
        m.work().await;
        assert_eq!(m.tell(orden("factura/1", WA)).await, una);
        m.work().await;
        assert_eq!(m.canales.whatsapps().len(), 1);
        assert_eq!(m.estado(una).await, Enviada);
    }

    async fn nothing_leaves_of_a_transaction_that_was_taken_back(db: Db) {
        let m = Mundo::new(db).await;
        let tx = m.db.begin().await.unwrap();
        notify(&tx, &m.cx, orden("factura/1", WA)).await.unwrap();
        tx.rollback().await.unwrap();
        m.work().await;
        assert!(m.canales.whatsapps().is_empty());
    }

    async fn a_missing_variable_is_refused_by_its_name_and_nothing_is_queued(db: Db) {
        let m = Mundo::new(db).await;
        let mut nueva = orden("factura/1", WA);
        nueva.variables.remove("enlace");
        let tx = m.db.begin().await.unwrap();
        let error = notify(&tx, &m.cx, nueva).await.unwrap_err();
        assert!(matches!(&error, Error::FaltaVariable { nombre, .. } if nombre == "enlace"));
        tx.commit().await.unwrap();
        assert_eq!(m.count("SELECT COUNT(*) FROM notificaciones").await, 0);
    }

    async fn a_template_that_meta_has_not_approved_goes_by_the_other_channel(db: Db) {
        let m = Mundo::new(db).await;
        m.in_tx(async |tx| {
            let que = ("ramal_orden_pago", "es_PE", "UTILITY");
            novedades::approve(tx, CUENTA, que, m.cx.now()).await.unwrap();
            tx.exec("UPDATE plantillas_meta SET estado = 'PAUSED'", vec![]).await.unwrap();
        }).await;
        let id = m.tell(orden("factura/1", WA_EMAIL)).await;
        m.work().await;
        assert_eq!(m.vida(id).await, ["email:enviado"]);
        let sola = m.tell(orden("factura/2", WA)).await;
        m.work().await;
        assert_eq!(m.estado(sola).await, Fallida);
        assert!(m.canales.whatsapps().is_empty());
    }

    async fn a_template_with_other_parameters_than_metas_never_leaves(db: Db) {
        let m = Mundo::new(db).await;
        m.in_tx(async |tx| {
            tx.exec("UPDATE plantillas_meta SET parametros = 2", vec![]).await.unwrap();
        }).await;
        let id = m.tell(orden("factura/1", WA)).await;
        m.work().await;
        assert_eq!(m.estado(id).await, Fallida);
        assert!(m.canales.whatsapps().is_empty());
    }

    async fn the_window_that_closes_while_it_waits_turns_text_into_template(db: Db) {
        let m = Mundo::new(db).await;
        let entra = m.segundos();
        m.webhook(&delivery(&[], &[text("wamid.in", "Hola", entra)])).await;
        m.tell(orden("a", WA)).await;
        m.work().await;
        assert!(matches!(m.canales.whatsapps()[0].contenido, Contenido::Texto { .. }));
        // Made while the window is open, leaves 59 seconds before it closes: too late for text.
        m.reloj.advance(24 * 3_600_000 - 60_000 - 7_000);
        m.canales.whatsapp_dira(FallaEnvio::retry("131000", "x"));
        m.tell(orden("b", WA)).await;
        m.work().await;
        assert_eq!(m.canales.whatsapps().len(), 1);
        m.pass(70_000, 10_000).await;
        let ultimo = m.canales.whatsapps().pop().unwrap();
        assert!(is_template(&ultimo.contenido));
    }

    async fn a_window_closed_without_a_template_refuses(db: Db) {
        let m = Mundo::new(db).await;
        m.webhook(&delivery(&[], &[text("wamid.in", "Hola", m.segundos())])).await;
        m.in_tx(async |tx| {
            tx.exec("UPDATE plantillas_meta SET estado = 'REJECTED'", vec![]).await.unwrap();
        }).await;
        let mut nueva = orden("a", WA);
        nueva.no_antes = Some(m.cx.now().plus_millis(3_600_000));
        let id = m.tell(nueva).await;
        m.reloj.advance(3_600_000);
        m.canales.whatsapp_dira(FallaEnvio::retry("131000", "x"));
        m.work().await;
        m.in_tx(async |tx| {
            tx.exec("UPDATE ventanas SET hasta = $1", vec![m.cx.now().into()]).await.unwrap();
        }).await;
        m.pass(120_000, 30_000).await;
        assert_eq!(m.estado(id).await, Fallida);
        assert!(m.canales.whatsapps().is_empty());
        assert_eq!(m.envios(id).await[0].codigo.as_deref(), Some("ventana_cerrada"));
    }

    async fn at_night_it_waits_for_the_morning_and_a_code_does_not(db: Db) {
        let m = Mundo::new(db).await;
        m.at("2026-11-21T03:00:00Z"); // ten at night in Lima
        let id = m.tell(orden("a", WA)).await;
        let codigo = Variables::from([("codigo".to_owned(), Valor::texto("493018"))]);
        let auth = NuevaNotificacion::new(Clase::Auth, ana(WA), codigo, "auth/1");
        let auth = m.tell(auth).await;
        m.work().await;
        assert_eq!((m.estado(auth).await, m.estado(id).await), (Enviada, Encolada));
        m.at("2026-11-21T12:59:59Z");
        m.work().await;
        assert_eq!(m.estado(id).await, Encolada);
        m.at("2026-11-21T13:00:00Z");
        m.work().await;
        assert_eq!(m.estado(id).await, Enviada);
    }

    async fn one_message_each_six_seconds_to_the_same_person(db: Db) {
        let m = Mundo::new(db).await;
        for n in 0..4 {
            m.tell(orden(&format!("f/{n}"), WA)).await;
        }
        let mut momentos = Vec::new();
        let inicio = m.cx.now().millis();
        for _ in 0..40 {
            m.work().await;
            while momentos.len() < m.canales.whatsapps().len() {
                momentos.push((m.cx.now().millis() - inicio) / 1000);
            }
            m.reloj.advance(500);
        }
        assert_eq!(momentos, [0, 6, 12, 18]);
    }

    async fn a_line_gives_no_more_than_its_messages_per_second(db: Db) {
        let m = Mundo::new(db).await;
        for n in 0..50 {
            let mut destinatario = ana(WA);
            destinatario.whatsapp = Some(format!("+519000000{n:02}"));
            m.tell(crate::mundo::orden_de(&format!("f/{n}"), destinatario, ("F", 100))).await;
        }
        let mut por_segundo = Vec::new();
        for _ in 0..4 {
            let antes = m.canales.whatsapps().len();
            for _ in 0..20 {
                m.work().await;
                m.reloj.advance(50);
            }
            por_segundo.push(m.canales.whatsapps().len() - antes);
        }
        assert_eq!(por_segundo.iter().sum::<usize>(), 50);
        assert!(por_segundo.iter().all(|n| *n <= 21), "{por_segundo:?}");
    }

    async fn a_refusal_for_good_goes_once_to_the_second_channel(db: Db) {
        let m = Mundo::new(db).await;
        m.canales.whatsapp_dira(of_codigo(131_026, "undeliverable"));
        let id = m.tell(orden("a", &[Canal::Whatsapp, Canal::Email, Canal::App])).await;
        m.work().await;
        assert_eq!(m.vida(id).await, ["whatsapp:fallido", "email:enviado"]);
        m.pass(86_400_000, 3_600_000).await;
        assert_eq!(m.canales.correos().len(), 1);
        assert_eq!(m.vida(id).await.len(), 2);
        // The number is doubtful: the next one tries the mail first.
        let otra = m.tell(orden("b", WA_EMAIL)).await;
        m.work().await;
        assert_eq!(m.vida(otra).await, ["email:enviado"]);
    }

    async fn a_second_channel_that_fails_has_no_third(db: Db) {
        let m = Mundo::new(db).await;
        m.canales.whatsapp_dira(of_codigo(131_026, "undeliverable"));
        m.canales.correo_dira(FallaEnvio::never("550", "no", Causa::DireccionInexistente));
        let id = m.tell(orden("a", &[Canal::Whatsapp, Canal::Email, Canal::App])).await;
        m.work().await;
        assert_eq!(m.vida(id).await, ["whatsapp:fallido", "email:fallido"]);
        assert_eq!(ramal_mensajeria::canales_intentados(&m.db, id).await.unwrap(), 2);
        assert_eq!(m.estado(id).await, Fallida);
    }

    async fn hours_without_a_word_bring_the_second_channel_once(db: Db) {
        let m = Mundo::new(db).await;
        let id = m.tell(orden("a", WA_EMAIL)).await;
        m.work().await;
        m.reloj.advance(5 * 3_600_000);
        m.work().await;
        assert_eq!(m.vida(id).await, ["whatsapp:aceptado"]);
        m.reloj.advance(3_600_000);
        m.work().await;
        assert_eq!(m.vida(id).await, ["whatsapp:aceptado", "email:enviado"]);
        m.pass(86_400_000, 6 * 3_600_000).await;
        assert_eq!(m.vida(id).await.len(), 2);
    }

    async fn a_second_channel_that_waits_does_not_leave_if_the_first_arrived(db: Db) {
        let m = Mundo::new(db).await;
        let id = m.tell(orden("a", WA_EMAIL)).await;
        m.work().await;
        m.at("2026-11-21T02:30:00Z"); // 21:30 in Lima: the mail waits for the morning
        m.work().await;
        assert_eq!(m.vida(id).await, ["whatsapp:aceptado", "email:en_cola"]);
        let dicho = status("wamid.1", "delivered", m.segundos(), &json!({}));
        m.webhook(&delivery(&[dicho], &[])).await;
        m.at("2026-11-21T13:00:00Z");
        m.work().await;
        assert_eq!(m.vida(id).await, ["whatsapp:entregado", "email:suprimido"]);
        assert_eq!(m.estado(id).await, Entregada);
        assert!(m.canales.correos().is_empty());
    }

    async fn arriving_by_both_channels_is_said(db: Db) {
        let m = Mundo::new(db).await;
        m.canales.whatsapp_dira(FallaEnvio::uncertain("se cortó"));
        let id = m.tell(orden("a", &[Canal::Whatsapp, Canal::App])).await;
        m.work().await;
        m.reloj.advance(6 * 3_600_000);
        m.work().await;
        assert_eq!(m.vida(id).await, ["whatsapp:incierto", "app:entregado"]);
        let marca = m.envios(id).await[0].id.to_string();
        let dicho = status("wamid.x", "delivered", m.segundos(),
            &json!({"biz_opaque_callback_data": marca}));
        m.webhook(&delivery(&[dicho], &[])).await;
        assert_eq!(m.vida(id).await, ["whatsapp:entregado", "app:entregado"]);
        assert_eq!(m.count("SELECT COUNT(*) FROM notificaciones WHERE doble = TRUE").await, 1);
    }

    async fn an_uncertain_message_is_never_repeated_by_itself(db: Db) {
        let m = Mundo::new(db).await;
        m.canales.whatsapp_dira(FallaEnvio::uncertain("se cortó"));
        m.canales.correo_dira(FallaEnvio::uncertain("se cortó tras el punto"));
        let una = m.tell(orden("a", WA)).await;
        let otra = m.tell(orden("b", EMAIL)).await;
        m.work().await;
        m.pass(3 * 86_400_000, 3_600_000 * 3).await;
        assert_eq!((m.estado(una).await, m.estado(otra).await), (Incierta, Incierta));
        assert!(m.canales.whatsapps().is_empty() && m.canales.correos().is_empty());
    }

    async fn a_status_that_names_our_reference_settles_what_was_uncertain(db: Db) {
        let m = Mundo::new(db).await;
        m.canales.whatsapp_dira(FallaEnvio::uncertain("se cortó"));
        let id = m.tell(orden("a", WA_EMAIL)).await;
        m.work().await;
        let marca = m.envios(id).await[0].id.to_string();
        let dicho = status("wamid.perdido", "sent", m.segundos(),
            &json!({"biz_opaque_callback_data": marca}));
        m.webhook(&delivery(&[dicho], &[])).await;
        assert_eq!(m.vida(id).await, ["whatsapp:enviado"]);
        assert_eq!(m.envios(id).await[0].wamid.as_deref(), Some("wamid.perdido"));
    }

    async fn a_worker_killed_between_the_call_and_the_note_sends_once(db: Db) {
        let m = Mundo::new(db).await;
        m.canales.whatsapp_morira();
        let id = m.tell(orden("a", WA)).await;
        let obrero = m.obrero();
        // The call is made and the process is cut before anything is written down.
        let corte = async {
            while m.canales.whatsapps().is_empty() {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! { _ = obrero.drain() => panic!("it ended"), () = corte => {} }
        drop(obrero);
        m.pass(120_000, 40_000).await;
        assert_eq!(m.estado(id).await, Incierta);
        m.pass(86_400_000, 4 * 3_600_000).await;
        assert_eq!(m.canales.whatsapps().len(), 1);
    }

    async fn a_stopped_line_keeps_its_queue_and_goes_on_when_it_is_let(db: Db) {
        let m = Mundo::new(db).await;
        m.canales.whatsapp_dira(FallaEnvio::stop("190", "token", CausaDetener::Credencial));
        let id = m.tell(orden("a", WA)).await;
        let otra = m.tell(orden("b", WA)).await;
        m.work().await;
        m.pass(3_600_000, 600_000).await;
        assert_eq!((m.estado(id).await, m.estado(otra).await), (Encolada, Encolada));
        assert_eq!(m.count("SELECT COUNT(*) FROM eventos WHERE tipo = 'canal.detenido'").await, 1);
        let clave = m.linea.clave();
        let iba = m.in_tx(async |tx| asiento::resume(tx, &m.cx, &clave).await.unwrap()).await;
        assert!(iba);
        m.pass(20_000, 1_000).await;
        assert_eq!((m.estado(id).await, m.estado(otra).await), (Enviada, Enviada));
        assert_eq!(m.canales.whatsapps().len(), 2);
    }

    async fn a_closed_window_told_by_the_channel_brings_the_template(db: Db) {
        let m = Mundo::new(db).await;
        m.webhook(&delivery(&[], &[text("wamid.in", "Hola", m.segundos())])).await;
        m.canales.whatsapp_dira(of_codigo(131_047, "re-engagement"));
        let id = m.tell(orden("a", WA_EMAIL)).await;
        m.pass(60_000, 3_000).await;
        assert_eq!(m.vida(id).await, ["whatsapp:fallido", "whatsapp:aceptado"]);
        assert!(is_template(&m.canales.whatsapps()[0].contenido));
        assert!(m.canales.correos().is_empty());
    }

    async fn a_letter_is_tried_with_the_same_bytes_for_a_day(db: Db) {
        let m = Mundo::with(db, Ajustes { silencio: [].into(), ..Ajustes::default() }).await;
        for _ in 0..3 {
            m.canales.correo_dira(FallaEnvio::retry("451", "greylisted"));
        }
        let id = m.tell(orden("a", EMAIL)).await;
        m.work().await;
        let antes = m.envios(id).await[0].message_id.clone();
        m.pass(25 * 60_000, 60_000).await;
        assert_eq!(m.estado(id).await, Enviada);
        let envio = m.envios(id).await.remove(0);
        assert_eq!((envio.intentos, &envio.message_id), (4, &antes));
        assert_eq!(Some(m.canales.correos()[0].message_id.clone()), antes);
        for _ in 0..40 {
            m.canales.correo_dira(FallaEnvio::retry("451", "greylisted"));
        }
        let otra = m.tell(orden("b", EMAIL)).await;
        m.pass(25 * 3_600_000, 1_800_000).await;
        assert_eq!(m.estado(otra).await, Fallida);
    }

    async fn a_file_is_uploaded_once_and_goes_with_the_template(db: Db) {
        let m = Mundo::new(db).await;
        let huella = m.objetos.put("docs/f1", b"%PDF-1".to_vec()).await.unwrap();
        let variables = Variables::from([
            ("factura".to_owned(), Valor::texto("F001-1")),
            ("importe".to_owned(), orden("x", WA).variables["importe"].clone()),
        ]);
        let mut nueva =
            NuevaNotificacion::new(Clase::FacturaElectronica, ana(WA_EMAIL), variables, "fe/1");
        nueva.adjuntos.push(ramal_mensajeria::Adjunto {
            nombre: "F001-1.pdf".into(),
            mime: "application/pdf".into(),
            objeto: "docs/f1".into(),
            huella,
        });
        m.canales.whatsapp_dira(FallaEnvio::retry("131000", "x"));
        let id = m.tell(nueva).await;
        m.pass(120_000, 30_000).await;
        assert_eq!(m.vida(id).await, ["whatsapp:aceptado"]);
        assert_eq!(m.canales.0.lock().unwrap().subidos.len(), 1);
        let Contenido::Plantilla(p) = m.canales.whatsapps()[0].contenido.clone() else {
            panic!("not a template")
        };
        assert!(p.encabezado.is_some());
    }

    async fn nobody_is_worn_down_by_a_loop(db: Db) {
        let pocos = Ajustes { maximo_seguidos: 3, ..Ajustes::default() };
        let m = Mundo::with(db, pocos).await;
        for n in 0..6 {
            m.tell(orden(&format!("f/{n}"), EMAIL)).await;
        }
        m.pass(600_000, 60_000).await;
        assert_eq!(m.canales.correos().len(), 3);
        m.pass(3_700_000, 300_000).await;
        assert_eq!(m.canales.correos().len(), 6);
    }

    async fn without_address_or_consent_it_is_suppressed_not_lost(db: Db) {
        let m = Mundo::new(db).await;
        let id = m.tell(orden("a", &[])).await;
        let mut sin = ana(WA);
        sin.whatsapp = None;
        let otra = m.tell(crate::mundo::orden_de("b", sin, ("F", 1))).await;
        m.work().await;
        assert_eq!((m.estado(id).await, m.estado(otra).await), (Suprimida, Suprimida));
        assert_eq!(ANA.len(), 12);
    }
}
