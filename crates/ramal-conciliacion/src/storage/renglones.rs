//! Lines by key and in pages, in the order of their file.

use ramal_base::Cx;
use ramal_db::{Bulk, Consulta, Cursor, DbError, Pagina, Tx, Value, params};
use ramal_extractos::Linea;

use super::CONTADOS;
use crate::renglon::FilaRenglon;
use crate::{EstadoRenglon, Lote, LoteId, Modo, Renglon, RenglonId, Sugerencia};

const COLUMNAS: &str = "id, lote_id, cuenta_id, orden, fecha_valor, fecha_operacion, importe, \
    moneda, referencia, concepto, contraparte, documento, cuenta_destino, id_banco, saldo, bruto, \
    comision, liquidacion, ordinal, estado, modo, exacta, sugerencias, motivo, resuelto, \
    resuelto_por, version";

const ALTA: &[&str] = &[
    "id",
    "lote_id",
    "cuenta_id",
    "huella",
    "orden",
    "fecha_valor",
    "fecha_operacion",
    "importe",
    "moneda",
    "referencia",
    "concepto",
    "contraparte",
    "documento",
    "cuenta_destino",
    "id_banco",
    "saldo",
    "bruto",
    "comision",
    "liquidacion",
    "ordinal",
    "estado",
    "exacta",
    "sugerencias",
    "motivo",
    "version",
];

/// Why a line needs no customer from the beginning.
pub(crate) const SALIDA: &str = "Dinero que salió";

/// Writes the lines that no earlier lote had; gives how many.
pub(crate) async fn insert_new(
    tx: &Tx,
    cx: &Cx,
    lote: &Lote,
    lineas: &[(i64, &Linea)],
) -> Result<u64, DbError> {
    let mut lote_sql = Bulk::new("conciliacion_renglones", ALTA);
    for (orden, l) in lineas {
        let (estado, motivo) = first_state(l);
        lote_sql.push([
            Value::from(cx.new_id::<Renglon>()),
            Value::from(lote.id),
            Value::from(lote.cuenta_id),
            Value::from(l.huella.as_str()),
            Value::from(*orden),
            Value::from(l.fecha_valor),
            Value::from(l.fecha_operacion),
            Value::from(l.importe),
            Value::from(l.moneda.codigo()),
            Value::from(l.referencia.as_str()),
            Value::from(l.concepto.as_str()),
            Value::from(l.contraparte.as_str()),
            Value::from(l.documento.as_str()),
            Value::from(l.cuenta_destino.as_str()),
            Value::from(l.id_banco.clone()),
            Value::from(l.saldo),
            Value::from(l.bruto),
            Value::from(l.comision),
            Value::from(l.liquidacion.clone()),
            Value::from(i64::from(l.ordinal)),
            Value::from(estado.as_str()),
            Value::from(false),
            Value::from("[]"),
            Value::from(motivo),
            Value::from(1_i64),
        ]);
    }
    lote_sql.insert_ignoring(tx).await
}

/// Money that left is nobody's payment, unless the words say that a payment was taken back.
fn first_state(l: &Linea) -> (EstadoRenglon, Option<&'static str>) {
    const VUELTAS: [&str; 5] = ["DEVOL", "DEVUEL", "REVERS", "RECHAZ", "CONTRACARGO"];
    let texto = ramal_extractos::texto::flat(&l.concepto);
    let vuelta = VUELTAS.iter().any(|v| texto.contains(v));
    match l.importe {
        n if n <= 0 && !vuelta => (EstadoRenglon::Ajuste, Some(SALIDA)),
        _ => (EstadoRenglon::PorConciliar, None),
    }
}

/// A line.
pub async fn by_id(c: &impl Consulta, id: RenglonId) -> Result<Option<Renglon>, DbError> {
    let sql = format!("SELECT {COLUMNAS} FROM conciliacion_renglones WHERE id = $1");
    c.opt::<FilaRenglon>(&sql, params![id]).await?.map(Renglon::try_from).transpose()
}

/// Keeps the row until the end of the transaction: first the lock, then the question.
pub(crate) async fn lock(tx: &Tx, id: RenglonId) -> Result<Option<Renglon>, DbError> {
    let marca = tx.motor().for_update();
    let sql = format!("SELECT {COLUMNAS} FROM conciliacion_renglones WHERE id = $1{marca}");
    tx.opt::<FilaRenglon>(&sql, params![id]).await?.map(Renglon::try_from).transpose()
}

/// Lines of a lote by state.
#[derive(Clone, Copy, Debug)]
pub struct FiltroRenglones {
    /// Lote.
    pub lote: LoteId,
    /// State; every one if none.
    pub estado: Option<EstadoRenglon>,
}

impl FiltroRenglones {
    fn sql(&self) -> (String, Vec<Value>) {
        let mut valores = params![self.lote];
        match self.estado {
            None => ("lote_id = $1".to_owned(), valores),
            Some(estado) => {
                valores.push(estado.as_str().into());
                ("lote_id = $1 AND estado = $2".to_owned(), valores)
            }
        }
    }
}

/// A page in the order of the file. The cursor is a place in it.
pub async fn page(
    c: &impl Consulta,
    filtro: &FiltroRenglones,
    cursor: &Cursor,
) -> Result<Pagina<Renglon>, DbError> {
    let (mut donde, mut valores) = filtro.sql();
    if let Some(orden) = cursor.cursor.as_deref().and_then(|c| c.parse::<i64>().ok()) {
        valores.push(orden.into());
        donde.push_str(&format!(" AND orden > ${}", valores.len()));
    }
    let sql = format!(
        "SELECT {COLUMNAS} FROM conciliacion_renglones WHERE {donde} ORDER BY orden LIMIT {}",
        cursor.filas()
    );
    let filas: Vec<FilaRenglon> = c.all(&sql, valores).await?;
    let renglones: Result<Vec<Renglon>, _> = filas.into_iter().map(Renglon::try_from).collect();
    Ok(Pagina::cut(renglones?, cursor, |r| r.orden.to_string()))
}

/// How many, at most [`CONTADOS`].
pub async fn count(c: &impl Consulta, filtro: &FiltroRenglones) -> Result<i64, DbError> {
    let (donde, valores) = filtro.sql();
    let sql = format!(
        "SELECT COUNT(*) FROM (SELECT id FROM conciliacion_renglones WHERE {donde} \
         LIMIT {CONTADOS}) AS t"
    );
    Ok(c.scalar(&sql, valores).await?.unwrap_or(0))
}

/// Lines of a lote to match, in order, after a place.
pub(crate) async fn to_match(
    c: &impl Consulta,
    lote: LoteId,
    tras: i64,
    limite: i64,
) -> Result<Vec<(RenglonId, i64)>, DbError> {
    #[derive(ramal_db::FromQueryResult)]
    struct Fila {
        id: RenglonId,
        orden: i64,
    }
    const SQL: &str = "SELECT id, orden FROM conciliacion_renglones \
        WHERE lote_id = $1 AND estado = 'por_conciliar' AND orden > $2 ORDER BY orden LIMIT $3";
    let filas: Vec<Fila> = c.all(SQL, params![lote, tras, limite]).await?;
    Ok(filas.into_iter().map(|f| (f.id, f.orden)).collect())
}

/// Lines of a lote whose only suggestion leaves nothing to think about.
pub async fn exact(c: &impl Consulta, lote: LoteId) -> Result<Vec<Renglon>, DbError> {
    let sql = format!(
        "SELECT {COLUMNAS} FROM conciliacion_renglones WHERE lote_id = $1 \
         AND estado = 'por_conciliar' AND exacta = TRUE ORDER BY orden LIMIT 10000"
    );
    let filas: Vec<FilaRenglon> = c.all(&sql, params![lote]).await?;
    filas.into_iter().map(Renglon::try_from).collect()
}

/// Whether the bank told this movement before: the same id with the same amount in the account, or
/// in the same file.
pub(crate) async fn is_repeated(c: &impl Consulta, r: &Renglon) -> Result<bool, DbError> {
    let Some(id) = &r.id_banco else { return Ok(false) };
    const SQL: &str = "SELECT id FROM conciliacion_renglones WHERE cuenta_id = $1 \
        AND id_banco = $2 AND importe = $3 AND id <> $4 \
        AND (id < $4 OR estado = 'conciliado') LIMIT 1";
    if r.ordinal > 1 {
        return Ok(true);
    }
    let valores = params![r.cuenta_id, id.as_str(), r.importe, r.id];
    Ok(c.scalar::<uuid::Uuid>(SQL, valores).await?.is_some())
}

/// Writes what a line may be.
pub(crate) async fn suggest(
    tx: &Tx,
    r: &Renglon,
    sugerencias: &[Sugerencia],
) -> Result<(), DbError> {
    const SQL: &str = "UPDATE conciliacion_renglones SET sugerencias = $2, exacta = $3 \
        WHERE id = $1 AND estado = 'por_conciliar'";
    let texto = serde_json::to_string(sugerencias)
        .map_err(|_| DbError::Corrupt("suggestions are not JSON"))?;
    let exacta = matches!(sugerencias, [una] if una.is_exacta());
    tx.exec(SQL, params![r.id, texto, exacta]).await.map(|_| ())
}

/// What becomes of a line.
pub(crate) struct Paso<'a> {
    pub(crate) estado: EstadoRenglon,
    pub(crate) modo: Option<Modo>,
    pub(crate) motivo: Option<&'a str>,
}

/// Moves a line; the caller holds its row. `exacta` falls with the state.
pub(crate) async fn step(tx: &Tx, cx: &Cx, id: RenglonId, paso: &Paso<'_>) -> Result<(), DbError> {
    const SQL: &str = "UPDATE conciliacion_renglones SET estado = $2, modo = $3, motivo = $4, \
        resuelto = $5, resuelto_por = $6, exacta = FALSE, version = version + 1 WHERE id = $1";
    let resuelto = (paso.estado != EstadoRenglon::PorConciliar).then_some(cx.now());
    let quien = resuelto.map(|_| cx.actor().to_owned());
    let valores = params![
        id,
        paso.estado.as_str(),
        paso.modo.map(Modo::as_str).map(ToOwned::to_owned),
        paso.motivo.map(ToOwned::to_owned),
        resuelto,
        quien,
    ];
    tx.exec(SQL, valores).await.map(|_| ())
}
