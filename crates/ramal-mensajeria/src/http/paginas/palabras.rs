//! Words and badges that several pages of the slice share. It decides no state.

use axum::http::StatusCode;
use ramal_base::{Dinero, Fecha, Moneda, Problema};
use ramal_web::pagina::{Enlace, Formulario, Insignia, Listado, Marco, Opcion, Textos};
use ramal_web::{Peticion, Problem};

use crate::textos::TEXTOS;
use crate::{Canal, Clase, EstadoEnvio};

/// `orden_pago` as a piece of a key.
pub(super) fn slug(codigo: &str) -> String {
    codigo.replace('_', "-")
}

pub(super) fn kind(marco: &Marco, clase: &str) -> String {
    marco.t(&format!("mensajes-clase-{}", slug(clase)))
}

pub(super) fn channel(marco: &Marco, canal: &str) -> String {
    marco.t(&format!("mensajes-canal-{canal}"))
}

/// A state of an envio as a badge.
pub(super) fn badge(marco: &Marco, estado: &str) -> Insignia {
    let texto = marco.t(&format!("mensajes-estado-{}", slug(estado)));
    match EstadoEnvio::parse(estado) {
        Some(EstadoEnvio::Entregado | EstadoEnvio::Leido) => Insignia::ok(texto),
        Some(EstadoEnvio::Aceptado | EstadoEnvio::Enviado) => Insignia::ramal(texto),
        Some(EstadoEnvio::Fallido) => Insignia::mal(texto),
        Some(EstadoEnvio::Incierto) => Insignia::aviso(texto),
        Some(EstadoEnvio::Suprimido) => Insignia::cruz(texto),
        _ => Insignia::gris(texto),
    }
}

/// A code of ours in words; one of the provider as it is.
pub(super) fn reason(marco: &Marco, codigo: &str) -> String {
    let clave = format!("mensajes-motivo-{}", slug(codigo));
    let texto = marco.t(&clave);
    if texto == clave { codigo.to_owned() } else { texto }
}

pub(super) fn state_options(marco: &Marco) -> Vec<Opcion> {
    let una = |e: EstadoEnvio| {
        Opcion::new(e.as_str(), marco.t(&format!("mensajes-estado-{}", slug(e.as_str()))))
    };
    EstadoEnvio::TODOS.into_iter().map(una).collect()
}

pub(super) fn channel_options(marco: &Marco) -> Vec<Opcion> {
    Canal::TODOS.map(|c| Opcion::new(c.as_str(), channel(marco, c.as_str()))).to_vec()
}

pub(super) fn kind_options(marco: &Marco) -> Vec<Opcion> {
    Clase::TODAS.map(|c| Opcion::new(c.as_str(), kind(marco, c.as_str()))).to_vec()
}

fn tabs(marco: &Marco, rutas: &[(&str, &str, &str)]) -> Vec<Enlace> {
    let enlace = |(clave, ruta, permiso): &(&str, &str, &str)| {
        marco.puede(permiso).then(|| Enlace {
            texto: marco.t(clave),
            ruta: (*ruta).to_owned(),
            activo: marco.ruta.starts_with(ruta),
        })
    };
    rutas.iter().filter_map(enlace).collect()
}

/// Tabs of the workspace of messages.
pub(super) fn message_tabs(marco: &Marco) -> Vec<Enlace> {
    tabs(
        marco,
        &[
            ("mensajes-seccion-envios", "/admin/mensajes/envios", "mensajes:leer"),
            ("mensajes-seccion-plantillas", "/admin/mensajes/plantillas", "mensajes:leer"),
            ("mensajes-seccion-costos", "/admin/mensajes/costos", "mensajes:leer"),
            ("mensajes-seccion-ajustes", "/admin/ajustes/notificaciones", "mensajes:ajustar"),
        ],
    )
}

/// Tabs of the settings of messages.
pub(super) fn setting_tabs(marco: &Marco) -> Vec<Enlace> {
    tabs(
        marco,
        &[
            (
                "mensajes-ajustes-notificaciones",
                "/admin/ajustes/notificaciones",
                "mensajes:ajustar",
            ),
            ("mensajes-ajustes-whatsapp", "/admin/ajustes/whatsapp", "mensajes:ajustar"),
            ("mensajes-ajustes-correo", "/admin/ajustes/correo", "mensajes:ajustar"),
        ],
    )
}

/// Millionths of a currency as money, half up: only for looking at, never for paying.
pub(super) fn micros(marco: &Marco, micros: i64, moneda: &str) -> String {
    let centavos = ramal_base::dinero::rh_div(i128::from(micros), 10_000);
    match Moneda::parse(moneda) {
        Some(moneda) => marco.dinero(&Dinero::new(centavos, moneda)),
        None => format!("{moneda} {}", ramal_base::dinero::format_centavos(centavos)),
    }
}

/// Millionths with all their digits: `0.0085`.
pub(super) fn unit_price(micros: i64) -> String {
    let texto = format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000);
    let corto = texto.trim_end_matches('0');
    let punto = corto.find('.').map_or(corto.len(), |p| p + 3);
    if corto.len() >= punto { corto.to_owned() } else { texto[..punto].to_owned() }
}

/// Millionths of a decimal text with up to six places.
pub(super) fn parse_micros(texto: &str) -> Option<i64> {
    let (entero, decimales) = texto.trim().split_once(['.', ',']).unwrap_or((texto.trim(), ""));
    let cifras = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    if entero.is_empty() || decimales.len() > 6 || !cifras(entero) || !cifras(decimales) {
        return None;
    }
    let resto: i64 = format!("{decimales:0<6}").parse().ok()?;
    entero.parse::<i64>().ok()?.checked_mul(1_000_000)?.checked_add(resto)
}

/// A day of a filter; `Err` if it is no day.
pub(super) fn day(l: &Listado, nombre: &str) -> Result<Option<Fecha>, ()> {
    l.get(nombre).map(Fecha::parse).transpose().map_err(|_| ())
}

/// A text by its key, for a notice.
pub(super) fn say(peticion: &Peticion, clave: &str) -> String {
    Textos::new(&TEXTOS, peticion.navegante.formato.pais).get(clave)
}

/// The form with what was refused, if a person can mend it there; else the refusal as it is.
pub(super) fn refused(
    form: Formulario,
    error: crate::Error,
) -> Result<(StatusCode, Formulario), Problem> {
    let problema = Problema::from(error);
    let estado = StatusCode::from_u16(problema.estado).unwrap_or(StatusCode::CONFLICT);
    let suya = matches!(problema.estado, 409 | 422);
    if suya { Ok((estado, form.refused(&problema))) } else { Err(Problem(problema)) }
}

/// A whole number of a form. Errors: 422 naming the field.
pub(super) fn number(form: &Formulario, campo: &str) -> Result<i64, crate::Error> {
    form.value(campo)
        .trim()
        .parse()
        .map_err(|_| crate::Error::campo(campo, "numero_forma", "Escriba un número entero."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_of_less_than_a_cent_are_read_and_written_whole() {
        for (texto, micros) in [("0.0085", 8_500), ("0.03", 30_000), ("1", 1_000_000)] {
            assert_eq!(parse_micros(texto), Some(micros), "{texto}");
        }
        assert_eq!(unit_price(8_500), "0.0085");
        assert_eq!(unit_price(30_000), "0.03");
        assert_eq!(unit_price(1_500_000), "1.50");
        assert_eq!(unit_price(1_000_000), "1.00");
        for malo in ["", "1.2345678", "-1", "a", "1.2.3", "1e3"] {
            assert_eq!(parse_micros(malo), None, "{malo}");
        }
    }
}
