//! Values for the codecs. Every field has content of its own, so that two fields that are swapped
//! or skipped do not look alike. They obey the encoding and, beyond that, no rule of the protocol.

use std::collections::BTreeMap;

use ioschain_spec::identity::EpochClosed;
use ioschain_spec::ledger::header::Header;
use ioschain_spec::ledger::{
    AccountId, Decision, Input, OutPoint, Output, Payload, Policy, Settlement, SignedTransaction,
    Transaction, TxId, Vote, Witness,
};
use ioschain_spec::parameters::Parameters;
use ioschain_spec::primitives::certificate::{QuorumCertificate, Roster};
use ioschain_spec::primitives::cosi::CollectiveSignature;
use ioschain_spec::primitives::ed25519::{PublicKey, Signature};
use ioschain_spec::primitives::group::{EncodedElement, EncodedScalar};
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::keys::ValidatorKeys;
use ioschain_spec::primitives::merkle::InclusionProof;
use ioschain_spec::primitives::numbers::{Epoch, Height, Shard};
use ioschain_spec::primitives::schnorr::SchnorrSignature;
use ioschain_spec::primitives::vrf::VrfPublicKey;

use crate::make::cases::support::CaseError;
use crate::make::cases::world::{Proof, digest};

/// A key that nobody holds: any 32 bytes decode.
pub(super) fn public_key(number: u32) -> PublicKey {
    PublicKey(digest(&format!("public key {number}")).0)
}

/// A signature of nothing: any 64 bytes decode.
pub(super) fn signature(number: u32) -> Signature {
    let mut bytes = [0; 64];
    let (point, scalar) = bytes.split_at_mut(32);
    point.copy_from_slice(&digest(&format!("point {number}")).0);
    scalar.copy_from_slice(&digest(&format!("scalar {number}")).0);
    Signature(bytes)
}

pub(super) fn account_id(number: u32) -> AccountId {
    AccountId(digest(&format!("account {number}")))
}

pub(super) fn txid(number: u32) -> TxId {
    TxId(digest(&format!("transaction {number}")))
}

pub(super) fn outpoint(number: u32) -> OutPoint {
    OutPoint { txid: txid(number), index: number }
}

pub(super) fn policy(threshold: u32, keys: u32) -> Result<Policy, CaseError> {
    let keys: BTreeMap<PublicKey, u16> =
        (1..=keys).map(|number| (public_key(number), 0x0100 + number as u16)).collect();
    Ok(Policy { threshold, keys: keys.try_into()? })
}

pub(super) fn witness(policy: Option<Policy>, signatures: u32) -> Result<Witness, CaseError> {
    let signatures: BTreeMap<PublicKey, Signature> =
        (1..=signatures).map(|number| (public_key(number), signature(number))).collect();
    Ok(Witness { policy, signatures: signatures.try_into()? })
}

pub(super) fn input(number: u32) -> Input {
    let (outpoint, owner) = (outpoint(number), account_id(number));
    Input { outpoint, owner, amount: 1_000_000 + u64::from(number) }
}

/// Every second output carries data.
pub(super) fn output(number: u32) -> Output {
    let data_hash = number.is_multiple_of(2).then(|| digest(&format!("data {number}")));
    Output { owner: account_id(100 + number), amount: 500_000 + u64::from(number), data_hash }
}

pub(super) fn transaction(inputs: u32, outputs: u32) -> Result<Transaction, CaseError> {
    let inputs: Vec<Input> = (1..=inputs).map(input).collect();
    let outputs: Vec<Output> = (1..=outputs).map(output).collect();
    Ok(Transaction {
        version: 1,
        chain_id: digest("chain"),
        inputs: inputs.try_into()?,
        outputs: outputs.try_into()?,
        fee: 0x0102_0304_0506_0708,
        expiry_epoch: Epoch(0x1112_1314_1516_1718),
        salt: 0x2122_2324_2526_2728,
        payload: Payload::Transfer,
    })
}

/// One input and its witness, one output.
pub(super) fn signed_transaction() -> Result<SignedTransaction, CaseError> {
    let witnesses = vec![witness(None, 1)?];
    Ok(SignedTransaction { transaction: transaction(1, 1)?, witnesses: witnesses.try_into()? })
}

pub(super) fn decision(vote: Vote, settled: Settlement) -> Decision {
    Decision { vote, settled, expiry_epoch: Epoch(0x3132_3334_3536_3738) }
}

pub(super) fn header() -> Header {
    Header {
        chain_id: digest("chain"),
        shard: Shard(0x0102),
        epoch: Epoch(0x1112_1314_1516_1718),
        height: Height(0x2122_2324_2526_2728),
        previous: digest("previous"),
        identity_height: Height(0x3132_3334_3536_3738),
        identity_hash: digest("identity"),
        transactions_root: digest("transactions"),
        receipts_root: digest("receipts"),
        decisions_root: digest("decisions"),
        state_root: digest("state"),
        roster_root: digest("roster"),
    }
}

pub(super) fn inclusion_proof(path: u32) -> Result<InclusionProof, CaseError> {
    let path: Vec<Digest> = (1..=path).map(|depth| digest(&format!("sibling {depth}"))).collect();
    Ok(InclusionProof { index: 0x0102_0304, size: 0x1112_1314, path: path.try_into()? })
}

pub(super) fn certificate(signers: &[u8], signatures: u32) -> Result<QuorumCertificate, CaseError> {
    let signatures: Vec<Signature> = (1..=signatures).map(signature).collect();
    Ok(QuorumCertificate {
        signers: signers.to_vec().try_into()?,
        signatures: signatures.try_into()?,
    })
}

/// A collective signature of nothing.
pub(super) fn collective(signers: &[u8]) -> Result<CollectiveSignature, CaseError> {
    let commitment = EncodedElement(digest("commitment").0);
    let response = EncodedScalar(digest("response").0);
    let signature = SchnorrSignature { commitment, response };
    Ok(CollectiveSignature { signers: signers.to_vec().try_into()?, signature })
}

pub(super) fn decision_proof(vote: Vote, path: u32, signers: &[u8]) -> Result<Proof, CaseError> {
    Ok(Proof {
        txid: txid(7),
        decision: decision(vote, Settlement::No),
        path: inclusion_proof(path)?,
        header: header(),
        certificate: collective(signers)?,
    })
}

pub(super) fn epoch_closed(roots: u32) -> Result<EpochClosed, CaseError> {
    let roots: Vec<Digest> = (1..=roots).map(|shard| digest(&format!("expiry {shard}"))).collect();
    Ok(EpochClosed {
        chain_id: digest("chain"),
        shard: Shard(0x0102),
        epoch: Epoch(0x1112_1314_1516_1718),
        height: Height(0x2122_2324_2526_2728),
        last_header: digest("last header"),
        expiry_roots: roots.try_into()?,
    })
}

/// The keys of a validator; nobody holds them.
pub(super) fn validator_keys(number: u32) -> ValidatorKeys {
    ValidatorKeys {
        signing: public_key(number),
        lottery: VrfPublicKey(digest(&format!("lottery key {number}")).0),
        group: EncodedElement(digest(&format!("group key {number}")).0),
    }
}

/// Of so many validators from number `first` on.
pub(super) fn roster(first: u32, validators: u32) -> Result<Roster, CaseError> {
    Ok(Roster::new((first..first + validators).map(validator_keys))?)
}

pub(super) fn parameters() -> Parameters {
    Parameters {
        chain_id: digest("chain"),
        shards: 0x0102,
        fee_minimum: 0x1112_1314_1516_1718,
        rejections_max: 0x2122_2324,
    }
}
