//! Rules of the taxes of the document: groups, sums and totals against the lines.

use super::Informe;
use crate::modelo::{Comprobante, Factor, Impuesto, ImpuestoLinea, Impuestos, Tipo};
use crate::valor::{Valor, redondear};

pub(super) fn validar(informe: &mut Informe, c: &Comprobante) {
    if matches!(c.tipo, Tipo::Pago | Tipo::Traslado) {
        let motivo = "los comprobantes T y P no llevan impuestos en el documento";
        informe.exigir(c.impuestos.is_none(), "CFDI40201", "Impuestos", motivo);
        return;
    }
    let traslados = lineas(c, |x| &x.traslados);
    let retenciones = lineas(c, |x| &x.retenciones);
    let nada = Impuestos::default();
    let declarados = c.impuestos.as_ref().unwrap_or(&nada);
    de_traslados(informe, declarados, &traslados);
    de_retenciones(informe, declarados, &retenciones);
}

fn lineas(
    c: &Comprobante,
    de: impl Fn(&crate::modelo::Concepto) -> &Vec<ImpuestoLinea>,
) -> Vec<ImpuestoLinea> {
    c.conceptos.iter().flat_map(|x| de(x).iter().copied()).collect()
}

fn suma(impuestos: impl Iterator<Item = Option<Valor>>) -> i128 {
    impuestos.flatten().map(Valor::en_micros).sum()
}

fn de_traslados(informe: &mut Informe, declarados: &Impuestos, lineas: &[ImpuestoLinea]) {
    let clave = |i: &ImpuestoLinea| (i.impuesto, i.factor);
    let mut vistas: Vec<(Impuesto, Factor)> = Vec::new();
    for (i, grupo) in declarados.traslados.iter().enumerate() {
        let campo = format!("Impuestos.Traslados[{i}]");
        let motivo = "hay dos grupos del mismo impuesto, factor y tasa; únalos";
        informe.exigir(!vistas.contains(&clave(grupo)), "CFDI40218", &campo, motivo);
        vistas.push(clave(grupo));
        let del_grupo = || lineas.iter().filter(|l| clave(l) == clave(grupo));
        let base = redondear(del_grupo().map(|l| l.base.en_micros()).sum(), 2);
        let motivo = "la base del grupo debe ser la suma de las bases de las líneas";
        let campo_base = format!("{campo}.Base");
        informe.exigir(base == grupo.base.en_micros(), "CFDI40217", &campo_base, motivo);
        let importe = redondear(suma(del_grupo().map(|l| l.importe)), 2);
        let declarado = grupo.importe.map_or(0, Valor::en_micros);
        let motivo = "el importe del grupo debe ser la suma de los importes de las líneas";
        informe.exigir(importe == declarado, "CFDI40221", &format!("{campo}.Importe"), motivo);
    }
    let faltan = lineas.iter().any(|l| !vistas.contains(&clave(l)));
    let motivo = "falta en el documento un grupo de traslados que sí está en las líneas";
    informe.exigir(!faltan, "CFDI40213", "Impuestos.Traslados", motivo);
    let gravado = declarados.traslados.iter().any(|t| t.factor != Factor::Exento);
    let esperado = suma(declarados.traslados.iter().map(|t| t.importe));
    total(informe, declarados.total_trasladados, gravado.then_some(esperado), &TRASLADADOS);
}

fn de_retenciones(informe: &mut Informe, declarados: &Impuestos, lineas: &[ImpuestoLinea]) {
    let mut vistas: Vec<Impuesto> = Vec::new();
    for (i, grupo) in declarados.retenciones.iter().enumerate() {
        let campo = format!("Impuestos.Retenciones[{i}]");
        let motivo = "hay dos grupos de retención del mismo impuesto; únalos";
        informe.exigir(!vistas.contains(&grupo.impuesto), "CFDI40208", &campo, motivo);
        vistas.push(grupo.impuesto);
        let del_grupo = lineas.iter().filter(|l| l.impuesto == grupo.impuesto);
        let importe = redondear(suma(del_grupo.map(|l| l.importe)), 2);
        let motivo = "la retención debe ser la suma de las retenciones de las líneas";
        let igual = importe == grupo.importe.en_micros();
        informe.exigir(igual, "CFDI40211", &format!("{campo}.Importe"), motivo);
    }
    let faltan = lineas.iter().any(|l| !vistas.contains(&l.impuesto));
    let motivo = "falta en el documento una retención que sí está en las líneas";
    informe.exigir(!faltan, "CFDI40205", "Impuestos.Retenciones", motivo);
    let esperado = suma(declarados.retenciones.iter().map(|r| Some(r.importe)));
    let hay = !declarados.retenciones.is_empty();
    total(informe, declarados.total_retenidos, hay.then_some(esperado), &RETENIDOS);
}

/// Codes of one of the two totals.
struct Codigos {
    campo: &'static str,
    falta: &'static str,
    suma: &'static str,
    decimales: &'static str,
}

const TRASLADADOS: Codigos = Codigos {
    campo: "Impuestos.TotalImpuestosTrasladados",
    falta: "CFDI40212",
    suma: "CFDI40215",
    decimales: "CFDI40214",
};

const RETENIDOS: Codigos = Codigos {
    campo: "Impuestos.TotalImpuestosRetenidos",
    falta: "CFDI40204",
    suma: "CFDI40203",
    decimales: "CFDI40202",
};

fn total(informe: &mut Informe, declarado: Option<Valor>, esperado: Option<i128>, c: &Codigos) {
    let presencia = declarado.is_some() == esperado.is_some();
    let motivo = "el total de impuestos va cuando hay impuestos con importe, y solo entonces";
    informe.exigir(presencia, c.falta, c.campo, motivo);
    let Some(valor) = declarado else { return };
    let motivo = "el total de impuestos debe ser la suma de los grupos";
    let igual = valor.en_micros() == esperado.unwrap_or(0);
    informe.exigir(igual, c.suma, c.campo, motivo);
    let motivo = "el total de impuestos lleva a lo más 2 decimales";
    informe.exigir(valor.decimales() <= 2, c.decimales, c.campo, motivo);
}
