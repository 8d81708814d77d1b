//! Cadena original of a parsed document of any maker, CFDI 4.0 or 3.3, by the tables of the
//! official stylesheets. It trusts nothing of the document and judges no sello.

use ramal_xml::{Document, Limits, NodeRef, parse};

use super::maquina::Maquina;
use super::programa::Programa;
use super::tabla::{CFDI_33, CFDI_40};
use crate::lectura::motivo_ilegible;
use crate::texto::push_normalizado;

/// Namespace of CFDI 4.0.
pub const NS_CFDI_40: &str = "http://www.sat.gob.mx/cfd/4";
/// Namespace of CFDI 3.3 and 3.2.
pub const NS_CFDI_3: &str = "http://www.sat.gob.mx/cfd/3";
/// Namespace of the timbre.
pub const NS_TFD: &str = "http://www.sat.gob.mx/TimbreFiscalDigital";

/// Why a document has no cadena that this program can build.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CadenaError {
    /// The root is not a Comprobante of the SAT.
    #[error("no es un CFDI: la raíz no es cfdi:Comprobante")]
    NoEsCfdi,
    /// A version older than 3.3, or unknown.
    #[error("versión {0} no soportada; se leen CFDI 4.0 y 3.3")]
    VersionNoSoportada(String),
    /// The bytes are no XML.
    #[error("{0}")]
    Ilegible(String),
    /// The document repeats itself beyond reason.
    #[error("la cadena original sería desmesurada; el documento no es un CFDI real")]
    Desmesurada,
}

/// What to do with the white space between the elements of a complement that the stylesheet does
/// not know.
///
/// The stylesheet itself keeps it; processors that drop it on reading also seal documents, and both
/// are met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Espacios {
    /// As the stylesheet says.
    Conservar,
    /// As processors that strip it.
    Omitir,
}

/// A cadena and what was met on the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CadenaDocumento {
    /// The cadena, UTF-8.
    pub cadena: Vec<u8>,
    /// Complements whose fields are in the cadena, and the timbre, as `prefix:Name`.
    pub complementos_conocidos: Vec<String>,
    /// Complements that the stylesheet does not know: they add no field to the cadena.
    pub complementos_desconocidos: Vec<String>,
}

/// Cadena original of the bytes of a document. Errors: [`CadenaError`].
pub fn cadena_de_bytes(bytes: &[u8]) -> Result<CadenaDocumento, CadenaError> {
    let documento = parse(bytes, &Limits::default());
    let documento = documento.map_err(|e| CadenaError::Ilegible(motivo_ilegible(&e)))?;
    cadena_de_documento(&documento, Espacios::Conservar)
}

/// Cadena original of a document. Errors: [`CadenaError`].
pub fn cadena_de_documento(
    documento: &Document,
    espacios: Espacios,
) -> Result<CadenaDocumento, CadenaError> {
    let raiz = documento.root();
    let programa = programa(raiz)?;
    let cadena = Maquina::new(documento, programa, espacios).run();
    let (conocidos, desconocidos) = complementos(raiz)
        .into_iter()
        .partition::<Vec<_>, _>(|c| c.ns() == NS_TFD || is_conocido(programa, *c));
    Ok(CadenaDocumento {
        cadena: cadena.ok_or(CadenaError::Desmesurada)?,
        complementos_conocidos: nombres(&conocidos),
        complementos_desconocidos: nombres(&desconocidos),
    })
}

fn programa(raiz: NodeRef<'_>) -> Result<&'static Programa, CadenaError> {
    if raiz.name() != "Comprobante" {
        return Err(CadenaError::NoEsCfdi);
    }
    let version = raiz.attr("Version").or(raiz.attr("version")).unwrap_or("(sin versión)");
    match (raiz.ns(), version) {
        (NS_CFDI_40, "4.0") => Ok(&CFDI_40),
        (NS_CFDI_3, "3.3") => Ok(&CFDI_33),
        (NS_CFDI_40 | NS_CFDI_3, otra) => {
            Err(CadenaError::VersionNoSoportada(otra.chars().take(20).collect()))
        }
        _ => Err(CadenaError::NoEsCfdi),
    }
}

fn is_conocido(programa: &Programa, complemento: NodeRef<'_>) -> bool {
    programa.plantilla(complemento.ns(), complemento.name()).is_some()
}

/// Elements inside Complemento and ComplementoConcepto, in document order.
fn complementos<'a>(raiz: NodeRef<'a>) -> Vec<NodeRef<'a>> {
    let ns = raiz.ns();
    let mut lista: Vec<NodeRef<'a>> = Vec::new();
    let de_conceptos = raiz.find_all(ns, "ComplementoConcepto");
    let del_documento = raiz.children().filter(|n| n.is(ns, "Complemento"));
    for grupo in de_conceptos.into_iter().chain(del_documento) {
        lista.extend(grupo.children());
    }
    lista
}

/// Names without repetition, in order of appearance.
fn nombres(nodos: &[NodeRef<'_>]) -> Vec<String> {
    let mut lista: Vec<String> = Vec::new();
    for nodo in nodos {
        let nombre = nodo.qname();
        if !lista.contains(&nombre) {
            lista.push(nombre);
        }
    }
    lista
}

/// Cadena original of a `tfd:TimbreFiscalDigital` 1.1. Source: Anexo 20, III.B.
pub fn cadena_del_timbre(timbre: NodeRef<'_>) -> Vec<u8> {
    const CAMPOS: [(&str, bool); 7] = [
        ("Version", true),
        ("UUID", true),
        ("FechaTimbrado", true),
        ("RfcProvCertif", true),
        ("Leyenda", false),
        ("SelloCFD", true),
        ("NoCertificadoSAT", true),
    ];
    let mut cadena = b"|".to_vec();
    for (nombre, requerido) in CAMPOS {
        let valor = timbre.attr(nombre);
        if valor.is_some() || requerido {
            cadena.push(b'|');
            push_normalizado(&mut cadena, valor.unwrap_or_default());
        }
    }
    cadena.extend_from_slice(b"||");
    cadena
}
