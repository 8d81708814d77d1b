//! Printed forms as PDF.
