//! A proof is a payment once: not twice by the same file, the same operation or the bank's line.

use ramal_base::Problema;
use ramal_clientes::Cliente;
use ramal_conciliacion::actions::{
    Aprobacion, DatosComprobante, NuevoComprobante, approve_comprobante, receive_comprobante,
    reject_comprobante,
};
use ramal_conciliacion::{
    ComprobantePago, Error, EstadoComprobante, EstadoRenglon, comprobantes_sin_revisar,
};
use ramal_testkit::both_engines;
use serde_json::json;

use crate::mundo::{MIGRACIONES, Mundo, extracto};

const D19: &str = "19/11/2026";

fn photo(n: u8) -> Vec<u8> {
    [b"\xFF\xD8\xFF\xE0foto".as_slice(), &[n]].concat()
}

fn read(operacion: &str, importe: &str) -> DatosComprobante {
    DatosComprobante {
        medio: "yape".into(),
        operacion: operacion.into(),
        importe: importe.into(),
        fecha: "2026-11-19".into(),
        notas: String::new(),
    }
}

async fn send(m: &Mundo, quien: &Cliente, bytes: Vec<u8>) -> Result<ComprobantePago, Error> {
    let archivo = ("yape.jpg", bytes);
    let datos = read("00765432", "99.90");
    let mut nuevo = NuevoComprobante::keep(&m.objetos, quien.id.uuid(), archivo, datos).await?;
    nuevo.moneda = ramal_base::Moneda::Pen;
    m.act(async |tx, cx| receive_comprobante(tx, cx, nuevo).await).await
}

async fn approve(
    m: &Mundo,
    c: &ComprobantePago,
    datos: DatosComprobante,
) -> Result<ComprobantePago, Error> {
    let aprobacion = Aprobacion { version: Some(c.version), datos, factura: None };
    m.act(async |tx, cx| approve_comprobante(tx, cx, c.id, aprobacion).await).await
}

fn code(error: Error) -> String {
    Problema::from(error).codigo
}

both_engines! {
    migraciones: MIGRACIONES;

    async fn approval_pays_and_the_bank_s_line_only_links(db: ramal_db::Db) {
        let m = Mundo::new(db).await;
        let ana = m.cliente(1, "Ana Quispe Rojas").await;
        let f = m.factura(&ana, "99.90").await;
        let c = send(&m, &ana, photo(1)).await.unwrap();
        assert!(comprobantes_sin_revisar(&m.db, ana.id.uuid()).await.unwrap());
        let c = approve(&m, &c, read("00765432", "99.90")).await.unwrap();
        assert_eq!(c.estado, EstadoComprobante::Aprobado);
        assert!(!comprobantes_sin_revisar(&m.db, ana.id.uuid()).await.unwrap());
        assert_eq!((m.vigentes().await, m.again(&f).await.estado.as_str()), (1, "pagada"));
        let (_, vista) = m.get(&format!("/comprobantes-pago/{}", c.codigo())).await;
        assert_eq!(vista["conciliado"], false);
        let lote = m.import(&extracto(&[
            (D19, "765432", "ABONO", "YAPE ANA QUISPE ROJAS", 9_990),
        ])).await;
        let fila = m.renglones(&lote).await.remove(0);
        assert_eq!(fila.estado, EstadoRenglon::Conciliado);
        assert_eq!(m.pagos(fila.id).await, [c.pago_id.unwrap()]);
        assert_eq!((m.vigentes().await, m.saldo(&ana).await), (1, (0, 0)));
        let (_, vista) = m.get(&format!("/comprobantes-pago/{}", c.codigo())).await;
        assert_eq!(vista["conciliado"], true);
    }

    async fn a_line_without_the_operation_number_does_not_pay_the_next_invoice(db: ramal_db::Db) {
        let m = Mundo::new(db).await;
        let ana = m.cliente(1, "Ana Quispe Rojas").await;
        m.factura(&ana, "99.90").await;
        let c = send(&m, &ana, photo(1)).await.unwrap();
        approve(&m, &c, read("00765432", "99.90")).await.unwrap();
        // The next month's invoice is out when the line comes, for the same amount.
        let nueva = m.factura(&ana, "99.90").await;
        let fila = (D19, "0", "ABONO", "PLIN DE ANA QUISPE ROJAS", 9_990);
        let lote = m.import(&extracto(&[fila])).await;
        let fila = m.renglones(&lote).await.remove(0);
        assert_eq!(fila.estado, EstadoRenglon::PorConciliar);
        assert_eq!((m.vigentes().await, m.again(&nueva).await.estado.as_str()), (1, "emitida"));
    }

    async fn the_same_file_is_the_same_proof_and_another_s_is_flagged(db: ramal_db::Db) {
        let m = Mundo::new(db).await;
        let ana = m.cliente(1, "Ana Quispe Rojas").await;
        let luis = m.cliente(2, "Luis Mamani Flores").await;
        let uno = send(&m, &ana, photo(1)).await.unwrap();
        let dos = send(&m, &ana, photo(1)).await.unwrap();
        assert_eq!(uno.id, dos.id);
        let ajeno = send(&m, &luis, photo(1)).await.unwrap();
        assert_ne!(ajeno.id, uno.id);
        let (_, vista) = m.get(&format!("/comprobantes-pago/{}", ajeno.codigo())).await;
        assert_eq!(vista["repetidos"], json!([uno.codigo()]));
        approve(&m, &uno, read("00765432", "99.90")).await.unwrap();
        let otra_vez = approve(&m, &ajeno, read("0099", "99.90")).await.unwrap_err();
        assert_eq!(code(otra_vez), "comprobante_repetido");
        assert_eq!(m.vigentes().await, 1);
    }

    async fn the_same_operation_in_another_photo_is_not_paid_twice(db: ramal_db::Db) {
        let m = Mundo::new(db).await;
        let ana = m.cliente(1, "Ana Quispe Rojas").await;
        let luis = m.cliente(2, "Luis Mamani Flores").await;
        let uno = send(&m, &ana, photo(1)).await.unwrap();
        let dos = send(&m, &luis, photo(2)).await.unwrap();
        let tres = send(&m, &ana, photo(3)).await.unwrap();
        approve(&m, &uno, read("00765432", "99.90")).await.unwrap();
        for (c, operacion) in [(&dos, "765432"), (&tres, "No 0765-432")] {
            let operacion = operacion.replace("No ", "");
            let error = approve(&m, c, read(&operacion, "99.90")).await.unwrap_err();
            assert_eq!(code(error), "comprobante_repetido");
        }
        // Neither by another means, nor what a person had written by hand.
        let otro = DatosComprobante { medio: "plin".into(), ..read("765432", "99.90") };
        assert_eq!(code(approve(&m, &tres, otro).await.unwrap_err()), "comprobante_repetido");
        m.by_hand(&luis, 5_000, "8841220").await;
        let a_mano = approve(&m, &dos, read("8841220", "50.00")).await.unwrap_err();
        assert_eq!(code(a_mano), "comprobante_repetido");
        assert_eq!(m.vigentes().await, 2);
    }

    async fn a_decision_is_taken_once_and_says_why(db: ramal_db::Db) {
        let m = Mundo::new(db).await;
        let ana = m.cliente(1, "Ana Quispe Rojas").await;
        let c = send(&m, &ana, photo(1)).await.unwrap();
        let falta = DatosComprobante { operacion: String::new(), ..read("", "99.90") };
        let falta = Problema::from(approve(&m, &c, falta).await.unwrap_err());
        assert_eq!(falta.errores[0].campo, "operacion");
        let mudo = m.act(async |tx, cx| reject_comprobante(tx, cx, (c.id, None), " ").await).await;
        assert_eq!(Problema::from(mudo.unwrap_err()).errores[0].campo, "motivo");
        m.act(async |tx, cx| {
            reject_comprobante(tx, cx, (c.id, Some(c.version)), "No se lee el importe").await
        }).await.unwrap();
        let tarde = approve(&m, &c, read("1234567", "99.90")).await.unwrap_err();
        assert_eq!(code(tarde), "comprobante_revisado");
        assert_eq!(m.vigentes().await, 0);
    }

    async fn two_reviewers_at_once_pay_once(db: ramal_db::Db) {
        let m = Mundo::new(db).await;
        let ana = m.cliente(1, "Ana Quispe Rojas").await;
        let c = send(&m, &ana, photo(1)).await.unwrap();
        let tareas: Vec<_> = (0..4).map(|_| {
            let (m, c) = (m.clone(), c.clone());
            tokio::spawn(async move { approve(&m, &c, read("00765432", "99.90")).await.is_ok() })
        }).collect();
        let mut bien = 0;
        for tarea in tareas {
            bien += u32::from(tarea.await.unwrap());
        }
        assert_eq!((bien, m.vigentes().await), (1, 1));
    }

    async fn only_photos_and_pdf_enter_and_none_is_served_as_a_page(db: ramal_db::Db) {
        let m = Mundo::new(db).await;
        let ana = m.cliente(1, "Ana Quispe Rojas").await;
        for malo in [b"<html><script>alert(1)</script>".to_vec(), b"MZ\x90\x00".to_vec(), vec![]] {
            let error = Problema::from(send(&m, &ana, malo).await.unwrap_err());
            assert_eq!((error.estado, error.errores[0].campo.as_str()), (422, "archivo"));
        }
        let grande = [photo(1), vec![0; 10 * 1024 * 1024]].concat();
        let error = Problema::from(send(&m, &ana, grande).await.unwrap_err());
        assert_eq!(error.errores[0].codigo, "archivo_grande");
        let pdf = b"%PDF-1.7 <script>alert(1)</script>".to_vec();
        let ruta = format!("/comprobantes-pago?cliente={}&archivo=x.html&medio=yape", ana.codigo());
        let (estado, vista) = m.call("POST", &ruta, "subir-001", pdf).await;
        assert_eq!((estado, vista["tipo"].as_str()), (201, Some("application/pdf")), "{vista}");
    }

    async fn a_customer_cannot_fill_the_queue(db: ramal_db::Db) {
        let m = Mundo::new(db).await;
        let ana = m.cliente(1, "Ana Quispe Rojas").await;
        for n in 0..10 {
            send(&m, &ana, photo(n)).await.unwrap();
        }
        let once = Problema::from(send(&m, &ana, photo(99)).await.unwrap_err());
        assert_eq!((once.estado, once.codigo.as_str()), (429, "demasiados_comprobantes"));
    }
}
