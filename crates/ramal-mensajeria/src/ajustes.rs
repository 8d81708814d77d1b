//! Settings of messaging: quiet hours, grouping, order of channels, limits, the mailbox. Secrets
//! are not here: they lie sealed under the names that `nombre_*` give.

use std::collections::BTreeMap;

use ramal_base::{CampoInvalido, Pais};
use serde::{Deserialize, Serialize};

use crate::{Canal, Clase, Error};

/// Hours in which nobody is woken up, in the zone of the addressee. `desde` may be after `hasta`:
/// then it goes over midnight. Both equal: no quiet hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Silencio {
    /// Minute of the day at which it begins.
    pub desde: u16,
    /// Minute of the day at which it ends.
    pub hasta: u16,
}

/// Settings of notifications.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Ajustes {
    /// Quiet hours by country code.
    pub silencio: BTreeMap<String, Silencio>,
    /// Several of one addressee in one message.
    pub agrupar: bool,
    /// How long a group waits for the others, in milliseconds.
    pub espera_grupo_ms: i64,
    /// How long anything waits so that it can be taken back, in milliseconds; 0 is not at all.
    pub deshacer_ms: i64,
    /// Order of the channels by kind; without an entry, that of the addressee.
    pub orden: BTreeMap<String, Vec<Canal>>,
    /// Without word of the provider for so many hours, the second channel; 0 is never.
    pub horas_sin_estado: i64,
    /// Free text while the 24-hour window is open, which costs nothing, in the place of the
    /// template.
    pub texto_en_ventana: bool,
    /// A note inside the program beside the message.
    pub copia_en_app: bool,
    /// Most automatic messages in a row to one address without a word of a person (W29).
    pub maximo_seguidos: i64,
    /// In how many minutes they are counted.
    pub minutos_seguidos: i64,
    /// Cost of a month, in millionths, at which advertising stops; 0 is never.
    pub tope_micros: i64,
}

impl Default for Ajustes {
    fn default() -> Ajustes {
        let noche = Silencio { desde: 21 * 60, hasta: 8 * 60 };
        let silencio = [Pais::Mx, Pais::Pe, Pais::Ar].map(|p| (p.codigo().to_owned(), noche));
        Ajustes {
            silencio: BTreeMap::from(silencio),
            agrupar: false,
            espera_grupo_ms: 180_000,
            deshacer_ms: 0,
            orden: BTreeMap::new(),
            horas_sin_estado: 6,
            texto_en_ventana: true,
            copia_en_app: true,
            maximo_seguidos: 20,
            minutos_seguidos: 60,
            tope_micros: 0,
        }
    }
}

impl Ajustes {
    /// Channels of a kind for somebody who admits `suyos`: in the company's order if it has one,
    /// never one that he does not admit.
    pub fn channels(&self, clase: Clase, suyos: &[Canal]) -> Vec<Canal> {
        match self.orden.get(clase.as_str()).filter(|o| !o.is_empty()) {
            Some(orden) => orden.iter().copied().filter(|c| suyos.contains(c)).collect(),
            None => suyos.to_vec(),
        }
    }

    /// Quiet hours of a country; none if it has none.
    pub fn quiet(&self, pais: Pais) -> Option<Silencio> {
        self.silencio.get(pais.codigo()).copied().filter(|s| s.desde != s.hasta)
    }

    /// Whether every value is in range. Errors: `Campos`.
    pub fn check(&self) -> Result<(), Error> {
        let mut malos = Vec::new();
        for (pais, s) in &self.silencio {
            if s.desde >= 1440 || s.hasta >= 1440 {
                let campo = format!("silencio_{}", pais.to_ascii_lowercase());
                let motivo = "Escriba horas del día, por ejemplo 21:00.";
                malos.push(CampoInvalido::new(campo, "hora_forma", motivo));
            }
        }
        let rangos = [
            ("espera_grupo", self.espera_grupo_ms, 3_600_000),
            ("deshacer", self.deshacer_ms, 600_000),
            ("horas_sin_estado", self.horas_sin_estado, 168),
            ("minutos_seguidos", self.minutos_seguidos, 10_080),
            ("maximo_seguidos", self.maximo_seguidos, 1_000),
            ("tope", self.tope_micros, 1_000_000_000_000),
        ];
        for (campo, valor, maximo) in rangos {
            if !(0..=maximo).contains(&valor) {
                let motivo = "El valor está fuera de lo que se admite.";
                malos.push(CampoInvalido::new(campo, "fuera_de_rango", motivo));
            }
        }
        if malos.is_empty() { Ok(()) } else { Err(Error::Campos(malos)) }
    }
}

/// How the mailbox is spoken to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cifrado {
    /// STARTTLS, usually on port 587.
    #[default]
    Starttls,
    /// TLS from the first byte, usually on port 465.
    Tls,
    /// Nothing; only for a peer of this machine.
    Ninguno,
}

/// How one signs in at the mailbox.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ingreso {
    /// User and password.
    #[default]
    Contrasena,
    /// OAuth 2 with a refresh token.
    Xoauth2,
    /// No sign-in: a relay of ours.
    Ninguno,
}

/// The mailbox from which letters leave.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AjustesCorreo {
    /// Host; empty, letters do not leave.
    pub servidor: String,
    /// Port.
    pub puerto: u16,
    /// How the line is covered.
    pub cifrado: Cifrado,
    /// How one signs in.
    pub ingreso: Ingreso,
    /// User.
    pub usuario: String,
    /// Address of the sender.
    pub de: String,
    /// Name of the sender; the company's if empty.
    pub de_nombre: String,
    /// Where answers go; the sender's if empty.
    pub responder_a: String,
    /// OAuth 2: where tokens are asked for.
    pub url_token: String,
    /// OAuth 2: client.
    pub oauth_id: String,
    /// OAuth 2: scope; Microsoft wants one.
    pub alcance: String,
    /// DKIM: selector; empty, the relay signs.
    pub dkim_selector: String,
    /// Letters per second.
    pub por_segundo: i64,
}

impl AjustesCorreo {
    /// Whether letters can leave.
    pub fn is_ready(&self) -> bool {
        !self.servidor.is_empty() && !self.de.is_empty()
    }

    /// Domain of the `Message-ID`: that of the sender.
    pub fn dominio(&self) -> &str {
        self.de.rsplit_once('@').map_or("localhost", |(_, d)| d)
    }

    /// Milliseconds between two letters.
    pub fn ritmo_ms(&self) -> i64 {
        1000 / if self.por_segundo > 0 { self.por_segundo } else { 10 }
    }
}

/// Name of the sealed password of the mailbox.
pub const SECRETO_CORREO: &str = "mensajeria/correo/contrasena";
/// Name of the sealed refresh token of the mailbox.
pub const SECRETO_REFRESCO: &str = "mensajeria/correo/refresco";
/// Name of the sealed client secret of OAuth 2.
pub const SECRETO_OAUTH: &str = "mensajeria/correo/oauth";
/// Name of the sealed private key of DKIM, PEM.
pub const SECRETO_DKIM: &str = "mensajeria/correo/dkim";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_companys_order_never_adds_a_channel_that_was_not_allowed() {
        let mut ajustes = Ajustes::default();
        let suyos = [Canal::Email, Canal::App];
        assert_eq!(ajustes.channels(Clase::OrdenPago, &suyos), suyos);
        let orden = vec![Canal::Whatsapp, Canal::App, Canal::Email];
        ajustes.orden.insert("orden_pago".into(), orden);
        let canales = ajustes.channels(Clase::OrdenPago, &suyos);
        assert_eq!(canales, [Canal::App, Canal::Email]);
    }

    #[test]
    fn settings_written_by_an_older_program_are_read_with_todays_defaults() {
        let ajustes: Ajustes = serde_json::from_str("{\"agrupar\":true}").unwrap();
        assert_eq!(ajustes, Ajustes { agrupar: true, ..Ajustes::default() });
    }
}
