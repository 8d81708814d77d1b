//! Follows a table over a parsed document, with the rules that XSLT applies where the stylesheet is
//! silent: an unknown element gives its texts and nothing of its attributes.

use ramal_xml::c14n::{C14n, canonicalize};
use ramal_xml::{Document, NodeRef};

use super::documento::Espacios;
use super::programa::{Ancla, Camino, Op, Paso, Presencia, Programa};
use crate::texto::push_normalizado;

/// Longest cadena that is built; a real one does not reach 1 MiB.
const LARGO_MAX: usize = 16 * 1024 * 1024;

/// One run of a table.
pub(super) struct Maquina<'a> {
    documento: &'a Document,
    programa: &'a Programa,
    espacios: Espacios,
    salida: Vec<u8>,
}

impl<'a> Maquina<'a> {
    /// A run over `documento`.
    pub(super) fn new(documento: &'a Document, programa: &'a Programa, espacios: Espacios) -> Self {
        Maquina { documento, programa, espacios, salida: Vec::with_capacity(4096) }
    }

    /// The cadena: `|`, the fields of the root, `||`. `None` if it grew beyond all reason.
    pub(super) fn run(mut self) -> Option<Vec<u8>> {
        self.salida.push(b'|');
        self.aplicar(self.documento.root());
        self.salida.extend_from_slice(b"||");
        (self.salida.len() <= LARGO_MAX).then_some(self.salida)
    }

    fn aplicar(&mut self, nodo: NodeRef<'a>) {
        if self.salida.len() > LARGO_MAX {
            return;
        }
        match self.programa.plantilla(nodo.ns(), nodo.name()) {
            Some(pasos) => self.seguir(nodo, pasos),
            None => self.desconocido(nodo),
        }
    }

    fn seguir(&mut self, nodo: NodeRef<'a>, pasos: &'a [Op]) {
        for paso in pasos {
            match paso {
                Op::Campo { nombre, presencia } => self.campo(nodo.attr(nombre), *presencia),
                Op::Texto { camino, presencia } => {
                    let texto = elegir(self.documento, nodo, camino).first().map(texto_entero);
                    self.campo(texto.as_deref(), *presencia);
                }
                Op::Aplicar(camino) => {
                    let elegidos = elegir(self.documento, nodo, camino);
                    elegidos.into_iter().for_each(|n| self.aplicar(n));
                }
                Op::Cada(camino, pasos) => {
                    let elegidos = elegir(self.documento, nodo, camino);
                    elegidos.into_iter().for_each(|n| self.seguir(n, pasos));
                }
                Op::SiExiste(camino, pasos) => {
                    if !elegir(self.documento, nodo, camino).is_empty() {
                        self.seguir(nodo, pasos);
                    }
                }
                Op::SiIgual { atributo, valor, pasos } => {
                    if nodo.attr(atributo) == Some(valor) {
                        self.seguir(nodo, pasos);
                    }
                }
            }
        }
    }

    fn campo(&mut self, valor: Option<&str>, presencia: Presencia) {
        if valor.is_none() && presencia == Presencia::Opcional {
            return;
        }
        self.salida.push(b'|');
        push_normalizado(&mut self.salida, valor.unwrap_or_default());
    }

    /// The rule of XSLT for an element without template: its texts as they are, its elements in
    /// turn.
    fn desconocido(&mut self, nodo: NodeRef<'a>) {
        if self.conoce_algo_dentro(nodo) {
            let texto = nodo.text();
            self.texto(&texto);
            nodo.children().for_each(|hijo| self.aplicar(hijo));
            return;
        }
        let canonico = canonicalize(self.documento, nodo.id(), None, C14n::Exclusive, &[]);
        for texto in textos(&String::from_utf8_lossy(&canonico)) {
            self.texto(&texto);
        }
    }

    fn texto(&mut self, texto: &str) {
        if self.espacios == Espacios::Conservar || !texto.trim_ascii().is_empty() {
            self.salida.extend_from_slice(texto.as_bytes());
        }
    }

    fn conoce_algo_dentro(&self, nodo: NodeRef<'a>) -> bool {
        nodo.children().any(|hijo| {
            self.programa.plantilla(hijo.ns(), hijo.name()).is_some()
                || self.conoce_algo_dentro(hijo)
        })
    }
}

/// Elements of a path, in document order.
fn elegir<'a>(documento: &'a Document, nodo: NodeRef<'a>, camino: &Camino) -> Vec<NodeRef<'a>> {
    let Some((primero, resto)) = camino.pasos.split_first() else { return vec![nodo] };
    let mut elegidos: Vec<NodeRef<'a>> = match camino.ancla {
        Ancla::Hijos => nodo.children().filter(|n| cumple(*n, primero)).collect(),
        Ancla::Documento => {
            Some(documento.root()).into_iter().filter(|n| cumple(*n, primero)).collect()
        }
        Ancla::Descendientes => descendientes(nodo, primero),
    };
    for paso in resto {
        elegidos =
            elegidos.iter().flat_map(|n| n.children()).filter(|n| cumple(*n, paso)).collect();
    }
    elegidos
}

fn descendientes<'a>(nodo: NodeRef<'a>, paso: &Paso) -> Vec<NodeRef<'a>> {
    let mut elegidos = Vec::new();
    for hijo in nodo.children() {
        if cumple(hijo, paso) {
            elegidos.push(hijo);
        }
        elegidos.extend(descendientes(hijo, paso));
    }
    elegidos
}

fn cumple(nodo: NodeRef<'_>, paso: &Paso) -> bool {
    match paso {
        Paso::Cualquiera => true,
        Paso::Nombre(ns, local) => nodo.is(ns, local),
    }
}

/// Text of an element and all below it.
fn texto_entero(nodo: &NodeRef<'_>) -> String {
    let mut texto = nodo.text();
    nodo.children().for_each(|hijo| texto.push_str(&texto_entero(&hijo)));
    texto
}

/// Texts between the tags of a canonical fragment, decoded, in document order.
fn textos(canonico: &str) -> Vec<String> {
    let mut lista = Vec::new();
    let mut resto = canonico;
    while let Some(abre) = resto.find('<') {
        if abre > 0 {
            lista.push(decodificar(&resto[..abre]));
        }
        resto = &resto[abre + fin_de_marca(&resto[abre..])..];
    }
    lista
}

/// Length of the tag or instruction that `texto` begins with; a `>` inside quotes does not end it.
fn fin_de_marca(texto: &str) -> usize {
    if texto.starts_with("<?") {
        return texto.find("?>").map_or(texto.len(), |i| i + 2);
    }
    let mut entre_comillas = false;
    for (i, byte) in texto.bytes().enumerate() {
        match byte {
            b'"' => entre_comillas = !entre_comillas,
            b'>' if !entre_comillas => return i + 1,
            _ => {}
        }
    }
    texto.len()
}

fn decodificar(texto: &str) -> String {
    let sin = texto.replace("&lt;", "<").replace("&gt;", ">").replace("&#xD;", "\r");
    sin.replace("&amp;", "&")
}
