//! What people write to us. Here it opens the window, says yes or no to advertising, and is kept;
//! answering it belongs to the inbox.

use ramal_base::{Cx, Instante};
use ramal_canales::whatsapp::webhook::{Identidad, MensajeEntrante, Preferencia, TipoEntrante};
use ramal_db::{DbError, Tx};

use crate::events::MensajeRecibido;
use crate::storage::entrada::{self, RecibidoNuevo};
use crate::storage::lineas::{self, Linea};
use crate::storage::oposiciones::{self, Palabra};
use crate::{Canal, telefono};

/// How long a message of a person keeps the window open, in milliseconds (W19).
const VENTANA_MS: i64 = 24 * 3_600_000;

/// Words that stop advertising, alone in a message.
const BAJAS: [&str; 7] = [
    "baja",
    "stop",
    "darme de baja",
    "dar de baja",
    "cancelar suscripcion",
    "no mas promociones",
    "unsubscribe",
];
/// Words that let it in again.
const ALTAS: [&str; 3] = ["alta", "start", "quiero promociones"];

/// Who wrote, as windows and oppositions name him: the telephone, else the business-scoped id.
pub fn who(identidad: &Identidad) -> Option<String> {
    let telefono = identidad.wa_id.as_deref().filter(|t| !t.is_empty());
    telefono.or(identidad.bsuid.as_deref()).map(telefono::key)
}

/// Reads a message: once, however many times it comes (W6).
pub async fn hear(
    tx: &Tx,
    cx: &Cx,
    linea: &Linea,
    mensaje: &MensajeEntrante,
) -> Result<(), DbError> {
    let Some(usuario) = who(&mensaje.de) else { return Ok(()) };
    let nuevo = RecibidoNuevo {
        id: cx.new_id::<RecibidoNuevo>().uuid(),
        telefono_id: linea.telefono_id.clone(),
        wamid: mensaje.wamid.clone(),
        usuario: usuario.clone(),
        tipo: type_name(&mensaje.tipo),
        texto: mensaje.texto.clone(),
        crudo: mensaje.crudo.to_string(),
        momento: mensaje.momento,
        recibido: cx.now(),
    };
    if !entrada::put_recibido(tx, &nuevo).await? {
        return Ok(());
    }
    lineas::mark_heard(tx, linea.id, mensaje.momento).await?;
    if mensaje.tipo != TipoEntrante::Sistema {
        for nombre in names(&mensaje.de) {
            let hasta = mensaje.momento.plus_millis(VENTANA_MS);
            lineas::open_window(tx, linea.id, &nombre, hasta).await?;
        }
        oposiciones::clear_doubt(tx, Canal::Whatsapp, &usuario).await?;
    }
    let dicho = mensaje.carga.as_deref().or(mensaje.texto.as_deref()).and_then(wish);
    if let Some(baja) = dicho {
        say(tx, &usuario, ("mensaje", baja), mensaje.momento).await?;
    }
    let evento =
        MensajeRecibido { mensaje_id: nuevo.id, linea_id: linea.id, tipo: nuevo.tipo.clone() };
    tx.emit(cx, &evento).await
}

/// Every name of a person: the window counts under each of them.
fn names(de: &Identidad) -> Vec<String> {
    [&de.wa_id, &de.bsuid].into_iter().flatten().filter(|n| !n.is_empty()).cloned().collect()
}

fn type_name(tipo: &TipoEntrante) -> String {
    match tipo {
        TipoEntrante::Texto => "text".to_owned(),
        TipoEntrante::Sistema => "system".to_owned(),
        TipoEntrante::Otro(otro) => otro.clone(),
        conocido => format!("{conocido:?}").to_lowercase(),
    }
}

/// Whether a text is the wish to stop advertising (`true`) or to have it again (`false`).
pub fn wish(texto: &str) -> Option<Deseo> {
    let llano: String = texto
        .to_lowercase()
        .chars()
        .map(|c| match c {
            'á' => 'a',
            'é' => 'e',
            'í' => 'i',
            'ó' => 'o',
            'ú' => 'u',
            otro => otro,
        })
        .filter(|c| c.is_alphanumeric() || c.is_whitespace())
        .collect();
    let llano = llano.split_whitespace().collect::<Vec<_>>().join(" ");
    if BAJAS.contains(&llano.as_str()) {
        return Some(Deseo::Baja);
    }
    ALTAS.contains(&llano.as_str()).then_some(Deseo::Alta)
}

/// A wish about advertising.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deseo {
    /// No more.
    Baja,
    /// Again.
    Alta,
}

/// A person chose in the settings of WhatsApp itself (W30).
pub async fn prefer(tx: &Tx, preferencia: &Preferencia) -> Result<(), DbError> {
    let Some(usuario) = who(&preferencia.de) else { return Ok(()) };
    let deseo = if preferencia.is_baja() { Deseo::Baja } else { Deseo::Alta };
    say(tx, &usuario, ("preferencia", deseo), preferencia.momento).await
}

async fn say(
    tx: &Tx,
    usuario: &str,
    (origen, deseo): (&str, Deseo),
    momento: Instante,
) -> Result<(), DbError> {
    let palabra = Palabra {
        canal: Canal::Whatsapp,
        direccion: usuario.to_owned(),
        finalidad: "marketing",
        vigente: deseo == Deseo::Baja,
        origen: origen.to_owned(),
        momento,
    };
    oposiciones::say(tx, &palabra).await.map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_alone_stops_advertising_however_it_is_typed() {
        for texto in ["BAJA", " baja. ", "¡Stop!", "No más promociones", "Darme  de\nbaja"] {
            assert_eq!(wish(texto), Some(Deseo::Baja), "{texto}");
        }
        assert_eq!(wish("Alta"), Some(Deseo::Alta));
        for texto in ["la señal está baja", "baja el precio", "", "stopover", "🙂"] {
            assert_eq!(wish(texto), None, "{texto}");
        }
    }
}
