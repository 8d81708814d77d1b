//! ramal-plataforma.
