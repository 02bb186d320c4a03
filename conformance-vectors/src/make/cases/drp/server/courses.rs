//! Whole runs as a server and a leader see them, and servers that come back or hear everything
//! twice.

use serde_json::json;

use ioschain_spec::drp::machine::Memory;
use ioschain_spec::primitives::numbers::{Rank, View};

use super::{DEALS, OUTPUTS, REVEALS, SIGNS, Scene, Steps, TIMEOUTS, deadline, nothing, ordered};
use crate::format::vector::VectorFile;
use crate::make::cases::drp::world::missing;
use crate::make::cases::support::{CaseError, Intent, SuiteWriter};

impl Scene {
    pub(super) fn courses(&self) -> Result<VectorFile, CaseError> {
        let doc = "Complete runs of a server from the opening of the lottery to the random \
                   number, also on the machine of the leader and after a restart.";
        let mut suite = SuiteWriter::new("drp.server", "courses", doc)?;
        let nobody = Memory::default();

        let mut steps = Steps::new();
        let (fails, tickets) = self.turn.log.entries.split_last().ok_or_else(|| missing("log"))?;
        for (height, entry) in tickets {
            steps.push((ordered(*height, entry)?, nothing()));
        }
        steps.push((json!({ "reached": fails.0.to_string() }), nothing()));
        steps.push((deadline("announcement", View(0), Rank(0)), Intent::Ok));
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
        let doc = "Given a server at the opening of the lottery, when the first leader fails and \
                   the second one leads, then the server times out on the first leader, and it \
                   deals, signs, decrypts and recovers the random number with the second one.";
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
        let doc = "Given the machine of the leader, when the run continues, then the machine \
                   signs and recovers the random number, and it neither deals nor decrypts.";
        let requirements = [DEALS, SIGNS, OUTPUTS, &["DRP-SERVERS-01"]].concat();
        let begin = self.turn.server_json(&leader, &nobody)?;
        suite.add_scenario("leader", &requirements, doc, begin, steps)?;
        self.come_back(&mut suite)?;
        Ok(suite.finish())
    }

    /// A server that hears every message twice, one that restarts before or after the commit, and
    /// one that hears only the ordered commit. An implementation that deals or signs anew, or
    /// forgets its own shares, sends something else.
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
        let doc = "Given a server, when it receives each message twice, then it sends nothing new \
                   the second time.";
        let begin = self.begin(&self.turn, &Memory::default())?;
        suite.add_scenario("twice", &[DEALS, SIGNS].concat(), doc, begin, steps)?;

        let agreed = self.remembers(Some(self.proposal().statement.message()))?;
        let steps = vec![
            (self.announce_step()?, Intent::Ok),
            (self.propose_step()?, Intent::Ok),
            (self.order_commit_step()?, Intent::Ok),
        ];
        let doc = "Given a server that restarts with its memory, when the run continues, then it \
                   sends the same messages again.";
        let begin = self.begin(&self.turn, &agreed)?;
        suite.add_scenario("comes-back", &[DEALS, SIGNS].concat(), doc, begin, steps)?;

        let steps = vec![(self.reveal_step(&self.others()[0])?, Intent::Ok)];
        let doc = "Given a server that restarts after the commit, when it receives shares, then \
                   it uses its own shares as well.";
        let begin = self.begin(&self.committed, &agreed)?;
        suite.add_scenario("comes-back-committed", REVEALS, doc, begin, steps)?;

        let steps = vec![
            (self.order_commit_step()?, Intent::Ok),
            (self.reveal_step(&self.others()[0])?, Intent::Ok),
        ];
        let doc = "Given a server that received no message of a run, when the commit of the run \
                   is ordered, then the server still decrypts its shares.";
        let begin = self.begin(&self.turn, &Memory::default())?;
        suite.add_scenario("commit-alone", REVEALS, doc, begin, steps)?;
        Ok(())
    }
}
