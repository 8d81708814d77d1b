//! Walks every entry × change × (messages, echoes, history, statuses, errors, …) of a webhook (W4).
//! A piece that cannot be read is kept raw and never costs the others.

use ramal_base::Instante;
use serde_json::Value;

use super::lectura_mensaje::{identity, message};
use super::tipos::{
    Avance, CambioPlantilla, ErrorMeta, EstadoMensaje, Hecho, Identidad, Precio, Preferencia,
    Suceso, WebhookIlegible,
};
use crate::whatsapp::{CategoriaPlantilla, EstadoPlantilla};

/// Everything that a webhook tells, in its order.
///
/// Shape: several entries, changes and messages may come in one body; unknown fields and kinds come
/// as [`Hecho::Otro`]. Errors: not JSON, or without `entry`.
pub fn parse(cuerpo: &[u8]) -> Result<Vec<Suceso>, WebhookIlegible> {
    let raiz: Value = serde_json::from_slice(cuerpo).map_err(|_| WebhookIlegible)?;
    let entradas = raiz.get("entry").and_then(Value::as_array).ok_or(WebhookIlegible)?;
    let mut sucesos = Vec::new();
    for entrada in entradas {
        let waba = text(entrada, "id").unwrap_or_default();
        for cambio in items(entrada, "changes") {
            read_change(&waba, cambio, &mut sucesos);
        }
    }
    Ok(sucesos)
}

fn read_change(waba: &str, cambio: &Value, sucesos: &mut Vec<Suceso>) {
    let campo = text(cambio, "field").unwrap_or_default();
    let vacio = Value::Null;
    let valor = cambio.get("value").unwrap_or(&vacio);
    let linea = valor.get("metadata").and_then(|m| text(m, "phone_number_id"));
    let mut hechos = facts(&campo, valor);
    if hechos.is_empty() {
        hechos.push(Hecho::Otro(valor.clone()));
    }
    sucesos.extend(hechos.into_iter().map(|hecho| Suceso {
        waba_id: waba.to_owned(),
        phone_number_id: linea.clone(),
        campo: campo.clone(),
        hecho,
    }));
}

fn facts(campo: &str, valor: &Value) -> Vec<Hecho> {
    if campo.starts_with("message_template_") || campo == "template_category_update" {
        return vec![template(valor)];
    }
    let contactos: Vec<&Value> = items(valor, "contacts").collect();
    let mut hechos = Vec::new();
    let boxed = |m: &Value, como: fn(_) -> Hecho| match message(m, &contactos) {
        Some(leido) => como(Box::new(leido)),
        None => Hecho::Otro(m.clone()),
    };
    hechos.extend(items(valor, "messages").map(|m| boxed(m, Hecho::Mensaje)));
    hechos.extend(items(valor, "message_echoes").map(|m| boxed(m, Hecho::Eco)));
    let hilos = items(valor, "history").flat_map(|h| items(h, "threads"));
    let antiguos = hilos.flat_map(|h| items(h, "messages"));
    hechos.extend(antiguos.map(|m| boxed(m, Hecho::Historia)));
    hechos.extend(items(valor, "statuses").map(status));
    hechos.extend(items(valor, "user_preferences").map(preference));
    hechos.extend(items(valor, "errors").map(|e| match error(e) {
        Some(leido) => Hecho::Error(leido),
        None => Hecho::Otro(e.clone()),
    }));
    hechos
}

fn status(s: &Value) -> Hecho {
    let (Some(wamid), Some(estado)) = (text(s, "id"), text(s, "status")) else {
        return Hecho::Otro(s.clone());
    };
    Hecho::Estado(Box::new(EstadoMensaje {
        wamid,
        avance: progress(&estado),
        momento: moment(s),
        destinatario: text(s, "recipient_id").or_else(|| text(s, "recipient_user_id")),
        referencia: text(s, "biz_opaque_callback_data"),
        precio: s.get("pricing").map(price),
        errores: errors(s),
        crudo: s.clone(),
    }))
}

fn progress(estado: &str) -> Avance {
    match estado {
        "sent" => Avance::Enviado,
        "delivered" => Avance::Entregado,
        "read" => Avance::Leido,
        "played" => Avance::Reproducido,
        "failed" => Avance::Fallido,
        otro => Avance::Otro(otro.to_owned()),
    }
}

fn price(p: &Value) -> Precio {
    Precio {
        cobrable: p.get("billable").and_then(Value::as_bool),
        modelo: text(p, "pricing_model"),
        categoria: text(p, "category"),
        tipo: text(p, "type"),
    }
}

fn template(valor: &Value) -> Hecho {
    let (Some(nombre), Some(idioma)) =
        (text(valor, "message_template_name"), text(valor, "message_template_language"))
    else {
        return Hecho::Otro(valor.clone());
    };
    Hecho::Plantilla(CambioPlantilla {
        id: text(valor, "message_template_id"),
        nombre,
        idioma,
        estado: text(valor, "event").map(|e| EstadoPlantilla::parse(&e)),
        categoria: text(valor, "new_category").map(|c| CategoriaPlantilla::parse(&c)),
        motivo: text(valor, "reason").filter(|r| r != "NONE"),
        crudo: valor.clone(),
    })
}

fn preference(p: &Value) -> Hecho {
    let Some(valor) = text(p, "value") else {
        return Hecho::Otro(p.clone());
    };
    let de = Identidad {
        wa_id: text(p, "wa_id"),
        bsuid: text(p, "user_id"),
        bsuid_padre: text(p, "parent_user_id"),
        ..identity(None)
    };
    let categoria = text(p, "category").unwrap_or_default();
    Hecho::Preferencia(Preferencia { de, categoria, valor, momento: moment(p) })
}

/// Errors inside a message or a status.
pub(super) fn errors(v: &Value) -> Vec<ErrorMeta> {
    items(v, "errors").filter_map(error).collect()
}

/// One error, in the shape of a webhook.
fn error(e: &Value) -> Option<ErrorMeta> {
    let codigo = e.get("code")?;
    let codigo = codigo.as_i64().or_else(|| codigo.as_str()?.parse().ok())?;
    let detalle = e.get("error_data").and_then(|d| text(d, "details"));
    let mensaje = text(e, "message").or_else(|| text(e, "title")).unwrap_or_default();
    Some(ErrorMeta { codigo, mensaje, detalle })
}

/// A field as text; numbers too, because ids come both ways. Empty counts as missing.
pub(super) fn text(v: &Value, campo: &str) -> Option<String> {
    match v.get(campo)? {
        Value::String(s) if !s.is_empty() => Some(s.clone()),
        Value::Number(n) => Some(n.to_string()),
        _ => None,
    }
}

/// The elements of an array; none if it is missing or is no array.
pub(super) fn items<'a>(v: &'a Value, campo: &str) -> impl Iterator<Item = &'a Value> {
    v.get(campo).and_then(Value::as_array).into_iter().flatten()
}

/// `timestamp` in seconds, as text or number; the epoch if it is missing.
pub(super) fn moment(v: &Value) -> Instante {
    let segundos: i64 = text(v, "timestamp").and_then(|t| t.parse().ok()).unwrap_or(0);
    Instante::from_millis(segundos.saturating_mul(1_000))
}
