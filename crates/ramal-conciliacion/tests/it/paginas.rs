//! The pages: what a person sees, does without script, and what is kept from him.

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request};
use axum::{Extension, Router};
use ramal_conciliacion::EstadoRenglon;
use ramal_plataforma::Identidad;
use ramal_testkit::both_engines;
use ramal_web::{App, Entorno, assemble};
use tower::ServiceExt;

use crate::mundo::{MIGRACIONES, Mundo, extracto};

const D19: &str = "19/11/2026";

/// A page as it came back.
struct Pantalla {
    estado: u16,
    cabeceras: HeaderMap,
    html: String,
}

impl Pantalla {
    fn lugar(&self) -> &str {
        self.cabeceras.get("location").and_then(|v| v.to_str().ok()).unwrap_or("")
    }

    fn header(&self, nombre: &str) -> &str {
        self.cabeceras.get(nombre).and_then(|v| v.to_str().ok()).unwrap_or("")
    }

    /// Value of the first hidden field with a name, after a mark.
    fn oculto(&self, tras: &str, nombre: &str) -> String {
        let desde = self.html.find(tras).unwrap_or(0);
        let marca = format!("name=\"{nombre}\" value=\"");
        let resto = self.html[desde..].split_once(&marca).map_or("", |(_, resto)| resto);
        resto.split('"').next().unwrap_or("").to_owned()
    }

    fn has(&self, texto: &str) -> bool {
        self.html.contains(texto)
    }
}

/// Somebody in front of the pages.
struct Navegador(Router);

impl Navegador {
    fn new(m: &Mundo, permisos: &[&str]) -> Navegador {
        let entorno = Entorno::prueba();
        let app = App::new(m.db.clone(), m.cx.clone(), m.objetos.clone(), entorno);
        let quien = Identidad::prueba(permisos);
        let sitio = ramal_conciliacion::sitio().wrap(|r| r.layer(Extension(quien)));
        Navegador(assemble(app, vec![], sitio))
    }

    async fn get(&self, ruta: &str) -> Pantalla {
        self.send(Request::get(ruta).body(Body::empty()).unwrap()).await
    }

    async fn post(&self, ruta: &str, campos: &[(&str, &str)]) -> Pantalla {
        let pares = campos.iter().map(|(n, v)| format!("{}={}", percent(n), percent(v)));
        let cuerpo = pares.collect::<Vec<_>>().join("&");
        let tipo = "application/x-www-form-urlencoded";
        let pedido = Request::post(ruta).header("content-type", tipo);
        self.send(pedido.body(Body::from(cuerpo)).unwrap()).await
    }

    async fn upload(
        &self,
        ruta: &str,
        campos: &[(&str, &str)],
        (nombre, bytes): (&str, &[u8]),
    ) -> Pantalla {
        let mut cuerpo = Vec::new();
        for (campo, valor) in campos {
            let parte = format!(
                "--xx\r\nContent-Disposition: form-data; name=\"{campo}\"\r\n\r\n{valor}\r\n"
            );
            cuerpo.extend(parte.into_bytes());
        }
        let cabeza = format!(
            "--xx\r\nContent-Disposition: form-data; name=\"archivo\"; filename=\"{nombre}\"\r\n\
             Content-Type: text/html\r\n\r\n"
        );
        cuerpo.extend(cabeza.into_bytes());
        cuerpo.extend(bytes);
        cuerpo.extend(b"\r\n--xx--\r\n");
        let pedido = Request::post(ruta).header("content-type", "multipart/form-data; boundary=xx");
        self.send(pedido.body(Body::from(cuerpo)).unwrap()).await
    }

    async fn send(&self, pedido: Request<Body>) -> Pantalla {
        let respuesta = self.0.clone().oneshot(pedido).await.unwrap();
        let (partes, cuerpo) = respuesta.into_parts();
        let bytes = to_bytes(cuerpo, 16 << 20).await.unwrap();
        let html = String::from_utf8_lossy(&bytes).into_owned();
        Pantalla { estado: partes.status.as_u16(), cabeceras: partes.headers, html }
    }
}

fn percent(texto: &str) -> String {
    texto.bytes().map(|b| format!("%{b:02X}")).collect()
}

const FOTO: &[u8] = b"\xFF\xD8\xFF\xE0foto";

both_engines! {
    migraciones: MIGRACIONES;

    async fn a_statement_is_brought_and_resolved_by_hand(db: ramal_db::Db) {
        let m = Mundo::new(db).await;
        let uno = m.cliente(1, "Ana Quispe Rojas").await;
        let dos = m.cliente(2, "Ana Quispe Rojas").await;
        m.factura(&uno, "99.90").await;
        m.factura(&dos, "99.90").await;
        let n = Navegador::new(&m, &["*"]);
        let p = n.get("/facturacion/conciliacion/importar").await;
        assert_eq!(p.estado, 200);
        let csrf = p.oculto("", "_csrf");
        let texto = extracto(&[
            (D19, "1", "ABONO", "PLIN DE ANA QUISPE ROJAS", 9_990),
            (D19, "2", "ABONO", "DEPOSITO", 35_000),
        ]);
        let bytes: Vec<u8> =
            texto.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
        let cuenta = m.cuenta.to_string();
        let campos = [("_csrf", csrf.as_str()), ("cuenta", cuenta.as_str())];
        let p = n.upload("/facturacion/conciliacion/importar", &campos, ("e.csv", &bytes)).await;
        assert_eq!((p.estado, p.lugar()), (303, "/facturacion/conciliacion/L-1"));
        m.work().await;
        let p = n.get("/facturacion/conciliacion/L-1").await;
        assert_eq!(p.estado, 200);
        assert!(p.has("2 movimientos") && p.has("2 por resolver"), "{}", p.html);
        assert_eq!(p.html.matches("monto exacto").count(), 2);
        assert!(p.html.len() < 60_000);
        let lote = n.get("/facturacion/conciliacion").await;
        assert!(lote.has("/facturacion/conciliacion/L-1"));
        let filas = m.renglones(&m.lote(first(&m).await).await).await;
        let ruta = format!("/facturacion/conciliacion/renglones/{}", filas[0].id);
        let marca = format!("{ruta}/aceptar");
        let campos = |v: &str| vec![
            ("_csrf".to_owned(), p.oculto(&marca, "_csrf")),
            ("_idem".to_owned(), p.oculto(&marca, "_idem")),
            ("version".to_owned(), p.oculto(&marca, "version")),
            ("sugerencia".to_owned(), v.to_owned()),
        ];
        for _ in 0..2 {
            let dichos = campos("0");
            let dichos: Vec<(&str, &str)> =
                dichos.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
            let hecho = n.post(&marca, &dichos).await;
            assert_eq!((hecho.estado, hecho.lugar()), (303, "/facturacion/conciliacion/L-1"));
        }
        assert_eq!(m.vigentes().await, 1);
        assert_eq!(m.renglones(&m.lote(first(&m).await).await).await[0].estado,
            EstadoRenglon::Conciliado);
    }

    async fn another_customer_is_looked_for_and_chosen_without_script(db: ramal_db::Db) {
        let m = Mundo::new(db).await;
        let ana = m.cliente(1, "Ana Quispe Rojas").await;
        let f = m.factura(&ana, "99.90").await;
        m.factura(&ana, "50.00").await;
        let lote = m.import(&extracto(&[(D19, "2", "ABONO", "DEPOSITO", 12_000)])).await;
        let fila = m.renglones(&lote).await.remove(0);
        let n = Navegador::new(&m, &["*"]);
        let ruta = format!("/facturacion/conciliacion/renglones/{}", fila.id);
        let p = n.get(&format!("{ruta}?q=quispe")).await;
        let elegir = format!("{ruta}?cliente={}", ana.codigo());
        assert!(p.has(&elegir), "{}", p.html);
        let p = n.get(&elegir).await;
        assert!(p.has(&f.numero()));
        let marca = "id=\"elegido\"";
        let (csrf, idem) = (p.oculto(marca, "_csrf"), p.oculto(marca, "_idem"));
        let (version, id) = (p.oculto(marca, "version"), f.id.to_string());
        let codigo = ana.codigo();
        let campos = [
            ("_csrf", csrf.as_str()),
            ("_idem", idem.as_str()),
            ("version", version.as_str()),
            ("cliente", codigo.as_str()),
            ("reparto", "facturas"),
            ("facturas", id.as_str()),
        ];
        let hecho = n.post(&format!("{ruta}/resolver"), &campos).await;
        assert_eq!(hecho.estado, 303, "{}", hecho.html);
        assert_eq!(m.again(&f).await.estado, "pagada");
        assert_eq!(m.saldo(&ana).await, (5_000, 2_010));
        let p = n.get(&ruta).await;
        let idem = p.oculto("/deshacer", "_idem");
        let campos = [("_csrf", csrf.as_str()), ("_idem", idem.as_str())];
        assert_eq!(n.post(&format!("{ruta}/deshacer"), &campos).await.estado, 303);
        assert_eq!(m.saldo(&ana).await, (14_990, 0));
    }

    async fn a_split_that_does_not_add_up_keeps_what_was_typed(db: ramal_db::Db) {
        let m = Mundo::new(db).await;
        let ana = m.cliente(1, "Ana Quispe Rojas").await;
        let lote = m.import(&extracto(&[(D19, "2", "ABONO", "DEPOSITO", 12_000)])).await;
        let fila = m.renglones(&lote).await.remove(0);
        let n = Navegador::new(&m, &["*"]);
        let ruta = format!("/facturacion/conciliacion/renglones/{}", fila.id);
        let p = n.get(&ruta).await;
        let (csrf, codigo) = (p.oculto("", "_csrf"), ana.codigo());
        let campos = [
            ("_csrf", csrf.as_str()),
            ("_idem", "una-clave-de-prueba"),
            ("dividir", "si"),
            ("cliente0", codigo.as_str()),
            ("importe0", "100.00"),
        ];
        let p = n.post(&format!("{ruta}/resolver"), &campos).await;
        assert_eq!(p.estado, 422);
        assert!(p.has("Las partes suman 100.00 y el movimiento es de 120.00"), "{}", p.html);
        assert!(p.has("value=\"100.00\""));
        assert_eq!(m.vigentes().await, 0);
    }

    async fn the_public_door_takes_a_photo_and_gives_nothing_back(db: ramal_db::Db) {
        let m = Mundo::new(db).await;
        let ana = m.cliente(1, "Ana Quispe Rojas").await;
        let f = m.factura(&ana, "99.90").await;
        let firma = Entorno::prueba().firma;
        let ruta = format!(
            "{}/comprobante",
            ramal_facturacion::enlace_publico(&firma, f.id.uuid())
        );
        let n = Navegador::new(&m, &[]);
        let p = n.get(&ruta).await;
        assert_eq!(p.estado, 200, "{}", p.html);
        assert!(p.has(&f.numero()) && !p.has("Quispe"));
        assert_eq!(p.header("x-robots-tag"), "noindex, nofollow");
        let csrf = p.oculto("", "_csrf");
        let campos =
            [("_csrf", csrf.as_str()), ("medio", "yape"), ("operacion", "00765432")];
        let mala = n.upload(&ruta, &campos, ("x.html", b"<script>alert(1)</script>")).await;
        assert_eq!(mala.estado, 422);
        assert!(mala.has("Enviar una foto"));
        let p = n.upload(&ruta, &campos, ("foto.jpg", FOTO)).await;
        assert_eq!((p.estado, p.lugar()), (303, format!("{ruta}?recibido").as_str()));
        assert!(n.get(&format!("{ruta}?recibido")).await.has("Comprobante recibido."));
        let tocado = ruta.replacen("/f/", "/f/0", 1);
        assert_eq!(n.get(&tocado).await.estado, 404);
        let ajeno = n.upload(&ruta, &[("_csrf", "x"), ("medio", "yape")], ("f.jpg", FOTO)).await;
        assert_eq!(ajeno.estado, 403);
        assert_eq!(m.count("SELECT COUNT(*) FROM comprobantes_pago").await, 1);
    }

    async fn a_proof_is_reviewed_beside_its_photo(db: ramal_db::Db) {
        let m = Mundo::new(db).await;
        let ana = m.cliente(1, "Ana Quispe Rojas").await;
        let f = m.factura(&ana, "99.90").await;
        let n = Navegador::new(&m, &["*"]);
        let p = n.get(&format!("/facturacion/comprobantes/nuevo?cliente={}", ana.codigo())).await;
        let (csrf, codigo) = (p.oculto("", "_csrf"), ana.codigo());
        let campos = [
            ("_csrf", csrf.as_str()),
            ("cliente", codigo.as_str()),
            ("medio", "yape"),
            ("operacion", "00765432"),
            ("importe", "99,90"),
            ("fecha", "2026-11-19"),
        ];
        let p = n.upload("/facturacion/comprobantes/nuevo", &campos, ("f.jpg", FOTO)).await;
        assert_eq!((p.estado, p.lugar()), (303, "/facturacion/comprobantes/CP-1"), "{}", p.html);
        let imagen = n.get("/facturacion/comprobantes/CP-1/imagen").await;
        assert_eq!(imagen.header("content-type"), "image/jpeg");
        assert_eq!(imagen.header("content-security-policy"), "default-src 'none'; sandbox");
        assert_eq!(imagen.header("x-content-type-options"), "nosniff");
        let archivo = n.get("/facturacion/comprobantes/CP-1/archivo").await;
        assert!(archivo.header("content-disposition").starts_with("attachment"));
        let p = n.get("/facturacion/comprobantes/CP-1").await;
        assert!(p.has("/facturacion/comprobantes/CP-1/imagen") && p.has("value=\"99.90\""));
        let marca = "CP-1/aprobar";
        let (idem, version) = (p.oculto(marca, "_idem"), p.oculto(marca, "version"));
        let campos = [
            ("_csrf", csrf.as_str()),
            ("_idem", idem.as_str()),
            ("version", version.as_str()),
            ("medio", "yape"),
            ("operacion", "00765432"),
            ("importe", "99.90"),
            ("fecha", "2026-11-19"),
        ];
        for _ in 0..2 {
            let hecho = n.post("/facturacion/comprobantes/CP-1/aprobar", &campos).await;
            assert_eq!((hecho.estado, hecho.lugar()), (303, "/facturacion/comprobantes"),
                "{}", hecho.html);
        }
        assert_eq!((m.vigentes().await, m.again(&f).await.estado.as_str()), (1, "pagada"));
        assert!(n.get("/facturacion/comprobantes/CP-1").await.has("Por conciliar"));
        assert!(n.get("/facturacion/comprobantes?estado=aprobado").await.has("CP-1"));
    }

    async fn every_page_opens_and_none_without_its_permission(db: ramal_db::Db) {
        let m = Mundo::new(db).await;
        m.import(&extracto(&[(D19, "2", "ABONO", "DEPOSITO", 12_000)])).await;
        let n = Navegador::new(&m, &["*"]);
        let nadie = Navegador::new(&m, &["clientes:leer"]);
        let cuenta = format!("/facturacion/conciliacion/cuentas/{}", m.cuenta);
        for ruta in [
            "/facturacion/conciliacion",
            "/facturacion/conciliacion/importar",
            "/facturacion/conciliacion/cuentas",
            "/facturacion/conciliacion/cuentas/nueva",
            &cuenta,
            "/facturacion/conciliacion/L-1",
            "/facturacion/conciliacion/L-1?estado=todos",
            "/facturacion/conciliacion/L-1/cerrar",
            "/facturacion/comprobantes",
            "/facturacion/comprobantes?estado=todos",
            "/facturacion/comprobantes/nuevo",
        ] {
            let p = n.get(ruta).await;
            assert_eq!(p.estado, 200, "{ruta}: {}", p.html);
            assert!(!p.has("conciliacion-"), "a key without text in {ruta}");
            assert_eq!(nadie.get(ruta).await.estado, 403, "{ruta}");
        }
        let lector = Navegador::new(&m, &["conciliacion:leer"]);
        let p = lector.get("/facturacion/conciliacion/L-1").await;
        assert!(!p.has("/aceptar") && !p.has("/cerrar"));
    }
}

async fn first(m: &Mundo) -> ramal_conciliacion::LoteId {
    let lote = ramal_conciliacion::storage::lotes::by_numero(&m.db, 1).await;
    lote.unwrap().unwrap().id
}
