//! REST dialect of SW sapien: stamps sealed XML, recovers earlier stamps, cancels with signed
//! requests. It deliberately uses no route that needs the CSD.
//!
//! Source: cfdi.md 16.2.

use std::sync::Arc;

use async_trait::async_trait;
use ramal_cfdi::texto::hex;
use ramal_xml::{Certificado, sha256};
use reqwest::RequestBuilder;
use reqwest::multipart::{Form, Part};

use crate::config::{Entorno, Secreto};
use crate::pac::{self, ClasePac, Recibido, clase, split_codigo};
use crate::red::{Linea, Red, SinRespuesta};
use crate::sw_mensajes::{Mensaje, read};
use crate::sw_token::Acceso;
use crate::{Envio, Falla, Respuesta, RespuestaBaja, Saldo, SolicitudCancelacion, Timbrador};

/// Calls at a time to a PAC.
const PARALELO: usize = 16;

/// How to enter.
#[derive(Clone, Debug)]
pub enum AccesoSw {
    /// User and password: a token of about two hours is asked for and renewed.
    Clave {
        /// User.
        usuario: String,
        /// Password.
        clave: Secreto,
    },
    /// Permanent token of the panel.
    Token(Secreto),
}

/// Account with SW sapien.
#[derive(Clone, Debug)]
pub struct ConfigSw {
    /// Installation.
    pub entorno: Entorno,
    /// How to enter.
    pub acceso: AccesoSw,
    /// Certificates of the PAC known to us, to verify SelloSAT; without the right one it is not
    /// judged.
    pub certificados: Vec<Certificado>,
}

/// Client of SW sapien.
pub struct Sw {
    servicios: Linea,
    api: Linea,
    acceso: Acceso,
    certificados: Vec<Certificado>,
}

/// Why a call with a token got no answer.
enum SinMensaje {
    Transporte(SinRespuesta),
    Credenciales { codigo: String, mensaje: String },
}

impl SinMensaje {
    fn respuesta(self) -> Respuesta {
        match self {
            SinMensaje::Transporte(t) => t.respuesta(),
            SinMensaje::Credenciales { codigo, mensaje } => {
                Respuesta::Configuracion(pac::configuracion(&codigo, &mensaje))
            }
        }
    }

    fn falla(self) -> Falla {
        match self {
            SinMensaje::Transporte(t) => t.falla(),
            SinMensaje::Credenciales { codigo, mensaje } => Falla::Credenciales { codigo, mensaje },
        }
    }
}

impl Sw {
    /// Client of an account. Errors: `Falla::Configuracion` if the address cannot be used.
    pub fn new(red: &Red, config: ConfigSw) -> Result<Sw, Falla> {
        let e = &config.entorno;
        let servicios = e.base("https://services.test.sw.com.mx", "https://services.sw.com.mx")?;
        let api = e.base("https://api.test.sw.com.mx", "https://api.sw.com.mx")?;
        Ok(Sw {
            servicios: red.linea(&servicios, PARALELO),
            api: red.linea(&api, PARALELO),
            acceso: Acceso::new(config.acceso),
            certificados: config.certificados,
        })
    }

    /// Sends with a token; one that was refused is renewed once, for a 401 was not processed.
    async fn call(
        &self,
        linea: &Linea,
        build: impl Fn() -> RequestBuilder + Send,
    ) -> Result<Mensaje, SinMensaje> {
        let token = self.token().await?;
        let primero = self.call_with(linea, build(), &token).await?;
        if primero.http != 401 {
            return Ok(primero);
        }
        if !self.acceso.forget(&token).await {
            return Err(refused(&primero));
        }
        let token = self.token().await?;
        let segundo = self.call_with(linea, build(), &token).await?;
        if segundo.http == 401 { Err(refused(&segundo)) } else { Ok(segundo) }
    }

    async fn call_with(
        &self,
        linea: &Linea,
        peticion: RequestBuilder,
        token: &Arc<str>,
    ) -> Result<Mensaje, SinMensaje> {
        let peticion = peticion.bearer_auth(token);
        linea.send(peticion, read).await.map_err(SinMensaje::Transporte)
    }

    async fn token(&self) -> Result<Arc<str>, SinMensaje> {
        self.acceso.token(&self.servicios).await.map_err(|e| match e {
            Falla::Credenciales { codigo, mensaje } => SinMensaje::Credenciales { codigo, mensaje },
            // No token, no request: the document was not sent.
            otra => SinMensaje::Transporte(SinRespuesta::NoProcesada {
                motivo: otra.to_string(),
                despues_ms: None,
            }),
        })
    }

    async fn recover_earlier(&self, envio: &Envio<'_>, m: &Mensaje, codigo: &str) -> Respuesta {
        if let Some(xml) = m.data_text("cfdi") {
            let recibido = Recibido { xml, codigo, previo: true };
            return pac::accept(envio.xml, &recibido, &self.certificados);
        }
        match (m.data_text("tfd"), m.data_text("uuid")) {
            (Some(tfd), _) => match pac::uuid_of_tfd(tfd, envio.xml) {
                Some(uuid) => self.live(envio, &uuid, codigo).await,
                // The key stamped other bytes: a fiscal document exists that is not this one.
                None => Respuesta::Incierto {
                    motivo: format!("{codigo}: la clave ya timbró otro comprobante"),
                    despues_ms: None,
                },
            },
            (None, Some(uuid)) => self.live(envio, uuid, codigo).await,
            (None, None) => pac::of_codigo(codigo, &m.message),
        }
    }

    async fn live(&self, envio: &Envio<'_>, uuid: &str, codigo: &str) -> Respuesta {
        let ruta = format!("/datawarehouse/v1/live/{}", escape_path(uuid));
        let m = match self.call(&self.api, || self.api.get(&ruta)).await {
            Ok(m) => m,
            Err(e) => return e.respuesta(),
        };
        if let Some(xml) = m.data_text("cfdi").filter(|_| m.success) {
            let recibido = Recibido { xml, codigo, previo: true };
            return pac::accept(envio.xml, &recibido, &self.certificados);
        }
        let (codigo, mensaje) = split_codigo(&m.message);
        if m.http == 404 {
            let (codigo, mensaje) = (codigo.to_owned(), mensaje.to_owned());
            return Respuesta::NoExiste { codigo, mensaje };
        }
        Respuesta::Incierto {
            motivo: format!("el PAC no entregó el comprobante: {}", m.message),
            despues_ms: None,
        }
    }

    fn judge_cancel(&self, m: &Mensaje, uuid: &str) -> RespuestaBaja {
        if m.success {
            let acuse = m.data_text("acuse").unwrap_or_default().as_bytes().to_vec();
            return match m.estatus_of(uuid) {
                Some(estatus) => pac::of_baja(&estatus, "", acuse),
                None => RespuestaBaja::Incierto {
                    motivo: "el PAC no dijo el estatus del folio fiscal".to_owned(),
                },
            };
        }
        let (detalle, texto) = split_codigo(&m.detail);
        let codigo = match detalle.strip_prefix("CR") {
            Some(cr) => cr.get(cr.len().saturating_sub(3)..).unwrap_or(cr),
            None => split_codigo(&m.message).0,
        };
        let texto = if texto.is_empty() { m.message.as_str() } else { texto };
        if m.http >= 500 && clase(codigo) == ClasePac::Desconocida {
            return RespuestaBaja::Incierto { motivo: texto.to_owned() };
        }
        pac::of_baja(codigo, texto, Vec::new())
    }
}

#[async_trait]
impl Timbrador for Sw {
    async fn timbrar(&self, envio: &Envio<'_>) -> Respuesta {
        let clave = customid(envio.clave);
        let build = || {
            let peticion = self.servicios.post("/v4/cfdi33/stamp/v4").header("customid", &clave);
            peticion.multipart(xml_form(envio.xml))
        };
        let m = match self.call(&self.servicios, build).await {
            Ok(m) => m,
            Err(e) => return e.respuesta(),
        };
        if m.success {
            return match m.data_text("cfdi") {
                Some(xml) => {
                    let recibido = Recibido { xml, codigo: "", previo: false };
                    pac::accept(envio.xml, &recibido, &self.certificados)
                }
                None => self.recover_earlier(envio, &m, "307").await,
            };
        }
        let (codigo, mensaje) = split_codigo(&m.message);
        match clase(codigo) {
            ClasePac::Duplicado => self.recover_earlier(envio, &m, codigo).await,
            ClasePac::Desconocida if m.http >= 500 => {
                Respuesta::Incierto { motivo: m.message.clone(), despues_ms: None }
            }
            _ => pac::of_codigo(codigo, mensaje),
        }
    }

    async fn recuperar(&self, envio: &Envio<'_>) -> Respuesta {
        match envio.uuid {
            Some(uuid) => self.live(envio, uuid, "307").await,
            None => Respuesta::Incierto {
                motivo: "SW solo recupera por folio fiscal: reenvíe los mismos bytes".to_owned(),
                despues_ms: None,
            },
        }
    }

    async fn cancelar(&self, solicitud: &SolicitudCancelacion<'_>) -> RespuestaBaja {
        let build = || self.servicios.post("/cfdi33/cancel/xml").multipart(xml_form(solicitud.xml));
        match self.call(&self.servicios, build).await {
            Ok(m) => self.judge_cancel(&m, solicitud.uuid),
            Err(e) => pac::baja_without_answer(e.respuesta()),
        }
    }

    async fn acuse(&self, _emisor: &str, _uuid: &str) -> Result<Option<Vec<u8>>, Falla> {
        Err(Falla::NoOfrecida)
    }

    async fn pendientes(&self, receptor: &str) -> Result<Vec<String>, Falla> {
        let ruta = format!("/pendings/{}", escape_path(receptor));
        let build = || self.servicios.get(&ruta);
        let m = self.call(&self.servicios, build).await.map_err(SinMensaje::falla)?;
        m.ok()?;
        Ok(m.data_list("uuid"))
    }

    async fn saldo(&self) -> Result<Saldo, Falla> {
        let build = || self.api.get("/management/v2/api/users/balance");
        let m = self.call(&self.api, build).await.map_err(SinMensaje::falla)?;
        m.ok()?;
        m.saldo().ok_or_else(|| Falla::Autoridad {
            codigo: String::new(),
            mensaje: "el saldo no se entiende".to_owned(),
        })
    }

    async fn comprobar(&self) -> Result<(), Falla> {
        self.saldo().await.map(|_| ())
    }
}

fn refused(m: &Mensaje) -> SinMensaje {
    let (codigo, mensaje) = split_codigo(&m.message);
    let codigo = if codigo.is_empty() { "401" } else { codigo };
    SinMensaje::Credenciales { codigo: codigo.to_owned(), mensaje: mensaje.to_owned() }
}

/// Key as the header takes it: what does not fit travels as its SHA-256, the same every time.
fn customid(clave: &str) -> String {
    let cabe = (1..=100).contains(&clave.len()) && clave.bytes().all(|b| b.is_ascii_graphic());
    if cabe { clave.to_owned() } else { hex(&sha256(clave.as_bytes())) }
}

fn xml_form(xml: &[u8]) -> Form {
    let parte = || Part::bytes(xml.to_vec()).file_name("xml");
    Form::new().part("xml", parte().mime_str("text/xml").unwrap_or_else(|_| parte()))
}

/// Percent-encodes what is not a letter, a digit or a hyphen: an RFC may hold `&` and `Ñ`.
fn escape_path(texto: &str) -> String {
    let escape = |b: u8| match b {
        b if b.is_ascii_alphanumeric() || b == b'-' => char::from(b).to_string(),
        b => format!("%{b:02X}"),
    };
    texto.bytes().map(escape).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_paths_fit_the_wire_whatever_they_hold() {
        assert_eq!(customid("t1-F001-7"), "t1-F001-7");
        for clave in ["", "con espacio", "ñ", &"x".repeat(101)] {
            assert_eq!(customid(clave).len(), 64, "{clave}");
        }
        assert_eq!(escape_path("H&E951128469"), "H%26E951128469");
        assert_eq!(escape_path("../x?y"), "%2E%2E%2Fx%3Fy");
    }
}
