//! What SUNAT's answers mean for a document: pure functions over codes and CDRs. It makes no call.
//!
//! Source: sunat.md 16 and 17.

use ramal_sunat::cdr::{Cdr, Veredicto, leer_zip};
use ramal_sunat::errores::{Clase, clase, explicar};
use ramal_sunat::fault::Fault;
use ramal_xml::{Limits, parse};

use crate::{Aceptacion, Falla, Negativa, Respuesta, RespuestaTicketEstado};

/// Wait before consulting a document that is in process (0140), ms.
const ESPERA_PROCESO_MS: i64 = 60_000;
const DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";

/// Document that an answer must be about.
pub(crate) struct Esperado {
    pub(crate) ruc: String,
    /// `F001-1`, `RC-20261120-1`.
    pub(crate) id: String,
    /// DigestValue of our signature.
    pub(crate) digest: Option<String>,
}

/// DigestValue of the signature of a document. `None`: it is not signed.
pub(crate) fn digest_of(xml: &[u8]) -> Option<String> {
    let documento = parse(xml, &Limits::default()).ok()?;
    let digest = documento.root().find_all(DSIG, "DigestValue").first()?.text();
    Some(digest.trim().to_owned())
}

/// Meaning of a CDR.
pub(crate) fn of_cdr(zip: Vec<u8>, esperado: &Esperado) -> Respuesta {
    match read(&zip, esperado) {
        Ok(cdr) => verdict(zip, cdr, Origen::Envio),
        Err(motivo) => Respuesta::Incierto { motivo, despues_ms: None },
    }
}

/// Meaning of a CDR that a consult brought: an earlier attempt registered the document.
///
/// The consult said 0001 of this very number: a proof that cannot be used leaves it accepted with
/// its proof missing (sunat.md 17.4), unless it proves another content.
pub(crate) fn of_cdr_consulted(zip: Vec<u8>, esperado: &Esperado) -> Respuesta {
    match read(&zip, esperado) {
        Ok(cdr) => verdict(zip, cdr, Origen::Consulta),
        Err(motivo) if motivo == OTRO_CONTENIDO => Respuesta::Incierto { motivo, despues_ms: None },
        Err(mensaje) => Respuesta::YaRegistrado { codigo: "0001".to_owned(), mensaje },
    }
}

/// Why a CDR of the same number does not prove our document.
const OTRO_CONTENIDO: &str = "la constancia es de otro contenido con el mismo número";

/// How a ticket ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fin {
    /// 0.
    Bien,
    /// 99.
    ConError,
}

/// Meaning of the content of a ticket: a CDR or, with 99, the text of an error.
pub(crate) fn of_content(
    fin: Fin,
    contenido: Vec<u8>,
    esperado: &Esperado,
) -> RespuestaTicketEstado {
    if fin == Fin::ConError && !contenido.starts_with(b"PK") {
        let texto = String::from_utf8_lossy(&contenido).trim().to_owned();
        return RespuestaTicketEstado::Terminado(of_message("99", &texto));
    }
    match of_cdr(contenido, esperado) {
        r @ Respuesta::Incierto { .. } => RespuestaTicketEstado::Fallo(r),
        r => RespuestaTicketEstado::Terminado(r),
    }
}

fn read(zip: &[u8], esperado: &Esperado) -> Result<Cdr, String> {
    let cdr = leer_zip(zip).map_err(|e| format!("la constancia no se puede leer: {e}"))?;
    let de_otro = |t: &String| {
        let partes: Vec<&str> = t.split('-').collect();
        partes.len() == 4 && partes.first() != Some(&esperado.ruc.as_str())
    };
    if !cdr.is_de(&esperado.id) || [&cdr.referencia, &cdr.documento].into_iter().any(de_otro) {
        return Err("la constancia es de otro documento".to_owned());
    }
    match (&cdr.hash_documento, &esperado.digest) {
        (Some(suyo), Some(nuestro)) if suyo != nuestro => Err(OTRO_CONTENIDO.to_owned()),
        _ => Ok(cdr),
    }
}

/// Where a CDR came from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Origen {
    Envio,
    Consulta,
}

fn verdict(zip: Vec<u8>, cdr: Cdr, origen: Origen) -> Respuesta {
    match cdr.veredicto() {
        Veredicto::Aceptado | Veredicto::AceptadoConObservaciones => {
            Respuesta::Aceptado(acceptance(zip, cdr, origen))
        }
        Veredicto::Rechazado => {
            let negativa = negativa(&cdr.codigo, &cdr.descripcion);
            Respuesta::Rechazado(Negativa { acuse: Some(zip), ..negativa })
        }
        Veredicto::Excepcion => match of_codigo(&cdr.codigo, &cdr.descripcion) {
            Respuesta::Excepcion(n) => Respuesta::Excepcion(Negativa { acuse: Some(zip), ..n }),
            otra => otra,
        },
        Veredicto::Incierto => of_codigo(&cdr.codigo, &cdr.descripcion),
    }
}

fn acceptance(zip: Vec<u8>, cdr: Cdr, origen: Origen) -> Aceptacion {
    let join = |o: &ramal_sunat::cdr::Observacion| match o.codigo.as_str() {
        "" => o.texto.clone(),
        codigo => format!("{codigo} - {}", o.texto),
    };
    Aceptacion {
        uuid_fiscal: None,
        observaciones: cdr.observaciones.iter().map(join).collect(),
        firma_valida: cdr.firma_valida,
        codigo: cdr.codigo,
        bytes: zip,
        previo: origen == Origen::Consulta,
    }
}

/// Meaning of a code that came as a fault (sunat.md 17.3).
pub(crate) fn of_codigo(codigo: &str, mensaje: &str) -> Respuesta {
    let uncertain = |despues_ms| Respuesta::Incierto { motivo: text(codigo, mensaje), despues_ms };
    if codigo.is_empty() {
        return uncertain(None);
    }
    match clase(codigo) {
        Clase::Transitorio | Clase::TicketDesconocido => {
            Respuesta::Reintentar { motivo: text(codigo, mensaje), despues_ms: None }
        }
        Clase::Credenciales => Respuesta::Configuracion(negativa(codigo, mensaje)),
        Clase::Excepcion | Clase::SoloPorResumen => Respuesta::Excepcion(negativa(codigo, mensaje)),
        Clase::Rechazo => Respuesta::Rechazado(negativa(codigo, mensaje)),
        Clase::EnProceso => uncertain(Some(ESPERA_PROCESO_MS)),
        Clase::Incierto if codigo.bytes().all(|b| b.is_ascii_digit()) => {
            Respuesta::YaRegistrado { codigo: codigo.to_owned(), mensaje: mensaje.to_owned() }
        }
        // An acceptance needs its CDR: a code alone proves nothing.
        Clase::Incierto | Clase::Aceptado | Clase::Observacion => uncertain(None),
    }
}

/// Meaning of a code given instead of the state of a ticket.
pub(crate) fn of_codigo_ticket(codigo: &str, mensaje: &str) -> RespuestaTicketEstado {
    if clase(codigo) == Clase::TicketDesconocido {
        let (codigo, mensaje) = (codigo.to_owned(), mensaje.to_owned());
        return RespuestaTicketEstado::Desconocido { codigo, mensaje };
    }
    match of_codigo(codigo, mensaje) {
        r
        @ (Respuesta::Rechazado(_) | Respuesta::Excepcion(_) | Respuesta::YaRegistrado { .. }) => {
            RespuestaTicketEstado::Terminado(r)
        }
        r => RespuestaTicketEstado::Fallo(r),
    }
}

/// Meaning of a code given instead of a consult: about the question, not about the document.
pub(crate) fn of_consult_fault(codigo: &str, mensaje: &str) -> Respuesta {
    match clase(codigo) {
        Clase::Credenciales => Respuesta::Configuracion(negativa(codigo, mensaje)),
        _ => Respuesta::Incierto {
            motivo: format!("la consulta no respondió: {}", text(codigo, mensaje)),
            despues_ms: None,
        },
    }
}

/// A refusal told by a message alone, `2335 - texto`; without a code of its own it takes
/// `sin_codigo`.
pub(crate) fn of_message(sin_codigo: &str, mensaje: &str) -> Respuesta {
    let fin = mensaje.find(|c: char| !c.is_ascii_digit()).unwrap_or(mensaje.len());
    if fin == 4 {
        let juicio = of_codigo(&mensaje[..fin], mensaje);
        if matches!(juicio, Respuesta::Rechazado(_) | Respuesta::Excepcion(_)) {
            return juicio;
        }
    }
    let salida = way_out(Clase::Rechazo).to_owned();
    Respuesta::Rechazado(Negativa { salida, ..negativa(sin_codigo, mensaje) })
}

/// An answer of another operation.
pub(crate) fn unexpected() -> Respuesta {
    Respuesta::Incierto {
        motivo: "la respuesta no corresponde a la operación".to_owned(),
        despues_ms: None,
    }
}

/// Whether a fault means that the service is up and knows us: an unknown ticket does.
pub(crate) fn health_of(fault: &Fault) -> Result<(), Falla> {
    let (codigo, mensaje) = (fault.codigo.clone(), fault.texto.clone());
    match fault.clase() {
        Clase::Credenciales => Err(Falla::Credenciales { codigo, mensaje }),
        Clase::Transitorio => {
            Err(Falla::Transporte { motivo: text(&codigo, &mensaje), despues_ms: None })
        }
        _ => Ok(()),
    }
}

/// A refusal with the way out that the table of codes knows.
pub(crate) fn negativa(codigo: &str, mensaje: &str) -> Negativa {
    let salida = explicar(codigo).map(|c| c.salida).filter(|s| !s.is_empty());
    Negativa {
        codigo: codigo.to_owned(),
        mensaje: mensaje.to_owned(),
        campo: None,
        salida: salida.unwrap_or_else(|| way_out(clase(codigo))).to_owned(),
        acuse: None,
    }
}

fn way_out(clase: Clase) -> &'static str {
    match clase {
        Clase::Credenciales => {
            "Revise el usuario SOL secundario, su clave y sus perfiles en la configuración del \
             emisor."
        }
        Clase::Rechazo => {
            "El número quedó usado: corrija los datos y emita un comprobante con otro número."
        }
        Clase::SoloPorResumen => "Incluya la boleta en un resumen diario.",
        _ => "SUNAT no lo registró: corrija los datos y vuelva a enviar con el mismo número.",
    }
}

fn text(codigo: &str, mensaje: &str) -> String {
    if codigo.is_empty() { mensaje.to_owned() } else { format!("{codigo} - {mensaje}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_asks_for_what_the_norm_says() {
        let nombre = |c: &str| of_codigo(c, "texto").nombre();
        for c in ["0100", "0109", "0130", "0138", "0200", "0254", "0125", "0307"] {
            assert_eq!(nombre(c), "reintentar", "{c}");
        }
        for c in ["0101", "0106", "0111", "0154"] {
            assert_eq!(nombre(c), "configuracion", "{c}");
        }
        for c in ["0151", "0161", "0306", "1001", "1079"] {
            assert_eq!(nombre(c), "excepcion", "{c}");
        }
        for c in ["2010", "2335", "3999"] {
            assert_eq!(nombre(c), "rechazado", "{c}");
        }
        for c in ["1032", "1033", "0402", "2223", "2324"] {
            assert_eq!(nombre(c), "ya_registrado", "{c}");
        }
        for c in ["", "0", "4252", "abc"] {
            assert_eq!(nombre(c), "incierto", "{c}: only a CDR accepts");
        }
        assert!(matches!(
            of_codigo("0140", ""),
            Respuesta::Incierto { despues_ms: Some(60_000), .. }
        ));
    }

    #[test]
    fn a_ticket_unknown_is_no_verdict_on_the_file() {
        for c in ["0126", "0127"] {
            let r = of_codigo_ticket(c, "");
            assert!(matches!(r, RespuestaTicketEstado::Desconocido { .. }), "{c}");
        }
        assert!(matches!(of_codigo_ticket("0109", ""), RespuestaTicketEstado::Fallo(_)));
        assert!(matches!(of_codigo_ticket("2220", ""), RespuestaTicketEstado::Terminado(_)));
    }

    #[test]
    fn a_message_without_cdr_keeps_its_code() {
        assert_eq!(of_message("99", "2335 - El documento fue alterado").codigo(), "2335");
        assert_eq!(of_message("99", "Error en la fecha 2026-11-20").codigo(), "99");
        assert_eq!(of_message("0002", "").nombre(), "rechazado");
    }
}
