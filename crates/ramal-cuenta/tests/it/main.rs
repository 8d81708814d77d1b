//! Tests of the account on both engines: append-only, sums, undo, statement.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use ramal_base::{Cx, Fecha, Moneda};
use ramal_cuenta::{
    AltaAbono, ClaseMovimiento, Cuenta, Documento, Error, NuevaImputacion, NuevoMovimiento,
    OrigenAbono, Rango, abono, check_cuenta, con_resto, impute, movimientos_de, open_abono, post,
    reverse, revert_abono, saldo, ultimos_movimientos, withdraw,
};
use ramal_db::{Consulta, Cursor, Db, Migracion, params};
use ramal_testkit::{both_engines, cx_fijo};
use uuid::Uuid;

const MIGRACIONES: [&[Migracion]; 2] = [ramal_db::MIGRACIONES, ramal_cuenta::MIGRACIONES];
const CLIENTE: Uuid = Uuid::from_u128(1);
const FACTURA: Uuid = Uuid::from_u128(2);
const ABONO: Uuid = Uuid::from_u128(3);

fn dia(texto: &str) -> Fecha {
    Fecha::parse(texto).unwrap()
}

fn invoice(cliente: Uuid, monto: i64, fecha: &str) -> NuevoMovimiento {
    NuevoMovimiento {
        cliente_id: cliente,
        moneda: Moneda::Mxn,
        clase: ClaseMovimiento::Factura,
        debe: Cuenta::PorCobrar,
        haber: Cuenta::Ventas,
        monto,
        documento: Documento { tipo: "factura", id: FACTURA },
        factura_id: Some(FACTURA),
        fecha_valor: dia(fecha),
        fecha: dia(fecha),
        detalle: None,
        revierte: None,
    }
}

fn money(monto: i64) -> AltaAbono {
    AltaAbono {
        id: ABONO,
        cliente_id: CLIENTE,
        moneda: Moneda::Mxn,
        monto,
        origen: OrigenAbono::Pago,
        contrapartida: Cuenta::Banco,
        fecha_valor: dia("2026-11-18"),
        fecha: dia("2026-11-20"),
        forma_pago: Some("03".into()),
        operacion: Some("SPEI-1".into()),
    }
}

fn applied(monto: i64, revierte: Option<Uuid>) -> NuevaImputacion {
    NuevaImputacion {
        abono_id: ABONO,
        factura_id: FACTURA,
        linea: 1,
        monto,
        acto: Uuid::from_u128(9),
        fecha_valor: dia("2026-11-18"),
        revierte,
    }
}

async fn stands(db: &Db) -> (i64, i64) {
    let s = saldo(db, CLIENTE, Moneda::Mxn).await.unwrap();
    (s.por_cobrar, s.a_favor)
}

/// An invoice of 399.00, money for 700.00, 399.00 of it applied.
async fn world(db: &Db, cx: &Cx) {
    let tx = db.begin().await.unwrap();
    post(&tx, cx, &[invoice(CLIENTE, 39_900, "2026-11-01")]).await.unwrap();
    open_abono(&tx, cx, &money(70_000)).await.unwrap();
    impute(&tx, cx, dia("2026-11-20"), &[applied(39_900, None)]).await.unwrap();
    tx.commit().await.unwrap();
}

both_engines! {
    migraciones: MIGRACIONES;

    async fn what_is_written_is_never_changed_nor_deleted(db: Db) {
        let cx = cx_fijo();
        world(&db, &cx).await;
        for sql in [
            "UPDATE movimientos SET monto = monto + 1",
            "DELETE FROM movimientos",
            "UPDATE imputaciones SET monto = monto + 1",
            "DELETE FROM imputaciones",
        ] {
            let tx = db.begin().await.unwrap();
            let error = tx.exec(sql, vec![]).await.unwrap_err().to_string();
            assert!(error.contains("append-only"), "{sql}: {error}");
        }
        assert_eq!(check_cuenta(&db, None).await.unwrap(), []);
    }

    async fn the_summary_is_the_sum_of_the_movements(db: Db) {
        let cx = cx_fijo();
        world(&db, &cx).await;
        assert_eq!(stands(&db).await, (0, 30_100));
        let otros: Vec<NuevoMovimiento> = (0..250_u128)
            .map(|n| invoice(Uuid::from_u128(100 + n % 125), 1_000, "2026-11-02"))
            .collect();
        let tx = db.begin().await.unwrap();
        post(&tx, &cx, &otros).await.unwrap();
        tx.commit().await.unwrap();
        let uno = saldo(&db, Uuid::from_u128(224), Moneda::Mxn).await.unwrap();
        assert_eq!(uno.por_cobrar, 2_000, "more customers than one statement carries");
        assert_eq!(check_cuenta(&db, None).await.unwrap(), []);
        let tx = db.begin().await.unwrap();
        let sql = "UPDATE saldos_cliente SET por_cobrar = por_cobrar + 1 WHERE cliente_id = $1";
        tx.exec(sql, params![CLIENTE]).await.unwrap();
        tx.exec("UPDATE abonos SET aplicado = aplicado - 1", vec![]).await.unwrap();
        tx.commit().await.unwrap();
        let reglas: Vec<&str> =
            check_cuenta(&db, Some(CLIENTE)).await.unwrap().iter().map(|d| d.regla).collect();
        assert_eq!(reglas, ["saldo_por_cobrar", "abono_aplicado", "a_favor_sin_abonos"]);
    }

    async fn no_abono_settles_or_gives_back_more_than_it_has(db: Db) {
        let cx = cx_fijo();
        world(&db, &cx).await;
        let tx = db.begin().await.unwrap();
        let mas = impute(&tx, &cx, dia("2026-11-20"), &[applied(30_101, None)]).await;
        assert!(matches!(mas, Err(Error::Conflict("abono_sin_resto"))));
        drop(tx);
        let tx = db.begin().await.unwrap();
        let mas = withdraw(&tx, &cx, (ABONO, 30_101), (Cuenta::Caja, dia("2026-11-20"))).await;
        assert!(matches!(mas, Err(Error::Conflict("abono_sin_resto"))));
        withdraw(&tx, &cx, (ABONO, 30_100), (Cuenta::Caja, dia("2026-11-20"))).await.unwrap();
        let antes = revert_abono(&tx, &cx, ABONO, (dia("2026-11-20"), "Rebotó")).await;
        assert!(matches!(antes, Err(Error::Conflict("abono_no_vigente"))), "it settles something");
        tx.commit().await.unwrap();
        assert_eq!(stands(&db).await, (0, 0));
        assert!(con_resto(&db, &[CLIENTE]).await.unwrap().is_empty());
        assert_eq!(check_cuenta(&db, None).await.unwrap(), []);
    }

    async fn money_that_bounces_leaves_the_account_as_it_was(db: Db) {
        let cx = cx_fijo();
        world(&db, &cx).await;
        let filas = ramal_cuenta::imputaciones_de_abono(&db, ABONO).await.unwrap();
        let tx = db.begin().await.unwrap();
        let opuesta = applied(-39_900, Some(filas[0].id));
        impute(&tx, &cx, dia("2026-11-21"), &[opuesta]).await.unwrap();
        revert_abono(&tx, &cx, ABONO, (dia("2026-11-21"), "Rebotó")).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(stands(&db).await, (39_900, 0));
        assert!(!abono(&db, ABONO).await.unwrap().unwrap().is_vigente());
        assert_eq!(check_cuenta(&db, None).await.unwrap(), []);
    }

    async fn a_movement_is_taken_back_once(db: Db) {
        let cx = cx_fijo();
        world(&db, &cx).await;
        let sql = "SELECT id FROM movimientos WHERE clase = 'factura'";
        let id: Uuid = db.scalar(sql, vec![]).await.unwrap().unwrap();
        let tx = db.begin().await.unwrap();
        reverse(&tx, &cx, id, (dia("2026-11-22"), None)).await.unwrap();
        let otra = reverse(&tx, &cx, id, (dia("2026-11-22"), None)).await;
        assert!(matches!(otra, Err(Error::Storage(ramal_db::DbError::Unique(_)))));
    }

    async fn a_statement_read_in_pages_is_the_whole_one_both_ways(db: Db) {
        let cx = cx_fijo();
        let tx = db.begin().await.unwrap();
        for n in 1..=7_i64 {
            let fecha = format!("2026-11-0{}", (n + 1) / 2);
            post(&tx, &cx, &[invoice(CLIENTE, n * 100, &fecha)]).await.unwrap();
        }
        tx.commit().await.unwrap();
        let cuenta = (CLIENTE, Moneda::Mxn);
        for baja in [false, true] {
            let mut saldos = Vec::new();
            let mut cursor = Cursor { limite: 2, cursor: None };
            loop {
                let hoja = match baja {
                    false => movimientos_de(&db, cuenta, Rango::default(), &cursor).await,
                    true => ultimos_movimientos(&db, cuenta, Rango::default(), &cursor).await,
                };
                let hoja = hoja.unwrap().unwrap();
                saldos.extend(hoja.filas.iter().map(|r| r.saldo.neto()));
                cursor.cursor = hoja.siguiente;
                if cursor.cursor.is_none() {
                    break;
                }
            }
            if baja {
                saldos.reverse();
            }
            assert_eq!(saldos, [100, 300, 600, 1_000, 1_500, 2_100, 2_800]);
        }
        let rango = Rango { desde: Some(dia("2026-11-02")), hasta: Some(dia("2026-11-03")) };
        let todo = Cursor { limite: 50, cursor: None };
        let hoja = movimientos_de(&db, cuenta, rango, &todo).await.unwrap().unwrap();
        assert_eq!((hoja.inicial.neto(), hoja.filas.len(), hoja.last().neto()), (300, 4, 2_100));
        let mala = Cursor { limite: 2, cursor: Some("mala".into()) };
        assert!(movimientos_de(&db, cuenta, rango, &mala).await.unwrap().is_none());
    }
}
