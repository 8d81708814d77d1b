//! A browser without a screen: cookies, redirects and the forms of the provider's pages. It runs no
//! script.

use std::collections::HashMap;
use std::sync::Mutex;

use ramal_oidc::Regreso;
use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Response, Url};

/// One person's browser.
pub struct Navegador {
    http: Client,
    galletas: Mutex<HashMap<String, String>>,
}

impl Navegador {
    pub fn new() -> Navegador {
        let http = Client::builder().redirect(Policy::none()).build().unwrap();
        Navegador { http, galletas: Mutex::default() }
    }

    /// Signs in as `persona` from the address of `begin`, until the browser is sent to `retorno`.
    pub async fn sign_in(&self, url: Url, persona: &str, retorno: &str) -> Regreso {
        let mut paso = self.follow(self.http.get(url), retorno).await;
        for _ in 0..4 {
            let pagina = match paso {
                Paso::Fuera(url) => return answer(&url),
                Paso::Pagina(pagina) => pagina,
            };
            let prompt = attribute(&pagina, "name=\"prompt\" value=\"");
            let campos = [("prompt", &*prompt), ("login", persona), ("password", "x")];
            let accion = attribute(&pagina, "action=\"");
            paso = self.follow(self.http.post(accion).form(&campos), retorno).await;
        }
        panic!("the provider keeps asking");
    }

    /// Signs out at the provider from the address of `end_session_url`, saying yes.
    pub async fn sign_out(&self, url: Url, retorno: &str) {
        let Paso::Pagina(pagina) = self.follow(self.http.get(url), retorno).await else {
            panic!("the provider did not ask");
        };
        let xsrf = attribute(&pagina, "name=\"xsrf\" value=\"");
        let accion = attribute(&pagina, "action=\"");
        let campos = [("xsrf", &*xsrf), ("logout", "yes")];
        match self.follow(self.http.post(accion).form(&campos), retorno).await {
            Paso::Fuera(_) => {}
            Paso::Pagina(pagina) => panic!("not sent back: {pagina}"),
        }
    }

    async fn follow(&self, pedido: RequestBuilder, retorno: &str) -> Paso {
        let mut respuesta = self.send(pedido).await;
        for _ in 0..10 {
            let Some(destino) = respuesta.headers().get(LOCATION) else {
                let estado = respuesta.status();
                let pagina = respuesta.text().await.unwrap();
                assert!(estado.is_success(), "{estado}: {pagina}");
                return Paso::Pagina(pagina);
            };
            let destino = respuesta.url().join(destino.to_str().unwrap()).unwrap();
            if destino.as_str().starts_with(retorno) {
                return Paso::Fuera(destino);
            }
            respuesta = self.send(self.http.get(destino)).await;
        }
        panic!("too many redirects");
    }

    async fn send(&self, pedido: RequestBuilder) -> Response {
        let galletas: Vec<String> =
            self.galletas.lock().unwrap().iter().map(|(n, v)| format!("{n}={v}")).collect();
        let respuesta = pedido.header(COOKIE, galletas.join("; ")).send().await.unwrap();
        let mut jarra = self.galletas.lock().unwrap();
        for galleta in respuesta.headers().get_all(SET_COOKIE) {
            let par = galleta.to_str().unwrap().split(';').next().unwrap();
            let (nombre, valor) = par.split_once('=').unwrap();
            if valor.is_empty() {
                jarra.remove(nombre);
            } else {
                jarra.insert(nombre.to_owned(), valor.to_owned());
            }
        }
        drop(jarra);
        respuesta
    }
}

enum Paso {
    Pagina(String),
    Fuera(Url),
}

/// The text from `marca` to the next quote.
fn attribute(pagina: &str, marca: &str) -> String {
    let desde = pagina.find(marca).unwrap_or_else(|| panic!("{marca} is not in {pagina}"));
    let resto = &pagina[desde + marca.len()..];
    resto[..resto.find('"').unwrap()].replace("&amp;", "&")
}

fn answer(url: &Url) -> Regreso {
    let query: HashMap<String, String> = url.query_pairs().into_owned().collect();
    let toma = |nombre: &str| query.get(nombre).cloned();
    Regreso { code: toma("code"), state: toma("state"), error: toma("error"), iss: toma("iss") }
}
