//! The account of a customer over HTTP: movements with running balance, CSV, PDF. Changes nothing.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use ramal_base::{Dinero, Fecha, Instante, Moneda, Pais};
use ramal_catalogo::dinero_view::DineroView;
use ramal_clientes::{Cliente, referencia};
use ramal_cuenta::{Rango, Renglon, movimientos_de, saldo};
use ramal_plataforma::Can;
use ramal_web::pagina::{Formato, Textos};
use ramal_web::{App, Filtros, Paginacion, Problem, Ruta};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::extracto_pdf::{De, pdf};
use super::facturas::bad_cursor;
use super::paginas::attached;
use crate::Error;
use crate::extracto::{self, Numeros, csv, currency, numbers, paper, sides, whole};
use crate::permisos::LeerFacturas;
use crate::textos::TEXTOS;

/// Qué parte de la cuenta se pide.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CuentaQuery {
    /// Moneda de la cuenta: `MXN`, `PEN` o `USD`; sin ella, la del cliente.
    pub moneda: Option<Moneda3>,
    /// Primer día de registro.
    #[param(value_type = Option<String>, format = Date)]
    pub desde: Option<Fecha>,
    /// Último día de registro.
    #[param(value_type = Option<String>, format = Date)]
    pub hasta: Option<Fecha>,
}

/// Moneda de una cuenta.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
#[schema(as = MonedaCuenta)]
pub enum Moneda3 {
    /// Peso mexicano.
    Mxn,
    /// Sol peruano.
    Pen,
    /// Dólar de los Estados Unidos.
    Usd,
}

impl From<Moneda3> for Moneda {
    fn from(moneda: Moneda3) -> Moneda {
        match moneda {
            Moneda3::Mxn => Moneda::Mxn,
            Moneda3::Pen => Moneda::Pen,
            Moneda3::Usd => Moneda::Usd,
        }
    }
}

impl CuentaQuery {
    fn rango(&self) -> Rango {
        let dia = |f: Option<Fecha>| f.map(crate::vistas::within_calendar);
        Rango { desde: dia(self.desde), hasta: dia(self.hasta) }
    }
}

/// La cuenta de un cliente en una moneda, con una página de sus movimientos.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CuentaCliente)]
pub struct CuentaView {
    /// Cliente.
    pub cliente_id: Uuid,
    /// Lo que debe hoy.
    #[schema(value_type = DineroView)]
    pub por_cobrar: Dinero,
    /// Dinero suyo que aún no paga nada.
    #[schema(value_type = DineroView)]
    pub a_favor: Dinero,
    /// `por_cobrar` menos `a_favor`; negativo si tiene dinero a favor.
    #[schema(value_type = DineroView)]
    pub saldo: Dinero,
    /// Saldo antes del primer movimiento de la página.
    #[schema(value_type = DineroView)]
    pub saldo_inicial: Dinero,
    /// Movimientos, del más viejo al más nuevo.
    pub movimientos: Vec<MovimientoView>,
    /// Cursor de la página siguiente.
    pub siguiente: Option<String>,
}

/// Un movimiento de la cuenta.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MovimientoCuenta)]
pub struct MovimientoView {
    /// Identificador.
    pub id: Uuid,
    /// `factura`, `nota_credito`, `abono`, `imputacion`, `desimputacion`, `reverso`, `devolucion`,
    /// `anulacion`, `redondeo` o `ajuste`.
    pub clase: String,
    /// Día de registro.
    #[schema(value_type = String, format = Date)]
    pub fecha: Fecha,
    /// Día en que cuenta: cuando el cliente pagó.
    #[schema(value_type = String, format = Date)]
    pub fecha_valor: Fecha,
    /// Momento del registro.
    #[schema(value_type = String, format = DateTime)]
    pub registrado: Instante,
    /// Papel que lo causó: `factura` o `abono`.
    pub documento_tipo: String,
    /// Su identificador.
    pub documento_id: Uuid,
    /// Factura que toca, si toca alguna.
    pub factura_id: Option<Uuid>,
    /// Número impreso de esa factura.
    pub numero: Option<String>,
    /// Número de la operación, o por qué se revirtió.
    pub detalle: Option<String>,
    /// Cuánto se movió.
    #[schema(value_type = DineroView)]
    pub importe: Dinero,
    /// Lo que sube el saldo.
    #[schema(value_type = DineroView)]
    pub cargo: Dinero,
    /// Lo que lo baja; los dos en cero si el dinero solo cambia de uso.
    #[schema(value_type = DineroView)]
    pub abono: Dinero,
    /// Saldo después del movimiento.
    #[schema(value_type = DineroView)]
    pub saldo: Dinero,
}

impl MovimientoView {
    fn of(r: &Renglon, numeros: &Numeros, moneda: Moneda) -> MovimientoView {
        let dinero = |centavos: i64| Dinero::new(centavos, moneda);
        let (cargo, abono) = sides(r);
        let m = &r.movimiento;
        MovimientoView {
            id: m.id,
            clase: m.clase.clone(),
            fecha: m.fecha,
            fecha_valor: m.fecha_valor,
            registrado: m.registrado,
            documento_tipo: m.documento_tipo.clone(),
            documento_id: m.documento_id,
            factura_id: m.factura_id,
            numero: paper(r, numeros),
            detalle: m.detalle.clone(),
            importe: dinero(m.monto),
            cargo: dinero(cargo),
            abono: dinero(abono),
            saldo: dinero(r.saldo.neto()),
        }
    }
}

async fn owner(app: &App, id: &str) -> Result<Cliente, Error> {
    let id = referencia::resolve(&app.db, id).await?;
    let cliente = ramal_clientes::storage::by_id(&app.db, id).await?;
    cliente.ok_or(Error::NotFound("cliente"))
}

/// La cuenta de un cliente: saldo y movimientos con saldo corrido
#[utoipa::path(get, path = "/clientes/{id}/cuenta", tag = "clientes",
    params(("id" = String, Path, description = "Identificador o código impreso", example = "C-1"),
        CuentaQuery, Paginacion),
    responses((status = 200, description = "La cuenta", body = CuentaView)))]
pub async fn get_cuenta(
    _can: Can<LeerFacturas>,
    State(app): State<App>,
    Ruta(id): Ruta<String>,
    Filtros(query): Filtros<CuentaQuery>,
    Filtros(pagina): Filtros<Paginacion>,
) -> Result<Json<CuentaView>, Problem> {
    let cliente = owner(&app, &id).await?.id.uuid();
    let (moneda, _) = currency(&app.db, cliente, query.moneda.map(Moneda::from)).await?;
    let hoy = saldo(&app.db, cliente, moneda).await?;
    let (rango, cursor) = (query.rango(), pagina.cursor());
    let extracto = movimientos_de(&app.db, (cliente, moneda), rango, &cursor).await?;
    let extracto = extracto.ok_or_else(bad_cursor)?;
    let numeros = numbers(&app.db, &extracto).await?;
    let dinero = |centavos: i64| Dinero::new(centavos, moneda);
    Ok(Json(CuentaView {
        cliente_id: cliente,
        por_cobrar: dinero(hoy.por_cobrar),
        a_favor: dinero(hoy.a_favor),
        saldo: dinero(hoy.neto()),
        saldo_inicial: dinero(extracto.inicial.neto()),
        movimientos: extracto
            .filas
            .iter()
            .map(|r| MovimientoView::of(r, &numeros, moneda))
            .collect(),
        siguiente: extracto.siguiente,
    }))
}

/// La cuenta de un cliente como hoja de cálculo
///
/// Hasta 10 000 movimientos; para más, pida un rango de días.
#[utoipa::path(get, path = "/clientes/{id}/cuenta.csv", tag = "clientes",
    params(("id" = String, Path, description = "Identificador o código impreso", example = "C-1"),
        CuentaQuery),
    responses((status = 200, description = "El CSV", body = String, content_type = "text/csv")))]
pub async fn get_cuenta_csv(
    _can: Can<LeerFacturas>,
    State(app): State<App>,
    Ruta(id): Ruta<String>,
    Filtros(query): Filtros<CuentaQuery>,
) -> Result<Response, Problem> {
    file(&app, &id, &query, Hoja::Csv).await
}

/// La cuenta de un cliente en papel
///
/// Hasta 10 000 movimientos; para más, pida un rango de días.
#[utoipa::path(get, path = "/clientes/{id}/cuenta.pdf", tag = "clientes",
    params(("id" = String, Path, description = "Identificador o código impreso", example = "C-1"),
        CuentaQuery),
    responses((status = 200, description = "El PDF", body = Vec<u8>,
        content_type = "application/pdf")))]
pub async fn get_cuenta_pdf(
    _can: Can<LeerFacturas>,
    State(app): State<App>,
    Ruta(id): Ruta<String>,
    Filtros(query): Filtros<CuentaQuery>,
) -> Result<Response, Problem> {
    file(&app, &id, &query, Hoja::Pdf).await
}

/// Kind of file of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hoja {
    /// For a spreadsheet.
    Csv,
    /// For paper.
    Pdf,
}

/// A statement as a file, for the API and for the screen.
pub(super) async fn file(
    app: &App,
    id: &str,
    query: &CuentaQuery,
    hoja: Hoja,
) -> Result<Response, Problem> {
    let cliente = owner(app, id).await?;
    let suya = cliente.id.uuid();
    let (moneda, _) = currency(&app.db, suya, query.moneda.map(Moneda::from)).await?;
    let extracto = whole(&app.db, (suya, moneda), query.rango()).await?;
    let numeros = extracto::numbers(&app.db, &extracto).await?;
    let pais: Pais = cliente.pais;
    let textos = Textos::new(&TEXTOS, pais);
    let nombre = |fin: &str| format!("cuenta-{}.{fin}", cliente.codigo());
    if hoja == Hoja::Csv {
        let texto = csv(&extracto, &numeros, &textos, moneda);
        return Ok(attached(texto.into_bytes(), &nombre("csv"), "text/csv; charset=utf-8"));
    }
    let empresa = ramal_plataforma::empresa(&app.db).await?;
    let formato = Formato { pais, zona: empresa.zona() };
    let de = De { cliente: &cliente, moneda, rango: query.rango() };
    let bytes = pdf(&app.db, de, (&extracto, &numeros), (&textos, &formato)).await?;
    Ok(attached(bytes, &nombre("pdf"), "application/pdf"))
}
