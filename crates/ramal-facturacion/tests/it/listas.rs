//! The list of invoices: the two ways of finding its rows give the same, page after page.

use ramal_base::Pais;
use ramal_db::Db;
use ramal_facturacion::storage::lista::{
    Buscar, Campo, EstadoLista, FiltroLista, Lectura, Orden, Sentido, TOPE, count, rows,
};
use ramal_fiscal::Estado;
use ramal_testkit::both_engines;

use crate::mundo::{MIGRACIONES, Mundo, dia};

/// Numbers of a list, read three by three, as if this many matched.
async fn numbers(m: &Mundo, filtro: &FiltroLista, orden: Orden, total: i64) -> Vec<String> {
    let mut numeros = Vec::new();
    let hoy = Some(dia("2026-11-20"));
    let mut lectura = Lectura { orden, cursor: None, filas: 3, hoy };
    loop {
        let tramo = rows(&m.db, filtro, &lectura, total).await.unwrap();
        numeros.extend(tramo.filas.iter().map(|f| f.numero()));
        let Some(siguiente) = tramo.siguiente else { return numeros };
        lectura.cursor = Some(siguiente);
    }
}

both_engines! {
    migraciones: MIGRACIONES;

    async fn both_ways_of_reading_give_the_same_rows(db: Db) {
        let m = Mundo::new(db, Pais::Pe).await;
        let clientes = [m.cliente(1).await, m.cliente(2).await, m.cliente(3).await];
        for (i, precio) in ["118.00", "59.00", "118.00", "10.00", "236.00"].iter().enumerate() {
            for cliente in &clientes {
                m.factura(cliente, precio).await;
            }
            if i == 3 {
                m.work().await;
            }
        }
        let filas = m.filas().await;
        m.answer(filas[0].id, Estado::Rechazado).await;
        m.answer(filas[1].id, Estado::Pausado).await;
        for f in &filas[2..8] {
            m.answer(f.id, Estado::Aceptado).await;
        }
        let cliente = Some(clientes[0].id.uuid());
        let estado = |e| FiltroLista { estado: Some(e), ..FiltroLista::default() };
        let mut filtros: Vec<FiltroLista> = EstadoLista::FILTROS.into_iter().map(estado).collect();
        filtros.extend(EstadoLista::FILTROS.into_iter().map(|e| FiltroLista {
            estado: Some(e),
            cliente_id: cliente,
            ..FiltroLista::default()
        }));
        filtros.push(FiltroLista::default());
        filtros.push(FiltroLista { cliente_id: cliente, ..FiltroLista::default() });
        filtros.push(FiltroLista {
            serie: Some("B001".into()),
            minimo: Some(5_900),
            maximo: Some(11_800),
            ..FiltroLista::default()
        });
        filtros.push(FiltroLista {
            desde: Some(dia("2026-11-20")),
            hasta: Some(dia("2026-11-20")),
            codigo: Some("x".into()),
            ..FiltroLista::default()
        });
        let palabras = vec!["%numero%".to_owned(), "%2%".to_owned()];
        let buscar = Buscar { palabras, ..Buscar::default() };
        filtros.push(FiltroLista { buscar: Some(buscar), ..FiltroLista::default() });
        for filtro in &filtros {
            let n = count(&m.db, filtro, Some(dia("2026-11-20"))).await.unwrap();
            for campo in [Campo::Fecha, Campo::Total, Campo::Vence] {
                for sentido in [Sentido::Baja, Sentido::Sube] {
                    let orden = Orden { campo, sentido };
                    let pocas = numbers(&m, filtro, orden, n).await;
                    let muchas = numbers(&m, filtro, orden, TOPE + 1).await;
                    assert_eq!(pocas, muchas, "{filtro:?} {orden:?}");
                    assert_eq!(i64::try_from(pocas.len()).unwrap(), n, "{filtro:?}");
                }
            }
        }
        let rechazadas = count(&m.db, &filtros[5], Some(dia("2026-11-20"))).await.unwrap();
        assert_eq!(rechazadas, 1);
    }
}
