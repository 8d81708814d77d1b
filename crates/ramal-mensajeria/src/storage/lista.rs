//! The envios as a person looks at them: filtered, counted, newest first; and the figures of each
//! day. It changes nothing.

use ramal_base::{Fecha, Instante, Zona};
use ramal_db::{Consulta, Cursor, DbError, FromQueryResult, Pagina, Value, params};
use uuid::Uuid;

use super::envios::{COLUMNAS, EnvioFila};
use crate::{Canal, Clase, EstadoEnvio};

/// Rows up to which anything is counted; one more means «more than».
const CONTEO_MAXIMO: i64 = 10_001;

/// Filters; what is absent does not filter.
#[derive(Clone, Debug, Default)]
pub struct FiltroEnvios {
    /// Any of these states.
    pub estados: Vec<EstadoEnvio>,
    /// Channel.
    pub canal: Option<Canal>,
    /// Kind.
    pub clase: Option<Clase>,
    /// Cliente.
    pub cliente_id: Option<Uuid>,
    /// Exact address, however it is typed.
    pub direccion: Option<String>,
    /// Made from this day on.
    pub desde: Option<Fecha>,
    /// Made up to and on this day.
    pub hasta: Option<Fecha>,
    /// A filter was not understood: nothing is found.
    pub nada: bool,
}

struct Donde {
    partes: Vec<String>,
    valores: Vec<Value>,
}

impl Donde {
    fn bind(&mut self, valor: impl Into<Value>) -> String {
        self.valores.push(valor.into());
        format!("${}", self.valores.len())
    }

    fn push(&mut self, columna: &str, operador: &str, valor: impl Into<Value>) {
        let lugar = self.bind(valor);
        self.partes.push(format!("{columna} {operador} {lugar}"));
    }

    fn within(&mut self, columna: &str, valores: Vec<String>) {
        let lugares: Vec<String> = valores.into_iter().map(|v| self.bind(v)).collect();
        self.partes.push(format!("{columna} IN ({})", lugares.join(", ")));
    }
}

/// Smallest id of an instant: ids carry their millisecond, so days are a range of the key and need
/// no index of their own.
fn floor_id(zona: &Zona, dia: Fecha) -> Option<Uuid> {
    let inicio = zona.instante(&format!("{dia}T00:00:00")).ok()?;
    let ms = u64::try_from(inicio.millis()).ok()?;
    Some(uuid::Builder::from_unix_timestamp_millis(ms, &[0; 10]).into_uuid())
}

impl FiltroEnvios {
    fn donde(&self, zona: &Zona) -> Donde {
        let mut d = Donde { partes: vec!["1 = 1".to_owned()], valores: Vec::new() };
        if self.nada {
            d.partes.push("1 = 0".to_owned());
        }
        if !self.estados.is_empty() {
            let nombres = self.estados.iter().map(|e| e.as_str().to_owned()).collect();
            d.within("estado", nombres);
        }
        if let Some(canal) = self.canal {
            d.push("canal", "=", canal.as_str());
        }
        if let Some(clase) = self.clase {
            d.push("clase", "=", clase.as_str());
        }
        if let Some(cliente) = self.cliente_id {
            d.push("cliente_id", "=", cliente);
        }
        if let Some(direccion) = &self.direccion {
            d.within("direccion", writings(direccion));
        }
        if let Some(id) = self.desde.and_then(|dia| floor_id(zona, dia)) {
            d.push("id", ">=", id);
        }
        if let Some(id) = self.hasta.and_then(|dia| floor_id(zona, dia.plus_dias(1))) {
            d.push("id", "<", id);
        }
        d
    }
}

/// Ways in which an address may be stored.
fn writings(direccion: &str) -> Vec<String> {
    let texto = direccion.trim();
    if texto.contains('@') {
        return vec![texto.to_owned(), texto.to_lowercase()];
    }
    let digitos: String = texto.chars().filter(char::is_ascii_digit).collect();
    let mut formas = vec![texto.to_owned()];
    for forma in ramal_canales::whatsapp::telefono::equivalents(&digitos) {
        formas.push(format!("+{forma}"));
        formas.push(forma);
    }
    formas
}

/// A page of envios, newest first. An unreadable cursor begins at the newest.
pub async fn page(
    c: &impl Consulta,
    zona: &Zona,
    filtro: &FiltroEnvios,
    cursor: &Cursor,
) -> Result<Pagina<EnvioFila>, DbError> {
    let mut d = filtro.donde(zona);
    if let Some(id) = cursor.cursor.as_deref().and_then(|c| c.parse::<Uuid>().ok()) {
        d.push("id", "<", id);
    }
    let sql = format!(
        "SELECT {COLUMNAS} FROM envios WHERE {} ORDER BY id DESC LIMIT {}",
        d.partes.join(" AND "),
        cursor.filas()
    );
    let filas = c.all::<EnvioFila>(&sql, d.valores).await?;
    Ok(Pagina::cut(filas, cursor, |e| e.id.to_string()))
}

/// How many envios a filter meets; 10,001 stands for more.
pub async fn count(c: &impl Consulta, zona: &Zona, filtro: &FiltroEnvios) -> Result<i64, DbError> {
    let d = filtro.donde(zona);
    let sql = format!(
        "SELECT COUNT(*) FROM (SELECT 1 AS uno FROM envios WHERE {} LIMIT {CONTEO_MAXIMO}) t",
        d.partes.join(" AND ")
    );
    Ok(c.scalar(&sql, d.valores).await?.unwrap_or(0))
}

/// Envios of a channel on a day, by how they stand (N-01: share delivered).
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Entregas {
    /// Day.
    pub dia: Fecha,
    /// Channel.
    pub canal: String,
    /// Left, or tried to: all but those held back on purpose and those that wait.
    pub intentados: i64,
    /// Known to have arrived; a letter that the relay took counts.
    pub entregados: i64,
    /// Will not arrive.
    pub fallidos: i64,
}

impl Entregas {
    /// Share delivered in tenths of a percent; `None` if nothing was tried.
    pub fn share(&self) -> Option<i64> {
        (self.intentados > 0).then(|| self.entregados * 1000 / self.intentados)
    }
}

/// Share delivered by channel and day, in that order.
pub async fn per_day(
    c: &impl Consulta,
    desde: Fecha,
    hasta: Fecha,
) -> Result<Vec<Entregas>, DbError> {
    const SQL: &str = "SELECT dia, canal, \
        CAST(SUM(CASE WHEN estado IN ('en_cola', 'enviando', 'suprimido') THEN 0 ELSE 1 END) \
            AS BIGINT) AS intentados, \
        CAST(SUM(CASE WHEN estado IN ('entregado', 'leido') \
            OR (canal = 'email' AND estado = 'enviado') THEN 1 ELSE 0 END) AS BIGINT) \
            AS entregados, \
        CAST(SUM(CASE WHEN estado = 'fallido' THEN 1 ELSE 0 END) AS BIGINT) AS fallidos \
        FROM envios WHERE dia >= $1 AND dia <= $2 GROUP BY dia, canal ORDER BY canal, dia";
    c.all(SQL, params![desde, hasta]).await
}

/// The same for each channel over all the days.
pub fn per_channel(dias: &[Entregas]) -> Vec<Entregas> {
    let mut sumas: Vec<Entregas> = Vec::new();
    for dia in dias {
        match sumas.iter_mut().find(|s| s.canal == dia.canal) {
            Some(suma) => {
                suma.intentados += dia.intentados;
                suma.entregados += dia.entregados;
                suma.fallidos += dia.fallidos;
            }
            None => sumas.push(dia.clone()),
        }
    }
    sumas
}

/// The last notification of a kind in a country, for a preview with real data.
pub async fn last_of(
    c: &impl Consulta,
    clase: Clase,
    pais: ramal_base::Pais,
) -> Result<Option<crate::NotificacionId>, DbError> {
    const SQL: &str = "SELECT notificacion_id FROM envios WHERE clase = $1 \
        AND notificacion_id IN (SELECT id FROM notificaciones WHERE pais = $2) \
        ORDER BY id DESC LIMIT 1";
    c.scalar(SQL, params![clase.as_str(), pais.codigo()]).await
}

/// Envios that wait, by what they wait for, with the oldest.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Espera {
    /// Reason; empty if it just waits for its turn.
    pub motivo: String,
    /// How many.
    pub n: i64,
    /// The oldest.
    pub desde: Instante,
}

/// What waits and for what.
pub async fn waits(c: &impl Consulta) -> Result<Vec<Espera>, DbError> {
    const SQL: &str = "SELECT COALESCE(espera, '') AS motivo, COUNT(*) AS n, \
        MIN(creado) AS desde FROM envios WHERE estado = 'en_cola' \
        GROUP BY COALESCE(espera, '') ORDER BY n DESC LIMIT 20";
    c.all(SQL, params![]).await
}
