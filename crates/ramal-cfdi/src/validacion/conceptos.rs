//! Rules of the lines and their taxes. Whether a product key exists is a matter of the imported
//! catalogue.

use super::{Informe, is_digitos, is_texto};
use crate::catalogo::{OBJETOS_IMP, texto};
use crate::importes::{limites_importe, limites_impuesto};
use crate::modelo::{Comprobante, Concepto, Factor, Impuesto, ImpuestoLinea, Tipo};
use crate::valor::Valor;

pub(super) fn validar(informe: &mut Informe, c: &Comprobante) {
    informe.exigir(!c.conceptos.is_empty(), "CFDI40999", "Conceptos", "falta al menos un concepto");
    for (i, concepto) in c.conceptos.iter().enumerate() {
        let campo = format!("Conceptos[{i}]");
        claves(informe, &campo, concepto);
        importes(informe, &campo, concepto, c.tipo);
        objeto(informe, &campo, concepto);
        for (j, t) in concepto.traslados.iter().enumerate() {
            impuesto(informe, &format!("{campo}.Traslados[{j}]"), t, &TRASLADO);
        }
        for (j, r) in concepto.retenciones.iter().enumerate() {
            impuesto(informe, &format!("{campo}.Retenciones[{j}]"), r, &RETENCION);
        }
    }
}

fn claves(informe: &mut Informe, campo: &str, c: &Concepto) {
    let clave = is_digitos(&c.clave_prod_serv, 8);
    let motivo = "la clave de producto o servicio tiene 8 dígitos";
    informe.exigir(clave, "CFDI40162", &format!("{campo}.ClaveProdServ"), motivo);
    let unidad = (1..=3).contains(&c.clave_unidad.len())
        && c.clave_unidad.bytes().all(|b| b.is_ascii_alphanumeric());
    let motivo = "la clave de unidad tiene de 1 a 3 letras o dígitos, por ejemplo E48";
    informe.exigir(unidad, "CFDI40165", &format!("{campo}.ClaveUnidad"), motivo);
    let motivo = "la descripción debe tener de 1 a 1000 caracteres y ningún «|»";
    let descripcion = is_texto(&c.descripcion, 1000);
    informe.exigir(descripcion, "CFDI40999", &format!("{campo}.Descripcion"), motivo);
    let numero = c.no_identificacion.as_ref().is_none_or(|n| is_texto(n, 100));
    let motivo = "el número de identificación debe tener de 1 a 100 caracteres y ningún «|»";
    informe.exigir(numero, "CFDI40999", &format!("{campo}.NoIdentificacion"), motivo);
}

fn importes(informe: &mut Informe, campo: &str, c: &Concepto, tipo: Tipo) {
    let cantidad = !c.cantidad.is_cero() && c.cantidad.decimales() <= 6;
    let motivo = "la cantidad debe ser mayor que cero, con hasta 6 decimales";
    informe.exigir(cantidad, "CFDI40999", &format!("{campo}.Cantidad"), motivo);
    let cobra = matches!(tipo, Tipo::Ingreso | Tipo::Egreso | Tipo::Nomina);
    let motivo = "el valor unitario debe ser mayor que cero";
    let unitario = !cobra || !c.valor_unitario.is_cero();
    informe.exigir(unitario, "CFDI40166", &format!("{campo}.ValorUnitario"), motivo);
    let limites = limites_importe(c.cantidad, c.valor_unitario, 2);
    let motivo = "el importe no es la cantidad por el valor unitario";
    let importe = limites.contains(c.importe);
    informe.exigir(importe, "CFDI40167", &format!("{campo}.Importe"), motivo);
    if let Some(descuento) = c.descuento {
        let campo = format!("{campo}.Descuento");
        let motivo = "el descuento no lleva más decimales que el importe";
        let decimales = descuento.decimales() <= c.importe.decimales();
        informe.exigir(decimales, "CFDI40168", &campo, motivo);
        let motivo = "el descuento no pasa del importe de la línea";
        let menor = descuento.en_micros() <= c.importe.en_micros();
        informe.exigir(menor, "CFDI40169", &campo, motivo);
    }
}

/// Which taxes each ObjetoImp wants.
fn objeto(informe: &mut Informe, campo: &str, c: &Concepto) {
    let campo = format!("{campo}.ObjetoImp");
    let vacio = c.traslados.is_empty() && c.retenciones.is_empty();
    let lleva = |impuesto: Impuesto| {
        c.traslados.iter().chain(&c.retenciones).any(|t| t.impuesto == impuesto)
    };
    let (iva, ieps) = (lleva(Impuesto::Iva), lleva(Impuesto::Ieps));
    let (cumple, codigo, motivo) = match c.objeto_imp.as_ref() {
        "02" => (!vacio, "CFDI40171", "con objeto de impuesto 02 hace falta algún impuesto"),
        "01" | "03" | "04" | "05" => (vacio, "CFDI40172", "con ese objeto no van impuestos"),
        "06" | "08" => (!iva && !ieps, "CFDI40172", "con ese objeto no van IVA ni IEPS"),
        "07" => (ieps && !iva, "CFDI40172", "con objeto 07 va IEPS y no va IVA"),
        _ => (false, "CFDI40170", "el objeto de impuesto debe ser 01 a 08"),
    };
    let conocido = texto(OBJETOS_IMP, &c.objeto_imp).is_some();
    let codigo = if conocido { codigo } else { "CFDI40170" };
    informe.exigir(cumple, codigo, &campo, motivo);
}

/// Codes and rates of one of the two lists of taxes.
struct Reglas {
    base: &'static str,
    factor: &'static str,
    tasa: &'static str,
    importe: &'static str,
    is_tasa: fn(Impuesto, Valor) -> bool,
    exento: bool,
}

const TRASLADO: Reglas = Reglas {
    base: "CFDI40174",
    factor: "CFDI40177",
    tasa: "CFDI40179",
    importe: "CFDI40180",
    is_tasa: is_tasa_trasladada,
    exento: true,
};

const RETENCION: Reglas = Reglas {
    base: "CFDI40181",
    factor: "CFDI40183",
    tasa: "CFDI40185",
    importe: "CFDI40186",
    is_tasa: is_tasa_retenida,
    exento: false,
};

/// IEPS rates of c_TasaOCuota, in millionths.
const TASAS_IEPS: &[i128] = &[
    0, 30_000, 60_000, 70_000, 80_000, 90_000, 250_000, 265_000, 300_000, 304_000, 500_000,
    530_000, 1_600_000,
];

/// c_TasaOCuota for transferred taxes.
pub(super) fn is_tasa_trasladada(impuesto: Impuesto, tasa: Valor) -> bool {
    match impuesto {
        Impuesto::Iva => [0, 80_000, 160_000].contains(&tasa.en_micros()),
        Impuesto::Ieps => TASAS_IEPS.contains(&tasa.en_micros()),
        Impuesto::Isr => false,
    }
}

fn is_tasa_retenida(impuesto: Impuesto, tasa: Valor) -> bool {
    match impuesto {
        Impuesto::Iva => (0..=160_000).contains(&tasa.en_micros()),
        Impuesto::Isr => (0..=350_000).contains(&tasa.en_micros()),
        Impuesto::Ieps => TASAS_IEPS.contains(&tasa.en_micros()),
    }
}

fn impuesto(informe: &mut Informe, campo: &str, i: &ImpuestoLinea, reglas: &Reglas) {
    let motivo = "la base debe ser mayor que cero; si no hay base, quite el impuesto";
    informe.exigir(!i.base.is_cero(), reglas.base, &format!("{campo}.Base"), motivo);
    match (i.factor, i.importe) {
        (Factor::Exento, importe) => {
            let bien = reglas.exento && importe.is_none();
            let motivo = "un impuesto exento no lleva importe, y no se retiene";
            informe.exigir(bien, reglas.factor, &format!("{campo}.TipoFactor"), motivo);
        }
        (_, None) => {
            let motivo = "falta el importe del impuesto";
            informe.add(reglas.factor, format!("{campo}.Importe"), motivo);
        }
        (Factor::Tasa(tasa), Some(importe)) => {
            let motivo = "la tasa no está en el catálogo para ese impuesto";
            let conocida = (reglas.is_tasa)(i.impuesto, tasa);
            informe.exigir(conocida, reglas.tasa, &format!("{campo}.TasaOCuota"), motivo);
            let motivo = "el importe del impuesto no es la base por la tasa";
            let cuadra = limites_impuesto(i.base, tasa, 2).contains(importe);
            informe.exigir(cuadra, reglas.importe, &format!("{campo}.Importe"), motivo);
        }
        (Factor::Cuota(_), Some(_)) => {}
    }
}
