//! Shapes on the wire of this slice that are not forms. They hold no rule.

use ramal_base::Instante;
use ramal_web::Problem;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::Cliente;
use crate::cliente::{Consentimiento, Contacto, Domicilio, EstadoCliente};
use crate::storage::FiltroClientes;

/// Un cliente.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Cliente)]
pub struct ClienteView {
    /// Identificador.
    pub id: Uuid,
    /// Código impreso.
    #[schema(example = "C-66489")]
    pub codigo: String,
    /// País de su vida fiscal, ISO 3166-1.
    #[schema(example = "PE")]
    pub pais: &'static str,
    /// RFC, CURP, RUC, DNI, CE, PASAPORTE o CUIT.
    #[schema(example = "RUC")]
    pub tipo_documento: &'static str,
    /// Número del documento, sin espacios ni guiones.
    #[schema(example = "20131312955")]
    pub numero_documento: String,
    /// Razón social o nombre.
    #[schema(example = "Ferretería San Andrés S.R.L.")]
    pub razon_social: String,
    /// Nombre comercial.
    pub nombre_comercial: Option<String>,
    /// Correo para los comprobantes.
    #[schema(example = "pagos@ferreteria.example")]
    pub email: Option<String>,
    /// Teléfono en E.164.
    #[schema(example = "+51987654321")]
    pub telefono: Option<String>,
    /// Clave de c_RegimenFiscal (MX).
    pub regimen_fiscal: Option<String>,
    /// Clave de c_UsoCFDI (MX).
    pub uso_cfdi: Option<String>,
    /// Código postal fiscal (MX).
    pub codigo_postal: Option<String>,
    /// Domicilio fiscal en una línea.
    pub direccion: Option<String>,
    /// Si se le puede contratar algo nuevo.
    pub estado: EstadoCliente,
    /// Notas internas.
    pub notas: Option<String>,
    /// Versión de estos datos; va también en el `ETag`.
    #[schema(example = 1)]
    pub version: i64,
    /// Cuándo se creó.
    #[schema(value_type = String, format = DateTime)]
    pub creado: Instante,
    /// Último cambio.
    #[schema(value_type = String, format = DateTime)]
    pub actualizado: Instante,
}

impl From<Cliente> for ClienteView {
    fn from(c: Cliente) -> ClienteView {
        ClienteView {
            id: c.id.uuid(),
            codigo: c.codigo(),
            pais: c.pais.codigo(),
            tipo_documento: c.tipo_documento.as_str(),
            numero_documento: c.numero_documento,
            razon_social: c.razon_social,
            nombre_comercial: c.nombre_comercial,
            email: c.email,
            telefono: c.telefono,
            regimen_fiscal: c.regimen_fiscal,
            uso_cfdi: c.uso_cfdi,
            codigo_postal: c.codigo_postal,
            direccion: c.direccion,
            estado: c.estado,
            notas: c.notas,
            version: c.version,
            creado: c.creado,
            actualizado: c.actualizado,
        }
    }
}

/// Un cliente con lo que cuelga de él.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ClienteDetalle)]
pub struct ClienteDetalleView {
    /// Sus datos.
    #[serde(flatten)]
    pub cliente: ClienteView,
    /// Domicilios, del más viejo al más nuevo.
    pub domicilios: Vec<Domicilio>,
    /// Contactos, del más viejo al más nuevo.
    pub contactos: Vec<Contacto>,
    /// Todas las versiones de sus consentimientos.
    pub consentimientos: Vec<Consentimiento>,
}

/// Qué clientes se piden; las condiciones se suman.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FiltroClientesQuery {
    /// Parte del nombre sin acentos, comienzo del documento, o código impreso.
    #[param(max_length = 100, example = "san andres")]
    pub buscar: Option<String>,
    /// Estado.
    pub estado: Option<EstadoCliente>,
    /// Número de documento completo.
    #[param(max_length = 100, example = "20131312955")]
    pub documento: Option<String>,
}

impl FiltroClientesQuery {
    /// The filters as storage wants them. Refuses texts that no name or document can hold.
    pub fn filtro(&self) -> Result<FiltroClientes, Problem> {
        for (campo, texto) in [("buscar", &self.buscar), ("documento", &self.documento)] {
            if texto.as_ref().is_some_and(|t| t.chars().count() > 100) {
                return Err(Problem::campo(campo, "muy_largo", "Escriba 100 caracteres o menos."));
            }
        }
        let limpio = |t: &String| t.replace([' ', '-', '.'], "").to_uppercase();
        Ok(FiltroClientes {
            buscar: self.buscar.clone(),
            estado: self.estado,
            documento: self.documento.as_ref().map(limpio),
            ..FiltroClientes::default()
        })
    }
}
