//! Converts a state of the engine into a state of the readable model.

use super::model::{Atomix, CompactState};
use crate::atomix::explicit::History;
use crate::atomix::transition::AtomixState;

impl Atomix {
    /// The state of the readable model that the numbers of a state represent.
    pub fn project(&self, state: &CompactState) -> AtomixState {
        self.with_memo(|memo| {
            let shards = self.shards().map(|shard| Self::shard_state_id(state, shard));
            let existed = state.existed.members();
            AtomixState {
                shards: shards.map(|id| memo.shard_state(id).state.clone()).collect(),
                closed: memo.log(state.log).closed.clone(),
                attestations: state
                    .attestations
                    .members()
                    .map(|it| memo.attested_vote(it))
                    .collect(),
                history: History {
                    existed: existed.map(|number| **memo.outpoints.get(number.into())).collect(),
                    committed: state.committed,
                    returned: state.returned,
                    events: state.events,
                },
            }
        })
    }
}
