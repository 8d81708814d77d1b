//! Whether the amounts of a document of any maker agree. Any correct rounding of a sum is accepted,
//! because other programs break ties differently; the Total has no such freedom.

use super::Hecho;
use crate::importes::{limites_importe, limites_impuesto};
use crate::lectura::Lectura;
use crate::modelo::{Comprobante, Factor, ImpuestoLinea, Pagos, Tipo};
use crate::valor::{Valor, dividir};

/// Currencies without decimals that are met in CFDI.
const SIN_DECIMALES: &[&str] = &["XXX", "JPY", "CLP", "KRW", "PYG"];

/// True if all agree; adds what does not to `hechos`.
pub(super) fn check(l: &Lectura, hechos: &mut Vec<Hecho>) -> bool {
    let mut s = Sumas { hechos, bien: true };
    let c = &l.comprobante;
    if let Some(pagos) = &c.pagos {
        s.pagos(pagos);
    }
    if c.tipo == Tipo::Pago {
        let ceros = c.sub_total.is_cero() && c.total.is_cero();
        s.exigir(ceros, "Comprobante.Total", "en un pago el subtotal y el total son 0");
        return s.bien;
    }
    s.lineas(c);
    s.cabecera(c, l.impuestos_locales_micros);
    s.bien
}

/// Half a unit of the last decimal of `declarado`, in millionths: the most that rounding can move a
/// sum.
fn is_redondeo(exacto: i128, declarado: Valor) -> bool {
    let medio = match declarado.decimales() {
        0 => 500_000,
        1 => 50_000,
        2 => 5_000,
        3 => 500,
        4 => 50,
        _ => 5,
    };
    (exacto - declarado.en_micros()).abs() <= medio.max(5_000)
}

struct Sumas<'a> {
    hechos: &'a mut Vec<Hecho>,
    bien: bool,
}

impl Sumas<'_> {
    fn exigir(&mut self, cumple: bool, campo: &str, motivo: &str) {
        if !cumple {
            self.bien = false;
            let (campo, motivo) = (campo.to_owned(), motivo.to_owned());
            self.hechos.push(Hecho { codigo: "totales", campo, motivo, grave: true });
        }
    }

    fn avisar(&mut self, campo: &str, motivo: &str) {
        let (campo, motivo) = (campo.to_owned(), motivo.to_owned());
        self.hechos.push(Hecho { codigo: "totales", campo, motivo, grave: false });
    }

    fn lineas(&mut self, c: &Comprobante) {
        let decimales = if SIN_DECIMALES.contains(&c.moneda.as_ref()) { 0 } else { 2 };
        for (i, x) in c.conceptos.iter().enumerate() {
            let bien = limites_importe(x.cantidad, x.valor_unitario, decimales).contains(x.importe);
            let campo = format!("Conceptos[{i}].Importe");
            self.exigir(bien, &campo, "el importe no es la cantidad por el valor unitario");
            let menor = x.descuento.map_or(0, Valor::en_micros) <= x.importe.en_micros();
            let campo = format!("Conceptos[{i}].Descuento");
            self.exigir(menor, &campo, "el descuento pasa del importe");
            for t in x.traslados.iter().chain(&x.retenciones) {
                let campo = format!("Conceptos[{i}].Impuestos.{}", t.impuesto.clave());
                let motivo = "el importe del impuesto no es la base por la tasa";
                self.exigir(cuadra(t, decimales), &campo, motivo);
            }
        }
    }

    fn cabecera(&mut self, c: &Comprobante, locales: i128) {
        let importes = c.conceptos.iter().map(|x| x.importe.en_micros()).sum();
        let motivo = "el subtotal no es la suma de los importes";
        self.exigir(is_redondeo(importes, c.sub_total), "Comprobante.SubTotal", motivo);
        let lineas = c.conceptos.iter().filter_map(|x| x.descuento).map(Valor::en_micros).sum();
        let descuento = c.descuento.unwrap_or(Valor::centavos(0));
        let motivo = "el descuento no es la suma de los descuentos";
        self.exigir(is_redondeo(lineas, descuento), "Comprobante.Descuento", motivo);
        let impuestos = c.impuestos.as_ref();
        let de = |v: Option<Valor>| v.map_or(0, Valor::en_micros);
        let trasladado = de(impuestos.and_then(|i| i.total_trasladados));
        let retenido = de(impuestos.and_then(|i| i.total_retenidos));
        let esperado = c.sub_total.en_micros() - descuento.en_micros() + trasladado - retenido;
        let motivo = "el total no es subtotal − descuento + traslados − retenciones";
        let total = c.total.en_micros();
        self.exigir([esperado, esperado + locales].contains(&total), "Comprobante.Total", motivo);
        if locales != 0 && total == esperado {
            // Some makers leave them out of the Total, although the norm counts them.
            self.avisar("Comprobante.Total", "el total no incluye los impuestos locales");
        }
        self.impuestos(c);
    }

    fn impuestos(&mut self, c: &Comprobante) {
        let nada = crate::modelo::Impuestos::default();
        let declarados = c.impuestos.as_ref().unwrap_or(&nada);
        let suma = |valores: &mut dyn Iterator<Item = Valor>| valores.map(Valor::en_micros).sum();
        let grupos: i128 = suma(&mut declarados.traslados.iter().filter_map(|t| t.importe));
        let total = declarados.total_trasladados.map_or(0, Valor::en_micros);
        let campo = "Impuestos.TotalImpuestosTrasladados";
        self.exigir(grupos == total, campo, "no es la suma de los traslados");
        let grupos: i128 = suma(&mut declarados.retenciones.iter().map(|r| r.importe));
        let total = declarados.total_retenidos.map_or(0, Valor::en_micros);
        let campo = "Impuestos.TotalImpuestosRetenidos";
        self.exigir(grupos == total, campo, "no es la suma de las retenciones");
        self.traslados(c, &declarados.traslados);
        for grupo in &declarados.retenciones {
            let lineas = c.conceptos.iter().flat_map(|x| &x.retenciones);
            let del_grupo = lineas.filter(|l| l.impuesto == grupo.impuesto);
            let exacto = suma(&mut del_grupo.filter_map(|l| l.importe));
            let campo = format!("Impuestos.Retenciones.{}", grupo.impuesto.clave());
            let motivo = "no es la suma de las retenciones de las líneas";
            self.exigir(is_redondeo(exacto, grupo.importe), &campo, motivo);
        }
    }

    fn traslados(&mut self, c: &Comprobante, grupos: &[ImpuestoLinea]) {
        let todas = || c.conceptos.iter().flat_map(|x| &x.traslados);
        let mismo =
            |a: &ImpuestoLinea, b: &ImpuestoLinea| a.impuesto == b.impuesto && a.factor == b.factor;
        for grupo in grupos {
            let exacto = todas().filter(|l| mismo(l, grupo)).filter_map(|l| l.importe);
            let exacto = exacto.map(Valor::en_micros).sum();
            let campo = format!("Impuestos.Traslados.{}", grupo.impuesto.clave());
            let motivo = "no es la suma de los traslados de las líneas";
            let declarado = grupo.importe.unwrap_or(Valor::centavos(0));
            self.exigir(is_redondeo(exacto, declarado), &campo, motivo);
        }
        let suelta = todas().any(|l| !grupos.iter().any(|g| mismo(g, l)));
        let motivo = "falta un grupo de traslados que sí está en las líneas";
        self.exigir(!suelta, "Impuestos.Traslados", motivo);
    }

    fn pagos(&mut self, p: &Pagos) {
        let mut total = 0i128;
        for (i, pago) in p.pagos.iter().enumerate() {
            let cambio = pago.tipo_cambio.unwrap_or(Valor::UNO).en_micros();
            total +=
                pago.monto.en_micros().checked_mul(cambio).map_or(0, |v| dividir(v, 1_000_000));
            // Amounts of other currencies meet the payment only through a tolerance, so they are
            // not judged.
            let una_moneda = pago.documentos.iter().all(|d| d.moneda == pago.moneda);
            let pagado: i128 = pago.documentos.iter().map(|d| d.pagado.en_micros()).sum();
            let campo = format!("Pagos[{i}].Monto");
            let motivo = "lo aplicado a las facturas pasa del monto del pago";
            let cabe = !una_moneda || pagado <= pago.monto.en_micros();
            self.exigir(cabe, &campo, motivo);
            for (j, d) in pago.documentos.iter().enumerate() {
                let resto = d.saldo_anterior.en_micros() - d.pagado.en_micros();
                let campo = format!("Pagos[{i}].DoctoRelacionado[{j}].ImpSaldoInsoluto");
                let motivo = "el saldo no es el anterior menos lo pagado";
                self.exigir(resto == d.saldo_insoluto.en_micros(), &campo, motivo);
            }
        }
        let bien = is_redondeo(total, p.totales.monto_total);
        self.exigir(bien, "Totales.MontoTotalPagos", "no es la suma de los pagos");
    }
}

/// True if a tax is its base by its rate, within the tolerance of the SAT. A fee per unit cannot be
/// judged.
fn cuadra(t: &ImpuestoLinea, decimales: u8) -> bool {
    match (t.factor, t.importe) {
        (Factor::Tasa(tasa), Some(importe)) => {
            limites_impuesto(t.base, tasa, decimales).contains(importe)
        }
        (Factor::Exento, importe) => importe.is_none(),
        (Factor::Tasa(_), None) => false,
        (Factor::Cuota(_), _) => true,
    }
}
