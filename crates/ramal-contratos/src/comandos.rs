//! What is asked of the slice: bodies of the requests, which are also the commands of the
//! actions. They hold no rule.

use ramal_base::Fecha;
use ramal_catalogo::Periodicidad;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

/// Body of `POST /contratos`.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DatosContrato {
    /// Cliente: identificador o código impreso.
    #[schema(example = "C-66489")]
    pub cliente_id: String,
    /// Domicilio del cliente en el que se instala.
    pub domicilio_id: Option<Uuid>,
    /// Emisor que factura; si falta, el único de su país.
    pub emisor_id: Option<Uuid>,
    /// Día de la firma; si falta, hoy.
    #[schema(value_type = Option<String>, format = Date, example = "2026-12-01")]
    pub desde: Option<Fecha>,
}

/// Billing-day policy as it is asked for (facturacion.md A4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PoliticaPedida {
    /// El día en que empieza el servicio.
    Aniversario,
    /// El de `dia_facturacion`.
    DiaFijo,
    /// El último de cada mes.
    UltimoDia,
}

/// Body of `POST /servicios/contratar`.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DatosContratar {
    /// Cliente: identificador o código impreso.
    #[schema(example = "C-66489")]
    pub cliente_id: String,
    /// Producto del catálogo: identificador o código. También se acepta como `servicio_id`.
    #[serde(alias = "servicio_id")]
    #[schema(example = "fibra-100")]
    pub producto_id: String,
    /// Contrato que lo agrupa con otros: identificador o código impreso.
    pub contrato_id: Option<String>,
    /// Domicilio del cliente; decide la cobertura y el precio de zona. Si falta, el del contrato.
    pub domicilio_id: Option<Uuid>,
    /// Emisor que lo factura; si falta, el del contrato o el único del país del cliente.
    pub emisor_id: Option<Uuid>,
    /// Precio propio por período, número con hasta dos decimales; si falta, el de la zona con sus
    /// promociones.
    #[schema(example = "399.00", pattern = r"^[0-9]{1,15}(\.[0-9]{1,2})?$")]
    pub precio: Option<String>,
    /// Moneda de `precio`; debe ser la del producto.
    #[schema(example = "MXN", pattern = "^(MXN|PEN|USD)$")]
    pub moneda: Option<String>,
    /// Período; si falta, el primero en que se vende el producto.
    pub periodo_facturacion: Option<Periodicidad>,
    /// Primer día de servicio; si falta, hoy.
    #[schema(value_type = Option<String>, format = Date, example = "2026-12-01")]
    pub fecha_inicio: Option<Fecha>,
    /// Cómo se elige el día de facturación; si falta, lo que dice la empresa.
    pub politica_ancla: Option<PoliticaPedida>,
    /// Día de facturación; por sí solo pide `dia_fijo`.
    #[schema(minimum = 1, maximum = 31)]
    pub dia_facturacion: Option<u8>,
    /// Si se renueva solo; si falta, sí.
    pub auto_renovacion: Option<bool>,
    /// Primer día fuera del plazo cuando no se renueva; si falta, el fin del primer período entero.
    #[schema(value_type = Option<String>, format = Date)]
    pub fecha_fin: Option<Fecha>,
    /// Lo que el cliente lee en la factura; si falta, el nombre del producto.
    #[schema(max_length = 300)]
    pub descripcion: Option<String>,
    /// Etiqueta que separa facturas; `~` le da una propia.
    #[schema(max_length = 60)]
    pub grupo: Option<String>,
    /// Datos propios (dominio, IP…); se suman a los del producto.
    #[schema(value_type = Option<Object>)]
    pub configuracion: Option<Value>,
    /// Notas internas.
    #[schema(max_length = 2000)]
    pub notas: Option<String>,
    /// Si se factura con comprobante; si falta, lo que dice el producto.
    pub requiere_factura: Option<bool>,
}

/// When a plan change takes effect (facturacion.md U2, U3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Momento {
    /// Hoy, con el ajuste de los días que quedan.
    Inmediato,
    /// Al empezar el próximo período, sin ajuste.
    FinDePeriodo,
}

/// Body of `PATCH /servicios/{id}`: only what is sent changes.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CambioServicio {
    /// Plan nuevo: identificador o código del producto.
    #[serde(alias = "servicio_id")]
    pub producto_id: Option<String>,
    /// Cuándo rige el plan o el período; si falta, de inmediato al subir de precio por mes y al
    /// fin de período al bajar.
    pub momento: Option<Momento>,
    /// Precio nuevo por período.
    #[schema(example = "449.00", pattern = r"^[0-9]{1,15}(\.[0-9]{1,2})?$")]
    pub precio: Option<String>,
    /// Período nuevo; si no se da precio, el actual en proporción.
    pub periodo_facturacion: Option<Periodicidad>,
    /// Día de facturación nuevo.
    #[schema(minimum = 1, maximum = 31)]
    pub dia_facturacion: Option<u8>,
    /// Desde cuándo rige un precio o un día de facturación; si falta, hoy.
    #[schema(value_type = Option<String>, format = Date, example = "2026-12-01")]
    pub desde: Option<Fecha>,
    /// Si se renueva solo.
    pub auto_renovacion: Option<bool>,
    /// Primer día fuera del plazo cuando no se renueva; si falta, el fin del período en curso.
    #[schema(value_type = Option<String>, format = Date)]
    pub fecha_fin: Option<Fecha>,
    /// Lo que el cliente lee en la factura.
    #[schema(max_length = 300)]
    pub descripcion: Option<String>,
    /// Etiqueta que separa facturas; nula, ninguna.
    #[serde(default, deserialize_with = "presente")]
    #[schema(value_type = Option<String>, max_length = 60)]
    pub grupo: Option<Option<String>>,
    /// Datos propios; reemplazan a los que hay.
    #[schema(value_type = Option<Object>)]
    pub configuracion: Option<Value>,
    /// Notas internas; nulas, ninguna.
    #[serde(default, deserialize_with = "presente")]
    #[schema(value_type = Option<String>, max_length = 2000)]
    pub notas: Option<Option<String>>,
    /// Si se factura con comprobante.
    pub requiere_factura: Option<bool>,
    /// Por qué; queda en la historia.
    #[schema(max_length = 300)]
    pub motivo: Option<String>,
}

/// Kind of suspension.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClaseSuspension {
    /// Corte que decide la empresa; se cobra según su política.
    #[default]
    Corte,
    /// Pausa que pide el cliente; no se cobra.
    Pausa,
}

/// Body of `POST /servicios/{id}/suspender`.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrdenSuspender {
    /// Primer día sin servicio; si falta, hoy.
    #[schema(value_type = Option<String>, format = Date)]
    pub fecha: Option<Fecha>,
    /// Por qué; queda en la historia.
    #[schema(max_length = 300)]
    pub motivo: Option<String>,
    /// Corte o pausa.
    #[serde(default)]
    pub clase: ClaseSuspension,
}

/// Body of `POST /servicios/{id}/reactivar` and `/cancelar`.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrdenServicio {
    /// Desde cuándo; si falta, hoy.
    #[schema(value_type = Option<String>, format = Date)]
    pub fecha: Option<Fecha>,
    /// Por qué; queda en la historia.
    #[schema(max_length = 300)]
    pub motivo: Option<String>,
}

/// A field that was sent, even if null: tells "leave it" from "remove it".
fn presente<'de, D, T>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::deserialize(deserializer).map(Some)
}
