//! The log: tickets, failures and commits in the order in which they come, and what is not ordered.
//!
//! Four validators in one group; three are a quorum.

use ioschain_spec::primitives::numbers::{Height, Rank, View};
use std::collections::BTreeMap;

use serde_json::{Value, json};

use ioschain_spec::Rejection::{
    self, CryVrfProofFalse, DrpFailQuorum, DrpLeader, DrpLogOrder, DrpNotCurrent,
    DrpTimeoutSignature, DrpTimeoutSigner, EdsTicketEpoch, EdsTicketExcluded, EdsTicketLate,
    EdsTicketRepeated, EdsTicketUnregistered, EdsTicketView,
};
use ioschain_spec::drp::checks::Check;
use ioschain_spec::drp::messages::{Fail, LogEntry};
use ioschain_spec::primitives::ed25519::Signature;
use ioschain_spec::primitives::encoding::BoundedMap;
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::keys::NodeId;
use ioschain_spec::primitives::ristretto::Ristretto255;
use ioschain_spec::sharding::lottery::Ticket;

use super::transcript_faults::{Question, with_fault};
use super::transcripts::with_leader;
use super::world::{EpochRun, FaultPlan, missing};
use crate::format::vector::{FLAG_SECOND_FAULT, VectorFile};
use crate::make::cases::faults::case_table;
use crate::make::cases::support::{CaseError, Intent, SuiteWriter};
use crate::make::cases::world::digest;
use crate::reference::to_json;

type Real = EpochRun<Ristretto255>;
type Steps = Vec<(Value, Intent)>;

const RUNS: &[&str] = &["DRP-LOG-01", "DRP-LOG-02", "DRP-LOG-03", "DRP-LEADER-01"];

pub(super) fn files() -> Result<Vec<VectorFile>, CaseError> {
    Ok(vec![courses()?, refused_tickets()?, refused_failures()?, refused_commits()?])
}

fn order(height: Height, entry: &LogEntry) -> Result<Value, CaseError> {
    Ok(json!({ "order": to_json(entry)?, "height": height.to_string() }))
}

fn reached(height: Height) -> Value {
    json!({ "reached": height.to_string() })
}

/// The steps that made the log, from an entry on.
fn replay(world: &Real, from: usize) -> Result<Steps, CaseError> {
    let entries = world.log.entries.iter().skip(from);
    entries.map(|(height, entry)| Ok((order(*height, entry)?, Intent::Ok))).collect()
}

// --- How it goes ------------------------------------------------------------------------------

fn courses() -> Result<VectorFile, CaseError> {
    let doc = "Lotteries, failures and commits, and whose turn it is in between.";
    let mut suite = SuiteWriter::new("drp.log", "courses", doc)?;
    let empty = Real::new(4, 3)?;
    let opened = empty.epoch.opened.height;
    let last = opened + empty.epoch.lottery_heights;

    let world = with_leader(4, 3)?;
    let mut steps = replay(&world, 0)?;
    steps.push((reached(last), Intent::Ok));
    steps.push((reached(last + 1), Intent::Ok));
    steps.push((reached(last - 3), Intent::Ok));
    let doc = "Given a lottery, when all enter and it closes, then it is the turn of the smallest number.";
    suite.add_scenario("lottery", RUNS, doc, empty.log_json()?, steps)?;

    let heights = [last, last + 1, last + 2, opened + 10, opened + 11, Height(u64::MAX)];
    let steps = heights.map(|height| (reached(height), Intent::Ok)).to_vec();
    let doc = "Given lotteries that nobody enters, when heights are reached, then views pass.";
    let requirements = ["EDS-VIEW-01", "EDS-VIEW-02"];
    suite.add_scenario("empty-lotteries", &requirements, doc, empty.log_json()?, steps)?;

    until_all_have_failed(&mut suite, &empty)?;
    one_who_never_enters(&mut suite, &empty)?;
    of_failure_and_commit(&mut suite)?;
    ticket_at_the_end(&mut suite, &empty)?;
    Ok(suite.finish())
}

/// Three fail; the fourth leads the next view and fails; then all may lead again.
fn until_all_have_failed(suite: &mut SuiteWriter, empty: &Real) -> Result<(), CaseError> {
    let mut world = empty.clone();
    let mut steps = Vec::new();
    for _ in 0..3 {
        let from = world.log.entries.len();
        world.hold_lottery()?;
        steps.extend(replay(&world, from)?);
        steps.push((reached(world.log.height), Intent::Ok));
        let from = world.log.entries.len();
        for _ in world.log.state.ranks() {
            world.order(world.fail()?)?;
        }
        steps.extend(replay(&world, from)?);
    }
    let doc = "Given a lottery, when leader after leader fails, then views pass, who failed is left out, and all \
               enter again once all have failed.";
    let requirements =
        ["EDS-RANK-01", "EDS-VIEW-01", "EDS-ELIGIBLE-01", "EDS-ELIGIBLE-02", "DRP-FAIL-01"];
    suite.add_scenario("all-fail", &requirements, doc, empty.log_json()?, steps)?;
    Ok(())
}

/// Three fail; the fourth never enters; after its empty lottery the three may lead again.
fn one_who_never_enters(suite: &mut SuiteWriter, empty: &Real) -> Result<(), CaseError> {
    let mut world = empty.clone();
    let three = world.names().split_off(1);
    world.hold_lottery_of(&three)?;
    for _ in 0..3 {
        world.order(world.fail()?)?;
    }
    let mut steps = replay(&world, 0)?;
    let excluded = world.ticket(&three[0])?;
    let at = world.log.height + 1;
    steps.push((order(at, &excluded)?, Intent::Rejected(Rejection::EdsTicketExcluded)));
    world.reach(world.log.height + world.epoch.lottery_heights + 1);
    steps.push((reached(world.log.height), Intent::Ok));
    let from = world.log.entries.len();
    world.hold_lottery_of(&three)?;
    steps.extend(replay(&world, from)?);
    steps.push((reached(world.log.height + 1), Intent::Ok));
    let doc = "Given three leaders that failed, when nobody enters the lottery that only the fourth may enter, \
               then they may enter the next one.";
    let requirements = ["EDS-ELIGIBLE-01", "EDS-ELIGIBLE-02", "EDS-VIEW-02"];
    suite.add_scenario("one-never-enters", &requirements, doc, empty.log_json()?, steps)?;
    Ok(())
}

/// Of a failure and a commit the first that is ordered wins.
fn of_failure_and_commit(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let before = with_leader(4, 3)?;
    let finished = before.clone().run(&FaultPlan::default())?;
    let commit = LogEntry::Commit(finished.commit);
    let (fail, height) = (before.fail()?, before.log.height);
    let other = LogEntry::Other(digest("another section"));
    let next = before.fail_by(3, View(0), Rank(1)).map(LogEntry::Fail)?;
    let refused = |rejection| Intent::Rejected(rejection);
    let steps = vec![
        (order(height, &other)?, Intent::Ok),
        (order(height + 1, &commit)?, Intent::Ok),
        (order(height + 1, &fail)?, refused(DrpNotCurrent)),
        (order(height + 2, &commit)?, refused(DrpNotCurrent)),
        (order(height + 2, &other)?, Intent::Ok),
        (reached(height + 1_000), Intent::Ok),
    ];
    let requirements =
        ["DRP-COMMIT-02", "DRP-COMMIT-03", "DRP-LOG-02", "DRP-UNIQUE-01", "EDS-RANK-01"];
    let doc = "Given a turn, when a commit is ordered, then there is no failure and no other commit after it.";
    suite.add_scenario("commit-first", &requirements, doc, before.log_json()?, steps)?;
    let steps = vec![
        (order(height + 1, &fail)?, Intent::Ok),
        (order(height + 1, &commit)?, refused(DrpLeader)),
        (order(height + 1, &fail)?, refused(DrpNotCurrent)),
        (order(height + 1, &next)?, Intent::Ok),
    ];
    let doc = "Given a turn, when a failure is ordered, then its commit comes too late, and the next rank can fail.";
    suite.add_scenario("failure-first", &requirements, doc, before.log_json()?, steps)?;
    Ok(())
}

/// At the last height a ticket counts, and may change who leads.
fn ticket_at_the_end(suite: &mut SuiteWriter, empty: &Real) -> Result<(), CaseError> {
    let opened = empty.epoch.opened.height;
    let last = opened + empty.epoch.lottery_heights;
    let mut steps = Vec::new();
    for (name, height) in empty.names().iter().zip([opened, opened + 1, last - 1, last]) {
        steps.push((order(height, &empty.ticket(name)?)?, Intent::Ok));
    }
    steps.push((reached(last + 1), Intent::Ok));
    let doc = "Given a lottery, when tickets come from its first height to its last, then all of them count.";
    suite.add_scenario(
        "heights",
        &["DRP-LOG-01", "EDS-TICKET-03"],
        doc,
        empty.log_json()?,
        steps,
    )?;
    Ok(())
}

// --- What is not ordered ----------------------------------------------------------------------

/// An entry that is refused, before a log that is as it was.
struct Refused<'a> {
    slug: &'a str,
    what: &'a str,
    requirements: &'a [&'a str],
    height: Height,
    entry: LogEntry,
    rejection: Rejection,
    has_second_fault: bool,
}

fn add_refused(
    suite: &mut SuiteWriter,
    world: &Real,
    refused: &Refused<'_>,
) -> Result<(), CaseError> {
    let doc = format!(
        "Given a log, when {} is to be ordered, then it is refused, and the log is as before.",
        refused.what
    );
    let steps = vec![(order(refused.height, &refused.entry)?, Intent::Rejected(refused.rejection))];
    let case =
        suite.add_scenario(refused.slug, refused.requirements, &doc, world.log_json()?, steps)?;
    if refused.has_second_fault {
        case.flag(FLAG_SECOND_FAULT);
    }
    Ok(())
}

type TicketChange = fn(&mut Ticket);

/// Slug, in words, the requirement, the reason, how far below the height at which the lottery
/// opened, in fact.
type ChangedTicket = (&'static str, &'static str, &'static str, Rejection, u64, TicketChange);

const CHANGED_TICKETS: &[ChangedTicket] = case_table! {
    "log-order", "a ticket below the last entry", "DRP-LOG-01", DrpLogOrder, 1 => |_| ();
    "epoch", "a ticket of another epoch", "EDS-TICKET-01", EdsTicketEpoch, 0
        => |ticket| ticket.epoch += 1;
    "view", "a ticket of the view before", "EDS-TICKET-02", EdsTicketView, 0
        => |ticket| ticket.view = View(0);
    "nobody", "a ticket by nobody", "EDS-TICKET-04", EdsTicketUnregistered, 0
        => |ticket| ticket.validator = NodeId(Digest::ZERO);
    "proof", "a ticket with a false proof", "EDS-TICKET-07", CryVrfProofFalse, 0
        => |ticket| ticket.proof.challenge[0] ^= 1;
    "log-order-and-epoch", "a ticket below the last entry and of another epoch",
        "DRP-LOG-01", DrpLogOrder, 1 => |ticket| ticket.epoch += 1;
    "view-and-proof", "a ticket of the view before and with a false proof",
        "EDS-TICKET-02", EdsTicketView, 0 => |ticket| {
            ticket.view = View(0);
            ticket.proof.challenge[0] ^= 1;
        };
    "log-order-and-late", "a ticket below all entries, by nobody",
        "DRP-LOG-01", DrpLogOrder, u64::MAX => |ticket| ticket.validator = NodeId(Digest::ZERO);
};

fn refused_tickets() -> Result<VectorFile, CaseError> {
    let doc = "Tickets that do not count, in the second view, in which one validator may not lead.";
    let mut suite = SuiteWriter::new("drp.log", "refused-tickets", doc)?;
    let mut world = with_leader(4, 3)?;
    let failed = world.log.state.ranks();
    for _ in 0..3 {
        world.order(world.fail()?)?;
    }
    let names = world.names();
    let entrant = names.iter().find(|name| !failed.contains(name));
    let entrant = *entrant.ok_or_else(|| missing("fourth validator"))?;
    let LogEntry::Ticket(ticket) = world.ticket(&entrant)? else { return Err(missing("ticket")) };
    add_changed_tickets(&mut suite, &world, &ticket)?;
    add_repeated_tickets(&mut suite, world, &failed[0], ticket)?;
    add_late_tickets(&mut suite, &names)?;
    Ok(suite.finish())
}

fn add_changed_tickets(
    suite: &mut SuiteWriter,
    world: &Real,
    ticket: &Ticket,
) -> Result<(), CaseError> {
    for (slug, what, requirement, rejection, below, change) in CHANGED_TICKETS.iter().copied() {
        let mut ticket = ticket.clone();
        change(&mut ticket);
        let entry = LogEntry::Ticket(ticket);
        let height = world.log.height.saturating_sub(below);
        let has_second_fault = slug.contains("-and-");
        let requirements = &[requirement, "EDS-VIEW-01"][..if slug == "view" { 2 } else { 1 }];
        add_refused(
            suite,
            world,
            &Refused { slug, what, requirements, height, entry, rejection, has_second_fault },
        )?;
    }
    Ok(())
}

/// Of who failed before, and a second time, with the lottery's own opening.
fn add_repeated_tickets(
    suite: &mut SuiteWriter,
    mut world: Real,
    failed: &NodeId,
    ticket: Ticket,
) -> Result<(), CaseError> {
    let opened = world.log.height;
    let of_failed = Refused {
        slug: "failed",
        what: "a ticket of who failed before",
        requirements: &["EDS-TICKET-05", "EDS-ELIGIBLE-01"],
        height: opened,
        entry: world.ticket(failed)?,
        rejection: EdsTicketExcluded,
        has_second_fault: false,
    };
    add_refused(suite, &world, &of_failed)?;
    world.order(LogEntry::Ticket(ticket.clone()))?;
    let repeated = Refused {
        slug: "repeated",
        what: "a ticket a second time",
        requirements: &["EDS-TICKET-06"],
        entry: LogEntry::Ticket(ticket),
        height: world.log.height,
        rejection: EdsTicketRepeated,
        ..of_failed
    };
    add_refused(suite, &world, &repeated)?;
    let too_late = Refused {
        slug: "late-and-failed",
        what: "a ticket one height too late, of who failed before",
        requirements: &["EDS-TICKET-03"],
        entry: world.ticket(failed)?,
        height: opened + world.epoch.lottery_heights + 1,
        rejection: EdsTicketLate,
        has_second_fault: true,
    };
    add_refused(suite, &world, &too_late)?;
    Ok(())
}

/// In the first view: the last ticket after the others, and one of a view that has passed.
fn add_late_tickets(suite: &mut SuiteWriter, names: &[NodeId]) -> Result<(), CaseError> {
    let mut first_view = Real::new(4, 3)?;
    first_view.hold_lottery_of(&names[..3])?;
    let late = Refused {
        slug: "late",
        what: "the last ticket, one height too late,",
        requirements: &["EDS-TICKET-03"],
        entry: first_view.ticket(&names[3])?,
        height: first_view.log.height,
        rejection: EdsTicketLate,
        has_second_fault: false,
    };
    add_refused(suite, &first_view, &late)?;
    let mut empty = Real::new(4, 3)?;
    let entry = empty.ticket(&names[0])?;
    empty.reach(empty.epoch.opened.height + empty.epoch.lottery_heights + 1);
    let of_empty = Refused {
        slug: "empty-lottery",
        what: "a ticket of the view whose lottery nobody entered,",
        requirements: &["EDS-VIEW-02", "EDS-TICKET-02"],
        height: empty.log.height,
        entry,
        rejection: EdsTicketView,
        has_second_fault: false,
    };
    add_refused(suite, &empty, &of_empty)?;
    Ok(())
}

fn with_timeouts(
    fail: &Fail,
    change: impl FnOnce(&mut BTreeMap<NodeId, Signature>),
) -> Result<LogEntry, CaseError> {
    let mut timeouts: BTreeMap<NodeId, Signature> = (*fail.timeouts).clone();
    change(&mut timeouts);
    Ok(LogEntry::Fail(Fail { timeouts: BoundedMap::try_from(timeouts)?, ..fail.clone() }))
}

fn refused_failures() -> Result<VectorFile, CaseError> {
    let doc = "Failures that are none; two leaders have failed.";
    let mut suite = SuiteWriter::new("drp.log", "refused-failures", doc)?;
    let mut world = with_leader(4, 3)?;
    world.order(world.fail()?)?;
    world.order(world.fail()?)?;
    for (slug, what, requirement, rejection, make) in FAILURES.iter().copied() {
        let (requirements, height, entry) = (&[requirement], world.log.height, make(&world)?);
        let has_second_fault = slug.contains("-and-");
        let refused =
            Refused { slug, what, requirements, height, entry, rejection, has_second_fault };
        add_refused(&mut suite, &world, &refused)?;
    }
    let below = Refused {
        slug: "log-order",
        what: "a failure below the last entry",
        requirements: &["DRP-LOG-01"],
        height: world.log.height - 1,
        entry: world.fail()?,
        rejection: DrpLogOrder,
        has_second_fault: false,
    };
    add_refused(&mut suite, &world, &below)?;
    let mut during_lottery = with_leader(4, 3)?;
    during_lottery.log.height = Real::new(4, 3)?.log.next_height();
    let early = Refused {
        slug: "during-lottery",
        what: "a failure during the lottery",
        requirements: &["DRP-LOG-02"],
        height: during_lottery.log.height,
        entry: LogEntry::Fail(world.fail_by(3, View(0), Rank(0))?),
        rejection: DrpNotCurrent,
        ..below
    };
    add_refused(&mut suite, &during_lottery, &early)?;
    Ok(suite.finish())
}

fn break_first(timeouts: &mut BTreeMap<NodeId, Signature>) {
    if let Some(mut entry) = timeouts.first_entry() {
        *entry.get_mut() = NO_SIGNATURE;
    }
}

const NO_SIGNATURE: Signature = Signature([0; 64]);
/// Names that nobody has, before and after all others.
const NOBODY: [NodeId; 2] = [NodeId(Digest([0; 32])), NodeId(Digest([0xff; 32]))];

/// A failure that is refused: slug, what it is, requirement, code, how it is made.
type FailureRow =
    (&'static str, &'static str, &'static str, Rejection, fn(&Real) -> Result<LogEntry, CaseError>);

const FAILURES: &[FailureRow] = case_table! {
    "rank-before", "a failure of the rank before", "DRP-LOG-02", DrpNotCurrent
        => |world| Ok(LogEntry::Fail(world.fail_by(3, View(0), Rank(1))?));
    "rank-after", "a failure of a rank that there is not", "DRP-LOG-02", DrpNotCurrent
        => |world| Ok(LogEntry::Fail(world.fail_by(3, View(0), Rank(3))?));
    "view-after", "a failure of the next view", "DRP-LOG-02", DrpNotCurrent
        => |world| Ok(LogEntry::Fail(world.fail_by(3, View(1), Rank(2))?));
    "epoch-after", "a failure of the next epoch", "DRP-LOG-02", DrpNotCurrent
        => |world| {
            let fail = world.fail_by(3, View(0), Rank(2))?;
            Ok(LogEntry::Fail(Fail { epoch: fail.epoch + 1, ..fail }))
        };
    "quorum", "a failure by 2f + 1 less one", "DRP-FAIL-01", DrpFailQuorum
        => |world| Ok(LogEntry::Fail(world.fail_by(2, View(0), Rank(2))?));
    "nobody", "a failure by nobody", "DRP-FAIL-01", DrpFailQuorum
        => |world| Ok(LogEntry::Fail(world.fail_by(0, View(0), Rank(2))?));
    "signer", "a failure that somebody else has signed too", "DRP-TIMEOUT-01", DrpTimeoutSigner
        => |world| {
            with_timeouts(&world.fail_by(3, View(0), Rank(2))?, |timeouts| {
                timeouts.insert(NOBODY[1], NO_SIGNATURE);
            })
        };
    "signature", "a failure with a signature that is none", "DRP-TIMEOUT-02", DrpTimeoutSignature
        => |world| with_timeouts(&world.fail_by(3, View(0), Rank(2))?, break_first);
    "signature-of-another-rank", "a failure with signatures for the rank before",
        "DRP-TIMEOUT-02", DrpTimeoutSignature
        => |world| Ok(LogEntry::Fail(Fail { rank: Rank(2), ..world.fail_by(3, View(0), Rank(1))? }));
    "rank-and-quorum", "a failure of the rank before by too few", "DRP-LOG-02", DrpNotCurrent
        => |world| Ok(LogEntry::Fail(world.fail_by(1, View(0), Rank(1))?));
    "quorum-and-signer", "a failure by too few, one of them nobody of the epoch",
        "DRP-FAIL-01", DrpFailQuorum => |world| {
            with_timeouts(&world.fail_by(1, View(0), Rank(2))?, |timeouts| {
                timeouts.insert(NOBODY[0], NO_SIGNATURE);
            })
        };
    "quorum-and-signature", "a failure by too few, who did not sign", "DRP-FAIL-01", DrpFailQuorum
        => |world| with_timeouts(&world.fail_by(2, View(0), Rank(2))?, break_first);
    "signer-and-signature", "a failure by nobody of the epoch and by who did not sign",
        "DRP-TIMEOUT-01", DrpTimeoutSigner => |world| {
            with_timeouts(&world.fail_by(3, View(0), Rank(2))?, |timeouts| {
                break_first(timeouts);
                timeouts.insert(NOBODY[0], NO_SIGNATURE);
            })
        };
    "signature-and-signer", "a failure by who did not sign and then by nobody of the epoch",
        "DRP-TIMEOUT-02", DrpTimeoutSignature => |world| {
            with_timeouts(&world.fail_by(3, View(0), Rank(2))?, |timeouts| {
                break_first(timeouts);
                timeouts.insert(NOBODY[1], NO_SIGNATURE);
            })
        };
};

/// Commits with a fault each, of seven validators.
fn refused_commits() -> Result<VectorFile, CaseError> {
    let doc = "Commits that the identity shard does not order: a fault for each check up to the signature.";
    let mut suite = SuiteWriter::new("drp.log", "refused-commits", doc)?;
    let honest = Question::honest()?;
    let mut world = with_leader(7, 3)?;
    world.order(world.fail()?)?;
    let height = world.log.height + 1;
    let faults = [
        (Check::Configuration, "epoch"),
        (Check::Session, "session"),
        (Check::Leader, "rank-failed"),
        (Check::Groups, "lists-fewer"),
        (Check::Announcement, "announced-by-another"),
        (Check::Inputs, "inputs-more"),
        (Check::Deals, "deal-announcement"),
        (Check::Encryptions, "last-deal-false"),
        (Check::Root, "root-other-deal"),
        (Check::Signers, "quorum"),
        (Check::CollectiveSignature, "signer-too-many-named"),
    ];
    for (check, slug) in faults {
        let (fault, question) = with_fault(&honest, check, slug)?;
        let refused = Refused {
            slug,
            what: &format!("a commit and {}", fault.what),
            requirements: &[fault.requirement, "DRP-COMMIT-03"],
            height,
            entry: LogEntry::Commit(question.transcript.commit),
            rejection: fault.rejection,
            has_second_fault: false,
        };
        add_refused(&mut suite, &world, &refused)?;
    }
    let valid = LogEntry::Commit(honest.transcript.commit.clone());
    let below = Refused {
        slug: "log-order",
        what: "a commit below the last entry",
        requirements: &["DRP-LOG-01"],
        height: world.log.height - 1,
        entry: valid.clone(),
        rejection: DrpLogOrder,
        has_second_fault: false,
    };
    add_refused(&mut suite, &world, &below)?;
    let mut committed = world.clone();
    committed.order(valid.clone())?;
    let second = Refused {
        slug: "second",
        what: "a commit a second time",
        requirements: &["DRP-COMMIT-02", "DRP-LOG-02"],
        height: committed.log.height,
        entry: valid,
        rejection: DrpNotCurrent,
        ..below
    };
    add_refused(&mut suite, &committed, &second)?;
    Ok(suite.finish())
}
