//! A factura is told once its authority accepted it, with its PDF; a recibo, when it is issued. It
//! prints nothing by itself.

use ramal_base::Dinero;
use ramal_db::{DbError, Tx};
use ramal_facturacion::cobro;
use ramal_facturacion::factura::{FacturaFila, TIPO_RECIBO};
use ramal_facturacion::storage::cambios;
use ramal_fiscal::{ComprobanteId, impreso};
use ramal_jobs::{EventoEntregado, JobError};
use ramal_mensajeria::{Adjunto, Clase, Valor, Variables, notify};
use ramal_pdf::Papel;
use uuid::Uuid;

use super::{Avisar, Noticia, id_in};

impl Avisar {
    /// The legal document of a factura was accepted.
    pub(super) async fn document(&self, evento: &EventoEntregado) -> Result<(), JobError> {
        if evento.datos.get("origen_tipo").and_then(|t| t.as_str()) != Some("factura") {
            return Ok(());
        }
        let comprobante = ComprobanteId::from_uuid(id_in(evento, "comprobante_id")?);
        let id = id_in(evento, "origen_id")?;
        if !self.concerns(id, |f| f.clase == "factura").await? {
            return Ok(());
        }
        let adjunto = self.printed(comprobante, id).await?;
        let tx = self.db.begin().await?;
        let Some(noticia) = self.news_of(&tx, id, Clase::FacturaElectronica).await? else {
            return Ok(());
        };
        if let Some(mut nueva) = self.compose(&tx, evento, noticia).await? {
            nueva.adjuntos.push(adjunto);
            notify(&tx, &self.cx, nueva).await.map_err(JobError::retry)?;
        }
        Ok(tx.commit().await?)
    }

    /// A charge without a legal document of its own.
    pub(super) async fn charge(&self, evento: &EventoEntregado) -> Result<(), JobError> {
        let id = id_in(evento, "factura_id")?;
        if !self.concerns(id, |f| f.tipo == TIPO_RECIBO).await? {
            return Ok(());
        }
        let tx = self.db.begin().await?;
        let Some(noticia) = self.news_of(&tx, id, Clase::OrdenPago).await? else {
            return Ok(());
        };
        self.tell(&tx, evento, noticia).await?;
        Ok(tx.commit().await?)
    }

    async fn concerns(
        &self,
        id: Uuid,
        kind: impl Fn(&FacturaFila) -> bool,
    ) -> Result<bool, JobError> {
        let Some(fila) = cambios::by_id(&self.db, id).await? else { return Ok(false) };
        let tx = self.db.begin().await?;
        Ok(kind(&fila) && self.is_fresh(&tx, fila.fecha).await?)
    }

    async fn news_of(&self, tx: &Tx, id: Uuid, clase: Clase) -> Result<Option<Noticia>, JobError> {
        let Some(fila) = cambios::by_id(tx, id).await? else { return Ok(None) };
        let abierta = cobro::abierta(tx, id).await.map_err(JobError::retry)?;
        let Some(abierta) = abierta.filter(|a| a.abierto > 0) else {
            return Ok((clase == Clase::FacturaElectronica).then(|| self.settled(&fila)).flatten());
        };
        let importe = Valor::Dinero(Dinero::new(abierta.abierto, abierta.moneda));
        let variables = Variables::from([
            ("factura".to_owned(), Valor::texto(abierta.numero)),
            ("importe".to_owned(), importe),
            ("vencimiento".to_owned(), Valor::Fecha(abierta.vencimiento)),
            ("enlace".to_owned(), Valor::enlace(self.link(id))),
        ]);
        Ok(Some(Noticia { clase, cliente: fila.cliente_id, variables, objeto: ("factura", id) }))
    }

    /// A factura that a balance in favour settled at once is still a document to be given.
    fn settled(&self, fila: &FacturaFila) -> Option<Noticia> {
        let id = fila.id.uuid();
        let moneda = fila.moneda.parse().ok()?;
        let variables = Variables::from([
            ("factura".to_owned(), Valor::texto(fila.numero())),
            ("importe".to_owned(), Valor::Dinero(Dinero::new(fila.total, moneda))),
            ("enlace".to_owned(), Valor::enlace(self.link(id))),
        ]);
        let clase = Clase::FacturaElectronica;
        Some(Noticia { clase, cliente: fila.cliente_id, variables, objeto: ("factura", id) })
    }

    /// The printed form, kept where messages take it from.
    async fn printed(&self, comprobante: ComprobanteId, id: Uuid) -> Result<Adjunto, JobError> {
        let fila = cambios::by_id(&self.db, id).await?;
        let fila = fila.ok_or(DbError::Corrupt("an accepted factura that is not there"))?;
        let papel = if fila.tipo == "I" { Papel::Carta } else { Papel::A4 };
        let pdf = impreso::pdf(&self.db, &self.cx, &self.objetos, comprobante, papel).await;
        let objeto = format!("mensajes/facturas/{id}.pdf");
        let huella = self.objetos.put(&objeto, pdf.map_err(JobError::retry)?).await?;
        let nombre = format!("{}.pdf", fila.numero());
        Ok(Adjunto { nombre, mime: "application/pdf".to_owned(), objeto, huella })
    }
}
