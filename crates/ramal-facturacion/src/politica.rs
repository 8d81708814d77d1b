//! Billing settings of the company, read from its `ajustes`. Every setting has a default that
//! bills right.

use ramal_contratos::tramos::{PoliticaTramos, SuspensionCobro};
use ramal_fiscal::Impuesto;
use ramal_plataforma::Empresa;
use serde_json::Value;

use crate::nucleo::{Agrupacion, Reglas};

/// Days from issue to due date when nothing is set.
const TERMINOS_DIAS: u16 = 10;

/// How the company bills.
#[derive(Clone, Copy, Debug)]
pub struct Politica {
    /// Proration, first period, window, guard rails.
    pub reglas: Reglas,
    /// Prices while suspended or paused.
    pub tramos: PoliticaTramos,
    /// Services of a customer together or one invoice each.
    pub agrupacion: Agrupacion,
    /// Days from issue to due date; 0 = paid at issue.
    pub terminos_dias: u16,
    /// Tax treatment of fees, where the accountant has set one.
    pub impuesto_recargo: Option<Impuesto>,
}

impl Default for Politica {
    fn default() -> Politica {
        Politica {
            reglas: Reglas::default(),
            tramos: PoliticaTramos::default(),
            agrupacion: Agrupacion::default(),
            terminos_dias: TERMINOS_DIAS,
            impuesto_recargo: None,
        }
    }
}

impl From<&Empresa> for Politica {
    /// Settings `prorrateo`, `primer_periodo`, `ventana_dias`, `agrupacion`, `terminos_dias`,
    /// `suspension_cobro`, `impuesto_recargo`. A setting that is missing or not understood keeps
    /// its default.
    fn from(empresa: &Empresa) -> Politica {
        let mut politica = Politica::default();
        let ajuste = |nombre: &str| empresa.ajustes[nombre].clone();
        set(&mut politica.reglas.prorrateo, ajuste("prorrateo"));
        set(&mut politica.reglas.primer_periodo, ajuste("primer_periodo"));
        set(&mut politica.tramos.suspension, ajuste("suspension_cobro"));
        set(&mut politica.agrupacion, ajuste("agrupacion"));
        set(&mut politica.terminos_dias, ajuste("terminos_dias"));
        set(&mut politica.impuesto_recargo, ajuste("impuesto_recargo"));
        let ventana = ajuste("ventana_dias").as_u64().unwrap_or(0).min(10);
        politica.reglas.ventana_dias = u8::try_from(ventana).unwrap_or(10);
        politica
    }
}

fn set<T: serde::de::DeserializeOwned>(campo: &mut T, valor: Value) {
    if let Ok(leido) = serde_json::from_value(valor) {
        *campo = leido;
    }
}

/// The default way to charge a suspended service, for documentation and screens.
pub const SUSPENSION_POR_DEFECTO: SuspensionCobro = SuspensionCobro::NoCobrar;
