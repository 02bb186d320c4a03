//! §7: the expiry sweep, closing an epoch, pruning, and the identity log that orders them.

mod world;

use std::collections::BTreeSet;

use ioschain_spec::Rejection;
use ioschain_spec::atomix::sweep::{expiry_list_root, import_due};
use ioschain_spec::atomix::{Answer, ExpiryList, Import, Rules, Specification};
use ioschain_spec::chain::entry::Entry;
use ioschain_spec::identity::{CertifiedEpoch, EpochClosed};
use ioschain_spec::ledger::{
    OutPoint, Overlay, SUPPLY, Settlement, ShardContext, ShardState, SignedTransaction,
    Transaction, TxId, Vote,
};
use ioschain_spec::primitives::certificate::ROSTER_MIN;
use ioschain_spec::primitives::encoding::encode;
use ioschain_spec::primitives::hash::{Digest, tagged_hash, tags};
use ioschain_spec::primitives::numbers::{Epoch, Shard};
use ioschain_spec::suite::{Ideal, Normative};
use ioschain_spec::testing::chain::certify;

use world::{Coin, Owner, TestSuite, World, owner_in_shard};

/// Three shards in epoch 3. Payments take a coin of shard 1 and one of shard 2, and pay in shard 3.
#[derive(Clone)]
struct Scene<S: TestSuite> {
    world: World<S>,
    /// The coins of three payments, each of shard 1 and shard 2.
    coins: [Vec<Coin>; 3],
    payee: Owner,
}

fn scene<S: TestSuite>() -> Scene<S> {
    let payers = [1, 2].map(|shard| owner_in_shard(Shard(shard), 3, 0));
    let payee = owner_in_shard(Shard(3), 3, 0);
    let grants: Vec<(&Owner, u64)> =
        (1..=3).flat_map(|of| [(&payers[0], 100 * of), (&payers[1], 1_000 * of)]).collect();
    let (mut world, coins) = World::<S>::new(&Specification, 3, &grants);
    world.next_epoch();
    world.next_epoch();
    let coins = [0, 2, 4].map(|first| coins[first..first + 2].to_vec());
    Scene { world, coins, payee }
}

impl<S: TestSuite> Scene<S> {
    fn payment(&self, number: usize, expiry_epoch: Epoch) -> SignedTransaction {
        let coins = &self.coins[number];
        let amount = coins.iter().map(|coin| coin.amount).sum::<u64>() - 10;
        self.world.pay_until(expiry_epoch, coins, &[(&self.payee, amount)])
    }
}

fn refund_of(txid: &TxId, index: u32) -> OutPoint {
    OutPoint { txid: TxId(tagged_hash(tags::REFUND, &(txid, index))), index: 0 }
}

fn ids<S: TestSuite>(world: &World<S>, list: &[Transaction]) -> Vec<TxId> {
    list.iter().map(|transaction| transaction.id(&world.suite)).collect()
}

fn close_all<S: TestSuite>(world: &mut World<S>) {
    for shard in 1..=world.shards() {
        world.close(Shard(shard)).unwrap();
    }
}

// What a sweep settles.

fn a_client_that_vanishes_after_the_locks_is_no_matter_under<S: TestSuite>() {
    let scene = scene::<S>();
    let mut world = scene.world.clone();
    let request = scene.payment(0, Epoch(3));
    let txid = world.id(&request);
    world.lock_everywhere(&request);
    close_all(&mut world);
    for shard in 1..=3 {
        assert_eq!(world.conservation(), Ok(SUPPLY));
        world.tick(Shard(shard));
        let row = world.decision(Shard(shard), &txid).unwrap();
        assert_eq!(row.settled, Settlement::Committed);
        assert!(world.state(Shard(shard)).locks.is_empty());
    }
    let output = world.unspent(Shard(3), &OutPoint { txid, index: 0 }).unwrap();
    assert_eq!((output.owner, output.amount), (scene.payee.account(), 1_090));
    let earned: u64 = world.states.iter().map(|state| state.totals.fee_pool).sum();
    assert_eq!(earned, 10);
    assert_eq!(world.conservation(), Ok(SUPPLY));
}

#[test]
fn a_client_that_vanishes_after_the_locks_is_no_matter() {
    a_client_that_vanishes_after_the_locks_is_no_matter_under::<Normative>();
    a_client_that_vanishes_after_the_locks_is_no_matter_under::<Ideal>();
}

fn what_one_input_shard_has_not_accepted_aborts_under<S: TestSuite>() {
    let scene = scene::<S>();
    let mut world = scene.world.clone();
    let request = scene.payment(0, Epoch(3));
    let txid = world.id(&request);
    world.lock(Shard(1), &request).unwrap();
    world.next_epoch();
    assert_eq!(world.decision(Shard(1), &txid).unwrap().settled, Settlement::Aborted);
    let first = request.transaction.inputs.iter().position(|input| {
        input.outpoint == scene.coins[0][0].outpoint // the coin of shard 1
    });
    let refund = refund_of(&txid, u32::try_from(first.unwrap()).unwrap());
    assert_eq!(world.unspent(Shard(1), &refund).unwrap().amount, 100);
    for shard in [2, 3] {
        assert_eq!(world.decision(Shard(shard), &txid), None, "nothing to settle, no row");
    }
    assert!(
        world.unspent(Shard(2), &scene.coins[0][1].outpoint).is_some(),
        "never locked, still there"
    );
    assert_eq!(world.conservation(), Ok(SUPPLY));
}

#[test]
fn what_one_input_shard_has_not_accepted_aborts() {
    what_one_input_shard_has_not_accepted_aborts_under::<Normative>();
    what_one_input_shard_has_not_accepted_aborts_under::<Ideal>();
}

#[test]
fn the_sweep_finishes_what_some_shards_have_settled() {
    // Any set of shards settles by message before the epoch closes, the sweep does the rest.
    for settled_by_message in 0..8u16 {
        let scene = scene::<Normative>();
        let mut world = scene.world.clone();
        let request = scene.payment(0, Epoch(3));
        let txid = world.id(&request);
        world.lock_everywhere(&request);
        let proofs = world.proofs_of(&request.transaction);
        for shard in (1..=3).filter(|shard| settled_by_message >> (shard - 1) & 1 == 1) {
            world.commit(Shard(shard), &request.transaction, proofs.clone()).unwrap();
        }
        world.next_epoch();
        for shard in 1..=3 {
            assert_eq!(world.decision(Shard(shard), &txid).unwrap().settled, Settlement::Committed);
        }
        assert_eq!(world.conservation(), Ok(SUPPLY));
    }
}

#[test]
fn the_sweep_and_a_proof_of_rejection_come_to_the_same_end() {
    for by_message in [false, true] {
        let scene = scene::<Normative>();
        let mut world = scene.world.clone();
        let holder = world.pay(&scene.coins[0][1..], &[(&scene.payee, 990)]);
        world.lock(Shard(2), &holder).unwrap();
        let request = scene.payment(0, Epoch(3));
        let txid = world.id(&request);
        assert_eq!(world.lock(Shard(1), &request), Ok(Vote::Accepted));
        assert!(matches!(world.lock(Shard(2), &request), Ok(Vote::Rejected(_))));
        if by_message {
            let proof = world.proof(Shard(2), &txid);
            world.abort(Shard(1), &request.transaction, proof).unwrap();
        }
        world.next_epoch();
        assert_eq!(world.decision(Shard(1), &txid).unwrap().settled, Settlement::Aborted);
        assert!(world.states.iter().all(|state| state.locks.is_empty()));
        assert_eq!(world.conservation(), Ok(SUPPLY));
    }
}

#[test]
fn a_message_before_the_sweep_settles_in_the_epoch_after_the_expiry() {
    let scene = scene::<Normative>();
    let mut world = scene.world.clone();
    let request = scene.payment(0, Epoch(3));
    world.lock_everywhere(&request);
    let proofs = world.proofs_of(&request.transaction);
    // Shard 1 is in the next epoch, the others are not: its sweep is not due yet.
    world.close(Shard(1)).unwrap();
    assert_eq!(world.commit(Shard(1), &request.transaction, proofs), Ok(Settlement::Committed));
    close_all_but_the_first(&mut world);
    let import = Entry::Import(world.import_for(Shard(1)));
    let answers = Normative::run_block(&mut world, Shard(1), vec![import]).unwrap();
    assert_eq!(answers, [Ok(Answer::Swept { committed: 0, aborted: 0 })]);
    assert_eq!(world.conservation(), Ok(SUPPLY));
}

#[test]
fn a_sweep_says_how_many_it_settled() {
    let scene = scene::<Normative>();
    let mut world = scene.world.clone();
    world.lock_everywhere(&scene.payment(0, Epoch(3)));
    world.lock_everywhere(&scene.payment(1, Epoch(3)));
    world.lock(Shard(1), &scene.payment(2, Epoch(3))).unwrap();
    close_all(&mut world);
    let swept = [(1, 2, 1), (2, 2, 0), (3, 2, 0)];
    for (shard, committed, aborted) in swept {
        let import = Entry::Import(world.import_for(Shard(shard)));
        let answers = Normative::run_block(&mut world, Shard(shard), vec![import]).unwrap();
        assert_eq!(answers, [Ok(Answer::Swept { committed, aborted })]);
    }
}

// What the lists hold.

#[test]
fn a_list_holds_what_was_accepted_expires_now_and_concerns_the_destination() {
    let scene = scene::<Normative>();
    let mut world = scene.world.clone();
    let now = [scene.payment(0, Epoch(3)), scene.payment(1, Epoch(3))];
    let later = scene.payment(2, Epoch(4));
    now.iter().chain([&later]).for_each(|request| world.lock_everywhere(request));
    let proofs = world.proofs_of(&now[0].transaction);
    world.commit(Shard(1), &now[0].transaction, proofs).unwrap();
    let closed = world.close(Shard(1)).unwrap();
    let lists = &world.lists[&(Epoch(3), Shard(1))];
    let mut expected: Vec<TxId> = now.iter().map(|request| world.id(request)).collect();
    expected.sort();
    for (list, root) in lists.iter().zip(&closed.expiry_roots) {
        assert_eq!(ids(&world, list), expected, "settled or not, by id, itself included");
        assert_eq!(*root, expiry_list_root(list));
    }
    close_all_but_the_first(&mut world);
    (1..=3).for_each(|shard| world.tick(Shard(shard)));
    world.close(Shard(1)).unwrap();
    assert_eq!(ids(&world, &world.lists[&(Epoch(4), Shard(1))][2]), [world.id(&later)]);
}

fn close_all_but_the_first<S: TestSuite>(world: &mut World<S>) {
    for shard in 2..=world.shards() {
        world.close(Shard(shard)).unwrap();
    }
}

#[test]
fn a_list_is_addressed_to_participants_only() {
    let payers = [1, 2].map(|shard| owner_in_shard(Shard(shard), 3, 0));
    let (mut world, coins) = World::normative(3, &[(&payers[0], 100), (&payers[1], 200)]);
    let request = world.pay(&coins[..1], &[(&payers[1], 90)]);
    world.lock(Shard(1), &request).unwrap();
    let closed = world.close(Shard(1)).unwrap();
    let lengths: Vec<usize> =
        world.lists[&(Epoch(1), Shard(1))].iter().map(|list| list.len()).collect();
    assert_eq!(lengths, [1, 1, 0]);
    assert_eq!(closed.expiry_roots[2], expiry_list_root(&ExpiryList::empty()));
}

#[test]
fn a_rejected_transaction_is_on_no_list() {
    let scene = scene::<Normative>();
    let mut world = scene.world.clone();
    let holder = world.pay(&scene.coins[0][..1], &[(&scene.payee, 90)]);
    world.lock(Shard(1), &holder).unwrap();
    let request = scene.payment(0, Epoch(3));
    assert!(matches!(world.lock(Shard(1), &request), Ok(Vote::Rejected(_))));
    world.close(Shard(1)).unwrap();
    let listed: BTreeSet<TxId> =
        world.lists[&(Epoch(3), Shard(1))].iter().flat_map(|list| ids(&world, list)).collect();
    assert_eq!(listed, [world.id(&holder)].into());
}

// When a sweep is due, and which is accepted.

#[test]
fn a_sweep_is_due_once_all_shards_have_closed_and_until_it_is_done() {
    let mut world = scene::<Normative>().world;
    let due =
        |world: &World<Normative>, shard: Shard| import_due(&world.context(), world.state(shard));
    for shard in [2, 3, 1] {
        assert_eq!(due(&world, Shard(2)), None);
        world.close(Shard(shard)).unwrap();
    }
    assert_eq!(
        (due(&world, Shard(1)), due(&world, Shard(2)), due(&world, Shard(3))),
        (Some(Epoch(3)), Some(Epoch(3)), Some(Epoch(3)))
    );
    world.tick(Shard(2));
    assert_eq!(
        (due(&world, Shard(1)), due(&world, Shard(2)), due(&world, Shard(3))),
        (Some(Epoch(3)), None, Some(Epoch(3)))
    );
}

#[test]
fn before_the_identity_log_shows_all_closings_no_sweep_is_due() {
    let mut world = scene::<Normative>().world;
    close_all(&mut world);
    let last = world.log.height();
    for (height, expected) in [(last - 1, None), (last, Some(Epoch(3)))] {
        let identity = world.log.view_at(height).unwrap();
        let context = ShardContext { suite: &Normative, identity };
        assert_eq!(import_due(&context, world.state(Shard(1))), expected);
    }
}

struct Fault {
    rejection: Rejection,
    make: fn(&mut Import),
}

/// In the order of the checks; one more, that a shard has not closed, is about the world.
const IMPORT_FAULTS: [Fault; 3] = [
    Fault { rejection: Rejection::AtxImportEpoch, make: |import| import.epoch += 1 },
    Fault {
        rejection: Rejection::AtxImportCount,
        make: |import| edit_lists(import, |lists| lists.push(ExpiryList::empty())),
    },
    Fault {
        rejection: Rejection::AtxImportRoot,
        make: |import| edit_lists(import, |lists| lists[0] = ExpiryList::empty()),
    },
];

fn edit_lists(import: &mut Import, change: impl FnOnce(&mut Vec<ExpiryList>)) {
    let mut lists = import.lists.to_vec();
    change(&mut lists);
    import.lists = lists.try_into().unwrap();
}

/// The answer to an import in a block of its own; the block without it would be invalid.
fn sweep_with(
    world: &mut World<Normative>,
    shard: Shard,
    import: &Import,
) -> Result<(), Rejection> {
    let mut overlay = Overlay::on(world.state(shard));
    Specification.apply_import(&world.context(), &mut overlay, import).map(|_| ())
}

#[test]
fn each_fault_of_an_import_is_refused_and_of_two_the_earlier_check_answers() {
    let scene = scene::<Normative>();
    let mut world = scene.world.clone();
    world.lock_everywhere(&scene.payment(0, Epoch(3)));
    close_all(&mut world);
    let mut early = scene.world.clone();
    early.lock_everywhere(&scene.payment(0, Epoch(3)));
    close_all_but_the_first(&mut early);

    let sound = world.import_for(Shard(2));
    for (place, earlier) in IMPORT_FAULTS.iter().enumerate() {
        let mut import = sound.clone();
        (earlier.make)(&mut import);
        assert_eq!(sweep_with(&mut world, Shard(2), &import), Err(earlier.rejection));
        // The order at shard 2, which sweeps while shard 1 has not closed: epoch, closed, the rest.
        let expected = match earlier.rejection {
            Rejection::AtxImportEpoch => Rejection::AtxImportEpoch,
            _ => Rejection::AtxImportNotClosed,
        };
        assert_eq!(sweep_with(&mut early, Shard(2), &import), Err(expected));
        for later in &IMPORT_FAULTS[place + 1..] {
            let mut import = sound.clone();
            (later.make)(&mut import);
            (earlier.make)(&mut import);
            assert_eq!(sweep_with(&mut world, Shard(2), &import), Err(earlier.rejection));
        }
    }
    assert_eq!(sweep_with(&mut early, Shard(2), &sound), Err(Rejection::AtxImportNotClosed));
    assert_eq!(sweep_with(&mut world, Shard(2), &sound), Ok(()));
}

#[test]
fn the_epoch_of_an_import_is_the_last_one_and_it_is_done_once() {
    let mut world = scene::<Normative>().world;
    close_all(&mut world);
    for (epoch, expected) in [
        (0, Err(Rejection::AtxImportEpoch)),
        (2, Err(Rejection::AtxImportEpoch)),
        (3, Ok(())),
        (4, Err(Rejection::AtxImportEpoch)),
        (u64::MAX, Err(Rejection::AtxImportEpoch)),
    ] {
        let import = Import { epoch: Epoch(epoch), ..world.import_for(Shard(1)) };
        assert_eq!(sweep_with(&mut world, Shard(1), &import), expected, "import of epoch {epoch}");
    }
    let import = world.import_for(Shard(1));
    world.tick(Shard(1));
    assert_eq!(sweep_with(&mut world, Shard(1), &import), Err(Rejection::AtxImportEpoch));
    let answers = world.submit(Shard(1), vec![Entry::Import(import)]);
    assert_eq!(answers, [Err(Rejection::AtxImportEpoch)]);
}

#[test]
fn a_list_that_is_not_the_committed_one_is_refused() {
    let scene = scene::<Normative>();
    let mut world = scene.world.clone();
    let requests = [scene.payment(0, Epoch(3)), scene.payment(1, Epoch(3))];
    requests.iter().for_each(|request| world.lock_everywhere(request));
    close_all(&mut world);
    let sound = world.import_for(Shard(1));
    let changes: [fn(&mut Vec<Transaction>, Transaction); 4] = [
        |list, _| list.truncate(1),
        |list, never_accepted| list.push(never_accepted),
        |list, _| list.reverse(),
        |list, _| list.push(list[0].clone()),
    ];
    for change in changes {
        for source in 0..2 {
            let mut import = sound.clone();
            edit_lists(&mut import, |lists| {
                let mut list = lists[source].to_vec();
                change(&mut list, scene.payment(2, Epoch(3)).transaction);
                lists[source] = list.try_into().unwrap();
            });
            assert_eq!(sweep_with(&mut world, Shard(1), &import), Err(Rejection::AtxImportRoot));
        }
    }
    let mut import = sound;
    edit_lists(&mut import, |lists| lists.swap(0, 2));
    assert_eq!(sweep_with(&mut world, Shard(1), &import), Err(Rejection::AtxImportRoot));
}

#[test]
fn an_import_overflow_is_refused() {
    let scene = scene::<Normative>();
    let mut world = scene.world.clone();
    world.lock_everywhere(&scene.payment(0, Epoch(3)));
    close_all(&mut world);
    let mut state = world.state(Shard(1)).clone();
    state.totals.fee_pool = u64::MAX;
    let mut overlay = Overlay::on(&state);
    let import = world.import_for(Shard(1));
    let answer = Specification.apply_import(&world.context(), &mut overlay, &import);
    assert_eq!(answer.unwrap_err(), Rejection::LedOverflow);
    assert_eq!(overlay.into_changes(), Overlay::on(&state).into_changes());
}

// Closing and pruning.

#[test]
fn an_epoch_is_closed_after_the_sweep_of_the_one_before() {
    let mut world = scene::<Normative>().world;
    world.close(Shard(1)).unwrap();
    assert_eq!(world.close(Shard(1)).unwrap_err(), Rejection::AtxCloseNotImported);
    close_all_but_the_first(&mut world);
    assert_eq!(world.close(Shard(1)).unwrap_err(), Rejection::AtxCloseNotImported);
    world.tick(Shard(1));
    assert_eq!(world.epoch(Shard(1)), 4);
    assert!(world.close(Shard(1)).is_ok());
    assert_eq!(world.close(Shard(1)).unwrap_err(), Rejection::AtxCloseNotImported);
}

#[test]
fn no_shard_is_two_epochs_ahead_of_another() {
    let mut world = scene::<Normative>().world;
    for _ in 0..3 {
        for shard in [1, 2] {
            world.tick(Shard(shard));
            let _ = world.close(Shard(shard));
        }
    }
    assert_eq!([1, 2, 3].map(|shard| world.epoch(Shard(shard))), [4, 4, 3], "shard 3 stands still");
}

#[test]
fn closing_opens_the_next_epoch_and_says_where_the_shard_stood() {
    let mut world = scene::<Normative>().world;
    world.tick(Shard(1));
    let before = world.state(Shard(1)).position.clone();
    let closed = world.close(Shard(1)).unwrap();
    let chain_id = world.parameters().chain_id;
    let EpochClosed { expiry_roots, .. } = closed.clone();
    let expected = EpochClosed {
        chain_id,
        shard: Shard(1),
        epoch: Epoch(3),
        height: before.height,
        last_header: before.previous,
        expiry_roots,
    };
    assert_eq!(closed, expected);
    assert_eq!(closed.expiry_roots.len(), 3);
    let after = &world.state(Shard(1)).position;
    assert_eq!(
        (after.epoch, after.height, after.previous),
        (Epoch(4), before.height, before.previous)
    );
}

#[test]
fn a_row_is_pruned_when_the_epoch_after_its_expiry_closes() {
    let scene = scene::<Normative>();
    let mut world = scene.world.clone();
    let accepted = scene.payment(0, Epoch(3));
    let accepted_early = scene.payment(1, Epoch(4));
    world.lock_everywhere(&accepted);
    world.lock_everywhere(&accepted_early);
    let holder_conflict = world
        .pay(&[scene.coins[0][0].clone(), scene.coins[2][1].clone()], &[(&scene.payee, 3_090)]);
    assert!(matches!(world.lock(Shard(1), &holder_conflict), Ok(Vote::Rejected(_))));
    let rows = |world: &World<Normative>| -> Vec<[bool; 2]> {
        [&accepted, &holder_conflict, &accepted_early]
            .map(|request| {
                let state: &ShardState = world.state(Shard(1));
                let txid = world.id(request);
                [state.decisions.contains_key(&txid), state.pending.contains_key(&txid)]
            })
            .to_vec()
    };
    let (kept, vote_only, gone) = ([true, true], [true, false], [false, false]);
    assert_eq!(rows(&world), [kept, vote_only, kept], "epoch 3, the expiry of the first two");
    world.close(Shard(1)).unwrap();
    assert_eq!(rows(&world), [kept, vote_only, kept], "closing the expiry epoch prunes nothing");
    close_all_but_the_first(&mut world);
    (1..=3).for_each(|shard| world.tick(Shard(shard)));
    assert_eq!(rows(&world), [kept, vote_only, kept], "epoch 4");
    world.close(Shard(1)).unwrap();
    assert_eq!(rows(&world), [gone, gone, kept], "epoch 5");
    close_all_but_the_first(&mut world);
    (1..=3).for_each(|shard| world.tick(Shard(shard)));
    world.close(Shard(1)).unwrap();
    assert_eq!(rows(&world), [gone, gone, gone], "epoch 6");
}

#[test]
fn an_output_shards_row_is_pruned_like_any_other() {
    let scene = scene::<Normative>();
    let mut world = scene.world.clone();
    let request = scene.payment(0, Epoch(3));
    let txid = world.id(&request);
    world.settle_everywhere(&request);
    world.next_epoch();
    assert!(world.decision(Shard(3), &txid).is_some());
    let proofs = world.proofs_of(&request.transaction);
    world.next_epoch();
    assert_eq!(world.decision(Shard(3), &txid), None);
    // The memory is gone, and so is the time in which it was needed.
    let late = world.commit(Shard(3), &request.transaction, proofs);
    assert_eq!(late, Err(Rejection::AtxWindowClosed));
}

#[test]
fn the_sum_holds_while_one_shard_has_pruned_what_another_has_yet_to_sweep() {
    let scene = scene::<Normative>();
    let mut world = scene.world.clone();
    world.lock_everywhere(&scene.payment(0, Epoch(3)));
    close_all(&mut world);
    // Shards 1 and 2 sweep and close once more, which prunes their rows; shard 3 sleeps.
    for shard in [1, 2] {
        world.tick(Shard(shard));
        world.close(Shard(shard)).unwrap();
        assert_eq!(world.conservation(), Ok(SUPPLY));
    }
    assert!(world.states[..2].iter().all(|state| state.decisions.is_empty()));
    assert_eq!(world.state(Shard(3)).totals.imported, Epoch(2));
    world.tick(Shard(3));
    assert_eq!(world.conservation(), Ok(SUPPLY));
}

// The identity log.

struct LogFault {
    rejection: Rejection,
    make: fn(&mut EpochClosed),
}

const LOG_FAULTS: [LogFault; 8] = [
    LogFault { rejection: Rejection::MsbChain, make: |closed| closed.chain_id.0[0] ^= 1 },
    LogFault { rejection: Rejection::MsbShard, make: |closed| closed.shard = Shard(0) },
    LogFault { rejection: Rejection::MsbShard, make: |closed| closed.shard = Shard(4) },
    LogFault { rejection: Rejection::MsbEpoch, make: |closed| closed.epoch = Epoch(2) },
    LogFault { rejection: Rejection::MsbEpoch, make: |closed| closed.epoch = Epoch(4) },
    LogFault { rejection: Rejection::MsbEpoch, make: |closed| closed.epoch = Epoch(0) },
    LogFault {
        rejection: Rejection::MsbExpiryRoots,
        make: |closed| edit_roots(closed, |roots| roots.truncate(2)),
    },
    LogFault {
        rejection: Rejection::MsbExpiryRoots,
        make: |closed| edit_roots(closed, |roots| roots.push(Digest::ZERO)),
    },
];

fn edit_roots(closed: &mut EpochClosed, change: impl FnOnce(&mut Vec<Digest>)) {
    let mut roots = closed.expiry_roots.to_vec();
    change(&mut roots);
    closed.expiry_roots = roots.try_into().unwrap();
}

/// The answer of the log to an entry that the validators of shard `signers` signed; a refused entry
/// must leave it as it was.
fn append(world: &World<Normative>, closed: &EpochClosed, signers: u16) -> Result<(), Rejection> {
    let message = closed.vote().message();
    let certificate = certify(Shard(signers), &message, ROSTER_MIN).unwrap();
    let certified = CertifiedEpoch { closed: closed.clone(), certificate };
    let mut log = world.log.clone();
    let before = format!("{log:?}");
    let answer = log.append(&Normative, &certified);
    assert_eq!(format!("{log:?}") == before, answer.is_err(), "a refused entry changes nothing");
    answer
}

#[test]
fn each_fault_of_a_closing_entry_is_refused_and_of_two_the_earlier_check_answers() {
    let world = scene::<Normative>().world;
    let context = world.context();
    let sound = Specification.close_epoch(&context, world.state(Shard(1))).unwrap().entry;
    for (place, earlier) in LOG_FAULTS.iter().enumerate() {
        let mut closed = sound.clone();
        (earlier.make)(&mut closed);
        assert_eq!(append(&world, &closed, 1), Err(earlier.rejection));
        let later =
            LOG_FAULTS[place + 1..].iter().filter(|fault| fault.rejection != earlier.rejection);
        for later in later {
            let mut closed = sound.clone();
            (later.make)(&mut closed);
            (earlier.make)(&mut closed);
            assert_eq!(append(&world, &closed, 1), Err(earlier.rejection));
        }
        // The certificate comes last: here it is the other shard's as well.
        let mut closed = sound.clone();
        (earlier.make)(&mut closed);
        assert_eq!(append(&world, &closed, 2), Err(earlier.rejection));
    }
    assert_eq!(append(&world, &sound, 2), Err(Rejection::CryCosiSignature));
    assert_eq!(append(&world, &sound, 1), Ok(()));
}

#[test]
fn the_log_orders_one_entry_for_each_shard_and_epoch() {
    let mut world = scene::<Normative>().world;
    let closed = world.close(Shard(1)).unwrap();
    assert_eq!(append(&world, &closed, 1), Err(Rejection::MsbEpoch));
    let conflicting = EpochClosed { last_header: Digest::ZERO, ..closed };
    assert_eq!(append(&world, &conflicting, 1), Err(Rejection::MsbEpoch));
}

#[test]
fn every_entry_gives_the_log_a_new_hash_and_is_seen_from_its_height_on() {
    let mut world = scene::<Normative>().world;
    let before = world.log.height();
    let mut hashes = BTreeSet::from([world.log.view().hash()]);
    for shard in 1..=3 {
        let closed = world.close(Shard(shard)).unwrap();
        assert!(hashes.insert(world.log.view().hash()));
        let height = world.log.height();
        assert_eq!(height, before + u64::from(shard));
        assert_eq!(world.log.view_at(height - 1).unwrap().closed(Shard(shard), Epoch(3)), None);
        assert_eq!(
            world.log.view_at(height).unwrap().closed(Shard(shard), Epoch(3)),
            Some(&closed)
        );
        assert_eq!(world.log.view_at(height).unwrap().all_closed(Epoch(3)), shard == 3);
    }
    assert!(world.log.view_at(before + 4).is_none());
    let old = world.log.view_at(before).unwrap();
    assert!(hashes.contains(&old.hash()), "an old height has its old hash");
}

#[test]
fn a_closing_entry_is_voted_for_under_a_name_of_its_own() {
    let mut world = scene::<Normative>().world;
    world.tick(Shard(1));
    let closed = world.close(Shard(1)).unwrap();
    let vote = closed.vote();
    assert_eq!(vote.value, tagged_hash(tags::EPOCH_CLOSED, &closed));
    assert_eq!(
        (vote.chain_id, vote.shard, vote.epoch, vote.height),
        (closed.chain_id, Shard(1), Epoch(3), closed.height)
    );
    assert_eq!(encode(&vote).len(), 32 + 2 + 8 + 8 + 32);
}
