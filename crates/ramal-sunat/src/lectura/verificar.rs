//! Verdict on a file made by any software: readable, kind, signature, totals, problems. It never
//! asks SUNAT.

use ramal_base::Instante;
use ramal_xml::{Certificado, Document, Limits, NodeRef, SignatureReport, parse, verify_enveloped};
use serde::Serialize;

use super::cuadre::totales_cuadran;
use super::vista::{Vista, leer_documento};
use crate::escritura::EXT;
use crate::firma::nombra_ruc;
use crate::nombres::Nombre;

/// Certificate found in the signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CertificadoLeido {
    /// Serial number, decimal.
    pub serie: String,
    /// Subject.
    pub sujeto: String,
    /// Issuer.
    pub emisor: String,
    /// First instant in force, RFC 3339.
    pub desde: String,
    /// Last instant in force, RFC 3339.
    pub hasta: String,
    /// Whether the subject names the RUC of the document.
    pub nombra_emisor: bool,
}

/// Something found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Hallazgo {
    /// Stable code.
    pub codigo: &'static str,
    /// What is wrong, for people.
    pub motivo: String,
}

impl Verificacion {
    fn grave(&mut self, codigo: &'static str, motivo: impl Into<String>) {
        self.problemas.push(Hallazgo { codigo, motivo: motivo.into() });
    }

    fn aviso(&mut self, codigo: &'static str, motivo: impl Into<String>) {
        self.avisos.push(Hallazgo { codigo, motivo: motivo.into() });
    }
}

/// What `ramal sunat verify` prints for a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Verificacion {
    /// Whether it is XML of a SUNAT document.
    pub legible: bool,
    /// Kind: 01, 03, 07, 08, RC, RA…
    pub tipo: Option<String>,
    /// RUC of the issuer.
    pub emisor: Option<String>,
    /// Legal name of the issuer.
    pub emisor_nombre: Option<String>,
    /// Identifier.
    pub numero: Option<String>,
    /// Issue day.
    pub fecha: Option<String>,
    /// Currency.
    pub moneda: Option<String>,
    /// Total as written.
    pub total: Option<String>,
    /// `ds:DigestValue`, the printed hash.
    pub digest: Option<String>,
    /// Whether the signature covers these bytes and verifies.
    pub firma_valida: bool,
    /// URI of the signature algorithm.
    pub algoritmo: Option<String>,
    /// Embedded certificate.
    pub certificado: Option<CertificadoLeido>,
    /// Whether the sums agree within SUNAT's tolerance. `None`: the kind has no totals.
    pub totales_cuadran: Option<bool>,
    /// Contents of the extensions that Ramal does not know; the signature covers them.
    pub extensiones_desconocidas: Vec<String>,
    /// What makes it invalid.
    pub problemas: Vec<Hallazgo>,
    /// What deserves a look and does not invalidate it.
    pub avisos: Vec<Hallazgo>,
    /// Readable, signed, in agreement.
    pub valido: bool,
}

/// Judges a file. `nombre_archivo`, if given and shaped as SUNAT's names, must match the content.
///
/// Never panics whatever the bytes.
pub fn verificar(bytes: &[u8], nombre_archivo: Option<&str>) -> Verificacion {
    let mut v = Verificacion::default();
    let documento = match parse(bytes, &Limits::juicio()) {
        Ok(documento) => documento,
        Err(error) => {
            v.grave("ilegible", format!("no es un XML legible: {error}"));
            return v;
        }
    };
    let vista = match leer_documento(&documento) {
        Ok(vista) => vista,
        Err(error) => {
            v.grave("no_soportado", error.to_string());
            return v;
        }
    };
    v.legible = true;
    identificar(&mut v, &vista);
    firma(&mut v, &documento, &vista);
    totales(&mut v, &vista);
    nombre(&mut v, &vista, nombre_archivo);
    v.valido = v.legible && v.firma_valida && v.problemas.is_empty();
    v
}

fn identificar(v: &mut Verificacion, vista: &Vista) {
    let texto = |t: &str| (!t.is_empty()).then(|| t.to_owned());
    v.tipo = texto(&vista.tipo);
    v.emisor = texto(&vista.emisor.numero);
    v.emisor_nombre = texto(&vista.emisor.nombre);
    v.numero = texto(&vista.id);
    v.fecha = texto(&vista.fecha);
    v.moneda = texto(&vista.moneda);
    v.total = texto(&vista.totales.total.texto);
    v.extensiones_desconocidas.clone_from(&vista.extensiones_desconocidas);
    let datos = [(&v.tipo, "el tipo"), (&v.emisor, "el RUC del emisor"), (&v.numero, "el número")];
    let faltan = datos.map(|(dato, nombre)| dato.is_none().then_some(nombre));
    for nombre in faltan.into_iter().flatten() {
        v.grave("dato_faltante", format!("falta {nombre} del comprobante"));
    }
    for repetido in &vista.repetidos {
        v.grave("repetido", format!("el elemento {repetido} está repetido"));
    }
    if vista.emisor.numero != vista.firmante && !vista.firmante.is_empty() {
        v.aviso("firmante", "cac:Signature nombra un RUC distinto del emisor (2078)");
    }
}

fn firma(v: &mut Verificacion, documento: &Document, vista: &Vista) {
    let informe = match verify_enveloped(documento) {
        Ok(informe) => informe,
        Err(error) => {
            v.grave("firma", format!("la firma no es válida: {error}"));
            return;
        }
    };
    informe.problems.iter().for_each(|p| v.grave("firma", p.as_str()));
    let en_su_lugar = is_en_su_lugar(documento, &informe);
    if !en_su_lugar {
        let motivo = format!("la firma no está en ExtensionContent, sino en {}", informe.location);
        v.grave("firma", motivo);
    }
    v.firma_valida = informe.is_valid() && en_su_lugar;
    v.digest = Some(informe.digest_value.clone());
    v.algoritmo = Some(informe.signature_method.clone());
    if let Some(certificado) = &informe.certificate {
        if certificado.is_altered() {
            v.grave("certificado", "el certificado fue alterado");
        }
        v.certificado = Some(certificado_leido(certificado, &vista.emisor.numero));
        avisos_de_certificado(v, certificado, vista);
    }
}

/// The only legal place: `/*/ext:UBLExtensions/ext:UBLExtension/ext:ExtensionContent` (§14).
fn is_en_su_lugar(documento: &Document, informe: &SignatureReport) -> bool {
    let mut nodo: Option<NodeRef<'_>> = documento.node(informe.signature).parent();
    for nombre in ["ExtensionContent", "UBLExtension", "UBLExtensions"] {
        match nodo {
            Some(n) if n.is(EXT, nombre) => nodo = n.parent(),
            _ => return false,
        }
    }
    nodo.is_some_and(|n| n.is_root())
}

fn certificado_leido(certificado: &Certificado, ruc: &str) -> CertificadoLeido {
    CertificadoLeido {
        serie: certificado.serial_decimal(),
        sujeto: certificado.subject_text(),
        emisor: certificado.issuer_text(),
        desde: Instante::from_millis(certificado.valid_from()).to_string(),
        hasta: Instante::from_millis(certificado.valid_to()).to_string(),
        nombra_emisor: nombra_ruc(certificado, ruc),
    }
}

fn avisos_de_certificado(v: &mut Verificacion, certificado: &Certificado, vista: &Vista) {
    if !nombra_ruc(certificado, &vista.emisor.numero) {
        v.aviso("certificado", "el certificado no nombra el RUC del emisor");
    }
    let dia = |ms: i64| Instante::from_millis(ms).to_string().chars().take(10).collect::<String>();
    let (desde, hasta) = (dia(certificado.valid_from()), dia(certificado.valid_to()));
    // SUNAT refuses what a certificate that had ended signed (2327).
    if vista.fecha > hasta {
        v.grave("certificado_vigencia", format!("el certificado ya había vencido el {hasta}"));
    } else if vista.fecha < desde {
        v.aviso("certificado_vigencia", format!("el certificado empieza a regir el {desde}"));
    }
}

fn totales(v: &mut Verificacion, vista: &Vista) {
    let Some(descuadres) = totales_cuadran(vista) else { return };
    v.totales_cuadran = Some(descuadres.is_empty());
    for descuadre in descuadres {
        v.grave("totales", format!("los totales no cuadran: {descuadre}"));
    }
}

fn nombre(v: &mut Verificacion, vista: &Vista, archivo: Option<&str>) {
    let Some(Ok(nombre)) = archivo.map(Nombre::parse) else { return };
    let pares = [
        (nombre.ruc == vista.emisor.numero, "1034", "el RUC"),
        (nombre.tipo == vista.tipo, "1003", "el tipo"),
        (nombre.id() == vista.id, "1035", "la serie o el número"),
    ];
    for (_, codigo, dato) in pares.iter().filter(|(igual, ..)| !igual) {
        let motivo = format!("{dato} del nombre del archivo no es el del contenido ({codigo})");
        v.grave("nombre_archivo", motivo);
    }
}
