//! A row seen through its profile: cells by meaning, the row's name in the source, whose it is.
//! Judges no value.

use std::collections::HashMap;

use crate::Error;
use crate::lectura::FilaCruda;
use crate::perfil::Perfil;

/// Where each column of the profile stands in the source.
#[derive(Clone, Debug)]
pub struct Cabecera {
    campos: HashMap<&'static str, (usize, String)>,
    referencia: Vec<usize>,
    configuracion: Vec<(String, usize)>,
    columnas: usize,
}

impl Cabecera {
    /// Finds the columns of the profile in a header; case and order do not matter.
    ///
    /// Errors: `ColumnasFaltantes` with all that are missing.
    pub fn new(perfil: &Perfil, titulos: &[String]) -> Result<Cabecera, Error> {
        let normal = |t: &str| t.trim().to_lowercase();
        let posiciones: HashMap<String, usize> =
            titulos.iter().enumerate().rev().map(|(i, t)| (normal(t), i)).collect();
        let buscar = |columna: &str| posiciones.get(&normal(columna)).copied();
        let requeridas = perfil.required_columns();
        let faltan: Vec<String> = requeridas.into_iter().filter(|c| buscar(c).is_none()).collect();
        if !faltan.is_empty() {
            return Err(Error::ColumnasFaltantes(faltan));
        }
        let campos = perfil.columnas.mapped().into_iter();
        let configuracion = perfil.configuracion.iter();
        Ok(Cabecera {
            campos: campos.filter_map(|(c, n)| Some((c, (buscar(n)?, n.to_owned())))).collect(),
            referencia: perfil.referencia.iter().filter_map(|c| buscar(c)).collect(),
            configuracion: configuracion
                .filter_map(|(k, c)| Some((k.clone(), buscar(c)?)))
                .collect(),
            columnas: titulos.len(),
        })
    }

    /// How many cells a whole row has.
    pub fn columns(&self) -> usize {
        self.columnas
    }

    /// Title, in the source, of the column of a meaning; the meaning itself if it has none.
    pub fn title<'a>(&'a self, campo: &'a str) -> &'a str {
        self.campos.get(campo).map_or(campo, |(_, titulo)| titulo)
    }
}

/// A row and its header.
#[derive(Clone, Copy)]
pub struct Fila<'a> {
    /// Columns.
    pub cabecera: &'a Cabecera,
    /// Cells.
    pub cruda: &'a FilaCruda,
}

impl<'a> Fila<'a> {
    fn at(&self, i: usize) -> &'a str {
        self.cruda.celdas.get(i).map_or("", |c| c.trim())
    }

    /// Trimmed cell of a meaning; empty if the source has no such column.
    pub fn cell(&self, campo: &str) -> &'a str {
        self.cabecera.campos.get(campo).map_or("", |(i, _)| self.at(*i))
    }

    /// Cell of a meaning, none if it is empty.
    pub fn filled(&self, campo: &str) -> Option<String> {
        Some(self.cell(campo)).filter(|t| !t.is_empty()).map(str::to_owned)
    }

    /// Name of the row in the source for ever; none if its columns are empty.
    pub fn referencia(&self) -> Option<String> {
        let partes: Vec<&str> = self.cabecera.referencia.iter().map(|i| self.at(*i)).collect();
        let vacia = partes.iter().all(|p| p.is_empty());
        (!vacia).then(|| partes.join("|"))
    }

    /// What adjacent rows of one customer share: name, document, e-mail and telephone.
    pub fn persona(&self) -> String {
        ["razon_social", "documento", "email", "telefono"].map(|c| self.cell(c)).join("\u{1f}")
    }

    /// Cells kept with the service, a JSON object without the empty ones.
    pub fn configuracion(&self) -> serde_json::Value {
        let llenas = self.cabecera.configuracion.iter().filter(|(_, i)| !self.at(*i).is_empty());
        llenas.map(|(clave, i)| (clave.clone(), serde_json::Value::from(self.at(*i)))).collect()
    }
}
