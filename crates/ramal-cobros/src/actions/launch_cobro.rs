//! The gateway is asked to make what an intent says, outside any transaction; then its answer is
//! kept. An answer that never came is resolved by a question, never by a blind repetition.

use ramal_base::dinero::format_centavos;
use ramal_base::{Cx, Instante, Problema};
use ramal_clientes::ClienteId;
use ramal_db::{Consulta, Db};
use ramal_pasarelas::{
    CobroCreado, DocumentoPagador, FallaPasarela, Pagador, Pasarela, PedidoCobro, Secreto,
};
use serde_json::json;

use super::create_cobro::SILENCIO_MS;
use crate::cobro::{Estado, Fila, Partida, keep_instruccion};
use crate::events::{CobroCambiado, CobroCreado as Creado};
use crate::storage::cobros::{self, Hecho};
use crate::{CobroId, Error};

/// How long an uncertain request waits for its question.
const DUDA_MS: i64 = 60_000;

/// What the gateway must know besides the cobro.
#[derive(Clone, Debug, Default)]
pub struct Ida {
    /// Page where the person comes back to.
    pub retorno: String,
    /// Address of ours that receives the notices.
    pub aviso: String,
    /// One-use token of a card or of Yape; never kept.
    pub token: Option<Secreto>,
}

/// Asks the gateway for the cobro and keeps what it answered; gives the cobro as it stands then.
///
/// Of one that the gateway has already, or that is closed, nothing is asked. Speaks to the network,
/// so it takes the database: no transaction is open meanwhile.
/// Errors: `NotFound`, `Storage`. A failure of the gateway is a state of the cobro, not an error.
pub async fn launch_cobro(
    db: &Db,
    cx: &Cx,
    pasarela: &dyn Pasarela,
    (id, ida): (CobroId, &Ida),
) -> Result<Fila, Error> {
    let fila = cobros::by_id(db, id).await?.ok_or(Error::NotFound("cobro"))?;
    let estado = fila.estado()?;
    if !matches!(estado, Estado::Creado | Estado::Incierto) {
        return Ok(fila);
    }
    let pedido = request(db, &fila, ida).await?;
    let respuesta = match estado {
        Estado::Incierto => again(pasarela, &pedido).await,
        _ => pasarela.create_cobro(&pedido).await,
    };
    keep(db, cx, &fila, respuesta).await
}

/// How long a call to the gateway may take; until then nobody else makes the same one.
const LLAMADA_MS: i64 = 40_000;

/// Whether the gateway may be asked again for a cobro: it does not have it, and nobody else is in
/// the middle of asking.
pub fn may_launch(fila: &Fila, ahora: Instante) -> bool {
    let falta = matches!(fila.estado(), Ok(Estado::Creado | Estado::Incierto));
    let libre = fila.falla.is_some() || fila.actualizado.plus_millis(LLAMADA_MS) <= ahora;
    falta && libre
}

/// Of an uncertain request, what the gateway knows; only if it knows nothing, once more under the
/// same key. A card's token is spent by then, so those are never sent again.
async fn again(
    pasarela: &dyn Pasarela,
    pedido: &PedidoCobro,
) -> Result<CobroCreado, FallaPasarela> {
    match pasarela.resolve(pedido).await? {
        Some(creado) => Ok(creado),
        None if pedido.token.is_some() => Err(FallaPasarela::rechazada(
            "token_gastado",
            "El cobro no se hizo; hay que empezar de nuevo.",
        )),
        None => pasarela.create_cobro(pedido).await,
    }
}

/// What is told to the gateway.
pub(super) async fn request(
    c: &impl Consulta,
    fila: &Fila,
    ida: &Ida,
) -> Result<PedidoCobro, Error> {
    let partidas = cobros::partidas(c, fila.id).await?;
    let cliente = ClienteId::from_uuid(fila.cliente_id);
    let cliente = ramal_clientes::storage::by_id(c, cliente).await?;
    let cliente = cliente.ok_or(Error::NotFound("cliente"))?;
    let documento = DocumentoPagador {
        tipo: cliente.tipo_documento.as_str().to_owned(),
        numero: cliente.numero_documento.clone(),
    };
    Ok(PedidoCobro {
        externa: fila.id.to_string(),
        clave: fila.clave.clone(),
        importe: fila.monto,
        moneda: fila.moneda()?,
        concepto: concept(&partidas),
        medio: fila.medio()?,
        pagador: Pagador {
            nombre: cliente.razon_social,
            email: cliente.email,
            documento: Some(documento),
        },
        vence: Some(fila.vence),
        retorno: ida.retorno.clone(),
        aviso: ida.aviso.clone(),
        token: ida.token.clone(),
    })
}

/// What the person reads on the gateway's page.
fn concept(partidas: &[Partida]) -> String {
    match partidas {
        [] => "Pago".to_owned(),
        [una] => format!("Factura {}", una.numero),
        [primera, resto @ ..] => format!("Factura {} y {} más", primera.numero, resto.len()),
    }
}

/// Keeps what the gateway answered, unless somebody closed the cobro meanwhile.
async fn keep(
    db: &Db,
    cx: &Cx,
    fila: &Fila,
    respuesta: Result<CobroCreado, FallaPasarela>,
) -> Result<Fila, Error> {
    let tx = db.begin().await?;
    let actual = cobros::lock(&tx, fila.id).await?.ok_or(Error::NotFound("cobro"))?;
    if !matches!(actual.estado()?, Estado::Creado | Estado::Incierto) {
        return Ok(actual);
    }
    let ahora = cx.now();
    let (hecho, paso) = match &respuesta {
        Ok(creado) => (made(creado, ahora)?, ("pendiente", json!({}))),
        Err(falla) => failed(falla, &actual, ahora),
    };
    let estado = hecho.estado;
    let detalle = hecho.falla.clone();
    cobros::set_hecho(&tx, cx, fila.id, hecho).await?;
    cobros::append(&tx, cx, fila.id, paso).await?;
    tell(&tx, cx, &actual, estado).await?;
    tx.commit().await?;
    if let Some(detalle) = detalle {
        tracing::warn!(cobro.id = %fila.id, %detalle, "a gateway did not make a cobro");
    }
    cobros::by_id(db, fila.id).await?.ok_or(Error::NotFound("cobro"))
}

fn made(creado: &CobroCreado, ahora: Instante) -> Result<Hecho<'_>, Error> {
    Ok(Hecho {
        estado: Estado::Pendiente,
        referencia: Some(&creado.referencia),
        url: creado.url.as_deref(),
        instruccion: creado.instruccion.as_ref().map(keep_instruccion).transpose()?,
        vence: creado.vence,
        falla: None,
        proxima: Some(ahora.plus_millis(SILENCIO_MS)),
    })
}

/// A refusal ends the cobro; what did not happen leaves it as it was; what may have happened is
/// uncertain until the question is answered.
fn failed(
    falla: &FallaPasarela,
    fila: &Fila,
    ahora: Instante,
) -> (Hecho<'static>, (&'static str, serde_json::Value)) {
    let actual = fila.estado().unwrap_or(Estado::Incierto);
    let (estado, proxima, paso) = match falla {
        FallaPasarela::Incierta { .. } => {
            (Estado::Incierto, Some(ahora.plus_millis(DUDA_MS)), "incierto")
        }
        FallaPasarela::Reintentable { .. } => {
            (actual, Some(ahora.plus_millis(SILENCIO_MS)), "sin_respuesta")
        }
        FallaPasarela::Rechazada { .. } | FallaPasarela::Configuracion { .. } => {
            (Estado::Rechazado, None, "rechazado")
        }
    };
    let hecho = Hecho {
        estado,
        referencia: None,
        url: None,
        instruccion: None,
        vence: None,
        falla: Some(clip(&falla.to_string())),
        proxima,
    };
    (hecho, (paso, json!({ "motivo": clip(&falla.to_string()) })))
}

/// A gateway's text, short enough to keep.
pub(crate) fn clip(texto: &str) -> String {
    texto.chars().take(300).collect()
}

async fn tell(
    tx: &ramal_db::Tx,
    cx: &Cx,
    fila: &Fila,
    estado: Estado,
) -> Result<(), ramal_db::DbError> {
    let (cobro_id, cliente_id) = (fila.id, fila.cliente_id);
    match estado {
        Estado::Pendiente => {
            let importe = format_centavos(fila.monto);
            let (moneda, pasarela) = (fila.moneda.clone(), fila.pasarela.clone());
            let evento = Creado { cobro_id, cliente_id, importe, moneda, pasarela };
            tx.emit(cx, &evento).await
        }
        Estado::Rechazado => tx.emit(cx, &CobroCambiado { cobro_id, cliente_id, estado }).await,
        _ => Ok(()),
    }
}

/// What whoever asked is told of a cobro that the gateway did not make.
pub(crate) fn refusal(fila: &Fila) -> Option<Problema> {
    let (estado, codigo, titulo) = match Estado::parse(&fila.estado)? {
        Estado::Rechazado => (409, "pasarela_rechazo", "La pasarela dijo que no"),
        Estado::Creado => (503, "pasarela_ausente", "La pasarela no respondió"),
        _ => return None,
    };
    let detalle = "No se cobró nada. Se puede volver a intentar o elegir otro medio de pago.";
    Some(Problema::new(estado, codigo, titulo, detalle))
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn the_person_reads_what_is_being_paid() {
        let p = |n: &str| Partida { factura_id: Uuid::nil(), numero: n.into(), monto: 1 };
        assert_eq!(concept(&[p("F001-11")]), "Factura F001-11");
        assert_eq!(concept(&[p("F001-11"), p("F001-9"), p("F001-2")]), "Factura F001-11 y 2 más");
    }
}
