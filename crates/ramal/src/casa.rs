//! The opened house: data folder, database with its migrations applied, master key, object storage.

use std::path::{Path, PathBuf};

use anyhow::Context;
use ramal_base::Cx;
use ramal_db::objetos::S3;
use ramal_db::{Db, DbOptions, Migracion, Objetos};
use ramal_plataforma::Sello;
use ramal_web::{App, Entorno};

/// Migrations of every slice; their ids put them in order.
pub const MIGRACIONES: &[&[Migracion]] = &[
    ramal_db::MIGRACIONES,
    ramal_jobs::MIGRACIONES,
    ramal_web::MIGRACIONES,
    ramal_plataforma::MIGRACIONES,
    ramal_fiscal::MIGRACIONES,
    ramal_clientes::MIGRACIONES,
    ramal_catalogo::MIGRACIONES,
    ramal_contratos::MIGRACIONES,
    ramal_mensajeria::MIGRACIONES,
    ramal_cuenta::MIGRACIONES,
    ramal_facturacion::MIGRACIONES,
    ramal_pagos::MIGRACIONES,
    ramal_cobros::MIGRACIONES,
    ramal_conciliacion::MIGRACIONES,
    ramal_cobranza::MIGRACIONES,
    ramal_migracion::MIGRACIONES,
];

/// Everything that a command or the server works with.
#[derive(Clone)]
pub struct Casa {
    /// Data folder.
    pub carpeta: PathBuf,
    /// Database.
    pub db: Db,
    /// Clock and ids, in the name of the command line.
    pub cx: Cx,
    /// Master key.
    pub sello: std::sync::Arc<Sello>,
    /// Documents.
    pub objetos: Objetos,
}

impl Casa {
    /// Opens (or makes) the house of a data folder; `DATABASE_URL` puts the database on a server.
    pub async fn open(carpeta: &Path) -> anyhow::Result<Casa> {
        let nueva = !carpeta.exists();
        std::fs::create_dir_all(carpeta)
            .with_context(|| format!("no se puede crear la carpeta {}", carpeta.display()))?;
        if nueva {
            close_to_others(carpeta)?;
        }
        let options = match std::env::var("DATABASE_URL") {
            Ok(url) if !url.is_empty() => DbOptions::Url(url),
            _ => DbOptions::Carpeta(carpeta.to_owned()),
        };
        Casa::open_with(carpeta, &options).await
    }

    /// Opens the house with a given database.
    pub async fn open_with(carpeta: &Path, options: &DbOptions) -> anyhow::Result<Casa> {
        let db = Db::open(options).await.context("no se puede abrir la base de datos")?;
        db.migrate(MIGRACIONES).await.context("no se puede preparar la base de datos")?;
        Ok(Casa {
            sello: std::sync::Arc::new(Sello::load(carpeta).context("clave maestra")?),
            objetos: objects(carpeta)?,
            carpeta: carpeta.to_owned(),
            cx: Cx::system("cli"),
            db,
        })
    }

    /// State of the HTTP edges.
    pub fn app(&self, entorno: Entorno) -> App {
        App::new(self.db.clone(), self.cx.clone(), self.objetos.clone(), entorno)
    }
}

/// The folder holds customers' data: nobody else on the machine reads it.
fn close_to_others(carpeta: &Path) -> anyhow::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let modo = std::fs::Permissions::from_mode(0o700);
        std::fs::set_permissions(carpeta, modo)
            .with_context(|| format!("no se puede cerrar la carpeta {}", carpeta.display()))?;
    }
    Ok(())
}

/// S3 if `S3_ENDPOINT` is set, else a folder beside the data.
fn objects(carpeta: &Path) -> anyhow::Result<Objetos> {
    let var = |nombre: &str| std::env::var(nombre).ok().filter(|v| !v.is_empty());
    let Some(endpoint) = var("S3_ENDPOINT") else {
        return Ok(Objetos::local(&carpeta.join("objetos"))?);
    };
    let falta = |nombre: &str| format!("S3_ENDPOINT está puesto pero falta {nombre}");
    Ok(Objetos::s3(&S3 {
        endpoint,
        bucket: var("S3_BUCKET").with_context(|| falta("S3_BUCKET"))?,
        access_key: var("S3_ACCESS_KEY").with_context(|| falta("S3_ACCESS_KEY"))?,
        secret_key: var("S3_SECRET_KEY").with_context(|| falta("S3_SECRET_KEY"))?,
    })?)
}
