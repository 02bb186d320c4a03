//! Recovery of the random number: shares arrive in any order, and some never do.

use serde_json::Value;

use ioschain_spec::drp::machine::Memory;
use ioschain_spec::drp::messages::{Message, Reveal};
use ioschain_spec::primitives::keys::NodeId;

use super::{OUTPUTS, Scene, Steps, message, nothing};
use crate::format::vector::VectorFile;
use crate::make::cases::drp::world::edit;
use crate::make::cases::support::{CaseError, Intent, SuiteWriter};

impl Scene {
    /// The machine of the leader after the commit, to which shares come in six orders. In the last
    /// one a group sends too few. An implementation that recovers too early, or from other
    /// positions than the lowest, gives another answer.
    pub(super) fn recoveries(&self) -> Result<VectorFile, CaseError> {
        let doc = "Servers that recover the random number although some servers send no shares.";
        let mut suite = SuiteWriter::new("drp.server", "recoveries", doc)?;
        let groups = &self.honest.groups;
        let leader = self.honest.finished.leadership.leader;
        let begin = self.committed.server_json(&leader, &Memory::default())?;
        let orders: [(&str, &str, Vec<NodeId>); 6] = [
            (
                "first-two",
                "the first two servers of each group",
                vec![groups[0][0], groups[0][1], groups[1][0], groups[1][1]],
            ),
            (
                "last-two",
                "the last two servers of each group",
                vec![groups[0][2], groups[0][1], groups[1][2], groups[1][1]],
            ),
            (
                "outer-two",
                "the first and the last server of each group in alternation",
                vec![groups[1][2], groups[0][0], groups[1][0], groups[0][2]],
            ),
            (
                "late",
                "all servers, those with the lowest positions last",
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
                "several servers, some of them twice",
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
                "all servers of one group and one server of the other group",
                vec![groups[0][0], groups[0][1], groups[0][2], groups[1][0]],
            ),
        ];
        for (slug, what, servers) in orders {
            let steps = servers.iter().map(|name| Ok((self.reveal_step(name)?, Intent::Ok)));
            let steps = steps.collect::<Result<Steps, CaseError>>()?;
            let doc = format!(
                "Given a validator after the commit, when it receives the shares of {what}, then \
                 it recovers the random number from the lowest positions as soon as it has the \
                 shares of two servers of each group.",
            );
            suite.add_scenario(slug, OUTPUTS, &doc, begin.clone(), steps)?;
        }
        self.parts_of_reveals(&mut suite, begin)?;
        Ok(suite.finish())
    }

    /// A server shows none of its shares, and then one of two.
    fn parts_of_reveals(&self, suite: &mut SuiteWriter, begin: Value) -> Result<(), CaseError> {
        let mut single = self.reveal(&self.honest.groups[0][0])?;
        edit(&mut single.shares, |shares| shares.truncate(1))?;
        let none = Reveal { session: single.session, shares: Vec::new().try_into()? };
        let steps = vec![
            (message(Message::Reveal(none))?, nothing()),
            (message(Message::Reveal(single))?, nothing()),
        ];
        let doc = "Given a validator after the commit, when a server sends only one of its two \
                   shares or none, then the validator accepts the shares that were sent.";
        suite.add_scenario("part", OUTPUTS, doc, begin, steps)?;
        Ok(())
    }
}
