//! Shapes on the wire of runs, indicators and account states. They hold no rule.

use std::collections::BTreeMap;

use ramal_base::{Dinero, Fecha, Instante};
use ramal_catalogo::dinero_view::DineroView;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::corrida::ResumenCorrida;

/// Día de una vista previa o de una lista de pendientes.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FechaQuery {
    /// Día de la corrida; hoy si no se dice.
    #[param(value_type = Option<String>, format = Date, example = "2026-12-01")]
    pub fecha: Option<Fecha>,
}

/// Día y umbral de una vista previa.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PreviewQuery {
    /// Día de la corrida; hoy si no se dice.
    #[param(value_type = Option<String>, format = Date, example = "2026-12-01")]
    pub fecha: Option<Fecha>,
    /// Diferencia, en puntos porcentuales, desde la que un cliente se señala; 20 si no se dice.
    #[param(minimum = 0, maximum = 10000, example = 20)]
    pub umbral: Option<u32>,
}

/// Lo que haría la corrida de un día.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = VistaPrevia)]
pub struct PreviewView {
    /// Totales y apartados.
    #[serde(flatten)]
    pub resumen: ResumenCorrida,
    /// Clientes que nunca se facturaron.
    pub clientes_nuevos: i64,
    /// Clientes cuyo importe cambia más que el umbral.
    pub diferencias: i64,
    /// Los primeros cien de ellos, del mayor cambio al menor.
    pub diferencias_detalle: Vec<DiferenciaView>,
}

/// Un cliente cuyo importe cambia.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Diferencia)]
pub struct DiferenciaView {
    /// Cliente.
    pub cliente_id: Uuid,
    /// Lo que se le facturó la última vez.
    #[schema(value_type = DineroView)]
    pub anterior: Dinero,
    /// Lo que se le facturaría.
    #[schema(value_type = DineroView)]
    pub nuevo: Dinero,
    /// Cambio en puntos porcentuales, con signo.
    #[schema(example = -27)]
    pub cambio: i64,
}

/// Un cliente con lo que se le debe facturar.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ClientePendiente)]
pub struct PendienteView {
    /// Cliente.
    pub cliente_id: Uuid,
    /// Nombre.
    pub cliente: String,
    /// Cargos por hacer.
    pub cargos: Vec<CargoPendienteView>,
    /// Por qué la corrida lo apartaría, si lo haría.
    pub aparcado: Option<String>,
}

/// Un cargo por hacer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CargoPendiente)]
pub struct CargoPendienteView {
    /// Servicio.
    pub servicio_id: Uuid,
    /// Código impreso del servicio.
    #[schema(example = "S-12")]
    pub servicio: String,
    /// Qué es.
    pub descripcion: String,
    /// Primer día del periodo.
    #[schema(value_type = String, format = Date)]
    pub desde: Fecha,
    /// Primer día después del periodo.
    #[schema(value_type = String, format = Date)]
    pub hasta: Fecha,
    /// Importe como se vende, negativo si baja lo ya facturado.
    #[schema(value_type = DineroView)]
    pub importe: Dinero,
}

/// Cuerpo de `POST /facturacion/ejecutar`.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DatosCorrida {
    /// Día de la corrida; hoy si no se dice. Hasta 62 días por delante.
    #[schema(value_type = Option<String>, format = Date, example = "2026-12-01")]
    pub fecha: Option<Fecha>,
}

/// Corrida en marcha.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CorridaPedida)]
pub struct CorridaPedidaView {
    /// Corrida.
    pub corrida: Uuid,
    /// Día.
    #[schema(value_type = String, format = Date)]
    pub fecha: Fecha,
    /// Dónde se sigue.
    #[schema(example = "/api/v1/facturacion/corridas/2026-12-01")]
    pub enlace: String,
}

/// Una corrida de la lista.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Corrida)]
pub struct CorridaView {
    /// Corrida.
    pub corrida: Uuid,
    /// Día.
    #[schema(value_type = String, format = Date)]
    pub fecha: Fecha,
    /// `cargos` mientras trabaja, `emitida` cuando todo quedó firmado.
    pub estado: String,
    /// Cuándo empezó.
    #[schema(value_type = String, format = DateTime)]
    pub creado: Instante,
    /// Cuándo quedó firmada.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub terminado: Option<Instante>,
}

/// Indicadores de la facturación.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = KpisFacturacion)]
pub struct KpisView {
    /// Mes al que se refieren.
    #[schema(example = "2026-11")]
    pub mes: String,
    /// Facturas y recibos emitidos en el mes, sin los anulados.
    pub emitidas: i64,
    /// Su suma por moneda.
    #[schema(value_type = Vec<DineroView>)]
    pub totales: Vec<Dinero>,
    /// Aceptadas de las que ya tienen respuesta, en porcentaje; nulo si ninguna la tiene.
    #[schema(example = "98.50")]
    pub aceptadas_porcentaje: Option<String>,
    /// Aceptadas en el mes.
    pub aceptadas: i64,
    /// Rechazadas en el mes.
    pub rechazadas: i64,
    /// Documentos por cobrar, de cualquier mes.
    pub pendientes_de_pago: i64,
    /// Lo que falta cobrar por moneda.
    #[schema(value_type = Vec<DineroView>)]
    pub por_cobrar: Vec<Dinero>,
    /// Los últimos doce meses, del más viejo al actual.
    pub serie: Vec<MesView>,
}

/// Un mes de la serie.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MesFacturado)]
pub struct MesView {
    /// Mes.
    #[schema(example = "2026-11")]
    pub mes: String,
    /// Documentos.
    pub emitidas: i64,
    /// Suma por moneda, en texto decimal.
    #[schema(example = json!({"MXN": "123.45"}))]
    pub totales: BTreeMap<String, String>,
}

/// Estado de cuenta de un cliente.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EstadoCliente360)]
pub struct EstadoView {
    /// Cliente.
    pub cliente_id: Uuid,
    /// Código impreso.
    #[schema(example = "C-66489")]
    pub codigo: String,
    /// Sus servicios.
    pub servicios: Vec<ServicioEstadoView>,
    /// Lo que debe, por moneda: facturas emitidas sin pagar menos sus notas.
    #[schema(value_type = Vec<DineroView>)]
    pub deuda: Vec<Dinero>,
    /// Facturas sin pagar.
    pub facturas_pendientes: i64,
    /// Lo último que pagó.
    pub ultimo_pago: Option<UltimoPagoView>,
    /// Tickets de soporte abiertos; cero mientras no haya mesa de ayuda.
    pub tickets_abiertos: i64,
    /// Estado de su equipo; nulo mientras no haya gestión de red.
    pub router: Option<String>,
}

/// Un servicio del estado de cuenta.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ServicioDeEstado)]
pub struct ServicioEstadoView {
    /// Servicio.
    pub servicio_id: Uuid,
    /// Código impreso.
    #[schema(example = "S-12")]
    pub codigo: String,
    /// Qué es.
    pub descripcion: String,
    /// `activo`, `suspendido`, `cancelado` o `vencido`.
    pub estado: &'static str,
    /// Precio del periodo.
    #[schema(value_type = DineroView)]
    pub precio: Dinero,
    /// Próximo vencimiento; nulo si ya no se cobra.
    #[schema(value_type = Option<String>, format = Date)]
    pub proximo_vencimiento: Option<Fecha>,
    /// Días que faltan.
    pub dias_restantes: Option<i64>,
}

/// Último pago de un cliente.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UltimoPago)]
pub struct UltimoPagoView {
    /// Cuándo.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub fecha: Option<Instante>,
    /// Factura que pagó.
    pub factura_id: Uuid,
    /// Su número.
    pub numero: String,
    /// Cuánto.
    #[schema(value_type = DineroView)]
    pub importe: Dinero,
}

/// Resumen financiero de un cliente.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ResumenCliente)]
pub struct ResumenClienteView {
    /// Cliente.
    pub cliente_id: Uuid,
    /// Servicios activos.
    pub total_servicios_activos: i64,
    /// Lo que sus servicios activos cuestan al mes, por moneda.
    #[schema(value_type = Vec<DineroView>)]
    pub monto_mensual: Vec<Dinero>,
    /// El vencimiento más cercano.
    #[schema(value_type = Option<String>, format = Date)]
    pub proximo_vencimiento: Option<Fecha>,
    /// Facturas sin pagar.
    pub facturas_pendientes: i64,
    /// Lo que debe, por moneda.
    #[schema(value_type = Vec<DineroView>)]
    pub saldo_pendiente: Vec<Dinero>,
}
