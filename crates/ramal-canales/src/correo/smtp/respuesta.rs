//! Replies of a server and what each lets one do (RFC 5321, RFC 3463). It reads no socket.

use crate::FallaEnvio;
use crate::falla::{Alcance, Causa, CausaDetener};

/// First wait after a greylisting or a lack of resources, ms.
const ESPERA_GRIS_MS: i64 = 5 * 60_000;

/// A complete reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Respuesta {
    /// Three digits.
    pub(super) codigo: u16,
    /// Texts of its lines.
    pub(super) lineas: Vec<String>,
}

/// Where in the dialogue a reply came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fase {
    /// Greeting, EHLO, STARTTLS.
    Saludo,
    /// AUTH.
    Acceso,
    /// MAIL FROM.
    Remitente,
    /// RCPT TO.
    Destinatario,
    /// DATA and its end.
    Datos,
}

impl Respuesta {
    pub(super) fn is_ok(&self) -> bool {
        (200..300).contains(&self.codigo)
    }

    /// Code and texts in one line, without the addresses that servers like to repeat: this text
    /// reaches logs and screens.
    pub(super) fn texto(&self) -> String {
        let texto = self.lineas.join(" ");
        let sin_direccion = |p| if str::contains(p, '@') { "(dirección)" } else { p };
        let palabras: Vec<&str> = texto.split([' ', '\t', '\r', '\n']).map(sin_direccion).collect();
        let limpio = palabras.join(" ").replace(char::is_control, " ");
        let corto: String = limpio.chars().take(300).collect();
        format!("{} {corto}", self.codigo).trim_end().to_owned()
    }

    /// Enhanced code: class, subject and detail.
    pub(super) fn mejorado(&self) -> Option<(u16, u16, u16)> {
        let primera = self.lineas.first()?.split_whitespace().next()?;
        let mut partes = primera.split('.').map(|p| p.parse::<u16>().ok());
        let leido = (partes.next()??, partes.next()??, partes.next()??);
        (partes.next().is_none() && matches!(leido.0, 2 | 4 | 5)).then_some(leido)
    }

    /// The failure that a reply tells; never called with a good one.
    pub(super) fn falla(&self, fase: Fase) -> FallaEnvio {
        let mensaje = self.texto();
        match self.codigo {
            400..=499 => self.temporary(fase, mensaje),
            530 | 538 => self.stop(mensaje, CausaDetener::Configuracion),
            500..=599 => match fase {
                Fase::Acceso => self.stop(mensaje, self.access_cause()),
                Fase::Saludo => self.stop(mensaje, CausaDetener::Configuracion),
                Fase::Remitente if !self.is_of_message() => {
                    self.stop(mensaje, CausaDetener::Permiso)
                }
                _ => FallaEnvio::never(self.codigo.to_string(), mensaje, self.cause()),
            },
            // Neither good nor bad where it came: the dialogue is broken, nothing was taken.
            _ => FallaEnvio::retry("dialogo", mensaje),
        }
    }

    fn temporary(&self, fase: Fase, mensaje: String) -> FallaEnvio {
        let linea = self.codigo == 421 || matches!(fase, Fase::Saludo | Fase::Acceso);
        FallaEnvio::Reintentable {
            codigo: self.codigo.to_string(),
            mensaje,
            espera_ms: Some(ESPERA_GRIS_MS),
            alcance: if linea { Alcance::Linea } else { Alcance::Mensaje },
        }
    }

    fn stop(&self, mensaje: String, causa: CausaDetener) -> FallaEnvio {
        FallaEnvio::stop(self.codigo.to_string(), mensaje, causa)
    }

    fn access_cause(&self) -> CausaDetener {
        match self.codigo {
            534 | 535 | 550 | 554 => CausaDetener::Credencial,
            _ => CausaDetener::Configuracion,
        }
    }

    /// Refusals of a sender that are about this one message.
    fn is_of_message(&self) -> bool {
        self.codigo == 552 || matches!(self.mejorado(), Some((_, 3, _)))
    }

    fn cause(&self) -> Causa {
        match (self.mejorado(), self.codigo) {
            (Some((_, 1, _)), _) => Causa::DireccionInexistente,
            (Some((_, 2, 3)) | Some((_, 3, 4)), _) => Causa::Tamanio,
            (Some((_, 2, _)), _) => Causa::BuzonCerrado,
            (Some((_, 7, _)), _) => Causa::Politica,
            (Some((_, 4, 4)), _) => Causa::DireccionInexistente,
            (None, 550 | 551 | 553 | 556) => Causa::DireccionInexistente,
            (None, 552) => Causa::Tamanio,
            (None, 554) => Causa::Politica,
            _ => Causa::Otra,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn r(codigo: u16, texto: &str) -> Respuesta {
        Respuesta { codigo, lineas: vec![texto.into()] }
    }

    fn causa(codigo: u16, texto: &str) -> Causa {
        match r(codigo, texto).falla(Fase::Destinatario) {
            FallaEnvio::Permanente { causa, .. } => causa,
            otra => panic!("{otra:?}"),
        }
    }

    #[test]
    fn a_permanent_refusal_says_what_is_wrong_with_the_recipient() {
        assert_eq!(causa(550, "5.1.1 User unknown"), Causa::DireccionInexistente);
        assert_eq!(causa(550, "No such user"), Causa::DireccionInexistente);
        assert_eq!(causa(552, "5.2.2 Mailbox full"), Causa::BuzonCerrado);
        assert_eq!(causa(550, "5.7.1 Spam"), Causa::Politica);
        assert_eq!(causa(554, "5.3.4 Too big"), Causa::Tamanio);
        assert_eq!(causa(552, "Too big"), Causa::Tamanio);
        assert_eq!(causa(554, "5.0.0 no"), Causa::Otra);
    }

    #[test]
    fn greylisting_waits_five_minutes_and_421_stops_the_line_for_a_while() {
        let gris = r(451, "4.7.1 Greylisted").falla(Fase::Destinatario);
        assert_eq!(
            gris,
            FallaEnvio::Reintentable {
                codigo: "451".into(),
                mensaje: "451 4.7.1 Greylisted".into(),
                espera_ms: Some(300_000),
                alcance: Alcance::Mensaje,
            }
        );
        let cierra = r(421, "4.3.2 closing").falla(Fase::Destinatario);
        assert!(matches!(cierra, FallaEnvio::Reintentable { alcance: Alcance::Linea, .. }));
    }

    #[test]
    fn a_refused_account_stops_and_a_big_message_does_not() {
        let detiene = |codigo, texto: &str, fase| match r(codigo, texto).falla(fase) {
            FallaEnvio::Detener { causa, .. } => Some(causa),
            _ => None,
        };
        assert_eq!(detiene(535, "5.7.8 bad", Fase::Acceso), Some(CausaDetener::Credencial));
        let sin_tls = "5.7.0 Must issue STARTTLS";
        assert_eq!(detiene(530, sin_tls, Fase::Remitente), Some(CausaDetener::Configuracion));
        let ajeno = "5.7.60 no permission to send as";
        assert_eq!(detiene(550, ajeno, Fase::Remitente), Some(CausaDetener::Permiso));
        assert_eq!(detiene(552, "5.3.4 too big", Fase::Remitente), None);
        assert!(matches!(
            r(454, "4.7.0 later").falla(Fase::Acceso),
            FallaEnvio::Reintentable { .. }
        ));
    }

    #[test]
    fn the_address_that_a_server_repeats_goes_no_further() {
        let r = r(550, "5.1.1 <javier@correo.example>: Recipient address rejected");
        assert_eq!(r.texto(), "550 5.1.1 (dirección) Recipient address rejected");
    }

    #[test]
    fn no_enhanced_code_is_read_where_there_is_none() {
        assert_eq!(r(550, "5.1.1 x").mejorado(), Some((5, 1, 1)));
        for texto in ["", "User", "5.1", "5.1.1.1 x", "1.2.3 host", "10.0.0.1 x"] {
            assert_eq!(r(550, texto).mejorado(), None, "{texto}");
        }
    }
}
