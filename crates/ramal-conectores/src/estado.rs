//! Answer of the SAT's status service, in types. It asks nothing: [`crate::sat`] does.

use ramal_cfdi::cancelacion::{RespuestaEstado, Situacion};

/// State of a CFDI as the SAT tells it (cfdi.md 15).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EstadoSat {
    /// Raw code: `S - …` found, `N - 601 …` expression invalid, `N - 602 …` not found.
    pub codigo: String,
    /// State; only what an `S` code says is believed.
    pub estado: EstadoCfdi,
    /// Whether and how it can be cancelled.
    pub cancelable: Cancelable,
    /// How its cancellation stands.
    pub cancelacion: EstatusCancelacion,
    /// Raw ValidacionEFOS; empty if absent.
    pub efos: String,
}

/// State of a CFDI.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EstadoCfdi {
    /// In force.
    Vigente,
    /// Cancelled: the only proof that a cancellation took place.
    Cancelado,
    /// Not known yet; no error during the first 72 hours.
    NoEncontrado,
    /// The question was wrong (601), mostly in the total: nothing is known.
    ExpresionInvalida,
}

/// Whether a document can be cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cancelable {
    /// It has live related documents: cancel them first.
    No,
    /// At once.
    SinAceptacion,
    /// The receptor has three business days to answer.
    ConAceptacion,
    /// The answer does not say.
    NoDice,
}

/// How a cancellation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EstatusCancelacion {
    /// None was asked.
    Ninguna,
    /// Waits for the receptor.
    EnProceso,
    /// Cancelled, no answer needed.
    CanceladoSinAceptacion,
    /// Cancelled, the receptor agreed.
    CanceladoConAceptacion,
    /// Cancelled by silence.
    PlazoVencido,
    /// The receptor refused: the document stays in force.
    Rechazada,
}

impl EstadoSat {
    /// Types the texts of an answer.
    ///
    /// Only a code that begins with `S` is believed: a 601 answer can come with `Vigente`. `None`:
    /// the answer says nothing that is in the norm.
    pub fn read(leida: &RespuestaEstado) -> Option<EstadoSat> {
        let estado = match leida.situacion {
            Situacion::Vigente => EstadoCfdi::Vigente,
            Situacion::Cancelado => EstadoCfdi::Cancelado,
            Situacion::NoEncontrado => EstadoCfdi::NoEncontrado,
            Situacion::SinRespuesta if leida.codigo.contains("601") => {
                EstadoCfdi::ExpresionInvalida
            }
            Situacion::SinRespuesta => return None,
        };
        Some(EstadoSat {
            estado,
            cancelable: cancelable(&leida.es_cancelable),
            cancelacion: cancelacion(&leida.estatus_cancelacion),
            codigo: leida.codigo.clone(),
            efos: leida.validacion_efos.clone(),
        })
    }
}

fn cancelable(texto: &str) -> Cancelable {
    match plano(texto).as_str() {
        "no cancelable" => Cancelable::No,
        "cancelable sin aceptacion" => Cancelable::SinAceptacion,
        "cancelable con aceptacion" => Cancelable::ConAceptacion,
        _ => Cancelable::NoDice,
    }
}

fn cancelacion(texto: &str) -> EstatusCancelacion {
    match plano(texto).as_str() {
        "en proceso" => EstatusCancelacion::EnProceso,
        "cancelado sin aceptacion" => EstatusCancelacion::CanceladoSinAceptacion,
        "cancelado con aceptacion" => EstatusCancelacion::CanceladoConAceptacion,
        "plazo vencido" => EstatusCancelacion::PlazoVencido,
        "solicitud rechazada" => EstatusCancelacion::Rechazada,
        _ => EstatusCancelacion::Ninguna,
    }
}

/// Lower case without accents: the service has written them both ways.
fn plano(texto: &str) -> String {
    texto.trim().to_lowercase().replace('ó', "o")
}

#[cfg(test)]
mod tests {
    use super::*;
    use ramal_cfdi::cancelacion::leer_estado;

    fn leer(codigo: &str, estado: &str, cancelable: &str, cancelacion: &str) -> Option<EstadoSat> {
        let xml = format!(
            "<e><ConsultaResult><CodigoEstatus>{codigo}</CodigoEstatus><EsCancelable>{cancelable}\
             </EsCancelable><Estado>{estado}</Estado><EstatusCancelacion>{cancelacion}\
             </EstatusCancelacion><ValidacionEFOS>200</ValidacionEFOS></ConsultaResult></e>"
        );
        EstadoSat::read(&leer_estado(xml.as_bytes()).unwrap())
    }

    #[test]
    fn a_wrong_expression_is_not_believed_even_if_it_says_vigente() {
        let e = leer("N - 601: La expresión impresa no es válida.", "Vigente", "", "").unwrap();
        assert_eq!(e.estado, EstadoCfdi::ExpresionInvalida);
        let e = leer("N - 602: Comprobante no encontrado.", "No Encontrado", "", "").unwrap();
        assert_eq!(e.estado, EstadoCfdi::NoEncontrado);
        assert_eq!(leer("", "Cancelado", "", ""), None);
        assert_eq!(leer("S - Comprobante obtenido", "Otra cosa", "", ""), None);
    }

    #[test]
    fn every_text_of_the_service_has_its_type() {
        let s = "S - Comprobante obtenido satisfactoriamente.";
        let e = leer(s, "Vigente", "Cancelable con aceptación", "En proceso").unwrap();
        assert_eq!(
            (e.estado, e.cancelable, e.cancelacion),
            (EstadoCfdi::Vigente, Cancelable::ConAceptacion, EstatusCancelacion::EnProceso)
        );
        let e = leer(s, "Cancelado", "Cancelable sin aceptacion", "Plazo vencido").unwrap();
        assert_eq!(
            (e.estado, e.cancelable, e.cancelacion),
            (EstadoCfdi::Cancelado, Cancelable::SinAceptacion, EstatusCancelacion::PlazoVencido)
        );
        let e = leer(s, "Vigente", "No cancelable", "Solicitud rechazada").unwrap();
        assert_eq!((e.cancelable, e.cancelacion), (Cancelable::No, EstatusCancelacion::Rechazada));
    }
}
