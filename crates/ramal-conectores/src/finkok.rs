//! SOAP dialect of Finkok: stamps sealed XML, recovers by the sealed bytes, cancels with signed
//! requests. It deliberately uses no operation that needs the CSD.
//!
//! Source: cfdi.md 16.3.

use std::time::Duration;

use async_trait::async_trait;
use ramal_xml::Certificado;

use crate::config::{Entorno, Secreto};
use crate::finkok_sobre::{Cuenta, Llamada, Resultado, Servicio, Sobre, read, sobre};
use crate::pac::{self, ClasePac, Recibido, clase, split_codigo};
use crate::red::{Linea, Red, SinRespuesta};
use crate::{Envio, Falla, Respuesta, RespuestaBaja, Saldo, SolicitudCancelacion, Timbrador};

/// Calls at a time to a PAC.
const PARALELO: usize = 16;
const LOGIN: &str = "Invalid Username or Password";
/// "No earlier stamp", also said while the stamp is being kept.
const NO_TIMBRADO: &str = "603";

/// Account with Finkok.
#[derive(Clone, Debug)]
pub struct ConfigFinkok {
    /// Installation.
    pub entorno: Entorno,
    /// User.
    pub usuario: String,
    /// Password.
    pub clave: Secreto,
    /// Waits between the questions for an earlier stamp (603 is "not yet"), ms.
    pub esperas_previo_ms: Vec<u64>,
    /// Certificates of the PAC known to us, to verify SelloSAT; without the right one it is not
    /// judged.
    pub certificados: Vec<Certificado>,
}

impl ConfigFinkok {
    /// Account with the usual waits (1 s, 2 s, 4 s) and no certificate of the PAC.
    pub fn new(entorno: Entorno, usuario: impl Into<String>, clave: Secreto) -> ConfigFinkok {
        let esperas_previo_ms = vec![1_000, 2_000, 4_000];
        let usuario = usuario.into();
        ConfigFinkok { entorno, usuario, clave, esperas_previo_ms, certificados: Vec::new() }
    }
}

/// Client of Finkok.
pub struct Finkok {
    linea: Linea,
    cuenta: Cuenta,
    esperas_previo_ms: Vec<u64>,
    certificados: Vec<Certificado>,
}

impl Finkok {
    /// Client of an account. Errors: `Falla::Configuracion` if the address cannot be used.
    pub fn new(red: &Red, config: ConfigFinkok) -> Result<Finkok, Falla> {
        let base = config
            .entorno
            .base("https://demo-facturacion.finkok.com", "https://facturacion.finkok.com")?;
        Ok(Finkok {
            linea: red.linea(&base, PARALELO),
            cuenta: Cuenta { usuario: config.usuario, clave: config.clave },
            esperas_previo_ms: config.esperas_previo_ms,
            certificados: config.certificados,
        })
    }

    async fn call(&self, llamada: &Llamada<'_>) -> Result<Sobre, SinRespuesta> {
        let peticion = self
            .linea
            .post(&llamada.servicio.ruta())
            .header("content-type", "text/xml; charset=utf-8")
            .header("soapaction", format!("\"{}\"", llamada.operacion))
            .body(sobre(&self.cuenta, llamada));
        self.linea.send(peticion, read).await
    }

    /// A question that changes nothing.
    async fn ask<T>(
        &self,
        llamada: &Llamada<'_>,
        pick: impl FnOnce(Resultado<'_>) -> Result<T, Falla> + Send,
    ) -> Result<T, Falla> {
        let sobre = self.call(llamada).await.map_err(SinRespuesta::falla)?;
        let resultado = sobre
            .resultado(llamada.operacion)
            .map_err(|mensaje| Falla::Autoridad { codigo: String::new(), mensaje })?;
        let error = resultado.text("error");
        if [&error, &resultado.text("CodEstatus")].iter().any(|t| t.contains(LOGIN)) {
            return Err(Falla::Credenciales {
                codigo: "300".to_owned(),
                mensaje: LOGIN.to_owned(),
            });
        }
        pick(resultado)
    }

    /// One call of `stamp` or `stamped`.
    async fn attempt(&self, envio: &Envio<'_>, operacion: &str) -> Intento {
        let llamada =
            Llamada { servicio: Servicio::Stamp, operacion, xml: Some(envio.xml), campos: &[] };
        let sobre = match self.call(&llamada).await {
            Ok(sobre) => sobre,
            Err(e) => return Intento::Respuesta(e.respuesta()),
        };
        match sobre.resultado(operacion) {
            Ok(resultado) => self.judge(envio, resultado, operacion),
            Err(fault) => Intento::Respuesta(Respuesta::Incierto {
                motivo: format!("el PAC falló: {fault}"),
                despues_ms: None,
            }),
        }
    }

    fn judge(&self, envio: &Envio<'_>, r: Resultado<'_>, operacion: &str) -> Intento {
        let (xml, uuid, estatus) = (r.text("xml"), r.text("UUID"), r.text("CodEstatus"));
        let incidencia = r.incidencia();
        if !xml.is_empty() && !uuid.is_empty() {
            let duplicado = incidencia.as_ref().is_some_and(|(c, _)| is_duplicado(c));
            let previo = duplicado || operacion == "stamped" || estatus.contains("previamente");
            let codigo = if previo { "307" } else { "" };
            let recibido = Recibido { xml: &xml, codigo, previo };
            return Intento::Respuesta(pac::accept(envio.xml, &recibido, &self.certificados));
        }
        match incidencia {
            Some((codigo, mensaje)) if is_duplicado(&codigo) => Intento::Previo(codigo, mensaje),
            Some((codigo, mensaje)) if codigo == NO_TIMBRADO => Intento::NoTimbrado(mensaje),
            Some((codigo, mensaje)) => Intento::Respuesta(pac::of_codigo(&codigo, &mensaje)),
            // It says stamped and brings no document: the stamp exists, ask for it.
            None if !uuid.is_empty() || estatus.contains("timbrado") => {
                Intento::Previo("307".to_owned(), estatus)
            }
            None => Intento::Respuesta(Respuesta::Incierto {
                motivo: "el PAC respondió sin timbre ni incidencia".to_owned(),
                despues_ms: None,
            }),
        }
    }

    /// Asks for the earlier stamp until it comes; 603 means "not yet" after a 307.
    async fn wait_for_earlier(
        &self,
        envio: &Envio<'_>,
        codigo: String,
        mensaje: String,
    ) -> Respuesta {
        for espera_ms in std::iter::once(&0).chain(&self.esperas_previo_ms) {
            tokio::time::sleep(Duration::from_millis(*espera_ms)).await;
            match self.attempt(envio, "stamped").await {
                Intento::Respuesta(r @ (Respuesta::Aceptado(_) | Respuesta::Configuracion(_))) => {
                    return r;
                }
                Intento::Respuesta(_) | Intento::Previo(..) | Intento::NoTimbrado(_) => {}
            }
        }
        Respuesta::YaRegistrado { codigo, mensaje }
    }
}

/// What one call says.
enum Intento {
    Respuesta(Respuesta),
    /// 307 without the stamp.
    Previo(String, String),
    /// 603.
    NoTimbrado(String),
}

fn is_duplicado(codigo: &str) -> bool {
    clase(codigo) == ClasePac::Duplicado
}

#[async_trait]
impl Timbrador for Finkok {
    async fn timbrar(&self, envio: &Envio<'_>) -> Respuesta {
        match self.attempt(envio, "stamp").await {
            Intento::Respuesta(respuesta) => respuesta,
            Intento::Previo(codigo, mensaje) => self.wait_for_earlier(envio, codigo, mensaje).await,
            Intento::NoTimbrado(mensaje) => pac::of_codigo(NO_TIMBRADO, &mensaje),
        }
    }

    async fn recuperar(&self, envio: &Envio<'_>) -> Respuesta {
        match self.attempt(envio, "stamped").await {
            Intento::Respuesta(respuesta) => respuesta,
            Intento::Previo(codigo, mensaje) => Respuesta::YaRegistrado { codigo, mensaje },
            Intento::NoTimbrado(mensaje) => {
                Respuesta::NoExiste { codigo: NO_TIMBRADO.to_owned(), mensaje }
            }
        }
    }

    async fn cancelar(&self, solicitud: &SolicitudCancelacion<'_>) -> RespuestaBaja {
        let llamada = Llamada {
            servicio: Servicio::Cancel,
            operacion: "cancel_signature",
            xml: Some(solicitud.xml),
            campos: &[("store_pending", "false")],
        };
        let sobre = match self.call(&llamada).await {
            Ok(sobre) => sobre,
            Err(e) => return pac::baja_without_answer(e.respuesta()),
        };
        match sobre.resultado(llamada.operacion) {
            Ok(resultado) => judge_cancel(resultado, solicitud.uuid),
            Err(motivo) => RespuestaBaja::Incierto { motivo },
        }
    }

    async fn acuse(&self, emisor: &str, uuid: &str) -> Result<Option<Vec<u8>>, Falla> {
        let llamada = Llamada {
            servicio: Servicio::Cancel,
            operacion: "get_receipt",
            xml: None,
            campos: &[("taxpayer_id", emisor), ("uuid", uuid), ("type", "C")],
        };
        self.ask(&llamada, |r| Ok(Some(r.text("receipt").into_bytes()).filter(|a| !a.is_empty())))
            .await
    }

    async fn pendientes(&self, receptor: &str) -> Result<Vec<String>, Falla> {
        let llamada = Llamada {
            servicio: Servicio::Cancel,
            operacion: "get_pending",
            xml: None,
            campos: &[("rtaxpayer_id", receptor)],
        };
        self.ask(&llamada, |r| Ok(r.list("uuids"))).await
    }

    async fn saldo(&self) -> Result<Saldo, Falla> {
        Err(Falla::NoOfrecida)
    }

    async fn comprobar(&self) -> Result<(), Falla> {
        let nadie = "00000000-0000-0000-0000-000000000000";
        let llamada = Llamada {
            servicio: Servicio::Cancel,
            operacion: "get_sat_status",
            xml: None,
            campos: &[
                ("taxpayer_id", "XAXX010101000"),
                ("rtaxpayer_id", "XAXX010101000"),
                ("uuid", nadie),
                ("total", "0.00"),
            ],
        };
        self.ask(&llamada, |_| Ok(())).await
    }
}

fn judge_cancel(r: Resultado<'_>, uuid: &str) -> RespuestaBaja {
    let estatus = r.text("CodEstatus");
    if let Some(codigo) = r.estatus_of(uuid).filter(|c| !c.is_empty()) {
        return pac::of_baja(&codigo, &estatus, r.text("Acuse").into_bytes());
    }
    if estatus.contains(LOGIN) {
        return pac::of_baja("300", &estatus, Vec::new());
    }
    match split_codigo(&estatus) {
        ("", "no_cancelable") => pac::of_baja("204", &estatus, Vec::new()),
        ("", "") => {
            let motivo = "el PAC respondió sin el folio fiscal ni un código".to_owned();
            RespuestaBaja::Incierto { motivo }
        }
        (codigo, mensaje) => pac::of_baja(codigo, mensaje, Vec::new()),
    }
}
