//! One verb per file. Each takes the transaction first and never commits.

pub mod audit;
pub mod create_clave;
pub mod create_emisor;
pub mod create_empresa;
pub mod put_secret;
pub mod revoke_clave;
pub mod update_ajustes;
