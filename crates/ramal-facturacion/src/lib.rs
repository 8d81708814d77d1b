//! Billing: charges of each period, invoices, credit notes and the monthly run.
//! It does not write legal documents; that is ramal-fiscal.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod nucleo;
