//! `ramal usuarios`: the people who sign in, for whoever has the machine: first administrator,
//! links for those who lost their password. It shows no password and no hash.

use std::io::Read;
use std::process::ExitCode;

use anyhow::{Context, ensure};
use clap::{Args, Subcommand};
use ramal_plataforma::actions::change_contrasena::{change_contrasena, make_enlace};
use ramal_plataforma::actions::create_usuario::create_usuario;
use ramal_plataforma::{NuevoUsuario, RolDado, contrasena, usuario_por_correo};
use serde_json::json;

use super::Comun;
use crate::puerta;
use crate::salida::{self, HECHO, problem};

/// Personas que entran con correo y contraseña.
#[derive(Args)]
pub struct Usuarios {
    #[command(flatten)]
    comun: Comun,
    #[command(subcommand)]
    que: Que,
}

#[derive(Subcommand)]
enum Que {
    /// Crea una persona; la contraseña se lee de la entrada.
    Crear(Crear),
    /// Hace un enlace de un solo uso para poner otra contraseña.
    Recuperar(Recuperar),
}

#[derive(Args)]
struct Crear {
    /// Correo con el que entra.
    #[arg(long)]
    correo: String,
    /// Nombre que se muestra.
    #[arg(long)]
    nombre: String,
    /// Rol; se puede repetir.
    #[arg(long, default_value = "administrador")]
    rol: Vec<String>,
}

#[derive(Args)]
struct Recuperar {
    /// Correo con el que entra.
    #[arg(long)]
    correo: String,
    /// Dirección pública con la que se arma el enlace.
    #[arg(long, env = "RAMAL_URL", default_value = "http://127.0.0.1:8080")]
    url: String,
}

impl Usuarios {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        match &self.que {
            Que::Crear(crear) => self.create(crear).await,
            Que::Recuperar(recuperar) => self.recover(recuperar).await,
        }
    }

    async fn create(&self, pedido: &Crear) -> anyhow::Result<ExitCode> {
        let mut escrita = String::new();
        std::io::stdin().take(4096).read_to_string(&mut escrita)?;
        let escrita = escrita.trim_end_matches(['\r', '\n']);
        ensure!(!escrita.is_empty(), "escriba la contraseña en la entrada del comando");
        let casa = self.comun.casa().await?;
        let roles = pedido.rol.iter().map(RolDado::everywhere).collect();
        let nuevo =
            NuevoUsuario { correo: pedido.correo.clone(), nombre: pedido.nombre.clone(), roles };
        make(&casa, nuevo, escrita).await?;
        if self.comun.json {
            salida::print_json(&json!({"correo": pedido.correo, "roles": pedido.rol}))?;
        } else {
            println!("{} puede entrar.", pedido.correo);
        }
        Ok(HECHO)
    }

    async fn recover(&self, pedido: &Recuperar) -> anyhow::Result<ExitCode> {
        let casa = self.comun.casa().await?;
        let hallado = usuario_por_correo(&casa.db, &pedido.correo).await.map_err(problem)?;
        let hallado = hallado.context("no hay nadie con ese correo")?;
        let url = pedido.url.trim_end_matches('/');
        let puerta = puerta::open(&casa, url)?;
        let tx = casa.db.begin().await?;
        let enlace = make_enlace(&tx, &casa.cx, (&puerta, url), hallado.id).await;
        let enlace = enlace.map_err(problem)?;
        tx.commit().await?;
        if self.comun.json {
            salida::print_json(&json!({"enlace": enlace}))?;
        } else {
            println!("Enlace de un solo uso, por 30 minutos: {enlace}");
        }
        Ok(HECHO)
    }
}

/// Makes a user with a password, in the name of whoever has the machine.
pub async fn make(
    casa: &crate::casa::Casa,
    nuevo: NuevoUsuario,
    escrita: &str,
) -> anyhow::Result<()> {
    let correo = nuevo.correo.trim().to_ascii_lowercase();
    contrasena::check(escrita, &correo)
        .map_err(|campo| problem(ramal_base::Problema::campos(vec![campo])))?;
    let hash = contrasena::hash(escrita).await.map_err(problem)?;
    let tx = casa.db.begin().await?;
    let todo = ["*".to_owned()];
    let usuario = create_usuario(&tx, &casa.cx, &todo, nuevo).await.map_err(problem)?;
    change_contrasena(&tx, &casa.cx, (usuario.id, &hash), None).await.map_err(problem)?;
    tx.commit().await?;
    Ok(())
}
