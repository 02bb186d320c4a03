//! Proposals that a server does not sign: faults for each check but that of the thresholds, and
//! what only its memory can tell.

use ioschain_spec::Rejection::{DrpNotAnnounced, DrpNotCurrent, DrpOwnDeal, DrpStatementRepeated};
use ioschain_spec::drp::machine::Memory;
use ioschain_spec::drp::messages::{Message, Proposal, SignedDeal, derive_root};
use ioschain_spec::drp::report::Check;

use super::{Refused, Scene, message};
use crate::format::vector::VectorFile;
use crate::make::cases::drp::transcript_faults::with_fault;
use crate::make::cases::drp::world::edit;
use crate::make::cases::support::{CaseError, Intent, SuiteWriter};
use crate::make::cases::world::digest;

impl Scene {
    pub(super) fn refused_proposals(&self) -> Result<VectorFile, CaseError> {
        let doc = "Proposals that a server refuses to sign. They have a fault for each check, or \
                   a fault that only this server can detect.";
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
                what: &format!("a proposal is received and {}", fault.what),
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
                "it receives a proposal without having received its announcement",
                "DRP-ANNOUNCE-03",
                DrpNotAnnounced,
                &Memory::default(),
                &valid,
            ),
            (
                "other-announcement",
                "it receives a proposal after it has answered another announcement",
                "DRP-ANNOUNCE-03",
                DrpNotAnnounced,
                &of_another,
                &valid,
            ),
            (
                "own-deal",
                "it receives a proposal that contains another deal of this server than the one it \
                 made",
                "DRP-SIGN-04",
                DrpOwnDeal,
                &self.answered,
                &own,
            ),
            (
                "own-deal-never",
                "it receives a proposal that contains a deal of this server, which has made no \
                 deal",
                "DRP-SIGN-04",
                DrpOwnDeal,
                &never_dealt,
                &valid,
            ),
            (
                "repeated",
                "it receives a proposal after it has agreed to another statement",
                "DRP-SIGN-05",
                DrpStatementRepeated,
                &repeated,
                &valid,
            ),
            (
                "not-announced-and-own-deal",
                "it receives a proposal without having received its announcement, and the \
                 proposal contains a deal that this server has not made",
                "DRP-ANNOUNCE-03",
                DrpNotAnnounced,
                &Memory::default(),
                &own,
            ),
            (
                "own-deal-and-repeated",
                "it receives a proposal that contains another deal of this server, after it has \
                 agreed to another statement",
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
        let doc = "Given a leader that proposes one choice of inputs and then another, when a \
                   server receives both proposals, then it agrees only to the first one.";
        let begin = self.begin(&self.turn, &self.answered)?;
        suite.add_scenario("equivocation", &["DRP-SIGN-05", "DRP-UNIQUE-01"], doc, begin, steps)?;
        let early = Refused {
            slug: "after-commit",
            what: "it receives a proposal after the commit",
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
}
