//! Risk: a planted defect goes unseen, a clean row stays out, a cent is lost.

use std::collections::BTreeMap;

use ramal_db::Db;
use ramal_migracion::{Informe, Intencion, PedidoImportacion};
use ramal_testkit::both_engines;
use serde::Deserialize;

use crate::apoyo::{self, codes, mundo, pedido};

pub const PE: &[u8] = include_bytes!("fixtures/pe.csv");
pub const MX: &[u8] = include_bytes!("fixtures/mx.csv");

#[derive(Deserialize)]
pub struct Esperado {
    filas: u64,
    defectos: BTreeMap<String, Vec<u64>>,
    activas: u64,
    inactivas: u64,
    suma: i64,
    clientes: Option<u64>,
}

pub fn esperado(pais: &str) -> Esperado {
    let texto = include_str!("fixtures/esperado.json");
    let mut todo: BTreeMap<String, Esperado> = serde_json::from_str(texto).unwrap();
    todo.remove(pais).unwrap()
}

/// Planted lines and codes but those of `aviso`, in the order of the report.
fn planted(esperado: &Esperado, aviso: bool) -> Vec<(u64, &str)> {
    let suyos = esperado.defectos.iter().filter(|(c, _)| (*c == "whatsapp_corto") == aviso);
    let mut lista: Vec<(u64, &str)> =
        suyos.flat_map(|(c, lineas)| lineas.iter().map(move |l| (*l, c.as_str()))).collect();
    lista.sort_unstable();
    lista
}

fn check(informe: &Informe, esperado: &Esperado) {
    assert_eq!(codes(&informe.rechazadas), planted(esperado, false));
    assert_eq!(codes(&informe.avisos), planted(esperado, true));
    let limpias = esperado.activas + esperado.inactivas;
    assert_eq!((informe.filas, informe.importadas), (esperado.filas, limpias));
    assert_eq!(informe.servicios, limpias);
    assert_eq!(informe.clientes, esperado.clientes.unwrap_or(limpias));
    assert_eq!(informe.suma_centavos_activos, esperado.suma);
    assert!(informe.verificacion.cuadra);
    assert!(informe.rechazadas.iter().all(|d| d.motivo.len() > 20 && !d.campo.is_empty()));
}

fn simulated(pedido: PedidoImportacion) -> PedidoImportacion {
    PedidoImportacion { intencion: Intencion::Simular, ..pedido }
}

both_engines! {
    migraciones: (apoyo::MIGRACIONES);

    async fn planted_defects_of_the_one_service_file_are_exactly_the_report(db: Db) {
        let m = mundo(db).await;
        let antes = m.counts().await;
        let ensayo = m.import(simulated(pedido("seed003", PE))).await;
        assert_eq!(m.counts().await, antes);
        let informe = m.import(pedido("seed003", PE)).await;
        check(&ensayo, &esperado("pe"));
        check(&informe, &esperado("pe"));
        assert_eq!(ensayo.lote, informe.lote);
        assert_eq!(informe.verificacion.archivo, informe.verificacion.base);
        let filas = i64::try_from(informe.filas).unwrap();
        assert_eq!(m.count("lote_filas").await, filas);
        let suma: i64 = m.servicios().await.iter()
            .filter(|s| s.proxima_revision.is_some()).map(|s| s.precio.centavos).sum();
        assert_eq!(suma, esperado("pe").suma);
        assert_eq!(m.count("clientes WHERE telefono IS NULL").await, 6);
    }

    async fn planted_defects_of_the_panel_file_are_exactly_the_report(db: Db) {
        let m = mundo(db).await;
        let antes = m.counts().await;
        let ensayo = m.import(simulated(pedido("panel", MX))).await;
        assert_eq!(m.counts().await, antes);
        let informe = m.import(pedido("panel", MX)).await;
        check(&ensayo, &esperado("mx"));
        check(&informe, &esperado("mx"));
        let clientes = i64::try_from(informe.clientes).unwrap();
        assert_eq!(m.count("clientes").await, clientes);
        assert_eq!(m.count("clientes WHERE razon_social LIKE '%Ã%'").await, 0);
        assert!(m.count("clientes WHERE razon_social LIKE '%Ñahui%'").await > 0);
    }
}
