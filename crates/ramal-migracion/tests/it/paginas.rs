//! Risks of the pages: importing twice, importing something else than what was shown, running
//! what a cell says, taking back what was billed.

use ramal_db::{Db, Objetos, params};
use ramal_jobs::{Obrero, Registro};
use ramal_testkit::both_engines;
use ramal_web::pagina::Acceso;
use uuid::Uuid;

use crate::apoyo::{self, CABECERA_PE, Mundo, RFC_EMISOR, RUC_EMISOR, mundo};
use crate::fixtures::PE;
use crate::navegador::{Navegador, Pantalla, TODO};

const NUEVA: &str = "/admin/importaciones/nueva";

/// The same with the queue: its jobs are part of the slice's pages.
const MIGRACIONES: [&[ramal_db::Migracion]; 11] = [
    ramal_db::MIGRACIONES,
    ramal_web::MIGRACIONES,
    ramal_jobs::MIGRACIONES,
    ramal_plataforma::MIGRACIONES,
    ramal_fiscal::MIGRACIONES,
    ramal_clientes::MIGRACIONES,
    ramal_catalogo::MIGRACIONES,
    ramal_contratos::MIGRACIONES,
    ramal_cuenta::MIGRACIONES,
    ramal_facturacion::MIGRACIONES,
    ramal_migracion::MIGRACIONES,
];

struct Oficina {
    m: Mundo,
    objetos: Objetos,
    n: Navegador,
    token: String,
}

async fn oficina(db: Db) -> Oficina {
    let m = mundo(db).await;
    let objetos = Objetos::memoria();
    let n = Navegador::new(&m.db, &m.cx, &objetos, TODO);
    let token = n.get(NUEVA).await.oculto("_csrf");
    Oficina { m, objetos, n, token }
}

impl Oficina {
    async fn upload(&self, nombre: &str, bytes: &[u8]) -> Pantalla {
        let campos = [
            ("_csrf", self.token.as_str()),
            ("perfil", "seed003"),
            ("emisor", RUC_EMISOR),
            ("al", "2026-12-01"),
            ("duplicados", "retener"),
        ];
        self.n.upload(&campos, (nombre, bytes)).await
    }

    /// Uploads a file that can be read and gives the address of its check page.
    async fn uploaded(&self, bytes: &[u8]) -> String {
        let subido = self.upload("clientes.csv", bytes).await;
        assert_eq!(subido.estado, 303, "{}", subido.html);
        subido.lugar().to_owned()
    }

    async fn confirm(&self, ruta: &str) -> Pantalla {
        let pagina = self.n.get(ruta).await;
        let idem = pagina.oculto("_idem");
        self.n.post(&format!("{ruta}/importar"), &self.token, &[("_idem", &idem)]).await
    }
}

both_engines! {
    migraciones: MIGRACIONES;

    async fn every_page_asks_for_the_permission_that_it_declares(db: Db) {
        let m = mundo(db).await;
        let objetos = Objetos::memoria();
        for permiso in ["clientes:leer", "importaciones:leer", "importaciones:crear"] {
            let n = Navegador::new(&m.db, &m.cx, &objetos, &[permiso]);
            for ruta in ramal_migracion::sitio().rutas() {
                let Acceso::Permiso(pide) = ruta.acceso else { panic!("{} is open", ruta.ruta) };
                let nada = Uuid::nil().to_string();
                let camino = ruta.ruta.replace("{id}", &nada).replace("{lote}", &nada);
                let estado = match ruta.metodo.as_str() {
                    "GET" => n.get(&camino).await.estado,
                    _ => n.post(&camino, "malo", &[]).await.estado,
                };
                let permitido = if ruta.metodo == "GET" { estado != 403 } else { pide == permiso };
                assert_eq!(permitido, pide == permiso, "{permiso} {camino} {estado}");
                if pide != permiso {
                    assert_eq!(estado, 403, "{permiso} {camino}");
                }
            }
        }
    }

    async fn what_was_shown_is_what_is_imported_and_only_once(db: Db) {
        let o = oficina(db).await;
        let ruta = o.uploaded(PE).await;
        let pagina = o.n.get(&ruta).await;
        assert_eq!(pagina.estado, 200);
        assert!(pagina.has("Importar 281 servicios"), "{}", pagina.html);
        assert!(pagina.has("Filas que quedan fuera") && pagina.has("ruc_digito"));
        assert_eq!(o.m.count("servicios").await, 0, "a rehearsal writes nothing");
        let (idem, cuatro) = (pagina.oculto("_idem"), format!("{ruta}/importar"));
        for _ in 0..2 {
            let hecho = o.n.post(&cuatro, &o.token, &[("_idem", &idem)]).await;
            assert_eq!((hecho.estado, hecho.lugar()), (303, ruta.as_str()), "{}", hecho.html);
        }
        let otra = o.n.post(&cuatro, &o.token, &[]).await;
        assert_eq!(otra.estado, 303, "a second form over what is done leads to it");
        assert_eq!(o.m.count("servicios").await, 281);
        assert_eq!(o.m.count("lotes").await, 1);
        let lote = o.n.get(&ruta).await.lugar().to_owned();
        let informe = o.n.get(&lote).await;
        assert!(informe.has("Archivo y base cuadran"), "{}", informe.html);
        assert!(informe.has("281") && informe.has("Suma de la base"));
        let lista = o.n.get("/admin/importaciones").await;
        assert!(lista.has("clientes.csv") && !lista.has("Por terminar"), "{}", lista.html);
        let repetida = o.uploaded(PE).await;
        let nada = o.n.get(&repetida).await;
        assert!(nada.has("No hay nada nuevo que importar"), "{}", nada.html);
    }

    async fn a_job_does_the_work_that_a_request_left(db: Db) {
        let o = oficina(db).await;
        let mut grande = String::from_utf8_lossy(PE).into_owned();
        let relleno = "x".repeat(60);
        for i in 0..6000 {
            grande.push_str(&format!("{},1,{relleno},,10,2026-12-05,mensual,,1\n", 90_000 + i));
        }
        assert!(grande.len() > 512 * 1024);
        let ruta = o.uploaded(grande.as_bytes()).await;
        let espera = o.n.get(&ruta).await;
        assert!(espera.has("Probando") && espera.has("<progress"), "{}", espera.html);
        assert!(!espera.has("Importar 281"));
        let avance = o.n.fragment(&ruta, "avance").await;
        assert!(avance.has("id=\"avance\"") && !avance.has("<html"), "{}", avance.html);
        let manejadores =
            ramal_migracion::manejadores(o.m.db.clone(), o.m.cx.clone(), o.objetos.clone());
        let registro = manejadores.into_iter().fold(Registro::new(), Registro::handler);
        let obrero = Obrero::new(o.m.db.clone(), o.m.cx.clone(), registro);
        obrero.drain().await.unwrap();
        let lista = o.n.fragment(&ruta, "avance").await;
        assert_eq!(lista.cabecera("hx-redirect"), ruta);
        assert!(o.n.get(&ruta).await.has("Importar 281 servicios"));
        o.confirm(&ruta).await;
        assert_eq!(o.m.count("servicios").await, 0, "the job has not run");
        obrero.drain().await.unwrap();
        assert_eq!(o.m.count("servicios").await, 281);
        assert_eq!(o.n.get(&ruta).await.estado, 303);
        assert_eq!(o.m.count("trabajos").await, 0);
    }

    async fn what_is_no_list_says_what_it_is_and_keeps_the_rest(db: Db) {
        let o = oficina(db).await;
        for (bytes, frase) in [
            (&b"PK\x03\x04xx"[..], "libro de Excel"),
            (b"%PDF-1.7", "Es un PDF"),
            (b"id\x00ruc", "No es un archivo de texto"),
        ] {
            let vuelta = o.upload("clientes.xlsx", bytes).await;
            assert_eq!(vuelta.estado, 422, "{frase}");
            assert!(vuelta.has(frase), "{}", vuelta.html);
            assert!(vuelta.has("value=\"2026-12-01\""), "what was typed is lost");
        }
        let campos = [("_csrf", o.token.as_str()), ("perfil", "/etc/passwd"),
            ("emisor", "NADIE"), ("al", "ayer"), ("duplicados", "quiza")];
        let vuelta = o.n.upload(&campos, ("", b"")).await;
        assert_eq!(vuelta.estado, 422);
        for frase in ["Falta elegir el archivo", "de qué sistema viene", "quién va a facturar",
            "Esa fecha no existe", "con los repetidos"] {
            assert!(vuelta.has(frase), "{frase}: {}", vuelta.html);
        }
        let cruzado = [("_csrf", o.token.as_str()), ("perfil", "seed003"),
            ("emisor", RFC_EMISOR), ("al", ""), ("duplicados", "retener")];
        let vuelta = o.n.upload(&cruzado, ("a.csv", PE)).await;
        assert!(vuelta.has("Ese emisor es de otro país"), "{}", vuelta.html);
        assert_eq!(o.m.count("subidas").await, 0);
    }

    async fn a_file_larger_than_the_limit_is_told_so(db: Db) {
        let o = oficina(db).await;
        let enorme = vec![b'a'; (64 << 20) + 1];
        let vuelta = o.upload("enorme.csv", &enorme).await;
        assert_eq!(vuelta.estado, 413);
        assert!(vuelta.has("más de 64 MB"), "{}", vuelta.html);
    }

    async fn a_file_read_the_wrong_way_is_read_again_without_uploading_it(db: Db) {
        let o = oficina(db).await;
        let ruta = o.uploaded(crate::fixtures::MX).await;
        let fallida = o.n.get(&ruta).await;
        assert!(fallida.has("Al archivo le faltan columnas"), "{}", fallida.html);
        assert!(!fallida.has("Importar "), "{}", fallida.html);
        let mala = [("perfil", "panel"), ("emisor", RUC_EMISOR), ("al", ""),
            ("duplicados", "retener")];
        let vuelta = o.n.post(&format!("{ruta}/opciones"), &o.token, &mala).await;
        assert!(vuelta.estado == 422 && vuelta.has("de otro país"), "{}", vuelta.html);
        let buena = [("perfil", "panel"), ("emisor", RFC_EMISOR), ("al", ""),
            ("duplicados", "retener")];
        let vuelta = o.n.post(&format!("{ruta}/opciones"), &o.token, &buena).await;
        assert_eq!((vuelta.estado, vuelta.lugar()), (303, ruta.as_str()));
        assert!(o.n.get(&ruta).await.has("Quedan fuera"));
        let fuera = o.n.post(&format!("{ruta}/descartar"), &o.token, &[]).await;
        assert_eq!(fuera.lugar(), "/admin/importaciones");
        assert_eq!(o.n.get(&ruta).await.estado, 404);
    }

    async fn a_cell_is_text_on_the_page_and_no_formula_in_the_download(db: Db) {
        let o = oficina(db).await;
        let fila = "=1+1,20131312955,<script>alert(1)</script>,,caro,2026-12-05,mensual,,1\n";
        let ruta = o.uploaded(format!("{CABECERA_PE}{fila}").as_bytes()).await;
        let pagina = o.n.get(&ruta).await;
        assert!(pagina.has("precio_texto") && !pagina.has("<script>alert"), "{}", pagina.html);
        let bajada = o.n.get(&format!("{ruta}/rechazos.csv")).await;
        assert_eq!(bajada.cabecera("content-type"), "text/csv; charset=utf-8");
        assert_eq!(
            bajada.cabecera("content-disposition"),
            "attachment; filename=\"rechazos_clientes.csv\""
        );
        assert!(bajada.has("2,monto,precio_texto,"), "{}", bajada.html);
        assert!(bajada.has("\"'=1+1,20131312955"), "{}", bajada.html);
    }

    async fn a_batch_with_charges_says_why_it_stays(db: Db) {
        let o = oficina(db).await;
        let ruta = o.uploaded(PE).await;
        o.confirm(&ruta).await;
        let lote = o.n.get(&ruta).await.lugar().to_owned();
        let deshacer = format!("{lote}/deshacer");
        assert!(o.n.get(&deshacer).await.has("Deshacer el lote"));
        let servicio = o.m.servicios().await.swap_remove(4);
        let tx = o.m.db.begin().await.unwrap();
        let cargo = "INSERT INTO cargos (id, servicio_id, cliente_id, periodo_desde, \
            periodo_hasta, clase, revision, monto, moneda, fecha) \
            VALUES ($1, $2, $3, $4, $5, 'recurrente', 0, 100, 'PEN', $4)";
        let (desde, hasta) = (apoyo::fecha("2026-12-01"), apoyo::fecha("2027-01-01"));
        let valores = params![Uuid::from_u128(7), servicio.id, servicio.cliente_id, desde, hasta];
        tx.exec(cargo, valores).await.unwrap();
        tx.commit().await.unwrap();
        let pagina = o.n.get(&deshacer).await;
        assert!(pagina.has("S-5") && !pagina.has("Deshacer el lote"), "{}", pagina.html);
        let negado = o.n.post(&deshacer, &o.token, &[]).await;
        assert!(negado.estado == 409 && negado.has("S-5"), "{}", negado.html);
        assert_eq!(o.m.count("servicios").await, 281);
    }

    async fn a_batch_taken_back_leaves_nothing_and_says_so(db: Db) {
        let o = oficina(db).await;
        let ruta = o.uploaded(PE).await;
        o.confirm(&ruta).await;
        let lote = o.n.get(&ruta).await.lugar().to_owned();
        let hecho = o.n.post(&format!("{lote}/deshacer"), &o.token, &[]).await;
        assert_eq!((hecho.estado, hecho.lugar()), (303, lote.as_str()), "{}", hecho.html);
        assert_eq!(o.m.count("clientes").await, 0);
        let pagina = o.n.get(&lote).await;
        assert!(pagina.has("Deshecho") && !pagina.has("boton peligro"), "{}", pagina.html);
        let filtrada = o.n.get("/admin/importaciones?estado=deshecho&q=CLIENTES").await;
        assert!(filtrada.has("clientes.csv"));
        assert!(!o.n.get("/admin/importaciones?estado=terminado").await.has(&lote));
    }
}
