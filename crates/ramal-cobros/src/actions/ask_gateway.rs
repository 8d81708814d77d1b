//! A question to the gateway about one cobro: what was paid for it, and whether its time is over.
//! It is how lost notices are made up for (Y6), so it believes nothing but the answer.

use ramal_base::{Cx, Instante};
use ramal_db::{Db, Tx};
use ramal_pasarelas::{EstadoRemoto, FallaPasarela, Pasarela};
use serde_json::json;

use super::apply_remoto::{Visto, take_in};
use super::launch_cobro::{self, Ida, clip};
use crate::cobro::{Estado, Fila, keep_instruccion};
use crate::events::CobroCambiado;
use crate::puerto::Pasarelas;
use crate::storage::cobros::{self, Hecho};
use crate::storage::senales;
use crate::{CobroId, Error};

const MINUTO_MS: i64 = 60_000;
const HORA_MS: i64 = 60 * MINUTO_MS;
/// What is left to a payment made in the last minute to become known.
const GRACIA_MS: i64 = HORA_MS;
/// Questions after which a cobro that the gateway never heard of is closed.
const PREGUNTAS_SIN_ECO: i32 = 3;

/// Asks the gateway about a cobro and applies what it tells; gives the cobro as it stands then.
///
/// Speaks to the network, so it takes the database: no transaction is open meanwhile.
/// Errors: `NotFound`, `SinPasarela`, `Storage`; `Pasarela` if it did not answer, which is noted.
pub async fn ask_gateway(
    db: &Db,
    cx: &Cx,
    pasarelas: &dyn Pasarelas,
    id: CobroId,
) -> Result<Fila, Error> {
    let fila = cobros::by_id(db, id).await?.ok_or(Error::NotFound("cobro"))?;
    let pasarela = pasarelas.get(&fila.pasarela).ok_or(Error::SinPasarela)?;
    let leido = cx.now();
    let vistos = match pagos_of(pasarela.as_ref(), &fila).await {
        Ok(vistos) => vistos,
        Err(falla) => {
            note_failure(db, cx, &fila.pasarela, &falla).await?;
            return Err(falla.into());
        }
    };
    for remoto in &vistos {
        let (pasarela, cuenta) = (fila.pasarela.as_str(), pasarela.cuenta());
        take_in(db, cx, &Visto { pasarela, cuenta, remoto, leido }).await?;
    }
    let eco = echo(db, pasarela.as_ref(), &fila, vistos.is_empty()).await?;
    let tx = db.begin().await?;
    senales::note_consulta(&tx, &fila.pasarela, cx.now()).await?;
    finish(&tx, cx, id, eco).await?;
    tx.commit().await?;
    cobros::by_id(db, id).await?.ok_or(Error::NotFound("cobro"))
}

/// Every payment that names the cobro, and what became of the request itself.
async fn pagos_of(
    pasarela: &dyn Pasarela,
    fila: &Fila,
) -> Result<Vec<EstadoRemoto>, FallaPasarela> {
    let mut vistos = pasarela.search(&fila.id.to_string()).await?;
    let Some(referencia) = &fila.referencia else { return Ok(vistos) };
    if vistos.iter().any(|v| v.referencia == *referencia || v.estado.was_acreditado()) {
        return Ok(vistos);
    }
    match pasarela.consult(referencia).await {
        Ok(visto) if vistos.iter().any(|v| v.referencia == visto.referencia) => {}
        Ok(visto) => vistos.push(visto),
        Err(falla) if falla.is_no_existe() => {}
        Err(falla) => return Err(falla),
    }
    Ok(vistos)
}

/// What the gateway knows of a request whose answer never came.
enum Eco {
    /// Nothing was in doubt, or a payment answered for it.
    Claro,
    /// It made it.
    Hecho(Box<ramal_pasarelas::CobroCreado>),
    /// It never heard of it.
    Nada,
}

async fn echo(
    db: &Db,
    pasarela: &dyn Pasarela,
    fila: &Fila,
    sin_pagos: bool,
) -> Result<Eco, Error> {
    let dudoso = matches!(fila.estado()?, Estado::Creado | Estado::Incierto);
    if !dudoso || !sin_pagos {
        return Ok(Eco::Claro);
    }
    let pedido = launch_cobro::request(db, fila, &Ida::default()).await?;
    Ok(match pasarela.resolve(&pedido).await? {
        Some(creado) => Eco::Hecho(Box::new(creado)),
        None => Eco::Nada,
    })
}

/// Settles a doubt, closes what is over, and says when to ask again.
async fn finish(tx: &Tx, cx: &Cx, id: CobroId, eco: Eco) -> Result<(), Error> {
    let fila = cobros::lock(tx, id).await?.ok_or(Error::NotFound("cobro"))?;
    let estado = fila.estado()?;
    if !estado.is_abierto() {
        return Ok(cobros::set_consultado(tx, id, None).await?);
    }
    let ahora = cx.now();
    if let Eco::Hecho(creado) = &eco {
        return settle_doubt(tx, cx, &fila, creado).await;
    }
    let sin_eco = matches!(eco, Eco::Nada) && fila.consultas + 1 >= PREGUNTAS_SIN_ECO;
    let vencido = estado != Estado::EnProceso && fila.vence.plus_millis(GRACIA_MS) <= ahora;
    if sin_eco || vencido {
        let fin = if vencido { Estado::Vencido } else { Estado::Cancelado };
        cobros::set_estado(tx, cx, id, (fin, None)).await?;
        cobros::append(tx, cx, id, (fin.as_str(), json!({ "sin_eco": sin_eco }))).await?;
        let evento = CobroCambiado { cobro_id: id, cliente_id: fila.cliente_id, estado: fin };
        tx.emit(cx, &evento).await?;
        return Ok(cobros::set_consultado(tx, id, None).await?);
    }
    Ok(cobros::set_consultado(tx, id, Some(next_question(&fila, ahora))).await?)
}

async fn settle_doubt(
    tx: &Tx,
    cx: &Cx,
    fila: &Fila,
    creado: &ramal_pasarelas::CobroCreado,
) -> Result<(), Error> {
    let hecho = Hecho {
        estado: Estado::Pendiente,
        referencia: Some(&creado.referencia),
        url: creado.url.as_deref(),
        instruccion: creado.instruccion.as_ref().map(keep_instruccion).transpose()?,
        vence: creado.vence,
        falla: None,
        proxima: Some(next_question(fila, cx.now())),
    };
    cobros::set_hecho(tx, cx, fila.id, hecho).await?;
    Ok(cobros::append(tx, cx, fila.id, ("pendiente", json!({ "resuelto": true }))).await?)
}

/// When to ask again: often while it is young, and once right after its time is over.
fn next_question(fila: &Fila, ahora: Instante) -> Instante {
    let edad = ahora.millis() - fila.creado.millis();
    let espera = match edad {
        _ if edad < 2 * HORA_MS => 10 * MINUTO_MS,
        _ if edad < 24 * HORA_MS => 30 * MINUTO_MS,
        _ => 3 * HORA_MS,
    };
    let proxima = ahora.plus_millis(espera);
    let fin = fila.vence.plus_millis(GRACIA_MS);
    if fin > ahora { proxima.min(fin) } else { proxima }
}

/// Notes that a gateway did not answer.
pub(crate) async fn note_failure(
    db: &Db,
    cx: &Cx,
    pasarela: &str,
    falla: &FallaPasarela,
) -> Result<(), Error> {
    let motivo = clip(&falla.to_string());
    tracing::warn!(pasarela, %motivo, "a gateway did not answer");
    let tx = db.begin().await?;
    senales::note_falla(&tx, pasarela, (cx.now(), &motivo)).await?;
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fila(creado: i64, vence: i64) -> Fila {
        let at = Instante::from_millis;
        Fila {
            id: CobroId::from_uuid(uuid::Uuid::nil()),
            numero: 1,
            cliente_id: uuid::Uuid::nil(),
            moneda: "PEN".into(),
            monto: 1,
            pasarela: "emulada".into(),
            medio: "enlace".into(),
            estado: "pendiente".into(),
            origen: "enlace".into(),
            clave: "k".into(),
            referencia: None,
            url: None,
            instruccion: None,
            falla: None,
            vence: at(vence),
            consultas: 0,
            proxima: None,
            regreso: None,
            acreditado: None,
            creado: at(creado),
            actualizado: at(creado),
            version: 1,
        }
    }

    #[test]
    fn a_young_cobro_is_asked_about_every_ten_minutes_and_an_old_one_less() {
        let f = fila(0, 1_000 * HORA_MS);
        let wait = |ahora: i64| {
            (next_question(&f, Instante::from_millis(ahora)).millis() - ahora) / MINUTO_MS
        };
        assert_eq!((wait(0), wait(3 * HORA_MS), wait(30 * HORA_MS)), (10, 30, 180));
    }

    #[test]
    fn the_end_of_a_cobro_is_not_waited_for_longer_than_needed() {
        let f = fila(0, 30 * HORA_MS);
        let ahora = Instante::from_millis(30 * HORA_MS + 50 * MINUTO_MS);
        assert_eq!(next_question(&f, ahora).millis(), 31 * HORA_MS);
    }
}
