//! The mapping profiles that come with the program. They are a beginning: the office edits its own
//! copies, and these never change one that was edited.

use crate::perfil::Perfil;

/// JSON of every profile, in the order in which people see them.
pub const PERFILES: &[&str] = &[
    include_str!("../perfiles/bbva_mx.json"),
    include_str!("../perfiles/banorte_mx.json"),
    include_str!("../perfiles/santander_mx.json"),
    include_str!("../perfiles/banamex_mx.json"),
    include_str!("../perfiles/bcp_pe.json"),
    include_str!("../perfiles/interbank_pe.json"),
    include_str!("../perfiles/bbva_pe.json"),
    include_str!("../perfiles/mercadopago.json"),
    include_str!("../perfiles/stripe.json"),
    include_str!("../perfiles/emulada.json"),
];

/// The profiles that come with the program.
pub fn shipped() -> Vec<Perfil> {
    PERFILES.iter().filter_map(|json| Perfil::parse(json).ok()).collect()
}

/// One of them by its code.
pub fn by_code(codigo: &str) -> Option<Perfil> {
    shipped().into_iter().find(|p| p.codigo == codigo)
}
