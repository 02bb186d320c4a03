//! Weakened rules of the randomness protocol beside those that the specification itself names in
//! [`variants`](ioschain_spec::drp::variants).

use ioschain_spec::Rejection;
use ioschain_spec::drp::Rules;
use ioschain_spec::drp::messages::SignedDeal;
use ioschain_spec::drp::rules::{Audience, Seen, Stage, Step};
use ioschain_spec::drp::variants::WhitePaper;
use ioschain_spec::primitives::certificate::{Signers, faults_max};
use ioschain_spec::primitives::cosi::{self, CollectiveSignature, Cosigners};
use ioschain_spec::primitives::group::Group;
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::keys::NodeId;
use ioschain_spec::primitives::pvss::{self, DecodedDeal, Sharing};
use ioschain_spec::suite::Suite;

/// The paper's text in what a run decides, with all servers in one group, whoever leads: shares to the client
/// alone as soon as it has the collective signature, and another run if its number does not come.
#[derive(Clone, Copy, Debug, Default)]
pub struct PaperRuns;

impl<G: Group, S: Suite> Rules<G, S> for PaperRuns {
    fn derive_groups(&self, _session: &Digest, servers: &[NodeId], _size: u16) -> Vec<Vec<NodeId>> {
        vec![servers.to_vec()]
    }

    fn may_reveal(&self, stage: Stage) -> bool {
        Rules::<G, S>::may_reveal(&WhitePaper::default(), stage)
    }

    fn audience_of_shares(&self) -> Audience {
        Rules::<G, S>::audience_of_shares(&WhitePaper::default())
    }

    fn gives_up(&self, step: Step, seen: Seen) -> bool {
        Rules::<G, S>::gives_up(&WhitePaper::default(), step, seen)
    }

    fn may_run_again(&self) -> bool {
        Rules::<G, S>::may_run_again(&WhitePaper::default())
    }
}

/// A quorum of signers is ⌊(n + f)/2⌋, and shares are sent as soon as it has signed.
#[derive(Clone, Copy, Debug, Default)]
pub struct LowQuorum;

impl<G: Group, S: Suite> Rules<G, S> for LowQuorum {
    fn check_signers(&self, validators: usize, signers: &Signers) -> Result<Vec<usize>, Rejection> {
        check_signers(validators, signers)
    }

    fn check_collective_signature(
        &self,
        _suite: &S,
        cosigners: &Cosigners<G>,
        message: &Digest,
        signature: &CollectiveSignature,
    ) -> Result<(), Rejection> {
        let positions = check_signers(cosigners.count(), &signature.signers)?;
        cosi::verify_named(cosigners, &positions, message, &signature.signature)
    }

    fn may_reveal(&self, stage: Stage) -> bool {
        Rules::<G, S>::may_reveal(&WhitePaper::default(), stage)
    }
}

/// A quorum of signers is ⌊(n + f)/2⌋, and nothing else is different.
#[derive(Clone, Copy, Debug, Default)]
pub struct LowQuorumAlone;

impl<G: Group, S: Suite> Rules<G, S> for LowQuorumAlone {
    fn check_signers(&self, validators: usize, signers: &Signers) -> Result<Vec<usize>, Rejection> {
        check_signers(validators, signers)
    }

    fn check_collective_signature(
        &self,
        suite: &S,
        cosigners: &Cosigners<G>,
        message: &Digest,
        signature: &CollectiveSignature,
    ) -> Result<(), Rejection> {
        LowQuorum.check_collective_signature(suite, cosigners, message, signature)
    }
}

/// The positions that a bitmap names, if they are at least ⌊(n + f)/2⌋.
fn check_signers(validators: usize, signers: &Signers) -> Result<Vec<usize>, Rejection> {
    let names =
        |place: &usize| signers.get(place / 8).is_some_and(|byte| byte & (1 << (place % 8)) != 0);
    let named: Vec<usize> = (0..validators).filter(names).collect();
    if named.len() < (validators + faults_max(validators)) / 2 {
        return Err(Rejection::CryCertificateQuorum);
    }
    Ok(named)
}

/// A deal may have as many coefficients as its dealer likes.
#[derive(Clone, Copy, Debug, Default)]
pub struct DegreeUnchecked;

impl<G: Group, S: Suite> Rules<G, S> for DegreeUnchecked {
    fn decode_deal(
        &self,
        sharing: &Sharing<G>,
        deal: &SignedDeal,
    ) -> Result<DecodedDeal<G>, Rejection> {
        let sharing = sharing.with_threshold(deal.deal.commitments.len())?;
        pvss::decode_deal(&sharing, &deal.deal)
    }
}

/// Commit and reveal: a secret needs every member's share, and a run whose number does not come is run again.
#[derive(Clone, Copy, Debug, Default)]
pub struct CommitReveal;

impl<G: Group, S: Suite> Rules<G, S> for CommitReveal {
    fn derive_threshold(&self, members: usize) -> usize {
        members
    }

    fn may_run_again(&self) -> bool {
        true
    }
}

/// The leader chooses the groups and nobody checks them: here two of the servers, and the others are in none.
#[derive(Clone, Copy, Debug, Default)]
pub struct ServersLeftOut;

impl<G: Group, S: Suite> Rules<G, S> for ServersLeftOut {
    fn derive_groups(&self, _session: &Digest, servers: &[NodeId], _size: u16) -> Vec<Vec<NodeId>> {
        vec![servers.iter().take(2).copied().collect()]
    }

    fn check_groups(&self, _servers: &[NodeId], _groups: &[Vec<NodeId>]) -> Result<(), Rejection> {
        Ok(())
    }
}

/// The leader chooses the groups, which are a partition: the servers in the order of their names.
#[derive(Clone, Copy, Debug, Default)]
pub struct GroupsChosen;

impl<G: Group, S: Suite> Rules<G, S> for GroupsChosen {
    fn derive_groups(&self, _session: &Digest, servers: &[NodeId], size: u16) -> Vec<Vec<NodeId>> {
        let size = usize::from(size).max(1);
        servers.chunks(size).map(<[NodeId]>::to_vec).collect()
    }
}
