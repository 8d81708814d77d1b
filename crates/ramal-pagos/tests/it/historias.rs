//! Random lives of a few clientes through this slice: whatever was done and undone, the ledger adds
//! up, and no payment settles or gives back more than it has.
//!
//! `RAMAL_HISTORIAS` makes them longer than the default.

use ramal_clientes::Cliente;
use ramal_db::Db;
use ramal_facturacion::cobro::Destino;
use ramal_pagos::{
    AlcanceDevolucion, ClaseContracargo, MotivoReverso, NuevaDevolucion, NuevoContracargo,
    NuevoPago, Pago, apply_pago, record_contracargo, record_devolucion, reverse_pago, unapply_pago,
};
use ramal_testkit::both_engines;

use crate::mundo::{MIGRACIONES, Mundo, gateway, transfer};

/// Numbers that look random and are the same in every run (SplitMix64).
struct Azar(u64);

impl Azar {
    fn new() -> Azar {
        Azar(20_261_001)
    }

    /// A number from 0 to `n` − 1.
    fn below(&mut self, n: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        u32::try_from((z ^ (z >> 31)) % u64::from(n)).unwrap()
    }
}

fn pasos() -> u32 {
    std::env::var("RAMAL_HISTORIAS").ok().and_then(|t| t.parse().ok()).unwrap_or(70)
}

/// One random act. Refusals are part of life; what matters is what is left.
async fn live(m: &Mundo, azar: &mut Azar, clientes: &[Cliente], pagos: &mut Vec<Pago>) {
    let c = &clientes[azar.below(u32::try_from(clientes.len()).unwrap()) as usize];
    let monto = i64::from(azar.below(30_000)) + 1;
    let cual = |azar: &mut Azar, n: usize| azar.below(u32::try_from(n).unwrap()) as usize;
    let acto = if pagos.is_empty() { azar.below(4) } else { azar.below(11) };
    match acto {
        0 => {
            m.factura(c, "2026-10-05", &["99.90", "50.00"]).await;
        }
        1 => {
            m.factura(c, "2026-11-05", &["120.00"]).await;
        }
        2 => pagos.push(m.transfer(c, monto).await),
        3 => {
            let destino = if azar.below(2) == 0 { Destino::ACuenta } else { Destino::Automatico };
            let referencia = format!("mp-{}", azar.below(25));
            let nuevo = NuevoPago { destino, ..gateway(c, monto, &referencia) };
            pagos.extend(m.pay(nuevo).await.ok().map(|r| r.pago));
        }
        _ => {
            let id = pagos[cual(azar, pagos.len())].id;
            undo(m, (acto, id, monto)).await;
        }
    }
}

async fn undo(m: &Mundo, (acto, id, monto): (u32, ramal_pagos::PagoId, i64)) {
    let devolucion = |alcance| NuevaDevolucion {
        pago_id: id,
        monto,
        medio: ramal_pagos::Medio::Transferencia,
        motivo: "Prueba".into(),
        referencia: None,
        alcance,
    };
    let contracargo = NuevoContracargo {
        pago_id: id,
        clase: ClaseContracargo::Contracargo,
        motivo: "Prueba".into(),
        recargo: None,
    };
    let _ = m
        .act(async |tx, cx| {
            match acto {
                4 => drop(reverse_pago(tx, cx, id, MotivoReverso::new("Prueba")).await?),
                5 => drop(record_contracargo(tx, cx, contracargo).await?),
                6 | 7 => unapply_pago(tx, cx, id, "Prueba").await?,
                8 => drop(apply_pago(tx, cx, id, Destino::Automatico).await?),
                9 => {
                    let nueva = devolucion(AlcanceDevolucion::SinAplicar);
                    record_devolucion(tx, cx, nueva).await?;
                }
                _ => {
                    let nueva = devolucion(AlcanceDevolucion::LoNecesario);
                    record_devolucion(tx, cx, nueva).await?;
                }
            }
            Ok(())
        })
        .await;
}

both_engines! {
    migraciones: MIGRACIONES;

    async fn the_ledger_adds_up_after_any_history(db: Db) {
        let m = Mundo::new(db).await;
        let mut azar = Azar::new();
        let clientes = [m.cliente(1).await, m.cliente(2).await];
        let mut pagos = Vec::new();
        for paso in 0..pasos() {
            live(&m, &mut azar, &clientes, &mut pagos).await;
            if paso % 10 == 9 {
                assert_eq!(m.descuadres().await, [], "after step {paso}");
            }
        }
        assert_eq!(m.descuadres().await, []);
        for pago in &pagos {
            let p = m.pago(pago.id).await;
            assert!(p.aplicado + p.devuelto <= p.monto, "{}", p.codigo());
            assert!(p.estado.is_vigente() || p.aplicado == 0, "{}", p.codigo());
        }
        let vivos = "SELECT COUNT(*) FROM eventos WHERE tipo = 'pago.registrado'";
        assert_eq!(m.count(vivos).await, m.count("SELECT COUNT(*) FROM pagos").await);
        let ultimo = m.pay(transfer(&clientes[0], 1)).await.unwrap().pago.numero;
        assert_eq!(ultimo, m.count("SELECT COUNT(*) FROM pagos").await, "numbers without gap");
    }
}
