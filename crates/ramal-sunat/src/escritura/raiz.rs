//! Root elements and the namespaces in scope, in canonical order (§4). It holds no other element.

/// Root of a document that Ramal writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Raiz {
    /// 01 and 03.
    Invoice,
    /// 07.
    CreditNote,
    /// 08.
    DebitNote,
    /// RC.
    SummaryDocuments,
    /// RA.
    VoidedDocuments,
}

/// Namespace of `cac`.
pub const CAC: &str = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2";
/// Namespace of `cbc`.
pub const CBC: &str = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2";
/// Namespace of `ds`.
pub const DS: &str = "http://www.w3.org/2000/09/xmldsig#";
/// Namespace of `ext`.
pub const EXT: &str = "urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2";
/// Namespace of `sac`.
pub const SAC: &str =
    "urn:sunat:names:specification:ubl:peru:schema:xsd:SunatAggregateComponents-1";

impl Raiz {
    /// Name of the root element.
    pub fn nombre(self) -> &'static str {
        match self {
            Raiz::Invoice => "Invoice",
            Raiz::CreditNote => "CreditNote",
            Raiz::DebitNote => "DebitNote",
            Raiz::SummaryDocuments => "SummaryDocuments",
            Raiz::VoidedDocuments => "VoidedDocuments",
        }
    }

    /// Default namespace.
    pub fn espacio(self) -> &'static str {
        match self {
            Raiz::Invoice => "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2",
            Raiz::CreditNote => "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2",
            Raiz::DebitNote => "urn:oasis:names:specification:ubl:schema:xsd:DebitNote-2",
            Raiz::SummaryDocuments => {
                "urn:sunat:names:specification:ubl:peru:schema:xsd:SummaryDocuments-1"
            }
            Raiz::VoidedDocuments => {
                "urn:sunat:names:specification:ubl:peru:schema:xsd:VoidedDocuments-1"
            }
        }
    }

    /// Namespace declarations of the root in canonical order; RC and RA add `sac`.
    pub fn espacios(self) -> Vec<(&'static str, &'static str)> {
        let mut lista = vec![
            ("xmlns", self.espacio()),
            ("xmlns:cac", CAC),
            ("xmlns:cbc", CBC),
            ("xmlns:ds", DS),
            ("xmlns:ext", EXT),
        ];
        if matches!(self, Raiz::SummaryDocuments | Raiz::VoidedDocuments) {
            lista.push(("xmlns:sac", SAC));
        }
        lista
    }
}
