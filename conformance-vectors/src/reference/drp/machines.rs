//! The machines of §4 behind scenarios: each has a state, and events go in.

use serde_json::{Value, json};

use ioschain_spec::drp::EpochContext;
use ioschain_spec::drp::leader::Leader;
use ioschain_spec::drp::log::LotteryLog;
use ioschain_spec::drp::machine::{Effect, Event, Memory, Secrets};
use ioschain_spec::drp::messages::{Commit, LogEntry, SignedDeal};
use ioschain_spec::drp::recovery::{Recovered, Recovery};
use ioschain_spec::drp::server::Server;
use ioschain_spec::primitives::ed25519::KeyPair;
use ioschain_spec::primitives::encoding::{Wire, encode};
use ioschain_spec::primitives::group::{EncodedScalar, Group, Scalar as _};
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::keys::NodeId;
use ioschain_spec::primitives::merkle::list_root;
use ioschain_spec::primitives::numbers::Height;

use super::{RulesIn, environment, read_epoch, read_leadership, read_step};
use crate::reference::json::{from_json, read, read_list, to_json};
use crate::reference::{OpenScenario, Opened, Outcome, Refusal};

/// A state, member by member: JSON, and the encodings that its root commits to.
struct State {
    json: Value,
    leaves: Vec<Vec<u8>>,
}

impl State {
    fn new() -> Self {
        Self { json: json!({}), leaves: Vec::new() }
    }

    fn with<T: Wire + 'static>(mut self, name: &str, value: &T) -> Result<Self, Refusal> {
        self.json[name] = to_json(value)?;
        self.leaves.push(encode(value));
        Ok(self)
    }

    /// What the log is, as far as it goes.
    fn with_progress(self, progress: &LotteryLog) -> Result<Self, Refusal> {
        let position = progress.position();
        self.with("position", &(position.height, position.head))?
            .with("view", &progress.view())?
            .with("ranks", &progress.ranks())?
            .with("committed", &progress.committed())
    }
}

/// A root that no state has, for one that cannot be written.
fn root_of(state: Result<State, Refusal>) -> Digest {
    state.map_or(Digest::ZERO, |state| list_root(&state.leaves))
}

fn read_log(input: &Value) -> Result<Vec<(u64, LogEntry)>, Refusal> {
    read_list(input, "log")
}

// --- The log ----------------------------------------------------------------------------------

struct LogScenario<G: Group + 'static> {
    rules: RulesIn<G>,
    epoch: EpochContext,
    progress: LotteryLog,
    height: Height,
}

pub(super) fn begin_log<G: Group + 'static>(rules: RulesIn<G>, input: &Value) -> Opened {
    let epoch = read_epoch(input)?;
    let (progress, height) = (LotteryLog::new(&epoch), epoch.opened.height);
    let mut scenario = LogScenario { rules, epoch, progress, height };
    for (height, entry) in read_log(input)? {
        let ordered = scenario.order(Height(height), &entry);
        ordered.map_err(|refusal| format!("`log` cannot be ordered: {refusal:?}"))?;
    }
    scenario.reach(read(input, "height")?);
    Ok(Box::new(scenario))
}

impl<G: Group + 'static> LogScenario<G> {
    fn order(&mut self, height: Height, entry: &LogEntry) -> Result<(), Refusal> {
        self.progress.append(&environment(self.rules, &self.epoch), height, entry)?;
        self.height = self.height.max(height);
        Ok(())
    }

    fn reach(&mut self, height: Height) {
        self.height = self.height.max(height);
        self.progress.advance(&environment(self.rules, &self.epoch), self.height);
    }

    fn state(&self) -> Result<State, Refusal> {
        State::new().with_progress(&self.progress)
    }
}

impl<G: Group + 'static> OpenScenario for LogScenario<G> {
    fn step(&mut self, input: &Value) -> Outcome {
        if let Some(entry) = input.get("order") {
            self.order(read(input, "height")?, &from_json(entry)?)?;
        } else {
            self.reach(read(input, "reached")?);
        }
        Ok(Value::Null)
    }

    fn root(&self) -> Digest {
        root_of(self.state())
    }

    fn to_json(&self) -> Outcome {
        let mut json = self.state()?.json;
        json["turn"] = match self.progress.leadership(&self.epoch, self.height) {
            Ok(turn) => {
                json!({ "view": turn.view.0, "rank": turn.rank.0, "leader": to_json(&turn.leader)? })
            }
            Err(_) => Value::Null, // it is nobody's
        };
        Ok(json)
    }
}

// --- A server ---------------------------------------------------------------------------------

struct ServerScenario<G: Group + 'static> {
    rules: RulesIn<G>,
    epoch: EpochContext,
    server: Server<G>,
}

pub(super) fn begin_server<G: Group + 'static>(rules: RulesIn<G>, input: &Value) -> Opened {
    let epoch = read_epoch(input)?;
    let Digest(signing) = read(input, "signing")?;
    let Digest(seed) = read(input, "seed")?;
    let decryption: EncodedScalar = read(input, "decryption")?;
    let secrets = Secrets::<G> {
        name: read(input, "validator")?,
        signing: KeyPair::from_seed(&signing),
        decryption: G::Scalar::decode(&decryption)?.into(),
        seed: seed.into(),
    };
    let memory: Memory = read(input, "memory")?;
    let mut scenario =
        ServerScenario { rules, server: Server::new(&epoch, secrets, memory), epoch };
    for (height, entry) in read_log(input)? {
        let ordered = scenario.handle(Event::Ordered { height: Height(height), entry });
        ordered.map_err(|refusal| format!("`log` cannot be ordered: {refusal:?}"))?;
    }
    scenario.handle(Event::Reached(read(input, "height")?))?;
    Ok(Box::new(scenario))
}

impl<G: Group + 'static> ServerScenario<G> {
    fn handle(&mut self, event: Event) -> Outcome {
        let effects = self.server.handle(&environment(self.rules, &self.epoch), event)?;
        effects_json(&effects)
    }

    fn state(&self) -> Result<State, Refusal> {
        let server = &self.server;
        let timeouts: Vec<NodeId> = server.timeouts().copied().collect();
        let shares = server.recovery().map(Recovery::positions).unwrap_or_default();
        State::new()
            .with_progress(server.lottery_log())?
            .with("memory", server.memory())?
            .with("commit", &server.commit().map(Commit::hash))?
            .with("timeouts", &timeouts)?
            .with("shares", &shares)?
            .with("randomness", &server.recovered().map(|recovered| recovered.randomness))
    }
}

impl<G: Group + 'static> OpenScenario for ServerScenario<G> {
    fn step(&mut self, input: &Value) -> Outcome {
        let event = if let Some(message) = input.get("message") {
            Event::Message(from_json(message)?)
        } else if let Some(entry) = input.get("ordered") {
            Event::Ordered { height: read(input, "height")?, entry: from_json(entry)? }
        } else if input.get("reached").is_some() {
            Event::Reached(read(input, "reached")?)
        } else {
            let step = read_step(input, "deadline")?;
            Event::Deadline { view: read(input, "view")?, rank: read(input, "rank")?, step }
        };
        self.handle(event)
    }

    fn root(&self) -> Digest {
        root_of(self.state())
    }

    fn to_json(&self) -> Outcome {
        Ok(self.state()?.json)
    }
}

// --- A leader ---------------------------------------------------------------------------------

struct LeaderScenario<G: Group + 'static> {
    rules: RulesIn<G>,
    epoch: EpochContext,
    leader: Leader<G>,
}

pub(super) fn begin_leader<G: Group + 'static>(rules: RulesIn<G>, input: &Value) -> Opened {
    let epoch = read_epoch(input)?;
    let Digest(signing) = read(input, "signing")?;
    let environment = environment(rules, &epoch);
    let leadership = read_leadership(input)?;
    let (mut leader, _) = Leader::start(&environment, &leadership, &KeyPair::from_seed(&signing))?;
    for deal in read_list::<SignedDeal>(input, "deals")? {
        let taken = leader.take_deal(&environment, deal);
        taken.map_err(|rejection| format!("`deals` has one that is refused: {rejection}"))?;
    }
    Ok(Box::new(LeaderScenario { rules, epoch, leader }))
}

impl<G: Group + 'static> LeaderScenario<G> {
    fn state(&self) -> Result<State, Refusal> {
        let leader = &self.leader;
        let dealers: Vec<NodeId> = leader.dealers().copied().collect();
        let proposed = leader.proposal().map(|proposal| proposal.statement.message());
        State::new()
            .with("announcement", leader.announcement())?
            .with("dealers", &dealers)?
            .with("proposal", &proposed)
    }
}

impl<G: Group + 'static> OpenScenario for LeaderScenario<G> {
    fn step(&mut self, input: &Value) -> Outcome {
        let environment = environment(self.rules, &self.epoch);
        let effects = if let Some(deal) = input.get("deal") {
            self.leader.take_deal(&environment, from_json(deal)?)?
        } else if input.get("propose").is_some() {
            self.leader.propose(&environment)?
        } else {
            self.leader.take_signature(&environment, read(input, "signature")?)?
        };
        effects_json(&effects)
    }

    fn root(&self) -> Digest {
        root_of(self.state())
    }

    fn to_json(&self) -> Outcome {
        Ok(self.state()?.json)
    }
}

// --- What machines want done ------------------------------------------------------------------

fn effects_json(effects: &[Effect]) -> Outcome {
    let effects: Vec<Value> = effects.iter().map(effect_json).collect::<Result<_, _>>()?;
    Ok(json!({ "effects": effects }))
}

fn effect_json(effect: &Effect) -> Outcome {
    Ok(match effect {
        Effect::Persist(memory) => json!({ "persist": to_json(memory)? }),
        Effect::Send { to, message } => json!({ "send": to_json(message)?, "to": to_json(to)? }),
        Effect::Broadcast(message) => json!({ "broadcast": to_json(message)? }),
        Effect::Agree(message) => json!({ "agree": to_json(message)? }),
        Effect::Collect(message) => json!({ "collect": to_json(message)? }),
        Effect::Order(entry) => json!({ "order": to_json(entry)? }),
        Effect::Output(recovered) => json!({ "output": recovered_json(recovered)? }),
    })
}

fn recovered_json(recovered: &Recovered) -> Outcome {
    Ok(json!({
        "shares": to_json(&recovered.shares)?,
        "secret": to_json(&recovered.secret)?,
        "randomness": to_json(&recovered.randomness)?,
    }))
}
