//! The demo company: two emisores, the named world, 300 imported customers, two months billed and
//! mostly paid, each thing on its day; the month that runs is left to be billed.

mod archivos;
mod cobranza;
pub mod cuentas;
mod historia;
mod reloj;
mod resumen;

use std::sync::Arc;

use anyhow::Context;
use ramal_base::{Cx, Fecha, Pais};
use ramal_clientes::validacion;
use ramal_clientes::{DatosCliente, actions as clientes};
use ramal_contratos::actions as contratos;
use ramal_contratos::comandos::DatosContratar;
use ramal_db::{Consulta, params};
use ramal_facturacion::corrida::{self, Opciones};
use ramal_migracion::{Origen, PedidoImportacion, Perfil};
use ramal_plataforma::{Emisor, NuevoEmisor};
use serde_json::json;

use crate::casa::Casa;
use crate::cli::init;
use crate::emuladores::Reparto;
use crate::salida::problem;
use crate::taller;

pub use resumen::Resumen;

const RFC: &str = "EKU9003173C9";
const RUC: &str = "20600000005";
/// Customers that come in by file, per country.
const POR_PAIS: usize = 150;
/// Rows of the panel file that make so many customers, some with two services.
const FILAS_PANEL: usize = 187;
/// The customer of the stories: code C-66489.
const NUMERO_JAVIER: i64 = 66_489;

/// Makes the demo company, bills its month and waits for the authorities; repeating it changes
/// nothing.
pub async fn run(casa: &Casa) -> anyhow::Result<Resumen> {
    let hoy = ramal_base::Zona::parse("America/Mexico_City")?.fecha(casa.cx.now());
    let meses = historia::Meses::before(hoy);
    let antes = reloj::on(casa, meses.primero, "09:00:00")?;
    let mexico = NuevoEmisor::new(Pais::Mx, RFC, "ESCUELA KEMPER URGATE SA DE CV");
    let mexico = init::set_up(&antes, mexico).await?;
    let peru = NuevoEmisor {
        nombre_comercial: Some("RAMAL".to_owned()),
        ..NuevoEmisor::new(Pais::Pe, RUC, "RAMAL DEMO S.A.C.")
    };
    let peru = init::set_up(&antes, peru).await?;
    for emisor in [&mexico.emisor, &peru.emisor] {
        ensure_certificate(&antes, emisor).await?;
    }
    if !is_lived(casa).await? {
        live(casa, &meses, (&mexico.emisor, &peru.emisor)).await?;
    }
    let clave = mexico.clave.or(peru.clave);
    let cuentas = cuentas::ensure(casa).await?;
    resumen::read(casa, meses.cierre_segundo, (clave, cuentas)).await
}

/// Whether the two months were lived to their end: the desk is what is made last.
async fn is_lived(casa: &Casa) -> anyhow::Result<bool> {
    let cajas: i64 = casa.db.scalar("SELECT COUNT(*) FROM cajas", params![]).await?.unwrap_or(0);
    Ok(cajas > 0)
}

/// The two months, each thing on its day; what was done already is not done again.
async fn live(
    casa: &Casa,
    meses: &historia::Meses,
    (mexico, peru): (&Emisor, &Emisor),
) -> anyhow::Result<()> {
    let antes = reloj::on(casa, meses.primero, "10:00:00")?;
    catalogue(&antes, mexico).await?;
    let seed = archivos::seed003(POR_PAIS, meses.primero);
    import(&antes, (peru, "seed003"), meses.primero, seed).await?;
    let panel = archivos::panel(FILAS_PANEL);
    import(&antes, (mexico, "panel"), meses.primero, panel).await?;
    javier(&antes, mexico, meses.primero).await?;
    bill(&reloj::on(casa, meses.cierre_primero, "20:00:00")?, meses.cierre_primero).await?;
    cobranza::pay(casa, cobranza::Mes::Primero).await?;
    historia::live(&reloj::on(casa, meses.segundo, "11:00:00")?, mexico, meses).await?;
    bill(&reloj::on(casa, meses.cierre_segundo, "20:00:00")?, meses.cierre_segundo).await?;
    cobranza::pay(casa, cobranza::Mes::Segundo).await?;
    cobranza::office(casa).await?;
    taller::settle(casa).await
}

/// Runs the billing of a day and waits for the authorities.
async fn bill(casa: &Casa, fecha: Fecha) -> anyhow::Result<()> {
    let pedido = (fecha, Opciones::default());
    corrida::run(&casa.db, &casa.cx, &casa.sello, pedido, |_| {}).await.map_err(problem)?;
    taller::wait_for_run(casa, fecha, Reparto::EnSilencio).await
}

async fn ensure_certificate(casa: &Casa, emisor: &Emisor) -> anyhow::Result<()> {
    let fiscal = ramal_fiscal::EmisorFiscal::from(emisor.clone());
    match ramal_fiscal::firmante::open(&casa.db, &casa.sello, &fiscal).await {
        Ok(_) => Ok(()),
        Err(ramal_fiscal::Error::SinCertificado) => init::test_certificate(casa, emisor).await,
        Err(otro) => Err(problem(otro)),
    }
}

async fn catalogue(casa: &Casa, emisor: &Emisor) -> anyhow::Result<()> {
    let tx = casa.db.begin().await?;
    let bytes = archivos::CATALOGO.as_bytes();
    let hecho = ramal_catalogo::actions::import_catalogo(&tx, &casa.cx, emisor.moneda, bytes).await;
    let hecho = hecho.map_err(problem)?;
    anyhow::ensure!(hecho.errores.is_empty(), "el catálogo de la demostración no se pudo cargar");
    tx.commit().await?;
    Ok(())
}

async fn import(
    casa: &Casa,
    (emisor, perfil): (&Emisor, &str),
    al: Fecha,
    archivo: String,
) -> anyhow::Result<()> {
    let origen = Origen::Bytes(format!("demo-{perfil}.csv"), Arc::from(archivo.into_bytes()));
    let perfil = Perfil::find(perfil).map_err(problem)?;
    let pedido = PedidoImportacion {
        al: Some(al),
        emisor: Some(emisor.numero.clone()),
        ..PedidoImportacion::new(origen, perfil)
    };
    let hecho = ramal_migracion::importar(&casa.db, &casa.cx, pedido, |_| {}).await;
    hecho.map_err(problem)?;
    Ok(())
}

/// Javier Mosca, customer 66489: fibre and telephone, each with its own anchor.
async fn javier(casa: &Casa, emisor: &Emisor, primero: Fecha) -> anyhow::Result<()> {
    let tx = casa.db.begin().await?;
    if ramal_clientes::storage::id_by_numero(&tx, NUMERO_JAVIER).await?.is_some() {
        return Ok(());
    }
    let datos = DatosCliente {
        tipo_documento: "RFC".to_owned(),
        numero_documento: "XAXX010101000".to_owned(),
        razon_social: "Javier Mosca".to_owned(),
        email: Some("javier.mosca@correo.example".to_owned()),
        telefono: Some("+52 55 6648 9000".to_owned()),
        codigo_postal: Some("64000".to_owned()),
        regimen_fiscal: Some("616".to_owned()),
        direccion: Some("Av. Constitución 664, Monterrey".to_owned()),
        ..DatosCliente::default()
    };
    let validos = validacion::check(&datos).map_err(ramal_base::Problema::campos)?;
    let cliente = clientes::new_cliente(&casa.cx, &datos, validos, NUMERO_JAVIER);
    ramal_clientes::storage::insert_many(&tx, std::slice::from_ref(&cliente), None).await?;
    for (producto, dia) in [("FIBRA 100", 1), ("TELEFONIA ILIMITADA", 15)] {
        let inicio = primero.plus_dias(dia - 1);
        contract(&tx, &casa.cx, (cliente.id, emisor), (producto, inicio)).await?;
    }
    tx.commit().await?;
    Ok(())
}

async fn contract(
    tx: &ramal_db::Tx,
    cx: &Cx,
    (cliente, emisor): (ramal_clientes::ClienteId, &Emisor),
    (producto, inicio): (&str, Fecha),
) -> anyhow::Result<()> {
    let producto = ramal_catalogo::storage::by_nombre(tx, producto).await?;
    let producto = producto.context("falta un producto en el catálogo de la demostración")?;
    let pedido: DatosContratar = serde_json::from_value(json!({
        "cliente_id": cliente,
        "producto_id": producto.id,
        "emisor_id": emisor.id,
        "fecha_inicio": inicio,
    }))?;
    contratos::contratar(tx, cx, pedido).await.map_err(problem)?;
    Ok(())
}
