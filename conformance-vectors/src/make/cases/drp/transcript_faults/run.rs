//! Faults of the run and of the log that says who leads it.
//!
//! A third party derives the run's configuration and its leader from the log, so a transcript must
//! not be able to name another chain, epoch or leader. A log that was changed is certified again
//! where it still is a valid log.

use ioschain_spec::drp::messages::Record;
use ioschain_spec::primitives::ed25519::Signature;
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::keys::NodeId;
use ioschain_spec::primitives::numbers::{Rank, View};

use super::Question;
use crate::make::cases::faults::{Fault, faults};

fn is_fail(record: &Record) -> bool {
    matches!(record, Record::Fail(_))
}

/// The run and who leads it.
pub(super) static RUN: &[Fault<Question>] = &faults! { Question:
    "suite" => DrpConfiguration, "DRP-CONFIG-01", "its run uses another suite",
        |question| question.change_run(|run| run.suite = Digest::ZERO);
    "chain" => DrpConfiguration, "DRP-CONFIG-01", "its run belongs to another chain",
        |question| question.change_run(|run| run.chain_id = Digest::ZERO);
    "epoch" => DrpConfiguration, "DRP-CONFIG-01", "its run belongs to another epoch",
        |question| question.change_run(|run| run.epoch += 1);
    "randomness" => DrpConfiguration, "DRP-CONFIG-01",
        "its run names another previous random number",
        |question| question.change_run(|run| run.randomness_before = Digest::ZERO);
    "validators" => DrpConfiguration, "DRP-CONFIG-01", "its run names other validators",
        |question| question.change_run(|run| run.configuration = Digest::ZERO);
    "session" => DrpSession, "DRP-SESSION-01", "its statement belongs to another session",
        |question| {
            question.proposal().statement.session = Digest::ZERO;
            question.sign_again()
        };
    "view" => DrpLeader, "DRP-LEADER-01", "its run belongs to the next view",
        |question| question.change_run(|run| run.view += 1);
    "rank-next" => DrpLeader, "DRP-LEADER-01", "its run belongs to the next rank",
        |question| question.change_run(|run| run.rank += 1);
    "rank-failed" => DrpLeader, "DRP-LEADER-01", "its run belongs to the rank that failed",
        |question| question.change_run(|run| run.rank -= 1);
    "leader-failed" => DrpLeader, "DRP-LEADER-01", "its run is led by the leader that failed",
        |question| {
            let failed = question.finished.world.log.state.ranks()[0];
            question.lead_by(failed)
        };
    "leader-next" => DrpLeader, "DRP-LEADER-01", "its run is led by the leader of the next rank",
        |question| {
            let next = question.finished.world.log.state.ranks()[2];
            question.lead_by(next)
        };
    "ticket-smallest-left-out" => DrpLeader, "DRP-LEADER-01",
        "the ticket with the smallest number is removed from its log",
        |question| {
            let first = question.finished.world.log.state.ranks()[0];
            let is_first = |record: &Record| {
                matches!(record, Record::Ticket(ticket) if ticket.validator == first)
            };
            question.edit_records(|records| records.retain(|it| !is_first(&it.record)))?;
            question.certify_again()
        };
    "failure-left-out" => DrpLeader, "DRP-LEADER-01", "the failure is removed from its log",
        |question| {
            question.edit_records(|records| records.retain(|it| !is_fail(&it.record)))?;
            question.certify_again()
        };
    "failure-twice" => DrpNotCurrent, "DRP-LOG-02", "its log contains the failure twice",
        |question| {
            question.edit_records(|records| {
                let at = records.len() - 2;
                records.insert(at, records[at].clone());
            })
        };
    "ticket-twice" => EdsTicketRepeated, "EDS-TICKET-06", "its log contains one ticket twice",
        |question| question.edit_records(|records| records.insert(1, records[0].clone()));
    "ticket-late" => EdsTicketLate, "EDS-TICKET-03",
        "a ticket in its log is one height too late",
        |question| {
            let last = question.epoch.opened.height + question.epoch.lottery_heights;
            question.edit_records(|records| records[6].height = last + 1)
        };
    "ticket-epoch" => EdsTicketEpoch, "EDS-TICKET-01", "a ticket in its log is for another epoch",
        |question| question.change_ticket(|ticket| ticket.epoch += 1);
    "ticket-view" => EdsTicketView, "EDS-TICKET-02", "a ticket in its log is for another view",
        |question| question.change_ticket(|ticket| ticket.view += 1);
    "ticket-nobody" => EdsTicketUnregistered, "EDS-TICKET-04",
        "a ticket in its log names an unknown validator",
        |question| question.change_ticket(|ticket| ticket.validator = NodeId(Digest::ZERO));
    "ticket-proof" => CryVrfProofFalse, "EDS-TICKET-07",
        "a ticket in its log has the proof of another validator",
        |question| {
            let other = question.transcript.log.records[1].clone();
            question.change_ticket(|ticket| {
                if let Record::Ticket(other) = other.record {
                    ticket.proof = other.proof;
                }
            })
        };
    "log-goes-back" => DrpLogOrder, "DRP-LOG-01",
        "the height of an entry in its log is below that of the previous entry",
        |question| question.edit_records(|records| records[3].height -= 1);
    "log-before-opening" => DrpLogOrder, "DRP-LOG-01",
        "its log begins at a height below the opening of the lottery",
        |question| {
            let opened = question.epoch.opened.height;
            question.edit_records(|records| records[0].height = opened - 1)
        };
    "commit-during-lottery" => DrpNotCurrent, "DRP-LOG-02",
        "its commit is ordered before the lottery ends",
        |question| {
            question.edit_records(|records| {
                let height = records[0].height;
                records.retain(|it| !is_fail(&it.record));
                if let Some(last) = records.last_mut() {
                    last.height = height;
                }
            })
        };
    "commit-at-lottery-end" => DrpNotCurrent, "DRP-LOG-02",
        "its commit is ordered at the last height of the lottery",
        |question| {
            let last_height = question.epoch.opened.height + question.epoch.lottery_heights;
            question.edit_records(|records| {
                records.retain(|it| !is_fail(&it.record));
                if let Some(last) = records.last_mut() {
                    last.height = last_height;
                }
            })
        };
    "failure-rank" => DrpNotCurrent, "DRP-LOG-02", "the failure in its log is for another rank",
        |question| question.change_fail(|fail| fail.rank = Rank(1));
    "failure-view" => DrpNotCurrent, "DRP-LOG-02", "the failure in its log is for another view",
        |question| question.change_fail(|fail| fail.view = View(1));
    "failure-epoch" => DrpNotCurrent, "DRP-LOG-02", "the failure in its log is for another epoch",
        |question| question.change_fail(|fail| fail.epoch -= 1);
    "failure-too-few" => DrpFailQuorum, "DRP-FAIL-01",
        "the failure in its log has one timeout too few",
        |question| {
            question.change_timeouts(|timeouts| {
                timeouts.pop_first();
            })
        };
    "failure-nobody" => DrpTimeoutSigner, "DRP-TIMEOUT-01",
        "a timeout in its log names an unknown validator",
        |question| {
            question.change_timeouts(|timeouts| {
                timeouts.insert(NodeId(Digest::ZERO), Signature([0; 64]));
            })
        };
    "failure-unsigned" => DrpTimeoutSignature, "DRP-TIMEOUT-02",
        "another validator signed a timeout in its log",
        |question| {
            question.change_timeouts(|timeouts| {
                let last = timeouts.last_key_value().map(|(_, signature)| *signature);
                if let (Some(mut first), Some(last)) = (timeouts.first_entry(), last) {
                    *first.get_mut() = last;
                }
            })
        };
};
