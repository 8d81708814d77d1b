//! Pages of customers: the list, the sign-up, the change over somebody else's change, the sheet.

use ramal_clientes::storage::{by_id, id_by_numero};
use ramal_db::{Consulta, Db, params};
use ramal_testkit::both_engines;
use serde_json::json;

use crate::apoyo::{MIGRACIONES, Mundo};

const TODO: &[&str] = &["*"];

async fn cuantos(db: &Db) -> i64 {
    db.scalar("SELECT COUNT(*) FROM clientes", params![]).await.unwrap().unwrap()
}

/// A sign-up that passes, with everything that a person may fill.
const BUENA: [(&str, &str); 12] = [
    ("tipo_documento", "DNI"),
    ("numero_documento", "45.678.901"),
    ("razon_social", "José Mosca"),
    ("telefono", "987 654 321"),
    ("email", "jose@correo.example"),
    ("domicilios[0].linea", "Jr. Lima 410"),
    ("domicilios[0].ciudad", "Chiclayo"),
    ("contactos[0].nombre", "Luz Mosca"),
    ("_consiente", "cobranza"),
    ("_consiente", "comprobantes"),
    ("notas", "Portón negro"),
    ("_sigue", "contratar"),
];

both_engines! {
    migraciones: MIGRACIONES;

    async fn the_list_is_right_with_none_with_few_and_with_many(db: Db) {
        let mundo = Mundo::new(db.clone()).await;
        let yo = mundo.navegador(TODO);
        let dos = yo.ver("/admin/clientes").await;
        assert!(dos.estado == 200 && dos.has(">Ana<") && dos.has(">Beto<"));
        let nada = yo.ver("/admin/clientes?q=nadie").await;
        assert!(nada.has("Quitar filtros") && !nada.has("<table"));
        for i in 0..70 {
            let cliente = json!({"tipo_documento": "DNI", "razon_social": format!("Zoé {i:02}"),
                "numero_documento": format!("{}", 50_000_000 + i)});
            assert_eq!(mundo.post("/clientes", cliente).await.estado, 201);
        }
        let primera = yo.ver("/admin/clientes?q=zoe&orden=-nombre").await;
        assert!(primera.has("Zoé 69") && !primera.has(">Zoé 19<"));
        assert!(primera.has("rel=\"next\"") && !primera.has("rel=\"prev\""));
        let sigue = primera.html.split("rel=\"next\" href=\"").nth(1).unwrap();
        let sigue = sigue.split('"').next().unwrap().replace("&amp;", "&").replace("&#38;", "&");
        let segunda = yo.ver(&sigue).await;
        assert!(segunda.has("Zoé 00") && !segunda.has("Zoé 69") && segunda.has("rel=\"prev\""));
        let trozo = yo.trozo("/admin/clientes?q=zoe", "lista").await;
        assert!(!trozo.has("<html") && trozo.has("id=\"lista\""));
        assert_eq!(yo.ver("/admin/clientes?cursor=nada").await.estado, 422);
        let enlace = segunda.html.split("href=\"/admin/clientes/C-").nth(1).unwrap();
        let ficha = format!("/admin/clientes/C-{}", enlace.split('"').next().unwrap());
        assert!(ficha.contains("?volver="), "{ficha}");
        let vuelta = yo.ver(&ficha).await;
        assert!(vuelta.has("href=\"/admin/clientes?q=zoe"), "the way back keeps the filters");
        let ajeno = yo.ver("/admin/clientes/C-1?volver=https%3A%2F%2Fmalo.example").await;
        assert!(ajeno.estado == 200 && !ajeno.has("href=\"https://malo"));
    }

    async fn the_list_narrows_by_state_zone_and_service(db: Db) {
        let mundo = Mundo::new(db.clone()).await;
        let yo = mundo.navegador(TODO);
        let zona = mundo.post("/catalogo/zonas", json!({"nombre": "Norte",
            "codigos_postales": ["14001"], "tecnologias": ["ftth"]})).await;
        let zona = zona.texto("id").to_owned();
        let domicilio = json!({"linea": "Jr. Lima 1", "zona_id": zona});
        mundo.post("/clientes/C-2/domicilios", domicilio).await;
        assert_eq!(mundo.contratar(json!({})).await.estado, 201);
        let solo = async |filtro: &str, nombre: &str| {
            let vuelta = yo.ver(&format!("/admin/clientes?{filtro}")).await;
            let otro = if nombre == "Ana" { "Beto" } else { "Ana" };
            assert!(vuelta.has(&format!(">{nombre}<")), "{filtro}");
            assert!(!vuelta.has(&format!(">{otro}<")), "{filtro}");
        };
        solo(&format!("zona={zona}"), "Beto").await;
        solo("servicio=activo", "Ana").await;
        mundo.post("/servicios/S-1/suspender", json!({})).await;
        solo("servicio=suspendido", "Ana").await;
        mundo.call("PATCH", "/clientes/C-1", &[], Some(json!({"estado": "inactivo"}))).await;
        solo("estado=activo", "Beto").await;
        solo("estado=inactivo", "Ana").await;
        let nadie = yo.ver("/admin/clientes?tipo=RUC").await;
        assert!(nadie.has("Quitar filtro"));
    }

    async fn a_signup_saves_everything_and_only_once(db: Db) {
        let mundo = Mundo::new(db.clone()).await;
        let yo = mundo.navegador(TODO);
        let pagina = yo.ver("/admin/clientes/alta").await;
        let idem = pagina.oculto("_idem");
        assert!(idem.len() > 20);
        let mut campos = BUENA.to_vec();
        campos.push(("_idem", idem.as_str()));
        let hecho = yo.enviar(&pagina, "/admin/clientes/alta", &campos).await;
        let esperado = (303, "/admin/clientes/C-3/servicios/contratar");
        assert_eq!((hecho.estado, hecho.lugar()), esperado, "{}", hecho.html);
        let otra = yo.enviar(&pagina, "/admin/clientes/alta", &campos).await;
        assert_eq!((otra.estado, otra.lugar()), esperado, "the second leads to the first");
        assert_eq!(cuantos(&db).await, 3);
        let ficha = yo.ver("/admin/clientes/C-3").await;
        for texto in ["José Mosca", "DNI 45678901", "Jr. Lima 410", "Luz Mosca", "Portón negro",
            "+51 987 654 321", "Recordatorios de pago", "Recibir comprobantes"]
        {
            assert!(ficha.has(texto), "{texto}");
        }
        assert!(!ficha.has("Ofertas y novedades"), "what was not marked was not consented");
    }

    async fn a_refused_signup_keeps_the_text_and_names_every_field(db: Db) {
        let mundo = Mundo::new(db.clone()).await;
        let yo = mundo.navegador(TODO);
        let pagina = yo.ver("/admin/clientes/alta").await;
        let mala = [("tipo_documento", "RUC"), ("numero_documento", "2051233379"),
            ("email", "sin-arroba"), ("telefono", "12"), ("notas", "Llamar de tarde"),
            ("domicilios[0].ciudad", "Piura"), ("contactos[0].cargo", "Contadora"),
            ("_consiente", "ofertas")];
        let vuelta = yo.enviar(&pagina, "/admin/clientes/alta", &mala).await;
        assert_eq!(vuelta.estado, 422);
        for campo in ["numero_documento", "razon_social", "email", "telefono",
            "domicilios[0].linea", "contactos[0].nombre"]
        {
            assert!(vuelta.has(&format!("href=\"#c-{campo}\"")), "{campo}");
        }
        for texto in ["2051233379", "sin-arroba", "Llamar de tarde", "Piura", "Contadora"] {
            assert!(vuelta.has(texto), "{texto}");
        }
        assert!(vuelta.has("value=\"ofertas\" id") || vuelta.has("value=\"ofertas\" checked"));
        assert!(vuelta.has("<title>Error"));
        assert_eq!(cuantos(&db).await, 2);
    }

    async fn a_known_document_leads_to_its_owner(db: Db) {
        let mundo = Mundo::new(db.clone()).await;
        let yo = mundo.navegador(TODO);
        let pagina = yo.ver("/admin/clientes/alta").await;
        let repetida = [("tipo_documento", "DNI"), ("numero_documento", "40123456"),
            ("razon_social", "Otra Ana")];
        let vuelta = yo.enviar(&pagina, "/admin/clientes/alta", &repetida).await;
        assert_eq!(vuelta.estado, 409);
        assert!(vuelta.has("href=\"/admin/clientes/C-1\"") && vuelta.has("Otra Ana"));
        assert_eq!(cuantos(&db).await, 2);
    }

    async fn a_change_over_anothers_shows_both_and_loses_nothing(db: Db) {
        let mundo = Mundo::new(db.clone()).await;
        let yo = mundo.navegador(TODO);
        let ruta = "/admin/clientes/C-1/editar";
        let mio = yo.ver(ruta).await;
        let suyo = [("_version", "1"), ("razon_social", "Ana Ruiz"), ("notas", "De ella")];
        assert_eq!(yo.enviar(&mio, ruta, &suyo).await.estado, 303);
        let tarde = [("_version", "1"), ("razon_social", "Ana Rojas"), ("notas", "Mía"),
            ("email", "ana@correo.example")];
        let vuelta = yo.enviar(&mio, ruta, &tarde).await;
        assert_eq!(vuelta.estado, 409);
        for texto in ["Otra persona guardó cambios", "Ana Ruiz", "Ana Rojas", "De ella", "Mía",
            "Guardar igual", "ana@correo.example"]
        {
            assert!(vuelta.has(texto), "{texto}");
        }
        let id = id_by_numero(&db, 1).await.unwrap().unwrap();
        assert_eq!(by_id(&db, id).await.unwrap().unwrap().razon_social, "Ana Ruiz");
        let version = vuelta.oculto("_version");
        let mut igual = tarde.to_vec();
        igual[0] = ("_version", version.as_str());
        assert_eq!(yo.enviar(&vuelta, ruta, &igual).await.estado, 303);
        let final_ = by_id(&db, id).await.unwrap().unwrap();
        assert_eq!((final_.razon_social.as_str(), final_.version), ("Ana Rojas", 3));
    }

    async fn an_emptied_field_is_taken_away_and_an_absent_one_stays(db: Db) {
        let mundo = Mundo::new(db.clone()).await;
        let yo = mundo.navegador(TODO);
        let ruta = "/admin/clientes/C-1/editar";
        let pagina = yo.ver(ruta).await;
        let lleno = [("_version", "1"), ("email", "a@correo.example"), ("notas", "Nota")];
        assert_eq!(yo.enviar(&pagina, ruta, &lleno).await.estado, 303);
        let vacio = [("_version", "2"), ("email", "  ")];
        assert_eq!(yo.enviar(&pagina, ruta, &vacio).await.estado, 303);
        let id = id_by_numero(&db, 1).await.unwrap().unwrap();
        let cliente = by_id(&db, id).await.unwrap().unwrap();
        assert_eq!((cliente.email, cliente.notas.as_deref()), (None, Some("Nota")));
        let sin_nombre = [("_version", "3"), ("razon_social", ""), ("notas", "Sigue aquí")];
        let vuelta = yo.enviar(&pagina, ruta, &sin_nombre).await;
        assert!(vuelta.estado == 422 && vuelta.has("Sigue aquí") && vuelta.has("#c-razon_social"));
    }

    async fn a_name_with_markup_is_text_on_every_page(db: Db) {
        let mundo = Mundo::new(db.clone()).await;
        let yo = mundo.navegador(TODO);
        let malo = "<img src=x onerror=alert(1)>\"'";
        let cliente = json!({"tipo_documento": "DNI", "numero_documento": "40999999",
            "razon_social": malo, "notas": malo, "domicilios": [{"linea": malo}],
            "contactos": [{"nombre": malo, "cargo": malo}]});
        assert_eq!(mundo.post("/clientes", cliente).await.estado, 201);
        let pedido = json!({"cliente_id": "C-3", "descripcion": malo, "notas": malo});
        assert_eq!(mundo.contratar(pedido).await.estado, 201);
        mundo.post("/servicios/S-1/suspender", json!({"motivo": malo})).await;
        for ruta in ["/admin/clientes", "/admin/clientes/C-3", "/admin/clientes/C-3/editar",
            "/admin/clientes/C-3/servicios", "/admin/clientes/C-3/actividad",
            "/admin/clientes/C-3/domicilios/nuevo", "/admin/clientes/C-3/servicios/contratar",
            "/admin/servicios", "/admin/servicios/S-1", "/admin/servicios/S-1/reactivar",
            "/admin/servicios/S-1/reactivar?_revisar=si&fecha=2026-11-25",
            "/admin/clientes?q=%3Cimg", "/admin/servicios?q=%22%3E%3Cimg%20src"]
        {
            let vuelta = yo.ver(ruta).await;
            assert_eq!(vuelta.estado, 200, "{ruta}");
            assert!(!vuelta.has("<img"), "{ruta}");
        }
    }

    async fn each_permission_opens_its_pages_and_no_other(db: Db) {
        let mundo = Mundo::new(db.clone()).await;
        assert_eq!(mundo.contratar(json!({})).await.estado, 201);
        let leer = ["/admin/clientes", "/admin/clientes/C-1", "/admin/clientes/C-1/actividad"];
        let servicios =
            ["/admin/servicios", "/admin/servicios/S-1", "/admin/clientes/C-1/servicios"];
        let escribir = [
            ("clientes:crear", "/admin/clientes/alta"),
            ("clientes:editar", "/admin/clientes/C-1/editar"),
            ("clientes:editar", "/admin/clientes/C-1/domicilios/nuevo"),
            ("servicios:contratar", "/admin/clientes/C-1/servicios/contratar"),
            ("servicios:suspender", "/admin/servicios/S-1/suspender"),
            ("servicios:suspender", "/admin/servicios/S-1/reactivar"),
            ("servicios:cancelar", "/admin/servicios/S-1/cancelar"),
            ("servicios:editar", "/admin/servicios/S-1/plan"),
            ("servicios:editar", "/admin/servicios/S-1/precio"),
        ];
        let lector = mundo.navegador(&["clientes:leer", "servicios:leer"]);
        for ruta in leer.iter().chain(&servicios) {
            let vuelta = lector.ver(ruta).await;
            assert_eq!(vuelta.estado, 200, "{ruta}");
            for (_, accion) in &escribir {
                let enlace = format!("href=\"{accion}\"");
                assert!(!vuelta.has(&enlace), "{ruta} offers {accion} to who may not");
            }
        }
        let nadie = mundo.navegador(&["facturas:leer"]);
        for ruta in leer.iter().chain(&servicios) {
            assert_eq!(nadie.ver(ruta).await.estado, 403, "{ruta}");
        }
        let desde = lector.ver("/admin/clientes").await;
        for (permiso, ruta) in escribir {
            assert_eq!(lector.ver(ruta).await.estado, 403, "{ruta}");
            assert_eq!(lector.enviar(&desde, ruta, &[]).await.estado, 403, "{ruta}");
            assert_eq!(mundo.navegador(&[permiso]).ver(ruta).await.estado, 200, "{ruta}");
        }
    }

    async fn what_does_not_exist_is_404(db: Db) {
        let mundo = Mundo::new(db.clone()).await;
        let yo = mundo.navegador(TODO);
        for ruta in ["/admin/clientes/C-99", "/admin/clientes/C-99/servicios",
            "/admin/clientes/C-99/editar", "/admin/clientes/C-99/actividad",
            "/admin/servicios/S-99", "/admin/servicios/S-99/suspender"]
        {
            assert_eq!(yo.ver(ruta).await.estado, 404, "{ruta}");
        }
    }

    async fn the_activity_says_who_and_what(db: Db) {
        let mundo = Mundo::new(db.clone()).await;
        let yo = mundo.navegador(TODO);
        let pagina = yo.ver("/admin/clientes/C-1/editar").await;
        let campos = [("_version", "1"), ("email", "a@correo.example")];
        yo.enviar(&pagina, "/admin/clientes/C-1/editar", &campos).await;
        mundo.contratar(json!({})).await;
        let vuelta = yo.ver("/admin/clientes/C-1/actividad").await;
        for texto in ["Alta del cliente", "Cambio de datos", "Cambió: email",
            "Servicio contratado · S-1"]
        {
            assert!(vuelta.has(texto), "{texto}");
        }
        let otro = yo.ver("/admin/clientes/C-2/actividad").await;
        assert!(!otro.has("Cambio de datos") && !otro.has("S-1"));
        let sin = mundo.navegador(&["clientes:leer"]).ver("/admin/clientes/C-1/actividad").await;
        assert!(!sin.has("S-1"), "services are for who may see them");
    }
}
