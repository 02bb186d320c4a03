//! The same states with transactions under other names.
//!
//! A renaming exchanges transactions that are equal but for their salt. What is renamed is the state
//! itself: ids, outpoints, bodies, and the lists of closed epochs with their roots.

use std::collections::BTreeMap;

use ioschain_spec::atomix::ExpiryList;
use ioschain_spec::atomix::sweep::expiry_list_root;
use ioschain_spec::identity::EpochClosed;
use ioschain_spec::ledger::{Decision, Lock, OutPoint, Settlement, ShardState, Transaction, TxId};
use ioschain_spec::suite::Ideal;

use super::{Attested, LocalId, LogId, Steps, members};

/// New names for some of a plan's transactions.
#[derive(Clone, Debug)]
pub struct Renaming {
    /// At place i the new number of transaction i.
    transactions: Vec<u8>,
    /// The ids that change, and the transactions that bear the new ones.
    carried: BTreeMap<TxId, (TxId, Transaction)>,
    /// The outpoints that change: outputs, and what comes back of aborted transactions.
    outpoints: BTreeMap<OutPoint, OutPoint>,
}

impl Steps {
    /// The renaming by which transaction i becomes transaction `transactions[i]`, which is equal to it
    /// but for the salt.
    pub fn renaming(&self, transactions: &[u8]) -> Renaming {
        let mut renaming = Renaming {
            transactions: transactions.to_vec(),
            carried: BTreeMap::new(),
            outpoints: BTreeMap::new(),
        };
        for (old, new) in self.transactions.iter().zip(transactions) {
            let new = &self.transactions[usize::from(*new)];
            renaming.carried.insert(old.txid, (new.txid, new.transaction.clone()));
            for (index, _) in (0u32..).zip(old.transaction.outputs.iter()) {
                let output = |txid| OutPoint { txid, index };
                renaming.outpoints.insert(output(old.txid), output(new.txid));
            }
            for input in old.transaction.inputs.iter() {
                let given_back = |carried| self.refund(carried, &input.outpoint);
                renaming.outpoints.insert(given_back(old), given_back(new));
            }
        }
        renaming
    }

    /// A shard's state under the new names.
    pub fn rename_local(&mut self, local: LocalId, names: &Renaming) -> LocalId {
        let state = &self.local(local).state;
        let renamed = ShardState {
            unspent: entries(&state.unspent, |key, value| (names.outpoint(key), value.clone())),
            // What is locked keeps its name: equal payments exchange theirs only if nothing spends what
            // they leave.
            locks: entries(&state.locks, |key, lock| {
                (*key, Lock { txid: names.txid(&lock.txid), ..lock.clone() })
            }),
            decisions: entries(&state.decisions, |key, row| (names.txid(key), *row)),
            pending: entries(&state.pending, |key, body| names.transaction(key, body)),
            ..state.clone()
        };
        self.number_local(renamed)
    }

    /// A log under the new names.
    ///
    /// # Panics
    /// If the renamed log is none, which its entries rule out: they are as many, of the same shards.
    pub fn rename_log(&mut self, log: LogId, names: &Renaming) -> LogId {
        let old = self.log(log).clone();
        let mut renamed = 0;
        for (place, entry) in &old.entries {
            let lists: Vec<ExpiryList> =
                old.retained[place].iter().map(|list| names.list(list)).collect();
            let roots: Vec<_> = lists.iter().map(expiry_list_root).collect();
            let expiry_roots = roots.try_into().expect("as many as there were");
            let entry = EpochClosed { expiry_roots, ..entry.clone() };
            let seen = self.log(renamed).clone();
            renamed = self.number_log(&seen, entry, lists).expect("the old log took its entry");
        }
        renamed
    }

    /// An attestation under the new names, by number.
    pub fn rename_attestation(&mut self, number: u8, names: &Renaming) -> u32 {
        let Attested { shard, transaction, vote } = self.said(number);
        let new = names.transactions[usize::from(transaction)];
        let txid = self.transactions[usize::from(new)].txid;
        let row = Decision { vote, settled: Settlement::No, expiry_epoch: 0 };
        self.attest(shard, txid, &row).trailing_zeros()
    }

    /// An outpoint under the new names, by number.
    pub fn rename_outpoint(&mut self, number: u8, names: &Renaming) -> u32 {
        let new = names.outpoint(self.outpoints.get(u32::from(number)));
        self.outpoints.number(new, || new)
    }
}

impl Renaming {
    /// Transactions of the plan, as bits, under the new names.
    pub fn transactions(&self, bits: u8) -> u8 {
        let renamed = members(u64::from(bits)).map(|old| 1 << self.transactions[usize::from(old)]);
        renamed.fold(0, |all, bits| all | bits)
    }

    fn txid(&self, old: &TxId) -> TxId {
        self.carried.get(old).map_or(*old, |(txid, _)| *txid)
    }

    fn outpoint(&self, old: &OutPoint) -> OutPoint {
        self.outpoints.get(old).copied().unwrap_or(*old)
    }

    fn transaction(&self, txid: &TxId, body: &Transaction) -> (TxId, Transaction) {
        self.carried.get(txid).cloned().unwrap_or_else(|| (*txid, body.clone()))
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
