//! The codecs of §3: policies, witnesses, transactions, decision rows, states, parameters, genesis,
//! and the headers of blocks.

use std::collections::BTreeMap;

use ioschain_spec::Rejection;
use ioschain_spec::ledger::genesis::{Genesis, Grant, Holder, Possessions};
use ioschain_spec::ledger::header::Header;
use ioschain_spec::ledger::{
    Account, ChainPosition, Decision, Lock, Settlement, ShardState, SignedTransaction, Totals,
    Transaction, UnspentOutput, Vote,
};
use ioschain_spec::parameters::Parameters;
use ioschain_spec::primitives::certificate::Roster;
use ioschain_spec::primitives::encoding::{Bounded, encode};
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::numbers::{Epoch, Height, Shard};

use super::codec::codecs;
use super::values::{
    account_id, collective, decision, header, input, outpoint, parameters, policy, roster,
    signed_transaction, transaction, txid, validator_keys, witness,
};
use crate::format::repeat::Repeat;
use crate::format::vector::VectorFile;
use crate::make::cases::support::CaseError;
use crate::make::cases::world::digest;

fn unordered() -> Result<Transaction, CaseError> {
    let inputs = vec![input(2), input(1)].try_into()?;
    Ok(Transaction { inputs, ..transaction(2, 1)? })
}

fn two_witnesses() -> Result<SignedTransaction, CaseError> {
    let witnesses = vec![witness(Some(policy(1, 1)?), 1)?, witness(None, 2)?];
    Ok(SignedTransaction { transaction: transaction(2, 1)?, witnesses: witnesses.try_into()? })
}

/// The codec takes what the rules of the ledger refuse, so that an implementation must refuse it
/// there, with the code that is meant, and not when it decodes.
pub(super) fn files() -> Result<Vec<VectorFile>, CaseError> {
    codecs! {
        "encoding.policy" => {
            "nobody" "a policy without keys" => policy(0, 0)?;
            "one-key" "a policy with one key" => policy(1, 1)?;
            "three-keys" broken "a policy with three keys" => policy(0x0102_0304, 3)?;
            "full" "a policy with sixteen keys, the most" => policy(u32::MAX, 16)?;
        }
        "encoding.witness" => {
            "empty" "a witness without a policy and without signatures" => witness(None, 0)?;
            "known-account" broken "a witness with two signatures and no policy" =>
                witness(None, 2)?;
            "revealed-policy" broken "a witness with a policy of two keys and one signature" =>
                witness(Some(policy(1, 2)?), 1)?;
            "full" "a witness with sixteen signatures, the most" => witness(None, 16)?;
        }
        "encoding.transaction" => {
            let most = u64::MAX;
            "empty" "a transaction with zero in every field and without inputs and outputs, which \
                     the decoder accepts and the static checks refuse" =>
                Transaction {
                    version: 0,
                    chain_id: Digest::ZERO,
                    fee: 0,
                    expiry_epoch: Epoch(0),
                    salt: 0,
                    ..transaction(0, 0)?
                };
            "one-to-one" "a transaction with one input and one output" => transaction(1, 1)?;
            "two-to-two" broken "a transaction with two inputs and two outputs, one with data" =>
                transaction(2, 2)?;
            "inputs-unordered" "a transaction with its inputs in another order, which the decoder \
                                accepts and the static checks refuse" =>
                unordered()?;
            "inputs-repeated" "a transaction with one input twice, which the decoder accepts and \
                               the static checks refuse" =>
                Transaction { inputs: vec![input(1), input(1)].try_into()?, ..transaction(0, 1)? };
            "most" "a transaction with the largest integers and the version 255, which the decoder \
                    accepts and the static checks refuse" =>
                Transaction {
                    version: u8::MAX,
                    fee: most,
                    expiry_epoch: Epoch(most),
                    salt: most,
                    ..transaction(0, 1)?
                };
        }
        "encoding.signed_transaction" => {
            let prefix = [encode(&transaction(1, 1)?), encode(&1024u32)].concat();
            "unsigned" "a transaction without witnesses" =>
                SignedTransaction { transaction: transaction(1, 1)?, witnesses: Bounded::empty() };
            "one-witness" broken "a transaction with one witness" => signed_transaction()?;
            "two-witnesses" "a transaction with two witnesses, one of which reveals a policy" =>
                two_witnesses()?;
            full "full-witnesses" "a transaction with 1,024 empty witnesses, the most" =>
                Repeat::new(&prefix, &encode(&witness(None, 0)?), 1024, &[]);
        }
        "encoding.decision" => {
            let rejected = Vote::Rejected(Rejection::LedOutpointLocked);
            let least = Decision { vote: Vote::None, settled: Settlement::No, expiry_epoch: Epoch(0) };
            "least" "a decision row with zero in every field" => least;
            "most" "a decision row of the last epoch" =>
                Decision { expiry_epoch: Epoch(u64::MAX), ..least };
            "none-committed" "a decision row that is committed without a vote" =>
                decision(Vote::None, Settlement::Committed);
            "accepted" "a decision row that is accepted and not settled" =>
                decision(Vote::Accepted, Settlement::No);
            "accepted-committed" broken "a decision row that is accepted and committed" =>
                decision(Vote::Accepted, Settlement::Committed);
            "accepted-aborted" "a decision row that is accepted and aborted" =>
                decision(Vote::Accepted, Settlement::Aborted);
            "rejected" broken "a decision row that is rejected" => decision(rejected, Settlement::No);
            "rejected-committed" "a decision row that no rule of the protocol creates" =>
                decision(rejected, Settlement::Committed);
        }
        "encoding.header" => {
            let most = u64::MAX;
            "distinct" broken "a header whose fields all differ" => header();
            "zero" "a header with zero in every field" => no_header();
            "most" "a header with the largest integers" =>
                Header {
                    shard: Shard(u16::MAX),
                    epoch: Epoch(most),
                    height: Height(most),
                    identity_height: Height(most),
                    ..header()
                };
        }
        "encoding.parameters" => {
            "distinct" broken "parameters whose fields all differ" => parameters();
            "least" "parameters with zero in every field" =>
                Parameters { chain_id: Digest::ZERO, shards: 0, fee_minimum: 0, rejections_max: 0 };
            "most" "parameters with the largest integers" =>
                Parameters {
                    shards: u16::MAX,
                    fee_minimum: u64::MAX,
                    rejections_max: u32::MAX,
                    ..parameters()
                };
        }
        "encoding.genesis" => {
            let before = [&1024u16.to_le_bytes()[..], &[0; 12], &1025u32.to_le_bytes()].concat();
            let after = [&0u32.to_le_bytes()[..], &[1; 5], &0u32.to_le_bytes()].concat();
            "typical" "a genesis with an identity shard, one shard, two proofs of possession and \
                       two grants" =>
                genesis(vec![roster(0, 4)?, roster(4, 4)?], 2, 2)?;
            "empty" "a genesis without shards, which the decoder accepts and the checks of genesis \
                     refuse" =>
                Genesis {
                    shards: 0,
                    fee_minimum: 0,
                    rejections_max: 0,
                    holders: [Holder::CommunityPools; 5],
                    ..genesis(vec![], 0, 0)?
                };
            "small" broken "a genesis with one roster of two validators, one proof of possession \
                            and one grant, which the decoder accepts and the checks of genesis \
                            refuse" =>
                genesis(vec![roster(0, 2)?], 1, 1)?;
            full "full-rosters" "a genesis with 1,025 empty rosters, the most, which the decoder \
                                 accepts and the checks of genesis refuse" =>
                Repeat::new(&before, &encode(&roster(0, 0)?), 1025, &after);
        }
        "encoding.shard_state" => {
            "first" "the state of a shard before its first block" => first_state();
            "one-each" "a state with one row in each map" => state(1)?;
            "two-each" broken "a state with two rows in each map" => state(2)?;
        }
    }
}

fn no_header() -> Header {
    Header {
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
    }
}

/// Of the first validators, and of nothing: any bytes decode.
fn possessions(count: u32) -> Result<Possessions, CaseError> {
    let proof = |number| Ok((validator_keys(number).node_id(), collective(&[])?.signature));
    let proofs: BTreeMap<_, _> = (0..count).map(proof).collect::<Result<_, CaseError>>()?;
    Ok(proofs.try_into()?)
}

fn genesis(rosters: Vec<Roster>, proofs: u32, grants: u32) -> Result<Genesis, CaseError> {
    let grant = |number| Grant { owner: account_id(number), amount: u64::from(number) };
    let account = |number| Holder::Account(account_id(number));
    Ok(Genesis {
        shards: 1,
        fee_minimum: 0x1112_1314_1516_1718,
        rejections_max: 0x2122_2324,
        rosters: rosters.try_into()?,
        possessions: possessions(proofs)?,
        holders: [account(10), account(11), Holder::CommunityPools, account(13), account(14)],
        grants: (1..=grants).map(grant).collect::<Vec<Grant>>().try_into()?,
    })
}

fn first_state() -> ShardState {
    let previous = digest("first block");
    ShardState {
        position: ChainPosition {
            shard: Shard(1),
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

/// A state with some rows in each map. What is larger than its key is as small as it can be: it has
/// a codec of its own.
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
