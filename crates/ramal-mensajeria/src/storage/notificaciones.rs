//! Table of notifications. It decides no state.

use ramal_base::{Instante, Pais};
use ramal_db::{Consulta, DbError, FromQueryResult, Tx, params};
use uuid::Uuid;

use crate::notificacion::{
    Adjunto, Destinatario, EstadoNotificacion, NotificacionId, NotificacionVista, NuevaNotificacion,
};
use crate::valor::Variables;
use crate::{Canal, Clase};

/// A notification as it lies in the table.
#[derive(Clone, FromQueryResult)]
pub struct NotificacionFila {
    /// Identifier.
    pub id: NotificacionId,
    /// Unique key.
    pub clave: String,
    /// Kind.
    pub clase: String,
    /// Cliente.
    pub cliente_id: Option<Uuid>,
    /// Usuario.
    pub usuario_id: Option<Uuid>,
    /// Name.
    pub nombre: String,
    /// E-mail.
    pub email: Option<String>,
    /// Telephone.
    pub whatsapp: Option<String>,
    /// Country code.
    pub pais: String,
    /// IANA zone.
    pub zona_horaria: String,
    /// Channels allowed, in order.
    pub canales: String,
    /// Values, JSON.
    pub variables: String,
    /// Files, JSON.
    pub adjuntos: String,
    /// Kind of thing that it is about.
    pub objeto_tipo: Option<String>,
    /// Which thing.
    pub objeto_id: Option<Uuid>,
    /// Group.
    pub grupo: Option<String>,
    /// Notification in whose message it travels.
    pub lider_id: Option<NotificacionId>,
    /// State.
    pub estado: String,
    /// Why.
    pub motivo: Option<String>,
    /// Channel of the last envio.
    pub canal: Option<String>,
    /// It arrived by two channels.
    pub doble: bool,
    /// When it was asked for.
    pub creado: Instante,
    /// When it last changed.
    pub actualizado: Instante,
}

const COLUMNAS: &str = "id, clave, clase, cliente_id, usuario_id, nombre, email, whatsapp, pais, \
    zona_horaria, canales, variables, adjuntos, objeto_tipo, objeto_id, grupo, lider_id, estado, \
    motivo, canal, doble, creado, actualizado";

const CORRUPTA: DbError = DbError::Corrupt("a notification is not what was written");

impl NotificacionFila {
    /// Its kind. Errors: `Corrupt`.
    pub fn clase(&self) -> Result<Clase, DbError> {
        Clase::parse(&self.clase).ok_or(CORRUPTA)
    }

    /// Its state. Errors: `Corrupt`.
    pub fn estado(&self) -> Result<EstadoNotificacion, DbError> {
        EstadoNotificacion::parse(&self.estado).ok_or(CORRUPTA)
    }

    /// Its country. Errors: `Corrupt`.
    pub fn pais(&self) -> Result<Pais, DbError> {
        Pais::parse(&self.pais).ok_or(CORRUPTA)
    }

    /// Its values. Errors: `Corrupt`.
    pub fn variables(&self) -> Result<Variables, DbError> {
        serde_json::from_str(&self.variables).map_err(|_| CORRUPTA)
    }

    /// Its files. Errors: `Corrupt`.
    pub fn adjuntos(&self) -> Result<Vec<Adjunto>, DbError> {
        serde_json::from_str(&self.adjuntos).map_err(|_| CORRUPTA)
    }

    /// Its addressee. Errors: `Corrupt`.
    pub fn destinatario(&self) -> Result<Destinatario, DbError> {
        Ok(Destinatario {
            cliente_id: self.cliente_id,
            usuario_id: self.usuario_id,
            nombre: self.nombre.clone(),
            email: self.email.clone(),
            whatsapp: self.whatsapp.clone(),
            pais: self.pais()?,
            zona_horaria: self.zona_horaria.clone(),
            canales: Canal::split(&self.canales),
        })
    }

    /// What other slices see. Errors: `Corrupt`.
    pub fn vista(&self) -> Result<NotificacionVista, DbError> {
        Ok(NotificacionVista {
            id: self.id,
            clase: self.clase()?,
            estado: self.estado()?,
            canal: self.canal.as_deref().and_then(Canal::parse),
            motivo: self.motivo.clone(),
            creado: self.creado,
            actualizado: self.actualizado,
        })
    }
}

/// Writes a notification; `false` if its key is there already.
pub async fn insert(
    tx: &Tx,
    id: NotificacionId,
    nueva: &NuevaNotificacion,
    (estado, motivo): (EstadoNotificacion, Option<&str>),
    ahora: Instante,
) -> Result<bool, DbError> {
    const SQL: &str = "INSERT INTO notificaciones (id, clave, clase, cliente_id, usuario_id, \
        nombre, email, whatsapp, pais, zona_horaria, canales, variables, adjuntos, objeto_tipo, \
        objeto_id, grupo, estado, motivo, doble, no_antes, creado, actualizado) VALUES ($1, $2, \
        $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, \
        $22) ON CONFLICT DO NOTHING";
    let json = |r: serde_json::Result<String>| {
        r.map_err(|_| DbError::Corrupt("a notification is not JSON"))
    };
    let d = &nueva.destinatario;
    let valores = params![
        id,
        nueva.clave.as_str(),
        nueva.clase.as_str(),
        d.cliente_id,
        d.usuario_id,
        d.nombre.as_str(),
        d.email.clone(),
        d.whatsapp.clone(),
        d.pais.codigo(),
        d.zona_horaria.as_str(),
        Canal::join(&d.canales),
        json(serde_json::to_string(&nueva.variables))?,
        json(serde_json::to_string(&nueva.adjuntos))?,
        nueva.objeto.as_ref().map(|(tipo, _)| tipo.clone()),
        nueva.objeto.as_ref().map(|(_, id)| *id),
        nueva.grupo.clone(),
        estado.as_str(),
        motivo.map(ToOwned::to_owned),
        false,
        nueva.no_antes,
        ahora,
        ahora
    ];
    Ok(tx.exec(SQL, valores).await? == 1)
}

/// Identifier of the notification with a key.
pub async fn id_by_clave(
    c: &impl Consulta,
    clave: &str,
) -> Result<Option<NotificacionId>, DbError> {
    c.scalar("SELECT id FROM notificaciones WHERE clave = $1", params![clave]).await
}

/// One notification.
pub async fn by_id(
    c: &impl Consulta,
    id: NotificacionId,
) -> Result<Option<NotificacionFila>, DbError> {
    let sql = format!("SELECT {COLUMNAS} FROM notificaciones WHERE id = $1");
    c.opt(&sql, params![id]).await
}

/// One notification, locked until the end of the transaction.
pub async fn lock(tx: &Tx, id: NotificacionId) -> Result<Option<NotificacionFila>, DbError> {
    let sql =
        format!("SELECT {COLUMNAS} FROM notificaciones WHERE id = $1{}", tx.motor().for_update());
    tx.opt(&sql, params![id]).await
}

/// Notifications about a thing, the newest first; at most 50.
pub async fn by_objeto(
    c: &impl Consulta,
    tipo: &str,
    id: Uuid,
) -> Result<Vec<NotificacionFila>, DbError> {
    let sql = format!(
        "SELECT {COLUMNAS} FROM notificaciones WHERE objeto_tipo = $1 AND objeto_id = $2 \
         ORDER BY id DESC LIMIT 50"
    );
    c.all(&sql, params![tipo, id]).await
}

/// Those that travel in the message of `lider`, itself among them, oldest first.
pub async fn in_group(
    c: &impl Consulta,
    lider: NotificacionId,
) -> Result<Vec<NotificacionFila>, DbError> {
    let sql =
        format!("SELECT {COLUMNAS} FROM notificaciones WHERE lider_id = $1 ORDER BY id LIMIT 100");
    c.all(&sql, params![lider]).await
}

/// Takes those of a group that still wait, under `lider`; whoever comes later makes another group.
///
/// Rows are locked in the order of their ids, so that two workers do not wait for each other.
pub async fn gather(tx: &Tx, lider: &NotificacionFila, grupo: &str) -> Result<u64, DbError> {
    let sql = format!(
        "UPDATE notificaciones SET lider_id = $1 WHERE id IN (SELECT id FROM notificaciones \
         WHERE grupo = $2 AND clase = $3 AND lider_id IS NULL AND estado = 'encolada' \
         ORDER BY id LIMIT 100{})",
        tx.motor().for_update()
    );
    tx.exec(&sql, params![lider.id, grupo, lider.clase.as_str()]).await
}

/// Makes a notification its own leader: it travels alone.
pub async fn lead_alone(tx: &Tx, id: NotificacionId) -> Result<(), DbError> {
    const SQL: &str = "UPDATE notificaciones SET lider_id = $1 WHERE id = $2 AND lider_id IS NULL";
    tx.exec(SQL, params![id, id]).await.map(|_| ())
}

/// State of everything that travels in the message of `lider`.
pub async fn set_estado(
    tx: &Tx,
    lider: NotificacionId,
    (estado, motivo): (EstadoNotificacion, Option<&str>),
    canal: Option<Canal>,
    ahora: Instante,
) -> Result<(), DbError> {
    const SQL: &str = "UPDATE notificaciones SET estado = $1, motivo = $2, \
        canal = COALESCE($3, canal), actualizado = $4 WHERE id = $5 OR lider_id = $6";
    let valores = params![
        estado.as_str(),
        motivo.map(ToOwned::to_owned),
        canal.map(|c| c.as_str().to_owned()),
        ahora,
        lider,
        lider
    ];
    tx.exec(SQL, valores).await.map(|_| ())
}

/// Notes that it arrived by two channels.
pub async fn mark_doble(tx: &Tx, lider: NotificacionId) -> Result<(), DbError> {
    const SQL: &str = "UPDATE notificaciones SET doble = TRUE WHERE id = $1 OR lider_id = $2";
    tx.exec(SQL, params![lider, lider]).await.map(|_| ())
}
