//! The work on an uploaded file, in the request that asked for it if it is small or in a job. Doing
//! it again brings in nothing twice: the import itself is so.

use ramal_base::Cx;
use ramal_db::{Db, Objetos};
use tokio::sync::watch;

use super::importar::{Intencion, importar};
use crate::Error;
use crate::informe::{Avance, Informe};
use crate::storage::subidas::{self, Fin};
use crate::subida::{EstadoSubida, Subida, SubidaId};

/// What the work needs.
#[derive(Clone)]
pub struct Mesa {
    /// Database.
    pub db: Db,
    /// Clock and ids; the name in which it writes is that of the upload.
    pub cx: Cx,
    /// Where the bytes are.
    pub objetos: Objetos,
}

/// Rehearses or imports an upload, whichever it waits for, and notes how it ended.
///
/// What cannot be read is noted on the upload and is no error here.
/// Errors: `EnCurso` and `Storage`, after which it can be tried again.
pub async fn procesar(mesa: &Mesa, id: SubidaId) -> Result<(), Error> {
    let Some(subida) = subidas::subida(&mesa.db, id).await? else { return Ok(()) };
    let intencion = match subida.estado {
        EstadoSubida::Simulando => Intencion::Simular,
        EstadoSubida::Importando => Intencion::Importar,
        _ => return Ok(()),
    };
    let hecho = run(mesa, &subida, intencion).await;
    let motivo;
    let fin = match &hecho {
        Err(Error::EnCurso | Error::Storage(_)) => return hecho.map(drop),
        Err(error) => {
            motivo = error.sentence();
            Fin::Fallida(&motivo)
        }
        Ok(informe) if intencion == Intencion::Simular => Fin::Simulada(informe),
        Ok(informe) => Fin::Importada(informe.lote),
    };
    let tx = mesa.db.begin().await?;
    subidas::end_subida(&tx, id, subida.estado, fin).await?;
    tx.commit().await?;
    Ok(())
}

async fn run(mesa: &Mesa, subida: &Subida, intencion: Intencion) -> Result<Informe, Error> {
    let bytes = mesa.objetos.get(&subida.objeto(), &subida.huella).await?;
    let pedido = subida.pedido(bytes, intencion)?;
    let cx = mesa.cx.as_actor(&subida.actor);
    let (avisa, mut oye) = watch::channel(Avance { filas: 0, importadas: 0, rechazadas: 0 });
    let trabajo = importar(&mesa.db, &cx, pedido, move |avance| {
        avisa.send_replace(avance);
    });
    let notas = async {
        while oye.changed().await.is_ok() {
            let avance = *oye.borrow_and_update();
            // How far it is matters to nobody if it cannot be written: the work goes on.
            let _ = note(mesa, subida.id, avance).await;
        }
    };
    let (informe, ()) = tokio::join!(trabajo, notas);
    informe
}

async fn note(mesa: &Mesa, id: SubidaId, avance: Avance) -> Result<(), Error> {
    let tx = mesa.db.begin().await?;
    subidas::note_avance(&tx, id, avance).await?;
    Ok(tx.commit().await?)
}
