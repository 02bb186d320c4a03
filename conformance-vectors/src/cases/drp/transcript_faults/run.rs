//! Faults of the run and of the log that says who leads it.
//!
//! A third party derives the run's configuration and its leader from the log, so a transcript must
//! not be able to name another chain, epoch or leader. A log that was changed is certified again
//! where it still is a valid log.

use ioschain_spec::Rejection::{
    CryVrfProofFalse, DrpConfiguration, DrpFailQuorum, DrpLeader, DrpLogOrder, DrpNotCurrent,
    DrpSession, DrpTimeoutSignature, DrpTimeoutSigner, EdsTicketEpoch, EdsTicketLate,
    EdsTicketRepeated, EdsTicketUnregistered, EdsTicketView,
};
use ioschain_spec::drp::messages::Record;
use ioschain_spec::primitives::ed25519::Signature;
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::keys::NodeId;

use super::Question;
use crate::cases::faults::{Fault, fault_table};

fn is_fail(record: &Record) -> bool {
    matches!(record, Record::Fail(_))
}

/// The run and who leads it.
pub(super) static RUN: &[Fault<Question>] = fault_table! {
    "suite", "its run is of another suite", "DRP-CONFIG-01", DrpConfiguration
        => |question| question.change_run(|run| run.suite = Digest::ZERO);
    "chain", "its run is of another chain", "DRP-CONFIG-01", DrpConfiguration
        => |question| question.change_run(|run| run.chain_id = Digest::ZERO);
    "epoch", "its run is of another epoch", "DRP-CONFIG-01", DrpConfiguration
        => |question| question.change_run(|run| run.epoch += 1);
    "randomness", "its run names another random number before", "DRP-CONFIG-01", DrpConfiguration
        => |question| question.change_run(|run| run.randomness_before = Digest::ZERO);
    "validators", "its run names other validators", "DRP-CONFIG-01", DrpConfiguration
        => |question| question.change_run(|run| run.configuration = Digest::ZERO);
    "session", "its statement is of another session", "DRP-SESSION-01", DrpSession
        => |question| {
            question.proposal().statement.session = Digest::ZERO;
            question.sign_again()
        };
    "view", "its run is of the next view", "DRP-LEADER-01", DrpLeader
        => |question| question.change_run(|run| run.view += 1);
    "rank-next", "its run is of the next rank", "DRP-LEADER-01", DrpLeader
        => |question| question.change_run(|run| run.rank += 1);
    "rank-failed", "its run is of the rank that failed", "DRP-LEADER-01", DrpLeader
        => |question| question.change_run(|run| run.rank -= 1);
    "leader-failed", "its run is led by who failed", "DRP-LEADER-01", DrpLeader
        => |question| {
            let failed = question.finished.world.log.state.ranks()[0];
            question.lead_by(failed)
        };
    "leader-next", "its run is led by who stands by", "DRP-LEADER-01", DrpLeader
        => |question| {
            let next = question.finished.world.log.state.ranks()[2];
            question.lead_by(next)
        };
    "ticket-smallest-left-out", "the smallest ticket is left out of its log",
        "DRP-LEADER-01", DrpLeader => |question| {
            let first = question.finished.world.log.state.ranks()[0];
            let is_first = |record: &Record| {
                matches!(record, Record::Ticket(ticket) if ticket.validator == first)
            };
            question.edit_records(|records| records.retain(|it| !is_first(&it.record)))?;
            question.certify_again()
        };
    "failure-left-out", "the failure is left out of its log", "DRP-LEADER-01", DrpLeader
        => |question| {
            question.edit_records(|records| records.retain(|it| !is_fail(&it.record)))?;
            question.certify_again()
        };
    "failure-twice", "the failure stands in its log twice", "DRP-LOG-02", DrpNotCurrent
        => |question| {
            question.edit_records(|records| {
                let at = records.len() - 2;
                records.insert(at, records[at].clone());
            })
        };
    "ticket-twice", "a ticket stands in its log twice", "EDS-TICKET-06", EdsTicketRepeated
        => |question| question.edit_records(|records| records.insert(1, records[0].clone()));
    "ticket-late", "a ticket stands in its log one height too late", "EDS-TICKET-03", EdsTicketLate
        => |question| {
            let last = question.epoch.opened.height + question.epoch.lottery_heights;
            question.edit_records(|records| records[6].height = last + 1)
        };
    "ticket-epoch", "a ticket in its log is of another epoch", "EDS-TICKET-01", EdsTicketEpoch
        => |question| question.change_ticket(|ticket| ticket.epoch += 1);
    "ticket-view", "a ticket in its log is of another view", "EDS-TICKET-02", EdsTicketView
        => |question| question.change_ticket(|ticket| ticket.view += 1);
    "ticket-nobody", "a ticket in its log is by nobody of the epoch",
        "EDS-TICKET-04", EdsTicketUnregistered
        => |question| question.change_ticket(|ticket| ticket.validator = NodeId(Digest::ZERO));
    "ticket-proof", "a ticket in its log has another validator's proof",
        "EDS-TICKET-07", CryVrfProofFalse => |question| {
            let other = question.transcript.log.records[1].clone();
            question.change_ticket(|ticket| {
                if let Record::Ticket(other) = other.record {
                    ticket.proof = other.proof;
                }
            })
        };
    "log-goes-back", "an entry of its log stands below the one before it", "DRP-LOG-01", DrpLogOrder
        => |question| question.edit_records(|records| records[3].height -= 1);
    "log-before-opening", "its log begins below the lottery's opening", "DRP-LOG-01", DrpLogOrder
        => |question| {
            let opened = question.epoch.opened.height;
            question.edit_records(|records| records[0].height = opened - 1)
        };
    "commit-during-lottery", "its commit is ordered before the lottery ends",
        "DRP-LOG-02", DrpNotCurrent => |question| {
            question.edit_records(|records| {
                let height = records[0].height;
                records.retain(|it| !is_fail(&it.record));
                if let Some(last) = records.last_mut() {
                    last.height = height;
                }
            })
        };
    "commit-at-lottery-end", "its commit is ordered at the last height of the lottery",
        "DRP-LOG-02", DrpNotCurrent => |question| {
            let last_height = question.epoch.opened.height + question.epoch.lottery_heights;
            question.edit_records(|records| {
                records.retain(|it| !is_fail(&it.record));
                if let Some(last) = records.last_mut() {
                    last.height = last_height;
                }
            })
        };
    "failure-rank", "the failure in its log is of another rank", "DRP-LOG-02", DrpNotCurrent
        => |question| question.change_fail(|fail| fail.rank = 1);
    "failure-view", "the failure in its log is of another view", "DRP-LOG-02", DrpNotCurrent
        => |question| question.change_fail(|fail| fail.view = 1);
    "failure-epoch", "the failure in its log is of another epoch", "DRP-LOG-02", DrpNotCurrent
        => |question| question.change_fail(|fail| fail.epoch -= 1);
    "failure-too-few", "one timeout too few makes the failure in its log",
        "DRP-FAIL-01", DrpFailQuorum => |question| {
            question.change_timeouts(|timeouts| {
                timeouts.pop_first();
            })
        };
    "failure-nobody", "a timeout in its log is by nobody of the epoch",
        "DRP-TIMEOUT-01", DrpTimeoutSigner => |question| {
            question.change_timeouts(|timeouts| {
                timeouts.insert(NodeId(Digest::ZERO), Signature([0; 64]));
            })
        };
    "failure-unsigned", "a timeout in its log is signed by another",
        "DRP-TIMEOUT-02", DrpTimeoutSignature => |question| {
            question.change_timeouts(|timeouts| {
                let last = timeouts.last_key_value().map(|(_, signature)| *signature);
                if let (Some(mut first), Some(last)) = (timeouts.first_entry(), last) {
                    *first.get_mut() = last;
                }
            })
        };
};
