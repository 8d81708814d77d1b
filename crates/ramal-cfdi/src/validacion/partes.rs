//! Rules of emitter, receiver, global information and relations. Whether the SAT knows the RFC and
//! its name is not knowable here.

use ramal_base::Pais;
use ramal_base::documentos::{Persona, TipoDocumento, validar as validar_documento};

use super::{Informe, is_digitos, is_texto};
use crate::catalogo::{PERIODICIDADES, TIPOS_RELACION, is_regimen_de, is_uso_permitido, texto};
use crate::construir::{NOMBRE_PUBLICO, RFC_PUBLICO};
use crate::modelo::{Comprobante, InformacionGlobal, Receptor, Tipo};
use crate::texto::is_uuid;

/// Generic RFC of a foreign customer.
const RFC_EXTRANJERO: &str = "XEXX010101000";

pub(super) fn validar(informe: &mut Informe, c: &Comprobante) {
    emisor(informe, c);
    receptor(informe, c);
    global(informe, c);
    relacionados(informe, c);
}

/// Person type of a well-formed RFC; `None` if it is not one, or not in its normal form.
fn persona(rfc: &str) -> Option<Persona> {
    let valido = validar_documento(TipoDocumento::Rfc, Pais::Mx, rfc).ok()?;
    (valido.numero == rfc).then_some(valido.persona)
}

fn emisor(informe: &mut Informe, c: &Comprobante) {
    let Some(persona) = persona(&c.emisor.rfc) else {
        informe.add("CFDI40138", "Emisor.Rfc", "el RFC del emisor no tiene la forma de un RFC");
        return;
    };
    let motivo = "escriba el nombre del emisor como en su constancia, sin tipo de sociedad";
    informe.exigir(is_texto(&c.emisor.nombre, 300), "CFDI40139", "Emisor.Nombre", motivo);
    match is_regimen_de(&c.emisor.regimen_fiscal, persona) {
        None => {
            informe.add("CFDI40140", "Emisor.RegimenFiscal", "el régimen no está en el catálogo")
        }
        Some(false) => informe.add(
            "CFDI40141",
            "Emisor.RegimenFiscal",
            "el régimen no es para ese tipo de persona; revise la constancia del emisor",
        ),
        Some(true) => {}
    }
}

fn receptor(informe: &mut Informe, c: &Comprobante) {
    let r = &c.receptor;
    let Some(persona) = persona(&r.rfc) else {
        let motivo = "el RFC del receptor no tiene la forma de un RFC; corríjalo en el cliente";
        informe.add("CFDI40143", "Receptor.Rfc", motivo);
        return;
    };
    let motivo = "escriba el nombre del receptor como en su constancia de situación fiscal";
    informe.exigir(is_texto(&r.nombre, 300), "CFDI40145", "Receptor.Nombre", motivo);
    let publico = r.nombre == NOMBRE_PUBLICO && r.rfc != RFC_PUBLICO;
    let motivo = "PUBLICO EN GENERAL solo va con el RFC XAXX010101000";
    informe.exigir(!publico, "CFDI40146", "Receptor.Nombre", motivo);
    let motivo = "el domicilio fiscal del receptor es su código postal de 5 dígitos";
    let campo = "Receptor.DomicilioFiscalReceptor";
    informe.exigir(is_digitos(&r.domicilio_fiscal, 5), "CFDI40147", campo, motivo);
    if is_generico(&r.rfc) {
        generico(informe, c);
    }
    extranjero(informe, r);
    regimen(informe, c, persona);
}

fn is_generico(rfc: &str) -> bool {
    rfc == RFC_PUBLICO || rfc == RFC_EXTRANJERO
}

fn generico(informe: &mut Informe, c: &Comprobante) {
    let igual = c.receptor.domicilio_fiscal == c.lugar_expedicion;
    let motivo = "con RFC genérico el domicilio fiscal es el lugar de expedición";
    informe.exigir(igual, "CFDI40149", "Receptor.DomicilioFiscalReceptor", motivo);
    let motivo = "con RFC genérico el régimen es 616";
    let regimen = c.receptor.regimen_fiscal == "616";
    informe.exigir(regimen, "CFDI40158", "Receptor.RegimenFiscalReceptor", motivo);
}

fn extranjero(informe: &mut Informe, r: &Receptor) {
    let residencia = r.residencia_fiscal.as_deref();
    let numero = r.num_reg_id_trib.as_deref();
    if r.rfc != RFC_EXTRANJERO {
        let motivo = "la residencia y el registro fiscal extranjeros solo van con XEXX010101000";
        let sin = residencia.is_none() && numero.is_none();
        informe.exigir(sin, "CFDI40151", "Receptor.ResidenciaFiscal", motivo);
        return;
    }
    let motivo = "la residencia fiscal es un país de 3 letras distinto de MEX";
    let pais = |p: &str| p.len() == 3 && p.bytes().all(|b| b.is_ascii_uppercase()) && p != "MEX";
    informe.exigir(residencia.is_none_or(pais), "CFDI40153", "Receptor.ResidenciaFiscal", motivo);
    let motivo = "la residencia fiscal y el número de registro van juntos o no van";
    let juntos = residencia.is_some() == numero.is_some();
    informe.exigir(juntos, "CFDI40155", "Receptor.NumRegIdTrib", motivo);
}

fn regimen(informe: &mut Informe, c: &Comprobante, persona: Persona) {
    let r = &c.receptor;
    let campo = "Receptor.RegimenFiscalReceptor";
    // A generic RFC has 13 characters but stands for any person.
    let persona = if is_generico(&r.rfc) { Persona::Desconocida } else { persona };
    match is_regimen_de(&r.regimen_fiscal, persona) {
        None => informe.add("CFDI40157", campo, "el régimen del receptor no está en el catálogo"),
        Some(false) => {
            let motivo =
                "el régimen del receptor no es para ese tipo de persona; pida su constancia";
            informe.add("CFDI40158", campo, motivo);
        }
        Some(true) => {}
    }
    let bien = match c.tipo {
        Tipo::Pago => r.uso_cfdi == "CP01",
        Tipo::Nomina => r.uso_cfdi == "CN01",
        _ => is_uso_permitido(&r.uso_cfdi, &r.regimen_fiscal, persona) && r.uso_cfdi != "CP01",
    };
    let motivo = "el uso del CFDI no se admite con el régimen del receptor; pruebe S01";
    informe.exigir(bien, "CFDI40161", "Receptor.UsoCFDI", motivo);
}

fn global(informe: &mut Informe, c: &Comprobante) {
    let publico = c.receptor.rfc == RFC_PUBLICO && c.receptor.nombre == NOMBRE_PUBLICO;
    let debe = c.tipo == Tipo::Ingreso && publico;
    let motivo = if debe {
        "una factura a PUBLICO EN GENERAL es global: falta la información global"
    } else {
        "la información global solo va en un ingreso a PUBLICO EN GENERAL con XAXX010101000"
    };
    let bien = c.informacion_global.is_some() == debe;
    informe.exigir(bien, "CFDI40130", "InformacionGlobal", motivo);
    if let Some(g) = &c.informacion_global {
        periodo(informe, c, g);
    }
}

fn periodo(informe: &mut Informe, c: &Comprobante, g: &InformacionGlobal) {
    let campo = "InformacionGlobal.Periodicidad";
    let motivo = "la periodicidad debe ser 01 a 05";
    informe.exigir(texto(PERIODICIDADES, &g.periodicidad).is_some(), "CFDI40131", campo, motivo);
    let bimestral = g.periodicidad == "05";
    let motivo = "la periodicidad bimestral es solo del régimen 621";
    let permitida = !bimestral || c.emisor.regimen_fiscal == "621";
    informe.exigir(permitida, "CFDI40132", campo, motivo);
    let mes = g.meses.parse::<u8>().ok().filter(|_| g.meses.len() == 2).unwrap_or(0);
    let campo = "InformacionGlobal.Meses";
    informe.exigir((1..=18).contains(&mes), "CFDI40133", campo, "los meses van de 01 a 18");
    let motivo = "los meses 13 a 18 son bimestres y van solo con periodicidad 05";
    informe.exigir((13..=18).contains(&mes) == bimestral, "CFDI40134", campo, motivo);
    let anio: i16 = c.fecha.get(..4).and_then(|a| a.parse().ok()).unwrap_or(0);
    let motivo = "el año debe ser el de la fecha o el anterior";
    let reciente = (anio - 1..=anio).contains(&g.anio);
    informe.exigir(reciente, "CFDI40136", "InformacionGlobal.Año", motivo);
}

fn relacionados(informe: &mut Informe, c: &Comprobante) {
    for (i, bloque) in c.relacionados.iter().enumerate() {
        let campo = format!("CfdiRelacionados[{i}]");
        let conocida = texto(TIPOS_RELACION, &bloque.tipo_relacion).is_some();
        let motivo = "el tipo de relación debe ser 01 a 07";
        informe.exigir(conocida, "CFDI40137", &format!("{campo}.TipoRelacion"), motivo);
        let bien = !bloque.uuids.is_empty() && bloque.uuids.iter().all(|u| is_uuid(u));
        let motivo = "cada documento relacionado se nombra por su UUID de 36 caracteres";
        informe.exigir(bien, "CFDI40999", &format!("{campo}.UUID"), motivo);
    }
    let relacionado = c.tipo != Tipo::Egreso || !c.relacionados.is_empty();
    let motivo = "una nota de crédito debe decir a qué facturas afecta";
    informe.exigir(relacionado, "CFDI40137", "CfdiRelacionados", motivo);
}
