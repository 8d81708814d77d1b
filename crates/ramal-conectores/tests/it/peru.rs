//! Documents of Peru and their emulated SUNAT.

use std::sync::{Arc, OnceLock};

use ramal_base::{Clock, Dinero, Fecha, Instante, Moneda};
use ramal_conectores::{ConfigSunat, Consulta, Entorno, Red, Secreto, Sunat};
use ramal_emulador::sunat::{Emulador, Opciones};
use ramal_sunat::armado::{self, Cabecera};
use ramal_sunat::importes::Venta;
use ramal_sunat::modelo::{
    Baja, Cliente, Condicion, Cpe, Direccion, Emisor, LineaBaja, LineaResumen, Lote, Resumen,
};
use ramal_sunat::{
    Afectacion, Firmado, FirmanteSunat, SinFirma, Tipo, escribir_baja, escribir_cpe,
    escribir_resumen,
};
use rust_decimal::Decimal;

use crate::falso::serve;

pub const RUC: &str = "20600000005";
const RAZON: &str = "RAMAL DEMO S.A.C.";

fn ahora() -> Instante {
    Instante::parse("2026-11-20T15:15:00Z").unwrap()
}

fn firmante() -> &'static FirmanteSunat {
    static FIRMANTE: OnceLock<FirmanteSunat> = OnceLock::new();
    FIRMANTE.get_or_init(|| {
        let anio = 86_400_000 * 365;
        let (desde, hasta) = (ahora().millis() - anio, ahora().millis() + anio);
        FirmanteSunat::prueba(RUC, RAZON, desde, hasta, vec![1, 2, 3]).unwrap()
    })
}

fn firmar(documento: &SinFirma) -> Firmado {
    firmante().firmar(documento, ahora()).unwrap()
}

fn hoy() -> Fecha {
    Fecha::parse("2026-11-20").unwrap()
}

fn cabecera(serie: &str, numero: u32, cliente: Cliente) -> Cabecera {
    let direccion = Direccion {
        ubigeo: "150101".into(),
        establecimiento: "0000".into(),
        urbanizacion: None,
        provincia: "LIMA".into(),
        departamento: "LIMA".into(),
        distrito: "LIMA".into(),
        linea: "JR. EJEMPLO 123".into(),
    };
    let nombre_comercial = Some("RAMAL".into());
    Cabecera {
        serie: serie.into(),
        numero,
        fecha: hoy(),
        hora: Some("10:15:00".into()),
        moneda: Moneda::Pen,
        emisor: Emisor { ruc: RUC.into(), razon_social: RAZON.into(), nombre_comercial, direccion },
        cliente,
    }
}

fn internet() -> Vec<Venta> {
    let precio = Dinero::new(10_000, Moneda::Pen);
    vec![Venta::incluido("Internet fibra", Decimal::ONE, precio, Afectacion::Gravado)]
}

fn en_letras(mut cpe: Cpe) -> Cpe {
    cpe.comun.con_letras("SON CIEN CON 00/100 SOLES");
    cpe
}

/// A document ready to be sent.
pub struct Archivo {
    pub nombre: String,
    pub xml: Vec<u8>,
    pub digest: String,
}

fn archivo(nombre: String, firmado: Firmado) -> Archivo {
    Archivo { nombre, xml: firmado.xml, digest: firmado.digest_b64 }
}

pub fn factura(numero: u32) -> Archivo {
    let cliente = Cliente::ruc("20512333797", "CLIENTE EMPRESA S.A.C.");
    let cpe = en_letras(armado::factura(cabecera("F001", numero, cliente), internet()).unwrap());
    archivo(format!("{RUC}-01-F001-{numero}"), firmar(&escribir_cpe(&cpe)))
}

fn boleta(numero: u32) -> Cpe {
    let cliente = Cliente::dni("10117410", "MARÍA QUISPE ÑAHUI");
    en_letras(armado::boleta(cabecera("B001", numero, cliente), internet()).unwrap())
}

fn lote(n: u32) -> Lote {
    let (fecha, fecha_documentos) = (hoy(), hoy());
    Lote { ruc: RUC.into(), razon_social: RAZON.into(), fecha, fecha_documentos, n }
}

/// RC that adds two boletas.
pub fn resumen(n: u32) -> Archivo {
    let lineas = [1, 2].map(|i| LineaResumen::de_boleta(&boleta(i), Condicion::Adicionar));
    let rc = Resumen { lote: lote(n), moneda: Moneda::Pen, lineas: lineas.into() };
    archivo(rc.nombre(), firmar(&escribir_resumen(&rc)))
}

/// RA that voids a factura.
pub fn baja(n: u32, numero: u32) -> Archivo {
    let motivo = "Error en el cliente".to_owned();
    let linea = LineaBaja { tipo: Tipo::Factura, serie: "F001".into(), numero, motivo };
    let ra = Baja { lote: lote(n), lineas: vec![linea] };
    archivo(ra.nombre(), firmar(&escribir_baja(&ra)))
}

pub async fn autoridad(clock: Arc<dyn Clock>) -> (Arc<Emulador>, Entorno) {
    let emulador = Emulador::abrir(Opciones::new(clock)).unwrap();
    let entorno = serve(emulador.clone().router()).await;
    (emulador, entorno)
}

pub fn cliente(red: &Red, entorno: Entorno, clave: &str) -> Sunat {
    let config = ConfigSunat {
        entorno,
        ruc: RUC.into(),
        usuario: "MODDATOS".into(),
        clave: Secreto::new(clave),
        consulta: Consulta::Disponible,
    };
    Sunat::new(red, config).unwrap()
}
