//! State of the PAC and the SAT behind it, rebuilt from its journal. It deliberately judges no
//! document.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::Error;
use crate::bitacora::{Bitacora, Lugar};

/// What is known of a stamped document.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Ficha {
    /// Folio fiscal, upper case.
    pub uuid: String,
    /// Identity of the invoice: `RFC|tipo|serie|folio`.
    pub clave: String,
    /// RFC of the issuer.
    pub emisor: String,
    /// RFC of the receiver.
    pub receptor: String,
    /// Total as written.
    pub total: String,
    /// I, E, P or T.
    pub tipo: String,
    /// Fecha as written.
    pub fecha: String,
    /// Last eight characters of the seal.
    pub fin_sello: String,
    /// (TipoRelacion, UUID) of what it names; `P` for the documents of a payment.
    pub relacionados: Vec<(String, String)>,
    /// Instant of the stamp, ms.
    pub ms: i64,
    /// Whose memory it is under, if any: the `customid` header.
    pub customid: Option<String>,
    /// SHA-256 of the seal, hexadecimal.
    pub sello_sha: String,
}

/// A stamped document, whole.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Timbrado {
    /// What is known of it.
    pub ficha: Ficha,
    /// Local time of the stamp.
    pub fecha_timbrado: String,
    /// Seal of the issuer.
    pub sello_cfd: String,
    /// Seal of the stamp.
    pub sello_sat: String,
    /// Certificate number of the PAC.
    pub no_certificado_sat: String,
    /// Certificate number of the issuer.
    pub no_certificado: String,
    /// Cadena of the stamp.
    pub cadena: String,
    /// The node `tfd:TimbreFiscalDigital`.
    pub tfd: String,
    /// The whole stamped document.
    pub xml: String,
}

/// Answer to a request of cancellation that needed the receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Respuesta {
    /// The receiver agreed.
    Aceptar,
    /// The receiver refused: the document stays valid.
    Rechazar,
    /// The receiver said nothing in time.
    Vencer,
    /// Nobody had to be asked.
    Directa,
}

/// Fiscal state of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Estado {
    /// Valid.
    Vigente,
    /// Valid, and its cancellation waits for the receiver since this instant, ms.
    EnProceso(i64),
    /// Cancelled in that way.
    Cancelado(Respuesta),
}

/// A document with its fiscal life.
pub struct Cfdi {
    /// What is known of it.
    pub ficha: Ficha,
    /// Where its whole text lies.
    pub lugar: Lugar,
    /// Fiscal state.
    pub estado: Estado,
    /// Whether the last request was refused by the receiver.
    pub rechazada: bool,
    /// Requests of cancellation received.
    pub solicitudes: u32,
    /// Acknowledgement of the last request.
    pub acuse: Option<String>,
}

/// How often each invoice was seen; the proof that none has two stamps.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Conteo {
    /// Stamp requests.
    pub recibidos: u64,
    /// Stamps given, by UUID. More than one is a doubled invoice.
    pub timbres: Vec<String>,
    /// Requests answered with the earlier stamp.
    pub repetidos: u64,
    /// Requests refused.
    pub rechazos: u64,
    /// Code of the last refusal.
    pub ultimo_codigo: Option<String>,
}

/// What the journal holds.
#[derive(Serialize, Deserialize)]
#[serde(tag = "evento", rename_all = "snake_case")]
pub enum Evento {
    /// A stamp was given.
    Timbrado(Box<Timbrado>),
    /// A stamp request was refused or answered with the earlier one.
    Negado {
        /// Identity of the invoice.
        clave: String,
        /// Code of the answer.
        codigo: String,
    },
    /// A request of cancellation was taken.
    Solicitud {
        /// Document.
        uuid: String,
        /// Instant, ms.
        ms: i64,
        /// Acknowledgement given.
        acuse: String,
    },
    /// A request was settled.
    Resuelta {
        /// Document.
        uuid: String,
        /// How.
        respuesta: Respuesta,
    },
}

/// The state. It lives under one lock.
pub struct Registro {
    bitacora: Bitacora,
    cfdis: HashMap<String, Cfdi>,
    sellos: HashMap<String, String>,
    customids: HashMap<String, String>,
    citados: HashMap<String, Vec<String>>,
    /// Counts by invoice.
    pub conteos: BTreeMap<String, Conteo>,
}

impl Registro {
    /// Opens the journal of `dir`, or one in memory, and rebuilds the state.
    pub fn abrir(dir: Option<&Path>) -> Result<Registro, Error> {
        let mut registro = Registro {
            bitacora: Bitacora::abrir(dir, "pac.jsonl")?,
            cfdis: HashMap::new(),
            sellos: HashMap::new(),
            customids: HashMap::new(),
            citados: HashMap::new(),
            conteos: BTreeMap::new(),
        };
        let mut eventos = Vec::new();
        registro.bitacora.replay(|evento, lugar| eventos.push((light(evento), lugar)))?;
        for (evento, lugar) in eventos {
            registro.apply(evento, lugar);
        }
        Ok(registro)
    }

    /// Writes the event and then changes the state.
    pub fn record(&mut self, evento: Evento) -> Result<(), Error> {
        let lugar = self.bitacora.append(&evento)?;
        self.apply(evento, lugar);
        Ok(())
    }

    fn apply(&mut self, evento: Evento, lugar: Lugar) {
        match evento {
            Evento::Timbrado(timbrado) => self.insert(timbrado.ficha, lugar),
            Evento::Negado { clave, codigo } => self.count_refusal(clave, codigo),
            Evento::Solicitud { uuid, ms, acuse } => {
                if let Some(cfdi) = self.cfdis.get_mut(&uuid) {
                    cfdi.estado = Estado::EnProceso(ms);
                    cfdi.solicitudes += 1;
                    cfdi.rechazada = false;
                    cfdi.acuse = Some(acuse);
                }
            }
            Evento::Resuelta { uuid, respuesta } => {
                if let Some(cfdi) = self.cfdis.get_mut(&uuid) {
                    cfdi.rechazada = respuesta == Respuesta::Rechazar;
                    cfdi.estado = match respuesta {
                        Respuesta::Rechazar => Estado::Vigente,
                        otra => Estado::Cancelado(otra),
                    };
                }
            }
        }
    }

    fn insert(&mut self, ficha: Ficha, lugar: Lugar) {
        let conteo = self.conteos.entry(ficha.clave.clone()).or_default();
        conteo.recibidos += 1;
        conteo.timbres.push(ficha.uuid.clone());
        self.sellos.insert(ficha.sello_sha.clone(), ficha.uuid.clone());
        if let Some(id) = &ficha.customid {
            self.customids.insert(id.clone(), ficha.uuid.clone());
        }
        for (_, otro) in &ficha.relacionados {
            self.citados.entry(otro.clone()).or_default().push(ficha.uuid.clone());
        }
        let uuid = ficha.uuid.clone();
        let cfdi = Cfdi {
            ficha,
            lugar,
            estado: Estado::Vigente,
            rechazada: false,
            solicitudes: 0,
            acuse: None,
        };
        self.cfdis.insert(uuid, cfdi);
    }

    fn count_refusal(&mut self, clave: String, codigo: String) {
        let conteo = self.conteos.entry(clave).or_default();
        conteo.recibidos += 1;
        if codigo == "307" || codigo == "CFDI3307" {
            conteo.repetidos += 1;
        } else {
            conteo.rechazos += 1;
            conteo.ultimo_codigo = Some(codigo);
        }
    }

    /// The document with that UUID, in any case of letters.
    pub fn cfdi(&self, uuid: &str) -> Option<&Cfdi> {
        self.cfdis.get(&uuid.to_ascii_uppercase())
    }

    /// The document that carries that seal.
    pub fn by_sello(&self, sello_sha: &str) -> Option<&Cfdi> {
        self.cfdis.get(self.sellos.get(sello_sha)?)
    }

    /// The document stamped under that customid.
    pub fn by_customid(&self, customid: &str) -> Option<&Cfdi> {
        self.cfdis.get(self.customids.get(customid)?)
    }

    /// Documents that name `uuid` in a relation or a payment and are not cancelled.
    pub fn live_related(&self, uuid: &str) -> Vec<&Cfdi> {
        let citas = self.citados.get(uuid).map_or(&[][..], Vec::as_slice);
        citas
            .iter()
            .filter_map(|u| self.cfdis.get(u))
            .filter(|c| !matches!(c.estado, Estado::Cancelado(_)))
            .collect()
    }

    /// Requests that wait for that receiver.
    pub fn pending_of(&self, receptor: &str) -> Vec<String> {
        let mut uuids: Vec<String> = self
            .cfdis
            .values()
            .filter(|c| matches!(c.estado, Estado::EnProceso(_)) && c.ficha.receptor == receptor)
            .map(|c| c.ficha.uuid.clone())
            .collect();
        uuids.sort();
        uuids
    }

    /// Stamped and cancelled documents.
    pub fn totals(&self) -> (usize, usize) {
        let cancelados =
            self.cfdis.values().filter(|c| matches!(c.estado, Estado::Cancelado(_))).count();
        (self.cfdis.len(), cancelados)
    }

    /// The whole stamped document, read back from the journal.
    pub fn whole(&mut self, uuid: &str) -> Result<Option<Timbrado>, Error> {
        let Some(lugar) = self.cfdi(uuid).map(|c| c.lugar) else {
            return Ok(None);
        };
        match self.bitacora.read(lugar)? {
            Evento::Timbrado(timbrado) => Ok(Some(*timbrado)),
            _ => Ok(None),
        }
    }
}

/// The event without its texts, which stay on disk.
fn light(evento: Evento) -> Evento {
    match evento {
        Evento::Timbrado(mut t) => {
            (t.xml, t.tfd, t.cadena) = (String::new(), String::new(), String::new());
            Evento::Timbrado(t)
        }
        otro => otro,
    }
}
