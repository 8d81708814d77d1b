//! Registering money that came in: once, with what it settles. It asks no gateway whether it is
//! true; whoever calls knows.

use ramal_base::{Cx, Dinero, Fecha, Zona};
use ramal_clientes::ClienteId;
use ramal_db::{DbError, Tx};
use ramal_facturacion::cobro::{Destino, NuevoAbono, abiertas, record_abono};
use ramal_plataforma::{Registro, audit};
use serde_json::{Value, json};

use super::partes::{MAXIMO, is_person};
use super::partidas;
use crate::caja::{ClaseMovimiento, EstadoTurno, Turno, TurnoId};
use crate::events::PagoRegistrado;
use crate::medio::contrapartida;
use crate::storage::caja::NuevoMovimientoCaja;
use crate::storage::{caja, pagos};
use crate::{Error, EstadoPago, NuevoPago, OrigenPago, Pago, Registrado};

/// What only the edges of the slice know of a payment.
#[derive(Clone, Debug, Default)]
pub(crate) struct Detalle {
    /// c_FormaPago, if it is not that of the means.
    pub(crate) forma_pago: Option<String>,
    /// Whether the operation number tells payments apart.
    pub(crate) operacion: Operacion,
}

/// What the operation number of a payment without provider says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Operacion {
    /// The same number by the same means is the same money.
    #[default]
    Unica,
    /// One operation settled several facturas, one call each.
    Repetible,
}

/// Registers a payment and settles what its destination says; the rest stays in favour.
///
/// A second call with the same provider and reference gives the first payment, whatever its state,
/// if cliente, currency, amount and means are the same. One payment per transaction.
/// Errors: `Refused` naming the bad fields, `NotFound("cliente")`, `ReferenciaUsada`, `SinTurno`
/// (cash that a person takes without an open shift), those of billing, `Storage`.
/// Emits `PagoRegistrado`, and what billing tells of each factura.
pub async fn record_pago(tx: &Tx, cx: &Cx, nuevo: NuevoPago) -> Result<Registrado, Error> {
    record_detailed(tx, cx, nuevo, Detalle::default()).await
}

/// The same, with what only the edges of the slice know.
pub(crate) async fn record_detailed(
    tx: &Tx,
    cx: &Cx,
    nuevo: NuevoPago,
    detalle: Detalle,
) -> Result<Registrado, Error> {
    let zona = ramal_plataforma::empresa(tx).await?.zona();
    let nuevo = checked(cx, &zona, nuevo, detalle.operacion)?;
    let cliente = ClienteId::from_uuid(nuevo.cliente_id);
    let cliente = ramal_clientes::storage::lock(tx, cliente).await?;
    cliente.ok_or(Error::NotFound("cliente"))?;
    if let Some(pago) = known(tx, &nuevo).await? {
        return same(pago, &nuevo);
    }
    if matches!(nuevo.origen, OrigenPago::Manual | OrigenPago::Caja) {
        check_destino(tx, &nuevo).await?;
    }
    let turno = shift(tx, cx, &nuevo).await?;
    let forma = detalle.forma_pago.unwrap_or_else(|| nuevo.medio.forma_pago().to_owned());
    let pago = drafted(tx, cx, (&nuevo, forma), (turno.as_ref(), zona.fecha(cx.now()))).await?;
    if !pagos::insert(tx, &pago).await? {
        // Somebody else registered the reference for another cliente in between.
        let suyo = known(tx, &nuevo).await?.ok_or(DbError::Busy)?;
        return same(suyo, &nuevo);
    }
    let abono = NuevoAbono {
        id: pago.id.uuid(),
        cliente_id: pago.cliente_id,
        moneda: pago.moneda,
        monto: pago.monto,
        contrapartida: contrapartida(pago.medio, pago.origen),
        fecha_valor: pago.fecha_valor,
        forma_pago: pago.forma_pago.clone(),
        operacion: pago.operacion.clone(),
    };
    record_abono(tx, cx, abono, nuevo.destino).await?;
    if let Some(turno) = &turno {
        receive(tx, cx, turno, &pago).await?;
    }
    tell(tx, cx, &pago).await?;
    let pago = pagos::by_id(tx, pago.id.uuid()).await?.ok_or(Error::NotFound("pago"))?;
    Ok(Registrado { pago, nuevo: true })
}

async fn known(tx: &Tx, nuevo: &NuevoPago) -> Result<Option<Pago>, Error> {
    match (&nuevo.proveedor, &nuevo.referencia) {
        (Some(p), Some(r)) => Ok(pagos::by_referencia(tx, p, r).await?),
        _ => Ok(None),
    }
}

/// The first payment of a reference, if the second says the same money.
fn same(pago: Pago, nuevo: &NuevoPago) -> Result<Registrado, Error> {
    let igual = pago.cliente_id == nuevo.cliente_id
        && pago.moneda == nuevo.moneda
        && pago.monto == nuevo.monto
        // A gateway may tell the means better the second time.
        && (pago.medio == nuevo.medio || nuevo.origen == OrigenPago::Pasarela);
    match igual {
        true => Ok(Registrado { pago, nuevo: false }),
        false => Err(Error::ReferenciaUsada { numero: pago.numero }),
    }
}

/// What a person chose must fit what is open now: of a choice made on a page that is no longer
/// true, the rest would stay in favour without his knowing. What a gateway or a bank says already
/// happened, and is taken as far as it fits.
async fn check_destino(tx: &Tx, nuevo: &NuevoPago) -> Result<(), Error> {
    let Destino::Explicito(partidas) = &nuevo.destino else { return Ok(()) };
    let abiertas = abiertas(tx, nuevo.cliente_id, Some(nuevo.moneda)).await?;
    partidas::check(&abiertas, nuevo.monto, partidas)
}

/// Largest age of a value date, years (facturacion.md 5.7 Y7).
const ANIOS: i32 = 10;

/// The same, trimmed, with the reference that an operation number makes.
fn checked(
    cx: &Cx,
    zona: &Zona,
    nuevo: NuevoPago,
    operacion: Operacion,
) -> Result<NuevoPago, Error> {
    if !(1..=MAXIMO).contains(&nuevo.monto) {
        let motivo = "Escribir un importe mayor que cero, con hasta dos decimales: 499.00.";
        return Err(Error::campo("monto", "importe_invalido", motivo));
    }
    check_day("fecha_valor", zona.fecha(cx.now()), nuevo.fecha_valor)?;
    let texto = |campo: &str, t: Option<String>, largo: usize| short(campo, t, largo);
    let mut nuevo = NuevoPago {
        operacion: texto("operacion", nuevo.operacion, 100)?,
        notas: texto("notas", nuevo.notas, 500)?,
        proveedor: texto("proveedor", nuevo.proveedor, 60)?,
        referencia: texto("referencia", nuevo.referencia, 200)?,
        ..nuevo
    };
    if nuevo.proveedor.is_some() || operacion == Operacion::Repetible {
        return Ok(nuevo);
    }
    if nuevo.referencia.is_some() {
        nuevo.proveedor = Some(namespace(nuevo.medio));
    } else if let Some((proveedor, referencia)) =
        operation_key(nuevo.medio, nuevo.operacion.as_deref())
    {
        nuevo.proveedor = Some(proveedor);
        nuevo.referencia = Some(referencia);
    }
    Ok(nuevo)
}

/// Provider and reference that an operation number written by a person makes; `None` for cash and
/// for a number without letters or digits.
pub(crate) fn operation_key(
    medio: crate::Medio,
    operacion: Option<&str>,
) -> Option<(String, String)> {
    let numero = operacion.filter(|_| !medio.is_efectivo()).and_then(pagos::plain_operation)?;
    Some((namespace(medio), numero))
}

/// Who numbers the operations that people write.
fn namespace(medio: crate::Medio) -> String {
    format!("operacion:{}", medio.as_str())
}

pub(super) fn check_day(campo: &str, hoy: Fecha, valor: Fecha) -> Result<(), Error> {
    if valor > hoy {
        let motivo = "El día del pago no puede ser futuro.";
        return Err(Error::campo(campo, "fecha_invalida", motivo));
    }
    if valor < hoy.plus_meses(-12 * ANIOS) {
        let motivo = "El día del pago tiene más de diez años. Revisar el año.";
        return Err(Error::campo(campo, "fecha_invalida", motivo));
    }
    Ok(())
}

fn short(campo: &str, texto: Option<String>, largo: usize) -> Result<Option<String>, Error> {
    let Some(texto) = texto else { return Ok(None) };
    let limpio = texto.trim();
    if limpio.chars().count() > largo || limpio.chars().any(|c| c == '|' || c.is_control()) {
        let motivo = format!("Hasta {largo} caracteres, sin la barra |.");
        return Err(Error::campo(campo, &format!("{campo}_invalida"), motivo));
    }
    Ok((!limpio.is_empty()).then(|| limpio.to_owned()))
}

/// The shift in which a person takes the money.
async fn shift(tx: &Tx, cx: &Cx, nuevo: &NuevoPago) -> Result<Option<Turno>, Error> {
    if !matches!(nuevo.origen, OrigenPago::Manual | OrigenPago::Caja) {
        return Ok(None);
    }
    let suyo = match nuevo.turno_id {
        Some(id) => caja::turno(tx, TurnoId::from_uuid(id)).await?,
        None => caja::abierto_de(tx, cx.actor()).await?,
    };
    let abierto = |t: &Turno| t.estado == EstadoTurno::Abierto && t.actor == cx.actor();
    let efectivo = nuevo.medio.is_efectivo() && is_person(cx.actor());
    let exige = efectivo || nuevo.turno_id.is_some() || nuevo.origen == OrigenPago::Caja;
    match suyo.filter(abierto) {
        None if exige => Err(Error::SinTurno),
        turno => Ok(turno),
    }
}

async fn drafted(
    tx: &Tx,
    cx: &Cx,
    (nuevo, forma_pago): (&NuevoPago, String),
    (turno, hoy): (Option<&Turno>, Fecha),
) -> Result<Pago, Error> {
    Ok(Pago {
        id: cx.new_id(),
        numero: pagos::take_numero(tx).await?,
        cliente_id: nuevo.cliente_id,
        moneda: nuevo.moneda,
        monto: nuevo.monto,
        aplicado: 0,
        devuelto: 0,
        medio: nuevo.medio,
        forma_pago,
        origen: if turno.is_some() { OrigenPago::Caja } else { nuevo.origen },
        proveedor: nuevo.proveedor.clone(),
        referencia: nuevo.referencia.clone(),
        fecha_valor: nuevo.fecha_valor,
        fecha: hoy,
        registrado: cx.now(),
        operacion: nuevo.operacion.clone(),
        notas: nuevo.notas.clone(),
        estado: EstadoPago::Registrado,
        turno_id: turno.map(|t| t.id.uuid()),
        actor: cx.actor().to_owned(),
        motivo: None,
        deshecho: None,
    })
}

/// Puts the money in the shift and numbers its receipt.
async fn receive(tx: &Tx, cx: &Cx, turno: &Turno, pago: &Pago) -> Result<(), Error> {
    let nuevo = NuevoMovimientoCaja {
        clase: ClaseMovimiento::Recibo,
        medio: pago.medio,
        dinero: Dinero::new(pago.monto, pago.moneda),
        pago_id: Some(pago.id.uuid()),
        motivo: None,
    };
    if !caja::insert_movimiento(tx, cx, turno.id, &nuevo).await? {
        return Err(Error::SinTurno);
    }
    caja::insert_recibo(tx, cx, turno, pago.id.uuid()).await?;
    Ok(())
}

async fn tell(tx: &Tx, cx: &Cx, pago: &Pago) -> Result<(), Error> {
    let registro = Registro::new("pago.registrar", "pago", pago.id);
    audit(tx, cx, registro.despues(photo(pago))).await?;
    tx.emit(cx, &PagoRegistrado::of(pago, pago.monto)).await.map_err(Error::from)
}

/// A payment as the trail tells it, without names or notes.
pub(super) fn photo(pago: &Pago) -> Value {
    json!({
        "numero": pago.codigo(),
        "monto": Dinero::new(pago.monto, pago.moneda).to_string(),
        "aplicado": ramal_base::dinero::format_centavos(pago.aplicado),
        "devuelto": ramal_base::dinero::format_centavos(pago.devuelto),
        "medio": pago.medio,
        "origen": pago.origen,
        "fecha_valor": pago.fecha_valor,
        "operacion": pago.operacion,
        "estado": pago.estado,
    })
}
