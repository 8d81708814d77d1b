//! Preview: the same computation as the run, on the reader pool, writing nothing.

use std::collections::BTreeMap;

use ramal_base::{Cx, Fecha};
use ramal_db::Db;
use uuid::Uuid;

use crate::Error;
use crate::corrida::papel::NuevaFactura;
use crate::corrida::resumen::{Aparcamiento, ResumenCorrida};
use crate::corrida::{Contexto, carga, motor, papel};
use crate::factura::ClaseFactura;

/// Customers per round of reading.
const RONDA: i64 = 400;

/// What the run of a day would do now. Errors: `Storage`.
pub async fn preview(db: &Db, cx: &Cx, fecha: Fecha) -> Result<ResumenCorrida, Error> {
    preview_each(db, cx, fecha, |_, _| ()).await
}

/// The same, showing each customer who would be billed with the amounts of his documents.
pub(crate) async fn preview_each(
    db: &Db,
    cx: &Cx,
    fecha: Fecha,
    mut visto: impl FnMut(Uuid, &[Monto]) + Send,
) -> Result<ResumenCorrida, Error> {
    let ctx = Contexto::load(db, fecha).await?;
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
            match plan.and_then(|p| amounts(cx, &p.papeles)) {
                Ok(montos) => {
                    visto(cliente, &montos);
                    suma.add(montos);
                }
                Err(motivo) => suma.aparcados.push(Aparcamiento::new(cliente, motivo)),
            }
        }
    }
    Ok(suma.into_resumen(fecha))
}

/// Kind, currency and total of a document, minor units.
pub(crate) type Monto = (ClaseFactura, &'static str, i64);

fn amounts(cx: &Cx, papeles: &[NuevaFactura]) -> Result<Vec<Monto>, crate::corrida::plan::Motivo> {
    let monto = |nueva: &NuevaFactura| {
        let listo = papel::prepared(nueva, cx, Uuid::nil())?;
        Ok((nueva.clase, nueva.moneda.codigo(), listo.montos().total))
    };
    papeles.iter().map(monto).collect()
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
    fn add(&mut self, montos: Vec<Monto>) {
        self.clientes += i64::from(!montos.is_empty());
        for (clase, moneda, total) in montos {
            if clase == ClaseFactura::NotaCredito {
                self.notas += 1;
                *self.totales_notas.entry(moneda).or_default() += total;
            } else {
                self.facturas += 1;
                *self.totales.entry(moneda).or_default() += total;
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
