//! What a stylesheet of the SAT says, as data: for each element, the fields it gives and where to
//! go on. This file reads the tables; `maquina` follows them.
//!
//! Grammar of a table, words separated by spaces: `ns PREFIX URI` (the first is the default), then
//! templates `Element { … }` made of `Name` (required field), `Name?` (optional field), `=path`
//! (text of an element), `>path` (go on with those elements), `*path { … }` (for each) and `?path {
//! … }` or `?@attr=value { … }` (if). A path is `a/b`, `//a` (any depth), `^a` (from the document),
//! `*` (any child) or `.` (itself).

use std::collections::HashMap;
use std::iter::Peekable;

/// Templates by namespace and local name.
pub(super) struct Programa {
    plantillas: Plantillas,
}

/// One step of a template.
pub(super) enum Op {
    /// Attribute of the element: always a field, or only if it exists.
    Campo { nombre: &'static str, presencia: Presencia },
    /// Text of the first element on the path.
    Texto { camino: Camino, presencia: Presencia },
    /// Follow the templates of the elements on the path.
    Aplicar(Camino),
    /// Run the steps on each element of the path.
    Cada(Camino, Vec<Op>),
    /// Run the steps if the path finds anything.
    SiExiste(Camino, Vec<Op>),
    /// Run the steps if the attribute has the value.
    SiIgual { atributo: &'static str, valor: &'static str, pasos: Vec<Op> },
}

/// Whether a field is emitted even when absent.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Presencia {
    /// Always, empty if absent.
    Requerida,
    /// Only if it exists.
    Opcional,
}

/// Where a path starts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Ancla {
    /// Among the children.
    Hijos,
    /// At any depth below.
    Descendientes,
    /// At the document.
    Documento,
}

/// Which elements a step takes.
pub(super) enum Paso {
    /// All children.
    Cualquiera,
    /// Those of a namespace and local name.
    Nombre(&'static str, &'static str),
}

/// Steps from an element to others. Without steps it is the element itself.
pub(super) struct Camino {
    pub(super) ancla: Ancla,
    pub(super) pasos: Vec<Paso>,
}

impl Programa {
    /// Reads tables; a later template of the same element replaces an earlier one, as in XSLT.
    pub(super) fn compile(textos: impl Iterator<Item = &'static str>) -> Programa {
        let mut plantillas = Plantillas::new();
        for texto in textos {
            Tabla::new(texto).read(&mut plantillas);
        }
        Programa { plantillas }
    }

    /// Steps of an element, `None` if the stylesheet does not know it.
    pub(super) fn plantilla(&self, ns: &str, local: &str) -> Option<&[Op]> {
        self.plantillas.get(ns)?.get(local).map(Vec::as_slice)
    }
}

type Plantillas = HashMap<&'static str, HashMap<&'static str, Vec<Op>>>;

/// One table being read.
struct Tabla {
    espacios: Vec<(&'static str, &'static str)>,
    fichas: Peekable<std::str::SplitAsciiWhitespace<'static>>,
}

impl Tabla {
    fn new(texto: &'static str) -> Tabla {
        Tabla { espacios: Vec::new(), fichas: texto.split_ascii_whitespace().peekable() }
    }

    fn read(mut self, plantillas: &mut Plantillas) {
        while let Some(ficha) = self.fichas.next() {
            if ficha == "ns" {
                let par = (self.word(), self.word());
                self.espacios.push(par);
                continue;
            }
            let (ns, local) = self.nombre(ficha);
            let pasos = self.bloque();
            plantillas.entry(ns).or_default().insert(local, pasos);
        }
    }

    fn word(&mut self) -> &'static str {
        let ficha = self.fichas.next();
        assert!(ficha.is_some(), "a table of the cadena ends in the middle of a template");
        ficha.unwrap_or_default()
    }

    fn bloque(&mut self) -> Vec<Op> {
        let abre = self.word();
        assert!(abre == "{", "a block of a cadena table opens with a brace");
        let mut pasos = Vec::new();
        loop {
            match self.word() {
                "}" => return pasos,
                ficha => pasos.push(self.op(ficha)),
            }
        }
    }

    fn op(&mut self, ficha: &'static str) -> Op {
        let resto = ficha.get(1..).unwrap_or_default();
        match ficha.as_bytes()[0] {
            b'>' => Op::Aplicar(self.camino(resto)),
            b'*' => Op::Cada(self.camino(resto), self.bloque()),
            b'?' => self.condicion(resto),
            b'=' => {
                let (texto, presencia) = presencia(resto);
                Op::Texto { camino: self.camino(texto), presencia }
            }
            _ => {
                let (nombre, presencia) = presencia(ficha);
                Op::Campo { nombre, presencia }
            }
        }
    }

    fn condicion(&mut self, resto: &'static str) -> Op {
        match resto.strip_prefix('@').and_then(|r| r.split_once('=')) {
            Some((atributo, valor)) => Op::SiIgual { atributo, valor, pasos: self.bloque() },
            None => Op::SiExiste(self.camino(resto), self.bloque()),
        }
    }

    fn camino(&self, texto: &'static str) -> Camino {
        if texto == "." {
            return Camino { ancla: Ancla::Hijos, pasos: Vec::new() };
        }
        let (ancla, resto) = match (texto.strip_prefix("//"), texto.strip_prefix('^')) {
            (Some(resto), _) => (Ancla::Descendientes, resto),
            (_, Some(resto)) => (Ancla::Documento, resto),
            _ => (Ancla::Hijos, texto),
        };
        Camino { ancla, pasos: resto.split('/').map(|p| self.paso(p)).collect() }
    }

    fn paso(&self, texto: &'static str) -> Paso {
        if texto == "*" {
            return Paso::Cualquiera;
        }
        let (ns, local) = self.nombre(texto);
        Paso::Nombre(ns, local)
    }

    fn nombre(&self, texto: &'static str) -> (&'static str, &'static str) {
        let (prefijo, local) = texto.split_once(':').unwrap_or(("", texto));
        let espacio = match prefijo {
            "" => self.espacios.first(),
            _ => self.espacios.iter().find(|(p, _)| *p == prefijo),
        };
        assert!(espacio.is_some(), "a name of a cadena table uses an undeclared prefix");
        (espacio.map_or("", |(_, uri)| uri), local)
    }
}

fn presencia(ficha: &'static str) -> (&'static str, Presencia) {
    match ficha.strip_suffix('?') {
        Some(nombre) => (nombre, Presencia::Opcional),
        None => (ficha, Presencia::Requerida),
    }
}
