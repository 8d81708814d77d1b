//! Templates: what a kind says on a channel in a country. Which one is in force lies in the
//! storage; this knows how one is checked and filled in.

pub mod correo;
pub mod fabrica;
pub mod pintado;
pub mod texto;
pub mod variables;

use ramal_base::{CampoInvalido, Pais};
use serde::{Deserialize, Serialize};

use crate::{Canal, Clase, Error};
use texto::TextoError;

/// What stands above a WhatsApp message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Encabezado {
    /// Nothing.
    #[default]
    Ninguno,
    /// The attached document.
    Documento,
    /// The attached picture.
    Imagen,
}

impl Encabezado {
    /// Stable name.
    pub fn as_str(self) -> &'static str {
        match self {
            Encabezado::Ninguno => "ninguno",
            Encabezado::Documento => "documento",
            Encabezado::Imagen => "imagen",
        }
    }
}

/// The text of a template. Shape: variables in double braces; blank lines part paragraphs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Contenido {
    /// Asunto del correo o título del aviso; vacío en WhatsApp.
    #[serde(default)]
    #[schema(example = "Factura {{factura}}")]
    pub asunto: String,
    /// Texto del mensaje.
    #[schema(example = "Hola {{nombre}}: la factura {{factura}} vence el {{vencimiento}}.")]
    pub cuerpo: String,
    /// Rótulo del botón que abre `enlace`; vacío, sin botón.
    #[serde(default)]
    #[schema(example = "Pagar")]
    pub boton: String,
    /// Qué lleva arriba el mensaje de WhatsApp.
    #[serde(default)]
    pub encabezado: Encabezado,
    /// Nombre de la plantilla en Meta; solo WhatsApp.
    #[serde(default)]
    #[schema(example = "ramal_orden_pago")]
    pub nombre_meta: String,
}

/// Which template: kind, channel and country.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Llave {
    /// Kind.
    pub clase: Clase,
    /// Channel.
    pub canal: Canal,
    /// Country.
    pub pais: Pais,
}

/// A template in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plantilla {
    /// Which.
    pub llave: Llave,
    /// 0 is the one that comes with the program.
    pub version: i64,
    /// Its text.
    pub contenido: Contenido,
}

impl Plantilla {
    /// Exact language code with which Meta keeps it.
    pub fn idioma(&self) -> &'static str {
        idioma(self.llave.pais)
    }
}

/// Exact language code of a country's templates.
pub fn idioma(pais: Pais) -> &'static str {
    match pais {
        Pais::Mx => "es_MX",
        Pais::Pe => "es_PE",
        Pais::Ar => "es_AR",
    }
}

/// Variable whose address the button opens.
pub const VARIABLE_BOTON: &str = "enlace";

/// Most characters of each part, by the limits of the channels.
const ASUNTO: usize = 150;
const CUERPO_WHATSAPP: usize = 1024;
const CUERPO: usize = 8000;
const BOTON: usize = 25;

impl Contenido {
    /// Names of the variables, in order of appearance: subject, body, button.
    pub fn variables(&self) -> Vec<String> {
        let mut nombres = texto::variables(&self.asunto).unwrap_or_default();
        nombres.extend(texto::variables(&self.cuerpo).unwrap_or_default());
        if !self.boton.is_empty() {
            nombres.push(VARIABLE_BOTON.to_owned());
        }
        let mut vistas = Vec::with_capacity(nombres.len());
        for nombre in nombres {
            if !vistas.contains(&nombre) {
                vistas.push(nombre);
            }
        }
        vistas
    }

    /// Whether it serves for a kind and a channel. Errors: `Campos`, every bad field at once; an
    /// unknown variable is named.
    pub fn check(&self, clase: Clase, canal: Canal) -> Result<(), Error> {
        let mut malos = Vec::new();
        if canal != Canal::Whatsapp {
            check_part(clase, "asunto", (&self.asunto, ASUNTO), &mut malos);
            if self.asunto.contains(['\n', '\r']) {
                malos.push(CampoInvalido::new(
                    "asunto",
                    "asunto_lineas",
                    "Escriba una sola línea.",
                ));
            }
        }
        let maximo = if canal == Canal::Whatsapp { CUERPO_WHATSAPP } else { CUERPO };
        check_part(clase, "cuerpo", (&self.cuerpo, maximo), &mut malos);
        self.check_boton(clase, &mut malos);
        if canal == Canal::Whatsapp {
            self.check_whatsapp(&mut malos);
        }
        if malos.is_empty() { Ok(()) } else { Err(Error::Campos(malos)) }
    }

    fn check_boton(&self, clase: Clase, malos: &mut Vec<CampoInvalido>) {
        if self.boton.is_empty() {
            return;
        }
        if self.boton.chars().count() > BOTON || self.boton.contains("{{") {
            let motivo = "El rótulo del botón lleva hasta 25 caracteres y ninguna variable.";
            malos.push(CampoInvalido::new("boton", "boton_forma", motivo));
        }
        if variables::named(clase, VARIABLE_BOTON).is_none() {
            let motivo = "Esta notificación no tiene enlace que abrir: deje el botón vacío.";
            malos.push(CampoInvalido::new("boton", "boton_sin_enlace", motivo));
        }
    }

    fn check_whatsapp(&self, malos: &mut Vec<CampoInvalido>) {
        if texto::has_variable_at_edge(&self.cuerpo) {
            let motivo = "WhatsApp no acepta un texto que empieza o termina con una variable.";
            malos.push(CampoInvalido::new("cuerpo", "variable_borde", motivo));
        }
        let letra = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
        let nombre = &self.nombre_meta;
        if nombre.is_empty() || nombre.len() > 512 || !nombre.bytes().all(letra) {
            let motivo = "El nombre en Meta lleva minúsculas, dígitos y guion bajo.";
            malos.push(CampoInvalido::new("nombre_meta", "nombre_meta_forma", motivo));
        }
    }
}

fn check_part(
    clase: Clase,
    campo: &str,
    (texto, maximo): (&str, usize),
    malos: &mut Vec<CampoInvalido>,
) {
    if texto.trim().is_empty() || texto.chars().count() > maximo {
        let motivo = format!("Escriba de 1 a {maximo} caracteres.");
        malos.push(CampoInvalido::new(campo, "texto_largo", motivo));
        return;
    }
    let nombres = match texto::variables(texto) {
        Ok(nombres) => nombres,
        Err(TextoError::Llaves) => {
            let motivo = "Hay llaves que abren y no cierran. Una variable se escribe {{nombre}}.";
            malos.push(CampoInvalido::new(campo, "llaves", motivo));
            return;
        }
        Err(TextoError::Nombre(nombre)) => vec![nombre],
    };
    for nombre in nombres.iter().filter(|n| variables::named(clase, n).is_none()) {
        let hay: Vec<&str> = variables::all(clase).map(|v| v.nombre).collect();
        let motivo =
            format!("La variable «{nombre}» no existe aquí. Las que hay: {}.", hay.join(", "));
        malos.push(CampoInvalido::new(campo, "variable_desconocida", motivo));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bad(contenido: &Contenido, canal: Canal) -> Vec<(String, String)> {
        match contenido.check(Clase::OrdenPago, canal) {
            Err(Error::Campos(malos)) => malos.into_iter().map(|m| (m.campo, m.codigo)).collect(),
            _ => Vec::new(),
        }
    }

    #[test]
    fn an_unknown_variable_is_named_with_those_that_exist() {
        let contenido = Contenido {
            asunto: "Factura".into(),
            cuerpo: "Debe {{importee}} a {{empresa}}.".into(),
            ..Contenido::default()
        };
        let Err(Error::Campos(malos)) = contenido.check(Clase::OrdenPago, Canal::Email) else {
            panic!("it was accepted")
        };
        assert_eq!(malos.len(), 1);
        assert!(malos[0].motivo.contains("«importee»") && malos[0].motivo.contains("vencimiento"));
    }

    #[test]
    fn whatsapp_refuses_edges_long_texts_and_bad_names() {
        let contenido = Contenido {
            cuerpo: "{{nombre}}, hola".into(),
            nombre_meta: "Orden Pago".into(),
            ..Contenido::default()
        };
        let codigos: Vec<String> =
            bad(&contenido, Canal::Whatsapp).into_iter().map(|(_, c)| c).collect();
        assert_eq!(codigos, ["variable_borde", "nombre_meta_forma"]);
        let largo = Contenido { cuerpo: "a".repeat(1025), ..contenido };
        assert!(bad(&largo, Canal::Whatsapp).iter().any(|(_, c)| c == "texto_largo"));
    }

    #[test]
    fn a_subject_of_two_lines_could_forge_a_header_and_is_refused() {
        let contenido = Contenido {
            asunto: "Factura\r\nBcc: otro@ejemplo.test".into(),
            cuerpo: "Hola.".into(),
            ..Contenido::default()
        };
        let vistos = bad(&contenido, Canal::Email);
        assert_eq!(vistos, [("asunto".to_owned(), "asunto_lineas".to_owned())]);
    }
}
