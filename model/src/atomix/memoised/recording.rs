//! Gives numbers to the results of a step and to its effects.

use std::collections::BTreeMap;

use ioschain_spec::ledger::{OutPoint, ShardState, TxId, Vote};
use ioschain_spec::primitives::numbers::Shard;

use super::{AttestationSet, LogId, ShardMemo, Transition};
use crate::atomix::effects::{effects, refund_of};
use crate::atomix::message::AttestedVote;
use crate::atomix::observed_suite::attestation;
use crate::atomix::plan::{self, Plan, SignableTransaction};

impl ShardMemo {
    /// Gives numbers to the results of a step, and records its effects.
    pub(super) fn record(
        &mut self,
        before: &ShardState,
        after: ShardState,
        log: LogId,
        named: &[TxId],
    ) -> Transition {
        let mut attested = AttestationSet::EMPTY;
        for txid in named {
            if let Some(row) = self.rules.read_decision(&after, txid) {
                let number = self.attest(after.position.shard, *txid, row.vote);
                number.into_iter().for_each(|number| attested.insert(number));
            }
        }
        let refund =
            |signable: &SignableTransaction, locked: &OutPoint| self.refund(signable, locked);
        let effects = effects(before, &after, &self.transactions, refund);
        let appeared = effects.appeared.iter();
        let appeared =
            appeared.map(|outpoint| self.outpoints.intern(*outpoint, || *outpoint)).collect();
        Transition {
            shard_state: self.intern_shard_state(after),
            log,
            attested,
            appeared,
            committed: effects.committed,
            returned: effects.returned,
        }
    }

    /// Names of the outpoints of a plan.
    pub fn named_outpoints(&self, plan: &Plan) -> BTreeMap<OutPoint, String> {
        let mut names = BTreeMap::new();
        for coin in 0..plan.coins.len() {
            names.insert(plan::coin(coin), format!("coin {coin}"));
        }
        for (place, signable) in self.transactions.iter().enumerate() {
            for (index, _) in (0u32..).zip(signable.transaction.outputs.iter()) {
                let outpoint = OutPoint { txid: signable.txid, index };
                names.insert(outpoint, format!("T{place} output {index}"));
            }
            for input in signable.transaction.inputs.iter() {
                let spent = names.get(&input.outpoint).cloned().unwrap_or_default();
                let refund = self.refund(signable, &input.outpoint);
                names.entry(refund).or_insert(format!("T{place} refund of {spent}"));
            }
        }
        names
    }

    /// The outpoint of the refund of a locked input, according to the rules.
    pub(super) fn refund(&self, signable: &SignableTransaction, locked: &OutPoint) -> OutPoint {
        refund_of(self.rules, self.genesis(), signable, locked)
    }

    /// The number of the attestation of a vote. `None` if the shard has no vote.
    pub(super) fn attest(&mut self, shard: Shard, txid: TxId, vote: Vote) -> Option<u32> {
        let attestation = attestation(shard, txid, vote)?;
        let place = self.transactions.iter().position(|signable| signable.txid == txid);
        let transaction = place.expect("shards hear of planned transactions only") as u8;
        let vote = AttestedVote { shard, transaction, vote };
        let number = self.attestations.intern(vote, || (vote, attestation));
        if number as usize == self.contradictions.len() {
            let known = (0u32..).zip(self.attestations.values());
            let contradicting = known.filter(|(_, (other, _))| other.contradicts(&vote));
            self.contradictions.push(contradicting.map(|(other, _)| other).collect());
        }
        Some(number)
    }

    /// The vote of the attestation with this number.
    pub fn attested_vote(&self, number: u8) -> AttestedVote {
        self.attestations.get(number.into()).0
    }

    /// The number of the attestation of a vote, if a shard has made it.
    pub fn attestation_of(&self, vote: &AttestedVote) -> Option<u8> {
        let place = self.attestations.values().position(|(known, _)| known == vote);
        place.map(|number| number as u8)
    }

    /// Whether some shard attested two different votes on one transaction.
    pub fn has_contradiction(&self, attestations: AttestationSet) -> bool {
        let contradicted = |number: u8| self.contradictions[usize::from(number)];
        attestations.members().any(|it| !contradicted(it).intersection(attestations).is_empty())
    }
}
