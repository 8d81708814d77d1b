//! The saga of a payment as one line of time: asked for, notified, recorded, invoice settled,
//! service asked back, confirmation queued. It reads what each slice told; it moves nothing.

use async_trait::async_trait;
use ramal_base::Instante;
use ramal_db::{Consulta, DbError, FromQueryResult, params};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::storage::{cobros, remotos};
use crate::{CobroId, Error};

/// A step of the flow of a cobro.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Hito {
    /// Cuándo ocurrió.
    #[schema(value_type = String, format = DateTime)]
    pub instante: Instante,
    /// Qué ocurrió: un paso del cobro (`webhook`, `pago`) o un evento (`factura.pagada`).
    pub clase: String,
    /// Códigos, montos e identificadores; nunca datos de personas.
    #[schema(value_type = Object)]
    pub detalle: Value,
    /// Milisegundos desde el paso anterior; 0 en el primero.
    pub espera_ms: i64,
}

impl Hito {
    /// A step told by somebody else, to be put in its place by [`ordered`].
    pub fn new(instante: Instante, clase: impl Into<String>, detalle: Value) -> Hito {
        Hito { instante, clase: clase.into(), detalle, espera_ms: 0 }
    }
}

/// What other slices add to the flow of a cobro; the binary implements it where an event is not
/// enough.
#[async_trait]
pub trait Seguimiento: Send + Sync {
    /// Steps of a customer between two instants.
    async fn hitos(&self, cliente: Uuid, entre: (Instante, Instante)) -> Vec<Hito>;
}

/// Time after the last word of the gateway in which what follows still belongs to the payment.
const COLA_MS: i64 = 3_600_000;

/// The flow of a cobro: its own steps and the events of its customer that follow from them, in
/// order, each with the time since the one before.
///
/// Errors: `NotFound`, `Storage`.
pub async fn flujo(c: &impl Consulta, id: CobroId) -> Result<Vec<Hito>, Error> {
    let fila = cobros::by_id(c, id).await?.ok_or(Error::NotFound("cobro"))?;
    let propios = cobros::history(c, id).await?;
    let mut hitos = Vec::with_capacity(propios.len() + 8);
    for e in propios {
        let detalle = serde_json::from_str(&e.detalle)
            .map_err(|_| DbError::Corrupt("detail of a step of a cobro"))?;
        hitos.push(Hito::new(e.instante, e.clase, detalle));
    }
    let pagos: Vec<String> = remotos::of_cobro(c, id)
        .await?
        .into_iter()
        .filter_map(|r| r.pago_id.map(|p| p.to_string()))
        .collect();
    if let Some(desde) = hitos.iter().filter(|h| h.clase == "pago").map(|h| h.instante).min() {
        let hasta = hitos.iter().map(|h| h.instante).max().unwrap_or(desde);
        let entre = (desde, hasta.plus_millis(COLA_MS));
        hitos.extend(followed(c, fila.cliente_id, entre, &pagos).await?);
    }
    Ok(ordered(hitos))
}

/// Steps in order of time, each with the wait since the one before.
pub fn ordered(mut hitos: Vec<Hito>) -> Vec<Hito> {
    hitos.sort_by_key(|h| h.instante);
    let mut antes: Option<Instante> = None;
    for h in &mut hitos {
        h.espera_ms = antes.map_or(0, |a| h.instante.millis() - a.millis());
        antes = Some(h.instante);
    }
    hitos
}

#[derive(FromQueryResult)]
struct EventoFila {
    tipo: String,
    instante: Instante,
    datos: String,
}

/// Kinds of event that belong to the flow when they follow a payment of the same customer.
const SIGUEN: [&str; 9] = [
    "factura.pagada",
    "factura.reabierta",
    "servicio.",
    "corte.",
    "reconexion.",
    "episodio.",
    "notificacion.",
    "envio.",
    "promesa.",
];

/// Events of the customer that follow from the payments of a cobro.
async fn followed(
    c: &impl Consulta,
    cliente: Uuid,
    (desde, hasta): (Instante, Instante),
    pagos: &[String],
) -> Result<Vec<Hito>, DbError> {
    const SQL: &str = "SELECT tipo, instante, datos FROM eventos WHERE cliente_id = $1 \
        AND instante >= $2 AND instante <= $3 ORDER BY id LIMIT 200";
    let filas: Vec<EventoFila> = c.all(SQL, params![cliente, desde, hasta]).await?;
    let mut hitos = Vec::new();
    for f in filas {
        let datos: Value =
            serde_json::from_str(&f.datos).map_err(|_| DbError::Corrupt("data of an event"))?;
        if belongs(&f.tipo, &datos, pagos) {
            hitos.push(Hito::new(f.instante, f.tipo, datos));
        }
    }
    Ok(hitos)
}

/// Whether an event of the customer is part of the flow: of its own payments, or what a payment
/// sets in motion.
fn belongs(tipo: &str, datos: &Value, pagos: &[String]) -> bool {
    if tipo.starts_with("pago.") {
        let suyo = |campo: &str| {
            datos[campo].as_str().is_some_and(|valor| pagos.iter().any(|p| p == valor))
        };
        return suyo("pago_id") || suyo("abono_id");
    }
    SIGUEN.iter().any(|inicio| tipo.starts_with(inicio))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_payment_of_the_same_customer_by_another_door_is_not_of_this_flow() {
        let pagos = vec!["p-1".to_owned()];
        assert!(belongs("pago.registrado", &json!({ "pago_id": "p-1" }), &pagos));
        assert!(belongs("pago.aplicado", &json!({ "abono_id": "p-1" }), &pagos));
        assert!(!belongs("pago.registrado", &json!({ "pago_id": "p-2" }), &pagos));
        assert!(belongs("servicio.reactivado", &json!({}), &pagos));
        assert!(!belongs("cliente.actualizado", &json!({}), &pagos));
    }

    #[test]
    fn every_step_tells_how_long_it_waited() {
        let at = Instante::from_millis;
        let hitos = vec![
            Hito::new(at(900), "factura.pagada", Value::Null),
            Hito::new(at(100), "webhook", Value::Null),
            Hito::new(at(400), "pago", Value::Null),
        ];
        let orden: Vec<(String, i64)> =
            ordered(hitos).into_iter().map(|h| (h.clase, h.espera_ms)).collect();
        let esperado = [("webhook", 0), ("pago", 300), ("factura.pagada", 500)];
        assert_eq!(orden, esperado.map(|(c, ms)| (c.to_owned(), ms)));
    }
}
