//! Structure and formats of the head of 01, 03, 07 and 08 (§19.1): versions, number, dates,
//! currency, legends, issuer. Sums are elsewhere.

use ramal_base::Fecha;

use super::{Contexto, Hallazgos, is_ruc, is_texto};
use crate::catalogos::{OPERACIONES, Tipo};
use crate::lectura::{Monto, Vista};
use crate::nombres::{Nombre, is_id};
use crate::normas;

const MONEDAS: [&str; 17] = [
    "PEN", "USD", "EUR", "GBP", "JPY", "CHF", "CAD", "CLP", "BRL", "COP", "MXN", "ARS", "BOB",
    "CNY", "UYU", "AUD", "SEK",
];

pub(super) fn revisar(h: &mut Hallazgos, v: &Vista, c: &Contexto<'_>) {
    version(h, v);
    numero(h, v);
    if let Some(nombre) = c.nombre {
        archivo(h, v, nombre);
    }
    fechas(h, v, c.hoy);
    operacion(h, v);
    moneda(h, v);
    leyendas(h, v);
    emisor(h, v);
}

fn version(h: &mut Hallazgos, v: &Vista) {
    let ubl = "cbc:UBLVersionID";
    h.si(v.ubl.is_empty(), "2075", ubl, "falta la versión de UBL; debe ser 2.1");
    h.si(!v.ubl.is_empty() && v.ubl != "2.1", "2074", ubl, "la versión de UBL debe ser 2.1");
    let campo = "cbc:CustomizationID";
    h.si(v.version.is_empty(), "2073", campo, "falta la versión del documento; debe ser 2.0");
    let otra = !v.version.is_empty() && v.version != "2.0";
    h.si(otra, "2072", campo, "la versión del documento debe ser 2.0");
}

fn numero(h: &mut Hallazgos, v: &Vista) {
    if v.raiz == "Invoice" {
        let campo = "cbc:InvoiceTypeCode";
        h.si(v.tipo.is_empty(), "1004", campo, "falta el tipo de comprobante; use 01 o 03");
        let otro = !v.tipo.is_empty() && !["01", "03"].contains(&v.tipo.as_str());
        h.si(otro, "1003", campo, "el tipo de comprobante debe ser 01 o 03");
    }
    let inicial = v.id.chars().next().unwrap_or(' ');
    let corresponde = match v.tipo.as_str() {
        "01" => inicial == 'F',
        "03" => inicial == 'B',
        _ => true,
    };
    let motivo = "la serie y el número deben ser como F001-1 (factura) o B001-1 (boleta)";
    h.si(!is_id(&v.id) || !corresponde, "1001", "cbc:ID", motivo);
}

fn archivo(h: &mut Hallazgos, v: &Vista, nombre: &str) {
    let Ok(nombre) = Nombre::parse(nombre) else {
        h.si(true, "0151", "archivo", "el nombre debe ser RUC-TIPO-SERIE-NUMERO");
        return;
    };
    h.si(nombre.ruc != v.emisor.numero, "1034", "archivo", "el RUC del nombre no es el del emisor");
    h.si(nombre.tipo != v.tipo, "1003", "archivo", "el tipo del nombre no es el del comprobante");
    let (serie, numero) = v.id.split_once('-').unwrap_or((&v.id, ""));
    h.si(nombre.serie != serie, "1035", "archivo", "la serie del nombre no es la del comprobante");
    let motivo = "el número del nombre no es el del comprobante; no lleva ceros a la izquierda";
    h.si(nombre.numero != numero, "1036", "archivo", motivo);
}

fn fechas(h: &mut Hallazgos, v: &Vista, hoy: Option<Fecha>) {
    let campo = "cbc:IssueDate";
    let Ok(fecha) = Fecha::parse(&v.fecha) else {
        h.si(true, "1009", campo, "la fecha de emisión debe ser AAAA-MM-DD");
        return;
    };
    let hora_mala = !v.hora.is_empty() && !is_hora(&v.hora);
    h.si(hora_mala, "2806", "cbc:IssueTime", "la hora de emisión debe ser HH:MM:SS");
    let Some(hoy) = hoy else { return };
    let adelanto = normas::valor("adelanto", fecha).unwrap_or_default();
    let adelanto = i64::try_from(adelanto.trunc().mantissa()).unwrap_or(0);
    let motivo = "la fecha de emisión está más de dos días por delante de hoy";
    h.si(hoy.dias_hasta(fecha) > adelanto, "2329", campo, motivo);
    let boleta = v.id.starts_with('B');
    let Some(tipo) = Tipo::parse(&v.tipo) else { return };
    let tarde = normas::plazo(tipo, boleta, fecha)
        .is_some_and(|plazo| fecha.dias_hasta(hoy) > i64::from(plazo));
    let motivo = "pasó el plazo de envío individual; infórmela en un resumen diario";
    h.si(tarde && boleta, "1079", campo, motivo);
    let motivo = "pasó el plazo de envío; anúlela internamente y emita otra con fecha de hoy";
    h.si(tarde && !boleta, "2108", campo, motivo);
}

fn is_hora(texto: &str) -> bool {
    let partes: Vec<&str> = texto.split(':').collect();
    let [horas, minutos, segundos] = partes[..] else { return false };
    let segundos = segundos.split('.').next().unwrap_or_default();
    let menor = |t: &str, n: u8| t.len() == 2 && t.parse::<u8>().is_ok_and(|x| x < n);
    menor(horas, 24) && menor(minutos, 60) && menor(segundos, 60)
}

fn operacion(h: &mut Hallazgos, v: &Vista) {
    if v.raiz != "Invoice" {
        return;
    }
    let campo = "cbc:InvoiceTypeCode@listID";
    let o = v.operacion.as_str();
    h.si(o.is_empty(), "3205", campo, "falta el tipo de operación; la venta interna es 0101");
    let solo_factura = ["0112", "1001", "1002", "1003", "1004"].contains(&o);
    let mala = !OPERACIONES.contains(&o)
        || (v.tipo == "03" && solo_factura)
        || (v.tipo == "01" && o == "0113");
    let motivo = "el tipo de operación no existe o no corresponde a este comprobante";
    h.si(!o.is_empty() && mala, "3206", campo, motivo);
}

fn moneda(h: &mut Hallazgos, v: &Vista) {
    let campo = "cbc:DocumentCurrencyCode";
    h.si(v.moneda.is_empty(), "2070", campo, "falta la moneda");
    let rara = !v.moneda.is_empty() && !MONEDAS.contains(&v.moneda.as_str());
    h.si(rara, "3088", campo, "la moneda debe ser un código ISO 4217, por ejemplo PEN o USD");
    let otra = montos(v).find(|(_, m)| m.esta() && m.moneda != v.moneda);
    if let Some((donde, _)) = otra {
        h.si(true, "2071", &donde, "la moneda debe ser la misma en todo el comprobante");
    }
}

/// Every amount that must be in the document's currency.
fn montos(v: &Vista) -> impl Iterator<Item = (String, &Monto)> {
    let t = &v.totales;
    let totales = [
        &t.valor_venta,
        &t.precio_venta,
        &t.descuentos,
        &t.cargos,
        &t.anticipos,
        &t.redondeo,
        &t.total,
    ];
    let cabecera =
        totales.into_iter().chain(v.impuestos.iter().flat_map(|i| {
            i.subtotales.iter().flat_map(|s| [&s.base, &s.impuesto]).chain([&i.total])
        }));
    let cargos = v.cargos.iter().flat_map(|c| [&c.monto, &c.base]);
    let pagos = v.terminos.iter().filter(|t| t.id != "Detraccion").map(|t| &t.monto);
    let cabecera = cabecera.chain(cargos).chain(pagos).map(|m| ("cabecera".to_owned(), m));
    let lineas = v.lineas.iter().flat_map(|l| {
        let impuestos = l.impuestos.iter().flat_map(|i| {
            i.subtotales.iter().flat_map(|s| [&s.base, &s.impuesto]).chain([&i.total])
        });
        let precios = l.precios.iter().map(|p| &p.monto);
        let cargos = l.cargos.iter().flat_map(|c| [&c.monto, &c.base]);
        let propios = [&l.valor_venta, &l.valor_unitario].into_iter();
        let todos = propios.chain(impuestos).chain(precios).chain(cargos);
        todos.map(move |m| (format!("línea {}", l.id), m))
    });
    cabecera.chain(lineas)
}

fn leyendas(h: &mut Hallazgos, v: &Vista) {
    for (i, (codigo, texto)) in v.leyendas.iter().enumerate() {
        let campo = format!("cbc:Note {codigo}");
        let repetida = v.leyendas[..i].iter().any(|(c, _)| c == codigo);
        h.si(repetida, "3014", &campo, "la leyenda está repetida");
        let motivo = "la leyenda debe tener de 1 a 200 caracteres en una sola línea";
        h.si(!is_texto(texto, 1, 200), "3006", &campo, motivo);
        let numero = codigo.parse::<u16>().unwrap_or(0);
        let conocida = codigo.len() == 4 && matches!(numero, 1000 | 1002 | 2000..=2012);
        h.si(!conocida, "3027", &campo, "el código de leyenda no está en el catálogo 52");
        let sin_exonerado = codigo == "2002" && !tiene(v, "9997");
        h.si(sin_exonerado, "3284", &campo, "la leyenda 2002 exige un total exonerado mayor que 0");
    }
}

/// Whether the header has a positive base of a tribute.
fn tiene(v: &Vista, tributo: &str) -> bool {
    let mut subtotales = v.impuestos.iter().flat_map(|i| &i.subtotales);
    subtotales.any(|s| {
        s.tributo == tributo && s.base.o_cero().is_sign_positive() && !s.base.o_cero().is_zero()
    })
}

fn emisor(h: &mut Hallazgos, v: &Vista) {
    let e = &v.emisor;
    let campo = "emisor, identidad";
    h.si(e.numero.is_empty(), "1006", campo, "falta el RUC del emisor");
    h.si(e.tipo.is_empty(), "1008", campo, "falta el tipo de documento del emisor; debe ser 6");
    h.si(!e.tipo.is_empty() && e.tipo != "6", "1007", campo, "el emisor se identifica con RUC (6)");
    h.si(e.identificaciones > 1, "3089", campo, "el emisor lleva una sola identificación");
    let malo = !e.numero.is_empty() && !is_ruc(&e.numero);
    h.si(malo, "RUC", campo, "el RUC del emisor no es válido; revise el dígito de control");
    let otro = v.firmante != e.numero;
    h.si(otro, "2078", "cac:Signature", "el RUC de cac:Signature debe ser el del emisor");
    h.si(e.nombre.is_empty(), "1037", "emisor, nombre", "falta la razón social del emisor");
    let mal_nombre = !e.nombre.is_empty() && !is_texto(&e.nombre, 1, 1500);
    h.si(mal_nombre, "1038", "emisor, nombre", "la razón social debe ir en una sola línea");
    let local = &e.establecimiento;
    let bien = local.len() == 4 && local.bytes().all(|b| b.is_ascii_digit());
    let motivo = "falta el código de establecimiento, cuatro dígitos; el principal es 0000";
    h.si(!bien, "3030", "cbc:AddressTypeCode", motivo);
}
