//! The list of cuts of a day: who goes in, who stays out and why (S3, B-03), and whether the list
//! waits for a person. Pure; it cuts nobody.

use ramal_base::Fecha;
use serde::{Deserialize, Serialize};

use super::calendario::{Calendario, Impedimento};
use super::estado::{EstadoCobranza, Situacion};
use super::politica::PoliticaAprobacion;

/// Something that stops the cut of a customer, as other slices know it (B-03).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "codigo", content = "detalle")]
pub enum Freno {
    /// A payment was begun and its end is not known.
    PagoEnCurso,
    /// A payment proof waits to be looked at.
    ComprobanteSinRevisar,
    /// His service is down for a fault of the network; which.
    Averia(String),
    /// A bank or gateway has not been heard for too long; which.
    FuenteAtrasada(String),
}

/// Why a service stays out of the list, or of the cut at the last moment.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "codigo", content = "detalle")]
pub enum Motivo {
    /// Nothing overdue any more.
    SinDeuda,
    /// Under the minimum of the policy.
    DeudaMinima,
    /// A promise covers it until that day.
    PromesaVigente(String),
    /// Exempt.
    Exento,
    /// Paused by the customer.
    PausaCliente,
    /// Suspended already, or ended.
    YaSuspendido,
    /// The notice of the cut was neither delivered nor tried on two channels.
    AvisoNoEntregado,
    /// The notice has not had its working days: from that day on.
    AvisoReciente(String),
    /// Not a day on which it may be cut.
    DiaNoPermitido(String),
    /// Nobody can reconnect on that day.
    SinReconexion(String),
    /// A payment was begun and its end is not known.
    PagoEnCurso,
    /// A payment proof waits to be looked at.
    ComprobanteSinRevisar,
    /// His service is down for a fault of the network.
    Averia(String),
    /// A bank or gateway has not been heard for too long.
    FuenteAtrasada(String),
    /// A person took it out, with these words.
    Retirado(String),
}

impl From<Freno> for Motivo {
    fn from(freno: Freno) -> Motivo {
        match freno {
            Freno::PagoEnCurso => Motivo::PagoEnCurso,
            Freno::ComprobanteSinRevisar => Motivo::ComprobanteSinRevisar,
            Freno::Averia(cual) => Motivo::Averia(cual),
            Freno::FuenteAtrasada(cual) => Motivo::FuenteAtrasada(cual),
        }
    }
}

impl Motivo {
    /// Stable code, also the end of the key of its text.
    pub fn codigo(&self) -> &'static str {
        match self {
            Motivo::SinDeuda => "sin_deuda",
            Motivo::DeudaMinima => "deuda_minima",
            Motivo::PromesaVigente(_) => "promesa_vigente",
            Motivo::Exento => "exento",
            Motivo::PausaCliente => "pausa_cliente",
            Motivo::YaSuspendido => "ya_suspendido",
            Motivo::AvisoNoEntregado => "aviso_no_entregado",
            Motivo::AvisoReciente(_) => "aviso_reciente",
            Motivo::DiaNoPermitido(_) => "dia_no_permitido",
            Motivo::SinReconexion(_) => "sin_reconexion",
            Motivo::PagoEnCurso => "pago_en_curso",
            Motivo::ComprobanteSinRevisar => "comprobante_sin_revisar",
            Motivo::Averia(_) => "averia",
            Motivo::FuenteAtrasada(_) => "fuente_atrasada",
            Motivo::Retirado(_) => "retirado",
        }
    }

    /// What goes with it: a day, a name; empty if nothing does.
    pub fn detalle(&self) -> &str {
        match self {
            Motivo::PromesaVigente(d)
            | Motivo::AvisoReciente(d)
            | Motivo::DiaNoPermitido(d)
            | Motivo::SinReconexion(d)
            | Motivo::Averia(d)
            | Motivo::FuenteAtrasada(d)
            | Motivo::Retirado(d) => d,
            _ => "",
        }
    }
}

/// What the list says of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Veredicto {
    /// Its day has not come: it is not in the list at all.
    Fuera,
    /// It would be cut, but for these.
    Excluido(Vec<Motivo>),
    /// It is cut.
    Incluido,
}

/// What the list of `as_of` says of a service in this situation, with the brakes of its customer.
///
/// A service is in the list from the day on which its grace ends; what keeps it out is written.
pub fn veredicto(
    as_of: Fecha,
    situacion: &Situacion,
    frenos: &[Freno],
    calendario: &Calendario,
) -> Veredicto {
    let mut motivos = Vec::new();
    match situacion.estado {
        EstadoCobranza::EnGracia => {}
        EstadoCobranza::Promesa => {
            let hasta = situacion.corte.map_or_else(String::new, |c| c.to_string());
            return Veredicto::Excluido(vec![Motivo::PromesaVigente(hasta)]);
        }
        EstadoCobranza::Exento if situacion.dias > 0 => motivos.push(Motivo::Exento),
        EstadoCobranza::PausaCliente if situacion.dias > 0 => motivos.push(Motivo::PausaCliente),
        _ => return Veredicto::Fuera,
    }
    motivos.extend(calendario.impedimento(as_of).map(of_day));
    if !situacion.minimo {
        motivos.push(Motivo::DeudaMinima);
    } else if situacion.falta_aviso {
        motivos.push(Motivo::AvisoNoEntregado);
    } else if let Some(corte) = situacion.corte.filter(|c| as_of < *c) {
        motivos.push(Motivo::AvisoReciente(corte.to_string()));
    }
    motivos.extend(frenos.iter().cloned().map(Motivo::from));
    if motivos.is_empty() { Veredicto::Incluido } else { Veredicto::Excluido(motivos) }
}

fn of_day(impedimento: Impedimento) -> Motivo {
    match impedimento {
        Impedimento::Semana(dia) => Motivo::DiaNoPermitido(dia.to_string()),
        Impedimento::Feriado(nombre) | Impedimento::Vispera(nombre) => {
            Motivo::DiaNoPermitido(nombre)
        }
        Impedimento::SinReconexion(nombre) => Motivo::SinReconexion(nombre),
    }
}

/// Why a list waits for a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "codigo", content = "limite")]
pub enum Espera {
    /// The company looks at every list.
    Siempre,
    /// Longer than max(minimum, part of the active ones).
    Larga(u32),
    /// Longer than so many times the median of the lists before it.
    Inusual(u32),
}

/// Lists before it that are needed for a median to mean something.
const MINIMO_HISTORIA: usize = 5;

/// Why a list of `incluidos` waits, if it does (B-03). `anteriores` are the lengths of the last
/// lists, in any order; empty ones do not count.
pub fn espera(
    incluidos: u32,
    activos: u32,
    anteriores: &[u32],
    p: &PoliticaAprobacion,
) -> Option<Espera> {
    if incluidos == 0 {
        return None;
    }
    if p.siempre {
        return Some(Espera::Siempre);
    }
    let parte = u64::from(activos) * u64::from(p.porcentaje) / 100;
    let limite = p.minimo.max(u32::try_from(parte).unwrap_or(u32::MAX));
    if incluidos > limite {
        return Some(Espera::Larga(limite));
    }
    let mediana = median(anteriores)?;
    let limite = mediana.saturating_mul(u32::from(p.veces_mediana));
    (p.veces_mediana > 0 && incluidos > limite).then_some(Espera::Inusual(limite))
}

/// Median of the lengths of lists with somebody, the lower one of two; none if there are too few.
fn median(largos: &[u32]) -> Option<u32> {
    let mut orden: Vec<u32> = largos.iter().copied().filter(|n| *n > 0).collect();
    if orden.len() < MINIMO_HISTORIA {
        return None;
    }
    orden.sort_unstable();
    orden.get((orden.len() - 1) / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nucleo::calendario::DiasProhibidos;
    use ramal_base::Pais;
    use std::collections::BTreeMap;

    fn f(texto: &str) -> Fecha {
        Fecha::parse(texto).unwrap()
    }

    fn lista_para(corte: &str) -> Situacion {
        Situacion {
            estado: EstadoCobranza::EnGracia,
            vencido: BTreeMap::new(),
            dias: 5,
            corte: Some(f(corte)),
            minimo: true,
            falta_aviso: false,
            baja: None,
        }
    }

    fn judge(dia: &str, s: &Situacion, frenos: &[Freno]) -> Vec<&'static str> {
        let c = Calendario::new(Pais::Pe, DiasProhibidos::default(), Vec::new());
        match veredicto(f(dia), s, frenos, &c) {
            Veredicto::Fuera => vec!["fuera"],
            Veredicto::Incluido => vec!["incluido"],
            Veredicto::Excluido(m) => m.iter().map(Motivo::codigo).collect(),
        }
    }

    #[test]
    fn every_brake_keeps_a_service_out_and_says_which_it_was() {
        let s = lista_para("2026-12-10");
        let casos = [
            (Freno::PagoEnCurso, "pago_en_curso"),
            (Freno::ComprobanteSinRevisar, "comprobante_sin_revisar"),
            (Freno::Averia("Nodo Norte".into()), "averia"),
            (Freno::FuenteAtrasada("bbva".into()), "fuente_atrasada"),
        ];
        assert_eq!(judge("2026-12-10", &s, &[]), ["incluido"]);
        for (freno, codigo) in casos {
            assert_eq!(judge("2026-12-10", &s, &[freno]), [codigo]);
        }
        let mudo = Situacion { falta_aviso: true, ..s.clone() };
        assert_eq!(judge("2026-12-10", &mudo, &[]), ["aviso_no_entregado"]);
        let poca = Situacion { minimo: false, corte: None, ..s.clone() };
        assert_eq!(judge("2026-12-10", &poca, &[]), ["deuda_minima"]);
    }

    #[test]
    fn nobody_is_cut_on_a_forbidden_day_whatever_is_owed() {
        let s = lista_para("2026-12-10");
        for dia in ["2026-12-11", "2026-12-12", "2026-12-13", "2026-12-24", "2026-12-25"] {
            assert_eq!(judge(dia, &s, &[]), ["dia_no_permitido"], "{dia}");
        }
        assert_eq!(judge("2026-12-09", &s, &[]), ["dia_no_permitido", "aviso_reciente"]);
    }

    #[test]
    fn a_service_under_another_state_is_named_only_if_it_owes() {
        let exento = Situacion { estado: EstadoCobranza::Exento, ..lista_para("2026-12-10") };
        assert_eq!(judge("2026-12-10", &exento, &[]), ["exento"]);
        let promesa = Situacion { estado: EstadoCobranza::Promesa, ..lista_para("2026-12-14") };
        assert_eq!(judge("2026-12-10", &promesa, &[]), ["promesa_vigente"]);
        for estado in [EstadoCobranza::AlDia, EstadoCobranza::Vencido, EstadoCobranza::Suspendido] {
            let s = Situacion { estado, ..lista_para("2026-12-10") };
            assert_eq!(judge("2026-12-10", &s, &[]), ["fuera"]);
        }
    }

    #[test]
    fn a_list_longer_than_fifty_or_five_percent_waits() {
        let p = PoliticaAprobacion::default();
        assert_eq!(espera(50, 100, &[], &p), None);
        assert_eq!(espera(51, 100, &[], &p), Some(Espera::Larga(50)));
        assert_eq!(espera(500, 10_000, &[], &p), None);
        assert_eq!(espera(501, 10_000, &[], &p), Some(Espera::Larga(500)));
    }

    #[test]
    fn a_list_more_than_twice_the_median_of_the_last_ones_waits() {
        let p = PoliticaAprobacion::default();
        let antes = [10, 12, 14, 16, 90];
        assert_eq!(espera(28, 10_000, &antes, &p), None);
        assert_eq!(espera(29, 10_000, &antes, &p), Some(Espera::Inusual(28)));
        assert_eq!(espera(29, 10_000, &antes[..4], &p), None, "four lists are no history");
        assert_eq!(espera(3, 10_000, &[0, 0, 0, 1, 1], &p), None, "empty lists are no history");
        assert_eq!(espera(3, 10_000, &[1, 1, 1, 1, 1], &p), Some(Espera::Inusual(2)));
        let siempre = PoliticaAprobacion { siempre: true, ..p };
        assert_eq!(espera(1, 10_000, &antes, &siempre), Some(Espera::Siempre));
        assert_eq!(espera(0, 10_000, &antes, &siempre), None);
    }
}
