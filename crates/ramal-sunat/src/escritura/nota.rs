//! `CreditNote` (07) and `DebitNote` (08), in the order of §7, which is not the order of `Invoice`.

use super::bloques;
use super::linea::{Nombres, lineas};
use super::pluma::{self, Pluma};
use super::{Raiz, SinFirma};
use crate::catalogos::Tipo;
use crate::modelo::{Nota, TipoNota};

const CREDITO: Nombres = Nombres {
    linea: "cac:CreditNoteLine",
    cantidad: "cbc:CreditedQuantity",
    descuento_antes: false,
};
const DEBITO: Nombres =
    Nombres { linea: "cac:DebitNoteLine", cantidad: "cbc:DebitedQuantity", descuento_antes: false };

/// Canonical XML of a nota, unsigned. Source: §7.
pub fn escribir_nota(nota: &Nota) -> SinFirma {
    let c = &nota.comun;
    let (raiz, total, nombres) = match nota.tipo {
        TipoNota::Credito => (Raiz::CreditNote, "cac:LegalMonetaryTotal", CREDITO),
        TipoNota::Debito => (Raiz::DebitNote, "cac:RequestedMonetaryTotal", DEBITO),
    };
    let mut p = Pluma::new(raiz, &c.emisor.ruc, 4_200 + 2_200 * c.lineas.len());
    bloques::cabeza(&mut p, c);
    bloques::leyendas(&mut p, &c.leyendas);
    p.codigo("cbc:DocumentCurrencyCode", pluma::MONEDA, c.moneda.codigo());
    motivo(&mut p, nota);
    bloques::firma(&mut p, &c.emisor.ruc, &c.emisor.razon_social);
    bloques::emisor(&mut p, &c.emisor);
    bloques::cliente(&mut p, &c.cliente);
    if let Some(forma) = &nota.forma_pago {
        bloques::forma_pago(&mut p, forma);
    }
    bloques::impuestos(&mut p, &c.totales);
    bloques::totales(&mut p, total, &c.totales);
    lineas(&mut p, &nombres, &c.lineas, c.moneda);
    p.terminar()
}

fn motivo(p: &mut Pluma, nota: &Nota) {
    let lista = match nota.tipo {
        TipoNota::Credito => pluma::NOTA_CREDITO,
        TipoNota::Debito => pluma::NOTA_DEBITO,
    };
    p.abrir("cac:DiscrepancyResponse");
    p.hoja("cbc:ReferenceID", &nota.afectado.id);
    p.codigo("cbc:ResponseCode", lista, &nota.motivo);
    p.hoja("cbc:Description", &nota.sustento);
    p.cerrar("cac:DiscrepancyResponse");
    p.abrir("cac:BillingReference");
    p.abrir("cac:InvoiceDocumentReference");
    p.hoja("cbc:ID", &nota.afectado.id);
    let tipo = Tipo::from(nota.afectado.tipo).codigo();
    p.codigo("cbc:DocumentTypeCode", pluma::TIPO_DOCUMENTO, tipo);
    p.cerrar("cac:InvoiceDocumentReference");
    p.cerrar("cac:BillingReference");
}
