//! Genesis: the supply in five allocations, and the first state of every shard.
//!
//! All tokens exist from the genesis block (white paper §8). The shares of the five allocations
//! come from the project's token announcements. Nothing is minted later (gap A12).

use std::collections::{BTreeMap, BTreeSet};

use borsh::{BorshDeserialize, BorshSchema, BorshSerialize};

use super::owner::{AccountId, derive_shard_of_owner};
use super::shard_state::{ChainPosition, ShardState, Totals, UnspentOutput};
use super::transaction::{OutPoint, SUPPLY, TxId};
use crate::Rejection;
use crate::identity::IdentityLog;
use crate::parameters::{Parameters, SHARDS_MAX};
use crate::primitives::certificate::{ROSTER_MAX, ROSTER_MIN, Roster};
use crate::primitives::encoding::{Bounded, BoundedMap};
use crate::primitives::hash::{Digest, tagged_hash, tags};
use crate::primitives::keys::{NodeId, ValidatorKeyPairs, ValidatorKeys, verify_possession};
use crate::primitives::numbers::{Epoch, Height, Shard};
use crate::primitives::ristretto::Ristretto255;
use crate::primitives::schnorr::SchnorrSignature;

/// The shares of the supply, in parts per million. In this order: private sale, foundation,
/// community, team, and one share for early investors and advisors.
///
/// **LED-GENESIS-04** (MUST) [WP §8, shares from the announcements] The allocations are exactly
/// these five shares of the supply. Together they are the whole supply.
///
/// The paper: "All IOS tokens will be generated in the Genesis Block" (§8).
pub const ALLOCATIONS_PPM: [u32; 5] = [400_000, 350_000, 125_000, 100_000, 25_000];
/// The most validators: a full roster for the identity shard and for each transaction shard.
pub const VALIDATORS_MAX: usize = (SHARDS_MAX + 1) * ROSTER_MAX;
/// The rosters of shards 0..=m.
pub type Rosters = Bounded<Roster, { SHARDS_MAX + 1 }>;
/// Proofs of possession of group keys, by the names of the validators.
pub type Possessions = BoundedMap<NodeId, SchnorrSignature, VALIDATORS_MAX>;
/// The most grants of a genesis.
pub const GRANTS_MAX: usize = 1 << 24;

const PPM: u128 = 1_000_000;

/// The holder of an allocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[borsh(use_discriminant = true)]
#[repr(u8)]
pub enum Holder {
    /// An account, which holds the allocation as one output.
    Account(AccountId) = 0,
    /// The community pools of the shards: ⌊amount/m⌋ each, and the remainder goes to shard 1.
    CommunityPools = 1,
}

/// An output that exists from genesis. Its amount is taken from the allocations, in proportion to
/// their shares.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Grant {
    /// The owner of the output.
    pub owner: AccountId,
    /// The amount, in units.
    pub amount: u64,
}

/// The data from which a chain starts: its parameters, its validators and its first outputs.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Genesis {
    /// m, the number of transaction shards.
    pub shards: u16,
    /// The least fee of a transaction, in units.
    pub fee_minimum: u64,
    /// The most rejection rows that one block may write.
    pub rejections_max: u32,
    /// The rosters of shards 0..=m.
    pub rosters: Rosters,
    /// For each validator of the rosters, the proof that it holds the secret of its group key.
    pub possessions: Possessions,
    /// The holder of each of the [`ALLOCATIONS_PPM`].
    pub holders: [Holder; 5],
    /// Further outputs. Their amounts are taken from the allocations.
    pub grants: Bounded<Grant, GRANTS_MAX>,
}

impl Genesis {
    /// The parameters that every shard of the chain knows.
    ///
    /// **LED-GENESIS-05** (MUST) \[own] The chain id is `H("chain", genesis)`. So a signature for
    /// one genesis is not valid under another.
    pub fn parameters(&self) -> Parameters {
        Parameters {
            chain_id: tagged_hash(tags::CHAIN, self),
            shards: self.shards,
            fee_minimum: self.fee_minimum,
            rejections_max: self.rejections_max,
        }
    }

    /// The outpoint of genesis output `index`. The five allocations come first, then the grants.
    ///
    /// **LED-GENESIS-06** (MUST) \[own] The outpoint of genesis output `index` is
    /// `(H("genesis", index), 0)`. The index is encoded as a u32.
    pub fn outpoint(index: u32) -> OutPoint {
        OutPoint { txid: TxId(tagged_hash(tags::GENESIS_OUTPUT, &index)), index: 0 }
    }
}

/// Makes the rosters and the proofs of possession of a genesis from the key pairs of the validators
/// of each shard, shard 0 first.
///
/// # Errors
/// [`Rejection::EncMalformed`] for more validators or shards than the caps allow.
pub fn found_rosters(
    shards: &[Vec<ValidatorKeyPairs>],
) -> Result<(Rosters, Possessions), Rejection> {
    let roster = |validators: &Vec<ValidatorKeyPairs>| {
        Roster::new(validators.iter().map(ValidatorKeyPairs::public_keys))
    };
    let rosters: Vec<Roster> = shards.iter().map(roster).collect::<Result<_, Rejection>>()?;
    let possessions: BTreeMap<_, _> = shards.iter().flatten().map(prove_possession).collect();
    Ok((rosters.try_into()?, possessions.try_into()?))
}

/// The name of a validator, and its proof for genesis that it holds the secret of its group key.
fn prove_possession(key_pairs: &ValidatorKeyPairs) -> (NodeId, SchnorrSignature) {
    let name = key_pairs.public_keys().node_id();
    (name, key_pairs.group.prove_possession(&name.0))
}

/// Derives the identity log and the states of shards 1..=m before the first block. In these states
/// epoch 0 is closed and swept, and epoch 1 is open.
///
/// | order | check | id | code | function |
/// |---|---|---|---|---|
/// | 1 | there are 1 to 1,024 transaction shards | LED-GENESIS-01 | `LED_GENESIS_SHARDS` | `check_genesis` |
/// | 2 | every shard 0..=m has a roster of at least four | LED-GENESIS-02 | `LED_GENESIS_ROSTERS` | `check_genesis` |
/// | 3 | every grant is at least one unit | LED-GENESIS-07 | `LED_GENESIS_GRANTS` | `check_genesis` |
/// | 4 | the allocations hold the grants | LED-GENESIS-03 | `LED_GENESIS_GRANTS` | `derive_genesis` |
/// | 5 | no two validators share a key | LED-GENESIS-09 | `LED_GENESIS_KEYS` | `check_validators` |
/// | 6 | there is one proof of possession for each validator | LED-GENESIS-08 | `LED_GENESIS_POSSESSIONS` | `check_validators` |
/// | 7 | each proof of possession: key and commitment are elements | CRY-GROUP-01 | `CRY_ELEMENT_ENCODING` | `decode` |
/// | 8 | each proof of possession: neither is the identity | CRY-GROUP-03 | `CRY_ELEMENT_IDENTITY` | `refuse_identity` |
/// | 9 | each proof of possession: the response is a scalar | CRY-GROUP-02 | `CRY_SCALAR_ENCODING` | `decode` |
/// | 10 | each proof of possession: it is this key's for this message | CRY-POSSESS-01 | `CRY_POSSESSION` | `verify_possession` |
///
/// # Errors
/// The first row of the table that fails.
///
/// ```
/// use ioschain_spec::Rejection;
/// use ioschain_spec::chain::conservation::{RetainedLists, conservation_sum};
/// use ioschain_spec::ledger::genesis::{Genesis, Holder, derive_genesis, found_rosters};
/// use ioschain_spec::ledger::{AccountId, SUPPLY};
/// use ioschain_spec::primitives::hash::Digest;
/// use ioschain_spec::primitives::keys::ValidatorKeyPairs;
/// use ioschain_spec::primitives::numbers::Height;
/// use ioschain_spec::suite::Normative;
///
/// // One roster of four validators for the identity shard, and one for each transaction shard.
/// let validator = |number| ValidatorKeyPairs::from_seed(&[number; 32]);
/// let rosters = [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]];
/// let validators = rosters.map(|four| four.map(validator).to_vec());
/// let (rosters, possessions) = found_rosters(&validators)?;
/// let genesis = Genesis {
///     shards: 2,
///     fee_minimum: 1,
///     rejections_max: 8,
///     rosters,
///     possessions,
///     holders: [Holder::Account(AccountId(Digest([1; 32]))); 5],
///     grants: vec![].try_into()?,
/// };
/// let (log, states) = derive_genesis(&genesis)?;
/// assert_eq!((log.height(), states.len()), (Height(0), 2));
/// // Every unit of the supply exists from the start.
/// assert_eq!(conservation_sum(&Normative, &states, &RetainedLists::new()), Ok(SUPPLY));
///
/// // The community pools hold an allocation in equal parts.
/// let holders = [Holder::CommunityPools; 5];
/// let (_, states) = derive_genesis(&Genesis { holders, ..genesis })?;
/// assert_eq!(states[1].totals.community_pool, SUPPLY / 2);
/// # Ok::<(), Rejection>(())
/// ```
pub fn derive_genesis(genesis: &Genesis) -> Result<(IdentityLog, Vec<ShardState>), Rejection> {
    check_genesis(genesis)?;
    let parameters = genesis.parameters();
    // LED-GENESIS-03: the grants do not exceed the allocations.
    let allocations = allocations_after_grants(genesis).ok_or(Rejection::LedGenesisGrants)?;
    check_validators(genesis)?;
    let mut states: Vec<ShardState> =
        Shard::all(genesis.shards).map(|shard| first_state(&parameters, shard)).collect();

    let grants = genesis.grants.iter().map(|grant| (Holder::Account(grant.owner), grant.amount));
    let outputs = genesis.holders.into_iter().zip(allocations).chain(grants);
    for (index, (holder, amount)) in (0u32..).zip(outputs) {
        match holder {
            Holder::CommunityPools => fill_community_pools(&mut states, amount),
            Holder::Account(_) if amount == 0 => {} // the grants have used it up
            Holder::Account(owner) => {
                let shard = derive_shard_of_owner(&owner, genesis.shards);
                if let Some(state) = states.get_mut(usize::from(shard.saturating_sub(1))) {
                    let output = UnspentOutput { owner, amount };
                    state.unspent.insert(Genesis::outpoint(index), output);
                }
            }
        }
    }
    let log = IdentityLog::new(parameters, genesis.rosters.to_vec());
    Ok((log, states))
}

/// Makes the checks that come before the computation of the allocations.
///
/// **LED-GENESIS-01** (MUST) \[own] There are 1 to 1,024 transaction shards. A commit has one proof
/// for each input shard, and 1,024 proofs fit in one message.
///
/// **LED-GENESIS-02** (MUST) \[own] There is one roster for each shard 0..=m, of at least four
/// validators. A roster of three cannot tolerate one malicious member.
///
/// **LED-GENESIS-07** (MUST) \[own] The amount of every grant is at least one unit.
fn check_genesis(genesis: &Genesis) -> Result<(), Rejection> {
    // LED-GENESIS-01: there is at least one shard, and there are at most 1,024.
    let shards = usize::from(genesis.shards);
    if shards == 0 || shards > SHARDS_MAX {
        return Err(Rejection::LedGenesisShards);
    }
    // LED-GENESIS-02: every shard and the identity shard can tolerate a malicious validator.
    let large_enough = genesis.rosters.iter().all(|roster| roster.count() >= ROSTER_MIN);
    if genesis.rosters.len() != shards.saturating_add(1) || !large_enough {
        return Err(Rejection::LedGenesisRosters);
    }
    // LED-GENESIS-07: no grant is zero.
    if genesis.grants.iter().any(|grant| grant.amount == 0) {
        return Err(Rejection::LedGenesisGrants);
    }
    Ok(())
}

/// Checks that no two validators have a key in common, and that each validator holds the secret of
/// the group key with which it signs collectively.
///
/// **LED-GENESIS-08** (MUST) \[own] Genesis has a proof of possession for each validator in its
/// rosters, and no other proof. The proof is for the validator's group key, and its message is the
/// validator's name. Without these proofs, an attacker could choose a group key that cancels other
/// keys.
///
/// **LED-GENESIS-09** (MUST) \[own] No two validators have a key in common. The same is true of
/// registrations (EDS-REGISTER-02).
///
/// # Errors
/// In this order: [`Rejection::LedGenesisKeys`], [`Rejection::LedGenesisPossessions`]; then, for
/// each validator in the order of names, those of [`verify_possession`].
pub fn check_validators(genesis: &Genesis) -> Result<(), Rejection> {
    let validators: BTreeMap<NodeId, &ValidatorKeys> = genesis
        .rosters
        .iter()
        .flat_map(|roster| roster.validators().map(|keys| (keys.node_id(), keys)))
        .collect();
    let signing: BTreeSet<_> = validators.values().map(|keys| keys.signing).collect();
    let lottery: BTreeSet<_> = validators.values().map(|keys| keys.lottery).collect();
    let group: BTreeSet<_> = validators.values().map(|keys| keys.group).collect();
    // LED-GENESIS-09: there are as many different keys of each kind as validators.
    if [signing.len(), lottery.len(), group.len()] != [validators.len(); 3] {
        return Err(Rejection::LedGenesisKeys);
    }
    // LED-GENESIS-08: there is one proof for each validator, and no other proof.
    if !validators.keys().eq(genesis.possessions.keys()) {
        return Err(Rejection::LedGenesisPossessions);
    }
    // LED-GENESIS-08: each proof shows that the validator holds the secret of its group key.
    validators.iter().zip(genesis.possessions.values()).try_for_each(
        |((name, keys), possession)| {
            verify_possession::<Ristretto255>(&keys.group, &name.0, possession)
        },
    )
}

/// The rest of each allocation after the grants, in units. `None` if the grants exceed an
/// allocation.
///
/// **LED-GENESIS-03** (MUST) \[own] Each allocation pays ⌊(sum of the grants) · share⌋. The first
/// allocation also pays the remainder. No allocation pays more than it has.
fn allocations_after_grants(genesis: &Genesis) -> Option<[u64; 5]> {
    let granted =
        genesis.grants.iter().try_fold(0u64, |sum, grant| sum.checked_add(grant.amount))?;
    let taken = split_by_share(granted);
    let mut left = split_by_share(SUPPLY);
    for (left, taken) in left.iter_mut().zip(taken) {
        *left = left.checked_sub(taken)?;
    }
    Some(left)
}

/// Splits `amount` by [`ALLOCATIONS_PPM`]. Each part is rounded down, and the remainder goes to the
/// first.
fn split_by_share(amount: u64) -> [u64; 5] {
    let mut parts = ALLOCATIONS_PPM.map(|share| {
        let part = u128::from(amount).saturating_mul(u128::from(share)) / PPM;
        u64::try_from(part).unwrap_or(0) // at most `amount`
    });
    let given = parts.iter().fold(0u64, |sum, part| sum.saturating_add(*part));
    let [first, ..] = &mut parts;
    *first = first.saturating_add(amount.saturating_sub(given));
    parts
}

/// Divides `amount` among the community pools. Each part is rounded down, and the remainder goes to
/// shard 1.
fn fill_community_pools(states: &mut [ShardState], amount: u64) {
    let shards = u64::try_from(states.len()).unwrap_or(u64::MAX);
    let part = amount.checked_div(shards).unwrap_or(0);
    let remainder = amount.checked_rem(shards).unwrap_or(0);
    for state in states.iter_mut() {
        state.totals.community_pool = state.totals.community_pool.saturating_add(part);
    }
    if let Some(first) = states.first_mut() {
        first.totals.community_pool = first.totals.community_pool.saturating_add(remainder);
    }
}

/// The state of a shard before its first block.
fn first_state(parameters: &Parameters, shard: Shard) -> ShardState {
    let previous: Digest = tagged_hash(tags::FIRST_BLOCK, &(parameters.chain_id, shard));
    ShardState {
        position: ChainPosition {
            shard,
            epoch: Epoch(1),
            height: Height(0),
            previous,
            identity_height: Height(0),
        },
        unspent: BTreeMap::new(),
        locks: BTreeMap::new(),
        decisions: BTreeMap::new(),
        accounts: BTreeMap::new(),
        pending: BTreeMap::new(),
        totals: Totals { fee_pool: 0, community_pool: 0, imported: Epoch(0) },
    }
}
