//! Kept documents are proven by their hash for the years that the law asks.

use ramal_db::{DbError, Objetos};

const RUTA: &str = "2026/11/F001-00000001.xml";

#[tokio::test]
async fn a_document_altered_on_disk_is_not_given_out() {
    let carpeta = tempfile::tempdir().unwrap();
    let objetos = Objetos::local(carpeta.path()).unwrap();
    let huella = objetos.put(RUTA, b"<Invoice/>".to_vec()).await.unwrap();
    assert_eq!(huella, "b8dbbfb2620e9346480364a8d935a0ff2038ce9bac7738f5ec58f22e639d2607");
    assert_eq!(objetos.get(RUTA, &huella).await.unwrap(), b"<Invoice/>");

    std::fs::write(carpeta.path().join(RUTA), b"<Invoice />").unwrap();
    let error = objetos.get(RUTA, &huella).await.unwrap_err();
    assert!(matches!(error, DbError::Corrupt(_)), "{error}");
}

#[tokio::test]
async fn the_same_document_may_be_kept_twice() {
    let carpeta = tempfile::tempdir().unwrap();
    let objetos = Objetos::local(carpeta.path()).unwrap();
    let primera = objetos.put(RUTA, b"<a/>".to_vec()).await.unwrap();
    assert_eq!(objetos.put(RUTA, b"<a/>".to_vec()).await.unwrap(), primera);
    assert_eq!(objetos.get(RUTA, &primera).await.unwrap(), b"<a/>");
}

#[tokio::test]
async fn a_missing_document_is_an_error_of_the_store_not_an_empty_one() {
    let error = Objetos::memoria().get(RUTA, "00").await.unwrap_err();
    assert!(matches!(error, DbError::Objetos(_)), "{error}");
}
