//! The slice's background work: large files, rehearsed and imported after the page is closed.

use std::sync::Arc;

use async_trait::async_trait;
use ramal_base::Cx;
use ramal_db::{Db, Objetos};
use ramal_jobs::{JobError, Manejador, Politica, Trabajo};
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::actions::{Mesa, procesar};
use crate::subida::SubidaId;

/// Rehearses or imports an upload.
pub const TRABAJO_SUBIDA: &str = "importaciones.subida";

/// What the job needs to know.
#[derive(Serialize, Deserialize)]
pub(crate) struct DatosSubida {
    /// The upload.
    pub(crate) subida: SubidaId,
}

/// Handlers of the slice.
pub fn manejadores(db: Db, cx: Cx, objetos: Objetos) -> Vec<Arc<dyn Manejador>> {
    vec![Arc::new(Procesar(Mesa { db, cx, objetos }))]
}

struct Procesar(Mesa);

#[async_trait]
impl Manejador for Procesar {
    fn tipo(&self) -> &'static str {
        TRABAJO_SUBIDA
    }

    fn politica(&self) -> Politica {
        Politica { concurrencia: 1, ..Politica::default() }
    }

    async fn run(&self, trabajo: &Trabajo) -> Result<(), JobError> {
        let datos: DatosSubida = trabajo.datos_as()?;
        match procesar(&self.0, datos.subida).await {
            Ok(()) => Ok(()),
            Err(error @ (Error::EnCurso | Error::Storage(_))) => Err(JobError::retry(error)),
            Err(error) => Err(JobError::fail(error)),
        }
    }
}
