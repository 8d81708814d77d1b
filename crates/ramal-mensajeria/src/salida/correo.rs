//! A letter: frozen once, and the call that lets it leave. Every try sends the same bytes.

use ramal_canales::correo::dkim::{FirmaDkim, LlaveDkim};
use ramal_canales::correo::{AdjuntoCorreo, BajaCorreo, Buzon, NuevoCorreo, freeze};
use ramal_canales::{CorreoCongelado, FallaEnvio};
use ramal_plataforma::get_secret;

use super::Servicio;
use super::armar::{Armado, Encargo, open_text, piece};
use super::carga::{self, CargaCorreo};
use crate::ajustes::{AjustesCorreo, SECRETO_DKIM};
use crate::clase::Finalidad;
use crate::plantilla::{Plantilla, correo as hoja};
use crate::storage::ajustes;
use crate::{EnvioId, Error, baja};

pub(super) async fn build(
    servicio: &Servicio,
    encargo: &Encargo,
    plantilla: &Plantilla,
    direccion: &str,
) -> Result<Armado, Error> {
    let correo: AjustesCorreo = ajustes::load(&servicio.db, ajustes::CORREO).await?.valor;
    if !correo.is_ready() {
        return Ok(Armado::No("correo_sin_configurar"));
    }
    let mut pieza = piece(servicio, encargo, plantilla, direccion);
    let abierto = open_text(servicio, encargo, plantilla)?;
    let empresa = &encargo.partes.empresa;
    let de = if correo.de_nombre.is_empty() { empresa } else { &correo.de_nombre };
    let buzones = (Buzon::new(de, &correo.de), Buzon::new(&encargo.destinatario.nombre, direccion));
    let (Ok(de), Ok(para)) = buzones else { return Ok(Armado::No("direccion_invalida")) };
    let texto = hoja::plain(&abierto);
    let nuevo = NuevoCorreo {
        html: Some(hoja::html(&abierto, empresa)),
        adjuntos: files(servicio, encargo).await?,
        responder_a: Buzon::new("", &correo.responder_a).ok(),
        baja: unsubscribe(servicio, encargo, pieza.id),
        ..NuevoCorreo::new(pieza.id.uuid(), de, para, &abierto.asunto, &texto)
    };
    let firmas = signatures(servicio, &correo).await?;
    let congelado = match freeze(&servicio.cx, &nuevo, &firmas) {
        Ok(congelado) => congelado,
        Err(error) => {
            tracing::warn!(%error, envio = %pieza.id, "a letter could not be written");
            return Ok(Armado::No("correo_invalido"));
        }
    };
    let cabeza = CargaCorreo {
        de: congelado.de,
        para: congelado.para,
        message_id: congelado.message_id.clone(),
        largo: congelado.bytes.len(),
    };
    let bytes = carga::pack(&cabeza, &congelado.bytes)?;
    let sellar = (bytes, encargo.is_reservada());
    pieza.congelada =
        Some(carga::freeze(&servicio.sello, &servicio.objetos, pieza.id, sellar).await?);
    pieza.message_id = Some(congelado.message_id);
    Ok(Armado::Listo(Box::new(pieza)))
}

async fn files(servicio: &Servicio, encargo: &Encargo) -> Result<Vec<AdjuntoCorreo>, Error> {
    let mut archivos = Vec::new();
    for adjunto in &encargo.adjuntos {
        let bytes = servicio.objetos.get(&adjunto.objeto, &adjunto.huella).await?;
        let (nombre, mime) = (adjunto.nombre.clone(), adjunto.mime.clone());
        archivos.push(AdjuntoCorreo { nombre, mime, bytes, cid: None });
    }
    Ok(archivos)
}

/// Advertising says how to stop it; nothing else does.
fn unsubscribe(servicio: &Servicio, encargo: &Encargo, id: EnvioId) -> Option<BajaCorreo> {
    let anuncio = encargo.clase.finalidad() == Finalidad::Marketing;
    let url = format!("{}/baja/{}", servicio.sitio, baja::token(&servicio.sello, id));
    (anuncio && url.starts_with("https://")).then_some(BajaCorreo { url })
}

/// The company's signature, if it has a key of its own; a bad key is told and the relay signs.
async fn signatures(servicio: &Servicio, correo: &AjustesCorreo) -> Result<Vec<FirmaDkim>, Error> {
    if correo.dkim_selector.is_empty() {
        return Ok(Vec::new());
    }
    let Some(pem) = get_secret(&servicio.db, &servicio.sello, SECRETO_DKIM).await? else {
        return Ok(Vec::new());
    };
    let llave = LlaveDkim::from_pem(&String::from_utf8_lossy(&pem));
    let firma = llave.and_then(|l| FirmaDkim::new(correo.dominio(), &correo.dkim_selector, l));
    match firma {
        Ok(firma) => Ok(vec![firma]),
        Err(error) => {
            tracing::error!(%error, "the key of DKIM does not serve: letters leave without it");
            Ok(Vec::new())
        }
    }
}

/// Lets a letter leave. It has one addressee, so `Ok` means that it was taken.
pub(super) async fn call(servicio: &Servicio, bytes: &[u8]) -> Result<(), FallaEnvio> {
    let (cabeza, mime) =
        carga::unpack(bytes).map_err(|_| FallaEnvio::never("carga", "bytes dañados", OTRA))?;
    let congelado = CorreoCongelado {
        de: cabeza.de,
        para: cabeza.para,
        bytes: mime,
        message_id: cabeza.message_id,
    };
    let buzon = servicio.canales.correo().await?;
    let resultado = buzon.send(&congelado).await?;
    match resultado.fallidas().next() {
        Some((_, falla)) => Err(falla.clone()),
        None => Ok(()),
    }
}

const OTRA: ramal_canales::Causa = ramal_canales::Causa::Otra;
