//! `ramal ajustes`: shows and changes how the company, or an emisor, bills.

use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use ramal_facturacion::ajustes::{self, Dueno};
use serde_json::{Map, Value};

use super::Comun;
use crate::salida::{self, HECHO, problem};

/// Ajustes de la empresa o de un emisor.
#[derive(Args)]
pub struct Ajustes {
    #[command(flatten)]
    comun: Comun,
    /// RFC o RUC; sin él, los de la empresa.
    #[arg(long)]
    emisor: Option<String>,
    /// CLAVE=VALOR; sin valor (CLAVE=) vuelve al de defecto. Sin cambios, solo los muestra.
    cambios: Vec<String>,
}

impl Ajustes {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        let casa = self.comun.casa().await?;
        let dueno = match &self.emisor {
            None => Dueno::Empresa,
            Some(numero) => Dueno::Emisor(super::emisor_named(&casa, Some(numero)).await?.id),
        };
        let cambios =
            self.cambios.iter().map(|c| parse(c)).collect::<anyhow::Result<Map<_, _>>>()?;
        let tx = casa.db.begin().await?;
        let todos = ajustes::change(&tx, &casa.cx, dueno, &cambios).await.map_err(problem)?;
        tx.commit().await?;
        if self.comun.json {
            salida::print_json(&todos)?;
        } else {
            for (clave, valor) in todos.as_object().into_iter().flatten() {
                salida::print_line(&format!("{clave}={valor}"))?;
            }
        }
        Ok(HECHO)
    }
}

/// `terminos_dias=5` is a number, `corrida_automatica=true` a boolean, anything else a text.
fn parse(cambio: &str) -> anyhow::Result<(String, Value)> {
    let (clave, valor) =
        cambio.split_once('=').with_context(|| format!("«{cambio}» debe ser CLAVE=VALOR"))?;
    let valor = match valor {
        "" => Value::Null,
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        numero if numero.len() < 4 && clave.ends_with("_dias") => {
            numero.parse::<u64>().map_or_else(|_| Value::from(numero), Value::from)
        }
        texto => Value::from(texto),
    };
    Ok((clave.to_owned(), valor))
}
