//! Notices of Mercado Pago: `x-signature` with its traps. It asks the gateway nothing, and never
//! trusts the unsigned legacy IPN.

use ramal_base::Instante;
use serde::Deserialize;

use crate::aviso::{AvisoCrudo, AvisoVerificado, ClaseAviso, MAX_AVISO, RechazoAviso};
use crate::firma::is_signed;
use crate::importe::Texto;
use crate::secreto::Secretos;

/// Beyond this difference the notice is flagged, ms: its retries reuse the first `ts`.
const TOLERANCIA_MS: i64 = 600_000;
/// From this many digits on `ts` is in milliseconds: the vendor writes both.
const DIGITOS_MS: usize = 12;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Cuerpo {
    id: Option<Texto>,
    #[serde(rename = "type")]
    tipo: Option<String>,
    action: Option<String>,
    data: Option<Datos>,
}

#[derive(Deserialize)]
struct Datos {
    id: Texto,
}

/// Pieces of `x-signature`.
struct Firma {
    ts: String,
    v1: Vec<u8>,
}

/// Judges and reads one.
///
/// Only the id of the query, `x-request-id` and `ts` are signed: body and type are hints.
/// Source: Mercado Pago Developers, "Webhooks"; sdk-nodejs 3.6.1.
pub(crate) fn verify(
    secretos: &Secretos,
    aviso: &AvisoCrudo,
) -> Result<AvisoVerificado, RechazoAviso> {
    if aviso.cuerpo.len() > MAX_AVISO {
        return Err(RechazoAviso::Enorme);
    }
    let Some(cabecera) = aviso.cabecera("x-signature").filter(|v| !v.is_empty()) else {
        return Err(unsigned(aviso));
    };
    let firma = read_firma(cabecera)?;
    let data_id = aviso.parametro("data.id").filter(|id| !id.trim().is_empty());
    check_firma(secretos, aviso, &firma, data_id.as_deref())?;
    let momento = moment(&firma.ts)?;
    let fuera = (aviso.recibido.millis() - momento.millis()).abs() > TOLERANCIA_MS;
    let cuerpo: Cuerpo =
        serde_json::from_slice(&aviso.cuerpo).map_err(|_| RechazoAviso::Malformado)?;
    read(aviso, cuerpo, data_id).map(|leido| AvisoVerificado {
        momento,
        fuera_de_ventana: fuera,
        ..leido
    })
}

/// A legacy IPN names a topic and an id and nothing vouches for it.
fn unsigned(aviso: &AvisoCrudo) -> RechazoAviso {
    let id = aviso.parametro("id").filter(|id| !id.is_empty());
    match (aviso.parametro("topic").as_deref(), id) {
        (Some("payment"), Some(recurso)) if recurso.bytes().all(|b| b.is_ascii_digit()) => {
            RechazoAviso::IpnSinFirma { recurso }
        }
        _ => RechazoAviso::SinFirma,
    }
}

fn read_firma(cabecera: &str) -> Result<Firma, RechazoAviso> {
    let (mut ts, mut v1) = (None, None);
    for parte in cabecera.split(',') {
        let Some((nombre, valor)) = parte.split_once('=') else { continue };
        match nombre.trim().to_ascii_lowercase().as_str() {
            "ts" => ts = Some(valor.trim()),
            "v1" => v1 = Some(valor.trim()),
            _ => {}
        }
    }
    let digitos =
        |t: &&str| !t.is_empty() && t.len() <= 15 && t.bytes().all(|b| b.is_ascii_digit());
    let ts = ts.filter(digitos).ok_or(RechazoAviso::Malformado)?;
    let v1 = v1.ok_or(RechazoAviso::SinFirma)?;
    let v1 = hex::decode(v1).map_err(|_| RechazoAviso::FirmaInvalida)?;
    Ok(Firma { ts: ts.to_owned(), v1 })
}

/// The id in lower case as the documentation says, then as received as the SDK does.
fn check_firma(
    secretos: &Secretos,
    aviso: &AvisoCrudo,
    firma: &Firma,
    data_id: Option<&str>,
) -> Result<(), RechazoAviso> {
    let claves: Vec<&[u8]> = secretos.iter().map(|s| s.expose().as_bytes()).collect();
    if claves.is_empty() {
        return Err(RechazoAviso::SinSecreto);
    }
    let pedido = aviso.cabecera("x-request-id").filter(|v| !v.is_empty());
    let firmas = std::slice::from_ref(&firma.v1);
    let minusculas = data_id.map(str::to_lowercase);
    let good = |id: Option<&str>| {
        is_signed(claves.iter().copied(), manifest(id, pedido, &firma.ts).as_bytes(), firmas)
    };
    match good(minusculas.as_deref()) || good(data_id) {
        true => Ok(()),
        false => Err(RechazoAviso::FirmaInvalida),
    }
}

/// A missing element is left out with its separator.
fn manifest(data_id: Option<&str>, pedido: Option<&str>, ts: &str) -> String {
    let par = |nombre: &str, valor: Option<&str>| {
        valor.map(|v| format!("{nombre}:{};", v.trim())).unwrap_or_default()
    };
    format!("{}{}ts:{ts};", par("id", data_id), par("request-id", pedido))
}

fn moment(ts: &str) -> Result<Instante, RechazoAviso> {
    let n: i64 = ts.parse().map_err(|_| RechazoAviso::Malformado)?;
    Ok(Instante::from_millis(if ts.len() >= DIGITOS_MS { n } else { n * 1_000 }))
}

fn read(
    aviso: &AvisoCrudo,
    cuerpo: Cuerpo,
    firmado: Option<String>,
) -> Result<AvisoVerificado, RechazoAviso> {
    let dicho = cuerpo.data.map(|d| d.id.0);
    // The body is not signed: one that speaks of another resource was put on a good signature.
    if let (Some(f), Some(d)) = (&firmado, &dicho)
        && !f.eq_ignore_ascii_case(d)
    {
        return Err(RechazoAviso::Malformado);
    }
    let id = firmado.or(dicho).unwrap_or_default();
    let tipo = aviso.parametro("type").or(cuerpo.tipo).unwrap_or_default();
    let (clase, recurso) = match tipo.as_str() {
        "payment" if is_numero(&id) => (ClaseAviso::Cobro, id.clone()),
        "topic_chargebacks_wh" if is_limpio(&id) => {
            (ClaseAviso::Contracargo, format!("{CONTRACARGO}{id}"))
        }
        _ => (ClaseAviso::Otro, String::new()),
    };
    let evento_id = [
        tipo.as_str(),
        id.as_str(),
        cuerpo.action.as_deref().unwrap_or_default(),
        cuerpo.id.as_ref().map(|t| t.0.as_str()).unwrap_or_default(),
    ]
    .join(":");
    let momento = aviso.recibido;
    Ok(AvisoVerificado { evento_id, clase, recurso, momento, fuera_de_ventana: false })
}

/// How a chargeback is told from a payment in a reference.
pub(crate) const CONTRACARGO: &str = "contracargo-";

pub(crate) fn is_numero(id: &str) -> bool {
    !id.is_empty() && id.len() <= 20 && id.bytes().all(|b| b.is_ascii_digit())
}

/// Goes into a path: nothing that could leave it.
pub(crate) fn is_limpio(id: &str) -> bool {
    let bien = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    (1..=64).contains(&id.len()) && id.bytes().all(bien)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Secreto;

    const PEDIDO: &str = "7b1f6c1e-0000-4000-8000-00000000abcd";
    const NUMERICO: &str = "33bc68b8b97bbb2b3a3dcc8255f95e92db6a99b081cfa53ba8558f545685bd07";
    const ALFANUMERICO: &str = "023ac9ff199044b4936555e8419fc394f1a739a6a11a9a25be0202dd892e834a";
    const SIN_ID: &str = "ac02741b9ea3acfd1da9654213928f28aa3f6fbee53dce801b34163149e6362f";

    struct Caso<'a> {
        firma: String,
        consulta: &'a str,
        cuerpo: &'a str,
        segundos: i64,
    }

    impl Default for Caso<'_> {
        fn default() -> Self {
            Caso {
                firma: format!("ts=1763640000,v1={NUMERICO}"),
                consulta: "data.id=123456789&type=payment",
                cuerpo: r#"{"id":9,"type":"payment","action":"payment.updated","data":{"id":"123456789"}}"#,
                segundos: 1_763_640_000,
            }
        }
    }

    fn juicio(caso: Caso<'_>) -> Result<AvisoVerificado, RechazoAviso> {
        let mut cabeceras = vec![("x-request-id".to_owned(), PEDIDO.to_owned())];
        if !caso.firma.is_empty() {
            cabeceras.push(("x-signature".to_owned(), caso.firma));
        }
        let aviso = AvisoCrudo {
            cabeceras,
            consulta: caso.consulta.into(),
            cuerpo: caso.cuerpo.as_bytes().to_vec(),
            recibido: Instante::from_millis(caso.segundos * 1_000),
        };
        verify(&Secretos::new(Secreto::new("clave-webhook-demo")), &aviso)
    }

    #[test]
    fn the_three_vectors_of_the_vendor_are_accepted() {
        let v = juicio(Caso::default()).unwrap();
        assert_eq!((v.clase, v.recurso.as_str()), (ClaseAviso::Cobro, "123456789"));
        assert_eq!(v.evento_id, "payment:123456789:payment.updated:9");
        assert_eq!(v.momento.millis(), 1_763_640_000_000);
        let v = juicio(Caso {
            firma: format!("ts=1763640000123,v1={ALFANUMERICO}"),
            consulta: "data.id=ORD01JQ4S4KY8HWQ6NA5PXB65B3D3&type=order",
            cuerpo: r#"{"action":"order.processed"}"#,
            ..Caso::default()
        })
        .unwrap();
        assert_eq!((v.clase, v.momento.millis()), (ClaseAviso::Otro, 1_763_640_000_123));
        let v = juicio(Caso {
            firma: format!("ts=1763640000,v1={SIN_ID}"),
            consulta: "",
            ..Caso::default()
        })
        .unwrap();
        assert_eq!(v.recurso, "123456789", "only a hint: it is asked again");
    }

    #[test]
    fn an_id_signed_as_received_is_accepted_too() {
        // As the SDK of the vendor would sign: no lower case.
        let manifiesto = manifest(Some("ORD01JQ"), Some(PEDIDO), "1763640000");
        let clave = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, b"clave-webhook-demo");
        let firma = hex::encode(aws_lc_rs::hmac::sign(&clave, manifiesto.as_bytes()));
        let caso = Caso {
            firma: format!(" V1 = {firma} , ts = 1763640000 , v2=ff"),
            consulta: "type=order&data.id=ORD01JQ",
            cuerpo: "{}",
            ..Caso::default()
        };
        assert!(juicio(caso).is_ok());
    }

    #[test]
    fn an_old_ts_is_flagged_because_retries_reuse_it_and_never_refused() {
        let con = |segundos| juicio(Caso { segundos, ..Caso::default() }).unwrap().fuera_de_ventana;
        assert!(!con(1_763_640_600) && con(1_763_640_601) && con(1_763_639_399));
        assert!(con(1_763_640_000 + 86_400 * 3));
    }

    #[test]
    fn an_unsigned_notice_is_never_trusted() {
        let sin = |consulta: &'static str| {
            juicio(Caso { firma: String::new(), consulta, ..Caso::default() }).unwrap_err()
        };
        assert_eq!(sin("data.id=123456789&type=payment"), RechazoAviso::SinFirma);
        let ipn = RechazoAviso::IpnSinFirma { recurso: "123456789".into() };
        assert_eq!(sin("topic=payment&id=123456789"), ipn);
        assert_eq!(sin("topic=merchant_order&id=1"), RechazoAviso::SinFirma);
        assert_eq!(sin("topic=payment&id=..%2Fusers"), RechazoAviso::SinFirma);
    }

    #[test]
    fn forged_or_moved_signatures_are_refused() {
        use RechazoAviso::{FirmaInvalida, Malformado, SinFirma};
        let con =
            |firma: &str| juicio(Caso { firma: firma.into(), ..Caso::default() }).unwrap_err();
        assert_eq!(con(&format!("ts=1763640001,v1={NUMERICO}")), FirmaInvalida);
        assert_eq!(con(&format!("ts=1763640000,v1={}", &NUMERICO[..62])), FirmaInvalida);
        assert_eq!(con("ts=1763640000,v1=zz"), FirmaInvalida);
        assert_eq!(con(&format!("ts=1763640000,v2={NUMERICO}")), SinFirma);
        assert_eq!(con(&format!("v1={NUMERICO}")), Malformado);
        assert_eq!(con(&format!("ts=-1763640000,v1={NUMERICO}")), Malformado);
        let otro = Caso { consulta: "data.id=123456780&type=payment", ..Caso::default() };
        assert_eq!(juicio(otro).unwrap_err(), FirmaInvalida);
        let cuerpo_ajeno = Caso { cuerpo: r#"{"data":{"id":"999"}}"#, ..Caso::default() };
        assert_eq!(juicio(cuerpo_ajeno).unwrap_err(), Malformado);
        let ilegible = Caso { cuerpo: "hola", ..Caso::default() };
        assert_eq!(juicio(ilegible).unwrap_err(), Malformado);
    }

    #[test]
    fn a_signed_id_that_is_a_path_is_not_asked_for() {
        let manifiesto = manifest(Some("../users/me"), None, "1763640000");
        let clave = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, b"clave-webhook-demo");
        let firma = hex::encode(aws_lc_rs::hmac::sign(&clave, manifiesto.as_bytes()));
        let aviso = AvisoCrudo {
            cabeceras: vec![("x-signature".into(), format!("ts=1763640000,v1={firma}"))],
            consulta: "data.id=../users/me&type=payment".into(),
            cuerpo: b"{}".to_vec(),
            recibido: Instante::from_millis(1_763_640_000_000),
        };
        let v = verify(&Secretos::new(Secreto::new("clave-webhook-demo")), &aviso).unwrap();
        assert_eq!((v.clase, v.recurso.as_str()), (ClaseAviso::Otro, ""));
    }
}
