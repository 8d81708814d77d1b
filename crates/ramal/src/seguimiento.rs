//! What the timeline of a payment shows besides its own events: what was told to the cliente. It
//! reads; it tells nobody anything.

use std::sync::Arc;

use async_trait::async_trait;
use ramal_base::Instante;
use ramal_cobros::{Hito, Seguimiento};
use ramal_db::{Consulta, Db, FromQueryResult, params};
use serde_json::json;
use uuid::Uuid;

/// The notifications of a cliente as steps of a flow.
pub struct Mensajes(pub Db);

impl Mensajes {
    /// As the pages of cobros take it.
    pub fn shared(db: &Db) -> Arc<dyn Seguimiento> {
        Arc::new(Mensajes(db.clone()))
    }
}

#[derive(FromQueryResult)]
struct Fila {
    id: Uuid,
    clase: String,
    creado: Instante,
}

#[async_trait]
impl Seguimiento for Mensajes {
    async fn hitos(&self, cliente: Uuid, (desde, hasta): (Instante, Instante)) -> Vec<Hito> {
        const SQL: &str = "SELECT id, clase, creado FROM notificaciones \
            WHERE cliente_id = $1 AND creado >= $2 AND creado <= $3 ORDER BY id LIMIT 50";
        let filas = self.0.all::<Fila>(SQL, params![cliente, desde, hasta]).await;
        let filas = filas.unwrap_or_else(|error| {
            tracing::warn!(%error, "the notifications of a flow could not be read");
            Vec::new()
        });
        let hito = |f: Fila| {
            Hito::new(f.creado, format!("notificacion.{}", f.clase), json!({ "id": f.id }))
        };
        filas.into_iter().map(hito).collect()
    }
}
