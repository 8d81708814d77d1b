//! Schedules: a cron text in a time zone that asks for a job. Each due time asks once, however many
//! processes.

use std::str::FromStr;

use croner::Cron;
use croner::errors::CronError;
use jiff::civil::DateTime;
use ramal_base::{Cx, Instante, Zona};
use ramal_db::{Consulta, Db, DbError, FromQueryResult, Tx, params};

use crate::{NuevoTrabajo, enqueue};

/// When a job is asked for by the clock.
#[derive(Clone, Debug)]
pub struct Horario {
    /// Stable name; the last due time is remembered under it.
    pub nombre: &'static str,
    /// Cron text of five fields, e.g. `30 2 * * *`.
    pub cron: &'static str,
    /// Zone in which the cron text is read.
    pub zona: Zona,
    /// Kind of job asked for; its data are `{"horario": nombre, "instante": due time}`.
    pub trabajo_tipo: &'static str,
}

/// A schedule whose cron text was read.
pub(crate) struct Programado {
    horario: Horario,
    cron: Cron,
}

impl Programado {
    /// Errors: the cron text does not parse.
    pub(crate) fn new(horario: Horario) -> Result<Programado, CronError> {
        Ok(Programado { cron: Cron::from_str(horario.cron)?, horario })
    }

    pub(crate) fn nombre(&self) -> &'static str {
        self.horario.nombre
    }

    /// First due time after `desde`; none if the cron text has no more.
    ///
    /// Cron texts speak of wall clocks. A wall time that the spring change skips happens that much
    /// later; one that the autumn change repeats happens once, the first time.
    fn proxima(&self, desde: Instante) -> Option<Instante> {
        let mut civil = self.civil(desde)?;
        loop {
            civil = self.cron.find_next_occurrence(&civil, false).ok()?;
            let instante = self.instante(civil)?;
            if instante > desde {
                return Some(instante);
            }
        }
    }

    /// Latest due time after `ultima` and not after `ahora`: many missed ones collapse into it.
    fn vencida(&self, ultima: Instante, ahora: Instante) -> Option<Instante> {
        let primera = self.proxima(ultima).filter(|p| *p <= ahora)?;
        let civil = self.cron.find_previous_occurrence(&self.civil(ahora)?, true).ok()?;
        let reciente = self.instante(civil)?;
        Some(if reciente <= ahora { primera.max(reciente) } else { primera })
    }

    fn civil(&self, instante: Instante) -> Option<DateTime> {
        self.horario.zona.local(instante).parse().ok()
    }

    fn instante(&self, civil: DateTime) -> Option<Instante> {
        let texto = civil.strftime("%Y-%m-%dT%H:%M:%S").to_string();
        self.horario.zona.instante(&texto).ok()
    }
}

#[derive(FromQueryResult)]
struct FilaHorario {
    nombre: String,
    ultima: Instante,
}

/// Asks for the jobs of the due schedules; gives how many were asked for and when to look again.
pub(crate) async fn run_due(
    db: &Db,
    cx: &Cx,
    programados: &[Programado],
) -> Result<(u64, Option<Instante>), DbError> {
    if programados.is_empty() {
        return Ok((0, None));
    }
    let ahora = cx.now();
    let conocidos: Vec<FilaHorario> =
        db.all("SELECT nombre, ultima FROM horarios", params![]).await?;
    let mut pedidos = 0;
    for programado in programados {
        let fila = conocidos.iter().find(|f| f.nombre == programado.nombre());
        match fila.map(|f| programado.vencida(f.ultima, ahora)) {
            None => start(db, programado, ahora).await?,
            Some(Some(vencida)) => pedidos += ask(db, cx, programado, vencida).await?,
            Some(None) => {}
        }
    }
    let siguiente = programados.iter().filter_map(|p| p.proxima(ahora)).min();
    Ok((pedidos, siguiente))
}

/// A new schedule counts from now: what it would have asked for before it existed is nobody's.
async fn start(db: &Db, programado: &Programado, ahora: Instante) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO horarios (nombre, ultima) VALUES ($1, $2) \
        ON CONFLICT DO NOTHING";
    let tx = db.begin().await?;
    tx.exec(SQL, params![programado.nombre(), ahora]).await?;
    tx.commit().await
}

async fn ask(db: &Db, cx: &Cx, programado: &Programado, vencida: Instante) -> Result<u64, DbError> {
    let tx = db.begin().await?;
    if !take_turn(&tx, programado, vencida).await? {
        return Ok(0);
    }
    let horario = &programado.horario;
    let datos = serde_json::json!({ "horario": horario.nombre, "instante": vencida });
    let clave = format!("{} {vencida}", horario.nombre);
    enqueue(&tx, cx, NuevoTrabajo::new(horario.trabajo_tipo, datos).with_clave(clave)).await?;
    tx.commit().await?;
    Ok(1)
}

/// Whether this process is the one that moves the schedule to `vencida`.
async fn take_turn(tx: &Tx, programado: &Programado, vencida: Instante) -> Result<bool, DbError> {
    const SQL: &str = "UPDATE horarios SET ultima = $1 WHERE nombre = $2 AND ultima < $3";
    Ok(tx.exec(SQL, params![vencida, programado.nombre(), vencida]).await? == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn programado(cron: &'static str, zona: &str) -> Programado {
        let zona = Zona::parse(zona).unwrap();
        Programado::new(Horario { nombre: "h", cron, zona, trabajo_tipo: "t" }).unwrap()
    }

    fn at(texto: &str) -> Instante {
        Instante::parse(texto).unwrap()
    }

    #[test]
    fn cron_is_read_on_the_wall_clock_of_the_zone() {
        let lima = programado("30 2 * * *", "America/Lima");
        let proxima = lima.proxima(at("2026-11-20T15:00:00Z"));
        assert_eq!(proxima, Some(at("2026-11-21T07:30:00Z")));
    }

    #[test]
    fn a_week_of_silence_asks_for_the_last_missed_time_only() {
        let diario = programado("0 3 * * *", "America/Mexico_City");
        let vencida = diario.vencida(at("2026-11-13T09:00:00Z"), at("2026-11-20T15:00:00Z"));
        assert_eq!(vencida, Some(at("2026-11-20T09:00:00Z")));
        assert_eq!(diario.vencida(at("2026-11-20T09:00:00Z"), at("2026-11-20T15:00:00Z")), None);
    }

    #[test]
    fn the_exact_instant_is_due_and_the_millisecond_before_is_not() {
        let diario = programado("0 3 * * *", "America/Lima");
        let ultima = at("2026-11-19T08:00:00Z");
        let hora = at("2026-11-20T08:00:00Z");
        assert_eq!(diario.vencida(ultima, hora), Some(hora));
        assert_eq!(diario.vencida(ultima, hora.plus_millis(-1)), None);
    }

    #[test]
    fn a_wall_time_skipped_in_spring_happens_later_and_once() {
        // New York, 2027-03-14: 02:00 EST becomes 03:00 EDT, so 02:30 does not exist.
        let noche = programado("30 2 * * *", "America/New_York");
        let ultima = at("2027-03-13T07:30:00Z");
        let salto = at("2027-03-14T07:30:00Z");
        assert_eq!(noche.vencida(ultima, at("2027-03-14T07:29:00Z")), None);
        assert_eq!(noche.vencida(ultima, at("2027-03-14T09:00:00Z")), Some(salto));
        assert_eq!(noche.vencida(salto, at("2027-03-14T12:00:00Z")), None);
    }

    #[test]
    fn a_wall_time_repeated_in_autumn_happens_once() {
        // New York, 2026-11-01: 01:30 happens at 05:30Z and again at 06:30Z.
        let noche = programado("30 1 * * *", "America/New_York");
        let primera = at("2026-11-01T05:30:00Z");
        assert_eq!(noche.vencida(at("2026-10-31T05:30:00Z"), primera), Some(primera));
        assert_eq!(noche.vencida(primera, at("2026-11-01T06:45:00Z")), None);
        assert_eq!(noche.proxima(primera), Some(at("2026-11-02T06:30:00Z")));
    }

    #[test]
    fn a_schedule_born_in_the_repeated_hour_moves_forward() {
        let frecuente = programado("*/10 * * * *", "America/New_York");
        let repetida = at("2026-11-01T06:35:00Z");
        assert_eq!(frecuente.proxima(repetida), Some(at("2026-11-01T07:00:00Z")));
    }

    #[test]
    #[should_panic(expected = "the cron text of schedule h does not parse")]
    fn a_bad_cron_text_is_seen_at_start() {
        let malo =
            Horario { nombre: "h", cron: "cada lunes", zona: Zona::utc(), trabajo_tipo: "t" };
        let _ = crate::Registro::new().schedule(malo);
    }

    ramal_testkit::both_engines! {
        migraciones: [ramal_db::MIGRACIONES, crate::MIGRACIONES];

        async fn two_processes_that_see_the_same_due_time_ask_once(db: Db) {
            let cx = ramal_testkit::cx_fijo();
            let (uno, dos) = (programado("0 * * * *", "UTC"), programado("0 * * * *", "UTC"));
            start(&db, &uno, cx.now().plus_millis(-3_600_000)).await.unwrap();
            start(&db, &dos, cx.now()).await.unwrap();
            assert_eq!(ask(&db, &cx, &uno, cx.now()).await.unwrap(), 1);
            let tx = db.begin().await.unwrap();
            tx.exec("DELETE FROM trabajos", params![]).await.unwrap();
            tx.commit().await.unwrap();
            assert_eq!(ask(&db, &cx, &dos, cx.now()).await.unwrap(), 0);
            assert!(crate::conteos(&db).await.unwrap().is_empty());
        }
    }
}
