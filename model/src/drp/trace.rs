//! A path through a model of the randomness protocol, in a form for people and other programs. The
//! same path can be taken again, in the plan's group or in the protocol's group.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use stateright::Model as _;

use ioschain_spec::primitives::group::Group;

use super::leader_steps::LeaderStep;
use super::machines::{DeadlineStep, Delivery, Entry, Id, MachineMemo, Sent};
use super::plan::DealKind;
use super::world::Validator;
use super::{Action, ActionKind, Drp, DrpState, ModelGroup};

/// The name of the model.
pub const DRP: &str = "drp";

/// A path from the first state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrpTrace {
    /// The name of the model, `drp`.
    pub model: String,
    /// The name of the plan.
    pub configuration: String,
    /// The name of the rules.
    pub variant: String,
    /// The property that fails in the last state, if one fails.
    pub property: Option<String>,
    /// The number of steps.
    pub length: usize,
    /// The validators that take part. The malicious ones are marked.
    pub validators: Vec<String>,
    /// The steps, in order.
    pub steps: Vec<DrpStep>,
}

/// A step of a trace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrpStep {
    /// The actor of the step: a validator, `all honest validators` together, or `the log`.
    pub who: String,
    /// What happens in the step.
    pub what: String,
    /// The messages that honest validators send in this step.
    pub says: Vec<String>,
}

impl DrpStep {
    /// Who does what, and what honest validators say then.
    pub(crate) fn in_words(&self) -> String {
        let Self { who, what, says } = self;
        match says.is_empty() {
            true => format!("{who}: {what}"),
            false => format!("{who}: {what} -> {}", says.join("; ")),
        }
    }
}

impl<G: ModelGroup> Drp<G> {
    /// The trace of a path. `property` fails at the end of the path, if it is given.
    pub fn trace(&self, property: Option<&str>, actions: &[Action]) -> DrpTrace {
        let mut before = self.first();
        let step = |action: &Action| {
            let step = self.with_memo(|memo| memo.step_in_words(&before, action));
            before = action.next;
            step
        };
        DrpTrace {
            model: DRP.to_owned(),
            configuration: self.plan.name.clone(),
            variant: self.rules.clone(),
            property: property.map(str::to_owned),
            length: actions.len(),
            validators: self.with_memo(|memo| memo.validators_in_words()),
            steps: actions.iter().map(step).collect(),
        }
    }

    /// Takes the steps of a trace again. Returns the path up to the first step that the model does
    /// not have with the same words.
    pub fn retake(&self, trace: &DrpTrace) -> Vec<Action> {
        let mut state = self.first();
        let mut taken = Vec::new();
        for step in &trace.steps {
            let mut actions = Vec::new();
            self.actions(&state, &mut actions);
            let same = |action: &Action| {
                self.with_memo(|memo| memo.step_in_words(&state, action)) == *step
            };
            let Some(action) = actions.into_iter().find(same) else { break };
            state = action.next;
            taken.push(action);
        }
        taken
    }

    /// Whether a property is false in a state. `None` if the model does not have this property.
    pub fn breaks(&self, property: &str, state: &DrpState) -> Option<bool> {
        let properties = self.properties();
        let found = properties.iter().find(|it| it.name == property)?;
        Some(!(found.condition)(self, state))
    }
}

impl<G: Group> MachineMemo<G> {
    fn validators_in_words(&self) -> Vec<String> {
        let word = |validator: Validator| {
            let is_corrupt = self.world.corrupt.contains(&validator);
            let mark = if is_corrupt { ", malicious" } else { "" };
            format!("{}{mark}", self.role(validator))
        };
        let mut all: Vec<String> = self.world.validators().map(word).collect();
        all.sort();
        all
    }

    /// The part of a validator in the plan. Unlike its name, it is the same in every group.
    fn role(&self, validator: Validator) -> String {
        let ranks = self.world.ranks.iter().take(self.plan.runs);
        if let Some((rank, _)) = ranks.enumerate().find(|(_, leader)| **leader == validator) {
            return format!("leader {rank}");
        }
        let name = self.world.name(validator);
        let leaders: Vec<_> =
            self.world.ranks.iter().take(self.plan.runs).map(|it| self.world.name(*it)).collect();
        let members = self.world.runs[0].groups.iter().flat_map(|group| &group.members);
        let place = members.filter(|it| !leaders.contains(it)).position(|it| *it == name);
        place.map_or("nobody".to_owned(), |place| format!("server {}", place + 1))
    }

    fn step_in_words(&self, before: &DrpState, action: &Action) -> DrpStep {
        let (who, what) = match action.what {
            ActionKind::Deliver(validator, delivery) => {
                (self.role(validator), self.delivery_in_words(delivery))
            }
            ActionKind::DeliverToAll(delivery) => {
                ("all honest validators".to_owned(), self.delivery_in_words(delivery))
            }
            ActionKind::Lead(lead) => ("the leader".to_owned(), self.leader_step_in_words(lead)),
            ActionKind::Order(commit) => ("the log".to_owned(), self.commit_in_words(commit)),
            ActionKind::Fail => ("the log".to_owned(), "failure of the leader".to_owned()),
        };
        let sent = self.sent_in(action.next.sent & !before.sent);
        let mut says: Vec<String> = sent.map(|(_, sent)| self.sent_in_words(sent)).collect();
        says.sort();
        DrpStep { who, what, says }
    }

    fn delivery_in_words(&self, delivery: Delivery) -> String {
        match delivery {
            Delivery::Restart => "restarts with what it persisted".to_owned(),
            Delivery::Announcement(id) => self.announcement_in_words(id),
            Delivery::Proposal(id) => format!("hears the proposal of {}", self.choice_in_words(id)),
            Delivery::Commit(id) => format!("hears the {}", self.commit_in_words(id)),
            Delivery::Entry(entry, place) => {
                let entry = match &self.entries[usize::from(entry)] {
                    Entry::Commit(id) => self.commit_in_words(*id),
                    Entry::Fail(_) => "failure of the leader".to_owned(),
                };
                format!("hears entry {} of the log: {entry}", place + 1)
            }
            Delivery::Deadline(rank, step) => {
                let step = match step {
                    DeadlineStep::Announcement => "announcement",
                    DeadlineStep::Proposal => "proposal",
                    DeadlineStep::SignOff => "signature",
                };
                format!("reaches the deadline of leader {rank} for the {step}")
            }
            Delivery::Reveal(id) => match self.message(id) {
                Sent::Revealed { validator, .. } => {
                    format!("hears shares of {}", self.role(*validator))
                }
                _ => "hears nothing".to_owned(),
            },
            Delivery::CorruptReveal(id) => {
                let reveal = &self.corrupt_reveals[usize::from(id)];
                let off = if reveal.offset == 0 {
                    String::new()
                } else {
                    format!(", off by {}", reveal.offset)
                };
                format!("hears shares of {}{off}", self.role(reveal.validator))
            }
        }
    }

    fn announcement_in_words(&self, id: Id) -> String {
        let (run, announcement) = self.announcement(id);
        let is_first = *announcement == self.world.announcement(*run, 0);
        let again = if is_first { "" } else { ", a second one" };
        format!("hears the announcement of leader {run}{again}")
    }

    fn choice_in_words(&self, proposed: Id) -> String {
        let proposed = &self.proposed[usize::from(proposed)];
        let input = |(dealer, kind): &(Validator, DealKind)| {
            let kind = match kind {
                DealKind::Genuine => "its own deal".to_owned(),
                DealKind::Valid(secret) => format!("a deal of the secret {secret}"),
                DealKind::Inconsistent => "a deal with a false share".to_owned(),
                DealKind::HighDegree => "a deal with a coefficient too many".to_owned(),
                DealKind::Old => "an old deal".to_owned(),
                DealKind::Forged => "a forged deal".to_owned(),
                DealKind::Copied => "a copied deal".to_owned(),
            };
            format!("{} with {kind}", self.role(*dealer))
        };
        let inputs: Vec<String> = proposed.choice.iter().flatten().map(input).collect();
        if inputs.is_empty() { "nothing".to_owned() } else { inputs.join(", ") }
    }

    fn commit_in_words(&self, commit: Id) -> String {
        format!("commit of {}", self.choice_in_words(self.commits[usize::from(commit)].proposed))
    }

    fn leader_step_in_words(&self, lead: LeaderStep) -> String {
        match lead {
            LeaderStep::Start => "announces".to_owned(),
            LeaderStep::Take(id) => match self.message(id) {
                Sent::Dealt { dealer, .. } => format!("takes the deal of {}", self.role(*dealer)),
                _ => "takes nothing".to_owned(),
            },
            LeaderStep::TakeCorrupt(dealer, kind) => {
                format!("takes the deal ({kind:?}) of {}", self.role(dealer))
            }
            LeaderStep::Propose => "proposes".to_owned(),
        }
    }

    fn sent_in_words(&self, sent: &Sent) -> String {
        match sent {
            Sent::Announced(_) => "the leader announces".to_owned(),
            Sent::Dealt { dealer, .. } => format!("{} deals", self.role(*dealer)),
            Sent::Proposed(id) => format!("the leader proposes {}", self.choice_in_words(*id)),
            Sent::Agreed { validator, .. } => format!("{} agrees", self.role(*validator)),
            Sent::TimedOut(timeout) => {
                let who = self.world.place_of(&timeout.validator);
                let who = who.map_or("nobody".to_owned(), |who| self.role(who));
                format!("{who} signs that leader {} timed out", timeout.rank)
            }
            Sent::Revealed { validator, only_to, .. } => {
                let to = only_to.map_or(String::new(), |only| format!(" to {}", self.role(only)));
                format!("{} decrypts{to}", self.role(*validator))
            }
            Sent::PassedOn(_) => "the commit is passed on".to_owned(),
        }
    }
}

impl DrpTrace {
    /// The trace as a Mermaid sequence diagram.
    pub fn as_mermaid(&self) -> String {
        let mut text = String::from("sequenceDiagram\n    participant A as anyone\n");
        let column = |who: &str| {
            let at = self.validators.iter().position(|it| it.split(',').next() == Some(who));
            at.map_or("A".to_owned(), |at| format!("V{at}"))
        };
        for (at, validator) in self.validators.iter().enumerate() {
            let _ = writeln!(text, "    participant V{at} as {validator}");
        }
        for step in &self.steps {
            let at = column(&step.who);
            if at == "A" {
                let _ = writeln!(text, "    Note over A: {}: {}", step.who, step.what);
            } else {
                let _ = writeln!(text, "    A->>{at}: {}", step.what);
            }
            for sent in &step.says {
                let _ = writeln!(text, "    Note over A: {sent}");
            }
        }
        if let Some(property) = &self.property {
            let _ = writeln!(text, "    Note over A: broken: {property}");
        }
        text
    }

    /// The trace as an SVG, with a row for each step and for each message that is sent in it.
    pub fn as_svg(&self) -> String {
        const ROW: usize = 22;
        let mut rows = vec![("black", format!("{} under {}", self.configuration, self.variant))];
        for (number, step) in (1..).zip(&self.steps) {
            rows.push(("#1a56a0", format!("{number}. {}: {}", step.who, step.what)));
            rows.extend(step.says.iter().map(|sent| ("#333", format!("      {sent}"))));
        }
        rows.extend(self.property.iter().map(|it| ("#b00020", format!("broken: {it}"))));
        let longest = rows.iter().map(|(_, words)| words.chars().count()).max().unwrap_or(0);
        let (width, height) = (40 + 8 * longest, 40 + ROW * rows.len());
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
             width=\"{width}\" height=\"{height}\" font-family=\"sans-serif\" font-size=\"13\">\n\
             <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
        );
        for (row, (colour, words)) in rows.iter().enumerate() {
            let indent = words.chars().take_while(|it| *it == ' ').count();
            let (x, y) = (20 + 4 * indent, 30 + ROW * row);
            let words = words.trim().replace('&', "&amp;").replace('<', "&lt;");
            let _ = writeln!(svg, "<text x=\"{x}\" y=\"{y}\" fill=\"{colour}\">{words}</text>");
        }
        svg.push_str("</svg>\n");
        svg
    }
}
