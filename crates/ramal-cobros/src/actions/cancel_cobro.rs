//! Closing a cobro before anybody pays. The gateway has the last word: what was paid meanwhile is
//! paid.

use ramal_base::Cx;
use ramal_db::Db;
use ramal_plataforma::{Registro, audit};
use serde_json::json;

use super::apply_remoto::{Visto, take_in};
use super::ask_gateway::ask_gateway;
use crate::cobro::{Estado, Fila};
use crate::events::CobroCambiado;
use crate::puerto::Pasarelas;
use crate::storage::cobros;
use crate::{CobroId, Error};

/// Closes a cobro that nobody paid; gives it as it stands then, which is paid if somebody was
/// faster.
///
/// Speaks to the network, so it takes the database. Repeating it changes nothing.
/// Errors: `NotFound`; 409 if its state does not allow it; `SinPasarela`; `Pasarela`; `Storage`.
pub async fn cancel_cobro(
    db: &Db,
    cx: &Cx,
    pasarelas: &dyn Pasarelas,
    id: CobroId,
) -> Result<Fila, Error> {
    let fila = cobros::by_id(db, id).await?.ok_or(Error::NotFound("cobro"))?;
    match fila.estado()? {
        Estado::Cancelado => return Ok(fila),
        Estado::Pendiente | Estado::Creado => {}
        Estado::Incierto => {
            let detalle = "La pasarela no confirmó si lo creó. En unos minutos se sabrá.";
            return Err(Error::conflicto("cobro_incierto", detalle));
        }
        otro => return Err(Error::Estado(word(otro))),
    }
    let pasarela = pasarelas.get(&fila.pasarela).ok_or(Error::SinPasarela)?;
    if let Some(referencia) = &fila.referencia {
        let leido = cx.now();
        match pasarela.cancel(referencia).await {
            Ok(remoto) => {
                let (codigo, cuenta) = (fila.pasarela.as_str(), pasarela.cuenta());
                let visto = Visto { pasarela: codigo, cuenta, remoto: &remoto, leido };
                take_in(db, cx, &visto).await?;
            }
            Err(falla) if falla.is_no_existe() => {}
            Err(ramal_pasarelas::FallaPasarela::Rechazada { .. }) => {
                let fila = ask_gateway(db, cx, pasarelas, id).await?;
                return match fila.estado()? {
                    estado if estado.is_abierto() => Err(Error::conflicto(
                        "no_se_puede_cancelar",
                        "La pasarela no deja cancelar este cobro.",
                    )),
                    _ => Ok(fila),
                };
            }
            Err(falla) => return Err(falla.into()),
        }
    }
    close(db, cx, id).await
}

/// Closes it here, unless it was paid in between.
async fn close(db: &Db, cx: &Cx, id: CobroId) -> Result<Fila, Error> {
    let tx = db.begin().await?;
    let fila = cobros::lock(&tx, id).await?.ok_or(Error::NotFound("cobro"))?;
    if fila.estado()?.is_abierto() {
        let estado = Estado::Cancelado;
        cobros::set_estado(&tx, cx, id, (estado, None)).await?;
        cobros::append(&tx, cx, id, ("cancelado", json!({}))).await?;
        let cliente_id = fila.cliente_id;
        tx.emit(cx, &CobroCambiado { cobro_id: id, cliente_id, estado }).await?;
    }
    audit(&tx, cx, Registro::new("cobro.cancelar", "cobro", id)).await?;
    tx.commit().await?;
    cobros::by_id(db, id).await?.ok_or(Error::NotFound("cobro"))
}

/// A state in words.
pub(super) fn word(estado: Estado) -> &'static str {
    match estado {
        Estado::Creado => "por enviar a la pasarela",
        Estado::Incierto => "sin confirmar",
        Estado::Pendiente => "pendiente de pago",
        Estado::EnProceso => "en proceso de pago",
        Estado::Acreditado => "pagado",
        Estado::Rechazado => "rechazado",
        Estado::Vencido => "vencido",
        Estado::Cancelado => "cancelado",
        Estado::Devuelto => "devuelto",
        Estado::Contracargado => "en contracargo",
    }
}
