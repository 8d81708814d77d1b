//! A bulk act under way or done: how far it is, what was left out or failed and why, and the report
//! as CSV. Whoever has the permission that the act took may look. It changes nothing.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use ramal_db::Cursor;
use ramal_jobs::TandaId;
use ramal_jobs::tandas::{EstadoItem, EstadoTanda, TandaItem, TandaResumen, item_page, tanda};
use ramal_plataforma::{Cualquiera, Vista};
use ramal_web::pagina::{Enlace, Filtro, Insignia, Listado, Marco, page};
use ramal_web::{App, Problem, Ruta};

use crate::textos::TEXTOS;

/// States of the report, in the order of the tabs.
const ESTADOS: [EstadoItem; 4] =
    [EstadoItem::Fallido, EstadoItem::Omitido, EstadoItem::Pendiente, EstadoItem::Hecho];

struct Fila {
    ruta: Option<String>,
    etiqueta: String,
    motivo: String,
}

#[derive(Template)]
#[template(path = "fiscal/tanda.html", blocks = ["progreso"])]
struct Pagina {
    marco: Marco,
    l: Listado,
    t: TandaResumen,
    estado: Insignia,
    /// Address of this page, without query.
    aqui: String,
    aqui_con: String,
    texto: String,
    cuentas: Vec<Enlace>,
    filas: Vec<Fila>,
}

impl Pagina {
    fn n(&self, numero: &i64) -> String {
        self.marco.formato().numero(*numero)
    }

    fn is_viva(&self) -> bool {
        self.t.estado() == EstadoTanda::EnCurso
    }

    fn is_detenida(&self) -> bool {
        self.t.estado() == EstadoTanda::Detenida
    }
}

/// The bulk act of an address, if the person has the permission that it took.
///
/// Errors: 404; 403 `permiso_faltante` that names it.
pub(super) async fn load(
    app: &App,
    vista: &Vista<Cualquiera>,
    id: &str,
) -> Result<TandaResumen, Problem> {
    let missing = || {
        let detalle = "No existe esa tanda. Puede que la dirección esté incompleta.";
        Problem::new(404, "tanda_no_encontrada", "No encontrada", detalle)
    };
    let id: TandaId = id.parse().map_err(|_| missing())?;
    let t = tanda(&app.db, id).await?.ok_or_else(missing)?;
    if vista.may(&t.permiso) {
        return Ok(t);
    }
    let detalle = format!("Para ver esta tanda hace falta el permiso «{}».", t.permiso);
    Err(Problem::new(403, "permiso_faltante", "Falta un permiso", detalle))
}

/// `GET /admin/tandas/{id}` and `GET /facturacion/tandas/{id}`
pub(super) async fn ver(
    vista: Vista<Cualquiera>,
    State(app): State<App>,
    Ruta(id): Ruta<String>,
) -> Result<Response, Problem> {
    let t = load(&app, &vista, &id).await?;
    let marco = vista.marco(&TEXTOS, "fiscal-tanda-titulo").listens(&["tanda"]);
    let l = Listado::new(&marco, vec![Filtro::texto("que", "fiscal-tanda-que")]);
    let que = l.get("que").and_then(EstadoItem::parse).unwrap_or_else(|| first_tab(&t));
    let pagina = item_page(&app.db, t.id, que, &l.cursor()).await?;
    let marco = marco.titled(t.titulo.clone());
    let pagina = Pagina {
        estado: badge(&marco, &t),
        texto: progress(&marco, &t),
        cuentas: tabs(&marco, &t, que),
        filas: pagina.datos.iter().map(|i| row(&t, i)).collect(),
        l: l.paged(&pagina),
        aqui: marco.ruta.clone(),
        aqui_con: address(&marco),
        marco,
        t,
    };
    if vista.peticion().hx.wants("progreso") {
        return page(StatusCode::OK, &pagina.as_progreso());
    }
    page(StatusCode::OK, &pagina)
}

fn address(marco: &Marco) -> String {
    match marco.consulta.as_str() {
        "" => marco.ruta.clone(),
        consulta => format!("{}?{consulta}", marco.ruta),
    }
}

/// What somebody who comes without choosing wants to see.
fn first_tab(t: &TandaResumen) -> EstadoItem {
    if t.fallidos > 0 {
        EstadoItem::Fallido
    } else if t.omitidos > 0 {
        EstadoItem::Omitido
    } else if t.faltan() > 0 {
        EstadoItem::Pendiente
    } else {
        EstadoItem::Hecho
    }
}

fn badge(marco: &Marco, t: &TandaResumen) -> Insignia {
    match t.estado() {
        EstadoTanda::EnCurso => Insignia::aviso(marco.t("fiscal-tanda-en-curso")),
        EstadoTanda::Detenida => Insignia::pausa(marco.t("fiscal-tanda-detenida")),
        EstadoTanda::Terminada if t.fallidos > 0 => {
            Insignia::mal(marco.t("fiscal-tanda-con-fallas"))
        }
        EstadoTanda::Terminada => Insignia::ok(marco.t("fiscal-tanda-terminada")),
    }
}

fn progress(marco: &Marco, t: &TandaResumen) -> String {
    let numero = |n| marco.formato().numero(n);
    marco.t2("fiscal-tanda-progreso", ("hechos", numero(t.vistos())), ("total", numero(t.total)))
}

fn tabs(marco: &Marco, t: &TandaResumen, actual: EstadoItem) -> Vec<Enlace> {
    let tab = |estado: EstadoItem| {
        let n = match estado {
            EstadoItem::Fallido => t.fallidos,
            EstadoItem::Omitido => t.omitidos,
            EstadoItem::Pendiente => t.faltan(),
            EstadoItem::Hecho => t.hechos,
        };
        let clave = format!("fiscal-tanda-{}", estado.texto());
        Enlace {
            texto: format!("{} {}", marco.t(&clave), marco.formato().numero(n)),
            ruta: format!("{}?que={}", marco.ruta, estado.texto()),
            activo: estado == actual,
        }
    };
    ESTADOS.into_iter().map(tab).collect()
}

fn row(t: &TandaResumen, item: &TandaItem) -> Fila {
    Fila {
        ruta: t.ruta_de(item),
        etiqueta: item.etiqueta.clone(),
        motivo: item.motivo.clone().unwrap_or_default(),
    }
}

/// `GET /admin/tandas/{id}/informe` and `GET /facturacion/tandas/{id}/informe`
pub(super) async fn informe(
    vista: Vista<Cualquiera>,
    State(app): State<App>,
    Ruta(id): Ruta<String>,
) -> Result<Response, Problem> {
    let t = load(&app, &vista, &id).await?;
    // The mark tells spreadsheets that the text is UTF-8.
    let mut csv = String::from("\u{feff}objeto,estado,motivo\r\n");
    for estado in ESTADOS {
        let mut cursor = Cursor { limite: 200, cursor: None };
        loop {
            let pagina = item_page(&app.db, t.id, estado, &cursor).await?;
            for item in &pagina.datos {
                let motivo = item.motivo.as_deref().unwrap_or_default();
                let celdas = [item.etiqueta.as_str(), estado.texto(), motivo].map(cell);
                csv.push_str(&celdas.join(","));
                csv.push_str("\r\n");
            }
            cursor.cursor = pagina.siguiente;
            if cursor.cursor.is_none() {
                break;
            }
        }
    }
    let nombre = format!("attachment; filename=\"tanda-{}.csv\"", t.id);
    let cabeceras = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8")),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_str(&nombre).unwrap_or(HeaderValue::from_static("attachment")),
        ),
    ];
    Ok((cabeceras, csv).into_response())
}

/// A cell that no spreadsheet takes for a formula.
fn cell(texto: &str) -> String {
    let peligro = texto.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let texto = texto.replace('"', "\"\"");
    if peligro { format!("\"'{texto}\"") } else { format!("\"{texto}\"") }
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn a_cell_is_never_a_formula_and_keeps_its_quotes() {
        assert_eq!(cell("=HYPERLINK(\"x\")"), "\"'=HYPERLINK(\"\"x\"\")\"");
        assert_eq!(cell("@SUM(A1)"), "\"'@SUM(A1)\"");
        assert_eq!(cell("F001-1, F001-2"), "\"F001-1, F001-2\"");
    }
}
