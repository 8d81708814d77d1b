//! Posting a chunk: charges, numbered invoices, marks and events in the caller's transaction.
//! Signs nothing.

use std::collections::{BTreeMap, BTreeSet};

use ramal_base::Cx;
use ramal_db::evento::Eventos;
use ramal_db::{DbError, Tx};
use ramal_fiscal::{Preparado, Tipo, series};
use uuid::Uuid;

use crate::cobro::apply_favor;
use crate::cobro::asiento::{self, Emitido};
use crate::cobro::credito::{Credito, apply_credits};
use crate::corrida::papel::{self, Alcance, Listo, NuevaFactura};
use crate::corrida::plan::{Motivo, Plan};
use crate::events::FacturaEmitida;
use crate::storage::cargos::LoteCargos;
use crate::storage::facturas::{Emision, LoteFacturas};
use crate::storage::recargos;
use crate::{ClaseFactura, Error, FacturaId};

/// Customer with what is planned for him, or why he is set aside.
pub type PlanDe = (Uuid, Result<Plan, Motivo>);

/// What a chunk wrote.
#[derive(Default)]
pub struct Publicado {
    /// Documents to seal, numbered.
    pub por_sellar: Vec<Preparado>,
    /// Customers done.
    pub hechos: Vec<Uuid>,
    /// Customers set aside.
    pub aparcados: Vec<(Uuid, Motivo)>,
    /// Invoices and notes numbered.
    pub papeles: u64,
    /// Rows written.
    pub filas: u64,
}

/// A planned document with its amounts, waiting for its number.
struct Pendiente {
    id: Uuid,
    nueva: NuevaFactura,
    listo: Listo,
}

/// Documents of one run of numbers: emisor, kind, kind of the corrected document.
type ClaveSerie = (Uuid, Alcance, Tipo, Option<Tipo>);

/// Writes the plans of a chunk. A customer whose documents an authority would refuse is set aside
/// whole.
///
/// Errors: `Storage`; then nothing of the chunk may be kept.
pub async fn publish(
    tx: &Tx,
    cx: &Cx,
    corrida: Option<Uuid>,
    planes: Vec<PlanDe>,
) -> Result<Publicado, Error> {
    let mut hecho = Publicado::default();
    let mut pendientes = Vec::new();
    let mut revisados = Vec::new();
    for (cliente, plan) in planes {
        match plan.and_then(|plan| prepare_all(cx, plan)) {
            Ok((suyos, marcas)) => {
                hecho.hechos.push(cliente);
                pendientes.extend(suyos);
                revisados.extend(marcas);
            }
            Err(motivo) => hecho.aparcados.push((cliente, motivo)),
        }
    }
    hecho.papeles = u64::try_from(pendientes.len()).unwrap_or(u64::MAX);
    let numerados = number(tx, pendientes).await?;
    hecho.filas = write(tx, cx, corrida, &numerados).await?;
    ramal_contratos::storage::mark_revisado(tx, &revisados).await?;
    hecho.por_sellar = numerados.into_iter().filter_map(Numerado::into_preparado).collect();
    Ok(hecho)
}

type Preparados = (Vec<Pendiente>, Vec<ramal_contratos::storage::Revisado>);

fn prepare_all(cx: &Cx, plan: Plan) -> Result<Preparados, Motivo> {
    let mut pendientes = Vec::with_capacity(plan.papeles.len());
    for nueva in plan.papeles {
        let id = cx.new_id::<crate::factura::FacturaMarca>().uuid();
        let listo = papel::prepared(&nueva, cx, id)?;
        pendientes.push(Pendiente { id, nueva, listo });
    }
    Ok((pendientes, plan.revisados))
}

/// A document with its number.
struct Numerado {
    pendiente: Pendiente,
    serie: String,
    folio: i64,
}

impl Numerado {
    fn into_preparado(self) -> Option<Preparado> {
        match self.pendiente.listo {
            Listo::Preparado(mut preparado) => {
                preparado.number(&self.serie, self.folio);
                Some(*preparado)
            }
            Listo::Espera(_) => None,
        }
    }
}

/// Takes one range per serie, in order, and deals its numbers in the order of the plans.
async fn number(tx: &Tx, pendientes: Vec<Pendiente>) -> Result<Vec<Numerado>, DbError> {
    let mut por_serie: BTreeMap<ClaveSerie, Vec<Pendiente>> = BTreeMap::new();
    for pendiente in pendientes {
        let n = &pendiente.nueva;
        let clave = (n.emisor.id, n.alcance, n.tipo(), n.sobre());
        por_serie.entry(clave).or_default().push(pendiente);
    }
    let mut numerados = Vec::new();
    for (clave, lista) in por_serie {
        let (serie, primero) = take_range(tx, clave, lista.len()).await?;
        for (i, pendiente) in (0_i64..).zip(lista) {
            numerados.push(Numerado { pendiente, serie: serie.clone(), folio: primero + i });
        }
    }
    Ok(numerados)
}

/// Serie of internal receipts.
const SERIE_RECIBO: &str = "R";

async fn take_range(
    tx: &Tx,
    (emisor, alcance, tipo, sobre): ClaveSerie,
    n: usize,
) -> Result<(String, i64), DbError> {
    let n = i64::try_from(n).unwrap_or(i64::MAX);
    match alcance {
        Alcance::Legal => {
            let folios = series::take_folios(tx, emisor, tipo, sobre, n).await?;
            Ok((folios.serie, folios.primero))
        }
        Alcance::Interno => {
            let primero = tx.take_numbers(&format!("recibos/{emisor}"), n).await?;
            Ok((SERIE_RECIBO.to_owned(), primero))
        }
    }
}

async fn write(
    tx: &Tx,
    cx: &Cx,
    corrida: Option<Uuid>,
    numerados: &[Numerado],
) -> Result<u64, Error> {
    let mut emitidos: Vec<Emitido> = Vec::with_capacity(numerados.len());
    let mut facturas = LoteFacturas::default();
    let mut cargos = LoteCargos::default();
    let mut eventos = Eventos::default();
    for Numerado { pendiente, serie, folio } in numerados {
        let Pendiente { id, nueva, listo } = pendiente;
        let fecha = nueva.emisor.zona.fecha(cx.now());
        let montos = listo.montos();
        let emision = Emision { id: *id, serie, folio: *folio, corrida, fecha, montos };
        facturas.push(cx, nueva, &emision)?;
        cargos.push(cx, (*id, nueva), corrida, fecha)?;
        eventos.push(cx, &event(&emision, nueva))?;
        emitidos.push(issued(&emision, nueva));
    }
    let (filas, creditos) = facturas.insert(tx).await?;
    for Numerado { pendiente, .. } in numerados {
        recargos::mark_charged(tx, pendiente.id, &pendiente.nueva.recargos).await?;
    }
    let filas = filas + cargos.insert(tx).await?;
    eventos.insert(tx).await?;
    let asientos = account(tx, cx, &emitidos, &creditos).await?;
    Ok(filas + asientos + u64::try_from(numerados.len()).unwrap_or(0))
}

fn issued(e: &Emision<'_>, nueva: &NuevaFactura) -> Emitido {
    Emitido {
        id: e.id,
        cliente_id: nueva.cliente_id,
        clase: nueva.clase,
        relacionada: nueva.relacionada,
        moneda: nueva.moneda,
        total: e.montos.total,
        fecha: e.fecha,
    }
}

/// Posts what was issued on the accounts, lowers what the notes credit, and settles with the money
/// in favour. Gives the movements posted for the documents.
async fn account(
    tx: &Tx,
    cx: &Cx,
    emitidos: &[Emitido],
    creditos: &[Credito],
) -> Result<u64, Error> {
    let asientos: Vec<_> = emitidos.iter().filter_map(asiento::issued).collect();
    ramal_cuenta::post(tx, cx, &asientos).await?;
    let mut redondeos = Vec::new();
    for suyos in creditos.chunk_by(|a, b| a.nota == b.nota) {
        let rebajado = apply_credits(tx, cx, suyos).await?;
        let nota = emitidos.iter().find(|e| suyos.first().is_some_and(|c| c.nota == e.id));
        redondeos.extend(nota.and_then(|n| asiento::rounding(n, rebajado)));
    }
    ramal_cuenta::post(tx, cx, &redondeos).await?;
    let deben = emitidos.iter().filter(|e| e.clase != ClaseFactura::NotaCredito);
    let clientes: BTreeSet<Uuid> = deben.map(|e| e.cliente_id).collect();
    let clientes: Vec<Uuid> = clientes.into_iter().collect();
    if let Some(primero) = emitidos.first() {
        apply_favor(tx, cx, &clientes, primero.fecha).await?;
    }
    Ok(u64::try_from(asientos.len()).unwrap_or(0))
}

fn event(e: &Emision<'_>, nueva: &NuevaFactura) -> FacturaEmitida {
    FacturaEmitida {
        factura_id: FacturaId::from_uuid(e.id),
        cliente_id: nueva.cliente_id,
        clase: nueva.clase.as_str(),
        numero: format!("{}-{}", e.serie, e.folio),
        total: ramal_base::dinero::format_centavos(e.montos.total),
        moneda: nueva.moneda.codigo(),
    }
}

/// Publishes one document outside a run (manual invoice, note, reissue) and gives its id and what
/// to seal.
///
/// Errors: the reason why its authority would refuse it, or `Storage`.
pub async fn publish_one(
    tx: &Tx,
    cx: &Cx,
    nueva: NuevaFactura,
) -> Result<(FacturaId, Option<Preparado>), Error> {
    let plan = Plan { papeles: vec![nueva], revisados: Vec::new() };
    let (pendientes, _) = prepare_all(cx, plan).map_err(refused)?;
    let numerados = number(tx, pendientes).await?;
    write(tx, cx, None, &numerados).await?;
    let numerado = numerados.into_iter().next().ok_or(Error::NotFound("factura"))?;
    let id = FacturaId::from_uuid(numerado.pendiente.id);
    Ok((id, numerado.into_preparado()))
}

/// A reason for setting aside, as the refusal of a single operation.
pub(crate) fn refused(motivo: Motivo) -> Error {
    let titulo = "No se puede emitir";
    Error::Refused(ramal_base::Problema::new(422, &motivo.codigo, titulo, motivo.texto))
}
