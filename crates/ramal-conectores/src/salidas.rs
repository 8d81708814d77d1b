//! Field and way out, in Spanish, for the codes of the SAT and the PACs. It classifies nothing.

/// Field of the CFDI that a code of the matrix speaks of; `None` for codes without a field.
///
/// Shape: path as in `Receptor.Nombre`. Source: matrix of validations of CFDI 4.0.
pub fn campo(codigo: &str) -> Option<&'static str> {
    if codigo.starts_with("CRP") {
        return Some("Complemento.Pagos");
    }
    let numero: u32 = codigo.strip_prefix("CFDI")?.parse().ok()?;
    Some(match numero {
        40101 => "Fecha",
        40102 => "Sello",
        40103..=40105 => "FormaPago",
        40106 => "Certificado",
        40107..=40109 => "SubTotal",
        40110..=40112 => "Descuento",
        40113..=40118 => "Moneda",
        40119 | 40120 => "Total",
        40121 => "TipoDeComprobante",
        40122 | 40123 => "Exportacion",
        40124 | 40125 => "MetodoPago",
        40126 => "LugarExpedicion",
        40127..=40129 => "Confirmacion",
        40130..=40136 => "InformacionGlobal",
        40137 => "CfdiRelacionados.TipoRelacion",
        40138 => "Emisor.Rfc",
        40139 => "Emisor.Nombre",
        40140 | 40141 => "Emisor.RegimenFiscal",
        40143 | 40144 => "Receptor.Rfc",
        40145 | 40146 => "Receptor.Nombre",
        40147..=40149 => "Receptor.DomicilioFiscalReceptor",
        40150..=40153 => "Receptor.ResidenciaFiscal",
        40154..=40156 => "Receptor.NumRegIdTrib",
        40157..=40159 => "Receptor.RegimenFiscalReceptor",
        40160 | 40161 => "Receptor.UsoCFDI",
        40162..=40164 => "Conceptos.ClaveProdServ",
        40165 => "Conceptos.ClaveUnidad",
        40166 => "Conceptos.ValorUnitario",
        40167 => "Conceptos.Importe",
        40168 | 40169 => "Conceptos.Descuento",
        40170..=40173 => "Conceptos.ObjetoImp",
        40174..=40180 => "Conceptos.Impuestos.Traslados",
        40181..=40186 => "Conceptos.Impuestos.Retenciones",
        40187..=40193 => "Conceptos.ACuentaTerceros",
        40201 => "Impuestos",
        40202..=40211 => "Impuestos.Retenciones",
        40212..=40221 => "Impuestos.Traslados",
        _ => return None,
    })
}

/// What a person can do about a refused document.
pub fn salida_datos(codigo: &str, campo: Option<&str>) -> &'static str {
    match (codigo, campo) {
        ("403", _) => "La fecha está fuera del plazo permitido; emita un comprobante nuevo.",
        ("302" | "CFDI40102", _) => {
            "El sello no verifica: vuelva a sellar con el CSD vigente del emisor."
        }
        ("301" | "705" | "738", _) => {
            "El XML no cumple la estructura; no reenvíe y avise a soporte con el código."
        }
        (_, Some(c)) if c.starts_with("Receptor") => {
            "Corrija los datos fiscales del cliente según su Constancia de Situación Fiscal y \
             vuelva a emitir."
        }
        (_, Some(c)) if c.starts_with("Emisor") || c == "LugarExpedicion" => {
            "Corrija los datos fiscales del emisor según su Constancia de Situación Fiscal y \
             vuelva a emitir."
        }
        (_, Some("Complemento.Pagos")) => {
            "Revise los importes y los documentos del complemento de pago y vuelva a emitir."
        }
        (_, Some(_)) => "Corrija el campo indicado y vuelva a emitir el comprobante.",
        (_, None) => "Revise el mensaje de la autoridad, corrija los datos y vuelva a emitir.",
    }
}

/// What an administrator can do about the account, the certificate or the affiliation.
pub fn salida_configuracion(codigo: &str) -> &'static str {
    match codigo {
        "303" => "Cargue el CSD que corresponde al RFC del emisor.",
        "304" | "305" => "El CSD está revocado o fuera de vigencia: cargue uno vigente.",
        "306" | "308" | "711" | "712" => {
            "El certificado no es el CSD del emisor emitido por el SAT: cárguelo de nuevo."
        }
        "402" => {
            "El RFC no está en la lista de obligaciones del SAT (LCO); revise su situación fiscal \
             y espere hasta 72 horas si el CSD es nuevo."
        }
        "718" => "Se agotaron los timbres: compre más con su PAC.",
        "702" => "Registre el RFC del emisor en su cuenta del PAC.",
        "701" | "703" => "La cuenta del PAC está suspendida: comuníquese con el PAC.",
        "740" => "Falta firmar el manifiesto del PAC con la e.firma del emisor.",
        _ => "Revise el usuario, la contraseña o el token del PAC en la configuración del emisor.",
    }
}

/// What a person can do about a refused cancellation (EstatusUUID).
pub fn salida_baja(codigo: &str) -> &'static str {
    match codigo {
        "203" => "El comprobante no es de este emisor: revise el folio fiscal.",
        "204" => {
            "No es cancelable: cancele primero los comprobantes relacionados (pagos y egresos)."
        }
        "207" | "311" => "Elija un motivo de cancelación válido (01, 02, 03 o 04).",
        "208" | "209" | "212" | "312" | "314" => {
            "Revise el folio de sustitución: el motivo 01 lo exige y los demás no lo admiten."
        }
        "210" | "211" => "Venció el plazo para cancelar este comprobante.",
        "301" | "302" => "La solicitud firmada no es válida: genere y firme una nueva.",
        "799" => "Se agotaron las cinco solicitudes permitidas para este comprobante.",
        _ => "Revise el mensaje de la autoridad antes de solicitar de nuevo la cancelación.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_customer_data_codes_lead_to_the_constancia() {
        assert_eq!(campo("CFDI40148"), Some("Receptor.DomicilioFiscalReceptor"));
        assert!(salida_datos("CFDI40148", campo("CFDI40148")).contains("Constancia"));
        assert_eq!(campo("CRP20217"), Some("Complemento.Pagos"));
        assert_eq!(campo("CFDI40999"), None);
        assert_eq!(campo("307"), None);
        assert!(salida_configuracion("718").contains("timbres"));
        assert!(salida_baja("204").contains("relacionados"));
    }
}
