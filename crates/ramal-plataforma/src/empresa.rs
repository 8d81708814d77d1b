//! The company that uses Ramal. There is exactly one per database; it signs nothing: its emisores
//! do.

use ramal_base::{CampoInvalido, Id, Instante, Moneda, Pais, Zona};
use serde_json::Value;

use crate::Error;

/// Identifier of the empresa.
pub type EmpresaId = Id<Empresa>;

/// The company.
#[derive(Clone, Debug, PartialEq)]
pub struct Empresa {
    /// Identifier.
    pub id: EmpresaId,
    /// Name shown to people.
    pub nombre: String,
    /// Main country.
    pub pais: Pais,
    /// IANA zone in which its days begin.
    pub zona_horaria: String,
    /// Currency of its summaries.
    pub moneda: Moneda,
    /// Settings of the slices, a JSON object; e.g. `modo_agrupacion`.
    pub ajustes: Value,
    /// When it was set up.
    pub creado: Instante,
}

impl Empresa {
    /// Zone in which its days begin.
    pub fn zona(&self) -> Zona {
        Zona::parse(&self.zona_horaria).unwrap_or_else(|_| Zona::utc())
    }

    /// A setting that is a text, e.g. `ajuste("modo_agrupacion")`.
    pub fn ajuste(&self, nombre: &str) -> Option<&str> {
        self.ajustes[nombre].as_str()
    }
}

/// What is needed to set up the company; what is `None` comes from the country.
#[derive(Clone, Debug)]
pub struct NuevaEmpresa {
    /// Name shown to people, 1 to 200 characters.
    pub nombre: String,
    /// Main country.
    pub pais: Pais,
    /// IANA zone.
    pub zona_horaria: Option<String>,
    /// Currency.
    pub moneda: Option<Moneda>,
    /// Settings, a JSON object; `{}` if not given.
    pub ajustes: Option<Value>,
}

impl NuevaEmpresa {
    /// Company with the defaults of its country.
    pub fn new(nombre: impl Into<String>, pais: Pais) -> NuevaEmpresa {
        NuevaEmpresa {
            nombre: nombre.into(),
            pais,
            zona_horaria: None,
            moneda: None,
            ajustes: None,
        }
    }

    /// The company with its defaults filled in. Errors: `Campos`.
    pub(crate) fn filled(self, id: EmpresaId, creado: Instante) -> Result<Empresa, Error> {
        let mut malos = Vec::new();
        let nombre = self.nombre.trim().to_owned();
        if nombre.is_empty() || nombre.chars().count() > 200 {
            let motivo = "Escriba el nombre de la empresa, hasta 200 caracteres.";
            malos.push(CampoInvalido::new("nombre", "nombre_largo", motivo));
        }
        let zona_horaria = self.zona_horaria.unwrap_or_else(|| self.pais.zona_horaria().to_owned());
        malos.extend(check_zona(&zona_horaria));
        let moneda = self.moneda.or(self.pais.moneda());
        if moneda.is_none() {
            let motivo = "Ese país no tiene moneda por defecto; indique una: MXN, PEN o USD.";
            malos.push(CampoInvalido::new("moneda", "moneda_requerida", motivo));
        }
        let ajustes = self.ajustes.unwrap_or_else(|| Value::Object(serde_json::Map::new()));
        malos.extend(check_ajustes(&ajustes));
        let Some(moneda) = moneda.filter(|_| malos.is_empty()) else {
            return Err(Error::Campos(malos));
        };
        Ok(Empresa { id, nombre, pais: self.pais, zona_horaria, moneda, ajustes, creado })
    }
}

pub(crate) fn check_zona(zona: &str) -> Option<CampoInvalido> {
    let motivo = "Use un nombre de zona IANA, por ejemplo America/Mexico_City.";
    let malo = CampoInvalido::new("zona_horaria", "zona_desconocida", motivo);
    Zona::parse(zona).is_err().then_some(malo)
}

pub(crate) fn check_ajustes(ajustes: &Value) -> Option<CampoInvalido> {
    let malo =
        CampoInvalido::new("ajustes", "ajustes_forma", "Los ajustes deben ser un objeto JSON.");
    (!ajustes.is_object()).then_some(malo)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id() -> EmpresaId {
        "0193f0c8-7a00-7000-8000-000000000001".parse().unwrap()
    }

    #[test]
    fn a_company_takes_zone_and_currency_from_its_country() {
        let nueva = NuevaEmpresa::new(" Fibra del Norte ", Pais::Pe);
        let empresa = nueva.filled(id(), Instante::from_millis(0)).unwrap();
        assert_eq!((empresa.nombre.as_str(), empresa.moneda), ("Fibra del Norte", Moneda::Pen));
        assert_eq!(empresa.zona_horaria, "America/Lima");
    }

    #[test]
    fn every_bad_field_is_named_at_once() {
        let mala = NuevaEmpresa {
            zona_horaria: Some("Luna/Norte".into()),
            ajustes: Some(Value::Null),
            ..NuevaEmpresa::new(" ", Pais::Ar)
        };
        let Err(Error::Campos(malos)) = mala.filled(id(), Instante::from_millis(0)) else {
            panic!("it was accepted")
        };
        let campos: Vec<&str> = malos.iter().map(|c| c.campo.as_str()).collect();
        assert_eq!(campos, ["nombre", "zona_horaria", "moneda", "ajustes"]);
    }
}
