//! Job `fiscal.enviar`: hands a frozen document to its authority and settles the answer. It never
//! rebuilds bytes while the result is unknown, and calls with no transaction open.

mod asiento;
mod caja;
mod cola;
mod decision;
mod llamada;
mod reconstruir;
mod revision;

pub(crate) use asiento::{Asiento, Destino, Fin, give_back, stop};
pub(crate) use asiento::{accept, annulled, pause};
pub(crate) use cola::{Barrido, Dependientes, Reanudar, resume_job, retry_job, wake_dependents};
pub(crate) use decision::explained;

use async_trait::async_trait;
use ramal_base::Pais;
use ramal_db::{Consulta, DbError, params};
use ramal_jobs::{JobError, Manejador, Politica, Trabajo};
use serde::Deserialize;
use uuid::Uuid;

use crate::conexiones::{EmisorCargado, Servicio};
use crate::emision::TRABAJO_ENVIAR;
use crate::storage::{self, Clase, ComprobanteFila};
use crate::{ComprobanteId, Estado, Tipo, plazo, ritmo};
use caja::Caja;
use decision::{Luego, Veredicto};

/// Attempts that no deadline allows: the legal term ends the sending, not a count.
pub(crate) const SIN_LIMITE: u32 = 1_000_000;
const CONCURRENCIA: usize = 16;

/// Data of the jobs about one document.
#[derive(Deserialize)]
pub(crate) struct DatosComprobante {
    pub(crate) comprobante_id: Uuid,
    /// A person asked for it: the term does not stop it.
    #[serde(default)]
    pub(crate) pedido: bool,
}

/// Handler of `fiscal.enviar`.
pub(crate) struct Enviar {
    s: Servicio,
    caja: Caja,
}

/// A document that may be handed over now.
struct Listo {
    fila: ComprobanteFila,
    emisor: EmisorCargado,
    xml: Vec<u8>,
}

/// What is done with a document before any call.
enum Antes {
    /// Not now, or not any more: another job or a person will.
    Nada,
    /// It stops or moves without asking the authority.
    Asentar(Destino),
    /// Send it.
    Enviar(Box<Listo>),
}

impl Enviar {
    pub(crate) fn new(s: Servicio) -> Enviar {
        Enviar { caja: Caja::new(s.db.clone(), s.cx.clone()), s }
    }

    async fn before(&self, fila: ComprobanteFila, pedido: bool) -> Result<Antes, DbError> {
        if !matches!(fila.estado()?, Estado::EnCola | Estado::Enviando) {
            return Ok(Antes::Nada);
        }
        let emisor = self.s.emisor(fila.emisor_id).await?;
        // A summary that nobody can tell about: its boleta, sent alone, is told by 1033 (17.4).
        let a_solas = pedido && (fila.estado()? == Estado::Enviando || fila.intentos > 0);
        let por_resumen = is_por_resumen(&fila, &emisor) && !a_solas;
        if por_resumen || is_pausado(&self.s.db, fila.emisor_id).await? {
            return Ok(Antes::Nada);
        }
        if let Some(antes) = self.wait_for(&fila).await? {
            return Ok(antes);
        }
        if !pedido && self.s.cx.now() > plazo::limite_envio(&fila, &emisor.fiscal) {
            return Ok(Antes::Asentar(revision::out_of_term(&fila)));
        }
        let xml = storage::bytes(&self.s.db, &self.s.objetos, fila.id, Clase::Xml).await?;
        let xml = xml.ok_or(DbError::Corrupt("a document has no frozen bytes"))?;
        if emisor.fiscal.pais == Pais::Pe
            && fila.intentos == 0
            && let Some(destino) = revision::review(&fila, &emisor.fiscal, &xml, self.s.cx.now())
        {
            return Ok(Antes::Asentar(destino));
        }
        Ok(Antes::Enviar(Box::new(Listo { fila, emisor, xml })))
    }

    /// A note goes after the document that it corrects (sunat.md 17.7).
    async fn wait_for(&self, fila: &ComprobanteFila) -> Result<Option<Antes>, DbError> {
        let Some(otro) = fila.espera_de else { return Ok(None) };
        let otro = storage::by_id(&self.s.db, ComprobanteId::from_uuid(otro)).await?;
        let Some(otro) = otro else { return Ok(None) };
        Ok(match otro.estado()? {
            Estado::Aceptado | Estado::AceptadoObs => None,
            Estado::Rechazado | Estado::Baja => {
                Some(Antes::Asentar(revision::orphan(&otro.numero())))
            }
            _ => Some(Antes::Nada),
        })
    }

    async fn send(&self, listo: &Listo, trabajo: &Trabajo) -> Result<(), JobError> {
        let intento = listo.fila.intentos + 1;
        let id = listo.fila.id;
        let marca = Asiento { id, intento, destino: Destino::Enviando };
        if self.caja.settle(marca).await? == Fin::SinCambio {
            return Ok(());
        }
        let respuesta = llamada::ask(&self.s, &listo.emisor.fiscal, &listo.fila, &listo.xml).await;
        let tipo = Tipo::parse(&listo.fila.tipo);
        let Veredicto { destino, luego } = decision::decide(tipo, &listo.fila.serie, respuesta);
        self.settle(Asiento { id, intento, destino }).await?;
        match luego {
            Luego::Nada => Ok(()),
            Luego::Reconstruir => self.rebuild(listo).await,
            Luego::Otra { motivo, despues_ms } => {
                let modo = self.s.conexiones.modo(&listo.emisor.fiscal);
                let tabla = ritmo::ritmo(modo).envio_de(listo.emisor.fiscal.pais);
                let propia = ritmo::espera_ms(tabla, trabajo.intento, id.uuid());
                Err(JobError::retry_after(motivo, despues_ms.unwrap_or(propia)))
            }
        }
    }

    /// A PAC that answers with the UUID of another document proves nothing: a person looks.
    async fn settle(&self, asiento: Asiento) -> Result<(), JobError> {
        let (id, intento) = (asiento.id, asiento.intento);
        match self.caja.settle(asiento).await {
            Ok(_) => Ok(()),
            Err(DbError::Unique(_)) => {
                let destino = revision::foreign_uuid();
                self.caja.settle(Asiento { id, intento, destino }).await?;
                Ok(())
            }
            Err(e) => Err(e.into()),
        }
    }

    async fn rebuild(&self, listo: &Listo) -> Result<(), JobError> {
        match reconstruir::rebuild(&self.s, &listo.emisor.fiscal, &listo.fila, &listo.xml).await? {
            Ok(()) => Err(JobError::retry_after("se volvió a sellar con fecha de hoy", 0)),
            Err(destino) => {
                let intento = listo.fila.intentos + 1;
                self.settle(Asiento { id: listo.fila.id, intento, destino }).await
            }
        }
    }
}

#[async_trait]
impl Manejador for Enviar {
    fn tipo(&self) -> &'static str {
        TRABAJO_ENVIAR
    }

    fn politica(&self) -> Politica {
        Politica {
            esperas_ms: ritmo::REAL.envio,
            max_intentos: SIN_LIMITE,
            concurrencia: CONCURRENCIA,
        }
    }

    async fn run(&self, trabajo: &Trabajo) -> Result<(), JobError> {
        let datos: DatosComprobante = trabajo.datos_as()?;
        let id = ComprobanteId::from_uuid(datos.comprobante_id);
        let fila = storage::by_id(&self.s.db, id).await?;
        let fila = fila.ok_or_else(|| JobError::fail("no existe el comprobante"))?;
        let intento = fila.intentos;
        match self.before(fila, datos.pedido).await? {
            Antes::Nada => Ok(()),
            Antes::Asentar(destino) => self.settle(Asiento { id, intento, destino }).await,
            Antes::Enviar(listo) => self.send(&listo, trabajo).await,
        }
    }
}

/// Whether a document travels inside a daily summary: by choice, or because it is too late (1079).
pub(crate) fn is_por_resumen(fila: &ComprobanteFila, emisor: &EmisorCargado) -> bool {
    let de_boleta = fila.tipo == "03" || (fila.tipo != "01" && fila.serie.starts_with('B'));
    let tarde = fila.codigo.as_deref() == Some("1079");
    emisor.fiscal.pais == Pais::Pe && de_boleta && (emisor.boletas_por_resumen || tarde)
}

/// Whether an administrator must mend something before the emisor sends again.
pub(crate) async fn is_pausado(c: &impl Consulta, emisor: Uuid) -> Result<bool, DbError> {
    const SQL: &str = "SELECT 1 FROM fiscal_pausas WHERE emisor_id = $1";
    Ok(c.scalar::<i32>(SQL, params![emisor]).await?.is_some())
}
