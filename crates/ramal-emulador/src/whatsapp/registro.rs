//! The state: what happened, in memory and in its journal. It decides nothing.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::path::Path;

use super::tipos::{Burbuja, Evento, Medio, Plantilla, Sentido, Telefono};
use crate::Error;
use crate::bitacora::{Bitacora, Lugar};

/// What a file is, without its content.
#[derive(Clone, Debug)]
pub struct Ficha {
    /// The file, its `base64` empty.
    pub medio: Medio,
    lugar: Lugar,
}

/// The state. One owner changes it, under a lock.
pub struct Registro {
    bitacora: Bitacora,
    /// Phones by `wa_id`.
    pub telefonos: BTreeMap<String, Telefono>,
    /// Templates by id.
    pub plantillas: BTreeMap<String, Plantilla>,
    medios: HashMap<String, Ficha>,
    burbujas: HashMap<String, Burbuja>,
    chats: HashMap<String, Vec<String>>,
    /// Moments of the last sendings of the line, UTC ms.
    pub salidas: VecDeque<i64>,
    /// Moment of the last sending to each phone, UTC ms.
    pub pares: HashMap<String, i64>,
    contador: u64,
}

impl Registro {
    /// Opens the journal and rebuilds the state.
    pub fn abrir(dir: Option<&Path>) -> Result<Registro, Error> {
        let bitacora = Bitacora::abrir(dir, "whatsapp.jsonl")?;
        let mut eventos: Vec<(Evento, Lugar)> = Vec::new();
        bitacora.replay(|evento, lugar| eventos.push((slim(evento), lugar)))?;
        let mut registro = Registro {
            bitacora,
            telefonos: BTreeMap::new(),
            plantillas: BTreeMap::new(),
            medios: HashMap::new(),
            burbujas: HashMap::new(),
            chats: HashMap::new(),
            salidas: VecDeque::new(),
            pares: HashMap::new(),
            contador: 0,
        };
        for (evento, lugar) in eventos {
            registro.apply(evento, lugar);
        }
        Ok(registro)
    }

    /// Writes an event and makes it true.
    pub fn record(&mut self, evento: Evento) -> Result<(), Error> {
        let lugar = self.bitacora.append(&evento)?;
        self.apply(slim(evento), lugar);
        Ok(())
    }

    fn apply(&mut self, evento: Evento, lugar: Lugar) {
        self.contador += 1;
        match evento {
            Evento::Telefono(t) => {
                self.telefonos.insert(t.wa_id.clone(), t);
            }
            Evento::Burbuja(b) => self.put(*b),
            Evento::Medio(m) => {
                self.medios.insert(m.id.clone(), Ficha { medio: *m, lugar });
            }
            Evento::MedioBorrado(id) => {
                self.medios.remove(&id);
            }
            Evento::Plantilla(p) => {
                self.plantillas.insert(p.id.clone(), *p);
            }
            Evento::PlantillaBorrada(id) => {
                self.plantillas.remove(&id);
            }
        }
    }

    fn put(&mut self, burbuja: Burbuja) {
        let chat = self.chats.entry(burbuja.wa_id.clone()).or_default();
        if !self.burbujas.contains_key(&burbuja.wamid) {
            chat.push(burbuja.wamid.clone());
        }
        self.burbujas.insert(burbuja.wamid.clone(), burbuja);
    }

    /// A number that no other thing of this emulator has.
    pub fn next(&self) -> u64 {
        self.contador + 1
    }

    /// A message.
    pub fn burbuja(&self, wamid: &str) -> Option<&Burbuja> {
        self.burbujas.get(wamid)
    }

    /// The last `n` messages of a chat, oldest first.
    pub fn chat(&self, wa_id: &str, n: usize) -> Vec<&Burbuja> {
        let ids = self.chats.get(wa_id).map(Vec::as_slice).unwrap_or_default();
        ids.iter()
            .skip(ids.len().saturating_sub(n))
            .filter_map(|id| self.burbujas.get(id))
            .collect()
    }

    /// Messages of the business in all.
    pub fn sent(&self) -> impl Iterator<Item = &Burbuja> {
        self.burbujas.values().filter(|b| b.sentido == Sentido::Empresa)
    }

    /// A file, without its content.
    pub fn medio(&self, id: &str) -> Option<&Medio> {
        self.medios.get(id).map(|f| &f.medio)
    }

    /// A file with its content.
    pub fn medio_entero(&mut self, id: &str) -> Result<Option<Medio>, Error> {
        let Some(lugar) = self.medios.get(id).map(|f| f.lugar) else {
            return Ok(None);
        };
        match self.bitacora.read::<Evento>(lugar)? {
            Evento::Medio(medio) => Ok(Some(*medio)),
            _ => Ok(None),
        }
    }

    /// A template by name and language.
    pub fn plantilla(&self, nombre: &str, idioma: &str) -> Option<&Plantilla> {
        self.plantillas.values().find(|p| p.nombre == nombre && p.idioma == idioma)
    }
}

/// Contents stay in the journal: memory holds what describes them.
fn slim(evento: Evento) -> Evento {
    match evento {
        Evento::Medio(mut medio) => {
            medio.base64 = String::new();
            Evento::Medio(medio)
        }
        otro => otro,
    }
}
