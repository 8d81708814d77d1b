//! Status service of the SAT: the only proof that a document is in force or cancelled. It needs no
//! login and changes nothing.
//!
//! Source: cfdi.md 15.

use async_trait::async_trait;
use ramal_cfdi::Valor;
use ramal_cfdi::cancelacion::{ESTADO_ACCION, consulta_soap, leer_estado};
use ramal_cfdi::qr::{DatosQr, texto_qr};

use crate::config::Entorno;
use crate::red::{Linea, Red, SinRespuesta};
use crate::{ConsultaEstado, ConsultaSat, EstadoSat, Falla};

/// Calls at a time.
const PARALELO: usize = 8;

/// Client of the status service.
pub struct Sat {
    linea: Linea,
}

impl Sat {
    /// Client of an installation. Errors: `Falla::Configuracion` if the address cannot be used.
    pub fn new(red: &Red, entorno: &Entorno) -> Result<Sat, Falla> {
        let base = entorno.base(
            "https://pruebacfdiconsultaqr.cloudapp.net",
            "https://consultaqr.facturaelectronica.sat.gob.mx",
        )?;
        Ok(Sat { linea: red.linea(&base, PARALELO) })
    }
}

#[async_trait]
impl ConsultaSat for Sat {
    async fn estado(&self, consulta: &ConsultaEstado<'_>) -> Result<EstadoSat, Falla> {
        let expresion = texto_qr(DatosQr {
            uuid: consulta.uuid,
            emisor: consulta.emisor,
            receptor: consulta.receptor,
            total: Valor::centavos(consulta.total.centavos),
            sello: consulta.sello,
        });
        let peticion = self
            .linea
            .post("/ConsultaCFDIService.svc")
            .header("content-type", "text/xml; charset=utf-8")
            .header("soapaction", ESTADO_ACCION)
            .body(consulta_soap(&expresion));
        let leida = self.linea.send(peticion, |cruda| leer_estado(&cruda.cuerpo)).await;
        let leida = leida.map_err(SinRespuesta::falla)?;
        EstadoSat::read(&leida).ok_or_else(|| Falla::Autoridad {
            codigo: leida.codigo.clone(),
            mensaje: leida.estado.clone(),
        })
    }
}
