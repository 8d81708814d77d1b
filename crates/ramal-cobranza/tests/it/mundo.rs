//! A Peruvian company with customers, services and invoices, a clock that the test moves, and ports
//! that the test commands. Asserts nothing.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use ramal_base::{Cx, Dinero, Fecha, FixedClock, Instante, Moneda, Pais, Zona};
use ramal_clientes::{Cliente, DatosCliente};
use ramal_cobranza::actions::{DatosPromesa, create_promesa};
use ramal_cobranza::expediente::{self, Cuadro, Expediente};
use ramal_cobranza::nucleo::{EstadoCobranza, Freno, Politica};
use ramal_cobranza::reglas::{Ambito, Reglas};
use ramal_cobranza::storage::promesas::PromesaFila;
use ramal_cobranza::{
    Avisos, Error, FallaPuerto, FallaRed, Frenos, Fuente, NuevoAviso, Observado, OrdenRed, Puertos,
    Red, RedEmulada, Reparto, actions, ejecucion, jobs, pasada,
};
use ramal_contratos::{Ancla, EstadoServicio, Servicio};
use ramal_db::{Consulta, Db, Migracion, Tx, params};
use ramal_facturacion::actions::{DatosFactura, DatosLinea, create_factura};
use ramal_facturacion::cobro::{Cuenta, Destino, NuevoAbono, record_abono, revoke_abono};
use ramal_jobs::{Obrero, Registro};
use ramal_plataforma::{NuevaEmpresa, NuevoEmisor, create_emisor, create_empresa};
use serde_json::json;
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
    ramal_cobranza::MIGRACIONES,
];

/// Brakes as the test says.
#[derive(Default)]
pub struct Mandados {
    pub frenos: Mutex<HashMap<Uuid, Vec<Freno>>>,
    pub fuentes: Mutex<Vec<Fuente>>,
    pub rotos: Mutex<Vec<Uuid>>,
}

#[async_trait]
impl Frenos for Mandados {
    async fn frenos(&self, cliente: Uuid, _: Instante) -> Result<Vec<Freno>, FallaPuerto> {
        if self.rotos.lock().unwrap().contains(&cliente) {
            return Err(FallaPuerto::Otra("no answer".into()));
        }
        Ok(self.frenos.lock().unwrap().get(&cliente).cloned().unwrap_or_default())
    }

    async fn banco(&self) -> Result<Vec<Fuente>, FallaPuerto> {
        Ok(self.fuentes.lock().unwrap().clone())
    }
}

/// A post that keeps what it was given.
pub struct Correo {
    pub dados: Mutex<Vec<(Uuid, NuevoAviso)>>,
    pub reparto: Mutex<Reparto>,
    pub sin_canal: Mutex<bool>,
}

impl Default for Correo {
    fn default() -> Correo {
        Correo {
            dados: Mutex::default(),
            reparto: Mutex::new(Reparto::Entregado),
            sin_canal: Mutex::new(false),
        }
    }
}

#[async_trait]
impl Avisos for Correo {
    async fn notify(
        &self,
        _tx: &Tx,
        cx: &Cx,
        aviso: &NuevoAviso,
    ) -> Result<Option<Uuid>, FallaPuerto> {
        if *self.sin_canal.lock().unwrap() {
            return Ok(None);
        }
        let mut dados = self.dados.lock().unwrap();
        if let Some((id, _)) = dados.iter().find(|(_, a)| a.clave == aviso.clave) {
            return Ok(Some(*id));
        }
        let id = cx.new_id::<NuevoAviso>().uuid();
        dados.push((id, aviso.clone()));
        Ok(Some(id))
    }

    async fn reparto(&self, _: Uuid) -> Result<Reparto, FallaPuerto> {
        Ok(*self.reparto.lock().unwrap())
    }
}

/// A network that can be cut off.
#[derive(Default)]
pub struct Cables {
    pub aparatos: RedEmulada,
    pub caida: Mutex<bool>,
}

#[async_trait]
impl Red for Cables {
    async fn apply(&self, orden: &OrdenRed) -> Result<Observado, FallaRed> {
        if *self.caida.lock().unwrap() {
            return Err(FallaRed("no answer".into()));
        }
        self.aparatos.apply(orden).await
    }

    async fn observe(&self, servicio: Uuid) -> Result<Observado, FallaRed> {
        self.aparatos.observe(servicio).await
    }
}

/// The company.
#[derive(Clone)]
pub struct Mundo {
    pub db: Db,
    pub cx: Cx,
    pub reloj: Arc<FixedClock>,
    pub frenos: Arc<Mandados>,
    pub correo: Arc<Correo>,
    pub cables: Arc<Cables>,
    pub producto: ramal_catalogo::ProductoId,
    emisor: Uuid,
    zona: Zona,
}

impl Mundo {
    /// A Peruvian company on the first of December.
    pub async fn new(db: Db) -> Mundo {
        let reloj = ramal_testkit::reloj();
        let cx = ramal_testkit::cx_en(&reloj);
        let tx = db.begin().await.unwrap();
        create_empresa(&tx, &cx, NuevaEmpresa::new("Ramal", Pais::Pe)).await.unwrap();
        let emisor = NuevoEmisor::new(Pais::Pe, "20131312955", "RAMAL DEMO S.A.C.");
        let emisor = create_emisor(&tx, &cx, emisor).await.unwrap();
        let producto =
            ramal_catalogo::actions::ensure_producto_generico(&tx, &cx, Moneda::Pen).await;
        tx.commit().await.unwrap();
        let m = Mundo {
            db,
            cx,
            reloj,
            frenos: Arc::default(),
            correo: Arc::default(),
            cables: Arc::default(),
            producto: producto.unwrap().id,
            emisor: emisor.id.uuid(),
            zona: Zona::parse("America/Lima").unwrap(),
        };
        m.at("2026-12-01T08:00:00");
        m
    }

    pub fn puertos(&self) -> Puertos {
        Puertos {
            frenos: self.frenos.clone(),
            avisos: self.correo.clone(),
            red: self.cables.clone(),
        }
    }

    /// Puts the clock at a local time in Lima.
    pub fn at(&self, local: &str) {
        self.reloj.set(self.zona.instante(local).unwrap());
    }

    pub async fn politica(&self, cambia: impl FnOnce(&mut Politica)) {
        let mut politica = Politica::default();
        cambia(&mut politica);
        let tx = self.db.begin().await.unwrap();
        let antes = ramal_cobranza::storage::politicas::one(&tx, ("empresa", "")).await.unwrap();
        let version = antes.map_or(0, |a| a.version);
        actions::write_politica(&tx, &self.cx, &Ambito::Empresa, &politica, version).await.unwrap();
        tx.commit().await.unwrap();
    }

    pub async fn cliente(&self, n: u32) -> Cliente {
        let tx = self.db.begin().await.unwrap();
        let datos = DatosCliente {
            tipo_documento: "DNI".into(),
            numero_documento: format!("4{n:07}"),
            razon_social: format!("Cliente Número {n}"),
            ..DatosCliente::default()
        };
        let cliente = ramal_clientes::actions::create_cliente(&tx, &self.cx, datos).await.unwrap();
        tx.commit().await.unwrap();
        cliente
    }

    /// A monthly service since the first of October.
    pub async fn servicio(&self, cliente: &Cliente) -> Servicio {
        let inicio = dia("2026-10-01");
        let tx = self.db.begin().await.unwrap();
        let servicio = Servicio {
            id: self.cx.new_id(),
            numero: tx.take_numbers("servicios", 1).await.unwrap(),
            cliente_id: cliente.id,
            contrato_id: None,
            emisor_id: self.emisor,
            producto_id: self.producto,
            descripcion: "Internet 100 Mbps".into(),
            precio: Dinero::new(7_990, Moneda::Pen),
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

    /// An invoice of a service for 79.90, due on a day.
    pub async fn factura(&self, servicio: &Servicio, vence: &str) -> Uuid {
        self.bill(servicio.cliente_id.uuid(), Some(servicio.id.uuid()), ("79.90", vence)).await
    }

    /// An invoice issued ten days before it is due.
    pub async fn bill(
        &self,
        cliente: Uuid,
        servicio: Option<Uuid>,
        (precio, vence): (&str, &str),
    ) -> Uuid {
        let vence = dia(vence);
        let tx = self.db.begin().await.unwrap();
        let datos = DatosFactura {
            cliente_id: cliente,
            lineas: vec![DatosLinea {
                descripcion: Some("Internet".into()),
                precio: Some(precio.into()),
                ..DatosLinea::default()
            }],
            ..DatosFactura::default()
        };
        let id = create_factura(&tx, &self.cx, datos).await.unwrap().uuid();
        let fechas = params![id, vence.plus_dias(-10), vence];
        let sql = "UPDATE facturas SET fecha = $2, vencimiento = $3 WHERE id = $1";
        tx.exec(sql, fechas).await.unwrap();
        let sql = "UPDATE factura_lineas SET servicio_id = $2 WHERE factura_id = $1";
        tx.exec(sql, params![id, servicio]).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    /// Money of a customer that he paid on a day, settled oldest due first.
    pub async fn pay(&self, cliente: &Cliente, centavos: i64, valor: &str) -> Uuid {
        let tx = self.db.begin().await.unwrap();
        let id = self.cx.new_id::<NuevoAbono>().uuid();
        let abono = NuevoAbono {
            id,
            cliente_id: cliente.id.uuid(),
            moneda: Moneda::Pen,
            monto: centavos,
            contrapartida: Cuenta::Banco,
            fecha_valor: dia(valor),
            forma_pago: "03".into(),
            operacion: None,
        };
        record_abono(&tx, &self.cx, abono, Destino::Automatico).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    /// The bank takes a payment back.
    pub async fn bounce(&self, abono: Uuid) {
        let tx = self.db.begin().await.unwrap();
        revoke_abono(&tx, &self.cx, abono, "rebotó").await.unwrap();
        tx.commit().await.unwrap();
    }

    /// The pass of a day at half past one, and the notices at eight.
    pub async fn night(&self, fecha: &str) {
        self.at(&format!("{fecha}T01:30:00"));
        pasada::run(&self.db, &self.cx, &self.puertos()).await.unwrap();
        self.at(&format!("{fecha}T08:00:00"));
        jobs::send_pending(&self.db, &self.cx, &self.puertos()).await.unwrap();
        self.work().await;
    }

    /// The nights of a span of days, both included.
    pub async fn nights(&self, desde: &str, hasta: &str) {
        let (mut d, hasta) = (dia(desde), dia(hasta));
        while d <= hasta {
            self.night(&d.to_string()).await;
            d = d.plus_dias(1);
        }
    }

    /// The cuts of a day at half past nine; gives how many were cut.
    pub async fn cuts(&self, fecha: &str) -> ejecucion::Ejecucion {
        self.at(&format!("{fecha}T09:30:00"));
        let hecho = ejecucion::run(&self.db, &self.cx, &self.puertos(), dia(fecha)).await.unwrap();
        self.work().await;
        hecho
    }

    /// Does every background job that is due.
    pub async fn work(&self) {
        let mut registro = Registro::new();
        for m in jobs::manejadores(&self.db, &self.cx, &self.puertos()) {
            registro = registro.handler(m);
        }
        for (evento, trabajo) in jobs::SUSCRIPCIONES {
            registro = registro.on(evento, trabajo);
        }
        Obrero::new(self.db.clone(), self.cx.clone(), registro).drain().await.unwrap();
    }

    pub async fn reglas(&self) -> Reglas {
        Reglas::load(&self.db, &self.cx).await.unwrap()
    }

    pub async fn expediente(&self, cliente: &Cliente) -> Expediente {
        let reglas = self.reglas().await;
        expediente::load(&self.db, &reglas, cliente.id.uuid(), reglas.hoy).await.unwrap()
    }

    pub async fn cuadro(&self, servicio: &Servicio) -> Cuadro {
        let reglas = self.reglas().await;
        let cliente = servicio.cliente_id.uuid();
        let e = expediente::load(&self.db, &reglas, cliente, reglas.hoy).await.unwrap();
        e.cuadro(servicio.id.uuid()).unwrap().clone()
    }

    pub async fn estado(&self, servicio: &Servicio) -> EstadoCobranza {
        self.cuadro(servicio).await.situacion.estado
    }

    /// Whether the contract says that the service is suspended.
    pub async fn suspendido(&self, servicio: &Servicio) -> bool {
        let s = ramal_contratos::storage::by_id(&self.db, servicio.id).await.unwrap().unwrap();
        s.estado == EstadoServicio::Suspendido
    }

    pub async fn promise(&self, cliente: &Cliente, fecha: &str) -> Result<PromesaFila, Error> {
        let reglas = self.reglas().await;
        let tx = self.db.begin().await.unwrap();
        let datos = DatosPromesa {
            cliente_id: cliente.codigo(),
            fecha: dia(fecha),
            canal: Some("telefono".into()),
            notas: None,
        };
        let hecha = create_promesa(&tx, &self.cx, &reglas, datos, None).await?;
        tx.commit().await.unwrap();
        self.work().await;
        Ok(hecha)
    }

    pub async fn promesa(&self, id: Uuid) -> PromesaFila {
        ramal_cobranza::storage::promesas::by_id(&self.db, id).await.unwrap().unwrap()
    }

    pub fn brake(&self, cliente: &Cliente, frenos: Vec<Freno>) {
        self.frenos.frenos.lock().unwrap().insert(cliente.id.uuid(), frenos);
    }

    /// Reasons of the line of a service in the list of a day: decision, result, codes.
    pub async fn renglon(&self, fecha: &str, s: &Servicio) -> Option<(String, String, String)> {
        use ramal_cobranza::storage::cortes;
        let corte = cortes::by_fecha(&self.db, dia(fecha)).await.unwrap()?;
        let r = cortes::renglon(&self.db, corte.id, s.id.uuid()).await.unwrap()?;
        Some((r.decision, r.resultado, r.motivos))
    }

    pub async fn count(&self, sql: &str) -> i64 {
        self.db.scalar(sql, params![]).await.unwrap().unwrap()
    }

    pub async fn text(&self, sql: &str) -> Option<String> {
        self.db.scalar(sql, params![]).await.unwrap()
    }

    /// A customer with one service and an invoice due on a day.
    pub async fn deudor(&self, n: u32, vence: &str) -> (Cliente, Servicio, Uuid) {
        let cliente = self.cliente(n).await;
        let servicio = self.servicio(&cliente).await;
        let factura = self.factura(&servicio, vence).await;
        (cliente, servicio, factura)
    }

    /// What the post gave to a customer, in words.
    pub fn told(&self, cliente: &Cliente) -> Vec<String> {
        let dados = self.correo.dados.lock().unwrap();
        let suyos = dados.iter().filter(|(_, a)| a.cliente_id == cliente.id.uuid());
        suyos
            .map(|(_, a)| serde_json::to_value(a.asunto).unwrap().as_str().unwrap().to_owned())
            .collect()
    }
}

pub fn dia(texto: &str) -> Fecha {
    Fecha::parse(texto).unwrap()
}
