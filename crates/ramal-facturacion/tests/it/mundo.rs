//! A small company with one emisor, customers and services, and its routes. Asserts nothing.

use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use ramal_base::{Cx, Dinero, Fecha, Pais};
use ramal_clientes::{Cliente, DatosCliente};
use ramal_contratos::{Ancla, EstadoServicio, EventoServicio, Hecho, Servicio};
use ramal_db::{Consulta, Db, Migracion, Objetos, params};
use ramal_facturacion::actions::{DatosFactura, DatosLinea, create_factura, issue_global};
use ramal_facturacion::cobro::{Cuenta, Destino, NuevoAbono, Partida, record_abono};
use ramal_facturacion::corrida::{self, Avance, Contexto, Opciones};
use ramal_facturacion::factura::FacturaFila;
use ramal_facturacion::storage::{cambios, consultas};
use ramal_facturacion::{FacturaId, jobs};
use ramal_fiscal::events::{ComprobanteAceptado, ComprobanteAnulado};
use ramal_fiscal::firmante::{Procedencia, load_certificado, prueba};
use ramal_fiscal::storage::Cambio;
use ramal_fiscal::{ComprobanteId, EmisorFiscal, Estado, Firmante};
use ramal_jobs::{Obrero, Registro};
use ramal_plataforma::{
    NuevaClave, NuevaEmpresa, NuevoEmisor, Sello, create_clave, create_emisor, create_empresa,
};
use ramal_web::{App, Entorno, Sitio, assemble};
use serde_json::{Value, json};
use tower::ServiceExt;

/// Everything that the slice needs below it.
pub const MIGRACIONES: [&[Migracion]; 10] = [
    ramal_db::MIGRACIONES,
    ramal_jobs::MIGRACIONES,
    ramal_web::MIGRACIONES,
    ramal_plataforma::MIGRACIONES,
    ramal_fiscal::MIGRACIONES,
    ramal_clientes::MIGRACIONES,
    ramal_catalogo::MIGRACIONES,
    ramal_contratos::MIGRACIONES,
    ramal_cuenta::MIGRACIONES,
    ramal_facturacion::MIGRACIONES,
];

static FIRMANTE_MX: OnceLock<Firmante> = OnceLock::new();
static FIRMANTE_PE: OnceLock<Firmante> = OnceLock::new();

/// The company.
#[derive(Clone)]
pub struct Mundo {
    pub db: Db,
    pub cx: Cx,
    pub sello: Arc<Sello>,
    pub emisor: EmisorFiscal,
    pub producto: ramal_catalogo::ProductoId,
    pub router: Router,
    pub clave: String,
}

impl Mundo {
    /// Company of a country whose key may do everything.
    pub async fn new(db: Db, pais: Pais) -> Mundo {
        Mundo::with(db, pais, json!({}), &["*"]).await
    }

    /// Company with settings and a key of some permissions.
    pub async fn with(db: Db, pais: Pais, ajustes: Value, permisos: &[&str]) -> Mundo {
        let cx = ramal_testkit::cx_fijo();
        let sello = Arc::new(Sello::from_bytes(&[7; 32]));
        let (numero, nombre) = match pais {
            Pais::Pe => ("20131312955", "RAMAL DEMO S.A.C."),
            _ => ("EKU9003173C9", "ESCUELA KEMPER URGATE"),
        };
        let tx = db.begin().await.unwrap();
        let empresa = NuevaEmpresa { ajustes: Some(ajustes), ..NuevaEmpresa::new("Ramal", pais) };
        create_empresa(&tx, &cx, empresa).await.unwrap();
        let emisor = NuevoEmisor::new(pais, numero, nombre);
        let emisor: EmisorFiscal = create_emisor(&tx, &cx, emisor).await.unwrap().into();
        let guardado = if pais == Pais::Pe { &FIRMANTE_PE } else { &FIRMANTE_MX };
        let firmante = guardado.get_or_init(|| prueba(&emisor, &cx).unwrap());
        let firmante = (firmante, Procedencia::Prueba);
        load_certificado(&tx, &cx, &sello, &emisor, firmante).await.unwrap();
        let producto =
            ramal_catalogo::actions::ensure_producto_generico(&tx, &cx, emisor.moneda).await;
        let producto = producto.unwrap().id;
        let permisos = permisos.iter().map(|p| (*p).to_owned()).collect();
        let clave = NuevaClave { nombre: "prueba".into(), permisos };
        let clave = create_clave(&tx, &cx, clave).await.unwrap().texto;
        tx.commit().await.unwrap();
        let app = App::new(db.clone(), cx.clone(), Objetos::memoria(), Entorno::prueba());
        let router = assemble(app, vec![ramal_facturacion::rutas()], Sitio::new());
        Mundo { db, cx, sello, emisor, producto, router, clave }
    }

    /// A customer whose data every authority takes.
    pub async fn cliente(&self, n: u32) -> Cliente {
        let pe = self.emisor.pais == Pais::Pe;
        let numero = if pe { format!("4{n:07}") } else { "XAXX010101000".to_owned() };
        self.sign_up(DatosCliente {
            tipo_documento: if pe { "DNI" } else { "RFC" }.into(),
            numero_documento: numero,
            razon_social: format!("Cliente Número {n}"),
            ..DatosCliente::default()
        })
        .await
    }

    pub async fn sign_up(&self, datos: DatosCliente) -> Cliente {
        let tx = self.db.begin().await.unwrap();
        let cliente = ramal_clientes::actions::create_cliente(&tx, &self.cx, datos).await.unwrap();
        tx.commit().await.unwrap();
        cliente
    }

    /// A monthly service from the first of December at this price, tax inside.
    pub async fn servicio(&self, cliente: &Cliente, centavos: i64) -> Servicio {
        let inicio = dia("2026-12-01");
        let tx = self.db.begin().await.unwrap();
        let servicio = Servicio {
            id: self.cx.new_id(),
            numero: tx.take_numbers("servicios", 1).await.unwrap(),
            cliente_id: cliente.id,
            contrato_id: None,
            emisor_id: self.emisor.id,
            producto_id: self.producto,
            descripcion: "Internet 100 Mbps".into(),
            precio: Dinero::new(centavos, self.emisor.moneda),
            impuesto_incluido: true,
            requiere_factura: true,
            ancla: Ancla::new(inicio, 1).unwrap(),
            inicio,
            facturado_desde: inicio,
            fin: None,
            estado: EstadoServicio::Activo,
            auto_renovacion: true,
            grupo: None,
            hechos: 1,
            revisar_desde: inicio,
            proxima_revision: Some(inicio),
            configuracion: json!({}),
            notas: None,
            version: 1,
            creado: self.cx.now(),
            actualizado: self.cx.now(),
        };
        let nuevos = std::slice::from_ref(&servicio);
        ramal_contratos::storage::insert_many(&tx, &self.cx, nuevos, None).await.unwrap();
        tx.commit().await.unwrap();
        servicio
    }

    /// Records that the service was suspended from a day.
    pub async fn suspend(&self, servicio: &Servicio, desde: &str) {
        let tx = self.db.begin().await.unwrap();
        let mut s = ramal_contratos::storage::lock(&tx, servicio.id).await.unwrap().unwrap();
        let desde = dia(desde);
        s.hechos += 1;
        let evento = EventoServicio {
            secuencia: u32::try_from(s.hechos).unwrap(),
            desde,
            registrado: self.cx.now(),
            hecho: Hecho::Suspension,
        };
        ramal_contratos::storage::append_hecho(&tx, &self.cx, s.id, &evento).await.unwrap();
        s.estado = EstadoServicio::Suspendido;
        s.revisar_desde = s.revisar_desde.min(dia("2026-12-01"));
        s.proxima_revision = Some(desde);
        ramal_contratos::storage::update(&tx, &s).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Executes the run of a day.
    pub async fn run(&self, fecha: &str) -> Avance {
        let corrida = (dia(fecha), Opciones { clientes_por_lote: 3 });
        corrida::run(&self.db, &self.cx, &self.sello, corrida, |_| ()).await.unwrap()
    }

    /// An invoice by hand, numbered and not sealed yet.
    pub async fn factura(&self, cliente: &Cliente, precio: &str) -> FacturaId {
        let tx = self.db.begin().await.unwrap();
        let id = create_factura(&tx, &self.cx, manual(cliente, precio)).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    /// The same company on another day, at noon.
    pub async fn at(&self, fecha: &str) -> Mundo {
        let instante = ramal_base::Instante::parse(&format!("{fecha}T18:00:00Z")).unwrap();
        let reloj = Arc::new(ramal_base::FixedClock::new(instante));
        Mundo { cx: ramal_testkit::cx_en(&reloj), ..self.clone() }
    }

    /// Money of a customer that settles his oldest debts.
    pub async fn abono(&self, cliente: &Cliente, monto: i64, valor: &str) -> uuid::Uuid {
        let nuevo = NuevoAbono {
            id: self.cx.new_id::<()>().uuid(),
            cliente_id: cliente.id.uuid(),
            moneda: self.emisor.moneda,
            monto,
            contrapartida: Cuenta::Banco,
            fecha_valor: dia(valor),
            forma_pago: "03".into(),
            operacion: Some("SPEI-1".into()),
        };
        let id = nuevo.id;
        let tx = self.db.begin().await.unwrap();
        record_abono(&tx, &self.cx, nuevo, Destino::Automatico).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    /// Settles an invoice whole.
    pub async fn pay(&self, factura: FacturaId, valor: &str) -> uuid::Uuid {
        let fila = self.fila(factura).await;
        let id = ramal_clientes::ClienteId::from_uuid(fila.cliente_id);
        let cliente = ramal_clientes::storage::by_id(&self.db, id).await.unwrap().unwrap();
        let nuevo = NuevoAbono {
            id: self.cx.new_id::<()>().uuid(),
            cliente_id: cliente.id.uuid(),
            moneda: self.emisor.moneda,
            monto: fila.saldo(),
            contrapartida: Cuenta::Banco,
            fecha_valor: dia(valor),
            forma_pago: "03".into(),
            operacion: None,
        };
        let (id, monto) = (nuevo.id, nuevo.monto);
        let partida = Partida { factura_id: factura.uuid(), linea: None, monto };
        let tx = self.db.begin().await.unwrap();
        record_abono(&tx, &self.cx, nuevo, Destino::Explicito(vec![partida])).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    /// Makes the jobs of a kind due now.
    pub async fn wake(&self, tipo: &str) {
        let tx = self.db.begin().await.unwrap();
        let sql = "UPDATE trabajos SET proximo = creado WHERE tipo = $1";
        tx.exec(sql, params![tipo]).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// REPs of an invoice: instalment, balance before, amount, state.
    pub async fn reps(&self, factura: FacturaId) -> Vec<(i32, i64, i64, String)> {
        #[derive(ramal_db::FromQueryResult)]
        struct Fila {
            parcialidad: Option<i32>,
            saldo_anterior: i64,
            importe: i64,
            estado: String,
        }
        let sql = "SELECT parcialidad, saldo_anterior, importe, estado FROM reps \
            WHERE factura_id = $1 ORDER BY id";
        let filas: Vec<Fila> = self.db.all(sql, params![factura]).await.unwrap();
        let de = |f: Fila| (f.parcialidad.unwrap_or(0), f.saldo_anterior, f.importe, f.estado);
        filas.into_iter().map(de).collect()
    }

    /// The authority has stamped every REP.
    pub async fn accept_reps(&self) {
        let sql = "SELECT id FROM comprobantes WHERE tipo = 'P' ORDER BY id";
        let ids: Vec<uuid::Uuid> = self.db.column(sql, vec![]).await.unwrap();
        let tx = self.db.begin().await.unwrap();
        for (n, id) in ids.into_iter().enumerate() {
            let id = ComprobanteId::from_uuid(id);
            let cambio =
                Cambio { estado: Estado::Aceptado, codigo: None, mensaje: None, intento: 1 };
            ramal_fiscal::storage::change(&tx, &self.cx, id, &cambio).await.unwrap();
            let uuid = format!("5A9C1B2E-0000-4000-9000-{n:012}");
            let ahora = self.cx.now();
            ramal_fiscal::storage::accept(&tx, id, Some(&uuid), ahora).await.unwrap();
        }
        tx.commit().await.unwrap();
    }

    /// Does every background job of the slice that is due.
    pub async fn work(&self) {
        let (db, cx) = (self.db.clone(), self.cx.clone());
        let mut registro = Registro::new();
        for m in jobs::manejadores(db.clone(), cx.clone(), self.sello.clone()) {
            registro = registro.handler(m);
        }
        for (evento, trabajo) in jobs::SUSCRIPCIONES {
            registro = registro.on(evento, trabajo);
        }
        Obrero::new(db, cx, registro).drain().await.unwrap();
    }

    /// What the authority answers for the invoice's document.
    pub async fn answer(&self, factura: FacturaId, estado: Estado) {
        let fila = self.fila(factura).await;
        let id = ComprobanteId::from_uuid(fila.comprobante_id.expect("a sealed invoice"));
        let tx = self.db.begin().await.unwrap();
        let cambio = Cambio { estado, codigo: Some("x"), mensaje: None, intento: 1 };
        ramal_fiscal::storage::change(&tx, &self.cx, id, &cambio).await.unwrap();
        if estado.is_aceptado() {
            let uuid = format!("5A9C1B2E-0000-4000-8000-{:012}", fila.folio);
            let uuid = (self.emisor.pais == Pais::Mx).then_some(uuid);
            let ahora = self.cx.now();
            ramal_fiscal::storage::accept(&tx, id, uuid.as_deref(), ahora).await.unwrap();
        }
        tx.commit().await.unwrap();
    }

    /// The authority has voided the invoice's document.
    pub async fn voided(&self, factura: FacturaId) {
        let fila = self.fila(factura).await;
        let comprobante_id = ComprobanteId::from_uuid(fila.comprobante_id.unwrap());
        let tx = self.db.begin().await.unwrap();
        let origen_tipo = "factura".to_owned();
        let origen_id = factura.uuid();
        let evento = ComprobanteAnulado { comprobante_id, origen_tipo, origen_id };
        tx.emit(&self.cx, &evento).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// The authority's acceptance is told to whoever listens.
    pub async fn accepted(&self, factura: FacturaId) {
        let fila = self.fila(factura).await;
        let evento = ComprobanteAceptado {
            comprobante_id: ComprobanteId::from_uuid(fila.comprobante_id.unwrap()),
            origen_tipo: "factura".to_owned(),
            origen_id: factura.uuid(),
            cliente_id: Some(fila.cliente_id),
            uuid_fiscal: None,
        };
        let tx = self.db.begin().await.unwrap();
        tx.emit(&self.cx, &evento).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Issues the global invoice of a month; gives how many recibos it took.
    pub async fn global(&self, mes: &str) -> Option<usize> {
        let ctx = Contexto::load(&self.db, dia("2026-11-20")).await.unwrap();
        let emisor = ctx.emisor(self.emisor.id).unwrap().clone();
        let firmante = ramal_fiscal::firmante::open(&self.db, &self.sello, &emisor).await;
        let firmante = firmante.unwrap();
        let tx = self.db.begin().await.unwrap();
        let hecho = issue_global(&tx, &self.cx, (emisor, &firmante), dia(mes)).await.unwrap();
        tx.commit().await.unwrap();
        hecho.map(|g| g.recibos)
    }

    pub async fn fila(&self, id: FacturaId) -> FacturaFila {
        cambios::by_id(&self.db, id.uuid()).await.unwrap().unwrap()
    }

    /// Every invoice and note, oldest first.
    pub async fn filas(&self) -> Vec<FacturaFila> {
        let cursor = ramal_db::Cursor { limite: 200, cursor: None };
        let filtro = consultas::FiltroFacturas::default();
        let pagina = consultas::list(&self.db, &filtro, &cursor).await.unwrap().unwrap();
        let mut filas = pagina.datos;
        filas.reverse();
        filas
    }

    /// `(clase, revision, monto)` of every charge of a service, in order of posting.
    pub async fn cargos(&self, servicio: &Servicio) -> Vec<(String, i32, i64)> {
        #[derive(ramal_db::FromQueryResult)]
        struct Fila {
            clase: String,
            revision: i32,
            monto: i64,
        }
        let sql = "SELECT clase, revision, monto FROM cargos WHERE servicio_id = $1 ORDER BY id";
        let filas: Vec<Fila> = self.db.all(sql, params![servicio.id]).await.unwrap();
        filas.into_iter().map(|f| (f.clase, f.revision, f.monto)).collect()
    }

    /// Takes the certificates of the emisor away (`FALSE`) or gives them back (`TRUE`).
    pub async fn certificates(&self, activo: &str) {
        let tx = self.db.begin().await.unwrap();
        let sql = format!("UPDATE certificados SET activo = {activo}");
        tx.exec(&sql, vec![]).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Stops the sending of the emisor.
    pub async fn pause(&self, codigo: &str, mensaje: &str) {
        let tx = self.db.begin().await.unwrap();
        let sql = "INSERT INTO fiscal_pausas (emisor_id, codigo, mensaje, desde) \
            VALUES ($1, $2, $3, $4)";
        let fila = params![self.emisor.id, codigo, mensaje, self.cx.now()];
        tx.exec(sql, fila).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Lets the emisor send again.
    pub async fn resume(&self) {
        let tx = self.db.begin().await.unwrap();
        ramal_fiscal::actions::resume_emisor(&tx, &self.cx, self.emisor.id).await.unwrap();
        tx.commit().await.unwrap();
    }

    pub async fn count(&self, sql: &str) -> i64 {
        self.db.scalar(sql, params![]).await.unwrap().unwrap()
    }

    pub async fn get(&self, ruta: &str) -> (u16, Value) {
        self.call("GET", ruta, &[], None).await
    }

    pub async fn post(&self, ruta: &str, cuerpo: Value) -> (u16, Value) {
        self.call("POST", ruta, &[], Some(cuerpo)).await
    }

    pub async fn call(
        &self,
        metodo: &str,
        ruta: &str,
        cabeceras: &[(&str, &str)],
        cuerpo: Option<Value>,
    ) -> (u16, Value) {
        let mut peticion = Request::builder()
            .method(metodo)
            .uri(format!("/api/v1{ruta}"))
            .header("authorization", format!("Bearer {}", self.clave));
        if cuerpo.is_some() {
            peticion = peticion.header("content-type", "application/json");
        }
        for (nombre, valor) in cabeceras {
            peticion = peticion.header(*nombre, *valor);
        }
        let cuerpo = cuerpo.map_or_else(Body::empty, |c| Body::from(c.to_string()));
        let respuesta = self.router.clone().oneshot(peticion.body(cuerpo).unwrap()).await.unwrap();
        let estado = respuesta.status().as_u16();
        let bytes = to_bytes(respuesta.into_body(), 16 << 20).await.unwrap();
        (estado, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }
}

pub fn dia(texto: &str) -> Fecha {
    Fecha::parse(texto).unwrap()
}

/// A form with one line at this price, tax inside.
pub fn manual(cliente: &Cliente, precio: &str) -> DatosFactura {
    DatosFactura {
        cliente_id: cliente.id.uuid(),
        lineas: vec![DatosLinea {
            descripcion: Some("Instalación".into()),
            precio: Some(precio.into()),
            ..DatosLinea::default()
        }],
        ..DatosFactura::default()
    }
}
