//! What is sold. Prices by zone and promotions live beside it.

use ramal_base::{Dinero, Id, Instante};
use ramal_fiscal::Impuesto;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Periodicidad, Tecnologia};

/// Marker of product ids.
pub struct ProductoMarca;

/// Identifier of a product.
pub type ProductoId = Id<ProductoMarca>;

/// Kind of product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ClaseProducto {
    /// Recurrent internet, tv or telephone offer with technology and speed.
    Plan,
    /// Recurrent service of another kind: hosting, domain, mail, certificate.
    Servicio,
    /// Add-on: router, mesh, fixed IP.
    Pack,
    /// Several products at one price.
    Combo,
}

impl ClaseProducto {
    const TODAS: [ClaseProducto; 4] =
        [ClaseProducto::Plan, ClaseProducto::Servicio, ClaseProducto::Pack, ClaseProducto::Combo];

    /// Wire and stored text.
    pub fn as_str(self) -> &'static str {
        match self {
            ClaseProducto::Plan => "plan",
            ClaseProducto::Servicio => "servicio",
            ClaseProducto::Pack => "pack",
            ClaseProducto::Combo => "combo",
        }
    }

    /// Reads the wire text.
    pub fn parse(texto: &str) -> Option<ClaseProducto> {
        ClaseProducto::TODAS.into_iter().find(|c| c.as_str() == texto)
    }
}

/// What kind of need it serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Categoria {
    /// Web hosting.
    Hosting,
    /// Digital certificates.
    Certificados,
    /// Mailboxes.
    Correo,
    /// Domain names.
    Dominio,
    /// Internet access.
    Internet,
    /// Television.
    Tv,
    /// Telephony.
    Telefonia,
    /// Fixed public address.
    IpFija,
    /// Router sold or rented.
    Router,
    /// Mesh repeater.
    Mesh,
    /// Anything else.
    Otros,
}

impl Categoria {
    /// Every category.
    pub const TODAS: [Categoria; 11] = [
        Categoria::Hosting,
        Categoria::Certificados,
        Categoria::Correo,
        Categoria::Dominio,
        Categoria::Internet,
        Categoria::Tv,
        Categoria::Telefonia,
        Categoria::IpFija,
        Categoria::Router,
        Categoria::Mesh,
        Categoria::Otros,
    ];

    /// Wire and stored text.
    pub fn as_str(self) -> &'static str {
        match self {
            Categoria::Hosting => "hosting",
            Categoria::Certificados => "certificados",
            Categoria::Correo => "correo",
            Categoria::Dominio => "dominio",
            Categoria::Internet => "internet",
            Categoria::Tv => "tv",
            Categoria::Telefonia => "telefonia",
            Categoria::IpFija => "ip_fija",
            Categoria::Router => "router",
            Categoria::Mesh => "mesh",
            Categoria::Otros => "otros",
        }
    }

    /// Reads the wire text.
    pub fn parse(texto: &str) -> Option<Categoria> {
        Categoria::TODAS.into_iter().find(|c| c.as_str() == texto)
    }

    /// Kind of product that the category usually is.
    pub fn clase(self) -> ClaseProducto {
        match self {
            Categoria::Internet | Categoria::Tv | Categoria::Telefonia => ClaseProducto::Plan,
            Categoria::IpFija | Categoria::Router | Categoria::Mesh => ClaseProducto::Pack,
            _ => ClaseProducto::Servicio,
        }
    }
}

/// A product of the catalogue.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Producto {
    /// Identifier.
    pub id: ProductoId,
    /// Short code, unique.
    pub codigo: String,
    /// Name, unique.
    pub nombre: String,
    /// Kind.
    pub clase: ClaseProducto,
    /// Category.
    pub categoria: Categoria,
    /// Technology that it needs, none if it fits any.
    pub tecnologia: Option<Tecnologia>,
    /// Price of the first of `periodos`.
    pub precio: Dinero,
    /// Periods in which it is sold, at least one.
    pub periodos: Vec<Periodicidad>,
    /// Whether `precio` has the taxes inside.
    pub impuesto_incluido: bool,
    /// Whether it must be billed with a legal document.
    pub requiere_factura: bool,
    /// Tax treatment.
    pub impuesto: Impuesto,
    /// c_ClaveProdServ / UNSPSC.
    pub clave_prod_serv: Option<String>,
    /// c_ClaveUnidad / UN-ECE unit.
    pub clave_unidad: Option<String>,
    /// Download speed, Mbps.
    pub velocidad_mbps: Option<i32>,
    /// Base configuration, a JSON object.
    pub configuracion: serde_json::Value,
    /// Whether it can be contracted.
    pub activo: bool,
    /// Grows by one with every change; the ETag.
    pub version: i64,
    /// When it was made.
    pub creado: Instante,
    /// When it last changed.
    pub actualizado: Instante,
}

impl Producto {
    /// Price of one of its periods, by months from that of the first; none if it is not sold so.
    ///
    /// Rounds half up where the months do not divide (R2).
    pub fn precio_de(&self, periodo: Periodicidad) -> Option<Dinero> {
        let primero = self.periodos.first().filter(|_| self.periodos.contains(&periodo))?;
        let (meses, base) = (i64::from(periodo.meses()), i64::from(primero.meses()));
        Some(ramal_base::dinero::prorratear(self.precio, meses, base))
    }
}
