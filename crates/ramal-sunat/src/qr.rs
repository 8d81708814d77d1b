//! Text of the QR code and of the printed hash (§21). Drawing it belongs to the PDF.

use ramal_base::Dinero;
use ramal_base::dinero::rh;
use rust_decimal::Decimal;

use crate::catalogos::{Tipo, Tributo};
use crate::lectura::Vista;
use crate::lectura::cifras::suma;
use crate::modelo::{Comun, Cpe, Nota};

/// What the QR says.
#[derive(Clone, Copy, Debug)]
pub struct DatosQr<'a> {
    /// RUC of the issuer.
    pub ruc: &'a str,
    /// Catalogue 01.
    pub tipo: Tipo,
    /// Identifier `F001-1`.
    pub id: &'a str,
    /// IGV of the header.
    pub igv: Dinero,
    /// Total.
    pub total: Dinero,
    /// `YYYY-MM-DD`.
    pub fecha: &'a str,
    /// Catalogue 06.
    pub tipo_cliente: &'a str,
    /// Number of the customer.
    pub numero_cliente: &'a str,
}

/// `RUC|TIPO|SERIE|NUMERO|IGV|TOTAL|FECHA|TIPODOC|NUMDOC|`, trailing pipe included.
pub fn texto(d: &DatosQr<'_>) -> String {
    let (serie, numero) = d.id.split_once('-').unwrap_or((d.id, ""));
    format!(
        "{}|{}|{serie}|{numero}|{}|{}|{}|{}|{}|",
        d.ruc,
        d.tipo.codigo(),
        d.igv.importe(),
        d.total.importe(),
        d.fecha,
        d.tipo_cliente,
        d.numero_cliente
    )
}

/// QR of a factura or boleta.
pub fn de_cpe(cpe: &Cpe) -> String {
    de_comun(cpe.tipo_documento(), &cpe.comun)
}

/// QR of a nota.
pub fn de_nota(nota: &Nota) -> String {
    de_comun(nota.tipo_documento(), &nota.comun)
}

/// QR of a document that was read, ours or of other software.
pub fn de_vista(v: &Vista) -> String {
    let subtotales = v.impuestos.iter().flat_map(|i| &i.subtotales);
    let igv = suma(subtotales.filter(|s| s.tributo == "1000").map(|s| s.impuesto.o_cero()));
    let cliente = v.cliente.as_ref();
    let (serie, numero) = v.id.split_once('-').unwrap_or((&v.id, ""));
    let dos = |importe: Decimal| format!("{:.2}", rh(importe, 2));
    format!(
        "{}|{}|{serie}|{numero}|{}|{}|{}|{}|{}|",
        v.emisor.numero,
        v.tipo,
        dos(igv),
        dos(v.totales.total.o_cero()),
        v.fecha,
        cliente.map_or("-", |c| &c.tipo),
        cliente.map_or("-", |c| &c.numero)
    )
}

fn de_comun(tipo: Tipo, c: &Comun) -> String {
    let subtotal = c.totales.subtotales.iter().find(|s| s.tributo == Tributo::Igv);
    texto(&DatosQr {
        ruc: &c.emisor.ruc,
        tipo,
        id: &c.id(),
        igv: subtotal.map_or(Dinero::cero(c.moneda), |s| s.impuesto),
        total: c.totales.total,
        fecha: &c.fecha.to_string(),
        tipo_cliente: c.cliente.tipo.codigo(),
        numero_cliente: &c.cliente.numero,
    })
}
