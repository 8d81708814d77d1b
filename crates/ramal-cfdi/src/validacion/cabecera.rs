//! Rules of the root: dates, ways of payment, currency, sums. Taxes are judged in `impuestos`.

use super::{Informe, is_digitos, is_texto};
use crate::catalogo::{EXPORTACIONES, FORMAS_PAGO, METODOS_PAGO, texto};
use crate::modelo::{Comprobante, Tipo};
use crate::texto::{Texto, is_fecha_hora};
use crate::valor::{Valor, redondear};

pub(super) fn validar(informe: &mut Informe, c: &Comprobante) {
    let motivo = "la fecha debe ser local, AAAA-MM-DDThh:mm:ss";
    informe.exigir(is_fecha_hora(&c.fecha), "CFDI40101", "Fecha", motivo);
    textos(informe, c);
    forma_de_pago(informe, c);
    moneda(informe, c);
    sumas(informe, c);
    let motivo = "la clave de exportación debe ser 01 a 04";
    let exportacion = texto(EXPORTACIONES, &c.exportacion).is_some();
    informe.exigir(exportacion, "CFDI40123", "Exportacion", motivo);
    let motivo = "el lugar de expedición debe ser un código postal de 5 dígitos";
    informe.exigir(is_digitos(&c.lugar_expedicion, 5), "CFDI40126", "LugarExpedicion", motivo);
}

fn textos(informe: &mut Informe, c: &Comprobante) {
    let campos: [(&str, Option<&Texto>, usize); 3] = [
        ("Serie", c.serie.as_ref(), 25),
        ("Folio", c.folio.as_ref(), 40),
        ("CondicionesDePago", c.condiciones_de_pago.as_ref(), 1000),
    ];
    for (campo, valor, maximo) in campos {
        let bien = valor.is_none_or(|v| is_texto(v, maximo));
        let motivo = format!("debe tener de 1 a {maximo} caracteres y ningún «|»");
        informe.exigir(bien, "CFDI40999", campo, &motivo);
    }
}

fn lleva_pago(tipo: Tipo) -> bool {
    matches!(tipo, Tipo::Ingreso | Tipo::Egreso)
}

fn forma_de_pago(informe: &mut Informe, c: &Comprobante) {
    if !lleva_pago(c.tipo) {
        let sin = c.forma_pago.is_none() && c.condiciones_de_pago.is_none();
        let motivo = "los comprobantes T, N y P no llevan forma ni condiciones de pago; quítelas";
        informe.exigir(sin, "CFDI40103", "FormaPago", motivo);
        let sin_metodo = c.metodo_pago.is_none() || c.tipo == Tipo::Nomina;
        let motivo = "los comprobantes T y P no llevan método de pago; quítelo";
        informe.exigir(sin_metodo, "CFDI40125", "MetodoPago", motivo);
        return;
    }
    let forma = c.forma_pago.as_deref().unwrap_or_default();
    let metodo = c.metodo_pago.as_deref().unwrap_or_default();
    let motivo = "la forma de pago no está en el catálogo; use por ejemplo 01, 03, 04, 28 o 99";
    informe.exigir(texto(FORMAS_PAGO, forma).is_some(), "CFDI40104", "FormaPago", motivo);
    let motivo = "el método de pago debe ser PUE o PPD";
    informe.exigir(texto(METODOS_PAGO, metodo).is_some(), "CFDI40124", "MetodoPago", motivo);
    let motivo = "la forma de pago es 99 cuando el método es PPD, y solo entonces";
    informe.exigir((forma == "99") == (metodo == "PPD"), "CFDI40105", "FormaPago", motivo);
}

fn moneda(informe: &mut Informe, c: &Comprobante) {
    let esperada = if c.tipo == Tipo::Pago { "XXX" } else { "MXN" };
    let conocida = c.moneda.len() == 3 && c.moneda.bytes().all(|b| b.is_ascii_uppercase());
    let bien = conocida && (c.tipo != Tipo::Pago || c.moneda == esperada);
    let motivo = format!("la moneda debe ser {esperada}");
    informe.exigir(bien, "CFDI40113", "Moneda", &motivo);
    let cambio = c.tipo_cambio.map(Valor::recortado);
    match c.moneda.as_ref() {
        "MXN" => {
            let bien = cambio.is_none_or(|t| t == Valor::UNO);
            let motivo = "con MXN el tipo de cambio se omite o es 1";
            informe.exigir(bien, "CFDI40114", "TipoCambio", motivo);
        }
        "XXX" => {
            let motivo = "con moneda XXX no va tipo de cambio; quítelo";
            informe.exigir(cambio.is_none(), "CFDI40116", "TipoCambio", motivo);
        }
        _ => {
            let bien = cambio.is_some_and(|t| !t.is_cero());
            let motivo = "con moneda extranjera hace falta el tipo de cambio";
            informe.exigir(bien, "CFDI40115", "TipoCambio", motivo);
        }
    }
}

fn sumas(informe: &mut Informe, c: &Comprobante) {
    if matches!(c.tipo, Tipo::Pago | Tipo::Traslado) {
        let ceros = c.sub_total.is_cero() && c.total.is_cero();
        let motivo = "en T y P el subtotal y el total son 0";
        informe.exigir(ceros, "CFDI40109", "SubTotal", motivo);
        informe.exigir(c.descuento.is_none(), "CFDI40111", "Descuento", "en T y P no va descuento");
        return;
    }
    let decimales = c.sub_total.decimales() <= 2 && c.total.decimales() <= 2;
    let motivo = "el subtotal y el total llevan a lo más 2 decimales";
    informe.exigir(decimales, "CFDI40107", "SubTotal", motivo);
    let importes: i128 = c.conceptos.iter().map(|x| x.importe.en_micros()).sum();
    let motivo = "el subtotal debe ser la suma de los importes de los conceptos";
    let igual = redondear(importes, 2) == c.sub_total.en_micros();
    informe.exigir(igual, "CFDI40108", "SubTotal", motivo);
    descuento(informe, c);
    let impuestos = c.impuestos.as_ref();
    let de = |v: Option<Valor>| v.map_or(0, Valor::en_micros);
    let trasladado = de(impuestos.and_then(|i| i.total_trasladados));
    let retenido = de(impuestos.and_then(|i| i.total_retenidos));
    let esperado = c.sub_total.en_micros() - de(c.descuento) + trasladado - retenido;
    let motivo = "el total debe ser subtotal − descuento + traslados − retenciones";
    informe.exigir(c.total.en_micros() == esperado, "CFDI40119", "Total", motivo);
}

fn descuento(informe: &mut Informe, c: &Comprobante) {
    let lineas: Vec<Valor> = c.conceptos.iter().filter_map(|x| x.descuento).collect();
    let suma = redondear(lineas.iter().map(|v| v.en_micros()).sum(), 2);
    match c.descuento {
        None => {
            let motivo = "hay descuentos en los conceptos y falta el del comprobante";
            informe.exigir(lineas.is_empty(), "CFDI40110", "Descuento", motivo);
        }
        Some(valor) => {
            let motivo = "el descuento debe ser la suma de los descuentos y no pasar del subtotal";
            let bien = valor.en_micros() == suma && valor.en_micros() <= c.sub_total.en_micros();
            informe.exigir(bien, "CFDI40110", "Descuento", motivo);
            let motivo = "el descuento lleva a lo más 2 decimales";
            informe.exigir(valor.decimales() <= 2, "CFDI40112", "Descuento", motivo);
        }
    }
}
