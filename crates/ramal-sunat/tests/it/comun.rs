//! Named world of the tests: issuer, customers, dates, a signer. No assertion lives here.

use std::sync::OnceLock;

use ramal_base::{Dinero, Fecha, Instante, Moneda};
use ramal_sunat::armado::Cabecera;
use ramal_sunat::importes::Venta;
use ramal_sunat::modelo::{Cliente, Direccion, Emisor};
use ramal_sunat::{Afectacion, FirmanteSunat};
use rust_decimal::Decimal;

pub const RUC: &str = "20600000005";

pub fn emisor() -> Emisor {
    Emisor {
        ruc: RUC.into(),
        razon_social: "RAMAL DEMO S.A.C.".into(),
        nombre_comercial: Some("RAMAL".into()),
        direccion: Direccion {
            ubigeo: "150101".into(),
            establecimiento: "0000".into(),
            urbanizacion: None,
            provincia: "LIMA".into(),
            departamento: "LIMA".into(),
            distrito: "LIMA".into(),
            linea: "JR. EJEMPLO 123".into(),
        },
    }
}

pub fn fecha(texto: &str) -> Fecha {
    Fecha::parse(texto).unwrap()
}

pub fn cabecera(serie: &str, numero: u32, cliente: Cliente) -> Cabecera {
    Cabecera {
        serie: serie.into(),
        numero,
        fecha: fecha("2026-11-20"),
        hora: Some("10:15:00".into()),
        moneda: Moneda::Pen,
        emisor: emisor(),
        cliente,
    }
}

pub fn empresa() -> Cliente {
    Cliente::ruc("20512333797", "CLIENTE EMPRESA S.A.C.")
}

pub fn pen(centavos: i64) -> Dinero {
    Dinero::new(centavos, Moneda::Pen)
}

pub fn internet(centavos: i64) -> Venta {
    let texto = "Internet fibra 100 Mbps - periodo 2026-11-01 a 2026-11-30";
    let mut venta = Venta::incluido(texto, Decimal::ONE, pen(centavos), Afectacion::Gravado);
    venta.codigo = Some("PLAN100".into());
    venta.unspsc = Some("81112101".into());
    venta
}

pub fn neta(cantidad: i64, valor: i64, afectacion: Afectacion) -> Venta {
    let precio = (Decimal::from(valor), Moneda::Pen);
    Venta::mas_impuesto("Servicio", Decimal::from(cantidad), precio, afectacion)
}

/// 2026-11-20T15:15:00Z.
pub fn ahora() -> Instante {
    Instante::parse("2026-11-20T15:15:00Z").unwrap()
}

pub fn firmante() -> &'static FirmanteSunat {
    static FIRMANTE: OnceLock<FirmanteSunat> = OnceLock::new();
    FIRMANTE.get_or_init(|| {
        let (desde, hasta) = (ahora().millis() - 86_400_000, ahora().millis() + 86_400_000 * 365);
        FirmanteSunat::prueba(RUC, "RAMAL DEMO S.A.C.", desde, hasta, vec![1, 2, 3]).unwrap()
    })
}
