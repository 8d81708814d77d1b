//! Loader of the slice's texts (`textos/`). It holds none itself.

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
