//! `ramal bench paginas`: every list and the search over a big database, each beside an empty page
//! of the same run. In this process, without the network; it asserts nothing.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::ensure;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use axum::{Extension, Router};
use clap::Args;
use ramal_base::{Fecha, Pais};
use ramal_facturacion::corrida::{self, Opciones};
use ramal_plataforma::Identidad;
use ramal_web::Entorno;
use serde::Serialize;
use serde_json::json;
use tower::ServiceExt;

use super::mundo::{fill, prepare};
use super::permille;
use crate::casa::Casa;
use crate::salida::{self, HECHO, problem};
use crate::wiring;

/// What is measured and on how much.
#[derive(Args)]
pub(super) struct Pedido {
    /// Clientes, con un servicio cada uno.
    #[arg(long, default_value_t = 50_000)]
    clientes: u32,
    /// Meses facturados: las facturas son clientes × meses.
    #[arg(long, default_value_t = 2)]
    meses: u8,
    /// Veces que se pide cada dirección.
    #[arg(long, default_value_t = 40)]
    veces: u32,
    /// Un objeto JSON en la salida.
    #[arg(long)]
    json: bool,
}

/// The page against which the others are compared: the shell with nothing in it.
const VACIA: &str = "/buscar";

/// Addresses measured. The search must stay under 120 ms, the others under 80.
const DIRECCIONES: [&str; 22] = [
    "/admin/clientes",
    "/admin/clientes?q=mosca",
    "/admin/clientes?q=osca",
    "/admin/clientes?q=jose+garcia",
    "/admin/clientes?q=C-40000",
    "/admin/clientes?estado=activo",
    "/admin/clientes?orden=-alta",
    "/admin/servicios",
    "/admin/servicios?estado=activo",
    "/facturacion/facturas",
    "/facturacion/facturas?estado=pendiente",
    "/facturacion/facturas?q=mosca",
    "/facturacion/facturas?orden=-total",
    "/facturacion/facturas?orden=vence",
    "/facturacion/facturas?desde=2026-12-01&hasta=2026-12-31",
    "/facturacion/documentos",
    "/facturacion/documentos?estado=en_cola",
    "/facturacion/corridas",
    "/admin/auditoria",
    "/buscar?q=osca",
    "/buscar?q=jose+garcia",
    "/buscar?q=49999",
];

/// Times of one address, in microseconds.
#[derive(Serialize)]
struct Medida {
    ruta: String,
    p50_us: u64,
    p95_us: u64,
    razon_vacia: serde_json::Value,
    bytes: usize,
}

impl Pedido {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        let carpeta = tempfile::tempdir()?;
        let casa = Casa::open(carpeta.path()).await?;
        let facturas = self.populate(&casa).await?;
        let router = router(&casa);
        let (vacia, _) = self.measure(&router, VACIA).await?;
        let vacia_p95 = percentile(&vacia, 95);
        let mut medidas = Vec::new();
        for ruta in DIRECCIONES {
            let (tiempos, bytes) = self.measure(&router, ruta).await?;
            let p95_us = percentile(&tiempos, 95);
            let razon_vacia = permille(p95_us * 1000 / vacia_p95.max(1));
            let ruta = ruta.to_owned();
            medidas.push(Medida {
                ruta,
                p50_us: percentile(&tiempos, 50),
                p95_us,
                razon_vacia,
                bytes,
            });
        }
        let informe = json!({
            "clientes": self.clientes,
            "facturas": facturas,
            "vacia_p95_us": vacia_p95,
            "peor_p95_us": medidas.iter().map(|m| m.p95_us).max(),
            "paginas": medidas,
        });
        casa.db.close().await?;
        if self.json {
            salida::print_json(&informe)?;
        } else {
            println!("{}", serde_json::to_string_pretty(&informe)?);
        }
        Ok(HECHO)
    }

    /// Fills the house through the real path; gives how many invoices there are.
    async fn populate(&self, casa: &Casa) -> anyhow::Result<u64> {
        let emisor = prepare(casa, Pais::Mx).await?;
        let primero = Fecha::new(2026, 12, 1)?;
        fill(casa, &emisor, self.clientes, primero).await?;
        let mut facturas = 0;
        for mes in 0..self.meses {
            let pedido = (primero.plus_meses(i32::from(mes)), Opciones::default());
            let avance = corrida::run(&casa.db, &casa.cx, &casa.sello, pedido, |_| {}).await;
            facturas += avance.map_err(problem)?.sellados;
        }
        let esperadas = u64::from(self.clientes) * u64::from(self.meses);
        ensure!(facturas == esperadas, "se sellaron {facturas} de {esperadas}");
        Ok(facturas)
    }

    /// Asks for an address several times; the first, which fills caches, is not counted.
    async fn measure(&self, router: &Router, ruta: &str) -> anyhow::Result<(Vec<Duration>, usize)> {
        let (_, bytes) = ask(router, ruta).await?;
        let mut tiempos = Vec::new();
        for _ in 0..self.veces.max(2) {
            tiempos.push(ask(router, ruta).await?.0);
        }
        tiempos.sort_unstable();
        Ok((tiempos, bytes))
    }
}

/// The pages as they are served, for somebody who may do everything.
fn router(casa: &Casa) -> Router {
    let app = casa.app(Entorno::prueba());
    let todo = Identidad::prueba(&["*"]);
    let sitio = wiring::paginas().wrap(|r| r.layer(Extension(todo)));
    let router = ramal_web::assemble(app, wiring::rutas(), sitio);
    router.layer(Extension(casa.sello.clone()))
}

async fn ask(router: &Router, ruta: &str) -> anyhow::Result<(Duration, usize)> {
    let pedido = Request::get(ruta).header(header::ACCEPT_ENCODING, "gzip").body(Body::empty())?;
    let inicio = Instant::now();
    let respuesta = router.clone().oneshot(pedido).await?;
    let estado = respuesta.status();
    let bytes = axum::body::to_bytes(respuesta.into_body(), usize::MAX).await?.len();
    let tiempo = inicio.elapsed();
    let bien = estado == StatusCode::OK || estado == StatusCode::SEE_OTHER;
    ensure!(bien, "{ruta} respondió {estado}");
    Ok((tiempo, bytes))
}

/// A percentile of sorted times, in microseconds.
fn percentile(tiempos: &[Duration], cual: usize) -> u64 {
    let i = (tiempos.len() * cual).div_ceil(100).saturating_sub(1);
    let tiempo = tiempos.get(i).copied().unwrap_or_default();
    u64::try_from(tiempo.as_micros()).unwrap_or(u64::MAX)
}
