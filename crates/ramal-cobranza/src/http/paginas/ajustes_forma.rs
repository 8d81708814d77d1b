//! The form of the policy: from the policy to its fields and back. Amounts are typed with decimals
//! and kept in minor units. What fits is judged by the policy itself.

use ramal_base::CampoInvalido;
use ramal_base::dinero::{format_centavos, parse_centavos};
use ramal_web::Formulario;
use ramal_web::pagina::Formato;
use serde::de::DeserializeOwned;

use crate::nucleo::politica::{
    CargoReconexion, ClaseAviso, Etapa, PoliticaAprobacion, PoliticaPausa, PoliticaPromesa,
    PoliticaRecargo,
};
use crate::nucleo::{DiasProhibidos, Politica};

/// Rows of the ladder that the form has.
pub(super) const ETAPAS: usize = 8;

/// The fields of a policy.
pub(super) fn filled(p: &Politica, version: i64) -> Formulario {
    let mut campos: Vec<(String, String)> = Vec::new();
    let mut put = |nombre: &str, valor: String| campos.push((nombre.to_owned(), valor));
    let word = |v: serde_json::Value| v.as_str().unwrap_or("").to_owned();
    let opcional = |n: Option<u16>| n.map_or_else(String::new, |n| n.to_string());
    put("version", version.to_string());
    put("gracia_dias", p.gracia_dias.to_string());
    put("alcance", word(serde_json::json!(p.alcance)));
    put("deuda_minima", format_centavos(p.deuda_minima));
    for dia in &p.dias_prohibidos.semana {
        put("semana", dia.to_string());
    }
    put("feriados", on(p.dias_prohibidos.feriados));
    put("visperas", on(p.dias_prohibidos.visperas));
    put("hora_corte", p.hora_corte.to_string());
    put("hora_fin", p.hora_fin.to_string());
    put("por_vencer_dias", p.por_vencer_dias.to_string());
    for (i, e) in p.escalera.iter().enumerate() {
        put(&format!("escalera[{i}].codigo"), e.codigo.clone());
        put(&format!("escalera[{i}].clase"), e.clase.as_str().to_owned());
        put(&format!("escalera[{i}].dias"), e.dias.to_string());
    }
    put("bloqueo", word(serde_json::json!(p.bloqueo)));
    put("dias_cortado", opcional(p.dias_cortado));
    put("dias_baja", opcional(p.dias_baja));
    put("reconexion", word(serde_json::json!(p.reconexion)));
    let cargo = p.cargo_reconexion.unwrap_or(CargoReconexion { monto: 0, cuando: <_>::default() });
    put("cargo_reconexion.monto", format_centavos(cargo.monto));
    put("cargo_reconexion.cuando", word(serde_json::json!(cargo.cuando)));
    let recargo = p.recargo.unwrap_or_default();
    put("recargo.fijo", format_centavos(recargo.fijo));
    put("recargo.porcentaje", format_centavos(i64::from(recargo.puntos_base)));
    put("recargo.minimo", format_centavos(recargo.minimo));
    put("recargo.tope", recargo.tope.map_or_else(String::new, format_centavos));
    put("recargo.gracia_dias", recargo.gracia_dias.to_string());
    put("promesa.activa", on(p.promesa.activa));
    put("promesa.max_dias", p.promesa.max_dias.to_string());
    put("promesa.max_en_seis_meses", p.promesa.max_en_seis_meses.to_string());
    put("promesa.espera_tras_rota", p.promesa.espera_tras_rota.to_string());
    put("promesa.antiguedad_dias", p.promesa.antiguedad_dias.to_string());
    put("promesa.deuda_maxima", p.promesa.deuda_maxima.map_or_else(String::new, format_centavos));
    put("promesa.pago_previo_pct", p.promesa.pago_previo_pct.to_string());
    put("promesa.al_cumplir", word(serde_json::json!(p.promesa.al_cumplir)));
    put("pausa.min_dias", p.pausa.min_dias.to_string());
    put("pausa.max_meses", p.pausa.max_meses.to_string());
    put("pausa.efectiva_habiles", p.pausa.efectiva_habiles.to_string());
    put("pausa.cargo_retorno", format_centavos(p.pausa.cargo_retorno));
    put("aprobacion.siempre", on(p.aprobacion.siempre));
    put("aprobacion.minimo", p.aprobacion.minimo.to_string());
    put("aprobacion.porcentaje", p.aprobacion.porcentaje.to_string());
    put("aprobacion.veces_mediana", p.aprobacion.veces_mediana.to_string());
    put("aprobacion.fuente_horas", p.aprobacion.fuente_horas.to_string());
    put("aprobacion.banco_horas", p.aprobacion.banco_horas.to_string());
    Formulario::filled(campos)
}

fn on(valor: bool) -> String {
    if valor { "on" } else { "" }.to_owned()
}

/// Reads the fields of a policy. Errors: each field that is not what it should be.
pub(super) fn read(f: &Formulario, formato: &Formato) -> Result<Politica, Vec<CampoInvalido>> {
    let mut l = Lector { f, formato, malos: Vec::new() };
    let semana = f.values("semana").iter().filter_map(|d| d.parse().ok()).collect();
    let p = Politica {
        gracia_dias: l.number("gracia_dias"),
        alcance: l.word("alcance"),
        deuda_minima: l.money("deuda_minima"),
        dias_prohibidos: DiasProhibidos {
            semana,
            feriados: f.has("feriados", "on"),
            visperas: f.has("visperas", "on"),
        },
        hora_corte: l.number("hora_corte"),
        hora_fin: l.number("hora_fin"),
        por_vencer_dias: l.number("por_vencer_dias"),
        escalera: l.ladder(),
        bloqueo: l.word("bloqueo"),
        dias_cortado: l.maybe("dias_cortado"),
        dias_baja: l.maybe("dias_baja"),
        reconexion: l.word("reconexion"),
        cargo_reconexion: l.reconnection_fee(),
        recargo: l.late_fee(),
        promesa: l.promises(),
        pausa: PoliticaPausa {
            min_dias: l.number("pausa.min_dias"),
            max_meses: l.number("pausa.max_meses"),
            efectiva_habiles: l.number("pausa.efectiva_habiles"),
            cargo_retorno: l.money("pausa.cargo_retorno"),
        },
        aprobacion: l.approval(),
    };
    if l.malos.is_empty() { Ok(p) } else { Err(l.malos) }
}

struct Lector<'a> {
    f: &'a Formulario,
    formato: &'a Formato,
    malos: Vec<CampoInvalido>,
}

impl Lector<'_> {
    fn refuse(&mut self, campo: &str, motivo: &str) {
        self.malos.push(CampoInvalido::new(campo, "valor_invalido", motivo));
    }

    fn number<T: std::str::FromStr + Default>(&mut self, campo: &str) -> T {
        match self.f.value(campo).trim().parse() {
            Ok(n) => n,
            Err(_) => {
                self.refuse(campo, "Escriba un número entero que no sea negativo.");
                T::default()
            }
        }
    }

    fn maybe<T: std::str::FromStr + Default>(&mut self, campo: &str) -> Option<T> {
        if self.f.value(campo).trim().is_empty() { None } else { Some(self.number(campo)) }
    }

    fn money(&mut self, campo: &str) -> i64 {
        let escrito = self.f.value(campo).trim();
        if escrito.is_empty() {
            return 0;
        }
        let plano = self.formato.parse_importe(escrito).ok();
        match plano.and_then(|t| parse_centavos(&t).ok()) {
            Some(centavos) => centavos,
            None => {
                self.refuse(campo, "Escriba un importe, por ejemplo 25.00.");
                0
            }
        }
    }

    fn word<T: DeserializeOwned + Default>(&mut self, campo: &str) -> T {
        match serde_json::from_value(serde_json::json!(self.f.value(campo))) {
            Ok(valor) => valor,
            Err(_) => {
                self.refuse(campo, "Elija una de las opciones.");
                T::default()
            }
        }
    }

    fn ladder(&mut self) -> Vec<Etapa> {
        let mut etapas = Vec::new();
        for i in 0..ETAPAS {
            let campo = |nombre: &str| format!("escalera[{i}].{nombre}");
            let codigo = self.f.value(&campo("codigo")).trim().to_owned();
            if codigo.is_empty() {
                continue;
            }
            let clase = match self.f.value(&campo("clase")) {
                "corte" => ClaseAviso::Corte,
                "vencido" => ClaseAviso::Vencido,
                _ => ClaseAviso::Proximo,
            };
            etapas.push(Etapa { codigo, clase, dias: self.number(&campo("dias")) });
        }
        etapas
    }

    fn late_fee(&mut self) -> Option<PoliticaRecargo> {
        let porcentaje = self.money("recargo.porcentaje");
        let tope = self.f.value("recargo.tope").trim().is_empty();
        let recargo = PoliticaRecargo {
            fijo: self.money("recargo.fijo"),
            puntos_base: u32::try_from(porcentaje).unwrap_or(u32::MAX),
            minimo: self.money("recargo.minimo"),
            tope: if tope { None } else { Some(self.money("recargo.tope")) },
            gracia_dias: self.number("recargo.gracia_dias"),
        };
        (recargo.fijo != 0 || recargo.puntos_base != 0).then_some(recargo)
    }

    fn reconnection_fee(&mut self) -> Option<CargoReconexion> {
        let cargo = CargoReconexion {
            monto: self.money("cargo_reconexion.monto"),
            cuando: self.word("cargo_reconexion.cuando"),
        };
        (cargo.monto != 0).then_some(cargo)
    }

    fn promises(&mut self) -> PoliticaPromesa {
        let sin_tope = self.f.value("promesa.deuda_maxima").trim().is_empty();
        PoliticaPromesa {
            activa: self.f.has("promesa.activa", "on"),
            max_dias: self.number("promesa.max_dias"),
            max_en_seis_meses: self.number("promesa.max_en_seis_meses"),
            espera_tras_rota: self.number("promesa.espera_tras_rota"),
            antiguedad_dias: self.number("promesa.antiguedad_dias"),
            deuda_maxima: if sin_tope { None } else { Some(self.money("promesa.deuda_maxima")) },
            pago_previo_pct: self.number("promesa.pago_previo_pct"),
            al_cumplir: self.word("promesa.al_cumplir"),
        }
    }

    fn approval(&mut self) -> PoliticaAprobacion {
        PoliticaAprobacion {
            siempre: self.f.has("aprobacion.siempre", "on"),
            minimo: self.number("aprobacion.minimo"),
            porcentaje: self.number("aprobacion.porcentaje"),
            veces_mediana: self.number("aprobacion.veces_mediana"),
            fuente_horas: self.number("aprobacion.fuente_horas"),
            banco_horas: self.number("aprobacion.banco_horas"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ramal_base::{Pais, Zona};

    #[test]
    fn a_policy_goes_to_its_form_and_back_unchanged() {
        let formato = Formato { pais: Pais::Pe, zona: Zona::utc() };
        let mut p = Politica {
            deuda_minima: 1_050,
            dias_baja: None,
            cargo_reconexion: Some(CargoReconexion { monto: 2_500, cuando: <_>::default() }),
            ..Politica::default()
        };
        p.recargo = Some(PoliticaRecargo { puntos_base: 500, ..PoliticaRecargo::default() });
        p.promesa.deuda_maxima = Some(100_000);
        p.aprobacion.banco_horas = 30;
        assert_eq!(read(&filled(&p, 3), &formato).unwrap(), p);
        assert_eq!(read(&filled(&Politica::default(), 0), &formato).unwrap(), Politica::default());
    }

    #[test]
    fn what_is_not_a_number_is_named_by_its_field() {
        let formato = Formato { pais: Pais::Pe, zona: Zona::utc() };
        let mut f = filled(&Politica::default(), 0);
        f.set("gracia_dias", "tres");
        f.set("deuda_minima", "diez");
        let campos: Vec<String> =
            read(&f, &formato).unwrap_err().into_iter().map(|c| c.campo).collect();
        assert_eq!(campos, ["gracia_dias", "deuda_minima"]);
    }
}
