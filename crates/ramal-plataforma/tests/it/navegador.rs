//! A browser without a screen: it keeps cookies, sends the token of the last form it saw, and comes
//! from an address. Asserts nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, header};
use ramal_base::{Cx, FixedClock};
use ramal_db::{Db, Objetos};
use ramal_plataforma::{
    NuevoUsuario, Puerta, RolDado, Sello, UsuarioId, create_administrador, create_usuario, identify,
};
use ramal_web::limites::{Cupo, LIMITES, Limites};
use ramal_web::{App, Borde, Entorno, Proxy, assemble};
use tower::ServiceExt;

/// Password of everybody in these tests.
pub const FRASE: &str = "cuatro caballos verdes";

/// A served site with its clock.
pub struct Casa {
    pub db: Db,
    pub cx: Cx,
    pub reloj: Arc<FixedClock>,
    pub sello: Sello,
    pub router: Router,
}

/// What came back.
pub struct Vuelta {
    pub estado: u16,
    pub texto: String,
    pub cabeceras: HeaderMap,
}

impl Vuelta {
    /// Where it leads; empty if nowhere.
    pub fn lugar(&self) -> &str {
        self.cabeceras.get(header::LOCATION).map_or("", |v| v.to_str().unwrap())
    }
}

impl Casa {
    pub fn new(db: Db) -> Casa {
        Casa::with(db, |puerta| puerta)
    }

    pub fn with(db: Db, cambiar: impl FnOnce(Puerta) -> Puerta) -> Casa {
        let reloj = ramal_testkit::reloj();
        let cx = ramal_testkit::cx_en(&reloj);
        let sello = Sello::from_bytes(&[7; 32]);
        let app = App::new(db.clone(), cx.clone(), Objetos::memoria(), Entorno::prueba());
        let holgado = Cupo { rafaga: 100_000, cada_ms: 1 };
        let limites = Limites { entrada: holgado, ..LIMITES };
        let app = app.behind(Borde { proxy: Proxy::Propio, limites });
        let puerta = Puerta::new(sello.clone());
        let sitio = identify(ramal_plataforma::sitio(), &app, cambiar(puerta));
        let router = assemble(app, vec![ramal_plataforma::rutas()], sitio);
        Casa { db, cx, reloj, sello, router }
    }

    /// The first administrator, with [`FRASE`].
    pub async fn jefa(&self) -> UsuarioId {
        let quien = ("rosa@norte.pe", "Rosa Díaz");
        create_administrador(&self.db, &self.cx, quien, FRASE).await.unwrap().id
    }

    /// Somebody with these roles and [`FRASE`].
    pub async fn alguien(&self, correo: &str, roles: Vec<RolDado>) -> UsuarioId {
        let hash = ramal_plataforma::contrasena::hash(FRASE).await.unwrap();
        let tx = self.db.begin().await.unwrap();
        let nuevo = NuevoUsuario { correo: correo.into(), nombre: "Luis Paz".into(), roles };
        let todo = ["*".to_owned()];
        let id = create_usuario(&tx, &self.cx, &todo, nuevo).await.unwrap().id;
        ramal_plataforma::actions::change_contrasena::change_contrasena(
            &tx,
            &self.cx,
            (id, &hash),
            None,
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
        id
    }

    pub fn navegador(&self) -> Navegador {
        Navegador {
            router: self.router.clone(),
            galletas: BTreeMap::new(),
            direccion: "10.0.0.1".into(),
            testigo: String::new(),
        }
    }

    /// A browser in which somebody just signed in.
    pub async fn dentro(&self, correo: &str) -> Navegador {
        let mut n = self.navegador();
        let vuelta = n.entrar(correo, FRASE).await;
        assert_eq!(vuelta.estado, 303, "{}", vuelta.texto);
        n
    }

    /// Rows of a text column, joined.
    pub async fn columna(&self, sql: &str) -> Vec<String> {
        use ramal_db::Consulta;
        self.db.column(sql, vec![]).await.unwrap()
    }

    pub async fn cuenta(&self, sql: &str) -> i64 {
        use ramal_db::Consulta;
        self.db.scalar(sql, vec![]).await.unwrap().unwrap()
    }
}

#[derive(Clone)]
pub struct Navegador {
    router: Router,
    pub galletas: BTreeMap<String, String>,
    pub direccion: String,
    pub testigo: String,
}

impl Navegador {
    pub async fn get(&mut self, ruta: &str) -> Vuelta {
        let pedido = Request::get(ruta);
        self.send(pedido, String::new()).await
    }

    /// Sends a form with the token of the last page.
    pub async fn post(&mut self, ruta: &str, campos: &[(&str, &str)]) -> Vuelta {
        let pedido =
            Request::post(ruta).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(pedido, form(&self.testigo, campos)).await
    }

    /// Opens a page and sends a form to an address.
    pub async fn llenar(&mut self, pagina: &str, ruta: &str, campos: &[(&str, &str)]) -> Vuelta {
        let vuelta = self.get(pagina).await;
        assert_eq!(vuelta.estado, 200, "{pagina}: {}", vuelta.texto);
        self.post(ruta, campos).await
    }

    pub async fn entrar(&mut self, correo: &str, contrasena: &str) -> Vuelta {
        self.get("/entrar").await;
        self.post("/entrar", &[("correo", correo), ("contrasena", contrasena)]).await
    }

    /// Whether somebody is signed in here.
    pub async fn is_dentro(&mut self) -> bool {
        let vuelta = self.get("/perfil").await;
        assert!(vuelta.estado == 200 || vuelta.lugar().starts_with("/entrar?volver="));
        vuelta.estado == 200
    }

    pub fn token(&self) -> String {
        self.galletas.get("ramal_sesion").cloned().unwrap_or_default()
    }

    async fn send(&mut self, pedido: axum::http::request::Builder, cuerpo: String) -> Vuelta {
        let galletas: Vec<String> = self.galletas.iter().map(|(n, v)| format!("{n}={v}")).collect();
        let pedido = pedido
            .header(header::COOKIE, galletas.join("; "))
            .header("x-forwarded-for", &self.direccion)
            .header(header::USER_AGENT, "Firefox/128.0 (X11; Linux)")
            .body(Body::from(cuerpo))
            .unwrap();
        let respuesta = self.router.clone().oneshot(pedido).await.unwrap();
        let cabeceras = respuesta.headers().clone();
        for galleta in cabeceras.get_all(header::SET_COOKIE) {
            self.keep(galleta.to_str().unwrap());
        }
        let estado = respuesta.status().as_u16();
        let bytes = to_bytes(respuesta.into_body(), 1 << 22).await.unwrap();
        let texto = String::from_utf8_lossy(&bytes).into_owned();
        if let Some(testigo) = token_in(&texto) {
            self.testigo = testigo;
        }
        Vuelta { estado, texto, cabeceras }
    }

    fn keep(&mut self, galleta: &str) {
        let (par, resto) = galleta.split_once(';').unwrap();
        let (nombre, valor) = par.split_once('=').unwrap();
        if resto.contains("Max-Age=0") {
            self.galletas.remove(nombre);
        } else {
            self.galletas.insert(nombre.to_owned(), valor.to_owned());
        }
    }
}

fn form(testigo: &str, campos: &[(&str, &str)]) -> String {
    let mut cuerpo = form_urlencoded::Serializer::new(String::new());
    cuerpo.append_pair("_csrf", testigo).extend_pairs(campos);
    cuerpo.finish()
}

fn token_in(texto: &str) -> Option<String> {
    let (_, resto) = texto.split_once("name=\"_csrf\" value=\"")?;
    resto.split('"').next().map(ToOwned::to_owned)
}
