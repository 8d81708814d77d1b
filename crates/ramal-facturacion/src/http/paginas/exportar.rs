//! The list as a CSV, streamed page by page so that memory stays flat. It changes nothing.
//!
//! A cell that a spreadsheet would take for a formula is kept from it by an apostrophe.

use std::collections::VecDeque;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, Stream};
use ramal_base::Fecha;
use ramal_base::dinero::format_centavos;
use ramal_db::{Db, DbError};
use ramal_plataforma::Vista;
use ramal_web::pagina::{Listado, Textos};
use ramal_web::{App, Problem};

use super::comun::{cliente_code, kind_key, state_key, today};
use super::filtro::{ORDENES, Opciones, of_list, order_of};
use crate::permisos::LeerFacturas;
use crate::storage::lista::{self, FilaLista, FiltroLista, Lectura};
use crate::textos::TEXTOS;

/// Rows read at once.
const TROZO: i64 = 1_000;

/// Mark with which a spreadsheet knows UTF-8.
pub(crate) const BOM: &str = "\u{feff}";

/// `GET /facturacion/facturas.csv`
pub async fn csv(vista: Vista<LeerFacturas>, State(app): State<App>) -> Result<Response, Problem> {
    let peticion = vista.peticion();
    let textos = Textos::new(&TEXTOS, peticion.navegante.formato.pais);
    let opciones = Opciones::load(&app, &textos).await?;
    let l = Listado::of("", &peticion.consulta, opciones.filters()).sortable(ORDENES);
    let hoy = today(&app).await?;
    let filtro = of_list(&app, &l).await?;
    let total = lista::count(&app.db, &filtro, Some(hoy)).await?;
    let lectura = Lectura { orden: order_of(&l), cursor: None, filas: TROZO, hoy: Some(hoy) };
    let salida = Salida {
        db: app.db.clone(),
        filtro,
        lectura,
        total,
        hoy,
        textos,
        pendiente: VecDeque::new(),
        fin: false,
    };
    Ok(download(salida.stream(), &format!("facturas-{hoy}.csv")))
}

struct Salida {
    db: Db,
    filtro: FiltroLista,
    lectura: Lectura,
    total: i64,
    hoy: Fecha,
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
        let tramo = lista::rows(&self.db, &self.filtro, &self.lectura, self.total).await?;
        self.fin = tramo.siguiente.is_none();
        self.lectura.cursor = tramo.siguiente;
        Ok(tramo.filas.iter().map(|f| line(f, self.hoy, &self.textos)).collect())
    }
}

/// Answer that a browser keeps as a file.
pub(super) fn download(
    cuerpo: impl Stream<Item = Result<Bytes, DbError>> + Send + 'static,
    nombre: &str,
) -> Response {
    let mut respuesta = Body::from_stream(cuerpo).into_response();
    let cabeceras = respuesta.headers_mut();
    let tipo = HeaderValue::from_static("text/csv; charset=utf-8");
    cabeceras.insert(header::CONTENT_TYPE, tipo);
    if let Ok(valor) = HeaderValue::from_str(&format!("attachment; filename=\"{nombre}\"")) {
        cabeceras.insert(header::CONTENT_DISPOSITION, valor);
    }
    respuesta
}

fn heading(textos: &Textos) -> String {
    let claves = [
        "facturacion-numero",
        "facturacion-filtro-clase",
        "facturacion-emision",
        "facturacion-vence",
        "facturacion-filtro-cliente",
        "facturacion-cliente",
        "pais-documento",
        "facturacion-moneda",
        "facturacion-subtotal",
        "facturacion-impuestos",
        "kit-total",
        "facturacion-acreditado",
        "facturacion-aplicado",
        "facturacion-saldo",
        "kit-estado",
        "facturacion-uuid",
    ];
    row(claves.map(|c| textos.get(c)))
}

fn line(f: &FilaLista, hoy: Fecha, textos: &Textos) -> String {
    row([
        f.numero(),
        textos.get(kind_key(&f.clase)),
        f.fecha.to_string(),
        f.vencimiento.to_string(),
        cliente_code(f.cliente_numero),
        f.cliente.clone(),
        f.documento.clone(),
        f.moneda.clone(),
        format_centavos(f.subtotal),
        format_centavos(f.impuestos),
        format_centavos(f.total),
        format_centavos(f.acreditado),
        format_centavos(f.aplicado),
        format_centavos(f.saldo()),
        textos.get(state_key(f.vista(hoy))),
        f.uuid_fiscal.clone().unwrap_or_default(),
    ])
}

/// A row of a CSV (RFC 4180), each cell harmless to a spreadsheet.
pub(crate) fn row<const N: usize>(celdas: [String; N]) -> String {
    let mut texto = celdas.map(|c| cell(&c)).join(",");
    texto.push_str("\r\n");
    texto
}

/// Source: OWASP, CSV injection.
fn cell(texto: &str) -> String {
    let peligrosa = texto.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    let inicio = if peligrosa && !is_amount(texto) { "'" } else { "" };
    let comillas = texto.contains([',', '"', '\n', '\r', ';']);
    match comillas {
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
    fn a_cell_that_begins_like_a_formula_is_text() {
        assert_eq!(cell("=HYPERLINK(1)"), "'=HYPERLINK(1)");
        assert_eq!(cell("+51 987"), "'+51 987");
        assert_eq!(cell("@SUM(A1)"), "'@SUM(A1)");
        assert_eq!(cell("-2+3"), "'-2+3");
        assert_eq!(cell("-12.50"), "-12.50");
        assert_eq!(cell("=1,2\"3"), "\"'=1,2\"\"3\"");
        assert_eq!(cell("Bodega \"El Sol\", SA"), "\"Bodega \"\"El Sol\"\", SA\"");
    }
}
