//! The third party refuses a transcript that differs from a valid one in one thing, at the check of
//! that thing.
//!
//! Where something is changed that others sign, they sign what it is changed to: so nothing but the
//! one check is in the way.

mod drp_simulation;

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use drp_simulation::{NormativeTranscript, Simulation, epoch};
use ioschain_spec::Rejection;
use ioschain_spec::drp::checks::check_proposal;
use ioschain_spec::drp::log::LotteryLog;
use ioschain_spec::drp::messages::{
    Announcement, Fail, OrderedRecord, Proposal, Record, SignedDeal, Statement, derive_root,
    to_inputs,
};
use ioschain_spec::drp::report::{Check, Report};
use ioschain_spec::drp::rules::Specification;
use ioschain_spec::drp::verifier::{list_checks, verify_transcript};
use ioschain_spec::drp::verifier_batched::verify_batched;
use ioschain_spec::primitives::certificate::Roster;
use ioschain_spec::primitives::cosi::CollectiveSignature;
use ioschain_spec::primitives::ed25519::{PublicKey, Signature};
use ioschain_spec::primitives::encoding::{Bounded, BoundedMap};
use ioschain_spec::primitives::group::{EncodedElement, EncodedScalar, Group};
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::keys::NodeId;
use ioschain_spec::primitives::numbers::{Position, Rank};
use ioschain_spec::primitives::ristretto::Ristretto255;
use ioschain_spec::primitives::toy_group::ToyGroup;
use ioschain_spec::suite::{Normative, Suite};

type Real = Simulation<Ristretto255>;
type Change = fn(&Real, &mut NormativeTranscript);

const NO_ELEMENT: EncodedElement = EncodedElement([0xff; 32]);
const NO_SCALAR: EncodedScalar = EncodedScalar([0xff; 32]);
const IDENTITY: EncodedElement = EncodedElement([0; 32]);

/// Seven validators in groups of three; the first leader failed, the second committed.
fn simulation() -> Real {
    let mut simulation = Simulation::new(7, 3);
    simulation.hold_lottery();
    simulation.let_time_pass();
    simulation.run();
    simulation
}

fn edit<T: Clone, const CAP: usize>(
    values: &mut Bounded<T, CAP>,
    change: impl FnOnce(&mut Vec<T>),
) {
    let mut edited = values.clone().into_vec();
    change(&mut edited);
    *values = edited.try_into().unwrap();
}

fn drop_last<T>(values: &mut Vec<T>) {
    values.truncate(values.len() - 1);
}

// --- Signing again what was changed -----------------------------------------------------------

/// All sign what the statement now is, the log has what the commit now is, and a quorum certifies
/// that.
fn sign_again(simulation: &Real, transcript: &mut NormativeTranscript) {
    let message = transcript.commit.proposal.statement.message();
    let signers = transcript.commit.signature.signers.clone();
    transcript.commit.signature = simulation.signature_by(&signers, &message);
    record_again(simulation, transcript);
}

/// The log has what the commit now is, and a quorum certifies that.
fn record_again(simulation: &Real, transcript: &mut NormativeTranscript) {
    let hash = transcript.commit.hash();
    edit(&mut transcript.log.records, |records| {
        records.last_mut().unwrap().record = Record::Commit(hash);
    });
    certify_again(simulation, transcript);
}

fn certify_again(simulation: &Real, transcript: &mut NormativeTranscript) {
    let mut progress = LotteryLog::new(&simulation.epoch);
    for ordered in &transcript.log.records {
        let appended = simulation.within(|environment| {
            progress.append_record(environment, ordered.height, &ordered.record)
        });
        if appended.is_err() {
            return; // such a log has no head
        }
    }
    transcript.log.certificate = simulation.certify(&progress);
}

/// Changes the deal of the first input; its dealer, then everybody, signs that.
fn change_deal(
    simulation: &Real,
    transcript: &mut NormativeTranscript,
    change: fn(&mut SignedDeal),
) {
    edit(&mut transcript.commit.proposal.deals, |deals| {
        change(&mut deals[0]);
        let signing = &simulation.participants[&deals[0].dealer].secrets.signing;
        deals[0].signature = signing.sign(&deals[0].message().0);
    });
    root_again(simulation, transcript);
}

fn root_again(simulation: &Real, transcript: &mut NormativeTranscript) {
    let proposal = &mut transcript.commit.proposal;
    proposal.statement.root = derive_root(&proposal.deals);
    sign_again(simulation, transcript);
}

/// Changes the run; the leader, then everybody, signs that, in the run's own session.
fn change_run(
    simulation: &Real,
    transcript: &mut NormativeTranscript,
    change: fn(&mut ioschain_spec::drp::Run),
) {
    let announcement = &mut transcript.commit.proposal.announcement;
    change(&mut announcement.run);
    let signing = &simulation.participants[&announcement.run.leader].secrets.signing;
    *announcement = Announcement::sign(&Normative, announcement.run, signing);
    transcript.commit.proposal.statement.session = announcement.run.session_id();
    sign_again(simulation, transcript);
}

fn change_inputs(
    simulation: &Real,
    transcript: &mut NormativeTranscript,
    change: fn(&mut Vec<Vec<NodeId>>),
) {
    let statement = &mut transcript.commit.proposal.statement;
    let mut inputs: Vec<Vec<NodeId>> =
        statement.inputs.iter().map(|group| group.to_vec()).collect();
    change(&mut inputs);
    statement.inputs = to_inputs(inputs).unwrap();
    sign_again(simulation, transcript);
}

fn change_fail(simulation: &Real, transcript: &mut NormativeTranscript, change: fn(&mut Fail)) {
    edit(&mut transcript.log.records, |records| {
        let fails = records.iter_mut().find_map(|ordered| match &mut ordered.record {
            Record::Fail(fail) => Some(fail),
            _ => None,
        });
        change(fails.unwrap());
    });
    certify_again(simulation, transcript);
}

fn edit_timeouts(fail: &mut Fail, change: impl FnOnce(&mut BTreeMap<NodeId, Signature>)) {
    let mut timeouts: BTreeMap<NodeId, Signature> = (*fail.timeouts).clone();
    change(&mut timeouts);
    fail.timeouts = BoundedMap::try_from(timeouts).unwrap();
}

// --- One fault for each thing that is checked -------------------------------------------------

/// In the order of the checks.
const FAULTS: &[(&str, Check, Rejection, Change)] = &[
    (
        "another suite",
        Check::Configuration,
        Rejection::DrpConfiguration,
        |simulation, transcript| {
            change_run(simulation, transcript, |run| run.suite = Digest::ZERO);
        },
    ),
    (
        "another chain",
        Check::Configuration,
        Rejection::DrpConfiguration,
        |simulation, transcript| {
            change_run(simulation, transcript, |run| run.chain_id = Digest::ZERO);
        },
    ),
    (
        "another epoch",
        Check::Configuration,
        Rejection::DrpConfiguration,
        |simulation, transcript| {
            change_run(simulation, transcript, |run| run.epoch += 1);
        },
    ),
    (
        "another number before",
        Check::Configuration,
        Rejection::DrpConfiguration,
        |simulation, t| {
            change_run(simulation, t, |run| run.randomness_before = Digest::ZERO);
        },
    ),
    (
        "other validators",
        Check::Configuration,
        Rejection::DrpConfiguration,
        |simulation, transcript| {
            change_run(simulation, transcript, |run| run.configuration = Digest::ZERO);
        },
    ),
    ("another session", Check::Session, Rejection::DrpSession, |simulation, transcript| {
        transcript.commit.proposal.statement.session = Digest::ZERO;
        sign_again(simulation, transcript);
    }),
    ("another view", Check::Leader, Rejection::DrpLeader, |simulation, transcript| {
        change_run(simulation, transcript, |run| run.view += 1);
    }),
    ("another rank", Check::Leader, Rejection::DrpLeader, |simulation, transcript| {
        change_run(simulation, transcript, |run| run.rank += 1);
    }),
    ("another leader", Check::Leader, Rejection::DrpLeader, |simulation, transcript| {
        let run = &mut transcript.commit.proposal.announcement.run;
        run.leader = *simulation.log.state.ranks().first().unwrap();
        change_run(simulation, transcript, |_| ());
    }),
    ("a smaller ticket left out", Check::Leader, Rejection::DrpLeader, |simulation, transcript| {
        let first = simulation.log.state.ranks()[0];
        edit(&mut transcript.log.records, |records| {
            records.retain(|ordered| {
                !matches!(&ordered.record, Record::Ticket(ticket) if ticket.validator == first)
            });
        });
        certify_again(simulation, transcript);
    }),
    ("a failure left out", Check::Leader, Rejection::DrpLeader, |simulation, transcript| {
        edit(&mut transcript.log.records, |records| {
            records.retain(|ordered| !matches!(&ordered.record, Record::Fail(_)));
        });
        certify_again(simulation, transcript);
    }),
    ("a ticket twice", Check::Leader, Rejection::EdsTicketRepeated, |_, transcript| {
        edit(&mut transcript.log.records, |records| records.insert(0, records[0].clone()));
    }),
    ("a log that goes back", Check::Leader, Rejection::DrpLogOrder, |_, transcript| {
        edit(&mut transcript.log.records, |records| records[3].height -= 1);
    }),
    (
        "a commit before the lottery's end",
        Check::Leader,
        Rejection::DrpNotCurrent,
        |_, transcript| {
            edit(&mut transcript.log.records, |records| {
                let height = records[0].height;
                records.retain(|ordered| !matches!(&ordered.record, Record::Fail(_)));
                records.last_mut().unwrap().height = height;
            });
        },
    ),
    (
        "a failure of another rank",
        Check::Leader,
        Rejection::DrpNotCurrent,
        |simulation, transcript| {
            change_fail(simulation, transcript, |fail| fail.rank = Rank(1));
        },
    ),
    (
        "a failure with too few",
        Check::Leader,
        Rejection::DrpFailQuorum,
        |simulation, transcript| {
            change_fail(simulation, transcript, |fail| {
                edit_timeouts(fail, |timeouts| {
                    timeouts.pop_first();
                });
            });
        },
    ),
    (
        "a timeout by nobody",
        Check::Leader,
        Rejection::DrpTimeoutSigner,
        |simulation, transcript| {
            change_fail(simulation, transcript, |fail| {
                edit_timeouts(fail, |timeouts| {
                    timeouts.insert(NodeId(Digest::ZERO), Signature([0; 64]));
                });
            });
        },
    ),
    (
        "a timeout unsigned",
        Check::Leader,
        Rejection::DrpTimeoutSignature,
        |simulation, transcript| {
            change_fail(simulation, transcript, |fail| {
                edit_timeouts(fail, |timeouts| {
                    *timeouts.first_entry().unwrap().get_mut() = Signature([0; 64])
                });
            });
        },
    ),
    ("a group more", Check::Groups, Rejection::DrpGroups, |simulation, transcript| {
        change_inputs(simulation, transcript, |inputs| inputs.push(Vec::new()));
    }),
    ("a group fewer", Check::Groups, Rejection::DrpGroups, |simulation, transcript| {
        change_inputs(simulation, transcript, drop_last);
    }),
    (
        "announced by another",
        Check::Announcement,
        Rejection::DrpAnnouncement,
        |simulation, transcript| {
            let announcement = &mut transcript.commit.proposal.announcement;
            let other = simulation
                .names()
                .into_iter()
                .find(|name| *name != announcement.run.leader)
                .unwrap();
            *announcement = Announcement::sign(
                &Normative,
                announcement.run,
                &simulation.participants[&other].secrets.signing,
            );
            sign_again(simulation, transcript);
        },
    ),
    ("an input fewer", Check::Inputs, Rejection::DrpInputCount, |simulation, transcript| {
        edit(&mut transcript.commit.proposal.deals, |deals| drop(deals.remove(1)));
        change_inputs(simulation, transcript, |inputs| inputs[0].truncate(1));
        root_again(simulation, transcript);
    }),
    ("an input twice", Check::Inputs, Rejection::DrpInputRepeated, |simulation, transcript| {
        change_inputs(simulation, transcript, |inputs| inputs[0][1] = inputs[0][0]);
    }),
    (
        "an input of another group",
        Check::Inputs,
        Rejection::DrpInputGroup,
        |simulation, transcript| {
            change_inputs(simulation, transcript, |inputs| {
                let (first, second) = (inputs[0][0], inputs[1][0]);
                (inputs[0][0], inputs[1][0]) = (second, first);
            });
        },
    ),
    ("a deal missing", Check::Deals, Rejection::DrpDealDealer, |simulation, transcript| {
        edit(&mut transcript.commit.proposal.deals, drop_last);
        root_again(simulation, transcript);
    }),
    ("two deals swapped", Check::Deals, Rejection::DrpDealDealer, |simulation, transcript| {
        edit(&mut transcript.commit.proposal.deals, |deals| deals.swap(0, 1));
        root_again(simulation, transcript);
    }),
    ("a deal unsigned", Check::Deals, Rejection::DrpDealSignature, |simulation, transcript| {
        edit(&mut transcript.commit.proposal.deals, |deals| {
            deals[0].signature = Signature([0; 64])
        });
        root_again(simulation, transcript);
    }),
    (
        "a deal of another session",
        Check::Deals,
        Rejection::DrpDealSession,
        |simulation, transcript| {
            change_deal(simulation, transcript, |deal| deal.session = Digest::ZERO);
        },
    ),
    (
        "a deal for another announcement",
        Check::Deals,
        Rejection::DrpDealSession,
        |simulation, t| {
            change_deal(simulation, t, |deal| deal.announcement = Digest::ZERO);
        },
    ),
    ("a commitment more", Check::Deals, Rejection::CryPvssLengths, |simulation, transcript| {
        change_deal(simulation, transcript, |deal| {
            edit(&mut deal.deal.commitments, |commitments| commitments.push(IDENTITY));
        });
    }),
    ("a share fewer", Check::Deals, Rejection::CryPvssLengths, |simulation, transcript| {
        change_deal(simulation, transcript, |deal| {
            edit(&mut deal.deal.shares, drop_last);
        });
    }),
    (
        "a commitment that is none",
        Check::Deals,
        Rejection::CryElementEncoding,
        |simulation, transcript| {
            change_deal(simulation, transcript, |deal| {
                edit(&mut deal.deal.commitments, |commitments| commitments[0] = NO_ELEMENT);
            });
        },
    ),
    (
        "a response that is none",
        Check::Deals,
        Rejection::CryScalarEncoding,
        |simulation, transcript| {
            change_deal(simulation, transcript, |deal| {
                edit(&mut deal.deal.shares, |shares| shares[0].proof.response = NO_SCALAR);
            });
        },
    ),
    (
        "a nonce that is 0",
        Check::Encryptions,
        Rejection::CryElementIdentity,
        |simulation, transcript| {
            change_deal(simulation, transcript, |deal| {
                edit(&mut deal.deal.shares, |shares| {
                    shares[0].proof.nonce_commitments[0] = IDENTITY
                });
            });
        },
    ),
    ("shares swapped", Check::Encryptions, Rejection::CryDleqProof, |simulation, transcript| {
        change_deal(simulation, transcript, |deal| {
            edit(&mut deal.deal.shares, |shares| shares.swap(0, 1));
        });
    }),
    (
        "another commitment",
        Check::Encryptions,
        Rejection::CryDleqProof,
        |simulation, transcript| {
            change_deal(simulation, transcript, |deal| {
                edit(&mut deal.deal.commitments, |commitments| commitments[0] = IDENTITY);
            });
        },
    ),
    ("another root", Check::Root, Rejection::DrpRoot, |simulation, transcript| {
        transcript.commit.proposal.statement.root = Digest::ZERO;
        sign_again(simulation, transcript);
    }),
    (
        "a signer beyond the last",
        Check::Signers,
        Rejection::CryCertificateSigners,
        |simulation, transcript| {
            edit(&mut transcript.commit.signature.signers, |signers| signers[0] |= 0x80);
            record_again(simulation, transcript);
        },
    ),
    (
        "a bitmap too long",
        Check::Signers,
        Rejection::CryCertificateSigners,
        |simulation, transcript| {
            edit(&mut transcript.commit.signature.signers, |signers| signers.push(0));
            record_again(simulation, transcript);
        },
    ),
    (
        "a bitmap too short",
        Check::Signers,
        Rejection::CryCertificateSigners,
        |simulation, transcript| {
            edit(&mut transcript.commit.signature.signers, Vec::clear);
            record_again(simulation, transcript);
        },
    ),
    (
        "too few signers",
        Check::Signers,
        Rejection::CryCertificateQuorum,
        |simulation, transcript| {
            edit(&mut transcript.commit.signature.signers, |signers| signers[0] = 0b0000_1111);
            sign_again(simulation, transcript);
        },
    ),
    (
        "another statement signed",
        Check::CollectiveSignature,
        Rejection::CryCosiSignature,
        |simulation, t| {
            t.commit.signature = simulation.signature_by(&simulation.everybody(), &Digest::ZERO);
            record_again(simulation, t);
        },
    ),
    (
        "a signer too few named",
        Check::CollectiveSignature,
        Rejection::CryCosiSignature,
        |simulation, transcript| {
            edit(&mut transcript.commit.signature.signers, |signers| signers[0] = 0b0011_1111);
            record_again(simulation, transcript);
        },
    ),
    (
        "others named than signed",
        Check::CollectiveSignature,
        Rejection::CryCosiSignature,
        |simulation, transcript| {
            let signature = &mut transcript.commit.signature;
            edit(&mut signature.signers, |signers| signers[0] = 0b0011_1111);
            sign_again(simulation, transcript);
            let signature = &mut transcript.commit.signature;
            edit(&mut signature.signers, |signers| signers[0] = 0b0111_1110);
            record_again(simulation, transcript);
        },
    ),
    (
        "a nonce commitment that is none",
        Check::CollectiveSignature,
        Rejection::CryElementEncoding,
        |simulation, transcript| {
            transcript.commit.signature.signature.commitment = NO_ELEMENT;
            record_again(simulation, transcript);
        },
    ),
    (
        "a nonce commitment that is the identity",
        Check::CollectiveSignature,
        Rejection::CryElementIdentity,
        |simulation, transcript| {
            transcript.commit.signature.signature.commitment = IDENTITY;
            record_again(simulation, transcript);
        },
    ),
    (
        "a response to sign with that is none",
        Check::CollectiveSignature,
        Rejection::CryScalarEncoding,
        |simulation, transcript| {
            transcript.commit.signature.signature.response = NO_SCALAR;
            record_again(simulation, transcript);
        },
    ),
    ("no commit ordered", Check::Commit, Rejection::DrpCommitEntry, |simulation, transcript| {
        edit(&mut transcript.log.records, |records| {
            records.last_mut().unwrap().record = Record::Other(Digest::ZERO);
        });
        certify_again(simulation, transcript);
    }),
    (
        "another commit ordered",
        Check::Commit,
        Rejection::DrpCommitEntry,
        |simulation, transcript| {
            edit(&mut transcript.log.records, |records| {
                records.last_mut().unwrap().record = Record::Commit(Digest::ZERO);
            });
            certify_again(simulation, transcript);
        },
    ),
    ("an earlier commit", Check::Commit, Rejection::DrpCommitEntry, |_, transcript| {
        edit(&mut transcript.log.records, |records| {
            let last = records.last().unwrap().clone();
            let earlier = OrderedRecord { record: Record::Commit(Digest::ZERO), ..last };
            records.insert(records.len() - 1, earlier);
        });
    }),
    (
        "more after the commit",
        Check::Commit,
        Rejection::DrpCommitEntry,
        |simulation, transcript| {
            edit(&mut transcript.log.records, |records| {
                let last = records.last().unwrap().clone();
                records.push(OrderedRecord { record: Record::Other(Digest::ZERO), ..last });
            });
            certify_again(simulation, transcript);
        },
    ),
    ("an entry that is not in the log", Check::Commit, Rejection::CryCosiSignature, |_, t| {
        edit(&mut t.log.records, |records| {
            let first = records[0].clone();
            records.insert(0, OrderedRecord { record: Record::Other(Digest::ZERO), ..first });
        });
    }),
    ("a larger ticket left out", Check::Commit, Rejection::CryCosiSignature, |simulation, t| {
        let ranks = simulation.log.state.ranks();
        edit(&mut t.log.records, |records| {
            let at = records.iter().position(|ordered| {
                matches!(&ordered.record, Record::Ticket(it) if !ranks.contains(&it.validator))
            });
            records.remove(at.unwrap());
        });
    }),
    ("too few certify", Check::Commit, Rejection::CryCertificateQuorum, |_, transcript| {
        edit(&mut transcript.log.certificate.signers, |signers| signers[0] &= 0b0000_1111);
    }),
    ("a list of shares fewer", Check::Shares, Rejection::DrpShareCount, |_, transcript| {
        edit(&mut transcript.shares, drop_last);
    }),
    ("a decrypted share fewer", Check::Shares, Rejection::DrpShareCount, |_, transcript| {
        edit(&mut transcript.shares, |lists| edit(&mut lists[0], drop_last));
    }),
    ("a decrypted share twice", Check::Shares, Rejection::DrpShareCount, |_, transcript| {
        edit(&mut transcript.shares, |lists| edit(&mut lists[0], |shares| shares[1] = shares[0]));
    }),
    ("decrypted shares out of order", Check::Shares, Rejection::DrpShareCount, |_, transcript| {
        edit(&mut transcript.shares, |lists| edit(&mut lists[0], |shares| shares.swap(0, 1)));
    }),
    (
        "a position that nobody has",
        Check::Decryptions,
        Rejection::CrySharePositions,
        |_, transcript| {
            edit(&mut transcript.shares, |lists| {
                edit(&mut lists[0], |shares| shares[1].position = Position(9))
            });
        },
    ),
    ("a share that is none", Check::Decryptions, Rejection::CryElementEncoding, |_, transcript| {
        edit(&mut transcript.shares, |lists| {
            edit(&mut lists[0], |shares| shares[0].share = NO_ELEMENT)
        });
    }),
    ("shares of another dealer", Check::Decryptions, Rejection::CryDleqProof, |_, transcript| {
        edit(&mut transcript.shares, |lists| lists.swap(0, 1));
    }),
    ("another share", Check::Decryptions, Rejection::CryDleqProof, |_, transcript| {
        edit(&mut transcript.shares, |lists| {
            edit(&mut lists[0], |shares| shares[0].share = IDENTITY)
        });
    }),
    ("another secret", Check::Output, Rejection::DrpSecret, |_, transcript| {
        transcript.secret = IDENTITY;
    }),
    ("another number", Check::Output, Rejection::DrpOutput, |_, transcript| {
        transcript.randomness = Digest::ZERO;
    }),
];

#[test]
fn each_check_refuses_what_differs_in_one_thing() {
    let simulation = simulation();
    let valid = simulation.transcript();
    for (name, check, rejection, change) in FAULTS {
        let mut transcript = valid.clone();
        change(&simulation, &mut transcript);
        assert_ne!(transcript, valid, "{name}");
        let report = simulation.within(|environment| list_checks(environment, &transcript));
        assert_eq!(report.failed(), Some((*check, *rejection)), "{name}");
        // Those before it pass, and none comes after it.
        let made: Vec<Check> = report.outcomes.iter().map(|(check, _)| *check).collect();
        assert_eq!(made, Check::ALL[..made.len()], "{name}");
        let verified = simulation.within(|environment| verify_transcript(environment, &transcript));
        assert_eq!(verified, Err(*rejection), "{name}");
        let batched = verify_batched::<Ristretto255, _>(&Normative, &simulation.epoch, &transcript);
        assert_eq!(batched, verified, "{name}");
    }
    let batched = verify_batched::<Ristretto255, _>(&Normative, &simulation.epoch, &valid);
    assert_eq!(batched, Ok(valid.randomness));
}

/// [`Normative`], counting the collective signatures that it is asked about.
#[derive(Debug, Default)]
struct Counting {
    collective: Cell<u32>,
}

impl Suite for Counting {
    type Certificate = CollectiveSignature;

    fn verify_signature(&self, key: &PublicKey, message: &Digest, signature: &Signature) -> bool {
        Normative.verify_signature(key, message, signature)
    }

    fn verify_certificate<G: Group>(
        &self,
        roster: &Roster,
        message: &Digest,
        certificate: &CollectiveSignature,
    ) -> Result<(), Rejection> {
        self.collective.set(self.collective.get() + 1);
        Normative.verify_certificate::<G>(roster, message, certificate)
    }
}

/// The readable path's answer would be right, too; so what was asked is counted.
#[test]
fn the_batched_path_accepts_by_itself_and_refuses_with_the_readable_one() {
    for (count, size) in [(4, 3), (7, 3), (16, 5)] {
        let mut simulation = Real::new(count, size);
        simulation.run();
        let valid = simulation.transcript();
        let ask = |transcript: &NormativeTranscript| {
            let suite = Counting::default();
            let answer = verify_batched::<Ristretto255, _>(&suite, &simulation.epoch, transcript);
            (answer, suite.collective.get())
        };
        assert_eq!(ask(&valid), (Ok(valid.randomness), 1));
        // One false proof in the last group: the sum does not hold, and the other path says why.
        let mut false_proof = valid.clone();
        edit(&mut false_proof.shares, |lists| {
            edit(lists.last_mut().unwrap(), |shares| shares[0].proof.response.0[0] ^= 1);
        });
        assert_eq!(ask(&false_proof), (Err(Rejection::CryDleqProof), 2));
    }
}

#[test]
fn every_check_but_the_thresholds_has_a_fault() {
    let with_faults: BTreeSet<Check> = FAULTS.iter().map(|(_, check, ..)| *check).collect();
    let without = Check::ALL.iter().filter(|check| !with_faults.contains(check));
    // They are computed; what can be wrong is the group: see the next test.
    assert_eq!(without.collect::<Vec<_>>(), [&Check::Thresholds]);
    assert!(FAULTS.is_sorted_by_key(|(_, check, ..)| *check));
}

/// A proposal of which nothing after the thresholds is right.
fn bare_proposal<G: Group>(simulation: &Simulation<G>, groups: usize) -> Proposal {
    let run = simulation.epoch.run::<G>(&simulation.leadership().unwrap());
    let inputs = to_inputs(vec![Vec::new(); groups]).unwrap();
    Proposal {
        announcement: Announcement { run, signature: Signature([0; 64]) },
        statement: Statement { session: run.session_id(), inputs, root: Digest::ZERO },
        deals: Bounded::empty(),
    }
}

fn failed_proposal<G: Group>(simulation: &Simulation<G>) -> Option<(Check, Rejection)> {
    let mut report = Report::default();
    let proposal = bare_proposal(simulation, 1);
    let current = Ok(simulation.leadership().unwrap());
    let checked = simulation.within(|environment| {
        check_proposal(environment, current, &proposal, None, &mut report).map(drop)
    });
    assert!(checked.is_err());
    report.failed()
}

#[test]
fn a_group_in_which_nothing_can_be_shared_is_found_with_the_thresholds() {
    // Five servers in a group, and four positions.
    let mut simulation =
        Simulation::<ToyGroup<5>>::with(epoch::<ToyGroup<5>>(6, 5), Rc::new(Specification));
    simulation.hold_lottery();
    assert_eq!(failed_proposal(&simulation), Some((Check::Thresholds, Rejection::CryPvssLengths)));
    // A base that is the identity: some session has one.
    let failures = (0..60u8).map(|before| {
        let mut epoch = epoch::<ToyGroup<5>>(4, 3);
        epoch.randomness_before = Digest([before; 32]);
        let mut simulation = Simulation::<ToyGroup<5>>::with(epoch, Rc::new(Specification));
        simulation.hold_lottery();
        failed_proposal(&simulation)
    });
    let failures: BTreeSet<_> = failures.flatten().collect();
    let expected = [
        (Check::Thresholds, Rejection::CryElementIdentity),
        (Check::Announcement, Rejection::DrpAnnouncement),
    ];
    assert_eq!(failures, BTreeSet::from(expected));
}

#[test]
fn of_several_faults_the_first_in_the_order_of_checks_is_reported() {
    let simulation = simulation();
    let mut transcript = simulation.transcript();
    // From the last check to the first; each leaves the later faults in place.
    let later: &[(Check, Rejection, Change)] = &[
        (Check::Output, Rejection::DrpOutput, |_, t| t.randomness = Digest::ZERO),
        (Check::Output, Rejection::DrpSecret, |_, t| t.secret = IDENTITY),
        (Check::Decryptions, Rejection::CryDleqProof, |_, t| {
            edit(&mut t.shares, |lists| edit(&mut lists[0], |shares| shares[0].share = IDENTITY));
        }),
        (Check::Shares, Rejection::DrpShareCount, |_, t| {
            edit(&mut t.shares, drop_last);
        }),
        (Check::Commit, Rejection::CryCosiSignature, |_, t| {
            t.log.certificate.signature.response = EncodedScalar([0; 32]);
        }),
        (Check::Commit, Rejection::DrpCommitEntry, |_, t| {
            edit(&mut t.log.records, |records| {
                records.last_mut().unwrap().record = Record::Other(Digest::ZERO);
            });
        }),
        (Check::CollectiveSignature, Rejection::CryCosiSignature, |_, t| {
            t.commit.signature.signature.response = EncodedScalar([0; 32]);
        }),
        (Check::Signers, Rejection::CryCertificateQuorum, |_, t| {
            edit(&mut t.commit.signature.signers, |signers| signers[0] = 1);
        }),
        (Check::Root, Rejection::DrpRoot, |_, t| t.commit.proposal.statement.root = Digest::ZERO),
        (Check::Deals, Rejection::DrpDealSignature, |_, t| {
            let deals = &mut t.commit.proposal.deals;
            edit(deals, |deals| deals[0].signature = Signature([0; 64]));
        }),
        (Check::Inputs, Rejection::DrpInputRepeated, |_, t| {
            let statement = &mut t.commit.proposal.statement;
            let mut inputs: Vec<_> = statement.inputs.iter().map(|list| list.to_vec()).collect();
            inputs[0][1] = inputs[0][0];
            statement.inputs = to_inputs(inputs).unwrap();
        }),
        (Check::Announcement, Rejection::DrpAnnouncement, |_, t| {
            t.commit.proposal.announcement.signature = Signature([0; 64]);
        }),
        (Check::Groups, Rejection::DrpGroups, |_, t| {
            t.commit.proposal.statement.inputs = to_inputs(Vec::new()).unwrap();
        }),
        (Check::Leader, Rejection::EdsTicketRepeated, |_, t| {
            edit(&mut t.log.records, |records| records.insert(0, records[0].clone()));
        }),
        (Check::Session, Rejection::DrpSession, |_, t| {
            t.commit.proposal.statement.session = Digest::ZERO;
        }),
        (Check::Configuration, Rejection::DrpConfiguration, |_, t| {
            t.commit.proposal.announcement.run.chain_id = Digest::ZERO;
        }),
    ];
    for (check, rejection, change) in later {
        change(&simulation, &mut transcript);
        let report = simulation.within(|environment| list_checks(environment, &transcript));
        assert_eq!(report.failed(), Some((*check, *rejection)));
    }
}

#[test]
fn a_reader_that_knows_other_facts_refuses() {
    let simulation = simulation();
    let transcript = simulation.transcript();
    let verify = |change: fn(&mut ioschain_spec::drp::EpochContext)| {
        let mut other = (*simulation.epoch).clone();
        change(&mut other);
        let other = Simulation::<Ristretto255>::with(other, Rc::new(Specification));
        other.within(|environment| verify_transcript(environment, &transcript)).unwrap_err()
    };
    assert_eq!(verify(|epoch| epoch.number += 1), Rejection::DrpConfiguration);
    assert_eq!(verify(|epoch| epoch.group_size = 6), Rejection::DrpGroups);
    // From another head no certificate fits.
    let other_head = verify(|epoch| epoch.opened.head = Digest::ZERO);
    assert_eq!(other_head, Rejection::CryCosiSignature);
    // A lottery that opened later has not closed.
    assert_eq!(verify(|epoch| epoch.lottery_heights = 500), Rejection::DrpNotCurrent);
}
