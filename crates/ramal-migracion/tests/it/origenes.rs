//! Risk: reading straight from a database finds other things than its export.
// tidy: allow-file(engine) makes databases of other systems to read from

use ramal_db::{Consulta, Db, DbOptions};
use ramal_migracion::{Error, Informe, Origen, PedidoImportacion, Perfil};
use ramal_testkit::{Base, both_engines};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};

use crate::apoyo::{self, mundo, pedido};
use crate::fixtures::PE;

const TABLA: &str = "CREATE TABLE clientes (id INTEGER PRIMARY KEY, ruc VARCHAR(11), \
    razon_social VARCHAR(200), direccion VARCHAR(200), monto VARCHAR(20), \
    fecha_vencimiento VARCHAR(20), tipo_servicio VARCHAR(20), whatsapp VARCHAR(30), \
    activo INTEGER)";

/// The fixture as statements that fill the table of the other system.
fn statements() -> Vec<String> {
    let mut lector = csv::Reader::from_reader(PE);
    let filas = lector.records().map(|fila| {
        let celdas: Vec<String> =
            fila.unwrap().iter().map(|c| format!("'{}'", c.replace('\'', "''"))).collect();
        format!("INSERT INTO clientes VALUES ({})", celdas.join(", "))
    });
    std::iter::once(TABLA.to_owned()).chain(filas).collect()
}

fn same(de_base: &Informe, de_csv: &Informe) {
    assert_eq!(de_base.rechazadas, de_csv.rechazadas);
    assert_eq!(de_base.avisos, de_csv.avisos);
    assert_eq!(de_base.suma_centavos_activos, de_csv.suma_centavos_activos);
    assert_eq!(de_base.filas, de_csv.filas);
    assert_eq!(de_base.verificacion.archivo, de_csv.verificacion.archivo);
}

fn from(origen: &str) -> PedidoImportacion {
    PedidoImportacion::new(Origen::parse(origen).unwrap(), Perfil::find("seed003").unwrap())
}

both_engines! {
    migraciones: (apoyo::MIGRACIONES);

    async fn a_sqlite_database_gives_the_same_as_its_export(db: Db) {
        let m = mundo(db).await;
        let carpeta = tempfile::tempdir().unwrap();
        let ruta = carpeta.path().join("otro.sqlite");
        let opciones = sqlx::sqlite::SqliteConnectOptions::new()
            .filename(&ruta).create_if_missing(true);
        let mut otra = opciones.connect().await.unwrap();
        for sql in statements() {
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut otra).await.unwrap();
        }
        otra.close().await.unwrap();
        let url = format!("sqlite://{}?mode=ro", ruta.display());
        let de_base = m.import(from(&url)).await;
        assert_eq!(de_base.ya_importadas, 0);
        assert!(de_base.importadas > 250);
        let repetida = m.import(from(ruta.to_str().unwrap())).await;
        assert_eq!((repetida.importadas, repetida.lote), (0, de_base.lote));
        let de_csv = m.import(pedido("seed003", PE)).await;
        assert_eq!(de_csv.importadas, 0);
        same(&de_base, &de_csv);
    }

    async fn a_source_that_cannot_be_opened_writes_nothing(db: Db) {
        let m = mundo(db).await;
        for origen in ["sqlite:///no/hay.db", "/no/hay.csv", "postgres://127.0.0.1:1/nada"] {
            let error = m.try_import(from(origen)).await.unwrap_err();
            assert!(matches!(error, Error::Lectura(_)), "{origen}: {error}");
        }
        assert_eq!(m.count("lotes").await, 0);
    }
}

/// The server of the tests holds the table of the other system in a schema of its own.
async fn from_server(base: Base) {
    let DbOptions::Url(url) = &base.options else { panic!("a server has an address") };
    let m = mundo(base.db.clone()).await;
    let mut otra =
        url.parse::<sqlx::postgres::PgConnectOptions>().unwrap().connect().await.unwrap();
    sqlx::raw_sql("CREATE SCHEMA otro; SET search_path = otro").execute(&mut otra).await.unwrap();
    for sql in statements() {
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut otra).await.unwrap();
    }
    otra.close().await.unwrap();
    let junto = if url.contains('?') { '&' } else { '?' };
    let de_base = m.import(from(&format!("{url}{junto}options=-c%20search_path%3Dotro"))).await;
    let de_csv = m.import(pedido("seed003", PE)).await;
    assert!(de_base.importadas > 250);
    assert_eq!(de_csv.importadas, 0);
    same(&de_base, &de_csv);
    let clientes: Option<i64> = m.db.scalar("SELECT COUNT(*) FROM clientes", vec![]).await.unwrap();
    assert_eq!(clientes, i64::try_from(de_base.clientes).ok());
}

#[test]
fn a_postgres_database_gives_the_same_as_its_export() {
    ramal_testkit::run_postgres(&apoyo::MIGRACIONES, from_server);
}
