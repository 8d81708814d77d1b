//! ramal-cfdi.
