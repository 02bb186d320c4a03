//! Weakened rules of §4: deals, inputs, thresholds, shares and deadlines.
//!
//! One weak rule cannot be a variant: a challenge that is read from the proof and not computed. In
//! this specification, proofs contain no challenge (see [`dleq`](crate::primitives::dleq)).

use super::{WhitePaper, variant};
use crate::Rejection;
use crate::drp;
use crate::drp::configuration::{EpochEnvironment, Run, Session};
use crate::drp::messages::{Inputs, SignedDeal};
use crate::drp::rules::{Audience, Seen, Stage, Step, check_members};
use crate::primitives::certificate::{Signers, faults_max, names};
use crate::primitives::cosi::{self, CollectiveSignature, Cosigners};
use crate::primitives::group::{Element, Group};
use crate::primitives::hash::{Digest, tagged_hash, tags};
use crate::primitives::keys::NodeId;
use crate::primitives::pvss::{self, DecodedDeal, DecryptedShare, Sharing};
use crate::suite::Suite;

// Groups and thresholds.

variant! {
    /// The leader chooses the groups, and they are a partition: the servers in the order of their
    /// names.
    GroupsChosen, drp {
        fn derive_groups(
            &self,
            _session: &Digest,
            servers: &[NodeId],
            group_size: u16,
        ) -> Vec<Vec<NodeId>> {
            let size = usize::from(group_size).max(1);
            servers.chunks(size).map(<[NodeId]>::to_vec).collect()
        }
    }
}

variant! {
    /// The leader chooses the groups, and nobody checks them. Here two of the servers are in a
    /// group, and the others are in none.
    ServersLeftOut, drp {
        fn derive_groups(
            &self,
            _session: &Digest,
            servers: &[NodeId],
            _group_size: u16,
        ) -> Vec<Vec<NodeId>> {
            vec![servers.iter().take(2).copied().collect()]
        }

        fn check_groups(
            &self,
            _servers: &[NodeId],
            _groups: &[Vec<NodeId>],
        ) -> Result<(), Rejection> {
            Ok(())
        }
    }
}

variant! {
    /// The threshold of a group is ⌊c/3⌋, one less than it must be, and at least 1.
    LowThreshold, drp {
        fn derive_threshold(&self, members: usize) -> usize {
            members.checked_div(3).unwrap_or(0).max(1)
        }
    }
}

variant! {
    /// Commit and reveal: a secret needs the shares of all members, and a run that ends without a
    /// number is repeated.
    CommitReveal, drp {
        fn derive_threshold(&self, members: usize) -> usize {
            members
        }

        fn may_run_again(&self) -> bool {
            drp::Rules::<G, S>::may_run_again(&RunsAgain)
        }
    }
}

// Deals and inputs.

variant! {
    /// Nobody checks whether a deal is signed by its dealer.
    DealsUnsigned, drp {
        fn check_deal_origin(
            &self,
            _environment: &EpochEnvironment<'_, G, S>,
            session: &Session<G>,
            announcement: &Digest,
            deal: &SignedDeal,
        ) -> Result<(), Rejection> {
            if deal.session != session.id || deal.announcement != *announcement {
                return Err(Rejection::DrpDealSession);
            }
            Ok(())
        }
    }
}

variant! {
    /// The session id does not contain epoch, view and rank, and a deal may answer any
    /// announcement.
    SessionUnbound, drp {
        fn derive_session_id(&self, run: &Run) -> Digest {
            let bound_to = (run.suite, run.chain_id, run.configuration, run.leader);
            tagged_hash(tags::DRP_SESSION, &bound_to)
        }

        fn check_deal_origin(
            &self,
            environment: &EpochEnvironment<'_, G, S>,
            session: &Session<G>,
            _announcement: &Digest,
            deal: &SignedDeal,
        ) -> Result<(), Rejection> {
            let key = environment.epoch.signing_key(&deal.dealer);
            let (suite, message) = (environment.suite, deal.message());
            if !key.is_some_and(|key| suite.verify_signature(key, &message, &deal.signature)) {
                return Err(Rejection::DrpDealSignature);
            }
            if deal.session != session.id {
                return Err(Rejection::DrpDealSession);
            }
            Ok(())
        }
    }
}

variant! {
    /// A deal may have as many coefficients as its dealer likes.
    DegreeUnchecked, drp {
        fn decode_deal(
            &self,
            sharing: &Sharing<G>,
            deal: &SignedDeal,
        ) -> Result<DecodedDeal<G>, Rejection> {
            let sharing = sharing.with_threshold(deal.deal.commitments.len())?;
            pvss::decode_deal(&sharing, &deal.deal)
        }
    }
}

variant! {
    /// Nobody checks whether an encrypted share is the share that the dealer committed to.
    EncryptionsUnproven, drp {
        fn check_encryptions(
            &self,
            _sharing: &Sharing<G>,
            _deal: &DecodedDeal<G>,
        ) -> Result<(), Rejection> {
            Ok(())
        }
    }
}

variant! {
    /// Fewer inputs of a group than its threshold are enough.
    FewerInputs, drp {
        fn check_inputs(&self, session: &Session<G>, inputs: &Inputs) -> Result<(), Rejection> {
            let mut pairs = session.groups.iter().zip(inputs);
            if !pairs.all(|(group, dealers)| dealers.len() <= group.threshold()) {
                return Err(Rejection::DrpInputCount);
            }
            check_members(session, inputs)
        }
    }
}

// The sign-off.

variant! {
    /// Signers check the encryptions of their own group's deals only.
    OwnGroupOnly, drp {
        fn checks_group(&self, own: Option<usize>, group: usize) -> bool {
            own == Some(group)
        }
    }
}

variant! {
    /// A quorum of signers is ⌊(n + f)/2⌋. Everything else is as in the specification.
    LowQuorumAlone, drp {
        fn check_signers(
            &self,
            validators: usize,
            signers: &Signers,
        ) -> Result<Vec<usize>, Rejection> {
            let named: Vec<usize> =
                (0..validators).filter(|position| names(signers, *position)).collect();
            let enough = validators.saturating_add(faults_max(validators)).checked_div(2);
            if named.len() < enough.unwrap_or(0) {
                return Err(Rejection::CryCertificateQuorum);
            }
            Ok(named)
        }

        fn check_collective_signature(
            &self,
            _suite: &S,
            cosigners: &Cosigners<G>,
            message: &Digest,
            signature: &CollectiveSignature,
        ) -> Result<(), Rejection> {
            let rules: &dyn drp::Rules<G, S> = self;
            let positions = rules.check_signers(cosigners.count(), &signature.signers)?;
            cosi::verify_named(cosigners, &positions, message, &signature.signature)
        }
    }
}

variant! {
    /// A quorum of signers is ⌊(n + f)/2⌋, and servers decrypt as soon as it has signed.
    LowQuorum, drp {
        fn check_signers(
            &self,
            validators: usize,
            signers: &Signers,
        ) -> Result<Vec<usize>, Rejection> {
            drp::Rules::<G, S>::check_signers(&LowQuorumAlone, validators, signers)
        }

        fn check_collective_signature(
            &self,
            suite: &S,
            cosigners: &Cosigners<G>,
            message: &Digest,
            signature: &CollectiveSignature,
        ) -> Result<(), Rejection> {
            LowQuorumAlone.check_collective_signature(suite, cosigners, message, signature)
        }

        fn may_reveal(&self, stage: Stage) -> bool {
            drp::Rules::<G, S>::may_reveal(&WhitePaper, stage)
        }
    }
}

// Shares.

variant! {
    /// Servers decrypt as soon as there is a proposal, so that the leader may still make another.
    InputsAfterReveal, drp {
        fn may_reveal(&self, _stage: Stage) -> bool {
            true
        }
    }
}

variant! {
    /// Decrypted shares go to the leader alone, after the commit.
    SharesToLeader, drp {
        fn audience_of_shares(&self) -> Audience {
            drp::Rules::<G, S>::audience_of_shares(&WhitePaper)
        }
    }
}

variant! {
    /// Nobody checks whether a decrypted share is the decryption of the encrypted share.
    DecryptionsUnproven, drp {
        fn check_decryption(
            &self,
            _sharing: &Sharing<G>,
            _deal: &DecodedDeal<G>,
            share: &DecryptedShare,
        ) -> Result<G::Element, Rejection> {
            G::Element::decode(&share.share)
        }
    }
}

// Deadlines and failures.

variant! {
    /// A commit ends no run: a failure after it makes the next rank current.
    RunsAgain, drp {
        fn may_run_again(&self) -> bool {
            drp::Rules::<G, S>::may_run_again(&WhitePaper)
        }
    }
}

variant! {
    /// Only the announcement has a deadline.
    StartDeadlineOnly, drp {
        fn gives_up(&self, step: Step, seen: Seen) -> bool {
            step == Step::Announcement && !seen.announcement && !seen.commit
        }
    }
}
