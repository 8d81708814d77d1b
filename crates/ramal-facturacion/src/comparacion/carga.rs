//! Reading what a comparison needs: the invoice before with the same services, the lines of both,
//! what happened to the services. It compares nothing.

use std::collections::{HashMap, HashSet};

use ramal_contratos::{EstadoServicio, Motivo, Servicio, ServicioId, linea_tiempo};
use ramal_db::consulta::placeholders;
use ramal_db::{Consulta, DbError, Value};
use uuid::Uuid;

use super::{Comparacion, Entorno, Hoja, Renglon, Suerte, compare};
use crate::factura::{FacturaFila, LineaFila};
use crate::nucleo::{Clase, Pieza};
use crate::storage::cambios::{self, CargoFila};
use crate::storage::facturas::{self, COLUMNAS};
use crate::{Error, Politica};

/// An invoice compared with the one before.
#[derive(Clone, Debug)]
pub struct Comparada {
    /// The invoice before.
    pub anterior: FacturaFila,
    /// What changed.
    pub comparacion: Comparacion,
    /// Printed codes of the services: `S-12`.
    pub servicios: HashMap<Uuid, String>,
}

/// Compares an invoice with the customer's previous one of the same services; `None` if there is
/// none. Errors: `Storage`.
pub async fn compare_with_previous(
    c: &impl Consulta,
    factura: &FacturaFila,
) -> Result<Option<Comparada>, Error> {
    let id = factura.id.uuid();
    let lineas = facturas::lineas(c, &[id]).await?;
    let suyos = services(&lineas);
    if suyos.is_empty() || factura.clase == "nota_credito" {
        return Ok(None);
    }
    let Some(anterior) = previous(c, factura, &suyos).await? else { return Ok(None) };
    let lineas_antes = facturas::lineas(c, &[anterior.id.uuid()]).await?;
    let mut todos = suyos.clone();
    todos.extend(services(&lineas_antes));
    let ids: Vec<ServicioId> = todos.iter().map(|s| ServicioId::from_uuid(*s)).collect();
    let servicios = ramal_contratos::storage::by_ids(c, &ids).await?;
    let descuentos = Descuentos::load(c, &ids).await?;
    let nueva = sheet(c, (factura, &lineas), &descuentos).await?;
    let antes = sheet(c, (&anterior, &lineas_antes), &descuentos).await?;
    let entorno = Entorno {
        cobrados_antes: billed_before(c, factura, &suyos).await?,
        suertes: servicios.iter().filter_map(fate).collect(),
    };
    let comparacion = compare(&nueva, &antes, &entorno);
    let codigo = |s: &Servicio| (s.id.uuid(), format!("S-{}", s.numero));
    let servicios = servicios.iter().map(codigo).collect();
    Ok(Some(Comparada { anterior, comparacion, servicios }))
}

fn services(lineas: &[LineaFila]) -> Vec<Uuid> {
    let unicos: HashSet<Uuid> = lineas.iter().filter_map(|l| l.servicio_id).collect();
    unicos.into_iter().collect()
}

fn fate(s: &Servicio) -> Option<(Uuid, Suerte)> {
    let suerte = match s.estado {
        EstadoServicio::Cancelado | EstadoServicio::Vencido => Suerte::Baja,
        EstadoServicio::Suspendido => Suerte::Suspendido,
        EstadoServicio::Activo => return None,
    };
    Some((s.id.uuid(), suerte))
}

const ANTES: &str = "l.servicio_id IN {lista} AND f.cliente_id = $1 \
    AND (f.fecha, f.id) < ($2, $3) AND f.clase IN ('factura', 'recibo') AND f.estado <> 'anulada'";

fn before(factura: &FacturaFila, servicios: &[Uuid]) -> (String, Vec<Value>) {
    let donde = ANTES.replace("{lista}", &placeholders(4, servicios.len()));
    let mut valores: Vec<Value> =
        vec![factura.cliente_id.into(), factura.fecha.into(), factura.id.into()];
    valores.extend(servicios.iter().map(|s| Value::from(*s)));
    (donde, valores)
}

async fn previous(
    c: &impl Consulta,
    factura: &FacturaFila,
    servicios: &[Uuid],
) -> Result<Option<FacturaFila>, DbError> {
    let (donde, valores) = before(factura, servicios);
    let sql = format!(
        "SELECT {COLUMNAS} FROM factura_lineas l JOIN facturas f ON f.id = l.factura_id \
         WHERE {donde} ORDER BY f.fecha DESC, f.id DESC LIMIT 1"
    );
    c.opt(&sql, valores).await
}

async fn billed_before(
    c: &impl Consulta,
    factura: &FacturaFila,
    servicios: &[Uuid],
) -> Result<HashSet<Uuid>, DbError> {
    let (donde, valores) = before(factura, servicios);
    let sql = format!(
        "SELECT DISTINCT l.servicio_id FROM factura_lineas l \
         JOIN facturas f ON f.id = l.factura_id WHERE {donde}"
    );
    let ids: Vec<Option<Uuid>> = c.column(&sql, valores).await?;
    Ok(ids.into_iter().flatten().collect())
}

/// Timelines of services, to know what a promotion took off.
struct Descuentos(HashMap<Uuid, Vec<ramal_contratos::Tramo>>);

impl Descuentos {
    async fn load(c: &impl Consulta, ids: &[ServicioId]) -> Result<Descuentos, Error> {
        let empresa = ramal_plataforma::empresa(c).await?;
        let politica = Politica::from(&empresa).tramos;
        let mut hechos: HashMap<Uuid, Vec<ramal_contratos::EventoServicio>> = HashMap::new();
        for (servicio, hecho) in ramal_contratos::storage::hechos(c, ids).await? {
            hechos.entry(servicio.uuid()).or_default().push(hecho);
        }
        let tramos = |(id, suyos): (Uuid, Vec<_>)| (id, linea_tiempo(&suyos, politica).tramos);
        Ok(Descuentos(hechos.into_iter().map(tramos).collect()))
    }

    /// What a promotion takes off the full price on the first day of a line, as sold.
    fn of(&self, l: &LineaFila) -> i64 {
        let tramos = l.servicio_id.and_then(|s| self.0.get(&s));
        let dia = l.periodo_desde.filter(|_| l.clase == Clase::Recurrente.texto());
        let (Some(tramos), Some(dia)) = (tramos, dia) else { return 0 };
        let vigente = tramos.iter().find(|t| t.periodo.contains(dia));
        let rebajado = vigente.filter(|t| t.motivo == Motivo::Normal);
        rebajado.map_or(0, |t| (t.precio_lista - t.precio).max(0))
    }
}

async fn sheet(
    c: &impl Consulta,
    (factura, lineas): (&FacturaFila, &[LineaFila]),
    descuentos: &Descuentos,
) -> Result<Hoja, DbError> {
    let cargos = cambios::cargos_de(c, factura.id.uuid()).await?;
    let renglones = lineas.iter().map(|l| row(l, &cargos, descuentos.of(l))).collect();
    Ok(Hoja { total: factura.total, acreditado: factura.acreditado, renglones })
}

fn row(l: &LineaFila, cargos: &[CargoFila], descuento: i64) -> Renglon {
    let suyos = cargos.iter().filter(|c| c.linea == Some(l.linea) && c.monto > 0);
    let piezas = suyos
        .filter_map(|c| serde_json::from_str::<Vec<Pieza>>(c.detalle.as_deref()?).ok())
        .flatten();
    Renglon {
        servicio: l.servicio_id,
        clase: Clase::parse(&l.clase).unwrap_or(Clase::Cargo),
        nombre: sold(&l.descripcion).to_owned(),
        importe: l.importe,
        total: l.total,
        impuesto: l.impuesto.clone(),
        periodo: l.periodo_desde.zip(l.periodo_hasta),
        piezas: piezas.collect(),
        descuento,
    }
}

/// What was sold, without the period and the code that the paper adds.
pub fn sold(descripcion: &str) -> &str {
    let nombre = descripcion.strip_prefix("Ajuste de ").unwrap_or(descripcion);
    nombre.split_once(", periodo ").map_or(nombre, |(nombre, _)| nombre)
}

#[cfg(test)]
mod tests {
    use super::sold;

    #[test]
    fn the_name_of_a_plan_does_not_change_with_its_period() {
        let linea = "Ajuste de Fibra 100, periodo 2026-11-01 a 2026-11-30, servicio S-12";
        assert_eq!((sold(linea), sold("Instalación")), ("Fibra 100", "Instalación"));
    }
}
