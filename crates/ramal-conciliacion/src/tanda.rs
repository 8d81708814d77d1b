//! Accepting many lines whose only suggestion leaves nothing to think about, one transaction each.
//! A line that changed in between is left to a person.

use async_trait::async_trait;
use ramal_base::{Cx, Problema};
use ramal_db::{Db, DbError, Tx};
use ramal_jobs::{AccionDeTanda, Encargo, NuevaTanda, Objeto, Resultado, TandaId, start_tanda};
use ramal_plataforma::Permiso;

use crate::actions::{Orden, Resolucion, resolve_renglon};
use crate::permisos::LeerConciliacion;
use crate::storage::renglones;
use crate::{Error, EstadoRenglon, Lote, Modo, RenglonId, Sugerencia};

/// Accepts the exact suggestion of lines.
pub const TANDA_ACEPTAR: &str = "conciliacion.tanda_aceptar";

/// The act on one line.
pub struct Aceptar(pub Db);

#[async_trait]
impl AccionDeTanda for Aceptar {
    fn tipo(&self) -> &'static str {
        TANDA_ACEPTAR
    }

    async fn apply(&self, cx: &Cx, encargo: &Encargo<'_>) -> Result<Resultado, DbError> {
        let tx = self.0.begin().await?;
        match accept(&tx, cx, RenglonId::from_uuid(encargo.objeto_id)).await {
            Ok(resultado) => {
                tx.commit().await?;
                Ok(resultado)
            }
            Err(Error::Storage(error)) => Err(error),
            Err(error) => {
                tx.rollback().await?;
                let problema = Problema::from(error);
                let campo = problema.errores.first().map(|e| e.motivo.clone());
                Ok(Resultado::Fallido(campo.unwrap_or(problema.detalle)))
            }
        }
    }
}

async fn accept(tx: &Tx, cx: &Cx, id: RenglonId) -> Result<Resultado, Error> {
    let renglon = renglones::lock(tx, id).await?.ok_or(Error::NotFound("renglon"))?;
    if renglon.estado == EstadoRenglon::Conciliado {
        return Ok(Resultado::Hecho);
    }
    let propuesta = match renglon.sugerencias.as_slice() {
        [Sugerencia::Cliente { propuesta }] if renglon.exacta => propuesta,
        _ => {
            let motivo = "La sugerencia cambió: revisarla en el lote.";
            return Ok(Resultado::Omitido(motivo.to_owned()));
        }
    };
    let resolucion = Resolucion::of(&renglon, propuesta);
    let orden = Orden { renglon: id, version: None, modo: Modo::Persona };
    resolve_renglon(tx, cx, orden, &resolucion).await?;
    Ok(Resultado::Hecho)
}

/// Asks for accepting every exact suggestion of a lote. Errors: 409 `nada_exacto`; `Storage`.
pub async fn accept_exact(tx: &Tx, cx: &Cx, lote: &Lote, titulo: String) -> Result<TandaId, Error> {
    let renglones = renglones::exact(tx, lote.id).await?;
    if renglones.is_empty() {
        let detalle = "No queda ninguna sugerencia exacta por aceptar en este lote.";
        return Err(Error::conflicto("nada_exacto", detalle));
    }
    let objeto =
        |r: &crate::Renglon| Objeto::new(r.id.uuid(), format!("{} n.º {}", lote.codigo(), r.orden));
    let nueva = NuevaTanda {
        tipo: TANDA_ACEPTAR,
        permiso: LeerConciliacion::NOMBRE,
        titulo,
        origen: format!("/facturacion/conciliacion/{}", lote.codigo()),
        destino: "/facturacion/conciliacion/renglones/{id}",
        datos: serde_json::json!({}),
        objetos: renglones.iter().map(objeto).collect(),
    };
    start_tanda(tx, cx, nueva).await.map_err(|e| Error::Refused(e.into()))
}
