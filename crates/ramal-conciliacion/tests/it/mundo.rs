//! A small company with customers who owe, an account of a bank, and its routes. Asserts nothing.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use ramal_base::{Cx, Fecha, FixedClock, Instante, Moneda, Pais};
use ramal_clientes::{Cliente, DatosCliente};
use ramal_conciliacion::actions::{DatosCuenta, NuevoLote, create_cuenta, receive_lote};
use ramal_conciliacion::storage::renglones::{FiltroRenglones, page};
use ramal_conciliacion::storage::{lotes, vinculos};
use ramal_conciliacion::{CuentaId, Error, Lote, LoteId, Renglon, RenglonId};
use ramal_db::{Consulta, Cursor, Db, Migracion, Objetos, Tx, params};
use ramal_facturacion::FacturaId;
use ramal_facturacion::actions::{DatosFactura, DatosLinea, create_factura};
use ramal_facturacion::factura::FacturaFila;
use ramal_facturacion::storage::cambios;
use ramal_jobs::{Obrero, Registro};
use ramal_pagos::{Medio, NuevoPago, OrigenPago, Pago, record_pago};
use ramal_plataforma::{
    NuevaClave, NuevaEmpresa, NuevoEmisor, create_clave, create_emisor, create_empresa,
};
use ramal_web::{App, Entorno, Sitio, assemble};
use serde_json::Value;
use tower::ServiceExt;
use uuid::Uuid;

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
    ramal_conciliacion::MIGRACIONES,
];

/// Who acts.
pub const ACTORA: &str = "usuario:prueba";

/// The company.
#[derive(Clone)]
pub struct Mundo {
    pub db: Db,
    pub cx: Cx,
    pub objetos: Objetos,
    pub cuenta: CuentaId,
    router: Router,
    clave: String,
}

impl Mundo {
    /// A Peruvian company on 20 November 2026 with an account read by the profile of the emulated
    /// gateway's report, which is the shortest, and a key that may do everything.
    pub async fn new(db: Db) -> Mundo {
        Mundo::with(db, &["*"]).await
    }

    /// The same with a key of some permissions.
    pub async fn with(db: Db, permisos: &[&str]) -> Mundo {
        let hoy = Instante::parse("2026-11-20T15:00:00Z").unwrap();
        let cx = Cx::fixed(Arc::new(FixedClock::new(hoy)), ACTORA);
        let tx = db.begin().await.unwrap();
        create_empresa(&tx, &cx, NuevaEmpresa::new("Ramal", Pais::Pe)).await.unwrap();
        let emisor = NuevoEmisor::new(Pais::Pe, "20131312955", "RAMAL DEMO S.A.C.");
        create_emisor(&tx, &cx, emisor).await.unwrap();
        let permisos = permisos.iter().map(|p| (*p).to_owned()).collect();
        let clave = NuevaClave { nombre: "prueba".into(), permisos };
        let clave = create_clave(&tx, &cx, clave).await.unwrap().texto;
        let datos = banco("Interbank");
        let cuenta = create_cuenta(&tx, &cx, &datos).await.unwrap().id;
        tx.commit().await.unwrap();
        let objetos = Objetos::memoria();
        let app = App::new(db.clone(), cx.clone(), objetos.clone(), Entorno::prueba());
        let router = assemble(app, vec![ramal_conciliacion::rutas()], Sitio::new());
        Mundo { db, cx, objetos, cuenta, router, clave }
    }

    /// A customer with this name.
    pub async fn cliente(&self, n: u32, nombre: &str) -> Cliente {
        let datos = DatosCliente {
            tipo_documento: "DNI".into(),
            numero_documento: format!("4{n:07}"),
            razon_social: nombre.into(),
            ..DatosCliente::default()
        };
        let tx = self.db.begin().await.unwrap();
        let cliente = ramal_clientes::actions::create_cliente(&tx, &self.cx, datos).await.unwrap();
        tx.commit().await.unwrap();
        cliente
    }

    /// An invoice of today, due in ten days.
    pub async fn factura(&self, cliente: &Cliente, precio: &str) -> FacturaFila {
        let linea = DatosLinea {
            descripcion: Some("Internet 100 Mbps".into()),
            precio: Some(precio.to_owned()),
            ..DatosLinea::default()
        };
        let datos = DatosFactura {
            cliente_id: cliente.id.uuid(),
            lineas: vec![linea],
            vencimiento: Some(dia("2026-11-30")),
            ..DatosFactura::default()
        };
        let tx = self.db.begin().await.unwrap();
        let id = create_factura(&tx, &self.cx, datos).await.unwrap();
        tx.commit().await.unwrap();
        self.fila(id).await
    }

    pub async fn fila(&self, id: FacturaId) -> FacturaFila {
        cambios::by_id(&self.db, id.uuid()).await.unwrap().unwrap()
    }

    pub async fn again(&self, f: &FacturaFila) -> FacturaFila {
        self.fila(FacturaId::from_uuid(f.id.uuid())).await
    }

    /// A transfer that a person wrote down.
    pub async fn by_hand(&self, cliente: &Cliente, monto: i64, operacion: &str) -> Pago {
        let nuevo = NuevoPago {
            cliente_id: cliente.id.uuid(),
            moneda: Moneda::Pen,
            monto,
            medio: Medio::Yape,
            origen: OrigenPago::Manual,
            proveedor: None,
            referencia: None,
            fecha_valor: dia("2026-11-19"),
            operacion: Some(operacion.to_owned()),
            notas: None,
            destino: ramal_pagos::Destino::Automatico,
            turno_id: None,
        };
        let tx = self.db.begin().await.unwrap();
        let pago = record_pago(&tx, &self.cx, nuevo).await.unwrap().pago;
        tx.commit().await.unwrap();
        pago
    }

    /// Runs an act in a transaction of its own.
    pub async fn act<T>(
        &self,
        acto: impl AsyncFnOnce(&Tx, &Cx) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let tx = self.db.begin().await.unwrap();
        let hecho = acto(&tx, &self.cx).await;
        match &hecho {
            Ok(_) => tx.commit().await.unwrap(),
            Err(_) => tx.rollback().await.unwrap(),
        }
        hecho
    }

    /// Brings a statement of an account, without reading it.
    pub async fn bring(&self, cuenta: CuentaId, texto: &str) -> Lote {
        let bytes = encoded(texto);
        let nuevo = NuevoLote::keep(&self.objetos, cuenta, "extracto.csv", bytes).await.unwrap();
        self.act(async |tx, cx| receive_lote(tx, cx, nuevo).await).await.unwrap()
    }

    /// Brings a statement of the bank and does the work that follows.
    pub async fn import(&self, texto: &str) -> Lote {
        let lote = self.bring(self.cuenta, texto).await;
        self.work().await;
        self.lote(lote.id).await
    }

    pub async fn lote(&self, id: LoteId) -> Lote {
        lotes::by_id(&self.db, id).await.unwrap().unwrap()
    }

    /// Lines of a lote in order.
    pub async fn renglones(&self, lote: &Lote) -> Vec<Renglon> {
        let filtro = FiltroRenglones { lote: lote.id, estado: None };
        let cursor = Cursor { limite: 200, cursor: None };
        page(&self.db, &filtro, &cursor).await.unwrap().datos
    }

    /// Payments of a line.
    pub async fn pagos(&self, renglon: RenglonId) -> Vec<Uuid> {
        let suyos = vinculos::of_lines(&self.db, &[renglon]).await.unwrap().remove(&renglon);
        suyos.unwrap_or_default().into_iter().map(|v| v.pago_id).collect()
    }

    /// Does every background job of the slice that is due.
    pub async fn work(&self) {
        let (db, cx) = (self.db.clone(), self.cx.clone());
        let mut registro = Registro::new();
        for m in ramal_conciliacion::manejadores(db.clone(), cx.clone(), self.objetos.clone()) {
            registro = registro.handler(m);
        }
        for (evento, trabajo) in ramal_conciliacion::SUSCRIPCIONES {
            registro = registro.on(evento, trabajo);
        }
        Obrero::new(db, cx, registro).drain().await.unwrap();
    }

    /// What a customer owes and has in favour.
    pub async fn saldo(&self, cliente: &Cliente) -> (i64, i64) {
        let saldo = ramal_cuenta::saldo(&self.db, cliente.id.uuid(), Moneda::Pen).await.unwrap();
        (saldo.por_cobrar, saldo.a_favor)
    }

    /// How many payments count.
    pub async fn vigentes(&self) -> i64 {
        self.count("SELECT COUNT(*) FROM pagos WHERE estado = 'vigente'").await
    }

    /// Everything that does not add up in the ledger; empty is right.
    pub async fn descuadres(&self) -> usize {
        ramal_facturacion::cobro::check(&self.db, None).await.unwrap().len()
    }

    pub async fn count(&self, sql: &str) -> i64 {
        self.db.scalar(sql, params![]).await.unwrap().unwrap()
    }

    pub async fn get(&self, ruta: &str) -> (u16, Value) {
        self.call("GET", ruta, "", Vec::new()).await
    }

    /// A post of JSON with an idempotency key.
    pub async fn post(&self, ruta: &str, clave: &str, cuerpo: Value) -> (u16, Value) {
        self.call("POST", ruta, clave, cuerpo.to_string().into_bytes()).await
    }

    /// A post of bytes with an idempotency key.
    pub async fn call(
        &self,
        metodo: &str,
        ruta: &str,
        clave: &str,
        cuerpo: Vec<u8>,
    ) -> (u16, Value) {
        let es_json = cuerpo.first() == Some(&b'{');
        let tipo = if es_json { "application/json" } else { "application/octet-stream" };
        let mut pedido = Request::builder()
            .method(metodo)
            .uri(format!("/api/v1{ruta}"))
            .header("authorization", format!("Bearer {}", self.clave))
            .header("content-type", tipo);
        if !clave.is_empty() {
            pedido = pedido.header("idempotency-key", clave);
        }
        let respuesta =
            self.router.clone().oneshot(pedido.body(Body::from(cuerpo)).unwrap()).await.unwrap();
        let estado = respuesta.status().as_u16();
        let bytes = to_bytes(respuesta.into_body(), 32 << 20).await.unwrap();
        (estado, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }
}

/// An account of the bank, read by its profile.
pub fn banco(nombre: &str) -> DatosCuenta {
    DatosCuenta {
        nombre: nombre.into(),
        moneda: "PEN".into(),
        clase: "banco".into(),
        perfil: "interbank_pe".into(),
        ..DatosCuenta::default()
    }
}

pub fn dia(texto: &str) -> Fecha {
    Fecha::parse(texto).unwrap()
}

fn encoded(texto: &str) -> Vec<u8> {
    // Windows-1252 and Latin-1 agree on everything that the tests write.
    texto.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect()
}

/// A statement of the bank: `(día, operación, movimiento, descripción, importe)`.
pub fn extracto(filas: &[(&str, &str, &str, &str, i64)]) -> String {
    let mut texto = "Fecha de Operación;Fecha de Proceso;Nro. de operación;Movimiento;\
        Descripción;Canal;Cargo;Abono;Saldo contable\n"
        .to_owned();
    let mut saldo = 100_000;
    for (fecha, operacion, movimiento, descripcion, importe) in filas {
        saldo += importe;
        let f = ramal_base::dinero::format_centavos;
        let (cargo, abono) = match *importe {
            n if n < 0 => (f(-n), String::new()),
            n => (String::new(), f(n)),
        };
        texto.push_str(&format!(
            "{fecha};{fecha};{operacion};{movimiento};{descripcion};APP;{cargo};{abono};{}\n",
            f(saldo)
        ));
    }
    texto
}
