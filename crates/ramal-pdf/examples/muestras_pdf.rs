//! Writes one PDF of each kind into a folder, to be looked at, and says how fast they are made.
//!
//! It checks nothing: the tests do.

#![allow(missing_docs)]

#[path = "../tests/it/muestras.rs"]
mod muestras;

use std::error::Error;
use std::path::Path;
use std::time::Instant;

use ramal_pdf::{Impreso, Marca, Papel, render, render_orden_de_pago};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("usage: muestras_pdf FOLDER")?;
    let folder = Path::new(&folder);
    let marca =
        |texto: &str, fecha: &str| Some(Marca { texto: texto.to_owned(), fecha: fecha.to_owned() });
    let cancelada = Impreso { marca: marca("CANCELADO", "21/11/2026"), ..muestras::mexico(2) };
    let prueba = Impreso { marca: marca("SIN VALIDEZ FISCAL — PRUEBA", ""), ..muestras::peru() };
    let anulada = Impreso { marca: marca("ANULADO", "21/11/2026"), ..muestras::peru() };
    let logo = include_bytes!("../tests/it/logo.png").to_vec();
    let con_logo = Impreso { logo: Some(logo), ..muestras::mexico(2) };
    for (nombre, impreso, papel) in [
        ("logo", con_logo.clone(), Papel::A4),
        ("logo-ticket", con_logo, Papel::Ticket80),
        ("mexico", muestras::mexico(2), Papel::Carta),
        ("mexico-ticket", muestras::mexico(2), Papel::Ticket80),
        ("pago", muestras::pago_mexico(), Papel::Carta),
        ("largo", muestras::mexico(60), Papel::A4),
        ("cancelada", cancelada, Papel::Carta),
        ("peru", muestras::peru(), Papel::A4),
        ("peru-ticket", muestras::peru(), Papel::Ticket80),
        ("anulada-ticket", anulada, Papel::Ticket80),
        ("prueba", prueba, Papel::A4),
    ] {
        std::fs::write(folder.join(format!("{nombre}.pdf")), render(&impreso, papel)?)?;
    }
    let orden = muestras::orden_de_pago();
    std::fs::write(folder.join("orden.pdf"), render_orden_de_pago(&orden, Papel::Carta)?)?;
    let ticket = render_orden_de_pago(&orden, Papel::Ticket80)?;
    std::fs::write(folder.join("orden-ticket.pdf"), ticket)?;
    measure()
}

fn measure() -> Result<(), Box<dyn Error>> {
    let (veces, factura) = (50u32, muestras::mexico(2));
    let start = Instant::now();
    let mut bytes = 0;
    for _ in 0..veces {
        bytes = render(&factura, Papel::Carta)?.len();
    }
    println!("{} µs per invoice of {bytes} bytes", (start.elapsed() / veces).as_micros());
    Ok(())
}
