//! Object storage for documents: a local folder by default, S3 when configured. Keeps bytes; knows
//! no format.

use std::path::Path;
use std::sync::Arc;

use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;
use object_store::path::Path as Ruta;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload};
use sha2::{Digest, Sha256};

use crate::DbError;

/// Where documents are kept for the years that the law asks.
#[derive(Clone)]
pub struct Objetos {
    store: Arc<dyn ObjectStore>,
}

/// Settings of an S3-compatible store (names of seed 002).
#[derive(Clone)]
pub struct S3 {
    /// `S3_ENDPOINT`.
    pub endpoint: String,
    /// `S3_BUCKET`.
    pub bucket: String,
    /// `S3_ACCESS_KEY`.
    pub access_key: String,
    /// `S3_SECRET_KEY`.
    pub secret_key: String,
}

fn falla(error: impl std::fmt::Display) -> DbError {
    DbError::Objetos(error.to_string())
}

impl Objetos {
    /// Objects under a local folder, which is made if missing.
    pub fn local(carpeta: &Path) -> Result<Objetos, DbError> {
        std::fs::create_dir_all(carpeta).map_err(falla)?;
        let store = LocalFileSystem::new_with_prefix(carpeta).map_err(falla)?.with_fsync(true);
        Ok(Objetos { store: Arc::new(store) })
    }

    /// Objects in an S3-compatible bucket.
    pub fn s3(s3: &S3) -> Result<Objetos, DbError> {
        let store = AmazonS3Builder::new()
            .with_endpoint(&s3.endpoint)
            .with_bucket_name(&s3.bucket)
            .with_access_key_id(&s3.access_key)
            .with_secret_access_key(&s3.secret_key)
            .with_region("us-east-1")
            .with_allow_http(true)
            .build()
            .map_err(falla)?;
        Ok(Objetos { store: Arc::new(store) })
    }

    /// Objects in memory, for tests.
    pub fn memoria() -> Objetos {
        Objetos { store: Arc::new(InMemory::new()) }
    }

    /// Keeps the bytes under `ruta` and gives their SHA-256 in hex. Keeping the same bytes twice is
    /// harmless.
    pub async fn put(&self, ruta: &str, bytes: Vec<u8>) -> Result<String, DbError> {
        let huella = hex::encode(Sha256::digest(&bytes));
        self.store.put(&Ruta::from(ruta), PutPayload::from(bytes)).await.map_err(falla)?;
        Ok(huella)
    }

    /// Reads an object and checks it against the SHA-256 kept in its row.
    ///
    /// Errors: `Objetos` if it is missing; `Corrupt` if its bytes are not those that were kept.
    pub async fn get(&self, ruta: &str, huella: &str) -> Result<Vec<u8>, DbError> {
        let leido = self.store.get(&Ruta::from(ruta)).await.map_err(falla)?;
        let bytes = leido.bytes().await.map_err(falla)?.to_vec();
        if hex::encode(Sha256::digest(&bytes)) != huella {
            return Err(DbError::Corrupt("an object does not match its hash"));
        }
        Ok(bytes)
    }
}
