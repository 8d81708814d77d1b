//! Judging of any CFDI from its bytes alone: readable, sello, certificate, timbre, sums. It asks
//! nobody, so it cannot say whether the SAT still holds the document as valid.

mod sumas;

use ramal_base::{Instante, Zona};
use ramal_xml::certificado::Certificado;
use ramal_xml::{Document, Limits, b64, parse, sha256};

use crate::cadena::{CadenaDocumento, Espacios, cadena_de_documento};
use crate::csd::DatosCertificado;
use crate::lectura::{Lectura, leer_documento, motivo_ilegible};
use crate::texto::{hex, is_fecha_hora, is_uuid};

/// What was found in a file. It serialises as the JSON that the command prints.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
pub struct Verificacion {
    /// The bytes are well-formed XML within the limits.
    pub legible: bool,
    /// Readable, sealed by its certificate, sums agree, and no grave problem.
    pub valido: bool,
    /// `4.0` or `3.3`, as written.
    pub version: Option<String>,
    /// I, E, T, N or P, as written.
    pub tipo: Option<String>,
    /// Who issued it.
    pub emisor: Option<Parte>,
    /// Who received it.
    pub receptor: Option<Parte>,
    /// Serie.
    pub serie: Option<String>,
    /// Folio.
    pub folio: Option<String>,
    /// Serie and folio as people say them, e.g. `F-1`.
    pub numero: Option<String>,
    /// Local time of issue.
    pub fecha: Option<String>,
    /// Total, as written.
    pub total: Option<String>,
    /// Currency.
    pub moneda: Option<String>,
    /// Fiscal folio of the timbre.
    pub uuid: Option<String>,
    /// Cadena original.
    pub cadena: Option<String>,
    /// SHA-256 of the cadena, hexadecimal.
    pub cadena_sha256: Option<String>,
    /// The sello verifies with the certificate inside the document.
    pub sello_valido: bool,
    /// The certificate inside the document.
    pub certificado: Option<CertificadoVerificado>,
    /// The stamp, if any.
    pub timbre: Option<TimbreVerificado>,
    /// Lines, taxes and totals agree.
    pub totales_cuadran: bool,
    /// Complements whose fields were verified, and the timbre.
    pub complementos_conocidos: Vec<String>,
    /// Complements that the stylesheet of the SAT does not know: the sello does not cover their
    /// attributes.
    pub complementos_desconocidos: Vec<String>,
    /// What is wrong or doubtful.
    pub problemas: Vec<Hecho>,
}

/// A taxpayer.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Parte {
    /// RFC.
    pub rfc: String,
    /// Name.
    pub nombre: String,
}

/// Certificate of the emitter.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct CertificadoVerificado {
    /// Number.
    pub numero: String,
    /// Owner.
    pub rfc: String,
    /// Who issued it, as it says; whether it is an authority is not asked.
    pub emisor: String,
    /// Start of validity, RFC 3339.
    pub desde: String,
    /// End of validity, RFC 3339.
    pub hasta: String,
}

/// The stamp as judged.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct TimbreVerificado {
    /// Fiscal folio.
    pub uuid: String,
    /// Local time of the PAC.
    pub fecha: String,
    /// RFC of the PAC.
    pub rfc_prov_certif: String,
    /// Number of the PAC's certificate.
    pub no_certificado_sat: String,
    /// The stamp is of this very sello.
    pub sello_cfd_coincide: bool,
    /// `valido` or `invalido` with the certificate given; `no_verificado` without one.
    pub sello_sat: &'static str,
}

/// Something found.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Hecho {
    /// Stable code.
    pub codigo: &'static str,
    /// Field, empty if it is of the whole document.
    pub campo: String,
    /// What is wrong.
    pub motivo: String,
    /// True if the document is not valid because of it.
    pub grave: bool,
}

impl Verificacion {
    fn grave(&mut self, codigo: &'static str, campo: &str, motivo: impl Into<String>) {
        let (campo, motivo) = (campo.to_owned(), motivo.into());
        self.problemas.push(Hecho { codigo, campo, motivo, grave: true });
    }

    fn aviso(&mut self, codigo: &'static str, campo: &str, motivo: impl Into<String>) {
        let (campo, motivo) = (campo.to_owned(), motivo.into());
        self.problemas.push(Hecho { codigo, campo, motivo, grave: false });
    }
}

/// Judges a file. Never fails and never panics: what cannot be judged is a problem in the answer.
pub fn verificar(bytes: &[u8]) -> Verificacion {
    verificar_con(bytes, None)
}

/// Judges a file, and its SelloSAT too if the certificate of the PAC is at hand.
pub fn verificar_con(bytes: &[u8], certificado_sat: Option<&Certificado>) -> Verificacion {
    let mut v = Verificacion::default();
    let documento = match parse(bytes, &Limits::juicio()) {
        Ok(documento) => documento,
        Err(error) => {
            v.grave("ilegible", "", motivo_ilegible(&error));
            return v;
        }
    };
    v.legible = true;
    let cadena = match cadena_de_documento(&documento, Espacios::Conservar) {
        Ok(cadena) => cadena,
        Err(error) => {
            v.grave("no_soportado", "", error.to_string());
            return v;
        }
    };
    let lectura = leer_documento(&documento);
    v.tipo = documento.root().attr("TipoDeComprobante").map(str::to_owned);
    describe(&mut v, &lectura);
    sello(&mut v, &documento, &lectura, cadena);
    timbre(&mut v, &lectura, certificado_sat);
    v.totales_cuadran = sumas::check(&lectura, &mut v.problemas);
    let graves = v.problemas.iter().any(|p| p.grave);
    v.valido = v.sello_valido && v.totales_cuadran && !graves;
    v
}

fn describe(v: &mut Verificacion, l: &Lectura) {
    let c = &l.comprobante;
    let parte = |rfc: &str, nombre: &str| Parte { rfc: rfc.to_owned(), nombre: nombre.to_owned() };
    v.version = Some(l.version.clone());
    v.emisor = Some(parte(&c.emisor.rfc, &c.emisor.nombre));
    v.receptor = Some(parte(&c.receptor.rfc, &c.receptor.nombre));
    v.serie = c.serie.as_deref().map(str::to_owned);
    v.folio = c.folio.as_deref().map(str::to_owned);
    let partes: Vec<&str> = [&c.serie, &c.folio].into_iter().filter_map(|p| p.as_deref()).collect();
    v.numero = (!partes.is_empty()).then(|| partes.join("-"));
    v.fecha = Some(c.fecha.to_string());
    v.total = Some(c.total.to_string());
    v.moneda = Some(c.moneda.to_string());
    for p in &l.problemas {
        v.grave("estructura", &p.campo, p.motivo.clone());
    }
    if !is_fecha_hora(&c.fecha) {
        v.grave("fecha", "Comprobante.Fecha", "la fecha no es AAAA-MM-DDThh:mm:ss");
    }
}

fn sello(v: &mut Verificacion, documento: &Document, l: &Lectura, cadena: CadenaDocumento) {
    let certificado = b64::decode(&sin_espacios(&l.certificado))
        .ok()
        .and_then(|der| Certificado::from_der(&der).ok());
    let firma = b64::decode(&sin_espacios(&l.sello)).ok().filter(|f| !f.is_empty());
    let mut elegida = cadena;
    match (&certificado, &firma) {
        (None, _) => v.grave("certificado", "Comprobante.Certificado", "no es un certificado"),
        (_, None) => v.grave("sello", "Comprobante.Sello", "falta el sello o no es base64"),
        (Some(certificado), Some(firma)) => {
            v.sello_valido = certificado.verify_sha256(&elegida.cadena, firma);
            if !v.sello_valido && !elegida.complementos_desconocidos.is_empty() {
                otra_lectura(v, documento, &mut elegida, |c| certificado.verify_sha256(c, firma));
            }
            if !v.sello_valido {
                let motivo = "el sello no corresponde al documento: fue alterado o es de otro";
                v.grave("sello", "Comprobante.Sello", motivo);
            }
        }
    }
    v.cadena_sha256 = Some(hex(&sha256(&elegida.cadena)));
    v.cadena = Some(String::from_utf8_lossy(&elegida.cadena).into_owned());
    v.complementos_conocidos = elegida.complementos_conocidos;
    v.complementos_desconocidos = elegida.complementos_desconocidos;
    if let Some(certificado) = certificado {
        if certificado.is_altered() {
            v.grave("certificado", "Comprobante.Certificado", "el certificado fue alterado");
        }
        check_certificado(v, l, &certificado);
    }
}

/// Some makers drop the white space inside complements that the stylesheet does not know before
/// sealing.
fn otra_lectura(
    v: &mut Verificacion,
    documento: &Document,
    elegida: &mut CadenaDocumento,
    verifica: impl Fn(&[u8]) -> bool,
) {
    if let Ok(otra) = cadena_de_documento(documento, Espacios::Omitir)
        && verifica(&otra.cadena)
    {
        v.sello_valido = true;
        *elegida = otra;
    }
}

fn check_certificado(v: &mut Verificacion, l: &Lectura, certificado: &Certificado) {
    let datos = DatosCertificado::of(certificado);
    let campo = "Comprobante.NoCertificado";
    if datos.numero != l.no_certificado {
        let motivo =
            format!("el número es {} y el certificado es {}", l.no_certificado, datos.numero);
        v.grave("certificado", campo, motivo);
    }
    let emisor = l.comprobante.emisor.rfc.to_uppercase();
    if datos.rfc.is_empty() {
        v.aviso("certificado", campo, "el certificado no dice de qué RFC es");
    } else if datos.rfc != emisor {
        let motivo = format!("el certificado es de {} y el emisor es {emisor}", datos.rfc);
        v.grave("certificado", "Emisor.Rfc", motivo);
    }
    if !datos.es_csd {
        v.aviso("certificado", campo, "parece una e.firma y no un certificado de sello digital");
    }
    check_vigencia(v, l, &datos);
    let texto = |ms: i64| Instante::from_millis(ms).to_string();
    v.certificado = Some(CertificadoVerificado {
        numero: datos.numero.clone(),
        rfc: datos.rfc.clone(),
        emisor: certificado.issuer_text(),
        desde: texto(datos.desde_ms),
        hasta: texto(datos.hasta_ms),
    });
}

/// Sealing with a certificate that had ended is what the SAT refuses (304, 305); one that begins
/// later is told, since nobody seals with what does not exist: it is a matter of clocks.
fn check_vigencia(v: &mut Verificacion, l: &Lectura, datos: &DatosCertificado) {
    // The place of issue may be up to eight hours behind UTC; a day of slack never hides a real
    // expiry for long.
    const DIA_MS: i64 = 86_400_000;
    let Ok(fecha) = Zona::utc().instante(&l.comprobante.fecha) else { return };
    let (ms, campo) = (fecha.millis(), "Comprobante.Fecha");
    if ms - DIA_MS > datos.hasta_ms {
        v.grave("certificado_vigencia", campo, "el certificado ya había vencido en esa fecha");
    } else if ms + DIA_MS < datos.desde_ms {
        v.aviso("certificado_vigencia", campo, "el certificado empieza a regir después");
    }
}

fn timbre(v: &mut Verificacion, l: &Lectura, certificado_sat: Option<&Certificado>) {
    let Some(t) = &l.timbre else { return };
    let coincide = !l.sello.is_empty() && sin_espacios(&t.sello_cfd) == sin_espacios(&l.sello);
    if !coincide {
        let motivo = "el timbre es de otro comprobante: SelloCFD no es el sello de este";
        v.grave("timbre", "TimbreFiscalDigital.SelloCFD", motivo);
    }
    if !is_uuid(&t.uuid) {
        v.grave("timbre", "TimbreFiscalDigital.UUID", "el UUID no tiene la forma de un UUID");
    }
    if !is_fecha_hora(&t.fecha_timbrado) {
        v.grave("timbre", "TimbreFiscalDigital.FechaTimbrado", "la fecha no es válida");
    }
    let sello_sat = match certificado_sat.map(|c| t.is_sello_sat_de(c)) {
        None => "no_verificado",
        Some(true) => "valido",
        Some(false) => {
            v.grave("timbre", "TimbreFiscalDigital.SelloSAT", "no corresponde al timbre");
            "invalido"
        }
    };
    v.uuid = Some(t.uuid.clone());
    v.timbre = Some(TimbreVerificado {
        uuid: t.uuid.clone(),
        fecha: t.fecha_timbrado.clone(),
        rfc_prov_certif: t.rfc_prov_certif.clone(),
        no_certificado_sat: t.no_certificado_sat.clone(),
        sello_cfd_coincide: coincide,
        sello_sat,
    });
}

fn sin_espacios(texto: &str) -> String {
    texto.chars().filter(|c| !c.is_ascii_whitespace()).collect()
}
