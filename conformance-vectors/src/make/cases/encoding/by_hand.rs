//! Malformed bytes that no schema shows: another order of keys, a repeated key, too many keys that
//! are all different, lengths written another way, fields that are missing or repeated, and two
//! faults at once.

use std::collections::BTreeMap;

use serde_json::json;

use ioschain_spec::Rejection;
use ioschain_spec::ledger::{Settlement, Vote};
use ioschain_spec::primitives::ed25519::{PublicKey, Signature};
use ioschain_spec::primitives::encoding::encode;
use ioschain_spec::primitives::keys::ValidatorKeys;

use super::values::{
    decision, inclusion_proof, policy, public_key, roster, signature, transaction,
};
use crate::format::vector::{FLAG_SECOND_FAULT, VectorFile};
use crate::make::cases::faults::case_table;
use crate::make::cases::support::{CaseError, Intent, SuiteWriter};
use crate::make::cases::world::digest;

/// A malformed encoding: its slug, what was done to what, what it violates, the bytes.
type Fault = (&'static str, &'static str, &'static [&'static str], Vec<u8>);

const ORDER: &[&str] = &["ENC-DECODE-01", "ENC-SET-01", "ENC-ENCODE-01"];
const CAP: &[&str] = &["ENC-DECODE-01", "ENC-CAP-01"];
const LENGTH: &[&str] = &["ENC-DECODE-01", "ENC-ENCODE-01"];
const TAG: &[&str] = &["ENC-DECODE-01"];

pub(super) fn files() -> Result<Vec<VectorFile>, CaseError> {
    Ok(vec![
        suite("encoding.policy", &policies()?, &policies_with_two()?)?,
        suite("encoding.witness", &witnesses(), &[])?,
        suite("encoding.roster", &rosters()?, &rosters_with_two()?)?,
        suite("encoding.inclusion_proof", &paths()?, &[])?,
        suite("encoding.decision", &[], &decisions_with_two())?,
        suite("encoding.transaction", &transactions()?, &transactions_with_two()?)?,
    ])
}

fn suite(handler: &str, one: &[Fault], two: &[Fault]) -> Result<VectorFile, CaseError> {
    let doc = "Encodings that are malformed in ways that the schema of the type does not show, and \
               encodings with two faults.";
    let mut suite = SuiteWriter::new(handler, "by-hand", doc)?;
    for (faults, second_fault) in [(one, false), (two, true)] {
        for (slug, what, requirements, bytes) in faults {
            let doc = format!("Given {what}, when the bytes are decoded, then they are refused.");
            let input = json!({ "bytes": hex::encode(bytes) });
            let intent = Intent::Rejected(Rejection::EncMalformed);
            let case = suite.add(slug, requirements, &doc, input, intent)?;
            if second_fault {
                case.flag(FLAG_SECOND_FAULT);
            }
        }
    }
    Ok(suite.finish())
}

/// The bytes of a sequence, or of a set or map in whatever order.
fn sequence_bytes<T: borsh::BorshSerialize>(items: impl ExactSizeIterator<Item = T>) -> Vec<u8> {
    let mut bytes = encode(&(items.len() as u32));
    bytes.extend(items.flat_map(|item| encode(&item)));
    bytes
}

/// Keys in increasing order, each with a value.
fn sorted<V>(count: u32, value: impl Fn(u32) -> V) -> Vec<(PublicKey, V)> {
    let entries: BTreeMap<PublicKey, V> =
        (1..=count).map(|number| (public_key(number), value(number))).collect();
    entries.into_iter().collect()
}

fn policy_bytes(entries: &[(PublicKey, u16)]) -> Vec<u8> {
    [encode(&2u32), sequence_bytes(entries.iter())].concat()
}

/// Policies with keys out of order or repeated, with one key too many, and with a wrong length. A
/// decoder that sorts, keeps the last of two equal keys, or reads lengths otherwise takes several
/// encodings for one account's policy, and so several policies for one account.
fn policies() -> Result<Vec<Fault>, CaseError> {
    let honest = sorted(3, |number| number as u16);
    let [first, second, third] = [honest[0], honest[1], honest[2]];
    let bytes = encode(&policy(1, 2)?);
    // The number of keys is two; it is written in other ways, or is not what follows.
    let length = |length: &[u8]| [&bytes[..4], length, &bytes[8..]].concat();
    let faults = case_table! {
        "descending", "a policy with its keys in decreasing order", ORDER
            => policy_bytes(&[third, second, first]);
        "last-two-swapped", "a policy of three keys, the last two swapped", ORDER
            => policy_bytes(&[first, third, second]);
        "repeated-last", "a policy with its last key and weight repeated", ORDER
            => policy_bytes(&[first, second, third, third]);
        "repeated-other-weight", "a policy with the same key and two weights", ORDER
            => policy_bytes(&[first, (first.0, 9), second, third]);
        "seventeen-keys", "a policy of seventeen keys in order, one more than allowed", CAP
            => policy_bytes(&sorted(17, |number| number as u16));
        "length-big-endian", "a policy whose number of keys is encoded with the highest byte first", LENGTH
            => length(&2u32.to_be_bytes());
        "length-two-bytes", "a policy whose number of keys is encoded in two bytes", LENGTH
            => length(&2u16.to_le_bytes());
        "length-eight-bytes", "a policy whose number of keys is encoded in eight bytes", LENGTH
            => length(&2u64.to_le_bytes());
        "length-too-small", "a policy of two keys whose number of keys is one", LENGTH
            => length(&1u32.to_le_bytes());
        "length-too-large", "a policy of two keys whose number of keys is three", LENGTH
            => length(&3u32.to_le_bytes());
    };
    Ok(faults.to_vec())
}

/// A decoder that stops at the first fault and one that finds all must give the same answer.
fn policies_with_two() -> Result<Vec<Fault>, CaseError> {
    let descending = |keys| {
        let mut entries = sorted(keys, |number| number as u16);
        entries.reverse();
        policy_bytes(&entries)
    };
    let faults = case_table! {
        "descending-and-trailing",
            "a policy with its keys in decreasing order and an additional byte after it", ORDER
            => [descending(3), vec![0]].concat();
        "over-cap-and-descending", "a policy of seventeen keys in decreasing order", CAP
            => descending(17);
        "over-cap-and-truncated", "a policy whose number of keys is seventeen and whose bytes end \
                                   there", CAP
            => [encode(&1u32), encode(&17u32)].concat();
        "twice", "a policy followed by the same bytes again", LENGTH
            => encode(&policy(1, 1)?).repeat(2);
    };
    Ok(faults.to_vec())
}

/// A decoder that takes these lets anyone change a witness, and so a block, without a key.
fn witnesses() -> Vec<Fault> {
    let signatures = sorted(2, signature);
    let no_policy =
        |entries: &[(PublicKey, Signature)]| [vec![0], sequence_bytes(entries.iter())].concat();
    let faults = case_table! {
        "descending", "a witness with its signatures in decreasing order of their keys", ORDER
            => no_policy(&[signatures[1], signatures[0]]);
        "repeated-other-signature", "a witness with two signatures of one key", ORDER
            => no_policy(&[signatures[0], (signatures[0].0, signature(9))]);
        "seventeen-signatures", "a witness with seventeen signatures in order, one more than \
                                 allowed", CAP
            => no_policy(&sorted(17, signature));
    };
    faults.to_vec()
}

/// A roster's order gives each validator its bit in certificates: with another order, or a
/// validator twice, two implementations would read one certificate differently.
fn rosters() -> Result<Vec<Fault>, CaseError> {
    let keys: Vec<ValidatorKeys> = roster(1, 4)?.validators().copied().collect();
    let [first, second, third, fourth] = [keys[0], keys[1], keys[2], keys[3]];
    let mut by_signing_key = keys.clone();
    by_signing_key.sort_by_key(|keys| keys.signing);
    let all = |keys: &[ValidatorKeys]| sequence_bytes(keys.iter());
    let faults = case_table! {
        "rotated", "a roster whose first validator is at the end", ORDER
            => all(&[second, third, fourth, first]);
        "by-signing-key", "a roster in the order of the signing keys instead of the names", ORDER
            => all(&by_signing_key);
        "repeated-last", "a roster whose last validator is repeated", ORDER
            => all(&[first, second, third, fourth, fourth]);
        "all-equal", "a roster with the same validator four times", ORDER => all(&[first; 4]);
        "with-values", "a roster with a zero byte after each validator, as if a set had values", LENGTH
            => sequence_bytes(keys.iter().map(|keys| (keys, 0u8)));
        "with-names", "a roster with each validator's name before its keys, as if it were a map", LENGTH
            => sequence_bytes(keys.iter().map(|keys| (keys.node_id(), keys)));
    };
    Ok(faults.to_vec())
}

/// A decoder that reads to the end before it checks must give the same answer as one that does not.
fn rosters_with_two() -> Result<Vec<Fault>, CaseError> {
    let mut keys: Vec<ValidatorKeys> = roster(1, 4)?.validators().copied().collect();
    keys.reverse();
    let unsorted = sequence_bytes(keys.iter());
    let honest = encode(&roster(0, 4)?);
    let faults = case_table! {
        "descending-and-truncated",
            "a roster with its validators in decreasing order and without its last byte", ORDER
            => without_last(&unsorted).to_vec();
        "truncated-and-over-cap",
            "a roster whose number of validators is 4,097 and whose bytes end within the fourth \
             validator", CAP
            => [&4097u32.to_le_bytes(), &without_last(&honest)[4..]].concat();
    };
    Ok(faults.to_vec())
}

fn without_last(bytes: &[u8]) -> &[u8] {
    &bytes[..bytes.len() - 1]
}

/// A decoder without the cap can be made to hash for as long as a sender likes.
fn paths() -> Result<Vec<Fault>, CaseError> {
    let full = encode(&inclusion_proof(32)?);
    let (before, siblings) = (&full[..8], &full[12..]);
    let one_more = [before, &33u32.to_le_bytes(), siblings, &digest("sibling 33").0].concat();
    let what = "an inclusion proof with 33 different siblings, one more than allowed";
    Ok(vec![("path-of-33", what, CAP, one_more)])
}

/// A decoder that reads an unknown tag as the last one it knows takes a rejection for something
/// else.
fn decisions_with_two() -> Vec<Fault> {
    let honest = encode(&decision(Vote::Accepted, Settlement::Committed));
    let rest = &honest[2..];
    let faults = case_table! {
        "unknown-vote-and-settlement",
            "a decision row whose vote and settlement have tags that do not exist", TAG
            => [&[9, 9], rest].concat();
        "unknown-vote-and-truncated",
            "a decision row whose vote has an unknown tag and whose last byte is missing", TAG
            => [&[9], &without_last(&honest)[1..]].concat();
        "unknown-settlement-and-trailing",
            "a decision row whose settlement has an unknown tag, with an additional byte after it", TAG
            => [&honest[..1], &[3], rest, &[0]].concat();
    };
    faults.to_vec()
}

/// A decoder that fills in what is missing, or ignores what is left, gives a transaction two
/// encodings.
fn transactions() -> Result<Vec<Fault>, CaseError> {
    let honest = encode(&transaction(1, 1)?);
    let (all_but_payload, payload) = honest.split_at(honest.len() - 1);
    let faults = case_table! {
        "without-version", "a transaction without its version", LENGTH => honest[1..].to_vec();
        "without-payload", "a transaction without its payload", LENGTH => all_but_payload.to_vec();
        "payload-twice", "a transaction with its payload repeated", LENGTH
            => [all_but_payload, payload, payload].concat();
    };
    Ok(faults.to_vec())
}

/// A decoder that finds either fault first must give the same answer.
fn transactions_with_two() -> Result<Vec<Fault>, CaseError> {
    let bytes = [without_last(&encode(&transaction(1, 1)?)), &[1, 0]].concat();
    let what = "a transaction with an unknown payload and an additional byte after it";
    Ok(vec![("unknown-payload-and-trailing", what, TAG, bytes)])
}
