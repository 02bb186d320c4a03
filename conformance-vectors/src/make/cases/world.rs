//! A small chain that the cases of §3 and §7 start from: real validators, owners and blocks.
//!
//! Everything follows from labels: keys are hashes of names, and an owner is tried under growing
//! numbers until its account lives in the wanted shard. Blocks come from the specification's own
//! [`BlockBuilder`], so what a case mutates is honest to begin with.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use ioschain_model::atomix::limits::PlanError;
use ioschain_spec::Rejection;
use ioschain_spec::atomix::decision_proof::{DecisionProof, prove_decisions};
use ioschain_spec::atomix::{
    Answer, ExpiryList, Import, Rules as _, Specification, UnlockAbort, UnlockCommit,
};
use ioschain_spec::chain::block::{Block, BlockBuilder, BuiltBlock};
use ioschain_spec::chain::conservation::RetainedLists;
use ioschain_spec::chain::entry::{Body, Entry, Receipt};
use ioschain_spec::identity::{CertifiedEpoch, EpochClosed, IdentityLog, IdentityView};
use ioschain_spec::ledger::genesis::{Genesis, Grant, Holder, derive_genesis, found_rosters};
use ioschain_spec::ledger::header::Header;
use ioschain_spec::ledger::owner::{derive_shard_of_owner, derive_witness_message};
use ioschain_spec::ledger::shard_state::RecomputedRoots;
use ioschain_spec::ledger::transaction::TRANSACTION_VERSION;
use ioschain_spec::ledger::{
    AccountId, Input, OutPoint, Output, Payload, Policy, Settlement, ShardContext,
    ShardEnvironment, ShardState, SignedTransaction, Transaction, TxId, UnspentOutput, Vote,
    Witness,
};
use ioschain_spec::parameters::Parameters;
use ioschain_spec::primitives::certificate::{ROSTER_MIN, Roster};
use ioschain_spec::primitives::cosi::CollectiveSignature;
use ioschain_spec::primitives::ed25519::{KeyPair, PublicKey, Signature};
use ioschain_spec::primitives::encoding::Wire;
use ioschain_spec::primitives::hash::{Digest, sha256};
use ioschain_spec::primitives::keys::ValidatorKeyPairs;
use ioschain_spec::primitives::merkle::list_root_of;
use ioschain_spec::suite::Normative;

use super::faults::EditOutcome;
use super::support::{CaseError, Intent};
use crate::reference::{IDENTITY, PARAMETERS, ROSTERS, Refusal, to_json};

/// A shard's proof of its vote.
pub(super) type Proof = DecisionProof<CollectiveSignature>;

/// The least fee of the chains of the cases, in units.
pub(super) const FEE_MINIMUM: u64 = 10;
/// The most rejection rows of a block of the chains of the cases.
pub(super) const REJECTIONS_MAX: u32 = 2;

/// How an accepting lock is answered.
pub(super) const ACCEPTED: Answer = Answer::Voted(Vote::Accepted);
/// How a commit is answered.
pub(super) const COMMITTED: Answer = Answer::Settled(Settlement::Committed);
/// How an abort is answered.
pub(super) const ABORTED: Answer = Answer::Settled(Settlement::Aborted);

/// How a lock is answered that the shard votes down.
pub(super) fn voted_down(reason: Rejection) -> Answer {
    Answer::Voted(Vote::Rejected(reason))
}

/// What could not be set up. It names no case: the one being written follows from where it stops.
fn unmade(problem: impl ToString) -> CaseError {
    CaseError { id: "the setting of a case".to_owned(), problem: problem.to_string() }
}

impl From<Rejection> for CaseError {
    fn from(rejection: Rejection) -> Self {
        unmade(rejection)
    }
}

impl From<PlanError> for CaseError {
    fn from(error: PlanError) -> Self {
        unmade(error)
    }
}

impl From<Refusal> for CaseError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Rejected(rejection) => unmade(rejection),
            Refusal::InvalidInput(reason) => unmade(reason),
        }
    }
}

/// The key pair that a role and a number name.
pub(super) fn key_pair(role: &str, number: u32) -> KeyPair {
    KeyPair::from_seed(&sha256(&[role.as_bytes(), &number.to_le_bytes()]).0)
}

/// A digest that stands for nothing but its label.
pub(super) fn digest(label: &str) -> Digest {
    sha256(&[label.as_bytes()])
}

/// An outpoint that no transaction made, with a chosen place in the order of outpoints.
pub(super) fn outpoint(place: u8, index: u32) -> OutPoint {
    OutPoint { txid: TxId(Digest([place; 32])), index }
}

/// An account and the keys that sign for it.
#[derive(Clone, Debug)]
pub(super) struct Owner {
    pub(super) policy: Policy,
    /// In the order of the weights that were asked for.
    pub(super) keys: Vec<KeyPair>,
}

impl Owner {
    /// The owner with one key, in `shard` of `shards`.
    pub(super) fn new(name: &str, shard: u16, shards: u16) -> Result<Self, CaseError> {
        Self::weighted(name, 1, &[1], shard, shards)
    }

    /// An owner with a key for each weight, in `shard` of `shards`.
    pub(super) fn weighted(
        name: &str,
        threshold: u32,
        weights: &[u16],
        shard: u16,
        shards: u16,
    ) -> Result<Self, CaseError> {
        for attempt in 0..1_000 {
            let owner = Self::attempt(name, attempt, threshold, weights)?;
            if derive_shard_of_owner(&owner.account(), shards) == shard {
                return Ok(owner);
            }
        }
        Err(unmade(format!("no account of {name} lives in shard {shard} of {shards}")))
    }

    fn attempt(
        name: &str,
        attempt: u32,
        threshold: u32,
        weights: &[u16],
    ) -> Result<Self, CaseError> {
        let keys: Vec<KeyPair> = (0..)
            .zip(weights)
            .map(|(place, _): (u32, _)| key_pair(name, attempt * 100 + place))
            .collect();
        Ok(Self { policy: policy(threshold, &keys, weights)?, keys })
    }

    pub(super) fn account(&self) -> AccountId {
        self.policy.account_id()
    }

    /// The witness of all keys, with the policy revealed.
    pub(super) fn witness(&self, txid: &TxId) -> Result<Witness, CaseError> {
        witness(Some(&self.policy), &self.keys, txid)
    }
}

/// A policy of some keys with a weight each.
pub(super) fn policy(
    threshold: u32,
    keys: &[KeyPair],
    weights: &[u16],
) -> Result<Policy, CaseError> {
    let public = keys.iter().map(KeyPair::public_key);
    let weighted: BTreeMap<PublicKey, u16> = public.zip(weights.iter().copied()).collect();
    Ok(Policy { threshold, keys: weighted.try_into()? })
}

/// The witness of some keys.
pub(super) fn witness(
    revealed: Option<&Policy>,
    keys: &[KeyPair],
    txid: &TxId,
) -> Result<Witness, CaseError> {
    let message = derive_witness_message(&Normative, txid);
    let signatures: BTreeMap<PublicKey, Signature> =
        keys.iter().map(|keys| (keys.public_key(), keys.sign(&message.0))).collect();
    Ok(Witness { policy: revealed.cloned(), signatures: signatures.try_into()? })
}

/// An output and who can spend it.
#[derive(Clone, Debug)]
pub(super) struct Coin {
    pub(super) outpoint: OutPoint,
    pub(super) owner: Owner,
    pub(super) amount: u64,
}

impl Coin {
    /// Output `index` of a transaction, with its owner.
    pub(super) fn output_of(transaction: &Transaction, index: u32, owner: &Owner) -> Self {
        let txid = transaction.id(&Normative);
        let outputs = (0..).zip(&transaction.outputs);
        let amount = outputs.filter(|(place, _)| *place == index).map(|(_, output)| output.amount);
        Self { outpoint: OutPoint { txid, index }, owner: owner.clone(), amount: amount.sum() }
    }

    /// The input that claims what the coin is.
    pub(super) fn input(&self) -> Input {
        Input { outpoint: self.outpoint, owner: self.owner.account(), amount: self.amount }
    }
}

/// An output of a transaction, without data.
pub(super) fn output(owner: &Owner, amount: u64) -> Output {
    Output { owner: owner.account(), amount, data_hash: None }
}

/// The shards of one chain, what stands for the identity shard, and all that was said so far.
#[derive(Clone, Debug)]
pub(super) struct World {
    pub(super) genesis: Genesis,
    pub(super) log: IdentityLog,
    /// The entries of the log, for the inputs of the cases.
    pub(super) ordered: Vec<CertifiedEpoch<CollectiveSignature>>,
    pub(super) states: Vec<ShardState>,
    /// Every expiry list that a shard made when it closed an epoch.
    pub(super) lists: RetainedLists,
    /// The latest proof of each row that a block gave.
    proofs: BTreeMap<(u16, TxId), Proof>,
}

/// The validators of a shard, in roster order.
pub(super) fn validators(shard: u16) -> Vec<ValidatorKeyPairs> {
    let numbers = (u32::from(shard) * 100..).take(ROSTER_MIN);
    let seed = |number: u32| sha256(&[b"validator", &number.to_le_bytes()]).0;
    let mut validators: Vec<ValidatorKeyPairs> =
        numbers.map(|number| ValidatorKeyPairs::from_seed(&seed(number))).collect();
    validators.sort_by_key(|key_pairs| key_pairs.public_keys().node_id());
    validators
}

/// The roster of a shard.
pub(super) fn roster(shard: u16) -> Result<Roster, CaseError> {
    Ok(Roster::new(validators(shard).iter().map(ValidatorKeyPairs::public_keys))?)
}

/// What the first `count` validators of `shard` sign together, even if they are too few.
pub(super) fn certify(
    shard: u16,
    message: &Digest,
    count: usize,
) -> Result<CollectiveSignature, CaseError> {
    let mut signers = validators(shard);
    signers.truncate(count);
    Ok(roster(shard)?.certify(&signers, message)?)
}

/// The certificate of exactly a quorum.
pub(super) fn certify_by_quorum(
    shard: u16,
    message: &Digest,
) -> Result<CollectiveSignature, CaseError> {
    certify(shard, message, roster(shard)?.quorum())
}

/// A chain of `shards` shards whose whole supply lies in the community pools, but for `grants`.
pub(super) fn genesis(shards: u16, grants: &[(AccountId, u64)]) -> Result<Genesis, CaseError> {
    let validators: Vec<Vec<ValidatorKeyPairs>> = (0..=shards).map(validators).collect();
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

impl World {
    /// A chain of `shards` shards whose whole supply lies in the community pools.
    pub(super) fn new(shards: u16) -> Result<Self, CaseError> {
        Self::of(genesis(shards, &[])?)
    }

    /// The chain that starts from a genesis.
    pub(super) fn of(genesis: Genesis) -> Result<Self, CaseError> {
        let (log, states) = derive_genesis(&genesis)?;
        let (lists, proofs) = (RetainedLists::new(), BTreeMap::new());
        Ok(Self { genesis, log, ordered: Vec::new(), states, lists, proofs })
    }

    /// Gives an owner a coin out of its shard's community pool, at [`outpoint`]`(place, 0)`.
    pub(super) fn coin(
        &mut self,
        owner: &Owner,
        amount: u64,
        place: u8,
    ) -> Result<Coin, CaseError> {
        let shard = derive_shard_of_owner(&owner.account(), self.shards());
        let state = self.state_mut(shard)?;
        state.totals.community_pool -= amount;
        let coin = Coin { outpoint: outpoint(place, 0), owner: owner.clone(), amount };
        state.unspent.insert(coin.outpoint, UnspentOutput { owner: owner.account(), amount });
        Ok(coin)
    }

    pub(super) fn parameters(&self) -> &Parameters {
        self.log.view().parameters()
    }

    /// The same chain with another limit of rejection rows; for a log without entries.
    pub(super) fn limit_rejections(&mut self, rejections_max: u32) {
        let parameters = Parameters { rejections_max, ..self.parameters().clone() };
        self.log = IdentityLog::new(parameters, self.genesis.rosters.to_vec());
    }

    pub(super) fn shards(&self) -> u16 {
        self.parameters().shards
    }

    pub(super) fn state(&self, shard: u16) -> Result<&ShardState, CaseError> {
        let mut states = self.states.iter();
        let found = states.find(|state| state.position.shard == shard);
        found.ok_or_else(|| unmade(format!("there is no shard {shard}")))
    }

    pub(super) fn state_mut(&mut self, shard: u16) -> Result<&mut ShardState, CaseError> {
        let mut states = self.states.iter_mut();
        let found = states.find(|state| state.position.shard == shard);
        found.ok_or_else(|| unmade(format!("there is no shard {shard}")))
    }

    // Transactions.

    /// An unsigned payment that expires in epoch `expiry`; the fee is what is left over.
    pub(super) fn draft(
        &self,
        expiry: u64,
        coins: &[&Coin],
        outputs: &[(&Owner, u64)],
    ) -> Result<Transaction, CaseError> {
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
    pub(super) fn pay(
        &self,
        expiry: u64,
        coins: &[&Coin],
        outputs: &[(&Owner, u64)],
    ) -> Result<SignedTransaction, CaseError> {
        sign(&self.draft(expiry, coins, outputs)?, coins)
    }

    // Blocks.

    /// The next block of a shard, as its validators would build it; the world stays as it is.
    pub(super) fn build(
        &self,
        shard: u16,
        entries: &[Entry<Proof>],
    ) -> Result<BuiltBlock<Proof, RecomputedRoots>, CaseError> {
        self.build_seeing(self.log.view(), shard, entries)
    }

    /// The next block of a shard that sees only a part of the identity log.
    pub(super) fn build_seeing(
        &self,
        identity: IdentityView<'_>,
        shard: u16,
        entries: &[Entry<Proof>],
    ) -> Result<BuiltBlock<Proof, RecomputedRoots>, CaseError> {
        let context = ShardContext { suite: &Normative, identity };
        let mut builder = BlockBuilder::new(
            ShardEnvironment { rules: &Specification, context: &context },
            self.state(shard)?,
        );
        for entry in entries {
            builder.push(entry.clone())?;
        }
        Ok(builder.finish(&RecomputedRoots)?)
    }

    /// Builds, certifies and applies the next block of a shard.
    pub(super) fn block(
        &mut self,
        shard: u16,
        entries: &[Entry<Proof>],
    ) -> Result<Block<Proof>, CaseError> {
        let built = self.build(shard, entries)?;
        self.accept(built)
    }

    /// Takes over a block that was built on the current state, and proves its rows.
    pub(super) fn accept(
        &mut self,
        built: BuiltBlock<Proof, RecomputedRoots>,
    ) -> Result<Block<Proof>, CaseError> {
        let header = &built.block.header;
        for proof in prove(header, &built.decisions)? {
            self.proofs.insert((header.shard, proof.txid), proof);
        }
        self.state_mut(header.shard)?.apply(built.changes);
        Ok(built.block)
    }

    /// A shard's latest proof of its row.
    pub(super) fn proof(&self, shard: u16, transaction: &Transaction) -> Result<Proof, CaseError> {
        let txid = transaction.id(&Normative);
        let found = self.proofs.get(&(shard, txid)).cloned();
        found.ok_or_else(|| unmade(format!("shard {shard} has proved nothing of {txid:?}")))
    }

    /// The latest proofs of all input shards, in shard order.
    pub(super) fn proofs(&self, transaction: &Transaction) -> Result<Vec<Proof>, CaseError> {
        let input_shards = transaction.input_shards(self.shards());
        input_shards.into_iter().map(|shard| self.proof(shard, transaction)).collect()
    }

    /// The unlock-to-commit with the latest proofs.
    pub(super) fn commit(
        &self,
        transaction: &Transaction,
    ) -> Result<UnlockCommit<Proof>, CaseError> {
        unlock_commit(transaction, self.proofs(transaction)?)
    }

    /// The unlock-to-abort with the latest proof of `shard`.
    pub(super) fn abort(
        &self,
        transaction: &Transaction,
        shard: u16,
    ) -> Result<UnlockAbort<Proof>, CaseError> {
        let proof = self.proof(shard, transaction)?;
        Ok(UnlockAbort { transaction: transaction.clone(), proof })
    }

    /// Locks at every input shard, a block each.
    pub(super) fn lock_everywhere(&mut self, request: &SignedTransaction) -> Result<(), CaseError> {
        for shard in request.transaction.input_shards(self.shards()) {
            self.block(shard, &[Entry::Lock(request.clone())])?;
        }
        Ok(())
    }

    // Epochs.

    /// Closes a shard's epoch; its validators certify the entry, and the log is as it was.
    pub(super) fn close(
        &mut self,
        shard: u16,
    ) -> Result<CertifiedEpoch<CollectiveSignature>, CaseError> {
        let context = ShardContext { suite: &Normative, identity: self.log.view() };
        let closed = Specification.close_epoch(&context, self.state(shard)?)?;
        self.lists.insert((closed.entry.epoch, shard), closed.lists);
        self.state_mut(shard)?.apply(closed.changes);
        certify_epoch(closed.entry)
    }

    /// Orders a closing entry in the identity log.
    pub(super) fn order(
        &mut self,
        entry: &CertifiedEpoch<CollectiveSignature>,
    ) -> Result<(), CaseError> {
        self.log.append(&Normative, entry)?;
        self.ordered.push(entry.clone());
        Ok(())
    }

    /// Closes and orders the epoch of every shard.
    pub(super) fn close_all(&mut self) -> Result<(), CaseError> {
        for shard in 1..=self.shards() {
            let entry = self.close(shard)?;
            self.order(&entry)?;
        }
        Ok(())
    }

    /// Closes the epoch of every shard, and sweeps it everywhere.
    pub(super) fn next_epoch(&mut self) -> Result<(), CaseError> {
        self.close_all()?;
        for shard in 1..=self.shards() {
            let import = self.import_for(shard)?;
            self.block(shard, &[Entry::Import(import)])?;
        }
        Ok(())
    }

    /// The sweep of a shard's last epoch.
    pub(super) fn import_for(&self, shard: u16) -> Result<Import, CaseError> {
        let epoch = self.state(shard)?.position.epoch.saturating_sub(1);
        let place = usize::from(shard.saturating_sub(1));
        let list_of = |source| {
            let list = self.lists.get(&(epoch, source)).and_then(|lists| lists.get(place));
            list.cloned().ok_or_else(|| unmade(format!("shard {source} has no list of {epoch}")))
        };
        let lists: Vec<ExpiryList> = (1..=self.shards()).map(list_of).collect::<Result<_, _>>()?;
        Ok(Import { epoch, lists: lists.try_into()? })
    }

    // Inputs of the cases.

    /// `{parameters, rosters, identity}`.
    pub(super) fn context(&self) -> Result<Value, CaseError> {
        Ok(json!({
            PARAMETERS: to_json(self.parameters())?,
            ROSTERS: list_to_json(&self.genesis.rosters)?,
            IDENTITY: list_to_json(&self.ordered)?,
        }))
    }

    /// The context, a shard's state, and one more member: what is put to the shard.
    pub(super) fn question<T: Wire + 'static>(
        &self,
        shard: u16,
        name: &str,
        asked: &T,
    ) -> Result<Value, CaseError> {
        let mut input = self.context()?;
        input["state"] = to_json(self.state(shard)?)?;
        input[name] = to_json(asked)?;
        Ok(input)
    }

    /// The context, a shard's state and a request.
    pub(super) fn request<T: Wire + 'static>(
        &self,
        shard: u16,
        request: &T,
    ) -> Result<Value, CaseError> {
        self.question(shard, "request", request)
    }

    /// The whole world: the context and the states.
    pub(super) fn to_json(&self) -> Result<Value, CaseError> {
        let mut input = self.context()?;
        input["states"] = list_to_json(&self.states)?;
        Ok(input)
    }
}

/// The transaction with other inputs.
pub(super) fn change_inputs(
    transaction: &mut Transaction,
    change: impl FnOnce(&mut Vec<Input>),
) -> Result<(), CaseError> {
    let mut inputs = transaction.inputs.to_vec();
    change(&mut inputs);
    transaction.inputs = inputs.try_into()?;
    Ok(())
}

/// The transaction with other outputs.
pub(super) fn change_outputs(
    transaction: &mut Transaction,
    change: impl FnOnce(&mut Vec<Output>),
) -> Result<(), CaseError> {
    let mut outputs = transaction.outputs.to_vec();
    change(&mut outputs);
    transaction.outputs = outputs.try_into()?;
    Ok(())
}

/// The request with other witnesses.
pub(super) fn change_witnesses(
    signed: &mut SignedTransaction,
    change: impl FnOnce(&mut Vec<Witness>),
) -> Result<(), CaseError> {
    let mut witnesses = signed.witnesses.to_vec();
    change(&mut witnesses);
    signed.witnesses = witnesses.try_into()?;
    Ok(())
}

/// Signs a transaction for the owners of its inputs, found among `coins` by outpoint.
pub(super) fn sign(
    transaction: &Transaction,
    coins: &[&Coin],
) -> Result<SignedTransaction, CaseError> {
    let txid = transaction.id(&Normative);
    let owner_of = |input: &Input| coins.iter().find(|coin| coin.outpoint == input.outpoint);
    let witnesses: Vec<Witness> = transaction
        .inputs
        .iter()
        .map(|input| {
            let coin = owner_of(input).ok_or_else(|| unmade("an input is no known coin"))?;
            coin.owner.witness(&txid)
        })
        .collect::<Result<_, _>>()?;
    Ok(SignedTransaction { transaction: transaction.clone(), witnesses: witnesses.try_into()? })
}

/// The proofs of a block's rows, certified by a quorum of its shard.
pub(super) fn prove(
    header: &Header,
    decisions: &[(TxId, ioschain_spec::ledger::Decision)],
) -> Result<Vec<Proof>, CaseError> {
    let message = header.vote(&Normative).message();
    Ok(prove_decisions(header, &certify_by_quorum(header.shard, &message)?, decisions))
}

/// The block with another body, which its header commits to; its results are those of the old body.
pub(super) fn with_body(
    block: &Block<Proof>,
    entries: &[Entry<Proof>],
) -> Result<Block<Proof>, CaseError> {
    let body = Body::try_from(entries.to_vec())?;
    let transactions_root = list_root_of(&body);
    Ok(Block { header: Header { transactions_root, ..block.header.clone() }, body })
}

/// The block with the root of another state than the one it leads to.
pub(super) fn with_state<O: EditOutcome>(
    world: &World,
    built: &BuiltBlock<Proof, RecomputedRoots>,
    change: impl FnOnce(&mut ShardState) -> O,
) -> Result<Block<Proof>, CaseError> {
    let header = &built.block.header;
    let mut state = world.state(header.shard)?.clone();
    state.apply(built.changes.clone());
    change(&mut state).finish()?;
    let header = Header { state_root: state.root(), ..header.clone() };
    Ok(Block { header, body: built.block.body.clone() })
}

/// A closing entry under the certificate of its shard's quorum.
pub(super) fn certify_epoch(
    closed: EpochClosed,
) -> Result<CertifiedEpoch<CollectiveSignature>, CaseError> {
    let certificate = certify_by_quorum(closed.shard, &closed.vote().message())?;
    Ok(CertifiedEpoch { closed, certificate })
}

/// An unlock-to-commit with these proofs.
pub(super) fn unlock_commit(
    transaction: &Transaction,
    proofs: Vec<Proof>,
) -> Result<UnlockCommit<Proof>, CaseError> {
    Ok(UnlockCommit { transaction: transaction.clone(), proofs: proofs.try_into()? })
}

/// The request is accepted, with this answer.
pub(super) fn answered(answer: Answer) -> Result<Intent, CaseError> {
    Ok(Intent::OkWith(json!({ "answer": to_json(&answer)? })))
}

/// `{"receipts": …}` of entries that are answered so, in their order.
pub(super) fn answers(answers: &[Answer]) -> Result<Value, CaseError> {
    let receipt = |(index, answer): (u32, &Answer)| Receipt { index, answer: *answer };
    let receipts: Vec<Receipt> = (0..).zip(answers).map(receipt).collect();
    Ok(json!({ "receipts": list_to_json(&receipts)? }))
}

/// A list of values as JSON.
pub(super) fn list_to_json<T: Wire + 'static>(values: &[T]) -> Result<Value, CaseError> {
    Ok(values.iter().map(to_json).collect::<Result<Vec<Value>, Refusal>>()?.into())
}
