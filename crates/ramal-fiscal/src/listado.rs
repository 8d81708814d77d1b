//! The queue of legal documents as a person looks at it: filtered, counted, newest first, found by
//! number or fiscal UUID. Changes nothing.
//!
//! A filter that few rows meet leads the query by its index; the others are written so that neither
//! engine takes theirs, because without statistics they may pick the one that nearly all rows meet.

use ramal_base::{Fecha, Instante};
use ramal_db::{Consulta, Cursor, DbError, FromQueryResult, Pagina, Value, params};
use uuid::Uuid;

use crate::storage::{COLUMNAS, ComprobanteFila};
use crate::{ComprobanteId, Estado, Tipo};

/// Rows up to which anything is counted; one more means «more than».
const CONTEO_MAXIMO: i64 = 10_001;

/// What somebody typed in the search field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Busca {
    /// A printed number, `F001-123`, or the bare folio.
    Numero {
        /// Serie, if it was typed.
        serie: Option<String>,
        /// Folio.
        folio: i64,
    },
    /// A fiscal UUID or how it begins; at least its first eight digits, in upper case.
    Uuid(String),
    /// Neither a number nor a UUID: nothing is found.
    Nada,
}

impl Busca {
    /// Reads what was typed; zeros before the folio do not matter.
    pub fn parse(texto: &str) -> Busca {
        let texto = texto.trim().to_ascii_uppercase();
        let hexadecimal = texto.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
        let grupo = texto.split('-').next().unwrap_or_default().len() >= 8;
        if hexadecimal && grupo && !texto.bytes().take(20).all(|b| b.is_ascii_digit()) {
            return Busca::Uuid(texto);
        }
        let (serie, folio) = match texto.rsplit_once(['-', ' ']) {
            Some((serie, folio)) => (Some(serie.trim()), folio),
            None => (None, texto.as_str()),
        };
        let serie = serie.filter(|s| !s.is_empty()).map(ToOwned::to_owned);
        let digitos = !folio.is_empty() && folio.bytes().all(|b| b.is_ascii_digit());
        match folio.parse() {
            Ok(folio) if digitos => Busca::Numero { serie, folio },
            _ => Busca::Nada,
        }
    }
}

/// Filters of the queue; what is absent does not filter.
#[derive(Clone, Debug, Default)]
pub struct FiltroDocumentos {
    /// Any of these states.
    pub estados: Vec<Estado>,
    /// Emisor.
    pub emisor_id: Option<Uuid>,
    /// Kind.
    pub tipo: Option<Tipo>,
    /// Legal day of issue, from.
    pub desde: Option<Fecha>,
    /// Legal day of issue, to and including.
    pub hasta: Option<Fecha>,
    /// Number or UUID.
    pub busca: Option<Busca>,
    /// Which term to send they have run through.
    pub plazo: Plazo,
}

/// Which term a document has run through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Plazo {
    /// Any.
    #[default]
    Cualquiera,
    /// Half of it or more, and the authority does not have it.
    PorVencer,
}

/// Conditions with their values, in the order of their placeholders.
#[derive(Default)]
struct Donde {
    partes: Vec<String>,
    valores: Vec<Value>,
}

impl Donde {
    fn bind(&mut self, valor: impl Into<Value>) -> String {
        self.valores.push(valor.into());
        format!("${}", self.valores.len())
    }

    /// `columna operador valor`.
    fn push(&mut self, columna: &str, operador: &str, valor: impl Into<Value>) {
        let lugar = self.bind(valor);
        self.partes.push(format!("{columna} {operador} {lugar}"));
    }

    fn take(&mut self) -> String {
        let partes = std::mem::take(&mut self.partes);
        if partes.is_empty() { "1 = 1".to_owned() } else { partes.join(" AND ") }
    }
}

/// Which filter leads.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Guia {
    Busca,
    Estado,
    Tipo,
    Ninguna,
}

impl FiltroDocumentos {
    fn guia(&self) -> Guia {
        let comun = |e: &Estado| e.is_aceptado() || *e == Estado::Baja;
        match (&self.busca, self.tipo) {
            (Some(_), _) => Guia::Busca,
            _ if !self.estados.is_empty() && !self.estados.iter().any(comun) => Guia::Estado,
            (None, Some(_)) => Guia::Tipo,
            _ if !self.estados.is_empty() => Guia::Estado,
            _ => Guia::Ninguna,
        }
    }

    /// Every condition but that of the state.
    fn write(&self, d: &mut Donde) {
        let guia = self.guia();
        match &self.busca {
            Some(Busca::Numero { serie, folio }) => {
                d.push("folio", "=", *folio);
                if let Some(serie) = serie {
                    d.push("serie", "=", serie.as_str());
                }
            }
            Some(Busca::Uuid(uuid)) => {
                d.push("substr(uuid_fiscal, 1, 8)", "=", &uuid[..8]);
                let largo = d.bind(i32::try_from(uuid.len()).unwrap_or(i32::MAX));
                d.push(&format!("substr(uuid_fiscal, 1, {largo})"), "=", uuid.as_str());
            }
            Some(Busca::Nada) => d.partes.push("1 = 0".to_owned()),
            None => {}
        }
        if let Some(tipo) = self.tipo {
            let columna = if guia == Guia::Tipo { "tipo" } else { "(tipo || '')" };
            d.push(columna, "=", tipo.codigo());
        }
        if let Some(emisor) = self.emisor_id {
            d.push("emisor_id", "=", emisor);
        }
        if self.plazo == Plazo::PorVencer {
            let avisados = "id IN (SELECT comprobante_id FROM plazo_avisos)";
            d.partes.push(avisados.to_owned());
        }
        if let Some(desde) = self.desde {
            d.push("fecha", ">=", desde);
        }
        if let Some(hasta) = self.hasta {
            d.push("fecha", "<=", hasta);
        }
    }

    fn write_estados(&self, d: &mut Donde) {
        if self.estados.is_empty() {
            return;
        }
        let columna = if self.guia() == Guia::Estado { "estado" } else { "(estado || '')" };
        let lista: Vec<_> = self.estados.iter().map(|e| d.bind(e.as_str())).collect();
        d.partes.push(format!("{columna} IN ({})", lista.join(", ")));
    }
}

/// Where a page begins: the key of the last row before it.
fn key_of(cursor: &Cursor) -> Option<(Fecha, Uuid)> {
    let (fecha, id) = cursor.cursor.as_deref()?.split_once('_')?;
    Some((Fecha::parse(fecha).ok()?, id.parse().ok()?))
}

fn write_key(d: &mut Donde, clave: Option<(Fecha, Uuid)>) {
    if let Some((fecha, id)) = clave {
        let (fecha, id) = (d.bind(fecha), d.bind(id));
        d.partes.push(format!("(fecha, id) < ({fecha}, {id})"));
    }
}

/// A page of the queue, newest legal day first. An unreadable cursor begins at the newest.
pub async fn documentos(
    c: &impl Consulta,
    filtro: &FiltroDocumentos,
    cursor: &Cursor,
) -> Result<Pagina<ComprobanteFila>, DbError> {
    let (clave, n) = (key_of(cursor), cursor.filas());
    let mut d = Donde::default();
    let varios = filtro.guia() == Guia::Estado && filtro.estados.len() > 1;
    let donde = if varios {
        one_by_one(&mut d, filtro, clave, n)
    } else {
        filtro.write(&mut d);
        filtro.write_estados(&mut d);
        write_key(&mut d, clave);
        d.take()
    };
    let sql = format!(
        "SELECT {COLUMNAS} FROM comprobantes WHERE {donde} ORDER BY fecha DESC, id DESC LIMIT {n}"
    );
    let filas = c.all::<ComprobanteFila>(&sql, d.valores).await?;
    Ok(Pagina::cut(filas, cursor, |f| format!("{}_{}", f.fecha, f.id)))
}

/// Several states: the first rows of each by its index, then the first of all.
fn one_by_one(
    d: &mut Donde,
    filtro: &FiltroDocumentos,
    clave: Option<(Fecha, Uuid)>,
    n: i64,
) -> String {
    let mut ramas = Vec::new();
    for (i, estado) in filtro.estados.iter().enumerate() {
        d.push("estado", "=", estado.as_str());
        filtro.write(d);
        write_key(d, clave);
        ramas.push(format!(
            "SELECT r{i}.id FROM (SELECT id FROM comprobantes WHERE {} \
             ORDER BY fecha DESC, id DESC LIMIT {n}) r{i}",
            d.take()
        ));
    }
    format!("id IN ({})", ramas.join(" UNION ALL "))
}

/// How many documents a filter meets; 10,001 stands for more.
pub async fn count(c: &impl Consulta, filtro: &FiltroDocumentos) -> Result<i64, DbError> {
    let mut d = Donde::default();
    filtro.write(&mut d);
    filtro.write_estados(&mut d);
    let sql = format!(
        "SELECT COUNT(*) FROM (SELECT 1 AS uno FROM comprobantes WHERE {} LIMIT {CONTEO_MAXIMO}) t",
        d.take()
    );
    Ok(c.scalar(&sql, d.valores).await?.unwrap_or(0))
}

/// How many documents are in each state, none left out; 10,001 stands for more.
pub async fn conteos(c: &impl Consulta) -> Result<Vec<(Estado, i64)>, DbError> {
    #[derive(FromQueryResult)]
    struct Fila {
        estado: String,
        n: i64,
    }
    let rama = |e: &Estado| {
        let estado = e.as_str();
        format!(
            "SELECT '{estado}' AS estado, COUNT(*) AS n FROM (SELECT 1 AS uno FROM comprobantes \
             WHERE estado = '{estado}' LIMIT {CONTEO_MAXIMO}) t_{estado}"
        )
    };
    let sql: Vec<_> = Estado::TODOS.iter().map(rama).collect();
    let filas = c.all::<Fila>(&sql.join(" UNION ALL "), params![]).await?;
    Ok(filas.into_iter().filter_map(|f| Some((Estado::parse(&f.estado)?, f.n))).collect())
}

/// States in which asking the authority again with the same bytes makes sense.
pub const REINTENTABLES: [Estado; 5] =
    [Estado::EnCola, Estado::Enviando, Estado::Excepcion, Estado::Incierto, Estado::Pausado];

/// Most documents that one bulk act takes by filter.
pub const LOTE_MAXIMO: i64 = 20_000;

/// A document of a bulk act.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Elegido {
    /// Identifier.
    pub id: Uuid,
    /// Printed number.
    pub numero: String,
}

/// The documents that a filter meets and that can be sent again, oldest first, up to
/// [`LOTE_MAXIMO`] and one more that tells that there are too many.
pub async fn reintentables(
    c: &impl Consulta,
    filtro: &FiltroDocumentos,
) -> Result<Vec<Elegido>, DbError> {
    let pedidos = &filtro.estados;
    let sirve = |e: &Estado| pedidos.is_empty() || pedidos.contains(e);
    let estados: Vec<_> = REINTENTABLES.into_iter().filter(sirve).collect();
    if estados.is_empty() {
        return Ok(Vec::new());
    }
    let filtro = FiltroDocumentos { estados, ..filtro.clone() };
    let mut d = Donde::default();
    filtro.write(&mut d);
    filtro.write_estados(&mut d);
    let sql = format!(
        "SELECT id, serie || '-' || CAST(folio AS TEXT) AS numero FROM comprobantes WHERE {} \
         ORDER BY id LIMIT {}",
        d.take(),
        LOTE_MAXIMO + 1
    );
    c.all(&sql, d.valores).await
}

/// The documents with these ids, oldest first; ids of nothing are left out.
pub async fn elegidos(c: &impl Consulta, ids: &[Uuid]) -> Result<Vec<Elegido>, DbError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT id, serie || '-' || CAST(folio AS TEXT) AS numero FROM comprobantes \
         WHERE id IN {} ORDER BY id",
        ramal_db::consulta::placeholders(1, ids.len())
    );
    c.all(&sql, ids.iter().map(|id| Value::from(*id)).collect()).await
}

/// Bytes kept of a document, without the bytes.
#[derive(Clone, Debug, FromQueryResult)]
pub struct ArchivoFila {
    /// Class: `xml`, `timbrado`, `cdr`, `acuse-1`, `pdf…`.
    pub clase: String,
    /// Weight in bytes.
    pub peso_bytes: i64,
    /// When they were kept.
    pub creado: Instante,
}

/// What is kept of a document, oldest first.
pub async fn archivos(c: &impl Consulta, id: ComprobanteId) -> Result<Vec<ArchivoFila>, DbError> {
    const SQL: &str = "SELECT clase, peso_bytes, creado FROM documentos \
        WHERE comprobante_id = $1 ORDER BY creado, clase";
    c.all(SQL, params![id]).await
}

/// A document that another names or that names another.
#[derive(Clone, Debug, FromQueryResult)]
pub struct RelacionadoFila {
    /// Identifier.
    pub id: Uuid,
    /// Printed number.
    pub numero: String,
    /// Kind.
    pub tipo: String,
    /// State.
    pub estado: String,
}

/// Documents that correct, pay or replace this one, and those that this one corrects, oldest first;
/// at most 50.
pub async fn relacionados(
    c: &impl Consulta,
    id: ComprobanteId,
) -> Result<Vec<RelacionadoFila>, DbError> {
    const SQL: &str = "SELECT id, serie || '-' || CAST(folio AS TEXT) AS numero, tipo, estado \
        FROM comprobantes WHERE id IN (SELECT comprobante_id FROM comprobante_relaciones \
            WHERE relacionado_id = $1 \
            UNION SELECT relacionado_id FROM comprobante_relaciones WHERE comprobante_id = $2) \
        ORDER BY id LIMIT 50";
    c.all(SQL, params![id, id]).await
}

/// An emisor that does not send until a person says so.
#[derive(Clone, Debug, FromQueryResult)]
pub struct PausaFila {
    /// Emisor.
    pub emisor_id: Uuid,
    /// Code of the authority, or `manual`.
    pub codigo: String,
    /// Why, and the way out.
    pub mensaje: String,
    /// Since when.
    pub desde: Instante,
}

/// Emisores that do not send.
pub async fn pausas(c: &impl Consulta) -> Result<Vec<PausaFila>, DbError> {
    c.all("SELECT emisor_id, codigo, mensaje, desde FROM fiscal_pausas", params![]).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numero(serie: Option<&str>, folio: i64) -> Busca {
        Busca::Numero { serie: serie.map(ToOwned::to_owned), folio }
    }

    #[test]
    fn a_number_is_found_however_it_is_typed() {
        for texto in ["F001-123", "f001-00000123", " F001 123 ", "f001-123"] {
            assert_eq!(Busca::parse(texto), numero(Some("F001"), 123), "{texto}");
        }
        assert_eq!(Busca::parse("123"), numero(None, 123));
        assert_eq!(Busca::parse("-123"), numero(None, 123));
        assert_eq!(Busca::parse("00000123"), numero(None, 123));
    }

    #[test]
    fn a_uuid_is_told_from_a_number_and_nonsense_finds_nothing() {
        let uuid = "5fb2822e-396d-4725-8521-cdc4bdd20ccf";
        assert_eq!(Busca::parse(uuid), Busca::Uuid(uuid.to_ascii_uppercase()));
        assert_eq!(Busca::parse("5FB2822E"), Busca::Uuid("5FB2822E".into()));
        let todo_cifras = "12345678-1234-1234-1234-123456789012";
        assert_eq!(Busca::parse(todo_cifras), Busca::Uuid(todo_cifras.into()));
        for texto in ["hola", "F001-", "5FB2", "%_", "F001-99999999999999999999", "ñandú-1x"] {
            assert_eq!(Busca::parse(texto), Busca::Nada, "{texto}");
        }
    }

    #[test]
    fn a_rare_state_leads_and_a_common_one_does_not() {
        let de = |estados: &[Estado], tipo| FiltroDocumentos {
            estados: estados.to_vec(),
            tipo,
            ..FiltroDocumentos::default()
        };
        assert!(de(&[Estado::Rechazado], Some(Tipo::Factura)).guia() == Guia::Estado);
        assert!(de(&[Estado::Aceptado], Some(Tipo::Pago)).guia() == Guia::Tipo);
        assert!(de(&[Estado::Aceptado], None).guia() == Guia::Estado);
    }
}
