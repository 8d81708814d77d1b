//! Signatures of notices as each vendor makes them. It is written from their documentation and
//! verifies nothing.

use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

fn hmac(clave: &[u8], mensaje: &str) -> Vec<u8> {
    sign(&Key::new(HMAC_SHA256, clave), mensaje.as_bytes()).as_ref().to_vec()
}

/// `v1,<base64>` for each secret, the one in force first. A secret that is not `whsec_<base64>` is
/// used as its bytes.
pub fn standard(secretos: &[String], id: &str, marca_s: i64, cuerpo: &str) -> String {
    let uno = |secreto: &String| {
        let codigo = secreto.strip_prefix("whsec_").unwrap_or(secreto);
        let clave = STANDARD.decode(codigo).unwrap_or_else(|_| secreto.clone().into_bytes());
        format!("v1,{}", STANDARD.encode(hmac(&clave, &format!("{id}.{marca_s}.{cuerpo}"))))
    };
    secretos.iter().map(uno).collect::<Vec<_>>().join(" ")
}

/// `ts=…,v1=<hex>`; a missing id is left out of what is signed.
pub fn mercadopago(secreto: &str, id: Option<&str>, pedido: &str, ts: &str) -> String {
    let de_id = id.map(|id| format!("id:{};", id.to_lowercase())).unwrap_or_default();
    let manifiesto = format!("{de_id}request-id:{pedido};ts:{ts};");
    format!("ts={ts},v1={}", hex::encode(hmac(secreto.as_bytes(), &manifiesto)))
}

/// `t=…,v1=<hex>` with one `v1` for each secret.
pub fn stripe(secretos: &[String], marca_s: i64, cuerpo: &str) -> String {
    let mensaje = format!("{marca_s}.{cuerpo}");
    let firmas: String = secretos
        .iter()
        .map(|s| format!(",v1={}", hex::encode(hmac(s.as_bytes(), &mensaje))))
        .collect();
    format!("t={marca_s}{firmas}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vectors_of_the_three_vendors() {
        let secreto = "whsec_cmFtYWwtc2VjcmV0by1kZS1wcnVlYmEtMzItYnl0ZXM=".to_owned();
        assert_eq!(
            standard(&[secreto], "msg_01J8ZK", 1_763_640_000, r#"{"tipo":"pago.acreditado"}"#),
            "v1,G7ksTIwCfC9C7nIOQeWsmzFQmXFZWU5Iqtizs29Q6vw="
        );
        let pedido = "7b1f6c1e-0000-4000-8000-00000000abcd";
        let con = |id, ts| mercadopago("clave-webhook-demo", id, pedido, ts);
        assert!(
            con(Some("123456789"), "1763640000")
                .ends_with("v1=33bc68b8b97bbb2b3a3dcc8255f95e92db6a99b081cfa53ba8558f545685bd07")
        );
        assert!(
            con(Some("ORD01JQ4S4KY8HWQ6NA5PXB65B3D3"), "1763640000123")
                .ends_with("v1=023ac9ff199044b4936555e8419fc394f1a739a6a11a9a25be0202dd892e834a")
        );
        assert!(
            con(None, "1763640000")
                .ends_with("v1=ac02741b9ea3acfd1da9654213928f28aa3f6fbee53dce801b34163149e6362f")
        );
        let cuerpo = r#"{"id":"evt_1","object":"event","type":"payment_intent.succeeded"}"#;
        assert_eq!(
            stripe(&["whsec_demo".to_owned()], 1_763_640_000, cuerpo),
            "t=1763640000,v1=5903faad8df5355e3fd5c7da4d0833b82f151fe35e0566ade50761b8e0b48b36"
        );
    }
}
