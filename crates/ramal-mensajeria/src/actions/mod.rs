//! What can be done: each in one transaction, begun and committed by whoever calls.

pub mod notify;
