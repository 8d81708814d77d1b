//! How the company collects: grace, notices, cuts, reconnection, promises, fees and pauses. Data
//! that people edit; every field has a default that cuts nobody by mistake. It reads no database.

use ramal_base::CampoInvalido;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::calendario::DiasProhibidos;

/// Whose debt a service answers for (S3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Alcance {
    /// La del propio servicio.
    #[default]
    Servicio,
    /// Toda la del cliente.
    Cliente,
}

/// What has to be paid to come back (S6).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ModoReconexion {
    /// Lo vencido del servicio.
    #[default]
    VencidoServicio,
    /// Todo lo vencido del cliente.
    VencidoTodo,
    /// Todo lo vencido y los cargos, aunque todavía no venzan.
    VencidoTodoMasCargos,
}

/// Kind of block of a suspended service (S4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Bloqueo {
    /// Página de aviso en lugar de internet.
    #[default]
    Aviso,
    /// Sin servicio.
    Total,
}

/// What a step of the ladder says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClaseAviso {
    /// Se acerca el vencimiento.
    Proximo,
    /// Hay deuda vencida.
    Vencido,
    /// Se cortará el servicio.
    Corte,
}

impl ClaseAviso {
    /// Stored and wire text.
    pub fn as_str(self) -> &'static str {
        match self {
            ClaseAviso::Proximo => "proximo",
            ClaseAviso::Vencido => "vencido",
            ClaseAviso::Corte => "corte",
        }
    }
}

/// A step of the ladder of notices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Etapa {
    /// Nombre único de la etapa, por ejemplo `previo_3`.
    pub codigo: String,
    /// Qué dice.
    pub clase: ClaseAviso,
    /// Días desde el vencimiento; negativo, antes. En un aviso de corte, días hábiles antes del
    /// corte, en positivo.
    pub dias: i16,
}

/// When the reconnection fee is asked for (S7).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MomentoCargo {
    /// En la próxima factura.
    #[default]
    SiguienteFactura,
    /// Antes de reconectar.
    Antes,
}

/// Reconnection fee.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CargoReconexion {
    /// Importe, en unidades menores de la moneda de la deuda.
    pub monto: i64,
    /// Cuándo se pide.
    #[serde(default)]
    pub cuando: MomentoCargo,
}

/// Late fee (L1, L2): the greater of a fixed amount and a part, when both are given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PoliticaRecargo {
    /// Importe fijo, en unidades menores.
    pub fijo: i64,
    /// Parte de lo abierto, en centésimas de por ciento (500 = 5 %).
    pub puntos_base: u32,
    /// Lo abierto por debajo de esto no paga recargo.
    pub minimo: i64,
    /// Recargo más alto.
    pub tope: Option<i64>,
    /// Días después del vencimiento sin recargo.
    pub gracia_dias: u16,
}

/// What becomes of a late fee held by a promise that was kept (M4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AlCumplir {
    /// Se perdona.
    #[default]
    Perdonar,
    /// Se cobra.
    Cobrar,
}

/// Limits of promises of payment (M2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PoliticaPromesa {
    /// Si se conceden.
    pub activa: bool,
    /// Días de plazo, como mucho.
    pub max_dias: u16,
    /// Promesas en seis meses, como mucho.
    pub max_en_seis_meses: u16,
    /// Días sin promesa después de una incumplida.
    pub espera_tras_rota: u16,
    /// Días de antigüedad como cliente, como poco.
    pub antiguedad_dias: u16,
    /// Deuda más alta que se difiere, en unidades menores.
    pub deuda_maxima: Option<i64>,
    /// Parte de la deuda que hay que pagar antes, en por ciento.
    pub pago_previo_pct: u8,
    /// Qué pasa con el recargo retenido cuando se cumple.
    pub al_cumplir: AlCumplir,
}

impl Default for PoliticaPromesa {
    fn default() -> PoliticaPromesa {
        PoliticaPromesa {
            activa: true,
            max_dias: 5,
            max_en_seis_meses: 2,
            espera_tras_rota: 60,
            antiguedad_dias: 0,
            deuda_maxima: None,
            pago_previo_pct: 0,
            al_cumplir: AlCumplir::Perdonar,
        }
    }
}

/// Voluntary pauses (S9). The norm of the country narrows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PoliticaPausa {
    /// Días de una pausa, como poco.
    pub min_dias: u16,
    /// Meses por año de servicio, como mucho.
    pub max_meses: u16,
    /// Días hábiles en que surte efecto.
    pub efectiva_habiles: u16,
    /// Cargo por volver, en unidades menores; solo se cobra si se avisó al pedirla.
    pub cargo_retorno: i64,
}

impl Default for PoliticaPausa {
    fn default() -> PoliticaPausa {
        PoliticaPausa { min_dias: 15, max_meses: 2, efectiva_habiles: 1, cargo_retorno: 0 }
    }
}

/// When a list of cuts waits for a person (B-03).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PoliticaAprobacion {
    /// Toda lista espera aprobación.
    pub siempre: bool,
    /// Cantidad que nunca espera por grande.
    pub minimo: u32,
    /// Parte de los servicios activos, en por ciento.
    pub porcentaje: u8,
    /// Veces la mediana de las listas anteriores.
    pub veces_mediana: u8,
    /// Horas sin señal de una pasarela desde las que sus datos están atrasados.
    pub fuente_horas: u16,
    /// Lo mismo de los extractos del banco, que llegan una vez por día hábil.
    pub banco_horas: u16,
}

impl Default for PoliticaAprobacion {
    fn default() -> PoliticaAprobacion {
        PoliticaAprobacion {
            siempre: false,
            minimo: 50,
            porcentaje: 5,
            veces_mediana: 2,
            fuente_horas: 6,
            banco_horas: 96,
        }
    }
}

/// How the company collects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Politica {
    /// Días de gracia después del vencimiento.
    pub gracia_dias: u16,
    /// De qué deuda responde cada servicio.
    pub alcance: Alcance,
    /// Deuda vencida por debajo de la cual no se corta, en unidades menores.
    pub deuda_minima: i64,
    /// Días en que no se corta.
    pub dias_prohibidos: DiasProhibidos,
    /// Hora local desde la que se corta, de 0 a 23.
    pub hora_corte: u8,
    /// Hora local desde la que ya no se corta, de 1 a 24.
    pub hora_fin: u8,
    /// Días antes del vencimiento en que un servicio está por vencer.
    pub por_vencer_dias: u16,
    /// Avisos, en cualquier orden.
    pub escalera: Vec<Etapa>,
    /// Qué se hace al suspender.
    pub bloqueo: Bloqueo,
    /// Días suspendido desde los que el bloqueo es total.
    pub dias_cortado: Option<u16>,
    /// Días suspendido desde los que el servicio se da de baja.
    pub dias_baja: Option<u16>,
    /// Qué hay que pagar para volver.
    pub reconexion: ModoReconexion,
    /// Cargo de reconexión.
    pub cargo_reconexion: Option<CargoReconexion>,
    /// Recargo por mora.
    pub recargo: Option<PoliticaRecargo>,
    /// Promesas de pago.
    pub promesa: PoliticaPromesa,
    /// Pausas voluntarias.
    pub pausa: PoliticaPausa,
    /// Cuándo espera una lista de cortes.
    pub aprobacion: PoliticaAprobacion,
}

fn step(codigo: &str, clase: ClaseAviso, dias: i16) -> Etapa {
    Etapa { codigo: codigo.to_owned(), clase, dias }
}

impl Default for Politica {
    fn default() -> Politica {
        Politica {
            gracia_dias: 3,
            alcance: Alcance::Servicio,
            deuda_minima: 0,
            dias_prohibidos: DiasProhibidos::default(),
            hora_corte: 9,
            hora_fin: 14,
            por_vencer_dias: 3,
            escalera: vec![
                step("previo_3", ClaseAviso::Proximo, -3),
                step("vence_hoy", ClaseAviso::Proximo, 0),
                step("mora_1", ClaseAviso::Vencido, 1),
                step("mora_3", ClaseAviso::Vencido, 3),
                step("corte", ClaseAviso::Corte, 2),
            ],
            bloqueo: Bloqueo::Aviso,
            dias_cortado: Some(15),
            dias_baja: Some(60),
            reconexion: ModoReconexion::VencidoServicio,
            cargo_reconexion: None,
            recargo: None,
            promesa: PoliticaPromesa::default(),
            pausa: PoliticaPausa::default(),
            aprobacion: PoliticaAprobacion::default(),
        }
    }
}

impl Politica {
    /// The step that announces the cut, if the ladder has one.
    pub fn aviso_corte(&self) -> Option<&Etapa> {
        self.escalera.iter().find(|e| e.clase == ClaseAviso::Corte)
    }

    /// Everything in it that could not work, each with its field. Empty = it can be kept.
    pub fn check(&self) -> Vec<CampoInvalido> {
        let mut malos = Vec::new();
        let mut refuse = |mal: bool, campo: &str, motivo: &str| {
            if mal {
                malos.push(CampoInvalido::new(campo, "fuera_de_rango", motivo));
            }
        };
        let semana = &self.dias_prohibidos.semana;
        let corta = |d: u8| !semana.contains(&d);
        let dias = "Debe quedar al menos un día de lunes a domingo en que se corte (1 a 7).";
        let ninguno = !(1..=7).any(corta) || semana.iter().any(|d| !(1..=7).contains(d));
        refuse(ninguno, "dias_prohibidos.semana", dias);
        refuse(self.gracia_dias > 90, "gracia_dias", "La gracia va de 0 a 90 días.");
        refuse(self.deuda_minima < 0, "deuda_minima", "La deuda mínima no puede ser negativa.");
        let horas = self.hora_corte < self.hora_fin && self.hora_fin <= 24;
        refuse(!horas, "hora_corte", "La hora de corte va antes de la hora final, de 0 a 24.");
        let baja =
            self.dias_baja.is_some_and(|n| n == 0 || self.dias_cortado.is_some_and(|c| c > n));
        refuse(baja, "dias_baja", "La baja va después del corte total y no el mismo día.");
        let cargo = self.cargo_reconexion.is_some_and(|c| c.monto < 0);
        refuse(cargo, "cargo_reconexion.monto", "El cargo no puede ser negativo.");
        let recargo = self.recargo.is_some_and(|r| {
            r.fijo < 0 || r.puntos_base > 10_000 || r.minimo < 0 || r.tope.is_some_and(|t| t < 0)
        });
        refuse(recargo, "recargo", "El recargo va de 0 a 100 % y no puede ser negativo.");
        let pct = self.promesa.pago_previo_pct > 100;
        refuse(pct, "promesa.pago_previo_pct", "El pago previo va de 0 a 100 %.");
        refuse(self.promesa.max_dias > 60, "promesa.max_dias", "El plazo va de 0 a 60 días.");
        let pausa = self.pausa.max_meses > 12 || self.pausa.cargo_retorno < 0;
        refuse(pausa, "pausa", "La pausa dura hasta 12 meses y su cargo no es negativo.");
        malos.extend(self.check_escalera());
        malos
    }

    fn check_escalera(&self) -> Vec<CampoInvalido> {
        let mut malos = Vec::new();
        for (i, etapa) in self.escalera.iter().enumerate() {
            let codigo = etapa.codigo.as_str();
            let letra = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
            let bien = (1..=40).contains(&codigo.len()) && codigo.bytes().all(letra);
            let repetido = self.escalera[..i].iter().any(|e| e.codigo == etapa.codigo);
            if !bien || repetido || codigo == REAPERTURA {
                let motivo = "Cada etapa lleva un nombre propio, en minúsculas y sin espacios.";
                let campo = format!("escalera[{i}].codigo");
                malos.push(CampoInvalido::new(campo, "etapa_repetida", motivo));
            }
            let rango = if etapa.clase == ClaseAviso::Corte { 0..=30 } else { -30..=90 };
            if !rango.contains(&etapa.dias) {
                let motivo = "Los días van de -30 a 90; en un aviso de corte, de 0 a 30 hábiles.";
                let campo = format!("escalera[{i}].dias");
                malos.push(CampoInvalido::new(campo, "fuera_de_rango", motivo));
            }
        }
        let cortes = self.escalera.iter().filter(|e| e.clase == ClaseAviso::Corte).count();
        if cortes != 1 {
            let motivo = "La escalera lleva un aviso de corte y solo uno.";
            malos.push(CampoInvalido::new("escalera", "aviso_de_corte", motivo));
        }
        malos
    }
}

/// Step of the one notice of an invoice that a bounced payment opened again (Y8).
pub const REAPERTURA: &str = "reapertura";

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_default_can_be_kept_and_an_empty_object_is_the_default() {
        assert!(Politica::default().check().is_empty());
        let vacia: Politica = serde_json::from_value(json!({})).unwrap();
        assert_eq!(vacia, Politica::default());
        let vuelta = serde_json::to_value(&vacia).unwrap();
        assert_eq!(serde_json::from_value::<Politica>(vuelta).unwrap(), vacia);
    }

    #[test]
    fn a_policy_that_could_never_cut_or_never_warn_is_refused_by_field() {
        let campos =
            |p: Politica| -> Vec<String> { p.check().into_iter().map(|c| c.campo).collect() };
        let mut p = Politica::default();
        p.dias_prohibidos.semana = (1..=7).collect();
        assert_eq!(campos(p), ["dias_prohibidos.semana"]);
        let mut p = Politica::default();
        p.escalera.retain(|e| e.clase != ClaseAviso::Corte);
        assert_eq!(campos(p), ["escalera"]);
        let mut p = Politica { hora_corte: 14, dias_baja: Some(3), ..Politica::default() };
        p.escalera[1].codigo = "previo_3".into();
        assert_eq!(campos(p), ["hora_corte", "dias_baja", "escalera[1].codigo"]);
        assert!(serde_json::from_value::<Politica>(json!({ "gracia": 3 })).is_err());
    }
}
