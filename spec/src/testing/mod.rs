//! The test kit: what tests, vectors, models and simulations need besides the specification itself.
//!
//! It holds the secrets of all participants in one process, which no validator ever does. It
//! contains no rule: whatever is checked, signed or computed is asked of the specification.

pub mod drp;
