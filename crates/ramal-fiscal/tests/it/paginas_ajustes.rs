//! Settings: what is wrong with a certificate is told where it is wrong, a pause loses nothing, two
//! people do not overwrite each other.

use ramal_cfdi::Csd;
use ramal_db::Db;
use ramal_fiscal::{Estado, Tipo};
use ramal_plataforma::Sello;
use ramal_testkit::both_engines;

use crate::mundo::{MIGRACIONES, Mundo};
use crate::visita::{TODO, Visita, Vuelta};

const CLAVE: &str = "12345678a";

/// A `.cer` and its `.key`.
fn par(m: &Mundo, consecutivo: u64) -> (Vec<u8>, Vec<u8>) {
    let datos = ramal_cfdi::csd::DatosPrueba {
        rfc: m.mx.numero.clone().into(),
        razon_social: m.mx.razon_social.clone().into(),
        desde_ms: m.cx.now().millis() - 1_000,
        hasta_ms: m.cx.now().millis() + 10 * 86_400_000,
        consecutivo: consecutivo.try_into().unwrap(),
    };
    Csd::prueba(&datos).unwrap().to_archivos(CLAVE).unwrap()
}

async fn cargar(v: &Visita, m: &Mundo, clave: &str, archivos: &[(&str, &[u8])]) -> Vuelta {
    let ruta = format!("/admin/ajustes/certificados/{}/cargar", m.mx.id);
    let testigo = v.get(&ruta).await.oculto("_csrf");
    let archivos: Vec<_> = archivos.iter().map(|(n, b)| (*n, "a.bin", *b)).collect();
    v.upload(&ruta, &[("_csrf", &testigo), ("contrasena", clave)], &archivos).await
}

/// Whether a refused form says something on a field, in the summary and beside it.
fn says(vuelta: &Vuelta, campo: &str, texto: &str) -> bool {
    vuelta.estado == 422
        && vuelta.texto.contains(&format!("href=\"#c-{campo}\""))
        && vuelta.texto.contains(&format!("id=\"e-{campo}\""))
        && vuelta.texto.contains(texto)
}

both_engines! {
    migraciones: MIGRACIONES;

    async fn a_wrong_certificate_is_refused_on_the_file_at_fault(db: Db) {
        let m = Mundo::new(db).await;
        let v = Visita::new(&m, &TODO);
        let ((cer, key), (_, otra)) = (par(&m, 3), par(&m, 4));
        let ajena = cargar(&v, &m, CLAVE, &[("cer", &cer), ("key", &otra)]).await;
        assert!(says(&ajena, "key", "no corresponde al certificado"), "{}", ajena.texto);
        let mala = cargar(&v, &m, "otra", &[("cer", &cer), ("key", &key)]).await;
        assert!(says(&mala, "contrasena", "no abre la llave"), "{}", mala.texto);
        assert!(!mala.texto.contains("value=\"otra\""), "a password is never sent back");
        let vacia = cargar(&v, &m, CLAVE, &[("cer", &cer)]).await;
        assert!(says(&vacia, "key", "Falta elegir el archivo"), "{}", vacia.texto);
        let grande = vec![0_u8; 65 * 1024];
        let grande = cargar(&v, &m, CLAVE, &[("cer", &grande), ("key", &key)]).await;
        assert!(says(&grande, "cer", "64 KB"), "{}", grande.texto);
        let enorme = vec![0_u8; 1_200 * 1024];
        let enorme = cargar(&v, &m, CLAVE, &[("cer", &enorme), ("key", &key)]).await;
        assert_eq!(enorme.estado, 413);
        let sql = "SELECT COUNT(*) FROM certificados";
        assert_eq!(m.count(sql).await, 2, "nothing was kept");
    }

    async fn a_certificate_is_kept_and_its_key_is_never_shown(db: Db) {
        let m = Mundo::new(db).await;
        let v = Visita::new(&m, &TODO);
        let (cer, key) = par(&m, 5);
        let hecho = cargar(&v, &m, CLAVE, &[("cer", &cer), ("key", &key)]).await;
        assert_eq!((hecho.estado, hecho.lugar()), (303, "/admin/ajustes/certificados"));
        let lista = v.get("/admin/ajustes/certificados").await.texto;
        assert!(lista.contains("Vence en 10 días"), "{lista}");
        assert!(lista.contains("Guardada el") && !lista.contains(CLAVE));
        let sql = "SELECT COUNT(*) FROM auditoria WHERE accion = 'certificado.cargar'";
        assert_eq!(m.count(sql).await, 1);
    }

    async fn a_paused_emisor_keeps_its_documents_in_line(db: Db) {
        let m = Mundo::new(db).await;
        let v = Visita::new(&m, &TODO);
        let lista = "/admin/ajustes/certificados";
        let testigo = v.get(lista).await.oculto("_csrf");
        let ruta = |que: &str| format!("/admin/ajustes/emisores/{}/{que}", m.pe.id);
        let campos = |motivo: &'static str| [("_csrf", testigo.as_str()), ("motivo", motivo)];
        assert_eq!(v.post(&ruta("pausar"), &campos("x")).await.estado, 422);
        assert_eq!(v.post(&ruta("pausar"), &campos("Cambio de SOL")).await.estado, 303);
        let id = m.issue(Tipo::Factura, 11_800).await;
        m.drain().await;
        assert_eq!(m.estado(id).await, Estado::EnCola, "nothing goes out");
        assert!(v.get(lista).await.texto.contains("Cambio de SOL"));
        let detalle = v.get(&format!("/facturacion/documentos/{id}")).await.texto;
        assert!(detalle.contains("Ir a Certificados"), "the way out");
        assert_eq!(v.post(&ruta("reanudar"), &campos("")).await.estado, 303);
        m.drain().await;
        assert_eq!(m.estado(id).await, Estado::Aceptado);
    }

    async fn two_people_do_not_overwrite_each_other(db: Db) {
        let m = Mundo::new(db).await;
        let v = Visita::new(&m, &TODO);
        let ruta = format!("/admin/ajustes/emisores/{}", m.pe.id);
        let pagina = v.get(&ruta).await;
        let (testigo, version) = (pagina.oculto("_csrf"), pagina.oculto("_version"));
        let campos = |valor: &'static str| {
            [("_csrf", testigo.as_str()), ("_version", version.as_str()), ("boletas", valor)]
        };
        assert_eq!(v.post(&ruta, &campos("por_paloma")).await.estado, 422);
        assert_eq!(v.post(&ruta, &campos("resumen")).await.estado, 303);
        let tarde = v.post(&ruta, &campos("individual")).await;
        assert_eq!(tarde.estado, 409, "the second one is told");
        assert!(tarde.texto.contains("Otra persona"));
        let emisor = ramal_plataforma::emisor_por_numero(&m.db, "20600000005").await.unwrap();
        assert_eq!(emisor.ajustes["boletas"], "resumen");
    }

    async fn a_try_of_the_connection_shows_the_real_answer(db: Db) {
        let m = Mundo::new(db).await;
        let v = Visita::new(&m, &TODO);
        let lugar = "/admin/ajustes/conexion";
        let pagina = v.get(lugar).await;
        assert!(pagina.texto.contains("Nunca se probó"));
        let testigo = pagina.oculto("_csrf");
        for _ in 0..2 {
            let ruta = format!("{lugar}/{}/probar", m.mx.id);
            assert_eq!(v.post(&ruta, &[("_csrf", &testigo)]).await.estado, 303);
        }
        assert!(v.get(lugar).await.texto.contains("Probando…"));
        m.drain().await;
        let despues = v.get(lugar).await.texto;
        assert!(despues.contains("Responde y acepta las credenciales"), "{despues}");
        assert!(despues.contains(" ms"), "how long it took");
    }

    async fn the_next_number_is_shown_and_cannot_be_typed(db: Db) {
        let m = Mundo::new(db).await;
        m.issue(Tipo::Factura, 11_800).await;
        let v = Visita::new(&m, &TODO);
        let texto = v.get("/admin/ajustes/series").await.texto;
        assert!(texto.contains("F001-2"));
        assert!(!texto.contains("name=\"siguiente\""));
        assert_eq!(v.get("/admin/ajustes").await.estado, 200);
    }

    async fn a_certificate_of_peru_comes_in_any_of_its_three_forms(db: Db) {
        let m = Mundo::new(db).await;
        let v = Visita::new(&m, &TODO);
        let ruta = format!("/admin/ajustes/certificados/{}/cargar", m.pe.id);
        let testigo = v.get(&ruta).await.oculto("_csrf");
        let nada = v.upload(&ruta, &[("_csrf", &testigo)], &[]).await;
        assert!(says(&nada, "p12", "Falta elegir el archivo .p12"), "{}", nada.texto);
        let basura: &[u8] = b"no soy una llave";
        for campo in ["p12", "pem"] {
            let campos = [("_csrf", testigo.as_str()), ("contrasena", "x")];
            let malo = v.upload(&ruta, &campos, &[(campo, "a.bin", basura)]).await;
            assert!(says(&malo, campo, ""), "{campo}: {}", malo.texto);
        }
        let _: &Sello = &m.sello;
    }
}
