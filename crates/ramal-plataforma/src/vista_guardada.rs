//! A list as somebody left it: address and query under a name. It runs no query.

use ramal_base::{CampoInvalido, Id};

/// A saved view of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VistaGuardada {
    /// Identifier.
    pub id: Id<VistaGuardada>,
    /// Path of the list: `/admin/clientes`.
    pub ruta: String,
    /// Name that its owner gave.
    pub nombre: String,
    /// Query without `?`, and without a cursor.
    pub consulta: String,
}

impl VistaGuardada {
    /// Address of the view.
    pub fn direccion(&self) -> String {
        match self.consulta.as_str() {
            "" => self.ruta.clone(),
            consulta => format!("{}?{consulta}", self.ruta),
        }
    }
}

/// The three texts of a view as they are kept: the path stays on this site and the query forgets
/// where the page was. Errors: the bad fields.
pub fn checked(
    ruta: &str,
    nombre: &str,
    consulta: &str,
) -> Result<(String, String, String), Vec<CampoInvalido>> {
    let nombre = nombre.trim();
    let mut malos = Vec::new();
    if !(1..=40).contains(&nombre.chars().count()) {
        let motivo = "Falta el nombre de la vista: de 1 a 40 caracteres.";
        malos.push(CampoInvalido::new("nombre", "nombre_largo", motivo));
    }
    if !ramal_web::pagina::aviso::is_local(ruta) || ruta.contains(['?', '#']) || ruta.len() > 200 {
        let motivo = "La vista tiene que ser de una lista de este sitio.";
        malos.push(CampoInvalido::new("ruta", "ruta_ajena", motivo));
    }
    let consulta = without_place(consulta);
    if consulta.len() > 1000 {
        let motivo = "Esos filtros son demasiado largos para guardarlos.";
        malos.push(CampoInvalido::new("consulta", "consulta_larga", motivo));
    }
    if malos.is_empty() { Ok((ruta.to_owned(), nombre.to_owned(), consulta)) } else { Err(malos) }
}

/// The query without the page it stood on.
fn without_place(consulta: &str) -> String {
    let queda = |par: &&str| {
        let nombre = par.split('=').next().unwrap_or_default();
        !matches!(nombre, "" | "cursor" | "atras" | "pila")
    };
    let consulta = consulta.trim_start_matches('?');
    let pares: Vec<&str> = consulta.split('&').filter(queda).collect();
    let sano = |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '<' | '>' | '#');
    pares.join("&").chars().filter(|c| sano(*c)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_keeps_the_filters_and_forgets_the_page() {
        let (ruta, nombre, consulta) =
            checked("/admin/clientes", " Deudores ", "?estado=activo&cursor=x&q=a%20b").unwrap();
        assert_eq!((ruta.as_str(), nombre.as_str()), ("/admin/clientes", "Deudores"));
        assert_eq!(consulta, "estado=activo&q=a%20b");
    }

    #[test]
    fn a_view_of_another_site_is_refused() {
        for ruta in ["//mal.example", "https://mal.example", "/a\\b", "/a?b", "/a#b", ""] {
            assert!(checked(ruta, "x", "").is_err(), "{ruta}");
        }
    }
}
