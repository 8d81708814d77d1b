//! What SUNAT knows, rebuilt from its journal: documents, files, tickets. It deliberately reads no
//! XML.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use ramal_base::Fecha;
use serde::{Deserialize, Serialize};

use super::fallo::{Fallo, ensure};
use super::reglas::{Afectado, Resumen};
use super::resumen::{Accion, Archivo, Linea};
use super::sobre::Nombre;
use crate::Error;
use crate::bitacora::{Bitacora, Lugar};

/// Days after the issue in which a document can be voided.
const PLAZO_BAJA: i64 = 7;

/// State of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Estado {
    /// Accepted.
    Aceptado,
    /// Refused; the number is burned.
    Rechazado,
    /// Voided.
    Baja,
}

/// What is kept of a document.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Ficha {
    /// `RUC-TT-SERIE-NUMERO`.
    pub clave: String,
    /// Issue date.
    pub fecha: String,
    /// Currency.
    pub moneda: String,
    /// Payable amount.
    pub total: String,
    /// Whether it is on credit.
    pub credito: bool,
}

impl Ficha {
    fn summary(&self) -> Resumen {
        Resumen {
            fecha: self.fecha.clone(),
            moneda: self.moneda.clone(),
            total: self.total.parse().unwrap_or_default(),
            credito: self.credito,
        }
    }
}

/// A document with its answer.
pub struct Cpe {
    /// Its data.
    pub resumen: Resumen,
    /// State.
    pub estado: Estado,
    /// Code of the answer.
    pub codigo: String,
    /// Text of the answer.
    pub mensaje: String,
    /// Where its CDR lies; none if it came in a summary.
    pub cdr: Option<Lugar>,
}

/// A ticket.
#[derive(Clone)]
pub struct Ticket {
    /// Name of the file.
    pub nombre: Nombre,
    /// Instant of reception, ms.
    pub ms: i64,
    /// Where its XML lies.
    pub xml: Lugar,
    /// Times that it was asked for before its result.
    pub consultas: u32,
    /// Code and place of its CDR, once processed.
    pub resultado: Option<(String, Lugar)>,
}

/// How often each document was seen; the proof that none was registered twice.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Conteo {
    /// Times received.
    pub recibidos: u64,
    /// Times registered as accepted. More than one is a doubled document.
    pub aceptaciones: u64,
    /// Answers 1033, 2223 or 2324: it was here before.
    pub repetidos: u64,
    /// Other refusals.
    pub rechazos: u64,
    /// Code of the last refusal.
    pub ultimo_codigo: Option<String>,
}

/// What the journal holds.
#[derive(Serialize, Deserialize)]
#[serde(tag = "evento", rename_all = "snake_case")]
pub enum Evento {
    /// A file was answered with a fault.
    Negado {
        /// Base name of the file.
        clave: String,
        /// Code of the fault.
        codigo: String,
    },
    /// A document got its CDR.
    Respondido {
        /// The document.
        ficha: Ficha,
        /// `0`, or the code of the rejection.
        codigo: String,
        /// Text.
        mensaje: String,
        /// The zip, base64.
        cdr: String,
    },
    /// A file got its ticket.
    Ticket {
        /// Number.
        numero: String,
        /// Base name of the file.
        base: String,
        /// Instant, ms.
        ms: i64,
        /// The file.
        xml: String,
    },
    /// A ticket was processed.
    Procesado {
        /// Number.
        numero: String,
        /// `0`, or the code of the rejection.
        codigo: String,
        /// Documents added or modified.
        altas: Vec<Ficha>,
        /// Documents voided.
        bajas: Vec<String>,
        /// The zip, base64.
        cdr: String,
    },
}

/// The state. It lives under one lock.
pub struct Registro {
    bitacora: Bitacora,
    cpes: HashMap<String, Cpe>,
    archivos: HashSet<String>,
    /// Tickets by number.
    pub tickets: BTreeMap<String, Ticket>,
    /// Counts by document or file.
    pub conteos: BTreeMap<String, Conteo>,
}

impl Registro {
    /// Opens the journal of `dir`, or one in memory, and rebuilds the state.
    pub fn abrir(dir: Option<&Path>) -> Result<Registro, Error> {
        let mut registro = Registro {
            bitacora: Bitacora::abrir(dir, "sunat.jsonl")?,
            cpes: HashMap::new(),
            archivos: HashSet::new(),
            tickets: BTreeMap::new(),
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
            Evento::Negado { clave, codigo } => self.count_refusal(clave, codigo),
            Evento::Respondido { ficha, codigo, mensaje, .. } => {
                self.count_answer(&ficha.clave, &codigo);
                let estado = if codigo == "0" { Estado::Aceptado } else { Estado::Rechazado };
                let resumen = ficha.summary();
                let cpe = Cpe { resumen, estado, codigo, mensaje, cdr: Some(lugar) };
                self.cpes.insert(ficha.clave, cpe);
            }
            Evento::Ticket { numero, base, ms, .. } => {
                if let Ok(nombre) = Nombre::parse(&format!("{base}.zip")) {
                    let ticket = Ticket { nombre, ms, xml: lugar, consultas: 0, resultado: None };
                    self.tickets.insert(numero, ticket);
                }
                self.conteos.entry(base.clone()).or_default().recibidos += 1;
                self.archivos.insert(base);
            }
            Evento::Procesado { numero, codigo, altas, bajas, .. } => {
                if let Some(ticket) = self.tickets.get_mut(&numero) {
                    ticket.resultado = Some((codigo.clone(), lugar));
                    let conteo = self.conteos.entry(ticket.nombre.base()).or_default();
                    if codigo == "0" {
                        conteo.aceptaciones += 1;
                    } else {
                        conteo.rechazos += 1;
                        conteo.ultimo_codigo = Some(codigo);
                    }
                }
                self.apply_lines(altas, bajas);
            }
        }
    }

    fn apply_lines(&mut self, altas: Vec<Ficha>, bajas: Vec<String>) {
        for ficha in altas {
            let conteo = self.conteos.entry(ficha.clave.clone()).or_default();
            conteo.recibidos += 1;
            // A modified document is the same one: only its first entry is a registration.
            conteo.aceptaciones += u64::from(!self.cpes.contains_key(&ficha.clave));
            let cpe = Cpe {
                resumen: ficha.summary(),
                estado: Estado::Aceptado,
                codigo: "0".into(),
                mensaje: "aceptado por resumen".into(),
                cdr: None,
            };
            self.cpes.insert(ficha.clave, cpe);
        }
        for clave in bajas {
            if let Some(cpe) = self.cpes.get_mut(&clave) {
                cpe.estado = Estado::Baja;
            }
        }
    }

    fn count_answer(&mut self, clave: &str, codigo: &str) {
        let conteo = self.conteos.entry(clave.to_owned()).or_default();
        conteo.recibidos += 1;
        if codigo == "0" {
            conteo.aceptaciones += 1;
        } else {
            conteo.rechazos += 1;
            conteo.ultimo_codigo = Some(codigo.to_owned());
        }
    }

    fn count_refusal(&mut self, clave: String, codigo: String) {
        let conteo = self.conteos.entry(clave).or_default();
        conteo.recibidos += 1;
        if ["1033", "2223", "2324"].contains(&codigo.as_str()) {
            conteo.repetidos += 1;
        } else {
            conteo.rechazos += 1;
            conteo.ultimo_codigo = Some(codigo);
        }
    }

    /// The document `RUC-TT-SERIE-NUMERO`.
    pub fn cpe(&self, clave: &str) -> Option<&Cpe> {
        self.cpes.get(clave)
    }

    /// Refuses a document already here: 1033 accepted, 1032 refused or voided.
    pub fn refuse_known(&self, clave: &str) -> Result<(), Fallo> {
        match self.cpes.get(clave).map(|c| c.estado) {
            None => Ok(()),
            Some(Estado::Aceptado) => Err(Fallo::new("1033", clave)),
            Some(_) => Err(Fallo::new("1032", clave)),
        }
    }

    /// Refuses a summary file already presented: 2223, 2324.
    pub fn refuse_presented(&self, nombre: &Nombre) -> Result<(), Fallo> {
        let codigo = if nombre.tipo == "RC" { "2223" } else { "2324" };
        ensure(!self.archivos.contains(&nombre.base()), codigo, nombre.id())
    }

    /// What is known of the document that a note modifies.
    pub fn affected(&self, ruc: &str, tipo: &str, id: &str) -> Afectado<'_> {
        match self.cpes.get(&format!("{ruc}-{tipo}-{id}")) {
            None => Afectado::Desconocido,
            Some(c) => match c.estado {
                Estado::Aceptado => Afectado::Aceptado(&c.resumen),
                Estado::Rechazado => Afectado::Rechazado,
                Estado::Baja => Afectado::Baja,
            },
        }
    }

    /// Checks every line against what is known; one bad line refuses the file.
    pub fn check_lines(&self, ruc: &str, archivo: &Archivo, hoy: Fecha) -> Result<(), Fallo> {
        archivo.lineas.iter().try_for_each(|linea| self.check_line(ruc, linea, archivo, hoy))
    }

    fn check_line(
        &self,
        ruc: &str,
        linea: &Linea,
        archivo: &Archivo,
        hoy: Fecha,
    ) -> Result<(), Fallo> {
        let clave = format!("{ruc}-{}-{}", linea.tipo, linea.id);
        let cpe = self.cpes.get(&clave);
        let factura = linea.moneda.is_empty();
        match (linea.accion, cpe.map(|c| c.estado)) {
            (Accion::Adicionar, None) => return self.check_note_line(ruc, linea),
            (Accion::Adicionar, Some(Estado::Aceptado)) => return Err(Fallo::new("2282", clave)),
            (_, None) if factura => return Err(Fallo::new("2105", clave)),
            (_, None) => return Err(Fallo::new("2663", clave)),
            (_, Some(Estado::Baja)) if factura => return Err(Fallo::new("2323", clave)),
            (_, Some(Estado::Rechazado)) if factura => return Err(Fallo::new("2398", clave)),
            (_, Some(Estado::Baja | Estado::Rechazado)) => {
                return Err(Fallo::new("2987", format!("{clave} está anulado o rechazado")));
            }
            (Accion::Modificar, _) => return Ok(()),
            (Accion::Anular, _) => {}
        }
        let emision = cpe.map_or("", |c| c.resumen.fecha.as_str());
        let misma = emision == archivo.referencia.to_string();
        ensure(!factura || misma, "2375", format!("{clave} se emitió el {emision}"))?;
        let dias = Fecha::parse(emision).map_or(0, |f| f.dias_hasta(hoy));
        ensure(dias <= PLAZO_BAJA, "2957", clave)
    }

    fn check_note_line(&self, ruc: &str, linea: &Linea) -> Result<(), Fallo> {
        let Some(afectado) = &linea.afectado else {
            return Ok(());
        };
        let credito = linea.tipo == "07";
        let code = |c: &'static str, d: &'static str| if credito { c } else { d };
        match self.affected(ruc, &afectado.tipo, &afectado.id) {
            Afectado::Desconocido => Err(Fallo::new(code("2119", "2209"), afectado.id.as_str())),
            Afectado::Rechazado => Err(Fallo::new("2121", afectado.id.as_str())),
            Afectado::Baja => Err(Fallo::new(code("2120", "2207"), afectado.id.as_str())),
            Afectado::Aceptado(_) => Ok(()),
        }
    }

    /// Reads back the whole event at a place of the journal.
    pub fn read(&mut self, lugar: Lugar) -> Result<Evento, Error> {
        self.bitacora.read(lugar)
    }

    /// Documents by state: accepted, refused, voided.
    pub fn totals(&self) -> (usize, usize, usize) {
        let count = |e: Estado| self.cpes.values().filter(|c| c.estado == e).count();
        (count(Estado::Aceptado), count(Estado::Rechazado), count(Estado::Baja))
    }
}

/// The event without its large texts, which stay on disk.
fn light(evento: Evento) -> Evento {
    match evento {
        Evento::Respondido { ficha, codigo, mensaje, .. } => {
            Evento::Respondido { ficha, codigo, mensaje, cdr: String::new() }
        }
        Evento::Ticket { numero, base, ms, .. } => {
            Evento::Ticket { numero, base, ms, xml: String::new() }
        }
        otro => otro,
    }
}
