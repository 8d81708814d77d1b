//! Profiles: how the file of another system reads, as data. Holds no rule of a row: that is
//! `evaluar`.

use std::collections::BTreeMap;
use std::path::Path;

use figment::Figment;
use figment::providers::{Format, Toml};
use ramal_base::Pais;
use ramal_base::documentos::TipoDocumento;
use ramal_catalogo::Periodicidad;
use ramal_contratos::EstadoServicio;
use serde::Deserialize;

use crate::Error;

/// Profiles that come with the program.
const PROPIOS: [(&str, &str); 2] = [
    ("seed003", include_str!("../perfiles/seed003.toml")),
    ("panel", include_str!("../perfiles/panel.toml")),
];

/// Encoding of a text file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Deserialize)]
pub enum Codificacion {
    /// UTF-8 if every byte fits, else Latin-1 as Windows writes it (windows-1252).
    #[default]
    #[serde(rename = "auto")]
    Auto,
    /// UTF-8, with or without mark.
    #[serde(rename = "utf-8")]
    Utf8,
    /// Latin-1 as Windows writes it.
    #[serde(rename = "latin-1")]
    Latin1,
}

/// What a row stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Forma {
    /// A row is a customer with its only service.
    UnServicioPorCliente,
    /// A row is a service; rows of one customer are adjacent.
    VariosServicios,
}

/// What the date of a row says about billing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Regla {
    /// The date is the start of the next period not yet billed, also when it is past.
    ProximoVencimiento,
    /// The date is that of installation; a day of the month is the anchor.
    DiaDePago,
}

/// Columns of the source by what they mean. Names as in the header; case does not matter.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Columnas {
    /// Identity number.
    pub documento: String,
    /// Legal name.
    pub razon_social: String,
    /// Price of a period.
    pub precio: String,
    /// Date that `Regla` explains.
    pub fecha: String,
    /// Billing day of the month; needed by `Regla::DiaDePago`.
    pub dia_pago: Option<String>,
    /// Period word.
    pub periodo: Option<String>,
    /// State word.
    pub estado: Option<String>,
    /// Plan; without it every row is of the generic product.
    pub plan: Option<String>,
    /// What the customer reads on the invoice.
    pub descripcion: Option<String>,
    /// E-mail.
    pub email: Option<String>,
    /// Telephone or WhatsApp.
    pub telefono: Option<String>,
    /// Fiscal address.
    pub direccion: Option<String>,
    /// Fiscal postal code.
    pub codigo_postal: Option<String>,
    /// Régimen fiscal.
    pub regimen: Option<String>,
    /// Use of the CFDI.
    pub uso_cfdi: Option<String>,
    /// Notes of the staff.
    pub notas: Option<String>,
}

impl Columnas {
    /// Every column that is mapped, by meaning.
    pub fn mapped(&self) -> Vec<(&'static str, &str)> {
        let fijas = [
            ("documento", Some(&self.documento)),
            ("razon_social", Some(&self.razon_social)),
            ("precio", Some(&self.precio)),
            ("fecha", Some(&self.fecha)),
            ("dia_pago", self.dia_pago.as_ref()),
            ("periodo", self.periodo.as_ref()),
            ("estado", self.estado.as_ref()),
            ("plan", self.plan.as_ref()),
            ("descripcion", self.descripcion.as_ref()),
            ("email", self.email.as_ref()),
            ("telefono", self.telefono.as_ref()),
            ("direccion", self.direccion.as_ref()),
            ("codigo_postal", self.codigo_postal.as_ref()),
            ("regimen", self.regimen.as_ref()),
            ("uso_cfdi", self.uso_cfdi.as_ref()),
            ("notas", self.notas.as_ref()),
        ];
        fijas.into_iter().filter_map(|(c, n)| Some((c, n?.as_str()))).collect()
    }
}

/// How dates are written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fechas {
    /// Formats of strptime, tried in order: `%Y-%m-%d`, `%d/%m/%Y`…
    pub formatos: Vec<String>,
}

/// How amounts are written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormatoDinero {
    /// Decimal mark, one character.
    pub decimal: char,
    /// Mark of thousands, if any; it must be where thousands are.
    pub miles: Option<char>,
    /// Signs that may stand before or after the number.
    #[serde(default)]
    pub signos: Vec<String>,
}

/// Words of the source and what they mean here.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vocabulario {
    /// Meaning of an empty cell or of a source without the column; none = a defect.
    pub vacio: Option<String>,
    /// Word, in lower case, to meaning.
    #[serde(default)]
    pub palabras: BTreeMap<String, String>,
}

impl Vocabulario {
    /// Meaning of a cell; case and surrounding spaces do not matter.
    pub fn meaning(&self, celda: &str) -> Option<&str> {
        let palabra = celda.trim().to_lowercase();
        if palabra.is_empty() {
            return self.vacio.as_deref();
        }
        self.palabras.get(&palabra).map(String::as_str)
    }
}

/// A profile.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Perfil {
    /// Name; batches of the same data are told apart by it.
    pub nombre: String,
    /// Country of emisor and customers, ISO alpha-2.
    pub pais: String,
    /// Kind of identity document.
    pub documento: String,
    /// Encoding of the text.
    #[serde(default)]
    pub codificacion: Codificacion,
    /// Separator of fields, one ASCII character.
    pub separador: char,
    /// What a row stands for.
    pub forma: Forma,
    /// What the date says about billing.
    pub regla: Regla,
    /// Columns that name a row in the source for ever, at least one.
    pub referencia: Vec<String>,
    /// Table, when the source is a database.
    pub tabla: Option<String>,
    /// Whether prices have the taxes inside.
    pub impuesto_incluido: bool,
    /// Whether the services are billed with a legal document.
    pub requiere_factura: bool,
    /// Whether the state word speaks of the customer too.
    #[serde(default)]
    pub estado_del_cliente: bool,
    /// Meanings (`codigo_postal`, `regimen`…) whose cell must not be empty.
    #[serde(default)]
    pub obligatorios: Vec<String>,
    /// Columns by meaning.
    pub columnas: Columnas,
    /// Columns that are kept in the configuration of the service: key to column.
    #[serde(default)]
    pub configuracion: BTreeMap<String, String>,
    /// Dates.
    pub fechas: Fechas,
    /// Amounts.
    pub dinero: FormatoDinero,
    /// Period words.
    pub periodos: Vocabulario,
    /// State words.
    pub estados: Vocabulario,
}

impl Perfil {
    /// The profile with that name, or the one in the file at that path.
    ///
    /// Errors: `PerfilNotFound`, `Perfil`.
    pub fn find(nombre_o_ruta: &str) -> Result<Perfil, Error> {
        if let Some(perfil) = Perfil::own(nombre_o_ruta) {
            return perfil;
        }
        let ruta = Path::new(nombre_o_ruta);
        let texto = std::fs::read_to_string(ruta)
            .map_err(|_| Error::PerfilNotFound(nombre_o_ruta.to_owned()))?;
        Perfil::parse(&texto)
    }

    /// The profile of the program with that name, if there is one; never touches the disk.
    pub fn own(nombre: &str) -> Option<Result<Perfil, Error>> {
        let (_, texto) = PROPIOS.iter().find(|(propio, _)| *propio == nombre)?;
        Some(Perfil::parse(texto))
    }

    /// Names of the profiles of the program.
    pub fn nombres() -> impl Iterator<Item = &'static str> {
        PROPIOS.iter().map(|(nombre, _)| *nombre)
    }

    /// Reads and checks a profile in TOML. Errors: `Perfil` with the key that is wrong.
    pub fn parse(toml: &str) -> Result<Perfil, Error> {
        let leido: Result<Perfil, figment::Error> = Figment::from(Toml::string(toml)).extract();
        let perfil = leido.map_err(|e| Error::Perfil(e.to_string()))?;
        perfil.check()?;
        Ok(perfil)
    }

    /// Country. Checked by `parse`.
    pub fn pais(&self) -> Pais {
        Pais::parse(&self.pais).unwrap_or(Pais::Mx)
    }

    /// Every column that the source must have, in a fixed order.
    pub fn required_columns(&self) -> Vec<String> {
        let mut todas: Vec<String> = self.referencia.clone();
        let mapeadas = self.columnas.mapped().into_iter().map(|(_, columna)| columna.to_owned());
        for columna in mapeadas.chain(self.configuracion.values().cloned()) {
            if !todas.contains(&columna) {
                todas.push(columna);
            }
        }
        todas
    }

    /// Column of a meaning.
    pub fn column(&self, campo: &str) -> Option<&str> {
        self.columnas.mapped().into_iter().find(|(c, _)| *c == campo).map(|(_, n)| n)
    }

    fn check(&self) -> Result<(), Error> {
        let fallo = |texto: String| Err(Error::Perfil(texto));
        if Pais::parse(&self.pais).is_none() {
            return fallo("«pais» debe ser MX o PE".into());
        }
        if self.documento.parse::<TipoDocumento>().is_err() {
            return fallo("«documento» debe ser RFC, CURP, RUC, DNI, CE o PASAPORTE".into());
        }
        if !self.separador.is_ascii() || self.separador == '"' {
            return fallo("«separador» debe ser un carácter como , o ;".into());
        }
        if self.referencia.is_empty() {
            return fallo("«referencia» necesita al menos una columna".into());
        }
        if self.regla == Regla::DiaDePago && self.columnas.dia_pago.is_none() {
            return fallo("la regla dia_de_pago necesita la columna «dia_pago»".into());
        }
        for campo in &self.obligatorios {
            if self.column(campo).is_none() {
                return fallo(format!("«obligatorios» nombra {campo}, que no está en «columnas»"));
            }
        }
        self.check_vocabularies()
    }

    fn check_vocabularies(&self) -> Result<(), Error> {
        for periodo in meanings(&self.periodos) {
            if Periodicidad::parse(periodo).is_none() {
                return Err(Error::Perfil(format!("el periodo «{periodo}» no existe")));
            }
        }
        for estado in meanings(&self.estados) {
            if EstadoServicio::parse(estado).is_none() {
                return Err(Error::Perfil(format!("el estado «{estado}» no existe")));
            }
        }
        let minusculas = |v: &Vocabulario| v.palabras.keys().all(|p| *p == p.to_lowercase());
        if !minusculas(&self.periodos) || !minusculas(&self.estados) {
            return Err(Error::Perfil("las palabras van en minúsculas".into()));
        }
        Ok(())
    }
}

fn meanings(v: &Vocabulario) -> impl Iterator<Item = &str> {
    v.palabras.values().chain(v.vacio.as_ref()).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_own_profiles_are_valid_and_name_themselves() {
        for (nombre, _) in PROPIOS {
            assert_eq!(Perfil::find(nombre).unwrap().nombre, nombre);
        }
        let seed = Perfil::find("seed003").unwrap();
        assert_eq!(seed.periodos.meaning(""), Some("anual"));
        assert_eq!(seed.periodos.meaning(" Mensual "), Some("mensual"));
        assert_eq!(seed.estados.meaning("0"), Some("suspendido"));
        assert_eq!(seed.estados.meaning("quizás"), None);
    }

    #[test]
    fn a_wrong_profile_says_which_key_is_wrong() {
        let panel = PROPIOS[1].1;
        for (antes, despues, pista) in [
            ("pais = \"MX\"", "pais = \"XX\"", "pais"),
            ("documento = \"RFC\"", "documento = \"NIT\"", "documento"),
            ("referencia = [\"Id Servicio\"]", "referencia = []", "referencia"),
            ("dia_pago = \"Día de pago\"", "", "dia_pago"),
            ("vacio = \"mensual\"", "vacio = \"quincenal\"", "quincenal"),
            ("baja = \"cancelado\"", "baja = \"dormido\"", "dormido"),
            ("separador = \";\"", "separadr = \";\"", "separadr"),
        ] {
            let toml = panel.replacen(antes, despues, 1);
            assert_ne!(toml, panel);
            let error = Perfil::parse(&toml).unwrap_err().to_string();
            assert!(error.contains(pista), "{pista}: {error}");
        }
        let error = Perfil::find("wispro").unwrap_err();
        assert_eq!(error.codigo(), "perfil_no_encontrado");
    }
}
