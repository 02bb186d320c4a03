//! The payments of a workload on a chain: the keys of their owners, the genesis, and the
//! transaction of each payment.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use ioschain_spec::Rejection;
use ioschain_spec::ledger::genesis::{ALLOCATIONS_PPM, Genesis, Grant, Holder, found_rosters};
use ioschain_spec::ledger::owner::derive_witness_message;
use ioschain_spec::ledger::transaction::TRANSACTION_VERSION;
use ioschain_spec::ledger::{
    Input, OutPoint, Output, Payload, SignedTransaction, Transaction, TxId, Witness,
};
use ioschain_spec::primitives::hash::{Digest, sha256};
use ioschain_spec::primitives::numbers::{Epoch, Shard};
use ioschain_spec::primitives::stream::Stream;

use super::error::ReplayError;
use super::keys::{Committee, Owner};
use super::timed_suite::CachingSuite;
use crate::workload::{OwnerSeed, Payment, Source, Spend, Workload};

/// The least fee that the replay's chain demands.
const FEE_MINIMUM: u64 = 1;
/// The most rejections that a block of the replay's chain can have. A client whose request exceeds
/// this limit asks again in the next round.
const REJECTIONS_MAX: u32 = 1024;

/// All payments of a replay, and the keys that sign them.
pub(super) struct Payments<'a> {
    genesis: &'a [Payment],
    /// The workload's own payments, then the conflicting ones.
    spends: Vec<Spend>,
    own: usize,
    /// For each conflicting payment, the payment with which it conflicts.
    rivals: Vec<usize>,
    owners: BTreeMap<OwnerSeed, Owner>,
}

impl<'a> Payments<'a> {
    /// The workload's payments, and the given number of payments that conflict with some of them.
    pub(super) fn of(
        workload: &'a Workload,
        conflicts: usize,
        stream: &mut Stream,
    ) -> Result<Self, ReplayError> {
        let rivals = choose_rivals(workload, conflicts, stream)?;
        let mut spends = workload.spends.clone();
        spends.extend(rivals.iter().map(|rival| double_spend(&workload.spends[*rival])));
        let owners = derive_owners(&workload.genesis, &spends)?;
        Ok(Self { genesis: &workload.genesis, own: workload.spends.len(), spends, rivals, owners })
    }

    /// The number of payments, including the conflicting ones.
    pub(super) fn count(&self) -> usize {
        self.spends.len()
    }

    /// The workload's own payments, without the conflicting ones.
    pub(super) fn own(&self) -> &[Spend] {
        &self.spends[..self.own]
    }

    /// The pairs of a conflicting payment and the payment with which it conflicts.
    pub(super) fn conflicting_pairs(&self) -> impl Iterator<Item = (usize, usize)> {
        (self.own..).zip(self.rivals.iter().copied())
    }

    /// The outputs that a payment spends.
    pub(super) fn sources(&self, payment: usize) -> &[Source] {
        &self.spends[payment].inputs
    }

    /// The genesis of the replay's chain. Five fixed accounts hold the five allocations, and the
    /// workload's genesis outputs are grants.
    pub(super) fn derive_genesis(&self, shards: u16) -> Result<Genesis, Rejection> {
        let mut holders = [Holder::CommunityPools; ALLOCATIONS_PPM.len()];
        for (holder, number) in holders.iter_mut().zip(0u8..) {
            let seed = OwnerSeed(sha256(&[b"replay allocation", &[number]]).0);
            *holder = Holder::Account(Owner::of(seed)?.account);
        }
        let grant_of = |payment: &Payment| Grant {
            owner: self.owners[&payment.owner].account,
            amount: payment.amount,
        };
        let grants: Vec<Grant> = self.genesis.iter().map(grant_of).collect();
        let validators = (0..=shards)
            .map(|shard| Ok(Committee::of_shard(Shard(shard))?.validators))
            .collect::<Result<Vec<_>, Rejection>>()?;
        let (rosters, possessions) = found_rosters(&validators)?;
        Ok(Genesis {
            shards,
            fee_minimum: FEE_MINIMUM,
            rejections_max: REJECTIONS_MAX,
            rosters,
            possessions,
            holders,
            grants: grants.try_into()?,
        })
    }

    /// Makes the signed transaction of a payment. It spends `outpoints`, which are in the order of
    /// the payment's sources.
    pub(super) fn build(
        &self,
        suite: &CachingSuite,
        chain_id: Digest,
        payment: usize,
        outpoints: Vec<OutPoint>,
        expiry_epoch: Epoch,
    ) -> Result<(SignedTransaction, TxId), Rejection> {
        let spend = &self.spends[payment];
        let mut inputs: Vec<(Input, &Owner)> = spend
            .inputs
            .iter()
            .zip(outpoints)
            .map(|(source, outpoint)| {
                let Payment { owner, amount, .. } = self.source_payment(source);
                let owner = &self.owners[owner];
                (Input { outpoint, owner: owner.account, amount: *amount }, owner)
            })
            .collect();
        inputs.sort_by_key(|(input, _)| input.outpoint);
        let outputs: Vec<Output> = spend
            .outputs
            .iter()
            .map(|output| Output {
                owner: self.owners[&output.owner].account,
                amount: output.amount,
                data_hash: output.data_hash.map(Digest),
            })
            .collect();
        let transaction = Transaction {
            version: TRANSACTION_VERSION,
            chain_id,
            inputs: inputs.iter().map(|(input, _)| input.clone()).collect::<Vec<_>>().try_into()?,
            outputs: outputs.try_into()?,
            fee: spend.fee,
            expiry_epoch,
            salt: payment as u64,
            payload: Payload::Transfer,
        };
        let txid = transaction.id(suite);
        let witnesses = sign(suite, &txid, &inputs)?.try_into()?;
        Ok((SignedTransaction { transaction, witnesses }, txid))
    }

    fn source_payment(&self, source: &Source) -> &Payment {
        match *source {
            Source::Genesis { index } => &self.genesis[index],
            Source::Created { transaction, output } => &self.spends[transaction].outputs[output],
        }
    }
}

/// The outpoint of a workload's genesis output. The outpoints of the five allocations come before
/// it.
pub(super) fn genesis_outpoint(index: usize) -> OutPoint {
    Genesis::outpoint((ALLOCATIONS_PPM.len() + index) as u32)
}

/// The witnesses, one for each input. An owner of several inputs signs once.
fn sign(
    suite: &CachingSuite,
    txid: &TxId,
    inputs: &[(Input, &Owner)],
) -> Result<Vec<Witness>, Rejection> {
    let message = derive_witness_message(suite, txid);
    let mut by_owner = BTreeMap::new();
    for (_, owner) in inputs {
        if let Entry::Vacant(vacant) = by_owner.entry(owner.account) {
            vacant.insert(owner.witness(&message)?);
        }
    }
    Ok(inputs.iter().map(|(_, owner)| by_owner[&owner.account].clone()).collect())
}

/// Draws the payments that get a conflicting payment. No payment is drawn twice.
fn choose_rivals(
    workload: &Workload,
    conflicts: usize,
    stream: &mut Stream,
) -> Result<Vec<usize>, ReplayError> {
    let mut isolated = workload.isolated();
    if conflicts > isolated.len() {
        let available = isolated.len();
        return Err(ReplayError::TooManyConflicts { asked: conflicts, available });
    }
    stream.shuffle(&mut isolated);
    isolated.truncate(conflicts);
    Ok(isolated)
}

/// A payment that spends the same inputs and pays everything to another owner.
fn double_spend(rival: &Spend) -> Spend {
    let amount = rival.outputs.iter().map(|output| output.amount).sum();
    let owner = OwnerSeed(sha256(&[b"replay thief"]).0);
    let outputs = vec![Payment { owner, amount, data_hash: None }];
    Spend { inputs: rival.inputs.clone(), outputs, fee: rival.fee }
}

fn derive_owners(
    genesis: &[Payment],
    spends: &[Spend],
) -> Result<BTreeMap<OwnerSeed, Owner>, Rejection> {
    let outputs = spends.iter().flat_map(|spend| &spend.outputs);
    let mut owners = BTreeMap::new();
    for payment in genesis.iter().chain(outputs) {
        if let Entry::Vacant(vacant) = owners.entry(payment.owner) {
            vacant.insert(Owner::of(payment.owner)?);
        }
    }
    Ok(owners)
}
