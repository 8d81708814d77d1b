//! The world of the tests: two emisores with test certificates, both emulators on loopback, a
//! worker on a clock that the test moves. It asserts nothing about the domain.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use ramal_base::documentos::TipoDocumento;
use ramal_base::{Cx, FixedClock, Pais};
use ramal_conectores::{
    AccesoSw, AjustesRed, ConfigFinkok, ConfigSunat, ConfigSw, Consulta as ConsultaSunat,
    ConsultaSat, Entorno, Envio, EnvioCpe, Falla, Finkok, Red, Respuesta, RespuestaBaja, Saldo,
    Sat, Secreto, SolicitudCancelacion, Sunat, Sw, Timbrador,
};
use ramal_db::{Consulta, Db, Objetos, params};
use ramal_emulador::{pac, servir, sunat};
use ramal_fiscal::storage::{self, ComprobanteFila};
use ramal_fiscal::{
    Comprobante, ComprobanteId, Conexiones, Contenido, EmisorFiscal, Estado, Firmante, FormaPago,
    Impuesto, Linea, Origen, Receptor, Relacion, Tipo, firmante, series,
};
use ramal_jobs::{Obrero, Registro};
use ramal_plataforma::{Modo, NuevaEmpresa, NuevoEmisor, Sello, create_emisor, create_empresa};
use tokio_util::sync::CancellationToken;

pub const MIGRACIONES: [&[ramal_db::Migracion]; 5] = [
    ramal_db::MIGRACIONES,
    ramal_jobs::MIGRACIONES,
    ramal_web::MIGRACIONES,
    ramal_plataforma::MIGRACIONES,
    ramal_fiscal::MIGRACIONES,
];

pub const SEGUNDO: i64 = 1_000;
pub const MINUTO: i64 = 60_000;
pub const HORA: i64 = 3_600_000;
pub const DIA: i64 = 24 * HORA;

/// A PAC whose answer can be made to reach nobody: the process is about to die.
struct Colgable {
    interior: Arc<dyn Timbrador>,
    colgar: Arc<AtomicBool>,
}

#[async_trait]
impl Timbrador for Colgable {
    async fn timbrar(&self, envio: &Envio<'_>) -> Respuesta {
        let respuesta = self.interior.timbrar(envio).await;
        if self.colgar.swap(false, Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
        respuesta
    }
    async fn recuperar(&self, envio: &Envio<'_>) -> Respuesta {
        self.interior.recuperar(envio).await
    }
    async fn cancelar(&self, solicitud: &SolicitudCancelacion<'_>) -> RespuestaBaja {
        self.interior.cancelar(solicitud).await
    }
    async fn acuse(&self, emisor: &str, uuid: &str) -> Result<Option<Vec<u8>>, Falla> {
        self.interior.acuse(emisor, uuid).await
    }
    async fn pendientes(&self, receptor: &str) -> Result<Vec<String>, Falla> {
        self.interior.pendientes(receptor).await
    }
    async fn saldo(&self) -> Result<Saldo, Falla> {
        self.interior.saldo().await
    }
    async fn comprobar(&self) -> Result<(), Falla> {
        self.interior.comprobar().await
    }
}

struct Enlaces {
    timbrador: Arc<dyn Timbrador>,
    sat: Arc<dyn ConsultaSat>,
    sunat: Arc<dyn EnvioCpe>,
}

impl Conexiones for Enlaces {
    fn timbrador(&self, _: &EmisorFiscal) -> Arc<dyn Timbrador> {
        self.timbrador.clone()
    }
    fn sat(&self, _: &EmisorFiscal) -> Arc<dyn ConsultaSat> {
        self.sat.clone()
    }
    fn sunat(&self, _: &EmisorFiscal) -> Arc<dyn EnvioCpe> {
        self.sunat.clone()
    }
    fn modo(&self, _: &EmisorFiscal) -> Modo {
        Modo::Emulado
    }
}

/// Which PAC stamps and what SUNAT offers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Dialecto {
    Sw,
    Finkok,
}

pub struct Mundo {
    pub db: Db,
    pub cx: Cx,
    pub reloj: Arc<FixedClock>,
    pub obrero: Obrero,
    pub objetos: Objetos,
    pub sello: Arc<Sello>,
    pub pac: Arc<pac::Emulador>,
    pub sunat: Arc<sunat::Emulador>,
    pub mx: Arc<EmisorFiscal>,
    pub pe: Arc<EmisorFiscal>,
    pub colgar: Arc<AtomicBool>,
    firma_mx: Firmante,
    firma_pe: Firmante,
}

async fn listen(router: axum::Router) -> String {
    let local: SocketAddr = "127.0.0.1:0".parse().unwrap();
    format!("http://{}", servir(router, local, CancellationToken::new()).await.unwrap())
}

async fn emisor(db: &Db, cx: &Cx, sello: &Sello, nuevo: NuevoEmisor) -> (EmisorFiscal, Firmante) {
    let tx = db.begin().await.unwrap();
    let emisor: EmisorFiscal = create_emisor(&tx, cx, nuevo).await.unwrap().into();
    let firma = firmante::prueba(&emisor, cx).unwrap();
    let cargado = (&firma, firmante::Procedencia::Prueba);
    firmante::load_certificado(&tx, cx, sello, &emisor, cargado).await.unwrap();
    tx.commit().await.unwrap();
    (emisor, firma)
}

impl Mundo {
    pub async fn new(db: Db) -> Mundo {
        Mundo::with(db, Dialecto::Sw, "{}").await
    }

    pub async fn with(db: Db, dialecto: Dialecto, ajustes_pe: &str) -> Mundo {
        let reloj = ramal_testkit::reloj();
        let cx = ramal_testkit::cx_en(&reloj);
        let (sello, objetos) = (Arc::new(Sello::from_bytes(&[7; 32])), Objetos::memoria());
        let tx = db.begin().await.unwrap();
        create_empresa(&tx, &cx, NuevaEmpresa::new("Prueba", Pais::Mx)).await.unwrap();
        tx.commit().await.unwrap();
        let nuevo = NuevoEmisor::new(Pais::Mx, "EKU9003173C9", "ESCUELA KEMPER URGATE");
        let (mx, firma_mx) = emisor(&db, &cx, &sello, nuevo).await;
        let mut nuevo = NuevoEmisor::new(Pais::Pe, "20600000005", "RAMAL DEMO S.A.C.");
        nuevo.ajustes = Some(serde_json::from_str(ajustes_pe).unwrap());
        let (pe, firma_pe) = emisor(&db, &cx, &sello, nuevo).await;
        let pac = pac::Emulador::abrir(pac::Opciones::new(reloj.clone())).unwrap();
        let sunat_ = sunat::Emulador::abrir(sunat::Opciones::new(reloj.clone())).unwrap();
        let colgar = Arc::new(AtomicBool::new(false));
        let enlaces = links(&reloj, dialecto, &pac, &sunat_, colgar.clone()).await;
        let mut registro = Registro::new();
        let partes = (db.clone(), cx.clone(), sello.clone(), objetos.clone());
        for m in ramal_fiscal::manejadores(partes.0, partes.1, partes.2, partes.3, enlaces) {
            registro = registro.handler(m);
        }
        for (evento, trabajo) in ramal_fiscal::SUSCRIPCIONES {
            registro = registro.on(evento, trabajo);
        }
        Mundo {
            obrero: Obrero::new(db.clone(), cx.clone(), registro),
            mx: Arc::new(mx),
            pe: Arc::new(pe),
            sunat: sunat_,
            db,
            cx,
            reloj,
            objetos,
            sello,
            pac,
            colgar,
            firma_mx,
            firma_pe,
        }
    }

    /// Does what is due.
    pub async fn drain(&self) {
        self.obrero.drain().await.unwrap();
    }

    /// Lets time pass in steps, doing what becomes due.
    pub async fn pass(&self, paso_ms: i64, veces: usize) {
        for _ in 0..veces {
            self.reloj.advance(paso_ms);
            self.drain().await;
        }
    }

    pub async fn fila(&self, id: ComprobanteId) -> ComprobanteFila {
        storage::by_id(&self.db, id).await.unwrap().unwrap()
    }

    pub async fn estado(&self, id: ComprobanteId) -> Estado {
        self.fila(id).await.estado().unwrap()
    }

    pub async fn count(&self, sql: &str) -> i64 {
        self.db.scalar::<i64>(sql, params![]).await.unwrap().unwrap()
    }

    pub async fn issue(&self, tipo: Tipo, total: i64) -> ComprobanteId {
        self.issue_about(tipo, total, None).await
    }

    /// Issues a document of one line through the real path.
    pub async fn issue_about(
        &self,
        tipo: Tipo,
        total: i64,
        sobre: Option<ComprobanteId>,
    ) -> ComprobanteId {
        let mexico = tipo.pais() == Pais::Mx;
        let emisor = if mexico { &self.mx } else { &self.pe };
        let relacion = match sobre {
            Some(id) => Some(relation(&self.fila(id).await)),
            None => None,
        };
        let tipo_sobre = relacion.as_ref().map(|r| r.tipo);
        let comprobante = Comprobante {
            id: self.cx.new_id(),
            emisor: emisor.clone(),
            cliente_id: None,
            origen: Origen { tipo: "factura", id: self.cx.new_id::<()>().uuid() },
            tipo,
            serie: String::new(),
            folio: 0,
            emitido: self.cx.now(),
            moneda: emisor.moneda,
            receptor: receiver(tipo, tipo_sobre),
            contenido: Contenido::Venta {
                lineas: vec![line(total)],
                pago: FormaPago::Contado { forma: "03".into() },
                relacion,
            },
        };
        let id = comprobante.id;
        let mut preparado = ramal_fiscal::prepare(comprobante).unwrap();
        let tx = self.db.begin().await.unwrap();
        let f = series::take_folios(&tx, emisor.id, tipo, tipo_sobre, 1).await.unwrap();
        preparado.number(&f.serie, f.primero);
        assert_eq!(preparado.check(), vec![]);
        let firma = if mexico { &self.firma_mx } else { &self.firma_pe };
        let sellado = preparado.seal(firma).unwrap();
        ramal_fiscal::emision::store(&tx, &self.cx, vec![sellado]).await.unwrap();
        tx.commit().await.unwrap();
        id
    }
}

async fn links(
    reloj: &Arc<FixedClock>,
    dialecto: Dialecto,
    pac: &Arc<pac::Emulador>,
    sunat: &Arc<sunat::Emulador>,
    colgar: Arc<AtomicBool>,
) -> Arc<dyn Conexiones> {
    let ajustes = AjustesRed { total_ms: 5_000, fallos_seguidos: 1_000, ..AjustesRed::default() };
    let red = Red::new(reloj.clone(), ajustes).unwrap();
    let entorno = Entorno::Emulado(listen(pac.clone().router()).await);
    let interior: Arc<dyn Timbrador> = match dialecto {
        Dialecto::Sw => {
            let acceso = AccesoSw::Token(Secreto::new("token-demo"));
            let config = ConfigSw { entorno: entorno.clone(), acceso, certificados: Vec::new() };
            Arc::new(Sw::new(&red, config).unwrap())
        }
        Dialecto::Finkok => {
            let config = ConfigFinkok::new(entorno.clone(), "demo", Secreto::new("demo"));
            let config = ConfigFinkok { esperas_previo_ms: vec![1], ..config };
            Arc::new(Finkok::new(&red, config).unwrap())
        }
    };
    let config = ConfigSunat {
        entorno: Entorno::Emulado(listen(sunat.clone().router()).await),
        ruc: "20600000005".into(),
        usuario: "MODDATOS".into(),
        clave: Secreto::new("moddatos"),
        consulta: ConsultaSunat::Disponible,
    };
    Arc::new(Enlaces {
        timbrador: Arc::new(Colgable { interior, colgar }),
        sat: Arc::new(Sat::new(&red, &entorno).unwrap()),
        sunat: Arc::new(Sunat::new(&red, config).unwrap()),
    })
}

fn relation(f: &ComprobanteFila) -> Relacion {
    let tipo = Tipo::parse(&f.tipo).unwrap();
    Relacion {
        comprobante_id: f.id,
        tipo,
        serie: f.serie.clone(),
        folio: f.folio,
        uuid_fiscal: f.uuid_fiscal.clone(),
        codigo: "01".into(),
        sustento: "Descuento por falla".into(),
    }
}

fn receiver(tipo: Tipo, sobre: Option<Tipo>) -> Receptor {
    let de_boleta = tipo == Tipo::Boleta || sobre == Some(Tipo::Boleta);
    let (tipo_documento, numero, nombre) = match tipo.pais() {
        Pais::Mx => (TipoDocumento::Rfc, "CACX7605101P8", "XOCHILT CASAS CHAVEZ"),
        _ if de_boleta => (TipoDocumento::Dni, "45678912", "ANA QUISPE"),
        _ => (TipoDocumento::Ruc, "20512333797", "CLIENTE EMPRESA S.A.C."),
    };
    Receptor {
        tipo_documento,
        numero: numero.into(),
        nombre: nombre.into(),
        codigo_postal: Some("36257".into()),
        regimen_fiscal: Some("612".into()),
        uso_cfdi: None,
        direccion: None,
        email: None,
    }
}

fn line(total: i64) -> Linea {
    Linea {
        descripcion: "Internet fibra 100 Mbps".into(),
        codigo: Some("PLAN100".into()),
        clave_prod_serv: Some("81112101".into()),
        clave_unidad: Some("E48".into()),
        cantidad: 1,
        importe: total,
        impuesto_incluido: true,
        impuesto: Impuesto::General,
    }
}
