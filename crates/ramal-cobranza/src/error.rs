//! Ways in which an operation of collections is refused. It knows no HTTP type but the one that
//! renders.

use ramal_base::{CampoInvalido, Problema};
use ramal_db::DbError;

use crate::nucleo::pausa;
use crate::nucleo::promesa::Rechazo;

/// Why an operation of the slice was refused.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Fields that were not accepted, all at once.
    #[error("{} invalid fields", .0.len())]
    Datos(Vec<CampoInvalido>), // 422 datos_invalidos
    /// There is no such thing.
    #[error("{0} not found")]
    NotFound(&'static str), // 404 <cosa>_no_encontrado
    /// Its state does not allow it.
    #[error("{0}")]
    Estado(&'static str, &'static str), // 409, code and what to do
    /// The policy grants no such promise.
    #[error("promise refused: {0:?}")]
    Promesa(Vec<Rechazo>), // 409 promesa_rechazada
    /// The policy or the norm allow no such pause.
    #[error("pause refused: {0:?}")]
    Pausa(pausa::Rechazo), // 409, one code per reason
    /// Somebody changed it since it was read.
    #[error("stale version")]
    Desactualizado, // 412 version_distinta
    /// The contract refused.
    #[error(transparent)]
    Contrato(#[from] ramal_contratos::Error),
    /// Billing refused.
    #[error(transparent)]
    Facturacion(#[from] ramal_facturacion::Error),
    /// The company refused.
    #[error(transparent)]
    Plataforma(#[from] ramal_plataforma::Error),
    /// The customer refused.
    #[error(transparent)]
    Cliente(#[from] ramal_clientes::Error),
    /// The data layer failed.
    #[error("storage")]
    Storage(#[from] DbError),
    /// A port failed.
    #[error("port: {0}")]
    Puerto(String), // 503 servicio_no_disponible
}

impl Error {
    /// One refused field.
    pub(crate) fn campo(campo: &str, codigo: &str, motivo: &str) -> Error {
        Error::Datos(vec![CampoInvalido::new(campo, codigo, motivo)])
    }
}

impl From<Error> for Problema {
    fn from(error: Error) -> Problema {
        match error {
            Error::Datos(errores) => Problema::campos(errores),
            Error::NotFound(cosa) => Problema::no_encontrado(cosa),
            Error::Estado(codigo, detalle) => Problema::conflicto(codigo, detalle),
            Error::Promesa(rechazos) => promise(&rechazos),
            Error::Pausa(rechazo) => pause(rechazo),
            Error::Desactualizado => Problema::new(
                412,
                "version_distinta",
                "La política cambió",
                "Otra persona cambió esto. Vuelva a leerlo y repita su cambio.",
            ),
            Error::Contrato(e) => e.into(),
            Error::Facturacion(e) => e.into(),
            Error::Plataforma(e) => e.into(),
            Error::Cliente(e) => e.into(),
            Error::Storage(e) => e.into(),
            Error::Puerto(_) => Problema::new(
                503,
                "servicio_no_disponible",
                "No se pudo averiguar",
                "Un servicio del que depende la respuesta no contestó. Vuelva a intentarlo.",
            ),
        }
    }
}

impl From<Error> for ramal_web::Problem {
    fn from(error: Error) -> ramal_web::Problem {
        ramal_web::Problem(error.into())
    }
}

/// The sentence of each limit of promises.
pub fn limite(rechazo: Rechazo) -> String {
    let dinero = ramal_base::dinero::format_centavos;
    match rechazo {
        Rechazo::Desactivada => "La empresa no concede promesas de pago.".to_owned(),
        Rechazo::SinDeuda => "El cliente no tiene nada vencido que prometer.".to_owned(),
        Rechazo::FechaPasada => "La fecha de pago va de hoy en adelante.".to_owned(),
        Rechazo::PlazoLargo(ultimo) => {
            format!("El plazo es más largo que el permitido: hasta el {ultimo}.")
        }
        Rechazo::YaTiene => "El cliente ya tiene una promesa vigente.".to_owned(),
        Rechazo::Demasiadas(n) => {
            format!("El cliente ya tuvo {n} promesas en los últimos seis meses.")
        }
        Rechazo::RotaReciente(vuelve) => {
            format!("Hay una promesa incumplida hace poco: puede pedir otra desde el {vuelve}.")
        }
        Rechazo::PocaAntiguedad(Some(dia)) => {
            format!("El cliente es nuevo: puede pedir una promesa desde el {dia}.")
        }
        Rechazo::PocaAntiguedad(None) => "El cliente es nuevo y todavía no puede.".to_owned(),
        Rechazo::DeudaAlta(tope) => {
            format!("La deuda pasa de {}, lo más que se difiere.", dinero(tope))
        }
        Rechazo::FaltaPagoPrevio(falta) => {
            format!("Hay que pagar antes {} a cuenta.", dinero(falta))
        }
    }
}

fn promise(rechazos: &[Rechazo]) -> Problema {
    let frases: Vec<String> = rechazos.iter().map(|r| limite(*r)).collect();
    let codigo = rechazos.first().map_or("promesa_rechazada", |r| r.codigo());
    Problema::conflicto(codigo, frases.join(" "))
}

fn pause(rechazo: pausa::Rechazo) -> Problema {
    use pausa::Rechazo;
    let (codigo, detalle) = match rechazo {
        Rechazo::Antes(dia) => {
            ("pausa_antes_de_plazo", format!("La pausa puede empezar desde el {dia}."))
        }
        Rechazo::Corta(dias) => ("pausa_corta", format!("Una pausa dura al menos {dias} días.")),
        Rechazo::SinDias(dias) => {
            ("pausa_sin_dias", format!("En este año de servicio quedan {dias} días de pausa."))
        }
        Rechazo::Encimada => {
            ("pausa_encimada", "El servicio ya tiene una pausa en esos días.".to_owned())
        }
    };
    Problema::conflicto(codigo, detalle)
}
