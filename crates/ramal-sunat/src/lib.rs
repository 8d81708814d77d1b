//! ramal-sunat.
