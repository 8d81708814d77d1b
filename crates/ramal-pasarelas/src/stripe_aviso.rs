//! Notices of Stripe: `Stripe-Signature`. It asks the gateway nothing.

use ramal_base::Instante;
use serde::Deserialize;

use crate::aviso::{AvisoCrudo, AvisoVerificado, ClaseAviso, MAX_AVISO, RechazoAviso};
use crate::emulada_aviso::{seconds, within};
use crate::firma::is_signed;
use crate::secreto::Secretos;

#[derive(Deserialize)]
struct Evento {
    id: String,
    #[serde(rename = "type")]
    tipo: String,
    #[serde(default)]
    data: Option<Datos>,
}

#[derive(Deserialize)]
struct Datos {
    object: Objeto,
}

#[derive(Deserialize)]
struct Objeto {
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    payment_intent: Option<Expandible>,
}

/// An id, or the whole object.
#[derive(Deserialize)]
#[serde(untagged)]
enum Expandible {
    Id(String),
    Entero { id: String },
}

/// Judges and reads one. The key is the whole `whsec_…` text; any `v1` is enough.
/// Source: stripe-python 16.1.0, `_webhook.py`.
pub(crate) fn verify(
    secretos: &Secretos,
    aviso: &AvisoCrudo,
) -> Result<AvisoVerificado, RechazoAviso> {
    let segundos = signed(secretos, aviso)?;
    let evento: Evento =
        serde_json::from_slice(&aviso.cuerpo).map_err(|_| RechazoAviso::Malformado)?;
    let objeto = evento.data.map(|d| d.object);
    let recurso = objeto.and_then(|o| {
        let pago = o.payment_intent.map(|p| match p {
            Expandible::Id(id) | Expandible::Entero { id } => id,
        });
        pago.or(o.id)
    });
    let (clase, recurso) = match (class(&evento.tipo), recurso) {
        (ClaseAviso::Otro, _) | (_, None) => (ClaseAviso::Otro, String::new()),
        (clase, Some(recurso)) => (clase, recurso),
    };
    Ok(AvisoVerificado {
        evento_id: evento.id,
        clase,
        recurso,
        momento: Instante::from_millis(segundos * 1_000),
        fuera_de_ventana: false,
    })
}

fn class(tipo: &str) -> ClaseAviso {
    if tipo.starts_with("charge.dispute.") {
        return ClaseAviso::Contracargo;
    }
    if tipo.starts_with("refund.") || tipo.starts_with("charge.refund") {
        return ClaseAviso::Devolucion;
    }
    let de_cobro = ["checkout.session.", "payment_intent.", "charge."];
    match de_cobro.iter().any(|prefijo| tipo.starts_with(prefijo)) {
        true => ClaseAviso::Cobro,
        false => ClaseAviso::Otro,
    }
}

/// Signed moment, unix seconds.
fn signed(secretos: &Secretos, aviso: &AvisoCrudo) -> Result<i64, RechazoAviso> {
    if aviso.cuerpo.len() > MAX_AVISO {
        return Err(RechazoAviso::Enorme);
    }
    let cabecera = aviso.cabecera("stripe-signature").ok_or(RechazoAviso::SinFirma)?;
    let (mut marca, mut firmas) = (None, Vec::new());
    for (nombre, valor) in cabecera.split(',').filter_map(|p| p.split_once('=')) {
        match nombre.trim() {
            "t" => marca = Some(valor.trim()),
            "v1" => firmas.extend(hex::decode(valor.trim()).ok()),
            _ => {}
        }
    }
    let marca = marca.ok_or(RechazoAviso::SinFirma)?;
    let segundos = seconds(marca)?;
    let claves: Vec<&[u8]> = secretos.iter().map(|s| s.expose().as_bytes()).collect();
    if claves.is_empty() {
        return Err(RechazoAviso::SinSecreto);
    }
    let mut mensaje = format!("{marca}.").into_bytes();
    mensaje.extend_from_slice(&aviso.cuerpo);
    if !is_signed(claves, &mensaje, &firmas) {
        return Err(RechazoAviso::FirmaInvalida);
    }
    within(segundos, aviso.recibido)?;
    Ok(segundos)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Secreto;

    const V1: &str = "5903faad8df5355e3fd5c7da4d0833b82f151fe35e0566ade50761b8e0b48b36";
    const CUERPO: &str = r#"{"id":"evt_1","object":"event","type":"payment_intent.succeeded"}"#;

    fn juicio(
        cabecera: &str,
        cuerpo: &str,
        segundos: i64,
    ) -> Result<AvisoVerificado, RechazoAviso> {
        let aviso = AvisoCrudo {
            cabeceras: vec![("stripe-signature".into(), cabecera.into())],
            consulta: String::new(),
            cuerpo: cuerpo.as_bytes().to_vec(),
            recibido: Instante::from_millis(segundos * 1_000),
        };
        verify(&Secretos::new(Secreto::new("whsec_demo")), &aviso)
    }

    fn sign(cuerpo: &str) -> String {
        let clave = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, b"whsec_demo");
        let firma = aws_lc_rs::hmac::sign(&clave, format!("1763640000.{cuerpo}").as_bytes());
        format!("t=1763640000,v1={}", hex::encode(firma))
    }

    #[test]
    fn the_vector_of_the_vendor_is_accepted_and_any_v1_is_enough() {
        let v = juicio(&format!("t=1763640000,v1={V1}"), CUERPO, 1_763_640_300).unwrap();
        assert_eq!((v.evento_id.as_str(), v.momento.millis()), ("evt_1", 1_763_640_000_000));
        let otra = "0".repeat(64);
        let varias = format!("t=1763640000,v1={otra},v1={V1},v0={otra}");
        assert!(juicio(&varias, CUERPO, 1_763_640_000).is_ok());
    }

    #[test]
    fn old_future_forged_and_downgraded_signatures_are_refused() {
        use RechazoAviso::{FirmaInvalida, FueraDeVentana, Malformado, SinFirma};
        let buena = format!("t=1763640000,v1={V1}");
        let tarde = juicio(&buena, CUERPO, 1_763_640_301).unwrap_err();
        assert_eq!(tarde, FueraDeVentana { desfase_s: 301 });
        let futuro = juicio(&buena, CUERPO, 1_763_639_699).unwrap_err();
        assert_eq!(futuro, FueraDeVentana { desfase_s: -301 });
        let t = 1_763_640_000;
        let con = |cabecera: &str| juicio(cabecera, CUERPO, t).unwrap_err();
        assert_eq!(con(&format!("t=1763640000,v0={V1}")), FirmaInvalida);
        assert_eq!(con(&format!("t=1763640001,v1={V1}")), FirmaInvalida);
        assert_eq!(con(&format!("v1={V1}")), SinFirma);
        assert_eq!(con(""), SinFirma);
        assert_eq!(con(&format!("t=1e9,v1={V1}")), Malformado);
        assert_eq!(
            juicio(&buena, &CUERPO.replace("evt_1", "evt_2"), t).unwrap_err(),
            FirmaInvalida
        );
        assert_eq!(juicio(&sign("hola"), "hola", t).unwrap_err(), Malformado);
    }

    #[test]
    fn each_kind_of_event_points_to_the_payment_it_speaks_of() {
        let de = |tipo: &str, objeto: &str| {
            let cuerpo =
                format!(r#"{{"id":"evt_9","type":"{tipo}","data":{{"object":{objeto}}}}}"#);
            let v = juicio(&sign(&cuerpo), &cuerpo, 1_763_640_000).unwrap();
            (v.clase, v.recurso)
        };
        let pi = r#"{"id":"x","payment_intent":"pi_1"}"#;
        let entero = r#"{"id":"x","payment_intent":{"id":"pi_1","object":"payment_intent"}}"#;
        assert_eq!(de("checkout.session.completed", pi), (ClaseAviso::Cobro, "pi_1".into()));
        assert_eq!(de("checkout.session.completed", entero), (ClaseAviso::Cobro, "pi_1".into()));
        let solo = r#"{"id":"cs_1","payment_intent":null}"#;
        assert_eq!(de("checkout.session.expired", solo), (ClaseAviso::Cobro, "cs_1".into()));
        assert_eq!(de("charge.refunded", pi).0, ClaseAviso::Devolucion);
        assert_eq!(de("refund.updated", pi).0, ClaseAviso::Devolucion);
        assert_eq!(de("charge.dispute.created", pi).0, ClaseAviso::Contracargo);
        assert_eq!(de("payout.paid", pi), (ClaseAviso::Otro, String::new()));
    }
}
