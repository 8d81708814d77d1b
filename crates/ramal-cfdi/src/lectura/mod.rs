//! Reading of a sealed or stamped CFDI, own or of others, into the typed model, for the printed
//! form and for judging. What cannot be read is reported and left empty; it never fails on a
//! well-formed document.

mod campos;
mod pagos;

use ramal_xml::{Document, Limits, NodeRef, XmlError, parse};

use self::campos::Lector;
use crate::modelo::{
    CfdiRelacionados, Comprobante, Concepto, Emisor, Impuestos, InformacionGlobal, Receptor, Tipo,
};
use crate::timbre::Timbre;
use crate::validacion::Hallazgo;

/// A document that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Lectura {
    /// `4.0` or `3.3`, as written.
    pub version: String,
    /// What it says. Fields that CFDI 3.3 lacks are empty.
    pub comprobante: Comprobante,
    /// Sello, base64.
    pub sello: String,
    /// Number of the certificate.
    pub no_certificado: String,
    /// Certificate, base64.
    pub certificado: String,
    /// Stamp, if it has one.
    pub timbre: Option<Timbre>,
    /// Sum of the local taxes of complement implocal: transferred less withheld, millionths.
    pub impuestos_locales_micros: i128,
    /// What could not be read.
    pub problemas: Vec<Hallazgo>,
}

/// Reads the bytes of a CFDI. Errors: not well formed, or beyond the limits of the reader.
pub fn leer(bytes: &[u8]) -> Result<Lectura, XmlError> {
    Ok(leer_documento(&parse(bytes, &Limits::default())?))
}

/// What is wrong with bytes that are no document, for people.
pub fn motivo_ilegible(error: &XmlError) -> String {
    let motivo = match error {
        XmlError::TooLarge(_) => "el archivo es demasiado grande para ser un CFDI",
        XmlError::TooDeep(_) => "los elementos se anidan sin medida",
        XmlError::TooManyNodes(_) => "tiene demasiados elementos para ser un CFDI",
        XmlError::Encoding(_) => "la codificación no es UTF-8 o los bytes no la respetan",
        XmlError::Dtd(_) => "lleva una declaración DTD, que no se admite",
        XmlError::Entity(_) => "usa una entidad que no se admite",
        XmlError::Prefix { .. } => "usa un prefijo de espacio de nombres sin declarar",
        XmlError::DuplicateAttribute { .. } => "repite un atributo en un elemento",
        XmlError::MismatchedTag(_) => "una etiqueta de cierre no corresponde",
        XmlError::Character(_) => "tiene un carácter que XML prohíbe",
        XmlError::Syntax { .. } => "no es XML bien formado",
    };
    format!("no se puede leer: {motivo}")
}

/// Reads a parsed document.
pub fn leer_documento(documento: &Document) -> Lectura {
    let raiz = documento.root();
    let mut l = Lector::new(raiz.ns());
    let comprobante = comprobante(&mut l, raiz);
    let attr = |nombre: &str| raiz.attr(nombre).unwrap_or_default().to_owned();
    Lectura {
        version: attr("Version"),
        comprobante,
        sello: attr("Sello"),
        no_certificado: attr("NoCertificado"),
        certificado: attr("Certificado"),
        timbre: Timbre::of(documento),
        impuestos_locales_micros: locales(&mut l, raiz),
        problemas: l.problemas,
    }
}

fn comprobante(l: &mut Lector, raiz: NodeRef<'_>) -> Comprobante {
    let tipo = raiz.attr("TipoDeComprobante").and_then(Tipo::parse);
    if tipo.is_none() {
        l.problema("TipoDeComprobante", "falta el tipo de comprobante o no es I, E, T, N ni P");
    }
    let emisor = l.hijo(raiz, "Emisor").map(|n| emisor(l, n));
    let receptor = l.hijo(raiz, "Receptor").map(|n| receptor(l, n));
    Comprobante {
        serie: l.opcional(raiz, "Serie"),
        folio: l.opcional(raiz, "Folio"),
        fecha: l.requerido(raiz, "Fecha"),
        forma_pago: l.opcional(raiz, "FormaPago"),
        condiciones_de_pago: l.opcional(raiz, "CondicionesDePago"),
        sub_total: l.valor(raiz, "SubTotal"),
        descuento: l.valor_opcional(raiz, "Descuento"),
        moneda: l.requerido(raiz, "Moneda"),
        tipo_cambio: l.valor_opcional(raiz, "TipoCambio"),
        total: l.valor(raiz, "Total"),
        tipo: tipo.unwrap_or(Tipo::Ingreso),
        exportacion: l.texto(raiz, "Exportacion"),
        metodo_pago: l.opcional(raiz, "MetodoPago"),
        lugar_expedicion: l.requerido(raiz, "LugarExpedicion"),
        confirmacion: l.opcional(raiz, "Confirmacion"),
        informacion_global: l.hijo(raiz, "InformacionGlobal").map(|n| global(l, n)),
        relacionados: l.hijos(raiz, "CfdiRelacionados").map(|n| relacionados(l, n)).collect(),
        emisor: emisor.unwrap_or_else(|| l.sin_emisor()),
        receptor: receptor.unwrap_or_else(|| l.sin_receptor()),
        conceptos: conceptos(l, raiz),
        impuestos: l.hijo(raiz, "Impuestos").map(|n| impuestos(l, n)),
        pagos: pagos::read(l, raiz),
    }
}

fn emisor(l: &mut Lector, n: NodeRef<'_>) -> Emisor {
    Emisor {
        rfc: l.requerido(n, "Rfc"),
        nombre: l.texto(n, "Nombre"),
        regimen_fiscal: l.requerido(n, "RegimenFiscal"),
    }
}

fn receptor(l: &mut Lector, n: NodeRef<'_>) -> Receptor {
    Receptor {
        rfc: l.requerido(n, "Rfc"),
        nombre: l.texto(n, "Nombre"),
        domicilio_fiscal: l.texto(n, "DomicilioFiscalReceptor"),
        residencia_fiscal: l.opcional(n, "ResidenciaFiscal"),
        num_reg_id_trib: l.opcional(n, "NumRegIdTrib"),
        regimen_fiscal: l.texto(n, "RegimenFiscalReceptor"),
        uso_cfdi: l.requerido(n, "UsoCFDI"),
    }
}

fn global(l: &mut Lector, n: NodeRef<'_>) -> InformacionGlobal {
    let anio = n.attr("Año").and_then(|a| a.trim().parse().ok());
    if anio.is_none() {
        l.problema("InformacionGlobal.Año", "el año no es un número");
    }
    InformacionGlobal {
        periodicidad: l.requerido(n, "Periodicidad"),
        meses: l.requerido(n, "Meses"),
        anio: anio.unwrap_or(0),
    }
}

fn relacionados(l: &Lector, n: NodeRef<'_>) -> CfdiRelacionados {
    CfdiRelacionados {
        tipo_relacion: l.texto(n, "TipoRelacion"),
        uuids: l.hijos(n, "CfdiRelacionado").map(|r| l.texto(r, "UUID")).collect(),
    }
}

fn conceptos(l: &mut Lector, raiz: NodeRef<'_>) -> Vec<Concepto> {
    let Some(lista) = l.hijo(raiz, "Conceptos") else {
        l.problema("Conceptos", "el comprobante no tiene conceptos");
        return Vec::new();
    };
    let nodos: Vec<_> = l.hijos(lista, "Concepto").collect();
    nodos.into_iter().map(|n| concepto(l, n)).collect()
}

fn concepto(l: &mut Lector, n: NodeRef<'_>) -> Concepto {
    let impuestos = l.hijo(n, "Impuestos");
    Concepto {
        clave_prod_serv: l.texto(n, "ClaveProdServ"),
        no_identificacion: l.opcional(n, "NoIdentificacion"),
        cantidad: l.valor(n, "Cantidad"),
        clave_unidad: l.texto(n, "ClaveUnidad"),
        unidad: l.opcional(n, "Unidad"),
        descripcion: l.texto(n, "Descripcion"),
        valor_unitario: l.valor(n, "ValorUnitario"),
        importe: l.valor(n, "Importe"),
        descuento: l.valor_opcional(n, "Descuento"),
        objeto_imp: l.texto(n, "ObjetoImp"),
        traslados: l.impuestos(impuestos, "Traslados", "Traslado", ""),
        retenciones: l.impuestos(impuestos, "Retenciones", "Retencion", ""),
    }
}

fn impuestos(l: &mut Lector, n: NodeRef<'_>) -> Impuestos {
    Impuestos {
        total_retenidos: l.valor_opcional(n, "TotalImpuestosRetenidos"),
        total_trasladados: l.valor_opcional(n, "TotalImpuestosTrasladados"),
        retenciones: l.retenciones(Some(n), "Retenciones", "Retencion", ""),
        traslados: l.impuestos(Some(n), "Traslados", "Traslado", ""),
    }
}

/// Local taxes enter the Total of the document (complement implocal 1.0).
fn locales(l: &mut Lector, raiz: NodeRef<'_>) -> i128 {
    const NS: &str = "http://www.sat.gob.mx/implocal";
    let complementos: Vec<_> = l.hijos(raiz, "Complemento").flat_map(|c| c.children()).collect();
    let mut suma = 0;
    for n in complementos.into_iter().filter(|n| n.is(NS, "ImpuestosLocales")) {
        suma += l.valor(n, "TotaldeTraslados").en_micros();
        suma -= l.valor(n, "TotaldeRetenciones").en_micros();
    }
    suma
}
