//! Messages received, in memory by their envelope and whole in the journal. It deletes none.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::lectura;
use crate::Error;
use crate::bitacora::{Bitacora, Lugar};

/// A message and how it came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recibido {
    /// When, UTC ms.
    pub momento: i64,
    /// Envelope sender.
    pub de: String,
    /// Envelope recipients.
    pub para: Vec<String>,
    /// Whether it came over TLS.
    pub cifrado: bool,
    /// User that was logged in.
    pub usuario: Option<String>,
    /// Content in base64.
    base64: String,
}

impl Recibido {
    /// A message.
    pub fn new(momento: i64, de: &str, para: &[String], bytes: &[u8]) -> Recibido {
        Recibido {
            momento,
            de: de.to_owned(),
            para: para.to_vec(),
            cifrado: false,
            usuario: None,
            base64: STANDARD.encode(bytes),
        }
    }

    /// Content, byte by byte.
    pub fn bytes(&self) -> Vec<u8> {
        STANDARD.decode(&self.base64).unwrap_or_default()
    }
}

/// What a list shows of a message.
#[derive(Clone, Debug)]
pub struct Resumen {
    /// When, UTC ms.
    pub momento: i64,
    /// Sender, as written inside.
    pub de: String,
    /// Envelope recipients.
    pub para: Vec<String>,
    /// Subject.
    pub asunto: String,
    /// How many files.
    pub adjuntos: usize,
    lugar: Lugar,
}

/// The mailbox. One owner changes it, under a lock.
pub struct Buzon {
    bitacora: Bitacora,
    /// Messages, oldest first; the place is the number of the message.
    pub resumenes: Vec<Resumen>,
}

impl Buzon {
    /// Opens the journal and reads what there is.
    pub fn abrir(dir: Option<&Path>) -> Result<Buzon, Error> {
        let bitacora = Bitacora::abrir(dir, "correo.jsonl")?;
        let mut resumenes = Vec::new();
        bitacora.replay(|r: Recibido, lugar| resumenes.push(summary(&r, lugar)))?;
        Ok(Buzon { bitacora, resumenes })
    }

    /// Keeps a message before it is answered for. Gives its number.
    pub fn keep(&mut self, recibido: &Recibido) -> Result<usize, Error> {
        let lugar = self.bitacora.append(recibido)?;
        self.resumenes.push(summary(recibido, lugar));
        Ok(self.resumenes.len())
    }

    /// A message by its number, from 1.
    pub fn read(&mut self, numero: usize) -> Result<Option<Recibido>, Error> {
        let lugar = numero.checked_sub(1).and_then(|i| self.resumenes.get(i)).map(|r| r.lugar);
        lugar.map(|l| self.bitacora.read(l)).transpose()
    }
}

fn summary(r: &Recibido, lugar: Lugar) -> Resumen {
    let leido = lectura::read(&r.bytes());
    Resumen {
        momento: r.momento,
        de: if leido.de.is_empty() { r.de.clone() } else { leido.de },
        para: r.para.clone(),
        asunto: leido.asunto,
        adjuntos: leido.adjuntos.len(),
        lugar,
    }
}
