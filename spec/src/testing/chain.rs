//! A small chain with real validators and owners, in one process and without a network.
//!
//! Everything is derived from labels, so that two runs build the same chain. A key is the hash of a
//! role and a number. For an [`Owner`], numbers are tried one after the other until the account
//! belongs to the wanted shard. A [`TestChain`] keeps the identity log, the state of every shard,
//! and what the shards have proved and listed so far:
//!
//! ```text
//! genesis ──> states of shards 1..=m ──(blocks)──> proofs of votes ──> unlocks
//!                      │
//!                      └──(close)──> certified closing entry ──(order)──> identity log ──> imports
//! ```

use std::collections::BTreeMap;

use super::owners::{Coin, Owner, output, sign, unlock_commit};
use super::setup::{Setup, SetupError, outpoint};
use crate::atomix::attestation::Attests;
use crate::atomix::decision_proof::{DecisionProof, prove_decisions};
use crate::atomix::{ExpiryList, Import, Rules as _, Specification, UnlockAbort, UnlockCommit};
use crate::chain::block::{Block, BlockBuilder, BuiltBlock};
use crate::chain::conservation::RetainedLists;
use crate::chain::entry::Entry;
use crate::identity::{CertifiedEpoch, EpochClosed, IdentityLog, IdentityView};
use crate::ledger::genesis::{Genesis, Grant, Holder, derive_genesis, found_rosters};
use crate::ledger::header::Header;
use crate::ledger::owner::derive_shard_of_owner;
use crate::ledger::shard_state::RecomputedRoots;
use crate::ledger::transaction::TRANSACTION_VERSION;
use crate::ledger::{
    AccountId, Decision, Input, Output, Payload, ShardContext, ShardEnvironment, ShardState,
    SignedTransaction, Transaction, TxId, UnspentOutput,
};
use crate::parameters::Parameters;
use crate::primitives::certificate::{ROSTER_MIN, Roster};
use crate::primitives::cosi::CollectiveSignature;
use crate::primitives::hash::{Digest, sha256};
use crate::primitives::keys::ValidatorKeyPairs;
use crate::primitives::numbers::{Epoch, Shard};
use crate::suite::{Ideal, IdealCertificate, Normative};

/// The least fee of a test chain, in units.
pub const FEE_MINIMUM: u64 = 10;
/// The most rejection rows of a block of a test chain.
pub const REJECTIONS_MAX: u32 = 2;

/// A shard's proof of its vote, with real cryptography.
pub type Proof = DecisionProof<CollectiveSignature>;

// Validators.

/// The validators of a shard, in the order of its roster. Shard 0 is the identity shard.
pub fn validators(shard: Shard) -> Vec<ValidatorKeyPairs> {
    let numbers = (u32::from(shard.0).saturating_mul(100)..).take(ROSTER_MIN);
    let seed = |number: u32| sha256(&[b"validator", &number.to_le_bytes()]).0;
    let mut validators: Vec<ValidatorKeyPairs> =
        numbers.map(|number| ValidatorKeyPairs::from_seed(&seed(number))).collect();
    validators.sort_by_key(|key_pairs| key_pairs.public_keys().node_id());
    validators
}

/// The roster of a shard.
pub fn roster(shard: Shard) -> Setup<Roster> {
    Ok(Roster::new(validators(shard).iter().map(ValidatorKeyPairs::public_keys))?)
}

/// The certificate of the first `count` validators of `shard`, even if they are fewer than a
/// quorum.
pub fn certify(shard: Shard, message: &Digest, count: usize) -> Setup<CollectiveSignature> {
    let mut signers = validators(shard);
    signers.truncate(count);
    Ok(roster(shard)?.certify(&signers, message)?)
}

/// The certificate of exactly a quorum.
pub fn certify_by_quorum(shard: Shard, message: &Digest) -> Setup<CollectiveSignature> {
    certify(shard, message, roster(shard)?.quorum())
}

/// The proofs of a block's rows, certified by a quorum of its shard.
pub fn prove(header: &Header, decisions: &[(TxId, Decision)]) -> Setup<Vec<Proof>> {
    let message = header.vote(&Normative).message();
    Ok(prove_decisions(header, &certify_by_quorum(header.shard, &message)?, decisions))
}

/// A suite whose certificates a test can make.
pub trait TestSuite: Attests + Copy + Default + 'static {
    /// The certificate of a quorum of `shard`.
    fn certify_by_quorum(self, shard: Shard, message: &Digest) -> Setup<Self::Certificate>;
}

impl TestSuite for Normative {
    fn certify_by_quorum(self, shard: Shard, message: &Digest) -> Setup<CollectiveSignature> {
        certify_by_quorum(shard, message)
    }
}

impl TestSuite for Ideal {
    fn certify_by_quorum(self, _: Shard, _: &Digest) -> Setup<IdealCertificate> {
        Ok(IdealCertificate)
    }
}

// The chain.

/// The genesis of a test chain: [`ROSTER_MIN`] validators in each shard, the given grants, and the
/// rest of the supply in the community pools.
pub fn genesis(shards: u16, grants: &[(AccountId, u64)]) -> Setup<Genesis> {
    let validators: Vec<Vec<ValidatorKeyPairs>> = (0..=shards).map(Shard).map(validators).collect();
    let (rosters, possessions) = found_rosters(&validators)?;
    let grant = |(owner, amount): &(AccountId, u64)| Grant { owner: *owner, amount: *amount };
    let grants: Vec<Grant> = grants.iter().map(grant).collect();
    Ok(Genesis {
        shards,
        fee_minimum: FEE_MINIMUM,
        rejections_max: REJECTIONS_MAX,
        rosters,
        possessions,
        holders: [Holder::CommunityPools; 5],
        grants: grants.try_into()?,
    })
}

/// The shards of one chain and its identity log.
#[derive(Clone, Debug)]
pub struct TestChain<S: TestSuite> {
    /// The suite: the cryptographic operations.
    pub suite: S,
    /// The genesis from which the chain started.
    pub genesis: Genesis,
    /// The closing entries that all shards agree on.
    pub log: IdentityLog,
    /// The entries of the log, with their certificates.
    pub ordered: Vec<CertifiedEpoch<S::Certificate>>,
    /// The states of the shards 1..=m.
    pub states: Vec<ShardState>,
    /// The expiry lists that shards made when they closed an epoch.
    pub lists: RetainedLists,
    /// Every proof of a decision row that a shard has given, the latest last.
    pub proofs: BTreeMap<(Shard, TxId), Vec<S::Attestation>>,
}

impl<S: TestSuite> TestChain<S> {
    /// A chain of `shards` shards whose whole supply is in the community pools.
    pub fn new(shards: u16) -> Setup<Self> {
        Self::of(genesis(shards, &[])?)
    }

    /// The chain that starts from a genesis.
    pub fn of(genesis: Genesis) -> Setup<Self> {
        let (log, states) = derive_genesis(&genesis)?;
        let (lists, proofs) = (RetainedLists::new(), BTreeMap::new());
        let (suite, ordered) = (S::default(), Vec::new());
        Ok(Self { suite, genesis, log, ordered, states, lists, proofs })
    }

    /// Gives an owner a coin from the community pool of the owner's shard, at
    /// [`outpoint`]`(place, 0)`.
    pub fn coin(&mut self, owner: &Owner, amount: u64, place: u8) -> Setup<Coin> {
        let shard = derive_shard_of_owner(&owner.account(), self.shards());
        let state = self.state_mut(shard)?;
        let left = state.totals.community_pool.checked_sub(amount);
        state.totals.community_pool =
            left.ok_or_else(|| SetupError(format!("shard {shard} has less than {amount}")))?;
        let coin = Coin { outpoint: outpoint(place, 0), owner: owner.clone(), amount };
        state.unspent.insert(coin.outpoint, UnspentOutput { owner: owner.account(), amount });
        Ok(coin)
    }

    /// The parameters that genesis fixed.
    pub fn parameters(&self) -> &Parameters {
        self.log.view().parameters()
    }

    /// Sets another limit of rejection rows for the chain. Its log must be empty.
    pub fn limit_rejections(&mut self, rejections_max: u32) {
        let parameters = Parameters { rejections_max, ..self.parameters().clone() };
        self.log = IdentityLog::new(parameters, self.genesis.rosters.to_vec());
    }

    /// The number of shards, without the identity shard.
    pub fn shards(&self) -> u16 {
        self.parameters().shards
    }

    /// What a rule may read besides its shard's state.
    pub fn context(&self) -> ShardContext<'_, S> {
        ShardContext { suite: &self.suite, identity: self.log.view() }
    }

    /// The state of a shard.
    pub fn state(&self, shard: Shard) -> Setup<&ShardState> {
        let mut states = self.states.iter();
        let found = states.find(|state| state.position.shard == shard);
        found.ok_or_else(|| no_shard(shard))
    }

    /// Write access to the state of a shard.
    pub fn state_mut(&mut self, shard: Shard) -> Setup<&mut ShardState> {
        let mut states = self.states.iter_mut();
        let found = states.find(|state| state.position.shard == shard);
        found.ok_or_else(|| no_shard(shard))
    }

    /// An unsigned payment that expires in epoch `expiry`. The fee is the sum of the inputs minus
    /// the outputs.
    pub fn draft(
        &self,
        expiry: Epoch,
        coins: &[&Coin],
        outputs: &[(&Owner, u64)],
    ) -> Setup<Transaction> {
        let mut inputs: Vec<Input> = coins.iter().map(|coin| coin.input()).collect();
        inputs.sort_by_key(|input| input.outpoint);
        let spent: u64 = inputs.iter().map(|input| input.amount).sum();
        let created: u64 = outputs.iter().map(|(_, amount)| amount).sum();
        let outputs: Vec<Output> =
            outputs.iter().map(|(owner, amount)| output(owner, *amount)).collect();
        Ok(Transaction {
            version: TRANSACTION_VERSION,
            chain_id: self.parameters().chain_id,
            inputs: inputs.try_into()?,
            outputs: outputs.try_into()?,
            fee: spent.saturating_sub(created),
            expiry_epoch: expiry,
            salt: 0,
            payload: Payload::Transfer,
        })
    }

    /// A signed payment that expires in epoch `expiry`.
    pub fn pay(
        &self,
        expiry: Epoch,
        coins: &[&Coin],
        outputs: &[(&Owner, u64)],
    ) -> Setup<SignedTransaction> {
        sign(&self.suite, &self.draft(expiry, coins, outputs)?, coins)
    }

    /// A shard's latest proof of its row.
    pub fn proof(&self, shard: Shard, transaction: &Transaction) -> Setup<S::Attestation> {
        let txid = transaction.id(&self.suite);
        let found = self.proofs.get(&(shard, txid)).and_then(|proofs| proofs.last()).cloned();
        found.ok_or_else(|| SetupError(format!("shard {shard} has proved nothing of {txid:?}")))
    }

    /// The latest proofs of all input shards, in shard order.
    pub fn proofs(&self, transaction: &Transaction) -> Setup<Vec<S::Attestation>> {
        let input_shards = transaction.input_shards(self.shards());
        input_shards.into_iter().map(|shard| self.proof(shard, transaction)).collect()
    }

    /// The unlock-to-commit with the latest proofs.
    pub fn commit(&self, transaction: &Transaction) -> Setup<UnlockCommit<S::Attestation>> {
        unlock_commit(transaction, self.proofs(transaction)?)
    }

    /// The unlock-to-abort with the latest proof of `shard`.
    pub fn abort(
        &self,
        transaction: &Transaction,
        shard: Shard,
    ) -> Setup<UnlockAbort<S::Attestation>> {
        let proof = self.proof(shard, transaction)?;
        Ok(UnlockAbort { transaction: transaction.clone(), proof })
    }

    /// The closing entry under the certificate of its shard's quorum.
    pub fn certify_epoch(&self, closed: EpochClosed) -> Setup<CertifiedEpoch<S::Certificate>> {
        let message = closed.vote().message();
        let certificate = self.suite.certify_by_quorum(closed.shard, &message)?;
        Ok(CertifiedEpoch { closed, certificate })
    }

    /// Orders a closing entry in the identity log.
    pub fn order(&mut self, entry: &CertifiedEpoch<S::Certificate>) -> Setup<()> {
        self.log.append(&self.suite, entry)?;
        self.ordered.push(entry.clone());
        Ok(())
    }

    /// The sweep of a shard's last epoch. The list of a shard that has not closed it is empty.
    pub fn import_for(&self, shard: Shard) -> Setup<Import> {
        let epoch = self.state(shard)?.position.epoch.saturating_sub(1);
        let place = usize::from(shard.saturating_sub(1));
        let list_of = |source| {
            let list = self.lists.get(&(epoch, source)).and_then(|lists| lists.get(place));
            list.cloned().unwrap_or_else(ExpiryList::empty)
        };
        let lists: Vec<ExpiryList> = Shard::all(self.shards()).map(list_of).collect();
        Ok(Import { epoch, lists: lists.try_into()? })
    }
}

/// What the validators of a shard do under the specification. A block may be built without being
/// applied, so that a test can change it first.
impl TestChain<Normative> {
    /// Builds the next block of a shard, as its validators would. The chain does not change.
    pub fn build(
        &self,
        shard: Shard,
        entries: &[Entry<Proof>],
    ) -> Setup<BuiltBlock<Proof, RecomputedRoots>> {
        self.build_seeing(self.log.view(), shard, entries)
    }

    /// Builds the next block of a shard, which sees only a part of the identity log.
    pub fn build_seeing(
        &self,
        identity: IdentityView<'_>,
        shard: Shard,
        entries: &[Entry<Proof>],
    ) -> Setup<BuiltBlock<Proof, RecomputedRoots>> {
        let context = ShardContext { suite: &Normative, identity };
        let environment = ShardEnvironment { rules: &Specification, context: &context };
        let mut builder = BlockBuilder::new(environment, self.state(shard)?);
        for entry in entries {
            builder.push(entry.clone())?;
        }
        Ok(builder.finish(&RecomputedRoots)?)
    }

    /// Builds, certifies and applies the next block of a shard.
    pub fn block(&mut self, shard: Shard, entries: &[Entry<Proof>]) -> Setup<Block<Proof>> {
        let built = self.build(shard, entries)?;
        let header = &built.block.header;
        for proof in prove(header, &built.decisions)? {
            self.proofs.entry((shard, proof.txid)).or_default().push(proof);
        }
        self.state_mut(shard)?.apply(built.changes);
        Ok(built.block)
    }

    /// Locks the transaction at every input shard, in one block for each shard.
    pub fn lock_everywhere(&mut self, request: &SignedTransaction) -> Setup<()> {
        for shard in request.transaction.input_shards(self.shards()) {
            self.block(shard, &[Entry::Lock(request.clone())])?;
        }
        Ok(())
    }

    /// Closes a shard's epoch. Its validators certify the entry. The entry is not ordered yet.
    pub fn close(&mut self, shard: Shard) -> Setup<CertifiedEpoch<CollectiveSignature>> {
        let closed = Specification.close_epoch(&self.context(), self.state(shard)?)?;
        self.lists.insert((closed.entry.epoch, shard), closed.lists);
        self.state_mut(shard)?.apply(closed.changes);
        self.certify_epoch(closed.entry)
    }

    /// Closes and orders the epoch of every shard.
    pub fn close_all(&mut self) -> Setup<()> {
        for shard in Shard::all(self.shards()) {
            let entry = self.close(shard)?;
            self.order(&entry)?;
        }
        Ok(())
    }

    /// Closes the epoch of every shard, and sweeps it everywhere.
    pub fn next_epoch(&mut self) -> Setup<()> {
        self.close_all()?;
        for shard in Shard::all(self.shards()) {
            let import = self.import_for(shard)?;
            self.block(shard, &[Entry::Import(import)])?;
        }
        Ok(())
    }
}

fn no_shard(shard: Shard) -> SetupError {
    SetupError(format!("there is no shard {shard}"))
}
