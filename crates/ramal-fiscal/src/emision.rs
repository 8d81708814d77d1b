//! Storing what was signed: document, frozen bytes and the job that sends it, in the issuing
//! transaction.

use ramal_base::Cx;
use ramal_db::{Bulk, DbError, Tx, Value};
use ramal_jobs::{LoteTrabajos, NuevoTrabajo};
use serde_json::json;

use crate::{Comprobante, ComprobanteId, Contenido, Estado, preparado::Montos};

/// Kind of the job that hands a document to its authority.
pub const TRABAJO_ENVIAR: &str = "fiscal.enviar";

/// A signed document; its bytes are what is sent, for ever.
pub struct Sellado {
    /// The neutral document, numbered.
    pub comprobante: Comprobante,
    /// Its legal amounts.
    pub montos: Montos,
    /// Exact bytes.
    pub xml: Vec<u8>,
    /// Sello (MX) or DigestValue (PE), base64.
    pub digest: String,
}

const COLUMNAS: &[&str] = &[
    "id",
    "emisor_id",
    "cliente_id",
    "tipo",
    "serie",
    "folio",
    "origen_tipo",
    "origen_id",
    "fecha",
    "emitido",
    "moneda",
    "total",
    "estado",
    "intentos",
    "huella",
    "digest",
    "espera_de",
    "cdr_pendiente",
    "version",
    "receptor",
    "receptor_numero",
];
const COLUMNAS_RELACION: &[&str] = &["comprobante_id", "relacionado_id", "codigo"];
const COLUMNAS_DOCUMENTO: &[&str] =
    &["comprobante_id", "clase", "huella", "peso_bytes", "contenido", "creado"];

/// Stores signed documents and the jobs that send them.
///
/// Errors: `Unique` if a number was stored before, which no caller that took it from its serie can
/// cause.
pub async fn store(tx: &Tx, cx: &Cx, sellados: Vec<Sellado>) -> Result<(), DbError> {
    let mut filas = Bulk::new("comprobantes", COLUMNAS);
    let mut documentos = Bulk::new("documentos", COLUMNAS_DOCUMENTO);
    let mut relaciones = Bulk::new("comprobante_relaciones", COLUMNAS_RELACION);
    let mut trabajos = LoteTrabajos::new();
    for sellado in sellados {
        let huella = hex::encode(ramal_xml::sha256(&sellado.xml));
        filas.push(row(&sellado, &huella));
        let id = sellado.comprobante.id;
        for (relacionado, codigo) in related(&sellado.comprobante.contenido) {
            relaciones.push([id.into(), relacionado.into(), codigo.into()]);
        }
        trabajos.push(cx, send_job(id.uuid()));
        documentos.push([
            id.into(),
            "xml".into(),
            huella.into(),
            i64::try_from(sellado.xml.len()).unwrap_or(i64::MAX).into(),
            Value::from(sellado.xml),
            cx.now().into(),
        ]);
    }
    filas.insert(tx).await?;
    documentos.insert(tx).await?;
    relaciones.insert_ignoring(tx).await?;
    trabajos.insert(tx).await
}

/// The job that sends a document, at most one per document.
pub fn send_job(comprobante: uuid::Uuid) -> NuevoTrabajo {
    NuevoTrabajo {
        tipo: TRABAJO_ENVIAR,
        clave: Some(comprobante.to_string()),
        datos: json!({ "comprobante_id": comprobante }),
        no_antes: None,
    }
}

/// Documents that it names, with the code of the relation; `P` where it pays them.
fn related(contenido: &Contenido) -> Vec<(ComprobanteId, &str)> {
    match contenido {
        Contenido::Venta { relacion: Some(r), .. } => vec![(r.comprobante_id, r.codigo.as_str())],
        Contenido::Pagos(pagos) => {
            let partidas = pagos.iter().flat_map(|p| &p.partidas);
            partidas.map(|p| (p.factura.comprobante_id, "P")).collect()
        }
        _ => Vec::new(),
    }
}

fn row(sellado: &Sellado, huella: &str) -> Vec<Value> {
    let c = &sellado.comprobante;
    let espera_de = match &c.contenido {
        Contenido::Venta { relacion: Some(relacion), .. } => Some(relacion.comprobante_id),
        _ => None,
    };
    vec![
        c.id.into(),
        c.emisor.id.into(),
        c.cliente_id.into(),
        c.tipo.codigo().into(),
        c.serie.as_str().into(),
        c.folio.into(),
        c.origen.tipo.into(),
        c.origen.id.into(),
        c.fecha().into(),
        c.emitido.into(),
        c.moneda.codigo().into(),
        sellado.montos.total.into(),
        Estado::EnCola.as_str().into(),
        0_i32.into(),
        huella.into(),
        sellado.digest.as_str().into(),
        espera_de.into(),
        false.into(),
        1_i64.into(),
        c.receptor.nombre.as_str().into(),
        c.receptor.numero.as_str().into(),
    ]
}
