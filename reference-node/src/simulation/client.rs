//! A client. It carries one payment from the shards of its inputs to its end, or disappears before
//! that.

use std::collections::{BTreeMap, BTreeSet};

use ioschain_spec::Rejection;
use ioschain_spec::atomix::{Answer, UnlockAbort, UnlockCommit};
use ioschain_spec::chain::entry::Entry;
use ioschain_spec::ledger::{Settlement, SignedTransaction, TxId, Vote};
use ioschain_spec::primitives::numbers::Shard;

use super::Proof;
use super::network::Network;

/// The end of a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// The payment's outputs were created.
    Committed,
    /// Some shard had locked inputs of the payment, and has returned them.
    Aborted,
    /// No shard has locked any input of the payment.
    Rejected,
}

/// A payment that was built and sent.
pub(super) struct Client {
    payment: usize,
    request: SignedTransaction,
    pub(super) txid: TxId,
    input_shards: BTreeSet<Shard>,
    participants: BTreeSet<Shard>,
    /// Whether the client disappears after it has sent its lock requests.
    vanishes: bool,
    /// The newest proof by each shard about this payment.
    proofs: BTreeMap<Shard, Proof>,
    /// The input shards that refused the request finally and without a vote.
    refused: BTreeSet<Shard>,
    /// The input shards whose last block had no room for their vote. The client asks them again.
    without_room: BTreeSet<Shard>,
    applied: bool,
    /// The shards to which the client has sent an unlock.
    unlocked: BTreeSet<Shard>,
}

impl Client {
    pub(super) fn new(
        payment: usize,
        request: SignedTransaction,
        txid: TxId,
        shards: u16,
        vanishes: bool,
    ) -> Self {
        Self {
            payment,
            txid,
            input_shards: request.transaction.input_shards(shards),
            participants: request.transaction.participants(shards),
            request,
            vanishes,
            proofs: BTreeMap::new(),
            refused: BTreeSet::new(),
            without_room: BTreeSet::new(),
            applied: false,
            unlocked: BTreeSet::new(),
        }
    }

    pub(super) fn is_cross_shard(&self) -> bool {
        self.participants.len() > 1
    }

    /// Sends the first messages: the transaction if it concerns one shard, otherwise a lock request
    /// to each input shard.
    pub(super) fn start(&self, round: u64, network: &mut Network) {
        let request = self.request.clone();
        let entry =
            if self.is_cross_shard() { Entry::Lock(request) } else { Entry::Single(request) };
        network.send(round, self.input_shards.iter().copied(), self.payment, &entry);
    }

    /// Receives a shard's answer to a message.
    pub(super) fn hear(&mut self, shard: Shard, answer: Result<Answer, Rejection>) {
        match answer {
            Ok(Answer::Applied) => self.applied = true,
            Ok(_) => {} // votes and settlements come with their proofs
            Err(_) if self.vote(shard).is_some() => {} // a late duplicate
            // ATX-LOCK-07: this block holds as many rejections as it may, a later one has room.
            Err(Rejection::AtxRejectionLimit) if !self.vanishes => {
                self.without_room.insert(shard);
            }
            Err(_) => {
                self.refused.insert(shard);
            }
        }
    }

    /// Receives a shard's proof about the payment.
    pub(super) fn receive(&mut self, proof: Proof) {
        self.proofs.insert(proof.header.shard, proof);
    }

    fn vote(&self, shard: Shard) -> Option<Vote> {
        self.proofs.get(&shard).map(|proof| proof.decision.vote)
    }

    fn settlement(&self, shard: Shard) -> Option<Settlement> {
        self.proofs.get(&shard).map(|proof| proof.decision.settled)
    }

    fn accepted(&self) -> impl Iterator<Item = Shard> {
        let shards = self.input_shards.iter().copied();
        shards.filter(|shard| self.vote(*shard) == Some(Vote::Accepted))
    }

    /// Asks the shards again that had no room, and sends the unlocks as soon as the proofs allow
    /// it.
    pub(super) fn act(&mut self, round: u64, network: &mut Network) -> Result<(), Rejection> {
        if self.vanishes || !self.is_cross_shard() {
            return Ok(());
        }
        self.ask_again(round, network);
        self.unlock(round, network)
    }

    fn ask_again(&mut self, round: u64, network: &mut Network) {
        let shards = std::mem::take(&mut self.without_room);
        let undecided: Vec<Shard> =
            shards.into_iter().filter(|shard| self.vote(*shard).is_none()).collect();
        if !undecided.is_empty() {
            network.send(round, undecided, self.payment, &Entry::Lock(self.request.clone()));
        }
    }

    fn unlock(&mut self, round: u64, network: &mut Network) -> Result<(), Rejection> {
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
        let transaction = self.request.transaction.clone();
        let entry = Entry::UnlockCommit(UnlockCommit { transaction, proofs: proofs.try_into()? });
        network.send(round, self.participants.iter().copied(), self.payment, &entry);
        self.unlocked = self.participants.clone();
        Ok(())
    }

    fn unlock_abort(&mut self, round: u64, network: &mut Network, proof: Proof) {
        let targets: BTreeSet<Shard> =
            self.accepted().filter(|shard| !self.unlocked.contains(shard)).collect();
        let transaction = self.request.transaction.clone();
        let entry = Entry::UnlockAbort(UnlockAbort { transaction, proof });
        network.send(round, targets.iter().copied(), self.payment, &entry);
        self.unlocked.extend(targets);
    }

    /// The end of the payment, once every shard has settled its part of it.
    pub(super) fn ending(&self) -> Option<Ending> {
        let settled_everywhere = |shards: &BTreeSet<Shard>, settlement| -> bool {
            shards.iter().all(|shard| self.settlement(*shard) == Some(settlement))
        };
        if self.applied || settled_everywhere(&self.participants, Settlement::Committed) {
            return Some(Ending::Committed);
        }
        let answered = |shard: &Shard| self.vote(*shard).is_some() || self.refused.contains(shard);
        if !self.input_shards.iter().all(answered) {
            return None;
        }
        let accepted: BTreeSet<Shard> = self.accepted().collect();
        if accepted.is_empty() {
            Some(Ending::Rejected)
        } else if settled_everywhere(&accepted, Settlement::Aborted) {
            Some(Ending::Aborted)
        } else {
            None
        }
    }
}
