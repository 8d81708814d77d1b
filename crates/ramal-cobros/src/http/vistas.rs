//! Shapes on the wire of cobros. Amounts travel as `{"importe","moneda"}`; they hold no rule.

use ramal_base::{Dinero, Fecha, Instante, Moneda, Zona};
use ramal_catalogo::dinero_view::DineroView;
use ramal_db::{Consulta, DbError};
use ramal_pasarelas::Instruccion;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::cobro::{Estado, Fila, Partida};
use crate::storage::cobros;
use crate::storage::cuarentena::Cuarentena;
use crate::storage::devoluciones::{self, Devolucion};
use crate::storage::lista::FiltroCobros;
use crate::storage::remotos::{self, Remoto};

/// Filtros de la lista de cobros.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FiltroCobrosQuery {
    /// Estado.
    pub estado: Option<Estado>,
    /// Cliente.
    pub cliente_id: Option<Uuid>,
    /// Factura que se cobra.
    pub factura_id: Option<Uuid>,
    /// Pasarela.
    #[param(example = "emulada")]
    pub pasarela: Option<String>,
    /// Primer día en que se pidió.
    #[param(value_type = Option<String>, format = Date)]
    pub desde: Option<Fecha>,
    /// Último día en que se pidió.
    #[param(value_type = Option<String>, format = Date)]
    pub hasta: Option<Fecha>,
}

impl FiltroCobrosQuery {
    /// As the storage takes it, with its days in the zone of the company.
    pub(crate) fn filtro(self, zona: &Zona) -> FiltroCobros {
        let filtro = FiltroCobros {
            estado: self.estado,
            cliente_id: self.cliente_id,
            factura_id: self.factura_id,
            pasarela: self.pasarela,
            ..FiltroCobros::default()
        };
        filtro.between(zona, self.desde, self.hasta)
    }
}

/// Una factura de un cobro.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CobroFactura)]
pub struct PartidaView {
    /// Factura.
    pub factura_id: Uuid,
    /// Número impreso.
    #[schema(example = "F001-123")]
    pub numero: String,
    /// Lo que se cobra de ella.
    #[schema(value_type = DineroView)]
    pub monto: Dinero,
}

/// Cómo pagar fuera del navegador.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CobroInstruccion)]
pub struct InstruccionView {
    /// `clabe`, `referencia` o `cip`.
    #[schema(example = "clabe")]
    pub clase: &'static str,
    /// Lo que se escribe o se dicta.
    #[schema(example = "646180111000000011")]
    pub codigo: String,
    /// Dígitos del código de barras.
    pub codigo_barras: Option<String>,
    /// Banco que recibe.
    pub banco: Option<String>,
    /// Beneficiario de la transferencia.
    pub beneficiario: Option<String>,
    /// Referencia de la transferencia.
    pub referencia: Option<String>,
    /// Página de la pasarela con la ficha para imprimir.
    pub ficha: Option<String>,
}

impl From<Instruccion> for InstruccionView {
    fn from(instruccion: Instruccion) -> InstruccionView {
        let vacia = |clase, codigo| InstruccionView {
            clase,
            codigo,
            codigo_barras: None,
            banco: None,
            beneficiario: None,
            referencia: None,
            ficha: None,
        };
        match instruccion {
            Instruccion::Clabe { clabe, banco, beneficiario, referencia } => {
                InstruccionView { banco, beneficiario, referencia, ..vacia("clabe", clabe) }
            }
            Instruccion::Referencia { referencia, codigo_barras, ficha } => {
                InstruccionView { codigo_barras, ficha, ..vacia("referencia", referencia) }
            }
            Instruccion::Cip { cip, ficha } => InstruccionView { ficha, ..vacia("cip", cip) },
        }
    }
}

/// Un pago como lo cuenta la pasarela.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CobroPago)]
pub struct RemotoView {
    /// Identificador en la pasarela.
    pub referencia: String,
    /// Estado en la pasarela.
    #[schema(example = "acreditado")]
    pub estado: String,
    /// Monto.
    #[schema(value_type = DineroView)]
    pub monto: Dinero,
    /// Devuelto hasta ahora.
    #[schema(value_type = DineroView)]
    pub devuelto: Dinero,
    /// Lo que retiene la pasarela.
    #[schema(value_type = Option<DineroView>)]
    pub comision: Option<Dinero>,
    /// Cuándo se acreditó.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub acreditado: Option<Instante>,
    /// Pago registrado en Ramal.
    pub pago_id: Option<Uuid>,
}

impl RemotoView {
    pub(crate) fn of(r: Remoto) -> Result<RemotoView, DbError> {
        let moneda = r.moneda()?;
        Ok(RemotoView {
            monto: Dinero::new(r.importe, moneda),
            devuelto: Dinero::new(r.devuelto, moneda),
            comision: r.comision.map(|c| Dinero::new(c, moneda)),
            referencia: r.referencia,
            estado: r.estado,
            acreditado: r.acreditado,
            pago_id: r.pago_id,
        })
    }
}

/// Una devolución pedida.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CobroDevolucion)]
pub struct DevolucionView {
    /// Identificador.
    pub id: Uuid,
    /// Monto.
    #[schema(value_type = DineroView)]
    pub monto: Dinero,
    /// Por qué.
    pub motivo: String,
    /// `pedida`, `incierta`, `en_proceso`, `hecha` o `rechazada`.
    #[schema(example = "hecha")]
    pub estado: String,
    /// Cuándo se pidió.
    #[schema(value_type = String, format = DateTime)]
    pub creado: Instante,
}

impl DevolucionView {
    fn of(d: Devolucion, moneda: Moneda) -> DevolucionView {
        let (id, monto) = (d.id.uuid(), Dinero::new(d.monto, moneda));
        DevolucionView { id, monto, motivo: d.motivo, estado: d.estado, creado: d.creado }
    }
}

/// Un cobro en la lista.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CobroResumen)]
pub struct CobroResumenView {
    /// Identificador.
    pub id: Uuid,
    /// Número impreso.
    #[schema(example = "CB-120")]
    pub codigo: String,
    /// Cliente.
    pub cliente_id: Uuid,
    /// Estado.
    pub estado: Estado,
    /// Monto.
    #[schema(value_type = DineroView)]
    pub monto: Dinero,
    /// Pasarela.
    #[schema(example = "emulada")]
    pub pasarela: String,
    /// Medio de pago.
    #[schema(example = "enlace")]
    pub medio: String,
    /// Hasta cuándo se puede pagar.
    #[schema(value_type = String, format = DateTime)]
    pub vence: Instante,
    /// Cuándo se pidió.
    #[schema(value_type = String, format = DateTime)]
    pub creado: Instante,
    /// Cuándo se acreditó.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub acreditado: Option<Instante>,
}

impl CobroResumenView {
    pub(crate) fn of(f: Fila) -> Result<CobroResumenView, DbError> {
        Ok(CobroResumenView {
            id: f.id.uuid(),
            codigo: f.codigo(),
            cliente_id: f.cliente_id,
            estado: f.estado()?,
            monto: Dinero::new(f.monto, f.moneda()?),
            pasarela: f.pasarela,
            medio: f.medio,
            vence: f.vence,
            creado: f.creado,
            acreditado: f.acreditado,
        })
    }
}

/// Un cobro con sus facturas, cómo pagarlo y lo que la pasarela contó.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Cobro)]
pub struct CobroView {
    /// Lo de la lista.
    #[serde(flatten)]
    pub resumen: CobroResumenView,
    /// Facturas que paga.
    pub facturas: Vec<PartidaView>,
    /// Página de la pasarela donde se paga.
    pub url: Option<String>,
    /// Página de Ramal donde se paga o se lee cómo.
    pub enlace: Option<String>,
    /// Cómo pagar fuera del navegador.
    pub instruccion: Option<InstruccionView>,
    /// Lo que dijo la pasarela al rechazarlo.
    pub falla: Option<String>,
    /// Pagos que la pasarela conoce.
    pub pagos: Vec<RemotoView>,
    /// Devoluciones pedidas.
    pub devoluciones: Vec<DevolucionView>,
    /// Versión; crece con cada cambio.
    pub version: i64,
}

impl CobroView {
    /// Reads what a cobro has beside its row. `enlace` gives the page of one of its invoices.
    pub(crate) async fn load(
        c: &impl Consulta,
        fila: Fila,
        enlace: impl Fn(Uuid) -> String,
    ) -> Result<CobroView, DbError> {
        let moneda = fila.moneda()?;
        let partidas = cobros::partidas(c, fila.id).await?;
        let pagos = remotos::of_cobro(c, fila.id).await?;
        let devoluciones = devoluciones::of_cobro(c, fila.id).await?;
        let partida = |p: &Partida| PartidaView {
            factura_id: p.factura_id,
            numero: p.numero.clone(),
            monto: Dinero::new(p.monto, moneda),
        };
        Ok(CobroView {
            facturas: partidas.iter().map(partida).collect(),
            url: fila.url.clone(),
            enlace: partidas.first().map(|p| enlace(p.factura_id)),
            instruccion: fila.instruccion().map(InstruccionView::from),
            falla: fila.falla.clone(),
            pagos: pagos.into_iter().map(RemotoView::of).collect::<Result<_, _>>()?,
            devoluciones: devoluciones.into_iter().map(|d| DevolucionView::of(d, moneda)).collect(),
            version: fila.version,
            resumen: CobroResumenView::of(fila)?,
        })
    }
}

/// Un pago que espera a una persona.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PagoEnCuarentena)]
pub struct CuarentenaView {
    /// Identificador.
    pub id: Uuid,
    /// Pasarela.
    #[schema(example = "mercadopago")]
    pub pasarela: String,
    /// Identificador del pago en la pasarela.
    pub referencia: String,
    /// Por qué espera: `importe_distinto`, `cuenta_ajena`, `cobro_desconocido`…
    pub motivos: Vec<String>,
    /// `abierta`, `asignada` o `descartada`.
    #[schema(example = "abierta")]
    pub estado: String,
    /// Monto; nulo si la pasarela no conoce ese pago.
    #[schema(value_type = Option<DineroView>)]
    pub monto: Option<Dinero>,
    /// Cuándo se acreditó.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub acreditado: Option<Instante>,
    /// Cobro que nombra, si existe.
    pub cobro_id: Option<Uuid>,
    /// Cliente a quien se asignó.
    pub cliente_id: Option<Uuid>,
    /// Pago registrado.
    pub pago_id: Option<Uuid>,
    /// Por qué se descartó.
    pub razon: Option<String>,
    /// Cuándo llegó.
    #[schema(value_type = String, format = DateTime)]
    pub creado: Instante,
}

impl From<Cuarentena> for CuarentenaView {
    fn from(q: Cuarentena) -> CuarentenaView {
        let moneda = q.moneda.as_deref().and_then(Moneda::parse);
        CuarentenaView {
            id: q.id.uuid(),
            motivos: q.motivos.split(',').map(str::to_owned).collect(),
            monto: q.importe.zip(moneda).map(|(importe, m)| Dinero::new(importe, m)),
            pasarela: q.pasarela,
            referencia: q.referencia,
            estado: q.estado,
            acreditado: q.acreditado,
            cobro_id: q.cobro_id.map(|id| id.uuid()),
            cliente_id: q.cliente_id,
            pago_id: q.pago_id,
            razon: q.razon,
            creado: q.creado,
        }
    }
}
