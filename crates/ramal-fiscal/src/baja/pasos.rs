//! One step of a cancellation: sign and freeze, send, ask the status, settle. It decides no waits.

use ramal_base::{Dinero, Moneda};
use ramal_cfdi::cancelacion::{self as formato, FolioCancelado};
use ramal_cfdi::lectura;
use ramal_conectores::{
    ConsultaEstado, EstadoCfdi, EstadoSat, EstatusCancelacion, Negativa, RespuestaBaja,
    SolicitudCancelacion,
};
use ramal_db::DbError;
use ramal_jobs::JobError;

use super::{Cancelacion, Fase};
use crate::conexiones::Servicio;
use crate::envio::{annulled, explained, give_back, pause, wake_dependents};
use crate::storage::{self, Cambio, Clase, ComprobanteFila};
use crate::{EmisorFiscal, Error, Estado, Firmante, firmante};

/// What follows a step: nothing, or another after a reason and maybe a wait in ms.
pub(super) type Luego = Option<(String, Option<i64>)>;

pub(super) struct Paso<'a> {
    pub(super) s: &'a Servicio,
    pub(super) emisor: &'a EmisorFiscal,
    pub(super) fila: &'a ComprobanteFila,
}

/// How a step ends in the database.
enum Cierre<'a> {
    Fase(Fase),
    Final(Option<&'a str>),
    Negada(&'a Negativa),
}

impl Paso<'_> {
    /// Sends the frozen request, signing it first if it is new.
    pub(super) async fn send(&self, c: Cancelacion) -> Result<Luego, JobError> {
        let xml = match self.frozen(&c).await? {
            Ok(xml) => xml,
            Err(n) => {
                self.close(c, Cierre::Negada(&n), None).await?;
                return Ok(None);
            }
        };
        let uuid = self.uuid();
        let solicitud = SolicitudCancelacion { xml: &xml, uuid, emisor: &self.emisor.numero };
        let respuesta = self.s.conexiones.timbrador(self.emisor).cancelar(&solicitud).await;
        self.settle(c, respuesta).await
    }

    /// Asks first; what the SAT does not have is sent again with the same bytes.
    pub(super) async fn ask_then_send(&self, c: Cancelacion) -> Result<Luego, JobError> {
        let estado = match self.status().await? {
            Ok(estado) => estado,
            Err(motivo) => return Ok(Some((motivo, None))),
        };
        let ninguna = estado.estado == EstadoCfdi::Vigente
            && estado.cancelacion == EstatusCancelacion::Ninguna;
        if ninguna { self.send(c).await } else { self.judge(c, &estado).await }
    }

    /// Asks whether it is final.
    pub(super) async fn ask(&self, c: Cancelacion) -> Result<Luego, JobError> {
        match self.status().await? {
            Ok(estado) => self.judge(c, &estado).await,
            Err(motivo) => Ok(Some((motivo, None))),
        }
    }

    fn uuid(&self) -> &str {
        self.fila.uuid_fiscal.as_deref().unwrap_or_default()
    }

    async fn judge(&self, c: Cancelacion, estado: &EstadoSat) -> Result<Luego, JobError> {
        let rechazada = estado.cancelacion == EstatusCancelacion::Rechazada;
        if estado.estado == EstadoCfdi::Cancelado {
            let acuse = self.missing_acuse().await?;
            self.close(c, Cierre::Final(None), acuse).await?;
            return Ok(None);
        }
        if estado.estado == EstadoCfdi::Vigente && rechazada {
            let n = Negativa {
                codigo: "rechazada_por_receptor".to_owned(),
                mensaje: "El receptor rechazó la cancelación; el comprobante sigue vigente."
                    .to_owned(),
                campo: None,
                salida: "Acuérdelo con el cliente y vuelva a pedirla.".to_owned(),
                acuse: None,
            };
            self.close(c, Cierre::Negada(&n), None).await?;
            return Ok(None);
        }
        if c.fase != Fase::Solicitada && estado.cancelacion == EstatusCancelacion::EnProceso {
            self.close(c, Cierre::Fase(Fase::Solicitada), None).await?;
        }
        Ok(Some(("la cancelación aún no es definitiva".to_owned(), None)))
    }

    async fn settle(&self, c: Cancelacion, respuesta: RespuestaBaja) -> Result<Luego, JobError> {
        let cierre = match &respuesta {
            RespuestaBaja::Solicitada { .. } | RespuestaBaja::EnProceso { .. } => {
                Cierre::Fase(Fase::Solicitada)
            }
            RespuestaBaja::YaCancelado { codigo, .. } => Cierre::Final(Some(codigo.as_str())),
            RespuestaBaja::Rechazada(n) => Cierre::Negada(n),
            RespuestaBaja::Incierto { .. } => Cierre::Fase(Fase::Dudosa),
            RespuestaBaja::Configuracion(n) => {
                let tx = self.s.db.begin().await?;
                let motivo = explained(n);
                pause(&tx, &self.s.cx, self.fila.emisor_id, (&n.codigo, &motivo)).await?;
                tx.commit().await?;
                return Ok(Some((motivo, None)));
            }
            RespuestaBaja::Reintentar { motivo, despues_ms } => {
                return Ok(Some((motivo.clone(), *despues_ms)));
            }
        };
        let sigue = matches!(cierre, Cierre::Fase(_));
        let acuse = match &respuesta {
            RespuestaBaja::Solicitada { acuse, .. } | RespuestaBaja::YaCancelado { acuse, .. } => {
                (!acuse.is_empty()).then(|| acuse.clone())
            }
            RespuestaBaja::Rechazada(n) => n.acuse.clone(),
            _ => None,
        };
        self.close(c, cierre, acuse).await?;
        Ok(sigue.then(|| ("la autoridad aún no la da por definitiva".to_owned(), None)))
    }

    /// Writes the end of the step: phase, state, acuse, history, event.
    async fn close(
        &self,
        c: Cancelacion,
        cierre: Cierre<'_>,
        acuse: Option<Vec<u8>>,
    ) -> Result<(), DbError> {
        let (tx, cx) = (self.s.db.begin().await?, &self.s.cx);
        let id = self.fila.id;
        let viva = storage::lock(&tx, id).await?;
        if viva.is_none_or(|f| f.estado != Estado::BajaPendiente.as_str()) {
            return tx.rollback().await;
        }
        if let Some(acuse) = acuse {
            storage::put_bytes(&tx, cx, id, Clase::Acuse, acuse).await?;
        }
        let previo = c.previo();
        let (fase, fin) = match &cierre {
            Cierre::Fase(fase) => (*fase, None),
            Cierre::Final(_) => (Fase::Final, Some(cx.now())),
            Cierre::Negada(_) => (Fase::Rechazada, Some(cx.now())),
        };
        Cancelacion { fase, fin, ..c }.save(&tx, id).await?;
        let intento = self.fila.intentos;
        match cierre {
            Cierre::Fase(_) => {
                let mensaje = Some("La autoridad tiene la solicitud; aún no está cancelado.");
                let estado = Estado::BajaPendiente;
                let cambio = Cambio { estado, codigo: None, mensaje, intento };
                storage::change(&tx, cx, id, &cambio).await?;
            }
            Cierre::Final(codigo) => {
                let mensaje = Some("Cancelado ante la autoridad.");
                let cambio = Cambio { estado: Estado::Baja, codigo, mensaje, intento };
                storage::change(&tx, cx, id, &cambio).await?;
                tx.emit(cx, &annulled(self.fila)).await?;
            }
            Cierre::Negada(n) => {
                give_back(&tx, cx, self.fila, (previo, &n.codigo, &explained(n))).await?;
                wake_dependents(&tx, cx, id.uuid(), &cx.new_id::<Cambio<'static>>().to_string())
                    .await?;
            }
        }
        tx.commit().await
    }

    /// The frozen request; the inner error is why it cannot be signed.
    async fn frozen(&self, c: &Cancelacion) -> Result<Result<Vec<u8>, Negativa>, JobError> {
        let (s, id) = (self.s, self.fila.id);
        if let Some(xml) = storage::bytes(&s.db, &s.objetos, id, Clase::Solicitud).await? {
            return Ok(Ok(xml));
        }
        let csd = match firmante::open(&s.db, &s.sello, self.emisor).await {
            Ok(Firmante::Mx(csd)) => csd,
            Ok(Firmante::Pe(_)) => return Ok(Err(unsigned("el certificado es de otro país"))),
            Err(Error::Storage(e)) => return Err(e.into()),
            Err(e) => return Ok(Err(unsigned(&e.to_string()))),
        };
        let fecha = self.emisor.zona.local(s.cx.now());
        let motivo = formato::Motivo::parse(&c.motivo.codigo, c.motivo.sustituto.as_deref());
        let xml = motivo.and_then(|motivo| {
            let folio = FolioCancelado { uuid: self.uuid().to_owned(), motivo };
            formato::solicitud(&folio, &fecha, &csd)
        });
        let xml = match xml {
            Ok(xml) => xml,
            Err(e) => return Ok(Err(unsigned(&e.to_string()))),
        };
        let tx = s.db.begin().await?;
        storage::put_bytes(&tx, &s.cx, id, Clase::Solicitud, xml.clone()).await?;
        tx.commit().await?;
        Ok(Ok(xml))
    }

    async fn status(&self) -> Result<Result<EstadoSat, String>, JobError> {
        let xml = storage::bytes(&self.s.db, &self.s.objetos, self.fila.id, Clase::Xml).await?;
        let xml = xml.ok_or(DbError::Corrupt("a document has no frozen bytes"))?;
        let leida = lectura::leer(&xml).map_err(|e| JobError::fail(e.to_string()))?;
        let moneda = Moneda::parse(&self.fila.moneda).unwrap_or(Moneda::Mxn);
        let consulta = ConsultaEstado {
            uuid: self.uuid(),
            emisor: &self.emisor.numero,
            receptor: &leida.comprobante.receptor.rfc,
            // The expression carries the Total as written: zero in a REP.
            total: Dinero::new(centavos(leida.comprobante.total), moneda),
            sello: &leida.sello,
        };
        let respuesta = self.s.conexiones.sat(self.emisor).estado(&consulta).await;
        Ok(respuesta.map_err(|e| e.to_string()))
    }

    /// The acuse, if it was not kept when the request was made.
    async fn missing_acuse(&self) -> Result<Option<Vec<u8>>, DbError> {
        if storage::has_bytes(&self.s.db, self.fila.id, Clase::Acuse).await? {
            return Ok(None);
        }
        let pac = self.s.conexiones.timbrador(self.emisor);
        // A PAC that does not give it again is no reason to hold the cancellation.
        Ok(pac.acuse(&self.emisor.numero, self.uuid()).await.ok().flatten())
    }
}

fn centavos(total: ramal_cfdi::Valor) -> i64 {
    i64::try_from(total.en_centavos()).unwrap_or(0)
}

fn unsigned(motivo: &str) -> Negativa {
    Negativa {
        codigo: "sin_firma".to_owned(),
        mensaje: format!("No se pudo firmar la solicitud: {motivo}."),
        campo: None,
        salida: "Revise el certificado del emisor y vuelva a pedir la cancelación.".to_owned(),
        acuse: None,
    }
}
