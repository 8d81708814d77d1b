//! Shapes on the wire of users, roles and branches. They hold no rule, no password and no code.

use ramal_base::Instante;
use ramal_web::Paginacion;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::storage::usuarios::FiltroUsuarios;
use crate::{DatosRol, DatosSucursal, Rol, RolDado, Sucursal, SucursalId, Usuario};

/// Un rol dado a un usuario.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RolDado)]
pub struct RolDadoView {
    /// Código del rol.
    #[schema(example = "cobranzas")]
    pub rol: String,
    /// Sucursal en la que vale; nulo si vale en todas.
    #[serde(default)]
    pub sucursal: Option<Uuid>,
}

impl From<RolDado> for RolDadoView {
    fn from(d: RolDado) -> RolDadoView {
        RolDadoView { rol: d.rol, sucursal: d.sucursal.map(SucursalId::uuid) }
    }
}

impl From<RolDadoView> for RolDado {
    fn from(d: RolDadoView) -> RolDado {
        RolDado { rol: d.rol, sucursal: d.sucursal.map(SucursalId::from_uuid) }
    }
}

/// Una persona que entra a Ramal.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Usuario)]
pub struct UsuarioView {
    /// Identificador.
    pub id: Uuid,
    /// Correo, en minúsculas.
    #[schema(example = "rosa@norte.pe")]
    pub correo: String,
    /// Nombre.
    #[schema(example = "Rosa Díaz")]
    pub nombre: String,
    /// `activo` o `suspendido`.
    #[schema(example = "activo")]
    pub estado: &'static str,
    /// Roles; nulo en los listados.
    pub roles: Option<Vec<RolDadoView>>,
    /// Si tiene contraseña propia.
    pub con_contrasena: bool,
    /// Si se le pide un código del teléfono.
    pub con_codigo: bool,
    /// Si entra por el proveedor de identidad.
    pub con_proveedor: bool,
    /// Crece con cada cambio; se envía al cambiarlo.
    pub version: i64,
    /// Cuándo se creó.
    #[schema(value_type = String, format = DateTime)]
    pub creado: Instante,
    /// Cuándo entró por última vez.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ultimo_ingreso: Option<Instante>,
}

impl UsuarioView {
    /// The user, with his roles when they were asked for.
    pub fn of(u: Usuario, roles: Option<Vec<RolDado>>) -> UsuarioView {
        UsuarioView {
            id: u.id.uuid(),
            correo: u.correo,
            nombre: u.nombre,
            estado: u.estado.as_str(),
            roles: roles.map(|lista| lista.into_iter().map(RolDadoView::from).collect()),
            con_contrasena: u.con_contrasena,
            con_codigo: u.con_codigo,
            con_proveedor: u.con_proveedor,
            version: u.version,
            creado: u.creado,
            ultimo_ingreso: u.ultimo_ingreso,
        }
    }
}

/// Qué usuarios se piden.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FiltroUsuariosQuery {
    /// Parte del nombre o del correo.
    pub q: Option<String>,
    /// `activo` o `suspendido`.
    pub estado: Option<String>,
    /// Código de un rol.
    pub rol: Option<String>,
    /// Qué página.
    #[serde(flatten)]
    #[param(ignore)]
    pub pagina: Paginacion,
}

impl From<FiltroUsuariosQuery> for FiltroUsuarios {
    fn from(f: FiltroUsuariosQuery) -> FiltroUsuarios {
        FiltroUsuarios {
            texto: f.q.unwrap_or_default(),
            estado: f.estado.unwrap_or_default(),
            rol: f.rol.unwrap_or_default(),
            sucursales: None,
        }
    }
}

/// Usuario que se pide crear. Sin contraseña: la pone con el enlace de recuperación.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NuevoUsuario)]
pub struct NuevoUsuarioCmd {
    /// Correo.
    #[schema(example = "rosa@norte.pe", max_length = 254)]
    pub correo: String,
    /// Nombre.
    #[schema(example = "Rosa Díaz", min_length = 1, max_length = 120)]
    pub nombre: String,
    /// Roles.
    #[serde(default)]
    pub roles: Vec<RolDadoView>,
}

/// Lo que cambia de un usuario.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CambioUsuario)]
pub struct CambioUsuarioCmd {
    /// La versión que se leyó.
    pub version: i64,
    /// Nombre.
    #[schema(min_length = 1, max_length = 120)]
    pub nombre: String,
    /// Todos sus roles desde ahora.
    pub roles: Vec<RolDadoView>,
}

/// Un conjunto de permisos con nombre.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Rol)]
pub struct RolView {
    /// Código; no cambia.
    #[schema(example = "cobranzas")]
    pub codigo: String,
    /// Nombre.
    #[schema(example = "Cobranzas")]
    pub nombre: String,
    /// Para qué es.
    pub descripcion: String,
    /// Permisos: `area:accion`, con `*` como comodín.
    #[schema(example = json!(["facturas:*"]))]
    pub permisos: Vec<String>,
    /// Si vino con el programa.
    pub predefinido: bool,
    /// Crece con cada cambio; se envía al cambiarlo.
    pub version: i64,
}

impl From<Rol> for RolView {
    fn from(r: Rol) -> RolView {
        let Rol { codigo, nombre, descripcion, permisos, predefinido, version } = r;
        RolView { codigo, nombre, descripcion, permisos, predefinido, version }
    }
}

/// Rol que se pide crear o cambiar.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DatosRol)]
pub struct DatosRolCmd {
    /// La versión que se leyó; al crear no se mira.
    #[serde(default)]
    pub version: i64,
    /// Nombre.
    #[schema(min_length = 1, max_length = 60)]
    pub nombre: String,
    /// Para qué es.
    #[serde(default)]
    #[schema(max_length = 200)]
    pub descripcion: String,
    /// Permisos.
    #[schema(min_items = 1, max_items = 100)]
    pub permisos: Vec<String>,
}

impl From<DatosRolCmd> for DatosRol {
    fn from(c: DatosRolCmd) -> DatosRol {
        DatosRol { nombre: c.nombre, descripcion: c.descripcion, permisos: c.permisos }
    }
}

/// Una oficina de la empresa.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Sucursal)]
pub struct SucursalView {
    /// Identificador.
    pub id: Uuid,
    /// Nombre.
    #[schema(example = "Norte")]
    pub nombre: String,
    /// Zona que atiende.
    pub zona: Option<String>,
    /// Crece con cada cambio.
    pub version: i64,
}

impl From<Sucursal> for SucursalView {
    fn from(s: Sucursal) -> SucursalView {
        SucursalView { id: s.id.uuid(), nombre: s.nombre, zona: s.zona, version: s.version }
    }
}

/// Sucursal que se pide crear.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DatosSucursal)]
pub struct DatosSucursalCmd {
    /// Nombre.
    #[schema(min_length = 1, max_length = 80)]
    pub nombre: String,
    /// Zona que atiende.
    #[serde(default)]
    pub zona: Option<String>,
}

impl From<DatosSucursalCmd> for DatosSucursal {
    fn from(c: DatosSucursalCmd) -> DatosSucursal {
        DatosSucursal { nombre: c.nombre, zona: c.zona }
    }
}
