//! A server: what it answers, remembers, signs, gives up, decrypts and recovers; what it refuses.
//!
//! Seven validators in two groups of three; the first leader failed, the second leads. The server is the first input
//! of the first group.

use serde_json::{Value, json};

use ioschain_spec::Rejection::{
    self, CryDleqProof, CryElementEncoding, CrySharePositions, DrpAnnouncement, DrpConfiguration,
    DrpLeader, DrpNotAnnounced, DrpNotCommitted, DrpNotCurrent, DrpOwnDeal, DrpRunRepeated,
    DrpShareInput, DrpStatementRepeated, DrpTimeoutSignature, DrpTimeoutSigner,
};
use ioschain_spec::drp::Run;
use ioschain_spec::drp::checks::Check;
use ioschain_spec::drp::messages::{
    Announcement, Commit, LogEntry, Message, Proposal, Reveal, RevealedShare, SignedDeal, Timeout,
    derive_root,
};
use ioschain_spec::drp::server::{Answered, Memory};
use ioschain_spec::primitives::ed25519::Signature;
use ioschain_spec::primitives::group::EncodedElement;
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::keys::NodeId;
use ioschain_spec::primitives::ristretto::Ristretto255;
use ioschain_spec::suite::Normative;

use super::transcript_faults::{Question, with_fault};
use super::world::{World, edit, missing};
use crate::format::vector::{FLAG_SECOND_FAULT, VectorFile};
use crate::make::cases::support::{CaseError, Intent, SuiteWriter};
use crate::make::cases::world::digest;
use crate::reference::to_json;

type Real = World<Ristretto255>;
type Steps = Vec<(Value, Intent)>;

const DEALS: &[&str] = &["DRP-ANNOUNCE-02", "DRP-CONFIG-01", "DRP-LEADER-01", "DRP-ANNOUNCE-01"];
const SIGNS: &[&str] =
    &["DRP-ANNOUNCE-03", "DRP-SIGN-04", "DRP-SIGN-05", "DRP-SIGN-06", "DRP-ROOT-01"];
const REVEALS: &[&str] = &["DRP-REVEAL-01", "DRP-REVEAL-02", "DRP-REVEAL-03", "DRP-COMMIT-03"];
const OUTPUTS: &[&str] = &["DRP-OUTPUT-01", "DRP-OUTPUT-02", "DRP-OUTPUT-03", "DRP-AVAILABLE-01"];
const TIMEOUTS: &[&str] = &["DRP-TIMEOUT-01", "DRP-TIMEOUT-02", "DRP-TIMEOUT-03"];

pub(super) fn files() -> Result<Vec<VectorFile>, CaseError> {
    let scene = Scene::new()?;
    Ok(vec![
        scene.courses()?,
        scene.turns()?,
        scene.recoveries()?,
        scene.refused_announcements()?,
        scene.refused_proposals()?,
        scene.refused_commits()?,
        scene.refused_shares()?,
        scene.refused_timeouts()?,
    ])
}

/// The run, and the worlds in which the server stands.
struct Scene {
    honest: Question,
    /// When the lottery opens.
    opened: Real,
    /// When it is the second leader's turn.
    turn: Real,
    /// After the commit.
    committed: Real,
    name: NodeId,
    announcement: Announcement,
    /// After the announcement.
    answered: Memory,
}

fn message(message: Message) -> Result<Value, CaseError> {
    Ok(json!({ "message": to_json(&message)? }))
}

fn ordered(height: u64, entry: &LogEntry) -> Result<Value, CaseError> {
    Ok(json!({ "ordered": to_json(entry)?, "height": height.to_string() }))
}

fn deadline(step: &str, view: u32, rank: u8) -> Value {
    json!({ "deadline": step, "view": view, "rank": rank })
}

fn nothing() -> Intent {
    Intent::Exactly(json!({ "effects": [] }))
}

impl Scene {
    fn new() -> Result<Self, CaseError> {
        let honest = Question::honest()?;
        let finished = &honest.finished;
        let opened = Real::new(7, 3)?;
        let mut turn = opened.clone();
        turn.hold_lottery()?;
        turn.order(turn.fail()?)?;
        let committed = finished.world.clone();
        let announcement = finished.commit.proposal.announcement.clone();
        let name = finished.commit.proposal.deals[0].dealer;
        let (answered, _) = turn.answer(&name, &announcement)?;
        Ok(Self { opened, turn, committed, name, announcement, answered, honest })
    }

    fn proposal(&self) -> Proposal {
        self.honest.finished.commit.proposal.clone()
    }

    fn commit(&self) -> Commit {
        self.honest.finished.commit.clone()
    }

    fn reveal(&self, name: &NodeId) -> Result<Reveal, CaseError> {
        self.honest.finished.reveals.get(name).cloned().ok_or_else(|| missing("reveal"))
    }

    fn begin(&self, world: &Real, memory: &Memory) -> Result<Value, CaseError> {
        world.server_json(&self.name, memory)
    }

    fn announce_step(&self) -> Result<Value, CaseError> {
        message(Message::Announcement(self.announcement.clone()))
    }

    fn propose_step(&self) -> Result<Value, CaseError> {
        message(Message::Proposal(self.proposal()))
    }

    fn commit_step(&self) -> Result<Value, CaseError> {
        message(Message::Commit(self.commit()))
    }

    fn order_commit_step(&self) -> Result<Value, CaseError> {
        ordered(self.committed.height, &LogEntry::Commit(self.commit()))
    }

    fn reveal_step(&self, name: &NodeId) -> Result<Value, CaseError> {
        message(Message::Reveal(self.reveal(name)?))
    }

    /// Servers other than the one that is looked at.
    fn others(&self) -> Vec<NodeId> {
        let servers = self.honest.finished.reveals.keys();
        servers.filter(|name| **name != self.name).copied().collect()
    }

    // --- How it goes ---

    fn courses(&self) -> Result<VectorFile, CaseError> {
        let doc = "A server from the opening of the lottery to the random number; a leader's; one that comes back.";
        let mut suite = SuiteWriter::new("drp.server", "courses", doc)?;
        let nobody = Memory::default();

        let mut steps = Steps::new();
        let (fails, tickets) = self.turn.log.split_last().ok_or_else(|| missing("log"))?;
        for (height, entry) in tickets {
            steps.push((ordered(*height, entry)?, nothing()));
        }
        steps.push((json!({ "reached": fails.0.to_string() }), nothing()));
        steps.push((deadline("announcement", 0, 0), Intent::Ok));
        steps.push((ordered(fails.0, &fails.1)?, nothing()));
        steps.extend([
            (self.announce_step()?, Intent::Ok),
            (self.propose_step()?, Intent::Ok),
            (self.commit_step()?, Intent::Ok),
            (self.order_commit_step()?, Intent::Ok),
        ]);
        for name in self.others() {
            steps.push((self.reveal_step(&name)?, Intent::Ok));
        }
        let doc = "Given a server when the lottery opens, when the first leader fails and the second leads, then it \
                   gives up the one, and deals, signs, decrypts and recovers with the other.";
        let all = [DEALS, SIGNS, REVEALS, OUTPUTS, TIMEOUTS].concat();
        suite.add_scenario("whole", &all, doc, self.begin(&self.opened, &nobody)?, steps)?;

        let leader = self.honest.finished.leadership.leader;
        let mut steps = vec![
            (self.announce_step()?, Intent::Ok),
            (self.propose_step()?, Intent::Ok),
            (self.order_commit_step()?, nothing()),
        ];
        for name in self.others().iter().chain([&self.name]) {
            steps.push((self.reveal_step(name)?, Intent::Ok));
        }
        let doc = "Given the leader's own machine, when its run goes on, then it signs and recovers, and neither \
                   deals nor decrypts.";
        let requirements = [DEALS, SIGNS, OUTPUTS, &["DRP-SERVERS-01"]].concat();
        let begin = self.turn.server_json(&leader, &nobody)?;
        suite.add_scenario("leader", &requirements, doc, begin, steps)?;
        self.come_back(&mut suite)?;
        Ok(suite.finish())
    }

    /// What is said again is the same.
    fn come_back(&self, suite: &mut SuiteWriter) -> Result<(), CaseError> {
        let steps = vec![
            (self.announce_step()?, Intent::Ok),
            (self.announce_step()?, Intent::Ok),
            (self.propose_step()?, Intent::Ok),
            (self.propose_step()?, Intent::Ok),
            (self.announce_step()?, Intent::Ok),
            (self.commit_step()?, Intent::Ok),
            (self.commit_step()?, nothing()),
            (self.order_commit_step()?, Intent::Ok),
            (self.reveal_step(&self.name)?, nothing()),
        ];
        let doc = "Given a server, when each message comes twice, then it says nothing else the second time.";
        let begin = self.begin(&self.turn, &Memory::default())?;
        suite.add_scenario("twice", &[DEALS, SIGNS].concat(), doc, begin, steps)?;

        let agreed = self.remembers(Some(self.proposal().statement.message()))?;
        let steps = vec![
            (self.announce_step()?, Intent::Ok),
            (self.propose_step()?, Intent::Ok),
            (self.order_commit_step()?, Intent::Ok),
        ];
        let doc = "Given a server that comes back with its memory, when the run goes on, then it says the same again.";
        let begin = self.begin(&self.turn, &agreed)?;
        suite.add_scenario("comes-back", &[DEALS, SIGNS].concat(), doc, begin, steps)?;

        let steps = vec![(self.reveal_step(&self.others()[0])?, Intent::Ok)];
        let doc = "Given a server that comes back after the commit, when shares come, then it has its own.";
        let begin = self.begin(&self.committed, &agreed)?;
        suite.add_scenario("comes-back-committed", REVEALS, doc, begin, steps)?;

        let steps = vec![
            (self.order_commit_step()?, Intent::Ok),
            (self.reveal_step(&self.others()[0])?, Intent::Ok),
        ];
        let doc = "Given a server that heard nothing of a run, when its commit is ordered, then it decrypts all the same.";
        let begin = self.begin(&self.turn, &Memory::default())?;
        suite.add_scenario("commit-alone", REVEALS, doc, begin, steps)?;
        Ok(())
    }

    /// The memory after the announcement, with what the server agreed to.
    fn remembers(&self, agreed: Option<Digest>) -> Result<Memory, CaseError> {
        self.remembers_else(|answered| answered.agreed = agreed)
    }

    fn remembers_else(&self, change: impl FnOnce(&mut Answered)) -> Result<Memory, CaseError> {
        let mut answered = (*self.answered.answered).clone();
        let answer = answered.get_mut(&self.announcement.run.place());
        change(answer.ok_or_else(|| missing("answer"))?);
        Ok(Memory { answered: answered.try_into()? })
    }

    /// Deadlines and timeouts.
    fn turns(&self) -> Result<VectorFile, CaseError> {
        let doc =
            "When a server gives up a leader, what it passes on, and when timeouts make a failure.";
        let mut suite = SuiteWriter::new("drp.server", "turns", doc)?;
        let at = |step| deadline(step, 0, 1);
        let [announcement, deals, proposal, sign_off] =
            ["announcement", "deals", "proposal", "sign-off"].map(at);
        let begin = self.begin(&self.turn, &Memory::default())?;
        let gives_up = |step: &Value| (step.clone(), Intent::Ok);
        let waits = |step: &Value| (step.clone(), nothing());

        let steps =
            vec![waits(&deals), gives_up(&announcement), gives_up(&proposal), gives_up(&sign_off)];
        let doc = "Given a server without an announcement, when deadlines come, then it gives up at all but that of deals.";
        suite.add_scenario("nothing", TIMEOUTS, doc, begin.clone(), steps)?;

        let steps = vec![
            (self.announce_step()?, Intent::Ok),
            waits(&announcement),
            waits(&deals),
            gives_up(&proposal),
        ];
        let doc = "Given a server with an announcement, when deadlines come, then it gives up at that of the proposal.";
        suite.add_scenario("announced", TIMEOUTS, doc, begin.clone(), steps)?;

        let steps = vec![
            (self.announce_step()?, Intent::Ok),
            (self.propose_step()?, Intent::Ok),
            waits(&announcement),
            waits(&deals),
            waits(&proposal),
            gives_up(&sign_off),
        ];
        let doc = "Given a server with a proposal, when deadlines come, then it gives up at that of the sign-off.";
        suite.add_scenario("proposed", TIMEOUTS, doc, begin.clone(), steps)?;

        let passes_on = json!({ "broadcast": to_json(&Message::Commit(self.commit()))? });
        let has_ordered = json!({ "order": to_json(&LogEntry::Commit(self.commit()))? });
        let both = || Intent::Exactly(json!({ "effects": [passes_on, has_ordered] }));
        let steps = vec![
            (self.commit_step()?, both()),
            (announcement.clone(), both()),
            (sign_off.clone(), both()),
            (deadline("sign-off", 0, 0), nothing()),
            (deadline("sign-off", 1, 1), nothing()),
        ];
        let doc = "Given a server with a commit and nothing else, when deadlines come, then it passes it on and never gives up.";
        suite.add_scenario(
            "committed",
            &["DRP-TIMEOUT-03", "DRP-SIGN-03"],
            doc,
            begin.clone(),
            steps,
        )?;

        self.wait_for_shares(&mut suite, begin)?;
        self.quorum_of_timeouts(&mut suite)?;
        Ok(suite.finish())
    }

    fn wait_for_shares(&self, suite: &mut SuiteWriter, begin: Value) -> Result<(), CaseError> {
        let steps = vec![
            (self.order_commit_step()?, Intent::Ok),
            (deadline("sign-off", 0, 1), nothing()),
            (json!({ "reached": "100000" }), nothing()),
            (deadline("sign-off", 0, 1), nothing()),
        ];
        let doc = "Given a server that waits for shares, when deadlines come, then it waits on.";
        suite.add_scenario(
            "waits-for-shares",
            &["DRP-COMMIT-02", "DRP-TIMEOUT-03"],
            doc,
            begin,
            steps,
        )?;
        Ok(())
    }

    fn quorum_of_timeouts(&self, suite: &mut SuiteWriter) -> Result<(), CaseError> {
        let mut steps = Steps::new();
        let others = self.turn.names().into_iter().filter(|name| *name != self.name);
        let others: Vec<NodeId> = others.collect();
        let timeout =
            |by: &NodeId, rank| message(Message::Timeout(self.turn.timeout(by, 0, rank)?));
        for by in &others[..4] {
            steps.push((timeout(by, 1)?, nothing()));
        }
        steps.push((timeout(&others[0], 1)?, nothing()));
        steps.push((deadline("announcement", 0, 1), Intent::Ok));
        steps.push((timeout(&others[4], 1)?, nothing()));
        let fail = LogEntry::Fail(self.turn.fail_by(5, 0, 1)?);
        steps.push((ordered(self.turn.height, &fail)?, nothing()));
        steps.push((timeout(&others[5], 2)?, nothing()));
        let doc = "Given a server, when four others and then itself give up the leader, then it has the failure ordered, \
                   once; and in the next turn nobody has given up.";
        let begin = self.begin(&self.turn, &Memory::default())?;
        suite.add_scenario("quorum", &[TIMEOUTS, &["DRP-FAIL-01"]].concat(), doc, begin, steps)?;
        Ok(())
    }

    /// Shares come in this order and that, and some never.
    fn recoveries(&self) -> Result<VectorFile, CaseError> {
        let doc = "Recovery of the random number, with servers missing.";
        let mut suite = SuiteWriter::new("drp.server", "recoveries", doc)?;
        let groups = &self.honest.groups;
        let leader = self.honest.finished.leadership.leader;
        let begin = self.committed.server_json(&leader, &Memory::default())?;
        let orders: [(&str, &str, Vec<NodeId>); 6] = [
            (
                "first-two",
                "the first two of each group",
                vec![groups[0][0], groups[0][1], groups[1][0], groups[1][1]],
            ),
            (
                "last-two",
                "the last two of each group",
                vec![groups[0][2], groups[0][1], groups[1][2], groups[1][1]],
            ),
            (
                "outer-two",
                "the first and the last of each group, by turns",
                vec![groups[1][2], groups[0][0], groups[1][0], groups[0][2]],
            ),
            (
                "late",
                "all, the lowest positions last",
                vec![
                    groups[0][2],
                    groups[0][1],
                    groups[0][0],
                    groups[1][2],
                    groups[1][1],
                    groups[1][0],
                ],
            ),
            (
                "twice",
                "some twice",
                vec![
                    groups[0][0],
                    groups[0][0],
                    groups[1][1],
                    groups[1][1],
                    groups[1][2],
                    groups[0][2],
                ],
            ),
            (
                "too-few",
                "all of a group and one of the other",
                vec![groups[0][0], groups[0][1], groups[0][2], groups[1][0]],
            ),
        ];
        for (slug, what, servers) in orders {
            let steps = servers.iter().map(|name| Ok((self.reveal_step(name)?, Intent::Ok)));
            let steps = steps.collect::<Result<Steps, CaseError>>()?;
            let doc = format!(
                "Given a validator after the commit, when shares come of {what}, then it recovers from the lowest \
                 positions as soon as each group has two.",
            );
            suite.add_scenario(slug, OUTPUTS, &doc, begin.clone(), steps)?;
        }
        self.parts_of_reveals(&mut suite, begin)?;
        Ok(suite.finish())
    }

    /// Not all that a server has.
    fn parts_of_reveals(&self, suite: &mut SuiteWriter, begin: Value) -> Result<(), CaseError> {
        let mut single = self.reveal(&self.honest.groups[0][0])?;
        edit(&mut single.shares, |shares| shares.truncate(1))?;
        let none = Reveal { session: single.session, shares: Vec::new().try_into()? };
        let steps = vec![
            (message(Message::Reveal(none))?, nothing()),
            (message(Message::Reveal(single))?, nothing()),
        ];
        let doc = "Given a validator after the commit, when a server shows one share of two, or none, then what there is is taken.";
        suite.add_scenario("part", OUTPUTS, doc, begin, steps)?;
        Ok(())
    }

    // --- What it refuses ---

    fn refuse(
        &self,
        suite: &mut SuiteWriter,
        begin: Value,
        row: &Refused<'_>,
    ) -> Result<(), CaseError> {
        let doc = format!(
            "Given a server, when {}, then it is refused, and the server is as before.",
            row.what
        );
        let steps = vec![(message(row.message.clone())?, Intent::Rejected(row.rejection))];
        let case = suite.add_scenario(row.slug, &[row.requirement], &doc, begin, steps)?;
        if row.slug.contains("-and-") {
            case.flag(FLAG_SECOND_FAULT);
        }
        Ok(())
    }

    fn refuse_all(
        &self,
        suite: &mut SuiteWriter,
        begin: &Value,
        rows: &[Row],
    ) -> Result<(), CaseError> {
        for (slug, what, requirement, rejection, make) in rows.iter().copied() {
            let message = make(self)?;
            let refused = Refused { slug, what, requirement, rejection, message };
            self.refuse(suite, begin.clone(), &refused)?;
        }
        Ok(())
    }

    /// The leader's run, changed and signed by who leads it then.
    fn announced(&self, change: impl FnOnce(&mut Run)) -> Result<Message, CaseError> {
        let mut run = self.announcement.run;
        change(&mut run);
        let signing = &self.turn.member(&run.leader)?.secrets.signing;
        Ok(Message::Announcement(Announcement::sign(&Normative, run, signing)))
    }

    /// That of a rank, by its leader, changed.
    fn announced_by(&self, rank: u8, change: impl FnOnce(&mut Run)) -> Result<Message, CaseError> {
        let leader = self.turn.progress.ranks()[usize::from(rank)];
        self.announced(|run| {
            (run.rank, run.leader) = (rank, leader);
            change(run);
        })
    }

    fn refused_announcements(&self) -> Result<VectorFile, CaseError> {
        let doc = "Announcements that a server does not answer, and deals, which are not for it.";
        let mut suite = SuiteWriter::new("drp.server", "refused-announcements", doc)?;
        let begin = self.begin(&self.turn, &Memory::default())?;
        self.refuse_all(&mut suite, &begin, &ANNOUNCEMENTS)?;
        self.announcements_out_of_time(&mut suite)?;
        let another = self.remembers_else(|answered| answered.announcement = digest("another"))?;
        let repeated = Refused {
            slug: "repeated",
            what: "it has answered another announcement for the view and rank",
            requirement: "DRP-ANNOUNCE-02",
            rejection: DrpRunRepeated,
            message: Message::Announcement(self.announcement.clone()),
        };
        self.refuse(&mut suite, self.begin(&self.turn, &another)?, &repeated)?;
        let deal = Refused {
            slug: "deal",
            what: "a deal comes, which is for the leader",
            requirement: "DRP-ANNOUNCE-03",
            rejection: DrpNotAnnounced,
            message: Message::Deal(self.proposal().deals[1].clone()),
        };
        self.refuse(&mut suite, self.begin(&self.turn, &self.answered)?, &deal)?;
        Ok(suite.finish())
    }

    fn announcements_out_of_time(&self, suite: &mut SuiteWriter) -> Result<(), CaseError> {
        let mut during_lottery = self.opened.clone();
        during_lottery.reach(during_lottery.epoch.opened.height + 1);
        let early = Refused {
            slug: "during-lottery",
            what: "an announcement comes before the lottery ends",
            requirement: "DRP-LOG-02",
            rejection: DrpNotCurrent,
            message: Message::Announcement(self.announcement.clone()),
        };
        self.refuse(suite, self.begin(&during_lottery, &Memory::default())?, &early)?;
        let begin = self.begin(&self.committed, &Memory::default())?;
        let late = Refused {
            slug: "after-commit",
            what: "an announcement comes after the commit",
            ..early.clone()
        };
        self.refuse(suite, begin.clone(), &late)?;
        let late = Refused {
            slug: "after-commit-and-unsigned",
            what: "an announcement comes after the commit and is not signed",
            message: unsigned(self.announcement.clone()),
            ..early
        };
        self.refuse(suite, begin, &late)
    }

    fn refused_proposals(&self) -> Result<VectorFile, CaseError> {
        let doc = "Proposals that a server does not sign: a fault for each check, and what only it can see.";
        let mut suite = SuiteWriter::new("drp.server", "refused-proposals", doc)?;
        let begin = self.begin(&self.turn, &self.answered)?;
        let faults = [
            (Check::Configuration, "randomness"),
            (Check::Session, "session"),
            (Check::Leader, "leader-failed"),
            (Check::Groups, "lists-more"),
            (Check::Announcement, "announced-other-run"),
            (Check::Inputs, "inputs-fewer"),
            (Check::Inputs, "inputs-twice"),
            (Check::Inputs, "inputs-of-another-group"),
            (Check::Deals, "deal-missing"),
            (Check::Deals, "deal-last-unsigned"),
            (Check::Deals, "deal-of-another-run"),
            (Check::Deals, "commitment-more"),
            (Check::Encryptions, "shares-swapped"),
            (Check::Encryptions, "last-deal-false"),
            (Check::Root, "root"),
        ];
        for (check, slug) in faults {
            let (fault, question) = with_fault(&self.honest, check, slug)?;
            let refused = Refused {
                slug,
                what: &format!("a proposal comes and {}", fault.what),
                // That deal is of the group that the server does not belong to.
                requirement: match slug {
                    "last-deal-false" => "DRP-SIGN-06",
                    _ => fault.requirement,
                },
                rejection: fault.rejection,
                message: Message::Proposal(question.transcript.commit.proposal),
            };
            self.refuse(&mut suite, begin.clone(), &refused)?;
        }
        self.refused_by_memory(&mut suite)?;
        Ok(suite.finish())
    }

    /// Proposals that are valid for others.
    fn refused_by_memory(&self, suite: &mut SuiteWriter) -> Result<(), CaseError> {
        let (own, valid) = (self.another_own_deal()?, self.proposal());
        let of_another = self.remembers_else(|it| it.announcement = digest("another"))?;
        let never_dealt = self.remembers_else(|it| it.deal = None)?;
        let repeated = self.remembers(Some(digest("another statement")))?;
        let rows = [
            (
                "not-announced",
                "a proposal comes without its announcement",
                "DRP-ANNOUNCE-03",
                DrpNotAnnounced,
                &Memory::default(),
                &valid,
            ),
            (
                "other-announcement",
                "a proposal comes and another announcement was answered",
                "DRP-ANNOUNCE-03",
                DrpNotAnnounced,
                &of_another,
                &valid,
            ),
            (
                "own-deal",
                "a proposal shows another deal of the server's own",
                "DRP-SIGN-04",
                DrpOwnDeal,
                &self.answered,
                &own,
            ),
            (
                "own-deal-never",
                "a proposal shows a deal of the server's, which never dealt",
                "DRP-SIGN-04",
                DrpOwnDeal,
                &never_dealt,
                &valid,
            ),
            (
                "repeated",
                "a proposal comes after it has agreed to another statement",
                "DRP-SIGN-05",
                DrpStatementRepeated,
                &repeated,
                &valid,
            ),
            (
                "not-announced-and-own-deal",
                "a proposal comes without its announcement, with a deal that the server never made",
                "DRP-ANNOUNCE-03",
                DrpNotAnnounced,
                &Memory::default(),
                &own,
            ),
            (
                "own-deal-and-repeated",
                "a proposal shows another deal of the server's own, after it has agreed to another statement",
                "DRP-SIGN-04",
                DrpOwnDeal,
                &repeated,
                &own,
            ),
        ];
        for (slug, what, requirement, rejection, memory, proposal) in rows {
            let message = Message::Proposal(proposal.clone());
            let refused = Refused { slug, what, requirement, rejection, message };
            self.refuse(suite, self.begin(&self.turn, memory)?, &refused)?;
        }
        self.refused_after_others(suite)
    }

    /// After another proposal, and after the commit.
    fn refused_after_others(&self, suite: &mut SuiteWriter) -> Result<(), CaseError> {
        let steps = vec![
            (message(Message::Proposal(self.another_choice()?))?, Intent::Ok),
            (self.propose_step()?, Intent::Rejected(DrpStatementRepeated)),
            (message(Message::Proposal(self.another_choice()?))?, Intent::Ok),
        ];
        let doc = "Given a leader that proposes one choice of inputs and then another, when a server sees both, then it \
                   agrees to the first alone.";
        let begin = self.begin(&self.turn, &self.answered)?;
        suite.add_scenario("equivocation", &["DRP-SIGN-05", "DRP-UNIQUE-01"], doc, begin, steps)?;
        let early = Refused {
            slug: "after-commit",
            what: "a proposal comes after the commit",
            requirement: "DRP-LOG-02",
            rejection: DrpNotCurrent,
            message: Message::Proposal(self.proposal()),
        };
        self.refuse(suite, self.begin(&self.committed, &self.answered)?, &early)
    }

    /// The proposal, in which the server's own deal is another that it might have made.
    fn another_own_deal(&self) -> Result<Proposal, CaseError> {
        let mut proposal = self.proposal();
        let other = self.honest.deal_from_another_seed(&self.name)?;
        edit(&mut proposal.deals, |deals| deals[0] = other)?;
        proposal.statement.root = derive_root(&proposal.deals);
        Ok(proposal)
    }

    /// The proposal with the third server of the first group for the second.
    fn another_choice(&self) -> Result<Proposal, CaseError> {
        let (groups, finished) = (&self.honest.groups, &self.honest.finished);
        let others = finished.deals.iter().filter(|deal| deal.dealer != groups[0][1]);
        let others: Vec<SignedDeal> = others.cloned().collect();
        self.turn.propose(&finished.leadership, &others)
    }

    fn refused_commits(&self) -> Result<VectorFile, CaseError> {
        let doc = "Commits that a server does not pass on.";
        let mut suite = SuiteWriter::new("drp.server", "refused-commits", doc)?;
        let begin = self.begin(&self.turn, &self.answered)?;
        let faults = [
            (Check::Leader, "view"),
            (Check::Deals, "deal-unsigned"),
            (Check::Encryptions, "last-deal-false"),
            (Check::Signers, "bitmap-stray"),
            (Check::Signers, "quorum"),
            (Check::CollectiveSignature, "signers-others"),
        ];
        for (check, slug) in faults {
            let (fault, question) = with_fault(&self.honest, check, slug)?;
            let refused = Refused {
                slug,
                what: &format!("a commit comes and {}", fault.what),
                requirement: fault.requirement,
                rejection: fault.rejection,
                message: Message::Commit(question.transcript.commit),
            };
            self.refuse(&mut suite, begin.clone(), &refused)?;
        }
        let late = Refused {
            slug: "after-commit",
            what: "a commit comes after it is ordered",
            requirement: "DRP-COMMIT-02",
            rejection: DrpNotCurrent,
            message: Message::Commit(self.commit()),
        };
        self.refuse(&mut suite, self.begin(&self.committed, &self.answered)?, &late)?;
        let (fault, question) = with_fault(&self.honest, Check::Signers, "quorum")?;
        let steps = vec![
            (self.commit_step()?, Intent::Ok),
            (
                message(Message::Commit(question.transcript.commit.clone()))?,
                Intent::Rejected(fault.rejection),
            ),
            (
                ordered(self.committed.height, &LogEntry::Commit(question.transcript.commit))?,
                Intent::Rejected(fault.rejection),
            ),
            (self.order_commit_step()?, Intent::Ok),
        ];
        let doc = "Given a server with a commit, when another comes that too few have signed, or is ordered, then it is \
                   refused, and the first is ordered.";
        suite.add_scenario("another", &["DRP-SIGN-02", "DRP-COMMIT-03"], doc, begin, steps)?;
        Ok(suite.finish())
    }

    fn refused_shares(&self) -> Result<VectorFile, CaseError> {
        let doc = "Decrypted shares that a server does not take.";
        let mut suite = SuiteWriter::new("drp.server", "refused-shares", doc)?;
        let begin = self.begin(&self.committed, &self.answered)?;
        self.refuse_all(&mut suite, &begin, &SHARES)?;
        let honest = self.reveal(&self.honest.groups[1][0])?;
        let before = self.begin(&self.turn, &self.answered)?;
        let early = Refused {
            slug: "before-commit",
            what: "shares come before the commit is ordered",
            requirement: "DRP-REVEAL-01",
            rejection: DrpNotCommitted,
            message: Message::Reveal(honest.clone()),
        };
        self.refuse(&mut suite, before.clone(), &early)?;
        let early = Refused {
            slug: "before-commit-and-session",
            what: "shares of another session come before the commit is ordered",
            message: Message::Reveal(Reveal { session: Digest::ZERO, ..honest }),
            ..early
        };
        self.refuse(&mut suite, before, &early)?;
        Ok(suite.finish())
    }

    /// What the first server of the second group shows, changed.
    fn shares_but(
        &self,
        change: impl FnOnce(&mut Vec<RevealedShare>),
    ) -> Result<Message, CaseError> {
        let mut reveal = self.reveal(&self.honest.groups[1][0])?;
        edit(&mut reveal.shares, change)?;
        Ok(Message::Reveal(reveal))
    }

    /// The same of another session.
    fn shares_of_another_session(
        &self,
        change: impl FnOnce(&mut Vec<RevealedShare>),
    ) -> Result<Message, CaseError> {
        let mut reveal = self.reveal(&self.honest.groups[1][0])?;
        edit(&mut reveal.shares, change)?;
        Ok(Message::Reveal(Reveal { session: Digest::ZERO, ..reveal }))
    }

    /// A timeout of another server for a view and rank, changed.
    fn timeout_but(
        &self,
        (view, rank): (u32, u8),
        change: impl FnOnce(&mut Timeout),
    ) -> Result<Message, CaseError> {
        let mut timeout = self.turn.timeout(&self.others()[0], view, rank)?;
        change(&mut timeout);
        Ok(Message::Timeout(timeout))
    }

    fn refused_timeouts(&self) -> Result<VectorFile, CaseError> {
        let doc = "Timeouts that a server does not count.";
        let mut suite = SuiteWriter::new("drp.server", "refused-timeouts", doc)?;
        let begin = self.begin(&self.turn, &Memory::default())?;
        self.refuse_all(&mut suite, &begin, &TIMEOUT_MESSAGES)?;
        let late = Refused {
            slug: "after-commit",
            what: "a timeout comes after the commit",
            requirement: "DRP-COMMIT-02",
            rejection: DrpNotCurrent,
            message: self.timeout_but((0, 1), |_| ())?,
        };
        self.refuse(&mut suite, self.begin(&self.committed, &self.answered)?, &late)?;
        Ok(suite.finish())
    }
}

/// A message that a server refuses.
#[derive(Clone)]
struct Refused<'a> {
    slug: &'a str,
    what: &'a str,
    requirement: &'a str,
    rejection: Rejection,
    message: Message,
}

fn unsigned(announcement: Announcement) -> Message {
    Message::Announcement(Announcement { signature: NO_SIGNATURE, ..announcement })
}

/// A message that is refused: slug, what happens, requirement, code, how it is made.
type Row =
    (&'static str, &'static str, &'static str, Rejection, fn(&Scene) -> Result<Message, CaseError>);

const NO_SIGNATURE: Signature = Signature([0; 64]);
const NO_ELEMENT: EncodedElement = EncodedElement([0xff; 32]);
const IDENTITY: EncodedElement = EncodedElement([0; 32]);

const ANNOUNCEMENTS: [Row; 11] = [
    ("suite", "an announcement is of another suite", "DRP-CONFIG-01", DrpConfiguration, |scene| {
        scene.announced(|run| run.suite = Digest::ZERO)
    }),
    ("chain", "an announcement is of another chain", "DRP-CONFIG-01", DrpConfiguration, |scene| {
        scene.announced(|run| run.chain_id = Digest::ZERO)
    }),
    (
        "epoch",
        "an announcement is of the epoch before",
        "DRP-CONFIG-01",
        DrpConfiguration,
        |scene| scene.announced(|run| run.epoch -= 1),
    ),
    (
        "randomness",
        "an announcement names another number before",
        "DRP-CONFIG-01",
        DrpConfiguration,
        |scene| scene.announced(|run| run.randomness_before = Digest::ZERO),
    ),
    (
        "validators",
        "an announcement names other validators",
        "DRP-CONFIG-01",
        DrpConfiguration,
        |scene| scene.announced(|run| run.configuration = Digest::ZERO),
    ),
    ("rank", "an announcement comes from the failed leader", "DRP-LEADER-01", DrpLeader, |scene| {
        scene.announced_by(0, |_| ())
    }),
    (
        "next-rank",
        "an announcement comes from who stands by",
        "DRP-LEADER-01",
        DrpLeader,
        |scene| scene.announced_by(2, |_| ()),
    ),
    ("view", "an announcement is of another view", "DRP-LEADER-01", DrpLeader, |scene| {
        scene.announced(|run| run.view = 1)
    }),
    ("unsigned", "an announcement is not signed", "DRP-ANNOUNCE-01", DrpAnnouncement, |scene| {
        Ok(unsigned(scene.announcement.clone()))
    }),
    (
        "chain-and-rank",
        "an announcement is of another chain and of the failed leader",
        "DRP-CONFIG-01",
        DrpConfiguration,
        |scene| scene.announced_by(0, |run| run.chain_id = Digest::ZERO),
    ),
    (
        "rank-and-unsigned",
        "an announcement is of the rank that failed and not signed",
        "DRP-LEADER-01",
        DrpLeader,
        |scene| {
            let mut announcement = scene.announcement.clone();
            announcement.run.rank = 0;
            Ok(unsigned(announcement))
        },
    ),
];

const SHARES: [Row; 11] = [
    ("session", "shares come of another session", "DRP-REVEAL-03", DrpShareInput, |scene| {
        scene.shares_of_another_session(|_| ())
    }),
    ("leader", "a share comes of the leader's secret", "DRP-REVEAL-03", DrpShareInput, |scene| {
        scene.shares_but(|shares| shares[0].dealer = scene.honest.finished.leadership.leader)
    }),
    (
        "no-input",
        "a share comes of a deal that is no input",
        "DRP-REVEAL-03",
        DrpShareInput,
        |scene| scene.shares_but(|shares| shares[1].dealer = scene.honest.groups[1][2]),
    ),
    (
        "position",
        "a share comes at a position that nobody has",
        "CRY-PVSS-06",
        CrySharePositions,
        |scene| scene.shares_but(|shares| shares[0].share.position = 4),
    ),
    (
        "position-of-another",
        "a share comes at another server's position",
        "CRY-PVSS-05",
        CryDleqProof,
        |scene| scene.shares_but(|shares| shares[0].share.position = 2),
    ),
    (
        "no-element",
        "a share comes that is no element",
        "CRY-GROUP-01",
        CryElementEncoding,
        |scene| scene.shares_but(|shares| shares[0].share.share = NO_ELEMENT),
    ),
    (
        "second-false",
        "two shares come, of which the second is false",
        "CRY-PVSS-05",
        CryDleqProof,
        |scene| scene.shares_but(|shares| shares[1].share.share = IDENTITY),
    ),
    ("swapped", "shares come of two dealers, swapped", "CRY-PVSS-05", CryDleqProof, |scene| {
        scene.shares_but(|shares| {
            let (first, second) = (shares[0].dealer, shares[1].dealer);
            (shares[0].dealer, shares[1].dealer) = (second, first);
        })
    }),
    (
        "other-group",
        "a share comes of another group's secret",
        "CRY-PVSS-05",
        CryDleqProof,
        |scene| scene.shares_but(|shares| shares[0].dealer = scene.name),
    ),
    (
        "session-and-no-input",
        "shares come of another session and of no input",
        "DRP-REVEAL-03",
        DrpShareInput,
        |scene| {
            scene.shares_of_another_session(|shares| shares[0].dealer = scene.honest.groups[1][2])
        },
    ),
    (
        "no-input-and-false",
        "a share comes of no input, before a false one",
        "DRP-REVEAL-03",
        DrpShareInput,
        |scene| {
            scene.shares_but(|shares| {
                shares[0].dealer = scene.honest.groups[1][2];
                shares[1].share.share = IDENTITY;
            })
        },
    ),
];

const TIMEOUT_MESSAGES: [Row; 9] = [
    ("rank", "a timeout is for the leader before", "DRP-LOG-02", DrpNotCurrent, |scene| {
        scene.timeout_but((0, 0), |_| ())
    }),
    ("view", "a timeout is for another view", "DRP-LOG-02", DrpNotCurrent, |scene| {
        scene.timeout_but((1, 1), |_| ())
    }),
    ("epoch", "a timeout is for another epoch", "DRP-LOG-02", DrpNotCurrent, |scene| {
        scene.timeout_but((0, 1), |timeout| timeout.epoch -= 1)
    }),
    (
        "signer",
        "a timeout is by nobody of the epoch",
        "DRP-TIMEOUT-01",
        DrpTimeoutSigner,
        |scene| scene.timeout_but((0, 1), |timeout| timeout.validator = NodeId(Digest::ZERO)),
    ),
    ("signature", "a timeout is not signed", "DRP-TIMEOUT-02", DrpTimeoutSignature, |scene| {
        scene.timeout_but((0, 1), |timeout| timeout.signature = NO_SIGNATURE)
    }),
    (
        "signature-of-another",
        "a timeout is signed by another",
        "DRP-TIMEOUT-02",
        DrpTimeoutSignature,
        |scene| scene.timeout_but((0, 1), |timeout| timeout.validator = scene.others()[1]),
    ),
    (
        "signature-for-another",
        "a timeout is signed for the leader before",
        "DRP-TIMEOUT-02",
        DrpTimeoutSignature,
        |scene| scene.timeout_but((0, 0), |timeout| timeout.rank = 1),
    ),
    (
        "rank-and-signer",
        "a timeout is for the leader before and by nobody",
        "DRP-LOG-02",
        DrpNotCurrent,
        |scene| scene.timeout_but((0, 0), |timeout| timeout.validator = NodeId(Digest::ZERO)),
    ),
    (
        "signer-and-signature",
        "a timeout is by nobody and not signed",
        "DRP-TIMEOUT-01",
        DrpTimeoutSigner,
        |scene| {
            scene.timeout_but((0, 1), |timeout| {
                (timeout.validator, timeout.signature) = (NodeId(Digest::ZERO), NO_SIGNATURE);
            })
        },
    ),
];
