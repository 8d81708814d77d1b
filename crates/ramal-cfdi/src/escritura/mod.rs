//! Bytes of a CFDI 4.0 from the typed model, attributes in the order of the XSD so that the same
//! model always gives the same bytes. It adds no timbre and never rewrites a document that is
//! already sealed.

use ramal_xml::escape::push_attr;

use crate::modelo::{Comprobante, Concepto, Impuesto, ImpuestoLinea, Impuestos, RetencionTotal};
use crate::texto::Texto;
use crate::valor::Valor;

mod complemento;

const NS_XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";
const NS_CFDI: &str = "http://www.sat.gob.mx/cfd/4";
const NS_PAGOS: &str = "http://www.sat.gob.mx/Pagos20";
const ESQUEMA_CFDI: &str = "http://www.sat.gob.mx/cfd/4 \
    http://www.sat.gob.mx/sitio_internet/cfd/4/cfdv40.xsd";
const ESQUEMA_PAGOS: &str = " http://www.sat.gob.mx/Pagos20 \
    http://www.sat.gob.mx/sitio_internet/cfd/Pagos/Pagos20.xsd";

/// What the sello adds to the root.
#[derive(Clone, Copy, Debug)]
pub struct DatosSello<'a> {
    /// Signature, base64.
    pub sello: &'a str,
    /// 20 digits.
    pub no_certificado: &'a str,
    /// DER of the certificate, base64 in one line.
    pub certificado: &'a str,
}

/// The document as bytes: UTF-8 with declaration, without BOM or spaces between elements.
pub fn xml(comprobante: &Comprobante, sello: DatosSello<'_>) -> Vec<u8> {
    let mut x = Xml(Vec::with_capacity(6144));
    x.crudo("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
    raiz(&mut x, comprobante, sello);
    encabezado(&mut x, comprobante);
    x.crudo("<cfdi:Conceptos>");
    comprobante.conceptos.iter().for_each(|c| concepto(&mut x, c));
    x.crudo("</cfdi:Conceptos>");
    if let Some(i) = &comprobante.impuestos {
        impuestos(&mut x, i);
    }
    if let Some(pagos) = &comprobante.pagos {
        complemento::pagos(&mut x, pagos);
    }
    x.crudo("</cfdi:Comprobante>");
    x.0
}

/// The bytes so far.
pub(crate) struct Xml(Vec<u8>);

impl Xml {
    fn crudo(&mut self, texto: &str) {
        self.0.extend_from_slice(texto.as_bytes());
    }

    /// Attribute whose value may hold anything.
    fn attr(&mut self, nombre: &str, valor: &str) {
        self.nombre(nombre);
        push_attr(&mut self.0, valor);
        self.0.push(b'"');
    }

    fn attr_opcional(&mut self, nombre: &str, valor: Option<&Texto>) {
        if let Some(valor) = valor {
            self.attr(nombre, valor);
        }
    }

    fn valor(&mut self, nombre: &str, valor: Valor) {
        self.nombre(nombre);
        valor.write(&mut self.0);
        self.0.push(b'"');
    }

    fn valor_opcional(&mut self, nombre: &str, valor: Option<Valor>) {
        if let Some(valor) = valor {
            self.valor(nombre, valor);
        }
    }

    fn nombre(&mut self, nombre: &str) {
        self.0.push(b' ');
        self.crudo(nombre);
        self.crudo("=\"");
    }
}

fn raiz(x: &mut Xml, c: &Comprobante, sello: DatosSello<'_>) {
    x.crudo("<cfdi:Comprobante");
    x.attr("xmlns:cfdi", NS_CFDI);
    if c.pagos.is_some() {
        x.attr("xmlns:pago20", NS_PAGOS);
    }
    x.attr("xmlns:xsi", NS_XSI);
    x.nombre("xsi:schemaLocation");
    x.crudo(ESQUEMA_CFDI);
    if c.pagos.is_some() {
        x.crudo(ESQUEMA_PAGOS);
    }
    x.crudo("\"");
    x.attr("Version", "4.0");
    x.attr_opcional("Serie", c.serie.as_ref());
    x.attr_opcional("Folio", c.folio.as_ref());
    x.attr("Fecha", &c.fecha);
    x.attr("Sello", sello.sello);
    x.attr_opcional("FormaPago", c.forma_pago.as_ref());
    x.attr("NoCertificado", sello.no_certificado);
    x.attr("Certificado", sello.certificado);
    x.attr_opcional("CondicionesDePago", c.condiciones_de_pago.as_ref());
    x.valor("SubTotal", c.sub_total);
    x.valor_opcional("Descuento", c.descuento);
    x.attr("Moneda", &c.moneda);
    x.valor_opcional("TipoCambio", c.tipo_cambio);
    x.valor("Total", c.total);
    x.attr("TipoDeComprobante", c.tipo.clave());
    x.attr("Exportacion", &c.exportacion);
    x.attr_opcional("MetodoPago", c.metodo_pago.as_ref());
    x.attr("LugarExpedicion", &c.lugar_expedicion);
    x.attr_opcional("Confirmacion", c.confirmacion.as_ref());
    x.crudo(">");
}

fn encabezado(x: &mut Xml, c: &Comprobante) {
    if let Some(global) = &c.informacion_global {
        x.crudo("<cfdi:InformacionGlobal");
        x.attr("Periodicidad", &global.periodicidad);
        x.attr("Meses", &global.meses);
        x.valor("Año", Valor::entero(i64::from(global.anio)));
        x.crudo("/>");
    }
    for bloque in &c.relacionados {
        x.crudo("<cfdi:CfdiRelacionados");
        x.attr("TipoRelacion", &bloque.tipo_relacion);
        x.crudo(">");
        for uuid in &bloque.uuids {
            x.crudo("<cfdi:CfdiRelacionado");
            x.attr("UUID", uuid);
            x.crudo("/>");
        }
        x.crudo("</cfdi:CfdiRelacionados>");
    }
    partes(x, c);
}

fn partes(x: &mut Xml, c: &Comprobante) {
    x.crudo("<cfdi:Emisor");
    x.attr("Rfc", &c.emisor.rfc);
    x.attr("Nombre", &c.emisor.nombre);
    x.attr("RegimenFiscal", &c.emisor.regimen_fiscal);
    x.crudo("/><cfdi:Receptor");
    x.attr("Rfc", &c.receptor.rfc);
    x.attr("Nombre", &c.receptor.nombre);
    x.attr("DomicilioFiscalReceptor", &c.receptor.domicilio_fiscal);
    x.attr_opcional("ResidenciaFiscal", c.receptor.residencia_fiscal.as_ref());
    x.attr_opcional("NumRegIdTrib", c.receptor.num_reg_id_trib.as_ref());
    x.attr("RegimenFiscalReceptor", &c.receptor.regimen_fiscal);
    x.attr("UsoCFDI", &c.receptor.uso_cfdi);
    x.crudo("/>");
}

fn concepto(x: &mut Xml, c: &Concepto) {
    x.crudo("<cfdi:Concepto");
    x.attr("ClaveProdServ", &c.clave_prod_serv);
    x.attr_opcional("NoIdentificacion", c.no_identificacion.as_ref());
    x.valor("Cantidad", c.cantidad);
    x.attr("ClaveUnidad", &c.clave_unidad);
    x.attr_opcional("Unidad", c.unidad.as_ref());
    x.attr("Descripcion", &c.descripcion);
    x.valor("ValorUnitario", c.valor_unitario);
    x.valor("Importe", c.importe);
    x.valor_opcional("Descuento", c.descuento);
    x.attr("ObjetoImp", &c.objeto_imp);
    if c.traslados.is_empty() && c.retenciones.is_empty() {
        x.crudo("/>");
        return;
    }
    x.crudo("><cfdi:Impuestos>");
    lista(x, "cfdi:Traslados", "cfdi:Traslado", "", &c.traslados);
    lista(x, "cfdi:Retenciones", "cfdi:Retencion", "", &c.retenciones);
    x.crudo("</cfdi:Impuestos></cfdi:Concepto>");
}

/// A group of taxes with all their attributes; `sufijo` is `DR` or `P` inside a payment.
fn lista(x: &mut Xml, grupo: &str, elemento: &str, sufijo: &str, impuestos: &[ImpuestoLinea]) {
    if impuestos.is_empty() {
        return;
    }
    x.crudo("<");
    x.crudo(grupo);
    x.crudo(">");
    for i in impuestos {
        x.crudo("<");
        x.crudo(elemento);
        sufijado(x, "Base", sufijo, |x| i.base.write(&mut x.0));
        sufijado(x, "Impuesto", sufijo, |x| x.crudo(i.impuesto.clave()));
        sufijado(x, "TipoFactor", sufijo, |x| x.crudo(i.factor.clave()));
        if let Some(tasa) = i.factor.tasa_o_cuota() {
            sufijado(x, "TasaOCuota", sufijo, |x| tasa.write(&mut x.0));
        }
        if let Some(importe) = i.importe {
            sufijado(x, "Importe", sufijo, |x| importe.write(&mut x.0));
        }
        x.crudo("/>");
    }
    x.crudo("</");
    x.crudo(grupo);
    x.crudo(">");
}

fn sufijado(x: &mut Xml, nombre: &str, sufijo: &str, valor: impl FnOnce(&mut Xml)) {
    x.crudo(" ");
    x.crudo(nombre);
    x.crudo(sufijo);
    x.crudo("=\"");
    valor(x);
    x.crudo("\"");
}

/// Withheld taxes that carry only tax and amount.
fn retenciones(x: &mut Xml, grupo: &str, elemento: &str, sufijo: &str, lista: &[RetencionTotal]) {
    if lista.is_empty() {
        return;
    }
    x.crudo("<");
    x.crudo(grupo);
    x.crudo(">");
    for r in lista {
        x.crudo("<");
        x.crudo(elemento);
        let clave: &str = Impuesto::clave(r.impuesto);
        sufijado(x, "Impuesto", sufijo, |x| x.crudo(clave));
        sufijado(x, "Importe", sufijo, |x| r.importe.write(&mut x.0));
        x.crudo("/>");
    }
    x.crudo("</");
    x.crudo(grupo);
    x.crudo(">");
}

/// Retenciones before traslados: the opposite order of the lines.
fn impuestos(x: &mut Xml, i: &Impuestos) {
    x.crudo("<cfdi:Impuestos");
    x.valor_opcional("TotalImpuestosRetenidos", i.total_retenidos);
    x.valor_opcional("TotalImpuestosTrasladados", i.total_trasladados);
    x.crudo(">");
    retenciones(x, "cfdi:Retenciones", "cfdi:Retencion", "", &i.retenciones);
    lista(x, "cfdi:Traslados", "cfdi:Traslado", "", &i.traslados);
    x.crudo("</cfdi:Impuestos>");
}
