//! Shapes on the wire of this slice that are not forms. They hold no rule.

use ramal_base::{Dinero, Fecha, Instante};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::dinero_view::DineroView;
use crate::formulario::ImpuestoView;
use crate::promocion::Descuento;
use crate::storage::Componente;
use crate::{
    Categoria, ClaseProducto, Oferta, Periodicidad, PrecioZona, Promocion, Tecnologia, Zona,
};

/// Un producto del catálogo, con lo que cuesta.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Producto)]
pub struct ProductoView {
    /// Identificador.
    pub id: Uuid,
    /// Código corto.
    #[schema(example = "fibra-100")]
    pub codigo: String,
    /// Nombre.
    #[schema(example = "FIBRA 100")]
    pub nombre: String,
    /// Clase.
    pub clase: ClaseProducto,
    /// Categoría.
    pub categoria: Categoria,
    /// Tecnología que necesita; nulo, sirve con cualquiera.
    pub tecnologia: Option<Tecnologia>,
    /// Precio del primero de sus períodos, fuera de toda zona y promoción.
    #[schema(value_type = DineroView)]
    pub precio: Dinero,
    /// Períodos en los que se vende.
    pub periodos: Vec<Periodicidad>,
    /// Si el precio ya lleva los impuestos.
    pub impuesto_incluido: bool,
    /// Si se cobra siempre con comprobante.
    pub requiere_factura: bool,
    /// Tratamiento de impuestos.
    #[schema(value_type = ImpuestoView)]
    pub impuesto: &'static str,
    /// c_ClaveProdServ o UNSPSC.
    pub clave_prod_serv: Option<String>,
    /// c_ClaveUnidad o UN/ECE.
    pub clave_unidad: Option<String>,
    /// Velocidad de bajada, Mbps.
    pub velocidad_mbps: Option<i32>,
    /// Configuración base.
    #[schema(value_type = Object)]
    pub configuracion: Value,
    /// Partes, si es un combo.
    pub componentes: Vec<ComponenteView>,
    /// Si se puede contratar.
    pub activo: bool,
    /// Versión; va también en el `ETag`.
    #[schema(example = 1)]
    pub version: i64,
    /// Cuándo se creó.
    #[schema(value_type = String, format = DateTime)]
    pub creado: Instante,
    /// Último cambio.
    #[schema(value_type = String, format = DateTime)]
    pub actualizado: Instante,
    /// Lo que se paga el día pedido, en la zona pedida.
    pub vigente: VigenteView,
}

/// Parte de un combo.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ComponenteCombo)]
pub struct ComponenteView {
    /// Producto.
    pub producto_id: Uuid,
    /// Su código.
    pub codigo: String,
    /// Su nombre.
    pub nombre: String,
    /// Cuántos.
    pub cantidad: i32,
}

impl From<Componente> for ComponenteView {
    fn from(c: Componente) -> ComponenteView {
        ComponenteView {
            producto_id: c.producto_id.uuid(),
            codigo: c.codigo,
            nombre: c.nombre,
            cantidad: c.cantidad,
        }
    }
}

/// Lo que se paga por un producto un día.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PrecioVigente)]
pub struct VigenteView {
    /// El día.
    #[schema(value_type = String, format = Date)]
    pub fecha: Fecha,
    /// Si se puede contratar: está activo y la zona pedida lo admite.
    pub vendible: bool,
    /// Zona de la que es el precio; nulo, es el del producto.
    pub zona_id: Option<Uuid>,
    /// Precio antes de promociones.
    #[schema(value_type = DineroView)]
    pub lista: Dinero,
    /// Código de la promoción que se aplica.
    #[schema(example = "verano-2026")]
    pub promocion: Option<String>,
    /// Lo que descuenta.
    #[schema(value_type = DineroView)]
    pub descuento: Dinero,
    /// Lo que se paga.
    #[schema(value_type = DineroView)]
    pub a_pagar: Dinero,
}

impl ProductoView {
    /// View of a product with what it costs on a day.
    pub fn new(oferta: Oferta, fecha: Fecha) -> ProductoView {
        let p = oferta.producto;
        ProductoView {
            id: p.id.uuid(),
            codigo: p.codigo,
            nombre: p.nombre,
            clase: p.clase,
            categoria: p.categoria,
            tecnologia: p.tecnologia,
            precio: p.precio,
            periodos: p.periodos,
            impuesto_incluido: p.impuesto_incluido,
            requiere_factura: p.requiere_factura,
            impuesto: p.impuesto.as_str(),
            clave_prod_serv: p.clave_prod_serv,
            clave_unidad: p.clave_unidad,
            velocidad_mbps: p.velocidad_mbps,
            configuracion: p.configuracion,
            componentes: oferta.componentes.into_iter().map(ComponenteView::from).collect(),
            activo: p.activo,
            version: p.version,
            creado: p.creado,
            actualizado: p.actualizado,
            vigente: VigenteView {
                fecha,
                vendible: oferta.vendible,
                zona_id: oferta.zona_id.map(|z| z.uuid()),
                lista: oferta.lista,
                promocion: oferta.promocion.map(|p| p.codigo),
                descuento: oferta.descuento,
                a_pagar: oferta.a_pagar,
            },
        }
    }
}

/// Una zona de cobertura.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Zona)]
pub struct ZonaView {
    /// Identificador.
    pub id: Uuid,
    /// Código corto.
    #[schema(example = "centro")]
    pub codigo: String,
    /// Nombre.
    #[schema(example = "Centro")]
    pub nombre: String,
    /// Códigos postales que cubre.
    #[schema(example = json!(["06600", "06700"]))]
    pub codigos_postales: Vec<String>,
    /// Tecnologías que tiene.
    pub tecnologias: Vec<Tecnologia>,
    /// Si se puede vender en ella.
    pub activa: bool,
    /// Versión; va también en el `ETag`.
    #[schema(example = 1)]
    pub version: i64,
    /// Cuándo se creó.
    #[schema(value_type = String, format = DateTime)]
    pub creado: Instante,
    /// Último cambio.
    #[schema(value_type = String, format = DateTime)]
    pub actualizado: Instante,
}

impl From<Zona> for ZonaView {
    fn from(z: Zona) -> ZonaView {
        ZonaView {
            id: z.id.uuid(),
            codigo: z.codigo,
            nombre: z.nombre,
            codigos_postales: z.codigos_postales,
            tecnologias: z.tecnologias,
            activa: z.activa,
            version: z.version,
            creado: z.creado,
            actualizado: z.actualizado,
        }
    }
}

/// Si una dirección tiene cobertura, y por qué zonas.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Cobertura)]
pub struct CoberturaView {
    /// El código postal preguntado.
    #[schema(example = "06600")]
    pub codigo_postal: String,
    /// Si alguna zona lo cubre con la tecnología preguntada.
    pub cubierto: bool,
    /// Tecnologías disponibles ahí.
    pub tecnologias: Vec<Tecnologia>,
    /// Zonas que lo cubren.
    pub zonas: Vec<ZonaCubiertaView>,
}

/// Zona que cubre una dirección.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ZonaCubierta)]
pub struct ZonaCubiertaView {
    /// Identificador.
    pub id: Uuid,
    /// Código corto.
    pub codigo: String,
    /// Nombre.
    pub nombre: String,
    /// Tecnologías que tiene.
    pub tecnologias: Vec<Tecnologia>,
}

impl CoberturaView {
    /// Answer about a postal code from the zones that cover it.
    pub fn new(codigo_postal: String, zonas: Vec<Zona>) -> CoberturaView {
        let mut tecnologias: Vec<Tecnologia> =
            zonas.iter().flat_map(|z| z.tecnologias.clone()).collect();
        tecnologias.sort();
        tecnologias.dedup();
        let vista = |z: Zona| ZonaCubiertaView {
            id: z.id.uuid(),
            codigo: z.codigo,
            nombre: z.nombre,
            tecnologias: z.tecnologias,
        };
        CoberturaView {
            codigo_postal,
            cubierto: !zonas.is_empty(),
            tecnologias,
            zonas: zonas.into_iter().map(vista).collect(),
        }
    }
}

/// Precio de un producto en una zona.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PrecioZona)]
pub struct PrecioView {
    /// Identificador.
    pub id: Uuid,
    /// Producto.
    pub producto_id: Uuid,
    /// Zona.
    pub zona_id: Uuid,
    /// Precio del primer período del producto.
    #[schema(value_type = DineroView)]
    pub precio: Dinero,
    /// Primer día en que rige.
    #[schema(value_type = String, format = Date)]
    pub desde: Fecha,
    /// Primer día en que ya no rige; nulo, hasta que empiece otro.
    #[schema(value_type = Option<String>, format = Date)]
    pub hasta: Option<Fecha>,
}

impl From<PrecioZona> for PrecioView {
    fn from(p: PrecioZona) -> PrecioView {
        PrecioView {
            id: p.id.uuid(),
            producto_id: p.producto_id.uuid(),
            zona_id: p.zona_id.uuid(),
            precio: p.precio,
            desde: p.desde,
            hasta: p.hasta,
        }
    }
}

/// Una promoción.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Promocion)]
pub struct PromocionView {
    /// Identificador.
    pub id: Uuid,
    /// Código corto.
    #[schema(example = "verano-2026")]
    pub codigo: String,
    /// Nombre.
    #[schema(example = "Verano 2026")]
    pub nombre: String,
    /// Producto al que se aplica; nulo, a todos.
    pub producto_id: Option<Uuid>,
    /// Porcentaje que descuenta, con dos decimales; nulo si es un importe.
    #[schema(example = "15.00")]
    pub porcentaje: Option<String>,
    /// Importe que descuenta; nulo si es un porcentaje.
    #[schema(value_type = Option<DineroView>)]
    pub importe: Option<Dinero>,
    /// Períodos durante los que se conserva; nulo, siempre.
    pub periodos: Option<i32>,
    /// Primer día en que se puede tomar.
    #[schema(value_type = String, format = Date)]
    pub desde: Fecha,
    /// Primer día en que ya no se puede tomar; nulo, no termina.
    #[schema(value_type = Option<String>, format = Date)]
    pub hasta: Option<Fecha>,
    /// Si se puede tomar.
    pub activa: bool,
    /// Versión; va también en el `ETag`.
    #[schema(example = 1)]
    pub version: i64,
    /// Cuándo se creó.
    #[schema(value_type = String, format = DateTime)]
    pub creado: Instante,
    /// Último cambio.
    #[schema(value_type = String, format = DateTime)]
    pub actualizado: Instante,
}

impl From<Promocion> for PromocionView {
    fn from(p: Promocion) -> PromocionView {
        let (porcentaje, importe) = match p.descuento {
            Descuento::Porcentaje(n) => (Some(ramal_base::dinero::format_centavos(n)), None),
            Descuento::Importe(importe) => (None, Some(importe)),
        };
        PromocionView {
            id: p.id.uuid(),
            codigo: p.codigo,
            nombre: p.nombre,
            producto_id: p.producto_id.map(|id| id.uuid()),
            porcentaje,
            importe,
            periodos: p.periodos,
            desde: p.desde,
            hasta: p.hasta,
            activa: p.activa,
            version: p.version,
            creado: p.creado,
            actualizado: p.actualizado,
        }
    }
}
