//! Whole runs over toy groups of 5, 7 and 11 elements, with every value on the way: small enough to
//! be computed by hand. One suite is over ristretto255, with the same edits. Other cases show what
//! goes wrong only in a small group: too few positions, and a base that is the identity.

use serde_json::{Value, json};

use ioschain_spec::Rejection::{
    self, CryElementIdentity, CryPvssLengths, DrpAnnouncement, DrpRunRepeated,
};
use ioschain_spec::drp::Leadership;
use ioschain_spec::drp::machine::{Answered, Memory};
use ioschain_spec::drp::messages::{
    Announcement, LogEntry, Message, Proposal, Statement, to_inputs,
};
use ioschain_spec::primitives::ed25519::Signature;
use ioschain_spec::primitives::encoding::Bounded;
use ioschain_spec::primitives::group::{EncodedScalar, Group, Scalar as _};
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::keys::NodeId;
use ioschain_spec::primitives::numbers::{Rank, View};
use ioschain_spec::primitives::ristretto::Ristretto255;
use ioschain_spec::primitives::toy_group::ToyGroup;

use super::world::{CompletedRun, EpochRun, FaultPlan, leadership_json, missing};
use crate::format::vector::{FLAG_SECOND_FAULT, VectorFile};
use crate::make::cases::faults::{Edit, edits};
use crate::make::cases::support::{CaseError, Intent, SuiteWriter};
use crate::make::cases::world::{digest, list_to_json};
use crate::reference::to_json;

const OUTCOME: &[&str] = &[
    "DRP-SESSION-02",
    "DRP-GROUPS-01",
    "DRP-GROUPS-03",
    "DRP-OUTPUT-01",
    "DRP-OUTPUT-02",
    "DRP-OUTPUT-03",
    "CRY-PVSS-02",
    "CRY-PVSS-06",
];
const RUN: &[&str] = &[
    "DRP-ANNOUNCE-02",
    "DRP-SIGN-05",
    "DRP-REVEAL-01",
    "DRP-OUTPUT-01",
    "DRP-OUTPUT-02",
    "DRP-AVAILABLE-01",
];

pub(super) fn files() -> Result<Vec<VectorFile>, CaseError> {
    Ok(vec![
        outcomes_of_ristretto()?,
        outcomes()?,
        sessions()?,
        transcripts()?,
        servers()?,
        unshareable_checks()?,
    ])
}

// --- Worlds over toy groups -------------------------------------------------------------------

/// The first validators, by number, among whom a run can be carried to its end: in a toy group
/// keys, nonces or the base may be the identity by chance.
fn world<G: Group>(count: u32, group_size: u16) -> Result<EpochRun<G>, CaseError> {
    let world_from = |first: u32| -> Result<EpochRun<G>, CaseError> {
        let mut world = EpochRun::of(first..first + count, group_size)?;
        world.hold_lottery()?;
        world.clone().run(&FaultPlan::default())?;
        Ok(world)
    };
    let mut worlds = (1..1_000).map(world_from);
    worlds.find_map(Result::ok).ok_or_else(|| missing("run over the toy group"))
}

fn scalars<G: Group>(label: &str, count: usize) -> Vec<EncodedScalar> {
    let scalar = |k: usize| G::hash_to_scalar(b"coefficients", format!("{label} {k}").as_bytes());
    (0..count).map(|k| scalar(k).encode()).collect()
}

// --- From secrets to the random number --------------------------------------------------------

/// What `drp.outcome` is asked: the leader, and the dealers with their coefficients.
#[derive(Clone)]
struct Secrets {
    input: Value,
    leader: NodeId,
    dealers: Vec<(NodeId, Vec<EncodedScalar>)>,
}

impl Secrets {
    /// Of the inputs that an honest leader takes when all have dealt, with coefficients from a
    /// seed.
    fn of<G: Group>(world: &EpochRun<G>, seed: &str) -> Result<Self, CaseError> {
        let leadership = world.turn()?;
        let session = world.session(&leadership)?;
        let mut input = world.to_json()?;
        input["leadership"] = leadership_json(&leadership)?;
        let keys = world.participants.iter();
        let keys: Vec<(NodeId, EncodedScalar)> =
            keys.map(|(name, member)| (*name, member.secrets.decryption.encode())).collect();
        input["decryption"] = list_to_json(&keys)?;
        let dealers = session.groups.iter().flat_map(|group| {
            let threshold = group.threshold();
            group.members.iter().take(threshold).map(move |member| (*member, threshold))
        });
        let dealers = dealers.enumerate().map(|(at, (dealer, threshold))| {
            (dealer, scalars::<G>(&format!("{seed} {at}"), threshold))
        });
        Ok(Self { input, leader: leadership.leader, dealers: dealers.collect() })
    }

    fn change_coefficients(&mut self, change: fn(&mut Vec<EncodedScalar>)) {
        self.dealers.iter_mut().for_each(|(_, coefficients)| change(coefficients));
    }

    fn to_json(&self) -> Result<Value, CaseError> {
        let mut input = self.input.clone();
        input["dealers"] = list_to_json(&self.dealers)?;
        Ok(input)
    }
}

const ZERO: EncodedScalar = EncodedScalar([0; 32]);

/// Polynomials that are pseudo-random, zero, constant, or have a secret of 0. An implementation
/// that evaluates them otherwise, or that takes a secret of 0 for a missing one, has other values.
const POLYNOMIALS: &[Edit<Secrets>] = &edits! { Secrets:
    "seeded" => accepted, OUTCOME, "with pseudo-random polynomials", |_| ();
    "zeros" => accepted, OUTCOME, "with polynomials that are 0",
        |secrets| secrets.change_coefficients(|coefficients| coefficients.fill(ZERO));
    "constant" => accepted, OUTCOME, "with constant polynomials",
        |secrets| secrets.change_coefficients(|coefficients| coefficients[1..].fill(ZERO));
    "secrets-zero" => accepted, OUTCOME, "with secrets that are 0",
        |secrets| secrets.change_coefficients(|coefficients| coefficients[0] = ZERO);
};

/// An implementation that does not count coefficients lets fewer servers recover a secret, and one
/// that takes a deal by the leader lets it choose the number.
const NO_OUTCOME: &[Edit<Secrets>] = &edits! { Secrets:
    "short" => CryPvssLengths, &["CRY-PVSS-02"], "a polynomial with one coefficient too few",
        |secrets| secrets.change_coefficients(|coefficients| {
            coefficients.pop();
        });
    "leader" => DrpInputGroup, &["DRP-SERVERS-01", "DRP-INPUTS-03"],
        "a run in which the leader is a dealer",
        |secrets| secrets.dealers[0].0 = secrets.leader;
};

fn add_outcomes<G: Group>(
    suite: &mut SuiteWriter,
    name: &str,
    worlds: &[(&str, EpochRun<G>)],
) -> Result<(), CaseError> {
    let outcome = format!(
        "Given a run over the group {} {{what}}, when it is computed, then all its values are as \
         expected.",
        G::NAME
    );
    let refused = "Given {what}, when the run is computed, then it is refused.";
    for (groups, world) in worlds {
        let honest = Secrets::of(world, groups)?;
        for (doc, edits) in [(outcome.as_str(), POLYNOMIALS), (refused, NO_OUTCOME)] {
            for edit in edits {
                let slug = format!("{name}-{groups}-{}", edit.slug);
                let input = edit.apply(&honest)?.to_json()?;
                edit.add_as(suite, &slug, doc, input, edit.intent())?;
            }
        }
    }
    Ok(())
}

fn outcomes_of_ristretto() -> Result<VectorFile, CaseError> {
    let doc = "Runs from the secrets to the random number, with every intermediate value.";
    let mut suite = SuiteWriter::new("drp.outcome", "ristretto", doc)?;
    let mut four = EpochRun::<Ristretto255>::new(4, 3)?;
    four.hold_lottery()?;
    add_outcomes(&mut suite, "ristretto", &[("one-group", four)])?;
    Ok(suite.finish())
}

fn outcomes() -> Result<VectorFile, CaseError> {
    let doc = "Runs over toy groups from the secrets to the random number, with every \
               intermediate value.";
    let mut suite = SuiteWriter::tiny("drp.outcome", "toy", doc)?;
    let worlds = [("one-group", world(4, 3)?), ("two-groups", world(5, 2)?)];
    add_outcomes::<ToyGroup<5>>(&mut suite, "toy5", &worlds)?;
    let worlds = [("one-group", world(5, 4)?), ("two-groups", world(7, 3)?)];
    add_outcomes::<ToyGroup<7>>(&mut suite, "toy7", &worlds)?;
    let worlds = [("one-group", world(8, 7)?), ("two-groups", world(9, 4)?)];
    add_outcomes::<ToyGroup<11>>(&mut suite, "toy11", &worlds)?;
    Ok(suite.finish())
}

// --- Sessions that nobody can share in --------------------------------------------------------

fn turn_of<G: Group>(world: &EpochRun<G>) -> Result<Leadership, CaseError> {
    let leader = *world.names().first().ok_or_else(|| missing("validator"))?;
    Ok(Leadership { view: View(0), rank: Rank(0), leader })
}

/// Validators whose session has the identity for its base.
fn world_without_base<G: Group>(count: u32, group_size: u16) -> Result<EpochRun<G>, CaseError> {
    for attempt in 0..1_000 {
        let mut world = EpochRun::<G>::of(1..=count, group_size)?;
        world.epoch.randomness_before = digest(&format!("randomness {attempt}"));
        let mut world = EpochRun::in_epoch(world.epoch, world.participants);
        world.hold_lottery()?;
        match world.session(&world.turn()?) {
            Err(error) if error.problem == Rejection::CryElementIdentity.to_string() => {
                return Ok(world);
            }
            _ => {}
        }
    }
    Err(missing("session without a base"))
}

fn sessions() -> Result<VectorFile, CaseError> {
    let doc = "Sessions over toy groups, and sessions in which no secret can be shared.";
    let mut suite = SuiteWriter::tiny("drp.session", "toy", doc)?;
    add_sessions(&mut suite, "toy5", world::<ToyGroup<5>>(4, 3)?)?;
    add_sessions(&mut suite, "toy7", world::<ToyGroup<7>>(6, 2)?)?;
    add_sessions(&mut suite, "toy11", world::<ToyGroup<11>>(9, 4)?)?;
    Ok(suite.finish())
}

fn add_sessions<G: Group>(
    suite: &mut SuiteWriter,
    name: &str,
    honest: EpochRun<G>,
) -> Result<(), CaseError> {
    let mut ask = |slug: &str, what: &str, world: &EpochRun<G>, leadership: &Leadership, intent| {
        let mut input = world.to_json()?;
        input["leadership"] = leadership_json(leadership)?;
        let doc =
            format!("Given {what}, when the session is derived, then the answer is as expected.");
        let requirements =
            ["DRP-SESSION-01", "DRP-SESSION-02", "DRP-GROUPS-01", "DRP-GROUPS-03", "CRY-PVSS-01"];
        suite.add(&format!("{name}-{slug}"), &requirements, &doc, input, intent).map(drop)
    };
    ask("honest", "a session over a toy group", &honest, &honest.turn()?, Intent::Ok)?;
    // A position for each scalar but 0: one server more has none.
    let too_many = EpochRun::<G>::of(1..=G::POSITIONS_MAX + 2, u16::MAX)?;
    let intent = Intent::Rejected(CryPvssLengths);
    ask(
        "too-many",
        "a group with one server more than the toy group has positions",
        &too_many,
        &turn_of(&too_many)?,
        intent,
    )?;
    let no_base = world_without_base::<G>(4, 3)?;
    let intent = Intent::Rejected(CryElementIdentity);
    ask("no-base", "a session whose base is the identity", &no_base, &no_base.turn()?, intent)
}

// --- Transcripts ------------------------------------------------------------------------------

fn transcript_json<G: Group>(finished: &CompletedRun<G>) -> Result<Value, CaseError> {
    let mut input = finished.world.to_json()?;
    input["transcript"] = to_json(&finished.transcript)?;
    Ok(input)
}

fn transcripts() -> Result<VectorFile, CaseError> {
    let doc =
        "Transcripts of runs over toy groups, and of sessions in which no secret can be shared.";
    let mut suite = SuiteWriter::tiny("drp.verify_transcript", "toy", doc)?;
    add_transcripts(&mut suite, "toy5", world::<ToyGroup<5>>(4, 3)?)?;
    add_transcripts(&mut suite, "toy7", world::<ToyGroup<7>>(7, 3)?)?;
    add_transcripts(&mut suite, "toy11", world::<ToyGroup<11>>(7, 6)?)?;
    Ok(suite.finish())
}

fn add_transcripts<G: Group>(
    suite: &mut SuiteWriter,
    name: &str,
    world: EpochRun<G>,
) -> Result<(), CaseError> {
    let honest = world.run(&FaultPlan::default())?;
    let requirements = ["DRP-SESSION-02", "DRP-GROUPS-03", "DRP-SIGN-03", "DRP-OUTPUT-01"];
    let doc = "Given a run over a toy group, when its transcript is verified, then it yields the \
               random number of the run.";
    suite.add(
        &format!("{name}-valid"),
        &requirements,
        doc,
        transcript_json(&honest)?,
        Intent::Ok,
    )?;
    for (slug, what, requirement, rejection, world) in unshareable::<G>()? {
        let doc = format!(
            "Given {what}, when a transcript is verified, then it is refused for that reason."
        );
        let input = bare_transcript(&honest, &world)?;
        let slug = format!("{name}-{slug}");
        suite
            .add(&slug, &[requirement], &doc, input, Intent::Rejected(rejection))?
            .flag(FLAG_SECOND_FAULT);
    }
    Ok(())
}

type Unshareable<G> = (&'static str, &'static str, &'static str, Rejection, EpochRun<G>);

/// Epochs in whose sessions nothing can be shared: the check of the thresholds finds it.
fn unshareable<G: Group>() -> Result<[Unshareable<G>; 2], CaseError> {
    let mut too_many = EpochRun::<G>::of(1..=G::POSITIONS_MAX + 2, u16::MAX)?;
    too_many.hold_lottery()?;
    let no_base = world_without_base::<G>(4, 3)?;
    Ok([
        (
            "too-many",
            "a group with one server more than the toy group has positions",
            "CRY-PVSS-01",
            CryPvssLengths,
            too_many,
        ),
        (
            "no-base",
            "a session whose base is the identity",
            "DRP-SESSION-02",
            CryElementIdentity,
            no_base,
        ),
    ])
}

/// A transcript whose announcement, inputs and root are wrong: nothing is right after the groups.
fn bare_transcript<G: Group>(
    honest: &CompletedRun<G>,
    world: &EpochRun<G>,
) -> Result<Value, CaseError> {
    let run = world.epoch.run::<G>(&world.turn()?);
    let mut transcript = honest.transcript.clone();
    let announcement = Announcement { run, signature: Signature([0; 64]) };
    let inputs = to_inputs(vec![Vec::new()])?;
    let statement = Statement { session: run.session_id(), inputs, root: Digest::ZERO };
    transcript.commit.proposal = Proposal { announcement, statement, deals: Bounded::empty() };
    let mut log = world.log.clone();
    log.entries.push((log.height, LogEntry::Other(transcript.commit.hash())));
    transcript.log.records = log.records().try_into()?;
    let mut input = world.to_json()?;
    input["transcript"] = to_json(&transcript)?;
    Ok(input)
}

fn unshareable_checks() -> Result<VectorFile, CaseError> {
    let doc = "Transcripts that fail the check of the thresholds, which can fail only over a toy \
               group.";
    let mut suite = SuiteWriter::tiny("drp.list_checks", "thresholds", doc)?;
    let honest = world::<ToyGroup<5>>(4, 3)?.run(&FaultPlan::default())?;
    let rows = |last: Value| {
        let names =
            ["configuration hash", "session id", "ticket and rank", "groups, an exact partition"];
        let mut rows: Vec<Value> = names.iter().map(|name| json!([name, null])).collect();
        rows.push(last);
        Intent::Exactly(json!({ "checks": rows }))
    };
    for (slug, what, requirement, rejection, world) in unshareable::<ToyGroup<5>>()? {
        let doc = format!(
            "Given {what}, when the checks of a transcript are listed, then the list ends with \
             the check of the thresholds."
        );
        let intent = rows(json!(["thresholds", rejection.code()]));
        let input = bare_transcript(&honest, &world)?;
        suite.add(slug, &[requirement, "DRP-GROUPS-03"], &doc, input, intent)?.refused_by_value();
    }
    let no_base = unshareable::<ToyGroup<5>>()?;
    let [(.., world), _] = no_base;
    let smaller = EpochRun::in_epoch(
        ioschain_spec::drp::EpochContext { group_size: 2, ..world.epoch },
        world.participants,
    );
    let mut smaller = smaller;
    smaller.hold_lottery()?;
    let mut input = bare_transcript(&honest, &smaller)?;
    let lists = &mut input["transcript"]["commit"]["proposal"]["statement"]["inputs"];
    *lists = json!([[], []]);
    let doc = "Given the same validators in smaller groups, when the checks of a transcript are \
               listed, then the check of the thresholds passes and that of the announcement's \
               signature fails.";
    let mut listed = rows(json!(["thresholds", null]));
    if let Intent::Exactly(value) = &mut listed
        && let Some(rows) = value["checks"].as_array_mut()
    {
        rows.push(json!(["announcement's signature", DrpAnnouncement.code()]));
    }
    suite.add("smaller", &["DRP-GROUPS-03"], doc, input, listed)?.refused_by_value();
    Ok(suite.finish())
}

// --- Servers ----------------------------------------------------------------------------------

fn servers() -> Result<VectorFile, CaseError> {
    let doc = "A server in a complete run over a toy group.";
    let mut suite = SuiteWriter::tiny("drp.server", "toy", doc)?;
    add_server(&mut suite, "toy5", world::<ToyGroup<5>>(4, 3)?)?;
    add_server(&mut suite, "toy7", world::<ToyGroup<7>>(6, 2)?)?;
    add_server(&mut suite, "toy11", world::<ToyGroup<11>>(7, 6)?)?;
    repeated_and_unshareable(&mut suite)?;
    Ok(suite.finish())
}

fn add_server<G: Group>(
    suite: &mut SuiteWriter,
    name: &str,
    world: EpochRun<G>,
) -> Result<(), CaseError> {
    let finished = world.clone().run(&FaultPlan::default())?;
    let proposal = finished.commit.proposal.clone();
    let server = proposal.deals[0].dealer;
    let commit = LogEntry::Commit(finished.commit.clone());
    let height = finished.world.log.height.to_string();
    let message = |message: Message| -> Result<(Value, Intent), CaseError> {
        Ok((json!({ "message": to_json(&message)? }), Intent::Ok))
    };
    let mut steps = vec![
        message(Message::Announcement(proposal.announcement.clone()))?,
        message(Message::Proposal(proposal))?,
        (json!({ "ordered": to_json(&commit)?, "height": height }), Intent::Ok),
    ];
    for (other, reveal) in &finished.reveals {
        if *other != server {
            steps.push(message(Message::Reveal(reveal.clone()))?);
        }
    }
    let doc = "Given a server of a run over a toy group, when it receives all messages of the \
               run, then it sends the expected messages and recovers the random number.";
    let input = world.server_json(&server, &Memory::default())?;
    suite.add_scenario(&format!("{name}-run"), RUN, doc, input, steps)?;
    Ok(())
}

/// A session with too many servers, at a server that has answered another announcement, and at one
/// that has not. The first refuses because it has answered, and the second because nothing can be
/// shared.
fn repeated_and_unshareable(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let [(.., world), _] = unshareable::<ToyGroup<5>>()?;
    let leadership = world.turn()?;
    let names = world.names();
    let server = names.iter().find(|name| **name != leadership.leader);
    let server = server.ok_or_else(|| missing("server"))?;
    let announcement = world.announce(&leadership)?;
    let step = json!({ "message": to_json(&Message::Announcement(announcement))? });
    let another = Answered { announcement: digest("another"), deal: None, agreed: None };
    let answered =
        [((View(0), Rank(0)), another)].into_iter().collect::<std::collections::BTreeMap<_, _>>();
    let memory = Memory { answered: answered.try_into()? };
    let steps = vec![(step.clone(), Intent::Rejected(DrpRunRepeated))];
    let doc = "Given a server that has answered another announcement, when it receives an \
               announcement of a session with too large a group, then the announcement is refused \
               because the server has already answered another one.";
    let input = world.server_json(server, &memory)?;
    suite
        .add_scenario("repeated-and-too-many", &["DRP-ANNOUNCE-02"], doc, input, steps)?
        .flag(FLAG_SECOND_FAULT);
    let steps = vec![(step, Intent::Rejected(CryPvssLengths))];
    let doc = "Given a server, when it receives an announcement of a session with too large a \
               group, then the announcement is refused.";
    let input = world.server_json(server, &Memory::default())?;
    suite.add_scenario("too-many", &["CRY-PVSS-01"], doc, input, steps)?;
    Ok(())
}
