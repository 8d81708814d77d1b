//! Twelve hours without a single notice: everybody who paid is found before anybody is cut.

use ramal_cobros::jobs::TRABAJO_BARRIDO;
use ramal_db::Db;
use ramal_pasarelas::EstadoCobro;
use ramal_testkit::both_engines;

use crate::falsa::pago;
use crate::mundo::{MIGRACIONES, Mundo};

const MINUTO: i64 = 60_000;
const HORA: i64 = 60 * MINUTO;

both_engines! {
    migraciones: MIGRACIONES;

    async fn without_any_notice_for_twelve_hours_every_payment_is_found(db: Db) {
        let m = Mundo::new(db).await;
        let mut cobros = Vec::new();
        for n in 0..12 {
            let cliente = m.cliente(n).await;
            let factura = m.factura(&cliente, "79.00").await;
            cobros.push((m.cobro(factura).await, factura));
        }
        // One pays every hour; no notice arrives; the sweeper is late and runs every ten minutes.
        for (hora, (pagador, _)) in cobros.iter().enumerate() {
            let externa = pagador.id.to_string();
            m.falsa.set(pago(&format!("p_{hora}"), &externa, 7_900, EstadoCobro::Acreditado));
            for _ in 0..6 {
                m.reloj.advance(10 * MINUTO);
                m.sweep(TRABAJO_BARRIDO).await;
            }
            for (n, (cobro, _)) in cobros.iter().enumerate() {
                let pagado = m.estado(cobro.id).await == "acreditado";
                assert_eq!(pagado, n <= hora, "hour {hora}, cobro {n}");
            }
        }
        for (cobro, factura) in &cobros {
            assert_eq!(m.pagos(cobro.id).await.len(), 1);
            assert_eq!(m.factura_estado(*factura).await, "pagada");
        }
        assert_eq!(m.count("SELECT COUNT(*) FROM webhooks_entrantes").await, 0);
        assert_eq!(m.audit().await, Vec::<String>::new());
        let senal = ramal_cobros::ultima_senal(&m.db).await.unwrap().unwrap();
        assert!(m.cx.now().millis() - senal.millis() <= 20 * MINUTO, "and the gateway was heard");
    }

    async fn a_gateway_that_is_silent_too_is_known_to_be(db: Db) {
        let m = Mundo::new(db).await;
        m.sweep(TRABAJO_BARRIDO).await;
        let senal = ramal_cobros::ultima_senal(&m.db).await.unwrap();
        assert_eq!(senal, Some(m.cx.now()), "without cobros it is asked whether it is there");
        let oida = m.cx.now();
        m.falsa.silence(true);
        for _ in 0..12 {
            m.reloj.advance(HORA);
            m.sweep(TRABAJO_BARRIDO).await;
        }
        assert_eq!(ramal_cobros::ultima_senal(&m.db).await.unwrap(), Some(oida));
        let senales = ramal_cobros::senales(&m.db).await.unwrap();
        assert_eq!(senales[0].falla, Some(m.cx.now()));
    }

    async fn money_on_its_way_holds_a_cut_and_an_idle_link_does_not(db: Db) {
        use ramal_pasarelas::MedioRemoto;
        let m = Mundo::new(db).await;
        let cliente = m.cliente(1).await;
        let factura = m.factura(&cliente, "79.00").await;
        let id = cliente.id.uuid();
        let cobro = m.cobro(factura).await;
        let ahora = m.cx.now();
        assert!(!ramal_cobros::en_curso(&m.db, id, ahora).await.unwrap(), "a link alone");
        let vuelta = ramal_cobros::cobro_link(&m.app.entorno.firma, factura.uuid(), cobro.id);
        assert_eq!(m.get(&format!("{vuelta}?regreso=1")).await.estado, 200);
        assert!(ramal_cobros::en_curso(&m.db, id, ahora).await.unwrap(), "he came back");
        let manana = ahora.plus_millis(25 * HORA);
        assert!(!ramal_cobros::en_curso(&m.db, id, manana).await.unwrap());
        let cip = m.intent(factura, MedioRemoto::PagoEfectivo).await;
        m.launch(cip).await;
        assert!(ramal_cobros::en_curso(&m.db, id, ahora).await.unwrap(), "a young reference");
    }
}
