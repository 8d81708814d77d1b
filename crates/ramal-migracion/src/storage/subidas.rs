//! SQL of uploads. Their bytes are in the store of objects.

use ramal_base::{Fecha, Instante};
use ramal_db::{Bulk, Consulta, DbError, FromQueryResult, Tx, params};
use uuid::Uuid;

use crate::informe::{Avance, Informe};
use crate::subida::{EstadoSubida, Opciones, Subida, SubidaId};

const COLUMNAS: &str = "id, huella, archivo, peso, lineas, perfil, emisor, al, duplicados, \
    estado, filas, rechazadas, informe, motivo, lote_id, actor, creado";

#[derive(FromQueryResult)]
struct Fila {
    id: SubidaId,
    huella: String,
    archivo: String,
    peso: i64,
    lineas: i64,
    perfil: String,
    emisor: String,
    al: Fecha,
    duplicados: String,
    estado: String,
    filas: i64,
    rechazadas: i64,
    informe: String,
    motivo: String,
    lote_id: Option<Uuid>,
    actor: String,
    creado: Instante,
}

impl TryFrom<Fila> for Subida {
    type Error = DbError;

    fn try_from(f: Fila) -> Result<Subida, DbError> {
        let estado = EstadoSubida::parse(&f.estado).ok_or(DbError::Corrupt("row of subidas"))?;
        Ok(Subida {
            id: f.id,
            huella: f.huella,
            archivo: f.archivo,
            peso: f.peso,
            lineas: f.lineas,
            opciones: Opciones {
                perfil: f.perfil,
                emisor: f.emisor,
                al: f.al,
                duplicados: f.duplicados,
            },
            estado,
            filas: f.filas,
            rechazadas: f.rechazadas,
            informe: serde_json::from_str(&f.informe).ok(),
            motivo: f.motivo,
            lote: f.lote_id,
            actor: f.actor,
            creado: f.creado,
        })
    }
}

/// One upload.
pub async fn subida(c: &impl Consulta, id: SubidaId) -> Result<Option<Subida>, DbError> {
    let sql = format!("SELECT {COLUMNAS} FROM subidas WHERE id = $1");
    c.opt::<Fila>(&sql, params![id]).await?.map(Subida::try_from).transpose()
}

/// One upload, its row locked until the end of the transaction.
pub async fn lock_subida(tx: &Tx, id: SubidaId) -> Result<Option<Subida>, DbError> {
    let bloqueo = tx.motor().for_update();
    let sql = format!("SELECT {COLUMNAS} FROM subidas WHERE id = $1{bloqueo}");
    tx.opt::<Fila>(&sql, params![id]).await?.map(Subida::try_from).transpose()
}

/// An upload as the list shows it, without its report.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Pendiente {
    /// Identifier.
    pub id: SubidaId,
    /// Name of the file.
    pub archivo: String,
    /// Stored text of its state.
    pub estado: String,
    /// When it came.
    pub creado: Instante,
}

/// Uploads that are not imported yet, the latest first, at most 20.
pub async fn pendientes(c: &impl Consulta) -> Result<Vec<Pendiente>, DbError> {
    const SQL: &str = "SELECT id, archivo, estado, creado FROM subidas \
        WHERE estado <> 'terminada' ORDER BY creado DESC, id DESC LIMIT 20";
    c.all(SQL, params![]).await
}

const COLUMNAS_ALTA: &[&str] = &[
    "id",
    "huella",
    "archivo",
    "peso",
    "lineas",
    "perfil",
    "emisor",
    "al",
    "duplicados",
    "estado",
    "filas",
    "rechazadas",
    "informe",
    "motivo",
    "lote_id",
    "actor",
    "creado",
];

/// Writes a new upload.
pub async fn insert_subida(tx: &Tx, s: &Subida) -> Result<(), DbError> {
    let mut fila = Bulk::new("subidas", COLUMNAS_ALTA);
    fila.push([
        s.id.into(),
        s.huella.as_str().into(),
        s.archivo.as_str().into(),
        s.peso.into(),
        s.lineas.into(),
        s.opciones.perfil.as_str().into(),
        s.opciones.emisor.as_str().into(),
        s.opciones.al.into(),
        s.opciones.duplicados.as_str().into(),
        s.estado.as_str().into(),
        s.filas.into(),
        s.rechazadas.into(),
        String::new().into(),
        s.motivo.as_str().into(),
        s.lote.into(),
        s.actor.as_str().into(),
        s.creado.into(),
    ]);
    fila.insert(tx).await.map(|_| ())
}

/// Puts an upload to work again from its first row: as `estado`, in somebody's name.
pub async fn restart_subida(
    tx: &Tx,
    id: SubidaId,
    estado: EstadoSubida,
    actor: &str,
) -> Result<(), DbError> {
    const SQL: &str = "UPDATE subidas SET estado = $2, actor = $3, filas = 0, rechazadas = 0, \
        motivo = '' WHERE id = $1";
    tx.exec(SQL, params![id, estado.as_str(), actor]).await.map(|_| ())
}

/// Changes how an upload is read.
pub async fn set_opciones(tx: &Tx, id: SubidaId, o: &Opciones) -> Result<(), DbError> {
    const SQL: &str =
        "UPDATE subidas SET perfil = $2, emisor = $3, al = $4, duplicados = $5 WHERE id = $1";
    let valores = params![id, o.perfil.as_str(), o.emisor.as_str(), o.al, o.duplicados.as_str()];
    tx.exec(SQL, valores).await.map(|_| ())
}

/// Notes how far the work is.
pub async fn note_avance(tx: &Tx, id: SubidaId, a: Avance) -> Result<(), DbError> {
    let n = |valor: u64| i64::try_from(valor).unwrap_or(i64::MAX);
    const SQL: &str = "UPDATE subidas SET filas = $2, rechazadas = $3 WHERE id = $1";
    tx.exec(SQL, params![id, n(a.filas), n(a.rechazadas)]).await.map(|_| ())
}

/// How a piece of work on an upload ended.
pub enum Fin<'a> {
    /// It was rehearsed.
    Simulada(&'a Informe),
    /// It was imported.
    Importada(Uuid),
    /// It could not be read; why.
    Fallida(&'a str),
}

/// Ends the work on an upload, if it is still in the state in which the work began.
pub async fn end_subida(
    tx: &Tx,
    id: SubidaId,
    desde: EstadoSubida,
    fin: Fin<'_>,
) -> Result<(), DbError> {
    let (estado, informe, motivo, lote) = match fin {
        Fin::Simulada(informe) => {
            let texto = serde_json::to_string(informe)
                .map_err(|_| DbError::Corrupt("a report cannot be written as JSON"))?;
            (EstadoSubida::Lista, Some(texto), "", None)
        }
        Fin::Importada(lote) => (EstadoSubida::Terminada, None, "", Some(lote)),
        Fin::Fallida(motivo) => (EstadoSubida::Fallida, None, motivo, None),
    };
    const SQL: &str = "UPDATE subidas SET estado = $3, informe = COALESCE($4, informe), \
        motivo = $5, lote_id = $6 WHERE id = $1 AND estado = $2";
    let valores = params![id, desde.as_str(), estado.as_str(), informe, motivo, lote];
    tx.exec(SQL, valores).await.map(|_| ())
}

/// Forgets an upload. Its bytes stay in the store, under their hash.
pub async fn delete_subida(tx: &Tx, id: SubidaId) -> Result<(), DbError> {
    tx.exec("DELETE FROM subidas WHERE id = $1", params![id]).await.map(|_| ())
}
