//! Tables of the slice. Reads take a `Consulta`, writes a `Tx`; no rule lives here.

pub mod ajustes;
pub mod avisos;
pub mod costos;
pub mod entrada;
pub mod envios;
pub mod lineas;
pub mod lista;
pub mod notificaciones;
pub mod oposiciones;
pub mod plantillas;
