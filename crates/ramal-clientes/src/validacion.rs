//! Checks of the customer form: identity, e-mail, telephone, fiscal data. Pure; asks no registry.

use ramal_base::documentos::{Persona, TipoDocumento, correo, is_generico, validar};
use ramal_base::{CampoInvalido, Pais, telefono};

use crate::cliente::{DatosCliente, DatosConsentimiento, DatosContacto, DatosDomicilio};

/// The form after normalisation; what is stored.
#[derive(Clone, Debug)]
pub struct DatosValidos {
    /// Country.
    pub pais: Pais,
    /// Kind of document.
    pub tipo_documento: TipoDocumento,
    /// Normalised number.
    pub numero_documento: String,
    /// Legal name, trimmed.
    pub razon_social: String,
    /// Normalised e-mail.
    pub email: Option<String>,
    /// E.164.
    pub telefono: Option<String>,
    /// Natural or legal person, where the number tells.
    pub persona: Persona,
}

/// Checks the whole form and gives all refusals at once.
pub fn check(datos: &DatosCliente) -> Result<DatosValidos, Vec<CampoInvalido>> {
    let mut errores = Vec::new();
    let identidad = check_identidad(datos, &mut errores);
    let razon_social = check_nombre(&datos.razon_social, &mut errores);
    let pais = identidad.as_ref().map_or(Pais::Mx, |i| i.pais);
    let email = check_email(datos.email.as_deref(), "email", &mut errores);
    let telefono = check_telefono(pais, datos.telefono.as_deref(), "telefono", &mut errores);
    check_fiscal(datos, identidad.as_ref().map(|i| i.persona), &mut errores);
    check_partes(datos, pais, &mut errores);
    match identidad {
        Some(identidad) if errores.is_empty() => Ok(DatosValidos {
            pais,
            tipo_documento: identidad.tipo,
            numero_documento: identidad.numero,
            razon_social,
            email,
            telefono,
            persona: identidad.persona,
        }),
        _ => Err(errores),
    }
}

struct Identidad {
    pais: Pais,
    tipo: TipoDocumento,
    numero: String,
    persona: Persona,
}

fn check_identidad(datos: &DatosCliente, errores: &mut Vec<CampoInvalido>) -> Option<Identidad> {
    let pais_dicho = match datos.pais.as_deref().map(Pais::parse) {
        Some(None) => {
            let motivo = "El país debe ser MX, PE o AR.";
            errores.push(CampoInvalido::new("pais", "pais_desconocido", motivo));
            return None;
        }
        otro => otro.flatten(),
    };
    let tipo: TipoDocumento = match datos.tipo_documento.trim().to_uppercase().parse() {
        Ok(tipo) => tipo,
        Err(e) => {
            let e: ramal_base::documentos::DocumentoError = e;
            errores.push(CampoInvalido::new("tipo_documento", e.codigo, e.motivo));
            if datos.numero_documento.trim().is_empty() {
                let motivo = "Escriba el número del documento.";
                errores.push(CampoInvalido::new("numero_documento", "requerido", motivo));
            }
            return None;
        }
    };
    let pais = pais_dicho.unwrap_or(pais_de(tipo));
    match validar(tipo, pais, &datos.numero_documento) {
        Ok(doc) if doc.avisos.contains(&"rfc_digito") && !datos.rfc_confirmado => {
            let motivo = "El dígito verificador del RFC no coincide. Revise la Constancia de \
                Situación Fiscal; si dice exactamente esto, envíe rfc_confirmado en true.";
            errores.push(CampoInvalido::new("numero_documento", "rfc_digito", motivo));
            None
        }
        Ok(doc) => Some(Identidad { pais, tipo, numero: doc.numero, persona: doc.persona }),
        Err(e) => {
            errores.push(CampoInvalido::new("numero_documento", e.codigo, e.motivo));
            None
        }
    }
}

fn pais_de(tipo: TipoDocumento) -> Pais {
    match tipo {
        TipoDocumento::Rfc | TipoDocumento::Curp => Pais::Mx,
        TipoDocumento::Cuit => Pais::Ar,
        TipoDocumento::Ruc | TipoDocumento::Dni | TipoDocumento::Ce | TipoDocumento::Pasaporte => {
            Pais::Pe
        }
    }
}

fn check_nombre(nombre: &str, errores: &mut Vec<CampoInvalido>) -> String {
    let limpio = nombre.split_whitespace().collect::<Vec<_>>().join(" ");
    let largo = limpio.chars().count();
    if !(1..=300).contains(&largo) || limpio.contains('|') || limpio.chars().any(char::is_control) {
        let motivo = "El nombre lleva de 1 a 300 caracteres, sin la barra |.";
        errores.push(CampoInvalido::new("razon_social", "razon_social_invalida", motivo));
    }
    limpio
}

/// E-mail or nothing; an empty text is nothing.
pub fn check_email(
    texto: Option<&str>,
    campo: &str,
    errores: &mut Vec<CampoInvalido>,
) -> Option<String> {
    let texto = texto.map(str::trim).filter(|t| !t.is_empty())?;
    match correo(texto) {
        Ok(bien) => Some(bien),
        Err(e) => {
            errores.push(CampoInvalido::new(campo, e.codigo, e.motivo));
            None
        }
    }
}

/// Telephone in E.164 or nothing; an empty text is nothing.
pub fn check_telefono(
    pais: Pais,
    texto: Option<&str>,
    campo: &str,
    errores: &mut Vec<CampoInvalido>,
) -> Option<String> {
    let texto = texto.map(str::trim).filter(|t| !t.is_empty())?;
    match telefono::e164(pais, texto) {
        Ok(bien) => Some(bien),
        Err(e) => {
            errores.push(CampoInvalido::new(campo, e.codigo, e.motivo));
            None
        }
    }
}

fn check_fiscal(datos: &DatosCliente, persona: Option<Persona>, errores: &mut Vec<CampoInvalido>) {
    if let Some(cp) = datos.codigo_postal.as_deref().filter(|t| !t.is_empty()) {
        check_codigo_postal(cp, errores);
    }
    let regimen = datos.regimen_fiscal.as_deref().filter(|t| !t.is_empty());
    if let Some(regimen) = regimen {
        let generico = is_generico(&datos.numero_documento.to_uppercase());
        check_regimen(regimen, persona.filter(|_| !generico), errores);
    }
    if let Some(uso) = datos.uso_cfdi.as_deref().filter(|t| !t.is_empty()) {
        check_uso(uso, errores);
    }
}

/// Five digits.
pub fn check_codigo_postal(cp: &str, errores: &mut Vec<CampoInvalido>) {
    if cp.len() != 5 || !cp.bytes().all(|b| b.is_ascii_digit()) {
        let motivo = "El código postal lleva cinco dígitos.";
        errores.push(CampoInvalido::new("codigo_postal", "cp_formato", motivo));
    }
}

/// c_RegimenFiscal by kind of person (cfdi.md 18.4).
pub fn check_regimen(regimen: &str, persona: Option<Persona>, errores: &mut Vec<CampoInvalido>) {
    const MORALES: [&str; 6] = ["601", "603", "620", "622", "623", "624"];
    const FISICAS: [&str; 11] =
        ["605", "606", "607", "608", "611", "612", "614", "615", "616", "621", "625"];
    const AMBAS: [&str; 2] = ["610", "626"];
    let moral = MORALES.contains(&regimen) || AMBAS.contains(&regimen);
    let fisica = FISICAS.contains(&regimen) || AMBAS.contains(&regimen);
    let bien = match persona {
        Some(Persona::Moral) => moral,
        Some(Persona::Fisica) => fisica,
        _ => moral || fisica,
    };
    if !bien {
        let motivo = "El régimen fiscal no corresponde a este RFC. Cópielo de la Constancia.";
        errores.push(CampoInvalido::new("regimen_fiscal", "regimen_invalido", motivo));
    }
}

/// c_UsoCFDI known to the SAT.
pub fn check_uso(uso: &str, errores: &mut Vec<CampoInvalido>) {
    const USOS: [&str; 24] = [
        "G01", "G02", "G03", "I01", "I02", "I03", "I04", "I05", "I06", "I07", "I08", "D01", "D02",
        "D03", "D04", "D05", "D06", "D07", "D08", "D09", "D10", "S01", "CP01", "CN01",
    ];
    if !USOS.contains(&uso) {
        let motivo = "El uso del CFDI no existe; lo habitual es G03 o S01.";
        errores.push(CampoInvalido::new("uso_cfdi", "uso_invalido", motivo));
    }
}

fn check_partes(datos: &DatosCliente, pais: Pais, errores: &mut Vec<CampoInvalido>) {
    for (i, domicilio) in datos.domicilios.iter().enumerate() {
        check_domicilio(domicilio, &format!("domicilios[{i}]."), errores);
    }
    for (i, contacto) in datos.contactos.iter().enumerate() {
        check_contacto(pais, contacto, &format!("contactos[{i}]."), errores);
    }
    for (i, consentimiento) in datos.consentimientos.iter().enumerate() {
        check_consentimiento(consentimiento, &format!("consentimientos[{i}]."), errores);
    }
}

/// Street, kind and codes of an address.
pub fn check_domicilio(datos: &DatosDomicilio, prefijo: &str, errores: &mut Vec<CampoInvalido>) {
    if datos.linea.trim().is_empty() {
        let motivo = "Escriba la calle y el número.";
        errores.push(CampoInvalido::new(format!("{prefijo}linea"), "requerido", motivo));
    }
    if !["instalacion", "fiscal"].contains(&datos.clase.as_str()) {
        let motivo = "La clase debe ser instalacion o fiscal.";
        errores.push(CampoInvalido::new(format!("{prefijo}clase"), "valor_desconocido", motivo));
    }
    let digitos = |t: &Option<String>, largos: &[usize]| {
        let texto = t.as_deref().map(str::trim).filter(|t| !t.is_empty());
        texto.is_none_or(|t| largos.contains(&t.len()) && t.bytes().all(|b| b.is_ascii_digit()))
    };
    if !digitos(&datos.codigo_postal, &[4, 5]) {
        let motivo = "El código postal lleva cuatro o cinco dígitos.";
        errores.push(CampoInvalido::new(format!("{prefijo}codigo_postal"), "cp_formato", motivo));
    }
    if !digitos(&datos.ubigeo, &[6]) {
        let motivo = "El ubigeo lleva seis dígitos.";
        errores.push(CampoInvalido::new(format!("{prefijo}ubigeo"), "ubigeo_formato", motivo));
    }
}

/// Name and ways of reaching a contact.
pub fn check_contacto(
    pais: Pais,
    datos: &DatosContacto,
    prefijo: &str,
    errores: &mut Vec<CampoInvalido>,
) {
    if datos.nombre.trim().is_empty() {
        let campo = format!("{prefijo}nombre");
        errores.push(CampoInvalido::new(campo, "requerido", "Escriba el nombre."));
    }
    check_email(datos.email.as_deref(), &format!("{prefijo}email"), errores);
    check_telefono(pais, datos.telefono.as_deref(), &format!("{prefijo}telefono"), errores);
}

/// Purpose and channel of a consent.
pub fn check_consentimiento(
    datos: &DatosConsentimiento,
    prefijo: &str,
    errores: &mut Vec<CampoInvalido>,
) {
    const FINALIDADES: [&str; 4] = ["facturacion", "cobranza", "marketing", "datos_personales"];
    const CANALES: [&str; 5] = ["whatsapp", "email", "sms", "web", "papel"];
    if !FINALIDADES.contains(&datos.finalidad.as_str()) {
        let motivo = "La finalidad debe ser facturacion, cobranza, marketing o datos_personales.";
        let campo = format!("{prefijo}finalidad");
        errores.push(CampoInvalido::new(campo, "valor_desconocido", motivo));
    }
    if !CANALES.contains(&datos.canal.as_str()) {
        let motivo = "El canal debe ser whatsapp, email, sms, web o papel.";
        let campo = format!("{prefijo}canal");
        errores.push(CampoInvalido::new(campo, "valor_desconocido", motivo));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(tipo: &str, numero: &str) -> DatosCliente {
        DatosCliente {
            tipo_documento: tipo.into(),
            numero_documento: numero.into(),
            razon_social: "Comercial Ñandú".into(),
            ..DatosCliente::default()
        }
    }

    fn codes(datos: &DatosCliente) -> Vec<(String, String)> {
        let errores = check(datos).err().unwrap_or_default();
        errores.into_iter().map(|e| (e.campo, e.codigo)).collect()
    }

    #[test]
    fn every_bad_field_is_named_at_once() {
        let datos = DatosCliente {
            razon_social: " ".into(),
            email: Some("nada".into()),
            telefono: Some("123".into()),
            codigo_postal: Some("1".into()),
            ..form("RUC", "20512333798")
        };
        let campos: Vec<String> = codes(&datos).into_iter().map(|(campo, _)| campo).collect();
        let esperados = ["numero_documento", "razon_social", "email", "telefono", "codigo_postal"];
        assert_eq!(campos, esperados);
    }

    #[test]
    fn a_doubtful_rfc_needs_confirmation() {
        let dudoso = form("RFC", "AAA010101AAA");
        assert_eq!(codes(&dudoso)[0].1, "rfc_digito");
        assert!(check(&DatosCliente { rfc_confirmado: true, ..dudoso }).is_ok());
        assert!(check(&form("rfc", "eku9003173c9")).is_ok());
    }

    #[test]
    fn a_company_cannot_have_a_persons_regimen() {
        let datos =
            DatosCliente { regimen_fiscal: Some("612".into()), ..form("RFC", "EKU9003173C9") };
        assert_eq!(codes(&datos)[0].1, "regimen_invalido");
    }
}
