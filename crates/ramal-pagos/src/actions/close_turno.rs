//! Closing a shift: what was counted against what it should hold. A difference is recorded, never
//! hidden in a payment; one over the limit waits for a supervisor.

use ramal_base::{Cx, Dinero, Moneda};
use ramal_db::Tx;
use ramal_plataforma::{Registro, audit};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::ajustes::limites;
use crate::caja::{Conteo, EstadoTurno, Turno, TurnoId};
use crate::storage::caja;
use crate::{Error, Medio};

/// Cuerpo de `POST /caja/turnos/{id}/cerrar`.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DatosCierre {
    /// Lo contado, por medio y moneda; lo que no se dice se contó como cero.
    #[serde(default)]
    pub conteos: Vec<DatosConteo>,
    /// Notas, hasta 500 caracteres.
    pub notas: Option<String>,
}

/// Lo contado de un medio.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DatosConteo {
    /// Medio.
    pub medio: Medio,
    /// Moneda; la de la caja si no se dice.
    #[schema(example = "PEN")]
    pub moneda: Option<String>,
    /// Lo contado.
    #[schema(example = "640.00")]
    pub contado: Option<String>,
}

/// What whoever closes may accept alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FacultadCierre {
    /// His own shift, with a difference up to the limit.
    Cajero,
    /// Any shift, with any difference.
    Supervisor,
}

/// Closes a shift with what was counted. Over the limit, and without a supervisor, it stays counted
/// and waits: `PorAprobar`.
///
/// Errors: `NotFound("turno")`; 409 `turno_cerrado`, `turno_ajeno`; `Refused` naming a bad count;
/// `Storage`.
pub async fn close_turno(
    tx: &Tx,
    cx: &Cx,
    id: TurnoId,
    (datos, facultad): (DatosCierre, FacultadCierre),
) -> Result<Turno, Error> {
    let turno = caja::turno(tx, id).await?.ok_or(Error::NotFound("turno"))?;
    if facultad == FacultadCierre::Cajero && turno.actor != cx.actor() {
        let detalle = "El turno es de otra persona. Lo cierra ella o quien supervisa la caja.";
        return Err(Error::conflicto("turno_ajeno", detalle));
    }
    let notas = notes(datos.notas)?;
    // The state first: from here on nothing else moves in the shift.
    if !caja::step_turno(tx, id, (EstadoTurno::Abierto, EstadoTurno::Cerrado)).await? {
        return Err(closed());
    }
    let esperados = caja::esperado(tx, &turno).await?;
    let conteos = counted(&turno, esperados, &datos.conteos)?;
    caja::close(tx, cx, id, (&conteos, notas.as_deref())).await?;
    let empresa = ramal_plataforma::empresa(tx).await?;
    let excede =
        |c: &Conteo| c.diferencia().abs() > limites(&empresa, c.esperado.moneda).diferencia;
    if conteos.iter().any(excede) {
        match facultad {
            FacultadCierre::Supervisor => caja::approve(tx, cx, id).await?,
            FacultadCierre::Cajero => {
                let paso = (EstadoTurno::Cerrado, EstadoTurno::PorAprobar);
                caja::step_turno(tx, id, paso).await?;
            }
        }
    }
    let registro = Registro::new("turno.cerrar", "turno", id);
    let esperado: Vec<Value> = conteos.iter().map(photo).collect();
    audit(tx, cx, registro.despues(json!({ "conteos": esperado }))).await?;
    caja::turno(tx, id).await?.ok_or(Error::NotFound("turno"))
}

/// Accepts the difference of a shift that waits.
///
/// Errors: `NotFound("turno")`; 409 `turno_cerrado` if it does not wait; `Storage`.
pub async fn approve_cierre(tx: &Tx, cx: &Cx, id: TurnoId) -> Result<Turno, Error> {
    let turno = caja::turno(tx, id).await?.ok_or(Error::NotFound("turno"))?;
    if !caja::step_turno(tx, id, (EstadoTurno::PorAprobar, EstadoTurno::Cerrado)).await? {
        return Err(closed());
    }
    caja::approve(tx, cx, id).await?;
    let conteos: Vec<Value> = caja::conteos(tx, &turno).await?.iter().map(photo).collect();
    let registro = Registro::new("turno.aprobar", "turno", id);
    audit(tx, cx, registro.despues(json!({ "conteos": conteos }))).await?;
    caja::turno(tx, id).await?.ok_or(Error::NotFound("turno"))
}

fn closed() -> Error {
    let detalle = "Ese turno ya no está abierto. No se cerró dos veces: su arqueo está en Caja.";
    Error::conflicto("turno_cerrado", detalle)
}

fn notes(texto: Option<String>) -> Result<Option<String>, Error> {
    let texto = texto.map(|t| t.trim().to_owned()).filter(|t| !t.is_empty());
    match texto {
        Some(t) if t.chars().count() > 500 => {
            Err(Error::campo("notas", "notas_invalida", "Hasta 500 caracteres."))
        }
        otro => Ok(otro),
    }
}

/// Every expected amount with what was counted of it; a count of something that was not expected
/// is kept too.
fn counted(
    turno: &Turno,
    mut conteos: Vec<Conteo>,
    datos: &[DatosConteo],
) -> Result<Vec<Conteo>, Error> {
    // What was taken back of an earlier shift by another means than cash is not there to count.
    let nothing = |c: &Conteo| if c.medio.is_efectivo() { 0 } else { c.esperado.centavos.min(0) };
    conteos.iter_mut().for_each(|c| c.contado = Some(nothing(c)));
    for (i, d) in datos.iter().enumerate() {
        let campo = |nombre: &str| format!("conteos[{i}].{nombre}");
        let moneda = match d.moneda.as_deref() {
            None => turno.moneda,
            Some(texto) => Moneda::parse(texto).ok_or_else(|| {
                Error::campo(&campo("moneda"), "moneda_desconocida", "Se admite MXN, PEN o USD.")
            })?,
        };
        let texto = d.contado.as_deref().map_or("0", str::trim);
        let contado = ramal_base::dinero::parse_centavos(texto).ok().filter(|n| *n >= 0);
        let contado = contado.ok_or_else(|| {
            let motivo = "Escribir lo contado, de cero en adelante: 640.00.";
            Error::campo(&campo("contado"), "importe_invalido", motivo)
        })?;
        match conteos.iter_mut().find(|c| c.medio == d.medio && c.esperado.moneda == moneda) {
            Some(c) => c.contado = Some(c.contado.unwrap_or(0).saturating_add(contado)),
            None if contado == 0 => {}
            None => {
                let esperado = Dinero::cero(moneda);
                conteos.push(Conteo { medio: d.medio, esperado, contado: Some(contado) });
            }
        }
    }
    Ok(conteos)
}

fn photo(c: &Conteo) -> Value {
    json!({
        "medio": c.medio,
        "esperado": c.esperado.to_string(),
        "contado": ramal_base::dinero::format_centavos(c.contado.unwrap_or(0)),
        "diferencia": ramal_base::dinero::format_centavos(c.diferencia()),
    })
}
