//! Pages of customers: what is found, who may, what is undone, what is kept when it is refused.

use ramal_base::Cx;
use ramal_clientes::cliente::EstadoCliente;
use ramal_clientes::storage::{FiltroClientes, Orden};
use ramal_clientes::{Cliente, actions, search, sitio, storage};
use ramal_db::{Cursor, Db};
use ramal_testkit::{both_engines, cx_fijo};

use crate::apoyo::{MIGRACIONES, form};
use crate::navegador::Navegador;

const TODO: &[&str] = &["clientes:*"];

async fn alta(db: &Db, cx: &Cx, dni: u32, nombre: &str) -> Cliente {
    let tx = db.begin().await.unwrap();
    let mut datos = form("DNI", &dni.to_string(), nombre);
    datos.telefono = Some(format!("9{}", &dni.to_string()[..8]));
    datos.email = Some(format!("c{dni}@correo.example"));
    let cliente = actions::create_cliente(&tx, cx, datos).await.unwrap();
    tx.commit().await.unwrap();
    cliente
}

async fn mundo(db: &Db, permisos: &[&str]) -> (Navegador, Cx) {
    let cx = cx_fijo();
    (Navegador::new(db.clone(), cx.clone(), sitio(), permisos), cx)
}

async fn found(db: &Db, q: &str) -> Vec<String> {
    search(db, q, 10).await.unwrap().into_iter().map(|h| h.titulo).collect()
}

both_engines! {
    migraciones: MIGRACIONES;

    async fn a_customer_is_found_by_any_part_of_what_is_remembered(db: Db) {
        let cx = cx_fijo();
        alta(&db, &cx, 40_000_000, "José Mosca Peñalosa").await;
        alta(&db, &cx, 41_111_111, "Ana Quispe").await;
        for q in ["osca", "JOSE", "jose osca", "penalosa", "0000000", "940 000 000", "C-1", "c4000"]
        {
            assert_eq!(found(&db, q).await, ["José Mosca Peñalosa"], "{q}");
        }
        assert_eq!(found(&db, "quispe@").await.len(), 0);
        assert_eq!(found(&db, "c41111111@correo").await, ["Ana Quispe"]);
        assert_eq!(found(&db, "  ").await.len(), 0);
        assert_eq!(found(&db, "osca quispe").await.len(), 0, "every word must be there");
        let tx = db.begin().await.unwrap();
        let ana = storage::id_by_numero(&tx, 2).await.unwrap().unwrap();
        let cambio = serde_json::from_value(serde_json::json!({"razon_social": "Ana Ñahui"}));
        actions::update_cliente(&tx, &cx, ana, None, cambio.unwrap()).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(found(&db, "nahui").await, ["Ana Ñahui"]);
        assert_eq!(found(&db, "quispe").await.len(), 0, "the old name is forgotten");
    }

    async fn a_code_finds_that_customer_and_not_its_longer_neighbours(db: Db) {
        let cx = cx_fijo();
        for i in 0..12 {
            alta(&db, &cx, 40_000_000 + i, &format!("Cliente {i:02}")).await;
        }
        assert_eq!(found(&db, "C-1").await, ["Cliente 00"]);
        assert_eq!(found(&db, "c-12").await, ["Cliente 11"]);
    }

    async fn every_order_gives_each_row_once(db: Db) {
        let cx = cx_fijo();
        for (i, nombre) in ["Delta", "Bravo", "Delta", "Alfa", "Charlie"].iter().enumerate() {
            alta(&db, &cx, 40_000_000 + u32::try_from(i).unwrap(), nombre).await;
        }
        for (orden, esperado) in [
            ("nombre", [4, 2, 5, 1, 3]),
            ("-nombre", [3, 1, 5, 2, 4]),
            ("codigo", [1, 2, 3, 4, 5]),
            ("-codigo", [5, 4, 3, 2, 1]),
            ("alta", [1, 2, 3, 4, 5]),
            ("-alta", [5, 4, 3, 2, 1]),
        ] {
            let orden_leido = Orden::parse(orden).unwrap();
            let filtro = FiltroClientes { orden: orden_leido, ..FiltroClientes::default() };
            let mut cursor = Cursor { limite: 2, cursor: None };
            let mut vistos = Vec::new();
            loop {
                let pagina = storage::list(&db, &filtro, &cursor).await.unwrap();
                vistos.extend(pagina.datos.into_iter().map(|c| c.numero));
                cursor.cursor = pagina.siguiente;
                if cursor.cursor.is_none() {
                    break;
                }
            }
            assert_eq!(vistos, esperado, "{orden}");
        }
        assert_eq!(storage::count(&db, &FiltroClientes::default()).await.unwrap(), 5);
    }

    async fn a_name_with_markup_is_text_in_the_results(db: Db) {
        let (yo, cx) = mundo(&db, TODO).await;
        alta(&db, &cx, 40_000_000, "<script>alert(1)</script>").await;
        for vuelta in [
            yo.ver("/admin/clientes/buscar?q=script").await,
            yo.trozo("/admin/clientes/buscar?q=script", "opciones").await,
            yo.ver("/admin/clientes/C-1/contactos/nuevo").await,
            yo.ver("/admin/clientes/C-1/consentimientos/nuevo").await,
        ] {
            assert_eq!(vuelta.estado, 200);
            assert!(!vuelta.has("<script>alert"), "{}", vuelta.html);
            assert!(vuelta.has("alert(1)"));
        }
        let nada = yo.ver("/admin/clientes/buscar?q=%22%3E%3Cscript%3Ealert(2)").await;
        assert!(!nada.has("<script>alert"));
        let trozo = yo.trozo("/admin/clientes/buscar?q=script", "opciones").await;
        assert!(trozo.has("data-valor=\"C-1\"") && !trozo.has("<html"));
    }

    async fn archiving_is_undone_by_its_notice(db: Db) {
        let (yo, cx) = mundo(&db, TODO).await;
        let cliente = alta(&db, &cx, 40_000_000, "Ana").await;
        let desde = yo.ver("/admin/clientes/buscar").await;
        let hecho = yo.enviar(&desde, "/admin/clientes/C-1/archivar", &[]).await;
        assert_eq!((hecho.estado, hecho.lugar()), (303, "/admin/clientes/C-1"));
        let estado = async || storage::by_id(&db, cliente.id).await.unwrap().unwrap().estado;
        assert_eq!(estado().await, EstadoCliente::Inactivo);
        yo.enviar(&desde, "/admin/clientes/C-1/activar", &[]).await;
        assert_eq!(estado().await, EstadoCliente::Activo);
        let ajeno = yo.enviar(&hecho, "/admin/clientes/C-1/archivar", &[]).await;
        assert_eq!(ajeno.estado, 403, "a form without token changes nothing");
        assert_eq!(estado().await, EstadoCliente::Activo);
    }

    async fn a_bulk_act_says_how_many_and_is_taken_back(db: Db) {
        let (yo, cx) = mundo(&db, TODO).await;
        for i in 0..60 {
            alta(&db, &cx, 40_000_000 + i, &format!("Cliente {i:02}")).await;
        }
        let activos = async || {
            let activo = Some(EstadoCliente::Activo);
            let filtro = FiltroClientes { estado: activo, ..FiltroClientes::default() };
            storage::count(&db, &filtro).await.unwrap()
        };
        let desde = yo.ver("/admin/clientes/buscar").await;
        let ruta = "/admin/clientes/lote";
        let nada = yo.enviar(&desde, ruta, &[("accion", "archivar")]).await;
        assert_eq!(nada.estado, 422);
        let dos = [("accion", "archivar"), ("elegidos", "C-1"), ("elegidos", "C-2")];
        assert_eq!(yo.enviar(&desde, ruta, &dos).await.estado, 303);
        assert_eq!(activos().await, 58);
        let todos = [("accion", "archivar"), ("todos", "si"), ("filtro", "q=cliente")];
        let revision = yo.enviar(&desde, ruta, &todos).await;
        assert_eq!(revision.estado, 200, "more than 50 are shown first");
        assert!(revision.has("58") && revision.has("60"));
        assert_eq!(activos().await, 58);
        let mut confirmado = todos.to_vec();
        confirmado.push(("_confirmado", "si"));
        let idem = revision.oculto("_idem");
        confirmado.push(("_idem", idem.as_str()));
        let hecho = yo.enviar(&revision, ruta, &confirmado).await;
        assert!(hecho.estado == 303 && hecho.lugar().starts_with("/admin/tandas/"));
        let otra = yo.enviar(&revision, ruta, &confirmado).await;
        assert_eq!(otra.lugar(), hecho.lugar(), "a double click begins one");
        let registro = ramal_clientes::manejadores(&db, &cx)
            .into_iter()
            .fold(ramal_jobs::Registro::new(), ramal_jobs::Registro::handler);
        ramal_jobs::Obrero::new(db.clone(), cx.clone(), registro).drain().await.unwrap();
        assert_eq!(activos().await, 0);
        let lote: Option<uuid::Uuid> = {
            use ramal_db::{Consulta, params};
            const SQL: &str = "SELECT lote_id FROM clientes_lotes GROUP BY lote_id \
                HAVING COUNT(*) = 58";
            db.scalar(SQL, params![]).await.unwrap()
        };
        // Somebody changes one since: that one stays as he left it.
        yo.enviar(&desde, "/admin/clientes/C-5/activar", &[]).await;
        yo.enviar(&desde, "/admin/clientes/C-5/archivar", &[]).await;
        let vuelta = format!("{ruta}/{}/deshacer", lote.unwrap());
        assert_eq!(yo.enviar(&desde, &vuelta, &[]).await.estado, 303);
        assert_eq!(activos().await, 57);
        yo.enviar(&desde, &vuelta, &[]).await;
        assert_eq!(activos().await, 57, "taking back twice does nothing more");
    }

    async fn a_refused_contact_keeps_what_was_typed(db: Db) {
        let (yo, cx) = mundo(&db, TODO).await;
        let cliente = alta(&db, &cx, 40_000_000, "Ana").await;
        let ruta = "/admin/clientes/C-1/contactos/nuevo";
        let pagina = yo.ver(ruta).await;
        let malo = [("nombre", ""), ("email", "no-es-correo"), ("cargo", "Hermana mayor")];
        let vuelta = yo.enviar(&pagina, ruta, &malo).await;
        assert_eq!(vuelta.estado, 422);
        assert!(vuelta.has("no-es-correo") && vuelta.has("Hermana mayor"));
        assert!(vuelta.has("#c-nombre") && vuelta.has("#c-email"), "both fields are named");
        let bueno = [("nombre", "Luz"), ("email", "luz@correo.example")];
        assert_eq!(yo.enviar(&vuelta, ruta, &bueno).await.lugar(), "/admin/clientes/C-1");
        assert_eq!(storage::contactos(&db, cliente.id).await.unwrap().len(), 1);
        let ruta = "/admin/clientes/C-1/consentimientos/nuevo";
        let vuelta = yo.enviar(&pagina, ruta, &[("canal", "humo")]).await;
        assert!(vuelta.estado == 422 && vuelta.has("#c-finalidad") && vuelta.has("#c-canal"));
        let si = [("canal", "papel"), ("finalidad", "cobranza"), ("otorgado", "no")];
        assert_eq!(yo.enviar(&pagina, ruta, &si).await.estado, 303);
        let suyos = storage::consentimientos(&db, cliente.id).await.unwrap();
        assert!(!suyos[0].otorgado && suyos[0].origen == "backoffice");
    }

    async fn who_only_reads_changes_nothing(db: Db) {
        let (yo, cx) = mundo(&db, &["clientes:leer"]).await;
        alta(&db, &cx, 40_000_000, "Ana").await;
        let desde = yo.ver("/admin/clientes/buscar?q=ana").await;
        assert_eq!(desde.estado, 200);
        for ruta in [
            "/admin/clientes/C-1/archivar",
            "/admin/clientes/C-1/activar",
            "/admin/clientes/C-1/contactos/nuevo",
            "/admin/clientes/C-1/consentimientos/nuevo",
            "/admin/clientes/lote",
        ] {
            assert_eq!(yo.enviar(&desde, ruta, &[("nombre", "X")]).await.estado, 403, "{ruta}");
        }
        assert_eq!(yo.ver("/admin/clientes/C-1/contactos/nuevo").await.estado, 403);
        let (otro, _) = mundo(&db, &["facturas:leer"]).await;
        assert_eq!(otro.ver("/admin/clientes/buscar?q=ana").await.estado, 403);
    }
}
