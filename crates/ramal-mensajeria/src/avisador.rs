//! Who tells a usuario of his account: recovery links, by mail. The link is sealed from the first
//! row to the frozen letter; lists show dots in its place.

use async_trait::async_trait;
use ramal_base::Cx;
use ramal_db::{DbError, Tx};
use ramal_plataforma::avisador::AvisosEnTabla;
use ramal_plataforma::{Avisador, AvisoSaliente, Error as ErrorPlataforma, Sello};

use crate::notificacion::{Destinatario, NuevaNotificacion};
use crate::salida::armar::secret_name;
use crate::{Canal, Clase, Error, Valor, Variables, notify};

/// Leaves a notification for every message, and keeps it in the table of the platform as well,
/// where the command line reads it when no mailbox is set up.
#[derive(Clone, Debug)]
pub struct AvisadorMensajeria {
    sello: Sello,
    tabla: AvisosEnTabla,
}

impl AvisadorMensajeria {
    /// With the master key under which links are sealed.
    pub fn new(sello: Sello) -> AvisadorMensajeria {
        AvisadorMensajeria { tabla: AvisosEnTabla(sello.clone()), sello }
    }

    async fn tell(&self, tx: &Tx, cx: &Cx, aviso: &AvisoSaliente) -> Result<(), Error> {
        let usuario = ramal_plataforma::usuario(tx, aviso.usuario).await?;
        let empresa = ramal_plataforma::empresa(tx).await?;
        let clave = format!("{}/{}", aviso.clase, cx.new_id::<AvisoSaliente>());
        let sellado = self.sello.seal(&secret_name(&clave, "enlace"), aviso.texto.as_bytes())?;
        let enlace = Valor::Sellado(hex::encode(sellado));
        let destinatario = Destinatario {
            cliente_id: None,
            usuario_id: Some(usuario.id.uuid()),
            nombre: usuario.nombre,
            email: Some(usuario.correo),
            whatsapp: None,
            pais: empresa.pais,
            zona_horaria: empresa.zona_horaria,
            canales: vec![Canal::Email],
        };
        let variables = Variables::from([("enlace".to_owned(), enlace)]);
        let nueva =
            NuevaNotificacion::new(Clase::RecuperacionPassword, destinatario, variables, clave);
        notify(tx, cx, nueva).await.map(|_| ())
    }
}

#[async_trait]
impl Avisador for AvisadorMensajeria {
    async fn leave(&self, tx: &Tx, cx: &Cx, aviso: AvisoSaliente) -> Result<(), ErrorPlataforma> {
        self.tell(tx, cx, &aviso).await.map_err(platform_error)?;
        self.tabla.leave(tx, cx, aviso).await
    }
}

fn platform_error(error: Error) -> ErrorPlataforma {
    match error {
        Error::Plataforma(error) => error,
        Error::Storage(error) => error.into(),
        Error::Campos(campos) => ErrorPlataforma::Campos(campos),
        _ => DbError::Corrupt("a recovery link could not be told").into(),
    }
}
