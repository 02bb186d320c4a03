//! The chain of [`ioschain_spec::testing::chain`], with the checks that hold after every step.
//!
//! A test hands a [`World`] entries, and the world makes a block of those that the rules accept. On
//! the way it checks what must hold of every block: a refused entry changes nothing, a replica that
//! applies the block gets the same state, and the cached roots are the recomputed ones. The same
//! tests run with real cryptography ([`Normative`]) and with the model's ([`Ideal`]).

// Each test file compiles this module on its own and uses a part of it.
#![allow(dead_code, unused_imports)]

use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};

use ioschain_spec::Rejection;
use ioschain_spec::atomix::attestation::{Attests, IdealAttestation};
use ioschain_spec::atomix::decision_proof::prove_decisions;
use ioschain_spec::atomix::sweep::{Swept, import_due};
use ioschain_spec::atomix::{Answer, Import, Rules, Specification, UnlockAbort};
use ioschain_spec::chain::block::{Block, BlockBuilder, apply_block};
use ioschain_spec::chain::conservation::conservation_sum;
use ioschain_spec::chain::entry::Entry;
use ioschain_spec::identity::EpochClosed;
use ioschain_spec::ledger::genesis::{Genesis, Holder};
use ioschain_spec::ledger::header::Header;
use ioschain_spec::ledger::owner::derive_shard_of_owner;
use ioschain_spec::ledger::shard_state::{CachedRoots, RecomputedRoots};
use ioschain_spec::ledger::{
    AccountId, Decision, OutPoint, Overlay, Settlement, ShardContext, ShardEnvironment, ShardState,
    SignedTransaction, StateView, Transaction, TxId, UnspentOutput, Vote, Witness,
};
use ioschain_spec::parameters::Parameters;
use ioschain_spec::primitives::certificate::{ROSTER_MIN, Roster};
use ioschain_spec::primitives::cosi::CollectiveSignature;
use ioschain_spec::primitives::encoding::encode;
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::keys::ValidatorKeyPairs;
use ioschain_spec::primitives::merkle::list_root_of;
use ioschain_spec::primitives::numbers::{Epoch, Shard};
use ioschain_spec::suite::{Ideal, Normative};
use ioschain_spec::testing::chain::{self, TestChain, TestSuite as KitSuite};
use ioschain_spec::testing::owners;

pub(crate) use chain::{
    FEE_MINIMUM, Proof as NormativeProof, REJECTIONS_MAX, validators as shard_validators,
};
pub(crate) use ioschain_spec::testing::owners::{Coin, Owner};
pub(crate) use ioschain_spec::testing::setup::key_pair;

/// What the entries of a block came to, in order.
pub(crate) type Answers = Vec<Result<Answer, Rejection>>;

/// The owner with one key, made from a number.
pub(crate) fn owner_numbered(number: u32) -> Owner {
    Owner::with_keys(1, vec![key_pair("owner", number)], &[1]).unwrap()
}

/// The `nth` owner (from 0) whose account lives in `shard`.
pub(crate) fn owner_in_shard(shard: Shard, shards: u16, nth: usize) -> Owner {
    let owners = (0..).map(owner_numbered);
    let mut at_home =
        owners.filter(|owner| derive_shard_of_owner(&owner.account(), shards) == shard);
    at_home.nth(nth).unwrap()
}

/// What a test needs of a suite besides what the kit needs: blocks of the suite's own kind.
pub(crate) trait TestSuite: KitSuite {
    /// Makes the next block of a shard out of the entries that are accepted.
    fn run_block(
        world: &mut World<Self>,
        shard: Shard,
        entries: Vec<Entry<Self::Attestation>>,
    ) -> Result<Answers, Rejection>;
}

/// A chain whose every step is checked.
#[derive(Clone)]
pub(crate) struct World<S: TestSuite> {
    pub(crate) chain: TestChain<S>,
    pub(crate) rules: &'static dyn Rules<S>,
    pub(crate) roots: Vec<CachedRoots>,
    /// How many transactions sweeps have settled, by shard and transaction.
    pub(crate) swept: Swept,
    /// The last block of each shard and the state it was applied to; only with [`Normative`].
    pub(crate) last_blocks: BTreeMap<Shard, (ShardState, Block<S::Attestation>)>,
}

impl<S: TestSuite> Deref for World<S> {
    type Target = TestChain<S>;

    fn deref(&self) -> &TestChain<S> {
        &self.chain
    }
}

impl<S: TestSuite> DerefMut for World<S> {
    fn deref_mut(&mut self) -> &mut TestChain<S> {
        &mut self.chain
    }
}

/// The genesis of a test chain with the given grants; accounts hold the allocations.
pub(crate) fn test_genesis(shards: u16, grants: &[(AccountId, u64)]) -> Genesis {
    let holder = |number: u32| Holder::Account(owner_numbered(1_000_000 + number).account());
    let holders = [holder(0), holder(1), Holder::CommunityPools, holder(3), holder(4)];
    Genesis { holders, ..chain::genesis(shards, grants).unwrap() }
}

pub(crate) fn roster_of(validators: &[ValidatorKeyPairs]) -> Roster {
    Roster::new(validators.iter().map(ValidatorKeyPairs::public_keys)).unwrap()
}

impl World<Normative> {
    /// A chain under the specification and real cryptography.
    pub(crate) fn normative(shards: u16, grants: &[(&Owner, u64)]) -> (Self, Vec<Coin>) {
        Self::new(&Specification, shards, grants)
    }

    /// A proof of any row, under a block that the shard's validators signed without asking the
    /// rules.
    pub(crate) fn forge_proof(
        &self,
        shard: Shard,
        txid: TxId,
        decision: Decision,
    ) -> NormativeProof {
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
            roster_root: chain::roster(shard).unwrap().root(),
        };
        let certificate = self.certify_header(&header, ROSTER_MIN);
        prove_decisions(&header, &certificate, &[(txid, decision)]).remove(0)
    }

    /// The certificate of a header by its shard's last `count` validators.
    pub(crate) fn certify_header(&self, header: &Header, count: usize) -> CollectiveSignature {
        let validators = shard_validators(header.shard);
        let message = header.vote(&Normative).message();
        roster_of(&validators).certify(&validators[ROSTER_MIN - count..], &message).unwrap()
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
        let chain = TestChain::of(test_genesis(shards, &accounts)).unwrap();
        let coin = |(index, (owner, amount)): (u32, &(&Owner, u64))| Coin {
            outpoint: Genesis::outpoint(index),
            owner: (*owner).clone(),
            amount: *amount,
        };
        let coins = (5u32..).zip(grants).map(coin).collect();
        let roots = chain.states.iter().map(CachedRoots::of).collect();
        let (swept, last_blocks) = (Swept::default(), BTreeMap::new());
        (Self { chain, rules, roots, swept, last_blocks }, coins)
    }

    pub(crate) fn state(&self, shard: Shard) -> &ShardState {
        self.chain.state(shard).unwrap()
    }

    pub(crate) fn state_mut(&mut self, shard: Shard) -> &mut ShardState {
        self.chain.state_mut(shard).unwrap()
    }

    pub(crate) fn epoch(&self, shard: Shard) -> u64 {
        self.state(shard).position.epoch.0
    }

    pub(crate) fn decision(&self, shard: Shard, txid: &TxId) -> Option<Decision> {
        self.state(shard).decisions.get(txid).copied()
    }

    pub(crate) fn unspent(&self, shard: Shard, outpoint: &OutPoint) -> Option<&UnspentOutput> {
        self.state(shard).unspent.get(outpoint)
    }

    pub(crate) fn conservation(&self) -> Result<u64, Rejection> {
        conservation_sum(&self.suite, &self.states, &self.lists)
    }

    /// The shard where an owner's coins live.
    pub(crate) fn shard_of(&self, owner: &Owner) -> u16 {
        derive_shard_of_owner(&owner.account(), self.shards()).0
    }

    // Transactions.

    /// An unsigned payment that expires in the epoch of shard 1; the fee is what is left over.
    pub(crate) fn draft(&self, inputs: &[Coin], outputs: &[(&Owner, u64)]) -> Transaction {
        let inputs: Vec<&Coin> = inputs.iter().collect();
        self.chain.draft(Epoch(self.epoch(Shard(1))), &inputs, outputs).unwrap()
    }

    /// Signs a transaction by the claimed owners of its inputs, found among those of `coins`.
    pub(crate) fn sign(&self, transaction: &Transaction, coins: &[Coin]) -> SignedTransaction {
        let coins: Vec<&Coin> = coins.iter().collect();
        owners::sign(&self.suite, transaction, &coins).unwrap()
    }

    /// A signed payment that expires in the epoch of shard 1.
    pub(crate) fn pay(&self, inputs: &[Coin], outputs: &[(&Owner, u64)]) -> SignedTransaction {
        self.pay_until(Epoch(self.epoch(Shard(1))), inputs, outputs)
    }

    /// A signed payment that expires in `epoch`.
    pub(crate) fn pay_until(
        &self,
        epoch: Epoch,
        inputs: &[Coin],
        outputs: &[(&Owner, u64)],
    ) -> SignedTransaction {
        let inputs: Vec<&Coin> = inputs.iter().collect();
        self.chain.pay(epoch, &inputs, outputs).unwrap()
    }

    pub(crate) fn id(&self, signed: &SignedTransaction) -> TxId {
        signed.transaction.id(&self.suite)
    }

    /// The witness of all keys of an owner.
    pub(crate) fn witness_of(&self, owner: &Owner, txid: &TxId) -> Witness {
        owner.witness(&self.suite, txid).unwrap()
    }

    // Messages.

    /// Makes a block of a shard: the sweep if it is due, then the entries that are accepted.
    pub(crate) fn submit(&mut self, shard: Shard, entries: Vec<Entry<S::Attestation>>) -> Answers {
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
        shard: Shard,
        entry: Entry<S::Attestation>,
    ) -> Result<Answer, Rejection> {
        self.submit(shard, vec![entry]).remove(0)
    }

    /// A block without entries of its own, which sweeps if that is due.
    pub(crate) fn tick(&mut self, shard: Shard) {
        self.submit(shard, Vec::new());
    }

    pub(crate) fn single(
        &mut self,
        shard: Shard,
        request: &SignedTransaction,
    ) -> Result<(), Rejection> {
        self.submit_one(shard, Entry::Single(request.clone())).map(|answer| {
            assert_eq!(answer, Answer::Applied);
        })
    }

    pub(crate) fn lock(
        &mut self,
        shard: Shard,
        request: &SignedTransaction,
    ) -> Result<Vote, Rejection> {
        match self.submit_one(shard, Entry::Lock(request.clone()))? {
            Answer::Voted(vote) => Ok(vote),
            answer => panic!("a lock is answered with a vote, not {answer:?}"),
        }
    }

    pub(crate) fn commit(
        &mut self,
        shard: Shard,
        transaction: &Transaction,
        proofs: Vec<S::Attestation>,
    ) -> Result<Settlement, Rejection> {
        let unlock = owners::unlock_commit(transaction, proofs).unwrap();
        match self.submit_one(shard, Entry::UnlockCommit(unlock))? {
            Answer::Settled(settlement) => Ok(settlement),
            answer => panic!("an unlock is answered with a settlement, not {answer:?}"),
        }
    }

    pub(crate) fn abort(
        &mut self,
        shard: Shard,
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
    pub(crate) fn proof(&self, shard: Shard, txid: &TxId) -> S::Attestation {
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
    pub(crate) fn import_for(&self, shard: Shard) -> Import {
        self.chain.import_for(shard).unwrap()
    }

    /// Closes a shard's epoch: certified by its validators, ordered in the identity log.
    pub(crate) fn close(&mut self, shard: Shard) -> Result<EpochClosed, Rejection> {
        let before = encode(self.state(shard));
        let context = self.context();
        let closed = self.rules.close_epoch(&context, self.state(shard));
        assert_eq!(encode(self.state(shard)), before, "closing reads the state and no more");
        let closed = closed?;
        let certified = self.certify_epoch(closed.entry.clone()).unwrap();
        self.order(&certified).unwrap();

        let place = usize::from(shard) - 1;
        self.roots[place] = self.roots[place].updated(&closed.changes);
        self.states[place].apply(closed.changes);
        self.lists.insert((closed.entry.epoch, shard), closed.lists);
        self.drop_old_lists();
        self.check_roots(shard);
        Ok(closed.entry)
    }

    /// Closes the epoch of every shard that is in the lowest open one, and sweeps it everywhere.
    pub(crate) fn next_epoch(&mut self) {
        let lowest = (1..=self.shards()).map(|shard| self.epoch(Shard(shard))).min().unwrap();
        for shard in 1..=self.shards() {
            if self.epoch(Shard(shard)) == lowest {
                self.tick(Shard(shard));
                self.close(Shard(shard)).unwrap();
            }
        }
        (1..=self.shards()).for_each(|shard| self.tick(Shard(shard)));
    }

    /// Lists are kept until every shard has closed the next epoch.
    fn drop_old_lists(&mut self) {
        let view = self.chain.log.view();
        self.chain.lists.retain(|(epoch, _), _| !view.all_closed(*epoch + 1));
    }

    /// The cached roots are those of the state.
    fn check_roots(&self, shard: Shard) {
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
    view: &dyn StateView,
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
    fn run_block(
        world: &mut World<Self>,
        shard: Shard,
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
        let roster = chain::roster(shard).unwrap();
        let all = built.block.header.height.0 % 2 == 0;
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
    /// The model has no blocks: its shards apply entries in turn.
    fn run_block(
        world: &mut World<Self>,
        shard: Shard,
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
        let TestChain { states, proofs, .. } = &mut world.chain;
        for txid in states[place].decisions.keys() {
            let row = Rules::<Ideal>::read_decision(world.rules, &states[place], txid);
            let attestation = row.and_then(|row| Ideal.attest(shard, *txid, &row));
            let known = proofs.entry((shard, *txid)).or_default();
            known.extend(attestation.filter(|attestation| !known.contains(attestation)));
        }
        Ok(answers)
    }
}
