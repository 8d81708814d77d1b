//! Promises of payment: what the policy would answer, and the promise itself. The policy decides
//! alone: no person lifts a limit here (M2).

use std::collections::BTreeMap;

use ramal_base::{CampoInvalido, Cx, Fecha, Moneda};
use ramal_db::Tx;
use ramal_plataforma::{Registro, audit};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Orden, lock_cliente, review_cliente, tell};
use crate::Error;
use crate::events::PromesaRegistrada;
use crate::expediente::{self, Expediente};
use crate::nucleo::estado::{EstadoCobranza, EstadoPromesa};
use crate::nucleo::politica::PoliticaPromesa;
use crate::nucleo::promesa::{Historial, Rechazo, limites};
use crate::puertos::Asunto;
use crate::reglas::Reglas;
use crate::storage::promesas::{self, PartidaFila, PromesaFila};

/// Body of `POST /promesas`.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DatosPromesa {
    /// Cliente: identificador o código impreso.
    #[schema(example = "C-66489")]
    pub cliente_id: String,
    /// Último día para pagar.
    #[schema(value_type = String, format = Date, example = "2026-12-05")]
    pub fecha: Fecha,
    /// Por dónde la pidió: `telefono`, `whatsapp`, `oficina`, `portal`…
    #[schema(max_length = 30)]
    pub canal: Option<String>,
    /// Notas internas.
    #[schema(max_length = 500)]
    pub notas: Option<String>,
}

/// What the policy answers before anything is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evaluacion {
    /// Limits that it passes; empty = it would be granted.
    pub rechazos: Vec<Rechazo>,
    /// What it would cover, by currency, minor units.
    pub cubre: BTreeMap<Moneda, i64>,
    /// First day on which a service could be cut after it.
    pub corte: Option<Fecha>,
    /// Services that would come back at once.
    pub reconecta: usize,
    /// Last day that the policy grants.
    pub ultimo_dia: Fecha,
}

/// What the policy answers to a promise for a day. Records nothing.
pub fn evaluate_promesa(e: &Expediente, hoy: Fecha, fecha: Fecha) -> Evaluacion {
    let politica = limits_of(e);
    let cubre = covered(e);
    let suspendido = |c: &&expediente::Cuadro| {
        matches!(c.situacion.estado, EstadoCobranza::Suspendido | EstadoCobranza::Cortado)
            && c.episodio.is_some()
    };
    Evaluacion {
        rechazos: limites(hoy, fecha, &history(e, &cubre), &politica),
        corte: e.regla.1.siguiente_permitido(fecha),
        reconecta: e.servicios.iter().filter(suspendido).count(),
        ultimo_dia: hoy.plus_dias(i32::from(politica.max_dias)),
        cubre,
    }
}

/// The limits of the customer: those of his first service.
fn limits_of(e: &Expediente) -> PoliticaPromesa {
    e.servicios.first().map_or(e.regla.0.promesa, |c| c.regla.0.promesa)
}

fn covered(e: &Expediente) -> BTreeMap<Moneda, i64> {
    let mut cubre: BTreeMap<Moneda, i64> = BTreeMap::new();
    for a in e.vencidos() {
        let suma = cubre.entry(a.moneda).or_default();
        *suma = suma.saturating_add(a.abierto);
    }
    cubre
}

fn history(e: &Expediente, cubre: &BTreeMap<Moneda, i64>) -> Historial {
    let mayor = cubre.iter().max_by_key(|(_, monto)| **monto);
    let mut totales: BTreeMap<Uuid, i64> = BTreeMap::new();
    for a in e.vencidos().filter(|a| mayor.is_some_and(|(m, _)| *m == a.moneda)) {
        totales.insert(a.factura_id, a.total);
    }
    let contadas = e.promesas.iter().filter(|p| p.estado() != EstadoPromesa::Anulada);
    let rotas = e.promesas.iter().filter(|p| p.estado() == EstadoPromesa::Rota);
    Historial {
        vivas: e.promesas.iter().filter(|p| p.estado() == EstadoPromesa::Vigente).count(),
        hechas: contadas.map(|p| p.promesa.hecha).collect(),
        ultima_rota: rotas.map(|p| p.promesa.fecha).max(),
        antiguedad: e.servicios.iter().map(|c| c.servicio.inicio).min(),
        deuda: mayor.map_or(0, |(_, monto)| *monto),
        facturado: totales.into_values().sum(),
    }
}

/// Grants a promise of paying everything overdue by a day, if the policy allows it; what it
/// suspended comes back without fee (M3).
///
/// The same key gives the same promise (M6). Errors: `Promesa` with every limit passed, `Datos`,
/// `Cliente`, `Storage`. Emits `PromesaRegistrada`.
pub async fn create_promesa(
    tx: &Tx,
    cx: &Cx,
    reglas: &Reglas,
    datos: DatosPromesa,
    clave: Option<&str>,
) -> Result<PromesaFila, Error> {
    let cliente = ramal_contratos::actions::cliente_id(tx, &datos.cliente_id).await?.uuid();
    check_textos(&datos)?;
    lock_cliente(tx, cliente).await?;
    if let Some(clave) = clave
        && let Some(primera) = promesas::by_clave(tx, clave).await?
    {
        return Ok(primera);
    }
    let e = expediente::load(tx, reglas, cliente, reglas.hoy).await?;
    let respuesta = evaluate_promesa(&e, reglas.hoy, datos.fecha);
    if !respuesta.rechazos.is_empty() {
        return Err(Error::Promesa(respuesta.rechazos));
    }
    let promesa = fresh(tx, cx, (cliente, reglas.hoy), &datos, &respuesta).await?;
    promesas::insert(tx, &promesa, clave, &parts(&e, promesa.id)).await?;
    let registro = Registro::new("promesa.registrar", "promesa", promesa.id);
    let foto = json!({ "fecha": promesa.fecha, "monto": promesa.monto, "canal": promesa.canal });
    audit(tx, cx, registro.despues(foto)).await?;
    let (promesa_id, cliente_id, fecha) = (promesa.id, cliente, promesa.fecha);
    tx.emit(cx, &PromesaRegistrada { promesa_id, cliente_id, fecha }).await?;
    let orden = Orden { asunto: Asunto::PromesaRegistrada, objeto: promesa_id };
    let mut aviso = orden.to(&e, None);
    aviso.dia = Some(fecha);
    tell(tx, cx, &aviso).await?;
    review_cliente(tx, cx, reglas, (cliente, reglas.hoy)).await?;
    Ok(promesa)
}

fn check_textos(datos: &DatosPromesa) -> Result<(), Error> {
    let mut malos = Vec::new();
    let largo = |texto: &Option<String>| texto.as_ref().map_or(0, |t| t.chars().count());
    if largo(&datos.canal) > 30 {
        malos.push(CampoInvalido::new("canal", "texto_largo", "El canal va hasta 30 letras."));
    }
    if largo(&datos.notas) > 500 {
        malos.push(CampoInvalido::new("notas", "texto_largo", "Las notas van hasta 500 letras."));
    }
    if malos.is_empty() { Ok(()) } else { Err(Error::Datos(malos)) }
}

async fn fresh(
    tx: &Tx,
    cx: &Cx,
    (cliente_id, hoy): (Uuid, Fecha),
    datos: &DatosPromesa,
    respuesta: &Evaluacion,
) -> Result<PromesaFila, Error> {
    let mayor = respuesta.cubre.iter().max_by_key(|(_, monto)| **monto);
    let (moneda, monto) = mayor.map_or(("", 0), |(m, monto)| (m.codigo(), *monto));
    let canal = datos.canal.as_deref().map(str::trim).filter(|c| !c.is_empty());
    Ok(PromesaFila {
        id: cx.new_id::<PromesaFila>().uuid(),
        numero: tx.take_numbers("promesas", 1).await?,
        cliente_id,
        fecha: datos.fecha,
        hecha: hoy,
        canal: canal.unwrap_or("oficina").to_owned(),
        otorgada_por: cx.actor().to_owned(),
        estado: EstadoPromesa::Vigente.as_str().to_owned(),
        monto,
        moneda: moneda.to_owned(),
        notas: datos.notas.clone().filter(|n| !n.trim().is_empty()),
        motivo: None,
        resuelta: None,
        creada: cx.now(),
    })
}

/// The overdue invoices and what each has open, once per invoice.
fn parts(e: &Expediente, promesa_id: Uuid) -> Vec<PartidaFila> {
    let mut partidas: BTreeMap<Uuid, PartidaFila> = BTreeMap::new();
    for a in e.vencidos() {
        let partida = partidas.entry(a.factura_id).or_insert_with(|| PartidaFila {
            promesa_id,
            factura_id: a.factura_id,
            monto: 0,
            moneda: a.moneda.codigo().to_owned(),
        });
        partida.monto = partida.monto.saturating_add(a.abierto);
    }
    partidas.into_values().collect()
}
