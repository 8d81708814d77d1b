//! What one customer owes on the day of the run: pure, from loaded data to charges, papers and
//! marks. Writes nothing.

use std::collections::HashMap;

use ramal_base::Fecha;
use ramal_clientes::Cliente;
use ramal_contratos::storage::Revisado;
use ramal_contratos::{EventoServicio, LineaTiempo, Servicio, linea_tiempo};
use uuid::Uuid;

use crate::corrida::Contexto;
use crate::corrida::papel::{self, LineaEmitida, NuevaFactura};
use crate::nucleo::{
    self, Agrupacion, CargoAgrupable, CargoPropuesto, ClaveGrupo, Corte, LineaFacturada, Publicado,
    ServicioFacturable,
};

/// A customer set aside with the reason and the way out; the run goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Motivo {
    /// Stable code.
    pub codigo: String,
    /// What is wrong and what to do, in Spanish.
    pub texto: String,
}

impl Motivo {
    pub(crate) fn new(codigo: &str, texto: impl Into<String>) -> Motivo {
        Motivo { codigo: codigo.to_owned(), texto: texto.into() }
    }

    /// The reason of a legal document that cannot be made, in the words that the API uses.
    pub(crate) fn from_fiscal(error: ramal_fiscal::Error) -> Motivo {
        let problema = ramal_base::Problema::from(error);
        Motivo { codigo: problema.codigo, texto: problema.detalle }
    }
}

/// A service with what was recorded and posted of it.
pub struct Historia {
    /// The service.
    pub servicio: Servicio,
    /// Its facts; empty if it has only its start.
    pub hechos: Vec<EventoServicio>,
    /// What was posted on it.
    pub publicado: Vec<Publicado>,
}

/// Charges of one service, before they find their paper.
pub struct Calculo {
    /// The service.
    pub servicio: Servicio,
    /// Expected minus posted, where not zero.
    pub cargos: Vec<CargoPropuesto>,
    /// Where billing stands afterwards.
    pub revisado: Revisado,
}

impl Calculo {
    /// Whether it must reduce something that was posted before.
    pub fn has_abonos(&self) -> bool {
        self.cargos.iter().any(|c| c.monto < 0)
    }
}

/// Everything that a customer's transaction writes.
#[derive(Default)]
pub struct Plan {
    /// Invoices and notes to issue.
    pub papeles: Vec<NuevaFactura>,
    /// Marks of the looked-at services.
    pub revisados: Vec<Revisado>,
}

/// Computes the charges of one service. Errors: a guard rail of C5.
pub fn compute(ctx: &Contexto, historia: Historia) -> Result<Calculo, Motivo> {
    let Historia { servicio, hechos, publicado } = historia;
    let facturable = billable(ctx, &servicio, &hechos);
    let desde =
        servicio.proxima_revision.map_or(servicio.revisar_desde, |p| p.min(servicio.revisar_desde));
    let corte = Corte { as_of: ctx.as_of, desde: Some(desde), publicaciones_hoy: 0 };
    let reglas = &ctx.politica.reglas;
    let cargos =
        nucleo::pendientes(&facturable, &publicado, corte, reglas).map_err(|aparcado| {
            let texto = format!(
                "Servicio S-{}: {aparcado}. Revise sus fechas y su precio, y vuelva a ejecutar.",
                servicio.numero
            );
            Motivo::new("cargo_fuera_de_rango", texto)
        })?;
    let proxima_revision = nucleo::siguiente_revision(&facturable, ctx.as_of, reglas);
    let revisado = Revisado {
        servicio: servicio.id,
        revisar_desde: proxima_revision.unwrap_or(ctx.as_of),
        proxima_revision,
    };
    Ok(Calculo { servicio, cargos, revisado })
}

/// The service as billing sees it.
pub fn billable(
    ctx: &Contexto,
    servicio: &Servicio,
    hechos: &[EventoServicio],
) -> ServicioFacturable {
    let linea = if hechos.is_empty() {
        let producto = servicio.producto_id.uuid();
        let precio = servicio.precio.centavos;
        LineaTiempo::sin_cambios(producto, precio, servicio.ancla, servicio.inicio)
    } else {
        linea_tiempo(hechos, ctx.politica.tramos)
    };
    let ajeno = Some(servicio.facturado_desde).filter(|d| *d > servicio.inicio);
    ServicioFacturable::new(linea, ajeno)
}

/// Puts the charges of a customer on paper.
///
/// `emitidas`: lines of issued invoices that negative charges may reduce. Errors: the reason for
/// setting him aside.
pub fn assemble(
    ctx: &Contexto,
    cliente: &Cliente,
    calculos: Vec<Calculo>,
    emitidas: &[LineaEmitida],
) -> Result<Plan, Motivo> {
    let mut plan = Plan::default();
    let mut cargos = Vec::new();
    let mut abonos = Vec::new();
    let mut negativos = Vec::new();
    let mut servicios: HashMap<Uuid, Servicio> = HashMap::with_capacity(calculos.len());
    for calculo in calculos {
        plan.revisados.push(calculo.revisado);
        let propias = own_lines(emitidas, &calculo.servicio);
        let servicio_id = calculo.servicio.id.uuid();
        let bajan = calculo.cargos.iter().filter(|c| c.monto < 0);
        negativos.extend(bajan.map(|c| (servicio_id, c.clone())));
        let reparto = nucleo::repartir(calculo.cargos, &propias);
        if reparto.sin_linea != 0 {
            return Err(without_line(&calculo.servicio));
        }
        for cargo in reparto.lineas {
            cargos.push(groupable(ctx, cliente, &calculo.servicio, cargo));
        }
        abonos.extend(reparto.abonos);
        servicios.insert(servicio_id, calculo.servicio);
    }
    for borrador in nucleo::agrupar(cargos) {
        plan.papeles.push(papel::sale(ctx, cliente, &servicios, borrador)?);
    }
    plan.papeles.extend(papel::notes(ctx, &abonos, emitidas, negativos)?);
    Ok(plan)
}

fn without_line(servicio: &Servicio) -> Motivo {
    let texto = format!(
        "El servicio S-{} tiene un abono sin factura que reducir. Emita una nota manual.",
        servicio.numero
    );
    Motivo::new("abono_sin_factura", texto)
}

fn own_lines(emitidas: &[LineaEmitida], servicio: &Servicio) -> Vec<LineaFacturada> {
    let propia = |l: &&LineaEmitida| l.linea.servicio_id == Some(servicio.id.uuid());
    emitidas.iter().filter(propia).map(LineaEmitida::facturada).collect()
}

/// Label that gives a service an invoice of its own.
pub const ETIQUETA_SOLO: &str = "~";

fn groupable(
    ctx: &Contexto,
    cliente: &Cliente,
    servicio: &Servicio,
    cargo: CargoPropuesto,
) -> CargoAgrupable {
    let solo = servicio.grupo.as_deref() == Some(ETIQUETA_SOLO);
    let agrupacion = if solo { Agrupacion::PorServicio } else { ctx.politica.agrupacion };
    let documento = if servicio.requiere_factura { "legal" } else { "recibo" };
    CargoAgrupable {
        clave: ClaveGrupo {
            emisor: servicio.emisor_id,
            cliente: cliente.id.uuid(),
            perfil_fiscal: cliente.id.uuid(),
            moneda: servicio.precio.moneda,
            documento: documento.to_owned(),
            terminos_dias: ctx.politica.terminos_dias,
            etiqueta: servicio.grupo.clone().unwrap_or_default(),
        },
        servicio: servicio.id.uuid(),
        agrupacion,
        cargo,
    }
}

/// Day on which a paper issued on `fecha` in a run of `as_of` falls due.
pub(crate) fn due(ctx: &Contexto, fecha: Fecha) -> Fecha {
    ctx.as_of.max(fecha).plus_dias(i32::from(ctx.politica.terminos_dias))
}
