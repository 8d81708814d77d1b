//! Writes one signed sample of every shape into a folder, for the external oracles. It sends
//! nothing.
//!
//! `cargo run -p ramal-sunat --example muestras_cpe -- DIR`

#![allow(clippy::unwrap_used, clippy::expect_used, dead_code, missing_docs)]

#[path = "../tests/it/muestras.rs"]
mod muestras;

use std::path::PathBuf;

use ramal_base::{Instante, Moneda};
use ramal_sunat::importes::{Descuento, Precio, Venta};
use ramal_sunat::{Afectacion, FirmanteSunat, SinFirma, armado, escribir_cpe};
use rust_decimal::Decimal;

/// Deterministic sequence: the same N gives the same sales.
struct Azar(u64);

impl Azar {
    fn menor_que(&mut self, tope: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % tope
    }

    fn venta(&mut self) -> Venta {
        let codigos = ["10", "10", "10", "11", "15", "20", "21", "30", "31", "37"];
        let codigo = codigos[usize::try_from(self.menor_que(10)).unwrap()];
        let afectacion = Afectacion::parse(codigo).unwrap();
        let centavos = i64::try_from(100 + self.menor_que(90_000)).unwrap();
        let cantidad = Decimal::new(i64::try_from(1 + self.menor_que(500)).unwrap(), 1);
        let mut venta = Venta::incluido("Servicio", cantidad, muestras::pen(centavos), afectacion);
        if self.menor_que(2) == 0 {
            venta.precio = Precio::MasImpuesto(Decimal::new(centavos, 2), Moneda::Pen);
            venta.cantidad = Decimal::from(1 + self.menor_que(9));
        }
        if self.menor_que(3) == 0 && !afectacion.is_gratuita() {
            venta.descuento = Some(Descuento { monto: muestras::pen(30), factor: None });
        }
        venta
    }
}

fn al_azar(n: u32) -> (String, SinFirma) {
    let mut azar = Azar(u64::from(n));
    let lineas = 1 + azar.menor_que(40);
    let ventas = (0..lineas).map(|_| azar.venta()).collect();
    let cabecera = muestras::cabecera("BZ01", n, muestras::persona());
    let mut cpe = armado::boleta(cabecera, ventas).unwrap();
    cpe.comun.con_letras("SON TANTOS SOLES");
    (cpe.nombre(), escribir_cpe(&cpe))
}

fn main() {
    let carpeta = PathBuf::from(std::env::args().nth(1).expect("falta la carpeta de destino"));
    std::fs::create_dir_all(&carpeta).unwrap();
    let ahora = Instante::parse("2026-11-20T15:15:00Z").unwrap();
    let (desde, hasta) = (ahora.millis() - 86_400_000, ahora.millis() + 365 * 86_400_000);
    let nombre = "RAMAL DEMO S.A.C.";
    let firmante = FirmanteSunat::prueba(muestras::RUC, nombre, desde, hasta, vec![7]).unwrap();
    let cuantas: u32 = std::env::args().nth(2).map_or(0, |n| n.parse().unwrap());
    let azar = (1..=cuantas).map(al_azar);
    for (nombre, documento) in muestras::todas().into_iter().chain(azar) {
        let firmado = firmante.firmar(&documento, ahora).unwrap();
        let archivo = carpeta.join(format!("{nombre}.xml"));
        std::fs::write(&archivo, firmado.xml).unwrap();
        println!("{}", archivo.display());
    }
}
