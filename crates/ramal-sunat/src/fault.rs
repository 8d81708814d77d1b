//! SOAP faults and the answers that are not even SOAP (§15). It retries nothing; `errores::clase`
//! says what to do.

use ramal_xml::{Limits, NodeRef, parse};
use serde::Serialize;

use crate::errores::Clase;

/// Namespace of SOAP 1.1.
pub const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";

/// A fault of the service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// Four characters; empty if the fault named no code.
    pub codigo: String,
    /// Text for people, as SUNAT wrote it.
    pub texto: String,
}

impl Fault {
    /// What to do about it; a fault without code is the service failing.
    pub fn clase(&self) -> Clase {
        if self.codigo.is_empty() {
            return Clase::Transitorio;
        }
        crate::errores::clase(&self.codigo)
    }
}

/// Reads `soap:Body/soap:Fault` from a body element. `None`: there is no fault.
pub(crate) fn de_cuerpo(cuerpo: NodeRef<'_>) -> Option<Fault> {
    let fault = cuerpo.children().find(|n| n.is(SOAP, "Fault"))?;
    let hijo = |nombre: &str| fault.child(nombre).map(|n| n.text().trim().to_owned());
    let faultcode = hijo("faultcode").unwrap_or_default();
    let faultstring = hijo("faultstring").unwrap_or_default();
    let detalle = fault.descend(&["detail", "message"]).map(|n| n.text().trim().to_owned());
    let codigo = codigo(&faultcode, &faultstring);
    let texto = detalle.filter(|t| !t.is_empty()).unwrap_or(faultstring);
    Some(Fault { codigo, texto })
}

/// Reads a fault from the bytes of an answer. `None`: it is not SOAP or holds no fault.
pub fn leer(cuerpo: &[u8]) -> Option<Fault> {
    let documento = parse(cuerpo, &Limits::default()).ok()?;
    let raiz = documento.root();
    let body = raiz.children().find(|n| n.is(SOAP, "Body"))?;
    de_cuerpo(body)
}

/// Last run of digits in faultcode, else the first run of four in faultstring; four characters.
fn codigo(faultcode: &str, faultstring: &str) -> String {
    let corridas = |t: &str| -> Vec<String> {
        let partes = t.split(|c: char| !c.is_ascii_digit()).filter(|p| !p.is_empty());
        partes.map(str::to_owned).collect()
    };
    // The prefix may hold digits of its own: `ns0:Client.1033`, `S11:Server`.
    let local = faultcode.rsplit(':').next().unwrap_or_default();
    let ultima = corridas(local).pop().filter(|u| u.len() <= 4).map(|u| format!("{u:0>4}"));
    let suelta = || corridas(faultstring).into_iter().find(|c| c.len() == 4);
    ultima.or_else(suelta).filter(|c| c != "0000").unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sobre(faultcode: &str, faultstring: &str, detalle: &str) -> Vec<u8> {
        format!(
            "<soap-env:Envelope xmlns:soap-env=\"{SOAP}\"><soap-env:Header/><soap-env:Body>\
             <soap-env:Fault><faultcode>{faultcode}</faultcode><faultstring>{faultstring}\
             </faultstring>{detalle}</soap-env:Fault></soap-env:Body></soap-env:Envelope>"
        )
        .into_bytes()
    }

    #[test]
    fn the_code_is_found_wherever_sunat_puts_it() {
        let detalle =
            "<detail><message>Detalle: xxx: value='ticket: 1 error: 2'</message></detail>";
        let fault = leer(&sobre("soap-env:Client.1033", "registrado", detalle)).unwrap();
        assert_eq!(fault.codigo, "1033");
        assert!(fault.texto.starts_with("Detalle"));
        assert_eq!(fault.clase(), Clase::Incierto);
        assert_eq!(leer(&sobre("soap-env:Server.0109", "x", "")).unwrap().codigo, "0109");
        assert_eq!(leer(&sobre("soap-env:Server", "0151", "")).unwrap().codigo, "0151");
        assert_eq!(leer(&sobre("soap-env:Client.100", "", "")).unwrap().codigo, "0100");
        let mudo = leer(&sobre("soap-env:Server", "Internal Error", "")).unwrap();
        assert_eq!((mudo.codigo.as_str(), mudo.clase()), ("", Clase::Transitorio));
        assert_eq!(leer(&sobre("ns0:Server", "x", "")).unwrap().codigo, "");
        assert_eq!(leer(&sobre("S11:Client.2335", "x", "")).unwrap().codigo, "2335");
        assert_eq!(leer(&sobre("Server.0", "x", "")).unwrap().clase(), Clase::Transitorio);
        assert_eq!(leer(b"<html><body>401</body></html>"), None);
        assert_eq!(leer(b""), None);
    }
}
