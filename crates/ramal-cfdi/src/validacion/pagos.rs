//! Rules of the REP: its constant envelope, balances and totals, in MXN. Documents in other
//! currencies are refused here because Ramal does not issue them.

use super::{Informe, is_texto};
use crate::catalogo::{FORMAS_PAGO, texto};
use crate::importes::limites_impuesto;
use crate::modelo::{
    Comprobante, DoctoRelacionado, Factor, Impuesto, ImpuestoLinea, Pago, Pagos, Tipo,
};
use crate::texto::{is_fecha_hora, is_uuid};
use crate::valor::{Valor, redondear};

pub(super) fn validar(informe: &mut Informe, c: &Comprobante) {
    let Some(pagos) = &c.pagos else {
        informe.add(
            "CRP20101",
            "Complemento",
            "un comprobante de pago lleva el complemento Pagos 2.0",
        );
        return;
    };
    if c.tipo != Tipo::Pago {
        informe.add("CRP20101", "TipoDeComprobante", "el complemento de pagos va en un tipo P");
        return;
    }
    sobre(informe, c);
    informe.exigir(!pagos.pagos.is_empty(), "CRP20999", "Pagos", "falta al menos un pago");
    for (i, pago) in pagos.pagos.iter().enumerate() {
        let campo = format!("Pagos[{i}]");
        del_pago(informe, &campo, pago);
        for (j, documento) in pago.documentos.iter().enumerate() {
            del_documento(informe, &format!("{campo}.DoctoRelacionado[{j}]"), documento);
        }
    }
    totales(informe, pagos);
}

/// The concepto of a REP is always the same.
fn sobre(informe: &mut Informe, c: &Comprobante) {
    let bien = c.conceptos.len() == 1
        && c.conceptos.iter().all(|x| {
            x.clave_prod_serv == "84111506"
                && x.clave_unidad == "ACT"
                && x.descripcion == "Pago"
                && x.objeto_imp == "01"
                && x.cantidad.recortado() == Valor::UNO
                && x.valor_unitario.is_cero()
                && x.importe.is_cero()
                && x.no_identificacion.is_none()
                && x.descuento.is_none()
        });
    let motivo = "el concepto de un pago es único y constante: 84111506, ACT, «Pago», importe 0";
    informe.exigir(bien, "CRP20109", "Conceptos", motivo);
}

fn del_pago(informe: &mut Informe, campo: &str, p: &Pago) {
    let motivo = "la fecha del pago debe ser AAAA-MM-DDThh:mm:ss";
    informe.exigir(is_fecha_hora(&p.fecha), "CRP20999", &format!("{campo}.FechaPago"), motivo);
    let forma = p.forma_de_pago != "99" && texto(FORMAS_PAGO, &p.forma_de_pago).is_some();
    let motivo = "diga cómo se recibió el pago; 99 no se admite";
    informe.exigir(forma, "CRP20212", &format!("{campo}.FormaDePagoP"), motivo);
    let moneda = p.moneda == "MXN";
    informe.exigir(moneda, "CRP20213", &format!("{campo}.MonedaP"), "solo se admiten pagos en MXN");
    let cambio = p.tipo_cambio.is_some_and(|t| t == Valor::UNO);
    let motivo = "con MXN el tipo de cambio del pago es 1";
    informe.exigir(cambio, "CRP20215", &format!("{campo}.TipoCambioP"), motivo);
    let motivo = "el monto del pago debe ser mayor que cero, con 2 decimales";
    let monto = !p.monto.is_cero() && p.monto.decimales() <= 2;
    informe.exigir(monto, "CRP20218", &format!("{campo}.Monto"), motivo);
    let pagado: i128 = p.documentos.iter().map(|d| d.pagado.en_micros()).sum();
    let motivo = "lo aplicado a las facturas pasa del monto del pago";
    informe.exigir(pagado <= p.monto.en_micros(), "CRP20217", &format!("{campo}.Monto"), motivo);
    let numero = p.num_operacion.as_ref().is_none_or(|n| is_texto(n, 100));
    let motivo = "el número de operación debe tener de 1 a 100 caracteres";
    informe.exigir(numero, "CRP20999", &format!("{campo}.NumOperacion"), motivo);
    let motivo = "un pago nombra al menos una factura";
    informe.exigir(!p.documentos.is_empty(), "CRP20999", campo, motivo);
    impuestos_p(informe, campo, p);
}

fn impuestos_p(informe: &mut Informe, campo: &str, p: &Pago) {
    for (i, grupo) in p.traslados.iter().enumerate() {
        let campo = format!("{campo}.TrasladosP[{i}]");
        let iguales = p.documentos.iter().flat_map(|d| &d.traslados);
        let del_grupo: Vec<_> =
            iguales.filter(|t| t.impuesto == grupo.impuesto && t.factor == grupo.factor).collect();
        let base: i128 = del_grupo.iter().map(|t| t.base.en_micros()).sum();
        let motivo = "la base del pago debe ser la suma de las bases de sus facturas";
        informe.exigir(
            base == grupo.base.en_micros(),
            "CRP20268",
            &format!("{campo}.BaseP"),
            motivo,
        );
        let importe: i128 = del_grupo.iter().filter_map(|t| t.importe).map(Valor::en_micros).sum();
        let igual = importe == grupo.importe.map_or(0, Valor::en_micros);
        let motivo = "el impuesto del pago debe ser la suma de los de sus facturas";
        informe.exigir(igual, "CRP20274", &format!("{campo}.ImporteP"), motivo);
    }
}

fn del_documento(informe: &mut Informe, campo: &str, d: &DoctoRelacionado) {
    let motivo = "la factura pagada se nombra por su UUID de 36 caracteres";
    let uuid = is_uuid(&d.id_documento);
    informe.exigir(uuid, "CRP20999", &format!("{campo}.IdDocumento"), motivo);
    let motivo = "con la misma moneda la equivalencia es 1";
    let uno = d.moneda == "MXN" && d.equivalencia.is_some_and(|e| e == Valor::UNO);
    informe.exigir(uno, "CRP20238", &format!("{campo}.EquivalenciaDR"), motivo);
    let motivo = "la parcialidad va de 1 a 999";
    let parcialidad = (1..=999).contains(&d.num_parcialidad);
    informe.exigir(parcialidad, "CRP20999", &format!("{campo}.NumParcialidad"), motivo);
    let motivo = "el saldo anterior debe ser mayor que cero";
    let anterior = !d.saldo_anterior.is_cero();
    informe.exigir(anterior, "CRP20239", &format!("{campo}.ImpSaldoAnt"), motivo);
    let motivo = "lo pagado debe ser mayor que cero";
    informe.exigir(!d.pagado.is_cero(), "CRP20241", &format!("{campo}.ImpPagado"), motivo);
    let resto = d.saldo_anterior.en_micros() - d.pagado.en_micros();
    let motivo = "el saldo insoluto es el saldo anterior menos lo pagado, y no es negativo";
    let cuadra = resto >= 0 && resto == d.saldo_insoluto.en_micros();
    informe.exigir(cuadra, "CRP20244", &format!("{campo}.ImpSaldoInsoluto"), motivo);
    objeto(informe, campo, d);
    for (i, t) in d.traslados.iter().chain(&d.retenciones).enumerate() {
        impuesto_dr(informe, &format!("{campo}.ImpuestosDR[{i}]"), t);
    }
}

fn objeto(informe: &mut Informe, campo: &str, d: &DoctoRelacionado) {
    let vacio = d.traslados.is_empty() && d.retenciones.is_empty();
    let (cumple, codigo) = match d.objeto_imp.as_ref() {
        "02" => (!vacio, "CRP20246"),
        "01" | "03" | "04" | "05" => (vacio, "CRP20247"),
        "06" | "07" | "08" => (true, "CRP20278"),
        _ => (false, "CRP20246"),
    };
    let motivo = "con objeto 02 van los impuestos de la factura; con 01, 03, 04 y 05 no van";
    informe.exigir(cumple, codigo, &format!("{campo}.ObjetoImpDR"), motivo);
}

fn impuesto_dr(informe: &mut Informe, campo: &str, i: &ImpuestoLinea) {
    let motivo = "la base debe ser mayor que cero";
    informe.exigir(!i.base.is_cero(), "CRP20248", &format!("{campo}.BaseDR"), motivo);
    if let (Factor::Tasa(tasa), Some(importe)) = (i.factor, i.importe) {
        let limites = limites_impuesto(i.base, tasa, importe.decimales().min(6));
        let motivo = "el importe del impuesto no es la base por la tasa";
        informe.exigir(
            limites.contains(importe),
            "CRP20261",
            &format!("{campo}.ImporteDR"),
            motivo,
        );
    }
}

fn totales(informe: &mut Informe, p: &Pagos) {
    let t = &p.totales;
    let monto = redondear(p.pagos.iter().map(|x| x.monto.en_micros()).sum(), 2);
    let motivo = "el monto total debe ser la suma de los pagos";
    let campo = "Totales.MontoTotalPagos";
    informe.exigir(monto == t.monto_total.en_micros(), "CRP20211", campo, motivo);
    let casos: [(&str, i64, Option<Valor>, Option<Valor>); 3] = [
        ("16", 160_000, t.base_iva16, t.impuesto_iva16),
        ("8", 80_000, t.base_iva8, t.impuesto_iva8),
        ("0", 0, t.base_iva0, t.impuesto_iva0),
    ];
    for (nombre, tasa, base, importe) in casos {
        let factor = Factor::Tasa(Valor::micros(tasa));
        let todos = || {
            let traslados = p.pagos.iter().flat_map(|x| &x.traslados);
            traslados.filter(|x| x.impuesto == Impuesto::Iva && x.factor == factor)
        };
        let suma_base = redondear(todos().map(|x| x.base.en_micros()).sum(), 2);
        let importes = todos().filter_map(|x| x.importe).map(Valor::en_micros).sum();
        let suma_importe = redondear(importes, 2);
        let en = |v: Option<Valor>| v.map_or(0, Valor::en_micros);
        let bien = en(base) == suma_base && en(importe) == suma_importe;
        let motivo = "los totales de IVA deben ser la suma de los impuestos de los pagos";
        informe.exigir(bien, "CRP20204", &format!("Totales.TotalTrasladosBaseIVA{nombre}"), motivo);
    }
}
