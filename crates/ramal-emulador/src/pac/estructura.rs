//! Checks a received document against the shape of the schema and the namespace rules. It
//! deliberately adds up nothing.

use ramal_xml::{Document, NodeRef};

use super::esquema::{COMPROBANTE, Elemento};
use super::esquema_pagos::PAGOS;
use super::rechazo::Rechazo;
use super::tipos::is_fecha_hora;

/// Namespace of CFDI 4.0.
pub const CFDI: &str = "http://www.sat.gob.mx/cfd/4";
/// Namespace of Pagos 2.0.
pub const PAGOS20: &str = "http://www.sat.gob.mx/Pagos20";
/// Namespace of the stamp.
pub const TFD: &str = "http://www.sat.gob.mx/TimbreFiscalDigital";
const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";
const XSD_CFDI: &str = "http://www.sat.gob.mx/sitio_internet/cfd/4/cfdv40.xsd";
const XSD_PAGOS: &str = "http://www.sat.gob.mx/sitio_internet/cfd/Pagos/Pagos20.xsd";

/// First fault of shape of the document, in document order.
pub fn check(doc: &Document, bytes: &[u8]) -> Result<(), Rechazo> {
    let root = doc.root();
    if !root.is(CFDI, "Comprobante") || root.prefix() != "cfdi" {
        return Err(Rechazo::new("301", "la raíz debe ser cfdi:Comprobante de CFDI 4.0"));
    }
    if bytes.starts_with(&[0xEF, 0xBB, 0xBF]) {
        return Err(Rechazo::new("301", "el archivo lleva marca de orden de bytes"));
    }
    if root.attr("Fecha").is_some_and(|f| !is_fecha_hora(f)) {
        return Err(Rechazo::new("CFDI40101", "el atributo Fecha no cumple el patrón"));
    }
    check_element(root, &COMPROBANTE, ("cfdi", CFDI))?;
    check_complements(root)?;
    check_namespaces(root, bytes)
}

fn check_element(node: NodeRef<'_>, shape: &Elemento, ns: (&str, &str)) -> Result<(), Rechazo> {
    if (node.prefix(), node.ns()) != ns {
        return Err(Rechazo::new("301", format!("{} está en otro espacio", node.qname())));
    }
    if shape.abierto {
        return Ok(());
    }
    check_attributes(node, shape)?;
    if !node.text().trim().is_empty() {
        return Err(Rechazo::new("301", format!("{} no admite texto", node.qname())));
    }
    check_children(node, shape, ns)
}

fn check_attributes(node: NodeRef<'_>, shape: &Elemento) -> Result<(), Rechazo> {
    for (_, ns, local, valor) in node.attrs() {
        if ns == XSI && local == "schemaLocation" && node.is_root() {
            continue;
        }
        let known = shape.atributos.iter().find(|(nombre, ..)| ns.is_empty() && *nombre == local);
        let Some((_, _, tipo)) = known else {
            let texto = format!("el atributo {local} no existe en {}", node.qname());
            return Err(Rechazo::new("301", texto));
        };
        if !tipo.accepts(valor) {
            let texto = format!("{}/@{local} no cumple el patrón: {valor:.60}", node.qname());
            return Err(Rechazo::new("301", texto));
        }
    }
    let missing =
        shape.atributos.iter().find(|(n, required, _)| *required && node.attr(n).is_none());
    match missing {
        Some((n, ..)) => Err(Rechazo::new("301", format!("falta {}/@{n}", node.qname()))),
        None => Ok(()),
    }
}

fn check_children(node: NodeRef<'_>, shape: &Elemento, ns: (&str, &str)) -> Result<(), Rechazo> {
    let hijos: Vec<NodeRef<'_>> = node.children().collect();
    let mut at = 0;
    for (min, max, hijo) in shape.hijos {
        let mut vistos = 0;
        while at < hijos.len() && hijos[at].name() == hijo.nombre && (*max == 0 || vistos < *max) {
            check_element(hijos[at], hijo, ns)?;
            at += 1;
            vistos += 1;
        }
        if vistos < *min {
            let texto = format!("falta {} en {}", hijo.nombre, node.qname());
            return Err(Rechazo::new("301", texto));
        }
    }
    match hijos.get(at) {
        Some(sobra) => {
            let texto = format!("{} no se espera ahí dentro de {}", sobra.qname(), node.qname());
            Err(Rechazo::new("301", texto))
        }
        None => Ok(()),
    }
}

fn check_complements(root: NodeRef<'_>) -> Result<(), Rechazo> {
    let pago = root.attr("TipoDeComprobante") == Some("P");
    let complementos: Vec<NodeRef<'_>> =
        root.child("Complemento").map_or_else(Vec::new, |c| c.children().collect());
    let mut pagos = 0;
    for complemento in complementos {
        match (complemento.ns(), complemento.name()) {
            (TFD, _) => return Err(Rechazo::new("707", "el comprobante ya incluye un timbre")),
            (PAGOS20, "Pagos") if pago => {
                check_element(complemento, &PAGOS, ("pago20", PAGOS20))?;
                pagos += 1;
            }
            (_, nombre) => {
                let texto = format!("el complemento {nombre} no se admite en este comprobante");
                return Err(Rechazo::new("301", texto));
            }
        }
    }
    match (pago, pagos) {
        (true, 1) | (false, 0) => Ok(()),
        _ => Err(Rechazo::new("CRP20999", "el tipo P lleva exactamente un complemento Pagos")),
    }
}

/// Declarations are read from the bytes: the tree keeps only what they mean.
fn check_namespaces(root: NodeRef<'_>, bytes: &[u8]) -> Result<(), Rechazo> {
    let pago = root.attr("TipoDeComprobante") == Some("P");
    let texto = String::from_utf8_lossy(bytes);
    let Some(inicio) = texto.find("<cfdi:Comprobante") else {
        return Err(Rechazo::new("301", "no se encontró la raíz"));
    };
    let fin = tag_end(&texto[inicio..]) + inicio;
    let declared = declarations(&texto[inicio..fin]);
    let allowed = |p: &str| p == "cfdi" || p == "xsi" || (pago && p == "pago20");
    if let Some(sobra) = declared.iter().find(|p| !allowed(p)) {
        return Err(Rechazo::new("738", format!("se declara el espacio {sobra}, que no se usa")));
    }
    if pago && !declared.contains(&"pago20") {
        return Err(Rechazo::new("738", "xmlns:pago20 debe declararse en la raíz"));
    }
    let resto = texto[fin..].split("<cfdi:Addenda").next().unwrap_or("");
    if resto.contains(" xmlns:") || resto.contains(" xmlns=") || resto.contains("schemaLocation=") {
        return Err(Rechazo::new("738", "los espacios y schemaLocation van solo en la raíz"));
    }
    check_schema_location(root, pago)
}

fn check_schema_location(root: NodeRef<'_>, pago: bool) -> Result<(), Rechazo> {
    let located = root.attrs().find(|(_, ns, local, _)| *ns == XSI && *local == "schemaLocation");
    let valor = located.map_or("", |(_, _, _, valor)| valor);
    let pares: Vec<&str> = valor.split_whitespace().collect();
    let mut expected = vec![CFDI, XSD_CFDI];
    if pago {
        expected.extend([PAGOS20, XSD_PAGOS]);
    }
    if pares != expected {
        return Err(Rechazo::new("738", "xsi:schemaLocation no corresponde al comprobante"));
    }
    Ok(())
}

fn tag_end(texto: &str) -> usize {
    let mut quote = None;
    for (i, b) in texto.bytes().enumerate() {
        match (quote, b) {
            (None, b'>') => return i,
            (None, b'"' | b'\'') => quote = Some(b),
            (Some(q), b) if q == b => quote = None,
            _ => {}
        }
    }
    texto.len()
}

/// Prefixes declared in a start tag.
fn declarations(tag: &str) -> Vec<&str> {
    tag.split_whitespace()
        .filter_map(|parte| parte.strip_prefix("xmlns"))
        .filter_map(|parte| parte.split_once('=').map(|(nombre, _)| nombre))
        .map(|nombre| nombre.trim_start_matches(':'))
        .collect()
}
