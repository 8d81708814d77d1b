//! Money that comes in, is taken back, is given back: once, and with the ledger in step.

use ramal_db::Db;
use ramal_facturacion::cobro::Destino;
use ramal_pagos::actions::{reapply_pago, unapply_pago};
use ramal_pagos::{
    AlcanceDevolucion, ClaseContracargo, EstadoDevolucion, EstadoPago, Facultad, Medio,
    MotivoReverso, NuevaDevolucion, NuevoContracargo, NuevoPago, OrigenPago, Pago, apply_pago,
    approve_devolucion, contracargos_de, record_contracargo, record_devolucion, request_devolucion,
    reverse_pago,
};
use ramal_testkit::both_engines;

use crate::mundo::{MIGRACIONES, Mundo, code, dia, gateway, transfer, whole};

fn refund(pago: &Pago, monto: i64) -> NuevaDevolucion {
    NuevaDevolucion {
        pago_id: pago.id,
        monto,
        medio: Medio::Transferencia,
        motivo: "Pagó de más".into(),
        referencia: None,
        alcance: AlcanceDevolucion::SinAplicar,
    }
}

fn bounced(pago: &Pago, recargo: Option<i64>) -> NuevoContracargo {
    NuevoContracargo {
        pago_id: pago.id,
        clase: ClaseContracargo::ChequeRechazado,
        motivo: "Sin fondos".into(),
        recargo,
    }
}

both_engines! {
    migraciones: MIGRACIONES;

    async fn vector_y5_settles_the_oldest_and_keeps_the_rest_in_favour(db: Db) {
        let m = Mundo::new(db).await;
        let c = m.cliente(1).await;
        let a = m.factura(&c, "2026-10-05", &["399.00"]).await;
        let b = m.factura(&c, "2026-11-05", &["399.00", "100.00"]).await;
        m.as_cuota(b, 2).await;
        let primero = m.transfer(&c, 70_000).await;
        assert_eq!((m.aplicado(a).await, m.aplicado(b).await), (vec![39_900], vec![30_100, 0]));
        assert_eq!((primero.aplicado, primero.estado), (70_000, EstadoPago::Aplicado));
        let segundo = m.transfer(&c, 30_000).await;
        assert_eq!(m.aplicado(b).await, [39_900, 10_000]);
        assert_eq!((segundo.a_favor(), segundo.estado), (10_200, EstadoPago::Parcial));
        assert_eq!(m.saldo(&c).await, (0, 10_200));
        assert_eq!((primero.codigo(), segundo.codigo()), ("P-1".into(), "P-2".into()));
        assert!(m.descuadres().await.is_empty());
    }

    async fn a_second_notice_of_a_gateway_does_not_pay_twice(db: Db) {
        let m = Mundo::new(db).await;
        let c = m.cliente(1).await;
        m.factura(&c, "2026-10-05", &["450.00"]).await;
        let uno = m.pay(gateway(&c, 45_000, "mp-1")).await.unwrap();
        let dos = m.pay(gateway(&c, 45_000, "mp-1")).await.unwrap();
        assert_eq!((uno.nuevo, dos.nuevo, dos.pago.id), (true, false, uno.pago.id));
        assert_eq!(code(m.pay(gateway(&c, 44_000, "mp-1")).await), "referencia_usada");
        let otro = m.cliente(2).await;
        assert_eq!(code(m.pay(gateway(&otro, 45_000, "mp-1")).await), "referencia_usada");
        assert_eq!(m.count("SELECT COUNT(*) FROM pagos").await, 1);
        let avisos = "SELECT COUNT(*) FROM eventos WHERE tipo = 'pago.registrado'";
        assert_eq!(m.count(avisos).await, 1);
        assert_eq!(m.saldo(&c).await, (0, 0));
    }

    async fn twenty_notices_at_once_are_one_payment(db: Db) {
        let m = Mundo::new(db).await;
        let c = m.cliente(1).await;
        m.factura(&c, "2026-10-05", &["450.00"]).await;
        let tareas: Vec<_> = (0..20)
            .map(|_| {
                let (m, nuevo) = (m.clone(), gateway(&c, 45_000, "mp-7"));
                tokio::spawn(async move { m.pay(nuevo).await.unwrap() })
            })
            .collect();
        let mut nuevos = 0;
        for tarea in tareas {
            nuevos += i32::from(tarea.await.unwrap().nuevo);
        }
        assert_eq!(nuevos, 1);
        assert_eq!(m.count("SELECT COUNT(*) FROM pagos").await, 1);
        assert_eq!(m.saldo(&c).await, (0, 0));
    }

    async fn one_reference_told_for_two_clientes_at_once_pays_one(db: Db) {
        let m = Mundo::new(db).await;
        let mut tareas = Vec::new();
        for n in 0..8 {
            let c = m.cliente(n).await;
            let m = m.clone();
            tareas.push(tokio::spawn(async move { m.pay(gateway(&c, 10_000, "mp-9")).await }));
        }
        let mut hechos = 0;
        for tarea in tareas {
            match tarea.await.unwrap() {
                Ok(r) => hechos += i32::from(r.nuevo),
                otro => assert_eq!(code(otro), "referencia_usada"),
            }
        }
        assert_eq!((hechos, m.count("SELECT COUNT(*) FROM pagos").await), (1, 1));
        assert_eq!(m.count("SELECT COUNT(*) FROM abonos").await, 1, "no money without payment");
        assert!(m.descuadres().await.is_empty());
    }

    async fn an_operation_written_by_hand_is_one_operation_of_its_means(db: Db) {
        let m = Mundo::new(db).await;
        let c = m.cliente(1).await;
        let con = |operacion: &str, medio, monto| NuevoPago {
            operacion: Some(operacion.into()),
            medio,
            ..transfer(&c, monto)
        };
        let uno = m.pay(con("0008841", Medio::Yape, 5_000)).await.unwrap();
        let dos = m.pay(con(" 8841 ", Medio::Yape, 5_000)).await.unwrap();
        assert!(!dos.nuevo && dos.pago.id == uno.pago.id);
        assert_eq!(code(m.pay(con("8841", Medio::Yape, 6_000)).await), "referencia_usada");
        assert!(m.pay(con("8841", Medio::Plin, 5_000)).await.unwrap().nuevo);
        assert!(m.pay(con("BCP 8841", Medio::Yape, 5_000)).await.unwrap().nuevo);
        // Taken back as a mistake, it can be registered for whom it was.
        let motivo = MotivoReverso::new("Era de otro cliente");
        m.act(async |tx, cx| reverse_pago(tx, cx, uno.pago.id, motivo).await).await.unwrap();
        let otro = m.cliente(2).await;
        let bien = NuevoPago { cliente_id: otro.id.uuid(), ..con("8841", Medio::Yape, 5_000) };
        assert!(m.pay(bien).await.unwrap().nuevo);
    }

    async fn the_value_date_is_not_in_the_future_nor_of_another_decade(db: Db) {
        let m = Mundo::new(db).await;
        let c = m.cliente(1).await;
        let del = |texto: &str| NuevoPago { fecha_valor: dia(texto), ..transfer(&c, 100) };
        assert_eq!(code(m.pay(del("2026-10-02")).await), "fecha_invalida");
        assert_eq!(code(m.pay(del("2016-09-30")).await), "fecha_invalida");
        let viejo = m.pay(del("2016-10-01")).await.unwrap().pago;
        assert_eq!((viejo.fecha_valor, viejo.fecha), (dia("2016-10-01"), dia("2026-10-01")));
        assert_eq!(code(m.pay(transfer(&c, 0)).await), "importe_invalido");
        let nadie = NuevoPago { cliente_id: viejo.id.uuid(), ..transfer(&c, 1) };
        assert_eq!(code(m.pay(nadie).await), "cliente_no_encontrado");
    }

    async fn a_person_is_told_when_his_choice_no_longer_fits_and_a_gateway_is_taken(db: Db) {
        let m = Mundo::new(db).await;
        let c = m.cliente(1).await;
        let a = m.factura(&c, "2026-10-05", &["100.00"]).await;
        let elige = |nuevo: NuevoPago| NuevoPago { destino: whole(a, 10_000), ..nuevo };
        m.pay(elige(transfer(&c, 10_000))).await.unwrap();
        assert_eq!(code(m.pay(elige(transfer(&c, 10_000))).await), "factura_sin_saldo");
        let aviso = m.pay(elige(gateway(&c, 10_000, "mp-2"))).await.unwrap().pago;
        assert_eq!((aviso.a_favor(), m.saldo(&c).await), (10_000, (0, 10_000)));
        let ajena = m.cliente(2).await;
        let malo = NuevoPago { destino: whole(a, 1), ..transfer(&ajena, 1) };
        assert_eq!(code(m.pay(malo).await), "factura_sin_saldo");
    }

    async fn a_chargeback_opens_the_factura_again_with_its_own_due_day(db: Db) {
        let m = Mundo::new(db).await;
        let c = m.cliente(1).await;
        let a = m.factura(&c, "2026-10-05", &["399.00"]).await;
        let nuevo = NuevoPago { medio: Medio::Cheque, ..transfer(&c, 39_900) };
        let pago = m.pay(nuevo).await.unwrap().pago;
        assert_eq!(m.fila(a).await.estado, "pagada");
        m.reloj.advance(10 * 86_400_000);
        let hecho = m
            .act(async |tx, cx| record_contracargo(tx, cx, bounced(&pago, Some(3_500))).await)
            .await
            .unwrap();
        assert_eq!((hecho.estado, hecho.a_favor()), (EstadoPago::Contracargado, 0));
        let fila = m.fila(a).await;
        assert_eq!((fila.estado.as_str(), fila.vencimiento), ("emitida", dia("2026-10-05")));
        assert_eq!(m.saldo(&c).await, (39_900, 0));
        let gracias = contracargos_de(&m.db, &[c.id.uuid()], dia("2026-10-01")).await.unwrap();
        assert_eq!(gracias.len(), 1);
        assert_eq!((gracias[0].avisos, gracias[0].dias_habiles), (1, 2));
        assert_eq!((gracias[0].fecha, &gracias[0].facturas), (dia("2026-10-11"), &vec![a.uuid()]));
        // Told twice it is one, with one fee.
        m.act(async |tx, cx| record_contracargo(tx, cx, bounced(&pago, Some(3_500))).await)
            .await
            .unwrap();
        assert_eq!(m.count("SELECT COUNT(*) FROM recargos").await, 1);
        let avisos = "SELECT COUNT(*) FROM eventos WHERE tipo = 'pago.contracargado'";
        assert_eq!(m.count(avisos).await, 1);
        let motivo = MotivoReverso::new("Error");
        let no = m.act(async |tx, cx| reverse_pago(tx, cx, pago.id, motivo).await).await;
        assert_eq!(code(no), "estado_no_permite");
        assert!(m.descuadres().await.is_empty());
    }

    async fn a_refund_never_passes_what_settles_nothing(db: Db) {
        let m = Mundo::new(db).await;
        let c = m.cliente(1).await;
        m.factura(&c, "2026-10-05", &["100.00"]).await;
        let pago = m.transfer(&c, 15_000).await;
        let mucho = m.act(async |tx, cx| record_devolucion(tx, cx, refund(&pago, 5_001)).await);
        assert_eq!(code(mucho.await), "devolucion_excede");
        m.act(async |tx, cx| record_devolucion(tx, cx, refund(&pago, 3_000)).await).await.unwrap();
        let otra = m.act(async |tx, cx| record_devolucion(tx, cx, refund(&pago, 2_001)).await);
        assert_eq!(code(otra.await), "devolucion_excede");
        m.act(async |tx, cx| record_devolucion(tx, cx, refund(&pago, 2_000)).await).await.unwrap();
        let p = m.pago(pago.id).await;
        assert_eq!((p.devuelto, p.a_favor(), p.estado), (5_000, 0, EstadoPago::Aplicado));
        assert_eq!(m.saldo(&c).await, (0, 0));
        let motivo = MotivoReverso::new("Error");
        let no = m.act(async |tx, cx| reverse_pago(tx, cx, pago.id, motivo).await).await;
        assert_eq!(code(no), "pago_con_devolucion");
        assert!(m.descuadres().await.is_empty());
    }

    async fn a_refund_over_the_limit_moves_nothing_until_it_is_approved(db: Db) {
        let m = Mundo::new(db).await;
        let c = m.cliente(1).await;
        let pago = m.transfer(&c, 50_000).await;
        let pide = async |monto: i64| {
            m.act(async |tx, cx| {
                request_devolucion(tx, cx, refund(&pago, monto), Facultad::HastaLimite).await
            })
            .await
        };
        let chica = pide(20_000).await.unwrap();
        assert_eq!(chica.estado, EstadoDevolucion::Hecha);
        let grande = pide(20_001).await.unwrap();
        assert_eq!(grande.estado, EstadoDevolucion::Pendiente);
        assert_eq!(m.pago(pago.id).await.a_favor(), 30_000, "asking moves nothing");
        // What is promised to one is not promised to another.
        assert_eq!(code(pide(10_000).await), "devolucion_excede");
        m.act(async |tx, cx| approve_devolucion(tx, cx, grande.id).await).await.unwrap();
        assert_eq!(m.pago(pago.id).await.a_favor(), 9_999);
        let otra = m.act(async |tx, cx| approve_devolucion(tx, cx, grande.id).await).await;
        assert_eq!(code(otra), "devolucion_resuelta");
        assert_eq!(m.saldo(&c).await, (0, 9_999));
        assert!(m.descuadres().await.is_empty());
    }

    async fn money_applied_meanwhile_is_not_given_back_by_a_late_approval(db: Db) {
        let m = Mundo::new(db).await;
        let c = m.cliente(1).await;
        let pago = m.transfer(&c, 50_000).await;
        let pedida = m
            .act(async |tx, cx| {
                request_devolucion(tx, cx, refund(&pago, 40_000), Facultad::HastaLimite).await
            })
            .await
            .unwrap();
        m.factura(&c, "2026-10-05", &["300.00"]).await;
        assert_eq!(m.pago(pago.id).await.a_favor(), 20_000, "the issue took what it needed");
        let tarde = m.act(async |tx, cx| approve_devolucion(tx, cx, pedida.id).await).await;
        assert_eq!(code(tarde), "devolucion_excede");
        assert_eq!(m.saldo(&c).await, (0, 20_000));
    }

    async fn a_refund_that_a_gateway_made_is_a_fact_also_over_what_it_settled(db: Db) {
        let m = Mundo::new(db).await;
        let c = m.cliente(1).await;
        let a = m.factura(&c, "2026-10-05", &["100.00"]).await;
        let b = m.factura(&c, "2026-11-05", &["100.00"]).await;
        let pago = m.pay(gateway(&c, 20_000, "mp-3")).await.unwrap().pago;
        let hecho = NuevaDevolucion {
            medio: Medio::Tarjeta,
            referencia: Some("re-1".into()),
            alcance: AlcanceDevolucion::LoNecesario,
            ..refund(&pago, 5_000)
        };
        for _ in 0..2 {
            let hecho = hecho.clone();
            m.act(async |tx, cx| record_devolucion(tx, cx, hecho).await).await.unwrap();
        }
        assert_eq!((m.aplicado(a).await, m.aplicado(b).await), (vec![10_000], vec![5_000]));
        assert_eq!((m.saldo(&c).await, m.pago(pago.id).await.devuelto), ((5_000, 0), 5_000));
        assert!(m.descuadres().await.is_empty());
    }

    async fn a_payment_applied_otherwise_leaves_what_it_paid_before_open(db: Db) {
        let m = Mundo::new(db).await;
        let c = m.cliente(1).await;
        let a = m.factura(&c, "2026-10-05", &["100.00"]).await;
        let b = m.factura(&c, "2026-11-05", &["100.00"]).await;
        let pago = m.transfer(&c, 10_000).await;
        assert_eq!(m.fila(a).await.estado, "pagada");
        let todo = m.act(async |tx, cx| apply_pago(tx, cx, pago.id, whole(b, 1)).await).await;
        assert_eq!(code(todo), "pago_sin_resto");
        m.act(async |tx, cx| {
            reapply_pago(tx, cx, pago.id, (whole(b, 10_000), "Era la de noviembre")).await
        })
        .await
        .unwrap();
        assert_eq!((m.fila(a).await.estado.as_str(), m.fila(b).await.estado.as_str()),
            ("emitida", "pagada"));
        m.act(async |tx, cx| unapply_pago(tx, cx, pago.id, "A cuenta").await).await.unwrap();
        m.act(async |tx, cx| unapply_pago(tx, cx, pago.id, "A cuenta").await).await.unwrap();
        assert_eq!(m.saldo(&c).await, (20_000, 10_000));
        m.act(async |tx, cx| apply_pago(tx, cx, pago.id, Destino::Automatico).await).await.unwrap();
        assert_eq!(m.fila(a).await.estado, "pagada");
        let huellas = "SELECT COUNT(*) FROM auditoria WHERE objeto_tipo = 'pago' \
            AND antes IS NOT NULL AND despues IS NOT NULL";
        assert_eq!(m.count(huellas).await, 4, "each change with before and after");
        assert!(m.descuadres().await.is_empty());
    }

    async fn a_reversal_takes_everything_back_once(db: Db) {
        let m = Mundo::new(db).await;
        let c = m.cliente(1).await;
        let a = m.factura(&c, "2026-10-05", &["100.00"]).await;
        let pago = m.pay(gateway(&c, 15_000, "mp-4")).await.unwrap().pago;
        for _ in 0..2 {
            let motivo = MotivoReverso::new("Duplicado");
            let p = m.act(async |tx, cx| reverse_pago(tx, cx, pago.id, motivo).await).await;
            assert_eq!(p.unwrap().estado, EstadoPago::Revertido);
        }
        assert_eq!((m.saldo(&c).await, m.fila(a).await.estado), ((10_000, 0), "emitida".into()));
        let avisos = "SELECT COUNT(*) FROM eventos WHERE tipo = 'pago.revertido'";
        assert_eq!(m.count(avisos).await, 1);
        // The gateway tells it again: it is the same payment, and stays taken back.
        let otra = m.pay(gateway(&c, 15_000, "mp-4")).await.unwrap();
        assert_eq!((otra.nuevo, otra.pago.estado), (false, EstadoPago::Revertido));
        let corto = MotivoReverso::new("x");
        let no = m.act(async |tx, cx| reverse_pago(tx, cx, pago.id, corto).await).await;
        assert_eq!(code(no), "motivo_invalido");
        assert!(m.descuadres().await.is_empty());
        assert_eq!(m.pago(pago.id).await.origen, OrigenPago::Pasarela);
    }
}
