//! Validation and stamping of a sealed document, the same for both dialects. It deliberately speaks
//! no HTTP.

use ramal_xml::{Document, NodeRef, Writer, b64, sha256};

use super::estructura::{self, TFD};
use super::rechazo::{Rechazo, ensure};
use super::registro::{Cfdi, Evento, Ficha, Registro, Timbrado};
use super::sello::{PLAZO_MS, emisor_rfc, zona_of};
use super::{Emulador, NUMERO_PAC, RFC_PAC, reglas, sello};
use crate::fallas::FallaCodigo;
use crate::xml::{attr, children, read};

const XSD_TFD: &str = "http://www.sat.gob.mx/TimbreFiscalDigital \
    http://www.sat.gob.mx/sitio_internet/cfd/TimbreFiscalDigital/TimbreFiscalDigitalv11.xsd";

/// A stamp that was not given, with the earlier one when it is the same document.
pub struct Negativa {
    /// Why.
    pub rechazo: Rechazo,
    /// The earlier stamp (307, CFDI3307).
    pub previo: Option<Box<Timbrado>>,
}

impl From<Rechazo> for Negativa {
    fn from(rechazo: Rechazo) -> Negativa {
        Negativa { rechazo, previo: None }
    }
}

impl Emulador {
    /// Stamps a sealed document, once for each seal in 72 hours.
    pub fn stamp(&self, bytes: &[u8], customid: Option<&str>) -> Result<Timbrado, Negativa> {
        let (clave, result) = match read(bytes) {
            Ok(doc) => {
                let clave = key(doc.root());
                let result = self.stamp_document(&doc, bytes, customid);
                (clave, result)
            }
            Err(error) => {
                let texto = format!("XML mal formado: {error}");
                ("ilegible".to_owned(), Err(Rechazo::new("301", texto).into()))
            }
        };
        if let Err(negativa) = &result {
            let codigo = negativa.rechazo.codigo.clone();
            let written = self.state().record(Evento::Negado { clave, codigo });
            written.map_err(|e| storage(&e))?;
        }
        result
    }

    fn stamp_document(
        &self,
        doc: &Document,
        bytes: &[u8],
        customid: Option<&str>,
    ) -> Result<Timbrado, Negativa> {
        if self.control.get(|f| f.sat_no_disponible) {
            return Err(Rechazo::new("708", "").into());
        }
        if let Some(FallaCodigo { codigo, mensaje, .. }) = self.control.fixed_code() {
            return Err(Rechazo::new(&codigo, mensaje).into());
        }
        self.evaluate(doc, bytes)?;
        let root = doc.root();
        let sello_sha = hex::encode(sha256(attr(root, "Sello").as_bytes()));
        self.refuse_repeated(&mut self.state(), &sello_sha, customid)?;
        if !self.control.take_timbre() {
            return Err(Rechazo::new("718", "").into());
        }
        let timbrado = self.build(root, bytes, sello_sha, customid)?;
        self.keep(timbrado)
    }

    /// The last look and the writing are under one lock, so that equal requests get one stamp.
    fn keep(&self, timbrado: Timbrado) -> Result<Timbrado, Negativa> {
        let mut registro = self.state();
        let ficha = &timbrado.ficha;
        self.refuse_repeated(&mut registro, &ficha.sello_sha, ficha.customid.as_deref())?;
        let evento = Evento::Timbrado(Box::new(timbrado.clone()));
        registro.record(evento).map_err(|e| storage(&e))?;
        Ok(timbrado)
    }

    fn refuse_repeated(
        &self,
        registro: &mut Registro,
        sello_sha: &str,
        customid: Option<&str>,
    ) -> Result<(), Negativa> {
        let ahora = self.now().millis();
        let recent = |cfdi: Option<&Cfdi>| {
            cfdi.filter(|c| ahora - c.ficha.ms <= PLAZO_MS).map(|c| c.ficha.uuid.clone())
        };
        let (codigo, texto, uuid) = match recent(registro.by_sello(sello_sha)) {
            Some(uuid) => ("307", "", uuid),
            None => match customid.and_then(|id| recent(registro.by_customid(id))) {
                Some(uuid) => (
                    "CFDI3307",
                    "Timbre duplicado. El customId proporcionado está duplicado.",
                    uuid,
                ),
                None => return Ok(()),
            },
        };
        let entero = registro.whole(&uuid).map_err(|e| storage(&e))?;
        let callado = self.control.get(|f| f.previo_sin_datos);
        let previo = entero.filter(|_| !callado).map(Box::new);
        Err(Negativa { rechazo: Rechazo::new(codigo, texto), previo })
    }

    fn evaluate(&self, doc: &Document, bytes: &[u8]) -> Result<(), Rechazo> {
        ensure(std::str::from_utf8(bytes).is_ok(), "301", "el archivo no es UTF-8")?;
        estructura::check(doc, bytes)?;
        let root = doc.root();
        let zona = zona_of(attr(root, "LugarExpedicion"), &self.zona);
        let ahora = self.now();
        sello::check(root, &zona, ahora)?;
        reglas::check(root, zona.fecha(ahora))?;
        self.check_taxpayer(root)?;
        let receptor = root.child("Receptor");
        let dato = |nombre: &str| receptor.map_or("", |r| attr(r, nombre));
        let sorteo = format!("{}|{}", key(root), dato("DomicilioFiscalReceptor"));
        let elegido = self.control.refuses(&format!("{sorteo}|{}", dato("Nombre")));
        ensure(!elegido, "CFDI40148", "")
    }

    fn check_taxpayer(&self, root: NodeRef<'_>) -> Result<(), Rechazo> {
        let Some(receptor) = root.child("Receptor") else {
            return Ok(());
        };
        let padron = self.taxpayers();
        let Some(registrado) = padron.get(attr(receptor, "Rfc")) else {
            return Ok(());
        };
        ensure(registrado.nombre == attr(receptor, "Nombre"), "CFDI40145", "")?;
        let codigo_postal = attr(receptor, "DomicilioFiscalReceptor");
        ensure(registrado.codigo_postal == codigo_postal, "CFDI40148", "")?;
        let regimen = attr(receptor, "RegimenFiscalReceptor");
        let suyo =
            registrado.regimenes.is_empty() || registrado.regimenes.iter().any(|r| r == regimen);
        ensure(suyo, "CFDI40159", "el régimen no está registrado para ese RFC")
    }

    fn build(
        &self,
        root: NodeRef<'_>,
        bytes: &[u8],
        sello_sha: String,
        customid: Option<&str>,
    ) -> Result<Timbrado, Rechazo> {
        let ahora = self.now();
        let zona = zona_of(attr(root, "LugarExpedicion"), &self.zona);
        let fecha_timbrado = zona.local(ahora);
        let sello_cfd = attr(root, "Sello").to_owned();
        let clave = key(root);
        let uuid = self.uuid(&clave, &sello_cfd);
        let cadena = format!("||1.1|{uuid}|{fecha_timbrado}|{RFC_PAC}|{sello_cfd}|{NUMERO_PAC}||");
        let sello_sat = b64::encode(&self.identidad.llave.sign_sha256(cadena.as_bytes()));
        let tfd = tfd(&[&uuid, &fecha_timbrado, &sello_cfd, &sello_sat]);
        let xml = insert(bytes, &tfd)?;
        let ficha = ficha(root, clave, uuid, sello_sha, ahora.millis());
        Ok(Timbrado {
            ficha: Ficha { customid: customid.map(str::to_owned), ..ficha },
            fecha_timbrado,
            sello_cfd,
            sello_sat,
            no_certificado_sat: NUMERO_PAC.to_owned(),
            no_certificado: attr(root, "NoCertificado").to_owned(),
            cadena,
            tfd,
            xml,
        })
    }

    /// A UUID of version 4 drawn from the seed, the seal and how many stamps the invoice has.
    fn uuid(&self, clave: &str, sello_cfd: &str) -> String {
        let timbres = self.state().conteos.get(clave).map_or(0, |c| c.timbres.len());
        let texto = format!("{}|{timbres}|{sello_cfd}", self.control.semilla());
        let hash = sha256(texto.as_bytes());
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&hash[..16]);
        uuid::Builder::from_random_bytes(bytes).into_uuid().to_string().to_uppercase()
    }
}

fn storage(error: &crate::Error) -> Negativa {
    tracing::error!(%error, "el emulador no pudo guardar");
    Rechazo::new("709", "error interno del PAC").into()
}

/// Identity of the invoice: `RFC|tipo|serie|folio`; by its seal when it has no number.
pub fn key(root: NodeRef<'_>) -> String {
    let (serie, folio) = (attr(root, "Serie"), attr(root, "Folio"));
    let emisor = emisor_rfc(root);
    let tipo = attr(root, "TipoDeComprobante");
    if serie.is_empty() && folio.is_empty() {
        let hash = hex::encode(sha256(attr(root, "Sello").as_bytes()));
        return format!("{emisor}|{tipo}||{}", &hash[..16]);
    }
    format!("{emisor}|{tipo}|{serie}|{folio}")
}

fn ficha(root: NodeRef<'_>, clave: String, uuid: String, sello_sha: String, ms: i64) -> Ficha {
    let sello: Vec<char> = attr(root, "Sello").chars().collect();
    let fin_sello = sello[sello.len().saturating_sub(8)..].iter().collect();
    let mut relacionados: Vec<(String, String)> = Vec::new();
    for grupo in children(root, "CfdiRelacionados") {
        let tipo = attr(grupo, "TipoRelacion");
        let uuids = children(grupo, "CfdiRelacionado").map(|r| attr(r, "UUID"));
        relacionados.extend(uuids.map(|u| (tipo.to_owned(), u.to_ascii_uppercase())));
    }
    let pagos = root.find_all(estructura::PAGOS20, "DoctoRelacionado");
    let pagados = pagos.iter().map(|d| attr(*d, "IdDocumento").to_ascii_uppercase());
    relacionados.extend(pagados.map(|u| ("P".to_owned(), u)));
    Ficha {
        uuid,
        clave,
        emisor: emisor_rfc(root).to_owned(),
        receptor: root.child("Receptor").map_or("", |r| attr(r, "Rfc")).to_owned(),
        total: attr(root, "Total").to_owned(),
        tipo: attr(root, "TipoDeComprobante").to_owned(),
        fecha: attr(root, "Fecha").to_owned(),
        fin_sello,
        relacionados,
        ms,
        customid: None,
        sello_sha,
    }
}

/// The node of the stamp: UUID, date, seal of the issuer, seal of the stamp.
fn tfd([uuid, fecha, sello_cfd, sello_sat]: &[&str; 4]) -> String {
    let mut w = Writer::new();
    let attrs = [
        ("xmlns:tfd", TFD),
        ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
        ("xsi:schemaLocation", XSD_TFD),
        ("Version", "1.1"),
        ("UUID", uuid),
        ("FechaTimbrado", fecha),
        ("RfcProvCertif", RFC_PAC),
        ("SelloCFD", sello_cfd),
        ("NoCertificadoSAT", NUMERO_PAC),
        ("SelloSAT", sello_sat),
    ];
    w.open("tfd:TimbreFiscalDigital", &attrs);
    w.close("tfd:TimbreFiscalDigital");
    String::from_utf8_lossy(&w.into_bytes()).into_owned()
}

/// The document with the stamp as last child of its Complemento; no other byte changes.
fn insert(bytes: &[u8], tfd: &str) -> Result<String, Rechazo> {
    let texto = std::str::from_utf8(bytes).map_err(|_| Rechazo::new("301", "no es UTF-8"))?;
    let cuerpo_fin = texto.find("<cfdi:Addenda").or_else(|| texto.rfind("</cfdi:Comprobante"));
    let cuerpo_fin = cuerpo_fin.ok_or_else(|| Rechazo::new("301", "falta el fin de la raíz"))?;
    let (cuerpo, resto) = texto.split_at(cuerpo_fin);
    let vacio = "<cfdi:Complemento/>";
    if let Some((antes, despues)) = cuerpo.split_once(vacio) {
        let nodo = format!("<cfdi:Complemento>{tfd}</cfdi:Complemento>");
        return Ok(format!("{antes}{nodo}{despues}{resto}"));
    }
    match cuerpo.rfind("</cfdi:Complemento>") {
        Some(at) => Ok(format!("{}{tfd}{}{resto}", &cuerpo[..at], &cuerpo[at..])),
        None => Ok(format!("{cuerpo}<cfdi:Complemento>{tfd}</cfdi:Complemento>{resto}")),
    }
}
