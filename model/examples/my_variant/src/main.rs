//! A designer's question: what if a shard still locked in the epoch after the expiry?
//!
//! `cargo run -p my-variant` gives the answer, with the shortest way to it.

use std::process::ExitCode;

use ioschain_model::atomix::check::Check;
use ioschain_model::atomix::configurations::shared;
use ioschain_model::atomix::limits::PlanError;
use ioschain_model::words::count;
use ioschain_spec::Rejection;
use ioschain_spec::atomix::Rules;
use ioschain_spec::atomix::attestation::Attests;
use ioschain_spec::ledger::{self, StateView, Transaction};
use ioschain_spec::suite::Suite;

/// Locks are given for an epoch longer than transactions are listed.
struct LocksLate;

impl<S: Suite> ledger::Rules<S> for LocksLate {
    fn check_epoch(
        &self,
        view: &dyn StateView,
        transaction: &Transaction,
    ) -> Result<(), Rejection> {
        let late = view.position().epoch > transaction.expiry_epoch + 1;
        if late { Err(Rejection::LedEpochExpired) } else { Ok(()) }
    }
}

impl<S: Attests> Rules<S> for LocksLate {}

fn main() -> Result<ExitCode, PlanError> {
    // Two input shards, one output shard, one payment, and two epochs that can be closed.
    let check = Check::new(shared(2, 1, 1, 2), "locks-late", &LocksLate)?.to_first_failure();
    let outcome = check.run();
    for failure in &outcome.findings.failures {
        println!("{}, after {}:", failure.property, count(failure.actions.len(), "step"));
        for action in &failure.actions {
            println!("  {}", check.model.words_of(action));
        }
    }
    // A witness that is missing would be a failed check, too, but breaks nothing.
    let is_caught = !outcome.findings.failures.is_empty();
    println!(
        "{}; the variant {}",
        count(outcome.findings.unique_states, "state"),
        match is_caught {
            true => "is caught",
            false => "breaks nothing here",
        }
    );
    Ok(if is_caught { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
