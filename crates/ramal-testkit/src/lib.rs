//! Test harness: each test on both engines, a clock that stands still, ids that count. Never linked in release.
