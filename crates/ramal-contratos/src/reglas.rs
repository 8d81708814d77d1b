//! Checks of single fields of the slice, and the few sums that a sale needs. Pure; asks no
//! database.

use ramal_base::dinero::rh_div;
use ramal_base::{CampoInvalido, Dinero, Fecha, Moneda};
use ramal_catalogo::{Producto, reglas};
use ramal_plataforma::Empresa;
use serde_json::Value;

use crate::comandos::PoliticaPedida;
use crate::{Ancla, PoliticaAncla};

/// Own price of a service, zero or more, in the currency of the product.
pub fn check_precio(
    texto: &str,
    moneda: Moneda,
    errores: &mut Vec<CampoInvalido>,
) -> Option<Dinero> {
    match Dinero::parse(texto.trim(), moneda) {
        Ok(precio) => reglas::check_precio(precio, "precio", errores).then_some(precio),
        Err(error) => {
            let motivo = format!("No se entiende: {error}.");
            errores.push(CampoInvalido::new("precio", "precio_formato", motivo));
            None
        }
    }
}

/// Refuses a currency that is not the product's.
pub fn check_moneda(pedida: Option<&str>, moneda: Moneda, errores: &mut Vec<CampoInvalido>) {
    if pedida.is_some_and(|m| m != moneda.codigo()) {
        let motivo = format!("El producto se vende en {moneda}.");
        errores.push(CampoInvalido::new("moneda", "moneda_distinta", motivo));
    }
}

/// Text without its edges, none if empty; refuses what is too long or what no document can carry.
pub fn check_texto(
    texto: Option<&str>,
    campo: &str,
    maximo: usize,
    errores: &mut Vec<CampoInvalido>,
) -> Option<String> {
    let limpio = texto.map(str::trim).filter(|t| !t.is_empty())?;
    let raro = |c: char| c == '|' || (c.is_control() && c != '\n');
    if limpio.chars().count() > maximo || limpio.chars().any(raro) {
        let motivo = format!("Escriba {maximo} caracteres o menos, sin la barra |.");
        errores.push(CampoInvalido::new(campo, "texto_invalido", motivo));
    }
    Some(limpio.to_owned())
}

/// Refuses a configuration that is not a JSON object.
pub fn check_configuracion(valor: Option<&Value>, errores: &mut Vec<CampoInvalido>) {
    if valor.is_some_and(|v| !v.is_object()) {
        let motivo = "La configuración debe ser un objeto JSON.";
        errores.push(CampoInvalido::new("configuracion", "valor_invalido", motivo));
    }
}

/// Day on which something of a service may count: a day that both engines store, not before it
/// begins.
pub fn check_fecha(
    fecha: Fecha,
    campo: &str,
    inicio: Option<Fecha>,
    errores: &mut Vec<CampoInvalido>,
) {
    reglas::check_fecha(fecha, campo, errores);
    if inicio.is_some_and(|inicio| fecha < inicio) {
        let motivo = "El servicio todavía no había comenzado ese día.";
        errores.push(CampoInvalido::new(campo, "fecha_fuera_de_rango", motivo));
    }
}

/// First day outside the term: after the start, on a day that both engines store.
pub fn check_fin(fin: Option<Fecha>, inicio: Fecha, errores: &mut Vec<CampoInvalido>) {
    let Some(fin) = fin else { return };
    reglas::check_fecha(fin, "fecha_fin", errores);
    if fin <= inicio {
        let motivo = "Debe ser posterior al inicio: es el primer día fuera del plazo.";
        errores.push(CampoInvalido::new("fecha_fin", "vigencia_vacia", motivo));
    }
}

/// Billing-day policy: what was asked, else the company's setting `ancla`, else the day of start.
///
/// Source: facturacion.md A4. Refuses a fixed day without day, or a day with another policy.
pub fn politica_ancla(
    pedida: Option<PoliticaPedida>,
    dia: Option<u8>,
    empresa: &Empresa,
    errores: &mut Vec<CampoInvalido>,
) -> PoliticaAncla {
    let mut refuse = |codigo: &str, motivo: &str| {
        errores.push(CampoInvalido::new("dia_facturacion", codigo, motivo));
        PoliticaAncla::Aniversario
    };
    match (pedida, dia) {
        (None | Some(PoliticaPedida::DiaFijo), Some(dia @ 1..=31)) => PoliticaAncla::DiaFijo(dia),
        (None | Some(PoliticaPedida::DiaFijo), Some(_)) => {
            refuse("fuera_de_rango", "El día de facturación va de 1 a 31.")
        }
        (Some(_), Some(_)) => refuse("sobra", "El día solo va con la política «dia_fijo»."),
        (Some(PoliticaPedida::DiaFijo), None) => {
            refuse("requerido", "Indique el día de facturación, de 1 a 31.")
        }
        (Some(PoliticaPedida::Aniversario), None) => PoliticaAncla::Aniversario,
        (Some(PoliticaPedida::UltimoDia), None) => PoliticaAncla::UltimoDia,
        (None, None) => of_empresa(empresa),
    }
}

fn of_empresa(empresa: &Empresa) -> PoliticaAncla {
    let ajuste = serde_json::from_value(empresa.ajustes["ancla"].clone()).unwrap_or_default();
    match ajuste {
        PoliticaAncla::DiaFijo(dia) if !(1..=31).contains(&dia) => PoliticaAncla::default(),
        otra => otra,
    }
}

/// Price of `de` months turned into that of `a` months, rounded half up.
pub fn escalar(precio: Dinero, de: u16, a: u16) -> Dinero {
    let centavos = rh_div(i128::from(precio.centavos) * i128::from(a), i128::from(de.max(1)));
    Dinero::new(centavos, precio.moneda)
}

/// End of the first whole period of a service that starts on `inicio`, or of the `n`-th.
pub fn fin_de_periodos(ancla: Ancla, inicio: Fecha, n: i32) -> Fecha {
    let primero = ancla.indice_en(ancla.primer_limite_desde(inicio));
    ancla.limite(primero.saturating_add(n))
}

/// What the customer reads when nobody wrote it: the product, and the domain if there is one.
pub fn descripcion(producto: &Producto, configuracion: &Value) -> String {
    match configuracion["dominio"].as_str().map(str::trim).filter(|d| !d.is_empty()) {
        Some(dominio) if dominio.len() <= 120 && !dominio.contains('|') => {
            format!("{} ({dominio})", producto.nombre)
        }
        _ => producto.nombre.clone(),
    }
}

/// The product's base configuration with the service's own values over it.
pub fn configuracion(producto: &Producto, propia: Option<Value>) -> Value {
    let mut base = producto.configuracion.as_object().cloned().unwrap_or_default();
    if let Some(Value::Object(propia)) = propia {
        base.extend(propia);
    }
    Value::Object(base)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn f(texto: &str) -> Fecha {
        Fecha::parse(texto).unwrap()
    }

    #[test]
    fn a_price_of_another_period_is_proportional_to_the_cent() {
        let mensual = Dinero::new(39999, Moneda::Mxn);
        assert_eq!(escalar(mensual, 1, 12).centavos, 479_988);
        assert_eq!(escalar(Dinero::new(100, Moneda::Mxn), 12, 1).centavos, 8);
        assert_eq!(escalar(Dinero::new(1000, Moneda::Mxn), 3, 1).centavos, 333);
    }

    #[test]
    fn a_term_ends_after_a_whole_period_however_short_the_first_piece_is() {
        let dia_uno = PoliticaAncla::DiaFijo(1).ancla(f("2026-11-30"), 1).unwrap();
        assert_eq!(fin_de_periodos(dia_uno, f("2026-11-30"), 1), f("2027-01-01"));
        let aniversario = Ancla::new(f("2026-11-30"), 1).unwrap();
        assert_eq!(fin_de_periodos(aniversario, f("2026-11-30"), 1), f("2026-12-30"));
        assert_eq!(fin_de_periodos(aniversario, f("2026-11-30"), 3), f("2027-02-28"));
    }
}
