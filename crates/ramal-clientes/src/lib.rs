//! ramal-clientes.
