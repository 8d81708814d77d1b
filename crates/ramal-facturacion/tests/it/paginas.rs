//! The pages: what they show, what they refuse, what they do only once.

use ramal_base::Pais;
use ramal_clientes::DatosCliente;
use ramal_db::Db;
use ramal_fiscal::Estado;
use ramal_testkit::both_engines;
use ramal_web::pagina::Acceso;
use serde_json::json;

use crate::mundo::{MIGRACIONES, Mundo};
use crate::sala::{Pagina, Sala};

const CORRIDA: &str = "/facturacion/corridas/2026-12-01";

/// A company with `n` customers of one service each, and its pages.
async fn with_services(db: Db, n: u32) -> (Mundo, Sala) {
    let m = Mundo::new(db, Pais::Pe).await;
    for i in 0..n {
        let cliente = m.cliente(i).await;
        m.servicio(&cliente, 39_900).await;
    }
    let sala = Sala::of(&m, &["*"]);
    (m, sala)
}

/// The preview of December, ready.
async fn preview(m: &Mundo, sala: &Sala) -> Pagina {
    let nueva = sala.get("/facturacion/corridas/nueva").await;
    let ruta = "/facturacion/corridas/nueva";
    let pedida = sala.post(&nueva, ruta, &[("fecha", "2026-12-01")]).await;
    assert_eq!(pedida.estado, 303, "{}", pedida.texto);
    m.work().await;
    sala.get(&format!("{CORRIDA}/revisar")).await
}

async fn confirm(sala: &Sala, revisar: &Pagina, cantidad: &str) -> Pagina {
    let (previa, huella) = (revisar.field("previa"), revisar.field("huella"));
    let idem = revisar.field("_idem");
    let campos = [
        ("_idem", idem.as_str()),
        ("previa", previa.as_str()),
        ("huella", huella.as_str()),
        ("cantidad", cantidad),
    ];
    sala.post(revisar, &format!("{CORRIDA}/emitir"), &campos).await
}

both_engines! {
    migraciones: MIGRACIONES;

    async fn a_name_that_is_markup_is_shown_as_text(db: Db) {
        let m = Mundo::new(db, Pais::Pe).await;
        let cliente = m
            .sign_up(DatosCliente {
                tipo_documento: "DNI".into(),
                numero_documento: "40000001".into(),
                razon_social: "<img src=x onerror=alert(1)>".into(),
                ..DatosCliente::default()
            })
            .await;
        let id = m.factura(&cliente, "118.00").await;
        m.work().await;
        let sala = Sala::of(&m, &["*"]);
        let enlace =
            ramal_facturacion::enlace_publico(&ramal_web::Entorno::prueba().firma, id.uuid());
        for ruta in [
            "/facturacion/facturas".to_owned(),
            "/facturacion/facturas/B001-1".to_owned(),
            "/facturacion/facturas?q=%3Cscript%3E".to_owned(),
            "/admin/clientes/C-1/facturas".to_owned(),
            "/admin/clientes/C-1/cuenta".to_owned(),
            "/facturacion/facturas/B001-1/imprimir".to_owned(),
            enlace,
        ] {
            let pagina = sala.get(&ruta).await;
            assert_eq!(pagina.estado, 200, "{ruta}: {}", pagina.texto);
            assert!(!pagina.texto.contains("<img src=x"), "{ruta}");
            assert!(!pagina.texto.contains("<script>"), "{ruta}");
        }
    }

    async fn an_invoice_is_found_by_what_is_at_hand(db: Db) {
        let m = Mundo::new(db, Pais::Pe).await;
        let (a, b) = (m.cliente(7).await, m.cliente(8).await);
        m.factura(&a, "118.00").await;
        m.factura(&b, "59.00").await;
        m.work().await;
        let sala = Sala::of(&m, &["facturas:leer"]);
        for (q, esta, falta) in [
            ("B001-1", "B001-1<", "B001-2<"),
            ("b001-00000002", "B001-2<", "B001-1<"),
            ("C-1", "B001-1<", "B001-2<"),
            ("40000008", "B001-2<", "B001-1<"),
            ("numero%207", "B001-1<", "B001-2<"),
        ] {
            let pagina = sala.get(&format!("/facturacion/facturas?q={q}")).await;
            assert!(pagina.texto.contains(esta), "{q}: {}", pagina.texto);
            assert!(!pagina.texto.contains(falta), "{q}");
        }
        let nada = sala.get("/facturacion/facturas?q=zzz&estado=pagada").await;
        assert!(nada.texto.contains("Nada coincide con 2 filtros"), "{}", nada.texto);
        let hallada = ramal_facturacion::search(&m.db, "B001-00000002", 5).await.unwrap();
        assert_eq!(hallada.len(), 1);
        assert_eq!(hallada[0].ruta, "/facturacion/facturas/B001-2");
    }

    async fn a_run_confirmed_twice_is_one_run(db: Db) {
        let (m, sala) = with_services(db, 3).await;
        let revisar = preview(&m, &sala).await;
        assert!(revisar.texto.contains("S/\u{a0}1,197.00"), "{}", revisar.texto);
        assert_eq!(m.count("SELECT COUNT(*) FROM facturas").await, 0, "looking takes no number");
        let primera = confirm(&sala, &revisar, "3").await;
        assert_eq!((primera.estado, primera.header("location")), (303, CORRIDA));
        let otra = confirm(&sala, &revisar, "3").await;
        assert_eq!((otra.estado, otra.header("location")), (303, CORRIDA));
        m.work().await;
        assert_eq!(m.count("SELECT COUNT(*) FROM facturas").await, 3);
        let pedidas = "SELECT COUNT(*) FROM auditoria WHERE accion = 'facturacion.ejecutar'";
        assert_eq!(m.count(pedidas).await, 1);
        let avance = sala.get(CORRIDA).await;
        assert_eq!(avance.estado, 200);
        assert!(avance.texto.contains("0 de 3"), "{}", avance.texto);
    }

    async fn what_changed_since_the_look_is_refused_with_who_changed(db: Db) {
        let (m, sala) = with_services(db, 2).await;
        let revisar = preview(&m, &sala).await;
        let nuevo = m.cliente(9).await;
        m.servicio(&nuevo, 12_345).await;
        let cambio = confirm(&sala, &revisar, "2").await;
        assert_eq!(cambio.estado, 409);
        assert!(cambio.texto.contains("Cliente Número 9"), "{}", cambio.texto);
        assert!(cambio.texto.contains("123.45"), "{}", cambio.texto);
        m.work().await;
        assert_eq!(m.count("SELECT COUNT(*) FROM facturas").await, 0);
        let revisar = preview(&m, &sala).await;
        assert_eq!(confirm(&sala, &revisar, "3").await.estado, 303);
        m.work().await;
        assert_eq!(m.count("SELECT COUNT(*) FROM facturas").await, 3);
    }

    async fn a_wrong_quantity_issues_nothing_and_says_the_right_one(db: Db) {
        let (m, sala) = with_services(db, 2).await;
        let revisar = preview(&m, &sala).await;
        let mal = confirm(&sala, &revisar, "20").await;
        assert_eq!(mal.estado, 422);
        assert!(mal.texto.contains("Para emitir, escribir 2."), "{}", mal.texto);
        assert!(mal.texto.contains("value=\"20\""), "what was typed stays");
        m.work().await;
        assert_eq!(m.count("SELECT COUNT(*) FROM corridas").await, 0);
    }

    async fn a_paused_run_waits_and_goes_on_without_repeating(db: Db) {
        let (m, sala) = with_services(db, 2).await;
        let revisar = preview(&m, &sala).await;
        confirm(&sala, &revisar, "2").await;
        let avance = sala.get(CORRIDA).await;
        let pausa = sala.post(&avance, &format!("{CORRIDA}/pausar"), &[]).await;
        assert_eq!(pausa.estado, 303);
        m.work().await;
        assert_eq!(m.count("SELECT COUNT(*) FROM facturas").await, 0);
        let pausada = sala.get(CORRIDA).await;
        assert!(pausada.texto.contains("En pausa"), "{}", pausada.texto);
        let idem = pausada.field("_idem");
        let sigue = sala.post(&pausada, &format!("{CORRIDA}/seguir"), &[("_idem", &idem)]).await;
        assert_eq!(sigue.estado, 303);
        m.work().await;
        assert_eq!(m.count("SELECT COUNT(*) FROM facturas").await, 2);
    }

    async fn only_what_failed_is_tried_again(db: Db) {
        let (m, sala) = with_services(db, 3).await;
        m.run("2026-12-01").await;
        let filas = m.filas().await;
        m.answer(filas[0].id, Estado::Aceptado).await;
        m.answer(filas[1].id, Estado::Rechazado).await;
        m.answer(filas[2].id, Estado::Aceptado).await;
        let corrida = sala.get(CORRIDA).await;
        assert!(corrida.texto.contains("Reintentar estas 1"), "{}", corrida.texto);
        let campos = [("codigo", "x"), ("estado", "rechazada")];
        let ruta = format!("{CORRIDA}/reintentar");
        let pedida = sala.post(&corrida, &ruta, &campos).await;
        assert_eq!(pedida.estado, 303, "{}", pedida.texto);
        assert!(pedida.header("location").starts_with("/facturacion/tandas/"));
        m.work().await;
        assert_eq!(m.count("SELECT COUNT(*) FROM tanda_items").await, 1);
        assert_eq!(m.count("SELECT COUNT(*) FROM comprobantes").await, 4);
        let nueva = m.fila(filas[1].id).await;
        assert_eq!((nueva.folio, m.fila(filas[0].id).await.folio), (4, filas[0].folio));
    }

    async fn looking_at_a_note_takes_no_number_and_sending_it_twice_issues_one(db: Db) {
        let m = Mundo::new(db, Pais::Pe).await;
        let cliente = m.cliente(1).await;
        let id = m.factura(&cliente, "118.00").await;
        m.work().await;
        m.answer(id, Estado::Aceptado).await;
        let sala = Sala::of(&m, &["*"]);
        let ruta = "/facturacion/facturas/B001-1/notas";
        let forma = sala.get(&format!("{ruta}?sentido=credito")).await;
        let idem = forma.field("_idem");
        let mut campos = vec![
            ("_idem", idem.as_str()),
            ("sentido", "credito"),
            ("motivo", "09"),
            ("sustento", "Corte del servicio"),
            ("lineas[0].linea", "1"),
            ("lineas[0].importe", "18,00"),
        ];
        let revisar = sala.post(&forma, ruta, &campos).await;
        assert_eq!(revisar.estado, 200);
        assert!(revisar.texto.contains("18.00"), "{}", revisar.texto);
        assert_eq!(m.count("SELECT COUNT(*) FROM facturas").await, 1);
        campos.push(("_paso", "hacer"));
        let hecha = sala.post(&revisar, ruta, &campos).await;
        assert_eq!(hecha.header("location"), "/facturacion/facturas/BC01-1", "{}", hecha.texto);
        let otra = sala.post(&revisar, ruta, &campos).await;
        assert_eq!(otra.header("location"), "/facturacion/facturas/BC01-1");
        assert_eq!(m.count("SELECT COUNT(*) FROM facturas").await, 2);
        campos[5].1 = "500.00";
        campos[0].1 = "otra-clave-1";
        let exceso = sala.post(&revisar, ruta, &campos).await;
        assert_eq!(exceso.estado, 422);
        assert!(exceso.texto.contains("quedan 100.00"), "{}", exceso.texto);
        assert!(exceso.texto.contains("Corte del servicio"), "what was typed stays");
    }

    async fn voiding_tells_the_legal_road_before_the_button(db: Db) {
        let m = Mundo::new(db, Pais::Pe).await;
        let cliente = m.cliente(1).await;
        let id = m.factura(&cliente, "118.00").await;
        m.work().await;
        let sala = Sala::of(&m, &["*"]);
        let ruta = "/facturacion/facturas/B001-1/anular";
        let espera = sala.get(ruta).await;
        assert!(espera.texto.contains("aún no responde"), "{}", espera.texto);
        assert!(!espera.texto.contains("name=\"sustento\""));
        m.answer(id, Estado::Aceptado).await;
        let forma = sala.get(ruta).await;
        assert!(forma.texto.contains("hasta el 27 nov 2026"), "{}", forma.texto);
        let campos = [("sustento", "Se cobró dos veces"), ("_idem", "anular-uno")];
        let revisar = sala.post(&forma, ruta, &campos).await;
        assert_eq!(revisar.estado, 200, "{}", revisar.texto);
        assert_eq!(m.fila(id).await.estado, "emitida");
        let sql = "SELECT COUNT(*) FROM comprobantes WHERE estado = 'baja_pendiente'";
        assert_eq!(m.count(sql).await, 0, "looking asks the authority nothing");
        let campos = [campos[0], campos[1], ("_paso", "hacer")];
        assert_eq!(sala.post(&revisar, ruta, &campos).await.estado, 303);
        assert_eq!(m.count(sql).await, 1);
    }

    async fn the_account_of_a_customer_is_read_with_its_running_balance(db: Db) {
        let m = Mundo::new(db, Pais::Pe).await;
        let cliente = m.cliente(1).await;
        let id = m.factura(&cliente, "118.00").await;
        m.work().await;
        m.answer(id, Estado::Aceptado).await;
        let sala = Sala::of(&m, &["*"]);
        let factura = sala.get("/facturacion/facturas/B001-1").await.texto;
        let pagar = format!("/facturacion/pagos/nuevo?factura={id}");
        assert!(factura.contains(&pagar), "the page of payments is one click away");
        m.abono(&cliente, 10_000, "2026-11-19").await;
        let factura = sala.get("/facturacion/facturas/B001-1").await.texto;
        for texto in ["Pagos aplicados", "100.00", "18.00"] {
            assert!(factura.contains(texto), "{texto}");
        }
        let lista = sala.get("/facturacion/facturas?saldo=parcial").await.texto;
        assert!(lista.contains("B001-1") && lista.contains("18.00"), "part of it is owed");
        let nada = sala.get("/facturacion/facturas?saldo=sin").await.texto;
        assert!(!nada.contains("B001-1"));
        let cuenta = sala.get("/admin/clientes/C-1/cuenta").await.texto;
        for texto in ["Pago aplicado a B001-1", "Factura B001-1", "118.00", "18.00"] {
            assert!(cuenta.contains(texto), "{texto}");
        }
        let antes = sala.get("/admin/clientes/C-1/cuenta?hasta=2026-11-01").await.texto;
        assert!(!antes.contains("B001-1"));
        let csv = sala.get("/admin/clientes/C-1/cuenta.csv").await.texto;
        let filas: Vec<&str> = csv.lines().collect();
        assert_eq!(filas.len(), 4, "{csv}");
        assert!(filas[1].ends_with("118.00,118.00,,118.00"), "{csv}");
        assert!(filas[2].ends_with("100.00,,100.00,18.00"), "{csv}");
        assert!(filas[3].ends_with("100.00,,,18.00"), "{csv}");
        let pdf = sala.get("/admin/clientes/C-1/cuenta.pdf").await;
        assert_eq!(pdf.estado, 200);
        assert!(pdf.texto.starts_with("%PDF-"));
        let (_, api) = m.get("/clientes/C-1/cuenta").await;
        assert_eq!(api["saldo"], json!({"importe": "18.00", "moneda": "PEN"}));
        assert_eq!(api["movimientos"][0]["numero"], "B001-1");
        assert_eq!(api["movimientos"][2]["saldo"]["importe"], "18.00");
        let (_, una) = m.get("/clientes/C-1/cuenta?limite=1").await;
        let siguiente = una["siguiente"].as_str().unwrap();
        let ruta = format!("/clientes/C-1/cuenta?limite=1&cursor={siguiente}");
        let (_, otra) = m.get(&ruta).await;
        assert_eq!(otra["saldo_inicial"]["importe"], "118.00");
        assert_eq!(otra["movimientos"][0]["clase"], "abono");
    }

    async fn the_invoice_by_link_says_what_is_left_and_where_to_pay(db: Db) {
        let m = Mundo::new(db, Pais::Pe).await;
        let cliente = m.cliente(1).await;
        let id = m.factura(&cliente, "118.00").await;
        m.work().await;
        m.answer(id, Estado::Aceptado).await;
        m.abono(&cliente, 4_000, "2026-11-19").await;
        let nota = json!({"motivo": "09", "sustento": "Corte del servicio",
            "lineas": [{"linea": 1, "importe": "28.00"}]});
        assert_eq!(m.post(&format!("/facturas/{id}/notas"), nota).await.0, 201);
        let sala = Sala::of(&m, &["*"]);
        let firma = ramal_web::Entorno::prueba().firma;
        let enlace = ramal_facturacion::enlace_publico(&firma, id.uuid());
        let texto = sala.get(&enlace).await.texto;
        for parte in ["50.00", "Notas de crédito", "28.00", "40.00", &format!("{enlace}/pagar")] {
            assert!(texto.contains(parte), "{parte}: {texto}");
        }
        m.abono(&cliente, 5_000, "2026-11-20").await;
        let texto = sala.get(&enlace).await.texto;
        assert!(!texto.contains("/pagar"), "nothing is left to pay");
    }

    async fn an_invoice_by_hand_is_looked_at_and_issued_once(db: Db) {
        let m = Mundo::new(db, Pais::Pe).await;
        m.cliente(1).await;
        let sala = Sala::of(&m, &["*"]);
        let ruta = "/facturacion/facturas/nueva";
        let forma = sala.get(ruta).await;
        let idem = forma.field("_idem");
        let mut campos = vec![
            ("_idem", idem.as_str()),
            ("_cliente", "C-1 Cliente Número 1"),
            ("lineas[1].descripcion", "Router"),
            ("lineas[1].precio", "118,00"),
        ];
        let revisar = sala.post(&forma, ruta, &campos).await;
        assert_eq!(revisar.estado, 200, "{}", revisar.texto);
        assert_eq!(m.count("SELECT COUNT(*) FROM facturas").await, 0);
        campos.push(("_paso", "hacer"));
        for _ in 0..2 {
            assert_eq!(sala.post(&revisar, ruta, &campos).await.estado, 303);
        }
        assert_eq!(m.count("SELECT COUNT(*) FROM facturas").await, 1);
        let mala = [("_cliente", "C-1"), ("lineas[2].descripcion", "Router")];
        let sin_precio = sala.post(&forma, ruta, &mala).await;
        assert_eq!(sin_precio.estado, 422);
        assert!(sin_precio.texto.contains("id=\"e-lineas[2].precio\""), "{}", sin_precio.texto);
    }

    async fn a_spreadsheet_gets_text_and_no_formula(db: Db) {
        let m = Mundo::new(db, Pais::Pe).await;
        let cliente = m
            .sign_up(DatosCliente {
                tipo_documento: "DNI".into(),
                numero_documento: "40000001".into(),
                razon_social: "=HYPERLINK(evil)".into(),
                ..DatosCliente::default()
            })
            .await;
        m.factura(&cliente, "118.00").await;
        let sala = Sala::of(&m, &["facturas:leer"]);
        let csv = sala.get("/facturacion/facturas.csv?serie=B001").await;
        assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
        assert!(csv.texto.contains("B001-1,"), "{}", csv.texto);
        assert!(csv.texto.contains(",'=HYPERLINK(evil),"), "{}", csv.texto);
        let vacio = sala.get("/facturacion/facturas.csv?serie=F999").await;
        assert_eq!(vacio.texto.lines().count(), 1);
    }

    async fn a_link_opens_one_invoice_and_a_touched_one_none(db: Db) {
        let m = Mundo::new(db, Pais::Pe).await;
        let cliente = m.cliente(1).await;
        let id = m.factura(&cliente, "118.00").await;
        m.work().await;
        let sala = Sala::of(&m, &[]);
        let firma = ramal_web::Entorno::prueba().firma;
        let enlace = ramal_facturacion::enlace_publico(&firma, id.uuid());
        let pagina = sala.get(&enlace).await;
        assert_eq!(pagina.estado, 200, "{}", pagina.texto);
        assert!(pagina.texto.contains("S/\u{a0}118.00"), "{}", pagina.texto);
        assert_eq!(pagina.header("x-robots-tag"), "noindex, nofollow");
        assert_eq!(pagina.header("referrer-policy"), "no-referrer");
        assert_eq!(sala.get(&format!("{enlace}/pdf")).await.estado, 200);
        let otro = enlace.replace('0', "1");
        assert_eq!(sala.get(&otro).await.estado, 404);
        let ajena = ramal_facturacion::enlace_publico(&firma, cliente.id.uuid());
        assert_eq!(sala.get(&ajena).await.estado, 404, "a good mark of what is no invoice");
        let dentro = sala.get("/facturacion/facturas/B001-1").await;
        assert!(dentro.header("location").starts_with("/entrar"), "{}", dentro.estado);
    }

    async fn every_page_asks_for_the_permission_that_it_declares(db: Db) {
        let m = Mundo::new(db, Pais::Pe).await;
        let cliente = m.cliente(1).await;
        m.factura(&cliente, "118.00").await;
        m.work().await;
        m.run("2026-12-01").await;
        let nadie = Sala::of(&m, &["nada:nada"]);
        for r in ramal_facturacion::sitio().rutas() {
            let Acceso::Permiso(permiso) = r.acceso else { continue };
            let ruta = r
                .ruta
                .replace("{factura}", "B001-1")
                .replace("{corrida}", "2026-12-01")
                .replace("{codigo}", "C-1")
                .replace("{recargo}", "00000000-0000-0000-0000-000000000007");
            let con = Sala::of(&m, &[permiso, "clientes:leer"]);
            let vacia = nadie.get(&ruta).await;
            let (sin, con) = if r.metodo == "GET" {
                (vacia, con.get(&ruta).await)
            } else {
                (nadie.post(&vacia, &ruta, &[]).await, con.post(&vacia, &ruta, &[]).await)
            };
            assert_eq!(sin.estado, 403, "{} {ruta}", r.metodo);
            assert!(!con.texto.contains("permiso_faltante"), "{} {ruta}", r.metodo);
            assert!(con.estado < 500 && con.estado != 401, "{} {ruta}: {}", r.metodo, con.texto);
        }
    }

    async fn why_an_invoice_changed_is_said_with_its_causes(db: Db) {
        let m = Mundo::new(db, Pais::Pe).await;
        let cliente = m.cliente(1).await;
        m.servicio(&cliente, 39_900).await;
        m.run("2026-12-01").await;
        m.servicio(&cliente, 10_000).await;
        m.run("2027-01-01").await;
        let sala = Sala::of(&m, &["facturas:leer"]);
        let ultima = m.filas().await.last().unwrap().numero();
        let pagina = sala.get(&format!("/facturacion/facturas/{ultima}")).await;
        assert!(pagina.texto.contains("¿Por qué cambió?"), "{}", pagina.texto);
        let (_, detalle) = m.get("/facturas").await;
        assert!(detalle["datos"].as_array().unwrap().len() >= 2, "{}", json!(detalle));
    }
}
