//! The dialogue broken at every phase: what is known then, and nothing more.

use ramal_canales::correo::smtp::{AccesoSmtp, ConfigSmtp, Seguridad};
use ramal_canales::{Causa, CorreoCongelado, EnvioCorreo, FallaEnvio, Secreto};

use crate::guion::Paso::{Calla, Di, Lee, LeeBytes, LeeCorreo};
use crate::guion::{Guion, Paso, saludo};
use crate::oauth::Fija;
use crate::smtp_real::{config, congelado, smtp};

const EHLO: &str = "250-mx\r\n250 SIZE 1000000\r\n";

fn sobre() -> Vec<Paso> {
    [saludo(EHLO), vec![Lee, Di("250 ok\r\n"), Lee, Di("250 ok\r\n"), Lee, Di("354 go\r\n")]]
        .concat()
}

async fn falla_of(guion: Vec<Paso>) -> FallaEnvio {
    let servidor = Guion::start(vec![guion]).await;
    let config = config(servidor.puerto);
    let limites = ramal_canales::correo::smtp::LimitesSmtp { orden_ms: 300, ..config.limites };
    smtp(ConfigSmtp { limites, ..config }).send(&congelado(&["javier"])).await.unwrap_err()
}

#[tokio::test]
async fn before_the_final_dot_a_cut_or_a_silence_is_a_retry() {
    let guiones = [
        vec![],
        vec![Calla],
        vec![Di("no soy SMTP\r\n")],
        vec![Di("220 mx\r\n"), Lee],
        saludo(EHLO),
        [saludo(EHLO), vec![Lee, Calla]].concat(),
        [saludo(EHLO), vec![Lee, Di("250 ok\r\n"), Lee]].concat(),
        [saludo(EHLO), vec![Lee, Di("250 ok\r\n"), Lee, Di("250 ok\r\n"), Lee]].concat(),
        [saludo(EHLO), vec![Lee, Di("250 ok\r\n"), Lee, Di("250 ok\r\n"), Lee, Calla]].concat(),
    ];
    for (n, guion) in guiones.into_iter().enumerate() {
        let falla = falla_of(guion).await;
        assert!(matches!(falla, FallaEnvio::Reintentable { .. }), "{n}: {falla:?}");
    }
}

#[tokio::test]
async fn a_cut_in_the_middle_of_the_message_is_a_retry() {
    let ehlo = "250-mx\r\n250 8BITMIME\r\n";
    let guion = [
        saludo(ehlo),
        vec![Lee, Di("250 ok\r\n"), Lee, Di("250 ok\r\n"), Lee, Di("354 go\r\n"), LeeBytes(1_000)],
    ];
    let servidor = Guion::start(vec![guion.concat()]).await;
    let enorme = CorreoCongelado {
        bytes: [congelado(&["a"]).bytes, b"0123456789abcdef\r\n".repeat(2_000_000)].concat(),
        ..congelado(&["javier"])
    };
    let falla = smtp(config(servidor.puerto)).send(&enorme).await.unwrap_err();
    assert!(matches!(falla, FallaEnvio::Reintentable { .. }), "{falla:?}");
}

#[tokio::test]
async fn after_the_final_dot_only_an_answer_tells() {
    for (cola, incierta) in [
        (vec![LeeCorreo], true),
        (vec![LeeCorreo, Calla], true),
        (vec![LeeCorreo, Di("25")], true),
        (vec![LeeCorreo, Di("<html>\r\n")], true),
        (vec![LeeCorreo, Di("451 4.3.0 later\r\n")], false),
        (vec![LeeCorreo, Di("421 4.3.2 closing\r\n")], false),
        (vec![LeeCorreo, Di("554 5.6.0 no\r\n")], false),
    ] {
        let falla = falla_of([sobre(), cola].concat()).await;
        assert_eq!(matches!(falla, FallaEnvio::Incierto { .. }), incierta, "{falla:?}");
    }
}

#[tokio::test]
async fn an_uncertain_message_is_never_sent_again_by_the_client() {
    let servidor = Guion::start(vec![[sobre(), vec![LeeCorreo]].concat(), sobre()]).await;
    let smtp = smtp(config(servidor.puerto));
    assert!(smtp.send(&congelado(&["javier"])).await.is_err());
    assert_eq!(servidor.count("DATA"), 1);
    assert_eq!(servidor.heard().len(), 1);
}

#[tokio::test]
async fn a_connection_that_died_while_idle_is_opened_again_without_a_second_copy() {
    let uno = [sobre(), vec![LeeCorreo, Di("250 ok\r\n")]].concat();
    let cerrando = [uno.clone(), vec![Lee, Di("421 idle\r\n")]].concat();
    for primero in [uno.clone(), cerrando] {
        let servidor = Guion::start(vec![primero, uno.clone()]).await;
        let smtp = smtp(config(servidor.puerto));
        assert!(smtp.send(&congelado(&["javier"])).await.is_ok());
        assert!(smtp.send(&congelado(&["ana"])).await.is_ok());
        let oidas = servidor.heard();
        assert_eq!((oidas.len(), servidor.count("DATA")), (2, 2));
    }
}

#[tokio::test]
async fn a_new_connection_is_opened_after_the_agreed_number_of_messages() {
    let uno = [sobre(), vec![LeeCorreo, Di("250 ok\r\n"), Lee, Di("221 bye\r\n")]].concat();
    let servidor = Guion::start(vec![uno.clone(), uno]).await;
    let mut config = config(servidor.puerto);
    config.limites.por_conexion = 1;
    let smtp = smtp(config);
    for _ in 0..2 {
        assert!(smtp.send(&congelado(&["javier"])).await.is_ok());
    }
    assert_eq!((servidor.heard().len(), servidor.count("QUIT")), (2, 2));
}

#[tokio::test]
async fn what_the_server_does_not_take_does_not_leave() {
    let largo = "250-mx\r\n250 SIZE 100\r\n";
    let servidor = Guion::start(vec![[saludo(largo), vec![Calla]].concat()]).await;
    let smtp_ = smtp(config(servidor.puerto));
    let falla = smtp_.send(&congelado(&["javier"])).await.unwrap_err();
    assert!(matches!(falla, FallaEnvio::Permanente { causa: Causa::Tamanio, .. }), "{falla:?}");
    assert_eq!(servidor.count("MAIL"), 0);

    let servidor = Guion::start(vec![[saludo(EHLO), vec![Calla]].concat()]).await;
    let smtp_ = smtp(config(servidor.puerto));
    for (para, bytes) in [("señor@b.pe", &b"a\r\n"[..]), ("a@b.pe", "ñ\r\n".as_bytes())] {
        let malo = CorreoCongelado {
            para: vec![para.into()],
            bytes: bytes.to_vec(),
            ..congelado(&["javier"])
        };
        let falla = smtp_.send(&malo).await.unwrap_err();
        assert!(matches!(falla, FallaEnvio::Permanente { .. }), "{falla:?}");
    }
    assert_eq!(servidor.count("MAIL"), 0);
}

#[tokio::test]
async fn with_pipelining_the_envelope_travels_together_and_each_answer_finds_its_recipient() {
    let ehlo = "250-mx\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n";
    let guion = [
        saludo(ehlo),
        vec![Lee, Lee, Lee, Di("250 ok\r\n550 5.1.1 no\r\n250-uno\r\n250 dos\r\n")],
        vec![Lee, Di("354 go\r\n"), LeeCorreo, Di("250 ok\r\n")],
    ];
    let servidor = Guion::start(vec![guion.concat()]).await;
    let correo = CorreoCongelado {
        para: vec!["nadie@b.pe".into(), "señor@b.pe".into()],
        bytes: "A: ñ\r\n\r\n.\r\n".into(),
        ..congelado(&["javier"])
    };
    let resultado = smtp(config(servidor.puerto)).send(&correo).await.unwrap();
    let bien: Vec<bool> = resultado.entregas.iter().map(|e| e.resultado.is_ok()).collect();
    assert_eq!(bien, [false, true]);
    let oidas = servidor.heard().concat();
    assert_eq!(oidas[1], "MAIL FROM:<avisos@fibra.example> BODY=8BITMIME SMTPUTF8");
    assert_eq!(oidas[5..8], ["A: ñ", "", ".."]);
}

#[tokio::test]
async fn orders_slipped_in_before_the_cipher_and_a_missing_starttls_stop_the_account() {
    let colado =
        [saludo("250-mx\r\n250 STARTTLS\r\n"), vec![Lee, Di("220 go\r\n250 falso\r\n"), Calla]];
    let sin = [saludo("250 mx\r\n"), vec![Calla]];
    for (guion, codigo) in [(colado, "tls"), (sin, "configuracion")] {
        let servidor = Guion::start(vec![guion.concat()]).await;
        let acceso = AccesoSmtp::Clave { usuario: "u".into(), clave: Secreto::new("c") };
        let config = ConfigSmtp {
            seguridad: Seguridad::StartTls,
            acceso: Some(acceso),
            ..config(servidor.puerto)
        };
        let falla = smtp(config).send(&congelado(&["javier"])).await.unwrap_err();
        assert_eq!(falla.codigo(), codigo, "{falla:?}");
        assert!(matches!(falla, FallaEnvio::Detener { .. }));
        assert_eq!(servidor.count("AUTH") + servidor.count("MAIL"), 0);
    }
}

#[tokio::test]
async fn the_failure_challenge_of_oauth_is_answered_before_the_refusal() {
    for (mecanismo, renuncia) in [("OAUTHBEARER XOAUTH2", "AQ=="), ("XOAUTH2", "")] {
        let ehlo: &'static str = Box::leak(format!("250-mx\r\n250 AUTH {mecanismo}\r\n").into());
        let intento =
            vec![Lee, Di("334 eyJzdGF0dXMiOiI0MDEifQ==\r\n"), Lee, Di("535 5.7.8 no\r\n")];
        let servidor = Guion::start(vec![[saludo(ehlo), intento.clone(), intento].concat()]).await;
        let fuente = std::sync::Arc::new(Fija::new("tok-demo", "otro"));
        let acceso = AccesoSmtp::Oauth { usuario: "soporte@ejemplo.test".into(), fuente };
        let config = ConfigSmtp { acceso: Some(acceso), ..config(servidor.puerto) };
        let falla = smtp(config).check().await.unwrap_err();
        assert_eq!(falla.codigo(), "535");
        let oidas = servidor.heard().concat();
        let primero = mecanismo.split(' ').next().unwrap();
        assert!(oidas[1].starts_with(&format!("AUTH {primero} ")), "{oidas:?}");
        assert_eq!(oidas[2], renuncia);
        assert_ne!(oidas[1], oidas[3], "the second try carries another token");
    }
}
