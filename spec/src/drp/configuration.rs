//! A run of the protocol: its configuration, its session id, its groups and their thresholds. The
//! leader chooses none of these. Everybody who has the identity log can compute them.

use std::collections::BTreeSet;

use borsh::{BorshDeserialize, BorshSchema, BorshSerialize};

use super::rules::Rules;
use crate::Rejection;
use crate::primitives::certificate::Roster;
use crate::primitives::ed25519::PublicKey;
use crate::primitives::group::{Element, Group};
use crate::primitives::hash::{Digest, tagged_hash, tags};
use crate::primitives::keys::NodeId;
use crate::primitives::numbers::{Epoch, Height, Position, Rank, View};
use crate::primitives::pvss::Sharing;
use crate::suite::Suite;

/// C, the configuration of a run. It says for which random number the run is, and who leads it.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, BorshSerialize, BorshDeserialize, BorshSchema,
)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Run {
    /// The hash of the algebraic group's name: `H("drp/suite", name)`.
    pub suite: Digest,
    /// The id of the chain.
    pub chain_id: Digest,
    /// The epoch whose random number this run makes.
    pub epoch: Epoch,
    /// The view within the epoch.
    pub view: View,
    /// The leader's rank, from 0.
    pub rank: Rank,
    /// The random number of the epoch before.
    pub randomness_before: Digest,
    /// The root of the roster of the epoch's validators.
    pub configuration: Digest,
    /// The name of the leader.
    pub leader: NodeId,
}

/// The view and the rank of a leader. Within an epoch, they name its run.
pub type ViewAndRank = (View, Rank);

/// A validator that leads, with its view and its rank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leadership {
    /// The view in which the validator leads.
    pub view: View,
    /// The rank of the validator in this view.
    pub rank: Rank,
    /// The name of the validator.
    pub leader: NodeId,
}

/// A position in the identity log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogPosition {
    /// The height of the log: the number of its blocks up to this position.
    pub height: Height,
    /// The head of the log at this height.
    pub head: Digest,
}

/// The facts of an epoch when its first lottery opens. Besides a transcript, a third party needs
/// nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EpochContext {
    /// The id of the chain.
    pub chain_id: Digest,
    /// The epoch's number e.
    pub number: Epoch,
    /// The random number of the epoch before.
    pub randomness_before: Digest,
    /// The validators of the epoch.
    pub configuration: Roster,
    /// The validators that may not lead, because they were convicted before the first lottery
    /// opened. If a validator is convicted later, it may not lead from the next epoch on.
    pub convicted: BTreeSet<NodeId>,
    /// Policy: the approximate number of servers in a group.
    pub group_size: u16,
    /// Policy: the number of heights for which a lottery accepts tickets after its opening.
    pub lottery_heights: u64,
    /// The position at which the first lottery opens.
    pub opened: LogPosition,
}

/// The rules in force in an epoch, with their context.
#[derive(Debug)]
pub struct EpochEnvironment<'a, G: Group, S: Suite> {
    /// The rules in force.
    pub rules: &'a dyn Rules<G, S>,
    /// The suite: the cryptographic operations besides those of the group.
    pub suite: &'a S,
    /// The facts of the epoch.
    pub epoch: &'a EpochContext,
}

/// A run, with the session id and the groups that follow from it.
#[derive(Clone, Debug)]
pub struct Session<G: Group> {
    /// The configuration of the run.
    pub run: Run,
    /// The session id, sid.
    pub id: Digest,
    /// The groups T₁ … T_g.
    pub groups: Vec<ServerGroup<G>>,
}

/// T_l, a group of servers that share their secrets among each other.
#[derive(Clone, Debug)]
pub struct ServerGroup<G: Group> {
    /// The members. The position of a member's share is its place in this list, from 1.
    pub members: Vec<NodeId>,
    /// The sharing parameters of the group. The dealer is not set here; [`Self::sharing_of`] sets
    /// it.
    sharing: Sharing<G>,
}

impl Run {
    /// The session id: `H("drp/sid", C)`.
    ///
    /// **DRP-SESSION-01** (MUST) \[own] A run's session id is the hash of its whole configuration.
    /// Every deal, proof and signature depends on the session id, so none of them is valid in
    /// another run.
    ///
    /// ```
    /// use ioschain_spec::drp::Run;
    /// use ioschain_spec::primitives::hash::Digest;
    /// use ioschain_spec::primitives::keys::ValidatorKeyPairs;
    /// use ioschain_spec::primitives::numbers::{Epoch, Rank, View};
    ///
    /// let run = Run {
    ///     suite: Digest([1; 32]),
    ///     chain_id: Digest([2; 32]),
    ///     epoch: Epoch(3),
    ///     view: View(0),
    ///     rank: Rank(0),
    ///     randomness_before: Digest([4; 32]),
    ///     configuration: Digest([5; 32]),
    ///     leader: ValidatorKeyPairs::from_seed(&[6; 32]).public_keys().node_id(),
    /// };
    /// // The next leader's run is another session, so no deal of the first run counts in it.
    /// assert_ne!(run.session_id(), Run { rank: Rank(1), ..run }.session_id());
    /// ```
    pub fn session_id(&self) -> Digest {
        tagged_hash(tags::DRP_SESSION, self)
    }

    /// The view and rank, which name the run within its epoch.
    pub fn view_and_rank(&self) -> ViewAndRank {
        (self.view, self.rank)
    }

    /// The view, the rank and the leader that the run names.
    pub fn leadership(&self) -> Leadership {
        Leadership { view: self.view, rank: self.rank, leader: self.leader }
    }
}

impl EpochContext {
    /// The configuration of the run of a leader, with secrets in the group `G`.
    pub fn run<G: Group>(&self, leadership: &Leadership) -> Run {
        Run {
            suite: tagged_hash(tags::DRP_SUITE, G::NAME.as_bytes()),
            chain_id: self.chain_id,
            epoch: self.number,
            view: leadership.view,
            rank: leadership.rank,
            randomness_before: self.randomness_before,
            configuration: self.configuration.root(),
            leader: leadership.leader,
        }
    }

    /// S: all validators except the leader, in the order of names.
    ///
    /// **DRP-SERVERS-01** (MUST) \[RH] The leader of a run is not a server of the run. It still
    /// counts as a validator in n and f.
    pub fn servers(&self, leader: &NodeId) -> Vec<NodeId> {
        self.configuration.node_ids().filter(|validator| validator != leader).collect()
    }

    /// A validator's signing key.
    pub fn signing_key(&self, validator: &NodeId) -> Option<&PublicKey> {
        self.configuration.keys_of(validator).map(|keys| &keys.signing)
    }

    /// f, the largest number of malicious validators that the epoch tolerates.
    pub fn faults_max(&self) -> usize {
        self.configuration.faults_max()
    }

    /// q = n − f, the size of a quorum.
    pub fn quorum(&self) -> usize {
        self.configuration.quorum()
    }
}

impl<G: Group> Session<G> {
    /// Makes the session of a run from its groups.
    ///
    /// # Errors
    /// [`Rejection::DrpGroups`] if a member is not a validator. [`Rejection::CryElementEncoding`]
    /// or [`Rejection::CryElementIdentity`] if a validator's group key is invalid, which
    /// registration excludes. [`Rejection::CryElementIdentity`] if the base is the identity, and
    /// [`Rejection::CryPvssLengths`] if the group has too few positions; these two do not happen in
    /// the group of the protocol.
    pub fn new<S: Suite>(
        environment: &EpochEnvironment<'_, G, S>,
        run: &Run,
        groups: Vec<Vec<NodeId>>,
    ) -> Result<Self, Rejection> {
        let id = environment.rules.derive_session_id(run);
        let base = environment.rules.derive_base(&id);
        let key_of = |member: &NodeId| {
            let keys = environment.epoch.configuration.keys_of(member);
            // DRP-GROUPS-02: a member is a validator.
            let keys = keys.ok_or(Rejection::DrpGroups)?;
            Ok((G::Element::decode(&keys.group)?, keys.group))
        };
        let with_sharing = |members: Vec<NodeId>| {
            let threshold = environment.rules.derive_threshold(members.len());
            let keys = members.iter().map(key_of).collect::<Result<_, Rejection>>()?;
            let sharing = Sharing::with_encoded_keys(id, Digest::ZERO, base, threshold, keys)?;
            Ok(ServerGroup { members, sharing })
        };
        let groups = groups.into_iter().map(with_sharing).collect::<Result<_, Rejection>>()?;
        Ok(Self { run: *run, id, groups })
    }

    /// Makes the session of a run, with the groups that the rules derive.
    ///
    /// # Errors
    /// In this order: those of [`Rules::check_groups`], those of [`Session::new`].
    ///
    /// ```
    /// use std::collections::BTreeSet;
    ///
    /// use ioschain_spec::drp::{
    ///     EpochContext, EpochEnvironment, Leadership, LogPosition, Session, Specification,
    /// };
    /// use ioschain_spec::primitives::certificate::Roster;
    /// use ioschain_spec::primitives::hash::Digest;
    /// use ioschain_spec::primitives::keys::ValidatorKeyPairs;
    /// use ioschain_spec::primitives::numbers::{Epoch, Height, Rank, View};
    /// use ioschain_spec::primitives::ristretto::Ristretto255;
    /// use ioschain_spec::suite::Normative;
    ///
    /// let keys = |number| ValidatorKeyPairs::from_seed(&[number; 32]).public_keys();
    /// let epoch = EpochContext {
    ///     chain_id: Digest([7; 32]),
    ///     number: Epoch(3),
    ///     randomness_before: Digest([11; 32]),
    ///     configuration: Roster::new((1..=9).map(keys))?,
    ///     convicted: BTreeSet::new(),
    ///     group_size: 4,
    ///     lottery_heights: 5,
    ///     opened: LogPosition { height: Height(100), head: Digest([13; 32]) },
    /// };
    /// let environment: EpochEnvironment<'_, Ristretto255, Normative> =
    ///     EpochEnvironment { rules: &Specification, suite: &Normative, epoch: &epoch };
    ///
    /// let leadership = Leadership { view: View(0), rank: Rank(0), leader: keys(1).node_id() };
    /// let session = Session::derive(&environment, &epoch.run::<Ristretto255>(&leadership))?;
    /// // The eight servers are in two groups of four, each with the threshold ⌊4/3⌋ + 1.
    /// let shapes = session.groups.iter().map(|group| (group.members.len(), group.threshold()));
    /// assert_eq!(shapes.collect::<Vec<_>>(), [(4, 2), (4, 2)]);
    /// // The leader is no server of its own run.
    /// assert!(session.group_of(&keys(1).node_id()).is_none());
    /// # Ok::<(), ioschain_spec::Rejection>(())
    /// ```
    pub fn derive<S: Suite>(
        environment: &EpochEnvironment<'_, G, S>,
        run: &Run,
    ) -> Result<Self, Rejection> {
        Self::new(environment, run, derive_partition(environment, run)?)
    }

    /// The group of a server with its number, from 0, or `None` if the validator is no server.
    pub fn group_of(&self, server: &NodeId) -> Option<(usize, &ServerGroup<G>)> {
        self.groups.iter().enumerate().find(|(_, group)| group.members.contains(server))
    }
}

/// Derives the groups of a run, and checks that they are a partition of its servers.
///
/// # Errors
/// Those of [`Rules::check_groups`].
pub fn derive_partition<G: Group, S: Suite>(
    environment: &EpochEnvironment<'_, G, S>,
    run: &Run,
) -> Result<Vec<Vec<NodeId>>, Rejection> {
    let (rules, epoch) = (environment.rules, environment.epoch);
    let servers = epoch.servers(&run.leader);
    let id = rules.derive_session_id(run);
    let groups = rules.derive_groups(&id, &servers, epoch.group_size);
    rules.check_groups(&servers, &groups)?;
    Ok(groups)
}

impl<G: Group> ServerGroup<G> {
    /// The sharing of `dealer`'s secret among the members.
    pub fn sharing_of(&self, dealer: &NodeId) -> Sharing<G> {
        self.sharing.with_dealer(dealer.0)
    }

    /// The threshold t_l of the group.
    pub fn threshold(&self) -> usize {
        self.sharing.threshold()
    }

    /// The position of a member's share, from 1.
    pub fn position_of(&self, member: &NodeId) -> Option<Position> {
        let found = Position::all().zip(&self.members).find(|(_, other)| *other == member);
        found.map(|(position, _)| position)
    }
}
