//! Kept previews of runs: their rows, their sums, what they are compared with. It computes none.

use std::collections::BTreeMap;

use ramal_base::{Cx, Fecha, Id, Instante};
use ramal_db::{Bulk, Consulta, DbError, FromQueryResult, Tx, params};
use uuid::Uuid;

use crate::corrida::plan::Motivo;
use crate::corrida::previa::CAMBIO_MARCADO;

/// Marker of preview ids.
pub struct PreviaMarca;

/// A kept preview.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Previa {
    /// Identifier.
    pub id: Uuid,
    /// Day of the run.
    pub fecha: Fecha,
    /// `calculando`, `lista` or `emitida`.
    pub estado: String,
    /// Hash of what it says.
    pub huella: Option<String>,
    /// Mark of what it was computed from.
    pub datos: Option<String>,
    /// Sums, JSON.
    pub resumen: Option<String>,
    /// When it was asked for.
    pub creada: Instante,
    /// When it was ready.
    pub lista: Option<Instante>,
}

/// A customer of a preview, in one currency.
#[derive(Clone, Debug, Default, PartialEq, Eq, FromQueryResult)]
pub struct FilaPrevia {
    /// Place; the first is 0.
    pub orden: i64,
    /// The customer.
    pub cliente_id: Uuid,
    /// `listo`, `nota` or `apartado`.
    pub clase: String,
    /// Currency.
    pub moneda: String,
    /// Documents.
    pub documentos: i64,
    /// Services that they charge.
    pub servicios: i64,
    /// First day of the periods.
    pub desde: Option<Fecha>,
    /// First day after the periods.
    pub hasta: Option<Fecha>,
    /// Before taxes, minor units.
    pub subtotal: i64,
    /// Taxes, minor units.
    pub impuestos: i64,
    /// Total, minor units.
    pub total: i64,
    /// What the customer was billed the last time, minor units.
    pub anterior: Option<i64>,
    /// Why he is set aside: stable code.
    pub codigo: Option<String>,
    /// Why he is set aside, and what to do.
    pub motivo: Option<String>,
}

impl FilaPrevia {
    /// A row without amounts.
    pub fn new(cliente: Uuid, clase: &str, moneda: &str) -> FilaPrevia {
        FilaPrevia {
            cliente_id: cliente,
            clase: clase.to_owned(),
            moneda: moneda.to_owned(),
            ..FilaPrevia::default()
        }
    }

    /// A customer set aside.
    pub fn parked(cliente: Uuid, motivo: &Motivo) -> FilaPrevia {
        FilaPrevia {
            codigo: Some(motivo.codigo.clone()),
            motivo: Some(motivo.texto.clone()),
            ..FilaPrevia::new(cliente, "apartado", "")
        }
    }

    /// Whether it is of sales.
    pub fn is_venta(&self) -> bool {
        self.clase == "listo"
    }

    /// Whether the amount changes enough to be pointed at.
    pub fn is_marked(&self) -> bool {
        let Some(antes) = self.anterior.filter(|_| self.is_venta()) else { return false };
        (self.total - antes).abs() * 100 >= antes * CAMBIO_MARCADO && self.total != antes
    }
}

const COLUMNAS: &str = "id, fecha, estado, huella, datos, resumen, creada, lista";

/// Asks for the preview of a day; earlier ones that were not issued are thrown away.
pub async fn create(tx: &Tx, cx: &Cx, fecha: Fecha) -> Result<Uuid, DbError> {
    const VIEJAS: &str = "SELECT id FROM corrida_previas WHERE fecha = $1 AND estado <> 'emitida'";
    for vieja in tx.column::<Uuid>(VIEJAS, params![fecha]).await? {
        let suyas = "DELETE FROM corrida_previa_filas WHERE previa_id = $1";
        tx.exec(suyas, params![vieja]).await?;
        tx.exec("DELETE FROM corrida_previas WHERE id = $1", params![vieja]).await?;
    }
    const SQL: &str = "INSERT INTO corrida_previas (id, fecha, estado, actor, clientes, creada) \
        VALUES ($1, $2, 'calculando', $3, 0, $4)";
    let id: Id<PreviaMarca> = cx.new_id();
    tx.exec(SQL, params![id, fecha, cx.actor(), cx.now()]).await?;
    Ok(id.uuid())
}

/// A preview.
pub async fn by_id(c: &impl Consulta, id: Uuid) -> Result<Option<Previa>, DbError> {
    c.opt(&format!("SELECT {COLUMNAS} FROM corrida_previas WHERE id = $1"), params![id]).await
}

/// The newest preview of a day.
pub async fn latest(c: &impl Consulta, fecha: Fecha) -> Result<Option<Previa>, DbError> {
    let sql =
        format!("SELECT {COLUMNAS} FROM corrida_previas WHERE fecha = $1 ORDER BY id DESC LIMIT 1");
    c.opt(&sql, params![fecha]).await
}

/// Keeps the rows of a preview.
pub async fn insert_rows(tx: &Tx, previa: Uuid, filas: &[FilaPrevia]) -> Result<(), DbError> {
    const ALTA: &[&str] = &[
        "previa_id",
        "orden",
        "cliente_id",
        "clase",
        "moneda",
        "documentos",
        "servicios",
        "desde",
        "hasta",
        "subtotal",
        "impuestos",
        "total",
        "anterior",
        "codigo",
        "motivo",
    ];
    let mut lote = Bulk::new("corrida_previa_filas", ALTA);
    for f in filas {
        lote.push(params![
            previa,
            f.orden,
            f.cliente_id,
            f.clase.as_str(),
            f.moneda.as_str(),
            f.documentos,
            f.servicios,
            f.desde,
            f.hasta,
            f.subtotal,
            f.impuestos,
            f.total,
            f.anterior,
            f.codigo.clone(),
            f.motivo.clone(),
        ]);
    }
    lote.insert(tx).await.map(|_| ())
}

/// Marks a preview as ready: `(huella, datos, resumen, clientes)`.
pub async fn finish(
    tx: &Tx,
    id: Uuid,
    (huella, datos, resumen, clientes): (&str, &str, String, i64),
    ahora: Instante,
) -> Result<(), DbError> {
    const SQL: &str = "UPDATE corrida_previas SET estado = 'lista', huella = $2, datos = $3, \
        resumen = $4, clientes = $5, lista = $6 WHERE id = $1";
    tx.exec(SQL, params![id, huella, datos, resumen, clientes, ahora]).await.map(|_| ())
}

/// Marks a preview as confirmed and names it in its run.
pub async fn confirm(tx: &Tx, id: Uuid, fecha: Fecha) -> Result<(), DbError> {
    tx.exec("UPDATE corrida_previas SET estado = 'emitida' WHERE id = $1", params![id]).await?;
    let sql = "UPDATE corridas SET previa_id = $1 WHERE fecha = $2";
    tx.exec(sql, params![id, fecha]).await.map(|_| ())
}

/// Which rows of a preview.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ver {
    /// A few at random, the same each time.
    #[default]
    Muestra,
    /// All that would be billed.
    Todos,
    /// Those who were never billed.
    Altas,
    /// Those whose amount changes much.
    Cambios,
    /// Those set aside.
    Apartados,
    /// Credit notes.
    Notas,
}

impl Ver {
    /// All, in the order of the screen.
    pub const TODAS: [Ver; 6] =
        [Ver::Muestra, Ver::Todos, Ver::Altas, Ver::Cambios, Ver::Apartados, Ver::Notas];

    /// Word in addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Ver::Muestra => "muestra",
            Ver::Todos => "todos",
            Ver::Altas => "altas",
            Ver::Cambios => "cambios",
            Ver::Apartados => "apartados",
            Ver::Notas => "notas",
        }
    }

    /// Reads the word; a sample of what it does not know.
    pub fn parse(texto: &str) -> Ver {
        Ver::TODAS.into_iter().find(|v| v.as_str() == texto).unwrap_or_default()
    }

    fn condition(self) -> String {
        match self {
            Ver::Muestra | Ver::Todos => "p.clase = 'listo'".to_owned(),
            Ver::Altas => "p.clase = 'listo' AND p.anterior IS NULL".to_owned(),
            Ver::Cambios => format!(
                "p.clase = 'listo' AND p.anterior IS NOT NULL AND p.total <> p.anterior \
                 AND ABS(p.total - p.anterior) * 100 >= p.anterior * {CAMBIO_MARCADO}"
            ),
            Ver::Apartados => "p.clase = 'apartado'".to_owned(),
            Ver::Notas => "p.clase = 'nota'".to_owned(),
        }
    }
}

/// A row with the customer's name.
#[derive(Clone, Debug, FromQueryResult)]
pub struct FilaNombrada {
    /// Place.
    pub orden: i64,
    /// Printed number of the customer.
    pub numero: i64,
    /// Name of the customer.
    pub cliente: String,
    /// Currency.
    pub moneda: String,
    /// Services.
    pub servicios: i64,
    /// First day of the periods.
    pub desde: Option<Fecha>,
    /// First day after the periods.
    pub hasta: Option<Fecha>,
    /// Before taxes.
    pub subtotal: i64,
    /// Taxes.
    pub impuestos: i64,
    /// Total.
    pub total: i64,
    /// What he was billed the last time.
    pub anterior: Option<i64>,
    /// Why he is set aside.
    pub codigo: Option<String>,
    /// Why he is set aside, in words.
    pub motivo: Option<String>,
}

/// Rows of a preview from a place on, one more than asked to tell whether more follow.
pub async fn page(
    c: &impl Consulta,
    previa: Uuid,
    ver: Ver,
    (desde, filas): (i64, i64),
) -> Result<Vec<FilaNombrada>, DbError> {
    let salto = match ver {
        Ver::Muestra => sample_step(c, previa, filas).await?,
        _ => 1,
    };
    let sql = format!(
        "SELECT p.orden, c.numero, c.razon_social AS cliente, p.moneda, p.servicios, p.desde, \
         p.hasta, p.subtotal, p.impuestos, p.total, p.anterior, p.codigo, p.motivo \
         FROM corrida_previa_filas p JOIN clientes c ON c.id = p.cliente_id \
         WHERE p.previa_id = $1 AND p.orden > $2 AND {} AND p.orden % {salto} = {} \
         ORDER BY p.orden LIMIT {}",
        ver.condition(),
        salto / 2,
        filas + 1
    );
    c.all(&sql, params![previa, desde]).await
}

async fn sample_step(c: &impl Consulta, previa: Uuid, filas: i64) -> Result<i64, DbError> {
    const SQL: &str = "SELECT COUNT(*) FROM corrida_previa_filas WHERE previa_id = $1";
    let n: i64 = c.scalar(SQL, params![previa]).await?.unwrap_or(0);
    Ok((n / filas.max(1)).max(1))
}

/// All rows of a preview, in their order.
pub async fn all_rows(c: &impl Consulta, previa: Uuid) -> Result<Vec<FilaPrevia>, DbError> {
    const SQL: &str = "SELECT orden, cliente_id, clase, moneda, documentos, servicios, desde, \
        hasta, subtotal, impuestos, total, anterior, codigo, motivo \
        FROM corrida_previa_filas WHERE previa_id = $1 ORDER BY orden";
    c.all(SQL, params![previa]).await
}

#[derive(FromQueryResult)]
struct Suma {
    moneda: String,
    total: i64,
}

/// The run of a month before, with a few days of grace: the one that a preview is compared with.
async fn previous(c: &impl Consulta, fecha: Fecha) -> Result<Option<(Uuid, Fecha)>, DbError> {
    #[derive(FromQueryResult)]
    struct Fila {
        id: Uuid,
        fecha: Fecha,
    }
    const SQL: &str = "SELECT r.id, r.fecha FROM corridas r WHERE r.fecha >= $1 AND r.fecha <= $2 \
        AND EXISTS (SELECT 1 FROM facturas f WHERE f.corrida_id = r.id) \
        ORDER BY r.fecha DESC LIMIT 1";
    let mes = fecha.plus_meses(-1);
    let fila: Option<Fila> =
        c.opt(SQL, params![mes.plus_dias(-6), mes.plus_dias(3).min(fecha.plus_dias(-1))]).await?;
    Ok(fila.map(|f| (f.id, f.fecha)))
}

/// Day and totals by currency of the run that a preview is compared with.
pub async fn previous_totals(
    c: &impl Consulta,
    fecha: Fecha,
) -> Result<Option<(Fecha, BTreeMap<String, i64>)>, DbError> {
    const SQL: &str = "SELECT moneda, CAST(SUM(total) AS BIGINT) AS total FROM facturas \
        WHERE corrida_id = $1 AND clase IN ('factura', 'recibo') AND estado <> 'anulada' \
        GROUP BY moneda";
    let Some((id, dia)) = previous(c, fecha).await? else { return Ok(None) };
    let sumas: Vec<Suma> = c.all(SQL, params![id]).await?;
    Ok(Some((dia, sumas.into_iter().map(|s| (s.moneda, s.total)).collect())))
}

/// Customers of that run who are in no row of this preview.
pub async fn lost(c: &impl Consulta, previa: Uuid, fecha: Fecha) -> Result<i64, DbError> {
    const SQL: &str = "SELECT COUNT(DISTINCT f.cliente_id) FROM facturas f \
        WHERE f.corrida_id = $1 AND f.clase IN ('factura', 'recibo') AND f.estado <> 'anulada' \
        AND NOT EXISTS (SELECT 1 FROM corrida_previa_filas p \
            WHERE p.previa_id = $2 AND p.cliente_id = f.cliente_id)";
    let Some((id, _)) = previous(c, fecha).await? else { return Ok(0) };
    Ok(c.scalar(SQL, params![id, previa]).await?.unwrap_or(0))
}
