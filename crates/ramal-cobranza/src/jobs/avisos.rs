//! Telling customers: the steps of the ladder, grouped by what they say, and single notices. How
//! far each got is read back, because a cut needs it (S3). It knows no channel.

use async_trait::async_trait;
use ramal_base::{Cx, Fecha};
use ramal_db::{Db, Tx};
use ramal_jobs::{JobError, Manejador, Trabajo};
use uuid::Uuid;

use super::{AVISAR, AVISOS, Base};
use crate::Error;
use crate::actions::lock_cliente;
use crate::aviso::EstadoAviso;
use crate::expediente::{self, Expediente};
use crate::nucleo::politica::ClaseAviso;
use crate::puertos::{Asunto, Avisos, NuevoAviso, Puertos, Reparto};
use crate::reglas::Reglas;
use crate::storage::avisos::{self, AvisoFila, Suerte};

/// Customers read at once.
const TANDA: i64 = 100;

pub(super) struct Enviar(pub(super) Base);

#[async_trait]
impl Manejador for Enviar {
    fn tipo(&self) -> &'static str {
        AVISOS
    }

    async fn run(&self, _trabajo: &Trabajo) -> Result<(), JobError> {
        let Base { db, cx, puertos } = &self.0;
        let enviados = send_pending(db, cx, puertos).await.map_err(JobError::retry)?;
        let vistos = read_back(db, cx, puertos).await.map_err(JobError::retry)?;
        tracing::info!(enviados, vistos, "notices of the ladder");
        Ok(())
    }
}

pub(super) struct Avisar(pub(super) Base);

#[async_trait]
impl Manejador for Avisar {
    fn tipo(&self) -> &'static str {
        AVISAR
    }

    async fn run(&self, trabajo: &Trabajo) -> Result<(), JobError> {
        let aviso: NuevoAviso = trabajo.datos_as()?;
        let Base { db, cx, puertos } = &self.0;
        let tx = db.begin().await?;
        puertos.avisos.notify(&tx, cx, &aviso).await.map_err(JobError::retry)?;
        Ok(tx.commit().await?)
    }
}

/// Sends every step that waits; gives how many notices went out. One transaction per customer.
///
/// Errors: `Puerto`, `Storage`; what went out stays out.
pub async fn send_pending(db: &Db, cx: &Cx, puertos: &Puertos) -> Result<u64, Error> {
    let reglas = Reglas::load(db, cx).await?;
    let (mut enviados, mut cursor) = (0, None);
    loop {
        let pagina = avisos::clientes_in(db, "pendiente", cursor, TANDA).await?;
        let Some(ultimo) = pagina.last() else { return Ok(enviados) };
        cursor = Some(*ultimo);
        for cliente in pagina {
            let tx = db.begin().await?;
            enviados += send_to(&tx, cx, (&reglas, &*puertos.avisos), cliente).await?;
            tx.commit().await?;
        }
    }
}

async fn send_to(
    tx: &Tx,
    cx: &Cx,
    (reglas, puerto): (&Reglas, &dyn Avisos),
    cliente: Uuid,
) -> Result<u64, Error> {
    lock_cliente(tx, cliente).await?;
    let e = expediente::load(tx, reglas, cliente, reglas.hoy).await?;
    let mut esperan = Vec::new();
    for aviso in avisos::waiting(tx, cliente).await? {
        if e.abiertos.iter().any(|a| a.factura_id == aviso.factura_id) {
            esperan.push(aviso);
        } else {
            settle(tx, cx, &aviso, EstadoAviso::Innecesario).await?;
        }
    }
    let (salen, sobran) = collapse(esperan);
    for aviso in &sobran {
        settle(tx, cx, aviso, EstadoAviso::Reemplazado).await?;
    }
    let mut enviados = 0;
    for clase in [ClaseAviso::Corte, ClaseAviso::Vencido, ClaseAviso::Proximo] {
        let grupo: Vec<&AvisoFila> = salen.iter().filter(|a| a.clase == clase.as_str()).collect();
        if !grupo.is_empty() {
            enviados += send_group(tx, cx, puerto, (&e, reglas.hoy), (clase, &grupo)).await?;
        }
    }
    Ok(enviados)
}

/// Several steps of one invoice that wait together: the notice of the cut goes, or the last one.
fn collapse(esperan: Vec<AvisoFila>) -> (Vec<AvisoFila>, Vec<AvisoFila>) {
    let corte = |a: &AvisoFila| a.clase == ClaseAviso::Corte.as_str();
    let gana = |a: &AvisoFila| {
        let suyos = esperan.iter().filter(|x| x.factura_id == a.factura_id);
        suyos.max_by_key(|x| (corte(x), x.fecha, x.id)).is_some_and(|x| x.id == a.id)
    };
    let ganadores: Vec<Uuid> = esperan.iter().filter(|a| gana(a)).map(|a| a.id).collect();
    esperan.into_iter().partition(|a| ganadores.contains(&a.id))
}

async fn settle(tx: &Tx, cx: &Cx, a: &AvisoFila, estado: EstadoAviso) -> Result<(), Error> {
    let suerte =
        Suerte { estado: estado.as_str(), avisado: None, notificacion_id: None, motivo: None };
    avisos::mark(tx, cx, (a.id, &a.estado), &suerte).await?;
    Ok(())
}

async fn send_group(
    tx: &Tx,
    cx: &Cx,
    puerto: &dyn Avisos,
    (e, hoy): (&Expediente, Fecha),
    (clase, grupo): (ClaseAviso, &[&AvisoFila]),
) -> Result<u64, Error> {
    let facturas: Vec<Uuid> = grupo.iter().map(|a| a.factura_id).collect();
    let primera = grupo.first().map_or(Uuid::nil(), |a| a.id);
    let aviso = NuevoAviso {
        cliente_id: e.cliente_id,
        asunto: subject(clase),
        dia: named_day(e, clase, &facturas),
        facturas,
        servicio_id: None,
        clave: format!("cobranza:aviso:{primera}"),
    };
    let notificacion_id = puerto.notify(tx, cx, &aviso).await?;
    let suerte = match notificacion_id {
        Some(_) => Suerte {
            estado: EstadoAviso::Encolado.as_str(),
            avisado: Some(hoy),
            notificacion_id,
            motivo: None,
        },
        None => Suerte {
            estado: EstadoAviso::Fallido.as_str(),
            avisado: None,
            notificacion_id: None,
            motivo: Some("sin_canal"),
        },
    };
    for a in grupo {
        avisos::mark(tx, cx, (a.id, &a.estado), &suerte).await?;
    }
    Ok(1)
}

fn subject(clase: ClaseAviso) -> Asunto {
    match clase {
        ClaseAviso::Proximo => Asunto::RecordatorioProximo,
        ClaseAviso::Vencido => Asunto::RecordatorioVencido,
        ClaseAviso::Corte => Asunto::AvisoCorte,
    }
}

/// The day that a notice names: of the cut as it would be if told today, or the earliest due day.
fn named_day(e: &Expediente, clase: ClaseAviso, facturas: &[Uuid]) -> Option<Fecha> {
    let suyas = e.abiertos.iter().filter(|a| facturas.contains(&a.factura_id));
    let vence = suyas.map(|a| a.vencimiento).min()?;
    if clase != ClaseAviso::Corte {
        return Some(vence);
    }
    let conocido = e.servicios.iter().filter_map(|c| c.situacion.corte).min();
    let (politica, calendario) = e.regla_de(*facturas.first()?);
    let gracia = vence.plus_dias(i32::from(politica.gracia_dias));
    conocido.or_else(|| calendario.siguiente_permitido(gracia))
}

/// Reads how far the notices on their way got; gives how many arrived somewhere.
pub(crate) async fn read_back(db: &Db, cx: &Cx, puertos: &Puertos) -> Result<u64, Error> {
    let (mut vistos, mut cursor) = (0, None);
    loop {
        let pagina = avisos::on_the_way(db, cursor, TANDA).await?;
        let Some(ultimo) = pagina.last() else { return Ok(vistos) };
        cursor = Some(ultimo.id);
        for aviso in &pagina {
            let Some(id) = aviso.notificacion_id else { continue };
            let estado = match puertos.avisos.reparto(id).await? {
                Reparto::EnCurso => continue,
                Reparto::Entregado => EstadoAviso::Entregado,
                Reparto::DosCanales => EstadoAviso::DosCanales,
                Reparto::Fallido => EstadoAviso::Fallido,
            };
            let tx = db.begin().await?;
            settle(&tx, cx, aviso, estado).await?;
            tx.commit().await?;
            vistos += 1;
        }
    }
}
