//! The link by which a customer pays without an account. It signs with the key of the invoice's own
//! link, so who may read the invoice may pay it; it opens nothing else.

use ramal_facturacion::enlace_publico;
use ramal_web::Firma;
use uuid::Uuid;

use crate::CobroId;

/// Use of the mark in the link of an invoice.
const USO: &str = "factura";

/// Path where an invoice is paid: `/f/<id>.<mark>/pagar`. The address of the site goes before it.
pub fn pago_link(firma: &Firma, factura: Uuid) -> String {
    format!("{}/pagar", enlace_publico(firma, factura))
}

/// Path of a cobro for whoever has the link of one of its invoices.
pub fn cobro_link(firma: &Firma, factura: Uuid, cobro: CobroId) -> String {
    format!("{}/{}", pago_link(firma, factura), cobro.uuid().simple())
}

/// The invoice of a token; `None` if it was touched.
pub(crate) fn open(firma: &Firma, token: &str) -> Option<Uuid> {
    firma.open(USO, token)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_link_to_pay_opens_its_invoice_and_no_other() {
        let firma = Firma::new(&[7; 32]);
        let factura = Uuid::from_u128(11);
        let ruta = pago_link(&firma, factura);
        let token = ruta.strip_prefix("/f/").and_then(|r| r.strip_suffix("/pagar")).unwrap();
        assert_eq!(open(&firma, token), Some(factura));
        let ajeno =
            token.replacen(&factura.simple().to_string(), &Uuid::nil().simple().to_string(), 1);
        assert_eq!(open(&firma, &ajeno), None);
        assert_eq!(open(&Firma::new(&[8; 32]), token), None);
    }
}
