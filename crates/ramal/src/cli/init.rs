//! `ramal init`: a company, its emisor, a test certificate if asked, and the first API key.

use std::process::ExitCode;

use clap::Args;
use ramal_base::Pais;
use ramal_fiscal::EmisorFiscal;
use ramal_fiscal::firmante::{self, Procedencia};
use ramal_plataforma::{
    Emisor, NuevaClave, NuevaEmpresa, NuevoEmisor, create_clave, create_emisor, create_empresa,
};
use serde_json::json;

use super::Comun;
use crate::casa::Casa;
use crate::salida::{self, HECHO, problem};

/// Deja una empresa lista para facturar en modo emulado.
#[derive(Args)]
pub struct Init {
    #[command(flatten)]
    comun: Comun,
    /// País del emisor.
    #[arg(long, value_parser = ["mx", "pe"])]
    pais: String,
    /// RFC o RUC del emisor.
    #[arg(long)]
    emisor: String,
    /// Razón social, como la tiene la autoridad.
    #[arg(long)]
    razon_social: String,
    /// Genera un certificado de prueba en el momento.
    #[arg(long)]
    certificado_prueba: bool,
    /// Código postal de expedición (MX).
    #[arg(long)]
    codigo_postal: Option<String>,
    /// Régimen fiscal (MX).
    #[arg(long)]
    regimen: Option<String>,
    /// Ubigeo del domicilio fiscal (PE).
    #[arg(long)]
    ubigeo: Option<String>,
    /// Calle y número.
    #[arg(long)]
    direccion: Option<String>,
}

/// What setting up an emisor gave.
pub struct Alta {
    /// The emisor.
    pub emisor: Emisor,
    /// First API key, only when the company was made now.
    pub clave: Option<String>,
}

impl Init {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        let pais = Pais::parse(&self.pais).unwrap_or(Pais::Mx);
        let casa = self.comun.casa().await?;
        let nuevo = NuevoEmisor {
            codigo_postal: self.codigo_postal,
            regimen_fiscal: self.regimen,
            ubigeo: self.ubigeo,
            direccion: self.direccion,
            ..NuevoEmisor::new(pais, self.emisor, self.razon_social)
        };
        let alta = set_up(&casa, nuevo).await?;
        if self.certificado_prueba {
            test_certificate(&casa, &alta.emisor).await?;
        }
        if self.comun.json {
            salida::print_json(&json!({
                "emisor": alta.emisor.numero,
                "pais": alta.emisor.pais.codigo(),
                "clave_api": alta.clave,
                "carpeta": casa.carpeta,
            }))?;
        } else {
            println!("Emisor {} listo en {}.", alta.emisor.numero, casa.carpeta.display());
            if let Some(clave) = alta.clave {
                println!("Clave de la API (se muestra una sola vez): {clave}");
            }
        }
        Ok(HECHO)
    }
}

/// Makes the company if there is none, and an emisor; an emisor that exists stays as it is.
pub async fn set_up(casa: &Casa, nuevo: NuevoEmisor) -> anyhow::Result<Alta> {
    let tx = casa.db.begin().await?;
    let mut clave = None;
    if ramal_plataforma::empresa_if_any(&tx).await.map_err(problem)?.is_none() {
        let empresa = NuevaEmpresa::new(nuevo.razon_social.clone(), nuevo.pais);
        create_empresa(&tx, &casa.cx, empresa).await.map_err(problem)?;
        let nueva = NuevaClave { nombre: "inicial".into(), permisos: vec!["*".into()] };
        clave = Some(create_clave(&tx, &casa.cx, nueva).await.map_err(problem)?.texto);
    }
    let existentes = ramal_plataforma::emisores(&tx).await.map_err(problem)?;
    let buscado = nuevo.numero.trim().to_uppercase();
    let emisor = match existentes.into_iter().find(|e| e.numero == buscado) {
        Some(emisor) => emisor,
        None => create_emisor(&tx, &casa.cx, nuevo).await.map_err(problem)?,
    };
    tx.commit().await?;
    Ok(Alta { emisor, clave })
}

/// Gives an emisor a certificate made on the spot.
pub async fn test_certificate(casa: &Casa, emisor: &Emisor) -> anyhow::Result<()> {
    let fiscal = EmisorFiscal::from(emisor.clone());
    let cx = casa.cx.clone();
    let (fiscal, firmante) = tokio::task::spawn_blocking(move || {
        let firmante = firmante::prueba(&fiscal, &cx);
        (fiscal, firmante)
    })
    .await?;
    let firmante = firmante.map_err(problem)?;
    let tx = casa.db.begin().await?;
    let con = (&firmante, Procedencia::Prueba);
    firmante::load_certificado(&tx, &casa.cx, &casa.sello, &fiscal, con).await.map_err(problem)?;
    tx.commit().await?;
    Ok(())
}
