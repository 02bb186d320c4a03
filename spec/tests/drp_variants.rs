//! Each variant lets something happen that the specification does not.

mod drp_simulation;

use std::collections::BTreeSet;
use std::rc::Rc;

use drp_simulation::{Simulation, epoch};
use ioschain_spec::Rejection;
use ioschain_spec::drp::machine::{Effect, Event};
use ioschain_spec::drp::messages::{LogEntry, Message, Record, SignedDeal, to_inputs};
use ioschain_spec::drp::rules::{Audience, Specification};
use ioschain_spec::drp::verifier::verify_transcript;
use ioschain_spec::drp::{Rules, Session};
use ioschain_spec::primitives::group::Group;
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::keys::NodeId;
use ioschain_spec::primitives::numbers::{Epoch, Rank, View};
use ioschain_spec::primitives::ristretto::Ristretto255;
use ioschain_spec::suite::Normative;
use ioschain_spec::variants::{
    DealsUnsigned, DecryptionsUnproven, EncryptionsUnproven, FewerInputs, InputsAfterReveal,
    LotteryOverView, LowThreshold, OwnGroupOnly, RunsAgain, SameView, ServersLeftOut,
    SessionUnbound, SharesToLeader, StartDeadlineOnly, WhitePaper,
};

type Real = Simulation<Ristretto255>;

fn world_with(rules: impl Rules<Ristretto255, Normative> + 'static, count: u8, size: u16) -> Real {
    Simulation::with(epoch::<Ristretto255>(count, size), Rc::new(rules))
}

fn as_rules(rules: &impl Rules<Ristretto255, Normative>) -> &dyn Rules<Ristretto255, Normative> {
    rules
}

fn session(simulation: &Real) -> Session<Ristretto255> {
    let run = simulation.epoch.run::<Ristretto255>(&simulation.leadership().unwrap());
    simulation.within(|environment| Session::derive(environment, &run)).unwrap()
}

fn with_output(simulation: &Real) -> BTreeSet<NodeId> {
    simulation.names().into_iter().filter(|name| simulation.recovered(name).is_some()).collect()
}

fn reveals(simulation: &Real) -> usize {
    let is_reveal = |effect: &Effect| {
        matches!(
            effect,
            Effect::Broadcast(Message::Reveal(_))
                | Effect::Send { message: Message::Reveal(_), .. }
        )
    };
    simulation.effects.iter().filter(|(_, effect)| is_reveal(effect)).count()
}

fn fail(simulation: &Real, view: View, rank: Rank) -> LogEntry {
    let everybody = simulation.participants.len();
    let fail = simulation.participants.fail_by(everybody, &simulation.epoch, view, rank);
    LogEntry::Fail(fail.unwrap())
}

#[test]
fn white_paper_shows_the_leader_the_number_first_and_lets_it_try_again() {
    let mut simulation = world_with(WhitePaper, 4, 3);
    simulation.hold_lottery();
    let leader = simulation.leadership().unwrap().leader;
    // It keeps the commit from the log.
    simulation.start_run();
    let run = simulation.leadership().unwrap();
    let message = simulation.agreed.keys().next().copied().unwrap();
    let signature = simulation.sign_together(&message).unwrap();
    let (_, machine) = simulation.leader.take().unwrap();
    let signed = simulation.within(|environment| machine.take_signature(environment, signature));
    let Some(Effect::Broadcast(commit)) = signed.unwrap().into_iter().next() else {
        panic!("it sends the commit")
    };
    simulation.hand(leader, Event::Message(commit.clone())).unwrap();
    for name in simulation.epoch.servers(&leader) {
        for effect in simulation.hand(name, Event::Message(commit.clone())).unwrap() {
            if let Effect::Send { to, message } = effect {
                assert_eq!(to, leader);
                simulation.hand(leader, Event::Message(message)).unwrap();
            }
        }
    }
    assert_eq!(simulation.commit(), None, "nothing is ordered");
    assert_eq!(with_output(&simulation), BTreeSet::from([leader]));
    // It does not like the number: the run fails, and the next rank has another.
    simulation.order(fail(&simulation, run.view, run.rank)).unwrap();
    assert_eq!(simulation.leadership().unwrap().rank, Rank(1));
}

#[test]
fn white_paper_groups_must_be_a_partition_all_the_same() {
    let mut simulation = world_with(WhitePaper, 4, 3);
    simulation.hold_lottery();
    let servers = simulation.epoch.servers(&simulation.leadership().unwrap().leader);
    let check = |groups: &[Vec<NodeId>]| as_rules(&WhitePaper).check_groups(&servers, groups);
    assert_eq!(check(std::slice::from_ref(&servers)), Ok(()));
    assert_eq!(check(&[]), Err(Rejection::DrpGroups));
    assert_eq!(check(&[servers[1..].to_vec()]), Err(Rejection::DrpGroups));
}

/// Rules that draw no group, whatever the session.
///
/// These are the test's own and no variant: a variant needs a model or a vector that detects it,
/// and with these rules no run begins, because [`Session::derive`] refuses groups that are no
/// partition.
#[derive(Debug)]
struct NoGroups;

impl Rules<Ristretto255, Normative> for NoGroups {
    fn derive_groups(&self, _: &Digest, _: &[NodeId], _: u16) -> Vec<Vec<NodeId>> {
        Vec::new()
    }
}

#[test]
fn a_run_whose_groups_are_no_partition_has_no_session() {
    let mut simulation = world_with(NoGroups, 4, 3);
    simulation.hold_lottery();
    let run = simulation.epoch.run::<Ristretto255>(&simulation.leadership().unwrap());
    let derived = simulation.within(|environment| Session::derive(environment, &run).map(drop));
    assert_eq!(derived, Err(Rejection::DrpGroups));
}

#[test]
fn unchecked_groups_may_leave_honest_servers_out() {
    let mut simulation = world_with(ServersLeftOut, 7, 3);
    simulation.hold_lottery();
    assert_eq!(session(&simulation).groups[0].members.len(), 2);
    let mut simulation = world_with(ServersLeftOut, 7, 3);
    simulation.run();
    assert_eq!(simulation.transcript().commit.proposal.statement.dealers().count(), 1);
}

#[test]
fn a_low_threshold_lets_one_of_five_know_a_secret() {
    assert_eq!(as_rules(&Specification).derive_threshold(5), 2);
    assert_eq!(as_rules(&LowThreshold).derive_threshold(5), 1);
    let thresholds: Vec<usize> =
        (0..=9).map(|members| as_rules(&Specification).derive_threshold(members)).collect();
    assert_eq!(thresholds, [1, 1, 1, 2, 2, 2, 3, 3, 3, 4]);
}

#[test]
fn fewer_inputs_leave_the_honest_ones_out() {
    let mut simulation = Real::new(7, 3);
    simulation.hold_lottery();
    let session = session(&simulation);
    let none = to_inputs(vec![Vec::new(); session.groups.len()]).unwrap();
    let refused = as_rules(&Specification).check_inputs(&session, &none);
    assert_eq!(refused, Err(Rejection::DrpInputCount));
    assert_eq!(as_rules(&FewerInputs).check_inputs(&session, &none), Ok(()));
}

#[test]
fn inputs_after_reveal_are_chosen_among_known_secrets() {
    for (variant, expected) in [(true, 3), (false, 0)] {
        let rules: Rc<dyn Rules<Ristretto255, Normative>> =
            if variant { Rc::new(InputsAfterReveal) } else { Rc::new(Specification) };
        let mut simulation = Real::with(epoch::<Ristretto255>(4, 3), rules);
        simulation.hold_lottery();
        simulation.start_run();
        assert_eq!(simulation.commit(), None);
        assert_eq!(reveals(&simulation), expected);
    }
}

/// A deal that its dealer did not make; the signature of another is on it.
fn forged(simulation: &Real, session: &Session<Ristretto255>) -> SignedDeal {
    let members = &session.groups[0].members;
    let sharing = session.groups[0].sharing_of(&members[0]);
    let polynomial = sharing.derive_polynomial(&[1; 32]);
    let deal = ioschain_spec::primitives::pvss::deal(&sharing, &polynomial, &[1; 32]).unwrap();
    let signing = &simulation.participants[&members[1]].secrets.signing;
    SignedDeal::sign(&Normative, session.id, Digest::ZERO, members[0], deal, signing)
}

#[test]
fn unsigned_deals_are_the_leaders_own() {
    let mut simulation = Real::new(7, 3);
    simulation.hold_lottery();
    let session = session(&simulation);
    let forged = forged(&simulation, &session);
    let check = |rules: &dyn Rules<Ristretto255, Normative>| {
        simulation.within(|environment| {
            rules.check_deal_origin(environment, &session, &Digest::ZERO, &forged)
        })
    };
    assert_eq!(check(&Specification), Err(Rejection::DrpDealSignature));
    assert_eq!(check(&DealsUnsigned), Ok(()));
}

#[test]
fn an_unbound_session_takes_deals_of_another_epoch() {
    let mut simulation = Real::new(7, 3);
    simulation.hold_lottery();
    let run = simulation.epoch.run::<Ristretto255>(&simulation.leadership().unwrap());
    let later = ioschain_spec::drp::Run { epoch: run.epoch + 1, rank: Rank(2), ..run };
    let ids = |rules: &dyn Rules<Ristretto255, Normative>| {
        rules.derive_session_id(&run) == rules.derive_session_id(&later)
    };
    assert!(!ids(&Specification));
    assert!(ids(&SessionUnbound));
    // A deal that answers one announcement passes for another.
    let mut simulation = world_with(SessionUnbound, 7, 3);
    simulation.run();
    let commit = simulation.commit().cloned().unwrap();
    let session = Session { id: simulation.rules.derive_session_id(&run), run, groups: Vec::new() };
    for deal in &commit.proposal.deals {
        let checked = simulation.within(|environment| {
            simulation.rules.check_deal_origin(environment, &session, &Digest::ZERO, deal)
        });
        assert_eq!(checked, Ok(()));
    }
}

/// A run in which one dealer swaps two encrypted shares.
fn with_swapped_shares(rules: impl Rules<Ristretto255, Normative> + 'static) -> (Real, NodeId) {
    let mut simulation = world_with(rules, 7, 6);
    simulation.hold_lottery();
    let faulty = session(&simulation).groups[0].members[0];
    let signing = simulation.participants[&faulty].secrets.signing.clone();
    simulation.fault = Box::new(move |from, _, message| match message {
        Message::Deal(mut deal) if *from == faulty => {
            let mut shares = deal.deal.shares.clone().into_vec();
            shares.swap(0, 1);
            deal.deal.shares = shares.try_into().unwrap();
            deal.signature = signing.sign(&deal.message().0);
            Some(Message::Deal(deal))
        }
        message => Some(message),
    });
    simulation.start_run();
    (simulation, faulty)
}

#[test]
fn unproven_encryptions_count() {
    let (simulation, _) = with_swapped_shares(Specification);
    assert!(simulation.refused.iter().any(|(_, code)| *code == Rejection::CryDleqProof));
    let (simulation, _) = with_swapped_shares(EncryptionsUnproven);
    assert_eq!(
        simulation.refused.iter().filter(|(_, code)| *code == Rejection::CryDleqProof).count(),
        0
    );
}

#[test]
fn unproven_decryptions_count() {
    let mut simulation = world_with(DecryptionsUnproven, 4, 3);
    simulation.run();
    let mut transcript = simulation.transcript();
    let identity = ioschain_spec::primitives::group::Element::encode(Ristretto255::identity());
    let mut lists = transcript.shares.clone().into_vec();
    let mut shares = lists[0].clone().into_vec();
    shares[0].share = identity;
    lists[0] = shares.try_into().unwrap();
    transcript.shares = lists.try_into().unwrap();
    // Refused for its sum alone, which whoever changes the share may change too.
    let verified = simulation.within(|environment| verify_transcript(environment, &transcript));
    assert_eq!(verified, Err(Rejection::DrpSecret));
}

#[test]
fn signers_of_one_group_overlook_the_others() {
    let check = |rules: &dyn Rules<Ristretto255, Normative>| {
        (
            rules.checks_group(Some(0), 0),
            rules.checks_group(Some(0), 1),
            rules.checks_group(None, 0),
        )
    };
    assert_eq!(check(&Specification), (true, true, true));
    assert_eq!(check(&OwnGroupOnly), (true, false, false));
}

#[test]
fn shares_to_the_leader_alone_leave_the_others_without_a_number() {
    assert_eq!(as_rules(&Specification).audience_of_shares(), Audience::All);
    let mut simulation = world_with(SharesToLeader, 7, 6);
    simulation.run();
    let leader = simulation.commit().unwrap().proposal.announcement.run.leader;
    assert_eq!(with_output(&simulation), BTreeSet::from([leader]));
}

#[test]
fn a_rule_that_runs_again_has_two_commits_in_an_epoch() {
    let commits = |rules: Rc<dyn Rules<Ristretto255, Normative>>| {
        let mut simulation = Real::with(epoch::<Ristretto255>(4, 3), rules);
        simulation.run();
        let first = simulation.transcript().randomness;
        let run = simulation.transcript().commit.proposal.announcement.run;
        if simulation.order(fail(&simulation, run.view, run.rank)).is_ok() {
            simulation.start_run();
            simulation.sign_off();
        }
        assert!(
            simulation
                .names()
                .iter()
                .all(|name| simulation.recovered(name).unwrap().randomness == first)
        );
        let commits =
            simulation.log.records().into_iter().filter_map(|ordered| match ordered.record {
                Record::Commit(hash) => Some(hash),
                _ => None,
            });
        commits.collect::<BTreeSet<Digest>>().len()
    };
    assert_eq!(commits(Rc::new(Specification)), 1);
    assert_eq!(commits(Rc::new(RunsAgain)), 2);
}

#[test]
fn a_deadline_for_the_start_alone_waits_for_ever() {
    let ranks = |rules: Rc<dyn Rules<Ristretto255, Normative>>| {
        let mut simulation = Real::with(epoch::<Ristretto255>(4, 3), rules);
        simulation.fault =
            Box::new(|_, _, message| (!matches!(message, Message::Proposal(_))).then_some(message));
        simulation.hold_lottery();
        simulation.start_run();
        simulation.let_time_pass();
        simulation.leadership().map(|now| now.rank)
    };
    assert_eq!(ranks(Rc::new(Specification)), Some(Rank(1)));
    assert_eq!(ranks(Rc::new(StartDeadlineOnly)), Some(Rank(0)));
}

#[test]
fn the_same_view_again_has_the_same_leaders() {
    let leaders = |rules: Rc<dyn Rules<Ristretto255, Normative>>| {
        let mut simulation = Real::with(epoch::<Ristretto255>(7, 3), rules);
        simulation.hold_lottery();
        let first = simulation.log.state.ranks();
        for _ in 0..3 {
            simulation.let_time_pass();
        }
        simulation.hold_lottery();
        (first, simulation.log.state.ranks())
    };
    let (first, second) = leaders(Rc::new(SameView));
    assert_eq!(first, second);
    let (first, second) = leaders(Rc::new(Specification));
    assert!(first.iter().all(|leader| !second.contains(leader)));
}

#[test]
fn a_lottery_over_the_view_has_the_same_leaders_in_every_epoch() {
    let leaders = |rules: Rc<dyn Rules<Ristretto255, Normative>>| {
        let of_epoch = |number: u64| {
            let mut epoch = epoch::<Ristretto255>(7, 3);
            epoch.number = Epoch(number);
            epoch.randomness_before = Digest([number as u8; 32]);
            let mut simulation = Real::with(epoch, rules.clone());
            simulation.hold_lottery();
            simulation.log.state.ranks()
        };
        (of_epoch(4), of_epoch(5))
    };
    let (fourth, fifth) = leaders(Rc::new(LotteryOverView));
    assert_eq!(fourth, fifth);
    let (fourth, fifth) = leaders(Rc::new(Specification));
    assert_ne!(fourth, fifth);
}
