//! Sending to a real SMTP server, aiosmtpd.

use std::sync::Arc;

use ramal_base::SystemClock;
use ramal_canales::correo::freeze;
use ramal_canales::correo::smtp::{AccesoSmtp, ConfigSmtp, LimitesSmtp, Seguridad, Smtp};
use ramal_canales::{
    Alcance, Causa, CausaDetener, CorreoCongelado, EnvioCorreo, FallaEnvio, Secreto,
};

use crate::congelado::{correo, cx};
use crate::oauth::Fija;
use crate::python::Servidor;

const RAPIDO: LimitesSmtp = LimitesSmtp {
    conexion_ms: 5_000,
    orden_ms: 5_000,
    datos_ms: 5_000,
    fin_ms: 400,
    por_conexion: 50,
    ocio_ms: 30_000,
};

pub fn config(puerto: u16) -> ConfigSmtp {
    ConfigSmtp {
        puerto,
        seguridad: Seguridad::Ninguna,
        limites: RAPIDO,
        ..ConfigSmtp::new("127.0.0.1", "ramal.ejemplo.test")
    }
}

pub fn smtp(config: ConfigSmtp) -> Smtp {
    Smtp::new(config, Arc::new(SystemClock)).unwrap()
}

pub fn congelado(para: &[&str]) -> CorreoCongelado {
    let mut nuevo = correo("javier@correo.example");
    nuevo.texto = "Primera\n.\n..dos puntos\nñandú\n".into();
    let todos: Vec<String> = para.iter().map(|p| format!("{p}@correo.example")).collect();
    CorreoCongelado { para: todos, ..freeze(&cx(), &nuevo, &[]).unwrap() }
}

pub fn clave(clave: &str) -> Option<AccesoSmtp> {
    Some(AccesoSmtp::Clave { usuario: "cuenta".into(), clave: Secreto::new(clave) })
}

#[tokio::test]
async fn what_was_frozen_arrives_byte_by_byte_and_one_connection_serves_a_batch() {
    let servidor = Servidor::start(&[]);
    let smtp = smtp(config(servidor.puerto));
    for _ in 0..3 {
        let resultado = smtp.send(&congelado(&["javier", "ana"])).await.unwrap();
        assert!(resultado.is_completo());
    }
    smtp.close().await;
    let llegaron = servidor.delivered();
    assert_eq!(llegaron.len(), 3);
    assert!(llegaron.iter().all(|m| *m == congelado(&["javier"]).bytes));
}

#[tokio::test]
async fn each_recipient_has_its_own_fate() {
    let servidor = Servidor::start(&[]);
    let smtp = smtp(config(servidor.puerto));
    let resultado = smtp.send(&congelado(&["javier", "desconocido", "gris"])).await.unwrap();
    assert_eq!(resultado.entregas.len(), 3);
    assert!(resultado.entregas[0].resultado.is_ok());
    let fallas: Vec<_> = resultado.fallidas().map(|(_, f)| f.clone()).collect();
    assert_eq!(
        fallas[0],
        FallaEnvio::never("550", "550 5.1.1 User unknown", Causa::DireccionInexistente)
    );
    assert!(matches!(
        &fallas[1],
        FallaEnvio::Reintentable { codigo, espera_ms: Some(300_000), alcance: Alcance::Mensaje, .. }
            if codigo == "451"
    ));
    assert_eq!(servidor.delivered().len(), 1);
    let otra_vez = smtp.send(&congelado(&["gris"])).await;
    assert!(otra_vez.unwrap().is_completo(), "greylisting lets the second try pass");
}

#[tokio::test]
async fn a_refusal_of_the_only_recipient_or_of_the_message_is_an_error() {
    let servidor = Servidor::start(&[]);
    let smtp = smtp(config(servidor.puerto));
    let falla = smtp.send(&congelado(&["desconocido"])).await.unwrap_err();
    assert_eq!(falla.codigo(), "550");
    let falla = smtp.send(&congelado(&["spam"])).await.unwrap_err();
    assert!(matches!(falla, FallaEnvio::Permanente { causa: Causa::Politica, .. }), "{falla:?}");
    let falla = smtp.send(&congelado(&["tarde"])).await.unwrap_err();
    assert!(matches!(falla, FallaEnvio::Reintentable { .. }), "{falla:?}");
    let enorme = CorreoCongelado {
        bytes: [congelado(&["javier"]).bytes, b"x\r\n".repeat(400_000)].concat(),
        ..congelado(&["javier"])
    };
    let falla = smtp.send(&enorme).await.unwrap_err();
    assert!(matches!(falla, FallaEnvio::Permanente { causa: Causa::Tamanio, .. }), "{falla:?}");
    assert!(servidor.delivered().is_empty());
    assert!(smtp.send(&congelado(&["javier"])).await.is_ok(), "the session is still whole");
}

#[tokio::test]
async fn a_server_that_takes_the_message_and_hangs_or_cuts_gets_exactly_one_copy() {
    let servidor = Servidor::start(&[]);
    let smtp = smtp(config(servidor.puerto));
    let falla = smtp.send(&congelado(&["cuelga"])).await.unwrap_err();
    assert!(matches!(falla, FallaEnvio::Incierto { .. }), "{falla:?}");
    assert_eq!(servidor.delivered().len(), 1);
    let falla = smtp.send(&congelado(&["corta"])).await.unwrap_err();
    assert!(matches!(falla, FallaEnvio::Incierto { .. }), "{falla:?}");
    assert_eq!(servidor.delivered().len(), 2);
    // With one recipient refused before, only the other one is in doubt.
    let mixto = smtp.send(&congelado(&["desconocido", "corta"])).await.unwrap();
    let fallas: Vec<_> = mixto.fallidas().map(|(_, f)| f.clone()).collect();
    assert!(matches!(fallas[0], FallaEnvio::Permanente { .. }), "{fallas:?}");
    assert!(matches!(fallas[1], FallaEnvio::Incierto { .. }), "{fallas:?}");
    assert_eq!(servidor.delivered().len(), 3);
}

pub struct Autoridad {
    carpeta: tempfile::TempDir,
    pub raiz: String,
}

/// A certificate authority of our own and a certificate for this machine.
pub fn autoridad() -> Autoridad {
    use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
    let llave_ca = KeyPair::generate().unwrap();
    let mut ca = CertificateParams::new(vec![]).unwrap();
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let raiz = ca.self_signed(&llave_ca).unwrap().pem();
    let emisor = Issuer::new(ca, llave_ca);
    let llave = KeyPair::generate().unwrap();
    let nombres = vec!["127.0.0.1".to_owned(), "localhost".to_owned()];
    let hoja = CertificateParams::new(nombres).unwrap().signed_by(&llave, &emisor).unwrap();
    let carpeta = tempfile::tempdir().unwrap();
    std::fs::write(carpeta.path().join("cert.pem"), hoja.pem()).unwrap();
    std::fs::write(carpeta.path().join("key.pem"), llave.serialize_pem()).unwrap();
    Autoridad { carpeta, raiz }
}

impl Autoridad {
    /// Certificate or key, in PEM.
    pub fn pem(&self, nombre: &str) -> String {
        std::fs::read_to_string(self.carpeta.path().join(nombre)).unwrap()
    }

    fn server(&self, mas: &[&str]) -> Servidor {
        let ruta = |nombre: &str| self.carpeta.path().join(nombre).display().to_string();
        let (cert, key) = (ruta("cert.pem"), ruta("key.pem"));
        Servidor::start(&[&["--cert", &cert, "--key", &key], mas].concat())
    }
}

#[tokio::test]
async fn starttls_with_a_root_of_our_own_protects_the_password() {
    let autoridad = autoridad();
    let servidor = autoridad.server(&["--require-starttls", "--auth"]);
    let con = |raices_pem, acceso| ConfigSmtp {
        seguridad: Seguridad::StartTls,
        raices_pem,
        acceso,
        ..config(servidor.puerto)
    };
    let raiz = Some(autoridad.raiz.clone());
    let bien = smtp(con(raiz.clone(), clave("clave-de-prueba")));
    bien.check().await.unwrap();
    assert!(bien.send(&congelado(&["javier"])).await.unwrap().is_completo());

    let mala = smtp(con(raiz, clave("otra"))).send(&congelado(&["javier"])).await.unwrap_err();
    assert_eq!(mala.codigo(), "535");
    assert!(matches!(mala, FallaEnvio::Detener { causa: CausaDetener::Credencial, .. }));

    let ajena = smtp(con(None, clave("clave-de-prueba")));
    let falla = ajena.send(&congelado(&["javier"])).await.unwrap_err();
    assert_eq!(falla.codigo(), "tls", "a certificate that nobody vouches for is not trusted");
    assert!(matches!(falla, FallaEnvio::Detener { .. }));
    assert_eq!(servidor.delivered().len(), 1);
}

#[tokio::test]
async fn a_server_that_wants_starttls_stops_a_bare_account() {
    let autoridad = autoridad();
    let servidor = autoridad.server(&["--require-starttls"]);
    let falla = smtp(config(servidor.puerto)).send(&congelado(&["javier"])).await.unwrap_err();
    assert_eq!(falla.codigo(), "530");
    assert!(matches!(falla, FallaEnvio::Detener { causa: CausaDetener::Configuracion, .. }));
    assert!(servidor.delivered().is_empty());
}

#[tokio::test]
async fn implicit_tls_and_login_work_too() {
    let autoridad = autoridad();
    let servidor = autoridad.server(&["--implicit", "--auth", "--only", "LOGIN"]);
    let config = ConfigSmtp {
        seguridad: Seguridad::Implicita,
        raices_pem: Some(autoridad.raiz.clone()),
        acceso: clave("clave-de-prueba"),
        servidor: "localhost".into(),
        ..config(servidor.puerto)
    };
    assert!(smtp(config).send(&congelado(&["javier"])).await.unwrap().is_completo());
}

#[tokio::test]
async fn a_revoked_token_is_renewed_once_and_a_refused_one_stops_the_account() {
    let autoridad = autoridad();
    let servidor = autoridad.server(&["--auth", "--only", "XOAUTH2", "--token", "tok-nuevo"]);
    let con = |fuente: Arc<Fija>| ConfigSmtp {
        seguridad: Seguridad::StartTls,
        raices_pem: Some(autoridad.raiz.clone()),
        acceso: Some(AccesoSmtp::Oauth { usuario: "soporte@ejemplo.test".into(), fuente }),
        ..config(servidor.puerto)
    };
    let fuente = Arc::new(Fija::new("tok-viejo", "tok-nuevo"));
    let enviado = smtp(con(fuente.clone())).send(&congelado(&["javier"])).await;
    assert!(enviado.unwrap().is_completo());
    assert_eq!(fuente.renewals(), 1);

    let falla = smtp(con(Arc::new(Fija::new("malo", "peor")))).check().await.unwrap_err();
    assert_eq!(falla.codigo(), "535");
    assert!(matches!(falla, FallaEnvio::Detener { causa: CausaDetener::Credencial, .. }));
}

#[tokio::test]
async fn nobody_listening_is_a_retry_and_nothing_leaves_bare_outside_this_machine() {
    let libre = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let puerto = libre.local_addr().unwrap().port();
    drop(libre);
    let falla = smtp(config(puerto)).send(&congelado(&["javier"])).await.unwrap_err();
    assert_eq!(falla.codigo(), "sin_conexion");
    assert!(matches!(falla, FallaEnvio::Reintentable { .. }));
    let afuera = ConfigSmtp { servidor: "smtp.ejemplo.test".into(), ..config(25) };
    let falla = Smtp::new(afuera, Arc::new(SystemClock)).err().unwrap();
    assert!(matches!(falla, FallaEnvio::Detener { causa: CausaDetener::Configuracion, .. }));
}
