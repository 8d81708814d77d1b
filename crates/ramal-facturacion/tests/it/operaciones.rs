//! Notes, voids, payments and second sendings: what they do to the invoice and to the ledger.

use ramal_base::Pais;
use ramal_clientes::cliente::CambioCliente;
use ramal_db::Db;
use ramal_fiscal::Estado;
use ramal_jobs::{NuevoTrabajo, enqueue};
use ramal_testkit::both_engines;
use serde_json::{Value, json};

use crate::mundo::{MIGRACIONES, Mundo};

fn nota(importe: &str) -> Value {
    json!({"motivo": "09", "sustento": "Corte del servicio",
        "lineas": [{"linea": 1, "importe": importe}]})
}

both_engines! {
    migraciones: MIGRACIONES;

    async fn a_line_never_gets_more_credit_than_it_has_left(db: Db) {
        let m = Mundo::new(db, Pais::Pe).await;
        let cliente = m.cliente(1).await;
        let servicio = m.servicio(&cliente, 39_900).await;
        m.run("2026-12-01").await;
        let factura = m.filas().await[0].id;
        m.answer(factura, Estado::Aceptado).await;
        let ruta = format!("/facturas/{factura}/notas");
        assert_eq!(m.post(&ruta, nota("106.40")).await.0, 201);
        let (estado, problema) = m.post(&ruta, nota("292.61")).await;
        assert_eq!((estado, &problema["errores"][0]["codigo"]), (422, &json!("excede_linea")));
        let motivo = problema["errores"][0]["motivo"].as_str().unwrap().to_owned();
        assert!(motivo.contains("292.60"), "{motivo}");
        let total = json!({"motivo": "09", "sustento": "Baja del servicio"});
        let (estado, vista) = m.post(&ruta, total.clone()).await;
        assert_eq!((estado, &vista["total"]["importe"]), (201, &json!("292.60")));
        let fila = m.fila(factura).await;
        assert_eq!((fila.acreditado, fila.estado.as_str()), (39_900, "anulada"));
        assert_eq!(m.post(&ruta, total).await.0, 409);
        // The credit is an adjustment: the run does not bill the period again.
        let ajustes: i64 = m.cargos(&servicio).await.iter().map(|c| c.2).sum();
        assert_eq!((ajustes, m.run("2026-12-02").await.papeles), (0, 0));
    }

    async fn a_motive_that_the_catalogue_does_not_have_is_refused(db: Db) {
        let m = Mundo::new(db, Pais::Pe).await;
        let cliente = m.cliente(1).await;
        let factura = m.factura(&cliente, "118.00").await;
        m.work().await;
        let ruta = format!("/facturas/{factura}/notas");
        for (motivo, sentido) in [("04", "credito"), ("13", "credito"), ("09", "debito")] {
            let cuerpo = json!({"sentido": sentido, "motivo": motivo, "sustento": "Una razón",
                "lineas": [{"linea": 1, "importe": "1.00"}]});
            let (estado, problema) = m.post(&ruta, cuerpo).await;
            assert_eq!((estado, &problema["errores"][0]["campo"]), (422, &json!("motivo")));
        }
        let mora = json!({"sentido": "debito", "motivo": "01", "sustento": "Interés por mora",
            "lineas": [{"linea": 1, "importe": "11.80"}]});
        let (estado, vista) = m.post(&ruta, mora).await;
        assert_eq!((estado, &vista["numero"]), (201, &json!("BD01-1")));
        assert_eq!(vista["tipo"], "08");
        assert_eq!(vista["total"]["importe"], "11.80");
    }

    async fn voiding_a_refused_invoice_opens_its_period_again(db: Db) {
        let m = Mundo::new(db, Pais::Pe).await;
        let cliente = m.cliente(1).await;
        let servicio = m.servicio(&cliente, 39_900).await;
        m.run("2026-12-01").await;
        let factura = m.filas().await[0].id;
        let ruta = format!("/facturas/{factura}/anular");
        let cuerpo = json!({"sustento": "Datos equivocados"});
        let (estado, problema) = m.post(&ruta, cuerpo.clone()).await;
        assert_eq!((estado, &problema["codigo"]), (409, &json!("factura_sin_respuesta")));
        m.answer(factura, Estado::Rechazado).await;
        let (estado, vista) = m.post(&ruta, cuerpo.clone()).await;
        assert_eq!((estado, &vista["anulacion"]), (202, &json!("anulada")));
        assert_eq!(m.post(&ruta, cuerpo).await.0, 202);
        let uno = |revision, monto| ("recurrente".to_owned(), revision, monto);
        assert_eq!(m.cargos(&servicio).await, [uno(0, 39_900), uno(1, -39_900)]);
        assert_eq!(m.run("2026-12-01").await.papeles, 1);
        assert_eq!(m.cargos(&servicio).await[2], uno(2, 39_900));
        assert_eq!(m.run("2026-12-02").await.papeles, 0);
    }

    async fn voiding_for_good_leaves_the_period_closed(db: Db) {
        let m = Mundo::new(db, Pais::Pe).await;
        let cliente = m.cliente(1).await;
        let servicio = m.servicio(&cliente, 39_900).await;
        m.run("2026-12-01").await;
        let factura = m.filas().await[0].id;
        m.answer(factura, Estado::Rechazado).await;
        let cuerpo = json!({"sustento": "Servicio regalado", "sin_refacturar": true});
        assert_eq!(m.post(&format!("/facturas/{factura}/anular"), cuerpo).await.0, 202);
        assert_eq!(m.cargos(&servicio).await[1], ("ajuste".to_owned(), 0, -39_900));
        assert_eq!(m.run("2026-12-02").await.papeles, 0);
        let (_, detalle) = m.get(&format!("/facturas/{factura}")).await;
        assert_eq!(detalle["lineas"][0]["reverso"], "Servicio regalado");
    }

    async fn an_accepted_invoice_is_voided_when_its_authority_says_so(db: Db) {
        let m = Mundo::new(db, Pais::Pe).await;
        let cliente = m.cliente(1).await;
        let servicio = m.servicio(&cliente, 39_900).await;
        m.run("2026-12-01").await;
        let factura = m.filas().await[0].id;
        m.answer(factura, Estado::Aceptado).await;
        let ruta = format!("/facturas/{factura}/anular");
        let cuerpo = json!({"sustento": "Se cobró dos veces"});
        let (estado, vista) = m.post(&ruta, cuerpo.clone()).await;
        assert_eq!((estado, &vista["anulacion"]), (202, &json!("en_tramite")));
        let (_, otra) = m.post(&ruta, cuerpo).await;
        assert_eq!(otra["anulacion"], "en_tramite");
        assert_eq!(m.fila(factura).await.estado, "emitida");
        assert_eq!(m.cargos(&servicio).await.len(), 1);
        m.voided(factura).await;
        m.work().await;
        assert_eq!(m.fila(factura).await.estado, "anulada");
        assert_eq!(m.cargos(&servicio).await[1].2, -39_900);
        m.voided(factura).await;
        m.work().await;
        assert_eq!(m.cargos(&servicio).await.len(), 2, "told twice, reversed once");
    }

    async fn out_of_term_a_void_tells_to_issue_a_note(db: Db) {
        let m = Mundo::new(db, Pais::Pe).await;
        let cliente = m.cliente(1).await;
        let factura = m.factura(&cliente, "118.00").await;
        m.work().await;
        m.answer(factura, Estado::Aceptado).await;
        let tx = m.db.begin().await.unwrap();
        let sql = "UPDATE comprobantes SET fecha = $1";
        tx.exec(sql, vec![crate::mundo::dia("2026-11-01").into()]).await.unwrap();
        tx.commit().await.unwrap();
        let cuerpo = json!({"sustento": "Ya no la quiere"});
        let (estado, problema) = m.post(&format!("/facturas/{factura}/anular"), cuerpo).await;
        assert_eq!((estado, &problema["codigo"]), (409, &json!("plazo_vencido")));
        let detalle = problema["detail"].as_str().unwrap();
        assert!(detalle.contains("nota de crédito"), "{detalle}");
    }

    async fn a_recibo_goes_in_one_global_invoice(db: Db) {
        let m = Mundo::new(db, Pais::Mx).await;
        for n in 0..3 {
            let cliente = m.cliente(n).await;
            let mut servicio = m.servicio(&cliente, 39_900).await;
            servicio.requiere_factura = false;
            let tx = m.db.begin().await.unwrap();
            ramal_contratos::storage::update(&tx, &servicio).await.unwrap();
            tx.commit().await.unwrap();
        }
        assert_eq!(m.run("2026-12-01").await.sellados, 0);
        assert!(m.filas().await.iter().all(|f| f.clase == "recibo"));
        assert_eq!(m.global("2026-11-30").await, Some(3));
        assert_eq!(m.global("2026-11-30").await, None);
        let sql = "SELECT total FROM comprobantes WHERE origen_tipo = 'global'";
        assert_eq!(m.count(sql).await, 119_700);
        let recibo = m.filas().await[0].id;
        let cuerpo = json!({"sustento": "Ya no la quiere"});
        assert_eq!(m.post(&format!("/facturas/{recibo}/anular"), cuerpo).await.0, 409);
    }

    async fn a_paid_invoice_is_not_voided(db: Db) {
        let m = Mundo::new(db, Pais::Pe).await;
        let cliente = m.cliente(1).await;
        let factura = m.factura(&cliente, "118.00").await;
        m.work().await;
        m.answer(factura, Estado::Aceptado).await;
        m.pay(factura, "2026-11-20").await;
        assert_eq!(m.fila(factura).await.estado, "pagada");
        let cuerpo = json!({"sustento": "Ya no la quiere"});
        let (estado, problema) = m.post(&format!("/facturas/{factura}/anular"), cuerpo).await;
        assert_eq!((estado, &problema["codigo"]), (409, &json!("anulacion_no_admitida")));
    }

    async fn each_application_on_credit_gets_one_rep_with_its_instalment_and_balances(db: Db) {
        let m = Mundo::new(db, Pais::Mx).await;
        let cliente = m.cliente(1).await;
        let factura = m.factura(&cliente, "499.00").await;
        m.work().await;
        let primero = m.abono(&cliente, 30_000, "2026-11-19").await;
        m.work().await;
        let reps = "SELECT COUNT(*) FROM comprobantes WHERE tipo = 'P'";
        assert_eq!(m.count(reps).await, 0, "the invoice has no UUID yet");
        m.answer(factura, Estado::Aceptado).await;
        m.wake("facturacion.rep").await;
        m.work().await;
        assert_eq!(m.count(reps).await, 1);
        m.abono(&cliente, 10_000, "2026-11-20").await;
        m.abono(&cliente, 9_900, "2026-11-20").await;
        assert_eq!(m.fila(factura).await.estado, "pagada");
        m.work().await;
        assert_eq!(m.count(reps).await, 3);
        let tx = m.db.begin().await.unwrap();
        for _ in 0..3 {
            let datos = json!({"factura_id": factura});
            enqueue(&tx, &m.cx, NuevoTrabajo::new("facturacion.rep", datos)).await.unwrap();
        }
        tx.commit().await.unwrap();
        m.work().await;
        assert_eq!(m.count(reps).await, 3, "asked again, made once");
        assert_eq!(m.reps(factura).await, [
            (1, 49_900, 30_000, "emitido".to_owned()),
            (2, 19_900, 10_000, "emitido".to_owned()),
            (3, 9_900, 9_900, "emitido".to_owned()),
        ]);
        // Undoing a stamped one asks its authority to cancel it; what was paid after it stays.
        m.accept_reps().await;
        let tx = m.db.begin().await.unwrap();
        ramal_facturacion::cobro::unapply_abono(&tx, &m.cx, primero, "Rebotó").await.unwrap();
        tx.commit().await.unwrap();
        m.work().await;
        let baja = "SELECT COUNT(*) FROM comprobantes WHERE tipo = 'P' \
            AND estado = 'baja_pendiente'";
        assert_eq!(m.count(baja).await, 1);
        assert_eq!(m.reps(factura).await[0].3, "cancelado");
        assert_eq!(m.fila(factura).await.saldo(), 30_000);
    }

    async fn a_refused_invoice_is_sent_again_with_new_data_and_a_new_number(db: Db) {
        let m = Mundo::new(db, Pais::Pe).await;
        let cliente = m.cliente(1).await;
        let factura = m.factura(&cliente, "118.00").await;
        m.work().await;
        m.answer(factura, Estado::Pausado).await;
        let (estado, vista) = m.post(&format!("/facturas/{factura}/enviar"), json!({})).await;
        assert_eq!((estado, &vista["envio"]), (202, &json!("mismo")));
        assert_eq!(m.fila(factura).await.folio, 1);
        m.answer(factura, Estado::Rechazado).await;
        let tx = m.db.begin().await.unwrap();
        let nombre = Some("Juana Quispe Mamani".to_owned());
        let cambio = CambioCliente { razon_social: nombre, ..Default::default() };
        let id = cliente.id;
        ramal_clientes::actions::update_cliente(&tx, &m.cx, id, None, cambio).await.unwrap();
        tx.commit().await.unwrap();
        let (estado, vista) = m.post(&format!("/facturas/{factura}/enviar"), json!({})).await;
        assert_eq!((estado, &vista["envio"]), (202, &json!("nuevo")));
        m.work().await;
        let fila = m.fila(factura).await;
        assert_eq!((fila.serie.as_str(), fila.folio, fila.total), ("B001", 2, 11_800));
        assert_ne!(fila.comprobante_id, Some(factura.uuid()));
        assert!(fila.receptor.contains("Juana Quispe"));
        let viejo = "SELECT COUNT(*) FROM comprobantes WHERE folio = 1 AND estado = 'rechazado'";
        assert_eq!(m.count(viejo).await, 1);
        m.answer(factura, Estado::Aceptado).await;
        let (estado, problema) = m.post(&format!("/facturas/{factura}/enviar"), json!({})).await;
        assert_eq!((estado, &problema["codigo"]), (409, &json!("comprobante_aceptado")));
    }
}
