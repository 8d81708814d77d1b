//! Taking back the charges of a voided invoice, so that the next run bills the periods again.
//! Sends nothing.

use std::collections::HashMap;

use ramal_base::{Cx, Fecha};
use ramal_contratos::ServicioId;
use ramal_contratos::storage::Revisado;
use ramal_db::Tx;
use ramal_plataforma::{Registro, audit};
use serde_json::json;
use uuid::Uuid;

use crate::events::FacturaAnulada;
use crate::factura::FacturaFila;
use crate::nucleo::Clase;
use crate::storage::cambios::{self, CargoFila};
use crate::{Error, EstadoFactura};

/// Marks an invoice as voided and takes its charges back; nothing if it already was.
///
/// With `refacturar` the periods are open again for the next run; without it they stay as billed
/// and the amounts are given back as adjustments. Emits `FacturaAnulada`.
pub(super) async fn reverse(
    tx: &Tx,
    cx: &Cx,
    fila: &FacturaFila,
    (refacturar, motivo): (bool, &str),
) -> Result<(), Error> {
    if fila.estado == EstadoFactura::Anulada.as_str() {
        return Ok(());
    }
    let id = fila.id.uuid();
    cambios::set_estado(tx, id, EstadoFactura::Anulada).await?;
    let hoy = super::partes::today(tx, cx).await?;
    crate::cobro::asiento::void(tx, cx, fila, hoy).await?;
    crate::recargo::release(tx, id, (!refacturar).then_some(motivo)).await?;
    let cargos = cambios::cargos_de(tx, id).await?;
    let reversos = opposites(tx, fila, &cargos, (refacturar, motivo)).await?;
    cambios::insert_reversos(tx, cx, (id, hoy), &reversos).await?;
    if refacturar {
        reopen(tx, &cargos, hoy).await?;
    }
    let registro = Registro::new("factura.anular", "factura", id)
        .despues(json!({"motivo": motivo, "refacturar": refacturar}));
    audit(tx, cx, registro).await?;
    let evento = FacturaAnulada { factura_id: fila.id, cliente_id: fila.cliente_id };
    tx.emit(cx, &evento).await.map_err(Error::from)
}

/// Opposite of each posted key, with the revision that follows those of the key.
async fn opposites(
    tx: &Tx,
    fila: &FacturaFila,
    cargos: &[CargoFila],
    (refacturar, motivo): (bool, &str),
) -> Result<Vec<(CargoFila, u32)>, Error> {
    let detalle = json!({ "motivo": motivo, "anula": fila.numero() }).to_string();
    let mut siguientes: HashMap<(Uuid, Fecha, String), u32> = HashMap::new();
    let mut reversos = Vec::with_capacity(cargos.len());
    for cargo in cargos {
        let propia = Clase::parse(&cargo.clase).unwrap_or(Clase::Ajuste);
        let clase = if refacturar { propia } else { Clase::Ajuste };
        let clave = (cargo.servicio_id, cargo.periodo_desde, clase.texto().to_owned());
        let siguiente = match siguientes.get(&clave) {
            Some(n) => *n,
            None => {
                let clave = (cargo.servicio_id, cargo.periodo_desde, clase);
                cambios::revisiones(tx, clave).await?
            }
        };
        siguientes.insert(clave, siguiente + 1);
        let reverso = CargoFila {
            clase: clase.texto().to_owned(),
            monto: -cargo.monto,
            detalle: Some(detalle.clone()),
            ..cargo.clone()
        };
        reversos.push((reverso, siguiente));
    }
    Ok(reversos)
}

/// Moves the marks of the services back to the voided periods, so that a run of today looks at
/// them.
async fn reopen(tx: &Tx, cargos: &[CargoFila], hoy: Fecha) -> Result<(), Error> {
    let mut desde: HashMap<Uuid, Fecha> = HashMap::new();
    for cargo in cargos {
        let primero = desde.entry(cargo.servicio_id).or_insert(cargo.periodo_desde);
        *primero = (*primero).min(cargo.periodo_desde);
    }
    let ids: Vec<ServicioId> = desde.keys().map(|id| ServicioId::from_uuid(*id)).collect();
    let servicios = ramal_contratos::storage::by_ids(tx, &ids).await?;
    let revisado = |s: &ramal_contratos::Servicio| Revisado {
        servicio: s.id,
        revisar_desde: desde[&s.id.uuid()].min(s.revisar_desde),
        proxima_revision: Some(s.proxima_revision.map_or(hoy, |p| p.min(hoy))),
    };
    let revisados: Vec<Revisado> = servicios.iter().map(revisado).collect();
    ramal_contratos::storage::mark_revisado(tx, &revisados).await.map_err(Error::from)
}
