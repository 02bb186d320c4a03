//! The codecs of §3: policies, witnesses, transactions, states, genesis, blocks' headers.

use ioschain_spec::primitives::numbers::{Epoch, Height, Shard};
use std::collections::BTreeMap;

use ioschain_spec::Rejection;
use ioschain_spec::ledger::genesis::{Genesis, Grant, Holder, Possessions};
use ioschain_spec::ledger::header::Header;
use ioschain_spec::ledger::{
    Account, ChainPosition, Decision, Lock, Settlement, ShardState, SignedTransaction, Totals,
    Transaction, UnspentOutput, Vote, Witness,
};
use ioschain_spec::parameters::Parameters;
use ioschain_spec::primitives::certificate::Roster;
use ioschain_spec::primitives::encoding::encode;
use ioschain_spec::primitives::hash::Digest;

use super::codec::values;
use super::values::{
    account_id, collective, decision, header, input, outpoint, parameters, policy, roster,
    signed_transaction, transaction, txid, validator_keys, witness,
};
use crate::format::repeat::Repeat;
use crate::format::vector::VectorFile;
use crate::make::cases::support::CaseError;
use crate::make::cases::world::digest;

pub(super) fn files() -> Result<Vec<VectorFile>, CaseError> {
    let suites = [
        policies()?,
        witnesses()?,
        transactions()?,
        signed_transactions()?,
        decisions()?,
        headers()?,
        chain_parameters()?,
        geneses()?,
        shard_states()?,
    ];
    Ok(suites.into_iter().flatten().collect())
}

fn policies() -> Result<[VectorFile; 2], CaseError> {
    values! { "encoding.policy":
        "nobody" "a policy without keys" => policy(0, 0)?;
        "one-key" "a policy with one key" => policy(1, 1)?;
        "three-keys" broken "a policy with three keys" => policy(0x0102_0304, 3)?;
        "full" "a policy with sixteen keys, the most" => policy(u32::MAX, 16)?;
    }
}

fn witnesses() -> Result<[VectorFile; 2], CaseError> {
    values! { "encoding.witness":
        "empty" "a witness without policy and signatures" => witness(None, 0)?;
        "known-account" broken "a witness with two signatures and no policy" => witness(None, 2)?;
        "revealed-policy" broken "a witness with a policy of two keys and one signature" =>
            witness(Some(policy(1, 2)?), 1)?;
        "full" "a witness with sixteen signatures, the most" => witness(None, 16)?;
    }
}

fn transactions() -> Result<[VectorFile; 2], CaseError> {
    let empty = Transaction {
        version: 0,
        chain_id: Digest::ZERO,
        fee: 0,
        expiry_epoch: Epoch(0),
        salt: 0,
        ..transaction(0, 0)?
    };
    let mut unordered = transaction(2, 1)?;
    let mut inputs = unordered.inputs.to_vec();
    inputs.reverse();
    unordered.inputs = inputs.try_into()?;
    let most = Transaction {
        version: u8::MAX,
        fee: u64::MAX,
        expiry_epoch: Epoch(u64::MAX),
        salt: u64::MAX,
        ..transaction(0, 1)?
    };
    values! { "encoding.transaction":
        "empty" "a transaction with zero in every field and no inputs or outputs, which only its static checks refuse" =>
            empty;
        "one-to-one" "a transaction with one input and one output" => transaction(1, 1)?;
        "two-to-two" broken "a transaction with two inputs and two outputs, one with data" =>
            transaction(2, 2)?;
        "inputs-unordered" "a transaction with its inputs in another order, which only its static checks refuse" =>
            unordered;
        "inputs-repeated" "a transaction with one input twice, which only its static checks refuse" =>
            Transaction { inputs: vec![input(1), input(1)].try_into()?, ..transaction(0, 1)? };
        "most" "a transaction with the largest integers and the version 255, which only its static checks refuse" =>
            most;
    }
}

fn signed_transactions() -> Result<[VectorFile; 2], CaseError> {
    let unsigned = SignedTransaction {
        transaction: transaction(1, 1)?,
        witnesses: Vec::<Witness>::new().try_into()?,
    };
    let two = vec![witness(Some(policy(1, 1)?), 1)?, witness(None, 2)?];
    let two = SignedTransaction { transaction: transaction(2, 1)?, witnesses: two.try_into()? };
    let prefix = [encode(&transaction(1, 1)?), encode(&1024u32)].concat();
    let full = Repeat::new(&prefix, &encode(&witness(None, 0)?), 1024, &[]);
    let full = &[("full-witnesses", "a transaction with 1,024 empty witnesses, the most", full)];
    values! { "encoding.signed_transaction", full:
        "unsigned" "a transaction without witnesses" => unsigned;
        "one-witness" broken "a transaction with one witness" => signed_transaction()?;
        "two-witnesses" "a transaction with two witnesses, one of which reveals a policy" => two;
    }
}

fn decisions() -> Result<[VectorFile; 2], CaseError> {
    let rejected = Vote::Rejected(Rejection::LedOutpointLocked);
    let least = Decision { vote: Vote::None, settled: Settlement::No, expiry_epoch: Epoch(0) };
    let most = Decision { expiry_epoch: Epoch(u64::MAX), ..least };
    values! { "encoding.decision":
        "least" "a decision row with zero in every field" => least;
        "most" "a decision row of the last epoch" => most;
        "none-committed" "a row that is committed without a vote" =>
            decision(Vote::None, Settlement::Committed);
        "accepted" "a row that is accepted and not settled" =>
            decision(Vote::Accepted, Settlement::No);
        "accepted-committed" broken "a row that is accepted and committed" =>
            decision(Vote::Accepted, Settlement::Committed);
        "accepted-aborted" "a row that is accepted and aborted" =>
            decision(Vote::Accepted, Settlement::Aborted);
        "rejected" broken "a row that is rejected" => decision(rejected, Settlement::No);
        "rejected-committed" "a row that no rule of the protocol writes" =>
            decision(rejected, Settlement::Committed);
    }
}

fn headers() -> Result<[VectorFile; 2], CaseError> {
    let zero = Header {
        chain_id: Digest::ZERO,
        shard: Shard(0),
        epoch: Epoch(0),
        height: Height(0),
        previous: Digest::ZERO,
        identity_height: Height(0),
        identity_hash: Digest::ZERO,
        transactions_root: Digest::ZERO,
        receipts_root: Digest::ZERO,
        decisions_root: Digest::ZERO,
        state_root: Digest::ZERO,
        roster_root: Digest::ZERO,
    };
    let most = Header {
        shard: Shard(u16::MAX),
        epoch: Epoch(u64::MAX),
        height: Height(u64::MAX),
        identity_height: Height(u64::MAX),
        ..header()
    };
    values! { "encoding.header":
        "distinct" broken "a header whose fields all differ" => header();
        "zero" "a header with zero in every field" => zero;
        "most" "a header with the largest integers" => most;
    }
}

fn chain_parameters() -> Result<[VectorFile; 2], CaseError> {
    let most = Parameters {
        shards: u16::MAX,
        fee_minimum: u64::MAX,
        rejections_max: u32::MAX,
        ..parameters()
    };
    let least = Parameters { chain_id: Digest::ZERO, shards: 0, fee_minimum: 0, rejections_max: 0 };
    values! { "encoding.parameters":
        "distinct" broken "parameters whose fields all differ" => parameters();
        "least" "parameters with zero in every field" => least;
        "most" "parameters with the largest integers" => most;
    }
}

/// Of the first validators, and of nothing: any bytes decode.
fn possessions(count: u32) -> Result<Possessions, CaseError> {
    let proof = |number| Ok((validator_keys(number).node_id(), collective(&[])?.signature));
    let proofs: BTreeMap<_, _> = (0..count).map(proof).collect::<Result<_, CaseError>>()?;
    Ok(proofs.try_into()?)
}

fn geneses() -> Result<[VectorFile; 2], CaseError> {
    let grants: Vec<Grant> = (1..=2)
        .map(|number| Grant { owner: account_id(number), amount: u64::from(number) })
        .collect();
    let account = |number| Holder::Account(account_id(number));
    let typical = Genesis {
        shards: 1,
        fee_minimum: 0x1112_1314_1516_1718,
        rejections_max: 0x2122_2324,
        rosters: vec![roster(0, 4)?, roster(4, 4)?].try_into()?,
        possessions: possessions(2)?,
        holders: [account(10), account(11), Holder::CommunityPools, account(13), account(14)],
        grants: grants.try_into()?,
    };
    let empty = Genesis {
        shards: 0,
        fee_minimum: 0,
        rejections_max: 0,
        rosters: Vec::<Roster>::new().try_into()?,
        possessions: possessions(0)?,
        holders: [Holder::CommunityPools; 5],
        grants: Vec::<Grant>::new().try_into()?,
    };
    let mut small = typical.clone();
    small.rosters = vec![roster(0, 2)?].try_into()?;
    small.possessions = possessions(1)?;
    small.grants = vec![Grant { owner: account_id(1), amount: 1 }].try_into()?;
    let nobody = encode(&roster(0, 0)?);
    let before = [&1024u16.to_le_bytes()[..], &[0; 12], &1025u32.to_le_bytes()].concat();
    let after = [&0u32.to_le_bytes()[..], &[1; 5], &0u32.to_le_bytes()].concat();
    let full = &[(
        "full-rosters",
        "a genesis with 1,025 rosters of nobody, the most, which genesis itself refuses",
        Repeat::new(&before, &nobody, 1025, &after),
    )];
    values! { "encoding.genesis", full:
        "typical" "a genesis with an identity shard, one shard, two proofs of possession and two grants" =>
            typical;
        "empty" "a genesis without shards, which genesis itself refuses" => empty;
        "small" broken "a genesis with one roster of two, one proof of possession and one grant, which genesis itself refuses" =>
            small;
    }
}

fn shard_states() -> Result<[VectorFile; 2], CaseError> {
    let first = ShardState {
        position: ChainPosition {
            shard: Shard(1),
            epoch: Epoch(1),
            height: Height(0),
            previous: digest("first block"),
            identity_height: Height(0),
        },
        unspent: BTreeMap::new(),
        locks: BTreeMap::new(),
        decisions: BTreeMap::new(),
        accounts: BTreeMap::new(),
        pending: BTreeMap::new(),
        totals: Totals { fee_pool: 0, community_pool: 0, imported: Epoch(0) },
    };
    values! { "encoding.shard_state":
        "first" "the state of a shard before its first block" => first;
        "one-each" "a state with one row in each map" => state(1)?;
        "two-each" broken "a state with two rows in each map" => state(2)?;
    }
}

/// A state with some rows in each map. What is larger than its key is as small as it can be: it has a
/// codec of its own.
fn state(rows: u32) -> Result<ShardState, CaseError> {
    let numbers = 1..=rows;
    let amount = |number: u32| 7_000_000 + u64::from(number);
    let unspent = |number| UnspentOutput { owner: account_id(number), amount: amount(number) };
    let lock =
        |number| Lock { txid: txid(number), owner: account_id(number), amount: amount(number) };
    let accounts =
        numbers.clone().map(|number| Ok((account_id(number), Account { policy: policy(1, 0)? })));
    let pending = numbers.clone().map(|number| Ok((txid(number), transaction(0, 0)?)));
    Ok(ShardState {
        position: ChainPosition {
            shard: Shard(0x0102),
            epoch: Epoch(0x1112_1314_1516_1718),
            height: Height(0x2122_2324_2526_2728),
            previous: digest("previous"),
            identity_height: Height(0x3132_3334_3536_3738),
        },
        unspent: numbers.clone().map(|number| (outpoint(number), unspent(number))).collect(),
        locks: numbers.clone().map(|number| (outpoint(100 + number), lock(number))).collect(),
        decisions: numbers
            .map(|number| (txid(number), decision(Vote::Accepted, Settlement::No)))
            .collect(),
        accounts: accounts.collect::<Result<_, CaseError>>()?,
        pending: pending.collect::<Result<_, CaseError>>()?,
        totals: Totals {
            fee_pool: 0x4142_4344_4546_4748,
            community_pool: 0x5152_5354_5556_5758,
            imported: Epoch(0x6162_6364_6566_6768),
        },
    })
}
