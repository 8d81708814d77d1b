//! Printed form of a CPE: all that sunat.md 21 asks for. It reads, it computes no tax.

use ramal_pdf::{
    Campo, Columna, ColumnaTabla, Dato, Impreso, LineaImpresa, NivelQr, QrImpreso, TablaImpresa,
};
use ramal_sunat::lectura::{LineaLeida, Monto, ParteLeida, Vista, leer};
use ramal_sunat::{Tipo, qr};
use rust_decimal::Decimal;

use super::{Contexto, mark};
use crate::Error;

pub(super) fn form(c: &Contexto<'_>, xml: &[u8]) -> Result<Impreso, Error> {
    let v = leer(xml).map_err(|e| Error::Importes(format!("el CPE no se puede leer: {e}")))?;
    let titulo = Tipo::parse(&v.tipo).map_or("COMPROBANTE ELECTRÓNICO", Tipo::titulo);
    Ok(Impreso {
        titulo: titulo.to_owned(),
        numero: v.id.clone(),
        registro: format!("R.U.C. {}", v.emisor.numero),
        emisor: issuer(&v.emisor),
        receptor: v.cliente.as_ref().map(receiver).unwrap_or_default(),
        documento: facts(&v),
        columnas: columns(),
        lineas: v.lineas.iter().map(line).collect(),
        totales: totals(&v),
        importe_en_letras: legend(&v, "1000").unwrap_or_default(),
        relacionados: related(&v),
        pagos: cuotas_impresas(&v).into_iter().collect(),
        leyendas: legends(c, &v),
        sellos: vec![Dato::new("Resumen (hash)", v.hash.as_str())],
        qr: Some(QrImpreso { texto: qr::de_vista(&v), nivel: NivelQr::Q, minimo_decimas_mm: 250 }),
        pie: format!(
            "Representación impresa de la {}. Consúltela en www.sunat.gob.pe con su número.",
            titulo.to_lowercase()
        ),
        marca: mark(c),
        logo: None,
    })
}

fn issuer(p: &ParteLeida) -> Vec<Dato> {
    let lugar = [&p.direccion, &p.distrito, &p.provincia, &p.departamento];
    let lugar: Vec<&str> =
        lugar.into_iter().map(String::as_str).filter(|t| !t.is_empty()).collect();
    let mut datos = vec![Dato::solo(p.nombre.as_str())];
    if !p.nombre_comercial.is_empty() {
        datos.push(Dato::new("Nombre comercial", p.nombre_comercial.as_str()));
    }
    datos.push(Dato::new("RUC", p.numero.as_str()));
    datos.push(Dato::new("Domicilio fiscal", lugar.join(", ")));
    datos.push(Dato::new("Establecimiento", p.establecimiento.as_str()));
    datos
}

fn receiver(p: &ParteLeida) -> Vec<Dato> {
    let tipo = match p.tipo.as_str() {
        "6" => "RUC",
        "1" => "DNI",
        "4" => "Carné de extranjería",
        "7" => "Pasaporte",
        _ => "Documento",
    };
    let mut datos = vec![Dato::solo(p.nombre.as_str()), Dato::new(tipo, p.numero.as_str())];
    if !p.direccion.is_empty() {
        datos.push(Dato::new("Dirección", p.direccion.as_str()));
    }
    datos
}

fn facts(v: &Vista) -> Vec<Dato> {
    let mut datos = vec![
        Dato::new("Fecha de emisión", v.fecha.as_str()),
        Dato::new("Hora", v.hora.as_str()),
        Dato::new("Moneda", v.moneda.as_str()),
    ];
    if !v.vencimiento.is_empty() {
        datos.push(Dato::new("Fecha de vencimiento", v.vencimiento.as_str()));
    }
    let forma = v.terminos.iter().find(|t| t.id == "FormaPago" && !t.medio.starts_with("Cuota"));
    if let Some(forma) = forma {
        let medio = if forma.medio == "Credito" { "Crédito" } else { forma.medio.as_str() };
        datos.push(Dato::new("Forma de pago", medio));
        if forma.monto.esta() {
            datos.push(Dato::new("Monto pendiente", money(&forma.monto)));
        }
    }
    if !v.orden_compra.is_empty() {
        datos.push(Dato::new("Orden de compra", v.orden_compra.as_str()));
    }
    datos
}

fn columns() -> Vec<Columna> {
    vec![
        Columna::new(Campo::Cantidad, "Cant."),
        Columna::new(Campo::Unidad, "Unidad"),
        Columna::new(Campo::Clave, "Código"),
        Columna::new(Campo::Descripcion, "Descripción"),
        Columna::new(Campo::ValorUnitario, "Valor unit."),
        Columna::new(Campo::PrecioUnitario, "Precio unit."),
        Columna::new(Campo::Importe, "Valor venta"),
    ]
}

fn line(l: &LineaLeida) -> LineaImpresa {
    let precio = l.precios.first().map(|p| money(&p.monto)).unwrap_or_default();
    let descuento: Decimal =
        l.cargos.iter().filter(|c| !c.is_cargo()).map(|c| c.monto.o_cero()).sum();
    LineaImpresa {
        clave: l.codigo.clone(),
        cantidad: l.cantidad.clone(),
        unidad: l.unidad.clone(),
        descripcion: l.descripcion.clone(),
        valor_unitario: money(&l.valor_unitario),
        precio_unitario: precio,
        descuento: if descuento.is_zero() { String::new() } else { two(descuento) },
        importe: money(&l.valor_venta),
        detalle: String::new(),
    }
}

/// Amounts as the document writes them, shown with two decimals.
fn money(monto: &Monto) -> String {
    two(monto.o_cero())
}

fn two(valor: Decimal) -> String {
    format!("{:.2}", ramal_base::dinero::rh(valor, 2))
}

fn totals(v: &Vista) -> Vec<Dato> {
    let subtotales: Vec<_> = v.impuestos.iter().flat_map(|i| &i.subtotales).collect();
    let mut datos = Vec::new();
    let bases = [
        ("1000", "Op. gravada"),
        ("9997", "Op. exonerada"),
        ("9998", "Op. inafecta"),
        ("9996", "Op. gratuita"),
    ];
    for (tributo, nombre) in bases {
        let base = subtotales.iter().filter(|s| s.tributo == tributo).map(|s| s.base.o_cero());
        let base: Decimal = base.sum();
        if !base.is_zero() || tributo == "1000" {
            datos.push(Dato::new(nombre, two(base)));
        }
    }
    if v.totales.descuentos.esta() {
        datos.push(Dato::new("Descuentos", money(&v.totales.descuentos)));
    }
    let igv: Decimal =
        subtotales.iter().filter(|s| s.tributo == "1000").map(|s| s.impuesto.o_cero()).sum();
    datos.push(Dato::new(format!("IGV {}", igv_rate(v)).trim(), two(igv)));
    if v.totales.cargos.esta() {
        datos.push(Dato::new("Otros cargos", money(&v.totales.cargos)));
    }
    datos.push(Dato::new("Importe total", money(&v.totales.total)));
    datos
}

fn igv_rate(v: &Vista) -> String {
    let lineas = v.lineas.iter().flat_map(|l| &l.impuestos).flat_map(|i| &i.subtotales);
    let tasa = lineas.filter(|s| s.tributo == "1000").find_map(|s| s.porcentaje.parse().ok());
    tasa.map(|t: Decimal| format!("{} %", t.normalize())).unwrap_or_default()
}

fn legend(v: &Vista, codigo: &str) -> Option<String> {
    v.leyendas.iter().find(|(c, _)| c == codigo).map(|(_, texto)| texto.clone())
}

fn related(v: &Vista) -> Vec<Dato> {
    let mut datos: Vec<Dato> =
        v.afectados.iter().map(|a| Dato::new("Documento que modifica", a.id.as_str())).collect();
    let motivo = |m: &ramal_sunat::lectura::MotivoLeido| {
        Dato::new("Motivo", format!("{} {}", m.codigo, m.sustento))
    };
    datos.extend(v.motivos.iter().map(motivo));
    datos
}

fn cuotas_impresas(v: &Vista) -> Option<TablaImpresa> {
    let cuotas: Vec<_> = v.terminos.iter().filter(|t| t.medio.starts_with("Cuota")).collect();
    if cuotas.is_empty() {
        return None;
    }
    let fila = |t: &&ramal_sunat::lectura::TerminoLeido| {
        vec![t.medio.trim_start_matches("Cuota").to_owned(), t.vence.clone(), money(&t.monto)]
    };
    Some(TablaImpresa {
        titulo: "Cuotas".to_owned(),
        datos: Vec::new(),
        columnas: vec![
            ColumnaTabla::texto("N.º", 1),
            ColumnaTabla::texto("Vence", 2),
            ColumnaTabla::importe("Monto", 2),
        ],
        filas: cuotas.iter().map(fila).collect(),
    })
}

fn legends(c: &Contexto<'_>, v: &Vista) -> Vec<String> {
    let otras = v.leyendas.iter().filter(|(codigo, _)| codigo != "1000");
    let mut leyendas: Vec<String> = otras.map(|(_, texto)| texto.clone()).collect();
    for t in v.terminos.iter().filter(|t| t.id == "Detraccion") {
        let cuenta = v.medios.first().map(|m| m.cuenta.as_str()).unwrap_or_default();
        leyendas.push(format!(
            "Operación sujeta a detracción: código {}, {} %, {}. Cuenta del Banco de la Nación: \
             {cuenta}.",
            t.medio,
            t.porcentaje,
            money(&t.monto)
        ));
    }
    if c.fila.estado == "aceptado_obs" {
        leyendas.extend(c.fila.mensaje.iter().map(|m| format!("Observaciones de SUNAT: {m}")));
    }
    leyendas
}
