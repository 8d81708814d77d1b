//! A mapping profile: how a bank's or provider's table is laid out, as data that the office edits.
//! It holds no code and names no bank.

use regex::Regex;
use serde::{Deserialize, Serialize};

use crate::error::Motivo;

/// How rows are cut into columns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "forma")]
pub enum Corte {
    /// By a delimiter, with quotes as in RFC 4180.
    Delimitado {
        /// One character.
        separador: char,
    },
    /// By positions, counted in characters from 1.
    Fijo {
        /// The columns.
        columnas: Vec<Ancho>,
    },
}

/// A column of fixed width.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ancho {
    /// Name that [`Campos`] uses.
    pub nombre: String,
    /// First character, from 1.
    pub desde: usize,
    /// Characters.
    pub largo: usize,
}

/// Where the amount is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "forma")]
pub enum Importe {
    /// One signed column.
    Unico {
        /// Column.
        columna: String,
    },
    /// A column of what left and one of what entered.
    CargoAbono {
        /// What left.
        cargo: String,
        /// What entered.
        abono: String,
    },
    /// An unsigned amount and a column that tells the sense.
    ConSigno {
        /// Amount.
        columna: String,
        /// Column of the sense.
        signo: String,
        /// Texts that mean that it entered.
        abono: Vec<String>,
        /// Texts that mean that it left.
        cargo: Vec<String>,
    },
}

/// Which column is what. A column is named by its heading, or by `#n` from 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Campos {
    /// Day on which the bank wrote it.
    pub fecha_operacion: String,
    /// Day from which it counts.
    #[serde(default)]
    pub fecha_valor: Option<String>,
    /// Amount.
    pub importe: Importe,
    /// Balance after the line.
    #[serde(default)]
    pub saldo: Option<String>,
    /// Reference.
    #[serde(default)]
    pub referencia: Option<String>,
    /// Columns that make the concept, in order.
    #[serde(default)]
    pub concepto: Vec<String>,
    /// Counterparty.
    #[serde(default)]
    pub contraparte: Option<String>,
    /// Identity document of the counterparty.
    #[serde(default)]
    pub documento: Option<String>,
    /// Account of ours that received.
    #[serde(default)]
    pub cuenta_destino: Option<String>,
    /// The bank's or provider's own id.
    #[serde(default)]
    pub id_banco: Option<String>,
    /// Currency of the row.
    #[serde(default)]
    pub moneda: Option<String>,
    /// Amount before the provider's fee.
    #[serde(default)]
    pub bruto: Option<String>,
    /// Columns of what the provider kept; their sizes are added.
    #[serde(default)]
    pub comision: Vec<String>,
    /// Pay-out that carried the line.
    #[serde(default)]
    pub liquidacion: Option<String>,
}

/// Rows that are not movements.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Omitir {
    /// Column.
    pub columna: String,
    /// Values with which the row is left out.
    pub valores: Vec<String>,
}

/// Texts lifted out of the concept when the column for them is empty. Each has one group.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extraer {
    /// Reference.
    #[serde(default)]
    pub referencia: Option<String>,
    /// Counterparty.
    #[serde(default)]
    pub contraparte: Option<String>,
    /// The bank's own id (clave de rastreo).
    #[serde(default)]
    pub id_banco: Option<String>,
}

/// The layout of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Perfil {
    /// Short name, e.g. `bbva_mx`.
    pub codigo: String,
    /// Name for people.
    pub nombre: String,
    /// Country, `MX` or `PE`; empty for a provider that works in several.
    #[serde(default)]
    pub pais: String,
    /// Currency, when the file does not tell.
    #[serde(default)]
    pub moneda: Option<String>,
    /// Encoding by its label: `utf-8`, `windows-1252`.
    pub codificacion: String,
    /// How rows are cut.
    pub corte: Corte,
    /// Headings of the row that begins the table; empty if there is none and it begins at
    /// `primera_fila`.
    #[serde(default)]
    pub encabezado: Vec<String>,
    /// First row of movements, from 1, when there are no headings.
    #[serde(default)]
    pub primera_fila: usize,
    /// A row that begins with one of these ends the table.
    #[serde(default)]
    pub pie: Vec<String>,
    /// Pattern of the dates: `dd/mm/aaaa`.
    pub fecha: String,
    /// Decimal separator.
    pub decimal: char,
    /// Columns.
    pub campos: Campos,
    /// Rows that are not movements.
    #[serde(default)]
    pub omitir: Vec<Omitir>,
    /// Texts lifted out of the concept.
    #[serde(default)]
    pub extraer: Extraer,
    /// Expression with one group that finds the account number in the rows above the table.
    #[serde(default)]
    pub cuenta: Option<String>,
    /// Expression with one group that finds the opening balance anywhere outside the table.
    #[serde(default)]
    pub saldo_inicial: Option<String>,
    /// Expression with one group that finds the closing balance anywhere outside the table.
    #[serde(default)]
    pub saldo_final: Option<String>,
}

/// The expressions of a profile, compiled.
pub(crate) struct Expresiones {
    pub(crate) referencia: Option<Regex>,
    pub(crate) contraparte: Option<Regex>,
    pub(crate) id_banco: Option<Regex>,
    pub(crate) cuenta: Option<Regex>,
    pub(crate) saldo_inicial: Option<Regex>,
    pub(crate) saldo_final: Option<Regex>,
}

impl Perfil {
    /// Reads a profile as JSON and checks it. Errors: `Perfil` with the reason.
    pub fn parse(json: &str) -> Result<Perfil, Motivo> {
        let perfil: Perfil =
            serde_json::from_str(json).map_err(|e| Motivo::Perfil(e.to_string()))?;
        perfil.check()?;
        Ok(perfil)
    }

    /// Whether a table can be read with it. Errors: `Perfil` with the reason.
    pub fn check(&self) -> Result<(), Motivo> {
        let falla = |texto: &str| Err(Motivo::Perfil(texto.to_owned()));
        if self.codigo.is_empty() || self.codigo.len() > 40 || self.nombre.is_empty() {
            return falla("hacen falta código y nombre");
        }
        if encoding_rs::Encoding::for_label(self.codificacion.as_bytes()).is_none() {
            return falla("la codificación no se conoce");
        }
        if !matches!(self.decimal, '.' | ',') {
            return falla("el separador decimal es punto o coma");
        }
        if !["aa", "dd"].iter().all(|p| self.fecha.contains(p)) {
            return falla("el patrón de fecha lleva aaaa, mm y dd");
        }
        if let Corte::Fijo { columnas } = &self.corte
            && columnas.iter().any(|c| c.desde == 0 || c.largo == 0 || c.desde + c.largo > 4_096)
        {
            return falla("las columnas de ancho fijo se cuentan desde 1");
        }
        self.expressions().map(drop)
    }

    pub(crate) fn expressions(&self) -> Result<Expresiones, Motivo> {
        Ok(Expresiones {
            referencia: compiled(self.extraer.referencia.as_deref())?,
            contraparte: compiled(self.extraer.contraparte.as_deref())?,
            id_banco: compiled(self.extraer.id_banco.as_deref())?,
            cuenta: compiled(self.cuenta.as_deref())?,
            saldo_inicial: compiled(self.saldo_inicial.as_deref())?,
            saldo_final: compiled(self.saldo_final.as_deref())?,
        })
    }
}

/// The expressions are typed by people: the engine is linear and the size bounded.
fn compiled(texto: Option<&str>) -> Result<Option<Regex>, Motivo> {
    let Some(texto) = texto else { return Ok(None) };
    let regla = regex::RegexBuilder::new(texto).size_limit(200_000).build();
    let regla = regla.map_err(|_| Motivo::Perfil("una expresión no es válida".to_owned()))?;
    if regla.captures_len() != 2 {
        return Err(Motivo::Perfil("cada expresión lleva un grupo".to_owned()));
    }
    Ok(Some(regla))
}
