//! ramal-contratos.
