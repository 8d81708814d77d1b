//! Building a file from documents: lines from their frozen XML, number, local validation,
//! signature. It sends nothing.

use ramal_base::{Dinero, Fecha, Moneda};
use ramal_db::{DbError, Tx};
use ramal_jobs::{JobError, enqueue};
use ramal_sunat::lectura::{self, Vista};
use ramal_sunat::modelo::{Baja, Condicion, LineaBaja, LineaResumen, Lote, Resumen};
use ramal_sunat::validador::{Contexto, validar_xml};
use ramal_sunat::{FirmanteSunat, Tipo, TipoIdentidad, escribir_baja, escribir_resumen};

use super::filas::{self, NuevoLote};
use super::{Pedido, lote_job};
use crate::baja::Cancelacion;
use crate::conexiones::Servicio;
use crate::storage::{self, Clase, ComprobanteFila};
use crate::{ComprobanteId, EmisorFiscal, Error, Firmante, firmante};

/// A document with its line.
#[derive(Clone)]
pub(super) struct Miembro {
    pub(super) fila: ComprobanteFila,
    linea: Renglon,
}

#[derive(Clone)]
enum Renglon {
    Resumen(Box<LineaResumen>),
    Baja(LineaBaja),
}

/// A document that cannot be in the file, with the code and the reason.
pub(super) type Malo = (ComprobanteFila, String, String);

/// Who builds: services, emisor, its signer, the kind of file.
pub(super) struct Taller<'a> {
    pub(super) s: &'a Servicio,
    pub(super) emisor: &'a EmisorFiscal,
    pub(super) firmante: &'a FirmanteSunat,
    pub(super) pedido: Pedido,
}

/// Opens the signer of an emisor. Errors: retry if it is missing, for somebody will load it.
pub(super) async fn signer(
    s: &Servicio,
    emisor: &EmisorFiscal,
) -> Result<Box<FirmanteSunat>, JobError> {
    match firmante::open(&s.db, &s.sello, emisor).await {
        Ok(Firmante::Pe(f)) => Ok(f),
        Ok(Firmante::Mx(_)) => Err(JobError::fail("el certificado es de otro país")),
        Err(Error::Storage(e)) => Err(e.into()),
        Err(e) => Err(JobError::retry(e)),
    }
}

/// Reads the documents and makes their lines.
pub(super) async fn members(
    s: &Servicio,
    pedido: Pedido,
    filas: Vec<ComprobanteFila>,
) -> Result<Vec<Miembro>, DbError> {
    let mut miembros = Vec::with_capacity(filas.len());
    for fila in filas {
        let linea = match pedido {
            Pedido::BajaComunicada => Renglon::Baja(void_line(&fila)),
            _ => {
                let xml = storage::bytes(&s.db, &s.objetos, fila.id, Clase::Xml).await?;
                let xml = xml.ok_or(DbError::Corrupt("a document has no frozen bytes"))?;
                let vista = lectura::leer(&xml)
                    .map_err(|_| DbError::Corrupt("a frozen document does not read back"))?;
                Renglon::Resumen(Box::new(summary_line(&fila, &vista, pedido)))
            }
        };
        miembros.push(Miembro { fila, linea });
    }
    Ok(miembros)
}

fn void_line(fila: &ComprobanteFila) -> LineaBaja {
    LineaBaja {
        tipo: Tipo::parse(&fila.tipo).unwrap_or(Tipo::Factura),
        serie: fila.serie.clone(),
        numero: u32::try_from(fila.folio).unwrap_or(0),
        motivo: reason(fila),
    }
}

fn reason(fila: &ComprobanteFila) -> String {
    let texto = Cancelacion::of(fila).map(|c| c.motivo.texto).unwrap_or_default();
    texto.trim().chars().take(100).collect()
}

fn summary_line(fila: &ComprobanteFila, v: &Vista, pedido: Pedido) -> LineaResumen {
    let moneda = Moneda::parse(&fila.moneda).unwrap_or(Moneda::Pen);
    let cero = Dinero::cero(moneda);
    let subtotales: Vec<_> = v.impuestos.iter().flat_map(|i| &i.subtotales).collect();
    let money = |m: &lectura::Monto| Dinero::from_decimal(m.o_cero(), moneda).unwrap_or(cero);
    let de = |tributo: &str| subtotales.iter().find(|s| s.tributo == tributo);
    let base = |tributo: &str| de(tributo).map_or(cero, |s| money(&s.base));
    let cliente = v
        .cliente
        .as_ref()
        .and_then(|c| TipoIdentidad::parse(&c.tipo).map(|tipo| (tipo, c.numero.clone())));
    LineaResumen {
        tipo: Tipo::parse(&fila.tipo).unwrap_or(Tipo::Boleta),
        id: fila.numero(),
        cliente,
        afectado: v.afectados.first().map(|a| a.id.clone()),
        condicion: match pedido {
            Pedido::Alta => Condicion::Adicionar,
            _ => Condicion::Anular,
        },
        total: Dinero::new(fila.total, moneda),
        gravado: base("1000"),
        exonerado: base("9997"),
        inafecto: base("9998"),
        exportacion: base("9995"),
        gratuito: base("9996"),
        otros_cargos: cero,
        igv: de("1000").map_or(cero, |s| money(&s.impuesto)),
    }
}

impl Taller<'_> {
    /// Numbers, signs and stores a file with its job, in the caller's transaction.
    ///
    /// The inner error lists documents that SUNAT would refuse; then nothing may be committed.
    pub(super) async fn build(
        &self,
        tx: &Tx,
        miembros: &[Miembro],
        numero: i64,
    ) -> Result<Result<(), Vec<Malo>>, JobError> {
        let Some(primero) = miembros.first() else { return Ok(Ok(())) };
        let referencia = primero.fila.fecha;
        let hoy = self.emisor.zona.fecha(self.s.cx.now());
        let lote = self.header(hoy, referencia, numero);
        let nombre = lote.nombre(self.pedido.tipo());
        let documento = self.write(lote, miembros);
        let firmado = self
            .firmante
            .firmar(&documento, self.s.cx.now())
            .map_err(|e| JobError::fail(format!("no se pudo firmar el resumen: {e}")))?;
        let malos = refused(&firmado.xml, &nombre, hoy, miembros)?;
        if !malos.is_empty() {
            return Ok(Err(malos));
        }
        let motivo = |m: &Miembro| match self.pedido {
            Pedido::Alta => None,
            _ => Some(reason(&m.fila)),
        };
        let nuevo = NuevoLote {
            emisor: self.emisor.id,
            pedido: self.pedido,
            fecha: hoy,
            numero,
            referencia,
            nombre,
            xml: firmado.xml,
            miembros: miembros.iter().map(|m| (m.fila.id, motivo(m))).collect(),
        };
        let id = filas::insert(tx, &self.s.cx, nuevo).await?;
        enqueue(tx, &self.s.cx, lote_job(id)).await?;
        Ok(Ok(()))
    }

    /// The next number of the day; its counter stays locked until the transaction ends.
    pub(super) async fn number(&self, tx: &Tx) -> Result<i64, DbError> {
        let hoy = self.emisor.zona.fecha(self.s.cx.now());
        let tipo = self.pedido.tipo().codigo();
        tx.take_numbers(&format!("fiscal/{}/{tipo}/{hoy}", self.emisor.id), 1).await
    }

    fn header(&self, fecha: Fecha, fecha_documentos: Fecha, numero: i64) -> Lote {
        Lote {
            ruc: self.emisor.numero.clone(),
            razon_social: self.emisor.razon_social.chars().take(100).collect(),
            fecha,
            fecha_documentos,
            n: u32::try_from(numero).unwrap_or(u32::MAX),
        }
    }

    fn write(&self, lote: Lote, miembros: &[Miembro]) -> ramal_sunat::SinFirma {
        if self.pedido == Pedido::BajaComunicada {
            let lineas = miembros.iter().filter_map(|m| match &m.linea {
                Renglon::Baja(linea) => Some(linea.clone()),
                Renglon::Resumen(_) => None,
            });
            return escribir_baja(&Baja { lote, lineas: lineas.collect() });
        }
        let lineas = miembros.iter().filter_map(|m| match &m.linea {
            Renglon::Resumen(linea) => Some((**linea).clone()),
            Renglon::Baja(_) => None,
        });
        let moneda = miembros.first().and_then(|m| Moneda::parse(&m.fila.moneda));
        let moneda = moneda.unwrap_or(Moneda::Pen);
        escribir_resumen(&Resumen { lote, moneda, lineas: lineas.collect() })
    }
}

/// Documents whose line the local validator refuses. Errors: the file itself is wrong.
fn refused(
    xml: &[u8],
    nombre: &str,
    hoy: Fecha,
    miembros: &[Miembro],
) -> Result<Vec<Malo>, JobError> {
    let contexto = Contexto { hoy: Some(hoy), nombre: Some(nombre), ..Contexto::default() };
    let hallazgos = validar_xml(xml, &contexto).map_err(|e| JobError::fail(e.to_string()))?;
    let mut malos: Vec<Malo> = Vec::new();
    for h in hallazgos.iter().filter(|h| h.codigo.parse::<u32>().map_or(true, |n| n < 4_000)) {
        let n = h.campo.strip_prefix("línea ").map(|r| r.trim_start());
        let n =
            n.and_then(|r| r.split(|c: char| !c.is_ascii_digit()).next()?.parse::<usize>().ok());
        match n.and_then(|n| miembros.get(n.checked_sub(1)?)) {
            Some(m) if malos.iter().any(|(f, _, _)| f.id == m.fila.id) => {}
            Some(m) => malos.push((m.fila.clone(), h.codigo.clone(), h.motivo.clone())),
            // A rule of the whole file, as the term of a voiding, holds for each of its documents.
            None => {
                let malo = |m: &Miembro| (m.fila.clone(), h.codigo.clone(), h.motivo.clone());
                return Ok(miembros.iter().map(malo).collect());
            }
        }
    }
    Ok(malos)
}

/// Ids of a group.
pub(super) fn ids(miembros: &[Miembro]) -> Vec<ComprobanteId> {
    miembros.iter().map(|m| m.fila.id).collect()
}
