//! «¿Por qué cambió?» in words: one sentence and the list of causes that adds up. What the causes
//! are is decided in `comparacion`.

use ramal_web::Marco;

use super::comun::{amount, route, signed};
use crate::comparacion::{Causa, Comparada, Tipo};

/// The comparison with the invoice before.
pub(super) struct Cambio {
    /// One sentence.
    pub(super) frase: String,
    /// Number of the invoice before.
    pub(super) anterior: String,
    /// Its page.
    pub(super) ruta: String,
    /// Causes, the largest first.
    pub(super) causas: Vec<CausaFila>,
    /// Their sum.
    pub(super) diferencia: String,
}

/// A cause in words.
pub(super) struct CausaFila {
    /// What it is.
    pub(super) texto: String,
    /// Service and plan.
    pub(super) detalle: String,
    /// Its part, with sign.
    pub(super) monto: String,
}

/// The comparison in words.
pub(super) fn change_of(marco: &Marco, c: &Comparada, moneda: &str) -> Cambio {
    let fila = |causa: &Causa| CausaFila {
        texto: cause(marco, causa),
        detalle: about(c, causa),
        monto: signed(marco, causa.monto, moneda),
    };
    let anterior = c.anterior.numero();
    Cambio {
        frase: sentence(marco, c, moneda),
        ruta: route(&anterior),
        anterior,
        causas: c.comparacion.causas.iter().map(fila).collect(),
        diferencia: signed(marco, c.comparacion.diferencia, moneda),
    }
}

/// `Sube S/ 20.00 frente a F001-11 (oct 2026): cambio de plan y 1 causa más.`
fn sentence(marco: &Marco, c: &Comparada, moneda: &str) -> String {
    let comparacion = &c.comparacion;
    let clave = match comparacion.diferencia {
        0 if comparacion.causas.is_empty() => "facturacion-cambio-igual",
        0 => "facturacion-cambio-compensa",
        n if n > 0 => "facturacion-cambio-sube",
        _ => "facturacion-cambio-baja",
    };
    let causa = comparacion.principal().map(|p| cause(marco, p)).unwrap_or_default();
    let otras = comparacion.causas.len().saturating_sub(1);
    let resto = match otras {
        0 => String::new(),
        1 => marco.t("facturacion-cambio-otra"),
        n => marco.t1("facturacion-cambio-otras", "n", n),
    };
    let variables = [
        ("monto", amount(marco, comparacion.diferencia.abs(), moneda)),
        ("numero", c.anterior.numero()),
        ("mes", marco.formato().periodo(c.anterior.fecha)),
        ("causa", lowercase_first(&causa)),
        ("resto", resto),
    ];
    marco.textos.with(clave, &variables)
}

fn lowercase_first(texto: &str) -> String {
    let mut letras = texto.chars();
    letras.next().map_or_else(String::new, |c| c.to_lowercase().chain(letras).collect())
}

/// What a cause is, with its days where they explain it.
fn cause(marco: &Marco, causa: &Causa) -> String {
    let clave = format!("facturacion-causa-{}", causa.tipo.clave());
    let texto = marco.t(&clave);
    match causa.dias {
        Some((dias, total)) => {
            let dias = ("dias", dias);
            let cuantos = marco.t2("facturacion-causa-dias", dias, ("total", total));
            format!("{texto} ({cuantos})")
        }
        None => texto,
    }
}

fn about(c: &Comparada, causa: &Causa) -> String {
    let codigo = causa.servicio.and_then(|s| c.servicios.get(&s));
    let nombre = match (&causa.antes, causa.tipo) {
        (Some(antes), Tipo::CambioPlan) => format!("{antes} → {}", causa.nombre),
        _ => causa.nombre.clone(),
    };
    match codigo {
        Some(codigo) if !nombre.is_empty() => format!("{codigo} · {nombre}"),
        Some(codigo) => codigo.clone(),
        None => nombre,
    }
}
