//! The frozen preview of a run: computed once, kept with a hash of what it says and a mark of what
//! it was computed from, so that what is confirmed is what was seen. It takes no number.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use ramal_base::{Cx, Fecha};
use ramal_db::{Consulta, Db, DbError, params};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::Error;
use crate::corrida::preview::{Papel, Visto, preview_each};
use crate::events::CorridaAvanzo;
use crate::factura::ClaseFactura;
use crate::storage::consultas;
use crate::storage::previas::{self, FilaPrevia};

/// Percentage points from which a change is pointed at.
pub const CAMBIO_MARCADO: i64 = 30;

/// Sums of a preview, as they are kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResumenPrevia {
    /// Documents that would be issued, notes included.
    pub documentos: i64,
    /// Of them, credit notes.
    pub notas: i64,
    /// Customers with a document.
    pub clientes: i64,
    /// Customers set aside.
    pub apartados: i64,
    /// Set aside by reason: code, an example of its words, how many.
    pub motivos: Vec<(String, String, i64)>,
    /// Sums of the sales by currency, minor units.
    pub sumas: BTreeMap<String, Sumas>,
    /// Customers who were never billed.
    pub altas: i64,
    /// Customers whose amount changes by [`CAMBIO_MARCADO`] or more.
    pub cambios: i64,
    /// Run that it is compared with: day and totals by currency.
    pub anterior: Option<(Fecha, BTreeMap<String, i64>)>,
    /// Customers of that run who are not in this one.
    pub bajas: i64,
    /// Who would issue.
    pub emisores: BTreeSet<Uuid>,
}

/// Sums of one currency, minor units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sumas {
    /// Before taxes.
    pub subtotal: i64,
    /// Taxes.
    pub impuestos: i64,
    /// Total.
    pub total: i64,
    /// What credit notes take off.
    pub notas: i64,
}

/// A preview computed and not yet kept.
pub struct Calculada {
    /// Rows in order of customer.
    pub filas: Vec<FilaPrevia>,
    /// Sums.
    pub resumen: ResumenPrevia,
    /// Hash of what it says.
    pub huella: String,
}

/// Computes a preview that was asked for and keeps it. Nothing if it was thrown away meanwhile.
///
/// Errors: `NotFound` without a company, `Storage`.
pub async fn compute(db: &Db, cx: &Cx, id: Uuid) -> Result<(), Error> {
    let Some(previa) = previas::by_id(db, id).await? else { return Ok(()) };
    if previa.estado != "calculando" {
        return Ok(());
    }
    let datos = mark(db).await?;
    let mut calculada = calculate(db, cx, previa.fecha).await?;
    let tx = db.begin().await?;
    previas::insert_rows(&tx, id, &calculada.filas).await?;
    calculada.resumen.bajas = previas::lost(&tx, id, previa.fecha).await?;
    let resumen = serde_json::to_string(&calculada.resumen)
        .map_err(|_| DbError::Corrupt("a preview cannot be written"))?;
    let clientes = calculada.resumen.clientes;
    let hecha = (calculada.huella.as_str(), datos.as_str(), resumen, clientes);
    previas::finish(&tx, id, hecha, cx.now()).await?;
    tx.emit(cx, &CorridaAvanzo { fecha: previa.fecha }).await?;
    Ok(tx.commit().await?)
}

/// What the run of a day would do now, customer by customer. Writes nothing.
pub async fn calculate(db: &Db, cx: &Cx, fecha: Fecha) -> Result<Calculada, Error> {
    let mut filas: Vec<FilaPrevia> = Vec::new();
    let mut emisores = BTreeSet::new();
    preview_each(db, cx, fecha, |cliente, visto| match visto {
        Visto::Papeles(papeles) => {
            emisores.extend(papeles.iter().map(|p| p.emisor));
            filas.extend(rows_of(cliente, papeles));
        }
        Visto::Apartado(motivo) => filas.push(FilaPrevia::parked(cliente, motivo)),
    })
    .await?;
    let clientes: Vec<Uuid> = filas.iter().filter(|f| f.is_venta()).map(|f| f.cliente_id).collect();
    let antes = consultas::ultimo_facturado(db, &clientes).await?;
    for (orden, fila) in (0_i64..).zip(filas.iter_mut()) {
        fila.orden = orden;
        fila.anterior = Some(fila.cliente_id)
            .filter(|_| fila.clase == "listo")
            .and_then(|c| antes.get(&(c, fila.moneda.clone())).copied());
    }
    let huella = hash(&filas);
    let mut resumen = summary(&filas);
    resumen.emisores = emisores;
    resumen.anterior = previas::previous_totals(db, fecha).await?;
    Ok(Calculada { filas, resumen, huella })
}

/// One row per currency of sales, and one of notes if there are.
fn rows_of(cliente: Uuid, papeles: &[Papel]) -> Vec<FilaPrevia> {
    let mut filas: BTreeMap<(&str, &str), (FilaPrevia, HashSet<Uuid>)> = BTreeMap::new();
    for p in papeles {
        let clase = if p.clase == ClaseFactura::NotaCredito { "nota" } else { "listo" };
        let vacia = || (FilaPrevia::new(cliente, clase, p.moneda), HashSet::new());
        let (fila, servicios) = filas.entry((p.moneda, clase)).or_insert_with(vacia);
        fila.documentos += 1;
        fila.subtotal += p.montos.subtotal;
        fila.impuestos += p.montos.impuestos;
        fila.total += p.montos.total;
        servicios.extend(&p.servicios);
        if let Some((desde, hasta)) = p.periodo {
            fila.desde = Some(fila.desde.map_or(desde, |d| d.min(desde)));
            fila.hasta = Some(fila.hasta.map_or(hasta, |h| h.max(hasta)));
        }
    }
    let counted = |(mut fila, servicios): (FilaPrevia, HashSet<Uuid>)| {
        fila.servicios = i64::try_from(servicios.len()).unwrap_or(i64::MAX);
        fila
    };
    filas.into_values().map(counted).collect()
}

/// What a preview says, in 64 letters: two that say the same have the same.
fn hash(filas: &[FilaPrevia]) -> String {
    let mut suma = Sha256::new();
    for f in filas {
        let codigo = f.codigo.as_deref().unwrap_or("");
        let linea = format!(
            "{}|{}|{}|{}|{}|{}|{}|{codigo}\n",
            f.cliente_id, f.clase, f.moneda, f.documentos, f.subtotal, f.impuestos, f.total
        );
        suma.update(linea.as_bytes());
    }
    hex::encode(suma.finalize())
}

fn summary(filas: &[FilaPrevia]) -> ResumenPrevia {
    let mut r = ResumenPrevia::default();
    let mut motivos: BTreeMap<&str, (&str, i64)> = BTreeMap::new();
    let mut clientes = HashSet::new();
    for f in filas {
        if f.clase == "apartado" {
            r.apartados += 1;
            let codigo = f.codigo.as_deref().unwrap_or("");
            let motivo = f.motivo.as_deref().unwrap_or("");
            motivos.entry(codigo).or_insert((motivo, 0)).1 += 1;
            continue;
        }
        clientes.insert(f.cliente_id);
        r.documentos += f.documentos;
        let sumas = r.sumas.entry(f.moneda.clone()).or_default();
        if f.clase == "nota" {
            r.notas += f.documentos;
            sumas.notas += f.total;
            continue;
        }
        sumas.subtotal += f.subtotal;
        sumas.impuestos += f.impuestos;
        sumas.total += f.total;
        r.altas += i64::from(f.anterior.is_none());
        r.cambios += i64::from(f.is_marked());
    }
    r.clientes = i64::try_from(clientes.len()).unwrap_or(i64::MAX);
    let motivo = |(codigo, (texto, n)): (&str, (&str, i64))| (codigo.into(), texto.into(), n);
    r.motivos = motivos.into_iter().map(motivo).collect();
    r.motivos.sort_by_key(|(codigo, _, n): &(String, String, i64)| {
        (std::cmp::Reverse(*n), codigo.clone())
    });
    r
}

/// A mark of everything that a preview is computed from: as long as it is the same, so is what it
/// says. Cheap: a handful of sums.
pub async fn mark(c: &impl Consulta) -> Result<String, Error> {
    const SUMAS: [&str; 4] = [
        "SELECT CAST(COALESCE(SUM(version), 0) AS BIGINT) * 1000003 + COUNT(*) FROM servicios",
        "SELECT CAST(COALESCE(SUM(version), 0) AS BIGINT) * 1000003 + COUNT(*) FROM clientes",
        "SELECT CAST(COALESCE(SUM(version), 0) AS BIGINT) * 1000003 + COUNT(*) FROM productos",
        "SELECT CAST(COALESCE(SUM(version), 0) AS BIGINT) * 1000003 + COUNT(*) FROM recargos",
    ];
    let mut texto = String::new();
    for sql in SUMAS {
        let suma: i64 = c.scalar(sql, params![]).await?.unwrap_or(0);
        texto.push_str(&format!("{suma};"));
    }
    for tabla in ["cargos", "facturas", "servicio_hechos"] {
        let sql = format!("SELECT COUNT(*) FROM {tabla}");
        let cuantos: i64 = c.scalar(&sql, params![]).await?.unwrap_or(0);
        texto.push_str(&format!("{cuantos};"));
    }
    let empresa = ramal_plataforma::empresa(c).await?;
    texto.push_str(&empresa.ajustes.to_string());
    for emisor in ramal_plataforma::emisores(c).await? {
        texto.push_str(&format!(";{}{}", emisor.numero, emisor.ajustes));
    }
    Ok(hex::encode(Sha256::digest(texto.as_bytes())))
}

/// A customer of whom a new preview says something else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Distinta {
    /// The customer.
    pub cliente_id: Uuid,
    /// Currency.
    pub moneda: String,
    /// What was seen, minor units; none if he was not in it.
    pub antes: Option<i64>,
    /// What it would be now; none if he would not be in it.
    pub ahora: Option<i64>,
}

/// Customers in whom two previews differ, by size of the difference.
pub fn differences(antes: &[FilaPrevia], ahora: &[FilaPrevia]) -> Vec<Distinta> {
    type Clave = (Uuid, String);
    let index = |filas: &[FilaPrevia]| -> HashMap<Clave, i64> {
        let mut por_clave: HashMap<Clave, i64> = HashMap::new();
        for f in filas.iter().filter(|f| f.clase != "apartado") {
            let signo = if f.clase == "nota" { -1 } else { 1 };
            let clave = (f.cliente_id, f.moneda.clone());
            *por_clave.entry(clave).or_default() += signo * f.total;
        }
        por_clave
    };
    let (antes, ahora) = (index(antes), index(ahora));
    let claves: BTreeSet<&Clave> = antes.keys().chain(ahora.keys()).collect();
    let distinta = |clave: &Clave| {
        let (antes, ahora) = (antes.get(clave).copied(), ahora.get(clave).copied());
        let (cliente_id, moneda) = clave.clone();
        (antes != ahora).then_some(Distinta { cliente_id, moneda, antes, ahora })
    };
    let mut todas: Vec<Distinta> = claves.into_iter().filter_map(distinta).collect();
    let size = |d: &Distinta| (d.ahora.unwrap_or(0) - d.antes.unwrap_or(0)).abs();
    todas.sort_by_key(|d| (std::cmp::Reverse(size(d)), d.cliente_id));
    todas
}

/// What came of asking whether a preview still holds.
pub enum Vigencia {
    /// It says what would be done now.
    Vigente,
    /// It does not; in whom.
    Cambiada(Vec<Distinta>),
}

/// Whether a kept preview still says what the run would do. Errors: `Storage`.
pub async fn check(db: &Db, cx: &Cx, previa: &previas::Previa) -> Result<Vigencia, Error> {
    if previa.datos.as_deref() == Some(mark(db).await?.as_str()) {
        return Ok(Vigencia::Vigente);
    }
    let ahora = calculate(db, cx, previa.fecha).await?;
    if previa.huella.as_deref() == Some(ahora.huella.as_str()) {
        return Ok(Vigencia::Vigente);
    }
    let antes = previas::all_rows(db, previa.id).await?;
    Ok(Vigencia::Cambiada(differences(&antes, &ahora.filas)))
}
