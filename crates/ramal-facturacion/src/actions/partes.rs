//! What several operations share: locks in one order, day of the company, job that seals. Issues
//! nothing.

use ramal_base::{Cx, Fecha};
use ramal_clientes::ClienteId;
use ramal_db::{Consulta, Tx};
use ramal_jobs::{NuevoTrabajo, enqueue};
use serde_json::json;
use uuid::Uuid;

use crate::Error;
use crate::factura::FacturaFila;
use crate::jobs::TRABAJO_SELLAR;
use crate::storage::cambios;

/// The invoice, locked after its customer: the order in which a run takes its locks.
pub(super) async fn open(tx: &Tx, id: Uuid) -> Result<FacturaFila, Error> {
    let leida = cambios::by_id(tx, id).await?.ok_or(Error::NotFound("factura"))?;
    ramal_clientes::storage::lock(tx, ClienteId::from_uuid(leida.cliente_id)).await?;
    cambios::lock(tx, id).await?.ok_or(Error::NotFound("factura"))
}

/// Today in the zone of the company.
pub(crate) async fn today(c: &impl Consulta, cx: &Cx) -> Result<Fecha, Error> {
    let empresa = ramal_plataforma::empresa(c).await?;
    Ok(empresa.zona().fecha(cx.now()))
}

/// Asks for the seal of a document that has just taken its number.
pub async fn seal_job(tx: &Tx, cx: &Cx, factura: Uuid) -> Result<(), Error> {
    let trabajo = NuevoTrabajo::new(TRABAJO_SELLAR, json!({ "factura_id": factura }));
    enqueue(tx, cx, trabajo.with_clave(factura.to_string())).await.map_err(Error::from)
}

/// A reason in words that both countries take: 3 to 100 characters without bar or control.
pub(crate) fn check_sustento(texto: &str) -> Result<String, Error> {
    let limpio = texto.split_whitespace().collect::<Vec<_>>().join(" ");
    let bien = (3..=100).contains(&limpio.chars().count())
        && !limpio.chars().any(|c| c == '|' || c.is_control());
    if bien {
        return Ok(limpio);
    }
    let motivo = "Explique el motivo en 3 a 100 caracteres, sin la barra |.";
    Err(Error::campo("sustento", "sustento_invalido", motivo))
}

/// Amount of money greater than zero, minor units.
pub(super) fn positive(campo: &str, texto: &str) -> Result<i64, Error> {
    const MAXIMO: i64 = 100_000_000_000;
    match ramal_base::dinero::parse_centavos(texto) {
        Ok(centavos) if (1..=MAXIMO).contains(&centavos) => Ok(centavos),
        _ => {
            let motivo = "Escriba un importe mayor que cero, con hasta dos decimales: 499.00.";
            Err(Error::campo(campo, "importe_invalido", motivo))
        }
    }
}
