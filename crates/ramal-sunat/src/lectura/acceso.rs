//! Access to the tree by namespace, so that a look-alike element of another vocabulary is never
//! read as ours. It keeps no state.

use ramal_xml::NodeRef;

use super::vista::Monto;
use crate::escritura::{CAC, CBC};

/// First child of the aggregate vocabulary.
pub(super) fn a<'a>(nodo: NodeRef<'a>, nombre: &str) -> Option<NodeRef<'a>> {
    nodo.children().find(|n| n.is(CAC, nombre))
}

/// Children of the aggregate vocabulary with one name.
pub(super) fn todos<'a>(
    nodo: NodeRef<'a>,
    nombre: &'static str,
) -> impl Iterator<Item = NodeRef<'a>> {
    nodo.children().filter(move |n| n.is(CAC, nombre))
}

/// Aggregate at the end of a path.
pub(super) fn camino<'a>(nodo: NodeRef<'a>, nombres: &[&str]) -> Option<NodeRef<'a>> {
    nombres.iter().try_fold(nodo, |n, nombre| a(n, nombre))
}

/// First child of the basic vocabulary.
pub(super) fn b<'a>(nodo: NodeRef<'a>, nombre: &str) -> Option<NodeRef<'a>> {
    nodo.children().find(|n| n.is(CBC, nombre))
}

/// Text of a basic child, trimmed; empty if absent.
pub(super) fn texto(nodo: NodeRef<'_>, nombre: &str) -> String {
    b(nodo, nombre).map(contenido).unwrap_or_default()
}

/// Text of a basic child at the end of a path of aggregates.
pub(super) fn texto_en(nodo: NodeRef<'_>, nombres: &[&str], hoja: &str) -> String {
    camino(nodo, nombres).map(|n| texto(n, hoja)).unwrap_or_default()
}

/// Own text, trimmed.
pub(super) fn contenido(nodo: NodeRef<'_>) -> String {
    nodo.text().trim().to_owned()
}

/// Attribute of a basic child; empty if absent.
pub(super) fn atributo(nodo: NodeRef<'_>, hoja: &str, nombre: &str) -> String {
    b(nodo, hoja).and_then(|n| n.attr(nombre)).unwrap_or_default().trim().to_owned()
}

/// Amount of a basic child.
pub(super) fn monto(nodo: NodeRef<'_>, nombre: &str) -> Monto {
    b(nodo, nombre).map(de_nodo).unwrap_or_default()
}

/// Amount of an element.
pub(super) fn de_nodo(nodo: NodeRef<'_>) -> Monto {
    let moneda = nodo.attr("currencyID").unwrap_or_default().trim().to_owned();
    Monto { texto: contenido(nodo), moneda }
}
