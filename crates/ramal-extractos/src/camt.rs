//! ISO 20022 camt.053 of any version, by local names. It refuses a document type, so no entity of
//! a file is ever expanded, and it fetches nothing.

use ramal_base::{Fecha, Moneda};
use roxmltree::{Document, Node, ParsingOptions};

use crate::error::{Motivo, Rechazo};
use crate::importe::centavos;
use crate::linea::{Extracto, Linea, MAX_BYTES};
use crate::texto::{clipped, decode};

/// Reads the statements of a file.
///
/// Errors: the file is refused whole, with the line. Source: integrations 2.5.
pub fn read(bytes: &[u8]) -> Result<Vec<Extracto>, Rechazo> {
    if bytes.len() > MAX_BYTES {
        return Err(Rechazo::whole(Motivo::Grande));
    }
    let texto = decode(bytes, &declared(bytes))?;
    let doc = parsed(&texto)?;
    let raiz = doc.root_element();
    if raiz.tag_name().name() != "Document" {
        return Err(Rechazo::whole(Motivo::Formato("camt.053")));
    }
    let lector = Lector { doc: &doc };
    let mensaje = lector.child(raiz, "BkToCstmrStmt");
    let mensaje = mensaje.ok_or_else(|| Rechazo::whole(Motivo::Formato("camt.053")))?;
    let estados = mensaje.children().filter(|n| n.tag_name().name() == "Stmt");
    let leidos: Result<Vec<_>, _> = estados.map(|n| lector.statement(n)).collect();
    match leidos? {
        vacio if vacio.is_empty() => Err(Rechazo::whole(Motivo::Vacio)),
        extractos => Ok(extractos),
    }
}

/// An XML tree, without document type. Errors: `Doctype`, `Xml` with the line.
pub(crate) fn parsed(texto: &str) -> Result<Document<'_>, Rechazo> {
    let opciones = ParsingOptions { allow_dtd: false, nodes_limit: 4_000_000 };
    Document::parse_with_options(texto, opciones).map_err(|e| match e {
        roxmltree::Error::DtdDetected => Rechazo::whole(Motivo::Doctype),
        roxmltree::Error::NodesLimitReached => Rechazo::whole(Motivo::Grande),
        otro => Rechazo::at(otro.pos().row, Motivo::Xml),
    })
}

/// Encoding that the XML declaration names.
pub(crate) fn declared(bytes: &[u8]) -> String {
    let cabeza = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]).to_lowercase();
    let nombre = cabeza.split("encoding=").nth(1).map(|r| r.trim_start_matches(['"', '\'']));
    let nombre = nombre.and_then(|r| r.split(['"', '\'', '?', ' ']).next());
    nombre.filter(|n| !n.is_empty()).unwrap_or("utf-8").to_owned()
}

struct Lector<'d, 't> {
    doc: &'d Document<'t>,
}

impl<'d, 't> Lector<'d, 't> {
    fn row(&self, nodo: Node<'d, 't>) -> u32 {
        self.doc.text_pos_at(nodo.range().start).row
    }

    fn child(&self, nodo: Node<'d, 't>, nombre: &str) -> Option<Node<'d, 't>> {
        nodo.children().find(|n| n.tag_name().name() == nombre)
    }

    fn at(&self, nodo: Node<'d, 't>, camino: &str) -> Option<Node<'d, 't>> {
        camino.split('/').try_fold(nodo, |n, nombre| self.child(n, nombre))
    }

    fn text(&self, nodo: Node<'d, 't>, camino: &str) -> Option<String> {
        let texto = self.at(nodo, camino)?.text()?.trim();
        (!texto.is_empty()).then(|| texto.to_owned())
    }

    fn missing(&self, nodo: Node<'d, 't>, que: &str) -> Rechazo {
        Rechazo::at(self.row(nodo), Motivo::Falta(que.to_owned()))
    }

    fn statement(&self, nodo: Node<'d, 't>) -> Result<Extracto, Rechazo> {
        let cuenta = ["Acct/Id/IBAN", "Acct/Id/Othr/Id"];
        let cuenta = cuenta.iter().find_map(|c| self.text(nodo, c)).unwrap_or_default();
        let inicial = self.balance(nodo, &["OPBD", "PRCD"])?;
        let cierre = self.balance(nodo, &["CLBD"])?;
        let propia = self.text(nodo, "Acct/Ccy").as_deref().and_then(Moneda::parse);
        let entradas = nodo.children().filter(|n| n.tag_name().name() == "Ntry");
        let mut lineas = Vec::new();
        for entrada in entradas {
            lineas.extend(self.entry(entrada)?);
        }
        let moneda = propia.or(inicial.map(|(_, m)| m)).or(lineas.first().map(|l| l.moneda));
        let moneda = moneda.ok_or_else(|| Rechazo::at(self.row(nodo), Motivo::Moneda))?;
        for (_, otra) in [inicial, cierre].into_iter().flatten() {
            if otra != moneda {
                return Err(Rechazo::at(self.row(nodo), Motivo::OtraMoneda));
            }
        }
        let (saldo_inicial, saldo_final) = (inicial.map(|b| b.0), cierre.map(|b| b.0));
        Extracto { cuenta, moneda, saldo_inicial, saldo_final, lineas }.sealed()
    }

    fn balance(
        &self,
        nodo: Node<'d, 't>,
        codigos: &[&str],
    ) -> Result<Option<(i64, Moneda)>, Rechazo> {
        let saldos = || nodo.children().filter(|n| n.tag_name().name() == "Bal");
        let codigo = |n: &Node<'d, 't>| self.text(*n, "Tp/CdOrPrtry/Cd").unwrap_or_default();
        for buscado in codigos {
            if let Some(saldo) = saldos().find(|n| codigo(n) == *buscado) {
                return self.amount(saldo).map(Some);
            }
        }
        Ok(None)
    }

    /// `Amt` with its currency and the sign of `CdtDbtInd`.
    fn amount(&self, nodo: Node<'d, 't>) -> Result<(i64, Moneda), Rechazo> {
        let at = |motivo| Rechazo::at(self.row(nodo), motivo);
        let monto = self.child(nodo, "Amt").ok_or_else(|| self.missing(nodo, "Amt"))?;
        let moneda = monto.attribute("Ccy").and_then(Moneda::parse);
        let moneda = moneda.ok_or_else(|| at(Motivo::Moneda))?;
        let texto = monto.text().unwrap_or("");
        if !texto.trim().bytes().all(|b| b.is_ascii_digit() || b == b'.') {
            return Err(at(Motivo::Importe));
        }
        let valor = centavos(texto, '.').map_err(at)?;
        match self.text(nodo, "CdtDbtInd").as_deref() {
            Some("CRDT") => Ok((valor, moneda)),
            Some("DBIT") => Ok((-valor, moneda)),
            _ => Err(at(Motivo::CargoAbono)),
        }
    }

    /// An entry is one movement, or one per transaction when a batch adds up to it.
    fn entry(&self, nodo: Node<'d, 't>) -> Result<Vec<Linea>, Rechazo> {
        let estado = ["Sts/Cd", "Sts"].iter().find_map(|c| self.text(nodo, c));
        if estado.is_some_and(|e| e != "BOOK") {
            return Ok(Vec::new());
        }
        let (importe, moneda) = self.amount(nodo)?;
        let operacion = self.date(nodo, "BookgDt")?;
        let valor = self.date(nodo, "ValDt")?.or(operacion);
        let valor = valor.ok_or_else(|| self.missing(nodo, "BookgDt"))?;
        let mut linea = Linea::new(self.row(nodo), valor, importe, moneda);
        linea.fecha_operacion = operacion.unwrap_or(valor);
        linea.id_banco = self.text(nodo, "AcctSvcrRef").map(|t| clipped(&t, 64));
        let info = self.text(nodo, "AddtlNtryInf").unwrap_or_default();
        linea.concepto = clipped(&info, 400);
        let detalles: Vec<Node<'d, 't>> = nodo
            .children()
            .filter(|n| n.tag_name().name() == "NtryDtls")
            .flat_map(|n| n.children().filter(|t| t.tag_name().name() == "TxDtls"))
            .collect();
        match detalles.as_slice() {
            [] => Ok(vec![linea]),
            [uno] => {
                self.describe(*uno, &mut linea);
                Ok(vec![linea])
            }
            varios => self.batch(&linea, varios),
        }
    }

    fn batch(&self, entrada: &Linea, detalles: &[Node<'d, 't>]) -> Result<Vec<Linea>, Rechazo> {
        let mut lineas = Vec::new();
        let mut suma: i128 = 0;
        for (i, detalle) in detalles.iter().enumerate() {
            let Ok((importe, moneda)) = self.amount(*detalle) else { break };
            let mut linea =
                Linea { renglon: self.row(*detalle), importe, moneda, ..entrada.clone() };
            // The entry's own reference is shared by the batch; alone it would make them one.
            linea.id_banco = entrada.id_banco.as_ref().map(|id| format!("{id}.{}", i + 1));
            self.describe(*detalle, &mut linea);
            suma += i128::from(importe);
            lineas.push(linea);
        }
        if lineas.len() == detalles.len() && suma == i128::from(entrada.importe) {
            return Ok(lineas);
        }
        Ok(vec![entrada.clone()])
    }

    fn date(&self, nodo: Node<'d, 't>, cual: &str) -> Result<Option<Fecha>, Rechazo> {
        let caminos = [format!("{cual}/Dt"), format!("{cual}/DtTm")];
        let Some(texto) = caminos.iter().find_map(|c| self.text(nodo, c)) else { return Ok(None) };
        let dia = crate::importe::fecha(&texto, "aaaa-mm-dd");
        dia.map(Some).map_err(|m| Rechazo::at(self.row(nodo), m))
    }

    fn describe(&self, nodo: Node<'d, 't>, linea: &mut Linea) {
        let primero = |caminos: &[&str]| caminos.iter().find_map(|c| self.text(nodo, c));
        let referencia = primero(&["RmtInf/Strd/CdtrRefInf/Ref", "Refs/EndToEndId", "Refs/TxId"]);
        if let Some(r) = referencia.filter(|r| r != "NOTPROVIDED") {
            linea.referencia = clipped(&r, 64);
        }
        let quien = if linea.importe < 0 { "Cdtr" } else { "Dbtr" };
        let nombre = [format!("RltdPties/{quien}/Nm"), format!("RltdPties/{quien}/Pty/Nm")];
        let nombre = nombre.iter().find_map(|c| self.text(nodo, c));
        linea.contraparte = clipped(&nombre.unwrap_or_default(), 140);
        let destino = primero(&["RltdPties/CdtrAcct/Id/Othr/Id", "RltdPties/CdtrAcct/Id/IBAN"]);
        linea.cuenta_destino = clipped(&destino.unwrap_or_default(), 34);
        let textos: Vec<String> = self
            .at(nodo, "RmtInf")
            .into_iter()
            .flat_map(|r| r.children().filter(|n| n.tag_name().name() == "Ustrd"))
            .filter_map(|n| n.text().map(|t| t.trim().to_owned()))
            .collect();
        let todo = format!("{} {}", textos.join(" "), linea.concepto);
        linea.concepto = clipped(&todo, 400);
        let propio = primero(&["Refs/AcctSvcrRef", "Refs/TxId", "Refs/InstrId"]);
        if linea.id_banco.is_none() {
            linea.id_banco = propio.map(|t| clipped(&t, 64));
        }
    }
}
