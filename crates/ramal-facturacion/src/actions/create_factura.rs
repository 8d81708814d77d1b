//! An invoice by hand: an installation, a router, a late fee. Recurring charges belong to the run.

use std::sync::Arc;

use ramal_base::{Cx, Fecha, Moneda};
use ramal_catalogo::{Producto, ProductoId};
use ramal_clientes::{Cliente, ClienteId};
use ramal_db::Tx;
use ramal_fiscal::{EmisorFiscal, Impuesto, Linea};
use ramal_plataforma::{Registro, audit};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::partes::{positive, seal_job};
use crate::corrida::Contexto;
use crate::corrida::papel::{self, Alcance, NuevaFactura, NuevaLinea};
use crate::corrida::plan::due;
use crate::corrida::publicacion::{publish_one, refused};
use crate::nucleo::Clase;
use crate::{ClaseFactura, Error, FacturaId};

/// Cuerpo de `POST /facturas`.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DatosFactura {
    /// Cliente que la recibe.
    pub cliente_id: Uuid,
    /// Emisor que la firma; por defecto el único del país del cliente.
    pub emisor_id: Option<Uuid>,
    /// Líneas, de 1 a 100.
    #[schema(min_items = 1, max_items = 100)]
    pub lineas: Vec<DatosLinea>,
    /// Último día para pagar; sin él, el plazo de la empresa. Hoy = de contado: el comprobante dice
    /// que ya se pagó, y el pago se registra aparte.
    #[schema(value_type = Option<String>, format = Date, example = "2026-12-10")]
    pub vencimiento: Option<Fecha>,
    /// Medio con que se paga al emitir, c_FormaPago (MX): `01` efectivo, `03` transferencia… Dice
    /// que la factura se cobra hoy.
    #[schema(example = "03")]
    pub forma_pago: Option<String>,
}

/// Línea de una factura manual.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DatosLinea {
    /// Lo que lee el cliente; por defecto el nombre del producto.
    #[schema(example = "Instalación de fibra")]
    pub descripcion: Option<String>,
    /// Unidades, de 1 a 10 000; 1 si no se dice.
    #[schema(minimum = 1, maximum = 10000, example = 1)]
    pub cantidad: Option<i64>,
    /// Precio de una unidad; por defecto el del producto.
    #[schema(example = "350.00")]
    pub precio: Option<String>,
    /// Producto del catálogo, del que salen precio y claves.
    pub producto_id: Option<Uuid>,
    /// Si el precio ya lleva los impuestos; por defecto, lo que diga el producto, o sí.
    pub impuesto_incluido: Option<bool>,
    /// `general`, `frontera`, `cero`, `exento`, `inafecto` o `general_ieps`.
    #[schema(value_type = Option<String>, example = "general")]
    pub impuesto: Option<Impuesto>,
}

/// Issues an invoice by hand; its document is sealed and sent right after the commit.
///
/// Errors: `Refused` with the fields or with what its authority would refuse, `NotFound`,
/// `Storage`.
pub async fn create_factura(tx: &Tx, cx: &Cx, datos: DatosFactura) -> Result<FacturaId, Error> {
    let id = ClienteId::from_uuid(datos.cliente_id);
    let cliente = ramal_clientes::storage::lock(tx, id).await?.ok_or(Error::NotFound("cliente"))?;
    let ctx = Contexto::load(tx, super::partes::today(tx, cx).await?).await?;
    let nueva = draft(&ctx, cx, &cliente, &datos)?;
    let (factura, _) = publish_one(tx, cx, nueva).await?;
    seal_job(tx, cx, factura.uuid()).await?;
    let registro = Registro::new("factura.crear", "factura", factura);
    audit(tx, cx, registro.despues(json!(datos))).await?;
    Ok(factura)
}

fn draft(
    ctx: &Contexto,
    cx: &Cx,
    cliente: &Cliente,
    datos: &DatosFactura,
) -> Result<NuevaFactura, Error> {
    let emisor = issuer(ctx, cliente, datos.emisor_id)?;
    let hoy = emisor.zona.fecha(cx.now());
    if !(1..=100).contains(&datos.lineas.len()) {
        return Err(Error::campo("lineas", "lineas_cantidad", "Envíe de 1 a 100 líneas."));
    }
    let moneda = emisor.moneda;
    let lineas = datos.lineas.iter().enumerate();
    let lineas: Result<Vec<NuevaLinea>, Error> =
        lineas.map(|(i, l)| line(ctx, (&emisor, moneda, hoy), i, l)).collect();
    Ok(NuevaFactura {
        clase: ClaseFactura::Factura,
        vencimiento: due_day(ctx, hoy, datos)?,
        forma_pago: checked_means(datos.forma_pago.as_deref())?,
        emisor,
        cliente_id: cliente.id.uuid(),
        receptor: papel::receiver(cliente),
        moneda,
        lineas: lineas?,
        cargos: Vec::new(),
        recargos: Vec::new(),
        relacionada: None,
        relacion: None,
        alcance: Alcance::Legal,
    })
}

/// The named emisor, or the only one of the customer's country.
fn issuer(
    ctx: &Contexto,
    cliente: &Cliente,
    pedido: Option<Uuid>,
) -> Result<Arc<EmisorFiscal>, Error> {
    if let Some(id) = pedido {
        let motivo = "No existe ese emisor.";
        let emisor = ctx.emisor(id).cloned();
        return emisor.ok_or_else(|| Error::campo("emisor_id", "emisor_desconocido", motivo));
    }
    let mut suyos = ctx.emisores().filter(|e| e.pais == cliente.pais);
    match (suyos.next(), suyos.next()) {
        (Some(unico), None) => Ok(unico.clone()),
        _ => {
            let motivo = "Diga qué emisor firma: no hay uno solo en el país del cliente.";
            Err(Error::campo("emisor_id", "emisor_requerido", motivo))
        }
    }
}

fn due_day(ctx: &Contexto, hoy: Fecha, datos: &DatosFactura) -> Result<Fecha, Error> {
    match (datos.vencimiento, &datos.forma_pago) {
        (Some(dia), _) if dia < hoy || dia > hoy.plus_dias(366) => {
            let motivo = "El vencimiento va de hoy a un año.";
            Err(Error::campo("vencimiento", "vencimiento_invalido", motivo))
        }
        (Some(dia), Some(_)) if dia > hoy => {
            let motivo = "Una factura con plazo no lleva forma de pago: se registra al cobrarla.";
            Err(Error::campo("forma_pago", "forma_pago_con_plazo", motivo))
        }
        (Some(dia), _) => Ok(dia),
        (None, Some(_)) => Ok(hoy),
        (None, None) => Ok(due(ctx, hoy)),
    }
}

/// Keys of c_FormaPago with which money comes in; 99 names none (cfdi.md 9).
const FORMAS: [&str; 21] = [
    "01", "02", "03", "04", "05", "06", "08", "12", "13", "14", "15", "17", "23", "24", "25", "26",
    "27", "28", "29", "30", "31",
];

/// Means of payment of c_FormaPago. Errors: `Refused` if it is not one.
fn checked_means(forma: Option<&str>) -> Result<Option<String>, Error> {
    match forma {
        Some(f) if !FORMAS.contains(&f) => {
            let motivo = "Use una clave de c_FormaPago: 01 efectivo, 03 transferencia, 04 tarjeta…";
            Err(Error::campo("forma_pago", "forma_pago_invalida", motivo))
        }
        otra => Ok(otra.map(str::to_owned)),
    }
}

fn line(
    ctx: &Contexto,
    (emisor, moneda, hoy): (&EmisorFiscal, Moneda, Fecha),
    i: usize,
    datos: &DatosLinea,
) -> Result<NuevaLinea, Error> {
    let producto = product(ctx, i, datos)?;
    let campo = |nombre: &str| format!("lineas[{i}].{nombre}");
    let cantidad = datos.cantidad.unwrap_or(1);
    if !(1..=10_000).contains(&cantidad) {
        let motivo = "La cantidad va de 1 a 10 000.";
        return Err(Error::campo(&campo("cantidad"), "cantidad_invalida", motivo));
    }
    let precio = price(&campo("precio"), datos, producto, moneda)?;
    let linea = Linea {
        descripcion: description(&campo("descripcion"), datos, producto)?,
        codigo: producto.map(|p| p.codigo.clone()),
        clave_prod_serv: producto.and_then(|p| p.clave_prod_serv.clone()),
        clave_unidad: producto.and_then(|p| p.clave_unidad.clone()),
        cantidad,
        importe: precio.saturating_mul(cantidad),
        impuesto_incluido: datos
            .impuesto_incluido
            .unwrap_or_else(|| producto.is_none_or(|p| p.impuesto_incluido)),
        impuesto: datos
            .impuesto
            .unwrap_or_else(|| producto.map_or(Impuesto::General, |p| p.impuesto)),
    };
    let total = papel::line_total(emisor, &linea, hoy).map_err(refused)?;
    let clase = Clase::Cargo;
    Ok(NuevaLinea { servicio_id: None, clase, linea, total, periodo: None, reduce: None })
}

fn product<'a>(
    ctx: &'a Contexto,
    i: usize,
    datos: &DatosLinea,
) -> Result<Option<&'a Producto>, Error> {
    let Some(id) = datos.producto_id else { return Ok(None) };
    let producto = ctx.producto(ProductoId::from_uuid(id));
    let campo = format!("lineas[{i}].producto_id");
    let motivo = "No existe ese producto.";
    producto.map(Some).ok_or_else(|| Error::campo(&campo, "producto_desconocido", motivo))
}

fn price(
    campo: &str,
    datos: &DatosLinea,
    producto: Option<&Producto>,
    moneda: Moneda,
) -> Result<i64, Error> {
    match (&datos.precio, producto) {
        (Some(texto), _) => positive(campo, texto),
        (None, Some(p)) if p.precio.moneda == moneda && p.precio.centavos > 0 => {
            Ok(p.precio.centavos)
        }
        _ => {
            let motivo = "Falta el precio, o el producto lo tiene en otra moneda.";
            Err(Error::campo(campo, "precio_requerido", motivo))
        }
    }
}

fn description(
    campo: &str,
    datos: &DatosLinea,
    producto: Option<&Producto>,
) -> Result<String, Error> {
    let texto = datos.descripcion.as_deref().or(producto.map(|p| p.nombre.as_str()));
    let limpio = texto.unwrap_or("").split_whitespace().collect::<Vec<_>>().join(" ");
    let largo = limpio.chars().count();
    let raro = |c: char| c == '|' || c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}');
    if (1..=500).contains(&largo) && !limpio.chars().any(raro) {
        return Ok(limpio);
    }
    let motivo = "Describa la línea en 1 a 500 caracteres, sin la barra |.";
    Err(Error::campo(campo, "descripcion_invalida", motivo))
}
