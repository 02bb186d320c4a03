//! The steps that can happen next in Atomix (§7). This page is the normative model.
//!
//! The client is as general as possible. Anybody can make any message from the votes that shards
//! have attested, and can deliver it to any shard, at any time and any number of times. This one
//! relation covers lost, repeated, reordered and replayed messages, clients that crash, and any
//! number of Byzantine clients. The specification decides the effect of a message.
//!
//! What is simpler here than on a chain:
//! * A shard is one honest machine. Fewer than a third of its validators are malicious, by
//!   assumption.
//! * Nobody can forge: a vote is attested only if its shard voted so.
//! * A block has one entry and no header, and heights do not grow. So no block is full of
//!   rejections (ATX-LOCK-07).
//! * The identity log is ordered by epoch and shard. A sweep sees all of it. Every other block sees
//!   the longest part in which no sweep is due
//!   ([`view_of_block`](super::identity_view::view_of_block)).
//! * There are finitely many transactions, and a commit has at most one proof for each input shard.
//!   States with more closed epochs than the plan has, or with more fees than are paid, are cut
//!   off.
//! * There is no time. Only the property of resolution looks at whole paths; it assumes that no
//!   kind of step that stays enabled is left out for ever.
//!
//! The first state is genesis: no epoch is closed and no vote is attested. The properties are in
//! [`properties`](super::properties).

use std::collections::BTreeSet;

use ioschain_spec::ledger::ShardState;
use ioschain_spec::primitives::numbers::Shard;

use super::explicit::{ExplicitAtomix, History, Step, sequences};
use super::identity_view::ClosedEpochs;
use super::message::{AttestedVote, Message};

/// The state of all shards and of everything that messages are made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AtomixState {
    /// The states of shards 1..=m.
    pub shards: Vec<ShardState>,
    /// The entries of the identity log, and the expiry lists that they commit to.
    pub closed: ClosedEpochs,
    /// The votes that shards have attested. This set only grows.
    pub attestations: BTreeSet<AttestedVote>,
    /// What properties must know about the past. No step depends on it.
    pub history: History,
}

impl ExplicitAtomix {
    /// The messages that can reach any shard. The rules decide whether a message has an effect.
    pub fn messages(&self, state: &AtomixState) -> Vec<Message> {
        let mut messages = Vec::new();
        for (transaction, input_shards) in self.transactions_with_input_shards() {
            // A client sends its request. Always enabled.
            messages.push(Message::Request { transaction });

            // A stranger sends it with forged witnesses. Enabled if the plan has strangers.
            if self.plan.has_strangers {
                messages.push(Message::Forged { transaction });
            }

            // Anybody sends an unlock-to-commit. Enabled for every sequence of attested votes, in
            // any order and with repetitions, that is not longer than the number of input shards.
            for proofs in sequences(&state.attestations, input_shards) {
                messages.push(Message::Commit { transaction, proofs });
            }

            // Anybody sends an unlock-to-abort. Enabled for every attested vote.
            for proof in state.attestations.iter().copied() {
                messages.push(Message::Abort { transaction, proof });
            }
        }
        // The shard sweeps the transactions that expired in the epoch before. The rules decide when
        // this is due.
        messages.push(Message::Import);
        // The shard closes its epoch. Always enabled; `steps` cuts off epochs beyond the plan.
        messages.push(Message::Close);
        messages
    }

    /// The state after a message has reached a shard. `None` if the rules reject the message.
    pub fn after(
        &self,
        state: &AtomixState,
        shard: Shard,
        message: &Message,
    ) -> Option<AtomixState> {
        let mut next = state.clone();

        // The shard handles the message, as a block of one entry or as the end of its epoch.
        let changes = if *message == Message::Close {
            let closing = self.close_epoch(state, shard).ok()?;
            next.closed.add(closing.entry, closing.lists);
            closing.changes
        } else {
            self.apply_block(state, shard, message).ok()?
        };
        next.shard_mut(shard).apply(changes);
        // The block proves to everybody how the shard voted on each transaction that the block
        // names.
        next.attestations.extend(self.votes(state, &next, shard, message));
        next.history = self.history_after(state, &next, shard, message);
        Some(next)
    }

    /// The steps that are enabled in a state: those that change the state and stay within the
    /// bounds of the plan.
    pub fn steps(&self, state: &AtomixState) -> Vec<Step> {
        let mut steps = Vec::new();
        for shard in Shard::all(self.plan.shards) {
            for message in self.messages(state) {
                let Some(next) = self.after(state, shard, &message) else { continue };
                if !next.is_same(state) && self.is_within_bounds(&next) {
                    steps.push(Step { shard, message, next });
                }
            }
        }
        steps
    }
}
