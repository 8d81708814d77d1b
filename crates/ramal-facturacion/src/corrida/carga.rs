//! Reading what a chunk of customers needs, in a handful of statements however many they are.
//! Decides nothing.

use std::collections::HashMap;
use std::sync::Arc;

use ramal_base::Fecha;
use ramal_clientes::{Cliente, ClienteId};
use ramal_contratos::{EventoServicio, Servicio, ServicioId};
use ramal_db::consulta::placeholders;
use ramal_db::{Consulta, DbError, FromQueryResult, Value};
use uuid::Uuid;

use crate::corrida::Contexto;
use crate::corrida::papel::LineaEmitida;
use crate::corrida::plan::Historia;
use crate::factura::{FacturaFila, LineaFila};
use crate::nucleo::{Clase, Publicado};
use crate::storage::facturas;
use crate::storage::recargos::{self, RecargoFila};

/// Customers of a chunk with the services that a run must look at.
pub struct Lote {
    /// Customer and his services, in order of id.
    pub clientes: Vec<(Cliente, Vec<Historia>)>,
    /// Fees that wait, by customer.
    pub recargos: HashMap<Uuid, Vec<RecargoFila>>,
}

/// Reads the services, facts and postings of these customers, who are already locked.
pub async fn load(
    c: &impl Consulta,
    ctx: &Contexto,
    clientes: Vec<Cliente>,
) -> Result<Lote, DbError> {
    let ids: Vec<ClienteId> = clientes.iter().map(|c| c.id).collect();
    let uuids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    let recargos = recargos::pendientes(c, &uuids).await?;
    let servicios = ramal_contratos::storage::por_revisar(c, &ids, ctx.limite()).await?;
    let con_hechos: Vec<ServicioId> =
        servicios.iter().filter(|s| s.hechos > 1).map(|s| s.id).collect();
    let mut hechos = facts(c, &con_hechos).await?;
    let mut publicado = posted(c, &servicios).await?;
    let mut por_cliente: HashMap<ClienteId, Vec<Historia>> = HashMap::new();
    for servicio in servicios {
        let historia = Historia {
            hechos: hechos.remove(&servicio.id).unwrap_or_default(),
            publicado: publicado.remove(&servicio.id).unwrap_or_default(),
            servicio,
        };
        por_cliente.entry(historia.servicio.cliente_id).or_default().push(historia);
    }
    let suyas = |c: Cliente| {
        let historias = por_cliente.remove(&c.id).unwrap_or_default();
        (c, historias)
    };
    Ok(Lote { clientes: clientes.into_iter().map(suyas).collect(), recargos })
}

async fn facts(
    c: &impl Consulta,
    servicios: &[ServicioId],
) -> Result<HashMap<ServicioId, Vec<EventoServicio>>, DbError> {
    let mut por_servicio: HashMap<ServicioId, Vec<EventoServicio>> = HashMap::new();
    for (servicio, hecho) in ramal_contratos::storage::hechos(c, servicios).await? {
        por_servicio.entry(servicio).or_default().push(hecho);
    }
    Ok(por_servicio)
}

#[derive(FromQueryResult)]
struct FilaPublicado {
    servicio_id: ServicioId,
    periodo_desde: Fecha,
    clase: String,
    suma: i64,
    revisiones: i64,
}

/// Postings that the core needs: those of periods that had not ended the day before the first day
/// in doubt.
async fn posted(
    c: &impl Consulta,
    servicios: &[Servicio],
) -> Result<HashMap<ServicioId, Vec<Publicado>>, DbError> {
    let Some(desde) = servicios.iter().map(first_doubt).min() else {
        return Ok(HashMap::new());
    };
    let sql = format!(
        "SELECT servicio_id, periodo_desde, clase, CAST(SUM(monto) AS BIGINT) AS suma, \
         COUNT(*) AS revisiones FROM cargos WHERE periodo_hasta >= $1 AND servicio_id IN {} \
         GROUP BY servicio_id, periodo_desde, clase",
        placeholders(2, servicios.len())
    );
    let mut valores = vec![Value::from(desde)];
    valores.extend(servicios.iter().map(|s| Value::from(s.id)));
    let mut por_servicio: HashMap<ServicioId, Vec<Publicado>> = HashMap::new();
    for f in c.all::<FilaPublicado>(&sql, valores).await? {
        let publicado = Publicado {
            periodo_desde: f.periodo_desde,
            clase: Clase::parse(&f.clase).ok_or(DbError::Corrupt("kind of a cargo"))?,
            suma: f.suma,
            revisiones: u32::try_from(f.revisiones).unwrap_or(u32::MAX),
        };
        por_servicio.entry(f.servicio_id).or_default().push(publicado);
    }
    Ok(por_servicio)
}

fn first_doubt(s: &Servicio) -> Fecha {
    let desde = s.proxima_revision.map_or(s.revisar_desde, |p| p.min(s.revisar_desde));
    desde.plus_dias(-1)
}

/// Lines of issued invoices of these services that a negative charge may still reduce, newest
/// first.
pub async fn issued_lines(
    c: &impl Consulta,
    servicios: &[Uuid],
) -> Result<Vec<LineaEmitida>, DbError> {
    if servicios.is_empty() {
        return Ok(Vec::new());
    }
    let lineas: Vec<LineaFila> = facturas::lineas_de_servicios(c, servicios).await?;
    let mut ids: Vec<Uuid> = lineas.iter().map(|l| l.factura_id.uuid()).collect();
    ids.dedup();
    let cabeceras: Vec<(FacturaFila, Option<String>)> = facturas::con_uuid(c, &ids).await?;
    let cabeceras: HashMap<Uuid, (Arc<FacturaFila>, Option<String>)> =
        cabeceras.into_iter().map(|(f, u)| (f.id.uuid(), (Arc::new(f), u))).collect();
    let emitida = |linea: LineaFila| {
        let (factura, uuid_fiscal) = cabeceras.get(&linea.factura_id.uuid())?.clone();
        Some(LineaEmitida { linea, factura, uuid_fiscal })
    };
    Ok(lineas.into_iter().filter_map(emitida).collect())
}
