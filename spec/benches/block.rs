//! What a block costs on states of 10⁴, 10⁵ and 10⁶ unspent outputs.
//!
//! The block holds 2,000 single-shard transactions. Compare within one run: the cached root follows
//! the block, times the logarithm of the state; the readable one follows the state; `apply_block`
//! is dominated by the signatures. `signatures` is the floor.

use std::collections::BTreeMap;
use std::sync::{Mutex, OnceLock};

use divan::{Bencher, black_box};
use ioschain_spec::Rejection;
use ioschain_spec::atomix::Specification;
use ioschain_spec::atomix::attestation::Attests;
use ioschain_spec::chain::block::{BlockBuilder, BuiltBlock, apply_block};
use ioschain_spec::chain::entry::Entry;
use ioschain_spec::identity::IdentityLog;
use ioschain_spec::ledger::genesis::{Genesis, Grant, Holder, derive_genesis, found_rosters};
use ioschain_spec::ledger::owner::derive_witness_message;
use ioschain_spec::ledger::shard_state::{CachedRoots, RecomputedRoots, StateRoots};
use ioschain_spec::ledger::{
    AccountId, Input, Output, Payload, Policy, ShardContext, ShardEnvironment, ShardState,
    SignedTransaction, Transaction, Witness,
};
use ioschain_spec::primitives::ed25519::{KeyPair, verify_strict};
use ioschain_spec::primitives::hash::{Digest, sha256};
use ioschain_spec::primitives::keys::ValidatorKeyPairs;
use ioschain_spec::primitives::numbers::Epoch;
use ioschain_spec::suite::Normative;

const SIZES: [u32; 3] = [10_000, 100_000, 1_000_000];
const TRANSACTIONS: u32 = 2_000;
const ALLOCATIONS: u32 = 5;
const AMOUNT: u64 = 1_000;
const FEE: u64 = 1;

fn main() {
    divan::main();
}

/// A state of some size, its cached roots, and a block on top of it.
struct Prepared {
    log: IdentityLog,
    state: ShardState,
    roots: CachedRoots,
    built: BuiltBlock<<Normative as Attests>::Attestation, CachedRoots>,
}

/// Prepared once for each size.
fn prepared(size: u32) -> &'static Prepared {
    static ALL: OnceLock<Mutex<BTreeMap<u32, &'static Prepared>>> = OnceLock::new();
    let mut all = ALL.get_or_init(Mutex::default).lock().expect("benchmarks run on one thread");
    all.entry(size)
        .or_insert_with(|| Box::leak(Box::new(prepare(size).expect("an honest block is accepted"))))
}

fn prepare(size: u32) -> Result<Prepared, Rejection> {
    let owner = KeyPair::from_seed(&[1; 32]);
    let policy =
        Policy { threshold: 1, keys: BTreeMap::from([(owner.public_key(), 1)]).try_into()? };
    let account = policy.account_id();
    let genesis = genesis(size, account)?;
    let (log, mut states) = derive_genesis(&genesis)?;
    let state = states.swap_remove(0);
    let roots = CachedRoots::of(&state);
    let context = ShardContext { suite: &Normative, identity: log.view() };
    let mut builder =
        BlockBuilder::new(ShardEnvironment { rules: &Specification, context: &context }, &state);
    for index in 0..TRANSACTIONS {
        let transaction = payment(&genesis, index, account)?;
        let message = derive_witness_message(&Normative, &transaction.id(&Normative));
        let signatures = BTreeMap::from([(owner.public_key(), owner.sign(&message.0))]);
        let witness = Witness { policy: Some(policy.clone()), signatures: signatures.try_into()? };
        let witnesses = vec![witness].try_into()?;
        builder.push(Entry::Single(SignedTransaction { transaction, witnesses }))?;
    }
    let built = builder.finish(&roots)?;
    Ok(Prepared { log: log.clone(), state, roots, built })
}

/// One shard, so that every transaction is a single-shard one.
fn genesis(size: u32, account: AccountId) -> Result<Genesis, Rejection> {
    let seed = |shard: u8, validator: u8| [[shard, validator]; 16].as_flattened().try_into();
    let key_pairs =
        |shard, validator| ValidatorKeyPairs::from_seed(&seed(shard, validator).unwrap_or([0; 32]));
    let validators = |shard| (0..4).map(|validator| key_pairs(shard, validator)).collect();
    let (rosters, possessions) = found_rosters(&[validators(0), validators(1)])?;
    let grants = (0..size - ALLOCATIONS).map(|_| Grant { owner: account, amount: AMOUNT });
    Ok(Genesis {
        shards: 1,
        fee_minimum: FEE,
        rejections_max: 0,
        rosters,
        possessions,
        holders: [Holder::Account(AccountId(sha256(&[b"holder"]))); 5],
        grants: grants.collect::<Vec<_>>().try_into()?,
    })
}

/// One input, two outputs.
fn payment(genesis: &Genesis, index: u32, account: AccountId) -> Result<Transaction, Rejection> {
    let outpoint = Genesis::outpoint(ALLOCATIONS + index);
    let output = |amount| Output { owner: account, amount, data_hash: None };
    Ok(Transaction {
        version: 1,
        chain_id: genesis.parameters().chain_id,
        inputs: vec![Input { outpoint, owner: account, amount: AMOUNT }].try_into()?,
        outputs: vec![output(400), output(AMOUNT - FEE - 400)].try_into()?,
        fee: FEE,
        expiry_epoch: Epoch(1),
        salt: 0,
        payload: Payload::Transfer,
    })
}

/// The root after the block, from the kept tries.
#[divan::bench(args = SIZES, sample_count = 10)]
fn cached_root(bencher: Bencher<'_, '_>, size: u32) {
    let Prepared { state, roots, built, .. } = prepared(size);
    bencher.bench(|| roots.after(black_box(state), &built.changes).0);
}

/// The root after the block, from nothing.
#[divan::bench(args = SIZES, sample_count = 3)]
fn readable_root(bencher: Bencher<'_, '_>, size: u32) {
    let Prepared { state, built, .. } = prepared(size);
    bencher.bench(|| RecomputedRoots.after(black_box(state), &built.changes).0);
}

/// The whole block: every check, every signature, the cached root.
#[divan::bench(args = SIZES, sample_count = 5)]
fn apply_block_with_cached_root(bencher: Bencher<'_, '_>, size: u32) {
    let Prepared { log, state, roots, built } = prepared(size);
    bencher.with_inputs(|| (state.clone(), roots.clone())).bench_values(
        |(mut state, mut roots)| {
            apply_block(&Specification, &Normative, log, &mut state, &mut roots, &built.block)
                .expect("the block was built on this state");
            (state, roots) // dropped outside of the measurement
        },
    );
}

/// As many strict verifications as the block has signatures.
#[divan::bench(sample_count = 5)]
fn signatures(bencher: Bencher<'_, '_>) {
    let owner = KeyPair::from_seed(&[1; 32]);
    let signed: Vec<_> = (0..TRANSACTIONS)
        .map(|number| {
            let Digest(message) = sha256(&[&number.to_le_bytes()]);
            (message, owner.sign(&message))
        })
        .collect();
    bencher.bench(|| {
        signed
            .iter()
            .all(|(message, signature)| verify_strict(&owner.public_key(), message, signature))
    });
}
