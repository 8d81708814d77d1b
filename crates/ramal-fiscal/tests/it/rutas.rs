//! The routes: lists, history, files, retry, voiding, certificates; and the export and printed
//! forms.

use axum::Extension;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use ramal_db::Db;
use ramal_fiscal::export::{Exportacion, Impresos};
use ramal_fiscal::jobs::TRABAJO_CERTIFICADOS;
use ramal_fiscal::{Tipo, impreso};
use ramal_jobs::{NuevoTrabajo, enqueue};
use ramal_plataforma::{NuevaClave, create_clave};
use ramal_testkit::both_engines;
use ramal_web::{App, Entorno, Sitio, assemble};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::mundo::{DIA, MIGRACIONES, MINUTO, Mundo};

struct Api {
    router: Router,
    clave: String,
}

impl Api {
    async fn new(m: &Mundo) -> Api {
        let app = App::new(m.db.clone(), m.cx.clone(), m.objetos.clone(), Entorno::prueba());
        let router = assemble(app, vec![ramal_fiscal::rutas()], Sitio::new())
            .layer(Extension(m.sello.clone()));
        let tx = m.db.begin().await.unwrap();
        let nueva = NuevaClave { nombre: "p".into(), permisos: vec!["*".into()] };
        let clave = create_clave(&tx, &m.cx, nueva).await.unwrap().texto;
        tx.commit().await.unwrap();
        Api { router, clave }
    }

    async fn raw(&self, metodo: &str, ruta: &str, cuerpo: &str) -> (StatusCode, Vec<u8>) {
        let peticion = Request::builder()
            .method(metodo)
            .uri(format!("/api/v1{ruta}"))
            .header("content-type", "application/json")
            .header("authorization", format!("Bearer {}", self.clave))
            .body(Body::from(cuerpo.to_owned()))
            .unwrap();
        let r = self.router.clone().oneshot(peticion).await.unwrap();
        let estado = r.status();
        (estado, to_bytes(r.into_body(), 1 << 24).await.unwrap().to_vec())
    }

    async fn json(&self, metodo: &str, ruta: &str, cuerpo: &str) -> (u16, Value) {
        let (estado, bytes) = self.raw(metodo, ruta, cuerpo).await;
        (estado.as_u16(), serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }
}

both_engines! {
    migraciones: MIGRACIONES;

    async fn a_document_is_found_read_and_voided_over_http(db: Db) {
        let m = Mundo::new(db).await;
        let id = m.issue(Tipo::Factura, 11_800).await;
        m.drain().await;
        let api = Api::new(&m).await;
        let (estado, lista) = api.json("GET", "/comprobantes?estado=aceptado", "").await;
        assert_eq!((estado, lista["datos"][0]["numero"].as_str()), (200, Some("F001-1")));
        assert_eq!(lista["datos"][0]["total"], "118.00");
        assert_eq!(api.json("GET", "/comprobantes?estado=raro", "").await.0, 422);
        let (_, uno) = api.json("GET", &format!("/comprobantes/{id}"), "").await;
        assert_eq!(uno["historia"].as_array().unwrap().len(), 2);
        let (_, conteos) = api.json("GET", "/comprobantes/conteos", "").await;
        assert_eq!(conteos, json!([{"estado": "aceptado", "cantidad": 1}]));
        for (cosa, inicio) in [("xml", &b"<?xml"[..]), ("pdf", b"%PDF"), ("cdr", b"PK")] {
            let (estado, bytes) = api.raw("GET", &format!("/comprobantes/{id}/{cosa}"), "").await;
            assert!(estado.is_success() && bytes.starts_with(inicio), "{cosa} {estado}");
        }
        assert_eq!(api.json("GET", &format!("/comprobantes/{id}/acuse"), "").await.0, 404);
        assert_eq!(api.json("POST", &format!("/comprobantes/{id}/reintentar"), "").await.0, 409);
        let baja = json!({"texto": "Error en el importe"}).to_string();
        let (estado, r) = api.json("POST", &format!("/comprobantes/{id}/baja"), &baja).await;
        assert_eq!((estado, r["estado"].as_str()), (202, Some("baja_pendiente")));
        let series = api.json("GET", &format!("/emisores/{}/series", m.pe.id), "").await.1;
        assert_eq!(series[0]["siguiente"], 2);
    }

    async fn a_certificate_is_loaded_and_its_days_are_shown(db: Db) {
        let m = Mundo::new(db).await;
        let api = Api::new(&m).await;
        let (_, lista) = api.json("GET", "/certificados", "").await;
        assert_eq!(lista.as_array().unwrap().len(), 2);
        assert_eq!(lista[0]["dias"], 1460);
        let ruta = format!("/emisores/{}/certificado", m.pe.id);
        assert_eq!(api.json("POST", &ruta, r#"{"pem":"nada"}"#).await.0, 422);
        assert_eq!(api.json("POST", &ruta, "{}").await.0, 422);
        let datos = ramal_cfdi::csd::DatosPrueba {
            rfc: m.mx.numero.clone().into(),
            razon_social: m.mx.razon_social.clone().into(),
            desde_ms: m.cx.now().millis() - 1_000,
            hasta_ms: m.cx.now().millis() + 86_400_000,
            consecutivo: 9,
        };
        let (cer, key) =
            ramal_cfdi::Csd::prueba(&datos).unwrap().to_archivos("12345678a").unwrap();
        let cuerpo = json!({
            "cer": ramal_xml::b64::encode(&cer),
            "key": ramal_xml::b64::encode(&key),
            "contrasena": "12345678a",
        });
        let ruta = format!("/emisores/{}/certificado", m.mx.id);
        let (estado, r) = api.json("POST", &ruta, &cuerpo.to_string()).await;
        assert_eq!((estado, r["dias"].as_i64()), (201, Some(1)), "{r}");
        assert!(!r.to_string().contains("12345678a"));
    }

    async fn the_export_names_each_file_by_the_norm(db: Db) {
        let m = Mundo::new(db).await;
        let mx = m.issue(Tipo::Ingreso, 50_000).await;
        m.issue(Tipo::Factura, 11_800).await;
        m.drain().await;
        m.pass(MINUTO, 1).await;
        let impresos = Impresos::Con(ramal_pdf::Papel::A4);
        let mut e = Exportacion::new(m.db.clone(), m.cx.clone(), m.objetos.clone(), impresos)
            .await
            .unwrap();
        let mut nombres = Vec::new();
        while let Some(archivos) = e.next().await.unwrap() {
            nombres.extend(archivos.into_iter().map(|a| a.nombre));
        }
        let fila = m.fila(mx).await;
        let base = format!("EKU9003173C9_{}_1_{}", fila.serie, fila.uuid_fiscal.unwrap());
        let esperados = [
            format!("{base}.xml"),
            format!("{base}.pdf"),
            "20600000005-01-F001-1.xml".to_owned(),
            "R-20600000005-01-F001-1.zip".to_owned(),
            "20600000005-01-F001-1.pdf".to_owned(),
        ];
        assert_eq!(nombres, esperados);
    }

    async fn the_printed_form_says_what_the_law_asks_and_that_it_is_a_test(db: Db) {
        let m = Mundo::new(db).await;
        let mx = m.issue(Tipo::Ingreso, 61_848).await;
        let pe = m.issue(Tipo::Factura, 10_000).await;
        m.drain().await;
        let fila = m.fila(mx).await;
        let f = impreso::form(&m.db, &m.objetos, &fila).await.unwrap();
        assert_eq!(f.marca.unwrap().texto, "SIN VALIDEZ FISCAL");
        let qr = f.qr.unwrap().texto;
        assert!(qr.contains("&re=EKU9003173C9&rr=CACX7605101P8&tt=618.48&fe="), "{qr}");
        assert!(qr.contains(&fila.uuid_fiscal.unwrap()));
        assert_eq!(f.importe_en_letras, "SEISCIENTOS DIECIOCHO PESOS 48/100 M.N.");
        assert!(f.sellos.iter().any(|d| d.valor.starts_with("||1.1|")));
        let fila = m.fila(pe).await;
        let f = impreso::form(&m.db, &m.objetos, &fila).await.unwrap();
        let qr = f.qr.unwrap().texto;
        assert_eq!(qr, "20600000005|01|F001|1|15.25|100.00|2026-11-20|6|20512333797|");
        assert_eq!(f.importe_en_letras, "SON CIEN CON 00/100 SOLES");
        assert_eq!(f.sellos[0].valor, fila.digest);
        assert_eq!(f.titulo, "FACTURA ELECTRÓNICA");
        assert_eq!(f.totales.last().unwrap().valor, "100.00");
    }

    async fn a_certificate_that_ends_soon_is_told_once(db: Db) {
        let m = Mundo::new(db).await;
        m.reloj.advance(1_440 * DIA);
        for _ in 0..2 {
            let tx = m.db.begin().await.unwrap();
            let trabajo = NuevoTrabajo::new(TRABAJO_CERTIFICADOS, json!({}));
            enqueue(&tx, &m.cx, trabajo).await.unwrap();
            tx.commit().await.unwrap();
            m.drain().await;
        }
        let avisos = "SELECT COUNT(*) FROM eventos WHERE tipo = 'certificado.por_vencer'";
        assert_eq!(m.count(avisos).await, 2, "one per emisor, however often it is looked at");
    }
}
