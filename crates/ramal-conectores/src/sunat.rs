//! SOAP client of SUNAT's billService and billConsultService, or of an OSE: sends, asks for
//! tickets, consults. It signs nothing and decides no state.
//!
//! Source: sunat.md 15 to 18.

use async_trait::async_trait;
use ramal_sunat::nombres::Nombre;
use ramal_sunat::soap::{
    Consultado, Credenciales, EstadoConsulta, EstadoTicket, Operacion, Respuesta as Leida,
    interpretar, sobre,
};
use ramal_sunat::zip::empaquetar;

use crate::config::{Entorno, Secreto};
use crate::red::{Cruda, Linea, Red, SinRespuesta};
use crate::sunat_juicio::{self as juicio, Esperado, Fin};
use crate::{ConsultaCdr, EnvioCpe, Falla, Respuesta, RespuestaTicket, RespuestaTicketEstado};

/// Calls at a time per emisor.
const PARALELO: usize = 4;
const CONSULTA: &str = "/ol-it-wsconscpegem/billConsultService";

/// SOL account of an emisor.
#[derive(Clone, Debug)]
pub struct ConfigSunat {
    /// Installation.
    pub entorno: Entorno,
    /// RUC of the emisor.
    pub ruc: String,
    /// Secondary SOL user, without the RUC.
    pub usuario: String,
    /// Its password.
    pub clave: Secreto,
    /// Whether the installation answers for the CDR of a document (production, and our emulator;
    /// not beta nor an OSE).
    pub consulta: Consulta,
}

/// Whether lost CDRs can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consulta {
    /// billConsultService answers for F series.
    Disponible,
    /// Resend the same bytes instead.
    NoOfrecida,
}

/// Client of SUNAT for one emisor.
pub struct Sunat {
    linea: Linea,
    ruta: &'static str,
    ruc: String,
    credenciales: Credenciales,
    consulta: Consulta,
}

impl Sunat {
    /// Client of an emisor. Errors: `Falla::Configuracion` if the address cannot be used.
    pub fn new(red: &Red, config: ConfigSunat) -> Result<Sunat, Falla> {
        let e = &config.entorno;
        let base = e.base("https://e-beta.sunat.gob.pe", "https://e-factura.sunat.gob.pe")?;
        let ruta = match e {
            Entorno::Produccion => "/ol-ti-itcpfegem/billService",
            Entorno::Emulado(_) | Entorno::Prueba => "/ol-ti-itcpfegem-beta/billService",
            // The address of an OSE is whole.
            Entorno::Propio(_) => "",
        };
        let clave = config.clave.expose();
        Ok(Sunat {
            linea: red.linea(&base, PARALELO),
            ruta,
            credenciales: Credenciales::new(&config.ruc, &config.usuario, clave),
            ruc: config.ruc,
            consulta: config.consulta,
        })
    }

    async fn call(&self, ruta: &str, operacion: &Operacion<'_>) -> Result<Leida, SinRespuesta> {
        let peticion = self
            .linea
            .post(ruta)
            .header("content-type", "text/xml; charset=utf-8")
            .header("soapaction", operacion.soap_action())
            .body(sobre(&self.credenciales, operacion));
        self.linea.send(peticion, answer).await
    }

    fn expected(&self, nombre: &str) -> Option<Esperado> {
        let nombre = Nombre::parse(nombre).ok().filter(|n| n.ruc == self.ruc)?;
        Some(Esperado { ruc: nombre.ruc.clone(), id: nombre.id(), digest: None })
    }
}

/// `None` where the bytes are no answer of SUNAT: HTML, empty, 401, 503.
fn answer(cruda: Cruda) -> Option<Leida> {
    match interpretar(cruda.http, &cruda.cuerpo) {
        Leida::Transporte { .. } => None,
        leida => Some(leida),
    }
}

/// A file that cannot be sent: nothing left this machine.
fn unsendable(motivo: &str) -> Respuesta {
    Respuesta::Excepcion(juicio::negativa("0151", motivo))
}

#[async_trait]
impl EnvioCpe for Sunat {
    async fn enviar(&self, nombre: &str, xml: &[u8]) -> Respuesta {
        let Some(esperado) = self.expected(nombre) else {
            return unsendable("el nombre del archivo no es de este emisor");
        };
        let esperado = Esperado { digest: juicio::digest_of(xml), ..esperado };
        let Ok(zip) = empaquetar(nombre, xml) else {
            return unsendable("el archivo no se pudo comprimir");
        };
        match self.call(self.ruta, &Operacion::SendBill { nombre, zip: &zip }).await {
            Ok(Leida::Cdr(cdr)) => juicio::of_cdr(cdr, &esperado),
            Ok(Leida::Fault(fault)) => juicio::of_codigo(&fault.codigo, &fault.texto),
            Ok(_) => juicio::unexpected(),
            Err(e) => e.respuesta(),
        }
    }

    async fn enviar_resumen(&self, nombre: &str, xml: &[u8]) -> RespuestaTicket {
        if self.expected(nombre).is_none() {
            let motivo = "el nombre del archivo no es de este emisor";
            return RespuestaTicket::Otra(unsendable(motivo));
        }
        let Ok(zip) = empaquetar(nombre, xml) else {
            return RespuestaTicket::Otra(unsendable("el archivo no se pudo comprimir"));
        };
        match self.call(self.ruta, &Operacion::SendSummary { nombre, zip: &zip }).await {
            Ok(Leida::Ticket(ticket)) => RespuestaTicket::Ticket(ticket),
            Ok(Leida::Fault(f)) => RespuestaTicket::Otra(juicio::of_codigo(&f.codigo, &f.texto)),
            Ok(_) => RespuestaTicket::Otra(juicio::unexpected()),
            Err(e) => RespuestaTicket::Otra(e.respuesta()),
        }
    }

    async fn consultar_ticket(&self, ticket: &str, nombre: &str) -> RespuestaTicketEstado {
        let Some(esperado) = self.expected(nombre) else {
            let motivo = "el nombre del archivo no es de este emisor";
            return RespuestaTicketEstado::Fallo(unsendable(motivo));
        };
        let estado = match self.call(self.ruta, &Operacion::GetStatus { ticket }).await {
            Ok(Leida::Estado(estado)) => estado,
            Ok(Leida::Fault(f)) => return juicio::of_codigo_ticket(&f.codigo, &f.texto),
            Ok(_) => return RespuestaTicketEstado::Fallo(juicio::unexpected()),
            Err(e) => return RespuestaTicketEstado::Fallo(e.respuesta()),
        };
        match (estado.ticket(), estado.contenido) {
            (EstadoTicket::EnProceso, _) => RespuestaTicketEstado::EnProceso,
            (EstadoTicket::Terminado, Some(cdr)) => juicio::of_content(Fin::Bien, cdr, &esperado),
            (EstadoTicket::Terminado, None) => RespuestaTicketEstado::Fallo(juicio::unexpected()),
            (EstadoTicket::TerminadoConError, Some(cdr)) => {
                juicio::of_content(Fin::ConError, cdr, &esperado)
            }
            (EstadoTicket::TerminadoConError, None) => {
                RespuestaTicketEstado::Terminado(juicio::of_message("99", &estado.mensaje))
            }
            (EstadoTicket::Error(codigo), _) => juicio::of_codigo_ticket(&codigo, &estado.mensaje),
        }
    }

    fn can_consultar(&self, serie: &str) -> bool {
        self.consulta == Consulta::Disponible && serie.starts_with('F')
    }

    async fn consultar_cdr(&self, consulta: &ConsultaCdr<'_>) -> Respuesta {
        if !self.can_consultar(consulta.serie) {
            return Respuesta::Incierto {
                motivo: "este servicio no responde por la serie".to_owned(),
                despues_ms: None,
            };
        }
        let consultado = Consultado {
            ruc: consulta.ruc.to_owned(),
            tipo: consulta.tipo.to_owned(),
            serie: consulta.serie.to_owned(),
            numero: consulta.numero,
        };
        let esperado = Esperado {
            ruc: consulta.ruc.to_owned(),
            id: format!("{}-{}", consulta.serie, consulta.numero),
            digest: consulta.digest.map(str::to_owned),
        };
        let estado = match self.call(CONSULTA, &Operacion::GetStatusCdr(&consultado)).await {
            Ok(Leida::Estado(estado)) => estado,
            Ok(Leida::Fault(f)) => return juicio::of_consult_fault(&f.codigo, &f.texto),
            Ok(_) => return juicio::unexpected(),
            Err(e) => return e.respuesta(),
        };
        let (codigo, mensaje) = (format!("{:04}", estado.codigo), estado.mensaje.clone());
        match (estado.consulta(), estado.contenido) {
            (EstadoConsulta::Aceptado, Some(cdr)) => juicio::of_cdr_consulted(cdr, &esperado),
            (EstadoConsulta::Aceptado, None) => Respuesta::YaRegistrado { codigo, mensaje },
            (EstadoConsulta::Rechazado, Some(cdr)) => match juicio::of_cdr(cdr, &esperado) {
                Respuesta::Aceptado(_) => juicio::unexpected(),
                rechazo => rechazo,
            },
            (EstadoConsulta::Rechazado, None) => juicio::of_message(&codigo, &mensaje),
            (EstadoConsulta::DeBaja, _) => Respuesta::DeBaja { codigo, mensaje },
            (EstadoConsulta::NoExiste, _) => Respuesta::NoExiste { codigo, mensaje },
            (EstadoConsulta::Error(codigo), _) => juicio::of_consult_fault(&codigo, &mensaje),
        }
    }

    async fn comprobar(&self) -> Result<(), Falla> {
        let leida = self.call(self.ruta, &Operacion::GetStatus { ticket: "0" }).await;
        match leida.map_err(SinRespuesta::falla)? {
            Leida::Fault(fault) => juicio::health_of(&fault),
            _ => Ok(()),
        }
    }
}
