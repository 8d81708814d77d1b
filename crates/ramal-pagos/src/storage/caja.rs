//! Cajas, shifts, movements, receipts and counts in their tables. It decides no difference.

use ramal_base::{Cx, Dinero, Moneda};
use ramal_db::{Bulk, Consulta, Cursor, DbError, FromQueryResult, Pagina, Tx, Value, params};
use uuid::Uuid;

use crate::Medio;
use crate::caja::{
    Caja, CajaId, ClaseMovimiento, Conteo, EstadoTurno, FilaTurno, MovimientoFila, Recibo, Turno,
    TurnoId,
};

#[derive(FromQueryResult)]
struct FilaCaja {
    id: CajaId,
    codigo: String,
    nombre: String,
    sucursal_id: Option<Uuid>,
    moneda: String,
    activa: bool,
    version: i64,
}

impl TryFrom<FilaCaja> for Caja {
    type Error = DbError;

    fn try_from(f: FilaCaja) -> Result<Caja, DbError> {
        Ok(Caja {
            id: f.id,
            codigo: f.codigo,
            nombre: f.nombre,
            sucursal_id: f.sucursal_id,
            moneda: Moneda::parse(&f.moneda).ok_or(DbError::Corrupt("currency of a caja"))?,
            activa: f.activa,
            version: f.version,
        })
    }
}

const DE_CAJA: &str = "SELECT id, codigo, nombre, sucursal_id, moneda, activa, version FROM cajas";
const DE_TURNO: &str = "SELECT t.id, t.caja_id, t.numero, t.actor, t.estado, t.moneda, \
    t.apertura, t.denominaciones, t.fecha, t.abierto, t.cerrado, t.aprobado_por, t.notas \
    FROM turnos t";

/// Every caja, by code.
pub async fn cajas(c: &impl Consulta) -> Result<Vec<Caja>, DbError> {
    let filas: Vec<FilaCaja> = c.all(&format!("{DE_CAJA} ORDER BY codigo"), vec![]).await?;
    filas.into_iter().map(Caja::try_from).collect()
}

/// A caja.
pub async fn caja(c: &impl Consulta, id: CajaId) -> Result<Option<Caja>, DbError> {
    let fila: Option<FilaCaja> = c.opt(&format!("{DE_CAJA} WHERE id = $1"), params![id]).await?;
    fila.map(Caja::try_from).transpose()
}

/// Writes a caja. Errors: `Unique` if another has its code.
pub(crate) async fn insert_caja(tx: &Tx, cx: &Cx, caja: &Caja) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO cajas (id, codigo, nombre, sucursal_id, moneda, activa, \
        version, creado) VALUES ($1, $2, $3, $4, $5, $6, 1, $7)";
    let valores = params![
        caja.id,
        caja.codigo.as_str(),
        caja.nombre.as_str(),
        caja.sucursal_id,
        caja.moneda.codigo(),
        caja.activa,
        cx.now(),
    ];
    tx.exec(SQL, valores).await.map(|_| ())
}

/// Changes name, branch and whether it works, if nobody changed it since `caja.version`.
pub(crate) async fn update_caja(tx: &Tx, caja: &Caja) -> Result<bool, DbError> {
    const SQL: &str = "UPDATE cajas SET nombre = $3, sucursal_id = $4, activa = $5, \
        version = version + 1 WHERE id = $1 AND version = $2";
    let valores =
        params![caja.id, caja.version, caja.nombre.as_str(), caja.sucursal_id, caja.activa];
    Ok(tx.exec(SQL, valores).await? == 1)
}

/// A shift.
pub async fn turno(c: &impl Consulta, id: TurnoId) -> Result<Option<Turno>, DbError> {
    let fila: Option<FilaTurno> =
        c.opt(&format!("{DE_TURNO} WHERE t.id = $1"), params![id]).await?;
    fila.map(Turno::try_from).transpose()
}

/// The open shift of somebody.
pub async fn abierto_de(c: &impl Consulta, actor: &str) -> Result<Option<Turno>, DbError> {
    let sql = format!("{DE_TURNO} WHERE t.actor = $1 AND t.estado = 'abierto'");
    c.opt::<FilaTurno>(&sql, params![actor]).await?.map(Turno::try_from).transpose()
}

/// The open shift of a caja.
pub(crate) async fn abierto_en(c: &impl Consulta, caja: CajaId) -> Result<Option<Turno>, DbError> {
    let sql = format!("{DE_TURNO} WHERE t.caja_id = $1 AND t.estado = 'abierto'");
    c.opt::<FilaTurno>(&sql, params![caja]).await?.map(Turno::try_from).transpose()
}

/// Shifts that are open or wait for a supervisor, oldest first.
pub async fn vivos(c: &impl Consulta) -> Result<Vec<Turno>, DbError> {
    let sql =
        format!("{DE_TURNO} WHERE t.estado IN ('abierto', 'por_aprobar') ORDER BY t.id LIMIT 200");
    let filas: Vec<FilaTurno> = c.all(&sql, vec![]).await?;
    filas.into_iter().map(Turno::try_from).collect()
}

/// A page of shifts, newest first; `None` if the cursor is not one of ours.
pub async fn turnos(
    c: &impl Consulta,
    caja: Option<CajaId>,
    cursor: &Cursor,
) -> Result<Option<Pagina<Turno>>, DbError> {
    let mut valores: Vec<Value> = Vec::new();
    let mut donde = String::from("1 = 1");
    if let Some(caja) = caja {
        valores.push(caja.into());
        donde.push_str(&format!(" AND t.caja_id = ${}", valores.len()));
    }
    if let Some(texto) = cursor.cursor.as_deref() {
        let Ok(id) = texto.parse::<Uuid>() else { return Ok(None) };
        valores.push(id.into());
        donde.push_str(&format!(" AND t.id < ${}", valores.len()));
    }
    let sql = format!("{DE_TURNO} WHERE {donde} ORDER BY t.id DESC LIMIT {}", cursor.filas());
    let filas: Vec<FilaTurno> = c.all(&sql, valores).await?;
    let filas: Result<Vec<Turno>, DbError> = filas.into_iter().map(Turno::try_from).collect();
    Ok(Some(Pagina::cut(filas?, cursor, |t| t.id.to_string())))
}

/// Opens a shift; `false` if the caja or its cashier has one open.
pub(crate) async fn insert_turno(tx: &Tx, t: &Turno) -> Result<bool, DbError> {
    const SQL: &str = "INSERT INTO turnos (id, caja_id, numero, actor, estado, moneda, apertura, \
        denominaciones, fecha, abierto, movimientos) \
        VALUES ($1, $2, $3, $4, 'abierto', $5, $6, $7, $8, $9, 0) ON CONFLICT DO NOTHING";
    let denominaciones = serde_json::to_string(&t.denominaciones)
        .map_err(|_| DbError::Corrupt("denominations of a turno"))?;
    let valores = params![
        t.id,
        t.caja_id,
        t.numero,
        t.actor.as_str(),
        t.moneda.codigo(),
        t.apertura,
        denominaciones,
        t.fecha,
        t.abierto,
    ];
    Ok(tx.exec(SQL, valores).await? == 1)
}

/// A movement of a shift.
pub(crate) struct NuevoMovimientoCaja<'a> {
    /// Kind.
    pub(crate) clase: ClaseMovimiento,
    /// Means.
    pub(crate) medio: Medio,
    /// Signed amount: what it adds to the shift.
    pub(crate) dinero: Dinero,
    /// Payment behind it.
    pub(crate) pago_id: Option<Uuid>,
    /// Reason.
    pub(crate) motivo: Option<&'a str>,
}

/// Writes a movement in an open shift, whose row stays locked; `false` if it is not open any more.
pub(crate) async fn insert_movimiento(
    tx: &Tx,
    cx: &Cx,
    turno: TurnoId,
    nuevo: &NuevoMovimientoCaja<'_>,
) -> Result<bool, DbError> {
    const ABIERTO: &str = "UPDATE turnos SET movimientos = movimientos + 1 \
        WHERE id = $1 AND estado = 'abierto'";
    if tx.exec(ABIERTO, params![turno]).await? != 1 {
        return Ok(false);
    }
    const SQL: &str = "INSERT INTO caja_movimientos (id, turno_id, clase, medio, moneda, monto, \
        pago_id, motivo, registrado, actor) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let id: ramal_base::Id<MovimientoFila> = cx.new_id();
    let valores = params![
        id,
        turno,
        nuevo.clase.as_str(),
        nuevo.medio.as_str(),
        nuevo.dinero.moneda.codigo(),
        nuevo.dinero.centavos,
        nuevo.pago_id,
        nuevo.motivo.map(str::to_owned),
        cx.now(),
        cx.actor(),
    ];
    tx.exec(SQL, valores).await?;
    Ok(true)
}

/// Numbers a receipt: the counter of its caja stays locked until the end of the transaction, so a
/// rollback gives the number back.
pub(crate) async fn insert_recibo(
    tx: &Tx,
    cx: &Cx,
    turno: &Turno,
    pago: Uuid,
) -> Result<i64, DbError> {
    const SQL: &str = "INSERT INTO recibos_caja (id, caja_id, numero, turno_id, pago_id, \
        registrado) VALUES ($1, $2, $3, $4, $5, $6)";
    let numero = tx.take_numbers(&format!("recibo_caja:{}", turno.caja_id), 1).await?;
    let id: ramal_base::Id<Recibo> = cx.new_id();
    tx.exec(SQL, params![id, turno.caja_id, numero, turno.id, pago, cx.now()]).await?;
    Ok(numero)
}

/// The receipt of a payment, if it was taken at a caja.
pub async fn recibo(c: &impl Consulta, pago: Uuid) -> Result<Option<Recibo>, DbError> {
    const SQL: &str = "SELECT c.codigo AS caja, r.numero, r.turno_id, r.pago_id, r.registrado \
        FROM recibos_caja r JOIN cajas c ON c.id = r.caja_id WHERE r.pago_id = $1";
    c.opt(SQL, params![pago]).await
}

/// Movements of a shift, oldest first, at most `limite`.
pub async fn movimientos(
    c: &impl Consulta,
    turno: TurnoId,
    limite: i64,
) -> Result<Vec<MovimientoFila>, DbError> {
    const SQL: &str = "SELECT m.id, m.clase, m.medio, m.moneda, m.monto, m.pago_id, \
        p.numero AS pago_numero, r.numero AS recibo_numero, m.motivo, m.registrado, m.actor \
        FROM caja_movimientos m LEFT JOIN pagos p ON p.id = m.pago_id \
        LEFT JOIN recibos_caja r ON r.pago_id = m.pago_id AND m.clase = 'recibo' \
        WHERE m.turno_id = $1 ORDER BY m.id LIMIT $2";
    c.all(SQL, params![turno, limite]).await
}

#[derive(FromQueryResult)]
struct FilaSuma {
    medio: String,
    moneda: String,
    monto: i64,
}

/// What a shift should hold, by means and currency; cash in its own currency always, from the
/// opening amount.
pub async fn esperado(c: &impl Consulta, t: &Turno) -> Result<Vec<Conteo>, DbError> {
    const SQL: &str = "SELECT medio, moneda, CAST(SUM(monto) AS BIGINT) AS monto \
        FROM caja_movimientos WHERE turno_id = $1 GROUP BY medio, moneda ORDER BY medio, moneda";
    let apertura = Conteo {
        medio: Medio::Efectivo,
        esperado: Dinero::new(t.apertura, t.moneda),
        contado: None,
    };
    let mut conteos = vec![apertura];
    for f in c.all::<FilaSuma>(SQL, params![t.id]).await? {
        let (medio, moneda) = read_pair(&f.medio, &f.moneda)?;
        if medio == Medio::Efectivo && moneda == t.moneda {
            conteos[0].esperado.centavos += f.monto;
        } else {
            let esperado = Dinero::new(f.monto, moneda);
            conteos.push(Conteo { medio, esperado, contado: None });
        }
    }
    Ok(conteos)
}

fn read_pair(medio: &str, moneda: &str) -> Result<(Medio, Moneda), DbError> {
    let medio = Medio::parse(medio).ok_or(DbError::Corrupt("means of a movement"))?;
    let moneda = Moneda::parse(moneda).ok_or(DbError::Corrupt("currency of a movement"))?;
    Ok((medio, moneda))
}

#[derive(FromQueryResult)]
struct FilaConteo {
    medio: String,
    moneda: String,
    esperado: i64,
    contado: i64,
}

/// What was counted at the end of a shift; what it should hold while it is open.
pub async fn conteos(c: &impl Consulta, t: &Turno) -> Result<Vec<Conteo>, DbError> {
    if t.estado == EstadoTurno::Abierto {
        return esperado(c, t).await;
    }
    const SQL: &str = "SELECT medio, moneda, esperado, contado FROM turno_conteos \
        WHERE turno_id = $1 ORDER BY CASE WHEN medio = 'efectivo' THEN 0 ELSE 1 END, medio, moneda";
    let mut conteos = Vec::new();
    for f in c.all::<FilaConteo>(SQL, params![t.id]).await? {
        let (medio, moneda) = read_pair(&f.medio, &f.moneda)?;
        let esperado = Dinero::new(f.esperado, moneda);
        conteos.push(Conteo { medio, esperado, contado: Some(f.contado) });
    }
    Ok(conteos)
}

/// Takes a shift out of `desde`, and keeps its row locked; `false` if it is not there.
pub(crate) async fn step_turno(
    tx: &Tx,
    id: TurnoId,
    (desde, hasta): (EstadoTurno, EstadoTurno),
) -> Result<bool, DbError> {
    const SQL: &str = "UPDATE turnos SET estado = $3 WHERE id = $1 AND estado = $2";
    Ok(tx.exec(SQL, params![id, desde.as_str(), hasta.as_str()]).await? == 1)
}

/// Writes what was counted and who counted it.
pub(crate) async fn close(
    tx: &Tx,
    cx: &Cx,
    id: TurnoId,
    (conteos, notas): (&[Conteo], Option<&str>),
) -> Result<(), DbError> {
    const SQL: &str = "UPDATE turnos SET cerrado = $2, cerrado_por = $3, notas = $4 WHERE id = $1";
    tx.exec(SQL, params![id, cx.now(), cx.actor(), notas.map(str::to_owned)]).await?;
    let mut filas =
        Bulk::new("turno_conteos", &["turno_id", "medio", "moneda", "esperado", "contado"]);
    for c in conteos {
        let moneda = c.esperado.moneda.codigo();
        let contado = c.contado.unwrap_or(0);
        filas.push(params![id, c.medio.as_str(), moneda, c.esperado.centavos, contado]);
    }
    filas.insert(tx).await.map(|_| ())
}

/// Notes who accepted the difference of a shift.
pub(crate) async fn approve(tx: &Tx, cx: &Cx, id: TurnoId) -> Result<(), DbError> {
    const SQL: &str = "UPDATE turnos SET aprobado = $2, aprobado_por = $3 WHERE id = $1";
    tx.exec(SQL, params![id, cx.now(), cx.actor()]).await.map(|_| ())
}
