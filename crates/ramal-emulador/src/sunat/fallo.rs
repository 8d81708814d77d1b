//! A SUNAT code with its text, and what kind of answer it deserves. It deliberately ships only the
//! frequent texts.

/// Why a file or document is not accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fallo {
    /// Four digits.
    pub codigo: String,
    /// Text in Spanish.
    pub mensaje: String,
}

/// What a code means for the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clase {
    /// 0100–0999: the system could not attend; SOAP fault from the server.
    Sistema,
    /// 1000–1999: not registered; SOAP fault from the client.
    Excepcion,
    /// 2000–3999: registered as rejected; CDR.
    Rechazo,
    /// 4000 and up: accepted with an observation.
    Observacion,
}

impl Fallo {
    /// Failure with a text of its own, or the general one of the code.
    pub fn new(codigo: &str, mensaje: impl Into<String>) -> Fallo {
        let detalle = mensaje.into();
        let general = general(codigo);
        let mensaje = match (general, detalle.is_empty()) {
            ("", false) => detalle,
            (general, true) => general.to_owned(),
            (general, false) => format!("{general} - Detalle: {detalle}"),
        };
        Fallo { codigo: codigo.to_owned(), mensaje }
    }

    /// Kind of answer, by the range of the code.
    pub fn clase(&self) -> Clase {
        match self.codigo.parse::<u32>().unwrap_or(0) {
            0..=999 => Clase::Sistema,
            1000..=1999 => Clase::Excepcion,
            2000..=3999 => Clase::Rechazo,
            _ => Clase::Observacion,
        }
    }
}

/// `Err` with that code unless the condition holds.
pub fn ensure(ok: bool, codigo: &str, mensaje: impl Into<String>) -> Result<(), Fallo> {
    if ok { Ok(()) } else { Err(Fallo::new(codigo, mensaje)) }
}

fn general(codigo: &str) -> &'static str {
    match codigo {
        "0100" => "El sistema no puede responder su solicitud. Intente nuevamente",
        "0101" => "El encabezado de seguridad es incorrecto",
        "0102" => "Usuario o contraseña incorrectos",
        "0109" => "El sistema no puede responder su solicitud. (El servicio no está disponible)",
        "0127" => "El ticket no existe",
        "0151" => "El nombre del archivo ZIP es incorrecto",
        "0152" => "No se puede enviar por este método un archivo de resumen",
        "0154" => "El RUC del archivo no corresponde al RUC del usuario",
        "0155" => "El archivo ZIP está vacío",
        "0156" => "El archivo ZIP está corrupto",
        "0157" => "El archivo ZIP no contiene comprobantes",
        "0158" => "El archivo ZIP contiene demasiados comprobantes",
        "0161" => "El nombre del archivo XML no coincide con el nombre del archivo ZIP",
        "0306" => "No se puede leer (parsear) el archivo XML",
        "1032" => "El comprobante ya está informado y se encuentra con estado anulado o rechazado",
        "1033" => "El comprobante fue registrado previamente con otros datos",
        "1079" => "Solo se puede enviar por resumen diario",
        "2105" => "El comprobante no está registrado",
        "2108" => "Presentación fuera de fecha",
        "2119" => "El documento modificado en la nota de crédito no está registrado",
        "2120" => "El documento modificado en la nota de crédito se encuentra de baja",
        "2121" => "El documento modificado en la nota de crédito está rechazado",
        "2207" => "El documento modificado en la nota de débito se encuentra de baja",
        "2209" => "El documento modificado en la nota de débito no está registrado",
        "2022" => {
            "RegistrationName - El nombre o razón social del adquirente no cumple el estándar"
        }
        "2223" => "El documento ya fue informado",
        "2282" => "Existe documento ya informado anteriormente",
        "2323" => "Existe documento ya informado anteriormente en una comunicación de baja",
        "2324" => "El archivo de comunicación de baja ya fue presentado anteriormente",
        "2329" => "La fecha de emisión se encuentra fuera del límite permitido",
        "2335" => "El documento electrónico ingresado ha sido alterado",
        "2336" => "Ocurrió un error en el proceso de validación de la firma digital",
        "2663" => "El documento no ha sido informado previamente",
        "2957" => "El plazo de siete días para la baja está vencido",
        "3291" => "El cálculo del IGV es incorrecto",
        _ => "",
    }
}
