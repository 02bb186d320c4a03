//! §3: blocks: what a header commits to, what makes a block invalid, and that a refused block
//! changes nothing.

mod world;

use std::collections::BTreeSet;

use ioschain_spec::Rejection;
use ioschain_spec::atomix::Specification;
use ioschain_spec::chain::block::{Block, BlockBuilder, apply_block};
use ioschain_spec::chain::entry::{Entry, Receipt};
use ioschain_spec::ledger::header::Header;
use ioschain_spec::ledger::shard_state::{CachedRoots, RecomputedRoots};
use ioschain_spec::ledger::{
    SUPPLY, ShardContext, ShardEnvironment, ShardState, SignedTransaction, TxId, Vote,
};
use ioschain_spec::primitives::encoding::encode;
use ioschain_spec::primitives::hash::{Digest, tagged_hash, tags};
use ioschain_spec::primitives::merkle::list_root_of;
use ioschain_spec::primitives::numbers::{Epoch, Height, Shard};
use ioschain_spec::suite::Normative;

use world::{Coin, NormativeProof, Owner, World, owner_in_shard};

type NormativeBlock = Block<NormativeProof>;

/// Shard 1 of 2 in epoch 2 has seen one entry of the identity log; now both shards have closed
/// epoch 1, and its sweep is due.
struct Scene {
    world: World<Normative>,
    coins: Vec<Coin>,
    owners: [Owner; 2],
}

fn scene() -> Scene {
    let owners = [owner_in_shard(Shard(1), 2, 0), owner_in_shard(Shard(2), 2, 0)];
    let grants = [(&owners[0], 100), (&owners[0], 200), (&owners[1], 300)];
    let (mut world, coins) = World::normative(2, &grants);
    world.close(Shard(1)).unwrap();
    world.tick(Shard(1));
    world.close(Shard(2)).unwrap();
    Scene { world, coins, owners }
}

impl Scene {
    fn local_payment(&self) -> SignedTransaction {
        self.world.pay(&self.coins[..1], &[(&self.owners[0], 90)])
    }

    fn cross_shard_payment(&self) -> SignedTransaction {
        self.world.pay(&self.coins[1..], &[(&self.owners[1], 490)])
    }

    /// The sound block that the faults are made in: a sweep, a payment, a lock. The shard has not
    /// applied it in the state that comes with it.
    fn sound_block(&mut self) -> (ShardState, NormativeBlock) {
        let entries =
            vec![Entry::Single(self.local_payment()), Entry::Lock(self.cross_shard_payment())];
        let answers = self.world.submit(Shard(1), entries);
        assert!(answers.iter().all(Result::is_ok));
        self.world.last_blocks[&Shard(1)].clone()
    }

    /// The answer to a block; a refused one must leave the state and its roots as they were.
    fn answer_to(&self, before: &ShardState, block: &NormativeBlock) -> Result<(), Rejection> {
        let Self { world, .. } = self;
        let mut state = before.clone();
        let mut roots = CachedRoots::of(before);
        let answer =
            apply_block(world.rules, &Normative, &world.log, &mut state, &mut roots, block);
        if answer.is_err() {
            assert_eq!(encode(&state), encode(before), "a refused block changes nothing");
        }
        assert_eq!(roots.root(&state.totals), state.root());
        answer.map(|_| ())
    }
}

fn with_body(block: &mut NormativeBlock, change: impl FnOnce(&mut Vec<Entry<NormativeProof>>)) {
    let mut entries = block.body.to_vec();
    change(&mut entries);
    block.header.transactions_root = list_root_of(&entries);
    block.body = entries.try_into().unwrap();
}

fn flip(digest: &mut Digest) {
    digest.0[7] ^= 1;
}

struct Fault {
    rejection: Rejection,
    make: fn(&mut NormativeBlock),
}

/// In the order of the checks.
const FAULTS: &[Fault] = &[
    Fault { rejection: Rejection::LedBlockChain, make: |block| flip(&mut block.header.chain_id) },
    Fault { rejection: Rejection::LedBlockShard, make: |block| block.header.shard = Shard(2) },
    Fault { rejection: Rejection::LedBlockEpoch, make: |block| block.header.epoch += 1 },
    Fault { rejection: Rejection::LedBlockHeight, make: |block| block.header.height += 1 },
    Fault {
        rejection: Rejection::LedBlockPrevious,
        make: |block| flip(&mut block.header.previous),
    },
    Fault {
        rejection: Rejection::LedBlockIdentityHeight,
        make: |block| block.header.identity_height = Height(0),
    },
    Fault {
        rejection: Rejection::LedBlockIdentityHash,
        make: |block| flip(&mut block.header.identity_hash),
    },
    Fault {
        rejection: Rejection::LedBlockRoster,
        make: |block| flip(&mut block.header.roster_root),
    },
    Fault {
        rejection: Rejection::LedBlockTransactionsRoot,
        make: |block| flip(&mut block.header.transactions_root),
    },
    Fault {
        rejection: Rejection::AtxImportMissing,
        make: |block| {
            with_body(block, |entries| {
                entries.remove(0);
            });
        },
    },
    Fault {
        rejection: Rejection::LedOutpointUnknown,
        make: |block| {
            with_body(block, |entries| {
                let payment = entries.iter().find(|entry| matches!(entry, Entry::Single(_)));
                entries.push(payment.unwrap().clone());
            });
        },
    },
    Fault {
        rejection: Rejection::LedBlockReceiptsRoot,
        make: |block| flip(&mut block.header.receipts_root),
    },
    Fault {
        rejection: Rejection::LedBlockDecisionsRoot,
        make: |block| flip(&mut block.header.decisions_root),
    },
    Fault {
        rejection: Rejection::LedBlockStateRoot,
        make: |block| flip(&mut block.header.state_root),
    },
];

#[test]
fn each_fault_is_refused_with_its_own_code() {
    let mut scene = scene();
    let (before, sound) = scene.sound_block();
    assert_eq!(scene.answer_to(&before, &sound), Ok(()));
    for fault in FAULTS {
        let mut block = sound.clone();
        (fault.make)(&mut block);
        assert_eq!(scene.answer_to(&before, &block), Err(fault.rejection));
    }
}

#[test]
fn of_two_faults_the_earlier_check_answers() {
    let mut scene = scene();
    let (before, sound) = scene.sound_block();
    let mut pairs = 0;
    for (place, earlier) in FAULTS.iter().enumerate() {
        for later in &FAULTS[place + 1..] {
            let mut block = sound.clone();
            (later.make)(&mut block);
            (earlier.make)(&mut block);
            let answer = scene.answer_to(&before, &block);
            assert_eq!(answer, Err(earlier.rejection), "and {}", later.rejection);
            pairs += 1;
        }
    }
    assert_eq!(pairs, FAULTS.len() * (FAULTS.len() - 1) / 2);
}

#[test]
fn a_block_sees_no_more_of_the_identity_log_than_there_is() {
    let mut scene = scene();
    let (before, mut block) = scene.sound_block();
    block.header.identity_height = scene.world.log.height() + 1;
    assert_eq!(scene.answer_to(&before, &block), Err(Rejection::LedBlockIdentityHeight));
}

#[test]
fn a_block_may_see_as_little_of_the_identity_log_as_the_one_before() {
    let scene = scene();
    let identity = scene.world.log.view_at(Height(1)).unwrap();
    let context = ShardContext { suite: &Normative, identity };
    let before = scene.world.state(Shard(1)).clone();
    assert_eq!(before.position.identity_height, Height(1));
    // From height 1 shard 2 has not closed epoch 1, so no sweep is due, and none is allowed.
    let mut builder =
        BlockBuilder::new(ShardEnvironment { rules: &Specification, context: &context }, &before);
    let import = Entry::Import(scene.world.import_for(Shard(1)));
    assert_eq!(builder.push(import), Err(Rejection::AtxImportNotClosed));
    builder.push(Entry::Single(scene.local_payment())).unwrap();
    let built = builder.finish(&RecomputedRoots).unwrap();
    assert_eq!(scene.answer_to(&before, &built.block), Ok(()));
}

#[test]
fn a_due_sweep_is_the_first_entry_or_the_block_is_not_built() {
    let scene = scene();
    let context = scene.world.context();
    let before = scene.world.state(Shard(1));
    let import = Entry::Import(scene.world.import_for(Shard(1)));
    let payment = Entry::Single(scene.local_payment());
    let orders = [
        (vec![], Err(Rejection::AtxImportMissing)),
        (vec![payment.clone()], Err(Rejection::AtxImportMissing)),
        (vec![payment.clone(), import.clone()], Err(Rejection::AtxImportMissing)),
        (vec![import.clone(), payment], Ok(())),
    ];
    for (entries, expected) in orders {
        let mut builder = BlockBuilder::new(
            ShardEnvironment { rules: &Specification, context: &context },
            before,
        );
        for entry in entries {
            builder.push(entry).unwrap();
        }
        assert_eq!(builder.finish(&RecomputedRoots).map(|_| ()), expected);
    }
}

#[test]
fn a_block_is_applied_once() {
    let mut scene = scene();
    let (before, block) = scene.sound_block();
    let mut state = before.clone();
    for expected in [Ok(2 + 1), Err(Rejection::LedBlockHeight)] {
        let answer = apply_block(
            &Specification,
            &Normative,
            &scene.world.log,
            &mut state,
            &mut RecomputedRoots,
            &block,
        );
        assert_eq!(answer.map(|receipts| receipts.len()), expected);
    }
}

#[test]
fn the_header_commits_to_place_entries_answers_decisions_and_state() {
    let mut scene = scene();
    let cross_shard = scene.cross_shard_payment();
    let (before, block) = scene.sound_block();
    let world = &scene.world;
    let Header { chain_id, shard, epoch, height, previous, .. } = block.header;
    assert_eq!((chain_id, shard, epoch), (world.parameters().chain_id, Shard(1), Epoch(2)));
    assert_eq!((height, previous), (Height(2), before.position.previous));
    assert_eq!(block.header.identity_height, Height(2));
    assert_eq!(block.header.identity_hash, world.log.view().hash());
    assert_eq!(block.header.roster_root, world.log.view().roster(Shard(1)).unwrap().root());
    assert_eq!(block.header.transactions_root, list_root_of(&block.body));
    let txid = world.id(&cross_shard);
    let decision = world.decision(Shard(1), &txid).unwrap();
    assert_eq!(decision.vote, Vote::Accepted);
    assert_eq!(block.header.decisions_root, list_root_of([(txid, decision)]));
    assert_eq!(block.header.state_root, world.state(Shard(1)).root());

    let after = &world.state(Shard(1)).position;
    assert_eq!(after.previous, tagged_hash(tags::BLOCK, &block.header));
    assert_eq!((after.height, after.identity_height), (Height(2), Height(2)));
}

#[test]
fn the_decisions_root_holds_the_rows_of_the_named_transactions_by_id() {
    let owners = [owner_in_shard(Shard(1), 2, 0), owner_in_shard(Shard(2), 2, 0)];
    let grants = [(&owners[0], 100), (&owners[0], 200), (&owners[0], 300), (&owners[0], 400)];
    let (mut world, coins) = World::normative(2, &grants);
    let payment = |world: &World<Normative>, coin: &Coin, to| {
        world.pay(std::slice::from_ref(coin), &[(to, coin.amount - 10)])
    };
    let earlier = payment(&world, &coins[0], &owners[1]);
    world.lock(Shard(1), &earlier).unwrap();
    let locks = [&coins[1], &coins[2]].map(|coin| payment(&world, coin, &owners[1]));
    let single = payment(&world, &coins[3], &owners[0]);
    let entries = locks.iter().cloned().map(Entry::Lock).chain([Entry::Single(single.clone())]);
    assert!(world.submit(Shard(1), entries.collect()).iter().all(Result::is_ok));

    let named: BTreeSet<TxId> = locks.iter().map(|request| world.id(request)).collect();
    let rows = named.iter().map(|txid| (*txid, world.decision(Shard(1), txid).unwrap()));
    let (_, block) = &world.last_blocks[&Shard(1)];
    assert_eq!(block.header.decisions_root, list_root_of(rows.collect::<Vec<_>>()));
    assert!(!world.proofs.contains_key(&(Shard(1), world.id(&single))), "no row, nothing to prove");
}

#[test]
fn the_first_block_follows_a_hash_of_chain_and_shard() {
    let owner = owner_in_shard(Shard(1), 2, 0);
    let (mut world, _) = World::normative(2, &[(&owner, 100)]);
    let first =
        |shard: Shard| tagged_hash(tags::FIRST_BLOCK, &(world.parameters().chain_id, shard));
    let expected = [first(Shard(1)), first(Shard(2))];
    world.tick(Shard(1));
    world.tick(Shard(2));
    for (shard, previous) in [1, 2].into_iter().zip(expected) {
        let (_, block) = &world.last_blocks[&Shard(shard)];
        assert_eq!((block.header.height, block.header.previous), (Height(1), previous));
    }
}

#[test]
fn an_empty_block_moves_the_position_and_nothing_else() {
    let owner = owner_in_shard(Shard(1), 1, 0);
    let (mut world, _) = World::normative(1, &[(&owner, 100)]);
    let before = world.state(Shard(1)).clone();
    world.tick(Shard(1));
    let mut after = world.state(Shard(1)).clone();
    assert_eq!(after.position.height, before.position.height + 1);
    assert_eq!(after.root(), before.root(), "the position is in the header, not in the state root");
    after.position = before.position.clone();
    assert_eq!(after, before);
}

#[test]
fn a_refused_entry_leaves_the_block_that_is_being_built_as_it_was() {
    let scene = scene();
    let context = scene.world.context();
    let before = scene.world.state(Shard(1));
    let import = || Entry::Import(scene.world.import_for(Shard(1)));
    let sound = [import(), Entry::Single(scene.local_payment())];
    let refused = [
        import(),
        Entry::Single(scene.cross_shard_payment()),
        Entry::Lock(scene.local_payment()),
        Entry::Single(scene.world.pay(&scene.coins[2..], &[(&scene.owners[1], 290)])),
    ];
    let blocks = [false, true].map(|with_refused| {
        let mut builder = BlockBuilder::new(
            ShardEnvironment { rules: &Specification, context: &context },
            before,
        );
        for entry in &sound {
            builder.push(entry.clone()).unwrap();
            for entry in refused.iter().filter(|_| with_refused) {
                assert!(builder.push(entry.clone()).is_err());
            }
        }
        builder.finish(&RecomputedRoots).unwrap()
    });
    assert_eq!(encode(&blocks[0].block), encode(&blocks[1].block));
    assert_eq!(blocks[0].changes, blocks[1].changes);
}

#[test]
fn a_block_that_is_being_built_sees_no_less_of_the_identity_log_than_the_one_before() {
    let scene = scene();
    let before = scene.world.state(Shard(1));
    assert_eq!(before.position.identity_height, Height(1));
    let identity = scene.world.log.view_at(Height(0)).unwrap();
    let context = ShardContext { suite: &Normative, identity };
    let builder =
        BlockBuilder::new(ShardEnvironment { rules: &Specification, context: &context }, before);
    let answer = builder.finish(&RecomputedRoots).map(|_| ());
    assert_eq!(answer, Err(Rejection::LedBlockIdentityHeight));
}

#[test]
fn a_block_holds_65_536_entries_and_no_more() {
    let scene = scene();
    let context = scene.world.context();
    let mut builder = BlockBuilder::new(
        ShardEnvironment { rules: &Specification, context: &context },
        scene.world.state(Shard(1)),
    );
    builder.push(Entry::Import(scene.world.import_for(Shard(1)))).unwrap();
    // A lock request that is answered already costs little.
    let lock = Entry::Lock(scene.cross_shard_payment());
    for _ in 1..65_536 {
        builder.push(lock.clone()).unwrap();
    }
    assert_eq!(builder.push(lock), Err(Rejection::EncMalformed));
    assert_eq!(builder.finish(&RecomputedRoots).unwrap().block.body.len(), 65_536);
}

#[test]
fn receipts_number_the_entries_from_zero() {
    let mut scene = scene();
    let (before, block) = scene.sound_block();
    let mut state = before.clone();
    let receipts: Vec<Receipt> = apply_block(
        &Specification,
        &Normative,
        &scene.world.log,
        &mut state,
        &mut RecomputedRoots,
        &block,
    )
    .unwrap();
    assert_eq!(receipts.iter().map(|receipt| receipt.index).collect::<Vec<_>>(), [0, 1, 2]);
    assert_eq!(block.header.receipts_root, list_root_of(&receipts));
    assert_eq!(state.root(), block.header.state_root);
}

#[test]
fn the_vote_on_a_header_names_chain_shard_epoch_height_and_header() {
    let mut scene = scene();
    let (_, block) = scene.sound_block();
    let changes: [fn(&mut Header); 6] = [
        |header| flip(&mut header.chain_id),
        |header| header.shard += 1,
        |header| header.epoch += 1,
        |header| header.height += 1,
        |header| flip(&mut header.state_root),
        |_| {},
    ];
    let messages: BTreeSet<Digest> = changes
        .iter()
        .map(|change| {
            let mut header = block.header.clone();
            change(&mut header);
            let vote = header.vote(&Normative);
            let place = (vote.chain_id, vote.shard, vote.epoch, vote.height);
            assert_eq!(place, (header.chain_id, header.shard, header.epoch, header.height));
            assert_eq!(vote.value, header.hash(&Normative));
            vote.message()
        })
        .collect();
    assert_eq!(messages.len(), changes.len());
}

#[test]
fn the_sum_over_all_shards_is_the_supply_at_every_step_of_a_payment() {
    let mut scene = scene();
    scene.world.tick(Shard(2));
    let request = scene.cross_shard_payment();
    let world = &mut scene.world;
    for shard in [1, 2] {
        assert_eq!(world.conservation(), Ok(SUPPLY));
        world.lock(Shard(shard), &request).unwrap();
    }
    let proofs = world.proofs_of(&request.transaction);
    for shard in [2, 1] {
        assert_eq!(world.conservation(), Ok(SUPPLY));
        world.commit(Shard(shard), &request.transaction, proofs.clone()).unwrap();
    }
    assert_eq!(world.conservation(), Ok(SUPPLY));
}
