//! Reading a lote: the file out of the store, through its format, into lines. A file that does not
//! add up leaves no line.

use ramal_base::Cx;
use ramal_db::{Db, Objetos};
use ramal_extractos::{Extracto, Linea, Motivo, Rechazo};
use ramal_jobs::{NuevoTrabajo, enqueue};
use serde_json::json;

use crate::events::LoteAvanzo;
use crate::jobs::TRABAJO_COTEJAR;
use crate::storage::{cuentas, lotes, renglones};
use crate::{CuentaBancaria, Error, EstadoLote, Lote, LoteId};

/// Lines of one transaction.
const TANDA: usize = 500;

/// Reads a lote that was received. Doing it again goes on where it was. Errors: `Storage`.
pub async fn read_lote(db: &Db, cx: &Cx, objetos: &Objetos, id: LoteId) -> Result<(), Error> {
    let lote = lotes::by_id(db, id).await?.ok_or(Error::NotFound("lote"))?;
    if lote.estado != EstadoLote::Recibido {
        return Ok(());
    }
    let cuenta = cuentas::by_id(db, lote.cuenta_id).await?;
    let cuenta = cuenta.ok_or(Error::NotFound("cuenta_bancaria"))?;
    let bytes = objetos.get(&lote.objeto, &lote.sha256).await?;
    let leido = tokio::task::spawn_blocking({
        let cuenta = cuenta.clone();
        move || parsed(&bytes, &cuenta)
    });
    let leido = leido.await.map_err(|_| ramal_db::DbError::Corrupt("a reader stopped"))?;
    match leido {
        Ok(extracto) => keep(db, cx, lote, &extracto).await,
        Err(rechazo) => refuse(db, cx, &lote, &rechazo).await,
    }
}

/// The statement of the account in a file. Errors: the refusal of the file.
fn parsed(bytes: &[u8], cuenta: &CuentaBancaria) -> Result<Extracto, Rechazo> {
    let perfil = cuenta.perfil.as_ref();
    let extractos = ramal_extractos::read(bytes, perfil, Some(cuenta.moneda))?;
    let suyo = |e: &Extracto| e.moneda == cuenta.moneda && is_same(&e.cuenta, &cuenta.numero);
    let mut suyos: Vec<Extracto> = extractos.into_iter().filter(suyo).collect();
    match suyos.len() {
        1 => Ok(suyos.remove(0)),
        0 => Err(Rechazo::whole(Motivo::Falta(format!(
            "la cuenta {} en {}",
            cuenta.numero,
            cuenta.moneda.codigo()
        )))),
        _ => Err(Rechazo::whole(Motivo::Formato("extracto de una sola cuenta"))),
    }
}

/// Whether two writings name one account: either is unknown, or one ends with or holds the other.
fn is_same(del_archivo: &str, propia: &str) -> bool {
    let digits = |t: &str| t.chars().filter(char::is_ascii_digit).collect::<String>();
    let (a, b) = (digits(del_archivo), digits(propia));
    let (larga, corta) = if a.len() >= b.len() { (&a, &b) } else { (&b, &a) };
    corta.is_empty() || corta.len() < 6 && a == b || corta.len() >= 6 && larga.contains(corta)
}

async fn keep(db: &Db, cx: &Cx, lote: Lote, extracto: &Extracto) -> Result<(), Error> {
    let numeradas: Vec<(i64, &Linea)> = (1_i64..).zip(&extracto.lineas).collect();
    let mut leidos = 0;
    for parte in numeradas.chunks(TANDA) {
        let tx = db.begin().await?;
        renglones::insert_new(&tx, cx, &lote, parte).await?;
        leidos += i64::try_from(parte.len()).unwrap_or(0);
        lotes::note_progress(&tx, lote.id, leidos).await?;
        tx.emit(cx, &LoteAvanzo { lote_id: lote.id.uuid() }).await?;
        tx.commit().await?;
    }
    let fechas = || extracto.lineas.iter().map(|l| l.fecha_operacion);
    let leido = Lote {
        leidos,
        desde: fechas().min(),
        hasta: fechas().max(),
        saldo_inicial: extracto.opening(),
        saldo_final: extracto.closing(),
        ..lote
    };
    let tx = db.begin().await?;
    if lotes::note_read(&tx, &leido).await? {
        if let Some(hasta) = leido.hasta {
            cuentas::note_read(&tx, cx, leido.cuenta_id, hasta).await?;
        }
        let datos = json!({"lote_id": leido.id});
        let trabajo = NuevoTrabajo::new(TRABAJO_COTEJAR, datos).with_clave(leido.id.to_string());
        enqueue(&tx, cx, trabajo).await?;
    }
    tx.commit().await.map_err(Error::from)
}

async fn refuse(db: &Db, cx: &Cx, lote: &Lote, rechazo: &Rechazo) -> Result<(), Error> {
    let motivo = sentence(&rechazo.motivo);
    let tx = db.begin().await?;
    lotes::reject(&tx, lote.id, (i64::from(rechazo.linea), &motivo)).await?;
    tx.emit(cx, &LoteAvanzo { lote_id: lote.id.uuid() }).await?;
    tx.commit().await.map_err(Error::from)
}

/// A reason as a sentence.
fn sentence(motivo: &Motivo) -> String {
    let texto = motivo.to_string();
    let mut letras = texto.chars();
    let primera = letras.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    format!("{primera}{}.", letras.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_of_another_account_is_not_taken() {
        assert!(
            is_same("0123456789", "012180001234567890")
                == "012180001234567890".contains("0123456789")
        );
        assert!(is_same("191-1234567-0-11", "19112345670 11"));
        assert!(is_same("", "123456789"));
        assert!(is_same("7001234567", ""));
        assert!(!is_same("7001234567", "7001234568"));
        assert!(!is_same("4567", "7001234567"));
    }
}
