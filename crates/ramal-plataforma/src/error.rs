//! Ways in which the slice refuses. The edge alone turns them into HTTP, by the codes given here.

use ramal_base::{CampoInvalido, Problema};
use ramal_db::DbError;
use ramal_web::Problem;

use crate::SelloError;

/// Why an operation of the slice was refused.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// 404 `empresa_no_encontrada`: nothing was set up yet.
    #[error("there is no empresa yet")]
    EmpresaNotFound,
    /// 409 `empresa_existe`: there is one per database.
    #[error("there is an empresa already")]
    EmpresaExists,
    /// 404 `emisor_no_encontrado`.
    #[error("emisor not found")]
    EmisorNotFound,
    /// 409 `emisor_duplicado`: that tax number issues already.
    #[error("emisor {0} exists already")]
    EmisorExists(String),
    /// 404 `clave_no_encontrada`.
    #[error("clave not found")]
    ClaveNotFound,
    /// 409 `clave_duplicada`: a live key has that name.
    #[error("a live clave has that name")]
    ClaveExists,
    /// 404 `usuario_no_encontrado`.
    #[error("usuario not found")]
    UsuarioNotFound,
    /// 409 `correo_en_uso`.
    #[error("a usuario has that e-mail")]
    UsuarioExists,
    /// 409 `ultimo_administrador`: nobody else could undo it.
    #[error("the last administrator must stay")]
    UltimoAdministrador,
    /// 403 `permiso_faltante`: nobody gives, or acts on who has, a permission that he lacks.
    #[error("permission {0} is not the caller's to give")]
    PermisoAjeno(String),
    /// 404 `rol_no_encontrado`.
    #[error("rol not found")]
    RolNotFound,
    /// 409 `rol_duplicado`.
    #[error("a rol has that name")]
    RolExists,
    /// 409 `rol_en_uso`: given to somebody, or part of the program.
    #[error("the rol cannot be removed")]
    RolInUse,
    /// 404 `sucursal_no_encontrado`.
    #[error("sucursal not found")]
    SucursalNotFound,
    /// 409 `sucursal_duplicada`.
    #[error("a sucursal has that name")]
    SucursalExists,
    /// 409 `cambiado_por_otro`: the version is not the one that was seen.
    #[error("somebody changed it meanwhile")]
    Stale,
    /// 404 `sesion_no_encontrada`: it is another's, or gone.
    #[error("sesion not found")]
    SesionNotFound,
    /// 404 `vista_no_encontrada`: it is another's, or gone.
    #[error("vista not found")]
    VistaNotFound,
    /// 422 `credenciales`: one answer for a wrong password and for no account.
    #[error("e-mail and password do not match")]
    Credenciales,
    /// 403 `cuenta_suspendida`; told only to who proved the account is his.
    #[error("the account is suspended")]
    Suspendido,
    /// 429 `demasiados_intentos`, with the seconds to wait.
    #[error("too many attempts; wait {0} s")]
    Bloqueado(i64),
    /// 422 on the field `codigo`.
    #[error("wrong code")]
    CodigoIncorrecto,
    /// 410 `enlace_vencido`: used, expired or never made.
    #[error("the link is no longer good")]
    EnlaceVencido,
    /// 404: the program was set up already.
    #[error("there are users already")]
    Instalado,
    /// 401 `proveedor_rechazado`: the identity provider's answer is not to be trusted.
    #[error("the identity provider's answer was refused")]
    Proveedor,
    /// 500: a hash or a code could not be made.
    #[error("cryptography failed")]
    Cifrado,
    /// 422 `datos_invalidos` naming each field.
    #[error("{} fields are not valid", .0.len())]
    Campos(Vec<CampoInvalido>),
    /// 500: a sealed secret does not open, or the master key is missing.
    #[error(transparent)]
    Sello(#[from] SelloError),
    /// 500 or 503: the data layer failed.
    #[error(transparent)]
    Storage(#[from] DbError),
}

impl From<Error> for Problema {
    fn from(error: Error) -> Problema {
        match error {
            Error::EmpresaNotFound => Problema::new(
                404,
                "empresa_no_encontrada",
                "No encontrada",
                "Todavía no hay empresa. Créela con «ramal init».",
            ),
            Error::EmpresaExists => {
                Problema::conflicto("empresa_existe", "Ya hay una empresa en estos datos.")
            }
            Error::EmisorNotFound => Problema::no_encontrado("emisor"),
            Error::EmisorExists(_) => Problema::conflicto(
                "emisor_duplicado",
                "Ese RFC o RUC ya está dado de alta como emisor.",
            ),
            Error::ClaveNotFound => Problema::new(
                404,
                "clave_no_encontrada",
                "No encontrada",
                "No existe esa clave de API.",
            ),
            Error::ClaveExists => Problema::conflicto(
                "clave_duplicada",
                "Hay una clave vigente con ese nombre. Elija otro o revoque la anterior.",
            ),
            Error::Campos(campos) => Problema::campos(campos),
            otro => of_identity(otro),
        }
    }
}

/// Refusals about users, roles and branches.
fn of_identity(error: Error) -> Problema {
    match error {
        Error::UsuarioNotFound => Problema::no_encontrado("usuario"),
        Error::UsuarioExists => Problema::campos(vec![CampoInvalido::new(
            "correo",
            "correo_en_uso",
            "Ya hay un usuario con ese correo.",
        )]),
        Error::UltimoAdministrador => Problema::conflicto(
            "ultimo_administrador",
            "Es el último administrador activo: primero hay que dar ese rol a otra persona.",
        ),
        Error::PermisoAjeno(permiso) => Problema::new(
            403,
            "permiso_faltante",
            "Falta un permiso",
            format!("Nadie puede dar ni quitar lo que no tiene: falta el permiso «{permiso}»."),
        ),
        Error::RolNotFound => Problema::no_encontrado("rol"),
        Error::RolExists => Problema::campos(vec![CampoInvalido::new(
            "nombre",
            "rol_duplicado",
            "Ya hay un rol con ese nombre.",
        )]),
        Error::RolInUse => Problema::conflicto(
            "rol_en_uso",
            "El rol vino con el programa o alguien lo tiene: no se puede borrar.",
        ),
        Error::SucursalNotFound => {
            Problema::new(404, "sucursal_no_encontrada", "No encontrada", "No existe esa sucursal.")
        }
        Error::SucursalExists => Problema::campos(vec![CampoInvalido::new(
            "nombre",
            "sucursal_duplicada",
            "Ya hay una sucursal con ese nombre.",
        )]),
        Error::Stale => Problema::conflicto(
            "cambiado_por_otro",
            "Otra persona guardó cambios. Hay que mirar cómo quedó antes de seguir.",
        ),
        otro => of_sign_in(otro),
    }
}

/// Refusals of signing in, and failures.
fn of_sign_in(error: Error) -> Problema {
    match error {
        Error::SesionNotFound => Problema::new(
            404,
            "sesion_no_encontrada",
            "No encontrada",
            "No existe esa sesión o ya terminó.",
        ),
        Error::VistaNotFound => {
            Problema::new(404, "vista_no_encontrada", "No encontrada", "No existe esa vista.")
        }
        Error::Credenciales => Problema::new(
            422,
            "credenciales",
            "No se pudo entrar",
            "El correo o la contraseña no coinciden.",
        ),
        Error::Suspendido => Problema::new(
            403,
            "cuenta_suspendida",
            "Cuenta suspendida",
            "Esta cuenta está suspendida. La reactiva quien administra los usuarios.",
        ),
        Error::Bloqueado(segundos) => Problema::new(
            429,
            "demasiados_intentos",
            "Demasiados intentos",
            format!("Demasiados intentos. Se puede probar de nuevo en {}.", in_words(segundos)),
        ),
        Error::CodigoIncorrecto => Problema::campos(vec![CampoInvalido::new(
            "codigo",
            "codigo_incorrecto",
            "El código no coincide o ya se usó. Sirve el que muestra ahora la aplicación.",
        )]),
        Error::EnlaceVencido => Problema::new(
            410,
            "enlace_vencido",
            "El enlace ya no sirve",
            "El enlace venció o ya se usó. Se puede pedir otro.",
        ),
        Error::Instalado => {
            Problema::new(404, "ruta_no_encontrada", "No encontrado", "No existe nada aquí.")
        }
        Error::Proveedor => Problema::new(
            401,
            "proveedor_rechazado",
            "No se pudo entrar",
            "El proveedor de identidad no confirmó el ingreso. Se puede empezar de nuevo.",
        ),
        otro => failed(otro),
    }
}

/// `40 segundos`, `2 minutos`.
fn in_words(segundos: i64) -> String {
    match segundos {
        ..=1 => "1 segundo".to_owned(),
        2..=90 => format!("{segundos} segundos"),
        _ => format!("{} minutos", (segundos + 59) / 60),
    }
}

/// What is ours to mend: logged here, once.
fn failed(error: Error) -> Problema {
    match error {
        Error::Storage(error) => error.into(),
        otro => {
            tracing::error!(error = %otro, "a sealed secret could not be used");
            Problema::interno()
        }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Problem {
        Problem(error.into())
    }
}
