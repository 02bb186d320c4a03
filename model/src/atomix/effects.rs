//! What a step did, in the terms of the properties.
//!
//! Effects are computed from the shard's state before and after the step. They do not depend on the
//! answer of the rules, because a weakened rule could give a wrong answer.

use ioschain_spec::ledger::{OutPoint, ShardContext, ShardState, TxId};
use ioschain_spec::suite::Ideal;

use super::entry::import_of;
use super::identity_view::ClosedEpochs;
use super::memoised::TransactionSet;
use super::message::Message;
use super::observed_suite::{ModelRules, ObservedSuite};
use super::plan::SignableTransaction;
use ioschain_spec::identity::IdentityLog;

/// What a step did to outputs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Effects {
    /// The outpoints that are unspent after the step and were not unspent before it.
    pub appeared: Vec<OutPoint>,
    /// The transactions whose outputs were created, or whose locks ended without a refund.
    pub committed: TransactionSet,
    /// The transactions whose locked inputs were given back.
    pub returned: TransactionSet,
}

/// Past events that a state does not show. The properties need them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Events {
    /// An outpoint that had existed before became unspent again.
    pub revived: bool,
    /// A request of a stranger, with forged witnesses, changed something.
    pub forged: bool,
    /// A sweep settled a transaction.
    pub swept: bool,
}

/// The effects of a step that led a shard from one state to another.
pub fn effects(
    before: &ShardState,
    after: &ShardState,
    transactions: &[SignableTransaction],
    refund: impl Fn(&SignableTransaction, &OutPoint) -> OutPoint,
) -> Effects {
    let appeared = after.unspent.keys().filter(|outpoint| !before.unspent.contains_key(outpoint));
    let mut effects = Effects { appeared: appeared.copied().collect(), ..Effects::default() };
    for (place, signable) in (0u32..).zip(transactions) {
        let created = effects.appeared.iter().any(|outpoint| outpoint.txid == signable.txid);
        let locked = before.locks.iter().filter(|(_, lock)| lock.txid == signable.txid);
        let released: Vec<&OutPoint> = locked
            .map(|(outpoint, _)| outpoint)
            .filter(|outpoint| !after.locks.contains_key(outpoint))
            .collect();
        let is_given_back = released.iter().any(|locked| {
            effects.appeared.contains(locked)
                || effects.appeared.contains(&refund(signable, locked))
        });
        if created || !released.is_empty() && !is_given_back {
            effects.committed.insert(place);
        }
        if is_given_back {
            effects.returned.insert(place);
        }
    }
    effects
}

/// The outpoint of the refund of a locked input, according to the rules.
pub fn refund_of(
    rules: &ModelRules,
    genesis: &IdentityLog,
    signable: &SignableTransaction,
    locked: &OutPoint,
) -> OutPoint {
    let suite = &ObservedSuite::default();
    let context = ShardContext { suite, identity: genesis.view() };
    let mut inputs = signable.transaction.inputs.iter();
    let index = inputs.position(|input| input.outpoint == *locked).unwrap_or_default();
    rules.derive_refund(&context, &signable.txid, index as u32, locked)
}

/// The transactions that the block of a message names. So the block proves the shard's votes on
/// them.
pub fn named_transactions<Proof, Proofs>(
    message: &Message<Proof, Proofs>,
    state: &ShardState,
    closed: &ClosedEpochs,
    transactions: &[SignableTransaction],
) -> Vec<TxId> {
    match message {
        Message::Request { transaction }
        | Message::Forged { transaction }
        | Message::Commit { transaction, .. }
        | Message::Abort { transaction, .. } => {
            vec![transactions[usize::from(*transaction)].txid]
        }
        Message::Import => import_of(&closed.retained, state).map_or(Vec::new(), |import| {
            let listed = import.lists.iter().flatten();
            listed.map(|transaction| transaction.id(&Ideal)).collect()
        }),
        Message::Close => Vec::new(),
    }
}
