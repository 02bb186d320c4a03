//! A client: carries one payment from its inputs' shards to the end, or disappears on the way.

use std::collections::{BTreeMap, BTreeSet};

use ioschain_spec::Rejection;
use ioschain_spec::atomix::{Answer, UnlockAbort, UnlockCommit};
use ioschain_spec::ledger::block::Entry;
use ioschain_spec::ledger::{Settlement, SignedTransaction, Transaction, TxId, Vote};

use super::Proof;
use super::network::Network;

/// How a payment ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// Its outputs exist.
    Committed,
    /// Some shard had locked its inputs and gave them back.
    Aborted,
    /// No shard ever locked any of its inputs.
    Rejected,
}

/// A payment that was built and sent.
pub(super) struct Client {
    payment: usize,
    transaction: Transaction,
    pub(super) txid: TxId,
    input_shards: BTreeSet<u16>,
    participants: BTreeSet<u16>,
    /// It sends its lock requests and is never seen again.
    vanishes: bool,
    /// The newest proof by each shard.
    proofs: BTreeMap<u16, Proof>,
    /// Input shards that refused the request without a vote.
    refused: BTreeSet<u16>,
    applied: bool,
    /// Shards that were sent an unlock.
    unlocked: BTreeSet<u16>,
}

impl Client {
    pub(super) fn new(
        payment: usize,
        transaction: Transaction,
        txid: TxId,
        shards: u16,
        vanishes: bool,
    ) -> Self {
        Self {
            payment,
            txid,
            input_shards: transaction.input_shards(shards),
            participants: transaction.participants(shards),
            transaction,
            vanishes,
            proofs: BTreeMap::new(),
            refused: BTreeSet::new(),
            applied: false,
            unlocked: BTreeSet::new(),
        }
    }

    pub(super) fn is_cross_shard(&self) -> bool {
        self.participants.len() > 1
    }

    /// The first messages: one shard applies, several lock.
    pub(super) fn start(&self, request: SignedTransaction, round: u64, network: &mut Network) {
        let entry =
            if self.is_cross_shard() { Entry::Lock(request) } else { Entry::Single(request) };
        network.send(round, self.input_shards.iter().copied(), self.payment, &entry);
    }

    /// A shard's answer to a message.
    pub(super) fn hear(&mut self, shard: u16, answer: Result<Answer, Rejection>) {
        match answer {
            Ok(Answer::Applied) => self.applied = true,
            Err(_) if self.vote(shard).is_none() => {
                self.refused.insert(shard);
            }
            _ => {} // votes and settlements come with their proofs
        }
    }

    /// A shard's proof about the payment.
    pub(super) fn receive(&mut self, proof: Proof) {
        self.proofs.insert(proof.header.shard, proof);
    }

    fn vote(&self, shard: u16) -> Option<Vote> {
        self.proofs.get(&shard).map(|proof| proof.decision.vote)
    }

    fn settlement(&self, shard: u16) -> Option<Settlement> {
        self.proofs.get(&shard).map(|proof| proof.decision.settled)
    }

    fn accepted(&self) -> impl Iterator<Item = u16> {
        let shards = self.input_shards.iter().copied();
        shards.filter(|shard| self.vote(*shard) == Some(Vote::Accepted))
    }

    /// Step two, as soon as the proofs allow it.
    pub(super) fn unlock(&mut self, round: u64, network: &mut Network) -> Result<(), Rejection> {
        if self.vanishes || !self.is_cross_shard() {
            return Ok(());
        }
        let mut votes = self.input_shards.iter().map(|shard| self.vote(*shard));
        if votes.all(|vote| vote == Some(Vote::Accepted)) {
            return self.unlock_commit(round, network);
        }
        let rejection =
            self.proofs.values().find(|proof| matches!(proof.decision.vote, Vote::Rejected(_)));
        match rejection.cloned() {
            Some(proof) => {
                self.unlock_abort(round, network, proof);
                Ok(())
            }
            None => Ok(()), // wait: for votes, or for the sweep
        }
    }

    fn unlock_commit(&mut self, round: u64, network: &mut Network) -> Result<(), Rejection> {
        if self.unlocked == self.participants {
            return Ok(());
        }
        let proofs: Vec<Proof> =
            self.input_shards.iter().filter_map(|shard| self.proofs.get(shard).cloned()).collect();
        let transaction = self.transaction.clone();
        let entry = Entry::UnlockCommit(UnlockCommit { transaction, proofs: proofs.try_into()? });
        network.send(round, self.participants.iter().copied(), self.payment, &entry);
        self.unlocked = self.participants.clone();
        Ok(())
    }

    fn unlock_abort(&mut self, round: u64, network: &mut Network, proof: Proof) {
        let targets: BTreeSet<u16> =
            self.accepted().filter(|shard| !self.unlocked.contains(shard)).collect();
        let transaction = self.transaction.clone();
        let entry = Entry::UnlockAbort(UnlockAbort { transaction, proof });
        network.send(round, targets.iter().copied(), self.payment, &entry);
        self.unlocked.extend(targets);
    }

    /// How the payment ended, once every shard has settled its part.
    pub(super) fn ending(&self) -> Option<Ending> {
        let settled_everywhere = |shards: &BTreeSet<u16>, settlement| -> bool {
            shards.iter().all(|shard| self.settlement(*shard) == Some(settlement))
        };
        if self.applied || settled_everywhere(&self.participants, Settlement::Committed) {
            return Some(Ending::Committed);
        }
        let answered = |shard: &u16| self.vote(*shard).is_some() || self.refused.contains(shard);
        if !self.input_shards.iter().all(answered) {
            return None;
        }
        let accepted: BTreeSet<u16> = self.accepted().collect();
        if accepted.is_empty() {
            Some(Ending::Rejected)
        } else if settled_everywhere(&accepted, Settlement::Aborted) {
            Some(Ending::Aborted)
        } else {
            None
        }
    }
}
