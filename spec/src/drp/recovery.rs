//! From shares to the random number. As many shares as the threshold recover the secret of each
//! input. The sum of these secrets determines the random number.
//!
//! Everybody who receives the shares can do this. The leader is not needed for it.

use std::collections::BTreeMap;

use super::checks::{CheckedProposal, Input};
use super::configuration::EpochEnvironment;
use super::messages::{Commit, LogSegment, Reveal, Transcript};
use crate::Rejection;
use crate::primitives::encoding::Bounded;
use crate::primitives::group::{Element, EncodedElement, Group};
use crate::primitives::hash::{Digest, tagged_hash, tags};
use crate::primitives::numbers::Position;
use crate::primitives::pvss::{DecryptedShare, choose_shares, interpolate};
use crate::suite::Suite;

/// The valid shares of a committed run, as they arrive.
///
/// # Examples
/// ```
/// use ioschain_spec::Rejection;
/// use ioschain_spec::drp::machine::{Effect, Event, Memory};
/// use ioschain_spec::drp::messages::{LogEntry, Message};
/// use ioschain_spec::drp::recovery::Recovery;
/// use ioschain_spec::drp::{EpochEnvironment, Specification};
/// use ioschain_spec::primitives::ristretto::Ristretto255;
/// use ioschain_spec::suite::Normative;
/// use ioschain_spec::testing::drp::{OrderedLog, Participants, epoch_of};
///
/// let participants = Participants::numbered(4);
/// let epoch = epoch_of(participants.roster()?, 3);
/// let environment: EpochEnvironment<'_, Ristretto255, Normative> =
///     EpochEnvironment { rules: &Specification, suite: &Normative, epoch: &epoch };
/// let mut log = OrderedLog::after_lottery(&environment, &participants)?;
/// let machines: Vec<_> =
///     participants.values().map(|it| it.machine(Memory::default(), &log)).collect();
/// let entry = LogEntry::Commit(participants.commit(&environment, &log)?);
/// let height = log.next_height();
/// let mut recovery = Recovery::new(log.append(&environment, height, entry.clone())?.unwrap());
///
/// // The commit is ordered, so every server decrypts and shows its shares.
/// for mut machine in machines {
///     let ordered = Event::Ordered { height, entry: entry.clone() };
///     for effect in machine.handle(&environment, ordered)? {
///         if let Effect::Broadcast(Message::Reveal(reveal)) = effect {
///             recovery.add(&environment, &reveal)?;
///         }
///     }
/// }
/// let recovered = recovery.recovered().unwrap();
/// assert_eq!(recovered.shares.len(), 2, "one list of shares for each input");
/// # Ok::<(), Rejection>(())
/// ```
#[derive(Clone, Debug)]
pub struct Recovery<G: Group> {
    proposal: CheckedProposal<G>,
    /// For each input, in order, its shares by position.
    shares: Vec<BTreeMap<Position, ValidShare<G>>>,
}

/// A share whose proof was checked.
#[derive(Clone, Copy, Debug)]
struct ValidShare<G: Group> {
    element: G::Element,
    share: DecryptedShare,
}

/// The random number, with the shares that prove it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovered {
    /// For each input, in order, the shares that were used.
    pub shares: Vec<Vec<DecryptedShare>>,
    /// Z, the sum of the secrets.
    pub secret: EncodedElement,
    /// rnd_e, the random number.
    pub randomness: Digest,
}

impl<G: Group> Recovery<G> {
    /// Starts the recovery of a committed run, without shares.
    pub fn new(proposal: CheckedProposal<G>) -> Self {
        let shares = proposal.inputs.iter().map(|_| BTreeMap::new()).collect();
        Self { proposal, shares }
    }

    /// The proposal of the committed run.
    pub fn proposal(&self) -> &CheckedProposal<G> {
        &self.proposal
    }

    /// For each input, in order, the positions of its valid shares.
    pub fn positions(&self) -> Vec<Vec<Position>> {
        self.shares.iter().map(|shares| shares.keys().copied().collect()).collect()
    }

    /// Adds the shares of a server. If one of them is wrong, none is added.
    ///
    /// **DRP-REVEAL-03** (MUST) \[own] A share belongs to this session, and to the deal of one of
    /// its inputs.
    ///
    /// # Errors
    /// [`Rejection::DrpShareInput`] if the session is another. Then, for each share:
    /// [`Rejection::DrpShareInput`] if it belongs to no input, then those of
    /// [`Rules::check_decryption`](super::Rules::check_decryption).
    pub fn add<S: Suite>(
        &mut self,
        environment: &EpochEnvironment<'_, G, S>,
        reveal: &Reveal,
    ) -> Result<(), Rejection> {
        // DRP-REVEAL-03: the shares belong to this session.
        if reveal.session != self.proposal.session.id {
            return Err(Rejection::DrpShareInput);
        }
        let mut valid = Vec::new();
        for revealed in &reveal.shares {
            let mut inputs = self.proposal.inputs.iter().enumerate();
            let found = inputs.find(|(_, input)| input.dealer == revealed.dealer);
            // DRP-REVEAL-03: the share belongs to an input.
            let (at, input) = found.ok_or(Rejection::DrpShareInput)?;
            let share = revealed.share;
            let element =
                environment.rules.check_decryption(&input.sharing, &input.deal, &share)?;
            valid.push((at, ValidShare { element, share }));
        }
        for (at, valid) in valid {
            if let Some(shares) = self.shares.get_mut(at) {
                shares.entry(valid.share.position).or_insert(valid);
            }
        }
        Ok(())
    }

    /// The random number, if there are enough shares of every input.
    ///
    /// **DRP-OUTPUT-03** (MUST) \[own] For each input, the valid shares at the lowest positions are
    /// used, as many as the threshold of the input.
    pub fn recovered(&self) -> Option<Recovered> {
        let mut elements = Vec::new();
        let mut shares = Vec::new();
        for (input, valid) in self.proposal.inputs.iter().zip(&self.shares) {
            // DRP-OUTPUT-03: the shares at the lowest positions are used.
            let lowest = || valid.iter().take(input.sharing.threshold());
            elements.push(lowest().map(|(position, share)| (*position, share.element)).collect());
            shares.push(lowest().map(|(_, valid)| valid.share).collect());
        }
        let secret = derive_secret(&self.proposal.inputs, &elements).ok()?;
        let randomness = derive_randomness(&self.proposal.session.id, &secret);
        Some(Recovered { shares, secret, randomness })
    }
}

/// Z, computed from the shares of each input, in order.
///
/// **DRP-OUTPUT-01** (MUST) [WP §4, RH] The secret of a run is the sum of the secrets of its
/// inputs.
///
/// The paper: "the client combines the recovered group secrets to reveal the final random output"
/// (§4).
///
/// # Errors
/// [`Rejection::CrySharePositions`] if an input has fewer shares than its threshold, or if the
/// position of a share is 0 as a scalar.
pub fn derive_secret<G: Group>(
    inputs: &[Input<G>],
    shares: &[BTreeMap<Position, G::Element>],
) -> Result<EncodedElement, Rejection> {
    // Inputs whose shares are at the same positions are recovered together: their shares are added
    // first.
    let mut sums: BTreeMap<Vec<Position>, Vec<G::Element>> = BTreeMap::new();
    for (input, shares) in inputs.iter().zip(shares) {
        let (positions, chosen) = choose_shares(&input.sharing, shares)?;
        let sums = sums.entry(positions).or_insert_with(|| vec![G::identity(); chosen.len()]);
        for (sum, share) in sums.iter_mut().zip(chosen) {
            *sum = sum.add(share);
        }
    }
    let mut secret = G::identity();
    for (positions, sums) in &sums {
        secret = secret.add(interpolate::<G>(positions, sums)?);
    }
    Ok(secret.encode())
}

/// The random number rnd_e.
///
/// **DRP-OUTPUT-02** (MUST) \[own] The random number is `H("drp/out", (sid, Z))`.
pub fn derive_randomness(session: &Digest, secret: &EncodedElement) -> Digest {
    tagged_hash(tags::DRP_OUTPUT, &(session, secret))
}

impl Recovered {
    /// The transcript of the run.
    ///
    /// # Errors
    /// [`Rejection::EncMalformed`] never, for configurations within their bound.
    pub fn into_transcript<C>(
        self,
        commit: Commit,
        log: LogSegment<C>,
    ) -> Result<Transcript<C>, Rejection> {
        let Self { shares, secret, randomness } = self;
        let shares = shares.into_iter().map(Bounded::try_from).collect::<Result<Vec<_>, _>>()?;
        Ok(Transcript { commit, log, shares: shares.try_into()?, secret, randomness })
    }
}
