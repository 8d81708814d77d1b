//! What can be done with the catalogue. Each takes the transaction first and never commits.
