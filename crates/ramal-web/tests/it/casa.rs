//! A small site with pages of every kind, and somebody who signs in by a header. Asserts nothing.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::Response;
use ramal_base::{Instante, Pais, Zona};
use ramal_db::{Consulta, Db, Migracion, Pagina, params};
use ramal_web::grafico::{Punto, Rotulo, barras};
use ramal_web::pagina::{
    Acceso, Aviso, Conteo, Filtro, Formato, FormularioConArchivos, Hito, Insignia, Listado, Marco,
    Navegante, Opcion, UsuarioMarco, page, redirect,
};
use ramal_web::{App, ClaveIdempotencia, Formulario, Peticion, Problem, Sitio, assemble};
use serde::Deserialize;

use crate::llamada::{Vuelta, app, llamar};

/// Where the forms of the site write.
pub const NOTAS: &[Migracion] = &[Migracion {
    id: "20261121_2300_notas_de_prueba",
    sql: "CREATE TABLE notas (id UUID NOT NULL PRIMARY KEY, texto TEXT NOT NULL)",
    postgres: None,
}];

/// Text that a page must never let out as markup.
pub const VENENO: &str = "\"><script>alert(1)</script>'<img src=x onerror=alert(1)>";

#[derive(askama::Template)]
#[template(
    ext = "html",
    source = "{% extends \"publico.html\" %}{% import \"ui/kit.html\" as ui %}\
        {% block contenido %}{% call ui::filtros(l) %}\
        {{ ui::filtro_buscar(l, \"q\", \"kit-buscar\") }}{% endcall %}\
        {{ ui::chips(l) }}{{ ui::conteo(l) }}{{ ui::paginas(l) }}{{ ui::vacio_filtro(l) }}\
        {{ ui::insignia(insignia) }}{{ ui::linea_tiempo(hitos) }}{{ ui::grafico(grafico) }}\
        {{ ui::elegir(l.value(\"q\"), l.value(\"q\")) }}{% endblock %}"
)]
struct Lista {
    marco: Marco,
    l: Listado,
    insignia: Insignia,
    hitos: Vec<Hito>,
    grafico: ramal_web::grafico::Grafico,
}

#[derive(askama::Template)]
#[template(
    ext = "html",
    source = "{% extends \"publico.html\" %}{% import \"ui/kit.html\" as ui %}\
        {% block contenido %}{% call ui::formulario(\"/admin/nuevo\", idem) %}{{ ui::resumen(f) }}\
        {{ ui::campo(f, \"texto\", \"kit-buscar\") }}{{ ui::area(f, \"nota\", \"kit-buscar\") }}\
        {{ ui::boton(\"kit-guardar\") }}{% endcall %}{% endblock %}"
)]
struct Nuevo {
    marco: Marco,
    f: Formulario,
    idem: String,
}

#[derive(Deserialize)]
struct Cmd {
    texto: String,
}

async fn lista(peticion: Peticion) -> Result<Response, Problem> {
    let marco = peticion.marco(&ramal_web::pagina::textos::TEXTOS, "kit-buscar");
    let estados = [Opcion::new("a", "Abierta")];
    let filtros = vec![
        Filtro::texto("q", "kit-buscar"),
        Filtro::opciones("estado", "kit-estado", estados),
        Filtro::fecha("desde", "kit-fecha"),
    ];
    let filas: Pagina<()> = Pagina { datos: vec![], siguiente: Some("sig".to_owned()) };
    let l = Listado::new(&marco, filtros).sortable(&["fecha"]).paged(&filas);
    let l = l.counted(&marco, Conteo::of(10_001));
    let dicho = l.value("q").to_owned();
    let punto = Punto::new(dicho.clone(), 3, dicho.clone());
    let grafico = barras(&Rotulo::new("g", &dicho, &dicho), &dicho, &[punto], |v| v.to_string());
    let hitos = vec![Hito::new(Instante::from_millis(0), &dicho).detail(&dicho)];
    page(StatusCode::OK, &Lista { marco, l, insignia: Insignia::mal(&dicho), hitos, grafico })
}

async fn nuevo(peticion: Peticion) -> Result<Response, Problem> {
    show(&peticion, StatusCode::OK, Formulario::default())
}

fn show(peticion: &Peticion, estado: StatusCode, f: Formulario) -> Result<Response, Problem> {
    let marco = peticion.marco(&ramal_web::pagina::textos::TEXTOS, "kit-guardar").refused(&f);
    page(estado, &Nuevo { marco, f, idem: peticion.idem() })
}

/// Writes a note once for each key; a note of one letter is refused.
async fn crear(
    peticion: Peticion,
    State(app): State<App>,
    form: Formulario,
) -> Result<Response, Problem> {
    let idem = ClaveIdempotencia::of_form(&peticion, &form);
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let cmd: Cmd = match form.parse() {
        Ok(cmd) => cmd,
        Err(Problem(p)) => {
            return show(&peticion, StatusCode::UNPROCESSABLE_ENTITY, form.refused(&p));
        }
    };
    if cmd.texto.chars().count() < 2 {
        let Problem(p) = Problem::campo("texto", "corto", format!("«{}» es corto.", cmd.texto));
        return show(&peticion, StatusCode::UNPROCESSABLE_ENTITY, form.refused(&p));
    }
    let id = app.cx.new_id::<Cmd>();
    tx.exec("INSERT INTO notas (id, texto) VALUES ($1, $2)", params![id, cmd.texto.as_str()])
        .await?;
    let lugar = format!("/admin/notas/{id}");
    idem.remember_redirect(&tx, &app.cx, &lugar).await?;
    tx.commit().await?;
    Ok(redirect(&app, &lugar, &[Aviso::ok(cmd.texto).undo("/admin/deshacer")]))
}

async fn subir(todo: FormularioConArchivos) -> Result<String, Problem> {
    let archivo = todo.file("archivo")?;
    Ok(format!("{} {} {}", archivo.nombre, archivo.bytes.len(), todo.form.value("nota")))
}

async fn volver(peticion: Peticion, State(app): State<App>) -> Response {
    let volver = form_urlencoded::parse(peticion.consulta.as_bytes())
        .find_map(|(n, v)| (n == "volver").then(|| v.into_owned()))
        .unwrap_or_default();
    redirect(&app, peticion.open_volver(&volver).unwrap_or("/"), &[])
}

/// Redirects where the path says, as a careless handler would.
async fn descuidado(peticion: Peticion, State(app): State<App>) -> Response {
    let a = form_urlencoded::parse(peticion.consulta.as_bytes())
        .find_map(|(n, v)| (n == "a").then(|| v.into_owned()));
    redirect(&app, &a.unwrap_or_default(), &[])
}

async fn refuse(peticion: Peticion) -> Problem {
    let estado = peticion.ruta.rsplit('/').next().and_then(|e| e.parse().ok()).unwrap_or(500);
    Problem::new(estado, &format!("falla_{estado}"), "Un título", format!("Detalle {VENENO}"))
}

async fn ask_session(peticion: Peticion) -> Result<String, Problem> {
    if peticion.navegante.is_identificado() {
        return Ok("dentro".to_owned());
    }
    Err(Problem::new(401, "sesion_requerida", "Hay que entrar", "La sesión terminó."))
}

/// Signs in whoever says his name in `x-quien`.
async fn session(mut peticion: Request, next: Next) -> Response {
    let quien = peticion.headers().get("x-quien").and_then(|v| v.to_str().ok()).map(str::to_owned);
    if let Some(quien) = quien {
        let usuario = UsuarioMarco { nombre: quien.clone(), iniciales: "AA".to_owned() };
        peticion.extensions_mut().insert(Navegante {
            usuario: Some(usuario),
            puede: Arc::new(|permiso| permiso == "facturas:leer"),
            formato: Formato { pais: Pais::Mx, zona: Zona::utc() },
            empresa: "Norte Telecom".to_owned(),
            secreto: quien.into_bytes(),
            ..Navegante::anonimo()
        });
    }
    next.run(peticion).await
}

/// The pages.
pub fn sitio() -> Sitio {
    let s = Acceso::Sesion;
    Sitio::new()
        .get("/admin/lista", s, lista)
        .get("/admin/nuevo", s, nuevo)
        .post("/admin/nuevo", s, crear)
        .upload("/admin/subir", s, 4 * 1024 * 1024, subir)
        .get("/admin/volver", s, volver)
        .get("/admin/descuidado", s, descuidado)
        .get("/admin/falla/{estado}", s, refuse)
        .post("/admin/falla/{estado}", s, refuse)
        .get("/admin/privado", s, ask_session)
        .post("/admin/privado", s, ask_session)
        .get("/admin/panico", s, async || -> &'static str { panic!("secreto 99") })
        .wrap(|router| router.layer(middleware::from_fn(session)))
}

/// The service with these pages.
pub fn router(db: &Db) -> Router {
    assemble(app(db.clone()), vec![], sitio())
}

/// A page read by Ana.
pub async fn leer(router: &Router, ruta: &str) -> Vuelta {
    llamar(router, "GET", ruta, &[("x-quien", "ana")], "").await
}

/// A form sent by Ana.
pub async fn enviar(router: &Router, ruta: &str, campos: &[(&str, &str)]) -> Vuelta {
    enviar_con(router, ruta, &[("x-quien", "ana")], campos).await
}

/// A form sent with these headers.
pub async fn enviar_con(
    router: &Router,
    ruta: &str,
    cabeceras: &[(&str, &str)],
    campos: &[(&str, &str)],
) -> Vuelta {
    let cuerpo = form_urlencoded::Serializer::new(String::new()).extend_pairs(campos).finish();
    let mut todas = vec![("content-type", "application/x-www-form-urlencoded")];
    todas.extend_from_slice(cabeceras);
    llamar(router, "POST", ruta, &todas, &cuerpo).await
}

/// The value of a hidden field of a page.
pub fn oculto(vuelta: &Vuelta, nombre: &str) -> String {
    let marca = format!("name=\"{nombre}\" value=\"");
    let texto = vuelta.texto();
    let valor = texto.split(&marca).nth(1).unwrap_or_else(|| panic!("no {nombre} in {texto}"));
    valor.split('"').next().unwrap().replace("&#38;", "&")
}

/// A token and a key as the form of a new note gives them to Ana.
pub async fn testigo(router: &Router) -> (String, String) {
    let pagina = leer(router, "/admin/nuevo").await;
    (oculto(&pagina, "_csrf"), oculto(&pagina, "_idem"))
}

/// The notes written.
pub async fn notas(db: &Db) -> Vec<String> {
    db.column("SELECT texto FROM notas ORDER BY texto", params![]).await.unwrap()
}
