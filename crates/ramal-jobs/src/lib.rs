//! ramal-jobs.
