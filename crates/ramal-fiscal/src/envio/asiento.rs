//! What an answer writes: state, proof, history, event, in one transaction. It decides nothing.

use ramal_base::Cx;
use ramal_conectores::Aceptacion;
use ramal_db::{DbError, Tx, params};
use ramal_jobs::enqueue;

use crate::events::{ComprobanteAceptado, ComprobanteAnulado, ComprobanteDetenido};
use crate::storage::{self, Cambio, Clase, ComprobanteFila};
use crate::{ComprobanteId, Estado, lotes};

/// A change to settle.
pub(crate) struct Asiento {
    pub(crate) id: ComprobanteId,
    /// Attempt that brought it.
    pub(crate) intento: i32,
    pub(crate) destino: Destino,
}

/// Where a document goes.
pub(crate) enum Destino {
    /// Handed over; the answer is not in.
    Enviando,
    /// Accepted with proof.
    Aceptado(Aceptacion),
    /// Registered earlier; the proof is missing.
    CdrPendiente { codigo: String, mensaje: String },
    /// Stops until a person does something.
    Detenido { estado: Estado, codigo: String, mensaje: String, prueba: Option<Vec<u8>> },
    /// Will be tried again.
    Espera { estado: Estado, codigo: String, mensaje: String },
    /// A boleta that came too late to go alone.
    PorResumen,
    /// Registered and voided later.
    DeBaja { codigo: String, mensaje: String },
}

impl Destino {
    #[cfg(test)]
    pub(crate) fn nombre(&self) -> String {
        match self {
            Destino::Enviando => "enviando".into(),
            Destino::Aceptado(_) => "aceptado".into(),
            Destino::CdrPendiente { .. } => "cdr_pendiente".into(),
            Destino::Detenido { estado, .. } | Destino::Espera { estado, .. } => {
                estado.as_str().into()
            }
            Destino::PorResumen => "por_resumen".into(),
            Destino::DeBaja { .. } => "de_baja".into(),
        }
    }
}

/// Whether a settled answer changed anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fin {
    Hecho,
    SinCambio,
}

/// Settles one answer; an answer that comes after the final one changes nothing.
pub(crate) async fn apply(tx: &Tx, cx: &Cx, asiento: &Asiento) -> Result<Fin, DbError> {
    let Some(fila) = storage::lock(tx, asiento.id).await? else { return Ok(Fin::SinCambio) };
    let estado = fila.estado()?;
    let vivo = matches!(estado, Estado::EnCola | Estado::Enviando);
    let acepta = matches!(asiento.destino, Destino::Aceptado(_) | Destino::CdrPendiente { .. });
    if !(vivo || acepta && estado.is_enviable()) {
        return Ok(Fin::SinCambio);
    }
    let intento = asiento.intento;
    match &asiento.destino {
        Destino::Enviando => {
            let cambio = Cambio { estado: Estado::Enviando, codigo: None, mensaje: None, intento };
            storage::change(tx, cx, fila.id, &cambio).await?;
        }
        Destino::Aceptado(a) => return accept(tx, cx, &fila, a, intento).await,
        Destino::CdrPendiente { codigo, mensaje } => {
            return accept_pending(tx, cx, &fila, (codigo, mensaje, intento)).await;
        }
        Destino::Detenido { estado, codigo, mensaje, prueba } => {
            keep(tx, cx, &fila, prueba.as_deref()).await?;
            stop(tx, cx, &fila, &written(*estado, codigo, mensaje, intento)).await?;
        }
        Destino::Espera { estado, codigo, mensaje } => {
            storage::change(tx, cx, fila.id, &written(*estado, codigo, mensaje, intento)).await?;
        }
        Destino::PorResumen => to_summary(tx, cx, &fila, intento).await?,
        Destino::DeBaja { codigo, mensaje } => {
            storage::accept(tx, fila.id, None, cx.now()).await?;
            storage::change(tx, cx, fila.id, &written(Estado::Baja, codigo, mensaje, intento))
                .await?;
            tx.emit(cx, &annulled(&fila)).await?;
        }
    }
    Ok(Fin::Hecho)
}

fn written<'a>(estado: Estado, codigo: &'a str, mensaje: &'a str, intento: i32) -> Cambio<'a> {
    let some = |t: &'a str| (!t.is_empty()).then_some(t);
    Cambio { estado, codigo: some(codigo), mensaje: some(mensaje), intento }
}

/// Marks as accepted with its proof; a second acceptance changes nothing.
pub(crate) async fn accept(
    tx: &Tx,
    cx: &Cx,
    fila: &ComprobanteFila,
    a: &Aceptacion,
    intento: i32,
) -> Result<Fin, DbError> {
    let uuid = a.uuid_fiscal.as_deref().map(str::to_ascii_uppercase);
    if !storage::accept(tx, fila.id, uuid.as_deref(), cx.now()).await? {
        return Ok(Fin::SinCambio);
    }
    let mut notas = a.observaciones.clone();
    let estado = if notas.is_empty() { Estado::Aceptado } else { Estado::AceptadoObs };
    if a.firma_valida == Some(false) {
        notas.push("La firma de la autoridad no se pudo comprobar.".to_owned());
    }
    keep(tx, cx, fila, Some(&a.bytes)).await?;
    let mensaje = notas.join(" · ");
    storage::change(tx, cx, fila.id, &written(estado, &a.codigo, &mensaje, intento)).await?;
    tx.emit(cx, &accepted(fila, uuid)).await?;
    Ok(Fin::Hecho)
}

async fn accept_pending(
    tx: &Tx,
    cx: &Cx,
    fila: &ComprobanteFila,
    (codigo, mensaje, intento): (&str, &str, i32),
) -> Result<Fin, DbError> {
    if !storage::accept(tx, fila.id, None, cx.now()).await? {
        return Ok(Fin::SinCambio);
    }
    const SQL: &str = "UPDATE comprobantes SET cdr_pendiente = TRUE WHERE id = $1";
    tx.exec(SQL, params![fila.id]).await?;
    storage::change(tx, cx, fila.id, &written(Estado::Aceptado, codigo, mensaje, intento)).await?;
    tx.emit(cx, &accepted(fila, None)).await?;
    Ok(Fin::Hecho)
}

/// Keeps the proof of an acceptance or of a refusal.
async fn keep(
    tx: &Tx,
    cx: &Cx,
    fila: &ComprobanteFila,
    prueba: Option<&[u8]>,
) -> Result<(), DbError> {
    let mexico = matches!(fila.tipo.as_str(), "I" | "E" | "P");
    let clase = if mexico { Clase::Timbrado } else { Clase::Cdr };
    match prueba {
        Some(bytes) if !bytes.is_empty() => {
            storage::put_bytes(tx, cx, fila.id, clase, bytes.to_vec()).await
        }
        _ => Ok(()),
    }
}

/// Stops a document and tells it; `pausado` also stops the rest of its emisor.
pub(crate) async fn stop(
    tx: &Tx,
    cx: &Cx,
    fila: &ComprobanteFila,
    cambio: &Cambio<'_>,
) -> Result<(), DbError> {
    storage::change(tx, cx, fila.id, cambio).await?;
    let codigo = cambio.codigo.unwrap_or_default();
    if cambio.estado == Estado::Pausado {
        pause(tx, cx, fila.emisor_id, (codigo, cambio.mensaje.unwrap_or_default())).await?;
    }
    let evento = ComprobanteDetenido {
        comprobante_id: fila.id,
        estado: cambio.estado,
        codigo: codigo.to_owned(),
        origen_tipo: fila.origen_tipo.clone(),
        origen_id: fila.origen_id,
    };
    tx.emit(cx, &evento).await
}

/// Stops the sending of an emisor; the first reason stays.
pub(crate) async fn pause(
    tx: &Tx,
    cx: &Cx,
    emisor: uuid::Uuid,
    (codigo, mensaje): (&str, &str),
) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO fiscal_pausas (emisor_id, codigo, mensaje, desde) \
        VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
    tx.exec(SQL, params![emisor, codigo, mensaje, cx.now()]).await.map(|_| ())
}

async fn to_summary(tx: &Tx, cx: &Cx, fila: &ComprobanteFila, intento: i32) -> Result<(), DbError> {
    let mensaje = "SUNAT ya no la recibe sola: va en un resumen diario.";
    storage::change(tx, cx, fila.id, &written(Estado::EnCola, "1079", mensaje, intento)).await?;
    enqueue(tx, cx, lotes::gather_job(fila.emisor_id, fila.fecha, lotes::Pedido::Alta)).await
}

/// Puts a document back where it was accepted, with what went wrong with its voiding.
pub(crate) async fn give_back(
    tx: &Tx,
    cx: &Cx,
    fila: &ComprobanteFila,
    (estado, codigo, mensaje): (Estado, &str, &str),
) -> Result<(), DbError> {
    storage::change(tx, cx, fila.id, &written(estado, codigo, mensaje, fila.intentos)).await
}

fn accepted(fila: &ComprobanteFila, uuid_fiscal: Option<String>) -> ComprobanteAceptado {
    ComprobanteAceptado {
        comprobante_id: fila.id,
        origen_tipo: fila.origen_tipo.clone(),
        origen_id: fila.origen_id,
        cliente_id: fila.cliente_id,
        uuid_fiscal,
    }
}

/// The event of a final cancellation.
pub(crate) fn annulled(fila: &ComprobanteFila) -> ComprobanteAnulado {
    ComprobanteAnulado {
        comprobante_id: fila.id,
        origen_tipo: fila.origen_tipo.clone(),
        origen_id: fila.origen_id,
    }
}
