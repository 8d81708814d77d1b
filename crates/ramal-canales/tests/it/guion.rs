//! A server that follows a script, line by line, to break the dialogue where we want.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// A step of the server.
#[derive(Clone)]
pub enum Paso {
    /// Writes these bytes.
    Di(&'static str),
    /// Reads one line.
    Lee,
    /// Reads lines up to the final dot.
    LeeCorreo,
    /// Reads this many bytes.
    LeeBytes(usize),
    /// Says nothing more, and stays connected.
    Calla,
}

/// The usual greeting, with what is offered.
pub fn saludo(ehlo: &'static str) -> Vec<Paso> {
    vec![Paso::Di("220 mx ESMTP\r\n"), Paso::Lee, Paso::Di(ehlo)]
}

/// A server with one script per connection; after a script the connection is closed.
pub struct Guion {
    pub puerto: u16,
    leido: Arc<Mutex<Vec<Vec<String>>>>,
}

impl Guion {
    pub async fn start(guiones: Vec<Vec<Paso>>) -> Guion {
        let oido = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let puerto = oido.local_addr().unwrap().port();
        let leido = Arc::new(Mutex::new(Vec::new()));
        let compartido = leido.clone();
        tokio::spawn(async move {
            for guion in guiones {
                let (flujo, _) = oido.accept().await.unwrap();
                compartido.lock().unwrap().push(Vec::new());
                let compartido = compartido.clone();
                tokio::spawn(async move { play(flujo, guion, compartido).await });
            }
            // Further connections are accepted by nobody.
            std::future::pending::<()>().await;
        });
        Guion { puerto, leido }
    }

    /// Lines that each connection sent.
    pub fn heard(&self) -> Vec<Vec<String>> {
        self.leido.lock().unwrap().clone()
    }

    /// Commands heard that begin so, in all connections.
    pub fn count(&self, comienzo: &str) -> usize {
        self.heard().iter().flatten().filter(|l| l.starts_with(comienzo)).count()
    }
}

async fn play(flujo: TcpStream, guion: Vec<Paso>, leido: Arc<Mutex<Vec<Vec<String>>>>) {
    let mut flujo = BufReader::new(flujo);
    for paso in guion {
        match paso {
            Paso::Di(texto) => {
                if flujo.write_all(texto.as_bytes()).await.is_err() {
                    return;
                }
            }
            Paso::Lee => {
                if listen(&mut flujo, &leido).await.is_none() {
                    return;
                }
            }
            Paso::LeeCorreo => while listen(&mut flujo, &leido).await.is_some_and(|l| l != ".") {},
            Paso::LeeBytes(n) => {
                let mut parte = vec![0; n];
                let _ = flujo.read_exact(&mut parte).await;
            }
            Paso::Calla => std::future::pending().await,
        }
    }
}

async fn listen(
    flujo: &mut BufReader<TcpStream>,
    leido: &Arc<Mutex<Vec<Vec<String>>>>,
) -> Option<String> {
    let mut linea = String::new();
    if flujo.read_line(&mut linea).await.ok()? == 0 {
        return None;
    }
    let linea = linea.trim_end_matches(['\r', '\n']).to_owned();
    leido.lock().unwrap().last_mut().unwrap().push(linea.clone());
    Some(linea)
}
