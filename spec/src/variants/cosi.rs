//! A weakened rule of §4's collective signing.
//!
//! It has no row in the table of variants, because no model must show its weakness under its name.
//! Tests and vectors compare it with the specification and with the paper's scheme.

use crate::primitives::cosi::{BindingContext, Rules};
use crate::primitives::group::{Group, Scalar};

/// A scheme in which the factor b of the second nonces is always 1. The second nonce counts, but
/// the factor does not depend on the challenge, so that concurrent sessions forge signatures as
/// easily as in the paper's scheme, where b = 0 (gap W25).
#[derive(Clone, Copy, Debug, Default)]
pub struct FixedBinding;

impl<G: Group> Rules<G> for FixedBinding {
    fn derive_binding(&self, _context: &BindingContext<'_>) -> G::Scalar {
        G::Scalar::ONE
    }
}
