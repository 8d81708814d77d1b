//! SOAP services of SUNAT on their real paths. It deliberately serves no WSDL: clients embed the
//! contract.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::Response;
use axum::routing::post;
use ramal_xml::{Document, NodeRef, Writer, b64};

use super::Emulador;
use super::fallo::{Clase, Fallo, ensure};
use super::registro::{Estado, Evento};
use crate::servidor::blocking;
use crate::soap;
use crate::xml::{find, read, text_at};

const SERVICE: &str = "http://service.sunat.gob.pe";

/// Routes: beta, production and homologation of billService, and the consult service.
pub fn routes() -> Router<Arc<Emulador>> {
    let mut router = Router::new();
    for ruta in [
        "/ol-ti-itcpfegem-beta/billService",
        "/ol-ti-itcpfegem/billService",
        "/ol-ti-itcpgem-sqa/billService",
    ] {
        router = router.route(ruta, post(bill_service));
    }
    for ruta in ["/ol-it-wsconscpegem/billConsultService", "/billConsultService"] {
        router = router.route(ruta, post(consult_service));
    }
    router
}

async fn bill_service(State(emulador): State<Arc<Emulador>>, body: Bytes) -> Response {
    blocking(move || attend(&body, |doc| emulador.bill_operation(doc))).await
}

async fn consult_service(State(emulador): State<Arc<Emulador>>, body: Bytes) -> Response {
    blocking(move || attend(&body, |doc| emulador.consult_operation(doc))).await
}

fn attend(body: &[u8], run: impl FnOnce(&Document) -> Result<Vec<u8>, Fallo>) -> Response {
    let result = match read(body) {
        Ok(doc) => run(&doc),
        Err(_) => Err(Fallo::new("0101", "el mensaje no es XML")),
    };
    match result {
        Ok(answer) => soap::answer(&answer),
        Err(fallo) => fault(&fallo),
    }
}

fn fault(fallo: &Fallo) -> Response {
    let lado = match fallo.clase() {
        Clase::Sistema if fallo.codigo.as_str() < "0140" => "Server",
        _ => "Client",
    };
    soap::fault(&format!("{lado}.{}", fallo.codigo), &fallo.mensaje, &fallo.mensaje)
}

impl Emulador {
    fn bill_operation(&self, doc: &Document) -> Result<Vec<u8>, Fallo> {
        let ruc = self.login(doc)?;
        let op = soap::operation(doc).ok_or_else(|| Fallo::new("0101", "falta la operación"))?;
        ensure(op.ns() == SERVICE, "0101", "la operación está en otro espacio")?;
        let de = |campo: &str| text_at(op, &[campo]);
        match op.name() {
            "sendBill" => {
                let cdr = self.send_bill(&ruc, &de("fileName"), &de("contentFile"))?;
                Ok(response("sendBill", |w| w.leaf("applicationResponse", &[], &cdr)))
            }
            "sendSummary" => {
                let ticket = self.send_summary(&ruc, &de("fileName"), &de("contentFile"))?;
                Ok(response("sendSummary", |w| w.leaf("ticket", &[], &ticket)))
            }
            "getStatus" => {
                let avance = self.ticket(&ruc, &de("ticket"))?;
                Ok(response("getStatus", |w| {
                    w.open("status", &[]);
                    if let Some(cdr) = &avance.cdr {
                        w.leaf("content", &[], cdr);
                    }
                    w.leaf("statusCode", &[], &avance.codigo);
                    w.close("status");
                }))
            }
            "sendPack" => Err(Fallo::new("0153", "el emulador no recibe lotes")),
            otra => Err(Fallo::new("0101", format!("operación desconocida: {otra}"))),
        }
    }

    fn consult_operation(&self, doc: &Document) -> Result<Vec<u8>, Fallo> {
        let ruc = self.login(doc)?;
        let op = soap::operation(doc).ok_or_else(|| Fallo::new("0101", "falta la operación"))?;
        let con_cdr = match op.name() {
            "getStatus" => false,
            "getStatusCdr" => true,
            otra => return Err(Fallo::new("0101", format!("operación desconocida: {otra}"))),
        };
        let (codigo, mensaje, cdr) = self.consult(&ruc, op)?;
        let nodo = if con_cdr { "statusCdr" } else { "status" };
        Ok(response(op.name(), |w| {
            w.open(nodo, &[]);
            if let Some(cdr) = cdr.filter(|_| con_cdr) {
                w.leaf("content", &[], &cdr);
            }
            w.leaf("statusCode", &[], codigo);
            w.leaf("statusMessage", &[], &mensaje);
            w.close(nodo);
        }))
    }

    /// Code of 4 digits, text and CDR of the document that the operation names.
    fn consult(
        &self,
        ruc: &str,
        op: NodeRef<'_>,
    ) -> Result<(&'static str, String, Option<String>), Fallo> {
        let de = |campo: &str| text_at(op, &[campo]);
        let (emisor, tipo) = (de("rucComprobante"), de("tipoComprobante"));
        let (serie, numero) = (de("serieComprobante"), de("numeroComprobante"));
        let plain = |codigo, texto: &str| Ok((codigo, texto.to_owned(), None));
        if !super::catalogos::is_ruc(&emisor) {
            return plain("0004", "El RUC no es válido");
        }
        if !["01", "07", "08"].contains(&tipo.as_str()) || !serie.starts_with('F') {
            return plain("0006", "Solo se consultan facturas y sus notas");
        }
        if emisor != ruc {
            return plain("0012", "El comprobante no le pertenece");
        }
        let mut registro = self.state();
        self.process_due(&mut registro)?;
        let clave = format!("{emisor}-{tipo}-{serie}-{numero}");
        let Some(cpe) = registro.cpe(&clave) else {
            return plain("0011", "El comprobante de pago electrónico no existe");
        };
        let codigo = match cpe.estado {
            Estado::Aceptado => "0001",
            Estado::Rechazado => "0002",
            Estado::Baja => "0003",
        };
        let mensaje = format!("{} {}", cpe.codigo, cpe.mensaje);
        let Some(lugar) = cpe.cdr else {
            return Ok((codigo, mensaje, None));
        };
        let cdr = match registro.read(lugar) {
            Ok(Evento::Respondido { cdr, .. }) => Some(cdr),
            _ => None,
        };
        Ok((codigo, mensaje, cdr))
    }

    /// RUC of the user. Errors: 0101 without header, 0102 unknown.
    fn login(&self, doc: &Document) -> Result<String, Fallo> {
        let root = doc.root();
        let header = root.child("Header").ok_or_else(|| Fallo::new("0101", ""))?;
        let de = |nombre: &str| {
            let nodo = find(header, nombre).ok_or_else(|| Fallo::new("0101", ""))?;
            Ok::<String, Fallo>(nodo.text().trim().to_owned())
        };
        let (usuario, clave) = (de("Username")?, de("Password")?);
        let ruc = usuario.strip_suffix(&self.opciones.usuario).unwrap_or("").to_owned();
        ensure(super::catalogos::is_ruc(&ruc) && clave == self.opciones.clave, "0102", "")?;
        Ok(ruc)
    }

    /// Bytes of the certificate, base64, for the admin route.
    pub fn certificado_base64(&self) -> String {
        b64::encode(self.certificado_der())
    }
}

fn response(op: &str, write: impl FnOnce(&mut Writer)) -> Vec<u8> {
    let nombre = format!("br:{op}Response");
    let mut w = Writer::new();
    w.open(&nombre, &[("xmlns:br", SERVICE)]);
    write(&mut w);
    w.close(&nombre);
    w.into_bytes()
}
