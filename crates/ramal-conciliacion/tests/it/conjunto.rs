//! The labelled set of 500 movements through the database: what the queries gather must be enough
//! for the matching never to give money to somebody else.

use std::collections::BTreeMap;

use ramal_base::Moneda;
use ramal_clientes::DatosCliente;
use ramal_conciliacion::actions::{
    DatosCuenta, DatosReferencia, NuevoLote, create_cuenta, create_referencia, receive_lote,
};
use ramal_conciliacion::{CuentaId, EstadoLote};
use ramal_db::{Consulta, Tx, params};
use ramal_extractos::importe::centavos;
use ramal_facturacion::actions::{DatosFactura, DatosLinea, create_factura};
use ramal_pagos::{Destino, Medio, NuevoPago, OrigenPago, record_pago};
use ramal_testkit::both_engines;
use uuid::Uuid;

use crate::mundo::{MIGRACIONES, Mundo, dia};

const CLIENTES: &str = include_str!("../../../ramal-extractos/tests/conjunto/clientes.csv");
const FACTURAS: &str = include_str!("../../../ramal-extractos/tests/conjunto/facturas.csv");
const ESPERADOS: &str = include_str!("../../../ramal-extractos/tests/conjunto/esperados.csv");
const MOVIMIENTOS: &str = include_str!("../../../ramal-extractos/tests/conjunto/movimientos.csv");

/// The set itself is the statement: a profile reads its columns.
const PERFIL: &str = r##"{"codigo": "conjunto", "nombre": "Conjunto etiquetado",
    "codificacion": "utf-8", "corte": {"forma": "delimitado", "separador": ","},
    "encabezado": ["clase", "fecha", "importe"], "fecha": "aaaa-mm-dd", "decimal": ".",
    "campos": {"fecha_operacion": "fecha", "importe": {"forma": "unico", "columna": "importe"},
        "referencia": "referencia", "concepto": ["concepto"], "contraparte": "contraparte",
        "documento": "documento", "cuenta_destino": "cuenta_destino", "id_banco": "id_banco"}}"##;

fn rows(csv: &str) -> impl Iterator<Item = Vec<&str>> {
    // No cell of the set has a comma or a quote.
    csv.lines().skip(1).map(|l| l.split(',').collect())
}

type PorNumero = BTreeMap<String, Uuid>;

async fn clientes(m: &Mundo, tx: &Tx) -> PorNumero {
    let mut ids = PorNumero::new();
    for (n, c) in rows(CLIENTES).enumerate() {
        let datos = DatosCliente {
            tipo_documento: "DNI".into(),
            numero_documento: format!("4{n:07}"),
            razon_social: c[1].into(),
            ..DatosCliente::default()
        };
        let id = ramal_clientes::actions::create_cliente(tx, &m.cx, datos).await.unwrap().id;
        let numero: i64 = c[0].parse().unwrap();
        let sql = "UPDATE clientes SET numero = $2 WHERE id = $1";
        tx.exec(sql, params![id, numero]).await.unwrap();
        if !c[3].is_empty() {
            let datos = DatosReferencia { valor: c[3].into(), proveedor: None };
            create_referencia(tx, &m.cx, id.uuid(), &datos).await.unwrap();
        }
        ids.insert(c[0].to_owned(), id.uuid());
    }
    ids
}

fn money(cliente_id: Uuid, monto: i64, referencia: &str, origen: OrigenPago) -> NuevoPago {
    NuevoPago {
        cliente_id,
        moneda: Moneda::Pen,
        monto,
        medio: Medio::Transferencia,
        origen,
        proveedor: Some(format!("conjunto:{cliente_id}")),
        referencia: Some(referencia.to_owned()),
        fecha_valor: dia("2026-11-18"),
        operacion: Some(referencia.to_owned()),
        notas: None,
        destino: Destino::ACuenta,
        turno_id: None,
    }
}

async fn facturas(m: &Mundo, tx: &Tx, ids: &PorNumero) {
    for f in rows(FACTURAS) {
        let (cliente_id, abierto) = (ids[f[0]], centavos(f[2], '.').unwrap());
        let precio = if abierto > 0 { f[2] } else { "399.00" };
        let linea = DatosLinea {
            descripcion: Some("Internet".into()),
            precio: Some(precio.into()),
            ..DatosLinea::default()
        };
        let datos = DatosFactura { cliente_id, lineas: vec![linea], ..DatosFactura::default() };
        let id = create_factura(tx, &m.cx, datos).await.unwrap();
        if abierto == 0 {
            let pago = NuevoPago {
                destino: Destino::Automatico,
                ..money(cliente_id, 39_900, f[1], OrigenPago::Pasarela)
            };
            record_pago(tx, &m.cx, pago).await.unwrap();
        }
        let (serie, folio) = f[1].split_once('-').unwrap();
        let sql = "UPDATE facturas SET serie = $2, folio = $3, fecha = $4, vencimiento = $5 \
            WHERE id = $1";
        let folio: i64 = folio.parse().unwrap();
        tx.exec(sql, params![id, serie, folio, dia(f[3]), dia(f[4])]).await.unwrap();
    }
    for e in rows(ESPERADOS) {
        let nuevo = money(ids[e[0]], centavos(e[2], '.').unwrap(), e[1], OrigenPago::Manual);
        record_pago(tx, &m.cx, nuevo).await.unwrap();
    }
}

/// The documents of the set are of another country: they are put in once the papers are out.
async fn documents(tx: &Tx, ids: &PorNumero) {
    for c in rows(CLIENTES) {
        let sql = "UPDATE clientes SET numero_documento = $2 WHERE id = $1";
        tx.exec(sql, params![ids[c[0]], c[2]]).await.unwrap();
    }
}

async fn account(m: &Mundo, tx: &Tx) -> CuentaId {
    let datos = DatosCuenta {
        nombre: "Conjunto".into(),
        moneda: "PEN".into(),
        clase: "banco".into(),
        perfil_json: PERFIL.into(),
        ..DatosCuenta::default()
    };
    create_cuenta(tx, &m.cx, &datos).await.unwrap().id
}

/// Customer of the payment of a line, if it was resolved alone.
async fn owner(m: &Mundo, renglon: &ramal_conciliacion::Renglon) -> Option<Uuid> {
    if renglon.modo.as_deref() != Some("automatico") {
        return None;
    }
    let pago = *m.pagos(renglon.id).await.first()?;
    Some(ramal_pagos::pago(&m.db, pago).await.unwrap().unwrap().cliente_id)
}

both_engines! {
    migraciones: MIGRACIONES;

    async fn not_one_of_five_hundred_is_paid_to_somebody_else(db: ramal_db::Db) {
        let m = Mundo::new(db).await;
        let tx = m.db.begin().await.unwrap();
        let ids = clientes(&m, &tx).await;
        facturas(&m, &tx, &ids).await;
        documents(&tx, &ids).await;
        let cuenta = account(&m, &tx).await;
        tx.commit().await.unwrap();
        let bytes = MOVIMIENTOS.as_bytes().to_vec();
        let nuevo = NuevoLote::keep(&m.objetos, cuenta, "conjunto.csv", bytes).await.unwrap();
        let lote = m.act(async |tx, cx| receive_lote(tx, cx, nuevo).await).await.unwrap();
        m.work().await;
        let lote = m.lote(lote.id).await;
        assert_eq!((lote.estado, lote.nuevos, lote.motivo), (EstadoLote::Abierto, 500, None));
        let sql = "SELECT id FROM conciliacion_renglones WHERE lote_id = $1 ORDER BY orden";
        let orden: Vec<Uuid> = m.db.column(sql, params![lote.id]).await.unwrap();
        let (mut solas, mut mal) = (0, Vec::new());
        for (fila, id) in rows(MOVIMIENTOS).zip(orden) {
            let id = ramal_conciliacion::RenglonId::from_uuid(id);
            let renglon = ramal_conciliacion::storage::renglones::by_id(&m.db, id).await;
            let Some(dueno) = owner(&m, &renglon.unwrap().unwrap()).await else { continue };
            solas += 1;
            if fila[10] != "exacta" || ids.get(fila[9]) != Some(&dueno) {
                mal.push(format!("{fila:?}"));
            }
        }
        println!("automatic through the database: {solas}");
        assert!(mal.is_empty(), "{} wrong: {mal:#?}", mal.len());
        assert!(solas >= 240, "only {solas} automatic");
        assert_eq!(m.descuadres().await, 0);
    }
}
