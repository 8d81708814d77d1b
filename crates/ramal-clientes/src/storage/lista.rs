//! Lists of customers for people and programs: filters, order, count, suggestions. It writes
//! nothing.

use ramal_base::CampoInvalido;
use ramal_base::documentos::TipoDocumento;
use ramal_db::{Consulta, Cursor, DbError, Pagina, Value};
use uuid::Uuid;

use super::{COLUMNAS, Fila, clientes};
use crate::cliente::EstadoCliente;
use crate::{Cliente, ClienteId, Error, busqueda};

/// Most rows that a count looks at; one more says «more than 10,000».
pub const CONTADOS: i64 = 10_001;

/// Filters of the list; all optional, combined with "and".
#[derive(Clone, Debug, Default)]
pub struct FiltroClientes {
    /// Words, each somewhere in the code, document, telephone, e-mail or names.
    pub buscar: Option<String>,
    /// State.
    pub estado: Option<EstadoCliente>,
    /// Exact document number.
    pub documento: Option<String>,
    /// Kind of document.
    pub tipo_documento: Option<TipoDocumento>,
    /// Zone of one of the addresses.
    pub zona: Option<Uuid>,
    /// Condition of a slice above on `clientes.id`, without parameters.
    pub entre: Option<&'static str>,
    /// Order.
    pub orden: Orden,
}

/// Order of a list of customers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Orden {
    /// By name.
    #[default]
    Nombre,
    /// By name, from Z to A.
    NombreBaja,
    /// By printed number.
    Codigo,
    /// By printed number, highest first.
    CodigoBaja,
    /// By the moment of sign-up: identifiers carry it.
    Alta,
    /// By the moment of sign-up, newest first.
    AltaBaja,
}

impl Orden {
    /// Order of a list's address: `nombre`, `-alta`…
    pub fn parse(texto: &str) -> Option<Orden> {
        Some(match texto {
            "nombre" => Orden::Nombre,
            "-nombre" => Orden::NombreBaja,
            "codigo" => Orden::Codigo,
            "-codigo" => Orden::CodigoBaja,
            "alta" => Orden::Alta,
            "-alta" => Orden::AltaBaja,
            _ => return None,
        })
    }

    fn sql(self) -> &'static str {
        match self {
            Orden::Nombre => "nombre_busqueda, id",
            Orden::NombreBaja => "nombre_busqueda DESC, id DESC",
            Orden::Codigo => "numero",
            Orden::CodigoBaja => "numero DESC",
            Orden::Alta => "id",
            Orden::AltaBaja => "id DESC",
        }
    }

    /// Cursor after a row.
    fn cursor(self, c: &Cliente) -> String {
        match self {
            Orden::Nombre | Orden::NombreBaja => {
                format!("{}~{}", c.id, busqueda::normalize(&c.razon_social))
            }
            Orden::Codigo | Orden::CodigoBaja => c.numero.to_string(),
            Orden::Alta | Orden::AltaBaja => c.id.to_string(),
        }
    }

    /// Condition of the rows after a cursor; none if it is not one of this order.
    fn after(self, texto: &str, bind: &mut impl FnMut(Value) -> String) -> Option<String> {
        let signo = match self {
            Orden::Nombre | Orden::Codigo | Orden::Alta => ">",
            Orden::NombreBaja | Orden::CodigoBaja | Orden::AltaBaja => "<",
        };
        Some(match self {
            Orden::Nombre | Orden::NombreBaja => {
                let (id, nombre) = texto.split_once('~')?;
                let id: Uuid = id.parse().ok()?;
                let (nombre, id) = (bind(nombre.into()), bind(id.into()));
                format!("(nombre_busqueda, id) {signo} ({nombre}, {id})")
            }
            Orden::Codigo | Orden::CodigoBaja => {
                let numero: i64 = texto.parse().ok()?;
                format!("numero {signo} {}", bind(numero.into()))
            }
            Orden::Alta | Orden::AltaBaja => {
                let id: Uuid = texto.parse().ok()?;
                format!("id {signo} {}", bind(id.into()))
            }
        })
    }
}

/// A page of customers.
///
/// Errors: `Datos` if the cursor is not one of ours, which would begin the list again; `Storage`.
pub async fn list(
    c: &impl Consulta,
    filtro: &FiltroClientes,
    cursor: &Cursor,
) -> Result<Pagina<Cliente>, Error> {
    let mut donde = Donde::of(filtro, Uso::Pagina);
    if let Some(texto) = cursor.cursor.as_deref() {
        let despues = filtro.orden.after(texto, &mut |v| donde.bind(v));
        let despues = despues.ok_or_else(bad_cursor)?;
        donde.condiciones.push(despues);
    }
    let sql = format!(
        "SELECT {COLUMNAS} FROM clientes WHERE {} ORDER BY {} LIMIT {}",
        donde.text(),
        filtro.orden.sql(),
        cursor.filas()
    );
    let datos = clientes(c.all::<Fila>(&sql, donde.valores).await?)?;
    Ok(Pagina::cut(datos, cursor, |f| filtro.orden.cursor(f)))
}

/// How many customers a filter gives, [`CONTADOS`] at most.
pub async fn count(c: &impl Consulta, filtro: &FiltroClientes) -> Result<i64, DbError> {
    let donde = Donde::of(filtro, Uso::Conjunto);
    let sql = format!(
        "SELECT COUNT(*) FROM (SELECT 1 AS uno FROM clientes WHERE {} LIMIT {CONTADOS}) AS vistos",
        donde.text()
    );
    Ok(c.scalar(&sql, donde.valores).await?.unwrap_or(0))
}

/// Identifiers of the customers that a filter gives, in order of id, at most `limite` after
/// `despues`.
pub async fn ids(
    c: &impl Consulta,
    filtro: &FiltroClientes,
    despues: Option<ClienteId>,
    limite: i64,
) -> Result<Vec<ClienteId>, DbError> {
    let mut donde = Donde::of(filtro, Uso::Conjunto);
    if let Some(id) = despues {
        let id = donde.bind(id.into());
        donde.condiciones.push(format!("id > {id}"));
    }
    let sql = format!("SELECT id FROM clientes WHERE {} ORDER BY id LIMIT {limite}", donde.text());
    c.column(&sql, donde.valores).await
}

/// Customers that match some words, those whose name begins so first; none without words.
pub async fn suggest(
    c: &impl Consulta,
    pregunta: &str,
    limite: u32,
) -> Result<Vec<Cliente>, DbError> {
    let filtro = FiltroClientes { buscar: Some(pregunta.to_owned()), ..FiltroClientes::default() };
    if busqueda::words(pregunta).is_empty() {
        return Ok(Vec::new());
    }
    let mut donde = Donde::of(&filtro, Uso::Pagina);
    let patron = format!("{}%", escape_like(&busqueda::normalize(pregunta)));
    let inicio = donde.bind(patron.into());
    let sql = format!(
        "SELECT {COLUMNAS} FROM clientes WHERE {} ORDER BY \
         CASE WHEN nombre_busqueda LIKE {inicio} ESCAPE '!' THEN 0 ELSE 1 END, \
         nombre_busqueda, id LIMIT {limite}",
        donde.text()
    );
    clientes(c.all::<Fila>(&sql, donde.valores).await?)
}

/// What the conditions are for: a zone holds a good part of the customers, so a page, which stops
/// at 51 rows, asks row by row, and what looks at all of them reads the zone once.
#[derive(Clone, Copy)]
enum Uso {
    Pagina,
    Conjunto,
}

/// Conditions with their values.
struct Donde {
    condiciones: Vec<String>,
    valores: Vec<Value>,
}

impl Donde {
    fn of(filtro: &FiltroClientes, uso: Uso) -> Donde {
        let mut donde = Donde { condiciones: Vec::new(), valores: Vec::new() };
        for palabra in busqueda::words(filtro.buscar.as_deref().unwrap_or("")) {
            donde.add("busqueda LIKE ? ESCAPE '!'", format!("%{}%", escape_like(&palabra)).into());
        }
        if let Some(estado) = filtro.estado {
            donde.add("estado = ?", estado.as_str().into());
        }
        if let Some(documento) = &filtro.documento {
            donde.add("numero_documento = ?", documento.as_str().into());
        }
        if let Some(tipo) = filtro.tipo_documento {
            donde.add("tipo_documento = ?", tipo.as_str().into());
        }
        if let Some(zona) = filtro.zona {
            let suyos = match uso {
                Uso::Pagina => {
                    "EXISTS (SELECT 1 FROM domicilios d \
                     WHERE d.cliente_id = clientes.id AND d.zona_id = ?)"
                }
                Uso::Conjunto => "id IN (SELECT cliente_id FROM domicilios WHERE zona_id = ?)",
            };
            donde.add(suyos, zona.into());
        }
        if let Some(entre) = filtro.entre {
            donde.condiciones.push(entre.to_owned());
        }
        donde
    }

    fn bind(&mut self, valor: Value) -> String {
        self.valores.push(valor);
        format!("${}", self.valores.len())
    }

    fn add(&mut self, condicion: &str, valor: Value) {
        let lugar = self.bind(valor);
        self.condiciones.push(condicion.replace('?', &lugar));
    }

    fn text(&self) -> String {
        if self.condiciones.is_empty() {
            "1 = 1".to_owned()
        } else {
            self.condiciones.join(" AND ")
        }
    }
}

fn escape_like(texto: &str) -> String {
    texto.replace('!', "!!").replace('%', "!%").replace('_', "!_")
}

fn bad_cursor() -> Error {
    let motivo = "Use el valor de «siguiente» de la página anterior, sin cambiarlo.";
    Error::Datos(vec![CampoInvalido::new("cursor", "cursor_invalido", motivo)])
}
