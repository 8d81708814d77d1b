//! The end of a file: what it does to its documents. A rejected file registered nothing, so its
//! documents go again in two halves until the bad one stands alone.

use ramal_base::Cx;
use ramal_conectores::{Aceptacion, Negativa};
use ramal_db::{DbError, Tx, params};
use ramal_jobs::JobError;

use super::Pedido;
use super::armado::{self, Taller};
use super::filas::{self, CambioLote, LoteFila};
use crate::baja::{Cancelacion, Fase};
use crate::conexiones::Servicio;
use crate::envio::{accept, annulled, explained, give_back, stop};
use crate::storage::{self, Cambio, ComprobanteFila};
use crate::{ComprobanteId, EmisorFiscal, Estado};

/// How a file ended.
pub(super) enum Cierre<'a> {
    /// Registered, with its CDR.
    Aceptado(&'a Aceptacion),
    /// A line is wrong: nothing was registered.
    Rechazado(&'a Negativa),
    /// The file is wrong: nothing was registered.
    Excepcion(&'a Negativa),
    /// Nobody can tell by program: code and message.
    Incierto(&'a str, &'a str),
}

pub(super) async fn close(
    s: &Servicio,
    emisor: &EmisorFiscal,
    lote: &LoteFila,
    cierre: Cierre<'_>,
) -> Result<(), JobError> {
    match cierre {
        Cierre::Aceptado(a) => Ok(settle_accepted(s, lote, a).await?),
        Cierre::Rechazado(n) => reject(s, emisor, lote, n).await,
        Cierre::Excepcion(n) => {
            Ok(settle_refused(s, lote, "excepcion", (&n.codigo, &explained(n))).await?)
        }
        Cierre::Incierto(codigo, mensaje) => Ok(settle_unknown(s, lote, codigo, mensaje).await?),
    }
}

/// The file, locked and still open; none if another run ended it.
async fn open<'a>(tx: &Tx, lote: &'a LoteFila) -> Result<Option<&'a LoteFila>, DbError> {
    let actual = filas::lock(tx, lote.id).await?;
    let vivo = |l: &LoteFila| matches!(l.estado.as_str(), "en_cola" | "enviando" | "en_proceso");
    Ok(actual.filter(vivo).map(|_| lote))
}

async fn settle_accepted(s: &Servicio, lote: &LoteFila, a: &Aceptacion) -> Result<(), DbError> {
    let tx = s.db.begin().await?;
    if open(&tx, lote).await?.is_none() {
        return tx.rollback().await;
    }
    let notas = a.observaciones.join(" · ");
    let mensaje = (!notas.is_empty()).then_some(notas.as_str());
    let cambio = CambioLote { estado: "aceptado", codigo: Some(&a.codigo), mensaje };
    filas::change(&tx, lote.id, &cambio).await?;
    const SQL: &str = "UPDATE resumenes SET cdr = $2 WHERE id = $1";
    tx.exec(SQL, params![lote.id, a.bytes.clone()]).await?;
    // The CDR is kept once, with the file; its documents reach it through their line.
    let sin_copia = Aceptacion { bytes: Vec::new(), observaciones: Vec::new(), ..a.clone() };
    for linea in filas::lines(&tx, lote.id).await? {
        let id = ComprobanteId::from_uuid(linea.comprobante_id);
        let Some(fila) = storage::lock(&tx, id).await? else { continue };
        match Pedido::of_condicion(linea.condicion) {
            Pedido::Alta => {
                accept(&tx, &s.cx, &fila, &sin_copia, fila.intentos + 1).await?;
            }
            _ => void(&tx, &s.cx, &fila, &lote.nombre).await?,
        }
    }
    tx.commit().await
}

async fn void(tx: &Tx, cx: &Cx, fila: &ComprobanteFila, nombre: &str) -> Result<(), DbError> {
    if fila.estado != Estado::BajaPendiente.as_str() {
        return Ok(());
    }
    if let Some(c) = Cancelacion::of(fila) {
        Cancelacion { fase: Fase::Final, fin: Some(cx.now()), ..c }.save(tx, fila.id).await?;
    }
    let mensaje = format!("SUNAT aceptó la baja en {nombre}.");
    let (mensaje, intento) = (Some(mensaje.as_str()), fila.intentos);
    let cambio = Cambio { estado: Estado::Baja, codigo: Some("0"), mensaje, intento };
    storage::change(tx, cx, fila.id, &cambio).await?;
    tx.emit(cx, &annulled(fila)).await
}

/// Alone, the document is the bad one; among others, the file is halved.
async fn reject(
    s: &Servicio,
    emisor: &EmisorFiscal,
    lote: &LoteFila,
    n: &Negativa,
) -> Result<(), JobError> {
    let lineas = filas::lines(&s.db, lote.id).await?;
    let pedido = Pedido::of_condicion(lineas.first().map_or(0, |l| l.condicion));
    let mensaje = explained(n);
    if lineas.len() <= 1 {
        return Ok(settle_refused(s, lote, "rechazado", (&n.codigo, &mensaje)).await?);
    }
    let firmante = armado::signer(s, emisor).await?;
    let mut filas_ = Vec::with_capacity(lineas.len());
    for linea in &lineas {
        let id = ComprobanteId::from_uuid(linea.comprobante_id);
        filas_.extend(storage::by_id(&s.db, id).await?);
    }
    let miembros = armado::members(s, pedido, filas_).await?;
    let taller = Taller { s, emisor, firmante: &firmante, pedido };
    let tx = s.db.begin().await?;
    if open(&tx, lote).await?.is_none() {
        return Ok(tx.rollback().await?);
    }
    let cambio =
        CambioLote { estado: "rechazado", codigo: Some(&n.codigo), mensaje: Some(&mensaje) };
    filas::change(&tx, lote.id, &cambio).await?;
    keep_cdr(&tx, lote, n).await?;
    let (una, otra) = miembros.split_at(miembros.len() / 2);
    for mitad in [una, otra] {
        let numero = taller.number(&tx).await?;
        if taller.build(&tx, mitad, numero).await?.is_err() {
            return Err(JobError::fail("una mitad del resumen ya no cumple las reglas locales"));
        }
    }
    Ok(tx.commit().await?)
}

async fn keep_cdr(tx: &Tx, lote: &LoteFila, n: &Negativa) -> Result<(), DbError> {
    let Some(cdr) = &n.acuse else { return Ok(()) };
    const SQL: &str = "UPDATE resumenes SET cdr = $2 WHERE id = $1";
    tx.exec(SQL, params![lote.id, cdr.clone()]).await.map(|_| ())
}

async fn settle_refused(
    s: &Servicio,
    lote: &LoteFila,
    estado: &str,
    (codigo, mensaje): (&str, &str),
) -> Result<(), DbError> {
    let tx = s.db.begin().await?;
    if open(&tx, lote).await?.is_none() {
        return tx.rollback().await;
    }
    let cambio = CambioLote { estado, codigo: Some(codigo), mensaje: Some(mensaje) };
    filas::change(&tx, lote.id, &cambio).await?;
    for linea in filas::lines(&tx, lote.id).await? {
        let id = ComprobanteId::from_uuid(linea.comprobante_id);
        let pedido = Pedido::of_condicion(linea.condicion);
        refuse_member(&tx, &s.cx, id, pedido, (codigo, mensaje)).await?;
    }
    tx.commit().await
}

/// A document whose line was refused: a boleta stops unregistered, a voiding is undone.
pub(super) async fn refuse_member(
    tx: &Tx,
    cx: &Cx,
    id: ComprobanteId,
    pedido: Pedido,
    (codigo, mensaje): (&str, &str),
) -> Result<(), DbError> {
    let Some(fila) = storage::lock(tx, id).await? else { return Ok(()) };
    let estado = fila.estado()?;
    if pedido == Pedido::Alta {
        if !matches!(estado, Estado::EnCola | Estado::Enviando) {
            return Ok(());
        }
        let (codigo, mensaje) = (Some(codigo), Some(mensaje));
        let intento = fila.intentos + 1;
        let cambio = Cambio { estado: Estado::Excepcion, codigo, mensaje, intento };
        return stop(tx, cx, &fila, &cambio).await;
    }
    if estado != Estado::BajaPendiente {
        return Ok(());
    }
    let cancelacion = Cancelacion::of(&fila);
    let previo = cancelacion.as_ref().map_or(Estado::Aceptado, Cancelacion::previo);
    if let Some(c) = cancelacion {
        Cancelacion { fase: Fase::Rechazada, fin: Some(cx.now()), ..c }.save(tx, id).await?;
    }
    give_back(tx, cx, &fila, (previo, codigo, mensaje)).await
}

/// Presented before, or a ticket lost: the members wait for a person.
async fn settle_unknown(
    s: &Servicio,
    lote: &LoteFila,
    codigo: &str,
    mensaje: &str,
) -> Result<(), DbError> {
    let tx = s.db.begin().await?;
    if open(&tx, lote).await?.is_none() {
        return tx.rollback().await;
    }
    let texto = format!("{mensaje} Consulte el comprobante en SUNAT antes de hacer otra cosa.");
    let (codigo, mensaje) = (Some(codigo), Some(texto.as_str()));
    filas::change(&tx, lote.id, &CambioLote { estado: "incierto", codigo, mensaje }).await?;
    for linea in filas::lines(&tx, lote.id).await? {
        let id = ComprobanteId::from_uuid(linea.comprobante_id);
        let Some(fila) = storage::lock(&tx, id).await? else { continue };
        let intento = fila.intentos + 1;
        match (Pedido::of_condicion(linea.condicion), fila.estado()?) {
            (Pedido::Alta, Estado::EnCola | Estado::Enviando) => {
                let cambio = Cambio { estado: Estado::Incierto, codigo, mensaje, intento };
                stop(&tx, &s.cx, &fila, &cambio).await?;
            }
            (Pedido::BajaResumen | Pedido::BajaComunicada, Estado::BajaPendiente) => {
                let cambio = Cambio { estado: Estado::BajaPendiente, codigo, mensaje, intento };
                storage::change(&tx, &s.cx, id, &cambio).await?;
            }
            _ => {}
        }
    }
    tx.commit().await
}
