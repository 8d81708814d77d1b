//! Imputaciones: which money settles which line. Append-only; an undo is the opposite row. Decides
//! no order.

use std::collections::BTreeMap;

use ramal_base::{Cx, Fecha, Id, Instante};
use ramal_db::{Bulk, Consulta, DbError, FromQueryResult, Tx, params};
use uuid::Uuid;

use crate::abono::{DOCUMENTO_ABONO, add_aplicado};
use crate::{ClaseMovimiento, Cuenta, Documento, Error, NuevoMovimiento, abono, post};

/// Marker of allocation ids.
pub struct ImputacionMarca;

/// An allocation to write.
#[derive(Clone, Debug)]
pub struct NuevaImputacion {
    /// Money.
    pub abono_id: Uuid,
    /// Invoice.
    pub factura_id: Uuid,
    /// Its line.
    pub linea: i32,
    /// Minor units; below zero it undoes.
    pub monto: i64,
    /// What was done at once; an undo carries that of what it undoes.
    pub acto: Uuid,
    /// Value date: of the money, also in an undo.
    pub fecha_valor: Fecha,
    /// Row that it undoes, where `monto` is below zero.
    pub revierte: Option<Uuid>,
}

/// Allocation as it lies in its table.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Imputacion {
    /// Identifier.
    pub id: Uuid,
    /// Money.
    pub abono_id: Uuid,
    /// Invoice.
    pub factura_id: Uuid,
    /// Its line.
    pub linea: i32,
    /// Minor units; below zero it undoes.
    pub monto: i64,
    /// What was done at once.
    pub acto: Uuid,
    /// Value date.
    pub fecha_valor: Fecha,
    /// Day of posting.
    pub fecha: Fecha,
    /// Instant of posting.
    pub registrado: Instante,
    /// Row that it undoes.
    pub revierte: Option<Uuid>,
}

const COLUMNAS: &str = "id, abono_id, factura_id, linea, monto, acto, fecha_valor, fecha, \
    registrado, revierte";

const ALTA: &[&str] = &[
    "id",
    "abono_id",
    "factura_id",
    "linea",
    "monto",
    "acto",
    "fecha_valor",
    "fecha",
    "registrado",
    "revierte",
];

/// Writes allocations with their movements, and moves what each abono settles. The caller moves the
/// lines in the same transaction.
///
/// Errors: `NotFound`; `Conflict` if an abono has less than that; `Storage`.
pub async fn impute(
    tx: &Tx,
    cx: &Cx,
    fecha: Fecha,
    nuevas: &[NuevaImputacion],
) -> Result<(), Error> {
    let mut filas = Bulk::new("imputaciones", ALTA);
    let mut sumas: BTreeMap<Uuid, BTreeMap<Uuid, i64>> = BTreeMap::new();
    for n in nuevas {
        let id: Id<ImputacionMarca> = cx.new_id();
        filas.push(params![
            id,
            n.abono_id,
            n.factura_id,
            n.linea,
            n.monto,
            n.acto,
            n.fecha_valor,
            fecha,
            cx.now(),
            n.revierte,
        ]);
        *sumas.entry(n.abono_id).or_default().entry(n.factura_id).or_default() += n.monto;
    }
    filas.insert(tx).await?;
    let mut movimientos = Vec::new();
    for (id, facturas) in &sumas {
        add_aplicado(tx, *id, facturas.values().sum()).await?;
        let suyo = abono(tx, *id).await?.ok_or(Error::NotFound("abono"))?;
        for (factura, monto) in facturas.iter().filter(|(_, monto)| **monto != 0) {
            movimientos.push(movement(&suyo, (*factura, *monto), fecha)?);
        }
    }
    post(tx, cx, &movimientos).await
}

fn movement(
    suyo: &crate::Abono,
    (factura, monto): (Uuid, i64),
    fecha: Fecha,
) -> Result<NuevoMovimiento, DbError> {
    let (clase, debe, haber) = if monto > 0 {
        (ClaseMovimiento::Imputacion, Cuenta::AFavor, Cuenta::PorCobrar)
    } else {
        (ClaseMovimiento::Desimputacion, Cuenta::PorCobrar, Cuenta::AFavor)
    };
    Ok(NuevoMovimiento {
        cliente_id: suyo.cliente_id,
        moneda: suyo.moneda()?,
        clase,
        debe,
        haber,
        monto: monto.abs(),
        documento: Documento { tipo: DOCUMENTO_ABONO, id: suyo.id },
        factura_id: Some(factura),
        fecha_valor: suyo.fecha_valor,
        fecha,
        detalle: None,
        revierte: None,
    })
}

/// Allocations of an abono, in order of writing.
pub async fn imputaciones_de_abono(
    c: &impl Consulta,
    abono: Uuid,
) -> Result<Vec<Imputacion>, DbError> {
    let sql = format!("SELECT {COLUMNAS} FROM imputaciones WHERE abono_id = $1 ORDER BY id");
    c.all(&sql, params![abono]).await
}

/// Allocations on an invoice, in order of writing.
pub async fn imputaciones_de_factura(
    c: &impl Consulta,
    factura: Uuid,
) -> Result<Vec<Imputacion>, DbError> {
    let sql = format!("SELECT {COLUMNAS} FROM imputaciones WHERE factura_id = $1 ORDER BY id");
    c.all(&sql, params![factura]).await
}
