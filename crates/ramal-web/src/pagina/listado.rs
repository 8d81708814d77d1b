//! A list page as its address tells it: filters, order, page. It reads no row and renders nothing:
//! the slice asks its storage and the macros of `ui/` draw.

use ramal_db::{Cursor, Pagina};
use serde::de::DeserializeOwned;

use super::filtro::{Filtro, Orden};
use super::{Enlace, Formulario, Marco};
use crate::Problem;

/// Previous pages that the address remembers; further back «Anterior» leads to the first page.
const PREVIOS: usize = 30;
/// Rows up to which a total is exact.
pub const CONTEO_MAXIMO: i64 = 10_000;

/// How many rows a list has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conteo {
    /// So many.
    Exacto(i64),
    /// More than so many; nobody counted further.
    MasDe(i64),
}

impl Conteo {
    /// From a count that stopped at [`CONTEO_MAXIMO`] + 1 (`SELECT COUNT(*) FROM (… LIMIT 10001)`).
    pub fn of(filas: i64) -> Conteo {
        if filas > CONTEO_MAXIMO { Conteo::MasDe(CONTEO_MAXIMO) } else { Conteo::Exacto(filas) }
    }

    /// The number, exact or not.
    pub fn numero(&self) -> i64 {
        match self {
            Conteo::Exacto(n) | Conteo::MasDe(n) => *n,
        }
    }

    /// Whether nobody counted further.
    pub fn is_abierto(&self) -> bool {
        matches!(self, Conteo::MasDe(_))
    }
}

/// A filter in force, with the address of the list without it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chip {
    /// Label and value in words: `Estado: Vencida`.
    pub texto: String,
    /// The list without this filter.
    pub ruta: String,
}

/// How the header of a column orders the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrdenDe {
    /// `ascending`, `descending` or `none`.
    pub aria: &'static str,
    /// The list in the order of the column; the other way round if it is already so.
    pub ruta: String,
}

/// A list page: what was asked, and the links that lead on.
#[derive(Clone, Debug)]
pub struct Listado {
    id: &'static str,
    ruta: String,
    filtros: Vec<Filtro>,
    etiquetas: Vec<String>,
    puestos: Vec<(&'static str, String)>,
    otros: Vec<(String, String)>,
    orden: Option<Orden>,
    ordenes: &'static [&'static str],
    limite: Option<u32>,
    cursor: Option<String>,
    previos: Vec<String>,
    siguiente: Option<String>,
    conteo: Option<Conteo>,
    conteo_texto: String,
    vistas: Vec<Enlace>,
}

impl Listado {
    /// Reads the list that a request asks for. Parameters that no filter declares are kept in the
    /// links and otherwise ignored.
    pub fn new(marco: &Marco, filtros: Vec<Filtro>) -> Listado {
        let etiquetas = filtros.iter().map(|f| marco.t(f.etiqueta)).collect();
        Listado { etiquetas, ..Listado::of(&marco.ruta, &marco.consulta, filtros) }
    }

    /// Reads a list from a path and a query (or from [`Listado::filtro_para_lote`]), without words
    /// for its chips.
    pub fn of(ruta: &str, consulta: &str, filtros: Vec<Filtro>) -> Listado {
        let mut listado = Listado {
            id: "lista",
            etiquetas: Vec::new(),
            conteo_texto: String::new(),
            ruta: ruta.to_owned(),
            filtros,
            puestos: Vec::new(),
            otros: Vec::new(),
            orden: None,
            ordenes: &[],
            limite: None,
            cursor: None,
            previos: Vec::new(),
            siguiente: None,
            conteo: None,
            vistas: Vec::new(),
        };
        for (nombre, valor) in form_urlencoded::parse(consulta.as_bytes()) {
            listado.take(&nombre, valor.trim());
        }
        listado
    }

    fn take(&mut self, nombre: &str, valor: &str) {
        if valor.is_empty() {
            return;
        }
        match nombre {
            "cursor" => self.cursor = Some(valor.to_owned()),
            "previos" if self.previos.len() < PREVIOS => self.previos.push(valor.to_owned()),
            "previos" => {}
            "orden" => self.orden = Orden::parse(valor),
            "limite" => self.limite = valor.parse().ok().filter(|n| (1..=200).contains(n)),
            _ => match self.filtros.iter().find(|f| f.nombre == nombre) {
                Some(filtro) => self.puestos.push((filtro.nombre, valor.to_owned())),
                None => self.otros.push((nombre.to_owned(), valor.to_owned())),
            },
        }
    }

    /// Declares by which fields the list may be ordered; any other `orden` is ignored.
    #[must_use]
    pub fn sortable(mut self, campos: &'static [&'static str]) -> Listado {
        self.ordenes = campos;
        self.orden = self.orden.filter(|o| campos.contains(&o.campo.as_str()));
        self
    }

    /// Links of saved views.
    #[must_use]
    pub fn views(self, vistas: Vec<Enlace>) -> Listado {
        Listado { vistas, ..self }
    }

    /// Id of the element that holds the list, and name of the template's block; `lista` if not
    /// said.
    #[must_use]
    pub fn named(self, id: &'static str) -> Listado {
        Listado { id, ..self }
    }

    /// Tells where the next page begins.
    #[must_use]
    pub fn paged<T>(self, pagina: &Pagina<T>) -> Listado {
        Listado { siguiente: pagina.siguiente.clone(), ..self }
    }

    /// Tells how many rows there are.
    #[must_use]
    pub fn counted(self, marco: &Marco, conteo: Conteo) -> Listado {
        let numero = marco.formato().numero(conteo.numero());
        let conteo_texto = match conteo {
            Conteo::Exacto(_) => numero,
            Conteo::MasDe(_) => marco.t1("kit-mas-de", "n", numero),
        };
        Listado { conteo: Some(conteo), conteo_texto, ..self }
    }

    /// Id of the element that holds the list.
    pub fn id(&self) -> &str {
        self.id
    }

    /// The value of a filter; empty if it is not in force.
    pub fn value(&self, nombre: &str) -> &str {
        self.puestos.iter().find(|(n, _)| *n == nombre).map_or("", |(_, v)| v.as_str())
    }

    /// The value of a filter, if it is in force.
    pub fn get(&self, nombre: &str) -> Option<&str> {
        Some(self.value(nombre)).filter(|v| !v.is_empty())
    }

    /// Every value of a filter that takes several.
    pub fn values(&self, nombre: &str) -> Vec<&str> {
        self.puestos.iter().filter(|(n, _)| *n == nombre).map(|(_, v)| v.as_str()).collect()
    }

    /// Whether a filter has this value.
    pub fn has(&self, nombre: &str, valor: &str) -> bool {
        self.puestos.iter().any(|(n, v)| *n == nombre && v == valor)
    }

    /// The filters as a form, so that the field macros can draw them with their values.
    pub fn form(&self) -> Formulario {
        Formulario::filled(self.puestos.iter().cloned())
    }

    /// The filters as the type that the API's list takes. Errors: 422 that names the filter.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        self.form().parse()
    }

    /// The page asked for, as the data layer wants it.
    pub fn cursor(&self) -> Cursor {
        let limite = self.limite.unwrap_or_else(Cursor::limite_por_defecto);
        Cursor { limite, cursor: self.cursor.clone() }
    }

    /// The order asked for, if it is one of the declared.
    pub fn orden(&self) -> Option<&Orden> {
        self.orden.as_ref()
    }

    /// How the header of a column orders the list.
    pub fn orden_de(&self, campo: &str) -> OrdenDe {
        let (aria, orden) = match &self.orden {
            Some(orden) if orden.campo == campo => (orden.aria(), orden.reversed()),
            _ => ("none", Orden::ascending(campo)),
        };
        OrdenDe { aria, ruta: self.link(self.puestos.iter(), Some(&orden), &[]) }
    }

    /// The filters in force, each with the address without it.
    pub fn chips(&self) -> Vec<Chip> {
        let chip = |i: usize, (nombre, valor): &(&'static str, String)| {
            let cual = self.filtros.iter().position(|f| f.nombre == *nombre)?;
            let etiqueta = self.etiquetas.get(cual).map_or(*nombre, String::as_str);
            let texto = format!("{etiqueta}: {}", self.filtros[cual].words(valor));
            let resto = self.puestos.iter().enumerate().filter(|(j, _)| *j != i).map(|(_, p)| p);
            Some(Chip { texto, ruta: self.link(resto, self.orden.as_ref(), &[]) })
        };
        self.puestos.iter().enumerate().filter_map(|(i, par)| chip(i, par)).collect()
    }

    /// How many filters are in force.
    pub fn filtros_puestos(&self) -> usize {
        self.puestos.len()
    }

    /// Whether any filter is in force.
    pub fn has_filtros(&self) -> bool {
        !self.puestos.is_empty()
    }

    /// The list without filters, in the same order.
    pub fn sin_filtros(&self) -> String {
        self.link(std::iter::empty(), self.orden.as_ref(), &[])
    }

    /// The page before, if this is not the first.
    pub fn anterior(&self) -> Option<String> {
        self.cursor.as_ref()?;
        let mut pagina = Vec::new();
        if let Some((ultimo, resto)) = self.previos.split_last() {
            pagina.push(("cursor", ultimo.as_str()));
            pagina.extend(resto.iter().map(|p| ("previos", p.as_str())));
        }
        Some(self.link(self.puestos.iter(), self.orden.as_ref(), &pagina))
    }

    /// The page after, if there is one.
    pub fn siguiente(&self) -> Option<String> {
        let siguiente = self.siguiente.as_deref()?;
        let mut pila: Vec<&str> = self.previos.iter().map(String::as_str).collect();
        pila.extend(self.cursor.as_deref());
        let sobran = pila.len().saturating_sub(PREVIOS);
        let mut pagina = vec![("cursor", siguiente)];
        pagina.extend(pila[sobran..].iter().map(|p| ("previos", *p)));
        Some(self.link(self.puestos.iter(), self.orden.as_ref(), &pagina))
    }

    /// Whether this is not the only page.
    pub fn has_paginas(&self) -> bool {
        self.cursor.is_some() || self.siguiente.is_some()
    }

    /// How many rows there are, if somebody counted.
    pub fn conteo(&self) -> Option<Conteo> {
        self.conteo
    }

    /// The number of rows, exact or not; 0 if nobody counted.
    pub fn total(&self) -> i64 {
        self.conteo.map_or(0, |c| c.numero())
    }

    /// The number of rows in words: `1,284`, `más de 10,000`; empty if nobody counted.
    pub fn total_texto(&self) -> &str {
        &self.conteo_texto
    }

    /// Links of saved views.
    pub fn vistas(&self) -> &[Enlace] {
        &self.vistas
    }

    /// Path of the list, for the filter form.
    pub fn ruta(&self) -> &str {
        &self.ruta
    }

    /// What the filter form must carry besides its own fields: order, page size, foreign
    /// parameters. Never the page: a new filter begins at the first.
    pub fn ocultos(&self) -> Vec<(String, String)> {
        let orden = self.orden.iter().map(|o| ("orden".to_owned(), o.to_string()));
        let limite = self.limite.iter().map(|n| ("limite".to_owned(), n.to_string()));
        orden.chain(limite).chain(self.otros.iter().cloned()).collect()
    }

    /// Query of this list without its page: what a saved view keeps and what a link shows others.
    pub fn consulta(&self) -> String {
        let ruta = self.link(self.puestos.iter(), self.orden.as_ref(), &[]);
        ruta.split_once('?').map_or_else(String::new, |(_, consulta)| consulta.to_owned())
    }

    /// The filters in force and nothing else, in the declared order: what a bulk act «all that
    /// match» carries. [`Listado::of`] reads it back.
    pub fn filtro_para_lote(&self) -> String {
        let mut texto = form_urlencoded::Serializer::new(String::new());
        for filtro in &self.filtros {
            for (nombre, valor) in self.puestos.iter().filter(|(n, _)| *n == filtro.nombre) {
                texto.append_pair(nombre, valor);
            }
        }
        texto.finish()
    }

    fn link<'a>(
        &self,
        filtros: impl Iterator<Item = &'a (&'static str, String)>,
        orden: Option<&Orden>,
        pagina: &[(&str, &str)],
    ) -> String {
        let mut texto = form_urlencoded::Serializer::new(String::new());
        for (nombre, valor) in filtros {
            texto.append_pair(nombre, valor);
        }
        if let Some(orden) = orden {
            texto.append_pair("orden", &orden.to_string());
        }
        if let Some(limite) = self.limite {
            texto.append_pair("limite", &limite.to_string());
        }
        for (nombre, valor) in &self.otros {
            texto.append_pair(nombre, valor);
        }
        for (nombre, valor) in pagina {
            texto.append_pair(nombre, valor);
        }
        let consulta = texto.finish();
        if consulta.is_empty() { self.ruta.clone() } else { format!("{}?{consulta}", self.ruta) }
    }
}
