//! Shapes on the wire of invoices. Amounts travel as `{"importe","moneda"}`; they hold no rule.

use ramal_base::{Dinero, Fecha, Instante, Moneda};
use ramal_catalogo::dinero_view::DineroView;
use ramal_db::DbError;
use ramal_fiscal::Estado;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::factura::{EstadoFactura, FacturaFila, LineaFila};
use crate::nucleo::Pieza;
use crate::storage::cambios::CargoFila;
use crate::storage::consultas::{FiltroFacturas, Legal};

/// Filtros de la lista de facturas.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FiltroFacturasQuery {
    /// Cliente.
    pub cliente_id: Option<Uuid>,
    /// Estado comercial.
    pub estado: Option<EstadoFactura>,
    /// Estado ante la autoridad.
    pub estado_sunat: Option<EstadoSunat>,
    /// Serie, tal cual.
    #[param(example = "F001")]
    pub serie: Option<String>,
    /// Primer día de emisión.
    #[param(value_type = Option<String>, format = Date)]
    pub desde: Option<Fecha>,
    /// Último día de emisión.
    #[param(value_type = Option<String>, format = Date)]
    pub hasta: Option<Fecha>,
}

/// Estado ante la autoridad, igual en los dos países.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum EstadoSunat {
    /// Aún sin respuesta.
    Pendiente,
    /// Aceptada o timbrada.
    Aceptada,
    /// Rechazada.
    Rechazada,
    /// Anulada ante la autoridad.
    Baja,
}

impl EstadoSunat {
    /// Wire text.
    pub fn as_str(self) -> &'static str {
        match self {
            EstadoSunat::Pendiente => "pendiente",
            EstadoSunat::Aceptada => "aceptada",
            EstadoSunat::Rechazada => "rechazada",
            EstadoSunat::Baja => "baja",
        }
    }
}

impl FiltroFacturasQuery {
    pub(crate) fn filtro(self) -> FiltroFacturas {
        FiltroFacturas {
            cliente_id: self.cliente_id,
            estado: self.estado,
            estado_sunat: self.estado_sunat.map(|e| e.as_str().to_owned()),
            serie: self.serie,
            desde: self.desde.map(within_calendar),
            hasta: self.hasta.map(within_calendar),
        }
    }
}

/// A day that every engine can hold; outside it there are no invoices to tell apart.
pub(crate) fn within_calendar(dia: Fecha) -> Fecha {
    let limites = (Fecha::new(1900, 1, 1), Fecha::new(2999, 12, 31));
    match limites {
        (Ok(primero), Ok(ultimo)) => dia.clamp(primero, ultimo),
        _ => dia,
    }
}

/// Una factura, nota o recibo.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Factura)]
pub struct FacturaView {
    /// Identificador.
    pub id: Uuid,
    /// Número impreso.
    #[schema(example = "F001-123")]
    pub numero: String,
    /// Serie.
    #[schema(example = "F001")]
    pub serie: String,
    /// Folio o correlativo.
    #[schema(example = 123)]
    pub folio: i64,
    /// `factura`, `recibo`, `nota_credito` o `nota_debito`.
    #[schema(example = "factura")]
    pub clase: String,
    /// Código del tipo legal: I, E (MX); 01, 03, 07, 08 (PE); R = recibo interno.
    #[schema(example = "01")]
    pub tipo: String,
    /// Cliente.
    pub cliente_id: Uuid,
    /// Emisor que la firma.
    pub emisor_id: Uuid,
    /// Corrida que la hizo, si no fue manual.
    pub corrida_id: Option<Uuid>,
    /// Día de emisión.
    #[schema(value_type = String, format = Date)]
    pub fecha: Fecha,
    /// Último día para pagar.
    #[schema(value_type = String, format = Date)]
    pub vencimiento: Fecha,
    /// Sin impuestos.
    #[schema(value_type = DineroView)]
    pub subtotal: Dinero,
    /// Impuestos.
    #[schema(value_type = DineroView)]
    pub impuestos: Dinero,
    /// Total.
    #[schema(value_type = DineroView)]
    pub total: Dinero,
    /// Lo que bajaron sus notas de crédito.
    #[schema(value_type = DineroView)]
    pub acreditado: Dinero,
    /// Lo que pagaron sus pagos.
    #[schema(value_type = DineroView)]
    pub aplicado: Dinero,
    /// Lo que falta pagar; cero si está pagada o anulada.
    #[schema(value_type = DineroView)]
    pub saldo: Dinero,
    /// Estado comercial.
    pub estado: EstadoFactura,
    /// `pendiente`, `aceptada`, `rechazada` o `baja`; nulo en un recibo, que no va a la autoridad.
    pub estado_sunat: Option<String>,
    /// UUID fiscal (MX), una vez timbrada.
    pub uuid_fiscal: Option<String>,
    /// Factura que la nota corrige.
    pub relacionada_id: Option<Uuid>,
    /// Motivo de la nota: código y palabras.
    pub motivo: Option<String>,
    /// Cuándo se pagó.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub pagada: Option<Instante>,
    /// Versión; crece con cada cambio.
    pub version: i64,
}

impl FacturaView {
    /// View of an invoice with its legal state. Errors: `Corrupt` if the row cannot be read.
    pub fn of(f: FacturaFila, legal: Option<&Legal>) -> Result<FacturaView, DbError> {
        let moneda: Moneda =
            f.moneda.parse().map_err(|_| DbError::Corrupt("currency of a factura"))?;
        let dinero = |centavos: i64| Dinero::new(centavos, moneda);
        let estado = EstadoFactura::parse(&f.estado);
        let estado = estado.ok_or(DbError::Corrupt("state of a factura"))?;
        let debe = estado == EstadoFactura::Emitida && f.clase != "nota_credito";
        Ok(FacturaView {
            id: f.id.uuid(),
            numero: f.numero(),
            estado_sunat: legal_word(&f, legal),
            uuid_fiscal: legal.and_then(|l| l.uuid_fiscal.clone()),
            subtotal: dinero(f.subtotal),
            impuestos: dinero(f.impuestos),
            total: dinero(f.total),
            acreditado: dinero(f.acreditado),
            aplicado: dinero(f.aplicado),
            saldo: dinero(if debe { f.saldo() } else { 0 }),
            estado,
            serie: f.serie,
            folio: f.folio,
            clase: f.clase,
            tipo: f.tipo,
            cliente_id: f.cliente_id,
            emisor_id: f.emisor_id,
            corrida_id: f.corrida_id,
            fecha: f.fecha,
            vencimiento: f.vencimiento,
            relacionada_id: f.relacionada_id,
            motivo: f.motivo,
            pagada: f.pagada,
            version: f.version,
        })
    }
}

fn legal_word(f: &FacturaFila, legal: Option<&Legal>) -> Option<String> {
    if f.tipo == crate::factura::TIPO_RECIBO {
        return None;
    }
    let estado = legal.and_then(|l| Estado::parse(&l.estado));
    Some(estado.map_or("pendiente", Estado::estado_sunat).to_owned())
}

/// Una factura con todo lo que la explica.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FacturaDetalle)]
pub struct FacturaDetalleView {
    /// La factura.
    #[serde(flatten)]
    pub factura: FacturaView,
    /// Receptor como era el día de la emisión.
    pub receptor: ReceptorView,
    /// Líneas, en el orden del papel.
    pub lineas: Vec<LineaView>,
    /// Estado ante la autoridad; nulo si aún no se sella o es un recibo.
    pub legal: Option<LegalView>,
    /// Notas que la corrigen.
    pub notas: Vec<FacturaView>,
    /// Historia del documento ante la autoridad, del primero al último.
    pub historia: Vec<PasoView>,
}

/// Receptor de una factura.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReceptorFactura)]
pub struct ReceptorView {
    /// RFC, RUC, DNI…
    pub tipo_documento: String,
    /// Número.
    pub numero: String,
    /// Nombre.
    pub nombre: String,
}

/// Línea de una factura, con su cuenta.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FacturaLinea)]
pub struct LineaView {
    /// Posición, desde 1.
    pub linea: i32,
    /// Servicio que cobra.
    pub servicio_id: Option<Uuid>,
    /// `recurrente`, `cargo`, `ajuste`…
    pub clase: String,
    /// Lo que lee el cliente.
    pub descripcion: String,
    /// Unidades.
    pub cantidad: i64,
    /// Importe de la línea como se vendió.
    #[schema(value_type = DineroView)]
    pub importe: Dinero,
    /// Si el importe ya lleva los impuestos.
    pub impuesto_incluido: bool,
    /// Trato fiscal.
    pub impuesto: String,
    /// Con impuestos.
    #[schema(value_type = DineroView)]
    pub total: Dinero,
    /// Acreditado hasta hoy, como se vendió.
    #[schema(value_type = DineroView)]
    pub acreditado: Dinero,
    /// Pagado hasta hoy, con impuestos.
    #[schema(value_type = DineroView)]
    pub aplicado: Dinero,
    /// Lo que falta pagar de la línea, con impuestos.
    #[schema(value_type = DineroView)]
    pub saldo: Dinero,
    /// Primer día del periodo.
    #[schema(value_type = Option<String>, format = Date)]
    pub periodo_desde: Option<Fecha>,
    /// Primer día después del periodo.
    #[schema(value_type = Option<String>, format = Date)]
    pub periodo_hasta: Option<Fecha>,
    /// De dónde sale el importe, tramo a tramo; vacía si es un precio entero.
    pub cuenta: Vec<PiezaView>,
    /// Por qué se devolvió, si la factura se anuló.
    pub reverso: Option<String>,
}

/// Un paso de la cuenta de una línea: precio × días / total.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PiezaFactura)]
pub struct PiezaView {
    /// Primer día del tramo.
    #[schema(value_type = String, format = Date)]
    pub desde: Fecha,
    /// Primer día después del tramo.
    #[schema(value_type = String, format = Date)]
    pub hasta: Fecha,
    /// Días que se cobran.
    pub dias: i32,
    /// Días del periodo entero.
    pub total_dias: i32,
    /// Precio del periodo entero.
    #[schema(value_type = DineroView)]
    pub precio: Dinero,
    /// Parte del importe.
    #[schema(value_type = DineroView)]
    pub importe: Dinero,
    /// Por qué ese precio.
    #[schema(value_type = String, example = "activo")]
    pub motivo: serde_json::Value,
}

/// Cómo está ante la autoridad y qué se puede hacer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FacturaLegal)]
pub struct LegalView {
    /// Comprobante.
    pub comprobante_id: Uuid,
    /// `en_cola`, `enviando`, `aceptado`, `aceptado_obs`, `rechazado`, `excepcion`, `incierto`,
    /// `pausado`, `baja_pendiente` o `baja`.
    pub estado: String,
    /// Último código de la autoridad.
    pub codigo: Option<String>,
    /// Qué dijo la autoridad.
    pub mensaje: Option<String>,
    /// Qué puede hacer quien la mira; nulo si no hay nada que hacer.
    pub salida: Option<&'static str>,
    /// UUID fiscal (MX).
    pub uuid_fiscal: Option<String>,
    /// Cuándo se aceptó.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub aceptado: Option<Instante>,
}

impl From<&Legal> for LegalView {
    fn from(l: &Legal) -> LegalView {
        LegalView {
            comprobante_id: l.id,
            salida: Estado::parse(&l.estado).and_then(way_out),
            estado: l.estado.clone(),
            codigo: l.codigo.clone(),
            mensaje: l.mensaje.clone(),
            uuid_fiscal: l.uuid_fiscal.clone(),
            aceptado: l.aceptado,
        }
    }
}

fn way_out(estado: Estado) -> Option<&'static str> {
    match estado {
        Estado::Rechazado | Estado::Excepcion => {
            Some("Corrija los datos del cliente y reenvíe (POST /facturas/{id}/enviar), o anúlela.")
        }
        Estado::Incierto => {
            Some("Consulte en el portal de la autoridad si la tiene; si no, reenvíe.")
        }
        Estado::Pausado => Some("Revise certificado, credenciales y saldo, y reanude el emisor."),
        _ => None,
    }
}

/// Un paso de la historia ante la autoridad.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FacturaPaso)]
pub struct PasoView {
    /// Cuándo.
    #[schema(value_type = String, format = DateTime)]
    pub instante: Instante,
    /// Estado al que pasó.
    pub estado: String,
    /// Código de la autoridad.
    pub codigo: Option<String>,
    /// Mensaje.
    pub mensaje: Option<String>,
    /// Intento.
    pub intento: i32,
}

impl LineaView {
    /// View of a line with the arithmetic of its charges.
    pub fn of(l: LineaFila, moneda: Moneda, cargos: &[CargoFila]) -> LineaView {
        let dinero = |centavos: i64| Dinero::new(centavos, moneda);
        let suyos = || cargos.iter().filter(|c| c.linea == Some(l.linea));
        let detalles = || suyos().filter_map(|c| c.detalle.as_deref());
        let piezas = detalles().filter_map(|d| serde_json::from_str::<Vec<Pieza>>(d).ok());
        let reverso = detalles().find_map(|d| {
            let json: serde_json::Value = serde_json::from_str(d).ok()?;
            Some(json.get("motivo")?.as_str()?.to_owned())
        });
        LineaView {
            cuenta: piezas.flatten().map(|p| PiezaView::of(&p, moneda)).collect(),
            reverso,
            aplicado: dinero(l.aplicado),
            saldo: dinero(l.abierto()),
            linea: l.linea,
            servicio_id: l.servicio_id,
            clase: l.clase,
            descripcion: l.descripcion,
            cantidad: l.cantidad,
            importe: dinero(l.importe),
            impuesto_incluido: l.impuesto_incluido,
            impuesto: l.impuesto,
            total: dinero(l.total),
            acreditado: dinero(l.acreditado),
            periodo_desde: l.periodo_desde,
            periodo_hasta: l.periodo_hasta,
        }
    }
}

impl PiezaView {
    fn of(p: &Pieza, moneda: Moneda) -> PiezaView {
        PiezaView {
            desde: p.periodo.desde,
            hasta: p.periodo.hasta,
            dias: p.dias,
            total_dias: p.total,
            precio: Dinero::new(p.precio, moneda),
            importe: Dinero::new(p.importe, moneda),
            motivo: serde_json::to_value(p.motivo).unwrap_or(serde_json::Value::Null),
        }
    }
}

/// Respuesta de `POST /facturas/{id}/enviar`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FacturaEnvio)]
pub struct EnvioView {
    /// La factura.
    pub id: Uuid,
    /// `mismo` (van los mismos bytes), `nuevo` (comprobante nuevo con los datos de hoy y otro
    /// número) o `sellado` (aún se está sellando).
    #[schema(example = "mismo")]
    pub envio: &'static str,
}

/// Respuesta de `POST /facturas/{id}/anular`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FacturaAnulacion)]
pub struct AnulacionView {
    /// La factura.
    pub id: Uuid,
    /// `anulada`, o `en_tramite` mientras la autoridad responde.
    #[schema(example = "en_tramite")]
    pub anulacion: &'static str,
}
