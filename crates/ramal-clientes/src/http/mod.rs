//! Edges of the slice.
