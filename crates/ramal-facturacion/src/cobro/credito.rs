//! What a credit note does to the invoice that it corrects (N1, N2): first what is open, then what
//! was paid, which becomes money in favour. Issues no note.

use std::collections::BTreeSet;

use ramal_base::Cx;
use ramal_db::{Consulta, DbError, FromQueryResult, Tx, params};
use uuid::Uuid;

use super::{apply_to, estado, free_linea};
use crate::Error;

/// Part of a line that a note gives back.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Credito {
    /// The note.
    pub(crate) nota: Uuid,
    /// Invoice corrected.
    pub(crate) factura: Uuid,
    /// Its line.
    pub(crate) linea: i32,
    /// As the line was sold, minor units.
    pub(crate) importe: i64,
    /// Share of the note's total, minor units.
    pub(crate) bruto: i64,
}

#[derive(FromQueryResult)]
struct Fila {
    importe: i64,
    acreditado: i64,
    cobrable: i64,
    rebajado: i64,
    aplicado: i64,
}

/// Takes the credits of one note off its lines and gives how much that was, taxes included.
///
/// Money that settled what was credited settles the rest of the invoice, and then stays in favour.
/// Errors: `Corrupt` inside `Storage` if a credit exceeds its line, which the caps already prevent.
pub(crate) async fn apply_credits(tx: &Tx, cx: &Cx, creditos: &[Credito]) -> Result<i64, Error> {
    let mut rebajado = 0;
    let mut libres: BTreeSet<Uuid> = BTreeSet::new();
    for credito in creditos {
        let (rebaja, suyos) = reduce(tx, cx, credito).await?;
        rebajado += rebaja;
        libres.extend(suyos);
    }
    let facturas: BTreeSet<Uuid> = creditos.iter().map(|c| c.factura).collect();
    for factura in facturas {
        estado::settle(tx, cx, factura, None).await?;
        for abono in &libres {
            apply_to(tx, cx, *abono, factura).await?;
        }
    }
    if let Some(primero) = creditos.first() {
        let efecto = if libres.is_empty() { "deuda" } else { "saldo" };
        const SQL: &str = "UPDATE facturas SET efecto = $2 WHERE id = $1";
        tx.exec(SQL, params![primero.nota, efecto]).await?;
    }
    Ok(rebajado)
}

/// One line: frees what was paid above what stays of it, and lowers it. The credit that closes a
/// line takes its exact remainder (N1).
async fn reduce(tx: &Tx, cx: &Cx, c: &Credito) -> Result<(i64, Vec<Uuid>), Error> {
    const LEER: &str = "SELECT importe, acreditado, cobrable, rebajado, aplicado \
        FROM factura_lineas WHERE factura_id = $1 AND linea = $2";
    let fila: Option<Fila> = tx.opt(LEER, params![c.factura, c.linea]).await?;
    let l = fila.ok_or(DbError::Corrupt("a credit of no line"))?;
    if c.importe <= 0 || l.acreditado + c.importe > l.importe {
        return Err(DbError::Corrupt("a credit exceeds its line").into());
    }
    let queda = l.cobrable - l.rebajado;
    let cierra = l.acreditado + c.importe == l.importe;
    let rebaja = if cierra { queda } else { c.bruto.min(queda) };
    let pagado = rebaja - (queda - l.aplicado);
    let libres = if pagado > 0 {
        free_linea(tx, cx, (c.factura, c.linea), pagado).await?
    } else {
        Vec::new()
    };
    const LINEA: &str = "UPDATE factura_lineas SET acreditado = acreditado + $3, \
        rebajado = rebajado + $4 WHERE factura_id = $1 AND linea = $2";
    tx.exec(LINEA, params![c.factura, c.linea, c.importe, rebaja]).await?;
    const FACTURA: &str = "UPDATE facturas SET acreditado = acreditado + $2, \
        version = version + 1 WHERE id = $1";
    tx.exec(FACTURA, params![c.factura, rebaja]).await?;
    Ok((rebaja, libres))
}
