//! §5: registration, the lottery, the validators of an epoch cut into shards.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use ioschain_spec::primitives::certificate::Roster;
use ioschain_spec::primitives::keys::{NodeId, ValidatorKeys};
use ioschain_spec::primitives::numbers::Height;
use ioschain_spec::primitives::vrf::VrfOutput;
use ioschain_spec::sharding::assignment::derive_assignment;
use ioschain_spec::sharding::configuration::{
    MembershipChange, MembershipEntry, derive_configuration,
};
use ioschain_spec::sharding::lottery::{Lottery, Ticket, Tickets, derive_excluded, derive_ranks};
use ioschain_spec::sharding::registration::{Registration, SignedRegistration, check_registration};
use ioschain_spec::sharding::seeds::{SeedLabel, derive_seed};
use ioschain_spec::suite::Normative;

use super::Answers::Plain;
use super::json::{bytes_of, from_json, list, member, read, read_list, to_json};
use super::{Handler, Outcome, Refusal, Shape};
use crate::format::vector::HandlerKind::{self, Draw, Function};

pub(super) const HANDLERS: [Handler; 10] = [
    handler(
        "identity.registration",
        Function,
        "The three proofs that a validator's keys make for its registration, and the shard of its \
         owner.",
        Shape::new(
            &[("registration", "Registration"), ("shards", "u16")],
            &[("message", "Digest"), ("home", "u16")],
        ),
        registration,
    ),
    handler(
        "identity.check_registration",
        Function,
        "Checks a registration against the chain id and the registered validators.",
        Shape::new(
            &[
                ("chain_id", "Digest"),
                ("registered", "[Registration]"),
                ("signed", "SignedRegistration"),
            ],
            &[],
        ),
        registration_check,
    ),
    handler(
        "sharding.configuration",
        Function,
        "The names of an epoch's validators, and the commitment to them.",
        Shape::new(
            &[("validators", "[ValidatorKeys]")],
            &[("node_ids", "[NodeId]"), ("root", "Digest")],
        ),
        configuration,
    ),
    handler(
        "sharding.configuration_of_epoch",
        Function,
        "The validators of an epoch. They follow from the validators of genesis and the changes in \
         the identity log: each has its epoch, its kind (registered, unregistered or convicted) \
         and the keys of its validator.",
        Shape::new(
            &[
                ("genesis", "[ValidatorKeys]"),
                ("entries", "[[u64, text, ValidatorKeys]]"),
                ("epoch", "u64"),
            ],
            &[("node_ids", "[NodeId]"), ("root", "Digest")],
        ),
        configuration_of_epoch,
    ),
    handler(
        "sharding.eligible",
        Function,
        "The validators that may lead.",
        Shape::new(
            &[("validators", "[ValidatorKeys]"), ("convicted", "[NodeId]"), ("failed", "[NodeId]")],
            &[("eligible", "[NodeId]")],
        ),
        eligible,
    ),
    handler(
        "sharding.lottery_input",
        Function,
        "The input of the verifiable random function in the lottery.",
        Shape::new(
            &[
                ("chain_id", "Digest"),
                ("epoch", "u64"),
                ("view", "u32"),
                ("randomness_before", "Digest"),
                ("validators", "[ValidatorKeys]"),
            ],
            &[("input", "bytes")],
        ),
        lottery_input,
    ),
    handler(
        "sharding.check_ticket",
        Function,
        "Checks a ticket that is ordered at a height, after the tickets of the validators in \
         `counted`. The answer is the number that the ticket drew.",
        Shape::new(
            &[
                ("chain_id", "Digest"),
                ("epoch", "u64"),
                ("view", "u32"),
                ("randomness_before", "Digest"),
                ("validators", "[ValidatorKeys]"),
                ("convicted", "[NodeId]"),
                ("failed", "[NodeId]"),
                ("opened_at", "u64"),
                ("heights", "u64"),
                ("counted", "[NodeId]"),
                ("height", "u64"),
                ("ticket", "Ticket"),
            ],
            &[("output", "bytes")],
        ),
        check_ticket,
    ),
    handler(
        "sharding.ranks",
        Function,
        "The leaders in the order of their ranks, rank 0 first, from the validators and the \
         numbers that they drew.",
        Shape::new(&[("tickets", "[[NodeId, bytes]]")], &[("ranks", "[NodeId]")]),
        ranks,
    ),
    handler(
        "sharding.seed",
        Draw,
        "The seed of a draw. The labels are assign, swap-out, swap-in, league and leader.",
        Shape::new(
            &[("label", "text"), ("epoch", "u64"), ("shard", "u16"), ("randomness", "Digest")],
            &[("seed", "Digest")],
        ),
        seed,
    ),
    handler(
        "sharding.assignment",
        Draw,
        "The validators of each shard from 1 to `shards`, in the order in which they were drawn.",
        Shape::new(
            &[
                ("validators", "[ValidatorKeys]"),
                ("epoch", "u64"),
                ("shards", "u16"),
                ("randomness", "Digest"),
            ],
            &[("assignment", "[[NodeId]]")],
        ),
        assignment,
    ),
];

const fn handler(
    name: &'static str,
    kind: HandlerKind,
    doc: &'static str,
    shape: Shape,
    answer: fn(&Value) -> Outcome,
) -> Handler {
    Handler { name, kind, doc, shape, answer: Plain(answer) }
}

fn registration(input: &Value) -> Outcome {
    let registration: Registration = read(input, "registration")?;
    let home = registration.home(read(input, "shards")?);
    Ok(json!({ "message": to_json(&registration.message())?, "home": home.0 }))
}

fn registration_check(input: &Value) -> Outcome {
    let registered: Vec<Registration> = read_list(input, "registered")?;
    let named = registered.into_iter().map(|made| (made.keys.node_id(), made)).collect();
    let signed: SignedRegistration = read(input, "signed")?;
    check_registration(&Normative, &read(input, "chain_id")?, &named, &signed)?;
    Ok(Value::Null)
}

fn read_configuration(input: &Value) -> Result<Roster, Refusal> {
    Ok(Roster::new(read_list(input, "validators")?)?)
}

fn node_ids_json(node_ids: impl IntoIterator<Item = NodeId>) -> Result<Value, Refusal> {
    node_ids.into_iter().map(|node_id| to_json(&node_id)).collect()
}

fn configuration(input: &Value) -> Outcome {
    configuration_json(&read_configuration(input)?)
}

fn configuration_of_epoch(input: &Value) -> Outcome {
    let genesis = Roster::new(read_list(input, "genesis")?)?;
    let entry = |entry: &Value| -> Result<MembershipEntry, Refusal> {
        let part = |at: usize| entry.get(at).unwrap_or(&Value::Null);
        let keys: ValidatorKeys = from_json(part(2))?;
        let change = match part(1).as_str() {
            Some("registered") => MembershipChange::Registered(keys),
            Some("unregistered") => MembershipChange::Unregistered(keys.node_id()),
            Some("convicted") => MembershipChange::Convicted(keys.node_id()),
            _ => return Err(format!("there is no change {}", part(1)).into()),
        };
        Ok(MembershipEntry { epoch: from_json(part(0))?, change })
    };
    let entries: Vec<_> = list(input, "entries")?.iter().map(entry).collect::<Result<_, _>>()?;
    configuration_json(&derive_configuration(&genesis, &entries, read(input, "epoch")?)?)
}

fn configuration_json(configuration: &Roster) -> Outcome {
    Ok(json!({
        "node_ids": node_ids_json(configuration.node_ids())?,
        "root": to_json(&configuration.root())?,
    }))
}

fn read_excluded(input: &Value, configuration: &Roster) -> Result<BTreeSet<NodeId>, Refusal> {
    let convicted = read_list(input, "convicted")?.into_iter().collect();
    let failed = read_list(input, "failed")?.into_iter().collect();
    Ok(derive_excluded(configuration, &convicted, &failed))
}

fn eligible(input: &Value) -> Outcome {
    let configuration = read_configuration(input)?;
    let excluded = read_excluded(input, &configuration)?;
    let eligible = configuration.node_ids().filter(|validator| !excluded.contains(validator));
    Ok(json!({ "eligible": node_ids_json(eligible)? }))
}

fn lottery_input(input: &Value) -> Outcome {
    let configuration = read_configuration(input)?;
    let nobody = BTreeSet::new();
    let lottery = read_lottery(input, &configuration, &nobody, (0, 0))?;
    Ok(json!({ "input": hex::encode(lottery.input()) }))
}

fn read_lottery<'a>(
    input: &Value,
    configuration: &'a Roster,
    excluded: &'a BTreeSet<NodeId>,
    (opened_at, heights): (u64, u64),
) -> Result<Lottery<'a>, Refusal> {
    Ok(Lottery {
        chain_id: read(input, "chain_id")?,
        epoch: read(input, "epoch")?,
        view: read(input, "view")?,
        randomness_before: read(input, "randomness_before")?,
        configuration,
        excluded,
        opened_at: Height(opened_at),
        heights,
    })
}

fn check_ticket(input: &Value) -> Outcome {
    let configuration = read_configuration(input)?;
    let excluded = read_excluded(input, &configuration)?;
    let until = (read(input, "opened_at")?, read(input, "heights")?);
    let lottery = read_lottery(input, &configuration, &excluded, until)?;
    let counted: Vec<NodeId> = read_list(input, "counted")?;
    // Which numbers the others drew makes no difference.
    let counted: Tickets = counted.into_iter().map(|one| (one, VrfOutput([0; 64]))).collect();
    let ticket: Ticket = read(input, "ticket")?;
    let VrfOutput(output) =
        lottery.check_ticket(&Normative, &counted, read(input, "height")?, &ticket)?;
    Ok(json!({ "output": hex::encode(output) }))
}

fn ranks(input: &Value) -> Outcome {
    let drawn = |ticket: &Value| -> Result<(NodeId, VrfOutput), Refusal> {
        let number = bytes_of(ticket.get(1).unwrap_or(&Value::Null))?;
        let number = number.try_into().map_err(|_| "a number takes 64 bytes".to_owned())?;
        Ok((from_json(ticket.get(0).unwrap_or(&Value::Null))?, VrfOutput(number)))
    };
    let tickets: Tickets = list(input, "tickets")?.iter().map(drawn).collect::<Result<_, _>>()?;
    Ok(json!({ "ranks": node_ids_json(derive_ranks(&tickets))? }))
}

fn seed(input: &Value) -> Outcome {
    let label = match member(input, "label")?.as_str() {
        Some("assign") => SeedLabel::Assign,
        Some("swap-out") => SeedLabel::SwapOut,
        Some("swap-in") => SeedLabel::SwapIn,
        Some("league") => SeedLabel::League,
        Some("leader") => SeedLabel::Leader,
        _ => return Err(format!("there is no label {}", input["label"]).into()),
    };
    let (epoch, shard) = (read(input, "epoch")?, read(input, "shard")?);
    let seed = derive_seed(label, epoch, shard, &read(input, "randomness")?);
    Ok(json!({ "seed": to_json(&seed)? }))
}

fn assignment(input: &Value) -> Outcome {
    let configuration = read_configuration(input)?;
    let (epoch, shards) = (read(input, "epoch")?, read(input, "shards")?);
    let cut = derive_assignment(&configuration, epoch, shards, &read(input, "randomness")?);
    let cut = cut.into_iter().map(node_ids_json).collect::<Result<Vec<_>, _>>()?;
    Ok(json!({ "assignment": cut }))
}
