//! Announcements that a server does not answer: of another run, of another leader, unsigned, at the
//! wrong time, or after another one. A deal, which is for the leader, is refused as well.
//!
//! An implementation that answers one of them deals for somebody who does not lead, or for two
//! runs.

use ioschain_spec::Rejection::{
    DrpAnnouncement, DrpConfiguration, DrpLeader, DrpNotAnnounced, DrpNotCurrent, DrpRunRepeated,
};
use ioschain_spec::drp::Run;
use ioschain_spec::drp::machine::Memory;
use ioschain_spec::drp::messages::{Announcement, Message};
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::numbers::{Rank, View};
use ioschain_spec::suite::Normative;

use super::{NO_SIGNATURE, Refused, Row, Scene};
use crate::format::vector::VectorFile;
use crate::make::cases::faults::case_table;
use crate::make::cases::support::{CaseError, SuiteWriter};
use crate::make::cases::world::digest;

impl Scene {
    /// The leader's run, changed and signed by who leads it then.
    fn announced(&self, change: impl FnOnce(&mut Run)) -> Result<Message, CaseError> {
        let mut run = self.announcement.run;
        change(&mut run);
        let signing = &self.turn.member(&run.leader)?.secrets.signing;
        Ok(Message::Announcement(Announcement::sign(&Normative, run, signing)))
    }

    /// The announcement for a rank, changed and signed by the leader of that rank.
    fn announced_by(
        &self,
        rank: Rank,
        change: impl FnOnce(&mut Run),
    ) -> Result<Message, CaseError> {
        let leader = self.turn.log.state.ranks()[usize::from(rank)];
        self.announced(|run| {
            (run.rank, run.leader) = (rank, leader);
            change(run);
        })
    }

    pub(super) fn refused_announcements(&self) -> Result<VectorFile, CaseError> {
        let doc = "Announcements that a server refuses to answer, and a deal, which is a message \
                   for the leader.";
        let mut suite = SuiteWriter::new("drp.server", "refused-announcements", doc)?;
        let begin = self.begin(&self.turn, &Memory::default())?;
        self.refuse_all(&mut suite, &begin, ANNOUNCEMENTS)?;
        self.announcements_out_of_time(&mut suite)?;
        let another = self.remembers_else(|answered| answered.announcement = digest("another"))?;
        let repeated = Refused {
            slug: "repeated",
            what: "it receives an announcement after it has answered another one for the same \
                   view and rank",
            requirement: "DRP-ANNOUNCE-02",
            rejection: DrpRunRepeated,
            message: Message::Announcement(self.announcement.clone()),
        };
        self.refuse(&mut suite, self.begin(&self.turn, &another)?, &repeated)?;
        let deal = Refused {
            slug: "deal",
            what: "it receives a deal, which is a message for the leader",
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
            what: "it receives an announcement before the lottery ends",
            requirement: "DRP-LOG-02",
            rejection: DrpNotCurrent,
            message: Message::Announcement(self.announcement.clone()),
        };
        self.refuse(suite, self.begin(&during_lottery, &Memory::default())?, &early)?;
        let begin = self.begin(&self.committed, &Memory::default())?;
        let late = Refused {
            slug: "after-commit",
            what: "it receives an announcement after the commit",
            ..early.clone()
        };
        self.refuse(suite, begin.clone(), &late)?;
        let late = Refused {
            slug: "after-commit-and-unsigned",
            what: "it receives an unsigned announcement after the commit",
            message: unsigned(self.announcement.clone()),
            ..early
        };
        self.refuse(suite, begin, &late)
    }
}

fn unsigned(announcement: Announcement) -> Message {
    Message::Announcement(Announcement { signature: NO_SIGNATURE, ..announcement })
}

const ANNOUNCEMENTS: &[Row] = case_table! {
    "suite", "it receives an announcement for another suite", "DRP-CONFIG-01", DrpConfiguration
        => |scene| scene.announced(|run| run.suite = Digest::ZERO);
    "chain", "it receives an announcement for another chain", "DRP-CONFIG-01", DrpConfiguration
        => |scene| scene.announced(|run| run.chain_id = Digest::ZERO);
    "epoch", "it receives an announcement for the previous epoch", "DRP-CONFIG-01", DrpConfiguration
        => |scene| scene.announced(|run| run.epoch -= 1);
    "randomness",
        "it receives an announcement that names another previous random number",
        "DRP-CONFIG-01", DrpConfiguration
        => |scene| scene.announced(|run| run.randomness_before = Digest::ZERO);
    "validators",
        "it receives an announcement that names other validators", "DRP-CONFIG-01", DrpConfiguration
        => |scene| scene.announced(|run| run.configuration = Digest::ZERO);
    "rank", "it receives an announcement of the failed leader", "DRP-LEADER-01", DrpLeader
        => |scene| scene.announced_by(Rank(0), |_| ());
    "next-rank",
        "it receives an announcement of the leader of the next rank", "DRP-LEADER-01", DrpLeader
        => |scene| scene.announced_by(Rank(2), |_| ());
    "view", "it receives an announcement for another view", "DRP-LEADER-01", DrpLeader
        => |scene| scene.announced(|run| run.view = View(1));
    "unsigned", "it receives an unsigned announcement", "DRP-ANNOUNCE-01", DrpAnnouncement
        => |scene| Ok(unsigned(scene.announcement.clone()));
    "chain-and-rank", "it receives an announcement of the failed leader for another chain",
        "DRP-CONFIG-01", DrpConfiguration
        => |scene| scene.announced_by(Rank(0), |run| run.chain_id = Digest::ZERO);
    "rank-and-unsigned", "it receives an unsigned announcement for the failed rank",
        "DRP-LEADER-01", DrpLeader => |scene| {
            let mut announcement = scene.announcement.clone();
            announcement.run.rank = Rank(0);
            Ok(unsigned(announcement))
        };
};
