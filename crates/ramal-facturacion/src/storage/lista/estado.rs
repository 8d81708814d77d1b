//! The state of an invoice in one word, as people see it: what is paid, what is due and what the
//! authority said, in that order of weight. It writes no state.

use ramal_base::Fecha;

/// State in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EstadoLista {
    /// Not numbered yet.
    Borrador,
    /// On its way to the authority.
    Enviando,
    /// Waiting for a person before the authority hears of it again.
    Detenida,
    /// Refused by the authority.
    Rechazada,
    /// To be paid, within its term.
    Pendiente,
    /// To be paid, out of its term.
    Vencida,
    /// Settled.
    Pagada,
    /// Voided or wholly credited.
    Anulada,
    /// A credit note that stands.
    Emitida,
}

/// Legal states that a person must look at.
const DETENIDOS: [&str; 3] = ["excepcion", "incierto", "pausado"];
/// Legal states that the authority has taken.
const ACEPTADOS: [&str; 4] = ["aceptado", "aceptado_obs", "baja_pendiente", "baja"];

impl EstadoLista {
    /// Those that the filter offers, in its order.
    pub const FILTROS: [EstadoLista; 8] = [
        EstadoLista::Pendiente,
        EstadoLista::Vencida,
        EstadoLista::Pagada,
        EstadoLista::Enviando,
        EstadoLista::Detenida,
        EstadoLista::Rechazada,
        EstadoLista::Anulada,
        EstadoLista::Emitida,
    ];

    /// Word in addresses and keys.
    pub fn as_str(self) -> &'static str {
        match self {
            EstadoLista::Borrador => "borrador",
            EstadoLista::Enviando => "enviando",
            EstadoLista::Detenida => "detenida",
            EstadoLista::Rechazada => "rechazada",
            EstadoLista::Pendiente => "pendiente",
            EstadoLista::Vencida => "vencida",
            EstadoLista::Pagada => "pagada",
            EstadoLista::Anulada => "anulada",
            EstadoLista::Emitida => "emitida",
        }
    }

    /// Reads the word of an address.
    pub fn parse(texto: &str) -> Option<EstadoLista> {
        EstadoLista::FILTROS.into_iter().find(|e| e.as_str() == texto)
    }

    /// State of `(estado, clase, tipo)` with this legal state, due on a day, seen on another.
    pub fn of(
        (estado, clase, tipo): (&str, &str, &str),
        legal: Option<&str>,
        (vence, hoy): (Fecha, Fecha),
    ) -> EstadoLista {
        match (estado, legal) {
            ("borrador", _) => EstadoLista::Borrador,
            ("anulada", _) => EstadoLista::Anulada,
            (_, Some("rechazado")) => EstadoLista::Rechazada,
            (_, Some(l)) if DETENIDOS.contains(&l) => EstadoLista::Detenida,
            ("pagada", _) => EstadoLista::Pagada,
            (_, l) if tipo != "R" && !l.is_some_and(|l| ACEPTADOS.contains(&l)) => {
                EstadoLista::Enviando
            }
            _ if clase == "nota_credito" => EstadoLista::Emitida,
            _ if vence < hoy => EstadoLista::Vencida,
            _ => EstadoLista::Pendiente,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_authority_refused_is_not_hidden_by_a_payment() {
        let (vence, hoy) = (Fecha::parse("2026-11-10"), Fecha::parse("2026-11-20"));
        let dias = (vence.unwrap(), hoy.unwrap());
        let of = |estado, legal| EstadoLista::of((estado, "factura", "01"), legal, dias);
        assert_eq!(of("pagada", Some("rechazado")), EstadoLista::Rechazada);
        assert_eq!(of("pagada", Some("en_cola")), EstadoLista::Pagada);
        assert_eq!(of("emitida", None), EstadoLista::Enviando);
        assert_eq!(of("emitida", Some("aceptado")), EstadoLista::Vencida);
        assert_eq!(of("anulada", Some("rechazado")), EstadoLista::Anulada);
        let nota = EstadoLista::of(("emitida", "nota_credito", "07"), Some("aceptado"), dias);
        assert_eq!(nota, EstadoLista::Emitida);
        let recibo = EstadoLista::of(("emitida", "recibo", "R"), None, (dias.1, dias.1));
        assert_eq!(recibo, EstadoLista::Pendiente);
    }
}
