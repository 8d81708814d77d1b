//! Money that was in the ledger before the slice: it has its payment, and numbers go on after it.

use ramal_base::Moneda;
use ramal_cuenta::{AltaAbono, Cuenta, OrigenAbono, open_abono};
use ramal_db::{Db, Migracion};
use ramal_pagos::storage::lista::{FiltroPagos, Lectura, page, resolve};
use ramal_pagos::{EstadoPago, Medio};
use ramal_testkit::both_engines;

use crate::mundo::{MIGRACIONES, Mundo, dia};

/// Everything but the slice.
const ANTES: [&[Migracion]; 10] = [
    MIGRACIONES[0],
    MIGRACIONES[1],
    MIGRACIONES[2],
    MIGRACIONES[3],
    MIGRACIONES[4],
    MIGRACIONES[5],
    MIGRACIONES[6],
    MIGRACIONES[7],
    MIGRACIONES[8],
    MIGRACIONES[9],
];

both_engines! {
    migraciones: ANTES;

    async fn money_from_before_has_its_payment_and_numbers_go_on(db: Db) {
        let m = Mundo::new(db).await;
        let c = m.cliente(1).await;
        let tx = m.db.begin().await.unwrap();
        for (monto, forma, operacion) in [(5_000, "28", Some("00-8841")), (7_000, "01", None)] {
            let alta = AltaAbono {
                id: m.cx.new_id::<()>().uuid(),
                cliente_id: c.id.uuid(),
                moneda: Moneda::Pen,
                monto,
                origen: OrigenAbono::Pago,
                contrapartida: Cuenta::Banco,
                fecha_valor: dia("2026-09-01"),
                fecha: dia("2026-09-02"),
                forma_pago: Some(forma.into()),
                operacion: operacion.map(str::to_owned),
            };
            open_abono(&tx, &m.cx, &alta).await.unwrap();
        }
        tx.commit().await.unwrap();
        m.db.migrate(&[ramal_pagos::MIGRACIONES]).await.unwrap();
        let buscar = Some(resolve(&m.db, "8841").await.unwrap());
        let filtro = FiltroPagos { buscar, ..FiltroPagos::default() };
        let lectura = Lectura { filas: 10, ..Lectura::default() };
        let hallado = page(&m.db, &filtro, &lectura).await.unwrap().filas.remove(0).pago;
        assert_eq!((hallado.codigo().as_str(), hallado.medio), ("P-1", Medio::TarjetaDebito));
        assert_eq!((hallado.a_favor(), hallado.estado), (5_000, EstadoPago::Registrado));
        assert_eq!(hallado.fecha_valor, dia("2026-09-01"));
        let nuevo = m.transfer(&c, 100).await;
        assert_eq!(nuevo.codigo(), "P-3");
        assert!(m.descuadres().await.is_empty());
    }
}
