//! Pages of staff: what they show, what they refuse, what they leave behind.

use ramal_canales::FallaEnvio;
use ramal_db::Db;
use ramal_mensajeria::storage::{ajustes, costos};
use ramal_mensajeria::{Canal, EstadoNotificacion, PERMISOS};
use ramal_testkit::both_engines;

use crate::mundo::{MIGRACIONES, Mundo, orden};
use crate::navegador::Navegador;

const EMAIL: &[Canal] = &[Canal::Email];
const PLANTILLA: &str = "/admin/mensajes/plantillas/PE/orden_pago/email";

impl Mundo {
    pub fn navegador(&self, permisos: &[&str]) -> Navegador {
        Navegador::new(self.db.clone(), self.cx.clone(), self.sello.clone(), permisos)
    }
}

both_engines! {
    migraciones: MIGRACIONES;

    async fn every_page_opens_and_has_a_word_for_every_key(db: Db) {
        let m = Mundo::new(db).await;
        m.canales.correo_dira(FallaEnvio::uncertain("se cortó"));
        let id = m.tell(orden("a", &[Canal::Email])).await;
        m.tell(orden("b", &[Canal::Whatsapp, Canal::App])).await;
        m.work().await;
        let n = m.navegador(PERMISOS);
        let envio = format!("/admin/mensajes/envios/{}", m.envios(id).await[0].id);
        let linea = format!("/admin/ajustes/whatsapp/{}", m.linea.id);
        for ruta in ["/admin/mensajes/envios", "/admin/mensajes/plantillas", PLANTILLA,
            "/admin/mensajes/plantillas?pais=MX",
            "/admin/mensajes/plantillas/PE/factura_electronica/whatsapp",
            "/admin/mensajes/plantillas/AR/auth/app", "/admin/mensajes/costos",
            "/admin/ajustes/whatsapp", "/admin/ajustes/whatsapp/nueva", "/admin/ajustes/correo",
            "/admin/ajustes/notificaciones", "/avisos", &envio, &linea] {
            let vuelta = n.ver(ruta).await;
            assert_eq!(vuelta.estado, 200, "{ruta}: {}", vuelta.html);
            let suelta = vuelta.html.split(['>', '<', '"']).map(str::trim).find(|t| {
                let clave = ["mensajes-", "kit-"].iter().any(|p| t.starts_with(p));
                let letra = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
                clave && t.bytes().all(letra)
                    && !vuelta.html.contains(&format!("class=\"{t}"))
            });
            assert_eq!(suelta, None, "{ruta}");
        }
    }

    async fn the_list_filters_by_what_a_person_types(db: Db) {
        let m = Mundo::new(db).await;
        m.tell(orden("a", &[Canal::Email])).await;
        m.tell(orden("b", &[Canal::Whatsapp])).await;
        m.work().await;
        let n = m.navegador(PERMISOS);
        for (consulta, correo, whatsapp) in [
            ("", true, true),
            ("?canal=email", true, false),
            ("?q=987+654+321", false, false),
            ("?q=51987654321", false, true),
            ("?q=ANA@ejemplo.test", true, false),
            ("?clase=promocion", false, false),
            ("?estado=enviado", true, false),
            ("?desde=2026-11-20&hasta=2026-11-20", true, true),
            ("?hasta=2026-11-19", false, false),
            ("?estado=cualquiera", false, false),
        ] {
            let vuelta = n.ver(&format!("/admin/mensajes/envios{consulta}")).await;
            let vio = (vuelta.has("ana@ejemplo.test</span>"), vuelta.has("+51 987 654 321"));
            assert_eq!(vio, (correo, whatsapp), "{consulta}");
        }
    }

    async fn a_filter_asks_for_the_list_alone(db: Db) {
        let m = Mundo::new(db).await;
        m.tell(orden("a", EMAIL)).await;
        m.work().await;
        let n = m.navegador(PERMISOS);
        let trozo = n.trozo("/admin/mensajes/envios?canal=email", "lista").await;
        assert_eq!(trozo.estado, 200);
        assert!(trozo.has("id=\"lista\"") && trozo.has("ana@ejemplo.test") && !trozo.has("<main"));
    }

    async fn a_form_repeats_what_may_have_arrived_only_when_it_is_said(db: Db) {
        let m = Mundo::new(db).await;
        m.canales.correo_dira(FallaEnvio::uncertain("se cortó"));
        let id = m.tell(orden("a", EMAIL)).await;
        m.work().await;
        let n = m.navegador(PERMISOS);
        let ruta = format!("/admin/mensajes/envios/{}", m.envios(id).await[0].id);
        let hoja = n.ver(&ruta).await;
        let idem = hoja.oculto("_idem");
        let post = format!("{ruta}/reintentar");
        let sin = n.enviar(&hoja, &post, &[("_idem", &idem)]).await;
        assert_eq!(sin.estado, 409);
        let campos = [("_idem", idem.as_str()), ("aunque_duplique", "on")];
        let con = n.enviar(&hoja, &post, &campos).await;
        assert_eq!(con.estado, 303, "{}", con.html);
        let otra = n.enviar(&hoja, &post, &campos).await;
        assert_eq!((otra.estado, otra.lugar()), (303, con.lugar()));
        m.pass(1_000, 200).await;
        assert_eq!(m.canales.correos().len(), 1);
    }

    async fn reading_gives_no_right_to_write(db: Db) {
        let m = Mundo::new(db).await;
        let n = m.navegador(&["mensajes:leer"]);
        for ruta in ["/admin/ajustes/correo", "/admin/ajustes/whatsapp",
            "/admin/ajustes/notificaciones"] {
            assert_eq!(n.ver(ruta).await.estado, 403, "{ruta}");
        }
        let hoja = n.ver(PLANTILLA).await;
        assert_eq!(hoja.estado, 200);
        let guardada = n.enviar(&hoja, PLANTILLA, &[("cuerpo", "x")]).await;
        assert_eq!(guardada.estado, 403);
    }

    async fn a_template_is_looked_at_without_saving_then_saved_then_taken_back(db: Db) {
        let m = Mundo::new(db).await;
        let n = m.navegador(PERMISOS);
        let hoja = n.ver(PLANTILLA).await;
        let version = hoja.oculto("version");
        let campos = |accion, cuerpo| [("version", version.as_str()), ("asunto", "A {{factura}}"),
            ("cuerpo", cuerpo), ("boton", "Pagar"), ("accion", accion)];
        let vista = n.enviar(&hoja, PLANTILLA, &campos("ver", "Son {{importe}}.")).await;
        assert_eq!(vista.estado, 200);
        assert!(vista.has("Son S/\u{a0}489.90.") && vista.has("A F001-1234"));
        assert_eq!(m.count("SELECT COUNT(*) FROM plantillas").await, 0);
        let mala = n.enviar(&hoja, PLANTILLA, &campos("guardar", "Son {{monto}}.")).await;
        assert_eq!(mala.estado, 422);
        assert!(mala.has("«monto»") && mala.has("Son {{monto}}."));
        let buena = n.enviar(&hoja, PLANTILLA, &campos("guardar", "Son {{importe}}.")).await;
        assert_eq!(buena.estado, 303, "{}", buena.html);
        let tarde = n.enviar(&hoja, PLANTILLA, &campos("guardar", "Otra {{importe}}.")).await;
        assert_eq!(tarde.estado, 409);
        let hoja = n.ver(PLANTILLA).await;
        assert!(hoja.has("Versión 1") && hoja.oculto("version") == "1");
        let volver = [("version", "1"), ("cual", "0")];
        let vuelta = n.enviar(&hoja, &format!("{PLANTILLA}/volver"), &volver).await;
        assert_eq!(vuelta.estado, 303);
        assert!(n.ver(PLANTILLA).await.has("Ya está lista la orden de pago"));
    }

    async fn the_preview_follows_the_typing_and_can_take_real_data(db: Db) {
        let m = Mundo::new(db).await;
        m.tell(orden("a", EMAIL)).await;
        m.work().await;
        let n = m.navegador(PERMISOS);
        let hoja = n.ver(PLANTILLA).await;
        let cuerpo = "{{nombre}} debe {{importe}}";
        let campos = [("asunto", "A"), ("cuerpo", cuerpo), ("datos", "real")];
        let previa = n.enviar(&hoja, &format!("{PLANTILLA}/previa"), &campos).await;
        assert_eq!(previa.estado, 200);
        assert!(previa.has("Ana Quispe debe S/\u{a0}79.90"));
    }

    async fn a_line_keeps_its_secrets_sealed_and_never_shows_them(db: Db) {
        let m = Mundo::new(db).await;
        let n = m.navegador(PERMISOS);
        let ruta = format!("/admin/ajustes/whatsapp/{}", m.linea.id);
        let hoja = n.ver(&ruta).await;
        let version = hoja.oculto("version");
        let campos = [("version", version.as_str()), ("nombre", "Principal"),
            ("numero", "+51 1 640 0000"), ("telefono_id", crate::mundo::TELEFONO),
            ("cuenta_id", crate::mundo::CUENTA), ("version_graph", "v25.0"),
            ("base_url", "https://graph.facebook.com"), ("por_segundo", "20"), ("activa", "on"),
            ("token", "EAAG-s3cr3to"), ("app_secret", "otr0-s3cr3to")];
        let malo = [("version", "1"), ("base_url", "http://x.test")];
        let malos = n.enviar(&hoja, &ruta, &malo).await;
        assert_eq!(malos.estado, 422);
        let buena = n.enviar(&hoja, &ruta, &campos).await;
        assert_eq!(buena.estado, 303, "{}", buena.html);
        let hoja = n.ver(&ruta).await;
        assert!(!hoja.has("s3cr3to") && hoja.has("v25.0"));
        for tabla in ["auditoria WHERE despues", "secretos WHERE nombre", "trabajos WHERE datos"] {
            let sql = format!("SELECT COUNT(*) FROM {tabla} LIKE '%s3cr3to%'");
            assert_eq!(m.count(&sql).await, 0, "{tabla}");
        }
        let nombre = m.linea.secreto("token");
        let abierto = ramal_plataforma::get_secret(&m.db, &m.sello, &nombre);
        assert_eq!(&*abierto.await.unwrap().unwrap(), b"EAAG-s3cr3to");
    }

    async fn settings_are_refused_by_field_and_seen_if_somebody_wrote_between(db: Db) {
        let m = Mundo::new(db).await;
        let n = m.navegador(PERMISOS);
        let ruta = "/admin/ajustes/notificaciones";
        let hoja = n.ver(ruta).await;
        let base = [("silencio_desde_mx", "21:00"), ("silencio_hasta_mx", "08:00"),
            ("silencio_desde_pe", "20:00"), ("silencio_hasta_pe", "07:00"),
            ("silencio_desde_ar", "21:00"), ("silencio_hasta_ar", "08:00"),
            ("espera_grupo", "180"), ("deshacer", "10"), ("horas_sin_estado", "6"),
            ("maximo_seguidos", "20"), ("minutos_seguidos", "60"), ("orden_orden_pago", "email"),
            ("agrupar", "on")];
        let con = |version: &'static str, tope: &'static str| {
            let mut campos = base.to_vec();
            campos.extend([("version", version), ("tope", tope)]);
            campos
        };
        let mala = n.enviar(&hoja, ruta, &con("0", "mucho")).await;
        assert!(mala.estado == 422 && mala.has("e-tope"));
        assert_eq!(n.enviar(&hoja, ruta, &con("0", "25.50")).await.estado, 303);
        assert_eq!(n.enviar(&hoja, ruta, &con("0", "30")).await.estado, 409);
        let guardados: ramal_mensajeria::ajustes::Ajustes =
            ajustes::load(&m.db, ajustes::NOTIFICACIONES).await.unwrap().valor;
        assert_eq!((guardados.tope_micros, guardados.deshacer_ms), (25_500_000, 10_000));
        assert_eq!(guardados.orden["orden_pago"], [Canal::Email]);
        assert!(guardados.agrupar && !guardados.copia_en_app);
        // The company now wants mail first: the addressee who admits it gets mail.
        let id = m.tell(orden("a", &[Canal::Whatsapp, Canal::Email])).await;
        m.pass(20_000, 10_000).await;
        assert_eq!(m.vida(id).await, ["email:enviado"]);
        assert_eq!(m.estado(id).await, EstadoNotificacion::Enviada);
    }

    async fn a_new_price_counts_from_its_day(db: Db) {
        let m = Mundo::new(db).await;
        let n = m.navegador(PERMISOS);
        let hoja = n.ver("/admin/mensajes/costos").await;
        let ruta = "/admin/mensajes/costos/tarifas";
        let campos = [("mercado", "pe"), ("categoria", "UTILITY"), ("desde", "2026-12-01"),
            ("moneda", "USD"), ("precio", "0.0155")];
        assert_eq!(n.enviar(&hoja, ruta, &campos).await.estado, 303);
        let dia = |t| ramal_base::Fecha::parse(t).unwrap();
        let precio = |t: &'static str| costos::rate(&m.db, "PE", "UTILITY", dia(t));
        assert_eq!(precio("2026-11-30").await.unwrap().unwrap().micros, 20_000);
        assert_eq!(precio("2026-12-01").await.unwrap().unwrap().micros, 15_500);
        let mala = n.enviar(&hoja, ruta, &[("mercado", "PE"), ("precio", "gratis")]).await;
        assert_eq!(mala.estado, 422);
    }
}
