//! The pages: what they show, what they refuse, what they do only once.

use ramal_db::Db;
use ramal_testkit::both_engines;
use ramal_web::pagina::Acceso;

use crate::mundo::{MIGRACIONES, Mundo, transfer};
use crate::sala::{Pagina, Sala};

const NUEVO: &str = "/facturacion/pagos/nuevo";

/// What a form of payment carries, from the page that shows it, with some fields of one's own.
async fn send(sala: &Sala, forma: &Pagina, propios: &[(&str, &str)]) -> Pagina {
    let nombres = ["_idem", "_visto", "_cliente", "moneda", "monto", "fecha_valor"];
    let partes = ["partidas[0].factura_id", "partidas[0].monto"];
    let mut campos: Vec<(String, String)> = nombres
        .iter()
        .chain(&partes)
        .map(|n| ((*n).to_owned(), value(forma, n)))
        .filter(|(n, _)| !propios.iter().any(|(p, _)| p == n))
        .collect();
    campos.extend(propios.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())));
    let campos: Vec<(&str, &str)> = campos.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    sala.post(forma, NUEVO, &campos).await
}

/// The value of a field, wherever its attributes stand.
fn value(pagina: &Pagina, nombre: &str) -> String {
    let marca = format!("name=\"{nombre}\"");
    let Some((_, resto)) = pagina.texto.split_once(&marca) else { return String::new() };
    let etiqueta = resto.split('>').next().unwrap_or("");
    let Some((_, valor)) = etiqueta.split_once("value=\"") else { return String::new() };
    valor.split('"').next().unwrap_or("").to_owned()
}

both_engines! {
    migraciones: MIGRACIONES;

    async fn paying_from_a_factura_arrives_with_everything_filled(db: Db) {
        let m = Mundo::new(db).await;
        let c = m.cliente(1).await;
        m.factura(&c, "2026-10-05", &["100.00"]).await;
        m.factura(&c, "2026-10-05", &["59.00"]).await;
        let sala = Sala::of(&m, &["*"]);
        let puente = sala.get("/facturacion/facturas/B001-2/pagar").await;
        assert_eq!(puente.estado, 303);
        let forma = sala.get(puente.header("location")).await;
        assert_eq!(forma.estado, 200, "{}", forma.texto);
        assert_eq!(value(&forma, "monto"), "59.00");
        assert_eq!(value(&forma, "_cliente"), "C-1 Cliente Número 1");
        assert_eq!((value(&forma, "partidas[0].monto"), value(&forma, "partidas[1].monto")),
            (String::new(), "59.00".into()));
        assert_eq!(value(&forma, "fecha_valor"), "2026-10-01");
        let por_cliente = sala.get("/facturacion/pagos/nuevo?cliente=C-1").await;
        assert_eq!(value(&por_cliente, "monto"), "159.00");
    }

    async fn a_form_sent_twice_and_two_tabs_pay_once(db: Db) {
        let m = Mundo::new(db).await;
        let c = m.cliente(1).await;
        let a = m.factura(&c, "2026-10-05", &["100.00"]).await;
        let sala = Sala::of(&m, &["*"]);
        let ruta = format!("{NUEVO}?factura=B001-1");
        let (una, otra) = (sala.get(&ruta).await, sala.get(&ruta).await);
        let campos = [("medio", "transferencia"), ("reparto", "elegir"), ("notas", "de la mañana")];
        let hecha = send(&sala, &una, &campos).await;
        assert_eq!((hecha.estado, hecha.header("location")), (303, "/facturacion/pagos/P-1"));
        let doble = send(&sala, &una, &campos).await;
        assert_eq!((doble.estado, doble.header("location")), (303, "/facturacion/pagos/P-1"));
        // The other tab still shows the factura as open.
        let tarde = send(&sala, &otra, &campos).await;
        assert_eq!(tarde.estado, 409, "{}", tarde.texto);
        assert!(tarde.texto.contains("cambiaron mientras se escribía"), "{}", tarde.texto);
        assert!(tarde.texto.contains("de la mañana"), "what was typed stays");
        assert_eq!(m.count("SELECT COUNT(*) FROM pagos").await, 1);
        assert_eq!((m.fila(a).await.estado, m.saldo(&c).await), ("pagada".into(), (0, 0)));
        let ficha = sala.get("/facturacion/pagos/P-1").await;
        assert!(ficha.texto.contains("B001-1"), "{}", ficha.texto);
    }

    async fn the_same_operation_from_another_tab_says_which_payment_it_is(db: Db) {
        let m = Mundo::new(db).await;
        let c = m.cliente(1).await;
        m.factura(&c, "2026-10-05", &["100.00"]).await;
        let sala = Sala::of(&m, &["*"]);
        let ruta = format!("{NUEVO}?factura=B001-1");
        let (una, otra) = (sala.get(&ruta).await, sala.get(&ruta).await);
        let campos = [("medio", "yape"), ("reparto", "elegir"), ("operacion", "8841")];
        assert_eq!(send(&sala, &una, &campos).await.estado, 303);
        let doble = send(&sala, &otra, &campos).await;
        assert_eq!((doble.estado, doble.header("location")), (303, "/facturacion/pagos/P-1"));
        let avisos = doble.cabeceras.get_all("set-cookie").iter().any(|v| {
            v.to_str().is_ok_and(|t| t.contains("ramal_avisos"))
        });
        assert!(avisos, "it says that it was there already");
        let mas = [&campos[..], &[("monto", "120")]].concat();
        let otro = send(&sala, &otra, &mas).await;
        assert_eq!(otro.estado, 409, "{}", otro.texto);
        assert_eq!(m.count("SELECT COUNT(*) FROM pagos").await, 1);
    }

    async fn a_refused_form_keeps_what_was_typed_beside_its_error(db: Db) {
        let m = Mundo::new(db).await;
        let c = m.cliente(1).await;
        m.factura(&c, "2026-10-05", &["100.00"]).await;
        let sala = Sala::of(&m, &["*"]);
        let forma = sala.get(&format!("{NUEVO}?factura=B001-1")).await;
        let campos = [
            ("medio", "transferencia"),
            ("reparto", "elegir"),
            ("partidas[0].monto", "100,01"),
            ("monto", "200,00"),
        ];
        let mala = send(&sala, &forma, &campos).await;
        assert_eq!(mala.estado, 422, "{}", mala.texto);
        assert!(mala.texto.contains("le quedan 100.00 PEN por pagar"), "{}", mala.texto);
        assert_eq!((value(&mala, "partidas[0].monto"), value(&mala, "monto")),
            ("100,01".into(), "200,00".into()));
        let nadie = send(&sala, &forma, &[("_cliente", "zzz"), ("medio", "yape")]).await;
        assert_eq!(nadie.estado, 422);
        assert!(nadie.texto.contains("Falta elegir un cliente"), "{}", nadie.texto);
        let campos = [("medio", "efectivo"), ("reparto", "automatico")];
        let efectivo = send(&sala, &forma, &campos).await;
        assert_eq!(efectivo.estado, 409);
        assert!(efectivo.texto.contains("Abrir la caja"), "{}", efectivo.texto);
        let lineas = send(&sala, &forma, &[("_paso", "lineas"), ("medio", "yape")]).await;
        assert_eq!(lineas.estado, 200);
        assert!(lineas.texto.contains("Internet 100 Mbps"), "{}", lineas.texto);
        assert_eq!(m.count("SELECT COUNT(*) FROM pagos").await, 0);
    }

    async fn a_shift_is_opened_worked_and_closed_from_its_pages(db: Db) {
        let m = Mundo::new(db).await;
        let sala = Sala::of(&m, &["*"]);
        let cajas = sala.get("/facturacion/caja/cajas").await;
        let idem = cajas.field("_idem");
        let campos = [("_idem", idem.as_str()), ("codigo", "cj1"), ("nombre", "Oficina")];
        assert_eq!(sala.post(&cajas, "/facturacion/caja/cajas", &campos).await.estado, 303);
        let caja = sala.get("/facturacion/caja").await;
        let (idem, id) = (caja.field("_idem"), caja.field("caja_id"));
        let valor = value(&caja, "denominaciones[0].valor");
        let campos = [
            ("_idem", idem.as_str()),
            ("caja_id", id.as_str()),
            ("denominaciones[0].valor", valor.as_str()),
            ("denominaciones[0].piezas", "2"),
        ];
        for _ in 0..2 {
            let abierta = sala.post(&caja, "/facturacion/caja/abrir", &campos).await;
            assert_eq!(abierta.estado, 303, "{}", abierta.texto);
        }
        let c = m.cliente(1).await;
        m.factura(&c, "2026-10-05", &["100.00"]).await;
        let forma = sala.get(&format!("{NUEVO}?factura=B001-1")).await;
        assert!(forma.texto.contains("Entra al turno 1"), "{}", forma.texto);
        let pagado = send(&sala, &forma, &[("medio", "efectivo"), ("reparto", "elegir")]).await;
        assert_eq!(pagado.estado, 303, "{}", pagado.texto);
        let recibo = sala.get("/facturacion/pagos/P-1/recibo").await;
        assert!(recibo.texto.contains("CJ1-000001"), "{}", recibo.texto);
        for papel in ["ticket", "a4", "carta"] {
            let pdf = sala.get(&format!("/facturacion/pagos/P-1/recibo.pdf?papel={papel}")).await;
            assert_eq!((pdf.estado, pdf.header("content-type")), (200, "application/pdf"));
            assert!(pdf.texto.starts_with("%PDF-") && pdf.bytes > 1_000, "{papel}");
        }
        let caja = sala.get("/facturacion/caja").await;
        assert!(caja.texto.contains("500.00"), "{}", caja.texto);
        let turno = caja.texto.split("/facturacion/caja/turnos/").nth(2).unwrap();
        let turno = format!("/facturacion/caja/turnos/{}", &turno[..36]);
        let cerrar = sala.get(&format!("{turno}/cerrar")).await;
        assert!(!cerrar.texto.contains("500.00"), "the count is blind");
        let idem = cerrar.field("_idem");
        let campos = [
            ("_idem", idem.as_str()),
            ("conteos[0].medio", "efectivo"),
            ("conteos[0].moneda", "PEN"),
            ("conteos[0].contado", "499,50"),
        ];
        for _ in 0..2 {
            let cerrada = sala.post(&cerrar, &format!("{turno}/cerrar"), &campos).await;
            assert_eq!((cerrada.estado, cerrada.header("location")), (303, turno.as_str()));
        }
        let arqueo = sala.get(&turno).await;
        assert!(arqueo.texto.contains("0.50"), "{}", arqueo.texto);
        assert_eq!(sala.get(&format!("{turno}/imprimir")).await.estado, 200);
        assert_eq!(sala.get("/facturacion/caja/turnos").await.estado, 200);
    }

    async fn acts_on_a_payment_are_done_once_and_refusals_stay_on_their_form(db: Db) {
        let m = Mundo::new(db).await;
        let c = m.cliente(1).await;
        m.factura(&c, "2026-10-05", &["100.00"]).await;
        m.transfer(&c, 15_000).await;
        let sala = Sala::of(&m, &["pagos:*"]);
        let hacer = async |acto: &str, propios: &[(&str, &str)]| {
            let ruta = format!("/facturacion/pagos/P-1/{acto}");
            let forma = sala.get(&ruta).await;
            assert_eq!(forma.estado, 200, "{acto}: {}", forma.texto);
            let idem = forma.field("_idem");
            let mut campos = vec![("_idem", idem.as_str())];
            campos.extend_from_slice(propios);
            let uno = sala.post(&forma, &ruta, &campos).await;
            let dos = sala.post(&forma, &ruta, &campos).await;
            assert_eq!(uno.estado, dos.estado, "{acto}");
            uno
        };
        let sin = hacer("devolver", &[("monto", "10.00"), ("medio", "transferencia")]).await;
        assert_eq!(sin.estado, 422);
        assert!(sin.texto.contains("Explicar el motivo"), "{}", sin.texto);
        let campos = [("monto", "20,00"), ("medio", "transferencia"), ("motivo", "Se va")];
        assert_eq!(hacer("devolver", &campos).await.estado, 303);
        assert_eq!(m.saldo(&c).await, (0, 3_000));
        assert_eq!(hacer("desaplicar", &[("motivo", "Otra")]).await.estado, 303);
        assert_eq!(hacer("aplicar", &[("reparto", "automatico")]).await.estado, 303);
        let revertir = hacer("revertir", &[("motivo", "Error")]).await;
        assert_eq!(revertir.estado, 409, "part of it was given back");
        let cargo = [("clase", "contracargo"), ("motivo", "Lo desconoce"), ("recargo", "")];
        assert_eq!(hacer("contracargo", &cargo).await.estado, 303);
        let ficha = sala.get("/facturacion/pagos/P-1").await;
        assert!(ficha.texto.contains("Antes de un corte: un aviso"), "{}", ficha.texto);
        assert_eq!(m.count("SELECT COUNT(*) FROM devoluciones").await, 1);
    }

    async fn lists_reports_and_files_show_names_as_text(db: Db) {
        let m = Mundo::new(db).await;
        let datos = ramal_clientes::DatosCliente {
            tipo_documento: "DNI".into(),
            numero_documento: "40000001".into(),
            razon_social: "<img src=x onerror=alert(1)>".into(),
            ..ramal_clientes::DatosCliente::default()
        };
        let tx = m.db.begin().await.unwrap();
        let c = ramal_clientes::actions::create_cliente(&tx, &m.cx, datos).await.unwrap();
        tx.commit().await.unwrap();
        let nuevo = ramal_pagos::NuevoPago {
            operacion: Some("=HYPERLINK(1)".into()),
            ..transfer(&c, 5_000)
        };
        m.pay(nuevo).await.unwrap();
        let sala = Sala::of(&m, &["*"]);
        for ruta in [
            "/facturacion/pagos",
            "/facturacion/pagos?q=P-1&medio=transferencia&desde=2026-10-01&orden=-monto",
            "/facturacion/pagos?q=%3Cscript%3E",
            "/facturacion/pagos/P-1",
            "/facturacion/pagos/reporte",
            "/facturacion/devoluciones",
            "/admin/clientes/C-1/pagos",
            "/facturacion/pagos/nuevo?cliente=C-1",
        ] {
            let pagina = sala.get(ruta).await;
            assert_eq!(pagina.estado, 200, "{ruta}: {}", pagina.texto);
            assert!(!pagina.texto.contains("<img src=x"), "{ruta}");
            assert!(!pagina.texto.contains("<script>"), "{ruta}");
            assert!(!pagina.texto.contains("pagos-"), "{ruta} has a key without text: {}",
                pagina.texto.split("pagos-").nth(1).unwrap_or(""));
        }
        let csv = sala.get("/facturacion/pagos.csv").await;
        assert!(csv.texto.contains("'=HYPERLINK(1)"), "{}", csv.texto);
        assert!(csv.texto.contains("50.00"), "{}", csv.texto);
        let reporte = sala.get("/facturacion/pagos/reporte.csv?desde=2026-10-01").await;
        assert!(reporte.texto.contains("2026-10-01,Transferencia"), "{}", reporte.texto);
        let lista = sala.get("/facturacion/pagos").await;
        let todos = [("todos", "si"), ("filtro", "medio=transferencia")];
        let lote = sala.post(&lista, "/facturacion/pagos/lote", &todos).await;
        assert!(lote.texto.contains("P-1"), "{}", lote.texto);
        let nada = sala.post(&lista, "/facturacion/pagos/lote", &[]).await;
        assert_eq!(nada.estado, 422);
    }

    async fn a_refund_that_waits_is_approved_by_whoever_may(db: Db) {
        let m = Mundo::new(db).await;
        let c = m.cliente(1).await;
        m.transfer(&c, 50_000).await;
        let cobranzas = Sala::of(&m, &["pagos:*"]);
        let forma = cobranzas.get("/facturacion/pagos/P-1/devolver").await;
        let idem = forma.field("_idem");
        let campos = [
            ("_idem", idem.as_str()),
            ("monto", "400.00"),
            ("medio", "transferencia"),
            ("motivo", "Se va"),
        ];
        let pedida = cobranzas.post(&forma, "/facturacion/pagos/P-1/devolver", &campos).await;
        assert_eq!(pedida.estado, 303, "{}", pedida.texto);
        assert_eq!(m.saldo(&c).await, (0, 50_000));
        let suya = cobranzas.get("/facturacion/devoluciones").await;
        assert!(!suya.texto.contains("/aprobar"), "only who may sees the button");
        let jefa = Sala::of(&m, &["*"]);
        let lista = jefa.get("/facturacion/devoluciones?estado=pendiente").await;
        let (_, resto) = lista.texto.split_once("action=\"/facturacion/devoluciones/").unwrap();
        let ruta = format!("/facturacion/devoluciones/{}/aprobar", &resto[..36]);
        let idem = lista.field("_idem");
        assert_eq!(cobranzas.post(&suya, &ruta, &[]).await.estado, 403);
        for _ in 0..2 {
            let hecha = jefa.post(&lista, &ruta, &[("_idem", idem.as_str())]).await;
            assert_eq!(hecha.estado, 303, "{}", hecha.texto);
        }
        assert_eq!(m.saldo(&c).await, (0, 10_000));
    }

    async fn every_page_keeps_out_whoever_may_not(db: Db) {
        let m = Mundo::new(db).await;
        let nadie = Sala::of(&m, &["clientes:leer"]);
        let id = "0198c0de-0000-7000-8000-000000000001";
        for ruta in ramal_pagos::sitio().rutas() {
            assert!(matches!(ruta.acceso, Acceso::Permiso(_)), "{}", ruta.ruta);
            if ruta.metodo == "GET" {
                let camino = ruta
                    .ruta
                    .replace("{pago}", "P-1")
                    .replace("{turno}", id)
                    .replace("{codigo}", "C-1")
                    .replace("{factura}", "B001-1");
                assert_eq!(nadie.get(&camino).await.estado, 403, "{camino}");
            }
        }
    }
}
