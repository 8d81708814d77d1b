//! The named world of the vectors: Escuela Kemper issues, Xochilt Casas receives.

use std::sync::OnceLock;

use ramal_cfdi::construir::{
    DatosEgreso, DatosGlobal, DatosIngreso, DatosPago, Factura, GrupoImpuesto, Linea, PagoRecibido,
    Partida, Periodo, Recibo, egreso, global, ingreso, pago,
};
use ramal_cfdi::csd::DatosPrueba;
use ramal_cfdi::importes::{Perfil, Precio, Tasa};
use ramal_cfdi::modelo::{Comprobante, Emisor, Receptor};
use ramal_cfdi::valor::Valor;
use ramal_cfdi::{Csd, sellar};

pub const NO_CERTIFICADO: &str = "30001000000400002434";
pub const FECHA: &str = "2026-11-20T10:00:00";

pub fn emisor() -> Emisor {
    Emisor {
        rfc: "EKU9003173C9".into(),
        nombre: "ESCUELA KEMPER URGATE".into(),
        regimen_fiscal: "601".into(),
    }
}

pub fn receptor(uso: &'static str) -> Receptor {
    Receptor {
        rfc: "CACX7605101P8".into(),
        nombre: "XOCHILT CASAS CHAVEZ".into(),
        domicilio_fiscal: "36257".into(),
        residencia_fiscal: None,
        num_reg_id_trib: None,
        regimen_fiscal: "612".into(),
        uso_cfdi: uso.into(),
    }
}

pub fn datos(serie: &'static str, folio: &'static str, forma: &'static str) -> DatosIngreso {
    DatosIngreso {
        serie: Some(serie.into()),
        folio: Some(folio.into()),
        fecha: FECHA.into(),
        forma_pago: forma.into(),
        metodo_pago: if forma == "99" { "PPD" } else { "PUE" }.into(),
        condiciones_de_pago: None,
        lugar_expedicion: "64000".into(),
        emisor: emisor(),
        receptor: receptor("G03"),
        relacionados: Vec::new(),
    }
}

pub fn linea(clave: &'static str, descripcion: &str, precio: Precio, perfil: Perfil) -> Linea {
    Linea {
        clave_prod_serv: clave.into(),
        no_identificacion: None,
        clave_unidad: "E48".into(),
        descripcion: descripcion.to_owned().into(),
        cantidad: Valor::UNO,
        precio,
        descuento: None,
        perfil,
    }
}

/// One CSD for the whole binary: making a key takes tenths of a second.
pub fn csd() -> &'static Csd {
    static CSD: OnceLock<Csd> = OnceLock::new();
    CSD.get_or_init(|| Csd::prueba(&datos_csd()).unwrap())
}

pub fn datos_csd() -> DatosPrueba {
    DatosPrueba {
        rfc: "EKU9003173C9".into(),
        razon_social: "ESCUELA KEMPER URGATE".into(),
        desde_ms: 1_767_225_600_000, // 2026-01-01
        hasta_ms: 1_893_456_000_000, // 2030-01-01
        consecutivo: 7,
    }
}

pub fn sellada(documento: &Comprobante) -> Vec<u8> {
    sellar(documento, csd()).xml
}

/// A document of every kind that Ramal issues.
pub fn todas() -> Vec<Comprobante> {
    let tv = Perfil::IVA_16.con_ieps(Tasa::IEPS_3);
    let internet = || {
        linea("81112101", "Internet \"fibra\" & más", Precio::ConImpuestos(49_900), Perfil::IVA_16)
    };
    let factura = ingreso(
        datos("F", "1", "99"),
        vec![internet(), linea("83111801", "TV", Precio::ConImpuestos(19_900), tv)],
    )
    .unwrap();
    let nota = egreso(
        DatosEgreso {
            cabecera: datos("NC", "1", "15"),
            tipo_relacion: "01".into(),
            uuids: vec![UUID.into()],
        },
        vec![linea("84111506", "Bonificación", Precio::ConImpuestos(5_000), Perfil::IVA_16)],
    )
    .unwrap();
    let recibos =
        (0..3).map(|i| Recibo { folio: format!("R-{i}").into(), lineas: vec![internet()] });
    let publico = global(datos_global(), recibos.collect()).unwrap();
    let rep = pago(datos_pago(), vec![recibido(&factura)]).unwrap();
    vec![factura, nota, publico, rep]
}

pub const UUID: &str = "5A9C1B2E-0000-4000-8000-000000000001";

fn datos_global() -> DatosGlobal {
    DatosGlobal {
        serie: Some("G".into()),
        folio: Some("1".into()),
        fecha: FECHA.into(),
        forma_pago: "01".into(),
        lugar_expedicion: "64000".into(),
        emisor: emisor(),
        periodo: Periodo::Mensual,
        mes: 11,
        anio: 2026,
    }
}

pub fn datos_pago() -> DatosPago {
    DatosPago {
        serie: Some("P".into()),
        folio: Some("1".into()),
        fecha: FECHA.into(),
        lugar_expedicion: "64000".into(),
        emisor: emisor(),
        receptor: receptor("CP01"),
        relacionados: Vec::new(),
    }
}

pub fn recibido(factura: &Comprobante) -> PagoRecibido {
    let total = i64::try_from(factura.total.en_centavos()).unwrap();
    let pagada = Factura {
        uuid: UUID.into(),
        serie: factura.serie.clone(),
        folio: factura.folio.clone(),
        total,
        grupos: GrupoImpuesto::de_conceptos(&factura.conceptos),
    };
    PagoRecibido {
        fecha: "2026-11-19T12:00:00".into(),
        forma_de_pago: "03".into(),
        num_operacion: Some("SPEI123".into()),
        partidas: vec![Partida {
            factura: pagada,
            num_parcialidad: 1,
            saldo_anterior: total,
            pagado: total / 3,
        }],
    }
}
