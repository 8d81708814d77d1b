//! ramal-catalogo.
