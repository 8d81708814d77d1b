//! What several operations share: the payment with its locks, reasons in words, cash that leaves a
//! drawer. Registers nothing.

use ramal_base::{Cx, Dinero, Fecha};
use ramal_clientes::ClienteId;
use ramal_db::{Consulta, Tx};

use crate::caja::{ClaseMovimiento, EstadoTurno, Turno, TurnoId};
use crate::storage::caja::NuevoMovimientoCaja;
use crate::storage::{caja, pagos};
use crate::{Error, EstadoPago, Medio, Pago, PagoId};

/// The payment, locked after its cliente. Errors: `NotFound`, `Storage`.
pub(super) async fn open(tx: &Tx, id: PagoId) -> Result<Pago, Error> {
    let leido = pagos::by_id(tx, id.uuid()).await?.ok_or(Error::NotFound("pago"))?;
    ramal_clientes::storage::lock(tx, ClienteId::from_uuid(leido.cliente_id)).await?;
    pagos::lock(tx, id).await?.ok_or(Error::NotFound("pago"))
}

/// The same, if its money still counts. Errors: `Estado` too.
pub(super) async fn open_vigente(tx: &Tx, id: PagoId) -> Result<Pago, Error> {
    let pago = open(tx, id).await?;
    if pago.estado.is_vigente() { Ok(pago) } else { Err(refused(&pago)) }
}

/// 409 that says in which state the payment is.
pub(super) fn refused(pago: &Pago) -> Error {
    let estado = match pago.estado {
        EstadoPago::Revertido => "revertido",
        EstadoPago::Contracargado => "contracargado",
        EstadoPago::Devuelto => "devuelto por completo",
        _ => "vigente",
    };
    Error::Estado { numero: pago.numero, estado }
}

/// Today in the zone of the company.
pub(super) async fn today(c: &impl Consulta, cx: &Cx) -> Result<Fecha, Error> {
    let empresa = ramal_plataforma::empresa(c).await?;
    Ok(empresa.zona().fecha(cx.now()))
}

/// A reason in words: 3 to 200 characters without control characters, spaces in one.
///
/// Errors: `Refused` naming `campo`.
pub fn motivo(campo: &str, texto: &str) -> Result<String, Error> {
    let limpio = texto.split_whitespace().collect::<Vec<_>>().join(" ");
    if (3..=200).contains(&limpio.chars().count()) && !limpio.chars().any(char::is_control) {
        return Ok(limpio);
    }
    let falta = "Explicar el motivo en 3 a 200 caracteres.";
    Err(Error::campo(campo, "motivo_invalido", falta))
}

/// Largest amount that one operation moves, minor units.
pub(super) const MAXIMO: i64 = 100_000_000_000;

/// An amount greater than zero as it travels, minor units. Errors: `Refused` naming `campo`.
pub(crate) fn positive(campo: &str, texto: &str) -> Result<i64, Error> {
    match ramal_base::dinero::parse_centavos(texto.trim()) {
        Ok(centavos) if (1..=MAXIMO).contains(&centavos) => Ok(centavos),
        _ => {
            let motivo = "Escribir un importe mayor que cero, con hasta dos decimales: 499.00.";
            Err(Error::campo(campo, "importe_invalido", motivo))
        }
    }
}

/// The open shift of who acts. Errors: `SinTurno`, `Storage`.
pub(super) async fn own_turno(c: &impl Consulta, cx: &Cx) -> Result<Turno, Error> {
    caja::abierto_de(c, cx.actor()).await?.ok_or(Error::SinTurno)
}

/// Money that leaves: its kind, means, amount and reason.
pub(super) struct Salida<'a> {
    pub(super) clase: ClaseMovimiento,
    pub(super) medio: Medio,
    pub(super) monto: i64,
    pub(super) motivo: &'a str,
}

/// Takes money of a payment out of a drawer: out of the shift that took it while that is open, else
/// out of today's shift of who acts. Cash needs one of both; other means leave a trace if they can.
///
/// Errors: `SinTurno`, `Storage`.
pub(super) async fn take_out(
    tx: &Tx,
    cx: &Cx,
    pago: &Pago,
    salida: &Salida<'_>,
) -> Result<(), Error> {
    let de_caja = salida.medio.is_efectivo() && pago.origen != crate::OrigenPago::Pasarela;
    let Some(turno) = drawer(tx, cx, pago).await? else {
        let programa = pago.turno_id.is_none() && !is_person(cx.actor());
        return if de_caja && !programa { Err(Error::SinTurno) } else { Ok(()) };
    };
    if !de_caja && pago.turno_id.is_none() {
        return Ok(());
    }
    let nuevo = NuevoMovimientoCaja {
        clase: salida.clase,
        medio: salida.medio,
        dinero: Dinero::new(-salida.monto, pago.moneda),
        pago_id: Some(pago.id.uuid()),
        motivo: Some(salida.motivo),
    };
    match caja::insert_movimiento(tx, cx, turno, &nuevo).await? {
        true => Ok(()),
        false => Err(Error::SinTurno),
    }
}

async fn drawer(tx: &Tx, cx: &Cx, pago: &Pago) -> Result<Option<TurnoId>, Error> {
    if let Some(id) = pago.turno_id {
        let suyo = caja::turno(tx, TurnoId::from_uuid(id)).await?;
        if let Some(turno) = suyo.filter(|t| t.estado == EstadoTurno::Abierto) {
            return Ok(Some(turno.id));
        }
    }
    Ok(caja::abierto_de(tx, cx.actor()).await?.map(|t| t.id))
}

/// Whether an actor is a person at a screen, and not a program with a key or a job.
pub(super) fn is_person(actor: &str) -> bool {
    actor.starts_with("usuario:")
}
