//! What a line is decided to be. It checks no database.

use ramal_base::Pais;
use ramal_extractos::cotejo::{Destino as Propuesto, Propuesta};
use ramal_extractos::texto::flat;
use ramal_pagos::{Destino, Medio, Partida};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{CuentaId, Error, Renglon};

/// What part of a line's money is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DestinoParte {
    /// Oldest debt first, the rest in favour.
    Automatico,
    /// These invoices with these minor units, the rest in favour.
    Facturas(Vec<(Uuid, i64)>),
    /// Nothing now: all in favour.
    ACuenta,
}

/// Part of a line's money.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parte {
    /// Whose.
    pub cliente_id: Uuid,
    /// Minor units, above zero.
    pub importe: i64,
    /// What for.
    pub destino: DestinoParte,
}

/// What a line is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Resolucion {
    /// A payment that is registered: only linked.
    Enlazar {
        /// Payment.
        pago: Uuid,
    },
    /// Money of customers, one payment each.
    Pagar(Vec<Parte>),
    /// The pay-out of a gateway.
    Liquidacion {
        /// Account of the gateway.
        cuenta: CuentaId,
        /// Its name of the pay-out.
        liquidacion: String,
    },
}

impl Resolucion {
    /// What accepting a proposal for a line means.
    pub fn of(r: &Renglon, p: &Propuesta) -> Resolucion {
        let destino = match &p.destino {
            Propuesto::Enlazar { pago } => return Resolucion::Enlazar { pago: *pago },
            Propuesto::Facturas { partes } => DestinoParte::Facturas(partes.clone()),
            Propuesto::Cuenta => DestinoParte::Automatico,
        };
        Resolucion::Pagar(vec![Parte { cliente_id: p.cliente, importe: r.importe, destino }])
    }
}

impl DestinoParte {
    /// As payments take it.
    pub(super) fn destino(&self) -> Destino {
        match self {
            DestinoParte::Automatico => Destino::Automatico,
            DestinoParte::ACuenta => Destino::ACuenta,
            DestinoParte::Facturas(partes) => {
                let partida = |(factura_id, monto): &(Uuid, i64)| Partida {
                    factura_id: *factura_id,
                    linea: None,
                    monto: *monto,
                };
                Destino::Explicito(partes.iter().map(partida).collect())
            }
        }
    }
}

/// Parts that are above zero, of one customer each, and come to the whole. Errors: 422.
pub(super) fn check_parts(r: &Renglon, partes: &[Parte]) -> Result<(), Error> {
    if partes.is_empty() || partes.len() > 20 {
        return Err(Error::campo("partes", "partes_cantidad", "Indicar de 1 a 20 partes."));
    }
    let mut suma: i128 = 0;
    for (i, parte) in partes.iter().enumerate() {
        if parte.importe <= 0 {
            let campo = format!("partes[{i}].importe");
            let motivo = "Escribir un importe mayor que cero.";
            return Err(Error::campo(&campo, "importe_invalido", motivo));
        }
        if partes.iter().take(i).any(|p| p.cliente_id == parte.cliente_id) {
            let campo = format!("partes[{i}].cliente");
            let motivo = "Este cliente ya tiene una parte: juntarlas en una.";
            return Err(Error::campo(&campo, "cliente_repetido", motivo));
        }
        suma += i128::from(parte.importe);
    }
    if suma != i128::from(r.importe) {
        let motivo = format!(
            "Las partes suman {} y el movimiento es de {}. Deben ser iguales.",
            ramal_base::dinero::format_centavos(i64::try_from(suma).unwrap_or(i64::MAX)),
            ramal_base::dinero::format_centavos(r.importe)
        );
        return Err(Error::campo("partes", "partes_no_suman", motivo));
    }
    Ok(())
}

/// Means that the words of the bank tell.
pub(super) fn means(r: &Renglon, pais: Pais) -> Medio {
    let texto = format!(" {} ", flat(&format!("{} {}", r.concepto, r.contraparte)));
    let dice = |palabras: &[&str]| palabras.iter().any(|p| texto.contains(&format!(" {p}")));
    match pais {
        _ if dice(&["EFECTIVO", "DEP EFEC", "VENTANILLA"]) => Medio::Deposito,
        _ if dice(&["CHEQUE"]) => Medio::Cheque,
        Pais::Pe if dice(&["YAPE"]) => Medio::Yape,
        Pais::Pe if dice(&["PLIN"]) => Medio::Plin,
        Pais::Mx if dice(&["SPEI"]) => Medio::Spei,
        _ => Medio::Transferencia,
    }
}
