//! Pages of customers that also show zones or services. What a customer may be is decided by
//! `ramal-clientes`.

pub mod actividad;
pub mod alta;
pub mod campos;
pub mod datos;
pub mod domicilio;
pub mod editar;
pub mod lista;
