//! Reading of attributes with memory of what was wrong. It does not know which document it reads.

use ramal_xml::NodeRef;

use crate::modelo::{Emisor, Factor, Impuesto, ImpuestoLinea, Receptor, RetencionTotal};
use crate::texto::Texto;
use crate::validacion::Hallazgo;
use crate::valor::{Valor, ValorError};

/// Most problems kept: a hostile document must not fill the memory with complaints.
const PROBLEMAS_MAX: usize = 50;

/// Reader of one document.
pub(super) struct Lector {
    ns: String,
    pub(super) problemas: Vec<Hallazgo>,
}

impl Lector {
    /// Reader of the elements of a namespace.
    pub(super) fn new(ns: &str) -> Lector {
        Lector { ns: ns.to_owned(), problemas: Vec::new() }
    }

    /// Reader of another namespace that goes on with the same list of problems.
    pub(super) fn en(&mut self, ns: &str) -> Lector {
        Lector { ns: ns.to_owned(), problemas: std::mem::take(&mut self.problemas) }
    }

    pub(super) fn problema(&mut self, campo: &str, motivo: &str) {
        if self.problemas.len() < PROBLEMAS_MAX {
            let (campo, motivo) = (campo.to_owned(), motivo.to_owned());
            self.problemas.push(Hallazgo { codigo: "CFDI40999", campo, motivo });
        }
    }

    pub(super) fn hijo<'a>(&self, n: NodeRef<'a>, local: &str) -> Option<NodeRef<'a>> {
        n.children().find(|h| h.is(&self.ns, local))
    }

    pub(super) fn hijos<'a>(
        &self,
        n: NodeRef<'a>,
        local: &'static str,
    ) -> impl Iterator<Item = NodeRef<'a>> + use<'a> {
        let ns = self.ns.clone();
        n.children().filter(move |h| h.is(&ns, local))
    }

    pub(super) fn texto(&self, n: NodeRef<'_>, nombre: &str) -> Texto {
        n.attr(nombre).unwrap_or_default().to_owned().into()
    }

    pub(super) fn opcional(&self, n: NodeRef<'_>, nombre: &str) -> Option<Texto> {
        n.attr(nombre).map(|v| v.to_owned().into())
    }

    /// Text that both versions demand.
    pub(super) fn requerido(&mut self, n: NodeRef<'_>, nombre: &str) -> Texto {
        if n.attr(nombre).is_none_or(str::is_empty) {
            self.problema(&campo(n, nombre), "falta este dato");
        }
        self.texto(n, nombre)
    }

    /// Number that must be there; zero if it is not.
    pub(super) fn valor(&mut self, n: NodeRef<'_>, nombre: &str) -> Valor {
        if n.attr(nombre).is_none() {
            self.problema(&campo(n, nombre), "falta este importe");
        }
        self.valor_opcional(n, nombre).unwrap_or(Valor::CERO)
    }

    pub(super) fn valor_opcional(&mut self, n: NodeRef<'_>, nombre: &str) -> Option<Valor> {
        let texto = n.attr(nombre)?;
        let leido = Valor::parse(texto.trim_matches([' ', '\t', '\n', '\r']));
        if let Err(error) = leido {
            self.problema(&campo(n, nombre), motivo(error));
        }
        leido.ok()
    }

    /// Taxes of a group; `sufijo` is `DR` or `P` inside a payment.
    pub(super) fn impuestos(
        &mut self,
        padre: Option<NodeRef<'_>>,
        grupo: &'static str,
        elemento: &'static str,
        sufijo: &str,
    ) -> Vec<ImpuestoLinea> {
        let grupos = padre.into_iter().flat_map(|p| self.hijos(p, grupo));
        let nodos: Vec<_> = grupos.flat_map(|g| g.children()).collect();
        let nodos = nodos.into_iter().filter(|n| n.name() == elemento);
        nodos.filter_map(|n| self.impuesto(n, sufijo)).collect()
    }

    fn impuesto(&mut self, n: NodeRef<'_>, sufijo: &str) -> Option<ImpuestoLinea> {
        let de = |nombre: &str| format!("{nombre}{sufijo}");
        let base = self.valor_opcional(n, &de("Base")).unwrap_or(Valor::CERO);
        let importe = self.valor_opcional(n, &de("Importe"));
        let tasa = self.valor_opcional(n, &de("TasaOCuota")).map(seis);
        let impuesto = self.clave(n, &de("Impuesto"))?;
        let factor = match (n.attr(&de("TipoFactor")), tasa) {
            (Some("Exento"), _) => Factor::Exento,
            (Some("Cuota"), Some(cuota)) => Factor::Cuota(cuota),
            (Some("Tasa"), Some(tasa)) => Factor::Tasa(tasa),
            _ => {
                self.problema(&campo(n, &de("TipoFactor")), "el factor o la tasa no se entienden");
                return None;
            }
        };
        Some(ImpuestoLinea { base, impuesto, factor, importe })
    }

    fn clave(&mut self, n: NodeRef<'_>, nombre: &str) -> Option<Impuesto> {
        let impuesto = n.attr(nombre).and_then(Impuesto::parse);
        if impuesto.is_none() {
            self.problema(&campo(n, nombre), "el impuesto debe ser 001, 002 o 003");
        }
        impuesto
    }

    /// Withheld taxes that carry only tax and amount.
    pub(super) fn retenciones(
        &mut self,
        padre: Option<NodeRef<'_>>,
        grupo: &'static str,
        elemento: &'static str,
        sufijo: &str,
    ) -> Vec<RetencionTotal> {
        let grupos = padre.into_iter().flat_map(|p| self.hijos(p, grupo));
        let nodos: Vec<_> = grupos.flat_map(|g| g.children()).collect();
        let mut lista = Vec::new();
        for n in nodos.into_iter().filter(|n| n.name() == elemento) {
            let importe = self.valor(n, &format!("Importe{sufijo}"));
            if let Some(impuesto) = self.clave(n, &format!("Impuesto{sufijo}")) {
                lista.push(RetencionTotal { impuesto, importe });
            }
        }
        lista
    }

    pub(super) fn sin_emisor(&mut self) -> Emisor {
        self.problema("Emisor", "el comprobante no dice quién lo emite");
        Emisor { rfc: "".into(), nombre: "".into(), regimen_fiscal: "".into() }
    }

    pub(super) fn sin_receptor(&mut self) -> Receptor {
        self.problema("Receptor", "el comprobante no dice quién lo recibe");
        Receptor {
            rfc: "".into(),
            nombre: "".into(),
            domicilio_fiscal: "".into(),
            residencia_fiscal: None,
            num_reg_id_trib: None,
            regimen_fiscal: "".into(),
            uso_cfdi: "".into(),
        }
    }
}

/// A rate in its canonical writing, so that `0.16` and `0.160000` are one group.
fn seis(tasa: Valor) -> Valor {
    i64::try_from(tasa.en_micros()).map_or(tasa, Valor::micros)
}

fn campo(n: NodeRef<'_>, nombre: &str) -> String {
    format!("{}.{nombre}", n.name())
}

fn motivo(error: ValorError) -> &'static str {
    match error {
        ValorError::Formato => "no es un número decimal simple",
        ValorError::Desborde => "el número es demasiado grande",
    }
}
