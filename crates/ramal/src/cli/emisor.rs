//! `ramal emisor certificado|reanudar`: loads a CSD, P12 or PEM, whose key is sealed at once and
//! whose password is never kept; lifts a pause.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Subcommand};
use ramal_base::Pais;
use ramal_cfdi::Csd;
use ramal_fiscal::firmante::{self, Procedencia};
use ramal_fiscal::{EmisorFiscal, Error, Firmante};
use ramal_sunat::firma::FirmanteSunat;
use serde_json::json;

use super::Comun;
use crate::salida::{self, HECHO, problem};

/// Emisores.
#[derive(Args)]
pub struct Emisor {
    #[command(subcommand)]
    que: Que,
}

#[derive(Subcommand)]
enum Que {
    /// Carga el certificado con que firma un emisor.
    Certificado(Certificado),
    /// Vuelve a enviar lo de un emisor pausado, ya corregido lo que lo detuvo.
    Reanudar(Reanudar),
}

#[derive(Args)]
struct Reanudar {
    #[command(flatten)]
    comun: Comun,
    /// RFC o RUC; sobra si hay un solo emisor.
    #[arg(long)]
    emisor: Option<String>,
}

impl Reanudar {
    async fn resume(self) -> anyhow::Result<ExitCode> {
        let casa = self.comun.casa().await?;
        let emisor = super::emisor_named(&casa, self.emisor.as_deref()).await?;
        let tx = casa.db.begin().await?;
        let hecho = ramal_fiscal::actions::resume_emisor(&tx, &casa.cx, emisor.id.uuid()).await;
        let reanudados = hecho.map_err(problem)?;
        tx.commit().await?;
        if self.comun.json {
            salida::print_json(&json!({"emisor": emisor.numero, "reanudados": reanudados}))?;
        } else {
            println!("{} reanudado: {reanudados} comprobantes vuelven a la cola", emisor.numero);
        }
        Ok(HECHO)
    }
}

#[derive(Args)]
struct Certificado {
    #[command(flatten)]
    comun: Comun,
    /// RFC o RUC; sobra si hay un solo emisor.
    #[arg(long)]
    emisor: Option<String>,
    /// Certificado .cer (MX) o PEM (PE).
    #[arg(long)]
    cer: Option<PathBuf>,
    /// Llave .key (MX) o PEM (PE).
    #[arg(long)]
    key: Option<PathBuf>,
    /// Archivo .p12 o .pfx (PE).
    #[arg(long, conflicts_with_all = ["cer", "key"])]
    p12: Option<PathBuf>,
    /// Variable de entorno que tiene la contraseña; nunca se pasa como argumento.
    #[arg(long, default_value = "RAMAL_CONTRASENA")]
    contrasena_env: String,
    /// Genera uno de prueba en el momento.
    #[arg(long, conflicts_with_all = ["cer", "key", "p12"])]
    prueba: bool,
}

impl Emisor {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        match self.que {
            Que::Certificado(certificado) => certificado.load().await,
            Que::Reanudar(reanudar) => reanudar.resume().await,
        }
    }
}

impl Certificado {
    async fn load(self) -> anyhow::Result<ExitCode> {
        let casa = self.comun.casa().await?;
        let emisor = super::emisor_named(&casa, self.emisor.as_deref()).await?;
        let emisor = EmisorFiscal::from(emisor);
        let (firmante, procedencia) = if self.prueba {
            (firmante::prueba(&emisor, &casa.cx).map_err(problem)?, Procedencia::Prueba)
        } else {
            (self.open(&emisor)?, Procedencia::Autoridad)
        };
        let tx = casa.db.begin().await?;
        let con = (&firmante, procedencia);
        let fila = firmante::load_certificado(&tx, &casa.cx, &casa.sello, &emisor, con).await;
        let fila = fila.map_err(problem)?;
        tx.commit().await?;
        if self.comun.json {
            salida::print_json(&json!({
                "emisor": emisor.numero,
                "numero": fila.numero,
                "desde": fila.desde,
                "hasta": fila.hasta,
                "prueba": fila.prueba,
            }))?;
        } else {
            let (numero, vence) = (fila.numero, fila.hasta);
            println!("Certificado {numero} de {} cargado; vence {vence}.", emisor.numero);
        }
        Ok(HECHO)
    }

    fn open(&self, emisor: &EmisorFiscal) -> anyhow::Result<Firmante> {
        let contrasena = std::env::var(&self.contrasena_env).unwrap_or_default();
        if emisor.pais == Pais::Pe {
            return self.open_pe(&contrasena);
        }
        let csd = Csd::load(
            &file(self.cer.as_deref(), "--cer")?,
            &file(self.key.as_deref(), "--key")?,
            &contrasena,
        );
        let csd = csd.map_err(|e| problem(Error::Certificado(e.to_string())))?;
        Ok(Firmante::Mx(Box::new(csd)))
    }

    fn open_pe(&self, contrasena: &str) -> anyhow::Result<Firmante> {
        let firmante = match &self.p12 {
            Some(p12) => FirmanteSunat::from_p12(&file(Some(p12), "--p12")?, contrasena),
            None => {
                let cer = String::from_utf8(file(self.cer.as_deref(), "--cer o --p12")?)?;
                let key = match &self.key {
                    Some(key) => String::from_utf8(file(Some(key), "--key")?)?,
                    None => cer.clone(),
                };
                let clave = Some(contrasena).filter(|c| !c.is_empty());
                FirmanteSunat::from_pem(&key, &cer, clave)
            }
        };
        let firmante = firmante.map_err(|e| problem(Error::Certificado(e.to_string())))?;
        Ok(Firmante::Pe(Box::new(firmante)))
    }
}

fn file(ruta: Option<&Path>, opcion: &str) -> anyhow::Result<Vec<u8>> {
    let ruta = ruta.with_context(|| format!("falta {opcion}"))?;
    std::fs::read(ruta).with_context(|| format!("no se puede leer {}", ruta.display()))
}
