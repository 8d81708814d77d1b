//! A company of Lima with a line of WhatsApp, a mailbox and approved templates, and a worker.
//! Asserts nothing but that it could be made.

use std::sync::Arc;

use ramal_base::{Cx, Dinero, Fecha, FixedClock, Instante, Moneda, Pais};
use ramal_db::{Consulta, Db, Migracion, Objetos, Tx, params};
use ramal_jobs::{Obrero, Registro};
use ramal_mensajeria::ajustes::{Ajustes, AjustesCorreo};
use ramal_mensajeria::entrada::{novedades, recibir};
use ramal_mensajeria::storage::envios::{self, EnvioFila};
use ramal_mensajeria::storage::lineas::{self, Linea};
use ramal_mensajeria::{
    Canal, Clase, Destinatario, EstadoNotificacion, NotificacionId, NuevaNotificacion, Valor,
    Variables, manejadores, notify,
};
use ramal_plataforma::{NuevaEmpresa, Sello, create_empresa};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::falsos::Falsos;

pub const MIGRACIONES: [&[Migracion]; 5] = [
    ramal_db::MIGRACIONES,
    ramal_web::MIGRACIONES,
    ramal_jobs::MIGRACIONES,
    ramal_plataforma::MIGRACIONES,
    ramal_mensajeria::MIGRACIONES,
];

pub const CUENTA: &str = "102290129340398";
pub const TELEFONO: &str = "106540352242922";
pub const ANA: &str = "+51987654321";

pub struct Mundo {
    pub db: Db,
    pub cx: Cx,
    pub reloj: Arc<FixedClock>,
    pub canales: Falsos,
    pub objetos: Objetos,
    pub sello: Sello,
    pub linea: Linea,
}

impl Mundo {
    /// Friday 20 November 2026, ten in the morning in Lima.
    pub async fn new(db: Db) -> Mundo {
        let reloj = ramal_testkit::reloj();
        let cx = ramal_testkit::cx_en(&reloj);
        let linea = Linea {
            id: cx.new_id::<Linea>().uuid(),
            nombre: "Principal".into(),
            numero: "+51 1 640 0000".into(),
            telefono_id: TELEFONO.into(),
            cuenta_id: CUENTA.into(),
            version_graph: "v24.0".into(),
            base_url: "http://127.0.0.1:9".into(),
            activa: true,
            por_segundo: 20,
            ultimo_entrante: None,
            version: 0,
            creado: cx.now(),
        };
        let tx = db.begin().await.unwrap();
        create_empresa(&tx, &cx, NuevaEmpresa::new("Fibra", Pais::Pe)).await.unwrap();
        assert!(lineas::save(&tx, &linea).await.unwrap());
        for clase in Clase::TODAS {
            let nombre = format!("ramal_{}", clase.as_str());
            let que = (nombre.as_str(), "es_PE", clase.categoria().as_str());
            novedades::approve(&tx, CUENTA, que, cx.now()).await.unwrap();
        }
        tx.commit().await.unwrap();
        let mundo = Mundo {
            db,
            cx,
            reloj,
            canales: Falsos::default(),
            objetos: Objetos::memoria(),
            sello: Sello::from_bytes(&[7; 32]),
            linea,
        };
        let correo = AjustesCorreo {
            servidor: "smtp.fibra.test".into(),
            de: "avisos@fibra.test".into(),
            por_segundo: 10,
            ..AjustesCorreo::default()
        };
        mundo.set("correo", &correo).await;
        mundo
    }

    /// The same with these settings of notifications.
    pub async fn with(db: Db, ajustes: Ajustes) -> Mundo {
        let mundo = Mundo::new(db).await;
        mundo.set("notificaciones", &ajustes).await;
        mundo
    }

    async fn set<T: serde::Serialize>(&self, nombre: &str, valor: &T) {
        let tx = self.db.begin().await.unwrap();
        ramal_mensajeria::storage::ajustes::save(&tx, nombre, valor, 0).await.unwrap();
        tx.commit().await.unwrap();
    }

    pub fn obrero(&self) -> Obrero {
        let mut registro = Registro::new();
        let todos = manejadores(
            (self.db.clone(), self.cx.clone()),
            Arc::new(self.sello.clone()),
            self.objetos.clone(),
            Arc::new(self.canales.clone()),
            "https://ramal.test",
        );
        for manejador in todos {
            registro = registro.handler(manejador);
        }
        for (evento, trabajo) in ramal_mensajeria::SUSCRIPCIONES {
            registro = registro.on(evento, trabajo);
        }
        Obrero::new(self.db.clone(), self.cx.clone(), registro)
    }

    /// Works until nothing is due at this instant.
    pub async fn work(&self) {
        self.obrero().drain().await.unwrap();
    }

    /// Moves the clock by steps of `paso_ms` and works at each of them.
    pub async fn pass(&self, ms: i64, paso_ms: i64) {
        let mut van = 0;
        while van < ms {
            self.reloj.advance(paso_ms.min(ms - van));
            van += paso_ms;
            self.work().await;
        }
    }

    pub fn at(&self, local_utc: &str) {
        self.reloj.set(Instante::parse(local_utc).unwrap());
    }

    pub async fn in_tx<F, T>(&self, f: F) -> T
    where
        F: AsyncFnOnce(&Tx) -> T,
    {
        let tx = self.db.begin().await.unwrap();
        let hecho = f(&tx).await;
        tx.commit().await.unwrap();
        hecho
    }

    pub async fn tell(&self, nueva: NuevaNotificacion) -> NotificacionId {
        self.in_tx(async |tx| notify(tx, &self.cx, nueva).await.unwrap()).await
    }

    pub async fn estado(&self, id: NotificacionId) -> EstadoNotificacion {
        ramal_mensajeria::estado(&self.db, id).await.unwrap()
    }

    pub async fn envios(&self, id: NotificacionId) -> Vec<EnvioFila> {
        envios::of_notificacion(&self.db, id).await.unwrap()
    }

    /// States of the envios of a notification, by channel.
    pub async fn vida(&self, id: NotificacionId) -> Vec<String> {
        let filas = self.envios(id).await;
        filas.into_iter().map(|e| format!("{}:{}", e.canal, e.estado)).collect()
    }

    /// A delivery of WhatsApp, already believed, and read.
    pub async fn webhook(&self, cuerpo: &Value) {
        self.deliver(cuerpo).await;
        self.work().await;
    }

    pub async fn deliver(&self, cuerpo: &Value) {
        let bytes = serde_json::to_vec(cuerpo).unwrap();
        self.in_tx(async |tx| recibir::keep(tx, &self.cx, &bytes).await.unwrap()).await;
    }

    pub async fn count(&self, sql: &str) -> i64 {
        self.db.scalar(sql, params![]).await.unwrap().unwrap_or(0)
    }

    pub fn segundos(&self) -> i64 {
        self.cx.now().millis() / 1000
    }
}

/// Ana, of Lima, by these channels.
pub fn ana(canales: &[Canal]) -> Destinatario {
    Destinatario {
        cliente_id: Some(Uuid::from_u128(0xA0A)),
        usuario_id: None,
        nombre: "Ana Quispe".into(),
        email: Some("ana@ejemplo.test".into()),
        whatsapp: Some(ANA.into()),
        pais: Pais::Pe,
        zona_horaria: "America/Lima".into(),
        canales: canales.to_vec(),
    }
}

pub fn orden(clave: &str, canales: &[Canal]) -> NuevaNotificacion {
    orden_de(clave, ana(canales), ("F001-1", 7_990))
}

pub fn orden_de(
    clave: &str,
    destinatario: Destinatario,
    (factura, centavos): (&str, i64),
) -> NuevaNotificacion {
    let variables = Variables::from([
        ("factura".to_owned(), Valor::texto(factura)),
        ("importe".to_owned(), Valor::Dinero(Dinero::new(centavos, Moneda::Pen))),
        ("vencimiento".to_owned(), Valor::Fecha(Fecha::new(2026, 12, 5).unwrap())),
        ("enlace".to_owned(), Valor::enlace(format!("https://ramal.test/f/{factura}"))),
    ]);
    NuevaNotificacion::new(Clase::OrdenPago, destinatario, variables, clave)
}

pub fn promocion(clave: &str, canales: &[Canal]) -> NuevaNotificacion {
    let variables = Variables::from([
        ("titulo".to_owned(), Valor::texto("El doble de velocidad")),
        ("texto".to_owned(), Valor::texto("Hasta fin de mes.")),
    ]);
    NuevaNotificacion::new(Clase::Promocion, ana(canales), variables, clave)
}

/// A status as Meta sends it.
pub fn status(wamid: &str, estado: &str, segundos: i64, extra: &Value) -> Value {
    let mut cosa = json!({
        "id": wamid, "status": estado, "timestamp": segundos.to_string(),
        "recipient_id": "51987654321",
    });
    for (nombre, valor) in extra.as_object().into_iter().flatten() {
        cosa[nombre] = valor.clone();
    }
    cosa
}

/// Statuses and messages in one delivery.
pub fn delivery(statuses: &[Value], messages: &[Value]) -> Value {
    json!({"object": "whatsapp_business_account", "entry": [{"id": CUENTA, "changes": [{
        "field": "messages",
        "value": {
            "messaging_product": "whatsapp",
            "metadata": {"display_phone_number": "5116400000", "phone_number_id": TELEFONO},
            "statuses": statuses, "messages": messages
        }
    }]}]})
}

/// A text that Ana writes.
pub fn text(wamid: &str, texto: &str, segundos: i64) -> Value {
    json!({"from": "51987654321", "id": wamid, "timestamp": segundos.to_string(),
        "type": "text", "text": {"body": texto}})
}
