//! the only one here leaves the text sealed in `avisos_salientes`, where `ramal usuarios recuperar`
//! reads it. It sends nothing.

use async_trait::async_trait;
use ramal_base::{Cx, Id, Instante};
use ramal_db::{Consulta, Tx};

use crate::usuario::UsuarioId;
use crate::{Error, Sello, storage};

/// A message that waits to be sent.
#[derive(Clone, PartialEq, Eq)]
pub struct AvisoSaliente {
    /// To whom.
    pub usuario: UsuarioId,
    /// What kind: `recuperacion`.
    pub clase: &'static str,
    /// What it carries; for a recovery, the link.
    pub texto: String,
}

impl std::fmt::Debug for AvisoSaliente {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AvisoSaliente").field("clase", &self.clase).finish_non_exhaustive()
    }
}

/// Identifier of a message.
pub type AvisoId = Id<AvisoSaliente>;

/// Tells a person something of his account.
#[async_trait]
pub trait Avisador: Send + Sync {
    /// Leaves the message to be sent, in the transaction of what it tells.
    ///
    /// Errors: those of its storage. Nothing is sent before the commit.
    async fn leave(&self, tx: &Tx, cx: &Cx, aviso: AvisoSaliente) -> Result<(), Error>;
}

/// Leaves messages sealed in the table.
#[derive(Clone, Debug)]
pub struct AvisosEnTabla(pub Sello);

#[async_trait]
impl Avisador for AvisosEnTabla {
    async fn leave(&self, tx: &Tx, cx: &Cx, aviso: AvisoSaliente) -> Result<(), Error> {
        let id: AvisoId = cx.new_id();
        let sellado = self.0.seal(&nombre(id), aviso.texto.as_bytes())?;
        let quien = (aviso.clase, aviso.usuario);
        Ok(storage::vistas::insert_aviso(tx, id, quien, sellado, cx.now()).await?)
    }
}

fn nombre(id: AvisoId) -> String {
    format!("aviso/{id}")
}

/// A message left, opened.
#[derive(Clone, PartialEq, Eq)]
pub struct AvisoLeido {
    /// What kind.
    pub clase: String,
    /// What it carries.
    pub texto: String,
    /// When it was left.
    pub creado: Instante,
}

/// Messages left for a user, the newest first. Errors: `Sello`, `Storage`.
pub async fn avisos_de(
    c: &impl Consulta,
    sello: &Sello,
    usuario: UsuarioId,
) -> Result<Vec<AvisoLeido>, Error> {
    let filas = storage::vistas::avisos(c, usuario).await?;
    let abrir = |f: storage::vistas::FilaAviso| {
        let claro = sello.open(&nombre(f.id), &f.sellado)?;
        let texto = String::from_utf8_lossy(&claro).into_owned();
        Ok(AvisoLeido { clase: f.clase, texto, creado: f.creado })
    };
    filas.into_iter().map(abrir).collect()
}
