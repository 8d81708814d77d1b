//! The statement of an account in words, shared by the screen, the PDF, the CSV and the API. Moves
//! nothing.

use std::collections::HashMap;

use ramal_base::Moneda;
use ramal_base::dinero::format_centavos;
use ramal_cuenta::{ClaseMovimiento, Extracto, Rango, Renglon, Saldo, movimientos_de, saldos_de};
use ramal_db::consulta::placeholders;
use ramal_db::{Consulta, Cursor, DbError, FromQueryResult, Value};
use ramal_web::pagina::Textos;
use uuid::Uuid;

use crate::cobro::asiento::DOCUMENTO_FACTURA;

/// Rows that a file of a statement carries at most; who needs more asks for a range of days.
pub const MAX_FILAS: usize = 10_000;

/// Printed numbers of the invoices that a statement names.
pub type Numeros = HashMap<Uuid, String>;

/// A whole statement, oldest movement first, at most [`MAX_FILAS`] rows.
pub async fn whole(
    c: &impl Consulta,
    cuenta: (Uuid, Moneda),
    rango: Rango,
) -> Result<Extracto, DbError> {
    let mut todo = Extracto { inicial: Saldo::default(), filas: Vec::new(), siguiente: None };
    let mut cursor = Cursor { limite: 200, cursor: None };
    loop {
        let parte = movimientos_de(c, cuenta, rango, &cursor).await?;
        let parte = parte.ok_or(DbError::Corrupt("cursor of a statement"))?;
        if cursor.cursor.is_none() {
            todo.inicial = parte.inicial;
        }
        todo.filas.extend(parte.filas);
        cursor.cursor = parte.siguiente;
        if cursor.cursor.is_none() || todo.filas.len() >= MAX_FILAS {
            return Ok(todo);
        }
    }
}

#[derive(FromQueryResult)]
struct Numerada {
    id: Uuid,
    serie: String,
    folio: i64,
}

/// Printed numbers of the invoices of a page of a statement, in one statement per 400.
pub async fn numbers(c: &impl Consulta, extracto: &Extracto) -> Result<Numeros, DbError> {
    let mut ids: Vec<Uuid> = Vec::new();
    for r in &extracto.filas {
        ids.extend(r.movimiento.factura_id);
        if r.movimiento.documento_tipo == DOCUMENTO_FACTURA {
            ids.push(r.movimiento.documento_id);
        }
    }
    ids.sort_unstable();
    ids.dedup();
    numbers_of(c, &ids).await
}

/// Printed numbers of these invoices.
pub async fn numbers_of(c: &impl Consulta, ids: &[Uuid]) -> Result<Numeros, DbError> {
    let mut numeros = Numeros::with_capacity(ids.len());
    for parte in ids.chunks(400) {
        let lista = placeholders(1, parte.len());
        let sql = format!("SELECT id, serie, folio FROM facturas WHERE id IN {lista}");
        let valores = parte.iter().map(|i| Value::from(*i)).collect();
        for n in c.all::<Numerada>(&sql, valores).await? {
            numeros.insert(n.id, format!("{}-{}", n.serie, n.folio));
        }
    }
    Ok(numeros)
}

/// The paper that a row is about: the document itself, or the invoice that money settles.
pub fn paper(r: &Renglon, numeros: &Numeros) -> Option<String> {
    let m = &r.movimiento;
    let id = match m.documento_tipo.as_str() {
        DOCUMENTO_FACTURA => Some(m.documento_id),
        _ => m.factura_id,
    };
    id.and_then(|id| numeros.get(&id).cloned())
}

/// Key of the words of a row.
pub fn key(r: &Renglon) -> &'static str {
    match ClaseMovimiento::parse(&r.movimiento.clase) {
        Some(ClaseMovimiento::Factura) => "facturacion-mov-factura",
        Some(ClaseMovimiento::NotaDebito) => "facturacion-mov-nota-debito",
        Some(ClaseMovimiento::NotaCredito) => "facturacion-mov-nota-credito",
        Some(ClaseMovimiento::Anulacion) => "facturacion-mov-anulacion",
        Some(ClaseMovimiento::Abono) => "facturacion-mov-abono",
        Some(ClaseMovimiento::Imputacion) => "facturacion-mov-imputacion",
        Some(ClaseMovimiento::Desimputacion) => "facturacion-mov-desimputacion",
        Some(ClaseMovimiento::Reverso) => "facturacion-mov-reverso",
        Some(ClaseMovimiento::Devolucion) => "facturacion-mov-devolucion",
        Some(ClaseMovimiento::Redondeo) => "facturacion-mov-redondeo",
        Some(ClaseMovimiento::Ajuste) | None => "facturacion-mov-ajuste",
    }
}

/// What a row is called, with its paper and its detail.
pub fn words(r: &Renglon, numeros: &Numeros, textos: &Textos) -> String {
    let mut texto = textos.get(key(r));
    for parte in [paper(r, numeros), r.movimiento.detalle.clone()].into_iter().flatten() {
        texto.push(' ');
        texto.push_str(&parte);
    }
    texto
}

/// What a row adds to and takes off the balance, minor units; both zero where money only changes
/// its use.
pub fn sides(r: &Renglon) -> (i64, i64) {
    let neto = r.movimiento.neto();
    (neto.max(0), (-neto).max(0))
}

/// Columns of the CSV, in order.
const COLUMNAS: [&str; 9] = [
    "kit-fecha",
    "facturacion-cuenta-valor",
    "facturacion-cuenta-movimiento",
    "facturacion-numero",
    "facturacion-moneda",
    "facturacion-cuenta-importe",
    "facturacion-cuenta-cargo",
    "facturacion-cuenta-abono",
    "facturacion-cuenta-saldo",
];

/// The statement as a CSV that a spreadsheet opens.
pub fn csv(extracto: &Extracto, numeros: &Numeros, textos: &Textos, moneda: Moneda) -> String {
    use crate::http::paginas::exportar::{BOM, row};
    let mut salida = format!("{BOM}{}", row(COLUMNAS.map(|c| textos.get(c))));
    for r in &extracto.filas {
        let (cargo, abono) = sides(r);
        let celda = |n: i64| if n == 0 { String::new() } else { format_centavos(n) };
        salida.push_str(&row([
            r.movimiento.fecha.to_string(),
            r.movimiento.fecha_valor.to_string(),
            textos.get(key(r)),
            paper(r, numeros).or_else(|| r.movimiento.detalle.clone()).unwrap_or_default(),
            moneda.codigo().to_owned(),
            format_centavos(r.movimiento.monto),
            celda(cargo),
            celda(abono),
            format_centavos(r.saldo.neto()),
        ]));
    }
    salida
}

/// Currency of a statement: the one asked for, or the one in which the customer has an account, or
/// that of the company.
pub async fn currency(
    c: &impl Consulta,
    cliente: Uuid,
    pedida: Option<Moneda>,
) -> Result<(Moneda, Vec<Moneda>), crate::Error> {
    let suyas = saldos_de(c, cliente).await?;
    let suyas: Vec<Moneda> = suyas.iter().filter_map(|s| Moneda::parse(&s.moneda)).collect();
    if let Some(moneda) = pedida.or_else(|| suyas.first().copied()) {
        return Ok((moneda, suyas));
    }
    let emisores = ramal_plataforma::emisores(c).await?;
    Ok((emisores.first().map_or(Moneda::Mxn, |e| e.moneda), suyas))
}

/// Where an account stands at the end of the statement, in words for its foot: key and amount.
pub fn outcome(saldo: Saldo) -> (&'static str, i64) {
    match saldo.neto() {
        n if n < 0 => ("facturacion-cuenta-a-favor", -n),
        n => ("facturacion-cuenta-por-cobrar", n),
    }
}
