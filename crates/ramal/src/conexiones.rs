//! Who answers for the authorities: emulated or real by `PAC_MODE` and `SUNAT_MODE`. Holds
//! credentials, logs none.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context;
use ramal_base::Clock;
use ramal_conectores::{
    AccesoSw, AjustesRed, ConfigFinkok, ConfigSunat, ConfigSw, Consulta, ConsultaCdr, ConsultaSat,
    Entorno, EnvioCpe, Falla, Finkok, Negativa, Red, Respuesta, RespuestaTicket,
    RespuestaTicketEstado, Sat, Secreto, Sunat, Sw, Timbrador,
};
use ramal_fiscal::EmisorFiscal;
use ramal_fiscal::conexiones::Conexiones;
use ramal_plataforma::{Modo, Sello, get_secret};

use crate::casa::Casa;
use crate::emuladores::Emuladores;

/// Connectors of the process, made once and shared.
pub struct Enlaces {
    timbrador: Arc<dyn Timbrador>,
    sat: Arc<dyn ConsultaSat>,
    sunat: HashMap<String, ConfigSunat>,
    base_sunat: String,
    red: Arc<Red>,
    abiertos: Mutex<HashMap<String, Arc<dyn EnvioCpe>>>,
    modo_pac: Modo,
    modo_sunat: Modo,
}

/// `emulated` (also when it is not set) or `real`. Errors: it says something else.
pub fn mode(variable: &str) -> anyhow::Result<Modo> {
    match std::env::var(variable).as_deref() {
        Err(_) | Ok("" | "emulated") => Ok(Modo::Emulado),
        Ok("real") => Ok(Modo::Real),
        Ok(otro) => anyhow::bail!("{variable} debe ser emulated o real, no «{otro}»"),
    }
}

impl Enlaces {
    /// Connectors for the house's emisores; the emulators are needed for the modes that say so.
    pub async fn open(casa: &Casa, emuladores: &Emuladores) -> anyhow::Result<Arc<Enlaces>> {
        let clock: Arc<dyn Clock> = casa.cx.clock();
        let red = Red::new(clock, AjustesRed::default())?;
        let modo_pac = mode("PAC_MODE")?;
        let (timbrador, sat) = match modo_pac {
            Modo::Emulado => emulated_pac(&red, &emuladores.pac)?,
            Modo::Real => real_pac(casa, &red).await?,
        };
        let modo_sunat = mode("SUNAT_MODE")?;
        let mut sunat = HashMap::new();
        for emisor in ramal_plataforma::emisores(&casa.db).await? {
            if emisor.pais == ramal_base::Pais::Pe {
                let config = sunat_config(casa, &emisor.numero, modo_sunat, &emuladores.sunat);
                let config = config.await?;
                sunat.insert(emisor.numero, config);
            }
        }
        let abiertos = Mutex::new(HashMap::new());
        let base_sunat = emuladores.sunat.clone();
        Ok(Arc::new(Enlaces {
            timbrador,
            sat,
            sunat,
            base_sunat,
            red,
            abiertos,
            modo_pac,
            modo_sunat,
        }))
    }

    /// Settings of an emisor; one made after the start has the emulated account until the next
    /// start.
    fn config(&self, ruc: &str) -> ConfigSunat {
        self.sunat.get(ruc).cloned().unwrap_or_else(|| emulated_sunat(ruc, &self.base_sunat))
    }
}

impl Conexiones for Enlaces {
    fn timbrador(&self, _emisor: &EmisorFiscal) -> Arc<dyn Timbrador> {
        self.timbrador.clone()
    }

    fn sat(&self, _emisor: &EmisorFiscal) -> Arc<dyn ConsultaSat> {
        self.sat.clone()
    }

    fn sunat(&self, emisor: &EmisorFiscal) -> Arc<dyn EnvioCpe> {
        let mut abiertos = self.abiertos.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(abierto) = abiertos.get(&emisor.numero) {
            return abierto.clone();
        }
        let nuevo: Arc<dyn EnvioCpe> = match Sunat::new(&self.red, self.config(&emisor.numero)) {
            Ok(sunat) => Arc::new(sunat),
            Err(falla) => Arc::new(SinSunat(falla.to_string())),
        };
        abiertos.insert(emisor.numero.clone(), nuevo.clone());
        nuevo
    }

    fn modo(&self, emisor: &EmisorFiscal) -> Modo {
        match emisor.pais {
            ramal_base::Pais::Pe => self.modo_sunat,
            _ => self.modo_pac,
        }
    }
}

/// What answers when the configured address of SUNAT cannot be used: it asks for the configuration
/// to be mended.
struct SinSunat(String);

impl SinSunat {
    fn refusal(&self) -> Respuesta {
        Respuesta::Configuracion(Negativa {
            codigo: "configuracion".to_owned(),
            mensaje: self.0.clone(),
            campo: None,
            salida: "Corrija la dirección de SUNAT y vuelva a iniciar.".to_owned(),
            acuse: None,
        })
    }
}

#[async_trait::async_trait]
impl EnvioCpe for SinSunat {
    async fn enviar(&self, _nombre: &str, _xml: &[u8]) -> Respuesta {
        self.refusal()
    }

    async fn enviar_resumen(&self, _nombre: &str, _xml: &[u8]) -> RespuestaTicket {
        RespuestaTicket::Otra(self.refusal())
    }

    async fn consultar_ticket(&self, _ticket: &str, _nombre: &str) -> RespuestaTicketEstado {
        RespuestaTicketEstado::Fallo(self.refusal())
    }

    fn can_consultar(&self, _serie: &str) -> bool {
        false
    }

    async fn consultar_cdr(&self, _consulta: &ConsultaCdr<'_>) -> Respuesta {
        self.refusal()
    }

    async fn comprobar(&self) -> Result<(), Falla> {
        Err(Falla::Configuracion(self.0.clone()))
    }
}

type Mexico = (Arc<dyn Timbrador>, Arc<dyn ConsultaSat>);

fn emulated_pac(red: &Red, base: &str) -> anyhow::Result<Mexico> {
    let entorno = Entorno::Emulado(base.to_owned());
    let usuario = "demo".to_owned();
    let acceso = AccesoSw::Clave { usuario, clave: Secreto::new("demo") };
    let config = ConfigSw { entorno: entorno.clone(), acceso, certificados: Vec::new() };
    Ok((Arc::new(Sw::new(red, config)?), Arc::new(Sat::new(red, &entorno)?)))
}

/// `PAC_PROVEEDOR` is `sw` or `finkok`, `PAC_ENTORNO` is `prueba` or `produccion`.
async fn real_pac(casa: &Casa, red: &Red) -> anyhow::Result<Mexico> {
    let entorno = match std::env::var("PAC_ENTORNO").as_deref() {
        Ok("produccion") => Entorno::Produccion,
        Ok("prueba") => Entorno::Prueba,
        _ => anyhow::bail!("con PAC_MODE=real, PAC_ENTORNO debe ser prueba o produccion"),
    };
    let usuario = secret(casa, "pac.usuario").await?;
    let clave = Secreto::new(secret(casa, "pac.clave").await?);
    let timbrador: Arc<dyn Timbrador> = match std::env::var("PAC_PROVEEDOR").as_deref() {
        Ok("finkok") => {
            Arc::new(Finkok::new(red, ConfigFinkok::new(entorno.clone(), usuario, clave))?)
        }
        Ok("sw") | Err(_) => {
            let acceso = AccesoSw::Clave { usuario, clave };
            let config = ConfigSw { entorno: entorno.clone(), acceso, certificados: Vec::new() };
            Arc::new(Sw::new(red, config)?)
        }
        Ok(otro) => anyhow::bail!("PAC_PROVEEDOR debe ser sw o finkok, no «{otro}»"),
    };
    Ok((timbrador, Arc::new(Sat::new(red, &entorno)?)))
}

/// A sealed secret, or the environment variable of the same name (`pac.usuario` → `PAC_USUARIO`).
async fn secret(casa: &Casa, nombre: &str) -> anyhow::Result<String> {
    let variable = nombre.to_uppercase().replace(['.', '/'], "_");
    if let Ok(valor) = std::env::var(&variable) {
        return Ok(valor);
    }
    let sello: &Sello = &casa.sello;
    let guardado = get_secret(&casa.db, sello, nombre).await?;
    let guardado = guardado.with_context(|| format!("falta el secreto {nombre} (o {variable})"))?;
    Ok(String::from_utf8(guardado.to_vec())?)
}

async fn sunat_config(
    casa: &Casa,
    ruc: &str,
    modo: Modo,
    base: &str,
) -> anyhow::Result<ConfigSunat> {
    if modo == Modo::Emulado {
        return Ok(emulated_sunat(ruc, base));
    }
    let (entorno, consulta) = match std::env::var("SUNAT_ENTORNO").as_deref() {
        Ok("produccion") => (Entorno::Produccion, Consulta::Disponible),
        Ok("beta") => (Entorno::Prueba, Consulta::NoOfrecida),
        _ => anyhow::bail!("con SUNAT_MODE=real, SUNAT_ENTORNO debe ser beta o produccion"),
    };
    Ok(ConfigSunat {
        entorno,
        ruc: ruc.to_owned(),
        usuario: secret(casa, &format!("sol.usuario/{ruc}")).await?,
        clave: Secreto::new(secret(casa, &format!("sol.clave/{ruc}")).await?),
        consulta,
    })
}

/// Account of the emulator, the same as in SUNAT's beta.
fn emulated_sunat(ruc: &str, base: &str) -> ConfigSunat {
    ConfigSunat {
        entorno: Entorno::Emulado(base.to_owned()),
        ruc: ruc.to_owned(),
        usuario: "MODDATOS".to_owned(),
        clave: Secreto::new("moddatos"),
        consulta: Consulta::Disponible,
    }
}
