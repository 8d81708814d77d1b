//! The cash desk: who may take cash, receipts without gap, the count at the end.

use ramal_base::Cx;
use ramal_db::{Consulta, Db, params};
use ramal_pagos::actions::{
    DatosApertura, DatosCierre, DatosConteo, DatosMovimiento, FacultadCierre, approve_cierre,
    close_turno, open_turno, record_movimiento,
};
use ramal_pagos::caja::{ClaseMovimiento, EstadoTurno, Turno};
use ramal_pagos::storage::caja;
use ramal_pagos::{
    AlcanceDevolucion, Error, Medio, MotivoReverso, NuevaDevolucion, NuevoPago, OrigenPago,
    record_devolucion, record_pago, reverse_pago,
};
use ramal_testkit::both_engines;
use serde_json::json;
use uuid::Uuid;

use crate::mundo::{CAJERA, MIGRACIONES, Mundo, code, transfer};

async fn open(m: &Mundo, cx: &Cx, id: Uuid) -> Result<Turno, Error> {
    let datos: DatosApertura = serde_json::from_value(json!({
        "caja_id": id, "denominaciones": [{"valor": "20.00", "piezas": 5}] }))
    .unwrap();
    let tx = m.db.begin().await.unwrap();
    let hecho = open_turno(&tx, cx, datos).await;
    match &hecho {
        Ok(_) => tx.commit().await.unwrap(),
        Err(_) => tx.rollback().await.unwrap(),
    }
    hecho
}

async fn cash(m: &Mundo, n: u32, monto: i64) -> Result<ramal_pagos::Pago, Error> {
    let c = m.cliente(n).await;
    let nuevo = NuevoPago { medio: Medio::Efectivo, ..transfer(&c, monto) };
    m.pay(nuevo).await.map(|r| r.pago)
}

fn counted(contado: &[(Medio, &str)]) -> DatosCierre {
    let conteo = |(medio, texto): &(Medio, &str)| DatosConteo {
        medio: *medio,
        moneda: None,
        contado: Some((*texto).to_owned()),
    };
    DatosCierre { conteos: contado.iter().map(conteo).collect(), notas: None }
}

async fn close(m: &Mundo, t: &Turno, contado: &[(Medio, &str)], f: FacultadCierre) -> Turno {
    let datos = (counted(contado), f);
    m.act(async |tx, cx| close_turno(tx, cx, t.id, datos).await).await.unwrap()
}

both_engines! {
    migraciones: MIGRACIONES;

    async fn cash_needs_an_open_shift_of_who_takes_it(db: Db) {
        let m = Mundo::new(db).await;
        assert_eq!(code(cash(&m, 1, 100).await), "caja_cerrada");
        let id = m.caja("CJ1").await;
        let otra = m.cx.as_actor("usuario:otra");
        let turno = open(&m, &otra, id).await.unwrap();
        assert_eq!((turno.apertura, turno.numero), (10_000, 1));
        assert_eq!(code(cash(&m, 2, 100).await), "caja_cerrada", "the shift is of somebody else");
        assert_eq!(code(open(&m, &m.cx, id).await), "caja_ocupada");
        let segunda = m.caja("CJ2").await;
        open(&m, &m.cx, segunda).await.unwrap();
        assert_eq!(code(open(&m, &m.cx, id).await), "turno_abierto");
        let pago = cash(&m, 3, 100).await.unwrap();
        assert_eq!(pago.origen, OrigenPago::Caja);
        let recibo = caja::recibo(&m.db, pago.id.uuid()).await.unwrap().unwrap();
        assert_eq!(recibo.codigo(), "CJ2-000001");
        // A program with a key has no drawer.
        let c = m.cliente(4).await;
        let tx = m.db.begin().await.unwrap();
        let nuevo = NuevoPago { medio: Medio::Efectivo, ..transfer(&c, 100) };
        let clave = m.cx.as_actor("clave:tienda");
        assert!(record_pago(&tx, &clave, nuevo).await.unwrap().pago.turno_id.is_none());
        tx.commit().await.unwrap();
    }

    async fn twenty_at_once_get_receipts_one_to_n_without_gap(db: Db) {
        let m = Mundo::new(db).await;
        let id = m.caja("CJ1").await;
        open(&m, &m.cx, id).await.unwrap();
        let mut tareas = Vec::new();
        for n in 0..20_u32 {
            let c = m.cliente(n).await;
            let m = m.clone();
            tareas.push(tokio::spawn(async move {
                let tx = m.db.begin().await.unwrap();
                let nuevo = NuevoPago { medio: Medio::Efectivo, ..transfer(&c, 100) };
                record_pago(&tx, &m.cx, nuevo).await.unwrap();
                // One in four changes its mind: its number goes to the next.
                if n % 4 == 3 { tx.rollback().await.unwrap() } else { tx.commit().await.unwrap() }
            }));
        }
        for tarea in tareas {
            tarea.await.unwrap();
        }
        let sql = "SELECT numero FROM recibos_caja ORDER BY numero";
        let numeros: Vec<i64> = m.db.column(sql, params![]).await.unwrap();
        assert_eq!(numeros, (1..=15).collect::<Vec<i64>>());
        let sql = "SELECT numero FROM pagos ORDER BY numero";
        let numeros: Vec<i64> = m.db.column(sql, params![]).await.unwrap();
        assert_eq!(numeros, (1..=15).collect::<Vec<i64>>());
    }

    async fn twenty_cashiers_number_their_own_receipts(db: Db) {
        let m = Mundo::new(db).await;
        let mut tareas = Vec::new();
        for n in 0..20_u32 {
            let id = m.caja(&format!("C{n}")).await;
            let cx = m.cx.as_actor(&format!("usuario:{n}"));
            open(&m, &cx, id).await.unwrap();
            let (c, m) = (m.cliente(n).await, m.clone());
            tareas.push(tokio::spawn(async move {
                for _ in 0..2 {
                    let tx = m.db.begin().await.unwrap();
                    let nuevo = NuevoPago { medio: Medio::Efectivo, ..transfer(&c, 100) };
                    record_pago(&tx, &cx, nuevo).await.unwrap();
                    tx.commit().await.unwrap();
                }
            }));
        }
        for tarea in tareas {
            tarea.await.unwrap();
        }
        let buenas = "SELECT COUNT(*) FROM (SELECT caja_id FROM recibos_caja GROUP BY caja_id \
            HAVING COUNT(*) = 2 AND MIN(numero) = 1 AND MAX(numero) = 2) AS t";
        assert_eq!(m.count(buenas).await, 20);
    }

    async fn a_small_difference_is_recorded_and_a_large_one_waits_for_a_supervisor(db: Db) {
        let m = Mundo::new(db).await;
        let id = m.caja("CJ1").await;
        let turno = open(&m, &m.cx, id).await.unwrap();
        cash(&m, 1, 5_000).await.unwrap();
        let c = m.cliente(2).await;
        m.pay(NuevoPago { medio: Medio::Yape, ..transfer(&c, 3_000) }).await.unwrap();
        let bien = [(Medio::Efectivo, "155.00"), (Medio::Yape, "30.00")];
        let chico = close(&m, &turno, &bien, FacultadCierre::Cajero).await;
        assert_eq!(chico.estado, EstadoTurno::Cerrado);
        let conteos = caja::conteos(&m.db, &chico).await.unwrap();
        let diferencias: Vec<_> = conteos.iter().map(|c| (c.medio, c.diferencia())).collect();
        assert_eq!(diferencias, [(Medio::Efectivo, 500), (Medio::Yape, 0)]);
        let turno = open(&m, &m.cx, id).await.unwrap();
        let grande = close(&m, &turno, &[(Medio::Efectivo, "89.99")], FacultadCierre::Cajero).await;
        assert_eq!(grande.estado, EstadoTurno::PorAprobar);
        assert_eq!(code(cash(&m, 3, 100).await), "caja_cerrada");
        let jefa = m.cx.as_actor("usuario:jefa");
        let tx = m.db.begin().await.unwrap();
        let cerrado = approve_cierre(&tx, &jefa, turno.id).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(cerrado.aprobado_por.as_deref(), Some("usuario:jefa"));
        let otra = m.act(async |tx, cx| approve_cierre(tx, cx, turno.id).await).await;
        assert_eq!(code(otra), "turno_cerrado");
        let turno = open(&m, &m.cx, id).await.unwrap();
        let suyo = close(&m, &turno, &[(Medio::Efectivo, "0")], FacultadCierre::Supervisor).await;
        assert_eq!(suyo.estado, EstadoTurno::Cerrado, "a supervisor accepts what he counts");
    }

    async fn a_payment_of_a_closed_shift_is_taken_back_in_todays(db: Db) {
        let m = Mundo::new(db).await;
        let id = m.caja("CJ1").await;
        let ayer = open(&m, &m.cx, id).await.unwrap();
        let pago = cash(&m, 1, 5_000).await.unwrap();
        close(&m, &ayer, &[(Medio::Efectivo, "150.00")], FacultadCierre::Cajero).await;
        let revertir = async || {
            let motivo = MotivoReverso::new("Cliente equivocado");
            m.act(async |tx, cx| reverse_pago(tx, cx, pago.id, motivo).await).await
        };
        assert_eq!(code(revertir().await), "caja_cerrada", "cash leaves a drawer or none");
        m.reloj.advance(86_400_000);
        let hoy = open(&m, &m.cx, id).await.unwrap();
        revertir().await.unwrap();
        let filas = caja::movimientos(&m.db, hoy.id, 10).await.unwrap();
        assert_eq!((filas.len(), filas[0].clase.as_str(), filas[0].monto), (1, "reverso", -5_000));
        assert_eq!(caja::movimientos(&m.db, ayer.id, 10).await.unwrap().len(), 1);
        assert_eq!(caja::esperado(&m.db, &hoy).await.unwrap()[0].esperado.centavos, 5_000);
        assert!(m.descuadres().await.is_empty());
    }

    async fn money_out_has_a_reason_and_does_not_pass_what_there_is(db: Db) {
        let m = Mundo::new(db).await;
        let id = m.caja("CJ1").await;
        let turno = open(&m, &m.cx, id).await.unwrap();
        let saca = async |monto: &str, motivo: &str| {
            let datos = DatosMovimiento {
                clase: ClaseMovimiento::Egreso,
                monto: monto.into(),
                motivo: motivo.into(),
            };
            m.act(async |tx, cx| record_movimiento(tx, cx, datos).await).await
        };
        assert_eq!(code(saca("10.00", "").await), "motivo_invalido");
        assert_eq!(code(saca("100.01", "Depósito al banco").await), "caja_sin_efectivo");
        saca("100.00", "Depósito al banco").await.unwrap();
        assert_eq!(caja::esperado(&m.db, &turno).await.unwrap()[0].esperado.centavos, 0);
        assert_eq!(caja::movimientos(&m.db, turno.id, 10).await.unwrap().len(), 1);
    }

    async fn a_refund_in_cash_leaves_the_drawer(db: Db) {
        let m = Mundo::new(db).await;
        let c = m.cliente(1).await;
        let pago = m.transfer(&c, 5_000).await;
        let devolver = async || {
            let nueva = NuevaDevolucion {
                pago_id: pago.id,
                monto: 2_000,
                medio: Medio::Efectivo,
                motivo: "Se va".into(),
                referencia: None,
                alcance: AlcanceDevolucion::SinAplicar,
            };
            m.act(async |tx, cx| record_devolucion(tx, cx, nueva).await).await
        };
        assert_eq!(code(devolver().await), "caja_cerrada");
        assert_eq!(m.pago(pago.id).await.devuelto, 0);
        let turno = open(&m, &m.cx, m.caja("CJ1").await).await.unwrap();
        devolver().await.unwrap();
        assert_eq!(caja::esperado(&m.db, &turno).await.unwrap()[0].esperado.centavos, 8_000);
    }

    async fn the_books_of_the_desk_are_never_rewritten(db: Db) {
        let m = Mundo::new(db).await;
        open(&m, &m.cx, m.caja("CJ1").await).await.unwrap();
        cash(&m, 1, 100).await.unwrap();
        for sql in [
            "UPDATE caja_movimientos SET monto = 1",
            "DELETE FROM caja_movimientos",
            "UPDATE recibos_caja SET numero = 9",
            "DELETE FROM recibos_caja",
        ] {
            let tx = m.db.begin().await.unwrap();
            assert!(tx.exec(sql, params![]).await.is_err(), "{sql}");
            tx.rollback().await.unwrap();
        }
        assert_eq!(CAJERA, m.cx.actor());
    }
}
