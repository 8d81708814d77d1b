//! Cancellation: signed request, motives, acceptance and timers. It deliberately applies no "one
//! business day" exemption:
//! a demo cancels what it has just issued and must see the receiver's part.
//!
//! Source: CFF 29-A, rules 2.7.1.34 and 2.7.1.35 of 2026; codes of the SAT's cancellation service.

use ramal_base::Fecha;
use ramal_xml::{NodeRef, Writer, verify_enveloped};
use rust_decimal::Decimal;

use super::catalogos::{Persona, persona};
use super::rechazo::{Rechazo, ensure};
use super::registro::{Cfdi, Estado, Evento, Registro, Respuesta};
use super::reglas::{EXTRANJERO, PUBLICO};
use super::tipos::{is_fecha_hora, is_uuid};
use super::{Emulador, sello};
use crate::firma::{Forma, signature};
use crate::xml::{attr, children, read};

const CANCELA: &str = "http://cancelacfd.sat.gob.mx";
const XSD: (&str, &str) = ("xmlns:xsd", "http://www.w3.org/2001/XMLSchema");
const XSI: (&str, &str) = ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance");

/// Answer for one folio.
pub struct FolioCancelado {
    /// Folio fiscal.
    pub uuid: String,
    /// EstatusUUID: 201, 202, 203, 204, 205…
    pub estatus: &'static str,
    /// EstatusCancelacion of the document after the request.
    pub cancelacion: &'static str,
}

/// Answer for a request.
pub struct Cancelacion {
    /// RFC of the issuer.
    pub emisor: String,
    /// Local time of the answer.
    pub fecha: String,
    /// One for each folio.
    pub folios: Vec<FolioCancelado>,
    /// Acknowledgement, signed.
    pub acuse: String,
}

struct Folio<'a> {
    uuid: String,
    motivo: &'a str,
    sustituto: &'a str,
}

impl Emulador {
    /// Takes a signed request and answers for each of its folios.
    pub fn cancel(&self, bytes: &[u8]) -> Result<Cancelacion, Rechazo> {
        ensure(!self.control.get(|f| f.sat_no_disponible), "708", "")?;
        if let Some(falla) = self.control.fixed_code() {
            return Err(Rechazo::new(&falla.codigo, falla.mensaje));
        }
        let doc = read(bytes).map_err(|e| Rechazo::new("301", format!("XML mal formado: {e}")))?;
        let root = doc.root();
        let emisor = check_request(root)?;
        let informe = verify_enveloped(&doc).map_err(|e| Rechazo::new("302", e.to_string()))?;
        let integro = informe.digest_ok && informe.signature_ok;
        ensure(integro, "302", "la firma de la solicitud no verifica")?;
        let certificado = informe.certificate.ok_or_else(|| Rechazo::new("304", ""))?;
        sello::check_owner(&certificado, emisor)?;
        let ahora = self.now();
        let vigente = (certificado.valid_from()..=certificado.valid_to()).contains(&ahora.millis());
        ensure(vigente, "304", "")?;
        self.cancel_folios(emisor, &folios(root))
    }

    fn cancel_folios(&self, emisor: &str, pedidos: &[Folio<'_>]) -> Result<Cancelacion, Rechazo> {
        let ahora = self.now();
        let fecha = self.zona.local(ahora);
        let mut registro = self.state();
        let mut folios = Vec::new();
        for folio in pedidos {
            self.settle(&mut registro, &folio.uuid);
            let estatus = self.evaluate_folio(&registro, emisor, folio);
            folios.push((folio.uuid.clone(), estatus));
        }
        let acuse = self.acuse(emisor, &fecha, &folios);
        for (uuid, estatus) in &folios {
            if *estatus == "201" {
                self.take_request(&mut registro, uuid, &acuse)?;
            }
        }
        let folios = folios
            .into_iter()
            .map(|(uuid, estatus)| FolioCancelado {
                cancelacion: registro.cfdi(&uuid).map_or("", |c| cancelacion(c)),
                uuid,
                estatus,
            })
            .collect();
        Ok(Cancelacion { emisor: emisor.to_owned(), fecha, folios, acuse })
    }

    fn take_request(
        &self,
        registro: &mut Registro,
        uuid: &str,
        acuse: &str,
    ) -> Result<(), Rechazo> {
        let directa = registro.cfdi(uuid).is_some_and(|c| !needs_acceptance(c));
        let uuid = uuid.to_owned();
        let solicitud = Evento::Solicitud {
            uuid: uuid.clone(),
            ms: self.now().millis(),
            acuse: acuse.to_owned(),
        };
        let error = |e: crate::Error| Rechazo::new("709", e.to_string());
        registro.record(solicitud).map_err(error)?;
        if directa {
            let respuesta = Respuesta::Directa;
            registro.record(Evento::Resuelta { uuid, respuesta }).map_err(error)?;
        }
        Ok(())
    }

    fn evaluate_folio(&self, registro: &Registro, emisor: &str, folio: &Folio<'_>) -> &'static str {
        if !["01", "02", "03", "04"].contains(&folio.motivo) {
            return "207";
        }
        if !is_uuid(&folio.uuid) {
            return "309";
        }
        if folio.motivo == "01" && !is_uuid(folio.sustituto) {
            return "208";
        }
        if folio.motivo != "01" && !folio.sustituto.is_empty() {
            return "209";
        }
        let Some(cfdi) = self.visible(registro, &folio.uuid) else {
            return "205";
        };
        match cfdi.estado {
            _ if cfdi.ficha.emisor != emisor => "203",
            Estado::Cancelado(_) => "202",
            Estado::EnProceso(_) => "798",
            Estado::Vigente if cfdi.solicitudes >= 5 => "799",
            Estado::Vigente if self.is_late(cfdi) => "210",
            Estado::Vigente => evaluate_relations(registro, cfdi, folio),
        }
    }

    /// The document, unless the SAT "does not know it yet".
    pub fn visible<'a>(&self, registro: &'a Registro, uuid: &str) -> Option<&'a Cfdi> {
        let espera = self.control.get(|f| f.desconocido_ms);
        let espera = i64::try_from(espera).unwrap_or(i64::MAX);
        let ahora = self.now().millis();
        registro.cfdi(uuid).filter(|c| ahora.saturating_sub(c.ficha.ms) >= espera)
    }

    /// 31 March for companies, 30 April for persons, of the year after the issue.
    fn is_late(&self, cfdi: &Cfdi) -> bool {
        let anio: i16 = cfdi.ficha.fecha.get(..4).and_then(|a| a.parse().ok()).unwrap_or(0);
        let (mes, dia) = match persona(&cfdi.ficha.emisor) {
            Persona::Moral => (3, 31),
            Persona::Fisica => (4, 30),
        };
        let limite = Fecha::new(anio + 1, mes, dia);
        limite.is_ok_and(|limite| self.zona.fecha(self.now()) > limite)
    }

    /// Lets the time of the receiver run out. A second request after a refusal has no expiry.
    pub fn settle(&self, registro: &mut Registro, uuid: &str) {
        let vencida = registro.cfdi(uuid).is_some_and(|c| match c.estado {
            Estado::EnProceso(desde) => {
                let pasado = self.now().millis() - desde;
                c.solicitudes == 1 && pasado >= self.opciones.plazo_aceptacion_ms
            }
            _ => false,
        });
        if vencida {
            let uuid = uuid.to_ascii_uppercase();
            let evento = Evento::Resuelta { uuid, respuesta: Respuesta::Vencer };
            if let Err(error) = registro.record(evento) {
                tracing::error!(%error, "el emulador no pudo guardar");
            }
        }
    }

    fn acuse(&self, emisor: &str, fecha: &str, folios: &[(String, &str)]) -> String {
        let write = |firma: &[u8]| {
            let mut w = Writer::new();
            w.open("Acuse", &[XSD, XSI, ("Fecha", fecha), ("RfcEmisor", emisor)]);
            for (uuid, estatus) in folios {
                w.open("Folios", &[("xmlns", CANCELA)]);
                w.leaf("UUID", &[], uuid);
                w.leaf("EstatusUUID", &[], estatus);
                w.close("Folios");
            }
            w.raw(firma);
            w.close("Acuse");
            w.into_bytes()
        };
        let alcance = [("xmlns", "http://www.w3.org/2000/09/xmldsig#"), XSD, XSI];
        let forma = Forma { prefijo: "", alcance: &alcance, id: "SelloSAT" };
        let firma = signature(&self.identidad, &write(b""), &forma);
        String::from_utf8_lossy(&write(&firma)).into_owned()
    }
}

/// Shape of the request; gives the issuer.
fn check_request(root: NodeRef<'_>) -> Result<&str, Rechazo> {
    ensure(root.is(CANCELA, "Cancelacion"), "301", "la raíz debe ser Cancelacion")?;
    ensure(is_fecha_hora(attr(root, "Fecha")), "301", "Fecha no cumple el patrón")?;
    let emisor = attr(root, "RfcEmisor");
    ensure(!emisor.is_empty(), "301", "falta RfcEmisor")?;
    let alguno = children(root, "Folios").any(|f| f.child("Folio").is_some());
    ensure(alguno, "301", "la solicitud no trae folios")?;
    Ok(emisor)
}

fn folios<'a>(root: NodeRef<'a>) -> Vec<Folio<'a>> {
    children(root, "Folios")
        .flat_map(|f| children(f, "Folio"))
        .map(|f| Folio {
            uuid: attr(f, "UUID").to_ascii_uppercase(),
            motivo: attr(f, "Motivo"),
            sustituto: attr(f, "FolioSustitucion"),
        })
        .collect()
}

fn evaluate_relations(registro: &Registro, cfdi: &Cfdi, folio: &Folio<'_>) -> &'static str {
    let sustituto = folio.sustituto.to_ascii_uppercase();
    if folio.motivo == "01" {
        let Some(nuevo) = registro.cfdi(&sustituto) else {
            return "208";
        };
        if nuevo.estado != Estado::Vigente || nuevo.ficha.emisor != cfdi.ficha.emisor {
            return "208";
        }
        let sustituye = ("04".to_owned(), cfdi.ficha.uuid.clone());
        if !nuevo.ficha.relacionados.contains(&sustituye) {
            return "312";
        }
    }
    let vivos = registro.live_related(&cfdi.ficha.uuid);
    if vivos.iter().any(|c| c.ficha.uuid != sustituto) {
        return "204";
    }
    "201"
}

/// Whether the receiver must agree. Source: rule 2.7.1.35.
pub fn needs_acceptance(cfdi: &Cfdi) -> bool {
    let ficha = &cfdi.ficha;
    let total: Decimal = ficha.total.parse().unwrap_or_default();
    let chico = ficha.tipo != "P" && total <= Decimal::from(1000);
    let generico = ficha.receptor == PUBLICO || ficha.receptor == EXTRANJERO;
    !(chico || generico || ["E", "T"].contains(&ficha.tipo.as_str()))
}

/// EstatusCancelacion of the status service.
pub fn cancelacion(cfdi: &Cfdi) -> &'static str {
    match cfdi.estado {
        Estado::Vigente if cfdi.rechazada => "Solicitud rechazada",
        Estado::Vigente => "",
        Estado::EnProceso(_) => "En proceso",
        Estado::Cancelado(Respuesta::Aceptar) => "Cancelado con aceptación",
        Estado::Cancelado(Respuesta::Vencer) => "Plazo vencido",
        Estado::Cancelado(_) => "Cancelado sin aceptación",
    }
}
