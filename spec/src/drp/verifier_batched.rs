//! The fast path beside [`verifier`](super::verifier). It gives the same answer, and it checks one
//! sum instead of all proofs.
//!
//! It makes all other checks as the readable path does. If one of them fails, or if the sum is
//! wrong, it asks the readable path and returns that answer. So a refusal has the same code on both
//! paths. If the readable path would refuse a transcript, this path accepts it with a probability
//! of at most 2⁻¹²⁸, for each transcript that a forger tries
//! ([`pvss_batched`](crate::primitives::pvss_batched)). This bound is not true in toy groups, where
//! the sum proves nothing.

use std::cell::RefCell;

use borsh::BorshSerialize;

use super::checks::CheckedProposal;
use super::configuration::{EpochContext, EpochEnvironment};
use super::messages::Transcript;
use super::report::Report;
use super::rules::{Rules, Specification};
use super::verifier::{run_checks, verify_transcript};
use crate::Rejection;
use crate::primitives::group::Group;
use crate::primitives::hash::{Digest, tagged_hash, tags};
use crate::primitives::pvss::{
    DecodedDeal, DecodedDecryption, DecryptedShare, Sharing, decode_decryption,
};
use crate::primitives::pvss_batched::Batch;
use crate::primitives::stream::Stream;
use crate::suite::Suite;

/// Verifies a transcript under the specification and returns its random number.
///
/// # Errors
/// Those of [`verify_transcript`], in their order.
pub fn verify_batched<G: Group, S: Suite>(
    suite: &S,
    epoch: &EpochContext,
    transcript: &Transcript<S::Certificate>,
) -> Result<Digest, Rejection>
where
    S::Certificate: BorshSerialize,
{
    let deferring = Deferring::<G> { decryptions: RefCell::default() };
    let environment = EpochEnvironment { rules: &deferring, suite, epoch };
    let checked = run_checks(&environment, transcript, &mut Report::default());
    let decryptions = deferring.decryptions.into_inner();
    if checked.is_ok_and(|checked| holds(&checked, &decryptions, transcript)) {
        return Ok(transcript.randomness);
    }
    verify_transcript(&EpochEnvironment::<G, S> { rules: &Specification, suite, epoch }, transcript)
}

/// The specification, except that it collects the proofs and does not check them.
#[derive(Debug)]
struct Deferring<G: Group> {
    /// The decryptions in the order of the inputs, and for each input by position.
    decryptions: RefCell<Vec<DecodedDecryption<G>>>,
}

impl<G: Group, S: Suite> Rules<G, S> for Deferring<G> {
    fn check_encryptions(
        &self,
        _sharing: &Sharing<G>,
        _deal: &DecodedDeal<G>,
    ) -> Result<(), Rejection> {
        Ok(())
    }

    fn check_decryption(
        &self,
        sharing: &Sharing<G>,
        deal: &DecodedDeal<G>,
        share: &DecryptedShare,
    ) -> Result<G::Element, Rejection> {
        let decoded = decode_decryption(sharing, deal, share)?;
        self.decryptions.borrow_mut().push(decoded);
        Ok(decoded.share)
    }
}

/// Whether all collected proofs are valid, by one weighted sum. The weights are derived from the
/// hash of the transcript, so they depend on everything that is proved.
fn holds<G: Group, C: BorshSerialize>(
    checked: &CheckedProposal<G>,
    mut decryptions: &[DecodedDecryption<G>],
    transcript: &Transcript<C>,
) -> bool {
    let mut batch = Batch::new(Stream::new(tagged_hash(tags::DRP_BATCH, transcript)));
    for input in checked.inputs.iter() {
        let shares = input.sharing.threshold().min(decryptions.len());
        let (own, others) = decryptions.split_at(shares);
        decryptions = others;
        let Ok(longer) = batch.with(&input.sharing, &input.deal, own) else { return false };
        batch = longer;
    }
    batch.holds()
}
