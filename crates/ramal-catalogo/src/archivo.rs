//! Reading of a catalogue file (CSV). It checks every field of every row; it writes nothing.

use csv::{ReaderBuilder, StringRecord};
use ramal_base::{CampoInvalido, Dinero, Moneda};
use serde::Serialize;

use crate::{Categoria, Periodicidad, Tecnologia, reglas};

/// A field of a row that was not accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FilaInvalida {
    /// Line of the file; the header is line 1.
    pub linea: u64,
    /// Column, code and what to do.
    #[serde(flatten)]
    pub error: CampoInvalido,
}

/// A row of the file, checked.
#[derive(Clone, Debug, PartialEq)]
pub struct FilaCatalogo {
    /// Line of the file.
    pub linea: u64,
    /// Name, trimmed.
    pub nombre: String,
    /// Column `tipo`.
    pub categoria: Categoria,
    /// Technology, if the product needs one.
    pub tecnologia: Option<Tecnologia>,
    /// Price with taxes inside.
    pub precio: Dinero,
    /// Period of the price.
    pub periodo: Periodicidad,
    /// c_ClaveProdServ / UNSPSC.
    pub clave_prod_serv: Option<String>,
    /// c_ClaveUnidad / UN-ECE.
    pub clave_unidad: Option<String>,
}

/// Columns that the file must have; `COLUMNAS` order is that of the published example.
const COLUMNAS: [&str; 7] = [
    "nombre",
    "tipo",
    "tecnologia",
    "precio_con_impuesto",
    "periodo",
    "clave_prod_serv",
    "clave_unidad",
];

/// Columns without which a row says nothing.
const OBLIGATORIAS: [&str; 4] = ["nombre", "tipo", "precio_con_impuesto", "periodo"];

/// Reads the whole file: UTF-8 (a BOM is dropped), columns in any order, comma or semicolon.
///
/// Errors: every refused field of every row, with its line; then no row counts.
pub fn read(bytes: &[u8], moneda: Moneda) -> Result<Vec<FilaCatalogo>, Vec<FilaInvalida>> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let texto = std::str::from_utf8(bytes).map_err(|e| vec![not_utf8(bytes, e.valid_up_to())])?;
    let mut lector = ReaderBuilder::new()
        .delimiter(separator(texto))
        .flexible(true)
        .from_reader(texto.as_bytes());
    let cabecera = lector.headers().map_err(|e| vec![unreadable(&e)])?.clone();
    let columnas = Columnas::find(&cabecera)?;
    let mut errores = Vec::new();
    let mut filas = Vec::new();
    let mut lineas = Lineas { texto: texto.as_bytes(), hasta: 0, linea: 1 };
    for registro in lector.records() {
        match registro {
            Ok(registro) if registro.iter().all(|c| c.trim().is_empty()) => {}
            Ok(registro) => {
                let linea = lineas.of(&registro);
                filas.extend(row(&columnas, &registro, linea, moneda, &mut errores));
            }
            Err(e) => errores.push(unreadable(&e)),
        }
    }
    check_repeated(&filas, &mut errores);
    if filas.is_empty() && errores.is_empty() {
        errores.push(invalid(1, "archivo", "archivo_vacio", "El archivo no trae productos."));
    }
    if errores.is_empty() { Ok(filas) } else { Err(errores) }
}

fn invalid(linea: u64, campo: &str, codigo: &str, motivo: impl Into<String>) -> FilaInvalida {
    FilaInvalida { linea, error: CampoInvalido::new(campo, codigo, motivo) }
}

fn not_utf8(bytes: &[u8], hasta: usize) -> FilaInvalida {
    let saltos = bytes[..hasta].iter().filter(|b| **b == b'\n').count();
    let linea = u64::try_from(saltos).unwrap_or(0) + 1;
    let motivo = "El archivo debe estar en UTF-8. Guárdelo así desde su hoja de cálculo.";
    invalid(linea, "archivo", "codificacion", motivo)
}

fn unreadable(error: &csv::Error) -> FilaInvalida {
    let linea = error.position().map_or(1, csv::Position::line);
    let motivo = "La línea no se puede leer como CSV. Revise sus comillas.";
    invalid(linea, "archivo", "csv_mal_formado", motivo)
}

/// The separator that the header uses more.
fn separator(texto: &str) -> u8 {
    let cabecera = texto.lines().next().unwrap_or("");
    let punto_y_coma = cabecera.matches(';').count();
    if punto_y_coma > cabecera.matches(',').count() { b';' } else { b',' }
}

/// Counts the lines of the file up to each row.
///
/// The reader's own count is that of where it stood before the row: one less after `\r\n`, and
/// without the empty lines that it is about to skip.
struct Lineas<'a> {
    texto: &'a [u8],
    hasta: usize,
    linea: u64,
}

impl Lineas<'_> {
    fn of(&mut self, registro: &StringRecord) -> u64 {
        let byte = registro.position().map_or(0, csv::Position::byte);
        let mut fin = usize::try_from(byte).unwrap_or(self.texto.len()).min(self.texto.len());
        while matches!(self.texto.get(fin), Some(b'\r' | b'\n')) {
            fin += 1;
        }
        let is_salto = |i: &usize| match self.texto[*i] {
            b'\n' => true,
            b'\r' => self.texto.get(i + 1) != Some(&b'\n'),
            _ => false,
        };
        let saltos = (self.hasta..fin).filter(is_salto).count();
        self.linea += u64::try_from(saltos).unwrap_or(0);
        self.hasta = self.hasta.max(fin);
        self.linea
    }
}

/// Where each known column stands.
struct Columnas([Option<usize>; COLUMNAS.len()]);

impl Columnas {
    fn find(cabecera: &StringRecord) -> Result<Columnas, Vec<FilaInvalida>> {
        let lugar =
            |nombre: &str| cabecera.iter().position(|c| c.trim().eq_ignore_ascii_case(nombre));
        let faltan: Vec<FilaInvalida> = OBLIGATORIAS
            .iter()
            .filter(|nombre| lugar(nombre).is_none())
            .map(|nombre| {
                let motivo = format!("Falta la columna {nombre} en la primera línea.");
                invalid(1, nombre, "columna_falta", motivo)
            })
            .collect();
        if faltan.is_empty() { Ok(Columnas(COLUMNAS.map(lugar))) } else { Err(faltan) }
    }

    fn get<'a>(&self, registro: &'a StringRecord, nombre: &str) -> &'a str {
        let columna = COLUMNAS.iter().position(|c| *c == nombre).and_then(|i| self.0[i]);
        columna.and_then(|i| registro.get(i)).unwrap_or("").trim()
    }
}

fn row(
    columnas: &Columnas,
    registro: &StringRecord,
    linea: u64,
    moneda: Moneda,
    errores: &mut Vec<FilaInvalida>,
) -> Option<FilaCatalogo> {
    let campo = |nombre: &str| columnas.get(registro, nombre);
    let mut malos = Vec::new();
    let nombre = reglas::check_nombre(campo("nombre"), &mut malos);
    let categoria = choice("tipo", &campo("tipo").to_lowercase(), Categoria::parse, &mut malos);
    let texto = campo("tecnologia").to_lowercase();
    let tecnologia = match texto.as_str() {
        "" => None,
        texto => choice("tecnologia", texto, Tecnologia::parse, &mut malos),
    };
    let precio = price(campo("precio_con_impuesto"), moneda, &mut malos);
    let texto = campo("periodo").to_lowercase();
    let periodo = choice("periodo", &texto, Periodicidad::parse, &mut malos);
    let opcional = |texto: &str| Some(texto.to_owned()).filter(|t| !t.is_empty());
    let clave_prod_serv = opcional(campo("clave_prod_serv"));
    let clave_unidad = opcional(campo("clave_unidad"));
    reglas::check_claves(clave_prod_serv.as_deref(), clave_unidad.as_deref(), &mut malos);
    if !malos.is_empty() {
        errores.extend(malos.into_iter().map(|error| FilaInvalida { linea, error }));
        return None;
    }
    Some(FilaCatalogo {
        linea,
        nombre,
        categoria: categoria?,
        tecnologia,
        precio: precio?,
        periodo: periodo?,
        clave_prod_serv,
        clave_unidad,
    })
}

fn choice<T>(
    campo: &str,
    texto: &str,
    parse: impl Fn(&str) -> Option<T>,
    malos: &mut Vec<CampoInvalido>,
) -> Option<T> {
    let valor = parse(texto);
    if valor.is_none() {
        let motivo = match campo {
            "tipo" => {
                "Use internet, tv, telefonia, ip_fija, router, mesh, hosting, certificados, \
                correo, dominio u otros."
            }
            "tecnologia" => "Use ftth, hfc o wisp, o déjela vacía si sirve con cualquiera.",
            _ => "Use mensual, bimestral, trimestral, semestral o anual.",
        };
        malos.push(CampoInvalido::new(campo, "valor_desconocido", motivo));
    }
    valor
}

fn price(texto: &str, moneda: Moneda, malos: &mut Vec<CampoInvalido>) -> Option<Dinero> {
    let campo = "precio_con_impuesto";
    if texto.is_empty() {
        malos.push(CampoInvalido::new(
            campo,
            "monto_vacio",
            "Escriba el precio, por ejemplo 399.00.",
        ));
        return None;
    }
    match Dinero::parse(texto, moneda) {
        Ok(precio) => reglas::check_precio(precio, campo, malos).then_some(precio),
        Err(_) => {
            let motivo = "El precio debe ser un número como 399.00, sin símbolo ni separador de \
                miles.";
            malos.push(CampoInvalido::new(campo, "precio_texto", motivo));
            None
        }
    }
}

/// Two rows for one product contradict each other: neither can be chosen.
fn check_repeated(filas: &[FilaCatalogo], errores: &mut Vec<FilaInvalida>) {
    let mut vistos = std::collections::HashMap::new();
    for fila in filas {
        if let Some(antes) = vistos.insert(reglas::slug(&fila.nombre), fila.linea) {
            let motivo = format!("El producto ya está en la línea {antes}. Deje una sola.");
            errores.push(invalid(fila.linea, "nombre", "duplicado", motivo));
        }
    }
    errores.sort_by_key(|e| e.linea);
}

#[cfg(test)]
mod tests {
    use super::*;

    const CABECERA: &str =
        "nombre,tipo,tecnologia,precio_con_impuesto,periodo,clave_prod_serv,clave_unidad\n";

    fn refused(texto: &[u8]) -> Vec<(u64, String, String)> {
        let errores = read(texto, Moneda::Mxn).unwrap_err();
        errores.into_iter().map(|e| (e.linea, e.error.campo, e.error.codigo)).collect()
    }

    fn pair(linea: u64, campo: &str, codigo: &str) -> (u64, String, String) {
        (linea, campo.to_owned(), codigo.to_owned())
    }

    #[test]
    fn a_bom_and_semicolons_do_not_change_what_is_read() {
        let fila = "FIBRA 100,internet,ftth,399.00,mensual,81112101,E48\n";
        let comas = format!("{CABECERA}{fila}");
        let otros = format!("\u{feff}{}\r\n\n", comas.replace(',', ";").replace('\n', "\r\n"));
        let filas = read(comas.as_bytes(), Moneda::Mxn).unwrap();
        assert_eq!(read(otros.as_bytes(), Moneda::Mxn).unwrap(), filas);
        assert_eq!(filas[0].precio, Dinero::new(39900, Moneda::Mxn));
        assert_eq!((filas[0].linea, filas[0].nombre.as_str()), (2, "FIBRA 100"));
        assert_eq!(filas[0].tecnologia, Some(Tecnologia::Ftth));
    }

    #[test]
    fn the_line_that_is_named_is_the_one_in_the_editor() {
        let texto = format!("{CABECERA}\n\n\"A\nB\",tv,,1.00,mensual,,\n\nC,tv,,x,mensual,,\n");
        for salto in ["\n", "\r\n", "\r"] {
            let esperado = [pair(7, "precio_con_impuesto", "precio_texto")];
            assert_eq!(refused(texto.replace('\n', salto).as_bytes()), esperado, "{salto:?}");
        }
    }

    #[test]
    fn every_bad_field_is_named_with_its_line() {
        let texto = format!(
            "{CABECERA}A,internet,ftth,10.00,mensual,,\n,nada,adsl,\"1,200.00\",diario,12,e\n\
             C,tv,,,mensual,,\na,tv,,-1,mensual,,\n"
        );
        let esperado = [
            pair(3, "nombre", "nombre_invalido"),
            pair(3, "tipo", "valor_desconocido"),
            pair(3, "tecnologia", "valor_desconocido"),
            pair(3, "precio_con_impuesto", "precio_texto"),
            pair(3, "periodo", "valor_desconocido"),
            pair(3, "clave_prod_serv", "clave_prod_serv_formato"),
            pair(3, "clave_unidad", "clave_unidad_formato"),
            pair(4, "precio_con_impuesto", "monto_vacio"),
            pair(5, "precio_con_impuesto", "precio_fuera_de_rango"),
        ];
        assert_eq!(refused(texto.as_bytes()), esperado);
    }

    #[test]
    fn one_product_twice_is_refused_and_not_chosen() {
        let texto = format!("{CABECERA}FIBRA 1,tv,,1.00,mensual,,\nFibra  1,tv,,2.00,mensual,,\n");
        assert_eq!(refused(texto.as_bytes()), [pair(3, "nombre", "duplicado")]);
    }

    #[test]
    fn what_is_not_a_catalogue_says_why() {
        assert_eq!(refused(b"")[0], pair(1, "nombre", "columna_falta"));
        assert_eq!(refused(CABECERA.as_bytes()), [pair(1, "archivo", "archivo_vacio")]);
        let latin1 = [CABECERA.as_bytes(), b"TELEFON\xcdA,tv,,1,mensual,,\n"].concat();
        assert_eq!(refused(&latin1), [pair(2, "archivo", "codificacion")]);
        let sin_precio = b"nombre,tipo,periodo\nA,tv,mensual\n";
        assert_eq!(refused(sin_precio), [pair(1, "precio_con_impuesto", "columna_falta")]);
    }
}
