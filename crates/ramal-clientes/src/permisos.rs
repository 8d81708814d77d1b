//! Permissions of the slice.
