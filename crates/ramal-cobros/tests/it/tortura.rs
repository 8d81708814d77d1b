//! Thousands of notices in any order, repeated, forged and stale, while the workers are killed:
//! each payment once, each forgery refused and counted, the books exact. `RAMAL_TORTURA=1` makes it
//! 10,000 notices; without it a sixth of that.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use ramal_cobros::actions::{NuevoCobro, create_cobro};
use ramal_cobros::cobro::{Origen, Partida};
use ramal_cobros::jobs::{TRABAJO_BARRIDO, TRABAJO_WEBHOOK};
use ramal_cobros::{CobroId, metricas};
use ramal_db::Db;
use ramal_facturacion::actions::create_factura;
use ramal_pasarelas::{EstadoCobro, MedioRemoto};
use ramal_testkit::both_engines;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::falsa::{Aviso, pago};
use crate::mundo::{MIGRACIONES, Mundo, manual};

/// Payments and notices of a run.
fn size() -> (usize, usize) {
    match std::env::var("RAMAL_TORTURA") {
        Ok(_) => (3_000, 10_000),
        Err(_) => (400, 1_500),
    }
}

/// Numbers without chance: the same run every time.
struct Dado(u64);

impl Dado {
    fn below(&mut self, n: usize) -> usize {
        // xorshift64*
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let alto = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(alto).unwrap() % n
    }

    fn shuffle<T>(&mut self, lista: &mut [T]) {
        for i in (1..lista.len()).rev() {
            lista.swap(i, self.below(i + 1));
        }
    }
}

/// A delivery: which payment, which of its two events, and what is wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Entrega {
    pago: usize,
    evento: usize,
    clase: Clase,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Clase {
    Buena,
    Falsa,
    Vieja,
}

/// Deliveries of every event, one to five times each, five in a hundred forged and two stale.
fn deliveries(dado: &mut Dado, pagos: usize, total: usize) -> Vec<Entrega> {
    let mut entregas: Vec<Entrega> = Vec::with_capacity(total);
    let mut veces: HashMap<(usize, usize), usize> = HashMap::new();
    while entregas.len() < total {
        let (pago, evento) = (dado.below(pagos), dado.below(2));
        let n = veces.entry((pago, evento)).or_default();
        if *n == 5 {
            continue;
        }
        *n += 1;
        let clase = match entregas.len() % 100 {
            0..5 => Clase::Falsa,
            5..7 => Clase::Vieja,
            _ => Clase::Buena,
        };
        entregas.push(Entrega { pago, evento, clase });
    }
    dado.shuffle(&mut entregas);
    entregas
}

/// Customers who owe, each with an open cobro, made in few transactions.
async fn world(db: Db, pagos: usize) -> (Mundo, Vec<CobroId>) {
    let m = Mundo::new(db).await;
    let mut clientes = Vec::new();
    for n in 0..pagos.div_ceil(10) {
        clientes.push(m.cliente(u32::try_from(n).unwrap()).await);
    }
    let mut ids = Vec::new();
    for lote in (0..pagos).collect::<Vec<_>>().chunks(100) {
        let tx = m.db.begin().await.unwrap();
        for n in lote {
            let cliente = &clientes[n / 10];
            let factura = create_factura(&tx, &m.cx, manual(cliente, "79.00")).await.unwrap();
            let partida =
                Partida { factura_id: factura.uuid(), numero: format!("n-{n}"), monto: 7_900 };
            let nuevo = NuevoCobro {
                cliente_id: cliente.id.uuid(),
                moneda: m.moneda,
                partidas: vec![partida],
                medio: MedioRemoto::Enlace,
                pasarela: "emulada".into(),
                origen: Origen::Enlace,
            };
            ids.push(create_cobro(&tx, &m.cx, nuevo).await.unwrap().fila().id);
        }
        tx.commit().await.unwrap();
    }
    (m, ids)
}

/// Workers that are killed and started again until told to stop; gives how many died.
fn killed_workers(m: &Mundo, parar: Arc<AtomicBool>) -> JoinHandle<u64> {
    let m = m.clone();
    tokio::spawn(async move {
        let mut muertes = 0;
        while !parar.load(Ordering::SeqCst) {
            let obrero = m.obrero();
            let tarea = tokio::spawn(async move { obrero.run(CancellationToken::new()).await });
            let hasta = m.falsa.asked() + 25;
            while m.falsa.asked() < hasta && !parar.load(Ordering::SeqCst) {
                tokio::task::yield_now().await;
            }
            // In the middle of whatever it was doing.
            tarea.abort();
            let _ = tarea.await;
            muertes += 1;
            // What it held is free once its lease is over.
            m.reloj.advance(31_000);
        }
        muertes
    })
}

/// Delivers until it is answered, as a gateway does: what is not 200 or 401 is sent again.
async fn deliver(m: &Mundo, ids: &[CobroId], entrega: Entrega) -> u16 {
    let n = entrega.pago;
    let estado = [EstadoCobro::EnProceso, EstadoCobro::Acreditado][entrega.evento];
    let (referencia, evento) = (format!("p_{n}"), format!("ev_{n}_{}", entrega.evento));
    if estado == EstadoCobro::Acreditado {
        m.falsa.set(pago(&referencia, &ids[n].to_string(), 7_900, estado));
    }
    loop {
        let ahora = m.cx.now().millis();
        let aviso = match entrega.clase {
            Clase::Buena => Aviso::new(&evento, &referencia, ahora),
            Clase::Falsa => Aviso::new(&evento, &referencia, ahora).forged(),
            Clase::Vieja => Aviso::new(&evento, &referencia, ahora - 400_000),
        };
        match m.knock(&aviso).await.estado {
            503 => tokio::task::yield_now().await,
            estado => return estado,
        }
    }
}

both_engines! {
    migraciones: MIGRACIONES;

    async fn shuffled_repeated_forged_notices_while_workers_die_pay_each_once(db: Db) {
        let (pagos, total) = size();
        let (m, ids) = world(db, pagos).await;
        let mut dado = Dado(0x9E37_79B9_7F4A_7C15);
        let entregas = Arc::new(deliveries(&mut dado, pagos, total));
        for (n, id) in ids.iter().enumerate() {
            let inicio = pago(&format!("p_{n}"), &id.to_string(), 7_900, EstadoCobro::EnProceso);
            m.falsa.set(inicio);
        }
        let parar = Arc::new(AtomicBool::new(false));
        let obreros = killed_workers(&m, parar.clone());
        let siguiente = Arc::new(AtomicU64::new(0));
        let ids = Arc::new(ids);
        let mut carteros = Vec::new();
        for _ in 0..4 {
            let (m, ids) = (m.clone(), ids.clone());
            let (entregas, siguiente) = (entregas.clone(), siguiente.clone());
            carteros.push(tokio::spawn(async move {
                loop {
                    let i = siguiente.fetch_add(1, Ordering::SeqCst);
                    let Some(e) = entregas.get(usize::try_from(i).unwrap()) else { return };
                    let esperado = if e.clase == Clase::Buena { 200 } else { 401 };
                    assert_eq!(deliver(&m, &ids, *e).await, esperado, "{e:?}");
                }
            }));
        }
        for cartero in carteros {
            cartero.await.unwrap();
        }
        parar.store(true, Ordering::SeqCst);
        let muertes = obreros.await.unwrap();
        assert!(muertes > 2, "{muertes} workers died");

        // Whoever had no good notice of his payment is found by the sweeper.
        for (n, id) in ids.iter().enumerate() {
            let fin = pago(&format!("p_{n}"), &id.to_string(), 7_900, EstadoCobro::Acreditado);
            m.falsa.set(fin);
        }
        m.reloj.advance(11 * 60_000);
        m.sweep(TRABAJO_BARRIDO).await;
        m.reloj.advance(11 * 60_000);
        m.sweep(TRABAJO_BARRIDO).await;

        let n = i64::try_from(pagos).unwrap();
        let count = |sql: &'static str| { let m = m.clone(); async move { m.count(sql).await } };
        assert_eq!(count("SELECT COUNT(*) FROM pagos").await, n);
        assert_eq!(count("SELECT CAST(SUM(monto) AS BIGINT) FROM pagos").await, n * 7_900);
        assert_eq!(count("SELECT COUNT(DISTINCT referencia) FROM pagos").await, n);
        assert_eq!(count("SELECT COUNT(*) FROM facturas WHERE estado = 'pagada'").await, n);
        assert_eq!(count("SELECT COUNT(*) FROM cobros WHERE estado = 'acreditado'").await, n);
        assert_eq!(count("SELECT COUNT(*) FROM cobro_cuarentena").await, 0);
        let olvidados = "SELECT COUNT(*) FROM webhooks_entrantes WHERE estado = 'recibido'";
        assert_eq!(count(olvidados).await, 0);
        let pagadas = "SELECT COUNT(*) FROM eventos WHERE tipo = 'factura.pagada'";
        assert_eq!(count(pagadas).await, n, "each event once");
        let pendientes: Vec<_> = ramal_jobs::conteos(&m.db).await.unwrap();
        let quedan = pendientes.iter().filter(|c| c.tipo == TRABAJO_WEBHOOK);
        assert_eq!(quedan.count(), 0, "{pendientes:?}");

        let of = |clase| entregas.iter().filter(|e| e.clase == clase).count();
        let texto = metricas(&m.db).await.unwrap();
        let rechazos =
            [("firma_invalida", of(Clase::Falsa)), ("fuera_de_ventana", of(Clase::Vieja))];
        for (motivo, n) in rechazos {
            let linea = format!(
                "ramal_webhook_rechazados_total{{proveedor=\"emulada\",motivo=\"{motivo}\"}} {n}"
            );
            assert!(texto.lines().any(|l| l == linea), "{linea}\n{texto}");
        }
        assert_eq!(m.audit().await, Vec::<String>::new());
    }
}
