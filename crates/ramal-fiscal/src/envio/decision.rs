//! What each answer of an authority does to a document: a pure function. It calls nobody and writes
//! nothing.
//!
//! Source: cfdi.md 16.1, sunat.md 17.3 and 17.4.

use ramal_base::Pais;
use ramal_conectores::{Negativa, Respuesta};

use super::asiento::Destino;
use crate::{Estado, Tipo};

/// What is written and what the job does next.
pub(crate) struct Veredicto {
    pub(crate) destino: Destino,
    pub(crate) luego: Luego,
}

/// What the job does after the answer is settled.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Luego {
    /// Final for this job.
    Nada,
    /// The same bytes, or a consult, later.
    Otra { motivo: String, despues_ms: Option<i64> },
    /// 401: a new Fecha, once (MX).
    Reconstruir,
}

/// Text for a person: what the authority said, where, and the way out.
pub(crate) fn explained(n: &Negativa) -> String {
    let campo = n.campo.as_deref().map(|c| format!(" Campo: {c}.")).unwrap_or_default();
    let mensaje = match n.mensaje.trim().trim_end_matches('.') {
        "" => String::new(),
        texto => format!("{texto}."),
    };
    format!("{mensaje}{campo} {}", n.salida).trim().to_owned()
}

/// Decides. `serie` tells a note of a boleta from one of a factura.
pub(crate) fn decide(tipo: Option<Tipo>, serie: &str, respuesta: Respuesta) -> Veredicto {
    let mexico = tipo.is_none_or(|t| t.pais() != Pais::Pe);
    match respuesta {
        Respuesta::Aceptado(a) if mexico && a.uuid_fiscal.is_none() => {
            again(Estado::Enviando, String::new(), "el PAC aceptó sin folio fiscal".into(), None)
        }
        Respuesta::Aceptado(a) => end(Destino::Aceptado(a)),
        Respuesta::YaRegistrado { codigo, mensaje } if mexico => {
            again(Estado::Enviando, codigo, mensaje, None)
        }
        Respuesta::YaRegistrado { codigo, mensaje } => registered(codigo, mensaje),
        Respuesta::NoExiste { codigo, mensaje } => again(Estado::EnCola, codigo, mensaje, None),
        Respuesta::DeBaja { codigo, mensaje } => end(Destino::DeBaja { codigo, mensaje }),
        Respuesta::Rechazado(n) => end(stopped(Estado::Rechazado, n)),
        Respuesta::Excepcion(n) if n.codigo == "1079" && serie.starts_with('B') => {
            end(Destino::PorResumen)
        }
        Respuesta::Excepcion(n) => end(stopped(Estado::Excepcion, n)),
        Respuesta::Configuracion(n) => end(stopped(Estado::Pausado, to_resume(n))),
        Respuesta::Tiempo { codigo, mensaje } => {
            let destino = Destino::Espera { estado: Estado::EnCola, codigo, mensaje };
            Veredicto { destino, luego: Luego::Reconstruir }
        }
        Respuesta::Reintentar { motivo, despues_ms } => {
            again(Estado::EnCola, String::new(), motivo, despues_ms)
        }
        Respuesta::Incierto { motivo, despues_ms } => {
            again(Estado::Enviando, String::new(), motivo, despues_ms)
        }
    }
}

fn end(destino: Destino) -> Veredicto {
    Veredicto { destino, luego: Luego::Nada }
}

fn again(estado: Estado, codigo: String, mensaje: String, despues_ms: Option<i64>) -> Veredicto {
    let motivo = mensaje.clone();
    let destino = Destino::Espera { estado, codigo, mensaje };
    Veredicto { destino, luego: Luego::Otra { motivo, despues_ms } }
}

/// Peru says that it knows the number. Only one content was ever signed for it here, so 1033 and
/// 0402 are ours with the proof pending. What was never accepted here was never voided either, so
/// 1032 is a refusal whose answer was lost. 2223 and 2324 are for a person.
fn registered(codigo: String, mensaje: String) -> Veredicto {
    if matches!(codigo.as_str(), "1033" | "0402" | "0001") {
        return end(Destino::CdrPendiente { codigo, mensaje });
    }
    if codigo == "1032" {
        let salida = "Ese número ya no sirve: corrija los datos y emita otro comprobante.";
        let mensaje = format!("{mensaje}. {salida}");
        let (estado, prueba) = (Estado::Rechazado, None);
        return end(Destino::Detenido { estado, codigo, mensaje, prueba });
    }
    let mensaje = format!(
        "{mensaje}. Consulte el comprobante en SUNAT con su clave SOL; si no figura, reinténtelo."
    );
    end(Destino::Detenido { estado: Estado::Incierto, codigo, mensaje, prueba: None })
}

/// Mending alone sends nothing: the pause is lifted by hand.
fn to_resume(n: Negativa) -> Negativa {
    let salida = format!("{} Después, reanude el emisor.", n.salida);
    Negativa { salida, ..n }
}

fn stopped(estado: Estado, n: Negativa) -> Destino {
    let mensaje = explained(&n);
    Destino::Detenido { estado, codigo: n.codigo, mensaje, prueba: n.acuse }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn negativa(codigo: &str) -> Negativa {
        Negativa {
            codigo: codigo.into(),
            mensaje: "Mal.".into(),
            campo: Some("Receptor.Rfc".into()),
            salida: "Corrija.".into(),
            acuse: None,
        }
    }

    fn outcome(tipo: Tipo, serie: &str, r: Respuesta) -> (String, bool) {
        let v = decide(Some(tipo), serie, r);
        (v.destino.nombre(), v.luego == Luego::Nada)
    }

    #[test]
    fn each_answer_asks_for_what_the_norm_says() {
        let ya = |c: &str| Respuesta::YaRegistrado { codigo: c.into(), mensaje: "m".into() };
        let casos = [
            (Tipo::Ingreso, "F", ya("307"), "enviando", false),
            (Tipo::Factura, "F001", ya("1033"), "cdr_pendiente", true),
            (Tipo::Boleta, "B001", ya("0402"), "cdr_pendiente", true),
            (Tipo::Factura, "F001", ya("1032"), "rechazado", true),
            (Tipo::Factura, "F001", ya("2223"), "incierto", true),
            (Tipo::Boleta, "B001", Respuesta::Excepcion(negativa("1079")), "por_resumen", true),
            (Tipo::Factura, "F001", Respuesta::Excepcion(negativa("1083")), "excepcion", true),
            (Tipo::Ingreso, "F", Respuesta::Rechazado(negativa("CFDI40148")), "rechazado", true),
            (Tipo::Ingreso, "F", Respuesta::Configuracion(negativa("305")), "pausado", true),
        ];
        for (tipo, serie, respuesta, nombre, fin) in casos {
            assert_eq!(outcome(tipo, serie, respuesta), (nombre.to_owned(), fin), "{nombre}");
        }
    }

    #[test]
    fn what_is_unknown_stays_unknown_and_what_passed_is_queued_again() {
        let incierto = Respuesta::Incierto { motivo: "corte".into(), despues_ms: None };
        assert_eq!(outcome(Tipo::Ingreso, "F", incierto), ("enviando".into(), false));
        let luego = Respuesta::Reintentar { motivo: "0109".into(), despues_ms: None };
        assert_eq!(outcome(Tipo::Factura, "F001", luego), ("en_cola".into(), false));
    }

    #[test]
    fn a_person_reads_what_where_and_how_to_get_out() {
        assert_eq!(explained(&negativa("x")), "Mal. Campo: Receptor.Rfc. Corrija.");
        let mudo = Negativa { mensaje: String::new(), campo: None, ..negativa("401") };
        assert_eq!(explained(&mudo), "Corrija.");
    }
}
