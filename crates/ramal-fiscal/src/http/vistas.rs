//! Shapes on the wire of this slice. They hold no rule and no secret that goes out.

use ramal_base::dinero::format_centavos;
use ramal_base::{Fecha, Instante};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::baja::Cancelacion;
use crate::firmante::CertificadoFila;
use crate::storage::{ComprobanteFila, EventoFila};
use crate::vigilancia::dias_restantes;

/// Un comprobante fiscal.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Comprobante)]
pub struct ComprobanteView {
    /// Identificador.
    pub id: Uuid,
    /// Quien lo firma.
    pub emisor_id: Uuid,
    /// Cliente, si tiene.
    pub cliente_id: Option<Uuid>,
    /// Tipo según su autoridad: I, E, P, 01, 03, 07 u 08.
    #[schema(example = "01")]
    pub tipo: String,
    /// Serie.
    #[schema(example = "F001")]
    pub serie: String,
    /// Número dentro de la serie.
    pub folio: i64,
    /// Número impreso.
    #[schema(example = "F001-123")]
    pub numero: String,
    /// Qué hace legal: `factura`, `nota`…
    #[schema(example = "factura")]
    pub origen_tipo: String,
    /// Cuál.
    pub origen_id: Uuid,
    /// Día legal de emisión.
    #[schema(value_type = String, format = Date)]
    pub fecha: Fecha,
    /// Cuándo se emitió.
    #[schema(value_type = String, format = DateTime)]
    pub emitido: Instante,
    /// Moneda, ISO 4217.
    #[schema(example = "PEN")]
    pub moneda: String,
    /// Total.
    #[schema(example = "118.00")]
    pub total: String,
    /// Estado ante la autoridad.
    #[schema(example = "aceptado")]
    pub estado: String,
    /// Estado resumido: pendiente, aceptada, rechazada o baja.
    #[schema(example = "aceptada")]
    pub estado_sunat: &'static str,
    /// Veces que se entregó a la autoridad.
    pub intentos: i32,
    /// Último código de la autoridad.
    pub codigo: Option<String>,
    /// Qué pasó y qué hacer.
    pub mensaje: Option<String>,
    /// Folio fiscal (México).
    pub uuid_fiscal: Option<String>,
    /// Cuándo se aceptó.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub aceptado: Option<Instante>,
    /// Está registrado, pero falta su constancia (Perú).
    pub cdr_pendiente: bool,
    /// SHA-256 de los bytes firmados.
    pub huella: String,
    /// Anulación pedida o hecha.
    pub anulacion: Option<AnulacionView>,
}

/// Anulación de un comprobante.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Anulacion)]
pub struct AnulacionView {
    /// Hasta dónde llegó: pedida, dudosa, solicitada, rechazada o final.
    #[schema(value_type = String, example = "solicitada")]
    pub fase: crate::baja::Fase,
    /// Motivo, 01 a 04 (México).
    pub motivo: String,
    /// Motivo en palabras.
    pub texto: String,
    /// UUID que lo sustituye.
    pub sustituto: Option<String>,
    /// Cuándo se pidió.
    #[schema(value_type = String, format = DateTime)]
    pub pedida: Instante,
    /// Cuándo terminó.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub fin: Option<Instante>,
}

impl From<Cancelacion> for AnulacionView {
    fn from(c: Cancelacion) -> AnulacionView {
        AnulacionView {
            fase: c.fase,
            motivo: c.motivo.codigo,
            texto: c.motivo.texto,
            sustituto: c.motivo.sustituto,
            pedida: c.pedida,
            fin: c.fin,
        }
    }
}

impl From<ComprobanteFila> for ComprobanteView {
    fn from(f: ComprobanteFila) -> ComprobanteView {
        let estado_sunat = f.estado().map_or("pendiente", crate::Estado::estado_sunat);
        ComprobanteView {
            id: f.id.uuid(),
            emisor_id: f.emisor_id,
            cliente_id: f.cliente_id,
            numero: f.numero(),
            anulacion: Cancelacion::of(&f).map(AnulacionView::from),
            tipo: f.tipo,
            serie: f.serie,
            folio: f.folio,
            origen_tipo: f.origen_tipo,
            origen_id: f.origen_id,
            fecha: f.fecha,
            emitido: f.emitido,
            moneda: f.moneda,
            total: format_centavos(f.total),
            estado: f.estado,
            estado_sunat,
            intentos: f.intentos,
            codigo: f.codigo,
            mensaje: f.mensaje,
            uuid_fiscal: f.uuid_fiscal,
            aceptado: f.aceptado,
            cdr_pendiente: f.cdr_pendiente,
            huella: f.huella,
        }
    }
}

/// Un paso de la vida de un comprobante.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ComprobanteEvento)]
pub struct EventoView {
    /// Cuándo.
    #[schema(value_type = String, format = DateTime)]
    pub instante: Instante,
    /// Estado al que llegó.
    pub estado: String,
    /// Código de la autoridad.
    pub codigo: Option<String>,
    /// Qué dijo y qué hacer.
    pub mensaje: Option<String>,
    /// Intento.
    pub intento: i32,
}

impl From<EventoFila> for EventoView {
    fn from(f: EventoFila) -> EventoView {
        let EventoFila { instante, estado, codigo, mensaje, intento } = f;
        EventoView { instante, estado, codigo, mensaje, intento }
    }
}

/// Un comprobante con su historia.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ComprobanteDetalle)]
pub struct DetalleView {
    /// El comprobante.
    #[serde(flatten)]
    pub comprobante: ComprobanteView,
    /// Lo que le pasó, de lo más viejo a lo más nuevo.
    pub historia: Vec<EventoView>,
}

/// Filtros de la lista de comprobantes.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FiltroQuery {
    /// Estados separados por comas, por ejemplo `rechazado,excepcion`.
    pub estado: Option<String>,
    /// Emisor.
    pub emisor_id: Option<Uuid>,
    /// Cliente.
    pub cliente_id: Option<Uuid>,
}

/// Cuántos comprobantes hay en un estado.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ConteoComprobantes)]
pub struct ConteoView {
    /// Estado.
    pub estado: String,
    /// Cuántos.
    pub cantidad: i64,
}

/// Por qué se anula un comprobante.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PedidoBaja)]
pub struct BajaCmd {
    /// 01 a 04 (México); en Perú no se usa.
    #[serde(default)]
    #[schema(example = "02", max_length = 2)]
    pub motivo: String,
    /// UUID del comprobante que lo sustituye; solo con motivo 01.
    #[serde(default)]
    pub sustituto: Option<String>,
    /// Motivo en palabras; en Perú, de 3 a 100 caracteres.
    #[serde(default)]
    #[schema(example = "Error en el importe", max_length = 500)]
    pub texto: String,
}

/// Una serie y su siguiente número.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Serie)]
pub struct SerieView {
    /// Tipo de comprobante.
    pub tipo: String,
    /// Serie.
    pub serie: String,
    /// Siguiente número.
    pub siguiente: i64,
}

/// Resultado de reanudar un emisor.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EmisorReanudado)]
pub struct ReanudadoView {
    /// Comprobantes que estaban en pausa.
    pub comprobantes: u64,
}

/// Un certificado de firma, sin su llave.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Certificado)]
pub struct CertificadoView {
    /// Identificador.
    pub id: Uuid,
    /// Número de serie, como lo imprime su autoridad.
    pub numero: String,
    /// RFC o RUC del titular.
    pub titular: String,
    /// Desde cuándo vale.
    #[schema(value_type = String, format = DateTime)]
    pub desde: Instante,
    /// Hasta cuándo vale.
    #[schema(value_type = String, format = DateTime)]
    pub hasta: Instante,
    /// Días que le quedan; negativo si venció.
    pub dias: i64,
    /// Hecho por Ramal para pruebas: sin validez fiscal.
    pub prueba: bool,
}

impl CertificadoView {
    /// Seen at an instant.
    pub fn at(fila: CertificadoFila, ahora: Instante) -> CertificadoView {
        CertificadoView {
            id: fila.id,
            numero: fila.numero,
            titular: fila.titular,
            desde: fila.desde,
            hasta: fila.hasta,
            dias: dias_restantes(fila.hasta, ahora),
            prueba: fila.prueba,
        }
    }
}

/// Certificado que se carga; una de las tres formas, en base64 salvo el PEM.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CargaCertificado)]
pub struct CertificadoCmd {
    /// Archivo `.cer` (CSD).
    #[serde(default)]
    pub cer: Option<String>,
    /// Archivo `.key` (CSD).
    #[serde(default)]
    pub key: Option<String>,
    /// Archivo PKCS #12.
    #[serde(default)]
    pub p12: Option<String>,
    /// Texto PEM con el certificado y la llave.
    #[serde(default)]
    pub pem: Option<String>,
    /// Contraseña de la llave.
    #[serde(default)]
    pub contrasena: Option<String>,
}
