//! Marks of a service that move on their own: where billing stands, what falls due, when its
//! state changes by the calendar. They bump no version, so nobody's edit is refused for them.

use std::collections::{BTreeMap, HashMap};

use ramal_base::Fecha;
use ramal_db::consulta::placeholders;
use ramal_db::{Consulta, DbError, FromQueryResult, Tx, Value, params};

use crate::{Servicio, ServicioId};

/// Where billing stands after a run: per service, the first day that may still differ and the
/// next look.
#[derive(Clone, Copy, Debug)]
pub struct Revisado {
    /// The service.
    pub servicio: ServicioId,
    /// New `revisar_desde`.
    pub revisar_desde: Fecha,
    /// New `proxima_revision`; also the start of the next period not yet billed.
    pub proxima_revision: Option<Fecha>,
}

/// Moves the marks of services that a run has looked at. Services with the same marks share a
/// statement.
pub async fn mark_revisado(tx: &Tx, revisados: &[Revisado]) -> Result<(), DbError> {
    let mut grupos: BTreeMap<(Fecha, Option<Fecha>), Vec<ServicioId>> = BTreeMap::new();
    for r in revisados {
        grupos.entry((r.revisar_desde, r.proxima_revision)).or_default().push(r.servicio);
    }
    for ((desde, proxima), ids) in grupos {
        let lista = placeholders(4, ids.len());
        let sql = format!(
            "UPDATE servicios SET revisar_desde = $1, proxima_revision = $2, vence = $3 \
             WHERE id IN {lista}"
        );
        let mut valores = params![desde, proxima, proxima];
        valores.extend(ids.into_iter().map(Value::from));
        tx.exec(&sql, valores).await?;
    }
    Ok(())
}

#[derive(FromQueryResult)]
struct FilaMarca {
    id: ServicioId,
    vence: Option<Fecha>,
}

/// These services with the start of their next period not yet billed, in the same order.
///
/// A recorded fact brings `proxima_revision` back to the day of recording, so that column does
/// not say what falls due; this one does.
pub async fn with_marcas(
    c: &impl Consulta,
    servicios: Vec<Servicio>,
) -> Result<Vec<(Servicio, Option<Fecha>)>, DbError> {
    if servicios.is_empty() {
        return Ok(Vec::new());
    }
    let lista = placeholders(1, servicios.len());
    let sql = format!("SELECT id, vence FROM servicios WHERE id IN {lista}");
    let ids = servicios.iter().map(|s| Value::from(s.id)).collect();
    let filas: Vec<FilaMarca> = c.all(&sql, ids).await?;
    let marcas: HashMap<ServicioId, Option<Fecha>> =
        filas.into_iter().map(|f| (f.id, f.vence)).collect();
    let con_marca = |s: Servicio| {
        let marca = marcas.get(&s.id).copied().flatten();
        (s, marca)
    };
    Ok(servicios.into_iter().map(con_marca).collect())
}

/// A change of anchor on `desde` begins a period that nobody billed: it falls due that day.
pub(crate) async fn bring_vence_back(tx: &Tx, id: ServicioId, desde: Fecha) -> Result<(), DbError> {
    const SQL: &str = "UPDATE servicios SET vence = $2 WHERE id = $1 AND vence > $2";
    tx.exec(SQL, params![id, desde]).await.map(|_| ())
}

/// Sets the next day on which the stored row may say something else.
pub async fn set_cambia(tx: &Tx, id: ServicioId, dia: Option<Fecha>) -> Result<(), DbError> {
    const SQL: &str = "UPDATE servicios SET cambia = $2 WHERE id = $1";
    tx.exec(SQL, params![id, dia]).await.map(|_| ())
}

/// Services whose row is out of date on `hoy`, oldest change first, at most `limite`.
pub async fn por_cambiar(
    c: &impl Consulta,
    hoy: Fecha,
    limite: i64,
) -> Result<Vec<ServicioId>, DbError> {
    const SQL: &str = "SELECT id FROM servicios WHERE cambia IS NOT NULL AND cambia <= $1 \
        ORDER BY cambia, id LIMIT $2";
    c.column(SQL, params![hoy, limite]).await
}
