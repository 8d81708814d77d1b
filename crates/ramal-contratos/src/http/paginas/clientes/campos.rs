//! Choices and labels of the forms of a customer, by country. It checks nothing: the slice of
//! customers does.

use ramal_base::Pais;
use ramal_base::documentos::TipoDocumento;
use ramal_web::Formulario;
use ramal_web::pagina::{Marco, Opcion};

/// Kinds of document, those of the company's country first.
pub fn kinds(pais: Pais) -> Vec<Opcion> {
    use TipoDocumento::{Ce, Cuit, Curp, Dni, Pasaporte, Rfc, Ruc};
    let orden = match pais {
        Pais::Mx => [Rfc, Curp, Pasaporte, Ruc, Dni, Ce, Cuit],
        Pais::Pe => [Dni, Ruc, Ce, Pasaporte, Rfc, Curp, Cuit],
        Pais::Ar => [Dni, Cuit, Pasaporte, Ruc, Ce, Rfc, Curp],
    };
    orden.map(|t| Opcion::new(t.as_str(), t.as_str())).into()
}

/// c_RegimenFiscal that a receiver may have. Source: Anexo 20, catalogue of the CFDI 4.0.
const REGIMENES: [(&str, &str); 19] = [
    ("601", "General de Ley Personas Morales"),
    ("603", "Personas Morales con Fines no Lucrativos"),
    ("605", "Sueldos y Salarios"),
    ("606", "Arrendamiento"),
    ("607", "Enajenación o Adquisición de Bienes"),
    ("608", "Demás ingresos"),
    ("610", "Residentes en el Extranjero"),
    ("611", "Ingresos por Dividendos"),
    ("612", "Personas Físicas con Actividades Empresariales"),
    ("614", "Ingresos por intereses"),
    ("615", "Ingresos por obtención de premios"),
    ("616", "Sin obligaciones fiscales"),
    ("620", "Sociedades Cooperativas de Producción"),
    ("621", "Incorporación Fiscal"),
    ("622", "Actividades Agrícolas, Ganaderas y Pesqueras"),
    ("623", "Opcional para Grupos de Sociedades"),
    ("624", "Coordinados"),
    ("625", "Plataformas Tecnológicas"),
    ("626", "Régimen Simplificado de Confianza"),
];

/// c_UsoCFDI that customers of an ISP ask for. Source: Anexo 20, catalogue of the CFDI 4.0.
const USOS: [(&str, &str); 6] = [
    ("G01", "Adquisición de mercancías"),
    ("G03", "Gastos en general"),
    ("I04", "Equipo de cómputo y accesorios"),
    ("I06", "Comunicaciones telefónicas"),
    ("S01", "Sin efectos fiscales"),
    ("CP01", "Pagos"),
];

fn coded(pares: &[(&str, &str)]) -> Vec<Opcion> {
    pares.iter().map(|(c, nombre)| Opcion::new(*c, format!("{c} · {nombre}"))).collect()
}

/// Tax regimes as choices; one that is not in the catalogue stays choosable.
pub fn regimes(actual: &str) -> Vec<Opcion> {
    with_actual(coded(&REGIMENES), actual)
}

/// Uses of the CFDI as choices; one that is not among the usual stays choosable.
pub fn uses(actual: &str) -> Vec<Opcion> {
    with_actual(coded(&USOS), actual)
}

fn with_actual(mut opciones: Vec<Opcion>, actual: &str) -> Vec<Opcion> {
    if !actual.is_empty() && opciones.iter().all(|o| o.valor != actual) {
        opciones.push(Opcion::new(actual, actual));
    }
    opciones
}

/// Consents that are asked for at sign-up, one by one: value, purpose and channel.
const CONSENTIMIENTOS: [(&str, &str, &str); 4] = [
    ("datos", "datos_personales", "papel"),
    ("comprobantes", "facturacion", "email"),
    ("cobranza", "cobranza", "whatsapp"),
    ("ofertas", "marketing", "whatsapp"),
];

/// The consents of a sign-up as choices.
pub fn consents(marco: &Marco) -> Vec<Opcion> {
    let opcion = |(valor, _, _): (&str, &str, &str)| {
        Opcion::new(valor, marco.t(&format!("contratos-consiente-{valor}")))
    };
    CONSENTIMIENTOS.map(opcion).into()
}

/// Purpose and channel of the consents that a form marked.
pub fn consented(form: &Formulario) -> Vec<(&'static str, &'static str)> {
    let marcados = CONSENTIMIENTOS.iter().filter(|(valor, _, _)| form.has("_consiente", valor));
    marcados.map(|(_, finalidad, canal)| (*finalidad, *canal)).collect()
}

/// What was typed in a field, if anything was.
pub fn some(form: &Formulario, campo: &str) -> Option<String> {
    Some(form.value(campo).trim().to_owned()).filter(|t| !t.is_empty())
}

/// The form without the fields of a part (`domicilios[0].`), which is read on its own.
pub fn without(form: &Formulario, partes: &[&str]) -> Formulario {
    let suyo = |n: &str| partes.iter().any(|p| n.starts_with(p));
    let resto = form.fields().iter().filter(|(n, _)| !suyo(n));
    Formulario::filled(resto.map(|(n, v)| (n.clone(), v.clone())))
}
