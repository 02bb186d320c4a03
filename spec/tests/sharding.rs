//! Lottery, seeds and assignment (EDS-…), against the definitions written another way.

mod support;

use std::collections::{BTreeMap, BTreeSet};

use ioschain_spec::Rejection;
use ioschain_spec::primitives::certificate::Roster;
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::keys::{NodeId, ValidatorKeyPairs, ValidatorKeys};
use ioschain_spec::primitives::merkle::list_root;
use ioschain_spec::primitives::numbers::{Epoch, Height, Shard, View};
use ioschain_spec::primitives::stream::Stream;
use ioschain_spec::primitives::vrf::{VrfOutput, VrfProof, VrfPublicKey, verify};
use ioschain_spec::sharding::assignment::derive_assignment;
use ioschain_spec::sharding::configuration::{
    MembershipChange, MembershipEntry, derive_configuration,
};
use ioschain_spec::sharding::lottery::{Lottery, Ticket, Tickets, derive_excluded, derive_ranks};
use ioschain_spec::sharding::seeds::{SeedLabel, derive_seed};
use ioschain_spec::suite::Normative;
use quickcheck::quickcheck;
use support::sha256;

const CHAIN: Digest = Digest([7; 32]);
const RANDOMNESS: Digest = Digest([11; 32]);

fn key_pairs(number: u8) -> ValidatorKeyPairs {
    ValidatorKeyPairs::from_seed(&[number; 32])
}

fn node_id(number: u8) -> NodeId {
    key_pairs(number).public_keys().node_id()
}

fn node_ids(numbers: &[u8]) -> BTreeSet<NodeId> {
    numbers.iter().map(|number| node_id(*number)).collect()
}

fn configuration(numbers: impl IntoIterator<Item = u8>) -> Roster {
    let keys = numbers.into_iter().map(|number| key_pairs(number).public_keys());
    Roster::new(keys).unwrap()
}

/// Keys that nobody has the other half of, for what only counts names.
fn made_up_keys(number: u16) -> ValidatorKeys {
    let mut keys = key_pairs(0).public_keys();
    keys.lottery = VrfPublicKey(sha256(&[&number.to_le_bytes()]));
    keys
}

fn made_up(count: u16) -> Roster {
    Roster::new((0..count).map(made_up_keys)).unwrap()
}

/// `H(tag, value)` of what is encoded already, by hand.
fn hash_by_hand(tag: &str, encoded: &[&[u8]]) -> Digest {
    let length = [tag.len() as u8];
    Digest(sha256(&[b"IOSChain/v1", &length, tag.as_bytes(), &encoded.concat()]))
}

// --- Configuration and seeds ------------------------------------------------------------------

#[test]
fn a_configuration_is_committed_to_by_its_names_in_order() {
    let (forwards, backwards) = (configuration(1..=5), configuration((1..=5).rev()));
    assert_eq!(forwards, backwards);
    let mut names: Vec<[u8; 32]> = (1..=5).map(|number| node_id(number).0.0).collect();
    names.sort_unstable();
    assert_eq!(forwards.root(), list_root(&names));
    assert_eq!(forwards.node_ids().collect::<BTreeSet<_>>(), node_ids(&[1, 2, 3, 4, 5]));
    assert_eq!(forwards.keys_of(&node_id(3)), Some(&key_pairs(3).public_keys()));
    assert_eq!(forwards.keys_of(&node_id(6)), None);
}

#[test]
fn a_configuration_has_each_validator_once_and_4096_at_most() {
    assert_eq!(configuration([1, 2, 1]).node_ids().count(), 2);
    assert_eq!(made_up(4096).node_ids().count(), 4096);
    let too_many = Roster::new((0..4097).map(made_up_keys));
    assert_eq!(too_many, Err(Rejection::EncMalformed));
}

/// A log in which validator 1 to 5 come and go; each number says what is ordered of whom, and after
/// how many epochs the next entry is.
fn entries_of(numbers: &[u16]) -> Vec<MembershipEntry> {
    let mut epoch = 1;
    let entry = |number: &u16| {
        let validator = (number % 5) as u8 + 1;
        let change = match number / 5 % 4 {
            0 | 1 => MembershipChange::Registered(key_pairs(validator).public_keys()),
            2 => MembershipChange::Unregistered(node_id(validator)),
            _ => MembershipChange::Convicted(node_id(validator)),
        };
        epoch += u64::from(number / 20 % 3);
        MembershipEntry { epoch: Epoch(epoch), change }
    };
    numbers.iter().map(entry).collect()
}

quickcheck! {
    /// Validator by validator: the last that was ordered of it in time counts, and a conviction for
    /// ever.
    fn a_validator_is_in_the_configuration_iff_what_was_ordered_of_it_says_so(
        numbers: Vec<u16>, epoch: u8
    ) -> bool {
        // Four that nothing is ordered of, so that nobody is too few to go.
        let genesis = configuration([1, 2, 6, 7, 8, 9]);
        let epoch = u64::from(epoch % 32);
        let entries = entries_of(&numbers);
        let found = derive_configuration(&genesis, &entries, Epoch(epoch)).unwrap();
        (1..=5).all(|number| {
            let name = node_id(number);
            let in_time: Vec<&MembershipChange> = entries
                .iter()
                .filter(|entry| entry.epoch + 2 <= Epoch(epoch))
                .map(|entry| &entry.change)
                .collect();
            let convicted = in_time.contains(&&MembershipChange::Convicted(name));
            let last = in_time.iter().rev().find_map(|change| match change {
                MembershipChange::Registered(keys) => (keys.node_id() == name).then_some(true),
                MembershipChange::Unregistered(who) => (*who == name).then_some(false),
                MembershipChange::Convicted(_) => None,
            });
            found.keys_of(&name).is_some() == (!convicted && last.unwrap_or(number <= 2))
        })
    }

    /// The number that the lottery of epoch e + 1 is drawn over is ordered in epoch e. Whatever is
    /// ordered from then on, keys that are made for the number included, changes no lottery that is
    /// drawn over it.
    fn what_is_ordered_when_a_number_can_be_known_does_not_change_who_draws_over_it(
        numbers: Vec<u16>, later: Vec<u16>, epoch: u8
    ) -> bool {
        let (genesis, epoch) = (configuration([1, 2, 3, 4]), u64::from(epoch % 8));
        let mut entries = entries_of(&numbers);
        entries.retain(|entry| entry.epoch < Epoch(epoch));
        let before = derive_configuration(&genesis, &entries, Epoch(epoch + 1)).unwrap();
        let later = entries_of(&later).into_iter();
        entries.extend(later.map(|entry| MembershipEntry { epoch: entry.epoch.max(Epoch(epoch)), ..entry }));
        derive_configuration(&genesis, &entries, Epoch(epoch + 1)).unwrap() == before
    }
}

#[test]
fn there_are_four_validators_at_least_and_4096_at_most() {
    let of = |genesis: &Roster, changes: &[MembershipChange]| {
        let entry =
            |change: &MembershipChange| MembershipEntry { epoch: Epoch(1), change: *change };
        let entries: Vec<MembershipEntry> = changes.iter().map(entry).collect();
        derive_configuration(genesis, &entries, Epoch(3)).unwrap()
    };
    let [unregistered, convicted]: [fn(NodeId) -> MembershipChange; 2] =
        [MembershipChange::Unregistered, MembershipChange::Convicted];
    for change in [unregistered, convicted] {
        let five = configuration([1, 2, 3, 4, 5]);
        let two_go = of(&five, &[change(node_id(1)), change(node_id(2))]);
        assert_eq!(two_go, configuration([2, 3, 4, 5]));
    }
    let joins = |number| MembershipChange::Registered(made_up_keys(number));
    let full = of(&made_up(4095), &[joins(4095), joins(4096)]);
    assert_eq!(full, made_up(4096));
    // There is room again when one has gone.
    let gone = unregistered(made_up_keys(0).node_id());
    let moved = of(&made_up(4096), &[joins(4096), gone, joins(4097)]);
    assert_eq!(moved, Roster::new((1..4096).chain([4097]).map(made_up_keys)).unwrap());
}

#[test]
fn the_validators_of_genesis_are_those_of_the_first_two_epochs() {
    let genesis = configuration([1, 2, 3, 4]);
    let change = MembershipChange::Registered(key_pairs(5).public_keys());
    let entries = [MembershipEntry { epoch: Epoch(1), change }];
    let of_epoch = |epoch| derive_configuration(&genesis, &entries, epoch).unwrap();
    assert_eq!([of_epoch(Epoch(1)), of_epoch(Epoch(2))], [genesis.clone(), genesis.clone()]);
    assert_eq!(of_epoch(Epoch(3)), configuration([1, 2, 3, 4, 5]));
}

const LABELS: [(SeedLabel, &str); 5] = [
    (SeedLabel::Assign, "seed/assign"),
    (SeedLabel::SwapOut, "seed/swap-out"),
    (SeedLabel::SwapIn, "seed/swap-in"),
    (SeedLabel::League, "seed/league"),
    (SeedLabel::Leader, "seed/leader"),
];

quickcheck! {
    fn seeds_are_those_of_the_formula(epoch: u64, shard: u16, randomness: [u8; 32]) -> bool {
        LABELS.iter().all(|(label, tag)| {
            let parts = [&epoch.to_le_bytes()[..], &shard.to_le_bytes(), &randomness];
            derive_seed(*label, Epoch(epoch), Shard(shard), &Digest(randomness)) == hash_by_hand(tag, &parts)
        })
    }
}

// --- The lottery's input ----------------------------------------------------------------------

fn lottery<'a>(configuration: &'a Roster, excluded: &'a BTreeSet<NodeId>) -> Lottery<'a> {
    Lottery {
        chain_id: CHAIN,
        epoch: Epoch(4),
        view: View(2),
        randomness_before: RANDOMNESS,
        configuration,
        excluded,
        opened_at: Height(100),
        heights: 10,
    }
}

#[test]
fn the_input_names_chain_configuration_epoch_view_and_the_number_before() {
    let (configuration, nobody) = (configuration(1..=5), BTreeSet::new());
    let parts: [&[u8]; 6] = [
        b"eds",
        &CHAIN.0,
        &configuration.root().0,
        &4u64.to_le_bytes(),
        &2u32.to_le_bytes(),
        &RANDOMNESS.0,
    ];
    assert_eq!(lottery(&configuration, &nobody).input(), parts.concat());
}

/// Only the lottery that a ticket was drawn for takes its proof, even if the ticket claims to be of
/// another.
#[test]
fn a_proof_for_another_lottery_is_refused() {
    let (five, six, nobody) = (configuration(1..=5), configuration(1..=6), BTreeSet::new());
    let this = lottery(&five, &nobody);
    let others = [
        Lottery { chain_id: Digest([8; 32]), ..this },
        Lottery { epoch: Epoch(5), ..this },
        Lottery { view: View(1), ..this },
        Lottery { randomness_before: Digest([12; 32]), ..this },
        Lottery { configuration: &six, ..this },
    ];
    for other in others {
        let proof = other.draw(&key_pairs(1)).unwrap().proof;
        let ticket = Ticket { epoch: Epoch(4), view: View(2), validator: node_id(1), proof };
        let answer = this.check_ticket(&Normative, &Tickets::new(), Height(100), &ticket);
        assert_eq!(answer, Err(Rejection::CryVrfProofFalse));
    }
}

#[test]
fn a_ticket_draws_the_random_functions_output_for_the_input() {
    let (configuration, nobody) = (configuration(1..=5), BTreeSet::new());
    let lottery = lottery(&configuration, &nobody);
    for number in 1..=5 {
        let ticket = lottery.draw(&key_pairs(number)).unwrap();
        assert_eq!(ticket, lottery.draw(&key_pairs(number)).unwrap());
        let key = key_pairs(number).public_keys().lottery;
        let expected = verify(&key, &lottery.input(), &ticket.proof);
        assert!(expected.is_ok());
        let drawn = lottery.check_ticket(&Normative, &Tickets::new(), Height(100), &ticket);
        assert_eq!(drawn, expected);
    }
}

// --- Tickets ----------------------------------------------------------------------------------

/// A ticket as it reaches the identity log.
#[derive(Clone)]
struct Attempt {
    ticket: Ticket,
    height: Height,
    counted: Tickets,
    excluded: BTreeSet<NodeId>,
    /// The numbers of the validators.
    configured: Vec<u8>,
}

/// Validator 1's honest ticket, among five validators.
fn honest() -> Attempt {
    let (configuration, excluded) = (configuration(1..=5), BTreeSet::new());
    let ticket = lottery(&configuration, &excluded).draw(&key_pairs(1)).unwrap();
    Attempt {
        ticket,
        height: Height(105),
        counted: Tickets::new(),
        excluded,
        configured: vec![1, 2, 3, 4, 5],
    }
}

fn answer(attempt: &Attempt) -> Result<VrfOutput, Rejection> {
    let configuration = configuration(attempt.configured.iter().copied());
    let lottery = lottery(&configuration, &attempt.excluded);
    lottery.check_ticket(&Normative, &attempt.counted, attempt.height, &attempt.ticket)
}

/// A way to break an attempt, and what it gives.
type Fault = (Rejection, fn(&mut Attempt));

/// In the order of the checks.
const FAULTS: [Fault; 8] = [
    (Rejection::EdsTicketEpoch, |attempt| attempt.ticket.epoch = Epoch(3)),
    (Rejection::EdsTicketView, |attempt| attempt.ticket.view = View(1)),
    (Rejection::EdsTicketLate, |attempt| attempt.height = Height(111)),
    (Rejection::EdsTicketUnregistered, |attempt| attempt.configured = vec![2, 3, 4, 5]),
    (Rejection::EdsTicketExcluded, |attempt| {
        attempt.excluded.insert(node_id(1));
    }),
    (Rejection::EdsTicketRepeated, |attempt| {
        attempt.counted.insert(node_id(1), VrfOutput([0; 64]));
    }),
    (Rejection::CryVrfProofMalformed, |attempt| attempt.ticket.proof.response = [0xff; 32]),
    (Rejection::CryVrfProofFalse, |attempt| attempt.ticket.proof.challenge[0] ^= 1),
];

#[test]
fn each_fault_of_a_ticket_is_refused_and_of_two_the_earlier_check_answers() {
    assert!(answer(&honest()).is_ok());
    for (at, (rejection, apply)) in FAULTS.iter().enumerate() {
        let mut attempt = honest();
        apply(&mut attempt);
        assert_eq!(answer(&attempt), Err(*rejection));
        for (later, apply) in &FAULTS[at + 1..] {
            let mut attempt = attempt.clone();
            apply(&mut attempt);
            assert_eq!(answer(&attempt), Err(*rejection), "and {later}");
        }
    }
}

#[test]
fn a_ticket_of_a_later_epoch_or_view_is_refused_like_one_of_an_earlier() {
    let mut attempt = honest();
    attempt.ticket.view = View(3);
    assert_eq!(answer(&attempt), Err(Rejection::EdsTicketView));
    attempt.ticket.epoch = Epoch(5);
    assert_eq!(answer(&attempt), Err(Rejection::EdsTicketEpoch));
}

#[test]
fn a_ticket_counts_up_to_the_lotterys_last_height_and_not_after() {
    for (height, counts) in [(100, true), (110, true), (111, false), (u64::MAX, false)] {
        let attempt = Attempt { height: Height(height), ..honest() };
        assert_eq!(answer(&attempt).is_ok(), counts, "{height}");
    }
}

/// A lottery that opens near the end of all heights: the sum does not wrap.
#[test]
fn the_last_height_is_bounded_by_the_largest_number() {
    let (configuration, nobody) = (configuration(1..=5), BTreeSet::new());
    let lottery = Lottery { opened_at: Height(u64::MAX - 1), ..lottery(&configuration, &nobody) };
    let ticket = lottery.draw(&key_pairs(1)).unwrap();
    let answer = lottery.check_ticket(&Normative, &Tickets::new(), Height(u64::MAX), &ticket);
    assert!(answer.is_ok());
}

#[test]
fn another_validators_ticket_in_between_does_not_matter() {
    let mut attempt = honest();
    attempt.counted.insert(node_id(2), VrfOutput([0; 64]));
    assert_eq!(answer(&attempt), answer(&honest()));
}

#[test]
fn a_ticket_handed_in_under_another_name_is_refused() {
    let mut attempt = honest();
    attempt.ticket.validator = node_id(2);
    assert_eq!(answer(&attempt), Err(Rejection::CryVrfProofFalse));
}

/// Why registration asks for a proof of the lottery key: with a copied one, a copied ticket is
/// valid and draws the same number, so that the smaller name leads.
#[test]
fn a_copied_lottery_key_would_win_ties_with_its_holder() {
    let victim = key_pairs(1).public_keys();
    let copies = (2..=255)
        .map(|number| ValidatorKeys { lottery: victim.lottery, ..key_pairs(number).public_keys() });
    let copy = copies.into_iter().find(|copy| copy.node_id() < victim.node_id()).unwrap();
    let configuration = Roster::new([victim, copy]).unwrap();
    let nobody = BTreeSet::new();
    let lottery = lottery(&configuration, &nobody);
    let ticket = lottery.draw(&key_pairs(1)).unwrap();
    let copied = Ticket { validator: copy.node_id(), ..ticket.clone() };
    let mut tickets = Tickets::new();
    for ticket in [ticket, copied] {
        let drawn = lottery.check_ticket(&Normative, &tickets, Height(100), &ticket).unwrap();
        tickets.insert(ticket.validator, drawn);
    }
    assert_eq!(derive_ranks(&tickets), [copy.node_id(), victim.node_id()]);
}

// --- Who may lead -----------------------------------------------------------------------------

#[test]
fn who_failed_or_was_convicted_may_not_lead() {
    let configuration = configuration(1..=5);
    let eligible = |convicted: &[u8], failed: &[u8]| {
        let excluded = derive_excluded(&configuration, &node_ids(convicted), &node_ids(failed));
        &configuration.node_ids().collect() - &excluded
    };
    assert_eq!(eligible(&[], &[]), node_ids(&[1, 2, 3, 4, 5]));
    assert_eq!(eligible(&[], &[2]), node_ids(&[1, 3, 4, 5]));
    assert_eq!(eligible(&[5], &[2, 3]), node_ids(&[1, 4]));
    // Names from elsewhere change nothing.
    assert_eq!(eligible(&[9], &[8]), node_ids(&[1, 2, 3, 4, 5]));
}

#[test]
fn if_all_have_failed_they_may_lead_again_but_the_convicted_may_not() {
    let configuration = configuration(1..=5);
    let eligible = |convicted: &[u8], failed: &[u8]| {
        let excluded = derive_excluded(&configuration, &node_ids(convicted), &node_ids(failed));
        &configuration.node_ids().collect() - &excluded
    };
    assert_eq!(eligible(&[], &[1, 2, 3, 4, 5]), node_ids(&[1, 2, 3, 4, 5]));
    assert_eq!(eligible(&[5], &[1, 2, 3, 4]), node_ids(&[1, 2, 3, 4]));
    assert_eq!(eligible(&[1, 2, 3, 4, 5], &[1]), BTreeSet::new());
}

// --- Ranks ------------------------------------------------------------------------------------

fn name(byte: u8) -> NodeId {
    NodeId(Digest([byte; 32]))
}

/// A number whose first byte and last byte are these.
fn number(first: u8, last: u8) -> VrfOutput {
    let mut bytes = [0; 64];
    (bytes[0], bytes[63]) = (first, last);
    VrfOutput(bytes)
}

#[test]
fn the_three_smallest_numbers_are_the_ranks() {
    let tickets = Tickets::from([
        (name(1), number(9, 0)),
        (name(2), number(1, 0)),
        (name(3), number(7, 0)),
        (name(4), number(3, 0)),
        (name(5), number(5, 0)),
    ]);
    assert_eq!(derive_ranks(&tickets), [name(2), name(4), name(5)]);
}

#[test]
fn numbers_are_big_endian() {
    let tickets = Tickets::from([(name(1), number(1, 0)), (name(2), number(0, 255))]);
    assert_eq!(derive_ranks(&tickets), [name(2), name(1)]);
}

#[test]
fn of_equal_numbers_the_smaller_name_comes_first() {
    let equal = number(4, 4);
    let tickets = Tickets::from([
        (name(8), equal),
        (name(6), equal),
        (name(7), equal),
        (name(9), number(1, 0)),
    ]);
    assert_eq!(derive_ranks(&tickets), [name(9), name(6), name(7)]);
    // A tie for the last rank.
    let tickets = Tickets::from([
        (name(9), number(1, 0)),
        (name(5), number(2, 0)),
        (name(3), equal),
        (name(2), equal),
    ]);
    assert_eq!(derive_ranks(&tickets), [name(9), name(5), name(2)]);
}

#[test]
fn fewer_than_three_tickets_give_fewer_ranks() {
    assert_eq!(derive_ranks(&Tickets::new()), []);
    let two = Tickets::from([(name(1), number(2, 0)), (name(2), number(1, 0))]);
    assert_eq!(derive_ranks(&two), [name(2), name(1)]);
}

quickcheck! {
    /// Whoever has a rank has a smaller (number, name) than whoever has a later one or none.
    fn ranks_come_before_all_others(numbers: Vec<u8>) -> bool {
        let tickets: Tickets =
            numbers.iter().zip(0..=255).map(|(drawn, byte)| (name(byte), number(*drawn, 0))).collect();
        let ranks = derive_ranks(&tickets);
        let place = |validator: &NodeId| ranks.iter().position(|rank| rank == validator).unwrap_or(3);
        let before = |one: &NodeId, other: &NodeId| (tickets[one], one) < (tickets[other], other);
        ranks.len() == tickets.len().min(3)
            && ranks.iter().all(|one| {
                tickets.keys().all(|other| place(one) >= place(other) || before(one, other))
            })
    }
}

// --- Assignment -------------------------------------------------------------------------------

#[test]
fn shards_differ_in_size_by_at_most_one_and_the_first_are_larger() {
    let sizes = |validators, shards| -> Vec<usize> {
        let assignment = derive_assignment(&made_up(validators), Epoch(3), shards, &RANDOMNESS);
        assignment.iter().map(Vec::len).collect()
    };
    assert_eq!(sizes(12, 3), [4, 4, 4]);
    assert_eq!(sizes(13, 3), [5, 4, 4]);
    assert_eq!(sizes(14, 3), [5, 5, 4]);
    assert_eq!(sizes(100, 7), [15, 15, 14, 14, 14, 14, 14]);
    assert_eq!(sizes(2, 3), [1, 1, 0]);
    assert_eq!(sizes(5, 1), [5]);
    assert_eq!(sizes(0, 2), [0, 0]);
    assert!(sizes(5, 0).is_empty());
}

#[test]
fn every_validator_is_in_exactly_one_shard() {
    for (validators, shards) in [(10, 3), (64, 5), (100, 100)] {
        let configuration = made_up(validators);
        let assignment = derive_assignment(&configuration, Epoch(3), shards, &RANDOMNESS);
        let mut assigned: Vec<NodeId> = assignment.concat();
        assigned.sort_unstable();
        assert_eq!(assigned, configuration.node_ids().collect::<Vec<_>>());
    }
}

quickcheck! {
    fn the_shards_are_the_shuffled_names_in_turn(
        epoch: u64, randomness: [u8; 32], validators: u8, shards: u8
    ) -> bool {
        let configuration = made_up(u16::from(validators % 40));
        let shards = u16::from(shards % 9) + 1;
        let parts = [&epoch.to_le_bytes()[..], &0u16.to_le_bytes(), &randomness];
        let mut order: Vec<NodeId> = configuration.node_ids().collect();
        Stream::new(hash_by_hand("seed/assign", &parts)).shuffle(&mut order);
        derive_assignment(&configuration, Epoch(epoch), shards, &Digest(randomness)).concat() == order
    }
}

/// The number decides: of 2,000 numbers each puts a validator into each of four shards about as
/// often.
#[test]
fn each_validator_comes_into_each_shard_about_as_often() {
    let configuration = made_up(10);
    let mut counts: BTreeMap<(NodeId, usize), u32> = BTreeMap::new();
    for number in 0..2000u32 {
        let randomness = Digest(sha256(&[&number.to_le_bytes()]));
        let assignment = derive_assignment(&configuration, Epoch(3), 4, &randomness);
        for (shard, validators) in assignment.iter().enumerate() {
            for validator in validators {
                *counts.entry((*validator, shard)).or_default() += 1;
            }
        }
    }
    assert_eq!(counts.len(), 40);
    for ((_, shard), count) in counts {
        // 2,000 · size / 10, more than five standard deviations to each side.
        let expected = [600, 600, 400, 400][shard];
        assert!((expected - 110..expected + 110).contains(&count), "{count} of {expected}");
    }
}

#[test]
fn a_proof_of_zeros_is_no_ticket() {
    let mut attempt = honest();
    attempt.ticket.proof = VrfProof { gamma: [0; 32], challenge: [0; 16], response: [0; 32] };
    assert_eq!(answer(&attempt), Err(Rejection::CryVrfProofFalse));
}
