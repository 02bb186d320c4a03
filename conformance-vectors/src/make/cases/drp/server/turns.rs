//! When a server gives up a leader, what it passes on, and when timeouts make a failure.
//!
//! A server that gave up too early would let a slow network replace honest leaders; one that gave
//! up after it has a commit could let two runs compete.

use serde_json::{Value, json};

use ioschain_spec::drp::machine::Memory;
use ioschain_spec::drp::messages::{LogEntry, Message};
use ioschain_spec::primitives::keys::NodeId;
use ioschain_spec::primitives::numbers::{Rank, View};

use super::{Scene, Steps, TIMEOUTS, deadline, message, nothing, ordered};
use crate::format::vector::VectorFile;
use crate::make::cases::support::{CaseError, Intent, SuiteWriter};
use crate::reference::to_json;

impl Scene {
    /// A server at the deadlines: without an announcement, with one, with a proposal, with a
    /// commit, and while it waits for shares; and a quorum of timeouts. An implementation that
    /// gives up at another step sends something else.
    pub(super) fn turns(&self) -> Result<VectorFile, CaseError> {
        let doc = "Deadlines and timeouts. The cases show when a server times out on a leader, \
                   what it sends again, and when timeouts become a failure.";
        let mut suite = SuiteWriter::new("drp.server", "turns", doc)?;
        let at = |step| deadline(step, View(0), Rank(1));
        let [announcement, deals, proposal, sign_off] =
            ["announcement", "deals", "proposal", "sign-off"].map(at);
        let begin = self.begin(&self.turn, &Memory::default())?;
        let gives_up = |step: &Value| (step.clone(), Intent::Ok);
        let waits = |step: &Value| (step.clone(), nothing());

        let steps =
            vec![waits(&deals), gives_up(&announcement), gives_up(&proposal), gives_up(&sign_off)];
        let doc = "Given a server without an announcement, when the deadlines are reached, then \
                   it times out on the leader at each deadline except that of the deals.";
        suite.add_scenario("nothing", TIMEOUTS, doc, begin.clone(), steps)?;

        let steps = vec![
            (self.announce_step()?, Intent::Ok),
            waits(&announcement),
            waits(&deals),
            gives_up(&proposal),
        ];
        let doc = "Given a server with an announcement, when the deadlines are reached, then it \
                   times out on the leader at the deadline of the proposal.";
        suite.add_scenario("announced", TIMEOUTS, doc, begin.clone(), steps)?;

        let steps = vec![
            (self.announce_step()?, Intent::Ok),
            (self.propose_step()?, Intent::Ok),
            waits(&announcement),
            waits(&deals),
            waits(&proposal),
            gives_up(&sign_off),
        ];
        let doc = "Given a server with a proposal, when the deadlines are reached, then it times \
                   out on the leader at the deadline of the sign-off.";
        suite.add_scenario("proposed", TIMEOUTS, doc, begin.clone(), steps)?;

        let passes_on = json!({ "broadcast": to_json(&Message::Commit(self.commit()))? });
        let has_ordered = json!({ "order": to_json(&LogEntry::Commit(self.commit()))? });
        let both = || Intent::Exactly(json!({ "effects": [passes_on, has_ordered] }));
        let steps = vec![
            (self.commit_step()?, both()),
            (announcement.clone(), both()),
            (sign_off.clone(), both()),
            (deadline("sign-off", View(0), Rank(0)), nothing()),
            (deadline("sign-off", View(1), Rank(1)), nothing()),
        ];
        let doc = "Given a server that has received only a commit, when the deadlines are \
                   reached, then it sends the commit again and never times out on the leader.";
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
            (deadline("sign-off", View(0), Rank(1)), nothing()),
            (json!({ "reached": "100000" }), nothing()),
            (deadline("sign-off", View(0), Rank(1)), nothing()),
        ];
        let doc = "Given a server that waits for shares, when the deadlines are reached, then it \
                   continues to wait.";
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
            |by: &NodeId, rank| message(Message::Timeout(self.turn.timeout(by, View(0), rank)?));
        for by in &others[..4] {
            steps.push((timeout(by, Rank(1))?, nothing()));
        }
        steps.push((timeout(&others[0], Rank(1))?, nothing()));
        steps.push((deadline("announcement", View(0), Rank(1)), Intent::Ok));
        steps.push((timeout(&others[4], Rank(1))?, nothing()));
        let fail = LogEntry::Fail(self.turn.fail_by(5, View(0), Rank(1))?);
        steps.push((ordered(self.turn.log.height, &fail)?, nothing()));
        steps.push((timeout(&others[5], Rank(2))?, nothing()));
        let doc = "Given a server, when four other servers and then the server itself time out on \
                   the leader, then it submits the failure to the log once; for the next leader \
                   the count of timeouts begins at 0.";
        let begin = self.begin(&self.turn, &Memory::default())?;
        suite.add_scenario("quorum", &[TIMEOUTS, &["DRP-FAIL-01"]].concat(), doc, begin, steps)?;
        Ok(())
    }
}
