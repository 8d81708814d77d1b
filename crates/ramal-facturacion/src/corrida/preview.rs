//! Preview: the same computation as the run, on the reader pool, writing nothing.

use std::collections::{BTreeMap, HashSet};

use ramal_base::{Cx, Fecha};
use ramal_db::Db;
use ramal_fiscal::Montos;
use uuid::Uuid;

use crate::Error;
use crate::corrida::papel::NuevaFactura;
use crate::corrida::plan::Motivo;
use crate::corrida::resumen::{Aparcamiento, ResumenCorrida};
use crate::corrida::{Contexto, carga, motor, papel};
use crate::factura::ClaseFactura;

/// Customers per round of reading.
const RONDA: i64 = 400;

/// What the run of a day would do now. Errors: `Storage`.
pub async fn preview(db: &Db, cx: &Cx, fecha: Fecha) -> Result<ResumenCorrida, Error> {
    preview_each(db, cx, fecha, |_, _| ()).await
}

/// What becomes of a customer in a preview.
pub(crate) enum Visto<'a> {
    /// He would be billed so; without papers, nothing is due.
    Papeles(&'a [Papel]),
    /// He would be set aside.
    Apartado(&'a Motivo),
}

/// The same, showing what becomes of each customer, in order of identifier.
pub(crate) async fn preview_each(
    db: &Db,
    cx: &Cx,
    fecha: Fecha,
    mut visto: impl FnMut(Uuid, Visto<'_>) + Send,
) -> Result<ResumenCorrida, Error> {
    let ctx = Contexto::load(db, fecha).await?.with_emision(cx.now());
    let mut suma = Suma::default();
    let mut despues = None;
    loop {
        let limite = ctx.limite();
        let ids =
            ramal_contratos::storage::clientes_por_revisar(db, limite, despues, RONDA).await?;
        let Some(ultimo) = ids.last() else { break };
        despues = Some(*ultimo);
        let clientes = ramal_clientes::storage::by_ids(db, &ids).await?;
        let lote = carga::load(db, &ctx, clientes).await?;
        for (cliente, plan) in motor::plan_chunk(db, &ctx, lote).await? {
            match plan.and_then(|p| papers(cx, &p.papeles)) {
                Ok(papeles) => {
                    visto(cliente, Visto::Papeles(&papeles));
                    suma.add(&papeles);
                }
                Err(motivo) => {
                    visto(cliente, Visto::Apartado(&motivo));
                    suma.aparcados.push(Aparcamiento::new(cliente, motivo));
                }
            }
        }
    }
    Ok(suma.into_resumen(fecha))
}

/// A document that would be issued.
pub(crate) struct Papel {
    /// Kind.
    pub(crate) clase: ClaseFactura,
    /// Who would issue it.
    pub(crate) emisor: Uuid,
    /// Currency.
    pub(crate) moneda: &'static str,
    /// Amounts, minor units.
    pub(crate) montos: Montos,
    /// Services that it charges.
    pub(crate) servicios: HashSet<Uuid>,
    /// First and last day of its periods, half open.
    pub(crate) periodo: Option<(Fecha, Fecha)>,
}

fn papers(cx: &Cx, papeles: &[NuevaFactura]) -> Result<Vec<Papel>, Motivo> {
    let papel = |nueva: &NuevaFactura| {
        let montos = papel::prepared(nueva, cx, Uuid::nil())?.montos();
        let dias = || nueva.lineas.iter().filter_map(|l| l.periodo);
        let (desde, hasta) = (dias().map(|d| d.0).min(), dias().map(|d| d.1).max());
        Ok(Papel {
            clase: nueva.clase,
            emisor: nueva.emisor.id,
            moneda: nueva.moneda.codigo(),
            montos,
            servicios: nueva.lineas.iter().filter_map(|l| l.servicio_id).collect(),
            periodo: desde.zip(hasta),
        })
    };
    papeles.iter().map(papel).collect()
}

#[derive(Default)]
struct Suma {
    clientes: i64,
    facturas: i64,
    notas: i64,
    totales: BTreeMap<&'static str, i64>,
    totales_notas: BTreeMap<&'static str, i64>,
    aparcados: Vec<Aparcamiento>,
}

impl Suma {
    fn add(&mut self, papeles: &[Papel]) {
        self.clientes += i64::from(!papeles.is_empty());
        for p in papeles {
            if p.clase == ClaseFactura::NotaCredito {
                self.notas += 1;
                *self.totales_notas.entry(p.moneda).or_default() += p.montos.total;
            } else {
                self.facturas += 1;
                *self.totales.entry(p.moneda).or_default() += p.montos.total;
            }
        }
    }

    fn into_resumen(self, fecha: Fecha) -> ResumenCorrida {
        ResumenCorrida::new(
            (None, fecha, "vista_previa"),
            (self.clientes, self.facturas, self.notas),
            self.aparcados,
            (&self.totales, &self.totales_notas),
        )
    }
}
