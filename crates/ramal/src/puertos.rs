//! The doors to the outside of payments, collections and messages, made once for jobs and pages.
//! What is behind each is decided by the modes; no rule is here.

use std::sync::Arc;

use ramal_cobranza::puertos::Puertos as PuertosDeCobranza;
use ramal_cobranza::red::{RedEmulada, RedRegistrada};
use ramal_cobros::Pasarelas;
use ramal_mensajeria::{Canales, CanalesDeAjustes};
use ramal_plataforma::Modo;
use ramal_web::Entorno;

use crate::avisos::AvisosDeCobranza;
use crate::casa::Casa;
use crate::conexiones::mode;
use crate::emuladores::Emuladores;
use crate::frenos::FrenosDeRamal;
use crate::pasarelas::PasarelasDeRamal;

/// The doors of a process.
#[derive(Clone)]
pub struct Puertos {
    /// Gateways.
    pub pasarelas: Arc<dyn Pasarelas>,
    /// WhatsApp and mail.
    pub canales: Arc<dyn Canales>,
    /// What collections ask.
    pub cobranza: PuertosDeCobranza,
    /// Address and key of the links.
    pub entorno: Entorno,
}

impl Puertos {
    /// Doors of a house; without emulators of its own, what is emulated does not answer.
    pub async fn open(
        casa: &Casa,
        emuladores: Option<&Emuladores>,
        entorno: Entorno,
    ) -> anyhow::Result<Puertos> {
        let pasarela = emuladores.map(|e| e.pasarela.base.clone());
        let reloj = casa.cx.clock();
        let red: Arc<dyn ramal_cobranza::puertos::Red> = match mode("ROUTER_MODE")? {
            Modo::Emulado => Arc::new(RedEmulada::default()),
            Modo::Real => Arc::new(RedRegistrada),
        };
        let avisos = AvisosDeCobranza { db: casa.db.clone(), entorno: entorno.clone() };
        Ok(Puertos {
            pasarelas: PasarelasDeRamal::open(casa, pasarela).await?,
            canales: Arc::new(CanalesDeAjustes::new(casa.db.clone(), casa.sello.clone(), reloj)),
            cobranza: PuertosDeCobranza {
                frenos: Arc::new(FrenosDeRamal { db: casa.db.clone() }),
                avisos: Arc::new(avisos),
                red,
            },
            entorno,
        })
    }
}
