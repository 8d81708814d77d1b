//! Permissions, acts and fields as people call them. What has no word yet is shown by its code,
//! never hidden.

use ramal_web::pagina::Marco;

use crate::permiso::covers;

/// Permissions of an area, for a form or a summary.
pub(super) struct Area {
    /// `clientes`.
    pub codigo: String,
    /// `Clientes`.
    pub nombre: String,
    /// `clientes:*`.
    pub todo: String,
    /// Each permission of the area.
    pub permisos: Vec<EnPalabras>,
}

/// A permission and its word.
pub(super) struct EnPalabras {
    /// `clientes:leer`.
    pub codigo: String,
    /// `Ver`.
    pub texto: String,
}

/// Every area of the known permissions, and of those granted that nobody asks for yet.
pub(super) fn areas(marco: &Marco, conocidos: &[&'static str], dados: &[String]) -> Vec<Area> {
    let mut todos: Vec<&str> = conocidos.to_vec();
    todos.extend(dados.iter().map(String::as_str));
    todos.sort_unstable();
    todos.dedup();
    let mut areas: Vec<Area> = Vec::new();
    for permiso in todos {
        let Some((area, accion)) = permiso.split_once(':').filter(|(a, _)| *a != "*") else {
            continue;
        };
        if areas.last().is_none_or(|a| a.codigo != area) {
            areas.push(Area {
                codigo: area.to_owned(),
                nombre: word(marco, "area", area),
                todo: format!("{area}:*"),
                permisos: Vec::new(),
            });
        }
        if let Some(ultima) = areas.last_mut().filter(|_| accion != "*") {
            let texto = word(marco, "permiso", accion);
            let nuevo = EnPalabras { codigo: permiso.to_owned(), texto };
            let lugar = if accion == "leer" { 0 } else { ultima.permisos.len() };
            ultima.permisos.insert(lugar, nuevo);
        }
    }
    areas
}

impl Area {
    /// What some grants allow in the area: `Todo`, `Ver, editar`, or `—`.
    pub(super) fn summary(&self, marco: &Marco, dados: &[String]) -> String {
        if covers(dados, &self.todo) {
            return marco.t("permiso-todo");
        }
        let suyos: Vec<&str> = self
            .permisos
            .iter()
            .filter(|p| covers(dados, &p.codigo))
            .map(|p| p.texto.as_str())
            .collect();
        if suyos.is_empty() { "—".to_owned() } else { suyos.join(", ") }
    }
}

/// Grants as a person reads them: `Clientes: todo`, `Facturas: ver`.
pub(super) fn sentence(marco: &Marco, dados: &[String]) -> Vec<String> {
    let una = |permiso: &String| match permiso.split_once(':') {
        None => marco.t("permiso-acceso-total"),
        Some(("*", accion)) => {
            marco.t1("permiso-en-todo", "accion", word(marco, "permiso", accion))
        }
        Some((area, "*")) => format!("{}: {}", word(marco, "area", area), marco.t("permiso-todo")),
        Some((area, accion)) => {
            format!("{}: {}", word(marco, "area", area), word(marco, "permiso", accion))
        }
    };
    dados.iter().map(una).collect()
}

/// The word of a code: key `<clase>-<code>`; without one, the code with its first letter large.
pub(super) fn word(marco: &Marco, clase: &str, codigo: &str) -> String {
    let clave = format!("{clase}-{}", codigo.replace(['_', '.', ':'], "-"));
    let texto = marco.t(&clave);
    if texto != clave {
        return texto;
    }
    let llano = codigo.replace(['_', '.'], " ");
    let mut letras = llano.chars();
    letras.next().map_or_else(String::new, |c| c.to_uppercase().chain(letras).collect())
}
