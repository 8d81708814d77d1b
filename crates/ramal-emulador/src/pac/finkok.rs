//! SOAP dialect of Finkok. It deliberately offers no operation that needs the issuer's CSD.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::Response;
use axum::routing::post;
use ramal_xml::{NodeRef, Writer, b64, sha256};

use super::Emulador;
use super::cancelacion::Cancelacion;
use super::consulta::Expresion;
use super::rechazo::Rechazo;
use super::registro::Timbrado;
use super::sello::emisor_rfc;
use crate::servidor::blocking;
use crate::soap;
use crate::xml::{attr, read, text_at};

const STAMP: &str = "http://facturacion.finkok.com/stamp";
const CANCEL: &str = "http://facturacion.finkok.com/cancel";
const UTILITIES: &str = "http://facturacion.finkok.com/utilities";
const VIEWS: &str = "apps.services.soap.core.views";
const TIMBRADO: &str = "Comprobante timbrado satisfactoriamente";
const PREVIO: &str = "Comprobante timbrado previamente";

/// Routes of the dialect, with and without `.wsdl`.
pub fn routes() -> Router<Arc<Emulador>> {
    let mut router = Router::new();
    for servicio in ["stamp", "cancel", "utilities"] {
        let ruta = format!("/servicios/soap/{servicio}");
        router = router.route(&format!("{ruta}.wsdl"), post(attend)).route(&ruta, post(attend));
    }
    router
}

async fn attend(State(emulador): State<Arc<Emulador>>, body: Bytes) -> Response {
    blocking(move || {
        let Ok(doc) = read(&body) else {
            return soap::fault("Client", "El mensaje no es XML", "");
        };
        match soap::operation(&doc) {
            Some(operacion) => emulador.dispatch(operacion),
            None => soap::fault("Client", "El mensaje no es un sobre SOAP", ""),
        }
    })
    .await
}

impl Emulador {
    fn dispatch(&self, op: NodeRef<'_>) -> Response {
        let entra = self.knows(op);
        match op.name() {
            "stamp" | "quick_stamp" => self.soap_stamp(op, entra),
            "stamped" => self.soap_stamped(op, entra),
            "query_pending" => self.query_pending(op),
            "cancel_signature" => self.cancel_signature(op, entra),
            "get_receipt" => self.get_receipt(op, entra),
            "get_sat_status" => self.get_sat_status(op, entra),
            "get_pending" => self.get_pending(op, entra),
            "get_xml" => self.get_xml(op, entra),
            otra => soap::fault("Client", &format!("Operación desconocida: {otra}"), ""),
        }
    }

    fn knows(&self, op: NodeRef<'_>) -> bool {
        text_at(op, &["username"]) == self.opciones.usuario
            && text_at(op, &["password"]) == self.opciones.clave
    }

    fn soap_stamp(&self, op: NodeRef<'_>, entra: bool) -> Response {
        if !entra {
            return incidence(
                op.name(),
                &Rechazo::new("300", "Usuario o contraseña inválidos"),
                "",
            );
        }
        let bytes = match payload(op) {
            Ok(bytes) => bytes,
            Err(rechazo) => return incidence(op.name(), &rechazo, ""),
        };
        match self.stamp(&bytes, None) {
            Ok(timbrado) => stamped_answer(op.name(), &timbrado, TIMBRADO),
            Err(negativa) => match negativa.previo.filter(|_| op.name() == "stamp") {
                Some(previo) => stamped_answer(op.name(), &previo, PREVIO),
                None => incidence(op.name(), &negativa.rechazo, &issuer(&bytes)),
            },
        }
    }

    fn soap_stamped(&self, op: NodeRef<'_>, entra: bool) -> Response {
        let previo = payload(op).ok().filter(|_| entra).and_then(|bytes| {
            let doc = read(&bytes).ok()?;
            let sello = hex::encode(sha256(attr(doc.root(), "Sello").as_bytes()));
            let mut registro = self.state();
            let uuid = registro.by_sello(&sello)?.ficha.uuid.clone();
            registro.whole(&uuid).ok().flatten()
        });
        match previo {
            Some(timbrado) => stamped_answer(op.name(), &timbrado, TIMBRADO),
            None => {
                let rechazo = Rechazo::new("603", "El CFDI no contiene un timbre previo");
                incidence(op.name(), &rechazo, "")
            }
        }
    }

    fn query_pending(&self, op: NodeRef<'_>) -> Response {
        let uuid = text_at(op, &["uuid"]);
        let entero = self.state().whole(&uuid).ok().flatten();
        let mut campos = vec![("status", "F".to_owned()), ("uuid", uuid)];
        match entero {
            Some(t) => campos.extend([
                ("uuid_status", "S".to_owned()),
                ("attempts", "1".to_owned()),
                ("date", t.fecha_timbrado),
                ("xml", t.xml),
            ]),
            None => campos.push(("error", "UUID no encontrado".to_owned())),
        }
        fields(STAMP, "query_pending", &campos)
    }

    fn cancel_signature(&self, op: NodeRef<'_>, entra: bool) -> Response {
        if !entra {
            let error = ("CodEstatus", "Invalid Username or Password".to_owned());
            return fields(CANCEL, op.name(), &[error]);
        }
        let cancelada = payload(op).and_then(|bytes| self.cancel(&bytes));
        match cancelada {
            Ok(c) => cancel_answer(op.name(), &c),
            Err(r) => {
                let texto = format!("{} - {}", r.codigo, r.mensaje);
                fields(CANCEL, op.name(), &[("CodEstatus", texto)])
            }
        }
    }

    fn get_receipt(&self, op: NodeRef<'_>, entra: bool) -> Response {
        let uuid = text_at(op, &["uuid"]);
        let rfc = text_at(op, &["taxpayer_id"]);
        let registro = self.state();
        let cfdi = registro.cfdi(&uuid).filter(|c| entra && c.ficha.emisor == rfc);
        let acuse = cfdi.and_then(|c| c.acuse.clone());
        let mut campos = vec![("uuid", uuid), ("taxpayer_id", rfc)];
        match acuse {
            Some(acuse) => {
                campos.extend([("success", "true".to_owned()), ("receipt", acuse)]);
            }
            None => campos.extend([
                ("success", "false".to_owned()),
                ("error", "No se encontró el acuse".to_owned()),
            ]),
        }
        fields(CANCEL, "get_receipt", &campos)
    }

    fn get_sat_status(&self, op: NodeRef<'_>, entra: bool) -> Response {
        if !entra {
            let error = ("error", "Invalid Username or Password".to_owned());
            return fields(CANCEL, op.name(), &[error]);
        }
        let estado = self.status(&Expresion {
            uuid: text_at(op, &["uuid"]).to_ascii_uppercase(),
            emisor: text_at(op, &["taxpayer_id"]),
            receptor: text_at(op, &["rtaxpayer_id"]),
            total: text_at(op, &["total"]),
            sello: String::new(),
        });
        answer(CANCEL, op.name(), |w| {
            w.open("s0:sat", &[]);
            w.leaf("s0:CodigoEstatus", &[], estado.codigo);
            w.leaf("s0:EsCancelable", &[], estado.es_cancelable);
            w.leaf("s0:Estado", &[], estado.estado);
            w.leaf("s0:EstatusCancelacion", &[], estado.cancelacion);
            w.leaf("s0:ValidacionEFOS", &[], "200");
            w.close("s0:sat");
        })
    }

    fn get_pending(&self, op: NodeRef<'_>, entra: bool) -> Response {
        let uuids = match entra {
            true => self.state().pending_of(&text_at(op, &["rtaxpayer_id"])),
            false => Vec::new(),
        };
        answer(CANCEL, op.name(), |w| {
            w.open("s0:uuids", &[]);
            uuids.iter().for_each(|u| w.leaf("s0:string", &[], u));
            w.close("s0:uuids");
        })
    }

    fn get_xml(&self, op: NodeRef<'_>, entra: bool) -> Response {
        let uuid = text_at(op, &["uuid"]);
        let rfc = text_at(op, &["taxpayer_id"]);
        let entero = self.state().whole(&uuid).ok().flatten();
        match entero.filter(|t| entra && (t.ficha.emisor == rfc || t.ficha.receptor == rfc)) {
            Some(t) => fields(UTILITIES, op.name(), &[("xml", t.xml)]),
            None => {
                let error = ("error", "No se encontró el comprobante".to_owned());
                fields(UTILITIES, op.name(), &[error])
            }
        }
    }
}

/// Bytes of `xml`, base64 exactly once.
fn payload(op: NodeRef<'_>) -> Result<Vec<u8>, Rechazo> {
    let error = || Rechazo::new("705", "XML mal formado o codificado dos veces");
    let bytes = b64::decode(&text_at(op, &["xml"])).map_err(|_| error())?;
    let inicio = bytes.strip_prefix(&[0xEF, 0xBB, 0xBF][..]).unwrap_or(&bytes);
    if inicio.first() == Some(&b'<') { Ok(bytes) } else { Err(error()) }
}

fn issuer(bytes: &[u8]) -> String {
    read(bytes).map_or_else(|_| String::new(), |doc| emisor_rfc(doc.root()).to_owned())
}

fn answer(ns: &str, op: &str, write: impl FnOnce(&mut Writer)) -> Response {
    let (response, result) = (format!("tns:{op}Response"), format!("tns:{op}Result"));
    let mut w = Writer::new();
    w.open(&response, &[("xmlns:s0", VIEWS), ("xmlns:tns", ns)]);
    w.open(&result, &[]);
    write(&mut w);
    w.close(&result);
    w.close(&response);
    soap::answer(&w.into_bytes())
}

fn fields(ns: &str, op: &str, campos: &[(&str, String)]) -> Response {
    answer(ns, op, |w| {
        for (nombre, valor) in campos {
            w.leaf(&format!("s0:{nombre}"), &[], valor);
        }
    })
}

fn stamped_answer(op: &str, t: &Timbrado, estatus: &str) -> Response {
    answer(STAMP, op, |w| {
        w.leaf("s0:xml", &[], &t.xml);
        w.leaf("s0:UUID", &[], &t.ficha.uuid);
        w.leaf("s0:Fecha", &[], &t.fecha_timbrado);
        w.leaf("s0:CodEstatus", &[], estatus);
        w.leaf("s0:SatSeal", &[], &t.sello_sat);
        w.open("s0:Incidencias", &[]);
        if estatus == PREVIO {
            let rechazo = Rechazo::new("307", "");
            write_incidence(w, &rechazo, &t.ficha.emisor, &t.ficha.uuid);
        }
        w.close("s0:Incidencias");
        w.leaf("s0:NoCertificadoSAT", &[], &t.no_certificado_sat);
    })
}

fn incidence(op: &str, rechazo: &Rechazo, emisor: &str) -> Response {
    answer(STAMP, op, |w| {
        w.open("s0:Incidencias", &[]);
        write_incidence(w, rechazo, emisor, "");
        w.close("s0:Incidencias");
    })
}

fn write_incidence(w: &mut Writer, rechazo: &Rechazo, emisor: &str, uuid: &str) {
    w.open("s0:Incidencia", &[]);
    for (nombre, valor) in [
        ("IdIncidencia", "1"),
        ("Uuid", uuid),
        ("CodigoError", rechazo.codigo.as_str()),
        ("WorkProcessId", ""),
        ("MensajeIncidencia", rechazo.mensaje.as_str()),
        ("ExtraInfo", ""),
        ("RfcEmisor", emisor),
        ("NoCertificadoPac", super::NUMERO_PAC),
    ] {
        w.leaf(&format!("s0:{nombre}"), &[], valor);
    }
    w.close("s0:Incidencia");
}

fn cancel_answer(op: &str, c: &Cancelacion) -> Response {
    answer(CANCEL, op, |w| {
        w.open("s0:Folios", &[]);
        for folio in &c.folios {
            w.open("s0:Folio", &[]);
            w.leaf("s0:UUID", &[], &folio.uuid);
            w.leaf("s0:EstatusUUID", &[], folio.estatus);
            w.leaf("s0:EstatusCancelacion", &[], folio.cancelacion);
            w.close("s0:Folio");
        }
        w.close("s0:Folios");
        w.leaf("s0:Acuse", &[], &c.acuse);
        w.leaf("s0:Fecha", &[], &c.fecha);
        w.leaf("s0:RfcEmisor", &[], &c.emisor);
        let estatus = match c.folios.first() {
            Some(f) if f.estatus == "204" => "no_cancelable",
            _ => "",
        };
        w.leaf("s0:CodEstatus", &[], estatus);
    })
}
