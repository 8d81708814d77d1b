//! The list of cobros by filters, newest first. Reads only.

use std::collections::HashMap;

use ramal_base::{Fecha, Instante, Zona};
use ramal_clientes::ClienteId;
use ramal_db::{Consulta, Cursor, DbError, Pagina, Value, params};
use uuid::Uuid;

use super::cobros::COLUMNAS;
use crate::cobro::{Estado, Fila};

/// What the list is filtered by.
#[derive(Clone, Debug, Default)]
pub struct FiltroCobros {
    /// State.
    pub estado: Option<Estado>,
    /// Customer.
    pub cliente_id: Option<Uuid>,
    /// Invoice.
    pub factura_id: Option<Uuid>,
    /// Code of the gateway.
    pub pasarela: Option<String>,
    /// Asked for from this instant.
    pub desde: Option<Instante>,
    /// Asked for before this instant.
    pub hasta: Option<Instante>,
    /// Printed number, or the gateway's id.
    pub buscar: Option<String>,
}

impl FiltroCobros {
    /// Bounds of days in a zone: from the first instant of one to the last of the other.
    #[must_use]
    pub fn between(self, zona: &Zona, desde: Option<Fecha>, hasta: Option<Fecha>) -> FiltroCobros {
        let inicio = |dia: Fecha| zona.instante(&format!("{dia}T00:00:00")).ok();
        FiltroCobros {
            desde: desde.and_then(inicio),
            hasta: hasta.and_then(|dia| inicio(dia.plus_dias(1))),
            ..self
        }
    }

    fn clauses(&self) -> (String, Vec<Value>) {
        let mut partes: Vec<String> = Vec::new();
        let mut valores: Vec<Value> = Vec::new();
        let mut add = |texto: &str, valor: Value| {
            valores.push(valor);
            partes.push(texto.replace("$?", &format!("${}", valores.len())));
        };
        if let Some(estado) = self.estado {
            add("c.estado = $?", estado.as_str().into());
        }
        if let Some(cliente) = self.cliente_id {
            add("c.cliente_id = $?", cliente.into());
        }
        if let Some(pasarela) = &self.pasarela {
            add("c.pasarela = $?", pasarela.as_str().into());
        }
        if let Some(desde) = self.desde {
            add("c.creado >= $?", desde.into());
        }
        if let Some(hasta) = self.hasta {
            add("c.creado < $?", hasta.into());
        }
        if let Some(factura) = self.factura_id {
            add(
                "c.id IN (SELECT cobro_id FROM cobro_facturas WHERE factura_id = $?)",
                factura.into(),
            );
        }
        match self.buscar.as_deref().map(sought) {
            Some(Buscado::Numero(numero)) => add("c.numero = $?", numero.into()),
            Some(Buscado::Referencia(texto)) => add(
                "c.id IN (SELECT cobro_id FROM cobro_remotos WHERE referencia = $? \
                 UNION SELECT id FROM cobros WHERE referencia = $?)",
                texto.into(),
            ),
            None => {}
        }
        let texto = if partes.is_empty() { "1 = 1".to_owned() } else { partes.join(" AND ") };
        (texto, valores)
    }
}

/// What somebody searches by.
enum Buscado {
    Numero(i64),
    Referencia(String),
}

/// `CB-120` and `120` are printed numbers; anything else is the gateway's id.
fn sought(texto: &str) -> Buscado {
    let texto = texto.trim();
    let limpio = texto.strip_prefix("CB-").or_else(|| texto.strip_prefix("cb-")).unwrap_or(texto);
    match limpio.parse::<i64>() {
        Ok(numero) if limpio.len() < 9 => Buscado::Numero(numero),
        _ => Buscado::Referencia(texto.to_owned()),
    }
}

/// A page of cobros, newest first. `None` if the cursor is not one of ours.
pub async fn list(
    c: &impl Consulta,
    filtro: &FiltroCobros,
    cursor: &Cursor,
) -> Result<Option<Pagina<Fila>>, DbError> {
    let desde = match cursor.cursor.as_deref() {
        None => Uuid::max(),
        Some(texto) => match texto.parse() {
            Ok(id) => id,
            Err(_) => return Ok(None),
        },
    };
    let (donde, mut valores) = filtro.clauses();
    let n = valores.len();
    let sql = format!(
        "SELECT {COLUMNAS} FROM cobros c WHERE {donde} AND c.id < ${} ORDER BY c.id DESC LIMIT ${}",
        n + 1,
        n + 2
    );
    valores.extend(params![desde, cursor.filas()]);
    let filas = c.all::<Fila>(&sql, valores).await?;
    Ok(Some(Pagina::cut(filas, cursor, |f| f.id.to_string())))
}

/// How many there are, up to 10,001.
pub async fn count(c: &impl Consulta, filtro: &FiltroCobros) -> Result<i64, DbError> {
    let (donde, valores) = filtro.clauses();
    let sql = format!("SELECT COUNT(*) FROM (SELECT 1 FROM cobros c WHERE {donde} LIMIT 10001) x");
    Ok(c.scalar(&sql, valores).await?.unwrap_or(0))
}

/// Printed number and name of some customers.
pub async fn names(
    c: &impl Consulta,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, (i64, String)>, DbError> {
    let ids: Vec<ClienteId> = ids.iter().map(|id| ClienteId::from_uuid(*id)).collect();
    let filas = ramal_clientes::storage::by_ids(c, &ids).await?;
    Ok(filas.into_iter().map(|f| (f.id.uuid(), (f.numero, f.razon_social))).collect())
}
