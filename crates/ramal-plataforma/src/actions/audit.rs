//! Writing the audit trail. It reads nothing and never changes a line.

use ramal_base::Cx;
use ramal_db::{DbError, Tx};

use crate::{Anotacion, Registro, storage};

/// Leaves a line in the audit trail, in the transaction of what it tells.
///
/// Errors: `DbError`.
pub async fn audit(tx: &Tx, cx: &Cx, registro: Registro) -> Result<(), DbError> {
    let anotacion = Anotacion {
        id: cx.new_id(),
        instante: cx.now(),
        actor: cx.actor().to_owned(),
        accion: registro.accion.to_owned(),
        objeto_tipo: registro.objeto_tipo.to_owned(),
        objeto_id: registro.objeto_id,
        antes: registro.antes,
        despues: registro.despues,
    };
    storage::auditoria::insert_auditoria(tx, &anotacion).await
}
