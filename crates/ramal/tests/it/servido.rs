//! `ramal serve` on a data folder and a free port, and plain requests to it. Asserts nothing.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::programa::Programa;

/// A server that ends with the test.
pub struct Servido {
    proceso: Child,
    direccion: String,
}

impl Servido {
    /// Starts the server and waits until it says where it listens.
    pub fn start(programa: &Programa) -> Servido {
        let mut orden = Command::new(env!("CARGO_BIN_EXE_ramal"));
        orden.args(["serve", "--port", "0"]).env_remove("DATABASE_URL").env("RUST_LOG", "off");
        orden.env("RAMAL_DATA", programa.data());
        let mut proceso = orden.stderr(Stdio::piped()).spawn().unwrap();
        let mut lineas = BufReader::new(proceso.stderr.take().unwrap()).lines();
        let direccion = lineas.by_ref().find_map(|l| {
            let resto = l.unwrap().split_once("API en http://")?.1.to_owned();
            Some(resto.split('/').next()?.to_owned())
        });
        std::thread::spawn(move || lineas.for_each(drop));
        Servido { proceso, direccion: direccion.expect("the server must say its address") }
    }

    /// Status and JSON body (null if it has none) of a request.
    pub fn call(
        &self,
        metodo: &str,
        ruta: &str,
        clave: Option<&str>,
        cuerpo: &str,
    ) -> (u16, Value) {
        let autorizacion =
            clave.map_or_else(String::new, |c| format!("Authorization: Bearer {c}\r\n"));
        let mut conexion = TcpStream::connect(&self.direccion).unwrap();
        write!(
            conexion,
            "{metodo} {ruta} HTTP/1.1\r\nHost: ramal\r\nConnection: close\r\n{autorizacion}\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{cuerpo}",
            cuerpo.len()
        )
        .unwrap();
        let mut todo = Vec::new();
        conexion.read_to_end(&mut todo).unwrap();
        let texto = String::from_utf8_lossy(&todo);
        let (cabeceras, cuerpo) = texto.split_once("\r\n\r\n").unwrap();
        let estado = cabeceras.split(' ').nth(1).unwrap().parse().unwrap();
        (estado, serde_json::from_str(cuerpo).unwrap_or(Value::Null))
    }
}

impl Drop for Servido {
    fn drop(&mut self) {
        let _ = self.proceso.kill();
        let _ = self.proceso.wait();
    }
}
