//! The list as a CSV, streamed page by page so that memory stays flat; whole, filtered, or the
//! chosen rows. It changes nothing.
//!
//! A cell that a spreadsheet would take for a formula is kept from it by an apostrophe.

use std::collections::VecDeque;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, Stream};
use ramal_base::dinero::format_centavos;
use ramal_db::{Db, DbError};
use ramal_plataforma::Vista;
use ramal_web::pagina::{Formulario, Listado, Seleccion, Textos};
use ramal_web::{App, Problem};

use super::comun::{Nombres, door, means, state, today};
use super::filtro::{ORDENES, Opciones, of_list, order_of};
use crate::permisos::LeerPagos;
use crate::storage::lista::{self, FilaLista, FiltroPagos, Lectura};
use crate::textos::TEXTOS;

/// Rows read at once.
const TROZO: i64 = 1_000;

/// Mark with which a spreadsheet knows UTF-8.
pub(super) const BOM: &str = "\u{feff}";

/// `GET /facturacion/pagos.csv`
pub async fn csv(vista: Vista<LeerPagos>, State(app): State<App>) -> Result<Response, Problem> {
    let peticion = vista.peticion();
    let textos = Textos::new(&TEXTOS, peticion.navegante.formato.pais);
    let opciones = Opciones::load(&app, &textos).await?;
    let l = Listado::of("", &peticion.consulta, opciones.filters()).sortable(ORDENES);
    let filtro = of_list(&app, &l).await?;
    let lectura = Lectura { orden: order_of(&l), cursor: None, filas: TROZO };
    file(&app, textos, filtro, lectura).await
}

/// `POST /facturacion/pagos/lote`: the chosen rows, or all that match.
pub async fn lote(
    vista: Vista<LeerPagos>,
    State(app): State<App>,
    form: Formulario,
) -> Result<Response, Problem> {
    let textos = Textos::new(&TEXTOS, vista.peticion().navegante.formato.pais);
    let opciones = Opciones::load(&app, &textos).await?;
    let seleccion = Seleccion::read(&form)?;
    let filtro = match seleccion.listado(opciones.filters()) {
        Some(l) => of_list(&app, &l).await?,
        None => chosen(&seleccion),
    };
    let lectura = Lectura { filas: TROZO, ..Lectura::default() };
    file(&app, textos, filtro, lectura).await
}

fn chosen(seleccion: &Seleccion) -> FiltroPagos {
    let ids = match seleccion {
        Seleccion::Ids(ids) => ids.iter().filter_map(|id| id.parse().ok()).collect(),
        Seleccion::Filtro(_) => Vec::new(),
    };
    FiltroPagos { ids: Some(ids), ..FiltroPagos::default() }
}

async fn file(
    app: &App,
    textos: Textos,
    filtro: FiltroPagos,
    lectura: Lectura,
) -> Result<Response, Problem> {
    let hoy = today(app).await?;
    let salida = Salida {
        db: app.db.clone(),
        filtro,
        lectura,
        textos,
        pendiente: VecDeque::new(),
        fin: false,
    };
    Ok(download(salida.stream(), &format!("pagos-{hoy}.csv")))
}

struct Salida {
    db: Db,
    filtro: FiltroPagos,
    lectura: Lectura,
    textos: Textos,
    pendiente: VecDeque<String>,
    fin: bool,
}

impl Salida {
    fn stream(mut self) -> impl Stream<Item = Result<Bytes, DbError>> + Send {
        self.pendiente.push_back(format!("{BOM}{}", heading(&self.textos)));
        stream::try_unfold(self, |mut salida| async move {
            if let Some(texto) = salida.pendiente.pop_front() {
                return Ok(Some((Bytes::from(texto), salida)));
            }
            if salida.fin {
                return Ok(None);
            }
            let texto = salida.chunk().await?;
            Ok(Some((Bytes::from(texto), salida)))
        })
    }

    async fn chunk(&mut self) -> Result<String, DbError> {
        let tramo = lista::page(&self.db, &self.filtro, &self.lectura).await?;
        self.fin = tramo.siguiente.is_none();
        self.lectura.cursor = tramo.siguiente;
        let actores = tramo.filas.iter().map(|f| f.pago.actor.as_str());
        let nombres = Nombres::load(&self.db, &self.textos, actores).await?;
        Ok(tramo.filas.iter().map(|f| line(f, &nombres, &self.textos)).collect())
    }
}

/// Answer that a browser keeps as a file.
pub(super) fn download(
    cuerpo: impl Stream<Item = Result<Bytes, DbError>> + Send + 'static,
    nombre: &str,
) -> Response {
    named(Body::from_stream(cuerpo).into_response(), "text/csv; charset=utf-8", nombre)
}

/// The answer with a type and the name under which a browser keeps it.
pub(super) fn named(mut respuesta: Response, tipo: &'static str, nombre: &str) -> Response {
    let cabeceras = respuesta.headers_mut();
    cabeceras.insert(header::CONTENT_TYPE, HeaderValue::from_static(tipo));
    if let Ok(valor) = HeaderValue::from_str(&format!("attachment; filename=\"{nombre}\"")) {
        cabeceras.insert(header::CONTENT_DISPOSITION, valor);
    }
    respuesta
}

fn heading(textos: &Textos) -> String {
    let claves = [
        "pagos-numero",
        "pagos-fecha",
        "pagos-valor",
        "pagos-filtro-cliente",
        "pagos-cliente",
        "pagos-medio",
        "pagos-operacion",
        "pagos-moneda",
        "pagos-monto",
        "pagos-aplicado",
        "pagos-devuelto",
        "pagos-a-favor",
        "kit-estado",
        "pagos-origen",
        "pagos-cajero",
    ];
    row(claves.map(|c| textos.get(c)))
}

fn line(f: &FilaLista, nombres: &Nombres, textos: &Textos) -> String {
    let p = &f.pago;
    row([
        p.codigo(),
        p.fecha.to_string(),
        p.fecha_valor.to_string(),
        format!("C-{}", f.cliente_numero),
        f.cliente.clone(),
        means(textos, p.medio),
        p.operacion.clone().unwrap_or_default(),
        p.moneda.codigo().to_owned(),
        format_centavos(p.monto),
        format_centavos(p.aplicado),
        format_centavos(p.devuelto),
        format_centavos(p.a_favor()),
        state(textos, p.estado),
        door(textos, p.origen),
        nombres.of(&p.actor),
    ])
}

/// A row of a CSV (RFC 4180), each cell harmless to a spreadsheet.
pub(super) fn row<const N: usize>(celdas: [String; N]) -> String {
    let mut texto = celdas.map(|c| cell(&c)).join(",");
    texto.push_str("\r\n");
    texto
}

/// Source: OWASP, CSV injection.
fn cell(texto: &str) -> String {
    let peligrosa = texto.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    let inicio = if peligrosa && !is_amount(texto) { "'" } else { "" };
    match texto.contains([',', '"', '\n', '\r', ';']) {
        true => format!("\"{inicio}{}\"", texto.replace('"', "\"\"")),
        false => format!("{inicio}{texto}"),
    }
}

/// A plain amount of ours: a negative one begins with a hyphen and is no formula.
fn is_amount(texto: &str) -> bool {
    let cifras = texto.strip_prefix('-').unwrap_or(texto);
    !cifras.is_empty()
        && cifras.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        && cifras.bytes().filter(|b| *b == b'.').count() <= 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_that_begins_like_a_formula_is_text() {
        assert_eq!(cell("=HYPERLINK(1)"), "'=HYPERLINK(1)");
        assert_eq!(cell("-2+3"), "'-2+3");
        assert_eq!(cell("-12.50"), "-12.50");
        assert_eq!(cell("=1,2\"3"), "\"'=1,2\"\"3\"");
    }
}
