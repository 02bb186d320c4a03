//! A valid transcript, judged by a reader that knows other facts of the epoch.
//!
//! A transcript does not prove the facts that it is judged by. Whoever is deceived about one of
//! them must refuse it.

use ioschain_spec::Rejection::{
    self, CryCosiSignature, DrpConfiguration, DrpGroups, DrpLogOrder, DrpNotCurrent,
    EdsTicketExcluded,
};
use ioschain_spec::drp::EpochContext;
use ioschain_spec::primitives::certificate::Roster;
use ioschain_spec::primitives::hash::Digest;

use super::Question;
use crate::format::vector::VectorFile;
use crate::make::cases::faults::case_table;
use crate::make::cases::support::{CaseError, Intent, SuiteWriter};

type Fact = (&'static str, &'static str, &'static str, Rejection, fn(&mut EpochContext));

/// What a third party must know by itself.
const FACTS: &[Fact] = case_table! {
    "chain", "another chain", "DRP-CONFIG-01", DrpConfiguration
        => |epoch| epoch.chain_id = Digest::ZERO;
    "epoch", "another epoch", "DRP-CONFIG-01", DrpConfiguration => |epoch| epoch.number += 1;
    "randomness", "another previous random number", "DRP-CONFIG-01", DrpConfiguration
        => |epoch| epoch.randomness_before = Digest::ZERO;
    "validators", "one validator fewer", "DRP-CONFIG-01", DrpConfiguration
        => |epoch| {
            let keys = epoch.configuration.node_ids().skip(1);
            let keys: Vec<_> =
                keys.filter_map(|name| epoch.configuration.keys_of(&name)).copied().collect();
            if let Ok(configuration) = Roster::new(keys) {
                epoch.configuration = configuration;
            }
        };
    "convicted", "the conviction of all validators", "EDS-TICKET-05", EdsTicketExcluded
        => |epoch| epoch.convicted = epoch.configuration.node_ids().collect();
    "group-size", "larger groups", "DRP-GROUPS-01", DrpGroups => |epoch| epoch.group_size = 6;
    "lottery-longer", "a longer lottery", "DRP-LOG-02", DrpNotCurrent
        => |epoch| epoch.lottery_heights = 500;
    "opened-later", "a later opening of the lottery", "DRP-LOG-01", DrpLogOrder
        => |epoch| epoch.opened.height += 3;
    "opened-elsewhere", "another log before the lottery", "DRP-LOG-03", CryCosiSignature
        => |epoch| epoch.opened.head = Digest::ZERO;
};

/// A verifier that takes such a fact from the transcript accepts the transcript of another epoch.
pub(super) fn other_facts(honest: &Question) -> Result<VectorFile, CaseError> {
    let doc = "A valid transcript that is verified with other facts about the epoch.";
    let mut suite = SuiteWriter::new("drp.verify_transcript", "other-facts", doc)?;
    for (slug, what, requirement, rejection, change) in FACTS.iter().copied() {
        let mut question = honest.clone();
        change(&mut question.epoch);
        let doc = format!(
            "Given a valid transcript and a verifier that assumes {what}, when it verifies the \
             transcript, then the transcript is refused for that reason."
        );
        let input = question.to_json()?;
        suite.add(slug, &[requirement], &doc, input, Intent::Rejected(rejection))?;
    }
    Ok(suite.finish())
}
