//! The log: tickets, failures and commits in the order in which they come, and what is not ordered.
//!
//! Four validators, of whom three are a quorum. The commits that are refused are of seven.
//!
//! The first heading has the courses of the log, and the second has the entries that are not
//! ordered: tickets, failures and commits.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use ioschain_spec::Rejection::{self, DrpLeader, DrpNotCurrent};
use ioschain_spec::drp::messages::{Fail, LogEntry};
use ioschain_spec::drp::report::Check;
use ioschain_spec::primitives::ed25519::Signature;
use ioschain_spec::primitives::encoding::BoundedMap;
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::keys::NodeId;
use ioschain_spec::primitives::numbers::{Height, Rank, View};
use ioschain_spec::primitives::ristretto::Ristretto255;
use ioschain_spec::sharding::lottery::Ticket;

use super::transcript_faults::{Question, with_fault};
use super::transcripts::with_leader;
use super::world::{EpochRun, FaultPlan, missing};
use crate::format::vector::{Case, FLAG_SECOND_FAULT, VectorFile};
use crate::make::cases::faults::{Edit, edits};
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

/// Whole courses of the log. An implementation that counts heights, views or ranks differently
/// names another leader on the way.
fn courses() -> Result<VectorFile, CaseError> {
    let doc = "Logs with lotteries, failures and commits, and the current leader after each entry.";
    let mut suite = SuiteWriter::new("drp.log", "courses", doc)?;
    let empty = Real::new(4, 3)?;
    let opened = empty.epoch.opened.height;
    let last = opened + empty.epoch.lottery_heights;

    let world = with_leader(4, 3)?;
    let mut steps = replay(&world, 0)?;
    steps.push((reached(last), Intent::Ok));
    steps.push((reached(last + 1), Intent::Ok));
    steps.push((reached(last - 3), Intent::Ok));
    let doc = "Given a lottery, when all validators enter it and it closes, then the validator \
               with the smallest number leads.";
    suite.add_scenario("lottery", RUNS, doc, empty.log_json()?, steps)?;

    let heights = [last, last + 1, last + 2, opened + 10, opened + 11, Height(u64::MAX)];
    let steps = heights.map(|height| (reached(height), Intent::Ok)).to_vec();
    let doc = "Given lotteries that no validator enters, when the log reaches later heights, then \
               a new view begins after each lottery.";
    let requirements = ["EDS-VIEW-01", "EDS-VIEW-02"];
    suite.add_scenario("empty-lotteries", &requirements, doc, empty.log_json()?, steps)?;

    until_all_have_failed(&mut suite, &empty)?;
    one_who_never_enters(&mut suite, &empty)?;
    of_failure_and_commit(&mut suite)?;
    ticket_at_the_end(&mut suite, &empty)?;
    Ok(suite.finish())
}

/// Three fail; the fourth leads the next view and fails; then all may lead again. An implementation
/// that never forgives a failure has nobody left to lead.
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
    let doc = "Given a lottery, when one leader after another fails, then new views begin, a \
               failed leader may not enter the next lottery, and all validators may enter again \
               after all of them have failed.";
    let requirements =
        ["EDS-RANK-01", "EDS-VIEW-01", "EDS-ELIGIBLE-01", "EDS-ELIGIBLE-02", "DRP-FAIL-01"];
    suite.add_scenario("all-fail", &requirements, doc, empty.log_json()?, steps)?;
    Ok(())
}

/// Three fail; the fourth never enters; after its empty lottery the three may lead again. An
/// implementation that forgives only when everybody has failed waits for the fourth forever.
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
    let doc = "Given three failed leaders, when the fourth validator does not enter the lottery \
               that only it may enter, then the three may enter the next lottery.";
    let requirements = ["EDS-ELIGIBLE-01", "EDS-ELIGIBLE-02", "EDS-VIEW-02"];
    suite.add_scenario("one-never-enters", &requirements, doc, empty.log_json()?, steps)?;
    Ok(())
}

/// Of a failure and a commit the first that is ordered wins. An implementation that takes both has
/// two outcomes of one turn.
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
    let doc = "Given a leader, when its commit is ordered, then a later failure and a second \
               commit are refused.";
    suite.add_scenario("commit-first", &requirements, doc, before.log_json()?, steps)?;
    let steps = vec![
        (order(height + 1, &fail)?, Intent::Ok),
        (order(height + 1, &commit)?, refused(DrpLeader)),
        (order(height + 1, &fail)?, refused(DrpNotCurrent)),
        (order(height + 1, &next)?, Intent::Ok),
    ];
    let doc = "Given a leader, when its failure is ordered, then its commit is refused, and the \
               failure of the next rank can be ordered.";
    suite.add_scenario("failure-first", &requirements, doc, before.log_json()?, steps)?;
    Ok(())
}

/// At the last height a ticket counts, and may change who leads. An implementation that closes the
/// lottery a height too early refuses it.
fn ticket_at_the_end(suite: &mut SuiteWriter, empty: &Real) -> Result<(), CaseError> {
    let opened = empty.epoch.opened.height;
    let last = opened + empty.epoch.lottery_heights;
    let mut steps = Vec::new();
    for (name, height) in empty.names().iter().zip([opened, opened + 1, last - 1, last]) {
        steps.push((order(height, &empty.ticket(name)?)?, Intent::Ok));
    }
    steps.push((reached(last + 1), Intent::Ok));
    let doc = "Given a lottery, when tickets are ordered at its first height, at its last height \
               and in between, then all of them are accepted.";
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

/// An entry that is put to a log at a height.
#[derive(Clone)]
struct Submission {
    world: Real,
    height: Height,
    entry: LogEntry,
}

impl Submission {
    /// The entry, at the height that the log has reached.
    fn now(world: Real, entry: LogEntry) -> Self {
        Self { height: world.log.height, world, entry }
    }

    /// The same entry again, after it was ordered.
    fn repeat(&mut self) -> Result<(), CaseError> {
        self.world.order(self.entry.clone())?;
        self.height = self.world.log.height;
        Ok(())
    }

    fn change_ticket(&mut self, change: impl FnOnce(&mut Ticket)) {
        if let LogEntry::Ticket(ticket) = &mut self.entry {
            change(ticket);
        }
    }

    fn change_fail(&mut self, change: impl FnOnce(&mut Fail)) {
        if let LogEntry::Fail(fail) = &mut self.entry {
            change(fail);
        }
    }

    /// The failure of a view and rank that so many validators have signed.
    fn fail_by(&mut self, count: usize, view: View, rank: Rank) -> Result<(), CaseError> {
        self.entry = LogEntry::Fail(self.world.fail_by(count, view, rank)?);
        Ok(())
    }

    fn change_timeouts(
        &mut self,
        change: impl FnOnce(&mut BTreeMap<NodeId, Signature>),
    ) -> Result<(), CaseError> {
        if let LogEntry::Fail(fail) = &mut self.entry {
            let mut timeouts: BTreeMap<NodeId, Signature> = (*fail.timeouts).clone();
            change(&mut timeouts);
            fail.timeouts = BoundedMap::try_from(timeouts)?;
        }
        Ok(())
    }

    /// Adds the case in which the log refuses the entry.
    fn refuse<'a>(
        &self,
        suite: &'a mut SuiteWriter,
        (slug, what): (&str, &str),
        requirements: &[&str],
        rejection: Rejection,
    ) -> Result<&'a mut Case, CaseError> {
        let doc = format!(
            "Given a log, when {what} is submitted, then it is refused and the log does not change."
        );
        let steps = vec![(order(self.height, &self.entry)?, Intent::Rejected(rejection))];
        suite.add_scenario(slug, requirements, &doc, self.world.log_json()?, steps)
    }
}

/// Adds a case for each edit of an honest entry, which the log refuses.
fn refuse_all(
    suite: &mut SuiteWriter,
    honest: &Submission,
    edits: &[Edit<Submission>],
) -> Result<(), CaseError> {
    for (edit, rejection) in edits.iter().filter_map(|edit| Some((edit, edit.rejection?))) {
        let submission = edit.apply(honest)?;
        let named = (edit.slug, edit.what);
        let case = submission.refuse(suite, named, edit.requirements, rejection)?;
        if edit.second_fault {
            case.flag(FLAG_SECOND_FAULT);
        }
    }
    Ok(())
}

/// Tickets with one fault, and with two. There is a fault for each check, with one false proof for
/// the checks of a proof. An implementation that leaves a check out lets a validator enter late,
/// twice, or after it failed, and so choose who leads.
fn refused_tickets() -> Result<VectorFile, CaseError> {
    let doc = "Tickets that the log refuses. Most of them are submitted in the second view, after \
               three leaders have failed.";
    let mut suite = SuiteWriter::new("drp.log", "refused-tickets", doc)?;
    let mut world = with_leader(4, 3)?;
    let failed = world.log.state.ranks();
    for _ in 0..3 {
        world.order(world.fail()?)?;
    }
    let entrant = world.names().into_iter().find(|name| !failed.contains(name));
    let entrant = entrant.ok_or_else(|| missing("fourth validator"))?;
    let ticket = world.ticket(&entrant)?;
    refuse_all(&mut suite, &Submission::now(world, ticket), TICKETS)?;
    let mut first_view = Real::new(4, 3)?;
    let names = first_view.names();
    first_view.hold_lottery_of(&names[..3])?;
    let ticket = first_view.ticket(&names[3])?;
    refuse_all(&mut suite, &Submission::now(first_view, ticket), LATE_TICKET)?;
    let empty = Real::new(4, 3)?;
    let ticket = empty.ticket(&names[0])?;
    refuse_all(&mut suite, &Submission::now(empty, ticket), TICKET_OF_EMPTY_LOTTERY)?;
    Ok(suite.finish())
}

/// Who led the first view at first, and failed.
fn first_to_fail() -> Result<NodeId, CaseError> {
    Ok(with_leader(4, 3)?.turn()?.leader)
}

const TICKETS: &[Edit<Submission>] = &edits! { Submission:
    "log-order" => DrpLogOrder, &["DRP-LOG-01"],
        "a ticket at a height below that of the last entry",
        |it| it.height -= 1;
    "epoch" => EdsTicketEpoch, &["EDS-TICKET-01"], "a ticket for another epoch",
        |it| it.change_ticket(|ticket| ticket.epoch += 1);
    "view" => EdsTicketView, &["EDS-TICKET-02", "EDS-VIEW-01"], "a ticket for the previous view",
        |it| it.change_ticket(|ticket| ticket.view = View(0));
    "nobody" => EdsTicketUnregistered, &["EDS-TICKET-04"], "a ticket of an unknown validator",
        |it| it.change_ticket(|ticket| ticket.validator = NodeId(Digest::ZERO));
    "proof" => CryVrfProofFalse, &["EDS-TICKET-07"], "a ticket with a false proof",
        |it| it.change_ticket(|ticket| ticket.proof.challenge[0] ^= 1);
    "log-order-and-epoch" => DrpLogOrder, &["DRP-LOG-01"],
        "a ticket for another epoch at a height below that of the last entry",
        |it| {
            it.height -= 1;
            it.change_ticket(|ticket| ticket.epoch += 1);
        }, second_fault;
    "view-and-proof" => EdsTicketView, &["EDS-TICKET-02"],
        "a ticket for the previous view with a false proof",
        |it| it.change_ticket(|ticket| {
            ticket.view = View(0);
            ticket.proof.challenge[0] ^= 1;
        }), second_fault;
    "log-order-and-late" => DrpLogOrder, &["DRP-LOG-01"],
        "a ticket of an unknown validator at a height below that of all entries",
        |it| {
            it.height = Height(0);
            it.change_ticket(|ticket| ticket.validator = NodeId(Digest::ZERO));
        }, second_fault;
    "failed" => EdsTicketExcluded, &["EDS-TICKET-05", "EDS-ELIGIBLE-01"],
        "a ticket of a validator that has failed",
        |it| it.entry = it.world.ticket(&first_to_fail()?)?;
    "repeated" => EdsTicketRepeated, &["EDS-TICKET-06"], "the same ticket for a second time",
        |it| it.repeat();
    "late-and-failed" => EdsTicketLate, &["EDS-TICKET-03"],
        "a ticket of a validator that has failed, one height too late,",
        |it| {
            let opened = it.height;
            it.repeat()?;
            it.height = opened + it.world.epoch.lottery_heights + 1;
            it.entry = it.world.ticket(&first_to_fail()?)?;
        }, second_fault;
};

/// The last ticket of the first view, one height after its lottery. An implementation that counts
/// the heights of a lottery differently takes it.
const LATE_TICKET: &[Edit<Submission>] = &edits! { Submission:
    "late" => EdsTicketLate, &["EDS-TICKET-03"], "the last ticket, one height too late,", |_| ();
};

/// An implementation that changes the view only when an entry is ordered still takes this ticket.
const TICKET_OF_EMPTY_LOTTERY: &[Edit<Submission>] = &edits! { Submission:
    "empty-lottery" => EdsTicketView, &["EDS-VIEW-02", "EDS-TICKET-02"],
        "a ticket for a view whose lottery closed without tickets",
        |it| {
            let epoch = &it.world.epoch;
            it.world.reach(epoch.opened.height + epoch.lottery_heights + 1);
            it.height = it.world.log.height;
        };
};

/// Failures with a fault for each check, and with two. An implementation that leaves a check out
/// lets fewer than a quorum, or timeouts of another turn, remove a leader.
fn refused_failures() -> Result<VectorFile, CaseError> {
    let doc = "Failures that the log refuses. Two leaders have already failed.";
    let mut suite = SuiteWriter::new("drp.log", "refused-failures", doc)?;
    let mut world = with_leader(4, 3)?;
    world.order(world.fail()?)?;
    world.order(world.fail()?)?;
    let fail = world.fail()?;
    refuse_all(&mut suite, &Submission::now(world, fail), FAILURES)?;
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

const FAILURES: &[Edit<Submission>] = &edits! { Submission:
    "rank-before" => DrpNotCurrent, &["DRP-LOG-02"], "a failure of the previous rank",
        |it| it.fail_by(3, View(0), Rank(1));
    "rank-after" => DrpNotCurrent, &["DRP-LOG-02"], "a failure of a rank that does not exist",
        |it| it.fail_by(3, View(0), Rank(3));
    "view-after" => DrpNotCurrent, &["DRP-LOG-02"], "a failure of the next view",
        |it| it.fail_by(3, View(1), Rank(2));
    "epoch-after" => DrpNotCurrent, &["DRP-LOG-02"], "a failure of the next epoch",
        |it| it.change_fail(|fail| fail.epoch += 1);
    "quorum" => DrpFailQuorum, &["DRP-FAIL-01"],
        "a failure with 2f timeouts, one below the quorum,",
        |it| it.fail_by(2, View(0), Rank(2));
    "nobody" => DrpFailQuorum, &["DRP-FAIL-01"], "a failure without timeouts",
        |it| it.fail_by(0, View(0), Rank(2));
    "signer" => DrpTimeoutSigner, &["DRP-TIMEOUT-01"],
        "a failure with an additional timeout of an unknown validator",
        |it| it.change_timeouts(|timeouts| {
            timeouts.insert(NOBODY[1], NO_SIGNATURE);
        });
    "signature" => DrpTimeoutSignature, &["DRP-TIMEOUT-02"],
        "a failure with an invalid signature",
        |it| it.change_timeouts(break_first);
    "signature-of-another-rank" => DrpTimeoutSignature, &["DRP-TIMEOUT-02"],
        "a failure with signatures for the previous rank",
        |it| {
            it.fail_by(3, View(0), Rank(1))?;
            it.change_fail(|fail| fail.rank = Rank(2));
        };
    "rank-and-quorum" => DrpNotCurrent, &["DRP-LOG-02"],
        "a failure of the previous rank with too few timeouts",
        |it| it.fail_by(1, View(0), Rank(1)), second_fault;
    "quorum-and-signer" => DrpFailQuorum, &["DRP-FAIL-01"],
        "a failure with too few timeouts, one of them of an unknown validator,",
        |it| {
            it.fail_by(1, View(0), Rank(2))?;
            it.change_timeouts(|timeouts| {
                timeouts.insert(NOBODY[0], NO_SIGNATURE);
            })
        }, second_fault;
    "quorum-and-signature" => DrpFailQuorum, &["DRP-FAIL-01"],
        "a failure with too few timeouts, one of them with an invalid signature,",
        |it| {
            it.fail_by(2, View(0), Rank(2))?;
            it.change_timeouts(break_first)
        }, second_fault;
    "signer-and-signature" => DrpTimeoutSigner, &["DRP-TIMEOUT-01"],
        "a failure with a timeout of an unknown validator before a timeout with an invalid \
         signature",
        |it| it.change_timeouts(|timeouts| {
            break_first(timeouts);
            timeouts.insert(NOBODY[0], NO_SIGNATURE);
        }), second_fault;
    "signature-and-signer" => DrpTimeoutSignature, &["DRP-TIMEOUT-02"],
        "a failure with a timeout with an invalid signature before a timeout of an unknown \
         validator",
        |it| it.change_timeouts(|timeouts| {
            break_first(timeouts);
            timeouts.insert(NOBODY[1], NO_SIGNATURE);
        }), second_fault;
    "log-order" => DrpLogOrder, &["DRP-LOG-01"],
        "a failure at a height below that of the last entry",
        |it| it.height -= 1;
    "during-lottery" => DrpNotCurrent, &["DRP-LOG-02"], "a failure during the lottery",
        |it| {
            it.world = with_leader(4, 3)?;
            it.world.log.height = Real::new(4, 3)?.log.next_height();
            it.height = it.world.log.height;
            it.fail_by(3, View(0), Rank(0))?;
        };
};

/// A fault for each check of a commit up to its signature, but that of the thresholds;
/// [`with_fault`] finds them by check and name.
const FAULTS_OF_COMMITS: [(Check, &str); 11] = [
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

/// Commits with a fault each, of seven validators. An implementation that orders a commit before it
/// has checked all of it ends the turn with a commit that nobody can recover.
fn refused_commits() -> Result<VectorFile, CaseError> {
    let doc = "Commits that the identity shard refuses to order. They have a fault for each check \
               up to that of the signature.";
    let mut suite = SuiteWriter::new("drp.log", "refused-commits", doc)?;
    let honest = Question::honest()?;
    let mut world = with_leader(7, 3)?;
    world.order(world.fail()?)?;
    let height = world.log.height + 1;
    for (check, slug) in FAULTS_OF_COMMITS {
        let (fault, question) = with_fault(&honest, check, slug)?;
        let entry = LogEntry::Commit(question.transcript.commit);
        let what = format!("a commit, changed so that {},", fault.what);
        let requirements = [fault.requirement, "DRP-COMMIT-03"];
        let submission = Submission { world: world.clone(), height, entry };
        submission.refuse(&mut suite, (slug, &what), &requirements, fault.rejection)?;
    }
    let valid = LogEntry::Commit(honest.transcript.commit);
    refuse_all(&mut suite, &Submission::now(world, valid), MISPLACED_COMMITS)?;
    Ok(suite.finish())
}

/// A valid commit at the wrong place of the log. An implementation that looks at the commit alone
/// takes it.
const MISPLACED_COMMITS: &[Edit<Submission>] = &edits! { Submission:
    "log-order" => DrpLogOrder, &["DRP-LOG-01"],
        "a commit at a height below that of the last entry",
        |it| it.height -= 1;
    "second" => DrpNotCurrent, &["DRP-COMMIT-02", "DRP-LOG-02"],
        "the same commit for a second time",
        |it| it.repeat();
};
