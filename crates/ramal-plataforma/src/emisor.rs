//! Emisor: the RFC or RUC that signs documents. It holds no certificate and no key: those are
//! sealed secrets.

use ramal_base::documentos::{self, TipoDocumento};
use ramal_base::{CampoInvalido, Id, Instante, Moneda, Pais, Zona};
use serde_json::Value;

use crate::Error;
use crate::empresa::{check_ajustes, check_zona};

/// Identifier of an emisor.
pub type EmisorId = Id<Emisor>;

/// Where its documents go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Modo {
    /// To Ramal's own emulators of the authority.
    Emulado,
    /// To the real authority.
    Real,
}

impl Modo {
    /// Word on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Modo::Emulado => "emulado",
            Modo::Real => "real",
        }
    }

    /// Reads the word.
    pub fn parse(texto: &str) -> Option<Modo> {
        [Modo::Emulado, Modo::Real].into_iter().find(|m| m.as_str() == texto)
    }
}

/// Issuing legal entity.
#[derive(Clone, Debug, PartialEq)]
pub struct Emisor {
    /// Identifier.
    pub id: EmisorId,
    /// MX or PE.
    pub pais: Pais,
    /// RFC or RUC, normalised.
    pub numero: String,
    /// Legal name, exactly as the authority has it.
    pub razon_social: String,
    /// Trade name.
    pub nombre_comercial: Option<String>,
    /// c_RegimenFiscal, three digits (MX).
    pub regimen_fiscal: Option<String>,
    /// Postal code of issue, five digits (MX, `LugarExpedicion`).
    pub codigo_postal: Option<String>,
    /// INEI code of the district, six digits (PE).
    pub ubigeo: Option<String>,
    /// Street address.
    pub direccion: Option<String>,
    /// Department (PE).
    pub departamento: Option<String>,
    /// Province (PE).
    pub provincia: Option<String>,
    /// District (PE).
    pub distrito: Option<String>,
    /// SUNAT code of the establishment, four digits (PE); `0000` is the fiscal address.
    pub establecimiento: Option<String>,
    /// Currency in which it bills.
    pub moneda: Moneda,
    /// IANA zone in which its documents are dated.
    pub zona_horaria: String,
    /// Where its documents go.
    pub modo: Modo,
    /// Settings of the slices, a JSON object.
    pub ajustes: Value,
    /// When it was set up.
    pub creado: Instante,
}

impl Emisor {
    /// Zone in which its documents are dated.
    pub fn zona(&self) -> Zona {
        Zona::parse(&self.zona_horaria).unwrap_or_else(|_| Zona::utc())
    }
}

/// What is needed to set up an emisor; what is `None` gets the default of the country.
#[derive(Clone, Debug)]
pub struct NuevoEmisor {
    /// MX or PE.
    pub pais: Pais,
    /// RFC or RUC, as a person writes it.
    pub numero: String,
    /// Legal name, 1 to 254 characters.
    pub razon_social: String,
    /// Trade name.
    pub nombre_comercial: Option<String>,
    /// c_RegimenFiscal (MX); 601 for a company, 612 for a person.
    pub regimen_fiscal: Option<String>,
    /// Postal code (MX); 64000.
    pub codigo_postal: Option<String>,
    /// INEI code (PE); 150101.
    pub ubigeo: Option<String>,
    /// Street address; `AV. PRINCIPAL 123` in PE.
    pub direccion: Option<String>,
    /// Department (PE); LIMA.
    pub departamento: Option<String>,
    /// Province (PE); LIMA.
    pub provincia: Option<String>,
    /// District (PE); LIMA.
    pub distrito: Option<String>,
    /// Establishment (PE); 0000.
    pub establecimiento: Option<String>,
    /// Currency; that of the country.
    pub moneda: Option<Moneda>,
    /// IANA zone; that of the country.
    pub zona_horaria: Option<String>,
    /// Where its documents go.
    pub modo: Modo,
    /// Settings, a JSON object; `{}`.
    pub ajustes: Option<Value>,
}

impl NuevoEmisor {
    /// Emisor with every default, on the emulators.
    pub fn new(
        pais: Pais,
        numero: impl Into<String>,
        razon_social: impl Into<String>,
    ) -> NuevoEmisor {
        NuevoEmisor {
            pais,
            numero: numero.into(),
            razon_social: razon_social.into(),
            nombre_comercial: None,
            regimen_fiscal: None,
            codigo_postal: None,
            ubigeo: None,
            direccion: None,
            departamento: None,
            provincia: None,
            distrito: None,
            establecimiento: None,
            moneda: None,
            zona_horaria: None,
            modo: Modo::Emulado,
            ajustes: None,
        }
    }

    /// The emisor with its defaults filled in. Errors: `Campos`, all at once.
    pub(crate) fn filled(self, id: EmisorId, creado: Instante) -> Result<Emisor, Error> {
        let mut malos = Vec::new();
        let numero = checked_numero(self.pais, &self.numero).unwrap_or_else(|malo| {
            malos.push(malo);
            String::new()
        });
        let emisor = self.with_defaults(numero, id, creado);
        malos.extend(emisor.bad_fields());
        if malos.is_empty() { Ok(emisor) } else { Err(Error::Campos(malos)) }
    }

    fn with_defaults(self, numero: String, id: EmisorId, creado: Instante) -> Emisor {
        let regimen = if numero.chars().count() == 12 { "601" } else { "612" };
        let mx = |valor: Option<String>, defecto| default_if(self.pais == Pais::Mx, valor, defecto);
        let pe = |valor: Option<String>, defecto| default_if(self.pais == Pais::Pe, valor, defecto);
        Emisor {
            id,
            pais: self.pais,
            numero,
            razon_social: self.razon_social.trim().to_owned(),
            nombre_comercial: self.nombre_comercial,
            regimen_fiscal: mx(self.regimen_fiscal, regimen),
            codigo_postal: mx(self.codigo_postal, "64000"),
            ubigeo: pe(self.ubigeo, "150101"),
            direccion: pe(self.direccion, "AV. PRINCIPAL 123"),
            departamento: pe(self.departamento, "LIMA"),
            provincia: pe(self.provincia, "LIMA"),
            distrito: pe(self.distrito, "LIMA"),
            establecimiento: pe(self.establecimiento, "0000"),
            moneda: self.moneda.or(self.pais.moneda()).unwrap_or(Moneda::Usd),
            zona_horaria: self.zona_horaria.unwrap_or_else(|| self.pais.zona_horaria().to_owned()),
            modo: self.modo,
            ajustes: self.ajustes.unwrap_or_else(|| Value::Object(serde_json::Map::new())),
            creado,
        }
    }
}

fn default_if(aplica: bool, valor: Option<String>, defecto: &str) -> Option<String> {
    valor.or_else(|| aplica.then(|| defecto.to_owned()))
}

/// RFC or RUC by country. Source: cfdi.md 17, sunat.md 2.
fn checked_numero(pais: Pais, numero: &str) -> Result<String, CampoInvalido> {
    let tipo = match pais {
        Pais::Mx => TipoDocumento::Rfc,
        Pais::Pe => TipoDocumento::Ruc,
        Pais::Ar => {
            let motivo = "Ramal emite comprobantes en MX y PE; elija uno de los dos.";
            return Err(CampoInvalido::new("pais", "pais_sin_emision", motivo));
        }
    };
    let valido = documentos::validar(tipo, pais, numero)
        .map_err(|e| CampoInvalido::new("numero", e.codigo, e.motivo))?;
    if documentos::is_generico(&valido.numero) {
        let motivo = "El RFC genérico no puede emitir; use el RFC de la empresa.";
        return Err(CampoInvalido::new("numero", "rfc_generico", motivo));
    }
    Ok(valido.numero)
}

impl Emisor {
    fn bad_fields(&self) -> Vec<CampoInvalido> {
        let largo = self.razon_social.chars().count();
        let nombre = (!(1..=254).contains(&largo)).then(|| {
            let motivo = "Escriba la razón social tal como la tiene la autoridad, sin abreviar.";
            CampoInvalido::new("razon_social", "razon_social_largo", motivo)
        });
        let digitos = [
            check_digitos("regimen_fiscal", self.regimen_fiscal.as_deref(), 3),
            check_digitos("codigo_postal", self.codigo_postal.as_deref(), 5),
            check_digitos("ubigeo", self.ubigeo.as_deref(), 6),
            check_digitos("establecimiento", self.establecimiento.as_deref(), 4),
        ];
        let generales = [nombre, check_zona(&self.zona_horaria), check_ajustes(&self.ajustes)];
        generales.into_iter().chain(digitos).flatten().collect()
    }
}

fn check_digitos(campo: &str, valor: Option<&str>, largo: usize) -> Option<CampoInvalido> {
    let valor = valor?;
    let bien = valor.len() == largo && valor.bytes().all(|b| b.is_ascii_digit());
    let motivo = format!("Debe tener {largo} dígitos.");
    (!bien).then(|| CampoInvalido::new(campo, "digitos", motivo))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(nuevo: NuevoEmisor) -> Result<Emisor, Error> {
        let id = "0193f0c8-7a00-7000-8000-000000000001".parse().unwrap();
        nuevo.filled(id, Instante::from_millis(0))
    }

    fn codigos(nuevo: NuevoEmisor) -> Vec<String> {
        match filled(nuevo) {
            Err(Error::Campos(malos)) => malos.into_iter().map(|c| c.codigo).collect(),
            _ => panic!("it was accepted"),
        }
    }

    #[test]
    fn a_company_and_a_person_of_mexico_differ_in_regimen() {
        let empresa = filled(NuevoEmisor::new(Pais::Mx, "eku9003173c9", "ESCUELA")).unwrap();
        assert_eq!(empresa.numero, "EKU9003173C9");
        assert_eq!(empresa.regimen_fiscal.as_deref(), Some("601"));
        assert_eq!(empresa.codigo_postal.as_deref(), Some("64000"));
        assert_eq!((empresa.moneda, empresa.ubigeo), (Moneda::Mxn, None));
        assert_eq!(empresa.zona_horaria, "America/Mexico_City");
        let persona = filled(NuevoEmisor::new(Pais::Mx, "CACX7605101P8", "XOCHILT")).unwrap();
        assert_eq!(persona.regimen_fiscal.as_deref(), Some("612"));
    }

    #[test]
    fn an_emisor_of_peru_has_an_address_that_sunat_accepts() {
        let emisor = filled(NuevoEmisor::new(Pais::Pe, "20131312955", "SUNAT")).unwrap();
        assert_eq!(emisor.ubigeo.as_deref(), Some("150101"));
        assert_eq!(emisor.establecimiento.as_deref(), Some("0000"));
        assert_eq!((emisor.regimen_fiscal, emisor.moneda), (None, Moneda::Pen));
    }

    #[test]
    fn a_number_that_cannot_issue_is_refused_by_its_code() {
        assert_eq!(codigos(NuevoEmisor::new(Pais::Pe, "20131312954", "X")), ["ruc_digito"]);
        assert_eq!(codigos(NuevoEmisor::new(Pais::Mx, "XAXX010101000", "X")), ["rfc_generico"]);
        let argentino = NuevoEmisor::new(Pais::Ar, "20-12345678-6", "X");
        assert_eq!(codigos(argentino), ["pais_sin_emision"]);
    }

    #[test]
    fn a_bad_postal_code_and_a_bad_zone_are_told_together() {
        let malo = NuevoEmisor {
            codigo_postal: Some("6400".into()),
            zona_horaria: Some("Monterrey".into()),
            ..NuevoEmisor::new(Pais::Mx, "EKU9003173C9", "")
        };
        assert_eq!(codigos(malo), ["razon_social_largo", "zona_desconocida", "digitos"]);
    }
}
