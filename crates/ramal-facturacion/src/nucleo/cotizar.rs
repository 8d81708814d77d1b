//! Quote of a plan change (facturacion.md 5.5): the same function as the charges, before and after.
//! It writes nothing; the facts that it returns are appended when the quote is confirmed.

use ramal_base::dinero::rh_div;
use ramal_base::{Fecha, Instante};
use ramal_contratos::{
    Ancla, Centavos, EventoServicio, Hecho, Periodo, PoliticaTramos, linea_tiempo,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::prorrateo::{Prorrateo, Reglas, esperado};
use super::servicio::{PeriodoFacturable, ServicioFacturable};

/// Minutes during which a quote can be confirmed (U1).
const VIGENCIA_MS: i64 = 15 * 60 * 1000;

/// From when the new plan counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ModoCambio {
    /// From the day asked (U2).
    Inmediato,
    /// From the next period (U3).
    FinDePeriodo,
}

/// Everything known of the service.
#[derive(Clone, Copy, Debug)]
pub struct Historia<'a> {
    /// Its facts.
    pub eventos: &'a [EventoServicio],
    /// How facts become prices.
    pub politica: PoliticaTramos,
    /// See [`ServicioFacturable::new`].
    pub facturado_desde: Option<Fecha>,
}

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SolicitudCambio {
    /// The service; part of the hash.
    pub servicio: Uuid,
    /// New product.
    pub producto: Uuid,
    /// New price per full period.
    pub precio: Centavos,
    /// New anchor when the cadence changes (U5).
    pub ancla: Option<Ancla>,
    /// Day of the request.
    pub fecha: Fecha,
    /// Mode asked; none = immediate when the new monthly price is higher.
    pub modo: Option<ModoCambio>,
}

/// Whether the caller may lower a plan at once (U3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BajadaInmediata {
    /// He may.
    Permitida,
    /// He may not.
    Negada,
}

/// What leaving a minimum term costs (U6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReglaPlazo {
    /// A lower plan is refused.
    Bloquear,
    /// Remaining months × monthly price given up × factor in hundredths of a percent.
    Cobrar {
        /// 10000 = all of it.
        puntos_base: u32,
    },
}

/// Minimum term of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlazoMinimo {
    /// First day free of it.
    pub hasta: Fecha,
    /// What happens before.
    pub regla: ReglaPlazo,
}

/// Commercial conditions of a change (U6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Condiciones {
    /// Permission.
    pub bajada_inmediata: BajadaInmediata,
    /// Fee for going up.
    pub cargo_subida: Centavos,
    /// Fee for going down or sideways.
    pub cargo_bajada: Centavos,
    /// Minimum term, if any.
    pub plazo: Option<PlazoMinimo>,
}

impl Default for Condiciones {
    fn default() -> Condiciones {
        Condiciones {
            bajada_inmediata: BajadaInmediata::Negada,
            cargo_subida: 0,
            cargo_bajada: 0,
            plazo: None,
        }
    }
}

/// A line of the quote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LineaCotizada {
    /// Stable name: `abono_plan_anterior`, `cargo_plan_nuevo`, `cargo_por_cambio`, `plazo_minimo`.
    pub concepto: &'static str,
    /// Days that it covers.
    pub periodo: Periodo,
    /// Amount as sold, with sign.
    pub importe: Centavos,
}

/// What the change will cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cotizacion {
    /// Mode applied.
    pub modo: ModoCambio,
    /// First day of the new plan.
    pub desde: Fecha,
    /// Lines; they add up to `ajuste` + `cargos`.
    pub lineas: Vec<LineaCotizada>,
    /// What the run will post for the periods begun by `desde`, netted into one line (U2).
    pub ajuste: Centavos,
    /// Fees.
    pub cargos: Centavos,
    /// Price per full period until now.
    pub precio_anterior: Centavos,
    /// Price per full period from `desde`.
    pub precio_nuevo: Centavos,
    /// Next whole period and its amount.
    pub proximo: Option<(Periodo, Centavos)>,
    /// Facts to append at `desde`; first those that take back a scheduled change (U3).
    pub hechos: Vec<Hecho>,
    /// Last moment to confirm.
    pub expira: Instante,
    /// SHA-256, hexadecimal, of all that was quoted except the expiry; confirm compares it.
    pub huella: String,
}

impl Cotizacion {
    /// Whether it is too late to confirm.
    pub fn is_expirada(&self, ahora: Instante) -> bool {
        ahora >= self.expira
    }
}

/// Why there is no quote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CotizacionError {
    /// Nothing is contracted on that day.
    #[error("el servicio no está contratado en esa fecha")]
    SinServicio,
    /// A lower plan at once needs permission.
    #[error("bajar de plan de inmediato requiere permiso; puede programarse al fin del periodo")]
    BajadaSinPermiso,
    /// The minimum term forbids it.
    #[error("el plazo mínimo del contrato termina el {0}")]
    PlazoMinimo(Fecha),
}

/// Quotes a plan change at `ahora`. Errors: see [`CotizacionError`].
///
/// `ajuste` is expected after less expected before, so that the run posts exactly the quote. It is
/// `rh(Pnew × d/D) − rh(Pold × d/D)` of U2 up to the cent that the single rounding of C1 decides;
/// the line of the new plan carries that cent.
pub fn cotizar(
    historia: Historia<'_>,
    solicitud: &SolicitudCambio,
    condiciones: &Condiciones,
    reglas: &Reglas,
    ahora: Instante,
) -> Result<Cotizacion, CotizacionError> {
    let antes = historia.servicio(&[]);
    let actual = Actual::at(&antes, solicitud.fecha).ok_or(CotizacionError::SinServicio)?;
    let sube = actual.sube(solicitud);
    let modo = modo(solicitud, condiciones, sube)?;
    let desde = match modo {
        ModoCambio::Inmediato => solicitud.fecha,
        ModoCambio::FinDePeriodo => actual.fin_de_periodo,
    };
    let nuevos = historia.hechos_nuevos(solicitud, desde);
    let despues = historia.servicio(&nuevos);
    let ajuste = match modo {
        ModoCambio::Inmediato => {
            let hasta_desde = |s: &ServicioFacturable| suma(s, actual.inicio, desde, reglas);
            hasta_desde(&despues) - hasta_desde(&antes)
        }
        ModoCambio::FinDePeriodo => 0,
    };
    let mut lineas = lineas_de_ajuste(&antes, desde, ajuste, reglas);
    lineas.extend(lineas_de_cargo(&actual, solicitud, condiciones, desde)?);
    let cargos = lineas.iter().map(|l| l.importe).sum::<Centavos>() - ajuste;
    let proximo = proximo(&despues, modo, desde, reglas);
    let mut cotizacion = Cotizacion {
        modo,
        desde,
        lineas,
        ajuste,
        cargos,
        precio_anterior: actual.precio,
        precio_nuevo: solicitud.precio,
        proximo,
        hechos: nuevos.into_iter().map(|e| e.hecho).collect(),
        expira: ahora.plus_millis(VIGENCIA_MS),
        huella: String::new(),
    };
    cotizacion.huella = hex::encode(Sha256::digest(texto_de_huella(&cotizacion, solicitud)));
    Ok(cotizacion)
}

impl Historia<'_> {
    fn servicio(&self, nuevos: &[EventoServicio]) -> ServicioFacturable {
        let eventos: Vec<EventoServicio> = self.eventos.iter().chain(nuevos).cloned().collect();
        ServicioFacturable::new(linea_tiempo(&eventos, self.politica), self.facturado_desde)
    }

    /// Facts of the change; a later request takes back the plan changes still to come (U3).
    fn hechos_nuevos(&self, solicitud: &SolicitudCambio, desde: Fecha) -> Vec<EventoServicio> {
        let SolicitudCambio { producto, precio, ancla, fecha, .. } = *solicitud;
        let futuro = |e: &&EventoServicio| {
            let de_plan = matches!(e.hecho, Hecho::CambioPlan { .. } | Hecho::CambioAncla { .. });
            e.desde > fecha && de_plan && !self.is_anulado(e.secuencia)
        };
        let anula = |e: &EventoServicio| Hecho::Anulacion { secuencia: e.secuencia };
        let anulaciones = self.eventos.iter().filter(futuro).map(anula);
        let cambio = Hecho::CambioPlan { producto, precio };
        let hechos =
            anulaciones.chain([cambio]).chain(ancla.map(|ancla| Hecho::CambioAncla { ancla }));
        let ultima = self.eventos.iter().map(|e| e.secuencia).max().unwrap_or(0);
        let registrado = Instante::from_millis(0);
        let evento = |(secuencia, hecho)| EventoServicio { secuencia, desde, registrado, hecho };
        (ultima + 1..).zip(hechos).map(evento).collect()
    }

    fn is_anulado(&self, secuencia: u32) -> bool {
        self.eventos.iter().any(|e| e.hecho == Hecho::Anulacion { secuencia })
    }
}

/// The plan in force on the day of the request.
struct Actual {
    precio: Centavos,
    meses: u16,
    inicio: Fecha,
    fin_de_periodo: Fecha,
}

impl Actual {
    fn at(servicio: &ServicioFacturable, fecha: Fecha) -> Option<Actual> {
        let tramo = servicio.tramos().iter().find(|t| t.periodo.contains(fecha))?;
        // Before `inicio` the current period was billed by the earlier system until then.
        let periodo = servicio.periodo_en(fecha).or_else(|| servicio.periodos().next())?;
        let propio = periodo.cubierto.contains(fecha);
        let limites = periodo.cubierto;
        Some(Actual {
            precio: tramo.precio_lista,
            meses: periodo.meses,
            inicio: limites.desde,
            fin_de_periodo: if propio { limites.hasta } else { limites.desde },
        })
    }

    /// Whether the new price per month is higher (U2).
    fn sube(&self, solicitud: &SolicitudCambio) -> bool {
        let meses_nuevos = solicitud.ancla.map_or(self.meses, Ancla::meses);
        let nuevo = i128::from(solicitud.precio) * i128::from(self.meses);
        nuevo > i128::from(self.precio) * i128::from(meses_nuevos)
    }
}

fn modo(
    solicitud: &SolicitudCambio,
    condiciones: &Condiciones,
    sube: bool,
) -> Result<ModoCambio, CotizacionError> {
    let por_omision = if sube { ModoCambio::Inmediato } else { ModoCambio::FinDePeriodo };
    let modo = solicitud.modo.unwrap_or(por_omision);
    let negada = condiciones.bajada_inmediata == BajadaInmediata::Negada;
    if modo == ModoCambio::Inmediato && !sube && negada {
        return Err(CotizacionError::BajadaSinPermiso);
    }
    Ok(modo)
}

/// Expected of the periods from `inicio` that have begun by `desde`.
fn suma(servicio: &ServicioFacturable, inicio: Fecha, desde: Fecha, reglas: &Reglas) -> Centavos {
    let empezados = servicio.periodos_desde(inicio).take_while(|p| p.cubierto.desde <= desde);
    empezados.map(|p| esperado(servicio, &p, reglas)).sum()
}

/// The adjustment as credit of the old plan and charge of the new one.
fn lineas_de_ajuste(
    antes: &ServicioFacturable,
    desde: Fecha,
    ajuste: Centavos,
    reglas: &Reglas,
) -> Vec<LineaCotizada> {
    let Some(periodo) = antes.periodo_en(desde).filter(|_| ajuste != 0) else {
        return Vec::new();
    };
    let resto = Periodo::new(desde, periodo.cubierto.hasta);
    let abono = match reglas.prorrateo {
        Prorrateo::SinProrrateo => 0,
        _ => -parte_anterior(antes, &periodo, resto, reglas),
    };
    let linea = |concepto, importe| LineaCotizada { concepto, periodo: resto, importe };
    let lineas = [linea("abono_plan_anterior", abono), linea("cargo_plan_nuevo", ajuste - abono)];
    lineas.into_iter().filter(|l| l.importe != 0).collect()
}

/// `rh(Pold × d/D)`: what the old timeline asks for the days `resto` of the period.
fn parte_anterior(
    antes: &ServicioFacturable,
    periodo: &PeriodoFacturable,
    resto: Periodo,
    reglas: &Reglas,
) -> Centavos {
    let piezas = super::prorrateo::explicacion(
        antes,
        &PeriodoFacturable { cubierto: resto, ..*periodo },
        reglas,
    );
    let total = piezas.first().map_or(1, |p| p.total);
    let suma = piezas.iter().map(|p| i128::from(p.precio) * i128::from(p.dias)).sum();
    rh_div(suma, i128::from(total))
}

fn lineas_de_cargo(
    actual: &Actual,
    solicitud: &SolicitudCambio,
    condiciones: &Condiciones,
    desde: Fecha,
) -> Result<Vec<LineaCotizada>, CotizacionError> {
    let dia = Periodo::new(desde, desde.plus_dias(1));
    let linea = |concepto, importe| LineaCotizada { concepto, periodo: dia, importe };
    let sube = actual.sube(solicitud);
    let cargo = if sube { condiciones.cargo_subida } else { condiciones.cargo_bajada };
    let mut lineas = vec![linea("cargo_por_cambio", cargo)];
    if let Some(plazo) = condiciones.plazo.filter(|p| !sube && desde < p.hasta) {
        let ReglaPlazo::Cobrar { puntos_base } = plazo.regla else {
            return Err(CotizacionError::PlazoMinimo(plazo.hasta));
        };
        lineas.push(linea(
            "plazo_minimo",
            penalidad(actual, solicitud, (desde, plazo.hasta), puntos_base),
        ));
    }
    lineas.retain(|l| l.importe != 0);
    Ok(lineas)
}

/// Months begun between the days × monthly price given up × factor.
fn penalidad(
    actual: &Actual,
    solicitud: &SolicitudCambio,
    (desde, hasta): (Fecha, Fecha),
    puntos_base: u32,
) -> Centavos {
    let meses = (0..).find(|n| desde.plus_meses(*n) >= hasta).unwrap_or(0);
    let meses_nuevos = i128::from(solicitud.ancla.map_or(actual.meses, Ancla::meses));
    let meses_actuales = i128::from(actual.meses);
    let diferencia =
        i128::from(actual.precio) * meses_nuevos - i128::from(solicitud.precio) * meses_actuales;
    let numerador = diferencia * i128::from(meses) * i128::from(puntos_base);
    rh_div(numerador, meses_nuevos * meses_actuales * 10_000)
}

/// First whole period that the adjustment does not contain, and its amount.
fn proximo(
    servicio: &ServicioFacturable,
    modo: ModoCambio,
    desde: Fecha,
    reglas: &Reglas,
) -> Option<(Periodo, Centavos)> {
    let primero = match modo {
        ModoCambio::Inmediato => desde.plus_dias(1),
        ModoCambio::FinDePeriodo => desde,
    };
    let mut periodos = servicio.periodos_desde(primero);
    let periodo = periodos.find(|p| p.cubierto.desde >= primero && p.cubierto == p.completo)?;
    Some((periodo.cubierto, esperado(servicio, &periodo, reglas)))
}

/// All that was quoted, in a fixed order; the expiry is left out so that confirming recomputes it.
fn texto_de_huella(cotizacion: &Cotizacion, solicitud: &SolicitudCambio) -> String {
    let Cotizacion { modo, desde, ajuste, cargos, precio_anterior, precio_nuevo, proximo, .. } =
        cotizacion;
    let (servicio, producto) = (solicitud.servicio, solicitud.producto);
    let proximo = proximo.map_or(String::from("-"), |(p, monto)| format!("{}:{monto}", p.desde));
    let ancla = solicitud.ancla.map_or(String::from("-"), |ancla| {
        format!("{}:{}:{}", ancla.fecha(), ancla.dia(), ancla.meses())
    });
    format!(
        "cambio-plan|{servicio}|{producto}|{modo:?}|{desde}|{precio_anterior}|{precio_nuevo}|\
         {ancla}|{ajuste}|{cargos}|{proximo}"
    )
}
