//! Who owes: the list by age. It changes nothing.

use axum::Json;
use axum::extract::State;
use ramal_base::Fecha;
use ramal_db::{Consulta, Cursor, Pagina};
use ramal_plataforma::Can;
use ramal_web::{App, Filtros, PaginaView, Paginacion, Problem};
use uuid::Uuid;

use super::vistas::{FiltroMorososQuery, MorosoView};
use crate::permisos::LeerCobranza;
use crate::storage::deuda;
use crate::storage::morosos::{self, FiltroMorosos, MorosoFila, OrdenMorosos};

/// Age of a debt, in days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TramoEdad {
    /// Name on the wire and in addresses.
    pub codigo: &'static str,
    /// Fewest days.
    pub desde: i32,
    /// Most days; none = no end.
    pub hasta: Option<i32>,
}

/// The ages that everybody talks about.
pub const TRAMOS: [TramoEdad; 4] = [
    TramoEdad { codigo: "1-15", desde: 1, hasta: Some(15) },
    TramoEdad { codigo: "16-30", desde: 16, hasta: Some(30) },
    TramoEdad { codigo: "31-60", desde: 31, hasta: Some(60) },
    TramoEdad { codigo: "60+", desde: 61, hasta: None },
];

impl TramoEdad {
    /// The age with a name.
    pub fn parse(codigo: &str) -> Option<TramoEdad> {
        TRAMOS.into_iter().find(|t| t.codigo == codigo)
    }

    /// Due days of the oldest debt of those of this age on a day: from, to.
    pub fn due(self, hoy: Fecha) -> (Option<Fecha>, Option<Fecha>) {
        (self.hasta.map(|n| hoy.plus_dias(-n)), Some(hoy.plus_dias(-self.desde)))
    }
}

/// The filter of the storage for what an address asks.
pub(crate) fn filter(
    (tramo, estado): (Option<&str>, Option<&str>),
    moneda: Option<&str>,
    hoy: Fecha,
) -> FiltroMorosos {
    let edad = tramo.filter(|t| !t.is_empty());
    let (desde, hasta) = match edad.map(TramoEdad::parse) {
        None => (None, None),
        Some(Some(edad)) => edad.due(hoy),
        // A word that names nothing matches nothing.
        Some(None) => (Some(hoy), Some(hoy.plus_dias(-1))),
    };
    let text = |t: Option<&str>| t.filter(|t| !t.is_empty()).map(ToOwned::to_owned);
    FiltroMorosos { desde, hasta, estado: text(estado), moneda: text(moneda), clientes: None }
}

/// A page of the list.
pub(crate) async fn page(
    c: &impl Consulta,
    filtro: &FiltroMorosos,
    orden: OrdenMorosos,
    cursor: &Cursor,
) -> Result<Pagina<MorosoFila>, Problem> {
    let desde = match &cursor.cursor {
        None => None,
        Some(texto) => Some(read(texto).ok_or_else(bad_cursor)?),
    };
    let filas = morosos::page(c, filtro, orden, desde.as_ref(), cursor.filas()).await?;
    Ok(Pagina::cut(filas, cursor, |f| {
        let clave = match orden {
            OrdenMorosos::Dias => f.desde.to_string(),
            OrdenMorosos::Vencido => f.vencido.to_string(),
        };
        format!("{clave}~{}~{}", f.cliente_id, f.moneda)
    }))
}

fn read(texto: &str) -> Option<(String, Uuid, String)> {
    let mut partes = texto.split('~');
    let (clave, id, moneda) = (partes.next()?, partes.next()?, partes.next()?);
    Some((clave.to_owned(), id.parse().ok()?, moneda.to_owned()))
}

pub(crate) fn bad_cursor() -> Problem {
    let motivo = "Use el valor de «siguiente» de la página anterior, sin cambiarlo.";
    Problem::campo("cursor", "cursor_invalido", motivo)
}

/// Lista a los morosos, la deuda más vieja primero
///
/// Se pone al día cada noche y con cada pago.
#[utoipa::path(get, path = "/cobranza/morosos", tag = "cobranza",
    params(FiltroMorososQuery, Paginacion),
    responses((status = 200, description = "Una página", body = PaginaView<MorosoView>)))]
pub async fn get_morosos(
    can: Can<LeerCobranza>,
    State(app): State<App>,
    Filtros(query): Filtros<FiltroMorososQuery>,
    Filtros(pagina): Filtros<Paginacion>,
) -> Result<Json<PaginaView<MorosoView>>, Problem> {
    let hoy = ramal_contratos::actions::hoy(&app.db, can.cx()).await?;
    let cual = (query.tramo.as_deref(), query.estado.as_deref());
    let filtro = filter(cual, query.moneda.as_deref(), hoy);
    let pagina = page(&app.db, &filtro, OrdenMorosos::Dias, &pagina.cursor()).await?;
    let ids: Vec<Uuid> = pagina.datos.iter().map(|f| f.cliente_id).collect();
    let nombres = deuda::nombres(&app.db, &ids).await?;
    let mut datos = Vec::new();
    for f in pagina.datos {
        let nombre = nombres.get(&f.cliente_id);
        datos.push(MorosoView::of(f, nombre, hoy)?);
    }
    Ok(Json(PaginaView { datos, siguiente: pagina.siguiente }))
}
