//! `ramal bench facturacion`: bills N services through the real path into a fresh database, beside
//! the machine's RSA limit.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Context;
use clap::{Args, Subcommand};
use ramal_base::documentos::TipoDocumento;
use ramal_base::{Dinero, Fecha, Pais};
use ramal_catalogo::ProductoId;
use ramal_clientes::cliente::EstadoCliente;
use ramal_clientes::{Cliente, ClienteId};
use ramal_contratos::{Ancla, EstadoServicio, Servicio};
use ramal_facturacion::corrida::{self, Opciones};
use ramal_plataforma::{Emisor, NuevoEmisor};
use serde::Serialize;
use serde_json::json;

use super::init;
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
        let Que::Facturacion(pedido) = self.que;
        pedido.run().await
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

async fn prepare(casa: &Casa, pais: Pais) -> anyhow::Result<Emisor> {
    let (numero, nombre) = match pais {
        Pais::Pe => ("20600000005", "RAMAL DEMO S.A.C."),
        _ => ("EKU9003173C9", "ESCUELA KEMPER URGATE"),
    };
    let alta = init::set_up(casa, NuevoEmisor::new(pais, numero, nombre)).await?;
    init::test_certificate(casa, &alta.emisor).await?;
    Ok(alta.emisor)
}

/// Services per transaction while the database is filled, which is not measured.
const TANDA: u32 = 1000;

async fn fill(casa: &Casa, emisor: &Emisor, cantidad: u32, fecha: Fecha) -> anyhow::Result<()> {
    let tx = casa.db.begin().await?;
    let producto =
        ramal_catalogo::actions::ensure_producto_generico(&tx, &casa.cx, emisor.moneda).await;
    let producto = producto.map_err(problem)?.id;
    tx.commit().await?;
    let mut hechos = 0;
    while hechos < cantidad {
        let n = TANDA.min(cantidad - hechos);
        let tx = casa.db.begin().await?;
        let numero = tx.take_numbers("clientes", i64::from(n)).await?;
        tx.take_numbers("servicios", i64::from(n)).await?;
        let clientes: Vec<Cliente> =
            (0..i64::from(n)).map(|i| cliente_nuevo(casa, emisor.pais, numero + i)).collect();
        ramal_clientes::storage::insert_many(&tx, &clientes, None).await?;
        let servicios: anyhow::Result<Vec<Servicio>> =
            clientes.iter().map(|c| servicio_nuevo(casa, emisor, producto, (c, fecha))).collect();
        ramal_contratos::storage::insert_many(&tx, &casa.cx, &servicios?, None).await?;
        tx.commit().await?;
        hechos += n;
    }
    Ok(())
}

fn cliente_nuevo(casa: &Casa, pais: Pais, numero: i64) -> Cliente {
    let (tipo_documento, documento) = match pais {
        Pais::Pe => (TipoDocumento::Dni, format!("{:08}", numero.rem_euclid(100_000_000))),
        _ => (TipoDocumento::Rfc, "XAXX010101000".to_owned()),
    };
    Cliente {
        id: casa.cx.new_id::<ramal_clientes::cliente::ClienteMarca>() as ClienteId,
        numero,
        pais,
        tipo_documento,
        numero_documento: documento,
        razon_social: format!("Cliente de Prueba Número {numero}"),
        nombre_comercial: None,
        email: None,
        telefono: None,
        regimen_fiscal: None,
        uso_cfdi: None,
        codigo_postal: None,
        direccion: Some("Av. Siempre Viva 742".to_owned()),
        estado: EstadoCliente::Activo,
        notas: None,
        version: 1,
        creado: casa.cx.now(),
        actualizado: casa.cx.now(),
    }
}

fn servicio_nuevo(
    casa: &Casa,
    emisor: &Emisor,
    producto: ProductoId,
    (cliente, fecha): (&Cliente, Fecha),
) -> anyhow::Result<Servicio> {
    let precio = Dinero::new(39_900 + cliente.numero.rem_euclid(100) * 10, emisor.moneda);
    Ok(Servicio {
        id: casa.cx.new_id(),
        numero: cliente.numero,
        cliente_id: cliente.id,
        contrato_id: None,
        emisor_id: emisor.id.uuid(),
        producto_id: producto,
        descripcion: "Internet fibra 100 Mbps".to_owned(),
        precio,
        impuesto_incluido: true,
        requiere_factura: true,
        ancla: Ancla::new(fecha, 1).context("ancla")?,
        inicio: fecha,
        facturado_desde: fecha,
        fin: None,
        estado: EstadoServicio::Activo,
        auto_renovacion: true,
        grupo: None,
        hechos: 1,
        revisar_desde: fecha,
        proxima_revision: Some(fecha),
        configuracion: json!({}),
        notas: None,
        version: 1,
        creado: casa.cx.now(),
        actualizado: casa.cx.now(),
    })
}

/// Most memory that the process has had, in MB; 0 where the system does not tell.
fn peak_memory_mb() -> u64 {
    let estado = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let linea = estado.lines().find(|l| l.starts_with("VmHWM:"));
    let kb = linea.and_then(|l| l.split_whitespace().nth(1)).and_then(|n| n.parse::<u64>().ok());
    kb.unwrap_or(0) / 1024
}
