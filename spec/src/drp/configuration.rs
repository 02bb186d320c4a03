//! A run of the protocol: what it is for, its session id, its groups and their thresholds. None of it is
//! chosen by the leader: whoever has the identity log computes it.

use std::collections::BTreeSet;

use borsh::{BorshDeserialize, BorshSchema, BorshSerialize};

use super::rules::Rules;
use crate::Rejection;
use crate::primitives::certificate::Roster;
use crate::primitives::ed25519::PublicKey;
use crate::primitives::group::{Element, Group};
use crate::primitives::hash::{Digest, tagged_hash, tags};
use crate::primitives::keys::NodeId;
use crate::primitives::pvss::Sharing;
use crate::suite::Suite;

/// C: which number a run is for, and who leads it.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, BorshSerialize, BorshDeserialize, BorshSchema,
)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Run {
    /// `H("drp/suite", name of the group)`.
    pub suite: Digest,
    /// Which chain.
    pub chain_id: Digest,
    /// For the random number of which epoch.
    pub epoch: u64,
    /// In which view of it.
    pub view: u32,
    /// By the leader of which rank, from 0.
    pub rank: u8,
    /// The random number of the epoch before.
    pub randomness_before: Digest,
    /// The root of the epoch's validators.
    pub configuration: Digest,
    /// Who leads.
    pub leader: NodeId,
}

/// Whose turn it is to lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leadership {
    /// In which view.
    pub view: u32,
    /// Of which rank.
    pub rank: u8,
    /// Who.
    pub leader: NodeId,
}

/// A place in the identity log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogPosition {
    /// How many blocks the log has there.
    pub height: u64,
    /// The log's hash there.
    pub head: Digest,
}

/// What is a fact when an epoch's first lottery opens. It is all that a third party must know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Epoch {
    /// Which chain.
    pub chain_id: Digest,
    /// Its number e.
    pub number: u64,
    /// The random number of the epoch before.
    pub randomness_before: Digest,
    /// The validators of the epoch.
    pub configuration: Roster,
    /// Those of them that may not lead: who was convicted before the first lottery opened. A later conviction bars
    /// from the next epoch on.
    pub convicted: BTreeSet<NodeId>,
    /// Policy: how many servers a group has, about.
    pub group_size: u16,
    /// Policy: for how many heights after its opening a lottery takes tickets.
    pub lottery_heights: u64,
    /// Where the first lottery opens.
    pub opened: LogPosition,
}

/// What rules are applied in.
#[derive(Debug)]
pub struct EpochEnvironment<'a, G: Group, S: Suite> {
    /// The rules.
    pub rules: &'a dyn Rules<G, S>,
    /// The cryptography besides the group's.
    pub suite: &'a S,
    /// The epoch.
    pub epoch: &'a Epoch,
}

/// A run with what follows from it.
#[derive(Clone, Debug)]
pub struct Session<G: Group> {
    /// The run.
    pub run: Run,
    /// sid.
    pub id: Digest,
    /// T₁ … T_g.
    pub groups: Vec<ServerGroup<G>>,
}

/// T_l: servers that share their secrets among each other.
#[derive(Clone, Debug)]
pub struct ServerGroup<G: Group> {
    /// The members; their places, from 1, are the positions of their shares.
    pub members: Vec<NodeId>,
    /// How each of them shares; the dealer in it is nobody.
    sharing: Sharing<G>,
}

impl Run {
    /// The session id: `H("drp/sid", C)`.
    ///
    /// **DRP-SESSION-01** (MUST) [own] A run's session id is the hash of its whole configuration. Every deal,
    /// proof and signature is bound to it, and so of no use in another run.
    pub fn session_id(&self) -> Digest {
        tagged_hash(tags::DRP_SESSION, self)
    }

    /// Its view and rank, which name it within the epoch.
    pub fn place(&self) -> (u32, u8) {
        (self.view, self.rank)
    }

    /// Whose turn it claims to be.
    pub fn leadership(&self) -> Leadership {
        Leadership { view: self.view, rank: self.rank, leader: self.leader }
    }
}

impl Epoch {
    /// The run of a leader, computed in the group `G`.
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

    /// S: all validators but the leader, in the order of names.
    ///
    /// **DRP-SERVERS-01** (MUST) [RH] The leader of a run is no server of it; it counts in n and f all the same.
    pub fn servers(&self, leader: &NodeId) -> Vec<NodeId> {
        self.configuration.node_ids().filter(|validator| validator != leader).collect()
    }

    /// The key that a validator signs with.
    pub fn signing_key(&self, validator: &NodeId) -> Option<&PublicKey> {
        self.configuration.keys_of(validator).map(|keys| &keys.signing)
    }

    /// f.
    pub fn faults_max(&self) -> usize {
        self.configuration.faults_max()
    }

    /// q = n − f.
    pub fn quorum(&self) -> usize {
        self.configuration.quorum()
    }
}

impl<G: Group> Session<G> {
    /// The session of a run whose groups are known.
    ///
    /// # Errors
    /// [`Rejection::DrpGroups`] for a member that is no validator; [`Rejection::CryElementEncoding`] or
    /// [`Rejection::CryElementIdentity`] for a validator's group key that is none, which registration excludes, or
    /// for a base that is the identity, which does not happen in the group of the protocol;
    /// [`Rejection::CryPvssLengths`] if the group has too few positions, likewise.
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

    /// The session of a run, with the groups that the rules give.
    ///
    /// # Errors
    /// In this order: those of [`Rules::check_groups`], those of [`Session::new`].
    pub fn derive<S: Suite>(
        environment: &EpochEnvironment<'_, G, S>,
        run: &Run,
    ) -> Result<Self, Rejection> {
        Self::new(environment, run, derive_partition(environment, run)?)
    }

    /// The group of a server with its number, from 0; `None` for who is no server.
    pub fn group_of(&self, server: &NodeId) -> Option<(usize, &ServerGroup<G>)> {
        self.groups.iter().enumerate().find(|(_, group)| group.members.contains(server))
    }
}

/// The groups of a run, checked to be a partition of its servers.
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
    /// How `dealer` shares its secret among the members.
    pub fn sharing_of(&self, dealer: &NodeId) -> Sharing<G> {
        self.sharing.with_dealer(dealer.0)
    }

    /// t_l.
    pub fn threshold(&self) -> usize {
        self.sharing.threshold()
    }

    /// The position of a member's share, from 1.
    pub fn position_of(&self, member: &NodeId) -> Option<u32> {
        let found = (1u32..).zip(&self.members).find(|(_, other)| *other == member);
        found.map(|(position, _)| position)
    }
}
