//! Shapes on the wire of this slice that are not commands. They hold no rule.

use ramal_base::{Fecha, Instante};
use ramal_catalogo::Periodicidad;
use ramal_catalogo::dinero_view::DineroView;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::contrato::Contrato;
use crate::storage::Renglon;
use crate::vencimiento::{EstadoVencimiento, ResumenServicios, fecha_vencimiento};
use crate::{EstadoServicio, Motivo, SIN_FIN, Servicio, Tramo};

/// Un servicio contratado.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Servicio)]
pub struct ServicioView {
    /// Identificador.
    pub id: Uuid,
    /// Código impreso.
    #[schema(example = "S-12")]
    pub codigo: String,
    /// De quién es.
    pub cliente_id: Uuid,
    /// Contrato que lo agrupa con otros.
    pub contrato_id: Option<Uuid>,
    /// Quién lo factura.
    pub emisor_id: Uuid,
    /// Qué es, en el catálogo.
    pub producto_id: Uuid,
    /// Lo que el cliente lee en la factura.
    #[schema(example = "Fibra 100")]
    pub descripcion: String,
    /// Precio de lista por período, hoy.
    #[schema(example = "399.00")]
    pub precio: String,
    /// Moneda del precio.
    #[schema(example = "MXN")]
    pub moneda: &'static str,
    /// Si el precio lleva el impuesto dentro.
    pub impuesto_incluido: bool,
    /// Si se factura con comprobante.
    pub requiere_factura: bool,
    /// Período; nulo si no es de los que se venden.
    pub periodo_facturacion: Option<Periodicidad>,
    /// Meses por período.
    #[schema(example = 1)]
    pub periodo_meses: u16,
    /// Día de facturación, de 1 a 31; en meses cortos, el último.
    #[schema(minimum = 1, maximum = 31)]
    pub dia_facturacion: u8,
    /// Primer día de servicio.
    #[schema(value_type = String, format = Date)]
    pub fecha_inicio: Fecha,
    /// Primer día sin servicio, si se sabe.
    #[schema(value_type = Option<String>, format = Date)]
    pub fecha_fin: Option<Fecha>,
    /// Comienzo del próximo período sin facturar; puede haber pasado. Nulo si no habrá otro.
    #[schema(value_type = Option<String>, format = Date)]
    pub fecha_vencimiento: Option<Fecha>,
    /// Días hasta `fecha_vencimiento`; negativo si pasó.
    pub dias_restantes: Option<i64>,
    /// Cómo está respecto de su vencimiento.
    pub estado_vencimiento: EstadoVencimiento,
    /// Estado de hoy.
    pub estado: EstadoServicio,
    /// Si se renueva solo.
    pub auto_renovacion: bool,
    /// Etiqueta que separa facturas.
    pub grupo: Option<String>,
    /// Datos propios.
    #[schema(value_type = Object)]
    pub configuracion: Value,
    /// Notas internas.
    pub notas: Option<String>,
    /// Versión; va también en el `ETag`.
    #[schema(example = 1)]
    pub version: i64,
    /// Cuándo se registró.
    #[schema(value_type = String, format = DateTime)]
    pub creado: Instante,
    /// Último cambio.
    #[schema(value_type = String, format = DateTime)]
    pub actualizado: Instante,
}

impl ServicioView {
    /// The view of a service with its due mark, on a day of the company.
    pub fn new((s, marca): (Servicio, Option<Fecha>), hoy: Fecha) -> ServicioView {
        let fecha_vencimiento = fecha_vencimiento(&s, marca, hoy);
        let dias_restantes = fecha_vencimiento.map(|vence| hoy.dias_hasta(vence));
        ServicioView {
            id: s.id.uuid(),
            codigo: s.codigo(),
            cliente_id: s.cliente_id.uuid(),
            contrato_id: s.contrato_id,
            emisor_id: s.emisor_id,
            producto_id: s.producto_id.uuid(),
            precio: s.precio.importe(),
            moneda: s.precio.moneda.codigo(),
            impuesto_incluido: s.impuesto_incluido,
            requiere_factura: s.requiere_factura,
            periodo_facturacion: s.periodicidad(),
            periodo_meses: s.ancla.meses(),
            dia_facturacion: s.ancla.dia(),
            fecha_inicio: s.inicio,
            fecha_fin: s.fin,
            fecha_vencimiento,
            dias_restantes,
            estado_vencimiento: EstadoVencimiento::of(s.estado, dias_restantes),
            estado: s.estado,
            auto_renovacion: s.auto_renovacion,
            descripcion: s.descripcion,
            grupo: s.grupo,
            configuracion: s.configuracion,
            notas: s.notas,
            version: s.version,
            creado: s.creado,
            actualizado: s.actualizado,
        }
    }
}

/// Un hecho de la vida de un servicio.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HechoServicio)]
pub struct HechoView {
    /// Orden de registro, desde 1.
    pub secuencia: i32,
    /// Primer día en que cuenta.
    #[schema(value_type = String, format = Date)]
    pub desde: Fecha,
    /// Qué pasó.
    #[schema(example = "suspension")]
    pub clase: String,
    /// Sus datos, según la clase.
    #[schema(value_type = Object)]
    pub datos: Value,
    /// Por qué, si se dijo.
    pub motivo: Option<String>,
    /// Quién lo registró.
    #[schema(example = "clave:panel")]
    pub actor: String,
    /// Cuándo se registró.
    #[schema(value_type = String, format = DateTime)]
    pub registrado: Instante,
}

impl From<Renglon> for HechoView {
    fn from(r: Renglon) -> HechoView {
        HechoView {
            secuencia: r.secuencia,
            desde: r.desde,
            clase: r.clase,
            datos: serde_json::from_str(&r.datos).unwrap_or(Value::Null),
            motivo: r.motivo,
            actor: r.actor,
            registrado: r.registrado,
        }
    }
}

/// Días de un servicio a un mismo precio.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TramoServicio)]
pub struct TramoView {
    /// Primer día.
    #[schema(value_type = String, format = Date)]
    pub desde: Fecha,
    /// Primer día fuera; nulo si no tiene fin.
    #[schema(value_type = Option<String>, format = Date)]
    pub hasta: Option<Fecha>,
    /// Lo que se cobra por período entero.
    #[schema(example = "399.00")]
    pub precio: String,
    /// Precio de lista, antes de descuentos, pausas y suspensiones.
    #[schema(example = "399.00")]
    pub precio_lista: String,
    /// Por qué cuesta eso.
    pub motivo: Motivo,
    /// Producto en vigor.
    pub producto_id: Uuid,
}

impl From<Tramo> for TramoView {
    fn from(t: Tramo) -> TramoView {
        TramoView {
            desde: t.periodo.desde,
            hasta: (t.periodo.hasta != SIN_FIN).then_some(t.periodo.hasta),
            precio: ramal_base::dinero::format_centavos(t.precio),
            precio_lista: ramal_base::dinero::format_centavos(t.precio_lista),
            motivo: t.motivo,
            producto_id: t.producto,
        }
    }
}

/// Un servicio con su historia.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ServicioDetalle)]
pub struct ServicioDetalleView {
    /// Sus datos.
    #[serde(flatten)]
    pub servicio: ServicioView,
    /// Lo que pasó, en el orden en que se registró.
    pub hechos: Vec<HechoView>,
    /// Los tramos de precio que de ahí resultan.
    pub tramos: Vec<TramoView>,
}

/// Los servicios de un cliente, con su resumen.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ServiciosDeCliente)]
pub struct ServiciosClienteView {
    /// Todos, del más viejo al más nuevo.
    pub datos: Vec<ServicioView>,
    /// Lo que suman.
    pub resumen: ResumenView,
}

/// Resumen de los servicios de un cliente.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ResumenServicios)]
pub struct ResumenView {
    /// Servicios activos.
    pub servicios_activos: u32,
    /// Lo que cuestan por mes los activos, por moneda, a precio de lista.
    #[schema(value_type = Vec<DineroView>)]
    pub monto_mensual: Vec<ramal_base::Dinero>,
    /// El vencimiento más cercano de los activos; puede haber pasado.
    #[schema(value_type = Option<String>, format = Date)]
    pub proximo_vencimiento: Option<Fecha>,
}

impl From<ResumenServicios> for ResumenView {
    fn from(r: ResumenServicios) -> ResumenView {
        ResumenView {
            servicios_activos: r.activos,
            monto_mensual: r.monto_mensual,
            proximo_vencimiento: r.proximo_vencimiento,
        }
    }
}

/// Un contrato.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Contrato)]
pub struct ContratoView {
    /// Identificador.
    pub id: Uuid,
    /// Código impreso.
    #[schema(example = "CT-12")]
    pub codigo: String,
    /// Quién lo firmó.
    pub cliente_id: Uuid,
    /// Domicilio en que se prestan sus servicios.
    pub domicilio_id: Option<Uuid>,
    /// Quién factura sus servicios.
    pub emisor_id: Uuid,
    /// Día de la firma.
    #[schema(value_type = String, format = Date)]
    pub desde: Fecha,
    /// Cuándo se registró.
    #[schema(value_type = String, format = DateTime)]
    pub creado: Instante,
}

impl From<Contrato> for ContratoView {
    fn from(c: Contrato) -> ContratoView {
        ContratoView {
            id: c.id.uuid(),
            codigo: c.codigo(),
            cliente_id: c.cliente_id.uuid(),
            domicilio_id: c.domicilio_id,
            emisor_id: c.emisor_id,
            desde: c.desde,
            creado: c.creado,
        }
    }
}

/// Un contrato con sus servicios.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ContratoDetalle)]
pub struct ContratoDetalleView {
    /// Sus datos.
    #[serde(flatten)]
    pub contrato: ContratoView,
    /// Sus servicios, del más viejo al más nuevo; 200 como mucho.
    pub servicios: Vec<ServicioView>,
}

/// Qué servicios se piden; las condiciones se suman.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FiltroServiciosQuery {
    /// De un cliente: identificador o código impreso.
    #[param(example = "C-66489")]
    pub cliente_id: Option<String>,
    /// Estado.
    pub estado: Option<EstadoServicio>,
    /// De un producto: identificador o código.
    #[param(example = "fibra-100")]
    pub producto: Option<String>,
    /// Los que vencen antes de ese día, también los ya vencidos.
    #[param(value_type = Option<String>, format = Date, example = "2026-12-01")]
    pub vence_antes_de: Option<Fecha>,
}
