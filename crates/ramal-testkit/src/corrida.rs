//! Runs one async test on one engine and cleans up after it, also when it fails. Judges nothing.

use std::future::Future;

use ramal_db::Migracion;
use tokio::runtime::{Builder, Runtime};

use crate::base::{Efimera, VARIABLE};
use crate::{Argumento, Base};

/// Runs the test on a fresh embedded database in a folder that is deleted afterwards.
pub fn run_sqlite<A, F, R>(migraciones: &[&[Migracion]], prueba: F)
where
    A: Argumento,
    F: FnOnce(A) -> R,
    R: Future<Output = ()> + Send + 'static,
{
    runtime().block_on(async {
        let carpeta = tempfile::tempdir().expect("a folder for the test");
        let base = Base::sqlite(&carpeta, migraciones).await.expect("a migrated database");
        let fin = tokio::spawn(prueba(A::from_base(&base))).await;
        drop(base);
        finish(fin);
    });
}

/// Runs the test on a fresh database of the server named by `RAMAL_TEST_POSTGRES`, dropped
/// afterwards.
///
/// Without that name the test passes unrun and says so; the project's gate always sets it.
pub fn run_postgres<A, F, R>(migraciones: &[&[Migracion]], prueba: F)
where
    A: Argumento,
    F: FnOnce(A) -> R,
    R: Future<Output = ()> + Send + 'static,
{
    let Ok(servidor) = std::env::var(VARIABLE) else {
        eprintln!("not run on postgres: {VARIABLE} is not set");
        return;
    };
    runtime().block_on(async {
        let efimera = Efimera::create(&servidor).await.expect("a database for the test");
        let base = Base::postgres(efimera.url(), migraciones).await.expect("a migrated database");
        let fin = tokio::spawn(prueba(A::from_base(&base))).await;
        drop(base);
        efimera.discard().await.expect("the test's database goes away");
        finish(fin);
    });
}

fn runtime() -> Runtime {
    Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime")
}

fn finish(fin: Result<(), tokio::task::JoinError>) {
    if let Err(error) = fin {
        std::panic::resume_unwind(error.into_panic());
    }
}
