//! A small chain for the tests: real validators and owners, one process, no network.
//!
//! A [`World`] holds the identity log and the shards of one chain. A test hands it entries, and the
//! world makes a block of those that the rules accept. On the way it checks what must hold of every
//! block: a refused entry changes nothing, a replica that applies the block gets the same state, and
//! the cached roots are the recomputed ones. The same tests run with real cryptography
//! ([`Normative`]) and with the model's ([`Ideal`]).

// Each test file compiles this module on its own and uses a part of it.
#![allow(dead_code)]

use std::collections::BTreeMap;

use ioschain_spec::Rejection;
use ioschain_spec::atomix::attestation::{Attests, IdealAttestation};
use ioschain_spec::atomix::decision_proof::prove_decisions;
use ioschain_spec::atomix::sweep::{Swept, import_due};
use ioschain_spec::atomix::{
    Answer, ExpiryList, Import, Rules, Specification, UnlockAbort, UnlockCommit,
};
use ioschain_spec::chain::block::{Block, BlockBuilder, apply_block};
use ioschain_spec::chain::conservation::{RetainedLists, conservation_sum};
use ioschain_spec::chain::entry::Entry;
use ioschain_spec::identity::{CertifiedEpoch, EpochClosed, IdentityLog};
use ioschain_spec::ledger::genesis::{Genesis, Grant, Holder, derive_genesis, found_rosters};
use ioschain_spec::ledger::header::Header;
use ioschain_spec::ledger::owner::{derive_shard_of_owner, derive_witness_message};
use ioschain_spec::ledger::shard_state::{CachedRoots, RecomputedRoots};
use ioschain_spec::ledger::transaction::TRANSACTION_VERSION;
use ioschain_spec::ledger::{
    AccountId, Decision, Input, OutPoint, Output, Overlay, Payload, Policy, Settlement,
    ShardContext, ShardEnvironment, ShardState, SignedTransaction, Transaction, TxId,
    UnspentOutput, View, Vote, Witness,
};
use ioschain_spec::parameters::Parameters;
use ioschain_spec::primitives::certificate::{ROSTER_MIN, Roster};
use ioschain_spec::primitives::cosi::CollectiveSignature;
use ioschain_spec::primitives::ed25519::{KeyPair, PublicKey, Signature};
use ioschain_spec::primitives::encoding::encode;
use ioschain_spec::primitives::hash::{Digest, sha256};
use ioschain_spec::primitives::keys::ValidatorKeyPairs;
use ioschain_spec::primitives::merkle::list_root_of;
use ioschain_spec::suite::{Ideal, IdealCertificate, Normative};

/// The proof of a vote under real cryptography.
pub(crate) type NormativeProof = <Normative as Attests>::Attestation;
/// What the entries of a block came to, in order.
pub(crate) type Answers = Vec<Result<Answer, Rejection>>;

/// The least fee of the test chains, in units.
pub(crate) const FEE_MINIMUM: u64 = 2;
/// The most rejection rows of a block of the test chains.
pub(crate) const REJECTIONS_MAX: u32 = 3;

/// An account and the keys that sign for it.
#[derive(Clone, Debug)]
pub(crate) struct Owner {
    pub(crate) policy: Policy,
    pub(crate) keys: Vec<KeyPair>,
}

impl Owner {
    /// The owner with one key, made from a number.
    pub(crate) fn numbered(number: u32) -> Self {
        Self::weighted(1, vec![(key_pair("owner", number), 1)])
    }

    /// An owner with several keys; all of them sign.
    pub(crate) fn weighted(threshold: u32, keys: Vec<(KeyPair, u16)>) -> Self {
        let weights: BTreeMap<PublicKey, u16> =
            keys.iter().map(|(keys, weight)| (keys.public_key(), *weight)).collect();
        let policy = Policy { threshold, keys: weights.try_into().unwrap() };
        Self { policy, keys: keys.into_iter().map(|(keys, _)| keys).collect() }
    }

    /// The `nth` owner (from 0) whose account lives in `shard`.
    pub(crate) fn in_shard(shard: u16, shards: u16, nth: usize) -> Self {
        let mut owners = (0..).map(Self::numbered);
        owners
            .by_ref()
            .filter(|owner| derive_shard_of_owner(&owner.account(), shards) == shard)
            .nth(nth)
            .unwrap()
    }

    pub(crate) fn account(&self) -> AccountId {
        self.policy.account_id()
    }

    /// The witness of all keys, with the policy revealed.
    pub(crate) fn witness<S: TestSuite>(&self, suite: S, txid: &TxId) -> Witness {
        let message = derive_witness_message(&suite, txid);
        let signatures: BTreeMap<PublicKey, Signature> = self
            .keys
            .iter()
            .map(|keys| (keys.public_key(), suite.sign_with(keys, &message)))
            .collect();
        Witness { policy: Some(self.policy.clone()), signatures: signatures.try_into().unwrap() }
    }
}

/// The key pair that a role and a number name.
pub(crate) fn key_pair(role: &str, number: u32) -> KeyPair {
    KeyPair::from_seed(&sha256(&[role.as_bytes(), &number.to_le_bytes()]).0)
}

/// An output that a test knows of, spent or not.
#[derive(Clone, Debug)]
pub(crate) struct Coin {
    pub(crate) outpoint: OutPoint,
    pub(crate) owner: Owner,
    pub(crate) amount: u64,
}

/// What a test needs of a suite besides what the protocol needs.
pub(crate) trait TestSuite: Attests + Copy + Default + 'static {
    fn sign_with(self, keys: &KeyPair, message: &Digest) -> Signature;

    /// The certificate of some validators of a roster.
    fn certify(
        self,
        signers: &[ValidatorKeyPairs],
        roster: &Roster,
        message: &Digest,
    ) -> Self::Certificate;

    /// Makes the next block of a shard out of the entries that are accepted.
    fn run_block(
        world: &mut World<Self>,
        shard: u16,
        entries: Vec<Entry<Self::Attestation>>,
    ) -> Result<Answers, Rejection>;
}

/// The shards of one chain and what stands for the identity shard.
#[derive(Clone)]
pub(crate) struct World<S: TestSuite> {
    pub(crate) suite: S,
    pub(crate) rules: &'static dyn Rules<S>,
    pub(crate) genesis: Genesis,
    pub(crate) log: IdentityLog,
    /// The validators of shards 0..=m.
    pub(crate) validators: Vec<Vec<ValidatorKeyPairs>>,
    pub(crate) states: Vec<ShardState>,
    pub(crate) roots: Vec<CachedRoots>,
    pub(crate) retained: RetainedLists,
    /// Every proof of a row that any block gave, the latest last.
    pub(crate) proofs: BTreeMap<(u16, TxId), Vec<S::Attestation>>,
    /// How many transactions sweeps have settled, by shard and transaction.
    pub(crate) swept: Swept,
    /// The last block of each shard and the state it was applied to; only with [`Normative`].
    pub(crate) last_blocks: BTreeMap<u16, (ShardState, Block<S::Attestation>)>,
}

/// The genesis of a test chain: four validators a shard, the given grants.
pub(crate) fn test_genesis(shards: u16, grants: &[(AccountId, u64)]) -> Genesis {
    let validators: Vec<Vec<ValidatorKeyPairs>> = (0..=shards).map(shard_validators).collect();
    let (rosters, possessions) = found_rosters(&validators).unwrap();
    let grants: Vec<Grant> =
        grants.iter().map(|(owner, amount)| Grant { owner: *owner, amount: *amount }).collect();
    let holder = |number: u32| Holder::Account(Owner::numbered(1_000_000 + number).account());
    Genesis {
        shards,
        fee_minimum: FEE_MINIMUM,
        rejections_max: REJECTIONS_MAX,
        rosters,
        possessions,
        holders: [holder(0), holder(1), Holder::CommunityPools, holder(3), holder(4)],
        grants: grants.try_into().unwrap(),
    }
}

/// The validators of a shard, in the order of the roster.
pub(crate) fn shard_validators(shard: u16) -> Vec<ValidatorKeyPairs> {
    let first = u32::from(shard) * 100;
    let seed = |number: u32| sha256(&[b"validator", &number.to_le_bytes()]).0;
    let validators = (first..).take(ROSTER_MIN);
    let mut validators: Vec<ValidatorKeyPairs> =
        validators.map(|number| ValidatorKeyPairs::from_seed(&seed(number))).collect();
    validators.sort_by_key(|key_pairs| key_pairs.public_keys().node_id());
    validators
}

pub(crate) fn roster_of(validators: &[ValidatorKeyPairs]) -> Roster {
    Roster::new(validators.iter().map(ValidatorKeyPairs::public_keys)).unwrap()
}

impl World<Normative> {
    /// A chain under the specification and real cryptography.
    pub(crate) fn normative(shards: u16, grants: &[(&Owner, u64)]) -> (Self, Vec<Coin>) {
        Self::new(&Specification, shards, grants)
    }

    /// A proof of any row, under a block that the shard's validators signed without asking the rules.
    pub(crate) fn forge_proof(&self, shard: u16, txid: TxId, decision: Decision) -> NormativeProof {
        let position = &self.state(shard).position;
        let header = Header {
            chain_id: self.parameters().chain_id,
            shard,
            epoch: position.epoch,
            height: position.height + 1,
            previous: position.previous,
            identity_height: self.log.height(),
            identity_hash: self.log.view().hash(),
            transactions_root: Digest::ZERO,
            receipts_root: Digest::ZERO,
            decisions_root: list_root_of([(txid, decision)]),
            state_root: Digest::ZERO,
            roster_root: roster_of(&self.validators[usize::from(shard)]).root(),
        };
        let certificate = self.certify_header(&header, ROSTER_MIN);
        prove_decisions(&header, &certificate, &[(txid, decision)]).remove(0)
    }

    /// The certificate of a header by its shard's last `count` validators.
    pub(crate) fn certify_header(&self, header: &Header, count: usize) -> CollectiveSignature {
        let validators = &self.validators[usize::from(header.shard)];
        let message = header.vote(&Normative).message();
        Normative.certify(&validators[ROSTER_MIN - count..], &roster_of(validators), &message)
    }
}

impl<S: TestSuite> World<S> {
    /// A chain and the coins that the grants became.
    pub(crate) fn new(
        rules: &'static dyn Rules<S>,
        shards: u16,
        grants: &[(&Owner, u64)],
    ) -> (Self, Vec<Coin>) {
        let accounts: Vec<(AccountId, u64)> =
            grants.iter().map(|(owner, amount)| (owner.account(), *amount)).collect();
        let genesis = test_genesis(shards, &accounts);
        let (log, states) = derive_genesis(&genesis).unwrap();
        let coins = (5u32..)
            .zip(grants)
            .map(|(index, (owner, amount))| Coin {
                outpoint: Genesis::outpoint(index),
                owner: (*owner).clone(),
                amount: *amount,
            })
            .collect();
        let world = Self {
            suite: S::default(),
            rules,
            genesis,
            log,
            validators: (0..=shards).map(shard_validators).collect(),
            roots: states.iter().map(CachedRoots::of).collect(),
            states,
            retained: RetainedLists::new(),
            proofs: BTreeMap::new(),
            swept: Swept::default(),
            last_blocks: BTreeMap::new(),
        };
        (world, coins)
    }

    pub(crate) fn parameters(&self) -> &Parameters {
        self.log.view().parameters()
    }

    pub(crate) fn shards(&self) -> u16 {
        self.parameters().shards
    }

    pub(crate) fn context(&self) -> ShardContext<'_, S> {
        ShardContext { suite: &self.suite, identity: self.log.view() }
    }

    pub(crate) fn state(&self, shard: u16) -> &ShardState {
        &self.states[usize::from(shard) - 1]
    }

    pub(crate) fn state_mut(&mut self, shard: u16) -> &mut ShardState {
        &mut self.states[usize::from(shard) - 1]
    }

    pub(crate) fn epoch(&self, shard: u16) -> u64 {
        self.state(shard).position.epoch
    }

    pub(crate) fn decision(&self, shard: u16, txid: &TxId) -> Option<Decision> {
        self.state(shard).decisions.get(txid).copied()
    }

    pub(crate) fn unspent(&self, shard: u16, outpoint: &OutPoint) -> Option<&UnspentOutput> {
        self.state(shard).unspent.get(outpoint)
    }

    pub(crate) fn conservation(&self) -> Result<u64, Rejection> {
        conservation_sum(&self.suite, &self.states, &self.retained)
    }

    /// The shard where an owner's coins live.
    pub(crate) fn shard_of(&self, owner: &Owner) -> u16 {
        derive_shard_of_owner(&owner.account(), self.shards())
    }

    // Transactions.

    /// An unsigned payment that expires in the epoch of shard 1; the fee is what is left over.
    pub(crate) fn draft(&self, inputs: &[Coin], outputs: &[(&Owner, u64)]) -> Transaction {
        let mut inputs: Vec<Input> = inputs
            .iter()
            .map(|coin| Input {
                outpoint: coin.outpoint,
                owner: coin.owner.account(),
                amount: coin.amount,
            })
            .collect();
        inputs.sort_by_key(|input| input.outpoint);
        let spent: u64 = inputs.iter().map(|input| input.amount).sum();
        let created: u64 = outputs.iter().map(|(_, amount)| amount).sum();
        let outputs: Vec<Output> = outputs
            .iter()
            .map(|(owner, amount)| Output {
                owner: owner.account(),
                amount: *amount,
                data_hash: None,
            })
            .collect();
        Transaction {
            version: TRANSACTION_VERSION,
            chain_id: self.parameters().chain_id,
            inputs: inputs.try_into().unwrap(),
            outputs: outputs.try_into().unwrap(),
            fee: spent - created,
            expiry_epoch: self.epoch(1),
            salt: 0,
            payload: Payload::Transfer,
        }
    }

    /// Signs a transaction by the claimed owners of its inputs, found among those of `coins`.
    pub(crate) fn sign(&self, transaction: &Transaction, coins: &[Coin]) -> SignedTransaction {
        let txid = transaction.id(&self.suite);
        let witnesses: Vec<Witness> = transaction
            .inputs
            .iter()
            .map(|input| {
                let mut owners = coins.iter().map(|coin| &coin.owner);
                let owner = owners.find(|owner| owner.account() == input.owner).unwrap();
                owner.witness(self.suite, &txid)
            })
            .collect();
        SignedTransaction {
            transaction: transaction.clone(),
            witnesses: witnesses.try_into().unwrap(),
        }
    }

    /// A signed payment that expires in the epoch of shard 1.
    pub(crate) fn pay(&self, inputs: &[Coin], outputs: &[(&Owner, u64)]) -> SignedTransaction {
        self.sign(&self.draft(inputs, outputs), inputs)
    }

    /// A signed payment that expires in `epoch`.
    pub(crate) fn pay_until(
        &self,
        epoch: u64,
        inputs: &[Coin],
        outputs: &[(&Owner, u64)],
    ) -> SignedTransaction {
        let mut transaction = self.draft(inputs, outputs);
        transaction.expiry_epoch = epoch;
        self.sign(&transaction, inputs)
    }

    pub(crate) fn id(&self, signed: &SignedTransaction) -> TxId {
        signed.transaction.id(&self.suite)
    }

    // Messages.

    /// Makes a block of a shard: the sweep if it is due, then the entries that are accepted.
    pub(crate) fn submit(&mut self, shard: u16, entries: Vec<Entry<S::Attestation>>) -> Answers {
        if import_due(&self.context(), self.state(shard)).is_none() {
            return S::run_block(self, shard, entries).unwrap();
        }
        let import = Entry::Import(self.import_for(shard));
        let entries = [import].into_iter().chain(entries).collect();
        let mut answers = S::run_block(self, shard, entries).unwrap();
        match answers.remove(0) {
            Ok(Answer::Swept { committed, aborted }) => {
                self.swept.committed += committed;
                self.swept.aborted += aborted;
            }
            answer => panic!("a due sweep is answered with {answer:?}"),
        }
        answers
    }

    fn submit_one(
        &mut self,
        shard: u16,
        entry: Entry<S::Attestation>,
    ) -> Result<Answer, Rejection> {
        self.submit(shard, vec![entry]).remove(0)
    }

    /// A block without entries of its own, which sweeps if that is due.
    pub(crate) fn tick(&mut self, shard: u16) {
        self.submit(shard, Vec::new());
    }

    pub(crate) fn single(
        &mut self,
        shard: u16,
        request: &SignedTransaction,
    ) -> Result<(), Rejection> {
        self.submit_one(shard, Entry::Single(request.clone())).map(|answer| {
            assert_eq!(answer, Answer::Applied);
        })
    }

    pub(crate) fn lock(
        &mut self,
        shard: u16,
        request: &SignedTransaction,
    ) -> Result<Vote, Rejection> {
        match self.submit_one(shard, Entry::Lock(request.clone()))? {
            Answer::Voted(vote) => Ok(vote),
            answer => panic!("a lock is answered with a vote, not {answer:?}"),
        }
    }

    pub(crate) fn commit(
        &mut self,
        shard: u16,
        transaction: &Transaction,
        proofs: Vec<S::Attestation>,
    ) -> Result<Settlement, Rejection> {
        let unlock =
            UnlockCommit { transaction: transaction.clone(), proofs: proofs.try_into().unwrap() };
        match self.submit_one(shard, Entry::UnlockCommit(unlock))? {
            Answer::Settled(settlement) => Ok(settlement),
            answer => panic!("an unlock is answered with a settlement, not {answer:?}"),
        }
    }

    pub(crate) fn abort(
        &mut self,
        shard: u16,
        transaction: &Transaction,
        proof: S::Attestation,
    ) -> Result<Settlement, Rejection> {
        let unlock = UnlockAbort { transaction: transaction.clone(), proof };
        match self.submit_one(shard, Entry::UnlockAbort(unlock))? {
            Answer::Settled(settlement) => Ok(settlement),
            answer => panic!("an unlock is answered with a settlement, not {answer:?}"),
        }
    }

    /// The latest proof of a shard's row.
    pub(crate) fn proof(&self, shard: u16, txid: &TxId) -> S::Attestation {
        self.proofs[&(shard, *txid)].last().unwrap().clone()
    }

    /// The latest proofs of all input shards, in shard order.
    pub(crate) fn proofs_of(&self, transaction: &Transaction) -> Vec<S::Attestation> {
        let txid = transaction.id(&self.suite);
        let input_shards = transaction.input_shards(self.shards());
        input_shards.into_iter().map(|shard| self.proof(shard, &txid)).collect()
    }

    /// Locks at every input shard; all must accept.
    pub(crate) fn lock_everywhere(&mut self, request: &SignedTransaction) {
        for shard in request.transaction.input_shards(self.shards()) {
            assert_eq!(self.lock(shard, request), Ok(Vote::Accepted));
        }
    }

    /// Carries a payment to its good end at every participant.
    pub(crate) fn settle_everywhere(&mut self, request: &SignedTransaction) {
        self.lock_everywhere(request);
        let proofs = self.proofs_of(&request.transaction);
        for shard in request.transaction.participants(self.shards()) {
            let settled = self.commit(shard, &request.transaction, proofs.clone());
            assert_eq!(settled, Ok(Settlement::Committed));
        }
    }

    // Epochs.

    /// The sweep of the last epoch, as the retained lists have it.
    pub(crate) fn import_for(&self, shard: u16) -> Import {
        let epoch = self.epoch(shard) - 1;
        let list_from = |source| -> ExpiryList {
            let lists = self.retained.get(&(epoch, source));
            lists.map_or(ExpiryList::empty(), |lists| lists[usize::from(shard) - 1].clone())
        };
        let lists: Vec<ExpiryList> = (1..=self.shards()).map(list_from).collect();
        Import { epoch, lists: lists.try_into().unwrap() }
    }

    /// Closes a shard's epoch: certified by its validators, ordered in the identity log.
    pub(crate) fn close(&mut self, shard: u16) -> Result<EpochClosed, Rejection> {
        let before = encode(self.state(shard));
        let context = self.context();
        let closed = self.rules.close_epoch(&context, self.state(shard));
        assert_eq!(encode(self.state(shard)), before, "closing reads the state and no more");
        let closed = closed?;
        let certified = self.certify_epoch(closed.entry.clone());
        self.log.append(&self.suite, &certified).unwrap();

        let place = usize::from(shard) - 1;
        self.roots[place] = self.roots[place].updated(&closed.changes);
        self.states[place].apply(closed.changes);
        self.retained.insert((closed.entry.epoch, shard), closed.lists);
        self.drop_old_lists();
        self.check_roots(shard);
        Ok(closed.entry)
    }

    /// The entry under the certificate of its shard's validators.
    pub(crate) fn certify_epoch(&self, closed: EpochClosed) -> CertifiedEpoch<S::Certificate> {
        let message = closed.vote().message();
        let signers = &self.validators[usize::from(closed.shard)];
        let certificate = self.suite.certify(signers, &roster_of(signers), &message);
        CertifiedEpoch { closed, certificate }
    }

    /// Closes the epoch of every shard that is in the lowest open one, and sweeps it everywhere.
    pub(crate) fn next_epoch(&mut self) {
        let lowest = (1..=self.shards()).map(|shard| self.epoch(shard)).min().unwrap();
        for shard in 1..=self.shards() {
            if self.epoch(shard) == lowest {
                self.tick(shard);
                self.close(shard).unwrap();
            }
        }
        (1..=self.shards()).for_each(|shard| self.tick(shard));
    }

    /// Lists are kept until every shard has closed the next epoch.
    fn drop_old_lists(&mut self) {
        let view = self.log.view();
        self.retained.retain(|(epoch, _), _| !view.all_closed(epoch + 1));
    }

    /// The cached roots are those of the state.
    fn check_roots(&self, shard: u16) {
        let state = self.state(shard);
        let cached = &self.roots[usize::from(shard) - 1];
        assert_eq!(cached.root(&state.totals), state.root(), "cached and recomputed roots agree");
    }
}

/// Applies one entry to an overlay, without a block around it.
pub(crate) fn apply_directly<S: TestSuite>(
    rules: &dyn Rules<S>,
    context: &ShardContext<'_, S>,
    overlay: &mut Overlay<'_>,
    entry: &Entry<S::Attestation>,
) -> Result<Answer, Rejection> {
    match entry {
        Entry::Single(request) => {
            rules.apply_single(context, overlay, request).map(|()| Answer::Applied)
        }
        Entry::Lock(request) => rules.apply_lock(context, overlay, request).map(Answer::Voted),
        Entry::UnlockCommit(unlock) => {
            rules.apply_unlock_commit(context, overlay, unlock).map(Answer::Settled)
        }
        Entry::UnlockAbort(unlock) => {
            rules.apply_unlock_abort(context, overlay, unlock).map(Answer::Settled)
        }
        Entry::Import(import) => {
            let Swept { committed, aborted } = rules.apply_import(context, overlay, import)?;
            Ok(Answer::Swept { committed, aborted })
        }
    }
}

/// Applies one entry to an overlay on `view`; a refused one must leave the overlay as it was.
fn try_entry<S: TestSuite>(
    rules: &dyn Rules<S>,
    context: &ShardContext<'_, S>,
    view: &dyn View,
    entry: &Entry<S::Attestation>,
) -> Result<Answer, Rejection> {
    let mut overlay = Overlay::on(view);
    let answer = apply_directly(rules, context, &mut overlay, entry);
    if let Err(rejection) = answer {
        let untouched = Overlay::on(view).into_changes();
        assert_eq!(overlay.into_changes(), untouched, "{rejection} writes nothing");
    }
    answer
}

impl TestSuite for Normative {
    fn sign_with(self, keys: &KeyPair, message: &Digest) -> Signature {
        keys.sign(&message.0)
    }

    fn certify(
        self,
        signers: &[ValidatorKeyPairs],
        roster: &Roster,
        message: &Digest,
    ) -> CollectiveSignature {
        roster.certify(signers, message).unwrap()
    }

    fn run_block(
        world: &mut World<Self>,
        shard: u16,
        entries: Vec<Entry<NormativeProof>>,
    ) -> Result<Answers, Rejection> {
        let place = usize::from(shard) - 1;
        let before = world.states[place].clone();
        let context = world.context();
        let mut builder =
            BlockBuilder::new(ShardEnvironment { rules: world.rules, context: &context }, &before);
        let mut answers = Answers::new();
        for entry in entries {
            let tried = try_entry(world.rules, &context, builder.view(), &entry);
            let pushed = builder.push(entry);
            assert_eq!(pushed, tried, "a block asks the same rules");
            answers.push(pushed);
        }
        let built = builder.finish(&world.roots[place])?;

        let mut replica = before.clone();
        let receipts = apply_block(
            world.rules,
            &world.suite,
            &world.log,
            &mut replica,
            &mut RecomputedRoots,
            &built.block,
        );
        assert_eq!(receipts.as_ref(), Ok(&built.receipts), "a replica accepts what was built");
        world.states[place].apply(built.changes);
        world.roots[place] = built.roots;
        assert_eq!(world.states[place], replica, "a replica gets the same state");
        assert_eq!(built.block.header.state_root, replica.root());
        world.check_roots(shard);

        // Blocks of even height carry all signatures, the others a bare quorum.
        let roster = roster_of(&world.validators[usize::from(shard)]);
        let all = built.block.header.height % 2 == 0;
        let count = if all { ROSTER_MIN } else { roster.quorum() };
        let certificate = world.certify_header(&built.block.header, count);
        for proof in prove_decisions(&built.block.header, &certificate, &built.decisions) {
            world.proofs.entry((shard, proof.txid)).or_default().push(proof);
        }
        world.last_blocks.insert(shard, (before, built.block));
        Ok(answers)
    }
}

impl TestSuite for Ideal {
    fn sign_with(self, keys: &KeyPair, message: &Digest) -> Signature {
        self.sign(&keys.public_key(), message)
    }

    fn certify(self, _: &[ValidatorKeyPairs], _: &Roster, _: &Digest) -> IdealCertificate {
        IdealCertificate
    }

    /// The model has no blocks: its shards apply entries in turn.
    fn run_block(
        world: &mut World<Self>,
        shard: u16,
        entries: Vec<Entry<IdealAttestation>>,
    ) -> Result<Answers, Rejection> {
        let place = usize::from(shard) - 1;
        let before = world.states[place].clone();
        let context = world.context();
        let mut block = Overlay::on(&before);
        let mut answers = Answers::new();
        for entry in entries {
            let tried = try_entry(world.rules, &context, &block, &entry);
            let mut step = Overlay::on(&block);
            let applied = apply_directly(world.rules, &context, &mut step, &entry);
            assert_eq!(applied, tried, "the rules are a function");
            if applied.is_ok() {
                let changes = step.into_changes();
                block.absorb(changes);
            }
            answers.push(applied);
        }
        let changes = block.into_changes();
        world.roots[place] = world.roots[place].updated(&changes);
        world.states[place].apply(changes);
        world.check_roots(shard);
        for txid in world.states[place].decisions.keys() {
            let row = Rules::<Ideal>::read_decision(world.rules, &world.states[place], txid);
            let attestation = row.and_then(|row| Ideal.attest(shard, *txid, &row));
            let known = world.proofs.entry((shard, *txid)).or_default();
            known.extend(attestation.filter(|attestation| !known.contains(attestation)));
        }
        Ok(answers)
    }
}
