//! Risk: customers are billed by the wrong company.

use ramal_base::Pais;
use ramal_db::Db;
use ramal_migracion::PedidoImportacion;
use ramal_plataforma::{NuevoEmisor, create_emisor};
use ramal_testkit::both_engines;

use crate::apoyo::{self, RFC_EMISOR, RUC_EMISOR, mundo, pedido};
use crate::fixtures::PE;

fn named(numero: &str) -> PedidoImportacion {
    PedidoImportacion { emisor: Some(numero.to_owned()), ..pedido("seed003", PE) }
}

both_engines! {
    migraciones: (apoyo::MIGRACIONES);

    async fn with_two_emisores_of_the_country_one_must_be_named(db: Db) {
        let m = mundo(db).await;
        let tx = m.db.begin().await.unwrap();
        let otro = NuevoEmisor::new(Pais::Pe, "20100070970", "OTRA SAC");
        create_emisor(&tx, &m.cx, otro).await.unwrap();
        tx.commit().await.unwrap();
        let error = m.try_import(pedido("seed003", PE)).await.unwrap_err();
        assert_eq!(error.codigo(), "emisor_ambiguo");
        let texto = error.to_string();
        assert!(texto.contains(RUC_EMISOR) && texto.contains("20100070970"), "{texto}");
        let uno = m.import(named("20100070970")).await;
        assert_eq!(uno.emisor, "20100070970");
        assert_eq!(m.counts().await[0], i64::try_from(uno.clientes).unwrap());
    }

    async fn an_emisor_of_another_country_or_unknown_is_refused(db: Db) {
        let m = mundo(db).await;
        let antes = m.counts().await;
        for (numero, codigo) in
            [(RFC_EMISOR, "emisor_de_otro_pais"), ("20999999999", "emisor_no_encontrado")]
        {
            assert_eq!(m.try_import(named(numero)).await.unwrap_err().codigo(), codigo);
        }
        assert_eq!(m.counts().await, antes);
    }
}
