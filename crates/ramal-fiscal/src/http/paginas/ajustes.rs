//! Settings of the company: what it is, its emisores with their fiscal settings, their series. What
//! billing asks for has its own page in its own slice.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_base::{CampoInvalido, Pais, Problema};
use ramal_plataforma::{Emisor, EmisorId, Empresa, Modo, Vista, update_ajustes_emisor};
use ramal_web::pagina::{Aviso, Enlace, Marco, Opcion, Textos, page, redirect};
use ramal_web::{App, Formulario, Problem, Ruta};
use serde_json::{Map, Value};

use super::{LeerEmpresa, palabras};
use crate::http::permisos::{AdministrarCertificados, LeerComprobantes};
use crate::series;
use crate::textos::TEXTOS;

const RUTA: &str = "/admin/ajustes";

#[derive(Template)]
#[template(path = "fiscal/empresa.html")]
struct PaginaEmpresa {
    marco: Marco,
    secciones: Vec<Enlace>,
    empresa: Empresa,
    emisores: Vec<Emisor>,
    administra: bool,
}

impl PaginaEmpresa {
    fn is_real(&self, emisor: &Emisor) -> bool {
        emisor.modo == Modo::Real
    }

    fn is_pe(&self, emisor: &Emisor) -> bool {
        emisor.pais == Pais::Pe
    }

    fn lugar(&self, emisor: &Emisor) -> String {
        let partes = [&emisor.direccion, &emisor.distrito, &emisor.provincia, &emisor.departamento];
        partes.into_iter().flatten().cloned().collect::<Vec<_>>().join(", ")
    }
}

/// `GET /admin/ajustes`
pub(super) async fn empresa(
    vista: Vista<LeerEmpresa>,
    State(app): State<App>,
) -> Result<Response, Problem> {
    let marco = vista.marco(&TEXTOS, "fiscal-ajustes-titulo");
    let pagina = PaginaEmpresa {
        secciones: palabras::setting_tabs(&marco),
        empresa: ramal_plataforma::empresa(&app.db).await?,
        emisores: ramal_plataforma::emisores(&app.db).await?,
        administra: marco.puede("certificados:administrar"),
        marco,
    };
    page(StatusCode::OK, &pagina)
}

#[derive(Template)]
#[template(path = "fiscal/emisor.html")]
struct PaginaEmisor {
    marco: Marco,
    secciones: Vec<Enlace>,
    emisor: Emisor,
    f: Formulario,
    version: String,
    formas: Vec<Opcion>,
    envios: Vec<Opcion>,
    accion: String,
}

impl PaginaEmisor {
    fn is_pe(&self) -> bool {
        self.emisor.pais == Pais::Pe
    }
}

/// c_FormaPago that a credit note without movement of money may carry (MX).
const FORMAS: [&str; 4] = ["15", "17", "23", "99"];

/// `GET /admin/ajustes/emisores/{id}`
pub(super) async fn emisor(
    vista: Vista<AdministrarCertificados>,
    State(app): State<App>,
    Ruta(id): Ruta<String>,
) -> Result<Response, Problem> {
    let emisor = load(&app, &id).await?;
    let form = Formulario::filled([
        ("forma_pago_nota", text(&emisor.ajustes, "forma_pago_nota", "15")),
        ("boletas", text(&emisor.ajustes, "boletas", "individual")),
    ]);
    show(&vista, emisor, form, StatusCode::OK)
}

/// The emisor of an address. Errors: 404.
pub(super) async fn load(app: &App, id: &str) -> Result<Emisor, Problem> {
    let missing = || Problem(Problema::no_encontrado("emisor"));
    let id = id.parse().map_err(|_| missing())?;
    Ok(ramal_plataforma::emisor(&app.db, EmisorId::from_uuid(id)).await?)
}

fn text(ajustes: &Value, nombre: &str, defecto: &str) -> String {
    ajustes[nombre].as_str().unwrap_or(defecto).to_owned()
}

/// What the form shows of the settings, so that a change by somebody else in between is seen.
fn version(ajustes: &Value) -> String {
    let huella = ramal_xml::sha256(ajustes.to_string().as_bytes());
    hex::encode(&huella[..8])
}

fn show(
    vista: &Vista<AdministrarCertificados>,
    emisor: Emisor,
    f: Formulario,
    estado: StatusCode,
) -> Result<Response, Problem> {
    let marco = vista.marco(&TEXTOS, "fiscal-ajustes-titulo").refused(&f);
    let opcion =
        |grupo: &str, valor: &str| Opcion::new(valor, marco.t(&format!("fiscal-{grupo}-{valor}")));
    let formas = FORMAS.map(|v| opcion("forma", v)).to_vec();
    let envios = ["individual", "resumen"].map(|v| opcion("boletas", v)).to_vec();
    let arriba = marco.titulo.clone();
    let pagina = PaginaEmisor {
        secciones: palabras::setting_tabs(&marco),
        marco: marco.titled(emisor.razon_social.clone()).miga(arriba, RUTA),
        version: version(&emisor.ajustes),
        accion: format!("{RUTA}/emisores/{}", emisor.id),
        emisor,
        f,
        formas,
        envios,
    };
    page(estado, &pagina)
}

/// `POST /admin/ajustes/emisores/{id}`
pub(super) async fn guardar(
    vista: Vista<AdministrarCertificados>,
    State(app): State<App>,
    Ruta(id): Ruta<String>,
    form: Formulario,
) -> Result<Response, Problem> {
    let emisor = load(&app, &id).await?;
    let tx = app.db.begin().await?;
    let emisor = ramal_plataforma::emisor(&tx, emisor.id).await?;
    let hecho = match changes(&emisor, &form) {
        _ if form.value("_version") != version(&emisor.ajustes) => Err(stale()),
        Ok(cambios) => Ok(cambios),
        Err(malo) => Err(Problema::campos(vec![malo])),
    };
    let cambios = match hecho {
        Ok(cambios) => cambios,
        Err(problema) => {
            let estado = StatusCode::from_u16(problema.estado).unwrap_or(StatusCode::CONFLICT);
            tx.rollback().await?;
            return show(&vista, emisor, form.refused(&problema), estado);
        }
    };
    update_ajustes_emisor(&tx, vista.cx(), emisor.id, &cambios).await?;
    tx.commit().await?;
    let textos = Textos::new(&TEXTOS, vista.peticion().navegante.formato.pais);
    Ok(redirect(&app, RUTA, &[Aviso::ok(textos.get("fiscal-emisor-guardado"))]))
}

fn stale() -> Problema {
    Problema::conflicto(
        "version_distinta",
        "Otra persona cambió estos ajustes mientras tanto. Abajo está lo escrito aquí; guardar \
         otra vez lo deja así.",
    )
}

fn changes(emisor: &Emisor, form: &Formulario) -> Result<Map<String, Value>, CampoInvalido> {
    let (nombre, validos): (&str, &[&str]) = match emisor.pais {
        Pais::Pe => ("boletas", &["individual", "resumen"]),
        _ => ("forma_pago_nota", &FORMAS),
    };
    let valor = form.value(nombre);
    if !validos.contains(&valor) {
        let motivo = "Falta elegir una de las opciones.";
        return Err(CampoInvalido::new(nombre, "valor_desconocido", motivo));
    }
    let mut cambios = Map::new();
    cambios.insert(nombre.to_owned(), Value::from(valor));
    Ok(cambios)
}

struct Serie {
    tipo: String,
    serie: String,
    siguiente: String,
}

struct GrupoSeries {
    emisor: String,
    series: Vec<Serie>,
}

#[derive(Template)]
#[template(path = "fiscal/series.html")]
struct PaginaSeries {
    marco: Marco,
    secciones: Vec<Enlace>,
    grupos: Vec<GrupoSeries>,
}

/// `GET /admin/ajustes/series`
pub(super) async fn series(
    vista: Vista<LeerComprobantes>,
    State(app): State<App>,
) -> Result<Response, Problem> {
    let marco = vista.marco(&TEXTOS, "fiscal-series-titulo");
    let mut grupos = Vec::new();
    for emisor in ramal_plataforma::emisores(&app.db).await? {
        let filas = series::list(&app.db, emisor.id.uuid()).await?;
        let serie = |(tipo, serie, siguiente): (String, String, i64)| Serie {
            tipo: palabras::kind(&marco, &tipo),
            siguiente: format!("{serie}-{siguiente}"),
            serie,
        };
        grupos.push(GrupoSeries {
            emisor: format!("{} · {}", emisor.numero, emisor.razon_social),
            series: filas.into_iter().map(serie).collect(),
        });
    }
    let secciones = palabras::setting_tabs(&marco);
    page(StatusCode::OK, &PaginaSeries { marco, secciones, grupos })
}
