//! The slice over its real channels against the emulators, which share no code with it: HTTP with
//! its signed webhooks, SMTP with its hangs.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::{Extension, Router};
use ramal_base::Pais;
use ramal_db::{Db, Objetos};
use ramal_emulador::fallas::Regla;
use ramal_emulador::{correo, whatsapp};
use ramal_jobs::{Obrero, Registro};
use ramal_mensajeria::actions::set_up::{Emulados, set_up};
use ramal_mensajeria::storage::costos;
use ramal_mensajeria::{
    Canal, CanalesDeAjustes, Clase, EstadoNotificacion, NotificacionId, NuevaNotificacion,
    manejadores,
};
use ramal_plataforma::{NuevaEmpresa, Sello, create_empresa};
use ramal_testkit::both_engines;
use ramal_web::{App, Entorno, assemble};
use tokio_util::sync::CancellationToken;

use crate::mundo::{ANA, MIGRACIONES, ana, orden, promocion};

const WA: &[Canal] = &[Canal::Whatsapp];

struct Banco {
    db: Db,
    cx: ramal_base::Cx,
    reloj: Arc<ramal_base::FixedClock>,
    whatsapp: Arc<whatsapp::Emulador>,
    correo: Arc<correo::Emulador>,
    obrero: Obrero,
    _cancel: tokio_util::sync::DropGuard,
}

async fn serve(router: Router) -> SocketAddr {
    let oido = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let direccion = oido.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(oido, router).await.unwrap() });
    direccion
}

impl Banco {
    async fn new(db: Db) -> Banco {
        let reloj = ramal_testkit::reloj();
        let cx = ramal_testkit::cx_en(&reloj);
        let cancel = CancellationToken::new();
        let opciones = whatsapp::Opciones::new(reloj.clone());
        let (telefono_id, cuenta_id) = (opciones.phone_number_id.clone(), opciones.waba_id.clone());
        let emulado = whatsapp::Emulador::abrir(opciones).unwrap();
        let graph = serve(emulado.clone().router()).await;
        let buzon = correo::Emulador::abrir(correo::Opciones::new(reloj.clone())).unwrap();
        let smtp = buzon.servir("127.0.0.1:0".parse().unwrap(), cancel.clone()).await.unwrap();
        let sello = Sello::from_bytes(&[7; 32]);
        let tx = db.begin().await.unwrap();
        create_empresa(&tx, &cx, NuevaEmpresa::new("Fibra", Pais::Pe)).await.unwrap();
        let emulados = Emulados {
            whatsapp: format!("http://{graph}"),
            numero: "+52 1 55 0000 0000".into(),
            telefono_id,
            cuenta_id,
            token: "token-whatsapp-demo".into(),
            app_secret: "secreto-app-demo".into(),
            verify_token: "verifica-demo".into(),
            smtp: smtp.port(),
            remitente: "avisos@fibra.test".into(),
            pais: Pais::Pe,
        };
        set_up(&tx, &cx, &sello, &emulados).await.unwrap();
        set_up(&tx, &cx, &sello, &emulados).await.unwrap();
        tx.commit().await.unwrap();
        let app = App::new(db.clone(), cx.clone(), Objetos::memoria(), Entorno::prueba());
        let llave = Arc::new(sello.clone());
        let sitio = ramal_mensajeria::sitio().wrap(|r| r.layer(Extension(llave)));
        let casa = serve(assemble(app, Vec::new(), sitio)).await;
        emulado.redirect(Some(format!("http://{casa}/webhooks/whatsapp")));
        assert!(emulado.register_webhook().await);
        let canales = CanalesDeAjustes::new(db.clone(), Arc::new(sello.clone()), reloj.clone());
        let todos = manejadores(
            (db.clone(), cx.clone()),
            Arc::new(sello),
            Objetos::memoria(),
            Arc::new(canales),
            "https://ramal.test",
        );
        let registro = todos.into_iter().fold(Registro::new(), Registro::handler);
        let obrero = Obrero::new(db.clone(), cx.clone(), registro);
        let banco = Banco {
            db,
            cx,
            reloj,
            whatsapp: emulado,
            correo: buzon,
            obrero,
            _cancel: cancel.drop_guard(),
        };
        banco.round().await;
        banco
    }

    /// Our work, the peer's webhooks, and our work on them.
    async fn round(&self) {
        for _ in 0..3 {
            self.obrero.drain().await.unwrap();
            self.whatsapp.pump().await;
        }
        self.obrero.drain().await.unwrap();
    }

    async fn tell(&self, nueva: NuevaNotificacion) -> NotificacionId {
        let tx = self.db.begin().await.unwrap();
        let id = ramal_mensajeria::notify(&tx, &self.cx, nueva).await.unwrap();
        tx.commit().await.unwrap();
        self.round().await;
        id
    }

    async fn estado(&self, id: NotificacionId) -> EstadoNotificacion {
        ramal_mensajeria::estado(&self.db, id).await.unwrap()
    }

    fn wait(&self) {
        self.reloj.advance(7_000);
    }
}

both_engines! {
    migraciones: MIGRACIONES;

    async fn a_template_registered_sent_delivered_read_and_paid_for(db: Db) {
        let b = Banco::new(db).await;
        b.whatsapp.introduce(ANA, "Ana").unwrap();
        let id = b.tell(orden("f/1", WA)).await;
        assert_eq!(b.estado(id).await, EstadoNotificacion::Entregada);
        b.whatsapp.open_chat("51987654321").unwrap();
        b.round().await;
        assert_eq!(b.estado(id).await, EstadoNotificacion::Leida);
        let sumas = costos::of_month(&b.db, "2026-11", costos::Por::Clase).await.unwrap();
        assert_eq!((sumas[0].nombre.as_str(), sumas[0].micros), ("orden_pago", 20_000));
    }

    async fn what_a_person_writes_opens_the_window_and_stops_advertising(db: Db) {
        let b = Banco::new(db).await;
        b.whatsapp.write(ANA, "BAJA").unwrap();
        b.round().await;
        b.wait();
        let anuncio = b.tell(promocion("p/1", WA)).await;
        assert_eq!(b.estado(anuncio).await, EstadoNotificacion::Suprimida);
        let deuda = b.tell(orden("f/1", WA)).await;
        assert_eq!(b.estado(deuda).await, EstadoNotificacion::Entregada);
        let forma: Option<String> = ramal_db::Consulta::scalar(
            &b.db, "SELECT forma FROM envios WHERE clase = 'orden_pago'", vec![]).await.unwrap();
        assert_eq!(forma.as_deref(), Some("texto"));
        // The peer takes free text only while its own window is open: it would refuse otherwise.
        b.reloj.advance(25 * 3_600_000);
        let otra = b.tell(orden("f/2", WA)).await;
        assert_eq!(b.estado(otra).await, EstadoNotificacion::Entregada);
    }

    async fn a_mail_server_that_takes_the_letter_and_hangs_up_gets_one_copy(db: Db) {
        let b = Banco::new(db).await;
        let una = Regla { proximas: 1, por_diez_mil: 0 };
        b.correo.switch(correo::Interruptores { cortar_tras_el_punto: una,
            ..correo::Interruptores::default() });
        let id = b.tell(orden("f/1", &[Canal::Email])).await;
        assert_eq!(b.estado(id).await, EstadoNotificacion::Incierta);
        for _ in 0..6 {
            b.reloj.advance(6 * 3_600_000);
            b.round().await;
        }
        assert_eq!((b.correo.count(), b.estado(id).await), (1, EstadoNotificacion::Incierta));
    }

    async fn a_greylisted_letter_arrives_once_with_its_first_bytes(db: Db) {
        let b = Banco::new(db).await;
        b.correo.switch(correo::Interruptores { lista_gris: true,
            ..correo::Interruptores::default() });
        let id = b.tell(orden("f/1", &[Canal::Email])).await;
        assert_eq!((b.correo.count(), b.estado(id).await), (0, EstadoNotificacion::Encolada));
        b.reloj.advance(360_000);
        b.round().await;
        assert_eq!((b.correo.count(), b.estado(id).await), (1, EstadoNotificacion::Enviada));
    }

    async fn a_mailbox_that_does_not_exist_is_doubtful_and_the_telephone_carries_it(db: Db) {
        let b = Banco::new(db).await;
        b.whatsapp.introduce(ANA, "Ana").unwrap();
        b.correo.switch(correo::Interruptores { desconocidos: vec!["ana@ejemplo.test".into()],
            ..correo::Interruptores::default() });
        let id = b.tell(orden("f/1", &[Canal::Email, Canal::Whatsapp])).await;
        assert_eq!((b.correo.count(), b.estado(id).await), (0, EstadoNotificacion::Entregada));
        let n: Option<i64> = ramal_db::Consulta::scalar(
            &b.db, "SELECT COUNT(*) FROM direcciones_dudosas WHERE canal = 'email'", vec![])
            .await.unwrap();
        assert_eq!(n, Some(1));
    }

    async fn every_template_with_text_of_ours_is_taken_by_the_peer(db: Db) {
        let b = Banco::new(db).await;
        let filas = ramal_mensajeria::storage::plantillas::metas(&b.db, "es_PE").await.unwrap();
        let malas: Vec<(String, Option<String>)> = filas.iter()
            .filter(|f| f.estado != "APPROVED" && !f.nombre.contains("auth"))
            .map(|f| (f.nombre.clone(), f.motivo.clone())).collect();
        assert_eq!(malas, []);
        assert_eq!(filas.len(), Clase::TODAS.len());
        assert_eq!(ana(WA).canales, WA);
    }
}
