//! What collections tells a cliente: its steps as notifications, and how far each one got. When to
//! tell is decided there, by which channel in messaging.

use std::collections::BTreeSet;

use async_trait::async_trait;
use ramal_base::{Cx, Dinero};
use ramal_cobranza::puertos::{Asunto, Avisos, FallaPuerto, NuevoAviso, Reparto};
use ramal_contratos::ServicioId;
use ramal_db::{Db, Tx};
use ramal_facturacion::cobro::{self, Abierta};
use ramal_mensajeria::storage::envios::{self, EnvioFila};
use ramal_mensajeria::{
    Canal, Clase, EstadoNotificacion, NotificacionId, NuevaNotificacion, Valor, Variables, notify,
};
use ramal_web::Entorno;
use uuid::Uuid;

use super::{addressee, link};

/// Tells clientes for collections.
pub struct AvisosDeCobranza {
    /// Database.
    pub db: Db,
    /// Address and key of the links.
    pub entorno: Entorno,
}

fn other(error: impl std::fmt::Display) -> FallaPuerto {
    FallaPuerto::Otra(error.to_string())
}

fn kind(asunto: Asunto) -> Clase {
    match asunto {
        Asunto::RecordatorioProximo => Clase::RecordatorioProximo,
        Asunto::RecordatorioVencido => Clase::RecordatorioVencido,
        Asunto::AvisoCorte => Clase::AvisoCorte,
        Asunto::ServicioSuspendido => Clase::ServicioSuspendido,
        Asunto::ServicioRenovado => Clase::ServicioRenovado,
        Asunto::PromesaRegistrada => Clase::PromesaRegistrada,
        Asunto::PromesaRota => Clase::PromesaRota,
    }
}

#[async_trait]
impl Avisos for AvisosDeCobranza {
    async fn notify(
        &self,
        tx: &Tx,
        cx: &Cx,
        aviso: &NuevoAviso,
    ) -> Result<Option<Uuid>, FallaPuerto> {
        let clase = kind(aviso.asunto);
        let Some(destinatario) = addressee(tx, aviso.cliente_id, clase).await? else {
            return Ok(None);
        };
        let mut abiertas = Vec::new();
        for factura in &aviso.facturas {
            abiertas.extend(cobro::abierta(tx, *factura).await.map_err(other)?);
        }
        let Some(variables) = self.variables(tx, aviso, &abiertas).await? else { return Ok(None) };
        let nueva = NuevaNotificacion::new(clase, destinatario, variables, aviso.clave.as_str());
        let objeto = match (aviso.servicio_id, aviso.facturas.first()) {
            (Some(servicio), _) => Some(("servicio".to_owned(), servicio)),
            (None, Some(factura)) => Some(("factura".to_owned(), *factura)),
            (None, None) => Some(("cliente".to_owned(), aviso.cliente_id)),
        };
        let grupo = Some(format!("{}/{}", clase.as_str(), aviso.cliente_id));
        let id = notify(tx, cx, NuevaNotificacion { objeto, grupo, ..nueva }).await;
        Ok(Some(id.map_err(other)?.uuid()))
    }

    async fn reparto(&self, notificacion: Uuid) -> Result<Reparto, FallaPuerto> {
        let id = NotificacionId::from_uuid(notificacion);
        let estado = ramal_mensajeria::estado(&self.db, id).await.map_err(other)?;
        use EstadoNotificacion::{Encolada, Entregada, Enviada, Fallida, Incierta, Leida};
        Ok(match estado {
            Entregada | Leida => Reparto::Entregado,
            Enviada | Fallida if self.channels_tried(id).await? > 1 => Reparto::DosCanales,
            Encolada | Enviada | Incierta => Reparto::EnCurso,
            _ => Reparto::Fallido,
        })
    }
}

impl AvisosDeCobranza {
    /// Channels, besides the note inside the program, on which it was tried.
    async fn channels_tried(&self, id: NotificacionId) -> Result<usize, FallaPuerto> {
        let tried = |e: &EnvioFila| e.canal != Canal::App.as_str() && e.estado != "en_cola";
        let envios = envios::of_notificacion(&self.db, id).await?;
        let canales: BTreeSet<String> =
            envios.into_iter().filter(tried).map(|e| e.canal.to_string()).collect();
        Ok(canales.len())
    }

    /// Values of the message; none if there is nothing left to say: it was paid meanwhile.
    async fn variables(
        &self,
        tx: &Tx,
        aviso: &NuevoAviso,
        abiertas: &[Abierta],
    ) -> Result<Option<Variables>, FallaPuerto> {
        let mut variables = Variables::new();
        let mut put = |nombre: &str, valor| variables.insert(nombre.to_owned(), valor);
        if let Some(primera) = abiertas.first() {
            let debe: i64 =
                abiertas.iter().filter(|a| a.moneda == primera.moneda).map(|a| a.abierto).sum();
            put("importe", Valor::Dinero(Dinero::new(debe, primera.moneda)));
            let numeros: Vec<&str> = abiertas.iter().map(|a| a.numero.as_str()).collect();
            put("factura", Valor::texto(numeros.join(", ")));
            put("vencimiento", Valor::Fecha(primera.vencimiento));
            put("enlace", Valor::enlace(link(&self.entorno, primera.factura_id.uuid())));
        } else if aviso.asunto != Asunto::ServicioRenovado {
            return Ok(None);
        }
        if let Some(dia) = aviso.dia {
            put("fecha", Valor::Fecha(dia));
        }
        if let Some(id) = aviso.servicio_id {
            let servicio = ramal_contratos::storage::by_id(tx, ServicioId::from_uuid(id)).await?;
            if let Some(servicio) = servicio {
                put("servicio", Valor::texto(servicio.descripcion));
            }
        }
        Ok(Some(variables))
    }
}
