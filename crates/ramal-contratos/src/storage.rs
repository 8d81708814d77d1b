//! SQL of services and their facts. Nothing outside this slice writes its tables.

use ramal_base::{Cx, Dinero, Fecha, Instante};
use ramal_catalogo::ProductoId;
use ramal_clientes::ClienteId;
use ramal_db::{Bulk, Consulta, DbError, FromQueryResult, Tx, Value, params};
use uuid::Uuid;

use crate::servicio::{Servicio, ServicioId};
use crate::{Ancla, EstadoServicio, EventoServicio};

mod contratos;
mod listas;
mod marcas;
mod paginas;

pub use contratos::{contrato_by_id, contrato_by_numero, contratos_by_cliente, insert_contrato};
pub use listas::{FiltroServicios, Renglon, id_by_numero, list, producto_by_codigo, renglones};
pub(crate) use marcas::bring_vence_back;
pub use marcas::{Revisado, mark_revisado, por_cambiar, set_cambia, with_marcas};
pub use paginas::{
    Apunte, Cuenta, FiltroPantalla, apuntes, count_screen, cuentas, names_of, screen,
};

/// Columns of a service, in the order that every query here lists them.
const COLUMNAS: &str = "id, numero, cliente_id, contrato_id, emisor_id, producto_id, descripcion, \
    precio, moneda, impuesto_incluido, requiere_factura, periodo_meses, ancla, ancla_dia, inicio, \
    facturado_desde, fin, estado, auto_renovacion, grupo, hechos, revisar_desde, \
    proxima_revision, configuracion, notas, version, creado, actualizado";

#[derive(FromQueryResult)]
struct Fila {
    id: ServicioId,
    numero: i64,
    cliente_id: ClienteId,
    contrato_id: Option<Uuid>,
    emisor_id: Uuid,
    producto_id: ProductoId,
    descripcion: String,
    precio: i64,
    moneda: String,
    impuesto_incluido: bool,
    requiere_factura: bool,
    periodo_meses: i32,
    ancla: Fecha,
    ancla_dia: i32,
    inicio: Fecha,
    facturado_desde: Fecha,
    fin: Option<Fecha>,
    estado: String,
    auto_renovacion: bool,
    grupo: Option<String>,
    hechos: i32,
    revisar_desde: Fecha,
    proxima_revision: Option<Fecha>,
    configuracion: String,
    notas: Option<String>,
    version: i64,
    creado: Instante,
    actualizado: Instante,
}

impl TryFrom<Fila> for Servicio {
    type Error = DbError;

    fn try_from(f: Fila) -> Result<Servicio, DbError> {
        let bad = || DbError::Corrupt("row of servicios");
        let ancla = read_ancla(f.ancla, f.ancla_dia, f.periodo_meses).ok_or_else(bad)?;
        Ok(Servicio {
            id: f.id,
            numero: f.numero,
            cliente_id: f.cliente_id,
            contrato_id: f.contrato_id,
            emisor_id: f.emisor_id,
            producto_id: f.producto_id,
            descripcion: f.descripcion,
            precio: Dinero::new(f.precio, f.moneda.parse().map_err(|_| bad())?),
            impuesto_incluido: f.impuesto_incluido,
            requiere_factura: f.requiere_factura,
            ancla,
            inicio: f.inicio,
            facturado_desde: f.facturado_desde,
            fin: f.fin,
            estado: EstadoServicio::parse(&f.estado).ok_or_else(bad)?,
            auto_renovacion: f.auto_renovacion,
            grupo: f.grupo,
            hechos: f.hechos,
            revisar_desde: f.revisar_desde,
            proxima_revision: f.proxima_revision,
            configuracion: serde_json::from_str(&f.configuracion).map_err(|_| bad())?,
            notas: f.notas,
            version: f.version,
            creado: f.creado,
            actualizado: f.actualizado,
        })
    }
}

fn read_ancla(fecha: Fecha, dia: i32, meses: i32) -> Option<Ancla> {
    let ancla = Ancla::new(fecha, u16::try_from(meses).ok()?).ok()?;
    ancla.with_dia(u8::try_from(dia).ok()?).ok()
}

fn servicios(filas: Vec<Fila>) -> Result<Vec<Servicio>, DbError> {
    filas.into_iter().map(Servicio::try_from).collect()
}

/// One service.
pub async fn by_id(c: &impl Consulta, id: ServicioId) -> Result<Option<Servicio>, DbError> {
    let sql = format!("SELECT {COLUMNAS} FROM servicios WHERE id = $1");
    c.opt::<Fila>(&sql, params![id]).await?.map(Servicio::try_from).transpose()
}

/// Services by id, in no order.
pub async fn by_ids(c: &impl Consulta, ids: &[ServicioId]) -> Result<Vec<Servicio>, DbError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let lista = ramal_db::consulta::placeholders(1, ids.len());
    let sql = format!("SELECT {COLUMNAS} FROM servicios WHERE id IN {lista}");
    servicios(c.all::<Fila>(&sql, ids.iter().map(|i| Value::from(*i)).collect()).await?)
}

/// One service, its row locked until the end of the transaction.
pub async fn lock(tx: &Tx, id: ServicioId) -> Result<Option<Servicio>, DbError> {
    let cierre = tx.motor().for_update();
    let sql = format!("SELECT {COLUMNAS} FROM servicios WHERE id = $1{cierre}");
    tx.opt::<Fila>(&sql, params![id]).await?.map(Servicio::try_from).transpose()
}

/// Services of a customer, oldest first.
pub async fn by_cliente(c: &impl Consulta, cliente: ClienteId) -> Result<Vec<Servicio>, DbError> {
    let sql = format!("SELECT {COLUMNAS} FROM servicios WHERE cliente_id = $1 ORDER BY numero");
    servicios(c.all::<Fila>(&sql, params![cliente]).await?)
}

/// Customers with a service to look at on or before `hasta`, by id, after `despues`.
pub async fn clientes_por_revisar(
    c: &impl Consulta,
    hasta: Fecha,
    despues: Option<ClienteId>,
    limite: i64,
) -> Result<Vec<ClienteId>, DbError> {
    let desde = despues.map_or(Uuid::nil(), |d| d.uuid());
    const SQL: &str = "SELECT DISTINCT cliente_id FROM servicios \
        WHERE proxima_revision IS NOT NULL AND proxima_revision <= $1 AND cliente_id > $2 \
        ORDER BY cliente_id LIMIT $3";
    c.column(SQL, params![hasta, desde, limite]).await
}

/// Services of these customers that a run must look at on or before `hasta`.
pub async fn por_revisar(
    c: &impl Consulta,
    clientes: &[ClienteId],
    hasta: Fecha,
) -> Result<Vec<Servicio>, DbError> {
    if clientes.is_empty() {
        return Ok(Vec::new());
    }
    let lista = ramal_db::consulta::placeholders(2, clientes.len());
    let sql = format!(
        "SELECT {COLUMNAS} FROM servicios WHERE proxima_revision IS NOT NULL \
         AND proxima_revision <= $1 AND cliente_id IN {lista} ORDER BY cliente_id, numero"
    );
    let mut valores = params![hasta];
    valores.extend(clientes.iter().map(|c| Value::from(*c)));
    servicios(c.all::<Fila>(&sql, valores).await?)
}

const COLUMNAS_ALTA: &[&str] = &[
    "id",
    "numero",
    "cliente_id",
    "contrato_id",
    "emisor_id",
    "producto_id",
    "descripcion",
    "precio",
    "moneda",
    "impuesto_incluido",
    "requiere_factura",
    "periodo_meses",
    "ancla",
    "ancla_dia",
    "inicio",
    "facturado_desde",
    "fin",
    "estado",
    "auto_renovacion",
    "grupo",
    "hechos",
    "revisar_desde",
    "proxima_revision",
    "configuracion",
    "notas",
    "lote_id",
    "version",
    "creado",
    "actualizado",
    "vence",
];
const COLUMNAS_HECHO: &[&str] =
    &["servicio_id", "secuencia", "desde", "clase", "datos", "actor", "registrado", "motivo"];

/// Writes services in bulk, each with the fact of its start; `lote` marks those of an import.
/// What falls due is what a run must look at first. A service that is not active brings the fact
/// that says so: see [`append_hecho`].
pub async fn insert_many(
    tx: &Tx,
    cx: &Cx,
    servicios: &[Servicio],
    lote: Option<Uuid>,
) -> Result<(), DbError> {
    let mut filas = Bulk::new("servicios", COLUMNAS_ALTA);
    let mut hechos = Bulk::new("servicio_hechos", COLUMNAS_HECHO);
    for s in servicios {
        filas.push(row(s, lote));
        hechos.push(hecho_row(cx, s.id, &s.alta(), None)?);
    }
    filas.insert(tx).await?;
    hechos.insert(tx).await?;
    Ok(())
}

fn row(s: &Servicio, lote: Option<Uuid>) -> Vec<Value> {
    vec![
        s.id.into(),
        s.numero.into(),
        s.cliente_id.into(),
        s.contrato_id.into(),
        s.emisor_id.into(),
        s.producto_id.into(),
        s.descripcion.as_str().into(),
        s.precio.centavos.into(),
        s.precio.moneda.codigo().into(),
        s.impuesto_incluido.into(),
        s.requiere_factura.into(),
        i32::from(s.ancla.meses()).into(),
        s.ancla.fecha().into(),
        i32::from(s.ancla.dia()).into(),
        s.inicio.into(),
        s.facturado_desde.into(),
        s.fin.into(),
        s.estado.texto().into(),
        s.auto_renovacion.into(),
        s.grupo.clone().into(),
        s.hechos.into(),
        s.revisar_desde.into(),
        s.proxima_revision.into(),
        s.configuracion.to_string().into(),
        s.notas.clone().into(),
        lote.into(),
        s.version.into(),
        s.creado.into(),
        s.actualizado.into(),
        s.proxima_revision.into(),
    ]
}

fn hecho_row(
    cx: &Cx,
    servicio: ServicioId,
    e: &EventoServicio,
    motivo: Option<&str>,
) -> Result<Vec<Value>, DbError> {
    let datos = serde_json::to_string(&e.hecho)
        .map_err(|_| DbError::Corrupt("a fact cannot be written as JSON"))?;
    let secuencia =
        i32::try_from(e.secuencia).map_err(|_| DbError::Corrupt("too many facts of a servicio"))?;
    Ok(vec![
        servicio.into(),
        secuencia.into(),
        e.desde.into(),
        e.hecho.tipo().into(),
        datos.into(),
        cx.actor().into(),
        e.registrado.into(),
        motivo.into(),
    ])
}

/// Adds a fact to a service.
pub async fn append_hecho(
    tx: &Tx,
    cx: &Cx,
    servicio: ServicioId,
    evento: &EventoServicio,
) -> Result<(), DbError> {
    append_hechos(tx, cx, servicio, std::slice::from_ref(evento), None).await
}

/// Adds facts to a service, with the reason that a person gave for them.
pub async fn append_hechos(
    tx: &Tx,
    cx: &Cx,
    servicio: ServicioId,
    eventos: &[EventoServicio],
    motivo: Option<&str>,
) -> Result<(), DbError> {
    let mut hechos = Bulk::new("servicio_hechos", COLUMNAS_HECHO);
    for evento in eventos {
        hechos.push(hecho_row(cx, servicio, evento, motivo)?);
    }
    hechos.insert(tx).await.map(|_| ())
}

#[derive(FromQueryResult)]
struct FilaHecho {
    servicio_id: ServicioId,
    secuencia: i32,
    desde: Fecha,
    datos: String,
    registrado: Instante,
}

/// Facts of these services, by service and in order of registration.
pub async fn hechos(
    c: &impl Consulta,
    servicios: &[ServicioId],
) -> Result<Vec<(ServicioId, EventoServicio)>, DbError> {
    if servicios.is_empty() {
        return Ok(Vec::new());
    }
    let lista = ramal_db::consulta::placeholders(1, servicios.len());
    let sql = format!(
        "SELECT servicio_id, secuencia, desde, datos, registrado FROM servicio_hechos \
         WHERE servicio_id IN {lista} ORDER BY servicio_id, secuencia"
    );
    let filas: Vec<FilaHecho> =
        c.all(&sql, servicios.iter().map(|s| Value::from(*s)).collect()).await?;
    filas.into_iter().map(read_hecho).collect()
}

fn read_hecho(f: FilaHecho) -> Result<(ServicioId, EventoServicio), DbError> {
    let bad = || DbError::Corrupt("fact of a servicio");
    let evento = EventoServicio {
        secuencia: u32::try_from(f.secuencia).map_err(|_| bad())?,
        desde: f.desde,
        registrado: f.registrado,
        hecho: serde_json::from_str(&f.datos).map_err(|_| bad())?,
    };
    Ok((f.servicio_id, evento))
}

/// Writes the changeable fields of a service.
pub async fn update(tx: &Tx, s: &Servicio) -> Result<(), DbError> {
    const SQL: &str = "UPDATE servicios SET producto_id = $2, descripcion = $3, precio = $4, \
        periodo_meses = $5, ancla = $6, ancla_dia = $7, fin = $8, estado = $9, \
        auto_renovacion = $10, grupo = $11, hechos = $12, revisar_desde = $13, \
        proxima_revision = $14, configuracion = $15, notas = $16, version = $17, \
        actualizado = $18, requiere_factura = $19 WHERE id = $1";
    let valores = params![
        s.id,
        s.producto_id,
        s.descripcion.as_str(),
        s.precio.centavos,
        i32::from(s.ancla.meses()),
        s.ancla.fecha(),
        i32::from(s.ancla.dia()),
        s.fin,
        s.estado.texto(),
        s.auto_renovacion,
        s.grupo.clone(),
        s.hechos,
        s.revisar_desde,
        s.proxima_revision,
        s.configuracion.to_string(),
        s.notas.clone(),
        s.version,
        s.actualizado,
        s.requiere_factura,
    ];
    tx.exec(SQL, valores).await.map(|_| ())
}

/// Takes back the services of an import. The caller has checked that nothing was billed on them.
pub async fn delete_lote(tx: &Tx, lote: Uuid) -> Result<u64, DbError> {
    const HECHOS: &str = "DELETE FROM servicio_hechos \
        WHERE servicio_id IN (SELECT id FROM servicios WHERE lote_id = $1)";
    tx.exec(HECHOS, params![lote]).await?;
    let borrados = tx.exec("DELETE FROM servicios WHERE lote_id = $1", params![lote]).await?;
    tx.exec("DELETE FROM contratos WHERE lote_id = $1", params![lote]).await?;
    Ok(borrados)
}
