//! The emulated gateway through its three wires: as strict as each vendor, and sure of what it
//! remembers. Requests are written by hand: no adapter has a say.

use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use ramal_base::{FixedClock, Instante};
use ramal_emulador::pasarela::{CLAVE_EMULADA, Emulador, Opciones};
use serde_json::{Value, json};

use crate::http::{Respuesta, send};

struct Escena {
    em: Arc<Emulador>,
    router: Router,
    clock: Arc<FixedClock>,
}

fn escena(dir: Option<&Path>) -> Escena {
    let clock = Arc::new(FixedClock::new(Instante::parse("2026-11-20T12:00:00Z").unwrap()));
    escena_at(dir, clock)
}

fn escena_at(dir: Option<&Path>, clock: Arc<FixedClock>) -> Escena {
    let opciones = Opciones { dir: dir.map(Path::to_path_buf), ..Opciones::new(clock.clone()) };
    let em = Emulador::abrir(opciones).unwrap();
    Escena { router: em.clone().router(), em, clock }
}

const V4: &str = "5f0c954e-3e20-4d3c-9c0b-1f6f0d1c1a11";

impl Escena {
    async fn call(&self, linea: &str, cabeceras: &[(&str, &str)], cuerpo: &str) -> Respuesta {
        let (metodo, ruta) = linea.split_once(' ').unwrap();
        let mut pedido = Request::builder().method(metodo).uri(ruta).header("host", "em.local");
        for (nombre, valor) in cabeceras {
            pedido = pedido.header(*nombre, *valor);
        }
        send(&self.router, pedido.body(Body::from(cuerpo.to_owned())).unwrap()).await
    }

    async fn emulada(&self, linea: &str, clave: &str, cuerpo: &Value) -> Respuesta {
        let bearer = format!("Bearer {CLAVE_EMULADA}");
        let cabeceras = [("authorization", bearer.as_str()), ("idempotency-key", clave)];
        self.call(linea, &cabeceras, &cuerpo.to_string()).await
    }

    async fn mp(&self, linea: &str, clave: &str, cuerpo: &str) -> Respuesta {
        let cabeceras = [
            ("authorization", "Bearer TEST-token-mx"),
            ("x-idempotency-key", clave),
            ("content-type", "application/json"),
        ];
        self.call(linea, &cabeceras, cuerpo).await
    }

    async fn stripe(&self, linea: &str, cuerpo: &str) -> Respuesta {
        let cabeceras = [
            ("authorization", "Bearer sk_test_demo"),
            ("content-type", "application/x-www-form-urlencoded"),
        ];
        self.call(linea, &cabeceras, cuerpo).await
    }

    async fn press(&self, id: &str, accion: &str) -> u16 {
        let ruta = format!("POST /_emulador/pagos/{id}/{accion}");
        self.call(&ruta, &[], "").await.estado.as_u16()
    }
}

fn cobro(externa: &str) -> Value {
    json!({
        "externa": externa, "importe": "399.00", "moneda": "MXN", "concepto": "Factura F-1",
        "medio": "oxxo", "pagador": { "nombre": "Rosa Quispe" },
        "retorno": "http://127.0.0.1:1/f/abc", "aviso": "http://127.0.0.1:1/webhooks",
    })
}

fn con(campo: &str, valor: Value) -> Value {
    let mut cuerpo = cobro("c-1");
    cuerpo[campo] = valor;
    cuerpo
}

#[tokio::test]
async fn the_own_wire_refuses_every_bad_request_and_remembers_none() {
    let e = escena(None);
    let malos = [
        con("importe", json!(399)),
        con("importe", json!("399.001")),
        con("importe", json!("-1.00")),
        con("importe", json!("0.00")),
        con("importe", json!("1e3")),
        con("moneda", json!("ARS")),
        con("medio", json!("paypal")),
        con("medio", json!("yape")),
        con("medio", json!("tarjeta")),
        con("externa", json!("")),
        con("externa", json!("x".repeat(65))),
        con("concepto", json!(" ")),
        con("retorno", json!("javascript:alert(1)")),
        con("aviso", json!("ftp://127.0.0.1/")),
        con("vence", json!("2026-11-20T12:00:00Z")),
        con("otro", json!(1)),
    ];
    for (n, cuerpo) in malos.iter().enumerate() {
        let r = e.emulada("POST /emulada/v1/cobros", &format!("k-{n}"), cuerpo).await;
        assert_eq!(r.estado, 422, "{cuerpo}: {}", r.texto());
        assert!(r.json()["codigo"].is_string());
    }
    let sin_clave = e.emulada("POST /emulada/v1/cobros", "", &cobro("c-1")).await;
    assert_eq!(
        (sin_clave.estado.as_u16(), sin_clave.json()["codigo"].clone()),
        (400, json!("sin_clave"))
    );
    for bearer in ["", "Bearer ", "Bearer otra", "Basic Y2xhdmU6", CLAVE_EMULADA] {
        let r = e.call("GET /emulada/v1/cuenta", &[("authorization", bearer)], "").await;
        assert_eq!(r.estado, 401, "{bearer}");
    }
    assert_eq!(e.em.conteo("c-1"), (0, 0));
}

#[tokio::test]
async fn a_key_is_good_for_one_request_on_every_wire() {
    let e = escena(None);
    let una = e.emulada("POST /emulada/v1/cobros", "k", &cobro("c-1")).await;
    let otra = e.emulada("POST /emulada/v1/cobros", "k", &cobro("c-1")).await;
    assert_eq!((una.estado.as_u16(), una.json()), (201, otra.json()));
    let choque = e.emulada("POST /emulada/v1/cobros", "k", &con("importe", json!("1.00"))).await;
    assert_eq!(choque.estado, 409);
    assert_eq!(e.em.conteo("c-1").0, 1);

    let pago = |monto: &str| {
        format!(
            r#"{{"transaction_amount":{monto},"payment_method_id":"oxxo","description":"F",
            "external_reference":"m-1","payer":{{"email":"rosa@example.com"}}}}"#
        )
    };
    let una = e.mp("POST /mercadopago/v1/payments", V4, &pago("450.5")).await;
    let otra = e.mp("POST /mercadopago/v1/payments", V4, &pago("450.5")).await;
    assert_eq!((una.estado.as_u16(), &una.json()["id"]), (201, &otra.json()["id"]));
    assert_eq!(e.mp("POST /mercadopago/v1/payments", V4, &pago("450.51")).await.estado, 409);
    assert_eq!(e.em.conteo("m-1").0, 1);
}

#[tokio::test]
async fn twenty_requests_with_one_key_at_the_same_time_make_one_cobro() {
    let e = escena(None);
    let cuerpo = cobro("c-2");
    let todos = (0..20).map(|_| e.emulada("POST /emulada/v1/cobros", "k", &cuerpo));
    let respuestas = futures_util::future::join_all(todos).await;
    let primera = respuestas[0].json();
    assert!(respuestas.iter().all(|r| r.json() == primera));
    assert_eq!(e.em.conteo("c-2").0, 1);
}

#[tokio::test]
async fn mercado_pago_is_strict_with_keys_amounts_currencies_and_dates() {
    let e = escena(None);
    let preferencia = |cambio: &str| {
        format!(
            r#"{{"items":[{{"title":"F","quantity":1,"unit_price":399,"currency_id":"MXN"}}]{cambio}}}"#
        )
    };
    let ruta = "POST /mercadopago/checkout/preferences";
    for clave in ["", "cobro:1", "00000000-0000-1000-8000-000000000000"] {
        let r = e.mp(ruta, clave, &preferencia("")).await;
        assert_eq!(r.estado, 400, "{clave}");
        assert_eq!(r.json()["cause"][0]["code"], "4292", "{clave}");
    }
    let malos = [
        preferencia("").replace("399", "399.001"),
        preferencia("").replace("399", "\"399\""),
        preferencia("").replace("399", "-399"),
        preferencia("").replace("399", "0"),
        preferencia("").replace("MXN", "PEN"),
        preferencia("").replace("\"quantity\":1", "\"quantity\":0"),
        preferencia(r#","expires":true,"expiration_date_to":"2026-11-21T00:00:00Z""#),
        preferencia(r#","auto_return":"approved""#),
        preferencia(r#","notification_url":"no es una dirección""#),
        preferencia(r#","external_reference":"con espacio""#),
        preferencia(r#","inventado":1"#),
        r#"{"items":[]}"#.to_owned(),
        "hola".to_owned(),
    ];
    for (n, cuerpo) in malos.iter().enumerate() {
        let clave = format!("5f0c954e-3e20-4d3c-9c0b-{n:012}");
        let r = e.mp(ruta, &clave, cuerpo).await;
        assert_eq!(r.estado, 400, "{cuerpo}: {}", r.texto());
    }
    let buena =
        preferencia(r#","expires":true,"expiration_date_to":"2026-11-21T00:00:00.000+00:00""#);
    let r = e.mp(ruta, V4, &buena).await;
    assert_eq!(r.estado, 201, "{}", r.texto());
    // Amounts without zeros at the end, dates with their offset: as the vendor writes them.
    assert!(r.texto().contains("\"unit_price\":399,"), "{}", r.texto());
    assert_eq!(r.json()["expiration_date_to"], "2026-11-20T20:00:00.000-04:00");
    let ajena = [("authorization", "Bearer TEST-token-pe")];
    let ruta =
        format!("GET /mercadopago/checkout/preferences/{}", r.json()["id"].as_str().unwrap());
    assert_eq!(e.call(&ruta, &ajena, "").await.estado, 404, "another seller saw it");
}

#[tokio::test]
async fn stripe_is_strict_with_forms_and_names_the_field() {
    let e = escena(None);
    let buena = "amount=45000&currency=mxn&confirm=true&payment_method_types[]=oxxo\
                 &payment_method_data[type]=oxxo\
                 &payment_method_data[billing_details][name]=Rosa+Quispe\
                 &payment_method_data[billing_details][email]=rosa%40example.com";
    let malos = [
        (buena.replace("45000", "450.00"), "amount"),
        (buena.replace("45000", "0"), "amount"),
        (buena.replace("mxn", "MXN"), "currency"),
        (buena.replace("mxn", "pen"), "currency"),
        (buena.replace("Rosa+Quispe", "Rosa"), "name"),
        (format!("{buena}&inventado=1"), "inventado"),
        (format!("{buena}&amount=1"), "amount"),
        (buena.replace("confirm=true&", ""), "confirm"),
        (
            format!("{buena}&payment_method_options[oxxo][expires_after_days]=8"),
            "expires_after_days",
        ),
    ];
    for (cuerpo, campo) in malos {
        let r = e.stripe("POST /stripe/v1/payment_intents", &cuerpo).await;
        assert_eq!(r.estado, 400, "{cuerpo}: {}", r.texto());
        assert_eq!(r.json()["error"]["type"], "invalid_request_error", "{campo}");
    }
    let json = [("authorization", "Bearer sk_test_demo"), ("content-type", "application/json")];
    assert_eq!(e.call("POST /stripe/v1/payment_intents", &json, "{}").await.estado, 400);
    let r = e.stripe("POST /stripe/v1/payment_intents", buena).await;
    assert_eq!((r.estado.as_u16(), &r.json()["status"]), (200, &json!("requires_action")));

    let sesion = |fin: i64| {
        format!(
            "mode=payment&success_url=http%3A%2F%2F127.0.0.1%2Fv&line_items[0][quantity]=2\
             &line_items[0][price_data][currency]=mxn&line_items[0][price_data][unit_amount]=19950\
             &line_items[0][price_data][product_data][name]=F&expires_at={fin}"
        )
    };
    let ahora = 1_795_176_000;
    for (dentro, estado) in [(1_799, 400), (1_800, 200), (86_400, 200), (86_401, 400)] {
        let r = e.stripe("POST /stripe/v1/checkout/sessions", &sesion(ahora + dentro)).await;
        assert_eq!(r.estado, estado, "{dentro}: {}", r.texto());
    }
}

#[tokio::test]
async fn money_cannot_be_given_back_twice_nor_from_where_it_is_not() {
    let e = escena(None);
    let creado = e.emulada("POST /emulada/v1/cobros", "k", &cobro("c-3")).await.json();
    let pago = creado["pagos"][0]["id"].as_str().unwrap().to_owned();
    let ruta = format!("POST /emulada/v1/pagos/{pago}/devoluciones");
    let parte = |importe: &str| json!({ "importe": importe, "moneda": "MXN", "clave": "x" });
    assert_eq!(e.emulada(&ruta, "d0", &parte("1.00")).await.estado, 409, "nobody paid yet");
    assert_eq!(e.press(&pago, "acreditar").await, 200);
    assert_eq!(e.press(&pago, "acreditar").await, 409, "paid twice");
    assert_eq!(e.emulada(&ruta, "d1", &parte("399.01")).await.estado, 422);
    assert_eq!(e.emulada(&ruta, "d2", &parte("399.00")).await.estado, 201);
    assert_eq!(e.emulada(&ruta, "d3", &parte("0.01")).await.estado, 422);
    assert_eq!(e.press(&pago, "contracargo").await, 409, "there is nothing left to dispute");
}

#[tokio::test]
async fn a_restart_forgets_nothing_and_repeats_no_id() {
    let dir = tempfile::tempdir().unwrap();
    let e = escena(Some(dir.path()));
    let antes = e.emulada("POST /emulada/v1/cobros", "k", &cobro("c-4")).await.json();
    let pago = antes["pagos"][0]["id"].as_str().unwrap().to_owned();
    e.press(&pago, "acreditar").await;
    e.press(&pago, "contracargo").await;
    let clock = e.clock.clone();
    drop(e);

    let e = escena_at(Some(dir.path()), clock);
    let r = e.emulada(&format!("GET /emulada/v1/pagos/{pago}"), "", &Value::Null).await.json();
    assert_eq!(r["estado"], "contracargado");
    let repetido = e.emulada("POST /emulada/v1/cobros", "k", &cobro("c-4")).await.json();
    assert_eq!(repetido, antes, "the key was forgotten");
    let otro = e.emulada("POST /emulada/v1/cobros", "k2", &cobro("c-5")).await.json();
    assert_ne!(otro["id"], antes["id"]);
    assert_ne!(otro["pagos"][0]["id"], antes["pagos"][0]["id"]);
    let estado = e.call("GET /_emulador/estado", &[], "").await.json();
    assert_eq!(estado["avisos"]["por_enviar"], 4, "notices not sent yet go on: {estado}");
    assert_eq!(estado["dobles"], json!([]));
}

#[tokio::test]
async fn the_settlement_adds_up_to_the_cent() {
    let e = escena(None);
    for n in 0..3 {
        let mut cuerpo = cobro(&format!("c-6{n}"));
        cuerpo["importe"] = json!("100.05");
        let creado = e.emulada("POST /emulada/v1/cobros", &format!("k{n}"), &cuerpo).await.json();
        let pago = creado["pagos"][0]["id"].as_str().unwrap().to_owned();
        e.press(&pago, "acreditar").await;
        match n {
            1 => e.press(&pago, "devolver").await,
            2 => e.press(&pago, "contracargo").await,
            _ => 200,
        };
    }
    let ruta = "GET /emulada/v1/liquidaciones?desde=2026-11-20&hasta=2026-11-20";
    let filas = e.emulada(ruta, "", &Value::Null).await.json();
    let filas = filas["datos"].as_array().unwrap().clone();
    let suma = |campo: &str| -> i64 {
        let centavos = |f: &Value| f[campo].as_str().unwrap().replace('.', "").parse::<i64>();
        filas.iter().map(|f| centavos(f).unwrap()).sum()
    };
    assert_eq!(filas.len(), 5);
    assert_eq!((suma("bruto"), suma("comision")), (10_005, 3 * 349));
    assert_eq!(suma("neto"), suma("bruto") - suma("comision"));
    let ayer = "GET /emulada/v1/liquidaciones?desde=2026-11-19&hasta=2026-11-19";
    assert_eq!(e.emulada(ayer, "", &Value::Null).await.json()["datos"], json!([]));
    let csv = "GET /emulada/v1/liquidaciones.csv?desde=2026-11-20&hasta=2026-11-20";
    let csv = e.emulada(csv, "", &Value::Null).await.texto();
    assert_eq!(csv.lines().count(), 6);
    assert!(csv.starts_with("fecha,tipo,id,pago,externa,medio,moneda,bruto,comision,neto\r\n"));
    let sin_fecha = e.emulada("GET /emulada/v1/liquidaciones", "", &Value::Null).await;
    assert_eq!(sin_fecha.estado, 422);
}

#[tokio::test]
async fn pages_show_what_they_were_given_as_text_and_offer_what_can_be_paid() {
    let e = escena(None);
    let mut cuerpo = cobro("c-7");
    cuerpo["medio"] = json!("enlace");
    cuerpo["concepto"] = json!("<script>alert(1)</script>");
    let creado = e.emulada("POST /emulada/v1/cobros", "k1", &cuerpo).await.json();
    let ruta = creado["url"].as_str().unwrap().strip_prefix("http://em.local").unwrap().to_owned();
    let html = e.call(&format!("GET {ruta}"), &[], "").await.texto();
    assert!(!html.contains("<script") && html.contains("&lt;script&gt;"));
    assert!(html.contains("$ 399.00 MXN") && html.contains("Pagar en OXXO"));
    assert!(!html.contains("PagoEfectivo"));
    let forma = [("content-type", "application/x-www-form-urlencoded")];
    let r = e.call(&format!("POST {ruta}"), &forma, "metodo=yape&tarjeta=aprobada").await;
    assert_eq!(r.estado, 422, "a means of another country");
    e.call(&format!("POST {ruta}"), &forma, "metodo=tarjeta&tarjeta=aprobada").await;
    let r = e.call(&format!("POST {ruta}"), &forma, "metodo=tarjeta&tarjeta=aprobada").await;
    assert_eq!(e.em.conteo("c-7").1, 1, "paid twice: {}", r.estado);

    let tablero = e.call("GET /?q=c-7", &[], "").await.texto();
    assert!(tablero.contains("acreditado") && tablero.contains("pago.acreditado"));
    assert!(!tablero.contains("<script"));
    for ruta in ["GET /pagar/nadie", "GET /referencia/nadie", "GET /avisos/nadie"] {
        assert_eq!(e.call(ruta, &[], "").await.estado, 404, "{ruta}");
    }
}

#[tokio::test]
async fn the_board_leads_to_the_slip_and_to_each_notice_as_it_was_sent() {
    let e = escena(None);
    let creado = e.emulada("POST /emulada/v1/cobros", "k", &cobro("c-8")).await.json();
    let pago = creado["pagos"][0]["id"].as_str().unwrap();
    let tablero = e.call("GET /", &[], "").await.texto();
    assert!(tablero.contains(&format!("/referencia/{pago}")));
    assert!(tablero.contains("por enviar"));
    assert_eq!(e.em.send_due().await, 1);
    let tablero = e.call("GET /", &[], "").await.texto();
    assert!(tablero.contains("sin conexión (intento 1)"));
    let desde = tablero.find("/avisos/").unwrap();
    let ruta: String = tablero[desde..].chars().take_while(|c| *c != '"').collect();
    let aviso = e.call(&format!("GET {ruta}"), &[], "").await.texto();
    assert!(aviso.contains("webhook-signature: v1,") && aviso.contains("pago.creado"));
    // The button puts it in the queue at once; without it, it waits for its turn.
    assert_eq!(e.em.send_due().await, 0);
    assert_eq!(e.call(&format!("POST {ruta}/reenviar"), &[], "").await.estado, 303);
    assert_eq!(e.em.send_due().await, 1);
    e.clock.advance(86_400_000);
    assert_eq!(e.em.send_due().await, 1, "it goes on insisting");
}
