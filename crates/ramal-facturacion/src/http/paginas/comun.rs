//! What the pages of invoices share: which invoice an address names, words of states, kinds and
//! amounts. It renders nothing.

use ramal_base::{Dinero, Fecha, Moneda};
use ramal_db::{Consulta, FromQueryResult, params};
use ramal_web::pagina::{Insignia, Textos};
use ramal_web::{App, Marco, Problem};
use uuid::Uuid;

use crate::Error;
use crate::factura::FacturaFila;
use crate::storage::cambios;
use crate::storage::lista::{EstadoLista, printed};

/// Where the list is.
pub(super) const LISTA: &str = "/facturacion/facturas";

/// Address of an invoice.
pub(super) fn route(numero: &str) -> String {
    format!("{LISTA}/{numero}")
}

/// Today in the zone of the company. Errors: 404 without a company.
pub(super) async fn today(app: &App) -> Result<Fecha, Problem> {
    Ok(crate::http::facturas::company_zone(app).await?.fecha(app.cx.now()))
}

#[derive(FromQueryResult)]
struct Cual {
    id: Uuid,
}

/// The invoice that an address names: printed number or identifier.
///
/// Of two emisores with one number, the newest; the identifier names either. Errors: 404
/// `factura_no_encontrado`.
pub(super) async fn named(c: &impl Consulta, nombre: &str) -> Result<FacturaFila, Problem> {
    let id = match nombre.parse::<Uuid>() {
        Ok(id) => Some(id),
        Err(_) => by_number(c, nombre).await?,
    };
    let fila = match id {
        Some(id) => cambios::by_id(c, id).await?,
        None => None,
    };
    Ok(fila.ok_or(Error::NotFound("factura"))?)
}

async fn by_number(c: &impl Consulta, nombre: &str) -> Result<Option<Uuid>, Problem> {
    const SQL: &str = "SELECT id FROM facturas WHERE folio = $1 AND UPPER(serie) = $2 \
        ORDER BY id DESC LIMIT 1";
    /// A refused number stays on paper and in links; the invoice that took another answers for it.
    const REEMPLAZADA: &str = "SELECT COALESCE(r.factura_id, k.origen_id) AS id \
        FROM comprobantes k LEFT JOIN reps r ON r.id = k.origen_id \
        WHERE k.folio = $1 AND UPPER(k.serie) = $2 ORDER BY k.id DESC LIMIT 1";
    let Some((Some(serie), folio)) = printed(nombre) else { return Ok(None) };
    if let Some(f) = c.opt::<Cual>(SQL, params![folio, serie.as_str()]).await? {
        return Ok(Some(f.id));
    }
    Ok(c.opt::<Cual>(REEMPLAZADA, params![folio, serie]).await?.map(|f| f.id))
}

/// Badge of a state.
pub(super) fn badge(estado: EstadoLista, textos: &Textos) -> Insignia {
    let texto = textos.get(state_key(estado));
    match estado {
        EstadoLista::Borrador => Insignia::gris(texto),
        EstadoLista::Enviando | EstadoLista::Pendiente => Insignia::aviso(texto),
        EstadoLista::Detenida | EstadoLista::Rechazada | EstadoLista::Vencida => {
            Insignia::mal(texto)
        }
        EstadoLista::Pagada | EstadoLista::Emitida => Insignia::ok(texto),
        EstadoLista::Anulada => Insignia::cruz(texto),
    }
}

/// Key of the word of a state.
pub(super) fn state_key(estado: EstadoLista) -> &'static str {
    match estado {
        EstadoLista::Borrador => "estado-factura-borrador",
        EstadoLista::Enviando => "estado-factura-enviando",
        EstadoLista::Detenida => "facturacion-estado-detenida",
        EstadoLista::Rechazada => "estado-factura-rechazada",
        EstadoLista::Pendiente => "estado-factura-pendiente",
        EstadoLista::Vencida => "estado-factura-vencida",
        EstadoLista::Pagada => "estado-factura-pagada",
        EstadoLista::Anulada => "estado-factura-anulada",
        EstadoLista::Emitida => "facturacion-estado-emitida",
    }
}

/// Key of the word of a kind of document.
pub(super) fn kind_key(clase: &str) -> &'static str {
    match clase {
        "recibo" => "facturacion-clase-recibo",
        "nota_credito" => "facturacion-clase-nota-credito",
        "nota_debito" => "facturacion-clase-nota-debito",
        _ => "facturacion-clase-factura",
    }
}

/// An amount as the country writes it.
pub(super) fn amount(marco: &Marco, centavos: i64, moneda: &str) -> String {
    match moneda.parse::<Moneda>() {
        Ok(moneda) => marco.dinero(&Dinero::new(centavos, moneda)),
        Err(_) => ramal_base::dinero::format_centavos(centavos),
    }
}

/// An amount with its sign always written: `+S/ 20.00`.
pub(super) fn signed(marco: &Marco, centavos: i64, moneda: &str) -> String {
    let texto = amount(marco, centavos, moneda);
    if centavos > 0 { format!("+{texto}") } else { texto }
}

/// `1 nov 2026 a 30 nov 2026` of a half-open period.
pub(super) fn period(marco: &Marco, desde: Option<Fecha>, hasta: Option<Fecha>) -> String {
    let (Some(desde), Some(hasta)) = (desde, hasta) else { return String::new() };
    let ultimo = hasta.plus_dias(-1);
    let (desde, ultimo) = (marco.fecha_texto(&desde), marco.fecha_texto(&ultimo));
    marco.t2("facturacion-periodo", ("desde", desde), ("hasta", ultimo))
}

/// Printed code of a customer.
pub(super) fn cliente_code(numero: i64) -> String {
    format!("C-{numero}")
}
