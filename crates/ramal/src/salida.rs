//! What a command says: one JSON object or a table on stdout, logs on stderr, and the exit code.
// tidy: allow-file(synonym) the logging crate has its own names

use std::io::Write;
use std::process::ExitCode;

use ramal_base::Problema;
use serde::Serialize;
use serde_json::json;
use tracing_subscriber::EnvFilter;

/// Done.
pub const HECHO: ExitCode = ExitCode::SUCCESS;

/// Refused with reasons.
pub fn refused() -> ExitCode {
    ExitCode::from(1)
}

/// Logs as JSON lines on stderr; `RAMAL_LOG` chooses what is said (warnings if nothing).
pub fn init_logs() {
    let filtro = EnvFilter::try_from_env("RAMAL_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    let capa = tracing_subscriber::fmt().json().with_env_filter(filtro);
    capa.with_writer(std::io::stderr).with_current_span(true).init();
}

/// Prints one object on stdout.
pub fn print_json<T: Serialize>(valor: &T) -> anyhow::Result<()> {
    print_line(&serde_json::to_string(valor)?)
}

/// Prints a line on stdout; a reader that has gone away is no fault of ours.
pub fn print_line(texto: &str) -> anyhow::Result<()> {
    match writeln!(std::io::stdout().lock(), "{texto}") {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        otro => otro.map_err(anyhow::Error::from),
    }
}

/// Says why a command was refused, fields and all, and gives exit code 1.
///
/// On stderr for people; with `--json` also as the one object of stdout, so that a script reads
/// the same text that the API gives.
pub fn fail(error: &anyhow::Error) -> ExitCode {
    if std::env::args().any(|a| a == "--json") {
        let problema = error.downcast_ref::<Problema>().cloned();
        let sin_codigo = || Problema::new(422, "error", "No se pudo", format!("{error:#}"));
        let dicho = json!({ "error": problema.unwrap_or_else(sin_codigo) });
        if print_json(&dicho).is_err() {
            return refused();
        }
    }
    match error.downcast_ref::<Problema>() {
        Some(problema) => {
            eprintln!("{}: {}", problema.titulo, problema.detalle);
            for campo in &problema.errores {
                eprintln!("  {} ({}): {}", campo.campo, campo.codigo, campo.motivo);
            }
        }
        None => eprintln!("{error:#}"),
    }
    refused()
}

/// A slice's refusal as the error of a command.
pub fn problem(error: impl Into<Problema>) -> anyhow::Error {
    anyhow::Error::new(error.into())
}
