//! Sealing: numbered documents become frozen bytes on every core, and are stored with the job that
//! sends them.
//!
//! It holds no transaction while it signs, so the rest of the company goes on working during a run.

use std::collections::HashMap;
use std::sync::Arc;

use ramal_base::{Cx, Instante};
use ramal_db::{Db, DbError};
use ramal_fiscal::{
    Comprobante, ComprobanteId, Contenido, Firmante, FormaPago, Origen, Preparado, Sellado, Tipo,
    emision, prepare,
};
use ramal_plataforma::Sello;
use uuid::Uuid;

use crate::corrida::Contexto;
use crate::corrida::plan::Motivo;
use crate::factura::{FacturaFila, LineaFila};
use crate::storage::facturas;
use crate::{Error, corrida::papel};

/// Signers of the emisores, opened once per run, and why the others cannot sign.
pub struct Firmantes {
    abiertos: HashMap<Uuid, Arc<Firmante>>,
    negados: HashMap<Uuid, Motivo>,
}

impl Firmantes {
    /// Opens the certificate of every emisor that has one in force now; one that cannot sign does
    /// not stop the others. Errors: `Storage`.
    pub async fn open(db: &Db, cx: &Cx, sello: &Sello, ctx: &Contexto) -> Result<Firmantes, Error> {
        let (mut abiertos, mut negados) = (HashMap::new(), HashMap::new());
        for emisor in ctx.emisores() {
            let abierto = ramal_fiscal::firmante::open(db, sello, emisor).await;
            let vigente = abierto.and_then(|f| f.check(emisor, cx.now()).map(|()| f));
            match vigente {
                Ok(firmante) => {
                    abiertos.insert(emisor.id, Arc::new(firmante));
                }
                Err(ramal_fiscal::Error::Storage(e)) => return Err(e.into()),
                Err(otro) => {
                    negados.insert(emisor.id, Motivo::from_fiscal(otro));
                }
            }
        }
        Ok(Firmantes { abiertos, negados })
    }

    /// Whether an emisor can sign.
    pub fn has(&self, emisor: Uuid) -> bool {
        self.abiertos.contains_key(&emisor)
    }

    /// Why emisores cannot sign, with the way out.
    pub fn negados(&self) -> HashMap<Uuid, Motivo> {
        self.negados.clone()
    }
}

/// Signs documents on as many threads as there are cores. Errors: `SinCertificado`.
pub async fn seal_all(
    firmantes: Arc<Firmantes>,
    preparados: Vec<Preparado>,
) -> Result<Vec<Sellado>, Error> {
    let hilos = std::thread::available_parallelism().map_or(1, usize::from);
    let porcion = preparados.len().div_ceil(hilos).max(1);
    let mut tareas = Vec::with_capacity(hilos);
    let mut resto = preparados.into_iter().peekable();
    while resto.peek().is_some() {
        let parte: Vec<Preparado> = resto.by_ref().take(porcion).collect();
        let firmantes = firmantes.clone();
        tareas.push(tokio::task::spawn_blocking(move || seal_part(&firmantes, parte)));
    }
    let mut sellados = Vec::new();
    for tarea in tareas {
        sellados.extend(tarea.await.map_err(|_| Error::Interrumpida)??);
    }
    Ok(sellados)
}

fn seal_part(firmantes: &Firmantes, parte: Vec<Preparado>) -> Result<Vec<Sellado>, Error> {
    let seal = |p: Preparado| {
        let firmante = firmantes.abiertos.get(&p.comprobante.emisor.id);
        let firmante = firmante.ok_or(ramal_fiscal::Error::SinCertificado)?;
        p.seal(firmante).map_err(Error::from)
    };
    parte.into_iter().map(seal).collect()
}

/// Stores sealed documents in one transaction; those that another process stored meanwhile are
/// left alone.
pub async fn store(db: &Db, cx: &Cx, sellados: Vec<Sellado>) -> Result<u64, Error> {
    let tx = db.begin().await?;
    let ids: Vec<Uuid> = sellados.iter().map(|s| s.comprobante.origen.id).collect();
    let mios = facturas::claim_sellado(&tx, &ids).await?;
    let mios: std::collections::HashSet<Uuid> = mios.into_iter().collect();
    let nuevos: Vec<Sellado> =
        sellados.into_iter().filter(|s| mios.contains(&s.comprobante.origen.id)).collect();
    let n = u64::try_from(nuevos.len()).unwrap_or(0);
    emision::store(&tx, cx, nuevos).await?;
    tx.commit().await?;
    Ok(n)
}

/// Documents per round of [`seal_pending`].
const RONDA: i64 = 500;

/// Seals every numbered document that has no XML yet: what a killed run left, and notes whose
/// factura got its stamp.
///
/// Gives how many it sealed. Those that still wait for a stamp stay.
pub async fn seal_pending(
    db: &Db,
    cx: &Cx,
    ctx: &Contexto,
    firmantes: &Arc<Firmantes>,
) -> Result<u64, Error> {
    let mut total = 0;
    let mut despues = None;
    loop {
        let filas = facturas::por_sellar(db, despues, RONDA).await?;
        let Some(ultima) = filas.last() else { return Ok(total) };
        despues = Some(ultima.id.uuid());
        let preparados = rebuild(db, ctx, filas).await?;
        let listos = preparados.into_iter().filter(|p| firmantes.has(p.comprobante.emisor.id));
        let sellados = seal_all(firmantes.clone(), listos.collect()).await?;
        total += store(db, cx, sellados).await?;
    }
}

/// Legal documents of stored invoices, as they were numbered. Those that wait for a stamp are left
/// out.
pub async fn rebuild(
    db: &Db,
    ctx: &Contexto,
    filas: Vec<FacturaFila>,
) -> Result<Vec<Preparado>, Error> {
    let ids: Vec<Uuid> = filas.iter().map(|f| f.id.uuid()).collect();
    let mut lineas: HashMap<Uuid, Vec<LineaFila>> = HashMap::new();
    for linea in facturas::lineas(db, &ids).await? {
        lineas.entry(linea.factura_id.uuid()).or_default().push(linea);
    }
    let relacionadas: Vec<Uuid> = filas.iter().filter_map(|f| f.relacionada_id).collect();
    let relacionadas = facturas::con_uuid(db, &relacionadas).await?;
    let mut preparados = Vec::with_capacity(filas.len());
    for fila in filas {
        let suyas = lineas.remove(&fila.id.uuid()).unwrap_or_default();
        let relacionada =
            relacionadas.iter().find(|(f, _)| Some(f.id.uuid()) == fila.relacionada_id);
        match prepare_again(ctx, &fila, &suyas, relacionada) {
            Ok(preparado) => preparados.push(preparado),
            Err(Error::Fiscal(ramal_fiscal::Error::RelacionPendiente)) => {}
            Err(otro) => return Err(otro),
        }
    }
    Ok(preparados)
}

fn prepare_again(
    ctx: &Contexto,
    fila: &FacturaFila,
    lineas: &[LineaFila],
    relacionada: Option<&(FacturaFila, Option<String>)>,
) -> Result<Preparado, Error> {
    let comprobante = neutral(ctx, fila, lineas, relacionada)?;
    let (serie, folio) = (comprobante.serie.clone(), comprobante.folio);
    let mut preparado = prepare(comprobante)?;
    preparado.number(&serie, folio);
    assert!(
        preparado.montos.total == fila.total,
        "a rebuilt document must come to the total that was posted"
    );
    Ok(preparado)
}

/// The neutral legal document of a stored invoice.
pub fn neutral(
    ctx: &Contexto,
    fila: &FacturaFila,
    lineas: &[LineaFila],
    relacionada: Option<&(FacturaFila, Option<String>)>,
) -> Result<Comprobante, Error> {
    let corrupt = |que: &'static str| Error::Storage(DbError::Corrupt(que));
    let emisor = ctx.emisor(fila.emisor_id).ok_or(Error::NotFound("emisor"))?.clone();
    let neutrales: Option<Vec<_>> = lineas.iter().map(LineaFila::neutral).collect();
    let relacion = match relacionada {
        None => None,
        Some((factura, uuid)) => {
            let sustento = fila.motivo.as_deref().and_then(|m| m.split_once(' '));
            let (codigo, sustento) = sustento.unwrap_or(("", "Ajuste"));
            let relacion = papel::relation(factura, uuid.clone(), &emisor, sustento);
            let relacion = relacion.map_err(super::publicacion::refused)?;
            relacion.map(|r| with_code(r, codigo))
        }
    };
    Ok(Comprobante {
        id: ComprobanteId::from_uuid(fila.id.uuid()),
        cliente_id: Some(fila.cliente_id),
        origen: Origen { tipo: "factura", id: fila.id.uuid() },
        tipo: Tipo::parse(&fila.tipo).ok_or(corrupt("kind of a factura"))?,
        serie: fila.serie.clone(),
        folio: fila.folio,
        emitido: fila.emitida,
        moneda: fila.moneda.parse().map_err(|_| corrupt("currency of a factura"))?,
        receptor: serde_json::from_str(&fila.receptor)
            .map_err(|_| corrupt("receiver of a factura"))?,
        contenido: Contenido::Venta {
            lineas: neutrales.ok_or(corrupt("line of a factura"))?,
            pago: terms(fila, &emisor, fila.emitida),
            relacion,
        },
        emisor,
    })
}

fn with_code(relacion: ramal_fiscal::Relacion, codigo: &str) -> ramal_fiscal::Relacion {
    if codigo.is_empty() {
        return relacion;
    }
    ramal_fiscal::Relacion { codigo: codigo.to_owned(), ..relacion }
}

fn terms(fila: &FacturaFila, emisor: &ramal_fiscal::EmisorFiscal, emitida: Instante) -> FormaPago {
    if fila.vencimiento > emisor.zona.fecha(emitida) {
        return FormaPago::Credito { vencimiento: fila.vencimiento };
    }
    let forma = fila.forma_pago.as_deref().unwrap_or(papel::FORMA_CONTADO);
    FormaPago::Contado { forma: forma.to_owned() }
}
