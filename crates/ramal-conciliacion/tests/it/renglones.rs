//! A movement is paid once, alone only when it is clear, and can be undone.

use ramal_conciliacion::actions::{
    DatosCuenta, DestinoParte, Orden, Parte, Resolucion, create_cuenta, resolve_renglon,
    undo_renglon,
};
use ramal_conciliacion::{EstadoRenglon, Modo, Renglon, Sugerencia};
use ramal_pagos::{MotivoReverso, NuevoPago, OrigenPago, PagoId, record_pago, reverse_pago};
use ramal_testkit::both_engines;
use serde_json::json;

use crate::mundo::{MIGRACIONES, Mundo, dia, extracto};

const D19: &str = "19/11/2026";

fn order(r: &Renglon) -> Orden {
    Orden { renglon: r.id, version: Some(r.version), modo: Modo::Persona }
}

fn all_to(cliente: &ramal_clientes::Cliente, importe: i64) -> Resolucion {
    let destino = DestinoParte::Automatico;
    Resolucion::Pagar(vec![Parte { cliente_id: cliente.id.uuid(), importe, destino }])
}

both_engines! {
    migraciones: MIGRACIONES;

    async fn the_clear_ones_are_paid_alone_and_the_rest_wait_with_their_reasons(db: ramal_db::Db) {
        let m = Mundo::new(db).await;
        let ana = m.cliente(1, "Ana Quispe Rojas").await;
        let luis = m.cliente(2, "Luis Mamani Flores").await;
        let rosa = m.cliente(3, "Rosa Díaz Peña").await;
        let f = m.factura(&ana, "99.90").await;
        let g = m.factura(&luis, "150.00").await;
        m.factura(&rosa, "99.90").await;
        let por_numero = format!("PAGO {}", g.numero());
        let lote = m.import(&extracto(&[
            (D19, "11", "ABONO", "PLIN DE ANA QUISPE ROJAS", 9_990),
            (D19, "12", "ABONO", &por_numero, 15_000),
            (D19, "13", "ABONO", "PLIN DE ROSA DIAZ PENA", 5_000),
            (D19, "14", "ABONO", "DEPOSITO", 77_777),
        ])).await;
        let filas = m.renglones(&lote).await;
        use EstadoRenglon::{Conciliado as C, PorConciliar as P};
        assert_eq!(filas.iter().map(|r| r.estado).collect::<Vec<_>>(), [C, C, P, P]);
        assert_eq!(filas[0].modo.as_deref(), Some("automatico"));
        assert_eq!(m.again(&f).await.estado, "pagada");
        assert_eq!(m.again(&g).await.estado, "pagada");
        let [Sugerencia::Cliente { propuesta }] = filas[2].sugerencias.as_slice() else { panic!() };
        assert_eq!(propuesta.cliente, rosa.id.uuid());
        assert!(!filas[2].exacta);
        assert!(filas[3].sugerencias.is_empty());
        let pago = m.pagos(filas[0].id).await[0];
        let pago = ramal_pagos::pago(&m.db, pago).await.unwrap().unwrap();
        assert_eq!((pago.origen, pago.medio), (OrigenPago::Conciliacion, ramal_pagos::Medio::Plin));
        assert_eq!(pago.fecha_valor, dia("2026-11-19"));
        assert_eq!(m.descuadres().await, 0);
    }

    async fn the_same_amount_of_two_homonyms_is_nobody_s_until_a_person_says(db: ramal_db::Db) {
        let m = Mundo::new(db).await;
        let uno = m.cliente(1, "Ana Quispe Rojas").await;
        let dos = m.cliente(2, "Ana Quispe Rojas").await;
        m.factura(&uno, "99.90").await;
        let f = m.factura(&dos, "99.90").await;
        let fila = (D19, "1", "ABONO", "PLIN DE ANA QUISPE ROJAS", 9_990);
        let lote = m.import(&extracto(&[fila])).await;
        let fila = m.renglones(&lote).await.remove(0);
        assert_eq!((fila.estado, fila.sugerencias.len()), (EstadoRenglon::PorConciliar, 2));
        assert_eq!(m.vigentes().await, 0);
        let lugar = fila.sugerencias.iter().position(|s| {
            matches!(s, Sugerencia::Cliente { propuesta } if propuesta.cliente == dos.id.uuid())
        }).unwrap();
        let ruta = format!("/conciliacion/renglones/{}/aceptar", fila.id);
        let cuerpo = json!({"sugerencia": lugar, "version": fila.version});
        let (estado, vista) = m.post(&ruta, "aceptar-1", cuerpo.clone()).await;
        assert_eq!((estado, vista["estado"].as_str()), (200, Some("conciliado")), "{vista}");
        let (estado, otra) = m.post(&ruta, "aceptar-1", cuerpo.clone()).await;
        assert_eq!((estado, &otra), (200, &vista));
        let (estado, p) = m.post(&ruta, "aceptar-2", cuerpo).await;
        assert_eq!((estado, p["codigo"].as_str()), (409, Some("renglon_resuelto")));
        assert_eq!((m.vigentes().await, m.again(&f).await.estado.as_str()), (1, "pagada"));
        let (estado, p) = m.post(&ruta, "", json!({})).await;
        assert_eq!((estado, p["codigo"].as_str()), (400, Some("idempotencia_clave_requerida")));
    }

    async fn two_people_who_accept_one_line_at_once_pay_once(db: ramal_db::Db) {
        let m = Mundo::new(db).await;
        let ana = m.cliente(1, "Ana Quispe Rojas").await;
        let luis = m.cliente(2, "Luis Mamani Flores").await;
        let lote = m.import(&extracto(&[(D19, "1", "ABONO", "DEPOSITO", 9_990)])).await;
        let fila = m.renglones(&lote).await.remove(0);
        let de = |quien: ramal_clientes::Cliente| {
            let (m, fila) = (m.clone(), fila.clone());
            tokio::spawn(async move {
                let resolucion = all_to(&quien, 9_990);
                m.act(async |tx, cx| {
                    resolve_renglon(tx, cx, order(&fila), &resolucion).await
                }).await.is_ok()
            })
        };
        let tareas: Vec<_> =
            [ana.clone(), luis.clone(), ana.clone(), luis.clone()].into_iter().map(de).collect();
        let mut bien = 0;
        for tarea in tareas {
            bien += u32::from(tarea.await.unwrap());
        }
        assert_eq!((bien, m.vigentes().await), (1, 1));
        assert_eq!(m.saldo(&ana).await.1 + m.saldo(&luis).await.1, 9_990);
        assert_eq!(m.pagos(fila.id).await.len(), 1);
    }

    async fn undoing_takes_the_payment_back_and_the_line_waits_again(db: ramal_db::Db) {
        let m = Mundo::new(db).await;
        let ana = m.cliente(1, "Ana Quispe Rojas").await;
        let f = m.factura(&ana, "99.90").await;
        let fila = (D19, "1", "ABONO", "PLIN DE ANA QUISPE ROJAS", 9_990);
        let lote = m.import(&extracto(&[fila])).await;
        let fila = m.renglones(&lote).await.remove(0);
        assert_eq!(fila.estado, EstadoRenglon::Conciliado);
        for _ in 0..2 {
            m.act(async |tx, cx| {
                let orden = Orden { version: None, ..order(&fila) };
                undo_renglon(tx, cx, orden).await
            }).await.unwrap();
        }
        m.work().await;
        let despues = m.renglones(&lote).await.remove(0);
        assert_eq!((despues.estado, m.vigentes().await), (EstadoRenglon::PorConciliar, 0));
        let queda = (m.again(&f).await.estado, m.saldo(&ana).await);
        assert_eq!(queda, ("emitida".to_owned(), (9_990, 0)));
        // Matched again, it is proposed and not put back behind the person's back.
        ramal_conciliacion::jobs::match_lote(&m.db, &m.cx, lote.id).await.unwrap();
        let despues = m.renglones(&lote).await.remove(0);
        assert_eq!((despues.estado, m.vigentes().await), (EstadoRenglon::PorConciliar, 0));
        assert!(despues.exacta);
        // The same line may be given to whom it really is.
        let otro = m.cliente(2, "Luis Mamani Flores").await;
        m.act(async |tx, cx| {
            resolve_renglon(tx, cx, order(&despues), &all_to(&otro, 9_990)).await
        }).await.unwrap();
        assert_eq!(m.saldo(&otro).await, (0, 9_990));
        assert_eq!(m.descuadres().await, 0);
    }

    async fn a_payment_taken_back_elsewhere_leaves_its_line_to_be_resolved(db: ramal_db::Db) {
        let m = Mundo::new(db).await;
        let ana = m.cliente(1, "Ana Quispe Rojas").await;
        m.factura(&ana, "99.90").await;
        let fila = (D19, "1", "ABONO", "PLIN DE ANA QUISPE ROJAS", 9_990);
        let lote = m.import(&extracto(&[fila])).await;
        let fila = m.renglones(&lote).await.remove(0);
        let pago = PagoId::from_uuid(m.pagos(fila.id).await[0]);
        m.act(async |tx, cx| {
            Ok(reverse_pago(tx, cx, pago, MotivoReverso::new("era de otro")).await?)
        }).await.unwrap();
        m.work().await;
        let despues = m.renglones(&lote).await.remove(0);
        assert_eq!(despues.estado, EstadoRenglon::PorConciliar);
        assert!(m.pagos(fila.id).await.is_empty());
    }

    async fn a_deposit_of_three_is_split_to_the_cent_or_not_at_all(db: ramal_db::Db) {
        let m = Mundo::new(db).await;
        let ana = m.cliente(1, "Ana Quispe Rojas").await;
        let luis = m.cliente(2, "Luis Mamani Flores").await;
        let f = m.factura(&ana, "99.90").await;
        let lote = m.import(&extracto(&[(D19, "1", "ABONO", "DEPOSITO", 20_000)])).await;
        let fila = m.renglones(&lote).await.remove(0);
        let ruta = format!("/conciliacion/renglones/{}/resolver", fila.id);
        let partes = |segunda: &str| json!({"version": fila.version, "partes": [
            {"cliente": ana.codigo(), "importe": "99.90", "reparto": "facturas",
                "facturas": [{"factura_id": f.id, "importe": "99.90"}]},
            {"cliente": luis.codigo(), "importe": segunda, "reparto": "a_cuenta"},
        ]});
        let (estado, p) = m.post(&ruta, "partir-01", partes("100.00")).await;
        assert_eq!((estado, p["errores"][0]["codigo"].as_str()), (422, Some("partes_no_suman")));
        assert_eq!(m.vigentes().await, 0);
        let (estado, vista) = m.post(&ruta, "partir-02", partes("100.10")).await;
        assert_eq!((estado, vista["pagos"].as_array().unwrap().len()), (200, 2), "{vista}");
        assert_eq!((m.saldo(&ana).await, m.saldo(&luis).await), ((0, 0), (0, 10_010)));
        m.act(async |tx, cx| {
            undo_renglon(tx, cx, Orden { version: None, ..order(&fila) }).await
        }).await.unwrap();
        assert_eq!((m.saldo(&ana).await, m.saldo(&luis).await), ((9_990, 0), (0, 0)));
    }

    async fn a_transfer_that_a_person_wrote_is_linked_and_not_paid_again(db: ramal_db::Db) {
        let m = Mundo::new(db).await;
        let ana = m.cliente(1, "Ana Quispe Rojas").await;
        m.factura(&ana, "99.90").await;
        let pago = m.by_hand(&ana, 9_990, "00765432").await;
        let lote = m.import(&extracto(&[(D19, "765432", "ABONO", "YAPE", 9_990)])).await;
        let fila = m.renglones(&lote).await.remove(0);
        assert_eq!(fila.estado, EstadoRenglon::Conciliado);
        assert_eq!(m.pagos(fila.id).await, [pago.id.uuid()]);
        assert_eq!(m.vigentes().await, 1);
        // Undoing only takes the line away: the payment was not the line's.
        m.act(async |tx, cx| {
            undo_renglon(tx, cx, Orden { version: None, ..order(&fila) }).await
        }).await.unwrap();
        assert_eq!(m.vigentes().await, 1);
    }

    async fn a_gateway_s_report_and_its_pay_out_meet_without_paying(db: ramal_db::Db) {
        let m = Mundo::new(db).await;
        let ana = m.cliente(1, "Ana Quispe Rojas").await;
        let luis = m.cliente(2, "Luis Mamani Flores").await;
        for (quien, monto, id) in [(&ana, 49_900, "emu_1"), (&luis, 39_900, "emu_2")] {
            m.act(async |tx, cx| {
                let nuevo = NuevoPago {
                    cliente_id: quien.id.uuid(),
                    moneda: ramal_base::Moneda::Pen,
                    monto,
                    medio: ramal_pagos::Medio::Tarjeta,
                    origen: OrigenPago::Pasarela,
                    proveedor: Some("emulada".into()),
                    referencia: Some(id.into()),
                    fecha_valor: dia("2026-11-18"),
                    operacion: None,
                    notas: None,
                    destino: ramal_pagos::Destino::ACuenta,
                    turno_id: None,
                };
                Ok(record_pago(tx, cx, nuevo).await?)
            }).await.unwrap();
        }
        let pasarela = m.act(async |tx, cx| {
            let datos = DatosCuenta {
                nombre: "Pasarela".into(),
                moneda: "PEN".into(),
                clase: "pasarela".into(),
                proveedor: "emulada".into(),
                perfil: "emulada".into(),
                ..DatosCuenta::default()
            };
            create_cuenta(tx, cx, &datos).await
        }).await.unwrap();
        let reporte = "fecha,pago,externa,clase,bruto,comision,neto,moneda,liquidacion\n\
            2026-11-18,emu_1,a,pago,499.00,14.97,484.03,PEN,liq_77\n\
            2026-11-18,emu_2,b,pago,399.00,11.97,387.03,PEN,liq_77\n\
            2026-11-18,emu_3,c,pago,10.00,0.30,9.70,PEN,liq_78\n";
        let lote = m.bring(pasarela.id, reporte).await;
        m.work().await;
        let estados: Vec<_> = m.renglones(&lote).await.iter().map(|r| r.estado).collect();
        use EstadoRenglon::{Conciliado as C, PorConciliar as P};
        assert_eq!(estados, [C, C, P]);
        let banco = m.import(&extracto(&[
            (D19, "1", "ABONO", "TRANSF DE EMULADA PAGOS", 87_106),
            (D19, "2", "ABONO", "TRANSF DE EMULADA PAGOS", 87_106),
        ])).await;
        let filas = m.renglones(&banco).await;
        assert_eq!((filas[0].estado, filas[1].estado), (C, P));
        assert!(filas[1].sugerencias.is_empty());
        assert_eq!(m.vigentes().await, 2);
    }

    async fn accepting_the_exact_ones_is_a_job_that_pays_each_once(db: ramal_db::Db) {
        let m = Mundo::new(db).await;
        let ana = m.cliente(1, "Ana Quispe Rojas").await;
        m.factura(&ana, "99.90").await;
        m.factura(&ana, "50.00").await;
        // The sum of two invoices: exact, with her name, and still a person's decision.
        let lote = m.import(&extracto(&[
            (D19, "1", "ABONO", "PLIN DE ANA QUISPE ROJAS", 14_990),
            (D19, "2", "ABONO", "DEPOSITO", 14_990),
        ])).await;
        let filas = m.renglones(&lote).await;
        assert_eq!((filas[0].exacta, filas[1].exacta), (true, false));
        let ruta = format!("/conciliacion/lotes/{}/aceptar-exactas", lote.codigo());
        let (estado, tanda) = m.post(&ruta, "exactas-1", json!({})).await;
        assert_eq!(estado, 202, "{tanda}");
        m.work().await;
        assert_eq!((m.vigentes().await, m.saldo(&ana).await), (1, (0, 0)));
        let (estado, p) = m.post(&ruta, "exactas-2", json!({})).await;
        assert_eq!((estado, p["codigo"].as_str()), (409, Some("nada_exacto")));
    }
}
