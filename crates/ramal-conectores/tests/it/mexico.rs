//! Documents of Mexico and their emulated PAC.

use std::sync::{Arc, OnceLock};

use ramal_base::{Clock, Dinero, Moneda};
use ramal_cfdi::cancelacion::{FolioCancelado, Motivo, solicitud};
use ramal_cfdi::construir::{DatosIngreso, Linea, ingreso};
use ramal_cfdi::csd::DatosPrueba;
use ramal_cfdi::importes::{Perfil, Precio};
use ramal_cfdi::modelo::{Emisor, Receptor};
use ramal_cfdi::{Csd, Sellado, Valor, sellar};
use ramal_conectores::{ConsultaEstado, Entorno, Envio};
use ramal_emulador::pac::{Emulador, Opciones};
use ramal_xml::Certificado;

use crate::falso::serve;

pub const RFC: &str = "EKU9003173C9";
pub const RECEPTOR: &str = "CACX7605101P8";

fn csd() -> &'static Csd {
    static CSD: OnceLock<Csd> = OnceLock::new();
    CSD.get_or_init(|| {
        Csd::prueba(&DatosPrueba {
            rfc: RFC.into(),
            razon_social: "ESCUELA KEMPER URGATE".into(),
            desde_ms: 1_767_225_600_000,
            hasta_ms: 1_893_456_000_000,
            consecutivo: 7,
        })
        .unwrap()
    })
}

/// A sealed invoice of internet at `precio` with taxes, centavos.
pub fn factura(folio: &str, precio: i64) -> Sellado {
    let datos = DatosIngreso {
        serie: Some("F".into()),
        folio: Some(folio.to_owned().into()),
        fecha: "2026-11-20T10:00:00".into(),
        forma_pago: "03".into(),
        metodo_pago: "PUE".into(),
        condiciones_de_pago: None,
        lugar_expedicion: "64000".into(),
        emisor: Emisor {
            rfc: RFC.into(),
            nombre: "ESCUELA KEMPER URGATE".into(),
            regimen_fiscal: "601".into(),
        },
        receptor: Receptor {
            rfc: RECEPTOR.into(),
            nombre: "XOCHILT CASAS CHAVEZ".into(),
            domicilio_fiscal: "36257".into(),
            residencia_fiscal: None,
            num_reg_id_trib: None,
            regimen_fiscal: "612".into(),
            uso_cfdi: "G03".into(),
        },
        relacionados: Vec::new(),
    };
    let linea = Linea {
        clave_prod_serv: "81112101".into(),
        no_identificacion: None,
        clave_unidad: "E48".into(),
        descripcion: "Internet fibra & más".into(),
        cantidad: Valor::UNO,
        precio: Precio::ConImpuestos(precio),
        descuento: None,
        perfil: Perfil::IVA_16,
    };
    sellar(&ingreso(datos, vec![linea]).unwrap(), csd())
}

/// Signed request that cancels without relation.
pub fn cancelacion(uuid: &str) -> Vec<u8> {
    let folio = FolioCancelado { uuid: uuid.to_owned(), motivo: Motivo::SinRelacion };
    solicitud(&folio, "2026-11-20T10:05:00", csd()).unwrap()
}

pub fn envio<'a>(sellado: &'a Sellado, clave: &'a str) -> Envio<'a> {
    Envio { xml: &sellado.xml, clave, emisor: RFC, uuid: None }
}

pub fn consulta<'a>(sellado: &'a Sellado, uuid: &'a str, centavos: i64) -> ConsultaEstado<'a> {
    ConsultaEstado {
        uuid,
        emisor: RFC,
        receptor: RECEPTOR,
        total: Dinero::new(centavos, Moneda::Mxn),
        sello: &sellado.sello_b64,
    }
}

pub async fn pac(clock: Arc<dyn Clock>) -> (Arc<Emulador>, Entorno) {
    let emulador = Emulador::abrir(Opciones::new(clock)).unwrap();
    let entorno = serve(emulador.clone().router()).await;
    (emulador, entorno)
}

pub fn certificados(emulador: &Emulador) -> Vec<Certificado> {
    vec![Certificado::from_der(emulador.certificado_der()).unwrap()]
}

/// Stamps that the emulator gave to all documents, and how many requests it received.
pub fn timbres(emulador: &Emulador) -> usize {
    emulador.conteos().values().map(|c| c.timbres.len()).sum()
}
