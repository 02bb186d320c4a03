//! The same states with transactions under other names.
//!
//! A renaming exchanges transactions that are equal except for their salt. The state itself is
//! renamed: ids, outpoints, transactions, and the lists of closed epochs with their roots.

use std::collections::BTreeMap;

use ioschain_spec::atomix::ExpiryList;
use ioschain_spec::atomix::sweep::expiry_list_root;
use ioschain_spec::identity::EpochClosed;
use ioschain_spec::ledger::{Lock, OutPoint, ShardState, Transaction, TxId};
use ioschain_spec::suite::Ideal;

use super::{LogId, ShardMemo, ShardStateId, TransactionSet};
use crate::atomix::message::AttestedVote;

/// New names for some of a plan's transactions.
#[derive(Clone, Debug)]
pub struct Renaming {
    /// At index i, the new number of transaction i.
    transactions: Vec<u8>,
    /// The ids that change, each with the new id and the transaction that has the new id.
    bodies: BTreeMap<TxId, (TxId, Transaction)>,
    /// The outpoints that change: outputs and refunds.
    outpoints: BTreeMap<OutPoint, OutPoint>,
}

impl ShardMemo {
    /// The renaming that changes transaction i into transaction `transactions[i]`. The two must be
    /// equal except for the salt.
    pub fn renaming(&self, transactions: &[u8]) -> Renaming {
        let mut renaming = Renaming {
            transactions: transactions.to_vec(),
            bodies: BTreeMap::new(),
            outpoints: BTreeMap::new(),
        };
        for (old, new) in self.transactions.iter().zip(transactions) {
            let new = &self.transactions[usize::from(*new)];
            renaming.bodies.insert(old.txid, (new.txid, new.transaction.clone()));
            for (index, _) in (0u32..).zip(old.transaction.outputs.iter()) {
                let output = |txid| OutPoint { txid, index };
                renaming.outpoints.insert(output(old.txid), output(new.txid));
            }
            for input in old.transaction.inputs.iter() {
                let given_back = |signable| self.refund(signable, &input.outpoint);
                renaming.outpoints.insert(given_back(old), given_back(new));
            }
        }
        renaming
    }

    /// A shard's state under the new names.
    pub fn rename_shard_state(&mut self, id: ShardStateId, names: &Renaming) -> ShardStateId {
        let state = &self.shard_state(id).state;
        let renamed = ShardState {
            unspent: entries(&state.unspent, |key, value| (names.outpoint(key), value.clone())),
            // The outpoints of locked outputs do not change, because equal payments exchange their
            // names only if nothing spends their outputs or refunds.
            locks: entries(&state.locks, |key, lock| {
                (*key, Lock { txid: names.txid(&lock.txid), ..lock.clone() })
            }),
            decisions: entries(&state.decisions, |key, row| (names.txid(key), *row)),
            pending: entries(&state.pending, |key, body| names.transaction(key, body)),
            ..state.clone()
        };
        self.intern_shard_state(renamed)
    }

    /// A log under the new names.
    ///
    /// # Panics
    /// If the renamed log is not a valid log. This does not happen, because it has the same number
    /// of entries for the same shards.
    pub fn rename_log(&mut self, log: LogId, names: &Renaming) -> LogId {
        let old = self.log(log).clone();
        let mut renamed = 0;
        for (place, entry) in &old.closed.entries {
            let lists: Vec<ExpiryList> =
                old.closed.retained[place].iter().map(|list| names.list(list)).collect();
            let roots: Vec<_> = lists.iter().map(expiry_list_root).collect();
            let expiry_roots = roots.try_into().expect("as many as there were");
            let entry = EpochClosed { expiry_roots, ..entry.clone() };
            let known = self.log(renamed).clone();
            renamed = self.intern_log(&known, entry, lists).expect("the old log took its entry");
        }
        renamed
    }

    /// An attestation under the new names, by number.
    pub fn rename_attestation(&mut self, number: u8, names: &Renaming) -> u32 {
        let AttestedVote { shard, transaction, vote } = self.attested_vote(number);
        let new = names.transactions[usize::from(transaction)];
        let txid = self.transactions[usize::from(new)].txid;
        self.attest(shard, txid, vote).expect("what was attested is a vote")
    }

    /// An outpoint under the new names, by number.
    pub fn rename_outpoint(&mut self, number: u8, names: &Renaming) -> u32 {
        let new = names.outpoint(self.outpoints.get(u32::from(number)));
        self.outpoints.intern(new, || new)
    }
}

impl Renaming {
    /// Transactions of the plan under the new names.
    pub fn transactions(&self, old: TransactionSet) -> TransactionSet {
        old.members().map(|old| u32::from(self.transactions[usize::from(old)])).collect()
    }

    fn txid(&self, old: &TxId) -> TxId {
        self.bodies.get(old).map_or(*old, |(txid, _)| *txid)
    }

    fn outpoint(&self, old: &OutPoint) -> OutPoint {
        self.outpoints.get(old).copied().unwrap_or(*old)
    }

    fn transaction(&self, txid: &TxId, body: &Transaction) -> (TxId, Transaction) {
        self.bodies.get(txid).cloned().unwrap_or_else(|| (*txid, body.clone()))
    }

    /// A list in the order of the new ids.
    fn list(&self, list: &ExpiryList) -> ExpiryList {
        let rename = |body: &Transaction| self.transaction(&body.id(&Ideal), body);
        let renamed: BTreeMap<TxId, Transaction> = list.iter().map(rename).collect();
        let bodies: Vec<Transaction> = renamed.into_values().collect();
        bodies.try_into().expect("as many as there were")
    }
}

/// A map of renamed entries.
fn entries<K: Ord, V>(map: &BTreeMap<K, V>, rename: impl Fn(&K, &V) -> (K, V)) -> BTreeMap<K, V> {
    map.iter().map(|(key, value)| rename(key, value)).collect()
}
