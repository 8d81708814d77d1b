//! A message being sent: limits, template, window, and the person at the other end. It delivers no
//! webhook: it puts them in the queue.

use serde_json::{Value, json};

use super::Emulador;
use super::fallo::Fallo;
use super::interruptores::{Lectura, Momento};
use super::medios::{VIDA_MS, class_of};
use super::mensaje::{self, Contenido, Destino, Mensaje, Pedido};
use super::plantilla_uso::{check_state, render, target};
use super::registro::Registro;
use super::tipos::{Adjunto, Avance, Burbuja, Evento, Sentido, Telefono};

impl Emulador {
    /// Attends `POST /{phone_number_id}/messages` and gives its answer.
    pub(super) fn post_message(&self, cuerpo: &Value) -> Result<Value, Fallo> {
        match mensaje::read(cuerpo)? {
            Pedido::Leido(wamid) => self.mark_read(wamid),
            Pedido::Mensaje(mensaje) => self.accept(&mensaje),
        }
    }

    fn mark_read(&self, wamid: &str) -> Result<Value, Fallo> {
        let registro = self.state();
        match registro.burbuja(wamid).filter(|b| b.sentido == Sentido::Persona) {
            Some(_) => Ok(json!({ "success": true })),
            None => Err(Fallo::parametro("message_id: there is no such received message.")),
        }
    }

    fn accept(&self, m: &Mensaje<'_>) -> Result<Value, Fallo> {
        let ahora = self.now().millis();
        let mut registro = self.state();
        let mut burbuja = read_bubble(&registro, m, ahora)?;
        let telefono = self.person(&registro, &m.destino)?;
        burbuja.wa_id.clone_from(&telefono.wa_id);
        burbuja.en_ventana = ahora < telefono.ventana_hasta;
        if let (Destino::Bsuid(_), "authentication") = (&m.destino, burbuja.categoria.as_str()) {
            return Err(Fallo::new(131_062, "authentication templates need a phone number"));
        }
        if let Some(falla) = self.fixed_code(|i| &mut i.codigo) {
            return Err(falla);
        }
        check_limits(&registro, &telefono.wa_id, ahora)?;
        let fallo =
            self.fixed_code(|i| &mut i.codigo_estado).or_else(|| refusal(&telefono, &burbuja));
        if let (Some(fallo), Momento::EnLaRespuesta) = (&fallo, self.mando.get(|i| i.rechazos)) {
            return Err(fallo.clone());
        }
        burbuja.wamid = self.new_wamid(&registro);
        self.settle(&mut burbuja, fallo);
        registro.salidas.push_back(ahora);
        registro.pares.insert(telefono.wa_id.clone(), ahora);
        let respuesta = answer(&m.destino, &telefono, &burbuja.wamid);
        registro.record(Evento::Telefono(telefono)).map_err(|_| broken())?;
        registro.record(Evento::Burbuja(Box::new(burbuja))).map_err(|_| broken())?;
        Ok(respuesta)
    }

    /// The phone at the other end; one that never was is made up on the spot, as in the street.
    fn person(&self, registro: &Registro, destino: &Destino<'_>) -> Result<Telefono, Fallo> {
        match destino {
            Destino::Telefono(_, wa) => {
                let conocido = registro.telefonos.get(wa).cloned();
                Ok(conocido.unwrap_or_else(|| self.new_phone(wa, "")))
            }
            Destino::Bsuid(id) => {
                let conocido = registro.telefonos.values().find(|t| t.bsuid == *id).cloned();
                conocido.ok_or_else(|| Fallo::new(131_026, "Message Undeliverable."))
            }
        }
    }

    /// Decides how far the message gets and queues what Meta would tell of it.
    fn settle(&self, burbuja: &mut Burbuja, fallo: Option<Fallo>) {
        if let Some(fallo) = fallo {
            burbuja.avance = Avance::Fallido;
            self.queue_status(burbuja, Avance::Fallido, Some(&fallo));
            burbuja.fallo = Some((fallo.codigo, fallo.detalle));
            return;
        }
        for avance in [Avance::Enviado, Avance::Entregado] {
            burbuja.avance = avance;
            self.queue_status(burbuja, avance, None);
        }
        if self.mando.get(|i| i.lectura) == Lectura::Enseguida {
            burbuja.avance = Avance::Leido;
            self.queue_status(burbuja, Avance::Leido, None);
        }
    }
}

fn broken() -> Fallo {
    Fallo::new(131_000, "the emulator could not write its journal")
}

fn answer(destino: &Destino<'_>, telefono: &Telefono, wamid: &str) -> Value {
    let contacto = match destino {
        Destino::Telefono(input, _) => json!({ "input": input, "wa_id": telefono.wa_id }),
        Destino::Bsuid(id) => json!({ "input": id, "user_id": telefono.bsuid }),
    };
    json!({ "messaging_product": "whatsapp", "contacts": [contacto],
        "messages": [{ "id": wamid, "message_status": "accepted" }] })
}

/// 80 messages a second for the line, one every 6 s for the pair (W26).
fn check_limits(registro: &Registro, wa_id: &str, ahora: i64) -> Result<(), Fallo> {
    let recientes = registro.salidas.iter().rev().take_while(|s| ahora - **s < 1_000).count();
    if recientes >= 80 {
        return Err(Fallo::new(130_429, "Cloud API message throughput has been reached."));
    }
    let ultimo = registro.pares.get(wa_id).copied();
    if ultimo.is_some_and(|u| ahora - u < 6_000) {
        let detalle = "Message failed to send because there were too many messages sent from this \
                       phone number to the same phone number in a short period of time.";
        return Err(Fallo::new(131_056, detalle));
    }
    Ok(())
}

/// Why the person will not get it.
fn refusal(telefono: &Telefono, burbuja: &Burbuja) -> Option<Fallo> {
    if telefono.sin_whatsapp {
        return Some(Fallo::new(131_026, "Message Undeliverable."));
    }
    if telefono.sin_marketing && burbuja.categoria == "marketing" {
        return Some(Fallo::new(131_050, "The user has stopped marketing messages."));
    }
    if burbuja.clase != "template" && !burbuja.en_ventana {
        let detalle = "Message failed to send because more than 24 hours have passed since the \
                       customer last replied to this number.";
        return Some(Fallo::new(131_047, detalle));
    }
    None
}

fn read_bubble(registro: &Registro, m: &Mensaje<'_>, ahora: i64) -> Result<Burbuja, Fallo> {
    let mut b = Burbuja {
        wamid: String::new(),
        wa_id: String::new(),
        sentido: Sentido::Empresa,
        momento: ahora,
        clase: m.contenido.clase().to_owned(),
        plantilla: None,
        categoria: "service".into(),
        encabezado: None,
        cuerpo: String::new(),
        pie: None,
        botones: Vec::new(),
        medio: None,
        cita: m.cita.map(str::to_owned),
        referencia: m.referencia.map(str::to_owned),
        en_ventana: false,
        avance: Avance::Aceptado,
        fallo: None,
    };
    match &m.contenido {
        Contenido::Texto(texto) => b.cuerpo = (*texto).to_owned(),
        Contenido::Reaccion(emoji) => b.cuerpo = (*emoji).to_owned(),
        Contenido::Medio(medio, pie) => {
            b.medio = Some(check_file(registro, medio, ahora)?);
            b.cuerpo.clone_from(pie);
        }
        Contenido::Plantilla(v) => fill(registro, v, &mut b, ahora)?,
    }
    Ok(b)
}

fn fill(registro: &Registro, v: &Value, b: &mut Burbuja, ahora: i64) -> Result<(), Fallo> {
    let (nombre, idioma) = target(v)?;
    let plantilla = registro.plantilla(nombre, idioma).ok_or_else(|| {
        Fallo::new(132_001, format!("template name ({nombre}) does not exist in {idioma}"))
    })?;
    check_state(plantilla)?;
    let r = render(plantilla, v)?;
    b.plantilla = Some(format!("{nombre} ({idioma})"));
    b.categoria = plantilla.categoria.to_ascii_lowercase();
    b.encabezado = r.encabezado;
    b.cuerpo = r.cuerpo;
    b.pie = r.pie;
    b.botones = r.botones;
    b.medio = r.medio.map(|m| check_file(registro, &m, ahora)).transpose()?;
    Ok(())
}

/// The file exists, is not too old, and can travel in that kind of message.
fn check_file(registro: &Registro, adjunto: &Adjunto, ahora: i64) -> Result<Adjunto, Fallo> {
    if adjunto.id.is_empty() {
        return Ok(adjunto.clone());
    }
    let vivo = registro.medio(&adjunto.id).filter(|m| ahora - m.momento < VIDA_MS);
    let Some(medio) = vivo else {
        let detalle = format!(
            "Param {}['id'] is not a valid whatsapp business account media \
                               attachment ID",
            adjunto.clase
        );
        return Err(Fallo::parametro(detalle));
    };
    let clase = class_of(&medio.mime);
    if clase != adjunto.clase && !(adjunto.clase == "document" && clase == "image") {
        let detalle = format!("the media is {} and the message is {}", medio.mime, adjunto.clase);
        return Err(Fallo::new(131_053, detalle));
    }
    let nombre =
        if adjunto.nombre.is_empty() { medio.nombre.clone() } else { adjunto.nombre.clone() };
    Ok(Adjunto { nombre, ..adjunto.clone() })
}
