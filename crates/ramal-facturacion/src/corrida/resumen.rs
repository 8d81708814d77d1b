//! What a run did, counted from what it wrote; the report of preview, run and status.

use std::collections::BTreeMap;

use ramal_base::Fecha;
use ramal_base::dinero::format_centavos;
use ramal_db::{Consulta, DbError, FromQueryResult, params};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::Error;
use crate::corrida::espera::{self, Detenido};
use crate::corrida::plan::Motivo;
use crate::storage::corridas::{self, CorridaFila};

/// A customer set aside and why.
#[derive(Clone, Debug, Serialize, ToSchema, FromQueryResult)]
pub struct Aparcamiento {
    /// The customer.
    pub cliente_id: Uuid,
    /// Stable code.
    pub codigo: String,
    /// What is wrong and what to do.
    pub motivo: String,
}

impl Aparcamiento {
    /// A customer with his reason.
    pub fn new(cliente_id: Uuid, motivo: Motivo) -> Aparcamiento {
        Aparcamiento { cliente_id, codigo: motivo.codigo, motivo: motivo.texto }
    }
}

/// Report of a run. Amounts are decimal texts by currency.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ResumenCorrida {
    /// Identifier; null in a preview.
    pub corrida: Option<Uuid>,
    /// Business day.
    #[schema(value_type = String, format = Date)]
    pub fecha: Fecha,
    /// `vista_previa`, `cargos`, `pausada` (somebody stopped it), `emitida`, `enviando`, `detenida`
    /// (what remains waits for a person) or `terminada`.
    pub estado: String,
    /// Customers with at least one document.
    pub clientes: i64,
    /// Invoices.
    pub facturas: i64,
    /// Customers set aside.
    pub aparcados: i64,
    /// Sum of the invoices by currency.
    pub totales: BTreeMap<String, String>,
    /// Credit notes.
    pub notas: i64,
    /// Sum of the credit notes by currency.
    pub totales_notas: BTreeMap<String, String>,
    /// Documents by state before their authority.
    pub comprobantes: BTreeMap<String, i64>,
    /// The customers set aside, the first hundred.
    pub aparcados_detalle: Vec<Aparcamiento>,
    /// Documents that stopped, by reason, with the way out; the first hundred reasons.
    pub detenidos: Vec<Detenido>,
}

/// Customers named in a report; the rest are counted.
const DETALLE: usize = 100;

impl ResumenCorrida {
    pub(crate) fn new(
        (corrida, fecha, estado): (Option<Uuid>, Fecha, &str),
        (clientes, facturas, notas): (i64, i64, i64),
        mut aparcados: Vec<Aparcamiento>,
        (totales, totales_notas): (&BTreeMap<&str, i64>, &BTreeMap<&str, i64>),
    ) -> ResumenCorrida {
        let n = i64::try_from(aparcados.len()).unwrap_or(i64::MAX);
        aparcados.truncate(DETALLE);
        ResumenCorrida {
            corrida,
            fecha,
            estado: estado.to_owned(),
            clientes,
            facturas,
            aparcados: n,
            totales: texts(totales),
            notas,
            totales_notas: texts(totales_notas),
            comprobantes: BTreeMap::new(),
            aparcados_detalle: aparcados,
            detenidos: Vec::new(),
        }
    }
}

fn texts(totales: &BTreeMap<&str, i64>) -> BTreeMap<String, String> {
    totales.iter().map(|(m, t)| ((*m).to_owned(), format_centavos(*t))).collect()
}

#[derive(FromQueryResult)]
struct FilaSuma {
    clase: String,
    moneda: String,
    n: i64,
    total: i64,
}

#[derive(FromQueryResult)]
struct FilaEstado {
    estado: String,
    n: i64,
}

/// Report of the run of a day. Errors: `NotFound` if it never began.
pub async fn resumen(c: &impl Consulta, fecha: Fecha) -> Result<ResumenCorrida, Error> {
    let corrida = corridas::by_fecha(c, fecha).await?.ok_or(Error::NotFound("corrida"))?;
    const SUMAS: &str = "SELECT clase, moneda, COUNT(*) AS n, CAST(SUM(total) AS BIGINT) AS total \
        FROM facturas WHERE corrida_id = $1 GROUP BY clase, moneda";
    let sumas: Vec<FilaSuma> = c.all(SUMAS, params![corrida.id]).await?;
    const CLIENTES: &str = "SELECT COUNT(DISTINCT cliente_id) FROM facturas WHERE corrida_id = $1";
    let clientes: i64 = c.scalar(CLIENTES, params![corrida.id]).await?.unwrap_or(0);
    let comprobantes = states(c, corrida.id.uuid()).await?;
    let aparcados = parked(c, corrida.id.uuid()).await?;
    let (mut facturas, mut notas) = (0, 0);
    let mut totales: BTreeMap<&str, i64> = BTreeMap::new();
    let mut totales_notas: BTreeMap<&str, i64> = BTreeMap::new();
    for s in &sumas {
        let es_nota = s.clase == "nota_credito";
        *if es_nota { &mut notas } else { &mut facturas } += s.n;
        let donde = if es_nota { &mut totales_notas } else { &mut totales };
        *donde.entry(&s.moneda).or_default() += s.total;
    }
    let estado = phase(c, &corrida, &comprobantes).await?;
    let detenidos = espera::detenidos(c, corrida.id).await?;
    let cuentas = (clientes, facturas, notas);
    let sumas = (&totales, &totales_notas);
    let datos = (Some(corrida.id.uuid()), fecha, estado);
    let resumen = ResumenCorrida::new(datos, cuentas, aparcados, sumas);
    Ok(ResumenCorrida { comprobantes, detenidos, ..resumen })
}

/// Phase of a run: once signed, it depends on what the authority has answered.
async fn phase<'a>(
    c: &impl Consulta,
    corrida: &'a CorridaFila,
    comprobantes: &BTreeMap<String, i64>,
) -> Result<&'a str, DbError> {
    let pendientes = ["por_sellar", "en_cola", "enviando", "pausado"];
    let quedan = pendientes.iter().any(|e| comprobantes.get(*e).is_some_and(|n| *n > 0));
    Ok(match (corrida.estado.as_str(), quedan) {
        ("emitida", false) => "terminada",
        ("emitida", true) if espera::is_moving(c, corrida.id).await? => "enviando",
        ("emitida", true) => "detenida",
        (otro, _) => otro,
    })
}

async fn states(c: &impl Consulta, corrida: Uuid) -> Result<BTreeMap<String, i64>, DbError> {
    const SQL: &str = "SELECT COALESCE(k.estado, 'por_sellar') AS estado, COUNT(*) AS n \
        FROM facturas f LEFT JOIN comprobantes k ON k.id = f.comprobante_id \
        WHERE f.corrida_id = $1 AND f.tipo <> 'R' GROUP BY COALESCE(k.estado, 'por_sellar')";
    let filas: Vec<FilaEstado> = c.all(SQL, params![corrida]).await?;
    Ok(filas.into_iter().map(|f| (f.estado, f.n)).collect())
}

async fn parked(c: &impl Consulta, corrida: Uuid) -> Result<Vec<Aparcamiento>, DbError> {
    const SQL: &str = "SELECT cliente_id, COALESCE(codigo, '') AS codigo, \
        COALESCE(motivo, '') AS motivo FROM corrida_clientes \
        WHERE corrida_id = $1 AND estado = 'aparcado' ORDER BY cliente_id";
    c.all(SQL, params![corrida]).await
}
