//! Job `fiscal.lote`: sends the frozen file, keeps its ticket, asks for its end. It never makes a
//! new file for a lost ticket: the same bytes go again.

use async_trait::async_trait;
use ramal_base::Instante;
use ramal_conectores::{EnvioCpe, Respuesta, RespuestaTicket, RespuestaTicketEstado};
use ramal_db::{DbError, params};
use ramal_jobs::{JobError, Manejador, Politica, Trabajo};
use serde::Deserialize;
use uuid::Uuid;

use super::cierre::{Cierre, close};
use super::filas::{self, CambioLote, LoteFila};
use crate::EmisorFiscal;
use crate::conexiones::Servicio;
use crate::envio::{SIN_LIMITE, explained, is_pausado, pause};
use crate::jobs::TRABAJO_LOTE;
use crate::ritmo::{self, espera_ms};

const PAUSA_MS: i64 = 600_000;
/// A ticket that SUNAT does not know is asked for again for this long.
const DESCONOCIDO_MS: i64 = 600_000;

/// Handler of `fiscal.lote`.
pub(crate) struct EnviarLote(pub(crate) Servicio);

#[derive(Deserialize)]
struct Datos {
    resumen_id: Uuid,
}

/// A file in the hands of the job.
struct Turno<'a> {
    s: &'a Servicio,
    emisor: &'a EmisorFiscal,
    lote: &'a LoteFila,
    intento: i32,
    id: Uuid,
}

#[async_trait]
impl Manejador for EnviarLote {
    fn tipo(&self) -> &'static str {
        TRABAJO_LOTE
    }

    fn politica(&self) -> Politica {
        Politica { esperas_ms: ritmo::REAL.envio, max_intentos: SIN_LIMITE, concurrencia: 4 }
    }

    async fn run(&self, trabajo: &Trabajo) -> Result<(), JobError> {
        let datos: Datos = trabajo.datos_as()?;
        let lote = filas::by_id(&self.0.db, datos.resumen_id).await?;
        let lote = lote.ok_or_else(|| JobError::fail("no existe el resumen"))?;
        if !matches!(lote.estado.as_str(), "en_cola" | "enviando" | "en_proceso") {
            return Ok(());
        }
        if is_pausado(&self.0.db, lote.emisor_id).await? {
            return Err(JobError::retry_after("el emisor está en pausa", PAUSA_MS));
        }
        let emisor = self.0.emisor(lote.emisor_id).await?.fiscal;
        let sunat = self.0.conexiones.sunat(&emisor);
        let id = trabajo.id.uuid();
        let turno =
            Turno { s: &self.0, emisor: &emisor, lote: &lote, intento: trabajo.intento, id };
        match &lote.ticket {
            Some(ticket) => turno.ask(&*sunat, ticket).await,
            None => turno.send(&*sunat).await,
        }
    }
}

impl Turno<'_> {
    async fn send(&self, sunat: &dyn EnvioCpe) -> Result<(), JobError> {
        let (xml, _) = filas::bytes(&self.s.db, self.lote.id).await?;
        self.mark("enviando", None, None).await?;
        match sunat.enviar_resumen(&self.lote.nombre, &xml).await {
            RespuestaTicket::Ticket(ticket) => {
                let tx = self.s.db.begin().await?;
                const SQL: &str = "UPDATE resumenes SET estado = 'en_proceso', ticket = $2, \
                    codigo = NULL, mensaje = NULL WHERE id = $1 AND ticket IS NULL";
                tx.exec(SQL, params![self.lote.id, ticket]).await?;
                tx.commit().await?;
                Err(JobError::retry_after("se espera el resultado", self.ticket_wait(1)))
            }
            RespuestaTicket::Otra(r) => self.judge(r, "enviando").await,
        }
    }

    async fn ask(&self, sunat: &dyn EnvioCpe, ticket: &str) -> Result<(), JobError> {
        let vencido = self.age_ms(self.lote.creado) > ritmo::TICKET_MAX_MS;
        match sunat.consultar_ticket(ticket, &self.lote.nombre).await {
            RespuestaTicketEstado::EnProceso if vencido => {
                let mensaje = "SUNAT no terminó de procesar el archivo en 24 horas.";
                self.end(Cierre::Incierto("98", mensaje)).await
            }
            RespuestaTicketEstado::EnProceso => {
                Err(JobError::retry_after("en proceso", self.ticket_wait(self.intento)))
            }
            RespuestaTicketEstado::Terminado(r) => self.judge(r, "en_proceso").await,
            RespuestaTicketEstado::Desconocido { codigo, mensaje } => {
                self.unknown(&codigo, &mensaje).await
            }
            RespuestaTicketEstado::Fallo(r) => match r {
                Respuesta::Configuracion(_) => self.judge(r, "en_proceso").await,
                otra => Err(JobError::retry_after(otra.mensaje(), self.wait())),
            },
        }
    }

    /// 0126 and 0127: three more times over ten minutes, then a person. The first time is kept.
    async fn unknown(&self, codigo: &str, mensaje: &str) -> Result<(), JobError> {
        let desde = self.lote.mensaje.as_deref().and_then(|m| Instante::parse(m).ok());
        match desde.filter(|_| self.lote.codigo.as_deref() == Some(codigo)) {
            Some(desde) if self.age_ms(desde) >= DESCONOCIDO_MS => {
                self.end(Cierre::Incierto(codigo, mensaje)).await
            }
            Some(_) => Err(JobError::retry_after(mensaje, DESCONOCIDO_MS / 3)),
            None => {
                let ahora = self.s.cx.now().to_string();
                self.mark("en_proceso", Some(codigo), Some(&ahora)).await?;
                Err(JobError::retry_after(mensaje, DESCONOCIDO_MS / 3))
            }
        }
    }

    async fn judge(&self, r: Respuesta, estado: &str) -> Result<(), JobError> {
        match &r {
            Respuesta::Aceptado(a) => self.end(Cierre::Aceptado(a)).await,
            Respuesta::Rechazado(n) => self.end(Cierre::Rechazado(n)).await,
            Respuesta::Excepcion(n) => self.end(Cierre::Excepcion(n)).await,
            Respuesta::YaRegistrado { codigo, mensaje } | Respuesta::DeBaja { codigo, mensaje } => {
                self.end(Cierre::Incierto(codigo, mensaje)).await
            }
            Respuesta::Configuracion(n) => {
                let motivo = explained(n);
                let tx = self.s.db.begin().await?;
                pause(&tx, &self.s.cx, self.emisor.id, (&n.codigo, &motivo)).await?;
                tx.commit().await?;
                Err(JobError::retry_after(motivo, PAUSA_MS))
            }
            otra => {
                self.mark(estado, None, Some(otra.mensaje())).await?;
                let (Respuesta::Reintentar { despues_ms, .. }
                | Respuesta::Incierto { despues_ms, .. }) = otra
                else {
                    return Err(JobError::retry_after(otra.mensaje(), self.wait()));
                };
                let espera = despues_ms.unwrap_or_else(|| self.wait());
                Err(JobError::retry_after(otra.mensaje(), espera))
            }
        }
    }

    async fn end(&self, cierre: Cierre<'_>) -> Result<(), JobError> {
        close(self.s, self.emisor, self.lote, cierre).await
    }

    async fn mark(
        &self,
        estado: &str,
        codigo: Option<&str>,
        mensaje: Option<&str>,
    ) -> Result<(), DbError> {
        let tx = self.s.db.begin().await?;
        filas::change(&tx, self.lote.id, &CambioLote { estado, codigo, mensaje }).await?;
        const SQL: &str = "UPDATE resumenes SET intentos = intentos + 1 WHERE id = $1";
        tx.exec(SQL, params![self.lote.id]).await?;
        tx.commit().await
    }

    fn age_ms(&self, desde: Instante) -> i64 {
        self.s.cx.now().millis().saturating_sub(desde.millis())
    }

    fn wait(&self) -> i64 {
        let ritmo = ritmo::ritmo(self.s.conexiones.modo(self.emisor));
        espera_ms(ritmo.envio, self.intento, self.id)
    }

    fn ticket_wait(&self, intento: i32) -> i64 {
        let ritmo = ritmo::ritmo(self.s.conexiones.modo(self.emisor));
        espera_ms(ritmo.ticket, intento, self.id)
    }
}
