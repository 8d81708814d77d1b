//! The filters of the list of invoices, from the words of an address to what the storage takes. A
//! word that names nothing matches nothing; it never widens the list.

use ramal_base::Fecha;
use ramal_db::{Consulta, DbError};
use ramal_plataforma::emisores;
use ramal_web::pagina::{Filtro, Listado, Opcion, Sentido as SentidoWeb, Textos};
use ramal_web::{App, Problem};
use uuid::Uuid;

use super::comun::{kind_key, state_key};
use crate::storage::corridas;
use crate::storage::lista::{Campo, ConSaldo, EstadoLista, FiltroLista, Orden, Sentido, resolve};

/// Fields by which the list is ordered.
pub(super) const ORDENES: &[&str] = &["fecha", "total", "vence"];

/// Kinds of document, in the order of the filter.
const CLASES: [&str; 4] = ["factura", "recibo", "nota_credito", "nota_debito"];

/// Choices of a filter of the list.
pub(super) struct Opciones {
    /// States.
    pub(super) estados: Vec<Opcion>,
    /// Kinds of document.
    pub(super) clases: Vec<Opcion>,
    /// Who issues.
    pub(super) emisores: Vec<Opcion>,
    /// What is owed.
    pub(super) saldos: Vec<Opcion>,
}

impl Opciones {
    /// Reads who issues and words the rest.
    pub(super) async fn load(app: &App, textos: &Textos) -> Result<Opciones, Problem> {
        let estado = |e: EstadoLista| Opcion::new(e.as_str(), textos.get(state_key(e)));
        let clase = |c: &str| Opcion::new(c, textos.get(kind_key(c)));
        let saldo = |s: ConSaldo| {
            let clave = format!("facturacion-filtro-saldo-{}", s.as_str());
            Opcion::new(s.as_str(), textos.get(&clave))
        };
        let emisores = emisores(&app.db).await?;
        Ok(Opciones {
            saldos: ConSaldo::TODOS.into_iter().map(saldo).collect(),
            estados: EstadoLista::FILTROS.into_iter().map(estado).collect(),
            clases: CLASES.into_iter().map(clase).collect(),
            emisores: emisores.into_iter().map(|e| Opcion::new(e.numero, e.razon_social)).collect(),
        })
    }

    /// What the list declares.
    pub(super) fn filters(&self) -> Vec<Filtro> {
        vec![
            Filtro::texto("q", "facturacion-filtro-buscar"),
            Filtro::opciones("estado", "kit-estado", self.estados.clone()),
            Filtro::opciones("clase", "facturacion-filtro-clase", self.clases.clone()),
            Filtro::opciones("emisor", "facturacion-filtro-emisor", self.emisores.clone()),
            Filtro::texto("serie", "facturacion-filtro-serie"),
            Filtro::texto("cliente", "facturacion-filtro-cliente"),
            Filtro::fecha("desde", "facturacion-filtro-desde"),
            Filtro::fecha("hasta", "facturacion-filtro-hasta"),
            Filtro::fecha("corrida", "facturacion-filtro-corrida"),
            Filtro::opciones("saldo", "facturacion-saldo", self.saldos.clone()),
            Filtro::texto("minimo", "facturacion-filtro-minimo"),
            Filtro::texto("maximo", "facturacion-filtro-maximo"),
            Filtro::texto("codigo", "facturacion-filtro-codigo"),
        ]
    }
}

/// The filters of a list as the storage takes them. Errors: `Storage`.
pub(super) async fn of_list(app: &App, l: &Listado) -> Result<FiltroLista, Problem> {
    let db = &app.db;
    let texto = |nombre: &str| l.get(nombre).map(ToOwned::to_owned);
    let dia = |nombre: &str| day(l.get(nombre));
    Ok(FiltroLista {
        estado: l.get("estado").and_then(EstadoLista::parse),
        clase: texto("clase"),
        emisor_id: emisor(app, l.get("emisor")).await?,
        serie: texto("serie").map(|s| s.to_uppercase()),
        cliente_id: cliente_of(db, l.get("cliente")).await?,
        desde: dia("desde"),
        hasta: dia("hasta"),
        corrida_id: run(db, l.get("corrida")).await?,
        minimo: cents(l.get("minimo")),
        maximo: cents(l.get("maximo")),
        saldo: l.get("saldo").and_then(ConSaldo::parse),
        codigo: texto("codigo"),
        buscar: match l.get("q") {
            Some(texto) => Some(resolve(db, texto).await?),
            None => None,
        },
    })
}

/// The order of a list; newest first if none was asked.
pub(super) fn order_of(l: &Listado) -> Orden {
    let Some(orden) = l.orden() else { return Orden::default() };
    Orden {
        campo: Campo::parse(&orden.campo).unwrap_or_default(),
        sentido: match orden.sentido {
            SentidoWeb::Ascendente => Sentido::Sube,
            SentidoWeb::Descendente => Sentido::Baja,
        },
    }
}

fn day(texto: Option<&str>) -> Option<Fecha> {
    texto.and_then(|t| Fecha::parse(t).ok()).map(crate::vistas::within_calendar)
}

fn cents(texto: Option<&str>) -> Option<i64> {
    let plano = ramal_web::pagina::importe::parse(texto?).ok()?;
    ramal_base::dinero::parse_centavos(&plano).ok()
}

async fn emisor(app: &App, numero: Option<&str>) -> Result<Option<Uuid>, Problem> {
    let Some(numero) = numero else { return Ok(None) };
    let todos = emisores(&app.db).await?;
    let suyo = todos.iter().find(|e| e.numero == numero).map(|e| e.id.uuid());
    Ok(Some(suyo.unwrap_or_default()))
}

async fn cliente_of(c: &impl Consulta, codigo: Option<&str>) -> Result<Option<Uuid>, Problem> {
    let Some(codigo) = codigo else { return Ok(None) };
    match ramal_clientes::referencia::resolve(c, codigo).await {
        Ok(id) => Ok(Some(id.uuid())),
        Err(ramal_clientes::Error::Storage(error)) => Err(error.into()),
        Err(_) => Ok(Some(Uuid::nil())),
    }
}

async fn run(c: &impl Consulta, fecha: Option<&str>) -> Result<Option<Uuid>, DbError> {
    let Some(fecha) = fecha else { return Ok(None) };
    let corrida = match day(Some(fecha)) {
        Some(dia) => corridas::by_fecha(c, dia).await?,
        None => None,
    };
    Ok(Some(corrida.map(|c| c.id.uuid()).unwrap_or_default()))
}
