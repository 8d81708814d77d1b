//! Printed form of a CFDI: all that cfdi.md 13.2 asks for. It reads, it computes no tax.

use ramal_base::{Dinero, Moneda, letras};
use ramal_cfdi::catalogo::{self, texto};
use ramal_cfdi::lectura::{Lectura, leer};
use ramal_cfdi::modelo::{Concepto, Factor, ImpuestoLinea, Pago, RetencionTotal, Tipo};
use ramal_cfdi::qr::{DatosQr, texto_qr};
use ramal_cfdi::{Comprobante, Valor};
use ramal_pdf::{
    Campo, Columna, ColumnaTabla, Dato, Impreso, LineaImpresa, NivelQr, QrImpreso, TablaImpresa,
};

use super::{Contexto, mark, with_text};
use crate::Error;

const PIE: &str = "Este documento es una representación impresa de un CFDI";

pub(super) fn form(c: &Contexto<'_>, xml: &[u8]) -> Result<Impreso, Error> {
    let l = leer(xml).map_err(|e| Error::Importes(format!("el CFDI no se puede leer: {e}")))?;
    let doc = &l.comprobante;
    let uuid = l.timbre.as_ref().map(|t| t.uuid.as_str());
    Ok(Impreso {
        titulo: title(doc.tipo).to_owned(),
        numero: c.fila.numero(),
        registro: format!("RFC {}", doc.emisor.rfc),
        emisor: issuer(c, doc),
        receptor: receiver(doc),
        documento: facts(&l),
        columnas: columns(doc),
        lineas: doc.conceptos.iter().filter(|_| doc.pagos.is_none()).map(line).collect(),
        totales: totals(doc),
        importe_en_letras: words(doc),
        relacionados: related(doc),
        pagos: doc.pagos.iter().flat_map(|p| &p.pagos).map(pago_impreso).collect(),
        leyendas: global(doc),
        sellos: seals(&l),
        qr: uuid.map(|uuid| qr(&l, uuid)),
        pie: PIE.to_owned(),
        marca: mark(c),
        logo: None,
    })
}

fn title(tipo: Tipo) -> &'static str {
    match tipo {
        Tipo::Egreso => "NOTA DE CRÉDITO (EGRESO)",
        Tipo::Pago => "RECIBO ELECTRÓNICO DE PAGO",
        _ => "FACTURA (INGRESO)",
    }
}

fn regime(clave: &str) -> String {
    with_text(clave, catalogo::regimen(clave))
}

fn issuer(c: &Contexto<'_>, doc: &Comprobante) -> Vec<Dato> {
    let mut datos = vec![
        Dato::solo(doc.emisor.nombre.as_ref()),
        Dato::new("RFC", doc.emisor.rfc.as_ref()),
        Dato::new("Régimen fiscal", regime(&doc.emisor.regimen_fiscal)),
        Dato::new("Lugar de expedición", doc.lugar_expedicion.as_ref()),
    ];
    if !c.emisor.direccion.is_empty() {
        datos.push(Dato::new("Domicilio", c.emisor.direccion.as_str()));
    }
    datos
}

fn receiver(doc: &Comprobante) -> Vec<Dato> {
    let r = &doc.receptor;
    let uso = with_text(&r.uso_cfdi, texto(catalogo::USOS_CFDI, &r.uso_cfdi));
    vec![
        Dato::solo(r.nombre.as_ref()),
        Dato::new("RFC", r.rfc.as_ref()),
        Dato::new("Domicilio fiscal", r.domicilio_fiscal.as_ref()),
        Dato::new("Régimen fiscal", regime(&r.regimen_fiscal)),
        Dato::new("Uso del CFDI", uso),
    ]
}

fn facts(l: &Lectura) -> Vec<Dato> {
    let doc = &l.comprobante;
    let tipo = with_text(doc.tipo.clave(), texto(catalogo::TIPOS, doc.tipo.clave()));
    let mut datos = vec![Dato::new("Tipo de comprobante", tipo)];
    if let Some(t) = &l.timbre {
        datos.push(Dato::new("Folio fiscal (UUID)", t.uuid.as_str()));
        datos.push(Dato::new("Fecha de certificación", t.fecha_timbrado.as_str()));
        datos.push(Dato::new("Certificado del SAT", t.no_certificado_sat.as_str()));
        datos.push(Dato::new("RFC del proveedor de certificación", t.rfc_prov_certif.as_str()));
    }
    datos.push(Dato::new("Fecha de emisión", doc.fecha.as_ref()));
    datos.push(Dato::new("Certificado del emisor", l.no_certificado.as_str()));
    datos.push(Dato::new("Moneda", doc.moneda.as_ref()));
    if let Some(forma) = &doc.forma_pago {
        let forma = with_text(forma, texto(catalogo::FORMAS_PAGO, forma));
        datos.push(Dato::new("Forma de pago", forma));
    }
    if let Some(metodo) = &doc.metodo_pago {
        let metodo = with_text(metodo, texto(catalogo::METODOS_PAGO, metodo));
        datos.push(Dato::new("Método de pago", metodo));
    }
    if let Some(condiciones) = &doc.condiciones_de_pago {
        datos.push(Dato::new("Condiciones de pago", condiciones.as_ref()));
    }
    let exportacion = with_text(&doc.exportacion, texto(catalogo::EXPORTACIONES, &doc.exportacion));
    datos.push(Dato::new("Exportación", exportacion));
    datos
}

fn columns(doc: &Comprobante) -> Vec<Columna> {
    let mut columnas = vec![
        Columna::new(Campo::Clave, "Clave"),
        Columna::new(Campo::Cantidad, "Cant."),
        Columna::new(Campo::Unidad, "Unidad"),
        Columna::new(Campo::Descripcion, "Descripción"),
        Columna::new(Campo::ValorUnitario, "Valor unitario"),
    ];
    if doc.descuento.is_some() {
        columnas.push(Columna::new(Campo::Descuento, "Descuento"));
    }
    columnas.push(Columna::new(Campo::Importe, "Importe"));
    columnas
}

fn line(c: &Concepto) -> LineaImpresa {
    let objeto = with_text(&c.objeto_imp, texto(catalogo::OBJETOS_IMP, &c.objeto_imp));
    let mut detalle = vec![format!("Objeto de impuesto: {objeto}")];
    detalle.extend(c.traslados.iter().map(|i| format!("Traslado {}", tax(i))));
    detalle.extend(c.retenciones.iter().map(|i| format!("Retención {}", tax(i))));
    LineaImpresa {
        clave: c.clave_prod_serv.to_string(),
        cantidad: c.cantidad.to_string(),
        unidad: c.clave_unidad.to_string(),
        descripcion: c.descripcion.to_string(),
        valor_unitario: c.valor_unitario.to_string(),
        precio_unitario: String::new(),
        descuento: c.descuento.map(|d| d.to_string()).unwrap_or_default(),
        importe: c.importe.to_string(),
        detalle: detalle.join("\n"),
    }
}

/// `002 IVA 16 % base 100.00: 16.00`.
fn tax(i: &ImpuestoLinea) -> String {
    let importe = i.importe.map(|v| format!(": {v}")).unwrap_or_default();
    format!("{} base {}{importe}", rate(i), i.base)
}

fn rate(i: &ImpuestoLinea) -> String {
    let clave = i.impuesto.clave();
    let nombre = with_text(clave, texto(catalogo::IMPUESTOS, clave));
    match i.factor {
        Factor::Tasa(tasa) => format!("{nombre} {} %", percent(tasa)),
        Factor::Cuota(cuota) => format!("{nombre} cuota {cuota}"),
        Factor::Exento => format!("{nombre} exento"),
    }
}

fn percent(tasa: Valor) -> String {
    let texto = Valor::micros(i64::try_from(tasa.en_micros() * 100).unwrap_or(0)).to_string();
    texto.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn totals(doc: &Comprobante) -> Vec<Dato> {
    if let Some(pagos) = &doc.pagos {
        return vec![Dato::new("Total de pagos", pagos.totales.monto_total.to_string())];
    }
    let mut datos = vec![Dato::new("Subtotal", doc.sub_total.to_string())];
    datos.extend(doc.descuento.map(|d| Dato::new("Descuento", d.to_string())));
    if let Some(impuestos) = &doc.impuestos {
        let traslado = |i: &ImpuestoLinea| {
            Dato::new(rate(i), i.importe.map(|v| v.to_string()).unwrap_or_default())
        };
        datos.extend(impuestos.traslados.iter().map(traslado));
        let retencion = |r: &RetencionTotal| {
            let clave = r.impuesto.clave();
            let nombre = with_text(clave, texto(catalogo::IMPUESTOS, clave));
            Dato::new(format!("Retención {nombre}"), r.importe.to_string())
        };
        datos.extend(impuestos.retenciones.iter().map(retencion));
    }
    datos.push(Dato::new("Total", doc.total.to_string()));
    datos
}

fn words(doc: &Comprobante) -> String {
    let total = doc.pagos.as_ref().map_or(doc.total, |p| p.totales.monto_total);
    let moneda = Moneda::parse(&doc.moneda).unwrap_or(Moneda::Mxn);
    let centavos = i64::try_from(total.en_centavos()).unwrap_or(0);
    letras::importe_mx(Dinero::new(centavos, moneda))
}

fn related(doc: &Comprobante) -> Vec<Dato> {
    let uno = |r: &ramal_cfdi::modelo::CfdiRelacionados| {
        let relacion = texto(catalogo::TIPOS_RELACION, &r.tipo_relacion);
        let uuids: Vec<&str> = r.uuids.iter().map(AsRef::as_ref).collect();
        Dato::new(with_text(&r.tipo_relacion, relacion), uuids.join("\n"))
    };
    doc.relacionados.iter().map(uno).collect()
}

fn pago_impreso(p: &Pago) -> TablaImpresa {
    let forma = with_text(&p.forma_de_pago, texto(catalogo::FORMAS_PAGO, &p.forma_de_pago));
    let mut datos = vec![
        Dato::new("Fecha de pago", p.fecha.as_ref()),
        Dato::new("Forma de pago", forma),
        Dato::new("Moneda", p.moneda.as_ref()),
        Dato::new("Monto", p.monto.to_string()),
    ];
    datos.extend(p.num_operacion.as_ref().map(|n| Dato::new("Operación", n.as_ref())));
    datos.extend(p.traslados.iter().map(|i| Dato::new("Traslado", tax(i))));
    let filas = p.documentos.iter().map(|d| {
        let numero = [d.serie.as_deref(), d.folio.as_deref()];
        vec![
            d.id_documento.to_string(),
            numero.into_iter().flatten().collect::<Vec<_>>().join("-"),
            d.num_parcialidad.to_string(),
            d.saldo_anterior.to_string(),
            d.pagado.to_string(),
            d.saldo_insoluto.to_string(),
        ]
    });
    TablaImpresa {
        titulo: "Documentos relacionados con el pago".to_owned(),
        datos,
        columnas: vec![
            ColumnaTabla::texto("Folio fiscal", 6),
            ColumnaTabla::texto("Serie y folio", 2),
            ColumnaTabla::texto("Parcialidad", 2),
            ColumnaTabla::importe("Saldo anterior", 2),
            ColumnaTabla::importe("Pagado", 2),
            ColumnaTabla::importe("Saldo insoluto", 2),
        ],
        filas: filas.collect(),
    }
}

fn global(doc: &Comprobante) -> Vec<String> {
    let Some(g) = &doc.informacion_global else { return Vec::new() };
    let periodo = with_text(&g.periodicidad, texto(catalogo::PERIODICIDADES, &g.periodicidad));
    vec![format!("Factura global. Periodicidad: {periodo}. Meses: {}. Año: {}.", g.meses, g.anio)]
}

fn seals(l: &Lectura) -> Vec<Dato> {
    let mut sellos = vec![Dato::new("Sello digital del CFDI", l.sello.as_str())];
    if let Some(t) = &l.timbre {
        let cadena = String::from_utf8_lossy(&t.cadena()).into_owned();
        sellos.push(Dato::new("Sello digital del SAT", t.sello_sat.as_str()));
        let titulo = "Cadena original del complemento de certificación digital del SAT";
        sellos.push(Dato::new(titulo, cadena));
    }
    sellos
}

fn qr(l: &Lectura, uuid: &str) -> QrImpreso {
    let datos = DatosQr {
        uuid,
        emisor: &l.comprobante.emisor.rfc,
        receptor: &l.comprobante.receptor.rfc,
        total: l.comprobante.total,
        sello: &l.sello,
    };
    QrImpreso { texto: texto_qr(datos), nivel: NivelQr::M, minimo_decimas_mm: 275 }
}
