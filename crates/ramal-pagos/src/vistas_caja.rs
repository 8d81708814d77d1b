//! Shapes on the wire of the cash desk. They hold no rule.

use ramal_base::{Dinero, Fecha, Instante};
use ramal_catalogo::dinero_view::DineroView;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::Medio;
use crate::caja::{Caja, Conteo, EstadoTurno, Turno};

/// Una caja.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Caja)]
pub struct CajaView {
    /// Identificador.
    pub id: Uuid,
    /// Código, que encabeza sus recibos.
    #[schema(example = "CJ1")]
    pub codigo: String,
    /// Nombre.
    pub nombre: String,
    /// Sucursal.
    pub sucursal_id: Option<Uuid>,
    /// Moneda.
    #[schema(example = "PEN")]
    pub moneda: String,
    /// Si admite turnos.
    pub activa: bool,
    /// Versión, para cambiarla.
    pub version: i64,
}

impl From<Caja> for CajaView {
    fn from(c: Caja) -> CajaView {
        CajaView {
            id: c.id.uuid(),
            codigo: c.codigo,
            nombre: c.nombre,
            sucursal_id: c.sucursal_id,
            moneda: c.moneda.codigo().to_owned(),
            activa: c.activa,
            version: c.version,
        }
    }
}

/// Un turno de caja con lo que debería haber y lo contado.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Turno)]
pub struct TurnoView {
    /// Identificador.
    pub id: Uuid,
    /// Caja.
    pub caja_id: Uuid,
    /// Número dentro de su caja.
    pub numero: i64,
    /// De quién es.
    pub actor: String,
    /// Estado; `por_aprobar` espera a quien supervisa.
    pub estado: EstadoTurno,
    /// Con cuánto se abrió.
    #[schema(value_type = DineroView)]
    pub apertura: Dinero,
    /// Día en que se abrió.
    #[schema(value_type = String, format = Date)]
    pub fecha: Fecha,
    /// Cuándo se abrió.
    #[schema(value_type = String, format = DateTime)]
    pub abierto: Instante,
    /// Cuándo se contó.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub cerrado: Option<Instante>,
    /// Por medio y moneda.
    pub conteos: Vec<ConteoView>,
}

/// Lo esperado y lo contado de un medio.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ConteoCaja)]
pub struct ConteoView {
    /// Medio.
    pub medio: Medio,
    /// Lo que suman los movimientos.
    #[schema(value_type = DineroView)]
    pub esperado: Dinero,
    /// Lo contado; nulo con el turno abierto.
    #[schema(value_type = Option<DineroView>)]
    pub contado: Option<Dinero>,
    /// Contado menos esperado.
    #[schema(value_type = DineroView)]
    pub diferencia: Dinero,
}

impl TurnoView {
    pub(crate) fn of(t: Turno, conteos: Vec<Conteo>) -> TurnoView {
        TurnoView {
            id: t.id.uuid(),
            caja_id: t.caja_id.uuid(),
            numero: t.numero,
            apertura: Dinero::new(t.apertura, t.moneda),
            actor: t.actor,
            estado: t.estado,
            fecha: t.fecha,
            abierto: t.abierto,
            cerrado: t.cerrado,
            conteos: conteos.into_iter().map(ConteoView::from).collect(),
        }
    }
}

impl From<Conteo> for ConteoView {
    fn from(c: Conteo) -> ConteoView {
        let moneda = c.esperado.moneda;
        ConteoView {
            medio: c.medio,
            diferencia: Dinero::new(c.diferencia(), moneda),
            contado: c.contado.map(|n| Dinero::new(n, moneda)),
            esperado: c.esperado,
        }
    }
}
