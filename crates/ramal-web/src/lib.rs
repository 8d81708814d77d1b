//! ramal-web.
