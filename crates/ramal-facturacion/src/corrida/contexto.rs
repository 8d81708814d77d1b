//! What a run knows besides its customers: day, settings, catalogue, emisores. Read once, small,
//! never personal.

use std::collections::HashMap;
use std::sync::Arc;

use ramal_base::{Fecha, Instante};
use ramal_catalogo::{Producto, ProductoId};
use ramal_db::{Consulta, DbError};
use ramal_fiscal::EmisorFiscal;
use uuid::Uuid;

use crate::corrida::plan::Motivo;
use crate::{Error, Politica};

/// Surroundings of a run.
pub struct Contexto {
    /// Business day of the run, never "now".
    pub as_of: Fecha,
    /// How the company bills.
    pub politica: Politica,
    productos: HashMap<ProductoId, Producto>,
    emisores: HashMap<Uuid, Arc<EmisorFiscal>>,
    negados: HashMap<Uuid, Motivo>,
    emision: Option<Instante>,
}

impl Contexto {
    /// Reads settings, catalogue and emisores for a run of `as_of`. Errors: `NotFound` without a
    /// company.
    pub async fn load(c: &impl Consulta, as_of: Fecha) -> Result<Contexto, Error> {
        let empresa = ramal_plataforma::empresa_if_any(c).await.map_err(platform)?;
        let empresa = empresa.ok_or(Error::NotFound("empresa"))?;
        let productos = ramal_catalogo::storage::all(c).await?;
        let emisores = ramal_plataforma::emisores(c).await.map_err(platform)?;
        let emisor = |e: ramal_plataforma::Emisor| (e.id.uuid(), Arc::new(EmisorFiscal::from(e)));
        Ok(Contexto {
            as_of,
            politica: Politica::from(&empresa),
            productos: productos.into_iter().map(|p| (p.id, p)).collect(),
            emisores: emisores.into_iter().map(emisor).collect(),
            negados: HashMap::new(),
            emision: None,
        })
    }

    /// The same surroundings, knowing which emisores cannot sign: their customers are set aside.
    pub fn with_negados(self, negados: HashMap<Uuid, Motivo>) -> Contexto {
        Contexto { negados, ..self }
    }

    /// The same surroundings, knowing when their papers are issued.
    pub fn with_emision(self, ahora: Instante) -> Contexto {
        Contexto { emision: Some(ahora), ..self }
    }

    /// Day from which the terms of an emisor's papers count: the day of the run, or that of issue
    /// where the run is late.
    pub fn issue_day(&self, emisor: &EmisorFiscal) -> Fecha {
        self.emision.map_or(self.as_of, |ahora| emisor.zona.fecha(ahora).max(self.as_of))
    }

    /// Why an emisor cannot sign, if it cannot.
    pub fn negado(&self, emisor: Uuid) -> Option<&Motivo> {
        self.negados.get(&emisor)
    }

    /// Last day whose periods join the run (the day of the run plus the window).
    pub fn limite(&self) -> Fecha {
        self.as_of.plus_dias(i32::from(self.politica.reglas.ventana_dias))
    }

    /// A product of the catalogue.
    pub fn producto(&self, id: ProductoId) -> Option<&Producto> {
        self.productos.get(&id)
    }

    /// An emisor.
    pub fn emisor(&self, id: Uuid) -> Option<&Arc<EmisorFiscal>> {
        self.emisores.get(&id)
    }

    /// Every emisor.
    pub fn emisores(&self) -> impl Iterator<Item = &Arc<EmisorFiscal>> {
        self.emisores.values()
    }
}

fn platform(error: impl std::fmt::Display) -> Error {
    Error::Storage(DbError::Storage(error.to_string()))
}
