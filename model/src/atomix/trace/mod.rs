//! A path through a model of Atomix as people and other programs read it.
//!
//! An [`AtomixTrace`] names its configuration, its rules and every step with the votes that the
//! message proves, the answer, and the shard's state after it. It is all that `ioschain replay`
//! needs.

mod drawing;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use ioschain_spec::Rejection;
use ioschain_spec::atomix::Answer;
use ioschain_spec::ledger::{OutPoint, Settlement, ShardState, TxId, Vote};
use ioschain_spec::primitives::numbers::Shard;

use crate::atomix::message::AttestedVote;
use crate::atomix::message::{NumberedMessage, ProofNumbers};
use crate::atomix::{ATOMIX, Action, Atomix, CompactState};

/// A path through a model of Atomix from its first state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AtomixTrace {
    /// The name of the model, [`ATOMIX`].
    pub model: String,
    /// The name of the configuration.
    pub configuration: String,
    /// The name of the rules: a variant's, or [`SPECIFICATION`](crate::trace::SPECIFICATION).
    pub variant: String,
    /// What fails in the last state, if something does.
    pub property: Option<String>,
    /// How many steps there are.
    pub length: usize,
    /// The first state of each shard, from 1.
    pub first: Vec<Picture>,
    /// In order.
    pub steps: Vec<TraceStep>,
}

/// A step of a trace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceStep {
    /// Which shard takes it.
    pub shard: u16,
    /// The kind of message.
    pub message: String,
    /// Which transaction of the configuration it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transaction: Option<u8>,
    /// The votes that it proves, in its order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub proofs: Vec<ProvedVote>,
    /// What the shard answers.
    pub answer: String,
    /// The shard's state after it.
    pub state: Picture,
}

/// A vote that a message proves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProvedVote {
    /// The shard that voted.
    pub shard: u16,
    /// The transaction of the configuration that it voted on.
    pub transaction: u8,
    /// `accepted`, or `rejected` and the code.
    pub vote: String,
}

/// What a shard holds, in names: `coin 0`, `T0 output 1`, `T0 refund of coin 1`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// The open epoch.
    pub epoch: u64,
    /// Unspent outputs of the configuration, and what they hold, in units.
    pub unspent: BTreeMap<String, u64>,
    /// Locked outputs and for which transaction.
    pub locks: BTreeMap<String, String>,
    /// Decision rows: the vote, and how it was settled.
    pub decisions: BTreeMap<String, String>,
    /// Fees earned, in units.
    pub fee_pool: u64,
    /// The last epoch that was swept.
    pub imported: u64,
}

/// Why a trace cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TraceError {
    /// The kind of message is none of Atomix's.
    #[error("step {step}: there is no message `{message}`")]
    Message {
        /// Counted from 1.
        step: usize,
        /// The kind of message that the step names.
        message: String,
    },
    /// A message without what it needs.
    #[error(
        "step {step}: a {message} must name a transaction, and an abort must have exactly one proof"
    )]
    Incomplete {
        /// Counted from 1.
        step: usize,
        /// The kind of message that the step names.
        message: String,
    },
    /// A vote is neither an acceptance nor a rejection with a known code.
    #[error("step {step}: there is no vote `{vote}`")]
    Vote {
        /// Counted from 1.
        step: usize,
        /// The vote that the step names.
        vote: String,
    },
}

impl Atomix {
    /// The trace of a path, at whose end a property fails or not.
    pub fn trace(&self, property: Option<&str>, actions: &[Action]) -> AtomixTrace {
        let names = Names::of(self);
        let first = self.first();
        let mut state = first;
        let steps = actions.iter().map(|action| {
            let step = self.describe(&names, &state, action);
            state = Self::after(&state, action);
            step
        });
        let steps: Vec<TraceStep> = steps.collect();
        AtomixTrace {
            model: ATOMIX.to_owned(),
            configuration: self.plan.name.clone(),
            variant: self.rules.clone(),
            property: property.map(str::to_owned),
            length: steps.len(),
            first: self.shards().map(|shard| names.picture(self, &first, shard.0)).collect(),
            steps,
        }
    }

    fn describe(&self, names: &Names, state: &CompactState, action: &Action) -> TraceStep {
        let Action { shard, message, .. } = action;
        let answer = self
            .with_memo(|memo| memo.answer(Self::shard_state_id(state, *shard), state.log, message));
        TraceStep {
            shard: shard.0,
            message: message.kind().to_owned(),
            transaction: message.transaction(),
            proofs: self.proved_votes(message).iter().map(ProvedVote::from).collect(),
            answer: match answer {
                Ok(Some(answer)) => words_of_answer(&answer),
                Ok(None) => "closed".to_owned(),
                Err(rejection) => format!("refused {}", rejection.code()),
            },
            state: names.picture(self, &Self::after(state, action), shard.0),
        }
    }

    /// What a step makes of its shard, for the Explorer.
    pub(crate) fn words_after(&self, state: &CompactState, action: &Action) -> String {
        let TraceStep { answer, state, .. } = self.describe(&Names::of(self), state, action);
        format!("{answer}\n{state:#?}")
    }

    /// A step in a line.
    pub fn words_of(&self, action: &Action) -> String {
        let said = self.proved_votes(&action.message);
        let said: Vec<String> = said.iter().map(|it| ProvedVote::from(it).to_string()).collect();
        let proofs =
            if said.is_empty() { String::new() } else { format!(" ({})", said.join(", ")) };
        format!("shard {}: {}{proofs}", action.shard, action.message)
    }
}

impl TraceStep {
    /// The shard, the message with its proofs, and the answer.
    pub(crate) fn in_words(&self) -> String {
        let Self { shard, message, transaction, proofs, answer, .. } = self;
        let proofs: Vec<String> = proofs.iter().map(ToString::to_string).collect();
        let about = transaction.map_or(String::new(), |number| format!(" T{number}"));
        let with = match proofs.is_empty() {
            true => String::new(),
            false => format!(" ({})", proofs.join("; ")),
        };
        format!("shard {shard}: {message}{about}{with} -> {answer}")
    }

    /// The message and the votes it proves; `step` counts from 1, for errors.
    ///
    /// # Errors
    /// What the step lacks.
    pub fn read(&self, step: usize) -> Result<(NumberedMessage, Vec<AttestedVote>), TraceError> {
        let said: Vec<AttestedVote> =
            self.proofs.iter().map(|proof| proof.read(step)).collect::<Result<_, _>>()?;
        let incomplete = || TraceError::Incomplete { step, message: self.message.clone() };
        let transaction = || self.transaction.ok_or_else(incomplete);
        let message = match self.message.as_str() {
            "request" => NumberedMessage::Request { transaction: transaction()? },
            "forged request" => NumberedMessage::Forged { transaction: transaction()? },
            "commit" => NumberedMessage::Commit {
                transaction: transaction()?,
                proofs: ProofNumbers::default(),
            },
            "abort" if said.len() == 1 => {
                NumberedMessage::Abort { transaction: transaction()?, proof: 0 }
            }
            "abort" => return Err(incomplete()),
            "import" => NumberedMessage::Import,
            "close" => NumberedMessage::Close,
            _ => return Err(TraceError::Message { step, message: self.message.clone() }),
        };
        Ok((message, said))
    }
}

impl ProvedVote {
    fn read(&self, step: usize) -> Result<AttestedVote, TraceError> {
        let unknown = || TraceError::Vote { step, vote: self.vote.clone() };
        let vote = match self.vote.split_once(' ') {
            None if self.vote == "accepted" => Vote::Accepted,
            Some(("rejected", code)) => {
                let known = Rejection::ALL.iter().find(|rejection| rejection.code() == code);
                Vote::Rejected(*known.ok_or_else(unknown)?)
            }
            _ => return Err(unknown()),
        };
        Ok(AttestedVote { shard: Shard(self.shard), transaction: self.transaction, vote })
    }
}

impl From<&AttestedVote> for ProvedVote {
    fn from(said: &AttestedVote) -> Self {
        let AttestedVote { shard, transaction, vote } = said;
        Self { shard: shard.0, transaction: *transaction, vote: words_of_vote(vote) }
    }
}

impl std::fmt::Display for ProvedVote {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "T{} {} by shard {}", self.transaction, self.vote, self.shard)
    }
}

fn words_of_vote(vote: &Vote) -> String {
    match vote {
        Vote::None => "no vote".to_owned(),
        Vote::Accepted => "accepted".to_owned(),
        Vote::Rejected(reason) => format!("rejected {}", reason.code()),
    }
}

fn words_of_settlement(settled: Settlement) -> &'static str {
    match settled {
        Settlement::No => "open",
        Settlement::Committed => "committed",
        Settlement::Aborted => "aborted",
    }
}

/// An answer in words, the same for models and for real shards.
pub fn words_of_answer(answer: &Answer) -> String {
    match answer {
        Answer::Applied => "applied".to_owned(),
        Answer::Voted(vote) => words_of_vote(vote),
        Answer::Settled(settled) => words_of_settlement(*settled).to_owned(),
        Answer::Swept { committed, aborted } => {
            format!("swept {committed} committed {aborted} aborted")
        }
    }
}

/// Names for what is a hash in a state.
struct Names {
    outpoints: BTreeMap<OutPoint, String>,
    transactions: BTreeMap<TxId, String>,
}

impl Names {
    fn of(model: &Atomix) -> Self {
        let (outpoints, transactions) = model.with_memo(|memo| {
            let transactions = memo.transactions().iter().enumerate();
            let transactions = transactions.map(|(place, it)| (it.txid, format!("T{place}")));
            (memo.named_outpoints(&model.plan), transactions.collect())
        });
        Self { outpoints, transactions }
    }

    fn transaction(&self, txid: &TxId) -> String {
        self.transactions.get(txid).cloned().unwrap_or_else(|| format!("{:?}", txid.0))
    }

    fn outpoint(&self, outpoint: &OutPoint) -> String {
        let known = self.outpoints.get(outpoint).cloned();
        known.unwrap_or_else(|| {
            format!("{} output {}", self.transaction(&outpoint.txid), outpoint.index)
        })
    }

    /// The allocations of genesis, which nobody moves, are not part of a plan.
    fn is_of_the_plan(&self, outpoint: &OutPoint) -> bool {
        self.outpoints.contains_key(outpoint) || self.transactions.contains_key(&outpoint.txid)
    }

    fn picture(&self, model: &Atomix, state: &CompactState, shard: u16) -> Picture {
        let local = model.with_memo(|memo| {
            memo.shard_state(Atomix::shard_state_id(state, Shard(shard))).clone()
        });
        let ShardState { position, unspent, locks, decisions, totals, .. } = &local.state;
        let decision = |row: &ioschain_spec::ledger::Decision| {
            format!("{}, {}", words_of_vote(&row.vote), words_of_settlement(row.settled))
        };
        Picture {
            epoch: position.epoch.0,
            unspent: unspent
                .iter()
                .filter(|(at, _)| self.is_of_the_plan(at))
                .map(|(at, it)| (self.outpoint(at), it.amount))
                .collect(),
            locks: locks
                .iter()
                .map(|(at, lock)| (self.outpoint(at), self.transaction(&lock.txid)))
                .collect(),
            decisions: decisions
                .iter()
                .map(|(txid, row)| (self.transaction(txid), decision(row)))
                .collect(),
            fee_pool: totals.fee_pool,
            imported: totals.imported.0,
        }
    }
}
