//! The lottery: its input, tickets with each fault and with two, who may lead, ranks.
//!
//! The file is one piece, like the specification's file `lottery.rs`: the tickets of the later
//! families are for the inputs of the first one. Each family has a heading.

use serde_json::{Value, json};

use ioschain_spec::Rejection::CryVrfProofFalse;
use ioschain_spec::primitives::encoding::encode;
use ioschain_spec::primitives::hash::{Digest, tagged_hash, tags};
use ioschain_spec::primitives::keys::{NodeId, ValidatorKeys};
use ioschain_spec::primitives::merkle::list_root_of;
use ioschain_spec::primitives::numbers::{Epoch, Height, View};
use ioschain_spec::primitives::vrf::{VrfProof, VrfPublicKey};
use ioschain_spec::sharding::lottery::Ticket;

use super::{Place, key_pairs, node_id, node_ids, validators};
use crate::format::vector::VectorFile;
use crate::make::cases::faults::{
    Change, Checks, Edit, Fault, Pairs, add_edits, case_table, edits, faults,
};
use crate::make::cases::support::{CaseError, Intent, SuiteWriter};
use crate::make::cases::world::{digest, list_to_json};
use crate::reference::to_json;

const INPUT: &[&str] = &["EDS-LOTTERY-01", "EDS-CONFIG-01"];
const TICKET: &[&str] = &[
    "EDS-TICKET-01",
    "EDS-TICKET-02",
    "EDS-TICKET-03",
    "EDS-TICKET-04",
    "EDS-TICKET-05",
    "EDS-TICKET-06",
    "EDS-TICKET-07",
    "EDS-LOTTERY-01",
    "EDS-CONFIG-01",
    "CRY-KEYS-01",
];

pub(super) fn files() -> Result<Vec<VectorFile>, CaseError> {
    Ok(vec![
        configurations()?,
        epochs()?,
        inputs()?,
        eligible()?,
        checks()?,
        accepted()?,
        excluded()?,
        other_inputs()?,
        ranks()?,
    ])
}

// --- Validators and inputs --------------------------------------------------------------------

/// An implementation that keeps the order of the list, or a validator twice, has another hash.
fn configurations() -> Result<VectorFile, CaseError> {
    let doc = "The ordered names of the validators of an epoch, and the hash that commits to them.";
    let mut suite = SuiteWriter::new("sharding.configuration", "validators", doc)?;
    let four = validators(4);
    let mut reversed = four.clone();
    reversed.reverse();
    let repeated = [&four[..], &four[1..2]].concat();
    for (slug, what, validators) in [
        ("none", "no validators", vec![]),
        ("one", "one validator", validators(1)),
        ("four", "four validators", four),
        ("four-reversed", "the same four validators in another order", reversed),
        ("four-repeated", "the same four validators, one of them twice", repeated),
    ] {
        let doc = format!(
            "Given {what}, when the configuration is made, then its names and its hash are as \
             expected."
        );
        let input = json!({ "validators": list_to_json(&validators)? });
        suite.add(slug, &["EDS-CONFIG-01", "CRY-KEYS-01"], &doc, input, Intent::Ok)?;
    }
    Ok(suite.finish())
}

/// An entry of the identity log: in which epoch, what it changes, and whose number it is about.
type Entry = (u64, &'static str, u32);

/// An implementation that freezes an epoch too early or too late, or lets the number of validators
/// fall below four, names others.
fn epochs() -> Result<VectorFile, CaseError> {
    let doc = "The validators of an epoch. They follow from the five validators of genesis and \
               from the entries that were ordered up to two epochs before.";
    let mut suite = SuiteWriter::new("sharding.configuration_of_epoch", "frozen", doc)?;
    let is_convicted: &[Entry] = &[(3, "convicted", 2)];
    let returns: &[Entry] = &[(1, "unregistered", 2), (2, "registered", 2)];
    let in_vain: &[Entry] = &[(1, "convicted", 2), (2, "registered", 2)];
    let at_once: &[Entry] = &[(1, "registered", 5), (1, "unregistered", 5)];
    let both: &[Entry] = &[(1, "registered", 6), (2, "registered", 5), (2, "unregistered", 0)];
    let stranger: &[Entry] = &[(1, "unregistered", 7), (1, "convicted", 8)];
    let too_few: &[Entry] = &[(1, "unregistered", 0), (1, "unregistered", 1)];
    let spared: &[Entry] = &[(1, "convicted", 0), (1, "convicted", 1)];
    let rows: [(&str, &str, &[Entry], &[u64]); 11] = [
        ("nothing", "no entries", &[], &[0, 1, 2, 3, u64::MAX]),
        ("joins", "a validator that registers in epoch 1", &[(1, "registered", 5)], &[1, 2, 3, 4]),
        (
            "leaves",
            "a validator that unregisters in epoch 3",
            &[(3, "unregistered", 2)],
            &[3, 4, 5],
        ),
        ("convicted", "a validator that is convicted in epoch 3", is_convicted, &[3, 4, 5]),
        (
            "returns",
            "a validator that unregisters and registers again one epoch later",
            returns,
            &[3, 4],
        ),
        ("in-vain", "a validator that registers again after its conviction", in_vain, &[3, 4]),
        ("at-once", "a validator that registers and unregisters in the same epoch", at_once, &[3]),
        (
            "both",
            "a validator that registers in epoch 1, one that registers in epoch 2, and one that \
             unregisters in epoch 2",
            both,
            &[2, 3, 4],
        ),
        ("stranger", "entries about keys that are not those of a validator", stranger, &[3]),
        (
            "too-few",
            "two validators that unregister, the second of which would leave only three validators",
            too_few,
            &[3],
        ),
        (
            "spared",
            "two validators that are convicted, the second of which would leave only three \
             validators",
            spared,
            &[3],
        ),
    ];
    for (name, what, entries, epochs) in rows {
        let entry = |(epoch, change, number): &Entry| -> Result<Value, CaseError> {
            Ok(json!([epoch.to_string(), change, to_json(&key_pairs(*number).public_keys())?]))
        };
        let entries: Vec<Value> = entries.iter().map(entry).collect::<Result<_, _>>()?;
        for epoch in epochs {
            let doc = format!(
                "Given {what}, when the validators of epoch {epoch} are computed, then they are \
                 as expected."
            );
            let input = json!({
                "genesis": list_to_json(&validators(5))?,
                "entries": entries,
                "epoch": epoch.to_string(),
            });
            let slug = format!("{name}-{epoch}");
            let requirements = ["EDS-CONFIG-01", "EDS-CONFIG-02", "EDS-CONFIG-03"];
            suite.add(&slug, &requirements, &doc, input, Intent::Ok)?;
        }
    }
    Ok(suite.finish())
}

const PLACE_CHANGES: &[Change<Place>] = case_table! {
    "chain", "another chain" => |place| place.chain_id = digest("another chain");
    "epoch", "the next epoch" => |place| place.epoch += 1;
    "view", "the next view" => |place| place.view += 1;
    "epoch-and-view", "the largest epoch and view"
        => |place| (place.epoch, place.view) = (Epoch::MAX, View::MAX);
    "randomness", "another previous random number"
        => |place| place.randomness_before = digest("another number");
    "validator-more", "one validator more" => |place| place.validators = validators(5);
    "key-other", "a validator with another group key"
        => |place| place.validators[2].group = key_pairs(9).public_keys().group;
};

/// An implementation that leaves a part of the input out gives the same answer to two of these.
fn inputs() -> Result<VectorFile, CaseError> {
    let doc = "The input of the verifiable random function of a lottery. It changes with each of \
               its parts.";
    let mut suite = SuiteWriter::new("sharding.lottery_input", "parts", doc)?;
    let honest = Place::honest();
    let input = honest.to_json()?;
    let doc = "Given a lottery, when its input is computed, then it is as expected.";
    suite.add("honest", INPUT, doc, input, Intent::Ok)?;
    for (slug, what, apply) in PLACE_CHANGES.iter().copied() {
        let mut place = honest.clone();
        apply(&mut place);
        let doc = format!(
            "Given a lottery with {what}, when its input is computed, then it is as expected."
        );
        suite.add(slug, INPUT, &doc, place.to_json()?, Intent::Ok)?;
    }
    Ok(suite.finish())
}

/// An implementation that excludes those who failed for good, or forgives convictions, names
/// others.
fn eligible() -> Result<VectorFile, CaseError> {
    let doc = "The validators that may lead. A convicted validator may never lead, and a failed \
               validator may lead only if no other validator is left.";
    let mut suite = SuiteWriter::new("sharding.eligible", "exclusions", doc)?;
    let left = |excluded: &[u32]| -> Result<Value, CaseError> {
        let mut left: Vec<NodeId> =
            (0..4).filter(|number| !excluded.contains(number)).map(node_id).collect();
        left.sort();
        list_to_json(&left)
    };
    // Convicted, failed, who may not lead.
    type Row = (&'static str, &'static str, &'static [u32], &'static [u32], &'static [u32]);
    let rows: [Row; 9] = [
        ("nobody", "none of which failed or was convicted", &[], &[], &[]),
        ("failed", "one of which failed", &[], &[2], &[2]),
        ("convicted", "one of which was convicted", &[1], &[], &[1]),
        ("both", "one of which failed and one of which was convicted", &[1], &[2], &[1, 2]),
        ("same", "one of which both failed and was convicted", &[1], &[1], &[1]),
        ("all-but-one-failed", "all but one of which failed", &[], &[0, 1, 2], &[0, 1, 2]),
        ("all-failed", "all of which failed", &[], &[0, 1, 2, 3], &[]),
        (
            "all-others-failed",
            "one of which was convicted while all others failed",
            &[3],
            &[0, 1, 2],
            &[3],
        ),
        ("all-convicted", "all of which were convicted", &[0, 1, 2, 3], &[0, 1], &[0, 1, 2, 3]),
    ];
    for (slug, what, convicted, failed, excluded) in rows {
        let doc = format!(
            "Given four validators, {what}, when the validators that may lead are computed, then \
             they are as expected."
        );
        let input = json!({
            "validators": list_to_json(&validators(4))?,
            "convicted": list_to_json(&node_ids(convicted))?,
            "failed": list_to_json(&node_ids(failed))?,
        });
        let intent = Intent::Exactly(json!({ "eligible": left(excluded)? }));
        suite.add(slug, &["EDS-ELIGIBLE-01", "EDS-ELIGIBLE-02"], &doc, input, intent)?;
    }
    Ok(suite.finish())
}

// --- Tickets ----------------------------------------------------------------------------------

/// What `check_ticket` is asked, about a ticket of validator 0.
#[derive(Clone)]
struct Question {
    place: Place,
    convicted: Vec<NodeId>,
    failed: Vec<NodeId>,
    opened_at: Height,
    heights: u64,
    counted: Vec<NodeId>,
    height: Height,
    ticket: Ticket,
}

fn no_point() -> CaseError {
    let problem = "the input cannot be hashed to the curve".to_owned();
    CaseError { id: "sharding.check_ticket".to_owned(), problem }
}

/// A lottery's input, part by part.
fn input_of(place: &Place) -> Result<Vec<u8>, CaseError> {
    let Place { chain_id, epoch, view, randomness_before, .. } = place;
    let configuration = place.configuration()?.root();
    Ok(encode(&(*b"eds", chain_id, configuration, epoch, view, randomness_before)))
}

/// The proof of validator 0 for an input.
fn prove(input: &[u8]) -> Result<VrfProof, CaseError> {
    key_pairs(0).lottery.prove(input).ok_or_else(no_point)
}

impl Question {
    /// At the last height at which tickets count, after those of the others.
    fn honest() -> Result<Self, CaseError> {
        let place = Place::honest();
        let (validator, proof) = (node_id(0), prove(&input_of(&place)?)?);
        let ticket = Ticket { epoch: place.epoch, view: place.view, validator, proof };
        Ok(Self {
            place,
            convicted: vec![],
            failed: node_ids(&[3]),
            opened_at: Height(100),
            heights: 20,
            counted: node_ids(&[1, 2]),
            height: Height(120),
            ticket,
        })
    }

    fn to_json(&self) -> Result<Value, CaseError> {
        let mut input = self.place.to_json()?;
        input["convicted"] = list_to_json(&self.convicted)?;
        input["failed"] = list_to_json(&self.failed)?;
        input["opened_at"] = json!(self.opened_at.to_string());
        input["heights"] = json!(self.heights.to_string());
        input["counted"] = list_to_json(&self.counted)?;
        input["height"] = json!(self.height.to_string());
        input["ticket"] = to_json(&self.ticket)?;
        Ok(input)
    }
}

/// One fault for each check but that of the lottery key, in their order. The false proof has
/// another challenge.
const FAULTS: &[Fault<Question>] = &faults! { Question:
    "epoch" => EdsTicketEpoch, "EDS-TICKET-01", "it is for another epoch",
        |question| question.ticket.epoch += 1;
    "view" => EdsTicketView, "EDS-TICKET-02", "it is for another view",
        |question| question.ticket.view -= 1;
    "late" => EdsTicketLate, "EDS-TICKET-03", "it is ordered one height too late",
        |question| question.height += 1;
    "unregistered" => EdsTicketUnregistered, "EDS-TICKET-04",
        "its validator is not a validator of the epoch",
        |question| question.ticket.validator = node_id(9);
    "excluded" => EdsTicketExcluded, "EDS-TICKET-05", "its validator has failed",
        |question| question.failed.push(node_id(0));
    "repeated" => EdsTicketRepeated, "EDS-TICKET-06", "its validator already has a ticket",
        |question| question.counted.push(node_id(0));
    "form" => CryVrfProofMalformed, "EDS-TICKET-07", "the response of its proof is not a scalar",
        |question| question.ticket.proof.response = [0xff; 32];
    "proof" => CryVrfProofFalse, "EDS-TICKET-07", "the challenge of its proof was changed",
        |question| question.ticket.proof.challenge[0] ^= 1;
};

/// An implementation that leaves a check out, or has another order of checks, gives another answer.
fn checks() -> Result<VectorFile, CaseError> {
    let doc = "Tickets with one fault for each check, and tickets with two faults.";
    let mut suite = SuiteWriter::new("sharding.check_ticket", "checks", doc)?;
    let (honest, ask) = (Question::honest()?, Question::to_json);
    let checks = Checks { subject: "a ticket", honest: &honest, faults: FAULTS, ask };
    checks.add_single_faults(&mut suite)?;
    checks.add_pairs(&mut suite, Pairs::All, &[])?;
    Ok(suite.finish())
}

/// Honest tickets. An implementation that shortens the lottery at one of its ends, or whose last
/// height overflows, refuses one of them.
fn accepted() -> Result<VectorFile, CaseError> {
    let doc = "Honest tickets, among them the first and the last ticket of a lottery, at the \
               first and the last height.";
    let mut suite = SuiteWriter::new("sharding.check_ticket", "accepted", doc)?;
    let honest = Question::honest()?;
    let doc = "Given an honest ticket {what}, when it is checked, then it is accepted and its \
               number is as expected.";
    let requirements = [TICKET, &["EDS-ELIGIBLE-01", "EDS-ELIGIBLE-02"]].concat();
    for (slug, what, change) in HONEST.iter().copied() {
        let mut question = honest.clone();
        change(&mut question);
        let doc = doc.replace("{what}", what);
        suite.add(slug, &requirements, &doc, question.to_json()?, Intent::Ok)?;
    }
    Ok(suite.finish())
}

const HONEST: &[Change<Question>] = case_table! {
    "last-height", "at the last height" => |_| ();
    "first-height", "at the height at which the lottery opened" => |q| q.height = Height(100);
    "no-heights", "of a lottery that is open only at its first height"
        => |q| (q.height, q.heights) = (Height(100), 0);
    "largest-heights", "of a lottery whose last height would exceed 64 bits"
        => |q| (q.opened_at, q.height) = (Height(u64::MAX - 3), Height(u64::MAX));
    "first", "that is ordered before all others" => |q| q.counted.clear();
    "last", "that is ordered after all others" => |q| q.counted = node_ids(&[1, 2, 3]);
    "all-failed", "of a lottery before which all validators have failed"
        => |q| q.failed = node_ids(&[0, 1, 2, 3]);
    "all-others-convicted", "of a failed validator when all others are convicted"
        => |q| (q.failed, q.convicted) = (node_ids(&[0]), node_ids(&[1, 2, 3]));
};

fn excluded() -> Result<VectorFile, CaseError> {
    let doc = "Tickets of validators that may not lead, and tickets with a name that is not that \
               of a validator.";
    let mut suite = SuiteWriter::new("sharding.check_ticket", "validators", doc)?;
    let (honest, ask) = (Question::honest()?, Question::to_json);
    let doc = "Given a ticket, when its validator {what}, then it is refused.";
    add_edits(&mut suite, &honest, ask, doc, NOT_LEADING)?;
    let doc = "Given a ticket, when {what}, then it is refused.";
    add_edits(&mut suite, &honest, ask, doc, UNNAMED)?;
    let doc = "Given a validator with {what}, when its ticket is checked, then it is refused.";
    add_edits(&mut suite, &honest, ask, doc, BAD_KEYS)?;
    Ok(suite.finish())
}

const ELIGIBLE: &[&str] = &["EDS-TICKET-05", "EDS-ELIGIBLE-01", "EDS-ELIGIBLE-02"];
const NAMES: &[&str] = &["EDS-TICKET-04", "CRY-KEYS-01"];

/// An implementation that forgives convictions together with failures lets one of these lead.
const NOT_LEADING: &[Edit<Question>] = &edits! { Question:
    "convicted" => EdsTicketExcluded, ELIGIBLE, "was convicted",
        |q| q.convicted = node_ids(&[0]);
    "failed" => EdsTicketExcluded, ELIGIBLE, "has failed and one other validator has not failed",
        |q| q.failed = node_ids(&[0, 1, 2]);
    "failed-and-convicted" => EdsTicketExcluded, ELIGIBLE, "has failed and was convicted",
        |q| (q.failed, q.convicted) = (node_ids(&[0]), node_ids(&[0]));
    "convicted-and-all-failed" => EdsTicketExcluded, ELIGIBLE,
        "was convicted and all validators have failed",
        |q| (q.failed, q.convicted) = (node_ids(&[0, 1, 2, 3]), node_ids(&[0]));
};

/// An implementation that hashes fewer keys into a name, or looks in another epoch, finds a
/// validator.
const UNNAMED: &[Edit<Question>] = &edits! { Question:
    "name-zero" => EdsTicketUnregistered, NAMES, "its validator's name is 0",
        |q| q.ticket.validator = NodeId(Digest::ZERO);
    "name-of-two-keys" => EdsTicketUnregistered, NAMES,
        "its validator's name is a hash of only two of the keys",
        |q| {
            let ValidatorKeys { signing, lottery, .. } = q.place.validators[0];
            q.ticket.validator = NodeId(tagged_hash(tags::NODE, &(signing, lottery)));
        };
    "not-in-epoch" => EdsTicketUnregistered, NAMES, "its validator unregistered before the epoch",
        |q| {
            q.place.validators.remove(0);
        };
};

/// With a key of small order anybody can make a proof, so the key itself is refused. The proof here
/// is that of another key: an implementation that does not check keys refuses it as false.
const BAD_KEYS: &[Edit<Question>] = &edits! { Question:
    "key-small-order" => CryVrfKey, &["EDS-TICKET-07", "CRY-VRF-01"],
        "a lottery key of small order",
        |q| {
            q.place.validators[0].lottery = VrfPublicKey([0; 32]);
            q.ticket.validator = q.place.validators[0].node_id();
        };
};

/// Proofs by the right key over what is not the lottery's input, and one over the right input by
/// another key. An implementation that puts the input together otherwise accepts one of the former.
fn other_inputs() -> Result<VectorFile, CaseError> {
    let doc = "Proofs for the input of another lottery, or for an input that is composed \
               differently.";
    let mut suite = SuiteWriter::new("sharding.check_ticket", "other-inputs", doc)?;
    let honest = Question::honest()?;
    let mut proofs = Vec::new();
    for (slug, what, apply) in PLACE_CHANGES.iter().copied() {
        let mut place = honest.place.clone();
        apply(&mut place);
        proofs.push((slug, format!("for a lottery with {what}"), prove(&input_of(&place)?)?));
    }
    let Place { chain_id, epoch, view, randomness_before, validators } = &honest.place;
    let names: Vec<NodeId> = honest.place.configuration()?.node_ids().collect();
    let unsorted: Vec<NodeId> = names.iter().rev().copied().collect();
    let of_keys = list_root_of(validators);
    let with = |configuration: Digest| {
        encode(&(*b"eds", chain_id, configuration, epoch, view, randomness_before))
    };
    let configuration = list_root_of(&names);
    if with(configuration) != input_of(&honest.place)? {
        return Err(suite.error("parts", "the parts are not those of the input".to_owned()));
    }
    let inputs = [
        ("names-unsorted", "over names in another order", with(list_root_of(&unsorted))),
        ("keys-hashed", "over the keys of the validators instead of their names", with(of_keys)),
        ("view-alone", "over the view alone, as the paper describes it", encode(view)),
        (
            "no-prefix",
            "over an input without its first three bytes",
            encode(&(chain_id, configuration, epoch, view, randomness_before)),
        ),
        (
            "view-first",
            "over an input in which epoch and view are exchanged",
            encode(&(*b"eds", chain_id, configuration, view, epoch, randomness_before)),
        ),
        ("nothing", "over an empty input", vec![]),
    ];
    for (slug, what, input) in inputs {
        proofs.push((slug, what.to_owned(), prove(&input)?));
    }
    let other = key_pairs(1).lottery.prove(&input_of(&honest.place)?).ok_or_else(no_point)?;
    proofs.push(("other-key", "by the key of another validator".to_owned(), other));
    for (slug, what, proof) in proofs {
        let mut question = honest.clone();
        question.ticket.proof = proof;
        let doc =
            format!("Given a ticket with a proof {what}, when it is checked, then it is refused.");
        let requirements = ["EDS-TICKET-07", "EDS-LOTTERY-01", "EDS-CONFIG-01"];
        let intent = Intent::Rejected(CryVrfProofFalse);
        suite.add(slug, &requirements, &doc, question.to_json()?, intent)?;
    }
    Ok(suite.finish())
}

// --- Ranks ------------------------------------------------------------------------------------

/// An implementation that compares numbers in little-endian order, or ties by the order of tickets,
/// names other leaders.
fn ranks() -> Result<VectorFile, CaseError> {
    let doc = "The ranks of the three smallest numbers. Of equal numbers, the one of the smaller \
               name has the lower rank.";
    let mut suite = SuiteWriter::new("sharding.ranks", "numbers", doc)?;
    // Numbers that differ in one byte: the first, the last, or none.
    let number = |first: u8, last: u8| {
        let mut bytes = [0x55; 64];
        (bytes[0], bytes[63]) = (first, last);
        bytes
    };
    let mut names = node_ids(&[0, 1, 2, 3, 4]);
    names.sort();
    // Numbers by name in order of names, then the ranks as places in that order.
    type Row = (&'static str, &'static str, Vec<[u8; 64]>, &'static [usize]);
    let rows: [Row; 10] = [
        ("none", "no tickets", vec![], &[]),
        ("one", "one ticket", vec![number(9, 9)], &[0]),
        ("two", "two tickets", vec![number(9, 0), number(8, 0)], &[1, 0]),
        ("three", "three tickets", [3, 1, 2].map(|first| number(first, 0)).to_vec(), &[1, 2, 0]),
        (
            "five",
            "five tickets",
            [5, 3, 1, 4, 2].map(|first| number(first, 0)).to_vec(),
            &[2, 4, 1],
        ),
        (
            "big-endian",
            "two numbers, the smaller of which has the larger last byte",
            vec![number(2, 0), number(1, 0xff)],
            &[1, 0],
        ),
        (
            "last-byte",
            "numbers that differ only in the last byte",
            [2, 1, 0].map(|last| number(7, last)).to_vec(),
            &[2, 1, 0],
        ),
        (
            "high-bit",
            "a number with the highest bit set",
            vec![number(0x80, 0), number(0x7f, 0)],
            &[1, 0],
        ),
        ("all-equal", "five equal numbers", vec![number(1, 1); 5], &[0, 1, 2]),
        (
            "tie-for-the-last",
            "a tie for the last rank",
            [1, 3, 3, 2, 3].map(|first| number(first, 0)).to_vec(),
            &[0, 3, 1],
        ),
    ];
    for (slug, what, numbers, places) in rows {
        let tickets: Vec<Value> = names
            .iter()
            .zip(&numbers)
            .rev() // the order of the list has no effect
            .map(|(name, number)| json!([hex::encode(name.0.0), hex::encode(number)]))
            .collect();
        let ranks: Vec<NodeId> = places.iter().map(|place| names[*place]).collect();
        let doc =
            format!("Given {what}, when the leaders are computed, then they are as expected.");
        let intent = Intent::Exactly(json!({ "ranks": list_to_json(&ranks)? }));
        suite.add(slug, &["EDS-LOTTERY-02"], &doc, json!({ "tickets": tickets }), intent)?;
    }
    Ok(suite.finish())
}
