//! A small company with customers who owe, its gateway, its workers and its doors. Asserts nothing.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request};
use axum::{Extension, Router};
use ramal_base::{Cx, FixedClock, Moneda, Pais};
use ramal_clientes::{Cliente, DatosCliente};
use ramal_cobros::actions::{Ida, NuevoCobro, create_cobro, launch_cobro, resolve_partidas};
use ramal_cobros::cobro::{Fila, Origen};
use ramal_cobros::storage::cobros;
use ramal_cobros::{CobroId, Pasarelas, jobs};
use ramal_db::{Consulta, Db, Migracion, Objetos, params};
use ramal_facturacion::FacturaId;
use ramal_facturacion::actions::{DatosFactura, DatosLinea, create_factura};
use ramal_jobs::{NuevoTrabajo, Obrero, Registro, Resumen, enqueue};
use ramal_pasarelas::{MedioRemoto, Pasarela};
use ramal_plataforma::{
    NuevaClave, NuevaEmpresa, NuevoEmisor, Sello, create_clave, create_emisor, create_empresa,
};
use ramal_web::{App, Entorno, assemble};
use serde_json::{Value, json};
use tower::ServiceExt;
use uuid::Uuid;

use crate::falsa::{Aviso, Falsa, Puertas};

/// Everything that the slice needs below it.
pub const MIGRACIONES: [&[Migracion]; 12] = [
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
    ramal_pagos::MIGRACIONES,
    ramal_cobros::MIGRACIONES,
];

/// The company.
#[derive(Clone)]
pub struct Mundo {
    pub db: Db,
    pub cx: Cx,
    pub reloj: Arc<FixedClock>,
    pub falsa: Arc<Falsa>,
    pub puertas: Arc<dyn Pasarelas>,
    pub moneda: Moneda,
    pub app: App,
    router: Router,
    clave: String,
}

/// An answer of the site.
pub struct Respuesta {
    pub estado: u16,
    pub texto: String,
    pub cabeceras: HeaderMap,
}

impl Respuesta {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.texto).unwrap_or(Value::Null)
    }

    pub fn header(&self, nombre: &str) -> &str {
        self.cabeceras.get(nombre).and_then(|v| v.to_str().ok()).unwrap_or("")
    }

    /// The value of the first field with this name.
    pub fn field(&self, nombre: &str) -> String {
        let marca = format!("name=\"{nombre}\" value=\"");
        let Some((_, resto)) = self.texto.split_once(&marca) else { return String::new() };
        resto.split('"').next().unwrap_or("").to_owned()
    }
}

impl Mundo {
    /// A company of Peru over the gateway in memory.
    pub async fn new(db: Db) -> Mundo {
        Mundo::of(db, Pais::Pe).await
    }

    /// A company of a country over the gateway in memory.
    pub async fn of(db: Db, pais: Pais) -> Mundo {
        let falsa = Falsa::new();
        Mundo::over(db, pais, falsa.clone(), falsa).await
    }

    /// A company over any gateway.
    pub async fn over(db: Db, pais: Pais, falsa: Arc<Falsa>, pasarela: Arc<dyn Pasarela>) -> Mundo {
        let reloj = ramal_testkit::reloj();
        let cx = ramal_testkit::cx_en(&reloj);
        let numero = if pais == Pais::Pe { "20131312955" } else { "EKU9003173C9" };
        let tx = db.begin().await.unwrap();
        create_empresa(&tx, &cx, NuevaEmpresa::new("Ramal", pais)).await.unwrap();
        let emisor = NuevoEmisor::new(pais, numero, "RAMAL DEMO S.A.C.");
        let emisor = create_emisor(&tx, &cx, emisor).await.unwrap();
        ramal_catalogo::actions::ensure_producto_generico(&tx, &cx, emisor.moneda).await.unwrap();
        let permisos = vec!["*".to_owned()];
        let clave = NuevaClave { nombre: "prueba".into(), permisos };
        let clave = create_clave(&tx, &cx, clave).await.unwrap().texto;
        tx.commit().await.unwrap();
        let puertas: Arc<dyn Pasarelas> = Arc::new(Puertas(pasarela));
        let app = App::new(db.clone(), cx.clone(), Objetos::memoria(), Entorno::prueba());
        let sello = Arc::new(Sello::from_bytes(&[7; 32]));
        let quien = ramal_plataforma::Identidad::prueba(&["*"]);
        let sitio = ramal_cobros::sitio().wrap(|r| r.layer(Extension(quien)));
        let router = assemble(app.clone(), vec![ramal_cobros::rutas()], sitio)
            .layer(Extension(puertas.clone()))
            .layer(Extension(sello));
        let moneda = emisor.moneda;
        Mundo { db, cx, reloj, falsa, puertas, moneda, app, router, clave }
    }

    /// A customer whose data every authority takes.
    pub async fn cliente(&self, n: u32) -> Cliente {
        let pe = self.moneda == Moneda::Pen;
        let tx = self.db.begin().await.unwrap();
        let datos = DatosCliente {
            tipo_documento: if pe { "DNI" } else { "RFC" }.into(),
            numero_documento: if pe { format!("4{n:07}") } else { "XAXX010101000".into() },
            razon_social: format!("Cliente Número {n}"),
            email: Some(format!("c{n}@ejemplo.pe")),
            ..DatosCliente::default()
        };
        let cliente = ramal_clientes::actions::create_cliente(&tx, &self.cx, datos).await.unwrap();
        tx.commit().await.unwrap();
        cliente
    }

    /// An invoice of a customer, numbered.
    pub async fn factura(&self, cliente: &Cliente, precio: &str) -> FacturaId {
        let tx = self.db.begin().await.unwrap();
        let id = create_factura(&tx, &self.cx, manual(cliente, precio)).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    /// An open cobro of an invoice, which the gateway has.
    pub async fn cobro(&self, factura: FacturaId) -> Fila {
        let id = self.intent(factura, MedioRemoto::Enlace).await;
        self.launch(id).await
    }

    /// The intent of a cobro of an invoice, which the gateway does not know.
    pub async fn intent(&self, factura: FacturaId, medio: MedioRemoto) -> CobroId {
        let tx = self.db.begin().await.unwrap();
        let suya = ramal_facturacion::cobro::abierta(&tx, factura.uuid()).await.unwrap().unwrap();
        let de = (suya.cliente_id, suya.moneda);
        let partidas = resolve_partidas(&tx, de, &[(factura.uuid(), None)]).await.unwrap();
        let nuevo = NuevoCobro {
            cliente_id: suya.cliente_id,
            moneda: suya.moneda,
            partidas,
            medio,
            pasarela: "emulada".into(),
            origen: Origen::Enlace,
        };
        let id = create_cobro(&tx, &self.cx, nuevo).await.unwrap().fila().id;
        tx.commit().await.unwrap();
        id
    }

    /// Asks the gateway for a cobro.
    pub async fn launch(&self, id: CobroId) -> Fila {
        let pasarela = self.puertas.get("emulada").unwrap();
        let ida = Ida {
            retorno: "http://localhost/volver".into(),
            aviso: "http://localhost/webhooks/emulada".into(),
            token: None,
        };
        launch_cobro(&self.db, &self.cx, pasarela.as_ref(), (id, &ida)).await.unwrap()
    }

    pub async fn fila(&self, id: CobroId) -> Fila {
        cobros::by_id(&self.db, id).await.unwrap().unwrap()
    }

    pub async fn estado(&self, id: CobroId) -> String {
        self.fila(id).await.estado
    }

    /// A worker that can do what the slice does.
    pub fn obrero(&self) -> Obrero {
        let mut registro = Registro::new();
        let puertas = self.puertas.clone();
        for m in jobs::manejadores(self.db.clone(), self.cx.clone(), puertas) {
            registro = registro.handler(m);
        }
        Obrero::new(self.db.clone(), self.cx.clone(), registro)
    }

    /// Does every background job of the slice that is due.
    pub async fn work(&self) -> Resumen {
        self.obrero().drain().await.unwrap()
    }

    /// Asks for a job as its schedule would, and does it with what follows.
    pub async fn sweep(&self, tipo: &'static str) {
        let tx = self.db.begin().await.unwrap();
        enqueue(&tx, &self.cx, NuevoTrabajo::new(tipo, json!({}))).await.unwrap();
        tx.commit().await.unwrap();
        self.work().await;
    }

    /// A notice knocks at the door of the gateway.
    pub async fn knock(&self, aviso: &Aviso) -> Respuesta {
        let pedido = Request::post("/webhooks/emulada")
            .header("content-type", "application/json")
            .header("x-firma", aviso.firma.as_str())
            .header("x-ts", aviso.ts.to_string())
            .body(Body::from(aviso.cuerpo.clone()));
        self.send(pedido.unwrap()).await
    }

    pub async fn get(&self, ruta: &str) -> Respuesta {
        self.send(Request::get(ruta).body(Body::empty()).unwrap()).await
    }

    /// Sends a form whose token is that of a page.
    pub async fn post(&self, pagina: &Respuesta, ruta: &str, campos: &[(&str, &str)]) -> Respuesta {
        let pedido = Request::post(ruta)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(encoded(&pagina.field("_csrf"), campos)));
        self.send(pedido.unwrap()).await
    }

    /// Calls the API; `idem` is the key of a POST.
    pub async fn api(&self, ruta: &str, idem: &str, cuerpo: Option<Value>) -> Respuesta {
        let metodo = if cuerpo.is_some() { "POST" } else { "GET" };
        let mut pedido = Request::builder()
            .method(metodo)
            .uri(format!("/api/v1{ruta}"))
            .header("authorization", format!("Bearer {}", self.clave));
        if !idem.is_empty() {
            pedido = pedido.header("idempotency-key", idem);
        }
        let cuerpo = match cuerpo {
            Some(cuerpo) => {
                pedido = pedido.header("content-type", "application/json");
                Body::from(cuerpo.to_string())
            }
            None => Body::empty(),
        };
        self.send(pedido.body(cuerpo).unwrap()).await
    }

    pub async fn send(&self, pedido: Request<Body>) -> Respuesta {
        let respuesta = self.router.clone().oneshot(pedido).await.unwrap();
        let estado = respuesta.status().as_u16();
        let cabeceras = respuesta.headers().clone();
        let bytes = to_bytes(respuesta.into_body(), 16 << 20).await.unwrap();
        Respuesta { estado, texto: String::from_utf8_lossy(&bytes).into_owned(), cabeceras }
    }

    /// The site, to be served on a port.
    pub fn router(&self) -> Router {
        self.router.clone()
    }

    pub async fn count(&self, sql: &str) -> i64 {
        self.db.scalar(sql, params![]).await.unwrap().unwrap_or(0)
    }

    /// Payments recorded of a cobro: `(amount, gateway's id)`.
    pub async fn pagos(&self, id: CobroId) -> Vec<(i64, Option<String>)> {
        let remotos = ramal_cobros::storage::remotos::of_cobro(&self.db, id).await.unwrap();
        let mut pagos = Vec::new();
        for r in remotos {
            let Some(pago) = r.pago_id else { continue };
            let pago = ramal_pagos::pago(&self.db, pago).await.unwrap().unwrap();
            pagos.push((pago.monto, pago.referencia));
        }
        pagos
    }

    pub async fn factura_estado(&self, id: FacturaId) -> String {
        let fila = ramal_facturacion::storage::cambios::by_id(&self.db, id.uuid()).await;
        fila.unwrap().unwrap().estado
    }

    /// What does not add up in the books; empty is right.
    pub async fn audit(&self) -> Vec<String> {
        let mut malos: Vec<String> = ramal_cuenta::check_cuenta(&self.db, None)
            .await
            .unwrap()
            .iter()
            .map(|d| format!("{d:?}"))
            .collect();
        let lineas = ramal_facturacion::cobro::check(&self.db, None).await.unwrap();
        malos.extend(lineas.iter().map(|d| format!("{d:?}")));
        malos
    }

    pub async fn saldo(&self, cliente: Uuid) -> (i64, i64) {
        let saldo = ramal_cuenta::saldo(&self.db, cliente, self.moneda).await.unwrap();
        (saldo.por_cobrar, saldo.a_favor)
    }
}

fn encoded(token: &str, campos: &[(&str, &str)]) -> String {
    let mut cuerpo = form_urlencoded::Serializer::new(String::new());
    cuerpo.append_pair("_csrf", token).extend_pairs(campos);
    cuerpo.finish()
}

/// A form with one line at this price, tax inside.
pub fn manual(cliente: &Cliente, precio: &str) -> DatosFactura {
    DatosFactura {
        cliente_id: cliente.id.uuid(),
        lineas: vec![DatosLinea {
            descripcion: Some("Internet".into()),
            precio: Some(precio.into()),
            ..DatosLinea::default()
        }],
        ..DatosFactura::default()
    }
}
