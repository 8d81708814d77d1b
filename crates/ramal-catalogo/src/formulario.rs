//! Forms that make or change a product, and their checks. Components are looked up elsewhere.

use ramal_base::{CampoInvalido, Dinero};
use ramal_fiscal::Impuesto;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::dinero_view::DineroView;
use crate::parche::presente;
use crate::{Categoria, ClaseProducto, Periodicidad, Producto, Tecnologia, reglas};

/// Tratamiento de impuestos de un producto, como lo describe la API.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Impuesto)]
pub enum ImpuestoView {
    /// Tasa general: IVA 16 %, IGV.
    General,
    /// IVA 8 % de la región fronteriza.
    Frontera,
    /// Tasa cero.
    Cero,
    /// Exento, exonerado.
    Exento,
    /// No objeto, inafecto.
    Inafecto,
    /// Tasa general más IEPS 3 % de telecomunicaciones (MX).
    GeneralIeps,
}

/// Part of a combo to set.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DatosComponente {
    /// Producto; no puede ser otro combo.
    pub producto_id: Uuid,
    /// Cuántos.
    #[serde(default = "DatosComponente::uno")]
    #[schema(minimum = 1, maximum = 99, default = 1)]
    pub cantidad: i32,
}

impl DatosComponente {
    fn uno() -> i32 {
        1
    }
}

/// Body of `POST /catalogo/productos`.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DatosProducto {
    /// Código corto; si falta, sale del nombre.
    #[schema(example = "fibra-100", max_length = 60)]
    pub codigo: Option<String>,
    /// Nombre; no se repite.
    #[schema(example = "FIBRA 100", min_length = 1, max_length = 120)]
    pub nombre: String,
    /// Clase; si falta, la habitual de su categoría.
    pub clase: Option<ClaseProducto>,
    /// Categoría.
    pub categoria: Categoria,
    /// Tecnología que necesita; sin ella, sirve con cualquiera.
    pub tecnologia: Option<Tecnologia>,
    /// Precio del primero de sus períodos.
    #[schema(value_type = DineroView)]
    pub precio: Dinero,
    /// Períodos en los que se vende; el primero es el del precio.
    #[serde(default = "DatosProducto::mensual")]
    #[schema(min_items = 1, max_items = 5)]
    pub periodos: Vec<Periodicidad>,
    /// Si el precio ya lleva los impuestos.
    #[serde(default = "DatosProducto::si")]
    #[schema(default = true)]
    pub impuesto_incluido: bool,
    /// Si se cobra siempre con comprobante.
    #[serde(default = "DatosProducto::si")]
    #[schema(default = true)]
    pub requiere_factura: bool,
    /// Tratamiento de impuestos; `general` si no se dice.
    #[schema(value_type = Option<ImpuestoView>)]
    pub impuesto: Option<Impuesto>,
    /// c_ClaveProdServ o UNSPSC, ocho dígitos.
    #[schema(example = "81112101")]
    pub clave_prod_serv: Option<String>,
    /// c_ClaveUnidad o UN/ECE.
    #[schema(example = "E48")]
    pub clave_unidad: Option<String>,
    /// Velocidad de bajada, Mbps.
    #[schema(minimum = 1, maximum = 1_000_000, example = 100)]
    pub velocidad_mbps: Option<i32>,
    /// Configuración base, un objeto.
    #[serde(default = "DatosProducto::vacia")]
    #[schema(value_type = Object)]
    pub configuracion: Value,
    /// Partes, si es un combo.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub componentes: Vec<DatosComponente>,
}

impl DatosProducto {
    fn mensual() -> Vec<Periodicidad> {
        vec![Periodicidad::Mensual]
    }

    fn si() -> bool {
        true
    }

    fn vacia() -> Value {
        json!({})
    }
}

/// Body of `PATCH /catalogo/productos/{id}`: only what is sent changes.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CambioProducto {
    /// Nombre; no se repite.
    pub nombre: Option<String>,
    /// Categoría.
    pub categoria: Option<Categoria>,
    /// Tecnología que necesita; nulo, sirve con cualquiera.
    #[serde(default, deserialize_with = "presente")]
    #[schema(value_type = Option<Tecnologia>)]
    pub tecnologia: Option<Option<Tecnologia>>,
    /// Precio del primero de sus períodos, en la misma moneda.
    #[schema(value_type = Option<DineroView>)]
    pub precio: Option<Dinero>,
    /// Períodos en los que se vende.
    pub periodos: Option<Vec<Periodicidad>>,
    /// Si el precio ya lleva los impuestos.
    pub impuesto_incluido: Option<bool>,
    /// Si se cobra siempre con comprobante.
    pub requiere_factura: Option<bool>,
    /// Tratamiento de impuestos.
    #[schema(value_type = Option<ImpuestoView>)]
    pub impuesto: Option<Impuesto>,
    /// c_ClaveProdServ o UNSPSC; nulo la quita.
    #[serde(default, deserialize_with = "presente")]
    #[schema(value_type = Option<String>)]
    pub clave_prod_serv: Option<Option<String>>,
    /// c_ClaveUnidad o UN/ECE; nulo la quita.
    #[serde(default, deserialize_with = "presente")]
    #[schema(value_type = Option<String>)]
    pub clave_unidad: Option<Option<String>>,
    /// Velocidad de bajada, Mbps; nulo la quita.
    #[serde(default, deserialize_with = "presente")]
    #[schema(value_type = Option<i32>)]
    pub velocidad_mbps: Option<Option<i32>>,
    /// Configuración base, un objeto; reemplaza la anterior.
    #[schema(value_type = Option<Object>)]
    pub configuracion: Option<Value>,
    /// Partes del combo; reemplaza la lista.
    pub componentes: Option<Vec<DatosComponente>>,
    /// Si se puede contratar.
    pub activo: Option<bool>,
}

impl CambioProducto {
    /// The product with what the command says, unchecked.
    pub(crate) fn applied_to(&self, antes: &Producto) -> Producto {
        let mut p = antes.clone();
        set(&mut p.nombre, &self.nombre);
        set(&mut p.categoria, &self.categoria);
        set(&mut p.tecnologia, &self.tecnologia);
        set(&mut p.precio, &self.precio);
        set(&mut p.periodos, &self.periodos);
        set(&mut p.impuesto_incluido, &self.impuesto_incluido);
        set(&mut p.requiere_factura, &self.requiere_factura);
        set(&mut p.impuesto, &self.impuesto);
        set(&mut p.clave_prod_serv, &self.clave_prod_serv);
        set(&mut p.clave_unidad, &self.clave_unidad);
        set(&mut p.velocidad_mbps, &self.velocidad_mbps);
        set(&mut p.configuracion, &self.configuracion);
        set(&mut p.activo, &self.activo);
        p
    }
}

fn set<T: Clone>(campo: &mut T, valor: &Option<T>) {
    if let Some(valor) = valor {
        campo.clone_from(valor);
    }
}

/// Checks the fields of a product, cleaning its texts; `errores` gets every refusal.
pub(crate) fn check(producto: &mut Producto, errores: &mut Vec<CampoInvalido>) {
    producto.nombre = reglas::check_nombre(&producto.nombre, errores);
    producto.codigo = reglas::check_codigo(&producto.codigo, errores);
    reglas::check_precio(producto.precio, "precio", errores);
    for clave in [&mut producto.clave_prod_serv, &mut producto.clave_unidad] {
        *clave = clave.take().map(|c| c.trim().to_owned()).filter(|c| !c.is_empty());
    }
    let prod_serv = producto.clave_prod_serv.as_deref();
    reglas::check_claves(prod_serv, producto.clave_unidad.as_deref(), errores);
    check_periodos(&producto.periodos, errores);
    if producto.velocidad_mbps.is_some_and(|v| !(1..=1_000_000).contains(&v)) {
        let motivo = "La velocidad va de 1 a 1000000 Mbps.";
        errores.push(CampoInvalido::new("velocidad_mbps", "fuera_de_rango", motivo));
    }
    let texto = producto.configuracion.to_string();
    if !producto.configuracion.is_object() || texto.len() > 20_000 {
        let motivo = "La configuración es un objeto JSON de 20000 bytes o menos.";
        errores.push(CampoInvalido::new("configuracion", "configuracion_invalida", motivo));
    }
}

fn check_periodos(periodos: &[Periodicidad], errores: &mut Vec<CampoInvalido>) {
    let mut unicos = periodos.to_vec();
    unicos.sort();
    unicos.dedup();
    if periodos.is_empty() || unicos.len() != periodos.len() {
        let motivo = "Indique al menos un período, sin repetir ninguno.";
        errores.push(CampoInvalido::new("periodos", "periodos_invalidos", motivo));
    }
}
