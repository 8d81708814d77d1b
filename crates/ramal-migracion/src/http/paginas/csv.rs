//! The rows that stayed out, as a file for a spreadsheet. No cell of it is a formula, whatever the
//! source had in it.

use std::collections::HashMap;

use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use ramal_base::Problema;
use ramal_web::Problem;

use crate::Defecto;

/// Titles of the columns.
const TITULOS: [&str; 5] = ["linea", "columna", "codigo", "motivo", "fila"];

/// A download with one line per defect: line, column, code, reason and the row as it came.
///
/// Errors: 500 if the file cannot be made.
pub fn rejects(
    nombre: &str,
    defectos: &[Defecto],
    crudas: &HashMap<u64, String>,
) -> Result<Response, Problem> {
    let bytes = written(defectos, crudas).map_err(|error| {
        tracing::error!(%error, "the file of rejected rows could not be made");
        Problem(Problema::interno())
    })?;
    let disposicion = format!("attachment; filename=\"{}\"", file_name(nombre));
    let disposicion = HeaderValue::from_str(&disposicion)
        .unwrap_or_else(|_| HeaderValue::from_static("attachment"));
    let cabeceras: [(HeaderName, HeaderValue); 3] = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8")),
        (header::CONTENT_DISPOSITION, disposicion),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((cabeceras, bytes).into_response())
}

fn written(
    defectos: &[Defecto],
    crudas: &HashMap<u64, String>,
) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    // The mark tells spreadsheets that the text is UTF-8.
    let mut salida = csv::Writer::from_writer(b"\xef\xbb\xbf".to_vec());
    salida.write_record(TITULOS)?;
    for d in defectos {
        let fila = crudas.get(&d.linea).map_or("", String::as_str);
        let linea = d.linea.to_string();
        salida.write_record([&linea, &d.campo, &d.codigo, &d.motivo, fila].map(plain))?;
    }
    Ok(salida.into_inner()?)
}

/// The text as a spreadsheet never runs it: a cell that would begin a formula gets an apostrophe.
fn plain(celda: &str) -> String {
    let limpia: String = celda.chars().filter(|c| !c.is_control() || *c == '\t').collect();
    let inicio = limpia.trim_start().chars().next();
    let peligro = matches!(inicio, Some('=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠'));
    if peligro || limpia.starts_with('\t') { format!("'{limpia}") } else { limpia }
}

/// Name of the download: letters, digits and few signs of the source's own.
fn file_name(nombre: &str) -> String {
    let base = nombre.rsplit_once('.').map_or(nombre, |(base, _)| base);
    let limpio: String = base
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || c == '-' || c == '_' { c } else { '_' })
        .take(60)
        .collect();
    format!("rechazos_{limpio}.csv")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_of_the_source_is_never_a_formula() {
        for malo in ["=HYPERLINK(1)", "+52", "-1", "@x", "\t=1", " =1", "＝1"] {
            assert!(plain(malo).starts_with('\''), "{malo:?}");
        }
        assert_eq!(plain("Ana, S.A."), "Ana, S.A.");
        assert_eq!(plain("a\r\nb"), "ab");
    }

    #[test]
    fn the_file_names_line_reason_and_row() {
        let defecto = Defecto {
            linea: 7,
            campo: "=monto".to_owned(),
            codigo: "monto_vacio".to_owned(),
            motivo: "Falta".to_owned(),
        };
        let crudas = HashMap::from([(7, "=cmd|' /C calc'!A0,\"x\"".to_owned())]);
        let texto = String::from_utf8(written(&[defecto], &crudas).unwrap()).unwrap();
        let esperado = "\u{feff}linea,columna,codigo,motivo,fila\n\
            7,'=monto,monto_vacio,Falta,\"'=cmd|' /C calc'!A0,\"\"x\"\"\"\n";
        assert_eq!(texto, esperado);
        assert_eq!(file_name("../año 1\".xlsx.csv"), "rechazos____a_o_1__xlsx.csv");
    }
}
