//! Identity of the customer by kind of document and operation (§5.5, §19.1). Whether the RUC is
//! active is SUNAT's register, not ours.

use ramal_base::Fecha;

use super::{Hallazgos, is_ruc, is_texto};
use crate::catalogos::TipoIdentidad;
use crate::lectura::{ParteLeida, Vista};
use crate::normas::valor;

pub(super) fn revisar(h: &mut Hallazgos, v: &Vista) {
    let vacio = ParteLeida::default();
    let c = v.cliente.as_ref().unwrap_or(&vacio);
    let campo = "cliente, identidad";
    h.si(c.numero.is_empty(), "2014", campo, "falta el número de documento del cliente");
    h.si(c.tipo.is_empty(), "2015", campo, "falta el tipo de documento del cliente");
    let desconocido = !c.tipo.is_empty() && TipoIdentidad::parse(&c.tipo).is_none();
    h.si(desconocido, "2016", campo, "el tipo de documento del cliente no está en el catálogo 06");
    let de_factura = v.id.starts_with('F');
    if de_factura && v.raiz == "Invoice" && !c.tipo.is_empty() && !desconocido {
        let motivo = "este tipo de operación no admite el documento del cliente; \
                      para una factura use RUC o emita boleta";
        h.si(!is_permitido(&v.operacion, &c.tipo), "2800", campo, motivo);
    }
    if !c.numero.is_empty() {
        numero(h, v, c);
    }
    let motivo = "sobre S/ 700 la boleta debe identificar al cliente";
    h.si(
        v.tipo == "03" && supera_umbral(v) && is_anonimo(&c.tipo, &c.numero),
        "2514",
        campo,
        motivo,
    );
    h.si(c.nombre.is_empty(), "2021", "cliente, nombre", "falta el nombre del cliente");
    let motivo = "el nombre del cliente debe tener de 3 a 1500 caracteres en una sola línea";
    let mal_nombre = !c.nombre.is_empty() && !is_texto(&c.nombre, 3, 1500);
    h.si(mal_nombre, "2022", "cliente, nombre", motivo);
}

/// Whether the identity names nobody: `0` or `-` with zeros or a dash.
pub(super) fn is_anonimo(tipo: &str, numero: &str) -> bool {
    matches!(tipo, "0" | "-" | "") && numero.bytes().all(|b| b == b'0' || b == b'-')
}

/// Whether a boleta in soles is above the amount from which the buyer must be identified.
fn supera_umbral(v: &Vista) -> bool {
    let umbral = Fecha::parse(&v.fecha).ok().and_then(|f| valor("boleta.identificar", f));
    v.moneda == "PEN" && umbral.is_some_and(|u| v.totales.total.o_cero() > u)
}

/// Whether a factura of an operation may be issued to a kind of identity.
fn is_permitido(operacion: &str, tipo: &str) -> bool {
    match operacion {
        "0112" => matches!(tipo, "1" | "6"),
        "0200" | "0201" | "0204" => tipo != "6",
        "0202" | "0203" | "0205" | "0206" | "0207" | "0208" | "0401" => true,
        _ => tipo == "6",
    }
}

fn numero(h: &mut Hallazgos, v: &Vista, c: &ParteLeida) {
    let campo = "cliente, identidad";
    let digitos = |n: usize| c.numero.len() == n && c.numero.bytes().all(|b| b.is_ascii_digit());
    match c.tipo.as_str() {
        "6" => {
            let motivo = "el RUC del cliente debe tener 11 dígitos";
            h.si(!digitos(11), "2017", campo, motivo);
            let motivo = "el RUC del cliente no es válido; revise el dígito de control";
            h.si(digitos(11) && !is_ruc(&c.numero), "RUC", campo, motivo);
        }
        "1" => {
            let codigo = if v.id.starts_with('F') { "2801" } else { "4207" };
            let motivo = "el DNI del cliente debe tener 8 dígitos, con sus ceros";
            h.si(!digitos(8), codigo, campo, motivo);
        }
        _ => {
            let largo = c.numero.chars().count() <= 15;
            let bien = largo && !c.numero.chars().any(char::is_whitespace);
            let motivo = "el documento del cliente admite hasta 15 caracteres sin espacios";
            h.si(!bien, "2802", campo, motivo);
        }
    }
}
