//! One door for every format: the standard ones know themselves by their first bytes, a table
//! needs its profile. It keeps nothing.

use ramal_base::Moneda;

use crate::error::{Motivo, Rechazo};
use crate::linea::{Extracto, MAX_BYTES};
use crate::perfil::Perfil;
use crate::{camt, mt940, ofx, tabla};

/// Format of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Formato {
    /// SWIFT MT940.
    Mt940,
    /// ISO 20022 camt.053.
    Camt053,
    /// OFX 1 or 2.
    Ofx,
    /// A table of a bank or provider.
    Tabla,
}

impl Formato {
    /// Word in addresses, columns and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Formato::Mt940 => "mt940",
            Formato::Camt053 => "camt053",
            Formato::Ofx => "ofx",
            Formato::Tabla => "tabla",
        }
    }

    /// The format that the beginning of a file shows; a table if none of the standard ones.
    pub fn of(bytes: &[u8]) -> Formato {
        let cabeza = String::from_utf8_lossy(&bytes[..bytes.len().min(2_000)]).to_uppercase();
        if cabeza.contains("OFXHEADER") || cabeza.contains("<OFX>") {
            Formato::Ofx
        } else if cabeza.contains("CAMT.053") || cabeza.contains("BKTOCSTMRSTMT") {
            Formato::Camt053
        } else if cabeza.contains(":20:") && cabeza.contains(":25") {
            Formato::Mt940
        } else {
            Formato::Tabla
        }
    }
}

/// Reads a file of any format. A table is read with `perfil`; `moneda` is that of the account.
///
/// Shape: at least one statement, none without movements. Errors: the file is refused whole.
pub fn read(
    bytes: &[u8],
    perfil: Option<&Perfil>,
    moneda: Option<Moneda>,
) -> Result<Vec<Extracto>, Rechazo> {
    if bytes.len() > MAX_BYTES {
        return Err(Rechazo::whole(Motivo::Grande));
    }
    let extractos = match (Formato::of(bytes), perfil) {
        (Formato::Mt940, _) => mt940::read(bytes)?,
        (Formato::Camt053, _) => camt::read(bytes)?,
        (Formato::Ofx, _) => ofx::read(bytes)?,
        (Formato::Tabla, Some(perfil)) => tabla::read(bytes, perfil, moneda)?,
        (Formato::Tabla, None) => {
            return Err(Rechazo::whole(Motivo::Formato("MT940, camt.053 ni OFX")));
        }
    };
    let con: Vec<Extracto> = extractos.into_iter().filter(|e| !e.lineas.is_empty()).collect();
    if con.is_empty() { Err(Rechazo::whole(Motivo::Vacio)) } else { Ok(con) }
}
