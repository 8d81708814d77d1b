//! The filters of the list of payments, from the words of an address to what the storage takes. A
//! word that names nothing matches nothing; it never widens the list.

use ramal_base::Fecha;
use ramal_db::{Consulta, DbError};
use ramal_web::pagina::{Filtro, Listado, Opcion, Sentido, Textos};
use ramal_web::{App, Problem};
use uuid::Uuid;

use super::comun::{Nombres, door, means, state, today};
use crate::storage::lista::{self, FiltroPagos, Orden, within_calendar};
use crate::{Error, EstadoPago, Medio, OrigenPago};

/// Fields by which the list is ordered.
pub(super) const ORDENES: &[&str] = &["fecha", "monto"];

/// Choices of a filter of the list.
pub(super) struct Opciones {
    pub(super) medios: Vec<Opcion>,
    pub(super) estados: Vec<Opcion>,
    pub(super) origenes: Vec<Opcion>,
    pub(super) cajeros: Vec<Opcion>,
}

/// Days back in which somebody must have registered something to be offered as cashier.
const DIAS_CAJEROS: i32 = 400;

impl Opciones {
    /// Reads who registers payments and words the rest. Errors: `Storage`.
    pub(super) async fn load(app: &App, textos: &Textos) -> Result<Opciones, Error> {
        let desde = today(app).await?.plus_dias(-DIAS_CAJEROS);
        let actores = lista::actores(&app.db, desde).await?;
        let nombres = Nombres::load(&app.db, textos, actores.iter().map(String::as_str)).await?;
        let cajero = |a: &String| Opcion::new(a.clone(), nombres.of(a));
        Ok(Opciones {
            medios: Medio::TODOS.map(|m| Opcion::new(m.as_str(), means(textos, m))).to_vec(),
            estados: EstadoPago::TODOS.map(|e| Opcion::new(e.as_str(), state(textos, e))).to_vec(),
            origenes: OrigenPago::TODOS.map(|o| Opcion::new(o.as_str(), door(textos, o))).to_vec(),
            cajeros: actores.iter().map(cajero).collect(),
        })
    }

    /// What the list declares.
    pub(super) fn filters(&self) -> Vec<Filtro> {
        vec![
            Filtro::texto("q", "pagos-filtro-buscar"),
            Filtro::opciones("medio", "pagos-medio", self.medios.clone()),
            Filtro::opciones("estado", "kit-estado", self.estados.clone()),
            Filtro::opciones("origen", "pagos-origen", self.origenes.clone()),
            Filtro::opciones("cajero", "pagos-cajero", self.cajeros.clone()),
            Filtro::fecha("desde", "pagos-filtro-desde"),
            Filtro::fecha("hasta", "pagos-filtro-hasta"),
            Filtro::texto("cliente", "pagos-filtro-cliente"),
            Filtro::texto("turno", "pagos-filtro-turno"),
            Filtro::texto("minimo", "pagos-filtro-minimo"),
            Filtro::texto("maximo", "pagos-filtro-maximo"),
        ]
    }
}

/// The filters of a list as the storage takes them. Errors: `Storage`.
pub(super) async fn of_list(app: &App, l: &Listado) -> Result<FiltroPagos, Problem> {
    let dia = |nombre: &str| l.get(nombre).and_then(|t| Fecha::parse(t).ok()).map(within_calendar);
    let id = |nombre: &str| l.get(nombre).map(|t| t.parse::<Uuid>().unwrap_or_default());
    let buscar = match l.get("q") {
        Some(texto) => Some(lista::resolve(&app.db, texto).await?),
        None => None,
    };
    Ok(FiltroPagos {
        buscar,
        estado: l.get("estado").and_then(EstadoPago::parse),
        medio: l.get("medio").and_then(Medio::parse),
        origen: l.get("origen").and_then(OrigenPago::parse),
        cliente_id: cliente_of(&app.db, l.get("cliente")).await?,
        turno_id: id("turno"),
        actor: l.get("cajero").map(str::to_owned),
        desde: dia("desde"),
        hasta: dia("hasta"),
        minimo: cents(l.get("minimo")),
        maximo: cents(l.get("maximo")),
        ids: None,
    })
}

/// The order of a list; newest first if none was asked.
pub(super) fn order_of(l: &Listado) -> Orden {
    let Some(orden) = l.orden() else { return Orden::default() };
    match (orden.campo.as_str(), orden.sentido) {
        ("monto", Sentido::Ascendente) => Orden::Menores,
        ("monto", Sentido::Descendente) => Orden::Mayores,
        (_, Sentido::Ascendente) => Orden::Viejos,
        (_, Sentido::Descendente) => Orden::Nuevos,
    }
}

fn cents(texto: Option<&str>) -> Option<i64> {
    let plano = ramal_web::pagina::importe::parse(texto?).ok()?;
    ramal_base::dinero::parse_centavos(&plano).ok()
}

async fn cliente_of(c: &impl Consulta, codigo: Option<&str>) -> Result<Option<Uuid>, DbError> {
    let Some(codigo) = codigo else { return Ok(None) };
    match ramal_clientes::referencia::resolve(c, codigo).await {
        Ok(id) => Ok(Some(id.uuid())),
        Err(ramal_clientes::Error::Storage(error)) => Err(error),
        Err(_) => Ok(Some(Uuid::nil())),
    }
}
