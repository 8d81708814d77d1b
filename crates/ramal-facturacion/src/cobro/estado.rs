//! Keeping an invoice's applied sum and state in step with its lines. Decides who gets nothing.

use std::collections::BTreeMap;

use ramal_base::{Cx, Fecha, Instante, Zona};
use ramal_db::{Consulta, DbError, FromQueryResult, Tx, params};
use ramal_plataforma::EmisorId;
use uuid::Uuid;

use super::Imputada;
use crate::events::{FacturaPagada, FacturaReabierta};
use crate::storage::cambios;
use crate::{Error, EstadoFactura, FacturaId};

/// Moves what settles the lines of invoices; an amount below zero frees them. Refuses to leave a
/// line below zero, which the caller's split already prevents.
pub(crate) async fn move_lines(tx: &Tx, imputadas: &[Imputada]) -> Result<(), Error> {
    const LINEA: &str = "UPDATE factura_lineas SET aplicado = aplicado + $3 \
        WHERE factura_id = $1 AND linea = $2 AND aplicado + $3 >= 0 \
        AND aplicado + $3 <= cobrable - rebajado";
    const FACTURA: &str = "UPDATE facturas SET aplicado = aplicado + $2, version = version + 1 \
        WHERE id = $1 AND aplicado + $2 >= 0 AND aplicado + $2 + acreditado <= total";
    let mut sumas: BTreeMap<Uuid, i64> = BTreeMap::new();
    for i in imputadas {
        if tx.exec(LINEA, params![i.factura_id, i.linea, i.monto]).await? != 1 {
            return Err(DbError::Corrupt("an application exceeds its line").into());
        }
        *sumas.entry(i.factura_id).or_default() += i.monto;
    }
    for (factura, monto) in sumas {
        if tx.exec(FACTURA, params![factura, monto]).await? != 1 {
            return Err(DbError::Corrupt("an application exceeds its factura").into());
        }
    }
    Ok(())
}

#[derive(FromQueryResult)]
struct Fila {
    cliente_id: Uuid,
    emisor_id: Uuid,
    moneda: String,
    total: i64,
    acreditado: i64,
    aplicado: i64,
    estado: String,
}

/// Puts an invoice in the state that its amounts say, and tells it. `valor` is the day of the money
/// that moved it, if any.
///
/// Emits `FacturaPagada` or `FacturaReabierta`. Errors: `Storage`.
pub(crate) async fn settle(
    tx: &Tx,
    cx: &Cx,
    factura: Uuid,
    valor: Option<Fecha>,
) -> Result<(), Error> {
    const SQL: &str = "SELECT cliente_id, emisor_id, moneda, total, acreditado, aplicado, estado \
        FROM facturas WHERE id = $1";
    let fila: Option<Fila> = tx.opt(SQL, params![factura]).await?;
    let fila = fila.ok_or(Error::NotFound("factura"))?;
    let antes = EstadoFactura::parse(&fila.estado).ok_or(DbError::Corrupt("state of a factura"))?;
    let ahora = state(tx, factura, &fila, antes).await?;
    if ahora == antes {
        return Ok(());
    }
    match ahora {
        EstadoFactura::Pagada => paid(tx, cx, factura, (&fila, valor)).await,
        EstadoFactura::Emitida => {
            set(tx, factura, EstadoFactura::Emitida, None).await?;
            let evento = FacturaReabierta {
                factura_id: FacturaId::from_uuid(factura),
                cliente_id: fila.cliente_id,
                importe: open_text(&fila),
                moneda: fila.moneda,
            };
            tx.emit(cx, &evento).await.map_err(Error::from)
        }
        otro => set(tx, factura, otro, None).await,
    }
}

async fn state(
    tx: &Tx,
    factura: Uuid,
    fila: &Fila,
    antes: EstadoFactura,
) -> Result<EstadoFactura, Error> {
    let viva = matches!(antes, EstadoFactura::Emitida | EstadoFactura::Pagada);
    if !viva {
        return Ok(antes);
    }
    if fila.total - fila.acreditado - fila.aplicado > 0 {
        return Ok(EstadoFactura::Emitida);
    }
    if fila.aplicado == 0 && fila.total > 0 && cambios::is_acreditada(tx, factura).await? {
        return Ok(EstadoFactura::Anulada);
    }
    Ok(if fila.aplicado > 0 { EstadoFactura::Pagada } else { antes })
}

fn open_text(fila: &Fila) -> String {
    ramal_base::dinero::format_centavos(fila.total - fila.acreditado - fila.aplicado)
}

async fn paid(
    tx: &Tx,
    cx: &Cx,
    factura: Uuid,
    (fila, valor): (&Fila, Option<Fecha>),
) -> Result<(), Error> {
    let emisor = ramal_plataforma::emisor(tx, EmisorId::from_uuid(fila.emisor_id)).await?;
    let cuando = valor.map_or(cx.now(), |dia| instant(cx, &emisor.zona(), dia));
    set(tx, factura, EstadoFactura::Pagada, Some(cuando)).await?;
    let evento = FacturaPagada {
        factura_id: FacturaId::from_uuid(factura),
        cliente_id: fila.cliente_id,
        importe: ramal_base::dinero::format_centavos(fila.aplicado),
        moneda: fila.moneda.clone(),
    };
    tx.emit(cx, &evento).await.map_err(Error::from)
}

async fn set(
    tx: &Tx,
    factura: Uuid,
    estado: EstadoFactura,
    pagada: Option<Instante>,
) -> Result<(), Error> {
    const SQL: &str = "UPDATE facturas SET estado = $2, pagada = $3, version = version + 1 \
        WHERE id = $1";
    tx.exec(SQL, params![factura, estado.as_str(), pagada]).await?;
    Ok(())
}

/// Today's payments happened now; those of another day, at its noon.
fn instant(cx: &Cx, zona: &Zona, fecha: Fecha) -> Instante {
    if fecha == zona.fecha(cx.now()) {
        return cx.now();
    }
    zona.instante(&format!("{fecha}T12:00:00")).unwrap_or(cx.now())
}
