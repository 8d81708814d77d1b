//! `ramal serve` on a data folder and a free port, and plain requests to it. Asserts nothing.

use std::cell::RefCell;
use std::collections::BTreeMap;
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
        let cabeceras = format!("{autorizacion}Content-Type: application/json\r\n");
        let (estado, _, cuerpo) = self.raw(metodo, ruta, &cabeceras, cuerpo);
        (estado, serde_json::from_str(&cuerpo).unwrap_or(Value::Null))
    }

    /// Status, headers and body of a request; `cabeceras` are whole lines.
    pub fn raw(
        &self,
        metodo: &str,
        ruta: &str,
        cabeceras: &str,
        cuerpo: &str,
    ) -> (u16, String, String) {
        let mut conexion = TcpStream::connect(&self.direccion).unwrap();
        write!(
            conexion,
            "{metodo} {ruta} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n{cabeceras}\
             Content-Length: {}\r\n\r\n{cuerpo}",
            self.direccion,
            cuerpo.len()
        )
        .unwrap();
        let mut todo = Vec::new();
        conexion.read_to_end(&mut todo).unwrap();
        let texto = String::from_utf8_lossy(&todo);
        let (cabeceras, cuerpo) = texto.split_once("\r\n\r\n").unwrap();
        let estado = cabeceras.split(' ').nth(1).unwrap().parse().unwrap();
        (estado, cabeceras.to_owned(), cuerpo.to_owned())
    }
}

impl Drop for Servido {
    fn drop(&mut self) {
        let _ = self.proceso.kill();
        let _ = self.proceso.wait();
    }
}

/// A browser without eyes: it keeps cookies and sends forms.
pub struct Navegador<'a> {
    servido: &'a Servido,
    galletas: RefCell<BTreeMap<String, String>>,
}

impl Navegador<'_> {
    pub fn new(servido: &Servido) -> Navegador<'_> {
        Navegador { servido, galletas: RefCell::default() }
    }

    /// Status, headers and body; a POST carries the form given.
    pub fn ask(&self, metodo: &str, ruta: &str, formulario: &str) -> (u16, String, String) {
        let galletas: Vec<String> =
            self.galletas.borrow().iter().map(|(n, v)| format!("{n}={v}")).collect();
        let mut cabeceras = format!("Cookie: {}\r\n", galletas.join("; "));
        let cuerpo = if metodo == "POST" { formulario } else { "" };
        if metodo == "POST" {
            cabeceras.push_str("Content-Type: application/x-www-form-urlencoded\r\n");
        }
        let respuesta = self.servido.raw(metodo, ruta, &cabeceras, cuerpo);
        for linea in respuesta.1.lines() {
            let Some((nombre, valor)) = linea.split_once(": ") else { continue };
            if nombre.eq_ignore_ascii_case("set-cookie")
                && let Some((n, v)) = valor.split(';').next().and_then(|par| par.split_once('='))
            {
                self.galletas.borrow_mut().insert(n.to_owned(), v.to_owned());
            }
        }
        respuesta
    }

    /// Signs in by the page, as a person does.
    pub fn sign_in(&self, correo: &str, contrasena: &str) {
        let (_, _, pagina) = self.ask("GET", "/entrar", "");
        let testigo = pagina.split("name=\"_csrf\" value=\"").nth(1).unwrap();
        let testigo = testigo.split('"').next().unwrap();
        let datos = format!("_csrf={testigo}&correo={correo}&contrasena={contrasena}");
        let (estado, cabeceras, cuerpo) = self.ask("POST", "/entrar", &datos);
        assert_eq!(estado, 303, "{correo}: {cabeceras}\n{cuerpo}");
    }
}
