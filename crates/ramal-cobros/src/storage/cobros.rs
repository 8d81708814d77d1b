//! Cobros, the invoices that they settle and their history. Payments at the gateway are in
//! `remotos`.

use ramal_base::{Cx, Id, Instante};
use ramal_db::{Bulk, Consulta, DbError, FromQueryResult, Tx, Value, params};
use uuid::Uuid;

use crate::CobroId;
use crate::cobro::{Estado, Fila, Partida};

/// Columns of [`Fila`].
pub const COLUMNAS: &str = "c.id, c.numero, c.cliente_id, c.moneda, c.monto, c.pasarela, c.medio, \
    c.estado, c.origen, c.clave, c.referencia, c.url, c.instruccion, c.falla, c.vence, \
    c.consultas, c.proxima, c.regreso, c.acreditado, c.creado, c.actualizado, c.version";

/// Writes a new cobro with its invoices; 0 if an open one asks for the same.
pub async fn insert(
    tx: &Tx,
    fila: &Fila,
    huella: &str,
    partidas: &[Partida],
) -> Result<u64, DbError> {
    const SQL: &str = "INSERT INTO cobros (id, numero, cliente_id, moneda, monto, pasarela, medio, \
        estado, origen, clave, huella, vence, consultas, proxima, creado, actualizado, version) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, $13, $14, $14, 1) \
        ON CONFLICT DO NOTHING";
    let valores = params![
        fila.id,
        fila.numero,
        fila.cliente_id,
        fila.moneda.as_str(),
        fila.monto,
        fila.pasarela.as_str(),
        fila.medio.as_str(),
        fila.estado.as_str(),
        fila.origen.as_str(),
        fila.clave.as_str(),
        huella,
        fila.vence,
        fila.proxima,
        fila.creado
    ];
    let hechas = tx.exec(SQL, valores).await?;
    if hechas == 0 {
        return Ok(0);
    }
    let columnas = &["cobro_id", "factura_id", "orden", "numero", "monto"];
    let mut lote = Bulk::new("cobro_facturas", columnas);
    for (orden, p) in (1_i32..).zip(partidas) {
        lote.push([
            Value::from(fila.id),
            Value::from(p.factura_id),
            Value::from(orden),
            Value::from(p.numero.as_str()),
            Value::from(p.monto),
        ]);
    }
    lote.insert(tx).await?;
    Ok(hechas)
}

/// One cobro.
pub async fn by_id(c: &impl Consulta, id: CobroId) -> Result<Option<Fila>, DbError> {
    c.opt(&format!("SELECT {COLUMNAS} FROM cobros c WHERE c.id = $1"), params![id]).await
}

/// One cobro by its printed number.
pub async fn by_numero(c: &impl Consulta, numero: i64) -> Result<Option<Fila>, DbError> {
    c.opt(&format!("SELECT {COLUMNAS} FROM cobros c WHERE c.numero = $1"), params![numero]).await
}

/// One cobro, its row locked until the end of the transaction.
pub async fn lock(tx: &Tx, id: CobroId) -> Result<Option<Fila>, DbError> {
    let cierre = tx.motor().for_update();
    tx.opt(&format!("SELECT {COLUMNAS} FROM cobros c WHERE c.id = $1{cierre}"), params![id]).await
}

/// The open cobro that asks for the same.
pub async fn open_by_huella(c: &impl Consulta, huella: &str) -> Result<Option<Fila>, DbError> {
    let sql = format!(
        "SELECT {COLUMNAS} FROM cobros c WHERE c.huella = $1 \
         AND c.estado IN ('creado', 'incierto', 'pendiente', 'en_proceso')"
    );
    c.opt(&sql, params![huella]).await
}

#[derive(FromQueryResult)]
struct PartidaFila {
    factura_id: Uuid,
    numero: String,
    monto: i64,
}

/// Invoices of a cobro, in the order in which they were asked for.
pub async fn partidas(c: &impl Consulta, id: CobroId) -> Result<Vec<Partida>, DbError> {
    const SQL: &str = "SELECT factura_id, numero, monto FROM cobro_facturas \
        WHERE cobro_id = $1 ORDER BY orden";
    let filas: Vec<PartidaFila> = c.all(SQL, params![id]).await?;
    let partida = |f: PartidaFila| {
        let PartidaFila { factura_id, numero, monto } = f;
        Partida { factura_id, numero, monto }
    };
    Ok(filas.into_iter().map(partida).collect())
}

/// Cobros of an invoice, newest first.
pub async fn of_factura(c: &impl Consulta, factura: Uuid) -> Result<Vec<Fila>, DbError> {
    let sql = format!(
        "SELECT {COLUMNAS} FROM cobro_facturas p JOIN cobros c ON c.id = p.cobro_id \
         WHERE p.factura_id = $1 ORDER BY c.id DESC LIMIT 20"
    );
    c.all(&sql, params![factura]).await
}

/// What the gateway made of a cobro.
pub struct Hecho<'a> {
    /// State that follows.
    pub estado: Estado,
    /// The gateway's id.
    pub referencia: Option<&'a str>,
    /// Its page.
    pub url: Option<&'a str>,
    /// JSON of how to pay.
    pub instruccion: Option<String>,
    /// Last moment to pay, as the gateway says it.
    pub vence: Option<Instante>,
    /// What it said when it refused.
    pub falla: Option<String>,
    /// When to ask for its state.
    pub proxima: Option<Instante>,
}

/// Keeps what the gateway made of a cobro.
pub async fn set_hecho(tx: &Tx, cx: &Cx, id: CobroId, hecho: Hecho<'_>) -> Result<(), DbError> {
    const SQL: &str = "UPDATE cobros SET estado = $2, referencia = COALESCE($3, referencia), \
        url = COALESCE($4, url), instruccion = COALESCE($5, instruccion), \
        vence = COALESCE($6, vence), falla = $7, proxima = $8, actualizado = $9, \
        version = version + 1 WHERE id = $1";
    let valores = params![
        id,
        hecho.estado.as_str(),
        hecho.referencia,
        hecho.url,
        hecho.instruccion,
        hecho.vence,
        hecho.falla,
        hecho.proxima,
        cx.now()
    ];
    tx.exec(SQL, valores).await.map(|_| ())
}

/// Moves a cobro to a state; a closed one is asked about no more.
pub async fn set_estado(
    tx: &Tx,
    cx: &Cx,
    id: CobroId,
    (estado, acreditado): (Estado, Option<Instante>),
) -> Result<(), DbError> {
    const ABIERTO: &str = "UPDATE cobros SET estado = $2, acreditado = COALESCE(acreditado, $3), \
        actualizado = $4, version = version + 1 WHERE id = $1";
    const CERRADO: &str = "UPDATE cobros SET estado = $2, acreditado = COALESCE(acreditado, $3), \
        actualizado = $4, proxima = NULL, version = version + 1 WHERE id = $1";
    let sql = if estado.is_abierto() { ABIERTO } else { CERRADO };
    tx.exec(sql, params![id, estado.as_str(), acreditado, cx.now()]).await.map(|_| ())
}

/// Notes that the gateway was asked and when it will be asked again.
pub async fn set_consultado(
    tx: &Tx,
    id: CobroId,
    proxima: Option<Instante>,
) -> Result<(), DbError> {
    const SQL: &str = "UPDATE cobros SET consultas = consultas + 1, proxima = $2 WHERE id = $1";
    tx.exec(SQL, params![id, proxima]).await.map(|_| ())
}

/// Notes that the person came back from the gateway; the first time counts.
pub async fn set_regreso(tx: &Tx, id: CobroId, cuando: Instante) -> Result<u64, DbError> {
    const SQL: &str = "UPDATE cobros SET regreso = $2 WHERE id = $1 AND regreso IS NULL";
    tx.exec(SQL, params![id, cuando]).await
}

/// Cobros whose gateway must be asked by now, the oldest first.
pub async fn due(c: &impl Consulta, ahora: Instante, limite: i64) -> Result<Vec<CobroId>, DbError> {
    const SQL: &str = "SELECT id FROM cobros WHERE proxima <= $1 ORDER BY proxima LIMIT $2";
    c.column(SQL, params![ahora, limite]).await
}

/// Puts off the next question about some cobros, while their jobs wait.
pub async fn postpone(tx: &Tx, ids: &[CobroId], proxima: Instante) -> Result<(), DbError> {
    if ids.is_empty() {
        return Ok(());
    }
    let lista = ramal_db::consulta::placeholders(2, ids.len());
    let sql = format!("UPDATE cobros SET proxima = $1 WHERE id IN {lista}");
    let mut valores = params![proxima];
    valores.extend(ids.iter().map(|id| Value::from(*id)));
    tx.exec(&sql, valores).await.map(|_| ())
}

/// Cobros made since an instant that brought no money, after a key, in order of making.
pub async fn without_money(
    c: &impl Consulta,
    desde: Instante,
    (despues, limite): (Uuid, i64),
) -> Result<Vec<CobroId>, DbError> {
    const SQL: &str = "SELECT id FROM cobros WHERE creado >= $1 AND id > $2 \
        AND estado IN ('creado', 'incierto', 'pendiente', 'en_proceso', 'rechazado', 'vencido', \
        'cancelado') ORDER BY id LIMIT $3";
    c.column(SQL, params![desde, despues, limite]).await
}

/// A step of the history of a cobro.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Evento {
    /// What happened: see [`crate::flujo`].
    pub clase: String,
    /// JSON of the details: codes and amounts.
    pub detalle: String,
    /// When.
    pub instante: Instante,
    /// Who.
    pub actor: String,
}

/// Marker of ids of steps.
struct EventoMarca;

/// Adds a step to the history of a cobro.
pub async fn append(
    tx: &Tx,
    cx: &Cx,
    id: CobroId,
    (clase, detalle): (&str, serde_json::Value),
) -> Result<(), DbError> {
    append_at(tx, cx, id, (clase, detalle, cx.now())).await
}

/// Adds a step that happened at another moment, e.g. the arrival of a webhook.
pub async fn append_at(
    tx: &Tx,
    cx: &Cx,
    id: CobroId,
    (clase, detalle, instante): (&str, serde_json::Value, Instante),
) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO cobro_eventos (id, cobro_id, clase, detalle, instante, actor) \
        VALUES ($1, $2, $3, $4, $5, $6)";
    let propio: Id<EventoMarca> = cx.new_id();
    let fila = params![propio, id, clase, detalle.to_string(), instante, cx.actor()];
    tx.exec(SQL, fila).await.map(|_| ())
}

/// History of a cobro, in order.
pub async fn history(c: &impl Consulta, id: CobroId) -> Result<Vec<Evento>, DbError> {
    const SQL: &str = "SELECT clase, detalle, instante, actor FROM cobro_eventos \
        WHERE cobro_id = $1 ORDER BY id LIMIT 500";
    c.all(SQL, params![id]).await
}
