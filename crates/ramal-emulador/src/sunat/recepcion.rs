//! Reception of documents and files: checks, verdict, acknowledgement, tickets. It deliberately
//! speaks no SOAP.

use ramal_xml::{Document, NodeRef, b64};

use super::Emulador;
use super::cdr::{self, Datos};
use super::estructura;
use super::fallo::{Clase, Fallo, ensure};
use super::registro::{Evento, Ficha, Registro};
use super::reglas::{self, Observaciones};
use super::resumen::{self, Accion, Archivo};
use super::sobre::{Nombre, unzip};
use crate::xml::{read, text_at};

/// Answer to a ticket.
pub struct Avance {
    /// `0`, `99` or `98`, padded if asked.
    pub codigo: String,
    /// The CDR, base64, once processed.
    pub cdr: Option<String>,
}

impl Emulador {
    /// `sendBill`: gives the zip of the CDR, base64.
    pub fn send_bill(&self, ruc: &str, archivo: &str, contenido: &str) -> Result<String, Fallo> {
        let nombre = Nombre::parse(archivo);
        let clave = nombre.as_ref().map_or_else(|_| "ilegible".into(), Nombre::base);
        let result = nombre.and_then(|n| self.receive_bill(ruc, &n, contenido));
        self.note_refusal(clave, &result)?;
        let (cdr, fallo) = result?;
        match fallo.filter(|_| self.control.get(|f| f.rechazo_como_fault)) {
            Some(fallo) => Err(fallo),
            None => Ok(cdr),
        }
    }

    fn receive_bill(
        &self,
        ruc: &str,
        nombre: &Nombre,
        contenido: &str,
    ) -> Result<(String, Option<Fallo>), Fallo> {
        ensure(nombre.ruc == ruc, "0154", "")?;
        ensure(!nombre.is_summary(), "0152", "")?;
        let bytes = b64::decode(contenido).map_err(|_| Fallo::new("0156", "no es base64"))?;
        let xml = unzip(&bytes, &nombre.base())?;
        self.state().refuse_known(&nombre.base())?;
        if let Some(falla) = self.control.fixed_code() {
            let fallo = Fallo::new(&falla.codigo, falla.mensaje);
            if fallo.clase() != Clase::Rechazo {
                return Err(fallo);
            }
            return self.answer_bill(nombre, Ficha::of(nombre, None), Err(fallo));
        }
        let doc = read(&xml).map_err(|e| Fallo::new("0306", e.to_string()))?;
        let veredicto = self.evaluate_bill(&doc, nombre);
        if let Err(fallo) = &veredicto
            && fallo.clase() != Clase::Rechazo
        {
            return Err(fallo.clone());
        }
        self.settle_bill(&doc, nombre, veredicto)
    }

    fn evaluate_bill(&self, doc: &Document, nombre: &Nombre) -> Result<Observaciones, Fallo> {
        estructura::check(doc, &nombre.tipo)?;
        estructura::check_signature(doc, self.now())?;
        let root = doc.root();
        let notas = reglas::check(root, nombre, self.zona.fecha(self.now()))?;
        ensure(!self.control.refuses(&nombre.base()), "2022", "")?;
        Ok(notas)
    }

    /// The last look at the registry and the writing happen under one lock.
    fn settle_bill(
        &self,
        doc: &Document,
        nombre: &Nombre,
        veredicto: Result<Observaciones, Fallo>,
    ) -> Result<(String, Option<Fallo>), Fallo> {
        let root = doc.root();
        let veredicto = veredicto.and_then(|notas| {
            let registro = self.state();
            if let Some(referencia) = reglas::reference(root).filter(|_| nombre.is_nota()) {
                let afectado = registro.affected(&nombre.ruc, &referencia.tipo, &referencia.id);
                reglas::check_affected(root, nombre, &referencia, &afectado)?;
            }
            Ok(notas)
        });
        self.answer_bill(nombre, Ficha::of(nombre, Some(root)), veredicto)
    }

    fn answer_bill(
        &self,
        nombre: &Nombre,
        ficha: Ficha,
        veredicto: Result<Observaciones, Fallo>,
    ) -> Result<(String, Option<Fallo>), Fallo> {
        let (codigo, mensaje, notas) = match &veredicto {
            Ok(notas) => ("0", accepted(nombre), notas.0.as_slice()),
            Err(fallo) => (fallo.codigo.as_str(), fallo.mensaje.clone(), &[][..]),
        };
        let mut registro = self.state();
        registro.refuse_known(&ficha.clave)?;
        let zip = self.cdr(nombre, (codigo, &mensaje), notas);
        let cdr = b64::encode(&zip);
        let evento = Evento::Respondido {
            ficha,
            codigo: codigo.to_owned(),
            mensaje: mensaje.clone(),
            cdr: cdr.clone(),
        };
        registro.record(evento).map_err(|e| storage(&e))?;
        Ok((cdr, veredicto.err()))
    }

    fn cdr(&self, nombre: &Nombre, (codigo, mensaje): (&str, &str), notas: &[String]) -> Vec<u8> {
        let ahora = self.now();
        let momento = self.zona.local(ahora);
        let variante = self.control.get(|f| f.cdr.clone());
        let datos = Datos {
            base: &nombre.base(),
            id: &nombre.id(),
            ruc: &nombre.ruc,
            recepcion: &ahora.millis().to_string(),
            momento: &momento,
            codigo,
            mensaje,
            notas,
        };
        cdr::build(&datos, &self.identidad, &variante)
    }

    /// `sendSummary`: gives the ticket.
    pub fn send_summary(&self, ruc: &str, archivo: &str, contenido: &str) -> Result<String, Fallo> {
        let nombre = Nombre::parse(archivo);
        let clave = nombre.as_ref().map_or_else(|_| "ilegible".into(), Nombre::base);
        let result = nombre.and_then(|n| self.receive_summary(ruc, &n, contenido));
        self.note_refusal(clave, &result)?;
        result
    }

    fn receive_summary(
        &self,
        ruc: &str,
        nombre: &Nombre,
        contenido: &str,
    ) -> Result<String, Fallo> {
        ensure(nombre.ruc == ruc, "0154", "")?;
        ensure(nombre.is_summary(), "0151", "por este método van RC y RA")?;
        let bytes = b64::decode(contenido).map_err(|_| Fallo::new("0156", "no es base64"))?;
        let xml = unzip(&bytes, &nombre.base())?;
        if let Some(falla) = self.control.fixed_code() {
            return Err(Fallo::new(&falla.codigo, falla.mensaje));
        }
        read(&xml).map_err(|e| Fallo::new("0306", e.to_string()))?;
        let mut registro = self.state();
        registro.refuse_presented(nombre)?;
        let numero = format!("1{:012}", registro.tickets.len() + 1);
        let evento = Evento::Ticket {
            numero: numero.clone(),
            base: nombre.base(),
            ms: self.now().millis(),
            xml: b64::encode(&xml),
        };
        registro.record(evento).map_err(|e| storage(&e))?;
        Ok(numero)
    }

    /// `getStatus`: state of a ticket; processes it when its time has come.
    pub fn ticket(&self, ruc: &str, numero: &str) -> Result<Avance, Fallo> {
        let veces = self.control.get(|f| f.en_proceso_veces);
        let mut registro = self.state();
        let ticket = registro.tickets.get_mut(numero).ok_or_else(|| Fallo::new("0127", numero))?;
        ensure(ticket.nombre.ruc == ruc, "0126", "el ticket es de otro usuario")?;
        if ticket.resultado.is_none() {
            ticket.consultas += 1;
            if ticket.consultas <= veces {
                return Ok(Avance { codigo: self.padded("98"), cdr: None });
            }
        }
        self.process_due(&mut registro)?;
        let resultado = registro.tickets.get(numero).and_then(|t| t.resultado.clone());
        let Some((codigo, lugar)) = resultado else {
            return Ok(Avance { codigo: self.padded("98"), cdr: None });
        };
        let codigo = self.padded(if codigo == "0" { "0" } else { "99" });
        match registro.read(lugar).map_err(|e| storage(&e))? {
            Evento::Procesado { cdr, .. } => Ok(Avance { codigo, cdr: Some(cdr) }),
            _ => Err(Fallo::new("0100", "")),
        }
    }

    fn padded(&self, codigo: &str) -> String {
        match self.control.get(|f| f.estado_relleno) {
            true => format!("{codigo:0>4}"),
            false => codigo.to_owned(),
        }
    }

    /// Processes, in order of arrival, the tickets whose delay is over.
    pub fn process_due(&self, registro: &mut Registro) -> Result<(), Fallo> {
        let (demora, veces) = self.control.get(|f| (f.demora_ticket_ms, f.en_proceso_veces));
        let demora = i64::try_from(demora).unwrap_or(i64::MAX);
        let limite = self.now().millis().saturating_sub(demora);
        let listos: Vec<String> = registro
            .tickets
            .iter()
            .filter(|(_, t)| t.resultado.is_none() && t.ms <= limite && t.consultas >= veces)
            .map(|(numero, _)| numero.clone())
            .collect();
        listos.iter().try_for_each(|numero| self.process(registro, numero))
    }

    /// Processes one ticket, whatever its delay.
    pub fn process(&self, registro: &mut Registro, numero: &str) -> Result<(), Fallo> {
        let Some(ticket) = registro.tickets.get(numero).cloned() else {
            return Err(Fallo::new("0127", numero));
        };
        if ticket.resultado.is_some() {
            return Ok(());
        }
        let Evento::Ticket { xml, .. } = registro.read(ticket.xml).map_err(|e| storage(&e))? else {
            return Err(Fallo::new("0100", ""));
        };
        let xml = b64::decode(&xml).map_err(|_| Fallo::new("0100", ""))?;
        let nombre = &ticket.nombre;
        let veredicto = self.evaluate_summary(registro, nombre, &xml);
        let (codigo, mensaje, archivo) = match &veredicto {
            Ok(archivo) => ("0", accepted(nombre), Some(archivo)),
            Err(fallo) => (fallo.codigo.as_str(), fallo.mensaje.clone(), None),
        };
        let notas = archivo.map_or(&[][..], |a| a.notas.as_slice());
        let zip = self.cdr(nombre, (codigo, &mensaje), notas);
        let (altas, bajas) = archivo.map_or_else(Default::default, |a| changes(nombre, a));
        let evento = Evento::Procesado {
            numero: numero.to_owned(),
            codigo: codigo.to_owned(),
            altas,
            bajas,
            cdr: b64::encode(&zip),
        };
        registro.record(evento).map_err(|e| storage(&e))
    }

    fn evaluate_summary(
        &self,
        registro: &Registro,
        nombre: &Nombre,
        xml: &[u8],
    ) -> Result<Archivo, Fallo> {
        let doc = read(xml).map_err(|e| Fallo::new("0306", e.to_string()))?;
        estructura::check(&doc, &nombre.tipo)?;
        estructura::check_signature(&doc, self.now())?;
        let hoy = self.zona.fecha(self.now());
        let archivo = resumen::read(doc.root(), nombre, hoy)?;
        ensure(!self.control.refuses(&nombre.base()), "2022", "")?;
        registro.check_lines(&nombre.ruc, &archivo, hoy)?;
        Ok(archivo)
    }

    fn note_refusal<T>(&self, clave: String, result: &Result<T, Fallo>) -> Result<(), Fallo> {
        let Err(fallo) = result else {
            return Ok(());
        };
        let evento = Evento::Negado { clave, codigo: fallo.codigo.clone() };
        self.state().record(evento).map_err(|e| storage(&e))
    }
}

fn storage(error: &crate::Error) -> Fallo {
    tracing::error!(%error, "el emulador no pudo guardar");
    Fallo::new("0100", "")
}

fn accepted(nombre: &Nombre) -> String {
    let clase = match nombre.tipo.as_str() {
        "01" => "La Factura",
        "03" => "La Boleta",
        "07" => "La Nota de Crédito",
        "08" => "La Nota de Débito",
        "RC" => "El Resumen diario",
        _ => "La Comunicación de baja",
    };
    format!("{clase} número {}, ha sido aceptada", nombre.id())
}

/// Documents that an accepted file adds and voids.
fn changes(nombre: &Nombre, archivo: &Archivo) -> (Vec<Ficha>, Vec<String>) {
    let (mut altas, mut bajas) = (Vec::new(), Vec::new());
    for linea in &archivo.lineas {
        let clave = format!("{}-{}-{}", nombre.ruc, linea.tipo, linea.id);
        if linea.accion == Accion::Anular {
            bajas.push(clave);
            continue;
        }
        altas.push(Ficha {
            clave,
            fecha: archivo.referencia.to_string(),
            moneda: linea.moneda.clone(),
            total: linea.total.to_string(),
            credito: false,
        });
    }
    (altas, bajas)
}

impl Nombre {
    fn is_nota(&self) -> bool {
        self.tipo == "07" || self.tipo == "08"
    }
}

impl Ficha {
    fn of(nombre: &Nombre, root: Option<NodeRef<'_>>) -> Ficha {
        let resumen = root.map(reglas::summary).unwrap_or_default();
        let fecha = root.map_or_else(String::new, |r| text_at(r, &["IssueDate"]));
        Ficha {
            clave: nombre.base(),
            fecha,
            moneda: resumen.moneda,
            total: resumen.total.to_string(),
            credito: resumen.credito,
        }
    }
}
