//! Voiding an invoice. What its authority has accepted is voided only when the authority says so.

use ramal_base::Cx;
use ramal_db::{DbError, Tx};
use ramal_fiscal::{ComprobanteId, Estado};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::partes::{check_sustento, open};
use super::reverse::reverse;
use crate::factura::FacturaFila;
use crate::storage::cambios;
use crate::{ClaseFactura, Error, EstadoFactura, FacturaId};

/// Cuerpo de `POST /facturas/{id}/anular`.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DatosAnulacion {
    /// Por qué se anula, de 3 a 100 caracteres.
    #[schema(example = "Se facturó el plan equivocado")]
    pub sustento: String,
    /// Motivo del SAT (MX): `01` con sustituto, `02` sin sustituto, `03` no se realizó, `04` va en
    /// la global. `02` si no se dice.
    #[schema(example = "02")]
    pub motivo: Option<String>,
    /// UUID del CFDI que la sustituye, solo con el motivo 01 (MX).
    pub sustituto: Option<String>,
    /// Deja los periodos como ya cobrados; sin él, la próxima corrida los factura de nuevo.
    #[serde(default)]
    pub sin_refacturar: bool,
}

/// How far a voiding went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anulacion {
    /// It is voided.
    Anulada,
    /// The authority was asked; the invoice follows its answer.
    EnTramite,
}

/// Voids an invoice, or asks its authority to.
///
/// Errors: `NotFound`; `Refused` with 409 where a credit note is due (paid, credited, out of term)
/// or the authority has not answered yet; `Storage`. Repeating it changes nothing.
pub async fn void_factura(
    tx: &Tx,
    cx: &Cx,
    factura: FacturaId,
    datos: DatosAnulacion,
) -> Result<Anulacion, Error> {
    let fila = open(tx, factura.uuid()).await?;
    if fila.estado == EstadoFactura::Anulada.as_str() {
        return Ok(Anulacion::Anulada);
    }
    let sustento = check_sustento(&datos.sustento)?;
    check_clean(tx, &fila).await?;
    let datos = DatosAnulacion { sustento, ..datos };
    let json = serde_json::to_string(&datos).map_err(|_| DbError::Corrupt("a voiding"))?;
    match standing(tx, &fila).await? {
        Standing::NuncaAceptada => {
            cambios::set_anulacion(tx, fila.id.uuid(), json).await?;
            reverse(tx, cx, &fila, (!datos.sin_refacturar, &datos.sustento)).await?;
            Ok(Anulacion::Anulada)
        }
        Standing::Aceptada(id) => {
            cambios::set_anulacion(tx, fila.id.uuid(), json).await?;
            ask(tx, cx, id, datos).await?;
            Ok(Anulacion::EnTramite)
        }
        Standing::EnTramite => Ok(Anulacion::EnTramite),
    }
}

/// Nothing applied, nothing credited, and not a note (N3).
async fn check_clean(tx: &Tx, fila: &FacturaFila) -> Result<(), Error> {
    let detalle = match ClaseFactura::parse(&fila.clase) {
        Some(ClaseFactura::NotaCredito) => {
            "Una nota de crédito no se anula: emita el cargo que corresponda."
        }
        _ if fila.estado == EstadoFactura::Pagada.as_str() => {
            "La factura ya está pagada. Emita una nota de crédito."
        }
        _ if fila.aplicado > 0 => {
            "La factura tiene pagos aplicados. Deshaga su aplicación o emita una nota de crédito."
        }
        _ if fila.acreditado > 0 || cambios::live_notes(tx, fila.id.uuid()).await? > 0 => {
            "La factura tiene notas. Emita una nota de crédito por lo que queda."
        }
        _ if cambios::is_in_global(tx, fila.id.uuid()).await? => {
            "El recibo ya está en una factura global. Emita una nota de crédito."
        }
        _ => return Ok(()),
    };
    Err(Error::conflicto("anulacion_no_admitida", detalle))
}

enum Standing {
    NuncaAceptada,
    Aceptada(ComprobanteId),
    EnTramite,
}

async fn standing(tx: &Tx, fila: &FacturaFila) -> Result<Standing, Error> {
    let Some(id) = fila.comprobante_id else {
        if fila.clase == ClaseFactura::Recibo.as_str() || fila.tipo == crate::factura::TIPO_RECIBO {
            return Ok(Standing::NuncaAceptada);
        }
        let detalle = "La factura aún se está sellando. Espere unos segundos y repita.";
        return Err(Error::conflicto("factura_sin_sellar", detalle));
    };
    let id = ComprobanteId::from_uuid(id);
    let comprobante = ramal_fiscal::storage::lock(tx, id).await?;
    let comprobante = comprobante.ok_or(DbError::Corrupt("a factura names no comprobante"))?;
    match comprobante.estado()? {
        Estado::Rechazado | Estado::Excepcion | Estado::Baja => Ok(Standing::NuncaAceptada),
        Estado::Aceptado | Estado::AceptadoObs => Ok(Standing::Aceptada(id)),
        Estado::BajaPendiente => Ok(Standing::EnTramite),
        _ => {
            let detalle = "La autoridad aún no responde por esta factura. Espere su respuesta.";
            Err(Error::conflicto("factura_sin_respuesta", detalle))
        }
    }
}

async fn ask(tx: &Tx, cx: &Cx, id: ComprobanteId, datos: DatosAnulacion) -> Result<(), Error> {
    let motivo = ramal_fiscal::actions::Motivo {
        codigo: datos.motivo.unwrap_or_else(|| "02".to_owned()),
        sustituto: datos.sustituto,
        texto: datos.sustento,
    };
    match ramal_fiscal::actions::request_baja(tx, cx, id, motivo).await {
        Err(ramal_fiscal::Error::Reglas(campos)) => {
            let fuera = campos.iter().find(|c| c.campo == "comprobante").cloned();
            Err(match fuera {
                Some(campo) => Error::conflicto(&campo.codigo, campo.motivo),
                None => Error::Fiscal(ramal_fiscal::Error::Reglas(campos)),
            })
        }
        otro => otro.map_err(Error::from),
    }
}

/// Follows the authority: the document was voided, so the invoice is; nothing if it already was.
///
/// A note is left alone: what it credited stays credited until a person decides. Errors: `Storage`.
pub async fn settle_void(tx: &Tx, cx: &Cx, factura: Uuid, comprobante: Uuid) -> Result<(), Error> {
    let fila = open(tx, factura).await?;
    let de_nota = fila.clase == ClaseFactura::NotaCredito.as_str();
    if de_nota || fila.comprobante_id != Some(comprobante) {
        return Ok(());
    }
    let guardada = cambios::anulacion(tx, factura).await?;
    let datos: DatosAnulacion = match guardada.as_deref().map(serde_json::from_str) {
        Some(Ok(datos)) => datos,
        _ => DatosAnulacion { sustento: "Baja ante la autoridad".into(), ..Default::default() },
    };
    reverse(tx, cx, &fila, (!datos.sin_refacturar, &datos.sustento)).await
}
