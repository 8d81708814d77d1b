//! The issuing legal entity as legal documents need it. Its certificate lives in `firmante`.

use ramal_base::{Moneda, Pais, Zona};
use uuid::Uuid;

/// RFC or RUC that signs, with what its documents must say of it.
#[derive(Clone, Debug)]
pub struct EmisorFiscal {
    /// Identifier in plataforma.
    pub id: Uuid,
    /// Country.
    pub pais: Pais,
    /// RFC or RUC.
    pub numero: String,
    /// Legal name.
    pub razon_social: String,
    /// Trade name.
    pub nombre_comercial: Option<String>,
    /// c_RegimenFiscal (MX).
    pub regimen_fiscal: String,
    /// LugarExpedicion (MX).
    pub codigo_postal: String,
    /// INEI code (PE).
    pub ubigeo: String,
    /// Street and number.
    pub direccion: String,
    /// Department (PE).
    pub departamento: String,
    /// Province (PE).
    pub provincia: String,
    /// District (PE).
    pub distrito: String,
    /// Establishment code (PE), `0000` = main.
    pub establecimiento: String,
    /// Currency of its prices.
    pub moneda: Moneda,
    /// Zone of its legal dates.
    pub zona: Zona,
    /// c_FormaPago of credit notes without movement of money (MX); the accountant's choice, 15 by
    /// default.
    pub forma_pago_nota: String,
}

impl From<ramal_plataforma::Emisor> for EmisorFiscal {
    fn from(e: ramal_plataforma::Emisor) -> EmisorFiscal {
        let forma_pago_nota = e.ajustes["forma_pago_nota"].as_str().unwrap_or("15").to_owned();
        EmisorFiscal {
            zona: e.zona(),
            id: e.id.uuid(),
            pais: e.pais,
            numero: e.numero,
            razon_social: e.razon_social,
            nombre_comercial: e.nombre_comercial,
            regimen_fiscal: e.regimen_fiscal.unwrap_or_default(),
            codigo_postal: e.codigo_postal.unwrap_or_default(),
            ubigeo: e.ubigeo.unwrap_or_default(),
            direccion: e.direccion.unwrap_or_default(),
            departamento: e.departamento.unwrap_or_default(),
            provincia: e.provincia.unwrap_or_default(),
            distrito: e.distrito.unwrap_or_default(),
            establecimiento: e.establecimiento.unwrap_or_else(|| "0000".into()),
            moneda: e.moneda,
            forma_pago_nota,
        }
    }
}
