//! Documents per second on one core: built, written and digested, with and without the RSA
//! signature. Meant for `--release`; it asserts nothing.

#![allow(clippy::unwrap_used, clippy::expect_used, dead_code, missing_docs)]

#[path = "../tests/it/muestras.rs"]
mod muestras;

use std::time::Instant;

use ramal_base::Instante;
use ramal_sunat::validador::{Contexto, validar_xml};
use ramal_sunat::{FirmanteSunat, armado, escribir_cpe, firma};

#[allow(clippy::disallowed_methods)]
fn medir(nombre: &str, veces: u32, mut accion: impl FnMut(u32)) {
    let inicio = Instant::now();
    (0..veces).for_each(&mut accion);
    let ms = inicio.elapsed().as_millis().max(1);
    println!("{nombre}: {} por segundo", u128::from(veces) * 1000 / ms);
}

fn main() {
    let ahora = Instante::parse("2026-11-20T15:15:00Z").unwrap();
    let (desde, hasta) = (ahora.millis() - 1, ahora.millis() + 1_000_000);
    let firmante = FirmanteSunat::prueba(muestras::RUC, "X", desde, hasta, vec![7]).unwrap();
    let armar = |n: u32| {
        let cabecera = muestras::cabecera("F001", n + 1, muestras::empresa());
        let mut cpe = armado::factura(cabecera, vec![muestras::internet(10_000)]).unwrap();
        cpe.comun.con_letras("SON CIEN CON 00/100 SOLES");
        escribir_cpe(&cpe)
    };
    medir("armar, escribir y resumir", 20_000, |n| {
        std::hint::black_box(firma::digest(&armar(n)));
    });
    medir("lo mismo y firmar", 1_000, |n| {
        std::hint::black_box(firmante.firmar(&armar(n), ahora).unwrap());
    });
    let documento = armar(1);
    medir("validar", 5_000, |_| {
        let hallazgos = validar_xml(documento.bytes(), &Contexto::default());
        std::hint::black_box(hallazgos.unwrap());
    });
}
