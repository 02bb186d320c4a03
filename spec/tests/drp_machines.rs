//! What the machines refuse, what they persist before they answer, and whose turn it is.

mod drp_simulation;

use std::collections::BTreeMap;

use arbitrary::{Arbitrary, Unstructured};
use drp_simulation::{NormativeTranscript, Simulation};
use ioschain_spec::Rejection;
use ioschain_spec::drp::machine::{Answered, Effect, Event, Memory, Secrets};
use ioschain_spec::drp::messages::{
    Announcement, LogEntry, Message, Proposal, Reveal, SignedDeal, Timeout, derive_root,
};
use ioschain_spec::drp::rules::{Seen, Specification, Step};
use ioschain_spec::drp::verifier::list_checks;
use ioschain_spec::drp::{Rules, Session};
use ioschain_spec::primitives::ed25519::Signature;
use ioschain_spec::primitives::encoding::{BoundedMap, decode, encode};
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::keys::NodeId;
use ioschain_spec::primitives::numbers::{Rank, View};
use ioschain_spec::primitives::ristretto::Ristretto255;
use ioschain_spec::suite::Normative;
use proptest::prelude::*;

type Real = Simulation<Ristretto255>;

/// The lottery is over.
fn with_leader() -> (Real, NodeId) {
    let mut simulation = Simulation::new(4, 3);
    simulation.hold_lottery();
    let leader = simulation.leadership().unwrap().leader;
    (simulation, leader)
}

/// The leader has proposed.
fn with_proposal() -> (Real, NodeId, Proposal) {
    let (mut simulation, leader) = with_leader();
    simulation.start_run();
    let proposal = sent(&simulation, |message| match message {
        Message::Proposal(proposal) => Some(proposal.clone()),
        _ => None,
    });
    (simulation, leader, proposal)
}

/// The first broadcast message that `pick` takes.
fn sent<T>(simulation: &Real, pick: impl Fn(&Message) -> Option<T>) -> T {
    let mut messages = simulation.effects.iter().filter_map(|(_, effect)| match effect {
        Effect::Broadcast(message) | Effect::Send { message, .. } => Some(message),
        _ => None,
    });
    messages.find_map(pick).expect("it was sent")
}

fn server_other_than(simulation: &Real, leader: NodeId) -> NodeId {
    simulation.names().into_iter().find(|name| *name != leader).unwrap()
}

fn refuses(simulation: &mut Real, to: NodeId, message: Message, rejection: Rejection) {
    let before = format!("{:?}", simulation.machines[&to].server);
    assert_eq!(simulation.hand(to, Event::Message(message)), Err(rejection));
    assert_eq!(
        format!("{:?}", simulation.machines[&to].server),
        before,
        "a rejection changes nothing"
    );
}

fn timeout(simulation: &Real, by: NodeId, view: View, rank: Rank) -> Timeout {
    simulation.participants[&by].sign_timeout(&simulation.epoch, view, rank)
}

fn fail(simulation: &Real, view: View, rank: Rank) -> LogEntry {
    let everybody = simulation.participants.len();
    let fail = simulation.participants.fail_by(everybody, &simulation.epoch, view, rank);
    LogEntry::Fail(fail.unwrap())
}

// --- One answer for each run ------------------------------------------------------------------

#[test]
fn what_a_message_is_about_is_persisted_before_it() {
    let (mut simulation, leader, _) = with_proposal();
    simulation.sign_off();
    for name in simulation.names() {
        let effects = simulation.effects.iter().filter(|(from, _)| *from == name);
        let mut kept = Memory::default();
        for (_, effect) in effects {
            let place = (View(0), Rank(0));
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
        assert_eq!(simulation.machines[&name].persisted, kept);
        assert_eq!(decode::<Memory>(&encode(&kept)), Ok(kept));
    }
}

#[test]
fn a_second_session_for_a_view_and_rank_is_refused() {
    let (mut simulation, leader) = with_leader();
    let name = server_other_than(&simulation, leader);
    // It has answered another announcement for view 0 and rank 0, and remembers.
    let other = Answered { announcement: Digest([9; 32]), deal: None, agreed: None };
    let answered = BoundedMap::try_from(BTreeMap::from([((View(0), Rank(0)), other)])).unwrap();
    simulation.restart(name, Memory { answered });
    let run = simulation.epoch.run::<Ristretto255>(&simulation.leadership().unwrap());
    let announcement =
        Announcement::sign(&Normative, run, &simulation.participants[&leader].secrets.signing);
    refuses(&mut simulation, name, Message::Announcement(announcement), Rejection::DrpRunRepeated);
}

#[test]
fn the_same_announcement_again_gets_the_same_deal() {
    let (mut simulation, leader, proposal) = with_proposal();
    let name = server_other_than(&simulation, leader);
    let first =
        simulation.machines[&name].persisted.answered[&(View(0), Rank(0))].deal.clone().unwrap();
    let again = Event::Message(Message::Announcement(proposal.announcement));
    let answer = simulation.hand(name, again).unwrap();
    assert_eq!(answer, [Effect::Send { to: leader, message: Message::Deal(first) }]);
}

#[test]
fn a_run_that_is_not_what_the_validator_computes_is_not_answered() {
    let (mut simulation, leader) = with_leader();
    let name = server_other_than(&simulation, leader);
    let signing = simulation.participants[&leader].secrets.signing.clone();
    let run = simulation.epoch.run::<Ristretto255>(&simulation.leadership().unwrap());
    let mut other = run;
    other.randomness_before = Digest::ZERO;
    let announcement = Message::Announcement(Announcement::sign(&Normative, other, &signing));
    refuses(&mut simulation, name, announcement, Rejection::DrpConfiguration);
    let mut other = run;
    other.rank = Rank(1);
    let announcement = Message::Announcement(Announcement::sign(&Normative, other, &signing));
    refuses(&mut simulation, name, announcement, Rejection::DrpLeader);
    let announcement = Announcement { run, signature: Signature([0; 64]) };
    refuses(&mut simulation, name, Message::Announcement(announcement), Rejection::DrpAnnouncement);
}

#[test]
fn a_proposal_without_its_announcement_is_refused() {
    let (mut simulation, leader) = with_leader();
    let name = server_other_than(&simulation, leader);
    simulation.fault = Box::new(move |_, to, message| {
        let lost = *to == name && matches!(message, Message::Announcement(_));
        (!lost).then_some(message)
    });
    simulation.start_run();
    assert!(simulation.refused.contains(&(name, Rejection::DrpNotAnnounced)));
    // And a deal is for the leader's machine.
    let deal = sent(&simulation, |message| match message {
        Message::Deal(deal) => Some(deal.clone()),
        _ => None,
    });
    refuses(&mut simulation, name, Message::Deal(deal), Rejection::DrpNotAnnounced);
}

/// The leader makes its dealers, out of its knowledge of their keys, say something else.
fn with_other_deal(simulation: &Real, proposal: &Proposal, dealer: NodeId) -> Proposal {
    let run = proposal.announcement.run;
    let session =
        simulation.within(|environment| ioschain_spec::drp::Session::derive(environment, &run));
    let session = session.unwrap();
    let sharing = session.groups[0].sharing_of(&dealer);
    let polynomial = sharing.derive_polynomial(&[77; 32]);
    let deal = ioschain_spec::primitives::pvss::deal(&sharing, &polynomial, &[77; 32]).unwrap();
    let signing = &simulation.participants[&dealer].secrets.signing;
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
    let (mut simulation, _, proposal) = with_proposal();
    let dealers: Vec<NodeId> = proposal.statement.dealers().collect();
    let changed = with_other_deal(&simulation, &proposal, dealers[0]);
    // Valid in every other way: the dealer of it finds its own, the other has agreed to one
    // already.
    refuses(&mut simulation, dealers[0], Message::Proposal(changed.clone()), Rejection::DrpOwnDeal);
    refuses(
        &mut simulation,
        dealers[1],
        Message::Proposal(changed),
        Rejection::DrpStatementRepeated,
    );
    // The same one again is agreed to again.
    let again =
        simulation.hand(dealers[1], Event::Message(Message::Proposal(proposal.clone()))).unwrap();
    assert_eq!(again[1], Effect::Agree(proposal.statement.message()));
}

#[test]
fn a_leader_takes_one_deal_of_each_server() {
    let (mut simulation, leader) = with_leader();
    simulation.silent.insert(server_other_than(&simulation, leader));
    let mut twice = None;
    simulation.fault = Box::new(move |_, _, message| {
        if matches!(message, Message::Deal(_)) {
            return twice.replace(message.clone()).or(Some(message)); // the first again
        }
        Some(message)
    });
    simulation.start_run();
    assert!(simulation.refused.contains(&(leader, Rejection::DrpDealRepeated)));
    let (mut simulation, leader) = with_leader();
    simulation.fault = Box::new(move |_, _, message| match message {
        Message::Deal(deal) => Some(Message::Deal(SignedDeal { dealer: leader, ..deal })),
        message => Some(message),
    });
    simulation.start_run();
    assert!(
        simulation.refused.contains(&(leader, Rejection::DrpInputGroup)),
        "itself is no server"
    );
}

#[test]
fn a_deal_of_another_run_is_refused() {
    let (mut simulation, leader) = with_leader();
    let mut old = Simulation::<Ristretto255>::new(4, 3);
    old.hold_lottery();
    old.let_time_pass(); // rank 0 fails, and rank 1 gets deals
    old.start_run();
    let replayed = sent(&old, |message| match message {
        Message::Deal(deal) => Some(deal.clone()),
        _ => None,
    });
    simulation.fault = Box::new(move |from, _, message| match message {
        Message::Deal(_) if *from == replayed.dealer => Some(Message::Deal(replayed.clone())),
        message => Some(message),
    });
    simulation.start_run();
    assert!(
        simulation.refused.contains(&(leader, Rejection::DrpDealSession)),
        "{:?}",
        simulation.refused
    );
}

#[test]
fn a_deal_has_a_share_for_every_member_of_the_group_the_dealer_included() {
    let (simulation, leader, proposal) = with_proposal();
    let run = simulation.epoch.run::<Ristretto255>(&simulation.leadership().unwrap());
    let session = simulation.within(|environment| Session::derive(environment, &run)).unwrap();
    assert!(session.group_of(&leader).is_none());
    for signed in proposal.deals.iter() {
        let (_, group) = session.group_of(&signed.dealer).unwrap();
        assert!(group.position_of(&signed.dealer).is_some());
        assert_eq!(signed.deal.shares.len(), group.members.len());
    }
}

// --- Shares, after the commit only ------------------------------------------------------------

#[test]
fn nobody_decrypts_before_the_commit_is_ordered() {
    let (mut simulation, leader, _) = with_proposal();
    let revealed = |simulation: &Real| {
        simulation
            .effects
            .iter()
            .filter(|(_, effect)| {
                matches!(effect, Effect::Broadcast(Message::Reveal(_)) | Effect::Output(_))
            })
            .count()
    };
    assert_eq!(revealed(&simulation), 0);
    // The commit is sent to all, and not ordered.
    let mut finished = Simulation::<Ristretto255>::new(4, 3);
    finished.run();
    let commit = finished.commit().cloned().unwrap();
    for name in simulation.names() {
        let effects =
            simulation.hand(name, Event::Message(Message::Commit(commit.clone()))).unwrap();
        let ordered = Effect::Order(LogEntry::Commit(commit.clone()));
        assert_eq!(effects, [Effect::Broadcast(Message::Commit(commit.clone())), ordered]);
    }
    assert_eq!(revealed(&simulation), 0);
    let reveal = sent(&finished, |message| match message {
        Message::Reveal(reveal) => Some(reveal.clone()),
        _ => None,
    });
    let name = server_other_than(&simulation, leader);
    refuses(&mut simulation, name, Message::Reveal(reveal.clone()), Rejection::DrpNotCommitted);
    simulation.order(LogEntry::Commit(commit)).unwrap();
    assert_eq!(revealed(&simulation), 3, "each server, once");
    simulation.settle();
    assert_eq!(revealed(&simulation), 3 + 4);
    // Shares of another session, or of a secret that is no input.
    let other = Reveal { session: Digest::ZERO, ..reveal.clone() };
    refuses(&mut simulation, name, Message::Reveal(other), Rejection::DrpShareInput);
    let mut shares = reveal.shares.clone().into_vec();
    shares[0].dealer = leader;
    let other = Reveal { shares: shares.try_into().unwrap(), ..reveal };
    refuses(&mut simulation, name, Message::Reveal(other), Rejection::DrpShareInput);
}

// --- Whose turn it is -------------------------------------------------------------------------

#[test]
fn after_a_commit_nobody_is_current() {
    let (mut simulation, _, _) = with_proposal();
    let timed_out = timeout(&simulation, simulation.names()[0], View(0), Rank(0));
    simulation.sign_off();
    let commit = simulation.commit().cloned().unwrap();
    assert_eq!(simulation.leadership(), None);
    assert_eq!(
        simulation.order(fail(&simulation, View(0), Rank(0))),
        Err(Rejection::DrpNotCurrent)
    );
    assert_eq!(simulation.order(LogEntry::Commit(commit.clone())), Err(Rejection::DrpNotCurrent));
    let name = simulation.names()[1];
    refuses(&mut simulation, name, Message::Timeout(timed_out), Rejection::DrpNotCurrent);
    refuses(&mut simulation, name, Message::Commit(commit), Rejection::DrpNotCurrent);
    let deadline = Event::Deadline { view: View(0), rank: Rank(0), step: Step::SignOff };
    assert_eq!(simulation.hand(name, deadline), Ok(Vec::new()));
}

#[test]
fn of_a_failure_and_a_commit_the_first_that_is_ordered_wins() {
    let mut finished = Simulation::<Ristretto255>::new(4, 3);
    finished.run();
    let commit = LogEntry::Commit(finished.commit().cloned().unwrap());
    let (mut simulation, _, _) = with_proposal();
    simulation.order(fail(&simulation, View(0), Rank(0))).unwrap();
    assert_eq!(simulation.order(commit), Err(Rejection::DrpLeader));
    assert_eq!(simulation.leadership().map(|now| now.rank), Some(Rank(1)));
    // And not of a rank whose turn is over or has not come.
    assert_eq!(
        simulation.order(fail(&simulation, View(0), Rank(0))),
        Err(Rejection::DrpNotCurrent)
    );
    assert_eq!(
        simulation.order(fail(&simulation, View(0), Rank(2))),
        Err(Rejection::DrpNotCurrent)
    );
    assert_eq!(
        simulation.order(fail(&simulation, View(1), Rank(1))),
        Err(Rejection::DrpNotCurrent)
    );
}

#[test]
fn a_quorum_of_timeouts_and_no_fewer_makes_a_failure() {
    let (mut simulation, _) = with_leader();
    let names = simulation.names();
    let to = names[3];
    let mut effects = Vec::new();
    for by in [names[0], names[0], names[1], names[2], names[3]] {
        let message = Message::Timeout(timeout(&simulation, by, View(0), Rank(0)));
        effects.push(simulation.hand(to, Event::Message(message)).unwrap().len());
    }
    assert_eq!(effects, [0, 0, 0, 1, 0], "the third of four, once");
    let mut unsigned = timeout(&simulation, names[0], View(0), Rank(0));
    unsigned.signature = Signature([0; 64]);
    refuses(&mut simulation, to, Message::Timeout(unsigned), Rejection::DrpTimeoutSignature);
    let by_nobody = Timeout { validator: NodeId(Digest::ZERO), ..unsigned };
    refuses(&mut simulation, to, Message::Timeout(by_nobody), Rejection::DrpTimeoutSigner);
    let late = timeout(&simulation, names[0], View(0), Rank(1));
    refuses(&mut simulation, to, Message::Timeout(late), Rejection::DrpNotCurrent);
}

#[test]
fn a_validator_gives_up_when_it_lacks_what_is_due_and_passes_on_what_it_has() {
    let (mut simulation, _, _) = with_proposal();
    let mut finished = Simulation::<Ristretto255>::new(4, 3);
    finished.run();
    let name = simulation.names()[0];
    let at = |simulation: &mut Real, step| {
        simulation.hand(name, Event::Deadline { view: View(0), rank: Rank(0), step }).unwrap()
    };
    for step in [Step::Announcement, Step::Deals, Step::Proposal] {
        assert_eq!(at(&mut simulation, step), [], "it has what is due");
    }
    let given_up = at(&mut simulation, Step::SignOff);
    assert!(matches!(given_up[..], [Effect::Broadcast(Message::Timeout(_))]));
    let commit = finished.commit().cloned().unwrap();
    simulation.hand(name, Event::Message(Message::Commit(commit.clone()))).unwrap();
    let passed_on = at(&mut simulation, Step::SignOff);
    assert_eq!(passed_on[0], Effect::Broadcast(Message::Commit(commit)));
    assert_eq!(passed_on.len(), 2);
}

#[test]
fn deadlines_are_those_of_the_table_and_double_with_each_view() {
    let rules: &dyn Rules<Ristretto255, Normative> = &Specification;
    let steps = [Step::Announcement, Step::Deals, Step::Proposal, Step::SignOff];
    let due = |view, faults| steps.map(|step| rules.derive_deadline(step, 10, view, faults));
    assert_eq!(due(View(0), 1), [10, 20, 30, 110]);
    assert_eq!(due(View(2), 1), [40, 80, 120, 440]);
    assert_eq!(due(View(0), 5), [10, 20, 30, 270]);
    // Sixteen views later it doubles no more.
    assert_eq!(due(View(16), 1), [10, 20, 30, 110].map(|after| after << 16));
    assert_eq!(due(View(u32::MAX), 1), due(View(16), 1));
    let longest = |step| rules.derive_deadline(step, u64::MAX, View(u32::MAX), usize::MAX);
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
        let (mut simulation, leader) = with_leader();
        let name = server_other_than(&simulation, leader);
        let mut source = Unstructured::new(&bytes);
        if let Ok(message) = Message::arbitrary(&mut source) {
            let event: Event = Event::Message(message);
            prop_assert!(simulation.hand(name, event).is_err(), "nothing of this is valid");
        }
        if let Ok(entry) = LogEntry::arbitrary(&mut source) {
            let _ = simulation.order(entry);
        }
    }

    #[test]
    fn any_transcript_is_refused(bytes in prop::collection::vec(any::<u8>(), 0..4000)) {
        let simulation = Real::new(4, 3);
        let mut source = Unstructured::new(&bytes);
        if let Ok(transcript) = NormativeTranscript::arbitrary(&mut source) {
            let report = simulation.within(|environment| list_checks(environment, &transcript));
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
                let mut simulation = Real::new(4, 3);
                simulation.run();
                let bytes = encode(&simulation.transcript());
                (simulation, bytes)
            };
        }
        VALID.with(|(simulation, valid)| {
            let mut bytes = valid.clone();
            let at = at.index(bytes.len());
            bytes[at] ^= by;
            if let Ok(transcript) = decode::<NormativeTranscript>(&bytes) {
                let report = simulation.within(|environment| list_checks(environment, &transcript));
                prop_assert!(report.failed().is_some(), "byte {at}");
            }
            Ok(())
        })?;
    }
}
