//! Payment terms, detracción, retención and advances (§11, §19.4).

use ramal_base::Fecha;
use rust_decimal::Decimal;

use super::{Hallazgos, is_importe, numero, por, suma};
use crate::catalogos::is_detraccion_conocida;
use crate::lectura::{TerminoLeido, Vista};

pub(super) fn revisar(h: &mut Hallazgos, v: &Vista) {
    let formas: Vec<&TerminoLeido> = v.terminos.iter().filter(|t| t.id == "FormaPago").collect();
    match v.tipo.as_str() {
        "01" => {
            let motivo = "la factura debe decir si es al contado o al crédito";
            h.si(formas.is_empty(), "3244", "forma de pago", motivo);
            forma_pago(h, v, &formas);
        }
        "03" => {
            let motivo = "la boleta no lleva forma de pago; quítela";
            h.si(!formas.is_empty(), "3128", "forma de pago", motivo);
        }
        _ => forma_pago(h, v, &formas),
    }
    if v.raiz == "Invoice" {
        detraccion(h, v);
        retencion(h, v);
        anticipos(h, v);
    }
}

fn is_cuota(medio: &str) -> bool {
    let numero = medio.strip_prefix("Cuota").unwrap_or_default();
    numero.len() == 3 && numero.bytes().all(|b| b.is_ascii_digit())
}

fn forma_pago(h: &mut Hallazgos, v: &Vista, formas: &[&TerminoLeido]) {
    let campo = "forma de pago";
    let hay = |medio: &str| formas.iter().any(|t| t.medio == medio);
    for (i, t) in formas.iter().enumerate() {
        h.si(t.medios > 1, "3461", campo, "cada dato de la forma de pago va en su propio bloque");
        h.si(t.medio.is_empty(), "3245", campo, "falta decir Contado, Credito o Cuota001");
        let raro = !t.medio.is_empty() && !["Contado", "Credito"].contains(&t.medio.as_str());
        let motivo = "solo se admite Contado, Credito o Cuota001 a Cuota999";
        h.si(raro && !is_cuota(&t.medio), "3246", campo, motivo);
        let repetida = formas[..i].iter().any(|o| o.medio == t.medio);
        h.si(repetida, "3248", campo, "la forma de pago o la cuota está repetida");
    }
    let cuotas: Vec<&&TerminoLeido> = formas.iter().filter(|t| is_cuota(&t.medio)).collect();
    let ambos = hay("Contado") && hay("Credito");
    h.si(ambos, "3247", campo, "una factura es al contado o al crédito, no ambos");
    let suelta = !cuotas.is_empty() && !hay("Credito");
    h.si(suelta, "3252", campo, "hay cuotas sin decir que es al crédito");
    let sin_cuotas = hay("Credito") && cuotas.is_empty();
    h.si(sin_cuotas, "3249", campo, "una factura al crédito lleva al menos una cuota");
    if let Some(credito) = formas.iter().find(|t| t.medio == "Credito") {
        pendiente(h, v, credito, &cuotas);
    }
    for cuota in &cuotas {
        una_cuota(h, v, cuota);
    }
}

fn pendiente(h: &mut Hallazgos, v: &Vista, credito: &TerminoLeido, cuotas: &[&&TerminoLeido]) {
    let campo = "monto neto pendiente";
    let monto = credito.monto.o_cero();
    h.si(!credito.monto.esta(), "3251", campo, "falta el monto neto pendiente de pago");
    let malo = credito.monto.esta() && (!is_importe(&credito.monto.texto) || monto.is_zero());
    h.si(malo, "3250", campo, "el monto neto pendiente es un importe mayor que 0");
    let excede = v.raiz == "Invoice" && monto > v.totales.total.o_cero();
    h.si(excede, "3265", campo, "el monto pendiente supera el importe total");
    let total = suma(cuotas.iter().map(|c| c.monto.o_cero()));
    if credito.monto.esta() && !cuotas.is_empty() {
        h.cuadre("3319", "suma de las cuotas", (total, monto), Decimal::ZERO);
    }
}

fn una_cuota(h: &mut Hallazgos, v: &Vista, cuota: &TerminoLeido) {
    let campo = &cuota.medio;
    h.si(!cuota.monto.esta(), "3254", campo, "falta el monto de la cuota");
    let nulo = !is_importe(&cuota.monto.texto) || cuota.monto.o_cero().is_zero();
    h.si(cuota.monto.esta() && nulo, "3253", campo, "la cuota es un importe mayor que 0");
    let excede = v.raiz == "Invoice" && cuota.monto.o_cero() > v.totales.total.o_cero();
    h.si(excede, "3266", campo, "la cuota supera el importe total");
    h.si(cuota.vence.is_empty(), "3256", campo, "falta la fecha de la cuota");
    match (Fecha::parse(&cuota.vence), Fecha::parse(&v.fecha)) {
        (Ok(vence), Ok(emision)) if v.raiz == "Invoice" => {
            let motivo = "la cuota debe vencer después del día de emisión; si vence hoy es contado";
            h.si(vence <= emision, "3267", campo, motivo);
        }
        (Err(_), _) if !cuota.vence.is_empty() => {
            h.si(true, "3255", campo, "la fecha de la cuota debe ser AAAA-MM-DD");
        }
        _ => {}
    }
}

fn detraccion(h: &mut Hallazgos, v: &Vista) {
    let campo = "detracción";
    let termino = v.terminos.iter().find(|t| t.id == "Detraccion");
    let medio = v.medios.iter().find(|m| m.id == "Detraccion");
    let sujeta = ["1001", "1002", "1003", "1004"].contains(&v.operacion.as_str());
    let incompleta = termino.is_none() || medio.is_none();
    let motivo = "la operación 1001 exige código, monto y cuenta de detracción";
    h.si(sujeta && incompleta, "3127", campo, motivo);
    let sobra = !sujeta && (termino.is_some() || medio.is_some());
    h.si(sobra, "3128", campo, "hay detracción y el tipo de operación no es 1001");
    if let Some(t) = termino {
        let malo = !is_detraccion_conocida(&t.medio);
        h.si(malo, "3033", campo, "el código de detracción no está en el catálogo 54");
        h.si(!t.monto.esta(), "3035", campo, "falta el monto de la detracción");
        let nulo = !is_importe(&t.monto.texto) || t.monto.o_cero().is_zero();
        h.si(t.monto.esta() && nulo, "3037", campo, "el monto de la detracción es mayor que 0");
        let dolares = t.monto.esta() && t.monto.moneda != "PEN";
        h.si(dolares, "3208", campo, "la detracción se deposita en soles (PEN)");
        let leyenda = v.leyendas.iter().any(|(c, _)| c == "2006");
        h.si(!leyenda, "4265", campo, "falta la leyenda 2006, Operación sujeta a detracción");
    }
    if let Some(m) = medio {
        let motivo = "falta la cuenta del Banco de la Nación del emisor";
        h.si(m.cuenta.is_empty(), "3034", campo, motivo);
    }
}

fn retencion(h: &mut Hallazgos, v: &Vista) {
    for c in v.cargos.iter().filter(|c| c.codigo == "62") {
        let factor = numero(&c.factor).unwrap_or_default();
        let esperado = por(c.base.o_cero(), factor);
        h.cuadre("3263", "retención", (c.monto.o_cero(), esperado), Decimal::new(1, 2));
        let excede = c.base.o_cero() > v.totales.total.o_cero();
        h.si(excede, "3264", "retención", "la base de la retención supera el importe total");
        let ruc = v.cliente.as_ref().is_some_and(|c| c.tipo == "6");
        h.si(!ruc, "3262", "retención", "solo retiene un cliente con RUC que sea agente");
    }
}

/// The trio of each advance: document, payment, discount (§11.4).
fn anticipos(h: &mut Hallazgos, v: &Vista) {
    let campo = "anticipos";
    let pagado = suma(v.anticipos.iter().map(|(_, m)| m.o_cero()));
    h.cuadre("2509", campo, (v.totales.anticipos.o_cero(), pagado), Decimal::ZERO);
    for (indice, monto) in &v.anticipos {
        let documento = v.relacionados.iter().any(|r| r.indice == *indice);
        h.si(!documento, "3211", campo, "falta el comprobante del anticipo");
        h.si(monto.o_cero().is_zero(), "2503", campo, "el anticipo es un importe mayor que 0");
    }
    let de_anticipo = v.relacionados.iter().filter(|r| ["02", "03"].contains(&r.tipo.as_str()));
    for r in de_anticipo {
        let pago = v.anticipos.iter().any(|(i, _)| *i == r.indice);
        h.si(!pago, "3214", campo, "el comprobante de anticipo no tiene su pago");
        h.si(r.ruc.is_empty(), "3216", campo, "falta el RUC que emitió el anticipo");
    }
    let rebaja = v.cargos.iter().any(|c| ["04", "05", "06", "20"].contains(&c.codigo.as_str()));
    let sin_rebaja = !v.anticipos.is_empty() && !rebaja;
    h.si(sin_rebaja, "3287", campo, "falta el descuento 04, 05 o 06 que resta el anticipo");
    let sin_pago = v.anticipos.is_empty() && rebaja;
    h.si(sin_pago, "3220", campo, "hay descuento por anticipo y falta el total de anticipos");
}
