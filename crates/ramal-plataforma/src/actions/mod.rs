//! One verb per file. Each takes the transaction first and never commits.

pub mod audit;
pub mod change_contrasena;
pub mod create_clave;
pub mod create_emisor;
pub mod create_empresa;
pub mod create_usuario;
pub mod enrol_codigo;
pub mod open_sesion;
pub mod put_secret;
pub mod revoke_clave;
pub mod save_vista;
pub mod suspend_usuario;
pub mod update_ajustes;
pub mod update_usuario;
pub mod write_rol;
pub mod write_sucursal;
