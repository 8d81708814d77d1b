//! Pages of documents: who may see them, what they may never let through, what a double click does.

use axum::http::Method;
use ramal_db::{Db, params};
use ramal_fiscal::{ComprobanteId, Estado, Tipo};
use ramal_testkit::both_engines;
use ramal_web::pagina::Acceso;

use crate::mundo::{MIGRACIONES, Mundo};
use crate::visita::{TODO, Visita};

const COLA: &str = "/facturacion/documentos";

/// Stops a document as an authority would have.
async fn detener(m: &Mundo, id: ComprobanteId, estado: &str) {
    let tx = m.db.begin().await.unwrap();
    let sql = "UPDATE comprobantes SET estado = $1, codigo = 'X1', \
         mensaje = 'Mal. Campo: <b>Rfc</b>. Corregir.' WHERE id = $2";
    tx.exec(sql, params![estado, id]).await.unwrap();
    tx.commit().await.unwrap();
}

both_engines! {
    migraciones: MIGRACIONES;

    async fn each_page_asks_for_its_permission_and_for_nothing_else(db: Db) {
        let m = Mundo::new(db).await;
        let id = m.issue(Tipo::Factura, 11_800).await;
        m.drain().await;
        let nadie = Visita::of(&m, None);
        let todos = Visita::new(&m, &TODO);
        for ruta in ramal_fiscal::sitio().rutas() {
            let lugar = ruta.ruta.replace("{id}", &id.to_string()).replace("{clase}", "xml");
            let lugar = match ruta.ruta.contains("emisores") || ruta.ruta.contains("ajustes/c") {
                true => ruta.ruta.replace("{id}", &m.pe.id.to_string()),
                false => lugar,
            };
            let es_post = ruta.metodo == Method::POST;
            let anonimo =
                if es_post { nadie.post(&lugar, &[]).await } else { nadie.get(&lugar).await };
            let afuera = anonimo.estado == 401 || anonimo.lugar().starts_with("/entrar");
            assert!(afuera, "{} {lugar}: {}", ruta.metodo, anonimo.estado);
            let Acceso::Permiso(permiso) = ruta.acceso else {
                assert_eq!(ruta.acceso, Acceso::Sesion, "{lugar} is for somebody");
                continue;
            };
            let resto: Vec<&str> = TODO.into_iter().filter(|p| *p != permiso).collect();
            let sin = Visita::new(&m, &resto);
            let negado = if es_post { sin.post(&lugar, &[]).await } else { sin.get(&lugar).await };
            assert_eq!(negado.estado, 403, "{} {lugar}", ruta.metodo);
            assert!(negado.texto.contains(permiso), "{lugar} names what is missing");
            let solo = Visita::new(&m, &[permiso]);
            if !es_post {
                let visto = solo.get(&lugar).await;
                assert!([200, 404].contains(&visto.estado), "{lugar} {}", visto.estado);
            }
        }
        for ruta in ["/facturacion/documentos/x", "/facturacion/resumenes/x", "/admin/tandas/x"] {
            assert_eq!(todos.get(ruta).await.estado, 404, "{ruta}");
        }
    }

    async fn a_form_without_its_token_does_nothing(db: Db) {
        let m = Mundo::new(db).await;
        let id = m.issue(Tipo::Factura, 11_800).await;
        detener(&m, id, "excepcion").await;
        let v = Visita::new(&m, &TODO);
        let ruta = format!("{COLA}/{id}/reintentar");
        assert_eq!(v.post(&ruta, &[]).await.estado, 403);
        assert_eq!(m.estado(id).await, Estado::Excepcion);
    }

    async fn what_others_wrote_is_shown_and_never_run(db: Db) {
        let m = Mundo::new(db).await;
        let id = m.issue(Tipo::Factura, 11_800).await;
        detener(&m, id, "rechazado").await;
        let tx = m.db.begin().await.unwrap();
        let sql = "UPDATE comprobantes SET receptor = '<script>alert(1)</script> S.A.'";
        tx.exec(sql, vec![]).await.unwrap();
        tx.commit().await.unwrap();
        let v = Visita::new(&m, &TODO);
        let rutas = [
            COLA.to_owned(),
            format!("{COLA}/{id}"),
            format!("{COLA}?q=%3Cscript%3Ealert(1)%3C/script%3E&estado=%22%3E%3Ci%3E"),
        ];
        for ruta in rutas {
            let vuelta = v.get(&ruta).await;
            assert_eq!(vuelta.estado, 200, "{ruta}");
            assert!(!vuelta.texto.contains("<script>alert"), "{ruta}");
            assert!(!vuelta.texto.contains("<b>Rfc"), "{ruta}");
            assert!(!vuelta.texto.contains("\"><i>"), "{ruta}");
        }
        let detalle = v.get(&format!("{COLA}/{id}")).await.texto;
        assert!(detalle.contains("&#60;script&#62;") || detalle.contains("&lt;script"), "shown");
        assert!(detalle.contains("/facturacion/facturas/F001-1"), "the way out");
    }

    async fn a_double_click_sends_once(db: Db) {
        let m = Mundo::new(db).await;
        let id = m.issue(Tipo::Factura, 11_800).await;
        m.drain().await;
        detener(&m, id, "excepcion").await;
        let v = Visita::new(&m, &TODO);
        let pagina = v.get(&format!("{COLA}/{id}")).await;
        let (testigo, clave) = (pagina.oculto("_csrf"), pagina.oculto("_idem"));
        let ruta = format!("{COLA}/{id}/reintentar");
        let campos = [("_csrf", testigo.as_str()), ("_idem", clave.as_str())];
        let uno = v.post(&ruta, &campos).await;
        assert_eq!((uno.estado, uno.lugar()), (303, format!("{COLA}/{id}").as_str()));
        let dos = v.post(&ruta, &campos).await;
        assert_eq!((dos.estado, dos.lugar()), (303, format!("{COLA}/{id}").as_str()));
        let sql = "SELECT COUNT(*) FROM trabajos WHERE tipo = 'fiscal.enviar'";
        assert_eq!(m.count(sql).await, 1, "one send");
        let sql = "SELECT COUNT(*) FROM auditoria WHERE accion = 'comprobante.reintentar'";
        assert_eq!(m.count(sql).await, 1);
    }

    async fn a_document_is_found_by_what_is_printed_on_it(db: Db) {
        let m = Mundo::new(db).await;
        let mx = m.issue(Tipo::Ingreso, 50_000).await;
        m.issue(Tipo::Factura, 11_800).await;
        m.drain().await;
        let rechazada = m.issue(Tipo::Factura, 23_600).await;
        detener(&m, rechazada, "rechazado").await;
        let v = Visita::new(&m, &TODO);
        let uuid = m.fila(mx).await.uuid_fiscal.unwrap();
        let filas = |texto: &str| texto.matches("<td data-et=\"Número\"").count();
        for (consulta, n) in [
            (String::new(), 3),
            ("?q=F001-00000001".into(), 1),
            ("?q=2".into(), 1),
            (format!("?q={uuid}"), 1),
            (format!("?q={}", &uuid[..8].to_lowercase()), 1),
            ("?q=nada".into(), 0),
            ("?estado=atencion".into(), 1),
            ("?estado=aceptado".into(), 2),
            ("?estado=raro".into(), 0),
            ("?tipo=I".into(), 1),
            ("?tipo=01&estado=rechazado".into(), 1),
            (format!("?emisor={}", m.mx.id), 1),
            ("?desde=2026-11-20&hasta=2026-11-20".into(), 3),
            ("?desde=2026-11-21".into(), 0),
            ("?desde=ayer".into(), 0),
        ] {
            let texto = v.get(&format!("{COLA}{consulta}")).await.texto;
            assert_eq!(filas(&texto), n, "{consulta}");
        }
        let texto = v.get(COLA).await.texto;
        assert!(texto.contains("Requieren atención 1"), "the counts are links");
        assert!(texto.contains("CLIENTE EMPRESA S.A.C."), "the receiver is named");
    }

    async fn no_document_is_lost_between_two_pages(db: Db) {
        let m = Mundo::new(db).await;
        let mut todos = Vec::new();
        for _ in 0..7 {
            todos.push(m.issue(Tipo::Boleta, 1_000).await);
        }
        detener(&m, todos[1], "rechazado").await;
        detener(&m, todos[5], "incierto").await;
        let v = Visita::new(&m, &TODO);
        for (consulta, esperados) in [("?limite=2", 7), ("?limite=1&estado=atencion", 2)] {
            let mut vistos = std::collections::BTreeSet::new();
            let mut ruta = format!("{COLA}{consulta}");
            for _ in 0..9 {
                let texto = v.get(&ruta).await.texto;
                let suyos = todos.iter().filter(|id| texto.contains(&format!("{COLA}/{id}\"")));
                for id in suyos {
                    assert!(vistos.insert(id.to_string()), "{id} twice");
                }
                let Some(resto) = texto.split("rel=\"next\" href=\"").nth(1) else { break };
                ruta = resto.split('"').next().unwrap().replace("&amp;", "&").replace("&#38;", "&");
            }
            assert_eq!(vistos.len(), esperados, "{consulta}");
        }
    }

    async fn a_voiding_says_what_it_needs_and_keeps_what_was_typed(db: Db) {
        let m = Mundo::new(db).await;
        let id = m.issue(Tipo::Factura, 11_800).await;
        m.drain().await;
        let v = Visita::new(&m, &TODO);
        let ruta = format!("{COLA}/{id}/anular");
        let pagina = v.get(&ruta).await;
        assert!(pagina.texto.contains("27 nov 2026"), "the term: {}", pagina.texto);
        assert!(pagina.texto.contains("comunicación de baja"));
        let (testigo, clave) = (pagina.oculto("_csrf"), pagina.oculto("_idem"));
        let campos = |texto: &'static str| {
            [("_csrf", testigo.clone()), ("_idem", clave.clone()), ("texto", texto.to_owned())]
        };
        let enviar = async |texto: &'static str| {
            let campos = campos(texto);
            let campos: Vec<_> = campos.iter().map(|(n, v)| (*n, v.as_str())).collect();
            v.post(&ruta, &campos).await
        };
        let corto = enviar("ab").await;
        assert_eq!(corto.estado, 422);
        assert!(corto.texto.contains("de 3 a 100 caracteres") && corto.texto.contains(">ab<")
            || corto.texto.contains("\nab</textarea>"), "{}", corto.texto);
        assert_eq!(corto.oculto("_idem"), clave, "the same form, corrected");
        assert_eq!(enviar("Error en el importe").await.estado, 303);
        assert_eq!(enviar("Error en el importe").await.estado, 303, "a double click");
        assert_eq!(m.estado(id).await, Estado::BajaPendiente);
        let sql = "SELECT COUNT(*) FROM auditoria WHERE accion = 'comprobante.anular'";
        assert_eq!(m.count(sql).await, 1);
        assert_eq!(v.get(&ruta).await.estado, 303, "it is no longer accepted");
        let detalle = v.get(&format!("{COLA}/{id}")).await.texto;
        assert!(detalle.contains("Error en el importe"));
    }

    async fn the_files_come_with_their_legal_name(db: Db) {
        let m = Mundo::new(db).await;
        let id = m.issue(Tipo::Factura, 11_800).await;
        m.drain().await;
        let v = Visita::new(&m, &TODO);
        for (clase, nombre) in [
            ("xml", "20600000005-01-F001-1.xml"),
            ("cdr", "R-20600000005-01-F001-1.zip"),
            ("pdf", "20600000005-01-F001-1.pdf"),
        ] {
            let vuelta = v.get(&format!("{COLA}/{id}/archivos/{clase}")).await;
            assert_eq!(vuelta.estado, 200, "{clase}");
            let adjunto = vuelta.cabeceras["content-disposition"].to_str().unwrap();
            assert!(adjunto.contains(nombre), "{adjunto}");
            assert_eq!(vuelta.cabeceras["x-content-type-options"], "nosniff");
        }
        for clase in ["acuse", "llave", "..%2F..%2Fetc%2Fpasswd"] {
            let vuelta = v.get(&format!("{COLA}/{id}/archivos/{clase}")).await;
            assert_eq!(vuelta.estado, 404, "{clase}");
        }
    }

    async fn a_summary_shows_what_it_informed(db: Db) {
        let m = Mundo::with(db, crate::mundo::Dialecto::Sw, r#"{"boletas":"resumen"}"#).await;
        let id = m.issue(Tipo::Boleta, 1_000).await;
        let tx = m.db.begin().await.unwrap();
        let dia = m.fila(id).await.fecha;
        ramal_fiscal::actions::send_resumenes(&tx, &m.cx, m.pe.id, dia).await.unwrap();
        tx.commit().await.unwrap();
        m.drain().await;
        m.pass(crate::mundo::MINUTO, 5).await;
        let v = Visita::new(&m, &TODO);
        let lista = v.get("/facturacion/resumenes").await.texto;
        let resto = lista.split("/facturacion/resumenes/").nth(1).unwrap();
        let lote = resto.split('"').next().unwrap();
        let uno = v.get(&format!("/facturacion/resumenes/{lote}")).await;
        assert_eq!(uno.estado, 200);
        assert!(uno.texto.contains("B001-1") && uno.texto.contains("Aceptado"), "{}", uno.texto);
        let cdr = v.get(&format!("/facturacion/resumenes/{lote}/archivos/cdr")).await;
        assert_eq!(cdr.estado, 200);
        let detalle = v.get(&format!("{COLA}/{id}")).await.texto;
        assert!(detalle.contains(&format!("/facturacion/resumenes/{lote}")));
        assert_eq!(v.get("/facturacion/resumenes?estado=raro").await.estado, 200);
    }
}
