//! Why an emulator could not be opened or kept. It deliberately holds no authority codes: those are
//! answers.

/// Failure of the emulator itself, never of a document.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The folder or the journal could not be read or written.
    #[error("no se pudo leer o escribir el estado del emulador: {0}")]
    Disco(#[from] std::io::Error),
    /// A line of the journal is not what this version writes.
    #[error("la bitácora del emulador tiene una línea ilegible: {0}")]
    Bitacora(#[from] serde_json::Error),
    /// The test key or certificate could not be made or read back.
    #[error("el certificado de prueba del emulador no sirve: {0}")]
    Certificado(String),
    /// The time zone of the options does not exist.
    #[error("zona horaria desconocida: {0}")]
    Zona(String),
}
