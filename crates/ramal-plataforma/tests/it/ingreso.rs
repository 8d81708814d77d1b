//! Signing in: what a thief of one secret, of a cookie or of patience can do.

use ramal_db::Db;
use ramal_plataforma::RolDado;
use ramal_plataforma::actions::enrol_codigo::{begin_codigo, confirm_codigo};
use ramal_plataforma::codigo::shown;
use ramal_testkit::both_engines;

use crate::navegador::{Casa, FRASE};

both_engines! {
    migraciones: [ramal_db::MIGRACIONES, ramal_web::MIGRACIONES, ramal_plataforma::MIGRACIONES];

    async fn no_account_and_a_wrong_password_are_answered_alike(db: Db) {
        let casa = Casa::new(db);
        casa.jefa().await;
        let mut n = casa.navegador();
        let mala = n.entrar("rosa@norte.pe", "cuatro caballos rojos").await;
        let nadie = n.entrar("nadie@norte.pe", "cuatro caballos rojos").await;
        assert_eq!((mala.estado, nadie.estado), (422, 422));
        let sin = |v: &str, correo: &str| {
            let linea = |l: &&str| !l.contains("_csrf");
            v.replace(correo, "").lines().filter(linea).collect::<String>()
        };
        assert_eq!(sin(&mala.texto, "rosa@norte.pe"), sin(&nadie.texto, "nadie@norte.pe"));
        assert!(mala.texto.contains("no coinciden") && !mala.texto.contains(FRASE));
        assert_eq!(n.entrar(" ROSA@norte.pe ", FRASE).await.lugar(), "/entrar");
        assert!(n.get("/perfil").await.texto.contains("rosa@norte.pe"));
    }

    async fn an_account_waits_after_five_failures_whether_it_exists_or_not(db: Db) {
        let casa = Casa::new(db);
        casa.jefa().await;
        for correo in ["rosa@norte.pe", "nadie@norte.pe"] {
            let mut n = casa.navegador();
            for i in 0..5 {
                n.direccion = format!("10.0.1.{i}");
                assert_eq!(n.entrar(correo, "nada de nada").await.estado, 422);
            }
            let parada = n.entrar(correo, FRASE).await;
            assert_eq!(parada.estado, 429, "{correo}");
            assert!(parada.texto.contains("30 segundos"), "{}", parada.texto);
            assert_eq!(parada.cabeceras["retry-after"], "30");
        }
        casa.reloj.advance(30_001);
        let mut n = casa.navegador();
        assert_eq!(n.entrar("rosa@norte.pe", FRASE).await.estado, 303);
        let guardado = casa.columna("SELECT sujeto FROM intentos").await.concat();
        assert!(!guardado.contains('@'), "the table of attempts holds no e-mail");
    }

    async fn an_address_that_tries_many_accounts_waits_and_others_do_not(db: Db) {
        let casa = Casa::new(db);
        casa.jefa().await;
        let mut ladron = casa.navegador();
        ladron.direccion = "10.9.9.9".into();
        for i in 0..20 {
            let vuelta = ladron.entrar(&format!("u{i}@norte.pe"), "nada de nada").await;
            assert_eq!(vuelta.estado, 422, "{i}");
        }
        assert_eq!(ladron.entrar("rosa@norte.pe", FRASE).await.estado, 429);
        assert_eq!(casa.navegador().entrar("rosa@norte.pe", FRASE).await.estado, 303);
    }

    async fn a_token_from_before_signing_in_is_worth_nothing_after(db: Db) {
        let casa = Casa::new(db);
        casa.jefa().await;
        let mut n = casa.navegador();
        n.galletas.insert("ramal_sesion".into(), "x".repeat(43));
        n.entrar("rosa@norte.pe", FRASE).await;
        assert_ne!(n.token(), "x".repeat(43));
        let primero = n.token();
        let mut fijada = casa.navegador();
        fijada.galletas.insert("ramal_sesion".into(), "x".repeat(43));
        assert!(!fijada.is_dentro().await);
        n.llenar("/perfil/contrasena", "/perfil/contrasena", &[
            ("contrasena_actual", FRASE),
            ("contrasena", "otros cinco caballos"),
        ])
        .await;
        assert_ne!(n.token(), primero, "a change of password rotates the token");
        casa.reloj.advance(61_000);
        let mut viejo = casa.navegador();
        viejo.galletas.insert("ramal_sesion".into(), primero);
        assert!(!viejo.is_dentro().await);
        assert!(n.is_dentro().await);
        let guardado = casa.columna("SELECT huella FROM sesiones").await.concat();
        assert!(!guardado.contains(&n.token()));
    }

    async fn a_session_ends_by_idleness_by_age_and_at_once_when_it_is_closed(db: Db) {
        let casa = Casa::new(db);
        casa.jefa().await;
        let mut ocioso = casa.dentro("rosa@norte.pe").await;
        casa.reloj.advance(12 * 3_600_000);
        assert!(!ocioso.is_dentro().await);
        let (mut uno, mut otro) =
            (casa.dentro("rosa@norte.pe").await, casa.dentro("rosa@norte.pe").await);
        uno.llenar("/perfil", "/perfil/sesiones/cerrar", &[]).await;
        assert_eq!((otro.is_dentro().await, uno.is_dentro().await), (false, true));
        let salida = uno.post("/salir", &[]).await;
        assert_eq!(salida.cabeceras["clear-site-data"], "\"cache\", \"storage\"");
        assert!(!uno.is_dentro().await);
        assert_eq!(casa.cuenta("SELECT COUNT(*) FROM sesiones").await, 0);
    }

    async fn a_suspended_user_is_out_at_once_and_is_told_only_with_his_password(db: Db) {
        let casa = Casa::new(db);
        casa.jefa().await;
        let luis = casa.alguien("luis@norte.pe", vec![RolDado::everywhere("soporte")]).await;
        let mut el = casa.dentro("luis@norte.pe").await;
        let mut ella = casa.dentro("rosa@norte.pe").await;
        let hoja = format!("/admin/usuarios/{luis}");
        let vuelta = ella.llenar(&hoja, &format!("{hoja}/suspender"), &[]).await;
        assert_eq!(vuelta.estado, 303);
        assert!(!el.is_dentro().await);
        assert_eq!(el.entrar("luis@norte.pe", "otra cosa cualquiera").await.estado, 422);
        let vuelta = el.entrar("luis@norte.pe", FRASE).await;
        assert!(vuelta.estado == 403 && vuelta.texto.contains("suspendida"), "{}", vuelta.estado);
        ella.llenar(&hoja, &format!("{hoja}/reactivar"), &[]).await;
        assert_eq!(el.entrar("luis@norte.pe", FRASE).await.estado, 303);
    }

    async fn a_code_of_the_telephone_serves_once(db: Db) {
        let casa = Casa::new(db);
        let id = casa.jefa().await;
        let tx = casa.db.begin().await.unwrap();
        let secreto = begin_codigo(&tx, &casa.sello, id).await.unwrap();
        let ahora = || shown(&secreto, casa.cx.now()).unwrap();
        let respaldos =
            confirm_codigo(&tx, &casa.cx, &casa.sello, (id, &ahora())).await.unwrap();
        tx.commit().await.unwrap();
        let mut n = casa.navegador();
        assert_eq!(n.entrar("rosa@norte.pe", FRASE).await.lugar(), "/entrar/codigo");
        assert!(!n.is_dentro().await, "half a sign-in is none");
        let usado = ahora();
        let vuelta = n.llenar("/entrar/codigo", "/entrar/codigo", &[("codigo", &usado)]).await;
        assert_eq!(vuelta.estado, 422, "the code that enrolled the telephone was used");
        casa.reloj.advance(60_000);
        let nuevo = ahora();
        assert_eq!(n.post("/entrar/codigo", &[("codigo", &nuevo)]).await.estado, 303);
        assert!(n.is_dentro().await);
        let mut ladron = casa.navegador();
        ladron.entrar("rosa@norte.pe", FRASE).await;
        ladron.get("/entrar/codigo").await;
        assert_eq!(ladron.post("/entrar/codigo", &[("codigo", &nuevo)]).await.estado, 422);
        let respaldo = respaldos[3].to_uppercase();
        assert_eq!(ladron.post("/entrar/codigo", &[("codigo", &respaldo)]).await.estado, 303);
        let mut otra = casa.navegador();
        otra.entrar("rosa@norte.pe", FRASE).await;
        otra.get("/entrar/codigo").await;
        assert_eq!(otra.post("/entrar/codigo", &[("codigo", &respaldo)]).await.estado, 422);
        let rastro = casa.columna("SELECT COALESCE(antes,'')||COALESCE(despues,'') FROM auditoria");
        let rastro = rastro.await.concat();
        for secreto in [FRASE, usado.as_str(), nuevo.as_str(), respaldos[3].as_str()] {
            assert!(!rastro.contains(secreto), "the trail holds {secreto}");
        }
    }

    async fn codes_are_not_guessed_without_waiting(db: Db) {
        let casa = Casa::new(db);
        let id = casa.jefa().await;
        let tx = casa.db.begin().await.unwrap();
        let secreto = begin_codigo(&tx, &casa.sello, id).await.unwrap();
        let codigo = shown(&secreto, casa.cx.now()).unwrap();
        confirm_codigo(&tx, &casa.cx, &casa.sello, (id, &codigo)).await.unwrap();
        tx.commit().await.unwrap();
        let mut n = casa.navegador();
        n.entrar("rosa@norte.pe", FRASE).await;
        n.get("/entrar/codigo").await;
        for _ in 0..5 {
            assert_eq!(n.post("/entrar/codigo", &[("codigo", "000000")]).await.estado, 422);
        }
        assert_eq!(n.post("/entrar/codigo", &[("codigo", "000000")]).await.estado, 429);
        casa.reloj.advance(300_000);
        let vuelta = n.post("/entrar/codigo", &[("codigo", "000000")]).await;
        assert_eq!(vuelta.lugar(), "/entrar", "the password is asked for again");
    }

    async fn a_form_of_another_visitor_is_refused(db: Db) {
        let casa = Casa::new(db);
        casa.jefa().await;
        let mut ladron = casa.navegador();
        ladron.get("/entrar").await;
        let mut victima = casa.navegador();
        victima.get("/entrar").await;
        victima.testigo = ladron.testigo.clone();
        let campos = [("correo", "rosa@norte.pe"), ("contrasena", FRASE)];
        assert_eq!(victima.post("/entrar", &campos).await.estado, 403);
    }

    async fn signing_in_leads_back_only_within_the_site(db: Db) {
        let casa = Casa::new(db);
        casa.jefa().await;
        for volver in ["https://mal.example", "//mal.example", "/admin.00"] {
            let mut n = casa.navegador();
            n.get("/entrar").await;
            let campos =
                [("correo", "rosa@norte.pe"), ("contrasena", FRASE), ("volver", volver)];
            assert_eq!(n.post("/entrar", &campos).await.lugar(), "/entrar", "{volver}");
            assert_eq!(n.get("/entrar").await.lugar(), "/admin/usuarios");
        }
    }
}
