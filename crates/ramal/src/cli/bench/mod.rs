//! `ramal bench facturacion`: bills N services through the real path into a fresh database, beside
//! the machine's RSA limit. `ramal bench paginas` is in `paginas`.

pub(super) mod mundo;
mod paginas;
mod pagos;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::{Args, Subcommand};
use ramal_base::{Fecha, Pais};
use ramal_facturacion::corrida::{self, Opciones};
use serde::Serialize;
use serde_json::json;

use self::mundo::{fill, prepare};
use crate::casa::Casa;
use crate::salida::{self, HECHO, problem};

/// Mediciones que cualquiera puede repetir.
#[derive(Args)]
pub struct Bench {
    #[command(subcommand)]
    que: Que,
}

#[derive(Subcommand)]
enum Que {
    /// Factura N servicios por el camino real.
    Facturacion(Pedido),
    /// Pide las listas y la búsqueda sobre una base grande, al lado de una página vacía.
    Paginas(paginas::Pedido),
    /// Mide el camino de un pago: del aviso de la pasarela a la confirmación en cola.
    Pagos(pagos::Pedido),
}

#[derive(Args)]
struct Pedido {
    /// País del emisor.
    #[arg(long, value_parser = ["mx", "pe"], default_value = "mx")]
    pais: String,
    /// Servicios que se facturan.
    #[arg(long, default_value_t = 10_000)]
    cantidad: u32,
    /// Un objeto JSON en la salida.
    #[arg(long)]
    json: bool,
}

/// Figures of one size.
#[derive(Debug, Serialize)]
struct Medida {
    cantidad: u32,
    facturas: u64,
    segundos: String,
    facturas_por_segundo: u64,
    filas_por_segundo: u64,
    memoria_pico_mb: u64,
}

impl Bench {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        match self.que {
            Que::Facturacion(pedido) => pedido.run().await,
            Que::Paginas(pedido) => pedido.run().await,
            Que::Pagos(pedido) => pedido.run().await,
        }
    }
}

impl Pedido {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let pais = Pais::parse(&self.pais).unwrap_or(Pais::Mx);
        let limite = tokio::task::spawn_blocking(rsa_limit).await??;
        let chica = measure(pais, (self.cantidad / 10).max(1)).await?;
        let grande = measure(pais, self.cantidad).await?;
        let porcentaje = grande.facturas_por_segundo * 1000 / limite.max(1);
        let informe = json!({
            "pais": pais.codigo(),
            "facturas_por_segundo": grande.facturas_por_segundo,
            "limite_rsa_por_segundo": limite,
            "razon_limite": permille(porcentaje),
            "filas_por_segundo": grande.filas_por_segundo,
            "memoria_pico_mb": grande.memoria_pico_mb,
            "medidas": [chica, grande],
        });
        if self.json {
            salida::print_json(&informe)?;
        } else {
            println!("{}", serde_json::to_string_pretty(&informe)?);
        }
        Ok(HECHO)
    }
}

/// A ratio in thousandths as a JSON number with three decimals.
fn permille(valor: u64) -> serde_json::Value {
    let texto = format!("{}.{:03}", valor / 1000, valor % 1000);
    serde_json::from_str(&texto).unwrap_or(serde_json::Value::Null)
}

/// RSA-2048 signatures per second of all cores, measured for a second.
fn rsa_limit() -> anyhow::Result<u64> {
    let llave = ramal_xml::Llave::generate(2048)?;
    let hilos = std::thread::available_parallelism().map_or(1, usize::from);
    let inicio = Instant::now();
    let plazo = Duration::from_millis(1500);
    let firmas: u64 = std::thread::scope(|alcance| {
        let tarea = || {
            let mut n = 0_u64;
            while inicio.elapsed() < plazo {
                std::hint::black_box(llave.sign_sha256(&n.to_be_bytes()));
                n += 1;
            }
            n
        };
        let tareas: Vec<_> = (0..hilos).map(|_| alcance.spawn(tarea)).collect();
        tareas.into_iter().filter_map(|t| t.join().ok()).sum()
    });
    Ok(per_second(firmas, inicio.elapsed()))
}

fn per_second(n: u64, tiempo: Duration) -> u64 {
    let ms = u64::try_from(tiempo.as_millis()).unwrap_or(u64::MAX).max(1);
    n * 1000 / ms
}

async fn measure(pais: Pais, cantidad: u32) -> anyhow::Result<Medida> {
    let carpeta = tempfile::tempdir()?;
    let casa = Casa::open(carpeta.path()).await?;
    let fecha = Fecha::new(2026, 12, 1)?;
    let emisor = prepare(&casa, pais).await?;
    fill(&casa, &emisor, cantidad, fecha).await?;
    let inicio = Instant::now();
    let pedido = (fecha, Opciones::default());
    let avance = corrida::run(&casa.db, &casa.cx, &casa.sello, pedido, |_| {}).await;
    let avance = avance.map_err(problem)?;
    let tiempo = inicio.elapsed();
    if avance.sellados != u64::from(cantidad) {
        let resumen = corrida::resumen(&casa.db, fecha).await.map_err(problem)?;
        let motivo = resumen.aparcados_detalle.first().map_or("", |a| a.motivo.as_str());
        anyhow::bail!("se sellaron {} de {cantidad}. {motivo}", avance.sellados);
    }
    // comprobante, documento, trabajo y marca de factura por cada sellado
    let filas = avance.filas + avance.sellados * 4;
    let medida = Medida {
        cantidad,
        facturas: avance.sellados,
        segundos: format!("{}.{:03}", tiempo.as_secs(), tiempo.subsec_millis()),
        facturas_por_segundo: per_second(avance.sellados, tiempo),
        filas_por_segundo: per_second(filas, tiempo),
        memoria_pico_mb: peak_memory_mb(),
    };
    casa.db.close().await?;
    Ok(medida)
}

/// Most memory that the process has had, in MB; 0 where the system does not tell.
fn peak_memory_mb() -> u64 {
    let estado = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let linea = estado.lines().find(|l| l.starts_with("VmHWM:"));
    let kb = linea.and_then(|l| l.split_whitespace().nth(1)).and_then(|n| n.parse::<u64>().ok());
    kb.unwrap_or(0) / 1024
}
