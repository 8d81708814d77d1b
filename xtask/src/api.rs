//! The HTTP contract: `schema/openapi.json` kept equal to the program, and fuzzed against a served
//! demo. It says nothing about what a request means.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::process::{self, Running};
use crate::python::Venv;

/// What must hold for any request, good or bad: no failure of ours, no undeclared answer.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
    response_schema_conformance";
const EXAMPLES: &str = "12";

/// Writes the schema that the program declares.
pub fn write(root: &Path) -> Result<()> {
    let path = schema_path(root);
    let text = declared(root, &process::build_ramal(root)?)?;
    std::fs::create_dir_all(root.join("schema"))?;
    std::fs::write(&path, text)?;
    println!("wrote {}", path.display());
    Ok(())
}

/// Compares the kept schema with the program. Errors: they differ.
pub fn check(root: &Path) -> Result<()> {
    check_with(root, &process::build_ramal(root)?)
}

/// The same with a binary that is ready.
pub fn check_with(root: &Path, binary: &Path) -> Result<()> {
    let kept = std::fs::read_to_string(schema_path(root)).unwrap_or_default();
    let same = kept == declared(root, binary)?;
    ensure!(same, "schema/openapi.json is out of date: run `cargo xtask openapi`, read the diff");
    Ok(())
}

fn schema_path(root: &Path) -> PathBuf {
    root.join("schema").join("openapi.json")
}

fn declared(root: &Path, binary: &Path) -> Result<String> {
    let data = process::fresh_folder(&root.join("target").join("openapi"))?;
    let text = process::stdout(process::ramal(binary, &data).arg("openapi"))?;
    let schema: Value = serde_json::from_str(&text).context("`ramal openapi` is not JSON")?;
    Ok(format!("{}\n", serde_json::to_string_pretty(&schema)?))
}

/// Sends many good and bad requests to a served demo, within bounds.
pub fn fuzz(root: &Path) -> Result<()> {
    let venv = Venv::ready(root)?;
    let binary = process::build_ramal(root)?;
    fuzz_with(root, &venv, &binary)
}

/// The same with tools that are ready.
pub fn fuzz_with(root: &Path, venv: &Venv, binary: &Path) -> Result<()> {
    let base = process::fresh_folder(&root.join("target").join("demo-api"))?;
    let data = base.join("datos");
    let mut demo = process::ramal(binary, &data);
    let told = process::stdout(demo.args(["demo", "--once", "--json", "--data"]).arg(&data))?;
    let key = api_key(&told).context("the demo printed no API key")?;

    let port = process::free_port()?;
    let mut serve = process::ramal(binary, &data);
    serve.args(["serve", "--port", &port.to_string()]);
    let mut server = Running::start(&mut serve, &base.join("serve.log"))?;
    process::wait_until("ramal serve", Duration::from_secs(60), || is_ready(port))?;

    let url = format!("http://127.0.0.1:{port}/api/v1/openapi.json");
    let mut st = venv.tool("st");
    st.args(["run", &url, "--header", &format!("Authorization: Bearer {key}")]);
    st.args(["--checks", CHECKS, "--phases", "examples,coverage,fuzzing"]);
    st.args(["--max-examples", EXAMPLES, "--seed", "1", "--request-timeout", "30"]);
    // Under the pace that one key is granted: a 429 is no answer of an operation.
    st.args(["--rate-limit", "170/s"]);
    st.args(["--suppress-health-check", "all", "--warnings", "off", "--no-color"]);
    // Its own folder: the tool keeps examples and reports where it runs.
    process::run(st.current_dir(&base))?;
    ensure!(server.is_alive(), "the server did not survive the requests");
    Ok(())
}

/// Whether `GET /health/ready` answers 200.
pub fn is_ready(port: u16) -> bool {
    use std::io::{Read, Write};
    let ask = || -> std::io::Result<String> {
        let mut stream = std::net::TcpStream::connect(("127.0.0.1", port))?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        stream.write_all(b"GET /health/ready HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")?;
        let mut answer = [0u8; 12];
        stream.read_exact(&mut answer)?;
        Ok(String::from_utf8_lossy(&answer).into_owned())
    };
    ask().is_ok_and(|line| line.ends_with(" 200"))
}

/// The key `rml_…` in what `demo` printed, as JSON or as text.
fn api_key(told: &str) -> Option<String> {
    let inside = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let mut words = told.split(|c: char| !inside(c));
    words.find(|w| w.starts_with("rml_") && w.len() >= 24).map(str::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_found_in_json_and_in_text() {
        let key = "rml_a1b2c3d4_-23456789abcdefghij_";
        assert_eq!(api_key(&format!("{{\"clave_api\":\"{key}\"}}")).as_deref(), Some(key));
        let text = format!("Clientes 300\nClave de la API (se muestra una vez): {key}\n");
        assert_eq!(api_key(&text).as_deref(), Some(key));
        assert_eq!(api_key("rml_corta y nada más"), None);
    }
}
