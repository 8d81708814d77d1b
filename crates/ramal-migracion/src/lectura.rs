//! Rows of a delimited text, one by one, with the physical line on which each begins. Judges no
//! value.

use std::collections::VecDeque;
use std::io::{BufRead, Read};

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use sha2::{Digest, Sha256};

use crate::Error;
use crate::perfil::{Codificacion, Perfil};

/// Physical lines that a row may take; beyond, its quote was never closed.
const LINEAS_POR_FILA: usize = 50;
/// Bytes of a physical line beyond which the file is not a table.
const BYTES_POR_LINEA: u64 = 1 << 20;

/// A row as it stands in the source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilaCruda {
    /// Physical line on which it begins; the header is line 1.
    pub linea: u64,
    /// Cells in the order of the header, as text.
    pub celdas: Vec<String>,
    /// The row itself, decoded and without its end of line.
    pub crudo: String,
    /// Why it cannot be read as a row.
    pub rotura: Option<Rotura>,
}

/// Ways in which a row is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rotura {
    /// A quote that is never closed.
    ComillasAbiertas,
    /// Bytes that are not of the encoding.
    Codificacion,
}

/// What a first pass over the bytes finds out.
pub struct Reconocimiento {
    /// SHA-256 in hexadecimal.
    pub huella: String,
    /// Whether all of it is UTF-8.
    pub utf8: bool,
}

/// Reads a source once to know its hash and whether it is UTF-8.
///
/// Errors: `Lectura`.
pub fn recognize(mut origen: impl Read) -> Result<Reconocimiento, Error> {
    let mut huella = Sha256::new();
    let mut decoder = UTF_8.new_decoder_without_bom_handling();
    let (mut utf8, mut bloque, mut salida) = (true, vec![0u8; 1 << 16], String::new());
    loop {
        let n = origen.read(&mut bloque).map_err(unreadable)?;
        huella.update(&bloque[..n]);
        if utf8 {
            salida.clear();
            salida.reserve(decoder.max_utf8_buffer_length(n).unwrap_or(1 << 18));
            let (_, _, errores) = decoder.decode_to_string(&bloque[..n], &mut salida, n == 0);
            utf8 = !errores;
        }
        if n == 0 {
            return Ok(Reconocimiento { huella: hex::encode(huella.finalize()), utf8 });
        }
    }
}

fn unreadable(error: std::io::Error) -> Error {
    Error::Lectura(error.to_string())
}

/// Streaming reader of rows.
pub struct Lector<R> {
    origen: R,
    separador: u8,
    codificacion: &'static Encoding,
    /// Physical lines read ahead and given back.
    guardadas: VecDeque<Vec<u8>>,
    linea: u64,
}

impl FilaCruda {
    /// The row, broken if it carries a NUL, which no engine keeps in a text.
    pub fn without_nul(self) -> FilaCruda {
        if !self.crudo.contains('\0') {
            return self;
        }
        let crudo = self.crudo.replace('\0', "\u{fffd}");
        FilaCruda { crudo, celdas: Vec::new(), rotura: Some(Rotura::Codificacion), ..self }
    }
}

impl<R: BufRead> Lector<R> {
    /// Reader of `origen`; `utf8` is what `recognize` found out.
    pub fn new(origen: R, perfil: &Perfil, utf8: bool) -> Lector<R> {
        let codificacion = match perfil.codificacion {
            Codificacion::Utf8 => UTF_8,
            Codificacion::Latin1 => WINDOWS_1252,
            Codificacion::Auto if utf8 => UTF_8,
            Codificacion::Auto => WINDOWS_1252,
        };
        let separador = u8::try_from(perfil.separador).unwrap_or(b',');
        Lector { origen, separador, codificacion, guardadas: VecDeque::new(), linea: 0 }
    }

    /// The next row that is not blank. Errors: `Lectura`.
    pub fn next_row(&mut self) -> Result<Option<FilaCruda>, Error> {
        loop {
            let Some(primera) = self.physical_line()? else { return Ok(None) };
            self.linea += 1;
            let linea = self.linea;
            if primera.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            return self.complete(linea, primera).map(Some);
        }
    }

    /// Adds physical lines to the first one until no quote is open.
    fn complete(&mut self, linea: u64, primera: Vec<u8>) -> Result<FilaCruda, Error> {
        let mut estado = Comillas::Inicio.after(&primera, self.separador);
        let mut siguientes: Vec<Vec<u8>> = Vec::new();
        while estado == Comillas::Dentro {
            let demasiadas = siguientes.len() + 1 >= LINEAS_POR_FILA;
            let otra = if demasiadas { None } else { self.physical_line()? };
            let Some(otra) = otra else {
                // The quote is a slip of one row: the lines after it are rows of their own.
                for devuelta in siguientes.into_iter().rev() {
                    self.guardadas.push_front(devuelta);
                }
                return Ok(self.row(linea, &primera, Some(Rotura::ComillasAbiertas)));
            };
            estado = estado.after(&otra, self.separador);
            siguientes.push(otra);
        }
        self.linea += siguientes.len() as u64;
        let entera = [vec![primera], siguientes].concat().concat();
        Ok(self.row(linea, &entera, None))
    }

    fn row(&self, linea: u64, bytes: &[u8], rotura: Option<Rotura>) -> FilaCruda {
        let mut fin = bytes.len();
        while fin > 0 && matches!(bytes[fin - 1], b'\n' | b'\r') {
            fin -= 1;
        }
        let bytes = &bytes[..fin];
        let sin_marca = bytes.strip_prefix(b"\xef\xbb\xbf").filter(|_| linea == 1);
        let (texto, malos) =
            self.codificacion.decode_without_bom_handling(sin_marca.unwrap_or(bytes));
        let rotura = rotura.or(malos.then_some(Rotura::Codificacion));
        let celdas = if rotura.is_some() { Vec::new() } else { self.cells(&texto) };
        FilaCruda { linea, celdas, crudo: texto.into_owned(), rotura }.without_nul()
    }

    fn cells(&self, texto: &str) -> Vec<String> {
        let mut lector = csv::ReaderBuilder::new()
            .has_headers(false)
            .delimiter(self.separador)
            .buffer_capacity(texto.len().max(1))
            .from_reader(texto.as_bytes());
        let mut celdas = csv::StringRecord::new();
        match lector.read_record(&mut celdas) {
            Ok(true) => celdas.iter().map(str::to_owned).collect(),
            _ => Vec::new(),
        }
    }

    fn physical_line(&mut self) -> Result<Option<Vec<u8>>, Error> {
        if let Some(guardada) = self.guardadas.pop_front() {
            return Ok(Some(guardada));
        }
        let mut linea = Vec::new();
        let mut acotado = (&mut self.origen).take(BYTES_POR_LINEA);
        let n = acotado.read_until(b'\n', &mut linea).map_err(unreadable)?;
        if n as u64 == BYTES_POR_LINEA && linea.last() != Some(&b'\n') {
            return Err(Error::Lectura("una línea pasa de un megabyte; no es una tabla".into()));
        }
        Ok((n > 0).then_some(linea))
    }
}

/// Where in a cell the reading is, as far as quotes matter.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Comillas {
    /// At the start of a cell: a quote here opens.
    Inicio,
    /// Inside a cell without quotes: a quote here is a letter like any other.
    Llana,
    /// Inside quotes.
    Dentro,
    /// After a quote inside quotes: closed, or a doubled one.
    Cierre,
}

impl Comillas {
    fn after(self, bytes: &[u8], separador: u8) -> Comillas {
        bytes.iter().fold(self, |estado, b| match (estado, *b) {
            (Comillas::Dentro, b'"') => Comillas::Cierre,
            (Comillas::Dentro, _) => Comillas::Dentro,
            (Comillas::Inicio | Comillas::Cierre, b'"') => Comillas::Dentro,
            (_, b) if b == separador || b == b'\n' => Comillas::Inicio,
            (Comillas::Inicio, b'\xef' | b'\xbb' | b'\xbf') => Comillas::Inicio,
            _ => Comillas::Llana,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filas(texto: &[u8], separador: &str) -> Vec<FilaCruda> {
        let perfil = Perfil::find("seed003").unwrap();
        let perfil = Perfil { separador: separador.chars().next().unwrap(), ..perfil };
        let utf8 = recognize(texto).unwrap().utf8;
        let mut lector = Lector::new(texto, &perfil, utf8);
        std::iter::from_fn(|| lector.next_row().unwrap()).collect()
    }

    fn lineas(filas: &[FilaCruda]) -> Vec<u64> {
        filas.iter().map(|f| f.linea).collect()
    }

    #[test]
    fn a_quoted_newline_does_not_shift_the_lines_after_it() {
        let leidas = filas("a,b\r\n1,\"x\r\ny\"\r\n\r\n2,z\r\n3,w".as_bytes(), ",");
        assert_eq!(lineas(&leidas), [1, 2, 5, 6]);
        assert_eq!(leidas[1].celdas, ["1", "x\r\ny"]);
        assert_eq!(leidas[3].crudo, "3,w");
    }

    #[test]
    fn an_inch_mark_in_a_plain_cell_opens_nothing() {
        let leidas = filas(b"a,b\n1,tubo 2\" negro\n2,\"dice \"\"hola\"\"\"\n", ",");
        assert_eq!(leidas[1].celdas[1], "tubo 2\" negro");
        assert_eq!(leidas[2].celdas[1], "dice \"hola\"");
    }

    #[test]
    fn a_quote_never_closed_costs_one_row_and_not_the_rest() {
        let leidas = filas(b"a,b\n1,\"abierta\n2,b\n3,c\n", ",");
        assert_eq!(lineas(&leidas), [1, 2, 3, 4]);
        assert_eq!(leidas[1].rotura, Some(Rotura::ComillasAbiertas));
        assert_eq!(leidas[2].celdas, ["2", "b"]);
        let largo = format!("a,b\n1,\"abierta\n{}", "2,b\n".repeat(200));
        assert_eq!(filas(largo.as_bytes(), ",").len(), 202);
    }

    #[test]
    fn mark_latin_1_and_other_separators_read_as_people_see_them() {
        let marca = filas("\u{feff}id,ñ\n1,Ñahui\n".as_bytes(), ",");
        assert_eq!(marca[0].celdas, ["id", "ñ"]);
        assert_eq!(marca[1].celdas[1], "Ñahui");
        let latin = filas(b"id;R\xe9gimen\r\n1;\xd1ahui\r\n", ";");
        assert_eq!(latin[0].celdas[1], "Régimen");
        assert_eq!(latin[1].celdas[1], "Ñahui");
        let comillas = filas("\u{feff}\"id\",\"a\nb\"\n1,2\n".as_bytes(), ",");
        assert_eq!(comillas[0].celdas, ["id", "a\nb"]);
    }

    #[test]
    fn bytes_that_are_not_of_the_declared_encoding_break_their_row_only() {
        let perfil = Perfil::find("seed003").unwrap();
        let perfil = Perfil { codificacion: Codificacion::Utf8, ..perfil };
        let mut lector = Lector::new(&b"a,b\n1,\xd1\n2,x\n"[..], &perfil, false);
        let leidas: Vec<_> = std::iter::from_fn(|| lector.next_row().unwrap()).collect();
        assert_eq!(leidas[1].rotura, Some(Rotura::Codificacion));
        assert_eq!(leidas[2].celdas, ["2", "x"]);
        let nulo = filas(b"a,b\n1,\0\n", ",");
        assert_eq!(
            (nulo[1].rotura, nulo[1].crudo.as_str()),
            (Some(Rotura::Codificacion), "1,\u{fffd}")
        );
    }
}
