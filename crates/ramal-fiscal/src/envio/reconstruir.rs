//! Code 401: the Fecha is out of the 72 hours. The same content is sealed once more with today's
//! Fecha, once. The bytes refused are kept.

use ramal_base::Instante;
use ramal_cfdi::{Csd, Texto, lectura};
use ramal_db::{DbError, params};
use ramal_jobs::JobError;

use super::asiento::Destino;
use crate::conexiones::Servicio;
use crate::storage::{self, Clase, ComprobanteFila};
use crate::{EmisorFiscal, Error, Estado, Firmante, firmante};

/// Clock skew towards the PAC (cfdi.md 18.8), ms.
const DESFASE_MS: i64 = 60_000;

/// Seals the document again; the inner error is where it stops instead.
pub(crate) async fn rebuild(
    s: &Servicio,
    emisor: &EmisorFiscal,
    fila: &ComprobanteFila,
    xml: &[u8],
) -> Result<Result<(), Destino>, JobError> {
    let id = fila.id;
    if storage::has_bytes(&s.db, id, Clase::Anterior).await? {
        return Ok(Err(stopped("El PAC volvió a rechazar la fecha del comprobante. ")));
    }
    let csd = match firmante::open(&s.db, &s.sello, emisor).await {
        Ok(Firmante::Mx(csd)) => csd,
        Ok(Firmante::Pe(_)) => return Ok(Err(stopped("El certificado es de otro país. "))),
        Err(Error::Storage(e)) => return Err(e.into()),
        Err(e) => return Ok(Err(stopped(&format!("No se pudo volver a sellar: {e}. ")))),
    };
    let ahora = s.cx.now().plus_millis(-DESFASE_MS);
    let Some((nuevo, sello)) = reseal(xml, emisor, &csd, ahora) else {
        return Ok(Err(stopped("El comprobante no se pudo volver a sellar sin cambiarlo. ")));
    };
    replace(s, fila, emisor, (xml, nuevo, &sello)).await?;
    Ok(Ok(()))
}

/// The same model with another Fecha; none if reading it back does not give the same document.
fn reseal(
    xml: &[u8],
    emisor: &EmisorFiscal,
    csd: &Csd,
    ahora: Instante,
) -> Option<(Vec<u8>, String)> {
    let leida = lectura::leer(xml).ok().filter(|l| l.problemas.is_empty())?;
    let mut modelo = leida.comprobante;
    let igual = ramal_cfdi::sellar(&modelo, csd);
    let mismo_csd = leida.no_certificado == csd.no_certificado();
    if mismo_csd && igual.xml != xml {
        return None;
    }
    modelo.fecha = Texto::Owned(emisor.zona.local(ahora));
    let sellado = ramal_cfdi::sellar(&modelo, csd);
    Some((sellado.xml, sellado.sello_b64))
}

async fn replace(
    s: &Servicio,
    fila: &ComprobanteFila,
    emisor: &EmisorFiscal,
    (viejo, nuevo, sello): (&[u8], Vec<u8>, &str),
) -> Result<(), DbError> {
    let emitido = s.cx.now().plus_millis(-DESFASE_MS);
    let huella = hex::encode(ramal_xml::sha256(&nuevo));
    let peso = i64::try_from(nuevo.len()).unwrap_or(i64::MAX);
    let tx = s.db.begin().await?;
    let actual = storage::lock(&tx, fila.id).await?;
    if actual.is_none_or(|a| a.huella != fila.huella || a.aceptado.is_some()) {
        return tx.rollback().await;
    }
    storage::put_bytes(&tx, &s.cx, fila.id, Clase::Anterior, viejo.to_vec()).await?;
    const SQL: &str = "UPDATE documentos SET huella = $2, peso_bytes = $3, contenido = $4, \
        ruta = NULL, creado = $5 WHERE comprobante_id = $1 AND clase = 'xml'";
    tx.exec(SQL, params![fila.id, huella.as_str(), peso, nuevo, s.cx.now()]).await?;
    const SQL_FILA: &str = "UPDATE comprobantes SET huella = $2, digest = $3, emitido = $4, \
        fecha = $5, version = version + 1 WHERE id = $1";
    let fecha = emisor.zona.fecha(emitido);
    tx.exec(SQL_FILA, params![fila.id, huella, sello, emitido, fecha]).await?;
    tx.commit().await
}

fn stopped(motivo: &str) -> Destino {
    let salida = "Revise el reloj del servidor, anule el cargo y vuelva a emitir.";
    Destino::Detenido {
        estado: Estado::Excepcion,
        codigo: "401".to_owned(),
        mensaje: format!("{motivo}{salida}"),
        prueba: None,
    }
}
