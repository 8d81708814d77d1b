//! On what a bulk act acts: the rows picked one by one, or all that match a filter. It resolves no
//! filter: the slice asks its storage.

use super::{Filtro, Formulario, Listado};
use crate::Problem;

/// Name of the row checkboxes of a list.
pub const ELEGIDOS: &str = "elegidos";
/// Name of the choice «all that match»; its value is [`TODOS_VALOR`].
pub const TODOS: &str = "todos";
/// Value of [`TODOS`] when all that match are meant.
pub const TODOS_VALOR: &str = "si";
/// Name of the hidden field with [`Listado::filtro_para_lote`].
pub const FILTRO: &str = "filtro";

/// Most rows that can be picked one by one.
const MAXIMO: usize = 200;

/// On what a bulk act acts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seleccion {
    /// These, by the value of their checkbox, without repetitions and in the order of the page.
    Ids(Vec<String>),
    /// All that match this filter, as [`Listado::filtro_para_lote`] wrote it.
    Filtro(String),
}

impl Seleccion {
    /// Reads what a bulk form picked. Errors: 422 `nada_elegido` if nothing was, 422
    /// `demasiados_elegidos` over 200 rows.
    pub fn read(form: &Formulario) -> Result<Seleccion, Problem> {
        if form.has(TODOS, TODOS_VALOR) {
            return Ok(Seleccion::Filtro(form.value(FILTRO).to_owned()));
        }
        let mut ids: Vec<String> = Vec::new();
        for id in form.values(ELEGIDOS) {
            if !id.is_empty() && !ids.iter().any(|i| i == id) {
                ids.push(id.to_owned());
            }
        }
        match ids.len() {
            0 => Err(Problem::campo(ELEGIDOS, "nada_elegido", "Falta elegir al menos una fila.")),
            n if n > MAXIMO => {
                let motivo = "Se eligen hasta 200 filas a la vez; para más, usar el filtro.";
                Err(Problem::campo(ELEGIDOS, "demasiados_elegidos", motivo))
            }
            _ => Ok(Seleccion::Ids(ids)),
        }
    }

    /// The filter as a list, to ask it the values; `None` if rows were picked one by one.
    pub fn listado(&self, filtros: Vec<Filtro>) -> Option<Listado> {
        match self {
            Seleccion::Ids(_) => None,
            Seleccion::Filtro(consulta) => Some(Listado::of("", consulta, filtros)),
        }
    }
}
