//! What an authority can answer about a document, the same for every country, and the traits that
//! the connectors
//! implement. It decides no state: every variant says what the state machine must do with it.

use async_trait::async_trait;
use ramal_base::Dinero;

use crate::estado::EstadoSat;

/// The authority accepted: this is the legal proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aceptacion {
    /// Fiscal folio of Mexico, as received; `None` in Peru.
    pub uuid_fiscal: Option<String>,
    /// Proof to store byte for byte: the stamped XML (Mexico) or the zip with the CDR (Peru).
    pub bytes: Vec<u8>,
    /// Raw code of the authority: `0` of a CDR, `0001` of a consult, `307` of an earlier stamp; may
    /// be empty.
    pub codigo: String,
    /// Observations as `4252 - texto`; the document is accepted all the same.
    pub observaciones: Vec<String>,
    /// The document had been registered by an earlier attempt whose answer was lost.
    pub previo: bool,
    /// Whether the authority's own signature verifies. A warning, not a gate; `None`: not judged.
    pub firma_valida: Option<bool>,
}

/// The authority, or the way to it, refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Negativa {
    /// Raw code, with its leading zeros and letters: `CFDI40148`, `0151`, `2335`.
    pub codigo: String,
    /// Text of the authority, as it came.
    pub mensaje: String,
    /// Field of the document that the code speaks of, if it is known.
    pub campo: Option<String>,
    /// Way out for a person, in Spanish.
    pub salida: String,
    /// Proof of the refusal (CDR zip), to be stored like an acceptance.
    pub acuse: Option<Vec<u8>>,
}

/// What is known of a document after a call.
///
/// Source: cfdi.md 16.1, sunat.md 17.3 and 17.4.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Respuesta {
    /// Registered, with proof. Store it; final.
    Aceptado(Aceptacion),
    /// The authority says that it knows the document but returned no proof (1033, 0402, 1032, 0001
    /// without CDR, 307 without stamp). Recover or consult; without a consult, 1033 and 0402 are
    /// accepted with the proof pending only if the stored digest is the only one ever signed for
    /// the number. 1032 is a refusal whose answer was lost, unless a consult says more; 2223 and
    /// 2324 go to a person.
    YaRegistrado {
        /// Raw code.
        codigo: String,
        /// Text of the authority.
        mensaje: String,
    },
    /// Asked by a consult or a recovery: not registered. Send the same bytes again.
    NoExiste {
        /// Raw code.
        codigo: String,
        /// Text of the authority.
        mensaje: String,
    },
    /// Registered and later voided (consult 0003).
    DeBaja {
        /// Raw code.
        codigo: String,
        /// Text of the authority.
        mensaje: String,
    },
    /// Definite refusal of the data: show code, field and way out; no retry. Peru burns the number;
    /// Mexico allows new content with a new sello.
    Rechazado(Negativa),
    /// Peru, not registered: repair and sign again under the same number (1079: move the boleta to
    /// a summary).
    Excepcion(Negativa),
    /// Certificate, credentials, balance or affiliation: pause the queue of the emisor and alert.
    /// Nothing was registered.
    Configuracion(Negativa),
    /// Mexico 401, Fecha out of the 72 hours: rebuild with a new Fecha, once.
    Tiempo {
        /// Raw code.
        codigo: String,
        /// Text of the authority.
        mensaje: String,
    },
    /// Not registered for a reason that passes: send the same bytes later.
    Reintentar {
        /// Why, readable.
        motivo: String,
        /// Wait before the next attempt, ms; `None`: the back-off of the queue.
        despues_ms: Option<i64>,
    },
    /// Nobody knows: the request was written and no valid answer came. Only the same bytes may be
    /// sent again, or a consult made; never rebuild.
    Incierto {
        /// Why, readable.
        motivo: String,
        /// Wait before the next step, ms; `None`: the back-off of the queue.
        despues_ms: Option<i64>,
    },
}

impl Respuesta {
    /// Short name for event rows and metrics.
    pub fn nombre(&self) -> &'static str {
        match self {
            Respuesta::Aceptado(_) => "aceptado",
            Respuesta::YaRegistrado { .. } => "ya_registrado",
            Respuesta::NoExiste { .. } => "no_existe",
            Respuesta::DeBaja { .. } => "de_baja",
            Respuesta::Rechazado(_) => "rechazado",
            Respuesta::Excepcion(_) => "excepcion",
            Respuesta::Configuracion(_) => "configuracion",
            Respuesta::Tiempo { .. } => "tiempo",
            Respuesta::Reintentar { .. } => "reintentar",
            Respuesta::Incierto { .. } => "incierto",
        }
    }

    /// Raw code of the authority; empty if it gave none.
    pub fn codigo(&self) -> &str {
        match self {
            Respuesta::Aceptado(a) => &a.codigo,
            Respuesta::Rechazado(n) | Respuesta::Excepcion(n) | Respuesta::Configuracion(n) => {
                &n.codigo
            }
            Respuesta::YaRegistrado { codigo, .. }
            | Respuesta::NoExiste { codigo, .. }
            | Respuesta::DeBaja { codigo, .. }
            | Respuesta::Tiempo { codigo, .. } => codigo,
            Respuesta::Reintentar { .. } | Respuesta::Incierto { .. } => "",
        }
    }

    /// Text to keep and show: the authority's, or the reason.
    pub fn mensaje(&self) -> &str {
        match self {
            Respuesta::Aceptado(_) => "",
            Respuesta::Rechazado(n) | Respuesta::Excepcion(n) | Respuesta::Configuracion(n) => {
                &n.mensaje
            }
            Respuesta::YaRegistrado { mensaje, .. }
            | Respuesta::NoExiste { mensaje, .. }
            | Respuesta::DeBaja { mensaje, .. }
            | Respuesta::Tiempo { mensaje, .. } => mensaje,
            Respuesta::Reintentar { motivo, .. } | Respuesta::Incierto { motivo, .. } => motivo,
        }
    }
}

/// A sealed CFDI on its way to the PAC.
#[derive(Clone, Copy, Debug)]
pub struct Envio<'a> {
    /// Frozen bytes, exactly as sealed.
    pub xml: &'a [u8],
    /// Idempotency key, the same for every attempt of these bytes. Over 100 characters or out of
    /// ASCII, its SHA-256 travels instead.
    pub clave: &'a str,
    /// RFC of the emisor.
    pub emisor: &'a str,
    /// Fiscal folio, when an earlier attempt told it and the document is to be recovered.
    pub uuid: Option<&'a str>,
}

/// A signed cancellation of one document (cfdi.md 14.4).
#[derive(Clone, Copy, Debug)]
pub struct SolicitudCancelacion<'a> {
    /// Frozen bytes of the signed `Cancelacion`.
    pub xml: &'a [u8],
    /// Fiscal folio to cancel.
    pub uuid: &'a str,
    /// RFC of the emisor.
    pub emisor: &'a str,
}

/// What is known of a cancellation after a call (cfdi.md 14.5, 14.6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RespuestaBaja {
    /// 201: received, **not yet cancelled**. Store the acuse and ask the status service until it
    /// says so.
    Solicitada {
        /// Acuse of the SAT, bytes as received.
        acuse: Vec<u8>,
        /// EstatusUUID.
        codigo: String,
    },
    /// 202: cancelled before. Final.
    YaCancelado {
        /// Acuse of the SAT, bytes as received; may be empty.
        acuse: Vec<u8>,
        /// EstatusUUID.
        codigo: String,
    },
    /// 798: a request is alive. Send no other; ask the status service.
    EnProceso {
        /// EstatusUUID.
        codigo: String,
        /// Text of the authority.
        mensaje: String,
    },
    /// The document stays in force: show why and the way out.
    Rechazada(Negativa),
    /// Certificate, credentials or account: pause and alert.
    Configuracion(Negativa),
    /// Not done for a reason that passes (205 unknown to the SAT yet, 708): send the same bytes
    /// later.
    Reintentar {
        /// Why, readable.
        motivo: String,
        /// Wait before the next attempt, ms.
        despues_ms: Option<i64>,
    },
    /// Nobody knows: ask the status service before sending the same bytes again.
    Incierto {
        /// Why, readable.
        motivo: String,
    },
}

/// Document asked to the status service of the SAT (cfdi.md 15).
#[derive(Clone, Copy, Debug)]
pub struct ConsultaEstado<'a> {
    /// Fiscal folio.
    pub uuid: &'a str,
    /// RFC of the emisor.
    pub emisor: &'a str,
    /// RFC of the receptor.
    pub receptor: &'a str,
    /// Total of the document.
    pub total: Dinero,
    /// Sello of the emisor, base64, whole.
    pub sello: &'a str,
}

/// Stamps bought from a PAC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Saldo {
    /// Left; `None` is unlimited.
    pub restantes: Option<u64>,
    /// Used.
    pub usados: u64,
}

/// Why a question that changes nothing got no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Falla {
    /// Network, timeout, HTTP error, open circuit. Ask again later.
    #[error("sin respuesta de la autoridad: {motivo}")]
    Transporte {
        /// Why, readable.
        motivo: String,
        /// Wait before the next attempt, ms.
        despues_ms: Option<i64>,
    },
    /// User, password or token refused: tell the administrator.
    #[error("credenciales rechazadas: {mensaje}")]
    Credenciales {
        /// Raw code.
        codigo: String,
        /// Text of the authority.
        mensaje: String,
    },
    /// The authority answered with an error of its own.
    #[error("la autoridad respondió {codigo}: {mensaje}")]
    Autoridad {
        /// Raw code; may be empty.
        codigo: String,
        /// Text of the authority.
        mensaje: String,
    },
    /// This provider has no such query.
    #[error("el proveedor no ofrece esta consulta")]
    NoOfrecida,
    /// An address or a value of the configuration cannot be used.
    #[error("configuración de conexión no válida: {0}")]
    Configuracion(String),
}

/// A PAC: stamps, recovers and cancels CFDI.
#[async_trait]
pub trait Timbrador: Send + Sync {
    /// Stamps the frozen bytes. An earlier stamp of the same sello is recovered and comes with
    /// `previo`.
    async fn timbrar(&self, envio: &Envio<'_>) -> Respuesta;

    /// Looks for an earlier stamp without stamping: `Aceptado` with `previo`, `NoExiste`, or
    /// `Incierto` when the PAC cannot tell (SW without the fiscal folio).
    async fn recuperar(&self, envio: &Envio<'_>) -> Respuesta;

    /// Sends a signed cancellation of one document.
    async fn cancelar(&self, solicitud: &SolicitudCancelacion<'_>) -> RespuestaBaja;

    /// Acuse of a cancellation that was asked before. `None`: the SAT has not given it yet.
    async fn acuse(&self, emisor: &str, uuid: &str) -> Result<Option<Vec<u8>>, Falla>;

    /// Fiscal folios whose cancellation waits for this receptor's answer.
    async fn pendientes(&self, receptor: &str) -> Result<Vec<String>, Falla>;

    /// Stamps left. `NoOfrecida` where the PAC has no such query.
    async fn saldo(&self) -> Result<Saldo, Falla>;

    /// Whether the PAC answers and takes our credentials; stamps nothing.
    async fn comprobar(&self) -> Result<(), Falla>;
}

/// The status service of the SAT.
#[async_trait]
pub trait ConsultaSat: Send + Sync {
    /// State of a document. Not found is no error during the first 72 hours after stamping.
    async fn estado(&self, consulta: &ConsultaEstado<'_>) -> Result<EstadoSat, Falla>;
}

/// Document of Peru asked to the consult service.
#[derive(Clone, Copy, Debug)]
pub struct ConsultaCdr<'a> {
    /// RUC of the emisor.
    pub ruc: &'a str,
    /// Catalogue 01: `01`, `07`, `08`.
    pub tipo: &'a str,
    /// Series; only F series are answered.
    pub serie: &'a str,
    /// Number.
    pub numero: u32,
    /// DigestValue of the document that we signed, to compare it if the CDR brings one.
    pub digest: Option<&'a str>,
}

/// Answer to a summary (RC) or a voiding (RA).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RespuestaTicket {
    /// Taken: store the ticket in the transaction that receives it, then ask for its state.
    Ticket(String),
    /// Not taken. Never `Aceptado`.
    Otra(Respuesta),
}

/// State of a ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RespuestaTicketEstado {
    /// 98: ask again (2 s, 5 s, 10 s, 30 s, 60 s…, up to 24 h). No error.
    EnProceso,
    /// The file was judged; `Rechazado` means that nothing of it was registered.
    Terminado(Respuesta),
    /// 0126, 0127: retry three times over ten minutes, then uncertain.
    Desconocido {
        /// Raw code.
        codigo: String,
        /// Text of the authority.
        mensaje: String,
    },
    /// No answer about the ticket: `Reintentar`, `Incierto` or `Configuracion`; ask again.
    Fallo(Respuesta),
}

/// SUNAT, or an OSE: takes signed documents and answers with a CDR.
#[async_trait]
pub trait EnvioCpe: Send + Sync {
    /// Sends a factura, boleta or nota. `nombre` is the base file name, `20600000005-01-F001-1`.
    async fn enviar(&self, nombre: &str, xml: &[u8]) -> Respuesta;

    /// Sends an RC or RA. `nombre` is the base file name, `20600000005-RC-20261120-1`.
    async fn enviar_resumen(&self, nombre: &str, xml: &[u8]) -> RespuestaTicket;

    /// Asks for the state of a ticket; `nombre` is the file that it was given for.
    async fn consultar_ticket(&self, ticket: &str, nombre: &str) -> RespuestaTicketEstado;

    /// Whether [`EnvioCpe::consultar_cdr`] can answer for this series (production, F series).
    fn can_consultar(&self, serie: &str) -> bool;

    /// Asks for the state and CDR of a document: `Aceptado` with `previo`, `YaRegistrado`,
    /// `NoExiste`, `Rechazado`, `DeBaja`, or a failure to ask.
    async fn consultar_cdr(&self, consulta: &ConsultaCdr<'_>) -> Respuesta;

    /// Whether the service answers and takes our credentials; sends no document.
    async fn comprobar(&self) -> Result<(), Falla>;
}
