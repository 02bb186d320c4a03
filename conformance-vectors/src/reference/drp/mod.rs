//! §4: sessions, whole runs, transcripts; and step by step the log, a server, a leader.
//!
//! Every question names its group, so one handler answers for ristretto255 and for the toy groups.

mod machines;
mod runs;

use serde_json::Value;

use ioschain_spec::drp::rules::Step;
use ioschain_spec::drp::{EpochContext, EpochEnvironment, Leadership, LogPosition, Rules};
use ioschain_spec::primitives::certificate::Roster;
use ioschain_spec::primitives::group::Group;
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::numbers::Height;
use ioschain_spec::primitives::ristretto::Ristretto255;
use ioschain_spec::primitives::toy_group::ToyGroup;
use ioschain_spec::suite::Normative;

use super::Answers::{self, ByDrpRules, InSteps};
use super::groups::GROUP;
use super::json::{member, read, read_list};
use super::{Handler, Refusal, Shape};
use crate::format::vector::HandlerKind::{self, Draw, Function, Scenario};

/// The same question in every group.
macro_rules! in_group {
    ($question:path) => {
        |rules, input| match member(input, "group")?.as_str() {
            Some(<Ristretto255 as Group>::NAME) => {
                $question(rules.randomness as RulesIn<Ristretto255>, input)
            }
            Some(<ToyGroup<5> as Group>::NAME) => {
                $question(rules.randomness as RulesIn<ToyGroup<5>>, input)
            }
            Some(<ToyGroup<7> as Group>::NAME) => {
                $question(rules.randomness as RulesIn<ToyGroup<7>>, input)
            }
            Some(<ToyGroup<11> as Group>::NAME) => {
                $question(rules.randomness as RulesIn<ToyGroup<11>>, input)
            }
            _ => Err(format!("there is no group `{}`", input["group"]).into()),
        }
    };
}

/// The rules in one group.
type RulesIn<G> = &'static dyn Rules<G, Normative>;

const EPOCH: (&str, &str) = (
    "epoch",
    "{chain_id: Digest, number: u64, randomness_before: Digest, validators: [ValidatorKeys], \
     convicted: [NodeId], group_size: u16, lottery_heights: u64, opened: [u64, Digest] (the log's \
     height and head)}",
);
const LEADERSHIP: (&str, &str) = ("leadership", "{view: u32, rank: u8, leader: NodeId}");
const SIGNING: (&str, &str) = ("signing", "Digest (the seed of its signing key)");
const POSITION: (&str, &str) =
    ("position", "[u64, Digest] (the height of the last entry, and the log's head)");
const VIEW: (&str, &str) = ("view", "u32");
const RANKS: (&str, &str) = ("ranks", "[NodeId] (the leaders, by the tickets so far)");
const COMMITTED: (&str, &str) = ("committed", "Digest or null (the hash of the epoch's commit)");
const LOG: (&str, &str) =
    ("log", "[[u64, LogEntry]] (the entries ordered so far, each with its height)");
const HEIGHT: (&str, &str) = ("height", "u64 (the height that the log has reached)");
pub(super) const HANDLERS: [Handler; 9] = [
    handler(
        "drp.session",
        Function,
        "The values of a run that are derived from its view, rank and leader: the run itself, its \
         session id and base, the groups of its servers, and their thresholds.",
        Shape::new(
            &[GROUP, EPOCH, LEADERSHIP],
            &[
                ("run", "Run"),
                ("session", "Digest"),
                ("base", "EncodedElement"),
                ("groups", "[[NodeId]]"),
                ("thresholds", "[u32]"),
            ],
        ),
        ByDrpRules(in_group!(runs::session)),
    ),
    handler(
        "drp.deadline",
        Function,
        "The times at which the steps of a run are due after its turn began, where `delay` is Δ \
         and `faults` is f.",
        Shape::new(
            &[GROUP, ("delay", "u64"), ("view", "u32"), ("faults", "u32")],
            &[("announcement", "u64"), ("deals", "u64"), ("proposal", "u64"), ("sign_off", "u64")],
        ),
        ByDrpRules(in_group!(runs::deadlines)),
    ),
    handler(
        "drp.outcome",
        Draw,
        "A run from the secrets to the random number, with every intermediate value. The dealers \
         of the inputs are listed in their order, with the coefficients of their polynomials; \
         `decryption` has the secret group key of each validator. Proofs are omitted, because \
         their nonces are the dealers' choice.",
        Shape::new(
            &[
                GROUP,
                EPOCH,
                LEADERSHIP,
                ("decryption", "[[NodeId, EncodedScalar]]"),
                ("dealers", "[[NodeId, [EncodedScalar]]]"),
            ],
            &[
                ("session", "Digest"),
                ("base", "EncodedElement"),
                (
                    "deals",
                    "[{dealer: NodeId, commitments: [EncodedElement], encrypted: [EncodedElement], \
                     decrypted: [EncodedElement], secret: EncodedElement}]",
                ),
                ("secret", "EncodedElement"),
                ("randomness", "Digest"),
            ],
        ),
        ByDrpRules(in_group!(runs::outcome)),
    ),
    handler(
        "drp.hashes",
        Function,
        "The messages that are signed in a commit, and its hashes. For each deal, these are the \
         message that its dealer signs and the hash of the deal.",
        Shape::new(
            &[("commit", "Commit")],
            &[
                ("announcement_message", "Digest"),
                ("announcement", "Digest"),
                ("session", "Digest"),
                ("deals", "[[Digest]] (two)"),
                ("root", "Digest"),
                ("statement_message", "Digest"),
                ("commit", "Digest"),
            ],
        ),
        Answers::Plain(runs::hashes),
    ),
    handler(
        "drp.verify_transcript",
        Function,
        "The verification of a transcript by a third party; the answer is the random number.",
        Shape::new(&[GROUP, EPOCH, ("transcript", "Transcript")], &[("randomness", "Digest")]),
        ByDrpRules(in_group!(runs::verify)),
    ),
    handler(
        "drp.list_checks",
        Function,
        "The checks that a third party makes of a transcript, up to the first that fails. Each has \
         its name, and null or the code of the rejection.",
        Shape::new(
            &[GROUP, EPOCH, ("transcript", "Transcript")],
            &[("checks", "[[text, text or null]]")],
        ),
        ByDrpRules(in_group!(runs::checks)),
    ),
    handler(
        "drp.log",
        Scenario,
        "The view, rank and leader of the current turn, as the identity log determines them. The \
         root is the list commitment of the encodings of the first four members of the state, in \
         the order position, view, ranks, committed.",
        Shape {
            input: &[GROUP, EPOCH, LOG, HEIGHT],
            output: &[
                POSITION,
                VIEW,
                RANKS,
                COMMITTED,
                ("turn", "{view: u32, rank: u8, leader: NodeId} or null"),
            ],
            step: &[
                (
                    "order",
                    "LogEntry (at the height that the member `height` names, a u64; the answer is \
                     null)",
                ),
                ("reached", "u64 (a height that the log reaches; the answer is null)"),
            ],
        },
        InSteps(in_group!(machines::begin_log)),
    ),
    handler(
        "drp.server",
        Scenario,
        "A validator that restarts with its memory, reads the log, and then receives messages and \
         other events. Polynomials and nonces are derived from `seed` as the specification \
         recommends. The answer is {effects: [effect]}, where an effect is {persist: Memory}, \
         {send: Message, to: NodeId}, {broadcast: Message}, {agree: Digest}, {order: LogEntry} or \
         {output: {shares: [[DecryptedShare]], secret: EncodedElement, randomness: Digest}}. The \
         root is the list commitment of the encodings of the state's members, in the order \
         position, view, ranks, committed, memory, commit, timeouts, shares, randomness.",
        Shape {
            input: &[
                GROUP,
                EPOCH,
                ("validator", "NodeId"),
                SIGNING,
                ("decryption", "EncodedScalar"),
                ("seed", "Digest"),
                ("memory", "Memory"),
                LOG,
                HEIGHT,
            ],
            output: &[
                POSITION,
                VIEW,
                RANKS,
                COMMITTED,
                ("memory", "Memory"),
                (
                    "commit",
                    "Digest or null (the hash of the valid commit that was received in this turn)",
                ),
                (
                    "timeouts",
                    "[NodeId] (the validators that have timed out on the leader of this turn)",
                ),
                ("shares", "[[u32]] (for each input, the positions of the valid shares)"),
                ("randomness", "Digest or null"),
            ],
            step: &[
                ("message", "Message"),
                ("ordered", "LogEntry (at the height that the member `height` names, a u64)"),
                ("reached", "u64 (a height that the log reaches)"),
                (
                    "deadline",
                    "text (announcement, deals, proposal or sign-off; the members `view`, u32, and \
                     `rank`, u8, name the run)",
                ),
            ],
        },
        InSteps(in_group!(machines::begin_server)),
    ),
    handler(
        "drp.leader",
        Scenario,
        "A leader that has announced its run and received these deals, and then receives messages \
         and other events. The answer is {effects: [effect]} as for `drp.server`, with {collect: \
         Digest} as an additional effect. The root is the list commitment of the encodings of the \
         state's members, in the order announcement, dealers, proposal.",
        Shape {
            input: &[GROUP, EPOCH, LEADERSHIP, SIGNING, ("deals", "[SignedDeal]")],
            output: &[
                ("announcement", "Announcement"),
                (
                    "dealers",
                    "[NodeId] (the dealers whose valid deals were received, in the order of names)",
                ),
                ("proposal", "Digest or null (the message of the proposed statement)"),
            ],
            step: &[
                ("deal", "SignedDeal"),
                ("propose", "null (the deadline for deals has passed)"),
                ("signature", "CollectiveSignature"),
            ],
        },
        InSteps(in_group!(machines::begin_leader)),
    ),
];

const fn handler(
    name: &'static str,
    kind: HandlerKind,
    doc: &'static str,
    shape: Shape,
    answer: Answers,
) -> Handler {
    Handler { name, kind, doc, shape, answer }
}

/// The epoch that an input describes.
fn read_epoch(input: &Value) -> Result<EpochContext, Refusal> {
    let epoch = member(input, "epoch")?;
    let (height, head): (u64, Digest) = read(epoch, "opened")?;
    Ok(EpochContext {
        chain_id: read(epoch, "chain_id")?,
        number: read(epoch, "number")?,
        randomness_before: read(epoch, "randomness_before")?,
        configuration: Roster::new(read_list(epoch, "validators")?)?,
        convicted: read_list(epoch, "convicted")?.into_iter().collect(),
        group_size: read(epoch, "group_size")?,
        lottery_heights: read(epoch, "lottery_heights")?,
        opened: LogPosition { height: Height(height), head },
    })
}

fn read_leadership(input: &Value) -> Result<Leadership, Refusal> {
    let leadership = member(input, "leadership")?;
    Ok(Leadership {
        view: read(leadership, "view")?,
        rank: read(leadership, "rank")?,
        leader: read(leadership, "leader")?,
    })
}

fn environment<G: Group + 'static>(
    rules: RulesIn<G>,
    epoch: &EpochContext,
) -> EpochEnvironment<'_, G, Normative> {
    EpochEnvironment { rules, suite: &Normative, epoch }
}

fn read_step(input: &Value, name: &str) -> Result<Step, Refusal> {
    match member(input, name)?.as_str() {
        Some("announcement") => Ok(Step::Announcement),
        Some("deals") => Ok(Step::Deals),
        Some("proposal") => Ok(Step::Proposal),
        Some("sign-off") => Ok(Step::SignOff),
        _ => Err(format!("there is no step {}", input[name]).into()),
    }
}
