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

/// Si se le puede contratar algo nuevo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum EstadoCliente {
    /// Cliente habitual.
    Activo,
    /// Queda por su historia; no se le contrata nada nuevo.
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

/// Alta de un cliente.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DatosCliente {
    /// RFC, CURP, RUC, DNI, CE, PASAPORTE o CUIT.
    #[serde(default)]
    #[schema(example = "RUC", required = true)]
    pub tipo_documento: String,
    /// Número del documento; los espacios y guiones sobran.
    #[serde(default)]
    #[schema(example = "20131312955", required = true)]
    pub numero_documento: String,
    /// Razón social o nombre, de 1 a 300 caracteres.
    #[serde(default)]
    #[schema(example = "Ferretería San Andrés S.R.L.", required = true)]
    pub razon_social: String,
    /// País, ISO 3166-1; por defecto, el del documento.
    pub pais: Option<String>,
    /// Nombre comercial.
    pub nombre_comercial: Option<String>,
    /// Correo.
    pub email: Option<String>,
    /// Teléfono como se escribe; se guarda en E.164.
    pub telefono: Option<String>,
    /// Régimen fiscal del receptor (MX), por ejemplo `601`.
    pub regimen_fiscal: Option<String>,
    /// Uso del CFDI (MX), por ejemplo `G03`.
    pub uso_cfdi: Option<String>,
    /// Código postal fiscal (MX), cinco dígitos.
    pub codigo_postal: Option<String>,
    /// Domicilio fiscal en una línea.
    pub direccion: Option<String>,
    /// Notas internas.
    pub notas: Option<String>,
    /// Dice que el RFC se leyó de la Constancia aunque su dígito verificador no coincida.
    #[serde(default)]
    pub rfc_confirmado: bool,
    /// Domicilios.
    #[serde(default)]
    pub domicilios: Vec<DatosDomicilio>,
    /// Contactos.
    #[serde(default)]
    pub contactos: Vec<DatosContacto>,
    /// Consentimientos dados en el alta.
    #[serde(default)]
    pub consentimientos: Vec<DatosConsentimiento>,
}

/// Cambio de un cliente: solo cambia lo que se envía.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CambioCliente {
    /// Razón social o nombre.
    pub razon_social: Option<String>,
    /// Nombre comercial.
    pub nombre_comercial: Option<String>,
    /// Correo; vacío lo quita.
    pub email: Option<String>,
    /// Teléfono; vacío lo quita.
    pub telefono: Option<String>,
    /// Régimen fiscal (MX).
    pub regimen_fiscal: Option<String>,
    /// Uso del CFDI (MX).
    pub uso_cfdi: Option<String>,
    /// Código postal fiscal (MX).
    pub codigo_postal: Option<String>,
    /// Domicilio fiscal en una línea.
    pub direccion: Option<String>,
    /// Notas internas.
    pub notas: Option<String>,
    /// `activo` o `inactivo`.
    pub estado: Option<EstadoCliente>,
}

/// Domicilio que se agrega.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DatosDomicilio {
    /// `instalacion` o `fiscal`.
    #[serde(default = "DatosDomicilio::instalacion")]
    pub clase: String,
    /// Calle y número.
    #[schema(example = "Av. Constitución 664")]
    pub linea: String,
    /// Colonia o urbanización.
    pub colonia: Option<String>,
    /// Ciudad o provincia.
    pub ciudad: Option<String>,
    /// Estado o departamento.
    pub region: Option<String>,
    /// Código postal.
    pub codigo_postal: Option<String>,
    /// Ubigeo, código INEI (PE).
    pub ubigeo: Option<String>,
    /// Zona del catálogo.
    pub zona_id: Option<Uuid>,
}

impl DatosDomicilio {
    fn instalacion() -> String {
        "instalacion".into()
    }
}

/// Contacto que se agrega.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DatosContacto {
    /// Nombre de la persona.
    #[schema(example = "Ana Núñez")]
    pub nombre: String,
    /// Cargo.
    pub cargo: Option<String>,
    /// Correo.
    pub email: Option<String>,
    /// Teléfono.
    pub telefono: Option<String>,
}

/// Consentimiento que se registra; cada uno es una versión nueva de su finalidad y canal.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DatosConsentimiento {
    /// Para qué: `facturacion`, `cobranza`, `marketing`, `datos_personales`.
    #[schema(example = "cobranza")]
    pub finalidad: String,
    /// Por dónde: `whatsapp`, `email`, `sms`, `web`, `papel`.
    #[schema(example = "whatsapp")]
    pub canal: String,
    /// Dado o retirado.
    pub otorgado: bool,
    /// Cómo se obtuvo, por ejemplo `alta` o `portal`.
    pub origen: Option<String>,
}

/// Domicilio.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Domicilio {
    /// Identificador.
    pub id: Uuid,
    /// `instalacion` o `fiscal`.
    pub clase: String,
    /// Calle y número.
    pub linea: String,
    /// Colonia o urbanización.
    pub colonia: Option<String>,
    /// Ciudad o provincia.
    pub ciudad: Option<String>,
    /// Estado o departamento.
    pub region: Option<String>,
    /// Código postal.
    pub codigo_postal: Option<String>,
    /// Ubigeo, código INEI (PE).
    pub ubigeo: Option<String>,
    /// Zona del catálogo.
    pub zona_id: Option<Uuid>,
}

/// Contacto.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Contacto {
    /// Identificador.
    pub id: Uuid,
    /// Nombre de la persona.
    pub nombre: String,
    /// Cargo.
    pub cargo: Option<String>,
    /// Correo.
    pub email: Option<String>,
    /// Teléfono en E.164.
    pub telefono: Option<String>,
}

/// Consentimiento: una versión de una finalidad y un canal.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Consentimiento {
    /// Para qué.
    #[schema(example = "cobranza")]
    pub finalidad: String,
    /// Por dónde.
    #[schema(example = "whatsapp")]
    pub canal: String,
    /// Versión de esta finalidad y canal, desde 1; vale la mayor.
    pub version: i64,
    /// Dado o retirado.
    pub otorgado: bool,
    /// Cómo se obtuvo.
    #[schema(example = "portal")]
    pub origen: String,
    /// Cuándo.
    #[schema(value_type = String, format = DateTime)]
    pub fecha: Instante,
}

/// Company-zone day on which a customer signed up, for reports.
pub fn dia_de_alta(cliente: &Cliente, zona: &ramal_base::Zona) -> Fecha {
    zona.fecha(cliente.creado)
}
