//! Reads the fields of a form into the same types as a JSON body: `domicilio.calle` is a field of a
//! field, `lineas[0].precio` one of a list, and a text becomes the number or the yes/no that the
//! type wants. It checks no rule.

use std::collections::BTreeMap;

use serde::de::value::{MapDeserializer, SeqDeserializer, StrDeserializer};
use serde::de::{self, DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, Visitor};

/// Why a form does not fit; the path is kept by `serde_path_to_error`.
pub(super) type Error = de::value::Error;

/// A form as a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Valor {
    Texto(String),
    Campos(BTreeMap<String, Valor>),
    Lista(Vec<Valor>),
}

/// Deepest path that is read; more is not a form of ours.
const HONDO: usize = 6;
/// Longest list that is read.
const LARGO: usize = 500;

impl Valor {
    /// Builds the tree. Empty fields are absent, as if they had not been sent; a repeated name
    /// makes a list.
    pub(super) fn of<'a>(pares: impl Iterator<Item = (&'a str, &'a str)>) -> Valor {
        let mut raiz = Valor::Campos(BTreeMap::new());
        for (nombre, texto) in pares {
            let texto = texto.trim();
            let camino = path(nombre);
            if !texto.is_empty() && camino.len() <= HONDO {
                raiz.put(&camino, texto);
            }
        }
        raiz.packed()
    }

    fn put(&mut self, camino: &[&str], texto: &str) {
        let Some((primero, resto)) = camino.split_first() else {
            self.add(texto);
            return;
        };
        if !matches!(self, Valor::Campos(_)) {
            *self = Valor::Campos(BTreeMap::new());
        }
        if let Valor::Campos(campos) = self {
            match campos.get_mut(*primero) {
                Some(valor) => valor.put(resto, texto),
                None => {
                    let mut valor = Valor::Lista(Vec::new());
                    valor.put(resto, texto);
                    campos.insert((*primero).to_owned(), valor);
                }
            }
        }
    }

    /// Takes one more text for the same name.
    fn add(&mut self, texto: &str) {
        match self {
            Valor::Lista(lista) if lista.len() < LARGO => {
                lista.push(Valor::Texto(texto.to_owned()))
            }
            _ => {}
        }
    }

    /// One text is a text; numbered fields are a list in their order.
    fn packed(self) -> Valor {
        match self {
            Valor::Lista(mut lista) if lista.len() == 1 => lista.remove(0),
            Valor::Campos(campos) if is_numbered(&campos) => {
                let mut filas: Vec<(usize, Valor)> = campos
                    .into_iter()
                    .filter_map(|(k, v)| Some((k.parse().ok()?, v.packed())))
                    .collect();
                filas.sort_by_key(|(i, _)| *i);
                Valor::Lista(filas.into_iter().map(|(_, v)| v).collect())
            }
            Valor::Campos(campos) => {
                Valor::Campos(campos.into_iter().map(|(k, v)| (k, v.packed())).collect())
            }
            otro => otro,
        }
    }
}

fn is_numbered(campos: &BTreeMap<String, Valor>) -> bool {
    !campos.is_empty()
        && campos.keys().all(|k| k.len() <= 3 && k.bytes().all(|b| b.is_ascii_digit()))
}

/// `lineas[0].precio` → `lineas`, `0`, `precio`.
fn path(nombre: &str) -> Vec<&str> {
    nombre.split(['.', '[', ']']).filter(|parte| !parte.is_empty()).collect()
}

impl<'de> IntoDeserializer<'de, Error> for Valor {
    type Deserializer = Valor;

    fn into_deserializer(self) -> Valor {
        self
    }
}

macro_rules! numbers {
    ($($metodo:ident $visita:ident $tipo:ty),*) => {$(
        fn $metodo<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            let numero = self.text().and_then(|t| t.parse::<$tipo>().ok());
            match numero {
                Some(numero) => visitor.$visita(numero),
                None => self.deserialize_any(visitor),
            }
        }
    )*};
}

impl Valor {
    fn text(&self) -> Option<&str> {
        if let Valor::Texto(texto) = self { Some(texto) } else { None }
    }
}

impl<'de> Deserializer<'de> for Valor {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self {
            Valor::Texto(texto) => visitor.visit_string(texto),
            Valor::Campos(campos) => visitor.visit_map(MapDeserializer::new(campos.into_iter())),
            Valor::Lista(lista) => visitor.visit_seq(SeqDeserializer::new(lista.into_iter())),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.text() {
            Some("on" | "true" | "si" | "1") => visitor.visit_bool(true),
            Some("off" | "false" | "no" | "0") => visitor.visit_bool(false),
            _ => self.deserialize_any(visitor),
        }
    }

    numbers!(deserialize_i8 visit_i8 i8, deserialize_i16 visit_i16 i16,
        deserialize_i32 visit_i32 i32, deserialize_i64 visit_i64 i64, deserialize_u8 visit_u8 u8,
        deserialize_u16 visit_u16 u16, deserialize_u32 visit_u32 u32,
        deserialize_u64 visit_u64 u64);

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self {
            Valor::Lista(_) => self.deserialize_any(visitor),
            uno => visitor.visit_seq(SeqDeserializer::new(std::iter::once(uno))),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self {
            Valor::Texto(texto) => visitor.visit_enum(Variante(texto)),
            otro => otro.deserialize_any(visitor),
        }
    }

    serde::forward_to_deserialize_any! {
        i128 u128 f32 f64 char str string bytes byte_buf unit unit_struct tuple tuple_struct map
        struct identifier ignored_any
    }
}

/// A variant without content, by its name.
struct Variante(String);

impl<'de> EnumAccess<'de> for Variante {
    type Error = Error;
    type Variant = SinContenido;

    fn variant_seed<S: DeserializeSeed<'de>>(
        self,
        seed: S,
    ) -> Result<(S::Value, SinContenido), Error> {
        let nombre: StrDeserializer<'_, Error> = self.0.as_str().into_deserializer();
        seed.deserialize(nombre).map(|valor| (valor, SinContenido))
    }
}

struct SinContenido;

impl<'de> de::VariantAccess<'de> for SinContenido {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, _: T) -> Result<T::Value, Error> {
        Err(de::Error::custom("a variant of a form has no content"))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Error> {
        Err(de::Error::custom("a variant of a form has no content"))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Error> {
        Err(de::Error::custom("a variant of a form has no content"))
    }
}
