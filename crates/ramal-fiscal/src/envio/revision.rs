//! What stops a document before any call: rules of its authority, its term, its parent. It asks
//! nobody.

use ramal_base::Instante;
use ramal_sunat::validador::{Contexto, Hallazgo, validar_xml};

use super::asiento::Destino;
use crate::nombre::nombre_cpe;
use crate::storage::ComprobanteFila;
use crate::{EmisorFiscal, Estado};

/// What SUNAT would refuse, found before sending; none if it may go.
pub(crate) fn review(
    fila: &ComprobanteFila,
    emisor: &EmisorFiscal,
    xml: &[u8],
    ahora: Instante,
) -> Option<Destino> {
    let nombre = nombre_cpe(&emisor.numero, fila);
    let hoy = Some(emisor.zona.fecha(ahora));
    let contexto = Contexto { hoy, nombre: Some(&nombre), ..Contexto::default() };
    let hallazgos = match validar_xml(xml, &contexto) {
        Ok(hallazgos) => hallazgos,
        Err(e) => return Some(stopped("0306", format!("El documento no se puede leer: {e}."))),
    };
    let graves: Vec<&Hallazgo> = hallazgos.iter().filter(|h| !is_observation(&h.codigo)).collect();
    let primero = graves.first()?;
    if graves.iter().all(|h| h.codigo == "1079") && fila.serie.starts_with('B') {
        return Some(Destino::PorResumen);
    }
    let textos: Vec<String> =
        graves.iter().map(|h| format!("{} ({}): {}", h.codigo, h.campo, h.motivo)).collect();
    let salida = "No se envió: SUNAT lo rechazaría. Corrija los datos y vuelva a emitir.";
    Some(stopped(&primero.codigo, format!("{}. {salida}", textos.join("; "))))
}

/// 4000 and over are accepted by SUNAT, only noted.
fn is_observation(codigo: &str) -> bool {
    codigo.parse::<u32>().is_ok_and(|n| n >= 4_000)
}

fn stopped(codigo: &str, mensaje: String) -> Destino {
    let estado = Estado::Excepcion;
    Destino::Detenido { estado, codigo: codigo.to_owned(), mensaje, prueba: None }
}

/// The legal term to send it is over.
pub(crate) fn out_of_term(fila: &ComprobanteFila) -> Destino {
    if fila.tipo == "03" || (fila.tipo != "01" && fila.serie.starts_with('B')) {
        return Destino::PorResumen;
    }
    let sabido = match fila.estado.as_str() {
        "enviando" => "y no se sabe si la autoridad lo registró",
        _ => "sin que la autoridad lo registrara",
    };
    let ultimo = fila.mensaje.as_deref().unwrap_or("sin respuesta");
    let mensaje = format!(
        "Venció el plazo legal de envío {sabido}. Último motivo: {ultimo}. \
         Verifíquelo en el portal de la autoridad antes de volver a emitir."
    );
    let codigo = "plazo_vencido".to_owned();
    Destino::Detenido { estado: Estado::Incierto, codigo, mensaje, prueba: None }
}

/// The document that it corrects is not valid any more.
pub(crate) fn orphan(numero: &str) -> Destino {
    let mensaje = format!(
        "El comprobante {numero} que corrige fue rechazado o anulado; esta nota no se puede enviar."
    );
    stopped("relacion_no_vigente", mensaje)
}

/// The PAC answered with a fiscal folio that another document has.
pub(crate) fn foreign_uuid() -> Destino {
    let mensaje = "El PAC devolvió un folio fiscal que ya tiene otro comprobante. Avise al PAC.";
    Destino::Detenido {
        estado: Estado::Incierto,
        codigo: "uuid_repetido".to_owned(),
        mensaje: mensaje.to_owned(),
        prueba: None,
    }
}
