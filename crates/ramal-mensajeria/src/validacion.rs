//! What the settings of a line and of the mailbox may hold. It asks nobody whether they work.

use ramal_base::{CampoInvalido, documentos};

use crate::Error;
use crate::ajustes::{AjustesCorreo, Cifrado};
use crate::storage::lineas::Linea;

/// Whether an address may be called: `https://`, or `http://` of this machine.
fn is_callable(url: &str) -> bool {
    let local = ["http://127.0.0.1", "http://localhost", "http://[::1]"];
    let sin_espacios = !url.is_empty() && url.bytes().all(|b| b.is_ascii_graphic());
    sin_espacios && (url.starts_with("https://") || local.iter().any(|l| url.starts_with(l)))
}

fn digits(texto: &str) -> bool {
    (1..=40).contains(&texto.len()) && texto.bytes().all(|b| b.is_ascii_digit())
}

impl Linea {
    /// Whether it can be written. Errors: `Campos`, every bad field.
    pub fn check(&self) -> Result<(), Error> {
        let version = self.version_graph.strip_prefix('v').and_then(|v| v.split_once('.'));
        let version = version.is_some_and(|(a, b)| digits(a) && digits(b));
        let reglas = [
            (
                "nombre",
                (1..=60).contains(&self.nombre.chars().count()),
                "nombre_largo",
                "Escriba un nombre de hasta 60 caracteres.",
            ),
            (
                "numero",
                (8..=20).contains(&self.numero.len()),
                "numero_forma",
                "Escriba el número como lo ven los clientes, con su código de país.",
            ),
            (
                "telefono_id",
                digits(&self.telefono_id),
                "telefono_id_forma",
                "El identificador del número en Meta son solo dígitos.",
            ),
            (
                "cuenta_id",
                digits(&self.cuenta_id),
                "cuenta_id_forma",
                "El identificador de la cuenta en Meta son solo dígitos.",
            ),
            ("version_graph", version, "version_graph_forma", "La versión se escribe como v24.0."),
            (
                "base_url",
                is_callable(&self.base_url),
                "base_url_forma",
                "La dirección debe ser https://, o http:// de esta misma máquina.",
            ),
            (
                "por_segundo",
                (1..=80).contains(&self.por_segundo),
                "por_segundo_rango",
                "De 1 a 80 mensajes por segundo.",
            ),
        ];
        refuse(reglas)
    }
}

impl AjustesCorreo {
    /// Whether they can be written; empty is no mailbox, and passes. Errors: `Campos`.
    pub fn check(&self) -> Result<(), Error> {
        if self.servidor.is_empty() && self.de.is_empty() {
            return Ok(());
        }
        let correo = |t: &str| documentos::correo(t).is_ok();
        let local = ["127.0.0.1", "localhost", "[::1]"].contains(&self.servidor.as_str());
        let limpio = !self.servidor.is_empty()
            && self.servidor.len() <= 253
            && self.servidor.bytes().all(|b| b.is_ascii_graphic() && b != b'/');
        let reglas = [
            (
                "servidor",
                limpio,
                "servidor_forma",
                "Escriba el nombre del servidor, por ejemplo smtp.ejemplo.com.",
            ),
            ("de", correo(&self.de), "correo_formato", "Escriba la dirección del remitente."),
            (
                "responder_a",
                self.responder_a.is_empty() || correo(&self.responder_a),
                "correo_formato",
                "Escriba una dirección, o deje el campo vacío.",
            ),
            (
                "cifrado",
                self.cifrado != Cifrado::Ninguno || local,
                "cifrado_ninguno",
                "Sin cifrado solo se envía a esta misma máquina: elija STARTTLS o TLS.",
            ),
            (
                "por_segundo",
                (0..=100).contains(&self.por_segundo),
                "por_segundo_rango",
                "De 1 a 100 correos por segundo.",
            ),
        ];
        refuse(reglas)
    }
}

fn refuse<const N: usize>(reglas: [(&str, bool, &str, &str); N]) -> Result<(), Error> {
    let malos: Vec<CampoInvalido> = reglas
        .into_iter()
        .filter(|(_, bien, _, _)| !bien)
        .map(|(campo, _, codigo, motivo)| CampoInvalido::new(campo, codigo, motivo))
        .collect();
    if malos.is_empty() { Ok(()) } else { Err(Error::Campos(malos)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_never_travels_bare_to_another_machine() {
        assert!(is_callable("https://graph.facebook.com"));
        assert!(is_callable("http://127.0.0.1:9001/whatsapp"));
        for mala in ["http://graph.facebook.com", "ftp://x", "https:// x", ""] {
            assert!(!is_callable(mala), "{mala}");
        }
        let correo = AjustesCorreo {
            servidor: "smtp.ejemplo.com".into(),
            de: "a@ejemplo.com".into(),
            cifrado: Cifrado::Ninguno,
            ..AjustesCorreo::default()
        };
        assert!(matches!(correo.check(), Err(Error::Campos(m)) if m[0].campo == "cifrado"));
    }
}
