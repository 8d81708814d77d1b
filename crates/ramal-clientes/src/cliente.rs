//! The customer and the forms that make or change one. Rules of fields live in `validacion`.

use ramal_base::documentos::{TipoDocumento, is_generico};
use ramal_base::{Fecha, Id, Instante, Pais};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Marker of customer ids.
pub struct ClienteMarca;

/// Identifier of a customer.
pub type ClienteId = Id<ClienteMarca>;

/// Whether new services may be contracted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum EstadoCliente {
    /// Ordinary customer.
    Activo,
    /// Kept for history; nothing new is contracted.
    Inactivo,
}

impl EstadoCliente {
    /// Stored and wire text.
    pub fn as_str(self) -> &'static str {
        match self {
            EstadoCliente::Activo => "activo",
            EstadoCliente::Inactivo => "inactivo",
        }
    }

    /// Reads the stored text.
    pub fn parse(texto: &str) -> Option<EstadoCliente> {
        [EstadoCliente::Activo, EstadoCliente::Inactivo].into_iter().find(|e| e.as_str() == texto)
    }
}

/// Person or company that contracts.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Cliente {
    /// Identifier.
    pub id: ClienteId,
    /// Printed number; shown as `C-<numero>`.
    pub numero: i64,
    /// Country of the customer's tax life.
    pub pais: Pais,
    /// Kind of identity document.
    pub tipo_documento: TipoDocumento,
    /// Identity number, normalised.
    pub numero_documento: String,
    /// Legal name, as the tax office has it.
    pub razon_social: String,
    /// Trade name, if any.
    pub nombre_comercial: Option<String>,
    /// E-mail for documents.
    pub email: Option<String>,
    /// Telephone or WhatsApp in E.164.
    pub telefono: Option<String>,
    /// c_RegimenFiscal of the receiver (MX).
    pub regimen_fiscal: Option<String>,
    /// c_UsoCFDI that the customer asked for (MX); none = the default of the régimen.
    pub uso_cfdi: Option<String>,
    /// Fiscal postal code (MX).
    pub codigo_postal: Option<String>,
    /// Fiscal address, one line.
    pub direccion: Option<String>,
    /// State.
    pub estado: EstadoCliente,
    /// Notes of the staff.
    pub notas: Option<String>,
    /// Grows by one with every change; the ETag.
    pub version: i64,
    /// When it was made.
    pub creado: Instante,
    /// When it last changed.
    pub actualizado: Instante,
}

impl Cliente {
    /// Printed code, e.g. `C-66489`.
    pub fn codigo(&self) -> String {
        format!("C-{}", self.numero)
    }

    /// Key under which an identity is stored once; none for generic RFCs, which are nobody's.
    pub fn identidad(tipo: TipoDocumento, pais: Pais, numero: &str) -> Option<String> {
        if tipo == TipoDocumento::Rfc && is_generico(numero) {
            return None;
        }
        Some(format!("{}:{}:{numero}", pais.codigo(), tipo.as_str()))
    }
}

/// Body of `POST /clientes`, and the shape of an imported customer.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DatosCliente {
    /// RFC, CURP, RUC, DNI, CE, PASAPORTE or CUIT.
    #[schema(example = "RUC")]
    pub tipo_documento: String,
    /// Identity number; spaces and hyphens are dropped.
    #[schema(example = "20131312955")]
    pub numero_documento: String,
    /// Legal name, 1 to 300 characters.
    #[schema(example = "Ferretería San Andrés S.R.L.")]
    pub razon_social: String,
    /// ISO alpha-2; by default the country of the document.
    pub pais: Option<String>,
    /// Trade name.
    pub nombre_comercial: Option<String>,
    /// E-mail.
    pub email: Option<String>,
    /// Telephone as people write it; stored in E.164.
    pub telefono: Option<String>,
    /// Receiver's régimen fiscal (MX), e.g. `601`.
    pub regimen_fiscal: Option<String>,
    /// Use of the CFDI (MX), e.g. `G03`.
    pub uso_cfdi: Option<String>,
    /// Fiscal postal code (MX), five digits.
    pub codigo_postal: Option<String>,
    /// Fiscal address.
    pub direccion: Option<String>,
    /// Notes of the staff.
    pub notas: Option<String>,
    /// Says that the RFC was read from the Constancia although its check digit does not match.
    #[serde(default)]
    pub rfc_confirmado: bool,
    /// Addresses.
    #[serde(default)]
    pub domicilios: Vec<DatosDomicilio>,
    /// People to talk to.
    #[serde(default)]
    pub contactos: Vec<DatosContacto>,
    /// Consents given at sign-up.
    #[serde(default)]
    pub consentimientos: Vec<DatosConsentimiento>,
}

/// Body of `PATCH /clientes/{id}`: only what is sent changes.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CambioCliente {
    /// Legal name.
    pub razon_social: Option<String>,
    /// Trade name.
    pub nombre_comercial: Option<String>,
    /// E-mail; empty text removes it.
    pub email: Option<String>,
    /// Telephone; empty text removes it.
    pub telefono: Option<String>,
    /// Régimen fiscal (MX).
    pub regimen_fiscal: Option<String>,
    /// Use of the CFDI (MX).
    pub uso_cfdi: Option<String>,
    /// Fiscal postal code (MX).
    pub codigo_postal: Option<String>,
    /// Fiscal address.
    pub direccion: Option<String>,
    /// Notes of the staff.
    pub notas: Option<String>,
    /// `activo` or `inactivo`.
    pub estado: Option<EstadoCliente>,
}

/// Address to add.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DatosDomicilio {
    /// `instalacion` or `fiscal`.
    #[serde(default = "DatosDomicilio::instalacion")]
    pub clase: String,
    /// Street and number.
    pub linea: String,
    /// Neighbourhood.
    pub colonia: Option<String>,
    /// City or province.
    pub ciudad: Option<String>,
    /// State or department.
    pub region: Option<String>,
    /// Postal code.
    pub codigo_postal: Option<String>,
    /// INEI code (PE).
    pub ubigeo: Option<String>,
    /// Zone of the catalogue.
    pub zona_id: Option<Uuid>,
}

impl DatosDomicilio {
    fn instalacion() -> String {
        "instalacion".into()
    }
}

/// Contact to add.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DatosContacto {
    /// Name of the person.
    pub nombre: String,
    /// Job.
    pub cargo: Option<String>,
    /// E-mail.
    pub email: Option<String>,
    /// Telephone.
    pub telefono: Option<String>,
}

/// Consent to record; each record is a new version for its purpose and channel.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DatosConsentimiento {
    /// What for: `facturacion`, `cobranza`, `marketing`, `datos_personales`.
    pub finalidad: String,
    /// Through what: `whatsapp`, `email`, `sms`, `web`, `papel`.
    pub canal: String,
    /// Given or withdrawn.
    pub otorgado: bool,
    /// How it was obtained, e.g. `alta`, `portal`.
    pub origen: Option<String>,
}

/// Address on record.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Domicilio {
    /// Identifier.
    pub id: Uuid,
    /// `instalacion` or `fiscal`.
    pub clase: String,
    /// Street and number.
    pub linea: String,
    /// Neighbourhood.
    pub colonia: Option<String>,
    /// City or province.
    pub ciudad: Option<String>,
    /// State or department.
    pub region: Option<String>,
    /// Postal code.
    pub codigo_postal: Option<String>,
    /// INEI code (PE).
    pub ubigeo: Option<String>,
    /// Zone of the catalogue.
    pub zona_id: Option<Uuid>,
}

/// Contact on record.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Contacto {
    /// Identifier.
    pub id: Uuid,
    /// Name of the person.
    pub nombre: String,
    /// Job.
    pub cargo: Option<String>,
    /// E-mail.
    pub email: Option<String>,
    /// Telephone in E.164.
    pub telefono: Option<String>,
}

/// Consent on record: one version of a purpose and channel.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Consentimiento {
    /// What for.
    #[schema(example = "cobranza")]
    pub finalidad: String,
    /// Through what.
    #[schema(example = "whatsapp")]
    pub canal: String,
    /// Version of this purpose and channel, from 1; the highest is in force.
    pub version: i64,
    /// Given or withdrawn.
    pub otorgado: bool,
    /// How it was obtained.
    #[schema(example = "portal")]
    pub origen: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub fecha: Instante,
}

/// Company-zone day on which a customer signed up, for reports.
pub fn dia_de_alta(cliente: &Cliente, zona: &ramal_base::Zona) -> Fecha {
    zona.fecha(cliente.creado)
}
