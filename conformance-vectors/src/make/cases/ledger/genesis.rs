//! Genesis: five allocations, grants out of them, and the first state of every shard.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use ioschain_spec::Rejection;
use ioschain_spec::ledger::genesis::{Genesis, Grant, Holder, found_rosters};
use ioschain_spec::ledger::{AccountId, SUPPLY};
use ioschain_spec::primitives::certificate::Roster;
use ioschain_spec::primitives::keys::{NodeId, ValidatorKeyPairs, ValidatorKeys};
use ioschain_spec::primitives::numbers::Shard;
use ioschain_spec::primitives::schnorr::SchnorrSignature;

use crate::format::vector::VectorFile;
use crate::make::cases::faults::{Edit, add_edits, edits};
use crate::make::cases::support::{CaseError, Intent, SuiteWriter};
use crate::make::cases::world::{self, Owner, digest, roster};
use crate::reference::to_json;

const HANDLER: &str = "ledger.genesis";

fn account(label: &str) -> AccountId {
    AccountId(digest(label))
}

/// Four accounts hold the allocations other than the community's.
fn with_holders(mut genesis: Genesis) -> Genesis {
    let holder = |label| Holder::Account(account(label));
    genesis.holders = [
        holder("private sale"),
        holder("foundation"),
        Holder::CommunityPools,
        holder("team"),
        holder("investors and advisors"),
    ];
    genesis
}

fn with_grants(mut genesis: Genesis, amounts: &[u64]) -> Result<Genesis, CaseError> {
    let grant = |(number, amount): (u32, &u64)| Grant {
        owner: account(&format!("grantee {number}")),
        amount: *amount,
    };
    let grants: Vec<Grant> = (0..).zip(amounts).map(grant).collect();
    genesis.grants = grants.try_into()?;
    Ok(genesis)
}

fn change_rosters(
    genesis: &mut Genesis,
    change: impl FnOnce(&mut Vec<Roster>),
) -> Result<(), CaseError> {
    let mut rosters = genesis.rosters.to_vec();
    change(&mut rosters);
    genesis.rosters = rosters.try_into()?;
    Ok(())
}

fn plain(shards: u16) -> Result<Genesis, CaseError> {
    Ok(with_holders(world::genesis(shards, &[])?))
}

fn ask(genesis: &Genesis) -> Result<Value, CaseError> {
    Ok(json!({ "genesis": to_json(genesis)? }))
}

const ALL: &[&str] = &[
    "LED-GENESIS-01",
    "LED-GENESIS-02",
    "LED-GENESIS-04",
    "LED-GENESIS-05",
    "LED-GENESIS-06",
    "LED-GENESIS-08",
    "LED-GENESIS-09",
];
const GRANTS: &[&str] = &["LED-GENESIS-03", "LED-GENESIS-04", "LED-GENESIS-07", "LED-CONSERVE-01"];
const NOTHING_GRANTED: &[&str] = &["LED-GENESIS-07"];
const TOO_MUCH_GRANTED: &[&str] = &["LED-GENESIS-03", "LED-GENESIS-04", "LED-CONSERVE-01"];

/// Genesis values that are accepted: one to three shards, other holders, grants of several sizes,
/// and another chain for each change.
pub(super) fn first_states() -> Result<VectorFile, CaseError> {
    let doc = "The chain id and the first state of every shard, derived from a genesis.";
    let mut suite = SuiteWriter::new(HANDLER, "first-states", doc)?;
    let mut add = |slug: &str, requirements: &[&str], given: &str, genesis: &Genesis| {
        let doc = format!(
            "Given a genesis with {given}, when the first states are derived, then their units add \
             up to the supply."
        );
        suite.add(slug, requirements, &doc, ask(genesis)?, Intent::Ok).map(|_| ())
    };
    add("one-shard", ALL, "one shard and four accounts", &plain(1)?)?;
    add("two-shards", ALL, "two shards and four accounts", &plain(2)?)?;
    add("three-shards", ALL, "three shards and four accounts", &plain(3)?)?;
    let pools = world::genesis(3, &[])?;
    add("community-pools-alone", ALL, "all allocations in the community pools", &pools)?;
    let mut one_holder = plain(2)?;
    one_holder.holders = [Holder::Account(account("everybody")); 5];
    add("one-holder", ALL, "one account that owns all five allocations", &one_holder)?;

    let grants: [(&str, &str, &[u64]); 7] = [
        ("grant-of-one", "a grant of 1 unit, which is taken from the first allocation", &[1]),
        (
            "grant-with-remainder",
            "a grant of 7 units, which cannot be divided evenly among the allocations",
            &[7],
        ),
        (
            "grant-that-divides",
            "a grant of 40 units, which can be divided evenly among the allocations",
            &[40],
        ),
        ("three-grants", "three grants, which become the outputs 5 to 7", &[100, 200, 333]),
        (
            "remainder-of-pools",
            "three shards and a community allocation that cannot be divided evenly among them",
            &[8],
        ),
        ("all-but-forty", "grants of all but 40 units", &[SUPPLY - 40]),
        (
            "all-granted",
            "grants of the whole supply, which leave nothing of the allocations",
            &[SUPPLY / 2, SUPPLY / 2],
        ),
    ];
    for (slug, given, amounts) in grants {
        add(slug, GRANTS, given, &with_grants(plain(3)?, amounts)?)?;
    }
    let alice = Owner::new("alice", Shard(1), 2)?;
    let bob = Owner::new("bob", Shard(2), 2)?;
    let twice = [(alice.account(), 5), (bob.account(), 6), (alice.account(), 5)];
    add(
        "two-grants-to-one-owner",
        GRANTS,
        "two equal grants to one owner and one to another",
        &world::genesis(2, &twice)?,
    )?;
    chain_ids(&mut suite)?;
    Ok(suite.finish())
}

/// Changes of a genesis with one shard: the minimum fee, the limit of rejection rows, two rosters,
/// a holder and a grant. An implementation that leaves one of them out of the chain id has two
/// chains with one id.
fn chain_ids(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    type Change = fn(&mut Genesis) -> Result<(), CaseError>;
    let changes: [(&str, &str, Change); 6] = [
        ("other-fee-minimum", "another minimum fee", |genesis| {
            genesis.fee_minimum += 1;
            Ok(())
        }),
        ("other-rejections", "another limit of rejection rows", |genesis| {
            genesis.rejections_max += 1;
            Ok(())
        }),
        ("other-validator", "another validator in the last roster", |genesis| {
            *genesis =
                founded_by(genesis, &[world::validators(Shard(0)), world::validators(Shard(9))])?;
            Ok(())
        }),
        ("five-validators", "a roster of five", |genesis| {
            let mut five = [1, 2].map(Shard).map(world::validators).concat();
            five.truncate(5);
            *genesis = founded_by(genesis, &[world::validators(Shard(0)), five])?;
            Ok(())
        }),
        ("other-holder", "another owner of the last allocation", |genesis| {
            genesis.holders[4] = Holder::CommunityPools;
            Ok(())
        }),
        ("other-grant", "a grant", |genesis| {
            genesis.grants = vec![Grant { owner: account("grantee"), amount: 40 }].try_into()?;
            Ok(())
        }),
    ];
    for (slug, what, change) in changes {
        let mut genesis = plain(1)?;
        change(&mut genesis)?;
        let doc = format!(
            "Given a genesis with {what}, when the chain id is derived, then it differs from the \
             id of every other chain here."
        );
        suite.add(slug, &["LED-GENESIS-05"], &doc, ask(&genesis)?, Intent::Ok)?;
    }
    Ok(())
}

/// Genesis values that are refused. The base has two shards and four accounts.
pub(super) fn refusals() -> Result<VectorFile, CaseError> {
    let doc = "Genesis values that are refused, for each reason and in the order of the checks.";
    let mut suite = SuiteWriter::new(HANDLER, "refusals", doc)?;
    let doc = "Given a genesis with {what}, when it is checked, then it is refused.";
    add_edits(&mut suite, &plain(2)?, ask, doc, REFUSED)?;
    let grants: [(&str, &str, &[&str], &[u64]); 6] = [
        ("grant-of-nothing", "a grant of 0", NOTHING_GRANTED, &[0]),
        ("second-grant-of-nothing", "a second grant of 0", NOTHING_GRANTED, &[1, 0]),
        (
            "grants-above-the-supply",
            "grants of 1 unit more than the supply",
            TOO_MUCH_GRANTED,
            &[SUPPLY, 1],
        ),
        (
            "grants-of-twice-the-supply",
            "grants of twice the supply",
            TOO_MUCH_GRANTED,
            &[SUPPLY, SUPPLY],
        ),
        (
            "grants-overflow",
            "grants whose sum exceeds 64 bits",
            TOO_MUCH_GRANTED,
            &[u64::MAX, u64::MAX],
        ),
        (
            "first-allocation-exhausted",
            "grants of all but 1 unit, whose indivisible remainder exceeds the rest of the first \
             allocation",
            TOO_MUCH_GRANTED,
            &[SUPPLY - 1],
        ),
    ];
    for (slug, what, requirements, amounts) in grants {
        let genesis = with_grants(plain(2)?, amounts)?;
        let doc = format!("Given a genesis with {what}, when it is checked, then it is refused.");
        let intent = Intent::Rejected(Rejection::LedGenesisGrants);
        suite.add(slug, requirements, &doc, ask(&genesis)?, intent)?;
    }
    Ok(suite.finish())
}

/// Faults in the number of shards, the rosters, the keys and the proofs of possession, alone and
/// two at once. With no shards there is one roster, the identity shard's, and that is right; with
/// any other wrong number the rosters are wrong as well.
const REFUSED: &[Edit<Genesis>] = &edits! { Genesis:
    "no-shards" => LedGenesisShards, &["LED-GENESIS-01"],
        "no shards, and only the roster of the identity shard",
        |genesis| {
            genesis.shards = 0;
            change_rosters(genesis, |rosters| rosters.truncate(1))
        };
    "no-shards-before-rosters" => LedGenesisShards, &["LED-GENESIS-01"],
        "no shards, and the rosters of two shards",
        |genesis| genesis.shards = 0, second_fault;
    "too-many-shards-before-rosters" => LedGenesisShards, &["LED-GENESIS-01"],
        "1,025 shards, and the rosters of two shards",
        |genesis| genesis.shards = 1025, second_fault;
    "most-shards-without-rosters" => LedGenesisRosters, &["LED-GENESIS-02"],
        "1,024 shards, and the rosters of two shards",
        |genesis| genesis.shards = 1024;
    "roster-missing" => LedGenesisRosters, &["LED-GENESIS-02"],
        "two shards, and the rosters of one shard",
        |genesis| change_rosters(genesis, |rosters| rosters.truncate(2));
    "roster-too-many" => LedGenesisRosters, &["LED-GENESIS-02"],
        "two shards, and the rosters of three shards",
        |genesis| {
            let fourth = roster(Shard(3))?;
            change_rosters(genesis, |rosters| rosters.push(fourth))
        };
    "roster-of-three" => LedGenesisRosters, &["LED-GENESIS-02"],
        "a last roster of only three validators",
        |genesis| {
            let three = roster_of_three()?;
            change_rosters(genesis, |rosters| rosters[2] = three)
        };
    "identity-roster-of-three" => LedGenesisRosters, &["LED-GENESIS-02"],
        "an identity shard of only three validators",
        |genesis| {
            let three = roster_of_three()?;
            change_rosters(genesis, |rosters| rosters[0] = three)
        };
    "rosters-before-grants" => LedGenesisRosters, &["LED-GENESIS-02"],
        "a missing roster and a grant of 0",
        |genesis| {
            *genesis = with_grants(genesis.clone(), &[0])?;
            change_rosters(genesis, |rosters| rosters.truncate(2))
        }, second_fault;
    "rosters-before-grants-above-the-supply" => LedGenesisRosters, &["LED-GENESIS-02"],
        "a roster of only three validators, and grants above the supply",
        |genesis| {
            *genesis = with_grants(genesis.clone(), &[SUPPLY, SUPPLY])?;
            let three = roster_of_three()?;
            change_rosters(genesis, |rosters| rosters[2] = three)
        }, second_fault;
    "signing-key-shared" => LedGenesisKeys, &["LED-GENESIS-09"],
        "a signing key that two validators share",
        |genesis| share_a_key(genesis, |keys, other| keys.signing = other.signing);
    "lottery-key-shared" => LedGenesisKeys, &["LED-GENESIS-09"],
        "a lottery key that two validators share",
        |genesis| share_a_key(genesis, |keys, other| keys.lottery = other.lottery);
    "group-key-shared" => LedGenesisKeys, &["LED-GENESIS-09"],
        "a group key that two validators share",
        |genesis| share_a_key(genesis, |keys, other| keys.group = other.group);
    "signing-key-shared-and-no-possessions" => LedGenesisKeys, &["LED-GENESIS-09"],
        "a signing key that two validators share, and no proofs of possession",
        |genesis| {
            share_a_key(genesis, |keys, other| keys.signing = other.signing)?;
            change_possessions(genesis, BTreeMap::clear)
        }, second_fault;
    "possession-missing" => LedGenesisPossessions, &["LED-GENESIS-08"],
        "no proof of possession of the first validator",
        |genesis| change_possessions(genesis, |possessions| {
            possessions.pop_first();
        });
    "possession-of-nobody" => LedGenesisPossessions, &["LED-GENESIS-08"],
        "an additional proof of possession of a validator that does not exist",
        |genesis| change_possessions(genesis, |possessions| {
            if let Some((_, proof)) = possessions.last_key_value() {
                possessions.insert(NodeId(digest("nobody")), *proof);
            }
        });
    "possessions-of-others" => LedGenesisPossessions, &["LED-GENESIS-08"],
        "the proofs of possession of the validators of another shard",
        |genesis| {
            let validators = [world::validators(Shard(0)), world::validators(Shard(1)), world::validators(Shard(3))];
            genesis.possessions = founded_by(genesis, &validators)?.possessions;
        };
    "no-possessions" => LedGenesisPossessions, &["LED-GENESIS-08"], "no proofs of possession",
        |genesis| change_possessions(genesis, BTreeMap::clear);
    "possession-missing-and-false" => LedGenesisPossessions, &["LED-GENESIS-08"],
        "no proof of possession of the first validator, and an invalid one of the last",
        |genesis| change_possessions(genesis, |possessions| {
            possessions.pop_first();
            if let Some(mut last) = possessions.last_entry() {
                last.get_mut().response.0[0] ^= 1;
            }
        }), second_fault;
    "grants-before-possessions" => LedGenesisGrants, &["LED-GENESIS-07"],
        "a grant of 0, and no proofs of possession",
        |genesis| {
            *genesis = with_grants(genesis.clone(), &[0])?;
            change_possessions(genesis, BTreeMap::clear)
        }, second_fault;
    "possession-changed" => CryPossession, &["LED-GENESIS-08"],
        "a bit flipped in the response of a proof of possession",
        |genesis| change_possessions(genesis, |possessions| {
            if let Some(mut last) = possessions.last_entry() {
                last.get_mut().response.0[0] ^= 1;
            }
        });
    "possession-for-another-name" => CryPossession, &["LED-GENESIS-08"],
        "a proof of possession for another message",
        |genesis| {
            let validator = &world::validators(Shard(2))[3];
            let proof = validator.group.prove_possession(&digest("another name"));
            change_possessions(genesis, |possessions| {
                possessions.insert(validator.public_keys().node_id(), proof);
            })
        };
    "possessions-exchanged" => CryPossession, &["LED-GENESIS-08"],
        "the proofs of possession of two validators exchanged",
        |genesis| {
            let [one, other] =
                [0, 1].map(|place| world::validators(Shard(1))[place].public_keys().node_id());
            change_possessions(genesis, |possessions| {
                if let (Some(first), Some(second)) =
                    (possessions.get(&one).copied(), possessions.get(&other).copied())
                {
                    possessions.insert(one, second);
                    possessions.insert(other, first);
                }
            })
        };
};

/// A validator of the last roster takes a key of one of the first; it proves its own group key for
/// its new name.
fn share_a_key(
    genesis: &mut Genesis,
    take: fn(&mut ValidatorKeys, &ValidatorKeys),
) -> Result<(), CaseError> {
    let (others, mut own) = (world::validators(Shard(0)), world::validators(Shard(2)));
    let first = own.remove(0);
    let mut keys = first.public_keys();
    let old_name = keys.node_id();
    take(&mut keys, &others[0].public_keys());
    let rest = own.iter().map(ValidatorKeyPairs::public_keys);
    let roster = Roster::new(rest.chain([keys]))?;
    change_rosters(genesis, |rosters| rosters[2] = roster)?;
    change_possessions(genesis, |possessions| {
        possessions.remove(&old_name);
        let name = keys.node_id();
        possessions.insert(name, first.group.prove_possession(&name.0));
    })
}

fn roster_of_three() -> Result<Roster, CaseError> {
    let validators = world::validators(Shard(2));
    Ok(Roster::new(validators.iter().take(3).map(ValidatorKeyPairs::public_keys))?)
}

/// The genesis with these validators, shard 0 first.
fn founded_by(
    genesis: &Genesis,
    validators: &[Vec<ValidatorKeyPairs>],
) -> Result<Genesis, CaseError> {
    let (rosters, possessions) = found_rosters(validators)?;
    Ok(Genesis { rosters, possessions, ..genesis.clone() })
}

fn change_possessions(
    genesis: &mut Genesis,
    change: impl FnOnce(&mut BTreeMap<NodeId, SchnorrSignature>),
) -> Result<(), CaseError> {
    let mut possessions = BTreeMap::clone(&genesis.possessions);
    change(&mut possessions);
    genesis.possessions = possessions.try_into()?;
    Ok(())
}
