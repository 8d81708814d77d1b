//! Channels that do what the test says and write down what they were asked.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use ramal_canales::correo::Entrega;
use ramal_canales::whatsapp::{
    Aceptado, EnvioWhatsapp, Escribiendo, MedioBajado, MedioRemoto, MedioSaliente, NuevaPlantilla,
    PaginaPlantillas, PlantillaCreada,
};
use ramal_canales::{CorreoCongelado, EnvioCorreo, FallaEnvio, MensajeWhatsapp, ResultadoCorreo};
use ramal_mensajeria::Canales;
use ramal_mensajeria::storage::lineas::Linea;

/// What a channel does with the next call.
pub enum Guion {
    /// Refuses so.
    Falla(FallaEnvio),
    /// Takes it and then the process dies before anybody writes it down.
    Muere,
}

#[derive(Default)]
pub struct Estado {
    pub whatsapps: Vec<MensajeWhatsapp>,
    pub correos: Vec<CorreoCongelado>,
    pub subidos: Vec<MedioSaliente>,
    pub guion_whatsapp: VecDeque<Guion>,
    pub guion_correo: VecDeque<Guion>,
    pub plantillas: Vec<ramal_canales::whatsapp::PlantillaRemota>,
}

#[derive(Clone, Default)]
pub struct Falsos(pub Arc<Mutex<Estado>>);

impl Falsos {
    pub fn whatsapps(&self) -> Vec<MensajeWhatsapp> {
        self.0.lock().unwrap().whatsapps.clone()
    }

    pub fn correos(&self) -> Vec<CorreoCongelado> {
        self.0.lock().unwrap().correos.clone()
    }

    pub fn whatsapp_dira(&self, falla: FallaEnvio) {
        self.0.lock().unwrap().guion_whatsapp.push_back(Guion::Falla(falla));
    }

    pub fn correo_dira(&self, falla: FallaEnvio) {
        self.0.lock().unwrap().guion_correo.push_back(Guion::Falla(falla));
    }

    pub fn whatsapp_morira(&self) {
        self.0.lock().unwrap().guion_whatsapp.push_back(Guion::Muere);
    }
}

struct Linea1 {
    estado: Arc<Mutex<Estado>>,
    telefono: String,
}

#[async_trait]
impl EnvioWhatsapp for Linea1 {
    fn linea(&self) -> &str {
        &self.telefono
    }

    async fn send(&self, mensaje: &MensajeWhatsapp) -> Result<Aceptado, FallaEnvio> {
        let (n, guion) = {
            let mut estado = self.estado.lock().unwrap();
            let guion = estado.guion_whatsapp.pop_front();
            if !matches!(guion, Some(Guion::Falla(_))) {
                estado.whatsapps.push(mensaje.clone());
            }
            (estado.whatsapps.len(), guion)
        };
        match guion {
            Some(Guion::Falla(falla)) => Err(falla),
            Some(Guion::Muere) => std::future::pending().await,
            None => Ok(Aceptado { wamid: format!("wamid.{n}"), wa_id: None, bsuid: None }),
        }
    }

    async fn mark_read(&self, _: &str, _: Escribiendo) -> Result<(), FallaEnvio> {
        Ok(())
    }

    async fn upload(&self, medio: &MedioSaliente) -> Result<String, FallaEnvio> {
        let mut estado = self.estado.lock().unwrap();
        estado.subidos.push(medio.clone());
        Ok(format!("medio-{}", estado.subidos.len()))
    }

    async fn media(&self, _: &str) -> Result<MedioRemoto, FallaEnvio> {
        Err(FallaEnvio::retry("x", "not in the test"))
    }

    async fn download(&self, _: &str) -> Result<MedioBajado, FallaEnvio> {
        Err(FallaEnvio::retry("x", "not in the test"))
    }

    async fn templates(&self, _: Option<&str>) -> Result<PaginaPlantillas, FallaEnvio> {
        let plantillas = self.estado.lock().unwrap().plantillas.clone();
        Ok(PaginaPlantillas { plantillas, siguiente: None })
    }

    async fn create_template(&self, _: &NuevaPlantilla) -> Result<PlantillaCreada, FallaEnvio> {
        Err(FallaEnvio::retry("x", "not in the test"))
    }
}

struct Buzon1(Arc<Mutex<Estado>>);

#[async_trait]
impl EnvioCorreo for Buzon1 {
    async fn send(&self, correo: &CorreoCongelado) -> Result<ResultadoCorreo, FallaEnvio> {
        let mut estado = self.0.lock().unwrap();
        if let Some(Guion::Falla(falla)) = estado.guion_correo.pop_front() {
            return Err(falla);
        }
        estado.correos.push(correo.clone());
        let entrega = |d: &String| Entrega { direccion: d.clone(), resultado: Ok("250 ok".into()) };
        Ok(ResultadoCorreo { entregas: correo.para.iter().map(entrega).collect() })
    }
}

#[async_trait]
impl Canales for Falsos {
    async fn whatsapp(&self, linea: &Linea) -> Result<Arc<dyn EnvioWhatsapp>, FallaEnvio> {
        let (estado, telefono) = (self.0.clone(), linea.telefono_id.clone());
        Ok(Arc::new(Linea1 { estado, telefono }))
    }

    async fn correo(&self) -> Result<Arc<dyn EnvioCorreo>, FallaEnvio> {
        Ok(Arc::new(Buzon1(self.0.clone())))
    }

    async fn check_correo(&self) -> Result<(), FallaEnvio> {
        Ok(())
    }
}
