//! Emulated SUNAT. It deliberately holds nothing yet.
