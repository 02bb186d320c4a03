//! Commits that a server does not pass on.

use ioschain_spec::Rejection::DrpNotCurrent;
use ioschain_spec::drp::messages::{LogEntry, Message};
use ioschain_spec::drp::report::Check;

use super::{Refused, Scene, message, ordered};
use crate::format::vector::VectorFile;
use crate::make::cases::drp::transcript_faults::with_fault;
use crate::make::cases::support::{CaseError, Intent, SuiteWriter};

impl Scene {
    pub(super) fn refused_commits(&self) -> Result<VectorFile, CaseError> {
        let doc = "Commits that a server refuses and does not forward.";
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
                what: &format!("a commit is received and {}", fault.what),
                requirement: fault.requirement,
                rejection: fault.rejection,
                message: Message::Commit(question.transcript.commit),
            };
            self.refuse(&mut suite, begin.clone(), &refused)?;
        }
        let late = Refused {
            slug: "after-commit",
            what: "it receives a commit that is already ordered",
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
                ordered(self.committed.log.height, &LogEntry::Commit(question.transcript.commit))?,
                Intent::Rejected(fault.rejection),
            ),
            (self.order_commit_step()?, Intent::Ok),
        ];
        let doc = "Given a server that has a commit, when another commit with too few signers is \
                   sent or ordered, then it is refused, and the first commit can still be \
                   ordered.";
        suite.add_scenario("another", &["DRP-SIGN-02", "DRP-COMMIT-03"], doc, begin, steps)?;
        Ok(suite.finish())
    }
}
