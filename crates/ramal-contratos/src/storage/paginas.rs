//! Lists for the screens: services with filters of people, counts per customer, the trail of a
//! customer. It writes nothing.

use std::collections::HashMap;

use ramal_base::{Fecha, Instante};
use ramal_catalogo::ProductoId;
use ramal_clientes::ClienteId;
use ramal_db::consulta::placeholders;
use ramal_db::{Consulta, Cursor, DbError, FromQueryResult, Pagina, Value};
use uuid::Uuid;

use super::{COLUMNAS, Fila, servicios};
use crate::{Error, EstadoServicio, EstadoVencimiento, Servicio};

/// Most rows that a count looks at.
const CONTADOS: i64 = 10_001;

/// How many services of a state a customer has.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Cuenta {
    /// The customer.
    pub cliente_id: ClienteId,
    /// The state, as stored.
    pub estado: String,
    /// How many.
    pub n: i64,
}

/// Services of these customers, counted by state.
pub async fn cuentas(c: &impl Consulta, clientes: &[ClienteId]) -> Result<Vec<Cuenta>, DbError> {
    if clientes.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT cliente_id, estado, COUNT(*) AS n FROM servicios WHERE cliente_id IN {} \
         GROUP BY cliente_id, estado",
        placeholders(1, clientes.len())
    );
    c.all(&sql, clientes.iter().map(|i| Value::from(*i)).collect()).await
}

/// Filters of the screen of services; all optional, combined with "and".
#[derive(Clone, Debug, Default)]
pub struct FiltroPantalla {
    /// Printed number.
    pub numero: Option<i64>,
    /// Among these customers.
    pub clientes: Option<Vec<ClienteId>>,
    /// State.
    pub estado: Option<EstadoServicio>,
    /// Standing with respect to the due date on `hoy`.
    pub vencimiento: Option<EstadoVencimiento>,
    /// Services of customers with an address in a zone.
    pub zona: Option<Uuid>,
    /// Services of a product.
    pub producto: Option<ProductoId>,
}

/// A page of services by number, newest first, each with its due mark.
///
/// Errors: `Datos` if the cursor is not one of ours; `Storage`.
pub async fn screen(
    c: &impl Consulta,
    filtro: &FiltroPantalla,
    hoy: Fecha,
    cursor: &Cursor,
) -> Result<Pagina<(Servicio, Option<Fecha>)>, Error> {
    let mut donde = Donde::of(filtro, hoy, Uso::Pagina);
    if let Some(texto) = cursor.cursor.as_deref() {
        let numero: i64 = texto.parse().map_err(|_| super::listas::bad_cursor())?;
        donde.add("numero < ?", vec![numero.into()]);
    }
    let sql = format!(
        "SELECT {COLUMNAS} FROM servicios WHERE {} ORDER BY numero DESC LIMIT {}",
        donde.text(),
        cursor.filas()
    );
    let datos = servicios(c.all::<Fila>(&sql, donde.valores).await?)?;
    let pagina = Pagina::cut(datos, cursor, |s| s.numero.to_string());
    let datos = super::with_marcas(c, pagina.datos).await?;
    Ok(Pagina { datos, siguiente: pagina.siguiente })
}

/// How many services a filter gives, 10,001 at most.
pub async fn count_screen(
    c: &impl Consulta,
    filtro: &FiltroPantalla,
    hoy: Fecha,
) -> Result<i64, DbError> {
    let donde = Donde::of(filtro, hoy, Uso::Conteo);
    let sql = format!(
        "SELECT COUNT(*) FROM (SELECT 1 AS uno FROM servicios WHERE {} LIMIT {CONTADOS}) AS vistos",
        donde.text()
    );
    Ok(c.scalar(&sql, donde.valores).await?.unwrap_or(0))
}

/// What the conditions are for: a page, which stops at 51 rows, asks each row for its zone; a count
/// reads the zone once.
#[derive(Clone, Copy)]
enum Uso {
    Pagina,
    Conteo,
}

struct Donde {
    condiciones: Vec<String>,
    valores: Vec<Value>,
}

impl Donde {
    fn of(f: &FiltroPantalla, hoy: Fecha, uso: Uso) -> Donde {
        let mut donde = Donde { condiciones: Vec::new(), valores: Vec::new() };
        if let Some(numero) = f.numero {
            donde.add("numero = ?", vec![numero.into()]);
        }
        match f.clientes.as_deref() {
            Some([]) => donde.add("1 = 0", Vec::new()),
            Some(ids) => {
                let lugares = vec!["?"; ids.len()].join(", ");
                let valores = ids.iter().map(|i| Value::from(*i)).collect();
                donde.add(&format!("cliente_id IN ({lugares})"), valores);
            }
            None => {}
        }
        if let Some(estado) = f.estado {
            donde.add("estado = ?", vec![estado.texto().into()]);
        }
        if let Some(zona) = f.zona {
            let suyos = match uso {
                Uso::Pagina => {
                    "EXISTS (SELECT 1 FROM domicilios d \
                     WHERE d.cliente_id = servicios.cliente_id AND d.zona_id = ?)"
                }
                Uso::Conteo => {
                    "cliente_id IN (SELECT cliente_id FROM domicilios WHERE zona_id = ?)"
                }
            };
            donde.add(suyos, vec![zona.into()]);
        }
        if let Some(producto) = f.producto {
            donde.add("producto_id = ?", vec![producto.into()]);
        }
        if let Some(vencimiento) = f.vencimiento {
            donde.due(vencimiento, hoy);
        }
        donde
    }

    /// The same bounds as [`EstadoVencimiento::of`], over the stored mark.
    fn due(&mut self, vencimiento: EstadoVencimiento, hoy: Fecha) {
        const VIVA: &str = "vence IS NOT NULL AND (fin IS NULL OR vence < fin)";
        let (desde, hasta) = match vencimiento {
            EstadoVencimiento::Inactivo => return self.add("estado <> 'activo'", Vec::new()),
            EstadoVencimiento::AlDia => {
                let lejos = "estado = 'activo' \
                    AND (vence IS NULL OR vence > ? OR (fin IS NOT NULL AND vence >= fin))";
                return self.add(lejos, vec![hoy.plus_dias(3).into()]);
            }
            EstadoVencimiento::PorVencer => (Some(hoy.plus_dias(1)), hoy.plus_dias(3)),
            EstadoVencimiento::VenceHoy => (Some(hoy), hoy),
            EstadoVencimiento::Vencido => (None, hoy.plus_dias(-1)),
        };
        self.add(&format!("estado = 'activo' AND {VIVA} AND vence <= ?"), vec![hasta.into()]);
        if let Some(desde) = desde {
            self.add("vence >= ?", vec![desde.into()]);
        }
    }

    fn add(&mut self, condicion: &str, valores: Vec<Value>) {
        let mut texto = String::with_capacity(condicion.len() + 8);
        let mut partes = condicion.split('?');
        texto.push_str(partes.next().unwrap_or(""));
        for (valor, parte) in valores.into_iter().zip(partes) {
            self.valores.push(valor);
            texto.push_str(&format!("${}{parte}", self.valores.len()));
        }
        self.condiciones.push(texto);
    }

    fn text(&self) -> String {
        if self.condiciones.is_empty() {
            "1 = 1".to_owned()
        } else {
            self.condiciones.join(" AND ")
        }
    }
}

/// A line of the audit trail about a customer or one of his services.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Apunte {
    /// Identifier; orders the trail.
    pub id: Uuid,
    /// When.
    pub instante: Instante,
    /// Who, as recorded.
    pub actor: String,
    /// What.
    pub accion: String,
    /// Which thing.
    pub objeto_id: String,
    /// How it was, JSON.
    pub antes: Option<String>,
    /// How it is, JSON.
    pub despues: Option<String>,
}

/// Names of the people among some actors (`usuario:<id>`), by actor.
pub async fn names_of(
    c: &impl Consulta,
    actores: &[&str],
) -> Result<HashMap<String, String>, DbError> {
    #[derive(FromQueryResult)]
    struct Persona {
        id: Uuid,
        nombre: String,
    }
    let persona = |a: &&str| a.strip_prefix("usuario:")?.parse::<Uuid>().ok();
    let mut ids: Vec<Uuid> = actores.iter().filter_map(persona).collect();
    ids.sort();
    ids.dedup();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let sql = format!("SELECT id, nombre FROM usuarios WHERE id IN {}", placeholders(1, ids.len()));
    let personas: Vec<Persona> = c.all(&sql, ids.into_iter().map(Value::from).collect()).await?;
    Ok(personas.into_iter().map(|p| (format!("usuario:{}", p.id), p.nombre)).collect())
}

/// The trail of these things (a customer and his services), newest first.
///
/// Errors: `Datos` if the cursor is not one of ours; `Storage`.
pub async fn apuntes(
    c: &impl Consulta,
    objetos: &[String],
    cursor: &Cursor,
) -> Result<Pagina<Apunte>, Error> {
    let hasta = match cursor.cursor.as_deref() {
        Some(texto) => texto.parse().map_err(|_| super::listas::bad_cursor())?,
        None => Uuid::max(),
    };
    let sql = format!(
        "SELECT id, instante, actor, accion, objeto_id, antes, despues \
         FROM auditoria WHERE objeto_tipo IN ('cliente', 'servicio') AND objeto_id IN {} \
         AND id < $1 ORDER BY id DESC LIMIT {}",
        placeholders(2, objetos.len()),
        cursor.filas()
    );
    let mut valores: Vec<Value> = vec![hasta.into()];
    valores.extend(objetos.iter().map(|o| Value::from(o.as_str())));
    let datos: Vec<Apunte> = c.all(&sql, valores).await?;
    Ok(Pagina::cut(datos, cursor, |a| a.id.to_string()))
}
