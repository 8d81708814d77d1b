//! Why a statement is refused: always the whole file, with the line and a reason that a person of
//! the office can act upon. It names no bank and carries no text of the file.

/// Reason of a refusal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Motivo {
    /// Nothing in the file is a movement.
    #[error("el archivo no trae movimientos")]
    Vacio,
    /// More bytes or lines than a statement has.
    #[error("el archivo es demasiado grande: se admiten 20 MB y 100 000 movimientos")]
    Grande,
    /// The bytes are not of the declared encoding.
    #[error("el texto no está en la codificación {0}")]
    Codificacion(String),
    /// The format is not the one that was said.
    #[error("no se reconoce como {0}")]
    Formato(&'static str),
    /// A mandatory piece is not there.
    #[error("falta {0}")]
    Falta(String),
    /// A date that the calendar or the pattern does not have.
    #[error("la fecha no se puede leer con el patrón {0}")]
    Fecha(String),
    /// An amount that is not one, or that can be read in two ways.
    #[error("el importe no se puede leer")]
    Importe,
    /// A row with debit and credit, or with neither.
    #[error("el renglón debe traer cargo o abono, uno solo")]
    CargoAbono,
    /// A currency in which Ramal does not bill.
    #[error("la moneda no es MXN, PEN ni USD")]
    Moneda,
    /// Lines of two currencies in one account.
    #[error("el renglón no está en la moneda de la cuenta")]
    OtraMoneda,
    /// Opening + Σ is not the closing balance; minor units.
    #[error("el saldo inicial más los movimientos da {calculado} y el archivo dice {declarado}")]
    Descuadre {
        /// What the lines give.
        calculado: String,
        /// What the file says.
        declarado: String,
    },
    /// The running balance does not follow from the line before.
    #[error("el saldo de este renglón no sale del anterior más el movimiento")]
    SaldoCorrido,
    /// An XML with a document type, which could bring entities.
    #[error("el XML trae una declaración DOCTYPE, que no se admite")]
    Doctype,
    /// Text that is not XML.
    #[error("el XML está mal formado o cortado")]
    Xml,
    /// The file was cut.
    #[error("el archivo está cortado")]
    Cortado,
    /// A mapping profile that cannot be used.
    #[error("el perfil de lectura no sirve: {0}")]
    Perfil(String),
}

/// A statement refused whole.
///
/// Shape: `linea` counts from 1 in the file as a text editor shows it; 0 means the file as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rechazo {
    /// Line of the file.
    pub linea: u32,
    /// Why.
    pub motivo: Motivo,
}

impl Rechazo {
    /// Refusal at a line.
    pub fn at(linea: u32, motivo: Motivo) -> Rechazo {
        Rechazo { linea, motivo }
    }

    /// Refusal of the file as a whole.
    pub fn whole(motivo: Motivo) -> Rechazo {
        Rechazo { linea: 0, motivo }
    }
}

impl std::fmt::Display for Rechazo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.linea {
            0 => write!(f, "{}", self.motivo),
            n => write!(f, "línea {n}: {}", self.motivo),
        }
    }
}

impl std::error::Error for Rechazo {}
