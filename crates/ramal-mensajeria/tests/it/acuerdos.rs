//! Consents, secrets, templates and what a person does by hand.

use ramal_base::Pais;
use ramal_canales::FallaEnvio;
use ramal_db::{Consulta, Db, params};
use ramal_jobs::{NuevoTrabajo, enqueue};
use ramal_mensajeria::actions::retry_envio::{Duplicado, retry};
use ramal_mensajeria::actions::write_plantilla::{bring_back, save};
use ramal_mensajeria::ajustes::Ajustes;
use ramal_mensajeria::plantilla::{Contenido, Llave};
use ramal_mensajeria::storage::plantillas;
use ramal_mensajeria::{
    AvisadorMensajeria, Canal, Clase, Error, EstadoNotificacion, cancel, de_objeto,
};
use ramal_plataforma::{Avisador, AvisoSaliente, NuevoUsuario, create_usuario};
use ramal_testkit::both_engines;
use serde_json::json;

use crate::mundo::{MIGRACIONES, Mundo, ana, orden, orden_de};

const WA: &[Canal] = &[Canal::Whatsapp];
const EMAIL: &[Canal] = &[Canal::Email];
const LLAVE: Llave = Llave { clase: Clase::OrdenPago, canal: Canal::Email, pais: Pais::Pe };

impl Mundo {
    /// Asks for a job that has no data, and does it.
    pub async fn run_job(&self, tipo: &'static str) {
        self.in_tx(async |tx| {
            enqueue(tx, &self.cx, NuevoTrabajo::new(tipo, json!({}))).await.unwrap();
        })
        .await;
        self.work().await;
    }

    async fn consent(&self, canal: &str, finalidad: &str, otorgado: bool) {
        let datos = json!({"id": "e", "tipo": "consentimiento.actualizado", "sujeto": "cliente/x",
            "instante": self.cx.now(), "datos": {"cliente_id": ana(WA).cliente_id,
            "finalidad": finalidad, "canal": canal, "otorgado": otorgado, "version": 1}});
        let tipo = ramal_mensajeria::jobs::TRABAJO_CONSENTIMIENTO;
        self.in_tx(async |tx| {
            enqueue(tx, &self.cx, NuevoTrabajo::new(tipo, datos)).await.unwrap();
        })
        .await;
        self.work().await;
    }
}

both_engines! {
    migraciones: MIGRACIONES;

    async fn a_consent_withdrawn_while_it_waits_keeps_it_from_leaving(db: Db) {
        let m = Mundo::new(db).await;
        m.at("2026-11-21T03:00:00Z"); // night in Lima
        let id = m.tell(orden("a", WA)).await;
        m.work().await;
        m.consent("whatsapp", "facturacion", false).await;
        m.at("2026-11-21T13:00:00Z");
        m.work().await;
        assert_eq!(m.estado(id).await, EstadoNotificacion::Suprimida);
        assert!(m.canales.whatsapps().is_empty());
        m.reloj.advance(1_000);
        m.consent("whatsapp", "facturacion", true).await;
        let otra = m.tell(orden("b", WA)).await;
        m.work().await;
        assert_eq!(m.estado(otra).await, EstadoNotificacion::Enviada);
    }

    async fn a_consent_of_one_purpose_leaves_the_others_alone(db: Db) {
        let m = Mundo::new(db).await;
        m.consent("whatsapp", "cobranza", false).await;
        let id = m.tell(orden("a", WA)).await;
        m.work().await;
        assert_eq!(m.estado(id).await, EstadoNotificacion::Enviada);
    }

    async fn a_recovery_link_is_in_the_letter_and_nowhere_else_in_the_clear(db: Db) {
        let m = Mundo::new(db).await;
        let enlace = "https://ramal.test/recuperar/tok3n-s3cr3to";
        let tx = m.db.begin().await.unwrap();
        let nuevo = NuevoUsuario {
            correo: "rosa@fibra.test".into(),
            nombre: "Rosa".into(),
            roles: Vec::new(),
        };
        let usuario = create_usuario(&tx, &m.cx, &["*".to_owned()], nuevo).await.unwrap();
        let aviso =
            AvisoSaliente { usuario: usuario.id, clase: "recuperacion", texto: enlace.into() };
        AvisadorMensajeria::new(m.sello.clone()).leave(&tx, &m.cx, aviso).await.unwrap();
        tx.commit().await.unwrap();
        m.at("2026-11-21T05:00:00Z"); // it does not wait for the morning
        m.work().await;
        let carta = m.canales.correos().pop().expect("the letter left");
        assert_eq!(carta.para, ["rosa@fibra.test"]);
        let claro = quoted_decoded(&carta.bytes);
        assert!(claro.contains("tok3n-s3cr3to"));
        for (tabla, columnas) in [
            ("notificaciones", "variables"),
            ("envios", "visto"),
            ("trabajos", "datos"),
            ("eventos", "datos"),
        ] {
            let sql = format!("SELECT COUNT(*) FROM {tabla} WHERE {columnas} LIKE '%s3cr3to%'");
            assert_eq!(m.count(&sql).await, 0, "{tabla}");
        }
        let cargas: Vec<Vec<u8>> =
            m.db.column("SELECT carga FROM envios", params![]).await.unwrap();
        assert!(cargas.iter().all(|c| !quoted_decoded(c).contains("s3cr3to")));
        assert_eq!(m.count("SELECT COUNT(*) FROM avisos_app").await, 0);
        let leidos = ramal_plataforma::avisos_de(&m.db, &m.sello, usuario.id).await.unwrap();
        assert_eq!(leidos[0].texto, enlace);
    }

    async fn an_edited_template_is_used_from_then_on_and_can_be_taken_back(db: Db) {
        let m = Mundo::new(db).await;
        let nuevo = Contenido {
            asunto: "Deuda de {{importe}}".into(),
            cuerpo: "Son {{importe}} de {{factura}}.".into(),
            ..Contenido::default()
        };
        let malo = Contenido { cuerpo: "Son {{monto}}.".into(), ..nuevo.clone() };
        m.in_tx(async |tx| {
            let error = save(tx, &m.cx, LLAVE, (0, malo)).await.unwrap_err();
            assert!(matches!(&error, Error::Campos(c) if c[0].motivo.contains("«monto»")));
            let hecha = save(tx, &m.cx, LLAVE, (0, nuevo.clone())).await.unwrap();
            assert_eq!(hecha.version, 1);
            let tarde = save(tx, &m.cx, LLAVE, (0, Contenido::default()));
            assert!(tarde.await.is_err());
            let viejo = Contenido { asunto: "Otra".into(), ..nuevo };
            assert!(matches!(save(tx, &m.cx, LLAVE, (0, viejo)).await, Err(Error::Version)));
        }).await;
        m.tell(orden("a", EMAIL)).await;
        m.work().await;
        let carta = quoted_decoded(&m.canales.correos()[0].bytes);
        assert!(carta.contains("79.90 de F001-1."), "{carta}");
        m.in_tx(async |tx| bring_back(tx, &m.cx, LLAVE, (1, 0)).await.unwrap()).await;
        let versiones = plantillas::versions(&m.db, LLAVE, 10).await.unwrap();
        assert_eq!(versiones.iter().map(|v| v.version).collect::<Vec<_>>(), [2, 1]);
        m.tell(orden("b", EMAIL)).await;
        m.pass(1_000, 200).await;
        assert!(quoted_decoded(&m.canales.correos()[1].bytes).contains("orden de pago"));
    }

    async fn an_edited_text_of_whatsapp_waits_for_its_own_approval(db: Db) {
        let m = Mundo::new(db).await;
        let llave = Llave { canal: Canal::Whatsapp, ..LLAVE };
        let hecha = m.in_tx(async |tx| {
            let actual = plantillas::current(tx, llave).await.unwrap();
            let nuevo = Contenido {
                cuerpo: "Hola {{nombre}}: son {{importe}}. Gracias.".into(),
                ..actual.contenido
            };
            save(tx, &m.cx, llave, (0, nuevo)).await.unwrap()
        }).await;
        assert_eq!(hecha.contenido.nombre_meta, "ramal_orden_pago_v1");
        let id = m.tell(orden("a", &[Canal::Whatsapp, Canal::Email])).await;
        m.work().await;
        assert_eq!(m.vida(id).await, ["email:enviado"]);
    }

    async fn a_person_repeats_what_failed_and_must_insist_on_what_may_have_arrived(db: Db) {
        let m = Mundo::new(db).await;
        m.canales.correo_dira(FallaEnvio::uncertain("se cortó"));
        let id = m.tell(orden("a", EMAIL)).await;
        m.work().await;
        let envio = m.envios(id).await[0].id;
        m.in_tx(async |tx| {
            let sin = retry(tx, &m.cx, envio, Duplicado::Sin).await;
            assert!(matches!(sin, Err(Error::PuedeDuplicar)));
            retry(tx, &m.cx, envio, Duplicado::Aceptado).await.unwrap();
        }).await;
        m.pass(1_000, 200).await;
        assert_eq!(m.vida(id).await, ["email:incierto", "email:enviado"]);
        assert_eq!(m.estado(id).await, EstadoNotificacion::Enviada);
        let message_id = m.envios(id).await[0].message_id.clone();
        assert_eq!(Some(m.canales.correos()[0].message_id.clone()), message_id);
        let segundo = m.envios(id).await[1].id;
        m.in_tx(async |tx| {
            let error = retry(tx, &m.cx, segundo, Duplicado::Aceptado).await.unwrap_err();
            assert!(matches!(error, Error::Estado(_)));
        }).await;
    }

    async fn what_has_not_left_can_be_taken_back_and_what_left_cannot(db: Db) {
        let despacio = Ajustes { deshacer_ms: 10_000, ..Ajustes::default() };
        let m = Mundo::with(db, despacio).await;
        let id = m.tell(orden("a", EMAIL)).await;
        m.work().await;
        let hecho = m.in_tx(async |tx| cancel(tx, &m.cx, id).await.unwrap()).await;
        m.at("2026-11-21T03:00:00Z"); // night: the next one is queued and waits
        let otra = m.tell(orden("b", EMAIL)).await;
        m.pass(20_000, 10_000).await;
        assert_eq!(m.vida(otra).await, ["email:en_cola"]);
        let dos = m.in_tx(async |tx| cancel(tx, &m.cx, otra).await.unwrap()).await;
        m.at("2026-11-21T14:00:00Z");
        m.work().await;
        assert!(hecho && dos && m.canales.correos().is_empty());
        assert_eq!(m.estado(id).await, EstadoNotificacion::Suprimida);
        assert_eq!(m.estado(otra).await, EstadoNotificacion::Suprimida);
        let tercera = m.tell(orden("c", EMAIL)).await;
        m.pass(20_000, 10_000).await;
        assert!(!m.in_tx(async |tx| cancel(tx, &m.cx, tercera).await.unwrap()).await);
        assert_eq!(m.estado(tercera).await, EstadoNotificacion::Enviada);
    }

    async fn what_is_about_a_thing_is_found_by_it_with_its_channel(db: Db) {
        let m = Mundo::new(db).await;
        let factura = uuid::Uuid::from_u128(0xFAC);
        let mut nueva = orden("a", EMAIL);
        nueva.objeto = Some(("factura".into(), factura));
        m.tell(nueva).await;
        m.work().await;
        let vistas = de_objeto(&m.db, "factura", factura).await.unwrap();
        assert_eq!(vistas.len(), 1);
        assert_eq!(vistas[0].canal, Some(Canal::Email));
        assert_eq!(vistas[0].estado, EstadoNotificacion::Enviada);
    }

    async fn a_copy_inside_the_program_goes_with_the_message(db: Db) {
        let m = Mundo::new(db).await;
        m.tell(orden("a", EMAIL)).await;
        m.work().await;
        let sql = "SELECT COUNT(*) FROM avisos_app WHERE cliente_id IS NOT NULL AND leido IS NULL";
        assert_eq!(m.count(sql).await, 1);
        assert_eq!(m.count("SELECT COUNT(*) FROM envios").await, 1);
    }

    async fn a_letter_is_the_same_for_one_who_reads_plain_text(db: Db) {
        let m = Mundo::new(db).await;
        m.tell(orden_de("a", ana(EMAIL), ("F001-77", 12_345))).await;
        m.work().await;
        let carta = quoted_decoded(&m.canales.correos()[0].bytes);
        assert_eq!(carta.matches("F001-77 ·").count(), 2, "{carta}");
        assert!(carta.contains("Pagar: https://ramal.test/f/F001-77"));
        assert!(carta.contains("Auto-Submitted: auto-generated"));
    }
}

/// Bytes of a letter with quoted-printable undone, for looking at.
fn quoted_decoded(bytes: &[u8]) -> String {
    let texto = String::from_utf8_lossy(bytes).replace("=\r\n", "");
    let mut hecho = Vec::new();
    let mut resto = texto.as_bytes();
    while let Some((primero, cola)) = resto.split_first() {
        let par = std::str::from_utf8(&resto[1..resto.len().min(3)]).ok();
        match par.and_then(|p| u8::from_str_radix(p, 16).ok()) {
            Some(byte) if *primero == b'=' => {
                hecho.push(byte);
                resto = &resto[3..];
            }
            _ => {
                hecho.push(*primero);
                resto = cola;
            }
        }
    }
    String::from_utf8_lossy(&hecho).into_owned()
}
