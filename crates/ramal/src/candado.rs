//! One worker per data folder: whoever holds the lock file sends to the authorities; the system
//! frees it on a kill.

use std::fs::{File, OpenOptions};
use std::path::Path;

use anyhow::Context;

/// The lock of a data folder, held until dropped.
pub struct Candado(#[allow(dead_code)] File);

/// Takes the lock; none if another process holds it.
pub fn take(carpeta: &Path) -> anyhow::Result<Option<Candado>> {
    let ruta = carpeta.join("obrero.lock");
    let archivo = OpenOptions::new().create(true).truncate(false).write(true).open(&ruta);
    let archivo = archivo.with_context(|| format!("no se puede abrir {}", ruta.display()))?;
    match archivo.try_lock() {
        Ok(()) => Ok(Some(Candado(archivo))),
        Err(std::fs::TryLockError::WouldBlock) => Ok(None),
        Err(std::fs::TryLockError::Error(e)) => Err(e).context("candado del obrero"),
    }
}
