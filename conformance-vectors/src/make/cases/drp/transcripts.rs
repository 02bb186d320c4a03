//! Transcripts that the third party accepts, of 4 to 64 validators and of runs with troubles; and
//! the hashes of commits.

use serde_json::{Value, json};

use ioschain_spec::drp::messages::LogEntry;
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::keys::NodeId;
use ioschain_spec::primitives::ristretto::Ristretto255;

use super::world::{CompletedRun, EpochRun, FaultPlan};
use crate::format::vector::VectorFile;
use crate::make::cases::support::{CaseError, Intent, SuiteWriter};
use crate::make::cases::world::digest;
use crate::reference::to_json;

type Real = EpochRun<Ristretto255>;

/// What every valid transcript shows.
const VALID: &[&str] = &[
    "DRP-CONFIG-01",
    "DRP-SESSION-01",
    "DRP-SESSION-02",
    "DRP-SERVERS-01",
    "DRP-LEADER-01",
    "DRP-LOG-01",
    "DRP-LOG-02",
    "DRP-LOG-03",
    "DRP-GROUPS-01",
    "DRP-GROUPS-02",
    "DRP-GROUPS-03",
    "DRP-ANNOUNCE-01",
    "DRP-INPUTS-01",
    "DRP-INPUTS-02",
    "DRP-INPUTS-03",
    "DRP-DEAL-01",
    "DRP-DEAL-02",
    "DRP-DEAL-03",
    "DRP-ROOT-01",
    "DRP-SIGN-01",
    "DRP-SIGN-02",
    "DRP-SIGN-03",
    "DRP-COMMIT-01",
    "DRP-SHARES-01",
    "DRP-OUTPUT-01",
    "DRP-OUTPUT-02",
    "DRP-UNBIASED-01",
    "DRP-UNIQUE-01",
];

pub(super) fn files() -> Result<Vec<VectorFile>, CaseError> {
    Ok(vec![small()?, larger("sixteen", 16, 5)?, larger("sixty-four", 64, 4)?, hashes()?])
}

/// Validators in groups of about `group_size` when the first lottery is over.
pub(super) fn with_leader(count: u32, group_size: u16) -> Result<Real, CaseError> {
    let mut world = Real::new(count, group_size)?;
    world.hold_lottery()?;
    Ok(world)
}

/// Seven validators in groups of three; the first leader failed, the second committed.
pub(super) fn seven() -> Result<CompletedRun<Ristretto255>, CaseError> {
    let mut world = with_leader(7, 3)?;
    world.order(world.fail()?)?;
    world.run(&FaultPlan::default())
}

/// The servers of the current turn, group by group.
pub(super) fn groups(world: &Real) -> Result<Vec<Vec<NodeId>>, CaseError> {
    let session = world.session(&world.turn()?)?;
    Ok(session.groups.into_iter().map(|group| group.members).collect())
}

impl CompletedRun<Ristretto255> {
    pub(super) fn to_json(&self) -> Result<Value, CaseError> {
        let mut input = self.world.to_json()?;
        input["transcript"] = to_json(&self.transcript)?;
        Ok(input)
    }
}

fn add(
    suite: &mut SuiteWriter,
    slug: &str,
    what: &str,
    more: &[&str],
    finished: &CompletedRun<Ristretto255>,
) -> Result<(), CaseError> {
    let doc = format!(
        "Given a run {what}, when its transcript is verified, then it yields the random number of \
         the run."
    );
    let randomness = json!({ "randomness": to_json(&finished.transcript.randomness)? });
    let requirements = [VALID, more].concat();
    suite.add(slug, &requirements, &doc, finished.to_json()?, Intent::Exactly(randomness))?;
    Ok(())
}

/// Runs of four and of seven validators, in groups of several sizes, with and without troubles. A
/// verifier that refuses one of these rejects an honest run.
fn small() -> Result<VectorFile, CaseError> {
    let doc = "Transcripts of runs with four to seven validators, with and without faults.";
    let mut suite = SuiteWriter::new("drp.verify_transcript", "valid", doc)?;
    let honest = FaultPlan::default();
    let four = with_leader(4, 3)?.run(&honest)?;
    add(&mut suite, "four", "of four validators, in one group", &[], &four)?;
    let alone = with_leader(4, 1)?.run(&honest)?;
    add(
        &mut suite,
        "groups-of-one",
        "in groups of one server each, whose members share their secrets with no other server",
        &[],
        &alone,
    )?;
    let whole = with_leader(7, 100)?.run(&honest)?;
    add(
        &mut suite,
        "one-group",
        "in one group that is smaller than the configured group size",
        &[],
        &whole,
    )?;
    let unequal = with_leader(7, 4)?.run(&honest)?;
    add(
        &mut suite,
        "six-in-one",
        "of six servers with a group size of four, which form one group",
        &[],
        &unequal,
    )?;
    add(
        &mut suite,
        "failed-leader",
        "of seven validators, whose first leader failed",
        &["DRP-FAIL-01", "DRP-TIMEOUT-01", "DRP-TIMEOUT-02"],
        &seven()?,
    )?;
    with_troubles(&mut suite)?;
    with_other_logs(&mut suite)?;
    Ok(suite.finish())
}

/// Servers may fail in a valid run: a verifier that expects a message of every server refuses
/// these.
fn with_troubles(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let world = with_leader(7, 3)?;
    let groups = groups(&world)?;
    let false_dealer = FaultPlan { deal_falsely: vec![groups[0][0]], ..FaultPlan::default() };
    let finished = world.clone().run(&false_dealer)?;
    add(
        suite,
        "false-dealer",
        "in which one deal was false and was not used",
        &["DRP-INPUTS-05"],
        &finished,
    )?;
    let unsigning = FaultPlan { leave_signing: vec![groups[0][1]], ..FaultPlan::default() };
    let finished = world.clone().run(&unsigning)?;
    add(suite, "missing-signer", "that one validator did not sign", &[], &finished)?;
    let absent = vec![groups[0][1], world.turn()?.leader];
    let unsigning = FaultPlan { leave_signing: absent, ..FaultPlan::default() };
    let finished = world.clone().run(&unsigning)?;
    add(suite, "missing-signers", "that only a quorum signed", &[], &finished)?;
    let keep_shares = groups.iter().map(|group| group[0]).collect();
    let keeping = FaultPlan { keep_shares, ..FaultPlan::default() };
    let finished = world.run(&keeping)?;
    add(
        suite,
        "missing-servers",
        "in which the first server of each group did not decrypt",
        &["DRP-OUTPUT-03", "DRP-AVAILABLE-01"],
        &finished,
    )
}

/// The log may have other entries between those of the run, empty lotteries, and leaders who failed
/// in an earlier view; and a validator may be convicted. A verifier that does not follow such a log
/// refuses an honest run.
fn with_other_logs(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let honest = FaultPlan::default();
    let mut world = Real::new(7, 3)?;
    let entrants: Vec<NodeId> = world.names().into_iter().take(2).collect();
    world.order(LogEntry::Other(digest("another section")))?;
    world.hold_lottery_of(&entrants)?;
    world.order(LogEntry::Other(Digest::ZERO))?;
    let finished = world.run(&honest)?;
    add(
        suite,
        "two-tickets",
        "whose lottery only two validators entered, with other entries in the log",
        &[],
        &finished,
    )?;

    let mut world = with_leader(7, 3)?;
    for _ in 0..3 {
        world.order(world.fail()?)?;
    }
    world.hold_lottery()?;
    add(
        suite,
        "next-view",
        "after three leaders failed",
        &["DRP-FAIL-01", "EDS-RANK-01", "EDS-VIEW-01", "EDS-ELIGIBLE-01"],
        &world.run(&honest)?,
    )?;

    let mut world = Real::new(4, 3)?;
    world.reach(world.epoch.opened.height + 2 * world.epoch.lottery_heights + 1);
    world.hold_lottery()?;
    let requirements = ["EDS-VIEW-01", "EDS-VIEW-02"];
    add(
        suite,
        "empty-lotteries",
        "after two lotteries that no validator entered",
        &requirements,
        &world.run(&honest)?,
    )?;

    let mut epoch = Real::new(4, 3)?;
    epoch.epoch.convicted.insert(epoch.names()[0]);
    let mut world = EpochRun::in_epoch(epoch.epoch, epoch.participants);
    world.hold_lottery()?;
    add(
        suite,
        "convicted",
        "with a convicted validator, which may not lead but takes part as a server",
        &["EDS-ELIGIBLE-01"],
        &world.run(&honest)?,
    )
}

/// One large run, with a false dealer, a failed leader, a missing signer and a server that keeps
/// its shares.
fn larger(name: &'static str, count: u32, group_size: u16) -> Result<VectorFile, CaseError> {
    let doc = format!("The transcript of a run of {count} validators.");
    let mut suite = SuiteWriter::new("drp.verify_transcript", name, &doc)?;
    let mut world = Real::new(count, group_size)?;
    let entrants: Vec<NodeId> = world.names().into_iter().take(16).collect();
    world.hold_lottery_of(&entrants)?;
    world.order(world.fail()?)?;
    let groups = groups(&world)?;
    let troubles = FaultPlan {
        deal_falsely: vec![groups[0][1]],
        leave_signing: vec![groups[1][0]],
        keep_shares: vec![groups[0][0]],
    };
    add(
        &mut suite,
        "troubles",
        "in which one leader failed, one deal was false, one validator did not sign, and one \
         server did not decrypt",
        &["DRP-FAIL-01", "DRP-INPUTS-05", "DRP-OUTPUT-03"],
        &world.run(&troubles)?,
    )?;
    Ok(suite.finish())
}

/// An implementation that hashes another part of a commit signs, or names, something else.
fn hashes() -> Result<VectorFile, CaseError> {
    let doc = "The hashes in a commit: those that are signed and those that serve as identifiers.";
    let mut suite = SuiteWriter::new("drp.hashes", "commits", doc)?;
    let requirements = ["DRP-SESSION-01", "DRP-ROOT-01"];
    for (slug, what, finished) in [
        ("four", "four validators", with_leader(4, 3)?.run(&FaultPlan::default())?),
        ("seven", "seven validators", seven()?),
    ] {
        let doc = format!(
            "Given a commit of {what}, when its hashes are computed, then they are as expected."
        );
        let input = json!({ "commit": to_json(&finished.commit)? });
        suite.add(slug, &requirements, &doc, input, Intent::Ok)?;
    }
    Ok(suite.finish())
}
