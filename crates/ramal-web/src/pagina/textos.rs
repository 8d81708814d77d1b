//! Texts of the screens by key (Fluent). A slice has its own file `textos/es/*.ftl` and a loader;
//! the kit's texts answer what the slice does not know. It holds no text itself.

use std::borrow::Cow;
use std::collections::HashMap;

use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, Loader, StaticLoader, langid};
use ramal_base::Pais;

#[allow(missing_docs, reason = "the macro takes no doc comment")]
mod cargador {
    fluent_templates::static_loader! {
        pub static TEXTOS = {
            locales: "./textos",
            fallback_language: "es",
            customise: |bundle| bundle.set_use_isolating(false),
        };
    }
}
pub use cargador::TEXTOS;

/// Texts of a slice with those of the kit behind, in one language.
#[derive(Clone)]
pub struct Textos {
    propios: &'static StaticLoader,
    idioma: LanguageIdentifier,
}

impl Textos {
    /// Texts of a slice in the Spanish of a country.
    pub fn new(propios: &'static StaticLoader, pais: Pais) -> Textos {
        let idioma = match pais {
            Pais::Mx => langid!("es-MX"),
            Pais::Pe => langid!("es-PE"),
            Pais::Ar => langid!("es-AR"),
        };
        Textos { propios, idioma }
    }

    /// The text of a key; the key itself if nobody wrote it, which the tidy check refuses.
    pub fn get(&self, clave: &str) -> String {
        self.find(clave, None)
    }

    /// The text of a key with its variables.
    pub fn with(&self, clave: &str, variables: &[(&'static str, String)]) -> String {
        let valor = |(nombre, texto): &(&'static str, String)| {
            let numero = texto.parse::<i64>().ok().map(FluentValue::from);
            (Cow::Borrowed(*nombre), numero.unwrap_or_else(|| FluentValue::from(texto.clone())))
        };
        self.find(clave, Some(&variables.iter().map(valor).collect()))
    }

    fn find(
        &self,
        clave: &str,
        variables: Option<&HashMap<Cow<'static, str>, FluentValue<'_>>>,
    ) -> String {
        self.propios
            .try_lookup_complete(&self.idioma, clave, variables)
            .or_else(|| TEXTOS.try_lookup_complete(&self.idioma, clave, variables))
            .unwrap_or_else(|| clave.to_owned())
    }
}
