//! Several invoices of one person in one message, when the company groups.

use ramal_canales::whatsapp::Contenido;
use ramal_db::Db;
use ramal_mensajeria::ajustes::Ajustes;
use ramal_mensajeria::{Canal, EstadoNotificacion, NuevaNotificacion};
use ramal_testkit::both_engines;
use serde_json::json;

use crate::mundo::{MIGRACIONES, Mundo, ana, delivery, orden_de, status};

const WA: &[Canal] = &[Canal::Whatsapp];

fn in_group(clave: &str, factura: &str, centavos: i64) -> NuevaNotificacion {
    NuevaNotificacion {
        grupo: Some("cliente/1/2026-12".into()),
        ..orden_de(clave, ana(WA), (factura, centavos))
    }
}

fn grouping() -> Ajustes {
    Ajustes { agrupar: true, texto_en_ventana: false, ..Ajustes::default() }
}

both_engines! {
    migraciones: MIGRACIONES;

    async fn three_invoices_of_one_person_are_one_message_with_their_sum(db: Db) {
        let m = Mundo::with(db, grouping()).await;
        let mut ids = Vec::new();
        for (n, centavos) in [(1, 7_990), (2, 4_990), (3, 2_000)] {
            let clave = format!("f/{n}");
            ids.push(m.tell(in_group(&clave, &format!("F001-{n}"), centavos)).await);
            m.reloj.advance(10_000);
            m.work().await;
        }
        assert!(m.canales.whatsapps().is_empty());
        m.pass(180_000, 10_000).await;
        let enviados = m.canales.whatsapps();
        assert_eq!(enviados.len(), 1);
        let Contenido::Plantilla(p) = &enviados[0].contenido else { panic!("not a template") };
        let valores: Vec<&str> = p.cuerpo.iter().map(|v| v.texto.as_str()).collect();
        assert!(valores.contains(&"S/\u{a0}149.80"), "{valores:?}");
        assert!(valores.iter().any(|v| v.contains("F001-1 ") && v.contains("; F001-3 ")));
        m.webhook(&delivery(&[status("wamid.1", "read", m.segundos(), &json!({}))], &[])).await;
        for id in ids {
            assert_eq!(m.estado(id).await, EstadoNotificacion::Leida);
        }
        assert_eq!(m.count("SELECT COUNT(*) FROM envios").await, 1);
    }

    async fn what_comes_after_the_message_left_makes_another(db: Db) {
        let m = Mundo::with(db, grouping()).await;
        m.tell(in_group("f/1", "F001-1", 100)).await;
        m.pass(200_000, 20_000).await;
        let tarde = m.tell(in_group("f/2", "F001-2", 200)).await;
        m.pass(200_000, 20_000).await;
        assert_eq!(m.canales.whatsapps().len(), 2);
        assert_eq!(m.estado(tarde).await, EstadoNotificacion::Enviada);
    }

    async fn another_addressee_or_currency_is_another_message(db: Db) {
        let m = Mundo::with(db, grouping()).await;
        m.tell(in_group("f/1", "F001-1", 100)).await;
        let mut otro = in_group("f/2", "F001-2", 200);
        otro.destinatario.whatsapp = Some("+51911111111".into());
        m.tell(otro).await;
        let mut dolares = in_group("f/3", "F001-3", 300);
        let importe = ramal_base::Dinero::new(300, ramal_base::Moneda::Usd);
        dolares.variables.insert("importe".into(), ramal_mensajeria::Valor::Dinero(importe));
        m.tell(dolares).await;
        m.pass(200_000, 10_000).await;
        assert_eq!(m.canales.whatsapps().len(), 3);
    }

    async fn one_by_one_when_the_company_does_not_group(db: Db) {
        let m = Mundo::new(db).await;
        m.tell(in_group("f/1", "F001-1", 100)).await;
        m.tell(in_group("f/2", "F001-2", 200)).await;
        m.pass(20_000, 2_000).await;
        assert_eq!(m.canales.whatsapps().len(), 2);
    }

    async fn two_workers_at_once_make_one_message_of_a_group(db: Db) {
        let m = Mundo::with(db, grouping()).await;
        for n in 0..8 {
            m.tell(in_group(&format!("f/{n}"), &format!("F001-{n}"), 100)).await;
        }
        m.reloj.advance(180_000);
        let (uno, dos) = (m.obrero(), m.obrero());
        let (a, b) = tokio::join!(uno.drain(), dos.drain());
        a.unwrap();
        b.unwrap();
        m.work().await;
        assert_eq!(m.count("SELECT COUNT(*) FROM envios").await, 1);
        assert_eq!(m.canales.whatsapps().len(), 1);
    }
}
