//! The templates of a country: `/admin/mensajes/plantillas`. It edits none.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_base::Pais;
use ramal_plataforma::{Permiso, Vista};
use ramal_web::pagina::{Enlace, Filtro, Insignia, Listado, Marco, page};
use ramal_web::{App, Problem};

use super::palabras;
use crate::permisos::{EditarPlantillas, LeerMensajes};
use crate::plantilla::{Llave, fabrica, idioma};
use crate::storage::plantillas::{self, MetaFila};
use crate::textos::TEXTOS;
use crate::{Canal, Clase};

/// Address of the list.
pub(super) const RUTA: &str = "/admin/mensajes/plantillas";

struct Celda {
    ruta: String,
    version: String,
    estado: Option<Insignia>,
}

struct Fila {
    clase: String,
    celdas: Vec<Celda>,
}

#[derive(Template)]
#[template(path = "mensajeria/plantillas.html")]
struct Pagina {
    marco: Marco,
    secciones: Vec<Enlace>,
    paises: Vec<Enlace>,
    canales: Vec<String>,
    filas: Vec<Fila>,
    pais: &'static str,
    edita: bool,
}

/// Address of a template.
pub(super) fn path_of(llave: Llave) -> String {
    let Llave { clase, canal, pais } = llave;
    format!("{RUTA}/{}/{}/{}", pais.codigo(), clase.as_str(), canal.as_str())
}

/// `GET /admin/mensajes/plantillas`
pub(super) async fn lista(
    vista: Vista<LeerMensajes>,
    State(app): State<App>,
) -> Result<Response, Problem> {
    let marco = vista.marco(&TEXTOS, "mensajes-plantillas-titulo");
    let l = Listado::new(&marco, vec![Filtro::texto("pais", "mensajes-pais")]);
    let empresa = ramal_plataforma::empresa(&app.db).await?;
    let pais = l.get("pais").and_then(Pais::parse).unwrap_or(empresa.pais);
    let editadas = plantillas::edited(&app.db, pais).await?;
    let metas = plantillas::metas(&app.db, idioma(pais)).await?;
    let mut filas = Vec::new();
    for clase in Clase::TODAS {
        let mut celdas = Vec::new();
        for canal in Canal::TODOS {
            let llave = Llave { clase, canal, pais };
            let version = editadas.iter().find(|(c, k, _)| *c == clase && *k == canal);
            let version = version.map_or(0, |(_, _, v)| *v);
            let estado = match canal {
                Canal::Whatsapp => Some(meta_badge(&app, &marco, (llave, version), &metas).await?),
                _ => None,
            };
            let texto = if version == 0 {
                marco.t("mensajes-plantilla-fabrica")
            } else {
                marco.t1("mensajes-plantilla-version", "n", version)
            };
            celdas.push(Celda { ruta: path_of(llave), version: texto, estado });
        }
        filas.push(Fila { clase: palabras::kind(&marco, clase.as_str()), celdas });
    }
    let pais_enlace = |p: Pais| Enlace {
        texto: marco.t(&format!("mensajes-pais-{}", p.codigo().to_ascii_lowercase())),
        ruta: format!("{RUTA}?pais={}", p.codigo()),
        activo: p == pais,
    };
    let pagina = Pagina {
        secciones: palabras::message_tabs(&marco),
        paises: [Pais::Mx, Pais::Pe, Pais::Ar].map(pais_enlace).to_vec(),
        canales: Canal::TODOS.map(|c| palabras::channel(&marco, c.as_str())).to_vec(),
        pais: pais.codigo(),
        edita: vista.may(EditarPlantillas::NOMBRE),
        marco,
        filas,
    };
    page(StatusCode::OK, &pagina)
}

/// State of the template at Meta.
async fn meta_badge(
    app: &App,
    marco: &Marco,
    (llave, version): (Llave, i64),
    metas: &[MetaFila],
) -> Result<Insignia, Problem> {
    let contenido = match version {
        0 => fabrica::contenido(llave),
        _ => plantillas::current(&app.db, llave).await?.contenido,
    };
    let meta = metas.iter().find(|m| m.nombre == contenido.nombre_meta);
    Ok(badge(marco, meta))
}

/// A state of Meta as a badge; without one, Meta does not have it.
pub(super) fn badge(marco: &Marco, meta: Option<&MetaFila>) -> Insignia {
    let estado = meta.map_or("ausente", |m| m.estado.as_str()).to_ascii_lowercase();
    let clave = format!("mensajes-meta-{}", palabras::slug(&estado));
    let texto = marco.t(&clave);
    let texto = if texto == clave { estado.clone() } else { texto };
    match estado.as_str() {
        "approved" => Insignia::ok(texto),
        "pending" => Insignia::aviso(texto),
        "rejected" | "disabled" => Insignia::mal(texto),
        "paused" => Insignia::pausa(texto),
        _ => Insignia::gris(texto),
    }
}
