//! The specification's rules with a memory: a deal that was decoded and checked once is not decoded
//! and checked again. All machines of a process share this memory.
//!
//! [`Cached`](ioschain_spec::cached_suite::Cached) cannot do this, because it remembers the answers
//! of a *suite*. Deals are decoded and checked by the rules of §4, without a suite.

use std::cell::RefCell;
use std::collections::HashMap;

use ioschain_spec::Rejection;
use ioschain_spec::drp::checks::{CheckedProposal, check_proposal};
use ioschain_spec::drp::messages::{Proposal, SignedDeal};
use ioschain_spec::drp::report::Report;
use ioschain_spec::drp::{EpochEnvironment, Leadership, Rules};
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::keys::NodeId;
use ioschain_spec::primitives::pvss::{self, DecodedDeal, Sharing};
use ioschain_spec::primitives::ristretto::Ristretto255;
use ioschain_spec::suite::Suite;

/// The rules of [`Specification`](ioschain_spec::drp::Specification), with a memory of their
/// answers. Answers are looked up by their keys and never iterated, so the order of a hash map has
/// no effect.
///
/// The key of a deal is its hash. It covers the session and the dealer, and therefore the sharing.
/// The key of a decoded deal is the hash of its commitments; deals with the same key are compared.
#[derive(Debug, Default)]
pub(super) struct CachingRules {
    decoded: RefCell<HashMap<Digest, Result<DecodedDeal<Ristretto255>, Rejection>>>,
    checked: RefCell<HashMap<Digest, Vec<Checked>>>,
    /// The last proposal that passed all checks.
    sound: RefCell<Option<Sound>>,
}

/// A proposal that passed all checks, with the leader whose turn it was, and the results of the
/// checks.
#[derive(Debug)]
struct Sound {
    current: Leadership,
    proposal: Proposal,
    checked: CheckedProposal<Ristretto255>,
    report: Report,
}

/// A deal, the parameters of its sharing, and the result of its check.
#[derive(Debug)]
struct Checked {
    sharing: Sharing<Ristretto255>,
    deal: DecodedDeal<Ristretto255>,
    outcome: Result<(), Rejection>,
}

impl<S: Suite> Rules<Ristretto255, S> for CachingRules {
    fn decode_deal(
        &self,
        sharing: &Sharing<Ristretto255>,
        deal: &SignedDeal,
    ) -> Result<DecodedDeal<Ristretto255>, Rejection> {
        let mut decoded = self.decoded.borrow_mut();
        let decode = || pvss::decode_deal(sharing, &deal.deal);
        decoded.entry(deal.hash()).or_insert_with(decode).clone()
    }

    fn check_encryptions(
        &self,
        sharing: &Sharing<Ristretto255>,
        deal: &DecodedDeal<Ristretto255>,
    ) -> Result<(), Rejection> {
        let mut checked = self.checked.borrow_mut();
        let known = checked.entry(deal.commitments_hash()).or_default();
        let same = |it: &&Checked| it.deal == *deal && it.sharing == *sharing;
        if let Some(found) = known.iter().find(same) {
            return found.outcome;
        }
        let outcome = pvss::verify_encryptions(sharing, deal);
        known.push(Checked { sharing: sharing.clone(), deal: deal.clone(), outcome });
        outcome
    }

    /// All validators make the same checks of a proposal, whether they sign it or not. Therefore
    /// one of them makes these checks for all.
    fn check_proposal(
        &self,
        environment: &EpochEnvironment<'_, Ristretto255, S>,
        current: Result<Leadership, Rejection>,
        proposal: &Proposal,
        signer: Option<&NodeId>,
        report: &mut Report,
    ) -> Result<CheckedProposal<Ristretto255>, Rejection> {
        let mut sound = self.sound.borrow_mut();
        let same = |sound: &&Sound| Ok(sound.current) == current && sound.proposal == *proposal;
        if let Some(known) = sound.as_ref().filter(same) {
            report.clone_from(&known.report);
            return Ok(known.checked.clone());
        }
        let checked = check_proposal(environment, current, proposal, signer, report)?;
        let (checked_again, proposal, report) = (checked.clone(), proposal.clone(), report.clone());
        let remember = |current| Sound { current, proposal, checked: checked_again, report };
        *sound = current.ok().map(remember);
        Ok(checked)
    }
}
