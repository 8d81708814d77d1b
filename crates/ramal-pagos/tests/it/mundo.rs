//! A small company with clientes who owe, and its routes. Asserts nothing.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use ramal_base::{Cx, Fecha, FixedClock, Instante, Moneda, Pais};
use ramal_clientes::{Cliente, DatosCliente};
use ramal_db::{Consulta, Db, Migracion, Objetos, Tx, params};
use ramal_facturacion::FacturaId;
use ramal_facturacion::actions::{DatosFactura, DatosLinea, create_factura};
use ramal_facturacion::cobro::{Destino, Partida};
use ramal_facturacion::factura::FacturaFila;
use ramal_facturacion::storage::cambios;
use ramal_pagos::{Error, Medio, NuevoPago, OrigenPago, Pago, PagoId, Registrado, record_pago};
use ramal_plataforma::{NuevaClave, NuevaEmpresa, NuevoEmisor};
use ramal_plataforma::{create_clave, create_emisor, create_empresa};
use ramal_web::{App, Entorno, Sitio, assemble};
use serde_json::{Value, json};
use tower::ServiceExt;
use uuid::Uuid;

/// Everything that the slice needs below it.
pub const MIGRACIONES: [&[Migracion]; 11] = [
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
];

/// Who sits at the desk in the tests of pages.
pub const CAJERA: &str = "usuario:prueba";

/// The company.
#[derive(Clone)]
pub struct Mundo {
    pub db: Db,
    pub cx: Cx,
    pub reloj: Arc<FixedClock>,
    router: Router,
    clave: String,
}

impl Mundo {
    /// A Peruvian company on 1 October 2026 whose key may do everything.
    pub async fn new(db: Db) -> Mundo {
        Mundo::with(db, &["*"]).await
    }

    /// The same with a key of some permissions.
    pub async fn with(db: Db, permisos: &[&str]) -> Mundo {
        let hoy = Instante::parse("2026-10-01T15:00:00Z").unwrap();
        let reloj = Arc::new(FixedClock::new(hoy));
        let cx = Cx::fixed(reloj.clone(), CAJERA);
        let tx = db.begin().await.unwrap();
        create_empresa(&tx, &cx, NuevaEmpresa::new("Ramal", Pais::Pe)).await.unwrap();
        let emisor = NuevoEmisor::new(Pais::Pe, "20131312955", "RAMAL DEMO S.A.C.");
        create_emisor(&tx, &cx, emisor).await.unwrap();
        let permisos = permisos.iter().map(|p| (*p).to_owned()).collect();
        let clave = NuevaClave { nombre: "prueba".into(), permisos };
        let clave = create_clave(&tx, &cx, clave).await.unwrap().texto;
        tx.commit().await.unwrap();
        let app = App::new(db.clone(), cx.clone(), Objetos::memoria(), Entorno::prueba());
        let router = assemble(app, vec![ramal_pagos::rutas()], Sitio::new());
        Mundo { db, cx, reloj, router, clave }
    }

    /// A cliente whose data the authority takes.
    pub async fn cliente(&self, n: u32) -> Cliente {
        let datos = DatosCliente {
            tipo_documento: "DNI".into(),
            numero_documento: format!("4{n:07}"),
            razon_social: format!("Cliente Número {n}"),
            ..DatosCliente::default()
        };
        let tx = self.db.begin().await.unwrap();
        let cliente = ramal_clientes::actions::create_cliente(&tx, &self.cx, datos).await.unwrap();
        tx.commit().await.unwrap();
        cliente
    }

    /// A factura with one line per price, due on a day.
    pub async fn factura(&self, cliente: &Cliente, vence: &str, precios: &[&str]) -> FacturaId {
        let linea = |precio: &&str| DatosLinea {
            descripcion: Some("Internet 100 Mbps".into()),
            precio: Some((*precio).to_owned()),
            ..DatosLinea::default()
        };
        let datos = DatosFactura {
            cliente_id: cliente.id.uuid(),
            lineas: precios.iter().map(linea).collect(),
            vencimiento: Some(dia(vence)),
            ..DatosFactura::default()
        };
        let tx = self.db.begin().await.unwrap();
        let id = create_factura(&tx, &self.cx, datos).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    /// Says that a line of a factura charges an instalment.
    pub async fn as_cuota(&self, factura: FacturaId, linea: i32) {
        let tx = self.db.begin().await.unwrap();
        let sql = "UPDATE factura_lineas SET clase = 'cuota' WHERE factura_id = $1 AND linea = $2";
        tx.exec(sql, params![factura, linea]).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Registers a payment in a transaction of its own.
    pub async fn pay(&self, nuevo: NuevoPago) -> Result<Registrado, Error> {
        let tx = self.db.begin().await.unwrap();
        let hecho = record_pago(&tx, &self.cx, nuevo).await;
        match &hecho {
            Ok(_) => tx.commit().await.unwrap(),
            Err(_) => tx.rollback().await.unwrap(),
        }
        hecho
    }

    /// Registers a transfer of this many cents, oldest due first.
    pub async fn transfer(&self, cliente: &Cliente, monto: i64) -> Pago {
        self.pay(transfer(cliente, monto)).await.unwrap().pago
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

    pub async fn pago(&self, id: PagoId) -> Pago {
        ramal_pagos::pago(&self.db, id.uuid()).await.unwrap().unwrap()
    }

    pub async fn fila(&self, id: FacturaId) -> FacturaFila {
        cambios::by_id(&self.db, id.uuid()).await.unwrap().unwrap()
    }

    /// What each line of a factura has settled, in order.
    pub async fn aplicado(&self, factura: FacturaId) -> Vec<i64> {
        let sql = "SELECT aplicado FROM factura_lineas WHERE factura_id = $1 ORDER BY linea";
        self.db.column(sql, params![factura]).await.unwrap()
    }

    /// What a cliente owes and has in favour.
    pub async fn saldo(&self, cliente: &Cliente) -> (i64, i64) {
        let saldo = ramal_cuenta::saldo(&self.db, cliente.id.uuid(), Moneda::Pen).await.unwrap();
        (saldo.por_cobrar, saldo.a_favor)
    }

    /// Everything that does not add up in the ledger; empty is right.
    pub async fn descuadres(&self) -> Vec<ramal_cuenta::Descuadre> {
        ramal_facturacion::cobro::check(&self.db, None).await.unwrap()
    }

    pub async fn count(&self, sql: &str) -> i64 {
        self.db.scalar(sql, params![]).await.unwrap().unwrap()
    }

    /// A caja, by its code.
    pub async fn caja(&self, codigo: &str) -> Uuid {
        let datos = ramal_pagos::actions::DatosCaja {
            codigo: Some(codigo.into()),
            nombre: Some(format!("Caja {codigo}")),
            ..ramal_pagos::actions::DatosCaja::default()
        };
        let caja =
            self.act(async |tx, cx| ramal_pagos::actions::create_caja(tx, cx, datos).await).await;
        caja.unwrap().id.uuid()
    }

    pub async fn get(&self, ruta: &str) -> (u16, Value) {
        self.call("GET", ruta, &[], None).await
    }

    /// A post with an idempotency key.
    pub async fn post(&self, ruta: &str, clave: &str, cuerpo: Value) -> (u16, Value) {
        self.call("POST", ruta, &[("idempotency-key", clave)], Some(cuerpo)).await
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

/// A transfer of this many cents, today, oldest due first.
pub fn transfer(cliente: &Cliente, monto: i64) -> NuevoPago {
    NuevoPago {
        cliente_id: cliente.id.uuid(),
        moneda: Moneda::Pen,
        monto,
        medio: Medio::Transferencia,
        origen: OrigenPago::Manual,
        proveedor: None,
        referencia: None,
        fecha_valor: dia("2026-10-01"),
        operacion: None,
        notas: None,
        destino: Destino::Automatico,
        turno_id: None,
    }
}

/// The same by a gateway, with its reference.
pub fn gateway(cliente: &Cliente, monto: i64, referencia: &str) -> NuevoPago {
    NuevoPago {
        medio: Medio::Tarjeta,
        origen: OrigenPago::Pasarela,
        proveedor: Some("emulada".into()),
        referencia: Some(referencia.into()),
        ..transfer(cliente, monto)
    }
}

/// The whole of a factura.
pub fn whole(factura: FacturaId, monto: i64) -> Destino {
    Destino::Explicito(vec![Partida { factura_id: factura.uuid(), linea: None, monto }])
}

/// The code of a refusal.
pub fn code<T: std::fmt::Debug>(hecho: Result<T, Error>) -> String {
    let problema = ramal_base::Problema::from(hecho.unwrap_err());
    match problema.errores.first() {
        Some(error) => error.codigo.clone(),
        None => problema.codigo,
    }
}

/// Body of a payment over HTTP.
pub fn body(cliente: &Cliente, monto: &str, medio: &str) -> Value {
    json!({ "cliente": cliente.codigo(), "monto": monto, "medio": medio })
}
