//! The steps of a flow in words, each with how long it waited. A step that nobody has words for is
//! shown by its code: it is never hidden.

use ramal_web::Marco;
use ramal_web::pagina::{Familia, Hito as HitoWeb};

use super::comun::amount;
use crate::flujo::Hito;

/// Steps that have words of their own; the rest are shown by their code.
const PASOS: [&str; 38] = [
    "creado",
    "incierto",
    "sin_respuesta",
    "pendiente",
    "en_proceso",
    "rechazado",
    "vencido",
    "cancelado",
    "webhook",
    "regreso",
    "pago",
    "acreditado",
    "devolucion",
    "devolucion_pedida",
    "devolucion_rechazada",
    "devuelto",
    "contracargo",
    "contracargado",
    "cuarentena",
    "asignado",
    "descartado",
    "pago.registrado",
    "pago.aplicado",
    "pago.devuelto",
    "pago.revertido",
    "pago.contracargado",
    "factura.pagada",
    "factura.reabierta",
    "servicio.reactivado",
    "servicio.suspendido",
    "reconexion.pedida",
    "reconexion.hecha",
    "corte.levantado",
    "promesa.cumplida",
    "notificacion.encolada",
    "notificacion.enviada",
    "notificacion.entregada",
    "notificacion.fallida",
];

/// The timeline as the kit draws it; the last step is where things stand.
pub(super) fn steps(marco: &Marco, hitos: &[Hito], moneda: &str) -> Vec<HitoWeb> {
    let ultimo = hitos.len().saturating_sub(1);
    let step = |(i, h): (usize, &Hito)| {
        let paso = HitoWeb::new(h.instante, title(marco, &h.clase))
            .detail(detail(marco, h, moneda))
            .family(family(&h.clase));
        if i == ultimo { paso.current() } else { paso }
    };
    hitos.iter().enumerate().map(step).collect()
}

fn title(marco: &Marco, clase: &str) -> String {
    if PASOS.contains(&clase) {
        marco.t(&format!("cobros-paso-{}", clase.replace(['_', '.'], "-")))
    } else {
        clase.to_owned()
    }
}

fn detail(marco: &Marco, h: &Hito, moneda: &str) -> String {
    let mut partes = Vec::new();
    if let Some(monto) = h.detalle["monto"].as_i64() {
        partes.push(amount(marco, monto, moneda));
    }
    if let Some(comision) = h.detalle["comision"].as_i64() {
        let comision = amount(marco, comision, moneda);
        partes.push(marco.t1("cobros-paso-comision", "monto", comision));
    }
    if let Some(motivo) = h.detalle["motivo"].as_str() {
        partes.push(motivo.to_owned());
    }
    if let Some(motivos) = h.detalle["motivos"].as_array() {
        let palabras = motivos.iter().filter_map(|m| m.as_str()).map(|m| reason(marco, m));
        partes.push(palabras.collect::<Vec<_>>().join(", "));
    }
    if h.espera_ms > 0 {
        partes.push(wait(marco, h.espera_ms));
    }
    partes.join(" · ")
}

/// Why a payment waits for a person, in words.
pub(super) fn reason(marco: &Marco, codigo: &str) -> String {
    marco.t(&format!("cobros-motivo-{}", codigo.replace('_', "-")))
}

/// How long a step waited: thousandths for what a program did, minutes for what people did.
fn wait(marco: &Marco, ms: i64) -> String {
    match ms {
        ..1_000 => marco.t1("cobros-espera-ms", "n", ms),
        1_000..60_000 => marco.t1("cobros-espera-s", "n", tenths(ms)),
        60_000..7_200_000 => marco.t1("cobros-espera-min", "n", ms / 60_000),
        _ => marco.t1("cobros-espera-h", "n", ms / 3_600_000),
    }
}

/// Seconds with one decimal.
fn tenths(ms: i64) -> String {
    format!("{}.{}", ms / 1_000, ms % 1_000 / 100)
}

fn family(clase: &str) -> Familia {
    match clase {
        "pago" | "acreditado" | "factura.pagada" | "servicio.reactivado" | "asignado" => {
            Familia::Ok
        }
        "rechazado"
        | "contracargo"
        | "contracargado"
        | "devolucion_rechazada"
        | "notificacion.fallida"
        | "pago.contracargado" => Familia::Mal,
        "incierto" | "sin_respuesta" | "cuarentena" | "factura.reabierta" => Familia::Aviso,
        "vencido" | "cancelado" | "devuelto" | "descartado" => Familia::Gris,
        _ => Familia::Ramal,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_told_with_a_decimal() {
        assert_eq!(tenths(1_000), "1.0");
        assert_eq!(tenths(12_345), "12.3");
    }
}
