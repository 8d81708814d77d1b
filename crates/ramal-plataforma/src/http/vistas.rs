//! Shapes on the wire of this slice. They hold no rule and no secret but the one key text of a
//! creation.

use ramal_base::Instante;
use ramal_web::{PaginaView, Paginacion};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{Anotacion, Clave, ClaveCreada, Emisor, Empresa, FiltroTrail};

/// La empresa que usa Ramal.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Empresa)]
pub struct EmpresaView {
    /// Identificador.
    pub id: Uuid,
    /// Nombre comercial.
    #[schema(example = "Fibra del Norte")]
    pub nombre: String,
    /// País principal, ISO 3166-1.
    #[schema(example = "MX")]
    pub pais: &'static str,
    /// Zona horaria IANA en la que empiezan sus días.
    #[schema(example = "America/Mexico_City")]
    pub zona_horaria: String,
    /// Moneda de sus resúmenes, ISO 4217.
    #[schema(example = "MXN")]
    pub moneda: &'static str,
    /// Ajustes de cada parte de Ramal.
    #[schema(value_type = Object)]
    pub ajustes: Value,
    /// Cuándo se creó.
    #[schema(value_type = String, format = DateTime)]
    pub creado: Instante,
}

impl From<Empresa> for EmpresaView {
    fn from(e: Empresa) -> EmpresaView {
        EmpresaView {
            id: e.id.uuid(),
            nombre: e.nombre,
            pais: e.pais.codigo(),
            zona_horaria: e.zona_horaria,
            moneda: e.moneda.codigo(),
            ajustes: e.ajustes,
            creado: e.creado,
        }
    }
}

/// Quien firma comprobantes: un RFC o un RUC.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Emisor)]
pub struct EmisorView {
    /// Identificador.
    pub id: Uuid,
    /// País, ISO 3166-1.
    #[schema(example = "PE")]
    pub pais: &'static str,
    /// RFC o RUC.
    #[schema(example = "20131312955")]
    pub numero: String,
    /// Razón social, como la tiene la autoridad.
    pub razon_social: String,
    /// Nombre comercial.
    pub nombre_comercial: Option<String>,
    /// Clave de c_RegimenFiscal (MX).
    pub regimen_fiscal: Option<String>,
    /// Código postal de expedición (MX).
    pub codigo_postal: Option<String>,
    /// Código INEI del distrito (PE).
    pub ubigeo: Option<String>,
    /// Calle y número.
    pub direccion: Option<String>,
    /// Departamento (PE).
    pub departamento: Option<String>,
    /// Provincia (PE).
    pub provincia: Option<String>,
    /// Distrito (PE).
    pub distrito: Option<String>,
    /// Código del establecimiento anexo ante SUNAT (PE).
    pub establecimiento: Option<String>,
    /// Moneda en la que factura, ISO 4217.
    #[schema(example = "PEN")]
    pub moneda: &'static str,
    /// Zona horaria IANA de sus comprobantes.
    pub zona_horaria: String,
    /// `emulado` o `real`.
    #[schema(example = "emulado")]
    pub modo: &'static str,
    /// Cuándo se creó.
    #[schema(value_type = String, format = DateTime)]
    pub creado: Instante,
}

impl From<Emisor> for EmisorView {
    fn from(e: Emisor) -> EmisorView {
        EmisorView {
            id: e.id.uuid(),
            pais: e.pais.codigo(),
            numero: e.numero,
            razon_social: e.razon_social,
            nombre_comercial: e.nombre_comercial,
            regimen_fiscal: e.regimen_fiscal,
            codigo_postal: e.codigo_postal,
            ubigeo: e.ubigeo,
            direccion: e.direccion,
            departamento: e.departamento,
            provincia: e.provincia,
            distrito: e.distrito,
            establecimiento: e.establecimiento,
            moneda: e.moneda.codigo(),
            zona_horaria: e.zona_horaria,
            modo: e.modo.as_str(),
            creado: e.creado,
        }
    }
}

/// Todos los emisores; son pocos y van en una página.
pub type PaginaEmisores = PaginaView<EmisorView>;

/// Una línea de la auditoría.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Anotacion)]
pub struct AnotacionView {
    /// Identificador.
    pub id: Uuid,
    /// Cuándo.
    #[schema(value_type = String, format = DateTime)]
    pub instante: Instante,
    /// Quién.
    #[schema(example = "clave:panel")]
    pub actor: String,
    /// Qué hizo.
    #[schema(example = "emisor.crear")]
    pub accion: String,
    /// Clase de cosa.
    #[schema(example = "emisor")]
    pub objeto_tipo: String,
    /// Cuál.
    pub objeto_id: String,
    /// Cómo estaba.
    #[schema(value_type = Option<Object>)]
    pub antes: Option<Value>,
    /// Cómo quedó.
    #[schema(value_type = Option<Object>)]
    pub despues: Option<Value>,
}

impl From<Anotacion> for AnotacionView {
    fn from(a: Anotacion) -> AnotacionView {
        AnotacionView {
            id: a.id.uuid(),
            instante: a.instante,
            actor: a.actor,
            accion: a.accion,
            objeto_tipo: a.objeto_tipo,
            objeto_id: a.objeto_id,
            antes: a.antes,
            despues: a.despues,
        }
    }
}

/// Qué parte de la auditoría se pide.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FiltroAuditoria {
    /// Solo lo que hizo este actor: `usuario:<id>`, `clave:<nombre>`, `cli`.
    pub actor: Option<String>,
    /// Solo esta acción, o las que empiezan así si termina en punto: `usuario.`.
    pub accion: Option<String>,
    /// Desde este instante.
    #[param(value_type = Option<String>, format = DateTime)]
    pub desde: Option<Instante>,
    /// Antes de este instante.
    #[param(value_type = Option<String>, format = DateTime)]
    pub hasta: Option<Instante>,
    /// Solo las líneas sobre esta clase de cosa.
    pub objeto_tipo: Option<String>,
    /// Solo las líneas sobre esta cosa.
    pub objeto_id: Option<String>,
    /// Qué página.
    #[serde(flatten)]
    #[param(ignore)]
    pub pagina: Paginacion,
}

impl From<FiltroAuditoria> for FiltroTrail {
    fn from(f: FiltroAuditoria) -> FiltroTrail {
        FiltroTrail {
            actor: f.actor.unwrap_or_default(),
            accion: f.accion.unwrap_or_default(),
            objeto_tipo: f.objeto_tipo.unwrap_or_default(),
            objeto_id: f.objeto_id.unwrap_or_default(),
            desde: f.desde,
            hasta: f.hasta,
        }
    }
}

/// Una clave de API, sin su secreto.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ClaveApi)]
pub struct ClaveView {
    /// Identificador.
    pub id: Uuid,
    /// Para qué es.
    #[schema(example = "panel")]
    pub nombre: String,
    /// Parte pública de la clave.
    #[schema(example = "5f0c2a91")]
    pub prefijo: String,
    /// Permisos.
    #[schema(example = json!(["clientes:leer"]))]
    pub permisos: Vec<String>,
    /// Cuándo se creó.
    #[schema(value_type = String, format = DateTime)]
    pub creado: Instante,
    /// Cuándo se revocó; nulo si sirve.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub revocada: Option<Instante>,
    /// Último uso, con precisión de una hora.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ultimo_uso: Option<Instante>,
}

impl From<Clave> for ClaveView {
    fn from(c: Clave) -> ClaveView {
        ClaveView {
            id: c.id.uuid(),
            nombre: c.nombre,
            prefijo: c.prefijo,
            permisos: c.permisos,
            creado: c.creado,
            revocada: c.revocada,
            ultimo_uso: c.ultimo_uso,
        }
    }
}

/// Una clave recién creada.
#[derive(Serialize, ToSchema)]
#[schema(as = ClaveApiCreada)]
pub struct ClaveCreadaView {
    /// La clave.
    pub clave: ClaveView,
    /// El texto que se envía como `Bearer`; no se vuelve a mostrar.
    #[schema(example = "rml_5f0c2a91_Zk0…")]
    pub texto: String,
}

impl From<ClaveCreada> for ClaveCreadaView {
    fn from(c: ClaveCreada) -> ClaveCreadaView {
        ClaveCreadaView { clave: c.clave.into(), texto: c.texto }
    }
}

/// Clave de API que se pide.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NuevaClaveApi)]
pub struct NuevaClaveCmd {
    /// Para qué es; nunca el dato de una persona.
    #[schema(example = "panel", min_length = 1, max_length = 80)]
    pub nombre: String,
    /// Permisos: `area:accion`, con `*` como comodín.
    #[schema(value_type = Vec<PermisoTexto>, min_items = 1, max_items = 100)]
    pub permisos: Vec<String>,
}

/// Un permiso, o un comodín.
#[derive(ToSchema)]
#[schema(as = Permiso, example = "clientes:leer",
    pattern = r"^(\*|(\*|[a-z0-9_-]{1,40}):(\*|[a-z0-9_-]{1,40}))$")]
#[allow(dead_code, reason = "exists for its description alone")]
pub struct PermisoTexto(String);
