//! Transcripts that differ from a valid one in one thing, each refused at the check of that thing.
//!
//! Where something is changed that others sign, they sign what it is changed to: so nothing but the one check is in
//! the way. Seven validators in groups of three; the first leader failed, the second committed.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::{Value, json};

use ioschain_spec::Rejection::{
    self, CryCertificateQuorum, CryCertificateSigners, CryCosiSignature, CryDleqProof,
    CryElementEncoding, CryElementIdentity, CryPvssLengths, CryScalarEncoding, CrySharePositions,
    CryVrfProofFalse, DrpAnnouncement, DrpCommitEntry, DrpConfiguration, DrpDealDealer,
    DrpDealSession, DrpDealSignature, DrpFailQuorum, DrpGroups, DrpInputCount, DrpInputGroup,
    DrpInputRepeated, DrpLeader, DrpLogOrder, DrpNotCurrent, DrpOutput, DrpRoot, DrpSecret,
    DrpSession, DrpShareCount, DrpTimeoutSignature, DrpTimeoutSigner, EdsTicketEpoch,
    EdsTicketLate, EdsTicketRepeated, EdsTicketUnregistered, EdsTicketView,
};
use ioschain_spec::drp::checks::Check;
use ioschain_spec::drp::log::LotteryLog;
use ioschain_spec::drp::messages::{
    Announcement, Fail, OrderedRecord, Record, SignedDeal, derive_root, to_inputs,
};
use ioschain_spec::drp::recovery::derive_randomness;
use ioschain_spec::drp::{Epoch, Run};
use ioschain_spec::primitives::certificate::Roster;
use ioschain_spec::primitives::ed25519::{KeyPair, Signature};
use ioschain_spec::primitives::encoding::BoundedMap;
use ioschain_spec::primitives::group::{EncodedElement, EncodedScalar, Group};
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::keys::NodeId;
use ioschain_spec::primitives::pvss::{Deal, DecryptedShare};
use ioschain_spec::primitives::ristretto::Ristretto255;
use ioschain_spec::primitives::schnorr::SchnorrSignature;
use ioschain_spec::sharding::lottery::Ticket;
use ioschain_spec::suite::Normative;

use super::transcripts::seven;
use super::world::{Finished, NormativeTranscript, World, edit, epoch_json, falsify, missing};
use crate::format::vector::{FLAG_SECOND_FAULT, VectorFile};
use crate::make::cases::faults::{Checks, Fault, Pairs};
use crate::make::cases::support::{CaseError, Intent, SuiteWriter};
use crate::make::cases::world::digest;
use crate::reference::to_json;

const NO_ELEMENT: EncodedElement = EncodedElement([0xff; 32]);
const NO_SCALAR: EncodedScalar = EncodedScalar([0xff; 32]);
const IDENTITY: EncodedElement = EncodedElement([0; 32]);

pub(super) fn files() -> Result<Vec<VectorFile>, CaseError> {
    let honest = Question::honest()?;
    let mut files = vec![
        single_faults(&honest, "run-faults", "The run, and whose turn it was.", &RUN)?,
        single_faults(&honest, "deal-faults", "Groups, inputs, deals, root.", &DEALS)?,
        single_faults(&honest, "signature-faults", "The collective signature.", &SIGNATURES)?,
        single_faults(&honest, "commit-faults", "Commit, shares, random number.", &COMMIT)?,
    ];
    files.push(two_faults(&honest)?);
    files.push(other_facts(&honest)?);
    files.push(listed_checks(&honest)?);
    Ok(files)
}

// --- The question, and how it is changed ------------------------------------------------------

/// A transcript, and what its reader knows of the epoch.
#[derive(Clone)]
pub(super) struct Question {
    pub(super) finished: Rc<Finished<Ristretto255>>,
    /// Of the run.
    pub(super) groups: Vec<Vec<NodeId>>,
    epoch: Epoch,
    pub(super) transcript: NormativeTranscript,
}

fn drop_last<T>(values: &mut Vec<T>) {
    values.pop();
}

impl Question {
    pub(super) fn honest() -> Result<Self, CaseError> {
        let finished = Rc::new(seven()?);
        let session = finished.world.session(&finished.leadership)?;
        let groups = session.groups.into_iter().map(|group| group.members).collect();
        let (epoch, transcript) = (finished.world.epoch.clone(), finished.transcript.clone());
        Ok(Self { finished, groups, epoch, transcript })
    }

    fn to_json(&self) -> Result<Value, CaseError> {
        Ok(json!({
            "group": Ristretto255::NAME,
            "epoch": epoch_json(&self.epoch)?,
            "transcript": to_json(&self.transcript)?,
        }))
    }

    fn signing(&self, name: &NodeId) -> Result<&KeyPair, CaseError> {
        Ok(&self.finished.world.member(name)?.secrets.signing)
    }

    /// The same signers sign what the statement now is.
    fn sign_again(&mut self) -> Result<(), CaseError> {
        let message = self.transcript.commit.proposal.statement.message();
        let signers = self.transcript.commit.signature.signers.clone();
        self.transcript.commit.signature = self.finished.world.signature_by(&signers, &message);
        self.record_again()
    }

    /// The first `count` validators sign.
    fn signed_by(&mut self, count: usize) -> Result<(), CaseError> {
        self.transcript.commit.signature.signers = self.finished.world.first_signers(count)?;
        self.sign_again()
    }

    /// The log has what the commit now is, and a quorum certifies that.
    fn record_again(&mut self) -> Result<(), CaseError> {
        self.end_log(Record::Commit(self.transcript.commit.hash()))
    }

    fn end_log(&mut self, record: Record) -> Result<(), CaseError> {
        self.edit_records(|records| {
            if let Some(last) = records.last_mut() {
                last.record = record;
            }
        })?;
        self.certify_again()
    }

    /// A quorum certifies the log; one that cannot be has no head, and keeps its certificate.
    fn certify_again(&mut self) -> Result<(), CaseError> {
        let world = &self.finished.world;
        let mut progress = LotteryLog::new(&world.epoch);
        for ordered in &self.transcript.log.records {
            let environment = world.environment();
            if progress.append_record(&environment, ordered.height, &ordered.record).is_err() {
                return Ok(());
            }
        }
        self.transcript.log.certificate = world.certify(&progress)?;
        Ok(())
    }

    fn edit_records(
        &mut self,
        change: impl FnOnce(&mut Vec<OrderedRecord>),
    ) -> Result<(), CaseError> {
        edit(&mut self.transcript.log.records, change)
    }

    /// Changes the run; its leader, then everybody, signs that, in the run's own session.
    fn change_run(&mut self, change: impl FnOnce(&mut Run)) -> Result<(), CaseError> {
        let mut run = self.transcript.commit.proposal.announcement.run;
        change(&mut run);
        let announcement = Announcement::sign(&Normative, run, self.signing(&run.leader)?);
        self.transcript.commit.proposal.announcement = announcement;
        self.transcript.commit.proposal.statement.session = run.session_id();
        self.sign_again()
    }

    fn lead_by(&mut self, leader: NodeId) -> Result<(), CaseError> {
        self.change_run(|run| run.leader = leader)
    }

    fn change_ticket(&mut self, change: impl FnOnce(&mut Ticket)) -> Result<(), CaseError> {
        self.edit_records(|records| {
            if let Some(Record::Ticket(ticket)) = records.first_mut().map(|first| &mut first.record)
            {
                change(ticket);
            }
        })
    }

    fn change_fail(&mut self, change: impl FnOnce(&mut Fail)) -> Result<(), CaseError> {
        self.edit_records(|records| {
            let fail = records.iter_mut().find_map(|ordered| match &mut ordered.record {
                Record::Fail(fail) => Some(fail),
                _ => None,
            });
            if let Some(fail) = fail {
                change(fail);
            }
        })
    }

    fn change_timeouts(
        &mut self,
        change: impl FnOnce(&mut BTreeMap<NodeId, Signature>),
    ) -> Result<(), CaseError> {
        let mut changed = Ok(());
        self.change_fail(|fail| {
            let mut timeouts: BTreeMap<NodeId, Signature> = (*fail.timeouts).clone();
            change(&mut timeouts);
            changed = BoundedMap::try_from(timeouts).map(|timeouts| fail.timeouts = timeouts);
        })?;
        Ok(changed?)
    }

    fn change_inputs(
        &mut self,
        change: impl FnOnce(&mut Vec<Vec<NodeId>>),
    ) -> Result<(), CaseError> {
        self.set_inputs(change)?;
        self.sign_again()
    }

    /// Changes the inputs, and nobody signs that.
    fn set_inputs(&mut self, change: impl FnOnce(&mut Vec<Vec<NodeId>>)) -> Result<(), CaseError> {
        let statement = &mut self.transcript.commit.proposal.statement;
        let mut inputs: Vec<Vec<NodeId>> =
            statement.inputs.iter().map(|group| group.to_vec()).collect();
        change(&mut inputs);
        statement.inputs = to_inputs(inputs)?;
        Ok(())
    }

    /// The root is that of the deals, and all sign that.
    fn root_again(&mut self) -> Result<(), CaseError> {
        let proposal = &mut self.transcript.commit.proposal;
        proposal.statement.root = derive_root(&proposal.deals);
        self.sign_again()
    }

    /// Changes the first deal; its dealer, then everybody, signs that.
    fn change_deal(&mut self, change: impl FnOnce(&mut SignedDeal)) -> Result<(), CaseError> {
        let mut deal = self.transcript.commit.proposal.deals[0].clone();
        change(&mut deal);
        deal.signature = self.signing(&deal.dealer)?.sign(&deal.message().0);
        edit(&mut self.transcript.commit.proposal.deals, |deals| deals[0] = deal)?;
        self.root_again()
    }

    /// Likewise what it deals.
    fn edit_deal(
        &mut self,
        change: impl FnOnce(&mut Deal) -> Result<(), CaseError>,
    ) -> Result<(), CaseError> {
        let mut dealt = self.transcript.commit.proposal.deals[0].deal.clone();
        change(&mut dealt)?;
        self.change_deal(|deal| deal.deal = dealt)
    }

    /// What a dealer dealt in the turn of rank 0.
    pub(super) fn deal_for_the_failed_leader(
        &self,
        dealer: &NodeId,
    ) -> Result<SignedDeal, CaseError> {
        let mut world = World::<Ristretto255>::new(7, 3)?;
        world.hold_lottery()?;
        let announcement = world.announce(&world.turn()?)?;
        world.answer(dealer, &announcement)?.1.ok_or_else(|| missing("deal"))
    }

    /// A deal that a dealer might have made instead.
    pub(super) fn deal_from_another_seed(&self, dealer: &NodeId) -> Result<SignedDeal, CaseError> {
        let mut world = World::<Ristretto255>::new(7, 3)?;
        if let Some(member) = world.members.get_mut(dealer) {
            member.secrets.seed = digest("another seed").0.into();
        }
        world.hold_lottery()?;
        world.order(world.fail()?)?;
        let announcement = self.transcript.commit.proposal.announcement.clone();
        world.answer(dealer, &announcement)?.1.ok_or_else(|| missing("deal"))
    }

    fn change_signers(&mut self, change: impl FnOnce(&mut Vec<u8>)) -> Result<(), CaseError> {
        edit(&mut self.transcript.commit.signature.signers, change)?;
        self.record_again()
    }

    fn change_signature(
        &mut self,
        change: impl FnOnce(&mut SchnorrSignature),
    ) -> Result<(), CaseError> {
        change(&mut self.transcript.commit.signature.signature);
        self.record_again()
    }

    /// Changes the shares of the first input.
    fn edit_shares(
        &mut self,
        change: impl FnOnce(&mut Vec<DecryptedShare>),
    ) -> Result<(), CaseError> {
        let mut shares = self.transcript.shares[0].clone();
        edit(&mut shares, change)?;
        edit(&mut self.transcript.shares, |lists| lists[0] = shares)
    }

    /// The share of the first input that its threshold does not need.
    fn third_share(&self) -> Result<DecryptedShare, CaseError> {
        let dealer = self.transcript.commit.proposal.deals[0].dealer;
        let reveals = self.finished.reveals.values();
        let mut shares = reveals.flat_map(|reveal| reveal.shares.iter());
        let third = shares.find(|shown| shown.dealer == dealer && shown.share.position == 3);
        third.map(|shown| shown.share).ok_or_else(|| missing("third share"))
    }

    /// The random number is that of the secret.
    fn output_again(&mut self) -> Result<(), CaseError> {
        let session = self.transcript.commit.proposal.statement.session;
        self.transcript.randomness = derive_randomness(&session, &self.transcript.secret);
        Ok(())
    }
}

// --- The suites -------------------------------------------------------------------------------

fn single_faults(
    honest: &Question,
    name: &str,
    doc: &str,
    faults: &[Fault<Question>],
) -> Result<VectorFile, CaseError> {
    let doc =
        format!("{doc} A valid transcript that is changed in one thing, and signed as changed.");
    let mut suite = SuiteWriter::new("drp.verify_transcript", name, &doc)?;
    let checks = Checks { subject: "a transcript", honest, faults, ask: Question::to_json };
    checks.add_single_faults(&mut suite)?;
    Ok(suite.finish())
}

/// Each with the next, and the first with the last: what is changed is not signed again, so the later fault stays.
fn two_faults(honest: &Question) -> Result<VectorFile, CaseError> {
    let doc =
        "A valid transcript that is changed in two things; the check that comes first decides.";
    let mut suite = SuiteWriter::new("drp.verify_transcript", "two-faults", doc)?;
    let ask = Question::to_json;
    let checks = Checks { subject: "a transcript", honest, faults: &UNSIGNED, ask };
    checks.add_pairs(&mut suite, Pairs::Neighbours, &[])?;
    all_faults(&mut suite, honest)?;
    Ok(suite.finish())
}

/// Every fault from a check to the last.
fn all_faults(suite: &mut SuiteWriter, honest: &Question) -> Result<(), CaseError> {
    let mut question = honest.clone();
    for (place, fault) in UNSIGNED.iter().enumerate().rev() {
        (fault.commit)(&mut question)?;
        if place + 2 >= UNSIGNED.len() {
            continue; // those are pairs, or alone
        }
        let doc = format!(
            "Given a transcript, when {} and everything is wrong that is checked later, then it is refused for the former.",
            fault.what
        );
        let slug = format!("{}-and-all-later", fault.slug);
        let intent = Intent::Rejected(fault.rejection);
        let input = question.to_json()?;
        suite.add(&slug, &[fault.requirement], &doc, input, intent)?.flag(FLAG_SECOND_FAULT);
    }
    Ok(())
}

type Fact = (&'static str, &'static str, &'static str, Rejection, fn(&mut Epoch));

/// What a third party must know by itself.
const FACTS: [Fact; 9] = [
    ("chain", "another chain", "DRP-CONFIG-01", DrpConfiguration, |epoch| {
        epoch.chain_id = Digest::ZERO;
    }),
    ("epoch", "another epoch", "DRP-CONFIG-01", DrpConfiguration, |epoch| epoch.number += 1),
    ("randomness", "another number before", "DRP-CONFIG-01", DrpConfiguration, |epoch| {
        epoch.randomness_before = Digest::ZERO;
    }),
    ("validators", "a validator fewer", "DRP-CONFIG-01", DrpConfiguration, |epoch| {
        let keys = epoch.configuration.node_ids().skip(1);
        let keys: Vec<_> =
            keys.filter_map(|name| epoch.configuration.keys_of(&name)).copied().collect();
        if let Ok(configuration) = Roster::new(keys) {
            epoch.configuration = configuration;
        }
    }),
    ("convicted", "all convicted", "EDS-TICKET-05", Rejection::EdsTicketExcluded, |epoch| {
        epoch.convicted = epoch.configuration.node_ids().collect();
    }),
    ("group-size", "larger groups", "DRP-GROUPS-01", DrpGroups, |epoch| epoch.group_size = 6),
    ("lottery-longer", "a longer lottery", "DRP-LOG-02", DrpNotCurrent, |epoch| {
        epoch.lottery_heights = 500;
    }),
    ("opened-later", "a later opening", "DRP-LOG-01", DrpLogOrder, |epoch| {
        epoch.opened.height += 3;
    }),
    ("opened-elsewhere", "another log", "DRP-LOG-03", CryCosiSignature, |epoch| {
        epoch.opened.head = Digest::ZERO;
    }),
];

fn other_facts(honest: &Question) -> Result<VectorFile, CaseError> {
    let doc = "A valid transcript, before a reader that knows other facts of the epoch.";
    let mut suite = SuiteWriter::new("drp.verify_transcript", "other-facts", doc)?;
    for (slug, what, requirement, rejection, change) in FACTS {
        let mut question = honest.clone();
        change(&mut question.epoch);
        let doc = format!(
            "Given a transcript and a reader that knows of {what}, when it is verified, then it is refused for that."
        );
        let input = question.to_json()?;
        suite.add(slug, &[requirement], &doc, input, Intent::Rejected(rejection))?;
    }
    Ok(suite.finish())
}

/// One case for each check, at which the list ends.
fn listed_checks(honest: &Question) -> Result<VectorFile, CaseError> {
    let doc = "The checks of a valid transcript, and of some that fail: one for each check but the thresholds.";
    let mut suite = SuiteWriter::new("drp.list_checks", "each", doc)?;
    let listed = |failed: Option<(Check, Rejection)>| {
        let last = failed.map_or(Check::Output, |(check, _)| check);
        let made = Check::ALL.iter().filter(|check| **check <= last);
        let row = |check: &Check| {
            let code = failed.filter(|(failed, _)| failed == check).map(|(_, code)| code.code());
            json!([check.name(), code])
        };
        Intent::Exactly(json!({ "checks": made.map(row).collect::<Vec<_>>() }))
    };
    let doc = "Given a valid transcript, when its checks are listed, then all sixteen hold.";
    suite.add("valid", &["DRP-OUTPUT-02"], doc, honest.to_json()?, listed(None))?;
    for (check, slug) in CHECKED {
        let (fault, question) = with_fault(honest, check, slug)?;
        let doc = format!(
            "Given a transcript, when {} and its checks are listed, then the list ends with `{}`.",
            fault.what,
            check.name()
        );
        let input = question.to_json()?;
        let intent = listed(Some((check, fault.rejection)));
        suite.add(slug, &[fault.requirement], &doc, input, intent)?.refused_by_value();
    }
    Ok(suite.finish())
}

/// The transcript with the fault of this name among those of the check's table.
pub(super) fn with_fault(
    honest: &Question,
    check: Check,
    slug: &str,
) -> Result<(&'static Fault<Question>, Question), CaseError> {
    let table: &'static [Fault<Question>] = match check {
        Check::Configuration | Check::Session | Check::Leader => &RUN,
        Check::Signers | Check::CollectiveSignature => &SIGNATURES,
        Check::Commit | Check::Shares | Check::Decryptions | Check::Output => &COMMIT,
        _ => &DEALS,
    };
    let fault = table.iter().find(|fault| fault.slug == slug);
    let fault = fault.ok_or_else(|| missing("such fault"))?;
    let mut question = honest.clone();
    (fault.commit)(&mut question)?;
    Ok((fault, question))
}

/// A fault at each check.
pub(super) const CHECKED: [(Check, &str); 19] = [
    (Check::Configuration, "chain"),
    (Check::Session, "session"),
    (Check::Leader, "rank-next"),
    (Check::Leader, "ticket-twice"),
    (Check::Groups, "lists-more"),
    (Check::Announcement, "announced-by-another"),
    (Check::Inputs, "inputs-twice"),
    (Check::Deals, "deal-unsigned"),
    (Check::Deals, "commitment-no-element"),
    (Check::Encryptions, "shares-swapped"),
    (Check::Encryptions, "nonce-identity"),
    (Check::Root, "root"),
    (Check::Signers, "quorum"),
    (Check::CollectiveSignature, "another-statement"),
    (Check::Commit, "commit-another"),
    (Check::Commit, "certificate-quorum"),
    (Check::Shares, "shares-twice"),
    (Check::Decryptions, "share-identity"),
    (Check::Output, "secret"),
];

// --- The faults, in the order of the checks ---------------------------------------------------

/// One for each check, without signing again what is changed.
const UNSIGNED: [Fault<Question>; 18] = [
    Fault {
        slug: "configuration",
        what: "its run is of another chain",
        requirement: "DRP-CONFIG-01",
        rejection: DrpConfiguration,
        commit: |question| {
            question.transcript.commit.proposal.announcement.run.chain_id = Digest::ZERO;
            Ok(())
        },
    },
    Fault {
        slug: "session",
        what: "its statement is of another session",
        requirement: "DRP-SESSION-01",
        rejection: DrpSession,
        commit: |question| {
            question.transcript.commit.proposal.statement.session = Digest::ZERO;
            Ok(())
        },
    },
    Fault {
        slug: "log-order",
        what: "its log goes back",
        requirement: "DRP-LOG-01",
        rejection: DrpLogOrder,
        commit: |question| question.edit_records(|records| records[1].height = 0),
    },
    Fault {
        slug: "ticket",
        what: "a ticket stands in its log twice",
        requirement: "EDS-TICKET-06",
        rejection: EdsTicketRepeated,
        commit: |question| question.edit_records(|records| records.insert(2, records[0].clone())),
    },
    Fault {
        slug: "groups",
        what: "its statement has no lists of inputs",
        requirement: "DRP-GROUPS-02",
        rejection: DrpGroups,
        commit: |question| {
            question.transcript.commit.proposal.statement.inputs = to_inputs(Vec::new())?;
            Ok(())
        },
    },
    Fault {
        slug: "announcement",
        what: "its announcement is not signed",
        requirement: "DRP-ANNOUNCE-01",
        rejection: DrpAnnouncement,
        commit: |question| {
            question.transcript.commit.proposal.announcement.signature = Signature([0; 64]);
            Ok(())
        },
    },
    Fault {
        slug: "input-count",
        what: "the second group has an input too few",
        requirement: "DRP-INPUTS-01",
        rejection: DrpInputCount,
        commit: |question| question.set_inputs(|inputs| inputs[1].truncate(1)),
    },
    Fault {
        slug: "input-repeated",
        what: "a dealer is an input twice",
        requirement: "DRP-INPUTS-02",
        rejection: DrpInputRepeated,
        commit: |question| question.set_inputs(|inputs| inputs[0][1] = inputs[0][0]),
    },
    Fault {
        slug: "input-group",
        what: "an input is by nobody of the epoch",
        requirement: "DRP-INPUTS-03",
        rejection: DrpInputGroup,
        commit: |question| question.set_inputs(|inputs| inputs[1][0] = NodeId(Digest::ZERO)),
    },
    Fault {
        slug: "deal-dealer",
        what: "the last two deals are swapped",
        requirement: "DRP-DEAL-01",
        rejection: DrpDealDealer,
        commit: |question| {
            edit(&mut question.transcript.commit.proposal.deals, |deals| deals.swap(2, 3))
        },
    },
    Fault {
        slug: "deal-signature",
        what: "the first deal is not signed",
        requirement: "DRP-DEAL-02",
        rejection: DrpDealSignature,
        commit: |question| {
            edit(&mut question.transcript.commit.proposal.deals, |deals| {
                deals[0].signature = Signature([0; 64]);
            })
        },
    },
    Fault {
        slug: "deal-session",
        what: "the second deal, as its dealer signed it, is of another session",
        requirement: "DRP-DEAL-03",
        rejection: DrpDealSession,
        commit: |question| {
            let mut deal = question.transcript.commit.proposal.deals[1].clone();
            deal.session = Digest::ZERO;
            deal.signature = question.signing(&deal.dealer)?.sign(&deal.message().0);
            edit(&mut question.transcript.commit.proposal.deals, |deals| deals[1] = deal)
        },
    },
    Fault {
        slug: "root",
        what: "its statement has another root",
        requirement: "DRP-ROOT-01",
        rejection: DrpRoot,
        commit: |question| {
            question.transcript.commit.proposal.statement.root = Digest::ZERO;
            Ok(())
        },
    },
    Fault {
        slug: "signers",
        what: "one signer is named",
        requirement: "DRP-SIGN-02",
        rejection: CryCertificateQuorum,
        commit: |question| {
            edit(&mut question.transcript.commit.signature.signers, |bytes| bytes[0] = 1)
        },
    },
    Fault {
        slug: "commit",
        what: "its log ends without a commit",
        requirement: "DRP-COMMIT-01",
        rejection: DrpCommitEntry,
        commit: |question| {
            question.edit_records(|records| {
                if let Some(last) = records.last_mut() {
                    last.record = Record::Other(Digest::ZERO);
                }
            })
        },
    },
    Fault {
        slug: "share-count",
        what: "it has shares of an input fewer",
        requirement: "DRP-SHARES-01",
        rejection: DrpShareCount,
        commit: |question| edit(&mut question.transcript.shares, drop_last),
    },
    Fault {
        slug: "secret",
        what: "it has another secret",
        requirement: "DRP-OUTPUT-01",
        rejection: DrpSecret,
        commit: |question| {
            question.transcript.secret = IDENTITY;
            Ok(())
        },
    },
    Fault {
        slug: "output",
        what: "it has another random number",
        requirement: "DRP-OUTPUT-02",
        rejection: DrpOutput,
        commit: |question| {
            question.transcript.randomness = Digest::ZERO;
            Ok(())
        },
    },
];

/// The run and who leads it.
static RUN: [Fault<Question>; 30] = [
    Fault {
        slug: "suite",
        what: "its run is of another suite",
        requirement: "DRP-CONFIG-01",
        rejection: DrpConfiguration,
        commit: |question| question.change_run(|run| run.suite = Digest::ZERO),
    },
    Fault {
        slug: "chain",
        what: "its run is of another chain",
        requirement: "DRP-CONFIG-01",
        rejection: DrpConfiguration,
        commit: |question| question.change_run(|run| run.chain_id = Digest::ZERO),
    },
    Fault {
        slug: "epoch",
        what: "its run is of another epoch",
        requirement: "DRP-CONFIG-01",
        rejection: DrpConfiguration,
        commit: |question| question.change_run(|run| run.epoch += 1),
    },
    Fault {
        slug: "randomness",
        what: "its run names another random number before",
        requirement: "DRP-CONFIG-01",
        rejection: DrpConfiguration,
        commit: |question| question.change_run(|run| run.randomness_before = Digest::ZERO),
    },
    Fault {
        slug: "validators",
        what: "its run names other validators",
        requirement: "DRP-CONFIG-01",
        rejection: DrpConfiguration,
        commit: |question| question.change_run(|run| run.configuration = Digest::ZERO),
    },
    Fault {
        slug: "session",
        what: "its statement is of another session",
        requirement: "DRP-SESSION-01",
        rejection: DrpSession,
        commit: |question| {
            question.transcript.commit.proposal.statement.session = Digest::ZERO;
            question.sign_again()
        },
    },
    Fault {
        slug: "view",
        what: "its run is of the next view",
        requirement: "DRP-LEADER-01",
        rejection: DrpLeader,
        commit: |question| question.change_run(|run| run.view += 1),
    },
    Fault {
        slug: "rank-next",
        what: "its run is of the next rank",
        requirement: "DRP-LEADER-01",
        rejection: DrpLeader,
        commit: |question| question.change_run(|run| run.rank += 1),
    },
    Fault {
        slug: "rank-failed",
        what: "its run is of the rank that failed",
        requirement: "DRP-LEADER-01",
        rejection: DrpLeader,
        commit: |question| question.change_run(|run| run.rank -= 1),
    },
    Fault {
        slug: "leader-failed",
        what: "its run is led by who failed",
        requirement: "DRP-LEADER-01",
        rejection: DrpLeader,
        commit: |question| {
            let failed = question.finished.world.progress.ranks()[0];
            question.lead_by(failed)
        },
    },
    Fault {
        slug: "leader-next",
        what: "its run is led by who stands by",
        requirement: "DRP-LEADER-01",
        rejection: DrpLeader,
        commit: |question| {
            let next = question.finished.world.progress.ranks()[2];
            question.lead_by(next)
        },
    },
    Fault {
        slug: "ticket-smallest-left-out",
        what: "the smallest ticket is left out of its log",
        requirement: "DRP-LEADER-01",
        rejection: DrpLeader,
        commit: |question| {
            let first = question.finished.world.progress.ranks()[0];
            question.edit_records(|records| {
                records.retain(|ordered| {
        !matches!(&ordered.record, Record::Ticket(ticket) if ticket.validator == first)
    });
            })?;
            question.certify_again()
        },
    },
    Fault {
        slug: "failure-left-out",
        what: "the failure is left out of its log",
        requirement: "DRP-LEADER-01",
        rejection: DrpLeader,
        commit: |question| {
            question.edit_records(|records| {
                records.retain(|ordered| !matches!(&ordered.record, Record::Fail(_)));
            })?;
            question.certify_again()
        },
    },
    Fault {
        slug: "failure-twice",
        what: "the failure stands in its log twice",
        requirement: "DRP-LOG-02",
        rejection: DrpNotCurrent,
        commit: |question| {
            question.edit_records(|records| {
                let at = records.len() - 2;
                records.insert(at, records[at].clone());
            })
        },
    },
    Fault {
        slug: "ticket-twice",
        what: "a ticket stands in its log twice",
        requirement: "EDS-TICKET-06",
        rejection: EdsTicketRepeated,
        commit: |question| question.edit_records(|records| records.insert(1, records[0].clone())),
    },
    Fault {
        slug: "ticket-late",
        what: "a ticket stands in its log one height too late",
        requirement: "EDS-TICKET-03",
        rejection: EdsTicketLate,
        commit: |question| {
            let last = question.epoch.opened.height + question.epoch.lottery_heights;
            question.edit_records(|records| records[6].height = last + 1)
        },
    },
    Fault {
        slug: "ticket-epoch",
        what: "a ticket in its log is of another epoch",
        requirement: "EDS-TICKET-01",
        rejection: EdsTicketEpoch,
        commit: |question| question.change_ticket(|ticket| ticket.epoch += 1),
    },
    Fault {
        slug: "ticket-view",
        what: "a ticket in its log is of another view",
        requirement: "EDS-TICKET-02",
        rejection: EdsTicketView,
        commit: |question| question.change_ticket(|ticket| ticket.view += 1),
    },
    Fault {
        slug: "ticket-nobody",
        what: "a ticket in its log is by nobody of the epoch",
        requirement: "EDS-TICKET-04",
        rejection: EdsTicketUnregistered,
        commit: |question| question.change_ticket(|ticket| ticket.validator = NodeId(Digest::ZERO)),
    },
    Fault {
        slug: "ticket-proof",
        what: "a ticket in its log has another validator's proof",
        requirement: "EDS-TICKET-07",
        rejection: CryVrfProofFalse,
        commit: |question| {
            let other = question.transcript.log.records[1].clone();
            question.change_ticket(|ticket| {
                if let Record::Ticket(other) = other.record {
                    ticket.proof = other.proof;
                }
            })
        },
    },
    Fault {
        slug: "log-goes-back",
        what: "an entry of its log stands below the one before it",
        requirement: "DRP-LOG-01",
        rejection: DrpLogOrder,
        commit: |question| question.edit_records(|records| records[3].height -= 1),
    },
    Fault {
        slug: "log-before-opening",
        what: "its log begins below the lottery's opening",
        requirement: "DRP-LOG-01",
        rejection: DrpLogOrder,
        commit: |question| {
            let opened = question.epoch.opened.height;
            question.edit_records(|records| records[0].height = opened - 1)
        },
    },
    Fault {
        slug: "commit-during-lottery",
        what: "its commit is ordered before the lottery ends",
        requirement: "DRP-LOG-02",
        rejection: DrpNotCurrent,
        commit: |question| {
            question.edit_records(|records| {
                let height = records[0].height;
                records.retain(|ordered| !matches!(&ordered.record, Record::Fail(_)));
                if let Some(last) = records.last_mut() {
                    last.height = height;
                }
            })
        },
    },
    Fault {
        slug: "commit-at-lottery-end",
        what: "its commit is ordered at the last height of the lottery",
        requirement: "DRP-LOG-02",
        rejection: DrpNotCurrent,
        commit: |question| {
            let last_height = question.epoch.opened.height + question.epoch.lottery_heights;
            question.edit_records(|records| {
                records.retain(|ordered| !matches!(&ordered.record, Record::Fail(_)));
                if let Some(last) = records.last_mut() {
                    last.height = last_height;
                }
            })
        },
    },
    Fault {
        slug: "failure-rank",
        what: "the failure in its log is of another rank",
        requirement: "DRP-LOG-02",
        rejection: DrpNotCurrent,
        commit: |question| question.change_fail(|fail| fail.rank = 1),
    },
    Fault {
        slug: "failure-view",
        what: "the failure in its log is of another view",
        requirement: "DRP-LOG-02",
        rejection: DrpNotCurrent,
        commit: |question| question.change_fail(|fail| fail.view = 1),
    },
    Fault {
        slug: "failure-epoch",
        what: "the failure in its log is of another epoch",
        requirement: "DRP-LOG-02",
        rejection: DrpNotCurrent,
        commit: |question| question.change_fail(|fail| fail.epoch -= 1),
    },
    Fault {
        slug: "failure-too-few",
        what: "one timeout too few makes the failure in its log",
        requirement: "DRP-FAIL-01",
        rejection: DrpFailQuorum,
        commit: |question| {
            question.change_timeouts(|timeouts| {
                timeouts.pop_first();
            })
        },
    },
    Fault {
        slug: "failure-nobody",
        what: "a timeout in its log is by nobody of the epoch",
        requirement: "DRP-TIMEOUT-01",
        rejection: DrpTimeoutSigner,
        commit: |question| {
            question.change_timeouts(|timeouts| {
                timeouts.insert(NodeId(Digest::ZERO), Signature([0; 64]));
            })
        },
    },
    Fault {
        slug: "failure-unsigned",
        what: "a timeout in its log is signed by another",
        requirement: "DRP-TIMEOUT-02",
        rejection: DrpTimeoutSignature,
        commit: |question| {
            question.change_timeouts(|timeouts| {
                let last = timeouts.last_key_value().map(|(_, signature)| *signature);
                if let (Some(mut first), Some(last)) = (timeouts.first_entry(), last) {
                    *first.get_mut() = last;
                }
            })
        },
    },
];

/// Inputs and deals.
static DEALS: [Fault<Question>; 35] = [
    Fault {
        slug: "lists-more",
        what: "its statement has a list of inputs more than there are groups",
        requirement: "DRP-GROUPS-02",
        rejection: DrpGroups,
        commit: |question| question.change_inputs(|inputs| inputs.push(Vec::new())),
    },
    Fault {
        slug: "lists-fewer",
        what: "its statement has a list of inputs fewer",
        requirement: "DRP-GROUPS-02",
        rejection: DrpGroups,
        commit: |question| question.change_inputs(drop_last),
    },
    Fault {
        slug: "announced-by-another",
        what: "its announcement is signed by a server",
        requirement: "DRP-ANNOUNCE-01",
        rejection: DrpAnnouncement,
        commit: |question| {
            let dealer = question.transcript.commit.proposal.deals[0].dealer;
            let run = question.transcript.commit.proposal.announcement.run;
            let announcement = Announcement::sign(&Normative, run, question.signing(&dealer)?);
            question.transcript.commit.proposal.announcement = announcement;
            question.sign_again()
        },
    },
    Fault {
        slug: "announced-other-run",
        what: "its announcement's signature is that of the failed leader's run",
        requirement: "DRP-ANNOUNCE-01",
        rejection: DrpAnnouncement,
        commit: |question| {
            let leader = question.transcript.commit.proposal.announcement.run.leader;
            let mut run = question.transcript.commit.proposal.announcement.run;
            run.rank = 0;
            let other = Announcement::sign(&Normative, run, question.signing(&leader)?);
            question.transcript.commit.proposal.announcement.signature = other.signature;
            question.sign_again()
        },
    },
    Fault {
        slug: "inputs-fewer",
        what: "a group has an input fewer than its threshold",
        requirement: "DRP-INPUTS-01",
        rejection: DrpInputCount,
        commit: |question| {
            edit(&mut question.transcript.commit.proposal.deals, |deals| drop(deals.remove(1)))?;
            question.change_inputs(|inputs| inputs[0].truncate(1))?;
            question.root_again()
        },
    },
    Fault {
        slug: "inputs-more",
        what: "a group has an input more than its threshold",
        requirement: "DRP-INPUTS-01",
        rejection: DrpInputCount,
        commit: |question| {
            let inputs = &question.transcript.commit.proposal.statement.inputs;
            let of_group = |deal: &&SignedDeal| {
                question.groups[0].contains(&deal.dealer) && !inputs[0].contains(&deal.dealer)
            };
            let third = question.finished.deals.iter().find(of_group).cloned();
            let third = third.ok_or_else(|| missing("third deal"))?;
            let dealer = third.dealer;
            edit(&mut question.transcript.commit.proposal.deals, |deals| deals.insert(2, third))?;
            question.change_inputs(|inputs| inputs[0].push(dealer))?;
            question.root_again()
        },
    },
    Fault {
        slug: "inputs-none",
        what: "a group has no inputs",
        requirement: "DRP-INPUTS-01",
        rejection: DrpInputCount,
        commit: |question| {
            edit(&mut question.transcript.commit.proposal.deals, |deals| drop(deals.drain(..2)))?;
            question.change_inputs(|inputs| inputs[0].clear())?;
            question.root_again()
        },
    },
    Fault {
        slug: "inputs-twice",
        what: "a dealer is an input twice",
        requirement: "DRP-INPUTS-02",
        rejection: DrpInputRepeated,
        commit: |question| {
            edit(&mut question.transcript.commit.proposal.deals, |deals| {
                deals[1] = deals[0].clone()
            })?;
            question.change_inputs(|inputs| inputs[0][1] = inputs[0][0])?;
            question.root_again()
        },
    },
    Fault {
        slug: "inputs-of-another-group",
        what: "two inputs stand with each other's group",
        requirement: "DRP-INPUTS-03",
        rejection: DrpInputGroup,
        commit: |question| {
            edit(&mut question.transcript.commit.proposal.deals, |deals| deals.swap(0, 2))?;
            question.change_inputs(|inputs| {
                let (first, second) = (inputs[0][0], inputs[1][0]);
                (inputs[0][0], inputs[1][0]) = (second, first);
            })?;
            question.root_again()
        },
    },
    Fault {
        slug: "inputs-leader",
        what: "the leader is an input",
        requirement: "DRP-INPUTS-03",
        rejection: DrpInputGroup,
        commit: |question| {
            let leader = question.transcript.commit.proposal.announcement.run.leader;
            question.change_inputs(|inputs| inputs[1][0] = leader)
        },
    },
    Fault {
        slug: "inputs-nobody",
        what: "an input is by nobody of the epoch",
        requirement: "DRP-INPUTS-03",
        rejection: DrpInputGroup,
        commit: |question| question.change_inputs(|inputs| inputs[0][0] = NodeId(Digest::ZERO)),
    },
    Fault {
        slug: "deal-missing",
        what: "a deal is missing",
        requirement: "DRP-DEAL-01",
        rejection: DrpDealDealer,
        commit: |question| {
            edit(&mut question.transcript.commit.proposal.deals, drop_last)?;
            question.root_again()
        },
    },
    Fault {
        slug: "deal-more",
        what: "there is a deal more than inputs",
        requirement: "DRP-DEAL-01",
        rejection: DrpDealDealer,
        commit: |question| {
            edit(&mut question.transcript.commit.proposal.deals, |deals| {
                deals.push(deals[0].clone())
            })?;
            question.root_again()
        },
    },
    Fault {
        slug: "deals-swapped",
        what: "two deals of a group are swapped",
        requirement: "DRP-DEAL-01",
        rejection: DrpDealDealer,
        commit: |question| {
            edit(&mut question.transcript.commit.proposal.deals, |deals| deals.swap(0, 1))?;
            question.root_again()
        },
    },
    Fault {
        slug: "deal-unsigned",
        what: "a deal is signed by another dealer",
        requirement: "DRP-DEAL-02",
        rejection: DrpDealSignature,
        commit: |question| {
            let other = question.transcript.commit.proposal.deals[1].dealer;
            let signature = question
                .signing(&other)?
                .sign(&question.transcript.commit.proposal.deals[0].message().0);
            edit(&mut question.transcript.commit.proposal.deals, |deals| {
                deals[0].signature = signature
            })?;
            question.root_again()
        },
    },
    Fault {
        slug: "deal-last-unsigned",
        what: "the last deal has the signature of the one before",
        requirement: "DRP-DEAL-02",
        rejection: DrpDealSignature,
        commit: |question| {
            edit(&mut question.transcript.commit.proposal.deals, |deals| {
                deals[3].signature = deals[2].signature
            })?;
            question.root_again()
        },
    },
    Fault {
        slug: "deal-session",
        what: "a deal is of another session",
        requirement: "DRP-DEAL-03",
        rejection: DrpDealSession,
        commit: |question| question.change_deal(|deal| deal.session = Digest::ZERO),
    },
    Fault {
        slug: "deal-announcement",
        what: "a deal answers another announcement",
        requirement: "DRP-DEAL-03",
        rejection: DrpDealSession,
        commit: |question| question.change_deal(|deal| deal.announcement = Digest::ZERO),
    },
    Fault {
        slug: "deal-of-another-run",
        what: "a deal comes from the failed leader's run",
        requirement: "DRP-DEAL-03",
        rejection: DrpDealSession,
        commit: |question| {
            let dealer = question.transcript.commit.proposal.deals[0].dealer;
            let old = question.deal_for_the_failed_leader(&dealer)?;
            edit(&mut question.transcript.commit.proposal.deals, |deals| deals[0] = old)?;
            question.root_again()
        },
    },
    Fault {
        slug: "commitment-more",
        what: "a deal has a commitment more",
        requirement: "CRY-PVSS-03",
        rejection: CryPvssLengths,
        commit: |question| {
            question.edit_deal(|deal| edit(&mut deal.commitments, |list| list.push(IDENTITY)))
        },
    },
    Fault {
        slug: "commitment-fewer",
        what: "a deal has a commitment fewer",
        requirement: "CRY-PVSS-03",
        rejection: CryPvssLengths,
        commit: |question| question.edit_deal(|deal| edit(&mut deal.commitments, drop_last)),
    },
    Fault {
        slug: "share-more",
        what: "a deal has an encrypted share more",
        requirement: "CRY-PVSS-03",
        rejection: CryPvssLengths,
        commit: |question| {
            question.edit_deal(|deal| edit(&mut deal.shares, |shares| shares.push(shares[0])))
        },
    },
    Fault {
        slug: "share-fewer",
        what: "a deal has an encrypted share fewer",
        requirement: "CRY-PVSS-03",
        rejection: CryPvssLengths,
        commit: |question| question.edit_deal(|deal| edit(&mut deal.shares, drop_last)),
    },
    Fault {
        slug: "commitment-no-element",
        what: "a commitment is no element",
        requirement: "CRY-GROUP-01",
        rejection: CryElementEncoding,
        commit: |question| {
            question.edit_deal(|deal| edit(&mut deal.commitments, |list| list[1] = NO_ELEMENT))
        },
    },
    Fault {
        slug: "share-no-element",
        what: "an encrypted share is no element",
        requirement: "CRY-GROUP-01",
        rejection: CryElementEncoding,
        commit: |question| {
            question.edit_deal(|deal| edit(&mut deal.shares, |shares| shares[2].share = NO_ELEMENT))
        },
    },
    Fault {
        slug: "nonce-no-element",
        what: "a proof's commitment to its nonce is no element",
        requirement: "CRY-GROUP-01",
        rejection: CryElementEncoding,
        commit: |question| {
            question.edit_deal(|deal| {
                edit(&mut deal.shares, |shares| shares[0].proof.nonce_commitments[1] = NO_ELEMENT)
            })
        },
    },
    Fault {
        slug: "response-no-scalar",
        what: "a proof's response is no scalar",
        requirement: "CRY-GROUP-02",
        rejection: CryScalarEncoding,
        commit: |question| {
            question.edit_deal(|deal| {
                edit(&mut deal.shares, |shares| shares[0].proof.response = NO_SCALAR)
            })
        },
    },
    Fault {
        slug: "nonce-identity",
        what: "a proof's commitment to its nonce is the identity",
        requirement: "CRY-GROUP-03",
        rejection: CryElementIdentity,
        commit: |question| {
            question.edit_deal(|deal| {
                edit(&mut deal.shares, |shares| shares[0].proof.nonce_commitments[0] = IDENTITY)
            })
        },
    },
    Fault {
        slug: "shares-swapped",
        what: "two encrypted shares are swapped with their proofs",
        requirement: "CRY-PVSS-04",
        rejection: CryDleqProof,
        commit: |question| {
            question.edit_deal(|deal| edit(&mut deal.shares, |shares| shares.swap(0, 1)))
        },
    },
    Fault {
        slug: "share-of-another",
        what: "an encrypted share is another recipient's, with its own proof",
        requirement: "CRY-PVSS-04",
        rejection: CryDleqProof,
        commit: |question| {
            question.edit_deal(|deal| {
                edit(&mut deal.shares, |shares| shares[2].share = shares[0].share)
            })
        },
    },
    Fault {
        slug: "commitment-identity",
        what: "a commitment is the identity",
        requirement: "CRY-PVSS-04",
        rejection: CryDleqProof,
        commit: |question| {
            question.edit_deal(|deal| edit(&mut deal.commitments, |list| list[0] = IDENTITY))
        },
    },
    Fault {
        slug: "deal-copied",
        what: "a dealer signs another dealer's deal as its own",
        requirement: "CRY-PVSS-04",
        rejection: CryDleqProof,
        commit: |question| {
            let copied = question.transcript.commit.proposal.deals[1].deal.clone();
            question.edit_deal(|deal| {
                *deal = copied;
                Ok(())
            })
        },
    },
    Fault {
        slug: "last-deal-false",
        what: "the last deal encrypts a share that is not the committed one",
        requirement: "CRY-PVSS-04",
        rejection: CryDleqProof,
        commit: |question| {
            let last = question.transcript.commit.proposal.deals[3].clone();
            let falsified = falsify(question.finished.world.member(&last.dealer)?, &last)?;
            edit(&mut question.transcript.commit.proposal.deals, |deals| deals[3] = falsified)?;
            question.root_again()
        },
    },
    Fault {
        slug: "root",
        what: "its statement has another root",
        requirement: "DRP-ROOT-01",
        rejection: DrpRoot,
        commit: |question| {
            question.transcript.commit.proposal.statement.root = Digest::ZERO;
            question.sign_again()
        },
    },
    Fault {
        slug: "root-other-deal",
        what: "its root is that of another valid deal of a dealer",
        requirement: "DRP-ROOT-01",
        rejection: DrpRoot,
        commit: |question| {
            let root = question.transcript.commit.proposal.statement.root;
            let dealer = question.transcript.commit.proposal.deals[0].dealer;
            let other = question.deal_from_another_seed(&dealer)?;
            edit(&mut question.transcript.commit.proposal.deals, |deals| deals[0] = other)?;
            question.transcript.commit.proposal.statement.root = root;
            question.sign_again()
        },
    },
];

/// Signers and their signature.
static SIGNATURES: [Fault<Question>; 14] = [
    Fault {
        slug: "bitmap-long",
        what: "its bitmap of signers is too long",
        requirement: "CRY-CERT-01",
        rejection: CryCertificateSigners,
        commit: |question| question.change_signers(|bytes| bytes.push(0)),
    },
    Fault {
        slug: "bitmap-empty",
        what: "its bitmap of signers is empty",
        requirement: "CRY-CERT-01",
        rejection: CryCertificateSigners,
        commit: |question| question.change_signers(Vec::clear),
    },
    Fault {
        slug: "bitmap-stray",
        what: "its bitmap names a signer beyond the last",
        requirement: "CRY-CERT-01",
        rejection: CryCertificateSigners,
        commit: |question| question.change_signers(|bytes| bytes[0] |= 0x80),
    },
    Fault {
        slug: "quorum",
        what: "one signer too few signed",
        requirement: "DRP-SIGN-02",
        rejection: CryCertificateQuorum,
        commit: |question| question.signed_by(4),
    },
    Fault {
        slug: "nobody",
        what: "nobody is named as signer",
        requirement: "DRP-SIGN-02",
        rejection: CryCertificateQuorum,
        commit: |question| question.change_signers(|bytes| bytes[0] = 0),
    },
    Fault {
        slug: "nonce-no-element",
        what: "the collective signature's commitment is no element",
        requirement: "CRY-GROUP-01",
        rejection: CryElementEncoding,
        commit: |question| question.change_signature(|signature| signature.commitment = NO_ELEMENT),
    },
    Fault {
        slug: "nonce-identity",
        what: "the collective signature's commitment is the identity",
        requirement: "CRY-GROUP-03",
        rejection: CryElementIdentity,
        commit: |question| question.change_signature(|signature| signature.commitment = IDENTITY),
    },
    Fault {
        slug: "response-no-scalar",
        what: "the collective signature's response is no scalar",
        requirement: "CRY-GROUP-02",
        rejection: CryScalarEncoding,
        commit: |question| question.change_signature(|signature| signature.response = NO_SCALAR),
    },
    Fault {
        slug: "another-statement",
        what: "another statement is signed",
        requirement: "DRP-SIGN-03",
        rejection: CryCosiSignature,
        commit: |question| {
            let signers = question.finished.world.first_signers(7)?;
            question.transcript.commit.signature =
                question.finished.world.signature_by(&signers, &Digest::ZERO);
            question.record_again()
        },
    },
    Fault {
        slug: "root-signed",
        what: "the root alone is signed",
        requirement: "DRP-SIGN-03",
        rejection: CryCosiSignature,
        commit: |question| {
            let signers = question.finished.world.first_signers(7)?;
            let root = question.transcript.commit.proposal.statement.root;
            question.transcript.commit.signature =
                question.finished.world.signature_by(&signers, &root);
            question.record_again()
        },
    },
    Fault {
        slug: "signer-too-few-named",
        what: "a signer is not named",
        requirement: "DRP-SIGN-03",
        rejection: CryCosiSignature,
        commit: |question| question.change_signers(|bytes| bytes[0] = 0b0011_1111),
    },
    Fault {
        slug: "signer-too-many-named",
        what: "a signer is named that did not sign",
        requirement: "DRP-SIGN-03",
        rejection: CryCosiSignature,
        commit: |question| {
            question.signed_by(6)?;
            question.change_signers(|bytes| bytes[0] = 0b0111_1111)
        },
    },
    Fault {
        slug: "signers-others",
        what: "others are named than signed",
        requirement: "DRP-SIGN-01",
        rejection: CryCosiSignature,
        commit: |question| {
            question.signed_by(6)?;
            question.change_signers(|bytes| bytes[0] = 0b0111_1110)
        },
    },
    Fault {
        slug: "response-zero",
        what: "the collective signature's response is 0",
        requirement: "DRP-SIGN-03",
        rejection: CryCosiSignature,
        commit: |question| {
            question.change_signature(|signature| signature.response = EncodedScalar([0; 32]))
        },
    },
];

/// The commit in the log, and what follows it.
static COMMIT: [Fault<Question>; 30] = [
    Fault {
        slug: "commit-not-ordered",
        what: "its log ends without a commit",
        requirement: "DRP-COMMIT-01",
        rejection: DrpCommitEntry,
        commit: |question| question.end_log(Record::Other(Digest::ZERO)),
    },
    Fault {
        slug: "commit-another",
        what: "its log ends with another commit",
        requirement: "DRP-COMMIT-01",
        rejection: DrpCommitEntry,
        commit: |question| question.end_log(Record::Commit(Digest::ZERO)),
    },
    Fault {
        slug: "commit-second",
        what: "another commit stands before it in its log",
        requirement: "DRP-COMMIT-01",
        rejection: DrpCommitEntry,
        commit: |question| {
            question.edit_records(|records| {
                let at = records.len() - 1;
                let height = records[at].height;
                records.insert(at, OrderedRecord { height, record: Record::Commit(Digest::ZERO) });
            })
        },
    },
    Fault {
        slug: "commit-twice",
        what: "its commit stands in its log twice",
        requirement: "DRP-COMMIT-02",
        rejection: DrpCommitEntry,
        commit: |question| {
            question.edit_records(|records| {
                let last = records[records.len() - 1].clone();
                records.push(last);
            })
        },
    },
    Fault {
        slug: "log-goes-on",
        what: "its log goes on after the commit",
        requirement: "DRP-COMMIT-01",
        rejection: DrpCommitEntry,
        commit: |question| {
            question.edit_records(|records| {
                let height = records[records.len() - 1].height;
                records.push(OrderedRecord { height, record: Record::Other(Digest::ZERO) });
            })?;
            question.certify_again()
        },
    },
    Fault {
        slug: "log-invented",
        what: "an entry is added to its log",
        requirement: "DRP-LOG-03",
        rejection: CryCosiSignature,
        commit: |question| {
            question.edit_records(|records| {
                let height = records[0].height;
                records.insert(0, OrderedRecord { height, record: Record::Other(Digest::ZERO) });
            })
        },
    },
    Fault {
        slug: "log-ticket-left-out",
        what: "a larger ticket is left out of its log",
        requirement: "DRP-LOG-03",
        rejection: CryCosiSignature,
        commit: |question| {
            let ranks = question.finished.world.progress.ranks();
            question.edit_records(|records| {
    let is_larger = |ordered: &OrderedRecord| {
        matches!(&ordered.record, Record::Ticket(ticket) if !ranks.contains(&ticket.validator))
    };
    if let Some(at) = records.iter().position(is_larger) {
        records.remove(at);
    }
})
        },
    },
    Fault {
        slug: "log-height",
        what: "its commit stands at another height than was certified",
        requirement: "DRP-LOG-03",
        rejection: CryCosiSignature,
        commit: |question| {
            question.edit_records(|records| {
                let at = records.len() - 1;
                records[at].height += 1;
            })
        },
    },
    Fault {
        slug: "certificate-bitmap",
        what: "its certificate's bitmap is too long",
        requirement: "CRY-CERT-01",
        rejection: CryCertificateSigners,
        commit: |question| {
            edit(&mut question.transcript.log.certificate.signers, |bytes| bytes.push(0))
        },
    },
    Fault {
        slug: "certificate-quorum",
        what: "one signer too few certifies its log",
        requirement: "CRY-CERT-02",
        rejection: CryCertificateQuorum,
        commit: |question| {
            edit(&mut question.transcript.log.certificate.signers, |bytes| bytes[0] &= bytes[0] - 1)
        },
    },
    Fault {
        slug: "certificate-commitment",
        what: "its certificate's nonce commitment is no group element",
        requirement: "CRY-GROUP-01",
        rejection: CryElementEncoding,
        commit: |question| {
            question.transcript.log.certificate.signature.commitment = EncodedElement([0xff; 32]);
            Ok(())
        },
    },
    Fault {
        slug: "certificate-response",
        what: "its certificate's response is not below the group's order",
        requirement: "CRY-GROUP-02",
        rejection: CryScalarEncoding,
        commit: |question| {
            question.transcript.log.certificate.signature.response = EncodedScalar([0xff; 32]);
            Ok(())
        },
    },
    Fault {
        slug: "certificate-signature",
        what: "a bit of its certificate's response is flipped",
        requirement: "CRY-COSI-02",
        rejection: CryCosiSignature,
        commit: |question| {
            question.transcript.log.certificate.signature.response.0[0] ^= 1;
            Ok(())
        },
    },
    Fault {
        slug: "lists-fewer",
        what: "it has shares of an input fewer",
        requirement: "DRP-SHARES-01",
        rejection: DrpShareCount,
        commit: |question| edit(&mut question.transcript.shares, drop_last),
    },
    Fault {
        slug: "lists-more",
        what: "it has shares of an input more",
        requirement: "DRP-SHARES-01",
        rejection: DrpShareCount,
        commit: |question| {
            edit(&mut question.transcript.shares, |lists| lists.push(lists[0].clone()))
        },
    },
    Fault {
        slug: "shares-fewer",
        what: "it has a share fewer than a threshold",
        requirement: "DRP-SHARES-01",
        rejection: DrpShareCount,
        commit: |question| question.edit_shares(drop_last),
    },
    Fault {
        slug: "shares-more",
        what: "it has a share more than a threshold",
        requirement: "DRP-SHARES-01",
        rejection: DrpShareCount,
        commit: |question| {
            let share = question.third_share()?;
            question.edit_shares(|shares| shares.push(share))
        },
    },
    Fault {
        slug: "shares-twice",
        what: "it has a share twice",
        requirement: "DRP-SHARES-01",
        rejection: DrpShareCount,
        commit: |question| question.edit_shares(|shares| shares[1] = shares[0]),
    },
    Fault {
        slug: "shares-order",
        what: "its shares are not at rising positions",
        requirement: "DRP-SHARES-01",
        rejection: DrpShareCount,
        commit: |question| question.edit_shares(|shares| shares.swap(0, 1)),
    },
    Fault {
        slug: "position-beyond",
        what: "a share is at a position that nobody has",
        requirement: "CRY-PVSS-06",
        rejection: CrySharePositions,
        commit: |question| question.edit_shares(|shares| shares[1].position = 4),
    },
    Fault {
        slug: "position-zero",
        what: "a share is at position 0",
        requirement: "CRY-PVSS-06",
        rejection: CrySharePositions,
        commit: |question| question.edit_shares(|shares| shares[0].position = 0),
    },
    Fault {
        slug: "share-no-element",
        what: "a decrypted share is no element",
        requirement: "CRY-GROUP-01",
        rejection: CryElementEncoding,
        commit: |question| question.edit_shares(|shares| shares[0].share = NO_ELEMENT),
    },
    Fault {
        slug: "share-response",
        what: "a decrypted share's proof has a response that is no scalar",
        requirement: "CRY-GROUP-02",
        rejection: CryScalarEncoding,
        commit: |question| question.edit_shares(|shares| shares[1].proof.response = NO_SCALAR),
    },
    Fault {
        slug: "share-nonce",
        what: "a decrypted share's proof has the identity for a commitment",
        requirement: "CRY-GROUP-03",
        rejection: CryElementIdentity,
        commit: |question| {
            question.edit_shares(|shares| shares[1].proof.nonce_commitments[0] = IDENTITY)
        },
    },
    Fault {
        slug: "share-identity",
        what: "a decrypted share is the identity",
        requirement: "CRY-PVSS-05",
        rejection: CryDleqProof,
        commit: |question| question.edit_shares(|shares| shares[0].share = IDENTITY),
    },
    Fault {
        slug: "shares-of-another-dealer",
        what: "the shares of two dealers are swapped",
        requirement: "CRY-PVSS-05",
        rejection: CryDleqProof,
        commit: |question| edit(&mut question.transcript.shares, |lists| lists.swap(0, 1)),
    },
    Fault {
        slug: "share-position",
        what: "a share stands at another server's position",
        requirement: "CRY-PVSS-05",
        rejection: CryDleqProof,
        commit: |question| question.edit_shares(|shares| shares[1].position = 3),
    },
    Fault {
        slug: "secret",
        what: "it has another secret",
        requirement: "DRP-OUTPUT-01",
        rejection: DrpSecret,
        commit: |question| {
            question.transcript.secret = IDENTITY;
            question.output_again()
        },
    },
    Fault {
        slug: "randomness",
        what: "it has another random number",
        requirement: "DRP-OUTPUT-02",
        rejection: DrpOutput,
        commit: |question| {
            question.transcript.randomness = Digest::ZERO;
            Ok(())
        },
    },
    Fault {
        slug: "randomness-secret",
        what: "its random number is the bare secret",
        requirement: "DRP-OUTPUT-02",
        rejection: DrpOutput,
        commit: |question| {
            question.transcript.randomness = Digest(question.transcript.secret.0);
            Ok(())
        },
    },
];
