//! A request that is put to a shard: what the cases of locks, unlocks and sweeps are made from.

use ioschain_spec::atomix::{Import, UnlockAbort};
use ioschain_spec::ledger::{ShardState, SignedTransaction};
use ioschain_spec::primitives::numbers::{Epoch, Shard};
use serde_json::Value;

use crate::make::cases::support::{CaseError, Intent, SuiteWriter};
use crate::make::cases::world::{Inputs as _, Proof, World};

/// A request in the form that the edits of the cases change. It may be one that is not signed yet,
/// or one whose lists have no limit.
pub(super) trait Request: Clone {
    /// The input of the case in which this request is put to a shard.
    fn input(&self, world: &World, shard: Shard) -> Result<Value, CaseError>;
}

impl Request for SignedTransaction {
    fn input(&self, world: &World, shard: Shard) -> Result<Value, CaseError> {
        world.request(shard, self)
    }
}

impl Request for UnlockAbort<Proof> {
    fn input(&self, world: &World, shard: Shard) -> Result<Value, CaseError> {
        world.request(shard, self)
    }
}

impl Request for Import {
    fn input(&self, world: &World, shard: Shard) -> Result<Value, CaseError> {
        world.request(shard, self)
    }
}

/// A request, the shard that is asked, and the chain to which the shard belongs.
#[derive(Clone)]
pub(super) struct Attempt<R> {
    pub(super) world: World,
    pub(super) shard: Shard,
    pub(super) request: R,
}

/// A request that its owners have signed.
pub(super) type SignedAttempt = Attempt<SignedTransaction>;

impl<R: Request> Attempt<R> {
    /// The same request, put to another shard.
    pub(super) fn at(&self, shard: Shard) -> Self {
        Self { shard, ..self.clone() }
    }

    /// The same request, when its shard is in another epoch.
    pub(super) fn in_epoch(&self, epoch: Epoch) -> Result<Self, CaseError> {
        let mut moved = self.clone();
        moved.state()?.position.epoch = epoch;
        Ok(moved)
    }

    /// The state of the shard that is asked.
    pub(super) fn state(&mut self) -> Result<&mut ShardState, CaseError> {
        Ok(self.world.state_mut(self.shard)?)
    }

    /// The input of the case.
    pub(super) fn ask(&self) -> Result<Value, CaseError> {
        self.request.input(&self.world, self.shard)
    }
}

/// A slug, half a sentence, and the attempt that it describes.
pub(super) type Row<R> = (&'static str, &'static str, Attempt<R>);

/// Adds a case for each row; all of them have the same answer. `{what}` in `doc` is the half
/// sentence.
///
/// # Errors
/// The specification does not answer as meant.
pub(super) fn add_rows<R: Request>(
    suite: &mut SuiteWriter,
    requirements: &[&str],
    doc: &str,
    intent: &Intent,
    rows: &[Row<R>],
) -> Result<(), CaseError> {
    for (slug, what, attempt) in rows {
        let doc = doc.replace("{what}", what);
        suite.add(slug, requirements, &doc, attempt.ask()?, intent.clone())?;
    }
    Ok(())
}
