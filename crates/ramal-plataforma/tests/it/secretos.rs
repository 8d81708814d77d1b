//! Sealed secrets: what an attacker with the database alone can do, which is nothing.

use ramal_db::{Db, params};
use ramal_plataforma::sello::ARCHIVO;
use ramal_plataforma::{Error, Sello, SelloError, get_secret, put_secret, secret_names};
use ramal_testkit::{both_engines, cx_fijo};

both_engines! {
    migraciones: [ramal_db::MIGRACIONES, ramal_plataforma::MIGRACIONES];

    async fn an_altered_or_swapped_secret_does_not_open(db: Db) {
        let (cx, sello) = (cx_fijo(), Sello::from_bytes(&[7; 32]));
        let tx = db.begin().await.unwrap();
        put_secret(&tx, &cx, &sello, "emisor/1/llave", b"uno").await.unwrap();
        put_secret(&tx, &cx, &sello, "emisor/2/llave", b"dos").await.unwrap();
        put_secret(&tx, &cx, &sello, "emisor/1/llave", b"tres").await.unwrap();
        tx.commit().await.unwrap();
        let leido = get_secret(&db, &sello, "emisor/1/llave").await.unwrap().unwrap();
        assert_eq!(&*leido, b"tres");
        assert!(get_secret(&db, &sello, "otro").await.unwrap().is_none());
        assert_eq!(secret_names(&db).await.unwrap(), ["emisor/1/llave", "emisor/2/llave"]);

        let tx = db.begin().await.unwrap();
        let sql = "UPDATE secretos SET sellado = (SELECT s.sellado FROM secretos s \
            WHERE s.nombre = 'emisor/2/llave') WHERE nombre = 'emisor/1/llave'";
        tx.exec(sql, params![]).await.unwrap();
        let basura = vec![1_u8; 60];
        let sql = "UPDATE secretos SET sellado = $1 WHERE nombre = 'emisor/2/llave'";
        tx.exec(sql, params![basura]).await.unwrap();
        tx.commit().await.unwrap();
        for nombre in ["emisor/1/llave", "emisor/2/llave"] {
            let error = get_secret(&db, &sello, nombre).await.unwrap_err();
            assert!(matches!(error, Error::Sello(SelloError::Roto)), "{nombre}: {error:?}");
        }
    }
}

#[test]
fn a_folder_keeps_one_master_key_that_only_its_owner_reads() {
    let carpeta = tempfile::tempdir().unwrap();
    let hilos: Vec<_> = (0..8)
        .map(|_| {
            let ruta = carpeta.path().join("datos");
            std::thread::spawn(move || Sello::from_folder(&ruta).unwrap())
        })
        .collect();
    let sellos: Vec<Sello> = hilos.into_iter().map(|h| h.join().unwrap()).collect();
    let sellado = sellos[0].seal("n", b"x").unwrap();
    for sello in &sellos {
        assert_eq!(&*sello.open("n", &sellado).unwrap(), b"x");
    }
    let archivos: Vec<_> = std::fs::read_dir(carpeta.path().join("datos")).unwrap().collect();
    assert_eq!(archivos.len(), 1, "no draft is left behind");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let ruta = carpeta.path().join("datos").join(ARCHIVO);
        let modo = || std::fs::metadata(&ruta).unwrap().permissions().mode() & 0o777;
        assert_eq!(modo(), 0o600);
        std::fs::set_permissions(&ruta, std::fs::Permissions::from_mode(0o644)).unwrap();
        Sello::from_folder(&carpeta.path().join("datos")).unwrap();
        assert_eq!(modo(), 0o600, "a loose file is closed again");
    }
}
