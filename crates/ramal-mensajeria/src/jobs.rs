//! The slice's background work: kinds of job, handlers, subscriptions, schedules.

/// Chooses the channel of a notification, renders it and freezes what will leave.
pub const TRABAJO_PREPARAR: &str = "mensajeria.preparar";
