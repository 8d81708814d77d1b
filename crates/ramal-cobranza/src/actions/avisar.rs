//! Asking that a customer be told something. Who tells it, on which channel and when is a port.

use ramal_base::Cx;
use ramal_db::Tx;
use ramal_jobs::{NuevoTrabajo, enqueue};
use ramal_plataforma::{Registro, audit};
use serde_json::json;
use uuid::Uuid;

use super::check_motivo;
use crate::Error;
use crate::aviso::EstadoAviso;
use crate::expediente::Expediente;
use crate::jobs::AVISAR;
use crate::puertos::{Asunto, NuevoAviso};
use crate::storage::avisos::{self, AvisoFila, Suerte};

/// What a notice is told of.
#[derive(Clone, Copy, Debug)]
pub struct Orden {
    /// What it is about.
    pub asunto: Asunto,
    /// What makes it one: the same thing is told once.
    pub objeto: Uuid,
}

/// Asks in this transaction that something be told; repeating it asks for nothing.
pub async fn tell(tx: &Tx, cx: &Cx, aviso: &NuevoAviso) -> Result<(), Error> {
    let datos = serde_json::to_value(aviso).unwrap_or_default();
    let trabajo = NuevoTrabajo::new(AVISAR, datos).with_clave(aviso.clave.clone());
    Ok(enqueue(tx, cx, trabajo).await?)
}

impl Orden {
    /// The notice to a customer about what he owes.
    pub(crate) fn to(self, e: &Expediente, servicio: Option<Uuid>) -> NuevoAviso {
        let mut facturas: Vec<Uuid> = e.vencidos().map(|a| a.factura_id).collect();
        facturas.dedup();
        let palabra = serde_json::to_value(self.asunto).unwrap_or_default();
        NuevoAviso {
            cliente_id: e.cliente_id,
            asunto: self.asunto,
            facturas,
            servicio_id: servicio,
            dia: None,
            clave: format!("cobranza:{}:{}", palabra.as_str().unwrap_or(""), self.objeto),
        }
    }
}

/// Reminds a customer of what he has overdue, once a day. Gives whether there was anything.
pub async fn remind(tx: &Tx, cx: &Cx, e: &Expediente) -> Result<bool, Error> {
    if e.vencidos().next().is_none() {
        return Ok(false);
    }
    let orden = Orden { asunto: Asunto::RecordatorioVencido, objeto: e.cliente_id };
    let mut aviso = orden.to(e, None);
    aviso.clave = format!("{}:{}", aviso.clave, e.as_of);
    tell(tx, cx, &aviso).await?;
    Ok(true)
}

/// Records that a person gave a notice by other means (a letter, a call).
///
/// Errors: `NotFound`, `Datos` without a reason, `Estado` if it counts as given already.
pub async fn entrega_manual(tx: &Tx, cx: &Cx, id: Uuid, motivo: &str) -> Result<AvisoFila, Error> {
    let motivo = check_motivo(motivo)?;
    let aviso = avisos::by_id(tx, id).await?.ok_or(Error::NotFound("aviso"))?;
    if EstadoAviso::parse(&aviso.estado).is_some_and(EstadoAviso::counts) {
        return Err(Error::Estado("aviso_entregado", "Ese aviso ya figura como entregado."));
    }
    let hoy = ramal_contratos::actions::hoy(tx, cx).await?;
    let suerte = Suerte {
        estado: EstadoAviso::Manual.as_str(),
        avisado: Some(hoy),
        notificacion_id: None,
        motivo: Some(&motivo),
    };
    avisos::mark(tx, cx, (id, &aviso.estado), &suerte).await?;
    let registro = Registro::new("aviso.entregar", "cobranza_aviso", id);
    audit(tx, cx, registro.despues(json!({ "motivo": motivo }))).await?;
    avisos::by_id(tx, id).await?.ok_or(Error::NotFound("aviso"))
}
