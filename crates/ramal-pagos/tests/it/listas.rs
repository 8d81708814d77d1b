//! The list of payments and its sums, against the rows.

use ramal_db::Db;
use ramal_pagos::storage::lista::{FiltroPagos, Lectura, Orden, page, resolve, total};
use ramal_pagos::{EstadoPago, Medio, MotivoReverso, NuevoPago, reverse_pago};
use ramal_testkit::both_engines;

use crate::mundo::{MIGRACIONES, Mundo, transfer};

async fn codes(m: &Mundo, filtro: FiltroPagos, orden: Orden) -> Vec<i64> {
    let (mut numeros, mut cursor) = (Vec::new(), None);
    loop {
        let lectura = Lectura { orden, cursor, filas: 2 };
        let tramo = page(&m.db, &filtro, &lectura).await.unwrap();
        numeros.extend(tramo.filas.iter().map(|f| f.pago.numero));
        cursor = tramo.siguiente;
        if cursor.is_none() {
            return numeros;
        }
    }
}

both_engines! {
    migraciones: MIGRACIONES;

    async fn every_filter_and_order_gives_each_row_once(db: Db) {
        let m = Mundo::new(db).await;
        let (uno, dos) = (m.cliente(7).await, m.cliente(8).await);
        m.factura(&uno, "2026-10-05", &["100.00"]).await;
        m.transfer(&uno, 6_000).await;
        m.transfer(&uno, 9_000).await;
        m.transfer(&dos, 500).await;
        let yape = NuevoPago {
            medio: Medio::Yape,
            operacion: Some("77-12".into()),
            ..transfer(&dos, 9_000)
        };
        let yape = m.pay(yape).await.unwrap().pago;
        let malo = m.transfer(&dos, 100).await;
        let motivo = MotivoReverso::new("Error");
        m.act(async |tx, cx| reverse_pago(tx, cx, malo.id, motivo).await).await.unwrap();
        let todo = FiltroPagos::default;
        assert_eq!(codes(&m, todo(), Orden::Nuevos).await, [5, 4, 3, 2, 1]);
        assert_eq!(codes(&m, todo(), Orden::Viejos).await, [1, 2, 3, 4, 5]);
        assert_eq!(codes(&m, todo(), Orden::Mayores).await, [4, 2, 1, 3, 5]);
        assert_eq!(codes(&m, todo(), Orden::Menores).await, [5, 3, 1, 2, 4]);
        for (estado, esperados) in [
            (EstadoPago::Aplicado, vec![1]),
            (EstadoPago::Parcial, vec![2]),
            (EstadoPago::Registrado, vec![4, 3]),
            (EstadoPago::Revertido, vec![5]),
            (EstadoPago::Devuelto, vec![]),
            (EstadoPago::Contracargado, vec![]),
        ] {
            let filtro = FiltroPagos { estado: Some(estado), ..todo() };
            assert_eq!(codes(&m, filtro, Orden::Nuevos).await, esperados, "{estado:?}");
        }
        for (q, esperados) in [
            ("P-4", vec![4]),
            ("7712", vec![4]),
            ("C-1", vec![2, 1]),
            ("numero 8", vec![5, 4, 3]),
            ("40000007", vec![2, 1]),
            ("zzz", vec![]),
        ] {
            let buscar = Some(resolve(&m.db, q).await.unwrap());
            let filtro = FiltroPagos { buscar, ..todo() };
            assert_eq!(codes(&m, filtro, Orden::Nuevos).await, esperados, "{q}");
        }
        let hallados = ramal_pagos::search(&m.db, "77-12", 5).await.unwrap();
        assert_eq!(hallados.len(), 1);
        assert_eq!(hallados[0].ruta, "/facturacion/pagos/P-4");
        assert!(ramal_pagos::search(&m.db, "Cliente", 5).await.unwrap().is_empty());
        let suyos = FiltroPagos { ids: Some(vec![yape.id.uuid()]), ..todo() };
        assert_eq!(codes(&m, suyos, Orden::Nuevos).await, [4]);
        let suma = total(&m.db, &todo()).await.unwrap();
        assert_eq!((suma.n, suma.sumas["PEN"]), (5, 24_500), "what was taken back adds nothing");
    }
}
