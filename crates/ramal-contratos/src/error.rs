//! Ways in which an operation on contratos and servicios is refused. It knows no HTTP type but
//! the one that renders.

use ramal_base::{CampoInvalido, Problema};
use ramal_db::DbError;

use crate::maquina::Rechazo;

/// Why an operation of the slice was refused.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Fields that were not accepted, all at once.
    #[error("{} invalid fields", .0.len())]
    Datos(Vec<CampoInvalido>), // 422 datos_invalidos
    /// There is no such service.
    #[error("servicio not found")]
    NotFound, // 404 servicio_no_encontrado
    /// There is no such contract.
    #[error("contrato not found")]
    ContratoNotFound, // 404 contrato_no_encontrado
    /// The customer was closed: nothing new is sold to him.
    #[error("cliente is not active")]
    ClienteInactivo, // 409 cliente_inactivo
    /// The product is no longer sold.
    #[error("producto is not active")]
    ProductoInactivo, // 409 producto_inactivo
    /// Nothing is sold in the zone of the address.
    #[error("zona is closed")]
    ZonaCerrada, // 409 zona_sin_cobertura
    /// The state of the service does not allow the step.
    #[error("refused by the state: {0:?}")]
    Estado(Rechazo), // 409, one code per reason
    /// A cheaper plan at once needs a permission of its own (facturacion.md U3).
    #[error("an immediate downgrade needs a permission")]
    BajaInmediata, // 403 permiso_faltante
    /// Somebody changed the service since it was read.
    #[error("stale version")]
    Desactualizado, // 412 version_distinta
    /// What was recorded last cannot be taken back: it begins or ends the service, or took back
    /// something itself.
    #[error("not reversible")]
    NoSeDeshace, // 409 no_se_deshace
    /// The customer refused.
    #[error(transparent)]
    Cliente(#[from] ramal_clientes::Error),
    /// The catalogue refused.
    #[error(transparent)]
    Catalogo(#[from] ramal_catalogo::Error),
    /// The company or its emisores refused.
    #[error(transparent)]
    Plataforma(#[from] ramal_plataforma::Error),
    /// The data layer failed.
    #[error("storage")]
    Storage(#[from] DbError),
}

impl Error {
    /// One refused field.
    pub(crate) fn campo(campo: &str, codigo: &str, motivo: &str) -> Error {
        Error::Datos(vec![CampoInvalido::new(campo, codigo, motivo)])
    }
}

impl From<Rechazo> for Error {
    fn from(rechazo: Rechazo) -> Error {
        match rechazo {
            Rechazo::AntesDeInicio => Error::campo(
                "fecha",
                "fecha_fuera_de_rango",
                "El servicio todavía no había comenzado ese día. Use una fecha desde su inicio.",
            ),
            otro => Error::Estado(otro),
        }
    }
}

impl From<Error> for Problema {
    fn from(error: Error) -> Problema {
        match error {
            Error::Datos(errores) => Problema::campos(errores),
            Error::NotFound => Problema::no_encontrado("servicio"),
            Error::ContratoNotFound => Problema::no_encontrado("contrato"),
            Error::ClienteInactivo => Problema::conflicto(
                "cliente_inactivo",
                "El cliente está dado de baja. Reactívelo antes de contratarle algo.",
            ),
            Error::ProductoInactivo => Problema::conflicto(
                "producto_inactivo",
                "Ese producto ya no se vende. Elija otro del catálogo.",
            ),
            Error::ZonaCerrada => Problema::conflicto(
                "zona_sin_cobertura",
                "En la zona del domicilio no se vende. Active la zona o use otro domicilio.",
            ),
            Error::Estado(rechazo) => refused(rechazo),
            Error::BajaInmediata => Problema::new(
                403,
                "permiso_faltante",
                "Falta un permiso",
                "Bajar de plan de inmediato necesita el permiso «servicios:bajar_plan». Sin él, \
                 pida el cambio con momento «fin_de_periodo».",
            ),
            Error::Desactualizado => Problema::new(
                412,
                "version_distinta",
                "El servicio cambió",
                "Otra persona cambió este servicio. Vuelva a leerlo y repita su cambio.",
            ),
            Error::NoSeDeshace => Problema::conflicto(
                "no_se_deshace",
                "Ese cambio ya no se deshace solo. La historia del servicio dice qué rige y desde \
                 cuándo; el paso contrario se da desde su ficha.",
            ),
            Error::Cliente(e) => e.into(),
            Error::Catalogo(e) => e.into(),
            Error::Plataforma(e) => e.into(),
            Error::Storage(e) => e.into(),
        }
    }
}

fn refused(rechazo: Rechazo) -> Problema {
    let (codigo, detalle) = match rechazo {
        Rechazo::YaSuspendido => {
            ("servicio_ya_suspendido", "El servicio ya está suspendido en esa fecha.")
        }
        Rechazo::YaActivo => {
            ("servicio_ya_activo", "El servicio está activo y no tiene ninguna baja programada.")
        }
        Rechazo::Cancelado => (
            "servicio_cancelado",
            "El servicio está cancelado en esa fecha. Para volver, contrate uno nuevo.",
        ),
        Rechazo::Vencido => {
            ("servicio_vencido", "El plazo del servicio terminó. Reactívelo o contrate uno nuevo.")
        }
        Rechazo::AntesDeInicio => ("servicio_sin_iniciar", "El servicio aún no comienza ese día."),
    };
    Problema::conflicto(codigo, detalle)
}

impl From<Error> for ramal_web::Problem {
    fn from(error: Error) -> ramal_web::Problem {
        ramal_web::Problem(error.into())
    }
}
