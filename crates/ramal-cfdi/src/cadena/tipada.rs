//! Cadena original 4.0 written from the typed model, in the order of Anexo 20. The hot path of
//! issuing: one buffer, no XML, no stylesheet.

use crate::modelo::{
    CfdiRelacionados, Comprobante, Concepto, DoctoRelacionado, ImpuestoLinea, Impuestos, Pago,
    Pagos, Receptor, RetencionTotal,
};
use crate::texto::{Texto, push_normalizado};
use crate::valor::Valor;

/// Cadena original of a document that will be sealed with the certificate `no_certificado` (20
/// digits).
///
/// Shape: UTF-8, begins `||4.0|`, ends `||`, no newline. Source: Anexo 20, CFDI 4.0, I.C.
pub fn cadena_original(comprobante: &Comprobante, no_certificado: &str) -> Vec<u8> {
    let mut c = Campos(Vec::with_capacity(1024));
    c.0.push(b'|');
    encabezado(&mut c, comprobante, no_certificado);
    if let Some(global) = &comprobante.informacion_global {
        c.texto(&global.periodicidad);
        c.texto(&global.meses);
        c.valor(Valor::entero(i64::from(global.anio)));
    }
    comprobante.relacionados.iter().for_each(|r| relacionados(&mut c, r));
    let emisor = &comprobante.emisor;
    c.textos([&emisor.rfc, &emisor.nombre, &emisor.regimen_fiscal]);
    receptor(&mut c, &comprobante.receptor);
    comprobante.conceptos.iter().for_each(|x| concepto(&mut c, x));
    if let Some(i) = &comprobante.impuestos {
        impuestos(&mut c, i);
    }
    if let Some(p) = &comprobante.pagos {
        pagos(&mut c, p);
    }
    c.0.extend_from_slice(b"||");
    c.0
}

/// The text so far; each field brings its own `|`.
struct Campos(Vec<u8>);

impl Campos {
    fn texto(&mut self, texto: &str) {
        self.0.push(b'|');
        push_normalizado(&mut self.0, texto);
    }

    fn textos<const N: usize>(&mut self, textos: [&Texto; N]) {
        textos.iter().for_each(|t| self.texto(t));
    }

    fn opcional(&mut self, texto: Option<&Texto>) {
        if let Some(texto) = texto {
            self.texto(texto);
        }
    }

    fn valor(&mut self, valor: Valor) {
        self.0.push(b'|');
        valor.write(&mut self.0);
    }

    fn valor_opcional(&mut self, valor: Option<Valor>) {
        if let Some(valor) = valor {
            self.valor(valor);
        }
    }
}

fn encabezado(c: &mut Campos, x: &Comprobante, no_certificado: &str) {
    c.texto("4.0");
    c.opcional(x.serie.as_ref());
    c.opcional(x.folio.as_ref());
    c.texto(&x.fecha);
    c.opcional(x.forma_pago.as_ref());
    c.texto(no_certificado);
    c.opcional(x.condiciones_de_pago.as_ref());
    c.valor(x.sub_total);
    c.valor_opcional(x.descuento);
    c.texto(&x.moneda);
    c.valor_opcional(x.tipo_cambio);
    c.valor(x.total);
    c.texto(x.tipo.clave());
    c.texto(&x.exportacion);
    c.opcional(x.metodo_pago.as_ref());
    c.texto(&x.lugar_expedicion);
    c.opcional(x.confirmacion.as_ref());
}

fn relacionados(c: &mut Campos, x: &CfdiRelacionados) {
    c.texto(&x.tipo_relacion);
    x.uuids.iter().for_each(|uuid| c.texto(uuid));
}

fn receptor(c: &mut Campos, x: &Receptor) {
    c.textos([&x.rfc, &x.nombre, &x.domicilio_fiscal]);
    c.opcional(x.residencia_fiscal.as_ref());
    c.opcional(x.num_reg_id_trib.as_ref());
    c.textos([&x.regimen_fiscal, &x.uso_cfdi]);
}

fn concepto(c: &mut Campos, x: &Concepto) {
    c.texto(&x.clave_prod_serv);
    c.opcional(x.no_identificacion.as_ref());
    c.valor(x.cantidad);
    c.texto(&x.clave_unidad);
    c.opcional(x.unidad.as_ref());
    c.texto(&x.descripcion);
    c.valor(x.valor_unitario);
    c.valor(x.importe);
    c.valor_opcional(x.descuento);
    c.texto(&x.objeto_imp);
    x.traslados.iter().for_each(|t| impuesto(c, t));
    x.retenciones.iter().for_each(|r| impuesto(c, r));
}

fn impuesto(c: &mut Campos, x: &ImpuestoLinea) {
    c.valor(x.base);
    c.texto(x.impuesto.clave());
    c.texto(x.factor.clave());
    c.valor_opcional(x.factor.tasa_o_cuota());
    c.valor_opcional(x.importe);
}

fn retencion(c: &mut Campos, x: &RetencionTotal) {
    c.texto(x.impuesto.clave());
    c.valor(x.importe);
}

/// Retenciones before traslados here: the opposite order of the lines.
fn impuestos(c: &mut Campos, x: &Impuestos) {
    x.retenciones.iter().for_each(|r| retencion(c, r));
    c.valor_opcional(x.total_retenidos);
    x.traslados.iter().for_each(|t| impuesto(c, t));
    c.valor_opcional(x.total_trasladados);
}

fn pagos(c: &mut Campos, x: &Pagos) {
    c.texto("2.0");
    let t = &x.totales;
    let opcionales = [
        t.retenciones_iva,
        t.retenciones_isr,
        t.retenciones_ieps,
        t.base_iva16,
        t.impuesto_iva16,
        t.base_iva8,
        t.impuesto_iva8,
        t.base_iva0,
        t.impuesto_iva0,
        t.base_exento,
    ];
    opcionales.into_iter().for_each(|v| c.valor_opcional(v));
    c.valor(t.monto_total);
    x.pagos.iter().for_each(|p| pago(c, p));
}

fn pago(c: &mut Campos, x: &Pago) {
    c.textos([&x.fecha, &x.forma_de_pago, &x.moneda]);
    c.valor_opcional(x.tipo_cambio);
    c.valor(x.monto);
    c.opcional(x.num_operacion.as_ref());
    x.documentos.iter().for_each(|d| documento(c, d));
    x.retenciones.iter().for_each(|r| retencion(c, r));
    x.traslados.iter().for_each(|t| impuesto(c, t));
}

fn documento(c: &mut Campos, x: &DoctoRelacionado) {
    c.texto(&x.id_documento);
    c.opcional(x.serie.as_ref());
    c.opcional(x.folio.as_ref());
    c.texto(&x.moneda);
    c.valor_opcional(x.equivalencia);
    c.valor(Valor::entero(i64::from(x.num_parcialidad)));
    c.valor(x.saldo_anterior);
    c.valor(x.pagado);
    c.valor(x.saldo_insoluto);
    c.texto(&x.objeto_imp);
    x.retenciones.iter().for_each(|r| impuesto(c, r));
    x.traslados.iter().for_each(|t| impuesto(c, t));
}
