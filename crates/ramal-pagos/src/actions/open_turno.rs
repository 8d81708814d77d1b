//! Opening a shift at a caja, with what its drawer holds counted by notes and coins.

use ramal_base::Cx;
use ramal_db::Tx;
use ramal_plataforma::{Registro, audit};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::partes::today;
use crate::Error;
use crate::caja::{CajaId, Denominacion, EstadoTurno, Turno, suma};
use crate::storage::caja;

/// Cuerpo de `POST /caja/turnos`.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DatosApertura {
    /// Caja.
    pub caja_id: Uuid,
    /// Billetes y monedas con que se abre; ninguno es una caja vacía.
    #[serde(default)]
    pub denominaciones: Vec<DatosDenominacion>,
}

/// Tantas piezas de un valor.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DatosDenominacion {
    /// Valor de una pieza.
    #[schema(example = "20.00")]
    pub valor: String,
    /// Cuántas, de 0 a 10 000; 0 si no se dice.
    #[schema(minimum = 0, maximum = 10000, example = 5)]
    pub piezas: Option<i64>,
}

/// Opens a shift of who acts.
///
/// Errors: `NotFound("caja")`; 409 `caja_inactiva`, `caja_ocupada` (somebody has it open) or
/// `turno_abierto` (who acts has another open); `Refused` for a note that does not exist;
/// `Storage`.
pub async fn open_turno(tx: &Tx, cx: &Cx, datos: DatosApertura) -> Result<Turno, Error> {
    let id = CajaId::from_uuid(datos.caja_id);
    let suya = caja::caja(tx, id).await?.ok_or(Error::NotFound("caja"))?;
    if !suya.activa {
        let detalle = "Esa caja no está en servicio. Elegir otra.";
        return Err(Error::conflicto("caja_inactiva", detalle));
    }
    let denominaciones = read(&datos.denominaciones)?;
    let apertura = suma(suya.moneda, &denominaciones).ok_or_else(|| {
        let motivo = "Hay un billete o moneda que no existe, repetido, o de más de 10 000 piezas.";
        Error::campo("denominaciones", "denominacion_invalida", motivo)
    })?;
    check_free(tx, cx, id).await?;
    let turno = Turno {
        id: cx.new_id(),
        caja_id: id,
        numero: tx.take_numbers(&format!("turno:{id}"), 1).await?,
        actor: cx.actor().to_owned(),
        estado: EstadoTurno::Abierto,
        moneda: suya.moneda,
        apertura,
        denominaciones,
        fecha: today(tx, cx).await?,
        abierto: cx.now(),
        cerrado: None,
        aprobado_por: None,
        notas: None,
    };
    if !caja::insert_turno(tx, &turno).await? {
        check_free(tx, cx, id).await?;
        return Err(busy());
    }
    let registro = Registro::new("turno.abrir", "turno", turno.id);
    let apertura = ramal_base::Dinero::new(turno.apertura, turno.moneda).to_string();
    let despues = json!({ "caja": suya.codigo, "numero": turno.numero, "apertura": apertura });
    audit(tx, cx, registro.despues(despues)).await?;
    Ok(turno)
}

fn read(datos: &[DatosDenominacion]) -> Result<Vec<Denominacion>, Error> {
    let mut lista = Vec::new();
    for (i, d) in datos.iter().enumerate() {
        let valor = ramal_base::dinero::parse_centavos(d.valor.trim()).map_err(|e| {
            Error::campo(&format!("denominaciones[{i}].valor"), "importe_invalido", e.to_string())
        })?;
        match d.piezas.unwrap_or(0) {
            0 => {}
            piezas => lista.push(Denominacion { valor, piezas }),
        }
    }
    Ok(lista)
}

async fn check_free(tx: &Tx, cx: &Cx, id: CajaId) -> Result<(), Error> {
    if let Some(otro) = caja::abierto_de(tx, cx.actor()).await? {
        let detalle = format!("Ya hay un turno abierto, el {}. Cerrarlo primero.", otro.numero);
        return Err(Error::conflicto("turno_abierto", detalle));
    }
    if caja::abierto_en(tx, id).await?.is_some() { Err(busy()) } else { Ok(()) }
}

fn busy() -> Error {
    let detalle = "Otra persona tiene abierta esa caja. Elegir otra o pedir que la cierre.";
    Error::conflicto("caja_ocupada", detalle)
}
