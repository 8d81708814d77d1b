//! Lists of services for people and programs. It writes nothing.

use ramal_base::{CampoInvalido, Fecha, Instante};
use ramal_catalogo::ProductoId;
use ramal_clientes::ClienteId;
use ramal_db::{Consulta, Cursor, DbError, FromQueryResult, Pagina, Value, params};
use uuid::Uuid;

use super::{COLUMNAS, Fila, servicios};
use crate::{Error, EstadoServicio, Servicio, ServicioId};

/// Filters of the list; all optional, combined with "and".
#[derive(Clone, Copy, Debug, Default)]
pub struct FiltroServicios {
    /// Services of a customer.
    pub cliente: Option<ClienteId>,
    /// Services of a contract.
    pub contrato: Option<Uuid>,
    /// State.
    pub estado: Option<EstadoServicio>,
    /// Services of a product.
    pub producto: Option<ProductoId>,
    /// Services that fall due before a day, overdue ones too.
    pub vence_antes_de: Option<Fecha>,
}

/// A page of services by number, each with its due mark.
///
/// Errors: `Datos` if the cursor is not one of ours; `Storage`.
pub async fn list(
    c: &impl Consulta,
    filtro: &FiltroServicios,
    cursor: &Cursor,
) -> Result<Pagina<(Servicio, Option<Fecha>)>, Error> {
    let mut donde = vec!["1 = 1".to_owned()];
    let mut valores: Vec<Value> = Vec::new();
    let mut add = |condicion: &str, valor: Value| {
        valores.push(valor);
        donde.push(condicion.replace('?', &format!("${}", valores.len())));
    };
    if let Some(cliente) = filtro.cliente {
        add("cliente_id = ?", cliente.into());
    }
    if let Some(contrato) = filtro.contrato {
        add("contrato_id = ?", contrato.into());
    }
    if let Some(estado) = filtro.estado {
        add("estado = ?", estado.texto().into());
    }
    if let Some(producto) = filtro.producto {
        add("producto_id = ?", producto.into());
    }
    if let Some(dia) = filtro.vence_antes_de {
        add("vence IS NOT NULL AND (fin IS NULL OR vence < fin) AND vence < ?", dia.into());
    }
    if let Some(texto) = cursor.cursor.as_deref() {
        let numero: i64 = texto.parse().map_err(|_| bad_cursor())?;
        add("numero > ?", numero.into());
    }
    let sql = format!(
        "SELECT {COLUMNAS} FROM servicios WHERE {} ORDER BY numero LIMIT {}",
        donde.join(" AND "),
        cursor.filas()
    );
    let datos = servicios(c.all::<Fila>(&sql, valores).await?)?;
    let pagina = Pagina::cut(datos, cursor, |s| s.numero.to_string());
    let datos = super::with_marcas(c, pagina.datos).await?;
    Ok(Pagina { datos, siguiente: pagina.siguiente })
}

pub(super) fn bad_cursor() -> Error {
    let motivo = "Use el valor de «siguiente» de la página anterior, sin cambiarlo.";
    Error::Datos(vec![CampoInvalido::new("cursor", "cursor_invalido", motivo)])
}

/// The service with a printed number.
pub async fn id_by_numero(c: &impl Consulta, numero: i64) -> Result<Option<ServicioId>, DbError> {
    c.scalar("SELECT id FROM servicios WHERE numero = $1", params![numero]).await
}

/// The product with a code, exactly as stored.
pub async fn producto_by_codigo(
    c: &impl Consulta,
    codigo: &str,
) -> Result<Option<ProductoId>, DbError> {
    c.scalar("SELECT id FROM productos WHERE codigo = $1", params![codigo]).await
}

/// A recorded fact as people read it: with who recorded it and why.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Renglon {
    /// Order of registration, from 1.
    pub secuencia: i32,
    /// First day on which it counts.
    pub desde: Fecha,
    /// Kind.
    pub clase: String,
    /// The fact, JSON.
    pub datos: String,
    /// Who recorded it.
    pub actor: String,
    /// Reason given.
    pub motivo: Option<String>,
    /// When it was recorded.
    pub registrado: Instante,
}

/// Facts of a service in order of registration, as people read them.
pub async fn renglones(c: &impl Consulta, servicio: ServicioId) -> Result<Vec<Renglon>, DbError> {
    const SQL: &str = "SELECT secuencia, desde, clase, datos, actor, motivo, registrado \
        FROM servicio_hechos WHERE servicio_id = $1 ORDER BY secuencia";
    c.all(SQL, params![servicio]).await
}
