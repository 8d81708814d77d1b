//! Answer of the SAT's status service, in types. It asks nothing: [`crate::sat`] does.

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
    /// Types the raw texts of an answer.
    ///
    /// `estado` counts only when `codigo` begins with `S`: a 601 answer can come with `Vigente`. `None`: the answer
    /// says nothing that is in the norm.
    pub fn read(campos: &CamposEstado) -> Option<EstadoSat> {
        Some(EstadoSat {
            estado: estado(&campos.codigo, &campos.estado)?,
            cancelable: cancelable(&campos.es_cancelable),
            cancelacion: cancelacion(&campos.estatus_cancelacion),
            codigo: campos.codigo.clone(),
            efos: campos.efos.clone(),
        })
    }
}

/// Raw texts of an answer.
#[derive(Clone, Debug, Default)]
pub struct CamposEstado {
    /// CodigoEstatus.
    pub codigo: String,
    /// Estado.
    pub estado: String,
    /// EsCancelable.
    pub es_cancelable: String,
    /// EstatusCancelacion.
    pub estatus_cancelacion: String,
    /// ValidacionEFOS.
    pub efos: String,
}

fn estado(codigo: &str, estado: &str) -> Option<EstadoCfdi> {
    let codigo = codigo.trim();
    if codigo.starts_with('S') {
        return match plano(estado).as_str() {
            "vigente" => Some(EstadoCfdi::Vigente),
            "cancelado" => Some(EstadoCfdi::Cancelado),
            "no encontrado" => Some(EstadoCfdi::NoEncontrado),
            _ => None,
        };
    }
    match codigo {
        c if c.contains("601") => Some(EstadoCfdi::ExpresionInvalida),
        c if c.contains("602") => Some(EstadoCfdi::NoEncontrado),
        _ => None,
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

    fn leer(codigo: &str, estado: &str, cancelable: &str, cancelacion: &str) -> Option<EstadoSat> {
        EstadoSat::read(&CamposEstado {
            codigo: codigo.into(),
            estado: estado.into(),
            es_cancelable: cancelable.into(),
            estatus_cancelacion: cancelacion.into(),
            efos: "200".into(),
        })
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
