//! The house at work: emulators if the modes ask for them, connectors, and the worker that runs the
//! jobs.

use std::sync::Arc;
use std::time::Duration;

use ramal_base::Zona;
use ramal_facturacion::corrida;
use ramal_jobs::Obrero;
use ramal_web::Entorno;
use tokio_util::sync::CancellationToken;

use crate::candado::{self, Candado};
use crate::casa::Casa;
use crate::conexiones::Enlaces;
use crate::emuladores::{self, Emuladores, Reparto};
use crate::puertos::Puertos;
use crate::wiring::Voz;
use crate::{entorno, mensajeria, salida, wiring};

/// A lease short enough that the jobs of a killed process come back at once.
const ARRIENDO_MS: i64 = 8_000;

/// Worker of a data folder, with what it needs.
pub struct Taller {
    /// Runs the jobs.
    pub obrero: Obrero,
    /// Authorities inside the process.
    pub emuladores: Emuladores,
    /// Doors to gateways and channels, for the pages too.
    pub puertos: Puertos,
    _candado: Candado,
}

/// Opens the worker of the house; none if another process of this machine is already working on the
/// folder. `reparto` says who carries what the emulators send.
pub async fn open(
    casa: &Casa,
    entorno: Entorno,
    reparto: Reparto,
) -> anyhow::Result<Option<Taller>> {
    let Some(candado) = candado::take(&casa.carpeta)? else { return Ok(None) };
    let donde = (reparto, entorno.url_publica.as_str());
    let emuladores = emuladores::start(&casa.carpeta, casa.cx.clock(), donde).await?;
    let enlaces = Enlaces::open(casa, &emuladores).await?;
    mensajeria::point_at_emulators(casa, &emuladores, &entorno).await?;
    let puertos = Puertos::open(casa, Some(&emuladores), entorno).await?;
    let voz = if reparto == Reparto::EnSilencio { Voz::Callada } else { Voz::Viva };
    let registro = wiring::registro(casa, (&enlaces, &puertos), (&zone(casa).await?, voz));
    let obrero = Obrero::new(casa.db.clone(), casa.cx.as_actor("obrero"), registro);
    let obrero = obrero.with_arriendo_ms(ARRIENDO_MS);
    Ok(Some(Taller { obrero, emuladores, puertos, _candado: candado }))
}

async fn zone(casa: &Casa) -> anyhow::Result<Zona> {
    let empresa = ramal_plataforma::empresa_if_any(&casa.db).await.map_err(salida::problem)?;
    Ok(empresa.map_or_else(Zona::utc, |e| e.zona()))
}

/// How often a command that waits looks again.
const MIRADA: Duration = Duration::from_millis(250);

/// Waits until the authorities have answered every document of the run of a day, or until what
/// remains waits for a person.
///
/// Works the queue itself, or watches the process that does.
pub async fn wait_for_run(
    casa: &Casa,
    fecha: ramal_base::Fecha,
    reparto: Reparto,
) -> anyhow::Result<()> {
    hurry_summaries(casa, fecha).await?;
    let taller = open(casa, entorno::of_commands(&casa.sello)?, reparto).await?;
    let cancel = CancellationToken::new();
    let trabajo = taller.as_ref().map(|t| {
        let (obrero, cancel) = (t.obrero.clone(), cancel.clone());
        tokio::spawn(async move { obrero.run(cancel).await })
    });
    loop {
        let resumen = corrida::resumen(&casa.db, fecha).await.map_err(salida::problem)?;
        if matches!(resumen.estado.as_str(), "terminada" | "detenida") {
            break;
        }
        tokio::time::sleep(MIRADA).await;
    }
    cancel.cancel();
    if let Some(trabajo) = trabajo {
        trabajo.await?;
    }
    Ok(())
}

/// Does what is due now, telling nobody, unless another process works the folder.
pub async fn settle(casa: &Casa) -> anyhow::Result<()> {
    let entorno = entorno::of_commands(&casa.sello)?;
    if let Some(taller) = open(casa, entorno, Reparto::EnSilencio).await? {
        taller.obrero.drain().await?;
    }
    Ok(())
}

/// Asks now for the summaries that would be made at night: whoever waits should not wait for that.
async fn hurry_summaries(casa: &Casa, fecha: ramal_base::Fecha) -> anyhow::Result<()> {
    let emisores = ramal_plataforma::emisores(&casa.db).await?;
    let en_resumen =
        |id| emisores.iter().any(|e| e.id.uuid() == id && e.ajustes["boletas"] == "resumen");
    let dias = corrida::espera::dias_en_cola(&casa.db, fecha).await?;
    let tx = casa.db.begin().await?;
    for (emisor, dia) in dias.into_iter().filter(|(emisor, _)| en_resumen(*emisor)) {
        let pedido = ramal_fiscal::actions::send_resumenes(&tx, &casa.cx, emisor, dia).await;
        pedido.map_err(salida::problem)?;
    }
    Ok(tx.commit().await?)
}

/// Starts the worker of the house in the background until `cancel`; none if another process has it.
pub async fn start(
    casa: &Casa,
    entorno: Entorno,
    cancel: &CancellationToken,
) -> anyhow::Result<Option<(Arc<Taller>, tokio::task::JoinHandle<()>)>> {
    let Some(taller) = open(casa, entorno, Reparto::Solo).await? else { return Ok(None) };
    let taller = Arc::new(taller);
    let (obrero, fin) = (taller.obrero.clone(), cancel.clone());
    let tarea = tokio::spawn(async move { obrero.run(fin).await });
    Ok(Some((taller, tarea)))
}
