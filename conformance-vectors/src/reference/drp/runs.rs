//! Questions about whole runs of §4: what follows from whose turn it is, from secrets, from a
//! transcript.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use ioschain_spec::Rejection;
use ioschain_spec::drp::Session;
use ioschain_spec::drp::configuration::ServerGroup;
use ioschain_spec::drp::messages::{Announcement, Commit, Transcript, derive_root};
use ioschain_spec::drp::recovery::derive_randomness;
use ioschain_spec::drp::report::Check;
use ioschain_spec::drp::rules::Step;
use ioschain_spec::drp::verifier::{list_checks, verify_transcript};
use ioschain_spec::primitives::cosi::CollectiveSignature;
use ioschain_spec::primitives::group::{Element as _, EncodedScalar, Group, Scalar as _};
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::keys::NodeId;
use ioschain_spec::primitives::numbers::Position;
use ioschain_spec::primitives::pvss::{deal, decode_deal, decrypt_share, recover};
use ioschain_spec::primitives::shamir::Polynomial;

use super::{RulesIn, environment, read_epoch, read_leadership};
use crate::reference::json::{read, read_list, to_json};
use crate::reference::{Outcome, Refusal};

type NormativeTranscript = Transcript<CollectiveSignature>;

pub(super) fn session<G: Group + 'static>(rules: RulesIn<G>, input: &Value) -> Outcome {
    let epoch = read_epoch(input)?;
    let run = epoch.run::<G>(&read_leadership(input)?);
    let session = Session::derive(&environment(rules, &epoch), &run)?;
    let groups: Vec<Vec<NodeId>> =
        session.groups.iter().map(|group| group.members.clone()).collect();
    let thresholds: Vec<usize> = session.groups.iter().map(ServerGroup::threshold).collect();
    Ok(json!({
        "run": to_json(&run)?,
        "session": to_json(&session.id)?,
        "base": to_json(&rules.derive_base(&session.id).encode())?,
        "groups": to_json(&groups)?,
        "thresholds": thresholds,
    }))
}

pub(super) fn deadlines<G: Group + 'static>(rules: RulesIn<G>, input: &Value) -> Outcome {
    let (delay, view) = (read(input, "delay")?, read(input, "view")?);
    let faults: u32 = read(input, "faults")?;
    let faults = usize::try_from(faults).unwrap_or(usize::MAX);
    let due = |step| rules.derive_deadline(step, delay, view, faults).to_string();
    Ok(json!({
        "announcement": due(Step::Announcement),
        "deals": due(Step::Deals),
        "proposal": due(Step::Proposal),
        "sign_off": due(Step::SignOff),
    }))
}

pub(super) fn hashes(input: &Value) -> Outcome {
    let commit: Commit = read(input, "commit")?;
    let proposal = &commit.proposal;
    let deals: Vec<[Digest; 2]> =
        proposal.deals.iter().map(|deal| [deal.message(), deal.hash()]).collect();
    Ok(json!({
        "announcement_message": to_json(&Announcement::message(&proposal.announcement.run))?,
        "announcement": to_json(&proposal.announcement.hash())?,
        "session": to_json(&proposal.announcement.run.session_id())?,
        "deals": to_json(&deals)?,
        "root": to_json(&derive_root(&proposal.deals))?,
        "statement_message": to_json(&proposal.statement.message())?,
        "commit": to_json(&commit.hash())?,
    }))
}

pub(super) fn verify<G: Group + 'static>(rules: RulesIn<G>, input: &Value) -> Outcome {
    let epoch = read_epoch(input)?;
    let transcript: NormativeTranscript = read(input, "transcript")?;
    let randomness = verify_transcript(&environment(rules, &epoch), &transcript)?;
    Ok(json!({ "randomness": to_json(&randomness)? }))
}

pub(super) fn checks<G: Group + 'static>(rules: RulesIn<G>, input: &Value) -> Outcome {
    let epoch = read_epoch(input)?;
    let transcript: NormativeTranscript = read(input, "transcript")?;
    let report = list_checks(&environment(rules, &epoch), &transcript);
    let row = |(check, outcome): &(Check, Result<(), Rejection>)| {
        json!([check.name(), outcome.err().map(Rejection::code)])
    };
    Ok(json!({ "checks": report.outcomes.iter().map(row).collect::<Vec<_>>() }))
}

pub(super) fn outcome<G: Group + 'static>(rules: RulesIn<G>, input: &Value) -> Outcome {
    let epoch = read_epoch(input)?;
    let run = epoch.run::<G>(&read_leadership(input)?);
    let session = Session::derive(&environment(rules, &epoch), &run)?;
    let decryption: Vec<(NodeId, EncodedScalar)> = read_list(input, "decryption")?;
    let decryption: BTreeMap<_, _> = decryption.into_iter().collect();
    let mut sum = G::identity();
    let mut deals = Vec::new();
    for (dealer, coefficients) in read_list::<(NodeId, Vec<EncodedScalar>)>(input, "dealers")? {
        let (_, group) = session.group_of(&dealer).ok_or(Rejection::DrpInputGroup)?;
        let (secret, shown) = dealt::<G>(group, &dealer, &coefficients, &decryption)?;
        sum = sum.add(secret);
        deals.push(shown);
    }
    let secret = sum.encode();
    Ok(json!({
        "session": to_json(&session.id)?,
        "base": to_json(&rules.derive_base(&session.id).encode())?,
        "deals": deals,
        "secret": to_json(&secret)?,
        "randomness": to_json(&derive_randomness(&session.id, &secret))?,
    }))
}

/// A dealer's secret, and how it got there: dealt, decrypted by all, recovered from the first
/// shares.
fn dealt<G: Group + 'static>(
    group: &ServerGroup<G>,
    dealer: &NodeId,
    coefficients: &[EncodedScalar],
    decryption: &BTreeMap<NodeId, EncodedScalar>,
) -> Result<(G::Element, Value), Refusal> {
    let sharing = group.sharing_of(dealer);
    let coefficients: Vec<_> =
        coefficients.iter().map(G::Scalar::decode).collect::<Result<_, _>>()?;
    let dealt = deal(&sharing, &Polynomial::new(coefficients), &[0; 32])?;
    let decoded = decode_deal(&sharing, &dealt)?;
    let mut decrypted = Vec::new();
    for (position, member) in Position::all().zip(&group.members) {
        let key = decryption.get(member).ok_or_else(|| "`decryption` is not all".to_owned())?;
        let key = G::Scalar::decode(key)?;
        decrypted.push(decrypt_share(&sharing, &decoded, position, key, &[0; 32])?.share);
    }
    let first = Position::all().zip(&decrypted).take(group.threshold());
    let shares = first.map(|(position, share)| Ok((position, G::Element::decode(share)?)));
    let secret = recover(&sharing, &shares.collect::<Result<_, Rejection>>()?)?;
    let encrypted: Vec<_> = dealt.shares.iter().map(|encrypted| encrypted.share).collect();
    let shown = json!({
        "dealer": to_json(dealer)?,
        "commitments": to_json(&dealt.commitments)?,
        "encrypted": to_json(&encrypted)?,
        "decrypted": to_json(&decrypted)?,
        "secret": to_json(&secret.encode())?,
    });
    Ok((secret, shown))
}
