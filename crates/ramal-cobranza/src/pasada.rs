//! The nightly pass: every customer who owes or will soon is looked at as of a day. Missed days are
//! done in order; a pass that was killed goes on where it was; done again, it changes nothing.
//!
//! It cuts nobody: it writes the list of the day, which is executed at its hour.

use ramal_base::{Cx, Fecha};
use ramal_db::{Consulta, Db, Tx};
use ramal_jobs::{NuevoTrabajo, enqueue};
use serde_json::json;
use uuid::Uuid;

use crate::Error;
use crate::actions;
use crate::corte::EstadoCorte;
use crate::events::CorteAvanzo;
use crate::expediente::{self, Expediente};
use crate::jobs::{AVISOS, EJECUTAR};
use crate::nucleo::lista;
use crate::pasos;
use crate::puertos::Puertos;
use crate::reglas::Reglas;
use crate::renglones;
use crate::storage::pasadas::{self, Avance};
use crate::storage::{avisos, cortes, deuda, morosos};

/// Customers per transaction.
const TANDA: i64 = 100;
/// Missed days older than this are not caught up: nobody would act on them.
const ATRASO_MAXIMO: i32 = 45;
/// Lists that make the median of the length of a list.
const LISTAS: i64 = 20;

/// What a pass did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resumen {
    /// Days done, in order.
    pub dias: Vec<Fecha>,
    /// Customers looked at.
    pub clientes: i64,
    /// Customers left out because looking at them failed.
    pub fallidos: Vec<Uuid>,
}

/// Does the pass of today and of the days missed before it. Errors: `Plataforma`, `Storage`.
pub async fn run(db: &Db, cx: &Cx, puertos: &Puertos) -> Result<Resumen, Error> {
    let reglas = Reglas::load(db, cx).await?;
    let mut resumen = Resumen::default();
    let mut dia = first_day(db, reglas.hoy).await?;
    while dia <= reglas.hoy {
        run_day(db, cx, (puertos, &reglas), dia, &mut resumen).await?;
        resumen.dias.push(dia);
        dia = dia.plus_dias(1);
    }
    Ok(resumen)
}

/// The oldest day that is not done: one begun, the one after the last, or today the first time.
async fn first_day(c: &impl Consulta, hoy: Fecha) -> Result<Fecha, Error> {
    let limite = hoy.plus_dias(-ATRASO_MAXIMO);
    if let Some(abierta) = pasadas::oldest_open(c).await? {
        return Ok(abierta.fecha.max(limite));
    }
    let ultima = pasadas::last(c).await?.map(|p| p.fecha.plus_dias(1));
    Ok(ultima.unwrap_or(hoy).max(limite))
}

async fn run_day(
    db: &Db,
    cx: &Cx,
    (puertos, reglas): (&Puertos, &Reglas),
    dia: Fecha,
    resumen: &mut Resumen,
) -> Result<(), Error> {
    let tx = db.begin().await?;
    pasadas::open(&tx, cx, dia).await?;
    tx.commit().await?;
    let pasada = Pasada { db, cx, puertos, reglas, dia };
    loop {
        let hechos = match pasada.chunk(TANDA).await {
            Ok(hechos) => hechos,
            // One customer who fails must not stop the others: he is looked for one by one.
            Err(error) if !is_busy(&error) => pasada.one_by_one(resumen).await?,
            Err(error) => return Err(error),
        };
        resumen.clientes += hechos;
        if hechos == 0 {
            return pasada.close().await;
        }
    }
}

fn is_busy(error: &Error) -> bool {
    matches!(error, Error::Storage(_))
}

struct Pasada<'a> {
    db: &'a Db,
    cx: &'a Cx,
    puertos: &'a Puertos,
    reglas: &'a Reglas,
    dia: Fecha,
}

impl Pasada<'_> {
    /// Does the next customers in one transaction; gives how many. The row of the pass is locked,
    /// so that two processes share the work and never repeat it.
    async fn chunk(&self, limite: i64) -> Result<i64, Error> {
        let tx = self.db.begin().await?;
        let ids = self.next(&tx, limite).await?;
        let Some(ultimo) = ids.last().copied() else { return Ok(0) };
        let avance = self.look(&tx, &ids).await?;
        pasadas::advance(&tx, self.dia, ultimo, avance).await?;
        tx.commit().await?;
        Ok(avance.clientes)
    }

    async fn next(&self, tx: &Tx, limite: i64) -> Result<Vec<Uuid>, Error> {
        let pasada = pasadas::lock(tx, self.dia).await?;
        let Some(pasada) = pasada.filter(|p| p.estado == "en_curso") else {
            return Ok(Vec::new());
        };
        let antes_de = self.dia.plus_dias(self.reglas.antelacion() + 1);
        Ok(deuda::por_mirar(tx, antes_de, pasada.cursor, limite).await?)
    }

    /// After a failure: the customers of the chunk one at a time; who fails alone is passed over.
    async fn one_by_one(&self, resumen: &mut Resumen) -> Result<i64, Error> {
        let mut hechos = 0;
        for _ in 0..TANDA {
            match self.chunk(1).await {
                Ok(0) => break,
                Ok(n) => hechos += n,
                Err(error) if is_busy(&error) => return Err(error),
                Err(error) => {
                    let Some(id) = self.pass_over().await? else { break };
                    tracing::error!(cliente.id = %id, %error, "customer left out of the pass");
                    resumen.fallidos.push(id);
                    hechos += 1;
                }
            }
        }
        Ok(hechos)
    }

    async fn pass_over(&self) -> Result<Option<Uuid>, Error> {
        let tx = self.db.begin().await?;
        let Some(id) = self.next(&tx, 1).await?.first().copied() else { return Ok(None) };
        pasadas::advance(&tx, self.dia, id, Avance::default()).await?;
        tx.commit().await?;
        Ok(Some(id))
    }

    /// Looks at these customers as of the day.
    async fn look(&self, tx: &Tx, ids: &[Uuid]) -> Result<Avance, Error> {
        let (cx, reglas) = (self.cx, self.reglas);
        let mut archivo = expediente::load_page(tx, reglas, ids, self.dia).await?;
        let mut avance = Avance { clientes: count(ids.len()), ..Avance::default() };
        for e in archivo.iter_mut().filter(|e| needs_hand(e)) {
            *e = self.handle(tx, e.cliente_id).await?;
        }
        for e in &archivo {
            avance.recargos += actions::charge_late(tx, cx, e).await?;
        }
        let pasos: Vec<_> = archivo.iter().flat_map(pasos::due).collect();
        avance.avisos = i64::try_from(avisos::insert(tx, cx, &pasos).await?).unwrap_or(0);
        let filas: Vec<_> = archivo.iter().flat_map(|e| actions::moroso_rows(cx, e)).collect();
        morosos::replace(tx, ids, &filas).await?;
        if self.dia == reglas.hoy {
            renglones::write(tx, cx, (self.puertos, reglas), &archivo).await?;
        }
        Ok(avance)
    }

    /// A customer with a promise, a suspension or a held fee: judged with his row locked.
    async fn handle(&self, tx: &Tx, cliente: Uuid) -> Result<Expediente, Error> {
        let (cx, reglas) = (self.cx, self.reglas);
        let e = actions::review_cliente(tx, cx, reglas, (cliente, self.dia)).await?;
        if self.dia != reglas.hoy {
            return Ok(e);
        }
        for cuadro in e.servicios.iter().filter(|c| c.episodio.is_some()) {
            let deseado =
                crate::red::EstadoRed::of(cuadro.situacion.estado, cuadro.regla.0.bloqueo);
            actions::desire(tx, cx, (cuadro.servicio.id, cliente), deseado).await?;
        }
        if actions::end_for_debt(tx, cx, &e).await? == 0 {
            return Ok(e);
        }
        expediente::load(tx, reglas, cliente, self.dia).await
    }

    /// Ends the pass; that of today also puts its list before a person or on its way.
    async fn close(&self) -> Result<(), Error> {
        let tx = self.db.begin().await?;
        let abierta = pasadas::lock(&tx, self.dia).await?;
        if abierta.is_none_or(|p| p.estado != "en_curso") {
            return Ok(());
        }
        pasadas::finish(&tx, self.cx, self.dia).await?;
        if self.dia == self.reglas.hoy {
            cortes::expire_before(&tx, self.dia).await?;
            self.close_list(&tx).await?;
            let trabajo = NuevoTrabajo::new(AVISOS, json!({}));
            enqueue(&tx, self.cx, trabajo.with_clave(format!("pasada:{}", self.dia))).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    async fn close_list(&self, tx: &Tx) -> Result<(), Error> {
        let Some(corte) = cortes::lock(tx, self.dia).await? else { return Ok(()) };
        if EstadoCorte::parse(&corte.estado) != Some(EstadoCorte::Propuesta) {
            return Ok(());
        }
        cortes::recount(tx, corte.id).await?;
        let corte = cortes::by_fecha(tx, self.dia).await?.ok_or(Error::NotFound("corte"))?;
        let anteriores = cortes::lengths_before(tx, self.dia, LISTAS).await?;
        let n = |valor: i64| u32::try_from(valor).unwrap_or(u32::MAX);
        let (politica, _) = self.reglas.general();
        let regla = &politica.aprobacion;
        let espera = lista::espera(n(corte.incluidos), n(corte.activos), &anteriores, regla);
        let texto = espera.as_ref().and_then(|e| serde_json::to_string(e).ok());
        let estado = match espera {
            Some(_) => EstadoCorte::PorAprobar,
            None => EstadoCorte::Aprobada,
        };
        cortes::set_estado(tx, corte.id, estado.as_str(), texto.as_deref()).await?;
        let evento = CorteAvanzo { fecha: self.dia, estado: estado.as_str().to_owned() };
        tx.emit(self.cx, &evento).await?;
        let hora = format!("{}T{:02}:00:00", self.dia, politica.hora_corte);
        let hora = self.reglas.zona.instante(&hora).unwrap_or(self.cx.now());
        let trabajo = NuevoTrabajo::new(EJECUTAR, json!({ "fecha": self.dia }));
        let trabajo = trabajo.with_clave(format!("lista:{}", self.dia)).no_antes_de(hora);
        Ok(enqueue(tx, self.cx, trabajo).await?)
    }
}

/// Whether a customer has something that changes by itself on a day.
fn needs_hand(e: &Expediente) -> bool {
    e.vigente().is_some()
        || e.servicios.iter().any(|c| c.episodio.is_some())
        || e.recargos.iter().any(|r| r.estado == "retenido")
}

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
