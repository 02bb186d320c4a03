//! Whole runs of the randomness protocol: with honest validators, and with faulty ones that do not
//! stop it.

mod drp_simulation;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;

use drp_simulation::{NormativeTranscript, Simulation, epoch, participant};
use ioschain_spec::Rejection;
use ioschain_spec::drp::checks::check_commit;
use ioschain_spec::drp::leader::Leader;
use ioschain_spec::drp::machine::{Effect, Event, Memory};
use ioschain_spec::drp::messages::{Message, Record, Reveal};
use ioschain_spec::drp::recovery::Recovery;
use ioschain_spec::drp::report::{Check, Report};
use ioschain_spec::drp::rules::Specification;
use ioschain_spec::drp::server::Server;
use ioschain_spec::drp::verifier::{list_checks, verify_transcript};
use ioschain_spec::drp::{EpochEnvironment, Leadership, Session};
use ioschain_spec::primitives::certificate::{check_signers, name_signers};
use ioschain_spec::primitives::encoding::{decode, encode};
use ioschain_spec::primitives::group::{EncodedElement, Group};
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::keys::NodeId;
use ioschain_spec::primitives::numbers::{Height, Rank, View};
use ioschain_spec::primitives::pvss::verify_decryption;
use ioschain_spec::primitives::ristretto::Ristretto255;
use ioschain_spec::primitives::toy_group::ToyGroup;
use ioschain_spec::suite::Ideal;
use ioschain_spec::testing::drp::{OrderedLog, Participants};

/// Every validator that hears has the same number; the transcript is accepted, and decodes to
/// itself.
fn all_agree<G: Group>(simulation: &Simulation<G>) -> Digest {
    let transcript = simulation.transcript();
    let number = simulation.within(|environment| verify_transcript(environment, &transcript));
    let number = number.expect("the transcript is accepted");
    for name in simulation.names().iter().filter(|name| !simulation.silent.contains(name)) {
        let recovered = simulation.recovered(name).expect("every validator has the number");
        assert_eq!(recovered.randomness, number);
    }
    let bytes = encode(&transcript);
    assert_eq!(decode::<NormativeTranscript>(&bytes), Ok(transcript));
    number
}

/// What every committed run must be, recomputed here.
fn transcript_has_the_shape(simulation: &Simulation<Ristretto255>) {
    let transcript = simulation.transcript();
    let run = transcript.commit.proposal.announcement.run;
    let session = simulation.within(|environment| Session::derive(environment, &run)).unwrap();
    let members: BTreeSet<NodeId> =
        session.groups.iter().flat_map(|group| group.members.clone()).collect();
    let count = simulation.names().len();
    assert_eq!(members.len(), count - 1, "all but the leader are servers");
    assert!(!members.contains(&run.leader));
    let inputs = &transcript.commit.proposal.statement.inputs;
    for (group, dealers) in session.groups.iter().zip(inputs) {
        assert_eq!(dealers.len(), group.members.len() / 3 + 1);
        assert_eq!(group.threshold(), dealers.len());
    }
    let inputs: usize = inputs.iter().map(|dealers| dealers.len()).sum();
    assert!(3 * inputs > count - 1, "the thresholds add up to more than a third");
}

fn honest_run(count: u8, group_size: u16) -> (Simulation<Ristretto255>, Digest) {
    let mut simulation = Simulation::new(count, group_size);
    simulation.run();
    assert_eq!(simulation.refused, []);
    let number = all_agree(&simulation);
    transcript_has_the_shape(&simulation);
    (simulation, number)
}

#[test]
fn honest_validators_agree_on_a_number() {
    let numbers = [(4, 3), (7, 3), (16, 5)].map(|(count, size)| honest_run(count, size).1);
    assert_eq!(BTreeSet::from(numbers).len(), 3);
    assert_eq!(honest_run(7, 3).1, numbers[1], "the same seeds give the same number");
}

#[test]
fn all_sixteen_checks_are_listed_and_pass() {
    let (simulation, _) = honest_run(7, 3);
    let report =
        simulation.within(|environment| list_checks(environment, &simulation.transcript()));
    let checks: Vec<Check> = report.outcomes.iter().map(|(check, _)| *check).collect();
    assert_eq!(checks, Check::ALL);
    assert!(report.outcomes.iter().all(|(_, outcome)| outcome.is_ok()));
    assert_eq!(report.failed(), None);
    let names: BTreeSet<&str> = Check::ALL.iter().map(|check| check.name()).collect();
    assert_eq!(names.len(), 16);
}

#[test]
fn another_number_before_gives_another_number() {
    let mut other = epoch::<Ristretto255>(7, 3);
    other.randomness_before = Digest([12; 32]);
    let mut simulation = Simulation::<Ristretto255>::with(other, Rc::new(Specification));
    simulation.run();
    assert_ne!(all_agree(&simulation), honest_run(7, 3).1);
}

#[test]
fn a_dealer_whose_deal_is_wrong_is_left_out() {
    let mut simulation = Simulation::<Ristretto255>::new(7, 3);
    simulation.hold_lottery();
    let leader = simulation.leadership().unwrap().leader;
    let faulty = *simulation.names().iter().find(|name| **name != leader).unwrap();
    let signing = simulation.participants[&faulty].secrets.signing.clone();
    simulation.fault = Box::new(move |from, _, message| match message {
        Message::Deal(mut deal) if *from == faulty => {
            // Two shares swapped, and signed so: only the proofs show it.
            let mut shares = deal.deal.shares.clone().into_vec();
            shares.swap(0, 1);
            deal.deal.shares = shares.try_into().unwrap();
            deal.signature = signing.sign(&deal.message().0);
            Some(Message::Deal(deal))
        }
        message => Some(message),
    });
    simulation.run();
    assert_eq!(simulation.refused, [(leader, Rejection::CryDleqProof)]);
    all_agree(&simulation);
    let dealers: Vec<NodeId> =
        simulation.transcript().commit.proposal.statement.dealers().collect();
    assert!(!dealers.contains(&faulty));
}

#[test]
fn f_servers_may_be_silent() {
    let mut simulation = Simulation::<Ristretto255>::new(7, 6);
    simulation.hold_lottery();
    let leader = simulation.leadership().unwrap().leader;
    let servers = simulation.names().into_iter().filter(|name| *name != leader);
    simulation.silent = servers.take(2).collect();
    simulation.run();
    all_agree(&simulation);
    let signers = simulation.transcript().commit.signature.signers;
    assert_eq!(check_signers(7, &signers).unwrap().len(), 5);
}

#[test]
fn f_validators_need_not_sign() {
    let mut simulation = Simulation::<Ristretto255>::new(7, 3);
    simulation.refuses_to_sign = simulation.names().into_iter().take(2).collect();
    simulation.run();
    all_agree(&simulation);
    // One more, and there is no quorum.
    let mut simulation = Simulation::<Ristretto255>::new(7, 3);
    simulation.refuses_to_sign = simulation.names().into_iter().take(3).collect();
    simulation.hold_lottery();
    simulation.start_run();
    simulation.sign_off();
    let leader = simulation.leadership().unwrap().leader;
    assert_eq!(simulation.refused, [(leader, Rejection::CryCertificateQuorum)]);
    assert!(simulation.commit().is_none());
}

#[test]
fn a_group_with_too_few_deals_fails_the_run() {
    let mut simulation = Simulation::<Ristretto255>::new(7, 3);
    simulation.hold_lottery();
    let leadership = simulation.leadership().unwrap();
    let run = simulation.epoch.run::<Ristretto255>(&leadership);
    let session = simulation.within(|environment| Session::derive(environment, &run)).unwrap();
    simulation.silent = session.groups[1].members.iter().take(2).copied().collect();
    simulation.start_run();
    assert_eq!(simulation.refused, [(leadership.leader, Rejection::DrpDealsMissing)]);
    simulation.let_time_pass();
    assert_eq!(simulation.leadership().unwrap().rank, Rank(1));
}

#[test]
fn a_silent_leader_is_followed_by_the_next_rank() {
    let mut simulation = Simulation::<Ristretto255>::new(7, 3);
    simulation.hold_lottery();
    let ranks = simulation.log.state.ranks();
    simulation.silent.insert(ranks[0]);
    simulation.run();
    all_agree(&simulation);
    let run = simulation.transcript().commit.proposal.announcement.run;
    assert_eq!((run.view, run.rank, run.leader), (View(0), Rank(1), ranks[1]));
    let fails = simulation
        .log
        .records()
        .into_iter()
        .filter(|record| matches!(record.record, Record::Fail(_)));
    assert_eq!(fails.count(), 1);
}

#[test]
fn a_leader_that_stops_after_its_announcement_is_followed_too() {
    let mut simulation = Simulation::<Ristretto255>::new(7, 3);
    simulation.hold_lottery();
    let ranks = simulation.log.state.ranks();
    let first = ranks[0];
    simulation.fault = Box::new(move |from, to, message| {
        let keeps = *from == first && from != to && matches!(message, Message::Proposal(_));
        (!keeps).then_some(message)
    });
    simulation.run();
    all_agree(&simulation);
    assert_eq!(simulation.transcript().commit.proposal.announcement.run.leader, ranks[1]);
}

#[test]
fn after_three_failures_another_view_has_other_leaders() {
    let mut simulation = Simulation::<Ristretto255>::new(10, 3);
    simulation.hold_lottery();
    let failed = simulation.log.state.ranks();
    for rank in 0..3u8 {
        let place = simulation.leadership().map(|now| (now.view, now.rank));
        assert_eq!(place, Some((View(0), Rank(rank))));
        simulation.let_time_pass(); // nobody starts
    }
    assert_eq!((simulation.leadership(), simulation.log.state.view()), (None, View(1)));
    simulation.run();
    all_agree(&simulation);
    let run = simulation.transcript().commit.proposal.announcement.run;
    assert_eq!((run.view, run.rank), (View(1), Rank(0)));
    assert!(!failed.contains(&run.leader), "who has failed does not lead again");
    let leaders = simulation.log.state.ranks();
    assert!(failed.iter().all(|name| !leaders.contains(name)));
}

#[test]
fn when_all_have_failed_all_may_lead_and_who_fails_again_is_left_out_again() {
    let mut simulation = Simulation::<Ristretto255>::new(4, 3);
    let mut leaders_of_view = Vec::new();
    for _ in 0..4 {
        simulation.hold_lottery();
        leaders_of_view.push(simulation.log.state.ranks());
        while simulation.leadership().is_some() {
            simulation.let_time_pass(); // nobody starts
        }
    }
    let counts: Vec<usize> = leaders_of_view.iter().map(Vec::len).collect();
    assert_eq!(counts, [3, 1, 3, 1]);
    for pair in leaders_of_view.chunks(2) {
        assert!(!pair[0].contains(&pair[1][0]), "the fourth, who has not failed");
    }
}

/// Three were too slow once, and the fourth never enters: the epoch does not wait for it.
#[test]
fn who_never_enters_keeps_nobody_out() {
    let mut simulation = Simulation::<Ristretto255>::new(4, 3);
    simulation.hold_lottery();
    let missed =
        simulation.names().into_iter().find(|name| !simulation.log.state.ranks().contains(name));
    simulation.silent.insert(missed.unwrap());
    let mut leaders_of_view = vec![simulation.log.state.ranks().len()];
    while simulation.leadership().is_some() {
        simulation.let_time_pass();
    }
    for _ in 0..2 {
        simulation.hold_lottery();
        leaders_of_view.push(simulation.log.state.ranks().len());
    }
    // The lottery of who was left is empty; then the three are there again.
    assert_eq!(leaders_of_view, [3, 0, 3]);
    simulation.run();
    all_agree(&simulation);
}

#[test]
fn a_lottery_without_tickets_is_followed_by_the_next_view() {
    let mut simulation = Simulation::<Ristretto255>::new(4, 3);
    let (opened, heights) = (simulation.epoch.opened.height, simulation.epoch.lottery_heights);
    simulation.reach(opened + heights);
    assert_eq!(simulation.log.state.view(), View(0));
    simulation.reach(opened + heights + 1);
    assert_eq!(simulation.log.state.view(), View(1));
    simulation.reach(opened + 3 * heights + 1);
    assert_eq!((simulation.log.state.view(), simulation.leadership()), (View(3), None));
    simulation.reach(Height(u64::MAX));
    assert_eq!(simulation.log.state.view(), View(u32::MAX));
    // From a view that is still young the epoch goes on.
    let mut simulation = Simulation::<Ristretto255>::new(4, 3);
    simulation.reach(opened + 3 * heights - 2);
    simulation.run();
    assert_eq!(simulation.transcript().commit.proposal.announcement.run.view, View(2));
    all_agree(&simulation);
}

/// The shares of all servers, as they were sent.
fn reveals(simulation: &Simulation<Ristretto255>) -> BTreeMap<NodeId, Reveal> {
    let revealed = simulation.effects.iter().filter_map(|(from, effect)| match effect {
        Effect::Broadcast(Message::Reveal(reveal)) => Some((*from, reveal.clone())),
        _ => None,
    });
    revealed.collect()
}

#[test]
fn every_subset_of_t_servers_recovers_the_number() {
    let (simulation, number) = honest_run(8, 7);
    let (reveals, commit) = (reveals(&simulation), simulation.commit().cloned().unwrap());
    assert_eq!(reveals.len(), 7);
    let run = commit.proposal.announcement.run;
    let checked = simulation.within(|environment| {
        check_commit(environment, Ok(run.leadership()), &commit, &mut Report::default())
    });
    let checked = checked.unwrap();
    let mut subsets = 0;
    for mask in 0..1u32 << reveals.len() {
        let mut recovery = Recovery::new(checked.clone());
        for (at, reveal) in reveals.values().enumerate() {
            if mask >> at & 1 == 1 {
                simulation.within(|environment| recovery.add(environment, reveal)).unwrap();
            }
        }
        let recovered = recovery.recovered().map(|recovered| recovered.randomness);
        match mask.count_ones() {
            0..3 => assert_eq!(recovered, None),
            3 => {
                assert_eq!(recovered, Some(number));
                subsets += 1;
            }
            _ => {}
        }
        if mask.count_ones() > 4 {
            assert_eq!(recovered, Some(number));
        }
    }
    assert_eq!(subsets, 35);
}

#[test]
fn each_input_may_be_recovered_from_other_servers() {
    let (simulation, number) = honest_run(8, 7);
    let (reveals, commit) = (reveals(&simulation), simulation.commit().cloned().unwrap());
    let run = commit.proposal.announcement.run;
    let checked = simulation.within(|environment| {
        check_commit(environment, Ok(run.leadership()), &commit, &mut Report::default())
    });
    let inputs: Vec<NodeId> = commit.proposal.statement.dealers().collect();
    let mut recovery = Recovery::new(checked.unwrap());
    for (server, reveal) in reveals.values().enumerate() {
        let mut kept = reveal.shares.to_vec();
        // Input i is without the shares of the first i servers.
        kept.retain(|share| inputs.iter().position(|input| *input == share.dealer) <= Some(server));
        let reveal = Reveal { session: reveal.session, shares: kept.try_into().unwrap() };
        simulation.within(|environment| recovery.add(environment, &reveal)).unwrap();
    }
    let positions = recovery.positions();
    assert!(positions.windows(2).all(|pair| pair[0][..3] != pair[1][..3]), "{positions:?}");
    assert_eq!(recovery.recovered().unwrap().randomness, number);
}

#[test]
fn a_number_comes_though_the_leader_and_others_withhold_what_they_have() {
    let mut simulation = Simulation::<Ristretto255>::new(7, 6);
    simulation.hold_lottery();
    simulation.start_run();
    let leader = simulation.leadership().unwrap().leader;
    let others = simulation.names().into_iter().filter(|name| *name != leader).take(3);
    // With c = 6 and t = 3 as many as three of a group may keep their shares.
    let withholding: BTreeSet<NodeId> = others.chain([leader]).collect();
    simulation.fault = Box::new(move |from, _, message| {
        let kept = withholding.contains(from) && matches!(message, Message::Reveal(_));
        (!kept).then_some(message)
    });
    simulation.sign_off();
    all_agree(&simulation);
    let transcript = simulation.transcript();
    assert!(transcript.shares.iter().all(|shares| shares.len() == 3));
}

#[test]
fn a_share_that_is_wrong_is_refused_and_others_are_used() {
    let mut simulation = Simulation::<Ristretto255>::new(7, 6);
    simulation.hold_lottery();
    let leader = simulation.leadership().unwrap().leader;
    let faulty = *simulation.names().iter().find(|name| **name != leader).unwrap();
    simulation.fault = Box::new(move |from, to, message| match message {
        Message::Reveal(mut reveal) if *from == faulty && to != from => {
            let mut shares = reveal.shares.clone().into_vec();
            let other = shares[1].share.share;
            shares[0].share.share = other;
            reveal.shares = shares.try_into().unwrap();
            Some(Message::Reveal(reveal))
        }
        message => Some(message),
    });
    simulation.run();
    all_agree(&simulation);
    let refused: BTreeSet<Rejection> = simulation.refused.iter().map(|(_, code)| *code).collect();
    assert_eq!(refused, BTreeSet::from([Rejection::CryDleqProof]));
    assert_eq!(simulation.refused.len(), 6, "everybody else refuses it");
}

#[test]
fn a_validator_that_comes_back_with_its_memory_says_the_same_again() {
    let mut simulation = Simulation::<Ristretto255>::new(4, 3);
    simulation.hold_lottery();
    simulation.start_run();
    let leader = simulation.leadership().unwrap().leader;
    let name = *simulation.names().iter().find(|name| **name != leader).unwrap();
    let sent: Vec<_> =
        simulation.effects.iter().filter(|(from, _)| *from == name).cloned().collect();
    // It crashes, and is handed the log and the messages again.
    let persisted = simulation.machines[&name].persisted.clone();
    simulation.restart(name, persisted);
    let said = simulation.effects.iter().filter_map(|(_, effect)| match effect {
        Effect::Broadcast(message @ (Message::Announcement(_) | Message::Proposal(_))) => {
            Some(message.clone())
        }
        _ => None,
    });
    let said: Vec<_> = said.collect();
    assert_eq!(said.len(), 2);
    let mut again = Vec::new();
    for message in said {
        let event = Event::Message(message);
        again.extend(simulation.hand(name, event).unwrap());
    }
    let deals = |effects: &[Effect]| -> Vec<Effect> {
        effects.iter().filter(|effect| !matches!(effect, Effect::Persist(_))).cloned().collect()
    };
    let sent: Vec<Effect> = sent.into_iter().map(|(_, effect)| effect).collect();
    assert_eq!(deals(&again), deals(&sent), "the same deal, and the same agreement");
    assert_eq!(deals(&sent).len(), 2);
}

/// In a toy group a base can be the identity: that is a hash of such a session, and nothing can be
/// shared in it.
#[test]
fn toy_runs_give_every_number_and_refuse_a_base_that_is_the_identity() {
    let mut numbers: BTreeMap<EncodedElement, u32> = BTreeMap::new();
    let mut refused = 0;
    for before in 0..60u8 {
        let mut epoch = epoch::<ToyGroup<5>>(4, 3);
        epoch.randomness_before = Digest([before; 32]);
        let mut simulation = Simulation::<ToyGroup<5>>::with(epoch, Rc::new(Specification));
        simulation.hold_lottery();
        let leadership: Leadership = simulation.leadership().unwrap();
        let run = simulation.epoch.run::<ToyGroup<5>>(&leadership);
        match simulation.within(|environment| Session::derive(environment, &run)) {
            Err(rejection) => {
                assert_eq!(rejection, Rejection::CryElementIdentity);
                refused += 1;
            }
            Ok(_) => {
                // A nonce can vanish in a toy group too, and then the run fails; see `dleq`.
                simulation.start_run();
                simulation.sign_off();
                if simulation.commit().is_some() && simulation.refused.is_empty() {
                    all_agree(&simulation);
                    *numbers.entry(simulation.transcript().secret).or_default() += 1;
                }
            }
        }
    }
    assert!((4..=24).contains(&refused), "about a fifth of the bases: {refused}");
    assert_eq!(numbers.len(), 5, "{numbers:?}");
}

#[test]
fn decrypted_shares_are_those_of_the_secret_sharing() {
    let (simulation, _) = honest_run(4, 3);
    let transcript = simulation.transcript();
    let run = transcript.commit.proposal.announcement.run;
    let checked = simulation.within(|environment| {
        let commit = &transcript.commit;
        check_commit(environment, Ok(run.leadership()), commit, &mut Report::default())
    });
    for (input, shares) in checked.unwrap().inputs.iter().zip(&transcript.shares) {
        for share in shares {
            assert!(verify_decryption(&input.sharing, &input.deal, share).is_ok());
        }
    }
}

/// Without the simulation: everything is said to everybody in the order in which it comes up.
#[test]
fn the_models_suite_carries_a_run_over_a_toy_group() {
    let epoch = epoch::<ToyGroup<11>>(5, 4);
    let environment = EpochEnvironment { rules: &Specification, suite: &Ideal, epoch: &epoch };
    let participants: Participants<ToyGroup<11>> = (1..=5).map(participant).collect();
    let mut servers: BTreeMap<NodeId, Server<ToyGroup<11>>> = participants
        .iter()
        .map(|(name, it)| (*name, Server::new(&epoch, it.secrets.clone(), Memory::default())))
        .collect();
    let mut log = OrderedLog::new(&epoch);
    let entries = participants.draw_tickets(&environment, &log.state, |_| true).unwrap();
    for entry in &entries {
        log.append(&environment, Height(101), entry.clone()).unwrap();
    }
    log.reach(&environment, Height(200));
    let leadership = log.leadership(&epoch).unwrap();
    let signing = participants[&leadership.leader].secrets.signing.clone();
    let (mut leader, first) = Leader::start(&environment, &leadership, &signing).unwrap();

    let mut events: VecDeque<Event> = VecDeque::new();
    events.extend(entries.into_iter().map(|entry| Event::Ordered { height: Height(101), entry }));
    events.push_back(Event::Reached(Height(200)));
    let mut effects: VecDeque<Effect> = first.into();
    let mut numbers = Vec::new();
    while !events.is_empty() || !effects.is_empty() {
        while let Some(event) = events.pop_front() {
            for server in servers.values_mut() {
                // Of several copies of a commit the first is ordered, and the others are refused.
                effects.extend(server.handle(&environment, event.clone()).unwrap_or_default());
            }
        }
        match effects.pop_front() {
            Some(Effect::Send { message: Message::Deal(deal), .. }) => {
                effects.extend(leader.take_deal(&environment, deal).unwrap());
            }
            Some(Effect::Broadcast(message)) => events.push_back(Event::Message(message)),
            Some(Effect::Collect(message)) => {
                let signature = Ideal.sign_together(name_signers(5, 0..5).unwrap(), &message);
                effects.extend(leader.take_signature(&environment, signature).unwrap());
            }
            Some(Effect::Order(entry)) => {
                events.push_back(Event::Ordered { height: Height(201), entry })
            }
            Some(Effect::Output(recovered)) => numbers.push(recovered.randomness),
            _ => {}
        }
    }
    assert_eq!(numbers.len(), 5, "every validator has it");
    assert_eq!(BTreeSet::from_iter(numbers).len(), 1, "and the same");
}
