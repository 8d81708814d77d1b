//! What can be known to fail before anything leaves: sizes, kinds of file, shapes (W17, W21). It
//! asks the channel nothing.

use super::{ClaseMedio, MedioEnviado, MedioSaliente, PlantillaEnviada, Variable};
use crate::FallaEnvio;
use crate::falla::Causa;

const MB: usize = 1024 * 1024;

/// Kind of a file by its MIME type; any other than image, video, audio and webp is a document.
pub(crate) fn class_of(mime: &str) -> ClaseMedio {
    match mime.split(';').next().unwrap_or_default().trim() {
        "image/jpeg" | "image/png" => ClaseMedio::Imagen,
        "video/mp4" | "video/3gpp" => ClaseMedio::Video,
        "audio/aac" | "audio/amr" | "audio/mpeg" | "audio/mp4" | "audio/ogg" => ClaseMedio::Audio,
        "image/webp" => ClaseMedio::Sticker,
        _ => ClaseMedio::Documento,
    }
}

fn max_bytes(clase: ClaseMedio) -> usize {
    match clase {
        ClaseMedio::Imagen => 5 * MB,
        ClaseMedio::Video | ClaseMedio::Audio => 16 * MB,
        ClaseMedio::Documento => 100 * MB,
        ClaseMedio::Sticker => 500 * 1024,
    }
}

/// Refuses a file that the channel would refuse.
pub(crate) fn check_file(medio: &MedioSaliente) -> Result<(), FallaEnvio> {
    let clase = class_of(&medio.mime);
    if medio.bytes.is_empty() {
        return Err(local("el archivo está vacío", Causa::Parametro));
    }
    if medio.bytes.len() > max_bytes(clase) {
        return Err(local("el archivo es más grande de lo que WhatsApp acepta", Causa::Tamanio));
    }
    let dudoso = ["image/", "video/", "audio/"].iter().any(|p| medio.mime.starts_with(p));
    if clase == ClaseMedio::Documento && dudoso {
        return Err(local("WhatsApp no acepta ese tipo de archivo", Causa::TipoNoAdmitido));
    }
    Ok(())
}

/// Refuses a caption or a file name where there can be none.
pub(crate) fn check_media(medio: &MedioEnviado) -> Result<(), FallaEnvio> {
    let con_pie =
        matches!(medio.clase, ClaseMedio::Imagen | ClaseMedio::Video | ClaseMedio::Documento);
    if medio.pie.is_some() && !con_pie {
        return Err(local("ese tipo de archivo no lleva texto", Causa::Parametro));
    }
    if medio.pie.as_ref().is_some_and(|p| p.chars().count() > 1_024) {
        return Err(local("el texto del archivo pasa de 1024 caracteres", Causa::Tamanio));
    }
    Ok(())
}

/// Refuses a text that is empty or too long.
pub(crate) fn check_text(cuerpo: &str) -> Result<(), FallaEnvio> {
    match cuerpo.chars().count() {
        _ if cuerpo.trim().is_empty() => Err(local("el mensaje está vacío", Causa::Parametro)),
        0..=4_096 => Ok(()),
        _ => Err(local("el mensaje pasa de 4096 caracteres", Causa::Tamanio)),
    }
}

/// Refuses values that the channel never takes: empty, with line feeds, tabs or five spaces.
pub(crate) fn check_template(plantilla: &PlantillaEnviada) -> Result<(), FallaEnvio> {
    let malo = |v: &Variable| {
        let t = &v.texto;
        t.trim().is_empty() || t.contains(['\n', '\r', '\t']) || t.contains("     ")
    };
    if plantilla.nombre.is_empty() || plantilla.idioma.is_empty() {
        return Err(local("faltan el nombre o el idioma de la plantilla", Causa::Plantilla));
    }
    if plantilla.cuerpo.iter().any(malo) {
        let mensaje = "una variable está vacía o lleva saltos de línea, tabuladores o más de \
                       cuatro espacios";
        return Err(local(mensaje, Causa::Plantilla));
    }
    let nombradas = plantilla.cuerpo.iter().filter(|v| v.nombre.is_some()).count();
    if nombradas != 0 && nombradas != plantilla.cuerpo.len() {
        return Err(local("las variables mezclan nombre y posición", Causa::Plantilla));
    }
    Ok(())
}

/// Digits of a phone.
pub(crate) fn check_phone(telefono: &str) -> Result<String, FallaEnvio> {
    let digitos: String = telefono.strip_prefix('+').unwrap_or(telefono).to_owned();
    let bien = (8..=15).contains(&digitos.len()) && digitos.bytes().all(|b| b.is_ascii_digit());
    if bien { Ok(digitos) } else { Err(local("el teléfono no está en E.164", Causa::Parametro)) }
}

/// A refusal of ours, before anything left.
pub(crate) fn local(mensaje: &str, causa: Causa) -> FallaEnvio {
    FallaEnvio::never("local", mensaje, causa)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn archivo(mime: &str, peso: usize) -> MedioSaliente {
        MedioSaliente { nombre: "a".into(), mime: mime.into(), bytes: vec![0; peso] }
    }

    #[test]
    fn files_that_the_channel_refuses_do_not_leave() {
        assert!(check_file(&archivo("image/jpeg", 5 * MB)).is_ok());
        assert!(check_file(&archivo("image/jpeg", 5 * MB + 1)).is_err());
        assert!(check_file(&archivo("application/pdf", 6 * MB)).is_ok());
        assert!(check_file(&archivo("audio/ogg; codecs=opus", 16 * MB)).is_ok());
        assert!(check_file(&archivo("image/webp", 500 * 1024 + 1)).is_err());
        assert!(check_file(&archivo("image/tiff", 10)).is_err());
        assert!(check_file(&archivo("application/pdf", 0)).is_err());
    }

    #[test]
    fn a_variable_with_a_line_feed_is_refused_before_it_flags_the_template() {
        let plantilla = |texto: &str| PlantillaEnviada {
            nombre: "aviso".into(),
            idioma: "es_MX".into(),
            cuerpo: vec![Variable::positional(texto)],
            ..PlantillaEnviada::default()
        };
        assert!(check_template(&plantilla("Javier Mosca")).is_ok());
        for malo in ["", " ", "a\nb", "a\tb", "a     b"] {
            assert!(check_template(&plantilla(malo)).is_err(), "{malo:?}");
        }
        let mut mezcla = plantilla("x");
        mezcla.cuerpo.push(Variable { nombre: Some("monto".into()), texto: "1".into() });
        assert!(check_template(&mezcla).is_err());
    }

    #[test]
    fn a_phone_is_sent_as_digits_and_nothing_else() {
        assert_eq!(check_phone("+525512345678").unwrap(), "525512345678");
        for malo in ["", "+", "55 1234", "MX.1349000", "12345678901234567"] {
            assert!(check_phone(malo).is_err(), "{malo}");
        }
    }
}
