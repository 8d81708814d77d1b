//! Shapes of the routes of payment proofs. Descriptions are in Spanish because they are the API's
//! documentation.

use ramal_base::Fecha;
use ramal_base::dinero::format_centavos;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{ComprobantePago, EstadoComprobante};

/// Filtros de los comprobantes.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FiltroComprobantesQuery {
    /// Estado.
    pub estado: Option<EstadoComprobante>,
    /// Cliente, por identificador o número.
    pub cliente: Option<String>,
}

/// Un comprobante de pago.
#[derive(Debug, Serialize, ToSchema)]
pub struct ComprobantePagoView {
    /// Identificador.
    pub id: Uuid,
    /// Número impreso.
    #[schema(example = "CP-12")]
    pub codigo: String,
    /// Cliente.
    pub cliente_id: Uuid,
    /// Factura desde cuyo enlace se envió.
    pub factura_id: Option<Uuid>,
    /// `cliente` o `personal`.
    pub origen: String,
    /// Tipo del archivo por sus bytes.
    pub tipo: String,
    /// Peso del archivo.
    pub bytes: i64,
    /// Medio.
    #[schema(value_type = String)]
    pub medio: ramal_pagos::Medio,
    /// Número de operación.
    pub operacion: Option<String>,
    /// Importe.
    pub importe: Option<String>,
    /// Moneda.
    pub moneda: String,
    /// Día del pago.
    #[schema(value_type = Option<String>, format = Date)]
    pub fecha: Option<Fecha>,
    /// Estado.
    pub estado: EstadoComprobante,
    /// Por qué se rechazó.
    pub motivo: Option<String>,
    /// Pago que es.
    pub pago_id: Option<Uuid>,
    /// Si el banco ya mostró su movimiento.
    pub conciliado: bool,
    /// Comprobantes con el mismo archivo o la misma operación.
    pub repetidos: Vec<String>,
    /// Versión, para revisarlo.
    pub version: i64,
}

impl ComprobantePagoView {
    /// A proof, with whether its line appeared and who else sent the same.
    pub fn of(c: &ComprobantePago, hay_linea: Linea, repetidos: &[String]) -> ComprobantePagoView {
        ComprobantePagoView {
            id: c.id.uuid(),
            codigo: c.codigo(),
            cliente_id: c.cliente_id,
            factura_id: c.factura_id,
            origen: c.origen.clone(),
            tipo: c.tipo.clone(),
            bytes: c.bytes,
            medio: c.medio,
            operacion: c.operacion.clone(),
            importe: c.importe.map(format_centavos),
            moneda: c.moneda.codigo().to_owned(),
            fecha: c.fecha,
            estado: c.estado,
            motivo: c.motivo.clone(),
            pago_id: c.pago_id,
            conciliado: hay_linea == Linea::Hallada,
            repetidos: repetidos.to_vec(),
            version: c.version,
        }
    }
}

/// Whether the bank showed the line of a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Linea {
    /// It did.
    Hallada,
    /// Not yet.
    PorVer,
}

/// Aprobar un comprobante.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct AprobarDatos {
    /// Versión que se vio.
    pub version: Option<i64>,
    /// Lo que se lee en el comprobante.
    #[serde(flatten)]
    pub datos: crate::actions::DatosComprobante,
    /// Factura que paga; sin ella, lo más viejo primero.
    pub factura_id: Option<Uuid>,
}
