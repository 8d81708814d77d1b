//! The same document from many clients at the same moment: one stamp, one registration.

use std::sync::Arc;

use tokio::sync::Barrier;

use crate::cfdi::{self, Factura, stamp};
use crate::ubl::{self, Cpe, bill_xml};

const CLIENTES: usize = 8;
const DOCUMENTOS: usize = 40;

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn simultaneous_requests_get_one_stamp() {
    let (emulador, router) = cfdi::emulador(cfdi::clock());
    let xmls: Arc<Vec<String>> =
        Arc::new((0..DOCUMENTOS).map(|n| Factura::new(&n.to_string()).sealed()).collect());
    let salida = Arc::new(Barrier::new(CLIENTES));
    let mut tareas = Vec::new();
    for _ in 0..CLIENTES {
        let (router, xmls, salida) = (router.clone(), xmls.clone(), salida.clone());
        tareas.push(tokio::spawn(async move {
            let mut uuids = Vec::new();
            for xml in xmls.iter() {
                salida.wait().await;
                let r = stamp(&router, xml).await.json();
                uuids.push(r["data"]["uuid"].as_str().unwrap().to_owned());
            }
            uuids
        }));
    }
    let mut vistos = Vec::new();
    for tarea in tareas {
        vistos.push(tarea.await.unwrap());
    }
    assert!(vistos.iter().all(|v| *v == vistos[0]));
    let conteos = emulador.conteos();
    assert_eq!(conteos.len(), DOCUMENTOS);
    assert!(conteos.values().all(|c| c.timbres.len() == 1 && c.recibidos == 8), "{conteos:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn simultaneous_requests_register_a_number_once() {
    let (emulador, router) = ubl::emulador(ubl::clock());
    let docs: Arc<Vec<(String, String)>> =
        Arc::new((1..=20).map(Cpe::boleta).map(|cpe| (cpe.base(), cpe.xml())).collect());
    let salida = Arc::new(Barrier::new(CLIENTES));
    let mut tareas = Vec::new();
    for _ in 0..CLIENTES {
        let (router, docs, salida) = (router.clone(), docs.clone(), salida.clone());
        tareas.push(tokio::spawn(async move {
            let mut aceptadas = 0;
            for (base, xml) in docs.iter() {
                salida.wait().await;
                match bill_xml(&router, base, xml).await {
                    Ok(_) => aceptadas += 1,
                    Err(codigo) => assert_eq!(codigo, "1033"),
                }
            }
            aceptadas
        }));
    }
    let mut aceptadas = 0;
    for tarea in tareas {
        aceptadas += tarea.await.unwrap();
    }
    assert_eq!(aceptadas, 20);
    assert!(emulador.conteos().values().all(|c| c.aceptaciones == 1 && c.repetidos == 7));
}
