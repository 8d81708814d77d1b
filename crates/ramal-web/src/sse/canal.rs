//! One reader of the outbox for every open page of the process: it reads each second while somebody
//! listens and rests otherwise. It marks nothing as published: the relay does.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use axum::response::sse::Event;
use ramal_base::{Cx, Instante};
use ramal_db::{Consulta, Db, DbError, FromQueryResult, params};
use tokio::sync::Mutex;
use tokio::sync::broadcast::{self, Receiver, Sender};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::pagina::navegante::Puede;

/// Pause between two readings.
const PAUSA: Duration = Duration::from_secs(1);
/// How far back a reading looks, because a transaction shows its events only when it ends.
const VENTANA_MS: i64 = 30_000;
/// Most events of one reading, the newest first.
const LECTURA: i64 = 5_000;
/// Events of one topic in one reading above which the page is told to ask for everything.
const TORRENTE: usize = 20;
/// Most events told to a page that comes back.
const VUELTA: i64 = 1_000;

/// Something that happened to a thing of a topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Noticia {
    id: Option<Uuid>,
    pub(super) tema: &'static str,
    cosa: String,
}

/// What one reading found.
pub(super) type Noticias = Arc<[Noticia]>;

impl Noticia {
    /// Something of the topic changed, nobody says what: ask for everything.
    pub(super) fn anything(tema: &'static str) -> Noticia {
        Noticia { id: None, tema, cosa: String::new() }
    }

    /// `event: r`, with the topic and the id of the thing.
    pub(super) fn event(&self) -> Event {
        let datos = serde_json::json!({"tema": self.tema, "id": self.cosa}).to_string();
        let evento = Event::default().event("r").data(datos);
        match self.id {
            Some(id) => evento.id(id.to_string()),
            None => evento,
        }
    }
}

/// The reader and who listens to it. A clone is the same channel.
#[derive(Clone)]
pub struct Canal(Arc<Interior>);

struct Interior {
    db: Db,
    cx: Cx,
    temas: &'static [(&'static str, &'static str)],
    cierre: CancellationToken,
    voz: Sender<Noticias>,
    lee: Mutex<bool>,
}

#[derive(FromQueryResult)]
struct Fila {
    id: Uuid,
    sujeto: String,
}

impl Canal {
    /// A channel of topics (first part of the subject of an event: `factura`), each with the
    /// permission that it takes; `cierre` ends every connection.
    pub fn new(
        db: Db,
        cx: Cx,
        temas: &'static [(&'static str, &'static str)],
        cierre: CancellationToken,
    ) -> Canal {
        let voz = broadcast::channel(64).0;
        Canal(Arc::new(Interior { db, cx, temas, cierre, voz, lee: Mutex::new(false) }))
    }

    /// The topics of a list with commas that exist and that the person may hear.
    pub(super) fn allowed(&self, pedidos: &str, puede: &Puede) -> Vec<&'static str> {
        let pedidos: HashSet<&str> = pedidos.split(',').map(str::trim).collect();
        let suyos = self.0.temas.iter().filter(|(tema, permiso)| {
            pedidos.contains(tema) && (permiso.is_empty() || puede(permiso))
        });
        suyos.map(|(tema, _)| *tema).collect()
    }

    pub(super) fn closing(&self) -> CancellationToken {
        self.0.cierre.clone()
    }

    pub(super) fn listeners(&self) -> usize {
        self.0.voz.receiver_count()
    }

    /// Listens from now on, waking the reader if it rested. What is committed after this returns is
    /// heard: the reader's starting point is read here and not when its task gets to run.
    pub(super) async fn subscribe(&self) -> Result<Receiver<Noticias>, DbError> {
        let oyente = self.0.voz.subscribe();
        let mut lee = self.0.lee.lock().await;
        if !*lee {
            let lectura = Lectura::from_now(&self.0).await?;
            *lee = true;
            tokio::spawn(read_on(self.0.clone(), lectura));
        }
        Ok(oyente)
    }

    /// What happened after an event, for a page that comes back.
    pub(super) async fn since(
        &self,
        ultimo: Uuid,
        temas: &[&'static str],
    ) -> Result<VecDeque<Noticia>, DbError> {
        const SQL: &str = "SELECT id, sujeto FROM eventos WHERE id > $1 ORDER BY id LIMIT $2";
        let filas: Vec<Fila> = self.0.db.all(SQL, params![ultimo, VUELTA + 1]).await?;
        let de_mas = i64::try_from(filas.len()).unwrap_or(i64::MAX) > VUELTA;
        if de_mas {
            return Ok(temas.iter().map(|tema| Noticia::anything(tema)).collect());
        }
        let noticias = filas.iter().filter_map(|fila| self.0.noticia(fila));
        Ok(noticias.filter(|n| temas.contains(&n.tema)).collect())
    }
}

impl Interior {
    /// The event as news, if it is of a topic.
    fn noticia(&self, fila: &Fila) -> Option<Noticia> {
        let (nombre, cosa) = fila.sujeto.split_once('/')?;
        let tema = self.temas.iter().find(|(tema, _)| *tema == nombre)?.0;
        Some(Noticia { id: Some(fila.id), tema, cosa: cosa.to_owned() })
    }

    /// Whether nobody listens any more; then the reader rests until the next subscription.
    async fn rests(&self) -> bool {
        let mut lee = self.lee.lock().await;
        let nadie = self.voz.receiver_count() == 0;
        *lee = !nadie;
        nadie
    }
}

/// Reads while somebody listens.
async fn read_on(canal: Arc<Interior>, mut lectura: Lectura) {
    loop {
        tokio::select! {
            () = canal.cierre.cancelled() => return,
            () = tokio::time::sleep(PAUSA) => {}
        }
        if canal.rests().await {
            return;
        }
        match lectura.read(&canal).await {
            Ok(noticias) if noticias.is_empty() => {}
            Ok(noticias) => {
                let _ = canal.voz.send(gathered(noticias).into());
            }
            Err(error) => tracing::warn!(%error, "the events could not be read"),
        }
    }
}

/// What the reader has already told.
struct Lectura {
    vistos: HashSet<Uuid>,
}

impl Lectura {
    /// What happened before the first listener is nobody's news.
    async fn from_now(canal: &Interior) -> Result<Lectura, DbError> {
        let filas = recent(canal).await?;
        Ok(Lectura { vistos: filas.iter().map(|f| f.id).collect() })
    }

    async fn read(&mut self, canal: &Interior) -> Result<Vec<Noticia>, DbError> {
        let filas = recent(canal).await?;
        let nuevas: Vec<&Fila> = filas.iter().filter(|f| !self.vistos.contains(&f.id)).collect();
        let noticias = nuevas.iter().rev().filter_map(|f| canal.noticia(f)).collect();
        self.vistos = filas.iter().map(|f| f.id).collect();
        Ok(noticias)
    }
}

/// The events of the window, the newest first.
async fn recent(canal: &Interior) -> Result<Vec<Fila>, DbError> {
    const SQL: &str = "SELECT id, sujeto FROM eventos WHERE id >= $1 ORDER BY id DESC LIMIT $2";
    let desde = first_id(canal.cx.now().plus_millis(-VENTANA_MS));
    canal.db.all(SQL, params![desde, LECTURA]).await
}

/// The least id that an event of this instant can have (UUID v7 begins with its milliseconds).
fn first_id(instante: Instante) -> Uuid {
    let ms = u64::try_from(instante.millis()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(ms, &[0; 10]).into_uuid()
}

/// A torrent of one topic becomes one piece of news with the last id.
fn gathered(noticias: Vec<Noticia>) -> Vec<Noticia> {
    let mut cuantas: HashMap<&'static str, usize> = HashMap::new();
    for noticia in &noticias {
        *cuantas.entry(noticia.tema).or_default() += 1;
    }
    let mut ultimas: HashMap<&'static str, Noticia> = HashMap::new();
    let mut juntas = Vec::new();
    for noticia in noticias {
        if cuantas.get(noticia.tema).is_some_and(|n| *n > TORRENTE) {
            ultimas.insert(noticia.tema, Noticia { cosa: String::new(), ..noticia });
        } else {
            juntas.push(noticia);
        }
    }
    juntas.extend(ultimas.into_values());
    juntas
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noticia(n: u128, tema: &'static str) -> Noticia {
        Noticia { id: Some(Uuid::from_u128(n)), tema, cosa: n.to_string() }
    }

    #[test]
    fn a_torrent_of_a_run_is_told_once() {
        let mut muchas: Vec<Noticia> = (0..5_000).map(|n| noticia(n, "factura")).collect();
        muchas.push(noticia(9_999, "corrida"));
        let juntas = gathered(muchas);
        assert_eq!(juntas.len(), 2);
        assert_eq!(juntas[0], noticia(9_999, "corrida"));
        assert_eq!(juntas[1].id, Some(Uuid::from_u128(4_999)));
        assert_eq!(juntas[1].cosa, "");
    }
}
