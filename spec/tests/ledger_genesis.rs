//! §3: genesis: the supply in five allocations, what grants take from them, and the first states.

mod world;

use std::collections::{BTreeMap, BTreeSet};

use ioschain_spec::Rejection;
use ioschain_spec::chain::conservation::{RetainedLists, conservation_sum};
use ioschain_spec::ledger::genesis::{ALLOCATIONS_PPM, Genesis, Grant, Holder, derive_genesis};
use ioschain_spec::ledger::owner::derive_shard_of_owner;
use ioschain_spec::ledger::{AccountId, SUPPLY, ShardState, Totals};
use ioschain_spec::primitives::certificate::Roster;
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::keys::{NodeId, ValidatorKeys};
use ioschain_spec::primitives::numbers::{Epoch, Height, Shard};
use ioschain_spec::primitives::schnorr::SchnorrSignature;
use ioschain_spec::suite::Normative;

use world::{owner_numbered, roster_of, shard_validators, test_genesis};

/// 40, 35, 12.5, 10 and 2.5 % of the supply, in units.
const ALLOCATIONS: [u64; 5] = [
    840_000_000_000_000_000,
    735_000_000_000_000_000,
    262_500_000_000_000_000,
    210_000_000_000_000_000,
    52_500_000_000_000_000,
];

fn states_of(genesis: &Genesis) -> Vec<ShardState> {
    derive_genesis(genesis).unwrap().1
}

/// What the genesis output `index` holds, wherever it is.
fn amount_of(states: &[ShardState], index: u32) -> Option<u64> {
    let outpoint = Genesis::outpoint(index);
    let mut found = states.iter().filter_map(|state| state.unspent.get(&outpoint));
    let amount = found.next().map(|output| output.amount);
    assert!(found.next().is_none(), "an output is in one shard");
    amount
}

fn pools(states: &[ShardState]) -> Vec<u64> {
    states.iter().map(|state| state.totals.community_pool).collect()
}

fn with_grants(genesis: &mut Genesis, amounts: &[u64]) {
    let owner = owner_numbered(0).account();
    let grants: Vec<Grant> =
        amounts.iter().map(|amount| Grant { owner, amount: *amount }).collect();
    genesis.grants = grants.try_into().unwrap();
}

fn edit_rosters(genesis: &mut Genesis, change: impl FnOnce(&mut Vec<Roster>)) {
    let mut rosters = genesis.rosters.to_vec();
    change(&mut rosters);
    genesis.rosters = rosters.try_into().unwrap();
}

struct Fault {
    name: &'static str,
    rejection: Rejection,
    make: fn(&mut Genesis),
}

fn edit_possessions(
    genesis: &mut Genesis,
    edit: impl FnOnce(&mut BTreeMap<NodeId, SchnorrSignature>),
) {
    let mut possessions = BTreeMap::clone(&genesis.possessions);
    edit(&mut possessions);
    genesis.possessions = possessions.try_into().unwrap();
}

/// The first validator of the last roster takes a key of the first of the first.
fn share_a_key(genesis: &mut Genesis, take: fn(&mut ValidatorKeys, &ValidatorKeys)) {
    edit_rosters(genesis, |rosters| {
        let other = *rosters[0].validators().next().unwrap();
        let last = rosters.last_mut().unwrap();
        let mut keys: Vec<ValidatorKeys> = last.validators().copied().collect();
        take(&mut keys[0], &other);
        *last = Roster::new(keys).unwrap();
    });
}

/// In the order of the checks.
const FAULTS: &[Fault] = &[
    Fault {
        name: "no shards",
        rejection: Rejection::LedGenesisShards,
        make: |genesis| genesis.shards = 0,
    },
    Fault {
        name: "1,025 shards",
        rejection: Rejection::LedGenesisShards,
        make: |genesis| genesis.shards = 1_025,
    },
    Fault {
        name: "no roster for shard m",
        rejection: Rejection::LedGenesisRosters,
        make: |genesis| {
            edit_rosters(genesis, |rosters| {
                rosters.pop();
            });
        },
    },
    Fault {
        name: "a roster for shard m + 1",
        rejection: Rejection::LedGenesisRosters,
        make: |genesis| edit_rosters(genesis, |rosters| rosters.push(rosters[0].clone())),
    },
    Fault {
        name: "three validators in a shard",
        rejection: Rejection::LedGenesisRosters,
        make: |genesis| {
            edit_rosters(genesis, |rosters| {
                rosters[2] = roster_of(&shard_validators(Shard(2))[1..])
            });
        },
    },
    Fault {
        name: "three validators in the identity shard",
        rejection: Rejection::LedGenesisRosters,
        make: |genesis| {
            edit_rosters(genesis, |rosters| {
                rosters[0] = roster_of(&shard_validators(Shard(0))[1..])
            });
        },
    },
    Fault {
        name: "a grant of nothing",
        rejection: Rejection::LedGenesisGrants,
        make: |genesis| with_grants(genesis, &[5, 0]),
    },
    Fault {
        name: "grants above the supply",
        rejection: Rejection::LedGenesisGrants,
        make: |genesis| with_grants(genesis, &[SUPPLY, 1]),
    },
    Fault {
        name: "grants above 64 bits",
        rejection: Rejection::LedGenesisGrants,
        make: |genesis| with_grants(genesis, &[u64::MAX, 1]),
    },
    Fault {
        name: "a signing key that two validators share",
        rejection: Rejection::LedGenesisKeys,
        make: |genesis| share_a_key(genesis, |keys, other| keys.signing = other.signing),
    },
    Fault {
        name: "a lottery key that two validators share",
        rejection: Rejection::LedGenesisKeys,
        make: |genesis| share_a_key(genesis, |keys, other| keys.lottery = other.lottery),
    },
    Fault {
        name: "a group key that two validators share",
        rejection: Rejection::LedGenesisKeys,
        make: |genesis| share_a_key(genesis, |keys, other| keys.group = other.group),
    },
    Fault {
        name: "no proof of possession of one validator",
        rejection: Rejection::LedGenesisPossessions,
        make: |genesis| {
            edit_possessions(genesis, |possessions| {
                possessions.pop_last();
            });
        },
    },
    Fault {
        name: "a proof of possession of nobody's",
        rejection: Rejection::LedGenesisPossessions,
        make: |genesis| {
            edit_possessions(genesis, |possessions| {
                let (_, proof) = possessions.first_key_value().unwrap();
                possessions.insert(NodeId(Digest::ZERO), *proof);
            });
        },
    },
    Fault {
        name: "a proof of possession for another name",
        rejection: Rejection::CryPossession,
        make: |genesis| {
            edit_possessions(genesis, |possessions| {
                let validator = &shard_validators(Shard(2))[1];
                let proof = validator.group.prove_possession(&Digest::ZERO);
                possessions.insert(validator.public_keys().node_id(), proof);
            });
        },
    },
];

#[test]
fn each_fault_is_refused_with_its_own_code() {
    for fault in FAULTS {
        let mut genesis = test_genesis(3, &[]);
        (fault.make)(&mut genesis);
        assert_eq!(derive_genesis(&genesis).unwrap_err(), fault.rejection, "{}", fault.name);
    }
    assert!(derive_genesis(&test_genesis(3, &[])).is_ok());
}

#[test]
fn of_two_faults_the_earlier_check_answers() {
    for earlier in FAULTS {
        for later in FAULTS.iter().filter(|later| later.rejection > earlier.rejection) {
            let mut genesis = test_genesis(3, &[]);
            (later.make)(&mut genesis);
            (earlier.make)(&mut genesis);
            let found = derive_genesis(&genesis).unwrap_err();
            assert_eq!(found, earlier.rejection, "{}, and {}", earlier.name, later.name);
        }
    }
}

#[test]
fn a_chain_has_at_most_1024_shards_and_their_rosters_fit() {
    let mut genesis = test_genesis(1, &[]);
    genesis.shards = 1_024;
    edit_rosters(&mut genesis, |rosters| rosters.resize(1_025, rosters[0].clone()));
    assert_eq!(states_of(&genesis).len(), 1_024);
}

#[test]
fn the_five_allocations_are_the_supply() {
    assert_eq!(ALLOCATIONS_PPM.iter().sum::<u32>(), 1_000_000);
    assert_eq!(ALLOCATIONS.iter().sum::<u64>(), SUPPLY);
    let mut genesis = test_genesis(2, &[]);
    genesis.holders =
        [0, 1, 2, 3, 4].map(|number| Holder::Account(owner_numbered(number).account()));
    let states = states_of(&genesis);
    for (index, amount) in (0..).zip(ALLOCATIONS) {
        assert_eq!(amount_of(&states, index), Some(amount));
    }
    assert_eq!(pools(&states), [0, 0], "an account may hold the community's part");
}

#[test]
fn grants_come_out_of_the_allocations_and_the_first_gives_the_remainder() {
    // Seven units: ⌊2.8⌋, ⌊2.45⌋, ⌊0.875⌋, ⌊0.7⌋, ⌊0.175⌋, and 3 more from the first.
    let mut genesis = test_genesis(1, &[]);
    with_grants(&mut genesis, &[3, 4]);
    let states = states_of(&genesis);
    let [first, second, third, fourth, fifth] = ALLOCATIONS;
    assert_eq!(amount_of(&states, 0), Some(first - 5));
    assert_eq!(amount_of(&states, 1), Some(second - 2));
    assert_eq!(pools(&states), [third]);
    assert_eq!(amount_of(&states, 2), None, "the community pools are no output");
    assert_eq!(amount_of(&states, 3), Some(fourth));
    assert_eq!(amount_of(&states, 4), Some(fifth));
    assert_eq!((amount_of(&states, 5), amount_of(&states, 6)), (Some(3), Some(4)));
}

#[test]
fn the_community_pools_are_equal_and_shard_one_has_the_remainder() {
    // Grants of 8,000,000 units take 1,000,000 from the third allocation.
    for shards in [1u16, 2, 3, 7] {
        let mut genesis = test_genesis(shards, &[]);
        with_grants(&mut genesis, &[8_000_000]);
        let amount = ALLOCATIONS[2] - 1_000_000;
        let part = amount / u64::from(shards);
        let pools = pools(&states_of(&genesis));
        assert_eq!(pools[0], part + amount % u64::from(shards));
        assert!(pools[1..].iter().all(|pool| *pool == part));
    }
    assert_ne!((ALLOCATIONS[2] - 1_000_000) % 7, 0, "one of the cases has a remainder");
}

#[test]
fn grants_may_be_all_there_is() {
    let mut genesis = test_genesis(2, &[]);
    with_grants(&mut genesis, &[SUPPLY - 1, 1]);
    let states = states_of(&genesis);
    assert_eq!(states.iter().map(|state| state.unspent.len()).sum::<usize>(), 2);
    assert_eq!(pools(&states), [0, 0]);
    assert_eq!(amount_of(&states, 5), Some(SUPPLY - 1));
}

/// The first allocation pays the remainder of all five; at the very top it cannot.
#[test]
fn grants_of_one_unit_less_than_the_supply_do_not_come_out_of_the_allocations() {
    let mut genesis = test_genesis(2, &[]);
    with_grants(&mut genesis, &[SUPPLY - 1]);
    assert_eq!(derive_genesis(&genesis).unwrap_err(), Rejection::LedGenesisGrants);
}

#[test]
fn every_output_is_in_its_owners_shard_and_the_sum_is_the_supply() {
    for shards in [1u16, 3, 16] {
        let grants: Vec<(AccountId, u64)> =
            (0..40).map(|number| (owner_numbered(number).account(), 17)).collect();
        let states = states_of(&test_genesis(shards, &grants));
        assert_eq!(states.len(), usize::from(shards));
        for (shard, state) in (1..).zip(&states) {
            assert_eq!(state.position.shard, Shard(shard));
            let mut outputs = state.unspent.values();
            assert!(
                outputs.all(|output| derive_shard_of_owner(&output.owner, shards) == Shard(shard))
            );
        }
        let sum = conservation_sum(&Normative, &states, &RetainedLists::new());
        assert_eq!(sum, Ok(SUPPLY));
    }
}

#[test]
fn a_shard_starts_in_epoch_one_with_epoch_zero_swept() {
    let (log, states) = derive_genesis(&test_genesis(2, &[])).unwrap();
    assert_eq!(log.height(), Height(0));
    assert!(log.view().all_closed(Epoch(0)) && !log.view().all_closed(Epoch(1)));
    for state in states {
        assert_eq!((state.position.epoch, state.position.height), (Epoch(1), Height(0)));
        let Totals { fee_pool, imported, .. } = state.totals;
        assert_eq!((fee_pool, imported), (0, Epoch(0)));
        assert!(state.locks.is_empty() && state.decisions.is_empty());
        assert!(state.accounts.is_empty() && state.pending.is_empty());
    }
}

#[test]
fn the_chain_id_covers_everything_that_genesis_fixes() {
    let changes: [fn(&mut Genesis); 8] = [
        |_| {},
        |genesis| genesis.shards += 1,
        |genesis| genesis.fee_minimum += 1,
        |genesis| genesis.rejections_max += 1,
        |genesis| edit_rosters(genesis, |rosters| rosters.swap(0, 1)),
        |genesis| genesis.holders[4] = Holder::CommunityPools,
        |genesis| with_grants(genesis, &[1]),
        |genesis| {
            edit_possessions(genesis, |possessions| {
                possessions.pop_last();
            });
        },
    ];
    let ids: BTreeSet<_> = changes
        .iter()
        .map(|change| {
            let mut genesis = test_genesis(2, &[]);
            change(&mut genesis);
            genesis.parameters().chain_id
        })
        .collect();
    assert_eq!(ids.len(), changes.len());
}

#[test]
fn genesis_outpoints_are_distinct() {
    let outpoints: BTreeSet<_> = (0..1_000).map(Genesis::outpoint).collect();
    assert_eq!(outpoints.len(), 1_000);
}
