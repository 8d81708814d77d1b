//! What the routes answer: collections on the wire. They hold no rule.

use ramal_base::{Dinero, Fecha, Instante};
use ramal_catalogo::dinero_view::DineroView;
use ramal_db::DbError;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::expediente::{Cuadro, Expediente};
use crate::nucleo::{EstadoCobranza, Motivo};
use crate::storage::avisos::AvisoFila;
use crate::storage::cortes::{CorteFila, RenglonFila};
use crate::storage::deuda::{Nombre, currency};
use crate::storage::episodios::EpisodioFila;
use crate::storage::morosos::MorosoFila;
use crate::storage::promesas::PromesaFila;

/// Amount on the wire. Errors: `Corrupt` currency.
pub(crate) fn amount(centavos: i64, moneda: &str) -> Result<Dinero, DbError> {
    Ok(Dinero::new(centavos, currency(moneda)?))
}

/// Alguien que debe, en una moneda.
#[derive(Debug, Serialize, ToSchema)]
pub struct MorosoView {
    /// Cliente.
    pub cliente_id: Uuid,
    /// Código impreso del cliente.
    #[schema(example = "C-66489")]
    pub cliente: String,
    /// Nombre o razón social.
    pub nombre: String,
    /// Deuda vencida.
    #[schema(value_type = DineroView)]
    pub vencido: Dinero,
    /// Vencimiento más antiguo.
    #[schema(value_type = String, format = Date)]
    pub desde: Fecha,
    /// Días desde ese vencimiento.
    pub dias: i64,
    /// Facturas vencidas.
    pub facturas: i64,
    /// Estado más grave de sus servicios.
    pub estado: String,
    /// Primer día en que se le puede cortar algo.
    #[schema(value_type = Option<String>, format = Date)]
    pub corte: Option<Fecha>,
}

impl MorosoView {
    /// The view of a row with the name of its customer, as of a day. Errors: `Corrupt`.
    pub fn of(f: MorosoFila, nombre: Option<&Nombre>, hoy: Fecha) -> Result<MorosoView, DbError> {
        Ok(MorosoView {
            cliente_id: f.cliente_id,
            cliente: nombre.map_or_else(String::new, |n| format!("C-{}", n.numero)),
            nombre: nombre.map_or_else(String::new, |n| n.razon_social.clone()),
            vencido: amount(f.vencido, &f.moneda)?,
            desde: f.desde,
            dias: f.desde.dias_hasta(hoy),
            facturas: f.facturas,
            estado: f.estado,
            corte: f.corte,
        })
    }
}

/// Filtros de la lista de morosos.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FiltroMorososQuery {
    /// Antigüedad de la deuda: `1-15`, `16-30`, `31-60` o `60+`.
    #[param(example = "16-30")]
    pub tramo: Option<String>,
    /// Estado de cobranza, por ejemplo `SUSPENDIDO`.
    pub estado: Option<String>,
    /// Moneda.
    pub moneda: Option<String>,
}

/// La lista de cortes de un día.
#[derive(Debug, Serialize, ToSchema)]
pub struct CorteView {
    /// Día de los cortes.
    #[schema(value_type = String, format = Date)]
    pub fecha: Fecha,
    /// `propuesta`, `por_aprobar`, `aprobada`, `ejecutada` o `vencida`.
    pub estado: String,
    /// Servicios por cortar.
    pub incluidos: i64,
    /// Servicios que quedan fuera.
    pub excluidos: i64,
    /// Servicios cortados.
    pub suspendidos: i64,
    /// Servicios que salieron a último momento.
    pub omitidos: i64,
    /// Servicios activos cuando se armó.
    pub activos: i64,
    /// Por qué espera a una persona.
    #[schema(value_type = Option<Object>)]
    pub espera: Option<serde_json::Value>,
    /// Quién la aprobó.
    pub aprobada_por: Option<String>,
    /// Cuándo se aprobó.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub aprobada: Option<Instante>,
    /// Cuándo terminó de ejecutarse.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ejecutada: Option<Instante>,
}

impl From<CorteFila> for CorteView {
    fn from(f: CorteFila) -> CorteView {
        CorteView {
            fecha: f.fecha,
            estado: f.estado,
            incluidos: f.incluidos,
            excluidos: f.excluidos,
            suspendidos: f.suspendidos,
            omitidos: f.omitidos,
            activos: f.activos,
            espera: f.espera.and_then(|e| serde_json::from_str(&e).ok()),
            aprobada_por: f.aprobada_por,
            aprobada: f.aprobada,
            ejecutada: f.ejecutada,
        }
    }
}

/// Por qué un servicio quedó fuera.
#[derive(Debug, Serialize, ToSchema)]
pub struct MotivoView {
    /// Código estable.
    #[schema(example = "promesa_vigente")]
    pub codigo: String,
    /// Lo que lo acompaña: una fecha, un nombre.
    pub detalle: String,
}

/// Un servicio en una lista de cortes.
#[derive(Debug, Serialize, ToSchema)]
pub struct RenglonView {
    /// El servicio.
    pub servicio_id: Uuid,
    /// De quién es.
    pub cliente_id: Uuid,
    /// `incluido` o `excluido`.
    pub decision: String,
    /// Por qué quedó fuera, o por qué no se cortó al final.
    pub motivos: Vec<MotivoView>,
    /// Deuda vencida.
    #[schema(value_type = Option<DineroView>)]
    pub vencido: Option<Dinero>,
    /// Días de atraso.
    pub dias: i64,
    /// `pendiente`, `suspendido`, `omitido` o `fuera`.
    pub resultado: String,
    /// Cuándo se resolvió.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub resuelto: Option<Instante>,
}

impl From<RenglonFila> for RenglonView {
    fn from(f: RenglonFila) -> RenglonView {
        RenglonView {
            motivos: reasons(&f.motivos).iter().map(MotivoView::from).collect(),
            vencido: amount(f.vencido, &f.moneda).ok(),
            servicio_id: f.servicio_id,
            cliente_id: f.cliente_id,
            decision: f.decision,
            dias: f.dias,
            resultado: f.resultado,
            resuelto: f.resuelto,
        }
    }
}

impl From<&Motivo> for MotivoView {
    fn from(m: &Motivo) -> MotivoView {
        MotivoView { codigo: m.codigo().to_owned(), detalle: m.detalle().to_owned() }
    }
}

/// Reasons as they are stored; none if the text is not theirs.
pub(crate) fn reasons(texto: &str) -> Vec<Motivo> {
    serde_json::from_str(texto).unwrap_or_default()
}

/// Una lista con sus renglones.
#[derive(Debug, Serialize, ToSchema)]
pub struct CorteDetalleView {
    /// La lista.
    #[serde(flatten)]
    pub corte: CorteView,
    /// Renglones de la página.
    pub renglones: Vec<RenglonView>,
    /// Cursor de la página siguiente; nulo en la última.
    pub siguiente: Option<String>,
}

/// Una promesa de pago.
#[derive(Debug, Serialize, ToSchema)]
pub struct PromesaView {
    /// Identificador.
    pub id: Uuid,
    /// Código impreso.
    #[schema(example = "PR-12")]
    pub codigo: String,
    /// De quién es.
    pub cliente_id: Uuid,
    /// Último día para pagar.
    #[schema(value_type = String, format = Date)]
    pub fecha: Fecha,
    /// Día en que se hizo.
    #[schema(value_type = String, format = Date)]
    pub hecha: Fecha,
    /// Por dónde se pidió.
    pub canal: String,
    /// Quién la concedió.
    pub otorgada_por: String,
    /// `vigente`, `cumplida`, `rota` o `anulada`.
    pub estado: String,
    /// Lo que cubre.
    #[schema(value_type = Option<DineroView>)]
    pub monto: Option<Dinero>,
    /// Por qué se anuló o se rectificó.
    pub motivo: Option<String>,
    /// Cuándo dejó de estar vigente.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub resuelta: Option<Instante>,
}

impl From<PromesaFila> for PromesaView {
    fn from(f: PromesaFila) -> PromesaView {
        PromesaView {
            codigo: f.codigo(),
            monto: amount(f.monto, &f.moneda).ok(),
            id: f.id,
            cliente_id: f.cliente_id,
            fecha: f.fecha,
            hecha: f.hecha,
            canal: f.canal,
            otorgada_por: f.otorgada_por,
            estado: f.estado,
            motivo: f.motivo,
            resuelta: f.resuelta,
        }
    }
}

/// Dónde está un servicio en la cobranza de su deuda.
#[derive(Debug, Serialize, ToSchema)]
pub struct ServicioCobranzaView {
    /// El servicio.
    pub servicio_id: Uuid,
    /// Código impreso.
    #[schema(example = "S-1")]
    pub codigo: String,
    /// Estado de cobranza.
    pub estado: EstadoCobranza,
    /// Deuda vencida de la que responde, por moneda.
    #[schema(value_type = Vec<DineroView>)]
    pub vencido: Vec<Dinero>,
    /// Días de atraso.
    pub dias: i64,
    /// Primer día en que se lo puede cortar, con lo que se sabe hoy.
    #[schema(value_type = Option<String>, format = Date)]
    pub corte: Option<Fecha>,
    /// Día en que se da de baja si sigue suspendido.
    #[schema(value_type = Option<String>, format = Date)]
    pub baja: Option<Fecha>,
    /// Último día de su exención.
    #[schema(value_type = Option<String>, format = Date)]
    pub exento_hasta: Option<Fecha>,
    /// Suspendido desde.
    #[schema(value_type = Option<String>, format = Date)]
    pub suspendido_desde: Option<Fecha>,
}

impl From<&Cuadro> for ServicioCobranzaView {
    fn from(c: &Cuadro) -> ServicioCobranzaView {
        let vencido = c.situacion.vencido.iter().map(|(m, monto)| Dinero::new(*monto, *m));
        ServicioCobranzaView {
            servicio_id: c.servicio.id,
            codigo: format!("S-{}", c.servicio.numero),
            estado: c.situacion.estado,
            vencido: vencido.collect(),
            dias: c.situacion.dias,
            corte: c.situacion.corte,
            baja: c.situacion.baja,
            exento_hasta: c.deuda.exento_hasta,
            suspendido_desde: c.episodio.as_ref().map(|e| e.desde),
        }
    }
}

/// Una suspensión por deuda, del corte a la vuelta.
#[derive(Debug, Serialize, ToSchema)]
pub struct EpisodioView {
    /// Identificador.
    pub id: Uuid,
    /// El servicio.
    pub servicio_id: Uuid,
    /// Primer día sin servicio.
    #[schema(value_type = String, format = Date)]
    pub desde: Fecha,
    /// Primer día de vuelta.
    #[schema(value_type = Option<String>, format = Date)]
    pub hasta: Option<Fecha>,
    /// Por qué terminó: `pago`, `promesa`, `exencion`, `manual` o `baja`.
    pub fin: Option<String>,
    /// Cuándo confirmó la red el bloqueo.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub confirmado: Option<Instante>,
    /// Cargo de reconexión: `ninguno`, `cobrado` o `perdonado`.
    pub cargo: String,
    /// Importe del cargo.
    #[schema(value_type = Option<DineroView>)]
    pub cargo_monto: Option<Dinero>,
}

impl From<EpisodioFila> for EpisodioView {
    fn from(f: EpisodioFila) -> EpisodioView {
        EpisodioView {
            cargo_monto: amount(f.cargo_monto, &f.cargo_moneda).ok().filter(|d| d.centavos > 0),
            id: f.id,
            servicio_id: f.servicio_id,
            desde: f.desde,
            hasta: f.hasta,
            fin: f.fin,
            confirmado: f.confirmado,
            cargo: f.cargo,
        }
    }
}

/// Un aviso de la escalera.
#[derive(Debug, Serialize, ToSchema)]
pub struct AvisoView {
    /// Identificador.
    pub id: Uuid,
    /// Factura de la que trata.
    pub factura_id: Uuid,
    /// Etapa de la escalera.
    pub etapa: String,
    /// `proximo`, `vencido` o `corte`.
    pub clase: String,
    /// Día de la etapa.
    #[schema(value_type = String, format = Date)]
    pub fecha: Fecha,
    /// Estado.
    pub estado: String,
    /// Día en que salió.
    #[schema(value_type = Option<String>, format = Date)]
    pub avisado: Option<Fecha>,
}

impl From<AvisoFila> for AvisoView {
    fn from(f: AvisoFila) -> AvisoView {
        AvisoView {
            id: f.id,
            factura_id: f.factura_id,
            etapa: f.etapa,
            clase: f.clase,
            fecha: f.fecha,
            estado: f.estado,
            avisado: f.avisado,
        }
    }
}

/// La cobranza de un cliente.
#[derive(Debug, Serialize, ToSchema)]
pub struct CobranzaView {
    /// El cliente.
    pub cliente_id: Uuid,
    /// Día al que corresponde.
    #[schema(value_type = String, format = Date)]
    pub fecha: Fecha,
    /// Sus servicios.
    pub servicios: Vec<ServicioCobranzaView>,
    /// Sus promesas, de la más nueva a la más vieja.
    pub promesas: Vec<PromesaView>,
    /// Sus suspensiones, de la más nueva a la más vieja.
    pub episodios: Vec<EpisodioView>,
    /// Sus avisos, del más nuevo al más viejo.
    pub avisos: Vec<AvisoView>,
    /// Promesas cumplidas.
    pub promesas_cumplidas: i64,
    /// Promesas incumplidas.
    pub promesas_rotas: i64,
}

impl CobranzaView {
    /// The view of a file with its episodes.
    pub fn of(e: Expediente, episodios: Vec<EpisodioFila>, (si, no): (i64, i64)) -> CobranzaView {
        let servicios = e.servicios.iter().map(ServicioCobranzaView::from).collect();
        CobranzaView {
            cliente_id: e.cliente_id,
            fecha: e.as_of,
            servicios,
            promesas: e.promesas.into_iter().map(|p| p.promesa.into()).collect(),
            episodios: episodios.into_iter().map(EpisodioView::from).collect(),
            avisos: e.avisos.into_iter().rev().take(100).map(AvisoView::from).collect(),
            promesas_cumplidas: si,
            promesas_rotas: no,
        }
    }
}

/// A reason in words.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DatosMotivo {
    /// Por qué; queda en la historia.
    #[schema(min_length = 3, max_length = 300)]
    pub motivo: String,
}
