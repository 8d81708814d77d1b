//! The API: keys that repeat, what is refused, what is told.

use ramal_db::Db;
use ramal_pasarelas::EstadoCobro;
use ramal_testkit::both_engines;
use serde_json::json;

use crate::falsa::{Aviso, Tropiezo, pago};
use crate::mundo::{MIGRACIONES, Mundo};

/// A customer who owes 79.00.
async fn owing(db: Db) -> (Mundo, ramal_facturacion::FacturaId) {
    let m = Mundo::new(db).await;
    let cliente = m.cliente(1).await;
    let factura = m.factura(&cliente, "79.00").await;
    (m, factura)
}

both_engines! {
    migraciones: MIGRACIONES;

    async fn a_repeated_key_gives_the_same_cobro_and_asks_the_gateway_once(db: Db) {
        let (m, factura) = owing(db).await;
        let cuerpo = json!({ "facturas": [{ "factura_id": factura }] });
        let uno = m.api("/cobros", "k-1", Some(cuerpo.clone())).await;
        assert_eq!(uno.estado, 201, "{}", uno.texto);
        let v = uno.json();
        assert_eq!(v["estado"], "pendiente");
        assert_eq!(v["monto"], json!({ "importe": "79.00", "moneda": "PEN" }));
        assert_eq!(v["url"], "https://pagos.ejemplo/pag_1");
        let dos = m.api("/cobros", "k-1", Some(cuerpo)).await;
        assert_eq!((dos.estado, dos.json()["id"].clone()), (201, v["id"].clone()));
        assert_eq!(dos.header("location"), uno.header("location"));
        let otro = json!({ "facturas": [{ "factura_id": factura, "monto": "10.00" }] });
        assert_eq!(m.api("/cobros", "k-1", Some(otro)).await.estado, 409);
        assert_eq!(m.falsa.created(), 1);
    }

    async fn what_does_not_fit_the_invoice_is_refused_by_its_field(db: Db) {
        let (m, factura) = owing(db).await;
        let ajeno = m.cliente(2).await;
        let ajena = m.factura(&ajeno, "50.00").await;
        for (facturas, extra, campo) in [
            (json!([{ "factura_id": factura, "monto": "79.01" }]), json!({}), "facturas[0]"),
            (json!([{ "factura_id": factura, "monto": "0" }]), json!({}), "facturas[0]"),
            (json!([{ "factura_id": factura, "monto": "x" }]), json!({}), "facturas[0].monto"),
            (json!([{ "factura_id": factura }, { "factura_id": ajena }]), json!({}),
                "facturas[1]"),
            (json!([{ "factura_id": factura }, { "factura_id": factura }]), json!({}),
                "facturas[1]"),
            (json!([]), json!({}), "facturas"),
            (json!([{ "factura_id": factura }]), json!({ "medio": "trueque" }), "medio"),
            (json!([{ "factura_id": factura }]), json!({ "medio": "tarjeta" }), "token"),
        ] {
            let mut cuerpo = json!({ "facturas": facturas });
            cuerpo.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
            let r = m.api("/cobros", "", Some(cuerpo)).await;
            assert_eq!(r.estado, 422, "{campo}: {}", r.texto);
            assert_eq!(r.json()["errores"][0]["campo"], campo, "{}", r.texto);
        }
        assert_eq!(m.count("SELECT COUNT(*) FROM cobros").await, 0);
    }

    async fn a_gateway_that_does_not_confirm_is_told_as_such(db: Db) {
        let (m, factura) = owing(db).await;
        let cuerpo = json!({ "facturas": [{ "factura_id": factura }] });
        m.falsa.stumble(&[Tropiezo::NoAtiende]);
        let r = m.api("/cobros", "k-1", Some(cuerpo.clone())).await;
        assert_eq!((r.estado, r.json()["codigo"].clone()), (503, json!("pasarela_ausente")));
        m.falsa.stumble(&[Tropiezo::SinRespuesta]);
        let r = m.api("/cobros", "k-1", Some(cuerpo.clone())).await;
        assert_eq!((r.estado, r.json()["estado"].clone()), (202, json!("incierto")));
        let r = m.api("/cobros", "k-1", Some(cuerpo)).await;
        assert_eq!((r.estado, r.json()["estado"].clone()), (201, json!("pendiente")));
        assert_eq!(m.falsa.created(), 1, "resolved by a question, not by sending it again");
    }

    async fn a_cobro_is_listed_told_refunded_once_and_its_flow_read(db: Db) {
        let (m, factura) = owing(db).await;
        let cobro = m.cobro(factura).await;
        let id = cobro.id;
        m.falsa.set(pago("p_1", &id.to_string(), 7_900, EstadoCobro::Acreditado));
        m.knock(&Aviso::new("ev_1", "p_1", m.cx.now().millis())).await;
        m.work().await;
        let lista = m.api("/cobros?estado=acreditado&limite=1", "", None).await.json();
        assert_eq!(lista["datos"][0]["id"], json!(id));
        let pagados = m.api("/cobros?estado=vencido", "", None).await.json();
        assert_eq!(pagados["datos"], json!([]));
        let v = m.api(&format!("/cobros/{id}"), "", None).await.json();
        assert_eq!(v["pagos"][0]["comision"]["importe"], "2.63");
        assert_eq!(v["facturas"][0]["monto"]["importe"], "79.00");
        let flujo = m.api(&format!("/cobros/{id}/flujo"), "", None).await.json();
        assert!(flujo.as_array().unwrap().iter().any(|h| h["clase"] == "factura.pagada"));
        let pedida = json!({ "monto": "9.00", "motivo": "Cobro de más" });
        for _ in 0..2 {
            let ruta = format!("/cobros/{id}/devolver");
            let r = m.api(&ruta, "d-1", Some(pedida.clone())).await;
            assert_eq!(r.estado, 200, "{}", r.texto);
            assert_eq!(r.json()["pagos"][0]["devuelto"]["importe"], "9.00");
        }
        assert_eq!(m.count("SELECT COUNT(*) FROM devoluciones").await, 1);
        let r = m.api(&format!("/cobros/{id}/cancelar"), "", Some(json!({}))).await;
        assert_eq!((r.estado, r.json()["codigo"].clone()), (409, json!("estado_no_permite")));
        assert_eq!(m.audit().await, Vec::<String>::new());
    }

    async fn a_payment_that_waits_is_assigned_through_the_api_once(db: Db) {
        let (m, factura) = owing(db).await;
        m.falsa.set(pago("p_1", "pedido-7", 7_900, EstadoCobro::Acreditado));
        m.knock(&Aviso::new("ev_1", "p_1", m.cx.now().millis())).await;
        m.work().await;
        let cola = m.api("/cobros/cuarentena", "", None).await.json();
        let id = cola["datos"][0]["id"].as_str().unwrap().to_owned();
        assert_eq!(cola["datos"][0]["motivos"], json!(["cobro_desconocido"]));
        let cuerpo = json!({ "cliente": "C-1", "factura_id": factura });
        for _ in 0..2 {
            let ruta = format!("/cobros/cuarentena/{id}/asignar");
            let r = m.api(&ruta, "a-1", Some(cuerpo.clone())).await;
            assert_eq!((r.estado, r.json()["estado"].clone()), (200, json!("asignada")));
        }
        let sin = json!({ "cliente": "C-99", "factura_id": null });
        let r = m.api(&format!("/cobros/cuarentena/{id}/asignar"), "a-2", Some(sin)).await;
        assert_eq!(r.estado, 409, "decided: {}", r.texto);
        assert_eq!(m.factura_estado(factura).await, "pagada");
    }
}
