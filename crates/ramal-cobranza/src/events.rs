//! What the slice tells. Events carry identifiers only.

use ramal_base::Fecha;
use ramal_db::Evento;
use serde::Serialize;
use uuid::Uuid;

macro_rules! evento_de_promesa {
    ($(#[$doc:meta])* $nombre:ident, $tipo:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Serialize)]
        pub struct $nombre {
            /// The promise.
            pub promesa_id: Uuid,
            /// Whose.
            pub cliente_id: Uuid,
            /// Its date.
            pub fecha: Fecha,
        }

        impl Evento for $nombre {
            const TIPO: &'static str = $tipo;
            fn sujeto(&self) -> String {
                format!("promesa/{}", self.promesa_id)
            }
            fn cliente(&self) -> Option<Uuid> {
                Some(self.cliente_id)
            }
        }
    };
}

evento_de_promesa!(
    /// A promise was granted.
    PromesaRegistrada, "promesa.registrada"
);
evento_de_promesa!(
    /// A promise was kept.
    PromesaCumplida, "promesa.cumplida"
);
evento_de_promesa!(
    /// A promise was broken.
    PromesaRota, "promesa.rota"
);
evento_de_promesa!(
    /// A person annulled a promise.
    PromesaAnulada, "promesa.anulada"
);

macro_rules! evento_de_servicio {
    ($(#[$doc:meta])* $nombre:ident, $tipo:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Serialize)]
        pub struct $nombre {
            /// The service.
            pub servicio_id: Uuid,
            /// Whose.
            pub cliente_id: Uuid,
            /// The suspension that it belongs to, if any.
            pub episodio_id: Option<Uuid>,
        }

        impl Evento for $nombre {
            const TIPO: &'static str = $tipo;
            fn sujeto(&self) -> String {
                format!("servicio/{}", self.servicio_id)
            }
            fn cliente(&self) -> Option<Uuid> {
                Some(self.cliente_id)
            }
        }
    };
}

evento_de_servicio!(
    /// A service was suspended for debt.
    CorteEjecutado, "corte.ejecutado"
);
evento_de_servicio!(
    /// The network says that a service is blocked.
    BloqueoConfirmado, "red.bloqueo_confirmado"
);
evento_de_servicio!(
    /// A service that was suspended for debt was asked back.
    ReconexionPedida, "reconexion.pedida"
);
evento_de_servicio!(
    /// The network says that a service is back (B-04).
    ReconexionConfirmada, "red.reconexion_confirmada"
);
evento_de_servicio!(
    /// A service ended for debt: its equipment has to be brought back (S8).
    BajaPorDeuda, "servicio.baja_por_deuda"
);

/// A list of cuts moved, so that a screen may listen.
#[derive(Clone, Debug, Serialize)]
pub struct CorteAvanzo {
    /// Day of the list.
    pub fecha: Fecha,
    /// State of the list.
    pub estado: String,
}

impl Evento for CorteAvanzo {
    const TIPO: &'static str = "corte.avanzo";
    fn sujeto(&self) -> String {
        format!("corte/{}", self.fecha)
    }
}
