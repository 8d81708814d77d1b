//! The canonical line of a statement, its fingerprint and the check of the balances. It reads no
//! format: each reader makes these.

use std::collections::HashMap;

use ramal_base::dinero::{format_centavos, sumar_centavos};
use ramal_base::{Fecha, Moneda};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::{Motivo, Rechazo};
use crate::texto::flat;

/// Most movements that a file may have.
pub const MAX_LINEAS: usize = 100_000;
/// Most bytes that a file may have.
pub const MAX_BYTES: usize = 20 * 1024 * 1024;

/// A movement of a statement or of a provider's report.
///
/// Unit: minor units of `moneda`. Shape: `importe` is what entered (positive) or left (negative)
/// the account, net of `comision` where a provider kept one; `renglon` counts from 1 in the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Linea {
    /// Line of the file where it begins.
    pub renglon: u32,
    /// Day from which the money counts.
    pub fecha_valor: Fecha,
    /// Day on which the bank wrote it.
    pub fecha_operacion: Fecha,
    /// Signed amount, minor units.
    pub importe: i64,
    /// Currency.
    pub moneda: Moneda,
    /// Reference that the bank prints apart, as it came; empty if none.
    pub referencia: String,
    /// Free text.
    pub concepto: String,
    /// Who sent or received, as the bank writes it; empty if it does not tell.
    pub contraparte: String,
    /// Identity document of the counterparty, where the bank tells it.
    pub documento: String,
    /// Account of ours that received (a dedicated CLABE), where the bank tells it.
    pub cuenta_destino: String,
    /// Balance after the line, minor units.
    pub saldo: Option<i64>,
    /// The bank's or provider's own id: FITID, clave de rastreo, payment id.
    pub id_banco: Option<String>,
    /// What was paid before the provider's fee, minor units.
    pub bruto: Option<i64>,
    /// What the provider kept (fees and withholdings), minor units, positive.
    pub comision: Option<i64>,
    /// Pay-out of the provider that carried this line to the bank.
    pub liquidacion: Option<String>,
    /// Which of the identical lines of its day it is, from 1.
    pub ordinal: u32,
    /// Fingerprint: SHA-256 in hex. With the account it is the key of an import.
    pub huella: String,
}

impl Linea {
    /// A line with the mandatory fields, the others empty.
    pub fn new(renglon: u32, fecha: Fecha, importe: i64, moneda: Moneda) -> Linea {
        Linea {
            renglon,
            fecha_valor: fecha,
            fecha_operacion: fecha,
            importe,
            moneda,
            referencia: String::new(),
            concepto: String::new(),
            contraparte: String::new(),
            documento: String::new(),
            cuenta_destino: String::new(),
            saldo: None,
            id_banco: None,
            bruto: None,
            comision: None,
            liquidacion: None,
            ordinal: 1,
            huella: String::new(),
        }
    }

    /// What makes two lines the same movement, before counting the repeated ones.
    ///
    /// With the bank's own id the words do not count: banks reword a movement between two exports.
    fn identity(&self) -> String {
        let fijo = format!("{}|{}|{}", self.fecha_operacion, self.importe, self.moneda);
        match &self.id_banco {
            Some(id) => format!("id|{fijo}|{}", flat(id)),
            None => format!(
                "texto|{fijo}|{}|{}|{}|{}",
                self.fecha_valor,
                flat(&self.referencia),
                flat(&self.concepto),
                flat(&self.contraparte)
            ),
        }
    }
}

/// The statement of one account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extracto {
    /// Account number as the file writes it; empty if it does not.
    pub cuenta: String,
    /// Currency.
    pub moneda: Moneda,
    /// Balance before the first line, minor units.
    pub saldo_inicial: Option<i64>,
    /// Balance after the last line, minor units.
    pub saldo_final: Option<i64>,
    /// Movements, oldest first as the file orders them.
    pub lineas: Vec<Linea>,
}

impl Extracto {
    /// Checks the balances, counts identical lines and gives each its fingerprint.
    ///
    /// Errors: `Grande`, `OtraMoneda`, `SaldoCorrido`, `Descuadre`. Source: integrations 2.5.
    pub fn sealed(mut self) -> Result<Extracto, Rechazo> {
        if self.lineas.len() > MAX_LINEAS {
            return Err(Rechazo::whole(Motivo::Grande));
        }
        if let Some(l) = self.lineas.iter().find(|l| l.moneda != self.moneda) {
            return Err(Rechazo::at(l.renglon, Motivo::OtraMoneda));
        }
        self.check_running()?;
        self.check_closing()?;
        let mut vistas: HashMap<String, u32> = HashMap::new();
        for linea in &mut self.lineas {
            let identidad = linea.identity();
            let veces = vistas.entry(identidad.clone()).or_insert(0);
            *veces += 1;
            linea.ordinal = *veces;
            linea.huella = hex::encode(Sha256::digest(format!("{identidad}|{veces}")));
        }
        Ok(self)
    }

    /// Newest first turned into oldest first when the running balances say so.
    #[must_use]
    pub fn ordered(mut self) -> Extracto {
        if self.check_running().is_err() {
            self.lineas.reverse();
            if self.check_running().is_err() {
                self.lineas.reverse();
            }
        } else if self.is_newest_first() && !self.has_running() {
            self.lineas.reverse();
        }
        self
    }

    fn has_running(&self) -> bool {
        self.lineas.len() > 1 && self.lineas.iter().all(|l| l.saldo.is_some())
    }

    /// Whether every day is at most the one before, and not all are the same.
    fn is_newest_first(&self) -> bool {
        let dias = || self.lineas.iter().map(|l| l.fecha_operacion);
        let baja = dias().zip(dias().skip(1)).all(|(a, b)| a >= b);
        baja && dias().next() > dias().next_back()
    }

    /// Each balance follows from the one before; lines without one only add to the next.
    fn check_running(&self) -> Result<(), Rechazo> {
        let mut anterior: Option<i128> = self.saldo_inicial.map(i128::from);
        for linea in &self.lineas {
            anterior = anterior.map(|a| a + i128::from(linea.importe));
            let Some(saldo) = linea.saldo.map(i128::from) else { continue };
            if anterior.is_some_and(|a| a != saldo) {
                return Err(Rechazo::at(linea.renglon, Motivo::SaldoCorrido));
            }
            anterior = Some(saldo);
        }
        Ok(())
    }

    /// Opening + Σ = closing, when the file says both.
    fn check_closing(&self) -> Result<(), Rechazo> {
        let (Some(inicial), Some(declarado)) = (self.saldo_inicial, self.saldo_final) else {
            return Ok(());
        };
        let importes = self.lineas.iter().map(|l| l.importe);
        let calculado = sumar_centavos(std::iter::once(inicial).chain(importes))
            .map_err(|_| Rechazo::whole(Motivo::Importe))?;
        if calculado == declarado {
            return Ok(());
        }
        Err(Rechazo::whole(Motivo::Descuadre {
            calculado: format_centavos(calculado),
            declarado: format_centavos(declarado),
        }))
    }

    /// Opening balance, said by the file or worked out from the first running balance.
    pub fn opening(&self) -> Option<i64> {
        let primera = self.lineas.first();
        let salida = || primera.and_then(|l| l.saldo?.checked_sub(l.importe));
        self.saldo_inicial.or_else(salida)
    }

    /// Closing balance, said by the file or the last running balance.
    pub fn closing(&self) -> Option<i64> {
        self.saldo_final.or_else(|| self.lineas.last().and_then(|l| l.saldo))
    }
}
