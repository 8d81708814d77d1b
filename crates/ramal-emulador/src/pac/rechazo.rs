//! A refusal with the authority's code and text. It deliberately does not know how each dialect
//! writes it.

/// Why a document or request is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rechazo {
    /// Code: `CFDI40119`, `CRP20217`, `302`, `401`, `708`.
    pub codigo: String,
    /// Text in Spanish.
    pub mensaje: String,
}

impl Rechazo {
    /// Refusal with a text; an empty text takes the general one of the code.
    pub fn new(codigo: &str, mensaje: impl Into<String>) -> Rechazo {
        let mensaje = mensaje.into();
        let mensaje = if mensaje.is_empty() { general(codigo).to_owned() } else { mensaje };
        Rechazo { codigo: codigo.to_owned(), mensaje }
    }

    /// Code and text as the REST dialect joins them.
    pub fn joined(&self) -> String {
        match self.codigo.as_str() {
            "307" => "307. El comprobante contiene un timbre previo.".to_owned(),
            codigo => format!("{codigo} - {}", self.mensaje),
        }
    }
}

/// `Err` with that code unless the condition holds.
pub fn ensure(ok: bool, codigo: &str, mensaje: impl Into<String>) -> Result<(), Rechazo> {
    if ok { Ok(()) } else { Err(Rechazo::new(codigo, mensaje)) }
}

fn general(codigo: &str) -> &'static str {
    match codigo {
        "301" => "XML mal formado",
        "302" => "Sello mal formado o inválido",
        "303" => "El CSD no corresponde al emisor",
        "304" => "Certificado revocado o caduco",
        "305" => "La fecha de emisión no está dentro de la vigencia del CSD",
        "306" => "El certificado no es de tipo CSD",
        "307" => "El comprobante contiene un timbre previo",
        "401" => "El rango de la fecha de generación no debe ser mayor a 72 horas",
        "402" => "RFC del emisor no se encuentra en el régimen de contribuyentes",
        "708" => "No se pudo conectar al SAT",
        "718" => "El usuario no tiene timbres disponibles",
        "CFDI40145" => "El nombre del receptor no corresponde al RFC registrado",
        "CFDI40148" => {
            "El campo DomicilioFiscalReceptor del receptor, debe encontrarse en la lista de RFC \
             inscritos no cancelados en el SAT"
        }
        _ => "El comprobante no cumple una regla de validación",
    }
}
