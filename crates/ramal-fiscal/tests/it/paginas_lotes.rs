//! Many at once: what a bulk retry takes, what it leaves, who may look at it.

use ramal_db::{Db, params};
use ramal_fiscal::{ComprobanteId, Estado, Tipo};
use ramal_jobs::{NuevaTanda, Objeto, start_tanda};
use ramal_testkit::both_engines;
use serde_json::json;
use uuid::Uuid;

use crate::mundo::{MIGRACIONES, Mundo};
use crate::visita::{TODO, Visita, Vuelta};

const COLA: &str = "/facturacion/documentos";

/// Documents that stopped in `excepcion`, which a retry may mend.
async fn detenidos(m: &Mundo, n: usize) -> Vec<ComprobanteId> {
    let mut ids = Vec::new();
    for _ in 0..n {
        ids.push(m.issue(Tipo::Boleta, 1_000).await);
    }
    let tx = m.db.begin().await.unwrap();
    tx.exec("UPDATE comprobantes SET estado = 'excepcion'", vec![]).await.unwrap();
    tx.exec("DELETE FROM trabajos", vec![]).await.unwrap();
    tx.commit().await.unwrap();
    ids
}

async fn reintentar(v: &Visita, lista: &str, campos: &[(&str, &str)]) -> (Vuelta, Vuelta) {
    let pagina = v.get(lista).await;
    let (testigo, clave) = (pagina.oculto("_csrf"), pagina.oculto("_idem"));
    let filtro = pagina.oculto("filtro");
    let mut todos =
        vec![("_csrf", testigo.as_str()), ("_idem", &clave), ("filtro", filtro.as_str())];
    todos.extend_from_slice(campos);
    let ruta = format!("{COLA}/reintentar");
    (v.post(&ruta, &todos).await, v.post(&ruta, &todos).await)
}

both_engines! {
    migraciones: MIGRACIONES;

    async fn a_few_picked_ones_go_at_once_and_only_once(db: Db) {
        let m = Mundo::new(db).await;
        let ids = detenidos(&m, 3).await;
        let v = Visita::new(&m, &TODO);
        let (uno, dos) = (ids[0].to_string(), ids[1].to_string());
        let campos = [("elegidos", uno.as_str()), ("elegidos", dos.as_str())];
        let (primera, segunda) = reintentar(&v, COLA, &campos).await;
        assert_eq!((primera.estado, primera.lugar()), (303, COLA));
        assert_eq!(segunda.estado, 303);
        let sql = "SELECT COUNT(*) FROM trabajos WHERE tipo = 'fiscal.enviar'";
        assert_eq!(m.count(sql).await, 2, "the second click sent nothing");
        m.drain().await;
        assert_eq!(m.estado(ids[0]).await, Estado::Aceptado);
        assert_eq!(m.estado(ids[2]).await, Estado::Excepcion, "it was not picked");
        let (nada, _) = reintentar(&v, COLA, &[]).await;
        assert_eq!(nada.estado, 303, "nothing picked is told, not an error page");
    }

    async fn many_go_by_a_tanda_that_tells_what_it_did(db: Db) {
        let m = Mundo::new(db).await;
        let ids = detenidos(&m, 53).await;
        let tx = m.db.begin().await.unwrap();
        let sql = "UPDATE comprobantes SET estado = 'rechazado' WHERE id = $1";
        tx.exec(sql, params![ids[7]]).await.unwrap();
        tx.commit().await.unwrap();
        let v = Visita::new(&m, &TODO);
        let todos = [("todos", "si"), ("alcance", "filtro")];
        let (primera, segunda) = reintentar(&v, &format!("{COLA}?tipo=03"), &todos).await;
        assert!(primera.lugar().starts_with("/facturacion/tandas/"), "{}", primera.lugar());
        assert_eq!(segunda.lugar(), primera.lugar(), "a double click is one act");
        let antes = v.get(primera.lugar()).await;
        assert!(antes.texto.contains("En curso") && antes.texto.contains("0 de 52"));
        m.drain().await;
        let despues = v.get(primera.lugar()).await.texto;
        assert!(despues.contains("Terminada") && despues.contains("52 de 52"), "{despues}");
        assert!(despues.contains("tipo=03"), "it leads back to its list");
        assert_eq!(m.estado(ids[7]).await, Estado::Rechazado, "what admits no retry was left");
        assert_eq!(m.estado(ids[52]).await, Estado::Aceptado);
    }

    async fn a_filter_that_is_not_understood_takes_nothing(db: Db) {
        let m = Mundo::new(db).await;
        let ids = detenidos(&m, 2).await;
        let v = Visita::new(&m, &TODO);
        let testigo = v.get(COLA).await.oculto("_csrf");
        for filtro in ["estado=raro", "tipo=99", "emisor=x", "desde=ayer", "q=%3Bdrop"] {
            let campos = [
                ("_csrf", testigo.as_str()),
                ("todos", "si"),
                ("alcance", "filtro"),
                ("filtro", filtro),
            ];
            v.post(&format!("{COLA}/reintentar"), &campos).await;
            assert_eq!(m.estado(ids[0]).await, Estado::Excepcion, "{filtro}");
        }
    }

    async fn an_act_is_seen_and_stopped_by_who_may_do_it(db: Db) {
        let m = Mundo::new(db).await;
        let objetos = (0..3_u128).map(|i| Objeto::new(Uuid::from_u128(i), "=1+1")).collect();
        let nueva = NuevaTanda {
            tipo: ramal_fiscal::actions::ReintentarEnTanda::TIPO,
            permiso: "comprobantes:reintentar",
            titulo: "Reintentar".into(),
            origen: COLA.into(),
            destino: "",
            datos: json!({}),
            objetos,
        };
        let tx = m.db.begin().await.unwrap();
        let id = start_tanda(&tx, &m.cx, nueva).await.unwrap();
        tx.commit().await.unwrap();
        let lugar = format!("/admin/tandas/{id}");
        let ajeno = Visita::new(&m, &["comprobantes:leer"]);
        for ruta in [lugar.clone(), format!("{lugar}/informe")] {
            assert_eq!(ajeno.get(&ruta).await.estado, 403, "{ruta}");
        }
        let v = Visita::new(&m, &TODO);
        let testigo = v.get(&lugar).await.oculto("_csrf");
        let campos = [("_csrf", testigo.as_str())];
        assert_eq!(ajeno.post(&format!("{lugar}/detener"), &campos).await.estado, 403);
        let detenida = v.post(&format!("{lugar}/detener"), &campos).await;
        assert_eq!((detenida.estado, detenida.lugar()), (303, lugar.as_str()));
        m.drain().await;
        assert!(v.get(&lugar).await.texto.contains("0 de 3"));
        v.post(&format!("{lugar}/seguir"), &campos).await;
        m.drain().await;
        let pagina = v.get(&lugar).await.texto;
        assert!(pagina.contains("El documento ya no existe."), "left out, with the reason");
        assert_eq!(v.post(&format!("{lugar}/reintentar"), &campos).await.estado, 303);
        let csv = v.get(&format!("{lugar}/informe")).await.texto;
        assert!(csv.contains("\"'=1+1\",\"omitido\""), "no cell is a formula: {csv}");
    }
}
