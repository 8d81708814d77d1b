//! The engine of a run: three stages side by side (post, seal, store) joined by short queues, so
//! memory stays flat.

use std::sync::Arc;

use ramal_base::{Cx, Fecha, Instante};
use ramal_clientes::ClienteId;
use ramal_db::Db;
use ramal_fiscal::{Preparado, Sellado};
use ramal_plataforma::Sello;
use tokio::sync::mpsc;
use uuid::Uuid;

use crate::Error;
use crate::corrida::plan::{self, Calculo};
use crate::corrida::publicacion::{self, PlanDe, Publicado};
use crate::corrida::sellado::{self, Firmantes};
use crate::corrida::{Contexto, carga};
use crate::events::CorridaAvanzo;
use crate::recargo;
use crate::storage::corridas::{self, CorridaId};

/// How a run is executed.
#[derive(Clone, Copy, Debug)]
pub struct Opciones {
    /// Customers per transaction.
    pub clientes_por_lote: i64,
}

impl Default for Opciones {
    fn default() -> Opciones {
        Opciones { clientes_por_lote: 400 }
    }
}

/// How far a run is; given after each chunk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Avance {
    /// Customers looked at.
    pub clientes: u64,
    /// Invoices and notes numbered.
    pub papeles: u64,
    /// Documents signed and stored.
    pub sellados: u64,
    /// Customers set aside.
    pub aparcados: u64,
    /// Rows written.
    pub filas: u64,
}

/// Chunks that may wait between two stages.
const COLA: usize = 2;

/// Executes the run of a day: posts what is due, numbers it, seals it and queues it for its
/// authority.
///
/// Safe to kill at any moment and to execute again: whole chunks are done or untouched, numbered
/// documents without
/// XML are sealed first. Two processes at once share the work without doing any of it twice.
/// Errors: `Storage`, `Fiscal` if a certificate cannot be opened, `Interrumpida`.
pub async fn run(
    db: &Db,
    cx: &Cx,
    sello: &Sello,
    (fecha, opciones): (Fecha, Opciones),
    mut progreso: impl FnMut(Avance) + Send,
) -> Result<Avance, Error> {
    let ctx = Contexto::load(db, fecha).await?.with_emision(cx.now());
    let firmantes = Arc::new(Firmantes::open(db, cx, sello, &ctx).await?);
    let ctx = Arc::new(ctx.with_negados(firmantes.negados()));
    let corrida = begin(db, cx, fecha).await?;
    let mut avance = Avance::default();
    avance.sellados += sellado::seal_pending(db, cx, &ctx, &firmantes).await?;
    let (a_sellar, por_sellar) = mpsc::channel::<Vec<Preparado>>(COLA);
    let (a_guardar, por_guardar) = mpsc::channel::<Vec<Sellado>>(COLA);
    let sellador = tokio::spawn(seal_stage(firmantes.clone(), por_sellar, a_guardar));
    let guardia = tokio::spawn(store_stage(db.clone(), cx.clone(), por_guardar));
    let publicado = post_stage(db, cx, &ctx, (corrida, opciones), |publicado| {
        avance.clientes += count(publicado.hechos.len() + publicado.aparcados.len());
        avance.aparcados += count(publicado.aparcados.len());
        avance.papeles += publicado.papeles;
        avance.filas += publicado.filas;
        progreso(avance);
        let preparados = std::mem::take(&mut publicado.por_sellar);
        let a_sellar = a_sellar.clone();
        async move { a_sellar.send(preparados).await.map_err(|_| Error::Interrumpida) }
    })
    .await;
    drop(a_sellar);
    let sellado = sellador.await.map_err(|_| Error::Interrumpida)?;
    let guardado = guardia.await.map_err(|_| Error::Interrumpida)?;
    sellado?;
    avance.sellados += guardado?;
    finish(db, cx, (corrida, fecha), publicado?).await?;
    progreso(avance);
    Ok(avance)
}

/// How the posting of a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fin {
    /// No customer is due any more.
    Completa,
    /// Somebody stopped it; what is left waits.
    Pausada,
}

fn count(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}

async fn begin(db: &Db, cx: &Cx, fecha: Fecha) -> Result<CorridaId, Error> {
    let tx = db.begin().await?;
    let corrida = corridas::ensure(&tx, cx, fecha).await?;
    corridas::set_estado(&tx, corrida.id, "cargos", None).await?;
    tx.commit().await?;
    Ok(corrida.id)
}

async fn finish(
    db: &Db,
    cx: &Cx,
    (corrida, fecha): (CorridaId, Fecha),
    fin: Fin,
) -> Result<(), Error> {
    let tx = db.begin().await?;
    match fin {
        Fin::Completa => corridas::set_estado(&tx, corrida, "emitida", Some(cx.now())).await?,
        Fin::Pausada => corridas::set_estado(&tx, corrida, "pausada", None).await?,
    }
    tx.emit(cx, &CorridaAvanzo { fecha }).await?;
    tx.commit().await.map_err(Error::from)
}

/// Milliseconds between two notices of one run.
const AVISO_MS: i64 = 1_000;

/// Posts chunk after chunk until no customer is due or somebody stops the run.
async fn post_stage<F, R>(
    db: &Db,
    cx: &Cx,
    ctx: &Arc<Contexto>,
    (corrida, opciones): (CorridaId, Opciones),
    mut entrega: F,
) -> Result<Fin, Error>
where
    F: FnMut(&mut Publicado) -> R,
    R: Future<Output = Result<(), Error>>,
{
    let mut despues = None;
    let mut avisada = None;
    loop {
        if corridas::is_pausada(db, corrida).await? {
            return Ok(Fin::Pausada);
        }
        let limite = opciones.clientes_por_lote;
        let ids = ramal_contratos::storage::clientes_por_revisar(db, ctx.limite(), despues, limite)
            .await?;
        let Some(ultimo) = ids.last() else { return Ok(Fin::Completa) };
        despues = Some(*ultimo);
        let ahora = cx.now();
        let toca = avisada.is_none_or(|a: Instante| a.plus_millis(AVISO_MS) <= ahora);
        let aviso = toca.then_some(CorridaAvanzo { fecha: ctx.as_of });
        avisada = if toca { Some(ahora) } else { avisada };
        let mut publicado = post_chunk(db, cx, ctx, (corrida, aviso), &ids).await?;
        entrega(&mut publicado).await?;
    }
}

/// One transaction: lock the customers, look, plan, post, number.
async fn post_chunk(
    db: &Db,
    cx: &Cx,
    ctx: &Arc<Contexto>,
    (corrida, aviso): (CorridaId, Option<CorridaAvanzo>),
    ids: &[ClienteId],
) -> Result<Publicado, Error> {
    let tx = db.begin().await?;
    let clientes = ramal_clientes::storage::lock_many(&tx, ids).await?;
    let lote = carga::load(&tx, ctx, clientes).await?;
    let planes = plan_chunk(&tx, ctx, lote).await?;
    let publicado = publicacion::publish(&tx, cx, Some(corrida.uuid()), planes).await?;
    corridas::mark_clientes(&tx, corrida, &publicado.hechos, &publicado.aparcados).await?;
    if let Some(aviso) = aviso {
        tx.emit(cx, &aviso).await?;
    }
    tx.commit().await?;
    Ok(publicado)
}

/// Plans of a chunk; the issued lines are read only if some charge went down.
pub(crate) async fn plan_chunk(
    c: &impl ramal_db::Consulta,
    ctx: &Contexto,
    lote: carga::Lote,
) -> Result<Vec<PlanDe>, Error> {
    let mut calculados = Vec::with_capacity(lote.clientes.len());
    let recargos = lote.recargos;
    for (cliente, historias) in lote.clientes {
        let calculos: Result<Vec<Calculo>, _> =
            historias.into_iter().map(|h| plan::compute(ctx, h)).collect();
        calculados.push((cliente, calculos));
    }
    let bajan: Vec<Uuid> = calculados
        .iter()
        .filter_map(|(_, calculos)| calculos.as_ref().ok())
        .flatten()
        .filter(|c| c.has_abonos())
        .map(|c| c.servicio.id.uuid())
        .collect();
    let emitidas = carga::issued_lines(c, &bajan).await?;
    let plan = |(cliente, calculos): (ramal_clientes::Cliente, Result<Vec<Calculo>, _>)| {
        let id = cliente.id.uuid();
        let plan = calculos.and_then(|suyos| plan::assemble(ctx, &cliente, suyos, &emitidas));
        let plan = plan.and_then(|p| match recargos.get(&id) {
            Some(suyos) => recargo::linea::add_to_plan(ctx, p, suyos),
            None => Ok(p),
        });
        (id, plan)
    };
    Ok(calculados.into_iter().map(plan).collect())
}

async fn seal_stage(
    firmantes: Arc<Firmantes>,
    mut entrada: mpsc::Receiver<Vec<Preparado>>,
    salida: mpsc::Sender<Vec<Sellado>>,
) -> Result<(), Error> {
    while let Some(preparados) = entrada.recv().await {
        let listos = preparados.into_iter().filter(|p| firmantes.has(p.comprobante.emisor.id));
        let sellados = sellado::seal_all(firmantes.clone(), listos.collect()).await?;
        salida.send(sellados).await.map_err(|_| Error::Interrumpida)?;
    }
    Ok(())
}

async fn store_stage(
    db: Db,
    cx: Cx,
    mut entrada: mpsc::Receiver<Vec<Sellado>>,
) -> Result<u64, Error> {
    let mut total = 0;
    while let Some(sellados) = entrada.recv().await {
        total += sellado::store(&db, &cx, sellados).await?;
    }
    Ok(total)
}
