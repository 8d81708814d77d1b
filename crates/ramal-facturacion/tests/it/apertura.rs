//! Opening the ledger over what an earlier version issued and settled: nothing is lost, balances
//! are what they were, and the engine goes on from there.

use ramal_base::{Moneda, Pais};
use ramal_clientes::Cliente;
use ramal_db::{Db, Migracion, params};
use ramal_facturacion::FacturaId;
use ramal_facturacion::cobro::{check, unapply_abono};
use ramal_testkit::both_engines;
use uuid::Uuid;

use crate::mundo::{Mundo, dia};

/// The schema as it was before the ledger.
const ANTES: [&[Migracion]; 9] = [
    ramal_db::MIGRACIONES,
    ramal_jobs::MIGRACIONES,
    ramal_web::MIGRACIONES,
    ramal_plataforma::MIGRACIONES,
    ramal_fiscal::MIGRACIONES,
    ramal_clientes::MIGRACIONES,
    ramal_catalogo::MIGRACIONES,
    ramal_contratos::MIGRACIONES,
    ramal_facturacion::MIGRACIONES.split_at(4).0,
];

/// An invoice or note as an earlier version kept it.
struct Vieja<'a> {
    clase: &'a str,
    tipo: &'a str,
    estado: &'a str,
    total: i64,
    acreditado: i64,
    de: Option<Uuid>,
    pago: Option<i64>,
    /// Sold, with taxes, credited as sold.
    lineas: &'a [(i64, i64, i64)],
}

async fn keep(m: &Mundo, cliente: &Cliente, folio: i64, v: Vieja<'_>) -> Uuid {
    const FACTURA: &str = "INSERT INTO facturas (id, emisor_id, cliente_id, clase, tipo, serie, \
        folio, fecha, emitida, vencimiento, moneda, subtotal, impuestos, total, acreditado, \
        estado, receptor, relacionada_id, pagada, pago, version) VALUES ($1, $2, $3, $4, $5, \
        'V', $6, $7, $8, $9, 'MXN', $10, 0, $10, $11, $12, '{}', $13, $14, $15, 1)";
    const LINEA: &str = "INSERT INTO factura_lineas (factura_id, linea, clase, descripcion, \
        cantidad, importe, impuesto_incluido, impuesto, total, acreditado) \
        VALUES ($1, $2, 'recurrente', 'Internet', 1, $3, FALSE, 'general', $4, $5)";
    let id = m.cx.new_id::<()>().uuid();
    let ahora = m.cx.now();
    let pago = v.pago.map(|n| {
        format!(
            "{{\"fecha\":\"2026-11-19\",\"forma_pago\":\"01\",\"operacion\":\"OP-1\",\
             \"importe\":{n}}}"
        )
    });
    let tx = m.db.begin().await.unwrap();
    let valores = params![
        id,
        m.emisor.id,
        cliente.id,
        v.clase,
        v.tipo,
        folio,
        dia("2026-11-01"),
        ahora,
        dia("2026-11-11"),
        v.total,
        v.acreditado,
        v.estado,
        v.de,
        pago.as_ref().map(|_| ahora),
        pago.clone(),
    ];
    tx.exec(FACTURA, valores).await.unwrap();
    for (n, (importe, total, acreditado)) in (1_i32..).zip(v.lineas) {
        let valores = params![id, n, *importe, *total, *acreditado];
        tx.exec(LINEA, valores).await.unwrap();
    }
    tx.commit().await.unwrap();
    id
}

fn sold<'a>(estado: &'a str, total: i64, lineas: &'a [(i64, i64, i64)]) -> Vieja<'a> {
    Vieja {
        clase: "factura",
        tipo: "I",
        estado,
        total,
        acreditado: 0,
        de: None,
        pago: None,
        lineas,
    }
}

fn note(de: Uuid, total: i64, lineas: &[(i64, i64, i64)]) -> Vieja<'_> {
    Vieja { clase: "nota_credito", tipo: "E", de: Some(de), ..sold("emitida", total, lineas) }
}

async fn stamped(m: &Mundo, factura: Uuid) {
    const SQL: &str = "INSERT INTO comprobantes (id, emisor_id, tipo, serie, folio, origen_tipo, \
        origen_id, fecha, emitido, moneda, total, estado, intentos, huella, digest, \
        cdr_pendiente, version) VALUES ($1, $2, 'P', 'P', 1, 'pago', $3, $4, $5, 'XXX', 0, \
        'aceptado', 1, '', '', FALSE, 1)";
    let tx = m.db.begin().await.unwrap();
    let id = m.cx.new_id::<()>().uuid();
    let valores = params![id, m.emisor.id, factura, dia("2026-11-19"), m.cx.now()];
    tx.exec(SQL, valores).await.unwrap();
    tx.commit().await.unwrap();
}

async fn saldo(m: &Mundo, cliente: &Cliente) -> (i64, i64) {
    let suyo = ramal_cuenta::saldo(&m.db, cliente.id.uuid(), Moneda::Mxn).await.unwrap();
    (suyo.por_cobrar, suyo.a_favor)
}

both_engines! {
    migraciones: ANTES;

    async fn what_was_issued_and_settled_before_adds_up_to_the_cent(db: Db) {
        let m = Mundo::new(db, Pais::Mx).await;
        let c = [m.cliente(1).await, m.cliente(2).await, m.cliente(3).await, m.cliente(4).await];
        keep(&m, &c[0], 1, sold("emitida", 39_900, &[(34_397, 39_900, 0)])).await;
        // The document rounded one cent up from its lines.
        keep(&m, &c[0], 2, sold("emitida", 201, &[(86, 100, 0), (86, 100, 0)])).await;
        keep(&m, &c[0], 3, sold("anulada", 10_000, &[(8_621, 10_000, 0)])).await;
        let pagada = sold("pagada", 49_900, &[(43_017, 49_900, 0)]);
        let pagada = keep(&m, &c[1], 4, Vieja { pago: Some(49_900), ..pagada }).await;
        stamped(&m, pagada).await;
        let parte = Vieja { acreditado: 5_000, pago: Some(15_000),
            ..sold("pagada", 20_000, &[(20_000, 20_000, 5_000)]) };
        let parte = keep(&m, &c[1], 5, parte).await;
        keep(&m, &c[1], 6, note(parte, 5_000, &[(5_000, 5_000, 0)])).await;
        // Credited after it was paid: the excess is the customer's.
        let tarde = Vieja { acreditado: 3_000, pago: Some(10_000),
            ..sold("pagada", 10_000, &[(10_000, 10_000, 3_000)]) };
        let tarde = keep(&m, &c[2], 7, tarde).await;
        keep(&m, &c[2], 8, note(tarde, 3_000, &[(3_000, 3_000, 0)])).await;
        // Three credits of a net price add up to one cent less than the line.
        let toda = Vieja { acreditado: 11_598,
            ..sold("anulada", 11_599, &[(9_999, 11_599, 9_999)]) };
        let toda = keep(&m, &c[3], 9, toda).await;
        for n in 10..13 {
            keep(&m, &c[3], n, note(toda, 3_866, &[(3_333, 3_866, 0)])).await;
        }
        let nuevas: [&[Migracion]; 2] = [ramal_cuenta::MIGRACIONES, ramal_facturacion::MIGRACIONES];
        m.db.migrate(&nuevas).await.unwrap();
        assert_eq!(check(&m.db, None).await.unwrap(), []);
        assert_eq!(saldo(&m, &c[0]).await, (40_101, 0));
        assert_eq!(saldo(&m, &c[1]).await, (0, 0));
        assert_eq!(saldo(&m, &c[2]).await, (0, 3_000));
        assert_eq!(saldo(&m, &c[3]).await, (0, 0));
        let suyo = ramal_cuenta::abono(&m.db, pagada).await.unwrap().unwrap();
        assert_eq!((suyo.contrapartida.as_str(), suyo.fecha_valor), ("caja", dia("2026-11-19")));
        assert_eq!(suyo.operacion.as_deref(), Some("OP-1"));
        assert_eq!(m.reps(FacturaId::from_uuid(pagada)).await, [
            (1, 49_900, 49_900, "emitido".to_owned())]);
        // The engine goes on from there.
        let tx = m.db.begin().await.unwrap();
        unapply_abono(&tx, &m.cx, pagada, "Rebotó").await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(saldo(&m, &c[1]).await, (49_900, 49_900));
        assert_eq!(m.reps(FacturaId::from_uuid(pagada)).await[0].3, "por_cancelar");
        let nueva = m.factura(&c[2], "100.00").await;
        assert_eq!(m.fila(nueva).await.saldo(), 7_000, "what was in favour settles the next one");
        assert_eq!(check(&m.db, None).await.unwrap(), []);
    }
}
