//! ramal-fiscal.
