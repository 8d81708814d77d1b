//! The pen of the writers: elements with clean text, amounts, codes with their fixed attributes
//! (§5.1). It knows no document.

use ramal_base::Dinero;
use ramal_xml::Writer;

use super::{Raiz, SinFirma};
use crate::texto::limpiar;

type Atributos<'a> = &'a [(&'a str, &'a str)];

pub(super) const SUNAT: (&str, &str) = ("schemeAgencyName", "PE:SUNAT");
const LISTA_SUNAT: (&str, &str) = ("listAgencyName", "PE:SUNAT");
pub(super) const UNECE: &str = "United Nations Economic Commission for Europe";

macro_rules! catalogo {
    ($n:literal) => {
        concat!("urn:pe:gob:sunat:cpe:see:gem:catalogos:catalogo", $n)
    };
}
pub(super) use catalogo;

/// Attributes of a code of a SUNAT list.
macro_rules! lista {
    ($nombre:ident, $titulo:literal, $catalogo:literal) => {
        pub(super) const $nombre: Atributos<'static> =
            &[LISTA_SUNAT, ("listName", $titulo), ("listURI", catalogo!($catalogo))];
    };
}

lista!(TIPO_PRECIO, "Tipo de Precio", "16");
lista!(AFECTACION, "Afectacion del IGV", "07");
lista!(CARGO, "Cargo/descuento", "53");
lista!(NOTA_CREDITO, "Tipo de nota de credito", "09");
lista!(NOTA_DEBITO, "Tipo de nota de debito", "10");
lista!(TIPO_DOCUMENTO, "Tipo de Documento", "01");
lista!(DOCUMENTO_RELACIONADO, "Documento Relacionado", "12");
lista!(MEDIO_PAGO, "Medio de pago", "59");

pub(super) const MONEDA: Atributos<'static> =
    &[("listAgencyName", UNECE), ("listID", "ISO 4217 Alpha"), ("listName", "Currency")];
pub(super) const PAIS: Atributos<'static> =
    &[("listAgencyName", UNECE), ("listID", "ISO 3166-1"), ("listName", "Country")];
pub(super) const UBIGEO: Atributos<'static> =
    &[("schemeAgencyName", "PE:INEI"), ("schemeName", "Ubigeos")];
pub(super) const ESTABLECIMIENTO: Atributos<'static> =
    &[LISTA_SUNAT, ("listName", "Establecimientos anexos")];
pub(super) const TRIBUTO: Atributos<'static> =
    &[SUNAT, ("schemeName", "Codigo de tributos"), ("schemeURI", catalogo!("05"))];
pub(super) const DETRACCION: Atributos<'static> =
    &[SUNAT, ("schemeName", "Codigo de detraccion"), ("schemeURI", catalogo!("54"))];
pub(super) const UNSPSC: Atributos<'static> =
    &[("listAgencyName", "GS1 US"), ("listID", "UNSPSC"), ("listName", "Item Classification")];
pub(super) const ANTICIPO_ESTADO: Atributos<'static> = &[LISTA_SUNAT, ("listName", "Anticipo")];
pub(super) const ANTICIPO_PAGO: Atributos<'static> = &[SUNAT, ("schemeName", "Anticipo")];

/// Writer of one document.
pub(super) struct Pluma {
    w: Writer,
    hueco: usize,
    raiz: Raiz,
    ruc: String,
}

impl Pluma {
    /// Opens the root and writes the extension with the place of the signature.
    pub(super) fn new(raiz: Raiz, ruc: &str, capacidad: usize) -> Pluma {
        let mut w = Writer::with_capacity(capacidad);
        w.open(raiz.nombre(), &raiz.espacios());
        w.raw(b"<ext:UBLExtensions><ext:UBLExtension><ext:ExtensionContent>");
        let hueco = w.len();
        w.raw(b"</ext:ExtensionContent></ext:UBLExtension></ext:UBLExtensions>");
        Pluma { w, hueco, raiz, ruc: ruc.to_owned() }
    }

    /// Closes the root.
    pub(super) fn terminar(mut self) -> SinFirma {
        self.w.close(self.raiz.nombre());
        let id_firma = self.id_firma();
        SinFirma { bytes: self.w.into_bytes(), hueco: self.hueco, raiz: self.raiz, id_firma }
    }

    /// Id of `ds:Signature`: `SIGN-<RUC>`.
    pub(super) fn id_firma(&self) -> String {
        format!("SIGN-{}", limpiar(&self.ruc))
    }

    pub(super) fn abrir(&mut self, nombre: &str) {
        self.w.open(nombre, &[]);
    }

    pub(super) fn cerrar(&mut self, nombre: &str) {
        self.w.close(nombre);
    }

    /// Element with clean text and no attribute.
    pub(super) fn hoja(&mut self, nombre: &str, texto: &str) {
        self.w.leaf(nombre, &[], &limpiar(texto));
    }

    /// Element with clean text and attributes, already in canonical order.
    pub(super) fn codigo(&mut self, nombre: &str, atributos: Atributos<'_>, texto: &str) {
        self.w.leaf(nombre, atributos, &limpiar(texto));
    }

    /// Element only if there is a text.
    pub(super) fn opcional(&mut self, nombre: &str, texto: Option<&str>) {
        if let Some(texto) = texto {
            self.hoja(nombre, texto);
        }
    }

    /// Amount with two decimals and its currency.
    pub(super) fn monto(&mut self, nombre: &str, dinero: Dinero) {
        let moneda = [("currencyID", dinero.moneda.codigo())];
        self.w.leaf(nombre, &moneda, &dinero.importe());
    }

    /// Identity number with its scheme of catalogue 06.
    pub(super) fn identidad(&mut self, tipo: &str, numero: &str) {
        let atributos = [
            SUNAT,
            ("schemeID", tipo),
            ("schemeName", "Documento de Identidad"),
            ("schemeURI", catalogo!("06")),
        ];
        self.abrir("cac:PartyIdentification");
        self.codigo("cbc:ID", &atributos, numero);
        self.cerrar("cac:PartyIdentification");
    }

    /// `cac:TaxScheme` of a tribute, with or without the attributes of UBL 2.1.
    pub(super) fn tributo(&mut self, ficha: (&str, &str, &str), atributos: Atributos<'_>) {
        self.abrir("cac:TaxScheme");
        self.codigo("cbc:ID", atributos, ficha.0);
        self.hoja("cbc:Name", ficha.1);
        self.hoja("cbc:TaxTypeCode", ficha.2);
        self.cerrar("cac:TaxScheme");
    }
}
