//! Forms of Stripe's API: `a[b][c]=valor`, with every field taken once and none left over. It knows
//! no object.

use std::collections::BTreeMap;

use super::autenticar::Fallo;
use super::operaciones::Negativa;

/// Fields of a request.
pub struct Forma(BTreeMap<String, String>);

impl Forma {
    /// Reads a form. `x[]` repeated becomes `x[0]`, `x[1]`.
    ///
    /// Errors: a field that comes twice.
    pub fn read(cuerpo: &[u8]) -> Result<Forma, Fallo> {
        Forma::of_pairs(form_urlencoded::parse(cuerpo).into_owned())
    }

    /// The same, from pairs already decoded.
    pub fn of_pairs(pares: impl IntoIterator<Item = (String, String)>) -> Result<Forma, Fallo> {
        let mut campos = BTreeMap::new();
        for (nombre, valor) in pares {
            let nombre = match nombre.strip_suffix("[]") {
                Some(lista) => format!("{lista}[{}]", count(&campos, lista)),
                None => nombre,
            };
            if campos.insert(nombre.clone(), valor).is_some() {
                return Err(invalid(&nombre, "is repeated"));
            }
        }
        Ok(Forma(campos))
    }

    /// Takes a field.
    pub fn take(&mut self, nombre: &str) -> Option<String> {
        self.0.remove(nombre).filter(|v| !v.is_empty())
    }

    /// Takes a field that must be there.
    pub fn need(&mut self, nombre: &str) -> Result<String, Fallo> {
        self.take(nombre).ok_or_else(|| {
            Negativa::Invalido("parameter_missing", format!("Missing required param: {nombre}."))
                .into()
        })
    }

    /// Takes a whole number.
    pub fn integer(&mut self, nombre: &str) -> Result<Option<i64>, Fallo> {
        let Some(texto) = self.take(nombre) else { return Ok(None) };
        let entero = texto.bytes().all(|b| b.is_ascii_digit());
        let numero = texto.parse().ok().filter(|_| entero);
        numero.map(Some).ok_or_else(|| invalid(nombre, "must be an integer"))
    }

    /// Takes `nombre[0]`, `nombre[1]`….
    pub fn list(&mut self, nombre: &str) -> Vec<String> {
        (0..).map_while(|n| self.0.remove(&format!("{nombre}[{n}]"))).collect()
    }

    /// Takes every `nombre[clave]`.
    pub fn map(&mut self, nombre: &str) -> BTreeMap<String, String> {
        let prefijo = format!("{nombre}[");
        let de = |k: &String| {
            let clave = k.strip_prefix(&prefijo)?.strip_suffix(']')?;
            (!clave.contains('[')).then(|| clave.to_owned())
        };
        let claves: Vec<String> = self.0.keys().filter_map(de).collect();
        let tomar = |c: String| self.0.remove(&format!("{prefijo}{c}]")).map(|v| (c, v));
        claves.into_iter().filter_map(tomar).collect()
    }

    /// Errors: a field that nobody took.
    pub fn end(self) -> Result<(), Fallo> {
        match self.0.into_keys().next() {
            None => Ok(()),
            Some(sobra) => {
                let mensaje = format!("Received unknown parameter: {sobra}");
                Err(Negativa::Invalido("parameter_unknown", mensaje).into())
            }
        }
    }
}

fn count(campos: &BTreeMap<String, String>, lista: &str) -> usize {
    (0..).take_while(|n| campos.contains_key(&format!("{lista}[{n}]"))).count()
}

/// A field that cannot be.
pub fn invalid(nombre: &str, motivo: &str) -> Fallo {
    Negativa::Invalido("parameter_invalid", format!("Invalid {nombre}: {motivo}")).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_fields_are_taken_once_and_none_is_left_over() {
        let cuerpo = b"amount=39900&metadata%5Bexterna%5D=c-1&t[]=oxxo&t[]=card&otro[a][b]=1";
        let Ok(mut f) = Forma::read(cuerpo) else { panic!("a good form") };
        assert_eq!(f.integer("amount").ok().flatten(), Some(39_900));
        assert_eq!(f.map("metadata").get("externa").map(String::as_str), Some("c-1"));
        assert_eq!(f.list("t"), ["oxxo", "card"]);
        assert!(f.end().is_err());
        let Ok(mut f) = Forma::read(b"amount=399.00") else { panic!("a good form") };
        assert!(f.integer("amount").is_err());
        assert!(Forma::read(b"a=1&a=2").is_err());
    }
}
