//! Asking for a cancellation (MX) or a voiding (PE). It signs and sends nothing: jobs do.
//!
//! Source: cfdi.md 14.1 to 14.3, sunat.md 9 and 20.

use ramal_base::{CampoInvalido, Cx, Pais};
use ramal_cfdi::cancelacion;
use ramal_db::{Consulta, DbError, Tx, Value, params};
use ramal_jobs::enqueue;
use ramal_plataforma::{Registro, audit};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::baja::{Cancelacion, Fase, follow_job};
use crate::conexiones::load_emisor;
use crate::lotes::{Pedido, gather_job};
use crate::storage::{self, Cambio, ComprobanteFila};
use crate::{ComprobanteId, EmisorFiscal, Error, Estado, plazo};

/// Why a document is cancelled or voided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Motivo {
    /// `01` to `04` (MX); not used in PE.
    pub codigo: String,
    /// Fiscal UUID of the document that replaces it, with `01` only (MX).
    pub sustituto: Option<String>,
    /// Reason in words; 3 to 100 characters in PE.
    pub texto: String,
}

/// Asks for the cancellation or voiding of an accepted document; it is final only when the
/// authority says so.
///
/// Errors: `NotFound`; `Estado` if it is not accepted or a request is alive; `Reglas` naming the
/// motive, the term or the documents that must be cancelled first.
pub async fn request_baja(
    tx: &Tx,
    cx: &Cx,
    id: ComprobanteId,
    motivo: Motivo,
) -> Result<(), Error> {
    let fila = storage::lock(tx, id).await?.ok_or(Error::NotFound)?;
    let estado = fila.estado()?;
    if !estado.is_aceptado() {
        return Err(Error::Estado(estado.as_str()));
    }
    let emisor = load_emisor(tx, fila.emisor_id).await?.fiscal;
    refuse_related(tx, &fila, motivo.sustituto.as_deref()).await?;
    match emisor.pais {
        Pais::Pe => check_pe(&fila, &emisor, &motivo, cx)?,
        _ => check_mx(tx, &fila, &emisor, &motivo, cx).await?,
    }
    begin(tx, cx, &fila, motivo).await?;
    let trabajo = match emisor.pais {
        Pais::Pe if is_de_boleta(&fila) => {
            gather_job(fila.emisor_id, fila.fecha, Pedido::BajaResumen)
        }
        Pais::Pe => gather_job(fila.emisor_id, fila.fecha, Pedido::BajaComunicada),
        _ => follow_job(id),
    };
    enqueue(tx, cx, trabajo).await?;
    audit(tx, cx, Registro::new("comprobante.anular", "comprobante", id)).await?;
    Ok(())
}

/// Boletas and their notes are voided inside a summary.
pub(crate) fn is_de_boleta(fila: &ComprobanteFila) -> bool {
    fila.serie.starts_with('B')
}

async fn begin(tx: &Tx, cx: &Cx, fila: &ComprobanteFila, motivo: Motivo) -> Result<(), Error> {
    let anterior = Cancelacion::of(fila);
    let numero = anterior.as_ref().map_or(0, |c| c.solicitudes);
    if numero > 0 {
        // The papers of an earlier request are kept under its number.
        const SQL: &str = "UPDATE documentos SET clase = clase || $2 WHERE comprobante_id = $1 \
            AND clase IN ('solicitud', 'acuse')";
        tx.exec(SQL, params![fila.id, format!("-{numero}")]).await?;
    }
    let cancelacion = Cancelacion {
        fase: Fase::Pedida,
        previo: fila.estado.clone(),
        solicitudes: numero + 1,
        pedida: cx.now(),
        fin: None,
        motivo,
    };
    cancelacion.save(tx, fila.id).await?;
    let mensaje = Some("Se pidió la anulación.");
    let intento = fila.intentos;
    let cambio = Cambio { estado: Estado::BajaPendiente, codigo: None, mensaje, intento };
    Ok(storage::change(tx, cx, fila.id, &cambio).await?)
}

fn refused(campo: &str, codigo: &str, motivo: impl Into<String>) -> Error {
    Error::Reglas(vec![CampoInvalido::new(campo, codigo, motivo)])
}

/// A document with live notes or payments is not cancelled before them.
async fn refuse_related(
    tx: &Tx,
    fila: &ComprobanteFila,
    sustituto: Option<&str>,
) -> Result<(), Error> {
    let vivos = related(tx, fila, sustituto).await?;
    if vivos.is_empty() {
        return Ok(());
    }
    let motivo = format!("Antes anule los documentos que dependen de él: {}.", vivos.join(", "));
    Err(refused("comprobante", "relacionados_vigentes", motivo))
}

async fn related(
    tx: &Tx,
    fila: &ComprobanteFila,
    sustituto: Option<&str>,
) -> Result<Vec<String>, DbError> {
    const SQL: &str = "SELECT c.serie || '-' || CAST(c.folio AS TEXT) FROM comprobantes c \
        WHERE c.id IN (SELECT comprobante_id FROM comprobante_relaciones \
            WHERE relacionado_id = $1) \
        AND c.estado NOT IN ('baja', 'rechazado') \
        AND (c.uuid_fiscal IS NULL OR c.uuid_fiscal <> $2) ORDER BY c.id LIMIT 20";
    let excepto = sustituto.unwrap_or_default().to_ascii_uppercase();
    tx.column(SQL, vec![Value::from(fila.id), Value::from(excepto)]).await
}

async fn check_mx(
    tx: &Tx,
    fila: &ComprobanteFila,
    emisor: &EmisorFiscal,
    motivo: &Motivo,
    cx: &Cx,
) -> Result<(), Error> {
    cancelacion::Motivo::parse(&motivo.codigo, motivo.sustituto.as_deref())
        .map_err(|e| refused("motivo", "motivo_invalido", e.to_string()))?;
    let limite = plazo::limite_cancelacion(fila.fecha, &emisor.numero);
    if emisor.zona.fecha(cx.now()) > limite {
        let texto = format!("Se podía cancelar hasta el {limite}; emita un CFDI de egreso.");
        return Err(refused("comprobante", "plazo_vencido", texto));
    }
    let Some(uuid) = motivo.sustituto.as_deref() else { return Ok(()) };
    const SQL: &str = "SELECT id FROM comprobantes WHERE uuid_fiscal = $1 AND emisor_id = $2 \
        AND estado IN ('aceptado', 'aceptado_obs') AND id <> $3";
    let valores = params![uuid.to_ascii_uppercase(), fila.emisor_id, fila.id];
    if tx.scalar::<Uuid>(SQL, valores).await?.is_none() {
        let texto =
            "Primero emita y timbre el comprobante que lo sustituye; luego indique su UUID.";
        return Err(refused("sustituto", "sustituto_no_vigente", texto));
    }
    Ok(())
}

fn check_pe(
    fila: &ComprobanteFila,
    emisor: &EmisorFiscal,
    motivo: &Motivo,
    cx: &Cx,
) -> Result<(), Error> {
    let letras = motivo.texto.trim().chars().count();
    if !(3..=100).contains(&letras) {
        let texto = "Escriba el motivo de la baja, de 3 a 100 caracteres.";
        return Err(refused("texto", "motivo_invalido", texto));
    }
    if fila.fecha.dias_hasta(emisor.zona.fecha(cx.now())) > plazo::DIAS_BAJA_PE {
        let texto = "Pasaron más de 7 días desde su emisión: SUNAT ya no admite la baja. \
                     Emita una nota de crédito.";
        return Err(refused("comprobante", "plazo_vencido", texto));
    }
    Ok(())
}
