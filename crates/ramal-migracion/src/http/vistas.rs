//! Shapes of the routes. They compute nothing.

use ramal_base::{CampoInvalido, Fecha, Problema};
use ramal_web::Problem;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::actions::{Duplicados, Intencion, PedidoImportacion};
use crate::fuente::Origen;
use crate::informe::Informe;
use crate::perfil::Perfil;

/// How to read the file that is sent.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OpcionesQuery {
    /// Perfil del programa: `seed003` o `panel`.
    #[param(example = "seed003")]
    pub perfil: String,
    /// Con `true` dice lo que pasaría y no escribe nada.
    #[serde(default)]
    pub simular: bool,
    /// Lo que empezó antes de este día ya lo facturó el sistema anterior; por defecto, hoy.
    #[param(value_type = Option<String>, format = Date)]
    pub al: Option<Fecha>,
    /// RFC o RUC del emisor; por defecto, el único del país del perfil.
    pub emisor: Option<String>,
    /// `retener` o `servicio`: qué hacer con una segunda fila del mismo RUC.
    pub duplicados: Option<String>,
}

impl OpcionesQuery {
    /// The request for the action. Errors: 422 naming the parameter.
    pub(super) fn pedido(self, origen: Origen) -> Result<PedidoImportacion, Problem> {
        let campo = |campo: &str, codigo: &str, motivo: &str| {
            Problem(Problema::campos(vec![CampoInvalido::new(campo, codigo, motivo)]))
        };
        let perfil = Perfil::own(&self.perfil).ok_or_else(|| {
            campo("perfil", "perfil_no_encontrado", "El perfil debe ser seed003 o panel.")
        })?;
        let duplicados = self.duplicados.as_deref().unwrap_or("retener");
        let duplicados = Duplicados::parse(duplicados)
            .ok_or_else(|| campo("duplicados", "valor_desconocido", "Use retener o servicio."))?;
        let perfil = perfil.map_err(|e| Problem(e.into()))?;
        Ok(PedidoImportacion {
            intencion: if self.simular { Intencion::Simular } else { Intencion::Importar },
            al: self.al,
            emisor: self.emisor,
            duplicados,
            ..PedidoImportacion::new(origen, perfil)
        })
    }
}

/// A batch.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LoteView {
    /// Identifier.
    pub lote: Uuid,
    /// `en_curso`, `terminado` o `deshecho`.
    #[schema(example = "terminado")]
    pub estado: String,
    /// Rows brought in by all its runs.
    pub importadas: i64,
    /// Report of the last run that reached the end, if one did.
    pub informe: Option<Informe>,
}
