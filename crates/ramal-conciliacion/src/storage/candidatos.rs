//! Who could have paid a line: set-based reads over the tables of customers, invoices and payments.
//! It decides nothing and writes none of them.

use std::collections::{BTreeMap, BTreeSet};

use ramal_base::Fecha;
use ramal_clientes::ClienteId;
use ramal_db::consulta::placeholders;
use ramal_db::{Consulta, DbError, FromQueryResult, Value, params};
use ramal_extractos::cotejo::{
    Candidato, Cobertura, Esperado, FacturaCandidata, Mencion, Movimiento, mentions,
};
use ramal_extractos::texto::{flat, operation, words};
use uuid::Uuid;

use super::referencias;

/// Most customers who owe exactly an amount that are looked at; beyond, the amount tells nothing.
const POR_IMPORTE: i64 = 60;
/// Days back in which a registered payment may still be waiting for its line.
const DIAS_ESPERA: i32 = 45;

/// The same words as the partial index on open invoices.
const ABIERTA: &str = "f.estado = 'emitida' AND f.clase IN ('factura', 'recibo', 'nota_debito') \
    AND f.total > f.acreditado + f.aplicado";

/// Everybody who could have paid a movement, and whether all who owe its amount are there.
pub async fn gather(
    c: &impl Consulta,
    m: &Movimiento,
) -> Result<(Vec<Candidato>, Cobertura), DbError> {
    let mut ids = BTreeSet::new();
    let por_importe = by_amount(c, m).await?;
    let cortada = i64::try_from(por_importe.len()).unwrap_or(i64::MAX) > POR_IMPORTE;
    if !cortada {
        ids.extend(por_importe);
    }
    let menciones = mentions(&[&m.referencia, &m.concepto]);
    let nombradas = by_numbers(c, &menciones).await?;
    ids.extend(nombradas.iter().map(|f| f.cliente_id));
    ids.extend(by_codes(c, &menciones).await?);
    ids.extend(by_dedicated(c, m).await?);
    ids.extend(by_document(c, m).await?);
    ids.extend(by_name(c, &m.contraparte).await?);
    ids.extend(by_operation(c, m).await?);
    let ids: Vec<Uuid> = ids.into_iter().collect();
    let mut candidatos = load(c, &ids).await?;
    fill(c, &mut candidatos, m, &nombradas).await?;
    let cobertura = if cortada { Cobertura::Cortada } else { Cobertura::Completa };
    Ok((candidatos, cobertura))
}

/// Customers with an open invoice of exactly this, or whose open invoices come to it.
async fn by_amount(c: &impl Consulta, m: &Movimiento) -> Result<Vec<Uuid>, DbError> {
    let sql = format!(
        "SELECT DISTINCT f.cliente_id FROM facturas f WHERE f.moneda = $1 \
         AND (f.total - f.acreditado - f.aplicado) = $2 AND {ABIERTA} LIMIT {}",
        POR_IMPORTE + 1
    );
    c.column(&sql, params![m.moneda.codigo(), m.importe]).await
}

#[derive(FromQueryResult)]
struct Nombrada {
    id: Uuid,
    cliente_id: Uuid,
    serie: String,
    folio: i64,
    fecha: Fecha,
    vencimiento: Fecha,
    abierto: i64,
}

const FACTURA: &str = "f.id, f.cliente_id, f.serie, f.folio, f.fecha, f.vencimiento";

/// Invoices whose numbers the text names, owed or not.
async fn by_numbers(c: &impl Consulta, menciones: &[Mencion]) -> Result<Vec<Nombrada>, DbError> {
    let mut todas = Vec::new();
    for mencion in menciones {
        let Mencion::Factura(serie, folio) = mencion else { continue };
        let sql = format!(
            "SELECT {FACTURA}, CASE WHEN {ABIERTA} THEN f.total - f.acreditado - f.aplicado \
             ELSE 0 END AS abierto FROM facturas f WHERE f.folio = $1 AND UPPER(f.serie) = $2 \
             AND f.clase IN ('factura', 'recibo', 'nota_debito') LIMIT 5"
        );
        todas.extend(c.all::<Nombrada>(&sql, params![*folio, serie.as_str()]).await?);
    }
    Ok(todas)
}

async fn by_codes(c: &impl Consulta, menciones: &[Mencion]) -> Result<Vec<Uuid>, DbError> {
    let mut suyos = Vec::new();
    for mencion in menciones {
        if let Mencion::Codigo(n) | Mencion::Referencia(n) = mencion {
            let id = ramal_clientes::storage::id_by_numero(c, *n).await?;
            suyos.extend(id.map(|i| i.uuid()));
        }
    }
    Ok(suyos)
}

async fn by_dedicated(c: &impl Consulta, m: &Movimiento) -> Result<Vec<Uuid>, DbError> {
    let mut valores = vec![flat(&m.cuenta_destino).replace(' ', "")];
    valores.extend(words(&format!("{} {}", m.referencia, m.concepto)));
    valores.retain(|v| v.len() >= 8);
    valores.truncate(40);
    let halladas = referencias::by_values(c, &valores).await?;
    Ok(halladas.into_iter().map(|r| r.cliente_id).collect())
}

async fn by_document(c: &impl Consulta, m: &Movimiento) -> Result<Vec<Uuid>, DbError> {
    let mut documentos = vec![flat(&m.documento)];
    documentos.extend(words(&format!("{} {}", m.referencia, m.concepto)));
    documentos.retain(|d| (8..=13).contains(&d.len()) && d.chars().any(|c| c.is_ascii_digit()));
    documentos.retain(|d| !matches!(d.as_str(), "XAXX010101000" | "XEXX010101000"));
    documentos.truncate(20);
    if documentos.is_empty() {
        return Ok(Vec::new());
    }
    let lista = placeholders(1, documentos.len());
    let sql = format!("SELECT id FROM clientes WHERE numero_documento IN {lista} LIMIT 20");
    c.column(&sql, documentos.iter().map(|d| Value::from(d.as_str())).collect()).await
}

/// Customers with the payer's words; if nobody has them all, those with his two longest.
async fn by_name(c: &impl Consulta, contraparte: &str) -> Result<Vec<Uuid>, DbError> {
    let mut palabras: Vec<String> =
        words(contraparte).into_iter().filter(|p| p.len() >= 3).collect();
    if palabras.len() < 2 {
        return Ok(Vec::new());
    }
    let todas = palabras.join(" ");
    palabras.sort_by_key(|p| std::cmp::Reverse(p.len()));
    let largas = palabras.get(..2).unwrap_or_default().join(" ");
    let mut suyos = Vec::new();
    for pregunta in [todas, largas] {
        let hallados = ramal_clientes::storage::suggest(c, &pregunta, 20).await?;
        suyos.extend(hallados.into_iter().map(|h| h.id.uuid()));
    }
    Ok(suyos)
}

/// Customers with a registered payment whose operation number the movement carries.
async fn by_operation(c: &impl Consulta, m: &Movimiento) -> Result<Vec<Uuid>, DbError> {
    let propio = m.id_banco.as_deref().unwrap_or("");
    let mut numeros = vec![operation(propio), operation(&m.referencia)];
    numeros.extend(words(&m.concepto).iter().map(|p| operation(p)));
    numeros.retain(|n| n.len() >= 6);
    numeros.truncate(40);
    if numeros.is_empty() {
        return Ok(Vec::new());
    }
    let lista = placeholders(1, numeros.len());
    let sql = format!(
        "SELECT DISTINCT cliente_id FROM pagos WHERE operacion_busqueda IN {lista} \
         AND estado = 'vigente' LIMIT 20"
    );
    c.column(&sql, numeros.iter().map(|n| Value::from(n.as_str())).collect()).await
}

/// Customers as candidates, without invoices yet.
async fn load(c: &impl Consulta, ids: &[Uuid]) -> Result<Vec<Candidato>, DbError> {
    let ids: Vec<ClienteId> = ids.iter().map(|i| ClienteId::from_uuid(*i)).collect();
    let clientes = ramal_clientes::storage::by_ids(c, &ids).await?;
    let candidato = |cliente: ramal_clientes::Cliente| Candidato {
        cliente: cliente.id.uuid(),
        numero: cliente.numero,
        nombre: cliente.razon_social,
        documento: cliente.numero_documento,
        dedicadas: Vec::new(),
        facturas: Vec::new(),
        esperados: Vec::new(),
    };
    Ok(clientes.into_iter().map(candidato).collect())
}

async fn fill(
    c: &impl Consulta,
    candidatos: &mut [Candidato],
    m: &Movimiento,
    nombradas: &[Nombrada],
) -> Result<(), DbError> {
    let ids: Vec<Uuid> = candidatos.iter().map(|x| x.cliente).collect();
    if ids.is_empty() {
        return Ok(());
    }
    let mut facturas = facturas_abiertas(c, &ids, m).await?;
    let mut esperados = awaited(c, &ids, m).await?;
    let mut dedicadas = dedicated(c, &ids).await?;
    for candidato in candidatos {
        candidato.facturas = facturas.remove(&candidato.cliente).unwrap_or_default();
        candidato.esperados = esperados.remove(&candidato.cliente).unwrap_or_default();
        candidato.dedicadas = dedicadas.remove(&candidato.cliente).unwrap_or_default();
        let cerradas = nombradas.iter().filter(|f| f.abierto <= 0);
        for f in cerradas.filter(|f| f.cliente_id == candidato.cliente) {
            candidato.facturas.push(candidate(f));
        }
    }
    Ok(())
}

fn candidate(f: &Nombrada) -> FacturaCandidata {
    FacturaCandidata {
        id: f.id,
        numero: format!("{}-{}", f.serie, f.folio),
        abierto: f.abierto,
        emision: f.fecha,
        vencimiento: f.vencimiento,
    }
}

type PorCliente<T> = BTreeMap<Uuid, Vec<T>>;

async fn facturas_abiertas(
    c: &impl Consulta,
    ids: &[Uuid],
    m: &Movimiento,
) -> Result<PorCliente<FacturaCandidata>, DbError> {
    let sql = format!(
        "SELECT {FACTURA}, f.total - f.acreditado - f.aplicado AS abierto FROM facturas f \
         WHERE {ABIERTA} AND f.moneda = $1 AND f.cliente_id IN {} \
         ORDER BY f.cliente_id, f.vencimiento, f.fecha, f.id",
        placeholders(2, ids.len())
    );
    let mut valores = params![m.moneda.codigo()];
    valores.extend(ids.iter().map(|i| Value::from(*i)));
    let mut todas: PorCliente<FacturaCandidata> = BTreeMap::new();
    for f in c.all::<Nombrada>(&sql, valores).await? {
        todas.entry(f.cliente_id).or_default().push(candidate(&f));
    }
    Ok(todas)
}

/// Payments that are registered and whose line has not appeared: proofs approved, transfers that a
/// person wrote. Cash is in a drawer and a gateway's money comes in its pay-out.
async fn awaited(
    c: &impl Consulta,
    ids: &[Uuid],
    m: &Movimiento,
) -> Result<PorCliente<Esperado>, DbError> {
    #[derive(FromQueryResult)]
    struct Fila {
        id: Uuid,
        cliente_id: Uuid,
        monto: i64,
        fecha_valor: Fecha,
        operacion: Option<String>,
    }
    let sql = format!(
        "SELECT p.id, p.cliente_id, p.monto, p.fecha_valor, p.operacion FROM pagos p \
         WHERE p.moneda = $1 AND p.fecha_valor >= $2 AND p.estado = 'vigente' \
         AND p.medio <> 'efectivo' AND p.origen IN ('manual', 'comprobante', 'caja') \
         AND NOT EXISTS (SELECT 1 FROM renglon_pagos r WHERE r.pago_id = p.id) \
         AND p.cliente_id IN {} ORDER BY p.id",
        placeholders(3, ids.len())
    );
    let mut valores = params![m.moneda.codigo(), m.fecha.plus_dias(-DIAS_ESPERA)];
    valores.extend(ids.iter().map(|i| Value::from(*i)));
    let mut todos: PorCliente<Esperado> = BTreeMap::new();
    for f in c.all::<Fila>(&sql, valores).await? {
        let ids = f.operacion.into_iter().collect();
        let esperado = Esperado { pago: f.id, ids, importe: f.monto, fecha: f.fecha_valor };
        todos.entry(f.cliente_id).or_default().push(esperado);
    }
    Ok(todos)
}

async fn dedicated(c: &impl Consulta, ids: &[Uuid]) -> Result<PorCliente<String>, DbError> {
    #[derive(FromQueryResult)]
    struct Fila {
        cliente_id: Uuid,
        valor: String,
    }
    let sql = format!(
        "SELECT cliente_id, valor FROM referencias_pago WHERE cliente_id IN {} ORDER BY id",
        placeholders(1, ids.len())
    );
    let valores = ids.iter().map(|i| Value::from(*i)).collect();
    let mut todas: PorCliente<String> = BTreeMap::new();
    for f in c.all::<Fila>(&sql, valores).await? {
        todas.entry(f.cliente_id).or_default().push(f.valor);
    }
    Ok(todas)
}

/// The payment that a gateway's report names: by the provider's ids, vigente and without line.
pub async fn pago_de_pasarela(
    c: &impl Consulta,
    proveedor: &str,
    ids: &[&str],
) -> Result<Vec<(Uuid, i64, Uuid)>, DbError> {
    #[derive(FromQueryResult)]
    struct Fila {
        id: Uuid,
        monto: i64,
        cliente_id: Uuid,
    }
    let ids: Vec<&str> = ids.iter().copied().filter(|i| !i.is_empty()).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT p.id, p.monto, p.cliente_id FROM pagos p WHERE p.proveedor = $1 \
         AND p.referencia IN {} AND p.estado = 'vigente' \
         AND NOT EXISTS (SELECT 1 FROM renglon_pagos r WHERE r.pago_id = p.id) ORDER BY p.id",
        placeholders(2, ids.len())
    );
    let mut valores = params![proveedor];
    valores.extend(ids.iter().map(|i| Value::from(*i)));
    let filas: Vec<Fila> = c.all(&sql, valores).await?;
    Ok(filas.into_iter().map(|f| (f.id, f.monto, f.cliente_id)).collect())
}
