//! Risks of the pages: doing twice, losing what was typed, showing what was not asked, saving over
//! somebody else's work.

use ramal_db::{Consulta, Db, params};
use ramal_testkit::both_engines;
use ramal_web::pagina::Acceso;

use crate::apoyo::MIGRACIONES;
use crate::navegador::{Navegador, Pantalla, counting};

const TODO: &[&str] = &["catalogo:leer", "catalogo:editar"];
const RAIZ: &str = "/admin/catalogo";

/// Fields of a plan that passes.
fn plan<'a>(nombre: &'a str, precio: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("nombre", nombre),
        ("clase", "plan"),
        ("categoria", "internet"),
        ("tecnologia", "ftth"),
        ("velocidad_mbps", "100"),
        ("precio.importe", precio),
        ("precio.moneda", "MXN"),
        ("periodos", "mensual"),
        ("impuesto", "general"),
        ("impuesto_incluido", "on"),
    ]
}

async fn create(n: &Navegador, ruta: &str, campos: &[(&str, &str)]) -> Pantalla {
    let pagina = n.get(ruta).await;
    assert_eq!(pagina.estado, 200, "{}", pagina.html);
    n.post(ruta, &pagina.oculto("_csrf"), campos).await
}

/// A catalogue with a plan and a zone.
async fn surtido(n: &Navegador) {
    let hecho = create(n, "/admin/catalogo/nuevo", &plan("Fibra 100", "399.00")).await;
    assert_eq!((hecho.estado, hecho.lugar()), (303, "/admin/catalogo/productos/fibra-100"));
    let zona =
        [("nombre", "Centro"), ("tecnologias", "ftth"), ("codigos_postales", "06700, 06600")];
    let hecha = create(n, "/admin/catalogo/nueva-zona", &zona).await;
    assert_eq!((hecha.estado, hecha.lugar()), (303, "/admin/catalogo/zonas/centro"));
}

async fn count(db: &Db, tabla: &str) -> i64 {
    let sql = format!("SELECT COUNT(*) FROM {tabla}");
    db.scalar(&sql, params![]).await.unwrap().unwrap_or(-1)
}

both_engines! {
    migraciones: MIGRACIONES;

    async fn every_page_asks_for_the_permission_that_it_declares(db: Db) {
        let nadie = Navegador::new(db.clone(), &["clientes:leer"]);
        let lector = Navegador::new(db, &["catalogo:leer"]);
        for ruta in ramal_catalogo::sitio().rutas() {
            let Acceso::Permiso(permiso) = ruta.acceso else { panic!("{} is open", ruta.ruta) };
            let camino = ruta.ruta.replace("{codigo}", "x").replace("{zona}", "y");
            let camino = camino.replace("{huella}", "z");
            let ask = async |n: &Navegador| match ruta.metodo.as_str() {
                "GET" => n.get(&camino).await.estado,
                _ => n.post(&camino, "malo", &[]).await.estado,
            };
            assert_eq!(ask(&nadie).await, 403, "{camino}");
            let esperado = permiso == "catalogo:leer";
            assert_eq!(ask(&lector).await != 403, esperado, "{} {camino}", ruta.metodo);
        }
    }

    async fn who_only_reads_sees_no_button_that_changes(db: Db) {
        let n = Navegador::new(db.clone(), TODO);
        surtido(&n).await;
        let lector = Navegador::new(db, &["catalogo:leer"]);
        for ruta in ["", "/combos", "/zonas", "/promociones", "/precios", "/productos/fibra-100",
            "/zonas/centro"] {
            let pagina = lector.get(&format!("{RAIZ}{ruta}")).await;
            assert_eq!(pagina.estado, 200, "{ruta}: {}", pagina.html);
            for marca in ["/editar", "/nuevo", "/nueva-", "desactivar\"", "Revisar"] {
                assert!(!pagina.has(marca), "{ruta} shows {marca}");
            }
        }
    }

    async fn a_double_press_creates_one_product(db: Db) {
        let n = Navegador::new(db.clone(), TODO);
        let pagina = n.get("/admin/catalogo/nuevo").await;
        let (token, idem) = (pagina.oculto("_csrf"), pagina.oculto("_idem"));
        let mut campos = plan("Fibra 100", "1,399.50");
        campos.push(("_idem", &idem));
        for _ in 0..2 {
            let hecho = n.post("/admin/catalogo/nuevo", &token, &campos).await;
            let ficha = "/admin/catalogo/productos/fibra-100";
            assert_eq!((hecho.estado, hecho.lugar()), (303, ficha), "{}", hecho.html);
        }
        assert_eq!(count(&db, "productos").await, 1);
        let ficha = n.get("/admin/catalogo/productos/fibra-100").await;
        assert!(ficha.has("$1,399.50"), "{}", ficha.html);
    }

    async fn what_was_typed_stays_when_it_is_refused(db: Db) {
        let n = Navegador::new(db.clone(), TODO);
        let mut campos = plan("<script>alert(1)</script>|", "1.234");
        campos.push(("clave_unidad", "muy larga"));
        let vuelta = create(&n, "/admin/catalogo/nuevo", &campos).await;
        assert_eq!(vuelta.estado, 422);
        assert!(vuelta.has("1.234 puede ser 1234 o 1,234"), "{}", vuelta.html);
        assert!(vuelta.has("value=\"1.234\"") && vuelta.has("value=\"muy larga\""));
        assert!(vuelta.has("<title>Error:"));
        campos[5].1 = "1234";
        let vuelta = create(&n, "/admin/catalogo/nuevo", &campos).await;
        assert_eq!(vuelta.estado, 422);
        assert!(vuelta.has("sin la barra |") && vuelta.has("clave de unidad lleva"));
        assert!(!vuelta.has("<script>alert(1)"), "the name is echoed raw");
        assert_eq!(count(&db, "productos").await, 0);
        let zona = [("nombre", "Sur"), ("tecnologias", "hfc"), ("codigos_postales", "06700 x!")];
        let vuelta = create(&n, "/admin/catalogo/nueva-zona", &zona).await;
        assert_eq!(vuelta.estado, 422);
        assert!(vuelta.has("corregir x!") && vuelta.has("06700 x!</textarea>"), "{}", vuelta.html);
    }

    async fn a_name_with_markup_is_text_wherever_it_is_shown(db: Db) {
        let n = Navegador::new(db, TODO);
        let malo = "<img src=x onerror=alert(1)>";
        let mut campos = plan(malo, "10");
        campos.push(("codigo", "malo"));
        assert_eq!(create(&n, "/admin/catalogo/nuevo", &campos).await.estado, 303);
        let zona = [("nombre", malo), ("codigo", "mala"), ("tecnologias", "ftth")];
        assert_eq!(create(&n, "/admin/catalogo/nueva-zona", &zona).await.estado, 303);
        for ruta in ["", "/precios", "/zonas", "/zonas/mala", "/productos/malo",
            "/productos/malo/editar", "/productos/malo/precios/mala", "/nueva-promocion"] {
            let pagina = n.get(&format!("{RAIZ}{ruta}")).await;
            assert_eq!(pagina.estado, 200, "{ruta}");
            assert!(!pagina.has("<img"), "{ruta}");
        }
        let filtrada = n.get("/admin/catalogo?q=%22%3E%3Cimg%20src%3Dx%3E&zona=%22%3E%3Cb%3E").await;
        assert!(filtrada.estado == 200 && !filtrada.has("<img") && !filtrada.has("<b>"));
    }

    async fn an_edit_over_somebody_elses_shows_both_values(db: Db) {
        let n = Navegador::new(db, TODO);
        surtido(&n).await;
        let ruta = "/admin/catalogo/productos/fibra-100/editar";
        let pagina = n.get(ruta).await;
        let (token, version) = (pagina.oculto("_csrf"), pagina.oculto("version"));
        let edit = |nombre: &'static str, velocidad: &'static str, version: String| {
            let (n, token) = (n.clone(), token.clone());
            async move {
                let mut campos = plan(nombre, "");
                campos.retain(|(c, _)| !c.starts_with("precio"));
                campos[4].1 = velocidad;
                campos.push(("version", &version));
                n.post(ruta, &token, &campos).await
            }
        };
        assert_eq!(edit("Fibra Uno", "100", version.clone()).await.estado, 303);
        let choque = edit("Fibra 100", "200", version.clone()).await;
        assert_eq!(choque.estado, 409);
        for texto in ["Fibra Uno", "Fibra 100", ">200</td>"] {
            assert!(choque.has(texto), "{texto}: {}", choque.html);
        }
        assert_eq!(choque.oculto("version"), "2");
        assert_eq!(choque.oculto("velocidad_mbps"), "200");
        assert_eq!(edit("Fibra 100", "200", "2".to_owned()).await.estado, 303);
        let ficha = n.get("/admin/catalogo/productos/fibra-100").await;
        assert!(ficha.has("200 Mbps") && ficha.has("$399.00"), "{}", ficha.html);
    }

    async fn a_price_is_checked_then_set_once_and_kept_in_the_history(db: Db) {
        let n = Navegador::with(db.clone(), TODO, Some(counting(314, 7)));
        surtido(&n).await;
        let ruta = "/admin/catalogo/productos/fibra-100/precios/centro";
        let mala = n.get(&format!("{ruta}?precio.importe=caro&desde=2026-13-01")).await;
        assert_eq!(mala.estado, 422);
        assert!(mala.has("value=\"caro\"") && mala.has("Esa fecha no existe"), "{}", mala.html);
        let revisar = n.get(&format!("{ruta}?precio.importe=449,50&desde=2026-12-01")).await;
        assert_eq!(revisar.estado, 200, "{}", revisar.html);
        for texto in ["$449.50", "$399.00", "+$50.50", "314 contratos pagan",
            "7 contratos conservan", "1 dic 2026"] {
            assert!(revisar.has(texto), "{texto}: {}", revisar.html);
        }
        assert_eq!(count(&db, "precios_zona").await, 0, "a check page changes nothing");
        let (token, idem) = (revisar.oculto("_csrf"), revisar.oculto("_idem"));
        let version = revisar.oculto("version");
        let campos = [("_idem", idem.as_str()), ("version", &version),
            ("precio.importe", "449.50"), ("desde", "2026-12-01"), ("hasta", "")];
        for _ in 0..2 {
            let puesto = n.post(ruta, &token, &campos).await;
            assert_eq!(puesto.estado, 303, "{}", puesto.html);
            assert_eq!(puesto.lugar(), "/admin/catalogo/productos/fibra-100#precios");
        }
        assert_eq!(count(&db, "precios_zona").await, 1);
        let otra = [("version", version.as_str()), ("precio.importe", "500"),
            ("desde", "2026-12-01")];
        let choque = n.post(ruta, &token, &otra).await;
        assert_eq!(choque.estado, 409, "the price that was seen is not the one of now");
        assert!(choque.has("$449.50") && choque.has("$500.00"), "{}", choque.html);
        let matriz = n.get("/admin/catalogo/precios?fecha=2026-12-01").await;
        assert!(matriz.has("<strong>$449.50</strong>"), "{}", matriz.html);
        let hoy = n.get("/admin/catalogo/precios").await;
        assert!(!hoy.has("$449.50"));
    }

    async fn the_general_price_leaves_its_past_in_the_sheet(db: Db) {
        let n = Navegador::new(db.clone(), TODO);
        surtido(&n).await;
        let ruta = "/admin/catalogo/productos/fibra-100/precio";
        let revisar = n.get(&format!("{ruta}?precio.importe=350")).await;
        assert!(!revisar.has("contratos"), "nobody counts, nothing is said: {}", revisar.html);
        let (token, version) = (revisar.oculto("_csrf"), revisar.oculto("version"));
        let campos = [("version", version.as_str()), ("precio.importe", "350.00")];
        assert_eq!(n.post(ruta, &token, &campos).await.estado, 303);
        assert_eq!(count(&db, "producto_precios").await, 2);
        let ficha = n.get("/admin/catalogo/productos/fibra-100").await;
        assert!(ficha.has("$350.00") && ficha.has("$399.00"), "{}", ficha.html);
    }

    async fn a_switch_is_undone_by_the_other_one(db: Db) {
        let n = Navegador::new(db, TODO);
        surtido(&n).await;
        let ruta = "/admin/catalogo/productos/fibra-100";
        let token = n.get(ruta).await.oculto("_csrf");
        let hecho = n.post(&format!("{ruta}/desactivar"), &token, &[]).await;
        assert_eq!((hecho.estado, hecho.lugar()), (303, ruta));
        assert!(n.get("/admin/catalogo?activo=false").await.has("Fibra 100"));
        assert_eq!(n.post(&format!("{ruta}/activar"), &token, &[]).await.estado, 303);
        assert!(!n.get("/admin/catalogo?activo=false").await.has("Fibra 100"));
        assert_eq!(n.post(&format!("{ruta}/activar"), "ajeno", &[]).await.estado, 403);
    }

    async fn a_promotion_is_tried_without_being_saved(db: Db) {
        let n = Navegador::new(db.clone(), TODO);
        surtido(&n).await;
        let ruta = "/admin/catalogo/nueva-promocion";
        let mut campos = vec![("nombre", "Verano"), ("clase", "porcentaje"), ("porcentaje", "10"),
            ("importe.moneda", "MXN"), ("desde", "2026-12-01"), ("accion", "probar")];
        let prueba = create(&n, ruta, &campos).await;
        assert_eq!(prueba.estado, 200, "{}", prueba.html);
        assert!(prueba.has("$359.10") && prueba.has("nada quedó guardado"), "{}", prueba.html);
        assert_eq!(count(&db, "promociones").await, 0);
        campos.pop();
        campos[1] = ("clase", "importe");
        let falta = create(&n, ruta, &campos).await;
        assert!(falta.estado == 422 && falta.has("Falta el importe."));
        campos.push(("importe.importe", "50,00"));
        let hecha = create(&n, ruta, &campos).await;
        assert_eq!((hecha.estado, hecha.lugar()), (303, "/admin/catalogo/promociones/verano"));
        let ficha = n.get("/admin/catalogo/promociones/verano?fecha=2026-12-05&zona=centro").await;
        assert!(ficha.has("$349.00"), "{}", ficha.html);
        let antes = n.get("/admin/catalogo/promociones/verano?fecha=2026-11-25").await;
        assert!(antes.has("No se aplica ese día"));
        let futuras = n.get("/admin/catalogo/promociones?vigencia=futura").await;
        assert!(futuras.has("Verano"));
        assert!(!n.get("/admin/catalogo/promociones?vigencia=vigente").await.has("/verano"));
    }

    async fn a_catalogue_file_is_shown_before_it_is_written_and_written_once(db: Db) {
        let n = Navegador::new(db.clone(), TODO);
        let ruta = "/admin/catalogo/importar";
        let token = n.get(ruta).await.oculto("_csrf");
        let campos = [("_csrf", token.as_str()), ("moneda", "MXN")];
        for (nombre, bytes, frase) in [
            ("catalogo.xlsx", &b"PK\x03\x04\x14\x00"[..], "libro de Excel"),
            ("a.csv", b"", "Falta elegir el archivo"),
            ("a.csv", b"nombre\x00tipo", "No es un archivo de texto"),
        ] {
            let nombre = if bytes.is_empty() { "" } else { nombre };
            let vuelta = n.upload(ruta, &campos, (nombre, bytes)).await;
            assert_eq!(vuelta.estado, 422, "{frase}");
            assert!(vuelta.has(frase), "{frase}: {}", vuelta.html);
        }
        let enorme = vec![b'a'; (1 << 20) + 5000];
        let vuelta = n.upload(ruta, &campos, ("a.csv", &enorme)).await;
        assert_eq!(vuelta.estado, 413);
        assert!(vuelta.has("más de 1 MB"), "{}", vuelta.html);
        let cabecera = "nombre,tipo,tecnologia,precio_con_impuesto,periodo\n";
        let roto = format!("{cabecera}<b>x</b>,tv,,caro,mensual\n");
        let subido = n.upload(ruta, &campos, ("a.csv", roto.as_bytes())).await;
        assert_eq!(subido.estado, 303, "{}", subido.html);
        let revisar = n.get(subido.lugar()).await;
        assert!(revisar.has("precio_con_impuesto") && revisar.has("No se importó nada"));
        assert!(!revisar.has("Importar el catálogo"));
        let bueno = format!("{cabecera}<b>Fibra</b>,internet,ftth,399.00,mensual\n");
        let subido = n.upload(ruta, &campos, ("a.csv", bueno.as_bytes())).await;
        let revisar = n.get(subido.lugar()).await;
        assert!(revisar.has("$399.00") && !revisar.has("<b>Fibra"), "{}", revisar.html);
        assert_eq!(count(&db, "productos").await, 0);
        let idem = revisar.oculto("_idem");
        let destino = subido.lugar().split('?').next().unwrap().to_owned();
        let confirma = [("_idem", idem.as_str()), ("moneda", "MXN")];
        for _ in 0..2 {
            let hecho = n.post(&destino, &token, &confirma).await;
            assert_eq!((hecho.estado, hecho.lugar()), (303, RAIZ), "{}", hecho.html);
        }
        assert_eq!(count(&db, "productos").await, 1);
        let nada = n.get(&format!("{RAIZ}/importar/{}", "0".repeat(64))).await;
        assert_eq!(nada.estado, 404);
    }

    async fn a_combo_names_its_parts_by_code(db: Db) {
        let n = Navegador::new(db.clone(), TODO);
        surtido(&n).await;
        let mut campos = plan("Duo", "700");
        campos[1].1 = "combo";
        campos.extend([("componentes[0].producto_id", "nada"), ("componentes[0].cantidad", "2"),
            ("componentes[1].producto_id", ""), ("componentes[1].cantidad", "1")]);
        let vuelta = create(&n, "/admin/catalogo/nuevo?clase=combo", &campos).await;
        assert_eq!(vuelta.estado, 422);
        assert!(vuelta.has("No hay producto con ese código"), "{}", vuelta.html);
        campos[10].1 = "fibra-100";
        let hecho = create(&n, "/admin/catalogo/nuevo?clase=combo", &campos).await;
        assert_eq!(hecho.lugar(), "/admin/catalogo/productos/duo", "{}", hecho.html);
        assert!(n.get("/admin/catalogo/combos").await.has("Duo"));
        assert!(!n.get("/admin/catalogo").await.has("Duo"));
        let edicion = n.get("/admin/catalogo/productos/duo/editar").await;
        assert!(edicion.has("value=\"fibra-100\""), "{}", edicion.html);
    }
}
