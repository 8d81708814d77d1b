//! The clients against the emulators, which share no code with them: what one writes the other must
//! understand.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use ramal_base::{FixedClock, Instante};
use ramal_canales::whatsapp::webhook::{self, Hecho};
use ramal_canales::whatsapp::{
    BotonVariable, CategoriaPlantilla, ClaseMedio, ConfigWhatsapp, Contenido, DestinoWhatsapp,
    Encabezado, EstadoPlantilla, FuenteMedio, MedioEnviado, MedioSaliente, NuevaPlantilla,
    PlantillaEnviada, TipoBoton, Variable, VistaPrevia, Whatsapp,
};
use ramal_canales::{
    Alcance, Causa, CausaDetener, EnvioCorreo, EnvioWhatsapp, FallaEnvio, MensajeWhatsapp, Secreto,
};
use ramal_emulador::fallas::Regla;
use ramal_emulador::whatsapp::{Interruptores, Lectura, Marketing, Presencia};
use ramal_emulador::{correo, servir, whatsapp};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use ramal_canales::correo::smtp::{ConfigSmtp, Seguridad};

use crate::smtp_real::{autoridad, clave, config, congelado, smtp};

struct Mundo {
    emulador: Arc<whatsapp::Emulador>,
    linea: Whatsapp,
    reloj: Arc<FixedClock>,
    recibido: Arc<Mutex<Vec<Hecho>>>,
    base: String,
}

/// Takes webhooks as the product does: signature over the bytes, then reading.
async fn take(
    State(recibido): State<Arc<Mutex<Vec<Hecho>>>>,
    cabeceras: HeaderMap,
    cuerpo: Bytes,
) -> StatusCode {
    let firma = cabeceras.get(webhook::CABECERA_FIRMA).and_then(|v| v.to_str().ok());
    if webhook::verify(&[Secreto::new("secreto-app-demo")], &cuerpo, firma).is_err() {
        return StatusCode::UNAUTHORIZED;
    }
    let sucesos = webhook::parse(&cuerpo).unwrap();
    assert!(sucesos.iter().all(|s| s.waba_id == "200000000000002"));
    recibido.lock().unwrap().extend(sucesos.into_iter().map(|s| s.hecho));
    StatusCode::OK
}

fn line(base: &str, token: &str, reloj: &Arc<FixedClock>) -> Whatsapp {
    let config = ConfigWhatsapp {
        base: base.to_owned(),
        ..ConfigWhatsapp::new("100000000000001", "200000000000002", Secreto::new(token))
    };
    Whatsapp::new(config, reloj.clone()).unwrap()
}

async fn mundo() -> Mundo {
    let reloj = Arc::new(FixedClock::new(Instante::parse("2026-11-20T15:00:00Z").unwrap()));
    let emulador = whatsapp::Emulador::abrir(whatsapp::Opciones::new(reloj.clone())).unwrap();
    let libre = || "127.0.0.1:0".parse().unwrap();
    let graph = emulador.clone().router();
    let graph = servir(graph, libre(), CancellationToken::new()).await.unwrap();
    let recibido = Arc::new(Mutex::new(Vec::new()));
    let app = Router::new()
        .route("/webhooks/whatsapp", axum::routing::post(take))
        .with_state(recibido.clone());
    let aqui = servir(app, libre(), CancellationToken::new()).await.unwrap();
    emulador.redirect(Some(format!("http://{aqui}/webhooks/whatsapp")));
    let base = format!("http://{graph}");
    let linea = line(&base, "token-whatsapp-demo", &reloj);
    Mundo { emulador, linea, reloj, recibido, base }
}

impl Mundo {
    async fn send(&self, contenido: Contenido) -> Result<(), FallaEnvio> {
        self.reloj.advance(6_000);
        self.linea.send(&message("525512345678", contenido)).await.map(|_| ())
    }

    async fn heard(&self) -> Vec<Hecho> {
        self.emulador.pump().await;
        std::mem::take(&mut self.recibido.lock().unwrap())
    }
}

fn message(telefono: &str, contenido: Contenido) -> MensajeWhatsapp {
    MensajeWhatsapp {
        destino: DestinoWhatsapp::Telefono(format!("+{telefono}")),
        contenido,
        referencia: "ob_1".into(),
        cita: None,
    }
}

fn texto() -> Contenido {
    Contenido::Texto { cuerpo: "Sin señal 😡".into(), vista_previa: VistaPrevia::No }
}

fn promo() -> Contenido {
    Contenido::Plantilla(PlantillaEnviada {
        nombre: "promo".into(),
        idioma: "es_MX".into(),
        ..PlantillaEnviada::default()
    })
}

fn nueva(nombre: &str, categoria: CategoriaPlantilla) -> NuevaPlantilla {
    NuevaPlantilla {
        nombre: nombre.into(),
        idioma: "es_MX".into(),
        categoria,
        componentes: json!([{"type": "BODY", "text": "Doble velocidad este mes."}]),
    }
}

#[tokio::test]
async fn a_template_is_asked_for_approved_listed_and_sent_with_its_file() {
    let m = mundo().await;
    let pdf = MedioSaliente {
        nombre: "F001-1.pdf".into(),
        mime: "application/pdf".into(),
        bytes: b"%PDF-1.7 factura".to_vec(),
    };
    let muestra = m.linea.upload_sample(&pdf).await.unwrap();
    let pedida = NuevaPlantilla {
        componentes: json!([
            {"type": "HEADER", "format": "DOCUMENT", "example": {"header_handle": [muestra]}},
            {"type": "BODY", "text": "Hola, {{1}}. Debe {{2}} hoy.",
             "example": {"body_text": [["Ana", "$ 1.00"]]}},
            {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "Pagar",
             "url": "https://fibra.example/f/{{1}}", "example": ["t"]}]}]),
        ..nueva("aviso", CategoriaPlantilla::Utilidad)
    };
    let mut inventada = pedida.clone();
    inventada.componentes[0]["example"]["header_handle"][0] = json!("4::inventada");
    assert!(m.linea.create_template(&inventada).await.is_err());
    let creada = m.linea.create_template(&pedida).await.unwrap();
    assert_eq!(creada.estado, EstadoPlantilla::Pendiente);
    let Hecho::Plantilla(cambio) = m.heard().await.remove(0) else { panic!() };
    assert_eq!((cambio.estado, cambio.id), (Some(EstadoPlantilla::Aprobada), Some(creada.id)));
    let pagina = m.linea.templates(None).await.unwrap();
    assert_eq!(pagina.plantillas[0].componentes, pedida.componentes);

    let id = m.linea.upload(&pdf).await.unwrap();
    assert_eq!(m.linea.download(&id).await.unwrap().bytes, pdf.bytes);
    let medio = MedioEnviado {
        clase: ClaseMedio::Documento,
        fuente: FuenteMedio::Id(id),
        pie: None,
        nombre: Some("F001-1.pdf".into()),
    };
    let llena = PlantillaEnviada {
        nombre: "aviso".into(),
        idioma: "es_MX".into(),
        encabezado: Some(Encabezado::Medio(medio)),
        cuerpo: vec![Variable::positional("Javier"), Variable::positional("$ 450.00")],
        botones: vec![BotonVariable { indice: 0, tipo: TipoBoton::Url, texto: "tok1".into() }],
    };
    m.send(Contenido::Plantilla(llena.clone())).await.unwrap();
    let avances: Vec<u8> = m
        .heard()
        .await
        .into_iter()
        .map(|h| match h {
            Hecho::Estado(e) => {
                assert_eq!(e.referencia.as_deref(), Some("ob_1"));
                assert_eq!(e.precio.unwrap().cobrable, Some(true));
                e.avance.rango().unwrap()
            }
            otro => panic!("{otro:?}"),
        })
        .collect();
    assert_eq!(avances, [1, 2]);
    for mala in [
        PlantillaEnviada { cuerpo: vec![Variable::positional("Javier")], ..llena.clone() },
        PlantillaEnviada { encabezado: None, ..llena.clone() },
        PlantillaEnviada { idioma: "es_PE".into(), ..llena },
    ] {
        let falla = m.send(Contenido::Plantilla(mala)).await.unwrap_err();
        assert!(
            matches!(falla, FallaEnvio::Permanente { causa: Causa::Plantilla, .. }),
            "{falla:?}"
        );
    }
}

#[tokio::test]
async fn a_code_leaves_by_a_template_whose_text_meta_writes() {
    let m = mundo().await;
    let pedida = NuevaPlantilla {
        componentes: json!([
            {"type": "BODY", "add_security_recommendation": true},
            {"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "COPY_CODE"}]}]),
        ..nueva("codigo", CategoriaPlantilla::Autenticacion)
    };
    m.linea.create_template(&pedida).await.unwrap();
    let suya = NuevaPlantilla {
        componentes: json!([{"type": "BODY", "text": "Su código es {{1}}."}]),
        ..nueva("propia", CategoriaPlantilla::Autenticacion)
    };
    assert!(m.linea.create_template(&suya).await.is_err());
    let codigo = PlantillaEnviada {
        nombre: "codigo".into(),
        idioma: "es_MX".into(),
        cuerpo: vec![Variable::positional("493021")],
        botones: vec![BotonVariable { indice: 0, tipo: TipoBoton::Url, texto: "493021".into() }],
        ..PlantillaEnviada::default()
    };
    m.send(Contenido::Plantilla(codigo.clone())).await.unwrap();
    let sin_boton = PlantillaEnviada { botones: Vec::new(), ..codigo.clone() };
    assert!(m.send(Contenido::Plantilla(sin_boton)).await.is_err());
    m.emulador.write("525512345678", "Hola").unwrap();
    let bsuid = m
        .heard()
        .await
        .into_iter()
        .find_map(|h| match h {
            Hecho::Mensaje(m) => m.de.bsuid,
            _ => None,
        })
        .unwrap();
    m.reloj.advance(6_000);
    let a_bsuid = MensajeWhatsapp {
        destino: DestinoWhatsapp::Bsuid(bsuid),
        ..message("1", Contenido::Plantilla(codigo))
    };
    let falla = m.linea.send(&a_bsuid).await.unwrap_err();
    let telefono = matches!(falla, FallaEnvio::Permanente { causa: Causa::RequiereTelefono, .. });
    assert!(telefono, "{falla:?}");
}

#[tokio::test]
async fn the_window_the_opt_out_and_a_number_without_whatsapp_are_understood() {
    let m = mundo().await;
    m.linea.create_template(&nueva("promo", CategoriaPlantilla::Marketing)).await.unwrap();
    m.heard().await;
    let failure = |hechos: Vec<Hecho>| match hechos.last() {
        Some(Hecho::Estado(e)) => e.errores[0].falla(),
        otro => panic!("{otro:?}"),
    };
    m.send(texto()).await.unwrap();
    assert!(matches!(failure(m.heard().await), FallaEnvio::CambiarAPlantilla { .. }));
    m.emulador.write("525512345678", "BAJA").unwrap();
    let Hecho::Mensaje(entrante) = m.heard().await.remove(0) else { panic!() };
    assert_eq!(entrante.texto.as_deref(), Some("BAJA"));
    assert_eq!(entrante.de.wa_id.as_deref(), Some("5215512345678"));
    assert!(entrante.de.bsuid.is_some());
    m.send(texto()).await.unwrap();
    m.linea.mark_read(&entrante.wamid, Default::default()).await.unwrap();
    let bsuid = MensajeWhatsapp {
        destino: DestinoWhatsapp::Bsuid(entrante.de.bsuid.unwrap()),
        ..message("1", texto())
    };
    m.reloj.advance(6_000);
    let aceptado = m.linea.send(&bsuid).await.unwrap();
    assert!(aceptado.bsuid.is_some());
    m.heard().await;
    m.emulador.prefer("5215512345678", Marketing::Detener).unwrap();
    let Hecho::Preferencia(p) = m.heard().await.remove(0) else { panic!() };
    assert!(p.is_baja());
    m.send(promo()).await.unwrap();
    assert!(matches!(failure(m.heard().await), FallaEnvio::Baja { .. }));
    m.emulador.set_presence("5215512345678", Presencia::SinWhatsapp).unwrap();
    m.send(texto()).await.unwrap();
    let falla = failure(m.heard().await);
    assert!(matches!(falla, FallaEnvio::Permanente { causa: Causa::SinWhatsapp, .. }));
}

#[tokio::test]
async fn limits_tokens_and_a_cut_after_acceptance_are_told_apart() {
    let m = mundo().await;
    m.linea.create_template(&nueva("promo", CategoriaPlantilla::Marketing)).await.unwrap();
    m.heard().await;
    m.send(promo()).await.unwrap();
    let falla = m.linea.send(&message("525512345678", promo())).await.unwrap_err();
    assert!(matches!(falla, FallaEnvio::Reintentable { alcance: Alcance::Destinatario, .. }));
    let otra = line(&m.base, "caducado", &m.reloj);
    let falla = otra.send(&message("51979514083", promo())).await.unwrap_err();
    assert!(matches!(falla, FallaEnvio::Detener { causa: CausaDetener::Credencial, .. }));
    m.heard().await;

    let una = Regla { proximas: 1, por_diez_mil: 0 };
    m.emulador.switch(Interruptores { cortar_despues: una, ..Interruptores::default() });
    let falla = m.send(promo()).await.unwrap_err();
    assert!(matches!(falla, FallaEnvio::Incierto { .. }), "{falla:?}");
    let resueltos = m.heard().await;
    let con_referencia = resueltos
        .iter()
        .filter(|h| matches!(h, Hecho::Estado(e) if e.referencia.as_deref() == Some("ob_1")));
    assert_eq!(con_referencia.count(), 2, "one message: sent and delivered");
}

#[tokio::test]
async fn shuffled_doubled_and_forged_webhooks_end_in_the_same_state() {
    let m = mundo().await;
    m.linea.create_template(&nueva("promo", CategoriaPlantilla::Marketing)).await.unwrap();
    m.heard().await;
    m.emulador.switch(Interruptores {
        barajar: true,
        agrupar: 7,
        lectura: Lectura::Enseguida,
        duplicar_avisos: Regla { proximas: 0, por_diez_mil: 3_000 },
        ..Interruptores::default()
    });
    let mut enviados = BTreeMap::new();
    for n in 0..60 {
        m.reloj.advance(50);
        let aceptado = m.linea.send(&message(&format!("5197951{n:04}"), promo())).await.unwrap();
        enviados.insert(aceptado.wamid, 0u8);
    }
    for hecho in m.heard().await {
        let Hecho::Estado(e) = hecho else { panic!() };
        let rango = enviados.get_mut(&e.wamid).unwrap();
        *rango = (*rango).max(e.avance.rango().unwrap());
    }
    assert!(enviados.values().all(|r| *r == 3), "{enviados:?}");
    let siempre = Regla { proximas: 0, por_diez_mil: 10_000 };
    m.emulador.switch(Interruptores { firma_mala: siempre, ..Interruptores::default() });
    m.emulador.write("51979514083", "¿Me leen?").unwrap();
    assert!(m.heard().await.is_empty(), "a forged webhook was believed");
}

#[tokio::test]
async fn the_emulated_mail_server_keeps_exactly_what_was_frozen() {
    let reloj = Arc::new(FixedClock::new(Instante::from_millis(1_800_000_000_000)));
    let emulador = correo::Emulador::abrir(correo::Opciones::new(reloj)).unwrap();
    let libre = "127.0.0.1:0".parse().unwrap();
    let aqui = emulador.servir(libre, CancellationToken::new()).await.unwrap();
    let cuenta = smtp(config(aqui.port()));
    let enviado = congelado(&["javier"]);
    assert!(cuenta.send(&enviado).await.unwrap().is_completo());
    assert_eq!(emulador.message(1).unwrap().bytes(), enviado.bytes);
    let una = Regla { proximas: 1, por_diez_mil: 0 };
    let base = correo::Interruptores::default;
    for (interruptores, llegados) in [
        (correo::Interruptores { colgar_tras_el_punto: una, ..base() }, 2),
        (correo::Interruptores { cortar_tras_el_punto: una, ..base() }, 3),
    ] {
        emulador.switch(interruptores);
        let falla = cuenta.send(&enviado).await.unwrap_err();
        assert!(matches!(falla, FallaEnvio::Incierto { .. }), "{falla:?}");
        assert_eq!(emulador.count(), llegados);
    }
    emulador.switch(correo::Interruptores { cortar_antes_del_punto: una, ..base() });
    let falla = cuenta.send(&enviado).await.unwrap_err();
    assert!(!matches!(falla, FallaEnvio::Permanente { .. }), "{falla:?}");
    assert_eq!(emulador.count(), 3);
}

#[tokio::test]
async fn the_emulated_mail_server_asks_for_tls_and_an_account() {
    let autoridad = autoridad();
    let reloj = Arc::new(FixedClock::new(Instante::from_millis(1_800_000_000_000)));
    let opciones = correo::Opciones {
        cuenta: Some(("cuenta".into(), "clave-de-prueba".into())),
        tls: Some(correo::Tls {
            certificado: autoridad.pem("cert.pem"),
            llave: autoridad.pem("key.pem"),
        }),
        exige_tls: true,
        ..correo::Opciones::new(reloj)
    };
    let emulador = correo::Emulador::abrir(opciones).unwrap();
    let libre = "127.0.0.1:0".parse().unwrap();
    let aqui = emulador.servir(libre, CancellationToken::new()).await.unwrap();
    let falla = smtp(config(aqui.port())).send(&congelado(&["javier"])).await.unwrap_err();
    assert_eq!(falla.codigo(), "530");
    let cuenta = |secreto: &str| ConfigSmtp {
        seguridad: Seguridad::StartTls,
        raices_pem: Some(autoridad.raiz.clone()),
        acceso: clave(secreto),
        ..config(aqui.port())
    };
    let falla = smtp(cuenta("otra")).check().await.unwrap_err();
    assert_eq!(falla.codigo(), "535");
    smtp(cuenta("clave-de-prueba")).send(&congelado(&["javier"])).await.unwrap();
    assert!(emulador.message(1).unwrap().cifrado);
}
