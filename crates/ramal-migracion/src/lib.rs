//! ramal-migracion.
