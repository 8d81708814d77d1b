//! ramal-testkit.
