//! Keys, tokens and a small provider for the unit tests. It is not a peer: that is in `tests/`.
