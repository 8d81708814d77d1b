//! Expected minus posted (facturacion.md 5.4): what a run must post for one service.
//! It does not decide on which paper a charge goes; see `abonos` and `agrupar`.

use ramal_base::Fecha;
use ramal_contratos::{Centavos, Periodo};
use serde::{Deserialize, Serialize};

use super::prorrateo::{Pieza, Reglas, esperado, explicacion};
use super::servicio::{PeriodoFacturable, ServicioFacturable};

/// Kind of a charge; part of the posting key. The order is the order on paper (G5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Clase {
    /// The price of a period, first posting or revision.
    Recurrente,
    /// A correction by hand.
    Ajuste,
    /// Instalment of a purchase.
    Cuota,
    /// One-off charge or fee.
    Cargo,
    /// Late fee.
    Recargo,
    /// Reconnection fee.
    Reconexion,
    /// Daily interest.
    Interes,
    /// Discount as its own line.
    Descuento,
}

impl Clase {
    /// Column text.
    pub fn texto(self) -> &'static str {
        match self {
            Clase::Recurrente => "recurrente",
            Clase::Ajuste => "ajuste",
            Clase::Cuota => "cuota",
            Clase::Cargo => "cargo",
            Clase::Recargo => "recargo",
            Clase::Reconexion => "reconexion",
            Clase::Interes => "interes",
            Clase::Descuento => "descuento",
        }
    }

    /// Kind of a column text.
    pub fn parse(texto: &str) -> Option<Clase> {
        use Clase::{Ajuste, Cargo, Cuota, Descuento, Interes, Recargo, Reconexion, Recurrente};
        let todas = [Recurrente, Ajuste, Cuota, Cargo, Recargo, Reconexion, Interes, Descuento];
        todas.into_iter().find(|clase| clase.texto() == texto)
    }
}

/// What was posted for one key of a service, summed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publicado {
    /// First covered day of the period.
    pub periodo_desde: Fecha,
    /// Kind.
    pub clase: Clase,
    /// Sum of the postings, with sign.
    pub suma: Centavos,
    /// How many postings there were.
    pub revisiones: u32,
}

/// The moment of a run for one service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Corte {
    /// Business day of the run, never "now" (R3).
    pub as_of: Fecha,
    /// Only periods that end on it or later are looked at; none = all. Safe when it is not after
    /// the stored `siguiente_revision` nor after the `desde_efectivo` of a fact not yet seen.
    pub desde: Option<Fecha>,
    /// Postings that the service already has today.
    pub publicaciones_hoy: u32,
}

impl Corte {
    /// First run of the day `as_of` over the whole life of the service.
    pub fn new(as_of: Fecha) -> Corte {
        Corte { as_of, desde: None, publicaciones_hoy: 0 }
    }
}

/// Guard rails of a run (C5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guardas {
    /// Postings per service and day.
    pub max_publicaciones: u32,
    /// Largest |difference|, in times the highest list price of the service.
    pub multiplo_maximo: u32,
}

impl Default for Guardas {
    fn default() -> Guardas {
        Guardas { max_publicaciones: 15, multiplo_maximo: 3 }
    }
}

/// Why the cliente is set aside while the run goes on (C5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Aparcado {
    /// More postings in a day than the guard allows.
    #[error(
        "el servicio tendría {publicaciones} cargos en un día y el máximo es {maximo}; si el \
         atraso es verdadero, ejecute antes la corrida de un día intermedio"
    )]
    DemasiadasPublicaciones {
        /// Postings of today, these included.
        publicaciones: u32,
        /// The limit.
        maximo: u32,
    },
    /// A difference too large for the price.
    #[error(
        "el cargo del periodo {periodo_desde} sería de {} y supera {multiplo} veces el precio {}",
        ramal_base::dinero::format_centavos(*monto),
        ramal_base::dinero::format_centavos(*precio)
    )]
    DiferenciaExcesiva {
        /// Key of the period.
        periodo_desde: Fecha,
        /// The difference.
        monto: Centavos,
        /// Highest list price of the service.
        precio: Centavos,
        /// The limit.
        multiplo: u32,
    },
}

/// A charge that the run must post. Key: service, `periodo.desde`, `clase`, `revision`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CargoPropuesto {
    /// Days of the period that the service covers.
    pub periodo: Periodo,
    /// Kind.
    pub clase: Clase,
    /// Number of earlier postings of the key.
    pub revision: u32,
    /// `esperado − publicado`; never zero.
    pub monto: Centavos,
    /// What the period must cost.
    pub esperado: Centavos,
    /// What was already posted for it.
    pub publicado: Centavos,
    /// Arithmetic of `esperado`; the pieces add up to it. Empty when the period no longer exists.
    pub explicacion: Vec<Pieza>,
}

/// What must be posted for the service as of the cut: expected minus posted, where not zero (C2).
///
/// `publicado`: every posted key of the service from `corte.desde` on, any order, other kinds than
/// `Recurrente` ignored. Pass every fact known, also those recorded after `as_of`.
/// Errors: `Aparcado`, and then nothing must be posted.
pub fn pendientes(
    servicio: &ServicioFacturable,
    publicado: &[Publicado],
    corte: Corte,
    reglas: &Reglas,
) -> Result<Vec<CargoPropuesto>, Aparcado> {
    let limite = corte.as_of.plus_dias(i32::from(reglas.ventana_dias));
    let recurrentes = || publicado.iter().filter(|p| p.clase == Clase::Recurrente);
    let ultimo = recurrentes().map(|p| p.periodo_desde).max().unwrap_or(limite);
    // The day before: a change of anchor on that very day shortens the period that ends there.
    let desde = corte.desde.map_or(servicio.inicio(), |desde| desde.plus_dias(-1));
    let mut propuestos = Vec::new();
    let mut encontrados = 0;
    for periodo in servicio.periodos_desde(desde) {
        let vence = reglas.vence(&periodo);
        if vence > limite && periodo.cubierto.desde > ultimo {
            break;
        }
        let previo = recurrentes().find(|p| p.periodo_desde == periodo.cubierto.desde);
        encontrados += usize::from(previo.is_some());
        if vence <= limite || previo.is_some() {
            propuestos.extend(propuesto(servicio, &periodo, previo, reglas));
        }
    }
    if recurrentes().count() > encontrados {
        propuestos.extend(recurrentes().filter_map(|p| huerfano(servicio, p)));
        propuestos.sort_by_key(|p| p.periodo.desde);
    }
    guard(servicio, &propuestos, corte, reglas.guardas)?;
    Ok(propuestos)
}

/// Next day on which a run must look at the service if no new fact arrives; none if never.
///
/// A date after `as_of` plus the window. The run picks services with this date <= `as_of` plus the
/// window. Recording a fact must bring the stored date back to the day of recording.
pub fn siguiente_revision(
    servicio: &ServicioFacturable,
    as_of: Fecha,
    reglas: &Reglas,
) -> Option<Fecha> {
    let visto = as_of.plus_dias(i32::from(reglas.ventana_dias));
    let mut periodos = servicio.periodos_desde(visto);
    periodos.find_map(|p| Some(reglas.vence(&p)).filter(|vence| *vence > visto))
}

fn propuesto(
    servicio: &ServicioFacturable,
    periodo: &PeriodoFacturable,
    previo: Option<&Publicado>,
    reglas: &Reglas,
) -> Option<CargoPropuesto> {
    let esperado = esperado(servicio, periodo, reglas);
    let (publicado, revision) = previo.map_or((0, 0), |p| (p.suma, p.revisiones));
    (esperado != publicado).then(|| CargoPropuesto {
        periodo: periodo.cubierto,
        clase: Clase::Recurrente,
        revision,
        monto: esperado - publicado,
        esperado,
        publicado,
        explicacion: explicacion(servicio, periodo, reglas),
    })
}

/// Takes back what was posted for a period that the facts no longer have (a back-dated anchor,
/// start or cancellation). What an earlier system billed is not ours to take back.
fn huerfano(servicio: &ServicioFacturable, previo: &Publicado) -> Option<CargoPropuesto> {
    let desde = previo.periodo_desde;
    let existe = servicio.periodo_en(desde).is_some_and(|p| p.cubierto.desde == desde);
    (!existe && !servicio.is_ajeno(desde) && previo.suma != 0).then(|| CargoPropuesto {
        periodo: Periodo::new(desde, desde),
        clase: previo.clase,
        revision: previo.revisiones,
        monto: -previo.suma,
        esperado: 0,
        publicado: previo.suma,
        explicacion: Vec::new(),
    })
}

fn guard(
    servicio: &ServicioFacturable,
    propuestos: &[CargoPropuesto],
    corte: Corte,
    guardas: Guardas,
) -> Result<(), Aparcado> {
    if propuestos.is_empty() {
        return Ok(());
    }
    let nuevas = u32::try_from(propuestos.len()).unwrap_or(u32::MAX);
    let publicaciones = corte.publicaciones_hoy.saturating_add(nuevas);
    if publicaciones > guardas.max_publicaciones {
        let maximo = guardas.max_publicaciones;
        return Err(Aparcado::DemasiadasPublicaciones { publicaciones, maximo });
    }
    // A posted sum counts as a price too: a service taken back whole has no price left of its own.
    let precios = servicio.tramos().iter().map(|t| t.precio_lista);
    let publicados = propuestos.iter().map(|p| p.publicado.saturating_abs());
    let precio = precios.chain(publicados).max().unwrap_or(0);
    let multiplo = guardas.multiplo_maximo;
    let tope = precio.saturating_mul(i64::from(multiplo));
    match propuestos.iter().find(|p| p.monto.saturating_abs() > tope) {
        Some(p) => Err(Aparcado::DiferenciaExcesiva {
            periodo_desde: p.periodo.desde,
            monto: p.monto,
            precio,
            multiplo,
        }),
        None => Ok(()),
    }
}
