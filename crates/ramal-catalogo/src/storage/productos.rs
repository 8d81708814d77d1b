//! SQL of products. Nothing outside this slice writes its tables.

use ramal_base::{Dinero, Instante};
use ramal_db::{Bulk, Consulta, Cursor, DbError, FromQueryResult, Pagina, Tx, Value, params};
use ramal_fiscal::Impuesto;

use crate::{Categoria, ClaseProducto, Periodicidad, Producto, ProductoId, Tecnologia, reglas};

/// Columns of a product, in the order that every query here lists them.
pub(crate) const COLUMNAS: &str = "id, codigo, nombre, clase, categoria, tecnologia, precio, \
    moneda, periodos, impuesto_incluido, requiere_factura, impuesto, clave_prod_serv, \
    clave_unidad, velocidad_mbps, configuracion, activo, version, creado, actualizado";

/// Row of `productos`.
#[derive(FromQueryResult)]
pub(crate) struct Fila {
    id: ProductoId,
    codigo: String,
    nombre: String,
    clase: String,
    categoria: String,
    tecnologia: Option<String>,
    precio: i64,
    moneda: String,
    periodos: String,
    impuesto_incluido: bool,
    requiere_factura: bool,
    impuesto: String,
    clave_prod_serv: Option<String>,
    clave_unidad: Option<String>,
    velocidad_mbps: Option<i32>,
    configuracion: String,
    activo: bool,
    version: i64,
    creado: Instante,
    actualizado: Instante,
}

impl TryFrom<Fila> for Producto {
    type Error = DbError;

    fn try_from(f: Fila) -> Result<Producto, DbError> {
        let bad = || DbError::Corrupt("row of productos");
        let moneda = f.moneda.parse().map_err(|_| bad())?;
        let periodos: Option<Vec<Periodicidad>> =
            f.periodos.split(',').map(Periodicidad::parse).collect();
        Ok(Producto {
            id: f.id,
            codigo: f.codigo,
            nombre: f.nombre,
            clase: ClaseProducto::parse(&f.clase).ok_or_else(bad)?,
            categoria: Categoria::parse(&f.categoria).ok_or_else(bad)?,
            tecnologia: tecnologia(f.tecnologia.as_deref())?,
            precio: Dinero::new(f.precio, moneda),
            periodos: periodos.ok_or_else(bad)?,
            impuesto_incluido: f.impuesto_incluido,
            requiere_factura: f.requiere_factura,
            impuesto: Impuesto::parse(&f.impuesto).ok_or_else(bad)?,
            clave_prod_serv: f.clave_prod_serv,
            clave_unidad: f.clave_unidad,
            velocidad_mbps: f.velocidad_mbps,
            configuracion: serde_json::from_str(&f.configuracion).map_err(|_| bad())?,
            activo: f.activo,
            version: f.version,
            creado: f.creado,
            actualizado: f.actualizado,
        })
    }
}

pub(super) fn tecnologia(texto: Option<&str>) -> Result<Option<Tecnologia>, DbError> {
    let bad = DbError::Corrupt("technology of a producto");
    texto.map(|t| Tecnologia::parse(t).ok_or(bad)).transpose()
}

/// One product.
pub async fn by_id(c: &impl Consulta, id: ProductoId) -> Result<Option<Producto>, DbError> {
    let sql = format!("SELECT {COLUMNAS} FROM productos WHERE id = $1");
    c.opt::<Fila>(&sql, params![id]).await?.map(Producto::try_from).transpose()
}

/// The product with a code.
pub async fn by_codigo(c: &impl Consulta, codigo: &str) -> Result<Option<Producto>, DbError> {
    let sql = format!("SELECT {COLUMNAS} FROM productos WHERE codigo = $1");
    c.opt::<Fila>(&sql, params![codigo]).await?.map(Producto::try_from).transpose()
}

/// The product with a name, exactly as written.
pub async fn by_nombre(c: &impl Consulta, nombre: &str) -> Result<Option<Producto>, DbError> {
    let sql = format!("SELECT {COLUMNAS} FROM productos WHERE nombre = $1");
    c.opt::<Fila>(&sql, params![nombre]).await?.map(Producto::try_from).transpose()
}

/// The whole catalogue by name; hundreds of rows at most.
pub async fn all(c: &impl Consulta) -> Result<Vec<Producto>, DbError> {
    let sql = format!("SELECT {COLUMNAS} FROM productos ORDER BY nombre");
    c.all::<Fila>(&sql, vec![]).await?.into_iter().map(Producto::try_from).collect()
}

/// One product, its row locked until the end of the transaction.
pub async fn lock(tx: &Tx, id: ProductoId) -> Result<Option<Producto>, DbError> {
    let bloqueo = tx.motor().for_update();
    let sql = format!("SELECT {COLUMNAS} FROM productos WHERE id = $1{bloqueo}");
    tx.opt::<Fila>(&sql, params![id]).await?.map(Producto::try_from).transpose()
}

/// Products by id, in no order.
pub async fn by_ids(c: &impl Consulta, ids: &[ProductoId]) -> Result<Vec<Producto>, DbError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let lista = ramal_db::consulta::placeholders(1, ids.len());
    let sql = format!("SELECT {COLUMNAS} FROM productos WHERE id IN {lista}");
    let valores = ids.iter().map(|id| Value::from(*id)).collect();
    c.all::<Fila>(&sql, valores).await?.into_iter().map(Producto::try_from).collect()
}

/// Filters of the list; all optional, combined with "and".
#[derive(Clone, Debug, Default)]
pub struct FiltroProductos {
    /// Part of the name, without accents.
    pub buscar: Option<String>,
    /// Kind.
    pub clase: Option<ClaseProducto>,
    /// Category.
    pub categoria: Option<Categoria>,
    /// Technology that the customer has: also products that fit any.
    pub tecnologia: Option<Tecnologia>,
    /// Whether it can be contracted.
    pub activo: Option<bool>,
    /// Technologies of a zone: products that need another one stay out.
    pub zona: Option<Vec<Tecnologia>>,
    /// Kind that stays out.
    pub menos: Option<ClaseProducto>,
}

impl FiltroProductos {
    /// The condition, with its values from `$1` on.
    fn donde(&self) -> (String, Vec<Value>) {
        let mut donde = vec!["1 = 1".to_owned()];
        let mut valores: Vec<Value> = Vec::new();
        let mut add = |condicion: &str, valor: Value| {
            valores.push(valor);
            donde.push(condicion.replace('?', &format!("${}", valores.len())));
        };
        if let Some(texto) = self.buscar.as_deref().filter(|t| !t.trim().is_empty()) {
            // A slug holds no wildcard and no stored one is empty: signs alone find nothing.
            let slug = reglas::slug(texto);
            let patron = if slug.is_empty() { slug } else { format!("%{slug}%") };
            add("nombre_busqueda LIKE ?", patron.into());
        }
        if let Some(clase) = self.clase {
            add("clase = ?", clase.as_str().into());
        }
        if let Some(clase) = self.menos {
            add("clase <> ?", clase.as_str().into());
        }
        if let Some(categoria) = self.categoria {
            add("categoria = ?", categoria.as_str().into());
        }
        if let Some(tecnologia) = self.tecnologia {
            add("(tecnologia IS NULL OR tecnologia = ?)", tecnologia.as_str().into());
        }
        if let Some(activo) = self.activo {
            add("activo = ?", activo.into());
        }
        if let Some(tecnologias) = &self.zona {
            let ajenas = Tecnologia::TODAS.into_iter().filter(|t| !tecnologias.contains(t));
            for ajena in ajenas {
                add("(tecnologia IS NULL OR tecnologia <> ?)", ajena.as_str().into());
            }
        }
        (donde.join(" AND "), valores)
    }
}

/// How many products match, up to 10,001.
pub async fn count(c: &impl Consulta, filtro: &FiltroProductos) -> Result<i64, DbError> {
    let (donde, valores) = filtro.donde();
    let sql = format!(
        "SELECT COUNT(*) FROM (SELECT 1 AS uno FROM productos WHERE {donde} LIMIT 10001) t"
    );
    Ok(c.scalar(&sql, valores).await?.unwrap_or(0))
}

/// A page of products by name; the cursor is the last name seen.
pub async fn list(
    c: &impl Consulta,
    filtro: &FiltroProductos,
    cursor: &Cursor,
) -> Result<Pagina<Producto>, DbError> {
    let (mut donde, mut valores) = filtro.donde();
    if let Some(nombre) = &cursor.cursor {
        valores.push(nombre.as_str().into());
        donde.push_str(&format!(" AND nombre > ${}", valores.len()));
    }
    let sql = format!(
        "SELECT {COLUMNAS} FROM productos WHERE {donde} ORDER BY nombre LIMIT {}",
        cursor.filas()
    );
    let filas = c.all::<Fila>(&sql, valores).await?;
    let datos: Result<Vec<Producto>, DbError> = filas.into_iter().map(Producto::try_from).collect();
    Ok(Pagina::cut(datos?, cursor, |p| p.nombre.clone()))
}

const COLUMNAS_ALTA: &[&str] = &[
    "id",
    "codigo",
    "nombre",
    "nombre_busqueda",
    "clase",
    "categoria",
    "tecnologia",
    "precio",
    "moneda",
    "periodos",
    "impuesto_incluido",
    "requiere_factura",
    "impuesto",
    "clave_prod_serv",
    "clave_unidad",
    "velocidad_mbps",
    "configuracion",
    "activo",
    "version",
    "creado",
    "actualizado",
];

/// Periods as stored: comma-separated.
pub(crate) fn periodos_texto(periodos: &[Periodicidad]) -> String {
    periodos.iter().map(|p| p.as_str()).collect::<Vec<_>>().join(",")
}

/// Writes a new product. Errors: `Unique` on its code or name.
pub async fn insert(tx: &Tx, p: &Producto) -> Result<(), DbError> {
    let mut fila = Bulk::new("productos", COLUMNAS_ALTA);
    fila.push([
        p.id.into(),
        p.codigo.as_str().into(),
        p.nombre.as_str().into(),
        reglas::slug(&p.nombre).into(),
        p.clase.as_str().into(),
        p.categoria.as_str().into(),
        p.tecnologia.map(Tecnologia::as_str).into(),
        p.precio.centavos.into(),
        p.precio.moneda.codigo().into(),
        periodos_texto(&p.periodos).into(),
        p.impuesto_incluido.into(),
        p.requiere_factura.into(),
        p.impuesto.as_str().into(),
        p.clave_prod_serv.clone().into(),
        p.clave_unidad.clone().into(),
        p.velocidad_mbps.into(),
        p.configuracion.to_string().into(),
        p.activo.into(),
        p.version.into(),
        p.creado.into(),
        p.actualizado.into(),
    ]);
    fila.insert(tx).await?;
    super::historia::note(tx, p).await
}

/// Writes the changeable fields of a product; another price is noted in its history.
pub async fn update(tx: &Tx, p: &Producto) -> Result<(), DbError> {
    const SQL: &str = "UPDATE productos SET nombre = $2, tecnologia = $3, precio = $4, \
        moneda = $5, periodos = $6, impuesto_incluido = $7, requiere_factura = $8, impuesto = $9, \
        clave_prod_serv = $10, clave_unidad = $11, velocidad_mbps = $12, configuracion = $13, \
        activo = $14, version = $15, actualizado = $16, clase = $17, categoria = $18, \
        nombre_busqueda = $19 \
        WHERE id = $1";
    let valores = params![
        p.id,
        p.nombre.as_str(),
        p.tecnologia.map(Tecnologia::as_str),
        p.precio.centavos,
        p.precio.moneda.codigo(),
        periodos_texto(&p.periodos),
        p.impuesto_incluido,
        p.requiere_factura,
        p.impuesto.as_str(),
        p.clave_prod_serv.clone(),
        p.clave_unidad.clone(),
        p.velocidad_mbps,
        p.configuracion.to_string(),
        p.activo,
        p.version,
        p.actualizado,
        p.clase.as_str(),
        p.categoria.as_str(),
        reglas::slug(&p.nombre),
    ];
    tx.exec(SQL, valores).await?;
    super::historia::note(tx, p).await
}
