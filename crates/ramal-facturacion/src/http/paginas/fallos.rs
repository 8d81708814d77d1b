//! What an authority's refusal means for whoever must mend it: the customer's field at fault and
//! where it is changed. Only codes whose field is certain are known; of the rest the sentence of
//! the authority is enough. It decides no state.
//!
//! Source: cfdi.md (matriz de errores CFDI40), sunat.md (catálogo de códigos de retorno).

use ramal_clientes::Cliente;
use ramal_web::Marco;

use crate::storage::consultas::Legal;

/// Why a document stopped and the way out.
pub(super) struct Fallo {
    /// Code of the authority.
    pub(super) codigo: String,
    /// What it said.
    pub(super) mensaje: String,
    /// Field at fault, in words; empty if it is not one of the customer's.
    pub(super) campo: String,
    /// Where the customer's data are changed; empty if they are not at fault.
    pub(super) ruta: String,
    /// Whether nothing moves until a person decides.
    pub(super) rechazado: bool,
}

/// Field of the customer at fault, as the form of the customer names it.
pub(super) fn field_of(codigo: &str) -> Option<&'static str> {
    let ultimos = codigo.trim_start_matches("CFDI");
    match ultimos {
        "40143" | "2017" | "2018" | "3206" => Some("numero_documento"),
        "40144" | "40145" | "40146" | "2022" | "2021" => Some("razon_social"),
        "40147" | "40148" | "40149" | "40150" => Some("codigo_postal"),
        "40157" | "40158" | "40159" => Some("regimen_fiscal"),
        "40161" | "40160" => Some("uso_cfdi"),
        "2015" | "2016" | "2800" | "2801" => Some("tipo_documento"),
        _ => None,
    }
}

/// Key of the words of a field.
pub(super) fn field_key(campo: &str) -> &'static str {
    match campo {
        "numero_documento" => "facturacion-campo-numero",
        "razon_social" => "facturacion-campo-nombre",
        "codigo_postal" => "facturacion-campo-postal",
        "regimen_fiscal" => "facturacion-campo-regimen",
        "uso_cfdi" => "facturacion-campo-uso",
        _ => "facturacion-campo-tipo",
    }
}

/// Where a field of a customer is changed.
pub(super) fn field_route(codigo_cliente: &str, campo: &str) -> String {
    format!("/admin/clientes/{codigo_cliente}/editar#c-{campo}")
}

/// Why this document stopped, if it did.
pub(super) fn fault_of(marco: &Marco, l: &Legal, cliente: Option<&Cliente>) -> Option<Fallo> {
    let parado = matches!(l.estado.as_str(), "rechazado" | "excepcion" | "incierto" | "pausado");
    if !parado {
        return None;
    }
    let codigo = l.codigo.clone().unwrap_or_default();
    let campo = field_of(&codigo);
    let ruta = cliente.map(|c| match campo {
        Some(campo) => field_route(&c.codigo(), campo),
        None => format!("/admin/clientes/{}/editar", c.codigo()),
    });
    Some(Fallo {
        mensaje: l.mensaje.clone().unwrap_or_else(|| marco.t("facturacion-fallo-sin-mensaje")),
        campo: campo.map(|c| marco.t(field_key(c))).unwrap_or_default(),
        ruta: ruta.filter(|_| campo.is_some() || l.estado == "rechazado").unwrap_or_default(),
        rechazado: l.estado == "rechazado",
        codigo,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_leads_to_the_field_that_it_is_about() {
        assert_eq!(field_of("CFDI40148"), Some("codigo_postal"));
        assert_eq!(field_of("2017"), Some("numero_documento"));
        assert_eq!(field_of("CFDI40999"), None);
        assert_eq!(
            field_route("C-7", "codigo_postal"),
            "/admin/clientes/C-7/editar#c-codigo_postal"
        );
    }
}
