//! Writes sealed and stamped documents of every kind into a folder, so that outside tools can judge
//! them. The dates are constant; only the keys are new each time.
//!
//! Usage: `cargo run -p ramal-cfdi --example muestras_cfdi -- CARPETA`

use std::error::Error;
use std::path::Path;

use ramal_cfdi::cancelacion::{FolioCancelado, Motivo, solicitud};
use ramal_cfdi::construir::{
    DatosEgreso, DatosGlobal, DatosIngreso, DatosPago, Factura, GrupoImpuesto, Linea, PagoRecibido,
    Partida, Periodo, Recibo, egreso, global, ingreso, pago, publico_en_general,
};
use ramal_cfdi::csd::{Csd, DatosPrueba};
use ramal_cfdi::importes::{Perfil, Precio, Tasa};
use ramal_cfdi::modelo::{Comprobante, Emisor, Receptor};
use ramal_cfdi::timbre::{Timbre, insertar};
use ramal_cfdi::validacion::validar;
use ramal_cfdi::{Valor, sellar};

const FECHA: &str = "2026-11-20T10:00:00";
const UUID: &str = "5A9C1B2E-0000-4000-8000-000000000001";
const TV: Perfil = Perfil::IVA_16.con_ieps(Tasa::IEPS_3);

fn main() -> Result<(), Box<dyn Error>> {
    let carpeta = std::env::args().nth(1).ok_or("falta la carpeta de destino")?;
    let carpeta = Path::new(&carpeta);
    std::fs::create_dir_all(carpeta)?;
    let (csd, pac) = (csd("EKU9003173C9", 1)?, csd("SPR190613I52", 2)?);
    for (i, (nombre, documento)) in documentos()?.into_iter().enumerate() {
        let hallazgos = validar(&documento);
        if !hallazgos.is_empty() {
            return Err(format!("{nombre}: {hallazgos:?}").into());
        }
        let sellado = sellar(&documento, &csd);
        std::fs::write(carpeta.join(format!("{nombre}.xml")), &sellado.xml)?;
        let timbre = Timbre {
            uuid: format!("5A9C1B2E-0000-4000-8000-{i:012}"),
            fecha_timbrado: "2026-11-20T10:00:05".into(),
            rfc_prov_certif: "SPR190613I52".into(),
            leyenda: None,
            sello_cfd: sellado.sello_b64.clone(),
            no_certificado_sat: pac.no_certificado().into(),
            sello_sat: String::new(),
        };
        let timbrado = insertar(&sellado.xml, &timbre.sign(pac.llave()))?;
        std::fs::write(carpeta.join(format!("{nombre}-timbrado.xml")), timbrado)?;
    }
    escribir_csd(carpeta, &csd)?;
    escribir_cancelacion(carpeta, &csd)
}

/// The pair of files as the SAT delivers it; the password is the one of its public test
/// certificates.
fn escribir_csd(carpeta: &Path, csd: &Csd) -> Result<(), Box<dyn Error>> {
    let (cer, key) = csd.to_archivos("12345678a")?;
    let destino = carpeta.join("csd");
    std::fs::create_dir_all(&destino)?;
    std::fs::write(destino.join("emisor.cer"), cer)?;
    std::fs::write(destino.join("emisor.key"), key)?;
    Ok(())
}

fn escribir_cancelacion(carpeta: &Path, csd: &Csd) -> Result<(), Box<dyn Error>> {
    let sustituye = "5A9C1B2E-0000-4000-8000-000000000002".to_owned();
    let folio = FolioCancelado { uuid: UUID.into(), motivo: Motivo::ConRelacion { sustituye } };
    let destino = carpeta.join("cancelacion");
    std::fs::create_dir_all(&destino)?;
    std::fs::write(destino.join("solicitud.xml"), solicitud(&folio, FECHA, csd)?)?;
    std::fs::write(destino.join("certificado.cer"), csd.certificado().der())?;
    Ok(())
}

fn csd(rfc: &'static str, consecutivo: u32) -> Result<Csd, Box<dyn Error>> {
    let datos = DatosPrueba {
        rfc: rfc.into(),
        razon_social: "ESCUELA KEMPER URGATE".into(),
        desde_ms: 1_767_225_600_000,
        hasta_ms: 1_893_456_000_000,
        consecutivo,
    };
    Ok(Csd::prueba(&datos)?)
}

fn documentos() -> Result<Vec<(&'static str, Comprobante)>, Box<dyn Error>> {
    let contado = ingreso(datos("F", "1", "03"), vec![internet(49_900)])?;
    let paquete = ingreso(datos("F", "2", "99"), vec![internet(35_000), tv(19_900), tv(5_000)])?;
    let retiene =
        Perfil::IVA_16.con_retenciones(Some(Tasa::ISR_RESICO), Some(Tasa::IVA_DOS_TERCIOS));
    let enlace = Linea {
        cantidad: Valor::entero(2),
        descuento: Some(1_000),
        ..linea("81112101", "Enlace dedicado & \"fibra\" ñ", Precio::SinImpuestos(10_005), retiene)
    };
    let retenida = ingreso(datos("F", "3", "03"), vec![enlace])?;
    let mixta = vec![
        linea("81112101", "Exento", Precio::SinImpuestos(10_000), Perfil::EXENTO),
        linea("81112101", "Tasa cero", Precio::SinImpuestos(5_000), Perfil::IVA_0),
        linea("81112101", "No objeto", Precio::SinImpuestos(2_500), Perfil::NO_OBJETO),
        linea("81112101", "Frontera", Precio::ConImpuestos(10_800), Perfil::IVA_8),
    ];
    let mixta = ingreso(datos("F", "4", "01"), mixta)?;
    let mut anonimo = datos("F", "5", "01");
    anonimo.receptor =
        Receptor { nombre: "JAVIER MOSCA".into(), ..publico_en_general("64000".into()) };
    let anonimo = ingreso(anonimo, vec![internet(49_900)])?;
    let nota = DatosEgreso {
        cabecera: datos("NC", "1", "15"),
        tipo_relacion: "01".into(),
        uuids: vec![UUID.into()],
    };
    let nota = egreso(
        nota,
        vec![linea("84111506", "Falla", Precio::ConImpuestos(4_990), Perfil::IVA_16)],
    )?;
    let publico = global(datos_global(), (0..5).map(recibo).collect())?;
    let partidas = vec![
        partida(&paquete, 1, 30_000),
        partida(&retenida, 2, 10_000),
        partida(&mixta, 3, 9_999),
    ];
    let rep =
        pago(datos_pago(), vec![recibido(partidas), recibido(vec![partida(&contado, 1, 49_900)])])?;
    Ok(vec![
        ("ingreso", contado),
        ("ingreso-ieps", paquete),
        ("ingreso-retenciones", retenida),
        ("ingreso-mixto", mixta),
        ("ingreso-sin-rfc", anonimo),
        ("egreso", nota),
        ("global", publico),
        ("pago", rep),
    ])
}

fn emisor() -> Emisor {
    Emisor {
        rfc: "EKU9003173C9".into(),
        nombre: "ESCUELA KEMPER URGATE".into(),
        regimen_fiscal: "601".into(),
    }
}

fn receptor() -> Receptor {
    Receptor {
        rfc: "CACX7605101P8".into(),
        nombre: "XOCHILT CASAS CHAVEZ".into(),
        domicilio_fiscal: "36257".into(),
        residencia_fiscal: None,
        num_reg_id_trib: None,
        regimen_fiscal: "612".into(),
        uso_cfdi: "G03".into(),
    }
}

fn datos(serie: &'static str, folio: &'static str, forma: &'static str) -> DatosIngreso {
    DatosIngreso {
        serie: Some(serie.into()),
        folio: Some(folio.into()),
        fecha: FECHA.into(),
        forma_pago: forma.into(),
        metodo_pago: if forma == "99" { "PPD" } else { "PUE" }.into(),
        condiciones_de_pago: None,
        lugar_expedicion: "64000".into(),
        emisor: emisor(),
        receptor: receptor(),
        relacionados: Vec::new(),
    }
}

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

fn datos_pago() -> DatosPago {
    DatosPago {
        serie: Some("P".into()),
        folio: Some("1".into()),
        fecha: FECHA.into(),
        lugar_expedicion: "64000".into(),
        emisor: emisor(),
        receptor: receptor(),
        relacionados: Vec::new(),
    }
}

fn linea(clave: &'static str, descripcion: &'static str, precio: Precio, perfil: Perfil) -> Linea {
    Linea {
        clave_prod_serv: clave.into(),
        no_identificacion: None,
        clave_unidad: "E48".into(),
        descripcion: descripcion.into(),
        cantidad: Valor::UNO,
        precio,
        descuento: None,
        perfil,
    }
}

fn internet(centavos: i64) -> Linea {
    linea("81112101", "Internet 100 Mbps", Precio::ConImpuestos(centavos), Perfil::IVA_16)
}

fn tv(centavos: i64) -> Linea {
    linea("83111801", "Televisión", Precio::ConImpuestos(centavos), TV)
}

fn recibo(i: i64) -> Recibo {
    let lineas = vec![internet(49_900 + i * 37), tv(19_900)];
    Recibo { folio: format!("R-{i}").into(), lineas }
}

fn partida(documento: &Comprobante, parcialidad: u16, pagado: i64) -> Partida {
    let total = i64::try_from(documento.total.en_centavos()).unwrap_or(0);
    let factura = Factura {
        uuid: UUID.into(),
        serie: documento.serie.clone(),
        folio: documento.folio.clone(),
        total,
        grupos: GrupoImpuesto::de_conceptos(&documento.conceptos),
    };
    Partida { factura, num_parcialidad: parcialidad, saldo_anterior: total, pagado }
}

fn recibido(partidas: Vec<Partida>) -> PagoRecibido {
    PagoRecibido {
        fecha: "2026-11-19T12:00:00".into(),
        forma_de_pago: "03".into(),
        num_operacion: Some("SPEI123".into()),
        partidas,
    }
}
