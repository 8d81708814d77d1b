//! Bulk acts: what a kill, a poisoned object, a stop or a second worker may not spoil.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use ramal_base::{Cx, FixedClock};
use ramal_db::{Consulta, Cursor, Db, DbError, params};
use ramal_jobs::tandas::{
    EstadoItem, EstadoTanda, TandaResumen, item_page, tanda, tandas_recientes,
};
use ramal_jobs::{
    AccionDeTanda, CorrerTanda, Encargo, NuevaTanda, Objeto, Obrero, Registro, Resultado, TandaId,
    resume_tanda, retry_fallidos, start_tanda, stop_tanda,
};
use ramal_testkit::{Base, cx_en, cx_fijo, reloj};
use serde_json::json;
use tokio::sync::Semaphore;
use uuid::Uuid;

const TIPO: &str = "prueba.tanda";

type Regla = dyn Fn(u128) -> Result<Resultado, DbError> + Send + Sync;

/// What the action saw, and where it stops when a test wants to look.
#[derive(Clone)]
struct Accion {
    vistos: Arc<Mutex<BTreeMap<u128, u32>>>,
    actores: Arc<Mutex<Vec<String>>>,
    regla: Arc<Regla>,
    espera: Option<(u128, Arc<Semaphore>, Arc<Semaphore>)>,
}

impl Accion {
    fn new(regla: impl Fn(u128) -> Result<Resultado, DbError> + Send + Sync + 'static) -> Accion {
        Accion {
            vistos: Arc::default(),
            actores: Arc::default(),
            regla: Arc::new(regla),
            espera: None,
        }
    }

    fn buena() -> Accion {
        Accion::new(|_| Ok(Resultado::Hecho))
    }

    /// Waits at object `n`: gives the gate that opens when it is there and the one that lets it go.
    fn stops_at(mut self, n: u128) -> (Accion, Arc<Semaphore>, Arc<Semaphore>) {
        let (llego, seguir) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
        self.espera = Some((n, llego.clone(), seguir.clone()));
        (self, llego, seguir)
    }

    fn vistos(&self) -> BTreeMap<u128, u32> {
        self.vistos.lock().unwrap().clone()
    }
}

#[async_trait]
impl AccionDeTanda for Accion {
    fn tipo(&self) -> &'static str {
        TIPO
    }

    async fn apply(&self, cx: &Cx, encargo: &Encargo<'_>) -> Result<Resultado, DbError> {
        let n = encargo.objeto_id.as_u128();
        *self.vistos.lock().unwrap().entry(n).or_default() += 1;
        self.actores.lock().unwrap().push(cx.actor().to_owned());
        if let Some((donde, llego, seguir)) = &self.espera
            && *donde == n
        {
            llego.add_permits(1);
            seguir.acquire().await.unwrap().forget();
        }
        (self.regla)(n)
    }
}

fn obrero(db: &Db, cx: &Cx, accion: &Accion) -> Obrero {
    let correr = CorrerTanda::new(db.clone(), cx.clone(), accion.clone());
    Obrero::new(db.clone(), cx.clone(), Registro::new().handler(Arc::new(correr)))
}

fn nueva(n: u128) -> NuevaTanda {
    NuevaTanda {
        tipo: TIPO,
        permiso: "comprobantes:reintentar",
        titulo: "Reintentar documentos".into(),
        origen: "/facturacion/documentos?estado=incierto".into(),
        destino: "/facturacion/documentos/{id}",
        datos: json!({"motivo": "prueba"}),
        objetos: (1..=n).map(|i| Objeto::new(Uuid::from_u128(i), format!("F001-{i}"))).collect(),
    }
}

async fn empezar(db: &Db, cx: &Cx, n: u128) -> TandaId {
    let tx = db.begin().await.unwrap();
    let id = start_tanda(&tx, cx, nueva(n)).await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn ver(db: &Db, id: TandaId) -> TandaResumen {
    tanda(db, id).await.unwrap().unwrap()
}

/// Done, left out, failed, and where it is.
async fn cuenta(db: &Db, id: TandaId) -> (i64, i64, i64, EstadoTanda) {
    let t = ver(db, id).await;
    (t.hechos, t.omitidos, t.fallidos, t.estado())
}

async fn motivos(db: &Db, id: TandaId, estado: EstadoItem) -> Vec<(String, String)> {
    let todos = Cursor { limite: 200, cursor: None };
    let items = item_page(db, id, estado, &todos).await.unwrap().datos;
    items.into_iter().map(|i| (i.etiqueta, i.motivo.unwrap_or_default())).collect()
}

async fn eventos(db: &Db, tipo: &str) -> i64 {
    let sql = "SELECT COUNT(*) FROM eventos WHERE tipo = $1";
    db.scalar(sql, params![tipo]).await.unwrap().unwrap()
}

async fn detener(db: &Db, cx: &Cx, id: TandaId) {
    let tx = db.begin().await.unwrap();
    stop_tanda(&tx, cx, id).await.unwrap();
    tx.commit().await.unwrap();
}

async fn seguir(db: &Db, cx: &Cx, id: TandaId) {
    let tx = db.begin().await.unwrap();
    resume_tanda(&tx, cx, id).await.unwrap();
    tx.commit().await.unwrap();
}

/// Kills a worker while it applies object `n`, and lets its lease end.
async fn matar_en(db: &Db, cx: &Cx, reloj: &FixedClock, accion: Accion, n: u128) -> Accion {
    let (accion, llego, _) = accion.stops_at(n);
    let victima = obrero(db, cx, &accion);
    let proceso = tokio::spawn(async move { victima.drain().await });
    llego.acquire().await.unwrap().forget();
    proceso.abort();
    assert!(proceso.await.unwrap_err().is_cancelled());
    reloj.advance(30_000);
    Accion { espera: None, ..accion }
}

ramal_testkit::both_engines! {
    migraciones: [ramal_db::MIGRACIONES, ramal_jobs::MIGRACIONES];

    async fn a_kill_in_the_middle_loses_no_object_and_counts_none_twice(db: Db) {
        let reloj = reloj();
        let cx = cx_en(&reloj);
        let id = empezar(&db, &cx, 120).await;
        let accion = matar_en(&db, &cx, &reloj, Accion::buena(), 60).await;
        assert_eq!(cuenta(&db, id).await, (50, 0, 0, EstadoTanda::EnCurso));

        obrero(&db, &cx, &accion).drain().await.unwrap();
        assert_eq!(cuenta(&db, id).await, (120, 0, 0, EstadoTanda::Terminada));
        let vistos = accion.vistos();
        assert_eq!(vistos.len(), 120);
        let dos_veces = vistos.iter().filter(|(_, v)| **v > 1);
        let dos_veces: Vec<u128> = dos_veces.map(|(n, _)| *n).collect();
        assert_eq!(dos_veces, (51..=60).collect::<Vec<_>>(), "only the chunk that was cut");
    }

    async fn a_worker_that_comes_late_counts_nothing_again(db: Db) {
        let reloj = reloj();
        let cx = cx_en(&reloj);
        let id = empezar(&db, &cx, 60).await;
        let (accion, llego, soltar) = Accion::buena().stops_at(30);
        let lento = obrero(&db, &cx, &accion);
        let proceso = tokio::spawn(async move { lento.drain().await });
        llego.acquire().await.unwrap().forget();
        reloj.advance(30_000);
        let accion = Accion { espera: None, ..accion };
        obrero(&db, &cx, &accion).drain().await.unwrap();
        soltar.add_permits(1);
        proceso.await.unwrap().unwrap();
        assert_eq!(cuenta(&db, id).await, (60, 0, 0, EstadoTanda::Terminada));
        assert_eq!(eventos(&db, "tanda.termino").await, 1);
    }

    async fn a_poisoned_object_does_not_stop_the_rest(db: Db) {
        let cx = cx_fijo();
        let accion = Accion::new(|n| match n {
            7 => panic!("veneno"),
            8 => Err(DbError::Storage("disco".into())),
            9 => Ok(Resultado::Fallido("El PAC lo rechazó.".into())),
            10 => Ok(Resultado::Omitido("Ya estaba aceptado.".into())),
            _ => Ok(Resultado::Hecho),
        });
        let id = empezar(&db, &cx, 60).await;
        obrero(&db, &cx, &accion).drain().await.unwrap();
        assert_eq!(cuenta(&db, id).await, (56, 1, 3, EstadoTanda::Terminada));
        let fallidos = motivos(&db, id, EstadoItem::Fallido).await;
        assert_eq!(fallidos[2], ("F001-9".into(), "El PAC lo rechazó.".into()));
        assert!(!fallidos[0].1.contains("veneno"), "no inside of the program is shown");
        assert!(!fallidos[1].1.contains("disco"));
        let omitidos = motivos(&db, id, EstadoItem::Omitido).await;
        assert_eq!(omitidos, [("F001-10".to_owned(), "Ya estaba aceptado.".to_owned())]);
    }

    async fn a_retry_takes_the_failed_ones_and_only_those(db: Db) {
        let cx = cx_fijo();
        let roto = Arc::new(AtomicBool::new(true));
        let visto = roto.clone();
        let accion = Accion::new(move |n| {
            let falla = visto.load(Ordering::SeqCst) && n % 10 == 0;
            Ok(if falla { Resultado::Fallido("no".into()) } else { Resultado::Hecho })
        });
        let id = empezar(&db, &cx, 60).await;
        let obrero = obrero(&db, &cx, &accion);
        obrero.drain().await.unwrap();
        assert_eq!(cuenta(&db, id).await, (54, 0, 6, EstadoTanda::Terminada));

        roto.store(false, Ordering::SeqCst);
        let tx = db.begin().await.unwrap();
        assert_eq!(retry_fallidos(&tx, &cx, id).await.unwrap(), 6);
        let otra_vez = retry_fallidos(&tx, &cx, id).await;
        assert!(otra_vez.is_err(), "a double click finds none left");
        tx.commit().await.unwrap();
        obrero.drain().await.unwrap();
        assert_eq!(cuenta(&db, id).await, (60, 0, 0, EstadoTanda::Terminada));
        let veces: Vec<u32> = accion.vistos().into_values().collect();
        assert_eq!(veces.iter().filter(|v| **v == 2).count(), 6);
        assert_eq!(veces.iter().filter(|v| **v == 1).count(), 54);
        assert_eq!(eventos(&db, "tanda.termino").await, 2);
    }

    async fn a_stopped_one_ends_its_chunk_and_waits_for_a_person(db: Db) {
        let cx = cx_fijo();
        let (accion, llego, soltar) = Accion::buena().stops_at(30);
        let id = empezar(&db, &cx, 100).await;
        let corredor = obrero(&db, &cx, &accion);
        let proceso = tokio::spawn(async move { corredor.drain().await });
        llego.acquire().await.unwrap().forget();
        detener(&db, &cx, id).await;
        detener(&db, &cx, id).await;
        soltar.add_permits(1);
        proceso.await.unwrap().unwrap();
        assert_eq!(cuenta(&db, id).await, (50, 0, 0, EstadoTanda::Detenida));

        let accion = Accion { espera: None, ..accion };
        obrero(&db, &cx, &accion).drain().await.unwrap();
        assert_eq!(ver(&db, id).await.hechos, 50, "nobody resumes it by itself");
        seguir(&db, &cx, id).await;
        seguir(&db, &cx, id).await;
        obrero(&db, &cx, &accion).drain().await.unwrap();
        assert_eq!(cuenta(&db, id).await, (100, 0, 0, EstadoTanda::Terminada));
        assert!(accion.vistos().values().all(|v| *v == 1), "twice resumed, once applied");
    }

    async fn stop_and_go_on_within_one_chunk_lose_no_wake_up(db: Db) {
        let cx = cx_fijo();
        let (accion, llego, soltar) = Accion::buena().stops_at(30);
        let id = empezar(&db, &cx, 60).await;
        let corredor = obrero(&db, &cx, &accion);
        let proceso = tokio::spawn(async move { corredor.drain().await });
        llego.acquire().await.unwrap().forget();
        detener(&db, &cx, id).await;
        seguir(&db, &cx, id).await;
        soltar.add_permits(1);
        proceso.await.unwrap().unwrap();
        assert_eq!(cuenta(&db, id).await, (60, 0, 0, EstadoTanda::Terminada));
    }

    async fn one_stopped_before_it_began_goes_on_when_told(db: Db) {
        let (cx, accion) = (cx_fijo(), Accion::buena());
        let id = empezar(&db, &cx, 60).await;
        detener(&db, &cx, id).await;
        obrero(&db, &cx, &accion).drain().await.unwrap();
        assert!(accion.vistos().is_empty());
        seguir(&db, &cx, id).await;
        obrero(&db, &cx, &accion).drain().await.unwrap();
        assert_eq!(cuenta(&db, id).await, (60, 0, 0, EstadoTanda::Terminada));
    }

    async fn a_job_given_up_does_not_leave_it_stuck(db: Db) {
        let (cx, accion) = (cx_fijo(), Accion::buena());
        let id = empezar(&db, &cx, 60).await;
        let tx = db.begin().await.unwrap();
        tx.exec("UPDATE trabajos SET estado = 'muerto'", params![]).await.unwrap();
        tx.commit().await.unwrap();
        obrero(&db, &cx, &accion).drain().await.unwrap();
        assert_eq!(ver(&db, id).await.hechos, 0);
        seguir(&db, &cx, id).await;
        obrero(&db, &cx, &accion).drain().await.unwrap();
        assert_eq!(ver(&db, id).await.hechos, 60);
    }

    async fn two_workers_apply_each_object_once(base: Base) {
        let otra = Db::open(&base.options).await.unwrap();
        let (cx, accion) = (cx_fijo(), Accion::buena());
        let id = empezar(&base.db, &cx, 200).await;
        let (uno, dos) = (obrero(&base.db, &cx, &accion), obrero(&otra, &cx, &accion));
        let (uno, dos) = tokio::join!(uno.drain(), dos.drain());
        uno.unwrap();
        dos.unwrap();
        assert_eq!(cuenta(&base.db, id).await, (200, 0, 0, EstadoTanda::Terminada));
        assert!(accion.vistos().values().all(|v| *v == 1));
        otra.close().await.unwrap();
    }

    async fn its_notices_come_at_most_once_a_second(db: Db) {
        let reloj = reloj();
        let (cx, accion) = (cx_en(&reloj), Accion::buena());
        empezar(&db, &cx, 250).await;
        obrero(&db, &cx, &accion).drain().await.unwrap();
        assert_eq!(eventos(&db, "tanda.avanzo").await, 1, "ten chunks in one second");
        assert_eq!(eventos(&db, "tanda.termino").await, 1);
        let lento = reloj.clone();
        let accion = Accion::new(move |_| {
            lento.advance(500);
            Ok(Resultado::Hecho)
        });
        empezar(&db, &cx, 10).await;
        obrero(&db, &cx, &accion).drain().await.unwrap();
        assert_eq!(eventos(&db, "tanda.avanzo").await, 1 + 4, "a slow one shows each second");
    }

    async fn what_is_asked_for_twice_in_one_act_is_done_once(db: Db) {
        let (cx, accion) = (cx_fijo().as_actor("usuario:7"), Accion::buena());
        let mut doble = nueva(3);
        doble.objetos.extend(nueva(3).objetos);
        let tx = db.begin().await.unwrap();
        let id = start_tanda(&tx, &cx, doble).await.unwrap();
        let vacia = start_tanda(&tx, &cx, nueva(0)).await;
        assert!(vacia.is_err());
        tx.commit().await.unwrap();
        let trabajador = cx.as_actor("trabajo");
        obrero(&db, &trabajador, &accion).drain().await.unwrap();
        let t = ver(&db, id).await;
        assert_eq!((t.total, t.hechos, t.actor.as_str()), (3, 3, "usuario:7"));
        assert_eq!(*accion.actores.lock().unwrap(), ["usuario:7"; 3], "in the name of who asked");
        let items = item_page(&db, id, EstadoItem::Hecho, &Cursor { limite: 2, cursor: None });
        let pagina = items.await.unwrap();
        let ruta = t.ruta_de(&pagina.datos[0]).unwrap();
        assert_eq!(ruta, "/facturacion/documentos/00000000-0000-0000-0000-000000000001");
        let resto = Cursor { limite: 2, cursor: pagina.siguiente };
        let resto = item_page(&db, id, EstadoItem::Hecho, &resto).await.unwrap().datos;
        assert_eq!(resto[0].etiqueta, "F001-3");
        let recientes = tandas_recientes(&db, &Cursor { limite: 5, cursor: None }).await.unwrap();
        assert_eq!(recientes.datos.len(), 1);
    }

    async fn a_rolled_back_start_applies_nothing(db: Db) {
        let (cx, accion) = (cx_fijo(), Accion::buena());
        let tx = db.begin().await.unwrap();
        start_tanda(&tx, &cx, nueva(60)).await.unwrap();
        tx.rollback().await.unwrap();
        obrero(&db, &cx, &accion).drain().await.unwrap();
        assert!(accion.vistos().is_empty());
    }
}
