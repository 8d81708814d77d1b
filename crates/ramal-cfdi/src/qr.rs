//! Text of the QR and of the status query. It draws nothing.

use crate::valor::Valor;

const DIRECCION: &str = "https://verificacfdi.facturaelectronica.sat.gob.mx/default.aspx";

/// What the QR identifies a document by.
#[derive(Clone, Copy, Debug)]
pub struct DatosQr<'a> {
    /// Fiscal folio, as received.
    pub uuid: &'a str,
    /// RFC of the emitter.
    pub emisor: &'a str,
    /// RFC of the receiver.
    pub receptor: &'a str,
    /// Total of the document.
    pub total: Valor,
    /// Sello of the emitter, base64.
    pub sello: &'a str,
}

/// Address that the QR carries and that the status service takes as `expresionImpresa`.
///
/// Source: Anexo 20, I.E. `tt` has no trailing zeros but at least one decimal.
pub fn texto_qr(datos: DatosQr<'_>) -> String {
    let rfc = |r: &str| r.replace('&', "&amp;");
    format!(
        "{DIRECCION}?id={}&re={}&rr={}&tt={}&fe={}",
        datos.uuid,
        rfc(datos.emisor),
        rfc(datos.receptor),
        total(datos.total),
        ultimos(datos.sello, 8),
    )
}

fn total(valor: Valor) -> String {
    let corto = valor.recortado();
    if corto.decimales() == 0 { format!("{corto}.0") } else { corto.to_string() }
}

fn ultimos(texto: &str, cuantos: usize) -> &str {
    let desde = texto.char_indices().rev().nth(cuantos.saturating_sub(1)).map_or(0, |(i, _)| i);
    &texto[desde..]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn qr(total: &str, emisor: &str) -> String {
        texto_qr(DatosQr {
            uuid: "04BF2854-FE7D-4377-9196-71248F060ABB",
            emisor,
            receptor: "MCI7306249Y1",
            total: Valor::parse(total).unwrap(),
            sello: "abc5tSZhA==",
        })
    }

    #[test]
    fn qr_is_the_published_one() {
        let esperado = "https://verificacfdi.facturaelectronica.sat.gob.mx/default.aspx?\
            id=04BF2854-FE7D-4377-9196-71248F060ABB&re=CSM190311AH6&rr=MCI7306249Y1&tt=459.36\
            &fe=5tSZhA==";
        assert_eq!(qr("459.36", "CSM190311AH6"), esperado);
    }

    #[test]
    fn totals_keep_one_decimal_and_ampersands_are_escaped() {
        assert!(qr("1000.00", "H&E951128469").contains("re=H&amp;E951128469&"));
        for (total, tt) in [("1000.00", "1000.0"), ("0", "0.0"), ("618.48", "618.48")] {
            assert!(qr(total, "XIA190128J61").contains(&format!("&tt={tt}&")), "{total}");
        }
    }
}
