//! The global invoice of a month: recibos of customers without RFC, each in one global at most
//! (cfdi.md 8.3).

use std::collections::BTreeMap;
use std::sync::Arc;

use ramal_base::documentos::TipoDocumento;
use ramal_base::{Cx, Fecha};
use ramal_db::{DbError, Tx};
use ramal_fiscal::comprobante::{ComprobanteMarca, ReciboGlobal};
use ramal_fiscal::{
    Comprobante, ComprobanteId, Contenido, EmisorFiscal, Firmante, Linea, Origen, Receptor, Tipo,
    emision, prepare, series,
};
use uuid::Uuid;

use crate::Error;
use crate::corrida::papel;
use crate::factura::{FacturaFila, LineaFila};
use crate::storage::{consultas, facturas};

const RFC_PUBLICO: &str = "XAXX010101000";

/// What the global invoice of a month was made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Global {
    /// Its legal document.
    pub comprobante_id: ComprobanteId,
    /// Recibos inside.
    pub recibos: usize,
}

/// Issues the global invoice of an emisor for the month of `mes`; none if no recibo is left
/// outside.
///
/// Errors: `Fiscal`, `Storage`. Executing it again takes only what came later.
pub async fn issue_global(
    tx: &Tx,
    cx: &Cx,
    (emisor, firmante): (Arc<EmisorFiscal>, &Firmante),
    mes: Fecha,
) -> Result<Option<Global>, Error> {
    let recibos = consultas::recibos_sin_global(tx, emisor.id, mes).await?;
    if recibos.is_empty() {
        return Ok(None);
    }
    let ids: Vec<Uuid> = recibos.iter().map(|r| r.id.uuid()).collect();
    let lineas = facturas::lineas(tx, &ids).await?;
    let comprobante = document(cx, emisor, (&recibos, lineas), mes)?;
    let id = comprobante.id;
    let folios = series::take_folios(tx, comprobante.emisor.id, Tipo::Ingreso, None, 1).await?;
    let mut preparado = prepare(comprobante)?;
    preparado.number(&folios.serie, folios.primero);
    emision::store(tx, cx, vec![preparado.seal(firmante)?]).await?;
    consultas::insert_recibos_globales(tx, id.uuid(), &ids).await?;
    Ok(Some(Global { comprobante_id: id, recibos: ids.len() }))
}

fn document(
    cx: &Cx,
    emisor: Arc<EmisorFiscal>,
    (recibos, lineas): (&[FacturaFila], Vec<LineaFila>),
    mes: Fecha,
) -> Result<Comprobante, Error> {
    let id = cx.new_id::<ComprobanteMarca>();
    let mut suyas: BTreeMap<Uuid, Vec<Linea>> = BTreeMap::new();
    for linea in lineas {
        let neutral = linea.neutral().ok_or(DbError::Corrupt("line of a recibo"))?;
        suyas.entry(linea.factura_id.uuid()).or_default().push(neutral);
    }
    let mut recibo = |r: &FacturaFila| ReciboGlobal {
        folio: r.numero(),
        lineas: suyas.remove(&r.id.uuid()).unwrap_or_default(),
    };
    let recibos: Vec<ReciboGlobal> = recibos.iter().map(&mut recibo).collect();
    let codigo_postal = Some(emisor.codigo_postal.clone());
    Ok(Comprobante {
        id,
        cliente_id: None,
        origen: Origen { tipo: "global", id: id.uuid() },
        tipo: Tipo::Ingreso,
        serie: String::new(),
        folio: 0,
        emitido: cx.now(),
        moneda: emisor.moneda,
        emisor,
        receptor: Receptor {
            tipo_documento: TipoDocumento::Rfc,
            numero: RFC_PUBLICO.to_owned(),
            nombre: "PUBLICO EN GENERAL".to_owned(),
            codigo_postal,
            regimen_fiscal: Some("616".to_owned()),
            uso_cfdi: Some("S01".to_owned()),
            direccion: None,
            email: None,
        },
        contenido: Contenido::Global {
            recibos,
            mes: u8::try_from(mes.mes()).unwrap_or(1),
            anio: mes.anio(),
            forma: papel::FORMA_CONTADO.to_owned(),
        },
    })
}
