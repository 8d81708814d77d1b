//! A payment is confirmed to whoever paid, with what he still owes. It moves no money.

use ramal_base::Dinero;
use ramal_facturacion::cobro;
use ramal_jobs::{EventoEntregado, JobError};
use ramal_mensajeria::{Clase, Valor, Variables};

use super::{Avisar, Noticia, id_in};

impl Avisar {
    /// Money came in.
    pub(super) async fn pago(&self, evento: &EventoEntregado) -> Result<(), JobError> {
        let id = id_in(evento, "pago_id")?;
        let tx = self.db.begin().await?;
        let Some(pago) = ramal_pagos::pago(&tx, id).await.map_err(JobError::retry)? else {
            return Ok(());
        };
        if !pago.estado.is_vigente() || !self.is_fresh(&tx, pago.fecha_valor).await? {
            return Ok(());
        }
        let abiertas = cobro::abiertas(&tx, pago.cliente_id, Some(pago.moneda)).await;
        let abiertas = abiertas.map_err(JobError::retry)?;
        let saldo: i64 = abiertas.iter().map(|a| a.abierto).sum();
        let money = |minor| Valor::Dinero(Dinero::new(minor, pago.moneda));
        let mut variables = Variables::from([
            ("importe".to_owned(), money(pago.monto)),
            ("fecha".to_owned(), Valor::Fecha(pago.fecha_valor)),
            ("recibo".to_owned(), Valor::texto(pago.codigo())),
        ]);
        if let Some(primera) = abiertas.first() {
            variables.insert("saldo".to_owned(), money(saldo));
            let enlace = Valor::enlace(self.link(primera.factura_id.uuid()));
            variables.insert("enlace".to_owned(), enlace);
        }
        let noticia = Noticia {
            clase: Clase::ConfirmacionPago,
            cliente: pago.cliente_id,
            variables,
            objeto: ("pago", id),
        };
        self.tell(&tx, evento, noticia).await?;
        Ok(tx.commit().await?)
    }
}
