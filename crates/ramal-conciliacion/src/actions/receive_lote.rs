//! A statement comes in: kept as it came before anybody reads it. It parses nothing.

use ramal_base::Cx;
use ramal_db::{Objetos, Tx};
use ramal_extractos::Formato;
use ramal_extractos::linea::MAX_BYTES;
use ramal_jobs::{NuevoTrabajo, enqueue};
use ramal_plataforma::{Registro, audit};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::events::LoteAvanzo;
use crate::jobs::TRABAJO_LEER;
use crate::storage::{cuentas, lotes};
use crate::{CuentaId, Error, EstadoLote, Lote};

/// A file already in the store.
#[derive(Clone, Debug)]
pub struct NuevoLote {
    /// Account.
    pub cuenta: CuentaId,
    /// Name of the file, for people.
    pub archivo: String,
    formato: Formato,
    sha256: String,
    objeto: String,
}

impl NuevoLote {
    /// Keeps the bytes in the store, before any transaction. The same bytes have one key.
    ///
    /// Errors: 422 if there are none or too many; `Storage`.
    pub async fn keep(
        objetos: &Objetos,
        cuenta: CuentaId,
        archivo: &str,
        bytes: Vec<u8>,
    ) -> Result<NuevoLote, Error> {
        if bytes.is_empty() {
            return Err(Error::campo("archivo", "archivo_vacio", "El archivo está vacío."));
        }
        if bytes.len() > MAX_BYTES {
            let motivo = "El archivo pasa de 20 MB. Exportar menos días.";
            return Err(Error::campo("archivo", "archivo_grande", motivo));
        }
        let formato = Formato::of(&bytes);
        let sha256 = hex::encode(Sha256::digest(&bytes));
        let objeto = format!("conciliacion/{cuenta}/{sha256}");
        objetos.put(&objeto, bytes).await?;
        let archivo = archivo.chars().filter(|c| !c.is_control()).take(120).collect();
        Ok(NuevoLote { cuenta, archivo, formato, sha256, objeto })
    }
}

/// Makes the lote of a file and asks for its reading. The same file of the account is the same
/// lote; one that was refused is read again, because its profile may have changed.
///
/// Errors: `NotFound`, 422 `perfil_requerido`, `Storage`.
pub async fn receive_lote(tx: &Tx, cx: &Cx, nuevo: NuevoLote) -> Result<Lote, Error> {
    let cuenta = cuentas::by_id(tx, nuevo.cuenta).await?;
    let cuenta = cuenta.ok_or(Error::NotFound("cuenta_bancaria"))?;
    if nuevo.formato == Formato::Tabla && cuenta.perfil.is_none() {
        let motivo = "El archivo no es MT940, camt.053 ni OFX, y la cuenta no tiene perfil de \
            lectura. Elegir uno en la cuenta.";
        return Err(Error::campo("archivo", "perfil_requerido", motivo));
    }
    if let Some(lote) = lotes::by_file(tx, cuenta.id, &nuevo.sha256).await? {
        return again(tx, cx, lote).await;
    }
    let lote = Lote {
        id: cx.new_id(),
        numero: tx.take_numbers("conciliacion_lotes", 1).await?,
        cuenta_id: cuenta.id,
        archivo: nuevo.archivo,
        formato: nuevo.formato.as_str().to_owned(),
        sha256: nuevo.sha256,
        objeto: nuevo.objeto,
        estado: EstadoLote::Recibido,
        motivo: None,
        linea_mala: None,
        leidos: 0,
        nuevos: 0,
        cotejados: 0,
        desde: None,
        hasta: None,
        saldo_inicial: None,
        saldo_final: None,
        ajuste: None,
        ajuste_motivo: None,
        actor: cx.actor().to_owned(),
        creado: cx.now(),
        cerrado: None,
        cerrado_por: None,
        version: 1,
    };
    if !lotes::insert(tx, &lote).await? {
        // Somebody else sent the same file in between.
        let primero = lotes::by_file(tx, cuenta.id, &lote.sha256).await?;
        return primero.ok_or(Error::Storage(ramal_db::DbError::Busy));
    }
    ask(tx, cx, &lote).await?;
    let registro = Registro::new("lote.importar", "lote", lote.id);
    let despues = json!({"numero": lote.codigo(), "formato": lote.formato});
    audit(tx, cx, registro.despues(despues)).await?;
    tx.emit(cx, &LoteAvanzo { lote_id: lote.id.uuid() }).await?;
    Ok(lote)
}

async fn again(tx: &Tx, cx: &Cx, lote: Lote) -> Result<Lote, Error> {
    if lote.estado == EstadoLote::Rechazado && lotes::retry(tx, lote.id).await? {
        ask(tx, cx, &lote).await?;
        return lotes::by_id(tx, lote.id).await?.ok_or(Error::NotFound("lote"));
    }
    Ok(lote)
}

async fn ask(tx: &Tx, cx: &Cx, lote: &Lote) -> Result<(), Error> {
    let datos = json!({"lote_id": lote.id});
    let trabajo = NuevoTrabajo::new(TRABAJO_LEER, datos).with_clave(lote.id.to_string());
    enqueue(tx, cx, trabajo).await.map_err(Error::from)
}
