//! Reading of signed documents, ours or made by other software: a light view for the PDF and the
//! validator, and the verdict of `ramal sunat verify`. It corrects nothing and trusts nothing.

mod acceso;
pub(crate) mod cifras;
mod cuadre;
mod partes;
mod verificar;
mod vista;

pub use cuadre::totales_cuadran;
pub use verificar::{CertificadoLeido, Hallazgo, Verificacion, verificar};
pub use vista::{
    AfectadoLeido, CargoLeido, ImpuestoLeido, LecturaError, LineaBajaLeida, LineaLeida,
    LineaResumenLeida, MedioLeido, Monto, MotivoLeido, ParteLeida, PrecioLeido, RelacionadoLeido,
    SubtotalLeido, TerminoLeido, TotalesLeidos, Vista, leer, leer_documento,
};
