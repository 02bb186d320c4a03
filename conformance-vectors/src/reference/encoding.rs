//! Codecs: every wire type, bytes to JSON and back.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use ioschain_spec::atomix::{self, Answer, Import};
use ioschain_spec::chain::entry::Receipt;
use ioschain_spec::chain::{block, entry};
use ioschain_spec::drp::machine::Memory;
use ioschain_spec::drp::messages::{self, LogEntry, Message};
use ioschain_spec::identity::{self, EpochClosed};
use ioschain_spec::ledger::genesis::Genesis;
use ioschain_spec::ledger::header::Header;
use ioschain_spec::ledger::{
    Decision, Policy, ShardState, SignedTransaction, Transaction, Witness,
};
use ioschain_spec::parameters::Parameters;
use ioschain_spec::primitives::certificate::{QuorumCertificate, Roster, ValidatorVote};
use ioschain_spec::primitives::cosi::{Challenge, CollectiveSignature, Nonce, Open, Response};
use ioschain_spec::primitives::dleq::{DleqProof, ProofContext};
use ioschain_spec::primitives::encoding::{Wire, decode, encode};
use ioschain_spec::primitives::keys::ValidatorKeys;
use ioschain_spec::primitives::map_commitment::MapProof;
use ioschain_spec::primitives::merkle::InclusionProof;
use ioschain_spec::primitives::pvss::{Deal, DecryptedShare};
use ioschain_spec::primitives::schnorr::SchnorrSignature;
use ioschain_spec::primitives::vrf::VrfProof;
use ioschain_spec::sharding::lottery::Ticket;
use ioschain_spec::sharding::registration::{Registration, SignedRegistration};

use super::json::{from_json, read_bytes, to_json};
use super::{Answers, Handler, Outcome, Shape};
use crate::format::vector::HandlerKind;
use crate::format::wire_json::{SchemaError, WireFormat};

// The wire types of the normative suite; elsewhere they are the same with the suite left open.
pub(super) type DecisionProof = atomix::decision_proof::DecisionProof<CollectiveSignature>;
pub(super) type CertifiedEpoch = identity::CertifiedEpoch<CollectiveSignature>;
pub(super) type Block = block::Block<DecisionProof>;
pub(super) type Entry = entry::Entry<DecisionProof>;
pub(super) type Transcript = messages::Transcript<CollectiveSignature>;
pub(super) type UnlockAbort = atomix::UnlockAbort<DecisionProof>;
pub(super) type UnlockCommit = atomix::UnlockCommit<DecisionProof>;

macro_rules! codecs {
    ($($name:literal: $type:ty;)*) => {
        pub(super) fn handlers() -> Vec<Handler> {
            vec![$(Handler {
                name: concat!("encoding.", $name),
                kind: HandlerKind::Codec,
                doc: concat!(
                    "The codec of ", stringify!($type),
                    ": for the input {bytes} the answer is the value; for the input {value} the \
                     answer is {bytes}."
                ),
                shape: Shape::new(&[("bytes", "bytes")], &[("value", stringify!($type))]),
                answer: Answers::Plain(convert::<$type>),
            }),*]
        }

        fn formats() -> Result<Vec<WireFormat>, SchemaError> {
            Ok(vec![$(WireFormat::of::<$type>()?),*])
        }
    };
}

codecs! {
    "answer": Answer;
    "block": Block;
    "certified_epoch": CertifiedEpoch;
    "collective_signature": CollectiveSignature;
    "cosi_challenge": Challenge;
    "cosi_nonce": Nonce;
    "cosi_open": Open;
    "cosi_response": Response;
    "deal": Deal;
    "decision": Decision;
    "decision_proof": DecisionProof;
    "decrypted_share": DecryptedShare;
    "dleq_proof": DleqProof;
    "entry": Entry;
    "epoch_closed": EpochClosed;
    "genesis": Genesis;
    "header": Header;
    "import": Import;
    "inclusion_proof": InclusionProof;
    "log_entry": LogEntry;
    "map_proof": MapProof;
    "memory": Memory;
    "message": Message;
    "parameters": Parameters;
    "policy": Policy;
    "proof_context": ProofContext;
    "quorum_certificate": QuorumCertificate;
    "receipt": Receipt;
    "registration": Registration;
    "roster": Roster;
    "schnorr_signature": SchnorrSignature;
    "shard_state": ShardState;
    "signed_registration": SignedRegistration;
    "signed_transaction": SignedTransaction;
    "ticket": Ticket;
    "transaction": Transaction;
    "transcript": Transcript;
    "unlock_abort": UnlockAbort;
    "unlock_commit": UnlockCommit;
    "validator_keys": ValidatorKeys;
    "validator_vote": ValidatorVote;
    "vrf_proof": VrfProof;
    "witness": Witness;
}

/// Every wire type by name, as [`WireFormat::describe`] puts it, with the suite's types filled in
/// and not named: `Block`, not `Block<DecisionProof<CollectiveSignature>>`.
///
/// # Errors
/// A type that has no JSON form.
pub(super) fn types() -> Result<BTreeMap<String, Value>, SchemaError> {
    let described = formats()?.into_iter().flat_map(|format| format.describe());
    let named: Value = described.collect::<serde_json::Map<String, Value>>().into();
    let text = ["<DecisionProof<CollectiveSignature>>", "<CollectiveSignature>"]
        .iter()
        .fold(named.to_string(), |text, parameter| text.replace(parameter, ""));
    Ok(serde_json::from_str(&text).unwrap_or_default())
}

fn convert<T: Wire + 'static>(input: &Value) -> Outcome {
    if let Some(value) = input.get("value") {
        let value: T = from_json(value)?;
        return Ok(json!({ "bytes": hex::encode(encode(&value)) }));
    }
    let value: T = decode(&read_bytes(input, "bytes")?)?;
    to_json(&value)
}
