//! Reading invoices: list, detail, indicators. Changes nothing.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use ramal_base::dinero::format_centavos;
use ramal_base::{Dinero, Moneda, Zona};
use ramal_db::{Consulta, DbError, Pagina};
use ramal_fiscal::{ComprobanteId, Receptor};
use ramal_plataforma::Can;
use ramal_web::{App, Filtros, PaginaView, Paginacion, Problem, Ruta};
use uuid::Uuid;

use crate::factura::FacturaFila;
use crate::permisos::LeerFacturas;
use crate::storage::consultas::{self, FiltroFacturas, Saldo};
use crate::storage::{cambios, facturas};
use crate::vistas::{
    FacturaDetalleView, FacturaView, FiltroFacturasQuery, LegalView, LineaView, PasoView,
    ReceptorView,
};
use crate::vistas_corrida::{KpisView, MesView};
use crate::{Error, FacturaId};

/// Lista facturas, notas y recibos, del más nuevo al más viejo
#[utoipa::path(get, path = "/facturas", tag = "facturas", params(FiltroFacturasQuery, Paginacion),
    responses((status = 200, description = "Una página", body = PaginaView<FacturaView>)))]
pub async fn get_facturas(
    _can: Can<LeerFacturas>,
    State(app): State<App>,
    Filtros(query): Filtros<FiltroFacturasQuery>,
    Filtros(pagina): Filtros<Paginacion>,
) -> Result<Json<PaginaView<FacturaView>>, Problem> {
    page(&app, &query.filtro(), &pagina).await.map(Json)
}

/// Lo último que se emitió
#[utoipa::path(get, path = "/facturacion/ultimas", tag = "facturacion", params(Paginacion),
    responses((status = 200, description = "Una página", body = PaginaView<FacturaView>)))]
pub async fn get_ultimas(
    _can: Can<LeerFacturas>,
    State(app): State<App>,
    Filtros(pagina): Filtros<Paginacion>,
) -> Result<Json<PaginaView<FacturaView>>, Problem> {
    page(&app, &FiltroFacturas::default(), &pagina).await.map(Json)
}

async fn page(
    app: &App,
    filtro: &FiltroFacturas,
    pagina: &Paginacion,
) -> Result<PaginaView<FacturaView>, Problem> {
    let filas = consultas::list(&app.db, filtro, &pagina.cursor()).await?;
    let filas = filas.ok_or_else(bad_cursor)?;
    let Pagina { datos, siguiente } = filas;
    Ok(PaginaView { datos: views(&app.db, datos).await?, siguiente })
}

pub(super) fn bad_cursor() -> Problem {
    let motivo = "Use el valor de «siguiente» de la página anterior, sin cambiarlo.";
    Problem::campo("cursor", "cursor_invalido", motivo)
}

async fn views(c: &impl Consulta, filas: Vec<FacturaFila>) -> Result<Vec<FacturaView>, DbError> {
    let ids: Vec<Uuid> = filas.iter().filter_map(|f| f.comprobante_id).collect();
    let legales = consultas::legales(c, &ids).await?;
    let view = |f: FacturaFila| {
        let legal = f.comprobante_id.and_then(|id| legales.get(&id));
        FacturaView::of(f, legal)
    };
    filas.into_iter().map(view).collect()
}

/// The view of one invoice. Errors: `NotFound`, `Storage`.
pub(super) async fn view(c: &impl Consulta, id: FacturaId) -> Result<FacturaView, Error> {
    let fila = cambios::by_id(c, id.uuid()).await?.ok_or(Error::NotFound("factura"))?;
    let vistas = views(c, vec![fila]).await?;
    vistas.into_iter().next().ok_or(Error::NotFound("factura"))
}

/// Una factura con sus líneas, su cuenta, su estado legal, sus notas y su historia
#[utoipa::path(get, path = "/facturas/{id}", tag = "facturas",
    params(("id" = Uuid, Path, description = "Identificador de la factura")),
    responses((status = 200, description = "La factura", body = FacturaDetalleView)))]
pub async fn get_factura(
    _can: Can<LeerFacturas>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
) -> Result<Json<FacturaDetalleView>, Problem> {
    let db = &app.db;
    let fila = cambios::by_id(db, id).await?.ok_or(Error::NotFound("factura"))?;
    let moneda: Moneda =
        fila.moneda.parse().map_err(|_| DbError::Corrupt("currency of a factura"))?;
    let receptor: Receptor = serde_json::from_str(&fila.receptor)
        .map_err(|_| DbError::Corrupt("receiver of a factura"))?;
    let comprobante = fila.comprobante_id;
    let legales = consultas::legales(db, comprobante.as_slice()).await?;
    let legal = comprobante.and_then(|id| legales.get(&id));
    let cargos = cambios::cargos_de(db, id).await?;
    let lineas = facturas::lineas(db, &[id]).await?;
    Ok(Json(FacturaDetalleView {
        factura: FacturaView::of(fila, legal)?,
        receptor: ReceptorView {
            tipo_documento: receptor.tipo_documento.as_str().to_owned(),
            numero: receptor.numero,
            nombre: receptor.nombre,
        },
        lineas: lineas.into_iter().map(|l| LineaView::of(l, moneda, &cargos)).collect(),
        legal: legal.map(LegalView::from),
        notas: views(db, consultas::notas(db, id).await?).await?,
        historia: history(db, comprobante).await?,
    }))
}

pub(super) async fn history(c: &impl Consulta, id: Option<Uuid>) -> Result<Vec<PasoView>, DbError> {
    let Some(id) = id else { return Ok(Vec::new()) };
    let pasos = ramal_fiscal::storage::historia(c, ComprobanteId::from_uuid(id)).await?;
    let paso = |p: ramal_fiscal::storage::EventoFila| PasoView {
        instante: p.instante,
        estado: p.estado,
        codigo: p.codigo,
        mensaje: p.mensaje,
        intento: p.intento,
    };
    Ok(pasos.into_iter().map(paso).collect())
}

/// Indicadores del mes y de los últimos doce
#[utoipa::path(get, path = "/facturacion/kpis", tag = "facturacion",
    responses((status = 200, description = "Los indicadores", body = KpisView)))]
pub async fn get_kpis(
    _can: Can<LeerFacturas>,
    State(app): State<App>,
) -> Result<Json<KpisView>, Problem> {
    kpis(&app).await.map(Json)
}

/// The indicators, for the API and for the page.
pub(super) async fn kpis(app: &App) -> Result<KpisView, Problem> {
    let zona = company_zone(app).await?;
    let hoy = zona.fecha(app.cx.now());
    let mes = hoy.plus_dias(1 - i32::from(hoy.dia()));
    let sumas = consultas::por_mes(&app.db, mes.plus_meses(-11)).await?;
    let mut meses: BTreeMap<String, MesView> = BTreeMap::new();
    for atras in 0..12 {
        let nombre = month(mes.plus_meses(-atras));
        let vacio = MesView { mes: nombre.clone(), emitidas: 0, totales: BTreeMap::new() };
        meses.insert(nombre, vacio);
    }
    let mut este: Vec<Dinero> = Vec::new();
    for s in sumas {
        if s.mes == month(mes) {
            este.push(money(s.total, &s.moneda)?);
        }
        if let Some(m) = meses.get_mut(&s.mes) {
            m.emitidas += s.n;
            m.totales.insert(s.moneda, format_centavos(s.total));
        }
    }
    let (aceptadas, rechazadas) = answered(app, mes).await?;
    let saldos = consultas::por_cobrar(&app.db).await?;
    Ok(KpisView {
        mes: month(mes),
        emitidas: meses.get(&month(mes)).map_or(0, |m| m.emitidas),
        totales: este,
        aceptadas_porcentaje: percent(aceptadas, aceptadas + rechazadas),
        aceptadas,
        rechazadas,
        pendientes_de_pago: saldos.iter().map(|s| s.n).sum(),
        por_cobrar: monies(saldos)?,
        serie: meses.into_values().collect(),
    })
}

/// Zone of the company. Errors: 404 without one.
pub(super) async fn company_zone(app: &App) -> Result<Zona, Error> {
    Ok(ramal_plataforma::empresa(&app.db).await?.zona())
}

fn month(dia: ramal_base::Fecha) -> String {
    format!("{:04}-{:02}", dia.anio(), dia.mes())
}

fn money(centavos: i64, moneda: &str) -> Result<Dinero, DbError> {
    let moneda = moneda.parse().map_err(|_| DbError::Corrupt("currency of a factura"))?;
    Ok(Dinero::new(centavos, moneda))
}

/// Sums as amounts of money.
pub(super) fn monies(saldos: Vec<Saldo>) -> Result<Vec<Dinero>, DbError> {
    saldos.into_iter().map(|s| money(s.total, &s.moneda)).collect()
}

async fn answered(app: &App, desde: ramal_base::Fecha) -> Result<(i64, i64), DbError> {
    let (mut aceptadas, mut rechazadas) = (0, 0);
    for (estado, n) in consultas::estados_legales(&app.db, desde).await? {
        match estado.as_str() {
            "aceptado" | "aceptado_obs" | "baja_pendiente" | "baja" => aceptadas += n,
            "rechazado" | "excepcion" => rechazadas += n,
            _ => {}
        }
    }
    Ok((aceptadas, rechazadas))
}

/// Percentage with two decimals; none of nothing.
fn percent(parte: i64, total: i64) -> Option<String> {
    if total == 0 {
        return None;
    }
    let centesimas = ramal_base::dinero::rh_div(i128::from(parte) * 10_000, i128::from(total));
    Some(format_centavos(centesimas))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentage_of_nothing_is_not_a_hundred() {
        assert_eq!(percent(0, 0), None);
        assert_eq!(percent(2, 3).as_deref(), Some("66.67"));
        assert_eq!(percent(98, 98).as_deref(), Some("100.00"));
    }
}
