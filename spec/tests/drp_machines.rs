//! What the machines refuse, what they persist before they answer, and whose turn it is.

mod drp_world;

use std::collections::BTreeMap;

use arbitrary::{Arbitrary, Unstructured};
use drp_world::{NormativeTranscript, World};
use ioschain_spec::Rejection;
use ioschain_spec::drp::Rules;
use ioschain_spec::drp::messages::{
    Announcement, Fail, LogEntry, Message, Proposal, Record, Reveal, SignedDeal, Timeout,
    derive_root, timeout_message,
};
use ioschain_spec::drp::rules::{Seen, Specification, Step};
use ioschain_spec::drp::server::{Answered, Effect, Event, Memory, Secrets, Server};
use ioschain_spec::drp::verifier::list_checks;
use ioschain_spec::primitives::ed25519::Signature;
use ioschain_spec::primitives::encoding::{BoundedMap, decode, encode};
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::keys::NodeId;
use ioschain_spec::primitives::ristretto::Ristretto255;
use ioschain_spec::suite::Normative;
use proptest::prelude::*;

type Real = World<Ristretto255>;

/// The lottery is over.
fn with_leader() -> (Real, NodeId) {
    let mut world = World::new(4, 3);
    world.hold_lottery();
    let leader = world.leadership().unwrap().leader;
    (world, leader)
}

/// The leader has proposed.
fn with_proposal() -> (Real, NodeId, Proposal) {
    let (mut world, leader) = with_leader();
    world.start_run();
    let proposal = sent(&world, |message| match message {
        Message::Proposal(proposal) => Some(proposal.clone()),
        _ => None,
    });
    (world, leader, proposal)
}

/// The first broadcast message that `pick` takes.
fn sent<T>(world: &Real, pick: impl Fn(&Message) -> Option<T>) -> T {
    let mut messages = world.effects.iter().filter_map(|(_, effect)| match effect {
        Effect::Broadcast(message) | Effect::Send { message, .. } => Some(message),
        _ => None,
    });
    messages.find_map(pick).expect("it was sent")
}

fn server_other_than(world: &Real, leader: NodeId) -> NodeId {
    world.names().into_iter().find(|name| *name != leader).unwrap()
}

fn refuses(world: &mut Real, to: NodeId, message: Message, rejection: Rejection) {
    let before = format!("{:?}", world.members[&to].server);
    assert_eq!(world.hand(to, Event::Message(message)), Err(rejection));
    assert_eq!(format!("{:?}", world.members[&to].server), before, "a rejection changes nothing");
}

fn timeout(world: &Real, by: NodeId, view: u32, rank: u8) -> Timeout {
    let epoch = world.epoch.number;
    let message = timeout_message(&world.epoch.chain_id, epoch, view, rank);
    let signature = world.members[&by].secrets.signing.sign(&message.0);
    Timeout { epoch, view, rank, validator: by, signature }
}

fn fail(world: &Real, view: u32, rank: u8) -> LogEntry {
    let timeouts: BTreeMap<NodeId, Signature> = world
        .names()
        .iter()
        .map(|name| (*name, timeout(world, *name, view, rank).signature))
        .collect();
    let timeouts = BoundedMap::try_from(timeouts).unwrap();
    LogEntry::Fail(Fail { epoch: world.epoch.number, view, rank, timeouts })
}

// --- One answer for each run ------------------------------------------------------------------

#[test]
fn what_a_message_is_about_is_persisted_before_it() {
    let (mut world, leader, _) = with_proposal();
    world.sign_off();
    for name in world.names() {
        let effects = world.effects.iter().filter(|(from, _)| *from == name);
        let mut kept = Memory::default();
        for (_, effect) in effects {
            let place = (0, 0);
            match effect {
                Effect::Persist(memory) => kept = memory.clone(),
                Effect::Send { message: Message::Deal(deal), .. } => {
                    assert_eq!(kept.answered[&place].deal.as_ref(), Some(deal));
                    assert_ne!(name, leader);
                }
                Effect::Agree(message) => {
                    assert_eq!(kept.answered[&place].agreed, Some(*message));
                }
                _ => {}
            }
        }
        assert_eq!(world.members[&name].persisted, kept);
        assert_eq!(decode::<Memory>(&encode(&kept)), Ok(kept));
    }
}

#[test]
fn a_second_session_for_a_view_and_rank_is_refused() {
    let (mut world, leader) = with_leader();
    let name = server_other_than(&world, leader);
    // It has answered another announcement for view 0 and rank 0, and remembers.
    let other = Answered { announcement: Digest([9; 32]), deal: None, agreed: None };
    let answered = BoundedMap::try_from(BTreeMap::from([((0, 0), other)])).unwrap();
    let member = world.members.get_mut(&name).unwrap();
    member.server = Server::new(&world.epoch, member.secrets.clone(), Memory { answered });
    for ordered in world.records.clone() {
        let Record::Ticket(ticket) = ordered.record else { panic!("only tickets so far") };
        let entry = LogEntry::Ticket(ticket);
        world.hand(name, Event::Ordered { height: ordered.height, entry }).unwrap();
    }
    world.hand(name, Event::Reached(world.height)).unwrap();
    let run = world.epoch.run::<Ristretto255>(&world.leadership().unwrap());
    let announcement = Announcement::sign(&Normative, run, &world.members[&leader].secrets.signing);
    refuses(&mut world, name, Message::Announcement(announcement), Rejection::DrpRunRepeated);
}

#[test]
fn the_same_announcement_again_gets_the_same_deal() {
    let (mut world, leader, proposal) = with_proposal();
    let name = server_other_than(&world, leader);
    let first = world.members[&name].persisted.answered[&(0, 0)].deal.clone().unwrap();
    let again = Event::Message(Message::Announcement(proposal.announcement));
    let answer = world.hand(name, again).unwrap();
    assert_eq!(answer, [Effect::Send { to: leader, message: Message::Deal(first) }]);
}

#[test]
fn a_run_that_is_not_what_the_validator_computes_is_not_answered() {
    let (mut world, leader) = with_leader();
    let name = server_other_than(&world, leader);
    let signing = world.members[&leader].secrets.signing.clone();
    let run = world.epoch.run::<Ristretto255>(&world.leadership().unwrap());
    let mut other = run;
    other.randomness_before = Digest::ZERO;
    let announcement = Message::Announcement(Announcement::sign(&Normative, other, &signing));
    refuses(&mut world, name, announcement, Rejection::DrpConfiguration);
    let mut other = run;
    other.rank = 1;
    let announcement = Message::Announcement(Announcement::sign(&Normative, other, &signing));
    refuses(&mut world, name, announcement, Rejection::DrpLeader);
    let announcement = Announcement { run, signature: Signature([0; 64]) };
    refuses(&mut world, name, Message::Announcement(announcement), Rejection::DrpAnnouncement);
}

#[test]
fn a_proposal_without_its_announcement_is_refused() {
    let (mut world, leader) = with_leader();
    let name = server_other_than(&world, leader);
    world.fault = Box::new(move |_, to, message| {
        let lost = *to == name && matches!(message, Message::Announcement(_));
        (!lost).then_some(message)
    });
    world.start_run();
    assert!(world.refused.contains(&(name, Rejection::DrpNotAnnounced)));
    // And a deal is for the leader's machine.
    let deal = sent(&world, |message| match message {
        Message::Deal(deal) => Some(deal.clone()),
        _ => None,
    });
    refuses(&mut world, name, Message::Deal(deal), Rejection::DrpNotAnnounced);
}

/// The leader makes its dealers, out of its knowledge of their keys, say something else.
fn with_other_deal(world: &Real, proposal: &Proposal, dealer: NodeId) -> Proposal {
    let run = proposal.announcement.run;
    let session =
        world.within(|environment| ioschain_spec::drp::Session::derive(environment, &run));
    let session = session.unwrap();
    let sharing = session.groups[0].sharing_of(&dealer);
    let polynomial = sharing.derive_polynomial(&[77; 32]);
    let deal = ioschain_spec::primitives::pvss::deal(&sharing, &polynomial, &[77; 32]).unwrap();
    let signing = &world.members[&dealer].secrets.signing;
    let other = SignedDeal::sign(
        &Normative,
        session.id,
        proposal.announcement.hash(),
        dealer,
        deal,
        signing,
    );
    let mut changed = proposal.clone();
    let mut deals = changed.deals.clone().into_vec();
    for deal in deals.iter_mut().filter(|deal| deal.dealer == dealer) {
        *deal = other.clone();
    }
    changed.deals = deals.try_into().unwrap();
    changed.statement.root = derive_root(&changed.deals);
    changed
}

#[test]
fn a_signer_refuses_another_deal_of_its_own_and_a_second_statement() {
    let (mut world, _, proposal) = with_proposal();
    let dealers: Vec<NodeId> = proposal.statement.dealers().collect();
    let changed = with_other_deal(&world, &proposal, dealers[0]);
    // Valid in every other way: the dealer of it finds its own, the other has agreed to one already.
    refuses(&mut world, dealers[0], Message::Proposal(changed.clone()), Rejection::DrpOwnDeal);
    refuses(&mut world, dealers[1], Message::Proposal(changed), Rejection::DrpStatementRepeated);
    // The same one again is agreed to again.
    let again =
        world.hand(dealers[1], Event::Message(Message::Proposal(proposal.clone()))).unwrap();
    assert_eq!(again[1], Effect::Agree(proposal.statement.message()));
}

#[test]
fn a_leader_takes_one_deal_of_each_server() {
    let (mut world, leader) = with_leader();
    world.silent.insert(server_other_than(&world, leader));
    let mut twice = None;
    world.fault = Box::new(move |_, _, message| {
        if matches!(message, Message::Deal(_)) {
            return twice.replace(message.clone()).or(Some(message)); // the first again
        }
        Some(message)
    });
    world.start_run();
    assert!(world.refused.contains(&(leader, Rejection::DrpDealRepeated)));
    let (mut world, leader) = with_leader();
    world.fault = Box::new(move |_, _, message| match message {
        Message::Deal(deal) => Some(Message::Deal(SignedDeal { dealer: leader, ..deal })),
        message => Some(message),
    });
    world.start_run();
    assert!(world.refused.contains(&(leader, Rejection::DrpInputGroup)), "itself is no server");
}

#[test]
fn a_deal_of_another_run_is_refused() {
    let (mut world, leader) = with_leader();
    let mut old = World::<Ristretto255>::new(4, 3);
    old.hold_lottery();
    old.let_time_pass(); // rank 0 fails, and rank 1 gets deals
    old.start_run();
    let replayed = sent(&old, |message| match message {
        Message::Deal(deal) => Some(deal.clone()),
        _ => None,
    });
    world.fault = Box::new(move |from, _, message| match message {
        Message::Deal(_) if *from == replayed.dealer => Some(Message::Deal(replayed.clone())),
        message => Some(message),
    });
    world.start_run();
    assert!(world.refused.contains(&(leader, Rejection::DrpDealSession)), "{:?}", world.refused);
}

// --- Shares, after the commit only ------------------------------------------------------------

#[test]
fn nobody_decrypts_before_the_commit_is_ordered() {
    let (mut world, leader, _) = with_proposal();
    let revealed = |world: &Real| {
        world
            .effects
            .iter()
            .filter(|(_, effect)| {
                matches!(effect, Effect::Broadcast(Message::Reveal(_)) | Effect::Output(_))
            })
            .count()
    };
    assert_eq!(revealed(&world), 0);
    // The commit is sent to all, and not ordered.
    let mut finished = World::<Ristretto255>::new(4, 3);
    finished.run();
    let commit = finished.commit.clone().unwrap();
    for name in world.names() {
        let effects = world.hand(name, Event::Message(Message::Commit(commit.clone()))).unwrap();
        let ordered = Effect::Order(LogEntry::Commit(commit.clone()));
        assert_eq!(effects, [Effect::Broadcast(Message::Commit(commit.clone())), ordered]);
    }
    assert_eq!(revealed(&world), 0);
    let reveal = sent(&finished, |message| match message {
        Message::Reveal(reveal) => Some(reveal.clone()),
        _ => None,
    });
    let name = server_other_than(&world, leader);
    refuses(&mut world, name, Message::Reveal(reveal.clone()), Rejection::DrpNotCommitted);
    world.order(LogEntry::Commit(commit)).unwrap();
    assert_eq!(revealed(&world), 3, "each server, once");
    world.settle();
    assert_eq!(revealed(&world), 3 + 4);
    // Shares of another session, or of a secret that is no input.
    let other = Reveal { session: Digest::ZERO, ..reveal.clone() };
    refuses(&mut world, name, Message::Reveal(other), Rejection::DrpShareInput);
    let mut shares = reveal.shares.clone().into_vec();
    shares[0].dealer = leader;
    let other = Reveal { shares: shares.try_into().unwrap(), ..reveal };
    refuses(&mut world, name, Message::Reveal(other), Rejection::DrpShareInput);
}

// --- Whose turn it is -------------------------------------------------------------------------

#[test]
fn after_a_commit_nobody_is_current() {
    let (mut world, _, _) = with_proposal();
    let timed_out = timeout(&world, world.names()[0], 0, 0);
    world.sign_off();
    let commit = world.commit.clone().unwrap();
    assert_eq!(world.leadership(), None);
    assert_eq!(world.order(fail(&world, 0, 0)), Err(Rejection::DrpNotCurrent));
    assert_eq!(world.order(LogEntry::Commit(commit.clone())), Err(Rejection::DrpNotCurrent));
    let name = world.names()[1];
    refuses(&mut world, name, Message::Timeout(timed_out), Rejection::DrpNotCurrent);
    refuses(&mut world, name, Message::Commit(commit), Rejection::DrpNotCurrent);
    let deadline = Event::Deadline { view: 0, rank: 0, step: Step::SignOff };
    assert_eq!(world.hand(name, deadline), Ok(Vec::new()));
}

#[test]
fn of_a_failure_and_a_commit_the_first_that_is_ordered_wins() {
    let mut finished = World::<Ristretto255>::new(4, 3);
    finished.run();
    let commit = LogEntry::Commit(finished.commit.clone().unwrap());
    let (mut world, _, _) = with_proposal();
    world.order(fail(&world, 0, 0)).unwrap();
    assert_eq!(world.order(commit), Err(Rejection::DrpLeader));
    assert_eq!(world.leadership().map(|now| now.rank), Some(1));
    // And not of a rank whose turn is over or has not come.
    assert_eq!(world.order(fail(&world, 0, 0)), Err(Rejection::DrpNotCurrent));
    assert_eq!(world.order(fail(&world, 0, 2)), Err(Rejection::DrpNotCurrent));
    assert_eq!(world.order(fail(&world, 1, 1)), Err(Rejection::DrpNotCurrent));
}

#[test]
fn a_quorum_of_timeouts_and_no_fewer_makes_a_failure() {
    let (mut world, _) = with_leader();
    let names = world.names();
    let to = names[3];
    let mut effects = Vec::new();
    for by in [names[0], names[0], names[1], names[2], names[3]] {
        let message = Message::Timeout(timeout(&world, by, 0, 0));
        effects.push(world.hand(to, Event::Message(message)).unwrap().len());
    }
    assert_eq!(effects, [0, 0, 0, 1, 0], "the third of four, once");
    let mut unsigned = timeout(&world, names[0], 0, 0);
    unsigned.signature = Signature([0; 64]);
    refuses(&mut world, to, Message::Timeout(unsigned), Rejection::DrpTimeoutSignature);
    let by_nobody = Timeout { validator: NodeId(Digest::ZERO), ..unsigned };
    refuses(&mut world, to, Message::Timeout(by_nobody), Rejection::DrpTimeoutSigner);
    let late = timeout(&world, names[0], 0, 1);
    refuses(&mut world, to, Message::Timeout(late), Rejection::DrpNotCurrent);
}

#[test]
fn a_validator_gives_up_when_it_lacks_what_is_due_and_passes_on_what_it_has() {
    let (mut world, _, _) = with_proposal();
    let mut finished = World::<Ristretto255>::new(4, 3);
    finished.run();
    let name = world.names()[0];
    let at = |world: &mut Real, step| {
        world.hand(name, Event::Deadline { view: 0, rank: 0, step }).unwrap()
    };
    for step in [Step::Announcement, Step::Deals, Step::Proposal] {
        assert_eq!(at(&mut world, step), [], "it has what is due");
    }
    let given_up = at(&mut world, Step::SignOff);
    assert!(matches!(given_up[..], [Effect::Broadcast(Message::Timeout(_))]));
    let commit = finished.commit.clone().unwrap();
    world.hand(name, Event::Message(Message::Commit(commit.clone()))).unwrap();
    let passed_on = at(&mut world, Step::SignOff);
    assert_eq!(passed_on[0], Effect::Broadcast(Message::Commit(commit)));
    assert_eq!(passed_on.len(), 2);
}

#[test]
fn deadlines_are_those_of_the_table_and_double_with_each_view() {
    let rules: &dyn Rules<Ristretto255, Normative> = &Specification;
    let steps = [Step::Announcement, Step::Deals, Step::Proposal, Step::SignOff];
    let due = |view, faults| steps.map(|step| rules.derive_deadline(step, 10, view, faults));
    assert_eq!(due(0, 1), [10, 20, 30, 110]);
    assert_eq!(due(2, 1), [40, 80, 120, 440]);
    assert_eq!(due(0, 5), [10, 20, 30, 270]);
    // Sixteen views later it doubles no more.
    assert_eq!(due(16, 1), [10, 20, 30, 110].map(|after| after << 16));
    assert_eq!(due(u32::MAX, 1), due(16, 1));
    let longest = |step| rules.derive_deadline(step, u64::MAX, u32::MAX, usize::MAX);
    assert_eq!(steps.map(longest), [u64::MAX; 4]);
    let all = Seen { announcement: true, proposal: true, commit: true };
    assert!(steps.iter().all(|step| !rules.gives_up(*step, all)));
    let nothing = steps.map(|step| rules.gives_up(step, Seen::default()));
    assert_eq!(nothing, [true, false, true, true]);
}

// --- Anything at all --------------------------------------------------------------------------

#[test]
fn secrets_of_real_keys_decrypt_and_are_not_printed() {
    let key_pairs = ioschain_spec::primitives::keys::ValidatorKeyPairs::from_seed(&[3; 32]);
    let secrets = Secrets::new(&key_pairs, [4; 32]);
    let public = curve25519_dalek::RistrettoPoint::mul_base(&secrets.decryption).compress().0;
    assert_eq!(public, key_pairs.public_keys().group.0);
    assert_eq!(format!("{secrets:?}"), format!("Secrets({:?})", secrets.name));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_message_is_answered_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        let (mut world, leader) = with_leader();
        let name = server_other_than(&world, leader);
        let mut source = Unstructured::new(&bytes);
        if let Ok(message) = Message::arbitrary(&mut source) {
            let event: Event = Event::Message(message);
            prop_assert!(world.hand(name, event).is_err(), "nothing of this is valid");
        }
        if let Ok(entry) = LogEntry::arbitrary(&mut source) {
            let _ = world.order(entry);
        }
    }

    #[test]
    fn any_transcript_is_refused(bytes in prop::collection::vec(any::<u8>(), 0..4000)) {
        let world = Real::new(4, 3);
        let mut source = Unstructured::new(&bytes);
        if let Ok(transcript) = NormativeTranscript::arbitrary(&mut source) {
            let report = world.within(|environment| list_checks(environment, &transcript));
            prop_assert!(report.failed().is_some());
        }
        prop_assert_eq!(decode::<NormativeTranscript>(&bytes), Err(Rejection::EncMalformed));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// A valid transcript in which one byte is another is refused, or is no transcript.
    #[test]
    fn a_transcript_with_one_byte_changed_is_refused(at in any::<prop::sample::Index>(), by in 1..=255u8) {
        thread_local! {
            static VALID: (Real, Vec<u8>) = {
                let mut world = Real::new(4, 3);
                world.run();
                let bytes = encode(&world.transcript());
                (world, bytes)
            };
        }
        VALID.with(|(world, valid)| {
            let mut bytes = valid.clone();
            let at = at.index(bytes.len());
            bytes[at] ^= by;
            if let Ok(transcript) = decode::<NormativeTranscript>(&bytes) {
                let report = world.within(|environment| list_checks(environment, &transcript));
                prop_assert!(report.failed().is_some(), "byte {at}");
            }
            Ok(())
        })?;
    }
}
