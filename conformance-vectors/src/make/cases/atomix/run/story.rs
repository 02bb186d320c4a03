//! A scenario as it is told: blocks, closings and orderings, each with what is meant to come of it.

use serde_json::{Value, json};

use ioschain_spec::Rejection;
use ioschain_spec::atomix::Answer;
use ioschain_spec::chain::block::Block;
use ioschain_spec::chain::conservation::conservation_sum;
use ioschain_spec::chain::entry::Entry;
use ioschain_spec::identity::CertifiedEpoch;
use ioschain_spec::ledger::{SUPPLY, ShardState};
use ioschain_spec::primitives::cosi::CollectiveSignature;
use ioschain_spec::primitives::numbers::Shard;
use ioschain_spec::suite::Normative;

use crate::make::cases::support::{CaseError, Intent, SuiteWriter};
use crate::make::cases::world::{Inputs as _, Proof, World, answers, with_body, with_state};
use crate::reference::to_json;

/// A world, and what has happened in it.
pub(super) struct Story {
    pub(super) world: World,
    start: Value,
    steps: Vec<(Value, Intent)>,
}

impl Story {
    pub(super) fn begin(world: World) -> Result<Self, CaseError> {
        let start = world.to_json()?;
        Ok(Self { world, start, steps: Vec::new() })
    }

    /// The shard's next block, whose entries are answered so.
    pub(super) fn accept(
        &mut self,
        shard: Shard,
        entries: &[(Entry<Proof>, Answer)],
    ) -> Result<Block<Proof>, CaseError> {
        let body: Vec<Entry<Proof>> = entries.iter().map(|(entry, _)| entry.clone()).collect();
        let meant: Vec<Answer> = entries.iter().map(|(_, answer)| *answer).collect();
        let block = self.world.block(shard, &body)?;
        self.block_step(&block, Intent::OkWith(answers(&meant)?))?;
        self.check_conservation()?;
        Ok(block)
    }

    /// A block with one entry, which is answered so.
    pub(super) fn accept_one(
        &mut self,
        shard: Shard,
        entry: Entry<Proof>,
        answer: Answer,
    ) -> Result<(), CaseError> {
        self.accept(shard, &[(entry, answer)]).map(|_| ())
    }

    /// A block whose last entry is refused, and so is the block.
    pub(super) fn refuse(
        &mut self,
        shard: Shard,
        entries: &[Entry<Proof>],
        rejection: Rejection,
    ) -> Result<(), CaseError> {
        let honest = &entries[..entries.len().saturating_sub(1)];
        let block = with_body(&self.world.build(shard, honest)?.block, entries)?;
        self.refuse_block(&block, rejection)
    }

    /// A block that claims another state than the one it leads to.
    pub(super) fn refuse_state(
        &mut self,
        shard: Shard,
        entries: &[Entry<Proof>],
        change: impl FnOnce(&mut ShardState),
    ) -> Result<(), CaseError> {
        let built = self.world.build(shard, entries)?;
        let block = with_state(&self.world, &built, change)?;
        self.refuse_block(&block, Rejection::LedBlockStateRoot)
    }

    pub(super) fn refuse_block(
        &mut self,
        block: &Block<Proof>,
        rejection: Rejection,
    ) -> Result<(), CaseError> {
        self.block_step(block, Intent::Rejected(rejection))
    }

    fn block_step(&mut self, block: &Block<Proof>, intent: Intent) -> Result<(), CaseError> {
        self.steps.push((json!({ "block": to_json(block)? }), intent));
        Ok(())
    }

    /// The shard closes its epoch; the entry is not ordered yet.
    pub(super) fn close(
        &mut self,
        shard: Shard,
    ) -> Result<CertifiedEpoch<CollectiveSignature>, CaseError> {
        let entry = self.world.close(shard)?;
        let intent = Intent::OkWith(json!({ "entry": to_json(&entry.closed)? }));
        self.steps.push((json!({ "close": shard.0 }), intent));
        self.check_conservation()?;
        Ok(entry)
    }

    /// The shard cannot close its epoch.
    pub(super) fn refuse_close(&mut self, shard: Shard, rejection: Rejection) {
        self.steps.push((json!({ "close": shard.0 }), Intent::Rejected(rejection)));
    }

    /// The log takes a closing entry.
    pub(super) fn order(
        &mut self,
        entry: &CertifiedEpoch<CollectiveSignature>,
    ) -> Result<(), CaseError> {
        self.world.order(entry)?;
        let height = self.world.log.height().to_string();
        let intent = Intent::OkWith(json!({ "identity_height": height }));
        self.steps.push((json!({ "order": to_json(entry)? }), intent));
        Ok(())
    }

    /// The log does not take a closing entry.
    pub(super) fn refuse_order(
        &mut self,
        entry: &CertifiedEpoch<CollectiveSignature>,
        rejection: Rejection,
    ) -> Result<(), CaseError> {
        self.steps.push((json!({ "order": to_json(entry)? }), Intent::Rejected(rejection)));
        Ok(())
    }

    /// Every shard closes its epoch, and the log takes the entries.
    pub(super) fn close_all(&mut self) -> Result<(), CaseError> {
        for shard in 1..=self.world.shards() {
            let entry = self.close(Shard(shard))?;
            self.order(&entry)?;
        }
        Ok(())
    }

    /// The shard sweeps, and settles so many.
    pub(super) fn sweep(
        &mut self,
        shard: Shard,
        committed: u32,
        aborted: u32,
    ) -> Result<(), CaseError> {
        let import = Entry::Import(self.world.import_for(shard)?);
        self.accept_one(shard, import, Answer::Swept { committed, aborted })
    }

    /// Every unit is still somewhere. This is checked after every accepted block and every closing.
    fn check_conservation(&self) -> Result<(), CaseError> {
        let sum = conservation_sum(&Normative, &self.world.states, &self.world.lists)?;
        if sum == SUPPLY {
            return Ok(());
        }
        let problem = format!("after step {} the units add up to {sum}", self.steps.len());
        Err(CaseError { id: "a scenario".to_owned(), problem })
    }

    /// Writes the scenario down. The specification must end in the same world as the story.
    pub(super) fn end(
        self,
        suite: &mut SuiteWriter,
        slug: &str,
        requirements: &[&str],
        doc: &str,
    ) -> Result<(), CaseError> {
        let state = self.world.to_json()?;
        let case = suite.add_scenario(slug, requirements, doc, self.start, self.steps)?;
        if case.state.as_ref() == Some(&state) {
            return Ok(());
        }
        let problem = "the specification ends in another world than the story".to_owned();
        Err(suite.error(slug, problem))
    }
}
