//! §3: transactions, shards of owners, states, blocks, genesis, conservation.

use serde_json::{Value, json};

use ioschain_spec::atomix::ExpiryList;
use ioschain_spec::chain::block::apply_block;
use ioschain_spec::chain::conservation::{RetainedLists, conservation_sum};
use ioschain_spec::ledger::genesis::{Genesis, derive_genesis};
use ioschain_spec::ledger::owner::derive_shard_of_owner;
use ioschain_spec::ledger::shard_state::RecomputedRoots;
use ioschain_spec::ledger::{
    AccountId, Overlay, Policy, ShardContext, ShardState, SignedTransaction, Transaction,
};
use ioschain_spec::parameters::Parameters;
use ioschain_spec::primitives::encoding::decode;
use ioschain_spec::primitives::numbers::Shard;
use ioschain_spec::suite::Normative;

use super::Answers::{self, ByRules, Plain};
use super::encoding::Block;
use super::json::{from_json, list, member, read, read_bytes, read_list, to_json};
use super::world::{read_log, shard_and};
use super::{Handler, NormativeRules, Outcome, Shape};
use crate::format::vector::HandlerKind::Function;

pub(super) const HANDLERS: [Handler; 10] = [
    handler(
        "ledger.account_id",
        "The id of the account whose first policy this is.",
        Shape::new(&[("policy", "Policy")], &[("account_id", "AccountId")]),
        Plain(account_id),
    ),
    handler(
        "ledger.shard_of_owner",
        "The shard to which an owner's outputs belong.",
        Shape::new(&[("owner", "AccountId"), ("shards", "u16")], &[("shard", "u16")]),
        Plain(shard_of_owner),
    ),
    handler(
        "ledger.txid",
        "The id of a transaction.",
        Shape::new(&[("transaction", "Transaction")], &[("txid", "TxId")]),
        Plain(txid),
    ),
    handler(
        "ledger.fee_parts",
        "The part of the fee that each shard from 1 to `shards` earns when the transaction is \
         committed.",
        Shape::new(
            &[("transaction", "Transaction"), ("shards", "u16")],
            &[("parts", "[[u16, u64]] (shard and amount)")],
        ),
        Plain(fee_parts),
    ),
    handler(
        "ledger.check_static",
        "The static checks of a transaction. The first check that fails determines the answer; \
         decoding the bytes of the Transaction is the first check.",
        Shape::new(&[("parameters", "Parameters"), ("bytes", "bytes")], &[("txid", "TxId")]),
        ByRules(check_static),
    ),
    handler(
        "ledger.apply",
        "A shard applies a transaction that belongs to it alone.",
        Shape::new(shard_and![("request", "SignedTransaction")], &[("state", "ShardState")]),
        ByRules(apply),
    ),
    handler(
        "ledger.state_root",
        "The state root of a shard.",
        Shape::new(&[("state", "ShardState")], &[("root", "Digest")]),
        Plain(state_root),
    ),
    handler(
        "ledger.apply_block",
        "A shard checks a block and applies it.",
        Shape::new(
            shard_and![("block", "Block")],
            &[("receipts", "[Receipt]"), ("state", "ShardState")],
        ),
        ByRules(apply_one_block),
    ),
    handler(
        "ledger.genesis",
        "The chain id and the first states of the shards 1 to m.",
        Shape::new(
            &[("genesis", "Genesis")],
            &[("chain_id", "Digest"), ("states", "[ShardState]")],
        ),
        Plain(genesis),
    ),
    handler(
        "ledger.conservation",
        "The conservation sum over the shards 1 to m; `retained` are expiry lists of closed \
         epochs.",
        Shape::new(
            &[
                ("states", "[ShardState]"),
                ("retained", "[{epoch: u64, source: u16, lists: [[Transaction]]}]"),
            ],
            &[("sum", "u64")],
        ),
        Plain(conservation),
    ),
];

const fn handler(name: &'static str, doc: &'static str, shape: Shape, answer: Answers) -> Handler {
    Handler { name, kind: Function, doc, shape, answer }
}

fn account_id(input: &Value) -> Outcome {
    let policy: Policy = read(input, "policy")?;
    Ok(json!({ "account_id": to_json(&policy.account_id())? }))
}

fn shard_of_owner(input: &Value) -> Outcome {
    let owner: AccountId = read(input, "owner")?;
    Ok(json!({ "shard": derive_shard_of_owner(&owner, read(input, "shards")?).0 }))
}

fn txid(input: &Value) -> Outcome {
    let transaction: Transaction = read(input, "transaction")?;
    Ok(json!({ "txid": to_json(&transaction.id(&Normative))? }))
}

fn fee_parts(input: &Value) -> Outcome {
    let transaction: Transaction = read(input, "transaction")?;
    let shards: u16 = read(input, "shards")?;
    let part = |shard: Shard| json!([shard.0, transaction.fee_part(shard, shards).to_string()]);
    Ok(json!({ "parts": Shard::all(shards).map(part).collect::<Vec<_>>() }))
}

fn check_static(rules: &NormativeRules, input: &Value) -> Outcome {
    let parameters: Parameters = read(input, "parameters")?;
    let transaction: Transaction = decode(&read_bytes(input, "bytes")?)?;
    rules.check_static(&parameters, &transaction)?;
    Ok(json!({ "txid": to_json(&transaction.id(&Normative))? }))
}

fn apply(rules: &NormativeRules, input: &Value) -> Outcome {
    let log = read_log(input)?;
    let context = ShardContext { suite: &Normative, identity: log.view() };
    let mut state: ShardState = read(input, "state")?;
    let request: SignedTransaction = read(input, "request")?;
    let mut overlay = Overlay::on(&state);
    rules.apply_single(&context, &mut overlay, &request)?;
    let changes = overlay.into_changes();
    state.apply(changes);
    Ok(json!({ "state": to_json(&state)? }))
}

fn state_root(input: &Value) -> Outcome {
    let state: ShardState = read(input, "state")?;
    Ok(json!({ "root": to_json(&state.root())? }))
}

fn apply_one_block(rules: &NormativeRules, input: &Value) -> Outcome {
    let log = read_log(input)?;
    let mut state: ShardState = read(input, "state")?;
    let block: Block = read(input, "block")?;
    let mut roots = RecomputedRoots;
    let receipts = apply_block(rules, &Normative, &log, &mut state, &mut roots, &block)?;
    Ok(json!({
        "receipts": receipts.iter().map(to_json).collect::<Result<Vec<_>, _>>()?,
        "state": to_json(&state)?,
    }))
}

fn genesis(input: &Value) -> Outcome {
    let genesis: Genesis = read(input, "genesis")?;
    let (_, states) = derive_genesis(&genesis)?;
    Ok(json!({
        "chain_id": to_json(&genesis.parameters().chain_id)?,
        "states": states.iter().map(to_json).collect::<Result<Vec<_>, _>>()?,
    }))
}

fn conservation(input: &Value) -> Outcome {
    let states: Vec<ShardState> = read_list(input, "states")?;
    let mut retained = RetainedLists::new();
    for row in list(input, "retained")? {
        let place = |at: &str| member(row, at);
        let lists: Vec<ExpiryList> = read_list(row, "lists")?;
        retained.insert((from_json(place("epoch")?)?, from_json(place("source")?)?), lists);
    }
    Ok(json!({ "sum": conservation_sum(&Normative, &states, &retained)?.to_string() }))
}
