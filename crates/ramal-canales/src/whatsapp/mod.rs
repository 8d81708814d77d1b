//! WhatsApp Cloud API: what is sent, what comes back, and the webhook. It keeps no window, no
//! consent and no template mirror: whoever queues decides what may leave.

mod cable;
mod cliente;
mod codigos;
mod envio;
mod limites;
mod mensaje;
mod plantilla;
pub mod telefono;
pub mod webhook;

pub use cliente::{ConfigWhatsapp, Whatsapp};
pub use codigos::of_codigo;
pub use envio::{
    Aceptado, ClaseMedio, EnvioWhatsapp, Escribiendo, MedioBajado, MedioRemoto, MedioSaliente,
};
pub use mensaje::{
    BotonVariable, Contenido, DestinoWhatsapp, Encabezado, FuenteMedio, MedioEnviado,
    MensajeWhatsapp, PlantillaEnviada, TipoBoton, Variable, VistaPrevia,
};
pub use plantilla::{
    CategoriaPlantilla, EstadoPlantilla, NuevaPlantilla, PaginaPlantillas, PlantillaCreada,
    PlantillaRemota,
};
