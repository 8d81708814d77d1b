//! Loader of the slice's texts. It holds no text: they are in `textos/`.

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
