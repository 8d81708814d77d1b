//! `ramal bench pagos`: from the notice of a gateway to the factura paid, the service asked back
//! and the confirmation queued, over a database of N clientes, beside an empty transaction of the
//! same run. Real clock, real server, real worker; it asserts nothing.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use clap::Args;
use ramal_base::{Instante, Pais};
use ramal_cobranza::storage::episodios;
use ramal_cobros::actions::{Ida, NuevoCobro, create_cobro, launch_cobro};
use ramal_cobros::cobro::{Origen, Partida};
use ramal_contratos::comandos::{ClaseSuspension, OrdenSuspender};
use ramal_db::{Consulta, FromQueryResult, params};
use ramal_facturacion::cobro::abiertas;
use ramal_facturacion::corrida::{self, Opciones};
use ramal_pasarelas::MedioRemoto;
use ramal_web::Modo;
use serde_json::json;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::mundo::{fill, prepare};
use super::permille;
use crate::casa::Casa;
use crate::emuladores::Reparto;
use crate::salida::{self, HECHO, problem};
use crate::taller::{self, Taller};
use crate::{entorno, puerta, wiring};

/// What is measured and on how much.
#[derive(Args)]
pub(super) struct Pedido {
    /// Clientes, con un servicio y una factura cada uno.
    #[arg(long, default_value_t = 10_000)]
    clientes: u32,
    /// Pagos que se miden; llegan de a diez.
    #[arg(long, default_value_t = 200)]
    pagos: usize,
    /// Un objeto JSON en la salida.
    #[arg(long)]
    json: bool,
}

/// Payments that arrive together.
const RAFAGA: usize = 10;
/// How long the last step of a payment is waited for.
const PACIENCIA: Duration = Duration::from_secs(60);

#[derive(FromQueryResult)]
struct Suscrito {
    cliente_id: Uuid,
    id: Uuid,
}

/// Instants of one payment, milliseconds.
#[derive(Clone, Copy)]
struct Medida {
    pagada: i64,
    reactivado: i64,
    confirmado: i64,
}

impl Pedido {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        let carpeta = tempfile::tempdir()?;
        let casa = Casa::open(carpeta.path()).await?;
        let gente = self.populate(&casa).await?;
        let addr = std::net::TcpListener::bind(("127.0.0.1", 0))?.local_addr()?;
        let entorno = entorno::open(&casa.sello, Modo::Prueba, addr)?;
        let taller = taller::open(&casa, entorno.clone(), Reparto::AMano).await?;
        let taller = taller.context("otro proceso trabaja la carpeta")?;
        let cancel = CancellationToken::new();
        let puerta = puerta::open(&casa, &entorno.url_publica)?;
        let app = casa.app(entorno.clone());
        let sitio = wiring::sitio(&app, puerta, cancel.clone());
        let router = ramal_web::assemble(app, wiring::rutas(), sitio);
        let router = wiring::doors(router, &casa, &taller.puertos);
        let router = wiring::emulator_pages(router, &taller.emuladores);
        let servidor = ramal_web::servir(router, addr, cancel.clone()).await?;
        let (obrero, fin) = (taller.obrero.clone(), cancel.clone());
        let trabajo = tokio::spawn(async move { obrero.run(fin).await });
        let vacia = empty(&casa).await?;
        let mut medidas = Vec::new();
        for rafaga in gente.chunks(RAFAGA) {
            medidas.extend(burst(&casa, &taller, (&entorno.url_publica, rafaga)).await?);
        }
        cancel.cancel();
        servidor.wait().await?;
        trabajo.await?;
        self.report(&medidas, vacia)?;
        casa.db.close().await?;
        Ok(HECHO)
    }

    /// The company: everybody billed; those who will pay are cut for debt.
    async fn populate(&self, casa: &Casa) -> anyhow::Result<Vec<Suscrito>> {
        let emisor = prepare(casa, Pais::Mx).await?;
        let hoy = emisor.zona().fecha(casa.cx.now());
        let primero = hoy.plus_dias(1 - i32::from(hoy.dia()));
        fill(casa, &emisor, self.clientes, primero).await?;
        let pedido = (primero, Opciones::default());
        corrida::run(&casa.db, &casa.cx, &casa.sello, pedido, |_| {}).await.map_err(problem)?;
        taller::wait_for_run(casa, primero, Reparto::EnSilencio).await?;
        taller::settle(casa).await?;
        const SQL: &str = "SELECT cliente_id, id FROM servicios ORDER BY numero LIMIT $1";
        let limite = i64::try_from(self.pagos)?;
        let gente: Vec<Suscrito> = casa.db.all(SQL, params![limite]).await?;
        ensure!(gente.len() == self.pagos, "hay menos clientes que pagos");
        for s in &gente {
            let tx = casa.db.begin().await?;
            let id = ramal_contratos::ServicioId::from_uuid(s.id);
            let orden = OrdenSuspender {
                clase: ClaseSuspension::Corte,
                fecha: Some(hoy),
                motivo: Some("Corte por deuda".to_owned()),
            };
            let hecho = ramal_contratos::actions::suspend(&tx, &casa.cx, id, orden).await;
            hecho.map_err(problem)?;
            let quien = (s.id, s.cliente_id);
            episodios::open(&tx, &casa.cx, quien, (None, hoy), "MXN").await?;
            tx.commit().await?;
        }
        Ok(gente)
    }

    fn report(&self, medidas: &[Medida], vacia_us: u64) -> anyhow::Result<()> {
        let column = |pick: fn(&Medida) -> i64| {
            let mut tiempos: Vec<i64> = medidas.iter().map(pick).collect();
            tiempos.sort_unstable();
            let at = |p: usize| tiempos.get((tiempos.len() * p / 100).min(tiempos.len() - 1));
            json!({ "p50_ms": at(50), "p95_ms": at(95), "peor_ms": tiempos.last() })
        };
        let total = |m: &Medida| m.pagada.max(m.reactivado).max(m.confirmado);
        let mut todos: Vec<i64> = medidas.iter().map(total).collect();
        todos.sort_unstable();
        let p95 = todos.get(todos.len() * 95 / 100).copied().unwrap_or_default();
        let micros = u64::try_from(p95).unwrap_or_default() * 1000;
        let informe = json!({
            "clientes": self.clientes,
            "pagos": medidas.len(),
            "factura_pagada": column(|m| m.pagada),
            "servicio_pedido": column(|m| m.reactivado),
            "confirmacion_encolada": column(|m| m.confirmado),
            "flujo": column(|m| m.pagada.max(m.reactivado).max(m.confirmado)),
            "transaccion_vacia_p95_us": vacia_us,
            "razon_vacia": permille(micros * 1000 / vacia_us.max(1)),
        });
        if self.json {
            salida::print_json(&informe)
        } else {
            println!("{}", serde_json::to_string_pretty(&informe)?);
            Ok(())
        }
    }
}

/// 95th percentile of a transaction that writes one counter.
async fn empty(casa: &Casa) -> anyhow::Result<u64> {
    let mut tiempos = Vec::new();
    for _ in 0..200 {
        let inicio = Instant::now();
        let tx = casa.db.begin().await?;
        tx.take_numbers("bench", 1).await?;
        tx.commit().await?;
        tiempos.push(u64::try_from(inicio.elapsed().as_micros()).unwrap_or(u64::MAX));
    }
    tiempos.sort_unstable();
    Ok(tiempos.get(190).copied().unwrap_or_default())
}

/// People who pay at the same time; gives what each had to wait.
async fn burst(
    casa: &Casa,
    taller: &Taller,
    (base, rafaga): (&str, &[Suscrito]),
) -> anyhow::Result<Vec<Medida>> {
    for s in rafaga {
        pay(casa, taller, (base, s.cliente_id)).await?;
    }
    let pasarela = taller.emuladores.pasarela.aqui.clone().context("pasarela emulada")?;
    pasarela.send_due().await;
    taller.obrero.poke();
    let limite = Instant::now() + PACIENCIA;
    let mut medidas = Vec::new();
    for s in rafaga {
        loop {
            if let Some(medida) = measured(casa, s).await? {
                medidas.push(medida);
                break;
            }
            ensure!(Instant::now() < limite, "un pago no llegó al final en {PACIENCIA:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    Ok(medidas)
}

/// Asks for a cobro and pays it on the gateway's page; its notice stays in the gateway.
async fn pay(casa: &Casa, taller: &Taller, (base, cliente): (&str, Uuid)) -> anyhow::Result<()> {
    let abiertas = abiertas(&casa.db, cliente, None).await.map_err(problem)?;
    let primera = abiertas.first().context("no debe nada")?;
    let nuevo = NuevoCobro {
        cliente_id: cliente,
        moneda: primera.moneda,
        partidas: vec![Partida {
            factura_id: primera.factura_id.uuid(),
            numero: primera.numero.clone(),
            monto: primera.abierto,
        }],
        medio: MedioRemoto::Enlace,
        pasarela: "emulada".to_owned(),
        origen: Origen::Enlace,
    };
    let tx = casa.db.begin().await?;
    let id = create_cobro(&tx, &casa.cx, nuevo).await.map_err(problem)?.fila().id;
    tx.commit().await?;
    let aviso = format!("{base}/webhooks/emulada");
    let ida = Ida { retorno: format!("{base}/"), aviso, token: None };
    let pasarela = taller.puertos.pasarelas.get("emulada").context("pasarela")?;
    let fila = launch_cobro(&casa.db, &casa.cx, pasarela.as_ref(), (id, &ida)).await;
    let url = fila.map_err(problem)?.url.context("el cobro no tiene página")?;
    let nadie = reqwest::redirect::Policy::none();
    let http = reqwest::Client::builder().redirect(nadie).build()?;
    let forma = [("metodo", "tarjeta"), ("tarjeta", "aprobada")];
    let respuesta = http.post(url).form(&forma).send().await?;
    ensure!(respuesta.status().is_redirection(), "la página dijo {}", respuesta.status());
    Ok(())
}

#[derive(FromQueryResult)]
struct Pasos {
    recibido: Instante,
    pagada: Instante,
    reactivado: Instante,
    confirmado: Instante,
}

/// Milliseconds from the notice to each step; none until the last one is there.
async fn measured(casa: &Casa, s: &Suscrito) -> anyhow::Result<Option<Medida>> {
    const SQL: &str = "SELECT w.recibido, p.instante AS pagada, r.instante AS reactivado, \
        n.creado AS confirmado FROM cobros c \
        JOIN webhooks_entrantes w ON w.cobro_id = c.id \
        JOIN eventos p ON p.cliente_id = c.cliente_id AND p.tipo = 'factura.pagada' \
        JOIN eventos r ON r.cliente_id = c.cliente_id AND r.tipo = 'servicio.reactivado' \
        JOIN notificaciones n ON n.cliente_id = c.cliente_id AND n.clase = 'confirmacion_pago' \
        WHERE c.cliente_id = $1 ORDER BY w.recibido LIMIT 1";
    let pasos: Option<Pasos> = casa.db.opt(SQL, params![s.cliente_id]).await?;
    Ok(pasos.map(|p| {
        let since = |cuando: Instante| cuando.millis() - p.recibido.millis();
        Medida {
            pagada: since(p.pagada),
            reactivado: since(p.reactivado),
            confirmado: since(p.confirmado),
        }
    }))
}
