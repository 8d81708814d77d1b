//! Shapes on the wire of payments. Amounts travel as `{"importe","moneda"}`; they hold no rule.

use ramal_base::{Dinero, Fecha, Instante};
use ramal_catalogo::dinero_view::DineroView;
use ramal_facturacion::cobro::{Abierta, Destino, Partida};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::actions::{motivo, positive};
use crate::contracargo::ClaseContracargo;
use crate::medio::FORMAS;
use crate::storage::pagos::AplicadoA;
use crate::{Devolucion, Error, EstadoDevolucion, EstadoPago, Medio, OrigenPago, Pago};

/// Un pago.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Pago)]
pub struct PagoView {
    /// Identificador.
    pub id: Uuid,
    /// Número impreso.
    #[schema(example = "P-881")]
    pub numero: String,
    /// Cliente.
    pub cliente_id: Uuid,
    /// Importe.
    #[schema(value_type = DineroView)]
    pub monto: Dinero,
    /// Lo que paga facturas.
    #[schema(value_type = DineroView)]
    pub aplicado: Dinero,
    /// Lo que se devolvió.
    #[schema(value_type = DineroView)]
    pub devuelto: Dinero,
    /// Lo que queda a favor del cliente.
    #[schema(value_type = DineroView)]
    pub a_favor: Dinero,
    /// Medio.
    pub medio: Medio,
    /// c_FormaPago.
    #[schema(example = "03")]
    pub forma_pago: String,
    /// Por dónde entró.
    pub origen: OrigenPago,
    /// Estado.
    pub estado: EstadoPago,
    /// Día en que pagó el cliente.
    #[schema(value_type = String, format = Date)]
    pub fecha_valor: Fecha,
    /// Día en que se registró.
    #[schema(value_type = String, format = Date)]
    pub fecha: Fecha,
    /// Instante en que se registró.
    #[schema(value_type = String, format = DateTime)]
    pub registrado: Instante,
    /// Número de operación.
    pub operacion: Option<String>,
    /// Quién numera la referencia.
    pub proveedor: Option<String>,
    /// Referencia de ese proveedor.
    pub referencia: Option<String>,
    /// Notas.
    pub notas: Option<String>,
    /// Por qué se deshizo, si se deshizo.
    pub motivo: Option<String>,
    /// Cuándo se deshizo.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub deshecho: Option<Instante>,
    /// Turno de caja en que se tomó.
    pub turno_id: Option<Uuid>,
}

impl From<Pago> for PagoView {
    fn from(p: Pago) -> PagoView {
        let dinero = |centavos: i64| Dinero::new(centavos, p.moneda);
        PagoView {
            id: p.id.uuid(),
            numero: p.codigo(),
            cliente_id: p.cliente_id,
            monto: dinero(p.monto),
            aplicado: dinero(p.aplicado),
            devuelto: dinero(p.devuelto),
            a_favor: dinero(p.a_favor()),
            medio: p.medio,
            estado: p.estado,
            origen: p.origen,
            fecha_valor: p.fecha_valor,
            fecha: p.fecha,
            registrado: p.registrado,
            deshecho: p.deshecho,
            turno_id: p.turno_id,
            forma_pago: p.forma_pago,
            operacion: p.operacion,
            proveedor: p.proveedor,
            referencia: p.referencia,
            notas: p.notas,
            motivo: p.motivo,
        }
    }
}

/// Un pago con lo que paga, lo que se devolvió y su recibo.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PagoDetalle)]
pub struct PagoDetalleView {
    /// El pago.
    #[serde(flatten)]
    pub pago: PagoView,
    /// Si se registró con esta petición; falso si ya estaba registrado.
    pub nuevo: bool,
    /// Qué líneas paga.
    pub aplicaciones: Vec<AplicacionView>,
    /// Devoluciones, hechas o por aprobar.
    pub devoluciones: Vec<DevolucionView>,
    /// Recibo de caja, si se tomó en una.
    #[schema(example = "CJ1-000123")]
    pub recibo: Option<String>,
}

/// Lo que un pago paga de una línea.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Aplicacion)]
pub struct AplicacionView {
    /// Factura.
    pub factura_id: Uuid,
    /// Su número impreso.
    #[schema(example = "F001-12")]
    pub factura: String,
    /// Su línea.
    #[schema(example = 1)]
    pub linea: i32,
    /// Lo que dice la línea.
    pub descripcion: String,
    /// Importe aplicado.
    #[schema(value_type = DineroView)]
    pub monto: Dinero,
}

impl AplicacionView {
    pub(crate) fn of(a: AplicadoA, pago: &PagoView) -> AplicacionView {
        AplicacionView {
            factura: a.numero(),
            factura_id: a.factura_id,
            linea: a.linea,
            monto: Dinero::new(a.monto, pago.monto.moneda),
            descripcion: a.descripcion,
        }
    }
}

/// Una devolución.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Devolucion)]
pub struct DevolucionView {
    /// Identificador.
    pub id: Uuid,
    /// Número impreso.
    #[schema(example = "D-12")]
    pub numero: String,
    /// Pago del que sale.
    pub pago_id: Uuid,
    /// Importe.
    #[schema(value_type = DineroView)]
    pub monto: Dinero,
    /// Medio con que vuelve.
    pub medio: Medio,
    /// Por qué.
    pub motivo: String,
    /// Estado; `pendiente` espera aprobación y no movió dinero.
    pub estado: EstadoDevolucion,
    /// Cuándo se pidió.
    #[schema(value_type = String, format = DateTime)]
    pub solicitado: Instante,
    /// Qué se respondió, si se rechazó.
    pub respuesta: Option<String>,
}

impl From<Devolucion> for DevolucionView {
    fn from(d: Devolucion) -> DevolucionView {
        DevolucionView {
            id: d.id.uuid(),
            numero: d.codigo(),
            pago_id: d.pago_id.uuid(),
            monto: Dinero::new(d.monto, d.moneda),
            medio: d.medio,
            motivo: d.motivo,
            estado: d.estado,
            solicitado: d.solicitado,
            respuesta: d.respuesta,
        }
    }
}

/// Qué hacer con el dinero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reparto {
    /// Lo más vencido primero; el resto queda a favor.
    #[default]
    Automatico,
    /// Lo que dicen las partidas; el resto queda a favor.
    Elegir,
    /// Nada por ahora: queda a favor para la próxima factura.
    ACuenta,
}

/// Parte del dinero para una factura.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DatosPartida {
    /// Factura.
    pub factura_id: Uuid,
    /// Su línea; sin ella, las líneas en su orden.
    pub linea: Option<i32>,
    /// Importe; sin él, la partida no cuenta.
    #[schema(example = "399.00")]
    pub monto: Option<String>,
}

/// A part as the ledger takes it; those without amount are left out. Errors: `Refused` naming each.
pub fn partidas(datos: &[DatosPartida]) -> Result<Vec<Partida>, Error> {
    let mut lista = Vec::new();
    for (i, d) in datos.iter().enumerate() {
        if !counts(d) {
            continue;
        }
        let texto = d.monto.as_deref().unwrap_or("");
        let monto = positive(&format!("partidas[{i}].monto"), texto)?;
        lista.push(Partida { factura_id: d.factura_id, linea: d.linea, monto });
    }
    Ok(lista)
}

/// A refusal of the parts that count, under the places that they had when they were sent.
pub(crate) fn at_sent(error: Error, datos: &[DatosPartida]) -> Error {
    let Error::Refused(problema) = error else { return error };
    let cuentan: Vec<usize> = (0..datos.len()).filter(|i| counts(&datos[*i])).collect();
    let lugar = |campo: &str| -> Option<String> {
        let (k, fin) = campo.strip_prefix("partidas[")?.split_once(']')?;
        let i = cuentan.get(k.parse::<usize>().ok()?)?;
        Some(format!("partidas[{i}]{fin}"))
    };
    let errores = problema.errores.into_iter().map(|e| match lugar(&e.campo) {
        Some(campo) => ramal_base::CampoInvalido { campo, ..e },
        None => e,
    });
    Error::Refused(ramal_base::Problema { errores: errores.collect(), ..problema })
}

/// Whether a part gives anything.
fn counts(d: &DatosPartida) -> bool {
    let texto = d.monto.as_deref().map_or("", str::trim);
    !texto.is_empty() && ramal_base::dinero::parse_centavos(texto) != Ok(0)
}

/// The destination that a choice says. Errors: `Refused`.
pub fn destino(reparto: Option<Reparto>, datos: &[DatosPartida]) -> Result<Destino, Error> {
    let elegidas = partidas(datos)?;
    let por_defecto = if elegidas.is_empty() { Reparto::Automatico } else { Reparto::Elegir };
    match reparto.unwrap_or(por_defecto) {
        Reparto::Automatico => Ok(Destino::Automatico),
        Reparto::ACuenta => Ok(Destino::ACuenta),
        Reparto::Elegir if elegidas.is_empty() => {
            let motivo = "Escribir cuánto va a cada factura, o elegir otro reparto.";
            Err(Error::campo("reparto", "sin_partidas", motivo))
        }
        Reparto::Elegir => Ok(Destino::Explicito(elegidas)),
    }
}

/// Cuerpo de `POST /pagos`.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DatosNuevoPago {
    /// Cliente: identificador o código impreso.
    #[schema(example = "C-12")]
    pub cliente: String,
    /// Importe, mayor que cero.
    #[schema(example = "399.00")]
    pub monto: String,
    /// Moneda; la de la empresa si no se dice.
    #[schema(example = "PEN")]
    pub moneda: Option<String>,
    /// Medio.
    pub medio: Medio,
    /// c_FormaPago, si no es la del medio; obligatoria con `otro`.
    #[schema(example = "03")]
    pub forma_pago: Option<String>,
    /// Día en que pagó el cliente; hoy si no se dice. No futuro, de hasta diez años.
    #[schema(value_type = Option<String>, format = Date, example = "2026-11-20")]
    pub fecha_valor: Option<Fecha>,
    /// Número de operación, único dentro de su medio.
    #[schema(example = "8841")]
    pub operacion: Option<String>,
    /// Notas, hasta 500 caracteres.
    pub notas: Option<String>,
    /// Qué hacer con el dinero; `elegir` si hay partidas, `automatico` si no.
    pub reparto: Option<Reparto>,
    /// Reparto elegido.
    #[serde(default)]
    pub partidas: Vec<DatosPartida>,
}

impl DatosNuevoPago {
    /// c_FormaPago that was said, checked. Errors: `Refused`.
    pub(crate) fn forma(&self) -> Result<Option<String>, Error> {
        match self.forma_pago.as_deref() {
            None if self.medio == Medio::Otro => {
                let motivo = "Con medio «otro», decir la clave de c_FormaPago: 17, 23, 31…";
                Err(Error::campo("forma_pago", "forma_pago_requerida", motivo))
            }
            Some(f) if !FORMAS.contains(&f) => {
                let motivo = "Usar una clave de c_FormaPago: 01 efectivo, 03 transferencia…";
                Err(Error::campo("forma_pago", "forma_pago_invalida", motivo))
            }
            otra => Ok(otra.map(str::to_owned)),
        }
    }
}

/// Cuerpo de `POST /pagos/{id}/aplicar`.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DatosAplicar {
    /// Qué hacer con lo que queda a favor.
    pub reparto: Option<Reparto>,
    /// Reparto elegido.
    #[serde(default)]
    pub partidas: Vec<DatosPartida>,
    /// Con motivo, primero se desaplica todo y se aplica de nuevo.
    pub motivo: Option<String>,
}

/// Cuerpo de las operaciones que piden un motivo.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DatosMotivo {
    /// Por qué, de 3 a 200 caracteres.
    #[schema(example = "Se registró al cliente equivocado")]
    pub motivo: Option<String>,
}

impl DatosMotivo {
    /// The reason. Errors: `Refused`.
    pub(crate) fn texto(&self) -> Result<String, Error> {
        motivo("motivo", self.motivo.as_deref().unwrap_or(""))
    }
}

/// Cuerpo de `POST /pagos/{id}/devolver`.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DatosDevolucion {
    /// Importe, hasta lo que queda sin aplicar.
    #[schema(example = "50.00")]
    pub monto: String,
    /// Medio con que vuelve; el del pago si no se dice.
    pub medio: Option<Medio>,
    /// Por qué, de 3 a 200 caracteres.
    pub motivo: Option<String>,
    /// Referencia de la operación con que vuelve.
    pub referencia: Option<String>,
}

/// Cuerpo de `POST /pagos/{id}/contracargo`.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DatosContracargo {
    /// Qué pasó.
    pub clase: ClaseContracargo,
    /// Por qué, de 3 a 200 caracteres.
    pub motivo: Option<String>,
    /// Recargo al cliente; ninguno si no se dice.
    #[schema(example = "35.00")]
    pub recargo: Option<String>,
}

/// Filtros de la lista de pagos.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FiltroPagosQuery {
    /// Cliente: identificador o código impreso.
    #[param(example = "C-12")]
    pub cliente: Option<String>,
    /// Estado.
    pub estado: Option<EstadoPago>,
    /// Medio.
    pub medio: Option<Medio>,
    /// Por dónde entró.
    pub origen: Option<OrigenPago>,
    /// Primer día de registro.
    #[param(value_type = Option<String>, format = Date)]
    pub desde: Option<Fecha>,
    /// Último día de registro.
    #[param(value_type = Option<String>, format = Date)]
    pub hasta: Option<Fecha>,
    /// Número de pago, de operación, código, documento o nombre.
    pub q: Option<String>,
}

/// Filtros de las facturas por pagar.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FiltroPendientesQuery {
    /// Cliente: identificador o código impreso.
    #[param(example = "C-12")]
    pub cliente: Option<String>,
}

/// Una factura con algo por pagar.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FacturaPendiente)]
pub struct PendienteView {
    /// Factura.
    pub factura_id: Uuid,
    /// Número impreso.
    #[schema(example = "F001-12")]
    pub numero: String,
    /// Cliente.
    pub cliente_id: Uuid,
    /// Día de emisión.
    #[schema(value_type = String, format = Date)]
    pub fecha: Fecha,
    /// Último día para pagar.
    #[schema(value_type = String, format = Date)]
    pub vencimiento: Fecha,
    /// Total.
    #[schema(value_type = DineroView)]
    pub total: Dinero,
    /// Lo que falta pagar.
    #[schema(value_type = DineroView)]
    pub abierto: Dinero,
    /// Sus líneas por pagar, en el orden en que el dinero las paga.
    pub lineas: Vec<LineaPendienteView>,
}

/// Una línea con algo por pagar.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LineaPendiente)]
pub struct LineaPendienteView {
    /// Posición, desde 1.
    pub linea: i32,
    /// Servicio que cobra, si cobra uno.
    pub servicio_id: Option<Uuid>,
    /// Clase de cargo.
    #[schema(example = "recurrente")]
    pub clase: String,
    /// Lo que falta pagar.
    #[schema(value_type = DineroView)]
    pub abierto: Dinero,
}

impl From<Abierta> for PendienteView {
    fn from(a: Abierta) -> PendienteView {
        let dinero = |centavos: i64| Dinero::new(centavos, a.moneda);
        PendienteView {
            factura_id: a.factura_id.uuid(),
            cliente_id: a.cliente_id,
            fecha: a.fecha,
            vencimiento: a.vencimiento,
            total: dinero(a.total),
            abierto: dinero(a.abierto),
            lineas: a
                .lineas
                .iter()
                .map(|l| LineaPendienteView {
                    linea: l.linea,
                    servicio_id: l.servicio_id,
                    clase: l.clase.clone(),
                    abierto: dinero(l.abierto),
                })
                .collect(),
            numero: a.numero,
        }
    }
}
