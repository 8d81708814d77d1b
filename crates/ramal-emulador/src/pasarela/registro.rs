//! State of the emulated gateway and its journal: each line is the whole of one object, the last
//! one wins. It applies no rule.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use ramal_base::Instante;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::estado::{Aviso, Clave, Cliente, Hilo, Pagina, Pago, Situacion};
use crate::Error;
use crate::bitacora::Bitacora;

#[derive(Serialize, Deserialize)]
#[serde(tag = "que", content = "dato", rename_all = "snake_case")]
enum Linea {
    Pagina(Box<Pagina>),
    Pago(Box<Pago>),
    Aviso(Box<Aviso>),
    Cliente(Cliente),
    Clave(Clave),
    Numero(u64),
}

/// Everything remembered.
pub struct Registro {
    bitacora: Bitacora,
    semilla: u64,
    secuencia: u64,
    paginas: BTreeMap<String, Pagina>,
    pagos: BTreeMap<String, Pago>,
    avisos: BTreeMap<String, Aviso>,
    clientes: BTreeMap<String, Cliente>,
    claves: BTreeMap<String, Clave>,
    /// Ids in the order of their making.
    orden_paginas: Vec<String>,
    orden_pagos: Vec<String>,
    orden_avisos: Vec<String>,
    /// Payments and pages that can still end by time, by when they do, UTC ms.
    vencimientos: BTreeSet<(i64, String)>,
    vence_de: HashMap<String, i64>,
    /// Notices that wait for an attempt.
    por_enviar: BTreeSet<String>,
    de_externa: BTreeMap<String, Vec<String>>,
}

impl Registro {
    /// Opens the journal in `dir`, or in memory.
    pub fn abrir(dir: Option<&Path>, semilla: u64) -> Result<Registro, Error> {
        let bitacora = Bitacora::abrir(dir, "pasarela.jsonl")?;
        let mut registro = Registro {
            bitacora: Bitacora::abrir(None, "")?,
            semilla,
            secuencia: 0,
            paginas: BTreeMap::new(),
            pagos: BTreeMap::new(),
            avisos: BTreeMap::new(),
            clientes: BTreeMap::new(),
            claves: BTreeMap::new(),
            orden_paginas: Vec::new(),
            orden_pagos: Vec::new(),
            orden_avisos: Vec::new(),
            vencimientos: BTreeSet::new(),
            vence_de: HashMap::new(),
            por_enviar: BTreeSet::new(),
            de_externa: BTreeMap::new(),
        };
        bitacora.replay(|linea: Linea, _| registro.apply(linea))?;
        registro.bitacora = bitacora;
        Ok(registro)
    }

    fn apply(&mut self, linea: Linea) {
        match linea {
            Linea::Pagina(p) => self.apply_pagina(*p),
            Linea::Pago(p) => self.apply_pago(*p),
            Linea::Aviso(a) => self.apply_aviso(*a),
            Linea::Numero(n) => self.secuencia = n,
            Linea::Cliente(c) => {
                self.clientes.insert(c.id.clone(), c);
            }
            Linea::Clave(c) => {
                self.claves.insert(c.id.clone(), c);
            }
        }
    }

    fn apply_pagina(&mut self, p: Pagina) {
        if !self.paginas.contains_key(&p.id) {
            self.orden_paginas.push(p.id.clone());
            let clave = by_externa(p.datos.hilo, &p.datos.cuenta, &p.datos.externa);
            self.de_externa.entry(clave).or_default().push(p.id.clone());
        }
        let abierta = !p.cancelada && !p.vencida;
        self.note_fin(&p.id, p.datos.vence.filter(|_| abierta));
        self.paginas.insert(p.id.clone(), p);
    }

    fn apply_pago(&mut self, p: Pago) {
        if !self.pagos.contains_key(&p.id) {
            self.orden_pagos.push(p.id.clone());
            let clave = by_externa(p.datos.hilo, &p.datos.cuenta, &p.datos.externa);
            self.de_externa.entry(clave).or_default().push(p.id.clone());
        }
        let espera = p.situacion == Situacion::Pendiente;
        self.note_fin(&p.id, p.datos.vence.filter(|_| espera));
        self.pagos.insert(p.id.clone(), p);
    }

    fn apply_aviso(&mut self, a: Aviso) {
        if !self.avisos.contains_key(&a.id) {
            self.orden_avisos.push(a.id.clone());
        }
        if a.proximo.is_some() {
            self.por_enviar.insert(a.id.clone());
        } else {
            self.por_enviar.remove(&a.id);
        }
        self.avisos.insert(a.id.clone(), a);
    }

    fn note_fin(&mut self, id: &str, fin: Option<Instante>) {
        if let Some(antes) = self.vence_de.remove(id) {
            self.vencimientos.remove(&(antes, id.to_owned()));
        }
        if let Some(fin) = fin.map(Instante::millis) {
            self.vence_de.insert(id.to_owned(), fin);
            self.vencimientos.insert((fin, id.to_owned()));
        }
    }

    fn write(&mut self, linea: Linea) -> Result<(), Error> {
        self.bitacora.append(&linea)?;
        self.apply(linea);
        Ok(())
    }

    /// Writes a page.
    pub fn put_pagina(&mut self, pagina: Pagina) -> Result<(), Error> {
        self.write(Linea::Pagina(Box::new(pagina)))
    }

    /// Writes a payment.
    pub fn put_pago(&mut self, pago: Pago) -> Result<(), Error> {
        self.write(Linea::Pago(Box::new(pago)))
    }

    /// Writes a notice.
    pub fn put_aviso(&mut self, aviso: Aviso) -> Result<(), Error> {
        self.write(Linea::Aviso(Box::new(aviso)))
    }

    /// Writes a customer.
    pub fn put_cliente(&mut self, cliente: Cliente) -> Result<(), Error> {
        self.write(Linea::Cliente(cliente))
    }

    /// Writes the answer given to a key.
    pub fn put_clave(&mut self, clave: Clave) -> Result<(), Error> {
        self.write(Linea::Clave(clave))
    }

    /// A page.
    pub fn pagina(&self, id: &str) -> Option<&Pagina> {
        self.paginas.get(id)
    }

    /// A payment.
    pub fn pago(&self, id: &str) -> Option<&Pago> {
        self.pagos.get(id)
    }

    /// A notice.
    pub fn aviso(&self, id: &str) -> Option<&Aviso> {
        self.avisos.get(id)
    }

    /// A customer.
    pub fn cliente(&self, id: &str) -> Option<&Cliente> {
        self.clientes.get(id)
    }

    /// Answer given to a key.
    pub fn clave(&self, id: &str) -> Option<&Clave> {
        self.claves.get(id)
    }

    /// Payments, newest first.
    pub fn pagos(&self) -> impl Iterator<Item = &Pago> {
        self.orden_pagos.iter().rev().filter_map(|id| self.pagos.get(id))
    }

    /// Pages, newest first.
    pub fn paginas(&self) -> impl Iterator<Item = &Pagina> {
        self.orden_paginas.iter().rev().filter_map(|id| self.paginas.get(id))
    }

    /// Notices, newest first.
    pub fn avisos(&self) -> impl Iterator<Item = &Aviso> {
        self.orden_avisos.iter().rev().filter_map(|id| self.avisos.get(id))
    }

    /// Payments of a seller's reference, newest first.
    pub fn pagos_of(&self, hilo: Hilo, cuenta: &str, externa: &str) -> Vec<&Pago> {
        self.ids_of(hilo, cuenta, externa).filter_map(|id| self.pagos.get(id)).collect()
    }

    /// Pages of a seller's reference, newest first.
    pub fn paginas_of(&self, hilo: Hilo, cuenta: &str, externa: &str) -> Vec<&Pagina> {
        self.ids_of(hilo, cuenta, externa).filter_map(|id| self.paginas.get(id)).collect()
    }

    fn ids_of(&self, hilo: Hilo, cuenta: &str, externa: &str) -> impl Iterator<Item = &String> {
        self.de_externa.get(&by_externa(hilo, cuenta, externa)).into_iter().flatten().rev()
    }

    /// Ids of payments and pages whose time is over and that do not know it yet.
    pub fn vencidos(&self, ahora: Instante) -> Vec<String> {
        let pasados = self.vencimientos.iter().take_while(|(fin, _)| *fin <= ahora.millis());
        pasados.map(|(_, id)| id.clone()).collect()
    }

    /// Notices that wait for an attempt.
    pub fn por_enviar(&self) -> impl Iterator<Item = &Aviso> {
        self.por_enviar.iter().filter_map(|id| self.avisos.get(id))
    }

    /// Next number of the sequence, and 24 hexadecimal digits that nobody guesses from it.
    pub fn next(&mut self) -> Result<(u64, String), Error> {
        let numero = self.secuencia + 1;
        self.write(Linea::Numero(numero))?;
        let resumen = Sha256::digest(format!("{}:{numero}", self.semilla));
        Ok((numero, hex::encode(&resumen[..12])))
    }
}

fn by_externa(hilo: Hilo, cuenta: &str, externa: &str) -> String {
    format!("{hilo:?}:{cuenta}:{externa}")
}
