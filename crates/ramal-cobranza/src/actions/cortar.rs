//! The cut of one service of an approved list. Everything is looked at again here, in the
//! transaction that cuts: what was paid, promised or stopped since the list was made takes it out.

use ramal_base::Cx;
use ramal_contratos::comandos::{ClaseSuspension, OrdenSuspender};
use ramal_contratos::{ServicioId, actions as contratos};
use ramal_db::Tx;

use super::{Orden, desire, lock_cliente, refresh_morosos, tell};
use crate::Error;
use crate::events::CorteEjecutado;
use crate::expediente::{self, Cuadro};
use crate::nucleo::lista::veredicto;
use crate::nucleo::politica::Politica;
use crate::nucleo::{EstadoCobranza, Freno, Motivo, Veredicto};
use crate::puertos::{Asunto, Frenos, Fuente};
use crate::red::EstadoRed;
use crate::reglas::Reglas;
use crate::storage::cortes::{self, RenglonFila};
use crate::storage::episodios;

/// What became of a line of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cortado {
    /// The service is suspended.
    Suspendido,
    /// It was not cut, and why.
    Omitido(Vec<Motivo>),
    /// Not now: outside the hours of its policy, or a source of payments is late. It stays pending.
    Despues,
}

/// Cuts the service of a line, if it still deserves it. A line settled before changes nothing.
///
/// Errors: `Puerto` if the brakes cannot be asked (nothing is cut then), `Contrato`, `Storage`.
/// Emits `CorteEjecutado`.
pub async fn cut_servicio(
    tx: &Tx,
    cx: &Cx,
    reglas: &Reglas,
    frenos: &dyn Frenos,
    renglon: &RenglonFila,
) -> Result<Cortado, Error> {
    lock_cliente(tx, renglon.cliente_id).await?;
    let clave = (renglon.corte_id, renglon.servicio_id);
    let Some(ahora) = cortes::renglon(tx, clave.0, clave.1).await? else {
        return Err(Error::NotFound("corte"));
    };
    if ahora.resultado != "pendiente" {
        return Ok(Cortado::Omitido(Vec::new()));
    }
    let e = expediente::load(tx, reglas, renglon.cliente_id, reglas.hoy).await?;
    let cuadro = e.cuadro(renglon.servicio_id).ok_or(Error::NotFound("servicio"))?;
    if !in_hours(reglas.hora(cx.now()), &cuadro.regla.0) {
        return Ok(Cortado::Despues);
    }
    let stops = frenos.frenos(renglon.cliente_id, cx.now()).await?;
    if !late_sources(&frenos.banco().await?, cx, &cuadro.regla.0).is_empty() {
        return Ok(Cortado::Despues);
    }
    let motivos = match veredicto(reglas.hoy, &cuadro.situacion, &stops, &cuadro.regla.1) {
        Veredicto::Incluido => Vec::new(),
        Veredicto::Excluido(motivos) => motivos,
        Veredicto::Fuera => vec![outside(&cuadro.situacion.estado)],
    };
    if !motivos.is_empty() {
        let texto = serde_json::to_string(&motivos).unwrap_or_default();
        cortes::settle_renglon(tx, cx, clave, "omitido", &texto).await?;
        return Ok(Cortado::Omitido(motivos));
    }
    suspend(tx, cx, cuadro, renglon).await?;
    cortes::settle_renglon(tx, cx, clave, "suspendido", "[]").await?;
    let e = expediente::load(tx, reglas, renglon.cliente_id, reglas.hoy).await?;
    refresh_morosos(tx, cx, &e).await?;
    let orden = Orden { asunto: Asunto::ServicioSuspendido, objeto: renglon.corte_id };
    let mut aviso = orden.to(&e, Some(renglon.servicio_id));
    aviso.clave = format!("{}:{}", aviso.clave, renglon.servicio_id);
    aviso.dia = Some(reglas.hoy);
    tell(tx, cx, &aviso).await?;
    Ok(Cortado::Suspendido)
}

fn outside(estado: &EstadoCobranza) -> Motivo {
    match estado {
        EstadoCobranza::Suspendido | EstadoCobranza::Cortado | EstadoCobranza::Baja => {
            Motivo::YaSuspendido
        }
        _ => Motivo::SinDeuda,
    }
}

/// Whether a service is cut at this local hour under its policy.
pub(crate) fn in_hours(hora: u8, politica: &Politica) -> bool {
    (politica.hora_corte..politica.hora_fin).contains(&hora)
}

/// Sources of payments that have not been heard for too long: nobody who may have paid through them
/// is cut (B-03).
pub(crate) fn late_sources(fuentes: &[Fuente], cx: &Cx, politica: &Politica) -> Vec<Freno> {
    const HORA_MS: i64 = 3_600_000;
    let plazos = politica.aprobacion;
    let tarde = |f: &&Fuente| {
        let horas = if f.is_banco() { plazos.banco_horas } else { plazos.fuente_horas };
        let desde = cx.now().plus_millis(-i64::from(horas) * HORA_MS);
        f.al_dia.is_none_or(|al| al < desde)
    };
    let freno = |f: &Fuente| Freno::FuenteAtrasada(f.nombre.clone());
    fuentes.iter().filter(tarde).map(freno).collect()
}

async fn suspend(tx: &Tx, cx: &Cx, cuadro: &Cuadro, renglon: &RenglonFila) -> Result<(), Error> {
    let (servicio, cliente) = (renglon.servicio_id, renglon.cliente_id);
    let desde = ramal_contratos::actions::hoy(tx, cx).await?;
    let orden = OrdenSuspender {
        fecha: Some(desde),
        motivo: Some("Corte por deuda".to_owned()),
        clase: ClaseSuspension::Corte,
    };
    contratos::suspend(tx, cx, ServicioId::from_uuid(servicio), orden).await?;
    let de = (Some(renglon.corte_id), desde);
    let moneda = cuadro.servicio.moneda.as_str();
    let episodio = episodios::open(tx, cx, (servicio, cliente), de, moneda).await?;
    let deseado = EstadoRed::of(EstadoCobranza::Suspendido, cuadro.regla.0.bloqueo);
    desire(tx, cx, (servicio, cliente), deseado).await?;
    let evento =
        CorteEjecutado { servicio_id: servicio, cliente_id: cliente, episodio_id: Some(episodio) };
    Ok(tx.emit(cx, &evento).await?)
}
