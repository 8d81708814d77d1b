//! The call to the authority and, where it says «I know it», the recovery of the proof. It opens no
//! transaction.

use ramal_base::Pais;
use ramal_conectores::{ConsultaCdr, Envio, EnvioCpe, Respuesta};

use crate::EmisorFiscal;
use crate::conexiones::Servicio;
use crate::nombre::nombre_cpe;
use crate::storage::ComprobanteFila;

/// Hands the bytes over and gives what is known of the document afterwards.
pub(crate) async fn ask(
    s: &Servicio,
    emisor: &EmisorFiscal,
    fila: &ComprobanteFila,
    xml: &[u8],
) -> Respuesta {
    match emisor.pais {
        Pais::Pe => ask_sunat(&*s.conexiones.sunat(emisor), emisor, fila, xml).await,
        _ => ask_pac(s, emisor, fila, xml).await,
    }
}

async fn ask_pac(
    s: &Servicio,
    emisor: &EmisorFiscal,
    fila: &ComprobanteFila,
    xml: &[u8],
) -> Respuesta {
    let pac = s.conexiones.timbrador(emisor);
    // The key names the bytes: a rebuilt document is another one.
    let clave = format!("{}-{}", fila.id, &fila.huella[..16.min(fila.huella.len())]);
    let envio = Envio { xml, clave: &clave, emisor: &emisor.numero, uuid: None };
    match pac.timbrar(&envio).await {
        ya @ Respuesta::YaRegistrado { .. } => match pac.recuperar(&envio).await {
            recuperado @ Respuesta::Aceptado(_) => recuperado,
            _ => ya,
        },
        otra => otra,
    }
}

async fn ask_sunat(
    sunat: &dyn EnvioCpe,
    emisor: &EmisorFiscal,
    fila: &ComprobanteFila,
    xml: &[u8],
) -> Respuesta {
    let consulta = ConsultaCdr {
        ruc: &emisor.numero,
        tipo: &fila.tipo,
        serie: &fila.serie,
        numero: u32::try_from(fila.folio).unwrap_or(0),
        digest: Some(&fila.digest),
    };
    let consultable = sunat.can_consultar(&fila.serie);
    let dudoso = fila.intentos > 0 && fila.estado == "enviando";
    if consultable
        && dudoso
        && let Some(sabido) = known(sunat.consultar_cdr(&consulta).await)
    {
        return sabido;
    }
    match sunat.enviar(&nombre_cpe(&emisor.numero, fila), xml).await {
        // The refusal whose answer was lost: the consult brings its reason and its CDR.
        ya @ Respuesta::YaRegistrado { .. } if consultable && has_code(&ya, "1032") => {
            known(sunat.consultar_cdr(&consulta).await).unwrap_or(ya)
        }
        Respuesta::YaRegistrado { codigo, mensaje }
            if consultable && matches!(codigo.as_str(), "1033" | "0402") =>
        {
            let motivo = format!("{codigo} - {mensaje}");
            let incierto = Respuesta::Incierto { motivo, despues_ms: None };
            known(sunat.consultar_cdr(&consulta).await).unwrap_or(incierto)
        }
        otra => otra,
    }
}

fn has_code(respuesta: &Respuesta, buscado: &str) -> bool {
    matches!(respuesta, Respuesta::YaRegistrado { codigo, .. } if codigo == buscado)
}

/// What a consult proves; none if it says that nothing is registered or could not answer.
fn known(consultado: Respuesta) -> Option<Respuesta> {
    match consultado {
        r @ (Respuesta::Aceptado(_)
        | Respuesta::Rechazado(_)
        | Respuesta::DeBaja { .. }
        | Respuesta::YaRegistrado { .. }) => Some(r),
        _ => None,
    }
}
