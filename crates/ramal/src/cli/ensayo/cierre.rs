//! The judgement of the rehearsal: every balance explained by its movements, and of every person
//! what his manner of paying asks. It changes nothing.

use std::collections::BTreeMap;

use ramal_contratos::EstadoServicio;
use ramal_db::{Consulta, Db, FromQueryResult, params};
use ramal_facturacion::cobro::{abiertas, control};

use super::escena::Escena;
use super::gente::Manera;
use super::mes::{Informe, Persona};
use crate::salida::problem;

/// Fills the report in and notes every fault.
pub async fn judge(
    escena: &Escena,
    gente: &[Persona],
    informe: &mut Informe,
) -> anyhow::Result<()> {
    let db = &escena.casa.db;
    figures(db, informe).await?;
    for descuadre in control::check(db, None).await.map_err(problem)? {
        informe.faltas.push(format!("la cuenta no cuadra: {descuadre:?}"));
    }
    for (n, persona) in gente.iter().enumerate() {
        person(db, (n, persona), informe).await?;
    }
    messages(db, informe).await
}

async fn count(db: &Db, sql: &str) -> anyhow::Result<i64> {
    Ok(db.scalar(sql, params![]).await?.unwrap_or(0))
}

#[derive(FromQueryResult)]
struct Cuenta {
    clave: String,
    n: i64,
}

async fn counts(db: &Db, sql: &str) -> anyhow::Result<BTreeMap<String, i64>> {
    let filas: Vec<Cuenta> = db.all(sql, params![]).await?;
    Ok(filas.into_iter().map(|f| (f.clave, f.n)).collect())
}

async fn figures(db: &Db, informe: &mut Informe) -> anyhow::Result<()> {
    informe.facturas = count(db, "SELECT COUNT(*) FROM facturas").await?;
    informe.pagos = count(db, "SELECT COUNT(*) FROM pagos").await?;
    informe.movimientos = count(db, "SELECT COUNT(*) FROM movimientos").await?;
    informe.episodios = count(db, "SELECT COUNT(*) FROM episodios").await?;
    informe.reconexiones =
        count(db, "SELECT COUNT(*) FROM episodios WHERE hasta IS NOT NULL").await?;
    let por = |columna: &str, tabla: &str| {
        format!("SELECT {columna} AS clave, COUNT(*) AS n FROM {tabla} GROUP BY {columna}")
    };
    informe.promesas = counts(db, &por("estado", "promesas")).await?;
    informe.notificaciones = counts(db, &por("clase", "notificaciones")).await?;
    informe.reparto = counts(db, &por("estado", "notificaciones")).await?;
    const SIN_AVISO: &str = "SELECT COUNT(*) FROM cobros c WHERE c.estado = 'acreditado' \
        AND c.consultas > 0";
    informe.hallados_sin_aviso = count(db, SIN_AVISO).await?;
    Ok(())
}

/// What must have become of a person.
async fn person(db: &Db, (n, p): (usize, &Persona), informe: &mut Informe) -> anyhow::Result<()> {
    let mut falta = |que: String| informe.faltas.push(format!("{n} ({:?}): {que}", p.manera));
    let id = ramal_contratos::ServicioId::from_uuid(p.servicio);
    let servicio = ramal_contratos::storage::by_id(db, id).await?;
    let cortado = servicio.is_some_and(|s| s.estado == EstadoServicio::Suspendido);
    if cortado != p.manera.ends_cortado() {
        falta(format!("al final su servicio {}", if cortado { "está cortado" } else { "anda" }));
    }
    const CORTES: &str = "SELECT COUNT(*) FROM episodios WHERE cliente_id = $1";
    let cortes: i64 = db.scalar(CORTES, params![p.cliente]).await?.unwrap_or(0);
    if (cortes > 0) != p.manera.is_cortado() {
        falta(format!("tuvo {cortes} cortes"));
    }
    let debe = abiertas(db, p.cliente, None).await.map_err(problem)?;
    let primera = "2027-01-01".parse::<ramal_base::Fecha>()?;
    let del_primer_mes = debe.iter().filter(|a| a.fecha < primera).count();
    if (del_primer_mes == 0) != p.manera.is_al_dia() {
        falta(format!("debe {del_primer_mes} facturas del primer mes"));
    }
    let abierto: i64 = debe.iter().map(|a| a.abierto).sum();
    let saldo = ramal_cuenta::saldo(db, p.cliente, ramal_base::Moneda::Mxn).await?;
    if saldo.por_cobrar != abierto {
        falta(format!("la cuenta dice {} y sus facturas {abierto}", saldo.por_cobrar));
    }
    if saldo.a_favor != 0 {
        falta(format!("le quedan {} a favor que su factura no tomó", saldo.a_favor));
    }
    if p.manera == Manera::DeMas {
        let menos = debe.iter().any(|a| a.total - a.abierto == 5_000);
        if !menos {
            falta("su saldo a favor no bajó la factura siguiente".to_owned());
        }
    }
    Ok(())
}

/// Each thing told once, nobody woken at night, nearly all delivered.
async fn messages(db: &Db, informe: &mut Informe) -> anyhow::Result<()> {
    let total: i64 = informe.reparto.values().sum();
    let bien: i64 =
        ["entregada", "leida"].iter().filter_map(|e| informe.reparto.get(*e)).copied().sum();
    if total == 0 || bien * 100 < total * 95 {
        informe.faltas.push(format!("se entregaron {bien} de {total} notificaciones"));
    }
    let muertos = count(db, "SELECT COUNT(*) FROM trabajos WHERE estado = 'muerto'").await?;
    if muertos > 0 {
        informe.faltas.push(format!("{muertos} trabajos quedaron muertos"));
    }
    Ok(())
}
