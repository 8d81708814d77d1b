//! What goes in comes out: dates, instants, ids, nulls, text and bytes, the same on both engines.

use ramal_base::{Fecha, Id, Instante};
use ramal_db::{Consulta, Db, params};
use sea_orm::FromQueryResult;
use uuid::Uuid;

#[derive(Debug, PartialEq, FromQueryResult)]
struct Fila {
    id: Id<Fila>,
    otro: Option<Id<Fila>>,
    fecha: Option<Fecha>,
    instante: Option<Instante>,
    texto: Option<String>,
    monto: Option<i64>,
    cuenta: Option<i32>,
    activo: Option<bool>,
    bytes: Option<Vec<u8>>,
}

const COLUMNAS: &str = "id, otro, fecha, instante, texto, monto, cuenta, activo, bytes";

async fn crear(db: &Db) {
    let tx = db.begin().await.unwrap();
    let sql = "CREATE TABLE filas (id UUID NOT NULL PRIMARY KEY, otro UUID, fecha DATE, \
        instante TIMESTAMPTZ, texto TEXT, monto BIGINT, cuenta INTEGER, activo BOOLEAN, \
        bytes BYTEA)";
    tx.exec(sql, params![]).await.unwrap();
    tx.commit().await.unwrap();
}

async fn ida_y_vuelta(db: &Db, fila: &Fila) -> Fila {
    let tx = db.begin().await.unwrap();
    let sql = format!("INSERT INTO filas ({COLUMNAS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)");
    let valores = params![
        fila.id,
        fila.otro,
        fila.fecha,
        fila.instante,
        fila.texto.clone(),
        fila.monto,
        fila.cuenta,
        fila.activo,
        fila.bytes.clone(),
    ];
    tx.exec(&sql, valores).await.unwrap();
    tx.commit().await.unwrap();
    let sql = format!("SELECT {COLUMNAS} FROM filas WHERE id = $1");
    db.opt(&sql, params![fila.id]).await.unwrap().unwrap()
}

fn llena(n: u128, fecha: &str, instante: &str) -> Fila {
    Fila {
        id: Id::from_uuid(Uuid::from_u128(n)),
        otro: Some(Id::from_uuid(Uuid::from_u128(u128::MAX - n))),
        fecha: Some(Fecha::parse(fecha).unwrap()),
        instante: Some(Instante::parse(instante).unwrap()),
        texto: Some("Ñandú «S.A. de C.V.» — 日本 \u{1F408}\n'; --".into()),
        monto: Some(i64::MIN + 1),
        cuenta: Some(i32::MAX),
        activo: Some(false),
        bytes: Some((0..=255).collect()),
    }
}

ramal_testkit::both_engines! {
    migraciones: [];

    async fn every_value_comes_back_as_it_went_in(db: Db) {
        crear(&db).await;
        let casos = [
            ("2026-02-28", "2026-11-20T15:00:00Z"),
            ("2028-02-29", "2026-11-20T15:00:00.001Z"),
            ("1999-12-31", "1969-12-31T23:59:59.999Z"),
            ("2100-01-01", "2038-01-19T03:14:08.120Z"),
        ];
        for (n, (fecha, instante)) in casos.into_iter().enumerate() {
            let fila = llena(n as u128 + 1, fecha, instante);
            assert_eq!(ida_y_vuelta(&db, &fila).await, fila);
        }
    }

    async fn nulls_come_back_as_nulls(db: Db) {
        crear(&db).await;
        let fila = Fila {
            id: Id::from_uuid(Uuid::from_u128(9)),
            otro: None, fecha: None, instante: None, texto: None, monto: None, cuenta: None,
            activo: None, bytes: None,
        };
        assert_eq!(ida_y_vuelta(&db, &fila).await, fila);
        let nula: Option<Instante> =
            db.scalar("SELECT instante FROM filas", params![]).await.unwrap();
        assert_eq!(nula, None);
        let nadie: Option<i64> =
            db.scalar("SELECT monto FROM filas WHERE cuenta = 1", params![]).await.unwrap();
        assert_eq!(nadie, None);
    }

    async fn instants_and_dates_sort_and_compare_as_times(db: Db) {
        crear(&db).await;
        // A fraction of zero must not sort after one of a millisecond in the same second.
        let instantes = ["2026-11-20T15:00:00Z", "2026-11-20T15:00:00.001Z",
            "2026-11-20T15:00:00.100Z", "2026-11-20T15:00:01Z", "2027-01-01T00:00:00Z"];
        for (n, instante) in instantes.iter().enumerate().rev() {
            ida_y_vuelta(&db, &llena(n as u128, &format!("2026-11-{:02}", 9 + n), instante)).await;
        }
        let sql = "SELECT instante FROM filas ORDER BY instante";
        let leidos: Vec<Instante> = db.column(sql, params![]).await.unwrap();
        let esperados: Vec<Instante> =
            instantes.iter().map(|i| Instante::parse(i).unwrap()).collect();
        assert_eq!(leidos, esperados);
        for (n, limite) in esperados.iter().enumerate() {
            let sql = "SELECT COUNT(*) FROM filas WHERE instante <= $1";
            let hasta: Option<i64> = db.scalar(sql, params![*limite]).await.unwrap();
            assert_eq!(hasta, Some(n as i64 + 1), "up to {limite}");
        }
        let sql = "SELECT COUNT(*) FROM filas WHERE fecha >= $1 AND fecha < $2";
        let (desde, hasta) = (Fecha::parse("2026-11-10"), Fecha::parse("2026-11-12"));
        let dentro: Option<i64> =
            db.scalar(sql, params![desde.unwrap(), hasta.unwrap()]).await.unwrap();
        assert_eq!(dentro, Some(2));
    }
}
