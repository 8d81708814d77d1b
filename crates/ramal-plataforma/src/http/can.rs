//! Who calls and what he may do: the extractor that every route begins with. It knows API keys
//! only.

use std::marker::PhantomData;

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use ramal_base::{Cx, Instante};
use ramal_db::DbError;
use ramal_web::{Actor, App, Problem};

use crate::permiso::covers;
use crate::{Clave, ClaveId, Permiso, clave, storage};

/// Proof that the caller showed a live key with the permission `P`. It comes first among a
/// handler's arguments.
///
/// Refuses with 401 `clave_requerida` or `clave_invalida`, and 403 `permiso_faltante` that names
/// the permission.
#[derive(Clone)]
pub struct Can<P> {
    cx: Cx,
    permisos: Vec<String>,
    permiso: PhantomData<fn() -> P>,
}

impl<P> Can<P> {
    /// Context in the name of the caller: `clave:<nombre>`.
    pub fn cx(&self) -> &Cx {
        &self.cx
    }

    /// All that the caller may do: he gives nothing else to others.
    pub fn permisos(&self) -> &[String] {
        &self.permisos
    }

    /// Whether the caller may also do something else.
    pub fn may(&self, permiso: &str) -> bool {
        covers(&self.permisos, permiso)
    }
}

impl<P: Permiso> FromRequestParts<App> for Can<P> {
    type Rejection = Problem;

    async fn from_request_parts(partes: &mut Parts, app: &App) -> Result<Can<P>, Problem> {
        let clave = authenticated(partes, app).await?;
        if !covers(&clave.permisos, P::NOMBRE) {
            return Err(missing(P::NOMBRE));
        }
        note_use(app, &clave);
        let actor = format!("clave:{}", clave.nombre);
        partes.extensions.insert(Actor(actor.clone()));
        let cx = app.cx.as_actor(&actor);
        Ok(Can { cx, permisos: clave.permisos, permiso: PhantomData })
    }
}

async fn authenticated(partes: &Parts, app: &App) -> Result<Clave, Problem> {
    let texto = bearer(partes)?;
    let prefijo = clave::prefijo_of(texto).ok_or_else(wrong)?;
    let clave = storage::clave_by_prefijo(&app.db, prefijo).await?.ok_or_else(wrong)?;
    if clave.accepts(texto) { Ok(clave) } else { Err(wrong()) }
}

pub(crate) fn bearer(partes: &Parts) -> Result<&str, Problem> {
    let Some(valor) = partes.headers.get(header::AUTHORIZATION) else {
        let detalle = "Envíe Authorization: Bearer <clave>.";
        return Err(Problem::new(401, "clave_requerida", "Falta la clave", detalle));
    };
    let (esquema, texto) = valor.to_str().ok().and_then(|v| v.split_once(' ')).ok_or_else(wrong)?;
    if esquema.eq_ignore_ascii_case("bearer") { Ok(texto.trim()) } else { Err(wrong()) }
}

/// One answer for a key that never was, one that is damaged and one that was revoked.
fn wrong() -> Problem {
    let detalle = "La clave no existe o fue revocada. Pida una nueva a quien administra Ramal.";
    Problem::new(401, "clave_invalida", "Clave no válida", detalle)
}

/// 403 that names what is missing.
pub(crate) fn missing(permiso: &str) -> Problem {
    let detalle = format!("La clave no tiene el permiso «{permiso}».");
    Problem::new(403, "permiso_faltante", "Falta un permiso", detalle)
}

const CADA_MS: i64 = 3_600_000;

/// Notes the use at most once an hour and apart from the request, which must not wait for the
/// writer.
fn note_use(app: &App, clave: &Clave) {
    let ahora = app.cx.now();
    let reciente = |uso: Instante| ahora.millis().saturating_sub(uso.millis()) < CADA_MS;
    if clave.ultimo_uso.is_some_and(reciente) {
        return;
    }
    let (app, id) = (app.clone(), clave.id);
    tokio::spawn(async move {
        if let Err(error) = write_use(&app, id, ahora).await {
            tracing::warn!(%error, "the last use of a key was not noted");
        }
    });
}

async fn write_use(app: &App, id: ClaveId, ahora: Instante) -> Result<(), DbError> {
    let tx = app.db.begin().await?;
    storage::mark_uso(&tx, id, ahora).await?;
    tx.commit().await
}
