//! What comes in: any order, any batches, any repetition, the same rows.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use ramal_db::{Consulta, Db, FromQueryResult, params};
use ramal_mensajeria::storage::{costos, entrada, lineas, oposiciones};
use ramal_mensajeria::{Canal, EstadoNotificacion, Finalidad};
use ramal_testkit::both_engines;
use serde_json::{Value, json};

use crate::mundo::{MIGRACIONES, Mundo, ana, delivery, orden_de, status, text};

const WA: &[Canal] = &[Canal::Whatsapp];
/// Times that the file of deliveries is replayed; W of the norm says 50.
const VECES: usize = 20;
const MENSAJES: i64 = 40;

#[derive(FromQueryResult, PartialEq, Debug, Clone)]
struct Fin {
    wamid: Option<String>,
    estado: String,
    codigo: Option<String>,
    enviado: Option<String>,
    entregado: Option<String>,
    leido: Option<String>,
    fallido: Option<String>,
}

async fn finales(m: &Mundo) -> (Vec<Fin>, Vec<costos::Suma>, i64) {
    let texto = |c: &str| format!("CAST({c} AS TEXT) AS {c}");
    let tiempos: Vec<String> =
        ["enviado", "entregado", "leido", "fallido"].into_iter().map(texto).collect();
    let sql =
        format!("SELECT wamid, estado, codigo, {} FROM envios ORDER BY id", tiempos.join(", "));
    let filas = m.db.all::<Fin>(&sql, params![]).await.unwrap();
    let sumas = costos::of_month(&m.db, "2026-11", costos::Por::Categoria).await.unwrap();
    (filas, sumas, m.count("SELECT COUNT(*) FROM mensajes_recibidos").await)
}

/// 200 things that happened: four words about each of forty messages, and forty that people wrote.
fn file(desde: i64) -> (Vec<Value>, Vec<Value>) {
    let mut dichos = Vec::new();
    let precio = json!({"pricing": {"billable": true, "pricing_model": "PMP",
        "category": "utility", "type": "regular"}});
    let fallo = json!({"errors": [{"code": 131026, "title": "Message undeliverable"}]});
    for n in 1..=MENSAJES {
        let wamid = format!("wamid.{n}");
        let t = desde + n;
        dichos.push(status(&wamid, "sent", t, &precio));
        dichos.push(status(&wamid, "delivered", t + 2, &precio));
        match n % 4 {
            0 => dichos.push(status(&wamid, "failed", t + 1, &fallo)),
            1 => dichos.push(status(&wamid, "played", t + 9, &json!({}))),
            _ => dichos.push(status(&wamid, "sent", t, &precio)),
        }
        dichos.push(status(&wamid, "read", t + 5, &json!({})));
    }
    let escritos =
        (1..=MENSAJES).map(|n| text(&format!("wamid.in{n}"), "Hola", desde + n)).collect();
    (dichos, escritos)
}

both_engines! {
    migraciones: MIGRACIONES;

    async fn shuffled_repeated_and_batched_deliveries_leave_the_same_rows(db: Db) {
        let m = Mundo::new(db).await;
        for n in 0..MENSAJES {
            let mut quien = ana(WA);
            quien.whatsapp = Some(format!("+519870000{n:02}"));
            m.tell(orden_de(&format!("f/{n}"), quien, ("F", 100))).await;
        }
        m.pass(4_000, 100).await;
        assert_eq!(m.canales.whatsapps().len(), usize::try_from(MENSAJES).unwrap());
        let (dichos, escritos) = file(m.segundos());
        let mut primera = None;
        let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
        let mut azar = TestRunner::new_with_rng(Config::default(), rng);
        for vez in 0..VECES {
            m.in_tx(async |tx| {
                for sql in ["DELETE FROM estados_whatsapp", "DELETE FROM costos_whatsapp",
                    "DELETE FROM mensajes_recibidos", "DELETE FROM webhooks_whatsapp",
                    "DELETE FROM envio_pasos",
                    "UPDATE envios SET estado = 'aceptado', enviado = NULL, entregado = NULL, \
                     leido = NULL, fallido = NULL, codigo = NULL, mensaje = NULL"] {
                    tx.exec(sql, vec![]).await.unwrap();
                }
            }).await;
            let mut todos: Vec<(bool, Value)> = Vec::new();
            for _ in 0..3 {
                todos.extend(dichos.iter().map(|d| (true, d.clone())));
                todos.extend(escritos.iter().map(|d| (false, d.clone())));
            }
            let barajados = Just(todos).prop_shuffle().new_tree(&mut azar).unwrap().current();
            let mut resto = barajados.as_slice();
            while !resto.is_empty() {
                let corte = (1..60usize).new_tree(&mut azar).unwrap().current().min(resto.len());
                let (tanda, cola) = resto.split_at(corte);
                resto = cola;
                let de = |si: bool| -> Vec<Value> {
                    tanda.iter().filter(|(s, _)| *s == si).map(|(_, v)| v.clone()).collect()
                };
                m.deliver(&delivery(&de(true), &de(false))).await;
            }
            m.work().await;
            let hoy = finales(&m).await;
            assert_eq!(hoy.2, MENSAJES);
            assert!(hoy.0.iter().all(|f| f.estado == "leido"), "{vez}");
            match &primera {
                None => primera = Some(hoy),
                Some(antes) => assert_eq!(antes, &hoy, "replay {vez}"),
            }
        }
    }

    async fn a_status_that_beats_the_answer_of_the_call_is_not_lost(db: Db) {
        let m = Mundo::new(db).await;
        let antes = status("wamid.1", "delivered", m.segundos(), &json!({}));
        m.webhook(&delivery(&[antes], &[])).await;
        let id = m.tell(orden_de("a", ana(WA), ("F", 1))).await;
        m.work().await;
        assert_eq!(m.vida(id).await, ["whatsapp:entregado"]);
    }

    async fn a_reference_cannot_take_the_envio_of_another_message(db: Db) {
        let m = Mundo::new(db).await;
        let id = m.tell(orden_de("a", ana(WA), ("F", 1))).await;
        m.work().await;
        let marca = json!({"biz_opaque_callback_data": m.envios(id).await[0].id.to_string()});
        let ajeno = status("wamid.ajeno", "read", m.segundos(), &marca);
        m.webhook(&delivery(&[ajeno], &[])).await;
        assert_eq!(m.vida(id).await, ["whatsapp:aceptado"]);
    }

    async fn stop_ends_advertising_at_once_and_the_debt_goes_on(db: Db) {
        let m = Mundo::new(db).await;
        let anuncio = m.tell(crate::mundo::promocion("p/1", WA)).await;
        let deuda = m.tell(orden_de("f/1", ana(WA), ("F", 1))).await;
        // Both are queued when he writes; the number is written another way.
        m.webhook(&delivery(&[], &[text("wamid.in", "Baja", m.segundos())])).await;
        m.pass(20_000, 5_000).await;
        assert_eq!(m.estado(anuncio).await, EstadoNotificacion::Suprimida);
        assert_eq!(m.estado(deuda).await, EstadoNotificacion::Enviada);
        let otro = m.tell(crate::mundo::promocion("p/2", WA)).await;
        assert_eq!(m.estado(otro).await, EstadoNotificacion::Suprimida);
        m.reloj.advance(60_000);
        m.webhook(&delivery(&[], &[text("wamid.in2", "ALTA", m.segundos())])).await;
        let vuelve = m.tell(crate::mundo::promocion("p/3", WA)).await;
        assert_eq!(m.estado(vuelve).await, EstadoNotificacion::Encolada);
    }

    async fn the_last_word_counts_whatever_the_order_of_arrival(db: Db) {
        let m = Mundo::new(db).await;
        let t = m.segundos();
        m.webhook(&delivery(&[], &[text("wamid.2", "ALTA", t + 60)])).await;
        m.webhook(&delivery(&[], &[text("wamid.1", "BAJA", t)])).await;
        let cerradas = oposiciones::opposed(&m.db, Finalidad::Marketing,
            &[(Canal::Whatsapp, crate::mundo::ANA.into())]).await.unwrap();
        assert!(cerradas.is_empty());
    }

    async fn an_opt_out_told_by_an_error_ends_advertising(db: Db) {
        let m = Mundo::new(db).await;
        let id = m.tell(crate::mundo::promocion("p/1", WA)).await;
        m.work().await;
        let error = json!({"errors": [{"code": 131050, "title": "User stopped marketing"}]});
        m.webhook(&delivery(&[status("wamid.1", "failed", m.segundos(), &error)], &[])).await;
        assert_eq!(m.estado(id).await, EstadoNotificacion::Fallida);
        let otro = m.tell(crate::mundo::promocion("p/2", WA)).await;
        assert_eq!(m.estado(otro).await, EstadoNotificacion::Suprimida);
    }

    async fn only_what_a_person_writes_opens_the_window(db: Db) {
        let m = Mundo::new(db).await;
        let t = m.segundos();
        m.webhook(&delivery(&[status("wamid.9", "delivered", t, &json!({}))], &[])).await;
        let sistema = json!({"from": "51987654321", "id": "wamid.s", "timestamp": t.to_string(),
            "type": "system", "system": {"body": "x", "type": "user_changed_number"}});
        m.webhook(&delivery(&[], &[sistema])).await;
        let ventana = lineas::window(&m.db, m.linea.id, "+51987654321").await.unwrap();
        assert_eq!(ventana, None);
        m.webhook(&delivery(&[], &[text("wamid.u", "hola", t - 3_600)])).await;
        let ventana = lineas::window(&m.db, m.linea.id, "+51987654321").await.unwrap().unwrap();
        assert_eq!(ventana.millis() / 1000, t - 3_600 + 86_400);
        let sql = "SELECT COUNT(*) FROM eventos WHERE tipo = 'mensaje.recibido'";
        assert_eq!(m.count(sql).await, 2);
    }

    async fn a_number_that_is_not_ours_changes_nothing_but_is_kept(db: Db) {
        let m = Mundo::new(db).await;
        let mut ajena = delivery(&[], &[text("wamid.z", "hola", m.segundos())]);
        ajena["entry"][0]["changes"][0]["value"]["metadata"]["phone_number_id"] = json!("999");
        m.webhook(&ajena).await;
        assert_eq!(m.count("SELECT COUNT(*) FROM mensajes_recibidos").await, 0);
        let sql = "SELECT COUNT(*) FROM webhooks_whatsapp WHERE sin_linea = TRUE";
        assert_eq!(m.count(sql).await, 1);
    }

    async fn costs_add_up_to_the_rate_of_each_message(db: Db) {
        let m = Mundo::new(db).await;
        for n in 0..3 {
            let mut quien = ana(WA);
            quien.whatsapp = Some(format!("+5198700000{n}"));
            m.tell(orden_de(&format!("f/{n}"), quien, ("F", 100))).await;
        }
        m.pass(1_000, 100).await;
        let precio = |si: bool, categoria: &str| json!({"pricing": {"billable": si,
            "pricing_model": "PMP", "category": categoria, "type": "regular"}});
        let t = m.segundos();
        let dichos = [
            status("wamid.1", "sent", t, &precio(true, "utility")),
            status("wamid.1", "delivered", t + 1, &precio(true, "utility")),
            status("wamid.2", "sent", t, &precio(false, "utility")),
            status("wamid.3", "sent", t, &precio(true, "marketing")),
        ];
        m.webhook(&delivery(&dichos, &[])).await;
        let sumas = costos::of_month(&m.db, "2026-11", costos::Por::Categoria).await.unwrap();
        let dichas: Vec<(String, i64, i64, i64)> =
            sumas.into_iter().map(|s| (s.nombre, s.mensajes, s.cobrados, s.micros)).collect();
        assert_eq!(dichas, [("MARKETING".into(), 1, 1, 70_300), ("UTILITY".into(), 2, 1, 20_000)]);
        assert_eq!(costos::spent(&m.db, "2026-11").await.unwrap(), 90_300);
        let de_ana = costos::of_cliente(&m.db, ana(WA).cliente_id.unwrap(), "2026-11").await;
        assert_eq!(de_ana.unwrap().iter().map(|s| s.micros).sum::<i64>(), 90_300);
    }

    async fn the_cap_of_the_month_stops_advertising_and_is_told_once(db: Db) {
        let tope = ramal_mensajeria::ajustes::Ajustes { tope_micros: 70_000, ..Default::default() };
        let m = Mundo::with(db, tope).await;
        m.tell(crate::mundo::promocion("p/1", WA)).await;
        m.work().await;
        let precio = json!({"pricing": {"billable": true, "pricing_model": "PMP",
            "category": "marketing", "type": "regular"}});
        m.webhook(&delivery(&[status("wamid.1", "sent", m.segundos(), &precio)], &[])).await;
        let otra = m.tell(crate::mundo::promocion("p/2", WA)).await;
        let deuda = m.tell(orden_de("f/1", ana(WA), ("F", 1))).await;
        m.pass(20_000, 5_000).await;
        assert_eq!(m.estado(otra).await, EstadoNotificacion::Suprimida);
        assert_eq!(m.estado(deuda).await, EstadoNotificacion::Enviada);
        for _ in 0..3 {
            m.run_job(ramal_mensajeria::jobs::TRABAJO_BARRIDO).await;
        }
        assert_eq!(m.count("SELECT COUNT(*) FROM eventos WHERE tipo = 'mensajes.tope'").await, 1);
    }

    async fn a_template_that_meta_pauses_is_not_used_again(db: Db) {
        let m = Mundo::new(db).await;
        m.reloj.advance(1_000);
        let aviso = json!({"object": "whatsapp_business_account", "entry": [{
            "id": crate::mundo::CUENTA, "changes": [{"field": "message_template_status_update",
            "value": {"event": "PAUSED", "message_template_id": 1,
                "message_template_name": "ramal_orden_pago",
                "message_template_language": "es_PE", "reason": "NONE"}}]}]});
        m.webhook(&aviso).await;
        let id = m.tell(orden_de("f/1", ana(WA), ("F", 1))).await;
        m.work().await;
        assert_eq!(m.estado(id).await, EstadoNotificacion::Fallida);
        let sql = "SELECT COUNT(*) FROM eventos WHERE tipo = 'plantilla.cambio'";
        assert_eq!(m.count(sql).await, 1);
    }

    async fn refused_deliveries_are_counted_by_reason(db: Db) {
        let m = Mundo::new(db).await;
        for motivo in ["falsa", "ausente", "falsa"] {
            m.in_tx(async |tx| {
                ramal_mensajeria::entrada::recibir::refuse(tx, &m.cx, motivo).await.unwrap();
            }).await;
        }
        let dia = ramal_base::Fecha::new(2026, 11, 1).unwrap();
        let cuentas = entrada::refused(&m.db, "whatsapp", dia).await.unwrap();
        assert_eq!(cuentas, [("ausente".to_owned(), 1), ("falsa".to_owned(), 2)]);
    }
}
