//! Fees: charged once, on the next invoice or now, forgiven with a reason, given back when the
//! money turns out to be in time (facturacion.md 5.12, S7). And the terms of a late run.

use ramal_base::{Moneda, Pais};
use ramal_clientes::Cliente;
use ramal_db::Db;
use ramal_facturacion::FacturaId;
use ramal_facturacion::cobro::{check, revoke_abono};
use ramal_facturacion::nucleo::{BaseRecargo, Recargo, interes};
use ramal_facturacion::recargo::{
    ClaseRecargo, Momento, NuevoRecargo, Recargado, add_recargo, waive_recargo,
};
use ramal_facturacion::storage::recargos;
use ramal_fiscal::Estado;
use ramal_testkit::both_engines;
use uuid::Uuid;

use crate::mundo::{MIGRACIONES, Mundo, dia};
use crate::sala::Sala;

fn fee(cliente: &Cliente, factura: Option<Uuid>, clave: &str) -> NuevoRecargo {
    let base = BaseRecargo::PuntosBase(500);
    let monto = Recargo { base, minimo: 0, tope: None }.monto(39_900);
    NuevoRecargo {
        cliente_id: cliente.id.uuid(),
        factura_id: factura,
        servicio_id: None,
        clase: ClaseRecargo::Recargo,
        clave: clave.into(),
        monto,
        moneda: Moneda::Pen,
        descripcion: "Recargo por pago tardío".into(),
        momento: Momento::ProximaFactura,
    }
}

async fn add(m: &Mundo, nuevo: NuevoRecargo) -> Recargado {
    let tx = m.db.begin().await.unwrap();
    let hecho = add_recargo(&tx, &m.cx, nuevo).await.unwrap();
    tx.commit().await.unwrap();
    hecho
}

async fn state(m: &Mundo, id: Uuid) -> String {
    recargos::by_id(&m.db, id).await.unwrap().unwrap().estado
}

/// A customer billed in December whose invoice is accepted and due on the eleventh.
async fn billed(m: &Mundo) -> (Cliente, FacturaId) {
    let cliente = m.cliente(1).await;
    m.servicio(&cliente, 39_900).await;
    m.run("2026-12-01").await;
    let factura = m.filas().await[0].id;
    m.answer(factura, Estado::Aceptado).await;
    (cliente, factura)
}

#[test]
fn five_percent_of_399_is_1995_and_ten_days_at_twelve_percent_131() {
    let base = BaseRecargo::PuntosBase(500);
    assert_eq!(Recargo { base, minimo: 0, tope: None }.monto(39_900), 1_995);
    assert_eq!(interes(39_900, 1_200, 10), 131);
}

both_engines! {
    migraciones: MIGRACIONES;

    async fn a_fee_rides_once_on_the_next_invoice(db: Db) {
        let m = Mundo::new(db, Pais::Pe).await;
        let (cliente, factura) = billed(&m).await;
        let clave = NuevoRecargo::of_stage(factura.uuid(), "mora_1");
        let uno = add(&m, fee(&cliente, Some(factura.uuid()), &clave)).await;
        let otro = add(&m, fee(&cliente, Some(factura.uuid()), &clave)).await;
        assert_eq!((uno.nuevo, otro.nuevo, uno.id), (true, false, otro.id));
        assert_eq!(m.run("2027-01-01").await.papeles, 1);
        let enero = m.filas().await.pop().unwrap();
        assert_eq!(enero.total, 39_900 + 1_995);
        let fila = recargos::by_id(&m.db, uno.id).await.unwrap().unwrap();
        assert_eq!((fila.estado.as_str(), fila.cargada_en, fila.linea),
            ("facturado", Some(enero.id.uuid()), Some(2)));
        let sql = "SELECT COUNT(*) FROM factura_lineas WHERE clase = 'recargo' AND total = 1995";
        assert_eq!(m.count(sql).await, 1);
        assert_eq!(m.run("2027-02-01").await.papeles, 1);
        assert_eq!(m.count(sql).await, 1, "charged once");
        assert_eq!(check(&m.db, None).await.unwrap(), []);
    }

    async fn money_in_time_gives_the_fee_back_and_late_money_does_not(db: Db) {
        let m = Mundo::new(db, Pais::Pe).await;
        let (cliente, factura) = billed(&m).await;
        let vence = m.fila(factura).await.vencimiento;
        let clave = NuevoRecargo::of_stage(factura.uuid(), "mora_1");
        let recargo = add(&m, fee(&cliente, Some(factura.uuid()), &clave)).await;
        m.run("2027-01-01").await;
        let enero = m.filas().await.pop().unwrap().id;
        m.answer(enero, Estado::Aceptado).await;
        // Posted after the due day with a value date inside it (L3).
        let m = m.at("2027-01-05").await;
        let tarde = m.abono(&cliente, 20_000, "2027-01-04").await;
        m.abono(&cliente, 19_900, &vence.to_string()).await;
        assert_eq!(state(&m, recargo.id).await, "facturado", "part of it was late");
        let tx = m.db.begin().await.unwrap();
        revoke_abono(&tx, &m.cx, tarde, "Era de otro").await.unwrap();
        tx.commit().await.unwrap();
        m.abono(&cliente, 20_000, &vence.to_string()).await;
        assert_eq!(state(&m, recargo.id).await, "por_acreditar");
        m.work().await;
        assert_eq!(state(&m, recargo.id).await, "acreditado");
        assert_eq!(m.fila(enero).await.saldo(), 39_900, "only the fee went");
        m.work().await;
        let notas = "SELECT COUNT(*) FROM facturas WHERE clase = 'nota_credito'";
        assert_eq!(m.count(notas).await, 1);
        assert_eq!(check(&m.db, None).await.unwrap(), []);
    }

    async fn a_fee_that_waits_is_forgiven_with_its_reason_and_never_billed(db: Db) {
        let m = Mundo::new(db, Pais::Pe).await;
        let (cliente, _) = billed(&m).await;
        let clave = NuevoRecargo::of_episode(Uuid::from_u128(7));
        let recargo = add(&m, fee(&cliente, None, &clave)).await;
        let tx = m.db.begin().await.unwrap();
        assert!(waive_recargo(&tx, &m.cx, recargo.id, "x").await.is_err(), "a reason is due");
        waive_recargo(&tx, &m.cx, recargo.id, "Falla nuestra").await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(state(&m, recargo.id).await, "condonado");
        let (_, lista) = m.get("/clientes/C-1/recargos").await;
        assert_eq!(lista[0]["motivo"], "Falla nuestra");
        let sala = Sala::of(&m, &["*"]);
        let otro = NuevoRecargo::of_episode(Uuid::from_u128(9));
        let otro = add(&m, fee(&cliente, None, &otro)).await;
        let cuenta = sala.get("/admin/clientes/C-1/cuenta").await;
        let ruta = format!("/admin/clientes/C-1/recargos/{}/condonar", otro.id);
        assert!(cuenta.texto.contains(&ruta) && cuenta.texto.contains("Falla nuestra"));
        let forma = sala.get(&ruta).await;
        let idem = forma.field("_idem");
        let corto = [("_idem", idem.as_str()), ("sustento", "x")];
        assert_eq!(sala.post(&forma, &ruta, &corto).await.estado, 422);
        let campos = [("_idem", idem.as_str()), ("sustento", "Cliente antiguo")];
        assert_eq!(sala.post(&forma, &ruta, &campos).await.estado, 303);
        assert_eq!(state(&m, otro.id).await, "condonado");
        let api = format!("/recargos/{}/condonar", recargo.id);
        let cuerpo = serde_json::json!({"motivo": "Otra vez"});
        let (estado, vista) = m.post(&api, cuerpo).await;
        assert_eq!((estado, vista["motivo"].as_str()), (200, Some("Falla nuestra")));
        m.run("2027-01-01").await;
        assert_eq!(m.filas().await.pop().unwrap().total, 39_900);
    }

    async fn a_fee_now_has_an_invoice_of_its_own_and_waits_again_if_it_is_voided(db: Db) {
        let m = Mundo::new(db, Pais::Pe).await;
        let (cliente, _) = billed(&m).await;
        let clave = NuevoRecargo::of_episode(Uuid::from_u128(8));
        let ahora = NuevoRecargo {
            momento: Momento::Inmediato,
            clase: ClaseRecargo::Reconexion,
            ..fee(&cliente, None, &clave)
        };
        let recargo = add(&m, ahora).await;
        let factura = FacturaId::from_uuid(recargo.factura_id.unwrap());
        assert_eq!(m.fila(factura).await.total, 1_995);
        m.work().await;
        m.answer(factura, Estado::Rechazado).await;
        let cuerpo = serde_json::json!({"sustento": "Datos equivocados"});
        assert_eq!(m.post(&format!("/facturas/{factura}/anular"), cuerpo).await.0, 202);
        assert_eq!(state(&m, recargo.id).await, "pendiente");
        assert_eq!(check(&m.db, None).await.unwrap(), []);
    }

    async fn a_late_run_gives_no_invoice_that_was_due_before_it_was_issued(db: Db) {
        let m = Mundo::new(db, Pais::Pe).await;
        let cliente = m.cliente(1).await;
        m.servicio(&cliente, 39_900).await;
        let m = m.at("2026-12-20").await;
        m.run("2026-12-01").await;
        let fila = m.filas().await.remove(0);
        assert_eq!((fila.fecha, fila.vencimiento), (dia("2026-12-20"), dia("2026-12-30")));
    }
}
