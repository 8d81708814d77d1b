//! Tables of field order, one text per complement, compiled from the stylesheets of the SAT by
//! `tests/oraculo/compilar_tabla.py`. They hold names and order only; how they are followed is in
//! `programa`.

use std::sync::LazyLock;

use super::programa::Programa;

/// Complements that both versions know.
static COMUNES: &[&str] = &[
    include_str!("tabla/donat11.txt"),
    include_str!("tabla/divisas.txt"),
    include_str!("tabla/implocal.txt"),
    include_str!("tabla/leyendasfisc.txt"),
    include_str!("tabla/pfic.txt"),
    include_str!("tabla/turistapasajeroextranjero.txt"),
    include_str!("tabla/nomina12.txt"),
    include_str!("tabla/cfdiregistrofiscal.txt"),
    include_str!("tabla/pagoenespecie.txt"),
    include_str!("tabla/aerolineas.txt"),
    include_str!("tabla/valesdedespensa.txt"),
    include_str!("tabla/notariospublicos.txt"),
    include_str!("tabla/vehiculousado.txt"),
    include_str!("tabla/servicioparcialconstruccion.txt"),
    include_str!("tabla/renovacionysustitucionvehiculos.txt"),
    include_str!("tabla/certificadodedestruccion.txt"),
    include_str!("tabla/obrasarteantiguedades.txt"),
    include_str!("tabla/comercioexterior11.txt"),
    include_str!("tabla/ine11.txt"),
    include_str!("tabla/iedu.txt"),
    include_str!("tabla/ventavehiculos11.txt"),
    include_str!("tabla/detallista.txt"),
    include_str!("tabla/ecc12.txt"),
    include_str!("tabla/consumodecombustibles11.txt"),
    include_str!("tabla/gastoshidrocarburos10.txt"),
    include_str!("tabla/ingresoshidrocarburos.txt"),
    include_str!("tabla/cartaporte20.txt"),
];

/// Complements that only CFDI 4.0 knows.
static SOLO_40: &[&str] = &[
    include_str!("tabla/comercioexterior20.txt"),
    include_str!("tabla/pagos20.txt"),
    include_str!("tabla/cartaporte30.txt"),
    include_str!("tabla/cartaporte31.txt"),
    include_str!("tabla/hidrocarburospetroliferos.txt"),
];

/// Complements that only CFDI 3.3 knows.
static SOLO_33: &[&str] = &[
    include_str!("tabla/ecc11.txt"),
    include_str!("tabla/consumodecombustibles.txt"),
    include_str!("tabla/terceros11.txt"),
    include_str!("tabla/pagos10.txt"),
    include_str!("tabla/cartaporte.txt"),
];

/// Field order of CFDI 4.0 with its complements.
pub(super) static CFDI_40: LazyLock<Programa> =
    LazyLock::new(|| programa(SOLO_40, include_str!("tabla/cfdi40.txt")));

/// Field order of CFDI 3.3 with its complements.
pub(super) static CFDI_33: LazyLock<Programa> =
    LazyLock::new(|| programa(SOLO_33, include_str!("tabla/cfdi33.txt")));

fn programa(propios: &[&'static str], raiz: &'static str) -> Programa {
    let textos = COMUNES.iter().chain(propios).copied().chain([raiz]);
    Programa::compile(textos)
}
