//! The identity log: which closing entries it takes, and in which order.

use serde_json::{Value, json};

use ioschain_spec::Rejection;
use ioschain_spec::identity::{CertifiedEpoch, EpochClosed};
use ioschain_spec::primitives::cosi::CollectiveSignature;
use ioschain_spec::primitives::group::{EncodedElement, EncodedScalar};
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::numbers::{Epoch, Height, Shard};

use super::samples::Market;
use crate::format::vector::VectorFile;
use crate::make::cases::faults::{Checks, Edit, Fault, Pairs, edits, faults};
use crate::make::cases::support::{CaseError, Intent, SuiteWriter};
use crate::make::cases::world::{Inputs as _, World, certify, certify_epoch, digest};
use crate::reference::to_json;

const HANDLER: &str = "atomix.order";

/// A closing entry that is put to the log.
#[derive(Clone)]
struct Attempt {
    world: World,
    entry: CertifiedEpoch<CollectiveSignature>,
}

impl Attempt {
    /// Shard 2 closes epoch 1, after shard 1 has.
    fn new() -> Result<Self, CaseError> {
        let mut world = Market::new()?.world;
        let first = world.close(Shard(1))?;
        world.order(&first)?;
        let entry = world.close(Shard(2))?;
        Ok(Self { world, entry })
    }

    /// Changes the entry, which its shard's quorum then certifies.
    fn change(&mut self, change: impl FnOnce(&mut EpochClosed)) -> Result<(), CaseError> {
        change(&mut self.entry.closed);
        self.entry = certify_epoch(self.entry.closed.clone())?;
        Ok(())
    }

    fn ask(&self) -> Result<Value, CaseError> {
        let mut input = self.world.context_json()?;
        input["entry"] = to_json(&self.entry)?;
        Ok(input)
    }
}

/// Entries that are taken: the first ones of three shards in any order, one of a second epoch, one
/// that everybody signed, and one whose contents the log cannot check. An implementation that
/// expects the shards in order, or exactly a quorum, refuses one of them.
pub(super) fn ordered() -> Result<VectorFile, CaseError> {
    let doc = "Closing entries that are appended to the identity log. Each one increases the \
               height of the log by 1, and the hash of the log covers it.";
    let mut suite = SuiteWriter::new(HANDLER, "ordered", doc)?;
    let requirements =
        ["MSB-CLOSE-01", "MSB-CLOSE-02", "MSB-CLOSE-03", "MSB-CLOSE-04", "MSB-CLOSE-05"];
    let mut add = |slug: &str, given: &str, attempt: &Attempt, height: Height| {
        let doc = format!(
            "Given {given}, when the entry is ordered, then the height of the log is {height}."
        );
        let intent = Intent::OkWith(json!({ "identity_height": height.to_string() }));
        suite.add(slug, &requirements, &doc, attempt.ask()?, intent).map(|_| ())
    };
    let mut world = Market::new()?.world;
    for (number, shard) in [(1, 3), (2, 1), (3, 2)] {
        let attempt = Attempt { entry: world.close(Shard(shard))?, world: world.clone() };
        let before = match number {
            1 => "no closing entry",
            2 => "1 closing entry",
            _ => "2 closing entries",
        };
        let given =
            format!("a log with {before}, and an entry by which shard {shard} closes epoch 1");
        add(&format!("entry-{number}-by-shard-{shard}"), &given, &attempt, Height(number))?;
        world.order(&attempt.entry)?;
    }
    let import = world.import_for(Shard(3))?;
    world.block(Shard(3), &[ioschain_spec::chain::entry::Entry::Import(import)])?;
    let mut second = Attempt { entry: world.close(Shard(3))?, world };
    add(
        "second-epoch",
        "a log in which shard 3 has closed epoch 1, and an entry by which it closes epoch 2",
        &second,
        Height(4),
    )?;
    let message = second.entry.closed.vote().message();
    second.entry.certificate = certify(Shard(3), &message, 4)?;
    add("all-validators-signed", "an entry that all four validators signed", &second, Height(4))?;
    let mut early = Attempt::new()?;
    early.change(|closed| {
        (closed.height, closed.last_header) = (Height(7), digest("last block"));
        set_roots(closed, vec![digest("list"); 3]);
    })?;
    add(
        "any-height-and-lists",
        "an entry whose height, last block and lists the identity shard cannot check",
        &early,
        Height(2),
    )?;
    Ok(suite.finish())
}

/// Faults in the order of the checks. Only the entry with too few roots is certified anew. The
/// first three change what was signed, so their certificates are no longer valid either.
const FAULTS: &[Fault<Attempt>] = &faults! { Attempt:
    "chain" => MsbChain, "MSB-CLOSE-01", "it belongs to another chain",
        |attempt| attempt.entry.closed.chain_id = digest("other chain");
    "shard" => MsbShard, "MSB-CLOSE-02", "its shard is 4 on a chain of three shards",
        |attempt| attempt.entry.closed.shard = Shard(4);
    "epoch" => MsbEpoch, "MSB-CLOSE-03", "it skips an epoch",
        |attempt| attempt.entry.closed.epoch = Epoch(2);
    "expiry-roots" => MsbExpiryRoots, "MSB-CLOSE-04", "it has lists for only two of three shards",
        |attempt| attempt.change(|closed| truncate_roots(closed, 2));
    "certificate-signers" => CryCertificateSigners, "CRY-CERT-01",
        "the bitmap of its certificate is 1 byte too long",
        |attempt| {
            let mut signers = attempt.entry.certificate.signers.to_vec();
            signers.push(0);
            attempt.entry.certificate.signers = signers.try_into()?;
        };
    "certificate-quorum" => CryCertificateQuorum, "CRY-CERT-02",
        "only two of four validators signed it",
        |attempt| {
            let message = attempt.entry.closed.vote().message();
            attempt.entry.certificate = certify(Shard(2), &message, 2)?;
        };
    "certificate-commitment" => CryElementEncoding, "CRY-GROUP-01",
        "the nonce commitment of its certificate is not a group element",
        |attempt| attempt.entry.certificate.signature.commitment = EncodedElement([0xff; 32]);
    "certificate-response" => CryScalarEncoding, "CRY-GROUP-02",
        "the response of its certificate is not below the order of the group",
        |attempt| attempt.entry.certificate.signature.response = EncodedScalar([0xff; 32]);
    "certificate-signature" => CryCosiSignature, "CRY-COSI-02",
        "the validators of another shard signed it",
        |attempt| {
            let message = attempt.entry.closed.vote().message();
            attempt.entry.certificate = certify(Shard(1), &message, 3)?;
        };
};

/// Three or four roots are below the cap, and always fit.
fn set_roots(closed: &mut EpochClosed, roots: Vec<Digest>) {
    if let Ok(roots) = roots.try_into() {
        closed.expiry_roots = roots;
    }
}

fn truncate_roots(closed: &mut EpochClosed, count: usize) {
    let roots = closed.expiry_roots.iter().copied().take(count).collect();
    set_roots(closed, roots);
}

type Change = fn(&mut EpochClosed);

/// Values beyond both ends of what a check allows, in entries that their shard's quorum certifies.
/// They catch a comparison in the wrong direction.
const OTHER_VALUES: &[Edit<EpochClosed>] = &edits! { EpochClosed:
    "identity-shard" => MsbShard, &["MSB-CLOSE-02"], "its shard is the identity shard",
        |closed| closed.shard = Shard(0);
    "shard-far-beyond" => MsbShard, &["MSB-CLOSE-02"], "its shard is 65,535",
        |closed| closed.shard = Shard(u16::MAX);
    "epoch-zero" => MsbEpoch, &["MSB-CLOSE-03"], "its epoch is 0, which genesis closed",
        |closed| closed.epoch = Epoch(0);
    "epoch-closed-before" => MsbEpoch, &["MSB-CLOSE-03"],
        "its epoch is one that its shard has already closed",
        |closed| closed.shard = Shard(1);
    "no-roots" => MsbExpiryRoots, &["MSB-CLOSE-04"], "it has no roots of lists",
        |closed| truncate_roots(closed, 0);
    "a-root-too-many" => MsbExpiryRoots, &["MSB-CLOSE-04"],
        "it has four roots of lists on a chain of three shards",
        |closed| {
            let mut roots = closed.expiry_roots.to_vec();
            roots.push(Digest::ZERO);
            set_roots(closed, roots);
        };
    "epoch-far-beyond" => MsbEpoch, &["MSB-CLOSE-03"], "its epoch is the largest possible number",
        |closed| closed.epoch = Epoch(u64::MAX);
};

/// Entries that are refused. The base is the entry by which shard 2 closes epoch 1, after shard 1
/// has closed it.
pub(super) fn refused() -> Result<VectorFile, CaseError> {
    let doc = "Closing entries that the identity log refuses. Each check fails alone or together \
               with the next one, and the values next to each limit are tested.";
    let mut suite = SuiteWriter::new(HANDLER, "refused", doc)?;
    let honest = Attempt::new()?;
    let subject = "a closing entry";
    let checks = Checks { subject, honest: &honest, faults: FAULTS, ask: Attempt::ask };
    checks.add_single_faults(&mut suite)?;
    checks.add_pairs(&mut suite, Pairs::Neighbours, &[])?;
    for edit in OTHER_VALUES {
        let mut attempt = honest.clone();
        attempt.entry = certify_epoch(edit.apply(&attempt.entry.closed)?)?;
        let doc = "Given a closing entry, when {what}, then it is refused.";
        edit.add(&mut suite, doc, attempt.ask()?, edit.intent())?;
    }
    uncertified(&mut suite, &honest)?;
    Ok(suite.finish())
}

/// Entries whose certificate does not count: three that were changed after a quorum had signed
/// them, and one that too few validators signed. An implementation that does not check what was
/// signed accepts the first three.
fn uncertified(suite: &mut SuiteWriter, honest: &Attempt) -> Result<(), CaseError> {
    let changes: [(&str, &str, Change); 3] = [
        (
            "list-changed-after-signing",
            "the roots of its lists were changed after it was signed",
            |closed| {
                set_roots(closed, vec![Digest::ZERO; 3]);
            },
        ),
        (
            "last-block-changed-after-signing",
            "its last block was changed after it was signed",
            |closed| {
                closed.last_header = digest("another block");
            },
        ),
        ("height-changed-after-signing", "its height was changed after it was signed", |closed| {
            closed.height += 1
        }),
    ];
    for (slug, what, change) in changes {
        let mut attempt = honest.clone();
        change(&mut attempt.entry.closed);
        let doc = format!("Given a closing entry, when {what}, then it is refused.");
        let requirements = ["MSB-CLOSE-05", "CRY-COSI-02"];
        let intent = Intent::Rejected(Rejection::CryCosiSignature);
        suite.add(slug, &requirements, &doc, attempt.ask()?, intent)?;
    }
    let mut wrong = honest.clone();
    let message = wrong.entry.closed.vote().message();
    wrong.entry.certificate = certify(Shard(2), &message, 2)?;
    suite.add(
        "too-few-signed",
        &["MSB-CLOSE-05", "CRY-CERT-02"],
        "Given a closing entry, when the number of signers is one below the quorum, then it is \
         refused.",
        wrong.ask()?,
        Intent::Rejected(Rejection::CryCertificateQuorum),
    )?;
    Ok(())
}
