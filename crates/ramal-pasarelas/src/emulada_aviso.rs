//! Notices of the emulated gateway: Standard Webhooks. It asks the gateway nothing.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use ramal_base::Instante;
use serde::Deserialize;

use crate::aviso::{AvisoCrudo, AvisoVerificado, ClaseAviso, MAX_AVISO, RechazoAviso};
use crate::firma::is_signed;
use crate::secreto::Secretos;

/// Tolerance of the signed moment, seconds, both ways.
pub(crate) const TOLERANCIA_S: i64 = 300;

#[derive(Deserialize)]
struct Cuerpo {
    tipo: String,
    #[serde(default)]
    datos: Option<Datos>,
}

#[derive(Deserialize)]
struct Datos {
    id: String,
}

/// Judges and reads one. Source: Standard Webhooks 1.0.
pub(crate) fn verify(
    secretos: &Secretos,
    aviso: &AvisoCrudo,
) -> Result<AvisoVerificado, RechazoAviso> {
    let (evento_id, momento) = signed(secretos, aviso)?;
    let cuerpo: Cuerpo =
        serde_json::from_slice(&aviso.cuerpo).map_err(|_| RechazoAviso::Malformado)?;
    let clase = match (cuerpo.tipo.split('.').next().unwrap_or_default(), &cuerpo.datos) {
        ("pago" | "cobro", Some(_)) => ClaseAviso::Cobro,
        ("devolucion", Some(_)) => ClaseAviso::Devolucion,
        ("contracargo", Some(_)) => ClaseAviso::Contracargo,
        _ => ClaseAviso::Otro,
    };
    let recurso = match clase {
        ClaseAviso::Otro => String::new(),
        _ => cuerpo.datos.map(|d| d.id).unwrap_or_default(),
    };
    Ok(AvisoVerificado { evento_id, clase, recurso, momento, fuera_de_ventana: false })
}

/// Id and moment of a notice signed by a live secret within the window.
fn signed(secretos: &Secretos, aviso: &AvisoCrudo) -> Result<(String, Instante), RechazoAviso> {
    if aviso.cuerpo.len() > MAX_AVISO {
        return Err(RechazoAviso::Enorme);
    }
    let cabecera = |nombre| aviso.cabecera(nombre).filter(|v| !v.is_empty());
    let lista = cabecera("webhook-signature").ok_or(RechazoAviso::SinFirma)?;
    let id = cabecera("webhook-id").ok_or(RechazoAviso::SinFirma)?;
    let marca = cabecera("webhook-timestamp").ok_or(RechazoAviso::SinFirma)?;
    let segundos = seconds(marca)?;
    let claves: Vec<Vec<u8>> = secretos.iter().flat_map(|s| keys(s.expose())).collect();
    if claves.is_empty() {
        return Err(RechazoAviso::SinSecreto);
    }
    let firmas: Vec<Vec<u8>> = lista
        .split(' ')
        .filter_map(|parte| STANDARD.decode(parte.strip_prefix("v1,")?).ok())
        .collect();
    let mut mensaje = format!("{id}.{marca}.").into_bytes();
    mensaje.extend_from_slice(&aviso.cuerpo);
    if !is_signed(claves.iter().map(Vec::as_slice), &mensaje, &firmas) {
        return Err(RechazoAviso::FirmaInvalida);
    }
    // The signature first: the window of a forged notice says nothing to anybody.
    within(segundos, aviso.recibido)?;
    Ok((id.to_owned(), Instante::from_millis(segundos * 1_000)))
}

/// Unix seconds written in plain digits.
pub(crate) fn seconds(texto: &str) -> Result<i64, RechazoAviso> {
    let llano = !texto.is_empty() && texto.len() <= 11 && texto.bytes().all(|b| b.is_ascii_digit());
    texto.parse().ok().filter(|_| llano).ok_or(RechazoAviso::Malformado)
}

/// Errors: `FueraDeVentana` if arrival and signed moment differ by more than the tolerance.
pub(crate) fn within(segundos: i64, recibido: Instante) -> Result<(), RechazoAviso> {
    let desfase_s = recibido.millis().div_euclid(1_000) - segundos;
    match desfase_s.abs() <= TOLERANCIA_S {
        true => Ok(()),
        false => Err(RechazoAviso::FueraDeVentana { desfase_s }),
    }
}

/// Keys that a secret may stand for: the bytes of `whsec_<base64>`. One without the prefix is taken
/// both as base64, as the library does, and as the text that an operator wrote.
fn keys(secreto: &str) -> Vec<Vec<u8>> {
    // Some vendors write secrets without the padding; the library takes both.
    let modo = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let base64 = GeneralPurpose::new(&alphabet::STANDARD, modo);
    let texto = secreto.trim();
    let claves = match texto.strip_prefix("whsec_") {
        Some(codigo) => vec![base64.decode(codigo).unwrap_or_default()],
        None => vec![base64.decode(texto).unwrap_or_default(), texto.as_bytes().to_vec()],
    };
    claves.into_iter().filter(|c| !c.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Secreto;

    const SECRETO: &str = "whsec_cmFtYWwtc2VjcmV0by1kZS1wcnVlYmEtMzItYnl0ZXM=";
    const FIRMA: &str = "v1,G7ksTIwCfC9C7nIOQeWsmzFQmXFZWU5Iqtizs29Q6vw=";

    fn aviso(cabeceras: &[(&str, &str)], segundos: i64) -> AvisoCrudo {
        let par = |(n, v): &(&str, &str)| (String::from(*n), String::from(*v));
        AvisoCrudo {
            cabeceras: cabeceras.iter().map(par).collect(),
            consulta: String::new(),
            cuerpo: br#"{"tipo":"pago.acreditado"}"#.to_vec(),
            recibido: Instante::from_millis(segundos * 1_000),
        }
    }

    fn con(firma: &str, segundos: i64) -> AvisoCrudo {
        let marca = ("webhook-timestamp", "1763640000");
        aviso(&[("webhook-id", "msg_01J8ZK"), marca, ("webhook-signature", firma)], segundos)
    }

    fn sign_with(clave: &[u8]) -> String {
        let clave = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, clave);
        let mensaje = br#"msg_01J8ZK.1763640000.{"tipo":"pago.acreditado"}"#;
        format!("v1,{}", STANDARD.encode(aws_lc_rs::hmac::sign(&clave, mensaje)))
    }

    fn secretos() -> Secretos {
        Secretos::new(Secreto::new(SECRETO))
    }

    #[test]
    fn the_vector_of_the_norm_is_accepted_within_the_window_and_not_after() {
        let v = verify(&secretos(), &con(FIRMA, 1_763_640_000)).unwrap();
        assert_eq!((v.evento_id.as_str(), v.clase), ("msg_01J8ZK", ClaseAviso::Otro));
        assert_eq!(v.momento.millis(), 1_763_640_000_000);
        for borde in [-300, 300] {
            assert!(verify(&secretos(), &con(FIRMA, 1_763_640_000 + borde)).is_ok());
        }
        for fuera in [-301, 301] {
            let rechazo = verify(&secretos(), &con(FIRMA, 1_763_640_000 + fuera)).unwrap_err();
            assert_eq!(rechazo, RechazoAviso::FueraDeVentana { desfase_s: fuera });
        }
    }

    #[test]
    fn both_live_secrets_of_a_rotation_are_accepted_and_no_other() {
        let nuevo = Secreto::new("whsec_bnVldm8tc2VjcmV0bw==");
        let rotados = secretos().rotate(nuevo.clone());
        assert!(verify(&rotados, &con(FIRMA, 1_763_640_000)).is_ok());
        let muertos = rotados.rotate(Secreto::new("whsec_b3Rybw=="));
        let rechazo = verify(&muertos, &con(FIRMA, 1_763_640_000)).unwrap_err();
        assert_eq!(rechazo, RechazoAviso::FirmaInvalida);
        let lista = format!("v1,AAAA v2,{} {FIRMA}", &FIRMA[3..]);
        assert!(verify(&secretos(), &con(&lista, 1_763_640_000)).is_ok(), "any of the list");
    }

    #[test]
    fn what_is_not_signed_by_us_is_refused_by_its_reason() {
        use RechazoAviso::{FirmaInvalida, Malformado, SinFirma, SinSecreto};
        let t = 1_763_640_000;
        let juicio = |a: &AvisoCrudo| verify(&secretos(), a).unwrap_err();
        assert_eq!(juicio(&aviso(&[], t)), SinFirma);
        let sin_id = [("webhook-timestamp", "1763640000"), ("webhook-signature", FIRMA)];
        assert_eq!(juicio(&aviso(&sin_id, t)), SinFirma);
        for mala in ["v2,G7ksTIwCfC9C7nIOQeWsmzFQmXFZWU5Iqtizs29Q6vw=", "v1,", "v1,%%", &FIRMA[3..]]
        {
            assert_eq!(juicio(&con(mala, t)), FirmaInvalida, "{mala}");
        }
        let mut alterado = con(FIRMA, t);
        alterado.cuerpo = br#"{"tipo":"pago.acreditado" }"#.to_vec();
        assert_eq!(juicio(&alterado), FirmaInvalida);
        let otro_id = [
            ("webhook-id", "msg_2"),
            ("webhook-timestamp", "1763640000"),
            ("webhook-signature", FIRMA),
        ];
        assert_eq!(juicio(&aviso(&otro_id, t)), FirmaInvalida);
        let marca_mala = [
            ("webhook-id", "msg_01J8ZK"),
            ("webhook-timestamp", "+1763640000"),
            ("webhook-signature", FIRMA),
        ];
        assert_eq!(juicio(&aviso(&marca_mala, t)), Malformado);
        let sin_relleno = Secretos::new(Secreto::new(SECRETO.trim_end_matches('=')));
        assert!(verify(&sin_relleno, &con(FIRMA, t)).is_ok());
        // HMAC of the same message under the text `frase de paso` itself.
        let de_texto = Secretos::new(Secreto::new("frase de paso"));
        let firma = con(&sign_with(b"frase de paso"), t);
        assert!(verify(&de_texto, &firma).is_ok());
        assert_eq!(juicio(&firma), FirmaInvalida);
        let mudo = Secretos::new(Secreto::new("whsec_"));
        assert_eq!(verify(&mudo, &con(FIRMA, t)).unwrap_err(), SinSecreto);
        let mut enorme = con(FIRMA, t);
        enorme.cuerpo = vec![b' '; MAX_AVISO + 1];
        assert_eq!(juicio(&enorme), RechazoAviso::Enorme);
    }
}
