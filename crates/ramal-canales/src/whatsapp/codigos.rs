//! Error codes of the Graph API and what each lets one do (integrations.md 1.5, W25). It looks at
//! no title and no HTTP status when there is a code.

use crate::FallaEnvio;
use crate::falla::{Alcance, Causa, CausaDetener};

/// Wait that the pair limit asks for, ms: one message every 6 s to the same person.
const ESPERA_PAR_MS: i64 = 6_000;

/// What may follow an error code. A code that is not in the norm is permanent: what the channel
/// refuses without our knowing why must be seen by a person, not repeated.
pub fn of_codigo(codigo: i64, mensaje: &str) -> FallaEnvio {
    let c = codigo.to_string();
    if let Some(falla) = temporary(codigo, mensaje) {
        return falla;
    }
    if let Some(causa) = stops(codigo) {
        return FallaEnvio::stop(c, mensaje, causa);
    }
    match codigo {
        131_047 => FallaEnvio::CambiarAPlantilla { codigo: c, mensaje: mensaje.to_owned() },
        131_050 => FallaEnvio::Baja { codigo: c, mensaje: mensaje.to_owned() },
        _ => FallaEnvio::never(c, mensaje, cause(codigo)),
    }
}

fn temporary(codigo: i64, mensaje: &str) -> Option<FallaEnvio> {
    let (espera_ms, alcance) = match codigo {
        131_056 => (Some(ESPERA_PAR_MS), Alcance::Destinatario),
        4 | 80_007 | 130_429 => (None, Alcance::Linea),
        1 | 2 | 131_000 | 131_016 | 131_057 => (None, Alcance::Mensaje),
        _ => return None,
    };
    Some(FallaEnvio::Reintentable {
        codigo: codigo.to_string(),
        mensaje: mensaje.to_owned(),
        espera_ms,
        alcance,
    })
}

fn stops(codigo: i64) -> Option<CausaDetener> {
    match codigo {
        0 | 190 => Some(CausaDetener::Credencial),
        3 | 10 | 200..=299 | 131_005 => Some(CausaDetener::Permiso),
        368 | 131_031 | 130_497 | 131_045 => Some(CausaDetener::Cuenta),
        131_042 => Some(CausaDetener::Facturacion),
        131_048 => Some(CausaDetener::Spam),
        // The version of the API expired.
        2_635 => Some(CausaDetener::Configuracion),
        _ => None,
    }
}

fn cause(codigo: i64) -> Causa {
    match codigo {
        131_026 => Causa::SinWhatsapp,
        131_051 => Causa::TipoNoAdmitido,
        131_052 | 131_053 => Causa::Medio,
        100 | 131_008 | 131_009 | 131_021 => Causa::Parametro,
        131_030 => Causa::ListaDePrueba,
        131_049 => Causa::TopeMarketing,
        130_472 => Causa::Experimento,
        131_062 | 131_063 => Causa::RequiereTelefono,
        132_015 | 132_016 => Causa::PlantillaDetenida,
        132_000..=132_999 => Causa::Plantilla,
        _ => Causa::Otra,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn permanente(codigo: i64) -> Option<Causa> {
        match of_codigo(codigo, "") {
            FallaEnvio::Permanente { causa, .. } => Some(causa),
            _ => None,
        }
    }

    fn detenida(codigo: i64) -> Option<CausaDetener> {
        match of_codigo(codigo, "") {
            FallaEnvio::Detener { causa, .. } => Some(causa),
            _ => None,
        }
    }

    #[test]
    fn what_passes_is_retried_and_only_the_right_thing_waits() {
        for codigo in [1, 2, 131_000, 131_016] {
            let falla = of_codigo(codigo, "m");
            assert_eq!(falla, FallaEnvio::retry(codigo.to_string(), "m"));
        }
        for codigo in [4, 80_007, 130_429] {
            let falla = of_codigo(codigo, "");
            let linea = matches!(falla, FallaEnvio::Reintentable { alcance: Alcance::Linea, .. });
            assert!(linea, "{codigo}");
        }
        assert!(matches!(
            of_codigo(131_056, ""),
            FallaEnvio::Reintentable { espera_ms: Some(6_000), alcance: Alcance::Destinatario, .. }
        ));
    }

    #[test]
    fn what_touches_the_whole_line_stops_it() {
        for (causa, codigos) in [
            (CausaDetener::Credencial, vec![0, 190]),
            (CausaDetener::Permiso, vec![3, 10, 200, 250, 299, 131_005]),
            (CausaDetener::Cuenta, vec![368, 131_031, 130_497, 131_045]),
            (CausaDetener::Facturacion, vec![131_042]),
            (CausaDetener::Spam, vec![131_048]),
            (CausaDetener::Configuracion, vec![2_635]),
        ] {
            for codigo in codigos {
                assert_eq!(detenida(codigo), Some(causa), "{codigo}");
            }
        }
    }

    #[test]
    fn what_will_never_arrive_says_why() {
        for (causa, codigos) in [
            (Causa::SinWhatsapp, vec![131_026]),
            (Causa::TipoNoAdmitido, vec![131_051]),
            (Causa::Medio, vec![131_052, 131_053]),
            (Causa::Parametro, vec![100, 131_008, 131_009]),
            (Causa::ListaDePrueba, vec![131_030]),
            (Causa::TopeMarketing, vec![131_049]),
            (Causa::Experimento, vec![130_472]),
            (Causa::RequiereTelefono, vec![131_062, 131_063]),
            (Causa::Plantilla, vec![132_000, 132_001, 132_005, 132_007, 132_008, 132_012]),
            (Causa::PlantillaDetenida, vec![132_015, 132_016]),
            (Causa::Otra, vec![999_999]),
        ] {
            for codigo in codigos {
                assert_eq!(permanente(codigo), Some(causa), "{codigo}");
            }
        }
    }

    #[test]
    fn a_closed_window_asks_for_a_template_and_an_opt_out_is_recorded() {
        let falla = of_codigo(131_047, "Re-engagement message");
        assert!(matches!(falla, FallaEnvio::CambiarAPlantilla { .. }));
        assert!(matches!(of_codigo(131_050, ""), FallaEnvio::Baja { .. }));
    }
}
