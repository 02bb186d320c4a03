//! Witnesses: which signatures satisfy which policy, and what is wrong with the others.

use ioschain_spec::Rejection;
use ioschain_spec::ledger::{Account, Policy, SignedTransaction, Transaction, TxId, Witness};
use ioschain_spec::primitives::ed25519::{KeyPair, Signature};
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::numbers::{Epoch, Shard};
use ioschain_spec::suite::Normative;

use super::samples::Town;
use crate::format::vector::{FLAG_SECOND_FAULT, VectorFile};
use crate::make::cases::support::{CaseError, Intent, SuiteWriter};
use crate::make::cases::world::{
    Coin, Inputs as _, Owner, World, change_witnesses, key_pair, policy, sign, witness,
};

const HANDLER: &str = "ledger.apply";

/// One coin of one owner, paid out to the owner itself.
struct Payment {
    world: World,
    owner: Owner,
    transaction: Transaction,
}

impl Payment {
    fn of(threshold: u32, weights: &[u16]) -> Result<Self, CaseError> {
        let mut world = World::new(2)?;
        let owner = Owner::weighted("household", threshold, weights, Shard(1), 2)?;
        let coin = world.coin(&owner, 100, 1)?;
        let transaction = world.draft(Epoch(1), &[&coin], &[(&owner, 90)])?;
        Ok(Self { world, owner, transaction })
    }

    fn txid(&self) -> TxId {
        self.transaction.id(&Normative)
    }

    /// The witness of the keys at these places, with the policy revealed.
    fn signed_by(&self, places: &[usize]) -> Result<Witness, CaseError> {
        let keys: Vec<KeyPair> =
            places.iter().map(|place| self.owner.keys[*place].clone()).collect();
        Ok(witness(Some(&self.owner.policy), &keys, &self.txid())?)
    }

    fn with(&self, witness: Witness) -> Result<SignedTransaction, CaseError> {
        let witnesses = vec![witness].try_into()?;
        Ok(SignedTransaction { transaction: self.transaction.clone(), witnesses })
    }

    /// Puts the payment with this witness to its shard.
    fn add(
        &self,
        suite: &mut SuiteWriter,
        slug: &str,
        requirements: &[&str],
        doc: &str,
        witness: Witness,
        intent: Intent,
    ) -> Result<(), CaseError> {
        let input = self.world.request(Shard(1), &self.with(witness)?)?;
        suite.add(slug, requirements, doc, input, intent)?;
        Ok(())
    }

    /// Gives the owner's account a row.
    fn with_row(mut self, policy: Policy) -> Result<Self, CaseError> {
        let owner = self.owner.account();
        self.world.state_mut(Shard(1))?.accounts.insert(owner, Account { policy });
        Ok(self)
    }
}

/// A policy and the keys of it that sign, by their positions. They either reach the threshold or do
/// not.
struct Signers {
    slug: &'static str,
    threshold: u32,
    weights: &'static [u16],
    signers: &'static [usize],
}

const ENOUGH: [Signers; 7] = [
    Signers { slug: "one-of-one", threshold: 1, weights: &[1], signers: &[0] },
    Signers { slug: "two-of-three", threshold: 2, weights: &[1, 1, 1], signers: &[0, 2] },
    Signers {
        slug: "three-of-three-where-two-suffice",
        threshold: 2,
        weights: &[1, 1, 1],
        signers: &[0, 1, 2],
    },
    Signers {
        slug: "weights-reach-the-threshold-exactly",
        threshold: 8,
        weights: &[5, 3, 2],
        signers: &[0, 1],
    },
    Signers { slug: "one-heavy-signer", threshold: 5, weights: &[5, 3, 2], signers: &[0] },
    Signers {
        slug: "threshold-is-the-sum",
        threshold: 10,
        weights: &[5, 3, 2],
        signers: &[0, 1, 2],
    },
    Signers {
        slug: "weights-beyond-16-bits",
        threshold: 131_070,
        weights: &[65_535, 65_535],
        signers: &[0, 1],
    },
];

const TOO_FEW: [Signers; 6] = [
    Signers { slug: "nobody", threshold: 1, weights: &[1], signers: &[] },
    Signers { slug: "one-of-two", threshold: 2, weights: &[1, 1, 1], signers: &[1] },
    Signers { slug: "weights-one-short", threshold: 9, weights: &[5, 3, 2], signers: &[0, 1] },
    Signers { slug: "light-signers", threshold: 6, weights: &[5, 3, 2], signers: &[1, 2] },
    Signers { slug: "all-but-the-lightest", threshold: 10, weights: &[5, 3, 2], signers: &[0, 1] },
    Signers {
        slug: "half-of-the-sum",
        threshold: 131_070,
        weights: &[65_535, 65_535],
        signers: &[0],
    },
];

const THRESHOLD: &[&str] = &["LED-WITNESS-07"];
const ALL: &[&str] = &[
    "LED-WITNESS-01",
    "LED-WITNESS-02",
    "LED-WITNESS-03",
    "LED-WITNESS-04",
    "LED-WITNESS-05",
    "LED-WITNESS-06",
    "LED-WITNESS-07",
];

/// Adds a case for each set of signers. All of them have the same answer.
fn add_signers(
    suite: &mut SuiteWriter,
    sets: &[Signers],
    requirements: &[&str],
    then: &str,
    intent: &Intent,
) -> Result<(), CaseError> {
    for Signers { slug, threshold, weights, signers } in sets {
        let payment = Payment::of(*threshold, weights)?;
        let doc = format!(
            "Given a policy with the threshold {threshold} and keys with the weights {weights:?}, \
             when the keys at the positions {signers:?} sign, then the payment is {then}."
        );
        let witness = payment.signed_by(signers)?;
        payment.add(suite, slug, requirements, &doc, witness, intent.clone())?;
    }
    Ok(())
}

/// Witnesses that satisfy the policy: seven sets of signers who are enough, and three accounts that
/// have a row.
pub(super) fn accepted() -> Result<VectorFile, CaseError> {
    let doc =
        "Witnesses that satisfy the policy of an account with a row in the state, or without one.";
    let mut suite = SuiteWriter::new(HANDLER, "witnesses-accepted", doc)?;
    add_signers(&mut suite, &ENOUGH, ALL, "applied", &Intent::Ok)?;
    let rows = ["LED-WITNESS-02", "LED-WITNESS-03", "LED-OWNER-03"];

    let payment = Payment::of(1, &[1])?;
    let same = payment.owner.policy.clone();
    let payment = payment.with_row(same)?;
    let unrevealed = witness(None, &payment.owner.keys, &payment.txid())?;
    let doc = "Given an account with a row, when a witness reveals no policy, then its signatures \
               satisfy the policy in the row and the payment is applied.";
    payment.add(&mut suite, "row-and-no-policy", &rows, doc, unrevealed, Intent::Ok)?;

    let nonsense = policy(0, &[key_pair("stranger", 0)], &[0])?;
    let revealed = witness(Some(&nonsense), &payment.owner.keys, &payment.txid())?;
    let doc = "Given an account with a row, when a witness reveals an invalid policy of another \
               account, then the revealed policy is ignored and the row does not change.";
    payment.add(&mut suite, "row-and-nonsense-policy", &rows, doc, revealed, Intent::Ok)?;

    let new_key = [key_pair("new key", 0)];
    let payment = Payment::of(1, &[1])?.with_row(policy(1, &new_key, &[1])?)?;
    let doc = "Given an account whose row has another policy than the account's first, when the \
               key of the policy in the row signs, then the payment is applied.";
    let by_new = witness(None, &new_key, &payment.txid())?;
    payment.add(&mut suite, "row-with-another-policy", &rows, doc, by_new, Intent::Ok)?;
    Ok(suite.finish())
}

/// Witnesses that are refused: signers who are too few, and faults of the number of witnesses, the
/// policy, the keys and the signatures, alone and two at once.
pub(super) fn refused() -> Result<VectorFile, CaseError> {
    let doc = "Witnesses that are refused, for each reason and in the order of the checks.";
    let mut suite = SuiteWriter::new(HANDLER, "witnesses-refused", doc)?;
    let threshold = Intent::Rejected(Rejection::LedWitnessThreshold);
    add_signers(&mut suite, &TOO_FEW, THRESHOLD, "refused", &threshold)?;
    counts(&mut suite)?;
    policies(&mut suite)?;
    invalid_policies(&mut suite)?;
    keys(&mut suite)?;
    signatures(&mut suite)?;
    order(&mut suite)?;
    input_by_input(&mut suite)?;
    Ok(suite.finish())
}

/// An implementation that does not count witnesses spends an input without one, or ignores the
/// rest.
fn counts(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let payment = Payment::of(1, &[1])?;
    for (slug, count) in [("no-witness", 0), ("a-witness-too-many", 2)] {
        let mut signed = payment.with(payment.signed_by(&[0])?)?;
        change_witnesses(&mut signed, |witnesses| {
            let one = witnesses[0].clone();
            *witnesses = vec![one; count];
        })?;
        let doc = format!(
            "Given a payment with one input, when it has {count} witnesses, then it is refused."
        );
        let intent = Intent::Rejected(Rejection::LedWitnessCount);
        suite.add(
            slug,
            &["LED-WITNESS-01"],
            &doc,
            payment.world.request(Shard(1), &signed)?,
            intent,
        )?;
    }
    Ok(())
}

/// An implementation that trusts any policy of a witness lets a stranger spend with a policy of its
/// own.
fn policies(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let payment = Payment::of(1, &[1])?;
    let unrevealed = witness(None, &payment.owner.keys, &payment.txid())?;
    let doc =
        "Given an account without a row, when the witness reveals no policy, then it is refused.";
    let missing = Intent::Rejected(Rejection::LedWitnessPolicyMissing);
    let requirements = ["LED-WITNESS-02", "LED-OWNER-03"];
    payment.add(suite, "policy-missing", &requirements, doc, unrevealed, missing)?;

    let other = key_pair("stranger", 0);
    let policies = [
        (
            "policy-of-a-stranger",
            "the policy and signature of a stranger",
            policy(1, std::slice::from_ref(&other), &[1])?,
            other,
        ),
        (
            "policy-with-another-threshold",
            "the owner's policy with another threshold",
            policy(0, &payment.owner.keys, &[1])?,
            payment.owner.keys[0].clone(),
        ),
        (
            "policy-with-another-weight",
            "the owner's policy with another weight",
            policy(1, &payment.owner.keys, &[2])?,
            payment.owner.keys[0].clone(),
        ),
    ];
    for (slug, what, policy, key) in policies {
        let doc = format!(
            "Given an account without a row, when a witness reveals {what}, then it is refused."
        );
        let revealed = witness(Some(&policy), &[key], &payment.txid())?;
        let intent = Intent::Rejected(Rejection::LedWitnessPolicyWrong);
        let requirements = ["LED-WITNESS-03", "LED-OWNER-01"];
        payment.add(suite, slug, &requirements, &doc, revealed, intent)?;
    }
    Ok(())
}

/// Policies with a weight of 0, a threshold of 0 or above the sum of the weights, or no keys; and a
/// row with such a policy. An implementation that accepts a threshold of 0 lets anybody spend; one
/// that accepts a threshold above the sum takes coins that nobody can spend.
fn invalid_policies(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let rows: [(&str, &str, u32, &[u16]); 5] = [
        ("weight-zero", "a weight of 0", 1, &[1, 0]),
        ("threshold-zero", "a threshold of 0", 0, &[1]),
        (
            "threshold-above-the-sum",
            "a threshold that exceeds the sum of all weights by 1",
            3,
            &[1, 1],
        ),
        (
            "threshold-far-above-the-sum",
            "a threshold that exceeds the sum of all weights by 65,536",
            65_537,
            &[1],
        ),
        ("no-keys", "no keys", 1, &[]),
    ];
    for (slug, what, threshold, weights) in rows {
        let payment = Payment::of(threshold, weights)?;
        let doc =
            format!("Given a policy with {what}, when all its keys sign, then it is refused.");
        let all: Vec<usize> = (0..weights.len()).collect();
        let intent = Intent::Rejected(Rejection::LedWitnessPolicyInvalid);
        let slug = format!("policy-{slug}");
        payment.add(suite, &slug, &["LED-WITNESS-04"], &doc, payment.signed_by(&all)?, intent)?;
    }
    let payment = Payment::of(1, &[1])?;
    let unsatisfiable = policy(2, &payment.owner.keys, &[1])?;
    let payment = payment.with_row(unsatisfiable)?;
    let doc = "Given an account whose row has a policy that nobody can satisfy, when the key of \
               the account's first policy signs, then the payment is refused.";
    let intent = Intent::Rejected(Rejection::LedWitnessPolicyInvalid);
    let witness = payment.signed_by(&[0])?;
    payment.add(suite, "row-with-an-invalid-policy", &["LED-WITNESS-04"], doc, witness, intent)
}

/// An implementation that counts any key reaches the threshold with a stranger's signature.
fn keys(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let payment = Payment::of(1, &[1])?;
    let with_stranger = [payment.owner.keys[0].clone(), key_pair("stranger", 0)];
    let doc = "Given a policy that the signatures satisfy, when a key outside the policy signs as \
               well, then the payment is refused.";
    let refused = || Intent::Rejected(Rejection::LedWitnessKey);
    let both = witness(Some(&payment.owner.policy), &with_stranger, &payment.txid())?;
    payment.add(suite, "a-stranger-too", &["LED-WITNESS-05"], doc, both, refused())?;

    let payment = payment.with_row(policy(1, &[key_pair("new key", 0)], &[1])?)?;
    let doc = "Given an account whose row has another policy than the account's first, when the \
               witness reveals the first policy and its key signs, then the payment is refused.";
    let by_old = payment.signed_by(&[0])?;
    let requirements = ["LED-WITNESS-05", "LED-OWNER-03"];
    payment.add(suite, "key-of-the-first-policy", &requirements, doc, by_old, refused())
}

/// An implementation that does not verify each signature over this transaction accepts one of
/// these.
fn signatures(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let payment = Payment::of(2, &[1, 1])?;
    let mut other = payment.transaction.clone();
    other.salt += 1;
    let other = other.id(&Normative);
    let of_another = witness(Some(&payment.owner.policy), &payment.owner.keys, &other)?;
    let plain: Vec<Signature> =
        payment.owner.keys.iter().map(|key| key.sign(&payment.txid().0.0)).collect();
    let signed = payment.signed_by(&[0, 1])?;
    let rows = [
        (
            "signature-of-another-transaction",
            "the signatures are for the same payment with another salt",
            of_another,
        ),
        (
            "signature-of-the-bare-id",
            "the signatures sign the bytes of the transaction id, without a tag",
            replaced(&signed, &plain)?,
        ),
        ("signatures-swapped", "the signatures of two keys are exchanged", swapped(&signed)?),
        (
            "signature-with-a-bit-flipped",
            "one bit of the last signature is flipped",
            flipped(&signed)?,
        ),
    ];
    for (slug, what, witness) in rows {
        let doc = format!("Given a payment, when {what}, then it is refused.");
        let intent = Intent::Rejected(Rejection::LedWitnessSignature);
        let requirements = ["LED-WITNESS-06", "LED-TX-01", "CRY-SIGN-01", "CRY-HASH-01"];
        payment.add(suite, slug, &requirements, &doc, witness, intent)?;
    }
    Ok(())
}

/// The witness with other signatures at its keys.
fn replaced(witness: &Witness, signatures: &[Signature]) -> Result<Witness, CaseError> {
    let keys = witness.signatures.keys().copied();
    let entries: std::collections::BTreeMap<_, _> = keys.zip(signatures.iter().copied()).collect();
    Ok(Witness { signatures: entries.try_into()?, ..witness.clone() })
}

fn swapped(witness: &Witness) -> Result<Witness, CaseError> {
    let reversed: Vec<Signature> = witness.signatures.values().rev().copied().collect();
    replaced(witness, &reversed)
}

fn flipped(witness: &Witness) -> Result<Witness, CaseError> {
    let mut signatures: Vec<Signature> = witness.signatures.values().copied().collect();
    if let Some(last) = signatures.last_mut() {
        last.0[0] ^= 1;
    }
    replaced(witness, &signatures)
}

/// Two faults in one witness, and in the last case a witness with too few signatures for an input
/// that does not exist.
fn order(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let payment = Payment::of(3, &[1, 1])?; // invalid: nobody can satisfy it
    let stranger = [key_pair("stranger", 0)];
    let key_fault = witness(Some(&payment.owner.policy), &stranger, &payment.txid())?;
    let wrong_and_invalid =
        witness(Some(&policy(0, &stranger, &[0])?), &stranger, &payment.txid())?;
    let rows = [
        (
            "policy-wrong-before-invalid",
            "the revealed policy is not the owner's and is also invalid",
            "LED-WITNESS-03",
            Rejection::LedWitnessPolicyWrong,
            wrong_and_invalid,
        ),
        (
            "policy-invalid-before-key",
            "the owner's policy is invalid, and a stranger signs",
            "LED-WITNESS-04",
            Rejection::LedWitnessPolicyInvalid,
            key_fault,
        ),
    ];
    for (slug, what, requirement, rejection, witness) in rows {
        add_order(suite, &payment, slug, what, requirement, rejection, witness)?;
    }
    let payment = Payment::of(2, &[1, 1])?;
    let no_policy = witness(None, &stranger, &payment.txid())?;
    let one = payment.signed_by(&[0])?;
    let bad_one = flipped(&one)?;
    let strange = witness(Some(&payment.owner.policy), &stranger, &TxId(Digest::ZERO))?;
    let rows = [
        (
            "policy-missing-before-key",
            "no policy is revealed, and a stranger signs",
            "LED-WITNESS-02",
            Rejection::LedWitnessPolicyMissing,
            no_policy,
        ),
        (
            "key-before-signature",
            "a stranger signs another message",
            "LED-WITNESS-05",
            Rejection::LedWitnessKey,
            strange,
        ),
        (
            "signature-before-threshold",
            "too few keys sign, and a signature is invalid",
            "LED-WITNESS-06",
            Rejection::LedWitnessSignature,
            bad_one,
        ),
    ];
    for (slug, what, requirement, rejection, witness) in rows {
        add_order(suite, &payment, slug, what, requirement, rejection, witness)?;
    }
    let mut payment = payment;
    payment.world.state_mut(Shard(1))?.unspent.clear();
    let what = "too few keys sign, and the input does not exist in the state";
    let requirement = "LED-WITNESS-07";
    let rejection = Rejection::LedWitnessThreshold;
    add_order(suite, &payment, "threshold-before-unknown", what, requirement, rejection, one)
}

/// Adds a case with two faults, which fixes the order of two checks.
fn add_order(
    suite: &mut SuiteWriter,
    payment: &Payment,
    slug: &str,
    what: &str,
    requirement: &str,
    rejection: Rejection,
    witness: Witness,
) -> Result<(), CaseError> {
    let doc = format!("Given a payment, when {what}, then it is refused for the first fault.");
    let input = payment.world.request(Shard(1), &payment.with(witness)?)?;
    suite
        .add(slug, &[requirement], &doc, input, Intent::Rejected(rejection))?
        .flag(FLAG_SECOND_FAULT);
    Ok(())
}

/// Faults in two witnesses: all checks of the first come before those of the second. In the second
/// case only the second witness has a fault.
fn input_by_input(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let Town { world, amy, coins, .. } = Town::new()?;
    let coins: Vec<&Coin> = coins.iter().take(2).collect();
    let transaction = world.draft(Epoch(1), &coins, &[(&amy, 1490)])?;
    let honest = sign(&transaction, &coins)?.witnesses.to_vec();
    let unsigned = witness(honest[0].policy.as_ref(), &[], &transaction.id(&Normative))?;
    let unrevealed = Witness { policy: None, ..honest[1].clone() };
    let faults = [
        (
            "first-input-first",
            "the first witness has no signatures and the second reveals no policy",
            vec![unsigned, unrevealed.clone()],
            Rejection::LedWitnessThreshold,
        ),
        (
            "second-input-too",
            "the first witness is valid and the second reveals no policy",
            vec![honest[0].clone(), unrevealed],
            Rejection::LedWitnessPolicyMissing,
        ),
    ];
    for (slug, what, witnesses, rejection) in faults {
        let signed = SignedTransaction {
            transaction: transaction.clone(),
            witnesses: witnesses.try_into()?,
        };
        let doc = format!("Given two inputs of one owner, when {what}, then it is refused.");
        let requirements = ["LED-WITNESS-07", "LED-WITNESS-02"];
        let intent = Intent::Rejected(rejection);
        let case =
            suite.add(slug, &requirements, &doc, world.request(Shard(1), &signed)?, intent)?;
        if slug == "first-input-first" {
            case.flag(FLAG_SECOND_FAULT);
        }
    }
    Ok(())
}
