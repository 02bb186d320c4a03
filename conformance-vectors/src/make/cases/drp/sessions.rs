//! What follows from whose turn it is, and when steps are due.

use serde_json::json;

use ioschain_spec::drp::{EpochContext, Leadership};
use ioschain_spec::primitives::group::Group;
use ioschain_spec::primitives::numbers::{Rank, View};
use ioschain_spec::primitives::ristretto::Ristretto255;

use super::world::{EpochRun, leadership_json};
use crate::format::vector::VectorFile;
use crate::make::cases::faults::case_table;
use crate::make::cases::support::{CaseError, Intent, SuiteWriter};
use crate::make::cases::world::digest;

type Real = EpochRun<Ristretto255>;

pub(super) fn files() -> Result<Vec<VectorFile>, CaseError> {
    Ok(vec![sessions()?, deadlines()?])
}

type Change = (&'static str, &'static str, fn(&mut EpochContext, &mut Leadership));

/// Changes of five parts that a session id covers. The leader, the validators and the group size
/// are varied outside of this table.
const CHANGES: &[Change] = case_table! {
    "chain", "another chain" => |epoch, _| epoch.chain_id = digest("another chain");
    "epoch", "another epoch" => |epoch, _| epoch.number += 1;
    "view", "another view" => |_, leadership| leadership.view += 1;
    "rank", "another rank" => |_, leadership| leadership.rank += 1;
    "randomness", "an epoch with another previous random number"
        => |epoch, _| epoch.randomness_before = digest("another number");
};

/// Eleven numbers of validators and group sizes, two other leaders, and the changes above. An
/// implementation that divides the servers into other groups has other thresholds; one that leaves
/// a part out of the session's id accepts messages of another run.
fn sessions() -> Result<VectorFile, CaseError> {
    let doc = "Session ids, bases, groups and thresholds. The number of servers leaves different \
               remainders when it is divided by the group size.";
    let mut suite = SuiteWriter::new("drp.session", "groups", doc)?;
    let mut add = |slug: &str, what: &str, world: &Real, leadership: &Leadership| {
        let requirements = [
            "DRP-CONFIG-01",
            "DRP-SESSION-01",
            "DRP-SESSION-02",
            "DRP-SERVERS-01",
            "DRP-GROUPS-01",
            "DRP-GROUPS-03",
        ];
        let doc =
            format!("Given {what}, when the session is derived, then the session is as expected.");
        let mut input = world.to_json()?;
        input["leadership"] = leadership_json(leadership)?;
        suite.add(slug, &requirements, &doc, input, Intent::Ok).map(drop)
    };
    let turn = |world: &Real, leader: usize| Leadership {
        view: View(0),
        rank: Rank(0),
        leader: world.names()[leader],
    };
    for (slug, count, group_size) in [
        ("four-by-three", 4, 3),
        ("seven-by-three", 7, 3),
        ("seven-by-one", 7, 1),
        ("seven-by-zero", 7, 0),
        ("seven-by-four", 7, 4),
        ("seven-by-six", 7, 6),
        ("seven-by-seven", 7, 7),
        ("nine-by-three", 9, 3),
        ("ten-by-four", 10, 4),
        ("eleven-by-largest", 11, u16::MAX),
        ("sixteen-by-five", 16, 5),
    ] {
        let world = Real::new(count, group_size)?;
        let what = format!("{count} validators and a group size of {group_size}");
        add(slug, &what, &world, &turn(&world, 1))?;
    }
    let world = Real::new(4, 3)?;
    add("leader-first", "a run led by the first validator", &world, &turn(&world, 0))?;
    add("leader-last", "a run led by the last validator", &world, &turn(&world, 3))?;
    for (slug, what, change) in CHANGES.iter().copied() {
        let mut changed = world.clone();
        let mut leadership = turn(&world, 1);
        change(&mut changed.epoch, &mut leadership);
        add(slug, &format!("a run in {what}"), &changed, &leadership)?;
    }
    Ok(suite.finish())
}

/// An implementation that computes other deadlines gives up on an honest leader, or waits for a
/// failed one.
fn deadlines() -> Result<VectorFile, CaseError> {
    let doc = "The deadlines of the steps of a run. The delay Δ doubles with each view.";
    let mut suite = SuiteWriter::new("drp.deadline", "views", doc)?;
    for (slug, delay, view, faults) in [
        ("first", 10u64, 0u32, 1u32),
        ("no-faults", 10, 0, 0),
        ("five-faults", 10, 0, 5),
        ("second-view", 10, 1, 1),
        ("tenth-view", 7, 9, 2),
        ("largest-shift", 1, 60, 0),
        ("too-large-a-view", 1, 64, 1),
        ("largest", u64::MAX, u32::MAX, u32::MAX),
        ("no-delay", 0, 3, 1),
    ] {
        let doc = format!(
            "Given a delay Δ of {delay}, the view {view} and f = {faults}, when the deadlines of \
             a run are computed, then they are as expected."
        );
        let input = json!({
            "group": Ristretto255::NAME,
            "delay": delay.to_string(),
            "view": view,
            "faults": faults,
        });
        suite.add(slug, &["DRP-DEADLINE-01"], &doc, input, Intent::Ok)?;
    }
    Ok(suite.finish())
}
