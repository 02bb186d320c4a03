//! What a step did, as properties speak of it: by what is in the state, not by what the rules say.

use std::collections::BTreeMap;

use ioschain_spec::ledger::{Decision, OutPoint, ShardContext, ShardState, TxId};
use ioschain_spec::suite::Ideal;

use super::{Attested, LogId, Pool, Steps, Taken, bit, members};
use crate::atomix::plan::{self, Carried, Plan};
use crate::atomix::watched::Watched;

impl Steps {
    /// Numbers what came out, and notes the effects that properties speak of: by what is in the state,
    /// not by what the rules say they did.
    pub(super) fn describe(
        &mut self,
        before: &ShardState,
        after: ShardState,
        log: LogId,
        named: &[TxId],
    ) -> Taken {
        let mut taken =
            Taken { local: 0, log, attested: 0, appeared: 0, committed: 0, returned: 0 };
        for txid in named {
            if let Some(row) = self.rules.read_decision(&after, txid) {
                taken.attested |= self.attest(after.position.shard, *txid, &row);
            }
        }
        let appeared: Vec<OutPoint> =
            after.unspent.keys().filter(|key| !before.unspent.contains_key(key)).copied().collect();
        for outpoint in &appeared {
            taken.appeared |= bit(self.outpoints.number(*outpoint, || *outpoint));
        }
        for (place, carried) in self.transactions.iter().enumerate() {
            let created = appeared.iter().any(|outpoint| outpoint.txid == carried.txid);
            let released: Vec<OutPoint> = before
                .locks
                .iter()
                .filter(|(outpoint, lock)| {
                    lock.txid == carried.txid && !after.locks.contains_key(outpoint)
                })
                .map(|(outpoint, _)| *outpoint)
                .collect();
            let given_back = released.iter().any(|locked| {
                appeared.contains(locked) || appeared.contains(&self.refund(carried, locked))
            });
            if created || !released.is_empty() && !given_back {
                taken.committed |= 1 << place;
            }
            if given_back {
                taken.returned |= 1 << place;
            }
        }
        taken.local = self.number_local(after);
        taken
    }

    /// Names of the outpoints that a plan is about.
    pub fn named_outpoints(&self, plan: &Plan) -> BTreeMap<OutPoint, String> {
        let mut names = BTreeMap::new();
        for coin in 0..plan.coins.len() {
            names.insert(plan::coin(coin), format!("coin {coin}"));
        }
        for (place, carried) in self.transactions.iter().enumerate() {
            for (index, _) in (0u32..).zip(carried.transaction.outputs.iter()) {
                let outpoint = OutPoint { txid: carried.txid, index };
                names.insert(outpoint, format!("T{place} output {index}"));
            }
            for input in carried.transaction.inputs.iter() {
                let spent = names.get(&input.outpoint).cloned().unwrap_or_default();
                let refund = self.refund(carried, &input.outpoint);
                names.entry(refund).or_insert(format!("T{place} refund of {spent}"));
            }
        }
        names
    }

    /// Where the rules give a lock back to.
    pub(super) fn refund(&self, carried: &Carried, locked: &OutPoint) -> OutPoint {
        let suite = &Watched::default();
        let context = ShardContext { suite, identity: self.logs.get(0).log.view() };
        let mut inputs = carried.transaction.inputs.iter();
        let index = inputs.position(|input| input.outpoint == *locked).unwrap_or_default();
        self.rules.derive_refund(&context, &carried.txid, index as u32, locked)
    }

    /// The bit of the attestation of a row; none if the shard had no vote.
    pub(super) fn attest(&mut self, shard: u16, txid: TxId, row: &Decision) -> Pool {
        let Some(attestation) = Ideal.attest(shard, txid, row) else { return 0 };
        let place = self.transactions.iter().position(|carried| carried.txid == txid);
        let transaction = place.expect("shards hear of planned transactions only") as u8;
        let said = Attested { shard, transaction, vote: row.vote };
        let number = self.attestations.number(said, || attestation);
        if number as usize == self.said.len() {
            let rivals = self.said.iter().enumerate().filter(|(_, other)| other.is_rival(&said));
            self.rivals.push(rivals.map(|(other, _)| bit(other as u32)).sum());
            self.said.push(said);
        }
        bit(number)
    }

    /// What an attestation says.
    pub fn said(&self, number: u8) -> Attested {
        self.said[usize::from(number)]
    }

    /// The bit of an attestation, if a shard has given it.
    pub fn number_of(&self, said: &Attested) -> Option<u8> {
        self.said.iter().position(|known| known == said).map(|number| number as u8)
    }

    /// Whether some shard attested two different votes on a transaction.
    pub fn has_rivals(&self, pool: Pool) -> bool {
        members(pool).any(|number| self.rivals[usize::from(number)] & pool != 0)
    }
}
