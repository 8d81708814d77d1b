//! What the codes of the SAT and the PACs mean, the same for every PAC, and the check of what a PAC
//! returns. It makes no call.

use ramal_cfdi::timbre::{Timbre, TimbreError, check_timbrado};
use ramal_xml::{Certificado, Limits, parse};

use crate::salidas::{campo, salida_baja, salida_configuracion, salida_datos};
use crate::{Aceptacion, Negativa, Respuesta, RespuestaBaja};

/// Wait when the SAT does not know a document yet or is not reachable, ms.
const ESPERA_SAT_MS: i64 = 120_000;

/// Class of a code (cfdi.md 16.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClasePac {
    /// The data are wrong: show the field, no retry.
    Datos,
    /// Certificate, account or affiliation: pause the queue.
    Configuracion,
    /// Fecha out of the 72 hours: rebuild once.
    Tiempo,
    /// Stamped before: recover.
    Duplicado,
    /// It passes: send the same bytes again.
    Transitorio,
    /// Not in the norm.
    Desconocida,
}

/// Class of a code of stamping, as the SAT or a PAC writes it.
pub fn clase(codigo: &str) -> ClasePac {
    match codigo {
        "307" | "707" | "CFDI3307" => ClasePac::Duplicado,
        "401" => ClasePac::Tiempo,
        "708" | "709" => ClasePac::Transitorio,
        "300" | "303" | "304" | "305" | "306" | "308" | "402" | "701" | "702" | "703" | "712"
        | "718" | "719" | "720" | "740" => ClasePac::Configuracion,
        "301" | "302" | "403" | "705" | "738" => ClasePac::Datos,
        c if c.starts_with("AU") => ClasePac::Configuracion,
        c if ["CFDI", "CRP", "CC", "CO"].iter().any(|p| c.starts_with(p)) => ClasePac::Datos,
        _ => ClasePac::Desconocida,
    }
}

/// Code and text of a message: `CFDI40148 - …`, `307. El comprobante…`, `401 - …`.
///
/// Shape: the code is empty if the message does not begin with one.
pub fn split_codigo(mensaje: &str) -> (&str, &str) {
    let mensaje = mensaje.trim();
    let fin = mensaje.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(mensaje.len());
    let (codigo, resto) = mensaje.split_at(fin);
    if codigo.len() < 3 || !codigo.bytes().any(|b| b.is_ascii_digit()) {
        return ("", mensaje);
    }
    (codigo, resto.trim_start_matches([' ', '-', '.', ':']).trim())
}

/// Meaning of an error of stamping that is not a duplicate: those are recovered first.
pub(crate) fn of_codigo(codigo: &str, mensaje: &str) -> Respuesta {
    let (c, m) = (codigo.to_owned(), mensaje.to_owned());
    match clase(codigo) {
        ClasePac::Duplicado => Respuesta::YaRegistrado { codigo: c, mensaje: m },
        ClasePac::Tiempo => Respuesta::Tiempo { codigo: c, mensaje: m },
        ClasePac::Transitorio => {
            Respuesta::Reintentar { motivo: texto(codigo, mensaje), despues_ms: None }
        }
        ClasePac::Configuracion => Respuesta::Configuracion(configuracion(codigo, mensaje)),
        // A PAC that answers with an error of its own has stamped nothing.
        ClasePac::Datos | ClasePac::Desconocida => Respuesta::Rechazado(datos(codigo, mensaje)),
    }
}

fn texto(codigo: &str, mensaje: &str) -> String {
    if codigo.is_empty() { mensaje.to_owned() } else { format!("{codigo} - {mensaje}") }
}

fn datos(codigo: &str, mensaje: &str) -> Negativa {
    let campo = campo(codigo);
    negativa(codigo, mensaje, salida_datos(codigo, campo), campo)
}

/// A refusal of the account or the certificate.
pub(crate) fn configuracion(codigo: &str, mensaje: &str) -> Negativa {
    negativa(codigo, mensaje, salida_configuracion(codigo), None)
}

fn negativa(codigo: &str, mensaje: &str, salida: &str, campo: Option<&str>) -> Negativa {
    Negativa {
        codigo: codigo.to_owned(),
        mensaje: mensaje.to_owned(),
        campo: campo.map(str::to_owned),
        salida: salida.to_owned(),
        acuse: None,
    }
}

/// What a PAC returned as our stamped document.
pub(crate) struct Recibido<'a> {
    pub(crate) xml: &'a str,
    pub(crate) codigo: &'a str,
    pub(crate) previo: bool,
}

/// Believes a stamped document only if it is the one that was sent (cfdi.md 12).
pub(crate) fn accept(enviado: &[u8], r: &Recibido<'_>, certificados: &[Certificado]) -> Respuesta {
    match verify(enviado, r.xml.as_bytes(), certificados) {
        Ok((timbre, firma_valida)) => Respuesta::Aceptado(Aceptacion {
            uuid_fiscal: Some(timbre.uuid),
            bytes: r.xml.as_bytes().to_vec(),
            codigo: r.codigo.to_owned(),
            observaciones: Vec::new(),
            previo: r.previo,
            firma_valida,
        }),
        Err(error) => Respuesta::Incierto {
            motivo: format!("el PAC devolvió un timbre que no se acepta: {error}"),
            despues_ms: None,
        },
    }
}

fn verify(
    enviado: &[u8],
    recibido: &[u8],
    certificados: &[Certificado],
) -> Result<(Timbre, Option<bool>), TimbreError> {
    let (timbre, _) = check_timbrado(enviado, recibido, None)?;
    let numero = Some(&timbre.no_certificado_sat);
    match certificados.iter().find(|c| c.numero().as_ref() == numero) {
        None => Ok((timbre, None)),
        Some(c) if timbre.is_sello_sat_de(c) => Ok((timbre, Some(true))),
        Some(_) => Err(TimbreError::SelloSatInvalido),
    }
}

/// UUID of a `tfd:TimbreFiscalDigital` given alone, if its seal is the one of the bytes sent.
pub(crate) fn uuid_of_tfd(tfd: &str, enviado: &[u8]) -> Option<String> {
    let timbre = parse(tfd.as_bytes(), &Limits::default()).ok()?;
    let enviado = parse(enviado, &Limits::default()).ok()?;
    let sello = enviado.root().attr("Sello")?;
    let propio = timbre.root().attr("SelloCFD") == Some(sello);
    timbre.root().attr("UUID").filter(|_| propio).map(str::to_owned)
}

/// Meaning of an EstatusUUID, or of the error that came in its place (cfdi.md 14.5).
pub(crate) fn of_baja(codigo: &str, mensaje: &str, acuse: Vec<u8>) -> RespuestaBaja {
    let c = codigo.to_owned();
    match codigo {
        "201" => RespuestaBaja::Solicitada { acuse, codigo: c },
        "202" => RespuestaBaja::YaCancelado { acuse, codigo: c },
        "798" => RespuestaBaja::EnProceso { codigo: c, mensaje: mensaje.to_owned() },
        "205" | "708" | "709" => RespuestaBaja::Reintentar {
            motivo: texto(codigo, mensaje),
            despues_ms: Some(ESPERA_SAT_MS),
        },
        "300" | "303" | "304" | "305" | "306" | "308" | "309" | "310" | "701" | "702" | "703"
        | "711" | "712" | "740" => RespuestaBaja::Configuracion(configuracion(codigo, mensaje)),
        c if c.starts_with("AU") => RespuestaBaja::Configuracion(configuracion(codigo, mensaje)),
        _ => {
            let acuse = (!acuse.is_empty()).then_some(acuse);
            let negativa = negativa(codigo, mensaje, salida_baja(codigo), None);
            RespuestaBaja::Rechazada(Negativa { acuse, ..negativa })
        }
    }
}

/// Meaning of a cancellation that got no answer.
pub(crate) fn baja_without_answer(respuesta: Respuesta) -> RespuestaBaja {
    match respuesta {
        Respuesta::Configuracion(n) => RespuestaBaja::Configuracion(n),
        Respuesta::Reintentar { motivo, despues_ms } => {
            RespuestaBaja::Reintentar { motivo, despues_ms }
        }
        otra => RespuestaBaja::Incierto { motivo: otra.mensaje().to_owned() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_of_the_norm_has_its_class() {
        let casos = [
            (ClasePac::Datos, vec!["CFDI40148", "CRP20217", "301", "302", "705", "CC101"]),
            (
                ClasePac::Configuracion,
                vec![
                    "303", "304", "305", "306", "308", "402", "AU2000", "300", "701", "702", "703",
                    "712", "718", "720", "740",
                ],
            ),
            (ClasePac::Tiempo, vec!["401"]),
            (ClasePac::Duplicado, vec!["307", "707", "CFDI3307"]),
            (ClasePac::Transitorio, vec!["708", "709"]),
            (ClasePac::Desconocida, vec!["", "999"]),
        ];
        for (esperada, codigos) in casos {
            for codigo in codigos {
                assert_eq!(clase(codigo), esperada, "{codigo}");
            }
        }
    }

    #[test]
    fn the_code_is_read_in_every_way_a_pac_writes_it() {
        assert_eq!(
            split_codigo("CFDI40148 - El domicilio no es."),
            ("CFDI40148", "El domicilio no es.")
        );
        assert_eq!(
            split_codigo("307. El comprobante contiene un timbre previo."),
            ("307", "El comprobante contiene un timbre previo.")
        );
        assert_eq!(split_codigo("401 - Fecha"), ("401", "Fecha"));
        assert_eq!(split_codigo("Internal error 500"), ("", "Internal error 500"));
        assert_eq!(split_codigo(""), ("", ""));
    }

    #[test]
    fn received_is_not_cancelled_and_unknown_to_the_sat_waits() {
        let acuse = || b"<Acuse/>".to_vec();
        assert!(matches!(of_baja("201", "", acuse()), RespuestaBaja::Solicitada { .. }));
        assert!(matches!(of_baja("202", "", acuse()), RespuestaBaja::YaCancelado { .. }));
        assert!(matches!(of_baja("798", "", acuse()), RespuestaBaja::EnProceso { .. }));
        assert!(matches!(
            of_baja("205", "", acuse()),
            RespuestaBaja::Reintentar { despues_ms: Some(ESPERA_SAT_MS), .. }
        ));
        assert!(matches!(of_baja("305", "", acuse()), RespuestaBaja::Configuracion(_)));
        assert!(matches!(of_baja("204", "", acuse()), RespuestaBaja::Rechazada(_)));
    }
}
