//! Watch over the legal term to send: told once at half of it and once at four fifths, while there
//! is still time to act. It sends and decides nothing.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use async_trait::async_trait;
use ramal_db::{Consulta, DbError, Value, params};
use ramal_jobs::{JobError, Manejador, Trabajo};
use uuid::Uuid;

use crate::conexiones::Servicio;
use crate::events::ComprobantePorVencer;
use crate::jobs::TRABAJO_PLAZOS;
use crate::storage::{COLUMNAS, ComprobanteFila};
use crate::{EmisorFiscal, Estado, plazo};

/// Hundredths of the term at which somebody must know, latest first.
const AVISOS: [i32; 2] = [80, 50];
/// Documents read at once.
const PAGINA: i64 = 500;

/// States in which a document still has to reach its authority.
pub(crate) const PENDIENTES: [Estado; 5] =
    [Estado::EnCola, Estado::Enviando, Estado::Pausado, Estado::Incierto, Estado::Excepcion];

/// Handler of `fiscal.plazos`.
pub(crate) struct VigilarPlazos(pub(crate) Servicio);

#[async_trait]
impl Manejador for VigilarPlazos {
    fn tipo(&self) -> &'static str {
        TRABAJO_PLAZOS
    }

    async fn run(&self, _trabajo: &Trabajo) -> Result<(), JobError> {
        let mut emisores = HashMap::new();
        for estado in PENDIENTES {
            self.watch(estado, &mut emisores).await?;
        }
        Ok(())
    }
}

impl VigilarPlazos {
    async fn watch(
        &self,
        estado: Estado,
        emisores: &mut HashMap<Uuid, EmisorFiscal>,
    ) -> Result<(), DbError> {
        let mut desde = Uuid::nil();
        loop {
            let filas = self.page(estado, desde).await?;
            let Some(ultima) = filas.last() else { return Ok(()) };
            desde = ultima.id.uuid();
            for fila in &filas {
                let emisor = match emisores.entry(fila.emisor_id) {
                    Entry::Occupied(conocido) => conocido.into_mut(),
                    Entry::Vacant(hueco) => {
                        hueco.insert(self.0.emisor(fila.emisor_id).await?.fiscal)
                    }
                };
                self.look_at(fila, emisor).await?;
            }
        }
    }

    /// Documents of a state that were not told about for the last time.
    async fn page(&self, estado: Estado, desde: Uuid) -> Result<Vec<ComprobanteFila>, DbError> {
        let sql = format!(
            "SELECT {COLUMNAS} FROM comprobantes WHERE estado = $1 AND id > $2 \
             AND NOT EXISTS (SELECT 1 FROM plazo_avisos a WHERE a.comprobante_id = comprobantes.id \
                 AND a.por_ciento = {}) ORDER BY id LIMIT $3",
            AVISOS[0]
        );
        self.0.db.all(&sql, params![estado.as_str(), desde, PAGINA]).await
    }

    async fn look_at(&self, fila: &ComprobanteFila, emisor: &EmisorFiscal) -> Result<(), DbError> {
        let (s, limite) = (&self.0, plazo::limite_envio(fila, emisor));
        let pasado = plazo::por_ciento(fila.emitido, limite, s.cx.now());
        let Some(aviso) = AVISOS.into_iter().find(|a| pasado >= i64::from(*a)) else {
            return Ok(());
        };
        const SQL: &str = "INSERT INTO plazo_avisos \
            (comprobante_id, por_ciento, limite, avisado) VALUES ($1, $2, $3, $4) \
            ON CONFLICT DO NOTHING";
        let tx = s.db.begin().await?;
        if tx.exec(SQL, params![fila.id, aviso, limite, s.cx.now()]).await? == 1 {
            tracing::warn!(comprobante.id = %fila.id, por_ciento = aviso, "a term runs out");
            let evento = ComprobantePorVencer {
                comprobante_id: fila.id,
                por_ciento: aviso,
                limite,
                origen_tipo: fila.origen_tipo.clone(),
                origen_id: fila.origen_id,
            };
            tx.emit(&s.cx, &evento).await?;
        }
        tx.commit().await
    }
}

/// How many documents that still have to be sent were told about; 10,001 stands for more.
pub async fn count(c: &impl Consulta) -> Result<i64, DbError> {
    let lista: Vec<_> = (1..=PENDIENTES.len()).map(|i| format!("${i}")).collect();
    let sql = format!(
        "SELECT COUNT(*) FROM (SELECT DISTINCT c.id FROM plazo_avisos a \
         JOIN comprobantes c ON c.id = a.comprobante_id \
         WHERE c.estado IN ({}) LIMIT 10001) t",
        lista.join(", ")
    );
    let estados = PENDIENTES.iter().map(|e| Value::from(e.as_str())).collect();
    Ok(c.scalar(&sql, estados).await?.unwrap_or(0))
}
