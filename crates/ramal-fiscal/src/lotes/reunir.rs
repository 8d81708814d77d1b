//! Jobs that gather: one day of an emisor into files, and every night the days that ended.

use async_trait::async_trait;
use ramal_base::Fecha;
use ramal_jobs::{JobError, LoteTrabajos, Manejador, Politica, Trabajo};
use serde::Deserialize;
use uuid::Uuid;

use super::armado::{self, Taller};
use super::cierre::refuse_member;
use super::{Pedido, filas, gather_job};
use crate::conexiones::Servicio;
use crate::jobs::{TRABAJO_RESUMEN, TRABAJO_RESUMENES_DIARIOS};

/// Handler of `fiscal.resumen`. One at a time: two would gather the same documents.
pub(crate) struct Reunir(pub(crate) Servicio);

#[derive(Deserialize)]
struct Datos {
    emisor_id: Uuid,
    fecha: Fecha,
    pedido: Pedido,
}

#[async_trait]
impl Manejador for Reunir {
    fn tipo(&self) -> &'static str {
        TRABAJO_RESUMEN
    }

    fn politica(&self) -> Politica {
        Politica { concurrencia: 1, max_intentos: 100, ..Politica::default() }
    }

    async fn run(&self, trabajo: &Trabajo) -> Result<(), JobError> {
        let datos: Datos = trabajo.datos_as()?;
        while self.gather(&datos).await? {}
        Ok(())
    }
}

impl Reunir {
    /// Makes one file; false when nothing waits.
    async fn gather(&self, datos: &Datos) -> Result<bool, JobError> {
        let s = &self.0;
        let cargado = s.emisor(datos.emisor_id).await?;
        let (lugar, todas) = ((datos.emisor_id, datos.fecha), cargado.boletas_por_resumen);
        let filas_ = filas::candidates(&s.db, lugar, datos.pedido, todas).await?;
        if filas_.is_empty() {
            return Ok(false);
        }
        let firmante = armado::signer(s, &cargado.fiscal).await?;
        let miembros = armado::members(s, datos.pedido, filas_).await?;
        let taller =
            Taller { s, emisor: &cargado.fiscal, firmante: &firmante, pedido: datos.pedido };
        let tx = s.db.begin().await?;
        // First the lock, then the question: another process may have gathered in between.
        let numero = taller.number(&tx).await?;
        let libres = filas::candidates(&tx, lugar, datos.pedido, todas).await?;
        let libres: Vec<_> = libres.into_iter().map(|f| f.id).collect();
        if libres != armado::ids(&miembros) {
            tx.rollback().await?;
            return Ok(true);
        }
        match taller.build(&tx, &miembros, numero).await? {
            Ok(()) => tx.commit().await?,
            Err(malos) => {
                tx.rollback().await?;
                let tx = s.db.begin().await?;
                for (fila, codigo, motivo) in &malos {
                    refuse_member(&tx, &s.cx, fila.id, datos.pedido, (codigo, motivo)).await?;
                }
                tx.commit().await?;
            }
        }
        Ok(true)
    }
}

/// Handler of `fiscal.resumenes_diarios`.
pub(crate) struct ResumenesDiarios(pub(crate) Servicio);

#[async_trait]
impl Manejador for ResumenesDiarios {
    fn tipo(&self) -> &'static str {
        TRABAJO_RESUMENES_DIARIOS
    }

    async fn run(&self, _trabajo: &Trabajo) -> Result<(), JobError> {
        let s = &self.0;
        let emisores = ramal_plataforma::emisores(&s.db).await.map_err(JobError::retry)?;
        let mut lote = LoteTrabajos::new();
        for emisor in emisores.into_iter().filter(|e| e.pais == ramal_base::Pais::Pe) {
            let hoy = emisor.zona().fecha(s.cx.now());
            for fecha in filas::days(&s.db, emisor.id.uuid(), hoy).await? {
                for pedido in [Pedido::Alta, Pedido::BajaResumen, Pedido::BajaComunicada] {
                    lote.push(&s.cx, gather_job(emisor.id.uuid(), fecha, pedido));
                }
            }
        }
        let tx = s.db.begin().await?;
        lote.insert(&tx).await?;
        tx.commit().await?;
        Ok(())
    }
}
