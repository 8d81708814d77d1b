//! Printed forms: from the stored XML to the neutral form of `ramal_pdf`. Derived, never the
//! record: it is made again whenever it is missing.

mod mx;
mod pe;

use ramal_base::{Cx, Instante};
use ramal_db::{Consulta, Db, DbError, Objetos, params};
use ramal_pdf::{Impreso, Marca, Papel};

use crate::baja::Cancelacion;
use crate::conexiones::load_emisor;
use crate::storage::{self, Clase, ComprobanteFila};
use crate::{ComprobanteId, EmisorFiscal, Error, Estado};

/// What a printed form needs besides the XML.
pub(crate) struct Contexto<'a> {
    pub(crate) fila: &'a ComprobanteFila,
    pub(crate) emisor: &'a EmisorFiscal,
    pub(crate) prueba: Prueba,
}

/// Whether the document was signed with a certificate that no authority issued.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Prueba {
    Si,
    No,
}

/// The printed form of a document, made on demand and kept once its state is settled.
///
/// Never call it inside a billing transaction: it renders, and writes the cache in its own.
/// Errors: `NotFound`; `Importes` if the form cannot be drawn; `Storage`.
pub async fn pdf(
    db: &Db,
    cx: &Cx,
    objetos: &Objetos,
    id: ComprobanteId,
    papel: Papel,
) -> Result<Vec<u8>, Error> {
    let fila = storage::by_id(db, id).await?.ok_or(Error::NotFound)?;
    let clase = cache_class(&fila, papel)?;
    if let Some(clase) = &clase
        && let Some(bytes) = storage::bytes_named(db, objetos, id, clase).await?
    {
        return Ok(bytes);
    }
    let impreso = form(db, objetos, &fila).await?;
    let bytes = tokio::task::spawn_blocking(move || ramal_pdf::render(&impreso, papel))
        .await
        .map_err(|_| DbError::Corrupt("the printed form could not be drawn"))?
        .map_err(|e| Error::Importes(e.to_string()))?;
    if let Some(clase) = &clase {
        let tx = db.begin().await?;
        storage::put_named(&tx, cx, (id, clase), bytes.clone()).await?;
        tx.commit().await?;
    }
    Ok(bytes)
}

/// Class under which a form is kept; none while its state may still change what it says.
fn cache_class(fila: &ComprobanteFila, papel: Papel) -> Result<Option<String>, DbError> {
    let papel = match papel {
        Papel::A4 => "a4",
        Papel::Carta => "carta",
        Papel::Ticket80 => "ticket",
    };
    Ok(match fila.estado()? {
        Estado::Aceptado | Estado::AceptadoObs | Estado::BajaPendiente => {
            Some(format!("pdf-{papel}"))
        }
        Estado::Baja => Some(format!("pdf-{papel}-baja")),
        Estado::Rechazado => Some(format!("pdf-{papel}-rechazado")),
        _ => None,
    })
}

/// The neutral form of a document. Errors: `Importes` if its XML cannot be read; `Storage`.
pub async fn form(
    c: &impl Consulta,
    objetos: &Objetos,
    fila: &ComprobanteFila,
) -> Result<Impreso, Error> {
    let emisor = load_emisor(c, fila.emisor_id).await?.fiscal;
    let mexico = matches!(fila.tipo.as_str(), "I" | "E" | "P");
    let timbrado = match mexico {
        true => storage::bytes(c, objetos, fila.id, Clase::Timbrado).await?,
        false => None,
    };
    let xml = match timbrado {
        Some(xml) => xml,
        None => storage::bytes(c, objetos, fila.id, Clase::Xml)
            .await?
            .ok_or(DbError::Corrupt("a document has no frozen bytes"))?,
    };
    let prueba = is_prueba(c, fila).await?;
    let contexto = Contexto { fila, emisor: &emisor, prueba };
    if mexico { mx::form(&contexto, &xml) } else { pe::form(&contexto, &xml) }
}

/// Whether the certificate in use when the document was issued is a test one.
async fn is_prueba(c: &impl Consulta, fila: &ComprobanteFila) -> Result<Prueba, DbError> {
    const SQL: &str = "SELECT prueba FROM certificados WHERE emisor_id = $1 \
        ORDER BY CASE WHEN creado <= $2 THEN 0 ELSE 1 END, \
        CASE WHEN creado <= $3 THEN creado END DESC, creado LIMIT 1";
    let valores = params![fila.emisor_id, fila.emitido, fila.emitido];
    let prueba = c.scalar::<bool>(SQL, valores).await?.unwrap_or(false);
    Ok(if prueba { Prueba::Si } else { Prueba::No })
}

/// The mark across the pages: what the document is not, most serious first.
pub(crate) fn mark(c: &Contexto<'_>) -> Option<Marca> {
    let dia = |i: Instante| c.emisor.zona.fecha(i).to_string();
    let marca = |texto: &str, fecha: String| Some(Marca { texto: texto.to_owned(), fecha });
    match Estado::parse(&c.fila.estado) {
        Some(Estado::Baja) => {
            let fin = Cancelacion::of(c.fila).and_then(|c| c.fin);
            let texto = match c.emisor.pais {
                ramal_base::Pais::Pe => "ANULADO",
                _ => "CANCELADO",
            };
            marca(texto, fin.map(dia).unwrap_or_default())
        }
        Some(Estado::Rechazado) => marca("RECHAZADO", String::new()),
        _ if c.prueba == Prueba::Si => marca("SIN VALIDEZ FISCAL", String::new()),
        Some(Estado::Aceptado | Estado::AceptadoObs | Estado::BajaPendiente) => None,
        _ => marca("PENDIENTE DE LA AUTORIDAD", String::new()),
    }
}

/// `clave texto` of a catalogue, or the bare key if it is not there.
pub(crate) fn with_text(clave: &str, texto: Option<&str>) -> String {
    match texto {
        Some(texto) => format!("{clave} {texto}"),
        None => clave.to_owned(),
    }
}
