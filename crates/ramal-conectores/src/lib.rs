//! HTTP clients of the authorities and their providers.
