//! ramal.
fn main() {}
