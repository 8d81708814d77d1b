//! The company and its emisores: one of the first, no two alike of the second.

use ramal_base::Pais;
use ramal_db::Db;
use ramal_plataforma::{
    Error, NuevaEmpresa, NuevoEmisor, create_emisor, create_empresa, emisor, emisor_por_numero,
    emisores, empresa,
};
use ramal_testkit::both_engines;
use serde_json::json;

use crate::mundo::Mundo;

both_engines! {
    migraciones: [ramal_db::MIGRACIONES, ramal_web::MIGRACIONES, ramal_plataforma::MIGRACIONES];

    async fn there_is_one_empresa_and_it_reads_back_as_written(db: Db) {
        let mundo = Mundo::new(db);
        let clave = mundo.clave("panel", &["empresa:leer"]).await.texto;
        let (estado, cuerpo) = mundo.llamar("GET", "/api/v1/empresa", &clave, "").await;
        assert_eq!((estado.as_u16(), &cuerpo["codigo"]), (404, &"empresa_no_encontrada".into()));
        let tx = mundo.db.begin().await.unwrap();
        let nueva = NuevaEmpresa {
            ajustes: Some(json!({"modo_agrupacion": "cliente"})),
            ..NuevaEmpresa::new("Fibra del Norte", Pais::Mx)
        };
        let creada = create_empresa(&tx, &mundo.cx, nueva.clone()).await.unwrap();
        let otra = create_empresa(&tx, &mundo.cx, nueva).await;
        assert!(matches!(otra, Err(Error::EmpresaExists)));
        tx.commit().await.unwrap();
        let leida = empresa(&mundo.db).await.unwrap();
        assert_eq!(leida, creada);
        assert_eq!(leida.ajuste("modo_agrupacion"), Some("cliente"));
        let (estado, cuerpo) = mundo.llamar("GET", "/api/v1/empresa", &clave, "").await;
        assert_eq!((estado.as_u16(), &cuerpo["moneda"]), (200, &"MXN".into()));
        assert_eq!(cuerpo["creado"], "2026-11-20T15:00:00Z");
    }

    async fn one_tax_number_issues_once(db: Db) {
        let mundo = Mundo::new(db);
        let clave = mundo.clave("panel", &["emisores:*"]).await.texto;
        let tx = mundo.db.begin().await.unwrap();
        let nuevo = NuevoEmisor::new(Pais::Mx, "EKU9003173C9", "ESCUELA KEMPER URGATE");
        let mx = create_emisor(&tx, &mundo.cx, nuevo.clone()).await.unwrap();
        let pe = NuevoEmisor::new(Pais::Pe, "20131312955", "SUPERINTENDENCIA");
        let pe = create_emisor(&tx, &mundo.cx, pe).await.unwrap();
        let repetido = NuevoEmisor { numero: "eku-900317-3c9".into(), ..nuevo };
        let error = create_emisor(&tx, &mundo.cx, repetido).await.unwrap_err();
        assert!(matches!(error, Error::EmisorExists(_)), "{error:?}");
        tx.commit().await.unwrap();
        assert_eq!(emisor(&mundo.db, mx.id).await.unwrap(), mx);
        assert_eq!(emisor_por_numero(&mundo.db, "20131312955").await.unwrap(), pe);
        assert_eq!(emisores(&mundo.db).await.unwrap(), [mx.clone(), pe]);
        let (_, lista) = mundo.llamar("GET", "/api/v1/emisores", &clave, "").await;
        assert_eq!(lista["datos"][1]["numero"], "20131312955");
        assert_eq!(lista["siguiente"], json!(null));
        let ruta = format!("/api/v1/emisores/{}", mx.id);
        let (_, uno) = mundo.llamar("GET", &ruta, &clave, "").await;
        assert_eq!(uno["razon_social"], "ESCUELA KEMPER URGATE");
        let nadie = "/api/v1/emisores/0193f0c8-7a00-7000-8000-000000000001";
        let (estado, cuerpo) = mundo.llamar("GET", nadie, &clave, "").await;
        assert_eq!((estado.as_u16(), &cuerpo["codigo"]), (404, &"emisor_no_encontrado".into()));
    }
}
