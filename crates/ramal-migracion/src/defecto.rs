//! What is wrong with a row and what to do about it. Decides nothing.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::fila::Fila;

/// A defect (the row stays out) or a warning (it goes in, without the cell).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Defecto {
    /// Physical line on which the row begins; the header is line 1.
    #[schema(example = 138)]
    pub linea: u64,
    /// Column of the source.
    #[schema(example = "monto")]
    pub campo: String,
    /// Stable code.
    #[schema(example = "monto_vacio")]
    pub codigo: String,
    /// What is wrong and what to do.
    pub motivo: String,
}

impl Defecto {
    /// Defect of a cell of `fila` by the meaning of its column.
    pub fn new(fila: &Fila<'_>, campo: &str, codigo: &str, motivo: &str) -> Defecto {
        Defecto {
            linea: fila.cruda.linea,
            campo: fila.cabecera.title(campo).to_owned(),
            codigo: codigo.to_owned(),
            motivo: motivo.to_owned(),
        }
    }
}

/// Advice for the codes that the import gives itself; others bring their own.
pub fn motivo(codigo: &str) -> Option<&'static str> {
    Some(match codigo {
        "rfc_digito" => {
            "El dígito verificador del RFC no coincide. Cópielo de la Constancia de Situación \
             Fiscal, corrija el archivo y vuelva a importarlo."
        }
        "ruc_digito" => {
            "El dígito verificador del RUC no coincide. Compruébelo en la consulta RUC de SUNAT, \
             corrija el archivo y vuelva a importarlo."
        }
        "duplicado" => {
            "Ya hay un cliente con este número. Si es un segundo servicio suyo, elija importar los \
             repetidos como otro servicio (--duplicados=servicio); si no, quite la fila."
        }
        "referencia_repetida" => {
            "Otra fila de este archivo tiene el mismo identificador. Deje una sola o dele otro."
        }
        "referencia_ajena" => {
            "Ese identificador ya entró con otro cliente. Si es otro sistema, dele otro \
             identificador; si el cliente cambió, corríjalo en su ficha."
        }
        "referencia_vacia" => {
            "La fila no tiene identificador, y sin él no se sabe si ya entró. Escríbalo."
        }
        "monto_vacio" => "Falta el precio. Escríbalo, con impuestos, y vuelva a importar.",
        "monto_negativo" => "El precio no puede ser menor que cero. Corríjalo.",
        "precio_texto" => {
            "El precio no es un número como 399.00. Escriba solo la cantidad, con impuestos."
        }
        "fecha_invalida" => {
            "La fecha no existe o no está en un formato del perfil. Escríbala AAAA-MM-DD."
        }
        "dia_invalido" => "El día de pago debe ser un número de 1 a 31.",
        "periodo_desconocido" => {
            "El periodo no está en el perfil. Use mensual, bimestral, trimestral, semestral o \
             anual."
        }
        "estado_desconocido" => {
            "El estado no está en el perfil. Corríjalo o añada la palabra al perfil."
        }
        "plan_desconocido" => {
            "El plan no está en el catálogo. Añádalo o corrija el \
             nombre."
        }
        "razon_social_vacia" => "Falta el nombre. Escríbalo como lo tiene la autoridad fiscal.",
        "cp_vacio" => {
            "Falta el código postal fiscal, obligatorio en el CFDI. Cópielo de la Constancia."
        }
        "regimen_vacio" => {
            "Falta el régimen fiscal, obligatorio en el CFDI. Cópielo de la Constancia."
        }
        "documento_vacio" => "Falta el número de identidad. Escríbalo y vuelva a importar.",
        "whatsapp_corto" => {
            "Al teléfono le faltan dígitos. La fila entró sin él; pida el número y complételo."
        }
        "whatsapp_largo" => {
            "Al teléfono le sobran dígitos. La fila entró sin él; corríjalo en la ficha."
        }
        "whatsapp_formato" => {
            "El teléfono tiene letras o signos. La fila entró sin él; corríjalo en la ficha."
        }
        "correo_invalido" => {
            "El correo no es válido. La fila entró sin él; corríjalo en la ficha del cliente."
        }
        "monto_cero" => "El precio es cero: el servicio entró, y no generará cargos.",
        "columnas_faltantes" => {
            "La fila tiene menos celdas que la cabecera. Revise si está partida en dos."
        }
        "columnas_sobrantes" => {
            "La fila tiene más celdas que la cabecera. Ponga entre comillas el texto que lleva el \
             separador."
        }
        "comillas_abiertas" => "La fila abre unas comillas que no cierra. Ciérrelas o quítelas.",
        "codificacion" => {
            "La fila tiene letras de otra codificación. Guarde el archivo entero como UTF-8."
        }
        _ => return None,
    })
}
