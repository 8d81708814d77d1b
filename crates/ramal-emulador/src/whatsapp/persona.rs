//! What the person with the phone does: writes, presses a button, sends a file, reads, stops
//! marketing. It answers nothing for the business.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::Emulador;
use super::avisos::Pieza;
use super::fallo::Fallo;
use super::mando::number;
use super::medios;
use super::numero::{pais, wa_id};
use super::registro::Registro;
use super::tipos::{Adjunto, Avance, Burbuja, Evento, Medio, Sentido, Telefono};
use crate::Error;

/// Length of the window, ms.
const VENTANA_MS: i64 = 86_400_000;

/// What a person could not do.
#[derive(Debug, thiserror::Error)]
pub enum NoSePuede {
    /// The number is none.
    #[error("el número no es un teléfono")]
    Numero,
    /// There is no such chat, message or button.
    #[error("ese chat, mensaje o botón no existe")]
    NoExiste,
    /// The file is not one that WhatsApp takes.
    #[error("WhatsApp no acepta ese archivo: {}", .0.detalle)]
    Archivo(Fallo),
    /// The journal.
    #[error(transparent)]
    Emulador(#[from] Error),
}

impl Emulador {
    /// The person writes a text. Opens the window. Gives the wamid.
    pub fn write(&self, telefono: &str, texto: &str) -> Result<String, NoSePuede> {
        let cuerpo = json!({ "body": texto });
        self.receive(telefono, Recibido { clase: "text", cuerpo, ..Recibido::of(texto) })
    }

    /// The person presses a quick reply of a message of the business.
    pub fn press(&self, wamid: &str, indice: usize) -> Result<String, NoSePuede> {
        let (wa, boton) = {
            let registro = self.state();
            let burbuja = registro.burbuja(wamid).ok_or(NoSePuede::NoExiste)?;
            let boton = burbuja.botones.get(indice).cloned();
            let boton = boton.filter(|b| b.tipo == "QUICK_REPLY").ok_or(NoSePuede::NoExiste)?;
            (burbuja.wa_id.clone(), boton)
        };
        let cuerpo = json!({ "text": boton.texto, "payload": boton.valor });
        let recibido = Recibido {
            clase: "button",
            cuerpo,
            cita: Some(wamid.to_owned()),
            ..Recibido::of(&boton.texto)
        };
        self.receive(&wa, recibido)
    }

    /// The person sends a file: a photo of a voucher, a PDF.
    pub fn attach(
        &self,
        telefono: &str,
        (nombre, mime, bytes): (&str, &str, &[u8]),
        pie: &str,
    ) -> Result<String, NoSePuede> {
        let ahora = self.now().millis();
        let medio = medios::read(nombre, mime, bytes, ahora).map_err(NoSePuede::Archivo)?;
        let medio = self.keep_file(medio)?;
        let clase = medios::class_of(mime);
        let mut cuerpo = json!({ "id": medio.id, "mime_type": mime,
            "sha256": base64_of(&medio.sha256) });
        if !pie.is_empty() {
            cuerpo["caption"] = json!(pie);
        }
        if clase == "document" {
            cuerpo["filename"] = json!(nombre);
        }
        let adjunto = Adjunto {
            id: medio.id,
            enlace: String::new(),
            clase: clase.to_owned(),
            nombre: nombre.to_owned(),
        };
        let recibido = Recibido { clase, cuerpo, medio: Some(adjunto), ..Recibido::of(pie) };
        self.receive(telefono, recibido)
    }

    /// The person opens the chat: what was delivered is read.
    pub fn open_chat(&self, wa: &str) -> Result<usize, NoSePuede> {
        let mut registro = self.state();
        let vistos: Vec<Burbuja> = registro
            .chat(wa, usize::MAX)
            .into_iter()
            .filter(|b| b.sentido == Sentido::Empresa && b.avance == Avance::Entregado)
            .cloned()
            .collect();
        for mut burbuja in vistos.iter().cloned() {
            burbuja.avance = Avance::Leido;
            self.queue_status(&burbuja, Avance::Leido, None);
            registro.record(Evento::Burbuja(Box::new(burbuja)))?;
        }
        Ok(vistos.len())
    }

    /// The person stops or resumes marketing from the menu of WhatsApp.
    pub fn prefer(&self, wa: &str, marketing: Marketing) -> Result<(), NoSePuede> {
        let ahora = self.now().millis();
        let telefono = self.change(wa, |t| t.sin_marketing = marketing == Marketing::Detener)?;
        let valor = if telefono.sin_marketing { "stop" } else { "resume" };
        let preferencia = json!({ "wa_id": telefono.wa_id, "user_id": telefono.bsuid,
            "detail": "User requested to change marketing messages",
            "category": "marketing_messages", "value": valor, "timestamp": ahora / 1_000 });
        let contactos = [contact(&telefono)];
        self.queue(Pieza::Cambio {
            campo: "user_preferences",
            valor: json!({ "messaging_product": "whatsapp", "contacts": contactos,
                "user_preferences": [preferencia] }),
        });
        Ok(())
    }

    /// Takes WhatsApp from a number, or gives it back.
    pub fn set_presence(&self, wa: &str, presencia: Presencia) -> Result<(), NoSePuede> {
        self.change(wa, |t| t.sin_whatsapp = presencia == Presencia::SinWhatsapp).map(|_| ())
    }

    /// Names a phone, known or not.
    pub fn introduce(&self, telefono: &str, nombre: &str) -> Result<String, NoSePuede> {
        let digitos: String = telefono.chars().filter(char::is_ascii_digit).collect();
        let wa = wa_id(&digitos).ok_or(NoSePuede::Numero)?;
        let mut registro = self.state();
        let conocido = registro.telefonos.get(&wa).cloned();
        let mut nuevo = conocido.unwrap_or_else(|| self.new_phone(&wa, nombre));
        if !nombre.trim().is_empty() {
            nombre.trim().clone_into(&mut nuevo.nombre);
        }
        registro.record(Evento::Telefono(nuevo))?;
        Ok(wa)
    }

    fn change(&self, wa: &str, hacer: impl FnOnce(&mut Telefono)) -> Result<Telefono, NoSePuede> {
        let mut registro = self.state();
        let mut telefono = registro.telefonos.get(wa).cloned().ok_or(NoSePuede::NoExiste)?;
        hacer(&mut telefono);
        registro.record(Evento::Telefono(telefono.clone()))?;
        Ok(telefono)
    }

    fn receive(&self, telefono: &str, r: Recibido<'_>) -> Result<String, NoSePuede> {
        let wa = self.introduce(telefono, "")?;
        let ahora = self.now().millis();
        let mut registro = self.state();
        let mut persona = registro.telefonos.get(&wa).cloned().ok_or(NoSePuede::NoExiste)?;
        persona.ventana_hasta = ahora + VENTANA_MS;
        let wamid = self.new_wamid(&registro);
        let mut mensaje = json!({ "from": wa, "from_user_id": persona.bsuid, "id": wamid,
            "timestamp": (ahora / 1_000).to_string(), "type": r.clase, r.clase: r.cuerpo });
        if let Some(cita) = &r.cita {
            mensaje["context"] = json!({ "from": self.opciones.numero, "id": cita });
        }
        let contacto = contact(&persona);
        let burbuja = r.bubble(wamid.clone(), &persona, ahora);
        registro.record(Evento::Telefono(persona))?;
        registro.record(Evento::Burbuja(Box::new(burbuja)))?;
        self.queue(Pieza::Mensaje { contacto, mensaje });
        Ok(wamid)
    }

    /// Keeps a file under an id of its own.
    pub(super) fn keep_file(&self, medio: Medio) -> Result<Medio, Error> {
        let mut registro = self.state();
        let id = format!("{}", 900_000_000_000_000 + registro.next());
        let medio = Medio { id, ..medio };
        registro.record(Evento::Medio(Box::new(medio.clone())))?;
        Ok(medio)
    }

    /// A phone nobody has seen yet.
    pub(super) fn new_phone(&self, wa: &str, nombre: &str) -> Telefono {
        let n = number(self.opciones.semilla, wa.as_bytes()) % 1_000_000_000_000_000;
        Telefono {
            wa_id: wa.to_owned(),
            bsuid: format!("{}.{n:015}", pais(wa)),
            nombre: nombre.trim().to_owned(),
            sin_whatsapp: false,
            sin_marketing: false,
            ventana_hasta: 0,
        }
    }

    /// An id for a message, which nobody may take apart.
    pub(super) fn new_wamid(&self, registro: &Registro) -> String {
        let semilla = format!("{}:{}", self.opciones.phone_number_id, registro.next());
        let resumen = Sha256::digest(semilla.as_bytes());
        format!("wamid.{}", base64_of(&hex::encode(resumen)).trim_end_matches('='))
    }
}

/// What the person chose about marketing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marketing {
    /// No more.
    Detener,
    /// Again.
    Reanudar,
}

/// Whether a number has WhatsApp.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presencia {
    /// It has.
    ConWhatsapp,
    /// It has not.
    SinWhatsapp,
}

struct Recibido<'a> {
    clase: &'a str,
    cuerpo: Value,
    texto: &'a str,
    cita: Option<String>,
    medio: Option<Adjunto>,
}

impl<'a> Recibido<'a> {
    fn of(texto: &'a str) -> Recibido<'a> {
        Recibido { clase: "text", cuerpo: Value::Null, texto, cita: None, medio: None }
    }

    fn bubble(&self, wamid: String, persona: &Telefono, momento: i64) -> Burbuja {
        Burbuja {
            wamid,
            wa_id: persona.wa_id.clone(),
            sentido: Sentido::Persona,
            momento,
            clase: self.clase.to_owned(),
            plantilla: None,
            categoria: "service".into(),
            encabezado: None,
            cuerpo: self.texto.to_owned(),
            pie: None,
            botones: Vec::new(),
            medio: self.medio.clone(),
            cita: self.cita.clone(),
            referencia: None,
            en_ventana: true,
            avance: Avance::Entregado,
            fallo: None,
        }
    }
}

/// Element of `contacts`.
fn contact(t: &Telefono) -> Value {
    let nombre = if t.nombre.is_empty() { "Sin nombre" } else { &t.nombre };
    json!({ "profile": { "name": nombre }, "wa_id": t.wa_id, "user_id": t.bsuid })
}

fn base64_of(hexadecimal: &str) -> String {
    use base64::Engine;
    let bytes = hex::decode(hexadecimal).unwrap_or_default();
    base64::engine::general_purpose::STANDARD.encode(bytes)
}
