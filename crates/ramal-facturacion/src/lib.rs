//! ramal-facturacion.
