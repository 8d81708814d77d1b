//! Pages of services: the check says what happens and the act does it once; what can be undone is.

use ramal_contratos::{EstadoServicio, actions, storage};
use ramal_db::Db;
use ramal_testkit::both_engines;
use serde_json::json;

use crate::apoyo::{MIGRACIONES, Mundo};
use crate::navegador::{Navegador, Vuelta, encoded};

const TODO: &[&str] = &["*"];

/// The check of a step and then the act, as a person does them.
async fn dar(yo: &Navegador, ruta: &str, campos: &[(&str, &str)]) -> (Vuelta, Vuelta) {
    let par = |(n, v): &(&str, &str)| format!("{}={}", encoded(n), encoded(v));
    let consulta: Vec<String> = campos.iter().map(par).collect();
    let revision = yo.ver(&format!("{ruta}?_revisar=si&{}", consulta.join("&"))).await;
    let (idem, version) = (revision.oculto("_idem"), revision.oculto("_version"));
    let mut todos = campos.to_vec();
    todos.extend([("_idem", idem.as_str()), ("_version", version.as_str())]);
    let hecho = yo.enviar(&revision, ruta, &todos).await;
    (revision, hecho)
}

both_engines! {
    migraciones: MIGRACIONES;

    async fn a_check_shows_the_effect_and_changes_nothing(db: Db) {
        let mundo = Mundo::new(db.clone()).await;
        mundo.contratar(json!({"fecha_inicio": "2026-11-01"})).await;
        let yo = mundo.navegador(TODO);
        let ruta = "/admin/servicios/S-1/suspender";
        let revision =
            yo.ver(&format!("{ruta}?_revisar=si&fecha=2026-11-21&clase=corte&motivo=Deuda")).await;
        assert_eq!(revision.estado, 200, "{}", revision.html);
        // 20 of 30 days at 79.90 are 53.27; the ten days of the cut are free.
        for texto in ["53.27", "79.90", "21 nov 2026", "name=\"motivo\" value=\"Deuda\""] {
            assert!(revision.has(texto), "{texto}");
        }
        assert_eq!(mundo.servicio("S-1").await.version, 1);
        let mala = yo.ver(&format!("{ruta}?_revisar=si&fecha=2026-10-01&motivo=Queda")).await;
        assert!(mala.estado == 422 && mala.has("#c-fecha") && mala.has("Queda"));
    }

    async fn a_step_is_done_once_and_undone_from_its_notice(db: Db) {
        let mundo = Mundo::new(db.clone()).await;
        mundo.contratar(json!({"fecha_inicio": "2026-11-01"})).await;
        let yo = mundo.navegador(TODO);
        let ruta = "/admin/servicios/S-1/suspender";
        let campos = [("fecha", "2026-11-20"), ("clase", "corte"), ("motivo", "Deuda")];
        let (revision, hecho) = dar(&yo, ruta, &campos).await;
        assert_eq!((hecho.estado, hecho.lugar()), (303, "/admin/servicios/S-1"));
        let s = mundo.servicio("S-1").await;
        assert_eq!((s.estado, s.version, s.hechos), (EstadoServicio::Suspendido, 2, 2));
        let (idem, version) = (revision.oculto("_idem"), revision.oculto("_version"));
        let mut otra = campos.to_vec();
        otra.extend([("_idem", idem.as_str()), ("_version", version.as_str())]);
        let otra = yo.enviar(&revision, ruta, &otra).await;
        assert_eq!((otra.estado, otra.lugar()), (303, "/admin/servicios/S-1"));
        assert_eq!(mundo.servicio("S-1").await.version, 2, "the second did nothing");
        let desde = yo.ver("/admin/servicios/S-1").await;
        assert!(desde.has("Suspendido") && desde.has("Deuda"));
        let lector = mundo.navegador(&["servicios:leer"]);
        let deshacer = "/admin/servicios/S-1/deshacer/2/1";
        assert_eq!(lector.enviar(&desde, deshacer, &[]).await.estado, 403);
        assert_eq!(yo.enviar(&desde, deshacer, &[]).await.estado, 303);
        let s = mundo.servicio("S-1").await;
        assert_eq!((s.estado, s.version), (EstadoServicio::Activo, 3));
        assert_ne!(yo.enviar(&desde, deshacer, &[]).await.estado, 303, "once");
    }

    async fn the_start_and_the_end_of_a_service_are_not_undone(db: Db) {
        let mundo = Mundo::new(db.clone()).await;
        mundo.contratar(json!({"fecha_inicio": "2026-11-01"})).await;
        let yo = mundo.navegador(TODO);
        let desde = yo.ver("/admin/servicios/S-1").await;
        let alta = yo.enviar(&desde, "/admin/servicios/S-1/deshacer/1/0", &[]).await;
        assert_eq!(alta.estado, 409);
        let (_, hecho) =
            dar(&yo, "/admin/servicios/S-1/cancelar", &[("fecha", "2026-11-20")]).await;
        assert_eq!(hecho.estado, 303);
        let baja = yo.enviar(&desde, "/admin/servicios/S-1/deshacer/2/1", &[]).await;
        assert_eq!(baja.estado, 409);
        assert_eq!(mundo.servicio("S-1").await.estado, EstadoServicio::Cancelado);
        // One that is still ahead is.
        mundo.contratar(json!({"fecha_inicio": "2026-11-01"})).await;
        let ruta = "/admin/servicios/S-2/cancelar";
        assert_eq!(dar(&yo, ruta, &[("fecha", "2026-12-24")]).await.1.estado, 303);
        assert!(mundo.servicio("S-2").await.fin.is_some());
        let vuelta = yo.enviar(&desde, "/admin/servicios/S-2/deshacer/2/1", &[]).await;
        assert_eq!(vuelta.estado, 303);
        assert_eq!(mundo.servicio("S-2").await.fin, None);
    }

    async fn who_confirms_an_old_check_sees_the_new_one(db: Db) {
        let mundo = Mundo::new(db.clone()).await;
        mundo.contratar(json!({"fecha_inicio": "2026-11-01"})).await;
        let yo = mundo.navegador(TODO);
        let ruta = "/admin/servicios/S-1/precio";
        let revision = yo.ver(&format!("{ruta}?_revisar=si&precio=69.90&motivo=Acuerdo")).await;
        assert!(revision.estado == 200 && revision.has("69.90"), "{}", revision.html);
        let cambio = Some(json!({"precio": "75.00"}));
        mundo.call("PATCH", "/servicios/S-1", &[], cambio).await;
        let idem = revision.oculto("_idem");
        let campos = [("precio", "69.90"), ("motivo", "Acuerdo"), ("_version", "1"),
            ("_idem", idem.as_str())];
        let vuelta = yo.enviar(&revision, ruta, &campos).await;
        assert_eq!(vuelta.estado, 409);
        assert!(vuelta.has("75.00") && vuelta.has("Acuerdo"));
        assert_eq!(mundo.servicio("S-1").await.precio.centavos, 7500);
        let (idem, version) = (vuelta.oculto("_idem"), vuelta.oculto("_version"));
        let campos = [("precio", "69.90"), ("motivo", "Acuerdo"), ("_version", version.as_str()),
            ("_idem", idem.as_str())];
        assert_eq!(yo.enviar(&vuelta, ruta, &campos).await.estado, 303);
        assert_eq!(mundo.servicio("S-1").await.precio.centavos, 6990);
    }

    async fn another_plan_is_offered_checked_and_recorded(db: Db) {
        let mundo = Mundo::new(db.clone()).await;
        mundo.contratar(json!({"fecha_inicio": "2026-11-01"})).await;
        let yo = mundo.navegador(TODO);
        let ruta = "/admin/servicios/S-1/plan";
        let pagina = yo.ver(ruta).await;
        assert!(pagina.has("Fibra 200") && pagina.has("Fibra 50") && !pagina.has("Hosting"));
        let vacia = yo.ver(&format!("{ruta}?_revisar=si&motivo=Pide")).await;
        assert!(vacia.estado == 422 && vacia.has("#c-producto_id") && vacia.has("Pide"));
        let (revision, hecho) = dar(&yo, ruta, &[("producto_id", "fibra-200")]).await;
        // 19 days at 79.90 and 11 at 99.90: 50.60 and 36.63.
        for texto in ["Fibra 100 → Fibra 200", "50.60", "36.63", "87.23", "79.90"] {
            assert!(revision.has(texto), "{texto}");
        }
        assert_eq!(hecho.estado, 303);
        assert_eq!(mundo.servicio("S-1").await.precio.centavos, 9990);
        let sin = mundo.navegador(&["servicios:*"]);
        let baja = [("producto_id", "fibra-50"), ("momento", "inmediato")];
        assert_eq!(dar(&sin, ruta, &baja).await.1.estado, 303, "may go down at once");
        let poco = mundo.navegador(&["servicios:editar", "servicios:leer"]);
        let (negada, _) = dar(&poco, ruta, &[("producto_id", "fibra-100"),
            ("momento", "inmediato")]).await;
        assert_eq!(negada.estado, 200, "going up at once needs no more");
    }

    async fn a_sale_is_checked_with_its_price_and_done_once(db: Db) {
        let mundo = Mundo::new(db.clone()).await;
        let jiron = json!({"linea": "Jr. Lima 1"});
        let domicilio = mundo.post("/clientes/C-1/domicilios", jiron).await;
        let domicilio = domicilio.texto("id").to_owned();
        let yo = mundo.navegador(TODO);
        let ruta = "/admin/clientes/C-1/servicios/contratar";
        let pagina = yo.ver(ruta).await;
        assert!(pagina.has("Fibra 100") && pagina.has("79.90") && pagina.has("Jr. Lima 1"));
        let vacia = yo.ver(&format!("{ruta}?_revisar=si&notas=Quedan")).await;
        assert!(vacia.estado == 422 && vacia.has("#c-producto_id") && vacia.has("Quedan"));
        let consulta = format!("producto_id=fibra-100&fecha_inicio=2026-11-21&\
            dia_facturacion=1&domicilio_id={domicilio}");
        let revision = yo.ver(&format!("{ruta}?_revisar=si&{consulta}")).await;
        // Ten of thirty days and a whole month.
        for texto in ["26.63", "79.90", "106.53", "21 nov 2026"] {
            assert!(revision.has(texto), "{texto} in {}", revision.html);
        }
        let cliente = ramal_clientes::storage::id_by_numero(&db, 1).await.unwrap().unwrap();
        assert!(storage::by_cliente(&db, cliente).await.unwrap().is_empty());
        let (idem, precio) = (revision.oculto("_idem"), revision.oculto("_precio"));
        let campos = [("producto_id", "fibra-100"), ("fecha_inicio", "2026-11-21"),
            ("dia_facturacion", "1"), ("domicilio_id", domicilio.as_str()),
            ("_idem", idem.as_str()), ("_precio", precio.as_str())];
        for _ in 0..2 {
            let hecho = yo.enviar(&revision, ruta, &campos).await;
            assert_eq!((hecho.estado, hecho.lugar()), (303, "/admin/servicios/S-1"));
        }
        let suyos = storage::by_cliente(&db, cliente).await.unwrap();
        assert_eq!(suyos.len(), 1);
        let contratos = storage::contratos_by_cliente(&db, cliente).await.unwrap();
        assert_eq!(contratos[0].domicilio_id.map(|d| d.to_string()), Some(domicilio.clone()));
        assert_eq!(suyos[0].contrato_id, Some(contratos[0].id.uuid()));
        let caro = [campos[0], campos[1], ("_precio", "10.00")];
        let vuelta = yo.enviar(&revision, ruta, &caro).await;
        assert!(vuelta.lugar().is_empty(), "another price is shown again, not sold");
        assert_eq!(storage::by_cliente(&db, cliente).await.unwrap().len(), 1);
    }

    async fn the_list_tells_what_falls_due(db: Db) {
        let mundo = Mundo::new(db.clone()).await;
        for (vence, codigo) in [("2026-11-19", "S-1"), ("2026-11-20", "S-2"),
            ("2026-11-23", "S-3"), ("2026-11-24", "S-4")]
        {
            mundo.contratar(json!({"fecha_inicio": "2026-10-01"})).await;
            mundo.facturado_hasta(codigo, vence).await;
        }
        let yo = mundo.navegador(TODO);
        for (filtro, si) in [("vencido", "S-1"), ("vence-hoy", "S-2"), ("por-vencer", "S-3"),
            ("al-dia", "S-4")]
        {
            let vuelta = yo.ver(&format!("/admin/servicios?vencimiento={filtro}")).await;
            for codigo in ["S-1", "S-2", "S-3", "S-4"] {
                assert_eq!(vuelta.has(&format!(">{codigo}<")), codigo == si, "{filtro} {codigo}");
            }
        }
        let de_ana = yo.ver("/admin/servicios?q=ana").await;
        assert!(de_ana.has(">S-1<") && de_ana.has(">S-4<"));
        assert!(!yo.ver("/admin/servicios?q=beto").await.has(">S-1<"));
        let uno = yo.ver("/admin/servicios?q=s-3").await;
        assert!(uno.has(">S-3<") && !uno.has(">S-1<"));
        let ficha = yo.ver("/admin/servicios/S-1").await;
        assert!(ficha.has("venció hace 1 día"));
        let hoy = actions::hoy(&db, &mundo.cx).await.unwrap();
        assert_eq!(hoy.to_string(), "2026-11-20");
    }
}
