//! Whether a payment is the one that was asked for: amount, currency, collector and external
//! reference, all four. It does not look at the state.

use ramal_base::Moneda;

use crate::cobro::EstadoRemoto;

/// What a payment must be to be posted on its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Esperado<'a> {
    /// Our id of the cobro.
    pub externa: &'a str,
    /// Amount asked for, minor units.
    pub importe: i64,
    /// Currency.
    pub moneda: Moneda,
    /// Account that must collect: [`crate::Pasarela::cuenta`].
    pub cuenta: &'a str,
}

/// One way in which a payment is not the one that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Diferencia {
    /// Another amount, minor units.
    Importe {
        /// Asked for.
        esperado: i64,
        /// Told by the gateway.
        recibido: i64,
    },
    /// Another currency.
    Moneda {
        /// Asked for.
        esperada: Moneda,
        /// Told by the gateway.
        recibida: Moneda,
    },
    /// Another collector, or none told.
    Cuenta,
    /// Another external reference, or none told.
    Externa,
}

impl Diferencia {
    /// Code for the reconciliation queue.
    pub fn codigo(&self) -> &'static str {
        match self {
            Diferencia::Importe { .. } => "importe_distinto",
            Diferencia::Moneda { .. } => "moneda_distinta",
            Diferencia::Cuenta => "cuenta_ajena",
            Diferencia::Externa => "referencia_ajena",
        }
    }
}

/// Accepts a payment only if the four match; otherwise it belongs to a person's queue.
///
/// Errors: every difference, in the order of [`Diferencia`]. Source: integrations.md 2.1.
pub fn judge(esperado: &Esperado<'_>, remoto: &EstadoRemoto) -> Result<(), Vec<Diferencia>> {
    let mut diferencias = Vec::new();
    if remoto.importe != esperado.importe {
        let (esperado, recibido) = (esperado.importe, remoto.importe);
        diferencias.push(Diferencia::Importe { esperado, recibido });
    }
    if remoto.moneda != esperado.moneda {
        let (esperada, recibida) = (esperado.moneda, remoto.moneda);
        diferencias.push(Diferencia::Moneda { esperada, recibida });
    }
    if esperado.cuenta.is_empty() || remoto.cuenta.as_deref() != Some(esperado.cuenta) {
        diferencias.push(Diferencia::Cuenta);
    }
    if esperado.externa.is_empty() || remoto.externa.as_deref() != Some(esperado.externa) {
        diferencias.push(Diferencia::Externa);
    }
    if diferencias.is_empty() { Ok(()) } else { Err(diferencias) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cobro::EstadoCobro;

    fn remoto() -> EstadoRemoto {
        EstadoRemoto {
            referencia: "123456789".into(),
            externa: Some("c-1".into()),
            estado: EstadoCobro::Acreditado,
            importe: 39_900,
            devuelto: 0,
            moneda: Moneda::Mxn,
            comision: None,
            neto: None,
            acreditado: None,
            cuenta: Some("44556677".into()),
            medio: None,
            detalle: None,
        }
    }

    const ESPERADO: Esperado<'_> =
        Esperado { externa: "c-1", importe: 39_900, moneda: Moneda::Mxn, cuenta: "44556677" };

    #[test]
    fn one_cent_another_currency_or_another_collector_is_not_our_payment() {
        assert_eq!(judge(&ESPERADO, &remoto()), Ok(()));
        let codigos = |cambio: fn(&mut EstadoRemoto)| {
            let mut r = remoto();
            cambio(&mut r);
            let lista = judge(&ESPERADO, &r).unwrap_err();
            lista.iter().map(Diferencia::codigo).collect::<Vec<_>>().join(",")
        };
        assert_eq!(codigos(|r| r.importe += 1), "importe_distinto");
        assert_eq!(codigos(|r| r.moneda = Moneda::Pen), "moneda_distinta");
        assert_eq!(codigos(|r| r.cuenta = Some("1".into())), "cuenta_ajena");
        assert_eq!(codigos(|r| r.cuenta = None), "cuenta_ajena");
        assert_eq!(codigos(|r| r.externa = Some("c-11".into())), "referencia_ajena");
        assert_eq!(codigos(|r| r.externa = None), "referencia_ajena");
        let dos = codigos(|r| {
            r.importe = 0;
            r.externa = None;
        });
        assert_eq!(dos, "importe_distinto,referencia_ajena");
    }

    #[test]
    fn an_unset_expectation_matches_nothing() {
        let mut r = remoto();
        (r.cuenta, r.externa) = (Some(String::new()), Some(String::new()));
        let vacio = Esperado { externa: "", cuenta: "", ..ESPERADO };
        assert_eq!(judge(&vacio, &r).unwrap_err().len(), 2);
    }
}
