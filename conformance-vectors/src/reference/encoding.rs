//! Codecs: every wire type, bytes to JSON and back.

use serde_json::{Value, json};

use ioschain_spec::atomix::decision_proof::DecisionProof;
use ioschain_spec::atomix::{Answer, Import, UnlockAbort, UnlockCommit};
use ioschain_spec::identity::{CertifiedEpoch, EpochClosed};
use ioschain_spec::ledger::block::{Block, Entry, Header, Receipt};
use ioschain_spec::ledger::genesis::Genesis;
use ioschain_spec::ledger::{
    Decision, Parameters, Policy, ShardState, SignedTransaction, Transaction, Witness,
};
use ioschain_spec::primitives::certificate::{QuorumCertificate, Roster, ValidatorVote};
use ioschain_spec::primitives::encoding::{Wire, decode, encode};
use ioschain_spec::primitives::list_commitment::InclusionProof;
use ioschain_spec::primitives::map_commitment::MapProof;

use super::json::{from_json, read_bytes, to_json};
use super::{Answers, Handler, Outcome, Shape};
use crate::vector::HandlerKind;

/// The attestation of the normative suite.
pub(super) type Proof = DecisionProof<QuorumCertificate>;

macro_rules! codecs {
    ($($name:literal: $type:ty;)*) => {
        pub(super) fn handlers() -> Vec<Handler> {
            vec![$(Handler {
                name: concat!("encoding.", $name),
                kind: HandlerKind::Codec,
                doc: concat!(
                    "The codec of ", stringify!($type),
                    ": `bytes` gives its value; `value` gives {bytes}."
                ),
                shape: Shape::new(&[("bytes", "bytes")], &[("value", stringify!($type))]),
                answer: Answers::Plain(convert::<$type>),
            }),*]
        }
    };
}

codecs! {
    "answer": Answer;
    "block": Block<Proof>;
    "certified_epoch": CertifiedEpoch<QuorumCertificate>;
    "decision": Decision;
    "decision_proof": Proof;
    "entry": Entry<Proof>;
    "epoch_closed": EpochClosed;
    "genesis": Genesis;
    "header": Header;
    "import": Import;
    "inclusion_proof": InclusionProof;
    "map_proof": MapProof;
    "parameters": Parameters;
    "policy": Policy;
    "quorum_certificate": QuorumCertificate;
    "receipt": Receipt;
    "roster": Roster;
    "shard_state": ShardState;
    "signed_transaction": SignedTransaction;
    "transaction": Transaction;
    "unlock_abort": UnlockAbort<Proof>;
    "unlock_commit": UnlockCommit<Proof>;
    "validator_vote": ValidatorVote;
    "witness": Witness;
}

fn convert<T: Wire + 'static>(input: &Value) -> Outcome {
    if let Some(value) = input.get("value") {
        let value: T = from_json(value)?;
        return Ok(json!({ "bytes": hex::encode(encode(&value)) }));
    }
    let value: T = decode(&read_bytes(input, "bytes")?)?;
    to_json(&value)
}
