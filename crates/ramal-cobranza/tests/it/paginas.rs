//! The pages: what they show, what they refuse, what they do only once, and who may open them.

use ramal_db::Db;
use ramal_testkit::both_engines;
use ramal_web::pagina::Acceso;

use crate::mundo::{MIGRACIONES, Mundo};
use crate::sala::Sala;

both_engines! {
    migraciones: MIGRACIONES;

    async fn every_list_shows_what_there_is(db: Db) {
        let m = Mundo::new(db).await;
        let (cliente, servicio, _) = m.deudor(1, "2026-12-05").await;
        let (otro, ..) = m.deudor(2, "2026-12-05").await;
        let sala = Sala::of(&m, &["*"]);
        let vacia = sala.get("/facturacion/morosos").await;
        assert!(vacia.texto.contains("Nadie debe nada vencido"), "{}", vacia.texto);
        m.nights("2026-12-02", "2026-12-09").await;
        m.promise(&otro, "2026-12-11").await.unwrap();
        m.night("2026-12-10").await;
        for (ruta, esperado) in [
            ("/facturacion/morosos".to_owned(), "Cliente Número 1"),
            ("/facturacion/morosos?tramo=1-15&q=numero%202".to_owned(), "Cliente Número 2"),
            ("/facturacion/morosos/promesas".to_owned(), "PR-1"),
            ("/facturacion/morosos/cortes".to_owned(), "10 dic 2026"),
            ("/facturacion/morosos/cortes/2026-12-10".to_owned(), "Cliente Número 1"),
            ("/facturacion/morosos/cortes/2026-12-10?ver=fuera".to_owned(), "Promesa vigente"),
            ("/facturacion/morosos/avisos".to_owned(), "Aviso de corte"),
            (format!("/admin/clientes/{}/cobranza", cliente.codigo()), "Por cortar"),
            (
                format!("/admin/clientes/{}/cobranza/promesa", cliente.codigo()),
                "La política la concede",
            ),
            (format!("/admin/servicios/{}/exencion", servicio.codigo()), "Último día exento"),
            (format!("/admin/servicios/{}/pausa", servicio.codigo()), "Surte efecto desde"),
            ("/admin/ajustes/cobranza".to_owned(), "Días de gracia"),
        ] {
            let pagina = sala.get(&ruta).await;
            assert_eq!(pagina.estado, 200, "{ruta}: {}", pagina.texto);
            assert!(pagina.texto.contains(esperado), "{ruta}: {}", pagina.texto);
            assert!(!pagina.texto.contains("cobranza-"), "a text is missing in {ruta}");
        }
        let uno = sala.get("/facturacion/morosos?q=numero%202").await;
        assert!(!uno.texto.contains("Cliente Número 1"), "the filter narrows");
        let nada = sala.get("/facturacion/morosos?q=zzz&estado=EXENTO").await;
        assert!(nada.texto.contains("Nada coincide con 2 filtros"), "{}", nada.texto);
        m.cuts("2026-12-10").await;
        let ficha = sala.get(&format!("/admin/clientes/{}/cobranza", cliente.codigo())).await;
        assert!(ficha.texto.contains("La red confirmó el bloqueo"), "{}", ficha.texto);
    }

    async fn a_promise_is_asked_answered_and_recorded_once(db: Db) {
        let m = Mundo::new(db).await;
        let (cliente, ..) = m.deudor(1, "2026-12-05").await;
        m.night("2026-12-09").await;
        let sala = Sala::of(&m, &["*"]);
        let ruta = format!("/admin/clientes/{}/cobranza/promesa", cliente.codigo());
        let no = sala.get(&format!("{ruta}?fecha=2026-12-30")).await;
        assert!(no.texto.contains("El plazo es más largo que el permitido"), "{}", no.texto);
        let forma = sala.get(&ruta).await;
        let idem = forma.field("_idem");
        let campos = [("_idem", idem.as_str()), ("fecha", "2026-12-30"), ("canal", "oficina")];
        let mal = sala.post(&forma, &ruta, &campos).await;
        assert_eq!(mal.estado, 422);
        assert!(mal.texto.contains("El plazo es más largo"), "{}", mal.texto);
        let campos = [("_idem", idem.as_str()), ("fecha", "2026-12-11"), ("canal", "oficina")];
        for _ in 0..2 {
            let bien = sala.post(&forma, &ruta, &campos).await;
            assert_eq!(bien.estado, 303, "{}", bien.texto);
            assert!(bien.lugar.ends_with("/cobranza"), "{}", bien.lugar);
        }
        assert_eq!(m.count("SELECT COUNT(*) FROM promesas").await, 1);
        let anular = "/facturacion/morosos/promesas/PR-1/anular";
        let forma = sala.get(anular).await;
        let sin = sala.post(&forma, anular, &[("motivo", "")]).await;
        assert_eq!(sin.estado, 422);
        let hecho = sala.post(&forma, anular, &[("motivo", "se arrepintió")]).await;
        assert_eq!(hecho.estado, 303, "{}", hecho.texto);
    }

    async fn a_list_is_approved_and_a_service_taken_out_from_the_page(db: Db) {
        let m = Mundo::new(db).await;
        m.politica(|p| p.aprobacion.siempre = true).await;
        let (_, uno, _) = m.deudor(1, "2026-12-05").await;
        let (_, dos, _) = m.deudor(2, "2026-12-05").await;
        m.nights("2026-12-02", "2026-12-10").await;
        m.at("2026-12-10T09:30:00");
        let sala = Sala::of(&m, &["*"]);
        let ruta = "/facturacion/morosos/cortes/2026-12-10";
        let lista = sala.get(ruta).await;
        assert!(lista.texto.contains("revisa todas las listas"), "{}", lista.texto);
        let retirar = format!("{ruta}/{}", uno.id);
        let forma = sala.get(&retirar).await;
        assert_eq!(forma.estado, 200, "{}", forma.texto);
        assert_eq!(sala.post(&forma, &retirar, &[("motivo", "vecina")]).await.estado, 303);
        let hecho = sala.post(&lista, &format!("{ruta}/aprobar"), &[]).await;
        assert_eq!(hecho.estado, 303, "{}", hecho.texto);
        m.work().await;
        assert!(!m.suspendido(&uno).await && m.suspendido(&dos).await);
        let despues = sala.get(ruta).await;
        assert!(despues.texto.contains("Retirado a mano: vecina"), "{}", despues.texto);
    }

    async fn the_policy_goes_through_its_form_and_a_stale_one_is_refused(db: Db) {
        let m = Mundo::new(db).await;
        let sala = Sala::of(&m, &["*"]);
        let ruta = "/admin/ajustes/cobranza";
        let forma = sala.get(ruta).await;
        let campos = fields(&forma.texto);
        let con = |cambios: &[(&str, &str)]| -> Vec<(String, String)> {
            let mut todos = campos.clone();
            for (nombre, valor) in cambios {
                todos.retain(|(n, _)| n != nombre);
                todos.push(((*nombre).to_owned(), (*valor).to_owned()));
            }
            todos
        };
        let send = |c: Vec<(String, String)>| {
            let (sala, forma) = (&sala, &forma);
            async move {
                let pares: Vec<(&str, &str)> =
                    c.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
                sala.post(forma, ruta, &pares).await
            }
        };
        let horas = [("hora_corte", "20"), ("hora_fin", "9"), ("_idem", "a-12345678")];
        let mal = send(con(&horas)).await;
        assert_eq!(mal.estado, 422);
        assert!(mal.texto.contains("La hora de corte va antes"), "{}", mal.texto);
        let nuevos = [("gracia_dias", "7"), ("deuda_minima", "10.50"), ("_idem", "b-12345678")];
        let bien = send(con(&nuevos)).await;
        assert_eq!(bien.estado, 303, "{}", bien.texto);
        let (politica, _) = m.reglas().await.general();
        assert_eq!((politica.gracia_dias, politica.deuda_minima), (7, 1_050));
        assert_eq!(politica.escalera.len(), 5);
        let tarde = send(con(&[("gracia_dias", "9"), ("_idem", "c-12345678")])).await;
        assert_eq!(tarde.estado, 422, "the version is another by now");
        let dia = [("fecha", "2026-12-24"), ("clase", "sin_reconexion"), ("nombre", "Inventario")];
        assert_eq!(sala.post(&forma, &format!("{ruta}/dias"), &dia).await.estado, 303);
        let otra = sala.get(ruta).await;
        assert!(otra.texto.contains("Inventario"), "{}", otra.texto);
    }

    async fn the_bulk_reminder_tells_each_one_once(db: Db) {
        let m = Mundo::new(db).await;
        let (uno, ..) = m.deudor(1, "2026-12-05").await;
        let (dos, ..) = m.deudor(2, "2026-12-05").await;
        m.at("2026-12-09T01:30:00");
        ramal_cobranza::pasada::run(&m.db, &m.cx, &m.puertos()).await.unwrap();
        m.at("2026-12-09T10:00:00");
        let sala = Sala::of(&m, &["*"]);
        let lista = sala.get("/facturacion/morosos").await;
        let ruta = "/facturacion/morosos/recordar";
        let id = uno.id.to_string();
        let hecho = sala.post(&lista, ruta, &[("elegidos", &id)]).await;
        assert_eq!(hecho.estado, 303, "{}", hecho.texto);
        let hecho = sala.post(&lista, ruta, &[("todos", "si"), ("filtro", "tramo=1-15")]).await;
        assert_eq!(hecho.estado, 303, "{}", hecho.texto);
        m.work().await;
        let cuenta = |c| {
            let dicho = m.told(c);
            dicho.iter().filter(|d| *d == "recordatorio_vencido").count()
        };
        assert_eq!((cuenta(&uno), cuenta(&dos)), (1, 1));
        assert_eq!(sala.post(&lista, ruta, &[]).await.estado, 422);
    }
}

/// Names and values of the fields of a page as a browser would send them.
fn fields(texto: &str) -> Vec<(String, String)> {
    let mut campos = Vec::new();
    for pieza in texto.split("<input").skip(1) {
        let etiqueta = pieza.split('>').next().unwrap_or("");
        let Some(nombre) = attribute(etiqueta, "name") else { continue };
        let casilla = etiqueta.contains("type=\"checkbox\"");
        if nombre == "_csrf" || casilla && !etiqueta.contains("checked") {
            continue;
        }
        campos.push((nombre, attribute(etiqueta, "value").unwrap_or_default()));
    }
    for pieza in texto.split("<select").skip(1) {
        let Some(nombre) = attribute(pieza.split('>').next().unwrap_or(""), "name") else {
            continue;
        };
        let cuerpo = pieza.split("</select>").next().unwrap_or("");
        let elegida = cuerpo.split("<option").find(|o| o.contains(" selected"));
        if let Some(valor) = elegida.and_then(|o| attribute(o, "value")) {
            campos.push((nombre, valor));
        }
    }
    campos
}

fn attribute(etiqueta: &str, nombre: &str) -> Option<String> {
    let (_, resto) = etiqueta.split_once(&format!(" {nombre}=\""))?;
    Some(resto.split('"').next()?.to_owned())
}

#[test]
fn each_page_declares_the_permission_that_its_handler_asks_for() {
    let sitio = ramal_cobranza::sitio();
    assert!(sitio.rutas().len() > 20);
    for ruta in sitio.rutas() {
        let Acceso::Permiso(permiso) = ruta.acceso else { panic!("{} is open", ruta.ruta) };
        assert!(ramal_cobranza::PERMISOS.contains(&permiso), "{permiso}");
    }
}
